//! What went wrong, where, and what to do about it.

use std::ops::Range;
use std::sync::Arc;

use super::Text;

/// A place in a text file that the user wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file as the user named it, and its text (for the excerpt that is printed).
    pub file: Arc<SourceText>,
    /// Byte range within the text.
    pub span: Range<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub struct SourceText {
    pub name: String,
    pub text: String,
}

impl Place {
    /// One-based line and column (in characters) of the start.
    pub fn line_column(&self) -> (usize, usize) {
        let upto = self.file.text.get(..self.span.start).unwrap_or(&self.file.text);
        let line = upto.matches('\n').count() + 1;
        let column = upto.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        (line, column)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Warning,
    Error,
}

/// One finding about a rule file, a source or a run: what, where, why, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub level: Level,
    pub what: Text,
    pub place: Option<Place>,
    /// Short text under the caret.
    pub label: Option<Text>,
    /// What the user should do.
    pub hint: Option<Text>,
}

impl Diagnostic {
    /// Whether it says the same of the same place.
    pub fn repeats(&self, other: &Self) -> bool {
        let place = |of: &Self| of.place.as_ref().map(|place| (place.file.name.clone(), place.span.clone()));
        self.what == other.what && place(self) == place(other)
    }

    pub fn error(what: Text) -> Self {
        Self { level: Level::Error, what, place: None, label: None, hint: None }
    }

    pub fn warning(what: Text) -> Self {
        Self { level: Level::Warning, ..Self::error(what) }
    }

    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    #[must_use]
    pub fn label(mut self, label: Text) -> Self {
        self.label = Some(label);
        self
    }

    #[must_use]
    pub fn hint(mut self, hint: Text) -> Self {
        self.hint = Some(hint);
        self
    }
}
