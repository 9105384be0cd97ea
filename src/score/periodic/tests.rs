use proptest::prelude::*;

use super::change::{Side, Sort};
use super::*;
use crate::base::{Severity, Status};
use crate::engine::{MeasuredDatabase, MeasuredPack};
use crate::score::laws;
use crate::score::league::Given;
use crate::state::Tally;

/// Which database, its agency and weight, and failing and unknown rows in each dimension.
type Sketch = (usize, u32, [(u64, u64); 4], bool);

fn database(at: usize, (agency, weight, counts, more): Sketch) -> MeasuredDatabase {
    let mut rules: Vec<_> = Dimension::ALL[..4]
        .iter()
        .zip(counts)
        .map(|(dimension, (fail, unknown))| {
            let tally = Tally::new(1_000_000 - fail - unknown, fail, 0, unknown);
            laws::rule(dimension.id(), *dimension, Severity::Major, tally)
        })
        .collect();
    if more {
        rules.push(laws::rule("more", Dimension::Correctness, Severity::Critical, Tally::new(7, 2, 0, 1)));
    }
    rules.iter_mut().for_each(|rule| rule.core = true);
    let mut database = laws::database(&format!("d{at:02}"), vec![laws::table("t", 3, rules)]);
    (database.agency, database.weight) = (Some(format!("a{agency}")), weight);
    database.packs = vec![MeasuredPack {
        id: "core/person-register".to_owned(),
        version: "1.0.0".to_owned(),
        hash: "0123456789ab".to_owned(),
        core: true,
    }];
    database
}

fn given(databases: Vec<MeasuredDatabase>, day: &str) -> Given {
    let mut card = laws::score(databases, Profile::Vn4);
    card.as_of = format!("{day}T00:00:00+07:00");
    Given { name: day.to_owned(), card, rejected: Vec::new() }
}

fn asked() -> Asked {
    Asked { period: Period::parse("2026-10").unwrap(), due: None, roll_up: RollUp::Run }
}

fn report(given: Vec<Given>) -> Periodic {
    let asked = asked();
    periodic(select(given, Vec::new(), &asked.period, None).unwrap(), &asked).unwrap()
}

fn changed(since: &Since) -> &Change {
    match since {
        Since::Changed(change) => change,
        other => panic!("{other:?}"),
    }
}

const CLEAN: Sketch = (0, 1, [(0, 0); 4], false);

#[test]
fn cards_are_sorted_by_their_days() {
    let card = |day| given(vec![database(0, CLEAN)], day);
    let days = ["2026-10-15", "2026-09-15", "2026-08-15", "2026-11-01"];
    let report = report(days.map(card).into());
    assert_eq!(report.as_of[0], "2026-10-15T00:00:00+07:00");
    assert_eq!(report.before_as_of.as_ref().map(|of| of[1].as_str()), Some("2026-09-15T00:00:00+07:00"));
    let apart: Vec<_> = report.apart.iter().map(|apart| apart.card.as_str()).collect();
    assert_eq!(apart, ["2026-08-15", "2026-11-01"]);
    assert!(report.apart[0].because[0].vi.contains("ngày 15/08/2026, ngoài kỳ báo cáo 2026-10"));
    assert!(!report.late);
}

#[test]
fn a_report_of_days_after_the_nineteenth_is_late() {
    let late = |day| report(vec![given(vec![database(0, CLEAN)], day)]).late;
    assert_eq!([late("2026-10-19"), late("2026-10-20")], [false, true]);
    let mut asked = asked();
    asked.due = Some(Due { day: period::day("2026-10-31").unwrap(), because: Text::same("x") });
    let card = given(vec![database(0, CLEAN)], "2026-10-20");
    assert!(!periodic(select(vec![card], Vec::new(), &asked.period, None).unwrap(), &asked).unwrap().late);
}

#[test]
fn nothing_to_report_is_no_report() {
    let asked = asked();
    let local = Given {
        name: "l".to_owned(),
        card: laws::score(vec![laws::database("e", Vec::new())], Profile::Local),
        rejected: Vec::new(),
    };
    let because =
        periodic(select(vec![local], Vec::new(), &asked.period, None).unwrap(), &asked).unwrap_err();
    assert!(because[0].en.contains("outside of the period 2026-10"), "{because:?}");
    let edited =
        Given { rejected: vec![Text::same("was changed")], ..given(vec![database(0, CLEAN)], "2026-10-01") };
    let because =
        periodic(select(vec![edited], Vec::new(), &asked.period, None).unwrap(), &asked).unwrap_err();
    assert_eq!(because[0].en, "`2026-10-01`: was changed");
    let unknown =
        select(vec![given(vec![database(0, CLEAN)], "2026-10-01")], Vec::new(), &asked.period, Some("x"));
    assert!(unknown.err().is_some_and(|text| text.en.ends_with("there are some of a0")));
}

#[test]
fn what_does_not_compare_has_reasons_and_no_number() {
    let mut other = database(0, CLEAN);
    other.packs[0].hash = "ffffffffffff".to_owned();
    let report =
        report(vec![given(vec![database(0, CLEAN)], "2026-10-15"), given(vec![other], "2026-09-15")]);
    let Since::NotComparable { because } = &report.overall.quality.since else { panic!("{report:?}") };
    assert!(because[0].en.starts_with("`d00`: the rule pack `core/person-register`"), "{because:?}");
    assert_eq!(report.databases[0].change_nano, None);
    assert_eq!(report.databases[0].not_comparable_because.len(), 1);
}

/// A card whose rules of the first database are of the kind that is counted.
fn counting(kind: &str, tallies: &[(Status, [u64; 4])]) -> Scorecard {
    let mut card = laws::score(vec![database(0, (0, 1, [(0, 0); 4], true))], Profile::Vn4);
    let rules = &mut card.databases[0].tables[0].rules;
    for (rule, (status, [pass, fail, na, unknown])) in rules.iter_mut().zip(tallies) {
        rule.kind = kind.to_owned();
        rule.status = *status;
        (rule.pass, rule.fail, rule.na, rule.unknown) = (*pass, *fail, *na, *unknown);
    }
    card
}

fn count(card: &Scorecard, counted: Counted) -> Achieved {
    achieved::achieved(&of(card, None), None, counted)
}

#[test]
fn what_nobody_asked_or_measured_is_not_counted() {
    let none = count(&counting("not_null", &[]), Counted::Requests);
    assert_eq!((none.state, none.met, none.of), (State::NotAsked, 0, 0));
    let failed = counting("share_request", &[(Status::Error, [0; 4]), (Status::MissingTable, [0; 4])]);
    let failed = count(&failed, Counted::Requests);
    assert_eq!((failed.state, failed.unmeasured_rules), (State::NotMeasured, 2));
    let idle = count(&counting("share_request", &[(Status::Na, [0, 0, 5, 0])]), Counted::Requests);
    assert_eq!((idle.state, idle.of), (State::NothingDue, 0));
}

#[test]
fn unknown_is_due_and_not_met() {
    let tallies =
        [(Status::Measured, [8, 1, 4, 3]), (Status::Measured, [5, 0, 0, 0]), (Status::Error, [0; 4])];
    let card = counting("share_request", &tallies);
    let found = count(&card, Counted::Requests);
    assert_eq!((found.met, found.of, found.unknown, found.unmeasured_rules), (13, 17, 3, 1));
    assert_eq!(count(&card, Counted::Attempts).state, State::NotAsked, "kinds are never mixed");
    assert_eq!(found.rules.iter().filter_map(|rule| rule.now).map(|[_, of]| of).sum::<u64>(), found.of);
}

#[test]
fn counts_know_those_of_before() {
    let now = counting("connection_established", &[(Status::Measured, [3, 1, 0, 0])]);
    let was = counting(
        "connection_established",
        &[(Status::Measured, [2, 1, 0, 0]), (Status::Measured, [1, 0, 0, 0])],
    );
    let found = achieved::achieved(&of(&now, None), Some(&of(&was, None)), Counted::Connections);
    assert_eq!((found.met, found.of, found.before), (3, 4, Some([3, 4])));
    let moved: Vec<_> =
        found.rules.iter().filter(|rule| rule.moved()).map(|rule| (rule.now, rule.before)).collect();
    assert_eq!(moved, [(None, Some([1, 1])), (Some([3, 4]), Some([2, 3]))]);
}

/// E22 of the scoring vectors: 87.5 (weight 3) was scored before; 91.2 (weight 2) is scored now too, and a third (weight 1)
/// is registered.
#[test]
fn a_database_that_is_scored_for_the_first_time_is_a_reason_of_its_own() {
    let mut card = laws::score(vec![database(0, CLEAN), database(1, CLEAN)], Profile::Vn4);
    card.databases[0].score.official_nano = 87_500_000_000;
    card.databases[1].score.official_nano = 91_200_000_000;
    let slot = |id, weight, scored| Slot { id, agency: None, weight, scored };
    let before = [slot("d00", 3, Some(0)), slot("d01", 2, None), slot("third", 1, None)];
    let now = [slot("d00", 3, Some(0)), slot("d01", 2, Some(1)), slot("third", 1, None)];
    let (before, now) = (Side { card: &card, slots: &before }, Side { card: &card, slots: &now });
    let reasons = change::reasons(before, now, Profile::Vn4);
    let found: Vec<_> =
        reasons.iter().map(|reason| (reason.sort, reason.nano, reason.databases.join(" "))).collect();
    // 74.15 now, 43.75 before.
    assert_eq!(found, [(Sort::NewlyScored, 30_400_000_000, "d01".to_owned())]);
}

fn sketch() -> impl Strategy<Value = Sketch> {
    let count = || (0..400_000_u64, 0..3_000_u64);
    (0..2_usize, 1..4_u32, [count(), count(), count(), count()], any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// To the last billionth, whatever came, went, was measured or weighs otherwise.
    #[test]
    fn reasons_sum_to_the_change(was in prop::collection::vec(sketch(), 1..6), is in prop::collection::vec(sketch(), 1..6)) {
        let all = |sketches: Vec<Sketch>, shift: usize| -> Vec<MeasuredDatabase> {
            sketches.into_iter().enumerate().map(|(at, it)| database(at + shift, it)).collect()
        };
        let report = report(vec![given(all(was, 0), "2026-09-15"), given(all(is, 1), "2026-10-15")]);
        for part in report.agencies.iter().chain([&report.overall]) {
            let change = match &part.quality.since {
                Since::First => continue,
                since => changed(since),
            };
            prop_assert_eq!(change.nano, part.quality.score.official_nano - change.score.official_nano);
            prop_assert_eq!(change.nano, change.reasons.iter().map(|reason| reason.nano).sum::<i64>());
            for reason in &change.reasons {
                prop_assert!(reason.newly_measured_nano.unsigned_abs() <= reason.nano.unsigned_abs());
            }
        }
    }

    /// What did not move is no reason.
    #[test]
    fn the_same_twice_has_no_reasons(same in prop::collection::vec(sketch(), 1..5)) {
        let all: Vec<MeasuredDatabase> = same.into_iter().enumerate().map(|(at, it)| database(at, it)).collect();
        let report = report(vec![given(all.clone(), "2026-09-15"), given(all, "2026-10-15")]);
        let change = changed(&report.overall.quality.since);
        prop_assert_eq!((change.nano, change.reasons.len()), (0, 0));
    }
}
