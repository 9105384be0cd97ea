//! Scores rule texts through the library, without a process.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use thuocdo::base::Text;
use thuocdo::base::diagnostic::SourceText;
use thuocdo::engine::{
    self, Budget, Earlier, Elsewhere, Keeper, Known, MeasuredDatabase, RunOptions, Scratch, Silent,
};
use thuocdo::kernel::date_format::default_timestamps;
use thuocdo::kernel::seal::SharedKey;
use thuocdo::kind::KINDS;
use thuocdo::rule::notify::Kept;
use thuocdo::rule::{Database, file};
use thuocdo::score::scorecard::{DatabaseCard, TableCard};
use thuocdo::score::{self, ScoreOptions};

/// A moment for tests to which it does not matter: 2027-01-15T08:00:00.
pub const SOME_TIME: i64 = 1_800_000_000_000_000;

static NEVER: AtomicBool = AtomicBool::new(false);

/// How a database is measured where nothing else is asked for.
pub fn options<'o>(data: &'o Path, budget: &'o Budget<'o>) -> RunOptions<'o> {
    RunOptions { examples: engine::EXAMPLES, ..RunOptions::new(data, SOME_TIME, &NEVER, &Silent, budget) }
}

/// Measures the first of some databases, on so many threads.
pub fn first_of(known: &[Known<'_>], options: &RunOptions<'_>, threads: usize) -> MeasuredDatabase {
    let measured = pool(threads).install(|| {
        let first = known[0].database;
        let elsewhere = Elsewhere::read([first], known, &key, options)?;
        engine::run(first, &RunOptions { elsewhere: &elsewhere, ..options.clone() })
    });
    measured.expect("nobody interrupts")
}

pub fn pool(threads: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")
}

/// Files without names, counted.
#[derive(Default)]
pub struct Unnamed {
    made: AtomicUsize,
}

impl Unnamed {
    pub fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }
}

impl Scratch for Unnamed {
    fn file(&self) -> io::Result<File> {
        self.made.fetch_add(1, Ordering::Relaxed);
        tempfile::tempfile()
    }

    fn place(&self) -> String {
        "there".to_owned()
    }
}

/// Reads a rule file; what is wrong with it is the error.
pub fn database(rules: &str, folder: &Path) -> Result<Database, String> {
    let source = Arc::new(SourceText { name: "rules.yaml".to_owned(), text: rules.to_owned() });
    let (database, diagnostics) = file::parse(&source, folder, KINDS);
    let said: Vec<String> = diagnostics
        .iter()
        .map(|diagnostic| {
            let place = diagnostic.place.as_ref().map_or((0, 0), thuocdo::base::Place::line_column);
            format!("{}:{}: {}", place.0, place.1, diagnostic.what.en)
        })
        .collect();
    database.ok_or_else(|| said.join("\n"))
}

/// Scores one database on so many threads.
pub fn score(database: &Database, data: &Path, as_of: &str, threads: usize) -> DatabaseCard {
    score_keeping(database, data, as_of, threads, None)
}

/// As [`score`], with the states of files that `keeper` has.
pub fn score_keeping(
    database: &Database,
    data: &Path,
    as_of: &str,
    threads: usize,
    keeper: Option<&dyn Keeper>,
) -> DatabaseCard {
    card(measured(database, data, as_of, threads, keeper, (None, &Budget::unlimited())))
}

/// As [`score`], after an earlier run over other data: the rows of that are what rules find that compare runs.
pub fn score_after(
    database: &Database,
    [before, data]: [&Path; 2],
    as_of: &str,
    threads: usize,
    budget: &Budget<'_>,
) -> DatabaseCard {
    let first = Earlier { secret: Some([7; 32]), rows: Err(engine::nothing_given()), remember: true };
    let before = measured(database, before, as_of, threads, None, (Some(&first), budget));
    let snapshots = before.tables.iter().filter_map(|table| {
        let rows = table.traced.as_ref()?.snapshot.as_ref()?;
        Some(((before.id.as_str(), table.id.as_str()), rows))
    });
    let earlier = Earlier { secret: Some([7; 32]), rows: Ok(snapshots.collect()), remember: false };
    card(measured(database, data, as_of, threads, None, (Some(&earlier), budget)))
}

fn card(measured: MeasuredDatabase) -> DatabaseCard {
    score::assemble(vec![measured], &ScoreOptions::default()).databases.remove(0)
}

fn measured(
    database: &Database,
    data: &Path,
    as_of: &str,
    threads: usize,
    keeper: Option<&dyn Keeper>,
    (earlier, budget): (Option<&Earlier<'_>>, &Budget<'_>),
) -> MeasuredDatabase {
    let as_of = default_timestamps()
        .iter()
        .find_map(|format| format.parse_timestamp(as_of))
        .unwrap_or_else(|| panic!("`{as_of}` is no moment"));
    let options = RunOptions { as_of, earlier, keeper, ..options(data, budget) };
    first_of(&[Known { database, data }], &options, threads)
}

/// The key that all of these share, wherever it is kept.
pub fn key(_: &Kept) -> Result<SharedKey, Text> {
    Ok(SharedKey::parse("8a1f6c0de2947b5338d1c7a90f64e2b5").expect("a key"))
}

/// A table of a card.
pub fn table<'c>(card: &'c DatabaseCard, id: &str) -> &'c TableCard {
    card.tables.iter().find(|table| table.id == id).unwrap_or_else(|| panic!("no table `{id}`"))
}
