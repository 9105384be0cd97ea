//! The laws of scoring, on whole scorecards of random databases.

use proptest::prelude::*;

use super::fix_first::FixLevel;
use super::rescore::rescored;
use super::scorecard::{DatabaseCard, Gap};
use super::verify::verify;
use super::{Grade, Profile, RollUp, ScoreOptions, Scorecard, assemble};
use crate::base::{Diagnostic, Dimension, Scale, Severity, Status, Text, Unit};
use crate::engine::measured::{
    MeasuredDatabase, MeasuredFile, MeasuredRule, MeasuredTable, Presence, Problem,
};
use crate::state::{Measure, Tally};
use crate::{kind, say};

pub(crate) fn rule(id: &str, dimension: Dimension, severity: Severity, tally: Tally) -> MeasuredRule {
    MeasuredRule {
        id: id.to_owned(),
        kind: "not_null".to_owned(),
        dimension,
        severity,
        core: false,
        strength: None,
        pack: None,
        family: None,
        weight: None,
        unit: Unit::Cell,
        scale: Scale::Defect,
        columns: vec!["c".to_owned()],
        title: None,
        why: None,
        tags: Vec::new(),
        owner: None,
        place: None,
        identity: false,
        measure: Measure::of(tally),
    }
}

pub(crate) fn table(id: &str, tier: u32, rules: Vec<MeasuredRule>) -> MeasuredTable {
    MeasuredTable {
        traced: None,
        id: id.to_owned(),
        title: None,
        tier,
        presence: Presence::Present,
        allow_empty: false,
        rows: 1_000,
        files: Vec::new(),
        key: Vec::new(),
        columns: Vec::new(),
        roles: Vec::new(),
        clean: Some(1_000),
        rules,
        problems: Vec::new(),
    }
}

pub(crate) fn database(id: &str, tables: Vec<MeasuredTable>) -> MeasuredDatabase {
    MeasuredDatabase {
        id: id.to_owned(),
        agency: Some("agency".to_owned()),
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

pub(crate) fn score(databases: Vec<MeasuredDatabase>, profile: Profile) -> Scorecard {
    let as_of = "2026-11-21T00:00:00+07:00".to_owned();
    assemble(
        databases,
        &ScoreOptions { profile, as_of, engine: "thuocdo 0.1.0".to_owned(), ..ScoreOptions::default() },
    )
}

fn card(database: &MeasuredDatabase, profile: Profile) -> DatabaseCard {
    score(vec![database.clone()], profile).databases.remove(0)
}

pub(crate) fn clean_rule(id: &str, dimension: Dimension) -> MeasuredRule {
    rule(id, dimension, Severity::Major, Tally::new(1_000, 0, 0, 0))
}

#[test]
fn a_few_local_rules_that_pass_are_a_hundred() {
    let rules = (0..5).map(|i| clean_rule(&format!("r{i}"), Dimension::Correctness)).collect();
    let local = card(&database("d", vec![table("t", 3, rules)]), Profile::Local);
    assert_eq!((local.score.official.as_str(), local.grade), ("100.000000", Grade::A));
    assert!(!local.comparable && local.not_comparable_because[0].en == "local rules, not comparable");
    let applicable: Vec<_> =
        local.dimensions.iter().filter(|(_, d)| d.applicable).map(|(id, _)| *id).collect();
    assert_eq!(applicable, [Dimension::Correctness]);
    assert_eq!(local.dimensions.keys().copied().collect::<Vec<_>>(), Dimension::ALL);
}

#[test]
fn registered_databases_that_nobody_scored_count_nothing() {
    let rules = vec![clean_rule("r", Dimension::Correctness)];
    let mut bank = database("nhnn_a03", vec![table("t", 3, rules)]);
    (bank.agency, bank.weight) = (Some("nhnn".to_owned()), 2);
    let of = |roll_up| assemble(vec![bank.clone()], &ScoreOptions { roll_up, ..ScoreOptions::default() });
    let run = of(RollUp::Run);
    assert_eq!((run.agencies[0].score.official.as_str(), run.agencies[0].registered), ("100.000000", 1));
    // Four databases of weight 2, one of which has all points.
    let agencies = of(RollUp::Agencies);
    let card = &agencies.agencies[0];
    assert_eq!((agencies.agencies.len(), card.registered, card.measured), (1, 4, 1));
    assert_eq!((card.score.official.as_str(), card.score.ceiling.as_str()), ("25.000000", "100.000000"));
    assert_eq!(card.score.measured.as_deref(), Some("100.000000"));
    assert_eq!(card.dimensions[&Dimension::Correctness].score.official, "25.000000");
    assert_eq!(card.databases, ["nhnn_a01", "nhnn_a02", "nhnn_a03", "nhnn_a04"]);
    assert_eq!(card.grades[&Grade::Ungraded], 3);
    assert!(agencies.catalog.is_some() && run.catalog.is_none());
    // 2 of 18 · 3 + 110 · 2 + 202 · 1 = 476.
    let nation = of(RollUp::Nation);
    assert_eq!((nation.agencies.len(), nation.overall.registered, nation.databases.len()), (16, 330, 1));
    assert_eq!(nation.overall.score.official, "0.420168");
    assert!(
        nation
            .agencies
            .iter()
            .all(|card| card.id.as_deref() == Some("nhnn") || card.grade == Grade::Ungraded)
    );
    // What says nothing of a roll-up is read as the run's own.
    let read = Scorecard::from_json(&run.to_json()).unwrap();
    assert!(!run.to_json().contains("roll_up") && read == run);
    assert_eq!(Scorecard::from_json(&nation.to_json()).unwrap(), nation);
}

#[test]
fn missing_table_fails_its_rules_and_says_so() {
    let mut gone = table("gone", 2, vec![clean_rule("r", Dimension::Correctness)]);
    gone.presence = Presence::Missing;
    gone.rows = 0;
    let it = database("d", vec![table("t", 3, vec![clean_rule("r", Dimension::Correctness)]), gone]);
    let whole = score(vec![it], Profile::Local);
    let card = &whole.databases[0];
    assert_eq!(card.tables[1].rules[0].status, Status::MissingTable);
    assert_eq!(card.tables[1].rules[0].points.as_deref(), Some("0.000000"));
    assert_eq!(card.score.official, "60.000000", "tiers 3 and 2");
    assert!(card.caps.iter().any(|cap| cap.id == "K8"));
    assert!(!whole.complete && whole.incomplete[0].code == Gap::MissingTable);
}

#[test]
fn nothing_delivered_is_unmeasured() {
    let mut gone = table("gone", 3, vec![clean_rule("r", Dimension::Correctness)]);
    gone.presence = Presence::Missing;
    let whole = score(vec![database("d", vec![gone])], Profile::Vn4);
    let card = &whole.databases[0];
    assert_eq!(card.grade, Grade::Ungraded);
    assert_eq!((card.score.measured.as_ref(), card.score.ceiling.as_str()), (None, "100.000000"));
    assert_eq!((whole.agencies[0].registered, whole.agencies[0].measured), (1, 0));
}

#[test]
fn an_absent_optional_table_and_an_allowed_empty_one_leave() {
    let mut absent =
        table("absent", 3, vec![rule("r", Dimension::Correctness, Severity::Major, Tally::default())]);
    absent.presence = Presence::Absent;
    let mut empty = table("empty", 3, absent.rules.clone());
    empty.rows = 0;
    empty.allow_empty = true;
    let full = table("t", 3, vec![clean_rule("r", Dimension::Correctness)]);
    let whole = score(vec![database("d", vec![absent, empty.clone(), full.clone()])], Profile::Local);
    assert!(whole.complete, "{:?}", whole.incomplete);
    assert_eq!(whole.databases[0].grade, Grade::A);
    assert_eq!(whole.databases[0].tables[1].rules[0].points, None);
    empty.allow_empty = false;
    let whole = score(vec![database("d", vec![empty, full])], Profile::Local);
    assert_eq!(whole.incomplete[0].code, Gap::EmptyTable);
    assert_eq!(whole.databases[0].score.official, "50.000000");
}

#[test]
fn rule_cards_show_rate_and_scale_beside_points() {
    let mut it = rule("r", Dimension::Completeness, Severity::Critical, Tally::new(999_000, 1_000, 0, 0));
    it.measure.when_unknown = 51;
    let card = card(&database("d", vec![table("t", 3, vec![it])]), Profile::Vn4);
    let got = &card.tables[0].rules[0];
    assert_eq!(got.points.as_deref(), Some("90.000000"));
    let rate = got.rate.as_ref().unwrap();
    assert_eq!((rate.num, rate.den, rate.value.as_str()), (999, 1_000, "0.999000"));
    assert_eq!(got.defects_per_million.as_deref(), Some("1000"));
    assert_eq!((got.one_in, got.nines, got.weight, got.when_unreliable), (Some(1_000), Some(3), 9, true));
    // Mean of (90, 0, 0, 0) and minimum 0; at 100 it would be 18.75.
    assert_eq!(card.score.official, "16.875000");
    assert_eq!((got.gain.as_str(), got.gain_nano), ("1.875000", 1_875_000_000));
    assert_eq!(card.dimensions.len(), 4);
}

#[test]
fn errors_and_unread_files_make_it_incomplete() {
    let mut broken = clean_rule("broken", Dimension::Correctness);
    broken.measure = Measure::not_run(Status::Error, say!("bad cast", "ép kiểu sai"));
    let mut it = table("t", 3, vec![broken]);
    it.files = vec![MeasuredFile {
        path: "t.csv".to_owned(),
        bytes: 1,
        blake3: String::new(),
        rows: 0,
        problem: Some(say!("cut off", "bị cắt cụt")),
    }];
    it.problems = [Diagnostic::warning(Text::same("w")), Diagnostic::error(Text::same("e"))]
        .iter()
        .map(Problem::from)
        .collect();
    let whole = score(vec![database("d", vec![it])], Profile::Local);
    let codes: Vec<_> = whole.incomplete.iter().map(|gap| gap.code).collect();
    assert_eq!(codes, [Gap::UnreadData, Gap::UnreadData, Gap::RuleError]);
    assert_eq!(whole.incomplete[2].text.vi, "không chạy được quy tắc `broken`: ép kiểu sai");
    assert_eq!(whole.databases[0].tables[0].problems.len(), 2);
}

#[test]
fn json_goes_there_and_back_and_ids_are_in_order() {
    let one = |id: &str| database(id, vec![table("t", 3, vec![clean_rule("r", Dimension::Freshness)])]);
    let whole = score(vec![one("b"), one("a")], Profile::Vn6);
    assert_eq!(whole, score(vec![one("a"), one("b")], Profile::Vn6));
    let json = whole.to_json();
    assert!(json.ends_with("}\n") && json.contains("\n  \"schema\"") | json.starts_with("{\n  \"schema\""));
    assert_eq!(Scorecard::from_json(&json).unwrap(), whole);
    let other = json.replace("thuocdo.scorecard/1", "thuocdo.scorecard/2");
    assert!(Scorecard::from_json(&other).unwrap_err().to_string().contains("scorecard/2"));
    let order = json.find("\"id\": \"a\"").unwrap() < json.find("\"id\": \"b\"").unwrap();
    assert!(order);
    let dimensions = ["correctness", "completeness", "cleanliness", "freshness", "consistency", "sharing"];
    let places: Vec<_> = dimensions.iter().map(|id| json.find(&format!("\"{id}\": {{")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn schema_describes_every_field() {
    let schema = serde_json::to_value(schemars::schema_for!(Scorecard)).unwrap();
    let mut missing = Vec::new();
    let definitions = schema["$defs"].as_object().unwrap();
    let own =
        definitions.iter().filter(|(name, _)| name.ends_with("Card") || *name == "Score" || *name == "Cap");
    for (name, definition) in own {
        for (field, shape) in definition["properties"].as_object().unwrap() {
            if shape.get("description").is_none() {
                missing.push(format!("{name}.{field}"));
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

const WITHHELD: [Status; 4] = [Status::Error, Status::Skipped, Status::Empty, Status::MissingInput];

prop_compose! {
    fn any_tally()(n in 1u64..5_000, bad in 0u64..=1_000, unknown in 0u64..=1_000, few in any::<bool>()) -> Tally {
        let scale = if few { 100_000 } else { 1_000 };
        let fail = n * bad / scale;
        let unknown = (n - fail) * unknown / (scale * 10);
        Tally::new(n - fail - unknown, fail, 3, unknown)
    }
}

prop_compose! {
    fn any_rule()(
        tally in any_tally(),
        dimension in 0usize..4,
        severity in 0usize..4,
        ratio in any::<bool>(),
        identity in any::<bool>(),
        heartbeat in any::<bool>(),
        status in 0usize..24,
    ) -> MeasuredRule {
        let mut rule = rule("", Dimension::ALL[dimension], Severity::ALL[severity], tally);
        let (kind, scale) = match (heartbeat, ratio) {
            (true, _) => ("heartbeat", Scale::Ratio),
            (false, true) => ("schema", Scale::Ratio),
            (false, false) => ("not_null", Scale::Defect),
        };
        (rule.kind, rule.scale) = (kind.to_owned(), scale);
        rule.unit = kind::find(kind).unwrap().about().unit;
        rule.identity = identity;
        if let Some(&status) = WITHHELD.get(status) {
            rule.measure.status = status;
        }
        rule
    }
}

prop_compose! {
    fn any_database()(
        tables in prop::collection::vec(
            (1u32..=3, 1u64..5_000, 0u64..=1_000, prop::collection::vec(any_rule(), 0..8)), 1..4,
        ),
    ) -> MeasuredDatabase {
        let tables = tables
            .into_iter()
            .enumerate()
            .map(|(at, (tier, rows, dirty, rules))| {
                let mut table = table(&format!("t{at}"), tier, rules);
                for (i, rule) in table.rules.iter_mut().enumerate() {
                    rule.id = format!("r{i}");
                }
                table.rows = rows;
                table.clean = Some(rows - rows * dirty / 1_000);
                table
            })
            .collect();
        database("d", tables)
    }
}

fn any_profile() -> impl Strategy<Value = Profile> {
    prop::sample::select(Profile::ALL.to_vec())
}

fn nodes(card: &DatabaseCard) -> Vec<(i64, Option<i64>, i64)> {
    let tables = card.tables.iter().flat_map(|table| table.dimensions.values());
    std::iter::once(&card.score)
        .chain(card.dimensions.values().chain(tables).map(|dimension| &dimension.score))
        .map(|score| (score.official_nano, score.measured_nano, score.ceiling_nano))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    // L8.
    #[test]
    fn official_measured_ceiling_are_in_order_everywhere(it in any_database(), profile in any_profile()) {
        let whole = score(vec![it], profile);
        for (official, measured, ceiling) in nodes(&whole.databases[0]) {
            prop_assert!(official <= measured.unwrap_or(official));
            prop_assert!(measured.unwrap_or(ceiling) <= ceiling);
        }
    }

    // L4.
    #[test]
    fn repairing_a_unit_never_lowers(it in any_database(), profile in any_profile(), at in any::<prop::sample::Index>()) {
        let before = card(&it, profile);
        let mut better = it;
        let mut rules: Vec<&mut MeasuredRule> = better.tables.iter_mut().flat_map(|table| &mut table.rules).collect();
        prop_assume!(!rules.is_empty());
        let at = at.index(rules.len());
        let tally = &mut rules[at].measure.tally;
        prop_assume!(tally.fail > 0);
        tally.fail -= 1;
        tally.pass += 1;
        let after = card(&better, profile);
        for (before, after) in nodes(&before).into_iter().zip(nodes(&after)) {
            prop_assert!(after.0 >= before.0 && after.1 >= before.1 && after.2 >= before.2);
        }
        prop_assert!(after.grade <= before.grade);
    }

    // L5: rules. What was unknown before is withheld already: a column that is dropped then is known to be worth
    // nothing, which lifts the coverage and may turn "—" into a grade, never the official points.
    #[test]
    fn withholding_a_rule_never_pays(
        it in any_database(),
        profile in any_profile(),
        at in any::<prop::sample::Index>(),
        how in 0usize..4,
    ) {
        let before = card(&it, profile);
        let mut less = it;
        let mut rules: Vec<&mut MeasuredRule> = less.tables.iter_mut().flat_map(|table| &mut table.rules).collect();
        prop_assume!(!rules.is_empty());
        let at = at.index(rules.len());
        let known = rules[at].measure.status == Status::Measured;
        rules[at].measure = Measure::not_run(WITHHELD[how], Text::same("withheld"));
        let after = card(&less, profile);
        prop_assert!(after.score.official_nano <= before.score.official_nano);
        if known {
            prop_assert!(after.grade >= before.grade);
        }
    }

    // L5: tables and databases.
    #[test]
    fn withholding_data_never_pays(
        it in any_database(),
        other in any_database(),
        profile in any_profile(),
        at in any::<prop::sample::Index>(),
        empty in any::<bool>(),
    ) {
        let before = card(&it, profile);
        let mut less = it.clone();
        let at = at.index(less.tables.len());
        let table = &mut less.tables[at];
        let known = table.rules.iter().all(|rule| rule.measure.status == Status::Measured);
        table.rows = 0;
        table.clean = Some(0);
        if !empty {
            table.presence = Presence::Missing;
        }
        for rule in &mut table.rules {
            rule.measure = Measure::not_run(Status::Empty, Text::same("withheld"));
        }
        let after = card(&less, profile);
        prop_assert!(after.score.official_nano <= before.score.official_nano);
        if known {
            prop_assert!(after.grade >= before.grade, "{:?} after {:?}", after.grade, before.grade);
        }

        let mut second = other;
        second.id = "e".to_owned();
        let both = score(vec![it.clone(), second.clone()], profile);
        for table in &mut second.tables {
            table.presence = Presence::Missing;
        }
        let one = score(vec![it, second], profile);
        prop_assert!(one.agencies[0].score.official_nano <= both.agencies[0].score.official_nano);
        prop_assert!(one.agencies[0].grade >= both.agencies[0].grade);
    }

    // L6 and L7, as far as there are no core packs: what is shown and not scored changes nothing.
    #[test]
    fn unscored_rules_change_nothing(it in any_database(), profile in any_profile(), tally in any_tally()) {
        let before = card(&it, profile);
        let mut more = it;
        let mut shown = rule("shown", Dimension::Correctness, Severity::Info, tally);
        shown.weight = Some(9);
        more.tables[0].rules.push(shown);
        let after = card(&more, profile);
        prop_assert_eq!(&after.score, &before.score);
        prop_assert_eq!((after.grade, after.coverage, after.caps), (before.grade, before.coverage, before.caps));
    }

    // What to fix first: the promised gain is what cleaning the rules brings, together and to every roll-up.
    #[test]
    fn gain_is_what_cleaning_brings(
        it in any_database(),
        other in any_database(),
        profile in any_profile(),
        at in any::<prop::sample::Index>(),
        weights in (1u32..4, 1u32..4),
    ) {
        let (mut it, mut other) = (it, other);
        (it.weight, other.weight, other.id) = (weights.0, weights.1, "e".to_owned());
        let before = score(vec![it.clone(), other.clone()], profile);
        let fixes = &before.databases[0].fix_first;
        prop_assume!(!fixes.is_empty());
        let fix = &fixes[at.index(fixes.len())];
        let cleaned = |which: &dyn Fn(&str, &MeasuredRule) -> bool| {
            let mut better = it.clone();
            for table in &mut better.tables {
                for rule in table.rules.iter_mut().filter(|rule| which(&table.id, rule)) {
                    let Tally { pass, fail, na, unknown } = rule.measure.tally;
                    rule.measure = Measure::of(Tally::new(pass + fail + unknown, 0, na, 0));
                }
            }
            score(vec![better, other.clone()], profile)
        };
        let after = cleaned(&|table, rule| {
            table == fix.table
                && fix.rule.as_ref().is_none_or(|id| *id == rule.id)
                && fix.column.as_ref().is_none_or(|column| rule.columns.contains(column))
        });
        let gained = |of: &dyn Fn(&Scorecard) -> i64| of(&after) - of(&before);
        prop_assert_eq!(gained(&|card| card.databases[0].score.official_nano), fix.gain_nano);
        prop_assert_eq!(Some(gained(&|card| card.agencies[0].score.official_nano)), fix.agency_gain_nano);
        prop_assert_eq!(Some(gained(&|card| card.overall.score.official_nano)), fix.overall_gain_nano);
        // Caps that are said to lift do, as far as clean records do not decide.
        let cap = |card: &Scorecard, id: &str| {
            let caps = &card.databases[0].caps;
            caps.iter().find(|cap| cap.id == id).map_or(Grade::A, |cap| cap.max_grade)
        };
        for id in before.databases[0].caps.iter().map(|cap| &cap.id).filter(|id| *id != "K4") {
            prop_assert_eq!(cap(&after, id) < cap(&before, id), fix.lifts.contains(id), "{}", id);
        }
        let whole = cleaned(&|_, _| true);
        let of = before.overall.fix_first.iter().find(|fix| fix.database == "d");
        prop_assert_eq!(
            whole.overall.score.official_nano - before.overall.score.official_nano,
            of.map_or(0, |fix| fix.gain_nano)
        );
    }

    #[test]
    fn together_at_least_what_each_wins_alone_in_order(it in any_database(), profile in any_profile()) {
        let card = card(&it, profile);
        let gain = |table: &str, level: FixLevel| {
            card.fix_first.iter().find(|fix| fix.level == level && fix.table == table).map_or(0, |fix| fix.gain_nano)
        };
        prop_assert!(card.fix_first.is_sorted_by(|a, b| a.gain_nano >= b.gain_nano));
        for table in &card.tables {
            for rule in &table.rules {
                prop_assert!(gain(&table.id, FixLevel::Table) >= rule.gain_nano);
                // All rules of these databases look at one column.
                prop_assert!(gain(&table.id, FixLevel::Column) >= rule.gain_nano);
                let listed = card.fix_first.iter().find(|fix| fix.table == table.id && fix.rule.as_ref() == Some(&rule.id));
                prop_assert_eq!(listed.map_or(0, |fix| fix.gain_nano), rule.gain_nano);
            }
        }
    }

    // L10: counts that are scored again give the same card, and cards that were written are accepted.
    #[test]
    fn a_card_follows_from_its_own_counts(it in any_database(), other in any_database(), profile in any_profile()) {
        let mut other = other;
        other.id = "e".to_owned();
        let card = score(vec![it, other], profile);
        let mut again = rescored(&card).unwrap();
        again.seal();
        prop_assert_eq!(&again, &card);
        let (_, verdict) = verify("card", &card.to_json()).unwrap();
        prop_assert!(verdict.accepted, "{:?}", verdict.findings);
    }
}
