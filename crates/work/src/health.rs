//! Whether a channel's sign-in still works, as deliveries find it out, for the page of channels.

use bedside_core::ChannelId;
use bedside_core::channel::Channel;
use bedside_core::network::{Credentials, Network, Trouble};
use bedside_store::{Error, Tx};

/// What a delivery has found out about its channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Health {
    /// Nothing that was not known.
    AsBefore,
    /// The network let us in.
    Well,
    /// It did not: why, for people.
    Ill(String),
}

/// A refusal may be about the post or about the sign-in; signing in, and nothing else, tells which.
pub(crate) async fn after_refusal(network: &dyn Network, credentials: &Credentials) -> Health {
    match network.connect(credentials).await {
        Ok(_) => Health::Well,
        Err(Trouble::Refused(why)) => Health::Ill(why),
        Err(Trouble::Later { .. }) => Health::AsBefore,
    }
}

impl Health {
    /// Writes it down, in the unit of work of the delivery that found it out.
    pub(crate) async fn keep(&self, tx: &mut Tx, channel: &Channel) -> Result<(), Error> {
        let trouble = match self {
            Self::AsBefore => return Ok(()),
            Self::Well => "",
            Self::Ill(why) => why,
        };
        let id: ChannelId = channel.id;
        let known = tx.channel(channel.practice, id).await?;
        if known.trouble == trouble || !known.active {
            return Ok(());
        }
        tx.set_channel_trouble(channel.practice, id, trouble).await
    }
}
