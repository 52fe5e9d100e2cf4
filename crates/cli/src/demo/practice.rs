//! The example practice: Weir Lane Dental, its people, channels and posts. All of it is invented.

use std::sync::Arc;

use anyhow::Context;
use bedside_core::channel::{Channel, Platform, Visibility};
use bedside_core::content::{Content, Place, Revision, When};
use bedside_core::event::Event;
use bedside_core::network::{Account, Credentials, Networks};
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Act, Post, PostState, decide};
use bedside_core::practice::Settings;
use bedside_core::screen::{Clinician, Engine, PracticeType, Profile, Staff};
use bedside_core::time::{UK, Wall, local_date};
use bedside_core::world::{Chance, Clock, World};
use bedside_core::{ChannelId, PracticeId, screening};
use bedside_store::{CheckMoment, Facts, Login, Store, Tx};
use bedside_work::Worker;
use jiff::{SignedDuration, ToSpan};
use tokio::sync::Notify;

/// Name, e-mail address and roles; the first is the responsible person.
const PEOPLE: [(&str, &str, &[Role]); 5] = [
    (
        "Priya Nair",
        "priya@weirlane.example",
        &[Role::Responsible, Role::Author],
    ),
    (
        "Dr Tom Hale",
        "tom@weirlane.example",
        &[Role::Approver, Role::Author],
    ),
    ("Dr Aisha Shah", "aisha@weirlane.example", &[Role::Approver]),
    ("Sam Reed", "sam@weirlane.example", &[Role::Author]),
    (
        "Bright Words Agency",
        "hello@brightwords.example",
        &[Role::Agency],
    ),
];

/// Days from today, time, author (by place in [`PEOPLE`]), how far it has come, text.
const POSTS: [(i32, &str, usize, Stage, &str); 7] = [
    (
        -3,
        "09:00",
        3,
        Stage::Approved,
        "How to brush round a brace: small head, small circles, one tooth at a time. It takes two minutes longer and saves a lot of bother.",
    ),
    (
        -1,
        "12:30",
        1,
        Stage::Approved,
        "We are open late this Thursday, until 7pm. Ring 01632 960410 if the day is hard for you.",
    ),
    (
        1,
        "09:00",
        3,
        Stage::Approved,
        "Why gums bleed, and what helps: gentle brushing twice a day, cleaning between the teeth, and a check-up if it goes on for two weeks.",
    ),
    (
        2,
        "12:30",
        1,
        Stage::Asked,
        "Rugby this spring? A mouthguard that fits can protect teeth, lips and jaw. Ask us which kind suits your child's sport.",
    ),
    (
        4,
        "09:00",
        3,
        Stage::Draft,
        "Lovely to see Mrs Okafor smiling again after her new front teeth! Come in this week for anti-wrinkle injections, 20% off til Sunday.",
    ),
    (
        6,
        "10:00",
        4,
        Stage::Draft,
        "The best dentists in Ashby: painless fillings, guaranteed!",
    ),
    (
        8,
        "09:00",
        3,
        Stage::Draft,
        "Teething? A clean, cold teething ring can soothe sore gums.",
    ),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Draft,
    Asked,
    Approved,
}

/// What the visitor is told on the console.
pub fn greeting(password: &str) -> String {
    let mut text = format!(
        "This is an example: nothing is sent anywhere. The password for everyone is {password}"
    );
    for (name, email, _) in PEOPLE {
        text.push_str(&format!("\n  {name}: {email}"));
    }
    text
}

/// A clock that stands a while before the present, so that the example has a past.
struct Earlier {
    world: World,
    by: SignedDuration,
}

impl Clock for Earlier {
    fn now(&self) -> jiff::Timestamp {
        self.world.now() - self.by
    }
}

impl Chance for Earlier {
    fn fill(&self, out: &mut [u8]) {
        for chunk in out.chunks_mut(8) {
            let bytes: [u8; 8] = self.world.bytes();
            chunk.copy_from_slice(&bytes[..chunk.len()]);
        }
    }
}

fn earlier(world: &World, by: SignedDuration) -> World {
    let earlier = Arc::new(Earlier {
        world: world.clone(),
        by,
    });
    World::new(earlier.clone(), earlier)
}

/// Fills an empty store with the example, and gives everyone in it a new password.
pub async fn fill(
    store: &Store,
    world: &World,
    networks: Arc<dyn Networks>,
) -> anyhow::Result<String> {
    let password = bedside_core::content::hex(&world.bytes::<5>());
    let hash = bedside_web::hash_now(&password, &world.bytes())?;
    let mut tx = store.write().await?;
    if tx.practices().await?.is_empty() {
        let past = earlier(world, SignedDuration::from_hours(24 * 5));
        let cast = people(&mut tx, &past, &hash).await?;
        let channels = channels(&mut tx, &cast, &past).await?;
        tx.commit().await?;
        for post in POSTS {
            write_post(store, world, &cast, &channels, &networks, post).await?;
        }
    } else {
        for (_, email, _) in PEOPLE {
            if let Some(login) = tx.login(email).await? {
                tx.set_password(login.person, &hash).await?;
            }
        }
        tx.commit().await?;
    }
    Ok(password)
}

struct Cast {
    practice: PracticeId,
    actors: Vec<Actor>,
}

async fn people(tx: &mut Tx, world: &World, hash: &str) -> anyhow::Result<Cast> {
    let practice: PracticeId = world.id();
    let now = world.now();
    tx.create_practice(practice, &settings(), now).await?;
    let mut actors = Vec::new();
    for (name, email, roles) in PEOPLE {
        let login = Login {
            person: world.id(),
            name: name.to_owned(),
            email: email.to_owned(),
            password_hash: hash.to_owned(),
        };
        tx.create_person(&login, now).await?;
        let roles = Roles::from_iter(roles.iter().copied());
        let actor = Actor {
            practice,
            member: world.id(),
            name: name.to_owned(),
            roles,
        };
        tx.add_member(practice, actor.member, login.person, &actor.roles, now)
            .await?;
        if actors.is_empty() {
            tx.record(practice, now, Some(actor.member), &Event::PracticeCreated)
                .await?;
        }
        actors.push(actor);
    }
    Ok(Cast { practice, actors })
}

fn settings() -> Settings {
    let clinician = |name: &str, role: &str, reg: &str| Clinician {
        name: name.into(),
        role: role.into(),
        reg: reg.into(),
    };
    Settings {
        name: "Weir Lane Dental".into(),
        kind: Some(PracticeType::Dental),
        profile: Profile {
            practice_name: "Weir Lane Dental".into(),
            town: "Ashby".into(),
            postcode: "ZZ99 3VZ".into(),
            address: "4 Weir Lane".into(),
            phones: vec!["01632 960410".into()],
            clinicians: vec![
                clinician("Dr Tom Hale", "dentist", "GDC 100001"),
                clinician("Dr Aisha Shah", "dentist", "GDC 100002"),
            ],
            staff: vec![
                Staff {
                    name: "Priya".into(),
                },
                Staff { name: "Sam".into() },
            ],
            offers_pom: Some(true),
            offers_fillers: Some(true),
            private_care: Some(true),
            list_size: 9_400,
            ..Profile::default()
        },
        ..Settings::default()
    }
}

async fn channels(tx: &mut Tx, cast: &Cast, world: &World) -> anyhow::Result<Vec<ChannelId>> {
    let manager = cast.actors.first().context("the example has people")?;
    let mut ids = Vec::new();
    for (platform, name, address, handle) in [
        (Platform::Bluesky, "Bluesky", "", Some("weirlane.example")),
        (
            Platform::Facebook,
            "Facebook",
            "https://www.facebook.com/weirlane.example",
            None,
        ),
    ] {
        let channel = Channel {
            id: world.id(),
            practice: cast.practice,
            platform,
            name: name.to_owned(),
            address: address.to_owned(),
            visibility: Visibility::Public,
            account: handle.map(|handle| Account {
                id: format!("did:example:{handle}"),
                handle: handle.to_owned(),
            }),
            active: true,
            trouble: String::new(),
        };
        let credentials = handle.map(|handle| Credentials {
            service: "https://network.example".into(),
            identifier: handle.into(),
            secret: "example".into(),
        });
        tx.add_channel(&channel, credentials.as_ref(), manager, world.now())
            .await?;
        ids.push(channel.id);
    }
    Ok(ids)
}

async fn write_post(
    store: &Store,
    world: &World,
    cast: &Cast,
    channels: &[ChannelId],
    networks: &Arc<dyn Networks>,
    (days, time, author, stage, text): (i32, &str, usize, Stage, &str),
) -> anyhow::Result<()> {
    let author = cast
        .actors
        .get(author)
        .context("the author is one of the example's people")?;
    let date = local_date(world.now(), UK).checked_add(days.days())?;
    let wall = Wall::parse(&date.to_string(), time, UK)?;
    let due = wall.instant()?;
    // Posts of the past were written a day before they went out; the others yesterday.
    let written = if days < 0 {
        world.now().duration_since(due) + SignedDuration::from_hours(24)
    } else {
        SignedDuration::from_hours(24)
    };
    let then = earlier(world, written);
    let places = channels.iter().take(if days < 0 { 1 } else { 2 });
    let content = Content {
        text: text.to_owned(),
        places: places
            .map(|id| Place {
                channel: *id,
                own_text: None,
            })
            .collect(),
        pictures: Vec::new(),
        when: When::At(wall),
    };
    let now = then.now();
    let revision = Revision {
        id: then.id(),
        post: then.id(),
        number: 1,
        author: author.member,
        made_at: now,
        content,
    };
    let post = Post {
        id: revision.post,
        practice: cast.practice,
        author: author.member,
        state: PostState::Draft,
        revision: revision.id,
        revision_author: author.member,
        created_at: now,
        changed_at: now,
        asked_by: None,
    };
    let mut tx = store.write().await?;
    tx.create_post(&post, &revision).await?;
    tx.commit().await?;
    if stage == Stage::Draft {
        return Ok(());
    }
    let asked = step(store, &then, &post, &revision, author, false).await?;
    if stage == Stage::Approved {
        let reviewer = cast.actors.get(2).context("the example has an approver")?;
        step(store, &then, &asked, &revision, reviewer, true).await?;
    }
    if days < 0 {
        let at_due = earlier(world, world.now().duration_since(due));
        let options = bedside_work::Options::new("example", "http://127.0.0.1:8081");
        Worker::new(
            store.clone(),
            at_due,
            networks.clone(),
            None,
            options,
            Arc::new(Notify::new()),
        )
        .once()
        .await?;
    }
    Ok(())
}

/// Asks for a second opinion, or gives it.
async fn step(
    store: &Store,
    world: &World,
    post: &Post,
    revision: &Revision,
    actor: &Actor,
    approves: bool,
) -> anyhow::Result<Post> {
    let mut tx = store.write().await?;
    let practice = tx.practice(post.practice).await?;
    let channels = tx.channels(post.practice).await?;
    let located = screening::screen(Engine::builtin(), &practice, &channels, &revision.content)?;
    let standing = screening::standing(&located, Vec::new());
    let act = if approves {
        Act::Approve {
            current: revision,
            standing: &standing,
        }
    } else {
        Act::Ask {
            current: revision,
            standing: &standing,
            needs_opinion: true,
        }
    };
    let now = world.now();
    let decision = decide(post, post.revision, &act, actor, &[], now)?;
    let mut opinion = None;
    if approves {
        let given = Opinion {
            id: world.id(),
            post: post.id,
            revision: revision.id,
            by: actor.member,
            answer: Answer::Approve,
            reason: String::new(),
            at: now,
        };
        tx.keep_opinion(post, &given).await?;
        opinion = Some(given.id);
    }
    let moment = if approves {
        CheckMoment::Approved
    } else {
        CheckMoment::Asked
    };
    tx.keep_check(
        post.practice,
        revision.id,
        moment,
        env!("CARGO_PKG_VERSION"),
        &standing.findings,
        now,
    )
    .await?;
    let facts = Facts {
        seen: post.revision,
        actor: actor.member,
        opinion,
        standing: Some(&standing),
    };
    tx.apply_post(&decision, facts, world).await?;
    tx.commit().await?;
    Ok(decision.post)
}
