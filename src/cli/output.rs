//! Standard output and error, and files that are written whole or not at all.

use std::io::{self, IsTerminal, Write};
use std::path::Path;

use super::arguments::{Global, When};
use super::diagnostics;
use super::failure::Failure;
use crate::base::{Diagnostic, Lang, Text};
use crate::report::Style;
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

/// Writes a file beside its place and renames it, so that readers see the old one or the new one, never half of it.
pub fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = beside(path, bytes)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let readable = std::fs::Permissions::from_mode(0o644);
        file.as_file().set_permissions(readable).map_err(|error| unwritten(path, &error))?;
    }
    file.persist(path).map_err(|error| unwritten(path, &error.error))?;
    Ok(())
}

/// As [`write_whole`], for what only its owner may read. What is there already is never replaced.
pub fn write_secret(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let file = beside(path, bytes)?;
    file.persist_noclobber(path).map_err(|error| unwritten(path, &error.error))?;
    Ok(())
}

/// In the folder that it is to be in, readable by its owner alone.
fn beside(path: &Path, bytes: &[u8]) -> Result<tempfile::NamedTempFile, Failure> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let failed = |error: io::Error| unwritten(path, &error);
    std::fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(".thuocdo-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    Ok(file)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let (path, error) = (path.display(), error.to_string());
    Failure::Output(
        say!("`{path}` cannot be written: {error}", "không ghi được `{path}`: {error}"),
        Some(say!(
            "check that the folder exists, is writable and has room",
            "kiểm tra thư mục có tồn tại, có quyền ghi và còn chỗ trống"
        )),
    )
}
