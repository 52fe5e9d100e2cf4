//! What forms share: errors at their fields, and the hidden fields that every one carries.

/// What is wrong with one field, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// The field's name, which is also its element's id; empty when the form as a whole is meant.
    pub field: String,
    pub message: String,
}

/// What is wrong with a form, in the order of its fields. Empty when nothing is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Errors(pub Vec<FieldError>);

impl Errors {
    /// Adds one.
    pub fn add(&mut self, field: impl Into<String>, message: impl Into<String>) {
        self.0.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message at a field, if there is one.
    #[must_use]
    pub fn at(&self, field: &str) -> Option<&str> {
        self.0
            .iter()
            .find(|e| e.field == field)
            .map(|e| e.message.as_str())
    }

    /// All of them, for the summary at the top.
    #[must_use]
    pub fn all(&self) -> &[FieldError] {
        &self.0
    }
}

/// The hidden fields of a form that changes a post.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hidden {
    /// Proof that the form came from a page of ours (`csrf`).
    pub csrf: String,
    /// The content that the page was rendered from (`revision`).
    pub revision: String,
}
