//! Where the parts of a ZIP lie (APPNOTE.TXT 4.3): files, their directory, and its end, back to back from the first byte to the
//! last. What lies between them belongs to no file, and some programs find it all the same.

use std::io::{self, Read, Seek, SeekFrom};

/// A ZIP is not laid out as its directory says.
pub struct Gap;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const DESCRIPTOR: u32 = 0x0807_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
const END: &[u8] = b"PK\x05\x06";

const LOCAL_BYTES: usize = 30;
const CENTRAL_BYTES: usize = 46;
const END_BYTES: usize = 22;
const END_64_BYTES: usize = 56;
const LOCATOR_64_BYTES: usize = 20;

/// Bits of an entry's flags (4.4.4): its sizes follow its bytes; its name is UTF-8.
const FOLLOWED: u16 = 1 << 3;
const UTF8: u16 = 1 << 11;
/// The extra field of sizes beyond 32 bits (4.5.3).
const SIZES_64: u16 = 1;

/// An entry of the directory, as far as it says where things lie.
struct Entry {
    start: u64,
    flags: u16,
    crc: u32,
    packed: u64,
    unpacked: u64,
}

/// What the directory says of names, in its order: whether each is ASCII, or said to be UTF-8.
pub type Names = Vec<bool>;

/// Follows the parts of a ZIP of `count` entries whose directory begins at `directory`.
pub fn follow(file: &mut (impl Read + Seek), directory: u64, count: usize) -> io::Result<Result<Names, Gap>> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(directory))?;
    let (mut entries, mut names) = (Vec::with_capacity(count), Vec::with_capacity(count));
    let mut at = directory;
    for _ in 0..count {
        let Some((entry, is_told, bytes)) = entry(file)? else { return Ok(Err(Gap)) };
        entries.push(entry);
        names.push(is_told);
        at += bytes;
    }
    let rest = length.saturating_sub(at);
    let longest = END_64_BYTES + LOCATOR_64_BYTES + END_BYTES + usize::from(u16::MAX);
    if rest > longest as u64 {
        return Ok(Err(Gap));
    }
    let mut end = Vec::new();
    file.take(rest).read_to_end(&mut end)?;
    if !is_end(&end) {
        return Ok(Err(Gap));
    }
    entries.sort_by_key(|entry| entry.start);
    let nexts = entries.iter().skip(1).map(|entry| entry.start).chain([directory]);
    let mut start = 0;
    for (entry, next) in entries.iter().zip(nexts) {
        if entry.start != start || !reaches(file, entry, next)? {
            return Ok(Err(Gap));
        }
        start = next;
    }
    Ok(if entries.is_empty() && directory > 0 { Err(Gap) } else { Ok(names) })
}

/// An entry of the directory, whether it tells how its name is written, and how many bytes it takes.
fn entry(file: &mut impl Read) -> io::Result<Option<(Entry, bool, u64)>> {
    let mut head = [0; CENTRAL_BYTES];
    file.read_exact(&mut head)?;
    if u32_at(&head, 0) != CENTRAL {
        return Ok(None);
    }
    let [name, extra, comment] = [28, 30, 32].map(|at| usize::from(u16_at(&head, at)));
    let mut rest = vec![0; name + extra + comment];
    file.read_exact(&mut rest)?;
    let (name, extra) = (&rest[..name], &rest[name..name + extra]);
    let flags = u16_at(&head, 8);
    let mut entry = Entry {
        start: u32_at(&head, 42).into(),
        flags,
        crc: u32_at(&head, 16),
        packed: u32_at(&head, 20).into(),
        unpacked: u32_at(&head, 24).into(),
    };
    let is_told = name.is_ascii() || flags & UTF8 != 0;
    for (_, field) in fields(extra).filter(|(id, _)| *id == SIZES_64) {
        // Only those that are all ones beside, in this order.
        let mut wide = field.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        for size in [&mut entry.unpacked, &mut entry.packed, &mut entry.start] {
            if *size == u64::from(u32::MAX) {
                *size = wide.next().unwrap_or(*size);
            }
        }
    }
    Ok(Some((entry, is_told, (head.len() + rest.len()) as u64)))
}

fn fields(mut extra: &[u8]) -> impl Iterator<Item = (u16, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = extra.split_at_checked(4)?;
        let (field, rest) = rest.split_at_checked(u16_at(head, 2).into())?;
        extra = rest;
        Some((u16_at(head, 0), field))
    })
}

/// Whether the bytes of a file, and what says how many they are, end where the next part begins.
fn reaches(file: &mut (impl Read + Seek), entry: &Entry, next: u64) -> io::Result<bool> {
    let mut head = [0; LOCAL_BYTES];
    file.seek(SeekFrom::Start(entry.start))?;
    file.read_exact(&mut head)?;
    let names = u64::from(u16_at(&head, 26)) + u64::from(u16_at(&head, 28));
    let bytes = entry.packed.checked_add(LOCAL_BYTES as u64 + names);
    let Some(end) = bytes.and_then(|bytes| bytes.checked_add(entry.start)) else { return Ok(false) };
    if u32_at(&head, 0) != LOCAL || end > next {
        return Ok(false);
    }
    if end == next {
        return Ok(true);
    }
    // With and without its sign, sizes of 32 or 64 bits.
    if entry.flags & FOLLOWED == 0 || next - end > 24 {
        return Ok(false);
    }
    let mut found = Vec::new();
    file.seek(SeekFrom::Start(end))?;
    file.take(next - end).read_to_end(&mut found)?;
    let sign = DESCRIPTOR.to_le_bytes();
    let found = if found.len() % 8 == 0 { found.strip_prefix(&sign).unwrap_or_default() } else { &found };
    let crc = entry.crc.to_le_bytes();
    let [packed, unpacked] = [entry.packed, entry.unpacked].map(u64::to_le_bytes);
    let narrow = [&crc[..], &packed[..4], &unpacked[..4]].concat();
    Ok(found == narrow || found == [&crc[..], &packed, &unpacked].concat())
}

/// Whether these bytes are the end of a directory and nothing else. A comment may follow; not one that looks like another end.
fn is_end(mut bytes: &[u8]) -> bool {
    if bytes.len() >= END_64_BYTES && u32_at(bytes, 0) == END_64 {
        let locator = &bytes[END_64_BYTES..];
        if locator.len() < LOCATOR_64_BYTES
            || u32_at(locator, 0) != LOCATOR_64
            || bytes[4..12] != [44, 0, 0, 0, 0, 0, 0, 0]
        {
            return false;
        }
        bytes = &locator[LOCATOR_64_BYTES..];
    }
    let Some((end, comment)) = bytes.split_at_checked(END_BYTES) else { return false };
    end.starts_with(END)
        && comment.len() == usize::from(u16_at(end, 20))
        && memchr::memmem::find(comment, END).is_none()
}

fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}
