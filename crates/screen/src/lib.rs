//! The screening engine: text in, findings out.
//!
//! Pure: no files, no clock, no network, no randomness. Same text, same pack, same context, same findings, in the
//! same order.

mod context;
mod detect;
mod engine;
mod eval;
mod finding;
mod generated;
pub mod length;
#[expect(
    dead_code,
    reason = "which names are used depends on the rule files; the build script reads them all"
)]
mod names;
mod norm;
#[cfg_attr(
    not(test),
    expect(
        dead_code,
        reason = "which forms of a condition are used depends on the rule files"
    )
)]
mod pack;
mod profile;
mod signal;

pub use context::{Account, Clinician, Context, PracticeType, Profile, Records, Staff, Surface};
pub use engine::{Engine, MAX_FINDINGS, MAX_TEXT, TooLong};
pub use finding::{Check, Finding, Label, Severity, Source, Verdict};
pub use pack::{Example, Rule, RuleSource};
