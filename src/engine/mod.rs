//! Floor 5: binds rules to data, scans in parallel, merges, judges keys.
//!
//! [`run`] goes table by table: `source` finds and opens the files, `plan` binds every rule once, `scan` reads pieces on
//! all threads into states, `keys` judges what needs all rows at once, and `outcome` turns states into measures.
//! Parallelism lives here and nowhere else.

pub mod agree;
mod asked;
mod broken;
mod budget;
mod changes;
mod clusters;
mod digests;
mod elsewhere;
mod examples;
mod failures;
mod feed;
mod groups;
mod judging;
mod kept;
mod keys;
mod ledger;
mod linkage;
mod listed;
pub mod measured;
mod mirror;
mod missing;
mod naming;
mod outcome;
pub mod package;
mod parts;
mod plan;
mod problems;
mod reconcile;
pub mod rehearsal;
mod reread;
mod rows;
mod run;
mod scan;
mod second_look;
pub mod shape;
mod since;
mod source;
mod spare;
mod spill;
mod stamp;
pub mod trace;
mod turns;
mod unmeasured;
pub mod vacuity;
mod verdicts;
mod wire;

pub use budget::{Budget, Scratch};
pub use digests::{DigestError, DigestOutcome, DigestRequest, Digested, Keyring, digest};
pub use elsewhere::{Elsewhere, Known};
pub use kept::Keeper;
pub use measured::{
    Covered, MeasuredCodeList, MeasuredDatabase, MeasuredFile, MeasuredPack, MeasuredRule, MeasuredRuleFile,
    MeasuredTable, Presence, Problem, ProblemLevel, TracedTable,
};
pub use missing::{Missing, MissingRow, TakeMissing};
pub use rows::{
    Broken, FailingRow, Form, JudgedTable, Outcome, Portion, ReconciledRow, Records, RowFile, RowSink,
    Wanted, Written,
};
pub use run::{EXAMPLES, Progress, RunOptions, Silent, data_root, described, run, run_keeping_verdicts};
pub use second_look::{Brought, LookError, LookOptions};
pub use since::{Earlier, nothing_given};
pub use trace::{RowWaiver, TraceOptions};
pub use unmeasured::{not_described, not_measured};
