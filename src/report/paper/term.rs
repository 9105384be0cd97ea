//! A paper in the terminal: every row is a paragraph beside its name, because tables of many columns fit no terminal.

use super::{Cell, Paper, Section};
use crate::base::Lang;
use crate::report::Style;
use crate::report::term::page::{BOLD, Line, PLAIN, Page, WEAK};
use crate::report::term::words::{grade_ink, points_ink};
use crate::say;

/// Columns of the names of rows.
const NAMES: usize = 22;

pub fn render(paper: &Paper, style: &Style) -> Vec<u8> {
    let (mut page, lang) = (Page::new(style), style.lang);
    page.line(Line::of(BOLD, paper.title.get(lang)));
    for fact in &paper.facts {
        page.paragraph(Line::new(), 0, Line::new().dim(fact.get(lang)), usize::MAX);
    }
    for notice in &paper.notices {
        page.paragraph(Line::of(WEAK, "!"), 2, Line::of(WEAK, notice.get(lang)), usize::MAX);
    }
    for section in &paper.sections {
        of(&mut page, lang, section);
    }
    page.into_bytes()
}

fn of(page: &mut Page, lang: Lang, section: &Section) {
    page.blank();
    page.heading('─', section.title.get(lang));
    for lead in &section.lead {
        page.paragraph(Line::new(), 0, Line::new().dim(lead.get(lang)), usize::MAX);
    }
    if section.rows.is_empty() && !section.heads.is_empty() {
        page.line(Line::new().dim(say!("none", "không có").get(lang)));
    }
    for row in &section.rows {
        let Some((name, cells)) = row.split_first() else { continue };
        let parts = cells.iter().zip(section.heads.iter().skip(1)).map(|(cell, head)| {
            let text = cell.text(lang);
            if text.is_empty() {
                return Line::new();
            }
            let head = head.get(lang);
            let colon = if head.is_empty() { String::new() } else { format!("{head}: ") };
            let line = Line::new().dim(&colon);
            match cell {
                Cell::Grade(grade) => line.ink(grade_ink(*grade), &text).glued(),
                Cell::Points(_, nano) => line.ink(points_ink(*nano), &text).glued(),
                Cell::Count(_) => line.plain(&text).glued(),
                _ => line.plain(&text),
            }
        });
        let text = Line::dotted(parts);
        let name = Line::of(PLAIN, &name.text(lang));
        if name.columns() >= NAMES {
            page.paragraph(Line::new(), 0, name, 3);
            page.paragraph(Line::new(), 4, text, usize::MAX);
        } else {
            page.paragraph(name, NAMES, text, usize::MAX);
        }
    }
}
