//! `thuocdo drift`: how structures and code lists have moved apart.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;

use clap::Args;

use super::failure::{Exit, Failure};
use super::output::{self, Console};
use super::paper::PaperArguments;
use super::{cards, run};
use crate::base::{Diagnostic, Level, Text};
use crate::engine::shape::{By, ShapeOptions, national, shape};
use crate::report::drift::paper;
use crate::rule::load::Loaded;
use crate::say;
use crate::score::drift::{CodeSet, Drift, Snapshot, of_then};

/// Show how the structure of tables and their code lists have drifted: since an earlier version, between the parts of a
/// table (provinces), and across databases.
///
/// Exits with 0 when everything was read, whatever drifted; 1 with `--fail-on-drift` if something did; 3 when something
/// could not be read. No value of a column with personal data is shown, and codes only as far as they are on a list or
/// many rows have them.
#[derive(Debug, Args)]
pub struct DriftCommand {
    /// Rule files, or directories of them.
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The directory that holds the extracts. A folder in it named like a database's id holds that database's files.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Compare with this: a directory of earlier extracts, or a snapshot that `--snapshot` wrote.
    #[arg(long, value_name = "DIR|FILE")]
    against: Option<PathBuf>,
    /// Write what the tables are like now, for a later run to compare with.
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// What makes the parts of a table: every `file`, every `folder`, or every code of the column of this name.
    #[arg(long, value_name = "PARTS", default_value = "file")]
    by: String,
    /// The moment of the run: codes in force on its day are those of a list [default: now].
    #[arg(long, value_name = "MOMENT")]
    as_of: Option<String>,
    /// Threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Show codes and names of columns as they are. They may be personal data.
    #[arg(long)]
    reveal: bool,
    /// Exit with 1 if anything drifted; with `structure`, not for longer values, absent ones, and codes that come and go.
    #[arg(long, value_name = "WHAT", value_parser = ["any", "structure"], num_args = 0..=1, require_equals = true, default_missing_value = "any")]
    fail_on_drift: Option<String>,
    #[command(flatten)]
    paper: PaperArguments,
}

impl DriftCommand {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let inputs = || self.rules.iter().chain([&self.data]).chain(&self.against).map(PathBuf::as_path);
        self.paper.has_a_place(inputs())?;
        output::spares(self.snapshot.as_deref(), inputs())?;
        output::apart(("--snapshot", self.snapshot.as_deref()), ("--out", self.paper.out()))?;
        let as_of = run::moment(self.as_of.as_deref())?;
        let loaded = run::rules(&self.rules, console)?;
        let interrupted = run::interruptible();
        let day = i32::try_from(as_of.div_euclid(86_400_000_000)).unwrap_or(i32::MAX);
        let look = Look {
            command: &self,
            loaded: &loaded,
            day,
            as_of: run::rfc3339(as_of),
            interrupted: &interrupted,
        };
        let pool = run::pool(self.threads)?;
        let (now, then) = pool.install(|| Ok::<_, Failure>((look.at(&self.data)?, look.then()?)))?;
        if let Some(path) = &self.snapshot {
            output::write_whole(path, now.snapshot.to_json().as_bytes())?;
            let path = path.display();
            console.note(&say!("wrote {path}", "đã ghi {path}"));
        }
        console.diagnostics(&now.problems);
        let of_then = |problem: Diagnostic| Diagnostic { what: of_then(&problem.what), ..problem };
        let (then, problems) = then.map(|then| (then.snapshot, then.problems)).unzip();
        console.diagnostics(&problems.into_iter().flatten().map(of_then).collect::<Vec<_>>());
        let drift = Drift::of(&now.snapshot, then.as_ref(), |role| of_the_nation(role, day));
        self.paper.write(&paper(&drift), || drift.to_json(), console)?;
        let fails = self.fail_on_drift.as_deref().is_some_and(|what| drift.any(what == "structure"));
        Ok(match (drift.complete, fails) {
            (false, _) => Exit::Incomplete,
            (true, true) => Exit::Failed,
            (true, false) => Exit::Passed,
        })
    }
}

/// The list of the nation for a role, with the codes in force.
fn of_the_nation(role: &str, day: i32) -> Option<CodeSet> {
    let list = national(role)?;
    let in_force = list.entries().iter().filter(|entry| entry.in_force(day));
    let codes: BTreeSet<String> = in_force.map(|entry| entry.code.clone()).collect();
    Some(CodeSet { of: vec![list.name], size: codes.len() as u64, codes })
}

/// What is looked at, and how.
struct Look<'l> {
    command: &'l DriftCommand,
    loaded: &'l Loaded,
    day: i32,
    as_of: String,
    interrupted: &'l AtomicBool,
}

/// What tables are like at one moment, and what could not be read of them.
struct Seen {
    snapshot: Snapshot,
    problems: Vec<Diagnostic>,
}

impl Look<'_> {
    fn at(&self, data: &Path) -> Result<Seen, Failure> {
        if !data.is_dir() {
            let data = data.display();
            return Err(Failure::usage(
                say!("`{data}` is not a directory", "`{data}` không phải là thư mục"),
                say!("name the directory that holds the extracts", "hãy nêu thư mục chứa dữ liệu kết xuất"),
            ));
        }
        let by = match self.command.by.as_str() {
            "file" => By::File,
            "folder" => By::Folder,
            column => By::Column(self.column(column)?),
        };
        let (mut shapes, mut problems) = (Vec::new(), Vec::new());
        for database in &self.loaded.databases {
            let options = ShapeOptions {
                data,
                by: &by,
                day: self.day,
                reveal: self.command.reveal,
                interrupted: self.interrupted,
            };
            let (found, mut wrong) = shape(database, &options).ok_or(Failure::Interrupted)?;
            shapes.push(found);
            problems.append(&mut wrong);
        }
        let told = problems.iter().filter(|problem| problem.level == Level::Error);
        let told = told.map(|problem| problem.what.clone()).collect();
        Ok(Seen { snapshot: Snapshot::new(self.as_of.clone(), shapes, told), problems })
    }

    /// A column that some table declares.
    fn column(&self, name: &str) -> Result<String, Failure> {
        let tables = || self.loaded.databases.iter().flat_map(|database| &database.tables);
        if tables().any(|table| table.column(name).is_some()) {
            return Ok(name.to_owned());
        }
        Err(Failure::usage(
            say!(
                "`--by {name}`: no table declares such a column",
                "`--by {name}`: không bảng nào khai báo cột này"
            ),
            say!(
                "write `file`, `folder`, or a column of the rule files",
                "viết `file`, `folder` hoặc một cột có trong tệp quy tắc"
            ),
        ))
    }

    /// What is compared with.
    fn then(&self) -> Result<Option<Seen>, Failure> {
        let Some(path) = &self.command.against else { return Ok(None) };
        if path.is_dir() {
            return self.at(path).map(Some);
        }
        let read = Snapshot::from_json(&cards::text(path)?);
        let ours = || self.loaded.databases.iter().map(|database| &database.id.value);
        let snapshot = read.map_err(|Text { en, vi }| {
            let path = path.display();
            Failure::usage(
                say!("`{path}`: {en}", "`{path}`: {vi}"),
                say!(
                    "`thuocdo drift --snapshot FILE` writes snapshots",
                    "`thuocdo drift --snapshot TỆP` ghi ra bản chụp"
                ),
            )
        })?;
        if !snapshot.databases.iter().any(|then| ours().any(|id| *id == then.id)) {
            let path = path.display();
            let theirs: Vec<&str> = snapshot.databases.iter().map(|then| then.id.as_str()).collect();
            let theirs = if theirs.is_empty() { "-".to_owned() } else { theirs.join(", ") };
            let ours = ours().map(String::as_str).collect::<Vec<_>>().join(", ");
            return Err(Failure::usage(
                say!(
                    "`{path}` has none of these databases: {ours}",
                    "`{path}` không có CSDL nào trong số này: {ours}"
                ),
                say!("the databases in it: {theirs}", "các CSDL trong đó: {theirs}"),
            ));
        }
        let problems = snapshot.problems.iter().cloned().map(Diagnostic::error).collect();
        Ok(Some(Seen { snapshot, problems }))
    }
}
