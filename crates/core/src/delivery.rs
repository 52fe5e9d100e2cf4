//! The delivery ledger (networks.md): what is let out, what was tried, what became of it.
//!
//! The gate stands where the bytes leave: [`begin`] refuses whatever has no live authorisation for exactly these
//! bytes. "Unknown" is a real state; nothing in it is sent again unless a person says so.

mod settle;

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::content::Seal;
use crate::event::Event;
use crate::network::{Frozen, Outcome, RetrySafety, Sighting, Trouble};
use crate::standing::Accepted;
use crate::{ChannelId, DeliveryId, OpinionId, PostId, PracticeId, Refusal, RevisionId};

pub use settle::{Settle, cancel, settle};

/// Where one delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Waits for its time.
    Queued,
    /// The gate did not let it through.
    Held,
    /// Its time passed by more than the late limit.
    Late,
    /// Being sent, or being looked for after sending.
    Sending,
    /// Waits for a person to post it by hand.
    ByHand,
    /// Seen on the network (or confirmed by a person).
    Live,
    /// The network refused it; it is certainly not there.
    NotSent,
    /// It may be there; a person must look.
    Unknown,
    /// Taken out of the calendar before it went out.
    Cancelled,
    /// Deletion was asked for and is not verified yet.
    TakingDown,
    /// A person must delete it.
    TakeDownByHand,
    /// Looked for and not found.
    Gone,
}

impl DeliveryState {
    pub const ALL: [Self; 12] = [
        Self::Queued,
        Self::Held,
        Self::Late,
        Self::Sending,
        Self::ByHand,
        Self::Live,
        Self::NotSent,
        Self::Unknown,
        Self::Cancelled,
        Self::TakingDown,
        Self::TakeDownByHand,
        Self::Gone,
    ];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Held => "held",
            Self::Late => "late",
            Self::Sending => "sending",
            Self::ByHand => "by_hand",
            Self::Live => "live",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
            Self::TakingDown => "taking_down",
            Self::TakeDownByHand => "take_down_by_hand",
            Self::Gone => "gone",
        }
    }

    /// What a page calls it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Queued => "Waiting for its time",
            Self::Held => "Held",
            Self::Late => "Too late to send without asking",
            Self::Sending => "Being sent",
            Self::ByHand => "To do by hand",
            Self::Live => "Live",
            Self::NotSent => "Not sent",
            Self::Unknown => "Not known",
            Self::Cancelled => "Taken out of the calendar",
            Self::TakingDown => "Being taken down",
            Self::TakeDownByHand => "To remove by hand",
            Self::Gone => "Gone",
        }
    }

    /// The world may see it, or may have seen it.
    #[must_use]
    pub fn is_out(self) -> bool {
        matches!(
            self,
            Self::Sending
                | Self::Live
                | Self::Unknown
                | Self::TakingDown
                | Self::TakeDownByHand
                | Self::Gone
        )
    }

    /// It has not begun to leave and can be taken back.
    #[must_use]
    pub fn waits(self) -> bool {
        matches!(
            self,
            Self::Queued | Self::Held | Self::Late | Self::ByHand | Self::NotSent
        )
    }
}

impl FromStr for DeliveryState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|state| state.slug() == text)
            .ok_or_else(|| Refusal::input("unknown_state", "There is no such state of a delivery."))
    }
}

/// One revision going to one channel at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub practice: PracticeId,
    pub post: PostId,
    pub revision: RevisionId,
    pub channel: ChannelId,
    /// Over exactly what is to be sent.
    pub seal: Seal,
    pub state: DeliveryState,
    /// Not before this moment is it sent; while it is being taken down, not before this moment is it deleted.
    pub due: Timestamp,
    /// Entropy for the network's own key, settled when the delivery is made.
    pub key_seed: u64,
    /// Key and bytes, settled before the first try.
    pub frozen: Option<Frozen>,
    pub attempts: u32,
    /// A person said "send it now": `due` is the moment at which they said so, no longer what the calendar promised.
    pub late_allowed: bool,
    pub link: String,
    /// What is in the way, for people; empty when nothing is.
    pub trouble: String,
    /// When it became live, or gone.
    pub settled_at: Option<Timestamp>,
}

/// Who let a delivery out, through which door, for which bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authorisation {
    pub delivery: DeliveryId,
    pub revision: RevisionId,
    pub seal: Seal,
    /// The second opinion it rests on; `None` where the practice asks for none.
    pub opinion: Option<OpinionId>,
    pub accepted: Vec<Accepted>,
    pub voided: bool,
}

/// All that the gate looks at in the instant before the bytes leave.
#[derive(Debug, Clone)]
pub struct Gate<'a> {
    pub authorisation: Option<&'a Authorisation>,
    /// The revision that the post has now.
    pub current_revision: RevisionId,
    /// The seal worked out afresh from what would be sent.
    pub seal_now: Seal,
    pub needs_opinion: bool,
    /// A finding that nobody accepted, told by its title.
    pub new_finding: Option<String>,
    pub channel_ready: bool,
    pub sends_itself: bool,
    pub retry_safety: RetrySafety,
    pub late_limit_minutes: u32,
}

/// What to do next with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// Send it, now that the attempt is written down.
    Send,
    /// Look whether it is there before anything else.
    Look,
    /// Ask for deletion, then look.
    Delete,
    /// Come back at this moment.
    WaitUntil(Timestamp),
    /// Nothing more for the program to do.
    Nothing,
}

/// The delivery as it is now, what happened, and what comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub delivery: Delivery,
    pub events: Vec<Event>,
    pub next: Next,
}

impl Step {
    fn to(delivery: &Delivery, state: DeliveryState, next: Next) -> Self {
        Self {
            delivery: Delivery {
                state,
                ..delivery.clone()
            },
            events: Vec::new(),
            next,
        }
    }

    /// What came in is about a moment that has passed: another worker or a person has taken the delivery on meanwhile.
    fn stays(delivery: &Delivery) -> Self {
        Self::to(delivery, delivery.state, Next::Nothing)
    }

    fn because(mut self, trouble: impl Into<String>) -> Self {
        self.delivery.trouble = trouble.into();
        self
    }

    fn event(mut self, event: Event) -> Self {
        self.events.push(event);
        self
    }
}

/// Takes up a due delivery. A delivery found in `Sending` was left there by a crash or an unclear answer: it is looked
/// for before anything is sent.
#[must_use]
pub fn begin(delivery: &Delivery, gate: &Gate<'_>, now: Timestamp) -> Step {
    let (post, id) = (delivery.post, delivery.id);
    match delivery.state {
        DeliveryState::Sending => return Step::to(delivery, DeliveryState::Sending, Next::Look),
        state @ (DeliveryState::Queued | DeliveryState::TakingDown) if now < delivery.due => {
            return Step::to(delivery, state, Next::WaitUntil(delivery.due));
        }
        DeliveryState::TakingDown => {
            return Step::to(delivery, DeliveryState::TakingDown, Next::Delete);
        }
        DeliveryState::Queued => {}
        _ => return Step::stays(delivery),
    }
    if let Err(why) = passes(delivery, gate) {
        return Step::to(delivery, DeliveryState::Held, Next::Nothing)
            .because(why.clone())
            .event(Event::DeliveryHeld {
                post,
                delivery: id,
                why,
            });
    }
    let by_hand = !gate.sends_itself || gate.retry_safety == RetrySafety::Never;
    if past_limit(delivery, gate.late_limit_minutes, now) && !by_hand {
        return Step::to(delivery, DeliveryState::Late, Next::Nothing)
            .event(Event::DeliveryLate { post, delivery: id });
    }
    if by_hand {
        return Step::to(delivery, DeliveryState::ByHand, Next::Nothing)
            .because("")
            .event(Event::ByHandAsked { post, delivery: id });
    }
    let attempt = delivery.attempts + 1;
    let mut step = Step::to(delivery, DeliveryState::Sending, Next::Send)
        .because("")
        .event(Event::SendingStarted {
            post,
            delivery: id,
            attempt,
        });
    step.delivery.attempts = attempt;
    step
}

fn passes(delivery: &Delivery, gate: &Gate<'_>) -> Result<(), String> {
    let Some(authorisation) = gate
        .authorisation
        .filter(|a| !a.voided && a.delivery == delivery.id)
    else {
        return Err(
            "Nobody has let this text out. Save the post again and ask for a second opinion."
                .into(),
        );
    };
    let same = authorisation.revision == delivery.revision
        && gate.current_revision == delivery.revision
        && authorisation.seal == delivery.seal
        && gate.seal_now == delivery.seal;
    if !same {
        return Err(
            "The text is no longer the one that was approved. Save the post again and ask for a second opinion."
                .into(),
        );
    }
    if gate.needs_opinion && authorisation.opinion.is_none() {
        return Err(
            "The practice now asks for a second opinion on every post. Save the post again and ask for one.".into(),
        );
    }
    if let Some(title) = &gate.new_finding {
        return Err(format!(
            "Read again just before sending, something new was found: {title}. Change the post; or, if the finding may pass, let it pass and send the post again."
        ));
    }
    if !gate.channel_ready {
        return Err(
            "This channel is no longer connected. Connect it again, then send the post.".into(),
        );
    }
    Ok(())
}

fn past_limit(delivery: &Delivery, minutes: u32, now: Timestamp) -> bool {
    now.duration_since(delivery.due) > SignedDuration::from_mins(i64::from(minutes))
}

/// How long to wait before the next try: half a minute, doubling to a quarter of an hour, never less than asked.
#[must_use]
pub fn backoff(attempts: u32, asked_seconds: u32) -> SignedDuration {
    let doubled = 15_i64.saturating_mul(1_i64 << attempts.clamp(1, 10));
    SignedDuration::from_secs(doubled.min(900).max(i64::from(asked_seconds)))
}

/// Takes in what became of one try to send: the one that was started as number `attempt`. News of an older try, or of
/// a delivery that has moved on (from a worker that was thought dead), changes nothing; except that a waiting delivery
/// of which the network says late that it took it becomes a person's to settle.
#[must_use]
pub fn heard(
    delivery: &Delivery,
    attempt: u32,
    outcome: &Outcome,
    late_limit_minutes: u32,
    now: Timestamp,
) -> Step {
    if attempt != delivery.attempts {
        return Step::stays(delivery);
    }
    match delivery.state {
        DeliveryState::Sending => {}
        // Looked for in vain meanwhile and put back: the network did have it, so it is not put up again unasked.
        DeliveryState::Queued | DeliveryState::Held | DeliveryState::Late
            if *outcome == Outcome::Accepted =>
        {
            return unknown(delivery, TAKEN_AND_GONE);
        }
        _ => return Step::stays(delivery),
    }
    let (post, id) = (delivery.post, delivery.id);
    match outcome {
        Outcome::Accepted => Step::to(delivery, DeliveryState::Sending, Next::Look),
        Outcome::Refused(why) => not_sent(delivery, why),
        Outcome::NotSent { why, wait_seconds } => {
            let again = now + backoff(delivery.attempts, *wait_seconds);
            if past_limit(delivery, late_limit_minutes, again) {
                return not_sent(delivery, why);
            }
            Step::to(delivery, DeliveryState::Queued, Next::WaitUntil(again))
                .because(why.clone())
                .event(Event::SendingRetried {
                    post,
                    delivery: id,
                    why: why.clone(),
                })
        }
        Outcome::Unknown { why } => {
            Step::to(delivery, DeliveryState::Sending, Next::Look).because(why.clone())
        }
    }
}

fn not_sent(delivery: &Delivery, why: &str) -> Step {
    Step::to(delivery, DeliveryState::NotSent, Next::Nothing)
        .because(why)
        .event(Event::DeliveryRefused {
            post: delivery.post,
            delivery: delivery.id,
            why: why.to_owned(),
        })
}

/// How long the program goes on looking for a post whose sending had no clear answer.
pub const LOOK_FOR_MINUTES: i64 = 30;

/// No request to a network lives longer than this: a worker gives a try up before. Until then "it is not there" may
/// only mean "it is not there yet".
pub const IN_FLIGHT_SECONDS: i64 = 120;

const IN_FLIGHT: SignedDuration = SignedDuration::from_secs(IN_FLIGHT_SECONDS);

/// The last try to send, as it was written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LastTry {
    pub started: Timestamp,
    /// The network said that it has it ([`Outcome::Accepted`] was heard).
    pub accepted: bool,
}

/// Takes in what was seen when looking for a post that was (perhaps) sent. `looked` is the moment before the look: what
/// was seen before the last try says nothing of it. What is seen of a delivery that has moved on meanwhile changes
/// nothing.
#[must_use]
pub fn saw(
    delivery: &Delivery,
    sighting: &Result<Sighting, Trouble>,
    retry_safety: RetrySafety,
    last: LastTry,
    looked: Timestamp,
) -> Step {
    if delivery.state != DeliveryState::Sending {
        return Step::stays(delivery);
    }
    let (post, id) = (delivery.post, delivery.id);
    match sighting {
        Ok(Sighting::There { link }) => {
            let mut step = Step::to(delivery, DeliveryState::Live, Next::Nothing)
                .because("")
                .event(Event::DeliveryLive {
                    post,
                    delivery: id,
                    link: link.clone(),
                });
            step.delivery.link.clone_from(link);
            step.delivery.settled_at = Some(looked);
            step
        }
        Ok(Sighting::Different { link }) => {
            let mut step = unknown(
                delivery,
                "Something else is there under this post's own address.",
            );
            step.delivery.link.clone_from(link);
            step
        }
        Ok(Sighting::Gone) if looked < last.started + IN_FLIGHT => Step::to(
            delivery,
            DeliveryState::Sending,
            Next::WaitUntil(last.started + IN_FLIGHT),
        ),
        // Someone, or the network itself, may have removed it: it is not put up again without being asked for.
        Ok(Sighting::Gone) if last.accepted => unknown(delivery, TAKEN_AND_GONE),
        Ok(Sighting::Gone) => match retry_safety {
            RetrySafety::Idempotent => {
                Step::to(delivery, DeliveryState::Queued, Next::WaitUntil(looked))
            }
            RetrySafety::ReconcileOnly | RetrySafety::Never => unknown(
                delivery,
                "It was sent, the answer was lost, and it was not found afterwards.",
            ),
        },
        Err(trouble) => {
            let wait = match trouble {
                Trouble::Later { wait_seconds, .. } => *wait_seconds,
                Trouble::Refused(_) => 60,
            };
            let give_up = last.started + SignedDuration::from_mins(LOOK_FOR_MINUTES);
            if looked >= give_up {
                return unknown(delivery, &trouble.to_string());
            }
            // A network may ask for hours of patience; a person hears of it at the limit all the same.
            let again = (looked + backoff(delivery.attempts, wait)).min(give_up);
            Step::to(delivery, DeliveryState::Sending, Next::WaitUntil(again))
                .because(trouble.to_string())
        }
    }
}

const TAKEN_AND_GONE: &str =
    "The network took it, and afterwards it was not there. Someone may have removed it.";

fn unknown(delivery: &Delivery, why: &str) -> Step {
    Step::to(delivery, DeliveryState::Unknown, Next::Nothing)
        .because(why)
        .event(Event::DeliveryUnknown {
            post: delivery.post,
            delivery: delivery.id,
        })
}

/// Tries of a takedown before a person is asked to do it.
pub const TAKE_DOWN_TRIES: u32 = 8;

/// Takes in what a takedown found: `tried` counts the tries so far. What is found of a delivery that has moved on
/// meanwhile changes nothing.
#[must_use]
pub fn took_down(
    delivery: &Delivery,
    found: &Result<Sighting, Trouble>,
    tried: u32,
    now: Timestamp,
) -> Step {
    if delivery.state != DeliveryState::TakingDown {
        return Step::stays(delivery);
    }
    let (post, id) = (delivery.post, delivery.id);
    if matches!(found, Ok(Sighting::Gone)) {
        let mut step = Step::to(delivery, DeliveryState::Gone, Next::Nothing)
            .because("")
            .event(Event::Gone { post, delivery: id });
        step.delivery.settled_at = Some(now);
        return step;
    }
    let why = match found {
        Err(trouble) => trouble.to_string(),
        Ok(_) => "It was asked for, but the post can still be seen.".to_owned(),
    };
    if tried >= TAKE_DOWN_TRIES || matches!(found, Err(Trouble::Refused(_))) {
        return Step::to(delivery, DeliveryState::TakeDownByHand, Next::Nothing)
            .because(why.clone())
            .event(Event::TakeDownByHandAsked {
                post,
                delivery: id,
                why,
            });
    }
    Step::to(
        delivery,
        DeliveryState::TakingDown,
        Next::WaitUntil(now + backoff(tried.max(1), 0)),
    )
    .because(why)
}
