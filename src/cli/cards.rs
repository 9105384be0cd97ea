//! Scorecards that were written before: files, and directories of them.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use crate::base::Text;
use crate::extract::system;
use crate::say;
use crate::score::Scorecard;
use crate::score::league::Given;
use crate::score::scorecard::CardError;
use crate::score::verify::verify;

/// Reads scorecards. Of directories, all `*.json` that are scorecards, recursively, in the order of their paths.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Scorecard>, Failure> {
    let read =
        |(path, text): (PathBuf, String)| Scorecard::from_json(&text).map_err(|error| foreign(&path, &error));
    texts(paths)?.into_iter().map(read).collect()
}

/// Scorecards, each with every reason not to believe it.
pub fn given(paths: &[PathBuf]) -> Result<Vec<Given>, Failure> {
    let given = |(path, text): (PathBuf, String)| {
        let name = path.display().to_string();
        let (card, verdict) = verify(&name, &text).map_err(|error| foreign(&path, &error))?;
        let rejected = verdict.findings.iter().map(|finding| {
            let (part, Text { en, vi }) = (&finding.part, &finding.text);
            let colon = if part.is_empty() { "" } else { ": " };
            say!("{part}{colon}{en}", "{part}{colon}{vi}")
        });
        Ok(Given { rejected: rejected.collect(), name, card })
    };
    texts(paths)?.into_iter().map(given).collect()
}

/// The scorecards as they are written, each with its file.
pub fn texts(paths: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Failure> {
    let mut cards = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut files = Vec::new();
            collect(path, &mut files)?;
            files.sort();
            for file in files {
                let text = text(&file)?;
                if is_meant_to_be_one(&text) {
                    cards.push((file, text));
                }
            }
        } else {
            cards.push((path.clone(), text(path)?));
        }
    }
    Ok(cards)
}

/// Other JSON may lie beside. A card that is torn, or of another version, is not passed over.
fn is_meant_to_be_one(text: &str) -> bool {
    let start: String = text.chars().filter(|c| !c.is_whitespace()).take(64).collect();
    start.contains(r#""schema":"thuocdo.scorecard/"#) || Scorecard::from_json(text).is_ok()
}

/// What is said of a file that is no scorecard, or one of another version.
pub fn foreign(path: &Path, error: &CardError) -> Failure {
    let (path, error) = (path.display(), error.to_string());
    Failure::usage(
        say!("`{path}`: {error}", "`{path}`: {error}"),
        say!("`thuocdo score --out DIR` writes scorecards", "`thuocdo score --out DIR` ghi ra bảng điểm"),
    )
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, &error))? {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    Ok(())
}

pub fn text(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

/// A file of the user's could not be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let (path, Text { en, vi }) = (path.display(), system(error));
    Failure::usage(
        say!("`{path}` cannot be read: {en}", "không đọc được `{path}`: {vi}"),
        say!("check the path and its permissions", "kiểm tra đường dẫn và quyền đọc"),
    )
}
