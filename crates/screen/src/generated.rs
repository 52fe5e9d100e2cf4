//! The tables that the build script wrote.

use crate::finding::{Label, Severity};
use crate::names::{CodeSignal, Cue, Detector};
use crate::pack::{
    ContextTest, Ends, Example, Grade, Group, GroupId, Kind, Known, Literal, Match, Near, Pack,
    Place, Record, Rule, RuleSource, Signal, Test,
};
use crate::{Account, Surface};

include!(concat!(env!("OUT_DIR"), "/pack.rs"));
