//! Floor 5: binds rules to data, scans in parallel, merges, judges keys.
//!
//! [`run`] goes table by table: `source` finds and opens the files, `plan` binds every rule once, `scan` reads pieces on
//! all threads into states, `keys` judges what needs all rows at once, and `outcome` turns states into measures.
//! Parallelism lives here and nowhere else.

mod examples;
mod failures;
mod groups;
mod keys;
mod ledger;
pub mod measured;
mod naming;
mod outcome;
mod plan;
mod problems;
pub mod rehearsal;
mod run;
mod scan;
mod source;
pub mod vacuity;

pub use measured::{
    MeasuredCodeList, MeasuredDatabase, MeasuredFile, MeasuredPack, MeasuredRule, MeasuredRuleFile,
    MeasuredTable, Presence,
};
pub use run::{EXAMPLES, Progress, RunOptions, Silent, data_root, run};
