//! Which reader opens a file.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use super::csv::TextSource;
use super::discover::DataFile;
use super::input::{Input, Packing};
use super::ipc::{self, IpcSource};
use super::ndjson::NdjsonSource;
use super::parquet::ParquetSource;
use super::partition::Partitioned;
use super::{ExtractError, Source, TextOptions};
use crate::base::Text;
use crate::say;

/// A kind of file that can be read. Adding one takes its own file and a line in [`SOURCES`].
pub struct SourceKind {
    /// As shown to users.
    pub name: &'static str,
    /// Lower-case, without the dot.
    pub extensions: &'static [&'static str],
    /// Tells by the first 16 bytes. Text has no such sign; it may also be compressed.
    pub magic: Option<fn(&[u8]) -> bool>,
    pub open: Open,
}

/// Opens a file of one kind.
pub type Open = fn(&Path, &TextOptions) -> Result<Box<dyn Source>, ExtractError>;

pub const SOURCES: &[SourceKind] = &[
    SourceKind {
        name: "Parquet",
        extensions: &["parquet", "parq", "pq"],
        magic: Some(|first| first.starts_with(b"PAR1")),
        open: |path, _| Ok(Box::new(ParquetSource::open(path)?)),
    },
    SourceKind {
        name: "CSV",
        extensions: &["csv"],
        magic: None,
        open: |path, options| Ok(Box::new(TextSource::open(path, options)?)),
    },
    SourceKind {
        name: "TSV",
        extensions: &["tsv", "tab"],
        magic: None,
        open: |path, options| {
            let delimiter = options.delimiter.or(Some(b'\t'));
            Ok(Box::new(TextSource::open(path, &TextOptions { delimiter, ..options.clone() })?))
        },
    },
    SourceKind {
        name: "JSON Lines",
        extensions: &["ndjson", "jsonl"],
        magic: None,
        open: |path, _| Ok(Box::new(NdjsonSource::open(path)?)),
    },
    SourceKind {
        name: "Arrow IPC",
        extensions: &["arrow", "arrows", "feather", "ipc"],
        magic: Some(|first| {
            let length = first.get(4..8).and_then(|bytes| bytes.try_into().ok()).map(u32::from_le_bytes);
            let stream = first.starts_with(ipc::STREAM_MAGIC) && length.is_some_and(|n| n > 0 && n < 1 << 24);
            stream || first.starts_with(ipc::FILE_MAGIC)
        }),
        open: |path, _| Ok(Box::new(IpcSource::open(path)?)),
    },
];

/// Bytes that tell what a file is.
const FIRST: usize = 16;
/// Bytes that tell whether a file is text.
const TEXT_SAMPLE: usize = 4096;

/// Opens a file as what its name says; one with another extension as what its content says.
///
/// # Errors
/// The file is missing, a directory, unreadable or empty, is not what its name says, or is of no known kind.
pub fn open(path: &Path, options: &TextOptions) -> Result<Box<dyn Source>, ExtractError> {
    let metadata = fs::metadata(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound if path.is_symlink() => leads_nowhere(),
        _ => ExtractError::io(&error),
    })?;
    if metadata.is_dir() {
        return Err(ExtractError::io(&std::io::ErrorKind::IsADirectory.into()));
    }
    check_regular(path)?;
    let first = first_bytes(path)?;
    let named = by_extension(path);
    let signed = by_magic(&first);
    let packed = Packing::of(&first) != Packing::None;
    match (named, signed) {
        (_, None) if first.is_empty() => Err(empty()),
        (Some(named), None) if named.magic.is_none() => match other_format(&first) {
            Some(other) => Err(not_what_it_says(named, other)),
            None => (named.open)(path, options),
        },
        (Some(named), None) if packed => Err(packed_binary(named)),
        (Some(named), None) => Err(not_what_it_says(named, other_format(&first).unwrap_or("something else"))),
        (Some(named), Some(signed)) if named.name == signed.name => (named.open)(path, options),
        (Some(named), Some(signed)) => Err(not_what_it_says(named, signed.name)),
        (None, Some(signed)) => (signed.open)(path, options),
        (None, None) => match (other_format(&first), text_start(path)) {
            (None, Some(b'{' | b'[')) => Ok(Box::new(NdjsonSource::open(path)?)),
            (None, Some(_)) => Ok(Box::new(TextSource::open(path, options)?)),
            (other, _) => Err(unknown(other)),
        },
    }
}

/// Opens a file that was found for a table, with the columns that its directories carry.
///
/// # Errors
/// As [`open`].
pub fn open_file(file: &DataFile, options: &TextOptions) -> Result<Box<dyn Source>, ExtractError> {
    let source = open(&file.path, options).map_err(|error| perhaps_no_part(file, error))?;
    Ok(if file.constants.is_empty() { source } else { Box::new(Partitioned::new(source, &file.constants)) })
}

/// A file whose name tells no kind may match a table's patterns by mistake.
fn perhaps_no_part(file: &DataFile, error: ExtractError) -> ExtractError {
    match &error.hint {
        Some(Text { en, vi }) if by_extension(&file.path).is_none() => {
            let hint = say!(
                "{en}; if the file is not part of the table, narrow the table's `files`",
                "{vi}; nếu tệp không thuộc bảng, hãy thu hẹp `files` của bảng"
            );
            error.hint(hint)
        }
        _ => error,
    }
}

/// The extension that tells the kind: lower-case, below that of a compression.
fn extension(name: &str) -> Option<String> {
    let mut parts = name.rsplit('.');
    let last = parts.next()?.to_lowercase();
    let found =
        if matches!(last.as_str(), "gz" | "zst" | "zstd") { parts.next()?.to_lowercase() } else { last };
    parts.next().map(|_| found)
}

/// Whether a file is named like an extract.
pub fn is_extract(path: &Path) -> bool {
    by_extension(path).is_some()
}

fn by_extension(path: &Path) -> Option<&'static SourceKind> {
    let extension = extension(path.file_name()?.to_str()?)?;
    SOURCES.iter().find(|kind| kind.extensions.contains(&extension.as_str()))
}

fn by_magic(first: &[u8]) -> Option<&'static SourceKind> {
    SOURCES.iter().find(|kind| kind.magic.is_some_and(|magic| magic(first)))
}

fn first_bytes(path: &Path) -> Result<Vec<u8>, ExtractError> {
    let mut first = Vec::with_capacity(FIRST);
    let file = File::open(path).map_err(|error| ExtractError::io(&error))?;
    file.take(FIRST as u64).read_to_end(&mut first).map_err(|error| ExtractError::io(&error))?;
    Ok(first)
}

/// The first visible byte of a text file; `None` if the file is not text.
fn text_start(path: &Path) -> Option<u8> {
    let mut bytes = Vec::new();
    Input::open(path).ok()?.fill(&mut bytes, TEXT_SAMPLE).ok()?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    if bytes.contains(&0) {
        return None;
    }
    bytes.trim_ascii_start().first().copied()
}

/// Files that people hand over instead of what they mean.
fn other_format(first: &[u8]) -> Option<&'static str> {
    let known: [(&[u8], &str); 9] = [
        (b"PK\x03\x04", "ZIP (xlsx, ods, zip)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE2 (xls, doc)"),
        (b"SQLite format 3\0", "SQLite"),
        (b"%PDF-", "PDF"),
        (b"7z\xbc\xaf\x27\x1c", "7-Zip"),
        (b"Rar!\x1a\x07", "RAR"),
        (b"BZh", "bzip2"),
        (b"\xfd7zXZ\0", "xz"),
        (b"FEA1", "Feather v1"),
    ];
    known.iter().find(|(magic, _)| first.starts_with(magic)).map(|(_, name)| *name)
}

/// Refuses pipes and devices: reading one could wait for ever. What is not there, or a directory, is left to whoever reads.
///
/// # Errors
/// Something else than a regular file is there.
pub fn check_regular(path: &Path) -> Result<(), ExtractError> {
    match fs::metadata(path) {
        Ok(metadata) if !metadata.is_file() && !metadata.is_dir() => Err(not_regular()),
        _ => Ok(()),
    }
}

/// The error for pipes, devices and directories.
pub fn not_regular() -> ExtractError {
    ExtractError::new(say!("this is not a regular file", "đây không phải tệp thông thường"))
        .hint(say!("save what it delivers into a file", "hãy lưu nội dung vào một tệp"))
}

fn leads_nowhere() -> ExtractError {
    ExtractError::new(say!(
        "this is a link to a file that does not exist",
        "đây là liên kết tới tệp không tồn tại"
    ))
    .hint(say!(
        "restore what it leads to (is a network share mounted?), or remove the link",
        "khôi phục tệp đích (thư mục mạng đã được kết nối chưa?) hoặc xóa liên kết"
    ))
}

fn empty() -> ExtractError {
    ExtractError::new(say!("the file is empty (0 bytes)", "tệp rỗng (0 byte)")).hint(say!(
        "export it again; a table without rows still has its header, or no file at all where none is written (JSON Lines)",
        "kết xuất lại tệp; bảng không có bản ghi vẫn phải có tiêu đề, hoặc không có tệp nếu định dạng không ghi tiêu đề (JSON Lines)"
    ))
}

fn not_what_it_says(named: &SourceKind, is: &str) -> ExtractError {
    let name = named.name;
    ExtractError::new(say!(
        "the file is named as {name}, but its content is {is}",
        "tệp được đặt tên là {name} nhưng nội dung là {is}"
    ))
    .hint(say!(
        "export the table as {name}, or give the file the name of what it is",
        "kết xuất bảng ra {name}, hoặc đặt tên tệp theo đúng nội dung"
    ))
}

fn packed_binary(named: &SourceKind) -> ExtractError {
    let name = named.name;
    ExtractError::new(say!("a compressed {name} file cannot be read", "không đọc được tệp {name} đã nén"))
        .hint(say!(
            "unpack it first; {name} compresses inside",
            "hãy giải nén trước; {name} đã tự nén bên trong"
        ))
}

fn unknown(is: Option<&str>) -> ExtractError {
    let is = is.unwrap_or("?");
    let names: Vec<_> = SOURCES.iter().map(|kind| kind.name).collect();
    let names = names.join(", ");
    ExtractError::new(say!("the file is of no known kind ({is})", "không nhận ra loại tệp ({is})"))
        .hint(say!("what can be read: {names}", "các loại đọc được: {names}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::gathered::Gathered;

    fn outcome(name: &str, content: impl AsRef<[u8]>) -> Result<Vec<String>, String> {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join(name);
        fs::write(&path, content).unwrap();
        match open(&path, &TextOptions::default()) {
            Ok(source) => Ok(Gathered::all(source.as_ref()).lines()),
            Err(error) => {
                assert!(!error.what.vi.is_empty() && error.hint.is_some());
                Err(error.what.en)
            }
        }
    }

    #[test]
    fn names_decide_and_content_where_they_do_not() {
        assert_eq!(outcome("a.csv", "a;b\n1;2\n").unwrap(), ["1|2"]);
        assert_eq!(outcome("a.TSV", "a,b\tc\n1,2\t3\n").unwrap(), ["1,2|3"]);
        assert_eq!(outcome("a.jsonl", "{\"a\":1}\n").unwrap(), ["1"]);
        assert_eq!(outcome("a.csv.gz", "a,b\n1,2\n").unwrap(), ["1|2"], "not compressed after all");
        assert_eq!(outcome("a.txt", "a|b\n1|2\n").unwrap(), ["1|2"]);
        assert_eq!(outcome("a", " {\"a\":1}\n").unwrap(), ["1"]);
        let packed = zstd::encode_all(&b"a,b\n1,2\n"[..], 1).unwrap();
        assert_eq!(outcome("a.csv", &packed).unwrap(), ["1|2"]);
        assert_eq!(outcome("a.dat", &packed).unwrap(), ["1|2"]);
    }

    #[test]
    fn what_cannot_be_opened_says_why() {
        let says = |name: &str, content: &[u8], part: &str| {
            let error = outcome(name, content).unwrap_err();
            assert!(error.contains(part), "{error}");
        };
        says("a.csv", b"", "empty (0 bytes)");
        says("a.csv", b"PAR1aaaaPAR1", "named as CSV, but its content is Parquet");
        says("a.csv", b"PK\x03\x04....", "ZIP");
        says("a.parquet", b"a,b\n1,2\n", "named as Parquet, but");
        says("a.parquet", b"PAR1", "not a readable Parquet");
        says("a.parquet.gz", b"\x1f\x8b\x08\x00", "compressed Parquet");
        says("a.bin", b"\x00\x01\x02", "no known kind (?)");
        says("a", b"SQLite format 3\0", "no known kind (SQLite)");
        says("a", b"%PDF-1.7 only text so far", "no known kind (PDF)");
        let dir = tempfile::tempdir().unwrap();
        let of = |path: &Path| open(path, &TextOptions::default()).err().unwrap().what.en;
        assert!(of(dir.path()).contains("directory"));
        assert!(of(&dir.path().join("x.csv")).contains("does not exist"));
    }
}
