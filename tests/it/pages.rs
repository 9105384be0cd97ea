//! `report --format html`: folders of pages, and pages that draw a history.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::stage::{Run, Stage, thuocdo};

fn rules(database: &str) -> String {
    format!(
        "thuocdo: 1\ndatabase: {database}\nagency: bo\ntables:\n  p:\n    files: p.csv\n    key: [id]\n    rules:\n      - not_null: ten\n      - unique: [id]\n"
    )
}

fn stage(database: &str, wrong: usize) -> Stage {
    let row = |at: usize| format!("{at:04},{}\n", if at < wrong { "" } else { "An" });
    Stage::new(rules(database)).file("p.csv", format!("id,ten\n{}", (0..500).map(row).collect::<String>()))
}

fn scored(stage: &Stage, more: &[&str]) -> String {
    let out = stage.path().join("out").display().to_string();
    let run = stage.run(&[&["--quiet", "--out", &out], more].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    format!("{out}/scorecard.json")
}

fn report(cards: &[&str], more: &[&str]) -> Run {
    thuocdo(&[&["report", "--format", "html", "--lang", "en"], cards, more].concat())
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn a_folder_has_an_index_and_a_page_for_each_database() {
    let (first, second, third) = (stage("so", 3), stage("So", 0), stage("index", 1));
    let cards = [scored(&first, &[]), scored(&second, &[]), scored(&third, &[])];
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    let several = report(&cards, &[]);
    assert!(several.code == Some(2) && several.err.contains("--out DIR/"), "{}", several.err);
    let folder = first.path().join("pages");
    let run = report(&cards, &["--out", &format!("{}/", folder.display())]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert!(run.err.contains("wrote 4 pages"), "{}", run.err);
    let names: BTreeSet<String> = fs::read_dir(&folder)
        .expect("the folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    let index = read(&folder.join("index.html"));
    let links: BTreeSet<String> = index
        .split("href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|link| !link.starts_with('#') && !link.starts_with("data:"))
        .map(str::to_owned)
        .collect();
    let mut pages = names.clone();
    assert!(pages.remove("index.html"));
    assert_eq!(pages, links);
    assert_eq!(pages.iter().map(|name| name.to_lowercase()).collect::<BTreeSet<_>>().len(), 3, "{pages:?}");
    assert!(pages.iter().all(|name| read(&folder.join(name)).contains("href=\"index.html\"")));
    assert_eq!(index.matches("id=\"t-").count(), 0, "tables are on the pages");
    // The same again, into the folder that is there now.
    let again = report(&cards, &["--out", &folder.display().to_string(), "--quiet"]);
    assert_eq!((again.code, read(&folder.join("index.html"))), (Some(0), index));
}

#[test]
fn a_history_is_drawn_for_databases_and_rules_that_had_defects() {
    let stage = stage("so", 3);
    let history = stage.path().join("h.sqlite").display().to_string();
    let mut card = String::new();
    for (day, wrong) in [(1, 9), (2, 5), (3, 1)] {
        let row = |at: usize| format!("{at:04},{}\n", if at < wrong { "" } else { "An" });
        let text = format!("id,ten\n{}", (0..500).map(row).collect::<String>());
        fs::write(stage.data().join("p.csv"), text).expect("the extract");
        card = scored(&stage, &["--as-of", &format!("2026-11-0{day}"), "--history", &history]);
    }
    let plain = report(&[&card], &[]).out;
    assert_eq!(plain.matches("class=\"series\"").count(), 0);
    let drawn = report(&[&card], &["--history", &history]);
    assert_eq!(drawn.code, Some(0), "{}", drawn.err);
    // The database's, and that of the rule which failed; the other never did.
    assert_eq!(drawn.out.matches("class=\"series\"").count(), 2);
    // `score` draws its own run as well.
    let live = stage.run(&["--quiet", "--format", "html", "--as-of", "2026-11-04", "--history", &history]);
    assert!(
        live.out.contains("2026-11-04T") && live.out.matches("class=\"series\"").count() == 2,
        "{}",
        live.err
    );

    let refused = thuocdo(&["report", &card, "--format", "md", "--history", &history, "--lang", "en"]);
    assert!(refused.code == Some(2) && refused.err.contains("only `html` draws"), "{}", refused.err);
    let none = report(&[&card], &["--history", "nowhere.sqlite"]);
    assert_eq!((none.code, none.out.as_str()), (Some(2), ""), "{}", none.err);
}
