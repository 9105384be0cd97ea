//! `thuocdo run`: many databases in one night, by a plan.
//!
//! Every database is measured by a process of its own (`worker`), so that a crash, a lack of memory or a hanging disk costs
//! one database and no other. What was found out about files is kept (`states`), so that a run that was killed goes on
//! where it was, and a night that brings little new takes little time. Only then, in this process, is anything scored,
//! written and told.

mod folder;
mod job;
mod log;
mod planned;
mod rows;
mod states;
mod summary;
mod supervise;
mod tell;
mod view;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use clap::Args;
use serde_json::json;

use super::failure::{Exit, Failure};
use super::memory::{self, Temp};
use super::notify::Receivers;
use super::output::{self, Console};
use super::recorded;
use super::run;
use crate::base::Text;
use crate::engine::{self, MeasuredDatabase};
use crate::report::{self, Style, metrics};
use crate::rule::load;
use crate::rule::nightly::{self, Limits, Moment, NightPlan};
use crate::say;
use crate::score::Scorecard;
use folder::{Journal, StateFolder};
use job::{Done, Job, Other};
use log::RunLog;
use planned::Scheduled;
use supervise::{Ended, Room, Task};
use view::View;
pub use worker::Worker;

/// A run that was killed is gone on with for this long; later, a new one begins.
const GOES_ON: Duration = Duration::from_secs(12 * 3_600);

const MICROSECONDS_A_DAY: i64 = 86_400_000_000;

/// Measure and score many databases by a plan, every night.
///
/// Goes on where a run that was killed has left off, reads only files that are new or have changed, and lets no database
/// stop the others. Exits with 0 when everything was measured; with 3 when something could not be measured, written or
/// told; with 2 when the plan or a flag is wrong.
#[derive(Debug, Args)]
pub struct Nightly {
    /// The plan (YAML).
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// The moment to which ages are counted, instead of the plan's.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Read every file, whatever is known of it from earlier runs.
    #[arg(long)]
    fresh: bool,
    /// Memory of all processes together, instead of the plan's.
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// The directory for keys that find no room in it [default: TMPDIR, else the system's].
    #[arg(long, value_name = "DIR")]
    temp: Option<PathBuf>,
    /// This run of the database is what later ones are compared with, whatever rules that compare runs found; may be
    /// repeated.
    #[arg(long, value_name = "DATABASE")]
    accept: Vec<String>,
    /// Check the plan and the rule files and list the databases; measure nothing.
    #[arg(long)]
    check: bool,
}

/// What a run knows once everything was measured.
struct Night {
    card: Scorecard,
    rows: Vec<summary::Row>,
}

impl Nightly {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let (started, begun_ms) = (Instant::now(), tell::milliseconds_now());
        let text = load::read(&self.plan).map_err(|diagnostic| Failure::Given(vec![diagnostic]))?;
        // Receivers of notices are told where the results are, whatever folder they themselves are in.
        Temp::of(self.temp.as_deref())?;
        let file = std::path::absolute(&self.plan).unwrap_or_else(|_| self.plan.clone());
        let folder = file.parent().unwrap_or(Path::new(""));
        let mut plan = nightly::read(&text, folder).map_err(Failure::Given)?;
        if let Some(text) = &self.memory {
            plan.allow(memory::amount(text, 1)?);
        }
        planned::check_formats(&plan)?;
        planned::check_outputs(&plan, &file)?;
        plan.history.as_deref().map_or(Ok(()), recorded::check)?;
        // Nobody is to learn at the end of the night that a password is missing.
        let receivers =
            plan.notify.as_ref().filter(|_| !self.check).map(|spec| Receivers::prepare(spec, folder));
        let receivers = receivers.transpose().map_err(Failure::Given)?;
        let scheduled = planned::schedule(&plan)?;
        if !scheduled.problems.is_empty() {
            console.diagnostics(&scheduled.problems);
        }
        self.accepted(&scheduled)?;
        if self.check {
            console.print(summary::planned(&scheduled, console.lang).as_bytes())?;
            return Ok(if scheduled.broken.is_empty() { Exit::Passed } else { Exit::Usage });
        }
        let as_of = match (&self.as_of, &plan.as_of) {
            (Some(text), _) | (None, Moment::At(text)) => run::moment(Some(text))?,
            (None, Moment::Now) => run::moment(None)?,
            (None, Moment::Today) => run::moment(None)?.div_euclid(MICROSECONDS_A_DAY) * MICROSECONDS_A_DAY,
        };
        let state = StateFolder::open(&plan.state, &plan.name)?;
        let plan_blake3 = blake3::hash(text.text.as_bytes()).to_hex().to_string();
        let (journal, goes_on) = self.journal(&state, &plan, plan_blake3, as_of)?;
        let mut log = RunLog::open(&plan.log, &journal.run)?;
        state.begin(&journal)?;
        let begun = json!({
            "plan": plan.name, "plan_blake3": journal.plan_blake3, "as_of": run::rfc3339(journal.as_of), "resumed": goes_on,
            "engine": concat!("thuocdo ", env!("CARGO_PKG_VERSION")), "databases": scheduled.databases.len(),
        });
        log.note("started", begun);
        for id in &self.accept {
            log.note("accepted", json!({ "database": id }));
        }
        if goes_on {
            let as_of = run::rfc3339(journal.as_of);
            console.note(&say!(
                "going on with the run that did not end (as of {as_of})",
                "tiếp tục lần chạy dang dở (tính đến {as_of})"
            ));
        }
        folder::sweep_temporary(&plan);
        let before = state.last();
        self.look_back(&before, &journal, &mut log, console);

        let unclaimed = scheduled.unclaimed;
        let (measured, rows) = self.measure(&plan, scheduled, &state, &journal, &mut log, console)?;
        let (night, mut failures) = deliver(&plan, &journal, measured, rows, &mut log, console);
        // Whoever is told of a run twice knows it by that; a run that was gone on with and came to something else is another.
        let run = told_as(&journal, &night.card);
        if let Some(path) = &plan.history {
            let recorded = recorded::record(path, &run, &night.card, console);
            let event = if recorded.is_ok() { "recorded" } else { "not_recorded" };
            log.note(event, json!({ "path": path, "record_run": run }));
            failures.extend(recorded.err());
        }
        let told = receivers.map(|receivers| {
            let before = before.as_ref().ok().and_then(Option::as_ref);
            tell::of(&plan, &receivers, &run, before, &night.card, &mut log)
        });
        let untold = told.unwrap_or_default();
        if let Some(path) = &plan.metrics {
            let figures = tell::figures(&plan, &night, begun_ms, failures.is_empty(), untold.len());
            let text = metrics::render(Some(&night.card), &figures);
            failures.extend(write(path, text.as_bytes(), &mut log).err());
        }
        let complete = night.card.complete;
        let used = night.rows.iter().map(|row| (row.id.clone(), row.work().map(|work| work.states.clone())));
        states::sweep(&state.states(), &used.collect(), unclaimed);
        // What could not be written is told; going on with this run another day would only repeat its moment.
        failures.extend(state.end(&night.card).err());
        failures.extend(untold);
        failures.extend(log.lost.take());
        let exit = if complete && failures.is_empty() { Exit::Passed } else { Exit::Incomplete };
        let took = started.elapsed();
        log.note(
            "finished",
            json!({ "exit": exit as i32, "complete": complete, "milliseconds": milliseconds(took) }),
        );
        console.print(summary::of(&night, took, &console.style()).as_bytes())?;
        for failure in failures {
            failure.report(console);
        }
        Ok(exit)
    }

    /// A database that is accepted must be one of the plan.
    fn accepted(&self, scheduled: &planned::Plan) -> Result<(), Failure> {
        let is_known = |id: &String| {
            scheduled
                .databases
                .iter()
                .map(|known| &known.id)
                .chain(scheduled.broken.iter().map(|(id, _)| id))
                .any(|known| known == id)
        };
        let Some(id) = self.accept.iter().find(|id| !is_known(id)) else { return Ok(()) };
        Err(Failure::usage(
            say!("`{id}` is no database of the plan", "kế hoạch không có CSDL `{id}`"),
            say!("`--check` lists them", "dùng `--check` để liệt kê"),
        ))
    }

    /// The run to go on with, or a new one.
    fn journal(
        &self,
        state: &StateFolder,
        plan: &NightPlan,
        plan_blake3: String,
        as_of: i64,
    ) -> Result<(Journal, bool), Failure> {
        let started = u64::try_from(tell::milliseconds_now() / 1_000).unwrap_or_default();
        if let Some(open) = state.journal() {
            let age = started.checked_sub(open.started).map(Duration::from_secs);
            let same = open.plan == plan.name && open.plan_blake3 == plan_blake3;
            // A moment that somebody names is the one that is meant.
            let meant = self.as_of.is_none() || open.as_of == as_of;
            if same && meant && age.is_some_and(|age| age < GOES_ON) {
                return Ok((open, true));
            }
        }
        let run = recorded::run_id()?;
        Ok((Journal { run, plan: plan.name.clone(), plan_blake3, as_of, started }, false))
    }

    /// Says what is odd about the run before.
    fn look_back(
        &self,
        before: &Result<Option<Scorecard>, Text>,
        journal: &Journal,
        log: &mut RunLog,
        console: &Console,
    ) {
        let odd = match before {
            Err(Text { en, vi }) => Some(say!(
                "the scorecard of the run before cannot be used: {en}",
                "không dùng được bảng điểm của lần chạy trước: {vi}"
            )),
            Ok(Some(card)) => {
                run::moment(Some(&card.as_of)).ok().filter(|&last| last > journal.as_of).map(|_| {
                    let last = &card.as_of;
                    say!(
                        "the run before was as of {last}, which is later: was the clock moved back?",
                        "lần chạy trước tính đến {last}, muộn hơn lần này: đồng hồ có bị chỉnh lùi không?"
                    )
                })
            }
            Ok(None) => None,
        };
        if let Some(odd) = odd {
            log.note("warning", json!({ "text": log::said(&odd) }));
            console.note(&odd);
        }
    }

    fn measure(
        &self,
        plan: &NightPlan,
        scheduled: planned::Plan,
        state: &StateFolder,
        journal: &Journal,
        log: &mut RunLog,
        console: &Console,
    ) -> Result<(Vec<MeasuredDatabase>, Vec<summary::Row>), Failure> {
        let (room, tasks) = self.tasks(plan, &scheduled, state, journal);
        let interrupted = run::interruptible();
        let mut view = View::new(&scheduled.databases, log, console);
        let ended = supervise::run(&tasks, &room, &interrupted, &mut view);
        view.finish();
        let Some(ended) = ended else {
            log.note("interrupted", json!({}));
            console.note(&say!(
                "what was found out so far is kept; the next run goes on from there",
                "những gì đã đo được giữ lại; lần chạy sau sẽ tiếp tục từ đó"
            ));
            return Err(Failure::Interrupted);
        };
        // What follows waits for nobody: a signal ends it at once, and the next run goes on.
        interrupted.store(true, Ordering::Relaxed);
        let mut measured = Vec::new();
        let mut rows = Vec::new();
        for (database, Ended { outcome, took }) in scheduled.databases.iter().zip(ended) {
            let id = database.id.clone();
            match outcome.and_then(|done| same_rules(database, done)) {
                Ok(Done { measured: database, work }) => {
                    measured.push(database);
                    rows.push(summary::Row { id, took, outcome: Ok(work) });
                }
                Err(why) => {
                    measured.push(database.not_measured(&why));
                    rows.push(summary::Row { id, took, outcome: Err(why) });
                }
            }
        }
        for (id, why) in scheduled.broken {
            log.note("database", json!({ "database": id, "outcome": "failed", "why": log::said(&why) }));
            measured.push(engine::not_described(&id, &why));
            rows.push(summary::Row { id, took: Duration::ZERO, outcome: Err(why) });
        }
        rows.sort_by(|a, b| a.id.cmp(&b.id));
        Ok((measured, rows))
    }

    fn tasks(
        &self,
        plan: &NightPlan,
        scheduled: &planned::Plan,
        state: &StateFolder,
        journal: &Journal,
    ) -> (Room, Vec<Task>) {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u16);
        let threads = plan.limits.threads.unwrap_or(cores);
        let databases = u16::try_from(scheduled.databases.len()).unwrap_or(u16::MAX).max(1);
        let parallel = plan.limits.parallel.unwrap_or(threads).min(databases);
        // Who says nothing of its own has an even share.
        let shares = Limits {
            parallel: None,
            threads: Some((threads / parallel).max(1)),
            memory: plan.limits.memory.map(|memory| memory / u64::from(parallel)),
            time: plan.limits.time,
        };
        let free = memory::default() / u64::from(parallel);
        let other = |id: &String| {
            let found = scheduled.databases.iter().find(|other| other.id == *id)?;
            Some(Other { database: id.clone(), rules: found.rules.clone(), data: found.data.clone() })
        };
        let task = |Scheduled { id, rules, data, limits, refers_to, .. }: &Scheduled| {
            let limits = limits.over(shares);
            Task {
                time: limits.time,
                job: Job {
                    database: id.clone(),
                    rules: rules.clone(),
                    data: data.clone(),
                    others: refers_to.iter().filter_map(other).collect(),
                    as_of: journal.as_of,
                    examples: plan.examples.unwrap_or(engine::EXAMPLES),
                    threads: limits.threads.unwrap_or(1),
                    memory: limits.memory,
                    // Who takes more than is allowed is ended.
                    budget: limits.memory.map_or(free, |most| most / 4 * 3),
                    temp: self.temp.clone(),
                    states: state.states().join(id),
                    fresh: self.fresh,
                    run: journal.run.clone(),
                    rows: state.rows(id),
                    accepted: self.accept.contains(id),
                    result: state.result(id),
                },
            }
        };
        let room = Room { parallel, memory: plan.limits.memory };
        (room, scheduled.databases.iter().map(task).collect())
    }
}

/// What was measured, unless it was by other rules than were read here.
fn same_rules(database: &Scheduled, done: Done) -> Result<Done, Text> {
    let (ours, theirs) = (&database.described, &done.measured);
    if ours.rule_files == theirs.rule_files && ours.code_lists == theirs.code_lists {
        return Ok(done);
    }
    Err(say!(
        "its rule files or code lists changed while the run went on",
        "tệp quy tắc hoặc danh mục bị thay đổi trong lúc chạy"
    ))
}

/// Writes everything that the plan asks for; what cannot be written is told, and the rest goes on.
fn deliver(
    plan: &NightPlan,
    journal: &Journal,
    measured: Vec<MeasuredDatabase>,
    rows: Vec<summary::Row>,
    log: &mut RunLog,
    console: &Console,
) -> (Night, Vec<Failure>) {
    let roll_up = plan.roll_up.as_deref().unwrap_or("run");
    let assemble = |measured: Vec<MeasuredDatabase>| {
        run::assemble(measured, journal.as_of, plan.profile.as_deref(), roll_up, Vec::new())
    };
    let mut failures = Vec::new();
    let mut write =
        |path: PathBuf, bytes: &[u8], log: &mut RunLog| failures.extend(write(&path, bytes, log).err());
    let style = Style { lang: console.lang, ..Style::default() };
    // One by one: hundreds of them at once are more than one wants to hold.
    for database in &measured {
        let path = plan.out.join("databases").join(format!("{}.json", database.id));
        write(path, assemble(vec![database.clone()]).to_json().as_bytes(), log);
    }
    let night = Night { card: assemble(measured), rows };
    for (format, _) in &plan.formats {
        if let Some(renderer) = report::find(format).filter(|renderer| renderer.name() != "json") {
            let path = plan.out.join(format!("scorecard.{}", renderer.extension()));
            write(path, &renderer.render(&night.card, &style), log);
        }
    }
    write(plan.out.join("scorecard.json"), night.card.to_json().as_bytes(), log);
    (night, failures)
}

/// A name of the run and of what it came to, 32 hexadecimal digits.
fn told_as(journal: &Journal, card: &Scorecard) -> String {
    let root = card.provenance.as_ref().map_or("", |provenance| provenance.root.as_str());
    let hash = blake3::hash(format!("{} {root}", journal.run).as_bytes());
    hash.to_hex().chars().take(32).collect()
}

/// Writes an output, and what became of it into the log.
fn write(path: &Path, bytes: &[u8], log: &mut RunLog) -> Result<(), Failure> {
    let written = output::write_whole(path, bytes);
    let event = if written.is_ok() { "written" } else { "not_written" };
    log.note(event, json!({ "path": path, "bytes": bytes.len() }));
    written
}

fn milliseconds(took: Duration) -> u64 {
    u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}
