//! A paper: a title, what must be known before reading on, and sections with a table each. What is said once as a paper
//! is written as a page for the terminal, for a browser, as a workbook and as Markdown, one file each.

mod markdown;
mod term;
mod workbook;

use std::io;
use std::path::Path;

use super::collection::sheets::Value;
use super::{Style, html, number};
use crate::base::{Lang, Text};
use crate::report::term::words::{fraction, own, points};
use crate::score::Grade;
use crate::score::scorecard::Fraction;

/// Of a table, what is written of it.
#[derive(Clone, Debug, Default)]
pub struct Paper {
    pub title: Text,
    /// Where it comes from: moments, hashes.
    pub facts: Vec<Text>,
    /// What nobody may overlook.
    pub notices: Vec<Text>,
    pub sections: Vec<Section>,
    /// The moment that it speaks of, in seconds since 1970.
    pub moment: i64,
}

#[derive(Clone, Debug, Default)]
pub struct Section {
    pub title: Text,
    /// Said before the table.
    pub lead: Vec<Text>,
    /// Titles of the columns; the first names the row.
    pub heads: Vec<Text>,
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug)]
pub enum Cell {
    Nothing,
    /// An id, a path, a list of ids: what somebody wrote, on one line.
    Name(String),
    /// A name in both languages, or in one.
    Own(Text),
    /// Words of the program.
    Said(Text),
    Count(u64),
    Grade(Grade),
    /// Points: six decimals, and billionths.
    Points(String, i64),
    /// A part of a whole.
    Share(Fraction),
    /// A moment, as cards have it.
    Moment(String),
}

impl Cell {
    /// As a line of text.
    fn text(&self, lang: Lang) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Name(name) => name.clone(),
            Self::Own(text) => own(text, lang).to_owned(),
            Self::Said(text) => text.get(lang).to_owned(),
            Self::Count(n) => number::count(*n, lang),
            Self::Grade(grade) => grade.id().to_owned(),
            Self::Points(six, _) => points(six, lang),
            Self::Share(share) => fraction(*share, lang),
            Self::Moment(moment) => html::moment::spoken(moment)
                .map_or_else(|| moment.clone(), |words| words.get(lang).to_owned()),
        }
    }

    fn value(&self, lang: Lang) -> Value {
        match self {
            Self::Nothing => Value::Nothing,
            Self::Count(n) => Value::Count(*n),
            Self::Points(six, _) => Value::Decimal(six.clone()),
            Self::Share(share) => Value::share(Some(*share)),
            _ => Value::Text(self.text(lang)),
        }
    }

    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Points(..) | Self::Share(_))
    }
}

/// How a paper may be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Term,
    Html,
    Xlsx,
    Md,
}

impl Form {
    pub const ALL: [Self; 4] = [Self::Term, Self::Html, Self::Xlsx, Self::Md];

    /// As in `--format NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Term => "term",
            Self::Html => "html",
            Self::Xlsx => "xlsx",
            Self::Md => "md",
        }
    }

    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|form| form.name() == name)
    }

    /// Whether it is no text, which a terminal would garble.
    pub const fn binary(self) -> bool {
        matches!(self, Self::Xlsx)
    }
}

/// The same paper and style give the same bytes. `scratch` is a folder for what does not fit into memory.
///
/// # Errors
/// The scratch folder cannot be written.
pub fn render(paper: &Paper, form: Form, style: &Style, scratch: &Path) -> io::Result<Vec<u8>> {
    match form {
        Form::Term => Ok(term::render(paper, style)),
        Form::Html => Ok(html::paper(paper, style)),
        Form::Xlsx => workbook::render(paper, style.lang, scratch),
        Form::Md => Ok(markdown::render(paper, style.lang)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::say;

    fn hostile() -> Paper {
        let bad = "\u{202e}=1+1|<b>\u{1b}[2J\"'`😀";
        let cells = vec![
            Cell::Name(bad.to_owned()),
            Cell::Own(Text { vi: bad.to_owned(), en: String::new() }),
            Cell::Nothing,
            Cell::Count(1_000),
            Cell::Grade(Grade::B),
            Cell::Points("83.123456".to_owned(), 83_123_456_000),
        ];
        let heads = (0..6).map(|n| Text::same(format!("h{n}"))).collect();
        Paper {
            title: say!("a paper", "một bản"),
            facts: vec![Text::same(bad)],
            notices: vec![say!("a proposal", "một đề xuất")],
            sections: vec![
                Section { title: Text::same(bad), lead: vec![Text::same(bad)], heads, rows: vec![cells] },
                Section { title: say!("empty", "trống"), ..Section::default() },
            ],
            moment: 0,
        }
    }

    #[test]
    fn every_form_takes_any_text_and_says_the_same_twice() {
        let scratch = tempfile::tempdir().unwrap();
        for form in Form::ALL {
            assert_eq!(Form::find(form.name()), Some(form));
            for lang in [Lang::Vi, Lang::En] {
                let style = Style { lang, ..Style::default() };
                let bytes = render(&hostile(), form, &style, scratch.path()).unwrap();
                assert_eq!(bytes, render(&hostile(), form, &style, scratch.path()).unwrap());
                if form.binary() {
                    continue;
                }
                let text = String::from_utf8(bytes).unwrap();
                assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'), "{}", form.name());
                assert!(form == Form::Term || !text.contains("1|<b>"), "{}", form.name());
                let (said, points) = match lang {
                    Lang::Vi => ("một đề xuất", "83,12"),
                    Lang::En => ("a proposal", "83.12"),
                };
                assert!(text.contains(said) && text.contains(points), "{}: {text}", form.name());
            }
        }
    }
}
