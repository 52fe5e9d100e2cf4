//! Sign-in sessions and the brake on wrong passwords.

use bedside_core::content::sha256_hex;
use bedside_core::people::{Actor, Roles};
use bedside_core::{MemberId, PersonId, PracticeId};
use jiff::{SignedDuration, Timestamp};

use crate::db::args;
use crate::{Error, Tx};

/// A session ends after this long without use.
const IDLE: SignedDuration = SignedDuration::from_hours(12);
/// A session ends after this long in any case.
const LONGEST: SignedDuration = SignedDuration::from_hours(24 * 14);
/// Failures are forgotten when there was none for this long.
const FORGET: SignedDuration = SignedDuration::from_hours(24);

/// A new session.
#[derive(Debug, Clone)]
pub struct Session {
    /// What the cookie holds; only its hash is stored.
    pub token: String,
    pub csrf: String,
    pub practice: PracticeId,
    pub member: MemberId,
    pub person: PersonId,
}

/// Who is signed in.
#[derive(Debug, Clone)]
pub struct Signed {
    pub actor: Actor,
    pub person: PersonId,
    pub email: String,
    pub csrf: String,
}

impl Tx {
    /// Begins a session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn begin_session(&mut self, session: &Session, now: Timestamp) -> Result<(), Error> {
        self.run(
            "DELETE FROM sessions WHERE expires_at <= $1 OR seen_at <= $2",
            args![now, now - IDLE],
        )
        .await?;
        self.run(
            "INSERT INTO sessions (token_hash, practice, member, person, csrf, created_at, seen_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $6, $7)",
            args![
                sha256_hex(session.token.as_bytes()),
                session.practice,
                session.member,
                session.person,
                &session.csrf,
                now,
                now + LONGEST,
            ],
        )
        .await?;
        Ok(())
    }

    /// Who holds this token. `None` when it has ended, or the person's access has.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn signed(&mut self, token: &str, now: Timestamp) -> Result<Option<Signed>, Error> {
        self.one(
            "SELECT s.practice, s.member, s.person, s.csrf, m.roles, p.name, p.email FROM sessions s \
             JOIN members m ON m.practice = s.practice AND m.id = s.member AND m.person = s.person AND m.active = 1 \
             JOIN people p ON p.id = s.person \
             WHERE s.token_hash = $1 AND s.expires_at > $2 AND s.seen_at > $3",
            args![sha256_hex(token.as_bytes()), now, now - IDLE],
        )
        .await?
        .map(|row| {
            Ok(Signed {
                actor: Actor {
                    practice: row.parse("practice")?,
                    member: row.parse("member")?,
                    name: row.text("name")?,
                    roles: Roles::from_text(&row.text("roles")?)?,
                },
                person: row.parse("person")?,
                email: row.text("email")?,
                csrf: row.text("csrf")?,
            })
        })
        .transpose()
    }

    /// Notes that a session is in use; at most once a minute, so that reading pages does not write. One that has ended
    /// stays ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn touch_session(&mut self, token: &str, now: Timestamp) -> Result<(), Error> {
        self.run(
            "UPDATE sessions SET seen_at = $2 WHERE token_hash = $1 AND expires_at > $2 AND seen_at > $3",
            args![sha256_hex(token.as_bytes()), now, now - IDLE],
        )
        .await?;
        Ok(())
    }

    /// Whether [`Tx::touch_session`] is due.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn session_idle(&mut self, token: &str, now: Timestamp) -> Result<bool, Error> {
        let row = self
            .one(
                "SELECT seen_at FROM sessions WHERE token_hash = $1",
                args![sha256_hex(token.as_bytes())],
            )
            .await?;
        row.map_or(Ok(false), |row| {
            Ok(now.duration_since(row.time("seen_at")?) > SignedDuration::from_secs(60))
        })
    }

    /// Where a person is signed in: the token's hash and since when, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn sessions(
        &mut self,
        person: PersonId,
        now: Timestamp,
    ) -> Result<Vec<(String, Timestamp)>, Error> {
        self.all(
            "SELECT token_hash, created_at FROM sessions WHERE person = $1 AND expires_at > $2 AND seen_at > $3 \
             ORDER BY created_at DESC, token_hash",
            args![person, now, now - IDLE],
        )
        .await?
        .iter()
        .map(|row| Ok((row.text("token_hash")?, row.time("created_at")?)))
        .collect()
    }

    /// Ends one session.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_session(&mut self, token: &str) -> Result<(), Error> {
        self.run(
            "DELETE FROM sessions WHERE token_hash = $1",
            args![sha256_hex(token.as_bytes())],
        )
        .await?;
        Ok(())
    }

    /// Ends all sessions of a person.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn end_all_sessions(&mut self, person: PersonId) -> Result<u64, Error> {
        self.run("DELETE FROM sessions WHERE person = $1", args![person])
            .await
    }

    /// Until when sign-in under this name is braked, if it is.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn braked_until(
        &mut self,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Timestamp>, Error> {
        let row = self
            .one(
                "SELECT locked_until FROM throttle WHERE name = $1",
                args![sha256_hex(name.as_bytes())],
            )
            .await?;
        let until = row.map(|row| row.time("locked_until")).transpose()?;
        Ok(until.filter(|until| *until > now))
    }

    /// Counts a failure. From the fifth within a day on, each doubles the wait: 30 seconds to 15 minutes.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn count_failure(&mut self, name: &str, now: Timestamp) -> Result<(), Error> {
        let name = sha256_hex(name.as_bytes());
        // Counting is one statement, so that tries at the same moment are each counted.
        let row = self
            .one(
                "INSERT INTO throttle (name, failures, last_at, locked_until) VALUES ($1, 1, $2, 0) \
                 ON CONFLICT (name) DO UPDATE SET last_at = excluded.last_at, \
                 failures = CASE WHEN throttle.last_at > $3 THEN throttle.failures + 1 ELSE 1 END RETURNING failures",
                args![&name, now, now - FORGET],
            )
            .await?
            .ok_or(Error::Unreadable("throttle"))?;
        let failures = row.int("failures")?;
        let wait = if failures < 5 {
            0
        } else {
            (30_i64 << (failures - 5).min(5)).min(900)
        };
        self.run(
            "UPDATE throttle SET locked_until = $2 WHERE name = $1",
            args![name, now + SignedDuration::from_secs(wait)],
        )
        .await?;
        Ok(())
    }

    /// Forgets the failures after a success.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn forget_failures(&mut self, name: &str) -> Result<(), Error> {
        self.run(
            "DELETE FROM throttle WHERE name = $1",
            args![sha256_hex(name.as_bytes())],
        )
        .await?;
        Ok(())
    }
}
