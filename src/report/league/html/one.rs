//! The databases one by one: what holds each of them down, where to begin, and whom it cannot be told from.

use super::Context;
use super::standings::titled;
use crate::base::Nano;
use crate::report::html::anchor;
use crate::report::html::chart;
use crate::report::html::heat;
use crate::report::html::markup::Markup;
use crate::report::html::overview::{badge, range};
use crate::report::league::words;
use crate::report::term::words::gain;
use crate::say;
use crate::score::league::Entry;

/// Databases that are named before the rest is counted.
const NAMED: usize = 24;

pub fn write(page: &mut Markup, context: &Context<'_>) {
    let entries = &context.league.databases.entries;
    if entries.is_empty() {
        return;
    }
    page.raw("<section id=one><h2>").say(&say!("One by one", "Từng CSDL")).raw("</h2>");
    for (entry, anchor) in entries.iter().zip(context.anchors) {
        page.open("details", &[("class", "entry"), ("id", anchor)]).raw("<summary>");
        badge(page, entry.grade);
        page.raw(" ").points(&entry.score.official).raw(" · <b>");
        titled(page, entry);
        page.raw("</b> <span class=where>").name(&entry.id).raw(" · ");
        page.say(&say!("ranks", "hạng")).text(&format!(" {}", words::ranks(entry.interval)));
        page.raw("</span></summary><div class=body>");
        body(page, context, entry);
        page.raw("</div></details>");
    }
    page.raw("</section>");
}

fn body(page: &mut Markup, context: &Context<'_>, entry: &Entry) {
    page.raw("<p>");
    range(page, &entry.score);
    page.raw("</p><p class=dim>");
    match (&entry.card, (context.href)(entry)) {
        (_, Some(href)) => {
            page.open("a", &[("href", &href)])
                .say(&say!("The whole scorecard", "Toàn bộ bảng điểm"))
                .raw("</a>");
        }
        (Some(card), None) => {
            page.say(&say!("scorecard", "bảng điểm")).raw(" ").name(card);
        }
        (None, None) => {}
    }
    page.raw("</p><div class=wide tabindex=0><table class=dimensions><tbody>");
    for (dimension, card) in &entry.dimensions {
        page.raw("<tr><th scope=row>").say(&dimension.label()).raw("</th>");
        heat::cell(page, Some(card));
        page.raw("<td class=chart>");
        chart::interval(page, card.score.official_nano, card.score.ceiling_nano);
        page.raw("</td></tr>");
    }
    page.raw("</tbody></table></div>");
    if !entry.caps.is_empty() {
        page.raw("<h3>").say(&say!("Caps on the grade", "Điểm liệt")).raw("</h3><ul class=caps>");
        for cap in &entry.caps {
            page.raw("<li><b>").name(&cap.id).raw("</b> ≤ ").text(cap.max_grade.id()).raw(" ");
            page.evidence(&cap.evidence).raw("</li>");
        }
        page.raw("</ul>");
    }
    fixes(page, context, entry);
    told_from(page, entry);
}

fn fixes(page: &mut Markup, context: &Context<'_>, entry: &Entry) {
    if entry.fix_first.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("What to fix first", "Sửa gì trước")).raw("</h3><ol class=first>");
    for fix in &entry.fix_first {
        page.raw("<li><b class=gain>")
            .each(|lang| gain(&Nano::new(fix.gain_nano).six(), fix.gain_nano, lang))
            .raw("</b> <span>");
        let href = (context.href)(entry).map(|page| page + &anchor::within(&fix.table, fix.rule.as_deref()));
        if let Some(href) = &href {
            page.open("a", &[("href", href)]);
        }
        page.name(&fix.table);
        if let Some(part) = fix.rule.as_deref().or(fix.column.as_deref()) {
            page.raw(" / ").name(part);
        }
        page.raw(if href.is_some() { "</a></span></li>" } else { "</span></li>" });
    }
    page.raw("</ol>");
}

fn told_from(page: &mut Markup, entry: &Entry) {
    if entry.not_told_from.is_empty() {
        return;
    }
    page.raw("<h3>").say(&say!("Cannot be told from", "Chưa phân biệt được với")).raw("</h3><ul class=tiny>");
    for id in entry.not_told_from.iter().take(NAMED) {
        page.raw("<li>").name(id).raw("</li>");
    }
    let more = entry.not_told_from.len().saturating_sub(NAMED);
    if more > 0 {
        page.raw("<li>+").count(more as u64).raw("</li>");
    }
    page.raw("</ul>");
}
