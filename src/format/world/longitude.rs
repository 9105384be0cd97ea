//! `longitude`: in decimal degrees.

use super::angle::Angle;
use crate::format::{Format, Judge, Reason, Verdict};

pub(super) const LONGITUDE: Angle = Angle {
    limit: 180,
    beyond: Reason::new("outside -180 to 180 degrees", "ngoài khoảng -180 đến 180 độ"),
    positive: ['E', 'Đ'],
    negative: ['W', 'T'],
};

/// `longitude`
pub struct Longitude;

impl Format for Longitude {
    fn name(&self) -> &'static str {
        "longitude"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Longitude in decimal degrees, -180 to 180 (ISO 6709)",
            "Kinh độ theo độ thập phân, -180 đến 180 (ISO 6709)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "A number of degrees with a decimal point, east of Greenwich positive (ISO 6709); a plus sign and \
             leading zeros are allowed. Exactly 0 and whole degrees are unusual. Decimal commas and degrees, \
             minutes and seconds are repairable: E or Đ (đông) is positive, W or T (tây) negative. Neither the \
             reference system (WGS 84, VN-2000) nor whether the place is where the record says is checked.",
            "Số độ có dấu chấm thập phân, phía đông Greenwich là dương (ISO 6709); cho phép dấu cộng và số 0 ở \
             đầu. Đúng bằng 0 và độ tròn là bất thường. Dấu phẩy thập phân và độ, phút, giây sửa được: E hoặc Đ \
             (đông) là dương, W hoặc T (tây) là âm. Không kiểm tra hệ quy chiếu (WGS 84, VN-2000) và nơi đó có \
             khớp với bản ghi.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("105.8542", "valid"),
            ("-122.4194", "valid"),
            ("+106.700900", "valid"),
            ("0.000", "unusual"),
            ("105", "unusual"),
            ("105,8542", "repairable"),
            ("105°51'15\"E", "repairable"),
            ("105.8542° Đ", "repairable"),
            ("180.5", "invalid"),
            ("105.8542N", "invalid"),
            ("1058542", "invalid"),
            ("21.0285;105.8542", "invalid"),
        ]
    }
}

impl Judge for Longitude {
    fn judge(&self, value: &str) -> Verdict {
        LONGITUDE.judge(value)
    }

    fn accepts(&self, value: &str) -> bool {
        LONGITUDE.check(value.as_bytes()).is_ok()
    }
}
