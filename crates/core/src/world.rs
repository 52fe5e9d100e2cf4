//! Time and chance, as arguments: every test can set the clock and foresee each id.

use std::sync::Arc;

use jiff::Timestamp;

use crate::id::{Id, uuid_v7};

/// Where the present moment comes from.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;
}

/// Where unforeseeable bytes come from.
pub trait Chance: Send + Sync {
    fn fill(&self, out: &mut [u8]);
}

/// Clock and chance together, cheap to clone.
#[derive(Clone)]
pub struct World {
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
}

impl World {
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Self {
        Self { clock, chance }
    }

    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A fresh id.
    #[must_use]
    pub fn id<T: Id>(&self) -> T {
        T::from_uuid(uuid_v7(self.now(), &self.bytes()))
    }

    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        self.chance.fill(&mut out);
        out
    }
}

/// A clock and a chance for tests: time stands where it was put, bytes come from a counter.
pub mod testing {
    use std::sync::Mutex;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::{Arc, Chance, Clock, Timestamp, World};

    /// A clock that moves only when told.
    pub struct StillClock(Mutex<Timestamp>);

    impl StillClock {
        #[must_use]
        pub fn at(moment: Timestamp) -> Arc<Self> {
            Arc::new(Self(Mutex::new(moment)))
        }

        pub fn set(&self, moment: Timestamp) {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner) = moment;
        }

        pub fn advance(&self, seconds: i64) {
            let mut now = self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner);
            *now = now
                .saturating_add(jiff::SignedDuration::from_secs(seconds))
                .unwrap_or(*now);
        }
    }

    impl Clock for StillClock {
        fn now(&self) -> Timestamp {
            *self
                .0
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
        }
    }

    /// Bytes that differ from call to call and are the same in every run.
    #[derive(Default)]
    pub struct CountingChance(AtomicU64);

    impl Chance for CountingChance {
        fn fill(&self, out: &mut [u8]) {
            for chunk in out.chunks_mut(8) {
                let n = self
                    .0
                    .fetch_add(1, Ordering::Relaxed)
                    .wrapping_add(1)
                    .wrapping_mul(0x9e37_79b9_7f4a_7c15);
                chunk.copy_from_slice(&n.to_be_bytes()[..chunk.len()]);
            }
        }
    }

    /// A world at `moment` and the clock that moves it.
    #[must_use]
    pub fn still_world(moment: &str) -> (World, Arc<StillClock>) {
        let clock = StillClock::at(moment.parse().unwrap_or(Timestamp::UNIX_EPOCH));
        (
            World::new(clock.clone(), Arc::new(CountingChance::default())),
            clock,
        )
    }
}
