//! Reads the files of a judged table once more, on all threads, and brings their rows in order. What rules say of a batch
//! they say again; what needed all rows was kept.
//!
//! Memory does not grow with the rows: each thread works on a piece of its own, holds a little of what it has found, and
//! waits then until all pieces before its own are delivered.

use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::array::ArrayRef;
use arrow::buffer::BooleanBuffer;

use super::broken::BatchVerdict;
use super::examples::Position;
use super::feed::{Feed, Projection, Task};
use super::judging::{Arrays, Judging};
use super::plan::TablePlan;
use super::reread::{self, KeyShown};
use super::rows::{
    FailingRow, Form, JudgedTable, Outcome, Portion, ReconciledRow, Records, RowSink, Wanted, Written,
};
use super::run::Progress;
use super::turns::Turns;
use crate::base::{Lang, Text};
use crate::extract::{Chunk, Finding, Piece, Sink, Verbatim};
use crate::kernel::{Batch, RowVerdict};
use crate::say;

/// What a thread holds before its turn.
const HELD: usize = 32 << 20;
/// Failing rows that are delivered together.
const ROWS: usize = 1024;

pub struct LookOptions<'o> {
    pub wanted: Wanted,
    /// Show values as they are.
    pub reveal: bool,
    pub lang: Lang,
    pub interrupted: &'o AtomicBool,
    pub progress: &'o dyn Progress,
}

/// What was brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    /// Rows that could be read.
    pub rows: u64,
    /// Those that some rule fails.
    pub failing: u64,
    pub clean: u64,
}

/// Why not all rows were brought.
#[derive(Debug)]
pub enum LookError {
    Interrupted,
    /// The files are no longer those that were judged, or the program fails on them.
    Lost(Text),
    /// The sink did not take them.
    Refused(Text),
}

impl JudgedTable<'_> {
    /// Brings the rows that are wanted to `sink`, in the order of files and of rows in them, on the threads of the
    /// current pool.
    ///
    /// # Errors
    /// [`LookError`]; `sink` has some of the rows then.
    pub fn second_look(
        &self,
        sink: &mut dyn RowSink,
        options: &LookOptions<'_>,
    ) -> Result<Brought, LookError> {
        let bytes = self.source.bytes();
        options.progress.table_started(self.database, &self.table.id.value, bytes);
        let look = Look {
            judged: self,
            options,
            reconciling: if options.wanted.reconciled { self.reconciling() } else { Vec::new() },
            key: KeyShown::of(self.table, self.table.key_names(), options.reveal),
            forms: (0..self.source.files.len()).map(|file| self.form(file)).collect(),
            turns: Turns::new(sink),
            outcome: Mutex::default(),
            rows: AtomicU64::new(0),
            failing: AtomicU64::new(0),
            clean: AtomicU64::new(0),
        };
        look.read();
        let changed = if look.turns.is_over() { None } else { reread::changed(&self.source, &self.hashes) };
        options.progress.table_done();
        if options.interrupted.load(Ordering::Relaxed) {
            return Err(LookError::Interrupted);
        }
        if let Some(error) = look.outcome.into_inner().unwrap_or_else(PoisonError::into_inner) {
            return Err(error);
        }
        if let Some(file) = changed {
            return Err(LookError::Lost(reread::changed_meanwhile(file)));
        }
        let [rows, failing, clean] = [look.rows, look.failing, look.clean].map(AtomicU64::into_inner);
        Ok(Brought { rows, failing, clean })
    }
}

struct Look<'l> {
    judged: &'l JudgedTable<'l>,
    options: &'l LookOptions<'l>,
    key: KeyShown,
    /// Rules of which it is told what became of each row.
    reconciling: Vec<usize>,
    forms: Vec<Option<Form>>,
    turns: Turns<&'l mut dyn RowSink>,
    /// Why the look ended early.
    outcome: Mutex<Option<LookError>>,
    rows: AtomicU64,
    failing: AtomicU64,
    clean: AtomicU64,
}

impl Look<'_> {
    fn plan(&self) -> &TablePlan {
        &self.judged.plan
    }

    fn projection(&self, file: usize) -> Projection {
        let upto = match &self.forms[file] {
            Some(Form::Columns(schema)) if self.options.wanted.records => schema.fields().len(),
            _ => 0,
        };
        Projection::of(&self.plan().sources, &self.judged.source.files[file], &self.key.names, upto)
    }

    fn read(&self) {
        let open = |file: usize| {
            let source = self.judged.source.files[file].source.as_ref()?;
            let wanted = self.projection(file).wanted;
            let verbatim = self.options.wanted.records.then(|| source.verbatim(&wanted)).flatten();
            Some(verbatim.map_or_else(|| source.pieces(&wanted), |Verbatim { pieces, .. }| pieces))
        };
        let source = &self.judged.source;
        let feed = Mutex::new((0_u64, Feed::new(source, Box::new(open)).of_pieces(0..source.files.len())));
        rayon::broadcast(|_| {
            while !self.turns.is_over() {
                let (number, task) = {
                    let mut feed = feed.lock().unwrap_or_else(PoisonError::into_inner);
                    let task = feed.1.next();
                    let number = feed.0;
                    feed.0 += u64::from(matches!(task, Some(Task::Read { .. })));
                    (number, task)
                };
                match task {
                    Some(Task::Read { file, piece, reader }) => self.piece(number, file, piece, reader),
                    // What could be read before can be read again.
                    Some(Task::Failed { file, piece, .. })
                        if self.judged.pieces.contains_key(&(file, piece)) =>
                    {
                        self.lose(file);
                    }
                    Some(_) => {}
                    None => break,
                }
            }
        });
        let (pieces, _) = feed.into_inner().unwrap_or_else(PoisonError::into_inner);
        if !self.turns.is_over() && pieces != self.judged.pieces.len() as u64 {
            let file = self.judged.pieces.keys().next_back().map_or(0, |(file, _)| *file);
            self.lose(file);
        }
    }

    fn piece(&self, number: u64, file: u32, piece: u32, reader: Box<dyn Piece>) {
        let projection = self.projection(file as usize);
        let at = Position { file, piece, row: 0 };
        let mut sink = PieceLook { look: self, number, at, projection, held: Vec::new(), bytes: 0 };
        let whole = catch_unwind(AssertUnwindSafe(|| reader.read(&mut sink))).is_ok_and(|read| read.is_ok());
        let (torn, all) = (self.judged.torn.get(&(file, piece)), self.judged.pieces.get(&(file, piece)));
        if self.turns.is_over() {
            return;
        }
        if whole == torn.is_some() || torn.or(all) != Some(&sink.at.row) {
            self.lose(file);
        } else if self.turns.wait(number) {
            sink.deliver();
            self.turns.pass();
        }
    }

    fn lose(&self, file: u32) {
        self.end(LookError::Lost(reread::unreadable_again(&self.judged.source.files[file as usize].name)));
    }

    fn end(&self, error: LookError) {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.turns.stop();
    }
}

/// Receives the batches of one piece.
struct PieceLook<'p, 'l> {
    look: &'p Look<'l>,
    number: u64,
    /// The next row.
    at: Position,
    projection: Projection,
    /// What waits for its turn.
    held: Vec<Portion>,
    bytes: usize,
}

impl Sink for PieceLook<'_, '_> {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let rows = chunk.batch.num_rows() as u64;
        self.judge(chunk);
        self.at.row += rows;
        self.look.options.progress.advanced(0, rows);
        if self.look.options.interrupted.load(Ordering::Relaxed) {
            self.look.end(LookError::Interrupted);
        }
        if self.look.turns.is_over() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    }

    // The scan told it.
    fn finding(&mut self, _: Finding) {}

    fn consumed(&mut self, bytes: u64) {
        self.look.options.progress.advanced(bytes, 0);
    }
}

impl PieceLook<'_, '_> {
    fn judge(&mut self, chunk: Chunk) {
        let look = self.look;
        let rows = chunk.batch.num_rows();
        let arrays = Arrays::of(&chunk.batch, &self.projection.places);
        let judging = Judging::new(look.plan(), rows, &arrays, chunk.damaged);
        let Some(judged) = BatchVerdict::of(look.judged, &judging, self.at) else {
            return look.lose(self.at.file);
        };
        let failing = judged.failing();
        look.rows.fetch_add(rows as u64, Ordering::Relaxed);
        look.failing.fetch_add(failing.count_set_bits() as u64, Ordering::Relaxed);
        look.clean.fetch_add((rows - judged.dirty.count_set_bits()) as u64, Ordering::Relaxed);
        if look.options.wanted.failing {
            self.failing(&judged, &failing, &judging.batch, chunk.batch.columns());
        }
        if !look.reconciling.is_empty() && !self.reconciled(rows, chunk.batch.columns()) {
            return look.lose(self.at.file);
        }
        if look.options.wanted.records {
            let written = match (&look.forms[self.at.file as usize], chunk.records) {
                (Some(Form::Columns(schema)), _) => {
                    let own: Vec<usize> = (0..schema.fields().len()).collect();
                    chunk.batch.project(&own).ok().map(Written::Columns)
                }
                (_, records) => records.map(Written::Text),
            };
            match written {
                Some(written) => {
                    let file = self.at.file as usize;
                    self.offer(Portion::Records(Records { file, written, dirty: judged.dirty }));
                }
                None => look.lose(self.at.file),
            }
        }
    }

    fn failing(
        &mut self,
        judged: &BatchVerdict,
        failing: &BooleanBuffer,
        batch: &Batch<'_>,
        columns: &[ArrayRef],
    ) {
        if failing.count_set_bits() == 0 {
            return;
        }
        let keys = KeyShown::columns(columns, &self.projection.more);
        let first = reread::row_in_file(&self.look.judged.pieces, self.at);
        let plan = self.look.plan();
        let &LookOptions { reveal, lang, .. } = self.look.options;
        let mut portion = Vec::with_capacity(ROWS);
        for row in failing.set_indices() {
            portion.push(FailingRow {
                file: self.at.file as usize,
                row: first + row as u64,
                key: self.look.key.of_row(&keys, row),
                broken: judged.broken(plan, batch, row, reveal, lang),
            });
            if portion.len() == ROWS {
                self.offer(Portion::Failing(std::mem::replace(&mut portion, Vec::with_capacity(ROWS))));
                if self.look.turns.is_over() {
                    return;
                }
            }
        }
        if !portion.is_empty() {
            self.offer(Portion::Failing(portion));
        }
    }

    /// What became of the rows against tables of reference; `false` if they are not those that were judged.
    fn reconciled(&mut self, rows: usize, columns: &[ArrayRef]) -> bool {
        if rows == 0 {
            return true;
        }
        let verdicts = &self.look.judged.verdicts;
        let of = |rule: &usize| verdicts.reconciled(self.at, rows, *rule);
        let Some(told) = self.look.reconciling.iter().map(of).collect::<Option<Vec<RowVerdict>>>() else {
            return false;
        };
        let keys = KeyShown::columns(columns, &self.projection.more);
        let first = reread::row_in_file(&self.look.judged.pieces, self.at);
        let mut portion = Vec::with_capacity(ROWS);
        for row in 0..rows {
            let said: Vec<Option<Outcome>> = told.iter().map(|verdict| Outcome::of(verdict, row)).collect();
            if said.iter().all(Option::is_none) {
                continue;
            }
            let (file, key) = (self.at.file as usize, self.look.key.of_row(&keys, row));
            portion.push(ReconciledRow { file, row: first + row as u64, key, said });
            if portion.len() == ROWS {
                self.offer(Portion::Reconciled(std::mem::replace(&mut portion, Vec::with_capacity(ROWS))));
                if self.look.turns.is_over() {
                    return true;
                }
            }
        }
        if !portion.is_empty() {
            self.offer(Portion::Reconciled(portion));
        }
        true
    }

    /// Delivers if the turn has come, or if too much would be held.
    fn offer(&mut self, portion: Portion) {
        self.bytes += portion.bytes();
        self.held.push(portion);
        let turn = self.look.turns.is_mine(self.number);
        if turn || (self.bytes > HELD && self.look.turns.wait(self.number)) {
            self.deliver();
        }
    }

    fn deliver(&mut self) {
        self.bytes = 0;
        let mut sink = self.look.turns.sink();
        for portion in self.held.drain(..) {
            // A panic here would leave all others waiting for a turn that never comes.
            let taken = catch_unwind(AssertUnwindSafe(|| sink.take(&portion)));
            if let Err(why) = taken.unwrap_or_else(|_| Err(stopped())) {
                self.look.end(LookError::Refused(why));
                return;
            }
        }
    }
}

fn stopped() -> Text {
    say!(
        "writing the records stopped on an error of the program; please report it",
        "việc ghi bản ghi bị dừng do lỗi của chương trình; xin báo lỗi cho chúng tôi"
    )
}
