//! Arrow IPC: files (Feather v2), one piece for each record batch, and streams, read in order.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions};
use arrow::buffer::Buffer;
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::ipc::reader::{FileDecoder, StreamReader, read_footer_length};
use arrow::ipc::{
    Block, Message, MessageHeader, MetadataVersion, convert::fb_to_schema, root_as_footer, root_as_message,
};

use super::hostile::{again, guarded};
use super::{Chunk, ExtractError, Piece, Pieces, Sink, Source};
use crate::say;

/// How an Arrow IPC file starts and ends.
pub const FILE_MAGIC: &[u8] = b"ARROW1";
/// How each message of a stream starts.
pub const STREAM_MAGIC: &[u8] = &[0xff; 4];

/// Text with 32-bit offsets ends at 2 GiB; writers make batches far smaller than that.
const LARGEST_BUFFER: i64 = 4 << 30;

/// One Arrow IPC file or stream.
pub struct IpcSource {
    path: PathBuf,
    /// As stored.
    stored: SchemaRef,
    /// With text as views.
    schema: SchemaRef,
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
        let read = guarded(|| {
            if is_file {
                footer(&mut file).map(|(schema, footer)| (schema, Some(footer)))
            } else {
                Messages { file: file.try_clone()?, at: 0 }.check()?;
                file.rewind()?;
                StreamReader::try_new(BufReader::new(file), None).map(|reader| (reader.schema(), None))
            }
        });
        let (stored, footer) = read.map_err(|reason| unreadable(&reason))?;
        let fields = stored.fields().iter().map(|field| match logical(field.data_type()) {
            Some(text) => Arc::new(Field::clone(field).with_data_type(text)),
            None => Arc::clone(field),
        });
        let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
        Ok(Self { path: path.to_owned(), stored, schema, footer })
    }

    fn batches(&self, footer: &Footer, projection: &[usize]) -> Result<Pieces, ExtractError> {
        let mut file = File::open(&self.path).map_err(|error| ExtractError::io(&error))?;
        let mut decoder =
            FileDecoder::new(Arc::clone(&self.stored), footer.version).with_projection(projection.to_vec());
        guarded(|| {
            footer.dictionaries.iter().try_for_each(|block| {
                let bytes = block_bytes(&mut file, block)?;
                decoder.read_dictionary(block, &bytes)
            })
        })
        .map_err(|reason| unreadable(&reason))?;
        let decoder = Arc::new(decoder);
        let path = self.path.clone();
        let blocks = Arc::clone(&footer.batches);
        Ok(Box::new((0..blocks.len()).map(move |index| {
            let block = blocks[index];
            let rows = guarded(|| promised_rows(&mut file, &block)).ok();
            let (path, decoder) = (path.clone(), Arc::clone(&decoder));
            Ok(Box::new(FileBatch { path, decoder, block, index, rows }) as Box<dyn Piece>)
        })))
    }

    fn stream(&self, projection: &[usize]) -> Result<Pieces, ExtractError> {
        let open = || File::open(&self.path).map_err(|error| ExtractError::io(&error));
        let file = open()?;
        let mut messages = Messages { file: open()?, at: 0 };
        let reader = guarded(|| {
            messages.check()?;
            StreamReader::try_new(BufReader::new(file), Some(projection.to_vec()))
        })
        .map_err(|reason| unreadable(&reason))?;
        Ok(Box::new(StreamPieces { reader: Some(reader), messages, index: 0, position: 0 }))
    }
}

impl Source for IpcSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn rows(&self) -> Option<u64> {
        None
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        let pieces = match &self.footer {
            Some(footer) => self.batches(footer, projection),
            None => self.stream(projection),
        };
        pieces.unwrap_or_else(|error| Box::new(std::iter::once(Err(error))))
    }
}

struct FileBatch {
    path: PathBuf,
    decoder: Arc<FileDecoder>,
    block: Block,
    index: usize,
    rows: Option<u64>,
}

impl Piece for FileBatch {
    fn rows(&self) -> Option<u64> {
        self.rows
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let mut file = File::open(&self.path).map_err(|error| ExtractError::io(&error))?;
        let batch = guarded(|| {
            let bytes = block_bytes(&mut file, &self.block)?;
            self.decoder.read_record_batch(&self.block, &bytes)?.map(|batch| as_text(&batch)).transpose()
        });
        if let Some(batch) = batch.map_err(|reason| broken_batch(self.index, &reason))?
            && sink.chunk(Chunk { batch, damaged: None }).is_continue()
        {
            sink.consumed(block_length(&self.block).unwrap_or(0));
        }
        Ok(())
    }
}

struct StreamPieces {
    reader: Option<StreamReader<BufReader<File>>>,
    messages: Messages,
    index: usize,
    position: u64,
}

impl Iterator for StreamPieces {
    type Item = Result<Box<dyn Piece>, ExtractError>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.as_mut()?;
        let messages = &mut self.messages;
        let next = guarded(|| {
            while messages.check()? == MessageHeader::DictionaryBatch {}
            reader.next().map(|batch| as_text(&batch?)).transpose()
        });
        match next {
            Ok(Some(batch)) => {
                self.index += 1;
                let consumed = messages.at - std::mem::replace(&mut self.position, messages.at);
                Some(Ok(Box::new(ReadBatch { batch, consumed })))
            }
            Ok(None) => {
                self.reader = None;
                None
            }
            Err(reason) => {
                self.reader = None;
                Some(Err(broken_batch(self.index, &reason)))
            }
        }
    }
}

/// Looks at a stream's messages before the reader does, which allocates whatever they ask for.
struct Messages {
    file: File,
    at: u64,
}

impl Messages {
    /// Passes the next message; `NONE` at the end.
    fn check(&mut self) -> Result<MessageHeader, ArrowError> {
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
        let message =
            root_as_message(&bytes).map_err(|error| ArrowError::ParseError(format!("message: {error}")))?;
        let (start, size) = (start + metadata, u64::try_from(message.bodyLength()).unwrap_or(u64::MAX));
        let body = bytes_at(&mut self.file, start, size)?;
        check_sizes(message, &body)?;
        self.at = start + size;
        Ok(message.header_type())
    }
}

/// Refuses compressed buffers that claim to be larger than any that is written.
fn check_sizes(message: Message<'_>, body: &[u8]) -> Result<(), ArrowError> {
    let dictionary = message.header_as_dictionary_batch().and_then(|dictionary| dictionary.data());
    let Some(batch) = message.header_as_record_batch().or(dictionary) else { return Ok(()) };
    if batch.compression().is_none() {
        return Ok(());
    }
    for buffer in batch.buffers().iter().flatten() {
        let size = usize::try_from(buffer.offset()).ok().and_then(|offset| body.get(offset..));
        let size = size.and_then(|bytes| bytes.first_chunk()).map_or(0, |size| i64::from_le_bytes(*size));
        if buffer.length() > 0 && size > LARGEST_BUFFER {
            return Err(ArrowError::ParseError("a compressed buffer has an impossible size".into()));
        }
    }
    Ok(())
}

struct ReadBatch {
    batch: RecordBatch,
    consumed: u64,
}

impl Piece for ReadBatch {
    fn rows(&self) -> Option<u64> {
        Some(self.batch.num_rows() as u64)
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        if sink.chunk(Chunk { batch: self.batch, damaged: None }).is_continue() {
            sink.consumed(self.consumed);
        }
        Ok(())
    }
}

fn footer(file: &mut File) -> Result<(SchemaRef, Footer), ArrowError> {
    let mut trailer = [0; 10];
    let end = file.seek(SeekFrom::End(-10))?;
    file.read_exact(&mut trailer)?;
    let length = read_footer_length(trailer)? as u64;
    let start =
        end.checked_sub(length).ok_or_else(|| ArrowError::ParseError("the footer is cut off".into()))?;
    let bytes = bytes_at(file, start, length)?;
    let footer =
        root_as_footer(&bytes).map_err(|error| ArrowError::ParseError(format!("footer: {error}")))?;
    let schema = footer.schema().ok_or_else(|| ArrowError::ParseError("the footer has no schema".into()))?;
    if !schema.endianness().equals_to_target_endianness() {
        return Err(ArrowError::NotYetImplemented("written with another byte order".into()));
    }
    let blocks = footer.recordBatches().iter().flatten().copied().collect();
    let dictionaries = footer.dictionaries().iter().flatten().copied().collect();
    let version = footer.version();
    Ok((Arc::new(fb_to_schema(schema)), Footer { version, dictionaries, batches: blocks }))
}

fn block_length(block: &Block) -> Option<u64> {
    let metadata = u64::try_from(block.metaDataLength()).ok()?;
    metadata.checked_add(u64::try_from(block.bodyLength()).ok()?)
}

fn block_bytes(file: &mut File, block: &Block) -> Result<Buffer, ArrowError> {
    let length = block_length(block).filter(|&length| length >= 8);
    let (Ok(start), Some(length)) = (u64::try_from(block.offset()), length) else {
        return Err(ArrowError::ParseError("the footer points outside of the file".into()));
    };
    let bytes = bytes_at(file, start, length)?;
    let metadata = usize::try_from(block.metaDataLength()).unwrap_or(0);
    let (message, body) = bytes.split_at(metadata.min(bytes.len()));
    check_sizes(root_message(message)?, body)?;
    Ok(Buffer::from_vec(bytes))
}

/// The message of a block, after a continuation marker, where there is one, and its length.
fn root_message(bytes: &[u8]) -> Result<Message<'_>, ArrowError> {
    let prefix = if bytes.starts_with(STREAM_MAGIC) { 8 } else { 4 };
    let message = bytes.get(prefix..).unwrap_or_default();
    root_as_message(message).map_err(|error| ArrowError::ParseError(format!("message: {error}")))
}

/// Reads a range that the file claims to have; never allocates more than it has.
fn bytes_at(file: &mut File, start: u64, length: u64) -> Result<Vec<u8>, ArrowError> {
    let available = file.metadata()?.len();
    if start.checked_add(length).is_none_or(|end| end > available) {
        return Err(ArrowError::ParseError("the footer points outside of the file".into()));
    }
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn promised_rows(file: &mut File, block: &Block) -> Result<u64, ArrowError> {
    let start = u64::try_from(block.offset()).unwrap_or(u64::MAX);
    let length = u64::try_from(block.metaDataLength()).unwrap_or(0);
    let bytes = bytes_at(file, start, length)?;
    let rows = root_message(&bytes)?.header_as_record_batch().map(|batch| batch.length());
    rows.and_then(|rows| u64::try_from(rows).ok())
        .ok_or_else(|| ArrowError::ParseError("no row count".into()))
}

/// What a text type is called in [`Source::schema`]; `None` for others.
fn logical(data_type: &DataType) -> Option<DataType> {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => Some(DataType::Utf8View),
        DataType::Dictionary(_, value) => logical(value),
        _ => None,
    }
}

/// Text as views, dictionaries of text with 32-bit indices.
fn as_text(batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
    let mut fields = Vec::with_capacity(batch.num_columns());
    let mut columns = Vec::with_capacity(batch.num_columns());
    for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
        let column = text_column(column)?;
        fields.push(Field::clone(field).with_data_type(column.data_type().clone()));
        columns.push(column);
    }
    let options = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
}

fn text_column(column: &ArrayRef) -> Result<ArrayRef, ArrowError> {
    match column.data_type() {
        DataType::Utf8 | DataType::LargeUtf8 => cast(column, &DataType::Utf8View),
        DataType::Dictionary(key, value) if logical(value).is_some() => {
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

fn unreadable(reason: &str) -> ExtractError {
    ExtractError::new(say!(
        "not a readable Arrow IPC file, or cut off: {reason}",
        "không phải tệp Arrow IPC hợp lệ hoặc tệp bị cắt: {reason}"
    ))
    .hint(again())
}

fn broken_batch(index: usize, reason: &str) -> ExtractError {
    let number = index + 1;
    ExtractError::new(say!(
        "record batch {number} is damaged: {reason}",
        "lô bản ghi {number} bị hỏng: {reason}"
    ))
    .hint(again())
}

#[cfg(test)]
mod tests {
    use arrow::array::{DictionaryArray, Int32Array, LargeStringArray, StringArray};
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
