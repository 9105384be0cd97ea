//! A comparison, as a page and for programs: one file each.

pub mod html;
mod json;
mod sheets;
mod term;
mod words;
mod workbook;

use std::io;
use std::path::Path;

use super::Style;
use crate::base::Text;
use crate::score::league::League;

/// An output format of comparisons.
pub trait LeagueRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// Extension of files that hold it, without the dot.
    fn extension(&self) -> &'static str;

    /// Whether it is no text, which a terminal would garble.
    fn binary(&self) -> bool {
        false
    }

    /// The same comparison and style give the same bytes. `scratch` is a folder for what does not fit into memory.
    ///
    /// # Errors
    /// The scratch folder cannot be written.
    fn render(&self, league: &League, style: &Style, scratch: &Path) -> io::Result<Vec<u8>>;
}

/// All formats, in the order in which help lists them.
pub const LEAGUE_RENDERERS: &[&dyn LeagueRenderer] =
    &[&term::Term, &json::Json, &html::Html, &workbook::Xlsx];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn LeagueRenderer> {
    LEAGUE_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
