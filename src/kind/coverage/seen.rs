//! Which expected values were seen, group by group.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use serde::{Deserialize, Serialize};

use crate::base::{Status, Text};
use crate::kernel::calendar::Period;
use crate::kernel::key::{self, Absent};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::Check;
use crate::rule::code_list::CodeList;
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

/// Bound to one table.
pub struct Appearing {
    pub column: ColumnId,
    pub slots: Slots,
    /// By slot, with the names that people know them by.
    pub expected: Vec<(i64, String)>,
    pub within: Vec<ColumnId>,
    /// Of those columns.
    pub types: Vec<ColumnType>,
    /// Whether missing values may be named.
    pub named: bool,
}

/// Which number stands for a value.
pub enum Slots {
    /// The place of a code in its list.
    Codes(Arc<CodeList>),
    /// The number of the window that a moment lies in, from one on.
    Windows { windows: Period, not_before: i64 },
}

/// More values of groups than this are not remembered.
const MOST: usize = 4_000_000;

/// What was seen of the rows that the rule is about. Only what may be expected is remembered.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// By the digest of the group; 0 where there are none.
    groups: BTreeMap<u128, Group>,
    /// How many values that is, and groups.
    entries: usize,
    /// Rows of which nothing can be trusted, not even their group.
    damaged: u64,
    /// There is more than is remembered, so that nothing is.
    overflown: bool,
}

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Group {
    seen: BTreeSet<i64>,
    /// Rows whose value cannot be read.
    unreadable: u64,
}

impl Seen {
    fn add(&mut self, group: u128, slots: impl IntoIterator<Item = i64>, unreadable: u64) {
        if self.overflown {
            return;
        }
        let mut more = 0;
        let known = self.groups.entry(group).or_insert_with(|| {
            more += 1;
            Group::default()
        });
        more += slots.into_iter().filter(|slot| known.seen.insert(*slot)).count();
        known.unreadable += unreadable;
        self.entries += more;
        if self.entries > MOST {
            self.groups.clear();
            self.entries = 0;
            self.overflown = true;
        }
    }
}

/// A union that is too large is so in whatever order its parts come.
impl State for Seen {
    fn merge(&mut self, other: Self) {
        self.damaged += other.damaged;
        if other.overflown {
            self.groups.clear();
            self.entries = 0;
            self.overflown = true;
        }
        for (group, Group { seen, unreadable }) in other.groups {
            self.add(group, seen, unreadable);
        }
    }
}

impl Check for Appearing {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Seen) -> Option<RowVerdict> {
        state.damaged += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        let mut rows = population.sound(&batch.all());
        let groups =
            (!self.within.is_empty()).then(|| key::keys(batch, &self.within, &self.types, Absent::Skip));
        let digests = groups.map(|groups| {
            rows = &rows & &groups.has_key;
            groups.values.into_digests()
        });
        let present = batch.present(self.column);
        let slot = self.slot(batch);
        // Rows of one group often follow each other, with the same value.
        let mut last = None;
        for row in rows.set_indices() {
            let group = digests.as_ref().map_or(0, |digests| digests[row]);
            let found = if present.value(row) { slot(row) } else { Slot::Unexpected };
            if last == Some((group, found)) && found != Slot::Unreadable {
                continue;
            }
            last = Some((group, found));
            match found {
                Slot::At(slot) => state.add(group, [slot], 0),
                Slot::Unexpected => state.add(group, [], 0),
                Slot::Unreadable => state.add(group, [], 1),
            }
        }
        None
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        if state.overflown {
            return Measure::not_run(
                Status::Error,
                say!(
                    "more than {MOST} values of groups appear; choose fewer groups",
                    "có hơn {MOST} giá trị của các nhóm; hãy chọn ít nhóm hơn"
                ),
            );
        }
        if self.expected.is_empty() {
            let why = say!(
                "nothing is expected at the moment of the run",
                "chưa có giá trị nào phải có vào thời điểm đánh giá"
            );
            return Measure::not_run(Status::Na, why);
        }
        let mut tally = Tally::default();
        let mut missing: BTreeMap<i64, u64> = BTreeMap::new();
        let nobody = BTreeMap::from([(0, Group::default())]);
        // The table itself is a group, whatever is in it.
        let groups = if self.within.is_empty() && state.groups.is_empty() { &nobody } else { &state.groups };
        for group in groups.values() {
            let in_doubt = group.unreadable + state.damaged > 0;
            for (slot, _) in &self.expected {
                match (group.seen.contains(slot), in_doubt) {
                    (true, _) => tally.pass += 1,
                    (false, true) => tally.unknown += 1,
                    (false, false) => {
                        tally.fail += 1;
                        *missing.entry(*slot).or_default() += 1;
                    }
                }
            }
        }
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new("expected", self.expected.len()));
        if !self.within.is_empty() {
            measure.figures.push(Figure::new("groups", groups.len()));
        }
        measure.figures.push(Figure::new("missing", tally.fail));
        if self.named {
            measure.note = self.note(&missing);
        }
        measure
    }
}

/// What a value stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    At(i64),
    Unexpected,
    Unreadable,
}

impl Appearing {
    /// The slots of a batch's present values.
    fn slot<'b>(&'b self, batch: &'b Batch<'_>) -> Box<dyn Fn(usize) -> Slot + 'b> {
        match &self.slots {
            Slots::Codes(list) => {
                let place = batch
                    .canonical(self.column)
                    .mapped(|code| list.find(code).map(|slot| slot.positions().start));
                Box::new(move |row| {
                    place(row).flatten().map_or(Slot::Unexpected, |place| Slot::At(place as i64))
                })
            }
            Slots::Windows { windows, not_before } => {
                let typed = batch.typed(self.column);
                let moments = typed.array.as_primitive::<TimestampMicrosecondType>().values();
                Box::new(move |row| match typed.parsed.value(row) {
                    false => Slot::Unreadable,
                    true => Some(windows.number(moments[row]))
                        .filter(|number| number >= not_before)
                        .map_or(Slot::Unexpected, Slot::At),
                })
            }
        }
    }

    /// Names the first of what is missing: entries of a list or days, which are no data.
    fn note(&self, missing: &BTreeMap<i64, u64>) -> Option<Text> {
        /// As many as somebody can ask after one by one.
        const NAMED: usize = 40;
        let named = self.expected.iter().filter_map(|(slot, name)| Some((name, *missing.get(slot)?)));
        let named: Vec<Text> = named
            .take(NAMED)
            .map(|(name, groups)| match groups {
                _ if self.within.is_empty() => Text::same(name),
                1 => say!("{name} (1 group)", "{name} (1 nhóm)"),
                groups => say!("{name} ({groups} groups)", "{name} ({groups} nhóm)"),
            })
            .collect();
        let join = |lang: fn(&Text) -> &str| named.iter().map(lang).collect::<Vec<_>>().join(", ");
        let (en, vi, more) = (join(|name| &name.en), join(|name| &name.vi), missing.len() - named.len());
        match more {
            _ if missing.is_empty() => None,
            0 => Some(say!("missing: {en}", "còn thiếu: {vi}")),
            more => Some(say!("missing: {en} and {more} more", "còn thiếu: {vi} và {more} giá trị khác")),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_seeing_all(
            rows in prop::collection::vec((0u128..3, -3i64..3, any::<bool>()), 0..24),
            at in 0usize..24,
        ) {
            let part = |rows: &[(u128, i64, bool)]| {
                let mut state = Seen::default();
                for &(group, slot, readable) in rows {
                    state.add(group, readable.then_some(slot), u64::from(!readable));
                }
                state
            };
            let (left, right) = rows.split_at(at.min(rows.len()));
            let (mut ab, mut ba) = (part(left), part(right));
            ab.merge(part(right));
            ba.merge(part(left));
            prop_assert_eq!(&ab, &part(&rows));
            prop_assert_eq!(&ba, &ab);
        }
    }

    #[test]
    fn what_is_too_much_is_so_in_any_order() {
        let part = |from: i64, many: i64| {
            let mut state = Seen::default();
            state.add(0, from..from + many, 0);
            state
        };
        let most = MOST as i64;
        let mut within = part(0, most / 2);
        within.merge(part(most / 4, most / 2));
        assert!(!within.overflown, "what is the same counts once");
        let (mut ab, mut ba) = (part(0, most / 2), part(most / 2, most));
        assert!(!ab.overflown);
        ab.merge(part(most / 2, most));
        ba.merge(part(0, most / 2));
        assert_eq!(ab, ba);
        assert!(ab.overflown);
    }
}
