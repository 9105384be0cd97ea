//! The methodology as a page, made of the same constants that scores are computed from. What a section says of numbers
//! it takes from [`Methodology`]; change one there, and the page changes.
//!
//! Ids of sections (`m-curve`) are what notes and explanations point at. They stay.

mod grading;
mod html;
mod md;
mod ranking;
mod scoring;
mod term;
#[cfg(test)]
mod tests;

use crate::base::{Lang, Nano, Text, number};
use crate::report::Style;
use crate::say;
use crate::score::{Methodology, Profile};

/// A part of the methodology.
pub struct Section {
    /// `m-…`, for links.
    pub id: &'static str,
    pub title: Text,
    pub blocks: Vec<Block>,
}

pub enum Block {
    Said(Text),
    /// One line, to be set as a formula.
    Formula(Text),
    Table {
        heads: Vec<Text>,
        rows: Vec<Vec<Text>>,
    },
}

/// All sections, in the order in which one number leads to the next.
pub fn sections(methodology: &Methodology) -> Vec<Section> {
    let mut all = scoring::sections(methodology);
    all.extend(grading::sections(methodology));
    all.extend(ranking::sections(methodology));
    all
}

/// The formula of a section in one line, for notes elsewhere.
pub fn formula(section: &Section) -> Option<&Text> {
    section.blocks.iter().find_map(|block| match block {
        Block::Formula(text) => Some(text),
        _ => None,
    })
}

fn section(id: &'static str, title: Text, blocks: Vec<Block>) -> Section {
    Section { id, title, blocks }
}

fn row<const N: usize>(cells: [Text; N]) -> Vec<Text> {
    cells.into()
}

fn same(text: impl ToString) -> Text {
    Text::same(text.to_string())
}

fn title() -> Text {
    say!("How scores are computed", "Điểm được tính như thế nào")
}

/// What stands above all sections, with the name of each profile's methodology.
fn preface() -> Vec<Block> {
    let full = |lang| number::count(Nano::FULL.get().unsigned_abs(), lang);
    let (full_en, full_vi) = (full(Lang::En), full(Lang::Vi));
    let names = Profile::ALL.into_iter().map(|profile| {
        let what = match profile {
            Profile::Local => say!(
                "the dimensions that have rules; never compared",
                "các chiều có quy tắc; không bao giờ so sánh"
            ),
            Profile::Vn4 => say!("four dimensions, for comparison", "bốn chiều, để so sánh"),
            Profile::Vn6 => say!("six dimensions, for comparison", "sáu chiều, để so sánh"),
        };
        row([same(profile.id()), what, same(Methodology::new(profile).id())])
    });
    vec![
        Block::Said(say!(
            "This page is made of the constants that the program computes with. The name of a methodology carries a hash of all of them: scores under different names are not compared.",
            "Trang này được dựng từ chính các hằng số mà chương trình dùng để tính. Tên phương pháp mang mã băm của toàn bộ hằng số: điểm dưới hai tên khác nhau thì không so sánh."
        )),
        Block::Said(say!(
            "All points are integers, billionths of a point: 100 points are {full_en}. ⌊x⌋ is x rounded down, ⌈x⌉ rounded up. Nothing else is rounded, and what is shown is cut off.",
            "Mọi điểm số là số nguyên, tính bằng phần tỷ của điểm: 100 điểm là {full_vi}. ⌊x⌋ là làm tròn xuống, ⌈x⌉ là làm tròn lên. Ngoài ra không làm tròn gì, và số hiển thị luôn được cắt bớt chứ không làm tròn."
        )),
        Block::Table {
            heads: vec![
                say!("Profile", "Bộ tiêu chí"),
                say!("What counts", "Tính những gì"),
                say!("Methodology", "Phương pháp"),
            ],
            rows: names.collect(),
        },
    ]
}

/// A format of the page.
pub type Write = fn(&Methodology, &Style) -> String;

/// All formats, by the name that the command line knows them by.
pub const FORMATS: [(&str, Write); 3] = [("term", term::page), ("html", html::page), ("md", md::page)];
