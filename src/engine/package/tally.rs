//! What is found in files of messages, each thing once however often it occurs.

use indexmap::IndexMap;

use super::json::{Beyond, Unusable};
use super::report::{Code, Finding, Level, MessageCounts};
use super::structure::Break;
use crate::base::Text;
use crate::say;

/// What was found of a file.
pub struct Judged {
    pub counts: MessageCounts,
    pub findings: Vec<Finding>,
}

/// What the same finding is known by, wherever it occurs.
#[derive(PartialEq, Eq, Hash)]
struct Fault {
    level: Level,
    code: Code,
    rule: Option<String>,
    what: Text,
}

/// Where it occurred first, and how often it did.
struct Occurrences {
    line: Option<u64>,
    pointer: Option<String>,
    count: u64,
}

#[derive(Default)]
pub struct Tally {
    pub counts: MessageCounts,
    faults: IndexMap<Fault, Occurrences>,
}

impl Tally {
    pub fn add(
        &mut self,
        level: Level,
        code: Code,
        line: Option<u64>,
        pointer: Option<String>,
        rule: Option<String>,
        what: Text,
    ) {
        let fault = Fault { level, code, rule, what };
        self.faults.entry(fault).or_insert(Occurrences { line, pointer, count: 0 }).count += 1;
    }

    pub fn broken(&mut self, line: Option<u64>, before: &str, found: Break) {
        let Break { pointer, rule, what: Text { en, vi } } = found;
        // Items of one list break a rule as one.
        let shown = if pointer.is_empty() { String::new() } else { format!("`{}` ", starred(&pointer)) };
        let pointer = format!("{before}{pointer}");
        let place = (!pointer.is_empty()).then_some(pointer);
        let what = say!("{shown}{en}", "{shown}{vi}");
        self.add(Level::Wrong, Code::Structure, line, place, Some(rule), what);
    }

    pub fn unusable(&mut self, unusable: Unusable, number: Option<u64>) {
        self.counts.messages += 1;
        match unusable {
            Unusable::Malformed(line) => {
                self.counts.wrong += 1;
                let what = say!("it is not well-formed JSON", "JSON sai cú pháp");
                self.add(Level::Wrong, Code::NotJson, Some(line), None, None, what);
            }
            Unusable::Beyond(beyond) => {
                self.counts.unchecked += 1;
                let what = match beyond {
                    Beyond::Depth => say!(
                        "it is nested deeper than 128 levels and was not looked into",
                        "lồng sâu quá 128 cấp nên không được kiểm tra"
                    ),
                    Beyond::Number => say!(
                        "it has a number greater than programs can hold (1.8e308), and was not looked into",
                        "có số lớn hơn mức chương trình lưu được (1.8e308) nên không được kiểm tra"
                    ),
                    Beyond::Character => say!(
                        "it has an escape that is half of a character (`\\ud800` to `\\udfff`), and was not looked into",
                        "có mã thoát chỉ là nửa ký tự (`\\ud800` đến `\\udfff`) nên không được kiểm tra"
                    ),
                };
                self.add(Level::Unknown, Code::TooLarge, number, None, None, what);
            }
        }
    }

    pub fn not_utf8(&mut self, line: Option<u64>) {
        self.counts.messages += 1;
        self.counts.wrong += 1;
        let what =
            say!("it is not UTF-8 text, which JSON must be", "không phải văn bản UTF-8 như JSON yêu cầu");
        self.add(Level::Wrong, Code::NotJson, line, None, None, what);
    }

    pub fn too_large(&mut self, line: Option<u64>, what: Text) {
        self.counts.messages += 1;
        self.counts.unchecked += 1;
        self.add(Level::Unknown, Code::TooLarge, line, None, None, what);
    }

    pub fn is_sound(&self) -> bool {
        self.faults.is_empty()
    }

    /// `other` comes later in the file.
    pub fn merge(&mut self, other: Self) {
        self.counts.add(other.counts);
        for (fault, occurrences) in other.faults {
            match self.faults.get_mut(&fault) {
                Some(known) => known.count += occurrences.count,
                None => drop(self.faults.insert(fault, occurrences)),
            }
        }
    }

    pub fn judged(self) -> Judged {
        let findings = self.faults.into_iter().map(|(fault, occurrences)| Finding {
            level: fault.level,
            code: fault.code,
            file: String::new(),
            line: occurrences.line,
            pointer: occurrences.pointer,
            rule: fault.rule,
            count: occurrences.count,
            text: fault.what,
        });
        Judged { counts: self.counts, findings: findings.collect() }
    }
}

fn starred(pointer: &str) -> String {
    let part = |part: &str| match !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()) {
        true => "*".to_owned(),
        false => part.to_owned(),
    };
    pointer.split('/').map(part).collect::<Vec<_>>().join("/")
}
