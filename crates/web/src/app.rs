//! What every handler has at hand.

use std::sync::Arc;

use bedside_core::network::Networks;
use bedside_core::screen::Engine;
use bedside_core::world::World;
use bedside_store::Store;
use tokio::sync::{Notify, Semaphore};

/// Settings of the web app.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where people reach it, without a slash at the end: `https://bedside.practice.example`.
    pub public_address: String,
    /// The host through which mail is sent, when mail is set up.
    pub mail_host: Option<String>,
    /// The example practice: nothing leaves.
    pub demo: bool,
}

impl Options {
    /// Cookies are marked `Secure` when people come over https.
    #[must_use]
    pub fn secure(&self) -> bool {
        self.public_address.starts_with("https://")
    }
}

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub store: Store,
    pub world: World,
    pub engine: &'static Engine,
    pub networks: Arc<dyn Networks>,
    pub options: Arc<Options>,
    /// Wakes the worker when there may be work.
    pub wake: Arc<Notify>,
    /// Argon2 takes much memory: so many passwords are checked at once.
    pub(crate) hashing: Arc<Semaphore>,
    /// Decoding pictures takes much memory: so many at once.
    pub(crate) decoding: Arc<Semaphore>,
}

impl App {
    #[must_use]
    pub fn new(
        store: Store,
        world: World,
        networks: Arc<dyn Networks>,
        options: Options,
        wake: Arc<Notify>,
    ) -> Self {
        Self {
            store,
            world,
            engine: Engine::builtin(),
            networks,
            options: Arc::new(options),
            wake,
            hashing: Arc::new(Semaphore::new(2)),
            decoding: Arc::new(Semaphore::new(2)),
        }
    }

    /// An address that works from outside.
    #[must_use]
    pub fn link(&self, path: &str) -> String {
        format!("{}{path}", self.options.public_address)
    }

    /// 128 bits that nobody can guess, as text for links and cookies.
    #[must_use]
    pub fn token(&self) -> String {
        bedside_core::content::hex(&self.world.bytes::<16>())
    }
}
