//! The methodology for a terminal, in one language.

use std::fmt::Write as _;

use super::{Block, preface, sections, title};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::report::term::lines::wrapped;
use crate::report::term::safe::columns;
use crate::score::Methodology;

pub fn page(methodology: &Methodology, style: &Style) -> String {
    let mut page = format!("{}\n\n", title().get(style.lang));
    preface().iter().for_each(|block| write(&mut page, block, style));
    for section in sections(methodology) {
        let _ = writeln!(page, "{}  [{}]\n", section.title.get(style.lang), section.id);
        section.blocks.iter().for_each(|block| write(&mut page, block, style));
    }
    page
}

fn write(page: &mut String, block: &Block, style: &Style) {
    let (lang, width) = (style.lang, style.columns());
    match block {
        Block::Said(text) => {
            let _ = writeln!(page, "{}\n", wrapped(text.get(lang), width, "  "));
        }
        Block::Formula(text) => {
            let _ = writeln!(page, "{}\n", wrapped(text.get(lang), width, "      "));
        }
        Block::Table { heads, rows } => table(page, heads, rows, lang, width),
    }
}

/// Cells in columns; the last one goes on beneath itself.
fn table(page: &mut String, heads: &[Text], rows: &[Vec<Text>], lang: Lang, width: usize) {
    let all: Vec<&[Text]> = std::iter::once(heads).chain(rows.iter().map(Vec::as_slice)).collect();
    let last = heads.len() - 1;
    let widths: Vec<usize> = (0..last)
        .map(|at| {
            all.iter().filter_map(|row| row.get(at)).map(|cell| columns(cell.get(lang))).max().unwrap_or(0)
        })
        .collect();
    for row in all {
        let mut line = "    ".to_owned();
        for (cell, width) in row.iter().zip(&widths) {
            line += cell.get(lang);
            line += &" ".repeat(width - columns(cell.get(lang)) + 2);
        }
        let text = row.get(last).map_or("", |cell| cell.get(lang));
        let indent = " ".repeat(columns(&line));
        let rest = wrapped(text, width.max(indent.len() + 24), &indent);
        let _ = writeln!(page, "{}{}", line, rest.get(indent.len()..).unwrap_or_default());
    }
    page.push('\n');
}
