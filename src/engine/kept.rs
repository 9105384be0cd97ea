//! States of files that an earlier run has read.
//!
//! A state is found by a name that covers all that it depends on: the rule files and code lists of its database, what the
//! files of its table look like, the file's own content. A file whose content and rules are as they were is not read
//! again, and the outcome is the same to the byte, as states merge as if they had just been made.

use arrow::datatypes::DataType;
use rayon::prelude::*;

use super::ledger::Outlet;
use super::plan::TablePlan;
use super::scan::{ScanOptions, TableState};
use super::source::TableSource;
use super::wire;
use crate::extract::{self, ExtractError};
use crate::rule::{Database, Table};

/// Where states are kept. Called from one thread at a time.
pub trait Keeper: Sync {
    /// The state of that name, if it is there and as it was written.
    fn find(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps it as well as can be; if it cannot be kept the file is read again another time.
    fn keep(&self, name: &str, state: &[u8]);
    /// A file of so many bytes was not read, as its state was found.
    fn reused(&self, bytes: u64);
}

/// What the states of one table are named by.
pub struct Keeping<'k> {
    pub keeper: &'k dyn Keeper,
    pub as_of: i64,
    /// Of everything but the file.
    name: blake3::Hasher,
}

impl<'k> Keeping<'k> {
    pub fn new(
        keeper: &'k dyn Keeper,
        database: &Database,
        table: &Table,
        source: &TableSource,
        plan: &TablePlan,
        as_of: i64,
        options: &ScanOptions<'_>,
    ) -> Self {
        let mut name = blake3::Hasher::new_derive_key("thuocdo state of a file 1");
        let mut add = |part: &[u8]| {
            name.update(&(part.len() as u64).to_le_bytes());
            name.update(part);
        };
        add(env!("CARGO_PKG_VERSION").as_bytes());
        add(&wire::VERSION.to_le_bytes());
        add(&[u8::from(options.reveal)]);
        add(&(options.examples as u64).to_le_bytes());
        add(database.id.value.as_bytes());
        for file in &database.files {
            add(file.text.as_bytes());
        }
        for input in &database.inputs {
            add(input.name.as_bytes());
            add(input.blake3.as_bytes());
        }
        for pack in &database.packs {
            add(pack.hash.as_bytes());
        }
        for (name, blake3) in
            database.code_lists.iter().filter_map(|list| Some((&list.name, list.evidence()?.1)))
        {
            add(name.as_bytes());
            add(blake3.as_bytes());
        }
        add(table.id.value.as_bytes());
        let column = |name: &String, ty: &DataType| format!("{name} {ty:?}");
        for (name, ty) in &source.columns {
            add(column(name, ty).as_bytes());
        }
        for (name, optional) in plan.sources.iter().zip(&plan.optional) {
            add(name.as_bytes());
            add(&[u8::from(*optional)]);
        }
        for seal in plan.keys.iter().filter_map(|key| key.seal.as_ref()) {
            add(&seal.check());
        }
        Self { keeper, as_of, name }
    }

    /// The name of the state of the file at that place.
    fn of(&self, source: &TableSource, file: usize, blake3: &str) -> String {
        let mut name = self.name.clone();
        let found = &source.files[file];
        for part in [&(file as u64).to_le_bytes(), found.name.as_bytes(), blake3.as_bytes()] {
            name.update(&(part.len() as u64).to_le_bytes());
            name.update(part);
        }
        name.finalize().to_hex().to_string()
    }
}

/// The states of all files: those that are kept, and of the others what `read` finds out.
pub fn states(
    keeping: &Keeping<'_>,
    plan: &TablePlan,
    source: &TableSource,
    options: &ScanOptions<'_>,
    outlet: &Outlet<'_>,
    state: &mut TableState,
    read: impl Fn(u32) -> TableState,
) {
    let hashes: Vec<Result<String, ExtractError>> = source
        .files
        .par_iter()
        .map(|file| extract::fingerprint(&file.path).map(|print| print.blake3))
        .collect();
    for (at, hash) in hashes.into_iter().enumerate() {
        if options.interrupted.load(std::sync::atomic::Ordering::Relaxed) {
            return;
        }
        let (found, file) = (&source.files[at], at as u32);
        let name = hash.as_ref().ok().filter(|_| found.source.is_some());
        let name = name.map(|blake3| keeping.of(source, at, blake3));
        let kept = name.as_ref().and_then(|name| {
            let bytes = keeping.keeper.find(name)?;
            wire::decode(&bytes, plan, file, keeping.as_of, options.examples)
        });
        state.hashes.insert(file, hash);
        if let Some(mut kept) = kept {
            kept.ledger.count(outlet);
            options.progress.advanced(found.bytes, kept.rows);
            keeping.keeper.reused(found.bytes);
            state.merge(kept);
            state.ledger.make_room(outlet);
            continue;
        }
        let seen = read(file);
        let interrupted = options.interrupted.load(std::sync::atomic::Ordering::Relaxed);
        // A file that was written to meanwhile is another than was hashed.
        let same = found.stamp.as_ref().is_some_and(|stamp| stamp.holds(&found.path));
        if let Some(name) = name.filter(|_| same && !interrupted)
            && let Some(bytes) = wire::encode(&seen, plan, keeping.as_of)
        {
            keeping.keeper.keep(&name, &bytes);
        }
        state.merge(seen);
        state.ledger.make_room(outlet);
    }
}
