//! What the practice says about itself.

use bedside_core::people::Role;

use crate::support::House;

const FINE: [(&str, &str); 16] = [
    ("practice_name", "Weir  Lane Surgery"),
    ("practice_type", "dental"),
    ("town", "Sturry"),
    ("postcode", "CT2 0AA"),
    ("address", "1 Weir Lane"),
    ("phones", "01632 960001\r\n\r\n 01632 960002 "),
    ("websites", "https://weirlane.example"),
    ("list_size", "9,400"),
    ("offers_pom", "yes"),
    ("offers_fillers", "no"),
    ("private_care", "unsure"),
    ("clinicians", "Tom Hale, dentist, GDC 999001\nAisha Shah"),
    ("staff", "Sam"),
    ("needs_second_opinion", "findings"),
    ("time_zone", "Europe/London"),
    ("late_limit", "45"),
];

fn with<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    FINE.iter()
        .map(|(field, old)| (*field, if *field == name { value } else { *old }))
        .collect()
}

#[tokio::test]
async fn what_is_typed_is_kept_shown_again_and_recorded() {
    let house = House::new().await;
    let practice = house.practice("Old Name").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let done = house.post(&boss, "/practice/profile", &FINE).await.is(303);
    assert_eq!(done.location(), "/practice/profile?said=settings");
    house
        .get(&boss, done.location())
        .await
        .says("Settings saved")
        .says("Weir Lane Surgery")
        .says("Tom Hale, dentist, GDC 999001\nAisha Shah")
        .says("01632 960001\n01632 960002")
        .says("value=\"9400\"")
        .says("value=\"45\"");
    let settings = house
        .read()
        .await
        .practice(practice.id)
        .await
        .unwrap()
        .settings;
    assert_eq!(settings.name, "Weir Lane Surgery");
    assert_eq!(settings.profile.offers_pom, Some(true));
    assert_eq!(settings.profile.private_care, None);
    assert!(!settings.needs_second_opinion);
    assert_eq!(settings.late_limit_minutes, 45);
    let count = async || {
        let mut tx = house.read().await;
        tx.record_count(practice.id, &Default::default())
            .await
            .unwrap()
    };
    let before = count().await;
    house
        .get(&boss, "/record")
        .await
        .says("settings")
        .says("Dr Aisha Shah");
    // The same again changes nothing and is not told twice.
    house.post(&boss, "/practice/profile", &FINE).await.is(303);
    assert_eq!(count().await, before);
}

#[tokio::test]
async fn what_does_not_fit_keeps_everything_that_was_typed() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let (long, many) = ("x".repeat(201), "Sam\n".repeat(501));
    for (field, value) in [
        ("practice_name", ""),
        ("practice_name", "Weir\u{202e}enaL"),
        ("practice_name", long.as_str()),
        ("practice_type", "hospital"),
        ("town", long.as_str()),
        ("list_size", "-1"),
        ("list_size", "99999999999999999999"),
        ("list_size", "many"),
        ("phones", long.as_str()),
        ("clinicians", long.as_str()),
        ("staff", many.as_str()),
        ("late_limit", "4"),
        ("late_limit", "1441"),
        ("late_limit", "soon"),
        ("time_zone", "Moon/Crater"),
        ("time_zone", ""),
    ] {
        let page = house
            .post(&boss, "/practice/profile", &with(field, value))
            .await
            .is(422);
        let page = page.says(&format!("href=\"#{field}\""));
        if field != "practice_type" && field != "time_zone" {
            page.says(value.trim())
                .says("Tom Hale, dentist, GDC 999001");
        }
    }
    let settings = house
        .read()
        .await
        .practice(practice.id)
        .await
        .unwrap()
        .settings;
    assert_eq!(settings.profile.town, "");
    assert!(settings.needs_second_opinion);
}

#[tokio::test]
async fn markup_is_text() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    let mark = "</textarea><script>alert(1)</script>";
    for field in ["practice_name", "town", "staff"] {
        house
            .post(&boss, "/practice/profile", &with(field, mark))
            .await
            .is(303);
        house
            .get(&boss, "/practice/profile")
            .await
            .does_not_say("<script>alert");
    }
    house
        .get(&boss, "/practice")
        .await
        .does_not_say("<script>alert");
}

#[tokio::test]
async fn only_the_responsible_person_changes_it_and_only_here() {
    let house = House::new().await;
    let (ours, theirs) = (
        house.practice("Weir Lane Surgery").await,
        house.practice("Harbour Dental").await,
    );
    for role in [
        Role::Approver,
        Role::Author,
        Role::Agency,
        Role::Staff,
        Role::Auditor,
    ] {
        let who = house.person(ours.id, "Lee Other", &[role]).await;
        house
            .get(&who, "/practice/profile")
            .await
            .is(200)
            .says("Only the person responsible can change this");
        house.post(&who, "/practice/profile", &FINE).await.is(403);
    }
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    house
        .post(&stranger, "/practice/profile", &FINE)
        .await
        .is(303);
    let settings = house.read().await.practice(ours.id).await.unwrap().settings;
    assert_eq!(settings.profile.town, "");
}
