//! Names of files that are to mean the same file, within the package, on every system.

use unicode_normalization::UnicodeNormalization;

use crate::base::Text;
use crate::say;

/// Bytes of a part of a name, and of a name: what file systems take.
const LONGEST_PART: usize = 255;
const LONGEST: usize = 1_024;

/// What Windows keeps for devices, whatever the extension (Microsoft, "Naming Files, Paths, and Namespaces").
const DEVICES: [&str; 22] = [
    "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// Why a name leads out of the package or means different things on different systems.
pub fn unsafe_name(path: &str) -> Option<Text> {
    let drive = path.as_bytes().get(1) == Some(&b':') && path.as_bytes()[0].is_ascii_alphabetic();
    if path.is_empty() {
        return Some(say!("the name is empty", "tên trống"));
    }
    if path.starts_with(['/', '\\']) || drive {
        return Some(say!(
            "the name is absolute: it leads out of the package",
            "tên là đường dẫn tuyệt đối, dẫn ra ngoài gói"
        ));
    }
    if path.split(['/', '\\']).any(|part| part == "..") {
        return Some(say!("the name leads out of the package (`..`)", "tên dẫn ra ngoài gói (`..`)"));
    }
    if path.contains('\\') {
        return Some(say!(
            "the name has a backslash, which is a folder on some systems and a letter on others; write `/`",
            "tên có dấu `\\`: hệ thống này hiểu là thư mục, hệ thống khác hiểu là ký tự; hãy dùng `/`"
        ));
    }
    if path.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Some(say!(
            "the name has control characters or such as cannot be seen",
            "tên có ký tự điều khiển hoặc ký tự không nhìn thấy"
        ));
    }
    if path.contains(['<', '>', ':', '"', '|', '?', '*']) {
        return Some(say!(
            "the name has a character that Windows does not take (`< > : \" | ? *`)",
            "tên có ký tự mà Windows không chấp nhận (`< > : \" | ? *`)"
        ));
    }
    if path.len() > LONGEST || path.split('/').any(|part| part.len() > LONGEST_PART) {
        return Some(say!(
            "the name is longer than file systems take ({LONGEST_PART} bytes a part, {LONGEST} in all)",
            "tên dài quá mức hệ thống tệp chấp nhận ({LONGEST_PART} byte mỗi phần, {LONGEST} byte tất cả)"
        ));
    }
    path.split('/').find_map(unsafe_part)
}

fn unsafe_part(part: &str) -> Option<Text> {
    if part.is_empty() || part == "." {
        return Some(say!(
            "a part of the name is empty or `.`: one file gets several names",
            "một phần của tên trống hoặc là `.`, khiến một tệp có nhiều tên"
        ));
    }
    if part.ends_with(['.', ' ']) {
        return Some(say!(
            "a part of the name ends with a dot or a space, which Windows drops",
            "một phần của tên kết thúc bằng dấu chấm hoặc dấu cách, Windows sẽ bỏ ký tự này"
        ));
    }
    // Windows takes `COM¹` for `COM1`.
    let digit = |c| match c {
        '¹' => '1',
        '²' => '2',
        '³' => '3',
        c => c.to_ascii_lowercase(),
    };
    let stem: String = part.split('.').next().unwrap_or(part).trim_end().chars().map(digit).collect();
    DEVICES.contains(&stem.as_str()).then(|| {
        say!(
            "a part of the name is that of a device on Windows",
            "một phần của tên trùng với tên thiết bị của Windows"
        )
    })
}

/// Characters that change what a name looks like and cannot be seen themselves (Unicode, Default_Ignorable_Code_Point and
/// Bidi_Control, as far as they have no use in names).
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What a name is looked up by: macOS writes letters and their marks apart (`e` + `̣`), others as one.
pub fn key(path: &str) -> String {
    path.nfc().collect()
}

/// Equal for names that are one and the same where case does not matter. By way of the capitals, as `ß` and `ſ` are small
/// letters themselves; `ı` has no capital of its own.
pub fn folded(path: &str) -> String {
    let capital = |c: char| match c {
        'ı' => vec![c],
        c => c.to_uppercase().collect(),
    };
    path.nfc().flat_map(capital).flat_map(char::to_lowercase).nfc().collect()
}

/// What stands under a name in a folder, and above it: the name, and whether it is a folder.
pub fn places(path: &str, is_folder: bool) -> impl Iterator<Item = (&str, bool)> {
    let above = path.match_indices('/').map(|(at, _)| (&path[..at], true));
    above.chain([(path, is_folder)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_one_file_everywhere_are_safe() {
        for name in ["a.csv", "dữ liệu/Hộ tịch 2026.ndjson", "a/b/c", "..a", ".an", "con_dao/nully", "a..b"]
        {
            assert_eq!(unsafe_name(name), None, "{name}");
        }
    }

    #[test]
    fn all_others_are_refused() {
        let long = "a".repeat(256);
        let deep = "ab/".repeat(400) + "c";
        for name in [
            "",
            "/a",
            "\\a",
            "C:a",
            "c:/a",
            "..",
            "../a",
            "a/../b",
            "a\\..\\b",
            "a\\b",
            "a\u{0}",
            "a\nb",
            "a\u{202e}b",
            "a\u{200b}",
            "a:b",
            "a*",
            "a?",
            "a//b",
            "a/",
            "./a",
            "a/./b",
            "a.",
            "a /b",
            "nul",
            "a/CON.txt",
            "Com1 .csv",
            "a/COM¹.txt",
            "lpt³",
            &long,
            &deep,
        ] {
            assert!(unsafe_name(name).is_some(), "{name:?}");
        }
    }

    #[test]
    fn names_of_one_file_are_known_as_such() {
        assert_eq!(key("Hô\u{323}"), "Hộ");
        assert_eq!(folded("HỘ.CSV"), folded("hô\u{323}.csv"));
        for (one, other) in [("straße", "STRASSE"), ("ſ", "S"), ("σ", "ς"), ("\u{212a}", "k"), ("ﬁ", "FI")]
        {
            assert_eq!(folded(one), folded(other));
        }
        for (one, other) in [("ho.csv", "hộ.csv"), ("ı", "i"), ("đ", "d")] {
            assert_ne!(folded(one), folded(other));
        }
        assert_eq!(
            places("a/b/c", false).collect::<Vec<_>>(),
            [("a", true), ("a/b", true), ("a/b/c", false)]
        );
    }
}
