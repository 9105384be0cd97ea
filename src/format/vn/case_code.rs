//! `vn.case_code`: the code of one case of an administrative procedure (mã hồ sơ thủ tục hành chính).

use super::agency_code;
use crate::format::ascii::all_digits;
use crate::format::{Check, Format, Judge, Reason, Verdict, verdict};
use crate::kernel::date_format::default_date;

const SHAPE: Reason = Reason::new(
    "must be the agency's code, the date as YYMMDD and a serial, joined by hyphens",
    "phải gồm mã định danh cơ quan, ngày dạng YYMMDD và số thứ tự, nối bằng dấu gạch ngang",
);
const AGENCY: Reason = Reason::new(
    "the part before the date is not the code of an agency",
    "phần trước ngày không phải mã định danh cơ quan",
);
const CALENDAR: Reason =
    Reason::new("the date in the code does not exist", "ngày trong mã không có trong lịch");
const SERIAL: Reason = Reason::new("the serial has fewer than 4 digits", "số thứ tự ít hơn 4 chữ số");
const SERIAL_ZERO: Reason = Reason::new("the serial is zero", "số thứ tự bằng 0");
const BEFORE_2018: Reason = Reason::new(
    "the date lies before 2018, when such codes were introduced",
    "ngày trước năm 2018, khi mã này chưa được quy định",
);
const SPACES_OR_DASHES: Reason = Reason::new(
    "spaces, or dashes that are no hyphens",
    "có khoảng trắng, hoặc dấu gạch không phải dấu gạch ngang",
);
const WHOLE_YEAR: Reason = Reason::new("the year has four digits", "năm viết đủ bốn chữ số");

/// `vn.case_code`
pub struct CaseCode;

/// Whether YYMMDD is a day of this century.
fn is_day(date: &[u8]) -> bool {
    let &[y, z, m, n, d, e] = date else { return false };
    let date = [b'2', b'0', y, z, b'-', m, n, b'-', d, e];
    std::str::from_utf8(&date).is_ok_and(|date| default_date().parse_date(date).is_some())
}

fn check(bytes: &[u8]) -> Check {
    // The agency's code holds no hyphen.
    let mut parts = bytes.split(|&byte| byte == b'-');
    let (Some(agency), Some(date), Some(serial), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(SHAPE);
    };
    if date.len() != 6 || !all_digits(date) || serial.is_empty() || !all_digits(serial) {
        return Err(SHAPE);
    }
    // Both orders of the agency's code are in use.
    if agency_code::check_body(agency).is_err() {
        return Err(AGENCY);
    }
    if !is_day(date) {
        return Err(CALENDAR);
    }
    if serial.len() < 4 {
        return Err(SERIAL);
    }
    Ok(if &date[..2] < b"18".as_slice() {
        Some(BEFORE_2018)
    } else if serial.iter().all(|&digit| digit == b'0') {
        Some(SERIAL_ZERO)
    } else {
        None
    })
}

fn repair(value: &str) -> Option<Verdict> {
    let hyphens: String = value
        .chars()
        .filter(|c| !c.is_whitespace())
        .map(|c| if matches!(c, '\u{2010}'..='\u{2015}' | '\u{2212}') { '-' } else { c })
        .collect();
    if check(hyphens.as_bytes()).is_ok() {
        return Some(Verdict::repairable(hyphens, SPACES_OR_DASHES));
    }
    let (agency, rest) = hyphens.split_once("-20")?;
    let short = format!("{agency}-{rest}");
    check(short.as_bytes()).is_ok().then(|| Verdict::repairable(short, WHOLE_YEAR))
}

impl Format for CaseCode {
    fn name(&self) -> &'static str {
        "vn.case_code"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a case of a Vietnamese administrative procedure, such as H26.14.21-240101-0001",
            "Mã hồ sơ thủ tục hành chính, ví dụ H26.14.21-240101-0001",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The code of the receiving agency, the day of receipt as YYMMDD and a serial of at least four digits, joined \
             by hyphens (Decree 61/2018/NĐ-CP art. 26, Circular 01/2018/TT-VPCP art. 19). Both orders of the agency's \
             code occur, H26.14.21 and 000.00.14.H26. Decree 61/2018 was replaced by Decree 118/2025/NĐ-CP on \
             01/07/2025; whether the code changed is unsure, so only its shape is checked and that the day exists. Days \
             before 2018 and a serial of zero are unusual. Whether the agency and the case exist, and whether the day \
             lies in the future, is not checked.",
            "Mã định danh cơ quan tiếp nhận, ngày tiếp nhận dạng YYMMDD và số thứ tự ít nhất bốn chữ số, nối bằng dấu gạch \
             ngang (Nghị định 61/2018/NĐ-CP Điều 26, Thông tư 01/2018/TT-VPCP Điều 19). Mã cơ quan có hai thứ tự, \
             H26.14.21 và 000.00.14.H26. Nghị định 61/2018 được thay bằng Nghị định 118/2025/NĐ-CP từ 01/07/2025; chưa rõ \
             mã có thay đổi hay không nên chỉ kiểm tra dạng và ngày có trong lịch. Ngày trước năm 2018 và số thứ tự bằng 0 \
             bị xem là bất thường. Không kiểm tra cơ quan, hồ sơ có tồn tại và ngày có ở tương lai hay không.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("H26.14.21-240101-0001", "valid"),
            ("000.00.14.H26-240101-0001", "valid"),
            ("H26-240229-123456", "valid"),
            ("H26.14.21-150101-0001", "unusual"),
            ("H26.14.21-240101-0000", "unusual"),
            ("H26.14.21 - 240101 - 0001", "repairable"),
            ("H26.14.21–240101–0001", "repairable"),
            ("H26.14.21-20240101-0001", "repairable"),
            ("H26.14.21-241301-0001", "invalid"),
            ("H26-230229-0001", "invalid"),
            ("H26.14.21-240101-001", "invalid"),
            ("h26.14.21-240101-0001", "invalid"),
            ("H26.14.21-240101", "invalid"),
        ]
    }
}

impl Judge for CaseCode {
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
