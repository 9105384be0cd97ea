//! What a history tells, as pages and for programs: one file each.

pub mod json;
mod sparkline;
mod term;
pub mod verdict;
mod why;

use super::Style;
use crate::base::Text;
use crate::history::card::Trend;

/// How much of a trend is spelled out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Rules that moved the score.
    pub rules: usize,
}

/// An output format of trends.
pub trait TrendRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// The same trend, extent and style give the same bytes.
    fn render(&self, trend: &Trend, extent: Extent, style: &Style) -> Vec<u8>;
}

/// All formats, in the order in which help lists them.
pub const TREND_RENDERERS: &[&dyn TrendRenderer] = &[&term::Term, &json::Json];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn TrendRenderer> {
    TREND_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
