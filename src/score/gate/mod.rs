//! A run as a verdict for a pipeline: conditions on the scorecard, and against a baseline.

pub mod report;

pub use report::{Changes, Check, Condition, GateReport, Outcome, Verdict};
