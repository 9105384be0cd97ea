//! Data-quality scoring: declarative rules over database extracts, exact scorecards out.
//!
//! The floors, bottom to top; a module imports only from floors below its own (a test keeps this):
//! `base` → `state` → `kernel` → `format` → `extract` → `rule` → `kind` → `engine` → `score` → `history` → `report` → `generate` →
//! `cli`.
//! ARCHITECTURE.md walks through them.

pub mod base;
pub mod cli;
pub mod engine;
pub mod extract;
pub mod format;
pub mod generate;
pub mod history;
pub mod kernel;
pub mod kind;
pub mod report;
pub mod rule;
pub mod score;
pub mod state;
