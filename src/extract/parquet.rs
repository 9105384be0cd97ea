//! Parquet: one piece for each row group.
//!
//! Text columns come as views, except where a row group holds nothing but dictionary indices of one: there
//! they come as dictionaries, so that a rule can judge each distinct value once.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder,
};
use parquet::basic::{ConvertedType, Encoding, Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};

use super::hostile::{Reason, again, guarded};
use super::names::Names;
use super::{Chunk, ExtractError, Finding, Piece, Pieces, Sink, Source};
use crate::say;

const BATCH: usize = 1 << 16;

/// More rows than any row group has.
const MOST_ROWS: u64 = 1 << 40;

/// One Parquet file; its metadata is read once.
pub struct ParquetSource {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    schema: SchemaRef,
    named: Names,
    columns: Arc<[Column]>,
}

/// A top-level column.
#[derive(Clone, Copy)]
struct Column {
    /// The one leaf of a text column.
    text: Option<TextLeaf>,
}

#[derive(Clone, Copy)]
struct TextLeaf {
    leaf: usize,
    /// The reader validates a column that is annotated the old way only; others are validated here.
    validated: bool,
}

impl ParquetSource {
    /// Reads the footer.
    ///
    /// # Errors
    /// The file cannot be read, is cut off, or is not Parquet.
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        let file = File::open(path).map_err(|error| ExtractError::io(&error))?;
        let metadata =
            guarded(|| ArrowReaderMetadata::load(&file, ArrowReaderOptions::new())).map_err(unreadable)?;
        let parquet = metadata.parquet_schema();
        let mut columns = vec![Column { text: None }; metadata.schema().fields().len()];
        for leaf in 0..parquet.num_columns() {
            let root = parquet.get_column_root_idx(leaf);
            let column = parquet.column(leaf);
            let Some(field) = metadata.schema().fields().get(root) else { continue };
            if is_text(field.data_type()) && column.physical_type() == Type::BYTE_ARRAY {
                let validated = column.converted_type() == ConvertedType::UTF8;
                columns[root].text = Some(TextLeaf { leaf, validated });
            }
        }
        let found = metadata.schema().fields();
        let named = Names::of(&found.iter().map(|field| field.name().clone()).collect::<Vec<_>>());
        let fields = found.iter().zip(&columns).zip(&named.names).map(|((field, column), name)| {
            let field = Field::clone(field).with_name(name);
            match column.text {
                Some(_) => field.with_data_type(DataType::Utf8View),
                None => field,
            }
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(Self { path: path.to_owned(), metadata, schema, named, columns: columns.into() })
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

impl Source for ParquetSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn findings(&self) -> Vec<Finding> {
        self.named.findings.clone()
    }

    fn repeated(&self) -> &[String] {
        &self.named.repeated
    }

    fn rows(&self) -> Option<u64> {
        u64::try_from(self.metadata.metadata().file_metadata().num_rows()).ok()
    }

    fn stored(&self) -> Option<SchemaRef> {
        Some(Arc::clone(self.metadata.schema()))
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        let path = self.path.clone();
        let metadata = self.metadata.clone();
        let columns = Arc::clone(&self.columns);
        let projection: Arc<[usize]> = projection.into();
        let groups = metadata.metadata().num_row_groups();
        Box::new((0..groups).map(move |group| {
            Ok(Box::new(RowGroup {
                path: path.clone(),
                metadata: metadata.clone(),
                columns: Arc::clone(&columns),
                projection: Arc::clone(&projection),
                group,
            }) as Box<dyn Piece>)
        }))
    }
}

struct RowGroup {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    columns: Arc<[Column]>,
    projection: Arc<[usize]>,
    group: usize,
}

impl RowGroup {
    fn of_file(&self) -> &RowGroupMetaData {
        self.metadata.metadata().row_group(self.group)
    }

    /// The whole file's schema with text as it is best read in this row group.
    fn best_schema(&self) -> Schema {
        let chunks = self.of_file().columns();
        let fields =
            self.metadata.schema().fields().iter().zip(self.columns.iter()).map(|(field, column)| {
                let Some(text) = column.text else { return Arc::clone(field) };
                let dictionary = text.validated && chunks.get(text.leaf).is_some_and(is_dictionary);
                let data_type = if dictionary {
                    DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
                } else {
                    DataType::Utf8View
                };
                Arc::new(Field::clone(field).with_data_type(data_type))
            });
        Schema::new_with_metadata(fields.collect::<Vec<_>>(), self.metadata.schema().metadata().clone())
    }

    fn reader(&self, file: File) -> Result<ParquetRecordBatchReader, ParquetError> {
        let options = ArrowReaderOptions::new().with_schema(Arc::new(self.best_schema()));
        let metadata = ArrowReaderMetadata::try_new(Arc::clone(self.metadata.metadata()), options)?;
        let mask = if self.projection.is_empty() {
            // How many rows there are is a mere claim until a column bears it out.
            ProjectionMask::leaves(metadata.parquet_schema(), self.smallest())
        } else {
            ProjectionMask::roots(metadata.parquet_schema(), self.projection.iter().copied())
        };
        ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata)
            .with_row_groups(vec![self.group])
            .with_projection(mask)
            .with_batch_size(BATCH)
            .build()
    }

    /// The leaf that is read fastest.
    fn smallest(&self) -> Option<usize> {
        let chunks = self.of_file().columns().iter().enumerate();
        chunks.min_by_key(|(_, chunk)| chunk.uncompressed_size()).map(|(leaf, _)| leaf)
    }

    /// The projected columns; validates the text that the reader did not.
    fn validated(&self, batch: RecordBatch) -> Result<RecordBatch, Reason> {
        if self.projection.is_empty() {
            return Ok(batch.project(&[])?);
        }
        let unchecked = |column: &usize| self.columns[*column].text.is_some_and(|text| !text.validated);
        if !self.projection.iter().any(unchecked) {
            return Ok(batch);
        }
        let arrays = self.projection.iter().zip(batch.columns()).map(|(column, array)| {
            if unchecked(column) && array.data_type() == &DataType::Utf8View {
                let bytes = array.as_string_view().clone().to_binary_view();
                let checked = bytes.to_string_view().map_err(|_| Reason::NotUtf8)?;
                return Ok(Arc::new(checked) as ArrayRef);
            }
            Ok(Arc::clone(array))
        });
        let arrays = arrays.collect::<Result<Vec<_>, Reason>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
        Ok(RecordBatch::try_new_with_options(batch.schema(), arrays, &options)?)
    }
}

impl Piece for RowGroup {
    fn rows(&self) -> Option<u64> {
        let most = if self.of_file().columns().is_empty() { 0 } else { MOST_ROWS };
        u64::try_from(self.of_file().num_rows()).ok().filter(|&rows| rows <= most)
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let broken = |reason| broken_group(self.group, reason);
        let file = File::open(&self.path).map_err(|error| ExtractError::io(&error))?;
        let mut reader = guarded(|| self.reader(file)).map_err(broken)?;
        let promised = self.rows().ok_or_else(|| broken(impossible()))?;
        let bytes = u64::try_from(self.of_file().compressed_size()).unwrap_or(0);
        let (mut rows, mut consumed) = (0, 0);
        loop {
            let next = guarded(|| -> Result<_, Reason> {
                reader.next().map(|batch| self.validated(batch?)).transpose()
            });
            let Some(batch) = next.map_err(broken)? else { break };
            rows += batch.num_rows() as u64;
            if sink.chunk(Chunk { batch, damaged: None, records: None }).is_break() {
                return Ok(());
            }
            // The row group's bytes, spread evenly over its rows.
            let upto = u128::from(bytes) * u128::from(rows.min(promised)) / u128::from(promised.max(1));
            let upto = u64::try_from(upto).unwrap_or(bytes);
            sink.consumed(upto - consumed);
            consumed = upto;
        }
        if rows != promised {
            return Err(broken(Reason::Told(say!(
                "{promised} rows were promised, {rows} found",
                "khai {promised} dòng nhưng chỉ có {rows}"
            ))));
        }
        sink.consumed(bytes - consumed);
        Ok(())
    }
}

/// Whether a chunk's values are all in its dictionary, and repeat there enough to be worth it.
fn is_dictionary(chunk: &ColumnChunkMetaData) -> bool {
    let Some(dictionary) = chunk.dictionary_page_offset() else { return false };
    let only_indices = chunk.page_encoding_stats_mask().is_some_and(|encodings| {
        encodings.is_only(Encoding::PLAIN_DICTIONARY) || encodings.is_only(Encoding::RLE_DICTIONARY)
    });
    let dictionary_bytes = chunk.data_page_offset().saturating_sub(dictionary);
    only_indices && dictionary_bytes <= chunk.compressed_size() / 2
}

fn unreadable(reason: Reason) -> ExtractError {
    let reason = reason.text();
    let (en, vi) = (&reason.en, &reason.vi);
    ExtractError::new(say!(
        "not a readable Parquet file, or cut off: {en}",
        "không phải tệp Parquet hợp lệ hoặc tệp bị cắt: {vi}"
    ))
    .hint(again())
}

fn impossible() -> Reason {
    Reason::Told(say!("its number of rows is impossible", "số dòng khai báo không thể có"))
}

fn broken_group(group: usize, reason: Reason) -> ExtractError {
    let number = group + 1;
    if reason == Reason::NotUtf8 {
        return ExtractError::new(say!(
            "row group {number} has a text column with bytes that are not UTF-8",
            "nhóm dòng {number} có cột văn bản chứa byte không phải UTF-8"
        ))
        .hint(say!("export the file again with UTF-8 text", "kết xuất lại tệp với văn bản UTF-8"));
    }
    let reason = reason.text();
    let (en, vi) = (&reason.en, &reason.vi);
    ExtractError::new(say!("row group {number} is damaged: {en}", "nhóm dòng {number} bị hỏng: {vi}"))
        .hint(again())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use arrow::array::{Int64Array, StringArray};
    use parquet::arrow::ArrowWriter;
    use parquet::file::metadata::ParquetMetaDataWriter;
    use parquet::file::properties::WriterProperties;

    use super::*;
    use crate::extract::gathered::Gathered;

    const ROWS: usize = 2500;

    fn batch() -> RecordBatch {
        let numbers = Int64Array::from_iter((0..ROWS as i64).map(|n| (n % 7 != 0).then_some(n)));
        let keys = StringArray::from_iter_values((0..ROWS).map(|n| format!("00109900{n:06}")));
        let cities = StringArray::from_iter((0..ROWS).map(|n| match n % 4 {
            0 => None,
            1 => Some("Hà Nội"),
            2 => Some("Thành phố Hồ Chí Minh"),
            _ => Some(""),
        }));
        RecordBatch::try_from_iter([
            ("n", Arc::new(numbers) as ArrayRef),
            ("key", Arc::new(keys) as ArrayRef),
            ("city", Arc::new(cities) as ArrayRef),
        ])
        .unwrap()
    }

    fn written(batch: &RecordBatch) -> Vec<u8> {
        let properties = WriterProperties::builder()
            .set_max_row_group_row_count(Some(1000))
            .set_column_dictionary_enabled("key".into(), false)
            .build();
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties)).unwrap();
        writer.write(batch).unwrap();
        writer.close().unwrap();
        bytes
    }

    fn opened(bytes: &[u8]) -> (tempfile::TempDir, Result<ParquetSource, ExtractError>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.parquet");
        fs::write(&path, bytes).unwrap();
        let source = ParquetSource::open(&path);
        (dir, source)
    }

    #[test]
    fn row_groups_are_pieces_and_text_comes_as_it_is_stored() {
        let bytes = written(&batch());
        let (_dir, source) = opened(&bytes);
        let source = source.unwrap();
        assert_eq!(source.rows(), Some(ROWS as u64));
        assert_eq!(source.schema().field(2).data_type(), &DataType::Utf8View);
        let rows: Vec<_> = source.pieces(&[]).map(|piece| piece.unwrap().rows()).collect();
        assert_eq!(rows, [Some(1000), Some(1000), Some(500)]);

        let all = Gathered::all(&source);
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        assert_eq!(all.types, [vec![DataType::Int64, DataType::Utf8View, dictionary]]);
        assert_eq!(all.rows.len(), ROWS);
        let row = |n: usize| all.lines()[n].clone();
        assert_eq!(row(0), "␀|00109900000000|␀");
        assert_eq!(row(2001), "2001|00109900002001|Hà Nội");
        assert_eq!(row(2495), "2495|00109900002495|");
        assert!(all.consumed > 0 && all.consumed <= bytes.len() as u64);

        let some = Gathered::of(&source, &[0, 2]);
        assert_eq!(some.lines()[2001], "2001|Hà Nội");
        let none = Gathered::of(&source, &[]);
        assert_eq!((none.rows.len(), none.errors.len()), (ROWS, 0));
    }

    #[test]
    fn a_cut_file_is_not_opened() {
        let bytes = written(&batch());
        for cut in [0, 3, 100, bytes.len() / 2, bytes.len() - 1] {
            let (_dir, source) = opened(&bytes[..cut]);
            assert!(source.is_err_and(|error| error.what.en.contains("Parquet")));
        }
    }

    #[test]
    fn rows_that_are_only_claimed_are_not_counted() {
        let good = written(&batch().slice(0, 700));
        let (_dir, source) = opened(&good);
        let metadata = source.unwrap().metadata.metadata().as_ref().clone();
        for claim in [1 << 62, 1 << 30, -1] {
            let mut builder = metadata.clone().into_builder();
            let groups = builder.take_row_groups().into_iter();
            let groups = groups.map(|group| group.into_builder().set_num_rows(claim).build().unwrap());
            let mut bytes = good.clone();
            let lying = builder.set_row_groups(groups.collect()).build();
            ParquetMetaDataWriter::new(&mut bytes, &lying).finish().unwrap();
            let (_dir, source) = opened(&bytes);
            let all = Gathered::of(&source.unwrap(), &[]);
            assert!(all.rows.len() <= 700 && all.errors.len() == 1, "{claim}: {} rows", all.rows.len());
        }
    }

    #[test]
    fn text_that_is_not_utf8_fails_its_row_group_only() {
        let mut bytes = written(&batch());
        let key = b"00109900001700";
        let at = bytes.windows(key.len()).position(|window| window == key).unwrap();
        bytes[at + 3] = 0xff;
        let (_dir, source) = opened(&bytes);
        let all = Gathered::all(&source.unwrap());
        let [error] = all.errors.as_slice() else { panic!("one error, not {}", all.errors.len()) };
        assert_eq!(error.what.en, "row group 2 has a text column with bytes that are not UTF-8");
        assert_eq!(all.rows.len(), 1500);
    }

    #[test]
    fn no_flipped_byte_panics_or_hangs() {
        let good = written(&batch().slice(0, 300));
        for at in (0..good.len()).step_by(7) {
            let mut bytes = good.clone();
            bytes[at] ^= 0xff;
            let (_dir, source) = opened(&bytes);
            if let Ok(source) = source {
                let all = Gathered::all(&source);
                assert!(all.rows.len() == 300 || !all.errors.is_empty());
            }
        }
    }
}
