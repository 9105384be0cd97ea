//! Whether codes of several lengths belong together: `Nam` and `Nữ` do, `01` and `1` do not.

use std::collections::BTreeSet;

use super::CodeSet;
use crate::engine::shape::{CodesShape, ColumnShape, DatabaseShape, usual};

/// Lists that the codes of a column may come from.
#[derive(Clone, Debug, Default)]
pub(super) struct Lists(Vec<BTreeSet<String>>);

impl Lists {
    /// The declared list, that of the nation, and the ways in which such codes are usually written.
    pub fn of(column: &ColumnShape, database: &DatabaseShape, national: Option<&CodeSet>) -> Self {
        let declared = column.code_list.as_ref().and_then(|name| database.code_lists.get(name));
        let ways = usual(column.role.as_deref().unwrap_or_default()).iter();
        let ways = ways.map(|codes| codes.iter().map(|code| (*code).to_owned()).collect());
        Self(declared.into_iter().chain(national.map(|list| &list.codes)).cloned().chain(ways).collect())
    }

    /// Whether lengths of codes may differ: all codes are of one list, or those of one column occur in the other.
    pub fn explain(&self, one: &CodesShape, two: &CodesShape) -> bool {
        let whole = |codes: &CodesShape| !codes.too_many && codes.unnamed == 0;
        let within =
            |one: &CodesShape, two: &CodesShape| whole(one) && one.named().all(|code| two.names(code));
        let holds = |list: &BTreeSet<String>| one.named().chain(two.named()).all(|code| list.contains(code));
        within(one, two) || within(two, one) || whole(one) && whole(two) && self.0.iter().any(holds)
    }
}
