//! Ids, one type for each thing that has one, so that a post's id is never taken for a channel's.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What every id can do; ids are UUIDv7 (RFC 9562), so they sort by the time they were made.
pub trait Id: Copy + Ord + fmt::Display + FromStr {
    fn from_uuid(uuid: Uuid) -> Self;
}

/// A UUIDv7 from a moment and ten bytes of entropy.
#[must_use]
pub fn uuid_v7(now: Timestamp, entropy: &[u8; 10]) -> Uuid {
    let millis = u64::try_from(now.as_millisecond()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, entropy).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl Id for $name {
            fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl $name {
            #[must_use]
            pub fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::try_parse(text).map(Self)
            }
        }
    )*};
}

ids! {
    /// A practice: the tenant.
    PracticeId
    /// A human being who can sign in.
    PersonId
    /// A person in one practice.
    MemberId
    InvitationId
    ChannelId
    PostId
    RevisionId
    OpinionId
    DeliveryId
    JobId
    MailId
}
