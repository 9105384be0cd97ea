//! The scorecard itself, for programs.

use super::{Renderer, Style};
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;

pub struct Json;

impl Renderer for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn about(&self) -> Text {
        say!("the whole scorecard, for programs", "toàn bộ phiếu điểm, cho chương trình khác đọc")
    }

    fn extension(&self) -> &'static str {
        "json"
    }

    fn render(&self, card: &Scorecard, _: &Style) -> Vec<u8> {
        card.to_json().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;
    use crate::score::Profile;

    #[test]
    fn what_is_written_reads_back_the_same() {
        for card in [sample::card(Profile::Local), sample::card(Profile::Vn4), sample::hostile()] {
            let bytes = Json.render(&card, &Style::default());
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.ends_with("}\n"));
            // As it is: a card with such counts is refused where cards are read.
            assert_eq!(serde_json::from_str::<Scorecard>(&text).unwrap(), card);
        }
    }
}
