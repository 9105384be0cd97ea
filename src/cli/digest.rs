//! `thuocdo digest`: a table as digests, for an agency that compares its own with it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;

use super::failure::{Exit, Failure};
use super::keyring;
use super::memory::MemoryArguments;
use super::output::{self, Console, Pending};
use super::progress::Bars;
use super::run::{interruptible, moment, pool, processors, rfc3339, rules};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Lang, Text, suggest};
use crate::engine::{self, DigestError, DigestOutcome, DigestRequest, Digested, Known, RunOptions};
use crate::kernel::expression::Expression;
use crate::report::number::{count, counted};
use crate::rule::notify::Kept;
use crate::rule::{Agreement, At, Database, Node, Reader, Table, Value, expression, load};
use crate::say;

/// Make a file of keyed digests of a table, for another agency to reconcile with. No value of the data is in it.
///
/// Both agencies need the same agreement file and the same key. The other side names the file in its rules: `reconcile: {
/// with: { digests: FILE, agreement: FILE, secret: { env: NAME } }, … }`.
#[derive(Debug, Args)]
pub struct Digest {
    /// What both sides agreed on: by which keys, and how values are compared.
    #[arg(value_name = "AGREEMENT")]
    agreement: PathBuf,
    /// Rule files, or directories of them, that declare the table.
    #[arg(long, required = true, num_args = 1.., value_name = "RULES")]
    rules: Vec<PathBuf>,
    /// The table: `database.table`.
    #[arg(long, value_name = "DATABASE.TABLE")]
    table: String,
    /// Which column of the table a name of the agreement stands for, where it is called otherwise.
    #[arg(long, value_name = "NAME=COLUMN")]
    map: Vec<String>,
    /// Which rows the other side must have, as an SQL condition on the table's columns [default: all].
    #[arg(long, value_name = "CONDITION")]
    in_scope: Option<String>,
    /// The directory that holds the extracts. A folder in it named like the database's id holds its files.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    #[command(flatten)]
    key: KeyArguments,
    /// The file to write. Only its owner may read it.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The moment of the data (RFC 3339 or a date; without an offset, Vietnamese time) [default: now].
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// Threads to use [default: one for each processor].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    #[command(flatten)]
    memory: MemoryArguments,
}

/// Where the shared key is kept. It never stands on the command line.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
struct KeyArguments {
    /// The environment variable that holds the shared key: 32 hexadecimal digits or more.
    #[arg(long, value_name = "NAME")]
    key_env: Option<String>,
    /// The file that holds the shared key.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
}

impl KeyArguments {
    fn kept(&self) -> Kept {
        match (&self.key_env, &self.key_file) {
            (Some(name), _) => Kept::Env(name.clone()),
            (None, file) => Kept::File(file.iter().map(|path| path.display().to_string()).collect()),
        }
    }
}

impl Digest {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        let agreement = load::read(&self.agreement).map_err(|diagnostic| vec![diagnostic]);
        let agreement = agreement.and_then(|file| Agreement::read(&file)).map_err(Failure::Given)?;
        let columns = self.columns(&agreement)?;
        let key = keyring::read(&self.key.kept()).map_err(|diagnostic| Failure::Given(vec![diagnostic]))?;
        let as_of = moment(self.as_of.as_deref())?;
        let room = self.memory.room(self.threads.map_or_else(processors, u64::from))?;
        let loaded = rules(&self.rules, console)?;
        let (database, table) = self.table(&loaded.databases)?;
        self.check_places()?;
        let request = DigestRequest {
            agreement: &agreement,
            key: &key,
            column: &|name| {
                columns.iter().find(|(known, _)| known == name).map_or(name, |(_, column)| column).to_owned()
            },
            in_scope: self.in_scope.as_deref().map(condition).transpose()?,
            as_of: rfc3339(as_of),
        };
        let interrupted = interruptible();
        let (pool, bars, budget) = (pool(self.threads)?, Bars::new(console), room.budget());
        let options = RunOptions::new(&self.data, as_of, &interrupted, &bars, &budget);
        let known = Known { database, data: &self.data };
        let made = pool.install(|| {
            let DigestOutcome { told, digested } = engine::digest(known, table, &request, &options)?;
            Some((told, digested.map(|digested| self.write(&digested, &options))))
        });
        bars.finish();
        let (told, written) = made.ok_or(Failure::Interrupted)?;
        console.diagnostics(&told);
        match written {
            Ok(header) => self.tell(&header?, console),
            Err(why) => {
                let why: Vec<Diagnostic> = why.into_iter().map(Diagnostic::error).collect();
                console.diagnostics(&why);
                return Err(nothing_written());
            }
        }
        Ok(Exit::Passed)
    }

    /// Names of the agreement that are called otherwise here.
    fn columns(&self, agreement: &Agreement) -> Result<Vec<(String, String)>, Failure> {
        let mut columns: Vec<(String, String)> = Vec::new();
        for written in &self.map {
            let Some((name, column)) = written.split_once('=').filter(|(_, column)| !column.is_empty())
            else {
                return Err(Failure::usage(
                    say!("`--map {written}` maps nothing", "`--map {written}` không ghép gì cả"),
                    say!("write `--map NAME=COLUMN`", "viết `--map TÊN=CỘT`"),
                ));
            };
            if !agreement.names().any(|known| known == name) {
                return Err(Failure::usage(
                    say!("the agreement has no `{name}`", "thỏa thuận không có `{name}`"),
                    near(name, agreement.names()),
                ));
            }
            if columns.iter().any(|(known, _)| known == name) {
                return Err(Failure::usage(
                    say!("`--map` names `{name}` twice", "`--map` nêu `{name}` hai lần"),
                    say!("keep one of the two", "chỉ giữ lại một trong hai"),
                ));
            }
            columns.push((name.to_owned(), column.to_owned()));
        }
        Ok(columns)
    }

    fn table<'d>(&self, databases: &'d [Database]) -> Result<(&'d Database, &'d Table), Failure> {
        let tables = || {
            databases.iter().flat_map(|database| database.tables.iter().map(move |table| (database, table)))
        };
        let name =
            |(database, table): (&Database, &Table)| format!("{}.{}", database.id.value, table.id.value);
        let written = &self.table;
        tables().find(|of| name(*of) == *written).ok_or_else(|| {
            let names: Vec<String> = tables().map(name).collect();
            Failure::usage(
                say!(
                    "the rule files declare no table `{written}`",
                    "các tệp quy tắc không khai báo bảng `{written}`"
                ),
                near(written, names.iter().map(String::as_str)),
            )
        })
    }

    fn check_places(&self) -> Result<(), Failure> {
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
        // Digests of others may lie among the extracts, and so may ours.
        let inputs = self.rules.iter().chain([&self.agreement, &self.data]).chain(&self.key.key_file);
        output::spares(Some(&self.out), inputs.map(PathBuf::as_path))
    }

    /// The header of what was written.
    fn write(&self, digested: &Digested, options: &RunOptions<'_>) -> Result<Counts, Failure> {
        let (pending, file) = Pending::start(&self.out)?;
        digested.write(file, options.budget).map_err(|error| match error {
            DigestError::Keys(why) => Failure::Output(why, None),
            DigestError::File(error) => output::unwritable(&self.out, &error),
        })?;
        pending.keep()?;
        let header = &digested.header;
        Ok(Counts {
            rows: header.rows,
            keys: header.keys,
            without: header.without_key,
            damaged: header.damaged,
        })
    }

    fn tell(&self, Counts { rows, keys, without, damaged }: &Counts, console: &Console) {
        let said = |n: u64, nouns| [Lang::En, Lang::Vi].map(|lang| counted(n, nouns, lang));
        let [rows_en, rows_vi] = said(*rows, ["row", "rows", "dòng"]);
        let [keys_en, keys_vi] = said(*keys, ["key", "keys", "khóa"]);
        let number = |n: u64| [Lang::En, Lang::Vi].map(|lang| count(n, lang));
        let ([without_en, without_vi], [damaged_en, damaged_vi]) = (number(*without), number(*damaged));
        let out = self.out.display();
        console.note(&Text {
            en: format!(
                "wrote {out}: {keys_en} of {rows_en}; without a key: {without_en}, damaged: {damaged_en}"
            ),
            vi: format!(
                "đã ghi {out}: {keys_vi} của {rows_vi}; không có khóa: {without_vi}, hỏng: {damaged_vi}"
            ),
        });
    }
}

/// What the other side is told of numbers.
struct Counts {
    rows: u64,
    keys: u64,
    without: u64,
    damaged: u64,
}

fn condition(text: &str) -> Result<At<Expression>, Failure> {
    let file = Arc::new(SourceText { name: "--in-scope".to_owned(), text: text.to_owned() });
    let node = Node { value: Value::Scalar { text: text.to_owned(), quoted: true }, span: 0..text.len() };
    let mut reader = Reader::new(file);
    let condition = expression(&mut reader, &node, &[]);
    condition.ok_or(Failure::Given(reader.diagnostics))
}

fn near<'n>(name: &str, known: impl Iterator<Item = &'n str>) -> Text {
    let known: Vec<&str> = known.collect();
    match suggest::closest(name, known.iter().copied()) {
        Some(near) => say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"),
        None => {
            let known = known.join(", ");
            say!("known: {known}", "có sẵn: {known}")
        }
    }
}

fn nothing_written() -> Failure {
    Failure::Output(
        say!("no digest file was written", "không ghi tệp mã băm nào"),
        Some(say!(
            "digests of a table that is not known whole would say that somebody is missing who is not",
            "mã băm của một bảng không đọc được trọn vẹn sẽ báo thiếu cả những người không thiếu"
        )),
    )
}
