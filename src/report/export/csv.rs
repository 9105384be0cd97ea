//! As CSV: RFC 4180, in UTF-8 with a byte-order mark.

use std::io::{self, Write};

use super::{Column, ExportWriter, Read, Relation};
use crate::report::rows::Cell;
use crate::report::rows::csv::{BOM, line};

pub struct Csv<W> {
    out: W,
}

impl<W: Write> Csv<W> {
    pub fn new<R: Relation>(mut out: W) -> io::Result<Self> {
        out.write_all(BOM)?;
        let header: Vec<Cell> = R::COLUMNS.iter().map(|column| Cell::Text(column.name.to_owned())).collect();
        out.write_all(line(&header).as_bytes())?;
        Ok(Self { out })
    }
}

impl<R: Relation, W: Write> ExportWriter<R> for Csv<W> {
    fn row(&mut self, row: &R::Row<'_>) -> io::Result<()> {
        let cells: Vec<Cell> = R::COLUMNS.iter().map(|column| cell(column, row)).collect();
        self.out.write_all(line(&cells).as_bytes())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

fn cell<R: Relation>(column: &Column<R>, row: &R::Row<'_>) -> Cell {
    match column.read {
        Read::Text(read) => Cell::Text(read(row).unwrap_or_default()),
        Read::Count(read) => Cell::Number(read(row).to_string()),
        Read::Known(read) => Cell::Number(read(row).map(|count| count.to_string()).unwrap_or_default()),
        Read::Nano(read) => Cell::Number(read(row).map(|nano| nano.to_string()).unwrap_or_default()),
    }
}
