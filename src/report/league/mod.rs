//! A comparison, as a page and for programs: one file each.

mod json;
mod term;

use super::Style;
use crate::base::Text;
use crate::score::league::League;

/// An output format of comparisons.
pub trait LeagueRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// The same comparison and style give the same bytes.
    fn render(&self, league: &League, style: &Style) -> Vec<u8>;
}

/// All formats, in the order in which help lists them.
pub const LEAGUE_RENDERERS: &[&dyn LeagueRenderer] = &[&term::Term, &json::Json];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn LeagueRenderer> {
    LEAGUE_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
