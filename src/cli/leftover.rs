//! What writers left that were killed before their files were in their places: the next writer to the folder takes it away.
//!
//! The name of such a file says who writes it: the system as it runs since it was started, the process in it, and when that
//! began. So it is certain when a writer is gone. What others wrote, on other machines or in other containers that share
//! the folder, is left alone, and so is all where the system does not tell these things.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};

/// How the names of files begin that are not yet in their places.
pub const TEMPORARY: &str = ".thuocdo-";
/// What tells apart systems that share a folder: the start of the machine, and whom a process sees with which number and
/// which age.
const SYSTEM: [&str; 3] = ["/proc/sys/kernel/random/boot_id", "/proc/self/ns/pid", "/proc/self/ns/time"];

/// A process that writes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Writer {
    system: String,
    process: u32,
    /// In ticks since the system was started: numbers of processes are used again.
    began: u64,
}

static OURSELVES: LazyLock<Option<Writer>> = LazyLock::new(|| {
    let process = std::process::id();
    Some(Writer { system: system()?, process, began: began(process).ok().flatten()? })
});

/// How the names of our own files begin.
pub fn prefix() -> String {
    OURSELVES.as_ref().map_or_else(|| TEMPORARY.to_owned(), |writer| name(writer) + "-")
}

fn name(Writer { system, process, began }: &Writer) -> String {
    format!("{TEMPORARY}{system}-{process}-{began}")
}

/// Takes away what killed writers left in the folder; once is enough for a process.
pub fn sweep(folder: &Path) {
    static SWEPT: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());
    let first = SWEPT.lock().is_ok_and(|mut swept| swept.insert(folder.to_owned()));
    let Some(ourselves) = OURSELVES.as_ref().filter(|_| first) else { return };
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let Some(writer) = name.to_str().and_then(writer) else { continue };
        // `DirEntry` does not follow links.
        let Ok(kind) = entry.file_type() else { continue };
        if writer.system == ourselves.system && is_ours(&entry.path()) && is_gone(&writer) {
            // What cannot be removed only takes room.
            let _ = match (kind.is_file(), kind.is_dir()) {
                (true, _) => fs::remove_file(entry.path()),
                (_, true) => fs::remove_dir_all(entry.path()),
                _ => Ok(()),
            };
        }
    }
}

/// Who writes the file of that name.
fn writer(name: &str) -> Option<Writer> {
    let mut parts = name.strip_prefix(TEMPORARY)?.splitn(4, '-');
    let (system, process, began, _) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    Some(Writer { system: system.to_owned(), process: process.parse().ok()?, began: began.parse().ok()? })
}

/// Where users do not see each other's processes, each sees his own.
#[cfg(unix)]
fn is_ours(path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let owner = |path: &Path| fs::symlink_metadata(path).map(|found| found.uid()).ok();
    owner(path).is_some_and(|uid| owner(Path::new("/proc/self")) == Some(uid))
}

#[cfg(not(unix))]
fn is_ours(_: &Path) -> bool {
    false
}

/// Only what the system denies to be there is gone.
fn is_gone(writer: &Writer) -> bool {
    match began(writer.process) {
        Ok(Some(began)) => began != writer.began,
        Ok(None) => false,
        Err(error) => error.kind() == std::io::ErrorKind::NotFound,
    }
}

/// When a process began: the 22nd field, counted behind the name of the program, which may hold anything.
fn began(process: u32) -> std::io::Result<Option<u64>> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"))?;
    let fields = stat.rsplit_once(')').map_or("", |(_, fields)| fields);
    Ok(fields.split_ascii_whitespace().nth(19).and_then(|field| field.parse().ok()))
}

fn system() -> Option<String> {
    let mut hasher = blake3::Hasher::new();
    for part in SYSTEM {
        let path = Path::new(part);
        let said = fs::read_link(path).map(|link| link.to_string_lossy().into_owned());
        hasher.update(said.or_else(|_| fs::read_to_string(path)).ok()?.as_bytes());
    }
    Some(hasher.finalize().to_hex().chars().take(16).collect())
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;

    /// A process that has ended, as it was named while it ran.
    fn gone() -> Writer {
        let mut child = std::process::Command::new("sleep").arg("60").spawn().unwrap();
        let process = child.id();
        let writer = Writer { system: system().unwrap(), process, began: began(process).unwrap().unwrap() };
        assert!(!is_gone(&writer), "it runs");
        child.kill().unwrap();
        child.wait().unwrap();
        writer
    }

    #[test]
    fn what_killed_writers_left_is_taken_away_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let (gone, ourselves) = (gone(), OURSELVES.clone().unwrap());
        let place = |writer: &Writer| folder.path().join(name(writer) + "-abcdef");
        let left = place(&gone);
        let again = place(&Writer { began: ourselves.began + 1, ..ourselves.clone() });
        let kept = [
            place(&ourselves),
            place(&Writer { system: "0123456789abcdef".to_owned(), ..gone.clone() }),
            folder.path().join(".thuocdo-abcdef"),
            folder.path().join(".thuocdo-notes-of-mine-1"),
            folder.path().join("file"),
        ];
        for path in kept.iter().chain([&left, &again]) {
            fs::write(path, "half").unwrap();
        }
        let half = folder.path().join(name(&gone) + "-folder");
        fs::create_dir(&half).unwrap();
        fs::write(half.join("file"), "half").unwrap();
        let link = folder.path().join(name(&gone) + "-linked");
        std::os::unix::fs::symlink("file", &link).unwrap();
        sweep(folder.path());
        assert!(
            !left.exists() && !half.exists() && !again.exists(),
            "a number that is used again is another process"
        );
        assert!(kept.iter().all(|path| path.exists()) && link.is_symlink());
        assert!(prefix().starts_with(&name(&ourselves)) && writer(&(prefix() + "abcdef")) == Some(ourselves));
    }
}
