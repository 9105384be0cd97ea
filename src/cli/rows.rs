//! Failing records and copies of the extracts: where they go, and that they get there whole or not at all.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Component, Path, PathBuf};

use clap::{ArgGroup, Args};

use super::failure::Failure;
use super::output::{self, Console, Pending, real};
use crate::base::{Lang, Text};
use crate::engine::{
    Brought, Form, JudgedTable, Known, LookError, LookOptions, Missing, Portion, RowSink, TakeMissing, Wanted,
};
use crate::report::number;
use crate::report::rows::Format;
use crate::report::rows::copy::{self, Split};
use crate::report::rows::failing::{self, Described, RowWriter};
use crate::report::rows::reconciled::{MissingKeys, Reconciled};
use crate::rule::{Database, Rule};
use crate::say;

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("lists").args(["violations", "reconciled"]).multiple(true)))]
pub struct RowArguments {
    /// Write all failing records into this directory, each with its key and every rule that it breaks, as
    /// DATABASE/TABLE.csv. Values are masked unless `--reveal`.
    #[arg(long, value_name = "DIR")]
    violations: Option<PathBuf>,
    /// Write into this directory what became of each record against tables of reference (rules of kind `reconcile`), as
    /// DATABASE/TABLE.csv, and the keys that are missing, as DATABASE/TABLE.missing/RULE.csv. Values are masked unless `--reveal`.
    #[arg(long, value_name = "DIR")]
    reconciled: Option<PathBuf>,
    /// The format of these lists: `csv` (UTF-8 with a byte-order mark, for spreadsheets), `xlsx`, or `parquet` for
    /// programs.
    #[arg(long, value_name = "FORMAT", default_value = "csv", requires = "lists", value_parser = ["csv", "xlsx", "parquet"])]
    violations_format: String,
    /// Copy all records into this directory as they are: clean ones into DATABASE/TABLE/clean, the others into
    /// DATABASE/TABLE/dirty. The copies show personal data wherever the extracts do.
    #[arg(long, value_name = "DIR")]
    split: Option<PathBuf>,
}

/// Files that are written and not yet in their places, and what to say of them then.
#[derive(Default)]
pub struct RowFiles {
    pending: Vec<Pending>,
    notes: Vec<Text>,
}

impl RowArguments {
    /// What is asked for, if anything is.
    pub fn wanted(&self) -> Option<Wanted> {
        let wanted = Wanted {
            failing: self.violations.is_some(),
            records: self.split.is_some(),
            reconciled: self.reconciled.is_some(),
        };
        (wanted.failing || wanted.records || wanted.reconciled).then_some(wanted)
    }

    /// Refuses folders in which the next run would take the files for data, or in which one list would replace another.
    pub fn check(&self, data: &Path, databases: &[Database]) -> Result<(), Failure> {
        // Their files are called alike.
        output::apart(
            ("--violations", self.violations.as_deref()),
            ("--reconciled", self.reconciled.as_deref()),
        )?;
        let inside = real(data);
        let flags = [
            ("--violations", &self.violations),
            ("--reconciled", &self.reconciled),
            ("--split", &self.split),
        ];
        for (flag, folder) in flags.into_iter().filter_map(|(flag, folder)| Some((flag, folder.as_ref()?))) {
            let below = databases.iter().map(|database| folder.join(&database.id.value));
            // A copy of an extract that is a copy itself must not take its place.
            let portions = databases.iter().flat_map(|database| {
                let tables =
                    database.tables.iter().map(|table| folder.join(&database.id.value).join(&table.id.value));
                tables.flat_map(|table| [table.join("clean"), table.join("dirty")])
            });
            let meets = |place: PathBuf| {
                let place = real(&place);
                place.starts_with(&inside) || inside.starts_with(&place)
            };
            if below.chain([folder.clone()]).any(|folder| real(&folder).starts_with(&inside))
                || portions.into_iter().any(meets)
            {
                let folder = folder.display();
                return Err(Failure::usage(
                    say!(
                        "`{flag}`: files in `{folder}` would lie in the directory of the extracts",
                        "`{flag}`: tệp ghi vào `{folder}` sẽ nằm trong thư mục dữ liệu"
                    ),
                    say!(
                        "name a directory outside of `--data`; the next run would read them as data",
                        "hãy chọn thư mục ngoài `--data`; nếu không, lần chạy sau sẽ đọc chúng như dữ liệu"
                    ),
                ));
            }
        }
        Ok(())
    }

    /// Reads a table's rows once more and writes what is asked for, beside its place.
    pub fn collect(
        &self,
        judged: &JudgedTable<'_>,
        known: &[Known<'_>],
        options: &LookOptions<'_>,
        as_of: i64,
        files: &mut RowFiles,
    ) -> Result<(), Failure> {
        if self.violations.is_some() || self.split.is_some() || self.lists(judged).is_some() {
            let mut sink = TableSink::new(self, judged, options.lang, as_of)?;
            let brought = judged.second_look(&mut sink, options).map_err(not_brought)?;
            sink.finish(brought, files)?;
        }
        let Some(folder) = &self.reconciled else { return Ok(()) };
        let folder = folder.join(judged.database).join(format!("{}.missing", judged.table.id.value));
        judged.missing().iter().try_for_each(|missing| {
            let path = folder.join(name_of(judged, missing.rule)).with_added_extension(self.format().id());
            let (file, out) = Pending::start(&path)?;
            let keys = MissingKeys::new(self.format(), missing, out, &folder, as_of);
            let keys = keys.map_err(|error| output::unwritable(file.path(), &error))?;
            let rule = &judged.table.rules[missing.rule].id;
            files.add_missing(rule, missing, (file, keys), |take| missing.list(known, options, take))
        })
    }

    /// Where lists of a table go; a table that is held against no other has none.
    fn lists(&self, judged: &JudgedTable<'_>) -> Option<&PathBuf> {
        self.reconciled.as_ref().filter(|_| !judged.reconciling().is_empty())
    }

    fn format(&self) -> Format {
        Format::parse(&self.violations_format).unwrap_or(Format::Csv)
    }
}

/// The name of the list of a rule. Ids of rules may be any text; a folder could not hold them all, and some would lead out of
/// it.
fn name_of(judged: &JudgedTable<'_>, rule: usize) -> String {
    const LONGEST: usize = 80;
    let named = |rule: &Rule| -> String {
        let fits = |c: char| if c.is_alphanumeric() || matches!(c, '_' | '-') { c } else { '_' };
        rule.id.chars().map(fits).take(LONGEST).collect::<String>().to_lowercase()
    };
    let rules = &judged.table.rules;
    let name = named(&rules[rule]);
    let same = rules[..rule].iter().filter(|before| named(before) == name).count();
    if same == 0 { name } else { format!("{name}.{}", same + 1) }
}

fn not_brought(error: LookError) -> Failure {
    match error {
        LookError::Interrupted => Failure::Interrupted,
        LookError::Lost(what) => Failure::Output(
            what,
            Some(say!(
                "run again while nobody writes to the extracts; no lists of records were written",
                "chạy lại khi không ai ghi vào dữ liệu; chưa ghi danh sách bản ghi nào"
            )),
        ),
        LookError::Refused(what) => Failure::Output(what, Some(output::check_the_folder())),
    }
}

impl RowFiles {
    /// Takes in the keys that a rule misses, as `list` brings them.
    fn add_missing(
        &mut self,
        rule: &str,
        missing: &Missing,
        (file, mut keys): (Pending, MissingKeys),
        list: impl FnOnce(&mut TakeMissing<'_>) -> Result<u64, LookError>,
    ) -> Result<(), Failure> {
        let count =
            list(&mut |rows| keys.rows(rows).map_err(|error| output::cannot_be_written(file.path(), &error)));
        let count = count.map_err(not_brought)?;
        keys.finish().map_err(|error| output::unwritable(file.path(), &error))?;
        let (en, vi) = (number::count(count, Lang::En), number::count(count, Lang::Vi));
        let (with, path) = (missing.with.name(), file.path().display());
        self.notes.push(say!(
            "{rule}: {en} keys of {with} are missing → {path}",
            "{rule}: thiếu {vi} khóa của {with} → {path}"
        ));
        self.pending.push(file);
        Ok(())
    }

    /// Puts the files into their places.
    pub fn keep(self, console: &Console) -> Result<(), Failure> {
        // What can be known to fail is known before the first of them is in its place.
        for file in &self.pending {
            if file.path().is_dir() {
                return Err(output::unwritable(file.path(), &io::ErrorKind::IsADirectory.into()));
            }
        }
        self.pending.into_iter().try_for_each(Pending::keep)?;
        self.notes.iter().for_each(|note| console.note(note));
        Ok(())
    }
}

/// Where the rows of one table go.
struct TableSink<'t> {
    table: String,
    violations: Option<Violations>,
    reconciled: Option<(Pending, Reconciled)>,
    copies: Option<Copies<'t>>,
}

struct Violations {
    file: Pending,
    writer: Box<dyn RowWriter>,
}

/// Copies of a table's files, made one after the other.
struct Copies<'t> {
    folder: PathBuf,
    /// For each of the table's files, where its copies go, and their form; `None` where it could not be opened.
    files: Vec<Option<(PathBuf, Form)>>,
    next: usize,
    current: Option<(Split<BufWriter<File>>, [Pending; 2])>,
    done: Vec<Pending>,
    judged: &'t JudgedTable<'t>,
}

impl<'t> TableSink<'t> {
    fn new(
        arguments: &RowArguments,
        judged: &'t JudgedTable<'t>,
        lang: Lang,
        as_of: i64,
    ) -> Result<Self, Failure> {
        let table = &judged.table.id.value;
        let violations = arguments.violations.as_ref().map(|folder| {
            let format = arguments.format();
            let folder = folder.join(judged.database);
            let (file, out) = Pending::start(&folder.join(format!("{table}.{}", format.id())))?;
            let writer = failing::writer(format, Described::of(judged, lang), out, &folder, as_of);
            let writer = writer.map_err(|error| output::unwritable(file.path(), &error))?;
            Ok(Violations { file, writer })
        });
        let reconciled = arguments.lists(judged).map(|folder| {
            let format = arguments.format();
            let folder = folder.join(judged.database);
            let (file, out) = Pending::start(&folder.join(format!("{table}.{}", format.id())))?;
            let writer = Reconciled::new(format, judged, out, &folder, as_of);
            let writer = writer.map_err(|error| output::unwritable(file.path(), &error))?;
            Ok((file, writer))
        });
        let copies = arguments
            .split
            .as_ref()
            .map(|folder| Copies::new(folder.join(judged.database).join(table), judged));
        Ok(Self {
            table: table.clone(),
            violations: violations.transpose()?,
            reconciled: reconciled.transpose()?,
            copies: copies.transpose()?,
        })
    }

    fn finish(self, brought: Brought, files: &mut RowFiles) -> Result<(), Failure> {
        let Brought { rows, failing, clean } = brought;
        let table = self.table;
        let of = |count: u64| {
            let both = |lang| [number::count(count, lang), number::count(rows, lang)];
            (both(Lang::En), both(Lang::Vi))
        };
        if let Some(Violations { file, writer }) = self.violations {
            writer.finish().map_err(|error| output::unwritable(file.path(), &error))?;
            let (path, ([some, all], [vi_some, vi_all])) = (file.path().display(), of(failing));
            files.notes.push(say!(
                "{table}: {some} of {all} records fail some rule → {path}",
                "{table}: {vi_some} trên {vi_all} bản ghi vi phạm quy tắc → {path}"
            ));
            files.pending.push(file);
        }
        if let Some((file, writer)) = self.reconciled {
            let counts = writer.finish().map_err(|error| output::unwritable(file.path(), &error))?;
            let path = file.path().display();
            let all = [counts.matched, counts.disagreeing, counts.not_found, counts.unknown];
            let told = |lang| all.map(|count| number::count(count, lang));
            let ([matched, disagreeing, not_found, unknown], [khop, lech, khong_co, chua_ro]) =
                (told(Lang::En), told(Lang::Vi));
            files.notes.push(say!(
                "{table}: {matched} records matched, {disagreeing} disagreeing, {not_found} not found, {unknown} unknown → {path}",
                "{table}: {khop} bản ghi khớp, {lech} lệch, {khong_co} không tìm thấy, {chua_ro} chưa rõ → {path}"
            ));
            files.pending.push(file);
        }
        if let Some(copies) = self.copies {
            let (folder, done) = copies.finish()?;
            let (path, ([some, all], [vi_some, vi_all])) = (folder.display(), of(clean));
            files.notes.push(say!(
                "{table}: {some} of {all} records are clean → {path}; the copies show values as they are",
                "{table}: {vi_some} trên {vi_all} bản ghi sạch → {path}; bản sao giữ nguyên giá trị, không che"
            ));
            files.pending.extend(done);
        }
        Ok(())
    }
}

impl RowSink for TableSink<'_> {
    fn take(&mut self, portion: &Portion) -> Result<(), Text> {
        match (portion, &mut self.violations, &mut self.copies) {
            (Portion::Failing(rows), Some(Violations { file, writer }), _) => {
                writer.rows(rows).map_err(|error| output::cannot_be_written(file.path(), &error))
            }
            (Portion::Reconciled(rows), _, _) => match &mut self.reconciled {
                Some((file, writer)) => {
                    writer.rows(rows).map_err(|error| output::cannot_be_written(file.path(), &error))
                }
                None => Ok(()),
            },
            (Portion::Records(records), _, Some(copies)) => {
                copies
                    .advance(records.file + 1)
                    .map_err(|(path, error)| output::cannot_be_written(&path, &error))?;
                let Some((split, [clean, _])) = &mut copies.current else { return Ok(()) };
                split.take(records).map_err(|error| output::cannot_be_written(clean.path(), &error))
            }
            _ => Ok(()),
        }
    }
}

impl<'t> Copies<'t> {
    fn new(folder: PathBuf, judged: &'t JudgedTable<'t>) -> Result<Self, Failure> {
        let mut taken = HashSet::new();
        let files = judged.files().into_iter().map(|file| {
            let Some(form) = file.form else { return Ok(None) };
            let mut name = copy::name(file.name, &form);
            // `a.csv` and `a.csv.gz` would have one copy.
            while !taken.insert(name.clone()) {
                let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending).to_owned();
                name = format!("{}.{ending}", if name.len() < file.name.len() { file.name } else { &name });
            }
            let path = PathBuf::from(name);
            if path.components().all(|part| matches!(part, Component::Normal(_))) {
                return Ok(Some((path, form)));
            }
            let name = file.name;
            Err(Failure::usage(
                say!(
                    "`--split`: `{name}` has no place in a directory of copies",
                    "`--split`: `{name}` không có chỗ trong thư mục bản sao"
                ),
                say!("move the file into the data directory", "chuyển tệp vào thư mục dữ liệu"),
            ))
        });
        let files = files.collect::<Result<_, Failure>>()?;
        Ok(Self { folder, files, next: 0, current: None, done: Vec::new(), judged })
    }

    /// Goes on until the copies of so many files are begun. A file without rows has copies without rows.
    fn advance(&mut self, upto: usize) -> Result<(), (PathBuf, io::Error)> {
        while self.next < upto {
            self.end()?;
            let Some((name, form)) = &self.files[self.next] else {
                self.next += 1;
                continue;
            };
            self.next += 1;
            let start = |kind: &str| {
                let path = self.folder.join(kind).join(name);
                Pending::begin(&path).map_err(|error| (path, error))
            };
            let ((clean, clean_out), (dirty, dirty_out)) = (start("clean")?, start("dirty")?);
            let split = Split::new(form, clean_out, dirty_out);
            let split = split.map_err(|error| (clean.path().to_owned(), error))?;
            self.current = Some((split, [clean, dirty]));
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), (PathBuf, io::Error)> {
        if let Some((split, pending)) = self.current.take() {
            split.finish().map_err(|error| (pending[0].path().to_owned(), error))?;
            self.done.extend(pending);
        }
        Ok(())
    }

    fn finish(mut self) -> Result<(PathBuf, Vec<Pending>), Failure> {
        let all = self.judged.files().len();
        let ended = self.advance(all).and_then(|()| self.end());
        ended.map_err(|(path, error)| output::unwritable(&path, &error))?;
        Ok((self.folder, self.done))
    }
}
