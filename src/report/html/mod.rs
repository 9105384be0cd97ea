//! The scorecard as one page for a browser: a file that needs nothing else. It is complete without its script, which adds
//! search, filters and sorting; both languages are in it.

pub mod anchor;
pub(super) mod chart;
mod columns;
mod database;
pub(super) mod document;
mod fix_first;
pub(super) mod footnotes;
mod freshness;
pub(super) mod heat;
mod index;
mod kinds;
pub(super) mod markup;
pub(in crate::report) mod moment;
mod named;
mod notes;
pub(super) mod overview;
mod paper;
mod provenance;
mod public;
mod rule;
pub(super) mod shown;
mod table;
#[cfg(test)]
mod tests;
mod trend;

use self::anchor::Anchors;
use self::document::Bar;
pub use self::markup::Markup;
pub use self::paper::paper;
pub use self::public::public;
pub use self::trend::Trends;
use super::{Renderer, Style};
use crate::base::Text;
use crate::say;
use crate::score::scorecard::{DatabaseCard, Incomplete};
use crate::score::{RollUp, Scorecard};

/// As in `--format`.
pub const NAME: &str = "html";

pub struct Html;

impl Renderer for Html {
    fn name(&self) -> &'static str {
        NAME
    }

    fn about(&self) -> Text {
        say!("one page for a browser, in one file", "một trang xem bằng trình duyệt, gói trong một tệp")
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn render(&self, card: &Scorecard, style: &Style) -> Vec<u8> {
        whole(card, &Trends::default(), style)
    }
}

/// What the parts of the page are drawn from.
struct Context<'a> {
    card: &'a Scorecard,
    database: &'a DatabaseCard,
    anchors: &'a Anchors,
    trends: &'a Trends<'a>,
}

/// A page of all databases of a card; where they are several, an index comes first.
pub fn whole(card: &Scorecard, trends: &Trends<'_>, style: &Style) -> Vec<u8> {
    let anchors = Anchors::of(card);
    let databases: Vec<_> = card.databases.iter().zip(&anchors).collect();
    render(card, &databases, trends, Markup::new(), style)
}

/// A page of one database of a card; nothing of the others is in it. `index`: the page that lists all, beside it.
pub fn page(
    card: &Scorecard,
    database: &DatabaseCard,
    trends: &Trends<'_>,
    index: Option<&str>,
    style: &Style,
) -> Vec<u8> {
    let of_it = |gap: &&Incomplete| gap.database == database.id;
    // Field by field: a copy of the whole card for each of hundreds of pages would take longer than the pages.
    let alone = Scorecard {
        schema: card.schema.clone(),
        as_of: card.as_of.clone(),
        engine: card.engine.clone(),
        methodology: card.methodology.clone(),
        profile: card.profile,
        roll_up: RollUp::Run,
        catalog: card.catalog.clone(),
        complete: card.complete,
        incomplete: card.incomplete.iter().filter(of_it).cloned().collect(),
        databases: vec![database.clone()],
        agencies: Vec::new(),
        overall: card.overall.clone(),
        provenance: card.provenance.clone(),
    };
    let anchors = Anchors::of(&alone);
    let databases: Vec<_> = alone.databases.iter().zip(&anchors).collect();
    let mut body = Markup::new();
    if let Some(index) = index {
        body.raw("<p class=up>").open("a", &[("href", index)]).raw("« ");
        body.say(&say!("All databases", "Mọi CSDL")).raw("</a></p>");
    }
    render(&alone, &databases, trends, body, style)
}

/// A page that lists the databases of cards: grades, points and dimensions of each, with a link to the file that `href`
/// names. Cards stand side by side; nothing is summed up over them.
pub fn index(cards: &[&Scorecard], href: &dyn Fn(&DatabaseCard) -> String, style: &Style) -> Vec<u8> {
    let mut body = Markup::new();
    match cards {
        [card] => overview::write(&mut body, card, href),
        cards => overview::several(&mut body, cards, href),
    }
    for card in cards {
        notes::incomplete(&mut body, card);
    }
    if let [first, ..] = cards {
        footnotes::write(&mut body, first);
        let title = document::title(first, None);
        if let [card] = cards {
            provenance::run(&mut body, card);
        }
        return document::around(&title, Bar::Rows, body, style);
    }
    document::around(&Text::same("thuocdo"), Bar::Rows, body, style)
}

fn render(
    card: &Scorecard,
    databases: &[(&DatabaseCard, &Anchors)],
    trends: &Trends<'_>,
    mut body: Markup,
    style: &Style,
) -> Vec<u8> {
    let alone = match databases {
        [(database, _)] if card.roll_up.is_run() => Some(*database),
        _ => {
            let href = |wanted: &DatabaseCard| {
                let found = databases.iter().find(|(database, _)| std::ptr::eq(*database, wanted));
                found.map_or_else(String::new, |(_, anchors)| anchor::link(&anchors.database))
            };
            overview::write(&mut body, card, &href);
            None
        }
    };
    for (database, anchors) in databases {
        database::write(&mut body, &Context { card, database, anchors, trends });
    }
    notes::incomplete(&mut body, card);
    kinds::write(&mut body, card);
    footnotes::write(&mut body, card);
    provenance::write(&mut body, card);
    document::of_card(card, alone, body, style)
}
