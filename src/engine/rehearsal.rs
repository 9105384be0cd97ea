//! The rules of a table on rows that are in no file yet: what a scan would say of each.

use std::sync::Arc;

use arrow::array::{ArrayRef, StringViewArray, new_null_array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;

use super::plan::{self, TablePlan, Work};
use super::source::TableSource;
use crate::base::Text;
use crate::kernel::expression::Truth;
use crate::kernel::key::KeyJudge;
use crate::kernel::text::state::ValueState;
use crate::kernel::{Batch, Population, RowVerdict};
use crate::rule::Table;

/// The cells of a row, in the order of the columns that the rehearsal was bound to; `None` is null.
pub type Row = Vec<Option<String>>;

/// The rules of one table, bound to columns of text.
pub struct Rehearsal {
    plan: TablePlan,
    /// Where each of the plan's sources is among the columns.
    places: Vec<usize>,
}

/// Rules that look at several rows at once, by the columns (as positions) that say which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Together {
    /// No two rows may share these.
    Unique(Vec<usize>),
    /// Rows that share these are judged together; no column: all rows are.
    Group(Vec<usize>),
}

impl Rehearsal {
    pub fn new(table: &Table, columns: &[String], as_of: i64) -> Self {
        let source = TableSource::of_columns(columns);
        let (plan, _) = plan::plan(table, &source, as_of, &[], None, &|_| None);
        let place = |name: &String| columns.iter().position(|column| column == name).unwrap_or_default();
        let places = plan.sources.iter().map(place).collect();
        Self { plan, places }
    }

    /// Why a rule cannot run at all.
    pub fn refusal(&self, rule: usize) -> Option<&Text> {
        match &self.plan.rules[rule].work {
            Work::Not { note, .. } => Some(note),
            _ => None,
        }
    }

    /// How a rule looks at several rows at once, if it does.
    pub fn together(&self, rule: usize) -> Option<Together> {
        let columns = |key: usize| {
            let ids = &self.plan.keys[key].columns;
            ids.iter().map(|&id| self.places[self.plan.columns[id].source]).collect()
        };
        match &self.plan.rules[rule].work {
            Work::Keys { key, judge: KeyJudge::Unique } => Some(Together::Unique(columns(*key))),
            Work::Groups { key, .. } => Some(Together::Group(key.map(columns).unwrap_or_default())),
            _ => None,
        }
    }

    /// Whether a value stands for none in this column.
    pub fn is_placeholder(&self, column: usize, value: &str) -> bool {
        let plans = self.plan.columns.iter().filter(|plan| self.places[plan.source] == column);
        plans.into_iter().any(|plan| plan.placeholders.classify(value) == ValueState::Placeholder)
    }

    /// For every rule that judges rows by themselves: those that fail, or that it cannot judge.
    pub fn faults(&self, rows: &[&Row]) -> Vec<Option<BooleanBuffer>> {
        let arrays = self.arrays(rows);
        let batch = Batch::new(&self.plan.columns, rows.len(), &arrays);
        let truths: Vec<_> =
            self.plan.filters.iter().map(|filter| filter.condition.evaluate(&batch)).collect();
        let fault = |rule: &plan::RulePlan| {
            let verdict = judged(rule, &batch, rule.filter.map(|at| &truths[at]))?;
            Some(match verdict.unknown {
                Some(unknown) => &verdict.fail | &unknown,
                None => verdict.fail,
            })
        };
        self.plan.rules.iter().map(fault).collect()
    }

    /// What one rule says of `rows` rows, if it judges rows by themselves. `values` are columns by place; the others are
    /// empty.
    pub fn verdict(
        &self,
        rule: usize,
        rows: usize,
        values: &[(usize, Vec<Option<&str>>)],
    ) -> Option<RowVerdict> {
        let empty = new_null_array(&DataType::Utf8View, rows);
        let array = |place: &usize| -> ArrayRef {
            match values.iter().find(|(own, _)| own == place) {
                Some((_, cells)) => Arc::new(cells.iter().copied().collect::<StringViewArray>()),
                None => Arc::clone(&empty),
            }
        };
        let arrays: Vec<ArrayRef> = self.places.iter().map(array).collect();
        let batch = Batch::new(&self.plan.columns, rows, &arrays);
        let rule = &self.plan.rules[rule];
        let truth = rule.filter.map(|at| self.plan.filters[at].condition.evaluate(&batch));
        judged(rule, &batch, truth.as_ref())
    }

    fn arrays(&self, rows: &[&Row]) -> Vec<ArrayRef> {
        let array = |&place: &usize| -> ArrayRef {
            Arc::new(rows.iter().map(|row| row[place].as_deref()).collect::<StringViewArray>())
        };
        self.places.iter().map(array).collect()
    }
}

/// What a rule says of rows; `truth` is its condition on them.
fn judged(rule: &plan::RulePlan, batch: &Batch<'_>, truth: Option<&Truth>) -> Option<RowVerdict> {
    let Work::Scan(check) = &rule.work else { return None };
    if !check.judges_rows() {
        return None;
    }
    let population = Population {
        rows: truth.map(|truth| truth.is_true.clone()),
        damaged: truth.and_then(|truth| truth.failed.clone()),
    };
    Some(check.scan(batch, &population, check.state().as_mut())?.within(&population))
}
