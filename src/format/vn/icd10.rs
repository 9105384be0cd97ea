//! `vn.icd10`: codes of diseases after ICD-10 (mã bệnh), as hospitals of Viet Nam write them.

use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};

const SHAPE: Reason = Reason::new(
    "must be a letter and two digits, and after a dot one or two more: A00, A00.0",
    "phải gồm 1 chữ cái và 2 chữ số, sau dấu chấm thêm 1 hoặc 2 chữ số: A00, A00.0",
);
const EMPTY: Reason =
    Reason::new("an empty place between the semicolons", "có vị trí trống giữa các dấu chấm phẩy");
const TOO_LONG: Reason =
    Reason::new("more digits than the codes of Viet Nam have", "nhiều chữ số hơn mã dùng ở Việt Nam");
const Q87_11: Reason = Reason::new(
    "Q87.11 is not in the Vietnamese list: use Q87.1 (Circular 06/2026/TT-BYT)",
    "Q87.11 không có trong danh mục của Việt Nam: dùng Q87.1 (Thông tư 06/2026/TT-BYT)",
);
const ICD_11: Reason = Reason::new("the form of an ICD-11 code", "dạng của mã ICD-11");
const NO_DOT: Reason = Reason::new("the dot is missing", "thiếu dấu chấm");
const LOWER_CASE: Reason = Reason::new("lower-case letters", "chữ cái viết thường");
const SEPARATOR: Reason = Reason::new(
    "codes must be joined by `;` alone, and the dot must be a dot",
    "các mã phải nối bằng dấu `;`, trong mã phải dùng dấu chấm",
);
const MARK: Reason =
    Reason::new("a dagger or asterisk, which is not part of the code", "có dấu † hoặc *, không thuộc mã");

/// `vn.icd10`
pub struct Icd10;

#[inline]
fn check_one(bytes: &[u8]) -> Check {
    match bytes {
        [] => Err(EMPTY),
        [letter, a, b, rest @ ..] if letter.is_ascii_uppercase() && all_digits(&[*a, *b]) => match rest {
            [] => Ok(None),
            [b'.', digits @ ..] if !digits.is_empty() && all_digits(digits) => match digits.len() {
                2 if bytes == b"Q87.11" => Err(Q87_11),
                1 | 2 => Ok(None),
                _ => Err(TOO_LONG),
            },
            _ => Err(SHAPE),
        },
        _ if is_icd_11(bytes) => Ok(Some(ICD_11)),
        _ => Err(SHAPE),
    }
}

/// 1A00, CA40.0, 8A00.1Z: the second character is always a letter, and never O or I.
fn is_icd_11(bytes: &[u8]) -> bool {
    let letter = |byte: u8| byte.is_ascii_uppercase() && !matches!(byte, b'O' | b'I');
    let any = |byte: u8| byte.is_ascii_digit() || letter(byte);
    match bytes {
        [a, b, c, d, rest @ ..] if any(*a) && letter(*b) && c.is_ascii_digit() && any(*d) => match rest {
            [] => true,
            [b'.', e] => any(*e),
            [b'.', e, f] => any(*e) && any(*f),
            _ => false,
        },
        _ => false,
    }
}

/// One code, or several joined by `;`, the first of them the main diagnosis.
fn check(bytes: &[u8]) -> Check {
    let mut unusual = None;
    for code in bytes.split(|&byte| byte == b';') {
        unusual = unusual.or(check_one(code)?);
    }
    Ok(unusual)
}

fn repair(value: &str) -> Option<Verdict> {
    let mut reason = None;
    let mut codes = Vec::new();
    for part in value.split([';', '/', '+']) {
        // A comma before one or two digits stands for the dot, any other joins codes.
        let mut pieces = part.split(',').map(str::trim).peekable();
        while let Some(piece) = pieces.next() {
            let decimals = pieces.next_if(|next| matches!(next.len(), 1 | 2) && all_digits(next.as_bytes()));
            let (code, why) = match decimals {
                Some(decimals) => repair_one(&format!("{piece}.{decimals}"))?,
                None if piece.is_empty() => continue,
                None => repair_one(piece)?,
            };
            reason = reason.or(why);
            codes.push(code);
        }
    }
    let joined = codes.join(";");
    check(joined.as_bytes()).is_ok().then(|| Verdict::repairable(joined, reason.unwrap_or(SEPARATOR)))
}

/// The code that one piece means, and what was wrong with it.
fn repair_one(piece: &str) -> Option<(String, Option<Reason>)> {
    let bare = piece.trim_end_matches(['†', '*']).trim_end();
    let mut reason = (bare != piece).then_some(MARK);
    let mut code = bare.to_ascii_uppercase();
    if code != bare {
        reason = reason.or(Some(LOWER_CASE));
    }
    if let [letter, digits @ ..] = code.as_bytes()
        && letter.is_ascii_uppercase()
        && matches!(digits.len(), 3 | 4)
        && all_digits(digits)
    {
        code.insert(3, '.');
        reason = Some(NO_DOT);
    }
    check_one(code.as_bytes()).is_ok().then_some((code, reason))
}

impl Format for Icd10 {
    fn name(&self) -> &'static str {
        "vn.icd10"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Disease codes after ICD-10, one or several joined by `;`",
            "Mã bệnh theo ICD-10, một hoặc nhiều mã nối bằng `;`",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A letter and two digits, and after a dot one or two more. In a field with several codes, joined by `;`, the \
             first is the main diagnosis. Only the shape is checked, not the national list of Circular 06/2026/TT-BYT \
             (text read; in force since 01/07/2026): neither whether a code exists or is fine enough, nor what sex, main \
             diagnosis or cause of death it is allowed for. Of that list one case is known here: Q87.11 is invalid, Q87.1 \
             is right. The shape of ICD-11 is unusual. A missing dot, small letters, other separators and the marks † and \
             * are repairable.",
            "Một chữ cái và hai chữ số, sau dấu chấm thêm một hoặc hai chữ số. Trong ô có nhiều mã nối bằng `;`, mã đầu là \
             bệnh chính. Chỉ kiểm tra dạng, không kiểm tra danh mục quốc gia của Thông tư 06/2026/TT-BYT (đã đọc văn bản; \
             hiệu lực từ 01/07/2026): không xét mã có tồn tại, đủ chi tiết, hay được dùng cho giới tính, bệnh chính, nguyên \
             nhân tử vong nào. Từ danh mục đó chỉ biết một trường hợp: Q87.11 là sai, đúng là Q87.1. Dạng ICD-11 bị xem là \
             bất thường. Thiếu dấu chấm, chữ thường, dấu nối khác và dấu †, * sửa được.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("A00.0", "valid"),
            ("Z38", "valid"),
            ("M00.01", "valid"),
            ("J18.9;I10", "valid"),
            ("1A00", "unusual"),
            ("A000", "repairable"),
            ("a00.0", "repairable"),
            ("J18.9, I10", "repairable"),
            ("A17.0†", "repairable"),
            ("Q87.11", "invalid"),
            ("A0", "invalid"),
            ("S72.001A", "invalid"),
            ("Viêm phổi", "invalid"),
        ]
    }
}

impl Judge for Icd10 {
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
        let repaired = |value| match Icd10.judge(value) {
            Verdict::Repairable { repaired, .. } => Some(repaired),
            _ => None,
        };
        assert_eq!(repaired("A000").as_deref(), Some("A00.0"));
        assert_eq!(repaired("m0001").as_deref(), Some("M00.01"));
        assert_eq!(repaired("A00,0").as_deref(), Some("A00.0"));
        assert_eq!(repaired("J18,9,I10,E11,65").as_deref(), Some("J18.9;I10;E11.65"));
        assert_eq!(repaired("J18.9; I10 ;").as_deref(), Some("J18.9;I10"));
        assert_eq!(repaired("G01* + A17.0†").as_deref(), Some("G01;A17.0"));
        assert_eq!(repaired("Q8711"), None, "not in the list with its dot either");
        assert_eq!(repaired(";"), None);
    }

    #[test]
    fn the_hint_names_the_right_code() {
        assert_eq!(Icd10.judge("I10;Q87.11"), Verdict::Invalid(Q87_11));
    }
}
