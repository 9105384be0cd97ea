//! Of several rules of one kind on one table the one that covers most. They look at one log: to add them up would count its
//! attempts or requests once per rule.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::scorecard::{RuleCard, TableCard};

/// A rule and its table.
pub type Of<'a> = (&'a TableCard, &'a RuleCard);

/// What a rule judged, and what it could not.
pub const fn covered(rule: &RuleCard) -> u64 {
    rule.pass.saturating_add(rule.fail).saturating_add(rule.unknown)
}

/// Of each table and kind one rule, and those that it stands for. A rule of the core pack comes before local ones, which
/// nobody gains by; then the one that covers most, then the first by id.
pub fn widest<'a>(rules: impl IntoIterator<Item = Of<'a>>) -> Vec<(Of<'a>, Vec<&'a RuleCard>)> {
    let mut tables: BTreeMap<(&str, &str), Vec<Of<'a>>> = BTreeMap::new();
    for (table, rule) in rules {
        tables.entry((&table.id, &rule.kind)).or_default().push((table, rule));
    }
    let mut found = Vec::with_capacity(tables.len());
    for mut of in tables.into_values() {
        of.sort_by_key(|(_, rule)| (!rule.core, Reverse(covered(rule)), &rule.id));
        let mut of = of.into_iter();
        if let Some(first) = of.next() {
            found.push((first, of.map(|(_, rule)| rule).collect()));
        }
    }
    found
}
