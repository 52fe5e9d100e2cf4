//! What the composer does to a post: save it, ask for its second opinion.

use bedside_core::content::{Content, PictureRef, Revision};
use bedside_core::post::{self, Act, Post, PostState};
use bedside_core::screening;
use bedside_core::{PostId, Refusal, RevisionId};
use bedside_store::{CheckMoment, Facts, NewMail, Tx};
use jiff::SignedDuration;

use super::page::{self, Setting};
use super::typed::{Typed, missing, too_many};
use crate::app::App;
use crate::error::Error;
use crate::picture::Ready;
use crate::session::Me;
use crate::view::Errors;

/// What a page of the composer sent.
pub(super) struct Sent<'a> {
    /// `None` from the page of a post that did not exist then.
    pub post: Option<PostId>,
    /// The revision that the page showed, or the one that it wanted for a new post.
    pub revision: RevisionId,
    pub typed: &'a Typed,
    pub pictures: &'a [Ready],
    pub how: How,
}

/// Why it is saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By itself: this never takes a post out of someone's hands or out of the calendar.
    Quietly,
    /// A person pressed a button.
    Save,
    /// The person wants a second opinion on it next.
    ToAsk,
}

impl From<&str> for How {
    fn from(act: &str) -> Self {
        if act == "ask" {
            Self::ToAsk
        } else {
            Self::Save
        }
    }
}

/// What became of a save.
pub(super) enum Saved {
    /// It is as typed; what of it cannot be used is told.
    Now {
        post: Post,
        revision: Revision,
        errors: Errors,
    },
    /// Nothing was written, because it cannot be kept as typed.
    Unfit {
        post: Option<Post>,
        base: Content,
        errors: Errors,
    },
    /// Nothing was written, because someone else changed it after the page was opened.
    Stale {
        post: Post,
        theirs: Revision,
        yours: Content,
    },
    /// Nothing was written, because an autosave would make an opinion void.
    Waits { post: Post },
}

/// A page that saves itself may not have heard of its last save when the person sends the form. So long is what the
/// same person saved in between taken as the same sitting, not as another window.
const SAME_SITTING: SignedDuration = SignedDuration::from_secs(30);

/// Whether a text is what comes of typing on, or taking words out, in one place of what was saved. Another window's text
/// is not.
fn goes_on_from(saved: &str, text: &str) -> bool {
    let (short, long) = if saved.len() < text.len() {
        (saved, text)
    } else {
        (text, saved)
    };
    let front = short.bytes().zip(long.bytes());
    let start = front.take_while(|(a, b)| a == b).count();
    let back = short.bytes().rev().zip(long.bytes().rev());
    let end = back.take_while(|(a, b)| a == b).count();
    start + end >= short.len()
}

/// Saves what was sent, as a new revision if anything changed.
pub(super) async fn save(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    setting: &Setting,
    sent: &Sent<'_>,
) -> Result<Saved, Error> {
    match existing(tx, me, sent).await? {
        Some(post) => change(app, tx, me, setting, sent, post).await,
        None => create(app, tx, me, setting, sent).await,
    }
}

/// The post that is meant. A form of a new post that is sent a second time means the post that the first one made.
async fn existing(tx: &mut Tx, me: &Me, sent: &Sent<'_>) -> Result<Option<Post>, Error> {
    let practice = me.actor().practice;
    let id = match sent.post {
        Some(id) => id,
        None => match tx.revision(practice, sent.revision).await {
            Ok(revision) => revision.post,
            Err(bedside_store::Error::Refused(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        },
    };
    let post = tx.lock_post(practice, id).await?;
    post::may_see(&post, me.actor())?;
    Ok(Some(post))
}

/// The content that was sent, with its new pictures.
fn read(app: &App, setting: &Setting, sent: &Sent<'_>, base: &Content) -> (Content, Errors) {
    let (mut content, mut errors) = sent.typed.read(setting.against(base, app.world.now()));
    let count = content.pictures.len() + sent.pictures.len();
    if let Some(words) = too_many(count) {
        errors.add("pictures", words);
    } else {
        content.pictures.extend(references(sent));
    }
    (content, errors)
}

fn references(sent: &Sent<'_>) -> Vec<PictureRef> {
    sent.pictures
        .iter()
        .map(|ready| {
            ready.reference(
                sent.typed
                    .alts_new
                    .get(&ready.nth)
                    .map_or("", String::as_str),
            )
        })
        .collect()
}

async fn create(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    setting: &Setting,
    sent: &Sent<'_>,
) -> Result<Saved, Error> {
    let actor = me.actor();
    let base = Content::default();
    let (content, errors) = read(app, setting, sent, &base);
    if content.fits().is_err() {
        return Ok(Saved::Unfit {
            post: None,
            base,
            errors,
        });
    }
    let now = app.world.now();
    let post = Post {
        id: app.world.id(),
        practice: actor.practice,
        author: actor.member,
        state: PostState::Draft,
        revision: sent.revision,
        revision_author: actor.member,
        created_at: now,
        changed_at: now,
        asked_by: None,
    };
    let revision = Revision {
        id: sent.revision,
        post: post.id,
        number: 1,
        author: actor.member,
        made_at: now,
        content,
    };
    keep_pictures(app, tx, me, sent).await?;
    tx.create_post(&post, &revision).await?;
    Ok(Saved::Now {
        post,
        revision,
        errors,
    })
}

async fn change(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    setting: &Setting,
    sent: &Sent<'_>,
    post: Post,
) -> Result<Saved, Error> {
    let actor = me.actor();
    let now = app.world.now();
    let revisions = tx.revisions(actor.practice, post.id).await?;
    let seen = revisions
        .iter()
        .find(|revision| revision.id == sent.revision)
        .ok_or(Error::Unreadable)?;
    let current = revisions
        .iter()
        .find(|revision| revision.id == post.revision)
        .ok_or_else(|| Error::Ours("a post without its text".into()))?;
    // The page of a new post showed nothing, even when its first sending has made the post.
    let base = if sent.post.is_some() {
        seen.content.clone()
    } else {
        Content::default()
    };
    let (content, errors) = read(app, setting, sent, &base);
    // What was let out once and came back (out of the calendar, or not taken by the network) is asked about afresh.
    let afresh =
        sent.how == How::ToAsk && matches!(post.state, PostState::Approved | PostState::Failed);
    if content == current.content && !afresh {
        return Ok(Saved::Now {
            post,
            revision: current.clone(),
            errors,
        });
    }
    if content.fits().is_err() {
        return Ok(Saved::Unfit {
            post: Some(post),
            base,
            errors,
        });
    }
    let mine = revisions
        .iter()
        .filter(|later| later.number > seen.number)
        .all(|later| {
            later.author == actor.member
                && now.duration_since(later.made_at) < SAME_SITTING
                && goes_on_from(&later.content.text, &content.text)
        });
    if !mine {
        return Ok(Saved::Stale {
            post,
            theirs: current.clone(),
            yours: content,
        });
    }
    if sent.how == How::Quietly && !matches!(post.state, PostState::Draft | PostState::Rejected) {
        return Ok(Saved::Waits { post });
    }
    let deliveries = tx.deliveries(actor.practice, post.id).await?;
    let revision = Revision {
        id: app.world.id(),
        post: post.id,
        number: current.number + 1,
        author: actor.member,
        made_at: now,
        content,
    };
    let act = Act::Change {
        content: &revision.content,
        revision: revision.id,
    };
    let decision = post::decide(&post, post.revision, &act, actor, &deliveries, now)?;
    keep_pictures(app, tx, me, sent).await?;
    tx.add_revision(actor.practice, &revision).await?;
    let facts = Facts {
        seen: post.revision,
        actor: actor.member,
        opinion: None,
        standing: None,
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    Ok(Saved::Now {
        post: decision.post,
        revision,
        errors,
    })
}

async fn keep_pictures(app: &App, tx: &mut Tx, me: &Me, sent: &Sent<'_>) -> Result<(), Error> {
    for ready in sent.pictures {
        tx.keep_media(me.actor().practice, &ready.media, app.world.now())
            .await?;
    }
    Ok(())
}

/// What became of asking.
pub(super) enum Asked {
    /// Someone was asked.
    Opinion,
    /// It goes out without one.
    LetOut,
    /// Not yet; why, at the fields.
    NotYet(Errors),
}

/// Asks for a second opinion on the post as it was just saved, or lets it out where none is needed.
pub(super) async fn ask(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    setting: &Setting,
    post: &Post,
    current: &Revision,
) -> Result<Asked, Error> {
    let actor = me.actor();
    let now = app.world.now();
    // The second press of a button that did its work at the first.
    if post.state == PostState::InReview && post.asked_by == Some(actor.member) {
        return Ok(Asked::Opinion);
    }
    if post.state == PostState::Scheduled {
        return Ok(Asked::LetOut);
    }
    let missing = missing(&current.content, &setting.channels, now);
    if !missing.is_empty() {
        return Ok(Asked::NotYet(missing));
    }
    let located = setting.screen(app, &current.content)?;
    let standing = screening::standing(&located, tx.overrides(actor.practice, current.id).await?);
    let needs_opinion = setting.practice.settings.needs_second_opinion;
    let act = Act::Ask {
        current,
        standing: &standing,
        needs_opinion,
    };
    let decision = match post::decide(post, current.id, &act, actor, &[], now) {
        Ok(decision) => decision,
        Err(refusal) => return not_yet(refusal),
    };
    let reviewers = page::reviewers(setting, me, Some(post));
    let asks = decision.post.state == PostState::InReview;
    if asks && reviewers.is_empty() {
        let mut errors = Errors::default();
        errors.add("", format!("{} Your text is saved.", page::NOBODY));
        return Ok(Asked::NotYet(errors));
    }
    tx.keep_check(
        actor.practice,
        current.id,
        CheckMoment::Asked,
        pack(),
        &standing.findings,
        now,
    )
    .await?;
    let facts = Facts {
        seen: current.id,
        actor: actor.member,
        opinion: None,
        standing: Some(&standing),
    };
    tx.apply_post(&decision, facts, &app.world).await?;
    if !asks {
        return Ok(Asked::LetOut);
    }
    let practice = &setting.practice.settings.name;
    for reviewer in reviewers {
        let body = format!(
            "Hello {},\n\n{} asks you to read a post of {practice} before it goes out. Read it and answer here:\n\n{}\n\n\
             The text is not in this message, because it may hold what must not leave the practice.\n",
            reviewer.name,
            actor.name,
            app.link(&format!("/posts/{}/review", post.id)),
        );
        let mail = NewMail {
            id: app.world.id(),
            job: app.world.id(),
            to: reviewer.email.clone(),
            subject: "A post waits for your second opinion".to_owned(),
            body,
        };
        tx.queue_mail(actor.practice, &mail, now).await?;
    }
    Ok(Asked::Opinion)
}

/// What the text itself stands against is said at the text; all else is no matter of the form.
fn not_yet(refusal: Refusal) -> Result<Asked, Error> {
    match refusal.code {
        "must_change" | "unchanged" => {
            let mut errors = Errors::default();
            errors.add("text", refusal.sentence);
            Ok(Asked::NotYet(errors))
        }
        _ => Err(refusal.into()),
    }
}

/// The rules that were asked: those compiled into this version.
pub(crate) fn pack() -> &'static str {
    concat!("bedside ", env!("CARGO_PKG_VERSION"))
}

#[cfg(test)]
mod tests {
    use super::goes_on_from;

    #[test]
    fn typing_on_is_the_same_sitting_and_another_text_is_not() {
        assert!(goes_on_from("We open", "We open late"));
        assert!(goes_on_from("We open late", "We open"));
        assert!(goes_on_from("We open late", "We open very late"));
        assert!(goes_on_from("", "We open"));
        assert!(!goes_on_from("We open late", "We close early"));
    }
}
