//! Rows that other databases contradict, as CSV: a line for each row and attribute, written as they come.

use std::io::{self, Write};

use crate::engine::agree::Agreed;
use crate::engine::agree::counts::Standing;
use crate::engine::agree::fields::{Field, Reading};
use crate::engine::agree::list::{Listed, ListedRow};
use crate::report::rows::Cell;
use crate::report::rows::csv::{BOM, line};

/// What lines are told with: names of sources and of what is compared.
#[derive(Clone)]
pub struct Names {
    sources: Vec<String>,
    fields: Vec<NamedField>,
}

#[derive(Clone)]
struct NamedField {
    id: String,
    /// By source.
    columns: Vec<Vec<String>>,
}

impl Names {
    pub fn of(agreed: &Agreed<'_>) -> Self {
        let columns = |reading: &Option<Reading>| {
            reading.as_ref().map_or_else(Vec::new, |reading| reading.columns.clone())
        };
        let field = |field: &Field| NamedField {
            id: field.id.clone(),
            columns: field.readings.iter().map(columns).collect(),
        };
        Self {
            sources: agreed.sources.iter().map(|source| source.name()).collect(),
            fields: agreed.fields.all.iter().map(field).collect(),
        }
    }
}

/// Writes the rows of one table.
pub struct RowsCsv<W> {
    out: W,
    names: Names,
    /// The place of the table among the sources.
    source: usize,
    files: Vec<String>,
    reveal: bool,
}

const fn word(standing: Standing) -> &'static str {
    match standing {
        Standing::Majority => "majority",
        Standing::Minority => "minority",
        Standing::Undecided => "no_majority",
        Standing::ContradictsItself => "contradicts_itself",
    }
}

impl<W: Write> RowsCsv<W> {
    /// # Errors
    /// The file cannot be written.
    pub fn new(
        listed: &Listed<'_>,
        names: &Names,
        source: usize,
        reveal: bool,
        mut out: W,
    ) -> io::Result<Self> {
        let identifier = listed.table.key.first().map_or("", |name| name.value.as_str());
        let mut header: Vec<String> = ["file", "row"].map(str::to_owned).to_vec();
        header.push(format!("key.{identifier}"));
        header.extend(["entity", "attribute", "columns", "standing", "differs_from"].map(str::to_owned));
        if reveal {
            header.push("values".to_owned());
        }
        out.write_all(BOM)?;
        out.write_all(line(&header.into_iter().map(Cell::Text).collect::<Vec<_>>()).as_bytes())?;
        Ok(Self { out, names: names.clone(), source, files: listed.files(), reveal })
    }

    /// # Errors
    /// The file cannot be written.
    pub fn row(&mut self, row: &ListedRow) -> io::Result<()> {
        for it in &row.differing {
            let field = &self.names.fields[it.field];
            let from: Vec<&str> = it.from.iter().map(|source| self.names.sources[*source].as_str()).collect();
            let mut cells = vec![
                Cell::Text(self.files[row.file].clone()),
                Cell::Number(row.row.to_string()),
                Cell::Text(row.identifier.clone().unwrap_or_default()),
                Cell::Number(row.entity.to_string()),
                Cell::Text(field.id.clone()),
                Cell::Text(field.columns[self.source].join("; ")),
                Cell::Text(word(it.standing).to_owned()),
                Cell::Text(from.join("; ")),
            ];
            if self.reveal {
                let values: Vec<&str> =
                    it.values.iter().map(|value| value.as_deref().unwrap_or_default()).collect();
                cells.push(Cell::Text(values.join("; ")));
            }
            self.out.write_all(line(&cells).as_bytes())?;
        }
        Ok(())
    }

    /// # Errors
    /// The file cannot be written.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
