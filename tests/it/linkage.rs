//! Records that may be one: what blocks find is what comparing everything would find, known duplicates are found, and who
//! reviews them gets clusters.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::select;
use tempfile::TempDir;
use thuocdo::base::Status;
use thuocdo::base::random::SplitMix64;
use thuocdo::engine::{self, Budget, Progress, RunOptions};
use thuocdo::kernel::text::bare;

use crate::measure::{self, Unnamed};
use crate::stage::{Stage, records, root, thuocdo};

const RULES: &str = r#"
thuocdo: 1
database: d
tables:
  t:
    files: "t_*.csv"
    columns: { a: text, b: text, c: text, d: text }
    rules:
      - id: nghi
        duplicate_fuzzy:
          columns: { a: { as: code, weight: 2 }, b: code, c: code }
          blocks: [d, [a.start1, b]]
          similarity: 0.6
          most_in_block: 4
"#;

/// Passed, failed, not applicable, unknown; clusters; rows of the largest.
type Outcome = ([u64; 4], u64, u64);

/// The rule above, by comparing every pair of rows.
fn naive(rows: &[[&str; 4]]) -> Outcome {
    let weights = [2, 1, 1];
    let own = |row: &[&str; 4]| (0..3).filter(|&at| !row[at].is_empty()).map(|at| weights[at]).sum::<u64>();
    let blocks = |row: &[&str; 4]| {
        let first = (!row[3].is_empty()).then(|| row[3].to_owned());
        let both = !row[0].is_empty() && !row[1].is_empty();
        [first, both.then(|| format!("{}|{}", &row[0][..1], row[1]))]
    };
    let judged = |row: &[&str; 4]| blocks(row).iter().any(Option::is_some) && 2 * own(row) >= 4;
    // A block is what different records have in common.
    let mut sizes: BTreeMap<(usize, String), BTreeSet<[&str; 4]>> = BTreeMap::new();
    for row in rows.iter().filter(|row| judged(row)) {
        for (pass, block) in blocks(row).into_iter().enumerate() {
            if let Some(block) = block {
                // Of `d` it is only whether the block is the same that matters, and so it is part of the record.
                sizes.entry((pass, block)).or_default().insert(*row);
            }
        }
    }
    let small = |pass: usize, block: &str| sizes[&(pass, block.to_owned())].len() <= 4;
    let alike = |x: &[&str; 4], y: &[&str; 4]| {
        let both: Vec<usize> = (0..3).filter(|&at| !x[at].is_empty() && !y[at].is_empty()).collect();
        let present: u64 = both.iter().map(|&at| weights[at]).sum();
        let same: u64 = both.iter().filter(|&&at| x[at] == y[at]).map(|&at| weights[at]).sum();
        2 * present >= 4 && 10 * same >= 6 * present
    };
    let mut cluster: Vec<usize> = (0..rows.len()).collect();
    for _ in rows {
        for (i, x) in rows.iter().enumerate().filter(|(_, row)| judged(row)) {
            for (j, y) in rows.iter().enumerate().filter(|(_, row)| judged(row)) {
                let (of_x, of_y) = (blocks(x), blocks(y));
                let meet = |pass: usize| match (&of_x[pass], &of_y[pass]) {
                    (Some(a), Some(b)) => a == b && small(pass, a),
                    _ => false,
                };
                if x == y || (meet(0) || meet(1)) && alike(x, y) {
                    let least = cluster[i].min(cluster[j]);
                    (cluster[i], cluster[j]) = (least, least);
                }
            }
        }
    }
    let mut members: BTreeMap<usize, u64> = BTreeMap::new();
    for (at, _) in rows.iter().enumerate().filter(|(_, row)| judged(row)) {
        *members.entry(cluster[at]).or_default() += 1;
    }
    let mut counts = [0; 4];
    for (at, row) in rows.iter().enumerate() {
        let crowded = blocks(row)
            .iter()
            .enumerate()
            .any(|(pass, block)| judged(row) && block.as_ref().is_some_and(|block| !small(pass, block)));
        let verdict = match (judged(row), judged(row) && members[&cluster[at]] > 1) {
            (false, _) => 2,
            (true, true) => 1,
            (true, false) if crowded => 3,
            (true, false) => 0,
        };
        counts[verdict] += 1;
    }
    let sizes = members.values().copied().filter(|size| *size > 1);
    (counts, sizes.clone().count() as u64, sizes.max().unwrap_or_default())
}

fn found(card: &thuocdo::score::scorecard::DatabaseCard) -> Outcome {
    let card = serde_json::to_value(card).expect("plain data");
    let rule = &card["tables"][0]["rules"][0];
    let count = |key: &str| rule[key].as_u64().expect(key);
    let figure = |name: &str| {
        let figures = rule["figures"].as_array().expect("figures");
        let figure = figures.iter().find(|figure| figure["name"] == name).expect(name);
        figure["value"].as_str().expect("text").parse().expect("a number")
    };
    (["pass", "fail", "na", "unknown"].map(count), figure("clusters"), figure("largest_cluster"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn blocks_find_what_comparing_everything_finds(
        rows in prop::collection::vec([
            select(vec!["", "aa", "ab", "bb"]),
            select(vec!["", "cc", "dd"]),
            select(vec!["", "ee", "ff", "gg"]),
            select(vec!["", "mm", "nn", "pp"]),
        ], 1..24),
        files in 1usize..4,
    ) {
        let folder = TempDir::new().expect("a folder");
        let in_file = rows.len().div_ceil(files);
        for (at, part) in rows.chunks(in_file).enumerate() {
            let lines: String = part.iter().map(|row| row.join(",") + "\n").collect();
            fs::write(folder.path().join(format!("t_{at}.csv")), format!("a,b,c,d\n{lines}")).expect("a file");
        }
        let database = measure::database(RULES, Path::new(".")).expect("rules");
        let expected = naive(&rows);
        for threads in [1, 2] {
            prop_assert_eq!(found(&measure::score(&database, folder.path(), "2026-11-21", threads)), expected);
        }
    }
}

#[test]
fn too_little_memory_is_told_and_nothing_passes() {
    let folder = TempDir::new().expect("a folder");
    let rows: String = (0..5_000).map(|at| format!("ma{at},so{at},ten{at},nhom{}\n", at % 100)).collect();
    fs::write(folder.path().join("t_1.csv"), format!("a,b,c,d\n{rows}")).expect("a file");
    let database = measure::database(RULES, Path::new(".")).expect("rules");
    for (bytes, status) in [(100_000, Status::Error), (64 << 20, Status::Measured)] {
        let scratch = Unnamed::default();
        let budget = Budget::new(bytes, &scratch);
        let options = measure::options(folder.path(), &budget);
        let measured = engine::run(&database, &options).expect("nobody interrupts");
        let measure = &measured.tables[0].rules[0].measure;
        assert_eq!(measure.status, status);
        if status == Status::Error {
            assert_eq!((measure.tally.pass, measure.tally.unknown), (0, 5_000));
            let note = measure.note.as_ref().expect("why");
            assert!(note.en.contains("`--memory` of 1MiB at least"), "{}", note.en);
        }
    }
}

/// Sets a flag some time after all rows of a table were read.
struct Later(Arc<AtomicBool>);

impl Progress for Later {
    fn table_done(&self) {
        let flag = Arc::clone(&self.0);
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(100));
            flag.store(true, Ordering::Relaxed);
        });
    }
}

#[test]
fn whoever_asks_for_an_end_need_not_wait_for_the_comparison() {
    let folder = TempDir::new().expect("a folder");
    // Half a million pairs of long names in one block.
    let rows: String =
        (0..1_000).map(|at| format!("{}ho{at},1990-01-01\n", "ten lot dai ".repeat(4))).collect();
    fs::write(folder.path().join("t.csv"), format!("ten,sinh\n{rows}")).expect("a file");
    let rules = "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    rules:\n      - { id: nghi, duplicate_fuzzy: { columns: { ten: name }, blocks: [[sinh]] } }\n";
    let database = measure::database(rules, Path::new(".")).expect("rules");
    let budget = Budget::unlimited();
    let interrupted = Arc::new(AtomicBool::new(false));
    let later = Later(Arc::clone(&interrupted));
    let options = RunOptions {
        interrupted: &interrupted,
        progress: &later,
        ..measure::options(folder.path(), &budget)
    };
    assert!(engine::run(&database, &options).is_none());
}

#[test]
fn dates_bring_records_together_however_they_are_written() {
    let rules = "thuocdo: 1
database: d
tables:
  t:
    files: t.csv
    rules:
      - { id: ngay, duplicate_fuzzy: { columns: { ten: { as: name, weight: 3 }, sinh: { as: date, weight: 2 } }, blocks: [[sinh]] } }
      - { id: hai, duplicate_fuzzy: { columns: { ten: { as: name, weight: 3 }, sinh: { as: date, weight: 2 } }, blocks: [[sinh, ten.ends]] } }
";
    let stage = Stage::new(rules).file(
        "t.csv",
        "ten,sinh\nNguyễn Văn An,1990-02-01\nNguyễn Văn An,01/02/1990\nNguyễn Văn An,19900201\nTrần Thị Hoa,1991-03-04\nTrần Thị Hoa,1991-03-04 00:00:00\nTrần Thị Hoa,1991-03-05\n",
    );
    let card = stage.json().card();
    for rule in card["databases"][0]["tables"][0]["rules"].as_array().expect("rules") {
        let mut figures = rule["figures"].as_array().expect("figures").iter();
        let clusters = figures.find(|figure| figure["name"] == "clusters").expect("a figure");
        assert_eq!([&rule["fail"], &rule["pass"]], [5, 1], "{rule}");
        assert_eq!(clusters["value"], "2");
    }
}

/// The clusters of a file of failing records: the values of a column, cluster by cluster.
fn clusters(path: &Path, column: &str) -> Vec<Vec<String>> {
    let lines = records(fs::read_to_string(path).expect("failing records").trim_start_matches('\u{feff}'));
    let place =
        |name: &str| lines[0].iter().position(|own| own == name).unwrap_or_else(|| panic!("no {name}"));
    let (cluster, column) = (place("cluster.nghi"), place(column));
    let mut clusters: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for line in lines[1..].iter().filter(|line| !line[cluster].is_empty()) {
        clusters.entry(line[cluster].parse().expect("a number")).or_default().push(line[column].clone());
    }
    clusters.into_values().collect()
}

/// Pairs in clusters: those of one person, and others.
fn pairs(clusters: &[Vec<String>], person: impl Fn(&str) -> &str) -> (u64, u64) {
    let (mut right, mut wrong) = (0, 0);
    for cluster in clusters {
        for (at, one) in cluster.iter().enumerate() {
            for other in &cluster[at + 1..] {
                *(if person(one) == person(other) { &mut right } else { &mut wrong }) += 1;
            }
        }
    }
    (right, wrong)
}

#[test]
fn known_duplicates_of_a_public_set_are_found() {
    let rules = fs::read_to_string(root().join("benches/linkage/febrl.yaml")).expect("rules");
    let set = fs::read(root().join("fixtures/febrl/dataset1.csv")).expect("the set");
    let stage = Stage::new(rules).file("dataset1.csv", set);
    let out = stage.path().join("out");
    let arguments = ["--format", "json", "--reveal", "--violations", out.to_str().expect("a path")];
    let run = stage.run(&arguments);
    let rule = run.rule("persons", "nghi");
    let figure = |name: &str| {
        let figures = rule["figures"].as_array().expect("figures");
        figures.iter().find(|figure| figure["name"] == name).expect(name)["value"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    let found = clusters(&out.join("febrl/persons.csv"), "key.rec_id");
    // 500 pairs are one person each: `rec-7-org` and `rec-7-dup-0`.
    let (right, wrong) =
        pairs(&found, |id| id.rsplit_once("-org").or(id.split_once("-dup")).map_or(id, |(id, _)| id));
    assert_eq!((right, wrong, found.len()), (FEBRL_RIGHT, 0, FEBRL_RIGHT as usize));
    assert_eq!(
        (figure("pairs_compared"), figure("pairs_possible")),
        (FEBRL_COMPARED.to_owned(), FEBRL_POSSIBLE.to_owned())
    );
}

const FEBRL_RIGHT: u64 = 497;
const FEBRL_COMPARED: &str = "617";
const FEBRL_POSSIBLE: &str = "445096";

const PERSONS: &str = r#"
thuocdo: 1
database: d
tables:
  nguoi:
    files: "nguoi.csv"
    key: [ma]
    columns:
      ma: { role: record_id, type: text }
      ho_ten: { role: person_name, required: true }
      ngay_sinh: { role: birth_date, required: true }
      dia_chi: { role: address, required: true }
    rules:
      - { id: nghi, duplicate_fuzzy: }
"#;

/// The same person, as somebody else writes it down.
fn variant(person: &[String], how: u64, at: u64) -> Vec<String> {
    let [key, name, date, address] = person else { panic!("four cells") };
    let short = address
        .replace("Phường ", "P. ")
        .replace("Thành phố ", "TP. ")
        .replace("Tỉnh ", "T.")
        .replace("Số ", "");
    let words: Vec<&str> = name.split(' ').collect();
    let (last, before) = words.split_last().expect("a word");
    let (name, date, address) = match how % 7 {
        0 => (bare(name), date.clone(), bare(address)),
        1 => (name.to_uppercase(), date.clone(), short),
        2 => (format!("{last} {}", before.join(" ")), date.clone(), address.clone()),
        3 => {
            let letters: Vec<char> = name.chars().collect();
            let left_out = 1 + at as usize % (letters.len() - 2);
            let kept = letters.iter().enumerate().filter(|(at, _)| *at != left_out).map(|(_, c)| *c);
            (kept.collect(), date.clone(), short)
        }
        4 => {
            let (month, day) = date.rsplit_once('-').expect("a date");
            (name.clone(), format!("{month}-{:02}", day.parse::<u32>().expect("a day") % 28 + 1), short)
        }
        5 => {
            let initials: String =
                before.iter().filter_map(|word| word.chars().next()).map(|c| format!("{c}. ")).collect();
            (format!("{initials}{last}"), date.clone(), address.clone())
        }
        _ => (bare(name), date.clone(), String::new()),
    };
    vec![format!("{key}~"), name, date, address]
}

#[test]
fn vietnamese_persons_written_twice_are_found() {
    let stage = Stage::new(PERSONS);
    let made = stage.path().join("made");
    let (rules, made_text) = (stage.rules().display().to_string(), made.display().to_string());
    let run = thuocdo(&["generate", &rules, "--rows", "4000", "--seed", "5", "--out", &made_text, "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let text = fs::read_to_string(made.join("d/nguoi.csv")).expect("persons");
    let mut rows = records(text.trim_start_matches('\u{feff}'));
    let names = rows.remove(0);
    let mut random = SplitMix64::new(9);
    let copied: Vec<Vec<String>> =
        rows.iter().step_by(10).map(|row| variant(row, random.next(), random.next())).collect();
    let copies = copied.len() as u64;
    assert!(copies > 300);
    let quoted =
        |row: &Vec<String>| row.iter().map(|cell| format!("\"{cell}\"")).collect::<Vec<_>>().join(",");
    let lines: Vec<String> = [names].iter().chain(&rows).chain(&copied).map(quoted).collect();
    let stage = stage.file("nguoi.csv", lines.join("\n"));
    let out = stage.path().join("out");
    stage.run(&["--reveal", "--violations", out.to_str().expect("a path")]);
    let found = clusters(&out.join("d/nguoi.csv"), "key.ma");
    let (right, wrong) = pairs(&found, |key| key.trim_end_matches('~'));
    assert!(10 * right >= 9 * copies, "{right} of {copies} are found");
    assert!(100 * right >= 98 * (right + wrong), "{wrong} are wrong beside {right}");
}

#[test]
fn whoever_reviews_gets_clusters_and_no_values() {
    let rows = "ma,ho_ten,ngay_sinh,dia_chi\n1,Nguyễn Văn An,1990-02-11,12 Lê Lợi\n2,Trần Thị Bình,1985-01-01,7 Trần Phú\n\
                3,NGUYEN VAN AN,1990-02-11,Số 12 Lê Lợi\n4,Tran Thi Binh,1985-01-01,7 Tran Phu\n";
    let stage = Stage::new(PERSONS).file("nguoi.csv", rows);
    let out = stage.path().join("out");
    let run = stage.run(&["--format", "json", "--violations", out.to_str().expect("a path")]);
    let lines =
        records(fs::read_to_string(out.join("d/nguoi.csv")).expect("records").trim_start_matches('\u{feff}'));
    assert_eq!(lines[0].last().expect("a column"), "cluster.nghi");
    let clusters: Vec<&str> = lines[1..].iter().map(|line| line.last().expect("a cell").as_str()).collect();
    assert_eq!(clusters, ["1", "2", "1", "2"]);
    let text = lines.concat().join(" ") + &run.said();
    for value in ["Nguyễn Văn An", "NGUYEN", "Bình", "1990-02-11", "Lê Lợi"] {
        assert!(!text.contains(value), "{value}");
    }
    assert!(text.contains("suspected to be the same as another row"));
    let as_parquet = stage.path().join("parquet");
    let run =
        stage.run(&["--violations", as_parquet.to_str().expect("a path"), "--violations-format", "parquet"]);
    assert!(as_parquet.join("d/nguoi.parquet").exists(), "{}", run.err);
}

#[test]
fn what_was_left_unsaid_is_explained() {
    let stage = Stage::new(PERSONS);
    let run = thuocdo(&["explain", &stage.rules().display().to_string(), "nghi", "--lang", "en"]);
    assert!(
        run.out.contains("ho_ten: { as: name, weight: 3 }, ngay_sinh: { as: date, weight: 2 }"),
        "{}",
        run.out
    );
    assert!(run.out.contains("[ho_ten.sound, ngay_sinh.year], [ngay_sinh, ho_ten.ends]"), "{}", run.out);
}
