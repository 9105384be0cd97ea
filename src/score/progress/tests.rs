//! Progress of cards that say no more than it takes.

use super::*;
use crate::engine::MeasuredDatabase;
use crate::kernel::date_format::default_date;
use crate::score::{Profile, ScoreOptions, assemble};

fn card(ids: &[&str], as_of: &str) -> Scorecard {
    let database = |id: &&str| MeasuredDatabase {
        id: (*id).to_owned(),
        agency: None,
        rule_files: Vec::new(),
        title: None,
        weight: 1,
        packs: Vec::new(),
        contract: None,
        code_lists: Vec::new(),
        tables: Vec::new(),
        problems: Vec::new(),
    };
    let options =
        ScoreOptions { profile: Profile::Local, as_of: as_of.to_owned(), ..ScoreOptions::default() };
    assemble(ids.iter().map(database).collect(), &options)
}

fn given(ids: &[&str], as_of: &str) -> Given {
    Given { name: format!("{as_of}.json"), card: card(ids, as_of), rejected: Vec::new() }
}

fn at(day: &str) -> i64 {
    i64::from(default_date().parse_date(day).unwrap()) * DAY_MICROS
}

fn now(given: &[Given], groups: &Groups) -> Progress {
    progress(given, Catalog::shipped(), groups, at("2026-11-21"))
}

#[test]
fn nothing_is_scored_of_330() {
    let progress = now(&[], &Groups::new());
    assert_eq!((progress.all.listed, progress.all.scored, progress.all.missing.len()), (330, 0, 330));
    let listed: Vec<(&str, u64)> =
        progress.lists.iter().map(|part| (part.id.as_str(), part.listed)).collect();
    assert_eq!(listed, [("priority", 11), ("nq71", 116), ("bo_sung_82_dvc", 7), ("ra_soat", 207)]);
    for parts in [&progress.agencies, &progress.archetypes] {
        assert_eq!(parts.iter().map(|part| part.listed).sum::<u64>(), 330);
    }
    assert_eq!((progress.priority.len(), progress.agencies.len()), (11, 16));
}

#[test]
fn a_priority_database_stands_for_its_parts_and_parts_for_it() {
    let whole = now(&[given(&["p03_giao_duc"], "2026-11-20T00:00:00+07:00")], &Groups::new());
    assert_eq!((whole.all.scored, whole.lists[0].scored), (5, 1));
    let parts: Vec<String> = Catalog::shipped().parts_of("p03_giao_duc").to_vec();
    let ids: Vec<&str> = parts.iter().map(String::as_str).collect();
    let some = now(&[given(&ids[1..], "2026-11-20T00:00:00+07:00")], &Groups::new());
    assert_eq!((some.all.scored, some.lists[0].scored), (4, 0));
    let all = now(&[given(&ids, "2026-11-20T00:00:00+07:00")], &Groups::new());
    assert_eq!((all.all.scored, all.lists[0].scored, all.lists[0].missing.len()), (5, 1, 10));
    // Without a table nothing was measured.
    assert_eq!((all.all.measured, all.all.grades.values().sum::<u64>()), (0, 5));
}

#[test]
fn cards_of_later_moments_and_edited_ones_do_not_count() {
    let mut edited = given(&["bca_a01"], "2026-11-01T00:00:00+07:00");
    edited.rejected.push(Text::same("edited"));
    let cards = [
        given(&["bca_a13"], "2026-11-20T00:00:00+07:00"),
        given(&["bca_a02"], "2026-12-01T00:00:00+07:00"),
        given(&["bca_a03"], "soon"),
        edited,
        given(&["mine"], "2026-11-01T00:00:00+07:00"),
    ];
    let progress =
        now(&cards, &Groups::from([("x".to_owned(), vec!["mine".to_owned(), "bca_a01".to_owned()])]));
    assert_eq!(progress.all.scored, 1);
    assert_eq!(progress.apart.len(), 3);
    assert_eq!(progress.beside.iter().map(|it| it.database.as_str()).collect::<Vec<_>>(), ["mine"]);
    assert_eq!((progress.groups[0].listed, progress.groups[0].scored), (2, 1));
    assert_eq!(progress.groups[0].missing, ["bca_a01"]);
}

#[test]
fn of_two_cards_the_later_counts() {
    let cards =
        [given(&["bca_a13"], "2026-11-20T00:00:00+07:00"), given(&["bca_a13"], "2026-10-20T00:00:00+07:00")];
    let progress = now(&cards, &Groups::new());
    assert_eq!(progress.all.scored, 1);
    let bca = progress.agencies.iter().find(|part| part.id == "bca").unwrap();
    assert_eq!((bca.listed, bca.scored, bca.missing.contains(&"bca_a13".to_owned())), (38, 1, false));
}
