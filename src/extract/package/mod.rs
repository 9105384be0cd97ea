//! A package of files as it was handed over: a folder, or a ZIP that nobody unpacks first. It is listed, and its files are
//! read once each from start to end; nothing is written anywhere, no link is followed.
//!
//! Whoever made it may be hostile. What cannot be what it says is a [`Flaw`], and what unpacks without end is given up.

mod archive;
mod folder;
mod layout;

use std::path::Path;

use self::archive::Archive;
use self::folder::Folder;
use super::ExtractError;
use super::open::check_regular;
use crate::base::Text;
use crate::say;

/// More files than this are no package that anybody looks through.
const MOST_MEMBERS: usize = 100_000;
/// What a ZIP may unpack to unless somebody says otherwise: this at least, and this many times its own size.
const UNPACKED: u64 = 1 << 30;
const TIMES: u64 = 200;

/// What stands under a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    File,
    Folder,
    /// A link: it leads to something else, perhaps outside of the package.
    Link,
    /// A pipe, a device …
    Other,
}

/// A name in the package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// With `/`, relative to the package, as it is written. Where it is no UTF-8, with U+FFFD.
    pub path: String,
    /// Whether the name is UTF-8.
    pub utf8: bool,
    /// Whether a ZIP says so, where it matters.
    pub told: bool,
    pub kind: Kind,
    pub encrypted: bool,
}

/// Something about the package itself, or why a member cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// Something is wrong for certain; otherwise it could not be looked at.
    pub wrong: bool,
    /// The member, if it is about one.
    pub path: Option<String>,
    /// Without any value of the data.
    pub what: Text,
}

impl Flaw {
    fn wrong(what: Text) -> Self {
        Self { wrong: true, path: None, what }
    }

    fn unknown(what: Text) -> Self {
        Self { wrong: false, path: None, what }
    }
}

/// How the package was handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Folder,
    Zip,
}

/// An opened package.
pub struct Package {
    content: Content,
    members: Vec<Member>,
    flaws: Vec<Flaw>,
}

enum Content {
    Folder(Folder),
    Zip(Box<Archive>),
    /// A file that is no readable ZIP: there is nothing in it.
    Nothing,
}

impl Package {
    /// Opens a folder or a ZIP. `most` is what a ZIP may unpack to, in bytes; `None`: 1 GiB, or 200 times its own size. A
    /// file that is no ZIP is a package with a flaw: it may have been one.
    ///
    /// # Errors
    /// There is nothing at `path`, it may not be read, or it is neither a folder nor a regular file.
    pub fn open(path: &Path, most: Option<u64>) -> Result<Self, ExtractError> {
        let metadata = std::fs::metadata(path).map_err(|error| ExtractError::io(&error))?;
        if metadata.is_dir() {
            let (folder, members, flaws) = Folder::open(path)?;
            return Ok(Self { content: Content::Folder(folder), members, flaws });
        }
        check_regular(path)?;
        let most = most.unwrap_or_else(|| metadata.len().saturating_mul(TIMES).max(UNPACKED));
        Ok(match Archive::open(path, most)? {
            Ok((archive, members, flaws)) => {
                Self { content: Content::Zip(Box::new(archive)), members, flaws }
            }
            Err(flaw) => Self { content: Content::Nothing, members: Vec::new(), flaws: vec![flaw] },
        })
    }

    pub const fn form(&self) -> Form {
        match self.content {
            Content::Folder(_) => Form::Folder,
            Content::Zip(_) | Content::Nothing => Form::Zip,
        }
    }

    /// Sorted by the bytes of their paths.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// What is wrong with the package as a whole, and what of it could not be listed.
    pub fn flaws(&self) -> &[Flaw] {
        &self.flaws
    }

    /// Hands the bytes of a file over, block by block, and counts them. What was handed over before a flaw was found
    /// cannot be trusted.
    ///
    /// # Errors
    /// Why it is damaged, or could not be read.
    pub fn read(&mut self, member: usize, take: &mut dyn FnMut(&[u8])) -> Result<u64, Flaw> {
        match &mut self.content {
            Content::Folder(folder) => folder.read(member, take),
            Content::Zip(archive) => archive.read(member, take),
            Content::Nothing => Ok(0),
        }
    }
}

fn too_many() -> Flaw {
    Flaw::unknown(say!(
        "it has more than {MOST_MEMBERS} files; the rest is not looked at",
        "gói có hơn {MOST_MEMBERS} tệp; phần còn lại không được kiểm tra"
    ))
}
