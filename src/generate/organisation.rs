//! An enterprise: its tax code with the right check digit, and a name.

use super::random::Random;
use crate::format;

const FORMS: &[&str] = &["Công ty TNHH", "Công ty Cổ phần", "Doanh nghiệp tư nhân", "Hợp tác xã"];
const TRADES: &[&str] = &[
    "Thương mại",
    "Xây dựng",
    "Vận tải",
    "Dược phẩm",
    "Công nghệ",
    "Nông sản",
    "Du lịch",
    "Cơ khí",
    "Dệt may",
    "Thủy sản",
    "In ấn",
    "Nội thất",
];
const NAMES: &[&str] = &[
    "Minh Phát",
    "An Bình",
    "Hoàng Gia",
    "Thành Công",
    "Đại Dương",
    "Phú Quý",
    "Tân Tiến",
    "Hưng Thịnh",
    "Sao Mai",
    "Việt Hà",
    "Đông Á",
    "Hòa Bình",
    "Bảo Long",
    "Kim Liên",
    "Trường Sơn",
];

#[derive(Clone, Debug)]
pub struct Organisation {
    pub tax_code: String,
    pub name: String,
}

impl Organisation {
    pub fn new(random: &mut Random) -> Self {
        let (form, trade, name) = (random.word(FORMS), random.word(TRADES), random.word(NAMES));
        Self { tax_code: tax_code(random), name: format!("{form} {trade} {name} {}", 1 + random.below(99)) }
    }
}

/// The weights of the first nine digits of a tax code.
const WEIGHTS: [u64; 9] = [31, 29, 23, 19, 17, 13, 7, 5, 3];

/// Ten digits; of some serials no code is issued, so others are tried.
fn tax_code(random: &mut Random) -> String {
    let format = format::find("vn.mst");
    loop {
        let digits = format!("{:02}{:07}", 1 + random.below(63), 1 + random.below(9_999_998));
        let sum: u64 =
            digits.bytes().zip(WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
        if let Some(check) = 10_u64.checked_sub(sum % 11)
            && check < 10
        {
            let code = format!("{digits}{check}");
            if format.is_none_or(|format| matches!(format.judge(&code), format::Verdict::Valid)) {
                return code;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tax_codes_are_valid_and_names_clean() {
        let format = format::find("vn.mst").expect("a format");
        let mut random = Random::of(3, "organisations", 0);
        for _ in 0..1_000 {
            let organisation = Organisation::new(&mut random);
            assert_eq!(format.judge(&organisation.tax_code), format::Verdict::Valid);
            assert!(crate::kernel::text::is_clean(&organisation.name));
        }
    }
}
