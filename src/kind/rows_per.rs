use std::collections::BTreeMap;

use arrow::array::AsArray;
use arrow::datatypes::TimestampMicrosecondType;
use serde::{Deserialize, Serialize};

use super::limit::Limit;
use super::ordered;
use super::window::{self, Every, moment};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Status, Unit};
use crate::kernel::calendar::Period;
use crate::kernel::date_format::format_timestamp;
use crate::kernel::key::{self, Absent};
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Columns};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "rows_per",
    title: Words { en: "rows in every window of time", vi: "số dòng từng khoảng thời gian" },
    dimension: Dimension::Completeness,
    severity: Severity::Major,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "Every window of time has at least `min` rows (1 unless said otherwise) and at most `max`. Windows are as \
             long as `every` says: days from midnight, weeks from Monday, months, quarters and years by the calendar. \
             They are judged from the one of `from` (else of the first row) to that of `to`, as far as they are over at \
             the moment of the run; each is one check. With `per` every group of rows has its own series. Rows without a \
             time are skipped; where a time cannot be read, windows that it could decide are unknown.",
        vi: "Mỗi khoảng thời gian có ít nhất `min` dòng (mặc định 1) và nhiều nhất `max` dòng. Khoảng dài theo `every`: \
             ngày từ nửa đêm, tuần từ thứ Hai, tháng, quý, năm theo lịch. Xét từ khoảng chứa `from` (không có thì từ \
             dòng đầu tiên) đến khoảng chứa `to`, trong số các khoảng đã kết thúc khi đánh giá; mỗi khoảng là một phép \
             thử. Với `per`, mỗi nhóm dòng có chuỗi riêng. Bỏ qua dòng không có thời gian; thời gian không đọc được thì \
             các khoảng mà nó có thể quyết định là không đo được.",
    },
    why: Words {
        en: "A day without rows is a day that was not delivered, and no rule about rows can see it.",
        vi: "Ngày không có dòng nào là ngày chưa gửi dữ liệu, quy tắc xét từng dòng không thể thấy.",
    },
    fix: Words {
        en: "Ask the source for the windows that lack rows, and load them again.",
        vi: "Yêu cầu nguồn gửi lại các khoảng thiếu và nạp lại.",
    },
    example: "rows_per: { time: ngay_dang_ky, every: 1d, min: 1, from: 2026-01-01, per: ma_tinh }",
};

arguments! {
    pub struct RowsPer {
        /// The column that says when.
        time: Column,
        /// How long a window is: `1h`, `1d`, `1w`, `1mo`, `1q`, `1y`.
        every: Every,
        /// Fewest rows of a window; 1 unless said otherwise.
        min: Option<u64>,
        /// Most rows of a window.
        max: Option<u64>,
        /// A moment of the first window that is judged.
        from: Option<At<Limit>>,
        /// A moment of the last one.
        to: Option<At<Limit>>,
        /// The columns whose values have a series each.
        per: Option<Columns>,
    }
}

impl Arguments for RowsPer {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let sound = window::are_moments([&self.from, &self.to], context);
        let what = match (self.min.unwrap_or(1), self.max) {
            (0, None) => say!("every number of rows is allowed", "số dòng nào cũng được phép"),
            (low, Some(high)) if low > high => {
                say!("no number is between {low} and {high}", "không có số nào nằm giữa {low} và {high}")
            }
            _ => return sound,
        };
        context.reader.error(&at.span, what);
        false
    }
}

impl Spec for RowsPer {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.every.0.value.clone()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let time = binder.column_as(&self.time, ColumnType::Timestamp, None)?;
        let per = ordered::per(self.per.as_ref(), binder)?;
        let types = per.iter().map(|&column| binder.column_type(column)).collect();
        let period = self.every.1;
        let as_of = binder.as_of_at_end();
        let window = |bound: &Option<At<Limit>>, last| {
            bound.as_ref().and_then(|bound| moment(bound, as_of, last)).map(|at| period.number(at))
        };
        // The window of the moment of the run is not over.
        let over = period.number(as_of) - 1;
        Ok(Bound::scan(Windows {
            time,
            per,
            types,
            period,
            min: self.min.unwrap_or(1),
            max: self.max.unwrap_or(u64::MAX),
            first: window(&self.from, false),
            last: window(&self.to, true).map_or(over, |last| last.min(over)),
        }))
    }
}

struct Windows {
    time: ColumnId,
    per: Vec<ColumnId>,
    types: Vec<ColumnType>,
    period: Period,
    min: u64,
    max: u64,
    first: Option<i64>,
    /// The last window that is judged.
    last: i64,
}

/// More windows than this are a mistake: hours of centuries, or a group for every row.
const MOST_WINDOWS: u128 = 10_000_000;

/// Rows by the digest of their group (0 where there are none) and the number of their window.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Counts {
    windows: BTreeMap<(u128, i64), u64>,
    /// By group: rows whose time cannot be read.
    unreadable: BTreeMap<u128, u64>,
    /// Rows of which nothing can be trusted, not even their group.
    damaged: u64,
    /// All rows, of whatever population.
    rows: u64,
}

impl State for Counts {
    fn merge(&mut self, other: Self) {
        for (window, rows) in other.windows {
            *self.windows.entry(window).or_default() += rows;
        }
        for (group, rows) in other.unreadable {
            *self.unreadable.entry(group).or_default() += rows;
        }
        self.damaged += other.damaged;
        self.rows += other.rows;
    }
}

impl Check for Windows {
    type State = Counts;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Counts) -> Option<RowVerdict> {
        state.rows += batch.rows() as u64;
        state.damaged += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        let typed = batch.typed(self.time);
        let values = typed.array.as_primitive::<TimestampMicrosecondType>().values();
        let mut rows = population.sound(batch.present(self.time));
        let groups = (!self.per.is_empty()).then(|| key::keys(batch, &self.per, &self.types, Absent::Skip));
        let digests = groups.map(|groups| {
            rows = &rows & &groups.has_key;
            groups.values.into_digests()
        });
        // Times come in runs; adding runs instead of rows spares most of the map's work.
        let mut run: Option<((u128, i64), u64)> = None;
        for row in rows.set_indices() {
            let group = digests.as_ref().map_or(0, |digests| digests[row]);
            if !typed.parsed.value(row) {
                *state.unreadable.entry(group).or_default() += 1;
                continue;
            }
            let window = (group, self.period.number(values[row]));
            match &mut run {
                Some((same, count)) if *same == window => *count += 1,
                _ => {
                    if let Some((window, count)) = run.replace((window, 1)) {
                        *state.windows.entry(window).or_default() += count;
                    }
                }
            }
        }
        if let Some((window, count)) = run {
            *state.windows.entry(window).or_default() += count;
        }
        None
    }

    fn measure(&self, _: Tally, state: &Counts) -> Measure {
        if state.rows == 0 {
            return Measure::of(Tally::default());
        }
        let mut found = Found::default();
        let windows: Vec<(u128, i64, u64)> =
            state.windows.iter().map(|(&(group, window), &rows)| (group, window, rows)).collect();
        for series in windows.chunk_by(|a, b| a.0 == b.0) {
            let unread = state.unreadable.get(&series[0].0).copied().unwrap_or_default();
            self.series(series, unread + state.damaged, &mut found);
        }
        // Groups of which no row has a usable time; and the table's only series, of which nothing may be there.
        let silent = state.unreadable.iter().filter(|(group, _)| {
            state.windows.range((**group, i64::MIN)..=(**group, i64::MAX)).next().is_none()
        });
        for (_, unread) in silent {
            self.series(&[], unread + state.damaged, &mut found);
        }
        if self.per.is_empty() && state.windows.is_empty() && state.unreadable.is_empty() {
            self.series(&[], state.damaged, &mut found);
        }
        if found.windows > MOST_WINDOWS {
            let (windows, most) = (found.windows, MOST_WINDOWS);
            return Measure::not_run(
                Status::Error,
                say!(
                    "there are {windows} windows of time, more than {most}; choose longer ones, a later `from`, or fewer \
                     groups",
                    "có {windows} khoảng thời gian, quá {most}; hãy chọn khoảng dài hơn, `from` muộn hơn, hoặc ít nhóm hơn"
                ),
            );
        }
        let mut measure = Measure::of(found.tally);
        measure.figures.push(Figure::new("windows", found.windows));
        measure.figures.push(Figure::new("empty", found.empty));
        if let (Some(least), Some(most)) = (found.least, found.most) {
            measure.figures.push(Figure::new("least", least));
            measure.figures.push(Figure::new("most", most));
        }
        if let Some(start) = found.first_failing.and_then(|window| self.period.start(window)) {
            measure.figures.push(Figure::new("first_failing", format_timestamp(start)));
        }
        measure
    }
}

/// What became of all series.
#[derive(Default)]
struct Found {
    tally: Tally,
    windows: u128,
    empty: u128,
    least: Option<u64>,
    most: Option<u64>,
    first_failing: Option<i64>,
}

impl Windows {
    /// Judges one series; `unread` rows could be in any of its windows.
    fn series(&self, series: &[(u128, i64, u64)], unread: u64, found: &mut Found) {
        let Some(first) = self.first.or_else(|| series.first().map(|&(_, window, _)| window)) else {
            // Nobody says where it begins.
            found.tally.unknown += u64::from(unread > 0);
            return;
        };
        let mut next = first;
        for &(_, window, rows) in series.iter().filter(|(_, window, _)| (first..=self.last).contains(window))
        {
            self.windows(next, window, 0, unread, found);
            self.windows(window, window + 1, rows, unread, found);
            next = window + 1;
        }
        self.windows(next, self.last.saturating_add(1), 0, unread, found);
    }

    /// Judges the windows from one up to another, all of which have so many rows.
    fn windows(&self, from: i64, until: i64, rows: u64, unread: u64, found: &mut Found) {
        let Some(count) = u64::try_from(until - from).ok().filter(|count| *count > 0) else { return };
        found.windows += u128::from(count);
        found.least = Some(found.least.map_or(rows, |least| least.min(rows)));
        found.most = found.most.max(Some(rows));
        if rows == 0 {
            found.empty += u128::from(count);
        }
        let with_unread = rows.saturating_add(unread);
        if with_unread < self.min || rows > self.max {
            found.tally.fail += count;
            found.first_failing = Some(found.first_failing.map_or(from, |window| window.min(from)));
        } else if rows < self.min || with_unread > self.max {
            found.tally.unknown += count;
        } else {
            found.tally.pass += count;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_counting_all(
            rows in prop::collection::vec((0u128..3, -3i64..3, any::<bool>()), 0..24),
            at in 0usize..24,
        ) {
            let part = |rows: &[(u128, i64, bool)]| {
                let mut state = Counts { rows: rows.len() as u64, ..Counts::default() };
                for &(group, window, readable) in rows {
                    if readable {
                        *state.windows.entry((group, window)).or_default() += 1;
                    } else {
                        *state.unreadable.entry(group).or_default() += 1;
                    }
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
    fn too_many_windows_are_an_error() {
        let windows = Windows {
            time: 0,
            per: Vec::new(),
            types: Vec::new(),
            period: Period::Micros(1_000_000),
            min: 1,
            max: u64::MAX,
            first: Some(0),
            last: 10_000_000,
        };
        let state = Counts { rows: 1, windows: BTreeMap::from([((0, 5), 1)]), ..Counts::default() };
        assert_eq!(windows.measure(Tally::default(), &state).status, Status::Error);
        let fewer = Windows { last: 9_999_999, ..windows };
        assert_eq!(fewer.measure(Tally::default(), &state).tally, Tally::new(1, 9_999_999, 0, 0));
    }
}
