//! `thuocdo score`: the main job.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::progress::Bars;
use crate::base::{Diagnostic, Level};
use crate::engine::{self, MeasuredDatabase, RunOptions};
use crate::kernel::date_format::{DateFormat, format_timestamp};
use crate::kernel::typed::LOCAL_OFFSET_SECONDS;
use crate::report;
use crate::rule::load::{self, Loaded};
use crate::score::index::{self, Weights};
use crate::score::{self, Profile, RollUp, ScoreOptions, Scorecard};
use crate::{kind, say};

/// Expressions may nest; evaluating one must never run out of stack on a worker thread.
const STACK: usize = 32 << 20;

/// Score databases by rule files: counts, points, grades.
///
/// Exits with 0 when everything was measured, whatever the score; with 3 when something could not be measured; with 2
/// when a rule file or a flag is wrong.
#[derive(Debug, Args)]
pub struct Score {
    /// Rule files, or directories of them.
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The directory that holds the extracts. A folder in it named like a database's id holds that database's files.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The moment to which ages are counted (RFC 3339 or a date; without an offset, Vietnamese time) [default: now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// What counts: `local` takes the dimensions that have rules; `vn-4` and `vn-6` take all four or six [default: vn-4
    /// where all databases go by core packs, else local].
    #[arg(long, value_name = "PROFILE", value_parser = ["local", "vn-4", "vn-6"])]
    profile: Option<String>,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = formats())]
    format: String,
    /// What agencies are summed up over: what was scored; or all that the catalogue lists, of the agencies of this run
    /// or of the nation, where a database that was not scored counts 0.
    #[arg(long, value_name = "SCOPE", default_value = "run", value_parser = ["run", "agencies", "nation"])]
    roll_up: String,
    /// Also write the scorecard as JSON into this directory, as `scorecard.json`.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Compute this index as well, beside the score: `dqi-2439-reported`, known from a secondary source only.
    #[arg(long, value_name = "INDEX", value_parser = [index::ID])]
    index: Option<String>,
    /// The index's weights, instead of those that come with the program (`thuocdo explain dqi-2439-reported`).
    #[arg(long, value_name = "FILE", requires = "index")]
    index_weights: Option<PathBuf>,
    /// Threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Failing rows to list for each rule.
    #[arg(long, value_name = "N", default_value_t = engine::EXAMPLES)]
    examples: usize,
    /// Show values of failing rows as they are. They may be personal data.
    #[arg(long)]
    reveal: bool,
}

fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(report::RENDERERS.iter().map(|renderer| renderer.name()))
}

impl Score {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let as_of = moment(self.as_of.as_deref())?;
        let loaded = rules(&self.rules, console)?;
        let indices = self.indices(&loaded, console)?;
        if !self.data.is_dir() {
            let data = self.data.display();
            return Err(Failure::usage(
                say!("`{data}` is not a directory", "`{data}` không phải là thư mục"),
                say!(
                    "`--data` names the directory that holds the extracts",
                    "`--data` là thư mục chứa dữ liệu kết xuất"
                ),
            ));
        }
        let interrupted = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&interrupted);
        // A second Ctrl-C must always work, so a handler that cannot be installed is no reason to stop.
        let _ = ctrlc::set_handler(move || {
            if flag.swap(true, Ordering::Relaxed) {
                std::process::exit(Exit::Interrupted as i32);
            }
        });
        let measured = self.measure(&loaded, as_of, &interrupted, console)?;
        let options = ScoreOptions {
            profile: match &self.profile {
                Some(named) => Profile::parse(named).unwrap_or_default(),
                None if measured.iter().all(MeasuredDatabase::is_core) => Profile::Vn4,
                None => Profile::Local,
            },
            as_of: format!("{}+07:00", format_timestamp(as_of)),
            engine: concat!("thuocdo ", env!("CARGO_PKG_VERSION")).to_owned(),
            roll_up: RollUp::ALL.into_iter().find(|scope| scope.id() == self.roll_up).unwrap_or_default(),
            indices,
        };
        let card = score::assemble(measured, &options);
        self.deliver(&card, console)?;
        Ok(if card.complete { Exit::Passed } else { Exit::Incomplete })
    }

    fn measure(
        &self,
        loaded: &Loaded,
        as_of: i64,
        interrupted: &AtomicBool,
        console: &Console,
    ) -> Result<Vec<MeasuredDatabase>, Failure> {
        let threads = self.threads.map_or(0, usize::from);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(STACK).build().map_err(
            |error| {
                let error = error.to_string();
                Failure::usage(
                    say!("no threads could be started: {error}", "không khởi động được luồng xử lý: {error}"),
                    say!("try a smaller `--threads`", "thử `--threads` nhỏ hơn"),
                )
            },
        )?;
        let bars = Bars::new(console);
        let options = RunOptions {
            data: &self.data,
            as_of,
            reveal: self.reveal,
            examples: self.examples,
            interrupted,
            progress: &bars,
        };
        let measured = pool.install(|| {
            loaded
                .databases
                .iter()
                .map(|database| engine::run(database, &options))
                .collect::<Option<Vec<_>>>()
        });
        bars.finish();
        measured.ok_or(Failure::Interrupted)
    }

    /// The weights of the indices that are asked for.
    fn indices(&self, loaded: &Loaded, console: &Console) -> Result<Vec<Weights>, Failure> {
        let Some(path) = &self.index_weights else {
            return Ok(self.index.iter().map(|_| Weights::shipped()).collect());
        };
        let file = load::read(path).map_err(|diagnostic| Failure::Given(vec![diagnostic]))?;
        let weights = Weights::read(&file).map_err(Failure::Given)?;
        let mut declared: Vec<String> = Vec::new();
        for table in loaded.databases.iter().flat_map(|database| &database.tables) {
            let named = table.rules.iter().flat_map(|rule| rule.spec.columns());
            let columns =
                table.columns.iter().map(|column| column.name.clone()).chain(named).chain(table.key.clone());
            declared.extend(columns.map(|column| format!("{}.{}", table.id.value, column.value)));
        }
        let warnings = weights.unmatched(&declared);
        if !warnings.is_empty() && !console.quiet {
            console.diagnostics(&warnings);
        }
        Ok(vec![weights])
    }

    fn deliver(&self, card: &Scorecard, console: &Console) -> Result<(), Failure> {
        if let Some(folder) = &self.out {
            output::write_whole(&folder.join("scorecard.json"), card.to_json().as_bytes())?;
            console.note(&{
                let path = folder.join("scorecard.json");
                let path = path.display();
                say!("wrote {path}", "đã ghi {path}")
            });
        }
        match report::find(&self.format) {
            Some(renderer) => console.print(&renderer.render(card, &console.style())),
            // The command line takes no other names.
            None => Ok(()),
        }
    }
}

/// A moment as flags name it, or now: microseconds of local time.
pub fn moment(text: Option<&str>) -> Result<i64, Failure> {
    let Some(text) = text else {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let seconds = i64::try_from(now.as_secs()).unwrap_or_default();
        return Ok((seconds + LOCAL_OFFSET_SECONDS) * 1_000_000);
    };
    let parsed = crate::kernel::date_format::default_timestamps()
        .iter()
        .find_map(|format: &DateFormat| format.parse_timestamp(text));
    parsed.ok_or_else(|| {
        Failure::usage(
            say!("`{text}` is not a moment in time", "`{text}` không phải là một thời điểm"),
            say!(
                "write it as 2026-11-21T00:00:00+07:00 or 2026-11-21",
                "viết dạng 2026-11-21T00:00:00+07:00 hoặc 2026-11-21"
            ),
        )
    })
}

/// Loads rule files; errors stop the command, warnings are shown.
pub fn rules(paths: &[PathBuf], console: &Console) -> Result<Loaded, Failure> {
    let loaded = load::load(paths, kind::KINDS);
    if loaded.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
        return Err(Failure::Given(loaded.diagnostics));
    }
    let warnings: Vec<Diagnostic> = loaded.diagnostics.clone();
    if !warnings.is_empty() && !console.quiet {
        console.diagnostics(&warnings);
    }
    Ok(loaded)
}
