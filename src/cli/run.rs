//! What `score` and `gate` share: rule files and extracts in, measures and a scorecard out.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::Args;

use super::failure::{Exit, Failure};
use super::keyring;
use super::memory::{MemoryArguments, Room};
use super::output::Console;
use super::progress::Bars;
use super::rows::{RowArguments, RowFiles};
use crate::base::{Diagnostic, Lang, Level};
use crate::engine::{
    self, Earlier, Elsewhere, Known, LookOptions, MeasuredDatabase, RunOptions, TraceOptions, Wanted,
};
use crate::kernel::date_format::{DateFormat, format_timestamp};
use crate::kernel::typed::LOCAL_OFFSET_SECONDS;
use crate::rule::load::{self, Loaded};
use crate::score::index::Weights;
use crate::score::{self, Profile, RollUp, ScoreOptions, Scorecard};
use crate::{kind, say};

/// Expressions may nest; evaluating one must never run out of stack on a worker thread.
pub const STACK: usize = 32 << 20;

#[derive(Debug, Args)]
pub struct RunArguments {
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
    /// What agencies are summed up over: what was scored; or all that the catalogue lists, of the agencies of this run
    /// or of the nation, where a database that was not scored counts 0.
    #[arg(long, value_name = "SCOPE", default_value = "run", value_parser = ["run", "agencies", "nation"])]
    roll_up: String,
    /// Threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    memory: MemoryArguments,
    /// Failing rows to list for each rule.
    #[arg(long, value_name = "N", default_value_t = engine::EXAMPLES)]
    examples: usize,
    /// Show values of failing rows as they are. They may be personal data.
    #[arg(long)]
    reveal: bool,
    #[command(flatten)]
    rows: RowArguments,
}

/// What was measured.
pub struct Measured {
    pub databases: Vec<MeasuredDatabase>,
    /// Why failing records are not in their places; to be told after the scorecard.
    pub rows: Result<(), Failure>,
}

/// Rule files that were read, and all that measuring by them needs.
pub struct Run<'a> {
    arguments: &'a RunArguments,
    pub as_of: i64,
    pub loaded: Loaded,
    room: Room,
}

impl RunArguments {
    /// The rule files, as they are named.
    pub fn inputs(&self) -> impl Iterator<Item = &Path> {
        self.rules.iter().map(PathBuf::as_path)
    }

    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Reads the rule files. From here on Ctrl-C asks the run to end; a second one ends it at once.
    pub fn open(&self, console: &Console) -> Result<Run<'_>, Failure> {
        let as_of = moment(self.as_of.as_deref())?;
        let room = self.memory.room(self.threads.map_or_else(processors, u64::from))?;
        let loaded = rules(&self.rules, console)?;
        is_folder(&self.data)?;
        self.rows.check(&self.data, &loaded.databases)?;
        Ok(Run { arguments: self, as_of, loaded, room })
    }
}

/// Refuses what holds no extracts.
pub fn is_folder(data: &Path) -> Result<(), Failure> {
    if data.is_dir() {
        return Ok(());
    }
    let data = data.display();
    Err(Failure::usage(
        say!("`{data}` is not a directory", "`{data}` không phải là thư mục"),
        say!(
            "`--data` names the directory that holds the extracts",
            "`--data` là thư mục chứa dữ liệu kết xuất"
        ),
    ))
}

/// So many threads, or one for each processor.
pub fn pool(threads: Option<u16>) -> Result<rayon::ThreadPool, Failure> {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(threads.map_or(0, usize::from));
    threads.stack_size(STACK).build().map_err(|error| {
        let error = error.to_string();
        Failure::usage(
            say!("no threads could be started: {error}", "không khởi động được luồng xử lý: {error}"),
            say!("try a smaller `--threads`", "thử `--threads` nhỏ hơn"),
        )
    })
}

pub fn processors() -> u64 {
    std::thread::available_parallelism().map_or(1, |processors| processors.get() as u64)
}

/// From here on Ctrl-C asks the command to end, by this flag; a second one ends it at once.
pub fn interruptible() -> Arc<AtomicBool> {
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&interrupted);
    // A second Ctrl-C must always work, so a handler that cannot be installed is no reason to stop.
    let _ = ctrlc::set_handler(move || {
        if flag.swap(true, Ordering::Relaxed) {
            Exit::Interrupted.at_once();
        }
    });
    interrupted
}

impl Run<'_> {
    /// Measures all databases, on threads of their own, writes the records that are asked for, and remembers of single rows
    /// what `trace` asks for. `earlier` is for rules that compare runs.
    pub fn measure(
        &self,
        trace: Option<TraceOptions<'_>>,
        earlier: Option<&Earlier<'_>>,
        console: &Console,
    ) -> Result<Measured, Failure> {
        // Not before: whoever waits for a pipe that nobody fills is to end at the first signal.
        let interrupted = interruptible();
        let pool = pool(self.arguments.threads)?;
        let bars = Bars::new(console);
        let budget = self.room.budget();
        let options = RunOptions {
            reveal: self.arguments.reveal,
            examples: self.arguments.examples,
            trace,
            earlier,
            reconciled: self.arguments.rows.wanted().is_some_and(|wanted| wanted.reconciled),
            ..RunOptions::new(&self.arguments.data, self.as_of, &interrupted, &bars, &budget)
        };
        let databases = &self.loaded.databases;
        let measured = pool.install(|| {
            let known = databases.iter().map(|database| Known { database, data: options.data });
            let known: Vec<_> = known.collect();
            let elsewhere = Elsewhere::read(databases, &known, &keyring::kept, &options)?;
            let options = RunOptions { elsewhere: &elsewhere, ..options.clone() };
            match self.arguments.rows.wanted() {
                Some(wanted) => self.measure_and_look(wanted, &known, &options, console.lang),
                None => {
                    let measured = databases.iter().map(|database| engine::run(database, &options));
                    Some((measured.collect::<Option<Vec<_>>>()?, Ok(RowFiles::default())))
                }
            }
        });
        bars.finish();
        let (databases, files) = measured.ok_or(Failure::Interrupted)?;
        Ok(Measured { databases, rows: files.and_then(|files| files.keep(console)) })
    }

    /// Measures, and reads each table once more for its records. What keeps these from being written does not keep the
    /// databases from being measured. `None` when it was interrupted.
    fn measure_and_look(
        &self,
        wanted: Wanted,
        known: &[Known<'_>],
        options: &RunOptions<'_>,
        lang: Lang,
    ) -> Option<(Vec<MeasuredDatabase>, Result<RowFiles, Failure>)> {
        let look = LookOptions {
            wanted,
            reveal: options.reveal,
            lang,
            interrupted: options.interrupted,
            progress: options.progress,
        };
        let mut files = Ok(RowFiles::default());
        let mut measured = Vec::new();
        for database in &self.loaded.databases {
            let (database, judged) = engine::run_keeping_verdicts(database, options)?;
            measured.push(database);
            for table in &judged {
                files = files.and_then(|mut files: RowFiles| {
                    self.arguments.rows.collect(table, known, &look, self.as_of, &mut files)?;
                    Ok(files)
                });
            }
            if matches!(files, Err(Failure::Interrupted)) {
                return None;
            }
        }
        Some((measured, files))
    }

    /// The scorecard of what was measured, and the values of `indices` beside.
    pub fn assemble(&self, measured: Vec<MeasuredDatabase>, indices: Vec<Weights>) -> Scorecard {
        let RunArguments { profile, roll_up, .. } = self.arguments;
        assemble(measured, self.as_of, profile.as_deref(), roll_up, indices)
    }
}

/// The scorecard of what was measured, under the profile and over the scope of these names.
pub fn assemble(
    measured: Vec<MeasuredDatabase>,
    as_of: i64,
    profile: Option<&str>,
    roll_up: &str,
    indices: Vec<Weights>,
) -> Scorecard {
    let options = ScoreOptions {
        profile: match profile {
            Some(named) => Profile::parse(named).unwrap_or_default(),
            None if measured.iter().all(MeasuredDatabase::is_core) => Profile::Vn4,
            None => Profile::Local,
        },
        as_of: rfc3339(as_of),
        engine: concat!("thuocdo ", env!("CARGO_PKG_VERSION")).to_owned(),
        roll_up: RollUp::ALL.into_iter().find(|scope| scope.id() == roll_up).unwrap_or_default(),
        indices,
        absent: Vec::new(),
        points_only: false,
    };
    score::assemble(measured, &options)
}

/// A moment in microseconds of local time, as it is written.
pub fn rfc3339(moment: i64) -> String {
    format!("{}+07:00", format_timestamp(moment))
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
