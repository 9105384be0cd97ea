//! `iso_country`: the code of a country or territory.

use super::lists::{THREE, TWO, look_up, place, statuses};
use super::repair::{LOST_ZERO, LOWER, judged};
use crate::format::ascii::{all_digits, number};
use crate::format::{Argument, Check, Format, Judge, Reason, Verdict};

/// Columns: two letters, three letters, number, status, name.
static LIST: &str = include_str!("../../../rules/lists/world/iso_countries.csv");
static LETTERS_2: [u8; TWO] = statuses(LIST.as_bytes(), 2, 0, 3);
static LETTERS_3: [u8; THREE] = statuses(LIST.as_bytes(), 3, 1, 3);
static NUMBERS: [u8; 1_000] = statuses(LIST.as_bytes(), 3, 2, 3);

const SHAPE: Reason = Reason::new(
    "not two or three capital letters or three digits",
    "không phải hai, ba chữ hoa hoặc ba chữ số",
);
const UNKNOWN: Reason = Reason::new("no country has this code", "không có nước nào mang mã này");
const OTHER_FORM: Reason = Reason::new("the code of another form", "mã thuộc dạng khác");
const WITHDRAWN: Reason =
    Reason::new("the code of a country that no longer exists under it", "mã của nước không còn dùng mã này");
const RESERVED: Reason =
    Reason::new("reserved, not assigned to a country", "mã được dự trữ, không cấp cho nước nào");

static ARGUMENTS: [Argument; 1] = [Argument {
    name: "form",
    words: &["alpha2", "alpha3", "numeric"],
    about: Reason::new(
        "Which form the codes have: two letters, three letters, three digits; any, if not given.",
        "Dạng của mã: hai chữ cái, ba chữ cái, ba chữ số; nếu không nêu thì dạng nào cũng được.",
    ),
}];

/// `iso_country`: any of the three forms.
pub struct IsoCountry;

#[derive(Clone, Copy)]
enum Form {
    Alpha2,
    Alpha3,
    Numeric,
}

const FORMS: [Form; 3] = [Form::Alpha2, Form::Alpha3, Form::Numeric];

impl Form {
    fn of(value: &[u8]) -> Option<Self> {
        match value.len() {
            2 if value.iter().all(u8::is_ascii_uppercase) => Some(Self::Alpha2),
            3 if value.iter().all(u8::is_ascii_uppercase) => Some(Self::Alpha3),
            3 if all_digits(value) => Some(Self::Numeric),
            _ => None,
        }
    }

    fn check(self, value: &[u8]) -> Check {
        let status = match self {
            Self::Alpha2 => LETTERS_2[place(value)],
            Self::Alpha3 => LETTERS_3[place(value)],
            Self::Numeric => NUMBERS[number(value)],
        };
        match status {
            b'a' => Ok(None),
            b'w' => Ok(Some(WITHDRAWN)),
            0 => Err(UNKNOWN),
            _ => Ok(Some(RESERVED)),
        }
    }
}

/// Whether a country has these two letters now. Any two bytes may be asked about.
#[inline]
pub(super) fn is_assigned(letters: [u8; 2]) -> bool {
    letters.iter().all(u8::is_ascii_uppercase) && LETTERS_2[place(&letters)] == b'a'
}

fn check(value: &[u8]) -> Check {
    Form::of(value).ok_or(SHAPE)?.check(value)
}

/// In its own form, what lower case or a lost zero made of a code.
fn repair(value: &str) -> Option<(String, Reason)> {
    let (whole, reason) = if all_digits(value.as_bytes()) && value.len() < 3 {
        (format!("{value:0>3}"), LOST_ZERO)
    } else {
        (value.to_ascii_uppercase(), LOWER)
    };
    check(whole.as_bytes()).is_ok().then_some((whole, reason))
}

impl Format for IsoCountry {
    fn name(&self) -> &'static str {
        "iso_country"
    }

    fn about(&self) -> Reason {
        Reason::new("Code of a country or territory (ISO 3166-1)", "Mã nước, vùng lãnh thổ (ISO 3166-1)")
    }

    fn details(&self) -> Reason {
        Reason::new(
            "Two letters (VN), three letters (VNM) or three digits (704) of ISO 3166-1; `form` admits one of \
             them, and a code of another form is then repairable. Codes of ISO 3166-3, which were withdrawn, \
             and reserved ones (UK, EU; XK as used for Kosovo) are unusual. What the code says about the record \
             is not checked.",
            "Hai chữ cái (VN), ba chữ cái (VNM) hoặc ba chữ số (704) theo ISO 3166-1; `form` chỉ cho phép một \
             dạng, mã dạng khác khi đó sửa được. Mã đã bị hủy của ISO 3166-3 và mã được dự trữ (UK, EU; XK dùng \
             cho Kosovo) là bất thường. Không kiểm tra mã có đúng với bản ghi.",
        )
    }

    fn examples(&self) -> &'static [(&'static str, &'static str)] {
        &[
            ("VN", "valid"),
            ("VNM", "valid"),
            ("704", "valid"),
            ("UK", "unusual"),
            ("SU", "unusual"),
            ("YUG", "unusual"),
            ("vn", "repairable"),
            ("36", "repairable"),
            ("ZZ", "invalid"),
            ("XYZ", "invalid"),
            ("000", "invalid"),
            ("Vietnam", "invalid"),
        ]
    }

    fn arguments(&self) -> &'static [Argument] {
        &ARGUMENTS
    }

    fn choose(&self, chosen: &[Option<&'static str>]) -> Option<Box<dyn Judge>> {
        let word = chosen.first().copied().flatten()?;
        let form = ARGUMENTS[0].words.iter().position(|known| *known == word)?;
        Some(Box::new(FORMS[form]))
    }
}

impl Judge for IsoCountry {
    fn judge(&self, value: &str) -> Verdict {
        judged(check(value.as_bytes()), || {
            repair(value).map(|(whole, reason)| Verdict::repairable(whole, reason))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        check(value.as_bytes()).is_ok()
    }
}

impl Form {
    fn check_own(self, value: &[u8]) -> Check {
        match Self::of(value) {
            Some(form) if form as u8 == self as u8 => form.check(value),
            Some(_) => Err(OTHER_FORM),
            None => Err(SHAPE),
        }
    }
}

impl Judge for Form {
    fn judge(&self, value: &str) -> Verdict {
        judged(self.check_own(value.as_bytes()), || {
            let (whole, reason) = repair(value).unwrap_or_else(|| (value.to_owned(), OTHER_FORM));
            let form = Self::of(whole.as_bytes())?;
            let (whole, reason) = if form as u8 == *self as u8 {
                (whole, reason)
            } else {
                (look_up(LIST, form as usize, &whole, *self as usize)?.to_owned(), OTHER_FORM)
            };
            self.check_own(whole.as_bytes()).is_ok().then(|| Verdict::repairable(whole, reason))
        })
    }

    fn accepts(&self, value: &str) -> bool {
        self.check_own(value.as_bytes()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn list_is_whole() {
        let count = |table: &[u8], status| table.iter().filter(|&&known| known == status).count();
        assert_eq!([count(&LETTERS_2, b'a'), count(&LETTERS_3, b'a'), count(&NUMBERS, b'a')], [249; 3]);
        assert!(is_assigned(*b"VN") && !is_assigned(*b"UK") && !is_assigned(*b"v\xff"));
    }

    #[test]
    fn one_form_is_made_of_another() {
        let said = |form: &'static str, value: &str| {
            let judge = IsoCountry.choose(&[Some(form)]).expect("a form");
            match judge.judge(value) {
                Verdict::Repairable { repaired, .. } => repaired,
                other => other.name().to_owned(),
            }
        };
        assert_eq!(said("alpha2", "VN"), "valid");
        assert_eq!(said("alpha2", "vnm"), "VN");
        assert_eq!(said("alpha3", "704"), "VNM");
        assert_eq!(said("numeric", "AU"), "036");
        assert_eq!(said("numeric", "36"), "036");
        assert_eq!(said("numeric", "ZZ"), "invalid");
        assert_eq!(said("alpha3", "UK"), "invalid", "reserved in two letters only");
        assert!(IsoCountry.choose(&[None]).is_none());
    }
}
