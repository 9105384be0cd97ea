//! Notes, what is unfolded at once, what paper has, and the index of several databases.

use serde_json::json;

use super::browser::Browser;
use super::{lay_out, page, stage};
use crate::stage::thuocdo;

#[test]
fn numbers_lead_to_notes_by_keyboard_and_paper_has_what_is_open() {
    let stage = stage();
    let path = page(&stage, |_| {});
    let mut browser = Browser::start();
    browser.open(&path, "");
    let marks = "[...document.querySelectorAll('a.fn')]";
    assert_eq!(browser.value(&format!("{marks}.length > 8")), json!(true));
    let reachable = format!(
        "{marks}.every(a => a.tabIndex === 0 && a.title.includes('\\n') && document.querySelector(a.hash))"
    );
    assert_eq!(browser.value(&reachable), json!(true));
    browser.value("document.querySelector('.points a.fn').focus()");
    for kind in ["keyDown", "keyUp"] {
        let key = json!({ "type": kind, "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        browser.ask("Input.dispatchKeyEvent", key);
    }
    assert_eq!(browser.text("location.hash"), "#n-1");
    assert_eq!(browser.value("document.querySelector(':target').matches('#notes li')"), json!(true));
    // Points of a rule with defects say what they were computed from.
    let title = browser.text("document.querySelector('details.fail .n[title]').title");
    assert!(title.starts_with("f(") && title.contains(" = "), "{title}");

    lay_out(&mut browser);
    browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    let unfolded =
        "[...document.querySelectorAll('details.r')].filter(r => r.querySelector('.body').checkVisibility())";
    let lead = browser.value("document.querySelectorAll('details.lead').length");
    assert_eq!(browser.value(&format!("{unfolded}.length")), lead);
    assert_eq!(browser.value(&format!("{unfolded}.every(r => r.classList.contains('lead'))")), json!(true));
    browser.ask("Emulation.setEmulatedMedia", json!({ "media": "" }));
    browser.value("document.querySelector('input[name=s][value=pass]').click()");
    browser.value("unfold.click()");
    let open =
        "[...document.querySelectorAll('details.r')].every(r => r.open === r.classList.contains('pass'))";
    assert_eq!(browser.value(open), json!(true));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn an_index_is_searched_and_leads_to_the_pages() {
    let stage = stage();
    let out = stage.path().join("out").display().to_string();
    stage.run(&["--quiet", "--out", &out]);
    let folder = stage.path().join("pages");
    let run = thuocdo(&["report", &out, "--format", "html", "--out", &format!("{}/", folder.display())]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    let mut browser = Browser::start();
    browser.open(&folder.join("index.html"), "");
    let rows = "[...document.querySelectorAll('.listed tbody tr')].filter(r => r.checkVisibility()).length";
    assert_eq!(browser.value(rows), json!(1));
    for (words, found) in [("dan cu", 1), ("nothing", 0)] {
        browser.value(&format!(
            "q.value = '{words}'; q.dispatchEvent(new Event('input')); new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        ));
        assert_eq!(browser.value(rows), json!(found), "{words}");
    }
    assert_eq!(browser.value("document.getElementById('overview').checkVisibility()"), json!(true));
    assert_eq!(browser.text("document.querySelector('.listed a').getAttribute('href')"), "dan_cu.html");
    assert_eq!(browser.complaints(), Vec::<String>::new());
    browser.open(&folder.join("dan_cu.html"), "");
    assert_eq!(browser.text("document.querySelector('.up a').getAttribute('href')"), "index.html");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
