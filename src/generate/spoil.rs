//! Wrong values: what people, keyboards and programs make of right ones.

use std::sync::LazyLock;

use super::field::{DAY, Field, ONE, Units};
use super::random::Random;
use crate::format::{Judge, Verdict};
use crate::kernel::ColumnType;
use crate::kernel::number::{self, Parsed};
use crate::kernel::text::{is_blank, is_clean};

const TCVN3: &str = include_str!("../../rules/lists/legacy_tcvn3.csv");

/// Letters as they stand in TCVN3 text that is read as Latin-1.
static LEGACY: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let pair = |line: &'static str| {
        let mut fields = line.split(',');
        let seen = fields.next()?.chars().next()?;
        Some((fields.nth(1)?.chars().next()?, seen))
    };
    TCVN3.lines().skip(1).filter_map(pair).collect()
});

/// Latin letters and Cyrillic ones that look like them.
const LOOK_ALIKE: &[(char, char)] =
    &[('a', 'а'), ('o', 'о'), ('e', 'е'), ('c', 'с'), ('p', 'р'), ('H', 'Н'), ('T', 'Т')];

/// Vowels with the tone on the wrong one.
const MISPLACED: &[(&str, &str)] =
    &[("uyễ", "ũyê"), ("iế", "íê"), ("iệ", "ịê"), ("uố", "úô"), ("ườ", "ừơ"), ("ượ", "ựơ"), ("uyế", "úyê")];

/// What may stand for nothing in a column, the likeliest first.
pub fn placeholder(field: &Field, random: &mut Random) -> Vec<String> {
    if field.is_time() {
        return vec![field.text(-25_567 * DAY)];
    }
    let words = ["không rõ", "chưa xác định", "N/A", "không có"];
    let first = random.place(words.len());
    let words = (0..words.len()).map(|at| words[(first + at) % words.len()].to_owned());
    if random.chance(500_000) {
        std::iter::once("000000000000".to_owned()).chain(words).collect()
    } else {
        words.collect()
    }
}

pub fn is_invalid(judge: &dyn Judge, text: &str) -> bool {
    matches!(judge.judge(text), Verdict::Invalid(_))
}

/// A value broken in its digits, its letters or its length.
pub fn format(value: &str, is_wrong: impl Fn(&str) -> bool, random: &mut Random) -> Option<String> {
    (0..200).map(|_| mistyped(value, random)).find(|text| is_wrong(text) && !is_blank(text))
}

fn mistyped(value: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = value.chars().collect();
    let at = random.place(chars.len());
    match random.below(6) {
        0 if chars.len() > 1 => drop(chars.remove(at)),
        1 => chars.insert(at, char::from(b'0' + random.place(10) as u8)),
        2 => chars.iter_mut().skip(at).take(1).for_each(|c| *c = 'X'),
        3 if chars.len() > 3 => chars.truncate(chars.len() / 2),
        4 => chars.push('?'),
        _ => {
            // Another digit, or another letter.
            let digit = char::from(b'0' + random.place(10) as u8);
            let letter = char::from(b'A' + random.place(26) as u8);
            chars
                .iter_mut()
                .skip(at)
                .take(1)
                .for_each(|c| *c = if c.is_ascii_digit() { digit } else { letter });
        }
    }
    chars.into_iter().collect()
}

/// Codes that are perhaps in no list.
pub fn code(value: &str, random: &mut Random) -> Vec<String> {
    let number = 1_000 + random.below(9_000);
    let all = [format!("{value}X"), format!("ZZ{number}"), format!("{value}{value}9"), format!("Q{number}Q")];
    let first = random.place(all.len());
    (0..all.len()).map(|at| all[(first + at) % all.len()].clone()).collect()
}

/// A value beyond one of the bounds.
pub fn range(
    field: &Field,
    low: Option<&String>,
    high: Option<&String>,
    as_of: i64,
    random: &mut Random,
) -> Option<String> {
    let bound = |text: Option<&String>| text.and_then(|text| super::field::bound(text, as_of));
    let far = |random: &mut Random| {
        let step = if field.is_time() { DAY } else { ONE };
        step * random.between(2, 400)
    };
    let below = bound(low).map(|low| low - far(random));
    // A day counts as a whole, and clocks may differ.
    let above = bound(high).map(|high| high + far(random));
    let units: Units = match (below, above) {
        (Some(below), Some(above)) => {
            if random.chance(500_000) {
                below
            } else {
                above
            }
        }
        (below, above) => below.or(above)?,
    };
    // Dates before the year 1 cannot be written.
    (!field.is_time() || units > -719_000 * DAY).then(|| field.text(units))
}

/// Something that is not of the type.
pub fn no_type(ty: ColumnType, field: &Field, random: &mut Random) -> Option<String> {
    let words: &[&'static str] = match ty {
        ColumnType::Date | ColumnType::Timestamp => &["31/02/2024", "2024-13-45", "hôm qua", "20240230"],
        ColumnType::Integer => &["12a", "1.5", "mười hai", "1O"],
        ColumnType::Decimal => &["1o.5", "abc", "một trăm", "12,5,3"],
        ColumnType::Boolean => &["có thể", "2?", "đúng sai"],
        ColumnType::Text => return None,
    };
    let is_wrong = |text: &&str| match ty {
        ColumnType::Boolean => !matches!(number::boolean(text), Parsed::Value(_)),
        ColumnType::Integer => !matches!(number::integer(text), Parsed::Value(_)),
        _ => field.units(text).is_none(),
    };
    let word = random.word(words);
    Some(word).filter(is_wrong).map(str::to_owned)
}

/// A text that is badly written.
pub fn text(value: &str, random: &mut Random) -> Option<String> {
    let from = random.below(7);
    (0..7).map(|way| badly(value, (from + way) % 7, random)).find(|text| text != value && !is_clean(text))
}

fn badly(value: &str, way: u64, random: &mut Random) -> String {
    let swap = |pairs: &[(char, char)]| -> String {
        let swapped = |c| pairs.iter().find(|(right, _)| *right == c).map_or(c, |(_, wrong)| *wrong);
        value.chars().map(swapped).collect()
    };
    match way {
        0 => value.replacen(' ', "  ", 1),
        1 => {
            let mut chars: Vec<char> = value.chars().collect();
            let strange = ['\u{200b}', '\u{7}', '\u{a0}'];
            let middle = chars.len() / 2;
            chars.insert(middle, random.pick(&strange).copied().unwrap_or('\u{7}'));
            chars.into_iter().collect()
        }
        // UTF-8 that was read as Latin-1.
        2 => value.bytes().map(char::from).collect(),
        3 => swap(&LEGACY),
        4 => {
            let (right, wrong) = *random.pick(LOOK_ALIKE).unwrap_or(&('a', 'а'));
            value.replacen(right, wrong.encode_utf8(&mut [0; 4]), 1)
        }
        5 => MISPLACED.iter().fold(value.to_owned(), |text, (right, wrong)| text.replacen(right, wrong, 1)),
        _ => format!("{value} "),
    }
}

/// Another value of the same look.
pub fn another(value: &str, random: &mut Random) -> String {
    let digits = value.chars().any(|c| c.is_ascii_digit());
    let change = |c: char| match c {
        '0'..='9' => char::from(b'0' + random.place(10) as u8),
        'A'..='Z' if !digits => char::from(b'A' + random.place(26) as u8),
        'a'..='z' if !digits => char::from(b'a' + random.place(26) as u8),
        c => c,
    };
    value.chars().map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format;

    #[test]
    fn every_format_can_be_broken() {
        let mut random = Random::of(2, "spoil", 0);
        for format in format::all() {
            let valid =
                format.examples().iter().find(|(_, answer)| *answer == "valid").expect("an example").0;
            let broken = super::format(valid, |text| is_invalid(format, text), &mut random);
            let broken = broken.unwrap_or_else(|| panic!("{} cannot be broken", format.name()));
            assert!(matches!(format.judge(&broken), Verdict::Invalid(_)), "{}", format.name());
        }
    }

    #[test]
    fn names_can_be_badly_written_in_many_ways() {
        let mut random = Random::of(2, "text", 0);
        let right = "Nguyễn Thị Hiền";
        assert!(is_clean(right));
        let wrong: std::collections::BTreeSet<String> =
            (0..200).filter_map(|_| text(right, &mut random)).collect();
        assert!(wrong.iter().all(|text| !is_clean(text)));
        assert!(wrong.len() >= 6, "{wrong:?}");
    }
}
