//! A process that measures one database for a nightly run, so that nothing that happens to it can happen to the others.

use std::io::{BufRead as _, Read as _, Write as _};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args;

use super::job::{Done, Event, Job, Other, TableWork, Work};
use super::rows::LastRows;
use super::states::States;
use crate::base::{Level, Text};
use crate::cli::failure::{Exit, Failure};
use crate::cli::keyring;
use crate::cli::memory::Temp;
use crate::cli::output;
use crate::cli::run::STACK;
use crate::engine::{self, Budget, Elsewhere, Known, Progress, RunOptions};
use crate::rule::load::{self, Loaded};
use crate::{kind, say};

/// How often the memory in use is looked at.
const LOOK: Duration = Duration::from_millis(20);

/// How often progress is told.
const TELL: Duration = Duration::from_millis(100);

/// Measures one database for `thuocdo run`.
#[derive(Debug, Args)]
pub struct Worker {}

impl Worker {
    #[expect(clippy::unused_self, reason = "commands are run as values")]
    pub fn run(self) -> Result<Exit, Failure> {
        let mut line = String::new();
        let read =
            std::io::stdin().lock().read_line(&mut line).ok().and_then(|_| serde_json::from_str(&line).ok());
        let Some(job) = read else {
            return Err(Failure::usage(
                say!("this command is for `thuocdo run` alone", "lệnh này chỉ dành cho `thuocdo run`"),
                say!("use `thuocdo score`", "hãy dùng `thuocdo score`"),
            ));
        };
        Ok(match measure(&job) {
            Ok(()) => Exit::Passed,
            Err(why) => {
                tell(&Event::Failed { why });
                Exit::Incomplete
            }
        })
    }
}

fn tell(event: &Event) {
    // If nobody listens any more, the watch on the standard input ends the process.
    let line = serde_json::to_string(event).unwrap_or_default() + "\n";
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(line.as_bytes()).and_then(|()| stdout.flush());
}

fn measure(job: &Job) -> Result<(), Text> {
    let peak = watch(job.memory);
    let loaded = load::load(&job.rules, kind::KINDS);
    if let Some(error) = loaded.diagnostics.iter().find(|diagnostic| diagnostic.level == Level::Error) {
        return Err(error.what.clone());
    }
    let Some(database) = loaded.databases.iter().find(|database| database.id.value == job.database) else {
        return Err(say!(
            "its rule files changed and no longer declare it",
            "tệp quy tắc đã bị đổi và không còn khai báo CSDL này"
        ));
    };
    let states = States::open(&job.states, job.fresh);
    let temp = Temp::of(job.temp.as_deref()).unwrap_or_default();
    let teller = Teller::default();
    let interrupted = AtomicBool::new(false);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(job.threads.into()).stack_size(STACK).build();
    let pool = pool.map_err(|error| {
        let error = error.to_string();
        say!("no threads could be started: {error}", "không khởi động được luồng xử lý: {error}")
    })?;
    let others: Vec<(Loaded, &Other)> =
        job.others.iter().map(|other| (load::load(&other.rules, kind::KINDS), other)).collect();
    let known = others.iter().filter_map(|(loaded, other)| {
        let database = loaded.databases.iter().find(|database| database.id.value == other.database)?;
        Some(Known { database, data: &other.data })
    });
    let known: Vec<Known<'_>> = known.chain([Known { database, data: &job.data }]).collect();
    let compares =
        database.tables.iter().flat_map(|table| &table.rules).any(|rule| rule.spec.compares_runs());
    let rows = compares.then(|| LastRows::open(&job.rows, &job.run, job.as_of, job.accepted)).transpose()?;
    if let Some(text) = rows.as_ref().and_then(LastRows::problem) {
        tell(&Event::Warning { text: text.clone() });
    }
    let earlier = rows.as_ref().map(|rows| rows.earlier(&job.database));
    let budget = Budget::new(job.budget, &temp);
    let options = RunOptions {
        examples: job.examples,
        earlier: earlier.as_ref(),
        keeper: Some(&states),
        ..RunOptions::new(&job.data, job.as_of, &interrupted, &teller, &budget)
    };
    // Nobody interrupts it but by ending the process.
    let measured = pool.install(|| {
        let elsewhere = Elsewhere::read([database], &known, &keyring::kept, &options)?;
        engine::run(database, &RunOptions { elsewhere: &elsewhere, ..options.clone() })
    });
    let measured = measured.unwrap_or_else(|| {
        engine::not_measured(database, &say!("it was interrupted", "đã bị dừng giữa chừng"))
    });
    if let Some(rows) = &rows {
        rows.keep(&measured)?.into_iter().for_each(|text| tell(&Event::Warning { text }));
    }
    let files = measured.tables.iter().flat_map(|table| &table.files);
    let (count, bytes) = files.fold((0, 0), |(count, bytes), file| (count + 1, bytes + file.bytes));
    let used = states.into_used();
    let work = Work {
        rows: measured.tables.iter().map(|table| table.rows).sum(),
        files_read: count - used.reused.min(count),
        files_reused: used.reused,
        bytes_read: bytes - used.bytes.min(bytes),
        bytes_reused: used.bytes,
        peak_memory: peak.load(Ordering::Relaxed),
        tables: teller.tables(),
        states: used.names.into_iter().collect(),
    };
    deliver(&job.result, &Done { measured, work })
}

fn deliver(path: &Path, done: &Done) -> Result<(), Text> {
    let written = serde_json::to_vec(done).unwrap_or_default();
    output::write_kept(path, &written).map_err(|error| output::cannot_be_written(path, &error))
}

/// Ends the process when it takes more memory than it may, and when whoever waits for its outcome is gone.
fn watch(memory: Option<u64>) -> Arc<AtomicU64> {
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        Exit::Interrupted.at_once();
    });
    let peak = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&peak);
    std::thread::spawn(move || {
        // Where the system does not say there is nothing to watch.
        while let Some(now) = memory_stats::memory_stats() {
            let now = now.physical_mem as u64;
            seen.fetch_max(now, Ordering::Relaxed);
            if let Some(most) = memory.filter(|&most| now > most) {
                let (now, most) = (now.div_ceil(1 << 20), most >> 20);
                tell(&Event::Failed {
                    why: say!(
                        "it took {now} MiB of memory; {most} MiB are allowed",
                        "đã dùng {now} MiB bộ nhớ; chỉ được dùng {most} MiB"
                    ),
                });
                Exit::Incomplete.at_once();
            }
            std::thread::sleep(LOOK);
        }
    });
    peak
}

/// Tells of progress, not too often.
#[derive(Default)]
struct Teller {
    state: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    bytes: u64,
    rows: u64,
    last: Option<Instant>,
    started: Option<(String, Instant)>,
    tables: Vec<TableWork>,
}

impl Teller {
    fn state(&self) -> std::sync::MutexGuard<'_, Told> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tables(self) -> Vec<TableWork> {
        self.state.into_inner().unwrap_or_else(PoisonError::into_inner).tables
    }
}

impl Progress for Teller {
    fn table_started(&self, _database: &str, table: &str, bytes: u64) {
        self.state().started = Some((table.to_owned(), Instant::now()));
        tell(&Event::Table { table: table.to_owned(), bytes });
    }

    fn advanced(&self, bytes: u64, rows: u64) {
        let mut state = self.state();
        state.bytes += bytes;
        state.rows += rows;
        if state.last.is_none_or(|last| last.elapsed() >= TELL) {
            tell(&Event::Advanced { bytes: state.bytes, rows: state.rows });
            (state.bytes, state.rows, state.last) = (0, 0, Some(Instant::now()));
        }
    }

    fn table_done(&self) {
        let mut state = self.state();
        // What has not been told yet is not of the next table.
        tell(&Event::Advanced { bytes: state.bytes, rows: state.rows });
        (state.bytes, state.rows) = (0, 0);
        if let Some((table, since)) = state.started.take() {
            let milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
            state.tables.push(TableWork { table, milliseconds });
        }
    }
}
