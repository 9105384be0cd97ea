//! Runs the literate specs of `tests/kinds/`: one file for each kind, whose examples are executed.
//!
//! An example is a series of fenced blocks that an `outcome` block ends:
//!
//! - `yaml`: the body of table `t` without `files`; with a name behind it, of that table; with `database` behind it,
//!   further keys of the rule file. `as_of=…` behind it sets the moment of the run.
//! - `csv`: a file of table `t`, or of the table that is named behind it. `\u{…}` stands for a character, and a line
//!   that begins with `700× ` for 700 lines.
//! - `before`: a file of the table as an earlier run has found it, whose rows this one is compared with; tables without such a
//!   block were as they are.
//! - `file`: another file, under the name behind it.
//! - `outcome`: a line for each rule with its counts, then figures, `status`, `points` (`none`: it has none) and
//!   `when_unknown` as far as they matter; `clean: 3 of 4` for the clean records.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use tempfile::TempDir;
use thuocdo::engine::Budget;
use thuocdo::kind::KINDS;
use thuocdo::score::scorecard::{RuleCard, TableCard};

use crate::measure;
use crate::stage::root;

struct Example {
    /// Line of the spec on which it begins.
    line: usize,
    as_of: String,
    database: String,
    tables: Vec<(String, String)>,
    files: Vec<(String, String)>,
    before: Vec<(String, String)>,
    others: Vec<(String, String)>,
    outcome: String,
}

impl Example {
    fn new(line: usize) -> Self {
        Self {
            line,
            as_of: "2026-11-21".to_owned(),
            database: String::new(),
            tables: Vec::new(),
            files: Vec::new(),
            before: Vec::new(),
            others: Vec::new(),
            outcome: String::new(),
        }
    }
}

#[test]
fn every_kind_keeps_its_spec() {
    let folder = root().join("tests/kinds");
    let mut wrong = Vec::new();
    for kind in KINDS {
        let name = kind.about().name;
        let path = folder.join(format!("{name}.md"));
        let Ok(text) = fs::read_to_string(&path) else {
            wrong.push(format!("{name}.md: the kind has no spec"));
            continue;
        };
        let examples = examples(&text);
        let uses = |example: &Example| example.tables.iter().any(|(_, body)| body.contains(name));
        if !examples.iter().any(uses) {
            wrong.push(format!("{name}.md: no example uses the kind"));
        }
        for example in &examples {
            let found = mismatches(example);
            wrong.extend(found.into_iter().map(|what| format!("{name}.md:{}: {what}", example.line)));
        }
    }
    let specs = fs::read_dir(&folder).expect("the folder of specs");
    for entry in specs {
        let name = entry.expect("a spec").file_name().to_string_lossy().into_owned();
        if !KINDS.iter().any(|kind| name == format!("{}.md", kind.about().name)) {
            wrong.push(format!("{name}: there is no such kind"));
        }
    }
    assert!(wrong.is_empty(), "{} mismatches\n{}", wrong.len(), wrong.join("\n"));
}

fn examples(text: &str) -> Vec<Example> {
    let mut examples = Vec::new();
    let mut current: Option<Example> = None;
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else { continue };
        let body: Vec<&str> =
            lines.by_ref().map(|(_, line)| line).take_while(|line| !line.starts_with("```")).collect();
        let body: String = body.iter().flat_map(|line| [*line, "\n"]).collect();
        let example = current.get_or_insert_with(|| Example::new(at + 1));
        let mut words = info.split_whitespace();
        let language = words.next().unwrap_or_default();
        let mut name = "t";
        for word in words {
            match word.strip_prefix("as_of=") {
                Some(as_of) => as_of.clone_into(&mut example.as_of),
                None => name = word,
            }
        }
        match language {
            "yaml" if name == "database" => example.database.push_str(&body),
            "yaml" => example.tables.push((name.to_owned(), body)),
            "csv" => example.files.push((name.to_owned(), body)),
            "before" => example.before.push((name.to_owned(), body)),
            "file" => example.others.push((name.to_owned(), body)),
            "outcome" => {
                example.outcome = body;
                examples.extend(current.take());
            }
            other => panic!("line {}: blocks are yaml, csv, before, file or outcome, not `{other}`", at + 1),
        }
    }
    assert!(current.is_none(), "the last example has no outcome");
    examples
}

fn mismatches(example: &Example) -> Vec<String> {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in &example.others {
        fs::write(folder.path().join(name), text).expect("a file");
    }
    write(folder.path(), &example.files);
    let mut rules = format!("thuocdo: 1\ndatabase: spec\n{}tables:\n", example.database);
    for (table, body) in &example.tables {
        let _ = write!(rules, "  {table}:\n    files: \"{table}_*.csv\"\n");
        for line in body.lines() {
            let _ = writeln!(rules, "    {line}");
        }
    }
    let database = match measure::database(&rules, folder.path()) {
        Ok(database) => database,
        Err(said) => return vec![format!("the rules are refused: {said}\n{rules}")],
    };
    let card = if example.before.is_empty() {
        measure::score(&database, folder.path(), &example.as_of, 2)
    } else {
        let earlier = TempDir::new().expect("a folder");
        let was = |table: &String| example.before.iter().any(|(other, _)| other == table);
        let same = example.files.iter().filter(|(table, _)| !was(table));
        write(earlier.path(), &example.before.iter().chain(same).cloned().collect::<Vec<_>>());
        measure::score_after(
            &database,
            [earlier.path(), folder.path()],
            &example.as_of,
            2,
            &Budget::unlimited(),
        )
    };
    let table = measure::table(&card, "t");
    let mut wrong = Vec::new();
    let mut listed = Vec::new();
    for line in example.outcome.lines().filter(|line| !line.is_empty()) {
        let (subject, expected) = line.split_once(": ").unwrap_or((line, ""));
        if subject == "clean" {
            let clean = table.clean.map_or("none".to_owned(), |clean| clean.to_string());
            let got = format!("{clean} of {}", table.rows);
            if got != expected {
                wrong.push(format!("clean: expected {expected}, got {got}"));
            }
            continue;
        }
        listed.push(subject);
        match table.rules.iter().find(|rule| rule.id == subject) {
            Some(rule) => wrong.extend(differences(rule, expected)),
            None => wrong.push(format!("{subject}: there is no such rule in {:?}", ids(table))),
        }
    }
    let written = database.tables.iter().filter(|table| table.id.value == "t").flat_map(|table| &table.rules);
    for rule in written.filter(|rule| !rule.implied && !listed.contains(&rule.id.as_str())) {
        wrong.push(format!("{}: the outcome says nothing of it", rule.id));
    }
    wrong
}

/// Writes files, which are numbered table by table.
fn write(folder: &Path, files: &[(String, String)]) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (table, text) in files {
        let count = counts.entry(table).or_default();
        *count += 1;
        fs::write(folder.join(format!("{table}_{count}.csv")), written(text)).expect("a file");
    }
}

fn ids(table: &TableCard) -> Vec<&str> {
    table.rules.iter().map(|rule| rule.id.as_str()).collect()
}

fn differences(rule: &RuleCard, expected: &str) -> Vec<String> {
    let mut parts = expected.split("; ");
    let counts = parts.next().unwrap_or_default();
    let RuleCard { id, pass, fail, na, unknown, .. } = rule;
    let got = format!("pass {pass}, fail {fail}, na {na}, unknown {unknown}");
    let mut wrong = Vec::new();
    if got != counts {
        let note = rule.note.as_ref().map_or("", |note| &note.en);
        wrong.push(format!("{id}: expected {counts}, got {got} {note}"));
    }
    let status = serde_json::to_value(rule.status).expect("a word");
    let mut status_expected = "measured";
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let found: Vec<String> = match name {
            "points" => vec![rule.points.clone().unwrap_or_else(|| "none".to_owned())],
            "when_unknown" => vec![rule.when_unknown.to_string()],
            "status" => {
                status_expected = value;
                continue;
            }
            _ => {
                let named = rule.figures.iter().filter(|figure| figure.name == name);
                named.map(|figure| figure.value.clone()).collect()
            }
        };
        if !found.iter().any(|found| found == value) {
            wrong.push(format!("{id}: expected {name}={value}, got {found:?}"));
        }
    }
    if status != status_expected {
        wrong.push(format!("{id}: expected status {status_expected}, got {status}"));
    }
    wrong
}

/// A file as its block means it.
fn written(block: &str) -> String {
    let mut text = String::new();
    for line in block.lines() {
        let (times, line) = match line.split_once("× ") {
            Some((times, rest)) if times.parse::<usize>().is_ok() => {
                (times.parse::<usize>().expect("a number"), rest)
            }
            _ => (1, line),
        };
        let line = unescaped(line);
        for _ in 0..times {
            text.push_str(&line);
            text.push('\n');
        }
    }
    text
}

fn unescaped(line: &str) -> String {
    let mut text = String::new();
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("\\u{") {
        let (digits, after) = after.split_once('}').expect("`\\u{` is closed");
        let code = u32::from_str_radix(digits, 16).expect("hexadecimal digits");
        text.push_str(before);
        text.push(char::from_u32(code).expect("a character"));
        rest = after;
    }
    text + rest
}
