//! What was not measured, and what was found while reading.

use super::markup::Markup;
use crate::report::number;
use crate::say;
use crate::score::Scorecard;
use crate::score::scorecard::{Incomplete, Problem, ProblemLevel};

/// Gaps and findings before the rest is folded away, and of all that is written out: a page of a hundred thousand
/// findings helps nobody.
const SHOWN: usize = 20;
const KEPT: usize = 500;

pub fn incomplete(page: &mut Markup, card: &Scorecard) {
    if card.incomplete.is_empty() {
        return;
    }
    page.raw("<section class=o id=incomplete><h2>").say(&say!("Not measured", "Chưa đo đủ")).raw("</h2>");
    page.raw("<p>").say(&say!(
        "What is not known counts as failed in the official score.",
        "Phần chưa rõ được tính là không đạt trong điểm chính thức."
    ));
    page.raw("</p>");
    folded(page, &card.incomplete, gap);
    page.raw("</section>");
}

fn gap(page: &mut Markup, gap: &Incomplete) {
    page.raw("<li><span class=where>").name(&gap.database);
    for part in [&gap.table, &gap.rule].into_iter().flatten() {
        page.raw(" / ").name(part);
    }
    page.raw("</span> ").told(&gap.text).raw("</li>");
}

pub fn problems(page: &mut Markup, problems: &[Problem]) {
    if !problems.is_empty() {
        folded(page, problems, problem);
    }
}

fn problem(page: &mut Markup, problem: &Problem) {
    let word = match problem.level {
        ProblemLevel::Error => say!("error", "lỗi"),
        ProblemLevel::Warning => say!("warning", "cảnh báo"),
    };
    page.raw("<li><b>").say(&word).raw("</b> ").told(&problem.text);
    if let Some(place) = &problem.place {
        page.raw(" <span class=where>").name(place).raw("</span>");
    }
    if let Some(hint) = &problem.hint {
        page.raw(" <span class=hint>→ ").told(hint).raw("</span>");
    }
    page.raw("</li>");
}

fn folded<T>(page: &mut Markup, items: &[T], write: impl Fn(&mut Markup, &T)) {
    let (first, rest) = items.split_at(items.len().min(SHOWN));
    page.raw("<ul class=notes>");
    for item in first {
        write(page, item);
    }
    page.raw("</ul>");
    if rest.is_empty() {
        return;
    }
    page.raw("<details><summary>").each(|lang| {
        let more = number::count(rest.len() as u64, lang);
        say!("{more} more", "{more} mục khác").get(lang).to_owned()
    });
    page.raw("</summary><ul class=notes>");
    for item in rest.iter().take(KEPT) {
        write(page, item);
    }
    page.raw("</ul>");
    if rest.len() > KEPT {
        page.raw("<p>")
            .say(&say!("The rest is on the card.", "Phần còn lại có trong bảng điểm JSON."))
            .raw("</p>");
    }
    page.raw("</details>");
}
