//! Two tables' totals against each other.

use std::collections::BTreeSet;

use num_bigint::BigInt;

use super::figure::What;
use super::tolerance::Tolerance;
use super::totals::{Adds, MOST, Totals};
use crate::base::Status;
use crate::kernel::exact::Exact;
use crate::kernel::key::{self, Absent, Spelling};
use crate::kernel::memory::{Cell, Memory, Remember};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::Check;
use crate::say;
use crate::state::{Figure, Measure, Tally};

/// Bound to one of the tables.
pub struct Matched {
    pub by: Vec<ColumnId>,
    /// Of those columns.
    pub types: Vec<ColumnType>,
    /// What is summed up, or told apart.
    pub column: Option<ColumnId>,
    pub value_type: Option<ColumnType>,
    pub what: What,
    /// Of the other table.
    pub their_what: What,
    pub personal: bool,
    pub tolerance: Tolerance,
}

impl Check for Matched {
    type State = Totals;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, totals: &mut Totals) -> Option<RowVerdict> {
        totals.damaged += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        totals.types.clone_from(&self.types);
        totals.personal |= self.personal;
        let all = population.sound(&batch.all());
        let groups = (!self.by.is_empty()).then(|| key::keys(batch, &self.by, &self.types, Absent::Skip));
        let rows = groups.as_ref().map_or_else(|| all.clone(), |groups| &all & &groups.has_key);
        totals.without_group += (all.count_set_bits() - rows.count_set_bits()) as u64;
        let digests = groups.map(|groups| groups.values.into_digests());
        let spellings: Vec<Spelling<'_>> =
            self.by.iter().zip(&self.types).map(|(&column, &ty)| Spelling::of(batch, column, ty)).collect();
        let adds = self.adds(batch);
        for row in rows.set_indices() {
            let name = || match self.personal {
                true => String::new(),
                false => spellings.iter().map(|spelling| spelling.get(row)).collect::<Vec<_>>().join(", "),
            };
            totals.add(digests.as_ref().map_or(0, |digests| digests[row]), adds(row), name);
        }
        None
    }

    /// Nothing is known of the other table.
    fn measure(&self, _: Tally, _: &Totals) -> Measure {
        Measure::of(Tally::new(0, 0, 0, 1))
    }

    fn measure_against(&self, _: Tally, ours: &Totals, theirs: &Totals) -> Measure {
        self.compare(ours, theirs)
    }
}

/// What was found of all groups.
#[derive(Default)]
struct Found {
    tally: Tally,
    only_ours: u64,
    only_theirs: u64,
    /// The group that differs most, and by how much.
    worst: Option<(BigInt, u128)>,
}

impl Matched {
    /// What each row adds.
    fn adds<'b>(&self, batch: &'b Batch<'_>) -> Box<dyn Fn(usize) -> Adds + 'b> {
        let Some((column, ty)) = self.column.zip(self.value_type) else { return Box::new(|_| Adds::Nothing) };
        if self.what == What::Sum {
            let memory = Memory::of(batch, &Remember::Ticks(column));
            return Box::new(move |row| match memory.get(row) {
                Cell::Value(value) => Adds::Number(value),
                Cell::Absent => Adds::Nothing,
                Cell::Unreadable => Adds::Unreadable,
            });
        }
        let keys = key::keys(batch, &[column], &[ty], Absent::Skip);
        let (present, digests) = (keys.has_key, keys.values.into_digests());
        Box::new(move |row| if present.value(row) { Adds::Value(digests[row]) } else { Adds::Nothing })
    }

    fn compare(&self, ours: &Totals, theirs: &Totals) -> Measure {
        if ours.overflown || theirs.overflown {
            let why = say!(
                "there are more than {MOST} groups and different values; choose fewer groups",
                "có hơn {MOST} nhóm và giá trị khác nhau; hãy chọn ít nhóm hơn"
            );
            return Measure::not_run(Status::Error, why);
        }
        let differ = ours.types.iter().zip(&theirs.types).find(|(own, other)| !own.is_spelt_as(**other));
        if let Some((own, other)) = differ {
            let (own, other) = (own.id(), other.id());
            let mut measure = Measure::of(Tally::new(0, 0, 0, 1));
            measure.status = Status::Error;
            measure.note = Some(say!(
                "groups are `{own}` here and `{other}` there, so that `01` and `1` would never meet; declare both columns with one `type`, or write \
                 to how many digits both are filled up: `{{ column: …, pad: 2 }}`",
                "nhóm ở đây là `{own}`, ở bên kia là `{other}`, nên `01` và `1` không bao giờ khớp; hãy khai báo cùng một `type` cho cả hai cột, \
                 hoặc nêu số chữ số để thêm số 0 ở cả hai bên: `{{ column: …, pad: 2 }}`"
            ));
            return measure;
        }
        let mut groups: BTreeSet<u128> = ours.groups.keys().chain(theirs.groups.keys()).copied().collect();
        if self.by.is_empty() {
            // A table is a group, whatever is in it.
            groups.insert(0);
        }
        let mut found = Found::default();
        for &group in &groups {
            self.judge(group, ours, theirs, &mut found);
        }
        self.told(groups.len(), ours, theirs, found)
    }

    fn judge(&self, group: u128, ours: &Totals, theirs: &Totals, found: &mut Found) {
        let (own, other) = (ours.groups.get(&group), theirs.groups.get(&group));
        let (own_known, other_known) = (ours.known(self.what, own), theirs.known(self.their_what, other));
        let holds = match (own, other) {
            // A damaged row may be of the group that is lacking.
            (None, _) if !self.by.is_empty() => {
                found.only_theirs += 1;
                (ours.damaged == 0).then_some(false)
            }
            (_, None) if !self.by.is_empty() => {
                found.only_ours += 1;
                (theirs.damaged == 0).then_some(false)
            }
            _ => self.tolerance.holds(&own_known, &other_known),
        };
        match holds {
            Some(true) => found.tally.pass += 1,
            None => found.tally.unknown += 1,
            Some(false) => {
                found.tally.fail += 1;
                let distance = BigInt::from((own_known.least - other_known.least).magnitude().clone());
                if found.worst.as_ref().is_none_or(|(worst, _)| distance > *worst) {
                    found.worst = Some((distance, group));
                }
            }
        }
    }

    fn told(&self, groups: usize, ours: &Totals, theirs: &Totals, found: Found) -> Measure {
        /// A sum of fewer values says what they are.
        const FEW: u64 = 10;
        let personal = ours.personal || theirs.personal;
        let mut measure = Measure::of(found.tally);
        let shown = |number: BigInt| Exact::whole(number).decimal(18);
        let total = |totals: &Totals, what| match personal && what == What::Sum && totals.rows() < FEW {
            true => "****".to_owned(),
            false => shown(totals.total(what)),
        };
        measure.figures = vec![
            Figure::new("groups", groups),
            Figure::new("ours", total(ours, self.what)),
            Figure::new("theirs", total(theirs, self.their_what)),
            Figure::new("only_ours", found.only_ours),
            Figure::new("only_theirs", found.only_theirs),
        ];
        if let Some((_, group)) = found.worst.filter(|_| !personal && !self.by.is_empty()) {
            let (own, other) = (ours.groups.get(&group), theirs.groups.get(&group));
            let name = own.or(other).map_or("", |group| group.name.as_str());
            let [here, there] = [ours.known(self.what, own), theirs.known(self.their_what, other)]
                .map(|known| shown(known.least));
            measure.figures.push(Figure::new("worst_group", name));
            measure.note = Some(say!(
                "the group that differs most is `{name}`: {here} here, {there} there",
                "nhóm lệch nhiều nhất là `{name}`: ở đây {here}, bên kia {there}"
            ));
        }
        measure
    }
}
