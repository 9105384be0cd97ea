//! One table: what was read, its columns, its rules.

use super::footnotes::{Note, mark};
use super::markup::{Markup, both};
use super::{Context, columns, notes, rule};
use crate::report::number;
use crate::report::term::rule::{Standing, standing};
use crate::report::term::words::{ROWS, RULES, counted, tier};
use crate::say;
use crate::score::scorecard::{TableCard, TablePresence};

pub fn write(page: &mut Markup, context: &Context<'_>, at: usize, table: &TableCard) {
    let Some(anchors) = context.anchors.tables.get(at) else { return };
    page.open("section", &[("class", "table"), ("id", &anchors.table)]).raw("<h3>");
    match &table.title {
        Some(title) => page.heading(title).raw(" <span class=where>").name(&table.id).raw("</span>"),
        None => page.name(&table.id),
    };
    page.raw("</h3><div class=o><p class=dim>").say(&tier(table.tier)).raw(" · ");
    match table.presence {
        TablePresence::Present => page.each(|lang| counted(table.rows, ROWS, lang)),
        TablePresence::Missing => page.raw("<b>").say(&say!("missing", "thiếu bảng")).raw("</b>"),
        TablePresence::Absent => page.say(&say!("absent, and may be", "không có, và được phép không có")),
    };
    if let Some(clean) = table.clean.filter(|_| table.rows > 0) {
        page.raw(" · ").each(|lang| {
            let share = number::share(clean, table.rows, lang).unwrap_or_default();
            say!("{share} clean", "{share} sạch").get(lang).to_owned()
        });
    }
    if !table.key.is_empty() {
        page.raw(" · ").say(&say!("key", "khóa"));
        for column in &table.key {
            page.raw(" <code>").name(column).raw("</code>");
        }
    }
    page.raw("</p>");
    notes::problems(page, &table.problems);
    for file in &table.files {
        if let Some(problem) = &file.problem {
            page.raw("<div class=notice>").name(&file.path).raw(": ").told(problem).raw("</div>");
        }
    }
    columns::write(page, table, &anchors.rules);
    page.raw("</div><h4 class=count>").say(&both(|lang| {
        let rules = counted(table.rules.len() as u64, RULES, lang);
        let notable = table.rules.iter().filter(|rule| standing(rule) == Standing::Notable).count() as u64;
        let notable = number::count(notable, lang);
        say!("{rules}, {notable} with something to say", "{rules}, {notable} quy tắc cần xem")
            .get(lang)
            .to_owned()
    }));
    mark(page, Note::Rule);
    mark(page, Note::Rate);
    page.raw("</h4><div class=rules>");
    for (card, anchor) in table.rules.iter().zip(&anchors.rules) {
        rule::write(page, context, table, card, anchor);
    }
    page.raw("</div></section>");
}
