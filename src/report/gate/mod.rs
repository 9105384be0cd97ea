//! What a gate says, in the formats that pipelines read: one file each.

mod azure;
mod badge;
pub(super) mod finding;
mod github;
mod gitlab;
pub mod json;
pub(super) mod junit;
mod line;
pub(super) mod markdown;
#[cfg(test)]
mod sample;
mod sarif;
#[cfg(test)]
mod schemas;
mod term;
mod words;

use super::Style;
use crate::base::Text;
use crate::score::Scorecard;
use crate::score::gate::GateReport;

/// An output format of gates.
pub trait GateRenderer: Sync {
    /// As in `--format NAME`.
    fn name(&self) -> &'static str;

    /// What it is for, in one line.
    fn about(&self) -> Text;

    /// The same report, card and style give the same bytes.
    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8>;
}

/// All formats, in the order in which help lists them.
pub const GATE_RENDERERS: &[&dyn GateRenderer] = &[
    &term::Term,
    &line::Line,
    &json::Json,
    &junit::Junit,
    &sarif::Sarif,
    &markdown::Markdown,
    &github::Github,
    &gitlab::Gitlab,
    &azure::Azure,
    &badge::Badge,
];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn GateRenderer> {
    GATE_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Lang;

    #[test]
    fn every_format_is_found_by_its_name_and_names_are_unique() {
        for (at, renderer) in GATE_RENDERERS.iter().enumerate() {
            let first = GATE_RENDERERS.iter().position(|other| other.name() == renderer.name());
            assert_eq!(first, Some(at));
            assert_eq!(find(renderer.name()).map(GateRenderer::name), Some(renderer.name()));
            assert_ne!(renderer.about().vi, renderer.about().en);
        }
        assert!(find("papyrus").is_none());
    }

    #[test]
    fn every_format_is_utf_8_ends_its_last_line_and_says_the_same_twice() {
        for renderer in GATE_RENDERERS {
            for (gate, card) in [sample::every_outcome(), sample::passed(), sample::hostile()] {
                for lang in [Lang::Vi, Lang::En] {
                    let style = Style { lang, ..Style::default() };
                    let bytes = renderer.render(&gate, &card, &style);
                    assert!(bytes.ends_with(b"\n"), "{}", renderer.name());
                    assert_eq!(bytes, renderer.render(&gate, &card, &style));
                    assert!(String::from_utf8(bytes).is_ok());
                }
            }
        }
    }
}
