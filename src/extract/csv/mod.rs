//! Delimited text: CSV, TSV and their kin.
//!
//! Splitting runs in three steps, each at its own pace. Blocks of whole records are cut off in order, which
//! only needs to look at quotes ([`cut`]). Each block is then split by whoever pulls it ([`split`]), from one
//! field end to the next ([`stops`]). Values stay in the block; columns are views into it.

mod cut;
mod header;
mod record;
mod split;
mod stops;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use self::cut::AtRecords;
use self::record::{Dialect, record, skip_blank_lines};
use self::split::{Layout, TextPiece};
use super::blocks::{BLOCK, Blocks};
use super::input::Input;
use super::names::Names;
use super::sample::{MOST_COLUMNS, Sample, byte_order_mark, no_header, too_wide};
use super::{ExtractError, Finding, Piece, Pieces, Source, TextOptions, Verbatim};
use crate::say;

#[cfg(test)]
mod tests;

/// One delimited text file. Every column is text, as written.
pub struct TextSource {
    path: PathBuf,
    schema: SchemaRef,
    findings: Vec<Finding>,
    repeated: Vec<String>,
    dialect: Dialect,
    null_values: Vec<String>,
    /// The first record, if it names the columns: as written.
    header: Option<Vec<u8>>,
    block: usize,
}

impl TextSource {
    /// Reads the header.
    ///
    /// # Errors
    /// The file cannot be read, is empty, is UTF-16, or the options make no sense.
    pub fn open(path: &Path, options: &TextOptions) -> Result<Self, ExtractError> {
        Self::open_with(path, options, BLOCK)
    }

    /// As [`TextSource::open`], with blocks of another size.
    ///
    /// # Errors
    /// As [`TextSource::open`].
    pub fn open_with(path: &Path, options: &TextOptions, block: usize) -> Result<Self, ExtractError> {
        check(options)?;
        let mut sample = Sample::read(path)?;
        let mut findings = Vec::new();
        if sample.byte_order_mark {
            findings.push(byte_order_mark());
        }
        let dialect = loop {
            let delimiter = options
                .delimiter
                .unwrap_or_else(|| header::delimiter(&sample.bytes, sample.whole, options.quote));
            let dialect = Dialect { delimiter, quote: options.quote };
            let start = skip_blank_lines(&sample.bytes, 0);
            let undecided = start >= sample.bytes.len() || record(&sample.bytes, start, dialect).open;
            if !undecided || !sample.grow() {
                break dialect;
            }
        };
        let start = skip_blank_lines(&sample.bytes, 0);
        if start >= sample.bytes.len() {
            return Err(no_header());
        }
        let first = record(&sample.bytes, start, dialect);
        let header = options.header.then(|| sample.bytes[start..first.next].to_vec());
        let fields = first.fields;
        if fields.len() > MOST_COLUMNS {
            return Err(too_wide(fields.len()));
        }
        let positions = || (1..=fields.len()).map(|position| format!("column_{position}")).collect();
        let named = if options.header {
            Names::of(&fields)
        } else {
            Names { names: positions(), repeated: Vec::new(), findings: Vec::new() }
        };
        findings.extend(named.findings);
        let fields: Vec<Field> =
            named.names.into_iter().map(|name| Field::new(name, DataType::Utf8View, true)).collect();
        Ok(Self {
            path: path.to_owned(),
            schema: Arc::new(Schema::new(fields)),
            findings,
            repeated: named.repeated,
            dialect,
            null_values: options.null_values.clone(),
            header,
            block,
        })
    }

    /// The delimiter, given or found.
    pub fn delimiter(&self) -> u8 {
        self.dialect.delimiter
    }
}

impl Source for TextSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    fn repeated(&self) -> &[String] {
        &self.repeated
    }

    fn header(&self) -> Option<Vec<String>> {
        self.header.is_some().then(|| self.schema.fields().iter().map(|field| field.name().clone()).collect())
    }

    fn typed(&self) -> bool {
        false
    }

    fn rows(&self) -> Option<u64> {
        None
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        self.read(projection, false)
    }

    fn verbatim(&self, projection: &[usize]) -> Option<Verbatim> {
        Some(Verbatim { header: self.header.clone(), pieces: self.read(projection, true) })
    }
}

impl TextSource {
    fn read(&self, projection: &[usize], verbatim: bool) -> Pieces {
        let mut slots = vec![None; self.schema.fields().len()];
        for (slot, &column) in projection.iter().enumerate() {
            slots[column] = Some(slot);
        }
        let fields: Vec<_> =
            projection.iter().map(|&column| Arc::clone(&self.schema.fields()[column])).collect();
        let layout = Arc::new(Layout {
            dialect: self.dialect,
            null_values: self.null_values.clone(),
            header: self.header.is_some(),
            slots,
            schema: Arc::new(Schema::new(fields)),
            verbatim,
        });
        match Input::open(&self.path) {
            Ok(input) => {
                let blocks = Blocks::new(input, AtRecords::new(self.dialect), self.block);
                Box::new(blocks.map(move |block| {
                    let piece = TextPiece { block: block?, layout: Arc::clone(&layout) };
                    Ok(Box::new(piece) as Box<dyn Piece>)
                }))
            }
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}

fn check(options: &TextOptions) -> Result<(), ExtractError> {
    let usable = |byte: u8| byte.is_ascii() && byte != 0 && !record::is_line_end(byte);
    let same = options.delimiter.is_some() && options.delimiter == options.quote;
    if same || options.delimiter.into_iter().chain(options.quote).any(|byte| !usable(byte)) {
        return Err(ExtractError::new(say!(
            "delimiter and quote must be two different ASCII characters other than line ends and NUL",
            "dấu phân cách và dấu nháy phải là hai ký tự ASCII khác nhau, không phải ký tự xuống dòng hoặc NUL"
        )));
    }
    Ok(())
}
