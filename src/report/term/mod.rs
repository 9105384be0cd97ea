//! The scorecard as a page for a terminal: the verdict first, then what holds it down, then where to begin.

mod bar;
pub mod catalog;
mod database;
mod fix_first;
mod index;
pub mod lines;
mod overview;
pub(super) mod page;
pub(super) mod rule;
pub(crate) mod safe;
mod table;
#[cfg(test)]
mod tests;
pub mod verdict;
pub(super) mod words;

use self::page::{BOLD, Line, Page, WEAK};
use self::safe::middle;
use super::{Renderer, Style, number};
use crate::base::{Lang, Text};
use crate::say;
use crate::score::{Profile, Scorecard};

pub struct Term;

impl Renderer for Term {
    fn name(&self) -> &'static str {
        "term"
    }

    fn about(&self) -> Text {
        say!("a page to read in the terminal", "trang để đọc trên màn hình dòng lệnh")
    }

    fn extension(&self) -> &'static str {
        "txt"
    }

    fn render(&self, card: &Scorecard, style: &Style) -> Vec<u8> {
        let mut page = Page::new(style);
        head(&mut page, style.lang, card);
        for database in &card.databases {
            database::write(&mut page, style.lang, card.profile, database);
        }
        overview::write(&mut page, style.lang, card);
        page.into_bytes()
    }
}

fn head(page: &mut Page, lang: Lang, card: &Scorecard) {
    let as_of = middle(&card.as_of, 40);
    let profile = card.profile.id();
    let methodology = middle(&card.methodology, 60);
    let parts = [
        Line::of(BOLD, &middle(&card.engine, 30)),
        Line::new().plain(say!("as of {as_of}", "tính đến {as_of}").get(lang)),
        Line::new().dim(say!("profile {profile}", "bộ tiêu chí {profile}").get(lang)),
        Line::new().dim(say!("methodology {methodology}", "phương pháp {methodology}").get(lang)),
    ];
    page.paragraph(Line::new(), 0, Line::dotted(parts.map(Line::glued)), 4);
    if card.profile == Profile::Local {
        let text = say!("local rules, not comparable", "quy tắc nội bộ, không so sánh được");
        page.line(Line::of(WEAK, text.get(lang)));
    }
    if !card.complete {
        let gaps = number::count(card.incomplete.len() as u64, lang);
        let text = say!("incomplete: {gaps} not measured, see the end", "chưa đo đủ: {gaps} mục, xem ở cuối");
        page.line(Line::of(WEAK, text.get(lang)));
    }
}
