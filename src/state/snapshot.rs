//! The rows of a table as digests, to be paired with those of another run.

use serde::{Deserialize, Serialize};

/// Every row's key and content as keyed digests, and the rules that it breaks. No value can be read out of it without
/// the key of the digests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Digests of keys in ascending order, [`Snapshot::NO_KEY`] for rows without one; rows of one key in the order of
    /// their content's digest.
    pub keys: Vec<u128>,
    /// Digest of the content of each of these rows.
    pub contents: Vec<u64>,
    /// Which of `broken` each of these rows breaks.
    pub sets: Vec<u32>,
    /// Ids of the rules that were judged row by row.
    pub rules: Vec<String>,
    /// The different sets of rules that rows break: ascending positions in `rules`. In ascending order.
    pub broken: Vec<Vec<u32>>,
    /// Digest of the names of the columns that `contents` is about.
    pub columns: u64,
    /// What rules that compare runs have kept of these rows.
    pub kept: Vec<Kept>,
}

/// What one rule that compares runs has kept of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Id of the rule.
    pub rule: String,
    /// Digest of what it compares: cells of a rule that compared something else say nothing.
    pub asks: u64,
    /// For each thing that it remembers, a digest for every row, in the order of [`Snapshot::keys`]. The digests of equal
    /// cells of two rows differ.
    pub cells: Vec<Vec<u64>>,
    /// Digests of keys that were gone before, and that nobody has accounted for: in ascending order, each once.
    pub owed: Vec<u128>,
    /// Digests of keys of rows whose time has moved although nothing else had, and that have not changed since: in
    /// ascending order, each once.
    pub moved: Vec<u128>,
}

impl Kept {
    /// The digest of a cell without a value.
    pub const ABSENT: u64 = 0;
    /// The digest of a cell whose value cannot be read.
    pub const UNREADABLE: u64 = 1;
}

impl Snapshot {
    pub const NO_KEY: u128 = 0;

    pub fn len(&self) -> usize {
        self.keys.len()
    }

    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Whether all parts fit each other, as they do unless somebody has written them by hand.
    pub fn is_consistent(&self) -> bool {
        let rows = self.keys.len();
        let ascending =
            |at: usize| (self.keys[at - 1], self.contents[at - 1]) <= (self.keys[at], self.contents[at]);
        self.contents.len() == rows
            && self.sets.len() == rows
            && (1..rows).all(ascending)
            && self.sets.iter().all(|&set| (set as usize) < self.broken.len())
            && self.broken.iter().flatten().all(|&rule| (rule as usize) < self.rules.len())
            && self.kept.iter().all(|kept| {
                let ascend = |keys: &[u128]| keys.windows(2).all(|two| two[0] < two[1]);
                kept.cells.iter().all(|cells| cells.len() == rows)
                    && ascend(&kept.owed)
                    && ascend(&kept.moved)
            })
    }

    /// Nobody is owed the keys that are gone any more, and times are taken for what they are.
    pub fn forgive(&mut self) {
        for kept in &mut self.kept {
            kept.owed.clear();
            kept.moved.clear();
        }
    }

    /// What the rule of that id has kept.
    pub fn kept(&self, rule: &str) -> Option<&Kept> {
        self.kept.iter().find(|kept| kept.rule == rule)
    }
}

/// How the rows of a table differ from what they were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RowChanges {
    /// Rows whose key is new.
    pub added: u64,
    /// Rows whose key was there and whose content is another.
    pub changed: u64,
    /// Rows whose key is gone.
    pub removed: u64,
    /// Rows that are as they were.
    pub unchanged: u64,
    /// Rows, now and then, whose key is absent or is not theirs alone; they are paired by their content.
    pub shared: u64,
    /// The table has other columns than it had, so that every row counts as changed.
    pub columns_differ: bool,
    /// In the order of the table's rules.
    pub rules: Vec<RuleRowChanges>,
}

/// How the rows that break one rule differ from those that did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleRowChanges {
    /// Whether the rule was judged row by row, then and now.
    pub paired: bool,
    /// Rows that were there, did not break it, and do now.
    pub newly_failing: u64,
    /// Rows that were there, broke it, and do so no more.
    pub newly_passing: u64,
    /// Added and changed rows that the rule is about.
    pub touched: u64,
    /// Those of them that break it and did not before.
    pub new_violations: u64,
    /// Of `newly_failing` and `new_violations`: rows that a waiver is about, by waiver.
    pub waived: Vec<Waived>,
}

/// What a waiver covers of what got worse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waived {
    /// The waiver's place among those of the run.
    pub waiver: usize,
    pub newly_failing: u64,
    pub new_violations: u64,
}
