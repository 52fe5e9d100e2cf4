//! What of a post needs a person now, most urgent first.

use bedside_core::delivery::{Delivery, DeliveryState as D};
use bedside_core::event::Event;
use bedside_core::opinion::Answer;
use bedside_core::people::Permission;
use bedside_core::post::PostState;

use super::line::answerers;
use super::story::{Sent, Story};
use super::{Typed, button};
use crate::pages::review::changed_words;
use crate::pages::today::NEEDS_PERSON;
use crate::say;
use crate::session::Me;
use crate::view::post::{Panel, PostAction};

/// `change` is the way to a new text, where there is one for this person.
pub(super) fn panels(
    story: &Story,
    me: &Me,
    typed: Option<&Typed>,
    change: Option<&PostAction>,
) -> Vec<Panel> {
    let mut panels = Vec::new();
    if me.may(Permission::Settle) {
        for state in NEEDS_PERSON {
            panels.extend(
                story
                    .in_state(state)
                    .filter_map(|sent| delivery(story, sent, typed)),
            );
        }
    }
    panels.extend(opinion(story, change));
    panels
}

/// The practice's page on a channel; empty when not known.
fn page(story: &Story, delivery: &Delivery) -> String {
    if !delivery.link.is_empty() {
        return delivery.link.clone();
    }
    story
        .channel(delivery.channel)
        .map_or_else(String::new, |channel| {
            match (&channel.account, channel.platform) {
                (Some(account), bedside_core::channel::Platform::Bluesky)
                    if channel.address.is_empty() =>
                {
                    format!("https://bsky.app/profile/{}", account.handle)
                }
                _ => channel.address.clone(),
            }
        })
}

fn delivery(story: &Story, sent: &Sent, typed: Option<&Typed>) -> Option<Panel> {
    let delivery = &sent.delivery;
    let (id, place) = (delivery.id.to_string(), story.place(delivery.channel));
    let due = story.at(delivery.due);
    let change_href = format!("/posts/{}/edit", story.post.id);
    Some(match delivery.state {
        D::Unknown => {
            let began = sent
                .attempts
                .last()
                .map_or(delivery.due, |attempt| attempt.started_at);
            let typed = typed.filter(|typed| typed.delivery == delivery.id);
            Panel::Unknown {
                what: format!(
                    "We sent this to {place} {} and do not know what became of it. {} It may be live. Look before sending it again, so that nobody sees it twice.",
                    story.at(began),
                    delivery.trouble
                ),
                page: page(story, delivery),
                link: typed.map(|typed| typed.link.clone()).unwrap_or_default(),
                error: typed.map(|typed| typed.error.clone()),
                delivery: id,
                place,
            }
        }
        D::NotSent => Panel::NotSent {
            what: format!(
                "{} Nothing of it is there, and nothing is lost.",
                delivery.trouble
            )
            .trim()
            .to_owned(),
            action: Some(button(
                "Send it again",
                format!("/deliveries/{id}/send-now"),
                true,
            )),
            delivery: id,
            place,
        },
        D::Held => Panel::Held {
            what: format!("Not sent {due}. {}", delivery.trouble),
            delivery: id,
            place,
            change_href,
        },
        D::Late => Panel::Late {
            what: format!(
                "It was due {due}, and Bedside did not get to it in time. It is {} now. Send it now, choose another time, or leave it?",
                say::clock(story.now, story.setting.zone()).words
            ),
            delivery: id,
            place,
            change_href,
        },
        D::TakeDownByHand => Panel::DeleteByHand {
            what: delivery.trouble.clone(),
            link: page(story, delivery),
            steps: Vec::new(),
            delivery: id,
            place,
        },
        D::ByHand => Panel::ByHand {
            what: format!(
                "It was due {due}. We show you the words and where to put them; then paste its link here."
            ),
            delivery: id,
            place,
        },
        _ => return None,
    })
}

fn opinion(story: &Story, change: Option<&PostAction>) -> Option<Panel> {
    let post = &story.post;
    match post.state {
        PostState::Rejected => {
            let given = story
                .opinions
                .iter()
                .rev()
                .find(|opinion| opinion.answer == Answer::AskForChanges)?;
            Some(Panel::Changes {
                who: story.setting.name(given.by),
                reason: given.reason.clone(),
                when: say::short(given.at, story.setting.zone(), story.now),
                action: change.cloned(),
            })
        }
        PostState::InReview => {
            let asked = story.last(|event| {
                matches!(event, Event::OpinionAsked { revision, .. } if *revision == post.revision)
            });
            let at = asked.map_or_else(String::new, |line| {
                format!(", asked {} by {}", story.at(line.at), line.who)
            });
            let who = answerers(story);
            Some(Panel::Asked {
                what: if who.is_empty() {
                    "Nobody else in the practice can give a second opinion. Invite someone on the Practice page.".to_owned()
                } else {
                    format!("Waiting for {who}{at}.")
                },
            })
        }
        PostState::Draft => {
            let given = story.opinions.last().filter(|opinion| {
                opinion.answer == Answer::Approve && opinion.revision != post.revision
            })?;
            let old = story.revision(given.revision)?;
            let who = if story.current.author == given.by {
                "The same person".to_owned()
            } else {
                story.setting.name(story.current.author)
            };
            Some(Panel::Void {
                what: format!(
                    "{who} changed it after {} approved it {}. It needs a new opinion before it can go out.",
                    story.setting.name(given.by),
                    story.at(given.at)
                ),
                diff: changed_words(&story.setting, &old.content, &story.current.content),
                action: change.cloned(),
            })
        }
        _ => None,
    }
}
