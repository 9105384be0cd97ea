//! Names of persons as they are given in Viet Nam. Which are frequent is common knowledge; the weights are rough.

use super::random::Random;

const FAMILY: &[(&str, u32)] = &[
    ("Nguyễn", 384),
    ("Trần", 121),
    ("Lê", 95),
    ("Phạm", 70),
    ("Hoàng", 31),
    ("Huỳnh", 20),
    ("Phan", 45),
    ("Vũ", 20),
    ("Võ", 19),
    ("Đặng", 21),
    ("Bùi", 20),
    ("Đỗ", 14),
    ("Hồ", 13),
    ("Ngô", 13),
    ("Dương", 10),
    ("Lý", 5),
    ("Đinh", 8),
    ("Trịnh", 7),
    ("Đoàn", 7),
    ("Mai", 6),
    ("Lương", 6),
    ("Tạ", 4),
    ("Nông", 4),
    ("Hà", 5),
    ("Lò", 3),
    ("Vàng", 2),
    ("Giàng", 2),
];

const MIDDLE_OF_MEN: &[(&str, u32)] = &[
    ("Văn", 30),
    ("Đức", 10),
    ("Hữu", 8),
    ("Quang", 9),
    ("Minh", 10),
    ("Công", 5),
    ("Xuân", 5),
    ("Quốc", 6),
    ("Anh", 4),
    ("Thanh", 5),
    ("Ngọc", 4),
    ("Gia", 4),
];

const GIVEN_OF_MEN: &[&str] = &[
    "An", "Bình", "Cường", "Dũng", "Đạt", "Đông", "Giang", "Hải", "Hiếu", "Hiệp", "Hoàng", "Hùng", "Huy",
    "Hưng", "Khánh", "Khoa", "Kiên", "Lâm", "Long", "Lộc", "Minh", "Nam", "Nghĩa", "Nhân", "Phong", "Phúc",
    "Phước", "Quân", "Quang", "Sơn", "Tài", "Tâm", "Thành", "Thắng", "Thịnh", "Tiến", "Toàn", "Trung", "Tú",
    "Tuấn", "Tùng", "Việt", "Vinh", "Vượng",
];

const MIDDLE_OF_WOMEN: &[(&str, u32)] = &[
    ("Thị", 40),
    ("Ngọc", 10),
    ("Thị Thu", 6),
    ("Thị Thanh", 5),
    ("Thị Kim", 4),
    ("Thị Hồng", 5),
    ("Thị Minh", 4),
    ("Thu", 5),
    ("Bích", 3),
    ("Mai", 3),
    ("Phương", 4),
    ("Khánh", 3),
];

const GIVEN_OF_WOMEN: &[&str] = &[
    "An", "Anh", "Ánh", "Bình", "Chi", "Cúc", "Dung", "Duyên", "Giang", "Hà", "Hạnh", "Hằng", "Hiền", "Hoa",
    "Hồng", "Huệ", "Hương", "Lan", "Lệ", "Liên", "Linh", "Loan", "Mai", "My", "Nga", "Ngân", "Ngọc", "Nhung",
    "Oanh", "Phương", "Quyên", "Quỳnh", "Tâm", "Thảo", "Thủy", "Trang", "Trinh", "Tuyết", "Uyên", "Vân",
    "Xuân", "Yến",
];

/// A full name: family name, middle name, given name.
pub fn name(female: bool, random: &mut Random) -> String {
    let family = random.weighted(FAMILY);
    let (middle, given) =
        if female { (MIDDLE_OF_WOMEN, GIVEN_OF_WOMEN) } else { (MIDDLE_OF_MEN, GIVEN_OF_MEN) };
    let middle = random.weighted(middle);
    // One person in eight has two given names.
    let given = match (random.below(8), random.word(given), random.word(given)) {
        (0, first, last) if first != last && first != middle => format!("{first} {last}"),
        (_, given, _) => given.to_owned(),
    };
    format!("{family} {middle} {given}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::text::{is_clean, name_defects};

    #[test]
    fn names_are_clean_and_the_frequent_ones_frequent() {
        let mut random = Random::of(7, "names", 0);
        let names: Vec<String> = (0..2_000).map(|n| name(n % 2 == 0, &mut random)).collect();
        for name in &names {
            assert!(is_clean(name) && name_defects(name).is_empty(), "{name}");
        }
        let share = names.iter().filter(|name| name.starts_with("Nguyễn ")).count();
        assert!((600..1_000).contains(&share), "{share}");
    }
}
