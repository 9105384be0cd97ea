//! Scorecards of all databases of the catalogue, made up: as many rules as one likes, agencies of different strength, some
//! caps, some rules that could not run.

use std::fs;
use std::path::Path;

use thuocdo::base::{Dimension, Scale, Severity, Status, Text, Unit};
use thuocdo::engine::measured::{
    MeasuredDatabase, MeasuredFile, MeasuredPack, MeasuredRule, MeasuredTable, Presence,
};
use thuocdo::rule::Catalog;
use thuocdo::score::verify::verify;
use thuocdo::score::{Profile, ScoreOptions, assemble};
use thuocdo::state::{Example, Measure, Tally};

const ROWS: u64 = 1_000_000;
const SEVERITIES: [Severity; 4] = [Severity::Major, Severity::Critical, Severity::Minor, Severity::Major];

/// All databases of the catalogue, each with so many rules in three tables.
pub fn databases(rules: usize) -> impl Iterator<Item = MeasuredDatabase> {
    let agencies: Vec<&str> = Catalog::shipped().agencies.iter().map(|agency| agency.id.as_str()).collect();
    let database = move |(at, entry): (usize, &thuocdo::rule::catalog::Entry)| {
        let agency = agencies.iter().position(|id| *id == entry.agency).unwrap_or_default() as u64;
        // From databases almost without defects to such that fail everywhere; agencies differ, and so do their databases.
        let strength = 1 + agency + (at as u64 * 37) % 20;
        let table = |tier: u32| {
            let of = (0..rules).filter(|rule| rule % 3 == tier as usize - 1);
            table(tier, of.map(|rule| self::rule(at, rule, strength)).collect())
        };
        MeasuredDatabase {
            id: entry.id.clone(),
            agency: Some(entry.agency.clone()),
            rule_files: Vec::new(),
            title: Some(Text { vi: entry.name.clone(), en: String::new() }),
            weight: entry.weight,
            packs: vec![MeasuredPack {
                id: "core/person-register".to_owned(),
                version: "1.0.0".to_owned(),
                hash: "0123456789ab".to_owned(),
                core: true,
            }],
            contract: None,
            code_lists: Vec::new(),
            tables: (1..=3).rev().map(table).collect(),
            problems: Vec::new(),
        }
    };
    Catalog::shipped().databases().enumerate().map(database)
}

fn table(tier: u32, rules: Vec<MeasuredRule>) -> MeasuredTable {
    MeasuredTable {
        traced: None,
        id: format!("bang_{tier}"),
        title: Some(Text { vi: format!("Bảng bậc {tier}"), en: format!("Table of tier {tier}") }),
        tier,
        presence: Presence::Present,
        allow_empty: false,
        rows: ROWS,
        files: vec![MeasuredFile {
            path: format!("bang_{tier}.parquet"),
            bytes: 123_456_789,
            blake3: "0".repeat(64),
            rows: ROWS,
            problem: None,
        }],
        key: vec!["so".to_owned()],
        columns: Vec::new(),
        roles: Vec::new(),
        clean: Some(ROWS - ROWS / 50),
        rules,
        problems: Vec::new(),
    }
}

fn rule(database: usize, at: usize, strength: u64) -> MeasuredRule {
    let column = format!("cot_{:02}", at % 40);
    let noise = (database as u64 * 7_919 + at as u64 * 104_729) % 1_000;
    // Of a few databases a rule could not run.
    let broken = database % 23 == 5 && at % 50 == 7;
    let fail = noise * strength * strength / (if at % 4 == 3 { 40 } else { 4 });
    let fail = if at.is_multiple_of(5) { 0 } else { fail.min(ROWS / 2) };
    let mut measure = Measure::of(Tally::new(ROWS - fail, fail, 0, 0));
    if broken {
        measure = Measure::not_run(Status::Error, Text::same("the file was gone"));
    } else if fail > 0 {
        let example = |row: u64| Example {
            file: "bang.parquet".to_owned(),
            row,
            value: Some("0**********9".to_owned()),
            reason: Some(Text { vi: "sai độ dài".to_owned(), en: "wrong length".to_owned() }),
            repaired: None,
        };
        measure.examples = (1..=2).map(example).collect();
    }
    MeasuredRule {
        id: format!("core.{column}.{at}"),
        kind: "not_null".to_owned(),
        dimension: Dimension::ALL[at % 4],
        severity: SEVERITIES[at / 4 % 4],
        core: true,
        strength: None,
        pack: Some("core/person-register".to_owned()),
        family: Some("P2".to_owned()),
        weight: None,
        unit: Unit::Cell,
        scale: Scale::Defect,
        columns: vec![column],
        title: Some(Text {
            vi: "Ô bắt buộc có giá trị".to_owned(),
            en: "Required cells have values".to_owned(),
        }),
        why: None,
        tags: Vec::new(),
        owner: None,
        place: Some("rules.yaml:12".to_owned()),
        identity: false,
        measure,
    }
}

pub fn card(databases: Vec<MeasuredDatabase>, as_of: &str) -> String {
    let options = ScoreOptions {
        profile: Profile::Vn4,
        as_of: as_of.to_owned(),
        engine: "thuocdo 0.1.0".to_owned(),
        ..ScoreOptions::default()
    };
    assemble(databases, &options).to_json()
}

/// A card for each database, in a folder of its own.
pub fn write(folder: &Path, databases: impl IntoIterator<Item = MeasuredDatabase>) {
    for database in databases {
        let of = folder.join(&database.id);
        fs::create_dir_all(&of).expect("a folder");
        fs::write(of.join("scorecard.json"), card(vec![database], "2026-11-21T00:00:00+07:00"))
            .expect("a card");
    }
}

/// Some rules could not run, some bring caps: each question of what to fix first is about one of them, and must not cost as
/// much as all of them: whoever makes it quadratic waits minutes here.
#[test]
fn very_many_rules_are_scored_and_verified() {
    let database = databases(6_000).nth(5).expect("a database");
    let text = card(vec![database], "2026-11-21T00:00:00+07:00");
    let (card, verdict) = verify("card", &text).expect("a card");
    assert!(verdict.accepted, "{:?}", verdict.findings);
    let [database] = card.databases.as_slice() else { panic!("one database") };
    assert!(!database.caps.is_empty() && database.coverage.num < database.coverage.den);
    assert!(database.fix_first.len() > 4_000, "{}", database.fix_first.len());
}

/// For measurements: `THUOCDO_NATION=DIR cargo test --test it -- --ignored cards_to_measure_with`.
#[test]
#[ignore = "writes 600 MB"]
fn cards_to_measure_with() {
    let folder = std::env::var_os("THUOCDO_NATION").expect("THUOCDO_NATION names a folder");
    let folder = Path::new(&folder);
    write(&folder.join("60"), databases(60));
    write(&folder.join("1000"), databases(1_000));
    fs::write(folder.join("whole.json"), card(databases(1_000).collect(), "2026-11-21T00:00:00+07:00"))
        .expect("a card");
}
