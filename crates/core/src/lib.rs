//! The domain: who may do what, and what happens then.
//!
//! Pure: no files, no clock, no network, no randomness. Each decision is a function of state, act, actor and moment
//! that gives a new state with the events to record, or a [`Refusal`] with a stable code and a sentence for a person.

pub mod audit;
pub mod by_hand;
pub mod channel;
pub mod content;
pub mod delivery;
pub mod event;
pub mod id;
pub mod network;
pub mod opinion;
pub mod people;
pub mod post;
pub mod practice;
pub mod refusal;
pub mod screening;
pub mod standing;
pub mod time;
pub mod world;

/// The engine's types, as the domain speaks of them.
pub use bedside_screen as screen;
pub use id::{
    ChannelId, DeliveryId, InvitationId, JobId, MailId, MemberId, OpinionId, PersonId, PostId,
    PracticeId, RevisionId,
};
pub use refusal::Refusal;
