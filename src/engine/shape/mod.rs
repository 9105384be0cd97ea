//! The shape of tables as their files have it: columns, types, lengths, absent values, codes. What drifts between versions
//! of a table, between its parts, and between databases is seen by comparing shapes.

mod codes;
mod look;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use arrow::datatypes::Field;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use self::codes::national;
use self::codes::{declared_lists, known_codes};
use self::look::{ColumnState, Looked, PartState, look};
use super::problems::Problems;
use super::run::data_root;
use super::source::{TableFile, TableSource};
use crate::base::Diagnostic;
use crate::kernel::form::Form;
use crate::rule::{Column, Database, Table};
use crate::say;

/// What makes parts of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum By {
    /// Every file is one.
    File,
    /// Every folder.
    Folder,
    /// Every value of a column.
    Column(String),
}

pub struct ShapeOptions<'o> {
    /// The directory that holds the extracts, as for [`super::run`].
    pub data: &'o Path,
    pub by: &'o By,
    /// The day of the run, since 1970-01-01: codes in force on it are those of a list.
    pub day: i32,
    /// Show names and codes as they are.
    pub reveal: bool,
    pub interrupted: &'o AtomicBool,
}

/// The tables of a database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DatabaseShape {
    pub id: String,
    /// The code lists that columns declare, with their codes in force.
    pub code_lists: BTreeMap<String, BTreeSet<String>>,
    pub tables: Vec<TableShape>,
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableShape {
    pub id: String,
    /// In the order of their names; none if there is no file.
    pub parts: Vec<PartShape>,
}

/// A part of a table: a file, the files of a folder, or the rows with one value in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartShape {
    pub name: String,
    pub files: u64,
    pub rows: u64,
    /// In the order of the file; of several files, in the order of first appearance.
    pub columns: Vec<ColumnShape>,
    /// How many values of which encoding or form that is not Unicode text in its usual form (`tcvn3`, `not_nfc` …), and rows
    /// with bytes that are not UTF-8 (`invalid_utf8`).
    pub encodings: BTreeMap<String, u64>,
}

/// A column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnShape {
    /// Masked where the rule file does not know it and it may be data: the first line of its file does not look like a header.
    pub name: String,
    /// Files that have it.
    pub files: u64,
    /// The types in which files store it.
    pub stored: BTreeSet<String>,
    /// The forms that every value has; none: text, or no value.
    pub forms: BTreeSet<Form>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The type that the rule file declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub declared: Option<String>,
    /// The code list that the rule file declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code_list: Option<String>,
    pub personal: bool,
    pub values: u64,
    pub absent: u64,
    /// Characters of the longest value.
    pub longest: u64,
    /// Of columns that hold codes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub codes: Option<CodesShape>,
}

/// The codes that occur.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CodesShape {
    /// There are more than code lists have; they are not counted.
    pub too_many: bool,
    /// Codes of the declared list, of the national one and other well-known ones, with how often they occur.
    pub listed: BTreeMap<String, u64>,
    /// Other codes that many rows have. Of columns with personal data none is named.
    pub others: BTreeMap<String, u64>,
    /// How many codes are not named, and how many values they are.
    pub unnamed: u64,
    pub unnamed_values: u64,
    /// How many codes have how many characters.
    pub widths: BTreeMap<u64, u64>,
}

/// The shape of a database's tables, and what went wrong: nothing of level `Error` if all was read. `None` when it was
/// interrupted.
pub fn shape(database: &Database, options: &ShapeOptions<'_>) -> Option<(DatabaseShape, Vec<Diagnostic>)> {
    let root = data_root(options.data, &database.id.value);
    let mut problems = Vec::new();
    let mut tables = Vec::new();
    for table in &database.tables {
        let (shape, mut found) = table_shape(table, &root, options)?;
        tables.push(shape);
        problems.append(&mut found);
    }
    let code_lists = database.tables.iter().flat_map(|table| declared_lists(table, options.day)).collect();
    Some((DatabaseShape { id: database.id.value.clone(), code_lists, tables }, problems))
}

fn table_shape(
    table: &Table,
    root: &Path,
    options: &ShapeOptions<'_>,
) -> Option<(TableShape, Vec<Diagnostic>)> {
    let mut problems = Problems::default();
    let source = TableSource::open_as_they_are(table, root, &[], options.reveal, &mut problems);
    refused(table, &source, options.by, &mut problems);
    let looked: Vec<Option<Looked>> =
        source.files.par_iter().map(|file| look(file, table, options)).collect();
    let known: BTreeMap<&str, BTreeSet<String>> =
        table.columns.iter().map(|column| (column.name.value.as_str(), known_codes(column, table))).collect();
    let mut parts: BTreeMap<String, PartShape> = BTreeMap::new();
    for (file, looked) in source.files.iter().zip(looked) {
        let mut looked = looked?;
        looked.tell(&file.name, &mut problems);
        let whole = place(&file.name, options.by);
        for (label, seen) in std::mem::take(&mut looked.parts) {
            let label = label.unwrap_or_else(|| whole.clone());
            let part = parts
                .entry(label.clone())
                .or_insert_with(|| PartShape { name: label, ..PartShape::default() });
            part.take(seen, file, &|field, state| {
                let name = field.name();
                let known = known.get(name.as_str());
                let shown = name_of(file, table, name, options.reveal, &source);
                state.shape(shown, field.data_type(), table.column(name), known, options.reveal)
            });
        }
        // Of parts of a file, values with U+FFFD tell the same.
        if let Some(part) = parts.get_mut(&whole).filter(|_| looked.invalid_utf8 > 0) {
            *part.encodings.entry("invalid_utf8".to_owned()).or_default() += looked.invalid_utf8;
        }
    }
    let parts = parts.into_values().collect();
    Some((TableShape { id: table.id.value.clone(), parts }, problems.into_diagnostics()))
}

/// What cannot be looked at.
fn refused(table: &Table, source: &TableSource, by: &By, problems: &mut Problems) {
    let id = &table.id.value;
    if let By::Column(name) = by
        && table.column(name).is_some_and(|column| column.personal)
    {
        problems.error(
            say!(
                "`{id}`: `{name}` holds data about persons; parts are not made by it",
                "`{id}`: `{name}` chứa dữ liệu cá nhân, không dùng để chia phần"
            ),
            Some(say!("choose a column of codes, as of provinces", "hãy chọn một cột mã, như mã tỉnh")),
        );
    }
    if source.is_absent() && table.required && !table.allow_empty {
        let patterns = table.files.value.join(", ");
        problems.error(
            say!("table `{id}`: no file matches {patterns}", "bảng `{id}`: không có tệp nào khớp {patterns}"),
            None,
        );
    }
}

/// The part that a file makes.
fn place(file: &str, by: &By) -> String {
    match by {
        By::Folder => file.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned(),
        By::File | By::Column(_) => file.to_owned(),
    }
}

/// A column's name as it may be shown. One that the rule file does not know is a name for certain only where the file
/// has names that cannot be values, or a first line with at least half of the names that the rule file knows.
fn name_of(file: &TableFile, table: &Table, name: &str, reveal: bool, source: &TableSource) -> String {
    let header = file.source.as_ref().and_then(|source| source.header());
    let is_header = header.is_none_or(|_| {
        let schema = file.source.as_ref().map(|source| source.schema());
        let there = |column: &&Column| {
            schema.as_ref().is_some_and(|schema| schema.field_with_name(&column.name.value).is_ok())
        };
        let found = table.columns.iter().filter(there).count();
        found > 0 && 2 * found >= table.columns.len()
    });
    if reveal || is_header { name.to_owned() } else { source.shown(name) }
}

impl PartShape {
    /// Takes in what was seen of a file, or of the rows of it that are of this part.
    fn take(
        &mut self,
        seen: PartState,
        file: &TableFile,
        shape: &dyn Fn(&Field, ColumnState) -> ColumnShape,
    ) {
        let Some(source) = &file.source else { return };
        self.files += 1;
        self.rows += seen.rows;
        for (field, state) in source.schema().fields().iter().zip(seen.columns) {
            for (encoding, count) in &state.encodings {
                *self.encodings.entry((*encoding).to_owned()).or_default() += count;
            }
            self.add(shape(field, state));
        }
    }

    /// Takes in a column of a further file.
    fn add(&mut self, column: ColumnShape) {
        match self.columns.iter_mut().find(|known| known.name == column.name) {
            Some(known) => known.add(column),
            None => self.columns.push(column),
        }
    }
}

impl TableShape {
    /// The columns of all parts together.
    pub fn columns(&self) -> Vec<ColumnShape> {
        let mut whole = PartShape::default();
        self.parts.iter().flat_map(|part| &part.columns).for_each(|column| whole.add(column.clone()));
        whole.columns
    }
}

impl ColumnShape {
    fn add(&mut self, other: Self) {
        self.forms = match (self.values, other.values) {
            (_, 0) => std::mem::take(&mut self.forms),
            (0, _) => other.forms,
            _ => self.forms.intersection(&other.forms).copied().collect(),
        };
        self.files += other.files;
        self.stored.extend(other.stored);
        self.values += other.values;
        self.absent += other.absent;
        self.longest = self.longest.max(other.longest);
        if let (Some(codes), Some(more)) = (&mut self.codes, other.codes) {
            codes.add(more);
        }
    }

    /// The narrowest form of all values; `None`: text, or there is no value.
    pub fn form(&self) -> Option<Form> {
        self.forms.first().copied().filter(|_| self.values > 0)
    }
}

impl CodesShape {
    /// What is not named of two parts may be the same codes: so many there are at least.
    fn add(&mut self, other: Self) {
        self.too_many |= other.too_many;
        for (codes, more) in [(&mut self.listed, other.listed), (&mut self.others, other.others)] {
            for (code, count) in more {
                *codes.entry(code).or_default() += count;
            }
        }
        self.unnamed = self.unnamed.max(other.unnamed);
        self.unnamed_values += other.unnamed_values;
        for (width, count) in other.widths {
            let known = self.widths.entry(width).or_default();
            *known = count.max(*known);
        }
    }
}
