//! Scorecards that were written before: files, and directories of them.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::failure::Failure;
use super::output;
use crate::base::{Diagnostic, Text};
use crate::extract::open::check_regular;
use crate::extract::{ExtractError, system};
use crate::say;
use crate::score::Scorecard;
use crate::score::league::Given;
use crate::score::scorecard::{CardError, without_mark};
use crate::score::verify::verify;

/// Reads scorecards. Of directories, all `*.json` that are scorecards, recursively, in the order of their paths.
pub fn read(paths: &[PathBuf]) -> Result<Vec<Scorecard>, Failure> {
    texts(paths)?
        .map(|card| {
            let (path, text) = card?;
            Scorecard::from_json(&text).map_err(|error| foreign(&path, &error))
        })
        .collect()
}

/// Scorecards, each with every reason not to believe it. As many are verified at once as there are threads, and no more
/// are held than that. `out` must be none of them.
pub fn given<'o>(
    paths: &[PathBuf],
    out: Option<&'o Path>,
) -> Result<impl Iterator<Item = Result<Given, Failure>> + use<'o>, Failure> {
    let verified = move |card: Result<(PathBuf, String), Failure>| {
        let (path, text) = card?;
        output::spares(out, [path.as_path()])?;
        let name = path.display().to_string();
        let (card, verdict) = verify(&name, &text).map_err(|error| foreign(&path, &error))?;
        Ok(Given::of(name, card, &verdict))
    };
    let mut texts = texts(paths)?;
    let some = move || {
        let some: Vec<_> = texts.by_ref().take(rayon::current_num_threads()).collect();
        (!some.is_empty()).then(|| some.into_par_iter().map(verified).collect::<Vec<_>>())
    };
    Ok(std::iter::from_fn(some).flatten())
}

/// The scorecards as they are written, each with its file. They are read one by one as they are asked for, and many of
/// them need not fit into memory.
pub fn texts(
    paths: &[PathBuf],
) -> Result<impl Iterator<Item = Result<(PathBuf, String), Failure>> + use<>, Failure> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let mut found = Vec::new();
            collect(path, &mut found)?;
            found.sort();
            files.extend(found.into_iter().map(|file| (file, false)));
        } else {
            files.push((path.clone(), true));
        }
    }
    let read = |(file, named): (PathBuf, bool)| match text(&file) {
        Ok(text) => (named || is_meant_to_be_one(&text)).then_some(Ok((file, text))),
        Err(failure) => Some(Err(failure)),
    };
    Ok(files.into_iter().filter_map(read))
}

/// Folders without any scorecard.
pub fn none(paths: &[PathBuf]) -> Failure {
    let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    let named = named.join(", ");
    Failure::usage(
        say!("there is no scorecard in {named}", "không có bảng điểm nào trong {named}"),
        say!("`thuocdo score --out DIR` writes scorecards", "`thuocdo score --out DIR` ghi ra bảng điểm"),
    )
}

/// Other JSON may lie beside. A card that is torn, or of another version, is not passed over; nor is a file without
/// anything in it, for no program keeps such JSON.
pub fn is_meant_to_be_one(text: &str) -> bool {
    let text = without_mark(text);
    if text.trim().is_empty() {
        return true;
    }
    let start: String = text.chars().filter(|c| !c.is_whitespace()).take(64).collect();
    start.contains(r#""schema":"thuocdo.scorecard/"#) || Scorecard::from_json(text).is_ok()
}

/// What is said of a file that is no scorecard, or one of another version.
pub fn foreign(path: &Path, error: &CardError) -> Failure {
    let (path, Text { en, vi }) = (path.display(), error.text());
    Failure::usage(
        say!("`{path}`: {en}", "`{path}`: {vi}"),
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

/// The text of a file that must not be a pipe.
pub fn regular_text(path: &Path) -> Result<String, Failure> {
    check_regular(path).map_err(|error| refused(path, error))?;
    text(path)
}

/// A file of the user's is not what can be read.
pub fn refused(path: &Path, error: ExtractError) -> Failure {
    let (path, Text { en, vi }) = (path.display(), error.what);
    let what = say!("`{path}`: {en}", "`{path}`: {vi}");
    Failure::Given(vec![Diagnostic { hint: error.hint, ..Diagnostic::error(what) }])
}

/// A file of the user's could not be read.
pub fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    let (path, Text { en, vi }) = (path.display(), system(error));
    Failure::usage(
        say!("`{path}` cannot be read: {en}", "không đọc được `{path}`: {vi}"),
        say!("check the path and its permissions", "kiểm tra đường dẫn và quyền đọc"),
    )
}
