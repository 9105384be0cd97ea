//! The shape of tables as their files have it: columns, types, lengths, absent values, codes. What drifts between versions
//! of a table, between its parts, and between databases is seen by comparing shapes.

mod codes;
mod gathered;
mod look;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::AtomicBool;

use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use self::codes::{declared_lists, makes_parts};
pub use self::codes::{national, usual};
use self::gathered::{Field, Gathered, Names};
use self::look::{ColumnState, Looked, PartState, Rows, look};
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
    /// Every value of a column that holds codes.
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
    /// Files that could be opened.
    pub files: u64,
    /// Those of all files together, in the order of first appearance.
    pub columns: Vec<ColumnShape>,
    /// In the order of their names, then those that are not named.
    pub parts: Vec<PartShape>,
}

/// A part of a table: a file, the files of a folder, or the rows with one value in a column.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PartShape {
    /// A path, or a code; `-` for rows without one, and `#1`, `#2` … for codes that may not be named.
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
    /// Files of the table, or of the part, that do not have it.
    pub lacking: u64,
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
    /// Other codes that many rows of the table have. Of columns with personal data none is named.
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
    refused(table, &source, options, &mut problems);
    let looked: Vec<Option<Looked>> =
        source.files.par_iter().map(|file| look(file, table, options)).collect();
    let (mut whole, mut parts) = (Gathered::default(), BTreeMap::<Label, Gathered<'_>>::new());
    for (file, looked) in source.files.iter().zip(looked) {
        let looked = looked?;
        looked.tell(&file.name, &mut problems);
        let Some(opened) = &file.source else { continue };
        let schema = opened.schema();
        let fields: Vec<Field<'_>> = schema
            .fields()
            .iter()
            .map(|field| {
                let shown = name_of(file, table, field.name(), options.reveal, &source);
                Field::new(shown, table.column(field.name()), field.data_type())
            })
            .collect();
        // A file without rows has its columns all the same.
        let mut all = PartState { rows: 0, columns: vec![ColumnState::default(); fields.len()] };
        for (rows, seen) in looked.parts {
            all.merge(seen.clone());
            parts.entry(Label::of(rows, &file.name, options.by)).or_default().take(&fields, seen);
        }
        whole.take(&fields, all);
        // Of parts of a file, values with U+FFFD tell the same.
        let label = Label::of(Rows::All, &file.name, options.by);
        if let Some(part) = parts.get_mut(&label).filter(|_| looked.invalid_utf8 > 0) {
            part.encoded("invalid_utf8", looked.invalid_utf8);
        }
    }
    let names = whole.names(table, options.reveal);
    let shape = TableShape {
        id: table.id.value.clone(),
        files: whole.files,
        columns: whole.columns(&names),
        parts: named(parts, &names, options),
    };
    Some((shape, problems.into_diagnostics()))
}

/// What makes rows a part of the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Label {
    /// They have no value in the column that makes parts.
    Without,
    /// The file, or folder, of this path.
    Place(String),
    /// They have this value.
    With(String),
}

impl Label {
    fn of(rows: Rows, file: &str, by: &By) -> Self {
        match (rows, by) {
            (Rows::With(value), _) => Self::With(value),
            (Rows::Without, _) => Self::Without,
            (Rows::All, By::Folder) => {
                Self::Place(file.rsplit_once('/').map_or(".", |(folder, _)| folder).to_owned())
            }
            (Rows::All, By::File | By::Column(_)) => Self::Place(file.to_owned()),
        }
    }
}

/// The parts with their names. Values that may not be named are numbered, in their order, behind the others.
fn named(
    parts: BTreeMap<Label, Gathered<'_>>,
    names: &Names<'_>,
    options: &ShapeOptions<'_>,
) -> Vec<PartShape> {
    let nameable = match options.by {
        By::Column(name) => names.get(name.as_str()),
        By::File | By::Folder => None,
    };
    let (mut named, mut numbered) = (Vec::new(), Vec::new());
    for (label, part) in parts {
        match label {
            Label::Without => named.push(part.part("-".to_owned(), names)),
            Label::Place(path) => named.push(part.part(path, names)),
            Label::With(value) if options.reveal || nameable.is_some_and(|codes| codes.names(&value)) => {
                named.push(part.part(value, names));
            }
            Label::With(_) => numbered.push(part.part(format!("#{}", numbered.len() + 1), names)),
        }
    }
    named.append(&mut numbered);
    named
}

/// What cannot be looked at.
fn refused(table: &Table, source: &TableSource, options: &ShapeOptions<'_>, problems: &mut Problems) {
    let id = &table.id.value;
    if let By::Column(name) = options.by
        && let Some(column) = table.column(name).filter(|column| !makes_parts(column, options.reveal))
    {
        let hint = say!(
            "choose a column with a code list, or with a role of codes such as `province`",
            "hãy chọn một cột có danh mục, hoặc có vai trò là mã như `province`"
        );
        let what = match column.personal {
            true => say!(
                "`{id}`: `{name}` holds data about persons; parts are not made by it",
                "`{id}`: `{name}` chứa dữ liệu cá nhân, không dùng để chia phần"
            ),
            false => say!(
                "`{id}`: `{name}` is not declared as a column of codes; parts are not made by it",
                "`{id}`: `{name}` không được khai báo là cột mã, không dùng để chia phần"
            ),
        };
        problems.error(what, Some(hint));
    }
    if source.is_absent() && table.required && !table.allow_empty {
        let patterns = table.files.value.join(", ");
        problems.error(
            say!("table `{id}`: no file matches {patterns}", "bảng `{id}`: không có tệp nào khớp {patterns}"),
            None,
        );
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

impl ColumnShape {
    /// The narrowest form of all values; `None`: text, or there is no value.
    pub fn form(&self) -> Option<Form> {
        self.forms.first().copied().filter(|_| self.values > 0)
    }
}

impl CodesShape {
    /// The codes that are named.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.listed.keys().chain(self.others.keys()).map(String::as_str)
    }

    pub fn names(&self, code: &str) -> bool {
        self.listed.contains_key(code) || self.others.contains_key(code)
    }
}
