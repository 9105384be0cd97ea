//! One rule: on its line what came of it, behind it the counts, examples, and what they mean.

use indexmap::IndexMap;

use super::chart::{grade_class, points_grade};
use super::markup::{Markup, both};
use super::{Context, anchor, fix_first, kinds, shown, trend};
use crate::base::{Lang, Nano, Scale, Status, Text};
use crate::report::number;
use crate::report::term::words::{counted, figure_name, gain, pick, unit};
use crate::say;
use crate::score::rule_points::Counts;
use crate::score::scorecard::{MassCard, RuleCard, TableCard};
use crate::state::{Example, Mass, Tally};

/// Examples and figures that are shown of a rule; all are on the card.
const EXAMPLES: usize = 3;
const FIGURES: usize = 16;
/// Characters of a figure's name and value.
const FIGURE: usize = 60;

/// What the filter of the page asks for.
fn outcome(rule: &RuleCard) -> &'static str {
    match rule.status {
        Status::Measured if rule.fail > 0 => "fail",
        Status::Measured if rule.unknown > 0 => "unknown",
        Status::Measured => "pass",
        Status::MissingInput | Status::MissingTable => "fail",
        Status::Na => "na",
        Status::Empty | Status::Error | Status::Skipped => "unknown",
    }
}

pub fn write(page: &mut Markup, context: &Context<'_>, table: &TableCard, rule: &RuleCard, anchor: &str) {
    let outcome = outcome(rule);
    // On paper only those are unfolded that are to be fixed first.
    let lead = fix_first::rules(context.database)
        .any(|fix| fix.table == table.id && fix.rule.as_deref() == Some(&rule.id));
    let class = format!("r {outcome}{}", if lead { " lead" } else { "" });
    // What the script filters and sorts by.
    let (dimension, severity) = (rule.dimension.id(), rule.severity.id());
    let (gain, fail, points) = (rule.gain_nano, rule.fail, rule.points_nano.unwrap_or(i64::MAX));
    let by = format!("{dimension} {severity} {gain} {fail} {points}");
    page.open("details", &[("id", anchor), ("class", &class), ("data-by", &by)]);
    page.raw("<summary><span class=id>").name(&rule.id);
    if let Some(title) = &rule.title {
        page.raw("<span class=title>").title(title).raw("</span>");
    }
    page.raw("</span><span class=what>");
    result(page, rule);
    page.raw("</span>");
    match &rule.points {
        Some(points) => {
            let class = format!("n {}", grade_class(points_grade(rule.points_nano.unwrap_or_default())));
            match scaled(rule, Lang::En).filter(|_| shown::is_decimal(points)) {
                Some(how) => page.open("span", &[("class", &class), ("title", &format!("{how} = {points}"))]),
                None => page.open("span", &[("class", &class)]),
            };
            page.points(points)
        }
        None => page.raw("<span class=n>—"),
    };
    page.raw("</span></summary><div class=body>");
    body(page, context, table, rule);
    page.raw("</div></details>");
}

/// `1,000 of 1,000,000 values fail · 1 in 1,000`, or why there are no counts.
fn result(page: &mut Markup, rule: &RuleCard) {
    let all = rule.pass.saturating_add(rule.fail).saturating_add(rule.unknown);
    if rule.status != Status::Measured || all == 0 {
        page.say(&rule.status.label());
        return;
    }
    page.each(|lang| {
        let mut text = match rule.fail {
            0 => counted(all, unit(rule.unit), lang),
            fail => {
                let (fail, all) = (number::count(fail, lang), counted(all, unit(rule.unit), lang));
                say!("{fail} of {all} fail", "{fail} trên {all} lỗi").get(lang).to_owned()
            }
        };
        if let Some(units) = rule.one_in {
            let units = number::count(units, lang);
            text += say!(" · 1 in {units}", " · 1 lỗi / {units}").get(lang);
        }
        if rule.unknown > 0 {
            let n = number::count(rule.unknown, lang);
            text += say!(" · {n} unknown", " · {n} chưa rõ").get(lang);
        }
        text
    });
}

fn body(page: &mut Markup, context: &Context<'_>, table: &TableCard, rule: &RuleCard) {
    page.raw("<p class=dim>");
    match kinds::anchor(&rule.kind) {
        Some(kind) => page.open("a", &[("href", &anchor::link(&kind))]).text(&rule.kind).raw(" »</a>"),
        None => page.name(&rule.kind),
    };
    for column in &rule.columns {
        page.raw(" · <code>").name(column).raw("</code>");
    }
    page.raw(" · ").each(|lang| {
        let mut words = format!("{}, {}", rule.dimension.label().get(lang), rule.severity.label().get(lang));
        if rule.weight == 0 && rule.status != Status::Na {
            words += pick(lang, ", không tính điểm", ", not scored");
        }
        words
    });
    if let Some(place) = &rule.place {
        page.raw(" · <span class=where>").name(place).raw("</span>");
    }
    page.raw("</p>");
    if let Some(title) = rule.title.as_ref().filter(|title| Markup::is_cut(title)) {
        page.raw("<div>").told(title).raw("</div>");
    }
    if let Some(why) = &rule.why {
        page.raw("<div>").told(why).raw("</div>");
    }
    if let Some(note) = &rule.note {
        page.raw("<div class=notice>").told(note).raw("</div>");
    }
    facts(page, rule);
    examples(page, rule);
    if let Some(series) = context.trends.rule(&context.database.id, &table.id, &rule.id) {
        trend::spark(page, series);
    }
}

/// The numbers in one line: a page of thousands of rules has no room for a table each.
fn facts(page: &mut Markup, rule: &RuleCard) {
    let perfect = rule.fail == 0 && rule.unknown == 0;
    let words = both(|lang| {
        let mut facts: Vec<String> = Vec::new();
        let mut fact = |name: &str, value: String| facts.push(format!("{name} {value}"));
        // What is without defects has a rate of 1.
        if let Some(rate) = rule.rate.as_ref().filter(|_| !perfect) {
            // Six decimals, as the card has them.
            fact(pick(lang, "tỷ lệ đạt", "pass rate"), exact(&rate.value, lang));
        }
        if let Some(points) = rule.points.as_ref().filter(|_| !perfect) {
            let best = rule.points_ceiling.as_ref().filter(|ceiling| *ceiling != points);
            let best = best.map_or_else(String::new, |ceiling| format!(" – {}", exact(ceiling, lang)));
            let how = scaled(rule, lang).map_or_else(String::new, |how| how + " = ");
            fact(pick(lang, "điểm", "points"), how + &exact(points, lang) + &best);
        }
        if rule.gain_nano > 0 {
            let name = pick(lang, "lấy lại được", "to win back");
            fact(name, gain(&Nano::new(rule.gain_nano).six(), rule.gain_nano, lang));
        }
        // What passes and what fails is on the rule's line already.
        let counts = [
            (["không áp dụng", "not applicable"], rule.na),
            (["chưa rõ", "unknown"], rule.unknown),
            (["không rõ điều kiện", "condition unknown"], rule.when_unknown),
        ];
        for ([vi, en], n) in counts.into_iter().filter(|(_, n)| *n > 0) {
            fact(pick(lang, vi, en), number::count(n, lang));
        }
        for figure in rule.figures.iter().filter(|figure| figure.value != "0").take(FIGURES) {
            let name = shown::short(figure_name(&figure.name, lang), FIGURE);
            fact(&name, exact(&figure.value, lang));
        }
        facts.join(" · ")
    });
    if !words.en.is_empty() {
        page.raw("<div class=facts>").told(&words).raw("</div>");
    }
}

/// `f(17 + 0; 1,000)`: what the points of a rule with defects were computed from, see the notes.
fn scaled(rule: &RuleCard, lang: Lang) -> Option<String> {
    let mass = match &rule.mass {
        None => None,
        Some(MassCard { bad, units, per_unit }) => {
            Some(Mass { bad: bad.parse().ok()?, units: *units, per_unit: *per_unit })
        }
    };
    let counts = Counts::of(&Tally::new(rule.pass, rule.fail, rule.na, rule.unknown), mass.as_ref())?;
    if rule.status != Status::Measured || counts.bad == 0 && counts.unknown == 0 {
        return None;
    }
    let number = |n: u128| number::exact(&n.to_string(), lang);
    let (_, all) = counts.official();
    // Arguments are parted by what is no mark of numbers in either language.
    let scale = match rule.scale {
        Scale::Defect => "f",
        Scale::Ratio => "g",
    };
    Some(format!("{scale}({} + {}; {})", number(counts.bad), number(counts.unknown), number(all)))
}

/// A number as the language writes it; of what is none, the beginning.
fn exact(value: &str, lang: Lang) -> String {
    if shown::is_decimal(value) { number::exact(value, lang) } else { shown::short(value, FIGURE) }
}

/// Examples by the reason that they fail for, so that it is said once.
fn examples(page: &mut Markup, rule: &RuleCard) {
    let mut reasons: IndexMap<Option<&Text>, Vec<&Example>> = IndexMap::new();
    for example in rule.examples.iter().take(EXAMPLES) {
        reasons.entry(example.reason.as_ref()).or_default().push(example);
    }
    if reasons.is_empty() {
        return;
    }
    page.raw("<ul class=examples>");
    let mut file = None;
    for (reason, examples) in reasons {
        page.raw("<li>");
        if let Some(reason) = reason {
            page.told(reason).raw(": ");
        }
        for (at, example) in examples.into_iter().enumerate() {
            page.raw(if at > 0 { ", " } else { "" });
            // The file is named where it changes.
            if file != Some(&example.file) {
                page.raw("<span class=where>").name(&example.file).raw("</span>");
                file = Some(&example.file);
            }
            page.text(":").text(&example.row.to_string());
            if let Some(value) = &example.value {
                page.raw(" ").value(value);
            }
            if let Some(repaired) = &example.repaired {
                page.raw(" → ").value(repaired);
            }
        }
        page.raw("</li>");
    }
    page.raw("</ul>");
}
