//! `number`: a plain decimal number.

use super::repair::judged;
use crate::format::ascii::{all_digits, is_scientific};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not a plain decimal number", "không phải số thập phân thông thường");
const SCIENTIFIC: Reason = Reason::new(
    "scientific notation: a spreadsheet may have lost digits",
    "dạng số mũ: bảng tính có thể đã làm mất chữ số",
);
const AMBIGUOUS: Reason = Reason::new(
    "the comma may be for decimals or for thousands",
    "dấu phẩy có thể là thập phân hoặc ngăn cách hàng nghìn",
);
const LEADING_ZERO: Reason = Reason::new("a leading zero, as in a code", "bắt đầu bằng số 0 như mã số");
const MINUS_ZERO: Reason = Reason::new("minus zero", "âm không");
const COMMA: Reason = Reason::new("a decimal comma", "dấu phẩy thập phân");
const THOUSANDS: Reason = Reason::new("thousands are separated", "có dấu ngăn cách hàng nghìn");
const WRITING: Reason = Reason::new(
    "a plus sign, another minus sign, or no digit on one side of the point",
    "có dấu cộng, dấu trừ khác, hoặc thiếu chữ số ở một bên dấu chấm",
);

/// `number`
pub struct Number;

#[inline]
pub(super) fn check(value: &[u8]) -> Check {
    let digits = value.strip_prefix(b"-").unwrap_or(value);
    let point = digits.iter().position(|&byte| byte == b'.');
    let (whole, fraction) = match point {
        Some(at) => (&digits[..at], &digits[at + 1..]),
        None => (digits, &digits[..0]),
    };
    if whole.is_empty()
        || (point.is_some() && fraction.is_empty())
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return Err(SHAPE);
    }
    if whole.len() > 1 && whole[0] == b'0' {
        return Ok(Some(LEADING_ZERO));
    }
    let zero = || whole[0] == b'0' && fraction.iter().all(|&digit| digit == b'0');
    Ok((digits.len() < value.len() && zero()).then_some(MINUS_ZERO))
}

/// The plain form of another way of writing.
pub(super) fn rewritten(value: &str) -> Option<(String, Reason)> {
    let (sign, body) = match value.strip_prefix(['-', '\u{2212}', '\u{2013}']) {
        Some(rest) => ("-", rest),
        None => ("", value.strip_prefix('+').unwrap_or(value)),
    };
    let body = body.trim_start();
    if !body.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')) {
        return None;
    }
    let has = |c: char| body.contains(c);
    let blank =
        body.chars().find(|&c| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' | '_'));
    let (plain, reason) = if let Some(blank) = blank {
        (ungrouped(body, blank, if has(',') { ',' } else { '.' })?, THOUSANDS)
    } else if has(',') && has('.') {
        // The one that comes last is the point.
        let comma_last = body.rfind(',') > body.rfind('.');
        let (group, point) = if comma_last { ('.', ',') } else { (',', '.') };
        (ungrouped(body, group, point)?, THOUSANDS)
    } else if body.matches('.').count() > 1 {
        (ungrouped(body, '.', ',')?, THOUSANDS)
    } else if body.matches(',').count() > 1 {
        (ungrouped(body, ',', '.')?, THOUSANDS)
    } else if let Some((whole, fraction)) = body.split_once(',') {
        if is_ambiguous(whole, fraction) {
            return None;
        }
        (format!("{whole}.{fraction}"), COMMA)
    } else {
        (body.to_owned(), WRITING)
    };
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if fraction.is_empty() { "" } else { "." };
    let repaired = format!("{sign}{whole}{point}{fraction}");
    (repaired != value && check(repaired.as_bytes()).is_ok()).then_some((repaired, reason))
}

/// `1,234` may be either; `0,125`, `12,5` and `1234,567` are decimals.
fn is_ambiguous(whole: &str, fraction: &str) -> bool {
    fraction.len() == 3 && (1..=3).contains(&whole.len()) && !whole.starts_with('0')
}

/// The number without the separators of its thousands, all of one kind and each before three digits.
fn ungrouped(body: &str, group: char, point: char) -> Option<String> {
    let (whole, fraction) = match body.split_once(point) {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (body, None),
    };
    let mut groups = whole.split(group);
    let first = groups.next()?;
    let lawful = |digits: &str, lengths: std::ops::RangeInclusive<usize>| {
        lengths.contains(&digits.len()) && all_digits(digits.as_bytes())
    };
    if !lawful(first, 1..=3) || !groups.all(|digits| lawful(digits, 3..=3)) {
        return None;
    }
    let joined = whole.replace(group, "");
    match fraction {
        None => Some(joined),
        Some(fraction) if all_digits(fraction.as_bytes()) => Some(format!("{joined}.{fraction}")),
        Some(_) => None,
    }
}

pub(super) fn why_invalid(value: &str) -> Reason {
    if is_scientific(value.trim_start_matches(['-', '+'])) {
        SCIENTIFIC
    } else if let Some((whole, fraction)) = value.trim_start_matches(['-', '+']).split_once(',')
        && is_ambiguous(whole, fraction)
        && all_digits(whole.as_bytes())
        && all_digits(fraction.as_bytes())
    {
        AMBIGUOUS
    } else {
        SHAPE
    }
}

impl Format for Number {
    fn name(&self) -> &'static str {
        "number"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Plain decimal number: digits, perhaps a minus sign and a point",
            "Số thập phân: chữ số, có thể có dấu trừ và dấu chấm",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Digits, a minus sign in front, a point with digits on both sides: what SQL and JSON read alike \
             (RFC 8259 section 6, without exponents). Leading zeros and minus zero are unusual. Separated \
             thousands and decimal commas are repairable where only one reading is possible: 1.234.567 and 12,5 \
             are, 1,234 is not. 1.234 passes as a decimal, though people in Viet Nam may mean 1234. How large \
             the number is, is not checked: use `in_range`.",
            "Chữ số, dấu trừ ở đầu, dấu chấm có chữ số ở hai bên: dạng mà SQL và JSON cùng đọc được (RFC 8259 \
             mục 6, không có số mũ). Số 0 ở đầu và âm không là bất thường. Dấu ngăn cách hàng nghìn và dấu phẩy \
             thập phân sửa được khi chỉ có một cách hiểu: 1.234.567 và 12,5 sửa được, 1,234 thì không. 1.234 \
             được hiểu là số thập phân, dù ở Việt Nam có thể muốn nói 1234. Không kiểm tra độ lớn: hãy dùng \
             `in_range`.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("1234567.89", "valid"),
            ("-0.5", "valid"),
            ("0", "valid"),
            ("007", "unusual"),
            ("-0.0", "unusual"),
            ("1.234.567", "repairable"),
            ("1,234,567.89", "repairable"),
            ("1 234 567,89", "repairable"),
            ("12,5", "repairable"),
            (".5", "repairable"),
            ("+5", "repairable"),
            ("1,234", "invalid"),
            ("1.2E+06", "invalid"),
            ("12,34,567", "invalid"),
            ("5 kg", "invalid"),
        ]
    }
}

impl Judge for Number {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()).map_err(|_| why_invalid(value)), || {
            rewritten(value).map(|(repaired, reason)| Verdict::repairable(repaired, reason))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_ways_of_writing() {
        let said = |value: &str| match Number.judge(value) {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(said("1.234.567,5"), "1234567.5");
        assert_eq!(said("1,234,567.5"), "1234567.5");
        assert_eq!(said("-1\u{a0}234"), "-1234");
        assert_eq!(said("\u{2212}5"), "-5");
        assert_eq!(said("0,125"), "0.125");
        assert_eq!(said("1234,567"), "1234.567");
        assert_eq!(said("5."), "5");
        for bad in ["1,234", "1.23.456", "1,2,3", "1 23", "-", ".", "--5", "1.234,567.8", "+-5", "1e3"] {
            assert_eq!(said(bad), "invalid", "{bad}");
        }
    }
}
