//! `vn.commune`: the five digits of a commune, ward or special zone (xã, phường, đặc khu).

use std::sync::LazyLock;

use super::units::{Codes, Tier};
use crate::format::{Format, Judge, Reason, Verdict};

static CODES: LazyLock<Codes> = LazyLock::new(|| Codes::of(Tier::Commune));

const SHAPE: Reason = Reason::new("not 5 digits", "không đủ 5 chữ số");

/// `vn.commune`
pub struct Commune;

impl Format for Commune {
    fn name(&self) -> &'static str {
        "vn.commune"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "Code of a Vietnamese commune, ward or special zone (5 digits)",
            "Mã xã, phường, đặc khu (5 chữ số)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The 3,321 codes since 01/07/2025 (Decision 19/2025/QĐ-TTg, as republished) are valid. The other codes of the \
             10,035 communes of before are unusual: right on old records. A new commune keeps the code of one of the old \
             ones, so what a code means on a record's date is the work of `in_set` with the list `vn.commune` and \
             `valid_at`. Of the commune Ba Chẽ sources say 06970 and 06978; 06970 is taken. Codes that ended before 2025 \
             are not known.",
            "3.321 mã dùng từ 01/07/2025 (Quyết định 19/2025/QĐ-TTg, theo bản đăng lại) là hợp lệ. Các mã còn lại của \
             10.035 đơn vị cấp xã trước đó bị xem là bất thường: đúng với hồ sơ cũ. Xã mới giữ mã của một xã cũ, vì vậy \
             mã chỉ xã nào vào ngày của hồ sơ là việc của `in_set` với danh mục `vn.commune` và `valid_at`. Với xã Ba Chẽ \
             các nguồn ghi 06970 và 06978; ở đây dùng 06970. Không có các mã đã bỏ trước năm 2025.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("00004", "valid"),
            ("09193", "valid"),
            ("14677", "valid"),
            ("11948", "valid"),
            ("00001", "unusual"),
            ("9193", "repairable"),
            ("4", "repairable"),
            ("09193.0", "repairable"),
            ("00000", "invalid"),
            ("99999", "invalid"),
            ("009193", "invalid"),
            ("O9193", "invalid"),
        ]
    }
}

impl Judge for Commune {
    fn judge(&self, value: &str) -> Verdict {
        CODES.judge(value, SHAPE)
    }

    fn accepts(&self, value: &str) -> bool {
        CODES.passes(value.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Five special zones have codes that no commune had before.
    #[test]
    fn counts() {
        let said =
            |wanted| (0..100_000).filter(|n| Commune.judge(&format!("{n:05}")).name() == wanted).count();
        assert_eq!((said("valid"), said("unusual")), (3_321, 10_035 - (3_321 - 5)));
    }
}
