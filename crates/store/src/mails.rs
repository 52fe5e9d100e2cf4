//! The outbox: messages wait here until they are sent, and are shown on a page when they cannot be.

use std::str::FromStr;

use bedside_core::{JobId, MailId, PracticeId};
use jiff::Timestamp;

use crate::db::{Row, args};
use crate::{Error, JobKind, Tx};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailState {
    Waiting,
    Sent,
    Failed,
}

impl FromStr for MailState {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "waiting" => Ok(Self::Waiting),
            "sent" => Ok(Self::Sent),
            "failed" => Ok(Self::Failed),
            _ => Err(()),
        }
    }
}

/// A message to be sent. It never holds the text of a draft: it holds a link to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    pub id: MailId,
    pub job: JobId,
    pub to: String,
    pub subject: String,
    pub body: String,
}

/// A message in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    pub id: MailId,
    pub practice: PracticeId,
    pub to: String,
    pub subject: String,
    pub body: String,
    pub state: MailState,
    pub trouble: String,
    pub created_at: Timestamp,
    pub sent_at: Option<Timestamp>,
}

fn mail(row: &Row) -> Result<Mail, Error> {
    Ok(Mail {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        to: row.text("recipient")?,
        subject: row.text("subject")?,
        body: row.text("body")?,
        state: row
            .text("state")?
            .parse()
            .map_err(|()| Error::Unreadable("mails"))?,
        trouble: row.text("trouble")?,
        created_at: row.time("created_at")?,
        sent_at: row.opt_time("sent_at")?,
    })
}

impl Tx {
    /// Puts a message in the outbox and its sending in the queue.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn queue_mail(
        &mut self,
        practice: PracticeId,
        new: &NewMail,
        now: Timestamp,
    ) -> Result<(), Error> {
        self.run(
            "INSERT INTO mails (practice, id, recipient, subject, body, state, trouble, created_at) \
             VALUES ($1, $2, $3, $4, $5, 'waiting', '', $6)",
            args![practice, new.id, &new.to, &new.subject, &new.body, now],
        )
        .await?;
        self.queue_job(practice, new.job, JobKind::Mail, &new.id.to_string(), now)
            .await
    }

    /// One message.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mail(&mut self, practice: PracticeId, id: MailId) -> Result<Option<Mail>, Error> {
        self.one(
            "SELECT * FROM mails WHERE practice = $1 AND id = $2",
            args![practice, id],
        )
        .await?
        .map(|row| mail(&row))
        .transpose()
    }

    /// The latest messages, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mails(&mut self, practice: PracticeId, limit: u32) -> Result<Vec<Mail>, Error> {
        self.all(
            "SELECT * FROM mails WHERE practice = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
            args![practice, limit],
        )
        .await?
        .iter()
        .map(mail)
        .collect()
    }

    /// Says what became of a message. A sent one loses its body: what it linked to is kept elsewhere.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn settle_mail(
        &mut self,
        practice: PracticeId,
        id: MailId,
        state: MailState,
        trouble: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (state, sent_at) = match state {
            MailState::Waiting => ("waiting", None),
            MailState::Sent => ("sent", Some(now)),
            MailState::Failed => ("failed", None),
        };
        self.run(
            "UPDATE mails SET state = $3, trouble = $4, sent_at = $5, body = CASE WHEN $3 = 'sent' THEN '' ELSE body END \
             WHERE practice = $1 AND id = $2",
            args![practice, id, state, trouble, sent_at],
        )
        .await?;
        Ok(())
    }
}
