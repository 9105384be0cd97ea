//! `iso_duration`: a span of time.

use super::repair::{LOWER, judged, passing};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason =
    Reason::new("not in the form PnYnMnDTnHnMnS or PnW", "không theo dạng PnYnMnDTnHnMnS hoặc PnW");
const ORDER: Reason = Reason::new("a unit twice, or units out of order", "đơn vị bị lặp hoặc sai thứ tự");
const FRACTION: Reason =
    Reason::new("a fraction that is not in the last number", "phần thập phân không ở số cuối cùng");
const COMMA: Reason = Reason::new("a decimal comma", "dấu phẩy thập phân");
const WEEKS: Reason = Reason::new("weeks beside other units", "tuần đi cùng đơn vị khác");
const SIGN: Reason = Reason::new("a sign", "có dấu cộng hoặc trừ");

/// `iso_duration`
pub struct IsoDuration;

fn check(value: &[u8]) -> Check {
    let (signed, rest) = match value {
        [b'+' | b'-', rest @ ..] => (true, rest),
        _ => (false, value),
    };
    let [b'P', rest @ ..] = rest else { return Err(SHAPE) };
    let mut unusual = signed.then_some(SIGN);
    // How many units may no longer follow: Y M W D before T, H M S after it.
    let (mut rest, mut passed, mut time, mut count, mut weeks, mut fraction) =
        (rest, 0, false, 0, false, false);
    while let [first, tail @ ..] = rest {
        if *first == b'T' {
            if time || tail.is_empty() {
                return Err(SHAPE);
            }
            (time, passed, rest) = (true, 0, tail);
            continue;
        }
        if fraction {
            return Err(FRACTION);
        }
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut after = &rest[digits..];
        if let [mark @ (b'.' | b','), tail @ ..] = after {
            let places = tail.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if places == 0 {
                return Err(SHAPE);
            }
            fraction = true;
            if *mark == b',' {
                unusual = unusual.or(Some(COMMA));
            }
            after = &tail[places..];
        }
        let [unit, tail @ ..] = after else { return Err(SHAPE) };
        let units: &[u8] = if time { b"HMS" } else { b"YMWD" };
        let Some(at) = units.iter().position(|known| known == unit) else { return Err(SHAPE) };
        if digits == 0 {
            return Err(SHAPE);
        }
        if at < passed {
            return Err(ORDER);
        }
        weeks |= *unit == b'W';
        (passed, count, rest) = (at + 1, count + 1, tail);
    }
    if count == 0 {
        return Err(SHAPE);
    }
    Ok(if weeks && count > 1 { unusual.or(Some(WEEKS)) } else { unusual })
}

fn repair(value: &str) -> Option<Verdict> {
    let tight: String = value.chars().filter(|c| !c.is_whitespace()).collect();
    passing(tight.to_ascii_uppercase(), LOWER, check)
}

impl Format for IsoDuration {
    fn name(&self) -> &'static str {
        "iso_duration"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Span of time PnYnMnDTnHnMnS (ISO 8601)",
            "Khoảng thời gian dạng PnYnMnDTnHnMnS (ISO 8601)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "P, then years, months and days, then T and hours, minutes and seconds; or weeks (ISO 8601-1). \
             Units may be left out, but not all; only the last number may have a fraction. Signs and weeks \
             beside other units (ISO 8601-2) and decimal commas are unusual. Intervals between two dates and \
             the form P0003-06-04T12:30:05 are invalid. How large the numbers are is not checked: PT36H is as \
             good as P1DT12H.",
            "P, rồi năm, tháng, ngày, rồi T và giờ, phút, giây; hoặc tuần (ISO 8601-1). Có thể bỏ bớt đơn vị \
             nhưng không bỏ hết; chỉ số cuối được có phần thập phân. Dấu cộng trừ, tuần đi cùng đơn vị khác \
             (ISO 8601-2) và dấu phẩy thập phân là bất thường. Khoảng giữa hai ngày và dạng \
             P0003-06-04T12:30:05 không hợp lệ. Không kiểm tra độ lớn của số: PT36H cũng như P1DT12H.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("P1Y2M10DT2H30M", "valid"),
            ("PT36H", "valid"),
            ("PT0.5S", "valid"),
            ("P2W", "valid"),
            ("-P1D", "unusual"),
            ("P1M2W", "unusual"),
            ("PT0,5S", "unusual"),
            ("pt2h30m", "repairable"),
            ("P 30 D", "repairable"),
            ("P", "invalid"),
            ("P1DT", "invalid"),
            ("P1D1Y", "invalid"),
            ("P1.5DT2H", "invalid"),
            ("30 ngày", "invalid"),
        ]
    }
}

impl Judge for IsoDuration {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
