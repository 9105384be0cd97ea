//! What is unclean in the name of a person beyond what is unclean in any text.

use super::clean::{Defects, look};
use super::suspect::is_suspect;

/// What is wrong with a value as a name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NameDefects {
    pub digit: bool,
    /// A sign that no name is written with. Letters of any alphabet are lawful.
    pub symbol: bool,
    /// A Vietnamese name without any of its marks: `NGUYEN VAN A`.
    pub lost_diacritics: bool,
}

impl NameDefects {
    pub const fn is_empty(self) -> bool {
        !self.digit && !self.symbol && !self.lost_diacritics
    }
}

/// What is wrong with a value as a name. Signs that stand for letters, as in text of a legacy encoding, are the letters
/// that they stand for.
pub fn name_defects(value: &str) -> NameDefects {
    // Nearly all names: nothing in them needs a decoder, and their ASCII tells all.
    if !is_suspect(value) {
        return of_signs(value, false);
    }
    let look = look(value);
    let lost = look.defects.contains(Defects::LOST_LETTER);
    of_signs(look.repaired.as_deref().unwrap_or(value), lost)
}

fn of_signs(value: &str, lost_letters: bool) -> NameDefects {
    let mut found = NameDefects::default();
    for c in value.chars() {
        found.digit |= c.is_numeric();
        found.symbol |= is_symbol(c) && !(lost_letters && c == '?');
    }
    found.lost_diacritics = value.is_ascii() && has_lost_diacritics(value);
    found
}

/// Neither letter, digit nor space, nor what stands in names: `K'Brơi`, `Anne-Marie`, `J. Smith`, `An (Bình), Lê/Mai`.
/// What nobody sees has a name of its own.
fn is_symbol(c: char) -> bool {
    match c {
        '\'' | '-' | '.' | ',' | '(' | ')' | '/' | ' ' => false,
        '!'..='~' => !c.is_ascii_alphanumeric(),
        _ if c.is_ascii() || c.is_alphanumeric() || c.is_whitespace() || c.is_control() => false,
        // Marks that combine, apostrophes and hyphens of print, what is invisible or lost.
        '\u{ad}' | '·' | '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{2015}' | '\u{2018}' | '\u{2019}' => false,
        '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{e000}'..='\u{f8ff}'
        | '\u{feff}'
        | '\u{fffd}' => false,
        _ => true,
    }
}

/// Syllables of Vietnamese names without their marks, that are no syllable of a name as they stand, nor a usual word in
/// the names of other peoples.
const BARE: &[&str] = &[
    "bich", "bui", "chau", "cuong", "diem", "dieu", "dinh", "doan", "duc", "duong", "hanh", "hien", "hieu",
    "hoai", "hoang", "huong", "huu", "huynh", "khuong", "kieu", "loi", "luong", "luu", "ngoc", "nguyen",
    "nguyet", "nhan", "nhat", "nhu", "pham", "phat", "phuc", "phung", "phuoc", "phuong", "quoc", "quy",
    "quyen", "quynh", "thach", "thang", "thao", "thi", "thien", "thinh", "thuan", "thuong", "thuy", "tien",
    "toan", "tran", "trieu", "trinh", "trong", "truong", "tuan", "tuyen", "tuyet", "uyen", "viet", "vuong",
    "xuan", "yen",
];

/// The same, but at home in other languages too.
const SHARED: &[&str] = &[
    "bao", "binh", "dang", "dao", "dat", "do", "dung", "ha", "hai", "ho", "hong", "hung", "kha", "le", "loc",
    "ly", "ngo", "son", "tai", "tan", "to", "tri", "tu", "van", "vo", "vu",
];

/// Syllables of Vietnamese names that have no marks.
const UNMARKED: &[&str] = &[
    "an", "anh", "cam", "cao", "chi", "chung", "cong", "danh", "dan", "diep", "giang", "gia", "hoa", "huy",
    "khanh", "khang", "khoa", "kim", "lam", "lan", "linh", "loan", "long", "mai", "minh", "my", "nam", "nga",
    "ngan", "nhi", "nhung", "oanh", "phan", "phi", "phong", "quan", "quang", "sang", "tam", "tham", "thanh",
    "thoa", "thu", "trang", "trung", "vinh", "vy", "y",
];

/// Whether ASCII text is a Vietnamese name: at least two of its words are bare, and one of them can be nothing else or
/// all the others are of such names too.
fn has_lost_diacritics(text: &str) -> bool {
    let (mut bare, mut clear, mut all) = (0, false, true);
    for word in text.split(|c: char| !c.is_ascii_alphabetic()).filter(|word| !word.is_empty()) {
        let among = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(word));
        if among(BARE) {
            bare += 1;
            clear = true;
        } else if among(SHARED) {
            bare += 1;
        } else {
            all &= word.len() == 1 || among(UNMARKED);
        }
    }
    bare >= 2 && (clear || all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(found: NameDefects) -> Vec<&'static str> {
        [("digit", found.digit), ("symbol", found.symbol), ("lost_diacritics", found.lost_diacritics)]
            .into_iter()
            .filter_map(|(name, found)| found.then_some(name))
            .collect()
    }

    #[test]
    fn names_of_persons() {
        for (value, expected) in [
            ("Nguyễn Văn A", vec![]),
            ("NGUYEN VAN A", vec!["lost_diacritics"]),
            ("Tran Thi Hoa", vec!["lost_diacritics"]),
            ("Le Van Do", vec!["lost_diacritics"]),
            ("Tran Van B.", vec!["lost_diacritics"]),
            ("Minh Anh", vec![]),
            ("John Smith", vec![]),
            ("Anna Van Le Roux", vec![]),
            ("Vincent van Gogh", vec![]),
            ("Trần Thi Hoa", vec![]),
            ("K'Brơi", vec![]),
            ("Y Wăn Ênuôl", vec![]),
            ("H’Hen Niê", vec![]),
            ("Siu Blŏk Ƀuôn Č", vec![]),
            ("J. O'Neil-Smith (Jr.), An/Bình", vec![]),
            ("王小明", vec![]),
            ("Lê Văn 2", vec!["digit"]),
            ("Lê Văn ²", vec!["digit"]),
            ("Lê@Văn", vec!["symbol"]),
            ("Lê_Văn #1", vec!["digit", "symbol"]),
            ("Lê Văn ★", vec!["symbol"]),
            ("Nguy&#7877;n", vec![]),
            ("NguyÔn V¨n", vec![]),
            ("Nguye^~n Va(n", vec![]),
            ("Nguy?n V?n", vec![]),
            ("Lê Văn A?", vec!["symbol"]),
        ] {
            assert_eq!(names(name_defects(value)), expected, "{value}");
        }
    }
}
