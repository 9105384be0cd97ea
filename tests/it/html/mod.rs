//! The HTML scorecard in a real browser.

pub mod browser;
mod paper;
mod reading;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use thuocdo::report::{self, Style};
use thuocdo::score::Scorecard;

use self::browser::Browser;
use crate::nation;
use crate::stage::{Stage, root, thuocdo};

const RULES: &str = "thuocdo: 1\ndatabase: dan_cu\nagency: bca\ntitle: { vi: Dân cư, en: Population }\ntables:\n  nguoi:\n    title: { vi: Người, en: People }\n    files: nguoi.csv\n    key: [so]\n    update_cycle: 1d\n    \
                     columns:\n      so: { required: true }\n      ten: { required: true }\n      dia_chi: {}\n      luc: { type: timestamp }\n    rules:\n      \
                     - unique: [so]\n      - heartbeat: { column: luc, cycle: 30d }\n      - length: { column: ten, max: 3 }\n        title: { vi: Tên không quá dài, en: Names are short }\n      \
                     - length: { column: dia_chi, max: 30 }\n        title: { vi: Địa chỉ đủ ngắn, en: Addresses are short }\n  \
                     xa:\n    files: xa.csv\n    tier: 1\n    rules:\n      - not_null: ma\n  thieu:\n    files: thieu.csv\n    tier: 2\n    rules:\n      - not_null: ma\n";

fn stage() -> Stage {
    Stage::new(RULES)
        .file("nguoi.csv", "so,ten,dia_chi,luc\n001,An,Hà Nội,2026-10-01\n001,Ba,Huế,2026-10-02\n003,,Đà Lạt,2026-10-03\n004,Chin,Vinh,2026-10-10\n")
        .file("xa.csv", "ma\n1\n2\n\"\"\n")
}

/// Of the stage, or of what somebody made of its card.
fn page(stage: &Stage, change: impl FnOnce(&mut Value)) -> PathBuf {
    let run = stage.run(&["--quiet", "--format", "json", "--as-of", "2026-11-21", "--reveal"]);
    let mut card: Value = serde_json::from_str(&run.out).expect("a card");
    change(&mut card);
    let card = Scorecard::from_json(&card.to_string()).expect("a card");
    let html = report::find("html").expect("the format").render(&card, &vietnamese());
    let path = stage.path().join("card.html");
    fs::write(&path, html).expect("the page");
    path
}

fn vietnamese() -> Style {
    Style { lang: thuocdo::base::Lang::Vi, ..Style::default() }
}

const VISIBLE: &str = "[...document.querySelectorAll('details.r')].filter(r => r.checkVisibility()).map(r => r.querySelector('.id').firstChild.textContent)";

/// What is far below the window is not laid out, and so neither read nor judged, unless it must be.
fn lay_out(browser: &mut Browser) {
    browser.value("document.styleSheets[0].insertRule('.r { content-visibility: visible !important }', document.styleSheets[0].cssRules.length)");
}

/// Types into the search field, as a person would.
fn search(browser: &mut Browser, text: &str) -> Value {
    let text = json!(text);
    browser.value(&format!(
        "q.value = {text}; q.dispatchEvent(new Event('input')); new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
    ));
    browser.value(VISIBLE)
}

#[test]
fn it_loads_quietly_sorts_filters_and_switches_language() {
    let stage = stage();
    let run = stage.run(&["--quiet", "--format", "html", "--lang", "vi"]);
    let path = stage.path().join("card.html");
    fs::write(&path, &run.out).expect("the page");
    let mut browser = Browser::start();
    browser.open(&path, "");
    assert_eq!(browser.complaints(), Vec::<String>::new());

    let all = browser.value(VISIBLE);
    assert!(all.as_array().is_some_and(|all| all.len() >= 8), "{all}");
    // With and without diacritics, in either case.
    for text in ["địa chỉ", "dia chi", "ĐỊA chi"] {
        let found = search(&mut browser, text);
        assert_eq!(found.as_array().map(Vec::len), Some(1), "{text}: {found}");
    }
    assert_eq!(browser.text("found.textContent"), "1 quy tắc");
    assert_eq!(search(&mut browser, "no such rule"), json!([]));
    assert_eq!(search(&mut browser, ""), all);
    browser.value("document.querySelector('input[name=s][value=pass]').click()");
    let passing = browser.value(VISIBLE);
    assert!(!passing.to_string().contains("unique"), "{passing}");
    browser.value("clear.click()");
    assert_eq!(browser.value(VISIBLE), all);

    // Rules by what they cost, and back.
    browser.value("document.querySelector('input[name=order][value=g]').click()");
    let gains = "[...document.querySelectorAll('.rules')].map(l => [...l.children].map(r => +r.dataset.by.split(' ')[2]))";
    let gains: Vec<Vec<i64>> = serde_json::from_value(browser.value(gains)).expect("numbers");
    assert!(gains.iter().all(|gains| gains.is_sorted_by(|a, b| a >= b)), "{gains:?}");
    assert_ne!(browser.value(VISIBLE), all);
    browser.value("document.querySelector('input[name=order][value=n]').click()");
    assert_eq!(browser.value(VISIBLE), all);

    // A table by a heading, up and down.
    let names = "[...document.querySelectorAll('table.heat tbody tr')].map(r => r.cells[0].innerText)";
    browser.value("document.querySelector('table.heat th button').click()");
    assert_eq!(browser.value(names), json!(["nguoi", "thieu", "xa"]));
    browser.value("document.querySelector('table.heat th button').click()");
    assert_eq!(browser.value(names), json!(["xa", "thieu", "nguoi"]));

    // Numbers and words of one language at a time.
    assert_eq!(browser.text("document.querySelector('h2.name').innerText"), "Dân cư");
    let vi = browser.text("document.querySelector('.points').innerText");
    browser.value("document.getElementById('lang-en').click()");
    assert_eq!(browser.text("document.documentElement.lang"), "en");
    assert_eq!(browser.text("document.querySelector('h2.name').innerText"), "Population");
    let en = browser.text("document.querySelector('.points').innerText");
    assert!(
        vi.contains("điểm") && vi.contains(',') && en.contains("points") && en.contains('.'),
        "{vi} {en}"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn links_open_what_they_point_at_and_keys_move() {
    let stage = stage();
    let path = page(&stage, |_| {});
    let mut browser = Browser::start();
    let id = {
        browser.open(&path, "");
        browser.text("document.querySelectorAll('details.r')[2].id")
    };
    assert!(id.starts_with("r-nguoi-"), "{id}");
    browser.open(&path, &format!("#{id}"));
    let open = format!("document.getElementById('{id}').open");
    assert_eq!(browser.value(&open), json!(true));
    assert_eq!(browser.text("document.activeElement.parentElement.id"), id);
    let key = |key: &str| {
        format!(
            "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key: '{key}', bubbles: true }}))"
        )
    };
    browser.value(&key("ArrowDown"));
    assert_eq!(
        browser.value(
            "[...document.querySelectorAll('details.r')].indexOf(document.activeElement.parentElement)"
        ),
        json!(3)
    );
    browser.value(&key("/"));
    assert_eq!(browser.text("document.activeElement.id"), "q");
    browser.open(&path, "#t-nguoi");
    assert_eq!(browser.value("document.querySelector(':target').matches('section.table')"), json!(true));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn without_its_script_it_is_complete_and_prints() {
    let stage = stage();
    let path = page(&stage, |_| {});
    let mut browser = Browser::start();
    browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": true }));
    browser.open(&path, "");
    assert_eq!(browser.value("document.documentElement.classList.contains('js')"), json!(false));
    lay_out(&mut browser);
    let text = browser.text("document.body.innerText");
    for words in [
        "Dân cư",
        "Điểm liệt",
        "Sửa gì trước",
        "Bảng theo chiều",
        "Độ sống",
        "Nguồn gốc",
        "Vì sao quan trọng",
        "1 lỗi / ",
    ] {
        assert!(text.contains(words), "{words} is not in {text}");
    }
    assert!(!text.contains("What to fix first"));
    // The other language needs no script either.
    browser.value("document.getElementById('lang-en').click()");
    let text = browser.text("document.body.innerText");
    assert!(
        text.contains("What to fix first") && text.contains("1 in ") && !text.contains("Sửa gì trước"),
        "{text}"
    );
    assert!(browser.pdf().starts_with(b"%PDF-"));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Puts a text in the place of everything that a stranger could have written.
fn spoil(value: &mut Value, key: &str, evil: &str) {
    match value {
        Value::Object(fields) => fields.iter_mut().for_each(|(key, value)| spoil(value, key, evil)),
        Value::Array(items) => items.iter_mut().for_each(|item| spoil(item, key, evil)),
        Value::String(text) => {
            const FREE: [&str; 20] = [
                "id",
                "vi",
                "en",
                "value",
                "repaired",
                "file",
                "path",
                "place",
                "agency",
                "name",
                "table",
                "rule",
                "column",
                "columns",
                "key",
                "kind",
                "blake3",
                "as_of",
                "engine",
                "methodology",
            ];
            if FREE.contains(&key) {
                *text = format!("{text}{evil}");
            }
        }
        _ => {}
    }
}

#[test]
fn hostile_values_are_shown_harmlessly() {
    let evil = "\"'><script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\"><style>*{display:none}</style>\
                </bdi></details><svg onload=document.title='pwned'>&lt;b>\u{202e}\u{2066}\u{200f}\u{7}\u{1b}[31m]]>--><!--`";
    let stage = stage();
    let mut browser = Browser::start();
    for evil in [evil.to_owned(), format!("{evil}{}", "Ệ\u{301}\u{301}\u{301}\u{301}👩‍👧<".repeat(1_000))]
    {
        let path = page(&stage, |card| spoil(card, "", &evil));
        browser.open(&path, "");
        assert_eq!(browser.complaints(), Vec::<String>::new());
        assert!(browser.text("document.title").contains("thuocdo"));
        assert_eq!(browser.value("document.querySelectorAll('script, style').length"), json!(2));
        assert_eq!(
            browser.value(
                "document.querySelectorAll('img, iframe, object, [onerror], [onload], [style]').length"
            ),
            json!(0)
        );
        let text = browser.text("document.body.textContent");
        assert!(text.contains("<script>document.title") && text.contains("U+202E"), "it is shown");
        assert!(!text.contains(['\u{202e}', '\u{2066}', '\u{7}', '\u{1b}']), "nothing steers the page");
        for width in [390, 1280] {
            browser.size(width, 900);
            assert_eq!(
                browser.value("document.documentElement.scrollWidth <= innerWidth"),
                json!(true),
                "{width}"
            );
        }
    }
    // Were something to slip through, the policy would stop it.
    browser.value("document.body.insertAdjacentHTML('beforeend', \"<img src=x onerror='document.title=1'><i style='color:red'></i>\")");
    browser.value("(() => { const s = document.createElement('script'); s.textContent = 'document.title = 2'; document.body.append(s); })()");
    assert!(browser.text("document.title").contains("thuocdo"));
    assert!(!browser.complaints().is_empty(), "the policy says so");
}

/// The page for the public, and reports that are papers.
fn papers(stage: &Stage) -> Vec<(&'static str, PathBuf)> {
    let cards = stage.path().join("cards").display().to_string();
    let scored = stage.run(&["--quiet", "--as-of", "2026-11-21", "--out", &cards]);
    assert_eq!(scored.code, Some(3), "a table is missing: {}", scored.err);
    // A report on a period takes no card of local rules.
    let compared = stage.path().join("compared");
    nation::write(&compared, nation::databases(6).take(3));
    let compared = compared.display().to_string();
    let fields = stage.path().join("fields.yaml").display().to_string();
    fs::write(&fields, "co_quan: BỘ CÔNG AN\n").expect("fields");
    let commands: [(&str, &[&str]); 4] = [
        (
            "periodic-",
            &["periodic", &compared, "--period", "2026-11", "--fields", &fields, "--format", "html"],
        ),
        ("public-", &["report", &cards, "--format", "public", "--smallest", "5"]),
        ("progress-", &["progress", &cards, "--format", "html", "--as-of", "2026-11-21"]),
        ("proposals-", &["propose", &cards, "--format", "html"]),
    ];
    let made = commands.map(|(name, command)| {
        let path = stage.path().join(format!("{name}.html"));
        let run = thuocdo(&[command, &["--out", &path.display().to_string()]].concat());
        assert_eq!(run.code, Some(0), "{}", run.err);
        (name, path)
    });
    made.into()
}

#[test]
fn axe_finds_nothing_at_any_width_in_any_light() {
    let axe = root().join("target/tools/axe-core-4.14.1.js");
    let axe = fs::read_to_string(&axe).expect("axe-core; `scripts/browser` fetches it");
    let shots = Path::new(env!("CARGO_TARGET_TMPDIR")).join("html");
    fs::create_dir_all(&shots).expect("a folder");
    let stage = stage();
    let mut pages = vec![("", page(&stage, |_| {}))];
    pages.extend(papers(&stage));
    let mut browser = Browser::start();
    let windows = [
        ("desktop", 1280, "light"),
        ("desktop-dark", 1280, "dark"),
        ("phone", 390, "light"),
        ("phone-dark", 390, "dark"),
    ];
    for ((of, path), (name, width, light)) in
        pages.iter().flat_map(|page| windows.map(|window| (page, window)))
    {
        let name = format!("{of}{name}");
        browser.size(width, 1_600);
        browser.media(&[("prefers-color-scheme", light), ("prefers-reduced-motion", "reduce")]);
        browser.open(path, "");
        browser.value("for (const d of document.querySelectorAll('details:not(.filters)')) d.open = true");
        assert_eq!(
            browser.value("document.documentElement.scrollWidth <= innerWidth"),
            json!(true),
            "{name} is too wide"
        );
        browser.screenshot(&shots.join(format!("{name}.png")));
        lay_out(&mut browser);
        browser.value(&axe);
        for lang in ["vi", "en"] {
            browser.value(&format!("document.getElementById('lang-{lang}').click()"));
            let other = format!(
                "[...document.querySelectorAll('main [lang]:not([lang={lang}])')].some(e => e.checkVisibility())"
            );
            assert_eq!(browser.value(&other), json!(false), "{name} speaks both languages at once");
            let found = browser.text("axe.run().then(r => r.violations.map(v => v.id + ': ' + v.nodes.slice(0, 5).map(n => n.html + ' ' + n.failureSummary).join(' | ')).join('\\n'))");
            assert!(found.is_empty(), "{name}, {lang}: {found}");
        }
    }
}

/// A page of five thousand rules, `rule.4999` the last of the table `nguoi`.
fn large(stage: &Stage) -> PathBuf {
    page(stage, |card| {
        let rules = card["databases"][0]["tables"][0]["rules"].as_array_mut().expect("rules");
        let pattern = rules.clone();
        for at in rules.len()..5_000 {
            let mut rule = pattern[at % pattern.len()].clone();
            rule["id"] = json!(format!("rule.{at}"));
            rules.push(rule);
        }
    })
}

#[test]
fn five_thousand_rules_are_searched_while_one_types() {
    let stage = stage();
    let path = large(&stage);
    let mut browser = Browser::start();
    browser.open(&path, "");
    assert_eq!(browser.value("document.querySelectorAll('details.r').length >= 5000"), json!(true));
    let loaded = browser.value("performance.getEntriesByType('navigation')[0].loadEventEnd");
    // The first search reads the page, the second knows it. Far beyond what was measured, for slow machines.
    let timed = |text: &str| {
        format!(
            "(() => {{ const t = performance.now(); q.value = '{text}'; q.dispatchEvent(new Event('input')); return new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - t)))); }})()"
        )
    };
    let first = browser.value(&timed("dia chi"));
    let again = browser.value(&timed("rule.4999"));
    println!("loaded after {loaded} ms, searched in {first} ms, again in {again} ms");
    assert_eq!(browser.text("found.textContent"), "1 quy tắc");
    let below = |value: &Value, limit: f64| value.as_f64().is_some_and(|value| value < limit);
    assert!(
        below(&loaded, 20_000.0) && below(&first, 5_000.0) && below(&again, 2_000.0),
        "{loaded} {first} {again}"
    );
}
