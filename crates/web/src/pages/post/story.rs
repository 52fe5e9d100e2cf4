//! All that a post's page tells, loaded at one moment.

use bedside_core::channel::Channel;
use bedside_core::content::Revision;
use bedside_core::delivery::{Delivery, DeliveryState};
use bedside_core::event::Event;
use bedside_core::post::{Post, PostState};
use bedside_core::screen::Finding;
use bedside_core::standing::{Override, Standing};
use bedside_core::{ChannelId, DeliveryId, RevisionId, screening, time};
use bedside_store::{Attempt, Tx};
use jiff::Timestamp;

use super::super::compose::Setting;
use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::{places, say};

/// Earlier texts whose findings are told as solved.
const EARLIER_MAX: usize = 20;

/// One thing in the post's record.
pub(super) struct Happened {
    pub at: Timestamp,
    /// "Dr Aisha Shah", "Bedside".
    pub who: String,
    pub event: Event,
}

/// A delivery with its tries.
pub(super) struct Sent {
    pub delivery: Delivery,
    pub attempts: Vec<Attempt>,
}

/// The post with everything around it.
pub(super) struct Story {
    pub setting: Setting,
    pub post: Post,
    pub current: Revision,
    /// Oldest first.
    pub revisions: Vec<Revision>,
    /// All of them, cancelled ones too, oldest first.
    pub deliveries: Vec<Sent>,
    pub opinions: Vec<bedside_core::opinion::Opinion>,
    pub record: Vec<Happened>,
    /// What was found in the current text: as it was last decided, for a draft as it is found now.
    pub standing: Standing,
    /// What was found in earlier texts, with what was let pass in them.
    pub earlier: Vec<(Revision, Vec<Finding>, Vec<Override>)>,
    pub now: Timestamp,
}

impl Story {
    pub async fn load(app: &App, tx: &mut Tx, me: &Me, post: Post) -> Result<Self, Error> {
        let practice = post.practice;
        let setting = Setting::load(tx, me).await?;
        let revisions = tx.revisions(practice, post.id).await?;
        let current = tx.revision(practice, post.revision).await?;
        let mut deliveries = Vec::new();
        for delivery in tx.deliveries(practice, post.id).await? {
            let attempts = tx.attempts(practice, delivery.id).await?;
            deliveries.push(Sent { delivery, attempts });
        }
        let overrides = tx.overrides(practice, current.id).await?;
        let kept = match post.state {
            PostState::Draft | PostState::Rejected => None,
            _ => tx.last_check(practice, current.id).await?,
        };
        let standing = match kept {
            Some(findings) => Standing {
                findings,
                overrides,
            },
            None => screening::standing(&setting.screen(app, &current.content)?, overrides),
        };
        let mut earlier = Vec::new();
        let before = revisions.iter().rev().filter(|old| old.id != current.id);
        for old in before.take(EARLIER_MAX) {
            if let Some(findings) = tx.last_check(practice, old.id).await? {
                let passes = tx.overrides(practice, old.id).await?;
                earlier.push((old.clone(), findings, passes));
            }
        }
        let record = tx
            .post_record(practice, post.id)
            .await?
            .into_iter()
            .filter_map(|line| {
                Some(Happened {
                    at: line.entry.at,
                    event: line.entry.read()?,
                    who: if line.entry.actor.is_none() {
                        "Bedside".to_owned()
                    } else if line.actor_name.is_empty() {
                        "Someone".to_owned()
                    } else {
                        line.actor_name
                    },
                })
            })
            .collect();
        Ok(Self {
            opinions: tx.opinions(practice, post.id).await?,
            setting,
            post,
            current,
            revisions,
            deliveries,
            record,
            standing,
            earlier,
            now: app.world.now(),
        })
    }

    pub fn channel(&self, id: ChannelId) -> Option<&Channel> {
        self.setting
            .channels
            .iter()
            .find(|channel| channel.id == id)
    }

    /// "Bluesky".
    pub fn place(&self, id: ChannelId) -> String {
        self.channel(id).map_or_else(
            || "a place that is gone".to_owned(),
            |channel| places::name(channel, &self.setting.channels),
        )
    }

    pub fn place_of(&self, id: DeliveryId) -> Option<String> {
        let sent = self.deliveries.iter().find(|sent| sent.delivery.id == id)?;
        Some(self.place(sent.delivery.channel))
    }

    /// The deliveries that count: a text that was taken back for a newer one is history.
    pub fn counted(&self) -> impl Iterator<Item = &Sent> {
        self.deliveries.iter().filter(|sent| {
            sent.delivery.state != DeliveryState::Cancelled
                || sent.delivery.revision == self.post.revision
        })
    }

    pub fn just_deliveries(&self) -> Vec<Delivery> {
        self.deliveries
            .iter()
            .map(|sent| sent.delivery.clone())
            .collect()
    }

    pub fn in_state(&self, state: DeliveryState) -> impl Iterator<Item = &Sent> {
        self.deliveries
            .iter()
            .filter(move |sent| sent.delivery.state == state)
    }

    pub fn count(&self, state: DeliveryState) -> usize {
        self.in_state(state).count()
    }

    pub fn revision(&self, id: RevisionId) -> Option<&Revision> {
        self.revisions.iter().find(|revision| revision.id == id)
    }

    /// "at 9:00am", "yesterday at 4:05pm".
    pub fn at(&self, moment: Timestamp) -> String {
        let zone = self.setting.zone();
        if time::local_date(moment, zone) == time::local_date(self.now, zone) {
            format!("at {}", say::clock(moment, zone).words)
        } else {
            say::short(moment, zone, self.now).words
        }
    }

    /// "Today at 9:00am": the same at the beginning of a line.
    pub fn at_first(&self, moment: Timestamp) -> String {
        capital(&say::short(moment, self.setting.zone(), self.now).words)
    }

    /// What was last said by a person about a delivery, if anything of that kind was.
    pub fn last(&self, what: impl Fn(&Event) -> bool) -> Option<&Happened> {
        self.record.iter().rev().find(|line| what(&line.event))
    }
}

/// With a capital letter at its beginning.
pub(super) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
