//! Files that come into their places together, or none of them does.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use tempfile::TempDir;

use super::failure::Failure;
use super::leftover;
use super::output::{real, unwritable};

/// Writes new files, by their paths below a folder. They are written beside their places first, so that nobody finds half of
/// them: not where the room ends, nor after Ctrl-C. The folder may be there, with others in it; none of the files may.
pub fn write_together(
    folder: &Path,
    files: &[(String, Vec<u8>)],
    interrupted: &AtomicBool,
) -> Result<(), Failure> {
    let failed = |path: &Path, error: &io::Error| unwritable(&folder.join(path), error);
    let place = real(folder);
    let there = place.is_dir();
    let beside = begin(&place, there).map_err(|error| failed(Path::new(""), &error))?;
    // The folder around it is its owner's alone, and this one is what becomes of it.
    let whole = beside.path().join("whole");
    for (path, bytes) in files {
        if interrupted.load(Ordering::Relaxed) {
            return Err(Failure::Interrupted);
        }
        write(&whole.join(path), bytes).map_err(|error| failed(Path::new(path), &error))?;
    }
    if !there {
        return fs::rename(&whole, &place).map_err(|error| failed(Path::new(""), &error));
    }
    let mut moved = Moved::default();
    // Tables may share a file.
    let paths: BTreeSet<&str> = files.iter().map(|(path, _)| path.as_str()).collect();
    for path in paths {
        if let Err(error) = moved.take(&whole.join(path), &place.join(path)) {
            moved.undo();
            return Err(failed(Path::new(path), &error));
        }
    }
    Ok(())
}

/// A folder on the same disk as the place: in it, or beside it if it is not there.
fn begin(place: &Path, there: bool) -> io::Result<TempDir> {
    let folder = if there { place } else { place.parent().unwrap_or(place) };
    fs::create_dir_all(folder)?;
    leftover::sweep(folder);
    tempfile::Builder::new().prefix(&leftover::prefix()).tempdir_in(folder)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    path.parent().map_or(Ok(()), fs::create_dir_all)?;
    let mut file = fs::File::create(path)?;
    io::Write::write_all(&mut file, bytes)?;
    file.sync_all()
}

/// What is in its place already, and the folders that were made for it.
#[derive(Default)]
struct Moved {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Moved {
    fn take(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let parents: Vec<&Path> = to.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        for folder in parents.into_iter().rev() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        fs::rename(from, to)?;
        self.files.push(to.to_owned());
        Ok(())
    }

    /// As far as it can be done: what cannot be removed is told by the failure that led here.
    fn undo(self) {
        for file in self.files {
            let _ = fs::remove_file(file);
        }
        for folder in self.folders.into_iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static GOING: AtomicBool = AtomicBool::new(false);

    fn files(paths: &[&str]) -> Vec<(String, Vec<u8>)> {
        paths.iter().map(|path| ((*path).to_owned(), path.as_bytes().to_vec())).collect()
    }

    /// What is below a folder, in order.
    fn found(folder: &Path) -> Vec<String> {
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let name = entry.file_name().into_string().unwrap();
            match entry.file_type().unwrap().is_dir() {
                true => all.extend(found(&entry.path()).into_iter().map(|below| format!("{name}/{below}"))),
                false => all.push(name),
            }
        }
        all.sort();
        all
    }

    #[test]
    fn all_come_into_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("new/nation");
        write_together(&place, &files(&["a", "b/c"]), &GOING).unwrap();
        write_together(&place, &files(&["b/d", "e/f/g", "b/d"]), &GOING).unwrap();
        assert_eq!(
            found(folder.path()),
            ["a", "b/c", "b/d", "e/f/g"].map(|path| format!("new/nation/{path}"))
        );
        assert_eq!(fs::read(place.join("e/f/g")).unwrap(), b"e/f/g");
    }

    #[test]
    fn none_is_left_of_what_was_interrupted_or_did_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let (new, there) = (folder.path().join("new"), folder.path().join("there"));
        write_together(&there, &files(&["kept", "z"]), &GOING).unwrap();
        for place in [&new, &there] {
            let stopped = write_together(place, &files(&["a"]), &AtomicBool::new(true));
            assert!(matches!(stopped, Err(Failure::Interrupted)));
            // A file where a folder is needed.
            assert!(write_together(place, &files(&["a", "b/c", "a/d"]), &GOING).is_err());
        }
        // It is found only when the others are in their places.
        assert!(write_together(&there, &files(&["a", "b/c", "z/d"]), &GOING).is_err());
        assert_eq!(found(folder.path()), ["there/kept", "there/z"]);
        assert_eq!(fs::read_dir(&there).unwrap().count(), 2);
    }
}
