//! The log of runs: a line of JSON for each thing that happened, with the time.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::base::Text;
use crate::cli::failure::Failure;
use crate::cli::output;

/// Lines are added as things happen, each whole. That the log cannot be written is known before the work begins.
pub struct RunLog {
    path: PathBuf,
    file: File,
    run: String,
    /// The first error while writing, to be told at the end: a run is not given up for its log.
    pub lost: Option<Failure>,
}

impl RunLog {
    pub fn open(path: &Path, run: &str) -> Result<Self, Failure> {
        let failed = |error: std::io::Error| output::unwritable(path, &error);
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut file = OpenOptions::new().append(true).create(true).read(true).open(path).map_err(failed)?;
        // A line that a killed run has left half ends here.
        if !ends_with_line(&mut file).map_err(failed)? {
            file.write_all(b"\n").map_err(failed)?;
        }
        Ok(Self { path: path.to_owned(), file, run: run.to_owned(), lost: None })
    }

    /// Adds a line: when, which run, what, and `more`, an object.
    pub fn note(&mut self, event: &str, more: Value) {
        let mut line = Map::new();
        line.insert("at".to_owned(), json!(now()));
        line.insert("run".to_owned(), json!(self.run));
        line.insert("event".to_owned(), json!(event));
        if let Value::Object(more) = more {
            line.extend(more);
        }
        let text = Value::Object(line).to_string() + "\n";
        if let Err(error) = self.file.write_all(text.as_bytes())
            && self.lost.is_none()
        {
            self.lost = Some(output::unwritable(&self.path, &error));
        }
    }
}

fn ends_with_line(file: &mut File) -> std::io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// A text in both languages, as JSON.
pub fn said(text: &Text) -> Value {
    json!({ "en": text.en, "vi": text.vi })
}

/// The moment, RFC 3339, UTC.
pub fn now() -> String {
    jiff::Timestamp::now().round(jiff::Unit::Millisecond).unwrap_or_default().to_string()
}
