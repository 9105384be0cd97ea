//! What makes values of two databases the same: each is brought to one integer, and two integers agree or do not.

use std::borrow::Cow;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType};

use super::batch::{Batch, ColumnId};
use super::column::ColumnType;
use super::date_format::{civil, default_date};
use super::key::{Spelling, digest_of_key};
use super::memory::Cell;
use super::similarity::fold;

const DAY_MICROS: i64 = 86_400_000_000;

/// How values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Likeness {
    /// In canonical form; numbers, dates and moments by what they are, however they are written.
    Exact,
    /// Without regard to letter case, spaces, and where a tone mark stands: `HÒA  BÌNH` is `Hoà Bình`.
    Name,
    /// Dates that may be known in part, as far as both sides know them: `1980` agrees with `1980-05-12`.
    PartialDate,
    /// Codes, without regard to letter case and leading zeros; with `pad`, digits are filled up with zeros to so many.
    Code { pad: Option<u32> },
    /// Telephone numbers of Viet Nam by their digits: `+84 912 345 678` is `0912.345.678`.
    Phone,
}

impl Likeness {
    /// The cells of a column as they are compared.
    pub fn cells(self, batch: &Batch<'_>, column: ColumnId) -> Vec<Cell> {
        let present = batch.present(column);
        let cells = |cell: &dyn Fn(usize) -> Cell| {
            let cell = |row| if present.value(row) { cell(row) } else { Cell::Absent };
            (0..batch.rows()).map(cell).collect()
        };
        let text = batch.canonical(column);
        match self {
            Self::Exact => {
                let spelling = Spelling::of(batch, column, batch.column_type(column));
                cells(&|row| Cell::Value(same(&spelling.get(row))))
            }
            Self::Name => {
                let folded = text.mapped(|name| same(&fold::whole(name)));
                cells(&|row| folded(row).map_or(Cell::Absent, Cell::Value))
            }
            Self::Code { pad } => {
                let folded = text.mapped(|code| same(&folded_code(code, pad)));
                cells(&|row| folded(row).map_or(Cell::Absent, Cell::Value))
            }
            Self::Phone => {
                let folded = text.mapped(|number| same(&national(number)));
                cells(&|row| folded(row).map_or(Cell::Absent, Cell::Value))
            }
            Self::PartialDate => {
                let typed = batch.typed(column);
                let day = |row: usize| match typed.array.data_type() {
                    _ if !typed.parsed.value(row) => None,
                    DataType::Date32 => Some(typed.array.as_primitive::<Date32Type>().value(row)),
                    DataType::Timestamp(TimeUnit::Microsecond, _) => {
                        let moment = typed.array.as_primitive::<TimestampMicrosecondType>().value(row);
                        i32::try_from(moment.div_euclid(DAY_MICROS)).ok()
                    }
                    _ => None,
                };
                let parts = text.mapped(partial_date);
                cells(&|row| {
                    let whole = day(row).map(|day| {
                        let (year, month, day) = civil(day);
                        date_cell(year, month, day)
                    });
                    whole.or_else(|| parts(row).flatten()).map_or(Cell::Unreadable, Cell::Value)
                })
            }
        }
    }

    /// A code as cells of a column have it, for whoever has a list of codes; `None` if it compares something else.
    pub fn code(self, canonical: &str) -> Option<i128> {
        match self {
            Self::Code { pad } => Some(same(&folded_code(canonical, pad))),
            _ => None,
        }
    }

    /// What two values say together, be they open or sealed; `None` if they contradict each other.
    pub fn together(self, a: i128, b: i128) -> Option<i128> {
        if self != Self::PartialDate {
            return (a == b).then_some(a);
        }
        let part = |of: &dyn Fn(i128) -> i128| match (of(a), of(b)) {
            (0, known) | (known, 0) => Some(known),
            (a, b) => (a == b).then_some(a),
        };
        let year = part(&|date| date >> (2 * PART))?;
        let month = part(&|date| date >> PART & REST)?;
        Some(year << (2 * PART) | month << PART | part(&|date| date & REST)?)
    }

    /// What stands for a value among those who may not see it: `tag` of it, or of a date `tag` of the year, of year and month,
    /// and of all of it, each in the place of what it stands for. So sealed dates agree as far as both sides know them, too.
    pub fn sealed(self, value: i128, tag: impl Fn(u8, i128) -> u128) -> i128 {
        if self != Self::PartialDate {
            // A cell is never negative, nor one of the marks.
            return (tag(0, value) >> 2).cast_signed();
        }
        let part = |level: u8, known: i128, upto: i128| match known {
            0 => 0,
            // What is not known is 0, and nothing else is.
            _ => (tag(level, upto) >> (128 - PART)).max(1).cast_signed(),
        };
        let year = part(1, value >> (2 * PART), value >> (2 * PART));
        let month = part(2, value >> PART & REST, value >> PART);
        year << (2 * PART) | month << PART | part(3, value & REST, value)
    }

    /// Whether values of columns of these types can be equal at all.
    pub const fn compares(self, ours: ColumnType, theirs: ColumnType) -> bool {
        !matches!(self, Self::Exact) || ours.is_spelt_as(theirs)
    }
}

/// Up to fifteen bytes of text are their own integer. A longer one is 125 bits of a cryptographic digest, so that nobody can
/// make up a value that passes for another.
fn same(text: &str) -> i128 {
    let bytes = text.as_bytes();
    let mut whole = [0; 16];
    match whole.get_mut(..bytes.len()) {
        Some(place) if bytes.len() < 16 => {
            place.copy_from_slice(bytes);
            whole[15] = bytes.len() as u8;
            i128::from_le_bytes(whole)
        }
        _ => (digest_of_key(bytes) >> 2 | 1 << 125).cast_signed(),
    }
}

/// Whether a code consists of digits alone. One of sixteen bytes or more is a word: no list has codes of so many digits.
pub fn is_digits(code: i128) -> bool {
    let bytes = code.to_le_bytes();
    let text = bytes.get(..usize::from(bytes[15]));
    text.is_some_and(|text| text.iter().all(u8::is_ascii_digit))
}

/// The digits of a number as it is dialled within the country; a text without digits stays.
fn national(number: &str) -> Cow<'_, str> {
    let digits: String = number.chars().filter(char::is_ascii_digit).collect();
    let dialled = digits.strip_prefix("00").unwrap_or(&digits);
    match dialled.strip_prefix("84") {
        // Of ten digits and less it would be one of the country's own that has lost its zero.
        Some(rest) if dialled.len() >= 11 => format!("0{rest}").into(),
        _ if digits.is_empty() => number.into(),
        _ => digits.into(),
    }
}

fn folded_code(code: &str, pad: Option<u32>) -> String {
    let code = match pad {
        Some(width) => padded(code, width),
        None => {
            let code = whole_number(code);
            let bare = code.trim_start_matches('0');
            if bare.is_empty() && !code.is_empty() { "0".into() } else { bare.into() }
        }
    };
    code.to_lowercase()
}

/// Digits with zeros before them, up to `width`; what is no row of digits, or is longer, stays. A number that became a
/// fraction on its way, `7.0`, is the number that it was.
pub fn padded(code: &str, width: u32) -> Cow<'_, str> {
    let (digits, width) = (whole_number(code), width as usize);
    let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_digits && (digits.len() < width || digits.len() < code.len()) {
        format!("{digits:0>width$}").into()
    } else {
        code.into()
    }
}

/// Without a fraction of nothing but zeros.
fn whole_number(code: &str) -> &str {
    match code.split_once('.') {
        Some((whole, fraction))
            if !fraction.is_empty()
                && fraction.bytes().all(|byte| byte == b'0')
                && !whole.is_empty()
                && whole.bytes().all(|byte| byte.is_ascii_digit()) =>
        {
            whole
        }
        _ => code,
    }
}

/// A date as it may be known in part: `1980`, `1980-05`, `05/1980`, or with zeros for what is not known, `1980-05-00`,
/// `00/05/1980`, `19800500`.
fn partial_date(text: &str) -> Option<i128> {
    if !text.is_ascii() {
        return None;
    }
    // Of a moment its day counts.
    let text = match text.split_once(['T', ' ']) {
        Some((day, time)) if time.contains(':') => day,
        _ => text,
    };
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    let (year, month, day) = match parts.as_slice() {
        [all] if all.len() == 8 => (&all[..4], &all[4..6], &all[6..]),
        [year] => (*year, "00", "00"),
        [year, month] if year.len() == 4 => (*year, *month, "00"),
        [month, year] => (*year, *month, "00"),
        [year, month, day] if year.len() == 4 => (*year, *month, *day),
        [day, month, year] => (*year, *month, *day),
        _ => return None,
    };
    let number = |text: &str, digits: std::ops::RangeInclusive<usize>| {
        let fits = digits.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u32>().ok().filter(|_| fits)
    };
    let (year, month, day) = (number(year, 4..=4)?, number(month, 1..=2)?, number(day, 1..=2)?);
    // A day of no month is no date, and the rest is one with the first day or month in place of what is not known.
    let real = format!("{year:04}-{:02}-{:02}", month.max(1), day.max(1));
    let sound = (month > 0 || day == 0) && default_date().parse_date(&real).is_some();
    sound.then(|| date_cell(i32::try_from(year).unwrap_or_default(), month, day))
}

/// Bits of a part of a date, so that a part has room for a digest of it.
const PART: u32 = 42;
const REST: i128 = (1 << PART) - 1;

/// Year, month and day as one number; 0 is not known.
pub fn date_cell(year: i32, month: u32, day: u32) -> i128 {
    i128::from(year) << (2 * PART) | i128::from(month) << PART | i128::from(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_texts_are_exact_and_long_ones_are_not_taken_for_short_ones() {
        let texts = [
            "",
            "0",
            "00",
            "a",
            "a\0",
            "123456789012345",
            "1234567890123456",
            "Nguyễn Văn A",
            "Nguyễn Văn An",
        ];
        let mut cells: Vec<i128> = texts.iter().map(|text| same(text)).collect();
        assert!(
            cells.iter().zip(texts).all(|(cell, text)| (*cell < 1 << 124) == (text.len() < 16)),
            "{cells:?}"
        );
        assert!(cells.iter().all(|cell| *cell >= 0));
        cells.sort_unstable();
        cells.dedup();
        assert_eq!(cells.len(), texts.len());
    }

    #[test]
    fn names_are_folded() {
        for (a, b) in [
            ("Nguyễn Văn An", "NGUYỄN  VĂN AN"),
            ("Hoà Bình", "hòa bình"),
            ("Lê\u{200b} Thuý", "Lê\u{a0}Thúy"),
            ("K’Brơi", "K'brơi"),
        ] {
            assert_eq!(fold::whole(a), fold::whole(b));
        }
        for (a, b) in [("An", "Ân"), ("Hoa", "Hoà"), ("Văn An", "An Văn"), ("Văn An", "Vănan")] {
            assert_ne!(fold::whole(a), fold::whole(b));
        }
    }

    #[test]
    fn codes_are_padded_or_bare() {
        assert_eq!(["007", "7", "7.0", "0"].map(|code| folded_code(code, None)), ["7", "7", "7", "0"]);
        assert_eq!(["00a", "A", "a"].map(|code| folded_code(code, None)), ["a", "a", "a"]);
        let five = ["7", "00007", "000007", "7.00", "7.5", "A7", ""].map(|code| padded(code, 5).into_owned());
        assert_eq!(five, ["00007", "00007", "000007", "00007", "7.5", "A7", ""]);
    }

    #[test]
    fn numbers_are_those_that_are_dialled() {
        for number in ["0912345678", "+84 912 345 678", "0084.912.345.678", "(0912) 345-678"] {
            assert_eq!(national(number), "0912345678", "{number}");
        }
        assert_eq!(
            ["842345678", "không có", "02438222222"].map(national),
            ["842345678", "không có", "02438222222"]
        );
    }

    #[test]
    fn codes_say_what_they_are_written_with() {
        let code = |text: &str| Likeness::Code { pad: None }.code(text);
        assert_eq!(
            ["1", "Nam", "n1", "Bru - Vân Kiều", "1234567890123456"].map(|text| code(text).map(is_digits)),
            [Some(true), Some(false), Some(false), Some(false), Some(false)]
        );
        assert_eq!((code("NAM"), Likeness::Exact.code("1")), (code("nam"), None));
    }

    #[test]
    fn dates_agree_as_far_as_both_know() {
        let read = |text: &str| partial_date(text);
        for (text, cell) in [
            ("1980", date_cell(1980, 0, 0)),
            ("1980-05", date_cell(1980, 5, 0)),
            ("05/1980", date_cell(1980, 5, 0)),
            ("5/1980", date_cell(1980, 5, 0)),
            ("1980-05-12", date_cell(1980, 5, 12)),
            ("12/05/1980", date_cell(1980, 5, 12)),
            ("00/00/1980", date_cell(1980, 0, 0)),
            ("19800500", date_cell(1980, 5, 0)),
        ] {
            assert_eq!(read(text), Some(cell), "{text}");
        }
        for text in
            ["", "80", "1980-13", "1980-02-30", "1980-00-12", "0000", "1980-05-12-01", "năm 1980", "+980"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        let together = |a: &str, b: &str| Likeness::PartialDate.together(read(a)?, read(b)?);
        assert_eq!(together("1980", "1980-05-12"), read("1980-05-12"));
        assert_eq!(together("1980-05", "1980"), read("1980-05"));
        assert_eq!(together("1980-05", "1980-06-01"), None);
        assert_eq!(together("1980", "1981"), None);
        assert_eq!(Likeness::Exact.together(7, 8), None);
    }

    #[test]
    fn sealed_values_agree_as_open_ones_do() {
        // Stands for a digest: another number for every level and value.
        let tag = |level: u8, value: i128| {
            let message = format!("{level} {value}");
            digest_of_key(message.as_bytes())
        };
        let dates = ["1980", "1981", "1980-05", "1980-06", "1980-05-12", "1980-06-12", "1980-05-13"];
        let dates = dates.map(|text| partial_date(text).unwrap());
        for a in dates {
            for b in dates {
                for likeness in [Likeness::PartialDate, Likeness::Exact, Likeness::Code { pad: None }] {
                    let sealed = |value| likeness.sealed(value, tag);
                    let open = likeness.together(a, b).map(sealed);
                    assert_eq!(likeness.together(sealed(a), sealed(b)), open, "{a} {b} {likeness:?}");
                    assert!(sealed(a) > 0 && sealed(a) != a);
                }
            }
        }
    }
}
