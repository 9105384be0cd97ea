//! What to fix first: rules, columns and tables by the points that each would win back.

use super::footnotes::{Note, mark};
use super::markup::{Markup, both};
use super::{Context, anchor};
use crate::base::{Nano, Text};
use crate::report::number;
use crate::report::term::words::{RULES, counted, gain};
use crate::say;
use crate::score::fix_first::{FixCard, FixLevel};
use crate::score::scorecard::DatabaseCard;

/// What is listed of rules; of columns and tables fewer are enough.
const RULES_SHOWN: usize = 10;
const OTHERS_SHOWN: usize = 5;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let fixes = &context.database.fix_first;
    if fixes.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("What to fix first", "Sửa gì trước"));
    mark(page, Note::Gain);
    page.raw("</h3><p class=dim>");
    page.say(&say!(
        "Points that the official score would win back if this alone were without defects.",
        "Số điểm chính thức lấy lại được nếu riêng mục này không còn lỗi."
    ));
    page.raw("</p>");
    let of = |level: FixLevel| fixes.iter().filter(move |fix| fix.level == level);
    list(page, context, &say!("Rules", "Quy tắc"), rules(context.database));
    page.raw("<div class=two>");
    // One rule alone on its column is the rule again.
    let columns = of(FixLevel::Column).filter(|fix| fix.rules > 1).take(OTHERS_SHOWN);
    list(page, context, &say!("Columns, all their rules", "Cột, mọi quy tắc của cột"), columns);
    if context.database.tables.len() > 1 {
        list(page, context, &say!("Tables", "Bảng"), of(FixLevel::Table).take(OTHERS_SHOWN));
    }
    page.raw("</div>");
}

/// The rules that are listed.
pub fn rules(database: &DatabaseCard) -> impl Iterator<Item = &FixCard> {
    database.fix_first.iter().filter(|fix| fix.level == FixLevel::Rule).take(RULES_SHOWN)
}

fn list<'f>(
    page: &mut Markup,
    context: &Context<'_>,
    title: &Text,
    fixes: impl Iterator<Item = &'f FixCard>,
) {
    let mut fixes = fixes.peekable();
    if fixes.peek().is_none() {
        return;
    }
    page.raw("<div><h4>").say(title).raw("</h4><ol class=first>");
    for fix in fixes {
        page.raw("<li><b class=gain>")
            .each(|lang| gain(&Nano::new(fix.gain_nano).six(), fix.gain_nano, lang))
            .raw("</b> <span>");
        let found = context.anchors.find(context.database, &fix.table, fix.rule.as_deref());
        if let Some(found) = found {
            page.open("a", &[("href", &anchor::link(found))]);
        }
        named(page, context.database, fix);
        if found.is_some() {
            page.raw("</a>");
        }
        page.raw(" <span class=dim>").say(&defects(fix)).raw("</span>");
        if !fix.lifts.is_empty() {
            page.raw(" <span class=flag>").say(&say!("lifts cap", "gỡ điểm liệt"));
            for cap in &fix.lifts {
                page.raw(" ").name(cap);
            }
            page.raw("</span>");
        }
        page.raw("</span></li>");
    }
    page.raw("</ol></div>");
}

/// The table by its name, and what of it.
fn named(page: &mut Markup, database: &DatabaseCard, fix: &FixCard) {
    let table = database.tables.iter().find(|table| table.id == fix.table);
    match table.and_then(|table| table.title.as_ref()) {
        Some(title) => page.title(title),
        None => page.name(&fix.table),
    };
    let rule = table.and_then(|table| table.rules.iter().find(|rule| Some(&rule.id) == fix.rule.as_ref()));
    match (rule, &fix.rule, &fix.column) {
        (Some(rule), ..) => page.raw(": ").rule(rule.title.as_ref(), &rule.kind, &rule.columns),
        (None, Some(id), _) => page.raw(": ").name(id),
        (None, None, Some(column)) => {
            page.raw(": ").say(&say!("column", "cột")).raw(" <code>").name(column).raw("</code>")
        }
        (None, None, None) => page,
    };
}

/// `3 rules · 1,000 defects`.
fn defects(fix: &FixCard) -> Text {
    both(|lang| {
        let mut parts = Vec::new();
        if fix.level != FixLevel::Rule {
            parts.push(counted(fix.rules, RULES, lang));
        }
        if fix.defects > 0 {
            parts.push(counted(fix.defects, ["defect", "defects", "lỗi"], lang));
        }
        if fix.unknown > 0 {
            let n = number::count(fix.unknown, lang);
            parts.push(say!("{n} unknown", "{n} chưa rõ").get(lang).to_owned());
        }
        parts.join(" · ")
    })
}
