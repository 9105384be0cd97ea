//! Reads the pieces of a table on all threads and lets every rule look at every batch.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use arrow::buffer::BooleanBuffer;

use super::examples::{Examples, Position, Shown};
use super::failures::Failures;
use super::feed::{Feed, Projection, Task, reader_panicked};
use super::judging::{Arrays, Judging};
use super::kept::{self, Keeping};
use super::ledger::{KeyPopulation, Ledger, Outlet, Page};
use super::plan::{Lack, TablePlan, Work};
use super::problems::Problems;
use super::reread;
use super::run::{Progress, RunOptions};
use super::source::TableSource;
use super::spare::{Spare, SpareChunk};
use super::trace::RuleTrace;
use crate::base::Text;
use crate::extract::{self, Chunk, ExtractError, Finding, Piece, Sink};
use crate::kernel::RowVerdict;
use crate::kernel::memory::Memory;
use crate::kernel::similarity::Records;
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
    /// Rows that could be read of pieces that could not be read whole.
    pub torn: BTreeMap<(u32, u32), u64>,
    pub findings: Vec<(Position, Finding)>,
    pub failures: Failures,
    /// Content hashes per file.
    pub hashes: BTreeMap<u32, Result<String, ExtractError>>,
}

impl TableState {
    /// The rows of a file that were read.
    pub fn rows_of(&self, file: u32) -> u64 {
        self.pieces.range((file, 0)..=(file, u32::MAX)).map(|(_, rows)| rows).sum()
    }

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
            torn: BTreeMap::new(),
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
        self.torn.extend(other.torn);
        self.findings.extend(other.findings);
        self.failures.merge(other.failures);
        self.hashes.extend(other.hashes);
    }

    /// Whether every row of the table was read.
    pub fn is_whole(&self, source: &TableSource) -> bool {
        !self.cut && self.lost == 0 && !source.is_incomplete()
    }

    /// A row's one-based number within its file.
    pub fn row_in_file(&self, at: Position) -> u64 {
        reread::row_in_file(&self.pieces, at)
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

/// Scans a table, named with its database, for whoever looks for something in it and judges nothing. `None` when it was
/// interrupted.
pub fn of_table(
    (database, table): (&str, &str),
    plan: &TablePlan,
    source: &TableSource,
    outlet: &Outlet<'_>,
    options: &RunOptions<'_>,
) -> Option<TableState> {
    options.progress.table_started(database, table, source.bytes());
    let scan_options = ScanOptions {
        reveal: options.reveal,
        examples: 0,
        interrupted: options.interrupted,
        progress: options.progress,
    };
    let state = scan(plan, source, &scan_options, outlet, None);
    options.progress.table_done();
    (!options.interrupted.load(Ordering::Relaxed)).then_some(state)
}

/// Scans all files of a table on the threads of the current pool. What `keeping` knows of files is not read again.
pub fn scan(
    plan: &TablePlan,
    source: &TableSource,
    options: &ScanOptions<'_>,
    outlet: &Outlet<'_>,
    keeping: Option<&Keeping<'_>>,
) -> TableState {
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
    let open = |at: usize| {
        let file = &source.files[at];
        Some(file.source.as_ref()?.pieces(&Projection::of(&plan.sources, file, &[], 0).wanted))
    };
    match keeping {
        None => state.merge(read(plan, source, options, outlet, Feed::new(source, Box::new(open)))),
        Some(keeping) => kept::states(keeping, plan, source, options, outlet, &mut state, |file| {
            let only = file as usize..file as usize + 1;
            read(plan, source, options, outlet, Feed::new(source, Box::new(open)).of_pieces(only))
        }),
    }
    for (at, file) in source.files.iter().enumerate() {
        let changed =
            file.source.is_some() && file.stamp.as_ref().is_some_and(|stamp| !stamp.holds(&file.path));
        if changed && state.failures.of(at as u32).is_none() {
            // Nobody knows which of its rows were read before, and which after.
            state.cut = true;
            state.failures.add(at as u32, 0, changed_meanwhile());
        }
    }
    state
}

/// Does the work that is handed out, on all threads.
fn read(
    plan: &TablePlan,
    source: &TableSource,
    options: &ScanOptions<'_>,
    outlet: &Outlet<'_>,
    feed: Feed<'_>,
) -> TableState {
    let feed = Mutex::new(feed);
    let spare = Spare::new(rayon::current_num_threads());
    let shares = rayon::broadcast(|_| {
        let state = TableState::new(plan, options.examples);
        let mut worker = Worker { plan, source, options, outlet, spare: &spare, state };
        let reading = spare.reader();
        while !options.interrupted.load(Ordering::Relaxed) {
            // A poisoned lock means that a source panicked while it was pulled; its file is reported by that thread.
            let task = feed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).next();
            match task {
                Some(task) => worker.perform(task),
                None => break,
            }
        }
        drop(reading);
        while let Some(SpareChunk { start, chunk }) = spare.take() {
            let places = Projection::of(&plan.sources, &source.files[start.file as usize], &[], 0).places;
            worker.judge_chunk(start, chunk, &places);
        }
        worker.state
    });
    let mut state = TableState::new(plan, options.examples);
    for share in shares {
        state.merge(share);
    }
    state
}

fn changed_meanwhile() -> ExtractError {
    ExtractError {
        what: say!("the file changed while it was read", "tệp bị thay đổi trong lúc đọc"),
        hint: Some(say!(
            "run again while nobody writes to the extracts; write them elsewhere and rename them when they are whole",
            "chạy lại khi không ai ghi vào dữ liệu; nên ghi ra chỗ khác rồi đổi tên khi tệp đã hoàn chỉnh"
        )),
    }
}

struct Worker<'w> {
    plan: &'w TablePlan,
    source: &'w TableSource,
    options: &'w ScanOptions<'w>,
    outlet: &'w Outlet<'w>,
    spare: &'w Spare,
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
        let Projection { places, .. } =
            Projection::of(&self.plan.sources, &self.source.files[file as usize], &[], 0);
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
        self.state.torn.insert((file, piece), delivered);
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
        if let Err(SpareChunk { start, chunk }) = self.worker.spare.offer(SpareChunk { start, chunk }) {
            self.worker.judge_chunk(start, chunk, &self.places);
        }
        self.delivered += rows as u64;
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

impl Worker<'_> {
    fn judge_chunk(&mut self, start: Position, chunk: Chunk, places: &[Option<usize>]) {
        let rows = chunk.batch.num_rows();
        let arrays = Arrays::of(&chunk.batch, places);
        self.judge(start, rows, &arrays, chunk.damaged);
        self.options.progress.advanced(0, rows as u64);
    }

    /// Lets every rule look at a batch.
    fn judge(&mut self, start: Position, rows: usize, arrays: &Arrays, damaged: Option<BooleanBuffer>) {
        let judging = Judging::new(self.plan, rows, arrays, damaged.clone());
        let batch = &judging.batch;
        let mut dirty = judging.damaged();
        let mut populations = Vec::new();
        let mut traced = self.plan.trace.as_ref().map(|trace| trace.page(&judging, arrays));
        for (rule, (plan, state)) in self.plan.rules.iter().zip(&mut self.state.rules).enumerate() {
            let lacks = judging.lack(plan);
            let population = judging.population(plan);
            state.when_unknown += judging.when_unknown(plan);
            match &plan.work {
                Work::Scan(check) if !state.broken => {
                    match (lacks, check.judges_rows()) {
                        (Lack::Optional, true) => state.tally.na += rows as u64,
                        (Lack::Required, false) => {
                            let about = population.rows.as_ref();
                            state.unseen += about.map_or(rows, BooleanBuffer::count_set_bits) as u64;
                        }
                        _ => {}
                    }
                    let Some(own) = &mut state.own else { continue };
                    let Ok(verdict) = judging.verdict(plan, check.as_ref(), &population, own.as_mut()) else {
                        state.broken = true;
                        continue;
                    };
                    if let Some(traced) = &mut traced {
                        let trace = verdict.as_ref().map_or_else(|| RuleTrace::none(rows), RuleTrace::of);
                        traced.rules[rule] = trace;
                    }
                    if let Some(verdict) = verdict {
                        if plan.soils {
                            dirty = &dirty | &verdict.dirty();
                        }
                        let shown = |row| Shown::of(plan, check.as_ref(), batch, row);
                        state.note(&verdict, start, shown, self.options.reveal);
                    }
                }
                Work::Scan(_) => {}
                Work::Keys { .. }
                | Work::Groups { .. }
                | Work::Reconciled { .. }
                | Work::Linked { .. }
                | Work::Asked { .. }
                | Work::Since(_) => populations.push(KeyPopulation {
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
                    let scope = judging.scope(&population);
                    state.unseen += scope.count_set_bits() as u64;
                    if Judging::soils_unrun(plan, *status) {
                        dirty = &dirty | &scope;
                    }
                }
            }
        }
        self.state.rows += rows as u64;
        self.state.clean += (rows - dirty.count_set_bits()) as u64;
        if self.plan.keeps_pages() {
            let keys = self.plan.keys.iter().map(|key| Arc::new(key.of(batch))).collect();
            let memories = self.plan.memories.iter().map(|what| Arc::new(Memory::of(batch, what))).collect();
            let records = self.plan.links.iter().map(|link| Records::of(batch, link)).collect();
            let page = Page {
                start,
                rows,
                keys,
                spilled: None,
                memories,
                records,
                damaged,
                populations,
                dirty,
                traced,
            };
            self.state.ledger.add(page, self.outlet);
        }
    }
}

impl RuleState {
    /// Nobody knows what it says of any row that it is about.
    pub fn forget(&mut self) {
        self.tally = Tally::new(0, 0, self.tally.na, self.tally.applicable());
        self.reasons.clear();
        self.examples = Examples::default();
    }

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
