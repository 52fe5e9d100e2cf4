//! A practice on a real SQLite file whose posts go to a network inside this program, which notes when each arrives.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, Place, Revision};
use bedside_core::network::{
    Account, Answer, Credentials, Frozen, Mention, Network, Networks, Outcome, Parcel,
    PictureBytes, Sighting, Trouble,
};
use bedside_core::opinion::{Answer as Says, Opinion};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Act, Post, PostState, decide};
use bedside_core::practice::Settings;
use bedside_core::standing::Standing;
use bedside_core::world::World;
use bedside_core::world::testing::{CountingChance, StillClock};
use bedside_core::{ChannelId, PracticeId};
use bedside_store::{Facts, Login, Store, Vault};
use bedside_work::{Options, Worker};
use jiff::{SignedDuration, Timestamp};
use tokio::sync::{Notify, watch};

#[expect(
    clippy::disallowed_methods,
    reason = "what is measured is how late things are by the real clock"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}

struct Real;

impl bedside_core::world::Clock for Real {
    fn now(&self) -> Timestamp {
        now()
    }
}

/// Takes whatever is handed over, and notes how long after its time.
#[derive(Default)]
pub struct Counting {
    late: Mutex<BTreeMap<String, SignedDuration>>,
}

impl Counting {
    /// How late each one was, sorted.
    pub fn late(&self) -> Vec<SignedDuration> {
        let late = self.late.lock().unwrap();
        let mut late: Vec<_> = late.values().copied().collect();
        late.sort_unstable();
        late
    }
}

impl Networks for Counting {
    fn of(&self, platform: Platform) -> Option<&dyn Network> {
        (platform == Platform::Bluesky).then_some(self)
    }
}

impl Network for Counting {
    fn connect<'a>(&'a self, _: &'a Credentials) -> Answer<'a, Result<Account, Trouble>> {
        Box::pin(async { Ok(account()) })
    }

    fn resolve_mentions<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a str,
    ) -> Answer<'a, Result<Vec<Mention>, Trouble>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn freeze(&self, _: &Account, parcel: &Parcel) -> Result<Frozen, Trouble> {
        Ok(Frozen {
            key: format!("{:016x}", parcel.key_seed),
            body: parcel.created_at.to_string(),
        })
    }

    fn send<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        frozen: &'a Frozen,
        _: &'a [PictureBytes],
    ) -> Answer<'a, Outcome> {
        let due: Timestamp = frozen.body.parse().unwrap();
        let late = now().duration_since(due);
        let before = self.late.lock().unwrap().insert(frozen.key.clone(), late);
        assert!(before.is_none(), "sent twice");
        Box::pin(async { Outcome::Accepted })
    }

    fn look<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<Sighting, Trouble>> {
        let link = format!("https://network.example/{}", frozen.key);
        Box::pin(async { Ok(Sighting::There { link }) })
    }

    fn take_down<'a>(
        &'a self,
        _: &'a Credentials,
        _: &'a Account,
        _: &'a Frozen,
    ) -> Answer<'a, Result<(), Trouble>> {
        Box::pin(async { Ok(()) })
    }
}

fn account() -> Account {
    Account {
        id: "did:example:weirlane".to_owned(),
        handle: "weirlane.example".to_owned(),
    }
}

/// Approved posts in a database of their own.
pub struct Bench {
    pub network: Arc<Counting>,
    store: Store,
    clock: Arc<StillClock>,
    /// The clock stands where the next post is to go out.
    world: World,
    practice: PracticeId,
    channel: ChannelId,
    author: Actor,
    approver: Actor,
    _dir: tempfile::TempDir,
}

impl Bench {
    pub async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let clock = StillClock::at(now());
        let world = World::new(clock.clone(), Arc::new(CountingChance::default()));
        let store = Store::open_sqlite(
            dir.path().join("bedside.sqlite"),
            dir.path().join("anchors.jsonl"),
            Vault::new(&[7; 32], world.clone()),
        )
        .await
        .unwrap();
        let practice: PracticeId = world.id();
        let mut tx = store.write().await.unwrap();
        tx.create_practice(practice, &Settings::default(), world.now())
            .await
            .unwrap();
        let mut people = Vec::new();
        for role in [Role::Responsible, Role::Author, Role::Approver] {
            let login = Login {
                person: world.id(),
                name: format!("{role:?}"),
                email: format!("{role:?}@weirlane.example").to_lowercase(),
                password_hash: String::new(),
            };
            tx.create_person(&login, world.now()).await.unwrap();
            let actor = Actor {
                practice,
                member: world.id(),
                name: login.name.clone(),
                roles: Roles::from_iter([role]),
            };
            tx.add_member(
                practice,
                actor.member,
                login.person,
                &actor.roles,
                world.now(),
            )
            .await
            .unwrap();
            people.push(actor);
        }
        let channel = Channel {
            id: world.id(),
            practice,
            platform: Platform::Bluesky,
            name: "Bluesky".to_owned(),
            address: String::new(),
            visibility: Visibility::Public,
            account: Some(account()),
            active: true,
            trouble: String::new(),
        };
        let credentials = Credentials {
            service: "https://network.example".to_owned(),
            identifier: "weirlane.example".to_owned(),
            secret: "secret".to_owned(),
        };
        tx.add_channel(&channel, Some(&credentials), &people[0], world.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let (approver, author) = (people.pop().unwrap(), people.pop().unwrap());
        Self {
            network: Arc::default(),
            store,
            clock,
            world,
            practice,
            channel: channel.id,
            author,
            approver,
            _dir: dir,
        }
    }

    /// A post that was approved and goes out at `due`.
    pub async fn approved(&self, due: Timestamp) {
        self.clock.set(due);
        let post = Post {
            id: self.world.id(),
            practice: self.practice,
            author: self.author.member,
            state: PostState::Draft,
            revision: self.world.id(),
            revision_author: self.author.member,
            created_at: due,
            changed_at: due,
            asked_by: None,
        };
        let revision = Revision {
            id: post.revision,
            post: post.id,
            number: 1,
            author: self.author.member,
            made_at: due,
            content: Content {
                text: "Our flu clinics begin on Saturday. Call us to book.".to_owned(),
                places: vec![Place {
                    channel: self.channel,
                    own_text: None,
                }],
                ..Content::default()
            },
        };
        let standing = Standing::default();
        let ask = Act::Ask {
            current: &revision,
            standing: &standing,
            needs_opinion: true,
        };
        let approve = Act::Approve {
            current: &revision,
            standing: &standing,
        };
        let facts = |actor: &Actor, opinion| Facts {
            seen: post.revision,
            actor: actor.member,
            opinion,
            standing: None,
        };
        let mut tx = self.store.write().await.unwrap();
        tx.create_post(&post, &revision).await.unwrap();
        let asked = decide(&post, post.revision, &ask, &self.author, &[], due).unwrap();
        tx.apply_post(&asked, facts(&self.author, None), &self.world)
            .await
            .unwrap();
        let opinion = Opinion {
            id: self.world.id(),
            post: post.id,
            revision: post.revision,
            by: self.approver.member,
            answer: Says::Approve,
            reason: String::new(),
            at: due,
        };
        tx.keep_opinion(&asked.post, &opinion).await.unwrap();
        let out = decide(
            &asked.post,
            post.revision,
            &approve,
            &self.approver,
            &[],
            due,
        )
        .unwrap();
        let facts = facts(&self.approver, Some(opinion.id));
        tx.apply_post(&out, facts, &self.world).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Works until `count` posts have been handed over, then until all of it is written down.
    pub async fn work(&self, count: usize) {
        let chance = Arc::new(CountingChance::default());
        let worker = Worker::new(
            self.store.clone(),
            // Ids from the present moment do not meet those of the posts.
            World::new(Arc::new(Real), chance),
            self.network.clone(),
            None,
            Options::new("server", "https://bedside.weirlane.example"),
            Arc::new(Notify::new()),
        );
        let (stop, stopping) = watch::channel(false);
        let working = tokio::spawn(worker.run(stopping));
        while self.network.late.lock().unwrap().len() < count {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        stop.send(true).unwrap();
        working.await.unwrap();
    }
}
