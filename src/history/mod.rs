//! Floor 7: what scores were. One SQLite file of records that hang on each other, and what is read from it: series, change
//! points, why a score changed, the same runs under other rules of scoring.
//!
//! The one floor below `cli` that writes a file, for a store is nothing but its file. It prints nothing, and the time is
//! an argument.

pub mod card;
pub mod chain;
pub mod definition;
pub mod error;
pub mod export;
pub mod months;
pub mod of_card;
mod open;
pub mod record;
pub mod restate;
mod schema;
pub mod series;
pub mod store;
pub mod trend;
pub mod verify;
pub mod why;

#[cfg(test)]
mod nights;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use error::StoreError;
pub use store::Store;

use crate::kernel::date_format::default_timestamps;

/// A moment as records write it, in microseconds of local time; `None` if it is none.
pub fn moment(text: &str) -> Option<i64> {
    default_timestamps().iter().find_map(|format| format.parse_timestamp(text))
}
