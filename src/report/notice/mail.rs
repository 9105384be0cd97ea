//! A notice as a letter: a subject and plain text.

use super::{Notice, words};
use crate::base::Lang;
use crate::report::term::safe::ending;

/// Columns of a subject: more is not shown by anybody.
const SUBJECT: usize = 160;

/// What is mailed. Headers, addresses and dates are whoever sends it's affair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One line, without controls.
    pub subject: String,
    pub text: String,
}

impl Letter {
    pub fn of(notice: &Notice, asked: Option<Lang>) -> Self {
        let languages = words::languages(asked);
        let room = SUBJECT / languages.len();
        let headlines = languages.iter().map(|lang| ending(&words::headline(notice, *lang), room));
        let subject = format!("[thuocdo] {}", headlines.collect::<Vec<_>>().join(" | "));
        let parts = languages.iter().map(|lang| words::lines(notice, *lang).join("\n"));
        let text = parts.collect::<Vec<_>>().join("\n\n----------\n\n") + "\n";
        Self { subject, text }
    }
}
