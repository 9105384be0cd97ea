//! `thuocdo progress`: how far the catalogue has been scored.

use std::path::PathBuf;

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Console;
use super::paper::PaperArguments;
use super::{cards, gate, run};
use crate::report::progress::paper;
use crate::rule::Catalog;
use crate::rule::groups;
use crate::score::progress::progress;

/// Show how much of the catalogue has been scored: by agency and list, the priority databases with their deadlines, and
/// which places have no records.
///
/// Of several scorecards of a database the latest counts. Scorecards that were changed by hand, or are of a later moment
/// than `--as-of`, are listed apart.
#[derive(Debug, Args)]
pub struct Against {
    /// Scorecards, or directories of them.
    #[arg(required = true, value_name = "CARD")]
    cards: Vec<PathBuf>,
    /// The moment that deadlines are counted to [default: now].
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
    /// Groups of databases, as provinces: a YAML map of group to databases.
    #[arg(long, value_name = "FILE")]
    groups: Option<PathBuf>,
    #[command(flatten)]
    paper: PaperArguments,
}

impl Against {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        self.paper.has_a_place(self.groups.as_deref())?;
        let as_of = run::moment(self.as_of.as_deref())?;
        let mut found = Vec::new();
        let groups = self.groups.as_deref().and_then(|path| gate::read(path, groups::read, &mut found));
        if !found.is_empty() {
            return Err(Failure::Given(found));
        }
        let given = cards::given(&self.cards, self.paper.out())?.collect::<Result<Vec<_>, _>>()?;
        let progress = progress(&given, Catalog::shipped(), &groups.unwrap_or_default(), as_of);
        self.paper.write(&paper(&progress), || progress.to_json(), console)?;
        Ok(Exit::Passed)
    }
}
