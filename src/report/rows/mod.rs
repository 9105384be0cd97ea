//! Failing rows as tables: one line for each record, with all rules that it breaks. Written as they come, so that their
//! number does not matter.

pub mod copy;
pub(super) mod csv;
pub(super) mod parquet;
pub(super) mod xlsx;

use std::io::{self, Seek, Write};
use std::path::Path;

pub use self::xlsx::is_guarded;
use super::term::words::{figure_name, own};
use crate::base::{Lang, Severity};
use crate::engine::{Broken, FailingRow, JudgedTable};
use crate::kernel::ColumnType;
use crate::say;

/// The file formats, as in `--violations-format NAME`; the name is the extension too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Csv,
    Parquet,
    Xlsx,
}

impl Format {
    pub const ALL: [(&'static str, Self); 3] =
        [("csv", Self::Csv), ("parquet", Self::Parquet), ("xlsx", Self::Xlsx)];

    pub fn id(self) -> &'static str {
        Self::ALL.iter().find(|(_, format)| *format == self).map_or("", |(id, _)| id)
    }

    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(id, _)| *id == text).map(|(_, format)| *format)
    }
}

/// Takes failing rows into a file.
pub trait RowWriter: Send {
    /// # Errors
    /// The file cannot be written.
    fn rows(&mut self, rows: &[FailingRow]) -> io::Result<()>;

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// As [`RowWriter::rows`].
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Starts a file. `scratch` is a folder for what must be kept meanwhile; `as_of` is what the file says of its time, in
/// microseconds of local time.
///
/// # Errors
/// The file cannot be written.
pub fn writer<W: Write + Seek + Send + 'static>(
    format: Format,
    table: Described,
    out: W,
    scratch: &Path,
    as_of: i64,
) -> io::Result<Box<dyn RowWriter>> {
    Ok(match format {
        Format::Csv => Box::new(csv::Csv::new(table, out)?),
        Format::Parquet => Box::new(parquet::Parquet::new(table, out)?),
        Format::Xlsx => Box::new(xlsx::Xlsx::new(table, out, scratch, as_of)?),
    })
}

/// What the lines of a table's failing rows are told with.
pub struct Described {
    lang: Lang,
    files: Vec<String>,
    key: Vec<KeyColumn>,
    rules: Vec<DescribedRule>,
    /// Rules that look for rows which may be one and the same.
    linking: Vec<usize>,
}

struct KeyColumn {
    name: String,
    /// Whether its values are numbers.
    number: bool,
}

struct DescribedRule {
    id: String,
    severity: Severity,
    dimension: &'static str,
    columns: Vec<String>,
    /// Said of a row where the rule says nothing itself.
    title: String,
}

impl Described {
    pub fn of(judged: &JudgedTable<'_>, lang: Lang) -> Self {
        let table = judged.table;
        let number = |name: &str| {
            let ty = table.column(name).and_then(|column| column.ty);
            matches!(ty, Some(ColumnType::Integer | ColumnType::Decimal))
        };
        let key = table.key_names().into_iter();
        let rules = table.rules.iter().map(|rule| {
            let kind = rule.kind.about().name;
            let title = rule.title.as_ref().map_or("", |title| own(title, lang)).trim();
            DescribedRule {
                id: rule.id.clone(),
                severity: rule.severity,
                dimension: rule.dimension.id(),
                columns: rule.spec.columns().into_iter().map(|column| column.value).collect(),
                title: match title {
                    "" => say!("fails {kind}", "không đạt {kind}").get(lang).to_owned(),
                    title => title.to_owned(),
                },
            }
        });
        Self {
            lang,
            files: judged.files().iter().map(|file| file.name.to_owned()).collect(),
            key: key.map(|name| KeyColumn { number: number(&name), name }).collect(),
            rules: rules.collect(),
            linking: judged.linking(),
        }
    }

    /// The names of the columns that say which rows may be one and the same.
    fn clusters(&self) -> impl Iterator<Item = String> {
        self.linking.iter().map(|rule| format!("cluster.{}", self.rules[*rule].id))
    }

    /// The cluster of a row by the rule at that place among [`Described::linking`].
    fn cluster(&self, row: &FailingRow, linking: usize) -> Option<u32> {
        row.broken.iter().find(|broken| broken.rule == self.linking[linking])?.cluster
    }

    /// Why a row breaks a rule: what the rule says of it, or how the rule is called.
    fn reason(&self, broken: &Broken) -> String {
        match &broken.why {
            Some(why) => why.clone(),
            None if broken.reasons.is_empty() => self.rules[broken.rule].title.clone(),
            None => {
                let names = broken.reasons.iter().map(|name| figure_name(name, self.lang));
                names.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The severity of the gravest rule that a row breaks.
    fn worst(&self, row: &FailingRow) -> &'static str {
        let severities = row.broken.iter().map(|broken| self.rules[broken.rule].severity);
        severities.max().map_or("", Severity::id)
    }

    /// The names of the columns of a sheet.
    fn header(&self) -> Vec<String> {
        let key = self.key.iter().map(|column| format!("key.{}", column.name));
        let before = ["file", "row"].map(str::to_owned).into_iter();
        let after = ["rules_broken", "worst", "rules", "reasons", "values", "repair"].map(str::to_owned);
        before.chain(key).chain(after).chain(self.clusters()).collect()
    }

    /// A row of a sheet: one cell for each column of the header.
    fn cells(&self, row: &FailingRow) -> Vec<Cell> {
        let listed = |say: &dyn Fn(&Broken) -> Option<String>| {
            let told = row
                .broken
                .iter()
                .filter_map(|broken| Some(format!("{}: {}", self.rules[broken.rule].id, say(broken)?)));
            Cell::Text(told.collect::<Vec<_>>().join("; "))
        };
        let rules = row.broken.iter().map(|broken| self.rules[broken.rule].id.as_str());
        let key = self.key.iter().zip(&row.key).map(|(column, value)| {
            let value = value.clone().unwrap_or_default();
            if column.number && is_number(&value) { Cell::Number(value) } else { Cell::Text(value) }
        });
        let mut cells = vec![Cell::Text(self.files[row.file].clone()), Cell::Number(row.row.to_string())];
        cells.extend(key);
        cells.extend([
            Cell::Number(row.broken.len().to_string()),
            Cell::Text(self.worst(row).to_owned()),
            Cell::Text(rules.collect::<Vec<_>>().join("; ")),
            listed(&|broken| Some(self.reason(broken))),
            listed(&|broken| broken.value.clone()),
            listed(&|broken| broken.repaired.clone()),
        ]);
        cells.extend((0..self.linking.len()).map(|linking| {
            let cluster = self.cluster(row, linking);
            cluster.map_or_else(|| Cell::Text(String::new()), |cluster| Cell::Number(cluster.to_string()))
        }));
        cells
    }
}

/// What stands in a cell of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell {
    Text(String),
    /// Digits, with a sign and a point perhaps.
    Number(String),
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    all_digits(whole) && all_digits(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with a text key `ma` and a number key `so`, and two rules.
    pub(super) fn described() -> Described {
        let rule = |id: &str, severity, title: &str| DescribedRule {
            id: id.to_owned(),
            severity,
            dimension: "correctness",
            columns: vec!["ma".to_owned()],
            title: title.to_owned(),
        };
        let key = |name: &str, number| KeyColumn { name: name.to_owned(), number };
        Described {
            lang: Lang::En,
            files: vec!["a.csv".to_owned()],
            key: vec![key("ma", false), key("so", true)],
            rules: vec![rule("r1", Severity::Minor, "One"), rule("r2", Severity::Critical, "Two")],
            linking: Vec::new(),
        }
    }

    pub(super) fn broken(rule: usize, value: Option<&str>, why: Option<&str>) -> Broken {
        let text = |text: Option<&str>| text.map(str::to_owned);
        Broken {
            rule,
            value: text(value),
            why: text(why),
            reasons: Vec::new(),
            repaired: None,
            cluster: None,
        }
    }

    pub(super) fn row(row: u64, key: [&str; 2], broken: Vec<Broken>) -> FailingRow {
        FailingRow { file: 0, row, key: key.map(|value| Some(value.to_owned())).to_vec(), broken }
    }

    #[test]
    fn a_record_is_one_line_with_all_that_it_breaks() {
        let table = described();
        let mut second = broken(1, None, None);
        second.reasons = vec!["blank", "null"];
        let row = row(7, ["x", "-5"], vec![broken(0, Some("a"), Some("too short")), second]);
        let text = |text: &str| Cell::Text(text.to_owned());
        let number = |text: &str| Cell::Number(text.to_owned());
        let expected = [
            text("a.csv"),
            number("7"),
            text("x"),
            number("-5"),
            number("2"),
            text("critical"),
            text("r1; r2"),
            text("r1: too short; r2: blank, null"),
            text("r1: a"),
            text(""),
        ];
        assert_eq!(table.cells(&row), expected);
        assert_eq!(table.header().len(), expected.len());
        assert_eq!(table.reason(&broken(1, None, None)), "Two");
    }

    #[test]
    fn numbers_are_digits() {
        for text in ["0", "-5", "007", "1.50"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "+5", "1.", ".5", "1e3", "--5", "=1", "１"] {
            assert!(!is_number(text), "{text}");
        }
    }
}
