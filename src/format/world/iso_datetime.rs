//! `iso_datetime`: a date and a time of day.

use super::iso_date::{self, IsoDate};
use super::iso_time;
use super::repair::judged;
use crate::format::ascii::all_digits;
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason =
    Reason::new("not in the form YYYY-MM-DDThh:mm:ss", "không theo dạng YYYY-MM-DDThh:mm:ss");
const NO_TIME: Reason = Reason::new("the time of day is missing", "thiếu giờ trong ngày");
const SINCE_1970: Reason = Reason::new("the seconds of a computer's clock", "số giây theo đồng hồ máy tính");
const SEPARATOR: Reason = Reason::new("no T between date and time", "không có chữ T giữa ngày và giờ");
const OTHER: Reason = Reason::new("another way of writing date or time", "ngày hoặc giờ viết theo dạng khác");

static ARGUMENTS: [Argument; 1] = [Argument {
    name: "zone",
    words: &["required", "forbidden"],
    about: Reason::new(
        "Whether values must say their time zone, or must not; as they like, if not given.",
        "Giá trị phải hay không được ghi múi giờ; nếu không nêu thì tùy ý.",
    ),
}];

/// `iso_datetime`, with a zone or without.
pub struct IsoDatetime;

/// Whether there must be a zone.
struct Zoned(bool);

fn check(value: &[u8], zone: Option<bool>) -> Check {
    let Some((date, [separator, time @ ..])) = value.split_at_checked(10) else {
        let digits = matches!(value.len(), 9..=10) && all_digits(value);
        return Err(if digits { SINCE_1970 } else { SHAPE });
    };
    if let Err(reason) = iso_date::check(date) {
        let digits = value.len() == 13 && all_digits(value);
        return Err(if digits { SINCE_1970 } else { reason });
    }
    match separator {
        b'T' => iso_time::clock(time, zone),
        // RFC 3339 section 5.6 allows both.
        b't' | b' ' => Ok(iso_time::clock(time, zone)?.or(Some(SEPARATOR))),
        _ => Err(SHAPE),
    }
}

/// A check without the rest of the value would say that the date's form is wrong where the time is missing.
fn check_all(value: &[u8], zone: Option<bool>) -> Check {
    if value.len() == 10 && iso_date::check(value).is_ok() { Err(NO_TIME) } else { check(value, zone) }
}

/// Date and time, each rewritten by itself.
fn repair(value: &str, zone: Option<bool>) -> Option<Verdict> {
    let joined = value.as_bytes();
    let (date, time) = if joined.len() == 14 && all_digits(joined) {
        value.split_at(8)
    } else {
        let at = value.find([' ', 'T', 't', '\u{a0}'])?;
        let (date, time) = value.split_at(at);
        (date.trim_end_matches(','), &time[if time.starts_with('\u{a0}') { 2 } else { 1 }..])
    };
    let date = match IsoDate.judge(date) {
        Verdict::Repairable { repaired, .. } => repaired,
        other => other.accepted().then(|| date.to_owned())?,
    };
    let time = if iso_time::clock(time.as_bytes(), None).is_ok() {
        time.to_owned()
    } else {
        iso_time::rewritten(time)?
    };
    let whole = format!("{date}T{time}");
    check(whole.as_bytes(), zone).is_ok().then(|| Verdict::repairable(whole, OTHER))
}

fn judge(value: &str, zone: Option<bool>) -> Verdict {
    judged(check_all(value.as_bytes(), zone), || repair(value, zone))
}

impl Format for IsoDatetime {
    fn name(&self) -> &'static str {
        "iso_datetime"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Date and time YYYY-MM-DDThh:mm:ss, with or without zone (ISO 8601, RFC 3339)",
            "Ngày giờ dạng YYYY-MM-DDThh:mm:ss, có hoặc không có múi giờ (ISO 8601, RFC 3339)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A date as in `iso_date`, the letter T, a time as in `iso_time`. `zone: required` admits only \
             values that say their zone, and so name one moment; `zone: forbidden` only local times. A space or \
             a small t in place of T is unusual (RFC 3339 section 5.6). Other usual orders and the basic form \
             are repairable, day before month. A missing zone is not guessed. Week and ordinal dates are \
             invalid; whether a clock showed that time, in a change to summer time, is not checked.",
            "Ngày như `iso_date`, chữ T, giờ như `iso_time`. `zone: required` chỉ cho phép giá trị có ghi múi \
             giờ, tức là chỉ đúng một thời điểm; `zone: forbidden` chỉ cho phép giờ địa phương. Khoảng trắng \
             hoặc chữ t thường thay cho T là bất thường (RFC 3339 mục 5.6). Thứ tự khác và dạng cơ bản sửa \
             được, ngày trước tháng. Không đoán múi giờ bị thiếu. Ngày theo tuần, theo thứ tự trong năm không \
             hợp lệ; không kiểm tra giờ có thật khi đổi giờ mùa hè.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("2024-02-29T07:30:00+07:00", "valid"),
            ("2024-02-29T07:30:00.123Z", "valid"),
            ("2024-02-29T07:30", "valid"),
            ("2024-02-29 07:30:00", "unusual"),
            ("2016-12-31T23:59:60Z", "unusual"),
            ("20240229T073000Z", "repairable"),
            ("29/02/2024 07:30", "repairable"),
            ("2024-02-29T07:30:00+0700", "repairable"),
            ("20240229073000", "repairable"),
            ("2023-02-29T07:30:00Z", "invalid"),
            ("2024-02-29", "invalid"),
            ("2024-02-29T25:00:00Z", "invalid"),
            ("1709166600", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        &ARGUMENTS
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        match chosen.first().copied().flatten()? {
            "required" => Some(Box::new(Zoned(true))),
            "forbidden" => Some(Box::new(Zoned(false))),
            _ => None,
        }
    }
}

impl Judge for IsoDatetime {
    fn judge(&self, value: &str) -> Verdict {
        judge(value, None)
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes(), None).is_ok()
    }
}

impl Judge for Zoned {
    fn judge(&self, value: &str) -> Verdict {
        judge(value, Some(self.0))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes(), Some(self.0)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_never_made_up() {
        let said = |zone: &'static str, value: &str| match IsoDatetime
            .choose(&[Some(zone)])
            .expect("a choice")
            .judge(value)
        {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(said("required", "2024-02-29T07:30:00Z"), "valid");
        assert_eq!(said("required", "2024-02-29T07:30:00"), "invalid");
        assert_eq!(said("required", "29/02/2024 07:30:00 +0700"), "2024-02-29T07:30:00+07:00");
        assert_eq!(said("forbidden", "2024-02-29T07:30:00"), "valid");
        assert_eq!(said("forbidden", "2024-02-29T07:30:00Z"), "invalid");
        assert_eq!(said("forbidden", "29/02/2024 7:30 PM"), "2024-02-29T19:30");
    }
}
