//! A comparison as one page for a browser, like the scorecard's: complete without its script, in both languages. No rank
//! stands alone; its interval is drawn beside it.

mod apart;
mod difference;
mod heat;
mod one;
mod pairs;
mod standings;
mod whole;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::LeagueRenderer;
use crate::base::Text;
use crate::report::Style;
use crate::report::html::anchor::{self, slug};
use crate::report::html::document::{self, Bar};
use crate::report::html::footnotes;
use crate::report::html::markup::Markup;
use crate::report::html::markup::both;
use crate::report::term::safe::clean;
use crate::say;
use crate::score::league::{Entry, League};

pub struct Html;

impl LeagueRenderer for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn about(&self) -> Text {
        say!("one page for a browser, in one file", "một trang xem bằng trình duyệt, gói trong một tệp")
    }

    fn extension(&self) -> &'static str {
        "html"
    }

    fn render(&self, league: &League, style: &Style, _: &Path) -> io::Result<Vec<u8>> {
        Ok(page(league, &|_| None, style))
    }
}

/// What the parts of the page are drawn from.
struct Context<'a> {
    league: &'a League,
    /// Of every database the name of its part of the page.
    anchors: &'a [String],
    /// The page of a database's scorecard, if there is one.
    href: &'a dyn Fn(&Entry) -> Option<String>,
}

/// The page; `href` names the pages of scorecards that lie beside it.
pub fn page(league: &League, href: &dyn Fn(&Entry) -> Option<String>, style: &Style) -> Vec<u8> {
    let mut taken = BTreeSet::new();
    let databases = &league.databases.entries;
    let anchors: Vec<String> =
        databases.iter().map(|entry| anchor::free(format!("d-{}", slug(&entry.id)), &mut taken)).collect();
    let context = Context { league, anchors: &anchors, href };
    let mut body = Markup::new();
    whole::write(&mut body, &context);
    standings::agencies(&mut body, &context);
    heat::write(&mut body, &context);
    pairs::write(&mut body, &context);
    difference::write(&mut body, league);
    standings::databases(&mut body, &context);
    apart::silent(&mut body, league);
    apart::write(&mut body, league);
    one::write(&mut body, &context);
    if !databases.is_empty() {
        footnotes::of_ranks(&mut body, league);
    }
    document::around(&title(league), Bar::Tables, body, style)
}

fn title(league: &League) -> Text {
    let date = league.as_of.as_ref().and_then(|[_, last]| last.get(..10)).map(clean);
    let name = say!("Data quality compared", "So sánh chất lượng dữ liệu");
    let rest = date.map_or_else(String::new, |date| format!(" · {date}"));
    both(|lang| format!("{}{rest} · thuocdo", name.get(lang)))
}
