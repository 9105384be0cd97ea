//! The baseline that this run would be for later ones.

use super::baseline::{Baseline, DatabaseBaseline, Month, RuleBaseline, SCHEMA, TableBaseline};
use super::rules::FEW_ROWS;
use super::{GateInputs, GateReport, Given};
use crate::engine::TracedTable;
use crate::score::Grade;
use crate::score::scorecard::{DatabaseCard, TableCard, TablePresence};
use crate::state::Snapshot;

/// `report` is what the gate said of these inputs. `accepted`: this run is the new normal, and nobody is owed the keys that
/// are gone.
pub fn baseline(inputs: &GateInputs<'_>, report: &GateReport, accepted: bool) -> Baseline {
    let card = inputs.card;
    // The report names the baseline that it compared with.
    let before = match inputs.baseline {
        Given::Sound(before) if report.baseline.is_some() => Some(before.as_ref()),
        _ => None,
    };
    let mut baseline = Baseline {
        schema: SCHEMA.to_owned(),
        engine: card.engine.clone(),
        methodology: card.methodology.clone(),
        profile: card.profile,
        as_of: card.as_of.clone(),
        key: inputs.key.clone(),
        databases: card.databases.iter().map(|card| database(inputs, card, before, report)).collect(),
        hash: String::new(),
    };
    if accepted {
        let tables = baseline.databases.iter_mut().flat_map(|database| &mut database.tables);
        tables.filter_map(|table| table.snapshot.as_mut()).for_each(Snapshot::forgive);
    }
    baseline
}

fn database(
    inputs: &GateInputs<'_>,
    card: &DatabaseCard,
    before: Option<&Baseline>,
    report: &GateReport,
) -> DatabaseBaseline {
    let keeps_rows = inputs.policies.get(&card.id).is_none_or(|policy| policy.rows != Some(false));
    let tables = card.tables.iter().map(|table| {
        let before = before.and_then(|before| before.table(&card.id, &table.id));
        if let (TablePresence::Absent, Some(before)) = (table.presence, before) {
            // An optional table that is not there this time is compared with what it was when it comes back.
            return before.clone();
        }
        let traced = inputs.traced.get(&(card.id.clone(), table.id.clone()));
        let told =
            report.changes.iter().find(|changes| changes.database == card.id && changes.table == table.id);
        let waived = |rule: &str| {
            let moved = told.and_then(|changes| changes.rules.iter().find(|change| change.rule == rule));
            moved.map_or(0, |change| change.waived)
        };
        // What was not compared has changed nothing that could be added up.
        self::table(inputs, table, traced, before.filter(|_| told.is_some()), keeps_rows, &waived)
    });
    DatabaseBaseline {
        id: card.id.clone(),
        packs: card.packs.clone(),
        contract: card.contract.clone(),
        coverage: card.coverage,
        caps: card.caps.iter().map(|cap| cap.id.clone()).collect(),
        graded: card.grade != Grade::Ungraded,
        tables: tables.collect(),
    }
}

fn table(
    inputs: &GateInputs<'_>,
    card: &TableCard,
    traced: Option<&TracedTable>,
    before: Option<&TableBaseline>,
    keeps_rows: bool,
    waived: &dyn Fn(&str) -> u64,
) -> TableBaseline {
    let changes = before.and(traced).and_then(|traced| traced.changes.as_ref());
    let came = changes.map_or(0, |changes| changes.added + changes.changed);
    let pending = before.map_or(0, |before| before.pending_rows) + came;
    // Enough of them were judged, and begin anew.
    let waits = pending < FEW_ROWS;
    let month = before.and_then(|before| before.month.as_ref()).filter(|month| month.month == inputs.month);
    let rules = card.rules.iter().enumerate().map(|(at, rule)| {
        let before = before.and_then(|before| before.rule(&rule.id));
        let change = changes.and_then(|changes| changes.rules.get(at)).filter(|change| change.paired);
        let (touched, violations) =
            change.map_or((0, 0), |change| (change.touched, change.new_violations - waived(&rule.id)));
        let since = |count: fn(&RuleBaseline) -> u64| before.map_or(0, count);
        RuleBaseline {
            id: rule.id.clone(),
            definition: traced.and_then(|traced| traced.definitions.get(at)).cloned().unwrap_or_default(),
            status: rule.status,
            pass: rule.pass,
            fail: rule.fail,
            na: rule.na,
            unknown: rule.unknown,
            pending_touched: if waits { since(|rule| rule.pending_touched) + touched } else { 0 },
            pending_violations: if waits { since(|rule| rule.pending_violations) + violations } else { 0 },
            month_violations: if month.is_some() { since(|rule| rule.month_violations) } else { 0 }
                + violations,
        }
    });
    TableBaseline {
        id: card.id.clone(),
        rows: card.rows,
        rules: rules.collect(),
        pending_rows: if waits { pending } else { 0 },
        month: changes
            .map(|_| Month { month: inputs.month.clone(), rows: month.map_or(0, |month| month.rows) + came }),
        snapshot: traced.and_then(|traced| traced.snapshot.clone()).filter(|_| keeps_rows),
    }
}
