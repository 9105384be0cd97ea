//! What holds of histories: records are scored again to the same bytes, changes are explained to the last billionth of a
//! point, tampering is found, and nothing is lost by whatever happens to the file.

use std::fs;
use std::time::Duration;

use proptest::prelude::*;
use rusqlite::Connection;

use super::card::{Node, Trend};
use super::definition::Definition;
use super::record::{Outcome, Points, Record};
use super::restate::{restated, rule_points};
use super::sample::{self, Shelf, any_database, day};
use super::trend::{Named, Question, trend};
use super::verify::{Code, HistoryVerification, verify};
use super::why::{Told, why};
use super::{Store, StoreError, chain};
use crate::base::{Dimension, Severity};
use crate::score::change_points::Direction;
use crate::score::{Grade, Methodology, Profile, Scorecard};

const AS_OF: &str = "2026-11-21T00:00:00+07:00";

fn kept(card: &Scorecard) -> (Record, Definition) {
    let definition = Definition::of(card, &card.databases[0]);
    let (_, hash) = definition.sealed();
    (Record::of("run", AS_OF, card, &card.databases[0], &hash), definition)
}

pub(super) fn verified(shelf: &Shelf, head: Option<&str>) -> HistoryVerification {
    verify(&Store::read(&shelf.path()).unwrap(), head).unwrap()
}

/// The kinds of findings after somebody changed the file, and the first record that one is about.
fn after(shelf: &Shelf, sql: &str) -> (Vec<Code>, Option<u64>) {
    Connection::open(shelf.path()).unwrap().execute_batch(sql).unwrap();
    let verdict = verified(shelf, None);
    assert_eq!(verdict.accepted, verdict.findings.is_empty());
    let codes = verdict.findings.iter().map(|finding| finding.code).collect();
    (codes, verdict.findings.first().and_then(|finding| finding.sequence))
}

pub(super) fn seen(shelf: &Shelf, question: &Question) -> Trend {
    let store = Store::read(&shelf.path()).unwrap();
    let databases = store.databases().unwrap();
    trend(&store, &databases, question).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_record_is_scored_again_to_the_same_bytes(
        database in any_database(),
        profile in prop::sample::select(Profile::ALL.to_vec()),
    ) {
        let card = sample::score(vec![database.clone()], profile, AS_OF);
        let (record, definition) = kept(&card);
        let text = chain::canonical(&record);
        let read: Record = serde_json::from_str(&text).unwrap();
        prop_assert_eq!(chain::canonical(&read), text);
        let again = restated(&read, &definition, profile).unwrap();
        prop_assert_eq!(chain::canonical(&Outcome::of(&again)), chain::canonical(&record.outcome));
        // And the points of each rule, which are not kept.
        let knots = Methodology::new(profile).knots;
        for (t, table) in card.databases[0].tables.iter().enumerate() {
            for (r, rule) in table.rules.iter().enumerate() {
                let points = rule_points(&definition.tables[t].rules[r], &read.tables[t], r, &knots).unwrap();
                prop_assert_eq!(points.map(|points| points.0), rule.points_nano);
                prop_assert_eq!(points.is_some_and(|points| points.1.is_some()), rule.points_measured.is_some());
            }
        }
        // Under another profile it is what it would have been.
        for other in Profile::ALL {
            let direct = sample::score(vec![database.clone()], other, AS_OF);
            let again = restated(&read, &definition, other).unwrap();
            prop_assert_eq!(Outcome::of(&again), Outcome::of(&direct.databases[0]));
        }
    }

    #[test]
    fn what_moved_a_score_sums_to_the_change(
        before in any_database(),
        after in any_database(),
        profile in prop::sample::select(Profile::ALL.to_vec()),
    ) {
        let cards = [before, after].map(|database| sample::score(vec![database], profile, AS_OF));
        let [(old, was), (new, is)] = cards.each_ref().map(kept);
        let told = |sequence, record, definition| Told { sequence, record, definition };
        let why = why(told(1, &old, &was), told(2, &new, &is), None).unwrap();
        prop_assert_eq!(why.before_nano, old.outcome.score.0);
        prop_assert_eq!(why.after_nano, new.outcome.score.0);
        prop_assert_eq!(why.change_nano, why.added_nano + why.performance_nano + why.removed_nano);
        prop_assert_eq!(why.rules.iter().map(|part| part.nano).sum::<i64>(), why.performance_nano);
        prop_assert_eq!(why.dimensions.iter().map(|part| part.nano).sum::<i64>(), why.performance_nano);
        prop_assert!(!why.restated);
    }
}

/// Scoring.md's vector E17: (88, 95, 60, 80) to (90, 95, 92, 70), each dimension one rule.
#[test]
fn the_published_vector_of_a_change() {
    // Under the ratio scale a tally gives any whole number of points.
    let card = |points: [u64; 4]| {
        let rules = points.iter().zip(Dimension::ALL).map(|(&points, dimension)| {
            let mut rule = sample::rule(dimension.id(), dimension, Severity::Major, 1_000 - points * 10);
            rule.scale = crate::base::Scale::Ratio;
            rule
        });
        let rules = rules.collect();
        sample::score(vec![sample::database("d", vec![sample::table("t", 3, rules)])], Profile::Local, AS_OF)
    };
    let [(old, was), (new, is)] = [card([88, 95, 60, 80]), card([90, 95, 92, 70])].each_ref().map(kept);
    let told = |sequence, record, definition| Told { sequence, record, definition };
    let why = why(told(1, &old, &was), told(2, &new, &is), None).unwrap();
    assert_eq!((why.before_nano, why.after_nano), (75_562_500_000, 82_562_500_000));
    let parts: Vec<(Dimension, i64)> =
        why.dimensions.iter().map(|part| (part.dimension, part.nano)).collect();
    let expected = [
        (Dimension::Cleanliness, 9_809_523_810),
        (Dimension::Freshness, -3_184_523_810),
        (Dimension::Correctness, 375_000_000),
    ];
    assert_eq!(parts, expected);
}

#[test]
fn what_is_kept_is_what_was_written_and_nothing_is_added_twice() {
    let shelf = Shelf::new(3);
    assert!(verified(&shelf, None).accepted);
    let again = shelf.add(&day("d", 3, 3), 3);
    assert_eq!((again.added, again.known, again.records), (0, 1, 3), "the same run");
    // Of a run that was cut off after one of two databases only the other is added.
    let mut card = sample::score(vec![sample::database("e", Vec::new())], Profile::Local, AS_OF);
    card.databases.extend(day("d", 3, 3).databases);
    let rest = shelf.add(&card, 3);
    assert_eq!((rest.added, rest.known, rest.records), (1, 1, 4));
    let verdict = verified(&shelf, Some(&again.head));
    assert_eq!((verdict.accepted, verdict.records, verdict.rescored), (true, 4, 4));
    assert_eq!((verdict.known_head_at, verdict.head), (Some(3), rest.head));
    // Definitions are kept once.
    assert_eq!(Store::read(&shelf.path()).unwrap().definitions().unwrap().len(), 2);
}

#[test]
fn whatever_is_done_to_the_records_is_found() {
    let of = |sql: &str| after(&Shelf::new(5), sql);
    assert_eq!(of("SELECT 1").0, []);
    let (codes, first) =
        of("UPDATE record SET body = replace(body, '[998,2,', '[999,1,') WHERE sequence = 2");
    assert_eq!((codes, first), (vec![Code::Changed, Code::Outcome], Some(2)));
    let (codes, first) = of("DELETE FROM record WHERE sequence = 3");
    assert_eq!((codes, first), (vec![Code::Missing, Code::Standing], Some(4)));
    let (codes, first) = of("DELETE FROM record WHERE sequence = 1; DELETE FROM standing WHERE sequence = 1");
    assert_eq!((codes, first), (vec![Code::Missing], Some(2)));
    let (codes, first) = of(
        "UPDATE record SET sequence = sequence + 1 WHERE sequence = 5;
        UPDATE record SET sequence = 5 WHERE sequence = 4;
        INSERT INTO record SELECT 4, 'x', database, prev_sha256, body, sha256 FROM record WHERE sequence = 3",
    );
    assert_eq!(first, Some(4));
    assert!(codes.contains(&Code::Link) && codes.contains(&Code::Content), "{codes:?}");
    let swap = "UPDATE record SET sequence = 100 WHERE sequence = 2;
        UPDATE record SET sequence = 2 WHERE sequence = 3; UPDATE record SET sequence = 3 WHERE sequence = 100";
    let (codes, first) = of(swap);
    assert_eq!((codes[0], first), (Code::Link, Some(2)));
    let (codes, _) = of("UPDATE record SET run = 'other' WHERE sequence = 2");
    assert_eq!(codes, [Code::Content]);
    let (codes, _) = of("UPDATE record SET body = '{}' WHERE sequence = 2");
    assert_eq!(codes, [Code::Changed, Code::Content, Code::Standing][..2]);
    let (codes, _) = of("UPDATE standing SET body = replace(body, '\"A\"', '\"B\"') WHERE sequence = 2");
    assert_eq!(codes, [Code::Standing]);
    for sql in [
        "INSERT INTO standing SELECT database, moment + 5, sequence, body FROM standing WHERE sequence = 3",
        "INSERT INTO standing SELECT 'other', moment, sequence, body FROM standing WHERE sequence = 3",
        "UPDATE standing SET moment = moment + 1 WHERE sequence = 3",
        "UPDATE standing SET database = 'other' WHERE sequence = 3",
        "DELETE FROM standing WHERE sequence = 3",
    ] {
        assert_eq!(of(sql), (vec![Code::Standing], Some(3)), "{sql}");
    }
    let (codes, first) =
        of("INSERT INTO standing SELECT database, moment, -3, body FROM standing WHERE sequence = 3");
    assert_eq!((codes, first), (vec![Code::Standing], None));
    // Whatever is no text or no number hides nothing of the rest.
    let (codes, first) = of("UPDATE record SET body = CAST(x'ff' AS TEXT) WHERE sequence = 2;
        UPDATE standing SET body = CAST(x'ff' AS TEXT) WHERE sequence = 4;
        INSERT INTO definition VALUES ('x', CAST(x'ff' AS TEXT));
        INSERT INTO record VALUES (-1, 'r', 'd', '', '{}', '')");
    let expected = [Code::Definition, Code::Content, Code::Changed, Code::Content, Code::Standing];
    assert_eq!((codes.as_slice(), first), (&expected[..], None));
    let (codes, _) = of("DROP TABLE standing; UPDATE record SET run = 'other' WHERE sequence = 2");
    assert!(codes[0] == Code::Layout && codes.contains(&Code::Content), "{codes:?}");
    let (codes, _) = of("UPDATE definition SET body = replace(body, 'critical', 'minor')");
    assert_eq!(codes, [Code::Definition; 6], "itself, and all records that name it");
    let (codes, _) = of("CREATE TRIGGER t AFTER INSERT ON record BEGIN DELETE FROM record; END");
    assert_eq!(codes, [Code::Layout]);
    // A hash that was made to fit breaks at the record after it.
    let shelf = Shelf::new(5);
    let connection = Connection::open(shelf.path()).unwrap();
    let (previous, body): (String, String) = connection
        .query_row("SELECT prev_sha256, body FROM record WHERE sequence = 3", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .unwrap();
    let body = body.replace("\"complete\":true", "\"complete\":false");
    let forged = chain::link(&previous, &body);
    connection
        .execute("UPDATE record SET body = ?, sha256 = ? WHERE sequence = 3", [&body, &forged])
        .unwrap();
    let verdict = verified(&shelf, None);
    let codes: Vec<_> = verdict.findings.iter().map(|finding| (finding.code, finding.sequence)).collect();
    assert_eq!(codes, [(Code::Standing, Some(3)), (Code::Link, Some(4))]);
}

#[test]
fn a_cut_end_is_found_only_by_a_hash_that_was_kept() {
    let shelf = Shelf::new(5);
    let head = verified(&shelf, None).head;
    let cut = "DELETE FROM record WHERE sequence > 3; DELETE FROM standing WHERE sequence > 3";
    assert_eq!(after(&shelf, cut).0, [], "the chain alone cannot tell");
    let verdict = verified(&shelf, Some(&head));
    assert_eq!((verdict.accepted, verdict.findings[0].code), (false, Code::Head));
    let three = verified(&shelf, None).head;
    assert_eq!(verified(&shelf, Some(&three)).known_head_at, Some(3));
}

#[test]
fn several_who_write_at_once_lose_nothing() {
    // Those who come first make the file, all at the same time: often enough for every order of their steps.
    for _ in 0..30 {
        let shelf = Shelf::new(0);
        let path = shelf.path();
        std::thread::scope(|scope| {
            for writer in 0..6_u64 {
                let path = &path;
                scope.spawn(move || {
                    for at in 1..=2_u32 {
                        let card = day(&format!("d{writer}"), at, u64::from(at));
                        let mut store = Store::open(path).unwrap();
                        store.append(&format!("{writer}/{at}"), "2026-12-01T00:00:00+07:00", &card).unwrap();
                        assert!(Store::read(path).unwrap().head().unwrap().0 > 0);
                    }
                });
            }
        });
        let verdict = verified(&shelf, None);
        assert_eq!((verdict.accepted, verdict.records), (true, 12), "{:?}", verdict.findings);
    }
}

#[test]
fn a_file_that_somebody_holds_is_told_after_a_while_and_nothing_is_written() {
    let shelf = Shelf::new(2);
    let other = Connection::open(shelf.path()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let patience = Duration::from_millis(50);
    let mut store = Store::open_waiting(&shelf.path(), patience).unwrap();
    let refused = store.append("late", "2026-12-09T00:00:00+07:00", &day("d", 9, 9));
    assert!(matches!(refused, Err(StoreError::Locked)), "{refused:?}");
    // Who reads does not wait for who writes.
    assert_eq!(verified(&shelf, None).records, 2);
    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(store.append("late", "2026-12-09T00:00:00+07:00", &day("d", 9, 9)).unwrap().records, 3);
}

#[test]
fn what_is_no_history_is_left_as_it_is() {
    let shelf = Shelf::new(0);
    let path = shelf.path();
    let is = |bytes: &[u8], check: fn(&StoreError) -> bool| {
        fs::write(&path, bytes).unwrap();
        for error in [Store::open(&path).unwrap_err(), Store::read(&path).unwrap_err()] {
            assert!(check(&error), "{error:?}");
            let (what, hint) = error.told(&path);
            assert!(what.en.contains("h.sqlite") && what.vi != what.en && hint.vi != hint.en);
        }
        assert_eq!(fs::read(&path).unwrap(), bytes);
    };
    is(&b"thuocdo: 1\n".repeat(100), |error| matches!(error, StoreError::Foreign));
    let other = shelf.folder().join("other.sqlite");
    let connection = Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE people (name); INSERT INTO people VALUES ('An')").unwrap();
    is(&fs::read(&other).unwrap(), |error| matches!(error, StoreError::Foreign));
    connection.execute_batch("PRAGMA application_id = 0x74646873; PRAGMA user_version = 99").unwrap();
    is(&fs::read(&other).unwrap(), |error| matches!(error, StoreError::Newer));
    // An empty file becomes one, and so does one that somebody has only begun.
    fs::write(&path, b"").unwrap();
    assert!(matches!(Store::read(&path), Err(StoreError::Empty)));
    Connection::open(&path).unwrap().execute_batch("PRAGMA journal_mode = WAL").unwrap();
    assert!(matches!(Store::read(&path), Err(StoreError::Empty)));
    assert_eq!(shelf.add(&day("d", 1, 1), 1).records, 1);
    assert!(matches!(Store::read(shelf.folder()), Err(StoreError::Io(_))));
    assert!(matches!(Store::open(shelf.folder()), Err(StoreError::Io(_))));
    assert!(matches!(Store::read(&shelf.folder().join("none")), Err(StoreError::Missing)));
}

#[test]
fn damaged_pages_are_found_and_are_no_panic() {
    let shelf = Shelf::new(28);
    let sound = fs::read(shelf.path()).unwrap();
    let pages = sound.len() / 4_096;
    assert!(pages > 5);
    for page in 1..pages {
        let mut bytes = sound.clone();
        bytes[page * 4_096..page * 4_096 + 2_048].fill(0xa5);
        fs::write(shelf.path(), &bytes).unwrap();
        match Store::read(&shelf.path()) {
            Ok(store) => {
                let verdict = verify(&store, None);
                let damaged = matches!(verdict, Err(StoreError::Damaged(_)));
                assert!(damaged || !verdict.unwrap().accepted, "page {page}");
            }
            Err(error) => assert!(matches!(error, StoreError::Damaged(_) | StoreError::Foreign), "{error:?}"),
        }
    }
    // Cut off in the middle.
    fs::write(shelf.path(), &sound[..sound.len() / 2]).unwrap();
    let verdict = Store::read(&shelf.path()).and_then(|store| verify(&store, None));
    assert!(verdict.as_ref().map_or_else(|error| matches!(error, StoreError::Damaged(_)), |v| !v.accepted));
}

#[cfg(unix)]
#[test]
fn a_new_file_is_nobody_elses_to_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let shelf = Shelf::new(1);
    assert_eq!(fs::metadata(shelf.path()).unwrap().permissions().mode() & 0o777, 0o600);
    let left: Vec<_> =
        fs::read_dir(shelf.folder()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["h.sqlite"], "nothing is left beside it");
}

#[cfg(unix)]
#[test]
fn what_may_not_be_written_can_be_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let shelf = Shelf::new(2);
    // Marks that mean something in the names by which SQLite opens files.
    let folder = shelf.folder().join("100% ?#");
    fs::create_dir(&folder).unwrap();
    let path = folder.join("h.sqlite");
    fs::copy(shelf.path(), &path).unwrap();
    let allow = |mode: [u32; 2]| {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode[0])).unwrap();
        fs::set_permissions(&folder, fs::Permissions::from_mode(mode[1])).unwrap();
    };
    allow([0o400, 0o500]);
    assert_eq!(Store::read(&path).unwrap().head().unwrap().0, 2);
    // To the administrator nothing is forbidden.
    if fs::File::create(folder.join("x")).is_err() {
        assert!(matches!(Store::open(&path), Err(StoreError::Denied)));
        assert!(matches!(Store::open(&folder.join("new")), Err(StoreError::Io(_))));
    }
    allow([0o600, 0o700]);
}

#[test]
fn a_clock_that_moved_back_is_told_and_nothing_is_lost() {
    let shelf = Shelf::new(3);
    let mut store = Store::open(&shelf.path()).unwrap();
    let appended = store.append("odd", "2026-12-01T00:00:00+07:00", &day("d", 2, 50)).unwrap();
    let warnings: Vec<&str> = appended.warnings.iter().map(|text| text.en.as_str()).collect();
    assert!(
        warnings[0].contains("clock was moved back") && warnings[1].contains("later runs"),
        "{warnings:?}"
    );
    // It stands for the run of the same moment, in its place.
    let trend = seen(&shelf, &Question::default());
    let database = &trend.databases[0];
    let sequences: Vec<u64> = database.runs.iter().map(|run| run.sequence).collect();
    assert_eq!((sequences, database.superseded, database.runs_in_all), (vec![1, 4, 3], 1, 4));
    assert!(verified(&shelf, None).accepted);
}

#[test]
fn a_series_shows_steps_and_breaks_where_runs_do_not_compare() {
    let shelf = Shelf::new(0);
    for at in 1..=10 {
        shelf.add(&day("d", at, if at < 6 { 1 } else { 300 }), at);
    }
    let run = |trend: &Trend, at: usize| trend.databases[0].runs[at].clone();
    let trend = seen(&shelf, &Question::default());
    let changes: Vec<usize> = (0..10).filter(|&at| run(&trend, at).value.change_point.is_some()).collect();
    assert_eq!(changes, [5]);
    assert_eq!(run(&trend, 5).value.change_point.unwrap().direction, Direction::Down);
    let why = trend.databases[0].why.as_ref().unwrap();
    assert_eq!((why.from.sequence, why.to.sequence, why.change_nano), (9, 10, 0));
    let question =
        Question { from: Some(Named::Sequence(5)), to: Some(Named::Sequence(6)), ..Question::default() };
    let why = seen(&shelf, &question).databases[0].why.clone().unwrap();
    assert_eq!(why.rules.len(), 1);
    assert_eq!(why.change_nano, run(&trend, 5).value.change_nano.unwrap());

    // Another profile is another methodology: a new stretch, and the reason is said.
    let as_of = "2026-11-11T00:00:00+07:00";
    let four = &Dimension::ALL[..4];
    let rules =
        four.iter().map(|&dimension| sample::rule(dimension.id(), dimension, Severity::Major, 300)).collect();
    let card =
        sample::score(vec![sample::database("d", vec![sample::table("t", 3, rules)])], Profile::Vn4, as_of);
    shelf.add(&card, 11);
    let trend = seen(&shelf, &Question::default());
    let last = run(&trend, 10);
    assert!(last.value.change_nano.is_none() && last.value.change_point.is_none());
    assert!(last.value.new_stretch.iter().any(|text| text.en.contains("vn-4")), "{last:?}");
    // Scored again under one profile they follow each other; the old values stand beside.
    let restated = seen(&shelf, &Question { restate: Some(Some(Profile::Vn4)), ..Question::default() });
    for at in 0..11 {
        let (old, new) = (run(&trend, at), run(&restated, at));
        assert_eq!(old.value, new.value);
        let again = new.restated.unwrap();
        // Two dimensions of four are too little to compare; then nothing follows anything.
        assert_eq!(again.value.not_compared.is_none(), at == 10, "{again:?}");
        assert!(again.value.new_stretch.is_empty());
        assert!(again.value.change_nano.is_none() && again.value.change_point.is_none());
        assert_eq!((again.profile, again.grade == Grade::A), (Profile::Vn4, false));
    }
    assert_eq!(run(&restated, 10).restated.unwrap().value.official_nano, last.value.official_nano);
}

#[test]
fn series_of_dimensions_and_rules_and_parts_of_them() {
    let shelf = Shelf::new(9);
    let node = Node::Rule { table: "t".to_owned(), rule: "a".to_owned() };
    let trend = seen(&shelf, &Question { node, last: Some(3), ..Question::default() });
    let database = &trend.databases[0];
    assert_eq!(database.runs.iter().map(|run| run.sequence).collect::<Vec<_>>(), [7, 8, 9]);
    let points: Vec<Option<i64>> = database.runs.iter().map(|run| run.value.official_nano).collect();
    // Seven defects in 1,000 are 90 points and two thirds of the way to 70 at 10 in 1,000.
    assert_eq!(points[0], Some(76_666_666_666));
    let node = Node::Dimension { dimension: Dimension::Correctness };
    let since = super::moment("2026-11-04");
    let until = super::moment("2026-11-06");
    let trend = seen(&shelf, &Question { node, since, until, ..Question::default() });
    assert_eq!(trend.databases[0].runs.iter().map(|run| run.sequence).collect::<Vec<_>>(), [4, 5, 6]);
    assert_eq!(trend.databases[0].why, None);
    let node = Node::Dimension { dimension: Dimension::Sharing };
    let trend = seen(&shelf, &Question { node, ..Question::default() });
    assert!(trend.databases[0].runs.iter().all(|run| run.value.official_nano.is_none()));
}

#[test]
fn what_cannot_be_scored_again_is_said() {
    let card = day("d", 1, 1);
    let (record, mut definition) = kept(&card);
    definition.tables[0].rules[0].kind = "of_tomorrow".to_owned();
    let refused = restated(&record, &definition, Profile::Local).unwrap_err();
    assert!(refused.en.contains("of_tomorrow") && refused.vi.contains("of_tomorrow"));
    definition.tables[0].rules.clear();
    assert!(restated(&record, &definition, Profile::Local).is_err());
    assert_eq!(record.outcome.score, Points::of(&card.databases[0].score));
}
