//! On what a score rests: class of evidence, age of the extract, and how much trust that earns.

use serde::{Deserialize, Serialize};

use crate::base::{Ratio, Text};
use crate::say;

/// How the numbers came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EvidenceClass {
    /// Full scan of an extract with a signed manifest.
    SignedScan,
    /// Full scan.
    FullScan,
    /// A sample of rows chosen by a hash that the owner could not foresee.
    Sample,
    /// Numbers that the owner reported.
    SelfReported,
}

/// What is known about the extract that a database was scored by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    pub class: EvidenceClass,
    /// Age of the extract in reporting cycles; `None` without a manifest.
    pub age_cycles: Option<Ratio>,
    /// Whether the files are those of the manifest; `None` without a manifest.
    pub manifest_matches: Option<bool>,
}

impl Default for Evidence {
    /// Files that were scanned, without a manifest.
    fn default() -> Self {
        Self { class: EvidenceClass::FullScan, age_cycles: None, manifest_matches: None }
    }
}

/// How far a score can be relied on.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Full scan of a recent extract, nearly everything measured.
    High,
    /// Not self-reported, most of it measured.
    Medium,
    Low,
}

impl Confidence {
    /// Percent of coverage from which on confidence may be high, or medium.
    pub const HIGH: u32 = 95;
    pub const MEDIUM: u32 = 80;
    /// Cycles: an older extract earns no high confidence.
    pub const RECENT: u32 = 1;

    pub fn label(self) -> Text {
        match self {
            Self::High => say!("high", "cao"),
            Self::Medium => say!("medium", "trung bình"),
            Self::Low => say!("low", "thấp"),
        }
    }

    /// High needs to know the extract's age: what is unknown is not assumed to be well.
    pub fn of(evidence: &Evidence, coverage: Ratio) -> Self {
        let scanned = evidence.class <= EvidenceClass::FullScan;
        let recent = evidence.age_cycles.is_some_and(|age| Some(age) <= Ratio::new(Self::RECENT.into(), 1));
        if scanned && recent && coverage >= Ratio::percent(Self::HIGH) {
            Self::High
        } else if evidence.class != EvidenceClass::SelfReported && coverage >= Ratio::percent(Self::MEDIUM) {
            Self::Medium
        } else {
            Self::Low
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confidence_needs_coverage_age_and_class() {
        let recent = Evidence { age_cycles: Ratio::new(1, 2), ..Evidence::default() };
        assert_eq!(Confidence::of(&recent, Ratio::percent(95)), Confidence::High);
        assert_eq!(Confidence::of(&recent, Ratio::percent(94)), Confidence::Medium);
        assert_eq!(Confidence::of(&Evidence::default(), Ratio::ONE), Confidence::Medium);
        assert_eq!(Confidence::of(&recent, Ratio::percent(79)), Confidence::Low);
        let told = Evidence { class: EvidenceClass::SelfReported, ..recent };
        assert_eq!(Confidence::of(&told, Ratio::ONE), Confidence::Low);
    }
}
