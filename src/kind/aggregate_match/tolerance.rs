//! How far apart two figures may be, decided exactly, also where they are only known from below and above.

use std::borrow::Cow;

use num_bigint::BigInt;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::super::limit::WHOLE;
use crate::kernel::number::{self, Parsed};
use crate::rule::arguments::Field;
use crate::rule::{Node, ParseContext};
use crate::say;

/// In 10⁻¹⁸.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tolerance {
    Amount(i128),
    /// Of their figure.
    Percent(i128),
}

impl Default for Tolerance {
    fn default() -> Self {
        Self::Amount(0)
    }
}

impl Field for Tolerance {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let text = context.reader.text(node)?;
        let (digits, of): (_, fn(i128) -> Self) = match text.value.strip_suffix('%') {
            Some(digits) => (digits.trim_end(), Self::Percent),
            None => (text.value.as_str(), Self::Amount),
        };
        match number::decimal(digits) {
            Parsed::Value(value) if value >= 0 => return Some(of(value)),
            _ => {}
        }
        let value = &text.value;
        context
            .reader
            .error(&text.span, say!("`{value}` is no tolerance", "`{value}` không phải sai số"))
            .hint = Some(say!("write `10`, `0.01` or `0.5%`", "viết `10`, `0.01` hoặc `0.5%`"));
        None
    }
}

impl JsonSchema for Tolerance {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Tolerance".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"] })
    }
}

/// A figure in 10⁻¹⁸, and how much greater it may be; `None`: nobody knows.
#[derive(Clone, Debug)]
pub struct Known {
    pub least: BigInt,
    pub more: Option<u64>,
}

impl Known {
    fn most(&self) -> Option<BigInt> {
        self.more.map(|more| &self.least + BigInt::from(more) * WHOLE)
    }
}

impl Tolerance {
    pub const fn is_whole(self) -> bool {
        match self {
            Self::Amount(amount) => amount % WHOLE == 0,
            Self::Percent(_) => true,
        }
    }

    /// How far ours may be from theirs, and the distance, in one unit.
    fn scaled(self, distance: &BigInt, theirs: &BigInt) -> (BigInt, BigInt) {
        match self {
            Self::Amount(amount) => (amount.into(), distance.clone()),
            Self::Percent(percent) => {
                (BigInt::from(theirs.magnitude().clone()) * percent, distance * WHOLE * 100)
            }
        }
    }

    fn is_above(self, ours: &BigInt, theirs: &BigInt) -> bool {
        let (allowed, distance) = self.scaled(&(ours - theirs), theirs);
        distance > allowed
    }

    fn is_below(self, ours: &BigInt, theirs: &BigInt) -> bool {
        let (allowed, distance) = self.scaled(&(theirs - ours), theirs);
        distance > allowed
    }

    /// Whether figures are near enough; `None` where what is not known could decide. Figures of which more is possible
    /// are not negative.
    pub fn holds(self, ours: &Known, theirs: &Known) -> Option<bool> {
        let (our_most, their_most) = (ours.most()?, theirs.most()?);
        // Near enough is a cone around the diagonal: a rectangle is in it if its corners are, and beside it if the corner
        // next to it is.
        let corners =
            [&ours.least, &our_most].map(|ours| [&theirs.least, &their_most].map(|theirs| (ours, theirs)));
        let outside = |(ours, theirs)| self.is_above(ours, theirs) || self.is_below(ours, theirs);
        if !corners.into_iter().flatten().any(outside) {
            return Some(true);
        }
        let beside = self.is_above(&ours.least, &their_most) || self.is_below(&our_most, &theirs.least);
        beside.then_some(false)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_not_known_is_every_case(
            (ours, more) in (0u64..12, 0u64..5),
            (theirs, theirs_more) in (0u64..12, 0u64..5),
            amount in 0i128..300,
            percent in any::<bool>(),
        ) {
            let tolerance = if percent { Tolerance::Percent(amount * WHOLE) } else { Tolerance::Amount(amount * WHOLE / 25) };
            let near = |x: u64, y: u64| {
                let distance = i128::from(x.abs_diff(y));
                if percent { distance * 100 <= amount * i128::from(y) } else { distance * 25 <= amount }
            };
            let cases = (ours..=ours + more).flat_map(|x| (theirs..=theirs + theirs_more).map(move |y| near(x, y)));
            let cases: Vec<bool> = cases.collect();
            let all = |wanted: bool| cases.iter().all(|case| *case == wanted);
            let known = |least: u64, more| Known { least: BigInt::from(least) * WHOLE, more: Some(more) };
            let holds = tolerance.holds(&known(ours, more), &known(theirs, theirs_more));
            if holds.is_some() {
                prop_assert!(all(holds == Some(true)));
            }
            // Between whole numbers there may be others, so that not every decided case is told.
            if all(true) {
                prop_assert_eq!(holds, Some(true));
            }
            if more == 0 && theirs_more == 0 {
                prop_assert_eq!(holds, Some(cases[0]));
            }
        }
    }
}
