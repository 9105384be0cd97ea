use schemars::JsonSchema;

use super::ordered;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::ColumnType;
use crate::kernel::memory::{Cell, Remember};
use crate::kernel::number::WHOLE;
use crate::rule::arguments::{Arguments, Choice, Column, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, ParseContext, Spec,
    Words,
};
use crate::say;

static ABOUT: About = About {
    name: "no_overlap",
    title: Words { en: "periods without overlap", vi: "khoảng thời gian không chồng nhau" },
    dimension: Dimension::Consistency,
    severity: Severity::Major,
    unit: Unit::Row,
    scale: Scale::Defect,
    what: Words {
        en: "The ranges `from` … `to` of one key (`per`) do not overlap; every row of an overlapping pair fails. A row \
             without `to` has an open end, one without `from` is skipped, one that ends before it begins fails. Ranges \
             may touch (one ends where the next begins) unless `touching: forbid`: then both ends belong to a range, and \
             the next one begins a day or a whole number later. With `gaps: forbid` the row after a gap fails.",
        vi: "Các khoảng `from` … `to` của cùng một khóa (`per`) không chồng lên nhau; mọi dòng trong cặp chồng nhau đều \
             lỗi. Dòng không có `to` là khoảng chưa kết thúc, không có `from` thì bỏ qua, kết thúc trước khi bắt đầu là \
             lỗi. Hai khoảng được chạm nhau (khoảng trước hết ở nơi khoảng sau bắt đầu), trừ khi `touching: forbid`: khi \
             đó cả hai đầu mút thuộc khoảng, khoảng sau bắt đầu muộn hơn một ngày hoặc một số nguyên. Với `gaps: forbid`, \
             dòng sau chỗ hở là lỗi.",
    },
    why: Words {
        en: "A person with two residences at one time, a price with two values: whoever asks gets either.",
        vi: "Một người có hai nơi thường trú cùng lúc, một mức giá có hai giá trị: hỏi lần nào ra kết quả lần ấy.",
    },
    fix: Words {
        en: "End the earlier range when the next one begins; look for corrections that were added beside the old row.",
        vi: "Kết thúc khoảng trước khi khoảng sau bắt đầu; tìm bản ghi đính chính được thêm cạnh bản ghi cũ.",
    },
    example: "no_overlap: { from: tu_ngay, to: den_ngay, per: so_dinh_danh }",
};

arguments! {
    pub struct NoOverlap {
        /// Where a range begins: numbers, dates or timestamps.
        from: Column,
        /// Where it ends; a row without a value is open.
        to: Column,
        /// The columns that say whose range it is; without them all rows of the table are compared.
        per: Option<Columns>,
        /// Whether there may be gaps between the ranges of a key; allowed unless said otherwise.
        gaps: Option<Allowance>,
        /// Whether one range may end where the next begins; allowed unless said otherwise.
        touching: Option<Allowance>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Allowance {
    Allow,
    Forbid,
}

impl Choice for Allowance {
    const WORDS: &'static [(&'static str, Self)] = &[("allow", Self::Allow), ("forbid", Self::Forbid)];

    fn what() -> Text {
        say!("permission", "quyền")
    }
}

impl Arguments for NoOverlap {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }
}

impl Spec for NoOverlap {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let (from, to) = (ordered::ordered(&self.from, binder)?, ordered::ordered(&self.to, binder)?);
        let key = ordered::per(self.per.as_ref(), binder)?;
        let number = |ty| matches!(ty, ColumnType::Integer | ColumnType::Decimal);
        let (starts, ends) = (binder.column_type(from), binder.column_type(to));
        if starts != ends && !(number(starts) && number(ends)) {
            let (from, to, starts, ends) = (&self.from.value, &self.to.value, starts.id(), ends.id());
            return Err(BindError::Unreadable(say!(
                "`{from}` is of type `{starts}` and `{to}` of type `{ends}`: they cannot be compared",
                "`{from}` kiểu `{starts}` còn `{to}` kiểu `{ends}`: không so sánh được"
            )));
        }
        let touching = self.touching != Some(Allowance::Forbid);
        let next = match starts {
            _ if touching => Some(0),
            ColumnType::Date => Some(1),
            ColumnType::Integer if ends == ColumnType::Integer => Some(WHOLE),
            _ => None,
        };
        let gaps = self.gaps != Some(Allowance::Forbid);
        if !gaps && next.is_none() {
            return Err(BindError::Unreadable(say!(
                "ranges that may neither touch nor leave a gap exist only between dates and whole numbers",
                "khoảng vừa không được chạm vừa không được hở chỉ có với ngày và số nguyên"
            )));
        }
        Ok(Bound::Groups(GroupSpec {
            key,
            remember: vec![Remember::Ticks(from), Remember::Ticks(to)],
            judge: Box::new(Ranges { touching, reach: next.filter(|_| !gaps) }),
        }))
    }
}

struct Ranges {
    touching: bool,
    /// How far behind the end of one range the next may begin, where gaps are forbidden.
    reach: Option<i128>,
}

const OVERLAP: u8 = 0;
const REVERSED: u8 = 1;
const GAP: u8 = 2;

/// Later than any value.
const OPEN: i128 = i128::MAX;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Range {
    from: i128,
    to: i128,
    row: usize,
}

impl Range {
    fn equals(self, other: Option<&Self>) -> bool {
        other.is_some_and(|other| (other.from, other.to) == (self.from, self.to))
    }
}

impl GroupJudge for Ranges {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let mut ranges = Vec::with_capacity(group.rows());
        for (row, mark) in marks.iter_mut().enumerate() {
            let to = match group.cell(row, 1) {
                Cell::Value(to) => Some(to),
                Cell::Absent => Some(OPEN),
                Cell::Unreadable => None,
            };
            *mark = match (group.cell(row, 0), to) {
                (Cell::Absent, _) => Mark::Na,
                (Cell::Value(from), Some(to)) if from > to => Mark::Fail(REVERSED),
                (Cell::Value(from), Some(to)) => {
                    ranges.push(Range { from, to, row });
                    Mark::Pass
                }
                (Cell::Unreadable, _) | (_, None) => Mark::Unknown,
            };
        }
        ranges.sort_unstable();
        // In the order of their beginnings a range overlaps an earlier one if it begins before the furthest end so
        // far, and a later one if the very next begins before its own end. What is left are equal ranges without any
        // length, which are neighbours.
        let overlaps = |end: i128, start: i128| if self.touching { start < end } else { start <= end };
        let mut furthest: Option<i128> = None;
        for (at, range) in ranges.iter().enumerate() {
            let (before, after) = (at.checked_sub(1).and_then(|at| ranges.get(at)), ranges.get(at + 1));
            if furthest.is_some_and(|end| overlaps(end, range.from))
                || after.is_some_and(|after| overlaps(range.to, after.from))
                || range.equals(before)
                || range.equals(after)
            {
                marks[range.row] = Mark::Fail(OVERLAP);
            } else if let (Some(end), Some(reach)) = (furthest, self.reach)
                && range.from > end.saturating_add(reach)
            {
                marks[range.row] = Mark::Fail(GAP);
            }
            furthest = furthest.max(Some(range.to));
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &["overlap", "reversed", "gap"]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::rows::judged;
    use super::*;

    proptest! {
        #[test]
        fn the_sweep_finds_what_comparing_all_pairs_finds(
            all in prop::collection::vec((0i128..9, prop::option::of(0i128..5)), 0..12),
            touching: bool,
        ) {
            let cells: Vec<_> = all
                .iter()
                .map(|&(from, length)| vec![
                    Cell::Value(from),
                    length.map_or(Cell::Absent, |length| Cell::Value(from + length)),
                ])
                .collect();
            let end = |(from, length): (i128, Option<i128>)| length.map_or(OPEN, |length| from + length);
            let overlap = |a: (i128, Option<i128>), b: (i128, Option<i128>)| {
                if touching { a.0 < end(b) && b.0 < end(a) || a == b } else { a.0 <= end(b) && b.0 <= end(a) }
            };
            let expected: Vec<Mark> = (0..all.len())
                .map(|row| {
                    let meets = (0..all.len()).any(|other| other != row && overlap(all[row], all[other]));
                    if meets { Mark::Fail(OVERLAP) } else { Mark::Pass }
                })
                .collect();
            prop_assert_eq!(judged(&Ranges { touching, reach: None }, &cells).0, expected);
        }
    }
}
