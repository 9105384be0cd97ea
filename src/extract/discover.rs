//! Which files of a data directory belong to a table.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Component, Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::partition::Constant;
use super::{ExtractError, Finding, system};
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
    /// Sorted by the bytes of the relative path; empty if nothing matches. Whether a file can be read shows when it is
    /// opened: what matches is never left out for what it is.
    pub files: Vec<DataFile>,
    /// Those of level `Error` name what may hold further files of the table and cannot be looked into.
    pub findings: Vec<Finding>,
}

impl Discovery {
    /// Whether there may be files that were not found.
    pub fn is_incomplete(&self) -> bool {
        self.findings.iter().any(|finding| finding.level == Level::Error)
    }
}

/// Finds the files that any of the patterns names. A pattern is a file, a directory (all files in it) or a glob (`*`
/// `?` `[…]` `{…}`, `**` for any depth; one that meets a directory means all files in it), relative to `data`. Hidden
/// files count only where the pattern itself names them.
///
/// # Errors
/// The data directory cannot be read; a pattern is absolute, leads outside, or is malformed.
pub fn discover(data: &Path, patterns: &[String]) -> Result<Discovery, ExtractError> {
    let root = fs::canonicalize(data).map_err(|error| no_data(&error))?;
    if !root.is_dir() {
        return Err(no_data(&ErrorKind::NotADirectory.into()));
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
        ErrorKind::NotFound => {
            say!("the data directory does not exist", "thư mục dữ liệu không tồn tại")
        }
        ErrorKind::NotADirectory => {
            say!("the data directory is not a directory", "đường dẫn dữ liệu không phải thư mục")
        }
        _ => {
            let Text { en, vi } = system(error);
            say!("the data directory cannot be read: {en}", "không đọc được thư mục dữ liệu: {vi}")
        }
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
        if exact.is_dir() {
            self.walk(pattern, &exact, None);
            return Ok(());
        }
        // Also a link to nothing, a pipe …: opening it will say what it is.
        if exact.symlink_metadata().is_ok() {
            self.found.insert(pattern.to_owned(), exact);
            return Ok(());
        }
        let wanted = Wanted::new(pattern).ok_or_else(|| {
            ExtractError::new(say!("`{pattern}` is not a pattern", "`{pattern}` không phải mẫu tên hợp lệ"))
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
        match fs::metadata(&start) {
            Ok(metadata) if metadata.is_dir() => self.walk(&base, &start, Some(&wanted)),
            Ok(_) => {}
            // A link to nothing is there, and may stand for a share that is not mounted.
            Err(error) if error.kind() == ErrorKind::NotFound && start.symlink_metadata().is_err() => {}
            Err(error) => self.unreadable(&base, &error),
        }
        Ok(())
    }

    /// Takes the files beneath a directory: all of them, or those that a glob wants. Linked directories come after
    /// real ones, and each directory is entered once, so that links can neither loop nor multiply.
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
            let entries = fs::canonicalize(&directory.path).and_then(|real| {
                let fresh = entered.insert(real);
                fresh.then(|| fs::read_dir(&directory.path)?.collect::<Result<Vec<_>, _>>()).transpose()
            });
            let entries = match entries {
                Ok(Some(_)) if directory.depth > DEEPEST => {
                    self.too_deep(&directory.relative);
                    continue;
                }
                Ok(Some(entries)) => entries,
                Ok(None) => continue,
                Err(error) => {
                    self.unreadable(&directory.relative, &error);
                    continue;
                }
            };
            let mut names: Vec<_> = entries.into_iter().map(|entry| entry.file_name()).collect();
            names.sort_unstable();
            // Waiting directories are taken from the end.
            for name in names.into_iter().rev() {
                let path = directory.path.join(&name);
                let shown = name.to_string_lossy();
                let relative = match directory.relative.as_str() {
                    "" => shown.clone().into_owned(),
                    folder => format!("{folder}/{shown}"),
                };
                let matched = wanted.is_some_and(|wanted| wanted.glob.is_match(&relative));
                let left_out = shown.starts_with('.') || BESIDE.contains(&shown.as_ref());
                if left_out && !(matched && wanted.is_some_and(|wanted| wanted.hidden)) {
                    continue;
                }
                let all = directory.all || matched;
                let beneath = || all || wanted.is_some_and(|wanted| wanted.beneath(&relative));
                match fs::metadata(&path) {
                    // Its path could not be written down: neither in a rule file nor in a scorecard.
                    Ok(metadata) if name.to_str().is_none() => {
                        if all || metadata.is_dir() && beneath() {
                            self.unnameable(&relative);
                        }
                    }
                    Ok(metadata) if metadata.is_dir() => {
                        if beneath() {
                            let list = if path.is_symlink() { &mut linked } else { &mut waiting };
                            list.push(Directory { relative, all, depth: directory.depth + 1, path });
                        }
                    }
                    // What is not a file either, or leads nowhere, says so when it is opened.
                    _ if all => {
                        self.found.insert(relative, path);
                    }
                    Ok(_) => {}
                    // It could be a directory that holds files of the table.
                    Err(error) if beneath() => self.unreadable(&relative, &error),
                    Err(_) => {}
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

    fn unreadable(&mut self, relative: &str, error: &std::io::Error) {
        let Text { en, vi } = system(error);
        let what = match relative {
            "" => say!("the data directory cannot be read: {en}", "không đọc được thư mục dữ liệu: {vi}"),
            name => {
                say!("the directory `{name}` cannot be read: {en}", "không đọc được thư mục `{name}`: {vi}")
            }
        };
        self.lost("files.unreadable_directory", what);
    }

    fn too_deep(&mut self, relative: &str) {
        self.lost(
            "files.too_deep",
            say!(
                "the directory `{relative}` is more than {DEEPEST} levels deep and is not looked into",
                "thư mục `{relative}` nằm sâu hơn {DEEPEST} cấp nên không được xét"
            ),
        );
    }

    fn unnameable(&mut self, relative: &str) {
        self.lost(
            "files.name_not_utf8",
            say!(
                "`{relative}` has a name that is not UTF-8 and cannot be read",
                "`{relative}` mang tên không phải UTF-8 nên không đọc được"
            ),
        );
    }

    fn lost(&mut self, code: &'static str, what: Text) {
        self.findings.push(Finding::of_file(Level::Error, code, what));
    }
}

struct Directory {
    relative: String,
    path: PathBuf,
    /// Whether all files in it are wanted.
    all: bool,
    depth: usize,
}

/// What a pattern matches, and what may hold something that it matches.
struct Wanted {
    glob: GlobMatcher,
    /// The pattern's directories, outermost first, as far as each part of it stands for one.
    above: Vec<GlobMatcher>,
    /// What is beneath them, if the pattern reaches any depth.
    below: Option<GlobMatcher>,
    /// Whether the pattern names hidden files.
    hidden: bool,
}

impl Wanted {
    /// `None` if it is not a pattern.
    fn new(pattern: &str) -> Option<Self> {
        let matcher = |pattern: &str| {
            GlobBuilder::new(pattern).literal_separator(true).build().ok().map(|glob| glob.compile_matcher())
        };
        let parts: Vec<&str> = pattern.split('/').collect();
        // `**`, and braces with a slash inside.
        let reaches =
            |part: &&str| part.contains("**") || part.matches('{').count() != part.matches('}').count();
        let single = parts.iter().position(reaches).unwrap_or(parts.len());
        let above = (1..=single.min(parts.len() - 1)).map(|depth| matcher(&parts[..depth].join("/")));
        let below = match parts[..single].join("/") {
            _ if single == parts.len() => None,
            base if base.is_empty() => Some(matcher("**")?),
            base => Some(matcher(&(base + "/**"))?),
        };
        let hidden = parts.iter().any(|part| part.starts_with('.'));
        Some(Self { glob: matcher(pattern)?, above: above.collect::<Option<_>>()?, below, hidden })
    }

    /// Whether something in that directory may match.
    fn beneath(&self, directory: &str) -> bool {
        let depth = directory.matches('/').count();
        match self.above.get(depth) {
            Some(part) => part.is_match(directory),
            None => self.below.as_ref().is_some_and(|below| below.is_match(directory)),
        }
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
        let with_notes =
            ["population/b.csv.gz", "population/deep/a.tsv", "population/magic", "population/notes.md"];
        assert_eq!(found(&dir, &["population/"]), (with_notes.map(String::from).to_vec(), vec![]));
        assert_eq!(all(&["population/*.csv.gz"]), inside[..1]);
        assert_eq!(all(&["**/*.tsv"]), inside[1..2]);
        assert_eq!(all(&["pop?(*"]), [""; 0]);
        let (files, findings) = found(&dir, &["pop*"]);
        assert_eq!(files, [&["pop.parquet", "pop_1m.csv", "popular.doc"], &with_notes[..]].concat());
        assert_eq!(findings, [""; 0]);
        assert_eq!(all(&[".h*"]), [".hidden.csv"]);
        assert_eq!(all(&["{pop_*,population/deep/*}"]), ["pop_1m.csv", "population/deep/a.tsv"]);
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
            let discovery = discover(dir.path(), &[pattern.into()]).unwrap();
            let files: Vec<_> = discovery.files.iter().map(|file| file.relative.as_str()).collect();
            assert_eq!(files, ["dangling.csv", "real/a.csv", "real/b.csv"]);
            assert_eq!(discovery.findings.iter().map(|f| f.code).collect::<Vec<_>>(), ["files.same_file"]);
        }
    }

    #[cfg(unix)]
    #[test]
    fn what_may_hold_files_and_cannot_be_looked_into_is_named() {
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::fs::symlink;
        let dir = data(&["a.csv", "b/c.csv", "b/d/e/f.csv"]);
        symlink("nowhere", dir.path().join("share")).unwrap();
        fs::write(dir.path().join(std::ffi::OsStr::from_bytes(b"b/\xff.csv")), "a\n1\n").unwrap();
        let lost = |pattern: &str| {
            let found = discover(dir.path(), &[pattern.into()]).unwrap();
            assert!(found.is_incomplete() == found.findings.iter().any(|f| f.level == Level::Error));
            found.findings.iter().map(|f| (f.code, f.what.en.clone())).collect::<Vec<_>>()
        };
        let codes = |pattern: &str| lost(pattern).into_iter().map(|(code, _)| code).collect::<Vec<_>>();
        assert_eq!(codes("*.csv"), [""; 0]);
        assert_eq!(codes("b/c*"), [""; 0]);
        assert_eq!(codes("b/*.csv"), ["files.name_not_utf8"]);
        assert_eq!(codes("*/*.csv"), ["files.name_not_utf8", "files.unreadable_directory"]);
        assert_eq!(codes("**/c.csv"), ["files.unreadable_directory"]);
        assert!(lost("share/*.csv")[0].1.contains("`share`"));
        let deep = "x/".repeat(DEEPEST + 2);
        fs::create_dir_all(dir.path().join("deep").join(&deep)).unwrap();
        assert_eq!(codes("deep"), ["files.too_deep"]);
    }
}
