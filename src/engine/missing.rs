//! Keys of a table of reference that a table of ours lacks: which rows of the reference have them.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::buffer::BooleanBuffer;

use super::elsewhere::{Known, table_of};
use super::examples::Position;
use super::feed::{Feed, Projection, Task};
use super::ledger::Ledger;
use super::parts::Bits;
use super::problems::Problems;
use super::reread::{self, KeyShown};
use super::run::data_root;
use super::scan::TableState;
use super::second_look::{LookError, LookOptions};
use super::source::TableSource;
use crate::base::Text;
use crate::extract::{Chunk, ExtractError, Finding, Sink};
use crate::rule::{Counterpart, Side};

/// Rows that are handed over together.
const ROWS: usize = 1024;

/// Where the rows of a table of reference are, for whoever is to name some of them.
pub struct Origin {
    /// Where each page begins, and its rows.
    pages: Vec<(Position, usize)>,
    /// Rows per piece, to number rows within files.
    pieces: BTreeMap<(u32, u32), u64>,
    hashes: BTreeMap<u32, Result<String, ExtractError>>,
}

/// What the reference has and a rule does not find.
pub struct Missing {
    /// Place in the table's rules.
    pub rule: usize,
    /// It names its database.
    pub with: Counterpart,
    rows: MissingRows,
}

/// Rows of a table of reference, one for each key.
pub struct MissingRows {
    origin: Arc<Origin>,
    /// By page.
    rows: Vec<BooleanBuffer>,
}

/// A row of the reference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingRow<'r> {
    /// Relative to the data directory, with `/`.
    pub file: &'r str,
    /// One-based within the file.
    pub row: u64,
    /// The values of the key; masked where they are personal and nobody may see them.
    pub key: Vec<Option<String>>,
}

/// Takes rows, in the order of files and of rows in them.
pub type TakeMissing<'t> = dyn FnMut(&[MissingRow<'_>]) -> Result<(), Text> + 't;

impl Origin {
    pub fn of(ledger: &Ledger, state: &TableState) -> Self {
        Self {
            pages: ledger.pages.iter().map(|page| (page.start, page.rows)).collect(),
            pieces: state.pieces.clone(),
            hashes: state.hashes.clone(),
        }
    }

    /// No row of any page.
    pub fn bits(&self) -> Vec<Bits> {
        self.pages.iter().map(|(_, rows)| Bits::new(*rows)).collect()
    }
}

impl MissingRows {
    pub fn new(origin: Arc<Origin>, rows: Vec<Bits>) -> Self {
        let rows = rows.into_iter().zip(&origin.pages).map(|(bits, (_, rows))| bits.into_buffer(*rows));
        Self { rows: rows.collect(), origin }
    }

    pub const fn of(self, rule: usize, with: Counterpart) -> Missing {
        Missing { rule, with, rows: self }
    }

    /// By piece, the places of the rows in it.
    fn by_piece(&self) -> BTreeMap<(u32, u32), Vec<u64>> {
        let mut pieces: BTreeMap<(u32, u32), Vec<u64>> = BTreeMap::new();
        for ((start, _), rows) in self.origin.pages.iter().zip(&self.rows) {
            let places = rows.set_indices().map(|row| start.row + row as u64);
            pieces.entry((start.file, start.piece)).or_default().extend(places);
        }
        pieces.retain(|_, rows| !rows.is_empty());
        pieces
    }
}

impl Missing {
    /// Brings the rows to `take`, and says how many they are. `known` are the databases of the run.
    ///
    /// # Errors
    /// [`LookError`]; some of the rows were brought then.
    pub fn list(
        &self,
        known: &[Known<'_>],
        options: &LookOptions<'_>,
        take: &mut TakeMissing<'_>,
    ) -> Result<u64, LookError> {
        let database = self.with.database.as_deref().unwrap_or_default();
        // Digests name no rows.
        let Side::Table(name) = &self.with.side else { return Ok(0) };
        let (of, table) = table_of(known, database, name).map_err(LookError::Lost)?;
        let key = self.with.key.iter().map(|part| part.column.clone()).collect();
        let key = KeyShown::of(table, key, options.reveal);
        let root = data_root(of.data, database);
        let named = std::slice::from_ref(&key.names);
        let source = TableSource::open(table, &root, named, options.reveal, &mut Problems::default());
        let origin = &self.rows.origin;
        let pieces = self.rows.by_piece();
        let open = |file: usize| {
            let file = &source.files[file];
            Some(file.source.as_ref()?.pieces(&Projection::of(&[], file, &key.names, 0).wanted))
        };
        let mut feed = Feed::new(&source, Box::new(open)).of_pieces(0..source.files.len());
        let (mut count, mut found) = (0, 0);
        while found < pieces.len()
            && let Some(task) = feed.next()
        {
            // What cannot be read again is missed below.
            let Task::Read { file, piece, reader } = task else { continue };
            let Some(rows) = pieces.get(&(file, piece)) else { continue };
            let opened = &source.files[file as usize];
            let mut sink = Reader {
                rows,
                key: &key,
                places: Projection::of(&[], opened, &key.names, 0).more,
                file: &opened.name,
                first: reread::row_in_file(&origin.pieces, Position { file, piece, row: 0 }),
                at: 0,
                options,
                held: Vec::with_capacity(ROWS),
                take,
                refused: None,
            };
            // Of a piece that could not be read whole before, some rows can be read again.
            let _ = catch_unwind(AssertUnwindSafe(|| reader.read(&mut sink)));
            sink.deliver();
            if options.interrupted.load(Ordering::Relaxed) {
                return Err(LookError::Interrupted);
            }
            if let Some(why) = sink.refused {
                return Err(LookError::Refused(why));
            }
            if !sink.rows.is_empty() {
                return Err(LookError::Lost(reread::unreadable_again(&opened.name)));
            }
            found += 1;
            count += rows.len() as u64;
        }
        if let Some(file) = reread::changed(&source, &origin.hashes) {
            return Err(LookError::Lost(reread::changed_meanwhile(file)));
        }
        if found < pieces.len() {
            return Err(LookError::Lost(reread::unreadable_again(name)));
        }
        Ok(count)
    }
}

/// Receives the batches of one piece.
struct Reader<'r, 't> {
    /// Those that are still to come.
    rows: &'r [u64],
    key: &'r KeyShown,
    /// Where its columns are.
    places: Vec<Option<usize>>,
    file: &'r str,
    /// The number of the piece's first row within the file.
    first: u64,
    /// The next row of the piece.
    at: u64,
    options: &'r LookOptions<'r>,
    held: Vec<MissingRow<'r>>,
    take: &'r mut TakeMissing<'t>,
    refused: Option<Text>,
}

impl Sink for Reader<'_, '_> {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let end = self.at + chunk.batch.num_rows() as u64;
        let (here, later) = self.rows.split_at(self.rows.partition_point(|row| *row < end));
        if !here.is_empty() {
            let columns = KeyShown::columns(chunk.batch.columns(), &self.places);
            for row in here {
                let key = self.key.of_row(&columns, (row - self.at) as usize);
                self.held.push(MissingRow { file: self.file, row: self.first + row, key });
                if self.held.len() == ROWS {
                    self.deliver();
                }
            }
        }
        (self.rows, self.at) = (later, end);
        let goes_on = self.refused.is_none()
            && !self.rows.is_empty()
            && !self.options.interrupted.load(Ordering::Relaxed);
        if goes_on { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    }

    // The scan told it.
    fn finding(&mut self, _: Finding) {}

    fn consumed(&mut self, _: u64) {}
}

impl Reader<'_, '_> {
    fn deliver(&mut self) {
        if !self.held.is_empty() && self.refused.is_none() {
            self.refused = (self.take)(&self.held).err();
        }
        self.held.clear();
    }
}
