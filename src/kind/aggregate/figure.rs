//! From what is remembered of a column to its figure and the verdict on it.

use std::cmp::Ordering;

use num_bigint::BigInt;

use super::function::Function;
use super::summary::{Source, Summary};
use crate::base::Text;
use crate::kernel::date_format::{format_date, format_timestamp};
use crate::kernel::exact::Exact;
use crate::kernel::logarithm::{self, weighted_log2};
use crate::kernel::number::WHOLE;
use crate::kernel::{Batch, ColumnType, Population, RowVerdict};
use crate::rule::Check;
use crate::rule::arguments::Choice;
use crate::say;
use crate::state::{Figure, Measure, Moments, Tally};

pub struct Figures {
    pub source: Source,
    /// The share of a quantile, in 10⁻¹⁸.
    pub q: u128,
    /// Bounds in the ticks of the figure.
    pub min: Option<i128>,
    pub max: Option<i128>,
    pub exclusive_min: bool,
    pub exclusive_max: bool,
}

impl Check for Figures {
    type State = Summary;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Summary) -> Option<RowVerdict> {
        state.take(&self.source, batch, population);
        None
    }

    fn measure(&self, _: Tally, state: &Summary) -> Measure {
        if state.values + state.absent + state.unknown == 0 {
            return Measure::of(Tally::default());
        }
        let value = self.value(state);
        let (tally, note) = match &value {
            _ if state.unknown > 0 => (Tally::new(0, 0, 0, 1), Some(left_out(state.unknown))),
            None => (Tally::new(0, 0, 0, 1), Some(self.undefined(state))),
            Some([low, high]) => match (self.allows(low), self.allows(high)) {
                (true, true) => (Tally::new(1, 0, 0, 0), None),
                (false, false) => (Tally::new(0, 1, 0, 0), None),
                _ => (Tally::new(0, 1, 0, 0), Some(too_near())),
            },
        };
        let mut measure = Measure::of(tally);
        if let Some([_, high]) = &value {
            measure.figures.push(Figure::new(self.source.function.word(), self.show(high)));
        }
        measure.figures.push(Figure::new("values", state.values));
        measure.note = note;
        measure
    }
}

fn left_out(unknown: u64) -> Text {
    say!(
        "{unknown} values could not be taken into account, so the figure is not known",
        "{unknown} giá trị không tính được nên không xác định được số liệu"
    )
}

fn too_near() -> Text {
    say!(
        "the figure is nearer to a bound than it is known, and counts as failing",
        "số liệu gần cận hơn mức chính xác của phép tính nên coi là không đạt"
    )
}

impl Figures {
    fn undefined(&self, state: &Summary) -> Text {
        let function = self.source.function.word();
        match state.values {
            0 => say!(
                "the column holds no value, so it has no {function}",
                "cột không có giá trị nào nên không có {function}"
            ),
            values => say!(
                "the {values} values have no {function}: they are too few, or all alike",
                "{values} giá trị không đủ để tính {function}: quá ít hoặc bằng nhau cả"
            ),
        }
    }

    fn allows(&self, figure: &Exact) -> bool {
        let above = self.min.is_none_or(|min| match figure.compare(min) {
            Ordering::Greater => true,
            Ordering::Equal => !self.exclusive_min,
            Ordering::Less => false,
        });
        let below = self.max.is_none_or(|max| match figure.compare(max) {
            Ordering::Less => true,
            Ordering::Equal => !self.exclusive_max,
            Ordering::Greater => false,
        });
        above && below
    }

    /// Between which two figures the true one lies; but for the entropy they are the same. `None`: there is none.
    fn value(&self, state: &Summary) -> Option<[Exact; 2]> {
        if self.source.function == Function::Entropy {
            return entropy(state);
        }
        let exact = self.exact(state)?;
        Some([exact.clone(), exact])
    }

    fn exact(&self, state: &Summary) -> Option<Exact> {
        let count = |count: u64| Some(Exact::whole(i128::from(count) * WHOLE));
        let share = |part: u64, all: u64| {
            (all > 0).then(|| Exact::fraction(i128::from(part) * WHOLE, i128::from(all)))
        };
        let once = || state.digests.counts().filter(|count| *count == 1).count() as u64;
        let moments = &state.moments;
        match self.source.function {
            Function::Count => count(state.values),
            Function::NullCount => count(state.absent),
            Function::NullRatio => share(state.absent, state.absent + state.values),
            Function::Distinct => count(state.digests.distinct()),
            Function::DistinctRatio => share(state.digests.distinct(), state.values),
            Function::UniqueCount => count(once()),
            Function::UniqueRatio => share(once(), state.digests.distinct()),
            Function::MostCommonCount => count(state.digests.counts().max().unwrap_or_default()),
            Function::ZeroCount | Function::NegativeCount => count(state.hits),
            Function::Min | Function::MinLength => state.least.map(Exact::whole),
            Function::Max | Function::MaxLength => state.most.map(Exact::whole),
            Function::Range => Some(self.span(state.least?, state.most?)),
            Function::Quantile => {
                state.ordered.ranked().quantile(self.q, WHOLE.unsigned_abs()).map(Exact::whole)
            }
            Function::Iqr => {
                let ranked = state.ordered.ranked();
                Some(self.span(ranked.quantile(1, 4)?, ranked.quantile(3, 4)?))
            }
            Function::Median => self.median(state),
            Function::Sum => (moments.count > 0).then(|| Exact::whole(moments.sum.value())),
            Function::Mean | Function::MeanLength => {
                (moments.count > 0).then(|| Exact::fraction(moments.sum.value(), moments.count))
            }
            Function::Variance => {
                variance(moments, 1).map(|(over, under)| Exact::fraction(over, under * WHOLE))
            }
            Function::VariancePopulation => {
                variance(moments, 0).map(|(over, under)| Exact::fraction(over, under * WHOLE))
            }
            Function::Stddev => variance(moments, 1).map(|(over, under)| Exact::root(over, under)),
            Function::StddevPopulation => variance(moments, 0).map(|(over, under)| Exact::root(over, under)),
            Function::Correlation => {
                // r², with the sign of r, is cov·|cov| / (var·var).
                let joint = state.pairs.joint_spread();
                let under = state.pairs.first.spread() * state.pairs.second.spread();
                let over = &joint * BigInt::from(joint.magnitude().clone()) * WHOLE * WHOLE;
                (under > BigInt::ZERO).then(|| Exact::root(over, under))
            }
            Function::Entropy => None,
        }
    }

    fn median(&self, state: &Summary) -> Option<Exact> {
        let ranked = state.ordered.ranked();
        let (low, high) = (ranked.at(ranked.len().div_ceil(2))?, ranked.at(ranked.len() / 2 + 1)?);
        // Half a day is no date.
        let exact = match self.source.ty {
            ColumnType::Date | ColumnType::Timestamp => Exact::whole(low),
            _ => Exact::fraction(BigInt::from(low) + high, 2),
        };
        Some(exact)
    }

    /// How far two values are apart: as numbers, in days, in seconds.
    fn span(&self, low: i128, high: i128) -> Exact {
        let unit = match self.source.ty {
            ColumnType::Date => WHOLE,
            ColumnType::Timestamp => WHOLE / 1_000_000,
            _ => 1,
        };
        Exact::whole((BigInt::from(high) - low) * unit)
    }

    fn show(&self, figure: &Exact) -> String {
        let ticks = || i128::try_from(figure.cut()).unwrap_or_default();
        match self.source.function.figure_type(self.source.ty) {
            ColumnType::Date => format_date(ticks() as i32),
            ColumnType::Timestamp => format_timestamp(ticks() as i64),
            _ if self.source.function == Function::Entropy => figure.decimal(15),
            _ => figure.decimal(18),
        }
    }
}

/// The variance in squared ticks, as a fraction; `less` is 1 for a sample.
fn variance(moments: &Moments, less: u64) -> Option<(BigInt, BigInt)> {
    let degrees = moments.count.checked_sub(less).filter(|degrees| *degrees > 0)?;
    Some((moments.spread(), BigInt::from(moments.count) * degrees))
}

/// log₂ n − Σ c·log₂ c / n over the counts c of the n values.
fn entropy(state: &Summary) -> Option<[Exact; 2]> {
    if state.values == 0 {
        return None;
    }
    let n = BigInt::from(state.values);
    let counts = state.digests.counts().map(|count| (count, -BigInt::from(count)));
    let bounds = weighted_log2(counts.chain([(state.values, n.clone())]));
    Some(bounds.map(|bound| Exact::fraction(bound.max(BigInt::ZERO) * WHOLE, &n << logarithm::BITS)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::kernel::number::show_decimal;

    fn figures(function: Function) -> Figures {
        let source = Source { column: 0, with: None, ty: ColumnType::Decimal, function };
        Figures {
            source,
            q: WHOLE.unsigned_abs() / 2,
            min: None,
            max: None,
            exclusive_min: false,
            exclusive_max: false,
        }
    }

    /// The figure of some values, as it is shown.
    fn shown(function: Function, values: &[(i32, i32)]) -> Option<f64> {
        let mut state = Summary::default();
        for &(a, b) in values {
            let (a, b) = (i128::from(a) * WHOLE, i128::from(b) * WHOLE);
            state.values += 1;
            state.moments.add(a);
            state.pairs.add(a, b);
            state.ordered.add(a);
            state.digests.add(a.cast_unsigned());
        }
        let figures = figures(function);
        let [_, high] = figures.value(&state)?;
        figures.show(&high).parse().ok()
    }

    #[test]
    fn wide_sums_are_shown() {
        let mut state = Summary::default();
        (0..3).for_each(|_| state.moments.add(10_i128.pow(38) - 1));
        let figures = figures(Function::Sum);
        let [_, sum] = figures.value(&state).expect("a sum");
        assert_eq!(figures.show(&sum), "299999999999999999999.999999999999999997");
        assert_eq!(show_decimal(10_i128.pow(38) - 1), "99999999999999999999.999999999999999999");
    }

    type Side = fn(&(i32, i32)) -> i32;

    fn near(exact: Option<f64>, slow: Option<f64>) -> Result<(), TestCaseError> {
        match (exact, slow) {
            (Some(exact), Some(slow)) => prop_assert!((exact - slow).abs() <= 1e-9 * (1.0 + slow.abs())),
            (exact, slow) => prop_assert_eq!(exact.is_none(), slow.is_none()),
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn equal_to_the_slow_computation(values in prop::collection::vec((-50_i32..50, -50_i32..50), 1..20)) {
            let n = values.len() as f64;
            let mean = |side: Side| {
                values.iter().map(|value| f64::from(side(value))).sum::<f64>() / n
            };
            let (first, second): (Side, Side) = (|v| v.0, |v| v.1);
            let (x, y) = (mean(first), mean(second));
            let joint = |a: Side, x: f64, b: Side, y: f64| {
                values.iter().map(|v| (f64::from(a(v)) - x) * (f64::from(b(v)) - y)).sum::<f64>()
            };
            let (xx, yy, xy) = (joint(first, x, first, x), joint(second, y, second, y), joint(first, x, second, y));
            near(shown(Function::Mean, &values), Some(x))?;
            near(shown(Function::VariancePopulation, &values), Some(xx / n))?;
            near(shown(Function::Stddev, &values), (n > 1.0).then(|| (xx / (n - 1.0)).sqrt()))?;
            let varied = |side: Side| values.iter().any(|v| side(v) != side(&values[0]));
            let correlated = varied(first) && varied(second);
            near(shown(Function::Correlation, &values), correlated.then(|| xy / (xx * yy).sqrt()))?;

            let mut sorted: Vec<f64> = values.iter().map(|v| f64::from(v.0)).collect();
            sorted.sort_unstable_by(f64::total_cmp);
            let middle = f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
            near(shown(Function::Median, &values), Some(middle))?;
            let entropy: f64 = sorted
                .chunk_by(|a, b| a.total_cmp(b).is_eq())
                .map(|equal| equal.len() as f64 / n)
                .map(|p| -p * p.log2())
                .sum();
            near(shown(Function::Entropy, &values), Some(entropy))?;
        }
    }
}
