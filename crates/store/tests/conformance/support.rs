//! A fresh database for each test, a world that stands still, and a door for raw SQL.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, Place, Revision};
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Act, Decision, Post, PostState, decide};
use bedside_core::practice::Settings;
use bedside_core::standing::Standing;
use bedside_core::world::World;
use bedside_core::world::testing::{StillClock, still_world};
use bedside_core::{ChannelId, MemberId, OpinionId, PersonId, PostId, PracticeId, RevisionId};
use bedside_store::{Error, Facts, Login, Store, Tx, Vault};
use jiff::Timestamp;
use sqlx::postgres::PgPoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool, Row, SqlitePool};

pub const START: &str = "2026-03-02T10:42:00Z";
pub const KEY: [u8; 32] = [7; 32];

/// One test on each database.
macro_rules! on_both {
    ($name:ident, |$db:ident| $body:block) => {
        async fn $name($db: &crate::support::Db) $body

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

/// A database of this test's own.
pub struct Db {
    pub store: Store,
    pub world: World,
    pub clock: Arc<StillClock>,
    pub raw: Raw,
    pub home: Home,
}

/// Where the database is, to open it once more.
pub struct Home {
    pub dir: tempfile::TempDir,
    /// Of PostgreSQL.
    url: Option<String>,
}

impl Home {
    pub fn file(&self) -> PathBuf {
        self.dir.path().join("bedside.sqlite")
    }

    pub fn anchors(&self) -> PathBuf {
        self.dir.path().join("anchors.jsonl")
    }

    pub async fn open(&self, key: [u8; 32]) -> Result<Store, Error> {
        let vault = Vault::new(&key, still_world(START).0);
        match &self.url {
            Some(url) => Store::open_postgres(url, self.anchors(), vault).await,
            None => Store::open_sqlite(self.file(), self.anchors(), vault).await,
        }
    }
}

/// A connection beside the store, for what the store itself never does.
pub enum Raw {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Raw {
    pub fn is_postgres(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Runs statements and maps what goes wrong as the store does.
    pub async fn run(&self, sql: impl Into<String>) -> Result<(), Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.into()));
        match self {
            Self::Sqlite(pool) => pool.execute(sql).await.map(|_| ())?,
            Self::Postgres(pool) => pool.execute(sql).await.map(|_| ())?,
        }
        Ok(())
    }

    /// The first column of all rows, as text.
    pub async fn texts(&self, sql: impl Into<String>) -> Vec<String> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql.into()));
        match self {
            Self::Sqlite(pool) => pool
                .fetch_all(sql)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get_unchecked::<String, _>(0))
                .collect(),
            Self::Postgres(pool) => pool
                .fetch_all(sql)
                .await
                .unwrap()
                .iter()
                .map(|row| row.get_unchecked::<String, _>(0))
                .collect(),
        }
    }

    pub async fn count(&self, table_and_where: &str) -> u32 {
        self.texts(format!(
            "SELECT CAST(COUNT(*) AS TEXT) FROM {table_and_where}"
        ))
        .await[0]
            .parse()
            .unwrap()
    }

    /// That the database itself refuses, with these words.
    pub async fn refused(&self, sql: impl Into<String>, words: &str) {
        let sql = sql.into();
        match self.run(sql.clone()).await {
            Err(Error::Constraint(told)) => {
                assert!(
                    words.is_empty() || told.contains(words),
                    "{sql}: {told:?} has no {words:?}"
                );
            }
            other => panic!("{sql}: {other:?}"),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "tests learn from the environment which servers there are"
)]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
}

fn finish(result: std::thread::Result<()>) {
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

pub fn on_sqlite(body: impl AsyncFnOnce(&Db)) {
    let home = Home {
        dir: tempfile::tempdir().unwrap(),
        url: None,
    };
    runtime().block_on(async {
        let store = home.open(KEY).await.unwrap();
        let options = SqliteConnectOptions::new()
            .filename(home.file())
            .foreign_keys(true);
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await
            .unwrap();
        body(&Db::new(store, Raw::Sqlite(pool), home)).await;
    });
}

pub fn on_postgres(body: impl AsyncFnOnce(&Db)) {
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
        "bedside_test_{}_{}",
        std::process::id(),
        COUNT.fetch_add(1, Ordering::Relaxed)
    );
    let (front, _) = server.rsplit_once('/').unwrap();
    let url = format!("{front}/{name}");
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
    runtime.block_on(async {
        at_server(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        at_server(format!("CREATE DATABASE {name}")).await;
    });
    let result = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async {
            let home = Home {
                dir: tempfile::tempdir().unwrap(),
                url: Some(url.clone()),
            };
            let store = home.open(KEY).await.unwrap();
            let pool = PgPoolOptions::new()
                .max_connections(2)
                .connect(&url)
                .await
                .unwrap();
            body(&Db::new(store, Raw::Postgres(pool), home)).await;
        });
    }));
    runtime.block_on(at_server(format!(
        "DROP DATABASE IF EXISTS {name} WITH (FORCE)"
    )));
    finish(result);
}

/// A practice with people of every kind and one channel.
pub struct Seed {
    pub id: PracticeId,
    pub responsible: Actor,
    pub author: Actor,
    pub approver: Actor,
    pub second: Actor,
    pub channel: ChannelId,
}

pub fn settings(name: &str) -> Settings {
    Settings {
        name: name.to_owned(),
        ..Settings::default()
    }
}

pub fn roles(list: &[Role]) -> Roles {
    list.iter().copied().collect()
}

impl Db {
    fn new(store: Store, raw: Raw, home: Home) -> Self {
        let (world, clock) = still_world(START);
        Self {
            store,
            world,
            clock,
            raw,
            home,
        }
    }

    pub fn now(&self) -> Timestamp {
        self.world.now()
    }

    pub async fn write(&self) -> Tx {
        self.store.write().await.unwrap()
    }

    pub async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }

    pub async fn person(&self, tx: &mut Tx, name: &str) -> PersonId {
        let person: PersonId = self.world.id();
        let login = Login {
            person,
            name: name.to_owned(),
            email: format!("{person}@weirlane.example"),
            password_hash: "$argon2id$hash".to_owned(),
        };
        tx.create_person(&login, self.now()).await.unwrap();
        person
    }

    pub async fn member(&self, tx: &mut Tx, practice: PracticeId, name: &str, role: Role) -> Actor {
        let person = self.person(tx, name).await;
        let member: MemberId = self.world.id();
        let roles = roles(&[role]);
        tx.add_member(practice, member, person, &roles, self.now())
            .await
            .unwrap();
        Actor {
            practice,
            member,
            name: name.to_owned(),
            roles,
        }
    }

    pub fn channel(&self, practice: PracticeId, address: &str) -> Channel {
        Channel {
            id: self.world.id(),
            practice,
            platform: Platform::Other,
            name: "Newsletter".to_owned(),
            address: address.to_owned(),
            visibility: Visibility::from_slug("public"),
            account: None,
            active: true,
            trouble: String::new(),
        }
    }

    pub async fn practice_with(&self, settings: &Settings) -> Seed {
        let practice: PracticeId = self.world.id();
        let mut tx = self.write().await;
        tx.create_practice(practice, settings, self.now())
            .await
            .unwrap();
        let responsible = self
            .member(&mut tx, practice, "Pat Example", Role::Responsible)
            .await;
        let author = self
            .member(&mut tx, practice, "Al Example", Role::Author)
            .await;
        let approver = self
            .member(&mut tx, practice, "Bo Example", Role::Approver)
            .await;
        let second = self
            .member(&mut tx, practice, "Cy Example", Role::Approver)
            .await;
        let channel = self.channel(practice, "https://weirlane.example");
        tx.add_channel(&channel, None, &responsible, self.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        Seed {
            id: practice,
            responsible,
            author,
            approver,
            second,
            channel: channel.id,
        }
    }

    pub async fn practice(&self) -> Seed {
        self.practice_with(&settings("Weir Lane Surgery")).await
    }

    pub fn content(&self, seed: &Seed, text: &str) -> Content {
        Content {
            text: text.to_owned(),
            places: vec![Place {
                channel: seed.channel,
                own_text: None,
            }],
            ..Content::default()
        }
    }

    /// A new post that is not written yet.
    pub fn new_post(&self, seed: &Seed, text: &str) -> (Post, Revision) {
        let (id, revision): (PostId, RevisionId) = (self.world.id(), self.world.id());
        let author = seed.author.member;
        let post = Post {
            id,
            practice: seed.id,
            author,
            state: PostState::Draft,
            revision,
            revision_author: author,
            created_at: self.now(),
            changed_at: self.now(),
            asked_by: None,
        };
        let revision = Revision {
            id: revision,
            post: id,
            number: 1,
            author,
            made_at: self.now(),
            content: self.content(seed, text),
        };
        (post, revision)
    }

    pub async fn draft(&self, seed: &Seed, text: &str) -> (Post, Revision) {
        let (post, revision) = self.new_post(seed, text);
        let mut tx = self.write().await;
        tx.create_post(&post, &revision).await.unwrap();
        tx.commit().await.unwrap();
        (post, revision)
    }

    /// The author asks for a second opinion, or lets it out where none is needed.
    pub async fn ask(&self, tx: &mut Tx, seed: &Seed, post: PostId) -> Decision {
        let needs_opinion = tx
            .practice(seed.id)
            .await
            .unwrap()
            .settings
            .needs_second_opinion;
        let post = tx.lock_post(seed.id, post).await.unwrap();
        let current = tx.revision(seed.id, post.revision).await.unwrap();
        let act = Act::Ask {
            current: &current,
            standing: &Standing::default(),
            needs_opinion,
        };
        let decision = decide(&post, post.revision, &act, &seed.author, &[], self.now()).unwrap();
        let facts = facts(&post, &seed.author, None);
        tx.apply_post(&decision, facts, &self.world).await.unwrap();
        decision
    }

    /// Everything that an approval writes, in the unit of work of the caller.
    pub async fn approve(
        &self,
        tx: &mut Tx,
        who: &Actor,
        post: PostId,
    ) -> Result<OpinionId, Error> {
        let post = tx.lock_post(who.practice, post).await?;
        let current = tx.revision(who.practice, post.revision).await?;
        let act = Act::Approve {
            current: &current,
            standing: &Standing::default(),
        };
        let decision = decide(&post, post.revision, &act, who, &[], self.now())?;
        let opinion = self.opinion(&post, who.member, Answer::Approve);
        tx.keep_opinion(&post, &opinion).await?;
        tx.apply_post(&decision, facts(&post, who, Some(opinion.id)), &self.world)
            .await?;
        Ok(opinion.id)
    }

    pub fn opinion(&self, post: &Post, by: MemberId, answer: Answer) -> Opinion {
        Opinion {
            id: self.world.id(),
            post: post.id,
            revision: post.revision,
            by,
            answer,
            reason: "Reads well".to_owned(),
            at: self.now(),
        }
    }

    /// A post on its way: written, asked about.
    pub async fn asked(&self, seed: &Seed, text: &str) -> Post {
        let (post, _) = self.draft(seed, text).await;
        let mut tx = self.write().await;
        let decision = self.ask(&mut tx, seed, post.id).await;
        tx.commit().await.unwrap();
        decision.post
    }

    /// A post in the calendar, approved by the practice's approver.
    pub async fn scheduled(&self, seed: &Seed, text: &str) -> Post {
        let post = self.asked(seed, text).await;
        let mut tx = self.write().await;
        self.approve(&mut tx, &seed.approver, post.id)
            .await
            .unwrap();
        let post = tx.post(seed.id, post.id).await.unwrap();
        tx.commit().await.unwrap();
        post
    }
}

pub fn facts<'a>(post: &Post, actor: &Actor, opinion: Option<OpinionId>) -> Facts<'a> {
    Facts {
        seen: post.revision,
        actor: actor.member,
        opinion,
        standing: None,
    }
}

/// That a person is told no, with this code.
pub fn told<T: std::fmt::Debug>(result: Result<T, Error>, code: &str) {
    match result {
        Err(Error::Refused(refusal)) => assert_eq!(refusal.code, code),
        other => panic!("wanted {code}, got {other:?}"),
    }
}

/// That the database refuses.
pub fn stopped<T: std::fmt::Debug>(result: Result<T, Error>) -> String {
    match result {
        Err(Error::Constraint(told)) => told,
        other => panic!("wanted a constraint, got {other:?}"),
    }
}
