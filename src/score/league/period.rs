//! The period of a ranking: all that is ranked lies within it.

use std::collections::BTreeMap;

use crate::base::Text;
use crate::say;

/// How long a reporting period is.
const DAYS: u64 = 31;
const MICROS_A_DAY: u64 = 86_400_000_000;

/// The earliest and the latest moment of what lies within one period, in microseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    first: i64,
    last: i64,
}

impl Period {
    /// Of databases with the moments of their scores, the period that holds most databases; the latest of equals.
    pub fn of<'d>(dated: impl Iterator<Item = (i64, &'d str)>) -> Option<Self> {
        let mut dated: Vec<(i64, &str)> = dated.collect();
        dated.sort_unstable();
        // The period slides over the moments; how many scores each database has within it.
        let mut within: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut from, mut best) = (0, None);
        for &(last, database) in &dated {
            *within.entry(database).or_default() += 1;
            while too_far(dated[from].0, last) {
                let (_, gone) = dated[from];
                if let Some(scores) = within.get_mut(gone) {
                    *scores -= 1;
                    if *scores == 0 {
                        within.remove(gone);
                    }
                }
                from += 1;
            }
            if best.is_none_or(|(most, _)| within.len() >= most) {
                best = Some((within.len(), Self { first: dated[from].0, last }));
            }
        }
        best.map(|(_, period)| period)
    }

    /// Why a score of another moment is not ranked.
    pub fn why_not(self, moment: i64) -> Option<Text> {
        let days = |from: i64, to: i64| too_far(from, to).then(|| to.abs_diff(from).div_ceil(MICROS_A_DAY));
        if let Some(days) = days(moment, self.last) {
            return Some(say!(
                "{days} days apart from the latest that is ranked; all that are ranked lie within {DAYS} days",
                "trước bảng điểm mới nhất được xếp hạng {days} ngày; mọi bảng điểm được xếp hạng nằm trong {DAYS} ngày"
            ));
        }
        let days = days(self.first, moment)?;
        Some(say!(
            "{days} days apart from the earliest that is ranked; all that are ranked lie within {DAYS} days",
            "sau bảng điểm sớm nhất được xếp hạng {days} ngày; mọi bảng điểm được xếp hạng nằm trong {DAYS} ngày"
        ))
    }
}

fn too_far(from: i64, to: i64) -> bool {
    to > from && to.abs_diff(from) > DAYS * MICROS_A_DAY
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = MICROS_A_DAY as i64;

    fn period(days: &[(i64, &'static str)]) -> [i64; 2] {
        let Period { first, last } = Period::of(days.iter().map(|(day, id)| (day * DAY, *id))).unwrap();
        [first / DAY, last / DAY]
    }

    #[test]
    fn it_holds_most_databases_and_is_the_latest_of_equals() {
        assert_eq!(period(&[(0, "a"), (31, "b"), (62, "c")]), [31, 62]);
        assert_eq!(period(&[(0, "a"), (10, "b"), (20, "c"), (45, "d"), (60, "e")]), [0, 20]);
        assert_eq!(period(&[(0, "a"), (10, "b"), (32, "a"), (33, "b")]), [10, 33]);
        assert_eq!(
            period(&[(0, "a"), (5, "b"), (40, "a"), (41, "a"), (42, "a")]),
            [0, 5],
            "databases count, not scores"
        );
        assert_eq!(period(&[(7, "a")]), [7, 7]);
        assert_eq!(Period::of(std::iter::empty()), None);
    }

    #[test]
    fn what_lies_outside_is_told_from_which_end() {
        let period = Period { first: 10 * DAY, last: 30 * DAY };
        assert_eq!(period.why_not(-DAY), None, "31 days before the last");
        assert_eq!(period.why_not(41 * DAY), None);
        let text = |moment| period.why_not(moment).unwrap().en;
        assert!(text(-DAY - 1).starts_with("32 days apart from the latest"), "{}", text(-DAY - 1));
        assert!(text(41 * DAY + 1).starts_with("32 days apart from the earliest"), "{}", text(41 * DAY + 1));
        assert!(period.why_not(i64::MIN).is_some() && period.why_not(i64::MAX).is_some());
    }
}
