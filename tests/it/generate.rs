//! Synthetic extracts: every injected defect is found, and nothing else is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;
use thuocdo::base::Status;
use thuocdo::engine::{self, Budget, MeasuredDatabase, RunOptions};
use thuocdo::generate::{self, Extract, Form, Rates, Request};
use thuocdo::kernel::date_format::default_timestamps;
use thuocdo::kind::KINDS;
use thuocdo::rule::{Database, load};

use crate::measure;
use crate::stage::{Stage, records, root, thuocdo};

const AS_OF: &str = "2026-11-21T10:00:00";

fn as_of() -> i64 {
    default_timestamps().iter().find_map(|format| format.parse_timestamp(AS_OF)).expect("a moment")
}

fn request(rows: usize, seed: u64, rate: u32) -> Request {
    let rates = Rates { usual: rate, of: BTreeMap::new() };
    Request { rows, seed, as_of: as_of(), rates, form: Form::Csv }
}

fn databases(path: &Path) -> Vec<Database> {
    let loaded = load::load(&[path.to_owned()], KINDS);
    assert!(!loaded.databases.is_empty(), "{}: {:?}", path.display(), loaded.diagnostics);
    loaded.databases
}

fn make(database: &Database, request: &Request) -> Extract {
    generate::generate(database, request).unwrap_or_else(|problem| {
        let at = problem.place.map_or((0, 0), |place| place.line_column());
        panic!("{}:{at:?}: {}", database.id.value, problem.what.en)
    })
}

/// Runs the rules over an extract; every failing row is an example.
fn measured(database: &Database, extract: &Extract) -> MeasuredDatabase {
    let folder = TempDir::new().expect("a folder");
    for (path, bytes) in &extract.files {
        let path = folder.path().join(&database.id.value).join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, bytes).expect("a file");
    }
    let budget = Budget::unlimited();
    let all = measure::options(folder.path(), &budget);
    let options = RunOptions { as_of: as_of(), reveal: true, examples: usize::MAX, ..all };
    engine::run(database, &options).expect("nobody interrupts")
}

/// Kinds that judge what all values of a column have in common, which nobody tries to satisfy.
const OF_WHOLE_COLUMNS: [&str; 5] = ["aggregate", "digits", "distribution", "outliers", "value_set"];

/// What contradicts "every injected defect is found and nothing else". An extract without defects must have no failure.
fn contradictions(database: &Database, extract: &Extract) -> Vec<String> {
    let measured = measured(database, extract);
    let mut said = Vec::new();
    for (table, (_, bytes)) in measured.tables.iter().zip(&extract.files) {
        let id = &table.id;
        let records = records(std::str::from_utf8(bytes).expect("UTF-8"));
        let place = |name: &str| records[0].iter().position(|column| column == name);
        let injected: BTreeMap<usize, (&[String], &str)> = extract
            .defects
            .iter()
            .filter(|defect| defect.table == *id)
            .map(|defect| (defect.row, (defect.columns.as_slice(), defect.kind.id())))
            .collect();
        let mut found = BTreeSet::new();
        for problem in &table.problems {
            said.push(format!("{id}: {}", problem.text.en));
        }
        for rule in &table.rules {
            let measure = &rule.measure;
            let name = format!("{id}/{} ({})", rule.id, rule.kind);
            if !matches!(measure.status, Status::Measured | Status::Na | Status::Empty) {
                said.push(format!("{name}: {:?} {:?}", measure.status, measure.note.as_ref().map(|n| &n.en)));
            }
            if injected.is_empty()
                && measure.tally.fail > 0
                && !OF_WHOLE_COLUMNS.contains(&rule.kind.as_str())
            {
                said.push(format!("{name}: {} failures and no defect", measure.tally.fail));
            }
            for example in &measure.examples {
                let row = usize::try_from(example.row).expect("a row");
                let hit = |columns: &[String]| columns.iter().any(|column| rule.columns.contains(column));
                let own = injected.get(&row).is_some_and(|(columns, _)| hit(columns));
                // The other row under a key that was injected.
                let twin = || {
                    injected.iter().any(|(&other, (columns, kind))| {
                        let same = |column: &String| {
                            place(column).is_some_and(|at| records[row][at] == records[other][at])
                        };
                        *kind == "duplicate" && hit(columns) && columns.iter().all(same)
                    })
                };
                if own {
                    found.insert(row);
                } else if !twin() {
                    said.push(format!("{name}: row {row} has no defect here: {:?}", example.value));
                }
            }
        }
        for (row, (columns, kind)) in injected.iter().filter(|(row, _)| !found.contains(row)) {
            let cells: Vec<Option<&String>> =
                columns.iter().map(|column| place(column).map(|at| &records[*row][at])).collect();
            said.push(format!("{id}: {kind} in {columns:?} of row {row} was not found: {cells:?}"));
        }
    }
    said.truncate(40);
    said
}

/// Contradictions in an extract without defects and in two with some, and the kinds of these.
fn verify(path: &Path, rows: usize) -> (Vec<String>, BTreeSet<&'static str>) {
    let (mut said, mut kinds) = (Vec::new(), BTreeSet::new());
    for database in databases(path) {
        for (seed, rate) in [(1, 0), (2, 1_000), (3, 200_000)] {
            let extract = make(&database, &request(rows, seed, rate));
            let found = contradictions(&database, &extract).into_iter();
            said.extend(found.map(|what| format!("{}, rate {rate}: {what}", database.id.value)));
            assert_eq!(extract.defects.is_empty(), rate == 0, "{}", database.id.value);
            kinds.extend(extract.defects.iter().map(|defect| defect.kind.id()));
        }
    }
    (said, kinds)
}

#[test]
fn every_defect_is_found_and_nothing_else() {
    let (said, kinds) = verify(&root().join("tests/generate.yaml"), 300);
    assert!(said.is_empty(), "{}", said.join("\n"));
    let all: BTreeSet<&str> = generate::DefectKind::ALL.map(generate::DefectKind::id).into();
    assert_eq!(kinds, all);
}

#[test]
fn rule_files_of_the_examples_and_the_bench() {
    for name in ["benches/population/rules", "rules/examples/flights", "rules/examples/febrl"] {
        let (said, _) = verify(&root().join(format!("{name}.yaml")), 150);
        assert!(said.is_empty(), "{}", said.join("\n"));
    }
}

/// The rule files of national systems, each with its core packs.
#[test]
fn national_rule_files() {
    let mut files: Vec<PathBuf> = fs::read_dir(root().join("rules/vn"))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    files.sort();
    assert_eq!(files.len(), 16);
    let verified: Vec<_> = files.iter().map(|file| verify(file, 120)).collect();
    let said: Vec<&str> = verified.iter().flat_map(|(said, _)| said).map(String::as_str).collect();
    assert!(said.is_empty(), "{} contradictions\n{}", said.len(), said.join("\n"));
    let kinds: BTreeSet<&str> = verified.iter().flat_map(|(_, kinds)| kinds).copied().collect();
    assert!(kinds.len() >= 10, "{kinds:?}");
}

#[test]
fn the_same_wishes_give_the_same_files() {
    let path: PathBuf = root().join("tests/generate.yaml");
    let database = databases(&path).remove(0);
    let make = |seed, rate| {
        let extract = make(&database, &request(80, seed, rate));
        (extract.files, extract.defects)
    };
    assert_eq!(make(1, 20_000), make(1, 20_000));
    assert_ne!(make(1, 20_000).0, make(2, 20_000).0);
    assert_ne!(make(1, 20_000).0, make(1, 0).0);
}

#[test]
fn what_cannot_be_made_is_said_with_its_rule() {
    let stage = Stage::new(
        "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    columns:\n      a: { type: integer, required: true }\n    rules:\n      - expect: a < 1 AND a > 5\n",
    );
    let rules = stage.rules().display().to_string();
    let out = stage.path().join("out").display().to_string();
    let run = thuocdo(&["generate", &rules, "--out", &out, "--rows", "3"]);
    assert_eq!(run.code, Some(2), "{}", run.said());
    assert!(run.err.contains("rules.yaml:9") && run.err.contains("no rows of table `t`"), "{}", run.err);
}

#[test]
fn real_files_are_neither_replaced_nor_reached() {
    let rules = |files: &str| {
        format!(
            "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: \"{files}\"\n    columns: {{ a: integer }}\n"
        )
    };
    let stage = Stage::new(rules("t.csv"));
    let (path, out) = (stage.rules().display().to_string(), stage.path().join("out"));
    let make =
        || thuocdo(&["generate", &path, "--out", out.to_str().unwrap(), "--rows", "3", "--lang", "en"]);
    assert_eq!(make().code, Some(0));
    let again = make();
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("is there already"), "{}", again.err);
    for files in ["../x.csv", "/tmp/thuocdo-must-not-write.csv"] {
        let stage = Stage::new(rules(files));
        let (path, out) = (stage.rules().display().to_string(), stage.path().join("out"));
        let run = thuocdo(&["generate", &path, "--out", out.to_str().unwrap(), "--lang", "en"]);
        assert_eq!(run.code, Some(2), "{files}: {}", run.said());
        assert!(!out.exists(), "{files}");
    }
    assert!(!Path::new("/tmp/thuocdo-must-not-write.csv").exists());
    for rows in ["0", "18446744073709551615"] {
        let run = thuocdo(&["generate", &path, "--out", "x", "--rows", rows]);
        assert_eq!(run.code, Some(2), "{rows}");
    }
}

#[test]
fn the_command_writes_what_the_program_reads() {
    let stage = Stage::new("");
    let rules = root().join("tests/generate.yaml").display().to_string();
    for format in ["csv", "parquet"] {
        let out = stage.path().join(format).display().to_string();
        let made = ["generate", &rules, "--out", &out, "--rows", "60", "--as-of", AS_OF, "--format", format];
        let run = thuocdo(&[&made[..], &["--defects", "0.001", "--defect", "blank=0.05"]].concat());
        if format == "parquet" {
            // One table is declared as CSV.
            assert_eq!(run.code, Some(2), "{}", run.said());
            continue;
        }
        assert_eq!(run.code, Some(0), "{}", run.said());
        let list = fs::read_to_string(Path::new(&out).join("defects.csv")).expect("a list");
        let mut lines = list.lines();
        assert_eq!(lines.next(), Some("database,table,row,column,defect"));
        assert!(lines.clone().count() > 3 && lines.all(|line| line.starts_with("thu,")), "{list}");
        let run = thuocdo(&["score", &rules, "--data", &out, "--as-of", AS_OF, "--examples", "1", "--quiet"]);
        assert_eq!(run.code, Some(0), "{}", run.said());
    }
    for wrong in [["--defect", "blanc=0.1"], ["--defects", "2"], ["--defect", "blank"]] {
        let out = stage.path().join("no").display().to_string();
        let run = thuocdo(&[&["generate", &rules, "--out", &out][..], &wrong].concat());
        assert_eq!(run.code, Some(2), "{wrong:?}: {}", run.said());
    }
}
