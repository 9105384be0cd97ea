//! Floor 4: the rule kinds, one file each, listed once.
//!
//! A kind's file reads from top to bottom: what the reference says (`ABOUT`), the arguments as written (`Spec`), the
//! check as bound to a table, tests. Adding a kind takes its file, its line in [`KINDS`], and a literate spec under
//! `tests/kinds/`.

mod advanced;
mod aggregate;
mod aggregate_match;
mod amount;
mod arguments;
mod calendar_file;
mod cardinality;
mod charset;
mod clean_text;
mod compare;
mod connection;
mod connection_established;
mod consistent;
mod constant_filling;
mod coverage;
mod detected_type;
mod determines;
mod dictionary;
mod digits;
mod distinct_within;
mod distribution;
mod duplicate_fuzzy;
mod duplicate_rows;
mod envelope;
mod event_order;
mod expect;
mod file;
mod filled;
mod gapless;
mod heartbeat;
mod id_agrees;
mod in_range;
mod in_set;
mod increasing;
mod json;
mod latency;
mod length;
mod letter_case;
mod limit;
mod matches;
mod missingness;
mod no_overlap;
mod no_unexplained_deletion;
mod not_null;
mod ordered;
mod outliers;
mod padding;
mod partial_date;
mod person_name;
mod precision;
mod quantity;
mod reconcile;
mod record_age;
mod references;
mod regex;
mod rest;
mod row_count;
#[cfg(test)]
mod rows;
mod rows_per;
mod schema;
mod share_request;
mod sightings;
mod text_defects;
mod touched_without_change;
mod type_;
mod unique;
mod value_set;
mod window;

mod vocabulary;

pub use value_set::named_missing;
pub use vocabulary::{Answer, VOCABULARY};

use crate::rule::Kind;
use crate::rule::arguments::Of;

/// Every rule kind, in the order of the reference.
pub const KINDS: &[&dyn Kind] = &[
    &not_null::NotNullKind,
    &Of::<filled::Filled>::KIND,
    &Of::<missingness::Missingness>::KIND,
    &row_count::RowCountKind,
    &Of::<coverage::Coverage>::KIND,
    &Of::<no_unexplained_deletion::NoUnexplainedDeletion>::KIND,
    &Of::<rows_per::RowsPer>::KIND,
    &type_::TypeKind,
    &Of::<detected_type::DetectedType>::KIND,
    &matches::MatchesKind,
    &in_range::InRangeKind,
    &Of::<length::Length>::KIND,
    &Of::<precision::Precision>::KIND,
    &Of::<letter_case::LetterCase>::KIND,
    &Of::<charset::Charset>::KIND,
    &Of::<json::JsonSpec>::KIND,
    &in_set::InSetKind,
    &expect::ExpectKind,
    &Of::<compare::Compare>::KIND,
    &Of::<distinct_within::DistinctWithin>::KIND,
    &Of::<partial_date::PartialDate>::KIND,
    &Of::<id_agrees::IdAgrees>::KIND,
    &unique::UniqueKind,
    &duplicate_rows::DuplicateRowsKind,
    &Of::<padding::Padding>::KIND,
    &duplicate_fuzzy::DuplicateFuzzyKind,
    &Of::<references::References>::KIND,
    &Of::<cardinality::Cardinality>::KIND,
    &reconcile::LinkKind,
    &reconcile::ValueKind,
    &reconcile::CoverageKind,
    &Of::<determines::Determines>::KIND,
    &Of::<no_overlap::NoOverlap>::KIND,
    &Of::<event_order::EventOrder>::KIND,
    &Of::<envelope::Envelope>::KIND,
    &Of::<increasing::Increasing>::KIND,
    &Of::<gapless::Gapless>::KIND,
    &Of::<clean_text::CleanText>::KIND,
    &Of::<person_name::PersonName>::KIND,
    &Of::<consistent::Consistent>::KIND,
    &Of::<aggregate::Aggregate>::KIND,
    &Of::<aggregate_match::AggregateMatch>::KIND,
    &Of::<value_set::ValueSet>::KIND,
    &Of::<distribution::Distribution>::KIND,
    &Of::<digits::Digits>::KIND,
    &Of::<outliers::Outliers>::KIND,
    &Of::<constant_filling::ConstantFilling>::KIND,
    &Of::<schema::Conformity>::KIND,
    &Of::<dictionary::Dictionary>::KIND,
    &Of::<file::TableFiles>::KIND,
    &Of::<heartbeat::Heartbeat>::KIND,
    &Of::<advanced::Advanced>::KIND,
    &record_age::RecordAgeKind,
    &Of::<touched_without_change::TouchedWithoutChange>::KIND,
    &latency::LatencyKind,
    &Of::<connection::Connection>::KIND,
    &Of::<connection_established::Established>::KIND,
    &Of::<share_request::ShareRequest>::KIND,
];

pub fn find(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.about().name == name)
}

/// The kinds that a short form of rule files stands for.
pub fn stands_for(name: &str) -> &'static [&'static dyn Kind] {
    match name {
        crate::rule::RECONCILE => &[&reconcile::LinkKind, &reconcile::ValueKind, &reconcile::CoverageKind],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_snake_case() {
        let mut names: Vec<&str> = KINDS.iter().map(|kind| kind.about().name).collect();
        assert!(names.iter().all(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_')));
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
