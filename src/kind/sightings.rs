//! Which columns the files of a table have, and in which types they store them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::kernel::ColumnType;
use crate::rule::FoundFile;
use crate::state::State;

/// What was seen of each column in any file, and how many files there were.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Sightings {
    files: u64,
    columns: BTreeMap<String, Sighted>,
}

#[derive(Default, Serialize, Deserialize)]
pub(super) struct Sighted {
    files: u64,
    /// Types found in files that have types; `None` is a type that rules cannot read.
    types: BTreeSet<Option<Cow<'static, str>>>,
}

impl State for Sightings {
    fn merge(&mut self, other: Self) {
        self.files += other.files;
        for (name, sighted) in other.columns {
            let ours = self.columns.entry(name).or_default();
            ours.files += sighted.files;
            ours.types.extend(sighted.types);
        }
    }
}

impl Sightings {
    pub fn observe(&mut self, found: &FoundFile<'_>) {
        self.files += 1;
        for (name, ty) in &found.columns {
            let sighted = self.columns.entry(name.clone()).or_default();
            sighted.files += 1;
            if found.typed {
                sighted.types.insert(ColumnType::found(ty).map(|ty| ty.id().into()));
            }
        }
    }

    pub const fn files(&self) -> u64 {
        self.files
    }

    pub fn of(&self, name: &str) -> Option<&Sighted> {
        self.columns.get(name)
    }

    pub fn is_everywhere(&self, name: &str) -> bool {
        self.of(name).is_some_and(|sighted| sighted.files == self.files)
    }

    /// All columns, in the order of their names.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        self.columns.keys()
    }
}

impl Sighted {
    /// Whether every file that has types stores the column in one that carries `ty`.
    pub fn fit(&self, ty: ColumnType) -> bool {
        self.types.iter().all(|found| fits(ty, found.as_deref()))
    }

    /// Whether some file has types.
    pub fn is_typed(&self) -> bool {
        !self.types.is_empty()
    }

    /// The types that do not carry `ty`.
    pub fn unfit(&self, ty: ColumnType) -> impl Iterator<Item = &str> {
        let unfit = self.types.iter().filter(move |found| !fits(ty, found.as_deref()));
        unfit.map(|found| found.as_deref().unwrap_or("?"))
    }
}

/// Whether a stored type carries a declared one without loss: a decimal column may be stored as integers.
pub(super) fn fits(declared: ColumnType, found: Option<&str>) -> bool {
    found == Some(declared.id())
        || declared == ColumnType::Decimal && found == Some(ColumnType::Integer.id())
        || declared == ColumnType::Timestamp && found == Some(ColumnType::Date.id())
}
