//! A scorecard summed up once more, with databases that count 0.

use super::registry::Absent;
use super::{ScoreOptions, Scorecard, assemble};

/// The same databases, and these, of which nothing stands.
pub fn with(card: Scorecard, absent: &[Absent]) -> Scorecard {
    if absent.is_empty() {
        return card;
    }
    let options = ScoreOptions {
        profile: card.profile,
        as_of: card.as_of,
        engine: card.engine,
        roll_up: card.roll_up,
        absent: absent.to_vec(),
        ..ScoreOptions::default()
    };
    assemble::together(card.databases, &options)
}
