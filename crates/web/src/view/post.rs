//! One post: where it stands, what was found and decided, how it came to be, and taking it down.

use askama::Template;

use super::compose::Preview;
use super::icon::Icon;
use super::shell::Shell;
use super::words::{DiffPart, PlaceState, Tag, Tone, When};

/// The page of a post.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/post.html")]
pub struct Post {
    pub shell: Shell,
    pub id: String,
    pub revision: String,
    /// The first words, or "Post without words".
    pub title: String,
    /// "Written by Sam Reed. Bluesky and Facebook."
    pub lead: String,
    pub tag: Tag,
    pub line: Vec<Step>,
    /// What needs a person now, most urgent first.
    pub panels: Vec<Panel>,
    pub previews: Vec<Preview>,
    pub places: Vec<Place>,
    pub decisions: Vec<Decision>,
    pub history: Vec<Change>,
    /// The main button, when the state has one: "Change the post", "Read it", "Ask for a second opinion".
    pub action: Option<PostAction>,
    /// Further actions, outlined.
    pub actions: Vec<PostAction>,
    pub take_down: TakeDownOffer,
}

/// A button of the post: a link, or a form when it changes something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostAction {
    pub label: String,
    pub href: String,
    /// Posts a form (with `csrf` and `revision`) instead of following a link.
    pub posts: bool,
}

/// One step on the life line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub icon: Icon,
    /// "Written", "Checked", "Approved", "Goes out", "Live everywhere".
    pub title: String,
    /// "Friday 4:05pm, Dr Aisha Shah".
    pub detail: String,
    pub state: StepState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    Done,
    /// Here it stands now.
    Now,
    /// Something is wrong here.
    Stuck,
    ToCome,
}

impl StepState {
    #[must_use]
    pub fn class(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "now",
            Self::Stuck => "stuck",
            Self::ToCome => "to-come",
        }
    }

    /// For screen readers.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Now => "here now",
            Self::Stuck => "needs you",
            Self::ToCome => "to come",
        }
    }
}

/// Something about one delivery, or the post, that a person must settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Panel {
    /// It was sent and nothing came back.
    ///
    /// Fields: `POST /deliveries/{id}/it-is-there` `link`; `POST /deliveries/{id}/not-there` none.
    Unknown {
        delivery: String,
        /// "Facebook".
        place: String,
        /// "We sent this to Facebook at 9:00am and did not hear back. It may be live. Look before sending it again."
        what: String,
        /// The practice's page there; empty when not known.
        page: String,
        /// An error at the link that was typed, and the link.
        link: String,
        error: Option<String>,
    },
    /// A person has to post it.
    ///
    /// Fields: `POST /deliveries/{id}/leave`.
    ByHand {
        delivery: String,
        place: String,
        what: String,
    },
    /// It is being taken down and only a person can delete it there.
    ///
    /// Fields: `POST /deliveries/{id}/it-is-gone` none.
    DeleteByHand {
        delivery: String,
        place: String,
        /// "Facebook gives us no way to do it for you."
        what: String,
        /// The live post.
        link: String,
        /// "Press the three dots at the top right."; empty for the usual two.
        steps: Vec<String>,
    },
    /// It was not let out.
    ///
    /// Fields: `POST /deliveries/{id}/send-now`, `POST /deliveries/{id}/leave`.
    Held {
        delivery: String,
        place: String,
        /// "Not sent at 9:00am: consent “Smile story, R-0142” was withdrawn yesterday."
        what: String,
        change_href: String,
    },
    /// Bedside was off at the time.
    ///
    /// Fields: `POST /deliveries/{id}/send-now`, `POST /deliveries/{id}/leave`.
    Late {
        delivery: String,
        place: String,
        what: String,
        change_href: String,
    },
    /// The network would not take it.
    ///
    /// Fields: `POST /deliveries/{id}/it-is-there` `link`, `POST /deliveries/{id}/leave`.
    NotSent {
        delivery: String,
        place: String,
        what: String,
        action: Option<PostAction>,
    },
    /// An approval that a change made void.
    Void {
        what: String,
        diff: Vec<DiffPart>,
        action: Option<PostAction>,
    },
    /// Changes were asked for.
    Changes {
        who: String,
        reason: String,
        when: When,
        action: Option<PostAction>,
    },
    /// It waits for an opinion: "Waiting for Dr Tom Hale or Dr Aisha Shah, asked at 9:15am."
    Asked { what: String },
}

/// One line of "Where it went".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// "Bluesky".
    pub name: String,
    pub handle: String,
    pub state: PlaceState,
    /// "Sent 9:00am. Seen there at 9:01am."
    pub what: String,
    /// The live link; empty when there is none.
    pub link: String,
    /// `/by-hand/{delivery}` when it is for a person to do; else empty.
    pub by_hand: String,
}

impl Place {
    #[must_use]
    pub fn tag(&self) -> Tag {
        self.state.into()
    }
}

/// One finding and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    pub tag: Tag,
    /// "A promise of results", or "“guarantees” was taken out".
    pub title: String,
    /// "Sam Reed, Thursday 2:20pm", with the reason when one was given.
    pub detail: String,
    pub rule: String,
    /// Names the words together with the rule, for the hidden field `words`: `bedside_core::standing::words_key`.
    pub words: String,
    /// It may be let pass by the person who looks at the page: `POST /posts/{id}/override` with `rule`, `words`,
    /// `reason`.
    pub may_pass: bool,
    pub error: Option<String>,
    /// The reason as typed, when it was refused.
    pub reason: String,
}

/// One step in the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// "Sam Reed changed the text".
    pub title: String,
    pub when: When,
    /// A reason given, or the like; may be empty.
    pub detail: String,
    /// Differences to the version before; empty when the text stayed.
    pub diff: Vec<DiffPart>,
    pub tone: Tone,
}

/// Whether the post can be taken down.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakeDownOffer {
    /// Nothing of it is out.
    None,
    /// It can.
    Offered,
    /// Under way: "2 of 3 places are finished."
    Running { words: String, done: u32, all: u32 },
}

/// The question before a post is taken down.
///
/// # Fields
/// `csrf`, `revision`, `reason`.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/take_down.html")]
pub struct TakeDown {
    pub shell: Shell,
    pub id: String,
    pub revision: String,
    pub title: String,
    /// What will happen at each place: "Bluesky: we delete it and look that it is gone."
    pub places: Vec<(String, String)>,
    pub reason: String,
    pub error: Option<String>,
}
