//! The order of the house: which module may know which, and what is done in one place only.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::stage::root;

/// Bottom to top; a floor imports from floors below it and from itself.
const FLOORS: [&str; 13] = [
    "base", "state", "kernel", "format", "extract", "rule", "kind", "engine", "score", "history", "report",
    "generate", "cli",
];

/// A source file without its comments and its tests.
struct Source {
    /// Relative to `src`, with `/`.
    path: String,
    code: String,
}

impl Source {
    fn floor(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        FLOORS.into_iter().find(|floor| *floor == first)
    }

    /// Where a pattern occurs, as `path:line`.
    fn places(&self, pattern: &Regex) -> Vec<String> {
        pattern
            .find_iter(&self.code)
            .map(|found| {
                let line = self.code[..found.start()].matches('\n').count() + 1;
                format!("{}:{line}: {}", self.path, found.as_str())
            })
            .collect()
    }
}

fn sources() -> Vec<Source> {
    let src = root().join("src");
    let mut paths = Vec::new();
    collect(&src, &mut paths);
    paths.sort();
    let mut tests = BTreeSet::new();
    let mut sources = Vec::new();
    for path in &paths {
        let text = fs::read_to_string(path).expect("a source file");
        let code = without_tests(&text, path, &mut tests);
        let relative = path.strip_prefix(&src).expect("a file of src").to_string_lossy().replace('\\', "/");
        sources.push((path.clone(), Source { path: relative, code }));
    }
    let kept = sources.into_iter().filter(|(path, _)| !tests.contains(path)).map(|(_, source)| source);
    let kept: Vec<Source> = kept.collect();
    assert!(kept.len() > 50, "the sources were found");
    kept
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            paths.push(path);
        }
    }
}

/// Blanks comments and test modules, keeping line numbers; notes files that are only compiled for tests.
fn without_tests(text: &str, path: &Path, tests: &mut BTreeSet<PathBuf>) -> String {
    let mut code = String::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        if line.trim() == "#[cfg(test)]" {
            code.push('\n');
            let next = lines.peek().copied().unwrap_or_default().trim();
            match next.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(';')) {
                Some(name) => {
                    let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
                    let folder = path.parent().expect("a folder");
                    let folder = match stem.as_str() {
                        "mod" | "lib" | "main" => folder.to_owned(),
                        _ => folder.join(&stem),
                    };
                    tests.insert(folder.join(format!("{name}.rs")));
                    tests.insert(folder.join(name).join("mod.rs"));
                    lines.next();
                    code.push('\n');
                }
                None if next.starts_with("mod ") => break,
                // A single item for tests.
                None => {}
            }
            continue;
        }
        if !line.trim_start().starts_with("//") {
            code.push_str(line);
        }
        code.push('\n');
    }
    code
}

/// The modules that a text names as `crate::x` or `crate::{x, y::z}`, with the places.
fn named(source: &Source) -> Vec<(String, usize)> {
    let mut found = Vec::new();
    for (at, _) in source.code.match_indices("crate::") {
        let line = source.code[..at].matches('\n').count() + 1;
        let rest = &source.code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut word, mut first) = (1, String::new(), true);
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                let part_of_name = c.is_alphanumeric() || c == '_';
                if depth == 1 && first && part_of_name {
                    word.push(c);
                } else if !word.is_empty() {
                    found.push((std::mem::take(&mut word), line));
                    first = false;
                }
                if depth == 1 && c == ',' {
                    first = true;
                }
                if depth == 0 {
                    break;
                }
            }
        } else {
            let word: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            found.push((word, line));
        }
    }
    found
}

#[test]
fn floors_import_from_below_only() {
    let height = |floor: &str| FLOORS.iter().position(|known| *known == floor);
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(own) = source.floor() else { continue };
        for (module, line) in named(&source) {
            if let Some(other) = height(&module)
                && Some(other) > height(own)
            {
                wrong.push(format!("{}:{line}: `{own}` names `{module}`, which is above it", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn kinds_and_extracts_do_not_know_each_other() {
    let mut wrong = Vec::new();
    for source in sources() {
        let foreign = match source.floor() {
            Some("kind") => "extract",
            Some("extract") => "kind",
            _ => continue,
        };
        let names = named(&source);
        let found = names.iter().filter(|(module, _)| module == foreign);
        wrong.extend(found.map(|(_, line)| format!("{}:{line}: {foreign}", source.path)));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// No file but those that `allowed` names matches.
fn only_in(pattern: &str, allowed: impl Fn(&str) -> bool) {
    let pattern = Regex::new(pattern).expect("a pattern");
    let sources = sources();
    let wrong: Vec<String> = sources
        .iter()
        .filter(|source| !allowed(&source.path))
        .flat_map(|source| source.places(&pattern))
        .collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn one_folder_knows_the_expression_library() {
    only_in(r"\bdatafusion", |path| path.starts_with("kernel/expression/"));
}

#[test]
fn one_floor_knows_the_database_library() {
    only_in(r"\brusqlite", |path| path.starts_with("history/"));
}

#[test]
fn one_file_is_unsafe() {
    only_in(r"\bunsafe\b", |path| path == "extract/views.rs");
}

#[test]
fn only_commands_print_and_read_clock_and_environment() {
    let outside = r"\b(print|println|eprint|eprintln|dbg)!|\bSystemTime\b|\bInstant\b|\bstd::env\b";
    only_in(outside, |path| path.starts_with("cli/"));
}

#[test]
fn one_folder_knows_the_network() {
    only_in(r"\b(ureq|lettre|rustls|TcpStream|TcpListener|UdpSocket)\b", |path| {
        path.starts_with("cli/notify/")
    });
}

#[test]
fn scores_are_without_floats() {
    only_in(r"\bf(32|64)\b", |path| !path.starts_with("score/") && !path.starts_with("history/"));
}

#[test]
fn one_arrow() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).expect("Cargo.lock");
    assert_eq!(lock.matches("name = \"arrow-array\"\n").count(), 1);
}
