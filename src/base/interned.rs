//! Names from outside as names of the program.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

/// The name for as long as the program runs. Meant for names that programs give, such as codes of findings: each
/// different one stays in memory.
pub fn interned(name: &str) -> &'static str {
    static KNOWN: Mutex<BTreeSet<&'static str>> = Mutex::new(BTreeSet::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(known) = known.get(name) {
        return known;
    }
    let name: &'static str = Box::leak(name.into());
    known.insert(name);
    name
}
