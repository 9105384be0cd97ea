//! `vn.plate`: the number plate of a vehicle (biển số xe).

use crate::format::ascii::{all_digits, codes, number};
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

/// Codes of the places of registration. Provinces that merged keep all of theirs.
static PLACES: [bool; 100] = codes(include_bytes!("../../../rules/lists/vehicle_plate_codes.csv"));
/// Hà Bắc, divided in 1997: on the list, not given any more.
const RETIRED_PLACE: usize = 13;

const SHAPE: Reason = Reason::new("not a number plate", "không phải biển số xe");
const PLACE: Reason = Reason::new("no place has this code", "không có ký hiệu địa phương này");
const SERIES: Reason =
    Reason::new("no series of letters like this is in use", "không có sê-ri chữ cái như vậy");
const ZERO: Reason = Reason::new("the number is zero", "số thứ tự bằng 0");
const RETIRED: Reason = Reason::new(
    "the code of a place that gives no plates any more",
    "ký hiệu địa phương không còn cấp biển số",
);
const OLD_SERIES: Reason = Reason::new(
    "a letter that has not been used in series since 2010",
    "chữ cái không còn dùng trong sê-ri từ năm 2010",
);
const MILITARY: Reason = Reason::new(
    "the form of a military plate; its codes are not checked",
    "dạng biển số quân đội; không kiểm tra ký hiệu",
);
const TEMPORARY: Reason = Reason::new("a temporary plate", "biển số tạm thời");
const SEPARATORS: Reason = Reason::new(
    "hyphen, space or dot are missing or in the wrong place",
    "thiếu hoặc sai vị trí dấu gạch ngang, khoảng trắng, dấu chấm",
);
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const PLAIN_D: Reason = Reason::new("D or a look-alike for Đ", "viết D hoặc ký tự giống Đ thay cho Đ");

/// `vn.plate`
pub struct Plate;

/// Letters of a series that say what the vehicle is: foreign-owned, projects, army enterprises, economic zones.
fn is_special(letters: &[u8]) -> bool {
    matches!(letters, b"CT" | b"DA" | b"KL" | b"KT" | b"LA" | b"LB" | b"LD")
        || is_diplomatic(letters)
        || may_have_digit(letters)
}

/// The same for restricted, electric, trial vehicles and tractors: `MĐ1`.
fn may_have_digit(letters: &[u8]) -> bool {
    const MD: &[u8] = "MĐ".as_bytes();
    const TD: &[u8] = "TĐ".as_bytes();
    matches!(letters, b"HC" | b"MA" | b"MK" | b"SA" | b"XA") || letters == MD || letters == TD
}

fn is_diplomatic(letters: &[u8]) -> bool {
    matches!(letters, b"CV" | b"NG" | b"NN" | b"QT")
}

/// The twenty letters of series; R is for trailers.
const fn is_series_letter(letter: u8) -> bool {
    letter.is_ascii_uppercase() && !matches!(letter, b'I' | b'J' | b'O' | b'Q' | b'R' | b'W')
}

/// Judges a series such as `A`, `B1`, `LD`, `MĐ1` before so many digits.
fn check_series(letters: &[u8], digit: Option<u8>, digits: usize) -> Check {
    match (letters, digit) {
        (_, Some(b'0')) => Err(SERIES),
        ([letter], _) if is_series_letter(*letter) => Ok(None),
        ([b'R'], None) => Ok(None),
        ([b'I' | b'J' | b'O' | b'Q' | b'R'], digit) if digit.is_some() || digits == 4 => Ok(Some(OLD_SERIES)),
        (letters, Some(_)) if may_have_digit(letters) => Ok(None),
        (letters, None) if is_special(letters) => Ok(None),
        // Small motorcycles.
        ([first, second], None)
            if is_series_letter(*first) && (is_series_letter(*second) || *second == b'R') =>
        {
            Ok(None)
        }
        _ => Err(SERIES),
    }
}

/// The letters at the front, one or two of them, and what follows.
fn split_letters(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let length = match bytes {
        [b'A'..=b'Z', b'A'..=b'Z', ..] => 2,
        // Đ is two bytes.
        [b'A'..=b'Z', 0xC4, 0x90, ..] => 3,
        [b'A'..=b'Z', ..] => 1,
        _ => return None,
    };
    Some(bytes.split_at(length))
}

/// How many digits there are in `1234`, `12345` or `123.45`; not all of them zero.
fn check_order(bytes: &[u8]) -> Result<usize, Reason> {
    let digits = match bytes {
        [a, b, c, b'.', d, e] if all_digits(&[*a, *b, *c, *d, *e]) => 5,
        _ if matches!(bytes.len(), 4 | 5) && all_digits(bytes) => bytes.len(),
        _ => return Err(SHAPE),
    };
    if bytes.iter().all(|byte| matches!(byte, b'0' | b'.')) { Err(ZERO) } else { Ok(digits) }
}

/// What follows the place.
fn check_rest(rest: &[u8]) -> Check {
    // 80-011-NG-01, and in the older order 80NG-011-01.
    if let [b'-', a, b, c, b'-', x, y, b'-', serial @ ..] = rest
        && all_digits(&[*a, *b, *c])
    {
        let whole = matches!(serial.len(), 2 | 3) && all_digits(serial);
        return if whole && is_diplomatic(&[*x, *y]) { Ok(None) } else { Err(SHAPE) };
    }
    if let [x, y, b'-', a, b, c, b'-', d, e] = rest
        && is_diplomatic(&[*x, *y])
        && all_digits(&[*a, *b, *c, *d, *e])
    {
        return Ok(None);
    }
    let (hyphen, rest) = rest.strip_prefix(b"-").map_or((false, rest), |rest| (true, rest));
    let (letters, rest) = split_letters(rest).ok_or(SHAPE)?;
    let (digit, rest) = match rest {
        [digit, rest @ ..] if digit.is_ascii_digit() => (Some(*digit), rest),
        _ => (None, rest),
    };
    // 29A-123.45; 29-B1 123.45 as on the plate, or 29B1-123.45 in one line.
    let order = match rest {
        [b'-', order @ ..] if !hyphen => order,
        [b' ', order @ ..] if hyphen && (letters.len() > 1 || digit.is_some()) => order,
        _ => return Err(SHAPE),
    };
    let digits = check_order(order)?;
    check_series(letters, digit, digits)
}

fn check(bytes: &[u8]) -> Check {
    match bytes {
        [a, b, rest @ ..] if all_digits(&[*a, *b]) => {
            let place = number(&[*a, *b]);
            let checked = check_rest(rest)?;
            if !PLACES[place] {
                return Err(PLACE);
            }
            Ok(if place == RETIRED_PLACE { Some(RETIRED) } else { checked })
        }
        [b'T', a, b, b'-', order @ ..] if all_digits(&[*a, *b]) => {
            if check_order(order)? != 5 {
                return Err(SHAPE);
            }
            if PLACES[number(&[*a, *b])] { Ok(Some(TEMPORARY)) } else { Err(PLACE) }
        }
        [x, y, b'-', a, b, b'-', c, d] | [x, y, b'-', a, b, c, d]
            if matches!(x, b'A'..=b'D' | b'H' | b'K' | b'P' | b'Q' | b'T' | b'V')
                && matches!(y, b'A'..=b'X')
                && all_digits(&[*a, *b, *c, *d]) =>
        {
            Ok(Some(MILITARY))
        }
        _ => Err(SHAPE),
    }
}

/// Letters and digits without what separates them, and behind how many of them a separator stood.
fn compact(value: &str) -> Option<(Vec<char>, Vec<usize>)> {
    let (mut kept, mut gaps) = (Vec::new(), Vec::new());
    for c in value.chars() {
        match c {
            // Look-alikes of Đ.
            '\u{D0}' | '\u{189}' | 'đ' | 'Đ' => kept.push('Đ'),
            _ if c.is_ascii_alphanumeric() => kept.push(c.to_ascii_uppercase()),
            '-' | '.' | '_' | '/' => gaps.push(kept.len()),
            _ if c.is_whitespace() => gaps.push(kept.len()),
            _ => return None,
        }
    }
    Some((kept, gaps))
}

/// As it is written on plates.
fn printed(place: &str, letters: &str, digit: &str, order: &str) -> String {
    let order = if order.len() == 5 { format!("{}.{}", &order[..3], &order[3..]) } else { order.to_owned() };
    if digit.is_empty() && (letters.len() == 1 || is_special(letters.as_bytes())) {
        format!("{place}{letters}-{order}")
    } else {
        format!("{place}-{letters}{digit} {order}")
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let (kept, gaps) = compact(value)?;
    let is_letter = |at: usize| kept.get(at).is_some_and(|c| !c.is_ascii_digit());
    let text = |from: usize, to: usize| kept.get(from..to).map(|part| part.iter().collect::<String>());
    let letters = (2..kept.len()).take_while(|&at| is_letter(at)).count();
    let plate = if is_letter(0) || is_letter(1) {
        match (is_letter(0), is_letter(1), kept.len()) {
            (true, false, 8) => format!("{}-{}.{}", text(0, 3)?, text(3, 6)?, text(6, 8)?),
            (true, true, 6) => format!("{}-{}-{}", text(0, 2)?, text(2, 4)?, text(4, 6)?),
            _ => return None,
        }
    } else if letters == 0 {
        // 80 011 NG 01
        format!("{}-{}-{}-{}", text(0, 2)?, text(2, 5)?, text(5, 7)?, text(7, kept.len())?)
    } else {
        let series = 2 + letters;
        let with_digit = match kept.len() - series {
            6 => true,
            // Five digits are the number, unless the first of them stands apart with the letters.
            5 => gaps.contains(&(series + 1)) && !gaps.contains(&series),
            4 => false,
            _ => return None,
        };
        let order = series + usize::from(with_digit);
        // A Đ among them is two bytes, and no plate.
        if !kept[order..].iter().all(char::is_ascii_digit) {
            return None;
        }
        let mut letters = text(2, series)?;
        if with_digit && matches!(letters.as_str(), "MD" | "TD") {
            letters.replace_range(1.., "Đ");
        }
        printed(&text(0, 2)?, &letters, &text(series, order)?, &text(order, kept.len())?)
    };
    let reason = if plate.contains('Đ') && !value.contains(['Đ', 'đ']) {
        PLAIN_D
    } else if value.contains(|c: char| c.is_ascii_lowercase() || c == 'đ') && value.to_uppercase() == plate {
        LOWER_CASE
    } else {
        SEPARATORS
    };
    check(plate.as_bytes()).is_ok().then(|| Verdict::repairable(plate, reason))
}

impl Format for Plate {
    fn name(&self) -> &'static str {
        "vn.plate"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Vietnamese vehicle number plate, such as 29A-123.45 or 29-B1 123.45",
            "Biển số xe, ví dụ 29A-123.45 hoặc 29-B1 123.45",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Place (two digits), series (letters, for motorcycles often with a digit) and a number of five digits, four on \
             older plates; the dot may be missing. Cars: 29A-123.45; motorcycles: 29-B1 123.45 or 29B1-123.45; diplomats: \
             80-011-NG-01. Codes of places and letters of series are those of the PyPI package `biensoxe` (MIT), which \
             cites Circulars 36/2010 and 15/2014/TT-BCA; that merged provinces keep all their codes (Circular \
             51/2025/TT-BCA) is reported by one secondary source. The retired place 13 and letters out of use are unusual, \
             and so are military and temporary plates, whose codes are not checked. Other separators and small letters are \
             repairable; five digits after one letter without any separator are read as a car's. Whether the plate was \
             issued, and for what kind of vehicle, is not checked.",
            "Ký hiệu địa phương (2 chữ số), sê-ri (chữ cái, với mô tô thường kèm một chữ số) và số thứ tự năm chữ số, biển cũ \
             bốn chữ số; có thể không có dấu chấm. Ô tô: 29A-123.45; mô tô: 29-B1 123.45 hoặc 29B1-123.45; ngoại giao: \
             80-011-NG-01. Ký hiệu địa phương và chữ cái sê-ri theo gói PyPI `biensoxe` (MIT), dẫn Thông tư 36/2010 và \
             15/2014/TT-BCA; việc tỉnh sáp nhập giữ mọi ký hiệu cũ (Thông tư 51/2025/TT-BCA) theo một nguồn thứ cấp. Ký hiệu \
             13 đã ngừng cấp, chữ cái không còn dùng, biển quân đội và biển tạm thời (không kiểm tra ký hiệu) bị xem là bất \
             thường. Dấu phân cách khác và chữ thường sửa được; năm chữ số liền sau một chữ cái, không có dấu phân cách, được \
             hiểu là biển ô tô. Không kiểm tra biển đã được cấp và cấp cho loại xe nào.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("29A-123.45", "valid"),
            ("51F-97022", "valid"),
            ("29-B1 123.45", "valid"),
            ("29B1-123.45", "valid"),
            ("29-MĐ1 123.45", "valid"),
            ("51LD-012.34", "valid"),
            ("80-011-NG-01", "valid"),
            ("13H-1234", "unusual"),
            ("29J-1234", "unusual"),
            ("TC-33-86", "unusual"),
            ("T29-123.45", "unusual"),
            ("29A12345", "repairable"),
            ("29 b1 123.45", "repairable"),
            ("29-MD1 123.45", "repairable"),
            ("10A-123.45", "invalid"),
            ("29W-123.45", "invalid"),
            ("29A-000.00", "invalid"),
            ("29A-123", "invalid"),
            ("29A", "invalid"),
        ]
    }
}

impl Judge for Plate {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        // Most are cars of the last years.
        if let Ok(&[a, b, letter, b'-', c, d, e, b'.', f, g]) = <&[u8; 10]>::try_from(value.as_bytes())
            && is_series_letter(letter)
            && all_digits(&[a, b, c, d, e, f, g])
        {
            return PLACES[number(&[a, b])] && (c, d, e, f, g) != (b'0', b'0', b'0', b'0', b'0');
        }
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eighty_two_places() {
        let list = include_str!("../../../rules/lists/vehicle_plate_codes.csv");
        assert_eq!(PLACES.iter().filter(|&&known| known).count(), 82);
        let retired: Vec<_> = list.lines().filter(|line| line.contains("không còn cấp")).collect();
        assert_eq!(retired.len(), 1);
        assert!(retired[0].starts_with(&format!("{RETIRED_PLACE},")));
    }

    #[test]
    fn repairs() {
        let repaired = |value| match Plate.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("29A12345").as_deref(), Some("29A-123.45"));
        assert_eq!(repaired("29a-123.45").as_deref(), Some("29A-123.45"));
        assert_eq!(repaired("30A1234").as_deref(), Some("30A-1234"));
        assert_eq!(repaired("29B112345").as_deref(), Some("29-B1 123.45"));
        assert_eq!(repaired("29B1 1234").as_deref(), Some("29-B1 1234"), "the digit stands with the letter");
        assert_eq!(repaired("29-A 123.45").as_deref(), Some("29A-123.45"));
        assert_eq!(repaired("29A-123Đ5"), None);
        assert_eq!(repaired("51LD01234").as_deref(), Some("51LD-012.34"));
        assert_eq!(repaired("29AA12345").as_deref(), Some("29-AA 123.45"));
        assert_eq!(repaired("29md112345").as_deref(), Some("29-MĐ1 123.45"));
        assert_eq!(repaired("29-M\u{D0}1 123.45").as_deref(), Some("29-MĐ1 123.45"));
        assert_eq!(repaired("80011NG01").as_deref(), Some("80-011-NG-01"));
        assert_eq!(repaired("80 NG 636 70").as_deref(), Some("80NG-636.70"));
        assert_eq!(repaired("TC3386").as_deref(), Some("TC-33-86"));
        assert_eq!(repaired("T29 12345").as_deref(), Some("T29-123.45"));
        assert_eq!(repaired("ZC3386"), None);
        assert_eq!(repaired("29LD112345"), None);
        assert_eq!(repaired("10A12345"), None, "no such place");
        assert_eq!(repaired("29A(12345)"), None);
        assert_eq!(repaired("2"), None);
    }
}
