//! A post that was let out, and its deliveries in whatever state a test needs: brought there as the worker would.

use bedside_core::delivery::{Delivery, DeliveryState as D, Next, Step};
use bedside_core::event::Event;
use bedside_core::network::Frozen;
use bedside_core::people::Role;
use bedside_core::practice::Settings;
use bedside_core::{ChannelId, DeliveryId, PostId};

use crate::compose::{FINE, post_of, write};
use crate::support::{House, Person, Practice};

/// The key under which Bluesky keeps the post.
pub const KEY: &str = "3mg2abcdefg2k";

/// A practice that asks for no second opinion, and its people.
pub struct Stage {
    pub house: House,
    pub practice: Practice,
    pub sam: Person,
    pub hale: Person,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(false).await
    }

    pub async fn with(needs_second_opinion: bool) -> Self {
        let house = House::new().await;
        let practice = house
            .practice_with(Settings {
                name: "Weir Lane Surgery".into(),
                needs_second_opinion,
                ..Settings::default()
            })
            .await;
        let sam = house.person(practice.id, "Sam Reed", &[Role::Author]).await;
        let hale = house
            .person(practice.id, "Dr Tom Hale", &[Role::Approver])
            .await;
        Self {
            house,
            practice,
            sam,
            hale,
        }
    }

    /// A post let out to these channels by Sam; where the practice asks for one, with Dr Hale's opinion.
    pub async fn post(&self, text: &str, channels: &[ChannelId]) -> PostId {
        let channels: Vec<String> = channels.iter().map(ToString::to_string).collect();
        let mut fields = vec![("text", text), ("act", "ask")];
        fields.extend(channels.iter().map(|id| ("channels", id.as_str())));
        let post = post_of(&write(&self.house, &self.sam, &fields).await.is(303));
        if self.needs_opinion().await {
            let revision = self.revision(post).await;
            let fields = [
                ("revision", revision.as_str()),
                ("act", "approve"),
                ("reason", ""),
            ];
            self.house
                .post(&self.hale, &format!("/posts/{post}/review"), &fields)
                .await
                .is(303);
        }
        post
    }

    async fn needs_opinion(&self) -> bool {
        let mut tx = self.house.read().await;
        let practice = tx.practice(self.practice.id).await.unwrap();
        practice.settings.needs_second_opinion
    }

    pub async fn revision(&self, post: PostId) -> String {
        let mut tx = self.house.read().await;
        tx.post(self.practice.id, post)
            .await
            .unwrap()
            .revision
            .to_string()
    }

    /// The post's deliveries, that to Bluesky before that to Facebook.
    pub async fn deliveries(&self, post: PostId) -> Vec<Delivery> {
        let mut tx = self.house.read().await;
        let mut all = tx.deliveries(self.practice.id, post).await.unwrap();
        all.sort_by_key(|delivery| delivery.channel != self.practice.bluesky);
        all
    }

    pub async fn delivery(&self, id: DeliveryId) -> Delivery {
        let mut tx = self.house.read().await;
        tx.delivery(self.practice.id, id).await.unwrap().unwrap()
    }

    /// A post to one channel whose delivery stands in this state.
    pub async fn at(&self, channel: ChannelId, state: D) -> (PostId, DeliveryId) {
        let post = self.post(FINE, &[channel]).await;
        let id = self.deliveries(post).await[0].id;
        self.bring(id, state).await;
        (post, id)
    }

    /// Brings a delivery into a state, by the way that the worker takes.
    pub async fn bring(&self, id: DeliveryId, state: D) {
        let way: &[D] = match state {
            D::Queued => &[],
            D::Held | D::Late | D::Cancelled | D::Sending | D::ByHand => &[state],
            D::Live | D::NotSent | D::Unknown => &[D::Sending, state],
            D::TakingDown | D::TakeDownByHand => &[D::Sending, D::Live, state],
            D::Gone => &[D::Sending, D::Live, D::TakingDown, D::Gone],
        };
        for state in way {
            self.step(id, *state).await;
        }
    }

    async fn step(&self, id: DeliveryId, state: D) {
        let (now, world) = (self.house.world.now(), &self.house.world);
        let mut tx = self.house.store.write().await.unwrap();
        let mut delivery = tx
            .lock_delivery(self.practice.id, id)
            .await
            .unwrap()
            .unwrap();
        let post = delivery.post;
        delivery.state = state;
        delivery.trouble = String::new();
        let mut next = Next::Nothing;
        let event = match state {
            D::Sending => {
                delivery.attempts += 1;
                if delivery.channel == self.practice.bluesky {
                    delivery.frozen = Some(Frozen {
                        key: KEY.into(),
                        body: "{}".into(),
                    });
                }
                next = Next::Look;
                Some(Event::SendingStarted {
                    post,
                    delivery: id,
                    attempt: delivery.attempts,
                })
            }
            D::Live => {
                delivery.link = format!("https://bsky.app/profile/weirlane.example/post/{KEY}");
                delivery.settled_at = Some(now);
                let link = delivery.link.clone();
                Some(Event::DeliveryLive {
                    post,
                    delivery: id,
                    link,
                })
            }
            D::NotSent => {
                let why = "Bluesky asks you to sign in again.".to_owned();
                delivery.trouble.clone_from(&why);
                Some(Event::DeliveryRefused {
                    post,
                    delivery: id,
                    why,
                })
            }
            D::Held => {
                let why = "Read again just before sending, something new was found.".to_owned();
                delivery.trouble.clone_from(&why);
                Some(Event::DeliveryHeld {
                    post,
                    delivery: id,
                    why,
                })
            }
            D::Unknown => {
                delivery.trouble = "The answer was lost.".into();
                Some(Event::DeliveryUnknown { post, delivery: id })
            }
            D::Late => Some(Event::DeliveryLate { post, delivery: id }),
            D::ByHand => Some(Event::ByHandAsked { post, delivery: id }),
            D::TakingDown => {
                next = Next::WaitUntil(now);
                Some(Event::TakeDownAsked { post, delivery: id })
            }
            D::TakeDownByHand => {
                let why = "Bedside cannot delete there, so a person must.".to_owned();
                delivery.trouble.clone_from(&why);
                Some(Event::TakeDownByHandAsked {
                    post,
                    delivery: id,
                    why,
                })
            }
            D::Gone => Some(Event::Gone { post, delivery: id }),
            D::Queued | D::Cancelled => None,
        };
        if state == D::Sending {
            tx.begin_attempt(&delivery, now).await.unwrap();
        }
        let step = Step {
            delivery,
            events: event.into_iter().collect(),
            next,
        };
        tx.apply_step(&step, None, world).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// How many entries the practice's record has.
    pub async fn entries(&self) -> u64 {
        let mut tx = self.house.read().await;
        let lines = tx.record_lines(self.practice.id, 0, 1).await.unwrap();
        lines.first().map_or(0, |line| line.entry.seq)
    }
}
