//! `thuocdo compare`: databases and agencies side by side.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::pages::{self, Files, INDEX};
use super::{cards, gate};
use crate::base::Diagnostic;
use crate::report::{Style, html, league as formats, number};
use crate::rule::groups;
use crate::say;
use crate::score::league::{Entry, League, Request, league};
use crate::score::{RollUp, Scorecard};

/// Compare scorecards: rank databases and agencies, with the interval that each rank can be told from.
///
/// Scorecards that may not be compared (local rules, another methodology, another period, changed by hand) are listed apart,
/// with every reason, and have no rank.
#[derive(Debug, Args)]
pub struct Compare {
    /// Scorecards, or directories of them.
    #[arg(required = true, value_name = "CARD")]
    cards: Vec<PathBuf>,
    /// What agencies are summed up over: what is compared; or all that the catalogue lists, of these agencies or of the
    /// nation, where a database without a scorecard counts 0.
    #[arg(long, value_name = "SCOPE", default_value = "run", value_parser = ["run", "agencies", "nation"])]
    roll_up: String,
    /// Compare these groups of databases instead of agencies: a YAML map of group to databases.
    #[arg(long, value_name = "FILE", conflicts_with = "roll_up")]
    groups: Option<PathBuf>,
    /// What makes up the difference between two agencies or groups.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    between: Option<Vec<String>>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = names())]
    format: String,
    /// Write it into this file instead. With `html` it may be a folder (`DIR/`): then every database that is ranked has a
    /// page of its own, which the comparison leads to.
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(formats::LEAGUE_RENDERERS.iter().map(|renderer| renderer.name()))
}

impl Compare {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let mut found = Vec::new();
        let groups = self.groups.as_deref().and_then(|path| gate::read(path, groups::read, &mut found));
        if !found.is_empty() {
            return Err(Failure::Given(found));
        }
        // The command line takes no other names.
        let Some(renderer) = formats::find(&self.format) else { return Ok(Exit::Usage) };
        let out = self.out.as_deref();
        output::has_a_place(renderer.name(), renderer.extension(), renderer.binary(), out)?;
        output::spares(out, self.groups.as_deref())?;
        let folder = self.folder()?;
        let (mut given, mut whole) = (Vec::new(), BTreeMap::new());
        for card in cards::given(&self.cards, out)? {
            let card = card?;
            if folder.is_some() && card.rejected.is_empty() {
                whole.insert(card.name.clone(), card.card.clone());
            }
            given.push(card.to_compare());
        }
        if given.is_empty() {
            return Err(cards::none(&self.cards));
        }
        let request = Request {
            roll_up: RollUp::ALL.into_iter().find(|scope| scope.id() == self.roll_up).unwrap_or_default(),
            groups,
            between: self.between.clone().and_then(|pair| <[String; 2]>::try_from(pair).ok()),
        };
        let league = league(given, &request)
            .map_err(|what| Failure::usage(what, say!("name two of them", "nêu hai cơ quan trong số đó")))?;
        if let Some([a, b]) = request.between.filter(|_| league.difference.is_none() && !console.quiet) {
            console.diagnostics(&[Diagnostic::warning(say!(
                "nothing is ranked, so there is no difference between `{a}` and `{b}` to explain",
                "không có gì được xếp hạng nên không có chênh lệch giữa `{a}` và `{b}` để giải thích"
            ))]);
        }
        if let Some(folder) = folder {
            return folder_of_pages(folder, &league, &whole, console);
        }
        let scratch = tempfile::tempdir().map_err(|error| output::no_scratch(&error))?;
        let render = |style: &Style| {
            renderer.render(&league, style, scratch.path()).map_err(|error| output::no_scratch(&error))
        };
        match out {
            None => console.print(&render(&console.style())?)?,
            Some(path) => {
                output::write_whole(path, &render(&plain(console))?)?;
                let path = path.display();
                console.note(&say!("wrote {path}", "đã ghi {path}"));
            }
        }
        Ok(Exit::Passed)
    }

    /// The folder that pages are to be written into, if one is meant.
    fn folder(&self) -> Result<Option<&Path>, Failure> {
        let Some(out) = self.out.as_deref() else { return Ok(None) };
        if !pages::is_folder(out) {
            return Ok(None);
        }
        if self.format == "html" {
            return Ok(Some(out));
        }
        let (path, format) = (out.display(), &self.format);
        Err(Failure::usage(
            say!(
                "`{path}` is a folder, and `{format}` is one file",
                "`{path}` là thư mục, còn `{format}` là một tệp"
            ),
            say!("name a file; only `html` fills a folder", "hãy nêu tên tệp; chỉ `html` ghi ra thư mục"),
        ))
    }
}

/// As a file looks, whatever the terminal is like.
fn plain(console: &Console) -> Style {
    Style { lang: console.lang, ..Style::default() }
}

/// Where pages of databases are within the folder.
const PAGES: &str = "databases";

/// A page for the scorecard of each database that is ranked, and then the comparison, which leads to them.
fn folder_of_pages(
    folder: &Path,
    league: &League,
    cards: &BTreeMap<String, Scorecard>,
    console: &Console,
) -> Result<Exit, Failure> {
    let style = plain(console);
    let (mut files, mut names) = (Files::default(), BTreeMap::new());
    let back = format!("../{INDEX}");
    for entry in &league.databases.entries {
        let card = entry.card.as_ref().and_then(|name| cards.get(name));
        let Some(card) = card else { continue };
        let Some(database) = card.databases.iter().find(|database| database.id == entry.id) else { continue };
        let name = files.name(&entry.id);
        let page = html::page(card, database, &html::Trends::default(), Some(&back), &style);
        output::write_whole(&folder.join(PAGES).join(&name), &page)?;
        names.insert(entry.id.as_str(), name);
    }
    let href = |entry: &Entry| names.get(entry.id.as_str()).map(|name| format!("{PAGES}/{name}"));
    let index = folder.join(INDEX);
    output::write_whole(&index, &formats::html::page(league, &href, &style))?;
    let (path, pages) = (index.display(), number::count(names.len() as u64, console.lang));
    console.note(&say!(
        "wrote {path} and {pages} pages of databases",
        "đã ghi {path} và {pages} trang của các CSDL"
    ));
    Ok(Exit::Passed)
}
