//! Reports over several scorecards: tables for analysts, a workbook, pages for documents, and what other tools exchange.
//!
//! Cards are laid side by side, never summed up: each keeps its moment, its methodology and its provenance, and every row
//! says which card it is of.

mod dqv;
mod iri;
mod markdown;
mod odcs;
mod openlineage;
mod relation;
pub mod sheets;
pub mod workbook;

use std::io;
use std::path::Path;

use super::Style;
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard};

/// A scorecard that is reported on, and what is known of it.
#[derive(Clone, Debug)]
pub struct Reported {
    /// Its file: the name, or the path as it was given where several files have that name.
    pub name: String,
    pub card: Scorecard,
    /// The root of its digests, as computed from what is on it.
    pub root: String,
    pub proof: Proof,
}

/// How far a card was found to be what it claims to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Its digests fit, and its points follow from its counts.
    Full,
    /// Its digests fit; its points are of a methodology or of kinds that this program does not know.
    Digests,
    /// It is not what it claims to be, or cannot show it.
    No,
}

impl Proof {
    pub const fn id(self) -> &'static str {
        match self {
            Self::Full => "yes",
            Self::Digests => "digests",
            Self::No => "no",
        }
    }

    pub fn label(self) -> Text {
        match self {
            Self::Full => say!("verified", "đã kiểm chứng"),
            Self::Digests => say!("digests only", "chỉ kiểm chứng dấu băm"),
            Self::No => say!("NOT VERIFIED", "CHƯA KIỂM CHỨNG"),
        }
    }
}

/// Where something stands: a rule, or a table or database without one.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub card: &'a Reported,
    pub database: &'a DatabaseCard,
    pub table: Option<&'a TableCard>,
    pub rule: Option<&'a RuleCard>,
}

/// A format of reports over any number of scorecards.
pub trait CollectionRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// Extension of files that hold it, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether it is no text, which a terminal would garble.
    fn binary(&self) -> bool {
        false
    }

    /// The same cards and style give the same bytes. `scratch` is a folder for what does not fit into memory.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    fn render(&self, cards: &[Reported], style: &Style, scratch: &Path) -> io::Result<Vec<u8>>;
}

/// All formats, in the order in which help lists them.
pub const FORMATS: &[&dyn CollectionRenderer] = &[
    &workbook::Xlsx,
    &markdown::Markdown,
    &relation::CSV,
    &relation::PARQUET,
    &dqv::Dqv,
    &openlineage::OpenLineage,
    &odcs::Odcs,
];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn CollectionRenderer> {
    FORMATS.iter().copied().find(|format| format.name() == name)
}

#[cfg(test)]
mod tests;
