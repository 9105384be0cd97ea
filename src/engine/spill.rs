//! Keys on disk: records of a key, its row, and the cells that go with it, by part of the key's hash.
//!
//! A packed key *is* somebody's number, so every block is encrypted and authenticated (AES-256-GCM) under a random key that
//! is in the memory of the run alone. What cannot be read as it was written is an error, never another verdict.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::sync::{Mutex, PoisonError};

use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};

use super::budget::Scratch;
use crate::base::Text;
use crate::say;

/// A row: its page's number, and its place there.
pub type Place = (u32, u32);

/// Keys of one hash are in one part.
pub const PARTS: usize = 256;

/// An integer that stands for a key.
pub trait Key: Copy + Ord + Send + Sync + std::hash::Hash + 'static {
    const BYTES: usize;
    /// Bits that spread keys evenly, however regular they are; the same for a packed key as for its wide form.
    fn mixed(self) -> u64;
    /// The upper byte is the key's part.
    fn spread(self) -> u16 {
        (self.mixed() >> 48) as u16
    }
    fn part(self) -> usize {
        usize::from(self.spread() >> 8)
    }
    fn of_packed(key: u64) -> Self;
    fn of_wide(key: u128) -> Self;
    fn as_packed(self) -> Option<u64>;
    fn as_wide(self) -> u128;
}

impl Key for u64 {
    const BYTES: usize = 8;

    fn mixed(self) -> u64 {
        // Packed keys are anything but uniform; a multiplication spreads them.
        self.wrapping_mul(0x9E37_79B9_7F4A_7C15)
    }

    fn of_packed(key: u64) -> Self {
        key
    }

    fn of_wide(key: u128) -> Self {
        key as u64
    }

    fn as_packed(self) -> Option<u64> {
        Some(self)
    }

    fn as_wide(self) -> u128 {
        self.into()
    }
}

impl Key for u128 {
    const BYTES: usize = 16;

    fn mixed(self) -> u64 {
        self.as_packed().map_or((self >> 64) as u64, Key::mixed)
    }

    fn of_packed(key: u64) -> Self {
        key.into()
    }

    fn of_wide(key: u128) -> Self {
        key
    }

    fn as_packed(self) -> Option<u64> {
        u64::try_from(self).ok()
    }

    fn as_wide(self) -> u128 {
        self
    }
}

/// The keys of one table that are on disk.
pub struct Spill {
    cipher: LessSafeKey,
    place: String,
    /// For each key of the plan, how many cells go with it.
    cells: Vec<usize>,
    written: Mutex<Written>,
}

struct Written {
    file: File,
    end: u64,
    pages: u32,
    blocks: u64,
    /// For each key of the plan, its blocks by part; those of wide records apart.
    index: Vec<[Vec<Vec<Block>>; 2]>,
}

/// Some records of one part.
#[derive(Clone, Copy)]
struct Block {
    at: u64,
    bytes: usize,
    number: u64,
}

impl Spill {
    /// # Errors
    /// There can be no file.
    pub fn new(scratch: &dyn Scratch, cells: Vec<usize>) -> Result<Self, Text> {
        let place = scratch.place();
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| unwritable(&place, &error.to_string()))?;
        let cipher = UnboundKey::new(&AES_256_GCM, &secret).map_err(|_| unwritable(&place, "AES-256-GCM"))?;
        let file = scratch.file().map_err(|error| unwritable(&place, &error.to_string()))?;
        let index = cells.iter().map(|_| [vec![Vec::new(); PARTS], vec![Vec::new(); PARTS]]).collect();
        let written = Mutex::new(Written { file, end: 0, pages: 0, blocks: 0, index });
        Ok(Self { cipher: LessSafeKey::new(cipher), place, cells, written })
    }

    fn written(&self) -> std::sync::MutexGuard<'_, Written> {
        // A thread that panicked has written a block or has not; the index knows.
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Numbers for so many more pages, from the one returned on.
    pub fn number(&self, pages: usize) -> u32 {
        let mut written = self.written();
        let first = written.pages;
        written.pages += pages as u32;
        first
    }

    pub fn pages(&self) -> usize {
        self.written().pages as usize
    }

    /// Whether all keys are packed.
    pub fn is_packed(&self, key: usize) -> bool {
        self.written().index[key][1].iter().all(Vec::is_empty)
    }

    pub fn records(&self, key: usize) -> u64 {
        let written = self.written();
        let bytes = |wide: usize| -> u64 {
            written.index[key][wide].iter().flatten().map(|block| block.bytes as u64).sum()
        };
        let cells = self.cells[key];
        bytes(0) / record::<u64>(cells) as u64 + bytes(1) / record::<u128>(cells) as u64
    }

    fn append(&self, key: usize, wide: bool, part: usize, mut bytes: Vec<u8>) -> Result<(), Text> {
        let length = bytes.len();
        let number = {
            let mut written = self.written();
            written.blocks += 1;
            written.blocks
        };
        self.cipher
            .seal_in_place_append_tag(nonce(number), Aad::empty(), &mut bytes)
            .map_err(|_| unwritable(&self.place, "AES-256-GCM"))?;
        let mut written = self.written();
        let at = written.end;
        written
            .file
            .seek(SeekFrom::Start(at))
            .and_then(|_| written.file.write_all(&bytes))
            .map_err(|error| unwritable(&self.place, &error.to_string()))?;
        written.end += bytes.len() as u64;
        written.index[key][usize::from(wide)][part].push(Block { at, bytes: length, number });
        Ok(())
    }

    /// Hands over all records of a part with their cells, in any order.
    ///
    /// # Errors
    /// They cannot be read as they were written.
    pub fn read<K: Key>(
        &self,
        key: usize,
        part: usize,
        mut each: impl FnMut(K, Place, &[i128]),
    ) -> Result<(), Text> {
        let mut cells = vec![0; self.cells[key]];
        let blocks = self.written().index[key].each_ref().map(|parts| parts[part].clone());
        let mut bytes = Vec::new();
        for (wide, blocks) in blocks.into_iter().enumerate() {
            for block in blocks {
                let plain = self.open(block, &mut bytes)?;
                if wide == 0 {
                    records(plain, &mut cells, |key, place, cells| {
                        each(K::of_packed(u64::from_le_bytes(key)), place, cells);
                    });
                } else {
                    records(plain, &mut cells, |key, place, cells| {
                        each(K::of_wide(u128::from_le_bytes(key)), place, cells);
                    });
                }
            }
        }
        Ok(())
    }

    fn open<'b>(&self, block: Block, bytes: &'b mut Vec<u8>) -> Result<&'b [u8], Text> {
        bytes.resize(block.bytes + AES_256_GCM.tag_len(), 0);
        let read = {
            let mut written = self.written();
            written.file.seek(SeekFrom::Start(block.at)).and_then(|_| written.file.read_exact(bytes))
        };
        let place = &self.place;
        read.map_err(|error| {
            say!(
                "keys that were put into `{place}` cannot be read again: {error}; run again",
                "không đọc lại được khóa đã ghi tạm vào `{place}`: {error}; hãy chạy lại"
            )
        })?;
        let plain = self.cipher.open_in_place(nonce(block.number), Aad::empty(), bytes);
        plain.map(|plain| &*plain).map_err(|_| {
            say!(
                "keys that were put into `{place}` are no longer as they were written: the disk is failing, or somebody changed them; name another place with `--temp`",
                "khóa đã ghi tạm vào `{place}` không còn như lúc ghi: ổ đĩa hỏng hoặc có người sửa; hãy chọn nơi khác bằng `--temp`"
            )
        })
    }
}

/// No two blocks of a run of the program have the same cipher and number.
fn nonce(number: u64) -> Nonce {
    let mut nonce = [0; NONCE_LEN];
    nonce[..8].copy_from_slice(&number.to_le_bytes());
    Nonce::assume_unique_for_key(nonce)
}

fn unwritable(place: &str, error: &str) -> Text {
    say!(
        "there is no room for the keys in memory, and they cannot be put into `{place}`: {error}; make room there, name another place with `--temp`, or allow more with `--memory`",
        "bộ nhớ không đủ chỗ cho các khóa và không ghi tạm được vào `{place}`: {error}; hãy dọn chỗ ở đó, chọn nơi khác bằng `--temp` hoặc cho thêm bộ nhớ bằng `--memory`"
    )
}

/// Bytes of a cell.
const CELL: usize = 16;

const fn record<K: Key>(cells: usize) -> usize {
    K::BYTES + 8 + CELL * cells
}

fn records<const N: usize>(bytes: &[u8], cells: &mut [i128], mut each: impl FnMut([u8; N], Place, &[i128])) {
    for record in bytes.chunks_exact(N + 8 + CELL * cells.len()) {
        let Some((key, place)) = record.split_first_chunk::<N>() else { continue };
        let Some((page, row)) = place.split_first_chunk::<4>() else { continue };
        let Some((row, rest)) = row.split_first_chunk::<4>() else { continue };
        for (cell, bytes) in cells.iter_mut().zip(rest.as_chunks::<CELL>().0) {
            *cell = i128::from_le_bytes(*bytes);
        }
        each(*key, (u32::from_le_bytes(*page), u32::from_le_bytes(*row)), cells);
    }
}

/// Writes records of one key, all packed or all wide, a buffer for every part.
pub struct Writer<'s> {
    spill: &'s Spill,
    key: usize,
    wide: bool,
    block: usize,
    parts: Vec<Vec<u8>>,
}

impl<'s> Writer<'s> {
    pub fn new(spill: &'s Spill, key: usize, wide: bool, block: usize) -> Self {
        Self { spill, key, wide, block, parts: vec![Vec::new(); PARTS] }
    }

    /// # Errors
    /// The disk does not take it.
    pub fn add<K: Key>(
        &mut self,
        key: K,
        (page, row): Place,
        cells: impl Iterator<Item = i128>,
    ) -> Result<(), Text> {
        let part = key.part();
        let bytes = &mut self.parts[part];
        if self.wide {
            bytes.extend_from_slice(&key.as_wide().to_le_bytes());
        } else {
            bytes.extend_from_slice(&key.as_packed().unwrap_or_default().to_le_bytes());
        }
        bytes.extend_from_slice(&page.to_le_bytes());
        bytes.extend_from_slice(&row.to_le_bytes());
        for cell in cells {
            bytes.extend_from_slice(&cell.to_le_bytes());
        }
        if bytes.len() >= self.block {
            let full = std::mem::take(bytes);
            let record = record::<u128>(self.spill.cells[self.key]);
            self.parts[part].reserve(self.block + record + AES_256_GCM.tag_len());
            self.spill.append(self.key, self.wide, part, full)?;
        }
        Ok(())
    }

    /// # Errors
    /// The disk does not take it.
    pub fn finish(self) -> Result<(), Text> {
        for (part, bytes) in self.parts.into_iter().enumerate().filter(|(_, bytes)| !bytes.is_empty()) {
            self.spill.append(self.key, self.wide, part, bytes)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::Mutex as Shared;

    use super::*;

    /// Keeps the file that it gives.
    #[derive(Default)]
    struct Watched(Shared<Option<File>>);

    impl Watched {
        fn bytes(&self) -> Vec<u8> {
            let mut bytes = Vec::new();
            let mut file = self.0.lock().unwrap();
            let file = file.as_mut().unwrap();
            file.seek(SeekFrom::Start(0)).unwrap();
            file.read_to_end(&mut bytes).unwrap();
            bytes
        }

        fn change(&self, at: u64) {
            let byte = self.bytes()[at as usize] ^ 1;
            let mut file = self.0.lock().unwrap();
            let file = file.as_mut().unwrap();
            file.seek(SeekFrom::Start(at)).unwrap();
            file.write_all(&[byte]).unwrap();
        }
    }

    impl Scratch for Watched {
        fn file(&self) -> io::Result<File> {
            let file = tempfile::tempfile()?;
            *self.0.lock().unwrap() = Some(file.try_clone()?);
            Ok(file)
        }

        fn place(&self) -> String {
            "/tam".to_owned()
        }
    }

    const KEYS: std::ops::Range<u64> = 1_000_000..1_005_000;

    fn cells(key: u64) -> impl Iterator<Item = i128> {
        [-i128::from(key), i128::MAX].into_iter()
    }

    fn written(watched: &Watched) -> Spill {
        let spill = Spill::new(watched, vec![0, 2]).unwrap();
        let mut packed = Writer::new(&spill, 1, false, 1 << 10);
        let mut wide = Writer::new(&spill, 1, true, 1 << 10);
        for key in KEYS {
            packed.add(key, (7, key as u32), cells(key)).unwrap();
            wide.add(u128::from(key) << 100, (8, key as u32), cells(key)).unwrap();
        }
        packed.finish().unwrap();
        wide.finish().unwrap();
        spill
    }

    fn read(spill: &Spill) -> Result<Vec<(u128, Place)>, Text> {
        let mut all = Vec::new();
        for part in 0..PARTS {
            spill.read(1, part, |key: u128, place, found| {
                assert_eq!(key.part(), part);
                assert_eq!(found, cells(place.1.into()).collect::<Vec<_>>());
                all.push((key, place));
            })?;
        }
        all.sort_unstable();
        Ok(all)
    }

    #[test]
    fn what_was_written_is_read_again() {
        let spill = written(&Watched::default());
        let packed = KEYS.map(|key| (u128::from(key), (7, key as u32)));
        let wide = KEYS.map(|key| (u128::from(key) << 100, (8, key as u32)));
        assert_eq!(read(&spill).unwrap(), packed.chain(wide).collect::<Vec<_>>());
        assert_eq!((spill.records(0), spill.records(1)), (0, 10_000));
        assert!(spill.is_packed(0) && !spill.is_packed(1));
        assert_eq!((spill.number(3), spill.number(2), spill.pages()), (0, 3, 5));
    }

    #[test]
    fn nobody_can_read_it_or_change_it() {
        let watched = Watched::default();
        let spill = written(&watched);
        let bytes = watched.bytes();
        assert!(bytes.len() > 10_000 * 20);
        for key in KEYS.step_by(100) {
            let key = key.to_le_bytes();
            assert!(!bytes.windows(8).any(|window| window == key));
        }
        watched.change(bytes.len() as u64 / 2);
        let why = read(&spill).unwrap_err();
        assert!(why.en.contains("no longer as they were written"), "{}", why.en);
        watched.0.lock().unwrap().as_mut().unwrap().set_len(100).unwrap();
        let why = read(&spill).unwrap_err();
        assert!(why.en.contains("cannot be read again"), "{}", why.en);
    }

    #[test]
    fn a_packed_key_and_its_wide_form_are_of_one_part() {
        for key in [0, 1, 9, 10, 999_999_999_999, u64::MAX] {
            assert_eq!(key.spread(), u128::from(key).spread());
        }
        let parts: std::collections::BTreeSet<usize> = KEYS.map(Key::part).collect();
        assert_eq!(parts.len(), PARTS, "neighbours are spread");
    }
}
