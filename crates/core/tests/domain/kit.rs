//! Posts, deliveries and people to test with.

use bedside_core::content::{Content, Place, Revision, Seal, When};
use bedside_core::delivery::{Authorisation, Delivery, DeliveryState, Gate, Next, Step};
use bedside_core::id::Id;
use bedside_core::network::{Frozen, RetrySafety};
use bedside_core::people::{Actor, Role, Roles};
use bedside_core::post::{Post, PostState};
use bedside_core::standing::Standing;
use bedside_core::{MemberId, OpinionId};
use bedside_screen::{Check, Finding, Severity, Source, Verdict};
use jiff::Timestamp;

pub fn id<T: Id>(n: u128) -> T {
    T::from_uuid(uuid::Uuid::from_u128(n))
}

/// 9 o'clock on the day of all these tests, and some seconds.
pub fn at(seconds: i64) -> Timestamp {
    let nine: Timestamp = "2026-03-03T09:00:00Z".parse().unwrap();
    nine + jiff::SignedDuration::from_secs(seconds)
}

pub const MINUTE: i64 = 60;
pub const LINK: &str = "https://bsky.app/profile/weirlane.example/post/3mfkey22abc2t";

pub fn wait(seconds: i64) -> Next {
    Next::WaitUntil(at(seconds))
}

pub fn unchanged(step: &Step, before: &Delivery) {
    assert_eq!(&step.delivery, before);
    assert_eq!((step.events.len(), &step.next), (0, &Next::Nothing));
}

pub const AUTHOR: u128 = 1;
pub const REVISER: u128 = 2;
pub const ASKER: u128 = 3;
pub const OTHER: u128 = 4;
/// The current revision of [`post`].
pub const REVISION: u128 = 20;
pub const KEY: &str = "3mfkey22abc2t";

pub fn actor(member: u128, roles: &[Role]) -> Actor {
    Actor {
        practice: id(9),
        member: id(member),
        name: format!("Person {member}"),
        roles: Roles::from_iter(roles.iter().copied()),
    }
}

pub fn stranger(member: u128) -> Actor {
    Actor {
        practice: id(8),
        ..actor(member, &Role::ALL)
    }
}

pub fn post(state: PostState) -> Post {
    Post {
        id: id(10),
        practice: id(9),
        author: id(AUTHOR),
        state,
        revision: id(REVISION),
        revision_author: id(REVISER),
        created_at: at(-7_200),
        changed_at: at(-3_600),
        asked_by: Some(id(ASKER)),
    }
}

pub fn content(text: &str) -> Content {
    Content {
        text: text.into(),
        places: vec![Place {
            channel: id(30),
            own_text: None,
        }],
        pictures: Vec::new(),
        when: When::AsSoonAsApproved,
    }
}

pub fn revision(text: &str) -> Revision {
    Revision {
        id: id(REVISION),
        post: id(10),
        number: 1,
        author: id(REVISER),
        made_at: at(-3_600),
        content: content(text),
    }
}

pub fn seal() -> Seal {
    content("We open late on Thursday.").seal_for(id(30))
}

pub fn delivery(state: DeliveryState) -> Delivery {
    Delivery {
        id: id(40),
        practice: id(9),
        post: id(10),
        revision: id(REVISION),
        channel: id(30),
        seal: seal(),
        state,
        due: at(0),
        key_seed: 7,
        frozen: Some(Frozen {
            key: KEY.into(),
            body: "{}".into(),
        }),
        attempts: 1,
        late_allowed: false,
        link: String::new(),
        trouble: "as it was".into(),
        settled_at: None,
    }
}

pub fn authorisation() -> Authorisation {
    Authorisation {
        delivery: id(40),
        revision: id(REVISION),
        seal: seal(),
        opinion: Some(OpinionId::from_uuid(uuid::Uuid::from_u128(50))),
        accepted: Vec::new(),
        voided: false,
    }
}

/// A gate that lets [`delivery`] through.
pub fn gate(authorisation: Option<&Authorisation>) -> Gate<'_> {
    Gate {
        authorisation,
        current_revision: id(REVISION),
        seal_now: seal(),
        needs_opinion: true,
        new_finding: None,
        channel_ready: true,
        sends_itself: true,
        retry_safety: RetrySafety::Idempotent,
        late_limit_minutes: 60,
    }
}

pub fn finding(rule: &str, severity: Severity, text: &str) -> Finding {
    Finding {
        rule: rule.into(),
        severity,
        label: None,
        start: 0,
        end: text.chars().count(),
        text: text.into(),
        message: "A title".into(),
        why: "A reason.".into(),
        source: Source {
            title: "A code".into(),
            by: "A body".into(),
            at: "1.1".into(),
            read: "2026-11-22".into(),
        },
        suggestions: Vec::new(),
        instead: String::new(),
        media: None,
    }
}

pub fn check(findings: Vec<Finding>) -> Check {
    Check {
        verdict: Verdict::Clear,
        findings,
    }
}

pub fn standing(findings: Vec<Finding>) -> Standing {
    Standing::new([check(findings)], Vec::new())
}

pub fn member(n: u128) -> MemberId {
    id(n)
}
