//! As Parquet: counts are unsigned and points signed 64-bit integers, everything else is text.

use std::io::{self, Write};
use std::marker::PhantomData;
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray, UInt64Array};
use arrow::datatypes::{DataType, Field, Schema};
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::properties::WriterProperties;

use super::{Column, ExportWriter, Read, Relation};
use crate::report::rows::parquet::failed;

/// Rows that are handed on at once.
const BATCH: usize = 8_192;

pub struct Parquet<R, W: Write + Send> {
    relation: PhantomData<R>,
    schema: Arc<Schema>,
    columns: Vec<Values>,
    rows: usize,
    writer: ArrowWriter<W>,
}

/// What a column has until it is handed on.
enum Values {
    Text(Vec<Option<String>>),
    Counts(Vec<u64>),
    Known(Vec<Option<u64>>),
    Nanos(Vec<Option<i64>>),
}

impl<R: Relation, W: Write + Send> Parquet<R, W> {
    pub fn new(out: W) -> io::Result<Self> {
        let field = |column: &Column<R>| match column.read {
            Read::Text(_) => Field::new(column.name, DataType::Utf8, true),
            Read::Count(_) => Field::new(column.name, DataType::UInt64, false),
            Read::Known(_) => Field::new(column.name, DataType::UInt64, true),
            Read::Nano(_) => Field::new(column.name, DataType::Int64, true),
        };
        let schema = Arc::new(Schema::new(R::COLUMNS.iter().map(field).collect::<Vec<_>>()));
        let compression = Compression::ZSTD(ZstdLevel::default());
        let properties = WriterProperties::builder().set_compression(compression).build();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties)).map_err(failed)?;
        Ok(Self { relation: PhantomData, schema, columns: empty::<R>(), rows: 0, writer })
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let arrays =
            std::mem::replace(&mut self.columns, empty::<R>()).into_iter().map(|values| match values {
                Values::Text(values) => Arc::new(StringArray::from(values)) as ArrayRef,
                Values::Counts(values) => Arc::new(UInt64Array::from(values)),
                Values::Known(values) => Arc::new(UInt64Array::from(values)),
                Values::Nanos(values) => Arc::new(Int64Array::from(values)),
            });
        self.rows = 0;
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect())
            .map_err(|error| io::Error::other(error.to_string()))?;
        self.writer.write(&batch).map_err(failed)
    }
}

fn empty<R: Relation>() -> Vec<Values> {
    let column = |column: &Column<R>| match column.read {
        Read::Text(_) => Values::Text(Vec::new()),
        Read::Count(_) => Values::Counts(Vec::new()),
        Read::Known(_) => Values::Known(Vec::new()),
        Read::Nano(_) => Values::Nanos(Vec::new()),
    };
    R::COLUMNS.iter().map(column).collect()
}

impl<R: Relation, W: Write + Send> ExportWriter<R> for Parquet<R, W> {
    fn row(&mut self, row: &R::Row<'_>) -> io::Result<()> {
        for (column, values) in R::COLUMNS.iter().zip(&mut self.columns) {
            match (&column.read, values) {
                (Read::Text(read), Values::Text(values)) => values.push(read(row)),
                (Read::Count(read), Values::Counts(values)) => values.push(read(row)),
                (Read::Known(read), Values::Known(values)) => values.push(read(row)),
                (Read::Nano(read), Values::Nanos(values)) => values.push(read(row)),
                // They were made from the same columns.
                _ => {}
            }
        }
        self.rows += 1;
        if self.rows == BATCH { self.hand_on() } else { Ok(()) }
    }

    fn finish(mut self: Box<Self>) -> io::Result<()> {
        if self.rows > 0 {
            self.hand_on()?;
        }
        self.writer.into_inner().map_err(failed)?.flush()
    }
}
