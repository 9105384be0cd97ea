//! `percentage`: a share of a hundred.

use super::number;
use super::repair::judged;
use crate::format::{Check, Format, Judge, Reason, Verdict};

const OVER: Reason = Reason::new("more than 100", "lớn hơn 100");
const NEGATIVE: Reason = Reason::new("less than 0", "nhỏ hơn 0");
const FRACTION: Reason = Reason::new(
    "between 0 and 1 without a percent sign: perhaps a share of one",
    "từ 0 đến 1 mà không có dấu phần trăm: có thể là tỷ lệ trên một",
);
const WRITING: Reason = Reason::new(
    "a decimal comma or a space before the sign",
    "dấu phẩy thập phân hoặc khoảng trắng trước dấu %",
);

/// `percentage`
pub struct Percentage;

fn check(value: &[u8]) -> Check {
    let (digits, sign) = match value {
        [digits @ .., b'%'] => (digits, true),
        _ => (value, false),
    };
    let unusual = number::check(digits)?;
    if digits[0] == b'-' {
        return Ok(Some(NEGATIVE));
    }
    let end = digits.iter().position(|&byte| byte == b'.').unwrap_or(digits.len());
    let (whole, fraction) = (&digits[..end], &digits[end..]);
    let rest = fraction.iter().any(|byte| matches!(byte, b'1'..=b'9'));
    let zeros = whole.iter().take_while(|&&digit| digit == b'0').count();
    let over = match &whole[zeros..] {
        b"100" => rest,
        digits => digits.len() > 2,
    };
    Ok(if over {
        Some(OVER)
    } else if !sign && zeros == whole.len() && rest {
        Some(FRACTION)
    } else {
        unusual
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let (body, sign) = match value.strip_suffix('%') {
        Some(body) => (body.trim_end(), "%"),
        None => (value, ""),
    };
    let plain =
        if number::check(body.as_bytes()).is_ok() { body.to_owned() } else { number::rewritten(body)?.0 };
    let whole = format!("{plain}{sign}");
    (whole != value && check(whole.as_bytes()).is_ok()).then(|| Verdict::repairable(whole, WRITING))
}

impl Format for Percentage {
    fn name(&self) -> &'static str {
        "percentage"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Percentage: a number from 0 to 100, with or without %",
            "Tỷ lệ phần trăm: số từ 0 đến 100, có hoặc không có %",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A number as in `number`, followed by % or not. Negative ones and those over 100 are lawful where \
             something grows or shrinks: unusual. So is a number between 0 and 1 without the sign, for it may \
             be a share of one (0.25 for 25%). Decimal commas and the space that SI demands before % (SI \
             Brochure section 5.4.7) are repairable. Whether shares add up to 100 is not checked.",
            "Số như `number`, có hoặc không có % theo sau. Số âm và số lớn hơn 100 hợp lý khi nói về tăng giảm: \
             bất thường. Số từ 0 đến 1 không có dấu % cũng vậy vì có thể là tỷ lệ trên một (0.25 thay cho 25%). \
             Dấu phẩy thập phân và khoảng trắng mà SI yêu cầu trước % (SI Brochure mục 5.4.7) sửa được. Không \
             kiểm tra tổng các tỷ lệ bằng 100.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("12.5", "valid"),
            ("12.5%", "valid"),
            ("100%", "valid"),
            ("0", "valid"),
            ("120%", "unusual"),
            ("-3.5", "unusual"),
            ("0.25", "unusual"),
            ("12,5%", "repairable"),
            ("12.5 %", "repairable"),
            ("%", "invalid"),
            ("12.5%%", "invalid"),
            ("12 phần trăm", "invalid"),
        ]
    }
}

impl Judge for Percentage {
    fn judge(&self, value: &str) -> Verdict {
        let bare = value.strip_suffix('%').unwrap_or(value);
        judged(check(value.as_bytes()).map_err(|_| number::why_invalid(bare)), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
