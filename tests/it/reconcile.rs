//! A table against a database of reference: other databases, damage, nights, failing records; and a plain join.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::Value;
use tempfile::TempDir;
use thuocdo::score::scorecard::DatabaseCard;

use crate::measure;
use crate::stage::{Folder, Run, thuocdo};

const PERSONS: &str = "thuocdo: 1\ndatabase: dan_cu\ntables:\n  cong_dan:\n    files: cong_dan*.csv\n    columns: { so: integer, ho_ten: { type: text, pii: basic } }\n    rules: [ { unique: [so] } ]\n";

const INSURANCE: &str = "thuocdo: 1
database: bao_hiem
tables:
  the:
    files: the.csv
    key: [so_dinh_danh]
    columns: { so_dinh_danh: { type: text, pii: basic }, ten: { type: text, pii: basic } }
    rules:
      - id: dc
        title: { vi: Đối chiếu dân cư, en: Against the register }
        tags: [dan-cu]
        reconcile:
          with: dan_cu.cong_dan
          key: { so_dinh_danh: { column: so, pad: 12 } }
          attributes: { ten: { column: ho_ten, compare: name } }
          in_scope: \"trang_thai = 'song'\"
";

/// A register of persons, and insurance that is reconciled with it.
struct Nation {
    folder: Folder,
}

impl Nation {
    fn new() -> Self {
        let nation = Self { folder: Folder::new() };
        nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE);
        nation.folder.write("rules/b_dan_cu.yaml", PERSONS);
        nation.folder.write(
            "data/bao_hiem/the.csv",
            "so_dinh_danh,ten\n001099000001,NGUYỄN VĂN AN\n001099000002,Lê Thị Bình\n001099000009,Trần Chi\n,Đỗ Dung\n",
        );
        nation.folder.write(
            "data/dan_cu/cong_dan_1.csv",
            "so,ho_ten,trang_thai\n1099000001,Nguyễn Văn An,song\n1099000002,Hoàng Yến,song\n",
        );
        nation.folder.write(
            "data/dan_cu/cong_dan_2.csv",
            "so,ho_ten,trang_thai\n1099000003,Phạm Hà,mất\n1099000004,Vũ Giang,song\n",
        );
        nation
    }

    fn score(&self, rules: &[&str], more: &[&str]) -> Run {
        let mut arguments = vec!["score".to_owned()];
        arguments.extend(rules.iter().map(|rules| self.folder.path(rules).display().to_string()));
        arguments.extend(["--data".to_owned(), self.folder.path("data").display().to_string()]);
        let more = ["--as-of", "2026-11-21", "--lang", "en", "--format", "json"].iter().chain(more);
        arguments.extend(more.map(|argument| (*argument).to_owned()));
        thuocdo(&arguments)
    }
}

/// A rule of the insurance.
fn rule(run: &Run, id: &str) -> Value {
    let card = run.card();
    let databases = card["databases"].as_array().expect("databases");
    let insurance = databases.iter().find(|database| database["id"] == "bao_hiem").expect("the insurance");
    let rules = insurance["tables"][0]["rules"].as_array().expect("rules");
    rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no `{id}`")).clone()
}

fn counts(rule: &Value) -> [u64; 4] {
    ["pass", "fail", "na", "unknown"].map(|name| rule[name].as_u64().expect("a count"))
}

fn all(run: &Run) -> [[u64; 4]; 3] {
    ["dc-link", "dc-ten", "dc-coverage"].map(|id| counts(&rule(run, id)))
}

#[test]
fn one_item_is_three_kinds_of_rules_against_another_database() {
    let nation = Nation::new();
    let run = nation.score(&["rules"], &[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(all(&run), [[2, 1, 1, 0], [1, 1, 2, 0], [2, 1, 1, 0]]);
    let link = rule(&run, "dc-link");
    assert_eq!((&link["dimension"], &link["severity"]), (&"consistency".into(), &"critical".into()));
    assert_eq!(
        (&link["title"]["en"], &link["tags"][0]),
        (&"Against the register: link".into(), &"dan-cu".into())
    );
    let value = rule(&run, "dc-ten");
    assert_eq!((&value["dimension"], &value["unit"]), (&"correctness".into(), &"cell".into()));
    let coverage = rule(&run, "dc-coverage");
    assert_eq!((&coverage["dimension"], &coverage["unit"]), (&"completeness".into(), &"key".into()));
    // An example is a row of ours; nothing of theirs is told.
    assert_eq!((&value["examples"][0]["row"], &value["examples"][0]["value"]), (&2.into(), &Value::Null));
    for said in [&run.out, &run.err] {
        assert!(!["Yến", "Giang", "1099000004"].iter().any(|value| said.contains(value)), "{said}");
    }

    let single = nation.score(&["rules"], &["--threads", "1"]);
    assert_eq!(single.out, run.out, "on one thread as on many");
    let turned = nation.score(&["rules/b_dan_cu.yaml", "rules/a_bao_hiem.yaml"], &[]);
    assert_eq!(turned.out, run.out, "in whatever order databases are named");
}

#[test]
fn what_is_damaged_or_lost_is_unknown() {
    let nation = Nation::new();
    let whole = "so,ho_ten,trang_thai\n1099000003,Phạm Hà,mất\n1099000004,Vũ Giang,song\n";
    // Of theirs: whoever was not found may be the damaged row.
    nation.folder.write("data/dan_cu/cong_dan_2.csv", format!("{whole}1099000009,\"Trần"));
    assert_eq!(all(&nation.score(&["rules"], &[])), [[2, 0, 1, 1], [1, 1, 1, 1], [2, 1, 1, 1]]);
    // Of ours: whoever is missing may be.
    nation.folder.write("data/dan_cu/cong_dan_2.csv", whole);
    nation
        .folder
        .write("data/bao_hiem/the.csv", "so_dinh_danh,ten\n001099000001,Nguyễn Văn An\n001099000004,\"Vũ");
    assert_eq!(all(&nation.score(&["rules"], &[])), [[1, 0, 0, 1], [1, 0, 0, 1], [1, 0, 1, 2]]);
    // A part of theirs that cannot be read says nothing of anybody.
    fs::remove_file(nation.folder.path("data/dan_cu/cong_dan_2.csv")).expect("removed");
    std::os::unix::fs::symlink("nowhere", nation.folder.path("data/dan_cu/cong_dan_2.csv")).expect("a link");
    let run = nation.score(&["rules"], &[]);
    assert_eq!((run.code, all(&run)), (Some(3), [[0, 0, 0, 2], [0, 0, 0, 2], [0, 0, 0, 1]]));
    let note = rule(&run, "dc-coverage")["note"]["en"].as_str().map(str::to_owned);
    assert!(note.is_some_and(|note| note.contains("`dan_cu.cong_dan` could not be read whole")));
}

#[test]
fn a_reference_that_is_not_known_says_why() {
    let nation = Nation::new();
    let told = |rules: &[&str], why: &str| {
        let run = nation.score(rules, &[]);
        assert_eq!(
            (run.code, all(&run)),
            (Some(3), [[0, 0, 1, 3], [0, 0, 1, 3], [0, 0, 0, 1]]),
            "{}",
            run.err
        );
        for id in ["dc-link", "dc-ten", "dc-coverage"] {
            let found = rule(&run, id);
            let note = found["note"]["en"].as_str().expect("a note");
            assert!(note.contains(why) && found["status"] == "error", "{note}");
        }
    };
    told(&["rules/a_bao_hiem.yaml"], "no rule file of this run declares database `dan_cu`");
    nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE.replace(", pad: 12", ""));
    told(&["rules"], "the keys are `text` here and `integer` in `dan_cu.cong_dan.so`");
    nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE.replace("column: so,", "column: cccd,"));
    told(&["rules"], "table `dan_cu.cong_dan` has no column `cccd`");
    nation.folder.write("rules/a_bao_hiem.yaml", INSURANCE);
    for part in ["1", "2"] {
        nation.folder.write(&format!("data/dan_cu/cong_dan_{part}.csv"), "so,ho_ten,trang_thai\n");
    }
    told(&["rules"], "table `dan_cu.cong_dan` is empty");
    nation.folder.write("data/dan_cu/cong_dan_1.csv", "so,ho_ten,trang_thai\n,An,song\n");
    told(&["rules"], "no row of table `dan_cu.cong_dan` has a key");
}

#[test]
fn a_night_reconciles_as_a_score_does() {
    let nation = Nation::new();
    nation.folder.write(
        "nightly.yaml",
        "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\ndatabases: [rules/a_bao_hiem.yaml, rules/b_dan_cu.yaml]\n",
    );
    let night = || {
        let run =
            thuocdo(&["run", &nation.folder.path("nightly.yaml").display().to_string(), "--lang", "en"]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        fs::read_to_string(nation.folder.path("out/scorecard.json")).expect("a card")
    };
    assert_eq!(night(), nation.score(&["rules"], &[]).out);
    // The reference changes, our table does not: what is kept of ours is judged anew.
    nation.folder.write("data/dan_cu/cong_dan_1.csv", "so,ho_ten,trang_thai\n1099000009,Trần Chi,song\n");
    let fresh = nation.score(&["rules"], &[]);
    assert_eq!(night(), fresh.out);
    assert_eq!(all(&fresh), [[1, 2, 1, 0], [1, 0, 3, 0], [1, 1, 1, 0]]);
}

#[test]
fn a_table_is_reconciled_within_its_database_at_night_too() {
    let nation = Nation::new();
    let rules = INSURANCE.replace("with: dan_cu.cong_dan", "with: cong_dan")
        + &PERSONS[PERSONS.find("  cong_dan:").expect("the table")..];
    nation.folder.write("rules/a_bao_hiem.yaml", &rules);
    for part in ["1", "2"] {
        let text = fs::read(nation.folder.path(&format!("data/dan_cu/cong_dan_{part}.csv"))).expect("a file");
        fs::write(nation.folder.path(&format!("data/bao_hiem/cong_dan_{part}.csv")), text).expect("a file");
    }
    let run = nation.score(&["rules/a_bao_hiem.yaml"], &[]);
    assert_eq!(all(&run), [[2, 1, 1, 0], [1, 1, 2, 0], [2, 1, 1, 0]], "{}", run.err);
    nation.folder.write(
        "nightly.yaml",
        "thuocdo-plan: 1\nname: dem\nas_of: 2026-11-21\ndata: data\nstate: state\nout: out\ndatabases: [rules/a_bao_hiem.yaml]\n",
    );
    let night = thuocdo(&["run", &nation.folder.path("nightly.yaml").display().to_string(), "--lang", "en"]);
    assert_eq!(night.code, Some(0), "{}", night.err);
    assert_eq!(fs::read_to_string(nation.folder.path("out/scorecard.json")).expect("a card"), run.out);
}

#[test]
fn failing_records_say_what_the_reference_says() {
    let nation = Nation::new();
    let folder = nation.folder.path("failing").display().to_string();
    let run = nation.score(&["rules"], &["--violations", &folder]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let text = fs::read_to_string(Path::new(&folder).join("bao_hiem/the.csv")).expect("failing records");
    assert!(
        text.contains("`dan_cu.cong_dan` says otherwise in `ho_ten`; either side may be wrong"),
        "{text}"
    );
    assert!(text.contains("`dan_cu.cong_dan` has no such key"), "{text}");
    assert!(!text.contains("coverage") && !text.contains("Yến"), "{text}");
}

#[test]
fn what_is_written_wrongly_is_told_once_and_at_its_place() {
    let nation = Nation::new();
    let said = |from: &str, to: &str| {
        let rules = INSURANCE.replace(from, to);
        assert_ne!(rules, INSURANCE);
        nation.folder.write("rules/a_bao_hiem.yaml", &rules);
        let run = thuocdo(&["lint", &nation.folder.path("rules").display().to_string(), "--lang", "en"]);
        assert_eq!(run.code, Some(2), "{}{}", run.err, run.out);
        run.err + &run.out
    };
    for (from, to, message) in [
        ("with: dan_cu.cong_dan", "with: a.b.c", "`a.b.c` is not `table` or `database.table`"),
        ("with: dan_cu.cong_dan", "with: dan_cu.cong_dann", "did you mean `cong_dan`?"),
        ("with: dan_cu.cong_dan", "with: bao_hiem.the", "leave the database out"),
        ("with: dan_cu.cong_dan", "wiht: dan_cu.cong_dan", "did you mean `with`?"),
        ("pad: 12", "pad: 0", "codes are filled up to 1 to 64 digits"),
        ("pad: 12", "width: 12", "unknown key `width`"),
        ("compare: name", "compare: names", "`names` is not a way to compare"),
        ("compare: name", "pad: 5", "only codes are filled up"),
        ("compare: name", "to: ten", "key `column` appears twice"),
        ("column: ho_ten", "column: ho_tenn", "declares no column `ho_tenn`"),
        ("= 'song'", "=", "in_scope"),
        ("trang_thai =", "ho_tenn =", "declares no column `ho_tenn`"),
        ("tags: [dan-cu]", "dimension: correctness", "belong to three dimensions"),
        ("tags: [dan-cu]", "severity: hard", "`hard` is not a severity"),
        ("        reconcile:", "        reconcil:", "did you mean `reconcile`?"),
        ("tags: [dan-cu]", "not_null: ten", "a rule has one kind"),
    ] {
        let text = said(from, to);
        assert!(text.contains(message), "{to}: {text}");
        assert!(text.contains("1 error in 2 files"), "{to}: {text}");
    }
}

/// Ten thousand times smaller than the published vector, so with the same rates and the same points to the last digit.
#[test]
fn the_published_vector_comes_out_of_data() {
    let vectors = fs::read_to_string("tests/scoring_vectors.json").expect("the vectors");
    let vectors: Value = serde_json::from_str(&vectors).expect("JSON");
    let nano = &vectors["E8_reconcile"]["nano"];
    let folder = TempDir::new().expect("a folder");
    let (mut ours, mut theirs) = ("so,ten\n".to_owned(), "so,ten,song\n".to_owned());
    for row in 0..1000 {
        let name = if row < 995 { "An" } else { "Bình" };
        writeln!(ours, "{row},{name}").expect("text");
    }
    for row in (0..998).chain(2000..2012) {
        writeln!(theirs, "{row},An,co").expect("text");
    }
    fs::write(folder.path().join("t_1.csv"), ours).expect("a file");
    fs::write(folder.path().join("goc_1.csv"), theirs).expect("a file");
    let database = measure::database(JOINED, Path::new(".")).expect("rules");
    let card = measure::score(&database, folder.path(), "2026-11-21", 2);
    let rules = &measure::table(&card, "t").rules;
    for (at, id, counts) in [
        (0, "goc-ten", [995, 3, 2, 0]),
        (1, "goc-link", [998, 2, 0, 0]),
        (2, "goc-coverage", [998, 12, 0, 0]),
    ] {
        let rule = rules.iter().find(|rule| rule.id == id).expect("the rule");
        assert_eq!([rule.pass, rule.fail, rule.na, rule.unknown], counts, "{id}");
        assert_eq!(rule.points_nano, nano[at].as_i64(), "{id}");
    }
}

/// A row: key, value, whether it is in scope; `None` is a row that is torn.
type Row = Option<(&'static str, &'static str, &'static str)>;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (
        select(vec!["1", "2", "3", "04", "5", "", "N/A", "x7"]),
        select(vec!["An", "an", "Bình", "", "không rõ"]),
        select(vec!["co", "khong", ""]),
    );
    prop::collection::vec(prop_oneof![20 => row.prop_map(Some), 1 => Just(None)], 0..12)
}

fn write(path: &Path, rows: &[Row]) {
    let mut text = "so,ten,song\n".to_owned();
    for row in rows {
        match row {
            Some((key, value, scope)) => writeln!(text, "{key},{value},{scope}").expect("text"),
            None => text.push_str("1,An,co,thừa\n"),
        }
    }
    fs::write(path, text).expect("a file");
}

const JOINED: &str = "thuocdo: 1
database: join
tables:
  t:
    files: t_*.csv
    allow_empty: true
    rules:
      - { id: goc, reconcile: { with: goc, key: so, attributes: [ten], in_scope: \"song = 'co'\" } }
  goc: { files: goc_*.csv, allow_empty: true }
";

fn present(value: &'static str) -> Option<&'static str> {
    Some(value).filter(|value| !["", "N/A", "không rõ"].contains(value))
}

/// Pass, fail, not applicable, unknown.
type Tallied = [u64; 4];

/// Link, value and coverage by a join that looks at every pair of rows.
fn joined(ours: &[Row], theirs: &[Row]) -> [Tallied; 3] {
    let mut tallies = [[0; 4]; 3];
    let of = |key: &str| -> Vec<_> { theirs.iter().flatten().filter(|row| row.0 == key).collect() };
    let torn = theirs.iter().filter(|row| row.is_none()).count() as u64;
    for row in ours {
        let Some((key, value, _)) = row else {
            tallies[0][3] += 1;
            tallies[1][3] += 1;
            continue;
        };
        let found = present(key).map(of);
        let not_found = if torn > 0 { 3 } else { 1 };
        tallies[0][match &found {
            None => 2,
            Some(found) if found.is_empty() => not_found,
            Some(_) => 0,
        }] += 1;
        tallies[1][match &found {
            Some(found) if found.is_empty() && torn > 0 => 3,
            Some(found) if !found.is_empty() => {
                let said: BTreeSet<_> = found.iter().filter_map(|row| present(row.1)).collect();
                match (present(value), said.len()) {
                    (None, _) | (_, 0) => 2,
                    (_, 2..) => 3,
                    (Some(own), _) => usize::from(!said.contains(own)),
                }
            }
            _ => 2,
        }] += 1;
    }
    let keys: BTreeSet<_> = theirs.iter().flatten().filter_map(|row| present(row.0)).collect();
    let in_part = ours.iter().any(Option::is_none);
    tallies[2][3] = torn;
    for key in keys {
        let has = ours.iter().flatten().any(|row| row.0 == key);
        tallies[2][match of(key).iter().any(|row| row.2 == "co") {
            false => 2,
            true if has => 0,
            true if in_part => 3,
            true => 1,
        }] += 1;
    }
    tallies
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_pair_of_tables_is_judged_as_a_plain_join_does(
        ours in rows(),
        theirs in rows().prop_filter("a reference without keys is not known", |rows| {
            rows.iter().flatten().any(|row| present(row.0).is_some())
        }),
        cut in any::<prop::sample::Index>(),
        threads in 1_usize..3,
    ) {
        let database = measure::database(JOINED, Path::new(".")).expect("rules");
        let folder = TempDir::new().expect("a folder");
        for (name, rows) in [("t", &ours), ("goc", &theirs)] {
            let (first, second) = rows.split_at(cut.index(rows.len() + 1));
            write(&folder.path().join(format!("{name}_1.csv")), first);
            write(&folder.path().join(format!("{name}_2.csv")), second);
        }
        let card: DatabaseCard = measure::score(&database, folder.path(), "2026-11-21", threads);
        let rules = &measure::table(&card, "t").rules;
        let found: Vec<Tallied> = ["goc-link", "goc-ten", "goc-coverage"].map(|id| {
            let rule = rules.iter().find(|rule| rule.id == id).expect("the rule");
            [rule.pass, rule.fail, rule.na, rule.unknown]
        }).to_vec();
        prop_assert_eq!(found, joined(&ours, &theirs).to_vec());
    }
}

#[test]
fn what_became_of_each_record_can_be_written() {
    let nation = Nation::new();
    let lists = |more: &[&str]| {
        let folder = nation.folder.path("lists");
        let _ = fs::remove_dir_all(&folder);
        let folder = folder.display().to_string();
        let run = nation.score(&["rules"], &[&["--reconciled", folder.as_str()], more].concat());
        let read = |name: &str| fs::read_to_string(nation.folder.path("lists").join(name)).expect("a list");
        (read("bao_hiem/the.csv"), read("bao_hiem/the.missing/dc-coverage.csv"), run)
    };
    let (records, missing, run) = lists(&[]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    // The row without a key is the matter of no rule.
    assert_eq!(
        records,
        "\u{feff}file,row,key.so_dinh_danh,outcome.dan_cu.cong_dan,dc-link,dc-ten\r\n\
         the.csv,1,0010******01,matched,found,agrees\r\n\
         the.csv,2,0010******02,disagreeing,found,differs\r\n\
         the.csv,3,0010******09,not_found,not_found,\r\n"
    );
    // Whoever is out of scope is not missing; the row is theirs.
    assert_eq!(missing, "\u{feff}file,row,key.so\r\ncong_dan_2.csv,2,1099****04\r\n");
    assert!(run.err.contains("1 records matched, 1 disagreeing, 1 not found, 0 unknown"), "{}", run.err);
    assert!(run.err.contains("1 keys of dan_cu.cong_dan are missing"), "{}", run.err);
    // Only what is held against a table of reference has lists.
    let written = fs::read_dir(nation.folder.path("lists")).expect("lists").count();
    assert_eq!(written, 1);

    let (shown, missing, _) = lists(&["--reveal"]);
    assert!(shown.contains("the.csv,2,001099000002,disagreeing"), "{shown}");
    assert!(missing.contains("cong_dan_2.csv,2,1099000004"), "{missing}");
    let small = lists(&["--memory", "96MiB", "--threads", "1"]);
    assert_eq!((&small.0, &small.1), (&records, &lists(&[]).1), "however much room there is");

    // What is damaged is neither missing nor found.
    nation
        .folder
        .write("data/bao_hiem/the.csv", "so_dinh_danh,ten\n001099000001,Nguyễn Văn An\n001099000009,\"Vũ");
    let (records, missing, _) = lists(&[]);
    assert!(records.contains("the.csv,1,0010******01,matched,found,agrees\r\n"), "{records}");
    assert!(records.contains("the.csv,2,"), "{records}");
    assert!(records.contains("unknown"), "{records}");
    assert_eq!(missing, "\u{feff}file,row,key.so\r\n", "a damaged row may have any of them");
}

#[test]
fn programs_get_lists_as_parquet() {
    let nation = Nation::new();
    let folder = nation.folder.path("lists").display().to_string();
    let run = nation.score(&["rules"], &["--reconciled", &folder, "--violations-format", "parquet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let rows = |name: &str| {
        let file = fs::File::open(nation.folder.path("lists/bao_hiem").join(name)).expect("a list");
        let reader = parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder::try_new(file);
        let batches = reader.expect("Parquet").build().expect("a reader");
        batches.map(|batch| batch.expect("a batch").num_rows()).sum::<usize>()
    };
    assert_eq!((rows("the.parquet"), rows("the.missing/dc-coverage.parquet")), (3, 1));
}
