//! `vn.province`: the two digits of a province or city directly under the central government.

use std::sync::LazyLock;

use super::units::{Codes, Tier};
use crate::format::{Format, Judge, Reason, Verdict};

static CODES: LazyLock<Codes> = LazyLock::new(|| Codes::of(Tier::Province));

const SHAPE: Reason = Reason::new("not 2 digits", "không đủ 2 chữ số");

/// `vn.province`
pub struct Province;

impl Format for Province {
    fn name(&self) -> &'static str {
        "vn.province"
    }

    fn about(&self) -> Reason {
        Reason::new("Code of a Vietnamese province or city (2 digits)", "Mã tỉnh, thành phố (2 chữ số)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "The 34 codes since 01/07/2025 (Decision 19/2025/QĐ-TTg) are valid. The other codes of the 63 provinces of \
             before are unusual: right on old records. A code may have changed its meaning: 24 was Bắc Giang and is Bắc \
             Ninh. So which province a code means on a record's date is the work of `in_set` with the list `vn.province` \
             and `valid_at`.",
            "34 mã dùng từ 01/07/2025 (Quyết định 19/2025/QĐ-TTg) là hợp lệ. Các mã còn lại của 63 tỉnh trước đó bị xem là \
             bất thường: đúng với hồ sơ cũ. Một mã có thể đã đổi nghĩa: 24 từng là Bắc Giang, nay là Bắc Ninh. Vì vậy mã \
             chỉ tỉnh nào vào ngày của hồ sơ là việc của `in_set` với danh mục `vn.province` và `valid_at`.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("01", "valid"),
            ("24", "valid"),
            ("96", "valid"),
            ("27", "unusual"),
            ("64", "unusual"),
            ("1", "repairable"),
            ("79.0", "repairable"),
            ("00", "invalid"),
            ("03", "invalid"),
            ("3", "invalid"),
            ("001", "invalid"),
            ("HN", "invalid"),
        ]
    }
}

impl Judge for Province {
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

    #[test]
    fn thirty_four_of_sixty_three() {
        let said = |wanted| (0..100).filter(|n| Province.judge(&format!("{n:02}")).name() == wanted).count();
        assert_eq!((said("valid"), said("unusual"), said("invalid")), (34, 29, 37));
    }
}
