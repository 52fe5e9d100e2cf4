//! An app with a real database in a temporary folder, practices in it, and a browser without a screen.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::network::{Account, Network, Networks};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::practice::Settings;
use bedside_core::screen::PracticeType;
use bedside_core::world::World;
use bedside_core::world::testing::{StillClock, still_world};
use bedside_core::{ChannelId, MemberId, PracticeId};
use bedside_store::{Login, Session, Store, Tx, Vault};
use bedside_web::{App, Options};
use tower::ServiceExt;

/// Monday, winter time.
pub const NOW: &str = "2026-03-02T10:42:00Z";

/// The app and everything around it.
pub struct House {
    pub store: Store,
    pub world: World,
    pub clock: Arc<StillClock>,
    router: Router,
    pub folder: tempfile::TempDir,
}

/// A practice with two channels: one that Bedside sends to, one by hand.
pub struct Practice {
    pub id: PracticeId,
    pub bluesky: ChannelId,
    pub facebook: ChannelId,
}

/// A signed-in member.
#[derive(Clone)]
pub struct Person {
    pub actor: Actor,
    pub csrf: String,
    cookie: String,
}

impl Person {
    pub fn member(&self) -> MemberId {
        self.actor.member
    }

    pub fn token(&self) -> &str {
        self.cookie.trim_start_matches("bedside_session=")
    }
}

/// No network answers here; nothing of these pages asks one.
pub struct NoNetworks;

impl Networks for NoNetworks {
    fn of(&self, _: Platform) -> Option<&dyn Network> {
        None
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    pub fn location(&self) -> &str {
        self.headers
            .get(header::LOCATION)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The value of a hidden field.
    pub fn hidden(&self, name: &str) -> String {
        let body = self.body();
        let start = format!("name=\"{name}\" value=\"");
        let at = body
            .find(&start)
            .unwrap_or_else(|| panic!("no field {name}"))
            + start.len();
        body[at..].split('"').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.body());
        self
    }

    #[track_caller]
    pub fn says(self, words: &str) -> Self {
        assert!(
            self.body().contains(words),
            "“{words}” is not in: {}",
            self.body()
        );
        self
    }

    #[track_caller]
    pub fn does_not_say(self, words: &str) -> Self {
        assert!(
            !self.body().contains(words),
            "“{words}” is in: {}",
            self.body()
        );
        self
    }
}

impl House {
    pub async fn new() -> Self {
        Self::with(Arc::new(NoNetworks), "https://bedside.example", None).await
    }

    /// A house with other networks, another address, or mail.
    pub async fn with(
        networks: Arc<dyn Networks>,
        public_address: &str,
        mail_host: Option<&str>,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (world, clock) = still_world(NOW);
        let vault = Vault::new(&[7; 32], world.clone());
        let store = Store::open_sqlite(
            folder.path().join("bedside.db"),
            folder.path().join("anchors"),
            vault,
        )
        .await
        .unwrap();
        let options = Options {
            public_address: public_address.into(),
            mail_host: mail_host.map(str::to_owned),
            demo: false,
        };
        let app = App::new(
            store.clone(),
            world.clone(),
            networks,
            options,
            Arc::default(),
        );
        Self {
            store,
            world,
            clock,
            router: bedside_web::router(app),
            folder,
        }
    }

    /// Sets up a practice that asks for a second opinion on every post.
    pub async fn practice(&self, name: &str) -> Practice {
        self.practice_with(Settings {
            name: name.into(),
            kind: Some(PracticeType::Gp),
            ..Settings::default()
        })
        .await
    }

    pub async fn practice_with(&self, settings: Settings) -> Practice {
        let mut tx = self.store.write().await.unwrap();
        let id: PracticeId = self.world.id();
        tx.create_practice(id, &settings, self.world.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        // Connects the channels; has no account of their own in the practice, so the tests bring all its people.
        let manager = Actor {
            practice: id,
            member: self.world.id(),
            name: "Set-up".into(),
            roles: Roles::from_iter([Role::Responsible]),
        };
        let bluesky = self.channel(&manager, Platform::Bluesky).await;
        let facebook = self.channel(&manager, Platform::Facebook).await;
        Practice {
            id,
            bluesky,
            facebook,
        }
    }

    async fn channel(&self, actor: &Actor, platform: Platform) -> ChannelId {
        let id = self.world.id();
        let account = (platform == Platform::Bluesky).then(|| Account {
            id: format!("did:plc:{id}"),
            handle: "weirlane.example".into(),
        });
        let channel = Channel {
            id,
            practice: actor.practice,
            platform,
            name: "Weir Lane".into(),
            address: String::new(),
            visibility: Visibility::Public,
            account,
            active: true,
            trouble: String::new(),
        };
        let mut tx = self.store.write().await.unwrap();
        tx.add_channel(&channel, None, actor, self.world.now())
            .await
            .unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Adds a member and signs them in.
    pub async fn person(&self, practice: PracticeId, name: &str, roles: &[Role]) -> Person {
        let now = self.world.now();
        let (person, member) = (self.world.id(), self.world.id());
        let roles: Roles = roles.iter().copied().collect();
        let token = bedside_core::content::hex(&self.world.bytes::<16>());
        let csrf = bedside_core::content::hex(&self.world.bytes::<16>());
        let mut tx = self.store.write().await.unwrap();
        add_person(&mut tx, person, name, now).await;
        tx.add_member(practice, member, person, &roles, now)
            .await
            .unwrap();
        let session = Session {
            token: token.clone(),
            csrf: csrf.clone(),
            practice,
            member,
            person,
        };
        tx.begin_session(&session, now).await.unwrap();
        tx.commit().await.unwrap();
        let actor = Actor {
            practice,
            member,
            name: name.into(),
            roles,
        };
        Person {
            actor,
            csrf,
            cookie: format!("bedside_session={token}"),
        }
    }

    pub async fn get(&self, who: &Person, path: &str) -> Answer {
        let request = Request::get(path)
            .header(header::COOKIE, &who.cookie)
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with the member's token.
    pub async fn post(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut all = vec![("csrf", who.csrf.as_str())];
        all.extend_from_slice(fields);
        self.post_bare(who, path, &all).await
    }

    /// Sends exactly these fields.
    pub async fn post_bare(&self, who: &Person, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        let request = Request::post(path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    /// Sends a form with files for the field `pictures`.
    pub async fn post_files(
        &self,
        who: &Person,
        path: &str,
        fields: &[(&str, &str)],
        files: &[(&str, Vec<u8>)],
    ) -> Answer {
        let mut body = Vec::new();
        for (name, value) in [("csrf", who.csrf.as_str())].iter().chain(fields) {
            body.extend(
                format!(
                    "--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
                )
                .bytes(),
            );
        }
        for (name, bytes) in files {
            body.extend(
                format!("--b\r\nContent-Disposition: form-data; name=\"pictures\"; filename=\"{name}\"\r\n\r\n").bytes(),
            );
            body.extend(bytes);
            body.extend(b"\r\n");
        }
        body.extend(b"--b--\r\n");
        let request = Request::post(path)
            .header(header::COOKIE, &who.cookie)
            .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
            .body(Body::from(body))
            .unwrap();
        self.send(request).await
    }

    pub async fn post_json(
        &self,
        who: Option<&Person>,
        path: &str,
        body: impl Into<Body>,
    ) -> Answer {
        let mut request = Request::post(path).header(header::CONTENT_TYPE, "application/json");
        if let Some(who) = who {
            request = request.header(header::COOKIE, &who.cookie);
        }
        self.send(request.body(body.into()).unwrap()).await
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap().to_vec();
        Answer {
            status: parts.status,
            headers: parts.headers,
            bytes,
        }
    }

    pub async fn read(&self) -> Tx {
        self.store.read().await.unwrap()
    }
}

async fn add_person(tx: &mut Tx, person: bedside_core::PersonId, name: &str, now: jiff::Timestamp) {
    let email = format!(
        "{}.{person}@weirlane.example",
        name.to_lowercase().replace(' ', ".")
    );
    let login = Login {
        person,
        name: name.into(),
        email,
        password_hash: "none".into(),
    };
    tx.create_person(&login, now).await.unwrap();
}
