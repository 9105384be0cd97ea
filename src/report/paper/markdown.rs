//! A paper as Markdown. Nothing in a text becomes markup: see [`escape`].

use super::{Cell, Paper, Section};
use crate::base::{Lang, Text};
use crate::report::gate::markdown::sheet::escape;
use crate::say;

/// Columns of a text.
const TEXT: usize = 2_000;

pub fn render(paper: &Paper, lang: Lang) -> Vec<u8> {
    let said = |text: &Text| escape(text.get(lang), TEXT);
    let mut out = format!("# {}\n", said(&paper.title));
    for fact in &paper.facts {
        out += &format!("\n{}\n", said(fact));
    }
    for notice in &paper.notices {
        out += &format!("\n> **{}**\n", said(notice));
    }
    for section in &paper.sections {
        of(&mut out, section, lang);
    }
    out.into_bytes()
}

fn of(out: &mut String, section: &Section, lang: Lang) {
    let said = |text: &Text| escape(text.get(lang), TEXT);
    *out += &format!("\n## {}\n", said(&section.title));
    for lead in &section.lead {
        *out += &format!("\n{}\n", said(lead));
    }
    if section.heads.is_empty() {
        return;
    }
    if section.rows.is_empty() {
        *out += &format!("\n{}\n", say!("None.", "Không có.").get(lang));
        return;
    }
    let heads: Vec<String> = section.heads.iter().map(said).collect();
    let number = |at: usize| section.rows.iter().all(|row| row.get(at).is_some_and(Cell::is_number));
    let rule: Vec<&str> = (0..heads.len()).map(|at| if number(at) { "--:" } else { "---" }).collect();
    *out += &format!("\n| {} |\n| {} |\n", heads.join(" | "), rule.join(" | "));
    for row in &section.rows {
        let cells: Vec<String> = row.iter().map(|cell| escape(&cell.text(lang), TEXT)).collect();
        *out += &format!("| {} |\n", cells.join(" | "));
    }
}
