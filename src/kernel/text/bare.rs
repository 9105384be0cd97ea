//! Text as people type it into a search box: small letters without marks, and `d` for `đ`.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// `Căn cước, ĐẤT` becomes `can cuoc, dat`; white space of any kind becomes single spaces.
pub fn bare(text: &str) -> String {
    let letters = text.nfd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase);
    let bare: String = letters.map(|c| if c == 'đ' { 'd' } else { c }).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn marks_capitals_and_d_do_not_matter() {
        assert_eq!(bare("Cơ sở dữ liệu ĐẤT đai"), "co so du lieu dat dai");
        assert_eq!(bare("Tho\u{302}\u{301}ng  nha\u{302}\u{301}t\t"), "thong nhat");
        assert_eq!(bare("bca_a13"), "bca_a13");
    }
}
