//! `thuocdo history`: whether a history is what was written, and the whole of it as a table.

use std::io;
use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};

use super::failure::{Exit, Failure};
use super::output::{Console, Pending, real, unwritable};
use super::trend::unreadable;
use crate::base::Text;
use crate::history::{Store, StoreError, export, verify};
use crate::report::export::history::Runs;
use crate::report::export::{self as formats, writer};
use crate::report::trend::verdict;
use crate::say;

/// Check a history, or hand it to other programs.
#[derive(Debug, Args)]
pub struct History {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Verify(Verify),
    Export(Export),
}

/// Check that nothing in a history was changed, taken out, put in or moved, and that points follow from counts.
///
/// Prints the hash of the last record and their number. The chain cannot show by itself that nothing was cut off at its
/// end: keep the hash elsewhere, and give it as `--head`. Exits with 0 when nothing was found, with 5 when the history is
/// rejected, with 2 when the file is none.
#[derive(Debug, Args)]
struct Verify {
    /// The history.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The hash of the last record, as it was printed at some time: the chain must hold it.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    head: Option<String>,
    /// What to print.
    #[arg(long, value_enum, default_value = "term")]
    format: Format,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// A page to read.
    Term,
    /// For programs.
    Json,
}

/// Write a history as a table: one row for each rule of each database of each run.
#[derive(Debug, Args)]
struct Export {
    /// The history.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// The format of the table.
    #[arg(long, value_name = "FORMAT", value_parser = PossibleValuesParser::new(formats::FORMATS))]
    format: String,
    /// The file to write; what is there is replaced.
    #[arg(long, value_name = "PATH")]
    out: PathBuf,
}

fn hash(text: &str) -> Result<String, String> {
    let digits = text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    digits.then(|| text.to_ascii_lowercase()).ok_or_else(|| "a hash has 64 hexadecimal digits".to_owned())
}

impl History {
    pub fn run(self, console: &Console) -> Result<Exit, Failure> {
        match self.command {
            Command::Verify(command) => command.run(console),
            Command::Export(command) => command.run(console),
        }
    }
}

impl Verify {
    fn run(self, console: &Console) -> Result<Exit, Failure> {
        let failed = |error: StoreError| unreadable(&self.file, &error);
        let store = Store::read(&self.file).map_err(|error| match error {
            // That this command says where does not help here.
            StoreError::Damaged(_) => Failure::Rejected(error.told(&self.file).0, Some(go_back())),
            other => failed(other),
        })?;
        let verdict = verify::verify(&store, self.head.as_deref()).map_err(failed)?;
        store.settled().map_err(failed)?;
        match self.format {
            Format::Term => {
                let name = self.file.display().to_string();
                console.print(&verdict::write(&name, &verdict, self.head.is_some(), &console.style()))?;
            }
            Format::Json => {
                // Only strings, integers and arrays: nothing that serialisation can refuse.
                let json = serde_json::to_string_pretty(&verdict).unwrap_or_default();
                console.print(format!("{json}\n").as_bytes())?;
            }
        }
        Ok(if verdict.accepted { Exit::Passed } else { Exit::Rejected })
    }
}

fn go_back() -> Text {
    say!("go back to a copy", "dùng lại bản sao lưu")
}

/// Why an export ended.
enum Ended {
    Store(StoreError),
    Output(io::Error),
}

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Export {
    fn run(self, console: &Console) -> Result<Exit, Failure> {
        let path = &self.out;
        // Also what SQLite keeps beside it while it is open.
        let own = ["", "-wal", "-shm", "-journal"].map(|end| {
            let mut own = real(&self.file).into_os_string();
            own.push(end);
            own
        });
        if own.contains(&real(path).into_os_string()) {
            let path = path.display();
            return Err(Failure::usage(
                say!(
                    "`{path}` is the history itself, or a part of it",
                    "`{path}` chính là tệp lịch sử hoặc một phần của nó"
                ),
                say!("write the table to another file", "ghi bảng vào tệp khác"),
            ));
        }
        let store = Store::read(&self.file).map_err(|error| unreadable(&self.file, &error))?;
        let (pending, out) = Pending::start(path)?;
        self.write(&store, out).map_err(|ended| match ended {
            Ended::Store(error) => unreadable(&self.file, &error),
            Ended::Output(error) => unwritable(path, &error),
        })?;
        store.settled().map_err(|error| unreadable(&self.file, &error))?;
        pending.keep()?;
        let shown = path.display();
        console.note(&say!("wrote {shown}", "đã ghi {shown}"));
        Ok(Exit::Passed)
    }

    fn write(&self, store: &Store, out: impl io::Write + Send) -> Result<(), Ended> {
        // The command line takes no other names.
        let Some(writer) = writer::<Runs, _>(&self.format, out) else { return Ok(()) };
        let mut writer = writer.map_err(Ended::Output)?;
        export::rows(store, |row| writer.row(row).map_err(Ended::Output))?;
        writer.finish().map_err(Ended::Output)
    }
}
