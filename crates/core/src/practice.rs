//! The practice as Bedside knows it: the context in which every text is judged.

use bedside_screen as screen;
use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::content::Content;
use crate::{PracticeId, Refusal, time};

/// The tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Practice {
    pub id: PracticeId,
    pub settings: Settings,
}

/// What the responsible person can set; kept as one JSON document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    pub name: String,
    pub kind: Option<screen::PracticeType>,
    /// IANA zone in which times are chosen and shown.
    pub zone: String,
    /// Every post needs a second opinion. Without it, one is still needed when a warn finding is open.
    pub needs_second_opinion: bool,
    /// A post that is later than this many minutes is not sent without asking.
    pub late_limit_minutes: u32,
    pub profile: screen::Profile,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: String::new(),
            kind: None,
            zone: time::UK.to_owned(),
            needs_second_opinion: true,
            late_limit_minutes: 60,
            profile: screen::Profile::default(),
        }
    }
}

impl Settings {
    /// Checks what a form gave.
    ///
    /// # Errors
    /// The first field that cannot be used.
    pub fn fits(&self) -> Result<(), Refusal> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(Refusal::input(
                "practice_name",
                "Enter the practice's name, at most 120 characters.",
            ));
        }
        time::zone(&self.zone)?;
        if !(5..=1_440).contains(&self.late_limit_minutes) {
            return Err(Refusal::input(
                "late_limit",
                "Choose a late limit between 5 minutes and 24 hours.",
            ));
        }
        if self.profile.clinicians.len() > 200 || self.profile.staff.len() > 500 {
            return Err(Refusal::input(
                "too_many_people",
                "List at most 200 clinicians and 500 other staff.",
            ));
        }
        Ok(())
    }
}

/// The context in which the text for one channel is judged.
#[must_use]
pub fn context(
    practice: &Practice,
    channel: Option<&Channel>,
    content: &Content,
) -> screen::Context {
    let mut profile = practice.settings.profile.clone();
    profile.practice_name.clone_from(&practice.settings.name);
    if let Some(account) = channel.and_then(|channel| channel.account.as_ref()) {
        profile.handles.push(account.handle.clone());
    }
    screen::Context {
        practice_type: practice.settings.kind,
        channel: channel.map(|channel| channel.platform.slug().to_owned()),
        profile,
        media: content
            .pictures
            .iter()
            .map(|picture| picture.alt.clone())
            .collect(),
        ..screen::Context::default()
    }
}
