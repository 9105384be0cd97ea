//! Which records may be one and the same: what is remembered of each until all were seen, and how two are compared.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::super::batch::{Batch, ColumnId};
use super::super::key::{Spelling, digest};
use super::{Measure, Part, Value, WHOLE, fold};

/// What a rule asks of records once all were seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linkage {
    pub compared: Vec<Compared>,
    /// Two records are compared if they agree in all parts of one of these.
    pub passes: Vec<Vec<(ColumnId, Part)>>,
    /// From which similarity on they count as one, in 10⁻¹⁸.
    pub threshold: i128,
    /// Different records of which a block may have no more to be compared with each other.
    pub most_in_block: u64,
}

/// A column that is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compared {
    pub column: ColumnId,
    pub measure: Measure,
    pub weight: u32,
}

/// Why a row has no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It agrees with nobody in anything: no pass has all its parts.
    NoBlock,
    /// What it has is less than half of the weight.
    TooLittle,
}

impl Linkage {
    fn weight(&self) -> u64 {
        self.compared.iter().map(|compared| u64::from(compared.weight)).sum()
    }

    /// Whether values of so much weight are enough to judge by: half of all at least.
    fn suffices(&self, weight: u64) -> bool {
        weight > 0 && 2 * weight >= self.weight()
    }

    /// A record as it is remembered, ready to be compared.
    pub fn read(&self, bytes: &[u8]) -> Record {
        let mut rest = bytes;
        let keys = self.passes.iter().map(|_| key(&mut rest)).collect();
        let value = |compared: &Compared| compared.measure.read(&text(&mut rest)?);
        Record { keys, values: self.compared.iter().map(value).collect() }
    }

    /// The keys of a record in every pass.
    pub fn keys<'r>(&self, mut bytes: &'r [u8]) -> impl Iterator<Item = Option<u128>> + use<'r> {
        (0..self.passes.len()).map(move |_| key(&mut bytes))
    }

    /// Whether two records are similar enough, by what both have.
    pub fn alike(&self, a: &Record, b: &Record) -> bool {
        let both = |at: usize| Some((a.values[at].as_ref()?, b.values[at].as_ref()?));
        let present: u64 = (0..self.compared.len())
            .filter(|&at| both(at).is_some())
            .map(|at| u64::from(self.compared[at].weight))
            .sum();
        if !self.suffices(present) {
            return false;
        }
        // Weight that may be lost, in 10⁻²⁴: what is lost is compared with it after every column.
        let most = i128::from(present) * i128::from(WHOLE) * (ONE - self.threshold);
        let mut lost = 0;
        for (at, compared) in self.compared.iter().enumerate() {
            if let Some((a, b)) = both(at) {
                lost += i128::from(compared.weight) * i128::from(WHOLE - a.like(b));
                if lost * ONE > most {
                    return false;
                }
            }
        }
        true
    }
}

/// 1 in 10⁻¹⁸.
const ONE: i128 = 1_000_000_000_000_000_000;

/// One record, ready to be compared with others.
#[derive(Debug)]
pub struct Record {
    pub keys: Vec<Option<u128>>,
    values: Vec<Option<Value>>,
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
        let passes: Vec<Vec<_>> = linkage
            .passes
            .iter()
            .map(|pass| pass.iter().map(|&(column, part)| (column, part, spelling(column))).collect())
            .collect();
        let compared: Vec<_> = linkage.compared.iter().map(|of| (of, spelling(of.column))).collect();
        let mut known: HashMap<Vec<u8>, u32> = HashMap::new();
        let mut records = Self::default();
        let (mut bytes, mut all) = (Vec::new(), Vec::new());
        for row in 0..batch.rows() {
            let value = |column: ColumnId, spelling: &Spelling<'_>| -> Option<String> {
                batch.present(column).value(row).then(|| spelling.get(row).into_owned())
            };
            bytes.clear();
            let mut blocks = false;
            for pass in &passes {
                all.clear();
                let whole = pass.iter().all(|(column, part, spelling)| {
                    let part = value(*column, spelling).and_then(|value| part.of(&value));
                    // Length-prefixed, so that ("a", "bc") and ("ab", "c") differ.
                    part.inspect(|part| push(&mut all, part)).is_some()
                });
                bytes.push(u8::from(whole));
                if whole {
                    blocks = true;
                    bytes.extend_from_slice(&digest(&all).to_le_bytes());
                }
            }
            let mut weight = 0;
            for (of, spelling) in &compared {
                let value = value(of.column, spelling).filter(|value| of.measure.can_read(value));
                match value {
                    Some(value) => {
                        weight += u64::from(of.weight);
                        let short: Cow<'_, str> = match value.char_indices().nth(fold::MOST_LETTERS) {
                            Some((end, _)) => Cow::Borrowed(&value[..end]),
                            None => Cow::Borrowed(&value),
                        };
                        push(&mut bytes, &short);
                    }
                    None => bytes.extend_from_slice(&u16::MAX.to_le_bytes()),
                }
            }
            let record = match (blocks, linkage.suffices(weight)) {
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

/// A text with its length before it; the length of none is the greatest.
fn push(bytes: &mut Vec<u8>, text: &str) {
    let text = &text.as_bytes()[..text.len().min(usize::from(u16::MAX - 1))];
    bytes.extend_from_slice(&(text.len() as u16).to_le_bytes());
    bytes.extend_from_slice(text);
}

fn take<'r>(rest: &mut &'r [u8], count: usize) -> Option<&'r [u8]> {
    let (first, others) = rest.split_at_checked(count)?;
    *rest = others;
    Some(first)
}

fn key(rest: &mut &[u8]) -> Option<u128> {
    match take(rest, 1)? {
        [1] => Some(u128::from_le_bytes(take(rest, 16)?.try_into().ok()?)),
        _ => None,
    }
}

fn text(rest: &mut &[u8]) -> Option<String> {
    let length = u16::from_le_bytes(take(rest, 2)?.try_into().ok()?);
    if length == u16::MAX {
        return None;
    }
    Some(String::from_utf8_lossy(take(rest, length.into())?).into_owned())
}
