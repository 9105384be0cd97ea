//! What rules ask of the rows of an earlier run, by the key of their table.

use super::asked::Listing;
use crate::base::Ratio;
use crate::kernel::memory::Remember;

/// What a rule needs that compares the rows of this run with those of an earlier one.
pub struct SinceSpec {
    /// What is to be known of each row of both runs, beside its key. Of the earlier one only digests are.
    pub remember: Vec<Remember>,
    pub since: Since,
}

#[derive(Clone, Debug)]
pub enum Since {
    /// Of each key of the earlier run: is it still there, or do tombstones say that it was deleted?
    Gone { tombstones: Option<Listing> },
    /// Of each row of both runs: has its time moved although nothing else has? Remembers the time and the rest. Where too
    /// many have, `column` is no proof of anything.
    Touched { column: String },
    /// Of each row of both runs that had no value: does it have one that too many others were given as well? Remembers
    /// the value.
    Filled {
        /// The share of one value among those that were filled in, up to which nothing is odd.
        at_most: Ratio,
        /// By how much more than its share in the earlier run it may be.
        rise: Ratio,
        /// Fewer that were filled in say nothing.
        at_least: u64,
    },
    /// Of each row that is new: are so many new ones like it but for their keys, or does the log of inserts not know it?
    /// Remembers the rest of the row.
    Padded { alike: u64, inserts: Option<Listing> },
}

impl Since {
    /// The share of touched rows beyond which times are no proof that anybody looked at the records.
    pub const MOST_TOUCHED: (u64, u64) = (1, 5);

    /// Whether it is asked of rows of this run.
    pub const fn is_of_ours(&self) -> bool {
        !matches!(self, Self::Gone { .. })
    }

    /// The other table's rows that it looks into.
    pub const fn listing(&self) -> Option<&Listing> {
        match self {
            Self::Gone { tombstones: listing } | Self::Padded { inserts: listing, .. } => listing.as_ref(),
            Self::Touched { .. } | Self::Filled { .. } => None,
        }
    }
}
