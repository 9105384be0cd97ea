//! A scorecard at its best and at its worst, by what is told of its counts and nothing else.

use super::protect::{Shown, Smallest, Told};
use super::{PublicCounts, few, ran, told};
use crate::base::{Severity, Status, Text};
use crate::engine::measured::{MeasuredDatabase, MeasuredRule, MeasuredTable};
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard};
use crate::score::{Methodology, ScoreOptions, Scorecard, assemble, rescore};
use crate::state::{Mass, Measure, Tally};

/// Its databases at their best, and at their worst.
pub fn extremes(card: &Scorecard, k: Smallest) -> Result<[Vec<DatabaseCard>; 2], Text> {
    let known = Methodology::new(card.profile).id();
    if card.methodology != known {
        let stated = &card.methodology;
        return Err(say!(
            "it was scored by `{stated}`; this program scores by `{known}`",
            "bảng điểm được chấm theo `{stated}`; chương trình này chấm theo `{known}`"
        ));
    }
    let options = ScoreOptions {
        profile: card.profile,
        as_of: card.as_of.clone(),
        engine: card.engine.clone(),
        points_only: true,
        ..ScoreOptions::default()
    };
    let of = |side: Side| -> Result<Vec<DatabaseCard>, Text> {
        let databases = card.databases.iter().map(|database| {
            let measured = rescore::measured(database)?;
            Ok(at_extreme(database, measured, side, k))
        });
        Ok(assemble(databases.collect::<Result<Vec<_>, Text>>()?, &options).databases)
    };
    Ok([of(Side::Best)?, of(Side::Worst)?])
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Best,
    Worst,
}

impl Side {
    fn of<T>(self, [best, worst]: [T; 2]) -> T {
        match self {
            Self::Best => best,
            Self::Worst => worst,
        }
    }
}

fn at_extreme(card: &DatabaseCard, database: MeasuredDatabase, side: Side, k: Smallest) -> MeasuredDatabase {
    let tables = database.tables.into_iter().zip(&card.tables);
    MeasuredDatabase {
        tables: tables.map(|(measured, card)| table(card, measured, side, k)).collect(),
        problems: Vec::new(),
        ..database
    }
}

fn table(card: &TableCard, table: MeasuredTable, side: Side, k: Smallest) -> MeasuredTable {
    let few = few(card, k);
    // At its best it has as many records as it may have.
    let rows = match k.shown(card.rows) {
        Shown::Zero => 0,
        Shown::Under => k.get(),
        Shown::About(rows) => side.of([rows.saturating_add(k.get() - 1), rows]),
    };
    let [least, most] = unclean(card, few, k);
    let clean = card.clean.map(|_| rows.saturating_sub(side.of([least, most])));
    let rules = table.rules.into_iter().zip(&card.rules);
    MeasuredTable {
        rows,
        clean,
        files: Vec::new(),
        problems: Vec::new(),
        rules: rules.map(|(measured, card)| rule(card, measured, few, side, k)).collect(),
        ..table
    }
}

/// The least and the greatest number of records that are not clean. What the card says of them is used only where no small
/// count is hidden: together with those of the rules it could tell one.
fn unclean(card: &TableCard, few: bool, k: Smallest) -> [u64; 2] {
    let told_of: Vec<(&RuleCard, Told)> = card
        .rules
        .iter()
        .filter_map(|rule| match told(rule, few, k) {
            PublicCounts::Records(told) => Some((rule, told)),
            PublicCounts::Checks { .. } => None,
        })
        .collect();
    if !few && !told_of.iter().any(|(_, told)| told.hides()) {
        let unclean = card.clean.map_or(card.rows, |clean| card.rows.saturating_sub(clean));
        return k.range(k.shown(unclean));
    }
    let keyless = card.key.is_empty() || card.rules.iter().any(|rule| rule.identity);
    let bad = told_of.iter().filter(|(rule, _)| rule.severity >= Severity::Major).map(|(_, told)| {
        let [best, worst] = told.extremes(k);
        match told {
            Told::Withheld => [0, u64::MAX],
            _ => [best, worst].map(|tally| tally.fail.saturating_add(tally.unknown)),
        }
    });
    let bounds: Vec<[u64; 2]> = bad.collect();
    let least = bounds.iter().map(|[least, _]| *least).max().unwrap_or_default();
    let most = bounds.iter().fold(0_u64, |sum, [_, most]| sum.saturating_add(*most));
    // Whether records have a key of their own is asked of the data, with or without a rule.
    [least, if keyless { most } else { u64::MAX }]
}

fn rule(card: &RuleCard, rule: MeasuredRule, few: bool, side: Side, k: Smallest) -> MeasuredRule {
    let measure = match told(card, few, k) {
        PublicCounts::Checks { .. } => {
            Measure { figures: Vec::new(), examples: Vec::new(), note: None, ..rule.measure }
        }
        PublicCounts::Records(told) => {
            let tally = side.of(told.extremes(k));
            let mass = rule.measure.mass.as_ref().map(|mass| graded(mass, told, &tally, side, k));
            let ran = ran(rule.measure.status) == Status::Measured;
            match ran {
                true => Measure { mass, ..Measure::of(tally) },
                false => Measure::not_run(rule.measure.status, Text::default()),
            }
        }
    };
    MeasuredRule { measure, ..rule }
}

/// Badness in whole units, told as a count is; behind a small count of failing records it is anything up to them.
fn graded(mass: &Mass, told: Told, tally: &Tally, side: Side, k: Smallest) -> Mass {
    let per_unit = mass.per_unit.max(1);
    let units = tally.pass.saturating_add(tally.fail);
    let whole = match told {
        Told::Counts { fail: Shown::About(_), .. } if !told.hides() => {
            let equal = u64::try_from(mass.bad / u128::from(per_unit)).unwrap_or(u64::MAX);
            let [least, most] = match k.shown(equal) {
                Shown::Zero | Shown::Under => [0, k.get()],
                // What is more than a whole unit counts as one.
                about => k.range(about).map(|n| n.saturating_add(u64::from(side == Side::Worst))),
            };
            side.of([least, most])
        }
        _ => side.of([0, tally.fail]),
    };
    Mass { bad: u128::from(whole.min(units)) * u128::from(per_unit), units, per_unit: mass.per_unit }
}
