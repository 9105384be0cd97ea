use std::collections::{BTreeMap, BTreeSet};

use arrow::array::AsArray;
use arrow::buffer::BooleanBuffer;
use arrow::datatypes::{Decimal128Type, TimestampMicrosecondType};
use serde::{Deserialize, Serialize};

use super::limit::{Limit, SKEW_MICROS};
use super::ordered;
use super::window::{self, Every, moment};
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Unit};
use crate::kernel::calendar::Period;
use crate::kernel::key::{self, Absent};
use crate::kernel::text::canonical;
use crate::kernel::verdict::minus;
use crate::kernel::{Batch, ColumnId, ColumnType, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Column, Columns, Seconds, Texts};
use crate::rule::{
    About, At, BindError, Binder, Bound, Check, Demand, Explanation, Fields, Node, ParseContext, Spec, Words,
};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "connection",
    title: Words { en: "successful attempts to connect", vi: "lượt kết nối thành công" },
    dimension: Dimension::Sharing,
    severity: Severity::Major,
    unit: Unit::Attempt,
    scale: Scale::Defect,
    what: Words {
        en: "Every attempt to connect succeeds: its `result` is one of `success`, and with `within` it took no longer. With \
             `every`, a window of time without any attempt is a failure too, from `from` (else the first attempt) to `to`, as \
             far as the windows are over; with `per` each group of rows has its own schedule, also one that has rows \
             outside of that time alone. A group of which there is no row at all cannot be missed: `coverage` of the list \
             of partners finds it. What failed in announced \
             maintenance (`maintenance` lists such results) is not applicable, up to 2 % of all attempts; what is more fails. \
             Attempts without a usable time or result, or of the future, are unknown; a time that cannot be read may be in a \
             window that seems to lack one. An attempt whose group is blank counts by itself, and leaves one window of its \
             time that seems to lack one unknown.",
        vi: "Mọi lượt kết nối đều thành công: `result` thuộc `success`, có `within` thì không lâu hơn. Có `every` thì khoảng \
             thời gian không có lượt kết nối nào cũng là lỗi, tính từ `from` (không có thì từ lần đầu) đến `to`, trong các khoảng \
             đã kết thúc; với `per`, mỗi nhóm dòng có lịch riêng, kể cả nhóm chỉ có dòng ngoài thời gian đó. Nhóm không có \
             dòng nào thì không biết mà tính: dùng `coverage` với danh sách các bên. Lần không thành công trong bảo trì đã thông báo (`maintenance` \
             nêu các kết quả đó) là không áp dụng, tối đa 2 % số lần; phần vượt là lỗi. Lần kết nối không có thời điểm hoặc kết \
             quả dùng được, hoặc ở tương lai, là không đo được; thời điểm không đọc được có thể thuộc khoảng tưởng như thiếu. \
             Lần kết nối để trống nhóm vẫn được tính, và làm một khoảng tưởng như thiếu ở thời gian đó thành không đo được.",
    },
    why: Words {
        en: "A service that does not answer makes every office behind it ask the citizen for papers.",
        vi: "Dịch vụ không trả lời thì mọi nơi phía sau lại yêu cầu người dân nộp giấy tờ.",
    },
    fix: Words {
        en: "Look at the failing results by time and by partner; watch the connection where nothing was tried.",
        vi: "Xem các kết quả lỗi theo thời điểm và theo bên kết nối; giám sát kết nối ở chỗ không có lần thử nào.",
    },
    example: "connection: { time: luc, result: ma_ket_qua, success: ['200'], every: 15m, per: [ben_khai_thac, dich_vu] }",
};

arguments! {
    pub struct Connection {
        /// The column that says when it was tried.
        time: Column,
        /// The column that says how it ended.
        result: Column,
        /// The results that are a success.
        success: Texts,
        /// The results that mean announced maintenance.
        maintenance: Option<Texts>,
        /// The column that says how long it took, in milliseconds.
        duration: Option<Column>,
        /// The longest time allowed, such as `5s`.
        within: Option<Seconds>,
        /// How often there must be an attempt: `15m`, `1h`, `1d`.
        every: Option<Every>,
        /// The first moment that is judged.
        from: Option<At<Limit>>,
        /// The last one.
        to: Option<At<Limit>>,
        /// The columns whose values have a schedule each.
        per: Option<Columns>,
    }
}

impl Arguments for Connection {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let sound = window::are_moments([&self.from, &self.to], context);
        let needs = [
            ("duration", self.duration.is_some(), "within", self.within.is_some()),
            ("within", self.within.is_some(), "duration", self.duration.is_some()),
            ("per", self.per.is_some(), "every", self.every.is_some()),
        ];
        let lacking = needs.into_iter().find(|(_, there, _, needed)| *there && !needed);
        if let Some((this, _, that, _)) = lacking {
            context.reader.error(
                &at.span,
                say!("`{this}` says nothing without `{that}`", "có `{this}` thì phải có `{that}`"),
            );
        }
        sound && lacking.is_none()
    }
}

impl Spec for Connection {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn demands(&self) -> Vec<Demand> {
        Vec::new()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let words = |words: Option<&Texts>| -> Vec<String> {
            words
                .into_iter()
                .flat_map(|words| words.iter())
                .map(|word| canonical(&word.value).into_owned())
                .collect()
        };
        let duration = match (&self.duration, self.within) {
            (Some(column), Some(Seconds(seconds))) => {
                Some((binder.column_as(column, ColumnType::Decimal, None)?, seconds))
            }
            _ => None,
        };
        let per = ordered::per(self.per.as_ref(), binder)?;
        let types = per.iter().map(|&column| binder.column_type(column)).collect();
        let as_of = binder.as_of();
        let bound = |bound: &Option<At<Limit>>, last| bound.as_ref().and_then(|it| moment(it, as_of, last));
        Ok(Bound::scan(Attempts {
            time: binder.column_as(&self.time, ColumnType::Timestamp, None)?,
            result: binder.column(&self.result)?,
            success: words(Some(&self.success)),
            maintenance: words(self.maintenance.as_ref()),
            duration,
            every: self.every.as_ref().map(|every| every.1),
            from: bound(&self.from, false),
            to: bound(&self.to, true),
            per,
            types,
            as_of,
        }))
    }
}

struct Attempts {
    time: ColumnId,
    result: ColumnId,
    /// Canonical.
    success: Vec<String>,
    maintenance: Vec<String>,
    /// The column of milliseconds, and the most seconds.
    duration: Option<(ColumnId, u64)>,
    every: Option<Period>,
    from: Option<i64>,
    to: Option<i64>,
    per: Vec<ColumnId>,
    types: Vec<ColumnType>,
    as_of: i64,
}

const FAILED: &str = "failed";
const SLOW: &str = "slow";

/// Announced maintenance excuses up to so many of a hundred attempts.
const EXCUSED_PERCENT: u64 = 2;

#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Log {
    /// Windows with an attempt, by the digest of their group (0 where there are none).
    windows: BTreeSet<(u128, i64)>,
    /// All groups of `per`: one that is silent in the judged time has rows outside of it.
    groups: BTreeSet<u128>,
    /// Attempts of which the group is not known, by window.
    groupless: BTreeMap<i64, u64>,
    /// Rows that may be attempts of any window.
    unread: u64,
    /// Attempts that failed in announced maintenance.
    maintenance: u64,
    failed: u64,
    slow: u64,
    /// The first time that lies ahead.
    ahead: Option<i64>,
}

impl State for Log {
    fn merge(&mut self, other: Self) {
        self.windows.extend(other.windows);
        self.groups.extend(other.groups);
        for (window, rows) in other.groupless {
            *self.groupless.entry(window).or_default() += rows;
        }
        self.unread += other.unread;
        self.maintenance += other.maintenance;
        self.failed += other.failed;
        self.slow += other.slow;
        self.ahead = self.ahead.into_iter().chain(other.ahead).min();
    }
}

impl Attempts {
    fn marked(&self, batch: &Batch<'_>, words: &[String]) -> BooleanBuffer {
        let present = batch.present(self.result);
        batch.canonical(self.result).mark(present, |word| words.iter().any(|it| it == word))
    }

    /// Rows that took too long, and those of which that is not known.
    fn slow(&self, batch: &Batch<'_>) -> Option<[BooleanBuffer; 2]> {
        let (column, seconds) = self.duration?;
        let typed = batch.typed(column);
        let scale = 10_i128.pow(18);
        let most = i128::from(seconds).saturating_mul(1_000).saturating_mul(scale);
        let values = typed.array.as_primitive::<Decimal128Type>().values();
        let slow = BooleanBuffer::collect_bool(values.len(), |row| values[row] > most);
        Some([&typed.parsed & &slow, minus(&batch.all(), &typed.parsed)])
    }
}

impl Check for Attempts {
    type State = Log;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Log) -> Option<RowVerdict> {
        let typed = batch.typed(self.time);
        let times = typed.array.as_primitive::<TimestampMicrosecondType>().values();
        let horizon = self.as_of.saturating_add(SKEW_MICROS);
        let at = |test: &dyn Fn(i64) -> bool| {
            &typed.parsed & &BooleanBuffer::collect_bool(times.len(), |row| test(times[row]))
        };
        let outside =
            at(&|time| self.from.is_some_and(|from| time < from) || self.to.is_some_and(|to| time > to));
        let ahead = at(&|time| time > horizon);
        let success = self.marked(batch, &self.success);
        let excused = minus(&self.marked(batch, &self.maintenance), &success);
        let [slow, unmeasured] = self.slow(batch).unwrap_or_else(|| {
            [BooleanBuffer::new_unset(batch.rows()), BooleanBuffer::new_unset(batch.rows())]
        });
        let ended = batch.present(self.result);
        let untimed = minus(&batch.all(), &typed.parsed);
        let unknown = &(&untimed | &ahead) | &minus(&batch.all(), ended);
        let unknown = &unknown | &(&success & &unmeasured);
        let judged = minus(&minus(&batch.all(), &outside), &unknown);
        let excused = &judged & &excused;
        let slow = &(&judged & &success) & &slow;
        let failed = minus(&minus(&judged, &success), &excused);

        state.maintenance += population.sound(&excused).count_set_bits() as u64;
        state.failed += population.sound(&failed).count_set_bits() as u64;
        state.slow += population.sound(&slow).count_set_bits() as u64;
        let sound = population.sound(&batch.all());
        state.ahead = (&sound & &ahead).set_indices().map(|row| times[row]).chain(state.ahead).min();
        if let Some(period) = self.every {
            state.unread += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
            let groups =
                (!self.per.is_empty()).then(|| key::keys(batch, &self.per, &self.types, Absent::Skip));
            let mut tried = minus(&minus(&sound, &outside), &ahead);
            state.unread += (&tried & &untimed).count_set_bits() as u64;
            tried = minus(&tried, &untimed);
            let digests = groups.map(|groups| {
                for row in minus(&tried, &groups.has_key).set_indices() {
                    *state.groupless.entry(period.number(times[row])).or_default() += 1;
                }
                tried = &tried & &groups.has_key;
                let digests = groups.values.into_digests();
                let mut last = None;
                for row in (&sound & &groups.has_key).set_indices() {
                    if last.replace(digests[row]) != Some(digests[row]) {
                        state.groups.insert(digests[row]);
                    }
                }
                digests
            });
            // Attempts come in runs; the set is asked once for each.
            let mut last = None;
            for row in tried.set_indices() {
                let window = (digests.as_ref().map_or(0, |digests| digests[row]), period.number(times[row]));
                if last.replace(window) != Some(window) {
                    state.windows.insert(window);
                }
            }
        }
        Some(RowVerdict {
            applicable: minus(&minus(&batch.all(), &outside), &excused),
            fail: &failed | &slow,
            unknown: Some(minus(&unknown, &outside)),
            reasons: vec![(FAILED, failed), (SLOW, slow)],
        })
    }

    fn explain(&self, batch: &Batch<'_>, row: usize) -> Option<Explanation> {
        let reason = match self.marked(batch, &self.success).value(row) {
            true => say!("took too long", "quá thời gian cho phép"),
            false => say!("did not succeed", "không thành công"),
        };
        Some(Explanation { reason, repaired: None })
    }

    fn turns_at(&self, state: &Log) -> Option<i64> {
        Some(state.ahead?.saturating_sub(SKEW_MICROS))
    }

    fn measure(&self, mut tally: Tally, state: &Log) -> Measure {
        let Lacking { missing, unclear } =
            self.every.map_or_else(Lacking::default, |period| self.lacking(period, state));
        // A row of which the time is not known is unknown by itself, and may be what seems to be missing.
        let missing = missing.saturating_sub(state.unread);
        tally.fail += missing;
        tally.unknown += unclear;
        let all = tally.applicable() + state.maintenance;
        let most = u64::try_from(u128::from(all) * u128::from(EXCUSED_PERCENT) / 100).unwrap_or(u64::MAX);
        let excess = state.maintenance.saturating_sub(most);
        tally.fail += excess;
        tally.na -= excess.min(tally.na);
        let mut measure = Measure::of(tally);
        let mut figure = |name, count: u64| measure.figures.push(Figure::new(name, count));
        figure("attempts", all - missing - unclear);
        figure(FAILED, state.failed);
        if self.duration.is_some() {
            figure(SLOW, state.slow);
        }
        if self.every.is_some() {
            figure("missing", missing);
        }
        if unclear > 0 {
            figure("perhaps_missing", unclear);
        }
        if !self.maintenance.is_empty() {
            figure("maintenance", state.maintenance);
            figure("maintenance_in_excess", excess);
        }
        measure
    }
}

/// Windows without an attempt, of all groups.
#[derive(Debug, Default, PartialEq, Eq)]
struct Lacking {
    missing: u64,
    /// Those that an attempt whose group is not known may have been in.
    unclear: u64,
}

impl Attempts {
    fn lacking(&self, period: Period, state: &Log) -> Lacking {
        // The window of the moment of the run is not over.
        let over = period.number(self.as_of) - 1;
        let last = self.to.map_or(over, |to| period.number(to).min(over));
        let from = self.from.map(|from| period.number(from));
        let due =
            |first: i64| u64::try_from(last.saturating_sub(first).saturating_add(1)).unwrap_or_default();
        let all: Vec<(u128, i64)> = state.windows.iter().copied().collect();
        // Of each group, the first window in which an attempt is due.
        let mut firsts: Vec<i64> = Vec::new();
        let mut missing = 0_u64;
        for series in all.chunk_by(|a, b| a.0 == b.0) {
            let first = from.unwrap_or(series[0].1);
            let there = series.iter().filter(|(_, window)| (first..=last).contains(window)).count() as u64;
            missing = missing.saturating_add(due(first).saturating_sub(there));
            firsts.push(first);
        }
        let groups = if self.per.is_empty() { 1 } else { state.groups.len() };
        if let Some(from) = from {
            let silent = groups.saturating_sub(firsts.len());
            missing = missing.saturating_add(due(from).saturating_mul(silent as u64));
            firsts.resize(firsts.len() + silent, from);
        }
        firsts.sort_unstable();
        if let (0, Some(from), false) = (groups, from, state.groupless.is_empty()) {
            // Whoever they are of, somebody was silent in all other windows.
            let tried = state.groupless.keys().filter(|window| (from..=last).contains(window)).count();
            return Lacking { missing: 0, unclear: due(from).saturating_sub(tried as u64) };
        }
        let mut there: BTreeMap<i64, u64> = BTreeMap::new();
        for (_, window) in all.iter().filter(|(_, window)| state.groupless.contains_key(window)) {
            *there.entry(*window).or_default() += 1;
        }
        let mut unclear = 0;
        for (window, rows) in state.groupless.range(..=last) {
            let due = firsts.partition_point(|first| first <= window) as u64;
            let there = there.get(window).copied().unwrap_or_default();
            unclear += due.saturating_sub(there).min(*rows);
        }
        Lacking { missing: missing.saturating_sub(unclear), unclear }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn merging_parts_in_any_order_is_counting_all(
            rows in prop::collection::vec((0u128..3, -3i64..3, 0u64..2), 0..24),
            at in 0usize..24,
        ) {
            let part = |rows: &[(u128, i64, u64)]| {
                let mut state = Log::default();
                for &(group, window, one) in rows {
                    match group {
                        0 => *state.groupless.entry(window).or_default() += 1,
                        _ => drop(state.windows.insert((group, window))),
                    }
                    state.groups.insert(group);
                    state.maintenance += one;
                    state.ahead = state.ahead.into_iter().chain([window]).min();
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
}
