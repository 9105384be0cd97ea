//! Numbers and flags as people write them, parsed without rounding or repairing.

/// Digits after the point that a decimal column keeps.
pub const DECIMAL_SCALE: u32 = 18;
/// One, in units of 10⁻¹⁸.
pub const WHOLE: i128 = 10_i128.pow(DECIMAL_SCALE);
/// Digits of the widest decimal.
pub const DECIMAL_PRECISION: u32 = 38;

/// What became of parsing one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parsed<T> {
    Value(T),
    /// Well formed, but wider than the machine type; the sign is known.
    Beyond {
        negative: bool,
    },
    /// Well formed, but with more digits after the point than are kept: between this value and the next.
    Between(T),
    Malformed,
}

/// `-12`, `+7`, `007`. No spaces, no separators of thousands, no decimal point.
pub fn integer(text: &str) -> Parsed<i64> {
    let (negative, digits) = sign(text.as_bytes());
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return Parsed::Malformed;
    }
    let mut value: i64 = 0;
    for digit in digits {
        let digit = i64::from(digit - b'0');
        let next = value
            .checked_mul(10)
            .and_then(|value| if negative { value.checked_sub(digit) } else { value.checked_add(digit) });
        match next {
            Some(next) => value = next,
            None => return Parsed::Beyond { negative },
        }
    }
    Parsed::Value(value)
}

/// Whether digits begin with a zero that a number would not have.
pub fn is_code(value: &str) -> bool {
    matches!(value.trim_start_matches(['-', '+']).as_bytes(), [b'0', b'0'..=b'9', ..])
}

/// The parts of `-12.50e3`: whether it is negative, the digits before and after the point, and the exponent.
fn scientific(text: &str) -> Option<(bool, &[u8], &[u8], i64)> {
    let (negative, rest) = sign(text.as_bytes());
    let (mantissa, exponent) = match rest.iter().position(|byte| matches!(byte, b'e' | b'E')) {
        Some(at) => match std::str::from_utf8(&rest[at + 1..]).map(integer) {
            Ok(Parsed::Value(exponent)) => (&rest[..at], exponent),
            _ => return None,
        },
        None => (rest, 0),
    };
    let (whole, fraction) = match mantissa.iter().position(|&byte| byte == b'.') {
        Some(at) => (&mantissa[..at], &mantissa[at + 1..]),
        None => (mantissa, &mantissa[..0]),
    };
    let sound = !(whole.is_empty() && fraction.is_empty())
        && whole.iter().chain(fraction).all(u8::is_ascii_digit)
        && !(mantissa.len() > whole.len() && fraction.is_empty());
    sound.then_some((negative, whole, fraction, exponent))
}

/// How many digits a number needs before and after its point, whoever wrote it: zeros in front and at the end of the
/// fraction do not count. `None` if this is no number.
pub fn digits(text: &str) -> Option<(u64, u64)> {
    let (_, whole, fraction, exponent) = scientific(text)?;
    let written = || whole.iter().chain(fraction);
    let Some(first) = written().position(|digit| *digit != b'0') else { return Some((0, 0)) };
    let end = whole.len() + fraction.len() - written().rev().position(|digit| *digit != b'0')?;
    let point = (whole.len() as i64).saturating_add(exponent);
    let before = point.saturating_sub(first as i64).max(0);
    let after = (end as i64).saturating_sub(point).max(0);
    Some((before.unsigned_abs(), after.unsigned_abs()))
}

/// `12`, `-3.50`, `.5`, `1.5e3` as a multiple of 10⁻¹⁸. Values with more digits than that are told apart, not rounded.
pub fn decimal(text: &str) -> Parsed<i128> {
    let Some((negative, whole, fraction, exponent)) = scientific(text) else { return Parsed::Malformed };
    // Digits up to this one are kept; later ones only say whether the value is exact.
    let kept = whole.len() as i64 + exponent.clamp(-1_000, 1_000) + i64::from(DECIMAL_SCALE);
    let (mut value, mut exact, mut seen): (i128, bool, i64) = (0, true, 0);
    let limit = 10_i128.pow(DECIMAL_PRECISION);
    for digit in whole.iter().chain(fraction) {
        if seen < kept {
            value = value * 10 + i128::from(digit - b'0');
            if value >= limit {
                return Parsed::Beyond { negative };
            }
        } else {
            exact &= *digit == b'0';
        }
        seen += 1;
    }
    if value != 0 {
        for _ in seen..kept {
            value = value.saturating_mul(10);
            if value >= limit {
                return Parsed::Beyond { negative };
            }
        }
    }
    if !exact {
        // The lower neighbour: away from zero for negative values.
        return Parsed::Between(if negative { -value - 1 } else { value });
    }
    Parsed::Value(if negative { -value } else { value })
}

/// `true`/`false`, `1`/`0`, `yes`/`no`, `có`/`không`, in any case.
pub fn boolean(text: &str) -> Parsed<bool> {
    const WORDS: [(&str, bool); 8] = [
        ("true", true),
        ("false", false),
        ("1", true),
        ("0", false),
        ("yes", true),
        ("no", false),
        ("có", true),
        ("không", false),
    ];
    let lower = if text.bytes().all(|byte| !byte.is_ascii_uppercase() && byte.is_ascii()) {
        None
    } else {
        Some(text.to_lowercase())
    };
    let text = lower.as_deref().unwrap_or(text);
    WORDS.iter().find(|(word, _)| *word == text).map_or(Parsed::Malformed, |&(_, value)| Parsed::Value(value))
}

/// A decimal at [`DECIMAL_SCALE`] as people write it, without trailing zeros.
pub fn show_decimal(value: i128) -> String {
    let unit = 10_u128.pow(DECIMAL_SCALE);
    let magnitude = value.unsigned_abs();
    let fraction = format!("{:018}", magnitude % unit);
    let fraction = fraction.trim_end_matches('0');
    let sign = if value < 0 { "-" } else { "" };
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{sign}{}{point}{fraction}", magnitude / unit)
}

fn sign(bytes: &[u8]) -> (bool, &[u8]) {
    match bytes {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_taken_as_written() {
        assert_eq!(integer("007"), Parsed::Value(7));
        assert_eq!(integer("-12"), Parsed::Value(-12));
        assert_eq!(integer("9223372036854775807"), Parsed::Value(i64::MAX));
        assert_eq!(integer("-9223372036854775808"), Parsed::Value(i64::MIN));
        assert_eq!(integer("9223372036854775808"), Parsed::Beyond { negative: false });
        assert_eq!(integer("-99999999999999999999999"), Parsed::Beyond { negative: true });
        for malformed in ["", "-", " 1", "1 ", "1.0", "1,000", "1e3", "x", "١"] {
            assert_eq!(integer(malformed), Parsed::Malformed, "{malformed}");
        }
    }

    #[test]
    fn decimals_are_exact_or_beyond() {
        let unit = 10_i128.pow(DECIMAL_SCALE);
        assert_eq!(decimal("12"), Parsed::Value(12 * unit));
        assert_eq!(decimal("-3.50"), Parsed::Value(-35 * unit / 10));
        assert_eq!(decimal(".5"), Parsed::Value(unit / 2));
        assert_eq!(decimal("1.5e3"), Parsed::Value(1500 * unit));
        assert_eq!(decimal("25e-2"), Parsed::Value(unit / 4));
        assert_eq!(decimal("0e99999"), Parsed::Value(0));
        assert_eq!(decimal("0.000000000000000001"), Parsed::Value(1));
        assert_eq!(decimal("0.10000000000000000000000000000"), Parsed::Value(unit / 10));
        assert_eq!(decimal("0.0000000000000000015"), Parsed::Between(1));
        assert_eq!(decimal("-0.0000000000000000015"), Parsed::Between(-2));
        assert_eq!(decimal("1e-30"), Parsed::Between(0));
        assert_eq!(decimal("-1e40"), Parsed::Beyond { negative: true });
        assert_eq!(decimal(&"9".repeat(20)), Parsed::Value((10_i128.pow(20) - 1) * unit));
        assert_eq!(decimal(&"9".repeat(21)), Parsed::Beyond { negative: false });
        for malformed in ["", ".", "1.", "1..2", "1,5", "1e", "e3", " 1", "--1", "0x1F", "NaN", "inf"] {
            assert_eq!(decimal(malformed), Parsed::Malformed, "{malformed}");
        }
    }

    #[test]
    fn digits_are_those_of_the_value() {
        for (text, wanted) in [
            ("0", (0, 0)),
            ("-0.250", (0, 2)),
            (".05", (0, 2)),
            ("0123.4500", (3, 2)),
            ("1500", (4, 0)),
            ("1.5e3", (4, 0)),
            ("25e-3", (0, 3)),
            ("100e-1", (2, 0)),
        ] {
            assert_eq!(digits(text), Some(wanted), "{text}");
        }
        assert_eq!(digits("1e9223372036854775807").map(|(_, after)| after), Some(0));
        for malformed in ["", ".", "1.", "1,5", "mười", "e3"] {
            assert_eq!(digits(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn decimals_are_shown_as_written() {
        for text in ["0", "12", "-3.5", "0.000000000000000001", "-0.25"] {
            let Parsed::Value(value) = decimal(text) else { panic!("{text}") };
            assert_eq!(show_decimal(value), text);
        }
    }

    #[test]
    fn flags_in_both_languages() {
        assert_eq!(boolean("Có"), Parsed::Value(true));
        assert_eq!(boolean("FALSE"), Parsed::Value(false));
        assert_eq!(boolean("2"), Parsed::Malformed);
    }
}
