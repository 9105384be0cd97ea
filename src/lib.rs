//! Data-quality scoring: declarative rules over database extracts, exact scorecards out.
//!
//! The floors, bottom to top; a module imports only from floors below its own (a test keeps this):
//! `base` → `state` → `kernel` → `rule` → `kind`, `format`, `extract` → `engine` → `score` → `report` → `cli`.
//! ARCHITECTURE.md walks through them.

pub mod base;
pub mod engine;
pub mod extract;
pub mod format;
pub mod score;
pub mod state;
