//! First run: the code, you, the practice, and the list of five steps.

use askama::Template;

use super::forms::Errors;
use super::profile::ProfileForm;
use super::shell::Shell;

/// The code that the program printed. Fields: `csrf`, `code`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/setup_code.html")]
pub struct Code {
    pub shell: Shell,
    pub code: String,
    pub errors: Errors,
}

/// The first person. Fields: `csrf`, `name`, `email`, `password`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/setup_you.html")]
pub struct You {
    pub shell: Shell,
    pub name: String,
    pub email: String,
    pub errors: Errors,
}

/// The practice. Fields: `csrf` and those of [`ProfileForm`].
#[derive(Debug, Clone, Template)]
#[template(path = "pages/setup_practice.html")]
pub struct AboutPractice {
    pub shell: Shell,
    pub form: ProfileForm,
    pub errors: Errors,
}

/// The task list.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/start.html")]
pub struct Start {
    pub shell: Shell,
    /// "2 of 5 done".
    pub done_words: String,
    pub steps: Vec<StartStep>,
    /// All done: the main button writes the first post.
    pub all_done: bool,
}

/// One of the five steps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartStep {
    pub n: u32,
    pub title: String,
    pub detail: String,
    pub href: String,
    pub state: StartState,
    /// The words of the button of the step that is next: "Tell us about it".
    pub action_label: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartState {
    Complete,
    /// This one is next: it has the button.
    Next,
    /// Can be done already.
    Open,
    /// "Comes next", "Then this".
    Later(&'static str),
}
