//! One table: what was read, what went wrong while reading, and the rules that cost most.

use std::cmp::Reverse;

use super::page::{BAD, Line, PLAIN, Page, WEAK};
use super::rule::{self, Standing};
use super::safe::middle;
use super::words::{FILES, ROWS, RULES, counted, own, pick, tier};
use crate::base::{Lang, Text};
use crate::report::number;
use crate::say;
use crate::score::scorecard::{FileCard, Problem, ProblemLevel, RuleCard, TableCard, TablePresence};

/// Rules and findings that are shown of a table.
const RULES_SHOWN: usize = 12;
const PROBLEMS_SHOWN: usize = 8;

pub fn write(page: &mut Page, lang: Lang, table: &TableCard) {
    page.blank();
    let id = middle(&table.id, page.columns / 2);
    let heading = match &table.title {
        Some(title) => format!("{id} · {}", own(title, lang)),
        None => id,
    };
    page.heading('─', &heading);
    page.paragraph(Line::new(), 2, facts(table, lang), 3);
    problems(page, lang, &table.problems);
    let told = |file: &FileCard, why: &Text| {
        table.problems.iter().any(|p| p.text.en.contains(&file.path) && p.text.en.ends_with(&why.en))
    };
    let unread = table.files.iter().filter_map(|file| {
        let why = file.problem.as_ref().filter(|why| !told(file, why))?;
        Some(unread(file, own(why, lang)))
    });
    findings(page, lang, unread.collect());
    if table.presence == TablePresence::Present {
        rules(page, lang, &table.rules);
    }
}

fn facts(table: &TableCard, lang: Lang) -> Line {
    let tier = Line::of(PLAIN, tier(table.tier).get(lang));
    let rules = counted(table.rules.len() as u64, RULES, lang);
    match table.presence {
        TablePresence::Absent => {
            let text = say!("optional, no file: not judged", "không bắt buộc, không có tệp: không đánh giá");
            return Line::dotted([tier, Line::new().dim(text.get(lang))]);
        }
        TablePresence::Missing => {
            let text = say!(
                "MISSING, though required: counts as failed ({rules})",
                "THIẾU bảng bắt buộc: tính là không đạt ({rules})"
            );
            return Line::dotted([tier, Line::of(BAD, text.get(lang))]);
        }
        TablePresence::Present => {}
    }
    let rows = Line::of(PLAIN, &counted(table.rows, ROWS, lang)).glued();
    let files = Line::of(PLAIN, &counted(table.files.len() as u64, FILES, lang)).glued();
    let clean = match table.clean {
        _ if table.rows == 0 => Line::new(),
        Some(clean) => {
            let share = number::share(clean, table.rows, lang).unwrap_or_default();
            let clean = number::count(clean, lang);
            Line::of(PLAIN, say!("{share} clean ({clean})", "{share} sạch ({clean})").get(lang)).glued()
        }
        None => {
            let text = say!("clean records not established", "chưa xác định được số bản ghi sạch");
            Line::of(WEAK, text.get(lang))
        }
    };
    let key = match table.key.as_slice() {
        [] => Line::new(),
        columns => Line::new()
            .dim(&format!("{} {}", pick(lang, "khóa", "key"), middle(&columns.join(" + "), 40)))
            .glued(),
    };
    Line::dotted([tier.glued(), rows, files, clean, key])
}

/// Findings with what to do about them.
pub fn problems(page: &mut Page, lang: Lang, problems: &[Problem]) {
    let lines = problems.iter().map(|problem| {
        let mut text = match problem.level {
            ProblemLevel::Error => Line::of(BAD, pick(lang, "lỗi: ", "error: ")),
            ProblemLevel::Warning => Line::of(WEAK, pick(lang, "cảnh báo: ", "warning: ")),
        };
        text = text.plain(own(&problem.text, lang));
        if let Some(place) = &problem.place {
            text = text.dim(&format!(" ({})", middle(place, 40)));
        }
        if let Some(hint) = &problem.hint {
            text = text.dim(" → ").plain(own(hint, lang));
        }
        text
    });
    findings(page, lang, lines.collect());
}

fn unread(file: &FileCard, why: &str) -> Line {
    Line::of(BAD, &middle(&file.path, 40)).plain(": ").plain(why)
}

fn findings(page: &mut Page, lang: Lang, mut lines: Vec<Line>) {
    let more = lines.len().saturating_sub(PROBLEMS_SHOWN);
    lines.truncate(PROBLEMS_SHOWN);
    for line in lines {
        page.paragraph(Line::of(WEAK, "  !"), 4, line, 4);
    }
    if more > 0 {
        let more = number::count(more as u64, lang);
        page.line(Line::new().dim(say!("    … and {more} more", "    … và {more} phát hiện khác").get(lang)));
    }
}

/// Rules with something to say, those that cost most first.
fn notable(rules: &[RuleCard]) -> Vec<&RuleCard> {
    let mut notable: Vec<&RuleCard> =
        rules.iter().filter(|card| rule::standing(card) == Standing::Notable).collect();
    notable.sort_by(|a, b| {
        let points = |card: &RuleCard| card.points_nano.unwrap_or(i64::MAX);
        (Reverse(a.gain_nano), points(a), &a.id).cmp(&(Reverse(b.gain_nano), points(b), &b.id))
    });
    notable
}

fn rules(page: &mut Page, lang: Lang, rules: &[RuleCard]) {
    let notable = notable(rules);
    if !notable.is_empty() {
        page.blank();
    }
    for card in notable.iter().take(RULES_SHOWN) {
        rule::write(page, lang, card);
    }
    let count = |standing| rules.iter().filter(|card| rule::standing(card) == standing).count() as u64;
    let mut rest = Vec::new();
    let mut say = |n: u64, en: &str, vi: &str| {
        if n > 0 {
            rest.push(
                Line::new().dim(&format!("{} {}", counted(n, RULES, lang), pick(lang, vi, en))).glued(),
            );
        }
    };
    say(count(Standing::Perfect), "without a defect", "không có lỗi");
    say(count(Standing::NotApplicable), "with nothing to judge", "không có gì để đánh giá");
    if let Some(more) = notable.len().checked_sub(RULES_SHOWN).filter(|&more| more > 0) {
        let more = counted(more as u64, ["more rule", "more rules", "quy tắc khác"], lang);
        let text = say!("        … and {more} that cost less", "        … và {more} mất ít điểm hơn");
        page.line(Line::new().dim(text.get(lang)));
    }
    if !rest.is_empty() {
        page.blank();
        page.paragraph(Line::new(), 2, Line::dotted(rest), 2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::score::Profile;

    #[test]
    fn what_costs_most_comes_first_and_perfect_rules_are_not_listed() {
        let card = sample::card(Profile::Vn4);
        for table in card.databases.iter().flat_map(|database| &database.tables) {
            let listed = notable(&table.rules);
            assert!(listed.windows(2).all(|pair| pair[0].gain_nano >= pair[1].gain_nano));
            assert!(listed.iter().all(|rule| rule.fail > 0 || rule.points.as_deref() != Some("100.000000")));
        }
    }
}
