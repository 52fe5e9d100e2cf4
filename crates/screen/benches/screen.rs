//! Posts a second on one core, with all rules; and how the time grows with the length of a text.
//!
//! `cargo bench -p bedside-screen`. Prints the median of several runs. Nothing here is a test.

#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::hint::black_box;
use std::time::Instant;

use bedside_screen::{Clinician, Context, Engine, MAX_TEXT, PracticeType, Profile, Staff, Surface};

/// Posts as practices write them, some with faults.
const POSTS: &[&str] = &[
    "Flu clinics start on Saturday 3 October. If you're 65 or over, pregnant, a carer or have a long-term condition, your jab is free. Book online, in the app or ring reception after 10am. Please wear short sleeves, and tell us if your name has changed.",
    "Our phones are down this morning and the engineers are on their way. For anything urgent call 111, and 999 in an emergency. The online form works as usual, and so does the front door. Sorry for the trouble, and thank you for being patient with the team.",
    "Botox and fillers, three areas for £150 this week only! Look ten years younger by the weekend. Only four places left, tag a friend and you could both win. Painless, safe and guaranteed results from Kent's leading clinic. Book now, link in bio. #beautox #lipfiller",
    "A big thank you to everyone who filled in our survey: 92% said they were treated with respect. You told us the phones are slow at 8am, so from Monday two more people will answer. The full results are on the noticeboard and on our website, the grumbles too.",
    "Could Maureen Tansley, NHS number 999 012 3454, please ring us about her referral? We have tried 07700 900123 and nobody answers. She lives at 14 Capstan Row, CT21 4DN, and her daughter was in on Thursday about the scan. Any neighbour who sees her, do tell her.",
    "Sugar is not the only thing that harms teeth: how often you have it matters more. Keep sweets to mealtimes, brush last thing at night with a fluoride paste, spit and don't rinse. Ask the hygienist to show you where you miss. Children's check-ups are free on the NHS.",
    "Dr Amina Rashid joins us in March as a GP partner. She trained in Leeds, has a special interest in women's health and will see patients on Mondays, Tuesdays and Fridays. We say goodbye to Dr Holloway, who retires after 28 years, three computer systems and one flood.",
    "We can't prescribe diazepam for fear of flying: it can slow your breathing, and it makes it harder to act in an emergency. The airline's course, a chat with the pharmacist and the website below may help. If you take it for something else, carry on and speak to us.",
];

fn context() -> Context {
    Context {
        surface: Surface::Post,
        practice_type: Some(PracticeType::Gp),
        profile: Profile {
            practice_name: "Larch Lane Surgery".into(),
            town: "Thornby".into(),
            postcode: "YO62 9ZQ".into(),
            phones: vec!["01632 960114".into()],
            clinicians: vec![
                Clinician {
                    name: "Dr Amina Rashid".into(),
                    role: "GP partner".into(),
                    reg: "GMC 7123456".into(),
                },
                Clinician {
                    name: "Kath Dunning".into(),
                    role: "practice nurse".into(),
                    reg: "NMC 04D1187E".into(),
                },
            ],
            staff: vec![
                Staff { name: "Bev".into() },
                Staff {
                    name: "Marcus".into(),
                },
            ],
            ..Profile::default()
        },
        ..Context::default()
    }
}

/// Seconds that this thread has been on a processor, so that other work on the machine does not count; the wall clock
/// where the system does not tell.
fn seconds(since: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|t| t.split(' ').next().and_then(|n| n.parse::<f64>().ok()));
    nanoseconds.map_or_else(|| since.elapsed().as_secs_f64(), |n| n / 1e9)
}

fn main() {
    let start = Instant::now();
    let begun = seconds(start);
    let engine = Engine::builtin();
    println!(
        "engine built in {:.1} ms, {} rules",
        (seconds(start) - begun) * 1e3,
        engine.rules().len()
    );

    let posts: Vec<String> = POSTS
        .iter()
        .map(|p| p.chars().cycle().take(280).collect())
        .collect();
    let context = context();
    for name in [
        "all posts",
        "clean posts",
        "post 1",
        "post 2",
        "post 3",
        "post 4",
        "post 5",
        "post 6",
        "post 7",
        "post 8",
    ] {
        let chosen: Vec<&String> = match name {
            "all posts" => posts.iter().collect(),
            "clean posts" => [0, 1, 3, 5, 6, 7]
                .iter()
                .filter_map(|n| posts.get(*n))
                .collect(),
            other => other
                .rsplit(' ')
                .next()
                .and_then(|n| n.parse::<usize>().ok())
                .and_then(|n| posts.get(n - 1))
                .into_iter()
                .collect(),
        };
        let rounds = if name.starts_with("post") {
            2_000
        } else {
            1_000
        };
        let mut rates: Vec<f64> = (0..7)
            .map(|_| {
                let begun = seconds(start);
                for _ in 0..rounds {
                    for post in &chosen {
                        let _ = black_box(engine.check(black_box(post), &context));
                    }
                }
                f64::from(rounds) * chosen.len() as f64 / (seconds(start) - begun)
            })
            .collect();
        rates.sort_by(f64::total_cmp);
        println!(
            "{name}: {:.0} posts/s of 280 characters (median of {})",
            rates[rates.len() / 2],
            rates.len()
        );
    }

    let long = posts.join(" ");
    for (name, pattern) in [
        ("posts", long.as_str()),
        ("emoji", "😀🏃‍♀️"),
        ("right-to-left marks", "\u{202e}ab\u{200f} "),
        ("one letter", "a"),
        ("commas", "a,"),
        ("figures", "1 "),
    ] {
        for length in [10_000_usize, 100_000, 300_000, MAX_TEXT / 4] {
            let mut text: String = pattern.chars().cycle().take(length).collect();
            while text.len() > MAX_TEXT {
                text.pop();
            }
            let begun = Instant::now();
            let check = engine.check(&text, &context);
            let took = begun.elapsed().as_secs_f64();
            println!(
                "{name}, {} characters: {:.1} ms, {:.0} ns a character, {} findings",
                text.chars().count(),
                took * 1e3,
                took * 1e9 / text.chars().count() as f64,
                check.map_or(0, |c| c.findings.len())
            );
        }
    }
    let begun = Instant::now();
    let refused = engine.check(&"a".repeat(10_000_000), &context).is_err();
    println!(
        "ten million characters: refused ({refused}) in {:.1} ms",
        begun.elapsed().as_secs_f64() * 1e3
    );
}
