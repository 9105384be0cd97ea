//! How much memory a run may take for keys, and where they go beyond it.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};

/// Gives files for what does not fit into memory. The engine itself names and opens none.
pub trait Scratch: Sync {
    /// An empty file to write and read that nobody else can open, and that is gone when it is closed, however that comes
    /// about.
    ///
    /// # Errors
    /// As the system says.
    fn file(&self) -> io::Result<File>;

    /// Where the files are, for messages.
    fn place(&self) -> String;
}

/// Bytes of memory, shared by all threads of a run. Half of them is for keys that wait until all rows were seen, a quarter
/// for judging them; the rest is for what is being read, and for what grows with rows by bits.
pub struct Budget<'s> {
    bytes: u64,
    held: AtomicU64,
    /// Of it, what is there for all databases.
    kept: AtomicU64,
    pub scratch: &'s dyn Scratch,
}

impl<'s> Budget<'s> {
    pub fn new(bytes: u64, scratch: &'s dyn Scratch) -> Self {
        Self { bytes, held: AtomicU64::new(0), kept: AtomicU64::new(0), scratch }
    }

    fn for_keys(&self) -> u64 {
        self.bytes / 2
    }

    /// Bytes that records which are compared may take of the room for keys: all of it, as keys can go elsewhere.
    pub fn for_records(&self) -> u64 {
        self.for_keys()
    }

    /// With how much memory so many bytes of records would find room.
    pub fn needed(records: u64) -> u64 {
        records.saturating_mul(2)
    }

    /// Bytes that judging keys may take beside the keys themselves.
    pub fn for_judging(&self) -> u64 {
        (self.bytes / 4).max(1)
    }

    /// Notes that so many more bytes hold keys, and says whether they are within what they may.
    pub fn hold(&self, bytes: u64) -> bool {
        self.held.fetch_add(bytes, Ordering::Relaxed).saturating_add(bytes) <= self.for_keys()
    }

    pub fn release(&self, bytes: u64) {
        self.held.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// Less than half of the room for keys is left.
    pub fn is_short(&self) -> bool {
        self.held.load(Ordering::Relaxed) > self.for_keys() / 2
    }

    /// Keys that are worth a trip to the disk: less would make blocks of a few records. Each of the threads may hold as
    /// many although there is no room.
    pub fn worth_spilling(&self, threads: usize) -> u64 {
        (self.for_keys() / 4 / threads.max(1) as u64).min(8 << 20)
    }

    /// Bytes of one block of a part, so that the blocks which each of the threads fills at a time fit in.
    pub fn block(&self, threads: usize, parts: usize) -> usize {
        let share = self.for_judging() / (2 * threads.max(1) as u64 * parts as u64);
        share.clamp(1 << 10, 64 << 10) as usize
    }

    /// What is held now stays for all databases that follow.
    pub fn keep(&self) {
        self.kept.store(self.held.load(Ordering::Relaxed), Ordering::Relaxed);
    }

    /// Forgets what keys of an earlier database took: they are gone.
    pub fn start(&self) {
        self.held.store(self.kept.load(Ordering::Relaxed), Ordering::Relaxed);
    }
}

struct Nowhere;

impl Scratch for Nowhere {
    fn file(&self) -> io::Result<File> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn place(&self) -> String {
        String::new()
    }
}

impl Budget<'static> {
    /// Everything stays in memory.
    pub fn unlimited() -> Self {
        Self::new(u64::MAX, &Nowhere)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_is_for_keys() {
        let budget = Budget::new(1000, &Nowhere);
        assert!(budget.hold(500));
        assert!(budget.is_short());
        assert!(!budget.hold(1));
        budget.release(252);
        assert!(!budget.is_short());
        assert!(budget.hold(251));
        budget.start();
        assert!(budget.hold(200));
        budget.keep();
        assert!(budget.hold(300));
        budget.start();
        assert!(budget.hold(300) && !budget.hold(1));
        assert!(Budget::unlimited().hold(u64::MAX / 4));
    }
}
