//! What is remembered of a column.

use serde::{Deserialize, Serialize};

use super::function::{Function, Reads};
use crate::kernel::memory::{Cell, Memory, Remember, for_each_tick};
use crate::kernel::number::WHOLE;
use crate::kernel::text::chars_len;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, key};
use crate::state::{Moments, Pairs, State, ValueCounts};

/// Only what the figure needs is filled.
#[derive(Default, Serialize, Deserialize)]
pub struct Summary {
    pub values: u64,
    pub absent: u64,
    /// Values that could not be taken into account, and damaged rows.
    pub unknown: u64,
    pub least: Option<i128>,
    pub most: Option<i128>,
    /// Values of the sort that is counted: zero, or negative.
    pub hits: u64,
    pub moments: Moments,
    pub pairs: Pairs,
    pub ordered: ValueCounts<i128>,
    pub digests: ValueCounts<u128>,
}

impl State for Summary {
    fn merge(&mut self, other: Self) {
        self.values += other.values;
        self.absent += other.absent;
        self.unknown += other.unknown;
        self.least = [self.least, other.least].into_iter().flatten().min();
        self.most = [self.most, other.most].into_iter().flatten().max();
        self.hits += other.hits;
        self.moments.merge(other.moments);
        self.pairs.merge(other.pairs);
        self.ordered.merge(other.ordered);
        self.digests.merge(other.digests);
    }
}

/// What a summary is made of.
pub struct Source {
    pub column: ColumnId,
    pub with: Option<ColumnId>,
    pub ty: ColumnType,
    pub function: Function,
}

impl Summary {
    pub fn take(&mut self, source: &Source, batch: &Batch<'_>, population: &Population) {
        let Source { column, with, ty, function } = *source;
        let all = population.sound(&batch.all()).count_set_bits();
        let mut present = population.sound(batch.present(column));
        if let Some(with) = with {
            present = &present & batch.present(with);
        }
        self.absent += (all - present.count_set_bits()) as u64;
        self.unknown += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        match function.reads() {
            Reads::Presence => self.values += present.count_set_bits() as u64,
            Reads::Identity => {
                self.values += present.count_set_bits() as u64;
                let digests = key::keys(batch, &[column], &[ty], key::Absent::Skip).values.into_digests();
                present.set_indices().for_each(|row| self.digests.add(digests[row]));
            }
            Reads::Lengths => {
                let length = batch.canonical(column).mapped(|value| chars_len(value) as i128 * WHOLE);
                for length in present.set_indices().filter_map(length) {
                    self.add(function, length);
                }
            }
            Reads::Ordered | Reads::Numbers => {
                self.unknown += for_each_tick(batch, column, &present, |value| self.add(function, value));
            }
            Reads::Pairs => {
                let ticks = |column| Memory::of(batch, &Remember::Ticks(column));
                let (first, second) = (ticks(column), ticks(with.unwrap_or(column)));
                for row in present.set_indices() {
                    match (first.get(row), second.get(row)) {
                        (Cell::Value(a), Cell::Value(b)) => {
                            self.values += 1;
                            self.pairs.add(a, b);
                        }
                        _ => self.unknown += 1,
                    }
                }
            }
        }
    }

    fn add(&mut self, function: Function, value: i128) {
        self.values += 1;
        match function {
            Function::Median | Function::Quantile | Function::Iqr => self.ordered.add(value),
            Function::ZeroCount => self.hits += u64::from(value == 0),
            Function::NegativeCount => self.hits += u64::from(value < 0),
            Function::Min | Function::Max | Function::Range | Function::MinLength | Function::MaxLength => {
                self.least = Some(self.least.map_or(value, |least| least.min(value)));
                self.most = Some(self.most.map_or(value, |most| most.max(value)));
            }
            _ => self.moments.add(value),
        }
    }
}
