//! Which files of a data directory belong to a table.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::open::{extension, is_known};
use super::partition::Constant;
use super::{ExtractError, Finding};
use crate::base::{Level, Text};
use crate::say;

/// What some readers and writers of tables leave beside the data.
const BESIDE: [&str; 6] =
    ["_SUCCESS", "_metadata", "_common_metadata", "_delta_log", "_temporary", "_spark_metadata"];

/// How Hive writes a NULL into a directory's name.
const HIVE_NULL: &str = "__HIVE_DEFAULT_PARTITION__";

/// Directories are not followed deeper than this.
const DEEPEST: usize = 64;

/// One file of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DataFile {
    pub path: PathBuf,
    /// Relative to the data directory, with `/`.
    pub relative: String,
    /// Columns from `name=value` directories, outermost first.
    pub constants: Vec<Constant>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Discovery {
    /// Sorted by the bytes of the relative path; empty if nothing matches.
    pub files: Vec<DataFile>,
    pub findings: Vec<Finding>,
}

/// Finds the files that any of the patterns names. A pattern is a file, a directory (all known files in it) or
/// a glob (`*` `?` `[…]` `{…}`, `**` for any depth; one that meets a directory means all known files in it),
/// relative to `data`.
///
/// # Errors
/// The data directory cannot be read; a pattern is absolute, leads outside, or is malformed.
pub fn discover(data: &Path, patterns: &[String]) -> Result<Discovery, ExtractError> {
    let root = fs::canonicalize(data).map_err(|error| no_data(&error))?;
    if !root.is_dir() {
        return Err(no_data(&std::io::ErrorKind::NotADirectory.into()));
    }
    let mut search = Search { root, found: BTreeMap::new(), findings: Vec::new() };
    for pattern in patterns {
        search.pattern(&inside(pattern)?)?;
    }
    Ok(search.finish(data))
}

fn no_data(error: &std::io::Error) -> ExtractError {
    let hint = say!("check the data directory's path", "kiểm tra đường dẫn thư mục dữ liệu");
    let what = match error.kind() {
        std::io::ErrorKind::NotFound => {
            say!("the data directory does not exist", "thư mục dữ liệu không tồn tại")
        }
        std::io::ErrorKind::NotADirectory => {
            say!("the data directory is not a directory", "đường dẫn dữ liệu không phải thư mục")
        }
        _ => say!("the data directory cannot be read: {error}", "không đọc được thư mục dữ liệu: {error}"),
    };
    ExtractError::new(what).hint(hint)
}

/// The pattern with `/` between its parts and without empty ones.
fn inside(pattern: &str) -> Result<String, ExtractError> {
    let refused = |what: Text| {
        ExtractError::new(what).hint(say!(
            "write it relative to the data directory, and choose that with `--data`",
            "hãy viết tương đối so với thư mục dữ liệu và chọn thư mục đó bằng `--data`"
        ))
    };
    let path = Path::new(pattern);
    let drive = pattern.as_bytes().get(1) == Some(&b':') && pattern.as_bytes()[0].is_ascii_alphabetic();
    if path.has_root() || drive || pattern.starts_with('\\') {
        return Err(refused(say!(
            "the path `{pattern}` is absolute",
            "đường dẫn `{pattern}` là đường dẫn tuyệt đối"
        )));
    }
    if pattern.split(['/', '\\']).any(|part| part == "..") {
        return Err(refused(say!(
            "the path `{pattern}` leads out of the data directory",
            "đường dẫn `{pattern}` đi ra ngoài thư mục dữ liệu"
        )));
    }
    let parts: Vec<_> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Ok(parts.join("/"))
}

struct Search {
    root: PathBuf,
    /// Relative to absolute path.
    found: BTreeMap<String, PathBuf>,
    findings: Vec<Finding>,
}

impl Search {
    fn pattern(&mut self, pattern: &str) -> Result<(), ExtractError> {
        let exact = self.root.join(pattern);
        if exact.is_file() {
            self.found.insert(pattern.to_owned(), exact);
            return Ok(());
        }
        if exact.is_dir() {
            self.walk(pattern, &exact, None);
            return Ok(());
        }
        let glob = GlobBuilder::new(pattern).literal_separator(true).build().map_err(|error| {
            let reason = error.kind();
            ExtractError::new(say!(
                "`{pattern}` is not a pattern: {reason}",
                "`{pattern}` không phải mẫu tên hợp lệ: {reason}"
            ))
            .hint(say!(
                "`*` stands for any part of a name, `**` for any directories; put `[` and `{{` in brackets to mean themselves",
                "`*` thay cho một phần tên, `**` thay cho thư mục bất kỳ; đặt `[` và `{{` trong ngoặc vuông nếu là ký tự thường"
            ))
        })?;
        // No need to look outside of the directories that the pattern names.
        let parts: Vec<_> = pattern.split('/').collect();
        let literal = parts[..parts.len() - 1]
            .iter()
            .take_while(|part| !part.contains(['*', '?', '[', ']', '{', '}', '\\']));
        let base = literal.copied().collect::<Vec<_>>().join("/");
        let start = if base.is_empty() { self.root.clone() } else { self.root.join(&base) };
        if start.is_dir() {
            self.walk(&base, &start, Some(&Wanted::new(glob.compile_matcher(), pattern)));
        }
        Ok(())
    }

    /// Takes the files beneath a directory: all known ones, or those that a glob wants. Linked directories
    /// come after real ones, and each directory is entered once, so that links can neither loop nor multiply.
    fn walk(&mut self, base: &str, start: &Path, wanted: Option<&Wanted>) {
        let mut entered = HashSet::new();
        let mut linked = Vec::new();
        let mut waiting = vec![Directory {
            relative: base.to_owned(),
            path: start.to_owned(),
            all: wanted.is_none(),
            depth: 0,
        }];
        while let Some(directory) = waiting.pop().or_else(|| linked.pop()) {
            let fresh = fs::canonicalize(&directory.path).is_ok_and(|real| entered.insert(real));
            if !fresh || directory.depth > DEEPEST {
                continue;
            }
            let entries = match fs::read_dir(&directory.path) {
                Ok(entries) => entries,
                Err(error) => {
                    self.unreadable(&directory.relative, &error);
                    continue;
                }
            };
            let mut names: Vec<_> = entries.flatten().map(|entry| entry.file_name()).collect();
            names.sort_unstable();
            // Waiting directories are taken from the end.
            for name in names.into_iter().rev() {
                let Some(name) = name.to_str() else {
                    self.unnameable(&directory.relative);
                    continue;
                };
                if name.starts_with('.') || BESIDE.contains(&name) {
                    continue;
                }
                let relative = if directory.relative.is_empty() {
                    name.to_owned()
                } else {
                    format!("{}/{name}", directory.relative)
                };
                let path = directory.path.join(name);
                let matched = wanted.is_some_and(|wanted| wanted.glob.is_match(&relative));
                if path.is_dir() {
                    let next = Directory {
                        relative,
                        all: directory.all || matched,
                        depth: directory.depth + 1,
                        path,
                    };
                    let list = if next.path.is_symlink() { &mut linked } else { &mut waiting };
                    list.push(next);
                } else if path.is_file() && (directory.all || matched) {
                    let named = matched && wanted.is_some_and(|wanted| wanted.names(name));
                    if named || is_known(&path) {
                        self.found.insert(relative, path);
                    } else {
                        self.not_known(&relative);
                    }
                }
            }
        }
    }

    fn finish(mut self, data: &Path) -> Discovery {
        // One file under two names would count its rows twice; its own name is preferred to that of a link.
        let mut own: BTreeMap<PathBuf, String> = BTreeMap::new();
        for (relative, path) in &self.found {
            let real = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
            let is_own = real.strip_prefix(&self.root).is_ok_and(|inside| slashed(inside) == *relative);
            match own.get_mut(&real) {
                None => {
                    own.insert(real, relative.clone());
                }
                Some(kept) => {
                    let dropped =
                        if is_own { std::mem::replace(kept, relative.clone()) } else { relative.clone() };
                    self.findings.push(Finding::of_file(
                        Level::Warning,
                        "files.same_file",
                        say!(
                            "`{dropped}` is the same file as `{kept}`; it is read once",
                            "`{dropped}` và `{kept}` là cùng một tệp; tệp chỉ được đọc một lần"
                        ),
                    ));
                }
            }
        }
        let kept: HashSet<&String> = own.values().collect();
        let files = self.found.keys().filter(|relative| kept.contains(relative)).map(|relative| DataFile {
            path: data.join(relative),
            relative: relative.clone(),
            constants: constants(relative),
        });
        let files = files.collect();
        self.findings.sort_by(|a, b| a.what.en.cmp(&b.what.en));
        self.findings.dedup();
        Discovery { files, findings: self.findings }
    }

    fn not_known(&mut self, relative: &str) {
        self.findings.push(Finding::of_file(
            Level::Warning,
            "files.unknown_kind",
            say!(
                "`{relative}` is of no known kind and is left out",
                "`{relative}` không thuộc loại tệp đọc được nên bị bỏ qua"
            ),
        ));
    }

    fn unreadable(&mut self, relative: &str, error: &std::io::Error) {
        self.findings.push(Finding::of_file(
            Level::Error,
            "files.unreadable_directory",
            say!(
                "the directory `{relative}` cannot be read: {error}",
                "không đọc được thư mục `{relative}`: {error}"
            ),
        ));
    }

    fn unnameable(&mut self, relative: &str) {
        self.findings.push(Finding::of_file(
            Level::Warning,
            "files.name_not_utf8",
            say!(
                "a file in `{relative}` has a name that is not UTF-8 and is left out",
                "có tệp trong `{relative}` mang tên không phải UTF-8 nên bị bỏ qua"
            ),
        ));
    }
}

struct Directory {
    relative: String,
    path: PathBuf,
    /// Whether all known files in it are wanted.
    all: bool,
    depth: usize,
}

struct Wanted {
    glob: GlobMatcher,
    /// The extension that the pattern spells out.
    extension: Option<String>,
}

impl Wanted {
    fn new(glob: GlobMatcher, pattern: &str) -> Self {
        let last = pattern.rsplit('/').next().unwrap_or(pattern);
        let spelled = extension(last).filter(|extension| extension.chars().all(char::is_alphanumeric));
        Self { glob, extension: spelled }
    }

    /// Whether the pattern asks for the file by its extension, known or not.
    fn names(&self, name: &str) -> bool {
        self.extension.is_some() && extension(name) == self.extension
    }
}

fn slashed(path: &Path) -> String {
    let parts = path.components().filter_map(|part| match part {
        Component::Normal(part) => part.to_str(),
        _ => None,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Columns that the directories of a path carry; the innermost of the same name counts.
fn constants(relative: &str) -> Vec<Constant> {
    let mut constants: Vec<Constant> = Vec::new();
    let directories = relative.rsplit_once('/').map_or("", |(directories, _)| directories);
    for part in directories.split('/') {
        let Some((name, value)) = part.split_once('=').filter(|(name, _)| !name.is_empty()) else { continue };
        let (name, value) = (percent_decoded(name), percent_decoded(value));
        constants.retain(|(earlier, _)| *earlier != name);
        constants.push((name, (value != HIVE_NULL).then_some(value)));
    }
    constants
}

/// Hive writes characters that a name cannot have as `%` and two hexadecimal digits.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        let code = (*byte == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|digits| std::str::from_utf8(digits).ok());
        match code
            .filter(|digits| !digits.starts_with('+'))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok())
        {
            Some(decoded) => {
                bytes.push(decoded);
                rest = &after[2..];
            }
            None => {
                bytes.push(*byte);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data(files: &[&str]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for file in files {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, if file.ends_with("magic") { "PAR1" } else { "a\n1\n" }).unwrap();
        }
        dir
    }

    fn found(dir: &tempfile::TempDir, patterns: &[&str]) -> (Vec<String>, Vec<&'static str>) {
        let patterns: Vec<String> = patterns.iter().map(ToString::to_string).collect();
        let found = discover(dir.path(), &patterns).unwrap();
        assert!(found.files.iter().all(|file| file.path.is_file()));
        let files = found.files.into_iter().map(|file| file.relative).collect();
        (files, found.findings.iter().map(|finding| finding.code).collect())
    }

    #[test]
    fn files_directories_and_globs() {
        let dir = data(&[
            "pop.parquet",
            "pop_1m.csv",
            "popular.doc",
            "population/b.csv.gz",
            "population/deep/a.tsv",
            "x.csv",
            ".hidden.csv",
            "population/_SUCCESS",
            "population/_metadata",
            "population/notes.md",
            "[odd].csv",
            "population/magic",
            "y.txt",
        ]);
        let all = |patterns: &[&str]| found(&dir, patterns).0;
        assert_eq!(all(&["x.csv"]), ["x.csv"]);
        assert_eq!(all(&["./[odd].csv"]), ["[odd].csv"]);
        assert_eq!(all(&["y.txt", "x.csv", "x.*"]), ["x.csv", "y.txt"], "named exactly, listed once");
        assert_eq!(all(&["*.txt"]), ["y.txt"]);
        assert_eq!(all(&["none.csv"]), [""; 0]);
        let inside = ["population/b.csv.gz", "population/deep/a.tsv", "population/magic"];
        assert_eq!(
            found(&dir, &["population/"]),
            (inside.map(String::from).to_vec(), vec!["files.unknown_kind"])
        );
        assert_eq!(all(&["population/*.csv.gz"]), inside[..1]);
        assert_eq!(all(&["**/*.tsv"]), inside[1..2]);
        assert_eq!(all(&["pop?(*"]), [""; 0]);
        let (files, findings) = found(&dir, &["pop*"]);
        assert_eq!(files, [&["pop.parquet", "pop_1m.csv"], &inside[..]].concat());
        assert_eq!(findings, ["files.unknown_kind", "files.unknown_kind"]);
    }

    #[test]
    fn paths_stay_inside() {
        let dir = data(&["a.csv"]);
        for pattern in ["/etc/passwd", "../a.csv", "b/../../a.csv", "C:\\a.csv", "\\\\host\\a", "b\\..\\c"] {
            assert!(
                discover(dir.path(), &[pattern.into()]).is_err_and(|error| error.hint.is_some()),
                "{pattern}"
            );
        }
        assert!(
            discover(dir.path(), &["[".into()]).is_err_and(|error| error.what.en.contains("not a pattern"))
        );
        let missing = discover(&dir.path().join("b"), &[]).unwrap_err();
        assert_eq!(missing.what.en, "the data directory does not exist");
    }

    #[test]
    fn directories_carry_columns() {
        let dir = data(&[
            "log/year=2026/month=11/x.csv",
            "log/year=2026/month=__HIVE_DEFAULT_PARTITION__/x%20=1/y.csv",
        ]);
        let found = discover(dir.path(), &["log".into()]).unwrap();
        let constant = |name: &str, value: &str| (name.to_owned(), Some(value.to_owned()));
        assert_eq!(found.files[0].constants, [constant("year", "2026"), constant("month", "11")]);
        assert_eq!(found.files[1].constants[1..], [("month".into(), None), constant("x ", "1")]);
        assert_eq!(percent_decoded("H%C3%A0%20N%+1%"), "Hà N%+1%");
        assert_eq!(constants("a=1/a=2/b"), [constant("a", "2")]);
    }

    #[cfg(unix)]
    #[test]
    fn links_neither_loop_nor_count_twice() {
        use std::os::unix::fs::symlink;
        let dir = data(&["real/a.csv", "real/b.csv"]);
        symlink(dir.path(), dir.path().join("real/loop")).unwrap();
        symlink("b.csv", dir.path().join("real/1.csv")).unwrap();
        symlink("real", dir.path().join("also")).unwrap();
        symlink("nowhere", dir.path().join("dangling.csv")).unwrap();
        for pattern in ["**", "**/*.csv"] {
            let (files, findings) = found(&dir, &[pattern]);
            assert_eq!(files, ["real/a.csv", "real/b.csv"]);
            assert_eq!(findings, ["files.same_file"]);
        }
    }
}
