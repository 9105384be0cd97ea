//! Floor 1: what is remembered of the data. Every state is a commutative monoid.

pub mod day_histogram;
pub mod latency_histogram;
pub mod measure;
pub mod moments;
pub mod snapshot;
pub mod tally;
pub mod value_counts;

pub use day_histogram::DayHistogram;
pub use latency_histogram::{LatencyEdges, LatencyHistogram};
pub use measure::{Example, Figure, Mass, Measure};
pub use moments::{Moments, Pairs};
pub use snapshot::{Kept, RowChanges, RuleRowChanges, Snapshot, Waived};
pub use tally::Tally;
pub use value_counts::{Ranked, ValueCounts};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Something that parts of a table, threads, runs and machines can each have a piece of. Between runs and machines it goes
/// as bytes.
///
/// Laws (property-tested for every kind): `Default` is the identity, merging is commutative and associative.
pub trait State: Default + Send + Serialize + DeserializeOwned + 'static {
    fn merge(&mut self, other: Self);
}

impl State for () {
    fn merge(&mut self, (): ()) {}
}
