//! What was seen of files, put together: of a table as a whole, and of its parts.

use std::collections::{BTreeMap, BTreeSet};

use arrow::datatypes::DataType;

use super::codes::{Nameable, holds_codes};
use super::look::{ColumnState, PartState};
use super::{ColumnShape, PartShape};
use crate::kernel::ColumnType;
use crate::rule::{Column, Table};

/// A column of a file.
pub(super) struct Field<'t> {
    /// As it may be shown.
    name: String,
    declared: Option<&'t Column>,
    stored: String,
}

impl<'t> Field<'t> {
    pub fn new(name: String, declared: Option<&'t Column>, stored: &DataType) -> Self {
        let stored = ColumnType::found(stored).map_or_else(|| stored.to_string(), |ty| ty.id().to_owned());
        Self { name, declared, stored }
    }
}

/// Files, or rows of them.
#[derive(Default)]
pub(super) struct Gathered<'t> {
    pub files: u64,
    rows: u64,
    columns: Vec<GatheredColumn<'t>>,
    encodings: BTreeMap<String, u64>,
}

struct GatheredColumn<'t> {
    name: String,
    declared: Option<&'t Column>,
    files: u64,
    stored: BTreeSet<String>,
    state: ColumnState,
}

/// Which codes may be named, by the names of columns.
pub(super) type Names<'t> = BTreeMap<&'t str, Nameable>;

impl<'t> Gathered<'t> {
    /// Takes in what was seen of a further file.
    pub fn take(&mut self, fields: &[Field<'t>], seen: PartState) {
        self.files += 1;
        self.rows += seen.rows;
        let mut here = BTreeSet::new();
        for (field, state) in fields.iter().zip(seen.columns) {
            for (encoding, count) in &state.encodings {
                self.encoded(encoding, *count);
            }
            let known = self.columns.iter().position(|column| column.name == field.name);
            let at = known.unwrap_or_else(|| {
                self.columns.push(GatheredColumn {
                    name: field.name.clone(),
                    declared: field.declared,
                    files: 0,
                    stored: BTreeSet::new(),
                    state: ColumnState::default(),
                });
                self.columns.len() - 1
            });
            let column = &mut self.columns[at];
            // Several names that may not be shown can look the same.
            column.files += u64::from(here.insert(&field.name));
            column.stored.insert(field.stored.clone());
            column.state.merge(state);
        }
    }

    /// Counts values that are not Unicode text in its usual form.
    pub fn encoded(&mut self, encoding: &str, count: u64) {
        *self.encodings.entry(encoding.to_owned()).or_default() += count;
    }

    /// Which codes may be named, if this is the whole table.
    pub fn names(&self, table: &Table, reveal: bool) -> Names<'t> {
        let coded = self.columns.iter().filter_map(|column| {
            let declared = column.declared.filter(|declared| holds_codes(declared))?;
            let nameable = Nameable::of(declared, table, &column.state.codes, reveal);
            Some((declared.name.value.as_str(), nameable))
        });
        coded.collect()
    }

    pub fn columns(&self, names: &Names<'t>) -> Vec<ColumnShape> {
        self.columns.iter().map(|column| column.shape(self.files, names)).collect()
    }

    pub fn part(&self, name: String, names: &Names<'t>) -> PartShape {
        PartShape {
            name,
            files: self.files,
            rows: self.rows,
            columns: self.columns(names),
            encodings: self.encodings.clone(),
        }
    }
}

impl GatheredColumn<'_> {
    fn shape(&self, files: u64, names: &Names<'_>) -> ColumnShape {
        let (state, declared) = (&self.state, self.declared);
        let nameable = declared.and_then(|declared| names.get(declared.name.value.as_str()));
        ColumnShape {
            name: self.name.clone(),
            files: self.files,
            lacking: files.saturating_sub(self.files),
            stored: self.stored.clone(),
            forms: if state.values > 0 { state.forms.every() } else { BTreeSet::new() },
            role: declared.and_then(|column| column.role).map(|role| role.name.to_owned()),
            declared: declared.and_then(|column| column.ty).map(|ty| ty.id().to_owned()),
            code_list: declared.and_then(|column| column.code_list.as_ref()).map(|list| list.value.clone()),
            personal: declared.is_some_and(|column| column.personal),
            values: state.values,
            absent: state.absent,
            longest: state.longest,
            codes: nameable.map(|nameable| nameable.codes(&state.codes, state.too_many)),
        }
    }
}
