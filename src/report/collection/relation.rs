//! Rules × databases as one table, for analysts.

use std::io;
use std::path::Path;

use super::{CollectionRenderer, Reported};
use crate::base::Text;
use crate::report::Style;
use crate::report::export::rules::{Rules, rows};
use crate::report::export::writer;
use crate::say;

/// A format of [`crate::report::export`].
pub struct Table {
    name: &'static str,
    binary: bool,
}

pub const CSV: Table = Table { name: "csv", binary: false };
pub const PARQUET: Table = Table { name: "parquet", binary: true };

impl CollectionRenderer for Table {
    fn name(&self) -> &'static str {
        self.name
    }

    fn about(&self) -> Text {
        match self.binary {
            false => say!("one row for each rule of each database", "mỗi quy tắc của mỗi CSDL một dòng"),
            true => say!(
                "one row for each rule of each database, with types",
                "mỗi quy tắc của mỗi CSDL một dòng, có kiểu dữ liệu"
            ),
        }
    }

    fn extension(&self) -> &'static str {
        self.name
    }

    fn binary(&self) -> bool {
        self.binary
    }

    fn render(&self, cards: &[Reported], _: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        if let Some(writer) = writer::<Rules, _>(self.name, &mut out) {
            let mut writer = writer?;
            rows(cards, |row| writer.row(row))?;
            writer.finish()?;
        }
        Ok(out)
    }
}
