//! A data dictionary: what columns are to be called, of which type, how long, in which format, from which code list.
//!
//! The shared data dictionary of Decision 2439/QĐ-TTg describes each entry by 25 attributes. Their official wording was
//! not at hand, so headers are recognised in Vietnamese and English by the words that such tables commonly use, and what is
//! not recognised is kept and counted.

mod attribute;
mod cell;
mod read;

use std::sync::Arc;

pub use attribute::Attribute;
pub use cell::{Codes, Size, Written};

use crate::base::naming::in_any_style;
use crate::kernel::ColumnType;
use crate::kernel::text::bare;

/// A dictionary as it was read from its file.
#[derive(Clone, Debug, Default)]
pub struct Dictionary {
    /// In the order of the file.
    pub entries: Vec<Arc<Entry>>,
    /// How many attributes the file has.
    pub attributes: usize,
    /// Those that nothing is compared with, as the file calls them.
    pub kept: Vec<String>,
}

/// What a dictionary says of one column. What it does not say is `None`.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    /// The table or thing that it belongs to.
    pub entity: Option<String>,
    pub ty: Option<ColumnType>,
    pub size: Option<Size>,
    pub format: Option<Written>,
    /// A key is required.
    pub required: Option<bool>,
    pub codes: Option<Codes>,
}

impl Dictionary {
    /// The entities, each once, in the order of the file.
    pub fn entities(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for entity in self.entries.iter().filter_map(|entry| entry.entity.as_deref()) {
            if !all.contains(&entity) {
                all.push(entity);
            }
        }
        all
    }

    /// The entries of an entity, whose name may be written without diacritics; `None`: it has none of that name.
    pub fn of(&self, entity: &str) -> Option<Vec<Arc<Entry>>> {
        let is_it = |entry: &&Arc<Entry>| {
            entry.entity.as_deref().is_some_and(|own| own == entity || bare(own) == bare(entity))
        };
        let entries: Vec<_> = self.entries.iter().filter(is_it).cloned().collect();
        (!entries.is_empty()).then_some(entries)
    }

    /// Names that entries of several entities have, and whose types, lengths or code lists differ: the dictionary
    /// contradicts itself.
    pub fn contradictions(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for (at, entry) in self.entries.iter().enumerate() {
            let twin = self.entries[..at]
                .iter()
                .find(|other| in_any_style(&other.name) == in_any_style(&entry.name));
            if twin.is_some_and(|twin| !entry.agrees(twin)) && !names.contains(&entry.name.as_str()) {
                names.push(&entry.name);
            }
        }
        names
    }
}

impl Entry {
    /// Whether both say the same, as far as both say anything.
    fn agrees(&self, other: &Self) -> bool {
        fn same<T>(one: Option<&T>, two: Option<&T>, equal: impl Fn(&T, &T) -> bool) -> bool {
            one.zip(two).is_none_or(|(one, two)| equal(one, two))
        }
        same(self.ty.as_ref(), other.ty.as_ref(), PartialEq::eq)
            && same(self.size.as_ref(), other.size.as_ref(), PartialEq::eq)
            && same(self.codes.as_ref(), other.codes.as_ref(), Codes::says_the_same)
    }
}
