//! Every act in every state by every role, and what must never be possible.

use bedside_core::MemberId;
use bedside_core::content::Revision;
use bedside_core::delivery::DeliveryState;
use bedside_core::event::Event;
use bedside_core::people::{Actor, Member, Role, Roles};
use bedside_core::post::{
    Act, Decision, Post, PostState, decide, possible_reviewers, state_by_deliveries,
};
use bedside_core::standing::{Standing, words_key};
use bedside_core::{Refusal, refusal::Kind};
use bedside_screen::Severity;

use crate::kit::*;

const SAFE: &str = "CLAIM-BEST";
const LEGAL: &str = "ID-NHS-NUMBER";

/// Acts as the tables name them.
const ACTS: [&str; 7] = [
    "change",
    "delete",
    "ask",
    "approve",
    "ask for changes",
    "override",
    "override legal",
];

struct Scene {
    revision: Revision,
    clean: Standing,
    found: Standing,
    words: String,
}

impl Scene {
    fn new() -> Self {
        let found = standing(vec![
            finding(SAFE, Severity::Block, "best"),
            finding(LEGAL, Severity::Block, "best"),
        ]);
        Self {
            revision: revision("We open late on Thursday."),
            words: words_key(&found.findings[0]),
            clean: Standing::default(),
            found,
        }
    }

    fn act(&self, name: &str) -> Act<'_> {
        let pass = |rule| Act::Override {
            standing: &self.found,
            rule,
            words: &self.words,
            reason: "Quoted from the award itself",
        };
        match name {
            "change" => Act::Change {
                content: &self.revision.content,
                revision: id(21),
            },
            "delete" => Act::Delete,
            "ask" => Act::Ask {
                current: &self.revision,
                standing: &self.clean,
                needs_opinion: true,
            },
            "approve" => Act::Approve {
                current: &self.revision,
                standing: &self.clean,
            },
            "ask for changes" => Act::AskForChanges {
                reason: "Say which Thursday",
            },
            "override" => pass(SAFE),
            _ => pass(LEGAL),
        }
    }
}

fn try_it(
    post: &Post,
    act: &Act<'_>,
    who: &Actor,
    deliveries: &[DeliveryState],
) -> Result<Decision, Refusal> {
    let deliveries: Vec<_> = deliveries.iter().map(|state| delivery(*state)).collect();
    decide(post, id(REVISION), act, who, &deliveries, at(0))
}

fn outcome(result: &Result<Decision, Refusal>) -> &str {
    match result {
        Ok(decision) => decision.post.state.slug(),
        Err(refusal) => refusal.code,
    }
}

/// The refusal for what a role does not include; "" where the role may.
fn by_role(act: &str, role: Role, who: u128) -> &'static str {
    use Role::{Agency, Approver, Auditor, Author, Responsible, Staff};
    // Rows: act. Columns: responsible, approver, author, agency, staff, auditor. w: not your role, o: not your own.
    // The agency's column is for a post that it began; of others' posts it sees nothing.
    let row = match act {
        "change" | "delete" | "ask" => "....-w",
        "approve" | "ask for changes" => "..ww-w",
        "override" => ".www-w",
        _ => "..ww-w",
    };
    let column = [Responsible, Approver, Author, Agency, Staff, Auditor]
        .iter()
        .position(|known| *known == role)
        .unwrap();
    let own = match act {
        "approve" | "ask for changes" => [AUTHOR, REVISER, ASKER].contains(&who),
        "override legal" => [AUTHOR, REVISER].contains(&who),
        _ => false,
    };
    match row.as_bytes()[column] {
        _ if role == Staff || (role == Agency && who != AUTHOR) => "not_found",
        b'w' => "not_your_role",
        _ if own => "not_your_own",
        _ => "",
    }
}

/// New state or refusal for someone whose role allows the act, in the order of [`PostState::ALL`].
fn by_state(act: &str) -> [&'static str; 9] {
    match act {
        "change" => [
            "draft",
            "draft",
            "draft",
            "draft",
            "draft",
            "already_out",
            "already_out",
            "draft",
            "draft",
        ],
        "delete" => [
            "draft",
            "in_review",
            "not_a_draft",
            "not_a_draft",
            "not_a_draft",
            "already_out",
            "already_out",
            "not_a_draft",
            "rejected",
        ],
        "ask" => [
            "in_review",
            "already_asked",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "unchanged",
        ],
        "approve" => [
            "not_asked",
            "approved",
            "already_answered",
            "already_answered",
            "already_answered",
            "already_answered",
            "not_asked",
            "not_asked",
            "already_answered",
        ],
        "ask for changes" => [
            "not_asked",
            "rejected",
            "already_answered",
            "already_answered",
            "already_answered",
            "already_answered",
            "not_asked",
            "not_asked",
            "already_answered",
        ],
        _ => [
            "draft",
            "in_review",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "already_let_out",
            "rejected",
        ],
    }
}

#[test]
fn each_act_in_each_state_by_each_role_is_as_the_tables_say() {
    let scene = Scene::new();
    let mut tried = 0;
    for act in ACTS {
        for (n, state) in PostState::ALL.into_iter().enumerate() {
            for role in Role::ALL {
                for who in [AUTHOR, REVISER, ASKER, OTHER] {
                    let (role_says, state_says) = (by_role(act, role, who), by_state(act)[n]);
                    // A finding that can no longer be let pass is told before who could have.
                    let state_first = act.starts_with("override")
                        && state_says == "already_let_out"
                        && role_says != "not_found";
                    let expected = if role_says.is_empty() || state_first {
                        state_says
                    } else {
                        role_says
                    };
                    let result = try_it(&post(state), &scene.act(act), &actor(who, &[role]), &[]);
                    assert_eq!(
                        outcome(&result),
                        expected,
                        "{act} in {state:?} as {role:?}, member {who}"
                    );
                    tried += 1;
                }
            }
        }
    }
    assert_eq!(tried, 7 * 9 * 6 * 4);
}

#[test]
fn nobody_gives_the_second_opinion_on_their_own_whatever_roles_they_hold() {
    let scene = Scene::new();
    for bits in 0..1_u32 << Role::ALL.len() {
        let roles: Vec<Role> = Role::ALL
            .into_iter()
            .enumerate()
            .filter(|(n, _)| bits & (1 << n) != 0)
            .map(|(_, role)| role)
            .collect();
        for who in [AUTHOR, REVISER, ASKER] {
            for state in PostState::ALL {
                for act in ["approve", "ask for changes"] {
                    let result = try_it(&post(state), &scene.act(act), &actor(who, &roles), &[]);
                    assert!(result.is_err(), "{act} in {state:?} by {who} as {roles:?}");
                }
                if who != ASKER {
                    let legal = scene.act("override legal");
                    let result = try_it(&post(state), &legal, &actor(who, &roles), &[]);
                    assert!(
                        result.is_err(),
                        "override in {state:?} by {who} as {roles:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn asking_and_approving_are_refused_for_a_text_that_is_not_the_posts() {
    let scene = Scene::new();
    let who = actor(OTHER, &Role::ALL);
    for (revision_id, of_post, author) in [(21, 10, REVISER), (20, 11, REVISER), (20, 10, OTHER)] {
        let foreign = Revision {
            id: id(revision_id),
            post: id(of_post),
            author: id(author),
            ..scene.revision.clone()
        };
        let (current, standing) = (&foreign, &scene.clean);
        let approve = Act::Approve { current, standing };
        let result = try_it(&post(PostState::InReview), &approve, &who, &[]);
        assert_eq!(outcome(&result), "changed_meanwhile");
        let ask = Act::Ask {
            current,
            standing,
            needs_opinion: false,
        };
        let result = try_it(&post(PostState::Draft), &ask, &who, &[]);
        assert_eq!(outcome(&result), "changed_meanwhile");
    }
}

#[test]
fn another_practice_and_a_stale_page_are_refused_before_anything_else() {
    let scene = Scene::new();
    for act in ACTS {
        for state in PostState::ALL {
            for who in [AUTHOR, OTHER] {
                let result = try_it(&post(state), &scene.act(act), &stranger(who), &[]);
                let refusal = result.unwrap_err();
                assert_eq!((refusal.kind, refusal.code), (Kind::NotFound, "not_found"));
            }
            let who = actor(OTHER, &Role::ALL);
            let stale = decide(&post(state), id(19), &scene.act(act), &who, &[], at(0));
            assert_eq!(outcome(&stale), "changed_meanwhile", "{act} in {state:?}");
            // Who may not see the post does not learn that it changed.
            let agency = actor(OTHER, &[Role::Agency]);
            let blind = decide(&post(state), id(19), &scene.act(act), &agency, &[], at(0));
            assert_eq!(outcome(&blind), "not_found");
        }
    }
}

#[test]
fn a_change_makes_a_draft_voids_what_was_said_and_takes_back_what_waits() {
    let scene = Scene::new();
    for state in PostState::ALL {
        let who = actor(OTHER, &[Role::Author]);
        let Ok(decision) = try_it(&post(state), &scene.act("change"), &who, &[]) else {
            continue;
        };
        let new = &decision.post;
        assert_eq!(new.state, PostState::Draft);
        assert_eq!((new.revision, new.revision_author), (id(21), member(OTHER)));
        assert_eq!((new.author, new.asked_by), (member(AUTHOR), None));
        assert_eq!((new.changed_at, decision.lets_out), (at(0), false));
        let voids = !matches!(state, PostState::Draft | PostState::Rejected);
        let voided = Event::OpinionVoided {
            post: id(10),
            revision: id(REVISION),
        };
        assert_eq!(decision.events.contains(&voided), voids, "{state:?}");
        assert_eq!(decision.cancels, voids, "{state:?}");
        let changed = Event::PostChanged {
            post: id(10),
            revision: id(21),
            seal: scene.revision.content.seal(),
        };
        assert_eq!(decision.events.last(), Some(&changed));
    }
}

#[test]
fn nothing_is_changed_or_deleted_once_it_is_or_may_be_out() {
    let scene = Scene::new();
    let who = actor(AUTHOR, &Role::ALL);
    for state in DeliveryState::ALL {
        let expected = match state {
            DeliveryState::Queued
            | DeliveryState::Held
            | DeliveryState::Late
            | DeliveryState::NotSent
            | DeliveryState::Cancelled => "draft",
            DeliveryState::ByHand => "by_hand_open",
            _ => "already_out",
        };
        let both = [DeliveryState::Cancelled, state];
        for of_post in [PostState::Draft, PostState::Scheduled, PostState::Failed] {
            let result = try_it(&post(of_post), &scene.act("change"), &who, &both);
            assert_eq!(outcome(&result), expected, "change, {of_post:?}, {state:?}");
        }
        let result = try_it(&post(PostState::Draft), &scene.act("delete"), &who, &both);
        assert_eq!(outcome(&result), expected, "delete, {state:?}");
    }
}

#[test]
fn asking_needs_complete_content_and_nothing_that_must_change() {
    let scene = Scene::new();
    let who = actor(AUTHOR, &[Role::Author]);
    let mut empty = scene.revision.clone();
    empty.content.places.clear();
    for (current, standing, code) in [
        (&empty, &scene.clean, "no_channel"),
        (&revision(" "), &scene.clean, "no_text"),
        (&scene.revision, &scene.found, "must_change"),
    ] {
        for needs_opinion in [false, true] {
            let ask = Act::Ask {
                current,
                standing,
                needs_opinion,
            };
            let result = try_it(&post(PostState::Draft), &ask, &who, &[]);
            assert_eq!(outcome(&result), code);
        }
    }
    let approve = Act::Approve {
        current: &scene.revision,
        standing: &scene.found,
    };
    let who = actor(OTHER, &[Role::Approver]);
    let result = try_it(&post(PostState::InReview), &approve, &who, &[]);
    assert_eq!(outcome(&result), "must_change");
}

#[test]
fn a_post_is_let_out_alone_only_where_nothing_asks_for_a_second_person() {
    let scene = Scene::new();
    let warned = standing(vec![finding(SAFE, Severity::Warn, "best")]);
    let advised = standing(vec![finding(SAFE, Severity::Advise, "best")]);
    for (role, needs_opinion, standing, alone) in [
        (Role::Author, false, &scene.clean, true),
        (Role::Author, false, &advised, true),
        (Role::Author, false, &warned, false),
        (Role::Author, true, &scene.clean, false),
        (Role::Responsible, false, &warned, false),
        (Role::Responsible, true, &scene.clean, false),
        // An agency writes drafts only: someone of the practice reads them in any case.
        (Role::Agency, false, &scene.clean, false),
    ] {
        let ask = Act::Ask {
            current: &scene.revision,
            standing,
            needs_opinion,
        };
        let who = actor(AUTHOR, &[role]);
        let decision = try_it(&post(PostState::Draft), &ask, &who, &[]).unwrap();
        assert_eq!(decision.lets_out, alone, "{role:?} {needs_opinion}");
        assert!(!decision.cancels);
        let seals = vec![seal()];
        let (post, revision) = (id(10), id(REVISION));
        let (state, asked_by, event) = if alone {
            let event = Event::LetOut {
                post,
                revision,
                seals,
            };
            (PostState::Approved, None, event)
        } else {
            let event = Event::OpinionAsked { post, revision };
            (PostState::InReview, Some(member(AUTHOR)), event)
        };
        assert_eq!(decision.post.state, state);
        assert_eq!(decision.post.asked_by, asked_by);
        assert_eq!(decision.events, [event]);
    }
}

#[test]
fn an_approval_covers_the_bytes_of_each_place_and_an_answer_closes_the_question() {
    let scene = Scene::new();
    let who = actor(OTHER, &[Role::Approver]);
    let yes = try_it(&post(PostState::InReview), &scene.act("approve"), &who, &[]).unwrap();
    assert!(yes.lets_out && !yes.cancels);
    assert_eq!(yes.post.asked_by, None);
    let approved = Event::Approved {
        post: id(10),
        revision: id(REVISION),
        seals: vec![seal()],
    };
    assert_eq!(yes.events, [approved]);
    let no = scene.act("ask for changes");
    let no = try_it(&post(PostState::InReview), &no, &who, &[]).unwrap();
    assert!(!no.lets_out && no.post.asked_by.is_none());
    assert!(
        matches!(&no.events[..], [Event::ChangesAsked { reason, .. }] if reason == "Say which Thursday")
    );
    let mute = try_it(
        &post(PostState::InReview),
        &Act::AskForChanges { reason: " - " },
        &who,
        &[],
    );
    assert_eq!(outcome(&mute), "reason_missing");
}

#[test]
fn a_finding_that_came_after_the_opinion_may_pass_like_one_before() {
    let scene = Scene::new();
    let responsible = actor(OTHER, &[Role::Responsible]);
    let held = [DeliveryState::Held, DeliveryState::Live];
    for act in ["override", "override legal"] {
        let result = try_it(
            &post(PostState::Publishing),
            &scene.act(act),
            &responsible,
            &held,
        );
        assert_eq!(outcome(&result), "publishing");
        let author = actor(AUTHOR, &[Role::Approver]);
        let result = try_it(&post(PostState::Scheduled), &scene.act(act), &author, &held);
        assert!(result.is_err());
        let live = [DeliveryState::Live];
        let result = try_it(
            &post(PostState::Published),
            &scene.act(act),
            &responsible,
            &live,
        );
        assert_eq!(outcome(&result), "already_let_out");
    }
}

#[test]
fn only_a_finding_that_is_there_passes_and_only_with_a_reason() {
    let scene = Scene::new();
    let who = actor(OTHER, &[Role::Responsible]);
    let other_words = words_key(&finding(SAFE, Severity::Block, "other"));
    for (rule, words, reason, code) in [
        (SAFE, scene.words.as_str(), "ok", "reason_missing"),
        (
            "CLAIM-FIRST",
            scene.words.as_str(),
            "It is quoted",
            "finding_gone",
        ),
        (SAFE, other_words.as_str(), "It is quoted", "finding_gone"),
    ] {
        let pass = Act::Override {
            standing: &scene.found,
            rule,
            words,
            reason,
        };
        let result = try_it(&post(PostState::Draft), &pass, &who, &[]);
        assert_eq!(outcome(&result), code);
    }
}

#[test]
fn the_deliveries_say_where_a_post_stands() {
    use DeliveryState as D;
    use PostState as P;
    let single = |state| state_by_deliveries([state]);
    let expected = [
        (D::Queued, Some(P::Scheduled)),
        (D::Held, Some(P::Scheduled)),
        (D::Late, Some(P::Scheduled)),
        (D::Sending, Some(P::Publishing)),
        (D::ByHand, Some(P::Scheduled)),
        (D::Live, Some(P::Published)),
        (D::NotSent, Some(P::Failed)),
        (D::Unknown, Some(P::Failed)),
        (D::Cancelled, None),
        (D::TakingDown, Some(P::Published)),
        (D::TakeDownByHand, Some(P::Published)),
        (D::Gone, Some(P::Withdrawn)),
    ];
    assert_eq!(state_by_deliveries([]), None);
    for (state, post) in expected {
        assert_eq!(single(state), post, "{state:?}");
        // What was taken back does not count.
        if post.is_some() {
            assert_eq!(state_by_deliveries([D::Cancelled, state]), post);
        }
    }
    let pairs = [
        (D::Live, D::Queued, P::Publishing),
        (D::Live, D::Held, P::Publishing),
        (D::Live, D::ByHand, P::Publishing),
        (D::Live, D::Sending, P::Publishing),
        (D::Live, D::NotSent, P::Failed),
        (D::Live, D::Unknown, P::Failed),
        (D::Live, D::Gone, P::Published),
        (D::Unknown, D::Queued, P::Publishing),
        (D::NotSent, D::Queued, P::Scheduled),
        (D::NotSent, D::Gone, P::Withdrawn),
        (D::Gone, D::TakeDownByHand, P::Published),
        (D::Gone, D::Unknown, P::Failed),
        (D::Queued, D::Late, P::Scheduled),
    ];
    for (a, b, post) in pairs {
        assert_eq!(state_by_deliveries([a, b]), Some(post), "{a:?} {b:?}");
        assert_eq!(state_by_deliveries([b, a]), Some(post), "{b:?} {a:?}");
    }
    for a in D::ALL {
        for b in D::ALL {
            let state = state_by_deliveries([a, b]);
            let unsure = a == D::Unknown || b == D::Unknown;
            let claims = matches!(state, Some(P::Published | P::Withdrawn | P::Scheduled));
            assert!(
                !(unsure && claims),
                "{a:?} {b:?}: sure of what is not known"
            );
            if state == Some(P::Withdrawn) {
                let may_be_seen = |s| s != D::Gone && D::is_out(s);
                assert!(!may_be_seen(a) && !may_be_seen(b), "{a:?} {b:?}");
            }
        }
    }
}

#[test]
fn who_is_involved_is_not_asked() {
    let people: Vec<Member> = [
        (1, Role::Responsible, true),
        (2, Role::Approver, true),
        (3, Role::Approver, false),
        (4, Role::Author, true),
        (5, Role::Approver, true),
    ]
    .into_iter()
    .map(|(n, role, active)| Member {
        id: id(n),
        person: id(n),
        practice: id(9),
        name: format!("Person {n}"),
        email: format!("p{n}@practice.example"),
        roles: Roles::from_iter([role]),
        active,
    })
    .collect();
    let left = |involved: &[MemberId]| -> Vec<MemberId> {
        possible_reviewers(&people, involved)
            .iter()
            .map(|member| member.id)
            .collect()
    };
    assert_eq!(left(&[]), [member(1), member(2), member(5)]);
    assert_eq!(left(&[member(1), member(2)]), [member(5)]);
    assert_eq!(left(&[member(1), member(2), member(5)]), []);
}
