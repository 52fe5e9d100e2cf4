//! The delivery ledger (networks.md): what is let out, what was tried, what became of it.
//!
//! The gate stands where the bytes leave: [`begin`] refuses whatever has no live authorisation for exactly these
//! bytes. "Unknown" is a real state; nothing in it is sent again unless a person says so.

use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::content::Seal;
use crate::event::Event;
use crate::network::{Frozen, Outcome, RetrySafety, Sighting, Trouble};
use crate::people::{Actor, Permission};
use crate::standing::Accepted;
use crate::{ChannelId, DeliveryId, OpinionId, PostId, PracticeId, Refusal, RevisionId};

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
    pub due: Timestamp,
    /// Entropy for the network's own key, settled when the delivery is made.
    pub key_seed: u64,
    /// Key and bytes, settled before the first try.
    pub frozen: Option<Frozen>,
    pub attempts: u32,
    /// A person said "send it now" after the late limit.
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
        DeliveryState::TakingDown => {
            return Step::to(delivery, DeliveryState::TakingDown, Next::Delete);
        }
        DeliveryState::Queued => {}
        state => return Step::to(delivery, state, Next::Nothing),
    }
    if now < delivery.due {
        return Step::to(
            delivery,
            DeliveryState::Queued,
            Next::WaitUntil(delivery.due),
        );
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
    if past_limit(delivery, gate.late_limit_minutes, now)
        && !delivery.late_allowed
        && gate.sends_itself
    {
        return Step::to(delivery, DeliveryState::Late, Next::Nothing)
            .event(Event::DeliveryLate { post, delivery: id });
    }
    if !gate.sends_itself {
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
        return Err("Nobody has let this text out. Ask for a second opinion.".into());
    };
    let same = authorisation.revision == delivery.revision
        && gate.current_revision == delivery.revision
        && authorisation.seal == delivery.seal
        && gate.seal_now == delivery.seal;
    if !same {
        return Err(
            "The text is no longer the one that was approved. It needs a new second opinion."
                .into(),
        );
    }
    if gate.needs_opinion && authorisation.opinion.is_none() {
        return Err(
            "The practice now asks for a second opinion on every post. Ask for one.".into(),
        );
    }
    if let Some(title) = &gate.new_finding {
        return Err(format!(
            "Read again just before sending, something new was found: {title}. Change the post, or ask again."
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

/// Takes in what became of one try to send.
#[must_use]
pub fn heard(
    delivery: &Delivery,
    outcome: &Outcome,
    late_limit_minutes: u32,
    now: Timestamp,
) -> Step {
    let (post, id) = (delivery.post, delivery.id);
    match outcome {
        Outcome::Accepted => Step::to(delivery, DeliveryState::Sending, Next::Look),
        Outcome::Refused(why) => not_sent(delivery, why),
        Outcome::NotSent { why, wait_seconds } => {
            let again = now + backoff(delivery.attempts, *wait_seconds);
            if past_limit(delivery, late_limit_minutes, again) && !delivery.late_allowed {
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

/// Takes in what was seen when looking for a post that was (perhaps) sent.
#[must_use]
pub fn saw(
    delivery: &Delivery,
    sighting: &Result<Sighting, Trouble>,
    retry_safety: RetrySafety,
    started: Timestamp,
    now: Timestamp,
) -> Step {
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
            step.delivery.settled_at = Some(now);
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
        Ok(Sighting::Gone) => match retry_safety {
            RetrySafety::Idempotent => {
                Step::to(delivery, DeliveryState::Queued, Next::WaitUntil(now))
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
            if now.duration_since(started) > SignedDuration::from_mins(LOOK_FOR_MINUTES) {
                return unknown(delivery, &trouble.to_string());
            }
            let again = now + backoff(delivery.attempts, wait);
            Step::to(delivery, DeliveryState::Sending, Next::WaitUntil(again))
                .because(trouble.to_string())
        }
    }
}

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

/// Takes in what a takedown found: `tried` counts the tries so far.
#[must_use]
pub fn took_down(
    delivery: &Delivery,
    found: &Result<Sighting, Trouble>,
    tried: u32,
    now: Timestamp,
) -> Step {
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

/// What a person does with a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Settle {
    /// It is there (posted by hand, or found after an unknown outcome): its link.
    ItIsThere {
        link: String,
    },
    /// Looked, and it is not there: send it again.
    NotThere,
    /// Send a late or held post now.
    SendNow,
    /// Leave it; it will not go out.
    Leave,
    TakeDown,
    /// Removed by hand.
    ItIsGone,
}

/// Decides what a person says of a delivery.
///
/// # Errors
/// When the role or the state does not allow it.
pub fn settle(
    delivery: &Delivery,
    act: &Settle,
    actor: &Actor,
    deletes: bool,
    now: Timestamp,
) -> Result<Step, Refusal> {
    use DeliveryState as D;
    if actor.practice != delivery.practice {
        return Err(Refusal::not_found("There is no such delivery."));
    }
    actor.needs(if matches!(act, Settle::TakeDown | Settle::ItIsGone) {
        Permission::TakeDown
    } else {
        Permission::Settle
    })?;
    let (post, id) = (delivery.post, delivery.id);
    let by_hand = |outcome: &str, link: &str| Event::SettledByHand {
        post,
        delivery: id,
        outcome: outcome.to_owned(),
        link: link.to_owned(),
    };
    let mut step = match (act, delivery.state) {
        (Settle::ItIsThere { link }, D::Unknown | D::ByHand) => {
            let mut step = Step::to(delivery, D::Live, Next::Nothing)
                .because("")
                .event(by_hand("it is live", link));
            step.delivery.link.clone_from(link);
            step.delivery.settled_at = Some(now);
            step
        }
        (Settle::NotThere, D::Unknown) => {
            let mut step = Step::to(delivery, D::Queued, Next::WaitUntil(now))
                .because("")
                .event(by_hand("it is not there, send it again", ""));
            step.delivery.late_allowed = true;
            step
        }
        (Settle::SendNow, D::Late | D::Held | D::NotSent) => {
            let mut step = Step::to(delivery, D::Queued, Next::WaitUntil(now))
                .because("")
                .event(by_hand("send it now", ""));
            step.delivery.late_allowed = true;
            step
        }
        (Settle::Leave, D::Late | D::Held | D::ByHand | D::NotSent | D::Queued) => {
            Step::to(delivery, D::Cancelled, Next::Nothing)
                .because("")
                .event(Event::DeliveryCancelled { post, delivery: id })
        }
        (Settle::TakeDown, D::Live | D::Unknown) if deletes => {
            Step::to(delivery, D::TakingDown, Next::Delete)
                .event(Event::TakeDownAsked { post, delivery: id })
        }
        (Settle::TakeDown, D::Live | D::Unknown) => {
            let why = "Bedside cannot delete there, so a person must.".to_owned();
            Step::to(delivery, D::TakeDownByHand, Next::Nothing)
                .because(why.clone())
                .event(Event::TakeDownAsked { post, delivery: id })
                .event(Event::TakeDownByHandAsked {
                    post,
                    delivery: id,
                    why,
                })
        }
        (Settle::ItIsGone, D::TakeDownByHand) => Step::to(delivery, D::Gone, Next::Nothing)
            .because("")
            .event(Event::GoneByHand { post, delivery: id }),
        _ => {
            return Err(Refusal::conflict(
                "settled_already",
                "This has moved on meanwhile. The page now shows where it stands.",
            ));
        }
    };
    if step.delivery.state == D::Gone {
        step.delivery.settled_at = Some(now);
    }
    Ok(step)
}

/// Takes a waiting delivery back because its post was changed or deleted.
#[must_use]
pub fn cancel(delivery: &Delivery) -> Step {
    Step::to(delivery, DeliveryState::Cancelled, Next::Nothing)
        .because("")
        .event(Event::DeliveryCancelled {
            post: delivery.post,
            delivery: delivery.id,
        })
}
