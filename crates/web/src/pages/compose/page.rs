//! The composer's page, filled.

use bedside_core::channel::{Channel, Platform};
use bedside_core::content::{Content, When as Due};
use bedside_core::opinion::{Answer, Opinion};
use bedside_core::people::{Member, Permission};
use bedside_core::post::{self, Post, PostState};
use bedside_core::practice::Practice;
use bedside_core::screening::{self, Located};
use bedside_core::standing::Standing;
use bedside_core::{MemberId, RevisionId, time};
use bedside_store::Tx;
use jiff::Timestamp;

use super::typed::{Against, Typed};
use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::view::compose::{ChannelChoice, Compose, PictureField, Stale, WhenChoice};
use crate::view::{Errors, Section, When};
use crate::{found, length, places, say, shell};

/// What a practice's posts are written and judged with.
pub(crate) struct Setting {
    pub practice: Practice,
    /// Disconnected ones too.
    pub channels: Vec<Channel>,
    pub members: Vec<Member>,
}

impl Setting {
    /// Loads it for the member's practice.
    pub async fn load(tx: &mut Tx, me: &Me) -> Result<Self, Error> {
        let id = me.actor().practice;
        Ok(Self {
            practice: tx.practice(id).await?,
            channels: tx.channels(id).await?,
            members: tx.members(id).await?,
        })
    }

    pub fn zone(&self) -> &str {
        &self.practice.settings.zone
    }

    pub fn against<'a>(&'a self, base: &'a Content, now: Timestamp) -> Against<'a> {
        Against {
            channels: &self.channels,
            zone: self.zone(),
            base,
            now,
        }
    }

    /// A member's name, those who left too.
    pub fn name(&self, id: MemberId) -> String {
        self.members
            .iter()
            .find(|member| member.id == id)
            .map_or_else(|| "Someone".to_owned(), |member| member.name.clone())
    }

    /// Rereads content with the full context.
    pub fn screen(&self, app: &App, content: &Content) -> Result<Vec<Located>, Error> {
        Ok(screening::screen(
            app.engine,
            &self.practice,
            &self.channels,
            content,
        )?)
    }
}

/// What the page is about.
pub(crate) struct Subject<'a> {
    /// `None` while the post does not exist.
    pub post: Option<&'a Post>,
    /// What the form sends back: the revision that the page shows, or the id that a new post's first one will have.
    pub revision: RevisionId,
    /// The content that the page shows, with its pictures.
    pub base: &'a Content,
    /// When it was saved.
    pub saved: Option<Timestamp>,
    pub typed: &'a Typed,
    pub errors: Errors,
    pub stale: Option<Stale>,
}

/// Fills the page.
pub(crate) async fn fill(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    setting: &Setting,
    subject: Subject<'_>,
    said: &str,
) -> Result<Compose, Error> {
    let now = app.world.now();
    let practice = me.actor().practice;
    let (content, _) = subject.typed.read(setting.against(subject.base, now));
    let opinions = match subject.post {
        Some(post) => tx.opinions(practice, post.id).await?,
        None => Vec::new(),
    };
    // What was let pass was let pass in exactly this content.
    let passes = if content == *subject.base {
        tx.overrides(practice, subject.revision).await?
    } else {
        Vec::new()
    };
    let located = if content.fits().is_ok() {
        setting.screen(app, &content)?
    } else {
        Vec::new()
    };
    let standing = screening::standing(&located, passes);
    let written = content
        .texts()
        .iter()
        .any(|(text, _)| !text.trim().is_empty())
        || !content.pictures.is_empty();
    let address = subject.post.map(|post| format!("/posts/{}", post.id));
    let needed = needs_opinion(setting, me, &standing);
    Ok(Compose {
        shell: shell::inside(app, tx, me, Section::Write, said).await?,
        heading: if subject.post.is_some() {
            "Change this post"
        } else {
            "Write a post"
        }
        .to_owned(),
        lead: lead(setting, subject.post, &opinions),
        action: address.clone().unwrap_or_else(|| "/posts".to_owned()),
        autosave: format!("{}/autosave", address.as_deref().unwrap_or("/posts")),
        post_id: subject
            .post
            .map(|post| post.id.to_string())
            .unwrap_or_default(),
        revision: subject.revision.to_string(),
        channels: choices(setting, subject.typed),
        text: subject.typed.text.clone(),
        lang: "en-GB".to_owned(),
        saved: subject.saved.map(|at| saved(at, setting.zone(), now)),
        counts: length::counts(&setting.channels, &content),
        findings: found::list(&located, &standing, &setting.channels, written),
        previews: previews(setting, subject.typed, &content),
        pictures: pictures(subject.base, subject.typed),
        pictures_hint: pictures_hint(&setting.channels),
        when: when(setting, subject.typed, &content, now),
        opinion: opinion(setting, me, subject.post, needed, &standing),
        ask_label: if needed {
            "Ask for a second opinion"
        } else {
            "Let it go out"
        }
        .to_owned(),
        errors: subject.errors,
        stale: subject.stale,
        void: void(setting, subject.post, &opinions),
        can_delete: subject.post.is_some_and(|post| {
            matches!(
                post.state,
                PostState::Draft | PostState::Rejected | PostState::InReview
            )
        }),
    })
}

/// Whether asking will lead to a second opinion, not straight out.
pub(super) fn needs_opinion(setting: &Setting, me: &Me, standing: &Standing) -> bool {
    setting.practice.settings.needs_second_opinion
        || standing.ask_someone() > 0
        || !me.may(Permission::Settle)
}

/// Who can give the second opinion: not the authors, not the one who asks.
pub(super) fn reviewers<'a>(setting: &'a Setting, me: &Me, post: Option<&Post>) -> Vec<&'a Member> {
    let mut involved = vec![me.actor().member];
    involved.extend(
        post.iter()
            .flat_map(|post| [post.author, post.revision_author]),
    );
    post::possible_reviewers(&setting.members, &involved)
}

/// "Saved 10:42am", with the day when it was not today.
pub(super) fn saved(at: Timestamp, zone: &str, now: Timestamp) -> When {
    let today = time::local_date(at, zone) == time::local_date(now, zone);
    let told = if today {
        say::clock(at, zone)
    } else {
        say::short(at, zone, now)
    };
    When {
        words: format!("Saved {}", told.words),
        ..told
    }
}

fn lead(setting: &Setting, post: Option<&Post>, opinions: &[Opinion]) -> String {
    let asked = post
        .filter(|post| post.state == PostState::Rejected)
        .and_then(|post| {
            opinions.iter().rev().find(|opinion| {
                opinion.revision == post.revision && opinion.answer == Answer::AskForChanges
            })
        });
    asked.map_or_else(String::new, |opinion| {
        format!(
            "{} asked for changes: {}",
            setting.name(opinion.by),
            opinion.reason
        )
    })
}

fn void(setting: &Setting, post: Option<&Post>, opinions: &[Opinion]) -> Option<String> {
    let post = post?;
    match post.state {
        PostState::InReview => Some("Someone has been asked to read this text. If you change it, ask them again.".to_owned()),
        PostState::Approved | PostState::Scheduled | PostState::Publishing | PostState::Failed => {
            Some("This post is approved. If you change it, it leaves the calendar and needs a new opinion.".to_owned())
        }
        PostState::Draft => {
            let last = opinions.last().filter(|opinion| opinion.answer == Answer::Approve)?;
            (last.revision != post.revision)
                .then(|| format!("The text was changed after {} approved it. It needs a new opinion.", setting.name(last.by)))
        }
        _ => None,
    }
}

fn choices(setting: &Setting, typed: &Typed) -> Vec<ChannelChoice> {
    setting
        .channels
        .iter()
        .filter_map(|channel| {
            let id = channel.id.to_string();
            let chosen = typed.channels.contains(&id);
            let name = places::name(channel, &setting.channels);
            let not_now = match (channel.active, channel.trouble.is_empty()) {
                (false, _) => "No longer connected".to_owned(),
                (true, false) => format!("{name} asks you to sign in again"),
                (true, true) => String::new(),
            };
            (channel.active || chosen).then(|| ChannelChoice {
                id,
                handle: places::handle(channel),
                by_hand: !channel.sends(),
                chosen,
                not_now,
                name,
            })
        })
        .collect()
}

fn previews(
    setting: &Setting,
    typed: &Typed,
    content: &Content,
) -> Vec<crate::view::compose::Preview> {
    setting
        .channels
        .iter()
        .filter(|channel| channel.active)
        .map(|channel| {
            let mut preview =
                places::preview(&setting.practice, channel, &setting.channels, content);
            // Words for a place that is not ticked at the moment are no content, but they were typed.
            if let Some(own) = typed
                .own
                .get(&preview.channel)
                .filter(|own| !own.trim().is_empty())
            {
                preview.text.clone_from(own);
                preview.own = true;
            }
            preview
        })
        .collect()
}

fn pictures(base: &Content, typed: &Typed) -> Vec<PictureField> {
    (1_usize..)
        .zip(&base.pictures)
        .map(|(n, picture)| PictureField {
            n: u32::try_from(n).unwrap_or(u32::MAX),
            src: places::picture_address(&picture.sha256),
            name: format!("Picture {n}"),
            alt: typed.alts.get(&n).unwrap_or(&picture.alt).clone(),
            remove: typed.removed.contains(&n),
        })
        .collect()
}

fn pictures_hint(channels: &[Channel]) -> String {
    let mut limits: Vec<String> = Vec::new();
    for channel in channels
        .iter()
        .filter(|channel| channel.active && channel.platform != Platform::Other)
    {
        let most = channel
            .platform
            .capability()
            .pictures_max
            .min(bedside_core::content::PICTURES_MAX);
        let words = format!("{most} on {}", channel.platform.name());
        if !limits.contains(&words) {
            limits.push(words);
        }
    }
    let most = if limits.is_empty() {
        bedside_core::content::PICTURES_MAX.to_string()
    } else {
        say::list(&limits, "and")
    };
    format!(
        "Up to {most}. JPEG, PNG or WebP, 10 MB each. Where and when they were taken is removed."
    )
}

fn when(setting: &Setting, typed: &Typed, content: &Content, now: Timestamp) -> WhenChoice {
    let zone = setting.zone();
    let wall = match &content.when {
        Due::At(wall) if typed.at => Some(wall),
        _ => None,
    };
    // The words must be those of what stands in the fields, not of a time kept because theirs is none.
    let wall = wall.filter(|wall| {
        wall.local.date().to_string() == typed.date
            && wall.local.strftime("%H:%M").to_string() == typed.time
    });
    WhenChoice {
        at: typed.at,
        date: typed.date.clone(),
        time: typed.time.clone(),
        earliest: time::local_date(now, zone).to_string(),
        words: wall
            .and_then(|wall| wall.instant().ok())
            .map(|at| say::when(at, zone, now)),
        zone: if zone == time::UK {
            "UK time".to_owned()
        } else {
            zone.to_owned()
        },
        clock_change: wall
            .and_then(bedside_core::time::Wall::note)
            .unwrap_or_default(),
    }
}

fn opinion(
    setting: &Setting,
    me: &Me,
    post: Option<&Post>,
    needed: bool,
    standing: &Standing,
) -> String {
    let able: Vec<&str> = reviewers(setting, me, post)
        .into_iter()
        .map(|member| member.name.as_str())
        .collect();
    let mut words = match (needed, able.as_slice()) {
        (false, _) => {
            "Your practice asks for no second opinion on this post. It goes out at its time."
                .to_owned()
        }
        (true, []) => NOBODY.to_owned(),
        (true, able) => format!("Goes to {}.", say::list(able, "or")),
    };
    if let Some(must) = found::must_change(standing) {
        words = format!("{words} {must}");
    }
    words
}

/// No second person in sight.
pub(super) const NOBODY: &str = "Nobody else at your practice can give a second opinion yet. The responsible person can invite an approver.";
