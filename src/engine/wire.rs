//! What a scan has found out about one file, as bytes that a later run reads instead of the file.
//!
//! The bytes hold keys of rows and, if values were asked to be revealed, values: they are as confidential as the extract.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::buffer::{BooleanBuffer, Buffer};
use serde::{Deserialize, Serialize};

use super::examples::{Examples, Position, Shown};
use super::ledger::{KeyPopulation, Page};
use super::plan::{TablePlan, Work};
use super::scan::TableState;
use crate::base::{Level, Text, interned};
use crate::extract::Finding;
use crate::kernel::key::{KeyValues, Keys};
use crate::kernel::memory::Memory;
use crate::kernel::similarity::Records;
use crate::rule::Explanation;
use crate::state::Tally;

/// Changes whenever the same bytes would mean something else.
pub const VERSION: u32 = 6;

#[derive(Serialize, Deserialize)]
struct FileState {
    /// The moment of the run, and the first later one at which some row is judged otherwise.
    as_of: i64,
    turns_at: Option<i64>,
    rows: u64,
    clean: u64,
    /// Rows by piece.
    pieces: Vec<(u32, u64)>,
    findings: Vec<FoundWire>,
    rules: Vec<RuleWire>,
    pages: Vec<PageWire>,
}

#[derive(Serialize, Deserialize)]
struct FoundWire {
    piece: u32,
    at: u64,
    error: bool,
    code: String,
    what: Text,
    row: Option<u64>,
    count: u64,
}

#[derive(Serialize, Deserialize)]
struct RuleWire {
    tally: Tally,
    when_unknown: u64,
    unseen: u64,
    reasons: Vec<(String, u64)>,
    examples: Vec<ExampleWire>,
    own: Option<Vec<u8>>,
}

#[derive(Serialize, Deserialize)]
struct ExampleWire {
    piece: u32,
    row: u64,
    value: Option<String>,
    why: Option<(Text, Option<String>)>,
}

#[derive(Serialize, Deserialize)]
struct PageWire {
    piece: u32,
    row: u64,
    rows: u64,
    keys: Vec<(KeysWire, Bits)>,
    memories: Vec<Vec<i128>>,
    records: Vec<RecordsWire>,
    damaged: Option<Bits>,
    populations: Vec<(Option<Bits>, Option<Bits>)>,
    dirty: Bits,
}

#[derive(Serialize, Deserialize)]
enum KeysWire {
    Packed(Vec<u64>),
    Wide(Vec<u128>),
}

/// The records of rows, where records end, their bytes.
#[derive(Serialize, Deserialize)]
struct RecordsWire(Vec<u32>, Vec<u32>, Vec<u8>);

/// A bitmap: how many bits, and they in bytes.
#[derive(Serialize, Deserialize)]
struct Bits(u64, Vec<u8>);

impl Bits {
    fn of(buffer: &BooleanBuffer) -> Self {
        Self(buffer.len() as u64, buffer.sliced().as_slice()[..buffer.len().div_ceil(8)].to_vec())
    }

    fn buffer(self, rows: usize) -> Option<BooleanBuffer> {
        let fits = self.0 == rows as u64 && self.1.len() == rows.div_ceil(8);
        fits.then(|| BooleanBuffer::new(Buffer::from_vec(self.1), 0, rows))
    }
}

/// The state of one file, if all of it could be read, its keys found room in memory, and every rule held out: anything else
/// is to be tried again.
pub fn encode(state: &TableState, plan: &TablePlan, as_of: i64) -> Option<Vec<u8>> {
    let whole = !state.cut && state.lost == 0 && state.torn.is_empty() && state.failures.is_empty();
    if !whole
        || !state.ledger.is_whole_in_memory()
        || state.rules.iter().any(|rule| rule.broken)
        || plan.trace.is_some()
    {
        return None;
    }
    let rules = state.rules.iter().map(|rule| RuleWire {
        tally: rule.tally,
        when_unknown: rule.when_unknown,
        unseen: rule.unseen,
        reasons: rule.reasons.iter().map(|(reason, count)| ((*reason).to_owned(), *count)).collect(),
        examples: rule.examples.rows().map(|(at, shown)| example(at, shown)).collect(),
        own: rule.own.as_ref().map(|own| own.to_bytes()),
    });
    let findings = state.findings.iter().map(|(at, finding)| FoundWire {
        piece: at.piece,
        at: at.row,
        error: finding.level == Level::Error,
        code: finding.code.to_owned(),
        what: finding.what.clone(),
        row: finding.row,
        count: finding.count,
    });
    let wire = FileState {
        as_of,
        turns_at: turns_at(state, plan),
        rows: state.rows,
        clean: state.clean,
        pieces: state.pieces.iter().map(|((_, piece), rows)| (*piece, *rows)).collect(),
        findings: findings.collect(),
        rules: rules.collect(),
        pages: state.ledger.pages.iter().map(page).collect(),
    };
    postcard::to_stdvec(&wire).ok()
}

/// The first later moment at which some row is judged otherwise.
fn turns_at(state: &TableState, plan: &TablePlan) -> Option<i64> {
    if plan.filters.iter().any(|filter| filter.timed) {
        return Some(i64::MIN);
    }
    let rules = plan.rules.iter().zip(&state.rules).filter(|(plan, _)| plan.timed);
    let turns = rules.filter_map(|(plan, state)| match (&plan.work, &state.own) {
        (Work::Scan(check), Some(own)) => check.turns_at(own.as_ref()),
        // Rules over keys and groups judge once all rows were seen.
        _ => None,
    });
    turns.min()
}

fn example(at: Position, shown: &Shown) -> ExampleWire {
    let why = shown.why.as_ref().map(|why| (why.reason.clone(), why.repaired.clone()));
    ExampleWire { piece: at.piece, row: at.row, value: shown.value.clone(), why }
}

fn page(page: &Page) -> PageWire {
    let keys = page.keys.iter().map(|keys| {
        let values = match &keys.values {
            KeyValues::Packed(keys) => KeysWire::Packed(keys.clone()),
            KeyValues::Wide(keys) => KeysWire::Wide(keys.clone()),
        };
        (values, Bits::of(&keys.has_key))
    });
    let populations =
        page.populations.iter().map(|of| (of.rows.as_ref().map(Bits::of), of.unknown.as_ref().map(Bits::of)));
    PageWire {
        piece: page.start.piece,
        row: page.start.row,
        rows: page.rows as u64,
        keys: keys.collect(),
        memories: page.memories.iter().map(|memory| memory.cells().to_vec()).collect(),
        records: page.records.iter().map(records).collect(),
        damaged: page.damaged.as_ref().map(Bits::of),
        populations: populations.collect(),
        dirty: Bits::of(&page.dirty),
    }
}

fn records(records: &Records) -> RecordsWire {
    let (of_row, ends, bytes) = records.parts();
    RecordsWire(of_row.to_vec(), ends.to_vec(), bytes.to_vec())
}

/// The state of the file at that place of the table; `None` if the bytes are of another plan, or say nothing about that
/// moment.
pub fn decode(bytes: &[u8], plan: &TablePlan, file: u32, as_of: i64, examples: usize) -> Option<TableState> {
    let (wire, rest) = postcard::take_from_bytes::<FileState>(bytes).ok()?;
    let in_time =
        as_of == wire.as_of || wire.as_of < as_of && wire.turns_at.is_none_or(|turns| as_of < turns);
    if !rest.is_empty() || !in_time || wire.rules.len() != plan.rules.len() {
        return None;
    }
    let mut state = TableState::new(plan, examples);
    state.rows = wire.rows;
    state.clean = wire.clean;
    state.pieces = wire.pieces.into_iter().map(|(piece, rows)| ((file, piece), rows)).collect();
    state.findings = wire
        .findings
        .into_iter()
        .map(|found| {
            let level = if found.error { Level::Error } else { Level::Warning };
            let FoundWire { piece, at, code, what, row, count, .. } = found;
            let finding = Finding { level, code: interned(&code), what, row, count };
            (Position { file, piece, row: at }, finding)
        })
        .collect();
    for ((wire, plan), state) in wire.rules.into_iter().zip(&plan.rules).zip(&mut state.rules) {
        state.tally = wire.tally;
        state.when_unknown = wire.when_unknown;
        state.unseen = wire.unseen;
        let reasons = wire.reasons.iter().map(|(reason, count)| (interned(reason), *count));
        state.reasons = reasons.collect::<BTreeMap<_, _>>();
        let rows = wire.examples.into_iter().map(|ExampleWire { piece, row, value, why }| {
            let why = why.map(|(reason, repaired)| Explanation { reason, repaired });
            (Position { file, piece, row }, Shown { value, why })
        });
        state.examples = Examples::of(rows, examples);
        state.own = match (&plan.work, wire.own) {
            (Work::Scan(check), Some(own)) => Some(check.state_of(&own)?),
            (Work::Scan(_), None) | (_, Some(_)) => return None,
            (_, None) => None,
        };
    }
    for wire in wire.pages {
        state.ledger.pages.push(read_page(wire, plan, file)?);
    }
    Some(state)
}

fn read_page(wire: PageWire, plan: &TablePlan, file: u32) -> Option<Page> {
    let rows = usize::try_from(wire.rows).ok()?;
    let later = plan.rules.iter().filter(|rule| rule.work.is_later());
    let fits = wire.keys.len() == plan.keys.len()
        && wire.memories.len() == plan.memories.len()
        && wire.memories.iter().all(|memory| memory.len() == rows)
        && wire.records.len() == plan.links.len()
        && wire.populations.len() == later.count();
    if !fits {
        return None;
    }
    let optional = |bits: Option<Bits>| match bits {
        None => Some(None),
        Some(bits) => bits.buffer(rows).map(Some),
    };
    let keys = wire.keys.into_iter().map(|(values, has_key)| {
        let values = match values {
            KeysWire::Packed(keys) => KeyValues::Packed(keys),
            KeysWire::Wide(keys) => KeyValues::Wide(keys),
        };
        let keys = Keys { values, has_key: has_key.buffer(rows)? };
        (keys.values.len() == rows).then(|| Arc::new(keys))
    });
    let populations = wire
        .populations
        .into_iter()
        .map(|(rows, unknown)| Some(KeyPopulation { rows: optional(rows)?, unknown: optional(unknown)? }));
    let records = wire
        .records
        .into_iter()
        .map(|RecordsWire(of_row, ends, bytes)| Records::of_parts(rows, of_row, ends, bytes));
    Some(Page {
        start: Position { file, piece: wire.piece, row: wire.row },
        rows,
        keys: keys.collect::<Option<_>>()?,
        spilled: None,
        memories: wire.memories.into_iter().map(|cells| Arc::new(Memory::of_cells(cells))).collect(),
        records: records.collect::<Option<_>>()?,
        damaged: optional(wire.damaged)?,
        populations: populations.collect::<Option<_>>()?,
        dirty: wire.dirty.buffer(rows)?,
        traced: None,
    })
}
