//! The document around the page: its policy, its one stylesheet, its one script.
//!
//! The policy lets nothing in but these two, by their hashes: no request leaves the page, and what slipped past the
//! escaping would not run.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::markup::{Markup, both};
use super::shown;
use crate::base::{Dimension, Lang, Severity, Text};
use crate::report::Style;
use crate::report::term::safe::clean;
use crate::report::term::words::own;
use crate::say;
use crate::score::Scorecard;
use crate::score::scorecard::DatabaseCard;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// Characters of the title of the window.
const TITLE: usize = 80;

/// A page about a card, whose rules can be searched. `alone`: the page is of this database.
pub fn of_card(card: &Scorecard, alone: Option<&DatabaseCard>, body: Markup, style: &Style) -> Vec<u8> {
    around(&title(card, alone), Bar::Rules, body, style)
}

/// What the bar above the page offers besides languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bar {
    /// Nothing: the page has no script.
    Plain,
    /// Nothing either; the script orders tables and opens what a link points at.
    Tables,
    /// To search the rows of an index.
    Rows,
    /// To search, filter and order rules.
    Rules,
}

/// A page under that title; the script shows it in the language that is chosen.
pub fn around(title: &Text, offers: Bar, body: Markup, style: &Style) -> Vec<u8> {
    let script = offers != Bar::Plain;
    let (lang, other) = match style.lang {
        Lang::Vi => ("vi", Lang::En),
        Lang::En => ("en", Lang::Vi),
    };
    let mut page = Markup::new();
    let titles = [("lang", lang), ("data-vi", title.vi.as_str()), ("data-en", title.en.as_str())];
    page.raw("<!doctype html>\n").open("html", if script { &titles } else { &titles[..1] });
    page.raw("<head><meta charset=utf-8>");
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src {}; img-src data:; base-uri 'none'; form-action 'none'",
        digest(STYLE),
        if script { format!("'sha256-{}'", digest(SCRIPT)) } else { "'none'".to_owned() }
    );
    page.open("meta", &[("http-equiv", "Content-Security-Policy"), ("content", &policy)]);
    page.raw("<meta name=viewport content=\"width=device-width, initial-scale=1\">");
    page.raw("<meta name=referrer content=no-referrer><meta name=color-scheme content=\"light dark\">");
    page.raw("<link rel=icon href=\"data:,\"><title>");
    page.text(title.get(style.lang));
    page.raw("</title><style>").raw(STYLE).raw("</style></head>\n<body>");
    page.raw("<a class=skip href=\"#main\">").say(&say!("To the content", "Đến nội dung chính")).raw("</a>");
    page.raw("<svg class=defs aria-hidden=true><defs>");
    page.raw("<pattern id=hatch width=8 height=8 patternUnits=userSpaceOnUse patternTransform=rotate(45)>");
    page.raw(
        "<rect class=hatch-ground width=8 height=8></rect><rect class=hatch-line width=3 height=8></rect>",
    );
    page.raw("</pattern></defs></svg>");
    bar(&mut page, offers, style.lang, other);
    page.raw("<main id=main tabindex=-1>");
    let mut html = page.into_string();
    html += &body.into_string();
    html += "</main>\n";
    if script {
        html += "<script>";
        html += SCRIPT;
        html += "</script>";
    }
    html += "</body></html>\n";
    html.into_bytes()
}

/// Base64 of the SHA-256, as policies want it.
fn digest(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text.as_bytes()))
}

pub fn title(card: &Scorecard, alone: Option<&DatabaseCard>) -> Text {
    let all = say!("Data quality", "Chất lượng dữ liệu");
    let name = |lang| match alone {
        Some(database) => database.title.as_ref().map_or(database.id.as_str(), |title| own(title, lang)),
        None => all.get(lang),
    };
    let date = clean(card.as_of.get(..10).unwrap_or_default());
    both(|lang| format!("{} · {date} · thuocdo", window(name(lang))))
}

/// A name as the title of a window.
pub fn window(name: &str) -> String {
    shown::short(&clean(name), TITLE)
}

/// Languages, which need no script; search and filters, which do.
fn bar(page: &mut Markup, offers: Bar, lang: Lang, other: Lang) {
    page.raw("<header class=top><a class=brand href=\"#main\">thuocdo</a>");
    match offers {
        Bar::Plain | Bar::Tables => {}
        Bar::Rows => {
            search(page, &say!("Search databases", "Tìm CSDL"));
            page.raw("<output id=found for=q></output></search>");
        }
        Bar::Rules => rules(page),
    }
    languages(page, lang, other);
    page.raw("</header>");
}

fn search(page: &mut Markup, words: &Text) {
    page.raw("<search class=js-only><label for=q>").say(words);
    page.raw("</label><input id=q type=search autocomplete=off spellcheck=false maxlength=200 aria-keyshortcuts=\"/\">");
}

fn rules(page: &mut Markup) {
    search(page, &say!("Search rules", "Tìm quy tắc"));
    page.raw("<details class=filters><summary>").say(&say!("Filter and sort", "Lọc và sắp xếp"));
    page.raw("</summary><div class=panel>");
    chips(page, "s", &say!("Outcome", "Kết quả"), &outcomes());
    let dimensions = Dimension::ALL.map(|dimension| (dimension.id(), dimension.label()));
    chips(page, "d", &say!("Dimension", "Chiều"), &dimensions);
    let severities = Severity::ALL.map(|severity| (severity.id(), severity.label()));
    chips(page, "w", &say!("Severity", "Mức độ"), &severities);
    page.raw("<fieldset><legend>").say(&say!("Order of rules", "Thứ tự quy tắc")).raw("</legend>");
    let orders = [
        ("n", say!("as in the rule file", "theo tệp quy tắc")),
        ("g", say!("points to win back", "điểm lấy lại được")),
        ("f", say!("defects", "số lỗi")),
        ("p", say!("points, lowest first", "điểm, thấp trước")),
    ];
    for (at, (id, words)) in orders.iter().enumerate() {
        page.raw("<label><input type=radio name=order");
        page.raw(if at == 0 { " checked value=" } else { " value=" })
            .text(id)
            .raw("> ")
            .say(words)
            .raw("</label>");
    }
    page.raw("</fieldset><p><button type=button id=clear>").say(&say!("Show all", "Hiện tất cả"));
    page.raw("</button> <button type=button id=unfold>")
        .say(&say!("Open all that are shown", "Mở mọi quy tắc đang hiện"));
    page.raw("</button></p></div></details><output id=found for=q></output></search>");
}

fn languages(page: &mut Markup, lang: Lang, other: Lang) {
    page.raw("<fieldset class=langs><legend class=sr>Ngôn ngữ / Language</legend>");
    for each in [lang, other] {
        let (id, name) = match each {
            Lang::Vi => ("vi", "Tiếng Việt"),
            Lang::En => ("en", "English"),
        };
        page.raw("<label lang=").text(id).raw("><input type=radio name=lang id=lang-").text(id);
        page.raw(" value=").text(id).raw(if each == lang { " checked>" } else { ">" });
        page.text(name).raw("</label>");
    }
    page.raw("</fieldset>");
}

fn outcomes() -> [(&'static str, Text); 4] {
    [
        ("fail", say!("with defects", "có lỗi")),
        ("unknown", say!("not known", "chưa rõ")),
        ("pass", say!("without defects", "không lỗi")),
        ("na", say!("does not apply", "không áp dụng")),
    ]
}

fn chips(page: &mut Markup, name: &'static str, legend: &Text, choices: &[(&'static str, Text)]) {
    page.raw("<fieldset><legend>").say(legend).raw("</legend>");
    for (id, words) in choices {
        page.raw("<label><input type=checkbox name=").raw(name).raw(" value=").raw(id).raw("> ").say(words);
        page.raw("</label>");
    }
    page.raw("</fieldset>");
}
