//! The pure domain, by table and by simulation.

mod deliveries;
mod kit;
mod posts;
mod simulation;
mod standings;
