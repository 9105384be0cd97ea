//! `thuocdo propose`: which databases to keep, clean, restructure or rebuild.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::Console;
use super::paper::PaperArguments;
use super::trend::unreadable;
use super::{cards, gate};
use crate::history::{Store, StoreError, months, verify};
use crate::report::proposals::paper;
use crate::say;
use crate::score::league::{Apart, Given, digest};
use crate::score::rebuild::{Criteria, Report, propose};

/// Propose which databases to keep, clean, restructure or rebuild, with the criteria that were true and their numbers.
///
/// A criterion counts if it is true in each of three consecutive monthly reports that measured enough: scorecards of three
/// months, or the last record of each month of a history. The thresholds are policy, and yours: see `--criteria`.
#[derive(Debug, Args)]
pub struct Propose {
    /// Scorecards, or directories of them; of each month the last counts.
    #[arg(value_name = "CARD", required_unless_present = "history")]
    cards: Vec<PathBuf>,
    /// Take reports from this history as well: the last record of each month.
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
    /// The thresholds, instead of those that come with the program.
    #[arg(long, value_name = "FILE")]
    criteria: Option<PathBuf>,
    #[command(flatten)]
    paper: PaperArguments,
}

impl Propose {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        self.paper.has_a_place(self.history.as_deref().into_iter().chain(self.criteria.as_deref()))?;
        let mut found = Vec::new();
        let criteria = self.criteria.as_deref().and_then(|path| gate::read(path, Criteria::read, &mut found));
        if !found.is_empty() {
            return Err(Failure::Given(found));
        }
        let criteria = criteria.unwrap_or_else(|| Criteria::shipped().clone());
        let (mut reports, mut apart) = (Vec::new(), Vec::new());
        for given in cards::given(&self.cards, self.paper.out())? {
            match given? {
                Given { name, rejected, .. } if !rejected.is_empty() => {
                    apart.push(Apart { card: name, database: None, because: rejected });
                }
                Given { name, mut card, .. } => {
                    let databases = std::mem::take(&mut card.databases);
                    reports.extend(databases.into_iter().map(|database| Report {
                        from: name.clone(),
                        as_of: card.as_of.clone(),
                        methodology: card.methodology.clone(),
                        digest: digest(&card, &database.id).to_owned(),
                        card: database,
                        figures: true,
                    }))
                }
            }
        }
        if let Some(path) = &self.history {
            let (more, unusable) = recorded(path, criteria.months)?;
            reports.extend(more);
            apart.extend(unusable);
        }
        let proposals = propose(&reports, &criteria, apart);
        self.paper.write(&paper(&proposals), || proposals.to_json(), console)?;
        Ok(Exit::Passed)
    }
}

/// The reports of a history, which must be what it claims to be.
fn recorded(path: &Path, months: u32) -> Result<(Vec<Report>, Vec<Apart>), Failure> {
    let failed = |error: StoreError| unreadable(path, &error);
    let store = Store::read(path).map_err(failed)?;
    let verdict = verify::verify(&store, None).map_err(failed)?;
    if let Some(first) = verdict.findings.first() {
        let (path, en, vi) = (path.display(), &first.text.en, &first.text.vi);
        return Err(Failure::Rejected(
            say!("`{path}` is not what it claims to be: {en}", "`{path}` không đúng như nó tự khai: {vi}"),
            Some(say!(
                "`thuocdo history verify` lists everything",
                "`thuocdo history verify` liệt kê đầy đủ"
            )),
        ));
    }
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let reports = months::reports(&store, months, &name).map_err(failed)?;
    store.settled().map_err(failed)?;
    Ok(reports)
}
