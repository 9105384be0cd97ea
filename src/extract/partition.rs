//! Columns that a file's directories carry (`year=2026/month=11/…`), appended to the file's own.

use std::ops::ControlFlow;
use std::sync::Arc;

use arrow::array::{
    ArrayRef, DictionaryArray, Int32Array, RecordBatch, RecordBatchOptions, StringArray, new_null_array,
};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::{Chunk, ExtractError, Finding, Piece, Pieces, Sink, Source, Verbatim};
use crate::base::Level;
use crate::say;

/// A column's name and its one value; `None` is NULL.
pub type Constant = (String, Option<String>);

/// A source with constant text columns after its own.
pub struct Partitioned {
    inner: Box<dyn Source>,
    constants: Arc<[Constant]>,
    schema: SchemaRef,
    findings: Vec<Finding>,
}

impl Partitioned {
    /// A constant that has the name of one of the file's own columns is left out, and that is reported: what
    /// the file says about itself counts.
    pub fn new(inner: Box<dyn Source>, constants: &[Constant]) -> Self {
        let mut fields = inner.schema().fields().to_vec();
        let mut findings = inner.findings();
        let mut kept: Vec<Constant> = Vec::new();
        for constant in constants {
            let name = &constant.0;
            if fields.iter().any(|field| field.name() == name) {
                findings.push(Finding::of_file(
                    Level::Warning,
                    "partition.column_exists",
                    say!(
                        "the directory's column `{name}` exists already; the existing one is used",
                        "cột `{name}` của thư mục đã có sẵn; cột có sẵn được dùng"
                    ),
                ));
            } else {
                fields.push(Arc::new(Field::new(name, DataType::Utf8View, true)));
                kept.push(constant.clone());
            }
        }
        Self { inner, constants: kept.into(), schema: Arc::new(Schema::new(fields)), findings }
    }
}

impl Source for Partitioned {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    fn repeated(&self) -> &[String] {
        self.inner.repeated()
    }

    fn header(&self) -> Option<Vec<String>> {
        self.inner.header()
    }

    fn typed(&self) -> bool {
        self.inner.typed()
    }

    fn rows(&self) -> Option<u64> {
        self.inner.rows()
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        let (own, constants) = self.parted(projection);
        with_constants(self.inner.pieces(own), constants)
    }

    fn verbatim(&self, projection: &[usize]) -> Option<Verbatim> {
        let (own, constants) = self.parted(projection);
        let Verbatim { header, pieces } = self.inner.verbatim(own)?;
        Some(Verbatim { header, pieces: with_constants(pieces, constants) })
    }

    fn stored(&self) -> Option<SchemaRef> {
        self.inner.stored()
    }
}

impl Partitioned {
    /// The projected columns of the file itself, and the projected constants.
    fn parted<'p>(&self, projection: &'p [usize]) -> (&'p [usize], Arc<[Constant]>) {
        let own = self.schema.fields().len() - self.constants.len();
        let (of_file, constants) = projection.split_at(projection.partition_point(|&column| column < own));
        (of_file, constants.iter().map(|&column| self.constants[column - own].clone()).collect())
    }
}

fn with_constants(pieces: Pieces, constants: Arc<[Constant]>) -> Pieces {
    Box::new(pieces.map(move |piece| {
        let piece = WithConstants { inner: piece?, constants: Arc::clone(&constants) };
        Ok(Box::new(piece) as Box<dyn Piece>)
    }))
}

struct WithConstants {
    inner: Box<dyn Piece>,
    constants: Arc<[Constant]>,
}

impl Piece for WithConstants {
    fn rows(&self) -> Option<u64> {
        self.inner.rows()
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let mut appending = Appending { sink, constants: &self.constants, failure: None };
        self.inner.read(&mut appending)?;
        appending.failure.map_or(Ok(()), Err)
    }
}

struct Appending<'a> {
    sink: &'a mut dyn Sink,
    constants: &'a [Constant],
    failure: Option<ExtractError>,
}

impl Sink for Appending<'_> {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        match appended(&chunk.batch, self.constants) {
            Ok(batch) => self.sink.chunk(Chunk { batch, ..chunk }),
            Err(_) => {
                self.failure = Some(ExtractError::batch());
                ControlFlow::Break(())
            }
        }
    }

    fn finding(&mut self, finding: Finding) {
        self.sink.finding(finding);
    }

    fn consumed(&mut self, bytes: u64) {
        self.sink.consumed(bytes);
    }
}

fn appended(batch: &RecordBatch, constants: &[Constant]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let rows = batch.num_rows();
    let mut fields = batch.schema().fields().to_vec();
    let mut columns = batch.columns().to_vec();
    for (name, value) in constants {
        // A dictionary of one value: a rule looks at it once.
        let column: ArrayRef = match value {
            Some(value) => {
                let values = Arc::new(StringArray::from(vec![value.as_str()]));
                Arc::new(DictionaryArray::try_new(Int32Array::from(vec![0; rows]), values)?)
            }
            None => new_null_array(&DataType::Utf8View, rows),
        };
        fields.push(Arc::new(Field::new(name, column.data_type().clone(), true)));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::TextOptions;
    use crate::extract::csv::TextSource;
    use crate::extract::gathered::Gathered;

    #[test]
    fn constants_follow_the_files_own_columns() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.csv");
        std::fs::write(&path, "a,month\n1,2\n3\n").unwrap();
        let inner = TextSource::open(&path, &TextOptions::default()).unwrap();
        let constants =
            [("year".into(), Some("2026".into())), ("month".into(), Some("11".into())), ("day".into(), None)];
        let source = Partitioned::new(Box::new(inner), &constants);
        assert_eq!(source.findings()[0].code, "partition.column_exists");
        let all = Gathered::all(&source);
        assert_eq!(all.lines(), ["1|2|2026|␀", "3|␀|2026|␀"]);
        assert_eq!(all.damaged, [1]);
        assert_eq!(Gathered::of(&source, &[0, 2]).lines(), ["1|2026", "3|2026"]);
        assert_eq!(Gathered::of(&source, &[2]).lines(), ["2026", "2026"]);
    }
}
