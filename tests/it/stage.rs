//! A folder with a rule file and extracts, and runs of the program over it.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use assert_cmd::Command;
use serde_json::Value;
use tempfile::TempDir;

/// Longer than any run may take, even unoptimised on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

pub const PROGRAM: &str = env!("CARGO_BIN_EXE_thuocdo");

/// A folder that is gone when nobody needs it.
pub struct Folder(TempDir);

impl Folder {
    pub fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    pub fn root(&self) -> &Path {
        self.0.path()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    /// Writes a file, with the folders that it lies in.
    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("folders");
        fs::write(path, content).expect("a file");
    }
}

pub struct Stage {
    folder: TempDir,
}

/// What a run left behind.
pub struct Run {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

/// The program, in English and undisturbed by the environment.
pub fn command() -> Command {
    let mut command = Command::new(PROGRAM);
    for name in ["LC_ALL", "LC_MESSAGES", "LC_CTYPE", "LANG", "NO_COLOR", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command.timeout(PATIENCE);
    command
}

/// Runs the program.
pub fn thuocdo<S: AsRef<std::ffi::OsStr>>(arguments: &[S]) -> Run {
    let output = command().args(arguments).output().expect("the program starts");
    Run {
        code: output.status.code(),
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// The repository.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The records of a CSV file, read independently of the program.
pub fn records(text: &str) -> Vec<Vec<String>> {
    let (mut records, mut record, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => record.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {}
            '\n' if !quoted => {
                record.push(std::mem::take(&mut cell));
                records.push(std::mem::take(&mut record));
            }
            c => cell.push(c),
        }
    }
    assert!(cell.is_empty() && record.is_empty(), "the last line has an end");
    records
}

impl Stage {
    /// A rule file `rules.yaml` beside an empty folder `data`.
    pub fn new(rules: impl AsRef<[u8]>) -> Self {
        let folder = TempDir::new().expect("a folder");
        fs::write(folder.path().join("rules.yaml"), rules).expect("the rule file is written");
        fs::create_dir(folder.path().join("data")).expect("the data folder is made");
        Self { folder }
    }

    #[must_use]
    pub fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        fs::write(self.data().join(name), content).expect("the extract is written");
        self
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    pub fn rules(&self) -> PathBuf {
        self.folder.path().join("rules.yaml")
    }

    /// Scores, with further arguments.
    pub fn run(&self, more: &[&str]) -> Run {
        let (rules, data) = (self.rules().display().to_string(), self.data().display().to_string());
        let mut arguments = vec!["score", &rules, "--data", &data];
        if !more.contains(&"--lang") {
            arguments.extend(["--lang", "en"]);
        }
        if !more.contains(&"--as-of") {
            arguments.extend(["--as-of", "2026-11-21"]);
        }
        arguments.extend(more);
        thuocdo(&arguments)
    }

    /// Scores into JSON.
    pub fn json(&self) -> Run {
        self.run(&["--format", "json"])
    }

    pub fn lint(&self) -> Run {
        let rules = self.rules().display().to_string();
        thuocdo(&["lint", &rules, "--lang", "en"])
    }
}

impl Run {
    pub fn card(&self) -> Value {
        serde_json::from_str(&self.out)
            .unwrap_or_else(|error| panic!("no scorecard: {error}\n{}\n{}", self.out, self.err))
    }

    /// A table of the first database.
    pub fn table(&self, id: &str) -> Value {
        let card = self.card();
        let tables = card["databases"][0]["tables"].as_array().expect("tables").clone();
        tables.into_iter().find(|table| table["id"] == id).unwrap_or_else(|| panic!("no table `{id}`"))
    }

    /// A rule of a table of the first database.
    pub fn rule(&self, table: &str, id: &str) -> Value {
        let table = self.table(table);
        let rules = table["rules"].as_array().expect("rules").clone();
        rules.into_iter().find(|rule| rule["id"] == id).unwrap_or_else(|| panic!("no rule `{id}`"))
    }

    /// Passed, failed, not applicable, unknown.
    pub fn counts(&self, table: &str, id: &str) -> [u64; 4] {
        let rule = self.rule(table, id);
        ["pass", "fail", "na", "unknown"].map(|key| rule[key].as_u64().expect("a count"))
    }

    /// What was said anywhere.
    pub fn said(&self) -> String {
        format!("{}\n{}", self.out, self.err)
    }
}
