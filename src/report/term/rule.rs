//! One rule: what it costs, what fails, why, and where to look.

use anstyle::Style as Ink;

use super::page::{BAD, BOLD, DIM, Line, PLAIN, Page, WEAK};
use super::safe::{ending, middle};
use super::words::{counted, figure_name, own, pick, points, points_ink, unit};
use crate::base::{Lang, Nano, Severity, Status, Text};
use crate::report::number;
use crate::say;
use crate::score::scorecard::RuleCard;
use crate::state::{Example, Figure};

/// Columns of the points to the left of a rule.
const MARGIN: usize = 10;

/// Examples, figures and lines of detail that are shown of a rule.
const EXAMPLES: usize = 2;
const FIGURES: usize = 8;
const LINES: usize = 3;

/// What to do with a rule on the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Without a defect: only counted.
    Perfect,
    /// Nothing to judge: only counted.
    NotApplicable,
    /// Has something to say.
    Notable,
}

pub fn standing(rule: &RuleCard) -> Standing {
    let remarkable = rule.when_unreliable || rule.fail > 0 || rule.unknown > 0;
    match rule.status {
        Status::Measured if !remarkable && rule.points_nano == Some(Nano::FULL.get()) => Standing::Perfect,
        Status::Na if !remarkable && rule.note.is_none() => Standing::NotApplicable,
        _ => Standing::Notable,
    }
}

pub fn write(page: &mut Page, lang: Lang, rule: &RuleCard) {
    let shown = rule.points.as_deref().map_or_else(|| "—".to_owned(), |text| points(text, lang));
    let ink = rule.points_nano.map_or(PLAIN, points_ink);
    let margin = Line::of(ink, &format!("{:>width$}  ", ending(&shown, MARGIN - 3), width = MARGIN - 2));

    let counts = counts(rule, lang);
    // Numbers are never cut: where they do not fit beside the name they come first beneath it.
    let beside = counts.columns() <= page.columns / 2;
    let (right, below) = if beside { (counts, Line::new()) } else { (Line::new(), counts.glued()) };
    let gap = if right.columns() > 0 { 2 } else { 0 };
    let room = page.columns.saturating_sub(MARGIN + gap + right.columns());
    page.sides(margin.then(Line::of(BOLD, &middle(&rule.id, room))), right);

    let mut parts = vec![below];
    if let Some(title) = &rule.title {
        parts.push(Line::of(PLAIN, &ending(own(title, lang), 60)));
    }
    parts.push(severity(rule, lang));
    parts.extend(verdict(rule, lang));
    parts.extend(
        rule.figures.iter().filter(|figure| figure.value != "0").take(FIGURES).map(|f| reason(f, lang)),
    );
    if let Some(note) = &rule.note {
        parts.push(Line::of(PLAIN, own(note, lang)));
    }
    page.paragraph(Line::new(), MARGIN, Line::dotted(parts), LINES);

    let places: Vec<String> =
        rule.examples.iter().take(EXAMPLES).map(|example| place(example, lang)).collect();
    if !places.is_empty() {
        let start = pick(lang, "ví dụ", "e.g.");
        let mut text = Line::new().dim(start);
        for (at, place) in places.iter().enumerate() {
            text = text.dim(if at > 0 { ", " } else { " " }).then(Line::new().dim(place).glued());
        }
        page.paragraph(Line::new(), MARGIN, text, EXAMPLES);
    }
}

/// `1,000 of 1,000,000 values fail`.
pub fn counts(rule: &RuleCard, lang: Lang) -> Line {
    let all = rule.pass.saturating_add(rule.fail).saturating_add(rule.unknown);
    if rule.status != Status::Measured || all == 0 {
        return Line::new();
    }
    let all = counted(all, unit(rule.unit), lang);
    if rule.fail == 0 {
        return Line::new().dim(&all);
    }
    let fail = number::count(rule.fail, lang);
    let rest = say!(" of {all} fail", " trên {all} lỗi");
    Line::of(BOLD, &fail).plain(rest.get(lang))
}

fn severity(rule: &RuleCard, lang: Lang) -> Line {
    let label = rule.severity.label();
    let dimension = rule.dimension.label();
    let words = format!("{}, {}", dimension.get(lang), label.get(lang));
    let ink = if rule.severity == Severity::Critical { WEAK } else { DIM };
    let line = Line::of(ink, &words);
    if rule.weight == 0 && rule.status != Status::Na {
        return line.dim(pick(lang, ", không tính điểm", ", not scored"));
    }
    line
}

/// What became of a rule that has no numbers.
pub fn status(status: Status) -> Option<(Ink, Text)> {
    let ink = match status {
        Status::Measured => return None,
        Status::Na => PLAIN,
        Status::Empty | Status::Skipped => WEAK,
        Status::Error | Status::MissingInput | Status::MissingTable => BAD,
    };
    Some((ink, status.label()))
}

/// What the numbers say, or why there are none.
fn verdict(rule: &RuleCard, lang: Lang) -> Vec<Line> {
    let mut parts = Vec::new();
    let mut say = |ink, text: Text| parts.push(Line::of(ink, text.get(lang)).glued());
    if let Some((ink, words)) = status(rule.status) {
        let counts_as = match rule.status {
            Status::Empty | Status::Error | Status::Skipped => say!(": unknown", ": chưa rõ"),
            Status::MissingInput | Status::MissingTable => say!(": counts as failed", ": tính là không đạt"),
            Status::Measured | Status::Na => Text::default(),
        };
        say(ink, Text { en: words.en + &counts_as.en, vi: words.vi + &counts_as.vi });
    }
    if let Some(rate) = &rule.rate
        && let Some(pass) = number::percent(rate.num, rate.den, 4, lang)
    {
        say(PLAIN, say!("{pass} pass", "đạt {pass}"));
    }
    if let Some(units) = rule.one_in {
        let units = number::count(units, lang);
        say(PLAIN, say!("1 in {units}", "1 lỗi trên {units}"));
    }
    if rule.unknown > 0 {
        let n = number::count(rule.unknown, lang);
        say(WEAK, say!("{n} unknown", "{n} chưa rõ"));
    }
    if rule.when_unreliable {
        let n = number::count(rule.when_unknown, lang);
        say(WEAK, say!("condition unknown on {n} rows", "không rõ điều kiện ở {n} bản ghi"));
    }
    parts
}

fn reason(figure: &Figure, lang: Lang) -> Line {
    let name = ending(figure_name(&figure.name, lang), 28);
    let value = ending(&number::exact(&figure.value, lang), 28);
    Line::of(PLAIN, &name).plain(" ").ink(BOLD, &value).glued()
}

/// `hospital.csv:17 "1****" (the leading zero is lost: "0010******45")`
pub fn place(example: &Example, lang: Lang) -> String {
    let mut at = format!("{}:{}", middle(&example.file, 28), example.row);
    if let Some(value) = &example.value {
        at += &format!(" \"{}\"", ending(value, 24));
    }
    match (&example.reason, &example.repaired) {
        (Some(reason), Some(repaired)) => {
            at += &format!(" ({}: \"{}\")", ending(reason.get(lang), 48), ending(repaired, 24));
        }
        (Some(reason), None) => at += &format!(" ({})", ending(reason.get(lang), 48)),
        (None, _) => {}
    }
    at
}
