//! What people do with a delivery, in every state.

use bedside_core::delivery::{
    Delivery, DeliveryState as D, Gate, IN_FLIGHT_SECONDS, Next, Settle, Step, begin, cancel,
    settle,
};
use bedside_core::event::Event;
use bedside_core::network::Frozen;
use bedside_core::people::Role;
use bedside_core::{Refusal, refusal::Kind};

use crate::kit::*;

fn acts() -> [(&'static str, Settle); 6] {
    [
        ("there", Settle::ItIsThere { link: LINK.into() }),
        ("not there", Settle::NotThere),
        ("send now", Settle::SendNow),
        ("leave", Settle::Leave),
        ("take down", Settle::TakeDown),
        ("gone", Settle::ItIsGone),
    ]
}

fn outcome(result: &Result<Step, Refusal>) -> &str {
    match result {
        Ok(step) => step.delivery.state.slug(),
        Err(refusal) => refusal.code,
    }
}

#[test]
fn what_a_person_does_in_each_state_is_as_the_table_says() {
    const NO: &str = "settled_already";
    const BUSY: &str = "being_sent";
    // Columns: there, not there, send now, leave, take down where the program can delete, take down where it cannot, gone.
    let table = [
        (
            D::Queued,
            [NO, NO, NO, "cancelled", "cancelled", "cancelled", NO],
        ),
        (
            D::Held,
            [NO, NO, "queued", "cancelled", "cancelled", "cancelled", NO],
        ),
        (
            D::Late,
            [NO, NO, "queued", "cancelled", "cancelled", "cancelled", NO],
        ),
        (
            D::Sending,
            [
                BUSY,
                BUSY,
                BUSY,
                BUSY,
                "taking_down",
                "take_down_by_hand",
                BUSY,
            ],
        ),
        (
            D::ByHand,
            [
                "live",
                NO,
                NO,
                "cancelled",
                "take_down_by_hand",
                "take_down_by_hand",
                NO,
            ],
        ),
        (
            D::Live,
            [NO, NO, NO, NO, "taking_down", "take_down_by_hand", NO],
        ),
        (
            D::NotSent,
            [
                "live",
                NO,
                "queued",
                "cancelled",
                "cancelled",
                "cancelled",
                NO,
            ],
        ),
        (
            D::Unknown,
            [
                "live",
                "queued",
                NO,
                NO,
                "taking_down",
                "take_down_by_hand",
                NO,
            ],
        ),
        (D::Cancelled, ["live", NO, NO, NO, NO, NO, NO]),
        (D::TakingDown, [NO; 7]),
        (
            D::TakeDownByHand,
            [NO, NO, NO, NO, "taking_down", NO, "gone"],
        ),
        (D::Gone, [NO; 7]),
    ];
    assert_eq!(table.map(|row| row.0).len(), D::ALL.len());
    for (state, row) in table {
        for role in [Role::Responsible, Role::Approver, Role::Author] {
            let who = actor(OTHER, &[role]);
            let before = delivery(state);
            let act = |n: usize, deletes| settle(&before, &acts()[n].1, &who, deletes, at(5));
            let results = [
                act(0, true),
                act(1, true),
                act(2, true),
                act(3, true),
                act(4, true),
                act(4, false),
                act(5, false),
            ];
            assert_eq!(results.each_ref().map(outcome), row, "{state:?}");
            for step in results.into_iter().flatten() {
                assert!(
                    !step.events.is_empty(),
                    "every act of a person is on record"
                );
                let settled = matches!(step.delivery.state, D::Live | D::Gone);
                assert_eq!(step.delivery.settled_at, settled.then(|| at(5)));
                let by_hand = step.delivery.state == D::TakeDownByHand;
                assert_eq!(step.delivery.trouble.is_empty(), !by_hand);
            }
        }
    }
}

#[test]
fn who_may_not_and_who_is_elsewhere_settles_nothing() {
    for state in D::ALL {
        for (name, act) in acts() {
            for role in [Role::Agency, Role::Staff, Role::Auditor] {
                let result = settle(&delivery(state), &act, &actor(AUTHOR, &[role]), true, at(5));
                assert_eq!(outcome(&result), "not_your_role", "{name} {role:?}");
            }
            let refusal =
                settle(&delivery(state), &act, &stranger(AUTHOR), true, at(5)).unwrap_err();
            assert_eq!((refusal.kind, refusal.code), (Kind::NotFound, "not_found"));
        }
    }
}

#[test]
fn sent_again_by_a_person_counts_from_their_word() {
    let who = actor(OTHER, &[Role::Author]);
    let authorisation = authorisation();
    for (state, act) in [
        (D::Unknown, Settle::NotThere),
        (D::Late, Settle::SendNow),
        (D::Held, Settle::SendNow),
        (D::NotSent, Settle::SendNow),
    ] {
        let hours = 300 * MINUTE;
        let step = settle(&delivery(state), &act, &who, true, at(hours)).unwrap();
        assert_eq!(step.next, wait(hours));
        assert!(step.delivery.late_allowed);
        let gate = gate(Some(&authorisation));
        let sent = begin(&step.delivery, &gate, at(hours + 60 * MINUTE));
        assert_eq!(sent.next, Next::Send);
        let forgotten = begin(&step.delivery, &gate, at(hours + 61 * MINUTE));
        assert_eq!(forgotten.delivery.state, D::Late, "{act:?}");
        // A word of a person does not open the gate.
        let shut = Gate {
            authorisation: None,
            ..gate
        };
        assert_eq!(
            begin(&step.delivery, &shut, at(hours)).delivery.state,
            D::Held
        );
    }
}

#[test]
fn what_is_taken_down_while_being_sent_is_deleted_only_after_it_can_have_arrived() {
    let who = actor(OTHER, &[Role::Author]);
    let authorisation = authorisation();
    let gate = gate(Some(&authorisation));
    let step = settle(&delivery(D::Sending), &Settle::TakeDown, &who, true, at(5)).unwrap();
    assert_eq!(step.next, wait(5 + IN_FLIGHT_SECONDS));
    assert!(matches!(step.events[..], [Event::TakeDownAsked { .. }]));
    let early = begin(&step.delivery, &gate, at(4 + IN_FLIGHT_SECONDS));
    assert_eq!(
        early.next, step.next,
        "also when the worker comes back after a crash"
    );
    let then = begin(&step.delivery, &gate, at(5 + IN_FLIGHT_SECONDS));
    assert_eq!(then.next, Next::Delete);
    // A live post is deleted at once, whatever time it once had.
    for due in [at(0), at(9_000)] {
        let live = Delivery {
            due,
            ..delivery(D::Live)
        };
        let step = settle(&live, &Settle::TakeDown, &who, true, at(5)).unwrap();
        assert_eq!(step.next, Next::Delete);
        assert_eq!(begin(&step.delivery, &gate, at(5)).next, Next::Delete);
    }
}

#[test]
fn what_a_person_posted_under_another_key_is_removed_by_a_person() {
    let who = actor(OTHER, &[Role::Author]);
    let elsewhere = "https://bsky.app/profile/weirlane.example/post/3motherkey22c";
    let there = Settle::ItIsThere {
        link: format!(" {elsewhere}\n"),
    };
    let live = settle(&delivery(D::Unknown), &there, &who, true, at(5)).unwrap();
    assert_eq!(live.delivery.link, elsewhere);
    let step = settle(&live.delivery, &Settle::TakeDown, &who, true, at(6)).unwrap();
    assert_eq!(
        (step.delivery.state, step.next),
        (D::TakeDownByHand, Next::Nothing)
    );
    let again = settle(&step.delivery, &Settle::TakeDown, &who, true, at(7));
    assert_eq!(outcome(&again), "settled_already");
    let keyless = Frozen {
        key: String::new(),
        body: "{}".into(),
    };
    for frozen in [None, Some(keyless)] {
        let live = Delivery {
            frozen,
            ..delivery(D::Live)
        };
        let step = settle(&live, &Settle::TakeDown, &who, true, at(6)).unwrap();
        assert_eq!(step.delivery.state, D::TakeDownByHand);
    }
}

#[test]
fn a_link_is_an_address_or_it_is_refused() {
    let who = actor(OTHER, &[Role::Author]);
    for link in [
        "",
        "  ",
        "www.facebook.com/weirlane",
        "javascript:alert(1)",
        "https://",
        "https:///etc",
        "https://a b.example",
        "https://a.example/\u{7}",
        "data:text/html,x",
    ] {
        let act = Settle::ItIsThere { link: link.into() };
        let result = settle(&delivery(D::ByHand), &act, &who, false, at(5));
        assert_eq!(outcome(&result), "link_form", "{link:?}");
    }
    let long = Settle::ItIsThere {
        link: format!("https://a.example/{}", "x".repeat(2_000)),
    };
    let result = settle(&delivery(D::ByHand), &long, &who, false, at(5));
    assert_eq!(outcome(&result), "link_form");
    let plain = Settle::ItIsThere {
        link: "HTTP://weirlane.example/news".into(),
    };
    let result = settle(&delivery(D::ByHand), &plain, &who, false, at(5));
    assert_eq!(outcome(&result), "live");
}

#[test]
fn only_what_waits_is_taken_back() {
    for state in D::ALL {
        let before = delivery(state);
        let result = cancel(&before);
        match state {
            D::Queued | D::Held | D::Late | D::ByHand | D::NotSent => {
                let step = result.unwrap();
                assert_eq!(
                    (step.delivery.state, step.next),
                    (D::Cancelled, Next::Nothing)
                );
                assert!(matches!(step.events[..], [Event::DeliveryCancelled { .. }]));
            }
            D::Cancelled => unchanged(&result.unwrap(), &before),
            _ => assert_eq!(outcome(&result), "already_out", "{state:?}"),
        }
    }
}
