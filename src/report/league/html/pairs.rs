//! Which pairs of agencies can be told apart. Of databases there are too many pairs: their table counts them, and each
//! names those that it cannot be told from.

use super::Context;
use super::standings::name;
use crate::base::Text;
use crate::report::html::footnotes::{Note, mark};
use crate::report::html::markup::Markup;
use crate::say;
use crate::score::league::Entry;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let entries = &context.league.agencies.entries;
    if entries.len() < 2 {
        return;
    }
    page.raw("<section id=pairs><h2>").say(&say!("Who is clearly above whom", "Các cặp phân biệt được"));
    mark(page, Note::Rank);
    page.raw("</h2><p class=legend>").say(&say!(
        "An agency of a row beside one of a column: ▲ above, ▼ below in at least 95 % of the draws; · cannot be told apart.",
        "Cơ quan ở hàng so với cơ quan ở cột: ▲ hơn, ▼ kém trong ít nhất 95 % số lần thử; · chưa phân biệt được."
    ));
    page.raw("</p><div class=wide tabindex=0><table class=pairs><thead><tr><th scope=col>");
    page.say(&say!("Agency", "Cơ quan")).raw("</th>");
    for entry in entries {
        page.raw("<th scope=col>").name(&entry.id).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for row in entries {
        page.raw("<tr>");
        name(page, row, None);
        for column in entries {
            cell(page, row, column);
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div></section>");
}

fn cell(page: &mut Markup, row: &Entry, column: &Entry) {
    let in_list = |ids: &[String]| ids.contains(&column.id);
    let (class, sign, words): (_, _, Text) = match () {
        () if row.id == column.id => {
            page.raw("<td></td>");
            return;
        }
        () if in_list(&row.clearly_above) => ("above", "▲", say!("clearly above", "hơn rõ")),
        () if in_list(&row.not_told_from) => ("even", "·", say!("not told apart", "chưa phân biệt được")),
        () => ("below", "▼", say!("clearly below", "kém rõ")),
    };
    page.open("td", &[("class", class)]).raw("<span aria-hidden=true>").text(sign);
    page.raw("</span><span class=sr>").say(&words).raw("</span></td>");
}
