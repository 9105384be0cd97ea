//! A paper as a page for browsers.

use super::chart::{grade_class, points_grade};
use super::document::{self, Bar};
use super::markup::{Markup, both};
use super::overview::badge;
use crate::base::Text;
use crate::report::Style;
use crate::report::paper::{Cell, Paper, Section};
use crate::report::term::words::fraction;
use crate::say;
use crate::score::Grade;

/// Characters of a code that stays on one line.
const CODE: usize = 20;

/// Bytes of a text that is more than a word or two, and gets room for it.
const SENTENCE: usize = 36;

pub fn paper(paper: &Paper, style: &Style) -> Vec<u8> {
    let mut page = Markup::new();
    page.raw("<section id=overview><h1>").heading(&paper.title).raw("</h1>");
    for fact in &paper.facts {
        page.raw("<div class=dim>").told(fact).raw("</div>");
    }
    for notice in &paper.notices {
        page.raw("<div class=notice>").told(notice).raw("</div>");
    }
    for section in &paper.sections {
        of(&mut page, section);
    }
    page.raw("</section>");
    let title = both(|lang| format!("{} · thuocdo", document::window(paper.title.get(lang))));
    document::around(&title, Bar::Tables, page, style)
}

fn of(page: &mut Markup, section: &Section) {
    page.raw("<h2>").heading(&section.title).raw("</h2>");
    for lead in &section.lead {
        page.raw("<div>").told(lead).raw("</div>");
    }
    if section.heads.is_empty() {
        return;
    }
    if section.rows.is_empty() {
        page.raw("<p class=dim>").say(&say!("None.", "Không có.")).raw("</p>");
        return;
    }
    page.raw("<div class=wide tabindex=0><table class=\"sort paper\"><thead><tr>");
    for head in &section.heads {
        page.raw("<th scope=col>").title(head).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    for row in &section.rows {
        page.raw("<tr>");
        for (at, cell) in row.iter().enumerate() {
            put(page, at == 0, cell);
        }
        page.raw("</tr>");
    }
    page.raw("</tbody></table></div>");
}

fn put(page: &mut Markup, first: bool, cell: &Cell) {
    let tag = if first { "th" } else { "td" };
    match cell {
        Cell::Count(n) => {
            page.open(tag, &[("class", "n"), ("data-v", &n.to_string())]).count(*n);
        }
        Cell::Points(six, nano) => {
            let class = format!("n {}", grade_class(points_grade(*nano)));
            page.open(tag, &[("class", &class), ("data-v", &nano.to_string())]).points(six);
        }
        Cell::Grade(grade) => {
            page.open(tag, &[("data-v", &(Grade::ALL.len() - *grade as usize).to_string())]);
            badge(page, *grade);
        }
        Cell::Share(share) => {
            let order = (u128::from(share.num) * 1_000_000).checked_div(share.den.into()).unwrap_or_default();
            page.open(tag, &[("class", "n"), ("data-v", &order.to_string())])
                .each(|lang| fraction(*share, lang));
        }
        _ => {
            page.raw(match (first, cell) {
                // Codes stay on one line; names get the room.
                (true, Cell::Name(name)) if name.len() <= CODE => "<th scope=row class=code>",
                (true, _) => "<th scope=row>",
                (false, Cell::Name(name)) if name.len() <= CODE => "<td class=code>",
                (false, Cell::Own(_)) => "<td class=named>",
                (false, Cell::Said(text)) if text.vi.len() > SENTENCE => "<td class=several>",
                (false, _) => "<td>",
            });
            match cell {
                Cell::Name(name) => page.told(&Text::same(name.replace('`', "'"))),
                Cell::Own(text) | Cell::Said(text) => page.told(text),
                Cell::Moment(moment) => page.moment(moment),
                _ => page.raw(""),
            };
        }
    }
    page.raw(if first { "</th>" } else { "</td>" });
}
