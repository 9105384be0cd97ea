//! `vn.land_certificate`: the number printed on a land-use right certificate (số phát hành giấy chứng nhận).

use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new(
    "must be one letter and 6 digits, or two letters and 6 or 8 digits, with a space between",
    "phải gồm 1 chữ cái và 6 chữ số, hoặc 2 chữ cái và 6 hoặc 8 chữ số, cách nhau một khoảng trắng",
);
const ZERO: Reason = Reason::new("the number is zero", "số thứ tự bằng 0");
const PLACE_OF_DD: Reason = Reason::new(
    "Đ is known only as second of two letters before 6 digits",
    "chữ Đ chỉ biết có ở vị trí thứ hai trước 6 chữ số",
);
const SPACING: Reason = Reason::new(
    "letters and digits must be separated by one space",
    "chữ cái và chữ số phải cách nhau đúng một khoảng trắng",
);
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const EYE: Reason = Reason::new(
    "0 and O, or Đ and a look-alike, are confused, as text recognition does",
    "nhầm số 0 với chữ O, hoặc chữ Đ với ký tự giống nó, lỗi thường gặp khi nhận dạng chữ",
);
const WORD: Reason = Reason::new("the word `Số` stands before it", "có chữ `Số` ở trước");

/// `vn.land_certificate`
pub struct LandCertificate;

/// The first letter, and what follows it. Đ is two bytes.
fn letter(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    match bytes {
        [b'A'..=b'Z', ..] => Some(bytes.split_at(1)),
        [0xC4, 0x90, ..] => Some(bytes.split_at(2)),
        _ => None,
    }
}

fn check(bytes: &[u8]) -> Check {
    const DD: &[u8] = "Đ".as_bytes();
    let (first, rest) = letter(bytes).ok_or(SHAPE)?;
    let (second, rest) = letter(rest).map_or((None, rest), |(second, rest)| (Some(second), rest));
    let [b' ', digits @ ..] = rest else { return Err(SHAPE) };
    if !(digits.len() == 6 || digits.len() == 8 && second.is_some()) || !all_digits(digits) {
        return Err(SHAPE);
    }
    if digits.iter().all(|&digit| digit == b'0') {
        return Err(ZERO);
    }
    let unknown = first == DD || second == Some(DD) && digits.len() == 8;
    Ok(unknown.then_some(PLACE_OF_DD))
}

fn repair(value: &str) -> Option<Verdict> {
    let together: String =
        value.chars().filter(|c| !(c.is_whitespace() || matches!(c, '.' | '-' | ':'))).collect();
    let mut text = together.to_uppercase();
    let mut reason = if together == text { SPACING } else { LOWER_CASE };
    // `Số AP 123456`. Right before the digits SO is itself a series.
    let word = ["SỐ", "SO"].iter().find_map(|word| text.strip_prefix(word));
    if let Some(rest) = word.filter(|rest| !rest.starts_with(|c: char| c.is_ascii_digit())) {
        (text, reason) = (rest.to_owned(), WORD);
    }
    // No series has 7 or 9 digits: the first of them is the letter O.
    let count = text.chars().count();
    let mut number = String::with_capacity(text.len() + 1);
    for (at, c) in text.chars().enumerate() {
        let in_digits = at >= 2;
        number.push(match c {
            '0' if at == 1 && matches!(count, 8 | 10) => 'O',
            'O' if in_digits => '0',
            // U+00D0 and U+0189 look like U+0110.
            '\u{D0}' | '\u{189}' => 'Đ',
            c => c,
        });
        if !number.ends_with(c) {
            reason = EYE;
        }
    }
    let first_digit = number.find(|c: char| c.is_ascii_digit())?;
    number.insert(first_digit, ' ');
    check(number.as_bytes()).is_ok().then(|| Verdict::repairable(number, reason))
}

impl Format for LandCertificate {
    fn name(&self) -> &'static str {
        "vn.land_certificate"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Printed number of a Vietnamese land-use right certificate, such as DL 242877",
            "Số phát hành giấy chứng nhận quyền sử dụng đất, ví dụ DL 242877",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Two letters and 8 digits since 01/08/2024 (AA 01695788), two letters and 6 digits from 2009 on, where the \
             second letter may be Đ (DĐ 659138), one letter and 6 digits before (K 550768), with one space between. \
             These forms are those seen in working systems; the text of Circular 10/2024/TT-BTNMT was not read. Wrong \
             spacing, small letters, the word `Số`, and 0 for O as text recognition writes it (H0 for HO) are \
             repairable. Which series were printed, whether the certificate exists or was revoked, and the free-form \
             number in the register (số vào sổ) are not checked.",
            "Hai chữ cái và 8 chữ số từ 01/08/2024 (AA 01695788), hai chữ cái và 6 chữ số từ năm 2009, chữ thứ hai có thể là \
             Đ (DĐ 659138), một chữ cái và 6 chữ số trước đó (K 550768), cách nhau một khoảng trắng. Các dạng này theo hệ \
             thống đang chạy; chưa đọc nguyên văn Thông tư 10/2024/TT-BTNMT. Sai khoảng trắng, chữ thường, có chữ `Số`, và \
             số 0 thay chữ O do nhận dạng (H0 thay HO) sửa được. Không kiểm tra sê-ri đã được in, giấy có tồn tại hay đã bị \
             thu hồi, và số vào sổ vốn không có dạng cố định.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("AA 01695788", "valid"),
            ("DL 242877", "valid"),
            ("DĐ 659138", "valid"),
            ("K 550768", "valid"),
            ("Đ 550768", "unusual"),
            ("dl242877", "repairable"),
            ("H0 123456", "repairable"),
            ("Số AP 123456", "repairable"),
            ("DL 24287O", "repairable"),
            ("AA 0169578", "invalid"),
            ("DL 000000", "invalid"),
            ("CH 04421", "invalid"),
            ("242877", "invalid"),
        ]
    }
}

impl Judge for LandCertificate {
    fn judge(&self, value: &str) -> Verdict {
        match check(value.as_bytes()) {
            Err(reason) => repair(value).unwrap_or(Verdict::Invalid(reason)),
            checked => verdict(checked),
        }
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs() {
        let repaired = |value| match LandCertificate.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("dl242877").as_deref(), Some("DL 242877"));
        assert_eq!(repaired("H0 123456").as_deref(), Some("HO 123456"));
        assert_eq!(repaired("U0 01234567").as_deref(), Some("UO 01234567"));
        assert_eq!(repaired("SOAP 123456").as_deref(), Some("AP 123456"));
        assert_eq!(repaired("Số: K 550768").as_deref(), Some("K 550768"));
        assert_eq!(repaired("SO123456").as_deref(), Some("SO 123456"), "the series SO");
        assert_eq!(repaired("D\u{D0} 659138").as_deref(), Some("DĐ 659138"));
        assert_eq!(repaired("dđ-659.138").as_deref(), Some("DĐ 659138"));
        assert_eq!(repaired("AA 0169578"), None, "a digit is missing, and nobody knows which");
    }
}
