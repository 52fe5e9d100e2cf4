//! The outside world: social networks behind [`bedside_core::network::Network`], and mail.
//!
//! Nothing here decides whether something may go out; that is settled before. Here it is sent as it was frozen, and
//! what became of it is told truthfully: a try whose fate is not known is never reported as a failure.

pub mod bluesky;
pub mod http;
pub mod mail;
#[cfg(feature = "testing")]
pub mod testing;
