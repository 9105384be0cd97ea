//! A second methodology beside ours: the data quality index (DQI) as one secondary source reports it of the guide to
//! Decision 2439/QĐ-TTg (official letter 4856/BCA-TTDLQG). The letter itself was not seen.
//!
//! Bottom-up: a rule is passed ÷ total, a criterion the weighted mean of its rules, a field that of its criteria, the
//! database that of its fields. The total counts what is unknown, so what is unknown is not passed. Fractions stay exact
//! up to the value that is shown.

mod card;
mod exact;
mod file;
#[cfg(test)]
mod tests;
mod weights;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

pub use card::{AlertField, Colour, CriterionCard, Deadlines, ErrorCard, FieldCard, IndexCard, Origin};
use exact::Share;
pub use weights::{CRITERIA, Errors, Group, ID, KindOf, SHIPPED, Weights};

use crate::base::{Dimension, Severity, Status, Text};
use crate::engine::measured::{MeasuredDatabase, MeasuredRule, MeasuredTable, Presence};
use crate::say;

/// Their columns are not what they are about: `duplicate_rows` also names those that it leaves out.
const WHOLE_TABLE: [&str; 1] = ["duplicate_rows"];

/// What rules of a kind count as that no file knows. A test keeps the shipped file complete, so no rule comes here.
const UNKNOWN_KIND: KindOf = KindOf { group: Group::Structure, errors: Errors::Format };

/// The index of one database, and what it is made of.
pub fn index(database: &MeasuredDatabase, weights: &Weights) -> IndexCard {
    let mut fields = Fields::new();
    let mut errors = BTreeMap::new();
    for (at, table) in database.tables.iter().enumerate() {
        for rule in table.rules.iter().filter(|rule| counts(rule) && (rule.core || !database.is_core())) {
            enter(at, table, rule, weights, &mut fields, &mut errors);
        }
    }
    let identifiers = identifiers(&database.tables, weights);
    let mut alert_fields = Vec::new();
    for &(at, column) in &identifiers {
        let field = fields.get(&(at, Some(column)));
        let lowest = match field {
            // Nobody looks at it, so nobody can say that it is whole.
            None => None,
            // There was nothing to judge, or all of it is whole.
            Some(field) => match field.lowest(&weights.identifier_criteria) {
                None => continue,
                some => some,
            },
        };
        alert_fields.push(AlertField {
            table: database.tables[at].id.clone(),
            column: column.to_owned(),
            value: lowest.map(|share| share.floor().six()),
        });
    }

    let mut parts = Vec::new();
    let mut cards = Vec::new();
    let mut ready = alert_fields.is_empty();
    for (&(at, column), field) in &fields {
        let Some(share) = field.value(weights) else { continue };
        let table = &database.tables[at];
        let identifier = column.is_some_and(|column| identifiers.contains(&(at, column)));
        ready &= if identifier {
            share.is_whole()
        } else {
            share.against(weights.others_above) == Ordering::Greater
        };
        let weight = column.map_or(1, |column| field_weight(table, column, weights));
        cards.push(FieldCard {
            table: table.id.clone(),
            column: column.map(str::to_owned),
            identifier,
            weight,
            value: share.floor().six(),
            value_nano: share.floor().get(),
            colour: colour(&share, weights),
            criteria: field.cards(),
        });
        parts.push((weight, share));
    }
    let value = Share::mean(parts.iter().map(|(weight, share)| (*weight, share)));
    IndexCard {
        methodology: weights.id(),
        reported: true,
        source: source(),
        weights: weights.origin(),
        value: value.as_ref().map(|value| value.floor().six()),
        value_nano: value.as_ref().map(|value| value.floor().get()),
        colour: value.as_ref().map(|value| colour(value, weights)),
        alert: !alert_fields.is_empty(),
        alert_fields,
        connection_ready: ready && value.is_some(),
        fields: cards,
        errors: error_cards(&errors),
        deadlines: weights.deadlines,
    }
}

fn source() -> Text {
    say!(
        "guide to Decision 2439 of 2025 (letter 4856/BCA-TTDLQG), as one secondary source reports it; original not seen",
        "hướng dẫn Quyết định 2439/QĐ-TTg (Công văn 4856/BCA-TTDLQG) theo một nguồn thứ cấp; chưa thấy văn bản gốc"
    )
}

/// By the position of their table, and their column; without one it is the table as a whole.
type Fields<'m> = BTreeMap<(usize, Option<&'m str>), Field>;

/// A field on its way: its criteria, and in each the rules with their weights. Where rules have nothing to judge, the
/// criterion is there without any.
#[derive(Default)]
struct Field(BTreeMap<Dimension, Vec<(u32, Share)>>);

impl Field {
    fn criteria(&self) -> impl Iterator<Item = (Dimension, &[(u32, Share)], Share)> {
        self.0.iter().filter_map(|(criterion, rules)| {
            let mean = Share::mean(rules.iter().map(|(weight, share)| (*weight, share)))?;
            Some((*criterion, rules.as_slice(), mean))
        })
    }

    fn value(&self, weights: &Weights) -> Option<Share> {
        let criteria: Vec<(u32, Share)> = self
            .criteria()
            .map(|(criterion, _, mean)| (weights.criteria.get(&criterion).copied().unwrap_or(1), mean))
            .collect();
        Share::mean(criteria.iter().map(|(weight, mean)| (*weight, mean)))
    }

    /// The lowest of these criteria that is not whole.
    fn lowest(&self, of: &BTreeSet<Dimension>) -> Option<Share> {
        let broken =
            self.criteria().filter(|(criterion, _, mean)| of.contains(criterion) && !mean.is_whole());
        broken.map(|(_, _, mean)| mean).min_by_key(Share::floor)
    }

    fn cards(&self) -> BTreeMap<Dimension, CriterionCard> {
        let card = |(criterion, rules, mean): (Dimension, &[_], Share)| {
            let value = mean.floor();
            let card =
                CriterionCard { value: value.six(), value_nano: value.get(), rules: rules.len() as u64 };
            (criterion, card)
        };
        self.criteria().map(card).collect()
    }
}

/// `info` is shown and never scored, here as there; and nothing is reported of Dùng chung.
fn counts(rule: &MeasuredRule) -> bool {
    rule.severity != Severity::Info && CRITERIA.contains(&rule.dimension)
}

/// Enters a rule at each of its columns, or at its table as a whole, and its defects once.
fn enter<'m>(
    at: usize,
    table: &MeasuredTable,
    rule: &'m MeasuredRule,
    weights: &Weights,
    fields: &mut Fields<'m>,
    errors: &mut BTreeMap<Errors, ErrorCount>,
) {
    let kind = weights.kinds.get(rule.kind.as_str()).copied().unwrap_or(UNKNOWN_KIND);
    let status = table.status_of(rule);
    let tally = &rule.measure.tally;
    let total = u128::from(tally.pass) + u128::from(tally.fail) + u128::from(tally.unknown);
    let share = match status {
        Status::Na => None,
        Status::Measured => Share::new(tally.pass.into(), total),
        _ => Some(Share::zero()),
    };
    if share.is_some() {
        let count = errors.entry(kind.errors).or_default();
        count.rules += 1;
        count.defects = count.defects.saturating_add(tally.fail);
        count.unknown = count.unknown.saturating_add(tally.unknown);
    }
    let mut columns: BTreeSet<Option<&str>> =
        rule.columns.iter().map(|column| Some(column.as_str())).collect();
    if columns.is_empty() || WHOLE_TABLE.contains(&rule.kind.as_str()) {
        columns = BTreeSet::from([None]);
    }
    let weight = weights.groups.get(&kind.group).copied().unwrap_or(1);
    for column in columns {
        let rules = fields.entry((at, column)).or_default().0.entry(rule.dimension).or_default();
        rules.extend(share.clone().map(|share| (weight, share)));
    }
}

/// The fields that identify something, in tables that have something to judge.
fn identifiers<'m>(tables: &'m [MeasuredTable], weights: &Weights) -> BTreeSet<(usize, &'m str)> {
    let mut found = BTreeSet::new();
    for (at, table) in tables.iter().enumerate() {
        let empty = table.presence == Presence::Present && table.rows == 0 && table.allow_empty;
        if empty || table.presence == Presence::Absent {
            continue;
        }
        found.extend(table.key.iter().map(|column| (at, column.as_str())));
        let by_role = table.roles.iter().filter(|(_, role)| weights.identifier_roles.contains(role));
        found.extend(by_role.map(|(column, _)| (at, column.as_str())));
    }
    found
}

fn field_weight(table: &MeasuredTable, column: &str, weights: &Weights) -> u32 {
    let own = weights.columns.get(&format!("{}.{column}", table.id));
    let role = || {
        let (_, role) = table.roles.iter().find(|(name, _)| name == column)?;
        weights.roles.get(role)
    };
    own.or_else(role).copied().unwrap_or(1)
}

fn colour(share: &Share, weights: &Weights) -> Colour {
    if share.against(weights.green) != Ordering::Less {
        Colour::Green
    } else if share.against(weights.yellow) != Ordering::Less {
        Colour::Yellow
    } else {
        Colour::Red
    }
}

#[derive(Clone, Copy, Default)]
struct ErrorCount {
    rules: u64,
    defects: u64,
    unknown: u64,
}

fn error_cards(errors: &BTreeMap<Errors, ErrorCount>) -> Vec<ErrorCard> {
    let card = |(number, (_, group)): (u8, (&str, Errors))| {
        let ErrorCount { rules, defects, unknown } = errors.get(&group).copied().unwrap_or_default();
        ErrorCard { group: number, name: group.name(), rules, defects, unknown }
    };
    (1..).zip(Errors::WORDS).map(card).collect()
}
