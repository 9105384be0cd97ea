use num_bigint::BigInt;
use schemars::JsonSchema;

use super::limit::{Number, WHOLE};
use super::quantity;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::exact::floor;
use crate::kernel::memory::{Cell, Remember};
use crate::rule::arguments::{Arguments, Choice, Column, Columns};
use crate::rule::{
    About, At, BindError, Binder, Bound, Fields, Group, GroupJudge, GroupSpec, Mark, Node, ParseContext,
    Spec, Words,
};
use crate::say;
use crate::state::Moments;
use crate::state::value_counts::nearest_rank;

static ABOUT: About = About {
    name: "outliers",
    title: Words { en: "no outliers", vi: "không có giá trị lệch xa" },
    dimension: Dimension::Correctness,
    severity: Severity::Minor,
    unit: Unit::Cell,
    scale: Scale::Defect,
    what: Words {
        en: "No value lies far from the others, in the whole table or in each group `per` some columns. `method` says \
             what is far: `iqr`, more than `threshold` (1.5) interquartile ranges below the first or above the third \
             quartile, by nearest rank; `zscore`, more than 3 standard deviations of the sample from the mean; `mad`, \
             more than 3.5 times 1.4826 median absolute deviations from the median. Computed without rounding. A value \
             that fails is suspicious, not proven wrong. Groups of fewer than `at_least` (20) values, and groups whose \
             values do not spread by that measure, are not applicable.",
        vi: "Không giá trị nào lệch xa các giá trị khác, trong cả bảng hoặc trong từng nhóm `per`. `method` chọn thước đo: \
             `iqr`, cách tứ phân vị thứ nhất hoặc thứ ba hơn `threshold` (1.5) khoảng tứ phân vị, theo hạng gần nhất; \
             `zscore`, cách trung bình hơn 3 độ lệch chuẩn của mẫu; `mad`, cách trung vị hơn 3.5 lần 1.4826 độ lệch \
             tuyệt đối trung vị. Tính không làm tròn. Giá trị không đạt là đáng ngờ, chưa chắc sai. Nhóm có ít hơn \
             `at_least` (20) giá trị và nhóm không phân tán theo thước đo đó thì không áp dụng.",
    },
    why: Words {
        en: "A salary a thousand times the usual one is a unit or a comma that went wrong, more often than a rich man.",
        vi: "Mức lương gấp nghìn lần bình thường thường là nhầm đơn vị hay dấu phẩy, ít khi là người giàu.",
    },
    fix: Words {
        en: "Look at the rows one by one; correct what is wrong, and bound the column by `in_range` where the law does.",
        vi: "Xem từng dòng; sửa giá trị sai và đặt `in_range` ở nơi pháp luật có quy định cận.",
    },
    example: "outliers: { column: thu_nhap, method: iqr, threshold: 3, per: [ma_nghe] }",
};

arguments! {
    pub struct Outliers {
        /// The column of numbers, dates or timestamps.
        column: Column,
        /// What is far.
        method: Method,
        /// How far a value may be: 1.5 for `iqr`, 3 for `zscore`, 3.5 for `mad` unless given.
        threshold: Option<Number>,
        /// Columns whose values form groups; the whole table unless given.
        per: Option<Columns>,
        /// Fewest values of a group that can be judged; 20 unless given.
        at_least: Option<u32>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Method {
    Iqr,
    Zscore,
    Mad,
}

impl Choice for Method {
    const WORDS: &'static [(&'static str, Self)] =
        &[("iqr", Self::Iqr), ("zscore", Self::Zscore), ("mad", Self::Mad)];

    fn what() -> Text {
        say!("method", "phương pháp")
    }
}

/// Far beyond any sensible threshold, and products with it stay small.
const MOST: i128 = 1_000_000 * WHOLE;

impl Arguments for Outliers {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let sound = self.threshold.is_none_or(|threshold| (1..=MOST).contains(&threshold.0));
        if !sound {
            context.reader.error(
                &at.span,
                say!(
                    "`threshold` is a positive number of at most 1000000",
                    "`threshold` là số dương, không quá 1000000"
                ),
            );
        }
        sound
    }
}

impl Spec for Outliers {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.method.word().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        let (column, _) = quantity::ordered(binder, &self.column, None)?;
        let per = self.per.as_deref().unwrap_or_default();
        let key = per.iter().map(|name| binder.column(name)).collect::<Result<_, _>>()?;
        let judge = Fences {
            method: self.method,
            threshold: self.threshold.map_or_else(|| self.method.usual(), |threshold| threshold.0),
            at_least: self.at_least.map_or(20, |least| least as usize),
        };
        Ok(Bound::Groups(GroupSpec { key, remember: vec![Remember::Ticks(column)], judge: Box::new(judge) }))
    }
}

struct Fences {
    method: Method,
    /// In 10⁻¹⁸.
    threshold: i128,
    at_least: usize,
}

const TOO_LOW: u8 = 0;
const TOO_HIGH: u8 = 1;

impl GroupJudge for Fences {
    fn judge(&self, group: &dyn Group, marks: &mut [Mark]) {
        let cells: Vec<Cell> = (0..group.rows()).map(|row| group.cell(row, 0)).collect();
        let value = |cell: &Cell| match cell {
            Cell::Value(value) => Some(*value),
            _ => None,
        };
        let mut values: Vec<i128> = cells.iter().filter_map(value).collect();
        values.sort_unstable();
        let fences = Some(&values)
            .filter(|values| !values.is_empty() && values.len() >= self.at_least)
            .and_then(|values| self.method.fences(values, self.threshold));
        for (cell, mark) in cells.iter().zip(marks) {
            *mark = match (cell, fences) {
                (Cell::Absent, _) | (Cell::Value(_), None) => Mark::Na,
                (Cell::Unreadable, _) => Mark::Unknown,
                (Cell::Value(value), Some([low, _])) if *value < low => Mark::Fail(TOO_LOW),
                (Cell::Value(value), Some([_, high])) if *value > high => Mark::Fail(TOO_HIGH),
                (Cell::Value(_), Some(_)) => Mark::Pass,
            };
        }
    }

    fn reasons(&self) -> &[&'static str] {
        &["too_low", "too_high"]
    }
}

impl Method {
    fn usual(self) -> i128 {
        match self {
            Self::Iqr => 15 * (WHOLE / 10),
            Self::Zscore => 3 * WHOLE,
            Self::Mad => 35 * (WHOLE / 10),
        }
    }

    /// The least and the greatest value that are not outliers, for values in order. As values are integers, so are
    /// the fences: everything is squared and multiplied out, then cut to the next integer inside. `None`: no spread.
    fn fences(self, values: &[i128], threshold: i128) -> Option<[i128; 2]> {
        let n = values.len();
        let (low, high, under) = match self {
            Self::Iqr => {
                let quartile = |quarters| values[nearest_rank(n as u64, quarters, 4) as usize - 1];
                let (first, third) = (BigInt::from(quartile(1)), BigInt::from(quartile(3)));
                let reach = positive(&third - &first)? * threshold;
                (first * WHOLE - &reach, third * WHOLE + reach, BigInt::from(WHOLE))
            }
            Self::Zscore => {
                // (x − Σx/n)² > t²·s² is (n·x − Σx)² > t²·n·(n·Σx² − (Σx)²)/(n − 1).
                let mut moments = Moments::default();
                values.iter().for_each(|value| moments.add(*value));
                let square = positive(moments.spread())? * n * threshold * threshold;
                let reach = (square / (BigInt::from(n - 1) * WHOLE * WHOLE)).sqrt();
                let sum = moments.sum.value();
                (&sum - &reach, sum + reach, BigInt::from(n))
            }
            Self::Mad => {
                // Twice the median, and from there twice the deviations, are integers.
                let middle = |sorted: &[BigInt]| &sorted[(n - 1) / 2] + &sorted[n / 2];
                let values: Vec<BigInt> = values.iter().map(|value| BigInt::from(*value)).collect();
                let twice = middle(&values);
                let mut deviations: Vec<BigInt> = values
                    .iter()
                    .map(|value| BigInt::from((value * 2_u32 - &twice).magnitude().clone()))
                    .collect();
                deviations.sort_unstable();
                let reach =
                    positive(middle(&deviations))? * 14_826 * threshold / (BigInt::from(20_000) * WHOLE);
                (&twice - &reach, twice + reach, BigInt::from(2))
            }
        };
        let (low, high) = (-floor(&-low, &under), floor(&high, &under));
        Some([i128::try_from(low).unwrap_or(i128::MIN), i128::try_from(high).unwrap_or(i128::MAX)])
    }
}

fn positive(value: BigInt) -> Option<BigInt> {
    Some(value).filter(|value| *value > BigInt::ZERO)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Whether a value is far, word for word, in floating point; and by how much that is clear.
    fn far(method: Method, values: &[i128], value: i128, threshold: f64) -> (bool, f64) {
        let n = values.len();
        let reals: Vec<f64> = values.iter().map(|value| *value as f64).collect();
        let value = value as f64;
        let median = |sorted: &[f64]| f64::midpoint(sorted[(n - 1) / 2], sorted[n / 2]);
        let (distance, reach) = match method {
            Method::Iqr => {
                let (first, third) = (reals[n.div_ceil(4) - 1], reals[(3 * n).div_ceil(4) - 1]);
                ((first - value).max(value - third), threshold * (third - first))
            }
            Method::Zscore => {
                let mean = reals.iter().sum::<f64>() / n as f64;
                let variance = reals.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / (n as f64 - 1.0);
                ((value - mean).abs(), threshold * variance.sqrt())
            }
            Method::Mad => {
                let middle = median(&reals);
                let mut deviations: Vec<f64> = reals.iter().map(|x| (x - middle).abs()).collect();
                deviations.sort_unstable_by(f64::total_cmp);
                ((value - middle).abs(), threshold * 1.4826 * median(&deviations))
            }
        };
        (distance > reach, (distance - reach).abs())
    }

    proptest! {
        #[test]
        fn equal_to_the_definition(
            mut values in prop::collection::vec(-60_i128..60, 2..25),
            tenths in 1_u32..40,
        ) {
            values.sort_unstable();
            for method in [Method::Iqr, Method::Zscore, Method::Mad] {
                let threshold = i128::from(tenths) * (WHOLE / 10);
                let Some([low, high]) = method.fences(&values, threshold) else { continue };
                for value in -70..70 {
                    let (far, clear) = far(method, &values, value, f64::from(tenths) / 10.0);
                    if clear > 1e-6 {
                        prop_assert_eq!(value < low || value > high, far, "{:?} {}", method, value);
                    }
                }
            }
        }

        #[test]
        fn widest_values_do_not_overflow(values in prop::collection::vec(any::<i128>(), 2..9)) {
            let mut values: Vec<i128> = values.into_iter().map(|value| value / 2).collect();
            values.sort_unstable();
            for method in [Method::Iqr, Method::Zscore, Method::Mad] {
                if let Some([low, high]) = method.fences(&values, MOST) {
                    prop_assert!(low <= values[0] && values[values.len() - 1] <= high);
                }
            }
        }
    }

    #[test]
    fn exactly_on_the_fence_is_inside() {
        // The quartiles are 2 and 3, so the fences are 0.5 and 4.5.
        let values = [1, 1, 2, 2, 2, 2, 3, 3, 3, 6].map(|value| value * WHOLE);
        assert_eq!(
            Method::Iqr.fences(&values, 15 * (WHOLE / 10)),
            Some([2 * WHOLE - 15 * (WHOLE / 10), 3 * WHOLE + 15 * (WHOLE / 10)])
        );
        assert_eq!(Method::Mad.fences(&[5, 5, 5, 9], 3 * WHOLE), None, "most values are alike");
    }
}
