//! Standard output and error, and files that are written whole or not at all.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Component, Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};

use super::arguments::{Global, When};
use super::diagnostics;
use super::failure::Failure;
use super::leftover;
use super::place::{Place, Unfit};
use crate::base::{Diagnostic, Lang, Text};
use crate::extract::{open, system};
use crate::report::Style;
use crate::rule::load;
use crate::say;

/// Where and how to print.
pub struct Console {
    pub lang: Lang,
    pub quiet: bool,
    color: When,
}

impl Console {
    pub fn new(global: &Global) -> Self {
        Self { lang: global.language(), quiet: global.quiet, color: global.color }
    }

    fn colored(&self, stream: &impl IsTerminal) -> bool {
        match self.color {
            When::Always => true,
            When::Never => false,
            When::Auto => {
                let unwanted = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
                stream.is_terminal()
                    && !unwanted
                    && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
            }
        }
    }

    /// The style of reports on standard output.
    pub fn style(&self) -> Style {
        let stdout = io::stdout();
        let terminal = terminal_size::terminal_size_of(&stdout);
        let width = terminal.map_or(80, |(width, _)| usize::from(width.0));
        Style { lang: self.lang, color: self.colored(&stdout), width, unicode: unicode() }
    }

    /// Writes the result of a command.
    pub fn print(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(bytes).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Failure::PipeClosed,
            _ => {
                let error = error.to_string();
                Failure::Output(
                    say!(
                        "standard output cannot be written: {error}",
                        "không ghi được đầu ra chuẩn: {error}"
                    ),
                    None,
                )
            }
        })
    }

    /// A line for the person at the terminal.
    pub fn note(&self, text: &Text) {
        if !self.quiet {
            complain(&format!("{}\n", text.get(self.lang)));
        }
    }

    pub fn diagnostics(&self, all: &[Diagnostic]) {
        complain(&diagnostics::render(all, self.lang, self.colored(&io::stderr())));
    }
}

/// Writes to standard error. If that is gone there is nobody to tell.
pub fn complain(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Whether the terminal's locale can show block characters; without a locale, yes: pipes and files are read as UTF-8.
fn unicode() -> bool {
    ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .is_none_or(|value| {
            let value = value.to_ascii_lowercase();
            value.contains("utf-8") || value.contains("utf8") || matches!(value.as_str(), "c" | "posix")
        })
}

/// Writes a file beside its place and renames it, so that readers see the old one or the new one, never half of it. A link
/// stays one: what it leads to is replaced. Pipes and devices are written to, and stay what they are.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| unwritable(path, &error);
    let place = match Place::of(path).map_err(failed)? {
        Place::File(place) => place,
        Place::Stream(stream) => return stream.write(bytes).map_err(failed),
    };
    let file = written_beside(&place, bytes).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let readable = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(readable).map_err(failed)?;
    }
    file.persist(&place).map(drop).map_err(|error| failed(error.error))
}

/// As [`write_whole`], for what only its owner may read. What is there already is never replaced.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: io::Error| unwritable(path, &error);
    let file = written_beside(path, bytes).map_err(failed)?;
    file.persist_noclobber(path).map(drop).map_err(|error| failed(error.error))
}

/// As [`write_whole`], for what is kept for later runs: its owner's alone, in a folder that is made for it.
pub fn write_kept(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let Place::File(path) = Place::of(path)? else {
        return Err(io::Error::other(Unfit(say!("it is no file", "đây không phải là tệp"))));
    };
    let mut file = beside(&path)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|error| error.error)
}

/// In the folder that it is to be in, readable by its owner alone.
fn written_beside(path: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    let mut file = beside(path)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// Adds to a file that others write to as well.
pub fn append(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    file.and_then(|mut file| file.write_all(bytes)).map_err(|error| unwritable(path, &error))
}

/// A new file in the folder of `path`, which is made if it is not there. Nobody else may read it.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    leftover::sweep(folder);
    tempfile::Builder::new().prefix(&leftover::prefix()).tempfile_in(folder)
}

/// A file that is written bit by bit beside its place, for records that nobody else is to read. It is gone unless it is
/// kept.
pub struct Pending {
    file: TempPath,
    path: PathBuf,
    place: Place,
}

impl Pending {
    /// Begins the file that is to be at `path`.
    pub fn begin(path: &Path) -> io::Result<(Self, BufWriter<File>)> {
        let place = Place::of(path)?;
        let (file, temporary) = match &place {
            Place::File(place) => beside(place)?,
            Place::Stream(_) => NamedTempFile::new()?,
        }
        .into_parts();
        let pending = Self { file: temporary, path: path.to_owned(), place };
        Ok((pending, BufWriter::with_capacity(1 << 18, file)))
    }

    /// As [`Pending::begin`], for commands.
    pub fn start(path: &Path) -> Result<(Self, BufWriter<File>), Failure> {
        Self::begin(path).map_err(|error| unwritable(path, &error))
    }

    /// Where it is to be.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Puts it into its place, where it replaces what is there, or is written to it.
    pub fn keep(self) -> Result<(), Failure> {
        let failed = |error: io::Error| unwritable(&self.path, &error);
        let written = File::open(&self.file).map_err(failed)?;
        match &self.place {
            Place::Stream(stream) => stream.write(written).map_err(failed),
            Place::File(place) => {
                written.sync_all().map_err(failed)?;
                self.file.persist(place).map_err(|error| failed(error.error))
            }
        }
    }
}

/// A path without links, also of what is not there yet.
pub fn real(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for known in path.ancestors() {
        if let Ok(real) = known.canonicalize() {
            // What is not there has no links; `..` in it would be resolved when it is made.
            let rest = path.strip_prefix(known).unwrap_or(Path::new(""));
            return rest.components().fold(real, |mut real, part| {
                match part {
                    Component::ParentDir => drop(real.pop()),
                    other => real.push(other),
                }
                real
            });
        }
    }
    path
}

/// Why there is no file.
pub fn unwritable(path: &Path, error: &io::Error) -> Failure {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Failure::PipeClosed;
    }
    let hint = unfit(error).map_or_else(check_the_folder, |_| {
        say!("name a file, a pipe or a character device", "hãy nêu một tệp, đường ống hoặc thiết bị ký tự")
    });
    Failure::Output(cannot_be_written(path, error), Some(hint))
}

fn unfit(error: &io::Error) -> Option<&Unfit> {
    error.get_ref()?.downcast_ref()
}

pub fn cannot_be_written(path: &Path, error: &io::Error) -> Text {
    let why = unfit(error).map_or_else(|| system(error), |Unfit(why)| why.clone());
    let (path, Text { en, vi }) = (path.display(), why);
    say!("`{path}` cannot be written: {en}", "không ghi được `{path}`: {vi}")
}

pub fn check_the_folder() -> Text {
    say!(
        "check that the folder exists, is writable and has room",
        "kiểm tra thư mục có tồn tại, có quyền ghi và còn chỗ trống"
    )
}

/// Bytes would garble a terminal.
pub fn has_a_place(name: &str, extension: &str, binary: bool, out: Option<&Path>) -> Result<(), Failure> {
    if binary && out.is_none() && io::stdout().is_terminal() {
        return Err(Failure::usage(
            say!("`{name}` is no text for a terminal", "`{name}` không phải văn bản để in ra màn hình"),
            say!(
                "write it to a file: `--out report.{extension}`",
                "hãy ghi ra tệp: `--out report.{extension}`"
            ),
        ));
    }
    Ok(())
}

/// What is written never replaces what is read: a file that is named, nor a rule file or an extract in a folder that is.
pub fn spares<'p>(out: Option<&Path>, inputs: impl IntoIterator<Item = &'p Path>) -> Result<(), Failure> {
    let Some(out) = out else { return Ok(()) };
    let place = real(out);
    let is_read = place.is_file() && (load::is_rule_file(&place) || open::is_extract(&place));
    let replaces = |input: &Path| {
        let input = real(input);
        input == place || (is_read && place.starts_with(input))
    };
    if inputs.into_iter().any(replaces) {
        let path = out.display();
        return Err(Failure::usage(
            say!(
                "`{path}` is what this is made of, and would be replaced",
                "`{path}` chính là đầu vào và sẽ bị ghi đè"
            ),
            say!("write to another file", "hãy ghi vào tệp khác"),
        ));
    }
    Ok(())
}

/// What does not fit into memory has no place.
pub fn no_scratch(error: &io::Error) -> Failure {
    let Text { en, vi } = system(error);
    let folder = std::env::temp_dir();
    let folder = folder.display();
    Failure::Output(
        say!(
            "the report cannot be made in `{folder}`: {en}",
            "không lập được báo cáo trong `{folder}`: {vi}"
        ),
        Some(check_the_folder()),
    )
}

/// Two outputs in one place would replace each other.
pub fn apart(
    (one, first): (&str, Option<&Path>),
    (other, second): (&str, Option<&Path>),
) -> Result<(), Failure> {
    let (Some(first), Some(second)) = (first, second) else { return Ok(()) };
    if real(first) != real(second) {
        return Ok(());
    }
    let place = first.display();
    Err(Failure::usage(
        say!(
            "`{one}` and `{other}` both name `{place}`, and one would replace the other",
            "`{one}` và `{other}` cùng ghi vào `{place}`, cái này sẽ ghi đè cái kia"
        ),
        say!("name two places", "hãy chọn hai nơi khác nhau"),
    ))
}
