//! What others look for in a table, bound to the columns that were found: keys, and what a mirror holds.

use super::{Identity, OurColumn, RulePlan, TableBinder, TablePlan, Work};
use crate::base::Text;
use crate::engine::listed::ListingPlan;
use crate::engine::mirror::{Compared, MirrorPlan, PlannedColumn, Wanted};
use crate::engine::source::TableSource;
use crate::kernel::ColumnType;
use crate::kernel::key::{Absent, KeyJudge};
use crate::kernel::likeness::Likeness;
use crate::rule::{At, BindError, Binder, Bound, KeyPart, Listing, OtherSide, Table, day_column};
use crate::say;

/// What others look into a table for.
pub struct Looked {
    /// Where the keys are that are referred to, if their columns were found.
    pub keys: Vec<Option<usize>>,
    /// Or the name of a column of the key that was not found.
    pub mirrors: Vec<Result<MirrorPlan, Text>>,
    pub listings: Vec<Result<ListingPlan, Text>>,
    /// Places among the rules of the plan.
    pub sides: Vec<Result<usize, Text>>,
}

/// What is to be looked for.
#[derive(Default)]
pub struct LookedFor<'s> {
    pub keys: &'s [Vec<String>],
    pub mirrors: &'s [(Vec<KeyPart>, Wanted)],
    pub listings: &'s [Listing],
    pub sides: &'s [OtherSide<'s>],
}

/// Reads nothing but what others look for: the table is judged by nobody. `name` is what messages call it.
pub fn look_into(
    name: &str,
    table: &Table,
    source: &TableSource,
    as_of: i64,
    LookedFor { keys, mirrors, listings, sides }: &LookedFor<'_>,
) -> (TablePlan, Looked) {
    let mut binder = TableBinder::new(name, table, source, as_of);
    let keys = keys.iter().map(|columns| binder.referred(columns)).collect();
    let mut populations = Vec::new();
    let mirrors = mirrors.iter().map(|(key, wanted)| binder.mirror(key, wanted, &mut populations)).collect();
    let listings = listings.iter().map(|listing| binder.listing(listing, &mut populations)).collect();
    let sides = sides.iter().map(|side| binder.side(*side, &mut populations)).collect();
    (binder.finish(populations, Identity::Undeclared, None), Looked { keys, mirrors, listings, sides })
}

impl RulePlan {
    /// A plan that belongs to no rule.
    pub(in crate::engine) const fn of_nobody(work: Work) -> Self {
        Self {
            work,
            filter: None,
            sources: Vec::new(),
            timed: false,
            soils: false,
            personal: false,
            shown: None,
        }
    }
}

impl TableBinder<'_> {
    /// What `wanted` is of rows under a key. What must be known of rows, such as whether they are in scope, is a population
    /// of its own.
    fn mirror(
        &mut self,
        key: &[KeyPart],
        wanted: &Wanted,
        populations: &mut Vec<RulePlan>,
    ) -> Result<MirrorPlan, Text> {
        self.used.clear();
        let columns = key.iter().map(|KeyPart { column, pad }| {
            let name = At { value: column.clone(), span: 0..0 };
            match pad {
                Some(width) => self.column_padded(&name, *width),
                None => self.column(&name),
            }
        });
        let columns = columns.collect::<Result<Vec<_>, _>>();
        let columns = columns.map_err(|error| self.why(error))?;
        let key = self.sealed_key(columns, Absent::Skip, wanted.seal.clone());
        let mut population = |sources: Vec<usize>, filter: Option<usize>| {
            let work = Work::Keys { key, judge: KeyJudge::Unique };
            populations.push(RulePlan { filter, sources, ..RulePlan::of_nobody(work) });
            populations.len() - 1
        };
        let rows = population(self.used(), None);
        let compared = wanted.columns.iter().zip(0..).map(|(compared, attribute)| {
            let Compared { column, likeness } = compared;
            self.used.clear();
            let name = At { value: column.clone(), span: 0..0 };
            let found = match likeness {
                Likeness::PartialDate => self.column_as(&name, ColumnType::Date, None),
                _ => self.column(&name),
            };
            let found = found.map_err(|error| self.why(error)).map(|column| {
                let OurColumn { cell, ty } = self.compared(key, column, *likeness, attribute);
                PlannedColumn { cell, ty, rows: population(self.used(), None) }
            });
            (compared.clone(), found)
        });
        let compared = compared.collect();
        let scopes = wanted.scopes.iter().map(|scope| {
            self.used.clear();
            let found = self.filter(scope).map_err(|error| self.why(error));
            (scope.value.text().to_owned(), found.map(|filter| population(self.used(), Some(filter))))
        });
        let scopes = scopes.collect();
        Ok(MirrorPlan { key, rows, types: self.keys[key].types.clone(), columns: compared, scopes })
    }

    /// The rows of a listing. Which are in scope is a population of its own.
    fn listing(&mut self, listing: &Listing, populations: &mut Vec<RulePlan>) -> Result<ListingPlan, Text> {
        self.used.clear();
        let named = |name: &String| At { value: name.clone(), span: 0..0 };
        let columns = listing.columns.iter().map(|name| self.column(&named(name)));
        let columns = columns.collect::<Result<Vec<_>, _>>().map_err(|error| self.why(error))?;
        let keyed = self.used();
        let mut days = [None, None];
        for (day, name) in days.iter_mut().zip(&listing.days) {
            let column = name.as_ref().map(|name| day_column(&named(name), self)).transpose();
            *day = column.map_err(|error| self.why(error))?.map(|column| self.day(column));
        }
        // In a file without an optional day the period is open.
        let dated = self.used().into_iter().filter(|source| !self.may_be_absent(*source));
        self.used = keyed.into_iter().chain(dated.collect::<Vec<_>>()).collect();
        let filter = listing.in_scope.as_ref().map(|scope| self.filter(scope)).transpose();
        let filter = filter.map_err(|error| self.why(error))?;
        let key = self.key(columns, listing.absent);
        let work = Work::Keys { key, judge: KeyJudge::Unique };
        populations.push(RulePlan { filter, sources: self.used(), ..RulePlan::of_nobody(work) });
        let (rows, chosen) = (populations.len() - 1, filter.is_some());
        Ok(ListingPlan { key, rows, chosen, types: self.keys[key].types.clone(), days })
    }

    /// A check of another rule's, which judges none of these rows.
    fn side(&mut self, side: OtherSide<'_>, populations: &mut Vec<RulePlan>) -> Result<usize, Text> {
        self.used.clear();
        let bound = side.spec.bind(self).map_err(|error| self.why(error))?;
        let filter = side.in_scope.map(|scope| self.filter(scope)).transpose();
        let filter = filter.map_err(|error| self.why(error))?;
        let Bound::Scan(check) = bound else { return Err(Text::default()) };
        populations.push(RulePlan { filter, sources: self.used(), ..RulePlan::of_nobody(Work::Scan(check)) });
        Ok(populations.len() - 1)
    }

    /// Why a column of a table that others look into cannot be read.
    fn why(&self, error: BindError) -> Text {
        match error {
            BindError::MissingColumn(name) => {
                let (table, column) = (self.name, &name.value);
                say!("table `{table}` has no column `{column}`", "bảng `{table}` không có cột `{column}`")
            }
            BindError::MissingRole(_) => Text::default(),
            BindError::Unreadable(why) => why,
        }
    }
}
