//! Reads a file and remembers what its columns look like.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::codes::{MOST, holds_codes, makes_parts};
use super::{By, ShapeOptions};
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
use crate::rule::Table;
use crate::rule::role::Role;
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

/// Rows of a file that belong together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rows {
    All,
    /// Those with this value in the column that makes parts.
    With(String),
    /// Those without a value in it.
    Without,
}

/// What was seen of a file.
#[derive(Default)]
pub(super) struct Looked {
    pub parts: BTreeMap<Rows, PartState>,
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
    pub values: u64,
    pub absent: u64,
    pub longest: u64,
    pub forms: Forms,
    /// None, where there are too many or the column holds none.
    pub codes: BTreeMap<String, u64>,
    pub too_many: bool,
    pub encodings: BTreeMap<&'static str, u64>,
}

impl ColumnState {
    pub fn merge(&mut self, other: Self) {
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
}

impl PartState {
    pub fn merge(&mut self, other: Self) {
        self.rows += other.rows;
        self.columns.resize(self.columns.len().max(other.columns.len()), ColumnState::default());
        self.columns.iter_mut().zip(other.columns).for_each(|(ours, theirs)| ours.merge(theirs));
    }
}

impl Looked {
    fn merge(mut self, other: Self) -> Self {
        for (label, part) in other.parts {
            self.parts.entry(label).or_default().merge(part);
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
                && declared.is_some_and(|column| makes_parts(column, options.reveal))
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
            looked.parts.insert(Rows::All, PartState { rows: 0, columns });
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
    fn parts(&self, batch: &Batch<'_>, sound: &BooleanBuffer) -> Vec<(Rows, BooleanBuffer)> {
        let Some(by) = self.by else { return vec![(Rows::All, sound.clone())] };
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
        let mut parts: Vec<_> =
            rows.into_iter().map(|(value, rows)| (Rows::With(value), marked(&rows))).collect();
        let rest = minus(sound, &present);
        if rest.count_set_bits() > 0 {
            parts.push((Rows::Without, rest));
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
