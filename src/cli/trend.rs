//! `thuocdo trend`: what a history tells.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{Exit, Failure};
use super::output::Console;
use super::run;
use crate::base::{Dimension, Text, suggest};
use crate::history::card::Node;
use crate::history::trend::{Named, Question, Unanswered, trend};
use crate::history::{self, Store, StoreError};
use crate::report::term::safe::middle;
use crate::report::trend::{self as formats, Extent};
use crate::say;
use crate::score::Profile;

/// Microseconds from the beginning of a day to its end.
const DAY: i64 = 86_400_000_000 - 1;
/// Microseconds from the beginning of a minute to its end.
const MINUTE: i64 = 60_000_000 - 1;
/// Runs that a page shows unless more are asked for.
const SHOWN: usize = 20;

/// Show how scores developed: a table and a line of runs, changes for good, and why the last change came about.
///
/// Runs that may not be compared with the one before them begin a new stretch, and it is said why. Exits with 0; with 2
/// when a flag is wrong or the file is no history; with 5 when the history is damaged.
#[derive(Debug, Args)]
pub struct TrendCommand {
    /// The history that `score`, `gate` and `run` write with `--history`.
    #[arg(long, value_name = "FILE")]
    history: PathBuf,
    /// The database [default: the only one, or an overview of all].
    #[arg(long, value_name = "ID")]
    database: Option<String>,
    /// A dimension instead of the whole score.
    #[arg(long, value_name = "DIMENSION", value_parser = dimensions(), conflicts_with = "rule")]
    dimension: Option<String>,
    /// A rule instead of the whole score.
    #[arg(long, value_name = "TABLE/RULE")]
    rule: Option<String>,
    /// The last runs only [default: 20 on a page, all in JSON].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    last: Option<u32>,
    /// Runs that speak of this moment or a later one.
    #[arg(long, value_name = "TIME")]
    since: Option<String>,
    /// Runs that speak of this moment or an earlier one; of a day, up to its end.
    #[arg(long, value_name = "TIME")]
    until: Option<String>,
    /// Explain the change of the whole score from this run on: the number of its record, or a moment, which means the last
    /// run up to it [default: the run before the last]. Not with `--dimension` or `--rule`.
    #[arg(long, value_name = "RUN", conflicts_with_all = ["dimension", "rule"])]
    from: Option<String>,
    /// Explain the change up to this run [default: the last].
    #[arg(long, value_name = "RUN", conflicts_with_all = ["dimension", "rule"])]
    to: Option<String>,
    /// Score the runs again by this program's methodology, beside what they were. The history is not changed.
    #[arg(long)]
    restate: bool,
    /// With `--restate`: under this profile, instead of that of the last run.
    #[arg(long, value_name = "PROFILE", requires = "restate", value_parser = ["local", "vn-4", "vn-6"])]
    profile: Option<String>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = names())]
    format: String,
    /// Rules that are named among the reasons of a change.
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

fn names() -> PossibleValuesParser {
    PossibleValuesParser::new(formats::TREND_RENDERERS.iter().map(|renderer| renderer.name()))
}

fn dimensions() -> PossibleValuesParser {
    PossibleValuesParser::new(Dimension::ALL.map(Dimension::id))
}

impl TrendCommand {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let question = self.question()?;
        let unreadable = |error: StoreError| unreadable(&self.history, &error);
        let store = Store::read(&self.history).map_err(unreadable)?;
        let known = store.databases().map_err(unreadable)?;
        let databases = self.databases(known)?;
        let trend = trend(&store, &databases, &question);
        store.settled().map_err(unreadable)?;
        let trend = trend.map_err(|unanswered| match unanswered {
            Unanswered::Store(error) => unreadable(error),
            Unanswered::Question(what, hint) => Failure::usage(what, hint),
        })?;
        if let Some(renderer) = formats::find(&self.format) {
            console.print(&renderer.render(&trend, Extent { rules: self.limit }, &console.style()))?;
        }
        let whole = trend.databases.iter().all(|database| database.lost.is_empty());
        Ok(if whole { Exit::Passed } else { Exit::Rejected })
    }

    fn question(&self) -> Result<Question, Failure> {
        let page = self.format == "term";
        let since = self.since.as_deref().map(moment).transpose()?.map(|(at, _)| at);
        let profile = self.profile.as_deref().and_then(Profile::parse);
        Ok(Question {
            node: self.node()?,
            since,
            until: self.until.as_deref().map(up_to).transpose()?,
            last: self.last.map(|last| last as usize).or(page.then_some(SHOWN)),
            restate: self.restate.then_some(profile),
            from: self.from.as_deref().map(named).transpose()?,
            to: self.to.as_deref().map(named).transpose()?,
        })
    }

    fn node(&self) -> Result<Node, Failure> {
        let dimension =
            self.dimension.as_deref().and_then(|id| Dimension::ALL.into_iter().find(|it| it.id() == id));
        match (dimension, &self.rule) {
            (Some(dimension), _) => Ok(Node::Dimension { dimension }),
            (None, None) => Ok(Node::Database),
            (None, Some(rule)) => match rule.split_once('/') {
                Some((table, rule)) => Ok(Node::Rule { table: table.to_owned(), rule: rule.to_owned() }),
                None => Err(Failure::usage(
                    say!("`{rule}` names no table", "`{rule}` không nêu tên bảng"),
                    say!("write it as TABLE/RULE", "viết dạng BẢNG/QUY_TẮC"),
                )),
            },
        }
    }

    /// Those that are to be shown.
    fn databases(&self, known: Vec<String>) -> Result<Vec<String>, Failure> {
        let Some(wanted) = &self.database else {
            if known.len() > 1 && (self.rule.is_some() || self.from.is_some() || self.to.is_some()) {
                return Err(Failure::usage(
                    say!("the history has several databases", "lịch sử có nhiều CSDL"),
                    say!("name one with `--database`", "chọn một CSDL bằng `--database`"),
                ));
            }
            return Ok(known);
        };
        if known.contains(wanted) {
            return Ok(vec![wanted.clone()]);
        }
        let hint = match suggest::closest(wanted, known.iter().map(String::as_str)) {
            Some(close) => {
                let close = middle(close, 40);
                say!("did you mean `{close}`?", "có phải `{close}`?")
            }
            None => {
                // The file may hold anything.
                let known = known.iter().take(12).map(|id| middle(id, 40)).collect::<Vec<_>>().join(", ");
                say!("it knows {known}", "lịch sử có {known}")
            }
        };
        Err(Failure::usage(
            say!("the history has no database `{wanted}`", "lịch sử không có CSDL `{wanted}`"),
            hint,
        ))
    }
}

/// A moment as somebody writes it, with seconds, or as pages print it: and how long it lasts, in microseconds.
fn moment(text: &str) -> Result<(i64, i64), Failure> {
    let whole = text.replacen(' ', "T", 1) + ":00";
    let minute = text.len() == "2026-11-21 08:30".len();
    if let Some(at) = minute.then(|| history::moment(&whole)).flatten() {
        return Ok((at, MINUTE));
    }
    let day = text.len() <= "2026-11-21".len();
    Ok((run::moment(Some(text))?, if day { DAY } else { 0 }))
}

/// The end of a moment: of a day or a minute, its last microsecond.
fn up_to(text: &str) -> Result<i64, Failure> {
    let (at, lasts) = moment(text)?;
    Ok(at.saturating_add(lasts))
}

fn named(text: &str) -> Result<Named, Failure> {
    // A year alone is no moment, so digits are a number.
    match text.parse() {
        Ok(sequence) => Ok(Named::Sequence(sequence)),
        Err(_) => Ok(Named::Moment(up_to(text)?)),
    }
}

/// What is said of a history that cannot be read.
pub fn unreadable(path: &Path, error: &StoreError) -> Failure {
    let (what, hint): (Text, Text) = error.told(path);
    match error {
        StoreError::Damaged(_) => Failure::Rejected(what, Some(hint)),
        _ => Failure::usage(what, hint),
    }
}
