//! Why a score changed, beneath its runs.

use super::term::{moment, points, signed};
use crate::base::Lang;
use crate::history::why::{RuleName, RulePart, Why};
use crate::report::number;
use crate::report::term::page::{BOLD, Line, PLAIN, Page, WEAK};
use crate::report::term::safe::middle;
use crate::report::term::words::pick;
use crate::say;

/// Columns of the numbers to the left.
const MARGIN: usize = 12;
/// Rules that came or went and are named.
const NAMED: usize = 4;

pub fn write(page: &mut Page, lang: Lang, why: &Why, limit: usize) {
    page.blank();
    page.heading('─', pick(lang, "Vì sao điểm thay đổi", "Why the score changed"));
    let span = Line::of(PLAIN, &points(Some(why.before_nano), lang))
        .plain(" → ")
        .ink(BOLD, &points(Some(why.after_nano), lang))
        .glued();
    let (from, to) = (moment(&why.from.as_of), moment(&why.to.as_of));
    let (before, after) = (why.from.sequence, why.to.sequence);
    let runs = say!(
        "record {before} of {from} to record {after} of {to}",
        "bản ghi {before} ngày {from} đến bản ghi {after} ngày {to}"
    );
    let again = say!("both scored by {}", "cả hai chấm theo {}", why.methodology);
    let again = if why.restated { Line::of(WEAK, again.get(lang)) } else { Line::new() };
    part(page, signed(why.change_nano, lang), Line::dotted([span, Line::new().dim(runs.get(lang)), again]));
    page.blank();
    let common = pick(lang, "do các quy tắc có ở cả hai lần chạy", "through rules that are in both");
    let newly = pick(lang, "trong đó đo được thêm ", "of that, newly measured ");
    let newly = of_that(newly, why.newly_measured_nano, lang);
    let lost = pick(lang, "trong đó không còn đo được ", "of that, no longer measured ");
    let lost = of_that(lost, why.no_longer_measured_nano, lang);
    part(page, signed(why.performance_nano, lang), Line::dotted([Line::of(PLAIN, common), newly, lost]));
    if why.added_nano != 0 || !why.added.is_empty() {
        let text = Line::of(PLAIN, pick(lang, "do quy tắc thêm vào", "through rules that were added"));
        part(page, signed(why.added_nano, lang), Line::dotted([text, named(&why.added, lang)]));
    }
    if why.removed_nano != 0 || !why.removed.is_empty() {
        let text =
            pick(lang, "do quy tắc bỏ đi hoặc đổi trọng số", "through rules that were removed, or weights");
        part(
            page,
            signed(why.removed_nano, lang),
            Line::dotted([Line::of(PLAIN, text), named(&why.removed, lang)]),
        );
    }
    if !why.rule_files.is_empty() {
        let names: Vec<String> = why.rule_files.iter().take(NAMED).map(|name| middle(name, 40)).collect();
        let text = pick(lang, "tệp quy tắc đã thay đổi: ", "the rule files changed: ");
        let rest = more(why.rule_files.len(), lang);
        part(page, Line::of(WEAK, "!"), Line::of(WEAK, text).plain(&names.join(", ")).plain(&rest));
    }
    if why.rules.is_empty() {
        return;
    }
    page.blank();
    for dimension in &why.dimensions {
        part(page, signed(dimension.nano, lang), Line::of(PLAIN, dimension.dimension.label().get(lang)));
    }
    page.blank();
    for rule in why.rules.iter().take(limit) {
        part(page, signed(rule.nano, lang), line(rule, lang));
    }
    if let Some(more) = why.rules.len().checked_sub(limit).filter(|&more| more > 0) {
        let rest: i64 = why.rules.iter().skip(limit).map(|rule| rule.nano).sum();
        let more = number::count(more as u64, lang);
        let text = say!("{more} more rules (`--limit`)", "{more} quy tắc khác (`--limit`)");
        part(page, signed(rest, lang), Line::new().dim(text.get(lang)));
    }
}

/// A number to the left, what it is of to the right.
fn part(page: &mut Page, number: Line, text: Line) {
    let number = Line::new().pad((MARGIN - 2).saturating_sub(number.columns())).then(number);
    page.paragraph(number, MARGIN, text, 4);
}

fn line(rule: &RulePart, lang: Lang) -> Line {
    let name = format!("{}/{}", middle(&rule.name.table, 24), middle(&rule.name.rule, 40));
    let moved = format!("{} → {}", points(Some(rule.before_nano), lang), points(Some(rule.after_nano), lang));
    let mark = match rule.newly_measured_nano {
        0 => Line::new(),
        1.. => Line::of(WEAK, pick(lang, "đo được thêm", "newly measured")),
        _ => Line::of(WEAK, pick(lang, "không còn đo được", "no longer measured")),
    };
    // Where it is only a part of the move, how much.
    let mark = if rule.newly_measured_nano == 0 || rule.newly_measured_nano == rule.nano {
        mark
    } else {
        mark.plain(" ").then(signed(rule.newly_measured_nano, lang))
    };
    let dimension = Line::new().dim(rule.dimension.label().get(lang));
    Line::dotted([
        Line::of(PLAIN, &name).glued(),
        dimension.glued(),
        Line::of(PLAIN, &moved).glued(),
        mark.glued(),
    ])
}

fn named(rules: &[RuleName], lang: Lang) -> Line {
    let names = rules.iter().take(NAMED);
    let names: Vec<String> =
        names.map(|name| format!("{}/{}", middle(&name.table, 24), middle(&name.rule, 40))).collect();
    Line::new().dim(&names.join(", ")).dim(&more(rules.len(), lang))
}

/// How many there are beyond those that are named.
fn more(all: usize, lang: Lang) -> String {
    let Some(more) = all.checked_sub(NAMED).filter(|&more| more > 0) else { return String::new() };
    let more = number::count(more as u64, lang);
    say!(" … and {more} more", " … và {more} mục khác").get(lang).to_owned()
}

/// A part of a number that is told apart.
fn of_that(text: &str, nano: i64, lang: Lang) -> Line {
    if nano == 0 { Line::new() } else { Line::of(PLAIN, text).then(signed(nano, lang)).glued() }
}
