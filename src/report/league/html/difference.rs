//! What lies between two agencies, as a waterfall: from the points of the second, dimension by dimension, to those of the
//! first.

use super::standings::titled;
use crate::base::{Nano, Text};
use crate::report::html::chart;
use crate::report::html::markup::Markup;
use crate::report::term::words::points;
use crate::say;
use crate::score::league::{Difference, League};

pub fn write(page: &mut Markup, league: &League) {
    let Some(of) = &league.difference else { return };
    let [a, b] = &of.between;
    page.raw("<section id=difference><h2>").say(&say!("What lies between", "Chênh lệch giữa")).raw(" ");
    named(page, league, a);
    page.raw(" ").say(&say!("and", "và")).raw(" ");
    named(page, league, b);
    page.raw("</h2><p class=dim>");
    page.say(&say!(
        "Every point of an agency belongs to a dimension of one of its databases; the parts sum up exactly.",
        "Mỗi điểm của cơ quan thuộc về một chiều của một CSDL; các phần cộng lại đúng bằng chênh lệch."
    ));
    page.raw("</p><div class=wide tabindex=0><table class=dimensions><thead><tr>");
    for head in [
        say!("Part", "Phần"),
        say!("Points", "Điểm"),
        say!("From the one to the other", "Phân tích chênh lệch"),
    ] {
        page.raw("<th scope=col>").say(&head).raw("</th>");
    }
    for id in &of.between {
        page.raw("<th scope=col>").say(&say!("Brought by", "Phần của")).raw(" ").name(id).raw("</th>");
    }
    page.raw("</tr></thead><tbody>");
    let scale = scale(of);
    let [of_a, of_b] = of.score_nano;
    end(page, league, b, of_b, scale);
    let mut at = of_b;
    for part in &of.dimensions {
        let next = at + part.difference_nano;
        page.raw("<tr><th scope=row>").say(&part.dimension.label()).raw("</th><td class=n>");
        signed(page, part.difference_nano).raw("</td><td class=chart>");
        chart::step(page, if next < at { "gD" } else { "gA" }, (at, next), scale);
        page.raw("</td>");
        for nano in part.brings_nano {
            page.raw("<td class=n>").points(&Nano::new(nano).six()).raw("</td>");
        }
        page.raw("</tr>");
        at = next;
    }
    end(page, league, a, of_a, scale);
    page.raw("</tbody></table></div></section>");
}

/// The lowest and the highest that is drawn, with some room.
fn scale(of: &Difference) -> (i64, i64) {
    let [to, from] = of.score_nano;
    let mut heights = vec![to, from];
    let mut at = from;
    for part in &of.dimensions {
        at += part.difference_nano;
        heights.push(at);
    }
    let (low, high) = (heights.iter().min(), heights.iter().max());
    let (low, high) = (low.copied().unwrap_or_default(), high.copied().unwrap_or_default());
    let room = ((high - low) / 8).max(Nano::POINT / 10);
    (low - room, high + room)
}

/// An agency, with its id beside its name.
fn named(page: &mut Markup, league: &League, id: &str) {
    match league.agencies.entries.iter().find(|entry| entry.id == id && entry.title.is_some()) {
        Some(entry) => {
            titled(page, entry);
            page.raw(" <span class=where>").name(id).raw("</span>");
        }
        None => {
            page.name(id);
        }
    }
}

/// One of the two agencies.
fn end(page: &mut Markup, league: &League, id: &str, nano: i64, scale: (i64, i64)) {
    page.raw("<tr><th scope=row>");
    named(page, league, id);
    page.raw("</th><td class=n><b>").points(&Nano::new(nano).six());
    page.raw("</b></td><td class=chart>");
    chart::step(page, "here", (scale.0, nano), scale);
    page.raw("</td><td></td><td></td></tr>");
}

fn signed(page: &mut Markup, nano: i64) -> &mut Markup {
    let sign = if nano < 0 { '−' } else { '+' };
    let six = Nano::new(nano.abs()).six();
    let text = |lang| format!("{sign}{}", points(&six, lang));
    page.say(&Text { vi: text(crate::base::Lang::Vi), en: text(crate::base::Lang::En) })
}
