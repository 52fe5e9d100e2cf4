//! The screening engine: text in, findings out.
//!
//! Pure: no files, no clock, no network, no randomness. Same text, same pack, same context, same findings, in the
//! same order.

mod context;
mod finding;

pub use context::{Account, Clinician, Context, PracticeType, Profile, Records, Staff, Surface};
pub use finding::{Check, Finding, Label, Severity, Source, Verdict};
