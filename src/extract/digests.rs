//! Files of digests, which agencies exchange instead of data: how they are written and read.
//!
//! A line that says what it is, a line of JSON that says what of, then a record for each key in ascending order, and a seal
//! over all of it. Nothing here knows what the digests are of; see `docs/private-reconciliation.md`.

use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::ExtractError;
use super::open::not_regular;
use crate::kernel::seal::{FileSeal, Seal};
use crate::say;

/// The first line up to the version.
const NAME: &str = "thuocdo digests ";
const VERSION: &str = "1";
/// Longer ones are none.
const LONGEST_HEADER: u64 = 1 << 20;
/// Records that are read at a time.
const BLOCK: usize = 4096;

/// What a file says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// As both sides call it.
    pub exchange: String,
    /// Digest of the agreement, hexadecimal.
    pub agreement: String,
    /// Tells keys apart without telling them, hexadecimal.
    pub key_check: String,
    /// The moment of the data.
    pub as_of: String,
    /// Types of the key's columns.
    pub key: Vec<String>,
    pub attributes: Vec<Attribute>,
    /// Rows that have a key.
    pub rows: u64,
    /// Different keys: that many records follow.
    pub keys: u64,
    pub without_key: u64,
    /// Rows that cannot be trusted, so that nobody knows their keys.
    pub damaged: u64,
    /// Rows of which nobody knows whether they are in scope; left out where all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_unknown: Option<u64>,
}

/// A column that is compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribute {
    pub name: String,
    #[serde(rename = "type")]
    pub ty: String,
}

/// What is said under one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    pub key: u128,
    /// One for each attribute.
    pub cells: Vec<i128>,
    pub scope: u8,
}

const CELL: usize = 16;

impl Record {
    const fn bytes(attributes: usize) -> usize {
        CELL + CELL * attributes + 1
    }

    fn read(&mut self, bytes: &[u8]) {
        let number = |bytes: &[u8]| bytes.iter().fold(0, |number, &byte| number << 8 | u128::from(byte));
        let (cells, scope) = bytes.split_at(bytes.len() - 1);
        let mut cells = cells.chunks_exact(CELL).map(number);
        self.key = cells.next().unwrap_or_default();
        self.cells.clear();
        self.cells.extend(cells.map(u128::cast_signed));
        self.scope = scope[0];
    }
}

/// Writes a file of digests into whatever it is given.
pub struct Writer<W> {
    out: W,
    seal: FileSeal,
}

impl<W: Write> Writer<W> {
    /// # Errors
    /// As `out` says.
    pub fn begin(out: W, header: &Header, seal: &Seal) -> io::Result<Self> {
        let mut writer = Self { out, seal: seal.file() };
        let header = serde_json::to_string(header).map_err(io::Error::other)?;
        writer.write(format!("{NAME}{VERSION}\n{header}\n").as_bytes())?;
        Ok(writer)
    }

    /// The next one; their keys ascend.
    ///
    /// # Errors
    /// As `out` says.
    pub fn record(&mut self, record: &Record) -> io::Result<()> {
        self.write(&record.key.to_be_bytes())?;
        for cell in &record.cells {
            self.write(&cell.to_be_bytes())?;
        }
        self.write(&[record.scope])
    }

    /// # Errors
    /// As `out` says.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.write_all(&self.seal.finish())?;
        self.out.flush()
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.seal.update(bytes);
        self.out.write_all(bytes)
    }
}

/// A file of digests of which the beginning was read.
pub struct DigestFile {
    file: BufReader<File>,
    /// What was read.
    head: Vec<u8>,
    pub header: Header,
    pub bytes: u64,
}

impl DigestFile {
    /// # Errors
    /// It cannot be read, is something else, or is not as long as it says.
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        let metadata = fs::metadata(path).map_err(|error| ExtractError::io(&error))?;
        if !metadata.is_file() {
            return Err(not_regular());
        }
        let file = File::open(path).map_err(|error| ExtractError::io(&error))?;
        let mut file = BufReader::with_capacity(1 << 18, file);
        let mut head = Vec::new();
        let mut line = |head: &mut Vec<u8>| -> Result<String, ExtractError> {
            let from = head.len();
            let read = (&mut file).take(LONGEST_HEADER).read_until(b'\n', head);
            read.map_err(|error| ExtractError::io(&error))?;
            Ok(String::from_utf8_lossy(&head[from..]).trim_end_matches('\n').to_owned())
        };
        match line(&mut head)?.strip_prefix(NAME) {
            Some(VERSION) => {}
            Some(_) => return Err(another_version()),
            None => return Err(something_else()),
        }
        let header: Header = serde_json::from_str(&line(&mut head)?).map_err(|_| cut_or_changed())?;
        let record = Record::bytes(header.attributes.len()) as u64;
        let records = header.keys.checked_mul(record);
        let expected = records.and_then(|records| records.checked_add((head.len() + FileSeal::BYTES) as u64));
        match expected {
            Some(expected) if expected == metadata.len() => Ok(Self { file, head, header, bytes: expected }),
            _ => Err(cut_or_changed()),
        }
    }

    /// Hands over all records, and gives the BLAKE3 of the file as hexadecimal digits. What was handed over is worth nothing
    /// until this has ended well. `None` when `each` broke off.
    ///
    /// # Errors
    /// It cannot be read, is not as it was written, or its keys do not ascend.
    pub fn read(
        mut self,
        seal: &Seal,
        mut each: impl FnMut(&Record, u64) -> ControlFlow<()>,
    ) -> Result<Option<String>, ExtractError> {
        let (mut sealed, mut hasher) = (seal.file(), blake3::Hasher::new());
        sealed.update(&self.head);
        hasher.update(&self.head);
        let size = Record::bytes(self.header.attributes.len());
        let (mut left, mut block, mut record) = (self.header.keys, Vec::new(), Record::default());
        let (mut before, mut ascending) = (None, true);
        while left > 0 {
            let records = left.min(BLOCK as u64);
            block.resize(records as usize * size, 0);
            self.fill(&mut block)?;
            sealed.update(&block);
            hasher.update(&block);
            left -= records;
            for bytes in block.chunks_exact(size) {
                record.read(bytes);
                ascending &= before.is_none_or(|before| before < record.key);
                before = Some(record.key);
                if each(&record, size as u64).is_break() {
                    return Ok(None);
                }
            }
        }
        block.resize(FileSeal::BYTES, 0);
        self.fill(&mut block)?;
        hasher.update(&block);
        if sealed.finish() != block {
            return Err(cut_or_changed());
        }
        if ascending { Ok(Some(hasher.finalize().to_hex().to_string())) } else { Err(out_of_order()) }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), ExtractError> {
        self.file.read_exact(bytes).map_err(|error| match error.kind() {
            // It was longer when it was opened.
            io::ErrorKind::UnexpectedEof => cut_or_changed(),
            _ => ExtractError::io(&error),
        })
    }
}

fn something_else() -> ExtractError {
    ExtractError::new(say!("this is no digest file", "đây không phải tệp mã băm")).hint(say!(
        "it must be what the other side made with `thuocdo digest`",
        "phải là tệp mà bên kia tạo bằng `thuocdo digest`"
    ))
}

fn another_version() -> ExtractError {
    ExtractError::new(say!(
        "this digest file is of another version than {VERSION}",
        "tệp mã băm này thuộc phiên bản khác {VERSION}"
    ))
    .hint(say!(
        "both sides use versions of thuocdo that write the same: update the older one",
        "hai bên phải dùng bản thuocdo ghi cùng phiên bản: hãy cập nhật bản cũ hơn"
    ))
}

fn cut_or_changed() -> ExtractError {
    ExtractError::new(say!(
        "the digest file is not as it was made: it was cut off or changed on its way",
        "tệp mã băm không còn như lúc tạo: bị cắt cụt hoặc bị sửa trên đường chuyển"
    ))
    .hint(say!("have it sent again", "hãy đề nghị gửi lại"))
}

fn out_of_order() -> ExtractError {
    ExtractError::new(say!(
        "the digests are out of order, or one is there twice",
        "các mã băm không đúng thứ tự hoặc có mã lặp lại"
    ))
    .hint(say!(
        "whoever made it holds the key and made it otherwise than with `thuocdo digest`; have it made again",
        "người tạo tệp có khóa nhưng không tạo bằng `thuocdo digest`; hãy đề nghị tạo lại"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::seal::SharedKey;

    fn seal(purpose: &[u8]) -> Seal {
        Seal::new(&SharedKey::parse("000102030405060708090a0b0c0d0e0f").unwrap(), purpose)
    }

    fn header(keys: u64) -> Header {
        Header {
            exchange: "thu".to_owned(),
            agreement: "00".to_owned(),
            key_check: "11".to_owned(),
            as_of: "2026-11-21T00:00:00+07:00".to_owned(),
            key: vec!["text".to_owned()],
            attributes: vec![Attribute { name: "ten".to_owned(), ty: "text".to_owned() }],
            rows: 5,
            keys,
            without_key: 1,
            damaged: 0,
            scope_unknown: None,
        }
    }

    fn file(keys: &[u128]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut writer = Writer::begin(&mut bytes, &header(keys.len() as u64), &seal(b"a")).unwrap();
        for &key in keys {
            writer.record(&Record { key, cells: vec![-7], scope: 2 }).unwrap();
        }
        writer.finish().unwrap();
        bytes
    }

    fn read(bytes: &[u8], purpose: &[u8]) -> Result<Vec<Record>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        fs::write(&path, bytes).unwrap();
        let mut records = Vec::new();
        let opened = DigestFile::open(&path);
        let read = opened.and_then(|file| {
            file.read(&seal(purpose), |record, _| {
                records.push(record.clone());
                ControlFlow::Continue(())
            })
        });
        read.map(|_| records).map_err(|error| error.what.en)
    }

    #[test]
    fn what_was_written_is_read() {
        let keys: Vec<u128> = (0..10_000).map(|key| key << 90 | 3).collect();
        let records = read(&file(&keys), b"a").unwrap();
        assert_eq!(records.len(), keys.len());
        assert_eq!(records[9], Record { key: keys[9], cells: vec![-7], scope: 2 });
        assert_eq!(read(&file(&[]), b"a"), Ok(Vec::new()));
    }

    #[test]
    fn every_byte_counts() {
        let whole = file(&[1 << 70, 1 << 71]);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            assert!(read(&changed, b"a").is_err(), "{at}");
            assert!(read(&whole[..at], b"a").is_err(), "{at}");
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert!(read(&longer, b"a").unwrap_err().contains("cut off or changed"));
        assert!(read(&whole, b"b").unwrap_err().contains("cut off or changed"), "another seal");
    }

    #[test]
    fn what_it_is_not_is_told() {
        for (bytes, what) in [
            (file(&[2 << 64, 1 << 64]), "out of order"),
            (file(&[1 << 64, 1 << 64]), "out of order"),
            (b"so,ten\n1,An\n".to_vec(), "no digest file"),
            (Vec::new(), "no digest file"),
            (b"thuocdo digests 2\n{}\n".to_vec(), "another version than 1"),
            (b"thuocdo digests 1\n{}\n".to_vec(), "cut off or changed"),
            (b"thuocdo digests 1\n".to_vec(), "cut off or changed"),
        ] {
            let said = read(&bytes, b"a").unwrap_err();
            assert!(said.contains(what), "{said}");
        }
        let huge = serde_json::to_string(&header(u64::MAX)).unwrap();
        let said = read(format!("thuocdo digests 1\n{huge}\n").as_bytes(), b"a").unwrap_err();
        assert!(said.contains("cut off or changed"), "{said}");
    }
}
