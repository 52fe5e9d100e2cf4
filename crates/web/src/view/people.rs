//! Practice, people: who is in, who is invited, what they may do.

use askama::Template;

use super::forms::Errors;
use super::shell::Shell;
use super::words::When;

/// The page.
///
/// # Fields
/// `POST /practice/invitations`: `email`, `name`, `roles` (repeated). `POST /practice/invitations/{id}/again` and
/// `/withdraw`: none. `POST /practice/people/{id}/roles`: `roles` (repeated). `POST /practice/people/{id}/remove`: none.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/people.html")]
pub struct People {
    pub shell: Shell,
    pub people: Vec<Person>,
    pub waiting: Vec<Waiting>,
    pub invite: InviteForm,
    pub errors: Errors,
    /// The person may invite, change roles and remove.
    pub may_change: bool,
    /// No mail is set up: links are shown to be passed on by hand.
    pub no_mail: bool,
}

/// A member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: String,
    pub name: String,
    pub initials: String,
    pub email: String,
    /// Every role that can be held, ticked when held.
    pub roles: Vec<RoleChoice>,
    /// "Responsible, approver".
    pub roles_words: String,
    pub me: bool,
    /// Why they cannot be removed or lose a role; empty when they can.
    pub locked: String,
}

/// One role to tick.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleChoice {
    /// `responsible`, `approver`, `author`, `agency`, `staff`, `auditor`.
    pub value: &'static str,
    pub label: &'static str,
    pub hint: &'static str,
    pub held: bool,
}

/// All roles with what they allow, those in `held` ticked.
#[must_use]
pub fn role_choices(held: &[&str]) -> Vec<RoleChoice> {
    [
        ("author", "Author", "writes posts"),
        (
            "approver",
            "Approver",
            "gives second opinions on what others wrote",
        ),
        (
            "responsible",
            "Responsible person",
            "named in the policy; may let a finding pass, with a reason",
        ),
        (
            "agency",
            "Agency",
            "writes drafts only; sees no patient information",
        ),
        (
            "staff",
            "Staff",
            "reads the policy and checks texts of their own",
        ),
        ("auditor", "Auditor", "reads everything, changes nothing"),
    ]
    .into_iter()
    .map(|(value, label, hint)| RoleChoice {
        value,
        label,
        hint,
        held: held.contains(&value),
    })
    .collect()
}

/// An invitation that nobody has taken up yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    pub id: String,
    pub name: String,
    pub email: String,
    pub roles_words: String,
    pub sent: When,
    /// "Runs out on Friday 6 March at 10:42am".
    pub until: When,
    /// Shown when no mail is set up, so that it can be passed on by hand; else empty.
    pub link: String,
    pub expired: bool,
}

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InviteForm {
    pub name: String,
    pub email: String,
    pub roles: Vec<RoleChoice>,
}
