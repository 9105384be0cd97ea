//! What finds no room in memory goes to disk, and nobody can tell from the outcome.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use proptest::prelude::*;
use proptest::sample::select;
use tempfile::TempDir;
use thuocdo::base::Status;
use thuocdo::engine::{Budget, Keeper, Known, MeasuredDatabase, MeasuredRule, RunOptions, Scratch};
use thuocdo::rule::Database;

use crate::measure::{self, Unnamed};
use crate::stage::{Stage, thuocdo};

/// Every rule over keys: packed keys, digests, both in one column, composite ones, with conditions, of itself, with cells
/// that are compared.
const RULES: &str = r#"
thuocdo: 1
database: d
tables:
  con:
    files: "con_*.csv"
    key: [ma]
    columns:
      ma: text
      cha: text
      tinh: text
      so: { type: integer }
    rules:
      - { id: mot, unique: [ma] }
      - { id: mot-khi, unique: [cha], when: "tinh = '01'" }
      - { id: hai, unique: [ma, tinh] }
      - { id: so, unique: [so] }
      - { id: trung, duplicate_rows: {} }
      - { id: cha, references: { column: cha, to: cha.ma } }
      - { id: cha-khi, references: { column: cha, to: cha.ma }, when: "so > 3" }
      - { id: cha-hai, references: { columns: [cha, tinh], to: { table: cha, columns: [ma, tinh] } } }
      - { id: cha-so, references: { column: so, to: cha.so } }
      - { id: minh, references: { column: cha, to: con.ma } }
      - { id: nhom, determines: { from: tinh, to: cha } }
      - id: doi
        reconcile:
          with: cha
          key: { cha: ma }
          attributes: { tinh: tinh, so: { compare: code } }
          in_scope: "so > 2"
      - { id: doi-hai, reconcile: { with: cha, key: [ma, tinh], attributes: { so: so } } }
      - { id: doi-khi, reconcile_value: { with: cha, key: { cha: ma }, column: tinh }, when: "so > 3" }
  cha:
    files: "cha_*.csv"
    columns: { ma: text, tinh: text, so: { type: integer } }
    rules:
      - { id: cha-mot, unique: [ma] }
      - { id: cha-con, references: { column: ma, to: con.cha } }
"#;

fn measured(
    database: &Database,
    data: &Path,
    threads: usize,
    budget: &Budget<'_>,
    keeper: Option<&dyn Keeper>,
) -> MeasuredDatabase {
    let options = RunOptions { keeper, ..measure::options(data, budget) };
    measure::first_of(&[Known { database, data }], &options, threads)
}

fn json(measured: &MeasuredDatabase) -> String {
    serde_json::to_string_pretty(measured).expect("plain data")
}

fn database(rules: &str) -> Database {
    measure::database(rules, Path::new(".")).unwrap_or_else(|said| panic!("{said}"))
}

/// Few of them, so that many are shared: packed, packed of other lengths, digests, and absent ones.
fn key() -> impl Strategy<Value = &'static str> {
    let few = select(vec![
        "",
        "",
        "1",
        "01",
        "001",
        "2",
        "3",
        "4",
        "5",
        "6",
        "A1",
        "a1",
        "B 2",
        "999999999999999999",
        "1000000000000000000",
        "12345678901234567890",
        "  ",
        "N/A",
        "-",
        "0",
    ]);
    let many = select((0..400).map(|at| &*Box::leak(format!("0{at}").into_boxed_str())).collect::<Vec<_>>());
    prop_oneof![few, many]
}

fn line(columns: usize) -> impl Strategy<Value = String> {
    let province = select(vec!["", "01", "02", "79"]);
    let number = select(vec!["", "1", "2", "03", "+4", "5", "x", "6.0", "123456789012345678901"]);
    let damage = prop_oneof![30 => Just(""), 1 => Just(",too,many,cells"), 1 => Just("\u{fffd}")];
    (key(), key(), province, number, damage).prop_map(move |(a, b, c, d, damage)| {
        let cells = [a, b, c, d];
        let cells = if columns == 4 { cells.to_vec() } else { vec![a, c, d] };
        cells.join(",") + damage
    })
}

fn file(columns: usize) -> impl Strategy<Value = Vec<String>> {
    prop_oneof![prop::collection::vec(line(columns), 0..8), prop::collection::vec(line(columns), 100..400)]
}

fn write(folder: &Path, name: &str, head: &str, lines: &[String]) {
    let mut text = format!("{head}\n");
    for line in lines {
        writeln!(text, "{line}").expect("a string takes it");
    }
    fs::write(folder.join(name), text).expect("a file");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn memory_decides_nothing(
        children in prop::collection::vec(file(4), 1..4),
        parents in prop::collection::vec(file(3), 1..3),
        lacks in any::<bool>(),
        bytes in select(vec![256, 3_000, 20_000, 100_000]),
    ) {
        let folder = TempDir::new().expect("a folder");
        for (at, lines) in children.iter().enumerate() {
            write(folder.path(), &format!("con_{at}.csv"), "ma,cha,tinh,so", lines);
        }
        for (at, lines) in parents.iter().enumerate() {
            // A file may lack a column that others have.
            let head = if lacks && at == 1 { "ma,khac,so" } else { "ma,tinh,so" };
            write(folder.path(), &format!("cha_{at}.csv"), head, lines);
        }
        let database = database(RULES);
        let expected = json(&measured(&database, folder.path(), 1, &Budget::unlimited(), None));
        for threads in [1, 2] {
            let scratch = Unnamed::default();
            let outcome = measured(&database, folder.path(), threads, &Budget::new(bytes, &scratch), None);
            prop_assert_eq!(&json(&outcome), &expected);
            let rows: u64 = outcome.tables.iter().map(|table| table.rows).sum();
            prop_assert!(bytes > 256 || rows == 0 || scratch.made() > 0, "keys went to disk");
        }
    }
}

#[derive(Default)]
struct Kept {
    states: Mutex<BTreeMap<String, Vec<u8>>>,
    reused: AtomicUsize,
}

impl Keeper for Kept {
    fn find(&self, name: &str) -> Option<Vec<u8>> {
        self.states.lock().expect("no panic").get(name).cloned()
    }

    fn keep(&self, name: &str, state: &[u8]) {
        self.states.lock().expect("no panic").insert(name.to_owned(), state.to_vec());
    }

    fn reused(&self, _: u64) {
        self.reused.fetch_add(1, Ordering::Relaxed);
    }
}

/// Two tables of many shared and many missing keys, in several files.
fn shared_keys(folder: &Path) {
    for file in 0..5 {
        let child = |row: usize| {
            let text = if row.is_multiple_of(50) { "A" } else { "" };
            format!("{text}{},{},01,{row}", (file * 1_000 + row) % 4_000, row * 7 % 1_500)
        };
        write(
            folder,
            &format!("con_{file}.csv"),
            "ma,cha,tinh,so",
            &(0..1_000).map(child).collect::<Vec<_>>(),
        );
    }
    let parent = |row: usize| format!("{},01,{row}", row * 2);
    write(folder, "cha_0.csv", "ma,tinh,so", &(0..1_000).map(parent).collect::<Vec<_>>());
}

#[test]
fn states_of_files_spill_when_they_are_found_again() {
    let folder = TempDir::new().expect("a folder");
    shared_keys(folder.path());
    let database = database(RULES);
    let expected = json(&measured(&database, folder.path(), 2, &Budget::unlimited(), None));
    let (keeper, scratch) = (Kept::default(), Unnamed::default());
    for reused in [0, 6, 12] {
        // Room for the keys of a file, and not for those of all.
        let outcome = measured(&database, folder.path(), 2, &Budget::new(400_000, &scratch), Some(&keeper));
        assert_eq!(json(&outcome), expected);
        assert_eq!(keeper.reused.load(Ordering::Relaxed), reused);
    }
    assert!(scratch.made() >= 3);
}

#[test]
fn a_night_takes_no_more_than_it_is_told() {
    let stage =
        Stage::new("thuocdo: 1\ndatabase: d\ntables: { t: { files: t.csv, rules: [ { unique: [a] } ] } }\n")
            .file("t.csv", "a\n1\n2\n");
    let plan = "thuocdo-plan: 1\nname: dem\ndata: data\nstate: state\nout: out\ndatabases: [ rules.yaml ]\n";
    fs::write(stage.path().join("plan.yaml"), plan).expect("a plan");
    let run = |flags: &[&str]| {
        let path = stage.path().join("plan.yaml").display().to_string();
        thuocdo(&[&["run", path.as_str()], flags].concat())
    };
    let outcome = run(&["--memory", "95MiB"]);
    assert_eq!(outcome.code, Some(2), "{}", outcome.said());
    assert!(outcome.err.contains("96MiB or more"), "{}", outcome.err);
    assert_eq!(run(&["--temp", "none/at/all"]).code, Some(2));
    let outcome = run(&["--memory", "1GiB", "--temp", "."]);
    assert_eq!(outcome.code, Some(0), "{}", outcome.said());
}

/// Files that cannot be made, or that take nothing.
struct Full(&'static str);

impl Scratch for Full {
    fn file(&self) -> io::Result<File> {
        File::options().read(true).write(true).open(self.0)
    }

    fn place(&self) -> String {
        "/tam".to_owned()
    }
}

fn rule<'m>(measured: &'m MeasuredDatabase, id: &str) -> &'m MeasuredRule {
    let mut rules = measured.tables.iter().flat_map(|table| &table.rules);
    rules.find(|rule| rule.id == id).unwrap_or_else(|| panic!("no rule `{id}`"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_takes_nothing_costs_the_rules_that_need_it() {
    let folder = TempDir::new().expect("a folder");
    shared_keys(folder.path());
    let rules = RULES.replace("      - { id: mot, unique: [ma] }\n", "      - { id: du, not_null: ma }\n");
    let database = database(&rules);
    for (path, error) in [("/dev/full", "No space left"), ("/none/at/all", "No such file")] {
        let scratch = Full(path);
        let outcome = measured(&database, folder.path(), 2, &Budget::new(1_000, &scratch), None);
        for id in ["mot-khi", "hai", "cha", "minh", "cha-mot", "cha-con"] {
            let measure = &rule(&outcome, id).measure;
            assert_eq!(measure.status, Status::Error, "{id}");
            let note = measure.note.as_ref().expect("a reason");
            assert!(note.en.contains(error) && note.en.contains("`/tam`"), "{}", note.en);
            assert_eq!((measure.tally.pass, measure.tally.fail), (0, 0), "{id}");
        }
        assert_eq!(rule(&outcome, "du").measure.status, Status::Measured);
        // Rules over groups look at memory alone.
        assert_eq!(rule(&outcome, "nhom").measure.status, Status::Measured);
        let table = &outcome.tables[0];
        assert_eq!((table.rows, table.clean), (5_000, Some(0)), "nobody knows which rows are told apart");
        assert!(table.problems.iter().any(|problem| problem.text.en.contains("no room")));
    }
}

#[test]
fn memory_and_the_place_for_more_are_checked_before_the_work() {
    let rules = "thuocdo: 1\ndatabase: d\ntables: { t: { files: t.csv, rules: [ { unique: [a] } ] } }\n";
    let stage = Stage::new(rules).file("t.csv", "a\n1\n2\n");
    for (flags, said) in [
        (&["--memory", "2G"][..], "write `--memory` as 512MiB or 2GiB"),
        (&["--memory", "95MiB", "--threads", "1"], "it takes 96MiB or more"),
        (&["--temp", "none/at/all"], "`none/at/all` is not a directory"),
        (&["--memory", "lots", "--lang", "vi"], "không phải lượng bộ nhớ"),
    ] {
        let run = stage.run(flags);
        assert_eq!(run.code, Some(2), "{flags:?}: {}", run.said());
        assert!(run.err.contains(said), "{}", run.err);
    }
    let run = stage.run(&["--memory", "96MiB", "--threads", "1", "--temp", "."]);
    assert_eq!(run.code, Some(0), "{}", run.said());
}
