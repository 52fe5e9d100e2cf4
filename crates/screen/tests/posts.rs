//! Whole posts with all that is found in them, kept as snapshots: a change of a rule shows what it does to real texts.

use std::fmt::Write as _;

use bedside_screen::{Context, Engine};

/// Name, text, context as JSON.
const POSTS: &[(&str, &str, &str)] = &[
    (
        "flu-clinic",
        "Flu clinics start on Saturday 3 October 🍂\n\nIf you're 65 or over, pregnant, a carer or have a long-term condition, your jab is free. Book online, in the app, or ring 01632 960114 after 10am.\n\nNot eligible? Pharmacies charge about £18.",
        r#"{"practice_type":"gp","profile":{"practice_name":"Larch Lane Surgery","phones":["01632 960114"]}}"#,
    ),
    (
        "toxin-offer",
        "✨ Black Friday at Glow ✨ B0tox 3 areas £150, lips half price! Only 4 slots left, tag a friend to win. #beautox #LipFiller",
        r#"{"practice_type":"aesthetic","profile":{"offers_pom":true,"offers_fillers":true}}"#,
    ),
    (
        "referral-bounced",
        "Could Maureen Tansley (NHS no 999 012 3454, born 14/02/1951) please ring us, your referral has bounced back. We've only 07700 900123 for you.",
        r#"{"practice_type":"gp","profile":{"practice_name":"Larch Lane Surgery","phones":["01632 960114"]}}"#,
    ),
    (
        "neutral-reply",
        "Thank you for letting us know, Sam. We can't talk about individuals here, whether or not someone is a patient, but our practice manager would like to listen: 01632 960114.",
        r#"{"surface":"reply","practice_type":"dental","profile":{"practice_name":"Old Mill Dental","phones":["01632 960114"]}}"#,
    ),
    (
        "angry-reply",
        "You were seen on 9 November by Dr Rashid, you were twenty minutes late and rude to Bev. Perhaps find another surgery.",
        r#"{"surface":"reply","practice_type":"gp","profile":{"clinicians":[{"name":"Dr Amina Rashid","role":"GP"}],"staff":[{"name":"Bev"}]}}"#,
    ),
    (
        "village-jigsaw",
        "Humbling morning. Our only postmistress, 62, told me that she has stopped her dialysis. The village will miss her.",
        r#"{"practice_type":"gp","profile":{"town":"Thornby"}}"#,
    ),
    (
        "new-partner",
        "Dr Amina Rashid joins us in March as a GP partner. She trained in Leeds, runs marathons and will see patients on Mondays and Fridays. We say goodbye to Dr Piers Holloway, who retires after 28 years and one flood.",
        r#"{"practice_type":"gp","profile":{"clinicians":[{"name":"Dr Amina Rashid","role":"GP partner"}]}}"#,
    ),
    (
        "shortage",
        "There is a national shortage of some HRT patches. Please don't stop: talk to your pharmacist, who can tell you what is in stock, and order seven days ahead.",
        r#"{"practice_type":"pharmacy"}"#,
    ),
    (
        "best-and-painless",
        "Kent's best dental clinic! Totally painless implants from £995, guaranteed for life. Straight teeth in half the time with our braces.",
        r#"{"practice_type":"dental"}"#,
    ),
    (
        "nurse-praises-own-clinic",
        "Cannot believe how good the new hygienist at Old Mill is, best clean of my life, book in quick!",
        r#"{"account":"personal","practice_type":"dental","profile":{"practice_name":"Old Mill Dental"}}"#,
    ),
    (
        "advice-to-one",
        "@sam_w that rash sounds like shingles, take two of the aciclovir you have left and stop the blood thinner until Monday.",
        r#"{"surface":"reply","practice_type":"gp"}"#,
    ),
    (
        "testimonial",
        "\"Cured my migraines in two visits!\" Jo, Wexcombe. Hope you don't mind us sharing, Jo 😊",
        r#"{"practice_type":"dental"}"#,
    ),
    (
        "friend-request",
        "Of course I've accepted your request, all my patients are welcome here. DM me a picture of the tooth and I'll have a look tonight.",
        r#"{"account":"personal","surface":"reply","practice_type":"dental"}"#,
    ),
    (
        "booking-screen",
        "New desk! [Photo: Bev at reception, the appointment list readable on the screen behind her]",
        r#"{"practice_type":"gp","profile":{"staff":[{"name":"Bev"}]}}"#,
    ),
    (
        "emoji-and-marks",
        "\u{202e}👩🏽‍⚕️ Ｆｒｅｅ ｗｈｉｔｅｎｉｎｇ\u{200b} for the first 1️⃣0️⃣ to share!! 🦷🦷🦷",
        "",
    ),
];

#[test]
fn posts_are_judged_as_before() {
    for (name, text, context) in POSTS {
        let context: Context = if context.is_empty() {
            Context::default()
        } else {
            serde_json::from_str(context).unwrap()
        };
        let check = Engine::builtin().check(text, &context).unwrap();
        let mut told = format!("{text}\n\n{:?}\n", check.verdict);
        for f in &check.findings {
            let label = f.label.map(|l| format!(" {l:?}")).unwrap_or_default();
            let _ = writeln!(
                told,
                "{}..{} {:?} {}{label}: {:?}",
                f.start, f.end, f.severity, f.rule, f.text
            );
        }
        insta::assert_snapshot!(*name, told);
    }
}
