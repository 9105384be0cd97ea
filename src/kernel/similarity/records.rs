//! What is remembered of rows until all were seen, so that each can be compared with others.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::super::batch::{Batch, ColumnId};
use super::super::key::{Spelling, digest};
use super::{Linkage, Part, fold};

/// Why a row has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It agrees with nobody in anything: no pass has all its parts.
    NoBlock,
    /// What it has is less than half of the weight.
    TooLittle,
}

/// What is remembered of the rows of a batch: records, each once however many rows have it. A record is its key in every
/// pass and the beginnings of its compared values.
#[derive(Clone, Debug, Default)]
pub struct Records {
    of_row: Vec<u32>,
    /// Where each record ends.
    ends: Vec<u32>,
    bytes: Vec<u8>,
}

/// There is no record.
const NO_BLOCK: u32 = u32::MAX;
const TOO_LITTLE: u32 = u32::MAX - 1;

impl Records {
    pub fn of(batch: &Batch<'_>, linkage: &Linkage) -> Self {
        let spelling = |column: ColumnId| Spelling::of(batch, column, batch.column_type(column));
        let mut blocks = Blocks::of(batch, linkage);
        let compared: Vec<_> = linkage
            .compared
            .iter()
            .map(|of| (of, of.columns.iter().map(|&column| (column, spelling(column))).collect::<Vec<_>>()))
            .collect();
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        let mut records = Self::default();
        let mut bytes = Vec::new();
        for row in 0..batch.rows() {
            bytes.clear();
            let any = blocks.write(batch, row, &mut bytes);
            let mut weight = 0;
            for (of, columns) in &compared {
                match joined(batch, row, columns).filter(|value| of.measure.can_read(value)) {
                    Some(value) => {
                        weight += u64::from(of.weight);
                        let end =
                            value.char_indices().nth(fold::MOST_LETTERS).map_or(value.len(), |(end, _)| end);
                        push(&mut bytes, &value[..end]);
                    }
                    None => bytes.extend_from_slice(&u16::MAX.to_le_bytes()),
                }
            }
            let record = match (any, linkage.suffices(weight)) {
                (false, _) => NO_BLOCK,
                (true, false) => TOO_LITTLE,
                (true, true) => match known.get(&bytes) {
                    Some(&record) => record,
                    None => records.add(&mut known, &bytes),
                },
            };
            records.of_row.push(record);
        }
        records.bytes.shrink_to_fit();
        records
    }

    fn add(&mut self, known: &mut HashMap<Vec<u8>, u32>, bytes: &[u8]) -> u32 {
        let record = self.ends.len() as u32;
        self.bytes.extend_from_slice(bytes);
        self.ends.push(self.bytes.len() as u32);
        known.insert(bytes.to_vec(), record);
        record
    }

    /// The number of a row's record, or why it has none.
    pub fn record(&self, row: usize) -> Result<usize, Standing> {
        match self.of_row[row] {
            NO_BLOCK => Err(Standing::NoBlock),
            TOO_LITTLE => Err(Standing::TooLittle),
            record => Ok(record as usize),
        }
    }

    pub fn rows(&self) -> usize {
        self.of_row.len()
    }

    /// How many different records there are.
    pub fn records(&self) -> usize {
        self.ends.len()
    }

    pub fn bytes(&self, record: usize) -> &[u8] {
        let start = record.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.bytes[start as usize..self.ends[record] as usize]
    }

    /// Bytes of memory.
    pub fn size(&self) -> u64 {
        (4 * (self.of_row.len() + self.ends.len()) + self.bytes.len()) as u64
    }

    /// To be kept: the records of rows, where records end, their bytes.
    pub fn parts(&self) -> (&[u32], &[u32], &[u8]) {
        (&self.of_row, &self.ends, &self.bytes)
    }

    /// What [`Records::parts`] has given, of so many rows; `None` if it does not fit together.
    pub fn of_parts(rows: usize, of_row: Vec<u32>, ends: Vec<u32>, bytes: Vec<u8>) -> Option<Self> {
        let known = |&record: &u32| record >= TOO_LITTLE || (record as usize) < ends.len();
        let fits = of_row.len() == rows
            && of_row.iter().all(known)
            && ends.is_sorted()
            && ends.last().copied().unwrap_or_default() as usize == bytes.len();
        fits.then_some(Self { of_row, ends, bytes })
    }
}

/// The values of a row in some columns, one behind the other.
fn joined<'s>(
    batch: &Batch<'_>,
    row: usize,
    columns: &'s [(ColumnId, Spelling<'_>)],
) -> Option<Cow<'s, str>> {
    let present = columns.iter().filter(|(column, _)| batch.present(*column).value(row));
    let mut values = present.map(|(_, spelling)| spelling.get(row));
    let first = values.next()?;
    Some(values.fold(first, |all, more| format!("{all} {more}").into()))
}

/// The keys of rows in every pass. Each part of a column is made once of a value, however many rows and passes have it.
struct Blocks<'b> {
    parts: Vec<PartOfColumn<'b>>,
    /// For every pass, places among the parts.
    passes: Vec<Vec<usize>>,
}

struct PartOfColumn<'b> {
    column: ColumnId,
    part: Part,
    spelling: Spelling<'b>,
    known: HashMap<String, usize>,
    made: Vec<Option<String>>,
}

impl<'b> Blocks<'b> {
    fn of(batch: &'b Batch<'_>, linkage: &Linkage) -> Self {
        let mut parts: Vec<PartOfColumn<'b>> = Vec::new();
        let mut place = |&(column, part): &(ColumnId, Part)| {
            parts.iter().position(|known| (known.column, known.part) == (column, part)).unwrap_or_else(|| {
                let spelling = Spelling::of(batch, column, batch.column_type(column));
                parts.push(PartOfColumn { column, part, spelling, known: HashMap::new(), made: Vec::new() });
                parts.len() - 1
            })
        };
        let passes = linkage.passes.iter().map(|pass| pass.iter().map(&mut place).collect()).collect();
        Self { parts, passes }
    }

    /// Writes the keys of a row; whether it has any.
    fn write(&mut self, batch: &Batch<'_>, row: usize, bytes: &mut Vec<u8>) -> bool {
        let now: Vec<Option<usize>> = self.parts.iter_mut().map(|part| part.at(batch, row)).collect();
        let mut any = false;
        let mut all = Vec::new();
        for pass in &self.passes {
            all.clear();
            let whole = pass.iter().all(|&place| {
                let part = now[place].and_then(|at| self.parts[place].made[at].as_deref());
                // Length-prefixed, so that ("a", "bc") and ("ab", "c") differ.
                part.inspect(|part| push(&mut all, part)).is_some()
            });
            bytes.push(u8::from(whole));
            if whole {
                any = true;
                bytes.extend_from_slice(&digest(&all).to_le_bytes());
            }
        }
        any
    }
}

impl PartOfColumn<'_> {
    /// The place of a row's part among those that were made.
    fn at(&mut self, batch: &Batch<'_>, row: usize) -> Option<usize> {
        if !batch.present(self.column).value(row) {
            return None;
        }
        let value = self.spelling.get(row);
        if let Some(&at) = self.known.get(value.as_ref()) {
            return Some(at);
        }
        self.made.push(self.part.of(&value));
        self.known.insert(value.into_owned(), self.made.len() - 1);
        Some(self.made.len() - 1)
    }
}

/// A text with its length before it; the length of none is the greatest.
fn push(bytes: &mut Vec<u8>, text: &str) {
    let text = &text.as_bytes()[..text.len().min(usize::from(u16::MAX - 1))];
    bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
    bytes.extend_from_slice(text);
}
