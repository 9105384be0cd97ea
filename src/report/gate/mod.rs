//! What a gate says, in the formats that pipelines read: one file each.

pub mod json;

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
pub const GATE_RENDERERS: &[&dyn GateRenderer] = &[&json::Json];

/// The format of that name.
pub fn find(name: &str) -> Option<&'static dyn GateRenderer> {
    GATE_RENDERERS.iter().copied().find(|renderer| renderer.name() == name)
}
