//! `thuocdo agree`: whether databases say the same of the same entities.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::PossibleValuesParser;

use super::failure::{self, Exit, Failure};
use super::memory::MemoryArguments;
use super::output::{self, Console, Pending, real};
use super::paper::{deliver, rendered};
use super::progress::Bars;
use super::run::{self, interruptible, moment, processors, rfc3339};
use crate::base::{Lang, Text, suggest};
use crate::engine::agree::list::WANTED;
use crate::engine::agree::{Agreed, Asked, agree};
use crate::engine::{Known, LookError, LookOptions, RunOptions};
use crate::report::agreement::rows::{Names, RowsCsv};
use crate::report::agreement::{figures, paper};
use crate::report::number;
use crate::report::paper::Form;
use crate::rule::subject::{SUBJECTS, Subject};
use crate::rule::{Catalog, Database};
use crate::say;
use crate::score::agreement::{Agreement, EntityAgreement, Run, agreement};

/// Find out whether databases say the same of the same person, organisation, land parcel: who differs from whom, who
/// dissents from the majority, and what is collected again although a database of reference has it.
///
/// Columns are brought together by their roles (`thuocdo explain roles`). No value of the data is told unless `--reveal`.
/// Exits with 0 when everything was compared, whatever came of it; with 3 when something could not be.
#[derive(Debug, Args)]
pub struct Agree {
    /// Rule files, or directories of them.
    #[arg(required = true, value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The directory that holds the extracts. A folder in it named like a database's id holds that database's files.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Compare these alone [default: all that two databases or more identify].
    #[arg(long, value_name = "ENTITY", value_parser = entities())]
    entity: Vec<String>,
    /// A database of reference, which others should fetch from [default: by the catalogue, the population, business
    /// registration and land databases].
    #[arg(long, value_name = "DATABASE")]
    reference: Vec<String>,
    /// Fill identifiers up with zeros to the digits that they should have: 12 of persons, 10 of organisations.
    #[arg(long)]
    pad: bool,
    /// What to print.
    #[arg(long, value_name = "FORMAT", default_value = "term", value_parser = ["term", "json", "html", "xlsx", "md", "csv"])]
    format: String,
    /// Write it into this file instead of printing it; what is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write the rows that other tables contradict into this directory, as ENTITY/DATABASE/TABLE.csv. Identifiers are
    /// masked unless `--reveal`.
    #[arg(long, value_name = "DIR")]
    violations: Option<PathBuf>,
    /// Show identifiers and values of contradicted rows as they are. They may be personal data.
    #[arg(long, requires = "violations")]
    reveal: bool,
    /// The moment that the report names (RFC 3339 or a date; without an offset, Vietnamese time) [default: now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    memory: MemoryArguments,
}

fn entities() -> PossibleValuesParser {
    PossibleValuesParser::new(SUBJECTS.iter().map(|subject| subject.id))
}

impl Agree {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let out = self.out.as_deref();
        let binary = Form::find(&self.format).is_some_and(Form::binary);
        output::has_a_place(&self.format, &self.format, binary, out)?;
        output::spares(out, self.rules.iter().chain([&self.data]).map(PathBuf::as_path))?;
        let as_of = moment(self.as_of.as_deref())?;
        let room = self.memory.room(self.threads.map_or_else(processors, u64::from))?;
        let databases = run::rules(&self.rules, console)?.databases;
        run::is_folder(&self.data)?;
        self.keeps_apart()?;
        self.references_are_known(&databases)?;
        let subjects = self.subjects(&databases)?;
        let interrupted = interruptible();
        let bars = Bars::new(console);
        let budget = room.budget();
        let options = RunOptions {
            reveal: self.reveal,
            ..RunOptions::new(&self.data, as_of, &interrupted, &bars, &budget)
        };
        let known: Vec<Known<'_>> =
            databases.iter().map(|database| Known { database, data: &self.data }).collect();
        let mut entities = Vec::new();
        let mut files = Ok(Files::default());
        for subject in subjects {
            let asked = Asked {
                subject,
                references: &self.references(subject),
                pad: self.pad,
                listed: self.violations.is_some(),
            };
            let pool = run::pool(self.threads)?;
            let agreed = pool.install(|| agree(&asked, &known, &options)).ok_or(Failure::Interrupted)?;
            entities.push(EntityAgreement::of(&agreed));
            files = files.and_then(|files| pool.install(|| self.list(agreed, files, &options, console)));
            if matches!(files, Err(Failure::Interrupted)) {
                return Err(Failure::Interrupted);
            }
        }
        bars.finish();
        let engine = concat!("thuocdo ", env!("CARGO_PKG_VERSION")).to_owned();
        let document = agreement(Run { as_of: rfc3339(as_of), engine }, entities);
        let printed = self.print(&document, console);
        failure::all([printed, files.and_then(|files| files.keep(console))], console)?;
        Ok(if document.complete { Exit::Passed } else { Exit::Incomplete })
    }

    fn print(&self, document: &Agreement, console: &Console) -> Result<(), Failure> {
        let out = self.out.as_deref();
        let bytes = match Form::find(&self.format) {
            Some(form) => rendered(&paper(document), form, out, console)?,
            None if self.format == "csv" => figures::csv(document),
            // The command line takes no other names.
            None => document.to_json().into_bytes(),
        };
        deliver(&bytes, out, console)
    }

    /// What is to be compared: what was asked for, or all that several databases identify.
    fn subjects(&self, databases: &[Database]) -> Result<Vec<&'static Subject>, Failure> {
        let asked: Vec<&Subject> = self.entity.iter().filter_map(|id| Subject::find(id)).collect();
        if !asked.is_empty() {
            return Ok(SUBJECTS
                .iter()
                .filter(|subject| self.entity.iter().any(|id| id == subject.id))
                .collect());
        }
        let speaks = |subject: &&Subject| {
            let of =
                |database: &&Database| database.tables.iter().any(|table| subject.of(table).speaks.is_some());
            databases.iter().filter(of).count() > 1
        };
        let subjects: Vec<&'static Subject> = SUBJECTS.iter().filter(speaks).collect();
        if !subjects.is_empty() {
            return Ok(subjects);
        }
        let roles: Vec<&str> = SUBJECTS.iter().flat_map(|subject| subject.identifiers).copied().collect();
        let roles = roles.join(", ");
        Err(Failure::usage(
            say!(
                "no two databases of these rule files identify the same sort of entity",
                "trong các tệp quy tắc này không có hai CSDL nào định danh cùng một loại đối tượng"
            ),
            say!(
                "name the rule files of two databases or more, whose columns carry one of the roles {roles}",
                "hãy nêu tệp quy tắc của ít nhất hai CSDL có cột mang một trong các vai trò {roles}"
            ),
        ))
    }

    /// The databases that are references for a subject.
    fn references(&self, subject: &Subject) -> Vec<String> {
        if !self.reference.is_empty() {
            return self.reference.clone();
        }
        let catalog = Catalog::shipped();
        let main = catalog.main_of(subject.reference);
        let priority = main.and_then(|id| catalog.priority_of(id)).map(|entry| entry.id.as_str());
        main.into_iter().chain(priority).map(str::to_owned).collect()
    }

    fn references_are_known(&self, databases: &[Database]) -> Result<(), Failure> {
        let ids = || databases.iter().map(|database| database.id.value.as_str());
        let Some(unknown) = self.reference.iter().find(|id| !ids().any(|known| known == *id)) else {
            return Ok(());
        };
        let known = ids().collect::<Vec<_>>().join(", ");
        let hint = match suggest::closest(unknown, ids()) {
            Some(near) => say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
            None => say!("databases of this run: {known}", "các CSDL của lần chạy này: {known}"),
        };
        Err(Failure::usage(
            say!(
                "`--reference {unknown}`: no rule file of this run declares that database",
                "`--reference {unknown}`: không có tệp quy tắc nào của lần chạy này khai báo CSDL đó"
            ),
            hint,
        ))
    }

    /// What is listed must not be taken for data by the next run.
    fn keeps_apart(&self) -> Result<(), Failure> {
        let Some(folder) = self.violations.as_deref() else { return Ok(()) };
        if !real(folder).starts_with(real(&self.data)) {
            return Ok(());
        }
        let folder = folder.display();
        Err(Failure::usage(
            say!(
                "`--violations`: files in `{folder}` would lie in the directory of the extracts",
                "`--violations`: tệp ghi vào `{folder}` sẽ nằm trong thư mục dữ liệu"
            ),
            say!(
                "name a directory outside of `--data`; the next run would read them as data",
                "hãy chọn thư mục ngoài `--data`; nếu không, lần chạy sau sẽ đọc chúng như dữ liệu"
            ),
        ))
    }

    /// Writes the contradicted rows of every table, beside their places.
    fn list(
        &self,
        agreed: Agreed<'_>,
        mut files: Files,
        options: &RunOptions<'_>,
        console: &Console,
    ) -> Result<Files, Failure> {
        let Some(folder) = self.violations.as_deref() else { return Ok(files) };
        let (folder, names) = (folder.join(agreed.subject.id), Names::of(&agreed));
        let look = LookOptions {
            wanted: WANTED,
            reveal: self.reveal,
            lang: console.lang,
            interrupted: options.interrupted,
            progress: options.progress,
        };
        for (source, listed) in agreed.into_listed(self.reveal).into_iter().enumerate() {
            let table = format!("{}.{}", listed.database, listed.table.id.value);
            let path = folder.join(listed.database).join(format!("{}.csv", listed.table.id.value));
            let (file, out) = Pending::start(&path)?;
            let unwritable = |error| output::unwritable(&path, &error);
            let mut csv = RowsCsv::new(&listed, &names, source, self.reveal, out).map_err(unwritable)?;
            let mut take = |row: &_| csv.row(row).map_err(|error| output::cannot_be_written(&path, &error));
            let brought = listed.bring(&mut take, &look).map_err(refused)?;
            csv.finish().map_err(unwritable)?;
            files.add(file, &table, brought.failing, brought.rows, &path);
        }
        Ok(files)
    }
}

fn refused(error: LookError) -> Failure {
    match error {
        LookError::Interrupted => Failure::Interrupted,
        LookError::Lost(what) => Failure::Output(
            what,
            Some(say!(
                "run again while nobody writes to the extracts; no rows were listed",
                "chạy lại khi không ai ghi vào dữ liệu; chưa liệt kê dòng nào"
            )),
        ),
        LookError::Refused(what) => Failure::Output(what, Some(output::check_the_folder())),
    }
}

/// Files that are written and not yet in their places, and what to say of them then.
#[derive(Default)]
struct Files {
    pending: Vec<Pending>,
    notes: Vec<Text>,
}

impl Files {
    fn add(&mut self, file: Pending, table: &str, listed: u64, rows: u64, path: &Path) {
        let path = path.display();
        let ([some, all], [vi_some, vi_all]) =
            [Lang::En, Lang::Vi].map(|lang| [listed, rows].map(|n| number::count(n, lang))).into();
        self.notes.push(say!(
            "{table}: {some} of {all} records are contradicted → {path}",
            "{table}: {vi_some} trên {vi_all} bản ghi bị nơi khác ghi khác → {path}"
        ));
        self.pending.push(file);
    }

    fn keep(self, console: &Console) -> Result<(), Failure> {
        self.pending.into_iter().try_for_each(Pending::keep)?;
        self.notes.iter().for_each(|note| console.note(note));
        Ok(())
    }
}
