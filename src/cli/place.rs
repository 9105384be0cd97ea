//! What stands where an output is to go: a file, which is replaced as a whole; or a stream, which is written to and stays.

use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use crate::base::Text;
use crate::say;

/// Links that are followed, as systems do.
const LINKS: usize = 40;
/// Where names stand for what processes have open, and for what is no file at all.
const OF_PROCESSES: [&str; 2] = ["/proc", "/dev/fd"];

pub enum Place {
    /// A file behind all links, or nothing yet.
    File(PathBuf),
    Stream(Stream),
}

/// What nothing may take the place of.
pub enum Stream {
    /// Our own, whatever it leads to.
    Output,
    Error,
    /// A character device, a pipe, or what some process has open.
    Open(PathBuf),
}

/// Why something that is there is nothing to write to.
#[derive(Debug)]
pub struct Unfit(pub Text);

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.en)
    }
}

impl std::error::Error for Unfit {}

impl Place {
    /// # Errors
    /// It cannot be seen, or is nothing to write to: a directory, a socket, a disk.
    pub fn of(path: &Path) -> io::Result<Self> {
        let path = followed(path);
        if let Some(own) = own(&path) {
            return Ok(Self::Stream(own));
        }
        let found = match std::fs::metadata(&path) {
            Ok(found) => found.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !of_a_process(&path) => {
                return Ok(Self::File(path));
            }
            Err(error) => return Err(error),
        };
        if found.is_dir() {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::FileTypeExt as _;
            let unfit = |what| Err(io::Error::other(Unfit(what)));
            if found.is_socket() {
                return unfit(say!("it is a socket", "đây là một socket"));
            }
            if found.is_block_device() {
                return unfit(say!("it is a disk", "đây là thiết bị đĩa"));
            }
            if found.is_char_device() || found.is_fifo() {
                return Ok(Self::Stream(Stream::Open(path)));
            }
        }
        Ok(if of_a_process(&path) { Self::Stream(Stream::Open(path)) } else { Self::File(path) })
    }
}

impl Stream {
    /// Writes all that is in `from`.
    pub fn write(&self, mut from: impl Read) -> io::Result<()> {
        match self {
            Self::Output => copy(&mut from, io::stdout().lock()),
            Self::Error => copy(&mut from, io::stderr().lock()),
            // A file that somebody else has open keeps what is in it.
            Self::Open(path) => copy(&mut from, OpenOptions::new().append(true).open(path)?),
        }
    }
}

fn copy(from: &mut impl Read, mut to: impl Write) -> io::Result<()> {
    io::copy(from, &mut to)?;
    to.flush()
}

/// Where links lead, also if there is nothing yet. The links by which a process shows what it has open are not followed: what
/// they name need not be there, and is not what was opened if it is.
fn followed(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    for _ in 0..LINKS {
        let Some(name) = path.file_name().map(ToOwned::to_owned) else { break };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let Ok(folder) = folder.unwrap_or(Path::new(".")).canonicalize() else { break };
        path = folder.join(name);
        if of_a_process(&path) {
            break;
        }
        let Ok(target) = std::fs::read_link(&path) else { break };
        path = folder.join(target);
    }
    path
}

fn of_a_process(path: &Path) -> bool {
    OF_PROCESSES.iter().any(|folder| path.starts_with(folder))
}

fn own(path: &Path) -> Option<Stream> {
    let folder = path.parent()?;
    let ours = ["/proc/self/fd", "/dev/fd"]
        .iter()
        .any(|name| Path::new(name).canonicalize().is_ok_and(|ours| folder == ours));
    match path.file_name()?.to_str()? {
        "1" if ours => Some(Stream::Output),
        "2" if ours => Some(Stream::Error),
        _ => None,
    }
}
