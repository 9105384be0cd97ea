//! The gate's report as it is, for programs.

use super::GateRenderer;
use crate::base::Text;
use crate::report::Style;
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::GateReport;

pub struct Json;

impl GateRenderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Text {
        say!("the whole report, for programs", "toàn bộ kết quả, cho chương trình khác đọc")
    }

    fn render(&self, gate: &GateReport, _: &Scorecard, _: &Style) -> Vec<u8> {
        gate.to_json().into_bytes()
    }
}
