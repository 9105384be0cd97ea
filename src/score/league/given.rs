//! A scorecard that is to be compared: of a card of a thousand rules, a comparison needs a page.

use crate::base::Text;
use crate::say;
use crate::score::Scorecard;
use crate::score::fix_first::FixLevel;
use crate::score::verify::Verification;

/// Rules to fix first that are kept of a database.
const FIXES: usize = 5;

/// A scorecard that was handed in.
pub struct Given {
    /// Its file.
    pub name: String,
    pub card: Scorecard,
    /// Why it is not believed; nothing if it is.
    pub rejected: Vec<Text>,
}

impl Given {
    /// A card that was verified.
    pub fn of(name: String, card: Scorecard, verdict: &Verification) -> Self {
        let rejected = verdict.findings.iter().map(|finding| {
            let (part, Text { en, vi }) = (&finding.part, &finding.text);
            let colon = if part.is_empty() { "" } else { ": " };
            say!("{part}{colon}{en}", "{part}{colon}{vi}")
        });
        Self { name, card, rejected: rejected.collect() }
    }

    /// What a comparison needs of it: no rules, files or their digests.
    pub fn to_compare(mut self) -> Self {
        let card = &mut self.card;
        // Of digests, those of whole databases.
        for part in card.provenance.iter_mut().flat_map(|provenance| &mut provenance.parts) {
            part.parts = Vec::new();
        }
        card.incomplete = Vec::new();
        card.agencies = Vec::new();
        card.overall.fix_first = Vec::new();
        for database in &mut card.databases {
            database.fix_first.retain(|fix| fix.level == FixLevel::Rule);
            database.fix_first.truncate(FIXES);
            database.fix_first.shrink_to_fit();
            for table in &mut database.tables {
                (table.rules, table.files, table.problems) = (Vec::new(), Vec::new(), Vec::new());
            }
        }
        self
    }
}
