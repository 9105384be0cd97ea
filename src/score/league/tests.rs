use proptest::prelude::*;

use super::*;
use crate::base::{Dimension, Severity};
use crate::engine::{MeasuredDatabase, MeasuredPack};
use crate::score::{Profile, laws};
use crate::state::Tally;

/// A database under a core pack: an agency, a weight, and failing rows in each dimension.
type Sketch = (usize, u32, [u64; 4]);

fn database(at: usize, (agency, weight, fails): Sketch) -> MeasuredDatabase {
    let rules = Dimension::ALL[..4].iter().zip(fails).map(|(dimension, fail)| {
        let tally = Tally::new(1_000_000 - fail, fail, 0, 0);
        let mut rule = laws::rule(dimension.id(), *dimension, Severity::Major, tally);
        rule.core = true;
        rule
    });
    let mut database = laws::database(&format!("d{at:02}"), vec![laws::table("t", 3, rules.collect())]);
    (database.agency, database.weight) = (Some(format!("a{agency}")), weight);
    database.packs = vec![MeasuredPack {
        id: "core/person-register".to_owned(),
        version: "1.0.0".to_owned(),
        hash: "0123456789ab".to_owned(),
        core: true,
    }];
    database
}

fn sketch() -> impl Strategy<Value = Sketch> {
    (0..3_usize, 1..4_u32, [0..400_000_u64, 0..400_000, 0..2_000, 0..30])
}

fn given(name: &str, databases: Vec<MeasuredDatabase>) -> Given {
    Given { name: name.to_owned(), card: laws::score(databases, Profile::Vn4), rejected: Vec::new() }
}

fn compared(given: Vec<Given>) -> League {
    league(given, &Request::default()).unwrap()
}

fn because(league: &League) -> Vec<(&str, &str)> {
    let of = |apart: &Apart| apart.because.first().map_or("", |text| text.en.as_str()).to_owned();
    let reasons: Vec<String> = league.apart.iter().map(of).collect();
    let names = league.apart.iter().map(|apart| apart.database.as_deref().unwrap_or(apart.card.as_str()));
    names.zip(reasons.into_iter().map(|text| &*text.leak())).collect()
}

#[test]
fn what_may_not_be_compared_stands_apart_with_its_reason() {
    let good = || database(0, (0, 1, [0; 4]));
    let named = |at, change: fn(&mut Given)| {
        let mut given = given("other", vec![database(at, (0, 1, [0; 4]))]);
        change(&mut given);
        given
    };
    let league = compared(vec![
        given("one", vec![good(), database(1, (0, 1, [0; 4]))]),
        named(2, |given| given.card.as_of = "2026-12-24T00:00:00+07:00".to_owned()),
        named(3, |given| given.card.methodology = "thuocdo-score/9.0.0+000000000000".to_owned()),
        named(4, |given| given.card.databases[0].packs[0].hash = "000000000000".to_owned()),
        named(5, |given| given.rejected.push(Text::same("was changed"))),
        Given {
            name: "local".to_owned(),
            card: laws::score(vec![laws::database("e", Vec::new())], Profile::Local),
            rejected: Vec::new(),
        },
    ]);
    assert_eq!(
        league.databases.entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(),
        ["d00", "d01"]
    );
    let found = because(&league);
    let said = |of: &str, text: &str| found.iter().any(|(id, why)| *id == of && why.contains(text));
    assert!(said("d02", "33 days apart"), "{found:?}");
    assert!(said("d03", "scored by"), "{found:?}");
    assert!(said("d04", "core/person-register"), "{found:?}");
    assert!(said("other", "was changed"), "{found:?}");
    assert!(said("e", "local rules"), "{found:?}");
    assert_eq!(found.len(), 5);
}

#[test]
fn of_two_scorecards_of_a_database_the_later_stands() {
    let mut later = given("later", vec![database(0, (0, 1, [400_000; 4]))]);
    later.card.as_of = "2026-11-22T00:00:00+07:00".to_owned();
    for order in [false, true] {
        let mut both = vec![
            given("earlier", vec![database(0, (0, 1, [0; 4]))]),
            Given { card: later.card.clone(), name: "later".to_owned(), rejected: Vec::new() },
        ];
        if order {
            both.reverse();
        }
        let league = compared(both);
        assert_eq!(league.databases.entries[0].score, later.card.databases[0].score);
        assert_eq!((league.apart.len(), league.apart[0].card.as_str()), (1, "earlier"));
    }
}

fn at(as_of: &str, name: &str, databases: Vec<MeasuredDatabase>) -> Given {
    let mut given = given(name, databases);
    given.card.as_of = as_of.to_owned();
    given.card.seal();
    given
}

#[test]
fn all_that_are_ranked_lie_within_one_period() {
    let days = ["2026-10-22", "2026-11-21", "2026-12-21"];
    let cards = days
        .iter()
        .enumerate()
        .map(|(index, day)| at(&format!("{day}T00:00:00+07:00"), day, vec![database(index, (0, 1, [0; 4]))]));
    let league = compared(cards.collect());
    let ids: Vec<&str> = league.databases.entries.iter().map(|entry| entry.id.as_str()).collect();
    assert_eq!(ids, ["d01", "d02"], "of equals the latest");
    let [(id, why)] = because(&league)[..] else { panic!("one is apart: {:?}", league.apart) };
    assert_eq!(id, "d00");
    assert!(why.contains("60 days apart from the latest") && why.contains("within 31 days"), "{why}");
    assert_eq!(league.as_of.unwrap().map(|moment| moment[..10].to_owned()), ["2026-11-21", "2026-12-21"]);
}

/// Cards that are set apart for other reasons decide nothing about the period.
#[test]
fn the_period_is_that_of_what_can_be_ranked() {
    let now = |index| given("now", vec![database(index, (0, 1, [0; 4]))]);
    let other = |index| {
        let mut other = at("2026-08-01T00:00:00+07:00", "other", vec![database(index, (0, 1, [0; 4]))]);
        other.card.databases[0].packs[0].hash = format!("{index:012}");
        other
    };
    let league = compared(vec![now(0), now(1), other(2), other(3), other(4)]);
    assert_eq!(league.databases.entries.len(), 2);
    assert!(
        league.apart.iter().all(|apart| apart.because.len() == 2),
        "every reason is told: {:?}",
        league.apart
    );
}

#[test]
fn of_two_scorecards_of_one_moment_their_content_decides_and_is_told() {
    let cards = || {
        let good = given("good", vec![database(0, (0, 1, [0; 4])), database(1, (0, 1, [0; 4]))]);
        [good, given("bad", vec![database(0, (0, 1, [300_000; 4]))])]
    };
    let forth = compared(cards().into());
    let back = compared(cards().into_iter().rev().collect());
    assert_eq!(forth, back, "the order in which they are given decides nothing");
    let [(_, why)] = because(&forth)[..] else { panic!("one is apart: {:?}", forth.apart) };
    assert!(why.contains("is of the same moment and says something else"), "{why}");
    // The whole run and the database alone say the same of it.
    let [good, _] = cards();
    let alone = Given { name: "alone".to_owned(), ..given("", vec![database(0, (0, 1, [0; 4]))]) };
    let league = compared(vec![good.to_compare(), alone.to_compare()]);
    assert_eq!(because(&league), [("d00", "it is given twice: `alone` says the same")]);
}

#[test]
fn members_of_a_group_without_a_card_count_nothing_in_it() {
    let groups = BTreeMap::from([
        ("bac".to_owned(), vec!["d00".to_owned(), "nowhere".to_owned()]),
        ("nam".to_owned(), vec!["nobody".to_owned()]),
    ]);
    let request = Request { groups: Some(groups), ..Request::default() };
    let league = league(vec![given("one", vec![database(0, (0, 1, [0; 4]))])], &request).unwrap();
    let silent: Vec<&str> = league.silent.iter().map(|silent| silent.id.as_str()).collect();
    assert_eq!(silent, ["nobody", "nowhere"]);
    let measured: BTreeMap<&str, _> =
        league.agencies.entries.iter().map(|entry| (entry.id.as_str(), entry.measured)).collect();
    assert_eq!(measured, BTreeMap::from([("bac", Some([2, 1])), ("nam", Some([1, 0]))]));
}

#[test]
fn groups_take_the_place_of_agencies() {
    let groups = BTreeMap::from([("bac".to_owned(), vec!["d00".to_owned(), "d01".to_owned()])]);
    let request = Request { groups: Some(groups), ..Request::default() };
    let databases = (0..3).map(|at| database(at, (at, 1, [0; 4]))).collect();
    let league = league(vec![given("one", databases)], &request).unwrap();
    let ids: Vec<_> =
        league.agencies.entries.iter().map(|entry| (entry.id.as_str(), entry.measured)).collect();
    assert_eq!(ids, [("bac", Some([2, 2]))]);
    assert_eq!(league.databases.entries.len(), 3);
    assert_eq!(league.databases.entries[0].rank, league.databases.entries[2].rank, "equals share a rank");
}

#[test]
fn nothing_comparable_is_no_ranking() {
    let local = laws::score(vec![laws::database("e", Vec::new())], Profile::Local);
    let league = compared(vec![Given { name: "l".to_owned(), card: local, rejected: Vec::new() }]);
    assert!(league.overall.is_none() && league.databases.entries.is_empty() && league.apart.len() == 1);
    let local = || Given {
        name: "l".to_owned(),
        card: laws::score(vec![laws::database("e", Vec::new())], Profile::Local),
        rejected: Vec::new(),
    };
    let between = |a: &str, b: &str| {
        let request = Request { between: Some([a.to_owned(), b.to_owned()]), ..Request::default() };
        super::league(vec![local()], &request)
    };
    assert!(between("agency", "agency").unwrap().difference.is_none());
    let said = between("agency", "x").unwrap_err();
    assert!(said.en.contains("`x` is not among the agencies that are compared: agency"), "{}", said.en);
    let request = Request { between: Some(["a0".to_owned(), "x".to_owned()]), ..Request::default() };
    let said = super::league(vec![given("one", vec![database(0, (0, 1, [0; 4]))])], &request).unwrap_err();
    assert!(said.en.contains("`x` is not among the agencies that are compared: a0"), "{}", said.en);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Scorecards that were made one by one come to what one run over all would have come to.
    #[test]
    fn joined_is_scored_together(sketches in prop::collection::vec(sketch(), 1..8)) {
        let all: Vec<MeasuredDatabase> = sketches.into_iter().enumerate().map(|(at, it)| database(at, it)).collect();
        let together = laws::score(all.clone(), Profile::Vn4);
        let apart: Vec<Given> = all.into_iter().map(|it| given(&it.id.clone(), vec![it])).collect();
        let league = compared(apart);
        for database in &together.databases {
            let entry = league.databases.entries.iter().find(|entry| entry.id == database.id).unwrap();
            prop_assert_eq!((&entry.score, entry.grade), (&database.score, database.grade));
            prop_assert!(entry.interval[0] <= entry.interval[1]);
        }
        for agency in &together.agencies {
            let entry = league.agencies.entries.iter().find(|entry| Some(&entry.id) == agency.id.as_ref()).unwrap();
            prop_assert_eq!((&entry.score, entry.grade), (&agency.score, agency.grade));
        }
        prop_assert_eq!(&league.overall.as_ref().unwrap().score, &together.overall.score);
    }

    /// The parts sum to the difference, and those of one agency to its points.
    #[test]
    fn differences_are_divided_to_the_last_billionth(sketches in prop::collection::vec(sketch(), 2..9)) {
        let all: Vec<MeasuredDatabase> =
            sketches.into_iter().enumerate().map(|(at, (_, weight, fails))| database(at, (at % 2, weight, fails))).collect();
        let request = Request { between: Some(["a0".to_owned(), "a1".to_owned()]), ..Request::default() };
        let league = league(vec![given("one", all)], &request).unwrap();
        let difference = league.difference.unwrap();
        prop_assert_eq!(difference.difference_nano, difference.score_nano[0] - difference.score_nano[1]);
        for side in 0..2 {
            let sum: i64 = difference.dimensions.iter().map(|part| part.brings_nano[side]).sum();
            prop_assert_eq!(sum, difference.score_nano[side]);
        }
        prop_assert_eq!(difference.dimensions.iter().map(|part| part.difference_nano).sum::<i64>(), difference.difference_nano);
    }
}
