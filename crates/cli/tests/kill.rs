//! `kill -9` of the server while it sends, again and again, against the real Bluesky server: afterwards every post is
//! out exactly once, and the record is whole.
//!
//! `cargo xtask faults --kills 200` runs it with as many kills as one likes. A request that was on its way is given two
//! minutes before it is sent again, so the end takes that long.
// Marked so that the lints take the helpers for test code too.
#![cfg(test)]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bedside_connect::testing::{Pds, TestAccount, real_pds};
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, Place, Revision, hex};
use bedside_core::delivery::DeliveryState;
use bedside_core::network::Credentials;
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Act, Post, PostState, decide};
use bedside_core::practice::Settings;
use bedside_core::standing::Standing;
use bedside_core::world::World;
use bedside_core::world::testing::{CountingChance, StillClock};
use bedside_core::{ChannelId, MemberId, PostId, PracticeId};
use bedside_store::{Facts, Login, Store, Vault};
use jiff::{SignedDuration, Timestamp};

const KEY: [u8; 32] = [7; 32];
/// Posts of one account; the server lists a hundred at most.
const EACH: usize = 80;
/// Milliseconds that the server lives between two kills, on average.
const LIFE: u64 = 900;

#[expect(
    clippy::disallowed_methods,
    reason = "the test is told from outside how often to kill, and runs in real time"
)]
fn kills_and_now() -> (usize, Timestamp) {
    let kills = std::env::var("BEDSIDE_TEST_KILLS").ok();
    let kills = kills.and_then(|text| text.parse().ok()).unwrap_or(15);
    (kills, Timestamp::now())
}

/// Numbers that look random and are the same in every run (xorshift64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

struct Seeded {
    store: Store,
    practice: PracticeId,
    posts: Vec<PostId>,
}

/// The server, which does not outlive the test.
struct Server(Child);

impl Server {
    fn start(data: &Path) -> Self {
        let child = Command::new(env!("CARGO_BIN_EXE_bedside"))
            .args(["serve", "--listen", "127.0.0.1:0", "--allow-local-service"])
            .arg("--data")
            .arg(data)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self(child)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // SIGKILL, which nothing can soften.
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

#[test]
fn killed_at_any_instant_each_post_is_out_once() {
    let Some(pds) = real_pds() else { return };
    let (kills, now) = kills_and_now();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let dir = tempfile::tempdir().unwrap();
    let owners = runtime.block_on(accounts(&pds, kills));
    let span = SignedDuration::from_millis(i64::try_from(kills as u64 * LIFE).unwrap());
    let seeded = runtime.block_on(seed(dir.path(), &pds, &owners, now, span));

    let mut dice = Dice(20_260_302);
    for _ in 0..kills {
        let server = Server::start(dir.path());
        std::thread::sleep(Duration::from_millis(100 + dice.below(2 * (LIFE - 100))));
        drop(server);
    }
    let in_between = runtime.block_on(states(&seeded));

    let server = Server::start(dir.path());
    let began = Instant::now();
    loop {
        let states = runtime.block_on(states(&seeded));
        let live = states.get("live").copied().unwrap_or_default();
        if live == seeded.posts.len() {
            break;
        }
        assert!(
            began.elapsed() < Duration::from_secs(400),
            "after the last start: {states:?}"
        );
        std::thread::sleep(Duration::from_secs(1));
    }
    drop(server);

    let verified = Command::new(env!("CARGO_BIN_EXE_bedside"))
        .args(["audit", "verify", "--data"])
        .arg(dir.path())
        .output()
        .unwrap();
    assert!(verified.status.success(), "{verified:?}");
    let (lost, doubled) = runtime.block_on(lost_and_doubled(&pds, &owners, seeded.posts.len()));
    let tries = runtime.block_on(tries(&seeded));
    println!(
        "kills {kills}, deliveries {}, tries {tries}, lost {lost}, doubled {doubled}, record verified; after the last kill: {in_between:?}",
        seeded.posts.len()
    );
    assert_eq!((lost, doubled), (0, 0));
}

async fn accounts(pds: &Pds, kills: usize) -> Vec<TestAccount> {
    let mut owners = Vec::new();
    for _ in 0..=kills / 100 {
        owners.push(pds.new_account().await);
    }
    owners
}

fn text(n: usize) -> String {
    format!("Our flu clinics begin on Saturday, at desk {n}.")
}

/// The data folder as the server makes it, with approved posts that become due one after the other over `span`.
async fn seed(
    folder: &Path,
    pds: &Pds,
    owners: &[TestAccount],
    now: Timestamp,
    span: SignedDuration,
) -> Seeded {
    let clock = StillClock::at(now);
    let world = World::new(clock.clone(), Arc::new(CountingChance::default()));
    std::fs::write(folder.join("key"), hex(&KEY)).unwrap();
    let store = Store::open_sqlite(
        folder.join("bedside.sqlite"),
        folder.join("record-anchors.jsonl"),
        Vault::new(&KEY, world.clone()),
    )
    .await
    .unwrap();
    let practice: PracticeId = world.id();
    let mut tx = store.write().await.unwrap();
    let settings = Settings {
        name: "Weir Lane Surgery".to_owned(),
        ..Settings::default()
    };
    tx.create_practice(practice, &settings, now).await.unwrap();
    let mut people = Vec::new();
    for (name, role) in [
        ("Priya Nair", Role::Responsible),
        ("Sam Reed", Role::Author),
        ("Aisha Shah", Role::Approver),
    ] {
        let login = Login {
            person: world.id(),
            name: name.to_owned(),
            email: format!("{}@weirlane.example", people.len()),
            password_hash: "$argon2id$hash".to_owned(),
        };
        tx.create_person(&login, now).await.unwrap();
        let member: MemberId = world.id();
        let roles = Roles::from_iter([role]);
        tx.add_member(practice, member, login.person, &roles, now)
            .await
            .unwrap();
        people.push(Actor {
            practice,
            member,
            name: name.to_owned(),
            roles,
        });
    }
    let mut channels = Vec::new();
    for owner in owners {
        let channel = Channel {
            id: world.id(),
            practice,
            platform: Platform::Bluesky,
            name: owner.account.handle.clone(),
            address: String::new(),
            visibility: Visibility::Public,
            account: Some(owner.account.clone()),
            active: true,
            trouble: String::new(),
        };
        let credentials = Credentials {
            secret: pds.app_password(owner).await,
            ..owner.credentials.clone()
        };
        tx.add_channel(&channel, Some(&credentials), &people[0], now)
            .await
            .unwrap();
        channels.push(channel.id);
    }
    tx.commit().await.unwrap();
    let count = owners.len() * EACH;
    let mut posts = Vec::new();
    for n in 0..count {
        let share = i32::try_from(n).unwrap();
        clock.set(now + span * share / i32::try_from(count).unwrap());
        posts.push(approved(&store, &world, &people, channels[n % channels.len()], n).await);
    }
    Seeded {
        store,
        practice,
        posts,
    }
}

/// A post that goes out at the moment at which the world's clock stands.
async fn approved(
    store: &Store,
    world: &World,
    people: &[Actor],
    channel: ChannelId,
    n: usize,
) -> PostId {
    let (author, approver) = (&people[1], &people[2]);
    let now = world.now();
    let post = Post {
        id: world.id(),
        practice: author.practice,
        author: author.member,
        state: PostState::Draft,
        revision: world.id(),
        revision_author: author.member,
        created_at: now,
        changed_at: now,
        asked_by: None,
    };
    let revision = Revision {
        id: post.revision,
        post: post.id,
        number: 1,
        author: author.member,
        made_at: now,
        content: Content {
            text: text(n),
            places: vec![Place {
                channel,
                own_text: None,
            }],
            ..Content::default()
        },
    };
    let mut tx = store.write().await.unwrap();
    tx.create_post(&post, &revision).await.unwrap();
    let standing = Standing::default();
    let facts = |actor: &Actor, opinion| Facts {
        seen: post.revision,
        actor: actor.member,
        opinion,
        standing: None,
    };
    let ask = Act::Ask {
        current: &revision,
        standing: &standing,
        needs_opinion: true,
    };
    let asked = decide(&post, post.revision, &ask, author, &[], now).unwrap();
    tx.apply_post(&asked, facts(author, None), world)
        .await
        .unwrap();
    let opinion = Opinion {
        id: world.id(),
        post: post.id,
        revision: post.revision,
        by: approver.member,
        answer: Answer::Approve,
        reason: String::new(),
        at: now,
    };
    tx.keep_opinion(&asked.post, &opinion).await.unwrap();
    let approve = Act::Approve {
        current: &revision,
        standing: &standing,
    };
    let out = decide(&asked.post, post.revision, &approve, approver, &[], now).unwrap();
    tx.apply_post(&out, facts(approver, Some(opinion.id)), world)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    post.id
}

/// How many deliveries stand where.
async fn states(seeded: &Seeded) -> BTreeMap<&'static str, usize> {
    let mut tx = seeded.store.read().await.unwrap();
    let mut states = BTreeMap::new();
    for post in &seeded.posts {
        let all: Vec<DeliveryState> = tx
            .deliveries(seeded.practice, *post)
            .await
            .unwrap()
            .iter()
            .map(|delivery| delivery.state)
            .collect();
        assert_eq!(all.len(), 1);
        *states.entry(all[0].slug()).or_default() += 1;
    }
    states
}

/// How many tries were written down, which is more than there are deliveries when kills met requests on their way.
async fn tries(seeded: &Seeded) -> usize {
    let mut tx = seeded.store.read().await.unwrap();
    let mut tries = 0;
    for post in &seeded.posts {
        for delivery in tx.deliveries(seeded.practice, *post).await.unwrap() {
            let all = tx.attempts(seeded.practice, delivery.id).await.unwrap();
            tries += all.len();
        }
    }
    tries
}

async fn lost_and_doubled(pds: &Pds, owners: &[TestAccount], count: usize) -> (usize, usize) {
    let mut out: BTreeMap<String, usize> = (0..count).map(|n| (text(n), 0)).collect();
    for owner in owners {
        for post in pds.posts(&owner.account).await {
            let text = post["value"]["text"].as_str().unwrap().to_owned();
            *out.get_mut(&text).unwrap() += 1;
        }
    }
    let lost = out.values().filter(|times| **times == 0).count();
    let doubled = out.values().filter(|times| **times > 1).count();
    (lost, doubled)
}
