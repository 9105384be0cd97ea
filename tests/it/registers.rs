//! The nation that `generate --nation` makes: without defects every rule of every database holds; with them each is found by
//! the rules that the truth names, and no rule finds anything else.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::stage::{Run, records, thuocdo};

/// Database, table, rule.
type RuleAt = (String, String, String);

struct Nation {
    folder: TempDir,
    said: Run,
}

impl Nation {
    fn new(more: &[&str]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().join("nation").display().to_string();
        let said = thuocdo(&[&["generate", "--nation", &path, "--lang", "en"], more].concat());
        assert_eq!(said.code, Some(0), "{}", said.err);
        Self { folder, said }
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join("nation")
    }

    /// The rows of an extract in CSV, by column.
    fn table(&self, name: &str) -> Vec<BTreeMap<String, String>> {
        let path = self.path().join(format!("data/{name}.csv"));
        let mut rows = records(&fs::read_to_string(path).expect("the extract")).into_iter();
        let header = rows.next().expect("a header");
        rows.map(|row| header.iter().cloned().zip(row).collect()).collect()
    }

    fn truth(&self) -> Vec<Vec<String>> {
        let text = fs::read_to_string(self.path().join("truth.csv")).expect("the truth");
        records(&text).split_off(1)
    }

    /// Runs the command that the program said to type.
    fn score(&self, more: &[&str]) -> Run {
        let mut arguments: Vec<String> = Vec::new();
        for word in self.said.out.split_whitespace().skip(1) {
            match word.strip_suffix("/*.yaml") {
                Some(folder) => {
                    arguments.extend(files(Path::new(folder)).iter().map(|path| path.display().to_string()))
                }
                None => arguments.push(word.to_owned()),
            }
        }
        arguments.extend(["--lang", "en", "--quiet", "--format", "json"].map(str::to_owned));
        arguments.extend(more.iter().map(|word| (*word).to_owned()));
        thuocdo(&arguments)
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// All files below a folder, with their contents.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    for path in files(folder) {
        if path.is_dir() {
            all.extend(
                contents(&path)
                    .into_iter()
                    .map(|(name, bytes)| (Path::new(path.file_name().expect("a name")).join(name), bytes)),
            );
        } else {
            all.insert(PathBuf::from(path.file_name().expect("a name")), fs::read(&path).expect("a file"));
        }
    }
    all
}

fn text<'v>(value: &'v Value, key: &str) -> &'v str {
    value[key].as_str().unwrap_or_default()
}

fn list<'v>(value: &'v Value, key: &str) -> &'v [Value] {
    value[key].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// What each rule of a card fails, where it does; every rule has measured all there is to measure.
fn failing(card: &Value) -> BTreeMap<RuleAt, u64> {
    let mut found = BTreeMap::new();
    for database in list(card, "databases") {
        for table in list(database, "tables") {
            for rule in list(table, "rules") {
                let at = (
                    text(database, "id").to_owned(),
                    text(table, "id").to_owned(),
                    text(rule, "id").to_owned(),
                );
                assert!(matches!(text(rule, "status"), "measured" | "na"), "{at:?}: {rule}");
                assert_eq!(rule["unknown"], 0, "{at:?}");
                assert_eq!(rule["vacuous"], Value::Null, "{at:?}");
                if rule["fail"] != 0 {
                    found.insert(at, rule["fail"].as_u64().expect("a count"));
                }
            }
        }
    }
    found
}

/// The same, as the truth has it.
fn expected(truth: &[Vec<String>]) -> BTreeMap<RuleAt, u64> {
    let mut expected = BTreeMap::new();
    for line in truth {
        let at = (line[6].clone(), line[7].clone(), line[8].clone());
        *expected.entry(at).or_default() += line[9].parse::<u64>().expect("a count");
    }
    expected
}

const DIMENSIONS: [&str; 6] =
    ["correctness", "completeness", "cleanliness", "freshness", "consistency", "sharing"];

#[test]
fn a_clean_nation_scores_100_in_all_six_dimensions() {
    for (seed, people, format) in [("1", "1000", "csv"), ("31", "2500", "parquet")] {
        let nation =
            Nation::new(&["--seed", seed, "--people", people, "--format", format, "--defects", "none"]);
        assert_eq!(nation.truth(), Vec::<Vec<String>>::new());
        let run = nation.score(&[]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        let card = run.card();
        assert_eq!(failing(&card), BTreeMap::new(), "seed {seed}");
        assert_eq!(list(&card, "databases").len(), 7);
        for database in list(&card, "databases") {
            let id = text(database, "id");
            for score in [&database["score"], &database["internal"]] {
                assert_eq!(score["official"], "100.000000", "{id}");
            }
            for dimension in DIMENSIONS {
                assert_eq!(database["dimensions"][dimension]["official"], "100.000000", "{id} {dimension}");
            }
            assert_eq!((text(database, "grade"), list(database, "caps").len()), ("A", 0), "{id}");
        }
    }
}

/// What no rule asks for, and docs/nation.md promises all the same. Dates are compared as they are written.
#[test]
fn a_clean_nation_is_of_one_piece() {
    for (seed, people) in [("1", "1000"), ("8", "4000")] {
        let nation = Nation::new(&["--seed", seed, "--people", people, "--defects", "none"]);
        let residents = nation.table("dan_cu/nhan_khau");
        let of: BTreeMap<&str, &BTreeMap<String, String>> =
            residents.iter().map(|person| (person["so_dinh_danh"].as_str(), person)).collect();
        // Whoever founds, represents or is employed is 18.
        let of_age = |number: &str, day: &str| {
            let birth = of[number]["ngay_sinh"].as_str();
            let year: u32 = birth[..4].parse().expect("a year");
            assert!(*day >= *format!("{}{}", year + 18, &birth[4..]), "{number}, born {birth}, on {day}");
        };
        let mut founded: BTreeMap<String, String> = BTreeMap::new();
        for enterprise in nation.table("doanh_nghiep/doanh_nghiep") {
            of_age(&enterprise["dai_dien_so_dinh_danh"], &enterprise["ngay_dang_ky"]);
            founded.insert(enterprise["ma_so"].clone(), enterprise["ngay_dang_ky"].clone());
        }
        for member in nation.table("doanh_nghiep/thanh_vien") {
            of_age(&member["so_dinh_danh"], &founded[&member["ma_so"]]);
        }
        // Nobody acts after death.
        let mut dead = 0;
        for person in residents.iter().filter(|person| !person["ngay_chet"].is_empty()) {
            assert!(person["ngay_xac_minh"] <= person["ngay_chet"], "{person:?}");
            dead += 1;
        }
        assert!(dead > 20, "{dead}");
        // Those are paid for who had begun.
        let mut began: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for insured in nation.table("bao_hiem/nguoi_tham_gia") {
            if !insured["ma_don_vi"].is_empty() {
                of_age(&insured["so_dinh_danh"], &insured["tu_ngay"]);
                began.entry(insured["ma_don_vi"].clone()).or_default().push(insured["tu_ngay"].clone());
            }
        }
        let (mut payments, mut grew) = (0, 0);
        for payment in nation.table("bao_hiem/dong") {
            let (year, month) = payment["ky"].split_at(4);
            let end = format!("{year}-{month}-31");
            let began = &began[&payment["ma_don_vi"]];
            let people = began.iter().filter(|day| **day <= end).count();
            assert_eq!(payment["so_nguoi"], people.to_string(), "{payment:?}");
            payments += 1;
            grew += usize::from(people < began.len());
        }
        assert!(payments > 100 && grew > 0, "{grew} of {payments}");
    }
}

#[test]
fn every_defect_is_found_and_nothing_else() {
    for (seed, people, each, format) in [
        ("1", "1200", "3", "csv"),
        ("2", "1000", "2", "parquet"),
        ("77", "3000", "7", "csv"),
        ("20261121", "1500", "1", "csv"),
    ] {
        let nation = Nation::new(&["--seed", seed, "--people", people, "--each", each, "--format", format]);
        let truth = nation.truth();
        let classes: BTreeMap<&str, usize> = truth.iter().fold(BTreeMap::new(), |mut classes, line| {
            *classes.entry(line[1].as_str()).or_default() += 1;
            classes
        });
        assert_eq!(classes.len(), 49, "{classes:?}");
        let run = nation.score(&[]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert_eq!(failing(&run.card()), expected(&truth), "seed {seed}");
    }
}

/// A class breaks what it says without the others too: none hides what another does.
#[test]
fn classes_do_not_need_each_other() {
    let nation = Nation::new(&["--people", "1000", "--each", "1"]);
    let truth = nation.truth();
    let mut classes: Vec<&str> = truth.iter().map(|line| line[1].as_str()).collect();
    classes.dedup();
    for some in classes.chunks(12) {
        let nation =
            Nation::new(&["--people", "1000", "--each", "2", "--seed", "5", "--defects", &some.join(",")]);
        let truth = nation.truth();
        let run = nation.score(&[]);
        assert_eq!(failing(&run.card()), expected(&truth), "{some:?}");
        assert!(some.iter().all(|class| truth.iter().any(|line| line[1] == *class)), "{some:?}");
    }
}

/// However many are wanted: those that are planted are those that are found, and no table is emptied.
#[test]
fn more_defects_than_there_is_room_for() {
    for defects in ["all", "birth_unregistered,province_unconnected,not_insured,enterprise_without_members"] {
        let nation =
            Nation::new(&["--people", "1000", "--each", "1000", "--seed", "3", "--defects", defects]);
        let run = nation.score(&[]);
        assert_eq!(run.code, Some(0), "{}", run.err);
        assert_eq!(failing(&run.card()), expected(&nation.truth()), "{defects}");
    }
}

/// The rows that the truth names are those that the rules find.
#[test]
fn rows_are_those_of_the_files() {
    let nation = Nation::new(&["--people", "1000", "--seed", "9"]);
    let lists = nation.path().join("lists").display().to_string();
    let run = nation.score(&["--violations", &lists]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut compared = 0;
    for line in nation.truth().iter().filter(|line| !line[4].is_empty() && line[2..4] == line[6..8]) {
        let (row, rule) = (&line[4], &line[8]);
        let path = nation.path().join(format!("data/{}/{}.csv", line[2], line[3]));
        let rows = records(&fs::read_to_string(path).expect("the extract")).len() - 1;
        assert!((1..=rows).contains(&row.parse().expect("a row")), "{line:?}");
        let Ok(list) = fs::read_to_string(format!("{lists}/{}/{}.csv", line[2], line[3])) else { continue };
        let list = records(&list);
        let place = list[0].iter().position(|name| name == "row").expect("the column `row`");
        let found = list.iter().find(|record| record[place] == *row);
        // Figures of groups and tables have no failing rows.
        if let Some(record) = found {
            assert!(
                record.iter().any(|cell| cell.contains(rule.as_str()))
                    || list[0].iter().any(|name| name.contains(rule.as_str())),
                "{line:?}: {record:?}"
            );
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let bytes = |more: &[&str]| contents(&Nation::new(&[&["--people", "1000"], more].concat()).path());
    let (first, again, other) = (bytes(&["--seed", "4"]), bytes(&["--seed", "4"]), bytes(&["--seed", "5"]));
    assert_eq!(first, again);
    let truth = Path::new("truth.csv");
    assert_ne!(first[truth], other[truth]);
    assert_ne!(first[Path::new("data/dan_cu/nhan_khau.csv")], other[Path::new("data/dan_cu/nhan_khau.csv")]);
    // The rules and the calendar are those that ship.
    let shipped = crate::stage::root().join("rules");
    for (path, bytes) in &first {
        let shipped = match path.components().next().and_then(|part| part.as_os_str().to_str()) {
            Some("rules") => shipped.join("nation").join(path.file_name().expect("a name")),
            Some("calendars") => shipped.join(path),
            _ => continue,
        };
        assert_eq!(*bytes, fs::read(shipped).expect("a shipped file"), "{}", path.display());
    }
}

#[test]
fn threads_change_nothing() {
    let nation = Nation::new(&["--people", "1000"]);
    let [one, four] = ["1", "4"].map(|threads| nation.score(&["--threads", threads]).out);
    assert_eq!(one, four);
}

/// Nobody's value is in the truth: it may be shown with the scores.
#[test]
fn the_truth_names_no_value() {
    let nation = Nation::new(&["--people", "1000"]);
    let residents =
        fs::read_to_string(nation.path().join("data/dan_cu/nhan_khau.csv")).expect("the residents");
    let truth = fs::read_to_string(nation.path().join("truth.csv")).expect("the truth");
    for record in records(&residents).iter().skip(1) {
        assert!(!truth.contains(&record[0]) && !truth.contains(&record[1]));
    }
}

#[test]
fn wrong_wishes_are_told() {
    let folder = TempDir::new().expect("a folder");
    let path = folder.path().join("nation").display().to_string();
    let told = |more: &[&str], part: &str| {
        let run = thuocdo(&[&["generate", "--nation", &path, "--lang", "en"], more].concat());
        assert!(run.code == Some(2) && run.err.contains(part), "{more:?}: {}", run.err);
        assert!(!Path::new(&path).exists(), "{more:?}");
    };
    told(&["--people", "999"], "1000");
    told(&["--defects", "name_difers"], "did you mean `name_differs`?");
    told(&["--defects", "0.01"], "there is no class of defects `0.01`");
    told(&["--defects", "all,none"], "`all` stands alone in `--defects`");
    told(&["--defects", "mother_unknown,none"], "`none` stands alone in `--defects`");
    told(&["--defects", ""], "`--defects` lacks a class");
    told(&["rules.yaml"], "cannot be used with");
    told(&["--as-of", "2026-01-01"], "cannot be used with");
    let alone = thuocdo(&["generate", "--people", "5000", "--lang", "en"]);
    assert!(alone.code == Some(2), "{}", alone.err);
    let rules = crate::stage::root().join("tests/generate.yaml").display().to_string();
    for option in [["--people", "5000"], ["--each", "2"]] {
        let run = thuocdo(&[&["generate", &rules, "--out", &path, "--lang", "en"], &option[..]].concat());
        assert!(run.code == Some(2) && run.err.contains("cannot be used with"), "{}", run.err);
        assert!(!Path::new(&path).exists(), "{option:?}");
    }
    let nation = Nation::new(&["--people", "1000"]);
    let path = nation.path().display().to_string();
    let again = thuocdo(&["generate", "--nation", &path, "--people", "1000", "--lang", "en"]);
    assert!(again.code == Some(2) && again.err.contains("is there already"), "{}", again.err);
}

/// What the README shows of a tour is what the program prints, line by line; `…` stands for any lines.
#[test]
fn the_tour_is_what_is_printed() {
    let readme = fs::read_to_string(crate::stage::root().join("README.md")).expect("README.md");
    let (_, tour) = readme.split_once("<!-- nation -->").expect("the tour");
    let (tour, _) = tour.split_once("<!-- /nation -->").expect("its end");
    let folder = TempDir::new().expect("a folder");
    let mut commands = 0;
    for block in tour.split("```console\n").skip(1) {
        let (block, _) = block.split_once("```").expect("the block's end");
        for command in block.split("$ ").skip(1) {
            let (command, shown) = command.split_once('\n').expect("a command");
            let printed = printed(command, folder.path());
            let mut left = printed.lines().map(str::trim_end);
            for line in shown.lines().map(str::trim_end).filter(|line| line.trim() != "…") {
                assert!(left.any(|other| other == line), "`{line}` is not printed by {command}:\n{printed}");
            }
            commands += 1;
        }
    }
    assert_eq!(commands, 7);
}

/// What a command prints in a folder, messages first.
fn printed(command: &str, folder: &Path) -> String {
    let words: Vec<&str> = command.split_whitespace().collect();
    if words[0] == "grep" {
        let text = fs::read_to_string(folder.join(words[2])).expect("a list");
        return text.lines().filter(|line| line.contains(words[1])).map(|line| format!("{line}\n")).collect();
    }
    assert_eq!(words[0], "thuocdo", "{command}");
    let arguments = words[1..].iter().flat_map(|word| match word.strip_suffix("*.yaml") {
        Some(rules) => files(&folder.join(rules)).iter().map(|path| path.display().to_string()).collect(),
        None => vec![(*word).to_owned()],
    });
    let output =
        crate::stage::command().current_dir(folder).args(arguments).output().expect("the program starts");
    String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned()
}
