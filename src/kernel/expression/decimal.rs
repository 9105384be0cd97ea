//! Arithmetic of decimals that keeps 18 places. The library would give a product twice as many, which leaves two
//! digits before the point: `quantity * price` would fail from 100 on.

use std::sync::Arc;

use arrow::array::{ArrayRef, AsArray, Decimal128Array};
use arrow::compute::kernels::arity::{try_binary, try_unary};
use arrow::datatypes::{DataType, Decimal128Type, DecimalType, i256};
use arrow::error::ArrowError;
use datafusion_common::Result;

use crate::kernel::number::{DECIMAL_PRECISION, DECIMAL_SCALE, WHOLE};

/// What every decimal operand is made into, and every result is.
pub(super) const DECIMAL: DataType = DataType::Decimal128(DECIMAL_PRECISION as u8, DECIMAL_SCALE as i8);

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Arithmetic {
    /// Exact; a row whose product has more than 18 places fails.
    Multiply,
    /// Rounded to 18 places, half away from zero.
    Divide,
}

impl Arithmetic {
    pub fn of_all(self, left: &ArrayRef, right: &ArrayRef) -> Result<ArrayRef> {
        let (left, right) = (left.as_primitive::<Decimal128Type>(), right.as_primitive::<Decimal128Type>());
        let found: Decimal128Array = try_binary(left, right, |a, b| self.of(a, b))?;
        Ok(Arc::new(found.with_data_type(DECIMAL)))
    }

    fn of(self, a: i128, b: i128) -> Result<i128, ArrowError> {
        let wide = i256::from_i128;
        match self {
            Self::Multiply => {
                let product = wide(a).wrapping_mul(wide(b));
                let (whole, rest) = (product.wrapping_div(wide(WHOLE)), product.wrapping_rem(wide(WHOLE)));
                if rest == i256::ZERO { fitting(whole) } else { Err(beyond()) }
            }
            Self::Divide if b == 0 => Err(ArrowError::DivideByZero),
            Self::Divide => fitting(rounded(wide(a).wrapping_mul(wide(WHOLE)), wide(b))),
        }
    }
}

/// Rounds to some places (fewer than none: to tens, hundreds …), half away from zero.
pub(super) fn round(numbers: &ArrayRef, places: i64) -> Result<ArrayRef> {
    let dropped = (i64::from(DECIMAL_SCALE) - places).clamp(0, i64::from(DECIMAL_PRECISION));
    let unit = i256::from_i128(10).wrapping_pow(dropped as u32);
    let found: Decimal128Array = try_unary(numbers.as_primitive::<Decimal128Type>(), |number| {
        fitting(rounded(i256::from_i128(number), unit).wrapping_mul(unit))
    })?;
    Ok(Arc::new(found.with_data_type(DECIMAL)))
}

/// The quotient, rounded half away from zero. Neither operand is anywhere near the ends of 256 bits.
fn rounded(dividend: i256, divisor: i256) -> i256 {
    let (quotient, rest) = (dividend.wrapping_div(divisor), dividend.wrapping_rem(divisor));
    if rest.wrapping_abs().wrapping_add(rest.wrapping_abs()) < divisor.wrapping_abs() {
        quotient
    } else if (dividend < i256::ZERO) == (divisor < i256::ZERO) {
        quotient.wrapping_add(i256::ONE)
    } else {
        quotient.wrapping_sub(i256::ONE)
    }
}

fn fitting(value: i256) -> Result<i128, ArrowError> {
    value
        .to_i128()
        .filter(|value| Decimal128Type::is_valid_decimal_precision(*value, DECIMAL_PRECISION as u8))
        .ok_or_else(beyond)
}

/// Without the numbers: errors may be shown, values may not.
fn beyond() -> ArrowError {
    ArrowError::ArithmeticOverflow("a decimal needs more digits than are kept".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::number::{self, Parsed};

    fn number(text: &str) -> i128 {
        match number::decimal(text) {
            Parsed::Value(value) => value,
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn products_and_quotients() {
        let of = |operation: Arithmetic, a: &str, b: &str| {
            operation.of(number(a), number(b)).map(number::show_decimal).ok()
        };
        let multiply = |a, b| of(Arithmetic::Multiply, a, b);
        let divide = |a, b| of(Arithmetic::Divide, a, b);
        assert_eq!(multiply("1000", "2500.50").as_deref(), Some("2500500"));
        assert_eq!(multiply("-0.5", "0.25").as_deref(), Some("-0.125"));
        assert_eq!(multiply("0.0000000001", "0.0000000001"), None, "twenty places");
        assert_eq!(multiply("99999999999", "99999999999"), None, "21 digits before the point");
        assert_eq!(divide("1", "3").as_deref(), Some("0.333333333333333333"));
        assert_eq!(divide("2", "-3").as_deref(), Some("-0.666666666666666667"));
        assert_eq!(divide("7", "0"), None);
        assert_eq!(divide("0", "5").as_deref(), Some("0"));
    }

    #[test]
    fn rounding() {
        let numbers = ["2.345", "-2.345", "2.3449", "150", "-149.999", "0.5"].map(number);
        let numbers: ArrayRef = Arc::new(Decimal128Array::from(numbers.to_vec()).with_data_type(DECIMAL));
        let shown = |places| {
            let found = round(&numbers, places).expect("nothing overflows");
            let found = found.as_primitive::<Decimal128Type>().values().to_vec();
            found.into_iter().map(number::show_decimal).collect::<Vec<_>>()
        };
        assert_eq!(shown(2), ["2.35", "-2.35", "2.34", "150", "-150", "0.5"]);
        assert_eq!(shown(0), ["2", "-2", "2", "150", "-150", "1"]);
        assert_eq!(shown(-2), ["0", "0", "0", "200", "-100", "0"]);
        assert_eq!(shown(40), ["2.345", "-2.345", "2.3449", "150", "-149.999", "0.5"]);
    }
}
