//! What a reader does: follows links, presses keys, changes the language, reads long names, prints.

use std::thread;
use std::time::Duration;

use serde_json::json;

use super::browser::Browser;
use super::{VISIBLE, large, page, search, stage};

/// Far below the window nothing is laid out until it is seen: a page that scrolls there slowly goes astray.
#[test]
fn links_arrive_however_far_it_is() {
    let stage = stage();
    let path = large(&stage);
    let mut browser = Browser::start();
    let top = |browser: &mut Browser, id: &str| {
        // A page without scripts has no timers.
        thread::sleep(Duration::from_millis(1_500));
        let top = browser
            .value(&format!("Math.round(document.getElementById('{id}').getBoundingClientRect().top)"));
        top.as_i64().expect("a place")
    };
    for (script, motion, width) in [
        (true, "no-preference", 1280),
        (true, "reduce", 390),
        (false, "no-preference", 1280),
        (false, "no-preference", 390),
    ] {
        browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !script }));
        browser.size(width, 900);
        browser.media(&[("prefers-reduced-motion", motion)]);
        let place = "r-nguoi-rule.4500";
        browser.open(&path, &format!("#{place}"));
        let found = top(&mut browser, place);
        assert!((0..150).contains(&found), "script {script}, {motion}, {width}: {found} px");
    }
    // A click within the page, with and without the script.
    for script in [true, false] {
        browser.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !script }));
        browser.size(1280, 900);
        browser.media(&[("prefers-reduced-motion", "no-preference")]);
        browser.open(&path, "");
        browser.value("(() => { const a = document.querySelector('.first a'); a.href = '#r-nguoi-rule.4998'; a.click(); })()");
        let found = top(&mut browser, "r-nguoi-rule.4998");
        assert!((0..150).contains(&found), "clicked, script {script}: {found} px");
    }
}

#[test]
fn escape_shows_all_again_wherever_one_is() {
    let stage = stage();
    let path = page(&stage, |_| {});
    let mut browser = Browser::start();
    browser.open(&path, "");
    let all = browser.value(VISIBLE);
    let escape = |browser: &mut Browser| {
        for kind in ["keyDown", "keyUp"] {
            let key = json!({ "type": kind, "key": "Escape", "code": "Escape", "windowsVirtualKeyCode": 27 });
            browser.ask("Input.dispatchKeyEvent", key);
        }
    };
    for place in
        ["document.querySelector('details.r:not([hidden])>summary').focus()", "document.activeElement.blur()"]
    {
        assert_ne!(search(&mut browser, "dia chi"), all);
        browser.value(place);
        escape(&mut browser);
        assert_eq!(browser.value(VISIBLE), all, "{place}");
        assert_eq!(browser.text("q.value"), "");
    }
    // An open panel is closed first, and what was found stays.
    let found = search(&mut browser, "dia chi");
    browser.value("document.querySelector('.filters').open = true; document.activeElement.blur()");
    escape(&mut browser);
    assert_eq!(browser.value("document.querySelector('.filters').open"), json!(false));
    assert_eq!(browser.value(VISIBLE), found);
    escape(&mut browser);
    assert_eq!(browser.value(VISIBLE), all);
}

#[test]
fn the_title_of_the_window_follows_the_language_that_was_chosen() {
    let stage = stage();
    let path = page(&stage, |_| {});
    let mut browser = Browser::start();
    browser.open(&path, "");
    browser.value("localStorage.clear()");
    browser.open(&path, "");
    let told = "document.documentElement.lang + ' ' + document.title.split(' · ')[0]";
    assert_eq!(browser.text(told), "vi Dân cư", "as it was made");
    browser.value("document.getElementById('lang-en').click()");
    assert_eq!(browser.text(told), "en Population");
    // The choice stays with the reader, on this page and on the next.
    browser.open(&path, "");
    assert_eq!(browser.text(told), "en Population");
    browser.value("document.getElementById('lang-vi').click()");
    assert_eq!(browser.text(told), "vi Dân cư");
}

#[test]
fn official_names_are_whole_and_paper_has_all_that_is_folded() {
    let name = "Cơ sở dữ liệu quốc gia về ".to_owned() + &"đăng ký biện pháp bảo đảm ".repeat(7) + "hết";
    let long = "một câu giải thích rất dài ".repeat(60) + "kết";
    let stage = stage();
    let path = page(&stage, |card| {
        card["databases"][0]["title"] = json!({ "vi": name, "en": "" });
        card["databases"][0]["tables"][0]["title"] = json!({ "vi": long, "en": "" });
    });
    let mut browser = Browser::start();
    for width in [1280, 390] {
        browser.size(width, 900);
        browser.open(&path, "");
        assert_eq!(browser.text("document.querySelector('h2.name').innerText"), name);
        assert_eq!(browser.value("document.documentElement.scrollWidth <= innerWidth"), json!(true));
        let height = "document.querySelector('h3 details.long').getBoundingClientRect().height";
        let closed = browser.value(height).as_f64().expect("a height");
        browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
        // A quarter of it is not folded; letters are smaller on paper.
        let whole = browser.value(height).as_f64().expect("a height");
        assert!(whole > 1.5 * closed, "{closed} {whole}");
        assert_eq!(browser.value("document.querySelector('h3 .e').checkVisibility()"), json!(false));
        browser.ask("Emulation.setEmulatedMedia", json!({ "media": "" }));
    }
}

/// On a phone: after which letters lines of a name end, and whether moments outside of tables stay on one.
#[test]
fn names_break_between_their_words_and_moments_nowhere() {
    let id = "core.bang_co_ten_rat_dai.not_null.ngay_cap_nhat_gan_nhat_cua_ho_so_dang_ky";
    let stage = stage();
    let path = page(&stage, |card| {
        card["as_of"] = json!("2026-11-21T07:30:00+07:00");
        for rule in card["databases"][0]["tables"][0]["rules"].as_array_mut().expect("rules") {
            rule["id"] = json!(format!("{id}.{}", rule["id"].as_str().unwrap_or_default()));
        }
    });
    let mut browser = Browser::start();
    browser.size(390, 900);
    browser.open(&path, "");
    let ends = browser.text(
        "(() => { const w = document.createTreeWalker(document.querySelector('details.r .id'), NodeFilter.SHOW_TEXT); const r = document.createRange(); let top, last = '', ends = ''; \
         while (w.nextNode()) { if (w.currentNode.parentElement.closest('.title')) continue; for (let at = 0; at < w.currentNode.length; at += 1) { r.setStart(w.currentNode, at); \
         r.setEnd(w.currentNode, at + 1); const y = r.getBoundingClientRect().top; if (top !== undefined && y > top + 4) ends += last; top = y; last = w.currentNode.data[at]; } } return ends; })()",
    );
    assert!(!ends.is_empty() && ends.chars().all(|c| "_./-".contains(c)), "{ends:?}");
    let moments =
        "[...document.querySelectorAll('time')].filter(t => t.checkVisibility() && !t.closest('td'))";
    assert_eq!(
        browser
            .value(&format!("{moments}.length > 0 && {moments}.every(t => t.getClientRects().length === 1)")),
        json!(true)
    );
    assert_eq!(browser.text("document.querySelector('time').innerText"), "21/11/2026 07:30 UTC+7");
    assert_eq!(browser.text("document.querySelector('time').dateTime"), "2026-11-21T07:30:00+07:00");
    browser.value("document.getElementById('lang-en').click()");
    assert_eq!(browser.text("document.querySelector('time').innerText"), "21 Nov 2026 07:30 UTC+7");
}
