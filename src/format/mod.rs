//! Floor 4: named formats of values, one file each.
//!
//! A format answers more than yes or no; a rule decides which answers fail.

/// What a format thinks of one value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    /// Lawful but worth a look; never a failure by itself.
    Unusual(Reason),
    /// Not as it must be written, but what was meant is certain.
    Repairable {
        repaired: String,
        reason: Reason,
    },
    Invalid(Reason),
}

/// Why a verdict is not plainly valid. Never contains the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    pub en: &'static str,
    pub vi: &'static str,
}

/// A named validator. Adding one takes its own file and a line in [`FORMATS`].
pub trait Format: Sync {
    /// As written in rule files: `vn.cccd`, `email`.
    fn name(&self) -> &'static str;

    /// What it is, in one sentence.
    fn about(&self) -> Reason;

    /// The longer story for the reference page: structure, sources, what is not checked.
    fn details(&self) -> Reason;

    /// Values with the verdict's name (`valid`, `unusual`, `repairable`, `invalid`); shown in the reference
    /// and executed as tests.
    fn examples(&self) -> &'static [(&'static str, &'static str)];

    /// Judges the canonical value (NFC, trimmed, not empty).
    fn judge(&self, value: &str) -> Verdict;

    /// Whether the value is plainly valid or unusual: the hot path of a scan. Allocates nothing.
    fn accepts(&self, value: &str) -> bool {
        matches!(self.judge(value), Verdict::Valid | Verdict::Unusual(_))
    }
}
