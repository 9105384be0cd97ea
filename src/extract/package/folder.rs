//! A package that is a folder.

use std::fs::{self, DirEntry, File};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::{Flaw, Kind, MOST_MEMBERS, Member, too_many};
use crate::base::Text;
use crate::extract::{ExtractError, system};
use crate::say;

const BUFFER: usize = 1 << 18;
/// Folders within folders are not followed deeper than this.
const DEEPEST: usize = 64;

pub struct Folder {
    /// Where each member is.
    paths: Vec<PathBuf>,
}

type Opened = (Folder, Vec<Member>, Vec<Flaw>);

impl Folder {
    pub fn open(root: &Path) -> Result<Opened, ExtractError> {
        fs::read_dir(root).map_err(|error| ExtractError::io(&error))?;
        let mut walk = Walk { found: Vec::new(), flaws: Vec::new() };
        walk.folder(root, "", 0);
        walk.found.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        let (members, paths) = walk.found.into_iter().unzip();
        Ok((Self { paths }, members, walk.flaws))
    }

    pub fn read(&mut self, member: usize, take: &mut dyn FnMut(&[u8])) -> Result<u64, Flaw> {
        let path = &self.paths[member];
        // It was a file when it was listed; a link would be followed, and a pipe waited for.
        let still = fs::symlink_metadata(path).map_err(|error| unread(&error))?;
        if !still.is_file() {
            return Err(Flaw::unknown(say!(
                "it is no longer a file; the folder changes while it is checked",
                "không còn là tệp; thư mục bị thay đổi trong lúc kiểm tra"
            )));
        }
        let mut file = File::open(path).map_err(|error| unread(&error))?;
        let (mut buffer, mut count) = (vec![0; BUFFER], 0);
        loop {
            match file.read(&mut buffer) {
                Ok(0) => return Ok(count),
                Ok(read) => {
                    take(&buffer[..read]);
                    count += read as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(unread(&error)),
            }
        }
    }
}

struct Walk {
    found: Vec<(Member, PathBuf)>,
    flaws: Vec<Flaw>,
}

impl Walk {
    fn folder(&mut self, folder: &Path, relative: &str, depth: usize) {
        if depth > DEEPEST {
            let what = say!(
                "folders are nested deeper than {DEEPEST}; what is below is not looked at",
                "thư mục lồng sâu quá {DEEPEST} cấp; phần bên dưới không được kiểm tra"
            );
            self.flaws.push(Flaw { path: Some(relative.to_owned()), ..Flaw::unknown(what) });
            return;
        }
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => {
                self.flaws.push(Flaw { path: Some(relative.to_owned()), ..unread(&error) });
                return;
            }
        };
        for entry in entries {
            if self.found.len() >= MOST_MEMBERS {
                if !self.flaws.contains(&too_many()) {
                    self.flaws.push(too_many());
                }
                return;
            }
            self.entry(&entry, relative, depth);
        }
    }

    fn entry(&mut self, entry: &DirEntry, above: &str, depth: usize) {
        let name = entry.file_name();
        let utf8 = name.to_str().is_some();
        let name = name.to_string_lossy();
        let path = if above.is_empty() { name.into_owned() } else { format!("{above}/{name}") };
        let kind = match entry.file_type() {
            Ok(kind) if kind.is_symlink() => Kind::Link,
            Ok(kind) if kind.is_dir() => Kind::Folder,
            Ok(kind) if kind.is_file() => Kind::File,
            Ok(_) => Kind::Other,
            Err(error) => {
                self.flaws.push(Flaw { path: Some(path), ..unread(&error) });
                return;
            }
        };
        if kind == Kind::Folder {
            self.folder(&entry.path(), &path, depth + 1);
        }
        self.found.push((Member { path, utf8, told: true, kind, encrypted: false }, entry.path()));
    }
}

fn unread(error: &std::io::Error) -> Flaw {
    let Text { en, vi } = system(error);
    Flaw::unknown(say!("it cannot be read: {en}", "không đọc được: {vi}"))
}
