//! What a text is judged against: who says it, where, and what the practice has on file.
//!
//! Every field is optional on the wire; a missing one is read as "not known", which never makes a rule pass silently.

use serde::{Deserialize, Serialize};

/// The circumstances of one check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Context {
    pub surface: Surface,
    pub account: Account,
    pub practice_type: Option<PracticeType>,
    /// `18plus` when the platform limits the audience to adults.
    pub audience: Option<String>,
    /// The platform's name, when known ("bluesky").
    pub channel: Option<String>,
    pub profile: Profile,
    /// What is on file for this very draft.
    pub records: Records,
    /// Descriptions (alt text) of the pictures that go with the text.
    pub media: Vec<String>,
}

/// Whether the text opens a conversation or answers someone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    #[default]
    Post,
    Reply,
}

/// Whose account speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    #[default]
    Practice,
    /// A member of staff's own account.
    Personal,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PracticeType {
    Gp,
    Dental,
    Pharmacy,
    Aesthetic,
}

/// What the practice has told Bedside about itself; its own people, numbers and address are never a patient's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Profile {
    pub practice_name: String,
    pub town: String,
    pub postcode: String,
    pub address: String,
    pub phones: Vec<String>,
    pub emails: Vec<String>,
    pub websites: Vec<String>,
    pub handles: Vec<String>,
    pub clinicians: Vec<Clinician>,
    pub staff: Vec<Staff>,
    /// Prescription-only treatments on offer; `None` when the practice has not said.
    pub offers_pom: Option<bool>,
    pub offers_fillers: Option<bool>,
    /// Private care is sold here; `None` when the practice has not said.
    pub private_care: Option<bool>,
    /// People on the practice's list, 0 when not known.
    pub list_size: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Clinician {
    pub name: String,
    /// In the practice's words: "GP partner", "specialist in orthodontics (GDC list)".
    pub role: String,
    /// Register and number: "GDC 76120".
    pub reg: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Staff {
    pub name: String,
}

/// Evidence and permission on file; a reference or a short description each, absent when there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Records {
    pub consent: Option<String>,
    pub evidence: Option<String>,
    pub finance: Option<String>,
    pub register: Option<String>,
}
