//! What stands around a page, for whoever looks at it.

use bedside_core::people::Permission;
use bedside_store::{Signed, Tx};

use crate::app::App;
use crate::error::Error;
use crate::pages::today;
use crate::said;
use crate::session::{Me, Visitor};
use crate::view::{Section, Shell};

/// The shell of a member's page. `said` is the word in the address that tells what was just done.
pub(crate) async fn inside(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    section: Section,
    said: &str,
) -> Result<Shell, Error> {
    let mut shell = of(app, tx, &me.signed, &me.visitor.csrf, section).await?;
    shell.notices.extend(said::notice(said));
    Ok(shell)
}

async fn of(
    app: &App,
    tx: &mut Tx,
    signed: &Signed,
    csrf: &str,
    section: Section,
) -> Result<Shell, Error> {
    let practice = tx.practice(signed.actor.practice).await?;
    let waiting = today::waiting(tx, &signed.actor, app.world.now()).await?;
    let mut shell = Shell::inside(
        practice.settings.name,
        &signed.actor.name,
        csrf,
        section,
        waiting,
    );
    shell.demo = app.options.demo;
    let roles = &signed.actor.roles;
    shell.nav.retain(|item| match item.href {
        "/posts/new" => roles.may(Permission::Write),
        "/calendar" => roles.may(Permission::Write) || roles.may(Permission::ReadAll),
        "/record" => roles.may(Permission::ReadRecord),
        _ => true,
    });
    Ok(shell)
}

/// A shell for any visitor, whatever goes wrong: for error pages.
pub(crate) async fn around(app: &App, visitor: Option<&Visitor>, section: Section) -> Shell {
    let csrf = visitor
        .map(|visitor| visitor.csrf.clone())
        .unwrap_or_default();
    if let Some(signed) = visitor.and_then(|visitor| visitor.signed.as_ref())
        && let Ok(mut tx) = app.store.read().await
        && let Ok(shell) = of(app, &mut tx, signed, &csrf, section).await
    {
        return shell;
    }
    Shell::outside(csrf)
}
