//! Shared shapes of speech: when, in what state, with what weight.

use bedside_screen::Severity;

use super::icon::Icon;

/// A moment, said for people and for programs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct When {
    /// "Tuesday 3 March at 9:00am (UK time)".
    pub words: String,
    /// For the `datetime` attribute: RFC 3339 in UTC.
    pub datetime: String,
    /// "in 2 hours"; empty when it would add nothing.
    pub relative: String,
}

/// How something is coloured; its words and icon say the same.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Plain,
    Accent,
    Ok,
    Advise,
    Warn,
    Block,
}

impl Tone {
    /// The class that the stylesheet knows.
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Accent => "accent",
            Self::Ok => "ok",
            Self::Advise => "advise",
            Self::Warn => "warn",
            Self::Block => "block",
        }
    }

    /// The icon that goes with a tone where nothing more particular is known.
    #[must_use]
    pub fn icon(self) -> Icon {
        match self {
            Self::Plain | Self::Accent | Self::Advise => Icon::Info,
            Self::Ok => Icon::CheckCircle,
            Self::Warn => Icon::Triangle,
            Self::Block => Icon::Octagon,
        }
    }
}

impl From<Severity> for Tone {
    fn from(severity: Severity) -> Self {
        match severity {
            Severity::Advise => Self::Advise,
            Severity::Warn => Self::Warn,
            Severity::Block => Self::Block,
        }
    }
}

/// A short label: icon, words, colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    pub icon: Icon,
    pub tone: Tone,
    pub words: String,
}

impl Tag {
    #[must_use]
    pub fn new(icon: Icon, tone: Tone, words: impl Into<String>) -> Self {
        Self {
            icon,
            tone,
            words: words.into(),
        }
    }

    /// Something noticed that has since been put right.
    #[must_use]
    pub fn solved() -> Self {
        Self::new(Icon::Tick, Tone::Ok, "Solved")
    }

    /// A check that noticed nothing. Never "safe": the program does not certify.
    #[must_use]
    pub fn nothing_found() -> Self {
        Self::new(Icon::CheckCircle, Tone::Ok, "Nothing found")
    }

    /// A finding that a person let pass, with a reason.
    #[must_use]
    pub fn let_pass() -> Self {
        Self::new(Icon::Hand, Tone::Plain, "Let pass")
    }
}

impl From<Severity> for Tag {
    fn from(severity: Severity) -> Self {
        let words = match severity {
            Severity::Advise => "Worth a look",
            Severity::Warn => "Ask someone",
            Severity::Block => "Must change",
        };
        let tone = Tone::from(severity);
        Self::new(tone.icon(), tone, words)
    }
}

/// Where one delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceState {
    Waiting,
    Sending,
    ByHand,
    Live,
    NotSent,
    Unknown,
    Late,
    Held,
    Gone,
    TakingDown,
    ToRemove,
    /// Taken out of the calendar before it went out.
    LeftOut,
    CannotBeRemoved,
}

impl From<PlaceState> for Tag {
    fn from(state: PlaceState) -> Self {
        match state {
            PlaceState::Waiting => Self::new(Icon::Clock, Tone::Accent, "Waiting"),
            PlaceState::Sending => Self::new(Icon::Send, Tone::Accent, "Sending"),
            PlaceState::ByHand => Self::new(Icon::Hand, Tone::Warn, "To do by hand"),
            PlaceState::Live => Self::new(Icon::CheckCircle, Tone::Ok, "Live"),
            PlaceState::NotSent => Self::new(Icon::Cross, Tone::Block, "Not sent"),
            PlaceState::Unknown => Self::new(Icon::Question, Tone::Warn, "Not known"),
            PlaceState::Late => Self::new(Icon::Clock, Tone::Warn, "Late"),
            PlaceState::Held => Self::new(Icon::Pause, Tone::Block, "Held"),
            PlaceState::Gone => Self::new(Icon::Tick, Tone::Ok, "Gone"),
            PlaceState::TakingDown => Self::new(Icon::Clock, Tone::Accent, "Being taken down"),
            PlaceState::ToRemove => Self::new(Icon::Hand, Tone::Warn, "To remove by hand"),
            PlaceState::LeftOut => Self::new(Icon::Undo, Tone::Plain, "Left out"),
            PlaceState::CannotBeRemoved => Self::new(Icon::Lock, Tone::Plain, "Cannot be removed"),
        }
    }
}

/// Where a post stands in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostState {
    Draft,
    InReview,
    Approved,
    Scheduled,
    Publishing,
    Published,
    Withdrawn,
    Failed,
    Rejected,
}

impl From<PostState> for Tag {
    fn from(state: PostState) -> Self {
        match state {
            PostState::Draft => Self::new(Icon::Pencil, Tone::Plain, "Draft"),
            PostState::InReview => Self::new(Icon::People, Tone::Accent, "Awaiting opinion"),
            PostState::Approved => Self::new(Icon::Tick, Tone::Ok, "Approved"),
            PostState::Scheduled => Self::new(Icon::Clock, Tone::Ok, "Approved, waiting to go out"),
            PostState::Publishing => Self::new(Icon::Send, Tone::Accent, "Going out"),
            PostState::Published => Self::new(Icon::CheckCircle, Tone::Ok, "Live"),
            PostState::Withdrawn => Self::new(Icon::Tick, Tone::Plain, "Taken down"),
            PostState::Failed => Self::new(Icon::Cross, Tone::Block, "Not sent"),
            PostState::Rejected => Self::new(Icon::Pencil, Tone::Warn, "Changes asked for"),
        }
    }
}

/// Words that stayed, went or came between two texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiffPart {
    Same(String),
    Removed(String),
    Added(String),
}
