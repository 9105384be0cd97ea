//! A second methodology, below our own verdict: its value, its alert, its worst fields, and that it is only reported.

use std::cmp::Reverse;

use anstyle::Style as Ink;

use super::page::{BAD, BOLD, GOOD, Line, PLAIN, Page, WEAK};
use super::safe::{columns, middle};
use super::words::{own, pick, points};
use crate::base::{Lang, Nano};
use crate::report::number;
use crate::say;
use crate::score::index::{AlertField, Colour, Deadlines, ErrorCard, FieldCard, IndexCard, Origin};

/// Fields that are shown: of the alert, and of the lowest.
const SHOWN: usize = 5;

const fn ink(colour: Colour) -> Ink {
    match colour {
        Colour::Green => GOOD,
        Colour::Yellow => WEAK,
        Colour::Red => BAD,
    }
}

pub fn write(page: &mut Page, lang: Lang, card: &IndexCard) {
    page.blank();
    let title = Line::of(BOLD, "  ").ink(BOLD, &middle(&card.methodology, 36));
    page.sides(title, verdict(card, lang));
    let edited = match card.weights {
        Origin::Shipped => Line::new(),
        Origin::Edited => Line::of(WEAK, say!("weights edited", "trọng số đã sửa").get(lang)),
    };
    let note = say!("not our score: {}", "không phải điểm của công cụ: {}", own(&card.source, lang))
        .get(lang)
        .to_owned();
    page.paragraph(Line::new(), 4, Line::dotted([edited, Line::new().dim(&note)]), 4);
    if card.alert {
        alert(page, lang, &card.alert_fields);
    }
    let gate = if card.connection_ready {
        Line::of(GOOD, pick(lang, "đủ điều kiện kết nối theo chỉ số này", "ready to connect by this index"))
    } else {
        Line::of(
            WEAK,
            pick(lang, "chưa đủ điều kiện kết nối theo chỉ số này", "not ready to connect by this index"),
        )
    };
    page.paragraph(Line::new(), 4, gate, 2);
    lowest(page, lang, &card.fields);
    errors(page, lang, &card.errors, card.deadlines);
}

fn verdict(card: &IndexCard, lang: Lang) -> Line {
    let (Some(value), Some(colour)) = (&card.value, card.colour) else {
        return Line::of(WEAK, pick(lang, "không có trường nào để đánh giá", "no field to judge"));
    };
    let value = points(value, lang);
    let ink = ink(colour);
    let value = Line::of(ink.bold(), say!("{value} points", "{value} điểm").get(lang));
    Line::dotted([Line::of(ink, colour.label().get(lang)), value])
}

fn alert(page: &mut Page, lang: Lang, fields: &[AlertField]) {
    let start = say!(
        "Serious incident: identifier fields that are not at 100: ",
        "Cảnh báo sự cố nghiêm trọng: trường định danh chưa đạt 100: "
    );
    let mut named: Vec<String> = fields
        .iter()
        .take(SHOWN)
        .map(|field| {
            let name = format!("{}.{}", middle(&field.table, 20), middle(&field.column, 20));
            match &field.value {
                Some(value) => format!("{name} {}", middle(&points(value, lang), 8)),
                None => format!("{name} ({})", pick(lang, "chưa có quy tắc", "no rule")),
            }
        })
        .collect();
    named.extend(more(fields.len(), lang));
    let text = Line::of(BAD, start.get(lang)).plain(&named.join(", "));
    page.paragraph(Line::of(BAD, "  !"), 4, text, 5);
}

fn more(all: usize, lang: Lang) -> Option<String> {
    let rest = all.checked_sub(SHOWN).filter(|rest| *rest > 0)?;
    let rest = number::count(rest as u64, lang);
    Some(say!("and {rest} more", "và {rest} trường khác").get(lang).to_owned())
}

/// The fields that are furthest from whole.
fn lowest(page: &mut Page, lang: Lang, fields: &[FieldCard]) {
    let mut fields: Vec<&FieldCard> =
        fields.iter().filter(|field| field.value_nano < Nano::FULL.get()).collect();
    if fields.is_empty() {
        return;
    }
    let all = fields.len();
    // Among equals the heavier first; the order of the card decides the rest.
    fields.sort_by_key(|field| (field.value_nano, Reverse(field.weight)));
    page.paragraph(Line::new(), 4, Line::new().dim(pick(lang, "trường thấp nhất", "lowest fields")), 1);
    for field in fields.iter().take(SHOWN) {
        let value = middle(&points(&field.value, lang), 8);
        let table = middle(&field.table, 24);
        let room = page.columns.saturating_sub(16 + columns(&table));
        let name = match &field.column {
            Some(column) => format!("{table}.{}", middle(column, room / 2)),
            None => format!("{table} ({})", pick(lang, "cả bảng", "as a whole")),
        };
        let mark = if field.identifier { pick(lang, "định danh", "identifier") } else { "" };
        let name = Line::dotted([Line::of(PLAIN, &name), Line::new().dim(mark)]);
        page.line(Line::of(ink(field.colour), &format!("  {value:>8}")).plain("  ").then(name));
    }
    if let Some(more) = more(all, lang) {
        page.line(Line::new().pad(12).dim(&more));
    }
}

/// Defects by group, and how soon they are to be repaired.
fn errors(page: &mut Page, lang: Lang, errors: &[ErrorCard], deadlines: Deadlines) {
    let found: Vec<Line> = errors
        .iter()
        .filter(|group| group.defects > 0)
        .map(|group| {
            let (number, name) = (group.group, middle(own(&group.name, lang), 40));
            let defects = number::count(group.defects, lang);
            Line::of(PLAIN, &format!("{number} {name} ")).ink(BOLD, &defects).glued()
        })
        .collect();
    if found.is_empty() {
        return;
    }
    let start = Line::new().dim(pick(lang, "lỗi theo nhóm: ", "errors by group: "));
    page.paragraph(Line::new(), 4, start.then(Line::dotted(found)), 6);
    let Deadlines { review, repair, complex } = deadlines;
    let text = say!(
        "reported deadlines in working days: review {review}, repair {repair}, complex cases {complex}",
        "thời hạn được thuật lại (ngày làm việc): rà soát {review}, sửa {repair}, phức tạp {complex}"
    );
    page.paragraph(Line::new(), 4, Line::new().dim(text.get(lang)), 2);
}
