//! What follows from the kind of a rule, once for all rules of it: what it checks, why that matters, what to do.

use std::collections::BTreeSet;

use super::markup::Markup;
use crate::kind::{self, KINDS};
use crate::say;
use crate::score::Scorecard;

/// Where a kind is explained; only those of this program are.
pub fn anchor(name: &str) -> Option<String> {
    kind::find(name).map(|kind| format!("k-{}", kind.about().name))
}

pub fn write(page: &mut Markup, card: &Scorecard) {
    let tables = card.databases.iter().flat_map(|database| &database.tables);
    of(page, &tables.flat_map(|table| &table.rules).map(|rule| rule.kind.as_str()).collect());
}

/// Of the kinds that are used.
pub fn of(page: &mut Markup, used: &BTreeSet<&str>) {
    let kinds: Vec<_> =
        KINDS.iter().map(|kind| kind.about()).filter(|about| used.contains(about.name)).collect();
    if kinds.is_empty() {
        return;
    }
    page.raw("<section class=o id=kinds><h2>");
    page.say(&say!(
        "Kinds of rules: why they matter, what to do",
        "Các loại quy tắc: vì sao quan trọng, cần làm gì"
    ));
    page.raw("</h2>");
    for about in kinds {
        page.open("article", &[("id", &format!("k-{}", about.name)), ("class", "kind")]);
        page.raw("<h3>").say(&about.title.text()).raw(" <code>").text(about.name).raw("</code></h3><dl>");
        for (title, words) in [
            (say!("What it checks", "Kiểm tra gì"), about.what),
            (say!("Why it matters", "Vì sao quan trọng"), about.why),
            (say!("What to do", "Cần làm gì"), about.fix),
        ] {
            page.raw("<dt>").say(&title).raw("</dt><dd>").told(&words.text()).raw("</dd>");
        }
        page.raw("</dl></article>");
    }
    page.raw("</section>");
}
