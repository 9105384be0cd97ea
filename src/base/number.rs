//! Numbers as the two languages write them: `1,234.5` in English, `1.234,5` in Vietnamese. Digits are moved, cut off
//! and grouped as text; nothing is rounded and nothing becomes a float.

use super::Lang;

/// The mark between groups of three digits, and the decimal mark.
const fn marks(lang: Lang) -> (char, char) {
    match lang {
        Lang::En => (',', '.'),
        Lang::Vi => ('.', ','),
    }
}

/// A count: `1,234,567` or `1.234.567`.
pub fn count(n: u64, lang: Lang) -> String {
    group(&n.to_string(), lang)
}

/// `1 row`, `1,000 rows`, `1.000 bản ghi`: the noun for one, for many, and in Vietnamese.
pub fn counted(n: u64, [one, many, vi]: [&str; 3], lang: Lang) -> String {
    let noun = match lang {
        Lang::Vi => vi,
        Lang::En if n == 1 => one,
        Lang::En => many,
    };
    format!("{} {noun}", count(n, lang))
}

/// A decimal number written with a point (`1234.567890`), cut off (never rounded up) or filled up to `places` decimals.
/// What is not such a number comes back as it is.
pub fn decimal(text: &str, places: usize, lang: Lang) -> String {
    let Some(number) = Number::parse(text) else { return text.to_owned() };
    let mut part: String = number.part.chars().take(places).collect();
    while part.len() < places {
        part.push('0');
    }
    number.write(&part, lang)
}

/// A decimal number with all of its decimals; anything else (a date, a code with leading zeros) as it is.
pub fn exact(text: &str, lang: Lang) -> String {
    Number::parse(text).map_or_else(|| text.to_owned(), |number| number.write(number.part, lang))
}

/// `num / den` in per cent with that many decimals (at most 12), cut off; `None` if `den` is 0.
pub fn percent(num: u64, den: u64, places: usize, lang: Lang) -> Option<String> {
    let places = places.min(12);
    let mut scaled = u128::from(num) * 100;
    for _ in 0..places {
        scaled *= 10;
    }
    let digits = scaled.checked_div(u128::from(den))?.to_string();
    let digits = format!("{digits:0>least$}", least = places + 1);
    let (whole, part) = digits.split_at(digits.len() - places);
    Some(Number { minus: false, whole, part }.write(part, lang) + "%")
}

/// As [`percent`], with two decimals at most and no zeros at their end: `98.5%`, `100%`.
pub fn share(num: u64, den: u64, lang: Lang) -> Option<String> {
    let full = percent(num, den, 2, lang)?;
    let (_, mark) = marks(lang);
    Some(full.trim_end_matches('%').trim_end_matches('0').trim_end_matches(mark).to_owned() + "%")
}

/// A text of the program's own with its counts grouped. What stands between backticks is a name; dates, decimals and
/// codes stay as well.
pub fn grouped(text: &str, lang: Lang) -> String {
    let joins = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || "._,-:/".contains(c));
    let mut told = String::with_capacity(text.len());
    for (at, part) in text.split('`').enumerate() {
        if at > 0 {
            told.push('`');
        }
        if at % 2 == 1 {
            told += part;
            continue;
        }
        let mut rest = part;
        let mut before = None;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (words, from) = rest.split_at(start);
            told += words;
            before = words.chars().next_back().or(before);
            let (digits, after) = from.split_at(from.bytes().take_while(u8::is_ascii_digit).count());
            // A comma or a point at the end of a clause is no mark of a number.
            let mut next = after.chars();
            let joined = match next.next() {
                Some(',' | '.' | ':') => joins(next.next().filter(char::is_ascii_digit)),
                c => joins(c),
            };
            let plain = !joined && !joins(before) && !digits.starts_with('0');
            told += &if plain { group(digits, lang) } else { digits.to_owned() };
            before = Some('0');
            rest = after;
        }
        told += rest;
    }
    told
}

fn group(digits: &str, lang: Lang) -> String {
    let (mark, _) = marks(lang);
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(mark);
        }
        grouped.push(digit);
    }
    grouped
}

struct Number<'a> {
    minus: bool,
    whole: &'a str,
    /// Decimals; may be empty.
    part: &'a str,
}

impl<'a> Number<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (minus, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, part) = match rest.split_once('.') {
            Some((whole, part)) => (whole, Some(part)),
            None => (rest, None),
        };
        // Leading zeros mean a code, which is not to be grouped.
        let plain = digits(whole) && (whole == "0" || !whole.starts_with('0'));
        (plain && part.is_none_or(digits)).then_some(Self { minus, whole, part: part.unwrap_or_default() })
    }

    fn write(&self, part: &str, lang: Lang) -> String {
        let (_, mark) = marks(lang);
        let nothing = self.whole == "0" && part.bytes().all(|digit| digit == b'0');
        let mut text = String::new();
        if self.minus && !nothing {
            text.push('-');
        }
        text += &group(self.whole, lang);
        if !part.is_empty() {
            text.push(mark);
            text += part;
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn counts_are_grouped() {
        for (n, en, vi) in [
            (0, "0", "0"),
            (999, "999", "999"),
            (1_000, "1,000", "1.000"),
            (1_234_567, "1,234,567", "1.234.567"),
            (u64::MAX, "18,446,744,073,709,551,615", "18.446.744.073.709.551.615"),
        ] {
            assert_eq!((count(n, Lang::En).as_str(), count(n, Lang::Vi).as_str()), (en, vi));
        }
    }

    #[test]
    fn counts_within_a_text_are_grouped() {
        let text = "61.50% of `t_12345` are clean (12345 of 1000000), 2026-11-21, v1000, 00123, 1234.5678; 999, 1000.";
        let en = "61.50% of `t_12345` are clean (12,345 of 1,000,000), 2026-11-21, v1000, 00123, 1234.5678; 999, 1,000.";
        assert_eq!(grouped(text, Lang::En), en);
        assert_eq!(grouped("sạch (12345 trên 20000)", Lang::Vi), "sạch (12.345 trên 20.000)");
        assert_eq!(grouped("một ` lẻ 1234", Lang::Vi), "một ` lẻ 1234");
    }

    #[test]
    fn decimals_are_cut_off_and_filled_up() {
        for (text, places, en, vi) in [
            ("89.999999", 2, "89.99", "89,99"),
            ("100.000000", 2, "100.00", "100,00"),
            ("7", 2, "7.00", "7,00"),
            ("1234567.5", 0, "1,234,567", "1.234.567"),
            ("-1234.56", 1, "-1,234.5", "-1.234,5"),
            ("-0.004", 2, "0.00", "0,00"),
        ] {
            assert_eq!(
                (decimal(text, places, Lang::En).as_str(), decimal(text, places, Lang::Vi).as_str()),
                (en, vi)
            );
        }
    }

    #[test]
    fn what_is_no_number_stays() {
        for text in ["", "-", ".", "1.", ".5", "00123", "2026-11-21", "+inf", "1e9", "1,5", "١٢٣", "1.2.3"]
        {
            assert_eq!(exact(text, Lang::Vi), text);
            assert_eq!(decimal(text, 2, Lang::Vi), text);
        }
        assert_eq!(exact("1234.50", Lang::Vi), "1.234,50");
    }

    #[test]
    fn percents_never_round_up() {
        assert_eq!(percent(999_999_999, 1_000_000_000, 4, Lang::En).as_deref(), Some("99.9999%"));
        assert_eq!(percent(1, 1_000, 4, Lang::Vi).as_deref(), Some("0,1000%"));
        assert_eq!(percent(1, 3, 0, Lang::En).as_deref(), Some("33%"));
        assert_eq!(percent(u64::MAX, 1, 1, Lang::En).as_deref(), Some("1,844,674,407,370,955,161,500.0%"));
        assert_eq!(percent(1, 0, 4, Lang::En), None);
        assert_eq!(share(985, 1_000, Lang::Vi).as_deref(), Some("98,5%"));
        assert_eq!(share(1, 1, Lang::Vi).as_deref(), Some("100%"));
        assert_eq!(share(0, 7, Lang::En).as_deref(), Some("0%"));
    }

    proptest! {
        #[test]
        fn grouping_only_adds_marks(n in any::<u64>()) {
            let vi = count(n, Lang::Vi);
            prop_assert_eq!(vi.replace('.', ""), n.to_string());
            prop_assert_eq!(vi.replace('.', ","), count(n, Lang::En));
            prop_assert!(vi.split('.').skip(1).all(|group| group.len() == 3));
        }

        #[test]
        fn percent_is_the_floor(num in any::<u64>(), den in 1..=u64::MAX, places in 0usize..=6) {
            let shown = percent(num, den, places, Lang::En).unwrap();
            let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
            let scale = 10u128.pow(places as u32 + 2);
            prop_assert_eq!(digits.parse::<u128>().unwrap(), u128::from(num) * scale / u128::from(den));
        }
    }
}
