//! `iso_time`: a time of day.

use super::repair::judged;
use crate::format::ascii::{all_digits, number};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new("not in the form hh:mm:ss", "không theo dạng hh:mm:ss");
const CLOCK: Reason = Reason::new("no such time on the clock", "không có giờ này trên đồng hồ");
const ZONE: Reason = Reason::new("the zone is not Z, ±hh:mm or ±hh", "múi giờ không phải Z, ±hh:mm hoặc ±hh");
const NO_ZONE: Reason = Reason::new("the time zone is missing", "thiếu múi giờ");
const ZONED: Reason = Reason::new("a time zone is given", "có ghi múi giờ");
const END_OF_DAY: Reason = Reason::new("24:00, the end of the day", "24:00, lúc hết ngày");
const LEAP_SECOND: Reason = Reason::new("a leap second", "giây nhuận");
const COMMA: Reason = Reason::new("a decimal comma", "dấu phẩy thập phân");
const FAR_ZONE: Reason = Reason::new("a zone that no country has", "múi giờ không nước nào dùng");
const UNKNOWN_ZONE: Reason = Reason::new("-00:00: the zone is not known", "-00:00: không rõ múi giờ");
const SMALL_LETTER: Reason = Reason::new("a small letter z", "chữ z thường");
const OTHER: Reason = Reason::new("another way of writing the time", "giờ viết theo dạng khác");

/// `iso_time`
pub struct IsoTime;

/// Judges hh:mm, hh:mm:ss or hh:mm:ss.fff, and the zone that follows; `zone` is whether there must be one, if it
/// matters.
pub(super) fn clock(value: &[u8], zone: Option<bool>) -> Check {
    let &[h1, h2, b':', m1, m2, ref rest @ ..] = value else { return Err(SHAPE) };
    if !all_digits(&[h1, h2, m1, m2]) {
        return Err(SHAPE);
    }
    let (hour, minute) = (number(&[h1, h2]), number(&[m1, m2]));
    let mut unusual = None;
    let (mut second, mut fraction, mut offset): (usize, &[u8], _) = (0, &[], rest);
    if let &[b':', s1, s2, ref after @ ..] = rest {
        if !all_digits(&[s1, s2]) {
            return Err(SHAPE);
        }
        (second, offset) = (number(&[s1, s2]), after);
        if let [mark @ (b'.' | b','), after @ ..] = offset {
            let digits = after.iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return Err(SHAPE);
            }
            (fraction, offset) = after.split_at(digits);
            unusual = (*mark == b',').then_some(COMMA);
        }
    }
    match (hour, minute, second) {
        (0..=23, 0..=59, 0..=59) => {}
        (0..=23, 59, 60) => unusual = Some(LEAP_SECOND),
        (24, 0, 0) if fraction.iter().all(|&digit| digit == b'0') => unusual = Some(END_OF_DAY),
        _ => return Err(CLOCK),
    }
    let strange = check_zone(offset)?;
    match (zone, offset.is_empty()) {
        (Some(true), true) => Err(NO_ZONE),
        (Some(false), false) => Err(ZONED),
        _ => Ok(unusual.or(strange)),
    }
}

/// Nothing, `Z`, `+07:00` or `+07`.
fn check_zone(zone: &[u8]) -> Check {
    let (sign, hours, minutes) = match *zone {
        [] | [b'Z'] => return Ok(None),
        [b'z'] => return Ok(Some(SMALL_LETTER)),
        [sign @ (b'+' | b'-'), a, b] if all_digits(&[a, b]) => (sign, number(&[a, b]), 0),
        [sign @ (b'+' | b'-'), a, b, b':', c, d] if all_digits(&[a, b, c, d]) => {
            (sign, number(&[a, b]), number(&[c, d]))
        }
        _ if zone[0].is_ascii_digit() || zone[0] == b':' => return Err(SHAPE),
        _ => return Err(ZONE),
    };
    if hours > 23 || minutes > 59 {
        return Err(ZONE);
    }
    // In use are -12:00 to +14:00. For -00:00 see RFC 3339 section 4.3.
    let away = hours * 60 + minutes;
    Ok(match sign {
        b'-' if away == 0 => Some(UNKNOWN_ZONE),
        b'-' if away > 12 * 60 => Some(FAR_ZONE),
        b'+' if away > 14 * 60 => Some(FAR_ZONE),
        _ => None,
    })
}

fn check(value: &[u8]) -> Check {
    clock(value, None)
}

/// The time in extended form, from the basic form, a 12-hour clock, `7h30` or a single digit for the hour.
pub(super) fn rewritten(value: &str) -> Option<String> {
    let tight: String = value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_uppercase();
    let tight = tight.strip_prefix('T').unwrap_or(&tight).to_owned();
    let (half, tight) = ["AM", "PM", "SA", "CH", "A.M.", "P.M."]
        .into_iter()
        .enumerate()
        .find_map(|(at, word)| Some((Some(at % 2 == 1), tight.strip_suffix(word)?.to_owned())))
        .unwrap_or((None, tight));
    let start = tight.find(['Z', '+', '-']).unwrap_or(tight.len());
    let (clock, zone) = tight.split_at(start);
    let zone = match zone.as_bytes() {
        [_, _, _, _, _] if zone.is_ascii() => format!("{}:{}", &zone[..3], &zone[3..]),
        _ => zone.to_owned(),
    };
    let (whole, fraction) = clock.split_at(clock.find(['.', ',']).unwrap_or(clock.len()));
    if matches!(whole.len(), 4 | 6) && all_digits(whole.as_bytes()) {
        let groups: Vec<&str> = (0..whole.len()).step_by(2).map(|at| &whole[at..at + 2]).collect();
        return written(&groups, fraction, half, &zone);
    }
    let colons = whole.replace("GIỜ", ":").replace("PHÚT", ":").replace("GIÂY", "").replace(['H', 'G'], ":");
    let mut groups: Vec<&str> = colons.split(':').collect();
    if groups.len() > 2 && groups.last() == Some(&"") {
        groups.pop();
    }
    // `7h` and `7 PM` say the hour alone.
    if (groups.len() == 2 && groups[1].is_empty()) || (groups.len() == 1 && half.is_some()) {
        groups = vec![groups[0], "00"];
    }
    written(&groups, fraction, half, &zone)
}

fn written(groups: &[&str], fraction: &str, half: Option<bool>, zone: &str) -> Option<String> {
    if !(2..=3).contains(&groups.len()) || (groups.len() == 2 && !fraction.is_empty()) {
        return None;
    }
    let lawful = |(at, group): (usize, &&str)| {
        (group.len() == 2 || (at == 0 && group.len() == 1)) && all_digits(group.as_bytes())
    };
    if !groups.iter().enumerate().all(lawful) {
        return None;
    }
    let hour = number(groups[0].as_bytes());
    let hour = match half {
        Some(_) if !(1..=12).contains(&hour) => return None,
        Some(afternoon) => hour % 12 + if afternoon { 12 } else { 0 },
        None => hour,
    };
    Some(format!("{hour:02}:{}{}{zone}", groups[1..].join(":"), fraction.replace(',', ".")))
}

impl Format for IsoTime {
    fn name(&self) -> &'static str {
        "iso_time"
    }

    fn about(&self) -> Reason {
        Reason::new("Time of day hh:mm:ss (ISO 8601)", "Giờ trong ngày, dạng hh:mm:ss (ISO 8601)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "hh:mm or hh:mm:ss, perhaps with a fraction of seconds and a zone (Z, ±hh:mm, ±hh): the extended \
             form of ISO 8601-1. 24:00, leap seconds, decimal commas and zones beyond -12:00 and +14:00 are \
             unusual. Forms without colons, 12-hour clocks (7:30 PM, 7:30 CH) and 7h30 are repairable. Whether \
             a leap second was announced is not checked.",
            "hh:mm hoặc hh:mm:ss, có thể có phần thập phân của giây và múi giờ (Z, ±hh:mm, ±hh): dạng mở rộng \
             của ISO 8601-1. 24:00, giây nhuận, dấu phẩy thập phân và múi giờ ngoài khoảng -12:00 đến +14:00 là \
             bất thường. Dạng không có dấu hai chấm, giờ 12 tiếng (7:30 PM, 7:30 CH) và 7h30 sửa được. Không \
             kiểm tra giây nhuận có được công bố.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("07:30", "valid"),
            ("23:59:59.999", "valid"),
            ("07:30:00+07:00", "valid"),
            ("24:00:00", "unusual"),
            ("23:59:60Z", "unusual"),
            ("07:30:00,5", "unusual"),
            ("7:30", "repairable"),
            ("073000", "repairable"),
            ("7:30 PM", "repairable"),
            ("7h30", "repairable"),
            ("07:30:00+0700", "repairable"),
            ("25:00", "invalid"),
            ("07:60", "invalid"),
            ("7", "invalid"),
            ("13:30 PM", "invalid"),
        ]
    }
}

impl Judge for IsoTime {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || {
            let whole = rewritten(value)?;
            check(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, OTHER))
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
        let said = |value: &str| match IsoTime.judge(value) {
            Verdict::Repairable { repaired, .. } => repaired,
            other => other.name().to_owned(),
        };
        assert_eq!(said("12:05 AM"), "00:05");
        assert_eq!(said("12:05 pm"), "12:05");
        assert_eq!(said("1:05:09.5 CH"), "13:05:09.5");
        assert_eq!(said("7 PM"), "19:00");
        assert_eq!(said("7h"), "07:00");
        assert_eq!(said("7 giờ 30 phút"), "07:30");
        assert_eq!(said("7g30"), "07:30");
        assert_eq!(said("T073000.25Z"), "07:30:00.25Z");
        assert_eq!(said("0730"), "07:30");
        assert_eq!(said("07:30 -0330"), "07:30-03:30");
        assert_eq!(said("07:30:5"), "invalid");
        assert_eq!(said("7:5"), "invalid");
        assert_eq!(said("07:30-00:00"), "unusual");
    }
}
