//! What the values of a column look like, whatever their type is said to be.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::date_format::{DateFormat, default_date, default_timestamps};
use super::number::{self, Parsed};
use crate::base::Text;

/// How dates are written in Viet Nam.
static LOCAL: LazyLock<Result<DateFormat, Text>> = LazyLock::new(|| DateFormat::new("%d/%m/%Y"));

/// A form of values. One that is none of these is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A whole number that does not begin with a zero, as codes do.
    Integer,
    /// Digits, which may begin with zeros as those of codes do.
    Digits,
    /// A number.
    Decimal,
    /// A flag.
    Boolean,
    /// `2026-11-21`.
    IsoDate,
    /// `21/11/2026`.
    LocalDate,
    /// A moment, or an ISO date.
    Timestamp,
}

impl Form {
    /// Narrow forms before wider ones.
    const ALL: [Self; 7] = [
        Self::Integer,
        Self::Digits,
        Self::Decimal,
        Self::Boolean,
        Self::IsoDate,
        Self::LocalDate,
        Self::Timestamp,
    ];

    fn is_of(self, value: &str) -> bool {
        match self {
            Self::Integer => !number::is_code(value) && number::integer(value) != Parsed::Malformed,
            Self::Digits => value.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Decimal => !number::is_code(value) && number::decimal(value) != Parsed::Malformed,
            Self::Boolean => number::boolean(value) != Parsed::Malformed,
            Self::IsoDate => default_date().parse_date(value).is_some(),
            Self::LocalDate => LOCAL.as_ref().is_ok_and(|format| format.parse_date(value).is_some()),
            Self::Timestamp => {
                default_timestamps().iter().any(|format| format.parse_timestamp(value).is_some())
            }
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// The forms that every value seen so far has; all of them before the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Forms {
    /// Forms that some value does not have.
    lost: u8,
}

impl Forms {
    /// Looks at a canonical value.
    pub fn see(&mut self, value: &str) {
        // Of text all are lost after a few values, and nothing is asked any more.
        for form in Form::ALL {
            if self.lost & form.bit() == 0 && !form.is_of(value) {
                self.lost |= form.bit();
            }
        }
    }

    pub fn merge(&mut self, other: Self) {
        self.lost |= other.lost;
    }

    pub fn every(self) -> BTreeSet<Form> {
        Form::ALL.into_iter().filter(|form| self.lost & form.bit() == 0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[&str]) -> Vec<Form> {
        let mut forms = Forms::default();
        values.iter().for_each(|value| forms.see(value));
        forms.every().into_iter().collect()
    }

    #[test]
    fn a_form_is_that_of_every_value() {
        assert_eq!(of(&["12", "7"]), [Form::Integer, Form::Digits, Form::Decimal]);
        assert_eq!(of(&["12", "7.5"]), [Form::Decimal]);
        assert_eq!(of(&["01", "79"]), [Form::Digits]);
        assert_eq!(of(&["2026-11-21"]), [Form::IsoDate, Form::Timestamp]);
        assert_eq!(of(&["21/11/2026"]), [Form::LocalDate]);
        assert_eq!(of(&["2026-11-21", "21/11/2026"]), []);
    }

    #[test]
    fn it_does_not_matter_who_saw_which_value() {
        let (mut one, mut two) = (Forms::default(), Forms::default());
        one.see("12");
        two.see("7.5");
        two.merge(one);
        two.merge(Forms::default());
        assert_eq!(two.every().into_iter().collect::<Vec<_>>(), of(&["12", "7.5"]));
    }
}
