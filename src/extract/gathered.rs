//! Everything a source yields, for tests.

use std::ops::ControlFlow;

use arrow::array::{Array, ArrayRef, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;

use super::{Chunk, ExtractError, Finding, Sink, Source};

#[derive(Default)]
pub struct Gathered {
    pub rows: Vec<Vec<Option<String>>>,
    /// Rows of `rows`.
    pub damaged: Vec<usize>,
    /// With the piece's first row.
    pub findings: Vec<(u64, Finding)>,
    pub errors: Vec<ExtractError>,
    pub pieces: usize,
    pub consumed: u64,
    /// Types as they came, without repetition.
    pub types: Vec<Vec<DataType>>,
    pub largest: usize,
    piece_start: u64,
}

impl Gathered {
    pub fn of(source: &dyn Source, projection: &[usize]) -> Self {
        let mut all = Self::default();
        for piece in source.pieces(projection) {
            all.piece_start = all.rows.len() as u64;
            all.pieces += 1;
            let outcome = piece.and_then(|piece| piece.read(&mut all));
            if let Err(error) = outcome {
                all.errors.push(error);
            }
        }
        all
    }

    pub fn all(source: &dyn Source) -> Self {
        Self::of(source, &(0..source.schema().fields().len()).collect::<Vec<_>>())
    }

    /// Findings with their row in the file and their count.
    pub fn found(&self) -> Vec<(&'static str, Option<u64>, u64)> {
        self.findings.iter().map(|(start, f)| (f.code, f.row.map(|row| start + row), f.count)).collect()
    }

    /// Rows with `␀` for NULL and `|` between values.
    pub fn lines(&self) -> Vec<String> {
        let cell = |cell: &Option<String>| cell.clone().unwrap_or_else(|| "␀".into());
        self.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join("|")).collect()
    }
}

impl Sink for Gathered {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let batch = chunk.batch;
        for column in batch.columns() {
            column.to_data().validate_full().expect("arrays are valid");
        }
        let types: Vec<_> = batch.columns().iter().map(|column| column.data_type().clone()).collect();
        if self.types.last() != Some(&types) {
            self.types.push(types);
        }
        let start = self.rows.len();
        if let Some(damaged) = chunk.damaged {
            assert_eq!(damaged.len(), batch.num_rows());
            self.damaged.extend(damaged.set_indices().map(|row| start + row));
        }
        let texts: Vec<ArrayRef> = batch
            .columns()
            .iter()
            .map(|column| match column.data_type() {
                DataType::Binary | DataType::BinaryView => cast(column, &DataType::Binary)
                    .and_then(|column| {
                        cast(&arrow::array::BinaryArray::from(column.to_data()), &DataType::Utf8)
                    })
                    .unwrap_or_else(|_| arrow::array::new_null_array(&DataType::Utf8, batch.num_rows())),
                _ => cast(column, &DataType::Utf8)
                    .unwrap_or_else(|_| arrow::array::new_null_array(&DataType::Utf8, batch.num_rows())),
            })
            .collect();
        self.largest = self.largest.max(batch.num_rows());
        for row in 0..batch.num_rows() {
            let value =
                |text: &ArrayRef| text.is_valid(row).then(|| text.as_string::<i32>().value(row).to_owned());
            self.rows.push(texts.iter().map(value).collect());
        }
        ControlFlow::Continue(())
    }

    fn finding(&mut self, finding: Finding) {
        self.findings.push((self.piece_start, finding));
    }

    fn consumed(&mut self, bytes: u64) {
        self.consumed += bytes;
    }
}
