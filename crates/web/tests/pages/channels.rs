//! Connecting, testing and disconnecting channels.

use std::sync::{Arc, Mutex};

use bedside_core::channel::{Channel, Platform};
use bedside_core::network::{
    Account, Answer, Credentials, Frozen, Mention, Network, Networks, Outcome, Parcel,
    PictureBytes, Sighting, Trouble,
};
use bedside_core::people::Role;

use crate::support::{House, Person, Practice};

pub use crate::support::NoNetworks;

const SECRET: &str = "abcd-efgh-ijkl-mnop";
const NETWORK_DOWN: &str = "Bluesky does not answer at the moment.";

/// Bluesky as far as a test call goes: one password opens every account, and the account is named by its handle.
#[derive(Default)]
struct TestCall {
    down: Mutex<bool>,
    asked: Mutex<Vec<(String, String)>>,
}

fn only_the_test_call() -> Trouble {
    Trouble::Refused("nothing but the test call is made from a page".into())
}

impl Networks for TestCall {
    fn of(&self, platform: Platform) -> Option<&dyn Network> {
        (platform == Platform::Bluesky).then_some(self as &dyn Network)
    }
}

impl Network for TestCall {
    fn connect<'a>(&'a self, credentials: &'a Credentials) -> Answer<'a, Result<Account, Trouble>> {
        Box::pin(async move {
            self.asked
                .lock()
                .unwrap()
                .push((credentials.service.clone(), credentials.identifier.clone()));
            if *self.down.lock().unwrap() {
                return Err(Trouble::Later {
                    why: NETWORK_DOWN.into(),
                    wait_seconds: 60,
                });
            }
            if credentials.secret != SECRET {
                return Err(Trouble::Refused(
                    "Bluesky does not accept this name and password.".into(),
                ));
            }
            Ok(Account {
                id: format!("did:plc:{}", credentials.identifier),
                handle: credentials.identifier.clone(),
            })
        })
    }

    fn resolve_mentions<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a str,
    ) -> Answer<'a, Result<Vec<Mention>, Trouble>> {
        Box::pin(async { Err(only_the_test_call()) })
    }

    fn freeze(&self, _: &Account, _: &Parcel) -> Result<Frozen, Trouble> {
        Err(only_the_test_call())
    }

    fn send<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        _: &'a Frozen,
        _: &'a [PictureBytes],
    ) -> Answer<'a, Outcome> {
        Box::pin(async { Outcome::Refused("nothing is sent from a page".into()) })
    }

    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        _: &'a Frozen,
    ) -> Answer<'a, Result<Sighting, Trouble>> {
        Box::pin(async { Err(only_the_test_call()) })
    }

    fn take_down<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        _: &'a Frozen,
    ) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async { Err(only_the_test_call()) })
    }
}

struct Scene {
    house: House,
    network: Arc<TestCall>,
    practice: Practice,
    boss: Person,
}

async fn scene() -> Scene {
    let network = Arc::new(TestCall::default());
    let house = House::with(network.clone(), "https://bedside.example", None).await;
    let practice = house.practice("Weir Lane Surgery").await;
    let boss = house
        .person(practice.id, "Dr Aisha Shah", &[Role::Responsible])
        .await;
    Scene {
        house,
        network,
        practice,
        boss,
    }
}

const BLUESKY: [(&str, &str); 4] = [
    ("platform", "bluesky"),
    ("identifier", " @weirlane.example "),
    ("secret", SECRET),
    ("service", ""),
];

impl Scene {
    async fn add(&self, fields: &[(&str, &str)]) -> crate::support::Answer {
        self.house
            .post(&self.boss, "/practice/channels", fields)
            .await
    }

    /// Those that the test added, the oldest first.
    async fn added(&self) -> Vec<Channel> {
        let mut tx = self.house.read().await;
        let mut all = tx.channels(self.practice.id).await.unwrap();
        all.retain(|c| c.id != self.practice.bluesky && c.id != self.practice.facebook);
        all
    }
}

#[tokio::test]
async fn an_account_is_connected_after_a_test_call_and_its_password_kept_sealed() {
    let scene = scene().await;
    let done = scene.add(&BLUESKY).await.is(303);
    assert_eq!(done.location(), "/practice/channels?said=connected");
    assert_eq!(
        *scene.network.asked.lock().unwrap(),
        [(
            "https://bsky.social".to_owned(),
            "weirlane.example".to_owned()
        )]
    );
    scene
        .house
        .get(&scene.boss, done.location())
        .await
        .says("@weirlane.example")
        .says("We signed in and it answered")
        .does_not_say(SECRET);
    let channel = scene.added().await.remove(0);
    let kept = scene.house.read().await;
    let mut kept = kept;
    let credentials = kept
        .credentials(scene.practice.id, channel.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(credentials.secret, SECRET);
    drop(kept);
    scene
        .house
        .get(&scene.boss, "/record")
        .await
        .says("Bluesky")
        .does_not_say(SECRET);
    for entry in std::fs::read_dir(scene.house.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            assert!(
                !bytes
                    .windows(SECRET.len())
                    .any(|window| window == SECRET.as_bytes()),
                "{}",
                path.display()
            );
        }
    }
}

#[tokio::test]
async fn a_refusal_stands_at_its_field_and_only_the_password_is_forgotten() {
    let scene = scene().await;
    let wrong = [
        ("platform", "bluesky"),
        ("identifier", "weirlane.example"),
        ("secret", "my own password"),
        ("service", "https://pds.example"),
    ];
    scene
        .add(&wrong)
        .await
        .is(422)
        .says("href=\"#secret\"")
        .says("does not accept")
        .says("value=\"weirlane.example\"")
        .says("value=\"https://pds.example\"")
        .does_not_say("my own password");
    *scene.network.down.lock().unwrap() = true;
    scene
        .add(&wrong)
        .await
        .is(422)
        .says("href=\"#service\"")
        .says(NETWORK_DOWN)
        .does_not_say("my own password");
    assert!(scene.added().await.is_empty());
}

#[tokio::test]
async fn what_cannot_be_right_is_not_tried() {
    let scene = scene().await;
    let long = "x".repeat(400);
    for (identifier, secret, service, field) in [
        ("", SECRET, "", "identifier"),
        (long.as_str(), SECRET, "", "identifier"),
        ("weirlane.example", "", "", "secret"),
        ("weirlane.example", long.as_str(), "", "secret"),
        ("weirlane.example", SECRET, "not an address", "service"),
        ("weirlane.example", SECRET, "file:///etc/passwd", "service"),
        (
            "weirlane.example",
            SECRET,
            "https://me:secret@pds.example",
            "service",
        ),
    ] {
        let fields = [
            ("platform", "bluesky"),
            ("identifier", identifier),
            ("secret", secret),
            ("service", service),
        ];
        scene
            .add(&fields)
            .await
            .is(422)
            .says(&format!("href=\"#{field}\""));
    }
    scene.add(&[("platform", "myspace")]).await.is(422);
    assert!(scene.network.asked.lock().unwrap().is_empty());
    assert!(scene.added().await.is_empty());
}

#[tokio::test]
async fn the_same_account_again_is_the_same_channel() {
    let scene = scene().await;
    scene.add(&BLUESKY).await.is(303);
    scene.add(&BLUESKY).await.is(303);
    let channels = scene.added().await;
    assert_eq!(channels.len(), 1);
    // After disconnecting too: its posts still belong to it.
    let path = format!("/practice/channels/{}/disconnect", channels[0].id);
    scene.house.post(&scene.boss, &path, &[]).await.is(303);
    let mut tx = scene.house.read().await;
    assert!(
        tx.credentials(scene.practice.id, channels[0].id)
            .await
            .unwrap()
            .is_none()
    );
    drop(tx);
    let second = scene.house.post(&scene.boss, &path, &[]).await;
    assert!(matches!(second.status.as_u16(), 303 | 404 | 409));
    scene.add(&BLUESKY).await.is(303);
    let again = scene.added().await;
    assert_eq!((again.len(), again[0].id), (1, channels[0].id));
    assert!(again[0].active);
    // Two clicks at one moment.
    let other = [
        ("platform", "bluesky"),
        ("identifier", "second.example"),
        ("secret", SECRET),
    ];
    tokio::join!(scene.add(&other), scene.add(&other));
    assert_eq!(scene.added().await.len(), 2);
}

#[tokio::test]
async fn a_place_to_post_by_hand_needs_its_address() {
    let scene = scene().await;
    let add = async |name: &str, address: &str| {
        scene
            .add(&[
                ("platform", "instagram"),
                ("name", name),
                ("address", address),
            ])
            .await
    };
    for (name, address, field) in [
        ("Weir Lane", "", "address"),
        ("Weir Lane", "not an address", "address"),
        ("Weir Lane", "http://www.instagram.com/weirlane", "address"),
        ("Weir Lane", "javascript:alert(1)", "address"),
        ("Weir Lane", "https://me@instagram.com/", "address"),
        ("Weir\u{202e} Lane", "www.instagram.com/weirlane", "name"),
        (&"x".repeat(81), "www.instagram.com/weirlane", "name"),
    ] {
        add(name, address)
            .await
            .is(422)
            .says(&format!("href=\"#{field}\""))
            .says(&format!("value=\"{name}\""))
            .says(&format!("value=\"{address}\""));
    }
    add("Weir  Lane", "www.instagram.com/weirlane")
        .await
        .is(303);
    add("Weir Lane", "https://www.instagram.com/weirlane")
        .await
        .is(422)
        .says("connected already");
    let channels = scene.added().await;
    assert_eq!(channels.len(), 1);
    assert_eq!(
        (channels[0].name.as_str(), channels[0].address.as_str()),
        ("Weir Lane", "https://www.instagram.com/weirlane")
    );
    let path = format!("/practice/channels/{}/test", channels[0].id);
    scene.house.post(&scene.boss, &path, &[]).await.is(409);
}

#[tokio::test]
async fn a_test_tells_what_is_wrong_and_when_it_is_well_again() {
    let scene = scene().await;
    scene.add(&BLUESKY).await.is(303);
    let path = format!("/practice/channels/{}/test", scene.added().await[0].id);
    *scene.network.down.lock().unwrap() = true;
    let answer = scene.house.post(&scene.boss, &path, &[]).await.is(303);
    scene
        .house
        .get(&scene.boss, answer.location())
        .await
        .says(NETWORK_DOWN)
        .says("Needs a look")
        .does_not_say("it answered");
    *scene.network.down.lock().unwrap() = false;
    let answer = scene.house.post(&scene.boss, &path, &[]).await.is(303);
    scene
        .house
        .get(&scene.boss, answer.location())
        .await
        .says("it answered")
        .does_not_say(NETWORK_DOWN);
}

#[tokio::test]
async fn only_the_responsible_person_of_the_practice_touches_its_channels() {
    let scene = scene().await;
    scene.add(&BLUESKY).await.is(303);
    let channel = scene.added().await[0].id;
    let paths = [
        format!("/practice/channels/{channel}/test"),
        format!("/practice/channels/{channel}/disconnect"),
    ];
    let house = &scene.house;
    for role in [
        Role::Approver,
        Role::Author,
        Role::Agency,
        Role::Staff,
        Role::Auditor,
    ] {
        let who = house.person(scene.practice.id, "Lee Other", &[role]).await;
        house
            .get(&who, "/practice/channels")
            .await
            .is(200)
            .does_not_say("/disconnect");
        house
            .get(&who, "/practice/channels/new?platform=bluesky")
            .await
            .is(403);
        house
            .post(&who, "/practice/channels", &BLUESKY)
            .await
            .is(403);
        for path in &paths {
            house.post(&who, path, &[]).await.is(403);
        }
    }
    let theirs = house.practice("Harbour Dental").await;
    let stranger = house
        .person(theirs.id, "Jo Harbour", &[Role::Responsible])
        .await;
    house
        .get(&stranger, "/practice/channels")
        .await
        .does_not_say(&channel.to_string())
        .does_not_say("Weir Lane Surgery");
    for path in &paths {
        house.post(&stranger, path, &[]).await.is(404);
    }
    house
        .post(&stranger, "/practice/channels/nonsense/test", &[])
        .await
        .is(404);
    assert!(scene.added().await[0].active);
    // One account in two practices is two channels.
    house
        .post(&stranger, "/practice/channels", &BLUESKY)
        .await
        .is(303);
    assert_eq!(scene.added().await.len(), 1);
}
