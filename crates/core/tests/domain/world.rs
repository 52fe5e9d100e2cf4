//! A post, its deliveries, workers that crash and lag, people, and networks that lose answers; after every step it is
//! checked that nothing is as it must never be.

use std::collections::BTreeMap;

use bedside_core::DeliveryId;
use bedside_core::content::{Content, Place, Revision, Seal};
use bedside_core::delivery::{
    Authorisation, Delivery, DeliveryState as D, Gate, IN_FLIGHT_SECONDS, LastTry, Next, Settle,
    Step, begin, cancel, heard, saw, settle, took_down,
};
use bedside_core::id::Id;
use bedside_core::network::{Frozen, Outcome, RetrySafety, Sighting, Trouble};
use bedside_core::people::Role;
use bedside_core::post::{Act, Post, PostState, decide, state_by_deliveries};
use bedside_core::standing::Standing;

use crate::kit::*;

/// What becomes of one try to send.
#[derive(Debug, Clone, Copy)]
pub enum Fate {
    Accepted,
    Refused,
    NotSent,
    /// No clear answer; it arrives after so many seconds, or never.
    Lost(Option<i64>),
    /// The worker dies before it hears anything.
    Crash(Option<i64>),
}

#[derive(Debug, Clone, Copy)]
pub enum Op {
    Advance(i64),
    /// A worker takes up a delivery. `lags` means that its answer is brought in later, or never.
    Work {
        which: usize,
        fate: Fate,
        answers: bool,
        lags: bool,
    },
    /// A lagging worker brings in what it has.
    Report(usize),
    Change(u8),
    Ask,
    Answer(bool),
    Person {
        which: usize,
        act: u8,
    },
    PostByHand(usize),
    Channel(bool),
    NewFinding(bool),
    /// Someone at the practice, or the network, removes a post without a word.
    Vanish(usize),
    /// What no page does: an authorisation is voided and its delivery left in the queue.
    Void(usize),
    /// What no page does: the text is changed in place, behind the revision's back.
    Slip(u8),
}

/// One place's network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Honours the fixed key, can delete.
    Keyed,
    /// Takes every request as a new post; cannot delete.
    Keyless,
    ByHand,
}

impl Kind {
    fn of(delivery: &Delivery) -> Self {
        [Self::Keyed, Self::Keyless, Self::ByHand]
            [usize::try_from(delivery.channel.as_uuid().as_u128() - 30).unwrap()]
    }

    fn safety(self) -> RetrySafety {
        match self {
            Self::Keyed => RetrySafety::Idempotent,
            Self::Keyless => RetrySafety::ReconcileOnly,
            Self::ByHand => RetrySafety::Never,
        }
    }
}

enum Report {
    Heard(DeliveryId, u32, Outcome),
    Saw(DeliveryId, Result<Sighting, Trouble>, i64),
    TookDown(DeliveryId, Result<Sighting, Trouble>),
}

/// What the world knows of one delivery, that the ledger may not know.
#[derive(Debug, Default)]
struct Truth {
    /// Seals of the posts that can be seen.
    visible: Vec<Seal>,
    /// Requests on their way: when each arrives.
    coming: Vec<(i64, Seal)>,
    ever_created: usize,
    /// Unknown since a program said so; ends with a person's act.
    unsettled: bool,
    /// The moment from which a person can trust their eyes.
    clear_from: i64,
    started: i64,
    /// The network said that it has it.
    accepted: bool,
    vanished: bool,
    tries_of_takedown: u32,
}

pub struct Sim {
    now: i64,
    ids: u128,
    pub post: Post,
    revision: Revision,
    pub deliveries: Vec<Delivery>,
    authorisations: BTreeMap<DeliveryId, Authorisation>,
    truth: BTreeMap<DeliveryId, Truth>,
    reports: Vec<Report>,
    channel_ready: bool,
    new_finding: bool,
    kinds: usize,
}

fn text(n: u8, kinds: usize) -> Content {
    Content {
        places: (30..30 + kinds as u128)
            .map(|channel| Place {
                channel: id(channel),
                own_text: None,
            })
            .collect(),
        ..content(&format!("Text {n}"))
    }
}

fn link(delivery: &Delivery) -> String {
    format!(
        "https://net.example/{}",
        delivery.frozen.as_ref().unwrap().key
    )
}

fn trouble() -> Trouble {
    Trouble::Later {
        why: "The network does not answer.".into(),
        wait_seconds: 0,
    }
}

impl Sim {
    pub fn new(kinds: usize) -> Self {
        let mut revision = revision("");
        revision.content = text(0, kinds);
        Self {
            now: 0,
            ids: 1_000,
            post: Post {
                asked_by: None,
                ..post(PostState::Draft)
            },
            revision,
            deliveries: Vec::new(),
            authorisations: BTreeMap::new(),
            truth: BTreeMap::new(),
            reports: Vec::new(),
            channel_ready: true,
            new_finding: false,
            kinds,
        }
    }

    fn fresh<T: Id>(&mut self) -> T {
        self.ids += 1;
        id(self.ids)
    }

    fn truth(&mut self, id: DeliveryId) -> &mut Truth {
        self.truth.entry(id).or_default()
    }

    pub fn run(&mut self, op: Op) {
        match op {
            Op::Advance(seconds) => self.advance(seconds),
            Op::Work {
                which,
                fate,
                answers,
                lags,
            } if !self.deliveries.is_empty() => {
                let which = which % self.deliveries.len();
                self.work(which, fate, answers, lags);
            }
            Op::Report(n) if !self.reports.is_empty() => {
                let report = self.reports.remove(n % self.reports.len());
                self.bring(&report);
            }
            Op::Person { which, act } if !self.deliveries.is_empty() => {
                let which = which % self.deliveries.len();
                self.person(which, act);
            }
            Op::PostByHand(which) if !self.deliveries.is_empty() => {
                let delivery = &self.deliveries[which % self.deliveries.len()];
                if delivery.state == D::ByHand {
                    let (id, seal) = (delivery.id, delivery.seal.clone());
                    let truth = self.truth(id);
                    if truth.visible.is_empty() {
                        truth.visible.push(seal);
                    }
                }
            }
            Op::Change(n) => self.change(n),
            Op::Ask => {
                let standing = Standing::default();
                let current = self.revision.clone();
                self.act(
                    &Act::Ask {
                        current: &current,
                        standing: &standing,
                        needs_opinion: true,
                    },
                    AUTHOR,
                );
            }
            Op::Answer(yes) => {
                let standing = Standing::default();
                let current = self.revision.clone();
                let act = if yes {
                    Act::Approve {
                        current: &current,
                        standing: &standing,
                    }
                } else {
                    Act::AskForChanges { reason: "Say when" }
                };
                self.act(&act, OTHER);
            }
            Op::Channel(ready) => self.channel_ready = ready,
            Op::NewFinding(found) => self.new_finding = found,
            Op::Vanish(which) if !self.deliveries.is_empty() => {
                let id = self.deliveries[which % self.deliveries.len()].id;
                let truth = self.truth(id);
                truth.vanished |= !truth.visible.is_empty();
                truth.visible.clear();
            }
            Op::Void(which) if !self.deliveries.is_empty() => {
                let id = self.deliveries[which % self.deliveries.len()].id;
                self.authorisations.get_mut(&id).unwrap().voided = true;
            }
            Op::Slip(n) => self.revision.content = text(n, self.kinds),
            _ => {}
        }
        self.check();
    }

    fn advance(&mut self, seconds: i64) {
        self.now += seconds;
        for delivery in &self.deliveries {
            let kind = Kind::of(delivery);
            let truth = self.truth.get_mut(&delivery.id).unwrap();
            let (arrived, coming) = std::mem::take(&mut truth.coming)
                .into_iter()
                .partition(|(when, _)| *when <= self.now);
            truth.coming = coming;
            for (_, seal) in arrived {
                arrive(truth, kind, seal);
            }
        }
    }

    fn change(&mut self, n: u8) {
        let content = text(n, self.kinds);
        let revision = self.fresh();
        let act = Act::Change {
            content: &content,
            revision,
        };
        if self.act(&act, AUTHOR) {
            for truth in self.truth.values() {
                let out = !truth.visible.is_empty() || !truth.coming.is_empty();
                assert!(!out, "changed while something was out");
            }
            self.revision.id = revision;
            self.revision.author = id(AUTHOR);
            self.revision.content = content;
        }
    }

    /// One transaction: decide, cancel what is to be cancelled, make what is to be made.
    fn act(&mut self, act: &Act<'_>, who: u128) -> bool {
        let who = actor(who, &[Role::Approver]);
        let seen = self.post.revision;
        let decided = decide(&self.post, seen, act, &who, &self.deliveries, at(self.now));
        let Ok(decision) = decided else {
            return false;
        };
        self.post = decision.post;
        if decision.cancels {
            for delivery in &mut self.deliveries {
                *delivery = cancel(delivery).unwrap().delivery;
            }
            for authorisation in self.authorisations.values_mut() {
                authorisation.voided = true;
            }
        }
        if decision.lets_out {
            for place in self.revision.content.places.clone() {
                self.let_out(&place);
            }
            self.restate();
        }
        true
    }

    fn let_out(&mut self, place: &Place) {
        let new: DeliveryId = self.fresh();
        let seal = self.revision.content.seal_for(place.channel);
        self.deliveries.push(Delivery {
            id: new,
            revision: self.revision.id,
            channel: place.channel,
            seal: seal.clone(),
            due: at(self.now),
            frozen: Some(Frozen {
                key: new.to_string(),
                body: self.revision.content.text.clone(),
            }),
            attempts: 0,
            ..delivery(D::Queued)
        });
        self.authorisations.insert(
            new,
            Authorisation {
                delivery: new,
                revision: self.revision.id,
                seal,
                ..authorisation()
            },
        );
        self.truth(new);
    }

    fn restate(&mut self) {
        let states = self.deliveries.iter().map(|delivery| delivery.state);
        self.post.state = state_by_deliveries(states).unwrap_or(PostState::Approved);
    }

    fn keep(&mut self, step: Step) -> Next {
        let id = step.delivery.id;
        if step.delivery.state == D::Unknown {
            self.truth(id).unsettled = true;
        }
        let which = self.deliveries.iter().position(|d| d.id == id).unwrap();
        let changed = self.deliveries[which].state != step.delivery.state;
        self.deliveries[which] = step.delivery;
        if changed {
            self.restate();
        }
        step.next
    }

    fn work(&mut self, which: usize, fate: Fate, answers: bool, lags: bool) -> Next {
        let before = self.deliveries[which].clone();
        let kind = Kind::of(&before);
        let authorisation = self.authorisations[&before.id].clone();
        let gate = Gate {
            authorisation: Some(&authorisation),
            current_revision: self.post.revision,
            seal_now: self.revision.content.seal_for(before.channel),
            needs_opinion: true,
            new_finding: self.new_finding.then(|| "A patient's name".into()),
            channel_ready: self.channel_ready,
            sends_itself: kind != Kind::ByHand,
            retry_safety: kind.safety(),
            late_limit_minutes: 60,
        };
        let next = self.keep(begin(&before, &gate, at(self.now)));
        let report = match next {
            Next::Send => self.send(which, fate),
            Next::Look => {
                let seen = if answers {
                    Ok(self.look(which))
                } else {
                    Err(trouble())
                };
                Some(Report::Saw(before.id, seen, self.now))
            }
            Next::Delete => {
                assert_eq!(kind, Kind::Keyed);
                let truth = self.truth(before.id);
                truth.tries_of_takedown += 1;
                let found = if answers {
                    truth.visible.clear();
                    Ok(Sighting::Gone)
                } else {
                    Err(trouble())
                };
                Some(Report::TookDown(before.id, found))
            }
            Next::WaitUntil(_) | Next::Nothing => None,
        };
        match report {
            Some(report) if lags => {
                self.reports.push(report);
                next
            }
            Some(report) => self.bring(&report),
            None => next,
        }
    }

    fn look(&mut self, which: usize) -> Sighting {
        let delivery = self.deliveries[which].clone();
        let truth = self.truth(delivery.id);
        match truth.visible.first() {
            None => Sighting::Gone,
            Some(seal) if *seal == delivery.seal => Sighting::There {
                link: link(&delivery),
            },
            Some(_) => Sighting::Different {
                link: link(&delivery),
            },
        }
    }

    fn send(&mut self, which: usize, fate: Fate) -> Option<Report> {
        let delivery = self.deliveries[which].clone();
        let (kind, now) = (Kind::of(&delivery), self.now);
        let sent = self.revision.content.seal_for(delivery.channel);
        let authorisation = &self.authorisations[&delivery.id];
        assert!(!authorisation.voided, "sent without a live authorisation");
        assert_eq!(
            authorisation.seal, sent,
            "sent other bytes than were let out"
        );
        assert_eq!(authorisation.revision, self.post.revision);
        let truth = self.truth(delivery.id);
        assert!(!truth.unsettled, "sent again without a person's word");
        assert!(
            truth.coming.is_empty(),
            "sent while a request was on its way"
        );
        assert!(
            !truth.accepted,
            "put up again after the network had taken it"
        );
        truth.started = now;
        truth.clear_from = now + IN_FLIGHT_SECONDS;
        match fate {
            Fate::Accepted => arrive(truth, kind, sent),
            Fate::Lost(Some(delay)) | Fate::Crash(Some(delay)) => {
                truth.coming.push((now + delay, sent));
            }
            _ => {}
        }
        let why = "It did not work".to_owned();
        let outcome = match fate {
            Fate::Accepted => Outcome::Accepted,
            Fate::Refused => Outcome::Refused(why),
            Fate::NotSent => Outcome::NotSent {
                why,
                wait_seconds: 0,
            },
            Fate::Lost(_) => Outcome::Unknown { why },
            Fate::Crash(_) => return None,
        };
        Some(Report::Heard(delivery.id, delivery.attempts, outcome))
    }

    fn bring(&mut self, report: &Report) -> Next {
        let (Report::Heard(id, ..) | Report::Saw(id, ..) | Report::TookDown(id, ..)) = report;
        let delivery = self.deliveries.iter().find(|d| d.id == *id).unwrap();
        let truth = self.truth.get_mut(id).unwrap();
        if let Report::Heard(_, attempt, Outcome::Accepted) = report {
            truth.accepted |= *attempt == delivery.attempts;
        }
        let last = LastTry {
            started: at(truth.started),
            accepted: truth.accepted,
        };
        let step = match report {
            Report::Heard(_, attempt, outcome) => {
                heard(delivery, *attempt, outcome, 60, at(self.now))
            }
            Report::Saw(_, seen, looked) => {
                let safety = Kind::of(delivery).safety();
                saw(delivery, seen, safety, last, at(*looked))
            }
            Report::TookDown(_, found) => {
                took_down(delivery, found, truth.tries_of_takedown, at(self.now))
            }
        };
        self.keep(step)
    }

    /// People look before they speak, and speak the truth.
    fn person(&mut self, which: usize, act: u8) {
        let delivery = self.deliveries[which].clone();
        let kind = Kind::of(&delivery);
        let now = self.now;
        let there = link(&delivery);
        let truth = self.truth(delivery.id);
        let visible = !truth.visible.is_empty();
        let sure = now >= truth.clear_from;
        let act = match act % 6 {
            0 if visible => Settle::ItIsThere { link: there },
            1 if !visible && sure => Settle::NotThere,
            2 => Settle::SendNow,
            3 if delivery.state != D::ByHand || !visible => Settle::Leave,
            4 => Settle::TakeDown,
            5 if sure => Settle::ItIsGone,
            _ => return,
        };
        let who = actor(OTHER, &[Role::Author]);
        if let Ok(step) = settle(&delivery, &act, &who, kind == Kind::Keyed, at(now)) {
            let truth = self.truth(delivery.id);
            truth.unsettled = false;
            truth.accepted &= act != Settle::NotThere;
            if act == Settle::ItIsGone {
                truth.visible.clear();
            }
            self.keep(step);
        }
    }

    fn check(&self) {
        for delivery in &self.deliveries {
            let truth = &self.truth[&delivery.id];
            let state = delivery.state;
            assert!(truth.visible.len() <= 1, "two posts for one delivery");
            if Kind::of(delivery) == Kind::Keyless {
                assert!(
                    truth.vanished || truth.ever_created <= 1,
                    "posted twice where there is no key"
                );
            }
            let out = !truth.visible.is_empty() || !truth.coming.is_empty();
            assert!(
                !out || state.is_out() || state == D::ByHand,
                "out in the world, but the ledger says {state:?}"
            );
            match state {
                D::Gone => assert!(!out, "said to be gone, and is there"),
                D::Live => assert!(
                    truth.vanished || !truth.visible.is_empty(),
                    "said to be live, and is not"
                ),
                _ => {}
            }
            if out && state != D::ByHand {
                assert_eq!(delivery.revision, self.post.revision, "changed though out");
            }
        }
    }

    /// Follows what each delivery asks for until nothing is left for the program to do.
    pub fn settle_down(&mut self, fate: Fate, answers: bool, most_steps: usize) {
        for which in 0..self.deliveries.len() {
            let mut steps = 0;
            while matches!(
                self.deliveries[which].state,
                D::Queued | D::Sending | D::TakingDown
            ) {
                steps += 1;
                assert!(
                    steps <= most_steps,
                    "no outcome: {:?}",
                    self.deliveries[which]
                );
                if let Next::WaitUntil(then) = self.work(which, fate, answers, false) {
                    let wait = then.duration_since(at(self.now)).as_secs();
                    self.run(Op::Advance(wait.max(0)));
                }
                self.check();
            }
        }
    }
}

fn arrive(truth: &mut Truth, kind: Kind, seal: Seal) {
    if kind == Kind::Keyed && !truth.visible.is_empty() {
        return;
    }
    truth.ever_created += 1;
    truth.visible.push(seal);
}
