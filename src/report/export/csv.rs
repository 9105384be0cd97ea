//! As CSV: RFC 4180, in UTF-8 with a byte-order mark.

use std::io::{self, Write};

use super::{COLUMNS, Column, ExportWriter, Read};
use crate::history::export::Row;
use crate::report::rows::Cell;
use crate::report::rows::csv::{BOM, line};

pub struct Csv<W> {
    out: W,
}

impl<W: Write> Csv<W> {
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(BOM)?;
        let header: Vec<Cell> = COLUMNS.iter().map(|column| Cell::Text(column.name.to_owned())).collect();
        out.write_all(line(&header).as_bytes())?;
        Ok(Self { out })
    }
}

impl<W: Write> ExportWriter for Csv<W> {
    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let cells: Vec<Cell> = COLUMNS.iter().map(|column| cell(column, row)).collect();
        self.out.write_all(line(&cells).as_bytes())
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        self.out.flush()
    }
}

fn cell(column: &Column, row: &Row<'_>) -> Cell {
    match column.read {
        Read::Text(read) => Cell::Text(read(row).unwrap_or_default()),
        Read::Count(read) => Cell::Number(read(row).to_string()),
        Read::Nano(read) => Cell::Number(read(row).map(|nano| nano.to_string()).unwrap_or_default()),
    }
}
