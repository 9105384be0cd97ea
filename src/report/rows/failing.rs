//! Failing rows: one line for each record, with all rules that it breaks.

use std::io::{self, Seek, Write};
use std::path::Path;

use super::parquet::Parquet;
use super::record::Records;
use super::{Cell, Column, Format, Header, Lines, lines};
use crate::base::{Lang, Severity};
use crate::engine::{Broken, FailingRow, JudgedTable};
use crate::report::term::words::{figure_name, own};
use crate::say;

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

/// Starts a file; see [`lines`].
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
        // Programs get the rules as a list.
        Format::Parquet => Box::new(Parquet::new(table, out)?),
        format => {
            let lines = lines(format, &table.header(), out, scratch, as_of)?;
            Box::new(Sheet { table, lines })
        }
    })
}

/// Failing rows as lines of cells.
struct Sheet {
    table: Described,
    lines: Box<dyn Lines>,
}

impl RowWriter for Sheet {
    fn rows(&mut self, rows: &[FailingRow]) -> io::Result<()> {
        self.lines.lines(rows.iter().map(|row| self.table.cells(row)).collect())
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.lines.finish()
    }
}

/// What the lines of a table's failing rows are told with.
pub struct Described {
    pub(super) lang: Lang,
    pub(super) records: Records,
    pub(super) rules: Vec<DescribedRule>,
    /// Rules that look for rows which may be one and the same.
    pub(super) linking: Vec<usize>,
}

pub(super) struct DescribedRule {
    pub id: String,
    pub severity: Severity,
    pub dimension: &'static str,
    pub columns: Vec<String>,
    /// Said of a row where the rule says nothing itself.
    pub title: String,
}

impl Described {
    pub fn of(judged: &JudgedTable<'_>, lang: Lang) -> Self {
        let table = judged.table;
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
        Self { lang, records: Records::of(judged), rules: rules.collect(), linking: judged.linking() }
    }

    /// The names of the columns that say which rows may be one and the same.
    pub(super) fn clusters(&self) -> impl Iterator<Item = String> {
        self.linking.iter().map(|rule| format!("cluster.{}", self.rules[*rule].id))
    }

    /// The cluster of a row by the rule at that place among [`Described::linking`].
    pub(super) fn cluster(&self, row: &FailingRow, linking: usize) -> Option<u32> {
        row.broken.iter().find(|broken| broken.rule == self.linking[linking])?.cluster
    }

    /// Why a row breaks a rule: what the rule says of it, or how the rule is called.
    pub(super) fn reason(&self, broken: &Broken) -> String {
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
    pub(super) fn worst(&self, row: &FailingRow) -> &'static str {
        let severities = row.broken.iter().map(|broken| self.rules[broken.rule].severity);
        severities.max().map_or("", Severity::id)
    }

    /// The names of the columns of a sheet.
    pub(super) fn header(&self) -> Header {
        let mut columns = self.records.header();
        columns.extend([Column::number("rules_broken"), Column::word("worst")]);
        columns.extend([Column::text("rules"), Column::long("reasons")]);
        columns.extend(["values", "repair"].map(Column::text));
        columns.extend(self.clusters().map(Column::number));
        Header(columns)
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
        let mut cells = self.records.cells(row.file, row.row, &row.key);
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

#[cfg(test)]
mod tests {
    use super::super::record::KeyColumn;
    use super::*;

    /// A table with a text key `ma` and a number key `so`, and two rules.
    fn described() -> Described {
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
            records: Records {
                files: vec!["a.csv".to_owned()],
                key: vec![key("ma", false), key("so", true)],
            },
            rules: vec![rule("r1", Severity::Minor, "One"), rule("r2", Severity::Critical, "Two")],
            linking: Vec::new(),
        }
    }

    fn broken(rule: usize, value: Option<&str>, why: Option<&str>) -> Broken {
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

    fn row(row: u64, key: [&str; 2], broken: Vec<Broken>) -> FailingRow {
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
        assert_eq!(table.header().names().count(), expected.len());
        assert_eq!(table.reason(&broken(1, None, None)), "Two");
    }
}
