//! What to fix first: rules, columns, tables and databases by the points that each would win back.

use super::page::{BOLD, DIM, Line, PLAIN, Page};
use super::rule;
use super::safe::{columns, ending, middle};
use super::words::{DATABASES, RULES, counted, gain, pick, points_ink};
use crate::base::{Lang, Nano};
use crate::report::number;
use crate::say;
use crate::score::Grade;
use crate::score::fix_first::{FixCard, FixLevel};
use crate::score::scorecard::{AgencyCard, DatabaseCard, RuleCard};

/// What is listed of rules; of columns, tables and databases fewer are enough.
const RULES_SHOWN: usize = 5;
const OTHERS_SHOWN: usize = 3;

/// Columns of the gain and the space after it.
const MARGIN: usize = 10;

/// Of one database.
pub fn write(page: &mut Page, lang: Lang, database: &DatabaseCard) {
    if database.fix_first.is_empty() {
        return;
    }
    page.blank();
    let title = Line::of(BOLD, pick(lang, "  Sửa gì trước", "  What to fix first"));
    let text = say!("points that each would win back", "số điểm mỗi mục lấy lại được");
    page.sides(title, Line::new().dim(text.get(lang)));
    let of = |level: FixLevel| database.fix_first.iter().filter(move |fix| fix.level == level);
    for fix in of(FixLevel::Rule).take(RULES_SHOWN) {
        let card = database.tables.iter().find(|table| table.id == fix.table);
        let card = card.and_then(|table| table.rules.iter().find(|rule| Some(&rule.id) == fix.rule.as_ref()));
        let counts = card.map_or_else(Line::new, |card| counts(page, lang, card));
        // The ids of core rules repeat the table.
        let id = fix.rule.as_deref().unwrap_or_default();
        let short = id.strip_prefix("core.").and_then(|id| id.strip_prefix(&fix.table)?.strip_prefix('.'));
        row(page, lang, (&fix.gain, fix.gain_nano), &[&fix.table, short.unwrap_or(id)], counts);
    }
    // One rule alone on its column is the rule again.
    let columns: Vec<&FixCard> =
        of(FixLevel::Column).filter(|fix| fix.rules > 1).take(OTHERS_SHOWN).collect();
    if !columns.is_empty() {
        page.line(Line::new().dim(pick(lang, "  theo cột, mọi quy tắc", "  by column, all its rules")));
    }
    for fix in columns {
        let name = [fix.table.as_str(), fix.column.as_deref().unwrap_or_default()];
        row(page, lang, (&fix.gain, fix.gain_nano), &name, defects(lang, fix));
    }
    if database.tables.len() > 1 {
        page.line(Line::new().dim(pick(lang, "  theo bảng", "  by table")));
        for fix in of(FixLevel::Table).take(OTHERS_SHOWN) {
            row(page, lang, (&fix.gain, fix.gain_nano), &[&fix.table], defects(lang, fix));
        }
    }
    lifts(page, lang, database);
}

/// Where caps hold the grade down, points alone do not raise it: what would lift them.
fn lifts(page: &mut Page, lang: Lang, database: &DatabaseCard) {
    let biting = |grade: Grade| grade > database.grade_by_points;
    for cap in database.caps.iter().filter(|cap| biting(cap.max_grade)) {
        // The least that is enough: a rule before a column before a table.
        let mut enough: Vec<&FixCard> =
            database.fix_first.iter().filter(|fix| fix.lifts.contains(&cap.id)).collect();
        enough.sort_by_key(|fix| fix.level);
        let Some(fix) = enough.first() else { continue };
        let name = match fix.rule.as_deref().or(fix.column.as_deref()) {
            Some(name) => format!("{} / {}", middle(&fix.table, 24), middle(name, 40)),
            None => middle(&fix.table, 40),
        };
        let id = middle(&cap.id, 8);
        let text = say!(
            "cap {id} gives way once this is clean: {name}",
            "điểm liệt {id} được gỡ khi mục này sạch: {name}"
        );
        page.paragraph(Line::new(), 2, Line::new().dim(text.get(lang)), 2);
    }
}

/// Of an agency, or of all databases together.
pub fn databases(page: &mut Page, lang: Lang, agency: &AgencyCard) {
    if agency.fix_first.is_empty() {
        return;
    }
    page.blank();
    let title = Line::of(BOLD, pick(lang, "  Sửa CSDL nào trước", "  Which database to fix first"));
    let text = say!("points that all together would gain", "số điểm chung tăng thêm");
    page.sides(title, Line::new().dim(text.get(lang)));
    for fix in agency.fix_first.iter().filter(|fix| fix.scored).take(RULES_SHOWN) {
        let own = gain(&Nano::new(fix.database_gain_nano).six(), fix.database_gain_nano, lang);
        let own = ending(&own, 8);
        let note = say!("its own score {own}", "điểm riêng {own}");
        row(page, lang, (&fix.gain, fix.gain_nano), &[&fix.database], Line::of(PLAIN, note.get(lang)));
    }
    // They are many, and what to do about them is the same.
    let mut unscored = agency.fix_first.iter().filter(|fix| !fix.scored);
    if let Some(most) = unscored.next() {
        let count = counted(1 + unscored.count() as u64, DATABASES, lang);
        let most = ending(&gain(&most.gain, most.gain_nano, lang), 8);
        let text =
            say!("{count} not scored, at most {most} each", "{count} chưa chấm, mỗi CSDL tối đa {most}");
        page.paragraph(Line::new(), MARGIN, Line::new().dim(text.get(lang)), 2);
    }
}

fn row(page: &mut Page, lang: Lang, points: (&str, i64), name: &[&str], counts: Line) {
    let gained = ending(&gain(points.0, points.1, lang), MARGIN - 2);
    let margin = Line::new().ink(points_ink(0), &format!("{gained:>width$}", width = MARGIN - 2)).plain("  ");
    let room = page.columns.saturating_sub(margin.columns() + counts.columns() + 2);
    let line = match name {
        [table, of] => {
            let table = middle(table, room / 3);
            let of = middle(of, room.saturating_sub(columns(&table) + 3));
            margin.ink(DIM, &table).ink(DIM, " / ").plain(&of)
        }
        _ => margin.plain(&middle(&name.concat(), room)),
    };
    page.sides(line, counts);
}

fn counts(page: &Page, lang: Lang, rule: &RuleCard) -> Line {
    let counts = rule::counts(rule, lang);
    if counts.columns() > page.columns / 2 {
        Line::of(BOLD, &number::count(rule.fail, lang)).plain(pick(lang, " lỗi", " fail"))
    } else if counts.columns() == 0 {
        rule::status(rule.status).map(|(ink, text)| Line::of(ink, text.get(lang))).unwrap_or_default()
    } else {
        counts
    }
}

/// `3 rules · 1,000 defects`.
fn defects(lang: Lang, fix: &FixCard) -> Line {
    let mut parts = vec![Line::new().dim(&counted(fix.rules, RULES, lang)).glued()];
    if fix.defects > 0 {
        let count = number::count(fix.defects, lang);
        parts.push(Line::of(BOLD, &count).plain(pick(lang, " lỗi", " defects")).glued());
    }
    if fix.unknown > 0 {
        let count = number::count(fix.unknown, lang);
        parts.push(Line::of(PLAIN, say!("{count} unknown", "{count} chưa rõ").get(lang)).glued());
    }
    Line::dotted(parts)
}
