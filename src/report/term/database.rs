//! One database: its grade, what holds it down, its dimensions, and where to begin.

use super::bar::bar;
use super::page::{BAD, BOLD, Line, PLAIN, Page, WEAK};
use super::safe::{columns, middle};
use super::words::{ROWS, counted, fraction, grade_ink, own, pick, points, points_ink};
use super::{fix_first, index, table};
use crate::base::{Dimension, Lang};
use crate::report::number;
use crate::say;
use crate::score::scorecard::{Cap, DatabaseCard, DimensionCard, Score};
use crate::score::{Grade, Profile};

/// Columns of the box around the grade, with the space after it.
const BOX: usize = 11;

/// The base dimensions are shown even where a local rule file has no rule for them.
const BASE: usize = 4;

pub fn write(page: &mut Page, lang: Lang, profile: Profile, database: &DatabaseCard) {
    page.blank();
    page.heading('═', database.title.as_ref().map_or(&database.id, |title| own(title, lang)));
    let agency = database.agency.as_deref().map_or_else(Line::new, |agency| {
        Line::new().dim(&format!("{} {}", pick(lang, "cơ quan", "agency"), middle(agency, 24)))
    });
    let packs: Vec<&str> = database.packs.iter().map(|pack| pack.id.as_str()).collect();
    let packs = match packs.join(", ") {
        none if none.is_empty() => Line::new(),
        packs => Line::new().dim(&format!("{} {}", pick(lang, "gói", "packs"), middle(&packs, 40))),
    };
    // Without a title the heading is the id already.
    let id = database.title.as_ref().map_or_else(Line::new, |_| Line::new().dim(&middle(&database.id, 40)));
    page.paragraph(Line::new(), 2, Line::dotted([id, agency, packs]), 2);
    page.blank();
    verdict(page, lang, database);
    if !database.caps.is_empty() || !database.comparable && profile != Profile::Local {
        page.blank();
    }
    caps(page, lang, database.grade_by_points, &database.caps);
    idle_caps(page, lang, database.grade_by_points, &database.caps);
    if profile != Profile::Local && !database.comparable {
        let because: Vec<&str> = database.not_comparable_because.iter().map(|text| own(text, lang)).collect();
        let start = pick(lang, "không so sánh được: ", "not comparable: ");
        page.paragraph(Line::of(WEAK, "  !"), 4, Line::of(WEAK, start).plain(&because.join("; ")), 3);
    }
    page.blank();
    dimensions(page, lang, profile, database);
    if !database.problems.is_empty() {
        page.blank();
        table::problems(page, lang, &database.problems);
    }
    fix_first::write(page, lang, database);
    for card in &database.indices {
        index::write(page, lang, card);
    }
    for card in &database.tables {
        table::write(page, lang, card);
    }
}

fn verdict(page: &mut Page, lang: Lang, database: &DatabaseCard) {
    let ink = grade_ink(database.grade);
    let frame = |text: &str| Line::of(ink, text);
    let margin = vec![
        frame("  ╭─────╮"),
        frame("  │  ").ink(ink.bold(), database.grade.id()).ink(ink, "  │"),
        frame("  ╰─────╯"),
    ];
    let shown = points(&database.score.official, lang);
    let mut headline = vec![
        Line::of(ink.bold(), &capital(database.grade.label().get(lang))).glued(),
        Line::of(BOLD, say!("{shown} points", "{shown} điểm").get(lang)).glued(),
    ];
    if database.near_edge {
        let text = say!("close to the edge of a grade", "sát ngưỡng xếp hạng");
        headline.push(Line::of(WEAK, text.get(lang)).glued());
    }
    let confidence = database.confidence.label();
    let coverage = fraction(database.coverage, lang);
    let mut trust = vec![
        Line::of(
            PLAIN,
            say!("{coverage} of rule weight measured", "đo được {coverage} trọng số quy tắc").get(lang),
        )
        .glued(),
        Line::of(PLAIN, say!("confidence {}", "độ tin cậy {}", confidence.get(lang)).get(lang)).glued(),
    ];
    if let Some(columns) = database.column_coverage {
        let columns = fraction(columns, lang);
        trust.push(
            Line::of(PLAIN, say!("rules for {columns} of columns", "{columns} số cột có quy tắc").get(lang))
                .glued(),
        );
    }
    if database.small_n {
        let text = say!("small n: fewer than 100 units", "n nhỏ: chưa đến 100 đơn vị");
        trust.push(Line::of(WEAK, text.get(lang)).glued());
    }
    let internal = database.internal.as_ref().map_or_else(Line::new, |score| {
        let points = points(&score.official, lang);
        let text = say!(
            "internal score, local rules included: {points}",
            "điểm nội bộ, kể cả quy tắc riêng: {points}"
        );
        Line::of(PLAIN, text.get(lang))
    });
    let mut text = Vec::new();
    let width = page.columns.saturating_sub(BOX);
    let interval = interval(&database.score, lang);
    for line in [Line::dotted(headline), interval, clean(database, lang), Line::dotted(trust), internal] {
        text.extend(line.wrapped(width, 3));
    }
    page.beside(margin, BOX, text);
}

/// With a capital letter, as at the start of a sentence.
fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// What is guaranteed, possible and known, where these differ.
fn interval(score: &Score, lang: Lang) -> Line {
    let known = score.measured_nano == Some(score.official_nano) && score.ceiling_nano == score.official_nano;
    if known {
        return Line::new();
    }
    let (floor, ceiling) = (points(&score.official, lang), points(&score.ceiling, lang));
    let range = say!("between {floor} and {ceiling}", "trong khoảng {floor} – {ceiling}");
    let measured = match &score.measured {
        Some(measured) => {
            let measured = points(measured, lang);
            say!("{measured} where measured", "phần đo được {measured}")
        }
        None => say!("nothing measured", "chưa đo được gì"),
    };
    Line::dotted([Line::of(PLAIN, range.get(lang)).glued(), Line::of(PLAIN, measured.get(lang)).glued()])
}

fn clean(database: &DatabaseCard, lang: Lang) -> Line {
    let records = &database.clean_records;
    if !records.unknown_tables.is_empty() {
        let tables = middle(&records.unknown_tables.join(", "), 40);
        let text = say!(
            "clean records not guaranteed: no rows in {tables}",
            "không bảo đảm được tỷ lệ bản ghi sạch: {tables} không có bản ghi"
        );
        return Line::of(BAD, text.get(lang));
    }
    let Some(share) = number::share(records.clean, records.rows, lang) else { return Line::new() };
    let (clean, rows) = (number::count(records.clean, lang), counted(records.rows, ROWS, lang));
    let share = Line::of(BOLD, &share).plain(pick(lang, " bản ghi sạch", " clean records"));
    let counts = say!("{clean} of {rows}", "{clean} trên {rows}");
    Line::dotted([share.glued(), Line::of(PLAIN, counts.get(lang)).glued()])
}

/// Caps that lowered the grade, with evidence.
pub fn caps(page: &mut Page, lang: Lang, by_points: Grade, caps: &[Cap]) {
    for cap in caps.iter().filter(|cap| cap.max_grade > by_points) {
        let (id, grade) = (middle(&cap.id, 8), cap.max_grade.id());
        let limit = match cap.max_grade {
            Grade::Ungraded => say!("{id} no grade: ", "{id} không xếp hạng: "),
            _ => say!("{id} no better than {grade}: ", "{id} không quá {grade}: "),
        };
        let text = Line::of(BAD, limit.get(lang)).plain(&number::grouped(own(&cap.evidence, lang), lang));
        page.paragraph(Line::of(BAD, "  !"), 4, text, 4);
    }
}

/// Caps that apply and are no worse than the points, by name.
fn idle_caps(page: &mut Page, lang: Lang, by_points: Grade, caps: &[Cap]) {
    let idle: Vec<String> =
        caps.iter().filter(|cap| cap.max_grade <= by_points).map(|cap| middle(&cap.id, 8)).collect();
    if !idle.is_empty() {
        let ids = idle.join(", ");
        let text = say!("caps that change nothing here: {ids}", "điểm liệt không làm đổi hạng: {ids}");
        page.paragraph(Line::new(), 4, Line::new().dim(text.get(lang)), 1);
    }
}

fn dimensions(page: &mut Page, lang: Lang, profile: Profile, database: &DatabaseCard) {
    let labels: Vec<String> =
        Dimension::ALL.iter().map(|dimension| dimension.label().get(lang).to_owned()).collect();
    let label_width = labels.iter().map(|label| columns(label)).max().unwrap_or(0);
    // Label, bar, points, and what was measured of it.
    let (indent, value, remark) = (2, 8, 18);
    let cells = page.columns.saturating_sub(indent + label_width + 2 + value + remark).min(50);
    let mut unknown = false;
    for (at, (dimension, label)) in Dimension::ALL.into_iter().zip(&labels).enumerate() {
        let has_rules =
            database.tables.iter().flat_map(|table| &table.rules).any(|rule| rule.dimension == dimension);
        let card = database.dimensions.get(&dimension);
        let applicable = card.is_some_and(|card| card.applicable);
        if !applicable && (at >= BASE && !has_rules || card.is_none()) {
            continue;
        }
        let start = Line::of(PLAIN, "  ");
        let Some(card) = card.filter(|_| applicable) else {
            let why = if has_rules {
                say!("nothing to judge", "không có gì để đánh giá")
            } else {
                say!("no rule", "chưa có quy tắc")
            };
            page.line(start.dim(label).pad(indent + label_width + 2).dim(why.get(lang)));
            continue;
        };
        unknown |= card.score.ceiling_nano > card.score.official_nano;
        let drawn = drawn(page, card, cells);
        let shown = points(&card.score.official, lang);
        let line = start.plain(label).pad(indent + label_width + 2).then(drawn);
        let line = line.ink(BOLD, &format!("{shown:>value$}"));
        let remark = if !has_rules && profile != Profile::Local {
            Line::of(WEAK, pick(lang, "  chưa có quy tắc", "  no rule"))
        } else {
            match card.coverage {
                Some(part) if part.num != part.den => {
                    let part = fraction(part, lang);
                    Line::new().dim(say!("  {part} measured", "  đo được {part}").get(lang))
                }
                _ => Line::new(),
            }
        };
        page.line(line.then(remark));
    }
    if unknown {
        let shade = if page.unicode() { '▒' } else { '~' };
        let legend = say!("{shade} not known, counts as failed", "{shade} chưa rõ, tính là không đạt");
        page.line(Line::new().pad(indent + label_width + 2).dim(legend.get(lang)));
    }
}

fn drawn(page: &Page, card: &DimensionCard, cells: usize) -> Line {
    let official = card.score.official_nano;
    bar(official, card.score.ceiling_nano, cells, points_ink(official), page.unicode())
}
