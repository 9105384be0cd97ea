//! The trend as it is, for programs.

use super::{Extent, TrendRenderer};
use crate::base::Text;
use crate::history::card::Trend;
use crate::report::Style;
use crate::say;

pub struct Json;

impl TrendRenderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Text {
        say!("all of it, for programs", "toàn bộ, cho chương trình khác đọc")
    }

    fn render(&self, trend: &Trend, _: Extent, _: &Style) -> Vec<u8> {
        trend.to_json().into_bytes()
    }
}
