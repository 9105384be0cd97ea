//! Lines as Parquet; failing rows with a list of the rules that each breaks.

use std::io::{self, Write};
use std::sync::Arc;

use arrow::array::{ArrayRef, Int64Array, ListArray, RecordBatch, StringArray, StructArray};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;

use super::failing::{Described, RowWriter};
use super::{Cell, Column, Header, Lines};
use crate::engine::{Broken, FailingRow};

/// Encoded bytes after which a row group is closed: they are kept in memory until then.
const GROUP: usize = 16 << 20;

pub struct Parquet<W: Write + Send> {
    table: Described,
    schema: SchemaRef,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> Parquet<W> {
    pub fn new(table: Described, out: W) -> io::Result<Self> {
        let text = |name: &str| Field::new(name, DataType::Utf8, true);
        let mut fields = vec![text("file"), Field::new("row", DataType::Int64, false)];
        fields.extend(table.records.key.iter().map(|column| text(&format!("key.{}", column.name))));
        fields.extend([
            Field::new("rules_broken", DataType::Int64, false),
            text("worst"),
            Field::new("broken", list(DataType::Struct(broken_fields())), false),
        ]);
        fields.extend(table.clusters().map(|name| Field::new(name, DataType::Int64, true)));
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { table, writer: start(&schema, out)?, schema })
    }

    fn batch(&self, rows: &[FailingRow]) -> Result<RecordBatch, ArrowError> {
        let table = &self.table;
        let broken: Vec<&Broken> = rows.iter().flat_map(|row| &row.broken).collect();
        let broken = || broken.iter().copied();
        let rule = || broken().map(|broken| &table.rules[broken.rule]);
        let text = |texts: StringArray| Arc::new(texts) as ArrayRef;
        let columns = rule().map(|rule| rule.columns.len());
        let names: Vec<&String> = rule().flat_map(|rule| &rule.columns).collect();
        let parts: Vec<ArrayRef> = vec![
            text(StringArray::from_iter_values(rule().map(|rule| &rule.id))),
            text(StringArray::from_iter_values(rule().map(|rule| rule.severity.id()))),
            text(StringArray::from_iter_values(rule().map(|rule| rule.dimension))),
            Arc::new(ListArray::try_new(
                item(DataType::Utf8),
                OffsetBuffer::from_lengths(columns),
                text(StringArray::from_iter_values(names)),
                None,
            )?),
            text(broken().map(|broken| broken.value.as_deref()).collect()),
            text(StringArray::from_iter_values(broken().map(|broken| table.reason(broken)))),
            text(broken().map(|broken| broken.repaired.as_deref()).collect()),
        ];
        let parts = StructArray::try_new(broken_fields(), parts, None)?;
        let lengths = OffsetBuffer::from_lengths(rows.iter().map(|row| row.broken.len()));
        let lists =
            ListArray::try_new(item(DataType::Struct(broken_fields())), lengths, Arc::new(parts), None)?;
        // No file has 2⁶³ rows.
        let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
        let numbers = |numbers: Vec<i64>| Arc::new(Int64Array::from(numbers)) as ArrayRef;
        let mut arrays = vec![
            text(StringArray::from_iter_values(rows.iter().map(|row| &table.records.files[row.file]))),
            numbers(rows.iter().map(|row| number(row.row)).collect()),
        ];
        for key in 0..table.records.key.len() {
            arrays.push(text(rows.iter().map(|row| row.key.get(key)?.as_deref()).collect()));
        }
        arrays.push(numbers(rows.iter().map(|row| number(row.broken.len() as u64)).collect()));
        arrays.push(text(StringArray::from_iter_values(rows.iter().map(|row| table.worst(row)))));
        arrays.push(Arc::new(lists));
        for linking in 0..table.linking.len() {
            let clusters = rows.iter().map(|row| table.cluster(row, linking).map(i64::from));
            arrays.push(Arc::new(clusters.collect::<Int64Array>()));
        }
        RecordBatch::try_new(Arc::clone(&self.schema), arrays)
    }
}

impl<W: Write + Send> RowWriter for Parquet<W> {
    fn rows(&mut self, rows: &[FailingRow]) -> io::Result<()> {
        let batch = self.batch(rows).map_err(|error| io::Error::other(error.to_string()))?;
        write(&mut self.writer, &batch)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.writer.into_inner().map_err(failed)?.flush()
    }
}

/// Lines of texts and numbers.
pub struct Plain<W: Write + Send> {
    schema: SchemaRef,
    writer: ArrowWriter<W>,
}

impl<W: Write + Send> Plain<W> {
    pub fn new(header: &Header, out: W) -> io::Result<Self> {
        let field = |column: &Column| {
            let ty = if column.number { DataType::Int64 } else { DataType::Utf8 };
            Field::new(&column.name, ty, true)
        };
        let schema = Arc::new(Schema::new(header.0.iter().map(field).collect::<Fields>()));
        Ok(Self { writer: start(&schema, out)?, schema })
    }
}

impl<W: Write + Send> Lines for Plain<W> {
    fn lines(&mut self, lines: Vec<Vec<Cell>>) -> io::Result<()> {
        let text = |cell: &Cell| match cell {
            Cell::Text(text) if text.is_empty() => None,
            Cell::Text(text) | Cell::Number(text) => Some(text.clone()),
        };
        let arrays = self.schema.fields().iter().enumerate().map(|(at, field)| {
            let cells = lines.iter().map(|line| line.get(at).and_then(text));
            match field.data_type() {
                DataType::Int64 => {
                    Arc::new(cells.map(|cell| cell?.parse().ok()).collect::<Int64Array>()) as ArrayRef
                }
                _ => Arc::new(cells.collect::<StringArray>()),
            }
        });
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), arrays.collect());
        write(&mut self.writer, &batch.map_err(|error| io::Error::other(error.to_string()))?)
    }

    fn finish(self: Box<Self>) -> io::Result<()> {
        self.writer.into_inner().map_err(failed)?.flush()
    }
}

fn start<W: Write + Send>(schema: &SchemaRef, out: W) -> io::Result<ArrowWriter<W>> {
    let compression = Compression::ZSTD(ZstdLevel::default());
    let properties = WriterProperties::builder().set_compression(compression).build();
    ArrowWriter::try_new(out, Arc::clone(schema), Some(properties)).map_err(failed)
}

fn write<W: Write + Send>(writer: &mut ArrowWriter<W>, batch: &RecordBatch) -> io::Result<()> {
    writer.write(batch).map_err(failed)?;
    if writer.in_progress_size() > GROUP { writer.flush().map_err(failed) } else { Ok(()) }
}

fn item(of: DataType) -> Arc<Field> {
    Arc::new(Field::new("item", of, true))
}

fn list(of: DataType) -> DataType {
    DataType::List(item(of))
}

fn broken_fields() -> Fields {
    let text = |name: &str| Field::new(name, DataType::Utf8, true);
    Fields::from(vec![
        text("rule"),
        text("severity"),
        text("dimension"),
        Field::new("columns", list(DataType::Utf8), true),
        text("value"),
        text("reason"),
        text("repaired"),
    ])
}

/// What the system says, where it is the system.
pub(in crate::report) fn failed(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(inner) => match inner.downcast::<io::Error>() {
            Ok(error) => *error,
            Err(other) => io::Error::other(other.to_string()),
        },
        other => io::Error::other(other.to_string()),
    }
}
