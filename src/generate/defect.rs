//! What can be wrong with a row, how often it is to be, and how it is listed.

use std::collections::BTreeMap;

/// What is done to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A required cell is emptied.
    Blank,
    /// A required cell gets a word or a number that stands for none.
    Placeholder,
    /// A value that its format, its pattern or its length does not allow.
    Format,
    /// A code outside of the list.
    Code,
    /// A value outside of its bounds.
    Range,
    /// Text that is badly written: double spaces, legacy encodings, look-alike letters …
    Text,
    /// Something that is no number, no date.
    Type,
    /// The key of another row.
    Duplicate,
    /// A reference to nothing.
    Orphan,
    /// Two columns that contradict each other.
    Order,
    /// A time of update long ago.
    Stale,
}

impl Kind {
    pub const ALL: [Self; 11] = [
        Self::Blank,
        Self::Placeholder,
        Self::Format,
        Self::Code,
        Self::Range,
        Self::Text,
        Self::Type,
        Self::Duplicate,
        Self::Orphan,
        Self::Order,
        Self::Stale,
    ];

    pub const fn id(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::Placeholder => "placeholder",
            Self::Format => "format",
            Self::Code => "code",
            Self::Range => "range",
            Self::Text => "text",
            Self::Type => "type",
            Self::Duplicate => "duplicate",
            Self::Orphan => "orphan",
            Self::Order => "order",
            Self::Stale => "stale",
        }
    }
}

/// How often what is done, in millionths of the rows for each column that it can be done to.
#[derive(Clone, Debug, Default)]
pub struct Rates {
    pub usual: u32,
    pub of: BTreeMap<Kind, u32>,
}

impl Rates {
    pub fn rate(&self, kind: Kind) -> u64 {
        self.of.get(&kind).copied().unwrap_or(self.usual).into()
    }
}

/// One defect, as it is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Defect {
    pub table: String,
    /// One-based, of the data.
    pub row: usize,
    /// The columns that were changed; several only where a key of several columns was.
    pub columns: Vec<String>,
    pub kind: Kind,
}
