//! Every message of the program exists in Vietnamese and English, side by side where it is written.

use serde::{Deserialize, Serialize};

/// The language of messages and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Lang {
    Vi,
    #[default]
    En,
}

/// A text in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Default, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Text {
    /// Vietnamese.
    pub vi: String,
    /// English.
    pub en: String,
}

impl Text {
    /// The same words in both languages: names, numbers, a user's own text.
    pub fn same(text: impl Into<String>) -> Self {
        let en = text.into();
        Self { vi: en.clone(), en }
    }

    pub fn get(&self, lang: Lang) -> &str {
        match lang {
            Lang::Vi => &self.vi,
            Lang::En => &self.en,
        }
    }
}

/// Builds a [`Text`] from an English and a Vietnamese format string over the same variables:
/// `say!("no column `{name}`", "không có cột `{name}`")`.
#[macro_export]
macro_rules! say {
    ($en:literal, $vi:literal $(, $arg:expr)* $(,)?) => {
        $crate::base::Text { en: format!($en $(, $arg)*), vi: format!($vi $(, $arg)*) }
    };
}
