//! Floor 4: named formats of values, one file each.
//!
//! A format answers more than yes or no; a rule decides which answers fail.

mod ascii;
pub mod email;
pub mod iso_date;
pub mod url;
pub mod uuid;
pub mod vn_cccd;
pub mod vn_mst;
pub mod vn_phone;

#[cfg(test)]
mod conformance;

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

impl Verdict {
    /// `valid`, `unusual`, `repairable` or `invalid`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Unusual(_) => "unusual",
            Self::Repairable { .. } => "repairable",
            Self::Invalid(_) => "invalid",
        }
    }

    /// Whether a scan lets the value pass.
    pub const fn accepted(&self) -> bool {
        matches!(self, Self::Valid | Self::Unusual(_))
    }

    fn repairable(repaired: impl Into<String>, reason: Reason) -> Self {
        Self::Repairable { repaired: repaired.into(), reason }
    }
}

/// What a validator that repairs nothing says: valid, unusual because, or invalid because. Costs nothing to build.
type Check = Result<Option<Reason>, Reason>;

fn verdict(check: Check) -> Verdict {
    match check {
        Ok(None) => Verdict::Valid,
        Ok(Some(reason)) => Verdict::Unusual(reason),
        Err(reason) => Verdict::Invalid(reason),
    }
}

/// Why a verdict is not plainly valid. Never contains the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    pub en: &'static str,
    pub vi: &'static str,
}

impl Reason {
    pub const fn new(en: &'static str, vi: &'static str) -> Self {
        Self { en, vi }
    }
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
        self.judge(value).accepted()
    }
}

/// Every format, in the order of their names.
pub const FORMATS: &[&dyn Format] = &[
    &email::Email,
    &iso_date::IsoDate,
    &url::Url,
    &uuid::Uuid,
    &vn_cccd::CitizenId,
    &vn_mst::TaxCode,
    &vn_phone::Phone,
];

/// The format of this name.
pub fn find(name: &str) -> Option<&'static dyn Format> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}
