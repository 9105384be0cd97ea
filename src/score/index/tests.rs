//! A database worked out by hand, and the laws of the index.

use proptest::prelude::*;

use super::*;
use crate::base::{Scale, Unit};
use crate::score::{Profile, ScoreOptions, assemble};
use crate::state::{Measure, Tally};

fn rule(kind: &'static str, dimension: Dimension, columns: &[&str], tally: [u64; 4]) -> MeasuredRule {
    let [pass, fail, na, unknown] = tally;
    MeasuredRule {
        core: false,
        strength: None,
        pack: None,
        family: None,
        id: format!("{kind}-{}", columns.join("-")),
        kind: kind.to_owned(),
        dimension,
        severity: Severity::Major,
        weight: None,
        unit: Unit::Cell,
        scale: Scale::Defect,
        columns: columns.iter().map(|&column| column.to_owned()).collect(),
        title: None,
        why: None,
        tags: Vec::new(),
        owner: None,
        place: None,
        identity: false,
        measure: Measure::of(Tally::new(pass, fail, na, unknown)),
    }
}

fn table(id: &str, key: &[&str], roles: &[(&str, &str)], rules: Vec<MeasuredRule>) -> MeasuredTable {
    MeasuredTable {
        traced: None,
        id: id.to_owned(),
        title: None,
        tier: 3,
        presence: Presence::Present,
        allow_empty: false,
        rows: 1_000,
        files: Vec::new(),
        key: key.iter().map(|&column| column.to_owned()).collect(),
        columns: Vec::new(),
        roles: roles.iter().map(|&(column, role)| (column.to_owned(), role.to_owned())).collect(),
        clean: None,
        rules,
        problems: Vec::new(),
    }
}

fn database(tables: Vec<MeasuredTable>) -> MeasuredDatabase {
    MeasuredDatabase {
        id: "d".to_owned(),
        agency: None,
        rule_files: Vec::new(),
        title: None,
        weight: 1,
        packs: Vec::new(),
        contract: None,
        code_lists: Vec::new(),
        tables,
        problems: Vec::new(),
    }
}

use Dimension::{Cleanliness, Completeness, Consistency, Correctness, Freshness, Sharing};

/// People: their number, name and commune; of a table of 1,000 rows.
fn people() -> MeasuredTable {
    let rules = vec![
        rule("not_null", Completeness, &["so"], [1_000, 0, 0, 0]),
        rule("matches", Correctness, &["so"], [998, 1, 0, 1]),
        rule("unique", Cleanliness, &["so"], [1_000, 0, 0, 0]),
        rule("not_null", Completeness, &["ten"], [900, 100, 0, 0]),
        rule("person_name", Cleanliness, &["ten"], [810, 90, 100, 0]),
        rule("matches", Correctness, &["xa"], [1_000, 0, 0, 0]),
        rule("in_set", Correctness, &["xa"], [700, 300, 0, 0]),
        // Over two columns.
        rule("expect", Correctness, &["ten", "xa"], [500, 500, 0, 0]),
        // Over none.
        rule("row_count", Completeness, &[], [950, 50, 0, 0]),
        // Nothing to judge; shown only; not one of the five.
        rule("in_range", Correctness, &["tuoi"], [0, 0, 1_000, 0]),
        MeasuredRule { severity: Severity::Info, ..rule("matches", Correctness, &["ten"], [0, 1_000, 0, 0]) },
        rule("latency", Sharing, &["ten"], [0, 1_000, 0, 0]),
    ];
    table("nguoi", &["so"], &[("so", "person_id"), ("ten", "person_name"), ("xa", "commune")], rules)
}

/// By hand, with groups at 20, 30, 50 and everything else at 1:
///
/// - `so`: đúng 998/1000 = 99.8 (unknown is not passed), đủ 100, sạch 100: (99.8 + 100 + 100) / 3 = 99.9333…
/// - `ten`: đúng 50 (the rule over two columns), đủ 90, sạch 810/900 = 90: 230 / 3 = 76.6666…
/// - `xa`: đúng (20 × 100 + 50 × 70 + 30 × 50) / 100 = 70
/// - the table: đủ 95
/// - the database: (99.9333… + 76.6666… + 70 + 95) / 4 = 341.6 / 4 = 85.4
#[test]
fn worked_out_by_hand() {
    let card = index(&database(vec![people()]), &Weights::shipped());
    let fields: Vec<_> = card
        .fields
        .iter()
        .map(|field| (field.column.as_deref(), field.value.as_str(), field.colour, field.identifier))
        .collect();
    assert_eq!(
        fields,
        [
            (None, "95.000000", Colour::Green, false),
            (Some("so"), "99.933333", Colour::Green, true),
            (Some("ten"), "76.666666", Colour::Yellow, false),
            (Some("xa"), "70.000000", Colour::Red, true),
        ]
    );
    assert_eq!((card.value.as_deref(), card.value_nano), (Some("85.400000"), Some(85_400_000_000)));
    assert_eq!(card.colour, Some(Colour::Yellow));
    let alert: Vec<_> =
        card.alert_fields.iter().map(|field| (field.column.as_str(), field.value.as_deref())).collect();
    assert_eq!(alert, [("so", Some("99.800000")), ("xa", Some("70.000000"))]);
    assert!(card.alert && !card.connection_ready && card.reported);
    assert_eq!(card.fields[3].criteria[&Correctness].rules, 3);
    // Missing: 100 names and 50 rows. Format: 1 number, 90 names, 300 communes. Contradictions once, not per column.
    let errors: Vec<_> =
        card.errors.iter().map(|group| (group.group, group.rules, group.defects, group.unknown)).collect();
    assert_eq!(
        errors,
        [
            (1, 3, 150, 0),
            (2, 0, 0, 0),
            (3, 1, 0, 0),
            (4, 4, 391, 1),
            (5, 0, 0, 0),
            (6, 1, 500, 0),
            (7, 0, 0, 0),
            (8, 0, 0, 0),
        ]
    );
}

/// `so` counts 3 by its role and `xa` 5 by its name, which goes before its role: with the values of above,
/// (3 × 99.9333… + 76.6666… + 5 × 70 + 95) / 10 = 821.4666… / 10.
#[test]
fn fields_weigh_by_column_and_by_role() {
    let mut weights = Weights::shipped();
    weights.roles.extend([("person_id".to_owned(), 3), ("commune".to_owned(), 9)]);
    weights.columns.insert("nguoi.xa".to_owned(), 5);
    let card = index(&database(vec![people()]), &weights);
    assert_eq!(card.value.as_deref(), Some("82.146666"));
    assert_eq!(card.weights, Origin::Edited);
    assert_ne!(card.methodology, Weights::shipped().id());
}

#[test]
fn an_identifier_alerts_whatever_the_average() {
    let mut rules = vec![rule("unique", Cleanliness, &["so"], [999_999, 1, 0, 0])];
    let fine: Vec<String> = (0..200).map(|at| format!("c{at}")).collect();
    rules.extend(fine.iter().map(|column| rule("not_null", Completeness, &[column], [1_000, 0, 0, 0])));
    let card = index(&database(vec![table("t", &["so"], &[], rules)]), &Weights::shipped());
    assert_eq!(card.colour, Some(Colour::Green));
    assert!(card.alert && !card.connection_ready);
    assert_eq!(card.alert_fields[0].value.as_deref(), Some("99.999900"));
}

#[test]
fn only_the_named_criteria_raise_the_alert_and_all_open_the_gate() {
    let whole = || rule("unique", Cleanliness, &["so"], [10, 0, 0, 0]);
    let late = rule("record_age", Freshness, &["so"], [9, 1, 0, 0]);
    let of = |rules| index(&database(vec![table("t", &["so"], &[], rules)]), &Weights::shipped());
    let card = of(vec![whole()]);
    assert!(!card.alert && card.connection_ready);
    let card = of(vec![whole(), late]);
    assert!(!card.alert && !card.connection_ready, "sống is none of the three, and the field is not at 100");
}

#[test]
fn other_fields_must_be_above_the_limit_not_at_it() {
    let of = |pass, fail| {
        let rules = vec![
            rule("unique", Cleanliness, &["so"], [10, 0, 0, 0]),
            rule("not_null", Completeness, &["ten"], [pass, fail, 0, 0]),
        ];
        index(&database(vec![table("t", &["so"], &[], rules)]), &Weights::shipped())
    };
    assert!(!of(90, 10).connection_ready);
    assert!(of(900_000_001, 99_999_999).connection_ready);
    assert_eq!(of(90, 10).fields[1].colour, Colour::Green, "green begins at 90");
}

#[test]
fn what_nobody_looks_at_is_not_whole() {
    let looked_at = || rule("not_null", Completeness, &["ten"], [10, 0, 0, 0]);
    let of = |table| index(&database(vec![table]), &Weights::shipped());
    let card = of(table("t", &["so"], &[], vec![looked_at()]));
    assert!(card.alert && !card.connection_ready);
    assert_eq!((card.alert_fields[0].column.as_str(), &card.alert_fields[0].value), ("so", &None));
    // A rule that had nothing to judge looked; a table that may be absent or empty has nothing to look at.
    let idle = rule("matches", Correctness, &["so"], [0, 0, 10, 0]);
    assert!(!of(table("t", &["so"], &[], vec![looked_at(), idle])).alert);
    let absent = MeasuredTable { presence: Presence::Absent, ..table("t", &["so"], &[], vec![looked_at()]) };
    let card = of(absent);
    assert!(!card.alert && !card.connection_ready);
    assert_eq!((card.value, card.colour, card.fields.len()), (None, None, 0));
    let empty = MeasuredTable { rows: 0, allow_empty: true, ..table("t", &["so"], &[], Vec::new()) };
    assert!(!of(empty).alert);
}

#[test]
fn what_could_not_run_counts_nothing() {
    for status in [Status::Error, Status::Skipped, Status::Empty, Status::MissingInput] {
        let mut broken = rule("not_null", Completeness, &["ten"], [10, 0, 0, 0]);
        broken.measure.status = status;
        let whole = rule("not_null", Completeness, &["ho"], [10, 0, 0, 0]);
        let card = index(&database(vec![table("t", &[], &[], vec![broken, whole])]), &Weights::shipped());
        assert_eq!(card.value.as_deref(), Some("50.000000"), "{status:?}");
    }
    let missing = MeasuredTable { presence: Presence::Missing, rows: 0, ..people() };
    let card = index(&database(vec![missing]), &Weights::shipped());
    assert_eq!((card.value.as_deref(), card.colour), (Some("0.000000"), Some(Colour::Red)));
    assert!(card.alert);
}

#[test]
fn duplicates_belong_to_the_table_and_not_to_the_columns_that_are_left_out() {
    let rules = vec![rule("duplicate_rows", Cleanliness, &["so_thu_tu"], [5, 5, 0, 0])];
    let card = index(&database(vec![table("t", &[], &[], rules)]), &Weights::shipped());
    assert_eq!((card.fields.len(), &card.fields[0].column), (1, &None));
}

#[test]
fn our_score_does_not_know_of_it() {
    let score = |indices| {
        let options = ScoreOptions { profile: Profile::Vn4, indices, ..ScoreOptions::default() };
        assemble(vec![database(vec![people()])], &options)
    };
    let mut with = score(vec![Weights::shipped()]);
    assert_eq!(with.databases[0].indices.len(), 1);
    assert!(with.to_json().contains("\"indices\""));
    let read = crate::score::Scorecard::from_json(&with.to_json()).expect("our own JSON");
    assert_eq!(read, with);
    with.databases[0].indices.clear();
    with.seal();
    let without = score(Vec::new());
    assert_eq!(with, without);
    assert!(!without.to_json().contains("indices"));
}

const KINDS: [&str; 4] = ["not_null", "unique", "in_set", "expect"];

fn random_rule() -> impl Strategy<Value = MeasuredRule> {
    let columns = proptest::sample::subsequence(vec!["a", "b", "c"], 0..=3);
    let dimension = proptest::sample::select(vec![Correctness, Completeness, Cleanliness, Consistency]);
    let tally = (0u64..50, 0u64..50, 0u64..5, 0u64..50).prop_map(|(p, f, n, u)| [p, f, n, u]);
    (0..KINDS.len(), dimension, columns, tally)
        .prop_map(|(kind, dimension, columns, tally)| rule(KINDS[kind], dimension, &columns, tally))
}

fn random_database() -> impl Strategy<Value = MeasuredDatabase> {
    let table = prop::collection::vec(random_rule(), 0..6)
        .prop_map(|rules| table("t", &["a"], &[("b", "commune")], rules));
    prop::collection::vec(table, 1..3).prop_map(database)
}

/// The same database with one rule changed; `None` if it has none.
fn changed(
    of: &MeasuredDatabase,
    at: prop::sample::Index,
    change: impl FnOnce(&mut Measure),
) -> Option<MeasuredDatabase> {
    let mut other = of.clone();
    let mut rules: Vec<&mut MeasuredRule> =
        other.tables.iter_mut().flat_map(|table| &mut table.rules).collect();
    let at = (!rules.is_empty()).then(|| at.index(rules.len()))?;
    change(&mut rules[at].measure);
    Some(other)
}

fn no_worse(better: &IndexCard, than: &IndexCard) -> bool {
    let fields = better.fields.iter().zip(&than.fields).all(|(b, a)| b.value_nano >= a.value_nano);
    better.fields.len() == than.fields.len()
        && fields
        && better.value_nano >= than.value_nano
        && better.colour <= than.colour
        && better.alert <= than.alert
        && better.connection_ready >= than.connection_ready
}

proptest! {
    #[test]
    fn a_repaired_unit_never_lowers(of in random_database(), at in any::<prop::sample::Index>()) {
        let repaired = changed(&of, at, |measure| {
            let tally = &mut measure.tally;
            let one = tally.fail.min(1);
            (tally.fail, tally.pass) = (tally.fail - one, tally.pass + one);
        });
        let Some(repaired) = repaired else { return Ok(()) };
        let weights = Weights::shipped();
        prop_assert!(no_worse(&index(&repaired, &weights), &index(&of, &weights)));
    }

    #[test]
    fn unknown_never_beats_known(of in random_database(), at in any::<prop::sample::Index>(), units in 1u64..50) {
        let lost = |measure: &mut Measure| {
            let tally = &mut measure.tally;
            let (pass, fail) = (tally.pass.min(units), tally.fail.min(units));
            (tally.pass, tally.fail) = (tally.pass - pass, tally.fail - fail);
            tally.unknown += pass + fail;
        };
        let broken = |measure: &mut Measure| {
            if measure.status == Status::Measured {
                measure.status = Status::Error;
            }
        };
        let weights = Weights::shipped();
        let before = index(&of, &weights);
        for worse in [changed(&of, at, lost), changed(&of, at, broken)].into_iter().flatten() {
            prop_assert!(no_worse(&before, &index(&worse, &weights)));
        }
    }

    #[test]
    fn the_order_of_rules_and_tables_changes_no_value(of in random_database()) {
        let weights = Weights::shipped();
        let before = index(&of, &weights);
        let mut turned = of.clone();
        for table in &mut turned.tables {
            table.rules.reverse();
        }
        prop_assert_eq!(&index(&turned, &weights), &before);
        turned.tables.reverse();
        let after = index(&turned, &weights);
        prop_assert_eq!((after.value_nano, after.alert, after.connection_ready, after.errors),
            (before.value_nano, before.alert, before.connection_ready, before.errors));
    }

    #[test]
    fn a_value_lies_between_its_fields(of in random_database()) {
        let card = index(&of, &Weights::shipped());
        let values = || card.fields.iter().map(|field| field.value_nano);
        prop_assert_eq!(card.value_nano.is_some(), !card.fields.is_empty());
        if let (Some(value), Some(least), Some(most)) = (card.value_nano, values().min(), values().max()) {
            prop_assert!(least <= value && value <= most);
        }
        prop_assert!(!card.connection_ready || !card.alert);
    }
}
