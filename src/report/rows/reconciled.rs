//! What became of each record against tables of reference, one line for each; and the keys that are missing, one line for
//! each by a row of the reference. Words are for programs, and the same in all languages.

use std::io::{self, Seek, Write};
use std::path::Path;

use indexmap::IndexMap;

use super::record::Records;
use super::{Cell, Column, Format, Header, Lines, lines};
use crate::engine::{JudgedTable, Missing, MissingRow, Outcome, ReconciledRow};
use crate::rule::{Counterpart, Sought};

/// Writes what became of a table's records.
pub struct Reconciled {
    table: Described,
    lines: Box<dyn Lines>,
    counts: Counts,
}

/// How many records came to what, over all tables of reference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub matched: u64,
    pub disagreeing: u64,
    pub not_found: u64,
    pub unknown: u64,
}

struct Described {
    records: Records,
    rules: Vec<DescribedRule>,
    /// For each table of reference, its name and the places of its rules.
    with: Vec<(String, Vec<usize>)>,
}

struct DescribedRule {
    id: String,
    /// It asks whether the key is there, and not what is said under it.
    links: bool,
}

impl Reconciled {
    /// Starts a file; see [`lines`].
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn new<W: Write + Seek + Send + 'static>(
        format: Format,
        judged: &JudgedTable<'_>,
        out: W,
        scratch: &Path,
        as_of: i64,
    ) -> io::Result<Self> {
        let table = Described::of(judged);
        let lines = lines(format, &table.header(), out, scratch, as_of)?;
        Ok(Self { table, lines, counts: Counts::default() })
    }

    /// # Errors
    /// The file cannot be written.
    pub fn rows(&mut self, rows: &[ReconciledRow]) -> io::Result<()> {
        let cells = rows.iter().map(|row| self.table.cells(row, &mut self.counts)).collect();
        self.lines.lines(cells)
    }

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// As [`Reconciled::rows`].
    pub fn finish(self) -> io::Result<Counts> {
        self.lines.finish()?;
        Ok(self.counts)
    }
}

impl Described {
    fn of(judged: &JudgedTable<'_>) -> Self {
        let mut by_counterpart: IndexMap<Counterpart, Vec<usize>> = IndexMap::new();
        let mut rules = Vec::new();
        for at in judged.reconciling() {
            let rule = &judged.table.rules[at];
            let Some(look_up) = rule.spec.looks_up() else { continue };
            by_counterpart.entry(look_up.with.within(judged.database)).or_default().push(rules.len());
            rules.push(DescribedRule { id: rule.id.clone(), links: matches!(look_up.sought, Sought::Keys) });
        }
        let tables: Vec<String> = by_counterpart.keys().map(Counterpart::name).collect();
        let with = by_counterpart.into_iter().zip(&tables).map(|((with, rules), table)| {
            // Of one table under several keys, each is told by its key.
            let several = tables.iter().filter(|other| *other == table).count() > 1;
            let key: Vec<&str> = with.key.iter().map(|part| part.column.as_str()).collect();
            let name = if several { format!("{table}({})", key.join(",")) } else { table.clone() };
            (name, rules)
        });
        Self { records: Records::of(judged), rules, with: with.collect() }
    }

    fn header(&self) -> Header {
        let mut columns = self.records.header();
        columns.extend(self.with.iter().map(|(name, _)| Column::text(format!("outcome.{name}"))));
        columns.extend(self.rules.iter().map(|rule| Column::word(&rule.id)));
        Header(columns)
    }

    fn cells(&self, row: &ReconciledRow, counts: &mut Counts) -> Vec<Cell> {
        let mut cells = self.records.cells(row.file, row.row, &row.key);
        cells.extend(self.with.iter().map(|(_, rules)| {
            let outcome = self.outcome(row, rules);
            Cell::Text(outcome.map_or("", |outcome| counts.add(outcome)).to_owned())
        }));
        cells.extend(self.rules.iter().zip(&row.said).map(|(rule, said)| {
            let word = match (said, rule.links) {
                (None, _) => "",
                (Some(Outcome::Unknown), _) => "unknown",
                (Some(Outcome::Pass), true) => "found",
                (Some(Outcome::Fail), true) => "not_found",
                (Some(Outcome::Pass), false) => "agrees",
                (Some(Outcome::Fail), false) => "differs",
            };
            Cell::Text(word.to_owned())
        }));
        cells
    }

    /// What a record came to by the rules of one table of reference; `None` if none of them applies.
    fn outcome(&self, row: &ReconciledRow, rules: &[usize]) -> Option<Came> {
        let came = rules.iter().filter_map(|rule| {
            Some(match (row.said[*rule]?, self.rules[*rule].links) {
                (Outcome::Pass, _) => Came::Matched,
                (Outcome::Unknown, _) => Came::Unknown,
                (Outcome::Fail, false) => Came::Disagreeing,
                (Outcome::Fail, true) => Came::NotFound,
            })
        });
        came.max()
    }
}

/// From the least to what decides over all others.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Came {
    Matched,
    Unknown,
    Disagreeing,
    NotFound,
}

impl Counts {
    fn add(&mut self, came: Came) -> &'static str {
        let (count, word) = match came {
            Came::Matched => (&mut self.matched, "matched"),
            Came::Unknown => (&mut self.unknown, "unknown"),
            Came::Disagreeing => (&mut self.disagreeing, "disagreeing"),
            Came::NotFound => (&mut self.not_found, "not_found"),
        };
        *count += 1;
        word
    }
}

/// Writes the rows of a table of reference whose keys are missing.
pub struct MissingKeys {
    lines: Box<dyn Lines>,
}

impl MissingKeys {
    /// Starts a file; see [`lines`].
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn new<W: Write + Seek + Send + 'static>(
        format: Format,
        missing: &Missing,
        out: W,
        scratch: &Path,
        as_of: i64,
    ) -> io::Result<Self> {
        let mut columns = vec![Column::text("file"), Column::number("row")];
        columns.extend(missing.with.key.iter().map(|part| Column::text(format!("key.{}", part.column))));
        Ok(Self { lines: lines(format, &Header(columns), out, scratch, as_of)? })
    }

    /// # Errors
    /// The file cannot be written.
    pub fn rows(&mut self, rows: &[MissingRow<'_>]) -> io::Result<()> {
        let cells = rows.iter().map(|row| {
            let mut cells = vec![Cell::Text(row.file.to_owned()), Cell::Number(row.row.to_string())];
            cells.extend(row.key.iter().map(|value| Cell::Text(value.clone().unwrap_or_default())));
            cells
        });
        self.lines.lines(cells.collect())
    }

    /// Writes what is still to be written.
    ///
    /// # Errors
    /// As [`MissingKeys::rows`].
    pub fn finish(self) -> io::Result<()> {
        self.lines.finish()
    }
}
