//! The report as it is, for programs.

use super::{PeriodicRenderer, Refused, Setting};
use crate::base::Text;
use crate::say;

pub struct Json;

impl PeriodicRenderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Text {
        say!("all of it, for programs", "toàn bộ, cho chương trình khác đọc")
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, setting: &Setting<'_>) -> Result<Vec<u8>, Refused> {
        Ok(setting.report.to_json().into_bytes())
    }
}
