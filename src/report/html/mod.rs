//! The scorecard as one page for a browser: a file that needs nothing else. It is complete without its script, which adds
//! search, filters and sorting; both languages are in it.

mod anchor;
mod chart;
mod columns;
mod database;
pub mod document;
mod fix_first;
mod freshness;
mod heat;
mod index;
mod kinds;
mod markup;
mod notes;
mod overview;
mod provenance;
mod rule;
mod shown;
mod table;
#[cfg(test)]
mod tests;
mod trend;

use self::anchor::Anchors;
pub use self::markup::Markup;
pub use self::trend::Trends;
use super::{Renderer, Style};
use crate::base::Text;
use crate::say;
use crate::score::Scorecard;
use crate::score::scorecard::DatabaseCard;

pub struct Html;

impl Renderer for Html {
    fn name(&self) -> &'static str {
        "html"
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
    render(card, &databases, trends, style)
}

/// A page of one database of a card; nothing of the others is in it.
pub fn page(card: &Scorecard, database: &DatabaseCard, trends: &Trends<'_>, style: &Style) -> Vec<u8> {
    let mut alone = Scorecard { databases: vec![database.clone()], ..card.clone() };
    alone.incomplete.retain(|gap| gap.database == database.id);
    let anchors = Anchors::of(&alone);
    let databases: Vec<_> = alone.databases.iter().zip(&anchors).collect();
    render(&alone, &databases, trends, style)
}

/// A page of databases without any: grades, points and dimensions of each, with a link to the file that `href` names.
pub fn index(card: &Scorecard, href: &dyn Fn(&DatabaseCard) -> String, style: &Style) -> Vec<u8> {
    let mut body = Markup::new();
    overview::write(&mut body, card, href);
    notes::incomplete(&mut body, card);
    provenance::run(&mut body, card);
    document::whole(card, None, body, style)
}

fn render(
    card: &Scorecard,
    databases: &[(&DatabaseCard, &Anchors)],
    trends: &Trends<'_>,
    style: &Style,
) -> Vec<u8> {
    let mut body = Markup::new();
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
    provenance::write(&mut body, card);
    document::whole(card, alone, body, style)
}
