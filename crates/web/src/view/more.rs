//! The phone's fifth place: what the bar has no room for.

use askama::Template;

use super::shell::Shell;

/// Links to the rest, from the shell's navigation.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/more.html")]
pub struct More {
    pub shell: Shell,
}
