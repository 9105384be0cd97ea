//! Floor 2: typed functions over Arrow arrays. They never see a rule or a thread.

pub mod batch;
pub mod calendar;
pub mod column;
pub mod date_format;
pub mod exact;
pub mod expression;
pub mod form;
pub mod key;
pub mod likeness;
pub mod logarithm;
pub mod memory;
pub mod number;
pub mod seal;
pub mod similarity;
pub mod text;
pub mod typed;
pub mod verdict;

pub use batch::{Batch, ColumnId};
pub use column::{ColumnPlan, ColumnType, States, TextColumn};
pub use typed::Typed;
pub use verdict::{Population, RowVerdict};
