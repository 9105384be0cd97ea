//! What the cells of a dictionary mean.

use std::fmt;
use std::sync::Arc;

use crate::base::Text;
use crate::format::{self, Format};
use crate::kernel::ColumnType;
use crate::kernel::date_format::DateFormat;
use crate::kernel::number;
use crate::kernel::text::{Pattern, PatternError, bare, chars_len};
use crate::rule::code_list::CodeList;
use crate::say;

/// How long values may be: characters of a text, or digits of a number with so many of them after the point, as SQL's
/// `NUMBER(18,2)` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    pub most: u64,
    pub decimals: Option<u64>,
}

/// Characters of the longest flag: `false`, `không`.
const FLAG: u64 = 5;

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decimals {
            Some(decimals) => write!(f, "{},{decimals}", self.most),
            None => write!(f, "{}", self.most),
        }
    }
}

impl Size {
    /// How long a canonical value is: the digits of a number, the characters of anything else.
    pub fn of(self, ty: Option<ColumnType>, value: &str) -> u64 {
        if !self.counts_digits(ty) {
            return chars_len(value) as u64;
        }
        match number::digits(value) {
            Some((whole, fraction)) => whole.saturating_add(fraction),
            // That it is no number is said of its type.
            None => value.bytes().filter(u8::is_ascii_digit).count() as u64,
        }
    }

    /// Whether a canonical value fits.
    pub fn holds(self, ty: Option<ColumnType>, value: &str) -> bool {
        match self.decimals.and_then(|decimals| Some((decimals, number::digits(value)?))) {
            Some((decimals, (whole, fraction))) => {
                whole <= self.most.saturating_sub(decimals) && fraction <= decimals
            }
            None => self.of(ty, value) <= self.most,
        }
    }

    /// Only numbers have digits after a point.
    fn counts_digits(self, ty: Option<ColumnType>) -> bool {
        let is_number = matches!(ty, Some(ColumnType::Integer | ColumnType::Decimal));
        is_number || ty.is_none() && self.decimals.is_some()
    }

    /// # Errors
    /// No value of the type can be so long, or be measured so.
    pub fn suits(self, ty: ColumnType) -> Result<(), Text> {
        let decimals = self.decimals.unwrap_or(0);
        match ty {
            ColumnType::Decimal => Ok(()),
            ColumnType::Integer if decimals == 0 => Ok(()),
            ColumnType::Integer => {
                Err(say!("whole numbers have no digits after the point", "số nguyên không có phần thập phân"))
            }
            _ if self.decimals.is_some() => {
                Err(say!("only numbers have digits after a point", "chỉ kiểu số mới có số chữ số thập phân"))
            }
            ColumnType::Boolean if self.most > FLAG => {
                let most = self.most;
                Err(say!("no flag is {most} characters long", "giá trị đúng/sai không dài đến {most} ký tự"))
            }
            _ => Ok(()),
        }
    }

    /// `150`, `(150)`, `18,2`, `150 ký tự`; `None` for no limit.
    pub fn parse(text: &str) -> Result<Option<Self>, Text> {
        let plain = bare(text);
        let number = plain.trim_end_matches(|c: char| c.is_alphabetic() || c.is_whitespace());
        let unit = plain[number.len()..].trim();
        let known = ["", "ky tu", "chu so", "so", "char", "chars", "character", "characters", "digits"];
        if matches!(plain.as_str(), "-" | "max" | "unlimited" | "khong gioi han" | "khong quy dinh") {
            return Ok(None);
        }
        let number = number.trim().trim_start_matches('(').trim_end_matches(')');
        let (most, decimals) = match number.split_once([',', '.']) {
            Some((most, decimals)) => (most, Some(decimals)),
            None => (number, None),
        };
        let read = |text: &str| text.trim().parse::<u64>().ok();
        let size = read(most).filter(|most| *most > 0 && known.contains(&unit)).and_then(|most| {
            Some(Self { most, decimals: decimals.map(|text| read(text).ok_or(())).transpose().ok()? })
        });
        match size.filter(|size| size.decimals.is_none_or(|decimals| decimals <= size.most)) {
            Some(size) => Ok(Some(size)),
            None => Err(say!("this is no length", "đây không phải độ dài")),
        }
    }
}

/// Words for types, without diacritics.
const TYPES: [(ColumnType, &[&str]); 6] = [
    (
        ColumnType::Text,
        &[
            "text",
            "string",
            "str",
            "varchar",
            "varchar2",
            "nvarchar",
            "nvarchar2",
            "char",
            "nchar",
            "character",
            "character varying",
            "clob",
            "chuoi",
            "chuoi ky tu",
            "ky tu",
            "van ban",
            "xau",
            "xau ky tu",
        ],
    ),
    (
        ColumnType::Integer,
        &["integer", "int", "int4", "int8", "bigint", "smallint", "tinyint", "long", "so nguyen", "nguyen"],
    ),
    (
        ColumnType::Decimal,
        &[
            "decimal",
            "numeric",
            "number",
            "float",
            "double",
            "real",
            "money",
            "so",
            "so thuc",
            "so thap phan",
            "kieu so",
        ],
    ),
    (
        ColumnType::Boolean,
        &["boolean", "bool", "bit", "logical", "logic", "luan ly", "dung sai", "dung/sai", "co/khong"],
    ),
    (ColumnType::Date, &["date", "ngay", "ngay thang", "ngay thang nam"]),
    (
        ColumnType::Timestamp,
        &[
            "timestamp",
            "datetime",
            "datetime2",
            "timestamptz",
            "date time",
            "ngay gio",
            "thoi diem",
            "thoi gian",
            "ngay thang gio",
        ],
    ),
];

/// `VARCHAR(150)`, `NUMBER(18,2)`, `số nguyên`: the type, and its length if that stands there.
pub fn ty(text: &str) -> Result<(ColumnType, Option<Size>), Text> {
    let plain = bare(text);
    let (word, size) = match plain.split_once('(') {
        Some((word, size)) => (word.trim_end(), Some(size)),
        None => (plain.as_str(), None),
    };
    let found = TYPES.iter().find(|(_, words)| words.contains(&word)).map(|(ty, _)| *ty);
    let ty = found.ok_or_else(|| say!("this is no type", "đây không phải kiểu dữ liệu"))?;
    // Of a moment, this is how many digits its seconds have after the point.
    let size = size.filter(|size| ty != ColumnType::Timestamp || !is_fraction(size));
    let size = size.map_or(Ok(None), Size::parse)?;
    size.map_or(Ok(()), |size| size.suits(ty))?;
    Ok((ty, size))
}

/// `6)`, as of `TIMESTAMP(6)`.
fn is_fraction(size: &str) -> bool {
    size.trim_end().strip_suffix(')').is_some_and(|digits| matches!(digits.trim().as_bytes(), [b'0'..=b'9']))
}

/// `x`, `có`, `bắt buộc`, `Y`, `1` …
pub fn yes_or_no(text: &str) -> Result<bool, Text> {
    let yes = [
        "yes",
        "y",
        "true",
        "1",
        "x",
        "co",
        "c",
        "bat buoc",
        "b",
        "required",
        "mandatory",
        "m",
        "pk",
        "not null",
    ];
    let no =
        ["no", "n", "false", "0", "-", "khong", "k", "khong bat buoc", "optional", "o", "tuy chon", "null"];
    let plain = bare(text);
    match (yes.contains(&plain.as_str()), no.contains(&plain.as_str())) {
        (true, _) => Ok(true),
        (_, true) => Ok(false),
        _ => Err(say!("this is neither yes nor no", "đây không phải có hay không")),
    }
}

/// How values are written.
#[derive(Clone)]
pub enum Written {
    Date(DateFormat),
    Named(&'static dyn Format),
    Pattern(Arc<Pattern>),
    /// Words for people.
    Prose,
}

impl fmt::Debug for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Date(format) => f.write_str(format.pattern()),
            Self::Named(format) => f.write_str(format.name()),
            Self::Pattern(_) => f.write_str("a pattern"),
            Self::Prose => f.write_str("words"),
        }
    }
}

impl Written {
    /// `dd/MM/yyyy`, `%d/%m/%Y`, `YYYY-MM-DDTHH:mm:ss`, `vn.cccd`, `^[0-9]{12}$`, `12 chữ số`; anything else is prose.
    pub fn parse(text: &str) -> Result<Self, Text> {
        if let Some(format) = format::find(text) {
            return Ok(Self::Named(format));
        }
        if let Some(pattern) = date_pattern(text) {
            return DateFormat::new(&pattern).map(Self::Date);
        }
        let regex = match text.strip_prefix('^') {
            Some(rest) => Some(rest.strip_suffix('$').unwrap_or(rest).to_owned()),
            None => digits(text).map(|count| format!("[0-9]{{{count}}}")),
        };
        match regex {
            Some(regex) => match Pattern::new(&regex) {
                Ok(pattern) => Ok(Self::Pattern(Arc::new(pattern))),
                Err(PatternError::TooLarge) => Err(say!("this pattern is too large", "biểu thức quá lớn")),
                Err(_) => Err(say!("this is not a regular expression", "đây không phải biểu thức chính quy")),
            },
            None => Ok(Self::Prose),
        }
    }

    /// Whether a canonical value is written so; prose does not say.
    pub fn accepts(&self, value: &str) -> bool {
        match self {
            Self::Date(format) if format.has_time() => format.parse_timestamp(value).is_some(),
            Self::Date(format) => format.parse_date(value).is_some(),
            Self::Named(format) => format.accepts(value),
            Self::Pattern(pattern) => pattern.is_match(value),
            Self::Prose => false,
        }
    }

    pub const fn is_prose(&self) -> bool {
        matches!(self, Self::Prose)
    }
}

/// `12 chữ số`, `12 digits`.
fn digits(text: &str) -> Option<u32> {
    let plain = bare(text);
    let (number, unit) = plain.split_once(' ')?;
    let count = number.parse().ok().filter(|count| (1..=100).contains(count))?;
    matches!(unit, "chu so" | "ky tu so" | "digits").then_some(count)
}

/// The pattern of a date as `%d/%m/%Y` where it is written in letters; `None` if this is no date.
fn date_pattern(text: &str) -> Option<String> {
    if text.contains('%') {
        return Some(text.to_owned());
    }
    let (mut pattern, mut rest) = (String::new(), text);
    while let Some(first) = rest.chars().next() {
        let run: usize = rest.chars().take_while(|c| c.eq_ignore_ascii_case(&first)).count();
        let part = match (first.to_ascii_lowercase(), run) {
            ('y', 4) => "%Y",
            ('d', 2) => "%d",
            ('h', 2) => "%H",
            ('m', 2) if pattern.contains("%H") && pattern.contains("%m") => "%M",
            ('m', 2) if pattern.ends_with("%H:") => "%M",
            ('m', 2) => "%m",
            ('s', 2) => "%S",
            ('t', 1) => "T",
            ('/' | '-' | '.' | ':' | ' ', _) => &rest[..run],
            _ => return None,
        };
        pattern.push_str(part);
        rest = &rest[run..];
    }
    (pattern.contains("%Y") && pattern.contains("%m") && pattern.contains("%d")).then_some(pattern)
}

/// The codes that values come from.
#[derive(Clone, Debug)]
pub enum Codes {
    List(Arc<CodeList>),
    /// A name that means nothing here: the rule may say which list it is.
    Named(String),
}

impl Codes {
    /// `Nam | Nữ | Khác`, `1: Nam; 2: Nữ`: the codes, where the cell spells them out.
    pub fn spelt_out(text: &str) -> Option<Vec<&str>> {
        let separator = ['|', ';', '\n'].into_iter().find(|separator| text.contains(*separator))?;
        let parts: Vec<&str> = text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect();
        let code = |part: &&str| {
            let (code, _) = part.split_once([':', '=']).or_else(|| part.split_once(" - "))?;
            Some(code.trim().len())
        };
        let explained: Option<Vec<usize>> = parts.iter().map(code).collect();
        match explained {
            Some(lengths) => Some(parts.iter().zip(lengths).map(|(part, length)| &part[..length]).collect()),
            None => Some(parts),
        }
    }

    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(one), Self::List(two)) => {
                let codes = |list: &CodeList| -> Vec<String> {
                    list.entries().iter().map(|entry| entry.code.clone()).collect()
                };
                codes(one) == codes(two)
            }
            (Self::Named(one), Self::Named(two)) => bare(one) == bare(two),
            _ => true,
        }
    }
}
