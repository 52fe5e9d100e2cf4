//! The form of rule and signal files, as `rules/README.md` describes it.

use serde::Deserialize;

use crate::Problem;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    pub id: String,
    pub control: String,
    pub name: String,
    pub severity: Severity,
    #[serde(default)]
    pub surfaces: Vec<Surface>,
    #[serde(default)]
    pub accounts: Vec<Account>,
    pub message: String,
    pub why: String,
    #[serde(default)]
    pub instead: String,
    #[serde(default)]
    pub suggest: Vec<String>,
    #[serde(default)]
    pub label: Option<Label>,
    #[serde(default)]
    pub when: Option<ContextTest>,
    #[serde(default)]
    pub unless: OneOrMany<ContextTest>,
    pub flags: Vec<Example>,
    pub allows: Vec<Example>,
    #[serde(default)]
    pub source: Vec<Source>,
    #[serde(default, rename = "match")]
    pub matches: Vec<Match>,
}

impl RuleFile {
    pub fn check(&self) -> Result<(), Problem> {
        for (what, text) in [
            ("name", &self.name),
            ("message", &self.message),
            ("why", &self.why),
        ] {
            if text.trim().is_empty() {
                return Err(format!("`{what}` is empty"));
            }
        }
        if !matches!(
            self.control.as_str(),
            "C0" | "C1" | "C2" | "C3" | "C4" | "C5" | "C6" | "C7" | "C8"
        ) {
            return Err(format!("control {:?} does not exist", self.control));
        }
        if self.source.is_empty() {
            return Err("it has no [[source]]".into());
        }
        if self.flags.len() < 3 || self.allows.len() < 3 {
            return Err(format!(
                "it needs 3 `flags` and 3 `allows`, and has {} and {}",
                self.flags.len(),
                self.allows.len()
            ));
        }
        if self.matches.is_empty() {
            return Err("it has no [[match]]".into());
        }
        Ok(())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalFile {
    pub name: String,
    pub about: String,
    #[serde(default, rename = "match")]
    pub matches: Vec<Match>,
    #[serde(default)]
    pub flags: Vec<Example>,
    #[serde(default)]
    pub allows: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub title: String,
    pub by: String,
    #[serde(default)]
    pub at: String,
    pub read: toml::value::Datetime,
    #[serde(default = "yes")]
    pub checked: bool,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Example {
    Text(String),
    Full(FullExample),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FullExample {
    pub text: String,
    #[serde(default)]
    pub context: Option<toml::Value>,
    #[serde(default)]
    pub severity: Option<Severity>,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Advise,
    Warn,
    Block,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    Post,
    Reply,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Account {
    Practice,
    Personal,
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Label {
    Person,
    NhsNumber,
    Id,
    Phone,
    Email,
    Address,
    Postcode,
    Handle,
    Url,
    Age,
    Date,
    Location,
    Org,
    Occupation,
    Condition,
    Relation,
    Event,
    Dem,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum OneOrMany<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self::Many(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    pub fn all(&self) -> &[T] {
        match self {
            Self::One(one) => std::slice::from_ref(one),
            Self::Many(many) => many,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Match {
    pub kind: String,
    #[serde(default)]
    pub terms: Vec<String>,
    #[serde(default)]
    pub groups: Vec<Vec<String>>,
    #[serde(default)]
    pub pattern: Option<String>,
    #[serde(default)]
    pub needs: Vec<String>,
    #[serde(default)]
    pub missing: Vec<String>,
    #[serde(default)]
    pub min: Option<u16>,
    #[serde(default)]
    pub distinct: bool,
    #[serde(default)]
    pub detector: Option<String>,
    #[serde(default)]
    pub order: bool,
    #[serde(default)]
    pub span: Option<Span>,
    #[serde(default, rename = "in")]
    pub scope: Option<Scope>,
    #[serde(default)]
    pub within: Option<u16>,
    #[serde(default)]
    pub with: Vec<Near>,
    #[serde(default)]
    pub without: Vec<Near>,
    #[serde(default)]
    pub is: Vec<String>,
    #[serde(default)]
    pub not: Vec<String>,
    #[serde(default)]
    pub when: Option<ContextTest>,
    #[serde(default)]
    pub unless: OneOrMany<ContextTest>,
    #[serde(default)]
    pub severity: Option<Severity>,
    #[serde(default)]
    pub suggest: Vec<String>,
    #[serde(default)]
    pub grade: Vec<Grade>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    First,
    All,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    Match,
    Sentence,
    Around,
    Post,
}

#[derive(Deserialize, Clone)]
#[serde(deny_unknown_fields)]
pub struct Near {
    pub any: Vec<String>,
    #[serde(default, rename = "in")]
    pub scope: Option<Scope>,
    #[serde(default)]
    pub within: Option<u16>,
    #[serde(default)]
    pub before: Option<u16>,
    #[serde(default)]
    pub after: Option<u16>,
    #[serde(default)]
    pub first: Option<u16>,
    #[serde(default)]
    pub at_least: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Grade {
    pub to: Severity,
    #[serde(default)]
    pub any: Vec<String>,
    #[serde(default, rename = "in")]
    pub scope: Option<Scope>,
    #[serde(default)]
    pub within: Option<u16>,
    #[serde(default)]
    pub before: Option<u16>,
    #[serde(default)]
    pub after: Option<u16>,
    #[serde(default)]
    pub first: Option<u16>,
    #[serde(default)]
    pub at_least: Option<u16>,
    #[serde(default)]
    pub with: Vec<Near>,
    #[serde(default)]
    pub without: Vec<Near>,
    #[serde(default)]
    pub is: Vec<String>,
    #[serde(default)]
    pub not: Vec<String>,
    #[serde(default)]
    pub when: Option<ContextTest>,
    #[serde(default)]
    pub unless: OneOrMany<ContextTest>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContextTest {
    #[serde(default)]
    pub surface: Option<OneOrMany<Surface>>,
    #[serde(default)]
    pub account: Option<OneOrMany<Account>>,
    #[serde(default)]
    pub practice_type: Option<OneOrMany<String>>,
    #[serde(default)]
    pub offers_pom: Option<OneOrMany<Known>>,
    #[serde(default)]
    pub offers_fillers: Option<OneOrMany<Known>>,
    #[serde(default)]
    pub private_care: Option<OneOrMany<Known>>,
    #[serde(default)]
    pub audience: Option<OneOrMany<String>>,
    #[serde(default)]
    pub has: Vec<Record>,
    #[serde(default)]
    pub lacks: Vec<Record>,
    #[serde(default)]
    pub media: Option<bool>,
    #[serde(default)]
    pub specialists: Option<OneOrMany<String>>,
    #[serde(default)]
    pub profile: Option<OneOrMany<String>>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Known {
    Said(bool),
    Word(String),
}

#[derive(Deserialize, Clone, Copy, Debug)]
#[serde(rename_all = "snake_case")]
pub enum Record {
    Consent,
    Evidence,
    Finance,
    Register,
}
