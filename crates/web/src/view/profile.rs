//! What the practice says about itself.

use askama::Template;

use super::forms::Errors;
use super::shell::Shell;

/// What was typed, as typed. Used at set-up and later.
///
/// # Fields
/// `practice_name`, `practice_type` (`gp`, `dental`, `pharmacy`, `aesthetic`), `town`, `postcode`, `address`, `phones`
/// (one a line), `websites` (one a line), `list_size`, `offers_pom`, `offers_fillers`, `private_care` (`yes`, `no`,
/// `unsure`), `clinicians` (a line each: "name, role, register and number"), `staff` (a first name a line). The later
/// form adds `needs_second_opinion` (`always`, `findings`), `time_zone` (IANA), `late_limit` (minutes).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProfileForm {
    pub practice_name: String,
    pub practice_type: String,
    pub town: String,
    pub postcode: String,
    pub address: String,
    pub phones: String,
    pub websites: String,
    pub list_size: String,
    pub offers_pom: String,
    pub offers_fillers: String,
    pub private_care: String,
    pub clinicians: String,
    pub staff: String,
    pub needs_second_opinion: String,
    pub time_zone: String,
    pub late_limit: String,
}

/// The profile page.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/profile.html")]
pub struct ProfilePage {
    pub shell: Shell,
    pub form: ProfileForm,
    pub errors: Errors,
    /// The person may change it.
    pub may_change: bool,
    /// IANA names to choose from, the usual first.
    pub time_zones: Vec<String>,
}
