//! One database: its tables are planned together (rules refer to other tables), scanned one after the other, judged.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use indexmap::{IndexMap, IndexSet};

use super::budget::Budget;
use super::elsewhere::{self, Elsewhere};
use super::kept::{Keeper, Keeping};
use super::keys::Parents;
use super::ledger::Outlet;
use super::measured::{
    MeasuredCodeList, MeasuredDatabase, MeasuredFile, MeasuredPack, MeasuredRuleFile, MeasuredTable,
    Presence, Problem,
};
use super::outcome::{self, Beside, Others};
use super::plan::{self, TablePlan, TraceRequest};
use super::problems::Problems;
use super::rows::JudgedTable;
use super::scan::{self, ScanOptions, TableState};
use super::since::Earlier;
use super::source::TableSource;
use super::trace::{RowWaiver, TraceOptions};
use super::vacuity::{self, Strength};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Status};
use crate::kernel::key::TableKey;
use crate::rule::pack::Pack;
use crate::rule::{Counterpart, Database, Table};
use crate::say;
use crate::state::Measure;

/// Told about the progress of a run; called from all threads.
pub trait Progress: Sync {
    fn table_started(&self, _database: &str, _table: &str, _bytes: u64) {}
    /// More of the current table was read.
    fn advanced(&self, _bytes: u64, _rows: u64) {}
    fn table_done(&self) {}
}

/// Tells nobody.
pub struct Silent;

impl Progress for Silent {}

/// Failing rows that are kept of each rule unless somebody asks for another number.
pub const EXAMPLES: usize = super::examples::SHOWN;

#[derive(Clone)]
pub struct RunOptions<'o> {
    /// The directory that holds the extracts. A folder of it with a database's id holds that database's files.
    pub data: &'o Path,
    /// Microseconds of local (+07:00) time.
    pub as_of: i64,
    /// Show values in examples as they are.
    pub reveal: bool,
    /// Failing rows that are kept of each rule; [`EXAMPLES`] in reports for people.
    pub examples: usize,
    /// Set from outside to stop early.
    pub interrupted: &'o AtomicBool,
    pub progress: &'o dyn Progress,
    /// What to remember of single rows, if anything.
    pub trace: Option<TraceOptions<'o>>,
    /// The rows of an earlier run, for rules that ask what became of them; `None`: nobody has named one.
    pub earlier: Option<&'o Earlier<'o>>,
    /// Where states of files are kept from run to run, if anywhere.
    pub keeper: Option<&'o dyn Keeper>,
    /// The memory that keys of rows may take. One run at a time.
    pub budget: &'o Budget<'o>,
    /// Keep what became of each row against tables of reference, and which of their rows are missing, for a second look.
    pub reconciled: bool,
    /// The keys of other databases that rules look for.
    pub elsewhere: &'o Elsewhere,
}

/// No other database.
static ALONE: LazyLock<Elsewhere> = LazyLock::new(Elsewhere::default);

impl<'o> RunOptions<'o> {
    /// Of one database nothing but what its rules come to: no values, no examples, nothing remembered or kept.
    pub fn new(
        data: &'o Path,
        as_of: i64,
        interrupted: &'o AtomicBool,
        progress: &'o dyn Progress,
        budget: &'o Budget<'o>,
    ) -> Self {
        Self {
            data,
            as_of,
            reveal: false,
            examples: 0,
            interrupted,
            progress,
            trace: None,
            earlier: None,
            keeper: None,
            budget,
            reconciled: false,
            elsewhere: &ALONE,
        }
    }
}

/// Measures one database, on the threads of the current pool. `None` when it was interrupted.
pub fn run(database: &Database, options: &RunOptions<'_>) -> Option<MeasuredDatabase> {
    Some(judge(database, options, false)?.0)
}

/// As [`run`], and what is needed to read the rows of the tables that are there once more, with all verdicts on them.
pub fn run_keeping_verdicts<'d>(
    database: &'d Database,
    options: &RunOptions<'_>,
) -> Option<(MeasuredDatabase, Vec<JudgedTable<'d>>)> {
    judge(database, options, true)
}

fn judge<'d>(
    database: &'d Database,
    options: &RunOptions<'_>,
    keep: bool,
) -> Option<(MeasuredDatabase, Vec<JudgedTable<'d>>)> {
    options.budget.start();
    let root = data_root(options.data, &database.id.value);
    let mut runs: Vec<TableRun<'d>> = open_and_plan(database, &root, options);
    let tables = runs.len();
    for (at, run) in runs.iter_mut().enumerate() {
        let last = at + 1 == tables;
        let table = &run.table.id.value;
        options.progress.table_started(&database.id.value, table, run.source.bytes());
        let scan = ScanOptions {
            reveal: options.reveal,
            examples: options.examples,
            interrupted: options.interrupted,
            progress: options.progress,
        };
        // What is to be remembered of rows is not kept.
        let keeper = options.keeper.filter(|_| options.trace.is_none() && !keep);
        let keeping = keeper.map(|keeper| {
            Keeping::new(keeper, database, run.table, &run.source, &run.plan, options.as_of, &scan)
        });
        let outlet = Outlet::new(options.budget, run.plan.leaving());
        let mut state = scan::scan(&run.plan, &run.source, &scan, &outlet, keeping.as_ref());
        // The next table should find room, too.
        if !last {
            state.ledger.make_room(&outlet);
        }
        run.state = Some(state);
        options.progress.table_done();
        if options.interrupted.load(Ordering::Relaxed) {
            return None;
        }
    }
    let parents = parents(&mut runs, options.budget);
    let (mut tables, mut judged) = (Vec::new(), Vec::new());
    for run in runs {
        let (measured, kept) = measure(run, &database.id.value, &parents, options, keep);
        if options.interrupted.load(Ordering::Relaxed) {
            return None;
        }
        tables.push(measured);
        judged.extend(kept);
    }
    refuse_changed_lists(database, &mut tables);
    Some((described(database, tables), judged))
}

/// What the rule files say of a database, with what was measured of its tables.
pub fn described(database: &Database, tables: Vec<MeasuredTable>) -> MeasuredDatabase {
    MeasuredDatabase {
        id: database.id.value.clone(),
        agency: database.agency.clone(),
        rule_files: rule_files(database),
        title: database.title.clone(),
        weight: database.weight,
        packs: database.packs.iter().map(|pack| measured_pack(pack)).collect(),
        contract: database.packs.iter().any(|pack| pack.core).then(|| database.contract.hash()),
        code_lists: code_lists(database),
        tables,
        problems: Vec::new(),
    }
}

/// The rule files, and the files that their rules go by.
fn rule_files(database: &Database) -> Vec<MeasuredRuleFile> {
    // Folders are those of the machine that it ran on.
    let bare = |name: &str| {
        let last = Path::new(name).file_name();
        last.map_or_else(|| name.to_owned(), |last| last.to_string_lossy().into_owned())
    };
    let hash = |file: &SourceText| blake3::hash(file.text.as_bytes()).to_hex().to_string();
    let files = database.files.iter().map(|file| (bare(&file.name), hash(file)));
    let inputs = database.inputs.iter().map(|input| (bare(&input.name), input.blake3.clone()));
    files.chain(inputs).map(|(name, blake3)| MeasuredRuleFile { name, blake3 }).collect()
}

fn measured_pack(pack: &Pack) -> MeasuredPack {
    let Pack { id, version, hash, core, .. } = pack;
    MeasuredPack { id: id.clone(), version: version.clone(), hash: hash.clone(), core: *core }
}

/// Rules that went by a code list whose file is no longer what was read: nobody can repeat what they say.
fn refuse_changed_lists(database: &Database, tables: &mut [MeasuredTable]) {
    let mut known: IndexMap<&Path, bool> = IndexMap::new();
    let rules = database.tables.iter().flat_map(|table| &table.rules);
    for (rule, measured) in rules.zip(tables.iter_mut().flat_map(|table| &mut table.rules)) {
        if measured.measure.status != Status::Measured {
            continue;
        }
        for list in rule.spec.code_lists() {
            let Some(path) = list.path() else { continue };
            if *known.entry(path).or_insert_with(|| list.has_changed()) {
                let name = &list.name;
                measured.measure.status = Status::Error;
                measured.measure.mass = None;
                measured.measure.note = Some(say!(
                    "the file of code list `{name}` changed while the run went on",
                    "tệp của danh mục `{name}` bị thay đổi trong lúc đánh giá"
                ));
            }
        }
    }
}

fn code_lists(database: &Database) -> Vec<MeasuredCodeList> {
    let listed = database.code_lists.iter().filter_map(|list| {
        let (path, blake3) = list.evidence()?;
        let (path, blake3) = (path.to_owned(), blake3.to_owned());
        Some(MeasuredCodeList { name: list.name.clone(), path, blake3, values: list.entries().len() as u64 })
    });
    let mut listed: Vec<_> = listed.collect();
    // Several rule files of one database may read the same list.
    listed.sort();
    listed.dedup();
    listed
}

/// The folder that holds a database's extracts: `data`, or the folder in it that is named like the database.
pub fn data_root(data: &Path, database: &str) -> PathBuf {
    let own = data.join(database);
    if own.is_dir() { own } else { data.to_owned() }
}

/// A table on its way from files to measures.
struct TableRun<'d> {
    table: &'d Table,
    source: TableSource,
    plan: TablePlan,
    /// Columns of this table that rules of others refer to, and the key of the plan that holds them.
    referred: IndexMap<Vec<String>, Option<usize>>,
    problems: Problems,
    state: Option<TableState>,
}

fn open_and_plan<'d>(database: &'d Database, root: &Path, options: &RunOptions<'_>) -> Vec<TableRun<'d>> {
    let mut wanted: IndexMap<&str, Vec<Vec<String>>> = IndexMap::new();
    for rule in database.tables.iter().flat_map(|table| &table.rules) {
        if let Some(to) = rule.spec.refers_to()
            && to.database.is_none()
            && rule.spec.looks_up().is_none()
            && rule.spec.lists().is_none()
            && rule.spec.other_side().is_none()
        {
            let columns = to.key().columns;
            let lists = wanted.entry(to.table.value.as_str()).or_default();
            if !lists.contains(&columns) {
                lists.push(columns);
            }
        }
    }
    let seals = |with: &Counterpart| options.elsewhere.seal(&database.id.value, with);
    let open = |table: &'d Table| {
        let mut problems = Problems::default();
        let lists = wanted.get(table.id.value.as_str()).cloned().unwrap_or_default();
        let source = TableSource::open(table, root, &lists, options.reveal, &mut problems);
        let trace = options.trace.as_ref().map(|trace| {
            let ours =
                |waiver: &RowWaiver| waiver.database == database.id.value && waiver.table == table.id.value;
            let waivers = trace.waivers.iter().filter(|waiver| ours(waiver));
            TraceRequest { secret: trace.secret, waivers: waivers.collect() }
        });
        let (plan, keys) = plan::plan(table, &source, options.as_of, &lists, trace, &seals);
        let referred = lists.into_iter().zip(keys).collect();
        if source.is_absent() && table.required && !problems.any_error() {
            let files = table.files.value.join(", ");
            problems.push(
                Diagnostic::error(say!(
                    "no file matches `{files}`",
                    "không có tệp nào khớp `{files}`"
                ))
                .at(crate::base::Place { file: Arc::clone(&database.file), span: table.files.span.clone() })
                .hint(say!(
                    "check `--data` and the table's `files`; a table that may be absent is `required: false`",
                    "kiểm tra `--data` và `files` của bảng; bảng được phép vắng thì ghi `required: false`"
                )),
            );
        }
        for (rule, bound) in table.rules.iter().zip(&plan.rules) {
            if let plan::Work::Not { status: Status::MissingInput | Status::Error, note } = &bound.work
                && !source.columns.is_empty()
            {
                problems.push(Diagnostic::error(note.clone()).at(rule.place.clone()));
            }
        }
        TableRun { table, source, plan, referred, problems, state: None }
    };
    database.tables.iter().map(open).collect()
}

type ParentSets = IndexMap<TableKey, Arc<Parents>>;

/// The key sets of all tables that are referred to and were read whole.
fn parents(runs: &mut [TableRun<'_>], budget: &Budget<'_>) -> ParentSets {
    let mut sets = ParentSets::new();
    for run in runs {
        let Some(state) = &mut run.state else { continue };
        if run.source.is_absent() || !state.is_whole(&run.source) {
            continue;
        }
        state.ledger.settle();
        for (columns, key) in &run.referred {
            if let Some(key) = key {
                let found = run.source.has_everywhere(run.table, columns, |file| state.rows_of(file));
                let types = &run.plan.keys[*key].types;
                let set = Parents::of(&state.ledger, *key, types, found, budget);
                let (table, columns) = (run.table.id.value.clone(), columns.clone());
                sets.insert(TableKey { database: None, table, columns }, Arc::new(set));
            }
        }
    }
    sets
}

fn measure<'d>(
    mut run: TableRun<'d>,
    database: &'d str,
    parents: &ParentSets,
    options: &RunOptions<'_>,
    keep: bool,
) -> (MeasuredTable, Option<JudgedTable<'d>>) {
    let table = run.table;
    let state = run.state.as_mut();
    let absent = run.source.is_absent();
    let presence = match (absent, table.required) {
        (false, _) => Presence::Present,
        (true, true) => Presence::Missing,
        (true, false) => Presence::Absent,
    };
    let (mut rules, mut clean, mut rows, mut traced) = (Vec::new(), None, 0, None);
    let mut files = Vec::new();
    let mut verdicts = None;
    match state {
        Some(state) if presence == Presence::Present => {
            let find = |key: &TableKey| match key.database {
                Some(_) => options.elsewhere.find(key),
                None => parents.get(key).map(Arc::clone).ok_or_else(elsewhere::not_whole),
            };
            let before = options
                .trace
                .as_ref()
                .and_then(|trace| trace.before.get(&(database, table.id.value.as_str())));
            let beside = Beside {
                before: before.copied(),
                earlier: options.earlier,
                verdicts: keep,
                reconciled: options.reconciled,
                reveal: options.reveal,
                budget: options.budget,
                interrupted: options.interrupted,
            };
            let others = Others { parents: &find, elsewhere: options.elsewhere, database };
            let outcome = outcome::outcome(table, &run.plan, &run.source, state, &others, beside);
            rules = outcome.rules;
            if let Some(why) = outcome.problem {
                run.problems.error(why, None);
            }
            verdicts = outcome.verdicts;
            rows = state.rows + state.lost;
            let whole = !state.cut && !run.source.is_incomplete();
            clean = whole.then_some(outcome.clean);
            traced = outcome.traced;
            if let Some(traced) = traced.as_mut().filter(|_| !whole || state.lost > 0) {
                // Rows that could not be read are neither gone nor new.
                traced.snapshot = None;
                traced.changes = None;
            }
            state.report(&run.source, &mut run.problems);
            files = measured_files(&run.source, state);
            files.extend(digest_files(table, database, options.elsewhere));
            if rows == 0 && !state.cut && !run.source.is_incomplete() && !table.allow_empty {
                run.problems.error(
                    say!("the table has no rows", "bảng không có dòng nào"),
                    Some(say!(
                        "a table that may be empty is `allow_empty: true`",
                        "bảng được phép trống thì ghi `allow_empty: true`"
                    )),
                );
            }
        }
        _ => {
            let (status, note) = match presence {
                Presence::Absent => {
                    (Status::Na, say!("the optional table is absent", "không có bảng tùy chọn này"))
                }
                _ => (Status::MissingTable, say!("the required table is absent", "thiếu bảng bắt buộc")),
            };
            for rule in &table.rules {
                rules.push(outcome::measured_rule(table, rule, Measure::not_run(status, note.clone())));
            }
        }
    }
    let strengths = vacuity::strengths(table, options.as_of);
    for ((measured, rule), strength) in rules.iter_mut().zip(&table.rules).zip(strengths) {
        measured.strength = strength;
        if strength.is_some_and(Strength::is_vacuous) {
            run.problems.push(vacuity::finding(rule));
        }
    }
    let measured = MeasuredTable {
        rows,
        files,
        clean,
        rules,
        problems: run.problems.into_diagnostics().iter().map(Problem::from).collect(),
        traced,
        ..declared(table, presence)
    };
    let judged = verdicts
        .zip(run.state)
        .map(|(verdicts, state)| JudgedTable::new(database, table, run.plan, run.source, state, verdicts));
    (measured, judged)
}

/// A table as the rule file declares it, of which nothing was measured.
pub fn declared(table: &Table, presence: Presence) -> MeasuredTable {
    MeasuredTable {
        id: table.id.value.clone(),
        title: table.title.clone(),
        tier: table.tier,
        presence,
        allow_empty: table.allow_empty,
        rows: 0,
        files: Vec::new(),
        key: table.key_names(),
        columns: table.columns.iter().map(|column| column.name.value.clone()).collect(),
        roles: table.roles(),
        clean: None,
        rules: Vec::new(),
        problems: Vec::new(),
        traced: None,
    }
}

/// The files of digests that rules of a table went by: what they say is of no row of ours.
fn digest_files(table: &Table, database: &str, elsewhere: &Elsewhere) -> IndexSet<MeasuredFile> {
    let looked = table.rules.iter().filter_map(|rule| rule.spec.looks_up());
    looked.filter_map(|look_up| elsewhere.digest_file(database, &look_up.with)).collect()
}

fn measured_files(source: &TableSource, state: &TableState) -> Vec<MeasuredFile> {
    let files = source.files.iter().enumerate();
    files
        .map(|(at, file)| {
            let at = at as u32;
            let rows = state.rows_of(at);
            let failure = state.failures.of(at);
            MeasuredFile {
                path: file.name.clone(),
                bytes: file.bytes,
                blake3: state.hashes.get(&at).and_then(|hash| hash.clone().ok()).unwrap_or_default(),
                rows,
                problem: file.problem.clone().or_else(|| failure.map(|error| error.what.clone())),
            }
        })
        .collect()
}
