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
    achieved::achieved(&of(card, None), None, &BTreeSet::new(), counted)
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
    // The rules look at one log: the one that covers most.
    assert_eq!((found.met, found.of, found.unknown, found.unmeasured_rules), (8, 12, 3, 1));
    assert_eq!(found.rules[0].instead_of.len(), 2);
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
    let found =
        achieved::achieved(&of(&now, None), Some(&of(&was, None)), &BTreeSet::new(), Counted::Connections);
    assert_eq!((found.met, found.of, found.before), (3, 4, Some([2, 3])));
    let moved: Vec<_> = found.moves().iter().map(|rule| (rule.now, rule.before)).collect();
    assert_eq!(moved, [(Some([3, 4]), Some([2, 3]))]);
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

const HALF: Sketch = (0, 1, [(500_000, 0); 4], false);

/// A card of these databases, of which those that are named cannot stand.
fn unusable(databases: Vec<MeasuredDatabase>, day: &str, which: &[&str]) -> Given {
    let mut given = given(databases, day);
    for database in given.card.databases.iter_mut().filter(|it| which.contains(&it.id.as_str())) {
        (database.comparable, database.not_comparable_because) = (false, vec![Text::same("too little")]);
    }
    given
}

fn sum(change: &Change) -> i64 {
    change.reasons.iter().map(|reason| reason.nano).sum()
}

#[test]
fn an_agency_gains_nothing_by_a_database_that_cannot_be_measured() {
    let both = || vec![database(0, CLEAN), database(1, HALF)];
    let kept = report(vec![given(both(), "2026-09-15"), given(both(), "2026-10-15")]);
    let hidden = report(vec![given(both(), "2026-09-15"), unusable(both(), "2026-10-15", &["d01"])]);
    // Nor if it has no card at all, or none of the two months has one that stands.
    let gone = report(vec![given(both(), "2026-09-15"), given(vec![database(0, CLEAN)], "2026-10-15")]);
    let never =
        report(vec![unusable(both(), "2026-09-15", &["d01"]), given(vec![database(0, CLEAN)], "2026-10-15")]);
    let official = |report: &Periodic| report.agencies[0].quality.score.official_nano;
    for (report, sort) in
        [(&hidden, Some(Sort::CannotStand)), (&gone, Some(Sort::NoLongerScored)), (&never, None)]
    {
        let quality = &report.agencies[0].quality;
        assert_eq!(official(report), 50_000_000_000);
        assert!(official(report) < official(&kept));
        assert_eq!((quality.measured, quality.registered), (1, 2));
        assert_eq!(quality.not_scored, ["d01"]);
        assert_eq!((quality.absent[0].database.as_str(), quality.absent.len()), ("d01", 1));
        assert!(!quality.absent[0].because.is_empty());
        let change = changed(&quality.since);
        assert_eq!(change.nano, sum(change));
        assert_eq!(change.reasons.first().map(|reason| reason.sort), sort);
    }
    assert_eq!(hidden.agencies[0].quality.absent[0].because[0].en, "too little");
    // What could not stand before and does now was not added.
    let back = report(vec![unusable(both(), "2026-09-15", &["d01"]), given(both(), "2026-10-15")]);
    assert_eq!(changed(&back.overall.quality.since).reasons[0].sort, Sort::StandsAgain);
}

#[test]
fn of_two_cards_the_later_decides_also_if_it_cannot_stand() {
    let cards = || {
        vec![
            given(vec![database(0, CLEAN)], "2026-10-05"),
            given(vec![database(1, CLEAN)], "2026-10-06"),
            unusable(vec![database(1, CLEAN)], "2026-10-20", &["d01"]),
        ]
    };
    let mut reversed = cards();
    reversed.reverse();
    let report_of = report(cards());
    assert_eq!(report_of, report(reversed), "in whatever order they come");
    assert_eq!(report_of.overall.quality.not_scored, ["d01"]);
    let told: Vec<_> =
        report_of.apart.iter().map(|it| (it.card.as_str(), it.because[0].en.as_str())).collect();
    assert_eq!(
        told,
        [("2026-10-06", "a later scorecard of it decides: `2026-10-20`"), ("2026-10-20", "too little")]
    );
}

#[test]
fn of_two_cards_of_one_moment_no_order_decides() {
    let named = |name: &str, sketch| Given {
        name: name.to_owned(),
        ..given(vec![database(0, sketch)], "2026-10-05")
    };
    let both = || vec![named("a", CLEAN), named("b", HALF)];
    let (first, mut reversed) = (report(both()), both());
    reversed.reverse();
    assert_eq!(first, report(reversed));
    assert!(
        first.apart[0].because[0].en.contains("is of the same moment and says something else"),
        "{first:?}"
    );
    let twice = report(vec![named("a", CLEAN), named("b", CLEAN)]);
    assert_eq!(twice.apart[0].because[0].en, "it is given twice: `a` says the same");
}

#[test]
fn requests_of_a_database_that_cannot_stand_are_counted() {
    let with = |day: &str, which: &[&str]| {
        let mut given = unusable(vec![database(0, CLEAN), database(1, CLEAN)], day, which);
        for database in &mut given.card.databases {
            let rule = &mut database.tables[0].rules[0];
            (rule.kind, rule.pass, rule.fail) = ("share_request".to_owned(), 3, 1);
        }
        given
    };
    let found = report(vec![with("2026-09-15", &[]), with("2026-10-15", &["d01"])]);
    let requests = &found.agencies[0].requests;
    assert_eq!((requests.met, requests.of, requests.before), (6, 8, Some([6, 8])));
    // Without a card what they are is not known.
    let mut one = with("2026-10-15", &[]);
    one.card.databases.truncate(1);
    let found = report(vec![with("2026-09-15", &[]), one]);
    let requests = &found.agencies[0].requests;
    assert_eq!((requests.met, requests.of, requests.unmeasured_rules), (3, 4, 1));
    assert_eq!(requests.moves().len(), 1);
}

#[test]
fn points_of_two_profiles_are_not_subtracted_whichever_databases_they_are_of() {
    let mut other = given(vec![database(1, CLEAN)], "2026-09-15");
    other.card.profile = Profile::Vn6;
    let report = report(vec![given(vec![database(0, CLEAN)], "2026-10-15"), other]);
    let Since::NotComparable { because } = &report.overall.quality.since else { panic!("{report:?}") };
    assert!(because.iter().any(|text| text.en.contains("under the profiles")), "{because:?}");
}

#[test]
fn rules_of_two_databases_are_not_compared_as_one() {
    let of = |id: &str, sketch, day| {
        let mut database = database(0, sketch);
        (database.id, database.agency) = (id.to_owned(), Some("bgddt".to_owned()));
        given(vec![database], day)
    };
    let asked = Asked { roll_up: RollUp::Agencies, ..asked() };
    let given = vec![of("p03_giao_duc", HALF, "2026-09-15"), of("bgddt_a01", CLEAN, "2026-10-15")];
    let report = periodic(select(given, Vec::new(), &asked.period, None).unwrap(), &asked).unwrap();
    let change = changed(&report.agencies[0].quality.since);
    assert_eq!(change.nano, sum(change));
    let found: Vec<_> = change.reasons.iter().map(|it| (it.sort, it.rule.is_some())).collect();
    assert!(found.contains(&(Sort::OtherDatabase, false)) && found.iter().all(|it| !it.1), "{found:?}");
}

#[test]
fn what_is_named_to_be_compared_with_is() {
    let asked = asked();
    let card = |sketch, day| given(vec![database(0, sketch)], day);
    let selected = select(
        vec![card(CLEAN, "2026-10-15"), card(CLEAN, "2026-09-15")],
        vec![card(HALF, "2026-08-15")],
        &asked.period,
        None,
    );
    let report = periodic(selected.unwrap(), &asked).unwrap();
    assert_eq!(report.before_as_of.unwrap()[0], "2026-08-15T00:00:00+07:00");
    assert_eq!(report.apart_before[0].card, "2026-09-15");
    assert!(changed(&report.overall.quality.since).nano > 0);
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
        let json: serde_json::Value = serde_json::from_str(&report.to_json()).unwrap();
        let schema = jsonschema::validator_for(schemars::schema_for!(Periodic).as_value()).unwrap();
        prop_assert!(schema.is_valid(&json), "{:?}", schema.iter_errors(&json).next());
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
