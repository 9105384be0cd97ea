//! Values as they may be shown to anybody.

/// Hides a value but for its beginning, and for the end of long codes: `0010******45`, `Ngu****`.
pub fn mask(value: &str) -> String {
    let chars: Vec<char> = value.chars().take(64).collect();
    let code = chars.len() >= 10 && chars.iter().all(char::is_ascii_digit);
    let (head, tail) = match chars.len() {
        _ if code => (4, 2),
        0..=4 => (0, 0),
        5..=6 => (1, 0),
        _ => (3, 0),
    };
    let stars = if code { chars.len() - head - tail } else { 4 };
    let visible = |c: &char| if c.is_control() { '\u{fffd}' } else { *c };
    let mut masked: String = chars[..head].iter().map(visible).collect();
    masked.extend(std::iter::repeat_n('*', stars));
    masked.extend(&chars[chars.len() - tail..]);
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_hide_what_matters() {
        for (value, masked) in [
            ("001099012345", "0010******45"),
            ("Nguyễn Văn A", "Ngu****"),
            ("Nam", "****"),
            ("12345", "1****"),
            ("a@b.vn", "a****"),
            ("", "****"),
            ("a\u{0}bcdefgh", "a\u{fffd}b****"),
        ] {
            assert_eq!(mask(value), masked, "{value:?}");
        }
    }
}
