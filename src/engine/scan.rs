//! Reads the pieces of a table on all threads and lets every rule look at every batch.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow::array::{ArrayRef, new_null_array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;

use super::examples::{Examples, Position, Shown};
use super::failures::Failures;
use super::ledger::{KeyPopulation, Ledger, Page};
use super::plan::{Lack, TablePlan, Work};
use super::problems::Problems;
use super::run::Progress;
use super::source::TableSource;
use super::trace::RuleTrace;
use crate::base::Text;
use crate::extract::{self, Chunk, ExtractError, Finding, Piece, Pieces, Sink};
use crate::kernel::memory::Memory;
use crate::kernel::{Batch, Population, RowVerdict, TextColumn, key};
use crate::rule::AnyState;
use crate::say;
use crate::state::{State, Tally};

/// What is remembered of one rule.
pub struct RuleState {
    pub tally: Tally,
    pub when_unknown: u64,
    pub reasons: BTreeMap<&'static str, u64>,
    pub examples: Examples,
    /// The kind's own state; `None` for rules that judge keys or do not run.
    pub own: Option<Box<dyn AnyState>>,
    /// Rows that the rule is about and did not look at: it does not run, or it judges no rows and their file lacks a
    /// column.
    pub unseen: u64,
    /// The rule panicked: a defect of the program, which must not take the run down.
    pub broken: bool,
}

/// Everything a scan has found out about a table.
pub struct TableState {
    pub rules: Vec<RuleState>,
    pub ledger: Ledger,
    pub rows: u64,
    /// Rows that no rule of severity major or above found fault with; exact only where there is no ledger.
    pub clean: u64,
    /// Rows known to exist that could not be read.
    pub lost: u64,
    /// Something could not be read, and it is not known how much.
    pub cut: bool,
    /// Rows per piece, to number rows within files.
    pub pieces: BTreeMap<(u32, u32), u64>,
    pub findings: Vec<(Position, Finding)>,
    pub failures: Failures,
    /// Content hashes per file.
    pub hashes: BTreeMap<u32, Result<String, ExtractError>>,
}

impl TableState {
    pub fn new(plan: &TablePlan, examples: usize) -> Self {
        let rule = |work: &Work| RuleState {
            tally: Tally::default(),
            when_unknown: 0,
            reasons: BTreeMap::new(),
            examples: Examples::at_most(examples),
            own: match work {
                Work::Scan(check) => Some(check.state()),
                _ => None,
            },
            unseen: 0,
            broken: false,
        };
        Self {
            rules: plan.rules.iter().map(|plan| rule(&plan.work)).collect(),
            ledger: Ledger::default(),
            rows: 0,
            clean: 0,
            lost: 0,
            cut: false,
            pieces: BTreeMap::new(),
            findings: Vec::new(),
            failures: Failures::default(),
            hashes: BTreeMap::new(),
        }
    }

    /// Merges the state of another thread over other pieces of the same table.
    pub fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.rules.iter_mut().zip(other.rules) {
            ours.tally.merge(theirs.tally);
            ours.when_unknown += theirs.when_unknown;
            ours.unseen += theirs.unseen;
            ours.broken |= theirs.broken;
            ours.examples.merge(theirs.examples);
            for (reason, count) in theirs.reasons {
                *ours.reasons.entry(reason).or_default() += count;
            }
            if let (Some(ours), Some(theirs)) = (&mut ours.own, theirs.own) {
                ours.merge_any(theirs);
            }
        }
        self.ledger.merge(other.ledger);
        self.rows += other.rows;
        self.clean += other.clean;
        self.lost += other.lost;
        self.cut |= other.cut;
        self.pieces.extend(other.pieces);
        self.findings.extend(other.findings);
        self.failures.merge(other.failures);
        self.hashes.extend(other.hashes);
    }

    /// A row's one-based number within its file.
    pub fn row_in_file(&self, at: Position) -> u64 {
        let before: u64 = self.pieces.range((at.file, 0)..(at.file, at.piece)).map(|(_, rows)| rows).sum();
        before + at.row + 1
    }

    /// Moves what was found while reading to the table's problems, in the order of files and rows.
    pub fn report(&mut self, source: &TableSource, problems: &mut Problems) {
        let mut findings = std::mem::take(&mut self.findings);
        findings.sort_by_key(|(at, _)| *at);
        for (at, mut finding) in findings {
            finding.row = finding.row.map(|_| self.row_in_file(at));
            problems.finding(&source.files[at.file as usize].name, &finding);
        }
        self.failures.report(source, problems);
        for (file, hash) in &self.hashes {
            // A file that could not be opened, or not be read, has said so.
            let table_file = &source.files[*file as usize];
            if let Err(error) = hash
                && table_file.source.is_some()
                && self.failures.of(*file).is_none()
            {
                problems.extract_error(&table_file.name, error);
            }
        }
    }
}

pub struct ScanOptions<'o> {
    pub reveal: bool,
    /// Failing rows that are kept of each rule.
    pub examples: usize,
    pub interrupted: &'o AtomicBool,
    pub progress: &'o dyn Progress,
}

/// Scans all files of a table on the threads of the current pool.
pub fn scan(plan: &TablePlan, source: &TableSource, options: &ScanOptions<'_>) -> TableState {
    let mut state = TableState::new(plan, options.examples);
    for file in &source.files {
        file.show(|found| {
            for (rule, state) in plan.rules.iter().zip(&mut state.rules) {
                if let (Work::Scan(check), Some(own)) = (&rule.work, &mut state.own) {
                    check.observe(found, own.as_mut());
                }
            }
        });
    }
    let feed = Mutex::new(Feed::new(plan, source));
    let shares = rayon::broadcast(|_| {
        let mut worker = Worker { plan, source, options, state: TableState::new(plan, options.examples) };
        while !options.interrupted.load(Ordering::Relaxed) {
            // A poisoned lock means that a source panicked while it was pulled; its file is reported by that thread.
            let task = feed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
            match task {
                Some(task) => worker.perform(task),
                None => break,
            }
        }
        worker.state
    });
    for share in shares {
        state.merge(share);
    }
    state
}

/// What a thread does next.
enum Task {
    Hash { file: u32 },
    Read { file: u32, piece: u32, reader: Box<dyn Piece> },
    Failed { file: u32, piece: u32, error: ExtractError },
}

/// Hands out hashing jobs, then the pieces of all files in order.
struct Feed<'s> {
    source: &'s TableSource,
    projections: Vec<Vec<usize>>,
    hashed: usize,
    file: usize,
    pieces: Option<(u32, Pieces)>,
}

impl<'s> Feed<'s> {
    fn new(plan: &TablePlan, source: &'s TableSource) -> Self {
        let projections = source.files.iter().map(|file| projection(plan, file).0).collect();
        Self { source, projections, hashed: 0, file: 0, pieces: None }
    }

    fn next(&mut self) -> Option<Task> {
        if self.hashed < self.source.files.len() {
            self.hashed += 1;
            return Some(Task::Hash { file: (self.hashed - 1) as u32 });
        }
        loop {
            let file = self.file as u32;
            if let Some((count, pieces)) = &mut self.pieces {
                let pulled = catch_unwind(AssertUnwindSafe(|| pieces.next()));
                match pulled {
                    Ok(Some(Ok(reader))) => {
                        *count += 1;
                        return Some(Task::Read { file, piece: *count - 1, reader });
                    }
                    Ok(Some(Err(error))) => {
                        *count += 1;
                        return Some(Task::Failed { file, piece: *count - 1, error });
                    }
                    Err(_) => {
                        let piece = *count;
                        self.pieces = None;
                        self.file += 1;
                        return Some(Task::Failed { file, piece, error: reader_panicked() });
                    }
                    Ok(None) => {
                        self.pieces = None;
                        self.file += 1;
                    }
                }
            } else {
                let table_file = self.source.files.get(self.file)?;
                match &table_file.source {
                    Some(source) => {
                        let wanted = &self.projections[self.file];
                        match catch_unwind(AssertUnwindSafe(|| source.pieces(wanted))) {
                            Ok(pieces) => self.pieces = Some((0, pieces)),
                            Err(_) => {
                                self.file += 1;
                                return Some(Task::Failed { file, piece: 0, error: reader_panicked() });
                            }
                        }
                    }
                    None => self.file += 1,
                }
            }
        }
    }
}

fn reader_panicked() -> ExtractError {
    ExtractError {
        what: say!("the reader failed on this file's content", "bộ đọc gặp lỗi với nội dung tệp này"),
        hint: Some(say!(
            "export the file again; if it is sound, please report it",
            "kết xuất lại tệp; nếu tệp không hỏng, xin báo lỗi cho chúng tôi"
        )),
    }
}

/// Which of a file's columns are read (ascending), and where each of the plan's sources is among them.
fn projection(plan: &TablePlan, file: &super::source::TableFile) -> (Vec<usize>, Vec<Option<usize>>) {
    let Some(source) = &file.source else { return (Vec::new(), vec![None; plan.sources.len()]) };
    let schema = source.schema();
    let found: Vec<Option<usize>> = plan.sources.iter().map(|name| schema.index_of(name).ok()).collect();
    let mut wanted: Vec<usize> = found.iter().flatten().copied().collect();
    wanted.sort_unstable();
    wanted.dedup();
    let places = found.into_iter().map(|at| at.and_then(|at| wanted.binary_search(&at).ok())).collect();
    (wanted, places)
}

struct Worker<'w> {
    plan: &'w TablePlan,
    source: &'w TableSource,
    options: &'w ScanOptions<'w>,
    state: TableState,
}

impl Worker<'_> {
    fn perform(&mut self, task: Task) {
        match task {
            Task::Hash { file } => {
                let hash = extract::fingerprint(&self.source.files[file as usize].path);
                self.state.hashes.insert(file, hash.map(|print| print.blake3));
            }
            Task::Failed { file, piece, error } => {
                self.state.cut = true;
                self.state.failures.add(file, piece, error);
            }
            Task::Read { file, piece, reader } => self.read(file, piece, reader),
        }
    }

    fn read(&mut self, file: u32, piece: u32, reader: Box<dyn Piece>) {
        let promised = reader.rows();
        let (_, places) = projection(self.plan, &self.source.files[file as usize]);
        let mut sink = PieceSink { worker: self, file, piece, places, delivered: 0 };
        let outcome = catch_unwind(AssertUnwindSafe(|| reader.read(&mut sink)));
        let delivered = sink.delivered;
        self.state.pieces.insert((file, piece), promised.unwrap_or(delivered).max(delivered));
        let error = match outcome {
            Ok(Ok(())) => return,
            Ok(Err(error)) => error,
            Err(_) => reader_panicked(),
        };
        match promised {
            Some(promised) => self.state.lost += promised.saturating_sub(delivered),
            None => self.state.cut = true,
        }
        self.state.failures.add(file, piece, error);
    }
}

/// Receives the batches of one piece.
struct PieceSink<'s, 'w> {
    worker: &'s mut Worker<'w>,
    file: u32,
    piece: u32,
    /// Where the plan's sources are among the projected columns.
    places: Vec<Option<usize>>,
    delivered: u64,
}

impl Sink for PieceSink<'_, '_> {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let rows = chunk.batch.num_rows();
        let start = Position { file: self.file, piece: self.piece, row: self.delivered };
        let (arrays, absent) = self.arrays(&chunk);
        self.worker.judge(start, rows, &arrays, &absent, chunk.damaged);
        self.delivered += rows as u64;
        self.worker.options.progress.advanced(0, rows as u64);
        if self.worker.options.interrupted.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn finding(&mut self, finding: Finding) {
        let row = finding.row.unwrap_or_default();
        self.worker.state.findings.push((Position { file: self.file, piece: self.piece, row }, finding));
    }

    fn consumed(&mut self, bytes: u64) {
        self.worker.options.progress.advanced(bytes, 0);
    }
}

impl PieceSink<'_, '_> {
    /// One array for each of the plan's sources; sources that this file lacks are null and listed.
    fn arrays(&self, chunk: &Chunk) -> (Vec<ArrayRef>, Vec<usize>) {
        let mut absent = Vec::new();
        let arrays = self
            .places
            .iter()
            .enumerate()
            .map(|(source, place)| {
                let array = place.and_then(|at| chunk.batch.columns().get(at));
                match array.filter(|array| readable(array)) {
                    Some(array) => std::sync::Arc::clone(array),
                    None => {
                        absent.push(source);
                        new_null_array(&DataType::Utf8View, chunk.batch.num_rows())
                    }
                }
            })
            .collect();
        (arrays, absent)
    }
}

fn readable(array: &ArrayRef) -> bool {
    crate::kernel::ColumnType::found(array.data_type()).is_some()
        && (!matches!(array.data_type(), DataType::Dictionary(..)) || TextColumn::of(array).is_some())
}

impl Worker<'_> {
    /// Lets every rule look at a batch.
    fn judge(
        &mut self,
        start: Position,
        rows: usize,
        arrays: &[ArrayRef],
        absent: &[usize],
        damaged: Option<BooleanBuffer>,
    ) {
        let batch = Batch::new(&self.plan.columns, rows, arrays);
        let lack = |sources: &[usize]| self.plan.lack(sources, absent);
        let filters: Vec<Option<Filtered>> = self
            .plan
            .filters
            .iter()
            .map(|filter| {
                (lack(&filter.sources) == Lack::Nothing).then(|| {
                    let truth = filter.condition.evaluate(&batch);
                    let mut known = &truth.is_true | &truth.is_false;
                    if let Some(failed) = &truth.failed {
                        known = &known | failed;
                    }
                    Filtered { unknown: !&known, rows: truth.is_true, failed: truth.failed }
                })
            })
            .collect();
        let mut dirty = damaged.clone().unwrap_or_else(|| BooleanBuffer::new_unset(rows));
        let mut populations = Vec::new();
        let mut traced = self.plan.trace.as_ref().map(|trace| trace.page(rows, arrays, &filters));
        for (rule, (plan, state)) in self.plan.rules.iter().zip(&mut self.state.rules).enumerate() {
            let filter = plan.filter.map(|at| filters[at].as_ref());
            let lacks = lack(&plan.sources);
            let filter = filter.flatten();
            let failed = filter.and_then(|filter| filter.failed.as_ref());
            let untrusted = match (&damaged, failed) {
                (Some(damaged), Some(failed)) => Some(damaged | failed),
                (damaged, failed) => damaged.as_ref().or(failed).cloned(),
            };
            let population = Population { rows: filter.map(|f| f.rows.clone()), damaged: untrusted };
            if let Some(filter) = filter {
                let unknown = match &damaged {
                    Some(damaged) => crate::kernel::verdict::minus(&filter.unknown, damaged),
                    None => filter.unknown.clone(),
                };
                state.when_unknown += unknown.count_set_bits() as u64;
            }
            match &plan.work {
                Work::Scan(check) if !state.broken => {
                    let verdict = if lacks == Lack::Optional {
                        // As where no file has the column: there is nothing to judge.
                        state.tally.na += if check.judges_rows() { rows as u64 } else { 0 };
                        None
                    } else if lacks == Lack::Required && !check.judges_rows() {
                        state.unseen +=
                            population.rows.as_ref().map_or(rows, BooleanBuffer::count_set_bits) as u64;
                        None
                    } else if lacks == Lack::Required {
                        Some(unknown_everywhere(&batch))
                    } else {
                        let own = state.own.as_mut();
                        catch_unwind(AssertUnwindSafe(|| {
                            let verdict = own.and_then(|own| check.scan(&batch, &population, own.as_mut()));
                            assert!(
                                verdict.as_ref().is_none_or(RowVerdict::is_consistent),
                                "a verdict that contradicts itself"
                            );
                            verdict
                        }))
                        .unwrap_or_else(|_| {
                            state.broken = true;
                            None
                        })
                    };
                    let verdict = verdict.map(|verdict| verdict.within(&population));
                    if let Some(traced) = &mut traced {
                        let trace = verdict.as_ref().map_or_else(|| RuleTrace::none(rows), RuleTrace::of);
                        traced.rules[rule] = trace;
                    }
                    if let Some(verdict) = verdict {
                        if plan.soils {
                            dirty = &dirty | &verdict.dirty();
                        }
                        let shown = |row| Shown {
                            value: plan.shown.and_then(|column| batch.cell(column, row)),
                            why: catch_unwind(AssertUnwindSafe(|| check.explain(&batch, row))).ok().flatten(),
                        };
                        state.note(&verdict, start, shown, self.options.reveal);
                    }
                }
                Work::Scan(_) => {}
                Work::Keys { .. } | Work::Groups { .. } => populations.push(KeyPopulation {
                    unknown: match (lacks, &population.rows) {
                        (Lack::Required, Some(rows)) => Some(
                            population
                                .damaged
                                .as_ref()
                                .map_or_else(|| rows.clone(), |damaged| rows | damaged),
                        ),
                        (Lack::Required, None) => Some(batch.all()),
                        _ => population.damaged,
                    },
                    rows: match lacks {
                        Lack::Optional => Some(BooleanBuffer::new_unset(rows)),
                        _ => population.rows,
                    },
                }),
                Work::Not { status, .. } => {
                    let scope = match &population.rows {
                        Some(rows) => {
                            &damaged.as_ref().map_or_else(|| rows.clone(), |damaged| rows | damaged)
                        }
                        None => &batch.all(),
                    };
                    state.unseen += scope.count_set_bits() as u64;
                    if plan.soils && *status != crate::base::Status::Na {
                        dirty = &dirty | scope;
                    }
                }
            }
        }
        self.state.rows += rows as u64;
        self.state.clean += (rows - dirty.count_set_bits()) as u64;
        if self.plan.keeps_pages() {
            let keys = self
                .plan
                .keys
                .iter()
                .map(|key| key::keys(&batch, &key.columns, &key.types, key.absent))
                .collect();
            let memories = self.plan.memories.iter().map(|what| Memory::of(&batch, what)).collect();
            self.state.ledger.pages.push(Page {
                start,
                rows,
                keys,
                memories,
                damaged,
                populations,
                dirty,
                traced,
            });
        }
    }
}

/// A filter's rows in one batch.
pub struct Filtered {
    pub rows: BooleanBuffer,
    /// Neither true nor false.
    unknown: BooleanBuffer,
    /// It cannot be evaluated.
    failed: Option<BooleanBuffer>,
}

fn unknown_everywhere(batch: &Batch<'_>) -> RowVerdict {
    RowVerdict::new(batch.all(), BooleanBuffer::new_unset(batch.rows())).with_unknown(Some(batch.all()))
}

impl RuleState {
    /// Counts a verdict and keeps some of its failing rows.
    pub fn note(
        &mut self,
        verdict: &RowVerdict,
        start: Position,
        shown: impl Fn(usize) -> Shown,
        reveal: bool,
    ) {
        self.tally.merge(verdict.tally());
        for (reason, rows) in &verdict.reasons {
            let count = (rows & &verdict.fail).count_set_bits() as u64;
            if count > 0 {
                *self.reasons.entry(reason).or_default() += count;
            }
        }
        for row in verdict.fail.set_indices() {
            let at = Position { row: start.row + row as u64, ..start };
            self.examples.offer(at, || shown(row), reveal);
        }
    }
}

/// Why a rule has no usable outcome although it was bound.
pub fn breakage() -> Text {
    say!(
        "the rule stopped working in the middle of the data; please report it",
        "quy tắc bị lỗi giữa chừng khi đọc dữ liệu; xin báo lỗi cho chúng tôi"
    )
}
