//! What other databases have: the keys of their tables that rules look for, read before any database is judged.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use indexmap::IndexMap;

use super::keys::Parents;
use super::plan;
use super::problems::Problems;
use super::run::{RunOptions, data_root};
use super::scan::{self, ScanOptions};
use super::source::TableSource;
use crate::base::{Text, suggest};
use crate::kernel::key::TableKey;
use crate::rule::{Database, Table};
use crate::say;

/// A database that others may refer to, and the directory that holds its extracts.
#[derive(Clone, Copy)]
pub struct Known<'k> {
    pub database: &'k Database,
    pub data: &'k Path,
}

/// Keys of tables of other databases.
#[derive(Default)]
pub struct Elsewhere {
    keys: IndexMap<TableKey, Result<Arc<Parents>, Text>>,
}

impl Elsewhere {
    /// Reads what rules of `judged` look for in `known` databases. `None` when it was interrupted.
    pub fn read<'d>(
        judged: impl IntoIterator<Item = &'d Database>,
        known: &[Known<'_>],
        options: &RunOptions<'_>,
    ) -> Option<Self> {
        let mut wanted: IndexMap<(String, String), Vec<Vec<String>>> = IndexMap::new();
        let rules = judged.into_iter().flat_map(|it| &it.tables).flat_map(|table| &table.rules);
        for key in rules.filter_map(|rule| rule.spec.refers_to()).map(|to| to.key()) {
            let TableKey { database: Some(database), table, columns } = key else { continue };
            let lists = wanted.entry((database, table)).or_default();
            if !lists.contains(&columns) {
                lists.push(columns);
            }
        }
        let mut keys = IndexMap::new();
        for ((database, table), lists) in wanted {
            let found = match table_of(known, &database, &table) {
                Ok((of, table)) => read(*of, table, &lists, options)?,
                Err(why) => lists.iter().map(|_| Err(why.clone())).collect(),
            };
            for (columns, found) in lists.into_iter().zip(found) {
                let key = TableKey { database: Some(database.clone()), table: table.clone(), columns };
                keys.insert(key, found);
            }
        }
        Some(Self { keys })
    }

    /// # Errors
    /// Why the keys are not known.
    pub fn find(&self, key: &TableKey) -> Result<Arc<Parents>, Text> {
        self.keys.get(key).cloned().unwrap_or_else(|| Err(not_whole()))
    }
}

pub fn not_whole() -> Text {
    say!(
        "the table that is referred to could not be read whole",
        "không đọc được trọn vẹn bảng được tham chiếu"
    )
}

fn table_of<'k>(
    known: &'k [Known<'k>],
    database: &str,
    table: &str,
) -> Result<(&'k Known<'k>, &'k Table), Text> {
    let Some(of) = known.iter().find(|known| known.database.id.value == database) else {
        return Err(say!(
            "no rule file of this run declares database `{database}`",
            "không có tệp quy tắc nào của lần chấm này khai báo CSDL `{database}`"
        ));
    };
    let tables = &of.database.tables;
    tables.iter().find(|known| known.id.value == table).map(|table| (of, table)).ok_or_else(|| {
        let ids = tables.iter().map(|table| table.id.value.as_str());
        match suggest::closest(table, ids) {
            Some(near) => say!(
                "database `{database}` has no table `{table}`; did you mean `{near}`?",
                "CSDL `{database}` không có bảng `{table}`; có phải ý bạn là `{near}`?"
            ),
            None => say!(
                "database `{database}` has no table `{table}`",
                "CSDL `{database}` không có bảng `{table}`"
            ),
        }
    })
}

/// The keys of a table, one set for each list of columns. `None` when it was interrupted.
fn read(
    Known { database, data }: Known<'_>,
    table: &Table,
    lists: &[Vec<String>],
    options: &RunOptions<'_>,
) -> Option<Vec<Result<Arc<Parents>, Text>>> {
    let name = format!("{}.{}", database.id.value, table.id.value);
    // What is wrong with its files is told where it is judged itself; here it only keeps its keys from being known.
    let root = data_root(data, &database.id.value);
    let source = TableSource::open(table, &root, lists, options.reveal, &mut Problems::default());
    if source.is_absent() {
        let why = say!("there is no file of table `{name}`", "không có tệp nào của bảng `{name}`");
        return Some(lists.iter().map(|_| Err(why.clone())).collect());
    }
    let (plan, keys) = plan::keys_alone(table, &source, options.as_of, lists);
    options.progress.table_started(&database.id.value, &table.id.value, source.bytes());
    let scan = ScanOptions {
        reveal: options.reveal,
        examples: 0,
        interrupted: options.interrupted,
        progress: options.progress,
    };
    let mut state = scan::scan(&plan, &source, &scan, None);
    options.progress.table_done();
    if options.interrupted.load(Ordering::Relaxed) {
        return None;
    }
    state.ledger.settle();
    let sets = lists.iter().zip(keys).map(|(columns, key)| match key {
        _ if !state.is_whole(&source) => {
            Err(say!("table `{name}` could not be read whole", "không đọc được trọn vẹn bảng `{name}`"))
        }
        None => {
            let columns = columns.join(", ");
            Err(say!(
                "table `{name}` has no columns `{columns}`",
                "bảng `{name}` không có các cột `{columns}`"
            ))
        }
        Some(_) if state.rows == 0 => Err(say!("table `{name}` is empty", "bảng `{name}` trống")),
        Some(key) => Ok(Arc::new(Parents::of(&state.ledger, key, &plan.keys[key].types))),
    });
    Some(sets.collect())
}
