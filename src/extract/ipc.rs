//! Arrow IPC: files (Feather v2), one piece for each record batch, and streams, read in order.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, RecordBatchOptions};
use arrow::buffer::Buffer;
use arrow::compute::{cast, take};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileDecoder, StreamReader, read_footer_length};
use arrow::ipc::{
    Block, Message, MessageHeader, MetadataVersion, convert::fb_to_schema, root_as_footer, root_as_message,
};

use super::hostile::{Reason, again, guarded};
use super::names::Names;
use super::views::batch_rows;
use super::{Chunk, ExtractError, Finding, Piece, Pieces, Sink, Source};
use crate::say;

/// How an Arrow IPC file starts and ends.
pub const FILE_MAGIC: &[u8] = b"ARROW1";
/// How each message of a stream starts.
pub const STREAM_MAGIC: &[u8] = &[0xff; 4];

/// Text with 32-bit offsets ends at 2 GiB; writers make batches far smaller than that.
const LARGEST_BUFFER: i64 = 4 << 30;

/// How many times smaller than its rows, at a bit each, a compressed batch may be for its row count to be believed
/// before it is read.
const BELIEVED: u64 = 1 << 10;

/// One Arrow IPC file or stream.
pub struct IpcSource {
    path: PathBuf,
    /// As stored.
    stored: SchemaRef,
    /// With text as views, and names that differ.
    schema: SchemaRef,
    named: Names,
    /// A column whose bytes bear out how many rows a batch has; `None` if no column has bytes.
    witness: Option<usize>,
    footer: Option<Footer>,
}

#[derive(Clone)]
struct Footer {
    version: MetadataVersion,
    dictionaries: Arc<[Block]>,
    batches: Arc<[Block]>,
}

impl IpcSource {
    /// Reads the footer, or the first message of a stream.
    ///
    /// # Errors
    /// The file cannot be read, is cut off, or is not Arrow IPC.
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        let mut file = File::open(path).map_err(|error| ExtractError::io(&error))?;
        let mut first = [0; 6];
        let is_file = file.read_exact(&mut first).is_ok() && first == FILE_MAGIC;
        file.rewind().map_err(|error| ExtractError::io(&error))?;
        let read = guarded(|| -> Result<_, Reason> {
            if is_file {
                return footer(&mut file).map(|(schema, footer)| (schema, Some(footer)));
            }
            Messages { file: file.try_clone()?, at: 0, bodies: true }.check()?;
            file.rewind()?;
            Ok((StreamReader::try_new(BufReader::new(file), None)?.schema(), None))
        });
        let (stored, footer) = read.map_err(unreadable)?;
        let named = Names::of(&stored.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>());
        let fields = stored.fields().iter().zip(&named.names).map(|(field, name)| {
            let data_type = logical(field.data_type()).unwrap_or_else(|| field.data_type().clone());
            Arc::new(Field::clone(field).with_name(name).with_data_type(data_type))
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        let width = |&column: &usize| stored.field(column).data_type().primitive_width().unwrap_or(64);
        let bodied = |column: &usize| !is_bodiless(stored.field(*column).data_type());
        let witness = (0..stored.fields().len()).filter(bodied).min_by_key(width);
        Ok(Self { path: path.to_owned(), stored, schema, named, witness, footer })
    }

    /// What is decoded, and whether its last column is only a witness: a batch's row count is a mere claim until a
    /// column bears it out.
    fn decoded(&self, projection: &[usize]) -> (Vec<usize>, bool) {
        let bodied = |column: &usize| !is_bodiless(self.stored.field(*column).data_type());
        let mut columns = projection.to_vec();
        let witness = self.witness.filter(|_| !projection.iter().any(bodied));
        columns.extend(witness);
        (columns, witness.is_some())
    }

    fn batches(&self, footer: &Footer, projection: &[usize]) -> Result<Pieces, ExtractError> {
        let mut file = File::open(&self.path).map_err(|error| ExtractError::io(&error))?;
        let (columns, witness) = self.decoded(projection);
        let bodies = self.witness.is_some();
        let mut decoder = FileDecoder::new(Arc::clone(&self.stored), footer.version).with_projection(columns);
        guarded(|| {
            footer.dictionaries.iter().try_for_each(|block| -> Result<(), Reason> {
                let bytes = block_bytes(&mut file, block, bodies)?;
                Ok(decoder.read_dictionary(block, &bytes)?)
            })
        })
        .map_err(unreadable)?;
        let decoder = Arc::new(decoder);
        let path = self.path.clone();
        let blocks = Arc::clone(&footer.batches);
        Ok(Box::new((0..blocks.len()).map(move |index| {
            let block = blocks[index];
            let rows = guarded(|| promised_rows(&mut file, &block)).ok();
            let (path, decoder) = (path.clone(), Arc::clone(&decoder));
            Ok(Box::new(FileBatch { path, decoder, block, index, rows, witness, bodies }) as Box<dyn Piece>)
        })))
    }

    fn stream(&self, projection: &[usize]) -> Result<Pieces, ExtractError> {
        let open = || File::open(&self.path).map_err(|error| ExtractError::io(&error));
        let file = open()?;
        let (columns, witness) = self.decoded(projection);
        let mut messages = Messages { file: open()?, at: 0, bodies: self.witness.is_some() };
        let reader = guarded(|| -> Result<_, Reason> {
            messages.check()?;
            Ok(StreamReader::try_new(BufReader::new(file), Some(columns))?)
        })
        .map_err(unreadable)?;
        Ok(Box::new(StreamPieces { reader: Some(reader), messages, witness, index: 0, position: 0 }))
    }
}

impl Source for IpcSource {
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
        None
    }

    fn stored(&self) -> Option<SchemaRef> {
        // Which dictionary a text was kept in is no matter of the data.
        let plain = |field: &Arc<Field>| match logical(field.data_type()) {
            Some(_) => Arc::new(Field::clone(field).with_data_type(DataType::Utf8)),
            None => Arc::clone(field),
        };
        Some(Arc::new(Schema::new(self.stored.fields().iter().map(plain).collect::<Vec<_>>())))
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        let pieces = match &self.footer {
            Some(footer) => self.batches(footer, projection),
            None => self.stream(projection),
        };
        pieces.unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
    }
}

/// Hands a batch over in parts of the usual size.
fn deliver(batch: &RecordBatch, witness: bool, sink: &mut dyn Sink) -> Result<bool, Reason> {
    let columns = batch.num_columns() - usize::from(witness);
    let (rows, step) = (batch.num_rows(), batch_rows(columns));
    for start in (0..rows).step_by(step) {
        let part = guarded(|| as_text(&batch.slice(start, step.min(rows - start)), columns))?;
        if sink.chunk(Chunk { batch: part, damaged: None, records: None }).is_break() {
            return Ok(false);
        }
    }
    Ok(true)
}

struct FileBatch {
    path: PathBuf,
    decoder: Arc<FileDecoder>,
    block: Block,
    index: usize,
    rows: Option<u64>,
    /// Whether the last column is there only to bear out the rows.
    witness: bool,
    /// Whether any column of the file has bytes.
    bodies: bool,
}

impl Piece for FileBatch {
    fn rows(&self) -> Option<u64> {
        self.rows
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let mut file = File::open(&self.path).map_err(|error| ExtractError::io(&error))?;
        let broken = |reason| broken_batch(self.index, reason);
        let batch = guarded(|| -> Result<_, Reason> {
            let bytes = block_bytes(&mut file, &self.block, self.bodies)?;
            Ok(self.decoder.read_record_batch(&self.block, &bytes)?)
        });
        if let Some(batch) = batch.map_err(broken)?
            && deliver(&batch, self.witness, sink).map_err(broken)?
        {
            sink.consumed(block_length(&self.block).unwrap_or(0));
        }
        Ok(())
    }
}

struct StreamPieces {
    reader: Option<StreamReader<BufReader<File>>>,
    messages: Messages,
    witness: bool,
    index: usize,
    position: u64,
}

impl Iterator for StreamPieces {
    type Item = Result<Box<dyn Piece>, ExtractError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        let messages = &mut self.messages;
        let next = guarded(|| -> Result<_, Reason> {
            while messages.check()? == MessageHeader::DictionaryBatch {}
            Ok(reader.next().transpose()?)
        });
        match next {
            Ok(Some(batch)) => {
                let index = self.index;
                self.index += 1;
                let consumed = messages.at - std::mem::replace(&mut self.position, messages.at);
                Some(Ok(Box::new(ReadBatch { batch, witness: self.witness, index, consumed })))
            }
            Ok(None) => {
                self.reader = None;
                None
            }
            Err(reason) => {
                self.reader = None;
                Some(Err(broken_batch(self.index, reason)))
            }
        }
    }
}

/// Looks at a stream's messages before the reader does, which allocates whatever they ask for.
struct Messages {
    file: File,
    at: u64,
    /// Whether any column has bytes.
    bodies: bool,
}

impl Messages {
    /// Passes the next message; `NONE` at the end.
    fn check(&mut self) -> Result<MessageHeader, Reason> {
        let length = self.file.metadata()?.len();
        if self.at >= length {
            return Ok(MessageHeader::NONE);
        }
        let mut prefix = bytes_at(&mut self.file, self.at, 4)?;
        let mut start = self.at + 4;
        if prefix == STREAM_MAGIC {
            prefix = bytes_at(&mut self.file, start, 4)?;
            start += 4;
        }
        let metadata = prefix.iter().rev().fold(0, |length, &byte| length << 8 | u64::from(byte));
        if metadata == 0 {
            self.at = length;
            return Ok(MessageHeader::NONE);
        }
        let bytes = bytes_at(&mut self.file, start, metadata)?;
        let message = root_as_message(&bytes).map_err(|_| Reason::Damaged)?;
        let (start, size) = (start + metadata, u64::try_from(message.bodyLength()).unwrap_or(u64::MAX));
        let body = bytes_at(&mut self.file, start, size)?;
        check_sizes(message, &body, self.bodies, length)?;
        self.at = start + size;
        Ok(message.header_type())
    }
}

/// Refuses compressed buffers that claim to be larger than any that is written, and batches that claim more rows than
/// their buffers can hold at a bit each (`bodies`: some column has buffers), or the file.
fn check_sizes(message: Message<'_>, body: &[u8], bodies: bool, file: u64) -> Result<(), Reason> {
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    let mut held = body.len() as u64;
    if batch.compression().is_some() {
        for buffer in batch.buffers().iter().flatten() {
            let size = usize::try_from(buffer.offset()).ok().and_then(|offset| body.get(offset..));
            let size = size.and_then(|bytes| bytes.first_chunk()).map_or(0, |size| i64::from_le_bytes(*size));
            if buffer.length() > 0 && size > LARGEST_BUFFER {
                return Err(Reason::Told(say!(
                    "a compressed part of it claims an impossible size",
                    "một phần nén của lô khai kích thước không thể có"
                )));
            }
            // Sizes below zero mean that the buffer is not compressed after all.
            held = held.saturating_add(u64::try_from(size).unwrap_or(0));
        }
    }
    let most = if bodies { held } else { file }.saturating_mul(8);
    if u64::try_from(batch.length()).is_ok_and(|rows| rows <= most) { Ok(()) } else { Err(too_many_rows()) }
}

fn too_many_rows() -> Reason {
    Reason::Told(say!(
        "it claims more rows than its bytes can hold",
        "lô khai nhiều dòng hơn số byte có thể chứa"
    ))
}

struct ReadBatch {
    batch: RecordBatch,
    witness: bool,
    index: usize,
    consumed: u64,
}

impl Piece for ReadBatch {
    fn rows(&self) -> Option<u64> {
        Some(self.batch.num_rows() as u64)
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let whole = deliver(&self.batch, self.witness, sink);
        if whole.map_err(|reason| broken_batch(self.index, reason))? {
            sink.consumed(self.consumed);
        }
        Ok(())
    }
}

fn footer(file: &mut File) -> Result<(SchemaRef, Footer), Reason> {
    let mut trailer = [0; 10];
    let end = file.seek(SeekFrom::End(-10)).map_err(|_| Reason::CutOff)?;
    file.read_exact(&mut trailer)?;
    let length = read_footer_length(trailer)? as u64;
    let bytes = bytes_at(file, end.checked_sub(length).ok_or(Reason::CutOff)?, length)?;
    let footer = root_as_footer(&bytes).map_err(|_| Reason::Damaged)?;
    let schema = footer.schema().ok_or(Reason::Damaged)?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err(Reason::Unsupported);
    }
    let batches: Arc<[Block]> = footer.recordBatches().iter().flatten().copied().collect();
    let dictionaries: Arc<[Block]> = footer.dictionaries().iter().flatten().copied().collect();
    // Blocks that share bytes would make a small file as long as its footer likes.
    let claimed = batches
        .iter()
        .chain(dictionaries.iter())
        .try_fold(0, |sum: u64, block| block_length(block).and_then(|length| sum.checked_add(length)));
    if claimed.is_none_or(|claimed| claimed > end) {
        return Err(outside());
    }
    let version = footer.version();
    Ok((Arc::new(fb_to_schema(schema)), Footer { version, dictionaries, batches }))
}

fn outside() -> Reason {
    Reason::Told(say!("its footer points outside of the file", "phần cuối tệp trỏ ra ngoài tệp"))
}

fn block_length(block: &Block) -> Option<u64> {
    let metadata = u64::try_from(block.metaDataLength()).ok()?;
    metadata.checked_add(u64::try_from(block.bodyLength()).ok()?)
}

fn block_bytes(file: &mut File, block: &Block, bodies: bool) -> Result<Buffer, Reason> {
    let length = block_length(block).filter(|&length| length >= 8);
    let (Ok(start), Some(length)) = (u64::try_from(block.offset()), length) else { return Err(outside()) };
    let bytes = bytes_at(file, start, length)?;
    let metadata = usize::try_from(block.metaDataLength()).unwrap_or(0);
    let (message, body) = bytes.split_at(metadata.min(bytes.len()));
    check_sizes(root_message(message)?, body, bodies, file.metadata()?.len())?;
    Ok(Buffer::from_vec(bytes))
}

/// The message of a block, after a continuation marker, where there is one, and its length.
fn root_message(bytes: &[u8]) -> Result<Message<'_>, Reason> {
    let prefix = if bytes.starts_with(STREAM_MAGIC) { 8 } else { 4 };
    root_as_message(bytes.get(prefix..).unwrap_or_default()).map_err(|_| Reason::Damaged)
}

/// Reads a range that the file claims to have; never allocates more than it has.
fn bytes_at(file: &mut File, start: u64, length: u64) -> Result<Vec<u8>, Reason> {
    let available = file.metadata()?.len();
    if start.checked_add(length).is_none_or(|end| end > available) {
        return Err(Reason::CutOff);
    }
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The rows that a batch promises, if that is believable before it is read.
fn promised_rows(file: &mut File, block: &Block) -> Result<u64, Reason> {
    let start = u64::try_from(block.offset()).unwrap_or(u64::MAX);
    let length = u64::try_from(block.metaDataLength()).unwrap_or(0);
    let bytes = bytes_at(file, start, length)?;
    let batch = root_message(&bytes)?.header_as_record_batch().ok_or(Reason::Damaged)?;
    let body = u64::try_from(block.bodyLength()).unwrap_or(0);
    let most =
        body.saturating_mul(8).saturating_mul(if batch.compression().is_some() { BELIEVED } else { 1 });
    u64::try_from(batch.length()).ok().filter(|&rows| rows <= most).ok_or_else(too_many_rows)
}

/// Whether an array of this type may have any number of rows without any bytes.
fn is_bodiless(data_type: &DataType) -> bool {
    match data_type {
        DataType::Null | DataType::RunEndEncoded(..) | DataType::FixedSizeBinary(0) => true,
        DataType::FixedSizeList(field, size) => *size == 0 || is_bodiless(field.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_bodiless(field.data_type())),
        _ => false,
    }
}

/// What a text type is called in [`Source::schema`]; `None` for others.
fn logical(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(DataType::Utf8View),
        DataType::Dictionary(_, value) => logical(value),
        _ => None,
    }
}

/// The first columns of a batch: text as views, dictionaries of text with 32-bit indices.
fn as_text(batch: &RecordBatch, columns: usize) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::with_capacity(columns);
    let mut arrays = Vec::with_capacity(columns);
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()).take(columns) {
        let column = text_column(column)?;
        fields.push(Field::clone(field).with_data_type(column.data_type().clone()));
        arrays.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &options)
}

fn text_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => cast(column, &DataType::Utf8View),
        DataType::Dictionary(key, value) if logical(value).is_some() => {
            let dictionary = column.as_any_dictionary();
            // Whoever judges a dictionary judges all of it, which must not be more than the rows.
            if dictionary.values().len() > column.len() {
                return text_column(&take(dictionary.values(), dictionary.keys(), None)?);
            }
            match (key.as_ref(), value.as_ref()) {
                (DataType::Int32, DataType::Utf8 | DataType::Utf8View) => Ok(Arc::clone(column)),
                _ => {
                    let small = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
                    cast(column, &small).or_else(|_| cast(column, &DataType::Utf8View))
                }
            }
        }
        _ => Ok(Arc::clone(column)),
    }
}

fn unreadable(reason: Reason) -> ExtractError {
    let reason = reason.text();
    let (en, vi) = (&reason.en, &reason.vi);
    ExtractError::new(say!(
        "not a readable Arrow IPC file, or cut off: {en}",
        "không phải tệp Arrow IPC hợp lệ hoặc tệp bị cắt: {vi}"
    ))
    .hint(again())
}

fn broken_batch(index: usize, reason: Reason) -> ExtractError {
    let (number, reason) = (index + 1, reason.text());
    let (en, vi) = (&reason.en, &reason.vi);
    ExtractError::new(say!("record batch {number} is damaged: {en}", "lô bản ghi {number} bị hỏng: {vi}"))
        .hint(again())
}

#[cfg(test)]
mod tests {
    use arrow::array::{DictionaryArray, Int32Array, LargeStringArray, NullArray, StringArray};
    use arrow::datatypes::Int8Type;
    use arrow::ipc::CompressionType;
    use arrow::ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};

    use super::*;
    use crate::extract::gathered::Gathered;

    fn batch(start: i32) -> RecordBatch {
        let city: DictionaryArray<Int8Type> = [Some("Huế"), None, Some("Huế")].into_iter().collect();
        RecordBatch::try_from_iter([
            ("n", Arc::new(Int32Array::from_iter_values(start..start + 3)) as ArrayRef),
            ("a", Arc::new(StringArray::from(vec![Some("x"), None, Some("một chuỗi dài hơn")])) as ArrayRef),
            ("b", Arc::new(LargeStringArray::from(vec!["", "y", "z"])) as ArrayRef),
            ("city", Arc::new(city) as ArrayRef),
        ])
        .unwrap()
    }

    fn file(compression: Option<CompressionType>) -> Vec<u8> {
        let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
        let mut writer = FileWriter::try_new_with_options(Vec::new(), &batch(0).schema(), options).unwrap();
        writer.write(&batch(0)).unwrap();
        writer.write(&batch(3)).unwrap();
        writer.into_inner().unwrap()
    }

    fn stream() -> Vec<u8> {
        let mut writer = StreamWriter::try_new(Vec::new(), &batch(0).schema()).unwrap();
        writer.write(&batch(0)).unwrap();
        writer.write(&batch(3)).unwrap();
        writer.into_inner().unwrap()
    }

    fn opened(bytes: &[u8]) -> (tempfile::TempDir, Result<IpcSource, ExtractError>) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.arrow");
        std::fs::write(&path, bytes).unwrap();
        let source = IpcSource::open(&path);
        (dir, source)
    }

    #[test]
    fn files_and_streams_are_read_alike() {
        let packed = [CompressionType::LZ4_FRAME, CompressionType::ZSTD].map(|with| file(Some(with)));
        for bytes in [file(None), stream()].into_iter().chain(packed) {
            let (_dir, source) = opened(&bytes);
            let source = source.unwrap();
            for column in 1..4 {
                assert_eq!(source.schema().field(column).data_type(), &DataType::Utf8View);
            }
            let all = Gathered::all(&source);
            assert!(all.errors.is_empty());
            let rows = ["0|x||Huế", "1|␀|y|␀", "2|một chuỗi dài hơn|z|Huế", "3|x||Huế"];
            assert_eq!((all.pieces, &all.lines()[..4]), (2, &rows.map(String::from)[..]));
            let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
            assert_eq!(
                all.types,
                [vec![DataType::Int32, DataType::Utf8View, DataType::Utf8View, dictionary]]
            );
            assert_eq!(Gathered::of(&source, &[1, 3]).lines()[2], "một chuỗi dài hơn|Huế");
            assert_eq!(Gathered::of(&source, &[]).rows.len(), 6);
            let pieces: Vec<_> = source.pieces(&[0]).map(|piece| piece.unwrap().rows()).collect();
            assert_eq!(pieces, [Some(3), Some(3)]);
        }
    }

    fn written(batch: &RecordBatch) -> Vec<u8> {
        let mut writer = FileWriter::try_new(Vec::new(), &batch.schema()).unwrap();
        writer.write(batch).unwrap();
        writer.into_inner().unwrap()
    }

    /// Replaces the row count wherever it is written, in messages and field nodes.
    fn claiming(bytes: &[u8], rows: i64, instead: i64) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        let (from, to) = (rows.to_le_bytes(), instead.to_le_bytes());
        let places: Vec<usize> = (0..bytes.len() - 8).filter(|&at| bytes[at..at + 8] == from).collect();
        assert!(!places.is_empty());
        places.into_iter().for_each(|at| bytes[at..at + 8].copy_from_slice(&to));
        bytes
    }

    #[test]
    fn more_rows_than_bytes_are_refused_whatever_is_read() {
        let numbers = Arc::new(Int32Array::from_iter_values(0..1357)) as ArrayRef;
        let nulls = Arc::new(NullArray::new(1357)) as ArrayRef;
        let both = RecordBatch::try_from_iter([("n", numbers), ("x", Arc::clone(&nulls))]).unwrap();
        let none = RecordBatch::try_from_iter([("x", nulls)]).unwrap();
        for (batch, projections) in [(both, vec![vec![], vec![1], vec![0]]), (none, vec![vec![], vec![0]])] {
            let good = written(&batch);
            for projection in projections {
                let (_dir, source) = opened(&good);
                let sound = Gathered::of(&source.unwrap(), &projection);
                assert_eq!((sound.rows.len(), sound.errors.len()), (1357, 0));
                for claim in [1 << 62, 1 << 40, -1] {
                    let (_dir, source) = opened(&claiming(&good, 1357, claim));
                    let source = source.unwrap();
                    let all = Gathered::of(&source, &projection);
                    assert_eq!((all.rows.len(), all.errors.len()), (0, 1), "{claim} {projection:?}");
                    assert!(all.errors[0].what.en.contains("more rows than its bytes can hold"));
                    assert_eq!(source.pieces(&projection).next().unwrap().unwrap().rows(), None);
                }
            }
        }
    }

    #[test]
    fn blocks_cannot_share_bytes() {
        let mut bytes = file(None);
        let (_dir, source) = opened(&bytes);
        let blocks = source.unwrap().footer.unwrap().batches;
        // A block in the footer: offset, length of the message with padding, length of the body.
        let raw = |block: &Block| {
            let mut raw = block.offset().to_le_bytes().to_vec();
            raw.extend(block.metaDataLength().to_le_bytes());
            raw
        };
        let at = bytes.windows(12).rposition(|window| window == raw(&blocks[1])).unwrap();
        bytes[at + 16..at + 24].copy_from_slice(&(1_i64 << 30).to_le_bytes());
        let (_dir, source) = opened(&bytes);
        assert!(source.is_err_and(|error| error.what.en.contains("outside of the file")));
    }

    #[test]
    fn large_batches_come_in_parts_and_large_dictionaries_not_at_all() {
        let rows = 150_000;
        let words: Vec<String> = (0..100_000).map(|word| format!("từ số {word}")).collect();
        let values = Arc::new(StringArray::from(words)) as ArrayRef;
        let keys = Int32Array::from_iter((0..rows).map(|row| (row % 3 != 0).then_some(row % 100_000)));
        let few = Arc::new(StringArray::from(vec!["Huế"])) as ArrayRef;
        let ones = Int32Array::from_iter_values((0..rows).map(|_| 0));
        let batch = RecordBatch::try_from_iter([
            ("many", Arc::new(DictionaryArray::new(keys, values)) as ArrayRef),
            ("few", Arc::new(DictionaryArray::new(ones, few)) as ArrayRef),
        ])
        .unwrap();
        let (_dir, source) = opened(&written(&batch));
        let all = Gathered::all(&source.unwrap());
        assert_eq!((all.rows.len(), all.errors.len(), all.pieces), (rows as usize, 0, 1));
        assert!(all.largest <= 1 << 16);
        let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
        assert_eq!(all.types, [vec![DataType::Utf8View, dictionary]]);
        assert_eq!(all.lines()[120_001], "từ số 20001|Huế");
        assert_eq!(all.lines()[120_000], "␀|Huế");
    }

    #[test]
    fn a_repeated_name_is_nobodys() {
        let numbers = || Arc::new(Int32Array::from(vec![1])) as ArrayRef;
        let schema =
            Schema::new(["a", "b", "a"].map(|name| Field::new(name, DataType::Int32, true)).to_vec());
        let columns = vec![numbers(), numbers(), numbers()];
        let (_dir, source) = opened(&written(&RecordBatch::try_new(Arc::new(schema), columns).unwrap()));
        let source = source.unwrap();
        assert_eq!(source.repeated(), ["a"]);
        assert!(source.schema().index_of("a").is_err() && source.schema().index_of("b").is_ok());
        assert_eq!(source.findings()[0].code, "names.repeated");
    }

    #[test]
    fn cut_or_flipped_files_end_in_errors() {
        for good in [file(None), stream()] {
            for cut in (0..good.len() - 12).step_by(13) {
                let (_dir, source) = opened(&good[..cut]);
                if let Ok(source) = source {
                    let all = Gathered::all(&source);
                    assert!(all.rows.len() < 6, "cut at {cut} of {}", good.len());
                }
            }
            for at in (0..good.len()).step_by(5) {
                let mut bytes = good.clone();
                bytes[at] ^= 0x7f;
                let (_dir, source) = opened(&bytes);
                if let Ok(source) = source {
                    Gathered::all(&source);
                }
            }
        }
    }
}
