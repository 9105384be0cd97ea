//! `thuocdo compare`: databases and agencies side by side.

use std::path::PathBuf;

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::{cards, gate};
use crate::report::{Style, league as formats};
use crate::rule::groups;
use crate::say;
use crate::score::RollUp;
use crate::score::league::{Request, league};

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
    /// Write it into this file instead.
    #[arg(long, value_name = "FILE")]
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
        let given = cards::given(&self.cards)?;
        let request = Request {
            roll_up: RollUp::ALL.into_iter().find(|scope| scope.id() == self.roll_up).unwrap_or_default(),
            groups,
            between: self.between.and_then(|pair| <[String; 2]>::try_from(pair).ok()),
        };
        let league = league(given, &request)
            .map_err(|what| Failure::usage(what, say!("name two of them", "nêu hai cơ quan trong số đó")))?;
        let Some(renderer) = formats::find(&self.format) else { return Ok(Exit::Passed) };
        match &self.out {
            None => console.print(&renderer.render(&league, &console.style()))?,
            Some(path) => {
                let style = Style { lang: console.lang, ..Style::default() };
                output::write_whole(path, &renderer.render(&league, &style))?;
                let path = path.display();
                console.note(&say!("wrote {path}", "đã ghi {path}"));
            }
        }
        Ok(Exit::Passed)
    }
}
