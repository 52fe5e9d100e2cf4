//! Every input in every state of a delivery.

use bedside_core::delivery::{
    Authorisation, Delivery, DeliveryState as D, Gate, IN_FLIGHT_SECONDS, LOOK_FOR_MINUTES,
    LastTry, Next, Step, TAKE_DOWN_TRIES, backoff, begin, heard, saw, took_down,
};
use bedside_core::event::Event;
use bedside_core::network::{Outcome, RetrySafety, Sighting, Trouble};
use jiff::SignedDuration;

use crate::kit::*;

fn later(wait_seconds: u32) -> Trouble {
    Trouble::Later {
        why: "The network is busy.".into(),
        wait_seconds,
    }
}

/// A try that was begun at nine and not answered.
fn tried() -> LastTry {
    LastTry {
        started: at(0),
        accepted: false,
    }
}

fn refused() -> Trouble {
    Trouble::Refused("The password is not accepted.".into())
}

#[test]
fn a_delivery_that_is_due_and_let_out_begins_to_be_sent_and_every_other_state_stays() {
    let authorisation = authorisation();
    let gate = gate(Some(&authorisation));
    for state in D::ALL {
        let before = delivery(state);
        let step = begin(&before, &gate, at(0));
        let (expected, next) = match state {
            D::Queued => (D::Sending, Next::Send),
            D::Sending => (D::Sending, Next::Look),
            D::TakingDown => (D::TakingDown, Next::Delete),
            other => (other, Next::Nothing),
        };
        assert_eq!((step.delivery.state, &step.next), (expected, &next));
        if state == D::Queued {
            assert_eq!(
                step.delivery.attempts, 2,
                "the try is counted before it is made"
            );
            assert_eq!(step.delivery.trouble, "");
            let attempt = 2;
            let (post, delivery) = (id(10), id(40));
            assert_eq!(
                step.events,
                [Event::SendingStarted {
                    post,
                    delivery,
                    attempt
                }]
            );
        } else {
            assert_eq!((&step.delivery, step.events.len()), (&before, 0));
        }
    }
}

#[test]
fn nothing_begins_before_its_time() {
    let authorisation = authorisation();
    let gate = gate(Some(&authorisation));
    for state in D::ALL {
        let before = delivery(state);
        let step = begin(&before, &gate, at(-1));
        assert_eq!(step.delivery, before);
        let expected = match state {
            D::Queued | D::TakingDown => wait(0),
            D::Sending => Next::Look,
            _ => Next::Nothing,
        };
        assert_eq!(step.next, expected, "{state:?}");
    }
}

type Closes = fn(&mut Gate<'_>);

#[test]
fn the_gate_holds_whatever_is_not_exactly_what_was_let_out() {
    let good = authorisation();
    let bad: [Authorisation; 4] = [
        Authorisation {
            voided: true,
            ..good.clone()
        },
        Authorisation {
            delivery: id(41),
            ..good.clone()
        },
        Authorisation {
            revision: id(21),
            ..good.clone()
        },
        Authorisation {
            seal: content("Another text").seal_for(id(30)),
            ..good.clone()
        },
    ];
    let no_opinion = Authorisation {
        opinion: None,
        ..good.clone()
    };
    let mut gates: Vec<(String, Gate<'_>)> = bad
        .iter()
        .map(|authorisation| (format!("{authorisation:?}"), gate(Some(authorisation))))
        .collect();
    gates.push(("none".into(), gate(None)));
    gates.push(("no opinion".into(), gate(Some(&no_opinion))));
    let changes: [(&str, Closes); 4] = [
        ("another revision", |gate| gate.current_revision = id(21)),
        ("other bytes", |gate| {
            gate.seal_now = content("Another text").seal_for(id(30));
        }),
        ("new finding", |gate| {
            gate.new_finding = Some("A patient's name".into());
        }),
        ("channel", |gate| gate.channel_ready = false),
    ];
    for (name, close) in changes {
        let mut closed = gate(Some(&good));
        close(&mut closed);
        gates.push((name.into(), closed));
    }
    for (name, gate) in &gates {
        for sends_itself in [true, false] {
            // Held comes before late, so that "send it now" never looks like the way out.
            for now in [0, 61 * MINUTE] {
                let gate = Gate {
                    sends_itself,
                    ..gate.clone()
                };
                let step = begin(&delivery(D::Queued), &gate, at(now));
                assert_eq!(step.delivery.state, D::Held, "{name}");
                assert_eq!((step.next, step.delivery.attempts), (Next::Nothing, 1));
                assert!(!step.delivery.trouble.is_empty() && step.delivery.trouble != "as it was");
                let told = matches!(&step.events[..], [Event::DeliveryHeld { why, .. }] if *why == step.delivery.trouble);
                assert!(told, "{name}");
            }
        }
    }
    let relaxed = Gate {
        needs_opinion: false,
        ..gate(Some(&no_opinion))
    };
    assert_eq!(
        begin(&delivery(D::Queued), &relaxed, at(0)).next,
        Next::Send
    );
}

#[test]
fn too_late_is_asked_about_and_by_hand_is_handed_over() {
    let authorisation = authorisation();
    let gate = gate(Some(&authorisation));
    let at_limit = begin(&delivery(D::Queued), &gate, at(60 * MINUTE));
    assert_eq!(at_limit.next, Next::Send);
    let late = begin(&delivery(D::Queued), &gate, at(60 * MINUTE + 1));
    assert_eq!((late.delivery.state, late.next), (D::Late, Next::Nothing));
    assert!(matches!(late.events[..], [Event::DeliveryLate { .. }]));
    let by_hand = [
        Gate {
            sends_itself: false,
            ..gate.clone()
        },
        Gate {
            retry_safety: RetrySafety::Never,
            ..gate.clone()
        },
    ];
    for gate in by_hand {
        for now in [0, 600 * MINUTE] {
            let step = begin(&delivery(D::Queued), &gate, at(now));
            assert_eq!((step.delivery.state, step.next), (D::ByHand, Next::Nothing));
            assert!(matches!(step.events[..], [Event::ByHandAsked { .. }]));
        }
    }
}

#[test]
fn what_is_heard_counts_only_for_the_try_that_is_being_made() {
    let outcomes = [
        Outcome::Accepted,
        Outcome::Refused("Too long".into()),
        Outcome::NotSent {
            why: "No network".into(),
            wait_seconds: 0,
        },
        Outcome::Unknown {
            why: "No answer".into(),
        },
    ];
    for state in D::ALL {
        for outcome in &outcomes {
            for attempt in [0, 1, 2] {
                let before = delivery(state);
                let step = heard(&before, attempt, outcome, 60, at(5));
                let waits = matches!(state, D::Queued | D::Held | D::Late);
                if waits && attempt == before.attempts && *outcome == Outcome::Accepted {
                    assert_eq!(
                        (step.delivery.state, step.next),
                        (D::Unknown, Next::Nothing)
                    );
                    assert!(matches!(step.events[..], [Event::DeliveryUnknown { .. }]));
                    continue;
                }
                if state != D::Sending || attempt != before.attempts {
                    unchanged(&step, &before);
                    continue;
                }
                let (expected, next, trouble) = match outcome {
                    Outcome::Accepted => (D::Sending, Next::Look, "as it was"),
                    Outcome::Refused(_) => (D::NotSent, Next::Nothing, "Too long"),
                    Outcome::NotSent { .. } => (D::Queued, wait(35), "No network"),
                    Outcome::Unknown { .. } => (D::Sending, Next::Look, "No answer"),
                };
                assert_eq!((step.delivery.state, step.next), (expected, next));
                assert_eq!(step.delivery.trouble, trouble);
                let told = match outcome {
                    Outcome::Accepted | Outcome::Unknown { .. } => step.events.is_empty(),
                    Outcome::Refused(_) => {
                        matches!(&step.events[..], [Event::DeliveryRefused { why, .. }] if why == trouble)
                    }
                    Outcome::NotSent { .. } => {
                        matches!(&step.events[..], [Event::SendingRetried { why, .. }] if why == trouble)
                    }
                };
                assert!(told, "{outcome:?}: {:?}", step.events);
            }
        }
    }
}

#[test]
fn a_try_that_could_not_be_made_in_time_ends_and_says_so() {
    let not_sent = |wait_seconds| Outcome::NotSent {
        why: "No network".into(),
        wait_seconds,
    };
    let step = |now, wait_seconds| {
        heard(
            &delivery(D::Sending),
            1,
            &not_sent(wait_seconds),
            60,
            at(now),
        )
    };
    assert_eq!(step(0, 3_600).next, wait(3_600));
    assert_eq!(step(0, 3_601).delivery.state, D::NotSent);
    assert_eq!(step(60 * MINUTE - 30, 0).next, wait(60 * MINUTE));
    assert_eq!(step(60 * MINUTE - 29, 0).delivery.state, D::NotSent);
    // However long ago someone said "send it now", it does not go on for ever.
    let allowed = Delivery {
        late_allowed: true,
        ..delivery(D::Sending)
    };
    let step = heard(&allowed, 1, &not_sent(0), 60, at(61 * MINUTE));
    assert_eq!(step.delivery.state, D::NotSent);
    let authorisation = authorisation();
    let queued = Delivery {
        state: D::Queued,
        ..allowed
    };
    let step = begin(&queued, &gate(Some(&authorisation)), at(61 * MINUTE));
    assert_eq!(step.delivery.state, D::Late);
}

#[test]
fn waiting_grows_from_half_a_minute_to_a_quarter_of_an_hour() {
    let seconds: Vec<i64> = [0, 1, 2, 3, 4, 5, 6, 7, 1_000, u32::MAX]
        .map(|attempts| backoff(attempts, 0).as_secs())
        .to_vec();
    assert_eq!(seconds, [30, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    assert_eq!(backoff(1, 5_000).as_secs(), 5_000);
    assert_eq!(backoff(7, 5).as_secs(), 900);
}

#[test]
fn what_is_seen_decides_only_while_it_is_being_sent() {
    let sightings = [
        Ok(Sighting::There { link: LINK.into() }),
        Ok(Sighting::Different { link: LINK.into() }),
        Ok(Sighting::Gone),
        Err(later(0)),
        Err(refused()),
    ];
    let safeties = [
        RetrySafety::Idempotent,
        RetrySafety::ReconcileOnly,
        RetrySafety::Never,
    ];
    for state in D::ALL {
        for sighting in &sightings {
            for safety in safeties {
                let before = delivery(state);
                let now = IN_FLIGHT_SECONDS;
                let step = saw(&before, sighting, safety, tried(), at(now));
                if state != D::Sending {
                    unchanged(&step, &before);
                    continue;
                }
                let (expected, next) = match (sighting, safety) {
                    (Ok(Sighting::There { .. }), _) => (D::Live, Next::Nothing),
                    (Ok(Sighting::Different { .. }), _) => (D::Unknown, Next::Nothing),
                    (Ok(Sighting::Gone), RetrySafety::Idempotent) => (D::Queued, wait(now)),
                    (Ok(Sighting::Gone), _) => (D::Unknown, Next::Nothing),
                    (Err(Trouble::Later { .. }), _) => (D::Sending, wait(now + 30)),
                    (Err(Trouble::Refused(_)), _) => (D::Sending, wait(now + 60)),
                };
                assert_eq!(
                    (step.delivery.state, step.next),
                    (expected, next),
                    "{sighting:?} {safety:?}"
                );
                let link = match sighting {
                    Ok(Sighting::There { link } | Sighting::Different { link }) => link,
                    _ => "",
                };
                assert_eq!(step.delivery.link, link);
                let live = expected == D::Live;
                assert_eq!(step.delivery.settled_at, live.then(|| at(now)));
                assert_eq!(live, step.delivery.trouble.is_empty());
                match expected {
                    D::Live => assert!(
                        matches!(&step.events[..], [Event::DeliveryLive { link, .. }] if link == LINK)
                    ),
                    D::Unknown => {
                        assert!(matches!(step.events[..], [Event::DeliveryUnknown { .. }]));
                    }
                    _ => assert!(step.events.is_empty()),
                }
            }
        }
    }
}

#[test]
fn not_there_is_believed_only_when_no_request_can_still_be_on_its_way() {
    for safety in [RetrySafety::Idempotent, RetrySafety::ReconcileOnly] {
        for now in [-30, 0, 1, IN_FLIGHT_SECONDS - 1] {
            let step = saw(
                &delivery(D::Sending),
                &Ok(Sighting::Gone),
                safety,
                tried(),
                at(now),
            );
            assert_eq!(
                (step.delivery.state, step.next),
                (D::Sending, wait(IN_FLIGHT_SECONDS))
            );
        }
    }
}

#[test]
fn what_the_network_took_and_is_not_there_is_not_put_up_again() {
    let took = LastTry {
        accepted: true,
        ..tried()
    };
    for safety in [RetrySafety::Idempotent, RetrySafety::ReconcileOnly] {
        let look = |now| {
            let before = delivery(D::Sending);
            saw(&before, &Ok(Sighting::Gone), safety, took, at(now))
        };
        // It may only be slow to show.
        assert_eq!(look(IN_FLIGHT_SECONDS - 1).delivery.state, D::Sending);
        let step = look(IN_FLIGHT_SECONDS);
        assert_eq!(step.delivery.state, D::Unknown);
        assert!(step.delivery.trouble.contains("removed"));
    }
}

#[test]
fn looking_ends_at_its_limit_whatever_patience_the_network_asks_for() {
    let limit = LOOK_FOR_MINUTES * MINUTE;
    for trouble in [later(0), later(u32::MAX), refused()] {
        let look = |now| {
            let seen = Err(trouble.clone());
            saw(
                &delivery(D::Sending),
                &seen,
                RetrySafety::Idempotent,
                tried(),
                at(now),
            )
        };
        match look(limit - 1) {
            Step {
                next: Next::WaitUntil(then),
                delivery,
                ..
            } => {
                assert_eq!(delivery.state, D::Sending);
                assert_eq!(then, at(limit), "{trouble:?}");
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(look(limit).delivery.state, D::Unknown);
    }
}

#[test]
fn a_takedown_is_done_only_when_it_was_looked_for_and_not_found() {
    let found = [
        Ok(Sighting::There { link: LINK.into() }),
        Ok(Sighting::Different { link: LINK.into() }),
        Ok(Sighting::Gone),
        Err(later(0)),
        Err(refused()),
    ];
    for state in D::ALL {
        for found in &found {
            for tried in [0, 1, TAKE_DOWN_TRIES - 1, TAKE_DOWN_TRIES] {
                let before = delivery(state);
                let step = took_down(&before, found, tried, at(5));
                if state != D::TakingDown {
                    unchanged(&step, &before);
                    continue;
                }
                let expected = match found {
                    Ok(Sighting::Gone) => D::Gone,
                    Err(Trouble::Refused(_)) => D::TakeDownByHand,
                    _ if tried == TAKE_DOWN_TRIES => D::TakeDownByHand,
                    _ => D::TakingDown,
                };
                assert_eq!(step.delivery.state, expected, "{found:?} {tried}");
                let gone = expected == D::Gone;
                assert_eq!(step.delivery.settled_at, gone.then(|| at(5)));
                assert_eq!(step.delivery.trouble.is_empty(), gone);
                match expected {
                    D::Gone => assert!(matches!(step.events[..], [Event::Gone { .. }])),
                    D::TakeDownByHand => {
                        assert!(matches!(
                            step.events[..],
                            [Event::TakeDownByHandAsked { .. }]
                        ));
                        assert_eq!(step.next, Next::Nothing);
                    }
                    _ => {
                        let again = at(5) + backoff(tried.max(1), 0);
                        assert_eq!(step.next, Next::WaitUntil(again));
                        assert!(step.events.is_empty());
                    }
                }
            }
        }
    }
}

#[test]
fn every_state_is_waiting_or_out_or_taken_back() {
    for state in D::ALL {
        let kinds = [state.waits(), state.is_out(), state == D::Cancelled];
        assert_eq!(kinds.iter().filter(|is| **is).count(), 1, "{state:?}");
        assert_eq!(state.slug().parse(), Ok(state));
    }
}

#[test]
fn the_limits_fit_together() {
    let in_flight = SignedDuration::from_secs(IN_FLIGHT_SECONDS);
    assert!(in_flight < SignedDuration::from_mins(LOOK_FOR_MINUTES));
}
