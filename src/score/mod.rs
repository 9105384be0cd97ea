//! Floor 6: points, grades, gates and ranks. Pure functions of measures, integers only.

pub mod absent;
pub mod agency;
pub mod agreement;
pub mod assemble;
pub mod caps;
pub mod change_points;
pub mod comparable;
pub mod composite;
pub mod contribution;
mod countable;
pub mod curve;
pub mod drift;
pub mod evidence;
pub mod explanation;
pub mod fix_first;
pub mod gate;
pub mod grade;
pub mod index;
pub mod league;
pub mod methodology;
pub mod occasion;
pub mod periodic;
pub mod progress;
pub mod provenance;
pub mod rank;
pub mod rebuild;
pub mod registry;
pub mod rescore;
pub mod rollup;
pub mod rule_points;
pub mod scorecard;
pub mod significance;
pub mod stated;
pub mod verify;
pub mod widest;
pub mod working;

#[cfg(test)]
mod conformance;
#[cfg(test)]
pub(crate) mod laws;

pub use assemble::{ScoreOptions, assemble};
pub use grade::Grade;
pub use methodology::{Methodology, Profile};
pub use registry::RollUp;
pub use scorecard::Scorecard;
