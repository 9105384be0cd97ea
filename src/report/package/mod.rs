//! What was found of an exchange package: a page, and JUnit. Names and texts come from files that strangers made.

mod junit;
mod term;

pub use junit::junit;
pub use term::term;

use crate::base::{Lang, Text};
use crate::engine::package::report::{Finding, Level};
use crate::report::number;
use crate::say;

/// Files, after which their findings follow.
fn by_file(findings: &[Finding]) -> impl Iterator<Item = (&str, &[Finding])> {
    findings.chunk_by(|one, other| one.file == other.file).map(|chunk| (chunk[0].file.as_str(), chunk))
}

fn level(level: Level) -> Text {
    match level {
        Level::Wrong => say!("wrong", "sai"),
        Level::Unknown => say!("not checked", "chưa kiểm tra được"),
        Level::Note => say!("note", "lưu ý"),
    }
}

/// Where a finding occurred, and how often.
fn place(finding: &Finding, lang: Lang) -> String {
    let line = finding.line.map(|line| number::count(line, lang));
    let line = line.map(|line| say!("line {line}", "dòng {line}").get(lang).to_owned());
    let times = (finding.count > 1).then(|| number::count(finding.count, lang));
    let times = times.map(|times| say!("{times} times", "{times} lần").get(lang).to_owned());
    [line, finding.pointer.clone(), times].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}
