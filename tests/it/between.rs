//! Rules between tables, against plain loops over all pairs of rows: of two databases, on one thread and on two, in
//! memory and on disk, however rows are spread over files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use tempfile::TempDir;
use thuocdo::engine::{Budget, Known, MeasuredDatabase};
use thuocdo::rule::Database;

use crate::measure::{self, Unnamed};

const OURS: &str = r#"
thuocdo: 1
database: ta
code_lists: { ba_tinh: ["01", "02", "79"] }
tables:
  t:
    files: "t_*.csv"
    allow_empty: true
    columns: { so: text, tinh: text, ngay: date, tien: decimal }
    rules:
      - { id: it-nhat, cardinality: { key: so, of: ho.con.so, at_least: 1 } }
      - { id: nhieu-nhat, cardinality: { key: so, of: ho.con.so, at_most: 2 } }
      - { id: dung-mot, cardinality: { key: [so, tinh], of: { database: ho, table: con, columns: [so, tinh] }, exactly: 1, in_scope: "song = 'co'" } }
      - { id: cua-minh, cardinality: { key: so, of: t.so, at_most: 1 } }
      - { id: bang, references: { columns: [so, tinh], to: { database: ho, table: con, columns: [so, tinh] }, absent: equal } }
      - { id: ca-hai, references: { columns: [so, tinh], to: { database: ho, table: con, columns: [so, tinh] }, absent: fail } }
      - { id: hieu-luc, references: { column: so, to: ho.con.so, valid_at: ngay, valid_from: tu, valid_to: den } }
      - { id: het-han, references: { columns: [so, tinh], to: { database: ho, table: con, columns: [so, tinh] }, valid_at: ngay, valid_to: den, absent: fail } }
      - { id: dem, aggregate_match: { with: ho.con, by: tinh, measure: count, tolerance: 1 }, when: "so <> '2'" }
      - { id: tong, aggregate_match: { with: ho.con, by: tinh, measure: { sum: tien }, tolerance: 50%, in_scope: "song = 'co'" } }
      - { id: khac, aggregate_match: { with: ho.con, by: [so, tinh], measure: { distinct: ngay }, theirs: den } }
      - { id: du, coverage: { column: so, of: ho.con.so } }
      - { id: du-song, coverage: { column: so, of: ho.con.so, in_scope: "song = 'co'" } }
      - { id: du-tinh, coverage: { column: tinh, of: ba_tinh } }
      - { id: du-ngay, coverage: { column: ngay, of: { every: day, from: 2026-01-01, upto: 2026-01-03 }, within: tinh } }
"#;

const THEIRS: &str = r#"
thuocdo: 1
database: ho
tables:
  con:
    files: "con_*.csv"
    allow_empty: true
    columns: { so: text, tinh: text, tu: date, den: date, tien: decimal, song: text }
    rules: [ { not_null: so } ]
"#;

/// Cells; `None` is a row that is torn.
type Row = Option<Vec<&'static str>>;

/// Pass, fail, not applicable, unknown.
type Tallied = [u64; 4];

const PASS: usize = 0;
const FAIL: usize = 1;
const NA: usize = 2;
const UNKNOWN: usize = 3;

fn key() -> impl Strategy<Value = &'static str> {
    select(vec!["1", "2", "3", "04", "5", "", "N/A", "x7", "12345678901234567890"])
}

fn day() -> impl Strategy<Value = &'static str> {
    select(vec!["2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05", "", "sai"])
}

fn rows(row: impl Strategy<Value = Vec<&'static str>> + Clone, torn: u32) -> impl Strategy<Value = Vec<Row>> {
    let row = prop_oneof![40 => row.prop_map(Some), torn => Just(None)];
    prop_oneof![3 => prop::collection::vec(row.clone(), 0..12), 1 => prop::collection::vec(row, 100..200)]
}

fn money() -> impl Strategy<Value = &'static str> {
    select(vec!["1", "2.5", "-3", "0.000000000000000001", "", "sai", "99999999999999999999"])
}

fn ours() -> impl Strategy<Value = Vec<Row>> {
    let tinh = select(vec!["01", "02", "79", "99", ""]);
    let row = (key(), tinh, day(), money()).prop_map(|(so, tinh, ngay, tien)| vec![so, tinh, ngay, tien]);
    let row = row.boxed();
    prop_oneof![rows(row.clone(), 0).boxed(), rows(row, 1).boxed()]
}

fn theirs() -> impl Strategy<Value = Vec<Row>> {
    let tinh = select(vec!["01", "02", "79", ""]);
    let song = select(vec!["co", "khong", ""]);
    let row = (key(), tinh, day(), day(), money(), song);
    let row = row.prop_map(|(so, tinh, tu, den, tien, song)| vec![so, tinh, tu, den, tien, song]).boxed();
    prop_oneof![rows(row.clone(), 0).boxed(), rows(row, 1).boxed()]
}

fn write(path: &Path, head: &str, rows: &[Row]) {
    let mut text = format!("{head}\n");
    for row in rows {
        match row {
            Some(cells) => writeln!(text, "{}", cells.join(",")).expect("text"),
            None => text.push_str("1,01,quá,nhiều,ô,trong,một,dòng\n"),
        }
    }
    fs::write(path, text).expect("a file");
}

fn present(value: &'static str) -> Option<&'static str> {
    Some(value).filter(|value| !["", "N/A"].contains(value))
}

fn database(rules: &str) -> Database {
    measure::database(rules, Path::new(".")).unwrap_or_else(|said| panic!("{said}"))
}

fn measured(databases: [&Database; 2], data: &Path, threads: usize, budget: &Budget<'_>) -> MeasuredDatabase {
    let known = databases.map(|database| Known { database, data });
    measure::first_of(&known, &measure::options(data, budget), threads)
}

fn tallies(measured: &MeasuredDatabase) -> BTreeMap<String, Tallied> {
    let written = measured.tables[0].rules.iter().filter(|rule| rule.kind != "type");
    let rules = written.map(|rule| {
        let tally = rule.measure.tally;
        (rule.id.clone(), [tally.pass, tally.fail, tally.na, tally.unknown])
    });
    rules.collect()
}

/// Everything but the files, which depend on where rows lie.
fn substance(measured: &MeasuredDatabase) -> String {
    let rules = measured.tables[0].rules.iter();
    let said = rules.map(|rule| format!("{} {:?} {:?}\n", rule.id, rule.measure.figures, rule.measure.note));
    said.collect()
}

/// The cells at these places, if all of them are there.
fn at(row: &[&'static str], places: &[usize]) -> Option<Vec<&'static str>> {
    places.iter().map(|&place| present(row[place])).collect()
}

fn torn(rows: &[Row]) -> u64 {
    rows.iter().filter(|row| row.is_none()).count() as u64
}

/// For every row of ours, how many of theirs have its key.
fn cardinality(
    ours: &[Row],
    theirs: &[Row],
    places: &[usize],
    bounds: (u64, u64),
    counts: impl Fn(&[&'static str]) -> bool,
) -> Tallied {
    let mut tally = [0; 4];
    let in_doubt = torn(theirs);
    for row in ours {
        let key = row.as_ref().map(|row| at(row, places));
        tally[match key {
            None => UNKNOWN,
            Some(None) => NA,
            Some(Some(key)) => {
                let same = |row: &&Vec<&'static str>| counts(row) && at(row, places).as_ref() == Some(&key);
                let least = theirs.iter().flatten().filter(same).count() as u64;
                // Whatever the torn rows are.
                let kept: Vec<bool> =
                    (least..=least + in_doubt).map(|count| (bounds.0..=bounds.1).contains(&count)).collect();
                match (kept.contains(&true), kept.contains(&false)) {
                    (true, false) => PASS,
                    (false, _) => FAIL,
                    (true, true) => UNKNOWN,
                }
            }
        }] += 1;
    }
    tally
}

enum WhereAbsent {
    Equal,
    Fail,
}

fn exists(ours: &[Row], theirs: &[Row], absent: WhereAbsent) -> Tallied {
    let parts = |row: &[&'static str]| [present(row[0]), present(row[1])];
    let mut tally = [0; 4];
    for row in ours {
        let Some(key) = row.as_ref().map(|row| parts(row)) else {
            tally[UNKNOWN] += 1;
            continue;
        };
        let whole = key.iter().all(Option::is_some);
        let found = theirs.iter().flatten().any(|row| parts(row) == key);
        tally[match absent {
            WhereAbsent::Fail if key == [None, None] => NA,
            WhereAbsent::Fail if !whole => FAIL,
            _ if found => PASS,
            _ if torn(theirs) > 0 => UNKNOWN,
            _ => FAIL,
        }] += 1;
    }
    tally
}

/// Texts of days are in the order of days. With one column, both ends count; with two, the last day only, and no part
/// may be absent.
fn in_force(ours: &[Row], theirs: &[Row], places: &[usize], from: bool) -> Tallied {
    let mut tally = [0; 4];
    for row in ours {
        let Some(row) = row else {
            tally[UNKNOWN] += 1;
            continue;
        };
        let known = places.iter().filter(|&&place| present(row[place]).is_some()).count();
        let of: Vec<_> =
            theirs.iter().flatten().filter(|other| at(other, places) == at(row, places)).collect();
        let unreadable = |other: &&Vec<&str>| from && other[2] == "sai" || other[3] == "sai";
        let holds = |other: &&Vec<&str>| {
            !unreadable(other) && (!from || other[2] <= row[2]) && (other[3].is_empty() || row[2] <= other[3])
        };
        tally[if known == 0 {
            NA
        } else if known < places.len() {
            FAIL
        } else if row[2].is_empty() {
            NA
        } else if row[2] == "sai" {
            UNKNOWN
        } else if of.iter().any(holds) {
            PASS
        } else if torn(theirs) > 0 || of.iter().any(unreadable) {
            UNKNOWN
        } else {
            FAIL
        }] += 1;
    }
    tally
}

fn coverage(ours: &[Row], expected: &BTreeSet<&str>, place: usize, in_doubt: u64) -> Tallied {
    let mut tally = [0, 0, 0, in_doubt];
    for value in expected {
        let has = ours.iter().flatten().any(|row| row[place] == *value);
        tally[if has {
            PASS
        } else if torn(ours) > 0 {
            UNKNOWN
        } else {
            FAIL
        }] += 1;
    }
    tally
}

/// The figures of one side by group, and how much greater each may be.
type Side = (BTreeMap<Vec<&'static str>, u64>, u64);

fn numbers(rows: &[Row], by: usize, counts: impl Fn(&[&'static str]) -> bool) -> Side {
    let mut groups = BTreeMap::new();
    for row in rows.iter().flatten().filter(|row| counts(row)) {
        if let Some(group) = at(row, &[by]) {
            *groups.entry(group).or_default() += 1;
        }
    }
    (groups, torn(rows))
}

/// Every number that is possible is tried.
fn matched(ours: &Side, theirs: &Side, near: impl Fn(u64, u64) -> bool) -> Tallied {
    let mut tally = [0; 4];
    let groups: BTreeSet<_> = ours.0.keys().chain(theirs.0.keys()).collect();
    for group in groups {
        let cases = match (ours.0.get(group), theirs.0.get(group)) {
            (None, _) => [false, ours.1 > 0].to_vec(),
            (_, None) => [false, theirs.1 > 0].to_vec(),
            (Some(&a), Some(&b)) => {
                let pairs = (a..=a + ours.1).flat_map(|a| (b..=b + theirs.1).map(move |b| (a, b)));
                pairs.map(|(a, b)| near(a, b)).collect()
            }
        };
        tally[match (cases.contains(&true), cases.contains(&false)) {
            (true, false) => PASS,
            (true, true) => UNKNOWN,
            (false, _) => FAIL,
        }] += 1;
    }
    tally
}

fn different(ours: &[Row], theirs: &[Row]) -> Tallied {
    let side = |rows: &[Row], value: usize| -> Side {
        let mut groups: BTreeMap<_, BTreeSet<&str>> = BTreeMap::new();
        for row in rows.iter().flatten() {
            if let Some(group) = at(row, &[0, 1]) {
                groups.entry(group).or_default().extend(present(row[value]));
            }
        }
        (groups.into_iter().map(|(group, values)| (group, values.len() as u64)).collect(), torn(rows))
    };
    matched(&side(ours, 2), &side(theirs, 3), |a, b| a == b)
}

/// In 10⁻¹⁸; an amount that cannot be read leaves its group unknown, and a torn row all groups.
fn sums(ours: &[Row], theirs: &[Row]) -> Tallied {
    let amount = |text: &str| match text {
        "" => Some(0),
        "1" => Some(10_i128.pow(18)),
        "2.5" => Some(25 * 10_i128.pow(17)),
        "-3" => Some(-3 * 10_i128.pow(18)),
        "0.000000000000000001" => Some(1),
        "sai" => None,
        large => Some(large.parse::<i128>().expect("a number") / 10 * 10_i128.pow(19) + 9 * 10_i128.pow(18)),
    };
    let side = |rows: &[Row], value: usize, counts: &dyn Fn(&[&str]) -> bool| {
        let mut groups: BTreeMap<&str, Option<Vec<i128>>> = BTreeMap::new();
        for row in rows.iter().flatten().filter(|row| counts(row)) {
            let Some(group) = present(row[1]) else { continue };
            let known = groups.entry(group).or_insert_with(|| Some(Vec::new()));
            match amount(row[value]) {
                Some(amount) => known.iter_mut().for_each(|known| known.push(amount)),
                None => *known = None,
            }
        }
        groups
    };
    let (own, other) = (side(ours, 3, &|_| true), side(theirs, 4, &|row| row[5] == "co"));
    let mut tally = [0; 4];
    for group in own.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
        tally[match (own.get(group), other.get(group)) {
            (None, _) if torn(ours) > 0 => UNKNOWN,
            (_, None) if torn(theirs) > 0 => UNKNOWN,
            (None, _) | (_, None) => FAIL,
            _ if torn(ours) + torn(theirs) > 0 => UNKNOWN,
            (Some(Some(a)), Some(Some(b))) => {
                // Sums of up to 200 numbers of 38 digits: as whole numbers and what is below them.
                let split = |amounts: &[i128]| {
                    let (whole, rest) = amounts.iter().fold((0_i128, 0_i128), |(whole, rest), amount| {
                        (
                            whole + amount.div_euclid(10_i128.pow(18)),
                            rest + amount.rem_euclid(10_i128.pow(18)),
                        )
                    });
                    (whole + rest.div_euclid(10_i128.pow(18)), rest.rem_euclid(10_i128.pow(18)))
                };
                let minus = |(a, b): (i128, i128), (c, d): (i128, i128)| {
                    let rest = b - d;
                    (a - c + rest.div_euclid(10_i128.pow(18)), rest.rem_euclid(10_i128.pow(18)))
                };
                let size = |number: (i128, i128)| if number.0 < 0 { minus((0, 0), number) } else { number };
                let (a, b) = (split(a), split(b));
                let distance = size(minus(a, b));
                // Twice the distance is no more than theirs.
                let twice = minus(distance, minus((0, 0), distance));
                usize::from(twice > size(b))
            }
            _ => UNKNOWN,
        }] += 1;
    }
    tally
}

fn days_within(ours: &[Row]) -> Tallied {
    let mut tally = [0; 4];
    let groups: BTreeSet<&str> = ours.iter().flatten().filter_map(|row| present(row[1])).collect();
    for group in groups {
        let of: Vec<_> = ours.iter().flatten().filter(|row| row[1] == group).collect();
        let in_doubt = torn(ours) > 0 || of.iter().any(|row| row[2] == "sai");
        for day in ["2026-01-01", "2026-01-02", "2026-01-03"] {
            tally[match of.iter().any(|row| row[2] == day) {
                true => PASS,
                false if in_doubt => UNKNOWN,
                false => FAIL,
            }] += 1;
        }
    }
    tally
}

fn naive(ours: &[Row], theirs: &[Row]) -> BTreeMap<String, Tallied> {
    const MOST: u64 = u64::MAX;
    let all = |_: &[&'static str]| true;
    let lives = |row: &[&'static str]| row[5] == "co";
    let keys = |lives: &dyn Fn(&[&'static str]) -> bool| -> BTreeSet<&str> {
        theirs.iter().flatten().filter(|row| lives(row)).filter_map(|row| present(row[0])).collect()
    };
    let provinces = BTreeSet::from(["01", "02", "79"]);
    [
        ("it-nhat", cardinality(ours, theirs, &[0], (1, MOST), all)),
        ("nhieu-nhat", cardinality(ours, theirs, &[0], (0, 2), all)),
        ("dung-mot", cardinality(ours, theirs, &[0, 1], (1, 1), lives)),
        ("cua-minh", cardinality(ours, ours, &[0], (0, 1), all)),
        ("bang", exists(ours, theirs, WhereAbsent::Equal)),
        ("ca-hai", exists(ours, theirs, WhereAbsent::Fail)),
        ("hieu-luc", in_force(ours, theirs, &[0], true)),
        ("het-han", in_force(ours, theirs, &[0, 1], false)),
        (
            "dem",
            matched(
                &numbers(ours, 1, |row| row[0] != "2" && present(row[0]).is_some()),
                &numbers(theirs, 1, all),
                |a, b| a.abs_diff(b) <= 1,
            ),
        ),
        ("tong", sums(ours, theirs)),
        ("khac", different(ours, theirs)),
        ("du", coverage(ours, &keys(&all), 0, torn(theirs))),
        ("du-song", coverage(ours, &keys(&lives), 0, torn(theirs))),
        ("du-tinh", coverage(ours, &provinces, 1, 0)),
        ("du-ngay", days_within(ours)),
    ]
    .into_iter()
    .map(|(id, tally)| (id.to_owned(), tally))
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_pair_of_tables_is_judged_as_plain_loops_do(
        mut ours in ours(),
        theirs in theirs(),
        cuts in any::<[Index; 2]>(),
        bytes in select(vec![4, 64, 3_000, 20_000]),
    ) {
        let databases = [database(OURS), database(THEIRS)];
        let databases = [&databases[0], &databases[1]];
        let expected = naive(&ours, &theirs);
        let folder = TempDir::new().expect("a folder");
        let lay = |ours: &[Row], cuts: [Index; 2]| {
            for (name, head, rows, cut) in
                [("t", "so,tinh,ngay,tien", ours, cuts[0]), ("con", "so,tinh,tu,den,tien,song", &theirs, cuts[1])]
            {
                let (first, second) = rows.split_at(cut.index(rows.len() + 1));
                write(&folder.path().join(format!("{name}_1.csv")), head, first);
                write(&folder.path().join(format!("{name}_2.csv")), head, second);
            }
        };
        lay(&ours, cuts);
        let plain = measured(databases, folder.path(), 1, &Budget::unlimited());
        prop_assert_eq!(&tallies(&plain), &expected);
        for (threads, budget) in [(2, Budget::unlimited()), (1, Budget::new(bytes, &Unnamed::default())), (2, Budget::new(bytes, &Unnamed::default()))] {
            let other = measured(databases, folder.path(), threads, &budget);
            prop_assert_eq!(&tallies(&other), &expected);
            prop_assert_eq!(substance(&other), substance(&plain));
        }
        // In another order, spread otherwise.
        ours.reverse();
        lay(&ours, [cuts[1], cuts[0]]);
        let turned = measured(databases, folder.path(), 2, &Budget::unlimited());
        prop_assert_eq!(&tallies(&turned), &expected);
        prop_assert_eq!(substance(&turned), substance(&plain));
    }
}

#[test]
fn days_on_which_nobody_was_born_are_not_named() {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join("t.csv"), "ngay\n2026-01-02\n").expect("a file");
    let note = |pii: &str| {
        let rules = format!(
            "thuocdo: 1\ndatabase: d\ntables:\n  t:\n    files: t.csv\n    columns: {{ ngay: {{ type: date{pii} }} }}\n    rules:\n      - \
             {{ id: ngay, coverage: {{ column: ngay, of: {{ every: day, from: 2026-01-01, upto: 2026-01-05 }} }} }}\n"
        );
        let card = measure::score(&database(&rules), folder.path(), "2026-11-21", 1);
        let rule = measure::table(&card, "t").rules.iter().find(|rule| rule.id == "ngay").expect("the rule");
        assert_eq!((rule.pass, rule.fail), (1, 4));
        rule.note.as_ref().map(|note| note.vi.clone())
    };
    assert_eq!(note("").as_deref(), Some("còn thiếu: 2026-01-01, 2026-01-03, 2026-01-04, 2026-01-05"));
    assert_eq!(note(", pii: basic"), None);
}

/// A table `n` and a table `r` of one database, and the counts of the rules of `n` by their ids.
struct Pair(crate::stage::Stage);

impl Pair {
    fn new(ours: &str, theirs: &str, rules: &str) -> Self {
        Self(crate::stage::Stage::new(format!(
            "thuocdo: 1\ndatabase: ta\ntables:\n  n:\n    files: \"n*.csv\"\n    {ours}\n    rules:\n{rules}\n  r: {{ files: \"r*.csv\", {theirs} }}\n"
        )))
    }

    fn file(self, name: &str, text: &str) -> Self {
        Self(self.0.file(name, text))
    }

    fn counts(&self, id: &str) -> [u64; 4] {
        let card = self.0.json().card();
        let rules = card["databases"][0]["tables"][0]["rules"].as_array().expect("rules").clone();
        let rule = rules.iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no `{id}`"));
        ["pass", "fail", "na", "unknown"].map(|name| rule[name].as_u64().expect("a count"))
    }
}

#[test]
fn keys_in_files_without_the_column_are_not_known() {
    let pair = Pair::new(
        "columns: { so: text, ngay: date }",
        "columns: { so: text, tu: { type: date, required: false } }",
        "      - { id: co, references: { column: so, to: r.so } }\n      - { id: luc, references: { column: so, to: r.so, valid_at: ngay, valid_from: tu } }",
    )
    .file("n.csv", "so,ngay\n1,2026-01-02\n3,2026-01-02\n")
    .file("r1.csv", "so,tu\n1,2026-01-01\n");
    let without_day = pair.file("r2.csv", "so\n3\n");
    assert_eq!(without_day.counts("co"), [2, 0, 0, 0]);
    assert_eq!(without_day.counts("luc"), [2, 0, 0, 0], "an optional day that a file lacks is an open end");
    let without_key = without_day.file("r2.csv", "tu\n2026-01-01\n");
    assert_eq!(without_key.counts("co"), [1, 0, 0, 1]);
}

#[test]
fn rows_of_a_file_without_an_optional_column_can_be_duplicates() {
    let pair = Pair::new(
        "columns: { so: text, ten: { type: text, required: false } }",
        "columns: { so: text }",
        "      - { id: trung, duplicate_rows: {} }",
    )
    .file("n1.csv", "so,ten\n1,a\n1,b\n")
    .file("n2.csv", "so\n9\n9\n")
    .file("r.csv", "so\n1\n");
    assert_eq!(pair.counts("trung"), [2, 2, 0, 0]);
}

#[test]
fn values_are_what_they_are_however_they_are_written() {
    let pair = Pair::new(
        "columns: { so: text, luc: timestamp, co: boolean }",
        "columns: { so: text, ngay: date, luc: timestamp, co: boolean }",
        "      - { id: ngay, reconcile_value: { with: r, key: so, column: luc, to: ngay, compare: partial_date } }
      - { id: luc, reconcile_value: { with: r, key: so, column: luc, compare: partial_date } }
      - { id: co, reconcile_value: { with: r, key: so, column: co } }",
    )
    .file("n.csv", "so,luc,co\n1,1980-05-12T00:00:00,true\n2,1980-05-13T23:59:59,1\n")
    .file("r.csv", "so,ngay,luc,co\n1,1980-05-12,1980-05-12T08:00:00,TRUE\n2,1980-05-12,1980-05-13T01:00:00,0\n");
    assert_eq!(pair.counts("ngay"), [1, 1, 0, 0]);
    assert_eq!(pair.counts("luc"), [2, 0, 0, 0]);
    assert_eq!(pair.counts("co"), [1, 1, 0, 0]);
}

#[test]
fn lists_stay_in_their_folder_and_apart() {
    let pair = Pair::new(
        "columns: { so: text }",
        "columns: { so: text }",
        "      - { id: ../../../data/nzz, reconcile_coverage: { with: r, key: so } }
      - { id: ../../../DATA/nzz, reconcile_coverage: { with: r, key: so } }",
    )
    .file("n.csv", "so\n1\n")
    .file("r.csv", "so\n1\n2\n");
    let out = pair.0.path().join("out");
    let folder = out.display().to_string();
    let run = pair.0.run(&["--reconciled", &folder]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut lists: Vec<String> = fs::read_dir(out.join("ta/n.missing"))
        .expect("lists")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    lists.sort_unstable();
    assert_eq!(lists, ["_________data_nzz.2.csv", "_________data_nzz.csv"]);
    let files = fs::read_dir(pair.0.data()).expect("data").count();
    assert_eq!(files, 2, "nothing was written among the extracts");
    let both = pair.0.run(&["--reconciled", &folder, "--violations", &folder]);
    assert_eq!(both.code, Some(2), "{}", both.err);
    assert!(both.err.contains("both name"), "{}", both.err);
}

#[test]
fn the_worst_group_is_told_where_it_is_nobody_in_particular() {
    let pair = Pair::new(
        "key: [so]\n    columns: { so: text, tinh: text }",
        "columns: { so: text, tinh: text, count: integer }",
        "      - { id: tinh, aggregate_match: { with: r, by: tinh, measure: count } }
      - { id: so, aggregate_match: { with: r, by: so, measure: { distinct: tinh }, theirs: count } }",
    )
    .file("n.csv", "so,tinh\n001099000001,01\n001099000002,79\n001099000002,79\n")
    .file("r.csv", "so,tinh,count\n001099000001,01,7\n001099000002,79,7\n");
    let run = pair.0.json();
    assert!(!run.out.contains("00109900000"), "a key says whose row it is");
    let card = run.card();
    let rules = card["databases"][0]["tables"][0]["rules"].as_array().expect("rules");
    let told = |id: &str| {
        let rule = rules.iter().find(|rule| rule["id"] == id).expect("the rule");
        let mut figures = rule["figures"].as_array().expect("figures").iter();
        let worst = figures.find(|figure| figure["name"] == "worst_group");
        (
            ["pass", "fail"].map(|name| rule[name].as_u64().expect("a count")),
            worst.map(|figure| figure["value"].clone()),
        )
    };
    assert_eq!(told("tinh"), ([1, 1], Some("79".into())));
    // `count` is the number of rows, even where a column has that name.
    assert_eq!(told("so"), ([2, 0], None));
}
