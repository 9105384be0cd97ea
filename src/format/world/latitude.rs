//! `latitude`: in decimal degrees.

use super::angle::Angle;
use crate::format::{Format, Judge, Reason, Verdict};

pub(super) const LATITUDE: Angle = Angle {
    limit: 90,
    beyond: Reason::new(
        "outside -90 to 90 degrees; perhaps latitude and longitude are swapped",
        "ngoài khoảng -90 đến 90 độ; có thể vĩ độ và kinh độ bị đổi chỗ",
    ),
    positive: ['N', 'B'],
    negative: ['S', 'S'],
};

/// `latitude`
pub struct Latitude;

impl Format for Latitude {
    fn name(&self) -> &'static str {
        "latitude"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Latitude in decimal degrees, -90 to 90 (ISO 6709)",
            "Vĩ độ theo độ thập phân, -90 đến 90 (ISO 6709)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A number of degrees with a decimal point, north of the equator positive (ISO 6709); a plus sign \
             and leading zeros are allowed. Exactly 0 and whole degrees are unusual. Decimal commas and \
             degrees, minutes and seconds are repairable: N or B (bắc) is positive, S negative. Neither the \
             reference system (WGS 84, VN-2000) nor whether the place is where the record says is checked.",
            "Số độ có dấu chấm thập phân, phía bắc xích đạo là dương (ISO 6709); cho phép dấu cộng và số 0 ở \
             đầu. Đúng bằng 0 và độ tròn là bất thường. Dấu phẩy thập phân và độ, phút, giây sửa được: N hoặc B \
             (bắc) là dương, S là âm. Không kiểm tra hệ quy chiếu (WGS 84, VN-2000) và nơi đó có khớp với bản \
             ghi.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("21.0285", "valid"),
            ("-33.8568", "valid"),
            ("+10.776900", "valid"),
            ("0", "unusual"),
            ("21", "unusual"),
            ("21,0285", "repairable"),
            ("21°01'42\"N", "repairable"),
            ("21.0285° N", "repairable"),
            ("105.8542", "invalid"),
            ("90.5", "invalid"),
            ("21.0285E", "invalid"),
            ("21.0285;105.8542", "invalid"),
        ]
    }
}

impl Judge for Latitude {
    fn judge(&self, value: &str) -> Verdict {
        LATITUDE.judge(value)
    }

    fn accepts(&self, value: &str) -> bool {
        LATITUDE.check(value.as_bytes()).is_ok()
    }
}
