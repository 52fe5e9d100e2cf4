//! What the outside world must be able to do for a delivery, whatever the network.
//!
//! The bytes of a post are frozen once ([`Network::freeze`], pure) before the first try; every try after that sends
//! the very same bytes under the very same key. Sending and finding out what became of it are separate calls, so that
//! no retry can ever send blindly.

use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// What an asynchronous call of a [`Network`] gives back.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// One network's connector.
pub trait Network: Send + Sync {
    /// Signs in with what the person typed and makes a test call; nothing is posted.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the network does not accept the credentials.
    fn connect<'a>(&'a self, credentials: &'a Credentials) -> Answer<'a, Result<Account, Trouble>>;

    /// Looks up the accounts that a text mentions, for [`Parcel::mentions`]: freezing is pure and cannot ask. Asks the
    /// account's own service only. Handles that nobody has are left out.
    ///
    /// # Errors
    /// [`Trouble`] when the network could not be asked.
    fn resolve_mentions<'a>(
        &'a self,
        credentials: &'a Credentials,
        text: &'a str,
    ) -> Answer<'a, Result<Vec<Mention>, Trouble>>;

    /// Settles key and bytes of one post. Pure: the same parcel gives the same bytes.
    ///
    /// # Errors
    /// [`Trouble::Refused`] when the parcel cannot fit the network (too long, too many pictures).
    fn freeze(&self, account: &Account, parcel: &Parcel) -> Result<Frozen, Trouble>;

    /// Sends what was frozen; safe to repeat when the network's retry safety is [`RetrySafety::Idempotent`].
    fn send<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
        pictures: &'a [PictureBytes],
    ) -> Answer<'a, Outcome>;

    /// Looks for the post on the network.
    ///
    /// # Errors
    /// [`Trouble`] when the network could not be asked: then nothing is known.
    fn look<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<Sighting, Trouble>>;

    /// Asks for deletion. Whether it is gone is found out by [`Network::look`]. Asking twice is harmless.
    ///
    /// # Errors
    /// [`Trouble`] when the network could not be asked or refuses.
    fn take_down<'a>(
        &'a self,
        credentials: &'a Credentials,
        account: &'a Account,
        frozen: &'a Frozen,
    ) -> Answer<'a, Result<(), Trouble>>;
}

/// What a person types to connect a channel. Never logged; encrypted at rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credentials {
    /// The service's address: `https://bsky.social`.
    pub service: String,
    pub identifier: String,
    pub secret: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Credentials")
            .field("service", &self.service)
            .finish_non_exhaustive()
    }
}

/// The account behind a channel, as the network names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The network's unchanging id (a DID on Bluesky).
    pub id: String,
    /// What people see: `weirlane.example`.
    pub handle: String,
}

/// One post for one channel, before it is frozen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    pub text: String,
    /// Who the `@handles` in the text are; a handle that is not here stays plain text.
    pub mentions: Vec<Mention>,
    pub pictures: Vec<Picture>,
    /// The moment the post says it was made; fixed when it is let out.
    pub created_at: Timestamp,
    /// 8 bytes of entropy fixed for this delivery, from which the network's key is made.
    pub key_seed: u64,
    /// BCP 47 language of the text.
    pub language: String,
}

/// An account that a text names with `@handle`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mention {
    /// The handle in lower case, without the `@`.
    pub handle: String,
    /// The network's unchanging id of that account.
    pub id: String,
}

/// A picture as the parcel names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// SHA-256 of the bytes.
    pub sha256: [u8; 32],
    pub mime: String,
    pub size: u64,
    pub width: u32,
    pub height: u32,
    pub alt: String,
}

/// A picture's bytes, needed only while sending.
#[derive(Clone, PartialEq, Eq)]
pub struct PictureBytes {
    pub mime: String,
    pub bytes: Vec<u8>,
}

/// Key and bytes of a post, settled for good.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frozen {
    /// The network's own key for the post (a TID on Bluesky); empty where there is none.
    pub key: String,
    /// What is sent, in the network's form.
    pub body: String,
}

/// What became of one try to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The network says that it has it. Only [`Network::look`] makes it "published".
    Accepted,
    /// The network will not take it as it is; trying again changes nothing.
    Refused(String),
    /// It certainly did not arrive; try again after this many seconds at least.
    NotSent { why: String, wait_seconds: u32 },
    /// It may have arrived.
    Unknown { why: String },
}

/// What was seen when looking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Sighting {
    /// It is there, and it is what was sent.
    There { link: String },
    /// Something else is there under the same key.
    Different { link: String },
    /// It is certainly not there.
    Gone,
}

/// Why the network could not be asked, or would not answer. The text is for people and holds nothing of a post.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// The credentials or the content are not accepted.
    #[error("{0}")]
    Refused(String),
    /// Not now: network down, too many requests, the service is failing.
    #[error("{why}")]
    Later { why: String, wait_seconds: u32 },
}

/// How safe it is to send a second time when the first outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetrySafety {
    /// Repeating under the same key is no second post.
    Idempotent,
    /// Look first; send again only when it is certainly not there.
    ReconcileOnly,
    /// A person does it; the program never sends.
    Never,
}

/// The connectors that this program has.
pub trait Networks: Send + Sync {
    /// The connector for a platform; `None` where a person posts by hand.
    fn of(&self, platform: crate::channel::Platform) -> Option<&dyn Network>;
}
