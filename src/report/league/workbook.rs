//! As a workbook, with the care of the report's: numbers are numbers, texts are never computed.

use std::io;
use std::path::Path;

use jiff::Timestamp;

use super::{LeagueRenderer, sheets};
use crate::base::Text;
use crate::report::Style;
use crate::report::collection::workbook::book;
use crate::say;
use crate::score::league::League;

pub struct Xlsx;

impl LeagueRenderer for Xlsx {
    fn name(&self) -> &'static str {
        "xlsx"
    }

    fn about(&self) -> Text {
        say!(
            "a workbook: agencies, databases, pairs, what stands apart, what sent nothing, the difference",
            "bảng tính: cơ quan, CSDL, từng cặp, không xếp hạng, không gửi gì, chênh lệch"
        )
    }

    fn extension(&self) -> &'static str {
        "xlsx"
    }

    fn binary(&self) -> bool {
        true
    }

    fn render(&self, league: &League, style: &Style, scratch: &Path) -> io::Result<Vec<u8>> {
        let moment = league.as_of.as_ref().and_then(|[_, last]| last.parse::<Timestamp>().ok());
        book(sheets::all(league, style.lang), moment, style.lang, scratch)
    }
}
