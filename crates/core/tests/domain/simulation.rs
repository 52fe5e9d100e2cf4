//! Whatever workers, people and networks do, in whatever order, what must never happen does not.

use bedside_core::delivery::{DeliveryState as D, IN_FLIGHT_SECONDS};
use bedside_core::post::PostState;
use proptest::prelude::*;

use crate::world::{Fate, Op, Sim};

fn delay() -> impl Strategy<Value = Option<i64>> {
    prop_oneof![
        1 => Just(None),
        2 => (0..IN_FLIGHT_SECONDS).prop_map(Some),
    ]
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        3 => Just(Fate::Accepted),
        1 => Just(Fate::Refused),
        2 => Just(Fate::NotSent),
        4 => delay().prop_map(Fate::Lost),
        4 => delay().prop_map(Fate::Crash),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    prop_oneof![
        4 => prop_oneof![0_i64..60, 60_i64..400, 1_800_i64..5_000].prop_map(Op::Advance),
        12 => (0_usize..12, fate(), prop::bool::weighted(0.7), prop::bool::weighted(0.25)).prop_map(
            |(which, fate, answers, lags)| Op::Work { which, fate, answers, lags }
        ),
        3 => (0_usize..12).prop_map(Op::Report),
        3 => any::<u8>().prop_map(Op::Change),
        3 => Just(Op::Ask),
        4 => prop::bool::weighted(0.85).prop_map(Op::Answer),
        4 => (0_usize..12, any::<u8>()).prop_map(|(which, act)| Op::Person { which, act }),
        1 => (0_usize..12).prop_map(Op::PostByHand),
        1 => prop::bool::weighted(0.8).prop_map(Op::Channel),
        1 => prop::bool::weighted(0.2).prop_map(Op::NewFinding),
        1 => (0_usize..12).prop_map(Op::Vanish),
        1 => (0_usize..12).prop_map(Op::Void),
        1 => any::<u8>().prop_map(Op::Slip),
    ]
}

/// A run that begins with a post let out, so that most of it is about deliveries.
fn let_out(kinds: usize) -> Sim {
    let mut sim = Sim::new(kinds);
    for op in [Op::Change(1), Op::Ask, Op::Answer(true)] {
        sim.run(op);
    }
    assert_eq!(sim.deliveries.len(), kinds);
    sim
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_nothing_is_out_twice_unseen_or_unapproved(
        kinds in 1_usize..=3,
        ops in prop::collection::vec(op(), 1..120),
    ) {
        let mut sim = let_out(kinds);
        for op in ops {
            sim.run(op);
        }
        // From here on the network answers, and the clock goes on.
        sim.settle_down(Fate::Accepted, true, 12);
    }

    #[test]
    fn even_a_network_that_never_answers_ends_in_something_a_person_can_see(
        kinds in 1_usize..=3,
        ops in prop::collection::vec(op(), 0..40),
        fate in prop_oneof![Just(Fate::NotSent), Just(Fate::Lost(None)), Just(Fate::Crash(None))],
        answers: bool,
    ) {
        let mut sim = let_out(kinds);
        for op in ops {
            sim.run(op);
        }
        sim.settle_down(fate, answers, 160);
    }
}

#[test]
fn a_late_yes_to_a_post_that_was_removed_meanwhile_does_not_put_it_up_again() {
    let mut sim = let_out(1);
    let work = |lags| Op::Work {
        which: 0,
        fate: Fate::Accepted,
        answers: true,
        lags,
    };
    sim.run(work(true));
    sim.run(Op::Vanish(0));
    sim.run(Op::Advance(IN_FLIGHT_SECONDS));
    sim.run(work(false));
    assert_eq!(sim.deliveries[0].state, D::Queued);
    sim.run(Op::Report(0));
    assert_eq!(sim.deliveries[0].state, D::Unknown);
    sim.settle_down(Fate::Accepted, true, 4);
    assert_eq!(sim.deliveries[0].state, D::Unknown);
}

#[test]
fn with_all_well_a_post_goes_out_and_comes_down() {
    let mut sim = let_out(2);
    sim.settle_down(Fate::Accepted, true, 4);
    assert!(
        sim.deliveries
            .iter()
            .all(|delivery| delivery.state == D::Live)
    );
    assert_eq!(sim.post.state, PostState::Published);
    sim.run(Op::Change(2));
    assert_eq!(sim.post.state, PostState::Published);
    for which in 0..2 {
        sim.run(Op::Person { which, act: 4 });
    }
    sim.settle_down(Fate::Accepted, true, 4);
    sim.run(Op::Advance(IN_FLIGHT_SECONDS));
    sim.run(Op::Person { which: 1, act: 5 });
    assert!(
        sim.deliveries
            .iter()
            .all(|delivery| delivery.state == D::Gone)
    );
    assert_eq!(sim.post.state, PostState::Withdrawn);
}
