//! Members, their roles, and what each role may do (product.md "Words").

use std::collections::BTreeSet;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{MemberId, PersonId, PracticeId, Refusal};

/// What a member is in a practice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Named in the policy; runs the practice's page in Bedside and may override.
    Responsible,
    Approver,
    Author,
    /// An outside agency: drafts only.
    Agency,
    Staff,
    /// Reads all, changes nothing.
    Auditor,
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Responsible,
        Self::Approver,
        Self::Author,
        Self::Agency,
        Self::Staff,
        Self::Auditor,
    ];

    /// The name on the wire and in the database.
    #[must_use]
    pub fn slug(self) -> &'static str {
        match self {
            Self::Responsible => "responsible",
            Self::Approver => "approver",
            Self::Author => "author",
            Self::Agency => "agency",
            Self::Staff => "staff",
            Self::Auditor => "auditor",
        }
    }

    /// What the role may do, for the page on which roles are given.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Responsible => {
                "Responsible person: looks after people, channels and settings, and may let a finding pass"
            }
            Self::Approver => "Approver: gives second opinions",
            Self::Author => "Author: writes posts and asks for a second opinion",
            Self::Agency => "Agency: writes drafts and sees only its own",
            Self::Staff => "Staff: checks a text of their own",
            Self::Auditor => "Auditor: reads everything, changes nothing",
        }
    }
}

impl FromStr for Role {
    type Err = Refusal;

    fn from_str(text: &str) -> Result<Self, Refusal> {
        Self::ALL
            .into_iter()
            .find(|role| role.slug() == text)
            .ok_or_else(|| Refusal::input("unknown_role", "Choose the roles from the list."))
    }
}

/// The roles of one member.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Roles(BTreeSet<Role>);

impl Roles {
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> + '_ {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// `"approver author"`: how the store keeps them.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.0
            .iter()
            .map(|role| role.slug())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Reads [`Roles::to_text`].
    ///
    /// # Errors
    /// When a word is no role.
    pub fn from_text(text: &str) -> Result<Self, Refusal> {
        text.split_whitespace()
            .map(str::parse)
            .collect::<Result<BTreeSet<_>, _>>()
            .map(Self)
    }

    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        self.iter().any(|role| permission.holders().contains(&role))
    }
}

impl FromIterator<Role> for Roles {
    fn from_iter<I: IntoIterator<Item = Role>>(roles: I) -> Self {
        Self(roles.into_iter().collect())
    }
}

/// One thing that roles allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Write and change drafts.
    Write,
    /// Read posts of others.
    ReadAll,
    /// Give a second opinion.
    Review,
    /// Let a finding that no law fixes pass.
    Override,
    /// Let a finding of a legal rule pass, as the second person.
    OverrideLegal,
    /// Say what became of a delivery, post by hand, send late.
    Settle,
    TakeDown,
    /// People, channels, profile.
    Manage,
    ReadRecord,
}

impl Permission {
    pub const ALL: [Self; 9] = [
        Self::Write,
        Self::ReadAll,
        Self::Review,
        Self::Override,
        Self::OverrideLegal,
        Self::Settle,
        Self::TakeDown,
        Self::Manage,
        Self::ReadRecord,
    ];

    fn holders(self) -> &'static [Role] {
        use Role::{Agency, Approver, Auditor, Author, Responsible};
        match self {
            Self::Write => &[Responsible, Approver, Author, Agency],
            Self::ReadAll => &[Responsible, Approver, Author, Auditor],
            Self::Review | Self::OverrideLegal => &[Responsible, Approver],
            Self::Override | Self::Manage => &[Responsible],
            Self::Settle | Self::TakeDown => &[Responsible, Approver, Author],
            Self::ReadRecord => &[Responsible, Auditor],
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Self::Write => {
                "Your role does not include writing posts. Ask the responsible person at your practice."
            }
            Self::ReadAll => "You can see only the posts that you wrote.",
            Self::Review => "Your role does not include second opinions. Ask an approver.",
            Self::Override => "Only the responsible person can let this finding pass.",
            Self::OverrideLegal => {
                "Only the responsible person or an approver can let this finding pass."
            }
            Self::Settle => {
                "Your role does not include sending posts. Ask an author or an approver."
            }
            Self::TakeDown => {
                "Your role does not include taking posts down. Ask an author or an approver now."
            }
            Self::Manage => "Only the responsible person can change this.",
            Self::ReadRecord => "The record is open to the responsible person and to auditors.",
        }
    }
}

/// Who acts: a member as signed in to one practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    pub practice: PracticeId,
    pub member: MemberId,
    pub name: String,
    pub roles: Roles,
}

impl Actor {
    /// Refuses unless one of the actor's roles allows it.
    ///
    /// # Errors
    /// `forbidden`, with the person to ask.
    pub fn needs(&self, permission: Permission) -> Result<(), Refusal> {
        if self.roles.may(permission) {
            Ok(())
        } else {
            Err(Refusal::forbidden("not_your_role", permission.sentence()))
        }
    }
}

/// A person in one practice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub person: PersonId,
    pub practice: PracticeId,
    pub name: String,
    pub email: String,
    pub roles: Roles,
    /// False once the member has left: access ends, the name stays in the record.
    pub active: bool,
}

/// Fewest characters of a password (NIST SP 800-63B: length matters, composition rules do not).
pub const PASSWORD_MIN: usize = 10;
/// Most characters of a password; Argon2 takes time with what it is given.
pub const PASSWORD_MAX: usize = 256;

/// Whether a password may be used.
///
/// # Errors
/// `password_short` or `password_long`, with the limit.
pub fn password_fits(password: &str) -> Result<(), Refusal> {
    let length = password.chars().count();
    if length < PASSWORD_MIN {
        return Err(Refusal::input(
            "password_short",
            format!(
                "Choose a password of at least {PASSWORD_MIN} characters. Three words that do not belong together work well."
            ),
        ));
    }
    if length > PASSWORD_MAX {
        return Err(Refusal::input(
            "password_long",
            format!("Choose a password of at most {PASSWORD_MAX} characters."),
        ));
    }
    Ok(())
}

/// Whether a character shows nothing, or turns what stands around it: in a name it could make one person look like
/// another, and in the head of a mail it could begin another line. Joiners that some scripts need are not among them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2060}'
                ..='\u{2069}' | '\u{feff}'
        )
        || matches!(c, '\u{2028}'..='\u{202e}')
}

/// A name of something on one line, its spaces made single: at most `most` characters, at least one letter or digit,
/// nothing hidden. `None` when it is not one.
#[must_use]
pub fn clean_line(text: &str, most: usize) -> Option<String> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let fits = line.chars().any(char::is_alphanumeric)
        && line.chars().count() <= most
        && !line.chars().any(is_hidden);
    fits.then_some(line)
}

/// An e-mail address in the form in which it is kept and compared.
///
/// # Errors
/// `email_form` when it cannot be an address.
pub fn clean_email(text: &str) -> Result<String, Refusal> {
    let email = text.trim().to_lowercase();
    let fits = email.len() <= 254
        && !email
            .chars()
            .any(|c| c.is_whitespace() || is_hidden(c) || matches!(c, '<' | '>' | ',' | ';' | '"'))
        && email.split_once('@').is_some_and(|(local, host)| {
            !local.is_empty() && host.len() > 2 && !host.contains('@')
        });
    if fits {
        Ok(email)
    } else {
        Err(Refusal::input(
            "email_form",
            "Enter an e-mail address, like name@practice.example.",
        ))
    }
}

/// How many days an invitation can be taken up.
pub const INVITATION_DAYS: i64 = 7;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_exactly_what_the_table_says() {
        let table = [
            (
                Role::Responsible,
                "Write ReadAll Review Override OverrideLegal Settle TakeDown Manage ReadRecord",
            ),
            (
                Role::Approver,
                "Write ReadAll Review OverrideLegal Settle TakeDown",
            ),
            (Role::Author, "Write ReadAll Settle TakeDown"),
            (Role::Agency, "Write"),
            (Role::Staff, ""),
            (Role::Auditor, "ReadAll ReadRecord"),
        ];
        for (role, expected) in table {
            let roles = Roles::from_iter([role]);
            let held: Vec<String> = Permission::ALL
                .into_iter()
                .filter(|p| roles.may(*p))
                .map(|p| format!("{p:?}"))
                .collect();
            assert_eq!(held.join(" "), expected, "{role:?}");
        }
    }

    #[test]
    fn roles_survive_the_way_through_the_store() {
        let roles = Roles::from_iter([Role::Author, Role::Responsible]);
        assert_eq!(Roles::from_text(&roles.to_text()), Ok(roles));
        assert!(Roles::from_text("emperor").is_err());
    }

    #[test]
    fn emails_are_cleaned_or_refused() {
        assert_eq!(
            clean_email(" Pat@Practice.Example ").as_deref(),
            Ok("pat@practice.example")
        );
        for bad in [
            "",
            "pat",
            "@x.example",
            "a@b@c.example",
            "a b@c.example",
            "<a@b.example>",
            "a\u{200b}@b.example",
            "a@b.example\r\nbcc: c@d.example",
        ] {
            assert!(clean_email(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn names_are_one_line_that_shows_all_of_itself() {
        assert_eq!(
            clean_line("  Zoë \n O\u{2019}Brien ", 100).as_deref(),
            Some("Zoë O\u{2019}Brien")
        );
        assert_eq!(clean_line(&"x".repeat(8), 8), Some("x".repeat(8)));
        for bad in [
            "",
            " ",
            "---",
            "\u{200b}",
            "Pat\u{202e}lah",
            "Pat\u{7}",
            "123456789",
        ] {
            assert_eq!(clean_line(bad, 8), None, "{bad:?}");
        }
    }

    #[test]
    fn short_and_endless_passwords_are_refused() {
        assert!(password_fits("short").is_err());
        assert!(password_fits(&"x".repeat(257)).is_err());
        assert!(password_fits("correct horse").is_ok());
    }
}
