//! What has no rank: databases that sent nothing, and scorecards that may not be compared.

use crate::base::Text;
use crate::report::html::markup::Markup;
use crate::rule::Catalog;
use crate::say;
use crate::score::league::{League, Silent};

pub fn silent(page: &mut Markup, league: &League) {
    if league.silent.is_empty() {
        return;
    }
    page.raw("<section id=silent><h2>").say(&say!("Sent nothing", "Không gửi gì")).raw(" (");
    page.count(league.silent.len() as u64).raw(")</h2><p class=dim>");
    page.say(&say!(
        "Registered databases without a scorecard. They count 0 in the official score of their agency. \
         In brackets: their weight in it.",
        "CSDL có trong danh mục mà không có bảng điểm. Điểm chính thức của cơ quan tính các CSDL này là 0. \
         Số trong ngoặc là trọng số trong điểm của cơ quan."
    ));
    page.raw("</p>");
    let mut of: Vec<&Silent> = league.silent.iter().collect();
    of.sort_by(|a, b| (&a.agency, &a.id).cmp(&(&b.agency, &b.id)));
    let catalog = Catalog::shipped();
    for agency in of.chunk_by(|a, b| a.agency == b.agency) {
        page.raw("<details class=entry><summary><b>");
        let id = agency.first().and_then(|it| it.agency.as_deref());
        match id.and_then(|id| catalog.agency(id)) {
            Some(known) => {
                page.title(&known.name).raw("</b> <span class=where>").name(&known.id).raw("</span> ")
            }
            None => page.name(id.unwrap_or("—")).raw("</b> "),
        };
        page.count(agency.len() as u64).raw("</summary><ul class=tiny>");
        for silent in agency {
            page.raw("<li>");
            if let Some(entry) = catalog.find(&silent.id) {
                page.title(&Text::same(entry.title())).raw(" ");
            }
            page.raw("<span class=where>").name(&silent.id).raw(" (").count(silent.weight.into());
            page.raw(")</span></li>");
        }
        page.raw("</ul></details>");
    }
    page.raw("</section>");
}

pub fn write(page: &mut Markup, league: &League) {
    if league.apart.is_empty() {
        return;
    }
    page.raw("<section id=apart><h2>").say(&say!("Not ranked", "Không xếp hạng")).raw(" (");
    page.count(league.apart.len() as u64).raw(")</h2><ul class=notes>");
    for apart in &league.apart {
        page.raw("<li><b>").name(apart.database.as_deref().unwrap_or(&apart.card)).raw("</b>");
        if apart.database.is_some() {
            page.raw(" <span class=where>").name(&apart.card).raw("</span>");
        }
        page.raw("<ul>");
        for because in &apart.because {
            page.raw("<li>").told(because).raw("</li>");
        }
        page.raw("</ul></li>");
    }
    page.raw("</ul></section>");
}
