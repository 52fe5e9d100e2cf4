//! Practice, people: inviting, roles, leaving.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use bedside_core::people::{INVITATION_DAYS, Member, Permission, Role, Roles, clean_email};
use bedside_core::{InvitationId, MemberId, Refusal};
use bedside_store::{Invitation, NewMail, Tx};
use jiff::SignedDuration;

use super::Said;
use super::setup::clean_name;
use crate::app::App;
use crate::asked::{Asked, Id};
use crate::error::Error;
use crate::form::Form;
use crate::session::Me;
use crate::view::people::{InviteForm, People, Person, Waiting, role_choices};
use crate::view::shell::initials;
use crate::view::{Errors, Section};
use crate::{say, shell};

/// Within this, the same form again is a double click.
const MOMENT: SignedDuration = SignedDuration::from_secs(30);

pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/practice", get(page))
        .route("/practice/invitations", post(invite))
        .route("/practice/invitations/{id}/again", post(again))
        .route("/practice/invitations/{id}/withdraw", post(withdraw))
        .route("/practice/people/{id}/roles", post(roles))
        .route("/practice/people/{id}/remove", post(remove))
}

async fn page(State(app): State<App>, me: Me, Asked(said): Asked<Said>) -> Result<Response, Error> {
    let mut tx = app.store.read().await?;
    let form = InviteForm {
        name: String::new(),
        email: String::new(),
        roles: role_choices(&["approver"]),
    };
    let view = people(&app, &mut tx, &me, form, Errors::default(), &said.said).await?;
    Ok(Html(view.render()?).into_response())
}

async fn people(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    invite: InviteForm,
    errors: Errors,
    said: &str,
) -> Result<People, Error> {
    let practice = me.actor().practice;
    let may_change = me.may(Permission::Manage);
    let zone = tx.practice(practice).await?.settings.zone;
    let now = app.world.now();
    let members: Vec<Member> = tx
        .members(practice)
        .await?
        .into_iter()
        .filter(|member| member.active)
        .collect();
    let responsible = members
        .iter()
        .filter(|member| member.roles.has(Role::Responsible))
        .count();
    let people = members
        .iter()
        .map(|member| Person {
            id: member.id.to_string(),
            name: member.name.clone(),
            initials: initials(&member.name),
            email: member.email.clone(),
            roles: role_choices(&member.roles.iter().map(Role::slug).collect::<Vec<_>>()),
            roles_words: roles_words(&member.roles),
            me: member.id == me.actor().member,
            locked: if responsible == 1 && member.roles.has(Role::Responsible) {
                "A practice needs a responsible person. Give someone else that role first."
                    .to_owned()
            } else {
                String::new()
            },
        })
        .collect();
    let mut waiting = Vec::new();
    if may_change {
        for invitation in tx.invitations(practice).await? {
            if invitation.used_at.is_some() || invitation.withdrawn_at.is_some() {
                continue;
            }
            let token = tx
                .invitation_token(practice, invitation.id)
                .await?
                .unwrap_or_default();
            let expired = invitation.open(now).is_err();
            waiting.push(Waiting {
                id: invitation.id.to_string(),
                name: invitation.name.clone(),
                email: invitation.email.clone(),
                roles_words: roles_words(&invitation.roles),
                sent: say::short(invitation.created_at, &zone, now),
                until: say::when(invitation.expires_at, &zone, now),
                link: if expired || app.options.mail_host.is_some() {
                    String::new()
                } else {
                    app.link(&format!("/invitations/{token}"))
                },
                expired,
            });
        }
    }
    Ok(People {
        shell: shell::inside(app, tx, me, Section::Practice, said).await?,
        people,
        waiting,
        invite,
        errors,
        may_change,
        no_mail: app.options.mail_host.is_none(),
    })
}

/// "Responsible, approver".
pub(crate) fn roles_words(roles: &Roles) -> String {
    let words: Vec<&str> = roles.iter().map(Role::slug).collect();
    let mut text = words.join(", ");
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn read_roles(form: &Form) -> Result<Roles, Refusal> {
    form.all("roles").map(str::parse).collect()
}

async fn invite(State(app): State<App>, me: Me, form: Form) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let mut errors = Errors::default();
    let email = clean_email(form.get("email"))
        .map_err(|r| errors.add("email", r.sentence))
        .unwrap_or_default();
    let name = match form.get("name").trim() {
        "" => String::new(),
        typed => clean_name(typed)
            .map_err(|r| errors.add("name", r.sentence))
            .unwrap_or_default(),
    };
    let roles = read_roles(&form)?;
    if roles.is_empty() {
        errors.add("roles", "Choose at least one role.");
    }
    let now = app.world.now();
    let mut tx = app.store.write().await?;
    if errors.is_empty() {
        let invitation = Invitation {
            id: app.world.id(),
            practice: me.actor().practice,
            email,
            name,
            roles,
            invited_by: me.actor().member,
            created_at: now,
            expires_at: now + SignedDuration::from_hours(24 * INVITATION_DAYS),
            used_at: None,
            withdrawn_at: None,
        };
        // A double click is one invitation: the second mail would end the link of the first.
        if is_repeated(&mut tx, &invitation).await? {
            return Ok(Redirect::to("/practice?said=invited").into_response());
        }
        match send_invitation(&app, &mut tx, &me, &invitation).await {
            Ok(()) => {
                tx.commit().await?;
                app.wake.notify_one();
                return Ok(Redirect::to("/practice?said=invited").into_response());
            }
            Err(Error::Refused(refusal)) => errors.add("email", refusal.sentence),
            Err(other) => return Err(other),
        }
    }
    let typed: Vec<&str> = form.all("roles").collect();
    let kept = InviteForm {
        name: form.get("name").to_owned(),
        email: form.get("email").to_owned(),
        roles: role_choices(&typed),
    };
    drop(tx);
    let mut tx = app.store.read().await?;
    let view = people(&app, &mut tx, &me, kept, errors, "").await?;
    Ok((StatusCode::UNPROCESSABLE_ENTITY, Html(view.render()?)).into_response())
}

/// Whether the same person was invited to the same by the same member a moment ago.
async fn is_repeated(tx: &mut Tx, invitation: &Invitation) -> Result<bool, Error> {
    let known = tx.invitations(invitation.practice).await?;
    Ok(known.iter().any(|known| {
        known.email == invitation.email
            && known.name == invitation.name
            && known.roles == invitation.roles
            && known.invited_by == invitation.invited_by
            && known.open(invitation.created_at).is_ok()
            && invitation.created_at.duration_since(known.created_at) < MOMENT
    }))
}

async fn send_invitation(
    app: &App,
    tx: &mut Tx,
    me: &Me,
    invitation: &Invitation,
) -> Result<(), Error> {
    let now = app.world.now();
    let token = app.token();
    // One invitation a person: an older one that still waits makes room.
    for other in tx.invitations(invitation.practice).await? {
        if other.email == invitation.email
            && other.used_at.is_none()
            && other.withdrawn_at.is_none()
        {
            tx.withdraw_invitation(invitation.practice, other.id, me.actor(), now)
                .await?;
        }
    }
    tx.invite(invitation, &token, me.actor(), now).await?;
    let practice = tx.practice(invitation.practice).await?.settings.name;
    let mail = NewMail {
        id: app.world.id(),
        job: app.world.id(),
        to: invitation.email.clone(),
        subject: format!("{} invites you to Bedside", me.actor().name),
        body: format!(
            "Hello{}{},\n\n{} invites you to help with the social media of {practice}. Open this link within {INVITATION_DAYS} days and choose a password:\n\n{}\n\nIf you did not expect this, you can leave it.\n\nBedside\n",
            if invitation.name.is_empty() { "" } else { " " },
            invitation.name,
            me.actor().name,
            app.link(&format!("/invitations/{token}")),
        ),
    };
    tx.queue_mail(invitation.practice, &mail, now).await?;
    Ok(())
}

async fn again(
    State(app): State<App>,
    me: Me,
    Id(id): Id<InvitationId>,
    _form: Form,
) -> Result<Response, Error> {
    me.needs(Permission::Manage)?;
    let practice = me.actor().practice;
    let now = app.world.now();
    let mut tx = app.store.write().await?;
    let all = tx.invitations(practice).await?;
    let known = all
        .iter()
        .find(|invitation| invitation.id == id)
        .cloned()
        .ok_or_else(|| Refusal::not_found("There is no such invitation."))?;
    if known.used_at.is_some() {
        return Err(
            Refusal::conflict("invitation_used", "This invitation has been used already.").into(),
        );
    }
    if known.withdrawn_at.is_some() {
        // The second of a double click finds what the first put in its place.
        let replaced = all
            .iter()
            .any(|other| other.email == known.email && other.open(now).is_ok());
        if replaced {
            return Ok(Redirect::to("/practice?said=invited").into_response());
        }
        return Err(Refusal::conflict(
            "invitation_closed",
            "This invitation was withdrawn. Invite the person anew.",
        )
        .into());
    }
    let invitation = Invitation {
        id: app.world.id(),
        invited_by: me.actor().member,
        created_at: now,
        expires_at: now + SignedDuration::from_hours(24 * INVITATION_DAYS),
        ..known
    };
    send_invitation(&app, &mut tx, &me, &invitation).await?;
    tx.commit().await?;
    app.wake.notify_one();
    Ok(Redirect::to("/practice?said=invited").into_response())
}

async fn withdraw(
    State(app): State<App>,
    me: Me,
    Id(id): Id<InvitationId>,
    _form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    tx.withdraw_invitation(me.actor().practice, id, me.actor(), app.world.now())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/practice?said=withdrawn").into_response())
}

async fn roles(
    State(app): State<App>,
    me: Me,
    Id(id): Id<MemberId>,
    form: Form,
) -> Result<Response, Error> {
    let roles = read_roles(&form)?;
    let mut tx = app.store.write().await?;
    tx.set_roles(me.actor().practice, id, &roles, me.actor(), app.world.now())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/practice?said=roles").into_response())
}

async fn remove(
    State(app): State<App>,
    me: Me,
    Id(id): Id<MemberId>,
    _form: Form,
) -> Result<Response, Error> {
    let mut tx = app.store.write().await?;
    tx.remove_member(me.actor().practice, id, me.actor(), app.world.now())
        .await?;
    tx.commit().await?;
    Ok(Redirect::to("/practice?said=removed").into_response())
}
