//! Floor 5: binds rules to data, scans in parallel, merges in order.

pub mod measured;
