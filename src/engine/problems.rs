//! What went wrong with a table's data, counted: a million ragged rows are one line with a number.
//!
//! A finding that concerns no file names what it is about itself: those are not one, however many there are.

use indexmap::IndexMap;

use crate::base::{Diagnostic, Level, Text};
use crate::extract::{ExtractError, Finding};
use crate::say;

/// Collects findings while files are opened and read.
#[derive(Default)]
pub struct Problems {
    diagnostics: Vec<Diagnostic>,
    /// (file, code) → count and first place.
    counted: IndexMap<(String, &'static str), Counted>,
    /// How many of each code were told about no file.
    loose: IndexMap<&'static str, (Level, u64)>,
}

/// Findings of one code about no file that are told one by one.
const TOLD: u64 = 10;

struct Counted {
    level: Level,
    what: Text,
    count: u64,
    /// One-based row of the first, if findings of this code have rows.
    first_row: Option<u64>,
}

impl Problems {
    pub fn error(&mut self, what: Text, hint: Option<Text>) {
        self.diagnostics.push(Diagnostic { hint, ..Diagnostic::error(what) });
    }

    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// An error that concerns a file as a whole.
    pub fn extract_error(&mut self, file: &str, error: &ExtractError) {
        let what =
            Text { en: format!("`{file}`: {}", error.what.en), vi: format!("`{file}`: {}", error.what.vi) };
        self.error(what, error.hint.clone());
    }

    /// A finding about the search for files.
    pub fn loose_finding(&mut self, finding: &Finding) {
        let (level, count) = self.loose.entry(finding.code).or_insert((finding.level, 0));
        *level = (*level).max(finding.level);
        *count += 1;
        if *count <= TOLD {
            self.push(Diagnostic { level: finding.level, ..Diagnostic::error(finding.what.clone()) });
        }
    }

    /// A finding whose row, if it has one, is one-based within the file already.
    pub fn finding(&mut self, file: &str, finding: &Finding) {
        let counted = self.counted.entry((file.to_owned(), finding.code)).or_insert_with(|| Counted {
            level: finding.level,
            what: finding.what.clone(),
            count: 0,
            first_row: None,
        });
        counted.count += finding.count;
        counted.level = counted.level.max(finding.level);
        if let Some(row) = finding.row {
            counted.first_row = Some(counted.first_row.map_or(row, |first| first.min(row)));
        }
    }

    pub fn any_error(&self) -> bool {
        self.diagnostics.iter().any(|d| d.level == Level::Error)
            || self.counted.values().any(|counted| counted.level == Level::Error)
    }

    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics;
        for (level, count) in self.loose.into_values() {
            if let Some(more) = count.checked_sub(TOLD).filter(|&more| more > 0) {
                let what = say!("… and {more} more of the same sort", "… và {more} trường hợp tương tự");
                diagnostics.push(Diagnostic { level, ..Diagnostic::error(what) });
            }
        }
        let mut counted: Vec<_> = self.counted.into_iter().collect();
        counted.sort_by(|(a, _), (b, _)| a.cmp(b));
        diagnostics.extend(counted.into_iter().map(|((file, _), counted)| counted.diagnostic(&file)));
        diagnostics
    }
}

impl Counted {
    fn diagnostic(self, file: &str) -> Diagnostic {
        let Self { level, what, count, first_row } = self;
        let (en, vi) = (format!("`{file}`: {}", what.en), format!("`{file}`: {}", what.vi));
        let tail = match (count, first_row) {
            (1, Some(row)) => say!(" (row {row})", " (dòng {row})"),
            (_, Some(row)) => {
                say!(" ({count} times, first in row {row})", " ({count} lần, lần đầu ở dòng {row})")
            }
            (1, None) => Text::default(),
            (_, None) => say!(" ({count} times)", " ({count} lần)"),
        };
        let what = Text { en: en + &tail.en, vi: vi + &tail.vi };
        Diagnostic { level, ..Diagnostic::error(what) }
    }
}
