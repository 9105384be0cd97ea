//! Comparisons as pages in a real browser, as folders of pages, and as workbooks.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use thuocdo::base::Text;

use crate::html::browser::Browser;
use crate::report::opened;
use crate::stage::{Run, root, thuocdo};
use crate::{nation, report};

/// Of the catalogue's databases every ninth, each on a card of its own.
fn cards() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    nation::write(&folder.path().join("cards"), nation::databases(12).step_by(9));
    folder
}

fn compare(folder: &Path, more: &[&str]) -> Run {
    let cards = folder.join("cards").display().to_string();
    let mut arguments = vec!["compare", &cards, "--quiet"];
    arguments.extend(more);
    thuocdo(&arguments)
}

/// The comparison as JSON, and as a page.
fn compared(folder: &Path, more: &[&str]) -> (Value, PathBuf) {
    let of = |format: &str| {
        let run = compare(folder, &[&["--format", format, "--lang", "vi"], more].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out
    };
    let page = folder.join("league.html");
    fs::write(&page, of("html")).expect("the page");
    (serde_json::from_str(&of("json")).expect("JSON"), page)
}

fn ids(list: &Value) -> Vec<String> {
    let items = list.as_array().expect("a list").iter();
    items.map(|item| item["id"].as_str().unwrap_or_default().to_owned()).collect()
}

fn two_agencies(folder: &Path) -> [String; 2] {
    let run = compare(folder, &["--format", "json"]);
    let league: Value = serde_json::from_str(&run.out).expect("JSON");
    let ids = ids(&league["agencies"]["entries"]);
    [ids[0].clone(), ids[ids.len() - 1].clone()]
}

/// Of the catalogue's list, beside it, and nowhere in it: which is which.
#[test]
fn what_the_catalogue_does_not_list_is_told_apart() {
    let folder = TempDir::new().expect("a folder");
    let ids = ["p08_tai_san_thu_nhap", "so_rieng"].map(str::to_owned);
    let named = nation::databases(12).skip(2).zip(ids).map(|(database, id)| {
        let listed = thuocdo::rule::catalog::listed(&id);
        let (agency, weight) =
            listed.map_or((database.agency, database.weight), |it| (Some(it.agency.to_owned()), it.weight));
        thuocdo::engine::MeasuredDatabase { id, agency, weight, ..database }
    });
    nation::write(&folder.path().join("cards"), nation::databases(12).take(2).chain(named));
    let nation = |more: &[&str]| {
        let run = compare(folder.path(), &[&["--roll-up", "nation"], more].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        run.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let en = nation(&["--lang", "en"]);
    assert!(en.contains("3 of 331 databases measured"), "{en}");
    assert!(en.contains("these are 330 of the catalogue's list and 1 priority database beside it"), "{en}");
    assert!(
        en.contains("ranked, and counted in no agency: 1 database that the catalogue does not know"),
        "{en}"
    );
    let vi = nation(&["--lang", "vi"]);
    assert!(vi.contains("gồm 330 CSDL trong danh mục và 1 CSDL ưu tiên ngoài danh mục đó"), "{vi}");
    let html = nation(&["--format", "html"]);
    assert!(html.contains("these are 330 of the catalogue"), "the page says it as well");
    let run = compare(folder.path(), &["--lang", "en"]).out;
    assert!(run.contains("4 of 4 databases measured") && !run.contains("these are"), "{run}");
}

#[test]
fn the_page_shows_what_the_comparison_found() {
    let folder = cards();
    let [a, b] = two_agencies(folder.path());
    let (league, page) = compared(folder.path(), &["--roll-up", "nation", "--between", &a, &b]);
    let mut browser = Browser::start();
    browser.open(&page, "");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    // Every entry with its rank and its interval, in their order.
    for table in ["agencies", "databases"] {
        let rows = browser.value(&format!(
            "[...document.querySelectorAll('#{table} tbody tr')].map(r => [...r.cells].slice(1, 3).map(c => c.innerText))"
        ));
        let entries = league[table]["entries"].as_array().expect("entries");
        let expected: Vec<Value> = entries
            .iter()
            .map(|entry| {
                let (low, high) = (&entry["interval"][0], &entry["interval"][1]);
                let interval = if low == high { low.to_string() } else { format!("{low}–{high}") };
                json!([entry["rank"].to_string(), interval])
            })
            .collect();
        assert_eq!(rows, Value::Array(expected), "{table}");
        assert_eq!(
            browser.value(&format!("document.querySelectorAll('#{table} tbody .range').length")),
            json!(entries.len())
        );
    }
    // Each pair of agencies twice, with opposite signs.
    let pairs = browser.value("[...document.querySelectorAll('.pairs tbody tr')].map(r => [...r.cells].slice(1).map(c => c.className))");
    let pairs: Vec<Vec<String>> = serde_json::from_value(pairs).expect("classes");
    let agencies = league["agencies"]["entries"].as_array().expect("agencies");
    for (row, agency) in agencies.iter().enumerate() {
        for (column, other) in agencies.iter().enumerate().filter(|(column, _)| *column != row) {
            let in_list = |list: &str| agency[list].as_array().expect("ids").contains(&other["id"]);
            let expected = match (in_list("clearly_above"), in_list("not_told_from")) {
                (true, false) => ("above", "below"),
                (false, true) => ("even", "even"),
                (false, false) => ("below", "above"),
                (true, true) => panic!("{} and {} are in both lists", agency["id"], other["id"]),
            };
            assert_eq!((pairs[row][column].as_str(), pairs[column][row].as_str()), expected);
        }
    }
    // What sent nothing, and the steps from one agency to the other.
    let silent = browser.value("document.querySelectorAll('#silent li').length");
    assert_eq!(silent, json!(league["silent"].as_array().map(Vec::len)));
    let steps = browser.value("document.querySelectorAll('#difference tbody tr').length");
    assert_eq!(steps, json!(league["difference"]["dimensions"].as_array().expect("parts").len() + 2));

    // A row leads to its database, which opens.
    browser.value("document.querySelector('#databases tbody a').click()");
    browser.value("new Promise(done => setTimeout(done, 50))");
    let first = league["databases"]["entries"][0]["id"].as_str().expect("an id");
    assert_eq!(browser.text("document.querySelector('details.entry:target').id"), format!("d-{first}"));
    assert_eq!(browser.value("document.querySelector('details.entry:target').open"), json!(true));
    // Its points, worst first.
    browser.value("document.querySelectorAll('#databases thead button')[4].click()");
    let points = "[...document.querySelectorAll('#databases tbody tr')].map(r => +r.cells[4].dataset.v)";
    let points: Vec<i64> = serde_json::from_value(browser.value(points)).expect("numbers");
    assert!(points.is_sorted() && points.first() < points.last(), "{points:?}");
    // Where intervals come from, with the numbers of the draws.
    browser.value("document.querySelector('#databases a.fn').click()");
    assert_eq!(browser.text("document.querySelector(':target').parentElement.parentElement.id"), "notes");
    let note = browser.text("document.querySelector(':target').innerText");
    for part in ["1.000 lượt thử", "hạt giống 20260101", "90 %", "95 %", "m-rank"] {
        assert!(note.contains(part), "{part}: {note}");
    }
    // The other language, and paper.
    assert!(browser.text("document.querySelector('h1').innerText").contains("So sánh"));
    browser.value("document.getElementById('lang-en').click()");
    assert!(browser.text("document.querySelector('h1').innerText").contains("compared"));
    assert!(browser.pdf().starts_with(b"%PDF-"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn axe_finds_nothing_in_a_comparison() {
    let axe = root().join("target/tools/axe-core-4.14.1.js");
    let axe = fs::read_to_string(&axe).expect("axe-core; `scripts/browser` fetches it");
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("league");
    fs::create_dir_all(&shots).expect("a folder");
    let folder = cards();
    let [a, b] = two_agencies(folder.path());
    let (_, page) = compared(folder.path(), &["--roll-up", "agencies", "--between", &a, &b]);
    let mut browser = Browser::start();
    for (name, width, light) in [
        ("desktop", 1280, "light"),
        ("desktop-dark", 1280, "dark"),
        ("phone", 390, "light"),
        ("phone-dark", 390, "dark"),
    ] {
        browser.size(width, 1_600);
        browser.media(&[("prefers-color-scheme", light), ("prefers-reduced-motion", "reduce")]);
        browser.open(&page, "");
        browser.screenshot(&shots.join(format!("{name}.png")));
        browser.value("for (const d of document.querySelectorAll('details')) d.open = true");
        let fits = browser.value("document.documentElement.scrollWidth <= innerWidth");
        assert_eq!(fits, json!(true), "{name} is too wide");
        browser.value(&axe);
        for lang in ["vi", "en"] {
            browser.value(&format!("document.getElementById('lang-{lang}').click()"));
            let found = browser.text("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 5).map(n => n.html + ' ' + n.failureSummary).join(' | ')).join('\\n'))");
            assert!(found.is_empty(), "{name}, {lang}: {found}");
        }
    }
    fs::write(shots.join("page.pdf"), browser.pdf()).expect("the document");
}

#[test]
fn hostile_names_are_shown_harmlessly_and_written_as_texts() {
    let evil = "=1+1\"'><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">\u{202e}😀`";
    let folder = TempDir::new().expect("a folder");
    let mut databases: Vec<_> = nation::databases(4).take(3).collect();
    for (database, id) in databases.iter_mut().zip(["=x y", "x-y", "../x"]) {
        database.id = id.to_owned();
        database.agency = Some(format!("+{evil}"));
        // In one language, in the other, in none.
        database.title = match id {
            "=x y" => Some(Text { vi: evil.to_owned(), en: String::new() }),
            "x-y" => Some(Text { vi: String::new(), en: evil.to_owned() }),
            _ => None,
        };
    }
    let cards = folder.path().join("cards");
    fs::create_dir_all(&cards).expect("a folder");
    fs::write(cards.join("all.json"), nation::card(databases, "2026-11-21T00:00:00+07:00")).expect("a card");
    let out = format!("{}/", folder.path().join("pages").display());
    let run = compare(folder.path(), &["--format", "html", "--out", &out]);
    assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
    let mut browser = Browser::start();
    let index = folder.path().join("pages/index.html");
    browser.open(&index, "");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    assert!(browser.text("document.title").contains("thuocdo"));
    assert_eq!(browser.value("document.querySelectorAll('script, style').length"), json!(2));
    assert_eq!(browser.value("document.querySelectorAll('img, [onerror], [style]').length"), json!(0));
    let text = browser.text("document.body.textContent");
    assert!(text.contains("<script>document.title") && !text.contains('\u{202e}'), "it is shown");
    for width in [390, 1280] {
        browser.size(width, 900);
        let fits = browser.value("document.documentElement.scrollWidth <= innerWidth");
        assert_eq!(fits, json!(true), "{width}");
    }
    // Each of the three has a page of its own, within the folder.
    let links = browser.value("[...document.querySelectorAll('#one a')].map(a => a.getAttribute('href'))");
    let links: Vec<String> = serde_json::from_value(links).expect("links");
    let pages = folder.path().join("pages");
    let whole = links.iter().filter(|link| !link.contains('#')).count();
    assert_eq!((whole, fs::read_dir(pages.join("databases")).expect("pages").count()), (3, 3));
    assert!(links.len() > whole, "what to fix first leads to rules");
    for link in &links {
        let (file, place) = link.split_once('#').unwrap_or((link, "main"));
        let page = fs::read_to_string(pages.join(file)).expect("the page that is linked to");
        assert!(page.starts_with("<!doctype html>"), "{link}");
        assert!(
            page.contains(&format!("id=\"{place}\"")) || page.contains(&format!("id={place} ")),
            "{link}"
        );
    }
    let book = folder.path().join("league.xlsx");
    let run =
        compare(folder.path(), &["--format", "xlsx", "--lang", "en", "--out", &book.display().to_string()]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let sheets = opened(&book, folder.path());
    let ids: Vec<&str> = sheets["Databases"].iter().map(|row| row["Database"].as_str()).collect();
    assert!(ids.contains(&"=x y") && ids.contains(&"../x"), "{ids:?}");
    assert!(sheets["Agencies"][0]["Agency"].starts_with("+=1+1\"'><script>"), "{:?}", sheets["Agencies"]);
}

#[test]
fn the_workbook_holds_what_the_comparison_found() {
    let folder = cards();
    let [a, b] = two_agencies(folder.path());
    let more = ["--roll-up", "agencies", "--between", &a, &b];
    let (league, _) = compared(folder.path(), &more);
    let book = folder.path().join("league.xlsx").display().to_string();
    let run =
        compare(folder.path(), &[&["--format", "xlsx", "--lang", "en", "--out", &book], &more[..]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    let sheets = opened(Path::new(&book), folder.path());
    let names: Vec<&str> = sheets.keys().map(String::as_str).collect();
    assert_eq!(names, ["Agencies", "Databases", "Difference", "Not ranked", "Pairs", "Sent nothing"]);
    for (sheet, table, id) in [("Agencies", "agencies", "Agency"), ("Databases", "databases", "Database")] {
        let entries = league[table]["entries"].as_array().expect("entries");
        assert_eq!(sheets[sheet].len(), entries.len());
        for (row, entry) in sheets[sheet].iter().zip(entries) {
            assert_eq!(row[id], report::plain(&entry["id"]));
            assert_eq!(row["Rank"], entry["rank"].to_string());
            assert_eq!(
                [&row["Interval, best"], &row["Interval, worst"]],
                [&entry["interval"][0].to_string(), &entry["interval"][1].to_string()]
            );
            assert_eq!(row["Points, billionths"], entry["score"]["official_nano"].to_string());
        }
    }
    let pairs = |n: usize| n * (n - 1) / 2;
    let rows = |table: &str| league[table]["entries"].as_array().map_or(0, Vec::len);
    assert_eq!(sheets["Pairs"].len(), pairs(rows("agencies")) + pairs(rows("databases")));
    let apart = sheets["Pairs"].iter().filter(|row| row["The first is"] == "not told apart").count();
    let told = |table: &str| -> usize {
        let entries = league[table]["entries"].as_array().expect("entries");
        entries.iter().map(|entry| entry["not_told_from"].as_array().map_or(0, Vec::len)).sum()
    };
    assert_eq!(apart * 2, told("agencies") + told("databases"));
    assert_eq!(sheets["Sent nothing"].len(), league["silent"].as_array().map_or(0, Vec::len));
    let parts: i64 = sheets["Difference"]
        .iter()
        .map(|row| row["Difference, billionths"].parse::<i64>().expect("a number"))
        .sum();
    assert_eq!(Some(parts), league["difference"]["difference_nano"].as_i64());
}

#[test]
fn what_cannot_be_written_is_told_before_anything_is() {
    let folder = cards();
    let cards = folder.path().join("cards");
    let card = fs::read_dir(&cards)
        .expect("cards")
        .next()
        .expect("one")
        .expect("a card")
        .path()
        .join("scorecard.json");
    let before = fs::read(&card).expect("the card");
    let run =
        compare(folder.path(), &["--format", "html", "--lang", "en", "--out", &card.display().to_string()]);
    assert_eq!(run.code, Some(2), "{}", run.err);
    assert!(run.err.contains("is what this is made of"), "{}", run.err);
    assert_eq!(fs::read(&card).expect("the card"), before);
    let run = compare(
        folder.path(),
        &["--format", "xlsx", "--lang", "en", "--out", &format!("{}/", cards.display())],
    );
    assert!(run.code == Some(2) && run.err.contains("is a folder"), "{}", run.err);
    let empty = folder.path().join("empty");
    fs::create_dir_all(&empty).expect("a folder");
    let run = thuocdo(&["compare", "--lang", "en", &empty.display().to_string()]);
    assert!(run.code == Some(2) && run.err.contains("there is no scorecard in"), "{}", run.err);
}
