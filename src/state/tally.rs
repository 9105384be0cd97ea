//! Four counters: passed, failed, not applicable, unknown.

use serde::{Deserialize, Serialize};

use super::State;

/// Counts of one unit (rows, cells, keys …); tallies of different rules are never added.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Tally {
    pub pass: u64,
    pub fail: u64,
    /// Not applicable: out of the rule's population, or nothing there to judge.
    pub na: u64,
    /// Could not be evaluated.
    pub unknown: u64,
}

impl Tally {
    pub const fn new(pass: u64, fail: u64, na: u64, unknown: u64) -> Self {
        Self { pass, fail, na, unknown }
    }

    /// How many units count: passed, failed or unknown.
    pub const fn applicable(&self) -> u64 {
        self.pass + self.fail + self.unknown
    }
}

impl State for Tally {
    fn merge(&mut self, other: Self) {
        self.pass += other.pass;
        self.fail += other.fail;
        self.na += other.na;
        self.unknown += other.unknown;
    }
}
