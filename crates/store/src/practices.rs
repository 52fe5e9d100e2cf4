//! Practices and the installation's own values.

use bedside_core::event::Event;
use bedside_core::practice::{Practice, Settings};
use bedside_core::{MemberId, PracticeId};
use jiff::Timestamp;

use crate::db::{args, json, locked};
use crate::{Error, Tx};

impl Tx {
    /// A value of the installation, such as the hash of the first-run code.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn installation(&mut self, name: &'static str) -> Result<Option<String>, Error> {
        self.one(
            "SELECT value FROM installation WHERE name = $1",
            args![name],
        )
        .await?
        .map(|row| row.text("value"))
        .transpose()
    }

    /// Sets a value of the installation; `None` removes it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_installation(
        &mut self,
        name: &'static str,
        value: Option<&str>,
    ) -> Result<(), Error> {
        match value {
            Some(value) => {
                self.run(
                    "INSERT INTO installation (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    args![name, value],
                )
                .await?
            }
            None => self.run("DELETE FROM installation WHERE name = $1", args![name]).await?,
        };
        Ok(())
    }

    /// Adds a practice.
    ///
    /// # Errors
    /// When the settings do not fit or the store fails.
    pub async fn create_practice(
        &mut self,
        practice: PracticeId,
        settings: &Settings,
        now: Timestamp,
    ) -> Result<(), Error> {
        settings.fits()?;
        self.run(
            "INSERT INTO practices (id, settings, needs_second_opinion, created_at) VALUES ($1, $2, $3, $4)",
            args![practice, json(settings), settings.needs_second_opinion, now],
        )
        .await?;
        self.begin_record(practice).await
    }

    /// All practices, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn practices(&mut self) -> Result<Vec<Practice>, Error> {
        self.all("SELECT id, settings FROM practices ORDER BY id", Vec::new())
            .await?
            .iter()
            .map(|row| {
                Ok(Practice {
                    id: row.parse("id")?,
                    settings: row.json("settings")?,
                })
            })
            .collect()
    }

    /// One practice.
    ///
    /// # Errors
    /// When there is none or the store fails.
    pub async fn practice(&mut self, practice: PracticeId) -> Result<Practice, Error> {
        let row = self
            .one(
                "SELECT id, settings FROM practices WHERE id = $1",
                args![practice],
            )
            .await?
            .ok_or_else(|| bedside_core::Refusal::not_found("There is no such practice."))?;
        Ok(Practice {
            id: row.parse("id")?,
            settings: row.json("settings")?,
        })
    }

    /// Changes the settings, and records which of them.
    ///
    /// # Errors
    /// When they do not fit or the store fails.
    pub async fn change_settings(
        &mut self,
        practice: PracticeId,
        settings: &Settings,
        actor: MemberId,
        now: Timestamp,
    ) -> Result<(), Error> {
        settings.fits()?;
        self.one(
            locked!("SELECT id FROM practices WHERE id = $1"),
            args![practice],
        )
        .await?;
        let before = self.practice(practice).await?.settings;
        let fields = changed_fields(&before, settings);
        if fields.is_empty() {
            return Ok(());
        }
        self.run(
            "UPDATE practices SET settings = $2, needs_second_opinion = $3 WHERE id = $1",
            args![practice, json(settings), settings.needs_second_opinion],
        )
        .await?;
        self.record(
            practice,
            now,
            Some(actor),
            &Event::SettingsChanged { fields },
        )
        .await
    }
}

fn changed_fields(before: &Settings, after: &Settings) -> Vec<String> {
    let (before, after) = (serde_json::to_value(before), serde_json::to_value(after));
    let mut fields = Vec::new();
    if let (Ok(serde_json::Value::Object(before)), Ok(serde_json::Value::Object(after))) =
        (before, after)
    {
        for (name, value) in &after {
            if before.get(name) != Some(value) {
                fields.push(name.replace('_', " "));
            }
        }
    }
    fields
}
