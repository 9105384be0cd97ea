//! The methodology as Markdown, in one language.

use std::fmt::Write as _;

use super::{Block, preface, sections, title};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::score::Methodology;

pub fn page(methodology: &Methodology, style: &Style) -> String {
    let lang = style.lang;
    let mut page = format!("# {}\n\n", title().get(lang));
    preface().iter().for_each(|block| write(&mut page, block, lang));
    for section in sections(methodology) {
        // Headings get other names from other renderers; this one stays.
        let _ = writeln!(page, "## <a id=\"{}\"></a>{}\n", section.id, section.title.get(lang));
        section.blocks.iter().for_each(|block| write(&mut page, block, lang));
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

fn write(page: &mut String, block: &Block, lang: Lang) {
    match block {
        Block::Said(text) => {
            let _ = writeln!(page, "{}\n", text.get(lang));
        }
        Block::Formula(text) => {
            let _ = writeln!(page, "    {}\n", text.get(lang));
        }
        Block::Table { heads, rows } => {
            let line = |cells: &[Text]| {
                let cells = cells.iter().map(|cell| cell.get(lang).replace('\\', "\\\\").replace('|', "\\|"));
                format!("| {} |", cells.collect::<Vec<_>>().join(" | "))
            };
            let _ = writeln!(page, "{}\n|{}", line(heads), "---|".repeat(heads.len()));
            for row in rows {
                let _ = writeln!(page, "{}", line(row));
            }
            page.push('\n');
        }
    }
}
