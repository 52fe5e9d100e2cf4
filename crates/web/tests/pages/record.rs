//! The record: who may read it, finding in it, verifying it, taking it away.

use std::collections::BTreeSet;

use bedside_core::audit::{Entry, Verifier};
use bedside_core::event::Event;
use bedside_core::people::Role;
use bedside_core::{MemberId, PracticeId};
use sqlx::Executor;

use crate::support::{House, Person, Practice};

async fn scene() -> (House, Practice, Person) {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    (house, practice, boss)
}

/// Writes sign-ins of a member into the record, a minute apart.
async fn sign_ins(house: &House, practice: PracticeId, member: MemberId, count: u32) {
    for _ in 0..count {
        house.clock.advance(60);
        let mut tx = house.store.write().await.unwrap();
        tx.record(practice, house.world.now(), Some(member), &Event::SignedIn)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }
}

async fn count(house: &House, practice: PracticeId) -> u64 {
    let mut tx = house.read().await;
    tx.record_count(practice, &Default::default())
        .await
        .unwrap()
}

/// The numbers of the entries on a page.
fn numbers(page: &str) -> Vec<u64> {
    page.split("<p class=\"bs-record__seal\">No. ")
        .skip(1)
        .map(|rest| rest.split(',').next().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn the_record_is_open_to_the_responsible_person_and_auditors_of_the_practice() {
    let (house, practice, boss) = scene().await;
    let auditor = house
        .person(practice.id, "Lee Auditor", &[Role::Auditor])
        .await;
    for who in [&boss, &auditor] {
        house.get(who, "/record").await.is(200).says("Lee Auditor");
    }
    let before = count(&house, practice.id).await;
    for role in [Role::Approver, Role::Author, Role::Agency, Role::Staff] {
        let who = house.person(practice.id, "Robin Other", &[role]).await;
        for path in ["/record", "/record/export", "/record?checked=1"] {
            house
                .get(&who, path)
                .await
                .is(403)
                .does_not_say("Lee Auditor");
        }
        house.post(&who, "/record/verify", &[]).await.is(403);
    }
    // Four people joined; nothing of what was refused was written.
    assert_eq!(count(&house, practice.id).await, before + 4);
    let theirs = house.practice("Harbour Dental").await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    let member = boss.member();
    for path in [
        "/record".to_owned(),
        "/record/export".to_owned(),
        format!("/record?who={member}"),
        format!("/record/export?who={member}"),
    ] {
        house
            .get(&stranger, &path)
            .await
            .is(200)
            .does_not_say("Aisha")
            .does_not_say("Weir Lane")
            .does_not_say(&practice.id.to_string());
    }
}

#[tokio::test]
async fn filters_by_person_kind_and_days_and_pages_without_gaps() {
    let (house, practice, boss) = scene().await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    sign_ins(&house, practice.id, sam.member(), 70).await;
    house.clock.advance(24 * 3_600);
    sign_ins(&house, practice.id, boss.member(), 1).await;
    // Sessions end when nobody looks for long.
    let boss = house
        .person(practice.id, "Dr Lee Late", &[Role::Responsible])
        .await;
    let all = count(&house, practice.id).await;
    let mut seen = BTreeSet::new();
    let mut path = "/record".to_owned();
    loop {
        let page = house.get(&boss, &path).await.is(200).body();
        for number in numbers(&page) {
            assert!(seen.insert(number), "{number} twice");
        }
        let Some(at) = page.find("Older<") else { break };
        let start = page[..at].rfind("href=\"").unwrap() + 6;
        path = page[start..]
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&")
            .replace("&#38;", "&");
    }
    assert_eq!(seen.len() as u64, all);

    let who = sam.member();
    house
        .get(&boss, &format!("/record?who={who}&what=signed_in"))
        .await
        .is(200)
        .says("70 entries fit.")
        .says("Page 1 of 2")
        .says("page=2");
    house
        .get(
            &boss,
            "/record?what=signed_in&from=2026-03-03&to=2026-03-03",
        )
        .await
        .says("One entry fits.");
    house
        .get(&boss, "/record?what=signed_in&to=2026-03-02")
        .await
        .says("70 entries fit.");
    house
        .get(&boss, "/record?from=2027-01-01")
        .await
        .says("Nothing fits this filter.");
}

#[tokio::test]
async fn nonsense_filters_show_everything() {
    let (house, practice, boss) = scene().await;
    let all = count(&house, practice.id).await;
    for query in [
        "who=nobody&what=%25&from=yesterday&to=9999-99-99",
        "what=%27%20OR%201%3D1",
        "from=9999-12-31&to=9999-12-31&from=x",
        "to=9999-12-31",
        "from=-009999-01-01",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=4294967295",
        "who=%ff",
        "who=%22%3E%3Cscript%3Ealert(1)",
    ] {
        let page = house
            .get(&boss, &format!("/record?{query}"))
            .await
            .is(200)
            .does_not_say("<script>alert");
        assert_eq!(numbers(&page.body()).len() as u64, all, "{query}");
    }
}

#[tokio::test]
async fn a_sound_record_is_said_to_be_whole_and_the_check_is_in_it() {
    let (house, practice, boss) = scene().await;
    let before = count(&house, practice.id).await;
    let answer = house.post(&boss, "/record/verify", &[]).await.is(303);
    house
        .get(&boss, answer.location())
        .await
        .is(200)
        .says("The record is whole.");
    assert_eq!(count(&house, practice.id).await, before + 1);
}

async fn tamper(house: &House, sql: &str) {
    let file = house.folder.path().join("bedside.db");
    let pool = sqlx::SqlitePool::connect(&format!("sqlite://{}", file.display()))
        .await
        .unwrap();
    pool.execute("DROP TRIGGER audit_entries_no_update")
        .await
        .unwrap();
    pool.execute("DROP TRIGGER audit_entries_no_delete")
        .await
        .unwrap();
    let done = pool
        .execute(sqlx::AssertSqlSafe(sql.to_owned()))
        .await
        .unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
    pool.close().await;
}

#[tokio::test]
async fn whatever_is_done_to_the_tables_shows() {
    for (sql, says) in [
        (
            "UPDATE audit_entries SET event = '{\"act\":\"practice_created\"}' WHERE seq = 4",
            "entry 4 was changed",
        ),
        (
            "UPDATE audit_entries SET at = at + 1 WHERE seq = 4",
            "entry 4 was changed",
        ),
        (
            "UPDATE audit_entries SET actor = NULL WHERE seq = 4",
            "entry 4 was changed",
        ),
        (
            "UPDATE audit_entries SET actor = 'nobody' WHERE seq = 4",
            "entry 4 was changed",
        ),
        (
            "DELETE FROM audit_entries WHERE seq = 4",
            "entry 4 is missing",
        ),
        (
            "DELETE FROM audit_entries WHERE seq >= 4",
            "entry 4 is missing",
        ),
    ] {
        let (house, practice, boss) = scene().await;
        sign_ins(&house, practice.id, boss.member(), 5).await;
        tamper(&house, sql).await;
        let answer = house.post(&boss, "/record/verify", &[]).await.is(303);
        house
            .get(&boss, "/record?what=signed_in&from=2027-01-01&checked=1")
            .await
            .is(200)
            .says("The record was changed.")
            .says(says);
        // The page itself still opens, whatever stands in the table.
        house
            .get(&boss, answer.location())
            .await
            .is(200)
            .says("The record was changed.");
    }
}

#[tokio::test]
async fn what_is_exported_verifies_itself() {
    let (house, practice, _) = scene().await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    sign_ins(&house, practice.id, sam.member(), 1_005).await;
    let boss = house
        .person(practice.id, "Dr Lee Late", &[Role::Responsible])
        .await;
    let answer = house.get(&boss, "/record/export").await.is(200);
    assert!(
        answer.headers["content-disposition"]
            .to_str()
            .unwrap()
            .contains("bedside-record.jsonl")
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    let body = answer.body();
    let mut verifier = Verifier::new(Vec::new());
    for line in body.lines() {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| value[name].as_str().unwrap().to_owned();
        let entry = Entry {
            practice: text("practice").parse().unwrap(),
            seq: value["seq"].as_u64().unwrap(),
            at: text("at").parse().unwrap(),
            actor: value["actor"].as_str().map(|actor| actor.parse().unwrap()),
            event: text("event"),
            prev: text("prev"),
            hash: text("hash"),
        };
        verifier.take(&entry).unwrap();
    }
    assert_eq!(verifier.finish().unwrap(), count(&house, practice.id).await);
    // The export is the last thing told in it.
    assert!(body.lines().last().unwrap().contains("exported"));
    let filtered = house
        .get(
            &boss,
            "/record/export?what=signed_in&from=2026-03-02&to=2026-03-02",
        )
        .await
        .body();
    assert!(!filtered.is_empty());
    assert!(filtered.lines().all(|line| line.contains("signed_in")));
}
