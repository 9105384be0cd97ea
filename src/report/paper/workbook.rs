//! A paper as a workbook: what must be known comes first, then a sheet for each section with a table.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::{Cell, Paper, Section};
use crate::base::{Lang, Text};
use crate::report::collection::sheets::{Head, Ink, Sheet, Value};
use crate::report::collection::workbook::book;
use crate::report::term::safe::clean;
use crate::say;

/// Characters of a sheet's name.
const NAME: usize = 28;

/// Widths of columns: of numbers, of short texts and of long ones.
const NUMBER: u16 = 12;
const SHORT: u16 = 22;
const LONG: u16 = 60;

pub fn render(paper: &Paper, lang: Lang, scratch: &Path) -> io::Result<Vec<u8>> {
    let tables = paper.sections.iter().filter(|section| !section.heads.is_empty());
    let sheets: Vec<Sheet<'_>> =
        std::iter::once(about(paper, lang)).chain(tables.map(|section| table(section, lang))).collect();
    book(sheets, Timestamp::from_second(paper.moment).ok(), lang, scratch)
}

fn about(paper: &Paper, lang: Lang) -> Sheet<'_> {
    let line = move |text: &Text| vec![Value::Text(text.get(lang).to_owned())];
    let leads = paper.sections.iter().flat_map(|section| {
        let title = (!section.lead.is_empty()).then_some(&section.title);
        title.into_iter().chain(&section.lead)
    });
    let lines = paper.notices.iter().chain(&paper.facts).chain(leads);
    Sheet {
        name: say!("About", "Thông tin"),
        heads: vec![Head { title: paper.title.get(lang).to_owned(), width: 110, ink: Ink::Plain }],
        rows: Box::new(lines.map(line)),
    }
}

fn table(section: &Section, lang: Lang) -> Sheet<'_> {
    let head = |(at, title): (usize, &Text)| {
        let cells = || section.rows.iter().filter_map(|row| row.get(at));
        let longest = cells().map(|cell| cell.text(lang).chars().count()).max().unwrap_or_default();
        let width = match longest {
            _ if cells().all(Cell::is_number) => NUMBER,
            0..=24 => SHORT,
            _ => LONG,
        };
        let ink = match cells().find(|cell| !matches!(cell, Cell::Nothing)) {
            Some(Cell::Grade(_)) => Ink::Grade,
            Some(Cell::Points(..)) => Ink::Points,
            _ => Ink::Plain,
        };
        Head { title: clean(title.get(lang)), width, ink }
    };
    let cells = move |row: &Vec<Cell>| row.iter().map(|cell| cell.value(lang)).collect();
    let name = |text: &str| -> String {
        // What no name of a sheet may hold.
        let kept = |c: char| if "[]:*?/\\'".contains(c) { ' ' } else { c };
        clean(text).chars().map(kept).take(NAME).collect::<String>().trim().to_owned()
    };
    Sheet {
        name: Text { vi: name(&section.title.vi), en: name(&section.title.en) },
        heads: section.heads.iter().enumerate().map(head).collect(),
        rows: Box::new(section.rows.iter().map(cells)),
    }
}
