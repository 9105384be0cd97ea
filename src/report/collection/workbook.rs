//! As a workbook: numbers are numbers, coloured by what they mean; texts are strings that no spreadsheet computes.

use std::io;
use std::path::Path;

use jiff::Timestamp;
use rust_xlsxwriter::{
    Color, ConditionalFormatBlank, ConditionalFormatCell, ConditionalFormatCellRule, DocProperties,
    ExcelDateTime, Format, Workbook, Worksheet, XlsxError,
};

use super::sheets::{self, Head, Ink, Sheet, Value};
use super::{CollectionRenderer, Proof, Reported};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::report::rows::xlsx::{ROWS, cut, guarded};
use crate::report::term::safe::clean;
use crate::say;
use crate::score::Grade;
use crate::score::grade::BANDS;

/// Of more than 15 digits a spreadsheet shows zeros.
const EXACT: u64 = 1_000_000_000_000_000;

/// Columns that stay in sight when a sheet is moved sideways.
const FROZEN: u16 = 1;

/// The number that spreadsheets know the paper by.
const A4: u8 = 9;

/// Height of the titles, in points: some are longer than their column is wide.
const TWO_LINES: f64 = 32.0;

pub struct Xlsx;

impl CollectionRenderer for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> Text {
        say!(
            "a workbook: summary, dimensions, tables, rules, what to fix first, violations by column",
            "bảng tính: tổng hợp, chiều chất lượng, bảng, quy tắc, sửa gì trước, lỗi theo cột"
        )
    }

    fn extension(&self) -> &'static str {
        "xlsx"
    }

    fn binary(&self) -> bool {
        true
    }

    fn render(&self, cards: &[Reported], style: &Style, scratch: &Path) -> io::Result<Vec<u8>> {
        let moment = cards.iter().filter_map(|card| card.card.as_of.parse::<Timestamp>().ok()).max();
        book(sheets::all(cards, style.lang), moment, style.lang, scratch)
    }
}

/// A workbook of these sheets, as of a moment.
///
/// # Errors
/// The scratch folder cannot be written.
pub(in crate::report) fn book(
    sheets: Vec<Sheet<'_>>,
    moment: Option<Timestamp>,
    lang: Lang,
    scratch: &Path,
) -> io::Result<Vec<u8>> {
    guarded(|| written(sheets, moment, lang, scratch, ROWS))
}

fn written(
    sheets: Vec<Sheet<'_>>,
    moment: Option<Timestamp>,
    lang: Lang,
    scratch: &Path,
    most: u32,
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_tempdir(scratch)?;
    // The library would write down the present moment, and no two workbooks of the same sheets would be equal.
    let created = ExcelDateTime::from_timestamp(moment.map_or(0, Timestamp::as_second).max(0))?;
    book.set_properties(&DocProperties::new().set_creation_datetime(&created));
    for sheet in sheets {
        write(&mut book, sheet, lang, most)?;
    }
    book.save_to_buffer()
}

/// One sheet; what is more than a sheet holds goes onto others with a number.
fn write(book: &mut Workbook, sheet: Sheet<'_>, lang: Lang, most: u32) -> Result<(), XlsxError> {
    let Sheet { name, heads, rows } = sheet;
    let name = name.get(lang);
    let mut rows = rows.peekable();
    let formats = Formats::new();
    for number in 1.. {
        let page = book.add_worksheet_with_constant_memory()?;
        page.set_name(if number == 1 { name.to_owned() } else { format!("{name} {number}") })?;
        head(page, &heads)?;
        let mut at = 0;
        while at < most
            && let Some(cells) = rows.next()
        {
            at += 1;
            for (column, cell) in (0..).zip(cells) {
                put(page, (at, column), cell, &formats)?;
            }
        }
        let last = u16::try_from(heads.len()).unwrap_or(u16::MAX).saturating_sub(1);
        page.autofilter(0, 0, at, last)?;
        for (column, head) in (0..).zip(&heads) {
            colour(page, column, at, head.ink, lang)?;
        }
        if rows.peek().is_none() {
            break;
        }
    }
    Ok(())
}

struct Formats {
    count: Format,
    decimal: Format,
    percent: Format,
}

impl Formats {
    fn new() -> Self {
        Self {
            count: Format::new().set_num_format("#,##0"),
            decimal: Format::new().set_num_format("0.000000"),
            // As many decimals as there are: none is rounded up.
            percent: Format::new().set_num_format("0.0000%"),
        }
    }
}

fn head(page: &mut Worksheet, heads: &[Head]) -> Result<(), XlsxError> {
    page.set_freeze_panes(1, FROZEN)?;
    // On paper: all columns beside each other, and their titles on every page.
    page.set_paper_size(A4).set_landscape().set_print_fit_to_pages(1, 0).set_repeat_rows(0, 0)?;
    page.set_row_height(0, TWO_LINES)?;
    let format = Format::new().set_bold().set_text_wrap().set_background_color(Color::RGB(0xDD_E6_F0));
    for (column, head) in (0..).zip(heads) {
        page.set_column_width(column, f64::from(head.width))?;
        page.write_string_with_format(0, column, &head.title, &format)?;
    }
    Ok(())
}

fn put(
    page: &mut Worksheet,
    (row, column): (u32, u16),
    cell: Value,
    formats: &Formats,
) -> Result<(), XlsxError> {
    let text = |text: String| cut(clean(&text));
    match cell {
        Value::Nothing => page,
        Value::Text(it) => page.write_string(row, column, text(it))?,
        // 15 digits: a float holds them all.
        Value::Count(count) if count < EXACT => {
            page.write_number_with_format(row, column, count as f64, &formats.count)?
        }
        Value::Count(count) => page.write_string(row, column, count.to_string())?,
        Value::Decimal(it) => decimal(page, (row, column), it, &formats.decimal)?,
        Value::Percent(it) => decimal(page, (row, column), it, &formats.percent)?,
    };
    Ok(())
}

fn decimal<'p>(
    page: &'p mut Worksheet,
    (row, column): (u32, u16),
    text: String,
    format: &Format,
) -> Result<&'p mut Worksheet, XlsxError> {
    match shown(&text) {
        Some(number) => page.write_number_with_format(row, column, number, format),
        None => page.write_string(row, column, cut(clean(&text))),
    }
}

/// What a cell shows of a decimal number. It is for the eye: the exact points stand beside it, in billionths.
fn shown(text: &str) -> Option<f64> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (whole, part) = text.strip_prefix('-').unwrap_or(text).split_once('.')?;
    (digits(whole) && digits(part) && whole.len() + part.len() <= 15).then(|| text.parse().ok()).flatten()
}

fn fill(grade: Grade) -> Option<Format> {
    let (ground, ink) = match grade {
        Grade::A => (0xC6_EF_CE, 0x00_61_00),
        Grade::B => (0xE2_F0_D9, 0x37_56_23),
        Grade::C => (0xFF_EB_9C, 0x7F_60_00),
        Grade::D => (0xFF_C7_CE, 0x9C_00_06),
        Grade::Ungraded => return None,
    };
    Some(Format::new().set_background_color(Color::RGB(ground)).set_font_color(Color::RGB(ink)))
}

fn colour(page: &mut Worksheet, column: u16, last: u32, ink: Ink, lang: Lang) -> Result<(), XlsxError> {
    if last == 0 {
        return Ok(());
    }
    let add = |page: &mut Worksheet, format: ConditionalFormatCell| {
        page.add_conditional_format(1, column, last, column, &format).map(drop)
    };
    let bad = fill(Grade::D).unwrap_or_default();
    match ink {
        Ink::Plain => Ok(()),
        Ink::Points => {
            // Spreadsheets take an empty cell for 0.
            page.add_conditional_format(
                1,
                column,
                last,
                column,
                &ConditionalFormatBlank::new().set_stop_if_true(true),
            )?;
            let mut upper = None;
            for band in BANDS {
                let Some(format) = fill(band.grade) else { continue };
                let least = f64::from(band.points);
                let rule = match upper {
                    None => ConditionalFormatCellRule::GreaterThanOrEqualTo(least),
                    // Six decimals are shown: nothing lies between the last of them and the band above.
                    Some(above) => ConditionalFormatCellRule::Between(least, f64::from(above) - 0.000_000_5),
                };
                add(page, ConditionalFormatCell::new().set_rule(rule).set_format(format))?;
                upper = Some(band.points);
            }
            Ok(())
        }
        Ink::Grade => Grade::ALL.into_iter().filter_map(|grade| Some((grade, fill(grade)?))).try_for_each(
            |(grade, format)| {
                let rule = ConditionalFormatCellRule::EqualTo(grade.id().to_owned());
                add(page, ConditionalFormatCell::new().set_rule(rule).set_format(format))
            },
        ),
        Ink::Defects => {
            let rule = ConditionalFormatCellRule::GreaterThan(0);
            add(page, ConditionalFormatCell::new().set_rule(rule).set_format(bad))
        }
        Ink::Unverified => {
            let rule = ConditionalFormatCellRule::EqualTo(Proof::No.label().get(lang).to_owned());
            add(page, ConditionalFormatCell::new().set_rule(rule).set_format(bad))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::collection::tests::reported;

    #[test]
    fn what_a_sheet_cannot_hold_goes_into_the_next() {
        let scratch = tempfile::tempdir().unwrap();
        let sheets = |most| {
            let book =
                written(sheets::all(&reported(), Lang::En), None, Lang::En, scratch.path(), most).unwrap();
            let entry = |n: usize| format!("xl/worksheets/sheet{n}.xml");
            let has = |name: String| book.windows(name.len()).any(|window| window == name.as_bytes());
            (1..).take_while(|n| has(entry(*n))).count()
        };
        assert_eq!(sheets(ROWS), 7);
        assert!(sheets(2) > 7);
    }

    #[test]
    fn cells_show_what_they_can_show_exactly() {
        for (text, expected) in [
            ("80.664000", Some(80.664)),
            ("-0.500000", Some(-0.5)),
            ("1234567890.123456", None),
            ("1e9", None),
            ("1.2.3", None),
            ("", None),
        ] {
            assert_eq!(shown(text).map(f64::to_bits), expected.map(f64::to_bits), "{text}");
        }
    }
}
