//! HTML pages with their histories: one of a card, or a folder of one for each database.

use std::collections::BTreeSet;
use std::path::Path;

use super::failure::Failure;
use super::{output, trend};
use crate::history::card::Trend;
use crate::history::of_card::of_card;
use crate::history::{Store, StoreError};
use crate::report::Style;
use crate::report::collection::Reported;
use crate::report::html::{self, Trends};
use crate::score::Scorecard;
use crate::score::scorecard::DatabaseCard;

/// The page that lists the others.
pub const INDEX: &str = "index.html";

/// Characters of the name of a file.
const LONGEST: usize = 80;

/// Whether pages are to go into it.
pub fn is_folder(out: &Path) -> bool {
    out.is_dir() || out.as_os_str().to_string_lossy().ends_with(['/', std::path::MAIN_SEPARATOR])
}

/// The page of a card.
pub fn one(card: &Scorecard, history: Option<&Path>, style: &Style) -> Result<Vec<u8>, Failure> {
    let series = series(card, history)?;
    Ok(html::whole(card, &Trends::of(&series), style))
}

/// Writes a page for each database of each card, and at last the index: it never names a page that is not there.
/// Returns how many pages there are.
pub fn write(
    folder: &Path,
    cards: &[Reported],
    history: Option<&Path>,
    style: &Style,
) -> Result<usize, Failure> {
    let cards: Vec<&Scorecard> = cards.iter().map(|reported| &reported.card).collect();
    let names = Names::of(&cards);
    for card in &cards {
        let series = series(card, history)?;
        let trends = Trends::of(&series);
        for database in &card.databases {
            let page = html::page(card, database, &trends, Some(INDEX), style);
            output::write_whole(&folder.join(names.find(database)), &page)?;
        }
    }
    let index = html::index(&cards, &|database| names.find(database).to_owned(), style);
    output::write_whole(&folder.join(INDEX), &index)?;
    Ok(names.0.len() + 1)
}

fn series(card: &Scorecard, history: Option<&Path>) -> Result<Vec<Trend>, Failure> {
    let Some(path) = history else { return Ok(Vec::new()) };
    let unreadable = |error: StoreError| trend::unreadable(path, &error);
    let store = Store::read(path).map_err(unreadable)?;
    let series = of_card(&store, card);
    store.settled().map_err(unreadable)?;
    series.map_err(unreadable)
}

/// The files of the databases of cards.
struct Names<'c>(Vec<(&'c DatabaseCard, String)>);

impl<'c> Names<'c> {
    fn of(cards: &[&'c Scorecard]) -> Self {
        let mut files = Files::default();
        let databases = cards.iter().flat_map(|card| &card.databases);
        Self(databases.map(|database| (database, files.name(&database.id))).collect())
    }

    fn find(&self, wanted: &DatabaseCard) -> &str {
        let found = self.0.iter().find(|(database, _)| std::ptr::eq(*database, wanted));
        found.map_or(INDEX, |(_, name)| name)
    }
}

/// Names of files for ids of databases, which may be anything: plain, and different also where case does not count.
pub struct Files(BTreeSet<String>);

impl Default for Files {
    fn default() -> Self {
        Self(BTreeSet::from([INDEX.to_owned()]))
    }
}

impl Files {
    /// A name that none before it has.
    pub fn name(&mut self, id: &str) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let stem: String = id.chars().take(LONGEST).map(plain).collect();
        let stem = if stem.is_empty() { "database" } else { &stem };
        let mut name = format!("{stem}.html");
        let mut n = 1_u64;
        while !self.0.insert(name.to_ascii_lowercase()) {
            n += 1;
            name = format!("{stem}-{n}.html");
        }
        name
    }
}
