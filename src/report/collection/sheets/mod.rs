//! What stands on the sheets of a workbook, before anybody has written one: titles in two languages, and rows of texts and
//! exact numbers.

mod columns;
mod databases;
mod first;
mod gaps;
mod rules;

use super::Reported;
use crate::base::{Lang, Text};
use crate::report::term::words::own;
use crate::say;
use crate::score::scorecard::{DatabaseCard, Fraction};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    Nothing,
    Text(String),
    Count(u64),
    /// A decimal number as text, with six decimals.
    Decimal(String),
    /// A share of 1, as text, with six decimals.
    Percent(String),
}

impl Value {
    pub(in crate::report) fn text(text: &str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text.to_owned()) }
    }

    pub(in crate::report) fn decimal(text: Option<&str>) -> Self {
        text.map_or(Self::Nothing, |text| Self::Decimal(text.to_owned()))
    }

    /// Billionths, digit by digit: as a number a spreadsheet would round them.
    pub(in crate::report) fn nano(nano: Option<i64>) -> Self {
        nano.map_or(Self::Nothing, |nano| Self::Text(nano.to_string()))
    }

    /// A text of the card's author.
    pub(in crate::report) fn own(text: Option<&Text>, lang: Lang) -> Self {
        text.map_or(Self::Nothing, |text| Self::text(own(text, lang).trim()))
    }

    /// A word of ours.
    pub(in crate::report) fn said(text: &Text, lang: Lang) -> Self {
        Self::text(text.get(lang))
    }

    fn yes_or_no(yes: bool, lang: Lang) -> Self {
        Self::said(&if yes { say!("yes", "có") } else { say!("no", "không") }, lang)
    }

    /// A share of 1, six decimals, cut off.
    pub(in crate::report) fn share(fraction: Option<Fraction>) -> Self {
        let six = |Fraction { num, den }| {
            let millionths = (u128::from(num) * 1_000_000).checked_div(u128::from(den))?;
            Some(format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
        };
        fraction.and_then(six).map_or(Self::Nothing, Self::Percent)
    }
}

/// How the cells of a column are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    Plain,
    /// By the grade that the points earn.
    Points,
    /// By the grade itself.
    Grade,
    /// If it is not 0.
    Defects,
    /// If it is the word for this.
    Unverified,
}

/// What stands in the cell of a row.
type Read<'r, T> = Box<dyn Fn(&T, Lang) -> Value + 'r>;

/// A column: its title, how wide and in what colours it is shown, and what stands in it.
pub(in crate::report) struct Column<'r, T> {
    title: Text,
    width: u16,
    ink: Ink,
    read: Read<'r, T>,
}

/// The columns of a sheet, from left to right.
pub(in crate::report) struct Columns<'r, T>(Vec<Column<'r, T>>);

impl<'r, T: 'r> Columns<'r, T> {
    pub(in crate::report) fn new() -> Self {
        Self(Vec::new())
    }

    pub(in crate::report) fn column(
        mut self,
        title: Text,
        width: u16,
        read: impl Fn(&T, Lang) -> Value + 'r,
    ) -> Self {
        self.0.push(Column { title, width, ink: Ink::Plain, read: Box::new(read) });
        self
    }

    /// Of the column before.
    pub(in crate::report) fn ink(mut self, ink: Ink) -> Self {
        if let Some(last) = self.0.last_mut() {
            last.ink = ink;
        }
        self
    }

    /// Where a row comes from: on every sheet, because rows are copied out of their sheets.
    fn origin(self, card: impl Fn(&T) -> &Reported + Copy + 'r) -> Self {
        self.column(say!("As of", "Tính đến"), 26, move |row, _| Value::text(&card(row).card.as_of))
            .column(say!("Methodology", "Phương pháp"), 34, move |row, _| {
                Value::text(&card(row).card.methodology)
            })
            .column(say!("Profile", "Bộ tiêu chí"), 10, move |row, _| {
                Value::text(card(row).card.profile.id())
            })
            .column(say!("Card", "Bảng điểm"), 22, move |row, _| Value::text(&card(row).name))
            .column(say!("Verified", "Kiểm chứng"), 18, move |row, lang| {
                Value::said(&card(row).proof.label(), lang)
            })
            .ink(Ink::Unverified)
    }
}

/// A sheet, whose rows are made as they are asked for.
pub struct Sheet<'r> {
    pub name: Text,
    pub heads: Vec<Head>,
    pub rows: Box<dyn Iterator<Item = Vec<Value>> + 'r>,
}

/// The head of a column.
pub struct Head {
    pub title: String,
    pub width: u16,
    pub ink: Ink,
}

pub(in crate::report) fn sheet<'r, T: 'r>(
    name: Text,
    Columns(columns): Columns<'r, T>,
    rows: impl Iterator<Item = T> + 'r,
    lang: Lang,
) -> Sheet<'r> {
    let head = |column: &Column<'r, T>| {
        let title = column.title.get(lang).to_owned();
        Head { title, width: column.width, ink: column.ink }
    };
    let heads = columns.iter().map(head).collect();
    let cells = move |row: T| columns.iter().map(|column| (column.read)(&row, lang)).collect();
    Sheet { name, heads, rows: Box::new(rows.map(cells)) }
}

/// All sheets, in the order of the workbook.
pub fn all(cards: &[Reported], lang: Lang) -> Vec<Sheet<'_>> {
    vec![
        databases::summary(cards, lang),
        databases::dimensions(cards, lang),
        databases::tables(cards, lang),
        rules::rules(cards, lang),
        first::fix_first(cards, lang),
        columns::violations(cards, lang),
        gaps::not_measured(cards, lang),
    ]
}

/// A database and the card that it is on.
type Of<'a> = (&'a Reported, &'a DatabaseCard);

fn each_database(cards: &[Reported]) -> impl Iterator<Item = Of<'_>> {
    cards.iter().flat_map(|card| card.card.databases.iter().map(move |database| (card, database)))
}
