//! The numbers of the methodology, and the name that they give it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use serde::Serialize;

use super::card::{Deadlines, Origin};
use super::file::read_onto;
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Dimension, Place, Text, suggest};
use crate::say;
use crate::score::methodology;

/// The methodology's name, without the hash of its numbers.
pub const ID: &str = "dqi-2439-reported";

/// The file that comes with the program.
pub const SHIPPED: &str = include_str!("../../../rules/methodologies/dqi-2439-reported.yaml");

/// The five criteria. Nothing is reported of Dùng chung.
pub const CRITERIA: [Dimension; 5] = [
    Dimension::Correctness,
    Dimension::Completeness,
    Dimension::Cleanliness,
    Dimension::Freshness,
    Dimension::Consistency,
];

/// What a rule goes by, which decides its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    Structure,
    Business,
    Reference,
}

impl Group {
    pub const WORDS: [(&str, Self); 3] =
        [("structure", Self::Structure), ("business", Self::Business), ("reference", Self::Reference)];
}

/// The eight groups of errors, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Errors {
    Missing,
    Outlier,
    Duplicate,
    Format,
    Referential,
    Contradiction,
    Stale,
    Reference,
}

impl Errors {
    pub const WORDS: [(&str, Self); 8] = [
        ("missing", Self::Missing),
        ("outlier", Self::Outlier),
        ("duplicate", Self::Duplicate),
        ("format", Self::Format),
        ("referential", Self::Referential),
        ("contradiction", Self::Contradiction),
        ("stale", Self::Stale),
        ("reference", Self::Reference),
    ];

    pub fn name(self) -> Text {
        match self {
            Self::Missing => say!("missing or placeholder", "thiếu hoặc giá trị giả"),
            Self::Outlier => say!("outlier", "giá trị bất thường"),
            Self::Duplicate => say!("duplicate", "trùng lặp"),
            Self::Format => say!("format or standard", "sai định dạng, chuẩn hóa"),
            Self::Referential => say!("reference to nothing", "sai toàn vẹn tham chiếu"),
            Self::Contradiction => say!("contradiction between fields", "mâu thuẫn giữa các trường"),
            Self::Stale => say!("out of date", "không cập nhật"),
            Self::Reference => say!("differs from the reference source", "khác nguồn tham chiếu"),
        }
    }
}

/// What rules of one kind count as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct KindOf {
    pub group: Group,
    pub errors: Errors,
}

/// All numbers of the methodology.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Weights {
    /// Points from which on a value is green, and yellow.
    pub green: u32,
    pub yellow: u32,
    /// Fields that identify nothing must be above so many points before a database is connected.
    pub others_above: u32,
    pub deadlines: Deadlines,
    /// Identifier fields must be whole by these.
    pub identifier_criteria: BTreeSet<Dimension>,
    pub identifier_roles: BTreeSet<String>,
    pub criteria: BTreeMap<Dimension, u32>,
    pub groups: BTreeMap<Group, u32>,
    pub kinds: BTreeMap<String, KindOf>,
    /// Weights of fields, by role and by `table.column`; others have 1.
    pub roles: BTreeMap<String, u32>,
    pub columns: BTreeMap<String, u32>,
    /// Where the file names columns.
    #[serde(skip)]
    pub(super) named: Vec<(String, Place)>,
}

static PUBLISHED: LazyLock<Weights> = LazyLock::new(|| {
    let file = SourceText { name: format!("{ID}.yaml"), text: SHIPPED.to_owned() };
    // A test reads it; what it lacked would be missing from every index.
    read_onto(Weights::default(), &Arc::new(file)).unwrap_or_default()
});

impl Weights {
    /// The numbers that come with the program.
    pub fn shipped() -> Self {
        PUBLISHED.clone()
    }

    /// Reads a user's file; what it leaves out is as shipped.
    ///
    /// # Errors
    /// Everything that is wrong with the file, with its places.
    pub fn read(file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        read_onto(Self::shipped(), file)
    }

    /// [`ID`], `+`, and the first twelve hexadecimal digits of the SHA-256 of all numbers.
    pub fn id(&self) -> String {
        methodology::name(ID, self)
    }

    /// Comments and the order of a file change nothing.
    pub fn origin(&self) -> Origin {
        if self.id() == PUBLISHED.id() { Origin::Shipped } else { Origin::Edited }
    }

    /// Warnings for columns that a file gives a weight to and that no table declares, as `table.column`.
    pub fn unmatched(&self, declared: &[String]) -> Vec<Diagnostic> {
        let unknown = self.named.iter().filter(|(name, _)| !declared.contains(name));
        unknown
            .map(|(name, place)| {
                let mut warning = Diagnostic::warning(say!(
                    "no table of these rule files declares `{name}`",
                    "không bảng nào trong các tệp quy tắc này khai báo `{name}`"
                ))
                .at(place.clone());
                warning.hint = suggest::closest(name, declared.iter().map(String::as_str))
                    .map(|near| say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"));
                warning
            })
            .collect()
    }
}
