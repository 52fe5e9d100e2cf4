//! The pure domain, by table and by simulation.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod deliveries;
mod kit;
mod posts;
mod settling;
mod simulation;
mod standings;
mod world;
