//! Second opinions and what is let pass.

use bedside_core::delivery::DeliveryState;
use bedside_core::people::Role;
use bedside_core::post::PostState;
use bedside_core::practice::Settings;
use bedside_core::screen::{Clinician, Engine, Severity};
use bedside_core::standing::words_key;
use bedside_core::{PostId, screening};

use crate::compose::{FINE, post_of, state, write};
use crate::support::{House, Person, Practice};

/// A practice with an author and two approvers.
struct Scene {
    house: House,
    practice: Practice,
    sam: Person,
    hale: Person,
    shah: Person,
}

impl Scene {
    async fn new() -> Self {
        Self::with(Settings {
            name: "Weir Lane Surgery".into(),
            ..Settings::default()
        })
        .await
    }

    async fn with(settings: Settings) -> Self {
        let house = House::new().await;
        let practice = house.practice_with(settings).await;
        let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
        let hale = house
            .person(practice.id, "Dr Tom Hale", &[Role::Approver])
            .await;
        let shah = house
            .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
            .await;
        Self {
            house,
            practice,
            sam,
            hale,
            shah,
        }
    }

    async fn asked(&self, text: &str) -> PostId {
        let facebook = self.practice.facebook.to_string();
        let answer = write(
            &self.house,
            &self.sam,
            &[("text", text), ("channels", &facebook), ("act", "ask")],
        )
        .await;
        post_of(&answer.is(303))
    }

    async fn change(&self, post: PostId, text: &str, act: &str) {
        let page = self
            .house
            .get(&self.sam, &format!("/posts/{post}/edit"))
            .await
            .is(200);
        let facebook = self.practice.facebook.to_string();
        let revision = page.hidden("revision");
        let fields = [
            ("revision", revision.as_str()),
            ("text", text),
            ("channels", &facebook),
            ("act", act),
        ];
        self.house
            .post(&self.sam, &format!("/posts/{post}"), &fields)
            .await
            .is(303);
    }

    async fn state(&self, post: PostId) -> PostState {
        state(&self.house, &self.practice, post).await
    }

    async fn answer(
        &self,
        who: &Person,
        post: PostId,
        revision: &str,
        act: &str,
        reason: &str,
    ) -> crate::support::Answer {
        let fields = [("revision", revision), ("act", act), ("reason", reason)];
        self.house
            .post(who, &format!("/posts/{post}/review"), &fields)
            .await
    }

    async fn revision(&self, post: PostId) -> String {
        self.house
            .read()
            .await
            .post(self.practice.id, post)
            .await
            .unwrap()
            .revision
            .to_string()
    }
}

#[tokio::test]
async fn an_approval_puts_exactly_this_text_into_the_calendar() {
    let scene = Scene::new().await;
    let post = scene.asked(FINE).await;
    let page = scene
        .house
        .get(&scene.hale, &format!("/posts/{post}/review"))
        .await
        .is(200);
    let page = page
        .says(FINE)
        .says("Written by Sam Reed, who asked today at 10:42am. Goes out on Facebook as soon as it is approved.")
        .says("Nothing was found in this text.")
        .says("Approve this text");
    let done = scene
        .answer(&scene.hale, post, &page.hidden("revision"), "approve", "")
        .await
        .is(303);
    assert_eq!(done.location(), format!("/posts/{post}?said=approved"));
    assert_eq!(scene.state(post).await, PostState::Scheduled);
    let mut tx = scene.house.read().await;
    let opinion = &tx.opinions(scene.practice.id, post).await.unwrap()[0];
    let delivery = &tx.deliveries(scene.practice.id, post).await.unwrap()[0];
    let authorisation = tx
        .authorisation(scene.practice.id, delivery.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (opinion.by, delivery.state),
        (scene.hale.member(), DeliveryState::Queued)
    );
    assert_eq!(authorisation.opinion, Some(opinion.id));
    assert_eq!(
        tx.next_job_at().await.unwrap(),
        Some(scene.house.world.now())
    );
}

#[tokio::test]
async fn nobody_approves_their_own_whatever_their_roles() {
    let scene = Scene::new().await;
    let (house, facebook) = (&scene.house, scene.practice.facebook.to_string());
    let all = house
        .person(
            scene.practice.id,
            "Kit Allroles",
            &[Role::Responsible, Role::Approver, Role::Author],
        )
        .await;
    let own = post_of(
        &write(
            house,
            &all,
            &[("text", FINE), ("channels", &facebook), ("act", "ask")],
        )
        .await
        .is(303),
    );
    let page = house
        .get(&all, &format!("/posts/{own}/review"))
        .await
        .is(200)
        .says("must come from someone else");
    page.does_not_say("Approve this text");
    let revision = scene.revision(own).await;
    scene
        .answer(&all, own, &revision, "approve", "")
        .await
        .is(403)
        .says("must come from someone else");
    assert_eq!(scene.state(own).await, PostState::InReview);
    // The author of the present text is no second person either, although someone else began the post.
    let post = scene.asked(FINE).await;
    let page = house.get(&all, &format!("/posts/{post}/edit")).await;
    let revision = page.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", "Kit's words"),
        ("channels", &facebook),
        ("act", "ask"),
    ];
    house
        .post(&all, &format!("/posts/{post}"), &fields)
        .await
        .is(303);
    let revision = scene.revision(post).await;
    scene
        .answer(&all, post, &revision, "approve", "")
        .await
        .is(403);
    scene
        .answer(&scene.sam, post, &revision, "approve", "")
        .await
        .is(403);
    scene
        .answer(&scene.hale, post, &revision, "approve", "")
        .await
        .is(303);
}

#[tokio::test]
async fn asking_for_changes_needs_a_reason_and_tells_the_author_without_it() {
    let scene = Scene::new().await;
    let post = scene.asked(FINE).await;
    let revision = scene.revision(post).await;
    let page = scene
        .answer(&scene.hale, post, &revision, "changes", "  ?")
        .await
        .is(422);
    page.says("Say why, in a few words")
        .says("  ?</textarea>")
        .says("id=\"reason-error\"");
    let done = scene
        .answer(
            &scene.hale,
            post,
            &revision,
            "changes",
            "Say which Saturday, please",
        )
        .await
        .is(303);
    assert_eq!(done.location(), format!("/posts/{post}?said=changes"));
    assert_eq!(scene.state(post).await, PostState::Rejected);
    let mails = scene
        .house
        .read()
        .await
        .mails(scene.practice.id, 10)
        .await
        .unwrap();
    let to_sam: Vec<_> = mails
        .iter()
        .filter(|mail| mail.to.starts_with("sam.reed"))
        .collect();
    assert_eq!(to_sam.len(), 1);
    assert!(
        to_sam[0]
            .body
            .contains(&format!("https://bedside.example/posts/{post}/edit"))
    );
    assert!(!to_sam[0].body.contains("Saturday"));
    scene
        .house
        .get(&scene.sam, &format!("/posts/{post}/edit"))
        .await
        .says("Dr Tom Hale asked for changes: Say which Saturday, please");
    // Asking again without a change is no answer to the reason.
    let facebook = scene.practice.facebook.to_string();
    let again = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("channels", &facebook),
        ("act", "ask"),
    ];
    let page = scene
        .house
        .post(&scene.sam, &format!("/posts/{post}"), &again)
        .await
        .is(422);
    page.says("Change the text before you ask again");
}

#[tokio::test]
async fn an_answer_to_a_text_that_has_changed_meanwhile_counts_for_nothing() {
    let scene = Scene::new().await;
    let post = scene.asked(FINE).await;
    let seen = scene.revision(post).await;
    scene
        .change(post, "Other words than you read.", "ask")
        .await;
    for (act, reason) in [("approve", "Looks good"), ("changes", "Looks odd")] {
        let page = scene
            .answer(&scene.hale, post, &seen, act, reason)
            .await
            .is(409);
        page.says("Someone changed this post while you had it open.")
            .says("Other words than you read.")
            .says(&format!("{reason}</textarea>"));
    }
    assert_eq!(scene.state(post).await, PostState::InReview);
    assert!(
        scene
            .house
            .read()
            .await
            .opinions(scene.practice.id, post)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn of_two_approvers_at_once_one_approves_and_the_other_is_told() {
    let scene = Scene::new().await;
    for (first, second) in [("approve", "approve"), ("approve", "changes")] {
        let post = scene.asked(FINE).await;
        let revision = scene.revision(post).await;
        let (a, b) = tokio::join!(
            scene.answer(&scene.hale, post, &revision, first, ""),
            scene.answer(&scene.shah, post, &revision, second, "Not like this"),
        );
        let mut statuses = [a.status.as_u16(), b.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [303, 409]);
        let late = if a.status.as_u16() == 409 { a } else { b };
        late.says("Someone else").does_not_say("Approve this text");
        assert_eq!(
            scene
                .house
                .read()
                .await
                .opinions(scene.practice.id, post)
                .await
                .unwrap()
                .len(),
            1
        );
    }
}

#[tokio::test]
async fn an_approval_rereads_the_text_with_what_is_known_now() {
    let mut settings = Settings {
        name: "Weir Lane Surgery".into(),
        ..Settings::default()
    };
    let known = Clinician {
        name: "Amara Okafor".into(),
        role: "GP partner".into(),
        reg: String::new(),
    };
    settings.profile.clinicians.push(known);
    let scene = Scene::with(settings.clone()).await;
    let text = "Lovely to see Mrs Okafor back on her feet after her new hip.";
    let post = scene.asked(text).await;
    settings.profile.clinicians.clear();
    let mut tx = scene.house.store.write().await.unwrap();
    tx.change_settings(
        scene.practice.id,
        &settings,
        scene.shah.member(),
        scene.house.world.now(),
    )
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let page = scene
        .house
        .get(&scene.hale, &format!("/posts/{post}/review"))
        .await
        .is(200);
    page.says("must change first.").says("Mrs Okafor");
    let revision = scene.revision(post).await;
    scene
        .answer(&scene.hale, post, &revision, "approve", "")
        .await
        .is(409)
        .says("must change before this can go out");
    assert_eq!(scene.state(post).await, PostState::InReview);
    assert!(
        scene
            .house
            .read()
            .await
            .deliveries(scene.practice.id, post)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn the_page_shows_what_changed_since_the_same_person_read_it() {
    let scene = Scene::new().await;
    let post = scene.asked("The clinic is on Monday.").await;
    let revision = scene.revision(post).await;
    scene
        .answer(&scene.hale, post, &revision, "changes", "It is on Tuesday")
        .await
        .is(303);
    scene.change(post, "The clinic is on Tuesday.", "ask").await;
    let page = scene
        .house
        .get(&scene.hale, &format!("/posts/{post}/review"))
        .await;
    let page = page
        .says("What changed since you asked for changes")
        .says("[removed: </span>Monday");
    page.says("[added: </span>Tuesday")
        .says("Pictures, places and time are the same.");
    let page = scene
        .house
        .get(&scene.shah, &format!("/posts/{post}/review"))
        .await;
    page.says("What changed since Dr Tom Hale asked for changes");
    let revision = scene.revision(post).await;
    scene
        .answer(&scene.hale, post, &revision, "approve", "Good")
        .await
        .is(303);
    scene
        .change(post, "The clinic is on Tuesday afternoon.", "ask")
        .await;
    let page = scene
        .house
        .get(&scene.shah, &format!("/posts/{post}/review"))
        .await;
    page.says("An earlier approval no longer counts")
        .says("[added: </span> afternoon");
}

pub const DOUBTFUL: &str = "Simply the best practice team in Norfolk.";

/// A finding of the text that is no legal one, with its rule and the name of its words.
pub fn doubt(text: &str) -> (String, String) {
    let check = Engine::builtin().check(text, &Default::default()).unwrap();
    let finding = check
        .findings
        .iter()
        .find(|finding| finding.severity == Severity::Warn)
        .unwrap();
    (finding.rule.clone(), words_key(finding))
}

#[tokio::test]
async fn the_responsible_person_lets_a_named_finding_pass_with_a_reason() {
    let scene = Scene::new().await;
    let post = scene.asked(DOUBTFUL).await;
    let (rule, words) = doubt(DOUBTFUL);
    let revision = scene.revision(post).await;
    let path = format!("/posts/{post}/override");
    let fields = |reason: &'static str| {
        [
            ("revision", revision.clone()),
            ("rule", rule.clone()),
            ("words", words.clone()),
            ("reason", reason.to_owned()),
        ]
    };
    let send = async |who: &Person, reason: &'static str| {
        let fields = fields(reason);
        let fields: Vec<(&str, &str)> = fields
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        scene.house.post(who, &path, &fields).await
    };
    send(&scene.sam, "I would like to")
        .await
        .is(403)
        .says("Only the responsible person can let this finding pass.");
    send(&scene.shah, "-")
        .await
        .is(422)
        .says("Say why, in a few words")
        .says("<p class=\"bs-kept\"");
    for _ in 0..2 {
        let done = send(&scene.shah, "The county council's survey of 2025 says so")
            .await
            .is(303);
        assert_eq!(
            done.location(),
            format!("/posts/{post}?said=passed#findings")
        );
    }
    let mut tx = scene.house.read().await;
    let kept = tx
        .overrides(scene.practice.id, revision.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].by, scene.shah.member());
    let record = tx.post_record(scene.practice.id, post).await.unwrap();
    assert_eq!(
        record
            .iter()
            .filter(|line| line.entry.event.contains("finding_overridden"))
            .count(),
        1
    );
    drop(tx);
    let page = scene
        .house
        .get(&scene.hale, &format!("/posts/{post}/review"))
        .await;
    page.says("Dr Aisha Shah let it pass: The county council&#39;s survey of 2025 says so");
    scene
        .change(post, "Simply the best practice team in Norfolk!", "save")
        .await;
    send(&scene.shah, "Once more")
        .await
        .is(409)
        .says("Once more");
}

#[tokio::test]
async fn a_finding_of_a_legal_rule_is_not_let_pass_by_its_author() {
    let scene = Scene::new().await;
    let house = &scene.house;
    let text = "Lovely to see Mrs Okafor back on her feet after her new hip.";
    let writer = house
        .person(
            scene.practice.id,
            "Kit Allroles",
            &[Role::Responsible, Role::Author],
        )
        .await;
    let post = post_of(
        &write(house, &writer, &[("text", text), ("act", "save")])
            .await
            .is(303),
    );
    let mut tx = house.read().await;
    let practice = tx.practice(scene.practice.id).await.unwrap();
    let content = tx.revisions(scene.practice.id, post).await.unwrap()[0]
        .content
        .clone();
    drop(tx);
    let located = screening::screen(Engine::builtin(), &practice, &[], &content).unwrap();
    let finding = &located
        .iter()
        .find(|found| found.finding.rule == "ID-NAME")
        .unwrap()
        .finding;
    let (revision, words) = (scene.revision(post).await, words_key(finding));
    let fields = [
        ("revision", revision.as_str()),
        ("rule", "ID-NAME"),
        ("words", &words),
        ("reason", "She said yes to this post"),
    ];
    let path = format!("/posts/{post}/override");
    house
        .post(&writer, &path, &fields)
        .await
        .is(403)
        .says("someone other than the author must decide");
    house.post(&scene.sam, &path, &fields).await.is(403);
    house.post(&scene.hale, &path, &fields).await.is(303);
    let unknown = [
        ("revision", revision.as_str()),
        ("rule", "ID-NAME"),
        ("words", "0"),
        ("reason", "No such words"),
    ];
    house
        .post(&scene.hale, &path, &unknown)
        .await
        .is(409)
        .says("no longer found");
}
