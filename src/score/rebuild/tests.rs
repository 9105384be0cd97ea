//! Proposals by reports that say no more than it takes.

use super::*;
use crate::base::{Dimension, Nano, Severity, Status};
use crate::engine::MeasuredDatabase;
use crate::engine::measured::MeasuredRule;
use crate::score::laws::{database, rule, table};
use crate::score::{Profile, ScoreOptions, assemble};
use crate::state::{Figure, Measure, Tally};

fn of_kind(kind: &str, dimension: Dimension, tally: Tally) -> MeasuredRule {
    MeasuredRule { kind: kind.to_owned(), ..rule(kind, dimension, Severity::Critical, tally) }
}

fn sound() -> MeasuredDatabase {
    let rules = vec![
        of_kind("schema", Dimension::Consistency, Tally::new(10, 0, 0, 0)),
        MeasuredRule {
            identity: true,
            ..of_kind("unique", Dimension::Cleanliness, Tally::new(1_000, 0, 0, 0))
        },
        heartbeat(1_000),
    ];
    let mut table = table("t", 3, rules);
    (table.rows, table.clean) = (1_000, Some(1_000));
    database("d", vec![table])
}

fn heartbeat(age: u64) -> MeasuredRule {
    let mut rule = of_kind(
        "heartbeat",
        Dimension::Freshness,
        if age < 3_000 { Tally::new(1, 0, 0, 0) } else { Tally::new(0, 1, 0, 0) },
    );
    rule.measure.figures = vec![Figure::new("age_seconds", age), Figure::new("cycle_seconds", 1_000)];
    rule
}

/// Schema broken, keys not unique, nothing updated for five cycles.
fn broken() -> MeasuredDatabase {
    let mut database = sound();
    let table = &mut database.tables[0];
    table.rules[0].measure = Measure::of(Tally::new(1, 9, 0, 0));
    table.rules[1].measure = Measure::of(Tally::new(900, 100, 0, 0));
    table.rules[2] = heartbeat(5_000);
    table.clean = Some(100);
    database
}

fn report(database: MeasuredDatabase, as_of: &str) -> Report {
    let options =
        ScoreOptions { profile: Profile::Local, as_of: as_of.to_owned(), ..ScoreOptions::default() };
    let mut card = assemble(vec![database], &options);
    Report {
        from: format!("{as_of}.json"),
        as_of: as_of.to_owned(),
        methodology: card.methodology,
        card: card.databases.remove(0),
        figures: true,
        digest: String::new(),
    }
}

const MONTHS: [&str; 3] =
    ["2026-09-30T00:00:00+07:00", "2026-10-31T00:00:00+07:00", "2026-11-21T00:00:00+07:00"];

fn of(databases: [MeasuredDatabase; 3]) -> Proposal {
    let reports: Vec<Report> =
        databases.into_iter().zip(MONTHS).map(|(it, as_of)| report(it, as_of)).collect();
    propose(&reports, Criteria::shipped(), Vec::new()).databases.remove(0)
}

fn truths(proposal: &Proposal) -> Vec<Truth> {
    proposal.reports.last().unwrap().criteria.iter().map(|criterion| criterion.truth).collect()
}

#[test]
fn what_is_sound_is_kept() {
    let proposal = of([sound(), sound(), sound()]);
    assert_eq!((proposal.proposed, proposal.held.as_deref()), (Proposed::Keep, Some(&[][..])));
    use Truth::{False, NotKnown};
    assert_eq!(truths(&proposal), [False, False, NotKnown, False, False, NotKnown]);
}

#[test]
fn what_is_broken_for_three_months_is_to_be_rebuilt() {
    let proposal = of([broken(), broken(), broken()]);
    use CriterionId::{R1, R2, R4, R5};
    assert_eq!(proposal.held.as_deref(), Some(&[R1, R2, R4, R5][..]), "{proposal:?}");
    assert_eq!(proposal.proposed, Proposed::Rebuild);
    assert!(proposal.because.en.contains("R1, R2, R4, R5") && proposal.because.vi != proposal.because.en);
}

#[test]
fn a_criterion_that_was_not_true_in_one_month_does_not_count() {
    let proposal = of([broken(), sound(), broken()]);
    assert_eq!((proposal.proposed, proposal.held.as_deref()), (Proposed::Clean, Some(&[][..])));
    let mut half = sound();
    half.tables[0].rules[0].measure = Measure::of(Tally::new(1, 9, 0, 0));
    half.tables[0].rules[1].measure = Measure::of(Tally::new(900, 100, 0, 0));
    let proposal = of([half.clone(), half.clone(), half]);
    assert_eq!((proposal.proposed, proposal.held.map(|it| it.len())), (Proposed::Restructure, Some(2)));
}

#[test]
fn three_consecutive_months_with_enough_measured_are_asked_for() {
    let two = [report(sound(), MONTHS[0]), report(sound(), MONTHS[2])];
    let proposal = propose(&two, Criteria::shipped(), Vec::new()).databases.remove(0);
    assert_eq!((proposal.proposed, proposal.held), (Proposed::Insufficient, None));
    assert_eq!(proposal.because.en, "no report of 2026-10");
    let mut unmeasured = sound();
    unmeasured.tables[0].rules[0].measure = Measure::not_run(Status::Error, Text::same("x"));
    let proposal = of([sound(), unmeasured, sound()]);
    assert_eq!(proposal.proposed, Proposed::Insufficient);
    assert_eq!(proposal.because.en, "less than 90 % of rule weight measured in 2026-10");
}

#[test]
fn of_a_month_the_last_report_counts() {
    let mut reports: Vec<Report> = MONTHS.into_iter().map(|as_of| report(sound(), as_of)).collect();
    reports.insert(0, report(broken(), "2026-11-20T00:00:00+07:00"));
    let proposal = propose(&reports, Criteria::shipped(), Vec::new()).databases.remove(0);
    assert_eq!(proposal.proposed, Proposed::Keep);
    assert_eq!(proposal.reports.last().unwrap().as_of, MONTHS[2]);
}

#[test]
fn of_two_reports_of_one_moment_no_order_decides() {
    let of = |database, digest: &str| Report {
        digest: digest.to_owned(),
        from: format!("{digest}.json"),
        ..report(database, MONTHS[2])
    };
    let both = || vec![of(sound(), "b"), of(broken(), "a")];
    let mut reversed = both();
    reversed.reverse();
    let found = propose(&both(), Criteria::shipped(), Vec::new());
    assert_eq!(found, propose(&reversed, Criteria::shipped(), Vec::new()));
    assert_eq!(found.databases[0].reports[0].from, "b.json");
    let [apart] = found.apart.as_slice() else { panic!("{found:?}") };
    assert!(apart.card == "a.json" && apart.because[0].en.contains("says something else"), "{apart:?}");
}

#[test]
fn without_figures_what_they_tell_is_not_known() {
    let mut last = report(broken(), MONTHS[2]);
    last.figures = false;
    last.card.tables[0].rules.iter_mut().for_each(|rule| rule.figures.clear());
    let proposal = propose(&[last], Criteria::shipped(), Vec::new()).databases.remove(0);
    assert_eq!(truths(&proposal)[3], Truth::NotKnown);
    // Fresh is fresh, whatever the age.
    let mut last = report(sound(), MONTHS[2]);
    last.card.tables[0].rules.iter_mut().for_each(|rule| rule.figures.clear());
    let proposal = propose(&[last], Criteria::shipped(), Vec::new()).databases.remove(0);
    assert_eq!(truths(&proposal)[3], Truth::False);
}

#[test]
fn a_missing_key_column_identifies_nothing_and_an_error_says_nothing() {
    let with = |status| {
        let mut it = sound();
        it.tables[0].rules[1].measure = Measure::not_run(status, Text::same("x"));
        truths(&propose(&[report(it, MONTHS[2])], Criteria::shipped(), Vec::new()).databases[0])[1]
    };
    assert_eq!(with(Status::MissingInput), Truth::True);
    assert_eq!(with(Status::Error), Truth::NotKnown);
}

#[test]
fn five_per_cent_is_not_above_five() {
    let with = |bad| {
        let mut it = sound();
        it.tables[0].rules[1].measure = Measure::of(Tally::new(1_000 - bad, bad, 0, 0));
        truths(&propose(&[report(it, MONTHS[2])], Criteria::shipped(), Vec::new()).databases[0])[1]
    };
    assert_eq!((with(50), with(51)), (Truth::False, Truth::True));
}

#[test]
fn a_link_is_read_by_its_name() {
    let mut last = report(sound(), MONTHS[2]);
    let mut link = last.card.tables[0].rules[1].clone();
    (link.kind, link.identity, link.pass, link.fail) = ("reconcile.link".to_owned(), false, 49, 51);
    last.card.tables[0].rules.push(link);
    assert_eq!(truths(&propose(&[last], Criteria::shipped(), Vec::new()).databases[0])[2], Truth::True);
}

/// What R6 says of rules with these counts that passed, failed and are unknown.
fn connections(rules: &[(&str, [u64; 3])]) -> (Truth, String) {
    let mut last = report(sound(), MONTHS[2]);
    let rule = last.card.tables[0].rules[1].clone();
    last.card.tables[0].rules.extend(rules.iter().map(|(id, [pass, fail, unknown])| {
        let mut rule = rule.clone();
        (rule.id, rule.kind, rule.identity) = ((*id).to_owned(), "connection_established".to_owned(), false);
        (rule.pass, rule.fail, rule.unknown) = (*pass, *fail, *unknown);
        rule
    }));
    let r6 = propose(&[last], Criteria::shipped(), Vec::new()).databases.remove(0).reports.remove(0).criteria;
    (r6[5].truth, r6[5].evidence.en.clone())
}

#[test]
fn connections_are_counted_and_not_rules() {
    assert_eq!(
        connections(&[("a", [4, 1, 2])]),
        (Truth::False, "4 of 7 mandated connections work".to_owned())
    );
    assert_eq!(connections(&[("a", [0, 3, 0])]).0, Truth::True);
    // Two rules on one log: the one with more connections.
    let two = connections(&[("a", [1, 0, 0]), ("b", [2, 3, 0])]);
    assert_eq!(two.1, "2 of 5 mandated connections work");
}

#[test]
fn a_lost_record_is_one_record_for_all_rules() {
    let identity = |unique: [u64; 3], present: [u64; 3]| {
        let mut last = report(sound(), MONTHS[2]);
        let rules = &mut last.card.tables[0].rules;
        let mut other = rules[1].clone();
        (other.id, other.kind) = ("n".to_owned(), "not_null".to_owned());
        for (rule, [pass, fail, unknown]) in [(&mut rules[1], unique), (&mut other, present)] {
            (rule.pass, rule.fail, rule.unknown) = (pass, fail, unknown);
        }
        rules.push(other);
        propose(&[last], Criteria::shipped(), Vec::new()).databases[0].reports[0].criteria[1]
            .evidence
            .en
            .clone()
    };
    assert!(identity([970, 0, 30], [970, 0, 30]).ends_with(": 30 of 1,000"));
    // What is absent is not among what is not unique.
    assert!(identity([920, 40, 30], [960, 10, 30]).ends_with(": 80 of 1,000"));
}

#[test]
fn local_rules_and_duplicates_of_rules_change_no_share_of_what_can_be_mended() {
    let evidence = |more: &[(&str, bool)]| {
        let mut last = report(broken(), MONTHS[2]);
        let rule = &mut last.card.tables[0].rules[1];
        rule.core = true;
        let rule = rule.clone();
        last.card.tables[0].rules.extend(more.iter().map(|(kind, core)| {
            let mut rule = rule.clone();
            (rule.id, rule.kind, rule.core) = (format!("more-{kind}"), (*kind).to_owned(), *core);
            (rule.pass, rule.fail) = (0, 1_000);
            if *core {
                (rule.pass, rule.fail) = (910, 90);
            }
            rule
        }));
        propose(&[last], Criteria::shipped(), Vec::new()).databases[0].reports[0].criteria[4]
            .evidence
            .en
            .clone()
    };
    let alone = evidence(&[]);
    assert!(alone.contains("of 100 failures"), "{alone}");
    assert_eq!(evidence(&[("clean_text", false)]), alone, "a local rule");
    assert_eq!(evidence(&[("unique", true)]), alone, "the same kind on the same columns");
    assert!(evidence(&[("matches", true)]).contains("of 190 failures"));
}

#[test]
fn rules_that_together_ask_for_rebuilding_do() {
    use CriterionId::{R1, R2, R3, R4};
    let decided = |held: &[CriterionId], grade| decided(held, grade, Criteria::shipped()).0;
    assert_eq!(decided(&[R1, R2, R3], Grade::A), Proposed::Rebuild);
    assert_eq!(decided(&[R1, R2, R4], Grade::A), Proposed::Restructure);
    assert_eq!(decided(&[R1], Grade::A), Proposed::Clean);
    assert_eq!(decided(&[], Grade::B), Proposed::Keep);
    assert_eq!(decided(&[], Grade::C), Proposed::Clean);
    assert_eq!(decided(&[], Grade::Ungraded), Proposed::Clean);
}

#[test]
fn reports_say_that_they_are_proposals_and_print_the_thresholds() {
    let proposals = propose(&[report(sound(), MONTHS[2])], Criteria::shipped(), Vec::new());
    assert!(proposals.notice.en.contains("proposals") && proposals.notice.vi.contains("đề xuất"));
    assert_eq!(proposals.criteria.thresholds.len(), 8);
    assert!(proposals.criteria.shipped);
    assert_eq!(proposals.databases[0].reports[0].official_nano, Nano::FULL.get());
    assert!(proposals.to_json().starts_with("{\n  \"schema\": \"thuocdo.proposals/1\""));
}
