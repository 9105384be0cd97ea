//! `--history`: what a run leaves in the history, after everything else was delivered.

use std::path::{Path, PathBuf};

use clap::Args;

use super::failure::Failure;
use super::output::{Console, real};
use super::run::{self, rfc3339};
use crate::base::{Diagnostic, Text};
use crate::history::{Store, StoreError};
use crate::report::number;
use crate::say;
use crate::score::Scorecard;

#[derive(Debug, Args)]
pub struct HistoryArgument {
    /// Add the counts and points of this run to this history, which is made if it is not there (`thuocdo trend`).
    #[arg(long, value_name = "FILE")]
    history: Option<PathBuf>,
}

impl HistoryArgument {
    /// The file, to be spared by other outputs.
    pub fn path(&self) -> Option<&Path> {
        self.history.as_deref()
    }

    /// Tells before the work what would keep the run out of the history after it: a file that is none, or is read by this
    /// run. What may have passed by then, such as another writer, is told then.
    /// `outputs`: what the run writes besides.
    pub fn check<'p>(
        &self,
        inputs: impl Iterator<Item = &'p Path>,
        data: &Path,
        outputs: &[PathBuf],
    ) -> Result<(), Failure> {
        let Some(path) = &self.history else { return Ok(()) };
        let wanted = real(path);
        let mut inputs = inputs.map(real);
        if wanted.starts_with(real(data)) || inputs.any(|input| wanted == input) {
            let path = path.display();
            return Err(Failure::usage(
                say!(
                    "`{path}` is read by this run or lies among the data",
                    "`{path}` là tệp đầu vào hoặc nằm trong thư mục dữ liệu"
                ),
                say!("keep the history in another place", "để tệp lịch sử ở nơi khác"),
            ));
        }
        if outputs.iter().any(|output| real(output) == wanted) {
            let path = path.display();
            return Err(Failure::usage(
                say!(
                    "`{path}` is another output of this run, which would replace the history",
                    "`{path}` cũng là tệp kết quả khác của lần chạy này, sẽ ghi đè lên lịch sử"
                ),
                say!("keep the history in another file", "để lịch sử ở tệp khác"),
            ));
        }
        check(path)
    }

    /// Adds the scorecard, if somebody asked for it.
    pub fn record(&self, card: &Scorecard, console: &Console) -> Result<(), Failure> {
        let Some(path) = &self.history else { return Ok(()) };
        record(path, &run_id()?, card, console)
    }
}

/// Whether a file is something else than a history.
pub fn check(path: &Path) -> Result<(), Failure> {
    // An empty file is not one yet.
    if std::fs::metadata(path).is_ok_and(|found| !found.is_file() || found.len() > 0) {
        let found = Store::read(path);
        if let Err(
            error @ (StoreError::Foreign | StoreError::NoFile | StoreError::Newer | StoreError::Damaged(_)),
        ) = found
        {
            let (what, hint) = error.told(path);
            return Err(Failure::usage(what, hint));
        }
    }
    Ok(())
}

/// Adds a scorecard under the run's id; one that is there already is not added again.
pub fn record(path: &Path, run: &str, card: &Scorecard, console: &Console) -> Result<(), Failure> {
    let failed = |error: StoreError| {
        let (Text { en, vi }, hint) = error.told(path);
        Failure::Output(
            say!("this run is not in the history: {en}", "lần chạy này chưa được ghi vào lịch sử: {vi}"),
            Some(hint),
        )
    };
    let now = rfc3339(run::moment(None)?);
    let mut store = Store::open(path).map_err(failed)?;
    let appended = store.append(run, &now, card).map_err(failed)?;
    if !console.quiet {
        let warnings: Vec<Diagnostic> = appended.warnings.into_iter().map(Diagnostic::warning).collect();
        if !warnings.is_empty() {
            console.diagnostics(&warnings);
        }
    }
    let (shown, head) = (path.display(), &appended.head);
    let records = number::counted(appended.records, ["record", "records", "bản ghi"], console.lang);
    console.note(&say!(
        "recorded in {shown}: {records}, head {head}",
        "đã ghi vào {shown}: {records}, dấu băm cuối {head}"
    ));
    Ok(())
}

/// Names a run: 32 hexadecimal digits that nobody can foresee.
pub fn run_id() -> Result<String, Failure> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| {
        let error = error.to_string();
        Failure::Output(
            say!("the system gives no random numbers: {error}", "hệ thống không cấp số ngẫu nhiên: {error}"),
            None,
        )
    })?;
    Ok(format!("{:032x}", u128::from_be_bytes(bytes)))
}
