//! People, members and invitations.

use bedside_core::event::Event;
use bedside_core::people::{Actor, INVITATION_DAYS, Member, Permission, Roles};
use bedside_core::{InvitationId, MemberId, PersonId, PracticeId, Refusal};
use jiff::{SignedDuration, Timestamp};

use crate::db::{Row, args, locked};
use crate::{Error, Tx};

/// What is needed to check a password.
#[derive(Debug, Clone)]
pub struct Login {
    pub person: PersonId,
    pub name: String,
    pub email: String,
    /// Argon2id, PHC string.
    pub password_hash: String,
}

/// An invitation to join a practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    pub id: InvitationId,
    pub practice: PracticeId,
    pub email: String,
    pub name: String,
    pub roles: Roles,
    pub invited_by: MemberId,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub used_at: Option<Timestamp>,
    pub withdrawn_at: Option<Timestamp>,
}

impl Invitation {
    /// Whether it can still be taken up.
    ///
    /// # Errors
    /// Why not, and what to do.
    pub fn open(&self, now: Timestamp) -> Result<(), Refusal> {
        if self.used_at.is_some() {
            return Err(Refusal::conflict(
                "invitation_used",
                "This invitation has been used. Sign in instead.",
            ));
        }
        if self.withdrawn_at.is_some() {
            return Err(Refusal::conflict(
                "invitation_withdrawn",
                "This invitation was withdrawn. Ask the practice for a new one.",
            ));
        }
        if now >= self.expires_at {
            return Err(Refusal::conflict(
                "invitation_expired",
                format!(
                    "This invitation was good for {INVITATION_DAYS} days and has ended. Ask the practice for a new one."
                ),
            ));
        }
        Ok(())
    }
}

const MEMBER: &str = "SELECT m.id, m.person, m.practice, m.roles, m.active, p.name, p.email \
    FROM members m JOIN people p ON p.id = m.person WHERE m.practice = $1";

fn member(row: &Row) -> Result<Member, Error> {
    Ok(Member {
        id: row.parse("id")?,
        person: row.parse("person")?,
        practice: row.parse("practice")?,
        name: row.text("name")?,
        email: row.text("email")?,
        roles: Roles::from_text(&row.text("roles")?)?,
        active: row.flag("active")?,
    })
}

fn invitation(row: &Row) -> Result<Invitation, Error> {
    Ok(Invitation {
        id: row.parse("id")?,
        practice: row.parse("practice")?,
        email: row.text("email")?,
        name: row.text("name")?,
        roles: Roles::from_text(&row.text("roles")?)?,
        invited_by: row.parse("invited_by")?,
        created_at: row.time("created_at")?,
        expires_at: row.time("expires_at")?,
        used_at: row.opt_time("used_at")?,
        withdrawn_at: row.opt_time("withdrawn_at")?,
    })
}

/// Whether the actor looks after this practice's people and channels. A role held elsewhere counts for nothing here.
pub(crate) fn manages(actor: &Actor, practice: PracticeId) -> Result<(), Refusal> {
    if actor.practice != practice {
        return Err(Refusal::not_found("There is no such practice."));
    }
    actor.needs(Permission::Manage)
}

fn place(practice: PracticeId, id: InvitationId) -> String {
    format!("invitation {practice} {id}")
}

impl Tx {
    /// The person with this (cleaned) e-mail address.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn login(&mut self, email: &str) -> Result<Option<Login>, Error> {
        self.one(
            "SELECT id, name, email, password_hash FROM people WHERE email = $1",
            args![email],
        )
        .await?
        .map(|row| {
            Ok(Login {
                person: row.parse("id")?,
                name: row.text("name")?,
                email: row.text("email")?,
                password_hash: row.text("password_hash")?,
            })
        })
        .transpose()
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`Error::Constraint`] when the e-mail address is taken.
    pub async fn create_person(&mut self, login: &Login, now: Timestamp) -> Result<(), Error> {
        self.run(
            "INSERT INTO people (id, email, name, password_hash, created_at) VALUES ($1, $2, $3, $4, $5)",
            args![login.person, &login.email, &login.name, &login.password_hash, now],
        )
        .await?;
        Ok(())
    }

    /// Sets a new password.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn set_password(
        &mut self,
        person: PersonId,
        password_hash: &str,
    ) -> Result<(), Error> {
        self.run(
            "UPDATE people SET password_hash = $2 WHERE id = $1",
            args![person, password_hash],
        )
        .await?;
        Ok(())
    }

    /// Makes a person a member and says as which: who comes back is the member that they were, or they could give the
    /// second opinion on what they wrote before they left.
    ///
    /// # Errors
    /// [`Error::Constraint`] when they are one already.
    pub async fn add_member(
        &mut self,
        practice: PracticeId,
        member: MemberId,
        person: PersonId,
        roles: &Roles,
        now: Timestamp,
    ) -> Result<MemberId, Error> {
        let back = self
            .one(
                "UPDATE members SET roles = $3, active = 1 WHERE practice = $1 AND person = $2 AND active = 0 RETURNING id",
                args![practice, person, roles.to_text()],
            )
            .await?;
        let member = match back {
            Some(row) => row.parse("id")?,
            None => {
                self.run(
                    "INSERT INTO members (practice, id, person, roles, active, created_at) VALUES ($1, $2, $3, $4, 1, $5)",
                    args![practice, member, person, roles.to_text(), now],
                )
                .await?;
                member
            }
        };
        let event = Event::MemberJoined {
            member,
            roles: roles.to_text(),
        };
        self.record(practice, now, Some(member), &event).await?;
        Ok(member)
    }

    /// All members, those who left too, by name.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn members(&mut self, practice: PracticeId) -> Result<Vec<Member>, Error> {
        let mut members: Vec<Member> = self
            .all(MEMBER, args![practice])
            .await?
            .iter()
            .map(member)
            .collect::<Result<_, _>>()?;
        members.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        Ok(members)
    }

    /// One member.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn member(
        &mut self,
        practice: PracticeId,
        id: MemberId,
    ) -> Result<Option<Member>, Error> {
        Ok(self
            .members(practice)
            .await?
            .into_iter()
            .find(|member| member.id == id))
    }

    /// The memberships of a person, oldest first; only where access has not ended.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn memberships(
        &mut self,
        person: PersonId,
    ) -> Result<Vec<(PracticeId, MemberId)>, Error> {
        self.all(
            "SELECT practice, id FROM members WHERE person = $1 AND active = 1 ORDER BY created_at, id",
            args![person],
        )
        .await?
        .iter()
        .map(|row| Ok((row.parse("practice")?, row.parse("id")?)))
        .collect()
    }

    /// Changes a member's roles. The last responsible person stays one.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn set_roles(
        &mut self,
        practice: PracticeId,
        id: MemberId,
        roles: &Roles,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, practice)?;
        if roles.is_empty() {
            return Err(Refusal::input(
                "no_role",
                "Choose at least one role, or end the person's access.",
            )
            .into());
        }
        self.keep_one_responsible(practice, id, roles).await?;
        let before = self.active_member(practice, id).await?;
        if before.roles == *roles {
            return Ok(());
        }
        self.run(
            "UPDATE members SET roles = $3 WHERE practice = $1 AND id = $2",
            args![practice, id, roles.to_text()],
        )
        .await?;
        let event = Event::RolesChanged {
            member: id,
            before: before.roles.to_text(),
            after: roles.to_text(),
        };
        self.record(practice, now, Some(actor.member), &event).await
    }

    /// Ends a member's access at once: sessions end, the name stays in the record.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn remove_member(
        &mut self,
        practice: PracticeId,
        id: MemberId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, practice)?;
        self.active_member(practice, id).await?;
        self.keep_one_responsible(practice, id, &Roles::default())
            .await?;
        self.run(
            "UPDATE members SET active = 0 WHERE practice = $1 AND id = $2",
            args![practice, id],
        )
        .await?;
        self.run(
            "DELETE FROM sessions WHERE practice = $1 AND member = $2",
            args![practice, id],
        )
        .await?;
        self.record(
            practice,
            now,
            Some(actor.member),
            &Event::MemberRemoved { member: id },
        )
        .await
    }

    async fn active_member(&mut self, practice: PracticeId, id: MemberId) -> Result<Member, Error> {
        self.member(practice, id)
            .await?
            .filter(|member| member.active)
            .ok_or_else(|| Refusal::not_found("There is no such person at this practice.").into())
    }

    async fn keep_one_responsible(
        &mut self,
        practice: PracticeId,
        id: MemberId,
        roles: &Roles,
    ) -> Result<(), Error> {
        use bedside_core::people::Role::Responsible;
        // All members are locked, so that two responsible people cannot remove each other at the same moment.
        self.all(
            locked!("SELECT id FROM members WHERE practice = $1 ORDER BY id"),
            args![practice],
        )
        .await?;
        let others = self.members(practice).await?;
        let left = others
            .iter()
            .any(|member| member.active && member.id != id && member.roles.has(Responsible));
        if left || roles.has(Responsible) {
            Ok(())
        } else {
            Err(Refusal::conflict(
                "last_responsible",
                "A practice needs at least one responsible person. Give someone else that role first.",
            )
            .into())
        }
    }

    /// Invites someone. `token` is what the link holds; only its hash can be searched, and it is kept encrypted so that
    /// the link can be shown again.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn invite(
        &mut self,
        invitation: &Invitation,
        token: &str,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, invitation.practice)?;
        if invitation.roles.is_empty() {
            return Err(Refusal::input("no_role", "Choose at least one role.").into());
        }
        let practice = invitation.practice;
        let members = self.members(practice).await?;
        if members
            .iter()
            .any(|member| member.active && member.email == invitation.email)
        {
            return Err(Refusal::conflict(
                "already_member",
                "This person is at your practice already.",
            )
            .into());
        }
        let sealed = self
            .vault
            .seal(&place(practice, invitation.id), token.as_bytes())?;
        self.run(
            "INSERT INTO invitations (practice, id, token_hash, token_sealed, email, name, roles, invited_by, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
            args![
                practice,
                invitation.id,
                bedside_core::content::sha256_hex(token.as_bytes()),
                sealed,
                &invitation.email,
                &invitation.name,
                invitation.roles.to_text(),
                invitation.invited_by,
                now,
                now + SignedDuration::from_hours(24 * INVITATION_DAYS),
            ],
        )
        .await?;
        let event = Event::MemberInvited {
            invitation: invitation.id,
            roles: invitation.roles.to_text(),
        };
        self.record(practice, now, Some(actor.member), &event).await
    }

    /// The invitations of a practice, newest first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invitations(&mut self, practice: PracticeId) -> Result<Vec<Invitation>, Error> {
        self.all(
            "SELECT * FROM invitations WHERE practice = $1 ORDER BY created_at DESC, id",
            args![practice],
        )
        .await?
        .iter()
        .map(invitation)
        .collect()
    }

    /// The token of an open invitation, to show its link again.
    ///
    /// # Errors
    /// When the store fails or the key does not fit.
    pub async fn invitation_token(
        &mut self,
        practice: PracticeId,
        id: InvitationId,
    ) -> Result<Option<String>, Error> {
        let row = self
            .one(
                "SELECT token_sealed FROM invitations WHERE practice = $1 AND id = $2 AND used_at IS NULL AND withdrawn_at IS NULL",
                args![practice, id],
            )
            .await?;
        row.map(|row| {
            let token = self
                .vault
                .open(&place(practice, id), &row.bytes("token_sealed")?)?;
            String::from_utf8(token).map_err(|_| Error::Key)
        })
        .transpose()
    }

    /// The invitation that a link's token opens; [`Tx::use_invitation`] settles who comes first.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn invitation_by_token(&mut self, token: &str) -> Result<Option<Invitation>, Error> {
        let hash = bedside_core::content::sha256_hex(token.as_bytes());
        self.one(
            "SELECT * FROM invitations WHERE token_hash = $1",
            args![hash],
        )
        .await?
        .map(|row| invitation(&row))
        .transpose()
    }

    /// Marks an invitation as used; false when it was no longer open.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn use_invitation(
        &mut self,
        practice: PracticeId,
        id: InvitationId,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let changed = self
            .run(
                "UPDATE invitations SET used_at = $3 WHERE practice = $1 AND id = $2 \
                 AND used_at IS NULL AND withdrawn_at IS NULL AND expires_at > $3",
                args![practice, id, now],
            )
            .await?;
        Ok(changed == 1)
    }

    /// Withdraws an open invitation.
    ///
    /// # Errors
    /// A refusal, or when the store fails.
    pub async fn withdraw_invitation(
        &mut self,
        practice: PracticeId,
        id: InvitationId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(), Error> {
        manages(actor, practice)?;
        let changed = self
            .run(
                "UPDATE invitations SET withdrawn_at = $3 WHERE practice = $1 AND id = $2 AND used_at IS NULL AND withdrawn_at IS NULL",
                args![practice, id, now],
            )
            .await?;
        if changed == 0 {
            return Err(Refusal::conflict(
                "invitation_closed",
                "This invitation was used or withdrawn already.",
            )
            .into());
        }
        self.record(
            practice,
            now,
            Some(actor.member),
            &Event::InvitationWithdrawn { invitation: id },
        )
        .await
    }
}
