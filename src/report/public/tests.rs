//! Whoever sees the page and knows everything but one small count cannot tell it.

use proptest::prelude::*;

use super::*;
use crate::base::Lang;
use crate::engine::measured::{MeasuredDatabase, MeasuredRule};
use crate::report::{Style, html, sample};
use crate::score::laws::{database, rule, table};
use crate::score::{Profile, ScoreOptions, assemble};

fn of(measured: MeasuredDatabase) -> Scorecard {
    let options = ScoreOptions {
        profile: Profile::Local,
        as_of: "2026-11-21T00:00:00+07:00".to_owned(),
        ..ScoreOptions::default()
    };
    assemble(vec![measured], &options)
}

fn counted(id: &str, dimension: Dimension, severity: Severity, tally: Tally) -> MeasuredRule {
    MeasuredRule { unit: Unit::Row, ..rule(id, dimension, severity, tally) }
}

/// Two rules of one dimension and one of another, over so many records.
fn small(rows: u64, first: &Tally, second: &Tally, clean: u64) -> Scorecard {
    let rules = vec![
        counted("a", Dimension::Correctness, Severity::Major, *first),
        counted("b", Dimension::Correctness, Severity::Critical, *second),
        counted("c", Dimension::Completeness, Severity::Minor, Tally::new(rows, 0, 0, 0)),
    ];
    let mut table = table("t", 3, rules);
    (table.rows, table.clean) = (rows, Some(clean));
    of(database("d", vec![table]))
}

fn page(card: &Scorecard, k: Smallest) -> String {
    let cards = [public(card, k).unwrap()];
    String::from_utf8(html::public(&cards, k, &Style::default())).unwrap()
}

/// Thousands of rules are folded away, named in words; on paper those that passed are left out.
#[test]
fn rules_are_folded_and_told_in_words_and_grades_give_their_reason() {
    let rule = |id: &str, severity, fail| {
        counted(id, Dimension::Correctness, severity, Tally::new(1_000 - fail, fail, 0, 0))
    };
    let mut rules: Vec<_> = (0..20).map(|at| rule(&at.to_string(), Severity::Major, 0)).collect();
    rules.push(rule("bad", Severity::Critical, 400));
    let mut table = table("t", 3, rules);
    (table.rows, table.clean) = (1_000, Some(600));
    let shown = page(&of(database("d", vec![table])), Smallest::new(5));
    assert!(shown.contains("<details class=folded><summary>"), "{shown}");
    assert_eq!(shown.matches("<tr class=ok>").count(), 20, "{shown}");
    assert!(shown.contains("21 quy tắc, trong đó 1 quy tắc chưa đạt hoàn toàn"), "{shown}");
    assert!(
        shown.contains("hạng không quá ") && shown.contains("xét theo: một quy tắc nghiêm trọng"),
        "{shown}"
    );
}

/// By brute force over small cards: the whole page is the same for all small counts behind an "under k", whatever else the
/// card says; points, grades, dimensions and clean records among it.
#[test]
fn pages_that_differ_in_a_small_count_are_the_same_page() {
    let k = Smallest::new(5);
    let mut seen = 0;
    for rows in [4, 7, 9, 12, 15, 21] {
        for second in 0..=rows {
            let b = Tally::new(rows - second, second, 0, 0);
            let with = |fail: u64, unknown: u64, na: u64| {
                let a = Tally::new(rows - fail - unknown - na, fail, na, unknown);
                let card = small(rows, &a, &b, rows - (fail + unknown).max(second));
                public(&card, k).unwrap()
            };
            for others in 0..3 {
                let of = |n| match others {
                    0 => with(n, 0, 0),
                    1 => with(0, n, 0),
                    _ => with(0, 0, n),
                };
                let first = of(1);
                let same = (2..k.get()).all(|n| of(n) == first);
                assert!(same, "{rows} records, {second} failing the other rule, count {others}");
                seen += 1;
            }
        }
    }
    assert!(seen > 100);
}

/// The same test must be able to fail: official points alone would tell.
#[test]
fn official_points_would_tell() {
    let rows = 100;
    let of = |fail: u64| {
        small(rows, &Tally::new(rows - fail, fail, 0, 0), &Tally::new(rows, 0, 0, 0), rows - fail)
    };
    assert_ne!(of(1).databases[0].score, of(2).databases[0].score);
    let k = Smallest::new(10);
    assert_eq!(page(&of(1), k), page(&of(9), k));
    assert_ne!(page(&of(1), k), page(&of(10), k));
}

#[test]
fn a_table_with_few_records_shows_no_figures() {
    let k = Smallest::new(10);
    let pages: Vec<String> = (1..10)
        .map(|rows| page(&small(rows, &Tally::new(rows, 0, 0, 0), &Tally::new(0, rows, 0, 0), 0), k))
        .collect();
    assert!(pages.iter().all(|page| *page == pages[0]) && pages[0].contains("too few records"));
    assert!(!pages[0].contains(" fail<"));
}

/// A test pattern of what must not be found on the page.
#[test]
fn nothing_of_the_data_and_no_free_text_is_on_the_page() {
    let mut card = sample::card(Profile::Local);
    for database in &mut card.databases {
        for table in &mut database.tables {
            for file in &mut table.files {
                file.path = "SECRET-path.csv".to_owned();
            }
            table.problems.clear();
            for rule in &mut table.rules {
                rule.owner = Some("SECRET-owner@bo.gov.vn".to_owned());
                rule.why = Some(Text::same("SECRET-why"));
                rule.note = Some(Text::same("SECRET-note"));
                rule.place = Some("SECRET-place".to_owned());
                rule.tags = vec!["SECRET-tag".to_owned()];
                rule.id = format!("SECRET-{}", rule.id);
            }
        }
    }
    let text = card.to_json();
    assert!(text.contains("SECRET-owner") && text.contains("Ngu****"), "the card has what the page must not");
    for lang in [Lang::Vi, Lang::En] {
        let cards = [public(&card, Smallest::new(10)).unwrap()];
        let style = Style { lang, ..Style::default() };
        let page = String::from_utf8(html::public(&cards, Smallest::new(10), &style)).unwrap();
        assert!(!page.contains("SECRET") && !page.contains("Ngu*"));
        assert!(page.contains("dưới 10") && page.contains("under 10"));
        let root = card.provenance.as_ref().map(|it| it.root.clone()).unwrap_or_default();
        assert!(root.len() > 16 && !page.contains(&root), "with a digest a guess could be confirmed");
    }
}

#[test]
fn another_methodology_is_told() {
    let mut card = sample::card(Profile::Local);
    card.methodology = "other/1".to_owned();
    assert!(public(&card, Smallest::new(10)).unwrap_err().en.contains("other/1"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// What is told encloses what is true.
    #[test]
    fn the_official_values_lie_between_what_is_told(
        counts in proptest::collection::vec([0u64..60, 0u64..12, 0u64..40], 2),
        least in 5u64..15,
    ) {
        let rows = 150;
        let tally = |[fail, unknown, na]: [u64; 3]| Tally::new(rows - fail - unknown - na, fail, na, unknown);
        let dirty = counts.iter().map(|[fail, unknown, _]| fail + unknown).max().unwrap_or_default();
        let card = small(rows, &tally(counts[0]), &tally(counts[1]), rows - dirty);
        let k = Smallest::new(least);
        let told = public(&card, k).unwrap();
        let (own, told) = (&card.databases[0], told.databases[0].figures.as_ref().unwrap());
        let nano = own.score.official_nano;
        prop_assert!(told.points[0] <= nano && nano <= told.points[1], "{} in {:?}", nano, told.points);
        prop_assert!(told.grade[1] <= own.grade && own.grade <= told.grade[0], "{:?} in {:?}", own.grade, told.grade);
        for (dimension, [worst, best]) in &told.dimensions {
            let nano = own.dimensions[dimension].score.official_nano;
            prop_assert!(worst.unwrap() <= nano && nano <= best.unwrap());
        }
    }
}
