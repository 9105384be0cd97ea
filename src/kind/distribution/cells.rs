//! The cells that values are counted in.

use arrow::buffer::BooleanBuffer;
use hashbrown::HashMap;

use serde::{Deserialize, Serialize};

use crate::base::Text;
use crate::kernel::memory::for_each_tick;
use crate::kernel::{Batch, ColumnId};
use crate::say;
use crate::state::State;

/// Cells in order: before the first value of the baseline, that value, between it and the second, the second … With
/// texts, which have no order, and with intervals, what the baseline lacks is in the first cell.
pub enum Cells {
    Texts(HashMap<String, usize>),
    /// Ascending ticks.
    Values(Vec<i128>),
    /// Ascending lower edges, in ticks; the last interval has no end.
    Intervals(Vec<i128>),
}

impl Cells {
    /// How many values or intervals the baseline has.
    pub fn len(&self) -> usize {
        match self {
            Self::Texts(texts) => texts.len(),
            Self::Values(ticks) | Self::Intervals(ticks) => ticks.len(),
        }
    }

    /// Counts spread over the cells, from those of the values in their order.
    pub fn spread(&self, counts: impl IntoIterator<Item = u64>) -> Vec<u64> {
        std::iter::once(0).chain(counts.into_iter().flat_map(|count| [count, 0])).collect()
    }

    fn of_tick(&self, tick: i128) -> usize {
        match self {
            Self::Texts(_) => 0,
            Self::Values(ticks) => ticks.binary_search(&tick).map_or_else(|gap| 2 * gap, |at| 2 * at + 1),
            Self::Intervals(edges) => match edges.partition_point(|edge| *edge <= tick) {
                0 => 0,
                after => 2 * after - 1,
            },
        }
    }

    /// Counts the chosen rows, which have values.
    pub fn count(&self, batch: &Batch<'_>, column: ColumnId, rows: &BooleanBuffer, seen: &mut Seen) {
        seen.cells.resize(2 * self.len() + 1, 0);
        match self {
            Self::Texts(texts) => {
                let cell = batch.canonical(column).mapped(|text| texts.get(text).map_or(0, |at| 2 * at + 1));
                rows.set_indices().filter_map(cell).for_each(|cell| seen.cells[cell] += 1);
            }
            Self::Values(_) | Self::Intervals(_) => {
                let cells = &mut seen.cells;
                seen.unknown += for_each_tick(batch, column, rows, |tick| cells[self.of_tick(tick)] += 1);
            }
        }
    }
}

/// Sorts ticks with what belongs to them. No tick may be there twice: `1` and `1.0` are one number.
pub fn ascending<T: Copy>(mut ticks: Vec<(i128, T)>) -> Result<Vec<(i128, T)>, Text> {
    ticks.sort_by_key(|(tick, _)| *tick);
    if ticks.windows(2).any(|pair| pair[0].0 == pair[1].0) {
        return Err(say!(
            "two entries of the baseline or of `bins` are the same value",
            "hai mục của phân bố gốc hoặc của `bins` là cùng một giá trị"
        ));
    }
    Ok(ticks)
}

/// What was counted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub cells: Vec<u64>,
    pub absent: u64,
    pub unknown: u64,
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        if self.cells.len() < other.cells.len() {
            self.cells.resize(other.cells.len(), 0);
        }
        for (ours, theirs) in self.cells.iter_mut().zip(other.cells) {
            *ours += theirs;
        }
        self.absent += other.absent;
        self.unknown += other.unknown;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn values_and_what_is_between() {
        let cells = Cells::Values(vec![10, 20]);
        assert_eq!([9, 10, 15, 20, 21].map(|tick| cells.of_tick(tick)), [0, 1, 2, 3, 4]);
        let cells = Cells::Intervals(vec![10, 20]);
        assert_eq!([9, 10, 15, 20, 21].map(|tick| cells.of_tick(tick)), [0, 1, 1, 3, 3]);
        assert_eq!(cells.spread([7, 8]), [0, 7, 0, 8, 0]);
    }

    proptest! {
        #[test]
        fn laws(parts in prop::collection::vec((any::<bool>(), any::<[u32; 5]>(), 0_u64..9), 3)) {
            // Every state of one check has all cells, or has seen nothing yet.
            let seen = |at: usize| {
                let (any, cells, other) = &parts[at];
                let cells = if *any { cells.map(u64::from).to_vec() } else { Vec::new() };
                Seen { cells, absent: *other, unknown: *other }
            };
            let merged = |order: [usize; 3]| {
                let mut all = Seen::default();
                order.into_iter().for_each(|at| all.merge(seen(at)));
                all
            };
            prop_assert_eq!(merged([0, 1, 2]), merged([2, 0, 1]));
            let mut right = seen(1);
            right.merge(seen(2));
            let mut nested = seen(0);
            nested.merge(right);
            prop_assert_eq!(nested, merged([0, 1, 2]));
        }
    }
}
