//! A file of digests as the other side.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow::buffer::BooleanBuffer;

use super::hexadecimal;
use crate::base::Text;
use crate::engine::budget::Budget;
use crate::engine::examples::Position;
use crate::engine::ledger::{KeyPopulation, Leaving, Ledger, Outlet, Page};
use crate::engine::mirror::{Compared, InScope, Mirror, MirrorPlan, PlannedColumn};
use crate::engine::run::RunOptions;
use crate::extract::ExtractError;
use crate::extract::digests::{DigestFile, Header, Record};
use crate::kernel::ColumnType;
use crate::kernel::key::{KeyValues, Keys};
use crate::kernel::memory::Memory;
use crate::kernel::seal::{Seal, SharedKey};
use crate::rule::notify::Kept;
use crate::rule::{Agreement, Digests};
use crate::say;

/// Gives the key that is kept there, or says why not. It names nothing of the key.
pub type Keyring<'k> = &'k (dyn Fn(&Kept) -> Result<SharedKey, Text> + Sync);

/// What the file says, as a mirror of the table that it was made of. `None` when it was interrupted.
pub fn received(
    digests: &Digests,
    database: &str,
    root: &Path,
    keys: Keyring<'_>,
    options: &RunOptions<'_>,
) -> Option<Result<Mirror, Text>> {
    let Digests { file, agreement, secret } = digests;
    let opened = keys(secret).and_then(|key| {
        let opened = DigestFile::open(&root.join(file)).map_err(|error| told(file, error))?;
        let seal = opened_by(&opened.header, digests, &key)?;
        let plan = plan(&opened.header, agreement).ok_or_else(|| unfit(file))?;
        Ok((opened, seal, plan))
    });
    let (opened, seal, plan) = match opened {
        Ok(opened) => opened,
        Err(why) => return Some(Err(why)),
    };
    options.progress.table_started(database, file, opened.bytes);
    let mirror = read(opened, seal, &plan, options).transpose();
    options.progress.table_done();
    mirror.map(|mirror| {
        let mirror = mirror.map_err(|error| told(file, error))?;
        if mirror.is_empty() { Err(without_keys(file)) } else { Ok(mirror) }
    })
}

/// The seal, if the file was made under this agreement and with this key.
fn opened_by(header: &Header, digests: &Digests, key: &SharedKey) -> Result<Arc<Seal>, Text> {
    let Digests { file, agreement, secret } = digests;
    let own = agreement.digest();
    if header.agreement != hexadecimal(&own) {
        return Err(another_agreement(file, agreement));
    }
    let seal = Seal::new(key, &own);
    if header.key_check != hexadecimal(&seal.check()) {
        return Err(another_key(file, secret));
    }
    Ok(Arc::new(seal))
}

/// Where things are in the pages that are made of a file; `None` if it is not what its agreement says.
fn plan(header: &Header, agreement: &Agreement) -> Option<MirrorPlan> {
    let ty = |id: &String| ColumnType::WORDS.iter().find(|(word, _)| *word == id.as_str()).map(|(_, ty)| *ty);
    let types: Vec<ColumnType> = header.key.iter().map(ty).collect::<Option<_>>()?;
    let named = header.attributes.iter().map(|attribute| &attribute.name);
    let same = types.len() == agreement.key.len()
        && named.eq(agreement.attributes.iter().map(|attribute| &attribute.name));
    let columns = header.attributes.iter().zip(&agreement.attributes).enumerate();
    let columns = columns.map(|(cell, (stated, agreed))| {
        let compared = Compared { column: agreed.name.clone(), likeness: agreed.likeness };
        Some((compared, Ok(PlannedColumn { cell, ty: ty(&stated.ty)?, rows: ROWS })))
    });
    let scopes = header.scope_unknown.map(|_| (String::new(), Ok(SCOPE)));
    let plan = MirrorPlan {
        key: 0,
        rows: ROWS,
        types,
        columns: columns.collect::<Option<_>>()?,
        scopes: scopes.into_iter().collect(),
    };
    same.then_some(plan)
}

/// The populations of a page: all of its rows, and those in scope.
const ROWS: usize = 0;
const SCOPE: usize = 1;

/// Keys of a page.
const PAGE: usize = 1 << 15;

/// Puts the file's records into pages, as if they were the rows of a table, so that they find room as those do.
fn read(
    opened: DigestFile,
    seal: Arc<Seal>,
    plan: &MirrorPlan,
    options: &RunOptions<'_>,
) -> Result<Option<Mirror>, ExtractError> {
    let (header, size) = (opened.header.clone(), opened.bytes);
    let cells: Vec<usize> = (0..header.attributes.len()).collect();
    let leaving = Leaving { keys: vec![true], carried: vec![cells.clone()], memories: cells.clone() };
    let outlet = Outlet::new(options.budget, leaving);
    let (mut ledger, mut rows) = (Ledger::default(), Rows::new(cells.len()));
    let mut keys = 0;
    let read = opened.read(&seal, |record, bytes| {
        rows.add(record);
        if rows.keys.len() == PAGE {
            keys += PAGE as u64;
            options.progress.advanced(bytes * PAGE as u64, PAGE as u64);
            let page = std::mem::replace(&mut rows, Rows::new(cells.len())).page(keys);
            ledger.add(page, &outlet);
        }
        if options.interrupted.load(Ordering::Relaxed) {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let blake3 = match read {
        Ok(Some(blake3)) => blake3,
        broken_off => {
            ledger.forget(options.budget);
            return broken_off.map(|_| None);
        }
    };
    if !rows.keys.is_empty() {
        ledger.add(rows.page(keys + PAGE as u64), &outlet);
    }
    ledger.settle();
    mirror(ledger, plan, &cells, &header, options.budget)
        .map(|mirror| Some(mirror.of_digests(seal, (size, blake3), &header)))
        .map_err(ExtractError::new)
}

fn mirror(
    ledger: Ledger,
    plan: &MirrorPlan,
    cells: &[usize],
    header: &Header,
    budget: &Budget<'_>,
) -> Result<Mirror, Text> {
    let undecided = |_| header.scope_unknown.unwrap_or_default();
    let mirror = Mirror::of(plan, cells, &ledger, undecided, None, budget)?;
    if mirror.is_whole() {
        ledger.forget(budget);
    }
    Ok(mirror)
}

/// Records on their way to a page.
struct Rows {
    keys: Vec<u128>,
    /// As they were stored when the rows of a key were put together: what says that they contradict each other is a cell, too.
    cells: Vec<Vec<i128>>,
    in_scope: Vec<bool>,
    undecided: Vec<bool>,
}

impl Rows {
    fn new(cells: usize) -> Self {
        Self { keys: Vec::new(), cells: vec![Vec::new(); cells], in_scope: Vec::new(), undecided: Vec::new() }
    }

    fn add(&mut self, record: &Record) {
        self.keys.push(record.key);
        for (column, cell) in self.cells.iter_mut().zip(&record.cells) {
            column.push(*cell);
        }
        self.in_scope.push(record.scope == InScope::Yes as u8);
        self.undecided.push(record.scope == InScope::Unknown as u8);
    }

    /// `upto` keeps pages in order.
    fn page(self, upto: u64) -> Page {
        let rows = self.keys.len();
        let keys = Keys { values: KeyValues::Wide(self.keys), has_key: BooleanBuffer::new_set(rows) };
        let memories = self.cells.into_iter().map(|cells| Arc::new(Memory::of_cells(cells))).collect();
        let scope = KeyPopulation {
            rows: Some(BooleanBuffer::from(self.in_scope)),
            unknown: Some(BooleanBuffer::from(self.undecided)),
        };
        Page {
            start: Position { file: 0, piece: 0, row: upto },
            rows,
            keys: vec![Arc::new(keys)],
            spilled: None,
            memories,
            records: Vec::new(),
            damaged: None,
            populations: vec![KeyPopulation::default(), scope],
            dirty: BooleanBuffer::new_unset(rows),
            traced: None,
        }
    }
}

fn told(file: &str, ExtractError { what, hint }: ExtractError) -> Text {
    let hint = hint.unwrap_or_default();
    let with = |what: &str, hint: &str| {
        if hint.is_empty() { format!("`{file}`: {what}") } else { format!("`{file}`: {what}; {hint}") }
    };
    Text { en: with(&what.en, &hint.en), vi: with(&what.vi, &hint.vi) }
}

fn another_agreement(file: &str, agreement: &Agreement) -> Text {
    let exchange = &agreement.exchange;
    say!(
        "`{file}` was made under another agreement than `{exchange}` as it is here; both sides need the same agreement file, its salt included",
        "`{file}` được tạo theo thỏa thuận khác với `{exchange}` ở đây; hai bên phải dùng cùng một tệp thỏa thuận, kể cả muối (salt)"
    )
}

fn another_key(file: &str, secret: &Kept) -> Text {
    let kept = match secret {
        Kept::Env(name) | Kept::File(name) => name,
    };
    say!(
        "`{file}` was made with another key than the one in {kept}; both sides need the same key",
        "`{file}` được tạo bằng khóa khác với khóa trong {kept}; hai bên phải dùng cùng một khóa"
    )
}

fn unfit(file: &str) -> Text {
    say!(
        "`{file}` does not have the columns of its agreement; have it made again",
        "`{file}` không có đúng các cột như thỏa thuận; hãy đề nghị tạo lại"
    )
}

fn without_keys(file: &str) -> Text {
    say!("no row behind `{file}` has a key", "không dòng nào trong dữ liệu của `{file}` có khóa")
}
