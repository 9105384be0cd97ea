//! A package that is a ZIP. Its directory is not believed: two readers that disagree about what an archive holds are how
//! files get past a check.

use std::fs::File;
use std::io::{self, BufReader, ErrorKind, Read, Seek};
use std::path::Path;

use flate2::Crc;
use flate2::read::DeflateDecoder;
use zip::result::{ZipError, ZipResult};
use zip::{CompressionMethod, ZipArchive};

use super::layout::{self, Gap, Names};
use super::{Flaw, Kind, MOST_MEMBERS, Member, too_many};
use crate::base::Text;
use crate::extract::hostile::{Reason, guarded};
use crate::extract::{ExtractError, system};
use crate::say;

const BUFFER: usize = 1 << 18;

/// APPNOTE.TXT 4.3.7: what a local file header begins with; 4.3.16: the end of a directory of nothing.
const BEGINNINGS: [&[u8]; 2] = [b"PK\x03\x04", b"PK\x05\x06"];

/// The kind of a file in its Unix mode.
const KIND: u32 = 0o170_000;

pub struct Archive {
    zip: ZipArchive<BufReader<File>>,
    /// The place of each member in the directory, and what came of reading it.
    places: Vec<(usize, Option<Result<u64, Flaw>>)>,
    /// Bytes that may still be unpacked.
    left: u64,
    most: u64,
}

type Opened = (Archive, Vec<Member>, Vec<Flaw>);

impl From<ZipError> for Reason {
    fn from(error: ZipError) -> Self {
        match error {
            ZipError::Io(error) => error.into(),
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => Self::Unsupported,
            _ => Self::Damaged,
        }
    }
}

impl Archive {
    /// The inner error is that of bytes which are no ZIP.
    pub fn open(path: &Path, most: u64) -> Result<Result<Opened, Flaw>, ExtractError> {
        let mut file = File::open(path).map_err(|error| ExtractError::io(&error))?;
        let mut again = file.try_clone().map_err(|error| ExtractError::io(&error))?;
        let first = beginning(&mut file).map_err(|error| ExtractError::io(&error))?;
        let zip = match guarded(|| ZipArchive::new(BufReader::new(file))) {
            Ok(zip) => zip,
            Err(reason) => return Ok(Err(no_zip(reason))),
        };
        let mut flaws = Vec::new();
        // What stands before an archive is in no list, and some programs run it.
        if !BEGINNINGS.contains(&first.as_slice()) || zip.offset() > 0 {
            flaws.push(Flaw::wrong(say!(
                "there is something before the first file of the ZIP, which no list names",
                "có dữ liệu nằm trước tệp đầu tiên của ZIP, không thuộc danh sách nào"
            )));
        }
        if zip.len() > MOST_MEMBERS {
            flaws.push(too_many());
        }
        let mut archive = Self { zip, places: Vec::new(), left: most, most };
        flaws.extend(archive.consistency());
        // What is known to be torn has no layout to follow.
        let names = if flaws.is_empty() { archive.layout(&mut again, &mut flaws) } else { Names::new() };
        let members = archive.list(&names, &mut flaws);
        Ok(Ok((archive, members, flaws)))
    }

    fn consistency(&mut self) -> Option<Flaw> {
        if self.zip.has_duplicate_names() {
            return Some(Flaw::wrong(say!(
                "two files in the ZIP have the same name: which one is meant cannot be known",
                "trong ZIP có hai tệp trùng tên: không biết phải lấy tệp nào"
            )));
        }
        match guarded(|| self.zip.validate_header_consistency()) {
            Ok(()) => None,
            Err(Reason::Told(Text { en, vi })) => {
                Some(Flaw::unknown(say!("the ZIP cannot be read: {en}", "không đọc được ZIP: {vi}")))
            }
            Err(_) => Some(Flaw::wrong(say!(
                "the ZIP contradicts itself: its directory and its files do not agree on names, sizes or places, or it \
                 hides files that the directory does not list",
                "ZIP tự mâu thuẫn: thư mục và các tệp bên trong không khớp về tên, kích thước hoặc vị trí, hoặc có tệp ẩn \
                 ngoài thư mục"
            ))),
        }
    }

    fn layout(&self, file: &mut File, flaws: &mut Vec<Flaw>) -> Names {
        let (directory, count) = (self.zip.central_directory_start(), self.zip.len());
        match layout::follow(&mut BufReader::new(file), directory, count) {
            Ok(Ok(names)) => names,
            Ok(Err(Gap)) => {
                flaws.push(hidden());
                Names::new()
            }
            Err(error) => {
                flaws.push(Failure::Read(error).flaw(self.most));
                Names::new()
            }
        }
    }

    fn list(&mut self, names: &Names, flaws: &mut Vec<Flaw>) -> Vec<Member> {
        let mut listed = Vec::new();
        for place in 0..self.zip.len().min(MOST_MEMBERS) {
            let is_told = names.get(place).copied().unwrap_or(true);
            match guarded(|| self.member(place, is_told)) {
                Ok(member) => listed.push((member, place)),
                Err(reason) => {
                    let Text { en, vi } = reason.text();
                    flaws.push(Flaw::wrong(say!(
                        "an entry of the ZIP's directory is damaged: {en}",
                        "một mục trong thư mục ZIP bị hỏng: {vi}"
                    )));
                }
            }
        }
        listed.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        self.places = listed.iter().map(|(_, place)| (*place, None)).collect();
        listed.into_iter().map(|(member, _)| member).collect()
    }

    fn member(&self, place: usize, is_told: bool) -> ZipResult<Member> {
        let entry = self.zip.by_index_data(place)?;
        let raw = entry.name_raw();
        let kind = match entry.unix_mode().map_or(0, |mode| mode & KIND) {
            0o120_000 => Kind::Link,
            // Its name decides for readers; a folder with content is what its bytes are.
            _ if entry.is_dir() && entry.size() == 0 => Kind::Folder,
            0 | 0o100_000 | 0o040_000 => Kind::File,
            _ => Kind::Other,
        };
        Ok(Member {
            path: String::from_utf8_lossy(raw).into_owned(),
            utf8: std::str::from_utf8(raw).is_ok(),
            told: is_told,
            kind,
            encrypted: entry.encrypted(),
        })
    }

    /// A file that was read once is known to have an end; one that could not be is not tried again.
    pub fn read(&mut self, member: usize, take: &mut dyn FnMut(&[u8])) -> Result<u64, Flaw> {
        let (place, before) = &self.places[member];
        if let Some(Err(flaw)) = before {
            return Err(flaw.clone());
        }
        let outcome = self.unpacked(*place, before.is_some(), take);
        self.places[member].1 = Some(outcome.clone());
        outcome
    }

    fn unpacked(&mut self, place: usize, counted: bool, take: &mut dyn FnMut(&[u8])) -> Result<u64, Flaw> {
        let (zip, most, left) = (&mut self.zip, self.most, &mut self.left);
        let room = |read| {
            let rest = if counted { Some(*left) } else { left.checked_sub(read) };
            *left = rest.unwrap_or_default();
            rest.is_some()
        };
        let outcome = guarded(|| {
            // As it is packed: a library that unpacks does not say what it left.
            let file = zip.by_index_raw(place)?;
            let (method, stated, packed, crc) =
                (file.compression(), file.size(), file.compressed_size(), file.crc32());
            let mut sum = Crc::new();
            let mut take = |block: &[u8]| {
                sum.update(block);
                take(block);
            };
            let unpacked = match method {
                CompressionMethod::Stored => unpack(file, &mut take, room).map(|count| (count, packed)),
                CompressionMethod::Deflated => {
                    let mut content = DeflateDecoder::new(file);
                    let count = unpack(&mut content, &mut take, room);
                    count.map(|count| (count, content.total_in()))
                }
                _ => return Ok(Err(not_unpacked())),
            };
            Ok::<_, ZipError>(match unpacked {
                Err(failure) => Err(failure.flaw(most)),
                Ok((count, _)) if count != stated => Err(other_size()),
                Ok(_) if sum.sum() != crc => Err(damaged(Reason::Damaged)),
                Ok((_, used)) if used != packed => Err(hidden()),
                Ok((count, _)) => Ok(count),
            })
        });
        outcome.unwrap_or_else(|reason| Err(damaged(reason)))
    }
}

fn beginning(file: &mut File) -> io::Result<Vec<u8>> {
    let mut first = Vec::with_capacity(4);
    Read::by_ref(file).take(4).read_to_end(&mut first)?;
    file.rewind()?;
    Ok(first)
}

/// Why unpacking ended early.
enum Failure {
    Read(io::Error),
    TooMuch,
}

fn unpack(
    mut file: impl Read,
    take: &mut dyn FnMut(&[u8]),
    mut room: impl FnMut(u64) -> bool,
) -> Result<u64, Failure> {
    let (mut buffer, mut count) = (vec![0; BUFFER], 0);
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(count),
            Ok(read) => {
                if !room(read as u64) {
                    return Err(Failure::TooMuch);
                }
                take(&buffer[..read]);
                count += read as u64;
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::Read(error)),
        }
    }
}

impl Failure {
    fn flaw(self, most: u64) -> Flaw {
        match self {
            // What the system says of the disk, and not a library of the bytes.
            Self::Read(error) if error.raw_os_error().is_some() => {
                let Text { en, vi } = system(&error);
                Flaw::unknown(say!("it cannot be read: {en}", "không đọc được: {vi}"))
            }
            Self::Read(error) => damaged(error.into()),
            Self::TooMuch => Flaw::wrong(say!(
                "the ZIP unpacks to more than {most} bytes and was given up here; `--max-unpacked` allows more",
                "ZIP giải nén ra quá {most} byte nên dừng tại đây; dùng `--max-unpacked` nếu muốn cho phép nhiều hơn"
            )),
        }
    }
}

fn damaged(reason: Reason) -> Flaw {
    let unsupported = reason == Reason::Unsupported;
    let Text { en, vi } = reason.text();
    let what = say!("it cannot be unpacked: {en}", "không giải nén được: {vi}");
    if unsupported { Flaw::unknown(what) } else { Flaw::wrong(what) }
}

fn not_unpacked() -> Flaw {
    Flaw::unknown(say!(
        "it is compressed by another method than deflate, which this program does not unpack",
        "được nén bằng phương pháp khác deflate, chương trình này không giải nén được"
    ))
}

fn hidden() -> Flaw {
    Flaw::wrong(say!(
        "the ZIP has bytes that belong to no file: between its files, in front of or behind its directory, or after what a file unpacks to",
        "ZIP có dữ liệu không thuộc tệp nào: giữa các tệp, trước hoặc sau thư mục, hoặc sau nội dung của một tệp"
    ))
}

fn other_size() -> Flaw {
    Flaw::wrong(say!(
        "it unpacks to another size than the ZIP says",
        "giải nén ra kích thước khác với số ghi trong ZIP"
    ))
}

fn no_zip(reason: Reason) -> Flaw {
    let unsupported = reason == Reason::Unsupported;
    let Text { en, vi } = reason.text();
    let what = say!(
        "this is neither a folder nor a whole ZIP archive: {en}",
        "đây không phải thư mục, cũng không phải tệp ZIP nguyên vẹn: {vi}"
    );
    if unsupported { Flaw::unknown(what) } else { Flaw::wrong(what) }
}
