//! Floor 8: what people and programs read. Pure functions of a scorecard: no clock, no environment, no files.

pub mod agreement;
pub mod catalog;
pub mod collection;
pub mod drift;
pub mod explanation;
pub mod export;
pub mod gate;
pub mod html;
pub mod json;
pub mod league;
pub mod methodology;
pub mod metrics;
pub mod naming;
pub mod notice;
pub mod package;
pub mod paper;
pub mod periodic;
pub mod progress;
pub mod proposals;
pub mod public;
pub mod rows;
#[cfg(test)]
mod sample;
pub mod term;
pub mod trend;

pub use crate::base::number;
use crate::base::{Lang, Text};
use crate::score::Scorecard;

/// How a page is to look. Formats for programs ignore it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub lang: Lang,
    /// Whether ANSI colours are written.
    pub color: bool,
    /// Columns of the terminal; see [`Style::columns`].
    pub width: usize,
    /// Whether ornaments (bars, boxes, dots) may be other than ASCII. Words are written as they are either way.
    pub unicode: bool,
}

impl Style {
    /// Narrower pages can not hold the numbers, wider ones are hard to read.
    const WIDTHS: (usize, usize) = (60, 120);

    /// The width that pages keep to: between 60 and 120.
    pub fn columns(&self) -> usize {
        self.width.clamp(Self::WIDTHS.0, Self::WIDTHS.1)
    }
}

impl Default for Style {
    /// What suits a pipe.
    fn default() -> Self {
        Self { lang: Lang::default(), color: false, width: 80, unicode: true }
    }
}

/// An output format.
pub trait Renderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// Extension of files that hold it, without the dot.
    fn extension(&self) -> &'static str;

    /// The same card and style give the same bytes.
    fn render(&self, card: &Scorecard, style: &Style) -> Vec<u8>;
}

/// All formats, in the order in which help lists them.
pub const RENDERERS: &[&dyn Renderer] = &[&term::Term, &json::Json, &html::Html];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn Renderer> {
    RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_is_found_by_its_name_and_names_are_unique() {
        for (at, renderer) in RENDERERS.iter().enumerate() {
            let first = RENDERERS.iter().position(|other| other.name() == renderer.name());
            assert_eq!(first, Some(at));
            assert_eq!(find(renderer.name()).map(|found| found.extension()), Some(renderer.extension()));
            assert_ne!(renderer.about().vi, renderer.about().en);
        }
        assert!(find("papyrus").is_none());
    }

    #[test]
    fn widths_are_clamped() {
        let columns = |width| Style { width, ..Style::default() }.columns();
        assert_eq!([columns(0), columns(80), columns(usize::MAX)], [60, 80, 120]);
    }
}
