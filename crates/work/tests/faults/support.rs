//! A practice with people and a channel on the real server, a clock that stands still, and a worker as after each start
//! of the program.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bedside_connect::bluesky::Bluesky;
use bedside_connect::http::{Http, Limits, Reach};
use bedside_connect::mail::Mailer;
use bedside_connect::testing::{Pds, Proxy, TestAccount, real_pds};
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, PictureRef, Place, Revision, sha256_hex};
use bedside_core::delivery::{Delivery, DeliveryState, Settle, settle};
use bedside_core::network::{Credentials, Network, Networks};
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Act, Post, PostState, decide};
use bedside_core::practice::Settings;
use bedside_core::screen::Engine;
use bedside_core::standing::Standing;
use bedside_core::world::World;
use bedside_core::world::testing::{StillClock, still_world};
use bedside_core::{ChannelId, OpinionId, PracticeId, screening};
use bedside_store::{Error, Facts, Login, Mail, Media, Store, Tx, Vault};
use bedside_work::{Options, Worker};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::sync::Notify;

pub const TEXT: &str = "Our flu clinics begin on Saturday. Call us to book.";
/// The name of the one worker of these tests, before and after each of its deaths.
pub const NAME: &str = "server 1";
/// Longer than any request lives.
pub const IN_FLIGHT: i64 = 130;

const DOT: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==";

/// One test on each database.
macro_rules! on_both {
    ($name:ident, |$store:ident| $body:block) => {
        async fn $name($store: bedside_store::Store) $body

        mod $name {
            #[test]
            fn sqlite() {
                crate::support::on_sqlite(super::$name);
            }

            #[test]
            fn postgres() {
                crate::support::on_postgres(super::$name);
            }
        }
    };
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn vault() -> Vault {
    Vault::new(&[7; 32], still_world("2026-03-02T10:42:00Z").0)
}

pub fn on_sqlite(body: impl AsyncFnOnce(Store)) {
    let dir = tempfile::tempdir().unwrap();
    runtime().block_on(async {
        let anchors = dir.path().join("anchors.jsonl");
        let store = Store::open_sqlite(dir.path().join("bedside.sqlite"), anchors, vault())
            .await
            .unwrap();
        body(store).await;
    });
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests learn from the environment which servers there are"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

pub fn on_postgres(body: impl AsyncFnOnce(Store)) {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let Some(server) = variable("BEDSIDE_TEST_POSTGRES") else {
        assert!(
            variable("BEDSIDE_TEST_ALL").as_deref() != Some("1"),
            "BEDSIDE_TEST_ALL=1 asks for every test, but BEDSIDE_TEST_POSTGRES names no server"
        );
        println!("skipped: BEDSIDE_TEST_POSTGRES names no server");
        return;
    };
    let name = format!(
        "bedside_faults_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let (front, _) = server.rsplit_once('/').unwrap();
    let url = format!("{front}/{name}");
    let dir = tempfile::tempdir().unwrap();
    let runtime = runtime();
    let at_server = |sql: String| {
        let server = server.clone();
        async move {
            let mut server = PgConnection::connect(&server).await.unwrap();
            sqlx::raw_sql(AssertSqlSafe(sql))
                .execute(&mut server)
                .await
                .unwrap();
        }
    };
    runtime.block_on(at_server(format!("CREATE DATABASE {name}")));
    let result = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let anchors = dir.path().join("anchors.jsonl");
            let store = Store::open_postgres(&url, anchors, vault()).await.unwrap();
            body(store).await;
        });
    }));
    runtime.block_on(at_server(format!(
        "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    )));
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

struct Outside(Bluesky);

impl Networks for Outside {
    fn of(&self, platform: Platform) -> Option<&dyn Network> {
        (platform == Platform::Bluesky).then_some(&self.0)
    }
}

pub struct Scene {
    pub store: Store,
    pub world: World,
    pub clock: Arc<StillClock>,
    pub practice: PracticeId,
    pub responsible: Actor,
    pub author: Actor,
    pub approver: Actor,
    pub channel: ChannelId,
    pub facebook: ChannelId,
    pub pds: Pds,
    pub owner: TestAccount,
    /// For workers whose start is not what is tested: a new start signs in anew, and that takes the server long.
    outside: Arc<Outside>,
}

fn outside() -> Arc<Outside> {
    let http = Http::with_limits(Reach::PublicAndThisMachine, Limits::default()).unwrap();
    Arc::new(Outside(Bluesky::new(http)))
}

impl Scene {
    /// With the channel straight on the real server. `None`: skip the test.
    pub async fn direct(store: Store) -> Option<Self> {
        let pds = real_pds()?;
        let service = pds.address().to_owned();
        Some(Self::set(store, pds, service).await)
    }

    /// With a proxy before the server. `None`: skip the test.
    pub async fn through_proxy(store: Store) -> Option<(Self, Proxy)> {
        let pds = real_pds()?;
        let proxy = Proxy::start(pds.address()).await.unwrap();
        let scene = Self::set(store, pds, proxy.address()).await;
        Some((scene, proxy))
    }

    async fn set(store: Store, pds: Pds, service: String) -> Self {
        let (world, clock) = still_world("2026-03-02T10:42:00Z");
        let owner = pds.new_account().await;
        let secret = pds.app_password(&owner).await;
        let credentials = Credentials {
            service,
            secret,
            ..owner.credentials.clone()
        };
        let practice: PracticeId = world.id();
        let mut tx = store.write().await.unwrap();
        let settings = Settings {
            name: "Weir Lane Surgery".to_owned(),
            ..Settings::default()
        };
        tx.create_practice(practice, &settings, world.now())
            .await
            .unwrap();
        let responsible = member(&mut tx, &world, practice, "Priya Nair", Role::Responsible).await;
        let author = member(&mut tx, &world, practice, "Sam Reed", Role::Author).await;
        let approver = member(&mut tx, &world, practice, "Aisha Shah", Role::Approver).await;
        let bluesky = Channel {
            id: world.id(),
            practice,
            platform: Platform::Bluesky,
            name: "Bluesky".to_owned(),
            address: String::new(),
            visibility: Visibility::Public,
            account: Some(owner.account.clone()),
            active: true,
            trouble: String::new(),
        };
        let facebook = Channel {
            id: world.id(),
            platform: Platform::Facebook,
            name: "Facebook".to_owned(),
            address: "https://www.facebook.com/weirlane.example".to_owned(),
            account: None,
            ..bluesky.clone()
        };
        for (channel, credentials) in [(&bluesky, Some(&credentials)), (&facebook, None)] {
            tx.add_channel(channel, credentials, &responsible, world.now())
                .await
                .unwrap();
        }
        tx.commit().await.unwrap();
        Self {
            store,
            world,
            clock,
            practice,
            responsible,
            author,
            approver,
            channel: bluesky.id,
            facebook: facebook.id,
            pds,
            owner,
            outside: outside(),
        }
    }

    /// A worker as after a start of the program: it knows nothing but what is in the database.
    pub fn fresh_worker(&self) -> Worker {
        self.with(NAME, None, outside())
    }

    pub fn worker_named(&self, name: &str, mailer: Option<Arc<Mailer>>) -> Worker {
        self.with(name, mailer, self.outside.clone())
    }

    fn with(&self, name: &str, mailer: Option<Arc<Mailer>>, outside: Arc<Outside>) -> Worker {
        Worker::new(
            self.store.clone(),
            self.world.clone(),
            outside,
            mailer,
            Options::new(name, "https://bedside.weirlane.example"),
            Arc::new(Notify::new()),
        )
    }

    /// As after a crash and a new start.
    pub async fn restart(&self) -> usize {
        let worker = self.worker_named(NAME, None);
        worker.recover().await.unwrap();
        worker.once().await.unwrap()
    }

    /// One turn of a worker that runs.
    pub async fn turn(&self) {
        self.worker_named(NAME, None).once().await.unwrap();
    }

    /// A post that is approved and due at this moment.
    pub async fn approved(&self, text: &str) -> Post {
        self.approved_at(text, self.channel, Vec::new()).await
    }

    pub async fn approved_at(
        &self,
        text: &str,
        channel: ChannelId,
        pictures: Vec<PictureRef>,
    ) -> Post {
        let post = Post {
            id: self.world.id(),
            practice: self.practice,
            author: self.author.member,
            state: PostState::Draft,
            revision: self.world.id(),
            revision_author: self.author.member,
            created_at: self.world.now(),
            changed_at: self.world.now(),
            asked_by: None,
        };
        let revision = Revision {
            id: post.revision,
            post: post.id,
            number: 1,
            author: self.author.member,
            made_at: self.world.now(),
            content: Content {
                text: text.to_owned(),
                places: vec![Place {
                    channel,
                    own_text: None,
                }],
                pictures,
                ..Content::default()
            },
        };
        let mut tx = self.store.write().await.unwrap();
        tx.create_post(&post, &revision).await.unwrap();
        let standing = self.standing(&mut tx, &revision.content).await;
        let ask = Act::Ask {
            current: &revision,
            standing: &standing,
            needs_opinion: true,
        };
        let asked = self
            .act(&mut tx, &post, &ask, &self.author, None, &standing)
            .await
            .unwrap();
        let approve = Act::Approve {
            current: &revision,
            standing: &standing,
        };
        let opinion = Opinion {
            id: self.world.id(),
            post: post.id,
            revision: post.revision,
            by: self.approver.member,
            answer: Answer::Approve,
            reason: String::new(),
            at: self.world.now(),
        };
        tx.keep_opinion(&asked, &opinion).await.unwrap();
        let approver = &self.approver;
        let done = self.act(
            &mut tx,
            &asked,
            &approve,
            approver,
            Some(opinion.id),
            &standing,
        );
        let post = done.await.unwrap();
        tx.commit().await.unwrap();
        post
    }

    /// The smallest picture, one grey dot, kept for the post that will have it.
    pub async fn picture(&self, alt: &str) -> PictureRef {
        let bytes = STANDARD.decode(DOT).unwrap();
        let media = Media {
            sha256: sha256_hex(&bytes),
            mime: "image/png".to_owned(),
            width: 1,
            height: 1,
            bytes,
        };
        let mut tx = self.store.write().await.unwrap();
        tx.keep_media(self.practice, &media, self.world.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        PictureRef {
            size: media.bytes.len() as u64,
            sha256: media.sha256,
            mime: media.mime,
            width: 1,
            height: 1,
            alt: alt.to_owned(),
        }
    }

    async fn standing(&self, tx: &mut Tx, content: &Content) -> Standing {
        let practice = tx.practice(self.practice).await.unwrap();
        let channels = tx.channels(self.practice).await.unwrap();
        let located = screening::screen(Engine::builtin(), &practice, &channels, content).unwrap();
        screening::standing(&located, Vec::new())
    }

    async fn act(
        &self,
        tx: &mut Tx,
        post: &Post,
        act: &Act<'_>,
        actor: &Actor,
        opinion: Option<OpinionId>,
        standing: &Standing,
    ) -> Result<Post, Error> {
        let deliveries = tx.deliveries(self.practice, post.id).await?;
        let decision = decide(
            post,
            post.revision,
            act,
            actor,
            &deliveries,
            self.world.now(),
        )?;
        let facts = Facts {
            seen: post.revision,
            actor: actor.member,
            opinion,
            standing: Some(standing),
        };
        tx.apply_post(&decision, facts, &self.world).await?;
        Ok(decision.post)
    }

    /// The author writes something else into the post.
    pub async fn change(&self, post: &Post, text: &str) -> Result<Post, Error> {
        let mut tx = self.store.write().await?;
        let post = tx.lock_post(self.practice, post.id).await?;
        let mut content = tx.revision(self.practice, post.revision).await?.content;
        text.clone_into(&mut content.text);
        let revision = Revision {
            id: self.world.id(),
            post: post.id,
            number: 2,
            author: self.author.member,
            made_at: self.world.now(),
            content,
        };
        tx.add_revision(self.practice, &revision).await?;
        let act = Act::Change {
            content: &revision.content,
            revision: revision.id,
        };
        let changed = self
            .act(
                &mut tx,
                &post,
                &act,
                &self.author,
                None,
                &Standing::default(),
            )
            .await?;
        tx.commit().await?;
        Ok(changed)
    }

    pub async fn change_settings(&self, change: impl FnOnce(&mut Settings)) {
        let mut tx = self.store.write().await.unwrap();
        let mut settings = tx.practice(self.practice).await.unwrap().settings;
        change(&mut settings);
        tx.change_settings(
            self.practice,
            &settings,
            self.responsible.member,
            self.world.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// The responsible person connects the channel anew, with a new app password.
    pub async fn reconnect(&self) {
        let secret = self.pds.app_password(&self.owner).await;
        let credentials = Credentials {
            secret,
            ..self.owner.credentials.clone()
        };
        let mut tx = self.store.write().await.unwrap();
        tx.reconnect_channel(
            self.practice,
            self.channel,
            &self.owner.account,
            &credentials,
            &self.responsible,
            self.world.now(),
        )
        .await
        .unwrap();
        tx.commit().await.unwrap();
    }

    /// The clock goes on by so many seconds, and the worker does what is due then.
    pub async fn later(&self, seconds: i64) {
        self.clock.advance(seconds);
        self.turn().await;
    }

    /// What a person says of the post's delivery.
    pub async fn settle(&self, post: &Post, act: &Settle) -> Result<Delivery, Error> {
        let mut tx = self.store.write().await?;
        let id = self.delivery(post).await.id;
        let Some(delivery) = tx.lock_delivery(self.practice, id).await? else {
            panic!("the delivery is gone");
        };
        let step = settle(&delivery, act, &self.responsible, true, self.world.now())?;
        tx.apply_step(&step, Some(self.responsible.member), &self.world)
            .await?;
        tx.commit().await?;
        Ok(step.delivery)
    }

    pub async fn delivery(&self, post: &Post) -> Delivery {
        let mut tx = self.store.read().await.unwrap();
        let mut all = tx.deliveries(self.practice, post.id).await.unwrap();
        all.pop().unwrap()
    }

    pub async fn state(&self, post: &Post) -> DeliveryState {
        self.delivery(post).await.state
    }

    pub async fn attempts(&self, post: &Post) -> Vec<String> {
        let id = self.delivery(post).await.id;
        let mut tx = self.store.read().await.unwrap();
        let all = tx.attempts(self.practice, id).await.unwrap();
        all.into_iter().map(|attempt| attempt.outcome).collect()
    }

    /// The texts of all posts that the world can see.
    pub async fn out(&self) -> Vec<String> {
        let posts = self.pds.posts(&self.owner.account).await;
        posts
            .iter()
            .map(|post| post["value"]["text"].as_str().unwrap().to_owned())
            .collect()
    }

    pub async fn channel_trouble(&self) -> String {
        let mut tx = self.store.read().await.unwrap();
        tx.channel(self.practice, self.channel)
            .await
            .unwrap()
            .trouble
    }

    pub async fn mails(&self) -> Vec<Mail> {
        let mut tx = self.store.read().await.unwrap();
        tx.mails(self.practice, 100).await.unwrap()
    }

    /// That people were told of it: the author and the responsible person once each, with a link and without the text.
    pub async fn told(&self, subject: &str, names: &[&str]) {
        let mails = self.mails().await;
        let of: Vec<&Mail> = mails.iter().filter(|m| m.subject == subject).collect();
        let mut greeted: Vec<&str> = of
            .iter()
            .filter_map(|mail| mail.body.strip_prefix("Hello ")?.split(',').next())
            .collect();
        greeted.sort_unstable();
        assert_eq!(greeted, names, "{subject}: {mails:#?}");
        for mail in of {
            assert!(mail.body.contains("https://bedside.weirlane.example/"));
            assert!(!mail.body.contains("Saturday"));
        }
    }

    /// No job was set aside, and the record is whole.
    pub async fn at_rest(&self) {
        let mut tx = self.store.read().await.unwrap();
        assert!(tx.parked_jobs(self.practice).await.unwrap().is_empty());
        drop(tx);
        let report = self.store.verify_record(self.practice).await.unwrap();
        assert_eq!(report.fault, None);
    }
}

async fn member(tx: &mut Tx, world: &World, practice: PracticeId, name: &str, role: Role) -> Actor {
    let login = Login {
        person: world.id(),
        name: name.to_owned(),
        email: format!("{}@weirlane.example", name.to_lowercase().replace(' ', ".")),
        password_hash: "$argon2id$hash".to_owned(),
    };
    tx.create_person(&login, world.now()).await.unwrap();
    let actor = Actor {
        practice,
        member: world.id(),
        name: name.to_owned(),
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
    actor
}
