//! The life of a post up to the moment it is let out; from there its deliveries say where it stands.

use std::str::FromStr;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::content::{Content, Revision, Seal};
use crate::delivery::{Delivery, DeliveryState};
use crate::event::Event;
use crate::people::{Actor, Member, Permission};
use crate::standing::{Standing, is_legal, words_key};
use crate::{MemberId, PostId, PracticeId, Refusal, RevisionId, opinion};

/// Where a post stands (product.md "The life of a post").
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostState {
    Draft,
    InReview,
    /// Approved, not (or no longer) in the calendar.
    Approved,
    Scheduled,
    Publishing,
    Published,
    Withdrawn,
    /// Not everything went as it should: refused, or not known whether it went out.
    Failed,
    /// The second person asked for changes.
    Rejected,
}

impl PostState {
    pub const ALL: [Self; 9] = [
        Self::Draft,
        Self::InReview,
        Self::Approved,
        Self::Scheduled,
        Self::Publishing,
        Self::Published,
        Self::Withdrawn,
        Self::Failed,
        Self::Rejected,
    ];

    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Failed => "failed",
            Self::Rejected => "rejected",
        }
    }

    /// What a page calls it.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::InReview => "Waiting for a second opinion",
            Self::Approved => "Approved",
            Self::Scheduled => "In the calendar",
            Self::Publishing => "Going out",
            Self::Published => "Live",
            Self::Withdrawn => "Taken down",
            Self::Failed => "Needs attention",
            Self::Rejected => "Changes asked for",
        }
    }
}

impl FromStr for PostState {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|state| state.slug() == text)
            .ok_or_else(|| Refusal::input("unknown_state", "There is no such state of a post."))
    }
}

/// What is to be said, without its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    pub id: PostId,
    pub practice: PracticeId,
    /// Who began it.
    pub author: MemberId,
    pub state: PostState,
    /// The current revision.
    pub revision: RevisionId,
    /// Who wrote the current revision.
    pub revision_author: MemberId,
    pub created_at: Timestamp,
    pub changed_at: Timestamp,
    /// Who asked for the second opinion that is open.
    pub asked_by: Option<MemberId>,
}

/// What someone wants to do with a post.
#[derive(Debug, Clone)]
pub enum Act<'a> {
    /// Write a new revision.
    Change {
        content: &'a Content,
        revision: RevisionId,
    },
    Delete,
    /// Ask for a second opinion, or let it out where none is needed.
    Ask {
        current: &'a Revision,
        standing: &'a Standing,
        needs_opinion: bool,
    },
    Approve {
        current: &'a Revision,
        standing: &'a Standing,
    },
    AskForChanges {
        reason: &'a str,
    },
    Override {
        standing: &'a Standing,
        rule: &'a str,
        words: &'a str,
        reason: &'a str,
    },
}

/// The new state and what happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub post: Post,
    pub events: Vec<Event>,
    /// The deliveries of the post that wait must be cancelled.
    pub cancels: bool,
    /// The post is let out: deliveries are to be made.
    pub lets_out: bool,
}

/// Decides one act. `seen` is the revision that the person's page showed.
///
/// # Errors
/// A [`Refusal`] when role, state or content do not allow it.
pub fn decide(
    post: &Post,
    seen: RevisionId,
    act: &Act<'_>,
    actor: &Actor,
    deliveries: &[Delivery],
    now: Timestamp,
) -> Result<Decision, Refusal> {
    if actor.practice != post.practice {
        return Err(Refusal::not_found("There is no such post."));
    }
    may_see(post, actor)?;
    if seen != post.revision {
        return Err(changed_meanwhile());
    }
    let mut new = post.clone();
    new.changed_at = now;
    let mut decision = Decision {
        post: new,
        events: Vec::new(),
        cancels: false,
        lets_out: false,
    };
    match act {
        Act::Change { content, revision } => {
            change(post, content, *revision, actor, deliveries, &mut decision)?;
        }
        Act::Delete => {
            actor.needs(Permission::Write)?;
            nothing_out(post, deliveries)?;
            if !matches!(
                post.state,
                PostState::Draft | PostState::Rejected | PostState::InReview
            ) {
                return Err(Refusal::conflict(
                    "not_a_draft",
                    "Only a draft can be deleted. Take the post out of the calendar or take it down instead.",
                ));
            }
            decision.events.push(Event::PostDeleted { post: post.id });
        }
        Act::Ask {
            current,
            standing,
            needs_opinion,
        } => {
            ask(
                post,
                current,
                standing,
                *needs_opinion,
                actor,
                &mut decision,
            )?;
        }
        Act::Approve { current, standing } => {
            is_current(post, current)?;
            second_person(post, actor)?;
            nothing_to_change(standing)?;
            decision.post.state = PostState::Approved;
            decision.post.asked_by = None;
            decision.lets_out = true;
            decision.events.push(Event::Approved {
                post: post.id,
                revision: post.revision,
                seals: seals(current),
            });
        }
        Act::AskForChanges { reason } => {
            second_person(post, actor)?;
            decision.post.state = PostState::Rejected;
            decision.post.asked_by = None;
            decision.events.push(Event::ChangesAsked {
                post: post.id,
                revision: post.revision,
                reason: opinion::reason(reason)?,
            });
        }
        Act::Override {
            standing,
            rule,
            words,
            reason,
        } => {
            let reason = opinion::reason(reason)?;
            may_override(post, standing, rule, words, actor, deliveries)?;
            decision.events.push(Event::FindingOverridden {
                post: post.id,
                revision: post.revision,
                rule: (*rule).to_owned(),
                reason,
            });
        }
    }
    Ok(decision)
}

/// Whether the actor may see the post at all: an agency sees only what it wrote.
///
/// # Errors
/// `not_found`, as if it were not there.
pub fn may_see(post: &Post, actor: &Actor) -> Result<(), Refusal> {
    let own = post.author == actor.member && actor.roles.may(Permission::Write);
    if own || actor.roles.may(Permission::ReadAll) {
        Ok(())
    } else {
        Err(Refusal::not_found("There is no such post."))
    }
}

fn change(
    post: &Post,
    content: &Content,
    revision: RevisionId,
    actor: &Actor,
    deliveries: &[Delivery],
    decision: &mut Decision,
) -> Result<(), Refusal> {
    actor.needs(Permission::Write)?;
    content.fits()?;
    nothing_out(post, deliveries)?;
    if !matches!(post.state, PostState::Draft | PostState::Rejected) {
        decision.events.push(Event::OpinionVoided {
            post: post.id,
            revision: post.revision,
        });
        decision.cancels = true;
    }
    decision.post.state = PostState::Draft;
    decision.post.asked_by = None;
    decision.post.revision = revision;
    decision.post.revision_author = actor.member;
    decision.events.push(Event::PostChanged {
        post: post.id,
        revision,
        seal: content.seal(),
    });
    Ok(())
}

fn changed_meanwhile() -> Refusal {
    Refusal::conflict(
        "changed_meanwhile",
        "Someone changed this post while you had it open. Read the new text before you go on.",
    )
}

/// What is sealed must be what the post says now.
fn is_current(post: &Post, revision: &Revision) -> Result<(), Refusal> {
    if revision.post == post.id
        && revision.id == post.revision
        && revision.author == post.revision_author
    {
        Ok(())
    } else {
        Err(changed_meanwhile())
    }
}

/// Nobody in the world may have seen it, and nobody may be posting it by hand at this moment.
fn nothing_out(post: &Post, deliveries: &[Delivery]) -> Result<(), Refusal> {
    let out = deliveries.iter().any(|delivery| delivery.state.is_out());
    if out || matches!(post.state, PostState::Published | PostState::Withdrawn) {
        return Err(Refusal::conflict(
            "already_out",
            "This post has gone out, at least in one place, so it can no longer be changed. Take it down and write a new one.",
        ));
    }
    if deliveries
        .iter()
        .any(|delivery| delivery.state == DeliveryState::ByHand)
    {
        return Err(Refusal::conflict(
            "by_hand_open",
            "Someone may be posting this by hand at this moment. First say whether it is there, or leave it; then change it.",
        ));
    }
    Ok(())
}

fn ask(
    post: &Post,
    current: &Revision,
    standing: &Standing,
    needs_opinion: bool,
    actor: &Actor,
    decision: &mut Decision,
) -> Result<(), Refusal> {
    actor.needs(Permission::Write)?;
    is_current(post, current)?;
    match post.state {
        PostState::Draft => {}
        PostState::Rejected => {
            return Err(Refusal::conflict(
                "unchanged",
                "The second person asked for changes. Change the text before you ask again.",
            ));
        }
        PostState::InReview => {
            return Err(Refusal::conflict(
                "already_asked",
                "Someone has been asked already. You do not need to ask again.",
            ));
        }
        _ => {
            return Err(Refusal::conflict(
                "already_let_out",
                "This post has been let out already. To ask again, save it as a new draft first.",
            ));
        }
    }
    current.content.complete()?;
    nothing_to_change(standing)?;
    if needs_opinion || standing.ask_someone() > 0 || !actor.roles.may(Permission::Settle) {
        decision.post.state = PostState::InReview;
        decision.post.asked_by = Some(actor.member);
        decision.events.push(Event::OpinionAsked {
            post: post.id,
            revision: post.revision,
        });
    } else {
        decision.post.state = PostState::Approved;
        decision.post.asked_by = None;
        decision.lets_out = true;
        decision.events.push(Event::LetOut {
            post: post.id,
            revision: post.revision,
            seals: seals(current),
        });
    }
    Ok(())
}

fn seals(revision: &Revision) -> Vec<Seal> {
    revision
        .content
        .places
        .iter()
        .map(|place| revision.content.seal_for(place.channel))
        .collect()
}

fn nothing_to_change(standing: &Standing) -> Result<(), Refusal> {
    match standing.must_change() {
        0 => Ok(()),
        1 => Err(Refusal::conflict(
            "must_change",
            "One thing must change before this can go out. It is marked in the text.",
        )),
        n => Err(Refusal::conflict(
            "must_change",
            format!("{n} things must change before this can go out. They are marked in the text."),
        )),
    }
}

fn second_person(post: &Post, actor: &Actor) -> Result<(), Refusal> {
    actor.needs(Permission::Review)?;
    if actor.member == post.author
        || actor.member == post.revision_author
        || post.asked_by == Some(actor.member)
    {
        return Err(Refusal::forbidden(
            "not_your_own",
            "You wrote or asked about this post yourself, so the second opinion must come from someone else.",
        ));
    }
    match post.state {
        PostState::InReview => Ok(()),
        PostState::Approved
        | PostState::Scheduled
        | PostState::Publishing
        | PostState::Published => Err(Refusal::conflict(
            "already_answered",
            "Someone else has approved this post already. Nothing more is needed.",
        )),
        PostState::Rejected => Err(Refusal::conflict(
            "already_answered",
            "Someone else has asked for changes already.",
        )),
        _ => Err(Refusal::conflict(
            "not_asked",
            "Nobody is asking for a second opinion on this text at the moment.",
        )),
    }
}

fn may_override(
    post: &Post,
    standing: &Standing,
    rule: &str,
    words: &str,
    actor: &Actor,
    deliveries: &[Delivery],
) -> Result<(), Refusal> {
    let found = standing
        .findings
        .iter()
        .any(|finding| finding.rule == rule && words_key(finding) == words);
    if !found {
        return Err(Refusal::conflict(
            "finding_gone",
            "This is no longer found in the text. There is nothing to let pass.",
        ));
    }
    // Held back by a finding that came after the second opinion: it may pass like one that came before.
    let held = deliveries
        .iter()
        .any(|delivery| delivery.state == DeliveryState::Held);
    if !held
        && !matches!(
            post.state,
            PostState::Draft | PostState::InReview | PostState::Rejected
        )
    {
        return Err(Refusal::conflict(
            "already_let_out",
            "This post has been let out already.",
        ));
    }
    if is_legal(rule) {
        actor.needs(Permission::OverrideLegal)?;
        if actor.member == post.author || actor.member == post.revision_author {
            return Err(Refusal::forbidden(
                "not_your_own",
                "The law stands behind this rule, so someone other than the author must decide.",
            ));
        }
        Ok(())
    } else {
        actor.needs(Permission::Override)
    }
}

/// Where the post stands by its deliveries; `None` while none of them counts (all cancelled or none made).
#[must_use]
pub fn state_by_deliveries(states: impl IntoIterator<Item = DeliveryState>) -> Option<PostState> {
    use DeliveryState as D;
    let states: Vec<D> = states
        .into_iter()
        .filter(|state| *state != D::Cancelled)
        .collect();
    let any = |wanted: &[D]| states.iter().any(|state| wanted.contains(state));
    let all = |wanted: &[D]| states.iter().all(|state| wanted.contains(state));
    if states.is_empty() {
        None
    } else if any(&[D::Sending]) {
        Some(PostState::Publishing)
    } else if any(&[D::Queued, D::ByHand, D::Late, D::Held]) {
        let partly_out = any(&[D::Live, D::TakingDown, D::TakeDownByHand, D::Unknown]);
        Some(if partly_out {
            PostState::Publishing
        } else {
            PostState::Scheduled
        })
    } else if any(&[D::Unknown]) || all(&[D::NotSent]) {
        Some(PostState::Failed)
    } else if any(&[D::Live, D::TakingDown, D::TakeDownByHand]) {
        Some(if any(&[D::NotSent]) {
            PostState::Failed
        } else {
            PostState::Published
        })
    } else if any(&[D::Gone]) {
        Some(PostState::Withdrawn)
    } else {
        Some(PostState::Failed)
    }
}

/// The members who can give a second opinion when `involved` (author, author of the revision, who asks) cannot.
#[must_use]
pub fn possible_reviewers<'a>(members: &'a [Member], involved: &[MemberId]) -> Vec<&'a Member> {
    members
        .iter()
        .filter(|member| member.active && !involved.contains(&member.id))
        .filter(|member| member.roles.may(Permission::Review))
        .collect()
}
