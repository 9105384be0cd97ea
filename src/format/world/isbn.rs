//! `isbn`: the international standard book number.

use super::checksum::{gs1, modulo_11};
use super::repair::{LOST_ZERO, after_label, judged, passing};
use crate::format::ascii::{all_digits, before_float_suffix};
use crate::format::{Check, Format, Judge, Reason, Verdict};

const SHAPE: Reason = Reason::new(
    "not 10 or 13 characters, whole or in four or five groups between hyphens",
    "không phải 10 hoặc 13 ký tự, viết liền hoặc thành bốn, năm nhóm cách nhau bằng gạch nối",
);
const PREFIX: Reason =
    Reason::new("13 digits that do not begin with 978 or 979", "13 chữ số không bắt đầu bằng 978 hoặc 979");
const MUSIC: Reason = Reason::new("979-0 is for printed music (ISMN)", "979-0 dành cho bản nhạc in (ISMN)");
const CHECK_DIGIT: Reason =
    Reason::new("the last character is not the check digit", "ký tự kiểm tra cuối cùng sai");
const WRITING: Reason =
    Reason::new("other separators, a label, or a small x", "dấu cách khác, có nhãn, hoặc chữ x thường");

/// `isbn`
pub struct Isbn;

/// The characters without hyphens, of which none may be first, last or beside another.
fn joined(value: &[u8]) -> Result<([u8; 13], usize), Reason> {
    let mut characters = [0; 13];
    let (mut length, mut hyphens, mut hyphen) = (0, 0, true);
    for &byte in value {
        if byte == b'-' {
            if hyphen {
                return Err(SHAPE);
            }
            hyphens += 1;
            hyphen = true;
        } else {
            if length == 13 || !(byte.is_ascii_digit() || byte == b'X') {
                return Err(SHAPE);
            }
            characters[length] = byte;
            length += 1;
            hyphen = false;
        }
    }
    // The check digit is a group of its own, and so is the prefix 978.
    let grouped = |groups| hyphens == groups && value[value.len() - 2] == b'-';
    match length {
        10 if hyphens == 0 || grouped(3) => Ok((characters, length)),
        13 if hyphens == 0 || (grouped(4) && value[3] == b'-') => Ok((characters, length)),
        _ => Err(SHAPE),
    }
}

fn check(value: &[u8]) -> Check {
    let (characters, length) = joined(value)?;
    let characters = &characters[..length];
    if length == 10 {
        if !all_digits(&characters[..9]) {
            return Err(SHAPE);
        }
        return if modulo_11(characters.iter().copied()) { Ok(None) } else { Err(CHECK_DIGIT) };
    }
    if !all_digits(characters) {
        return Err(SHAPE);
    }
    match &characters[..4] {
        b"9790" => Err(MUSIC),
        [b'9', b'7', b'8' | b'9', _] if gs1(characters) => Ok(None),
        [b'9', b'7', b'8' | b'9', _] => Err(CHECK_DIGIT),
        _ => Err(PREFIX),
    }
}

fn repair(value: &str) -> Option<Verdict> {
    let mut bare = after_label(value, "ISBN");
    bare = after_label(after_label(bare, "-13"), "-10");
    bare = before_float_suffix(bare).unwrap_or(bare);
    let is_separator = |c: char| c.is_whitespace() || matches!(c, '-' | '.' | '\u{2010}'..='\u{2014}');
    // Groups are kept where they are marked throughout.
    let groups: Vec<String> =
        bare.split(is_separator).filter(|group| !group.is_empty()).map(str::to_ascii_uppercase).collect();
    passing(groups.join("-"), WRITING, check).or_else(|| passing(groups.concat(), WRITING, check)).or_else(
        || {
            (groups.concat().len() == 9)
                .then(|| format!("0{}", groups.concat()))
                .and_then(|whole| passing(whole, LOST_ZERO, check))
        },
    )
}

impl Format for Isbn {
    fn name(&self) -> &'static str {
        "isbn"
    }

    fn about(&self) -> Reason {
        Reason::new(
            "International standard book number, 13 or 10 characters (ISO 2108)",
            "Mã số sách quốc tế ISBN, 13 hoặc 10 ký tự (ISO 2108)",
        )
    }

    fn details(&self) -> Reason {
        Reason::new(
            "13 digits from 978 or 979 with the GS1 check digit, or the 10 characters in use until 2006 with \
             the check character modulo 11; whole, or with a hyphen between all groups (ISO 2108, ISBN Users' \
             Manual). Spaces and labels are repairable. Where the hyphens between group, publisher and title \
             belong, and whether the book exists, is not checked. 978-604 is Viet Nam.",
            "13 chữ số bắt đầu bằng 978 hoặc 979 với chữ số kiểm tra GS1, hoặc 10 ký tự dùng đến năm 2006 với \
             ký tự kiểm tra theo số dư cho 11; viết liền, hoặc có gạch nối giữa mọi nhóm (ISO 2108, ISBN Users' \
             Manual). Khoảng trắng và nhãn sửa được. Không kiểm tra vị trí gạch nối giữa nhóm, nhà xuất bản, \
             tên sách và sách có tồn tại. 978-604 là Việt Nam.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("9780306406157", "valid"),
            ("978-0-306-40615-7", "valid"),
            ("0-8044-2957-X", "valid"),
            ("080442957X", "valid"),
            ("978 0 306 40615 7", "repairable"),
            ("ISBN 978-0-306-40615-7", "repairable"),
            ("978-0306406157", "repairable"),
            ("080442957x", "repairable"),
            ("306406152", "repairable"),
            ("9780306406158", "invalid"),
            ("9770306406158", "invalid"),
            ("978-0-306-40615", "invalid"),
            ("9790260000438", "invalid"),
        ]
    }
}

impl Judge for Isbn {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || repair(value))
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}
