use schemars::JsonSchema;

use serde::{Deserialize, Serialize};

use super::limit::{Number, WHOLE};
use super::quantity;
use crate::arguments;
use crate::base::{Dimension, Scale, Severity, Text, Unit};
use crate::kernel::exact::Exact;
use crate::kernel::memory::for_each_tick;
use crate::kernel::{Batch, ColumnId, Population, RowVerdict};
use crate::rule::arguments::{Arguments, Choice, Column};
use crate::rule::{About, At, BindError, Binder, Bound, Check, Fields, Node, ParseContext, Spec, Words};
use crate::say;
use crate::state::{Figure, Measure, State, Tally};

static ABOUT: About = About {
    name: "digits",
    title: Words { en: "distribution of digits", vi: "phân bố chữ số" },
    dimension: Dimension::Correctness,
    severity: Severity::Minor,
    unit: Unit::Check,
    scale: Scale::Ratio,
    what: Words {
        en: "The digits of a column's numbers are spread as measured quantities spread them. `benford`: first digits follow \
             Benford's law; `last_digit`: the last digits of whole numbers are equally common; `heaping`: whole numbers \
             are not multiples of 5 and of 10 more often than every fifth and every tenth. `distance` is how far the \
             share that is furthest off lies from its expectation (for `heaping`: above it), and is at most \
             `max_distance`. Zeros have no first digit, and numbers with decimals no last one. Fewer than `at_least` \
             (300) numbers are not applicable.",
        vi: "Chữ số trong các số của cột phân bố như đại lượng đo được. `benford`: chữ số đầu theo luật Benford; \
             `last_digit`: chữ số cuối của số nguyên xuất hiện đều nhau; `heaping`: số nguyên không chia hết cho 5 và cho \
             10 nhiều hơn một phần năm và một phần mười. `distance` là độ lệch của tỷ lệ lệch xa kỳ vọng nhất (với \
             `heaping`: vượt kỳ vọng), không được quá `max_distance`. Số 0 không có chữ số đầu, số lẻ thập phân không có \
             chữ số cuối. Ít hơn `at_least` (300) số thì không áp dụng.",
    },
    why: Words {
        en: "Invented and rounded numbers give themselves away by their digits.",
        vi: "Số bịa và số làm tròn lộ ra qua chữ số.",
    },
    fix: Words {
        en: "Ask how the numbers came about: copied, estimated, rounded, or bounded by a threshold. Not every column \
             follows these laws; prices and fees that are fixed do not.",
        vi: "Hỏi số liệu hình thành thế nào: chép lại, ước lượng, làm tròn hay chạm ngưỡng. Không phải cột nào cũng theo \
             các luật này; giá và phí quy định sẵn thì không.",
    },
    example: "digits: { column: dien_tich, test: last_digit, max_distance: 0.05 }",
};

arguments! {
    pub struct Digits {
        /// The column of numbers.
        column: Column,
        /// The law.
        test: Law,
        /// How far a share may be from its expectation, as a share: 0.05.
        max_distance: Number,
        /// Fewest numbers that can be judged; 300 unless given.
        at_least: Option<u64>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
enum Law {
    Benford,
    LastDigit,
    Heaping,
}

impl Choice for Law {
    const WORDS: &'static [(&'static str, Self)] =
        &[("benford", Self::Benford), ("last_digit", Self::LastDigit), ("heaping", Self::Heaping)];

    fn what() -> Text {
        say!("law of digits", "luật chữ số")
    }
}

impl Arguments for Digits {
    const ABOUT: &'static About = &ABOUT;

    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::read_arguments(fields, context)
    }

    fn agree(&self, at: &Node, context: &mut ParseContext<'_>) -> bool {
        let sound = (0..=WHOLE).contains(&self.max_distance.0);
        if !sound {
            context.reader.error(
                &at.span,
                say!("`max_distance` is between 0 and 1", "`max_distance` nằm trong khoảng 0 đến 1"),
            );
        }
        sound
    }
}

impl Spec for Digits {
    fn columns(&self) -> Vec<At<String>> {
        self.named_columns()
    }

    fn distinction(&self) -> String {
        self.test.word().to_owned()
    }

    fn bind(&self, binder: &mut dyn Binder) -> Result<Bound, BindError> {
        Ok(Bound::scan(DigitCounts {
            column: quantity::number(binder, &self.column)?,
            law: self.test,
            max_distance: self.max_distance.0,
            at_least: self.at_least.unwrap_or(300),
        }))
    }
}

struct DigitCounts {
    column: ColumnId,
    law: Law,
    /// In 10⁻¹⁸.
    max_distance: i128,
    at_least: u64,
}

/// How often each digit is the first or the last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Seen {
    digits: [u64; 10],
    /// Numbers without such a digit.
    without: u64,
    absent: u64,
    unknown: u64,
}

impl State for Seen {
    fn merge(&mut self, other: Self) {
        for (ours, theirs) in self.digits.iter_mut().zip(other.digits) {
            *ours += theirs;
        }
        self.without += other.without;
        self.absent += other.absent;
        self.unknown += other.unknown;
    }
}

/// log₁₀(1 + 1/d) for the digits 1 to 9, in 10⁻⁹.
const BENFORD: [i128; 9] = [
    301_029_996,
    176_091_259,
    124_938_737,
    96_910_013,
    79_181_246,
    66_946_790,
    57_991_947,
    51_152_522,
    45_757_491,
];
const BILLION: i128 = 1_000_000_000;

impl Law {
    fn digit(self, ticks: i128) -> Option<usize> {
        let magnitude = ticks.unsigned_abs();
        let whole = WHOLE.unsigned_abs();
        match self {
            Self::Benford => (magnitude > 0).then(|| (magnitude / 10_u128.pow(magnitude.ilog10())) as usize),
            Self::LastDigit | Self::Heaping => {
                magnitude.is_multiple_of(whole).then(|| (magnitude / whole % 10) as usize)
            }
        }
    }

    /// Observed counts, each with its expected share in 10⁻⁹.
    fn shares(self, digits: &[u64; 10]) -> Vec<(String, i128, i128)> {
        let share = |name: String, counts: &[u64], expected| {
            (name, counts.iter().map(|c| i128::from(*c)).sum(), expected)
        };
        match self {
            Self::Benford => (1..10)
                .map(|digit| share(format!("share_{digit}"), &digits[digit..=digit], BENFORD[digit - 1]))
                .collect(),
            Self::LastDigit => (0..10)
                .map(|digit| share(format!("share_{digit}"), &digits[digit..=digit], BILLION / 10))
                .collect(),
            Self::Heaping => vec![
                share("share_of_5".to_owned(), &[digits[0], digits[5]], BILLION / 5),
                share("share_of_10".to_owned(), &digits[..1], BILLION / 10),
            ],
        }
    }
}

impl Check for DigitCounts {
    type State = Seen;

    const JUDGES_ROWS: bool = false;

    fn scan(&self, batch: &Batch<'_>, population: &Population, state: &mut Seen) -> Option<RowVerdict> {
        let present = population.sound(batch.present(self.column));
        let all = population.sound(&batch.all());
        state.absent += (all.count_set_bits() - present.count_set_bits()) as u64;
        state.unknown += population.damaged.as_ref().map_or(0, |rows| rows.count_set_bits() as u64);
        state.unknown += for_each_tick(batch, self.column, &present, |ticks| match self.law.digit(ticks) {
            Some(digit) => state.digits[digit] += 1,
            None => state.without += 1,
        });
        None
    }

    fn measure(&self, _: Tally, state: &Seen) -> Measure {
        let values: u64 = state.digits.iter().sum();
        let enough = values > 0 && values >= self.at_least;
        let tally = match (state.unknown, values + state.without, state.absent) {
            (0, 0, 0) => return Measure::of(Tally::default()),
            // Blanking a column is no way out of the rule.
            (0, 0, _) => Tally::new(0, 0, 0, 1),
            (0, ..) if !enough => Tally::new(0, 0, 1, 0),
            (0, ..) => self.verdict(state, i128::from(values)),
            _ => Tally::new(0, 0, 0, 1),
        };
        let mut measure = Measure::of(tally);
        measure.figures.push(Figure::new("values", values));
        if enough {
            measure.figures.extend(self.figures(state, i128::from(values)));
        }
        let (unknown, least) = (state.unknown, self.at_least);
        measure.note = match (unknown, values + state.without) {
            (0, 0) => Some(say!("the column holds no value", "cột không có giá trị nào")),
            (0, _) if !enough => Some(say!(
                "{values} numbers are too few to judge their digits; {least} are needed",
                "{values} số là quá ít để xét chữ số; cần {least}"
            )),
            (0, _) => None,
            _ => Some(say!(
                "{unknown} values could not be taken into account, so the digits are not known",
                "{unknown} giá trị không tính được nên không xác định được phân bố chữ số"
            )),
        };
        measure
    }
}

impl DigitCounts {
    /// The deviations of all shares from what is expected, each as a number of `10⁻⁹ / values`.
    fn deviations(&self, state: &Seen, values: i128) -> Vec<i128> {
        let shares = self.law.shares(&state.digits).into_iter();
        let deviation = shares.map(|(_, count, expected)| count * BILLION - expected * values);
        match self.law {
            Law::Heaping => deviation.map(|above| above.max(0)).collect(),
            _ => deviation.map(i128::abs).collect(),
        }
    }

    fn verdict(&self, state: &Seen, values: i128) -> Tally {
        let distance = self.deviations(state, values).into_iter().max().unwrap_or_default();
        // distance / (10⁹ · values) ≤ max / 10¹⁸
        let pass = distance * BILLION <= self.max_distance * values;
        Tally::new(u64::from(pass), u64::from(!pass), 0, 0)
    }

    fn figures(&self, state: &Seen, values: i128) -> Vec<Figure> {
        let deviations = self.deviations(state, values);
        let distance = deviations.iter().max().copied().unwrap_or_default();
        let shown = |over: i128, under: i128| Exact::fraction(over, under).decimal(18);
        let mut figures = vec![Figure::new("distance", shown(distance * BILLION, values))];
        if self.law != Law::Heaping {
            let (sum, count) = (deviations.iter().sum::<i128>(), deviations.len() as i128);
            figures.push(Figure::new("mean_deviation", shown(sum * BILLION, values * count)));
        }
        let shares = self.law.shares(&state.digits).into_iter();
        figures.extend(shares.map(|(name, count, _)| Figure::new(&name, shown(count * WHOLE, values))));
        figures
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn benford_is_the_logarithm() {
        for (at, share) in BENFORD.into_iter().enumerate() {
            let truth = (1.0 + 1.0 / (at as f64 + 1.0)).log10() * 1e9;
            assert!((share as f64 - truth).abs() <= 0.5, "{}", at + 1);
        }
    }

    proptest! {
        #[test]
        fn digits_are_those_of_the_text(value in -99_999_i64..99_999) {
            let text = value.unsigned_abs().to_string();
            let digit = |c: Option<char>| c.and_then(|c| c.to_digit(10)).map(|digit| digit as usize);
            let ticks = i128::from(value) * WHOLE;
            prop_assert_eq!(Law::LastDigit.digit(ticks), digit(text.chars().last()));
            let first = digit(text.chars().next()).filter(|digit| *digit > 0);
            prop_assert_eq!(Law::Benford.digit(ticks), first);
            prop_assert_eq!(Law::Benford.digit(i128::from(value)), first, "a decimal has the same digits");
            prop_assert_eq!(Law::LastDigit.digit(ticks + 1), None);
        }

        #[test]
        fn laws(parts in prop::collection::vec((any::<[u32; 10]>(), 0_u64..9), 3)) {
            let seen = |at: usize| {
                let (digits, other): &([u32; 10], u64) = &parts[at];
                Seen { digits: digits.map(u64::from), without: *other, absent: *other, unknown: *other }
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
