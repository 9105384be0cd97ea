//! Floor 4: named formats of values, one file each.
//!
//! A format answers more than yes or no; a rule decides which answers fail.

use std::sync::LazyLock;

mod ascii;
pub mod vn;
mod world;

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

/// Judges values one by one.
pub trait Judge: Send + Sync {
    /// Judges the canonical value (NFC, trimmed, not empty).
    fn judge(&self, value: &str) -> Verdict;

    /// Whether the value is plainly valid or unusual: the hot path of a scan. Allocates nothing.
    fn accepts(&self, value: &str) -> bool {
        self.judge(value).accepted()
    }
}

/// A named format. Adding one takes its own file and a line in the list of its folder.
pub trait Format: Judge {
    /// As written in rule files: `vn.cccd`, `email`.
    fn name(&self) -> &'static str;

    /// What it is, in one sentence.
    fn about(&self) -> Reason;

    /// The longer story for the reference page: structure, sources, what is not checked.
    fn details(&self) -> Reason;

    /// Values with the verdict's name (`valid`, `unusual`, `repairable`, `invalid`); shown in the reference
    /// and executed as tests.
    fn examples(&self) -> &'static [(&'static str, &'static str)];

    /// What a rule may choose about it. Nothing chosen is what [`Judge`] says of the format itself.
    fn arguments(&self) -> &'static [Argument] {
        &[]
    }

    /// The judge for a rule's choices, in the order of [`Format::arguments`]; each is one of the argument's words.
    fn choose(&self, _chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        None
    }
}

/// Something that a rule may choose about a format: `kind: mobile`.
pub struct Argument {
    pub name: &'static str,
    pub words: &'static [&'static str],
    pub about: Reason,
}

/// Every format, in the order of their names.
pub fn all() -> impl Iterator<Item = &'static dyn Format> + Clone {
    static SORTED: LazyLock<Vec<&dyn Format>> = LazyLock::new(|| {
        let mut all = [vn::FORMATS, world::FORMATS].concat();
        all.sort_by_key(|format| format.name());
        all
    });
    SORTED.iter().copied()
}

/// The format of this name.
pub fn find(name: &str) -> Option<&'static dyn Format> {
    all().find(|format| format.name() == name)
}
