//! The methodology as one page for a browser: both languages, no script.

use super::{Block, preface, sections, title};
use crate::base::Text;
use crate::report::Style;
use crate::report::html::Markup;
use crate::report::html::document::{self, Bar};
use crate::say;
use crate::score::Methodology;

pub fn page(methodology: &Methodology, style: &Style) -> String {
    let mut body = Markup::new();
    body.raw("<section class=methodology><h1>").say(&title()).raw("</h1>");
    preface().iter().for_each(|block| write(&mut body, block));
    let sections = sections(methodology);
    body.raw("<nav aria-labelledby=contents><h2 id=contents>")
        .say(&say!("Contents", "Mục lục"))
        .raw("</h2><ol>");
    for section in &sections {
        body.raw("<li>")
            .open("a", &[("href", &format!("#{}", section.id))])
            .say(&section.title)
            .raw("</a></li>");
    }
    body.raw("</ol></nav>");
    for section in &sections {
        body.open("section", &[("id", section.id)]).raw("<h2>").say(&section.title);
        body.raw(" ").open("a", &[("class", "where"), ("href", &format!("#{}", section.id))]);
        body.text(section.id).raw("</a></h2>");
        section.blocks.iter().for_each(|block| write(&mut body, block));
        body.raw("</section>");
    }
    body.raw("</section>");
    let Text { vi, en } = title();
    let name = say!("{en} · thuocdo", "{vi} · thuocdo");
    String::from_utf8(document::around(&name, Bar::Plain, body, style)).unwrap_or_default()
}

fn write(page: &mut Markup, block: &Block) {
    match block {
        Block::Said(text) => page.raw("<p>").say(text).raw("</p>"),
        Block::Formula(text) => page.raw("<p class=formula>").say(text).raw("</p>"),
        Block::Table { heads, rows } => {
            page.raw("<div class=wide tabindex=0><table><thead><tr>");
            for head in heads {
                page.raw("<th scope=col>").say(head).raw("</th>");
            }
            page.raw("</tr></thead><tbody>");
            for row in rows {
                page.raw("<tr>");
                row.iter().for_each(|cell| td(page, cell));
                page.raw("</tr>");
            }
            page.raw("</tbody></table></div>")
        }
    };
}

fn td(page: &mut Markup, cell: &Text) {
    page.raw("<td>").say(cell).raw("</td>");
}
