//! Baselines: how often each value occurred when a column was last found to be in order.

use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;

use hashbrown::HashSet;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::arguments::Field;
use super::kind::ParseContext;
use super::node::{Node, Value};
use super::reader::InputFile;
use crate::base::{Level, Text};
use crate::extract::{self, Chunk, Finding, Sink, TextOptions};
use crate::kernel::TextColumn;
use crate::kernel::text::canonical;
use crate::say;

/// Values, or the lower edges of intervals, with their counts. None is there twice, and some count is not 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Baseline {
    /// The entries are lower edges: the column `lower` of a file says so.
    pub edges: bool,
    /// Canonical values.
    pub counts: Vec<(String, u64)>,
}

impl JsonSchema for Baseline {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Baseline".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "anyOf": [
            { "type": "string" },
            { "type": "object", "additionalProperties": { "type": "integer", "minimum": 0 } }
        ] })
    }
}

/// `{ value: count, … }`, or the path of a CSV file with the columns `value,count` or `lower,count`, relative to the
/// folder of the rule file.
impl Field for Baseline {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let read = match &node.value {
            Value::Scalar { text, .. } => {
                if let Ok(print) = extract::fingerprint(&context.folder.join(text)) {
                    context.reader.inputs.push(InputFile { name: text.clone(), blake3: print.blake3 });
                }
                of_file(text, context.folder)
            }
            _ => {
                let entries = context.reader.entries(node)?;
                let counts = entries.into_iter().map(|(value, count)| {
                    let count = context.reader.text(count)?;
                    Some((value.value.clone(), count.value))
                });
                Self::new(false, counts.collect::<Option<Vec<_>>>()?)
            }
        };
        read.map_err(|what| context.reader.error(&node.span, what)).ok()
    }
}

impl Baseline {
    /// Counts are still as written.
    fn new(edges: bool, entries: Vec<(String, String)>) -> Result<Self, Text> {
        let mut seen = HashSet::new();
        let mut counts = Vec::with_capacity(entries.len());
        for (at, (value, count)) in entries.into_iter().enumerate() {
            let (entry, value) = (at + 1, canonical(&value).into_owned());
            let count = canonical(&count).parse().map_err(|_| {
                say!(
                    "the count of entry {entry} of the baseline is not a whole number of at least 0",
                    "số lượng ở mục {entry} của phân bố gốc không phải số nguyên từ 0 trở lên"
                )
            })?;
            if !seen.insert(value.clone()) {
                return Err(say!(
                    "the value of entry {entry} stands in the baseline twice",
                    "giá trị ở mục {entry} xuất hiện hai lần trong phân bố gốc"
                ));
            }
            counts.push((value, count));
        }
        if counts.iter().all(|(_, count)| *count == 0) {
            return Err(say!("the baseline is empty", "phân bố gốc trống"));
        }
        Ok(Self { edges, counts })
    }
}

fn of_file(file: &str, folder: &Path) -> Result<Baseline, Text> {
    let failed = |what: Text| Text {
        en: format!("baseline file `{file}` cannot be used: {}", what.en),
        vi: format!("không dùng được tệp phân bố gốc `{file}`: {}", what.vi),
    };
    let source =
        extract::open(&folder.join(file), &TextOptions::default()).map_err(|error| failed(error.what))?;
    let schema = source.schema();
    let place = |name: &str| schema.fields().iter().position(|field| field.name() == name);
    let (value, count, edges) = match (place("value"), place("lower"), place("count")) {
        (Some(value), None, Some(count)) => (value, count, false),
        (None, Some(lower), Some(count)) => (lower, count, true),
        _ => {
            return Err(failed(say!(
                "its columns must be `value` and `count`, or `lower` and `count`",
                "các cột phải là `value` và `count`, hoặc `lower` và `count`"
            )));
        }
    };
    let mut entries = Entries { swapped: count < value, ..Entries::default() };
    for piece in source.pieces(&[value.min(count), value.max(count)]) {
        piece.and_then(|piece| piece.read(&mut entries)).map_err(|error| failed(error.what))?;
    }
    match entries.problem {
        Some(problem) => Err(failed(problem)),
        None => Baseline::new(edges, entries.rows).map_err(failed),
    }
}

/// Collects pairs of a value and a count.
#[derive(Default)]
struct Entries {
    /// The count comes first.
    swapped: bool,
    rows: Vec<(String, String)>,
    problem: Option<Text>,
}

impl Sink for Entries {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        let columns: Vec<TextColumn> = chunk.batch.columns().iter().filter_map(TextColumn::of).collect();
        let [first, second] = columns.as_slice() else { return ControlFlow::Break(()) };
        let (values, counts) = if self.swapped { (second, first) } else { (first, second) };
        for row in 0..values.len() {
            let text = |column: &TextColumn| column.get(row).unwrap_or_default().to_owned();
            self.rows.push((text(values), text(counts)));
        }
        ControlFlow::Continue(())
    }

    fn finding(&mut self, finding: Finding) {
        // A torn row would be a value that the baseline lacks.
        if finding.level == Level::Error {
            self.problem.get_or_insert(finding.what);
        }
    }

    fn consumed(&mut self, _bytes: u64) {}
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(text: &str) -> Result<Baseline, String> {
        let folder = tempfile::tempdir().expect("a folder");
        fs::write(folder.path().join("goc.csv"), text).expect("a file");
        of_file("goc.csv", folder.path()).map_err(|what| what.en)
    }

    #[test]
    fn files_are_read() {
        let counts = vec![("Nam".to_owned(), 3), ("Nữ".to_owned(), 0)];
        assert_eq!(read("value,count\nNam,3\nNữ,0\n"), Ok(Baseline { edges: false, counts: counts.clone() }));
        assert_eq!(read("count,note,lower\n3,x,Nam\n0,,Nữ \n"), Ok(Baseline { edges: true, counts }));
    }

    #[test]
    fn what_is_wrong_is_said() {
        for (text, said) in [
            ("value,count\n", "the baseline is empty"),
            ("value,count\na,0\n", "the baseline is empty"),
            ("value,count\na,-1\n", "entry 1 of the baseline is not a whole number"),
            ("value,count\na,1\nb,x\n", "entry 2 of the baseline is not a whole number"),
            ("value,count\na,1\n a,2\n", "entry 2 stands in the baseline twice"),
            ("ma,so\na,1\n", "its columns must be"),
        ] {
            let error = read(text).expect_err(text);
            assert!(error.contains(said), "{error}");
        }
        let error = of_file("khong_co.csv", Path::new("/nowhere")).expect_err("no file");
        assert!(error.en.contains("khong_co.csv") && error.en.contains("does not exist"), "{}", error.en);
    }
}
