//! What rules that judge batch by batch say of a batch: which rows they are about, and their verdict on these.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::DataType;

use super::plan::{Lack, RulePlan, TablePlan};
use crate::base::Status;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnType, Population, RowVerdict, TextColumn};
use crate::rule::{AnyCheck, AnyState};

/// The columns of a batch that a plan reads.
pub struct Arrays {
    /// One for each of the plan's sources; sources that the file lacks are null.
    pub arrays: Vec<ArrayRef>,
    /// The lacking ones.
    pub absent: Vec<usize>,
    /// The same columns as the file has them, readable for rules or not.
    pub written: Vec<Option<ArrayRef>>,
}

impl Arrays {
    /// `places`: where the plan's sources are among the columns of the batch.
    pub fn of(batch: &RecordBatch, places: &[Option<usize>]) -> Self {
        let mut absent = Vec::new();
        let written = places.iter().map(|place| batch.columns().get((*place)?).cloned()).collect();
        let arrays = places.iter().enumerate().map(|(source, place)| {
            let array = place.and_then(|at| batch.columns().get(at));
            match array.filter(|array| readable(array)) {
                Some(array) => Arc::clone(array),
                None => {
                    absent.push(source);
                    new_null_array(&DataType::Utf8View, batch.num_rows())
                }
            }
        });
        Self { arrays: arrays.collect(), absent, written }
    }
}

fn readable(array: &ArrayRef) -> bool {
    ColumnType::found(array.data_type()).is_some()
        && (!matches!(array.data_type(), DataType::Dictionary(..)) || TextColumn::of(array).is_some())
}

/// A batch, and what the conditions of the plan say of its rows.
pub struct Judging<'j> {
    pub plan: &'j TablePlan,
    pub batch: Batch<'j>,
    absent: &'j [usize],
    damaged: Option<BooleanBuffer>,
    /// `None` where the file lacks a column that the filter reads.
    filters: Vec<Option<Filtered>>,
}

/// A filter's rows in one batch.
struct Filtered {
    rows: BooleanBuffer,
    /// Neither true nor false.
    unknown: BooleanBuffer,
    /// It cannot be evaluated.
    failed: Option<BooleanBuffer>,
}

/// A check panicked: a defect of the program.
#[derive(Debug)]
pub struct Panicked;

impl<'j> Judging<'j> {
    pub fn new(plan: &'j TablePlan, rows: usize, arrays: &'j Arrays, damaged: Option<BooleanBuffer>) -> Self {
        let batch = Batch::new(&plan.columns, rows, &arrays.arrays);
        let absent = arrays.absent.as_slice();
        let filters = plan.filters.iter().map(|filter| {
            (plan.lack(&filter.sources, absent) == Lack::Nothing).then(|| {
                let truth = filter.condition.evaluate(&batch);
                let mut known = &truth.is_true | &truth.is_false;
                if let Some(failed) = &truth.failed {
                    known = &known | failed;
                }
                Filtered { unknown: !&known, rows: truth.is_true, failed: truth.failed }
            })
        });
        let filters = filters.collect();
        Self { plan, batch, absent, damaged, filters }
    }

    pub fn lack(&self, rule: &RulePlan) -> Lack {
        self.plan.lack(&rule.sources, self.absent)
    }

    fn filter(&self, rule: &RulePlan) -> Option<&Filtered> {
        self.filters[rule.filter?].as_ref()
    }

    /// The rows on which a filter of the plan is true; `None` where the file lacks a column that it reads.
    pub fn filtered(&self, filter: usize) -> Option<&BooleanBuffer> {
        self.filters[filter].as_ref().map(|filter| &filter.rows)
    }

    /// The rows that a rule is about.
    pub fn population(&self, rule: &RulePlan) -> Population {
        let filter = self.filter(rule);
        let failed = filter.and_then(|filter| filter.failed.as_ref());
        let untrusted = match (&self.damaged, failed) {
            (Some(damaged), Some(failed)) => Some(damaged | failed),
            (damaged, failed) => damaged.as_ref().or(failed).cloned(),
        };
        Population { rows: filter.map(|filter| filter.rows.clone()), damaged: untrusted }
    }

    /// Sound rows for which nobody knows whether the rule is about them.
    pub fn when_unknown(&self, rule: &RulePlan) -> u64 {
        let Some(filter) = self.filter(rule) else { return 0 };
        let unknown = match &self.damaged {
            Some(damaged) => minus(&filter.unknown, damaged),
            None => filter.unknown.clone(),
        };
        unknown.count_set_bits() as u64
    }

    /// The verdict of a check on its population, if it judges these rows.
    ///
    /// # Errors
    /// The check panicked.
    pub fn verdict(
        &self,
        rule: &RulePlan,
        check: &dyn AnyCheck,
        population: &Population,
        own: &mut dyn AnyState,
    ) -> Result<Option<RowVerdict>, Panicked> {
        let verdict = match (self.lack(rule), check.judges_rows()) {
            // As where no file has the column: there is nothing to judge.
            (Lack::Optional, _) | (Lack::Required, false) => None,
            (Lack::Required, true) => Some(self.unknown_everywhere()),
            (Lack::Nothing, _) => catch_unwind(AssertUnwindSafe(|| {
                let verdict = check.scan(&self.batch, population, own);
                assert!(
                    verdict.as_ref().is_none_or(RowVerdict::is_consistent),
                    "a verdict that contradicts itself"
                );
                verdict
            }))
            .map_err(|_| Panicked)?,
        };
        Ok(verdict.map(|verdict| verdict.within(population)))
    }

    fn unknown_everywhere(&self) -> RowVerdict {
        let all = self.batch.all();
        RowVerdict::new(all.clone(), BooleanBuffer::new_unset(self.batch.rows())).with_unknown(Some(all))
    }

    /// The rows that a rule would have been about that does not run.
    pub fn scope(&self, population: &Population) -> BooleanBuffer {
        match (&population.rows, &self.damaged) {
            (Some(rows), Some(damaged)) => rows | damaged,
            (Some(rows), None) => rows.clone(),
            (None, _) => self.batch.all(),
        }
    }

    /// Whether rows in the scope of a rule that does not run are not clean.
    pub fn soils_unrun(rule: &RulePlan, status: Status) -> bool {
        rule.soils && status != Status::Na
    }

    pub fn damaged(&self) -> BooleanBuffer {
        self.damaged.clone().unwrap_or_else(|| BooleanBuffer::new_unset(self.batch.rows()))
    }
}
