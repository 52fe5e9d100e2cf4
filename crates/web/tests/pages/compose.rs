//! Writing: what is saved, what is not, and asking for a second opinion.

use bedside_core::PostId;
use bedside_core::content::{Content, When};
use bedside_core::people::Role;
use bedside_core::post::PostState;
use bedside_core::practice::Settings;

use crate::support::{Answer, House, Person, Practice};

pub const FINE: &str = "Our flu clinic runs every Saturday in October. Ring us to book.";
/// Names a prescription-only medicine in an offer.
pub const BAD: &str = "Botox for £99 this week only, come in and book!";

/// The id of the post that an answer leads to.
pub fn post_of(answer: &Answer) -> PostId {
    let path = answer
        .location()
        .strip_prefix("/posts/")
        .unwrap_or_else(|| panic!("{}", answer.body()));
    path.split(['?', '/']).next().unwrap().parse().unwrap()
}

/// Opens the composer and sends it.
pub async fn write(house: &House, who: &Person, fields: &[(&str, &str)]) -> Answer {
    let revision = house
        .get(who, "/posts/new")
        .await
        .is(200)
        .hidden("revision");
    let mut all = vec![("revision", revision.as_str())];
    all.extend_from_slice(fields);
    all.push(("when", "asap"));
    house.post(who, "/posts", &all).await
}

/// The content of a post and how many revisions it has.
pub async fn content(house: &House, practice: &Practice, post: PostId) -> (Content, usize) {
    let mut tx = house.read().await;
    let revisions = tx.revisions(practice.id, post).await.unwrap();
    let current = tx.post(practice.id, post).await.unwrap().revision;
    let content = revisions
        .iter()
        .find(|revision| revision.id == current)
        .unwrap()
        .content
        .clone();
    (content, revisions.len())
}

pub async fn state(house: &House, practice: &Practice, post: PostId) -> PostState {
    house
        .read()
        .await
        .post(practice.id, post)
        .await
        .unwrap()
        .state
}

#[tokio::test]
async fn a_text_is_saved_and_opens_again_as_it_was() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let bluesky = practice.bluesky.to_string();
    let own = format!("own_text_{bluesky}");
    let answer = write(
        &house,
        &sam,
        &[
            ("text", "  Flu clinic <b>&\r\nSaturday "),
            ("channels", &bluesky),
            (&own, "Short words"),
            ("act", "save"),
        ],
    )
    .await
    .is(303);
    assert!(answer.location().ends_with("?said=saved"));
    let id = post_of(&answer);
    let (content, _) = content(&house, &practice, id).await;
    assert_eq!(content.text, "  Flu clinic <b>&\nSaturday ");
    assert_eq!(content.text_for(practice.bluesky), "Short words");
    house
        .get(&sam, &format!("/posts/{id}/edit"))
        .await
        .is(200)
        .says("  Flu clinic &#60;b&#62;&#38;\nSaturday </textarea>")
        .says("Short words</textarea>")
        .says("Saved 10:42am")
        .says("<b>11</b> of 300 on Bluesky");
}

#[tokio::test]
async fn the_form_of_a_new_post_sent_twice_makes_one_post() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let revision = house.get(&sam, "/posts/new").await.hidden("revision");
    let fields = [
        ("revision", revision.as_str()),
        ("text", FINE),
        ("act", "save"),
    ];
    let (first, second) = tokio::join!(
        house.post(&sam, "/posts", &fields),
        house.post(&sam, "/posts", &fields)
    );
    assert_eq!(post_of(&first.is(303)), post_of(&second.is(303)));
    let posts = house
        .read()
        .await
        .posts(practice.id, &[], None, 10)
        .await
        .unwrap();
    assert_eq!(posts.len(), 1);
}

#[tokio::test]
async fn saving_without_a_change_makes_no_new_version() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let id = post_of(&write(&house, &sam, &[("text", FINE), ("act", "save")]).await);
    let edit = format!("/posts/{id}/edit");
    let revision = house.get(&sam, &edit).await.hidden("revision");
    let changed = [
        ("revision", revision.as_str()),
        ("text", "Other words"),
        ("when", "asap"),
        ("act", "save"),
    ];
    for _ in 0..2 {
        house
            .post(&sam, &format!("/posts/{id}"), &changed)
            .await
            .is(303);
    }
    assert_eq!(content(&house, &practice, id).await.1, 2);
}

#[tokio::test]
async fn a_page_that_someone_overtook_keeps_what_was_typed_and_shows_what_differs() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let pat = house.person(practice.id, "Pat Lane", &[Role::Author]).await;
    let id = post_of(
        &write(
            &house,
            &sam,
            &[("text", "The clinic is on Monday."), ("act", "save")],
        )
        .await,
    );
    let (edit, address) = (format!("/posts/{id}/edit"), format!("/posts/{id}"));
    let seen = house.get(&sam, &edit).await.hidden("revision");
    let by_pat = [
        ("revision", seen.as_str()),
        ("text", "The clinic is on Tuesday."),
        ("act", "save"),
    ];
    house.post(&pat, &address, &by_pat).await.is(303);
    let by_sam = [
        ("revision", seen.as_str()),
        ("text", "The clinic is on Friday."),
        ("act", "ask"),
    ];
    let page = house
        .post(&sam, &address, &by_sam)
        .await
        .is(409)
        .says("Pat Lane changed this post today at 10:42am, after you opened it.")
        .says("The clinic is on Friday.</textarea>")
        .says("[removed: </span>Tuesday")
        .says("[added: </span>Friday");
    assert_eq!(
        content(&house, &practice, id).await.0.text,
        "The clinic is on Tuesday."
    );
    let now = page.hidden("revision");
    let knowing = [
        ("revision", now.as_str()),
        ("text", "The clinic is on Friday."),
        ("act", "save"),
    ];
    house.post(&sam, &address, &knowing).await.is(303);
    assert_eq!(
        content(&house, &practice, id).await.0.text,
        "The clinic is on Friday."
    );
}

#[tokio::test]
async fn an_autosave_that_the_page_has_not_heard_of_is_no_stranger_but_an_old_window_is() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let id = post_of(&write(&house, &sam, &[("text", "One"), ("act", "save")]).await);
    let address = format!("/posts/{id}");
    let seen = house
        .get(&sam, &format!("{address}/edit"))
        .await
        .hidden("revision");
    house.clock.advance(60);
    autosave(
        &house,
        &sam,
        &format!("{address}/autosave"),
        &seen,
        "One two",
    )
    .await
    .is(200);
    house.clock.advance(1);
    let fields = [
        ("revision", seen.as_str()),
        ("text", "One two three"),
        ("act", "save"),
    ];
    house.post(&sam, &address, &fields).await.is(303);
    house.clock.advance(60);
    let fields = [
        ("revision", seen.as_str()),
        ("text", "An old window"),
        ("act", "save"),
    ];
    house
        .post(&sam, &address, &fields)
        .await
        .is(409)
        .says("You changed this post")
        .says("in another window");
    assert_eq!(content(&house, &practice, id).await.0.text, "One two three");
}

async fn autosave(house: &House, who: &Person, path: &str, revision: &str, text: &str) -> Answer {
    let body = serde_json::json!({
        "csrf": who.csrf, "revision": revision, "text": text, "channels": [], "own_texts": {}, "alts": {},
        "when": "asap", "date": "", "time": "",
    });
    house.post_json(Some(who), path, body.to_string()).await
}

#[tokio::test]
async fn the_page_saves_itself_and_names_the_post_that_it_made() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let page = house.get(&sam, "/posts/new").await;
    let first = autosave(
        &house,
        &sam,
        "/posts/autosave",
        &page.hidden("revision"),
        "Flu",
    )
    .await
    .is(200)
    .json();
    assert_eq!(first["words"], "Saved 10:42am");
    let (address, revision) = (
        first["autosave"].as_str().unwrap(),
        first["revision"].as_str().unwrap(),
    );
    let id: PostId = first["post_id"].as_str().unwrap().parse().unwrap();
    assert_eq!(first["action"], format!("/posts/{id}"));
    let same = autosave(&house, &sam, address, revision, "Flu")
        .await
        .is(200)
        .json();
    assert_eq!(same["revision"], revision);
    autosave(&house, &sam, address, revision, "Flu\r\nclinic")
        .await
        .is(200);
    let (content, revisions) = content(&house, &practice, id).await;
    assert_eq!((content.text.as_str(), revisions), ("Flu\nclinic", 2));
}

#[tokio::test]
async fn an_autosave_never_overwrites_someone_else_nor_voids_an_opinion() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let hale = house
        .person(practice.id, "Dr Tom Hale", &[Role::Approver])
        .await;
    let facebook = practice.facebook.to_string();
    let asked = write(
        &house,
        &sam,
        &[("text", FINE), ("channels", &facebook), ("act", "ask")],
    )
    .await
    .is(303);
    let id = post_of(&asked);
    let path = format!("/posts/{id}/autosave");
    let seen = house
        .get(&sam, &format!("/posts/{id}/edit"))
        .await
        .hidden("revision");
    let answer = autosave(&house, &sam, &path, &seen, "A slip of the finger")
        .await
        .is(202)
        .json();
    assert!(
        answer["words"]
            .as_str()
            .unwrap()
            .starts_with("Not saved yet"),
        "{answer}"
    );
    assert_eq!(answer["revision"], seen);
    assert_eq!(state(&house, &practice, id).await, PostState::InReview);
    assert_eq!(content(&house, &practice, id).await.0.text, FINE);
    let fields = [
        ("revision", seen.as_str()),
        ("text", "By Dr Hale"),
        ("act", "save"),
    ];
    house
        .post(&hale, &format!("/posts/{id}"), &fields)
        .await
        .is(303);
    autosave(&house, &sam, &path, &seen, "By Sam").await.is(409);
    assert_eq!(content(&house, &practice, id).await.0.text, "By Dr Hale");
}

#[tokio::test]
async fn a_time_that_has_passed_or_does_not_exist_is_refused_in_words_and_kept_as_typed() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let at = async |date: &str, time: &str| {
        write(
            &house,
            &sam,
            &[
                ("text", FINE),
                ("when", "at"),
                ("date", date),
                ("time", time),
                ("act", "save"),
            ],
        )
        .await
    };
    at("2026-03-02", "10:41")
        .await
        .is(422)
        .says("This time has passed.")
        .says("value=\"10:41\"");
    at("2026-03-29", "01:30")
        .await
        .is(422)
        .says("does not exist that day")
        .says("value=\"2026-03-29\"");
    at("", "09:00")
        .await
        .is(422)
        .says("Choose the day on which it goes out.")
        .says("value=\"09:00\"");
    at("soon", "09:00")
        .await
        .is(422)
        .says("Choose a day, like")
        .says("value=\"soon\"");
    let answer = at("2026-10-25", "01:30").await.is(303);
    let id = post_of(&answer);
    let page = house.get(&sam, &format!("/posts/{id}/edit")).await;
    page.says("comes twice")
        .says("Sunday 25 October at 1:30am (UK time)");
    let When::At(wall) = content(&house, &practice, id).await.0.when else {
        panic!("no time")
    };
    assert_eq!(wall.instant().unwrap().to_string(), "2026-10-25T00:30:00Z");
}

#[tokio::test]
async fn a_draft_can_be_deleted_and_a_post_that_is_let_out_cannot() {
    let house = House::new().await;
    let settings = Settings {
        name: "Weir Lane".into(),
        needs_second_opinion: false,
        ..Settings::default()
    };
    let practice = house.practice_with(settings).await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let facebook = practice.facebook.to_string();
    let draft = post_of(&write(&house, &sam, &[("text", FINE), ("act", "save")]).await);
    let page = house
        .get(&sam, &format!("/posts/{draft}/edit"))
        .await
        .says("Delete this draft");
    let fields = [("revision", &*page.hidden("revision"))];
    let gone = house
        .post(&sam, &format!("/posts/{draft}/delete"), &fields)
        .await
        .is(303);
    assert_eq!(gone.location(), "/calendar?said=deleted");
    house
        .post(&sam, &format!("/posts/{draft}/delete"), &fields)
        .await
        .is(404);
    house
        .get(&sam, &format!("/posts/{draft}/edit"))
        .await
        .is(404)
        .does_not_say("flu clinic");
    let out = post_of(
        &write(
            &house,
            &sam,
            &[("text", FINE), ("channels", &facebook), ("act", "ask")],
        )
        .await,
    );
    let page = house
        .get(&sam, &format!("/posts/{out}/edit"))
        .await
        .does_not_say("Delete this draft");
    let fields = [("revision", &*page.hidden("revision"))];
    house
        .post(&sam, &format!("/posts/{out}/delete"), &fields)
        .await
        .is(409)
        .says("Only a draft can be deleted");
}

#[tokio::test]
async fn a_day_from_the_calendar_stands_in_the_new_post() {
    let house = House::new().await;
    let practice = house.practice("Weir Lane Surgery").await;
    let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
    let page = house.get(&sam, "/posts/new?date=2026-03-05").await.is(200);
    page.says("value=\"2026-03-05\"")
        .says("Thursday 5 March at 9:00am (UK time)");
    house
        .get(&sam, "/posts/new?date=%3Cscript%3E")
        .await
        .is(200)
        .does_not_say("<script>");
}
