//! The check while someone writes: the composer's form in, findings and counts out. Nothing is kept.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use bedside_core::content::{Content, PictureRef};
use bedside_core::screening;
use bedside_core::standing::Override;
use bedside_core::{PracticeId, RevisionId};
use bedside_store::Tx;

use super::compose::{Setting, Typed};
use crate::app::App;
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::view::findings::CheckAnswer;
use crate::{found, length};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/check", post(check))
}

async fn check(State(app): State<App>, me: Me, form: Form) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let setting = Setting::load(&mut tx, &me).await?;
    let typed = Typed::from(&form);
    let (mut content, _) = typed.read(setting.against(&Content::default(), app.world.now()));
    let names = words_of_pictures(&typed, &mut content);
    content.fits()?;
    let passes = passes(&mut tx, me.actor().practice, &form, &content).await?;
    drop(tx);
    let located = setting.screen(&app, &content)?;
    let standing = screening::standing(&located, passes);
    let written = content
        .texts()
        .iter()
        .any(|(text, _)| !text.trim().is_empty())
        || content
            .pictures
            .iter()
            .any(|picture| !picture.alt.trim().is_empty());
    let mut findings = found::list(&located, &standing, &setting.channels, written);
    for item in &mut findings.items {
        let nth = item
            .field
            .strip_prefix("alt_")
            .and_then(|n| n.parse::<usize>().ok());
        if let Some((field, place)) = nth.and_then(|n| names.get(n - 1)) {
            item.field.clone_from(field);
            item.place.clone_from(place);
        }
    }
    let counts = length::counts(&setting.channels, &content);
    Ok(Json(CheckAnswer::new(&findings, counts)?).into_response())
}

/// Puts the words of the pictures into the content; the pictures themselves do not come with a check. Gives the field
/// and its name for people, in the order of the content.
fn words_of_pictures(typed: &Typed, content: &mut Content) -> Vec<(String, String)> {
    let there = typed
        .alts
        .iter()
        .filter(|(n, _)| !typed.removed.contains(n));
    let there = there.map(|(n, alt)| {
        (
            format!("alt_{n}"),
            format!("In the words of picture {n}"),
            alt,
        )
    });
    let new = typed.alts_new.iter();
    let new = new.map(|(n, alt)| {
        (
            format!("alt_new_{n}"),
            "In the words of a new picture".to_owned(),
            alt,
        )
    });
    let mut names = Vec::new();
    for (field, place, alt) in there.chain(new) {
        let (sha256, mime) = (String::new(), String::new());
        content.pictures.push(PictureRef {
            sha256,
            mime,
            size: 0,
            width: 0,
            height: 0,
            alt: alt.clone(),
        });
        names.push((field, place));
    }
    names
}

/// What was let pass, as long as the words are still those of the revision on the page.
async fn passes(
    tx: &mut Tx,
    practice: PracticeId,
    form: &Form,
    content: &Content,
) -> Result<Vec<Override>, Error> {
    let Ok(id) = form.get("revision").parse::<RevisionId>() else {
        return Ok(Vec::new());
    };
    let revision = match tx.revision(practice, id).await {
        Ok(revision) => revision,
        // The page of a post that does not exist yet.
        Err(bedside_store::Error::Refused(_)) => return Ok(Vec::new()),
        Err(error) => return Err(error.into()),
    };
    let alts = |content: &Content| {
        content
            .pictures
            .iter()
            .map(|picture| picture.alt.clone())
            .collect::<Vec<_>>()
    };
    let same = revision.content.text == content.text
        && revision.content.places == content.places
        && alts(&revision.content) == alts(content);
    if same {
        Ok(tx.overrides(practice, id).await?)
    } else {
        Ok(Vec::new())
    }
}
