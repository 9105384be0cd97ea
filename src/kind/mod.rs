//! Floor 4: the rule kinds, one file each, listed once.
//!
//! A kind's file reads from top to bottom: what the reference says (`ABOUT`), the arguments as written (`Spec`), the
//! check as bound to a table, tests. Adding a kind takes its file, its line in [`KINDS`], and a literate spec under
//! `tests/kinds/`.

mod aggregate;
mod arguments;
mod clean_text;
mod duplicate_rows;
mod expect;
mod heartbeat;
mod in_range;
mod in_set;
mod latency;
mod length;
mod limit;
mod matches;
mod not_null;
mod person_name;
mod record_age;
mod references;
mod row_count;
mod schema;
mod text_defects;
mod type_;
mod unique;

use crate::rule::Kind;
use crate::rule::arguments::Of;

/// Every rule kind, in the order of the reference.
pub const KINDS: &[&dyn Kind] = &[
    &not_null::NotNullKind,
    &row_count::RowCountKind,
    &type_::TypeKind,
    &matches::MatchesKind,
    &in_range::InRangeKind,
    &Of::<length::Length>::KIND,
    &in_set::InSetKind,
    &expect::ExpectKind,
    &unique::UniqueKind,
    &duplicate_rows::DuplicateRowsKind,
    &references::ReferencesKind,
    &Of::<clean_text::CleanText>::KIND,
    &Of::<person_name::PersonName>::KIND,
    &aggregate::AggregateKind,
    &schema::SchemaKind,
    &heartbeat::HeartbeatKind,
    &record_age::RecordAgeKind,
    &latency::LatencyKind,
];

pub fn find(name: &str) -> Option<&'static dyn Kind> {
    KINDS.iter().copied().find(|kind| kind.about().name == name)
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
