//! The edge of the program: the real clock, the real chance, the real networks.

use std::sync::Arc;

use bedside_connect::bluesky::Bluesky;
use bedside_connect::http::{Http, Reach};
use bedside_core::channel::Platform;
use bedside_core::network::{Network, Networks};
use bedside_core::world::{Chance, Clock, World};
use jiff::Timestamp;

struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place where the present moment comes in"
    )]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, out: &mut [u8]) {
        if getrandom::fill(out).is_err() {
            // Keys and tokens made without chance would be worse than none.
            std::process::abort();
        }
    }
}

/// The world as it is.
pub fn world() -> World {
    World::new(Arc::new(SystemClock), Arc::new(SystemChance))
}

/// The connectors that this program has.
pub struct Connectors {
    bluesky: Bluesky,
}

impl Connectors {
    pub fn new(allow_local_service: bool) -> anyhow::Result<Self> {
        let reach = if allow_local_service {
            Reach::PublicAndThisMachine
        } else {
            Reach::Public
        };
        Ok(Self {
            bluesky: Bluesky::new(Http::new(reach)?),
        })
    }
}

impl Networks for Connectors {
    fn of(&self, platform: Platform) -> Option<&dyn Network> {
        match platform {
            Platform::Bluesky => Some(&self.bluesky),
            _ => None,
        }
    }
}
