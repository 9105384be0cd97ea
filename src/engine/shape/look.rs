//! Reads a file and remembers what its columns look like.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;
use rayon::prelude::*;

use super::codes::{MOST, codes, holds_codes};
use super::{By, ColumnShape, ShapeOptions};
use crate::base::{Level, Text};
use crate::engine::feed::reader_panicked;
use crate::engine::problems::Problems;
use crate::engine::source::TableFile;
use crate::extract::{Chunk, ExtractError, Finding, Piece, Sink};
use crate::kernel::column::standard_placeholders;
use crate::kernel::form::Forms;
use crate::kernel::text::{Defects, chars_len, defects};
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnPlan, ColumnType};
use crate::rule::role::Role;
use crate::rule::{Column, Table};
use crate::say;

/// What is not Unicode text in its usual form.
const ENCODINGS: [Defects; 9] = [
    Defects::NOT_NFC,
    Defects::TCVN3,
    Defects::VNI,
    Defects::VIQR,
    Defects::VISCII,
    Defects::VPS,
    Defects::CP1258,
    Defects::MOJIBAKE,
    Defects::REPLACEMENT,
];

/// More parts than a report can tell apart.
const MOST_PARTS: usize = 2_000;

/// What was seen of a file: by the value of a column, or (`None`) as a whole.
#[derive(Default)]
pub(super) struct Looked {
    pub parts: BTreeMap<Option<String>, PartState>,
    pub invalid_utf8: u64,
    damaged: u64,
    errors: Vec<Text>,
    too_many_parts: bool,
}

#[derive(Clone, Default)]
pub(super) struct PartState {
    pub rows: u64,
    /// In the order of the file.
    pub columns: Vec<ColumnState>,
}

#[derive(Clone, Default)]
pub(super) struct ColumnState {
    values: u64,
    absent: u64,
    longest: u64,
    forms: Forms,
    codes: BTreeMap<String, u64>,
    too_many: bool,
    pub encodings: BTreeMap<&'static str, u64>,
}

impl ColumnState {
    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.absent += other.absent;
        self.longest = self.longest.max(other.longest);
        self.forms.merge(other.forms);
        self.too_many |= other.too_many;
        for (code, count) in other.codes {
            *self.codes.entry(code).or_default() += count;
        }
        self.limit();
        for (encoding, count) in other.encodings {
            *self.encodings.entry(encoding).or_default() += count;
        }
    }

    /// Whoever counts them in whatever order: too many are too many.
    fn limit(&mut self) {
        self.too_many |= self.codes.len() > MOST;
        if self.too_many {
            self.codes.clear();
        }
    }

    /// As reports have it; `known` codes may be named.
    pub fn shape(
        self,
        name: String,
        stored: &DataType,
        declared: Option<&Column>,
        known: Option<&BTreeSet<String>>,
        reveal: bool,
    ) -> ColumnShape {
        let personal = declared.is_some_and(|column| column.personal);
        let known = known.filter(|_| declared.is_some_and(holds_codes));
        let codes = known.map(|known| codes(&self.codes, self.too_many, known, personal, reveal));
        let stored = ColumnType::found(stored).map_or_else(|| stored.to_string(), |ty| ty.id().to_owned());
        ColumnShape {
            name,
            files: 1,
            stored: BTreeSet::from([stored]),
            forms: if self.values > 0 { self.forms.every() } else { BTreeSet::new() },
            role: declared.and_then(|column| column.role).map(|role| role.name.to_owned()),
            declared: declared.and_then(|column| column.ty).map(|ty| ty.id().to_owned()),
            code_list: declared.and_then(|column| column.code_list.as_ref()).map(|list| list.value.clone()),
            personal,
            values: self.values,
            absent: self.absent,
            longest: self.longest,
            codes,
        }
    }
}

impl Looked {
    fn merge(mut self, other: Self) -> Self {
        for (label, part) in other.parts {
            let ours = self.parts.entry(label).or_default();
            ours.rows += part.rows;
            ours.columns.resize(ours.columns.len().max(part.columns.len()), ColumnState::default());
            ours.columns.iter_mut().zip(part.columns).for_each(|(ours, theirs)| ours.merge(theirs));
        }
        self.invalid_utf8 += other.invalid_utf8;
        self.damaged += other.damaged;
        self.errors.extend(other.errors);
        self.too_many_parts |= self.parts.len() > MOST_PARTS || other.too_many_parts;
        self
    }

    /// Says what could not be read.
    pub fn tell(&self, file: &str, problems: &mut Problems) {
        let mut errors: Vec<&Text> = self.errors.iter().collect();
        errors.sort_by(|one, two| one.en.cmp(&two.en));
        errors.dedup();
        for Text { en, vi } in errors {
            problems.error(say!("`{file}`: {en}", "`{file}`: {vi}"), None);
        }
        if self.damaged > 0 {
            let rows = self.damaged;
            problems.error(
                say!(
                    "`{file}`: {rows} damaged rows could not be looked at",
                    "`{file}`: {rows} dòng hỏng không xem được"
                ),
                Some(say!(
                    "`thuocdo score` says what is wrong with them",
                    "`thuocdo score` cho biết dòng hỏng thế nào"
                )),
            );
        }
        if self.too_many_parts {
            problems.error(
                say!(
                    "`{file}`: the column makes more than {MOST_PARTS} parts",
                    "`{file}`: cột này chia thành hơn {MOST_PARTS} phần"
                ),
                Some(say!("choose a column with few values", "hãy chọn cột có ít giá trị")),
            );
        }
    }
}

/// Looks at all rows of a file. `None` when it was interrupted.
pub(super) fn look(file: &TableFile, table: &Table, options: &ShapeOptions<'_>) -> Option<Looked> {
    let Some(source) = &file.source else { return Some(Looked::default()) };
    let schema = source.schema();
    let plan = Plan::new(&schema, table, options);
    let pieces = catch_unwind(AssertUnwindSafe(|| {
        let pieces = source.pieces(&plan.readable).par_bridge();
        pieces.map(|piece| plan.piece(piece)).reduce(|| plan.nothing(), Looked::merge)
    }));
    let looked = pieces.unwrap_or_else(|_| plan.failed(reader_panicked()));
    (!options.interrupted.load(Ordering::Relaxed)).then_some(looked)
}

/// How the columns of a file are read.
struct Plan<'p> {
    /// Columns of the file.
    columns: usize,
    /// Those that can be read, by their places in the file.
    readable: Vec<usize>,
    plans: Vec<ColumnPlan>,
    /// Whether codes are counted, for each that can be read.
    coded: Vec<bool>,
    /// The column that makes parts, among those that can be read.
    by: Option<usize>,
    interrupted: &'p AtomicBool,
}

impl<'p> Plan<'p> {
    fn new(schema: &arrow::datatypes::Schema, table: &Table, options: &ShapeOptions<'p>) -> Self {
        let mut plan = Self {
            columns: schema.fields().len(),
            readable: Vec::new(),
            plans: Vec::new(),
            coded: Vec::new(),
            by: None,
            interrupted: options.interrupted,
        };
        for (at, field) in schema.fields().iter().enumerate() {
            let Some(ty) = ColumnType::found(field.data_type()) else { continue };
            let declared = table.column(field.name());
            let keyed = table.key.iter().any(|key| key.value == *field.name());
            let codes = keyed || declared.and_then(|column| column.role).is_some_and(Role::holds_codes);
            if let By::Column(name) = options.by
                && name == field.name()
                && !declared.is_some_and(|column| column.personal)
            {
                plan.by = Some(plan.readable.len());
            }
            plan.coded.push(declared.is_some_and(holds_codes));
            plan.plans.push(ColumnPlan {
                name: field.name().clone(),
                source: plan.readable.len(),
                ty,
                formats: [].into(),
                placeholders: standard_placeholders(codes && ty == ColumnType::Text, false, &[]),
                pad: None,
            });
            plan.readable.push(at);
        }
        plan
    }

    /// A file without rows has its columns all the same.
    fn nothing(&self) -> Looked {
        let mut looked = Looked::default();
        if self.by.is_none() {
            let columns = vec![ColumnState::default(); self.columns];
            looked.parts.insert(None, PartState { rows: 0, columns });
        }
        looked
    }

    fn failed(&self, error: ExtractError) -> Looked {
        Looked { errors: vec![error.what], ..self.nothing() }
    }

    fn piece(&self, piece: Result<Box<dyn Piece>, ExtractError>) -> Looked {
        let mut reading = Reading { plan: self, looked: self.nothing() };
        let read = piece.and_then(|piece| {
            catch_unwind(AssertUnwindSafe(|| piece.read(&mut reading)))
                .unwrap_or_else(|_| Err(reader_panicked()))
        });
        reading.looked.errors.extend(read.err().map(|error| error.what));
        reading.looked
    }

    /// The rows of each part.
    fn parts(&self, batch: &Batch<'_>, sound: &BooleanBuffer) -> Vec<(Option<String>, BooleanBuffer)> {
        let Some(by) = self.by else { return vec![(None, sound.clone())] };
        let present = sound & batch.present(by);
        let text = batch.canonical(by);
        let mut rows: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for row in present.set_indices() {
            let Some(value) = text.get(row) else { continue };
            let full = rows.len() > MOST_PARTS;
            match rows.get_mut(value) {
                Some(rows) => rows.push(row),
                None if full => {}
                None => drop(rows.insert(value.to_owned(), vec![row])),
            }
        }
        let marked = |rows: &[usize]| {
            let mut rows = rows.iter().peekable();
            BooleanBuffer::collect_bool(batch.rows(), |row| rows.next_if(|&&at| at == row).is_some())
        };
        let mut parts: Vec<_> = rows.into_iter().map(|(value, rows)| (Some(value), marked(&rows))).collect();
        let rest = minus(sound, &present);
        if rest.count_set_bits() > 0 {
            // Rows without a value are a part of their own.
            parts.push((Some("-".to_owned()), rest));
        }
        parts
    }

    fn column(&self, at: usize, batch: &Batch<'_>, rows: &BooleanBuffer) -> ColumnState {
        let mut state = ColumnState::default();
        let present = rows & batch.present(at);
        state.values = present.count_set_bits() as u64;
        state.absent = rows.count_set_bits() as u64 - state.values;
        let canonical = batch.canonical(at);
        let length = canonical.mapped(|value| chars_len(value) as u64);
        state.longest = present.set_indices().filter_map(length).max().unwrap_or(0);
        for row in present.set_indices() {
            let Some(value) = canonical.get(row) else { continue };
            state.forms.see(value);
            if self.coded[at] && !state.too_many {
                match state.codes.get_mut(value) {
                    Some(count) => *count += 1,
                    None => drop(state.codes.insert(value.to_owned(), 1)),
                }
                state.limit();
            }
        }
        if batch.stored_as_text(at) {
            let raw = batch.text(at);
            let marks = raw.mapped(|value| if value.is_ascii() { Defects::NONE } else { defects(value) });
            let found = present.set_indices().filter_map(marks).filter(|found| !found.is_empty());
            for found in found {
                for (defect, id) in Defects::ALL {
                    if ENCODINGS.contains(&defect) && found.contains(defect) {
                        *state.encodings.entry(id).or_default() += 1;
                    }
                }
            }
        }
        state
    }
}

/// Takes the rows of a piece.
struct Reading<'r, 'p> {
    plan: &'r Plan<'p>,
    looked: Looked,
}

impl Sink for Reading<'_, '_> {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        if self.plan.interrupted.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        let plan = self.plan;
        let batch = Batch::new(&plan.plans, chunk.batch.num_rows(), chunk.batch.columns());
        let mut sound = batch.all();
        if let Some(damaged) = &chunk.damaged {
            self.looked.damaged += damaged.count_set_bits() as u64;
            sound = minus(&sound, damaged);
        }
        let mut looked = Looked::default();
        for (label, rows) in plan.parts(&batch, &sound) {
            let mut part = PartState {
                rows: rows.count_set_bits() as u64,
                columns: vec![ColumnState::default(); plan.columns],
            };
            for (at, place) in plan.readable.iter().enumerate() {
                part.columns[*place] = plan.column(at, &batch, &rows);
            }
            looked.parts.insert(label, part);
        }
        self.looked = std::mem::take(&mut self.looked).merge(looked);
        ControlFlow::Continue(())
    }

    fn finding(&mut self, finding: Finding) {
        if finding.code == "text.invalid_utf8" {
            self.looked.invalid_utf8 += finding.count;
        } else if finding.level == Level::Error {
            self.looked.errors.push(finding.what);
        }
    }

    fn consumed(&mut self, _bytes: u64) {}
}
