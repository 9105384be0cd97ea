//! The page as text; how a browser takes it is in `tests/it/html`.

use std::collections::BTreeSet;

use super::{Trends, index, page, whole};
use crate::base::{Lang, Nano, Status, Text};
use crate::history::card::{ChangeCard, DatabaseTrend, Node, RunCard, Trend, Value};
use crate::report::{Style, sample};
use crate::say;
use crate::score::change_points::Direction;
use crate::score::scorecard::RuleCard;
use crate::score::{Grade, Profile, Scorecard};
use crate::state::{Example, Figure};

const VI: Style = Style { lang: Lang::Vi, color: false, width: 80, unicode: true };

fn html(card: &Scorecard) -> String {
    String::from_utf8(whole(card, &Trends::default(), &VI)).unwrap()
}

/// All values of an attribute.
fn attributes<'a>(html: &'a str, name: &str) -> Vec<&'a str> {
    let start = format!(" {name}=\"");
    let parts = html.split(start.as_str()).skip(1);
    parts.filter_map(|part| part.split('"').next()).collect()
}

#[test]
fn every_link_leads_somewhere_and_no_name_is_given_twice() {
    for card in [sample::card(Profile::Vn4), sample::hostile()] {
        let html = html(&card);
        let ids = attributes(&html, "id");
        let unique: BTreeSet<&str> = ids.iter().copied().collect();
        assert_eq!(unique.len(), ids.len());
        let links = attributes(&html, "href");
        let own: Vec<&str> = links.iter().filter_map(|link| link.strip_prefix('#')).collect();
        assert!(own.len() > 20, "{links:?}");
        for link in own {
            assert!(unique.contains(link) || html.contains(&format!(" id={link} ")), "{link}");
        }
        // Nothing else is linked to but the empty icon.
        assert!(links.iter().all(|link| link.starts_with('#') || *link == "data:,"), "{links:?}");
    }
}

#[test]
fn links_are_stable() {
    let mut card = sample::card(Profile::Vn4);
    assert!(html(&card).contains("id=\"r-bca_a13-cong_dan-not_null-ho_ten\""));
    card.databases.truncate(1);
    let one = html(&card);
    assert!(one.contains("id=\"t-cong_dan\"") && one.contains("id=\"r-cong_dan-not_null-ho_ten\""));
}

#[test]
fn the_verdict_its_ground_and_both_languages_are_there() {
    let mut card = sample::card(Profile::Vn4);
    card.databases.truncate(1);
    let html = html(&card);
    for text in [
        "<h2 class=name><i lang=vi><bdi>CSDL quốc gia về dân cư</bdi></i>",
        "Điểm liệt",
        "Caps on the grade",
        "1 lỗi / 1.000",
        "1 in 1,000",
        "tỷ lệ đạt 0,999000",
        "pass rate 0.999000",
        "Vì sao quan trọng",
        "thuocdo 0.1.0",
        "<code>ngay_cap</code>",
    ] {
        assert!(html.contains(text), "{text}");
    }
    assert!(!html.contains("Which database to fix first"), "there is one database");
}

#[test]
fn nothing_that_a_stranger_wrote_is_markup() {
    let mut card = sample::hostile();
    let evil = "<script>alert(1)</script>\"'&`x`\u{202e}";
    for rule in card.databases.iter_mut().flat_map(|it| &mut it.tables).flat_map(|it| &mut it.rules) {
        rule.why = Some(say!("{evil}", "vi {evil}"));
        rule.columns = vec![evil.to_owned()];
        rule.kind = evil.to_owned();
        rule.place = Some(evil.to_owned());
    }
    let html = html(&card);
    assert_eq!((html.matches("<script").count(), html.matches("<style").count()), (1, 1));
    assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;"));
    assert!(html.contains("<code>x</code><span class=c>U+202E</span>"));
    let steering = html.find(['\u{202e}', '\u{200b}', '\u{1b}', '\u{7}']);
    assert!(
        steering.is_none(),
        "{:?}",
        steering.map(|at| html[..at].chars().rev().take(200).collect::<String>())
    );
    // Ten thousand letters at thousands of places stay a page.
    assert!(html.len() < 3_000_000, "{}", html.len());
}

#[test]
fn the_policy_names_what_is_in_the_page() {
    use base64::Engine as _;
    use sha2::{Digest, Sha256};
    let html = html(&sample::card(Profile::Vn6));
    for (open, close, policy) in
        [("<style>", "</style>", "style-src"), ("<script>", "</script>", "script-src")]
    {
        let (_, rest) = html.split_once(open).unwrap();
        let (content, _) = rest.split_once(close).unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(content.as_bytes()));
        assert!(html.contains(&format!("{policy} &#39;sha256-{hash}&#39;")), "{policy} {hash}");
    }
    assert!(html.contains("default-src &#39;none&#39;"));
    assert!(!html.contains("style=") && !html.contains(" onclick"), "the policy refuses them");
}

#[test]
fn emoji_stay_whole_and_long_ids_may_be_broken() {
    let mut card = sample::card(Profile::Vn4);
    card.databases.truncate(1);
    card.databases[0].title = Some(Text::same("Gia đình 👩\u{200d}👧 ❤\u{fe0f}, a\u{200d}b".to_owned()));
    card.databases[0].tables[0].rules[0].id = "core.bang_dai_hon.not_null.cot".to_owned();
    let html = html(&card);
    assert!(html.contains("👩\u{200d}👧 ❤\u{fe0f}, a<span class=c>U+200D</span>b"));
    assert!(html.contains(">core.<wbr>bang_<wbr>dai_<wbr>hon.<wbr>not_<wbr>null.<wbr>cot<"));
}

#[test]
fn titles_in_one_language_serve_both_and_empty_cards_are_pages() {
    let mut card = sample::card(Profile::Local);
    card.databases.truncate(1);
    card.databases[0].title = Some(Text { vi: "Dân cư".to_owned(), en: String::new() });
    card.databases[0].tables.clear();
    assert!(html(&card).contains("<h2 class=name><bdi>Dân cư</bdi></h2>"));
    card.databases.clear();
    assert!(html(&card).contains("</html>"));
}

#[test]
fn a_page_of_one_database_holds_nothing_of_others() {
    let card = sample::card(Profile::Vn4);
    let one = String::from_utf8(page(&card, &card.databases[0], &Trends::default(), None, &VI)).unwrap();
    assert!(one.contains("cong_dan") && !one.contains("hospital"));
    let all = index(&[&card], &|database| format!("{}.html", database.id), &VI);
    let all = String::from_utf8(all).unwrap();
    assert!(all.contains("href=\"bca_a13.html\"") && all.contains("href=\"byt_a02.html\""));
    assert!(!all.contains("id=\"t-"), "tables are in the files");
}

/// A database of so many columns, each with three rules, of which two fail.
fn wide(columns: usize) -> Scorecard {
    let mut card = sample::card(Profile::Vn4);
    card.databases.truncate(1);
    let table = &mut card.databases[0].tables[0];
    let pattern: Vec<RuleCard> = table.rules[..3].to_vec();
    table.rules.clear();
    for column in 0..columns {
        for (rule, kind) in pattern.iter().zip(["not_null", "matches", "clean_text"]) {
            let name = format!("ten_cot_kha_dai_{column}");
            let fails = kind != "clean_text";
            table.rules.push(RuleCard {
                id: format!("core.cong_dan.{kind}.{name}"),
                kind: kind.to_owned(),
                columns: vec![name],
                status: Status::Measured,
                pass: 1_234_000,
                fail: if fails { 567 } else { 0 },
                unknown: 0,
                one_in: fails.then_some(2_177),
                figures: vec![Figure::new("null", 500), Figure::new("placeholder", 67)],
                examples: vec![
                    Example {
                        file: "cong_dan.csv".to_owned(),
                        row: 90_412,
                        value: Some("Ngu****".to_owned()),
                        reason: Some(say!("two spaces in a row", "hai khoảng trắng liền nhau")),
                        repaired: None,
                    };
                    if fails { 5 } else { 0 }
                ],
                place: Some("core/person-register.yaml:7".to_owned()),
                ..rule.clone()
            });
        }
    }
    card
}

#[test]
fn a_hundred_columns_are_under_half_a_megabyte() {
    let size = html(&wide(100)).len();
    assert!(size < 500_000, "{size} bytes");
}

#[test]
fn a_history_is_drawn() {
    let run = |at: i64, new: bool, change: Option<Direction>| RunCard {
        sequence: 1,
        as_of: format!("2026-01-0{at}"),
        recorded_at: String::new(),
        methodology: String::new(),
        profile: Profile::Vn4,
        grade: Grade::B,
        caps: Vec::new(),
        complete: true,
        value: Value {
            official: Some(Nano::new((80 + at) * Nano::POINT).six()),
            official_nano: Some((80 + at) * Nano::POINT),
            measured_nano: None,
            ceiling_nano: None,
            change_nano: Some(Nano::POINT),
            not_compared: None,
            new_stretch: if new { vec![say!("another pack", "gói khác")] } else { Vec::new() },
            change_point: change.map(|direction| ChangeCard { direction, reference_nano: 0 }),
        },
        restated: None,
    };
    let runs = vec![run(1, false, None), run(2, true, None), run(3, false, Some(Direction::Up))];
    let trend = |node| Trend {
        schema: String::new(),
        records: 3,
        head: String::new(),
        node,
        databases: vec![DatabaseTrend {
            database: "bca_a13".to_owned(),
            runs_in_all: 3,
            superseded: 0,
            runs: runs.clone(),
            why: None,
            notes: Vec::new(),
            lost: Vec::new(),
        }],
    };
    let rule = Node::Rule { table: "cong_dan".to_owned(), rule: "not_null-ho_ten".to_owned() };
    let series = [trend(Node::Database), trend(rule)];
    let card = sample::card(Profile::Vn4);
    let html = String::from_utf8(page(&card, &card.databases[0], &Trends::of(&series), None, &VI)).unwrap();
    // Two stretches: the line is broken between the first run and the second.
    assert_eq!(html.matches("d=\"M6 34M18 20L30 6\"").count(), 2, "the database's and the rule's");
    assert!(
        html.contains("gói khác")
            && html.contains("tăng rõ rệt")
            && html.contains("81,00")
            && html.contains("83,00")
    );
}
