//! What someone typed into the composer, and the content that it makes.

use std::collections::{BTreeMap, BTreeSet};

use bedside_core::channel::Channel;
use bedside_core::content::{ALT_MAX, Content, PICTURES_MAX, PictureRef, Place, TEXT_MAX, When};
use bedside_core::time::Wall;
use jiff::Timestamp;
use serde::Deserialize;

use crate::form::Form;
use crate::places;
use crate::view::Errors;

/// The fields of the composer as they were sent; what cannot be used is kept, so that it can be shown again.
#[derive(Debug, Clone, Default)]
pub(crate) struct Typed {
    pub text: String,
    /// Ids of channels.
    pub channels: Vec<String>,
    /// Words for one channel only, by its id.
    pub own: BTreeMap<String, String>,
    /// Words of the pictures already there, from 1.
    pub alts: BTreeMap<usize, String>,
    pub removed: BTreeSet<usize>,
    /// Words of the pictures that came with this form, from 1.
    pub alts_new: BTreeMap<usize, String>,
    /// At a time, not as soon as approved.
    pub at: bool,
    pub date: String,
    pub time: String,
}

/// The body of an autosave.
#[derive(Debug, Deserialize)]
pub(crate) struct Autosave {
    pub csrf: String,
    pub revision: String,
    #[serde(default)]
    text: String,
    #[serde(default)]
    channels: Vec<String>,
    #[serde(default)]
    own_texts: BTreeMap<String, String>,
    #[serde(default)]
    alts: BTreeMap<String, String>,
    #[serde(default)]
    when: String,
    #[serde(default)]
    date: String,
    #[serde(default)]
    time: String,
}

/// What the typed fields are read against.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Against<'a> {
    pub channels: &'a [Channel],
    pub zone: &'a str,
    /// The content that the page showed; its pictures are the ones that `alts` and `removed` speak of.
    pub base: &'a Content,
    pub now: Timestamp,
}

impl From<&Form> for Typed {
    fn from(form: &Form) -> Self {
        let numbered = |prefix: &'static str| {
            form.with_prefix(prefix)
                .filter_map(|(n, value)| Some((n.parse().ok()?, value.to_owned())))
        };
        Self {
            text: form.get("text").to_owned(),
            channels: form.all("channels").map(str::to_owned).collect(),
            own: form
                .with_prefix("own_text_")
                .map(|(id, text)| (id.to_owned(), text.to_owned()))
                .collect(),
            alts: numbered("alt_").collect(),
            removed: numbered("remove_")
                .filter(|(_, value)| value == "yes")
                .map(|(n, _)| n)
                .collect(),
            alts_new: numbered("alt_new_").collect(),
            at: form.get("when") == "at",
            date: form.get("date").trim().to_owned(),
            time: form.get("time").trim().to_owned(),
        }
    }
}

impl From<&Autosave> for Typed {
    fn from(sent: &Autosave) -> Self {
        let clean = |text: &String| text.replace("\r\n", "\n").replace('\0', "");
        Self {
            text: clean(&sent.text),
            channels: sent.channels.clone(),
            own: sent
                .own_texts
                .iter()
                .map(|(id, text)| (id.clone(), clean(text)))
                .collect(),
            alts: sent
                .alts
                .iter()
                .filter_map(|(n, text)| Some((n.parse().ok()?, clean(text))))
                .collect(),
            at: sent.when == "at",
            date: sent.date.trim().to_owned(),
            time: sent.time.trim().to_owned(),
            ..Self::default()
        }
    }
}

impl From<&Content> for Typed {
    fn from(content: &Content) -> Self {
        let (at, date, time) = match &content.when {
            When::AsSoonAsApproved => (false, String::new(), String::new()),
            When::At(wall) => (
                true,
                wall.local.date().to_string(),
                wall.local.strftime("%H:%M").to_string(),
            ),
        };
        Self {
            text: content.text.clone(),
            channels: content
                .places
                .iter()
                .map(|place| place.channel.to_string())
                .collect(),
            own: content
                .places
                .iter()
                .filter_map(|place| Some((place.channel.to_string(), place.own_text.clone()?)))
                .collect(),
            at,
            date,
            time,
            ..Self::default()
        }
    }
}

impl Typed {
    /// The same, once its pictures are part of the content that the page shows.
    pub fn settled(mut self) -> Self {
        self.alts.clear();
        self.removed.clear();
        self.alts_new.clear();
        self
    }

    /// The content that can be kept of it, and what cannot be used as it was typed, in the order of the page. Pictures
    /// that came with the form are added by the caller.
    pub fn read(&self, against: Against<'_>) -> (Content, Errors) {
        let mut errors = Errors::default();
        let places = self.places(against.channels, &mut errors);
        if self.text.chars().count() > TEXT_MAX {
            errors.add("text", format!("This text is longer than {TEXT_MAX} characters, more than any network takes. Shorten it."));
        }
        for place in &places {
            if place
                .own_text
                .as_ref()
                .is_some_and(|own| own.chars().count() > TEXT_MAX)
            {
                errors.add(
                    format!("own_text_{}", place.channel),
                    format!("These words are longer than {TEXT_MAX} characters. Shorten them."),
                );
            }
        }
        let pictures = self.pictures(&against.base.pictures, &mut errors);
        let when = self.when(against, &mut errors);
        (
            Content {
                text: self.text.clone(),
                places,
                pictures,
                when,
            },
            errors,
        )
    }

    fn places(&self, channels: &[Channel], errors: &mut Errors) -> Vec<Place> {
        let known = |id: &String| channels.iter().any(|channel| channel.id.to_string() == *id);
        if !self.channels.iter().all(known) {
            errors.add(
                "channels",
                "One of the places you chose is not there any more. Choose from the list.",
            );
        }
        channels
            .iter()
            .filter(|channel| self.channels.contains(&channel.id.to_string()))
            .filter(|channel| {
                if !channel.active {
                    let name = places::name(channel, channels);
                    errors.add(
                        "channels",
                        format!("{name} is no longer connected. Untick it, or connect it again."),
                    );
                }
                channel.active
            })
            .map(|channel| Place {
                channel: channel.id,
                own_text: self
                    .own
                    .get(&channel.id.to_string())
                    .filter(|own| !own.trim().is_empty())
                    .cloned(),
            })
            .collect()
    }

    fn pictures(&self, base: &[PictureRef], errors: &mut Errors) -> Vec<PictureRef> {
        let mut kept = Vec::new();
        for (n, picture) in (1..).zip(base) {
            if self.removed.contains(&n) {
                continue;
            }
            let alt = self.alts.get(&n).unwrap_or(&picture.alt).clone();
            if alt.chars().count() > ALT_MAX {
                errors.add(
                    format!("alt_{n}"),
                    format!("Describe the picture in at most {ALT_MAX} characters."),
                );
            }
            kept.push(PictureRef {
                alt,
                ..picture.clone()
            });
        }
        kept
    }

    fn when(&self, against: Against<'_>, errors: &mut Errors) -> When {
        if !self.at {
            return When::AsSoonAsApproved;
        }
        // What is no time cannot be kept; the time that was there before is less wrong than none.
        let before = || against.base.when.clone();
        if self.date.is_empty() {
            errors.add("date", "Choose the day on which it goes out.");
        }
        if self.time.is_empty() {
            errors.add("time", "Choose the time at which it goes out.");
        }
        if self.date.is_empty() || self.time.is_empty() {
            return before();
        }
        match Wall::parse(&self.date, &self.time, against.zone) {
            Ok(wall) => {
                let when = When::At(wall);
                if when != against.base.when && is_past(&when, against.now) {
                    errors.add("date", PAST);
                }
                when
            }
            Err(refusal) => {
                let field = if matches!(refusal.code, "time_form" | "time_skipped") {
                    "time"
                } else {
                    "date"
                };
                errors.add(field, refusal.sentence);
                before()
            }
        }
    }
}

pub(crate) const PAST: &str =
    "This time has passed. Choose a later one, or “As soon as it is approved”.";

/// Whether the chosen moment lies behind us.
pub(crate) fn is_past(when: &When, now: Timestamp) -> bool {
    matches!(when, When::At(wall) if wall.instant().is_ok_and(|at| at < now))
}

/// What is missing before someone can be asked, in the order of the page.
pub(crate) fn missing(content: &Content, channels: &[Channel], now: Timestamp) -> Errors {
    let mut errors = Errors::default();
    if content.places.is_empty() {
        errors.add("channels", "Choose at least one place for this post to go.");
    }
    // Where every place has words of its own, the words above go nowhere.
    let common =
        content.places.is_empty() || content.places.iter().any(|place| place.own_text.is_none());
    if common && content.text.trim().is_empty() {
        errors.add("text", "Write the text first.");
    }
    for count in crate::length::counts(channels, content) {
        let place = content
            .places
            .iter()
            .find(|place| place.channel.to_string() == count.channel);
        let sends = channels
            .iter()
            .any(|channel| channel.id.to_string() == count.channel && channel.sends());
        if count.over && sends {
            let own = place.is_some_and(|place| place.own_text.is_some());
            let field = if own {
                format!("own_text_{}", count.channel)
            } else {
                "text".to_owned()
            };
            errors.add(
                field,
                format!(
                    "{}. Shorten it, or write other words for {} only.",
                    count.words, count.name
                ),
            );
        }
    }
    for place in &content.places {
        let Some(channel) = channels.iter().find(|channel| channel.id == place.channel) else {
            continue;
        };
        let most = channel.platform.capability().pictures_max;
        if content.pictures.len() > most {
            let pictures = if most == 1 {
                "1 picture".to_owned()
            } else {
                format!("{most} pictures")
            };
            errors.add(
                "pictures",
                format!(
                    "{} takes {pictures} at most. Remove some.",
                    places::name(channel, channels)
                ),
            );
        }
    }
    for (n, picture) in (1..).zip(&content.pictures) {
        if picture.alt.trim().is_empty() {
            errors.add(
                format!("alt_{n}"),
                format!("Say what picture {n} shows, for people who cannot see it."),
            );
        }
    }
    if is_past(&content.when, now) {
        errors.add("date", PAST);
    }
    errors
}

/// Whether so many pictures can stay together.
pub(crate) fn too_many(count: usize) -> Option<String> {
    (count > PICTURES_MAX)
        .then(|| format!("A post can have {PICTURES_MAX} pictures at most, and with these it would have {count}. None of the new ones was added."))
}
