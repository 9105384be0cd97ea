//! States of files on disk: one file for each, whole or not at all, found by name, trusted only if its hash fits.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cli::output;
use crate::engine::Keeper;

/// Tells these files from others, and what follows: the BLAKE3 hash of the name and of the rest, then the rest, compressed.
const MAGIC: &[u8] = b"thuocdo state 2\n";

/// States are large and written every night; the fastest level halves them.
const LEVEL: i32 = 1;

/// The states of one database.
pub struct States {
    folder: PathBuf,
    /// Whether what is there may be used.
    fresh: bool,
    used: Mutex<Used>,
}

/// What a run has made of them.
#[derive(Default)]
pub struct Used {
    pub names: BTreeSet<String>,
    /// Files whose states were found, and their bytes.
    pub reused: u64,
    pub bytes: u64,
}

impl States {
    pub fn open(folder: &Path, fresh: bool) -> Self {
        Self { folder: folder.to_owned(), fresh, used: Mutex::default() }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn used(&self) -> std::sync::MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn into_used(self) -> Used {
        self.used.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Keeper for States {
    fn find(&self, name: &str) -> Option<Vec<u8>> {
        if self.fresh {
            return None;
        }
        let state = unpack(name, &std::fs::read(self.path(name)).ok()?)?;
        self.used().names.insert(name.to_owned());
        Some(state)
    }

    fn keep(&self, name: &str, state: &[u8]) {
        // Without it the file is read again another time; that is all.
        let Some(packed) = pack(name, state) else { return };
        if output::write_kept(&self.path(name), &packed).is_ok() {
            self.used().names.insert(name.to_owned());
        }
    }

    fn reused(&self, bytes: u64) {
        let mut used = self.used();
        used.reused += 1;
        used.bytes += bytes;
    }
}

pub fn pack(name: &str, state: &[u8]) -> Option<Vec<u8>> {
    let body = zstd::bulk::compress(state, LEVEL).ok()?;
    let length = (state.len() as u64).to_le_bytes();
    let rest = [length.as_slice(), &body].concat();
    let mut packed = MAGIC.to_vec();
    packed.extend_from_slice(hash(name, &rest).as_bytes());
    packed.extend_from_slice(&rest);
    Some(packed)
}

/// `None` unless it is as it was written.
pub fn unpack(name: &str, packed: &[u8]) -> Option<Vec<u8>> {
    let rest = packed.strip_prefix(MAGIC)?;
    let (hash, rest) = rest.split_at_checked(blake3::OUT_LEN)?;
    if self::hash(name, rest).as_bytes() != hash {
        return None;
    }
    let (length, body) = rest.split_first_chunk()?;
    zstd::bulk::decompress(body, usize::try_from(u64::from_le_bytes(*length)).ok()?).ok()
}

/// A state is that of its name and of no other.
fn hash(name: &str, rest: &[u8]) -> blake3::Hash {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&(name.len() as u64).to_le_bytes()).update(name.as_bytes()).update(rest);
    hasher.finalize()
}

/// Removes states that no run is going to ask for: of databases that this one was through with, those that it did not use;
/// of databases that are not in the plan, all, unless `spare` says that it is not known which these are. Of databases that
/// could not be measured (`None`) all stay. What cannot be removed only takes room.
pub fn sweep(folder: &Path, used: &BTreeMap<String, Option<Vec<String>>>, spare: bool) {
    let entries = |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten();
    for database in entries(folder) {
        match database.file_name().to_str().and_then(|id| used.get(id)) {
            None if spare => {}
            None => drop(std::fs::remove_dir_all(database.path())),
            Some(None) => {}
            Some(Some(names)) => {
                let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
                for state in entries(&database.path()) {
                    if !state.file_name().to_str().is_some_and(|name| names.contains(name)) {
                        let _ = std::fs::remove_file(state.path());
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_whole_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let states = States::open(folder.path(), false);
        let state: Vec<u8> = (0..100_000_u32).flat_map(u32::to_le_bytes).collect();
        states.keep("a", &state);
        assert_eq!(states.find("a"), Some(state.clone()));
        assert_eq!(states.find("b"), None);
        let whole = std::fs::read(folder.path().join("a")).unwrap();
        assert!(whole.len() < state.len());
        for at in [0, 20, 40, 60, whole.len() - 1] {
            let mut broken = whole.clone();
            broken[at] ^= 1;
            std::fs::write(folder.path().join("a"), &broken).unwrap();
            assert_eq!(states.find("a"), None, "byte {at}");
            std::fs::write(folder.path().join("a"), &whole[..at]).unwrap();
            assert_eq!(states.find("a"), None, "cut at {at}");
        }
        assert_eq!(States::open(folder.path(), true).find("a"), None);
        std::fs::write(folder.path().join("a"), &whole).unwrap();
        std::fs::copy(folder.path().join("a"), folder.path().join("b")).unwrap();
        assert_eq!(
            (states.find("a").is_some(), states.find("b")),
            (true, None),
            "another name is another state"
        );
    }

    #[test]
    fn what_was_not_used_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        for (database, name) in [("d", "old"), ("d", "new"), ("failed", "old"), ("gone", "old")] {
            States::open(&folder.path().join(database), false).keep(name, b"x");
        }
        let used = [("d".to_owned(), Some(vec!["new".to_owned()])), ("failed".to_owned(), None)];
        sweep(folder.path(), &BTreeMap::from(used.clone()), true);
        assert!(folder.path().join("gone/old").exists());
        sweep(folder.path(), &BTreeMap::from(used), false);
        let there = |path: &str| folder.path().join(path).exists();
        assert_eq!(
            (there("d/old"), there("d/new"), there("failed/old"), there("gone")),
            (false, true, true, false)
        );
    }
}
