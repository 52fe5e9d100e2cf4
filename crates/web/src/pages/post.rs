//! One post: where it stands, what needs a person, what was found and decided, how it came to be; taking it out of the
//! calendar and taking it down.

mod decided;
mod history;
mod line;
mod panels;
mod story;
mod take_down;
mod went;

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use bedside_core::delivery::DeliveryState as D;
use bedside_core::people::Permission;
use bedside_core::post::{Act, PostState, decide, may_see};
use bedside_core::{DeliveryId, PostId, Refusal};
use bedside_store::Tx;

use super::Said;
use super::compose::post_id;
use crate::app::App;
use crate::error::Error;
use crate::session::Me;
use crate::view::post::{Post as Page, PostAction, TakeDownOffer};
use crate::view::{Icon, PostState as Shown, Section, Tag, Tone};
use crate::{kept, places, say, shell};
use story::{Story, capital};
pub(crate) use went::state as place_state;

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/posts/{id}", get(show))
        .route("/posts/{id}/leave", post(take_down::leave))
        .route(
            "/posts/{id}/take-down",
            get(take_down::ask).post(take_down::take_down),
        )
}

/// A link that was typed at a delivery and cannot be one.
pub(crate) struct Typed {
    pub delivery: DeliveryId,
    pub link: String,
    pub error: String,
}

/// While something is on its way the page looks again after so many seconds.
const LOOK_AGAIN_SECONDS: u32 = 3;

async fn show(
    State(app): State<App>,
    me: Me,
    Path(id): Path<String>,
    Query(query): Query<Said>,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let (page, on_its_way) = fill(&app, &mut tx, &me, post_id(&id)?, &query.said, None).await?;
    let mut response = Html(page.render()?).into_response();
    if on_its_way {
        let words = format!("{LOOK_AGAIN_SECONDS}; url=/posts/{}", page.id);
        if let Ok(value) = HeaderValue::from_str(&words) {
            response.headers_mut().insert("refresh", value);
        }
    }
    Ok(response)
}

/// The page once more, with a link that cannot be one. Where the page has no room for it, it is told apart.
pub(crate) async fn again(
    app: &App,
    me: &Me,
    id: PostId,
    typed: Typed,
    refusal: &Refusal,
) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let unknown = tx
        .delivery(me.actor().practice, typed.delivery)
        .await?
        .is_some_and(|delivery| delivery.state == D::Unknown);
    if !unknown {
        drop(tx);
        let back = format!("/posts/{id}");
        return kept::page(app, me, refusal.clone().into(), &typed.link, &back).await;
    }
    let (page, _) = fill(app, &mut tx, me, id, "", Some(&typed)).await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(page.render()?)).into_response())
}

/// A button.
fn button(label: &str, href: String, posts: bool) -> PostAction {
    PostAction {
        label: label.to_owned(),
        href,
        posts,
    }
}

/// The page, and whether something of it is on its way at this moment.
async fn fill(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    id: PostId,
    said: &str,
    typed: Option<&Typed>,
) -> Result<(Page, bool), Error> {
    let post = tx.post(me.actor().practice, id).await?;
    may_see(&post, me.actor())?;
    let story = Story::load(app, tx, me, post).await?;
    let shell = shell::inside(app, tx, me, Section::Calendar, said).await?;
    let (mut action, mut actions) = actions(&story, me);
    let change = actions
        .iter()
        .chain(&action)
        .find(|button| button.href.ends_with("/edit"))
        .cloned();
    let panels = panels::panels(&story, me, typed, change.as_ref());
    // A panel brings its own main button.
    if let Some(main) = action.take_if(|_| {
        panels
            .iter()
            .any(|panel| !matches!(panel, crate::view::post::Panel::Asked { .. }))
    }) {
        actions.insert(0, main);
    }
    if !panels.is_empty() && in_panel(&panels) {
        actions.retain(|button| Some(button) != change.as_ref());
    }
    let refreshes = panels.is_empty() && on_its_way(&story);
    let content = &story.current.content;
    let page = Page {
        shell,
        id: story.post.id.to_string(),
        revision: story.post.revision.to_string(),
        title: content.title(),
        lead: lead(&story),
        tag: tag(&story),
        line: line::steps(&story),
        previews: places::previews(&story.setting.practice, &story.setting.channels, content),
        places: went::lines(&story),
        decisions: decided::list(&story, me),
        history: history::list(&story),
        take_down: offer(&story, me),
        panels,
        action,
        actions,
    };
    Ok((page, refreshes))
}

/// The way to a new text stands in a panel already.
fn in_panel(panels: &[crate::view::post::Panel]) -> bool {
    use crate::view::post::Panel as P;
    panels.iter().any(|panel| {
        matches!(
            panel,
            P::Held { .. } | P::Late { .. } | P::Void { .. } | P::Changes { .. }
        )
    })
}

/// Something happens at this moment of which the page will tell in a few seconds.
fn on_its_way(story: &Story) -> bool {
    story.deliveries.iter().any(|sent| {
        let delivery = &sent.delivery;
        let soon = delivery.due <= story.now;
        match delivery.state {
            D::Sending => true,
            // With something in the way it may take long.
            D::Queued => soon && delivery.trouble.is_empty(),
            D::TakingDown => delivery.trouble.is_empty(),
            _ => false,
        }
    })
}

fn lead(story: &Story) -> String {
    let names: Vec<String> = story
        .current
        .content
        .places
        .iter()
        .map(|place| story.place(place.channel))
        .collect();
    let author = story.setting.name(story.post.author);
    let editor = story.setting.name(story.post.revision_author);
    let written = if story.post.author == story.post.revision_author {
        format!("Written by {author}.")
    } else {
        format!("Written by {author}, changed by {editor}.")
    };
    if names.is_empty() {
        format!("{written} No place chosen yet.")
    } else {
        format!("{written} {}.", capital(&say::list(&names, "and")))
    }
}

/// The post's state in a few words, the most urgent of its places first.
fn tag(story: &Story) -> Tag {
    let unknown = story.count(D::Unknown);
    if unknown > 0 {
        let plural = if unknown == 1 { "" } else { "s" };
        let words = format!("{} outcome{plural} not known", say::count(unknown));
        return Tag::new(Icon::Question, Tone::Warn, words);
    }
    let urgent = [D::NotSent, D::Held, D::Late, D::TakeDownByHand, D::ByHand];
    if let Some(state) = urgent.into_iter().find(|state| story.count(*state) > 0) {
        return went::state(state).into();
    }
    if story.count(D::TakingDown) > 0 {
        return went::state(D::TakingDown).into();
    }
    shown(story.post.state).into()
}

/// A state of a post as pages draw it.
pub(crate) fn shown(state: PostState) -> Shown {
    match state {
        PostState::Draft => Shown::Draft,
        PostState::InReview => Shown::InReview,
        PostState::Approved => Shown::Approved,
        PostState::Scheduled => Shown::Scheduled,
        PostState::Publishing => Shown::Publishing,
        PostState::Published => Shown::Published,
        PostState::Withdrawn => Shown::Withdrawn,
        PostState::Failed => Shown::Failed,
        PostState::Rejected => Shown::Rejected,
    }
}

/// The main button and the others, as far as this person may press them.
fn actions(story: &Story, me: &Me) -> (Option<PostAction>, Vec<PostAction>) {
    let post = &story.post;
    let deliveries = story.just_deliveries();
    let allowed = |act: &Act<'_>| {
        decide(post, post.revision, act, me.actor(), &deliveries, story.now).is_ok()
    };
    let change = Act::Change {
        content: &story.current.content,
        revision: story.current.id,
    };
    let label = match post.state {
        PostState::Draft => "Carry on writing",
        _ => "Change the post",
    };
    let mut main = None;
    let mut others = Vec::new();
    let reason = "A reason will be given.";
    if allowed(&Act::AskForChanges { reason }) {
        main = Some(button(
            "Read it and answer",
            format!("/posts/{}/review", post.id),
            false,
        ));
    }
    if allowed(&change) {
        others.push(button(label, format!("/posts/{}/edit", post.id), false));
    }
    if main.is_none() && matches!(post.state, PostState::Draft | PostState::Rejected) {
        main = others.pop();
    }
    let queued = story.count(D::Queued);
    if queued > 0 && me.may(Permission::Settle) {
        others.push(button(
            "Take it out of the calendar",
            format!("/posts/{}/leave", post.id),
            true,
        ));
    }
    if allowed(&Act::Delete) {
        others.push(button(
            "Delete it",
            format!("/posts/{}/delete", post.id),
            true,
        ));
    }
    (main, others)
}

fn offer(story: &Story, me: &Me) -> TakeDownOffer {
    let states: Vec<D> = story.counted().map(|sent| sent.delivery.state).collect();
    let up = [D::Live, D::Unknown, D::Sending];
    if states.iter().any(|state| up.contains(state)) && me.may(Permission::TakeDown) {
        return TakeDownOffer::Offered;
    }
    let going = [D::TakingDown, D::TakeDownByHand, D::Gone];
    let all = states.iter().filter(|state| going.contains(state)).count();
    if all == 0 {
        return TakeDownOffer::None;
    }
    let done = story.count(D::Gone);
    let plural = if all == 1 { "place is" } else { "places are" };
    let words = if done == all {
        "It is gone everywhere.".to_owned()
    } else {
        format!("{done} of {all} {plural} finished.")
    };
    let small = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    TakeDownOffer::Running {
        words,
        done: small(done),
        all: small(all),
    }
}
