//! `thuocdo catalog`: the databases of the agencies.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::cards;
use super::failure::{Exit, Failure};
use super::output::Console;
use crate::base::suggest;
use crate::report::catalog::{Filter, Listing};
use crate::report::term;
use crate::rule::Catalog;
use crate::rule::catalog::{Archetype, Group, Kind};
use crate::say;

/// List and search the databases of the agencies (Resolution 214/NQ-CP), and see which have rules and scores.
///
/// Words are looked for in ids, names and agencies; capitals and diacritics do not matter, and all must be there. An id
/// shows that database whole.
#[derive(Debug, Args)]
pub struct CatalogCommand {
    /// An id, or words to look for; quoted words are looked for as one phrase.
    #[arg(value_name = "QUERY")]
    query: Vec<String>,
    /// Only databases of this agency.
    #[arg(long, value_name = "ID")]
    agency: Option<String>,
    /// Only this list of Appendix I.
    #[arg(long, value_name = "GROUP", value_parser = words(Group::ALL, Group::id))]
    group: Option<String>,
    /// Only this kind.
    #[arg(long, value_name = "KIND", value_parser = words(Kind::ALL, Kind::id))]
    kind: Option<String>,
    /// Only databases whose main table holds this.
    #[arg(long, value_name = "ARCHETYPE", value_parser = words(Archetype::ALL, Archetype::id))]
    archetype: Option<String>,
    /// Only the priority databases of Appendix II and the entries that they consist of.
    #[arg(long)]
    priority: bool,
    /// Only databases that a rule pack is about.
    #[arg(long)]
    with_pack: bool,
    /// Only databases that no rule pack is about.
    #[arg(long, conflicts_with = "with_pack")]
    without_pack: bool,
    /// Another catalogue to look at. The one that ships decides titles, weights and roll-ups all the same.
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Scorecards, or directories of them: shows which databases were scored.
    #[arg(long, value_name = "CARD", num_args = 1..)]
    cards: Vec<PathBuf>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = ["term", "json"])]
    format: String,
}

/// What an option over a few words takes.
pub fn words<T: Copy>(all: &[T], id: impl Fn(T) -> &'static str) -> PossibleValuesParser {
    PossibleValuesParser::new(all.iter().map(|&word| id(word)))
}

/// The word that an option names.
pub fn word<T: Copy>(name: &str, all: &[T], id: impl Fn(T) -> &'static str) -> Option<T> {
    all.iter().copied().find(|&word| id(word) == name)
}

impl CatalogCommand {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let edited =
            self.catalog.as_ref().map(|path| Catalog::read(path)).transpose().map_err(Failure::Given)?;
        let catalog = edited.as_ref().unwrap_or_else(|| Catalog::shipped());
        let filter = self.filter(catalog)?;
        let cards = cards::read(&self.cards)?;
        let one = match self.query.as_slice() {
            [id] => catalog.find(&id.to_lowercase()),
            _ => None,
        };
        let listing = match one {
            Some(entry) => Listing::one(catalog, &entry.id, &cards),
            None => Listing::new(catalog, &filter, &cards),
        };
        if self.format == "json" {
            console.print(listing.to_json().as_bytes())?;
        } else if one.is_some() {
            console.print(&term::catalog::entry(&listing, &console.style()))?;
        } else {
            console.print(&term::catalog::list(&listing, &console.style()))?;
        }
        Ok(Exit::Passed)
    }

    fn filter(&self, catalog: &Catalog) -> Result<Filter, Failure> {
        if let Some(id) = self.agency.as_ref().filter(|id| catalog.agency(id).is_none()) {
            let ids: Vec<&str> = catalog.agencies.iter().map(|agency| agency.id.as_str()).collect();
            let hint = if let Some(near) = suggest::closest(id, ids.iter().copied()) {
                say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?")
            } else {
                let all = ids.join(", ");
                say!("known: {all}", "có sẵn: {all}")
            };
            return Err(Failure::usage(
                say!("no agency `{id}` in the catalogue", "danh mục không có cơ quan `{id}`"),
                hint,
            ));
        }
        let pack = (self.with_pack || self.without_pack).then_some(self.with_pack);
        Ok(Filter {
            phrases: self.query.clone(),
            agency: self.agency.clone(),
            group: self.group.as_ref().and_then(|name| word(name, Group::ALL, Group::id)),
            kind: self.kind.as_ref().and_then(|name| word(name, Kind::ALL, Kind::id)),
            archetype: self.archetype.as_ref().and_then(|name| word(name, Archetype::ALL, Archetype::id)),
            priority: self.priority,
            pack,
        })
    }
}
