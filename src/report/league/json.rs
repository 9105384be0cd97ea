//! The comparison as it is, for programs.

use std::io;
use std::path::Path;

use super::LeagueRenderer;
use crate::base::Text;
use crate::report::Style;
use crate::say;
use crate::score::league::League;

pub struct Json;

impl LeagueRenderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Text {
        say!("all of it, for programs", "toàn bộ, cho chương trình khác đọc")
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, league: &League, _: &Style, _: &Path) -> io::Result<Vec<u8>> {
        Ok(league.to_json().into_bytes())
    }
}
