//! Channels and their encrypted credentials.

use bedside_core::channel::{Channel, Visibility};
use bedside_core::event::Event;
use bedside_core::network::{Account, Credentials};
use bedside_core::people::Actor;
use bedside_core::{ChannelId, PracticeId, Refusal};
use jiff::Timestamp;

use crate::db::{Row, args, json, locked};
use crate::people::manages;
use crate::{Error, Tx};

fn channel(row: &Row) -> Result<Channel, Error> {
    let account = match (row.opt_text("account_id")?, row.opt_text("account_handle")?) {
        (Some(id), Some(handle)) => Some(Account { id, handle }),
        _ => None,
    };
    Ok(Channel {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        platform: row.parse("platform")?,
        name: row.text("name")?,
        address: row.text("address")?,
        visibility: Visibility::from_slug(&row.text("visibility")?),
        account,
        active: row.flag("active")?,
        trouble: row.text("trouble")?,
    })
}

const COLUMNS: &str = "SELECT practice, id, platform, name, address, visibility, account_id, account_handle, active, trouble \
    FROM channels WHERE practice = $1 ORDER BY id";

fn place(practice: PracticeId, id: ChannelId) -> String {
    format!("channel {practice} {id}")
}

impl Tx {
    /// All channels, disconnected ones too, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn channels(&mut self, practice: PracticeId) -> Result<Vec<Channel>, Error> {
        self.all(COLUMNS, args![practice])
            .await?
            .iter()
            .map(channel)
            .collect()
    }

    /// One channel.
    ///
    /// # Errors
    /// When there is none or the store fails.
    pub async fn channel(&mut self, practice: PracticeId, id: ChannelId) -> Result<Channel, Error> {
        self.channels(practice)
            .await?
            .into_iter()
            .find(|channel| channel.id == id)
            .ok_or_else(|| Refusal::not_found("There is no such channel.").into())
    }

    /// Adds a channel, with its credentials where Bedside sends itself.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn add_channel(
        &mut self,
        channel: &Channel,
        credentials: Option<&Credentials>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        let practice = channel.practice;
        manages(actor, practice)?;
        self.connected_once(channel).await?;
        let secret = self.sealed(practice, channel.id, credentials)?;
        self.run(
            "INSERT INTO channels (practice, id, platform, name, address, visibility, account_id, account_handle, secret, active, trouble, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1, '', $10)",
            args![
                practice,
                channel.id,
                channel.platform.slug(),
                &channel.name,
                &channel.address,
                channel.visibility.slug(),
                channel.account.as_ref().map(|account| account.id.clone()),
                channel.account.as_ref().map(|account| account.handle.clone()),
                secret,
                now,
            ],
        )
        .await?;
        let event = Event::ChannelConnected {
            channel: channel.id,
            platform: channel.platform.name().to_owned(),
        };
        self.record(practice, now, Some(actor.member), &event).await
    }

    /// Two channels to one account would publish a post twice there.
    async fn connected_once(&mut self, channel: &Channel) -> Result<(), Error> {
        self.one(
            locked!("SELECT id FROM practices WHERE id = $1"),
            args![channel.practice],
        )
        .await?;
        let account = |channel: &Channel| channel.account.as_ref().map(|a| a.id.clone());
        let taken = self.channels(channel.practice).await?.iter().any(|known| {
            known.active
                && known.id != channel.id
                && known.platform == channel.platform
                && account(known) == account(channel)
                && known.address == channel.address
        });
        if taken {
            return Err(
                Refusal::conflict("channel_known", "This channel is connected already.").into(),
            );
        }
        Ok(())
    }

    fn sealed(
        &self,
        practice: PracticeId,
        id: ChannelId,
        credentials: Option<&Credentials>,
    ) -> Result<Option<Vec<u8>>, Error> {
        credentials
            .map(|credentials| {
                self.vault
                    .seal(&place(practice, id), json(credentials).as_bytes())
            })
            .transpose()
    }

    /// Puts new credentials in place of old ones, after a test sign-in.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn reconnect_channel(
        &mut self,
        practice: PracticeId,
        id: ChannelId,
        account: &Account,
        credentials: &Credentials,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, practice)?;
        let mut known = self.channel(practice, id).await?;
        if known
            .account
            .as_ref()
            .is_some_and(|before| before.id != account.id)
        {
            return Err(Refusal::conflict(
                "other_account",
                "This is a different account. Connect it as a new channel instead.",
            )
            .into());
        }
        known.account = Some(account.clone());
        self.connected_once(&known).await?;
        let secret = self.sealed(practice, id, Some(credentials))?;
        self.run(
            "UPDATE channels SET account_id = $3, account_handle = $4, secret = $5, active = 1, trouble = '' WHERE practice = $1 AND id = $2",
            args![practice, id, &account.id, &account.handle, secret],
        )
        .await?;
        let event = Event::ChannelConnected {
            channel: id,
            platform: known.platform.name().to_owned(),
        };
        self.record(practice, now, Some(actor.member), &event).await
    }

    /// The credentials of a channel, decrypted. Never log them.
    ///
    /// # Errors
    /// [`Error::Key`] when the key file does not fit.
    pub async fn credentials(
        &mut self,
        practice: PracticeId,
        id: ChannelId,
    ) -> Result<Option<Credentials>, Error> {
        let row = self
            .one(
                "SELECT secret FROM channels WHERE practice = $1 AND id = $2",
                args![practice, id],
            )
            .await?;
        let Some(sealed) = row
            .map(|row| row.opt_bytes("secret"))
            .transpose()?
            .flatten()
        else {
            return Ok(None);
        };
        let opened = self.vault.open(&place(practice, id), &sealed)?;
        serde_json::from_slice(&opened)
            .map(Some)
            .map_err(|_| Error::Key)
    }

    /// Says what is wrong with a channel, or, with an empty text, that all is well.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_channel_trouble(
        &mut self,
        practice: PracticeId,
        id: ChannelId,
        trouble: &str,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE channels SET trouble = $3 WHERE practice = $1 AND id = $2",
            args![practice, id, trouble],
        )
        .await?;
        Ok(())
    }

    /// Disconnects a channel and forgets its credentials.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn disconnect_channel(
        &mut self,
        practice: PracticeId,
        id: ChannelId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, practice)?;
        let changed = self
            .run(
                "UPDATE channels SET active = 0, secret = NULL WHERE practice = $1 AND id = $2 AND active = 1",
                args![practice, id],
            )
            .await?;
        if changed == 0 {
            return Err(Refusal::not_found("There is no such channel.").into());
        }
        self.record(
            practice,
            now,
            Some(actor.member),
            &Event::ChannelDisconnected { channel: id },
        )
        .await
    }
}
