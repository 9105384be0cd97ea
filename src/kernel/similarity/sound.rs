//! Spellings that sound alike in Vietnamese, or in one part of the country, as one: they are what clerks write by ear.

/// Beginnings, the longer first, and what they are heard as.
const BEGINNINGS: [(&str, &str); 13] = [
    ("ngh", "ng"),
    ("ph", "f"),
    ("gh", "g"),
    ("gi", "d"),
    ("tr", "c"),
    ("ch", "c"),
    ("kh", "h"),
    ("qu", "w"),
    ("k", "k"),
    ("c", "k"),
    ("r", "d"),
    ("v", "d"),
    ("x", "s"),
];

/// How a word without marks is heard: `nghia` as `ngia`, `giang` as `dang`, `xon` as `son`, `ly` as `li`.
pub fn of(plain: &str) -> String {
    let beginning = BEGINNINGS.iter().find_map(|(written, heard)| {
        let rest = plain.strip_prefix(written)?;
        // In `gin` the i is the vowel.
        let vowel = rest.chars().next().is_some_and(|c| matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y'));
        match (*written, vowel) {
            ("gi", false) => Some(("d", &plain[1..])),
            ("qu", false) => None,
            _ => Some((*heard, rest)),
        }
    });
    let (beginning, rest) = beginning.unwrap_or(("", plain));
    // A final `g` after `n` is not heard in the south.
    let rest = rest.strip_suffix("ng").map_or_else(|| rest.to_owned(), |rest| format!("{rest}n"));
    format!("{beginning}{}", rest.replace('y', "i"))
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn what_sounds_alike_is_one() {
        for (a, b) in [
            ("son", "xon"),
            ("nghia", "ngia"),
            ("ly", "li"),
            ("giang", "dang"),
            ("vo", "do"),
            ("trang", "chang"),
            ("quy", "qui"),
            ("phuong", "fuon"),
        ] {
            assert_eq!(of(a), of(b), "{a} {b}");
        }
        for (a, b) in [("minh", "binh"), ("lan", "nam"), ("an", "on"), ("hung", "tung"), ("can", "tran")] {
            assert_ne!(of(a), of(b), "{a} {b}");
        }
        assert_eq!(of(""), "");
    }
}
