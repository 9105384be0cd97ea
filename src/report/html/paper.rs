//! A paper as a page for browsers.

use super::chart::{grade_class, points_grade};
use super::document::{self, Bar};
use super::markup::{Markup, both};
use super::overview::badge;
use crate::base::Text;
use crate::report::Style;
use crate::report::paper::{Cell, Paper, Section};
use crate::say;
use crate::score::Grade;

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
        _ => {
            page.raw(if first { "<th scope=row>" } else { "<td>" });
            match cell {
                Cell::Name(name) => page.told(&Text::same(name.replace('`', "'"))),
                Cell::Own(text) | Cell::Said(text) => page.told(text),
                _ => page.raw(""),
            };
        }
    }
    page.raw(if first { "</th>" } else { "</td>" });
}
