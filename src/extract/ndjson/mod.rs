//! JSON Lines (newline-delimited JSON): one object a line.
//!
//! Every value comes as text, as written: a number keeps its digits, a nested value is its JSON. `null` and a
//! missing key are NULL, `""` is an empty text.

mod object;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{RecordBatch, RecordBatchOptions};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use indexmap::IndexSet;

use self::object::{Unusable, Value, members, unescaped, walk};
use super::blocks::{AtLines, BLOCK, Block, Blocks};
use super::found::{Code, Found, Marks, marked};
use super::input::Input;
use super::sample::{MOST_COLUMNS, Sample, byte_order_mark, too_wide};
use super::views::{TextColumns, Utf8Block, batch_rows};
use super::{Chunk, ExtractError, Finding, Piece, Pieces, Sink, Source, Verbatim};
use crate::say;

/// One file of JSON objects.
pub struct NdjsonSource {
    path: PathBuf,
    schema: SchemaRef,
    findings: Vec<Finding>,
    block: usize,
}

impl NdjsonSource {
    /// Looks through the file for the columns: every key that any object has, in the order in which they are first
    /// seen. A key that comes late is a column like the others.
    ///
    /// # Errors
    /// The file cannot be read, is empty, or has no object among its first lines.
    pub fn open(path: &Path) -> Result<Self, ExtractError> {
        Self::open_with(path, BLOCK)
    }

    /// As [`NdjsonSource::open`], with blocks of another size.
    ///
    /// # Errors
    /// As [`NdjsonSource::open`].
    pub fn open_with(path: &Path, block: usize) -> Result<Self, ExtractError> {
        let mut sample = Sample::read(path)?;
        while !sample.bytes.contains(&b'\n') && sample.grow() {}
        let mut keys = Keys::default();
        keys.learn(&sample.bytes);
        if keys.objects == 0 {
            return Err(no_object(&sample.bytes));
        }
        if !sample.whole {
            // What cannot be read is reported when the rows are read.
            for block in Blocks::new(Input::open(path)?, AtLines::new(), block).map_while(Result::ok) {
                keys.learn(&block.bytes);
                if keys.names.len() > MOST_COLUMNS {
                    break;
                }
            }
        }
        let keys = keys.names;
        if keys.len() > MOST_COLUMNS {
            return Err(too_wide(keys.len()));
        }
        let fields: Vec<_> = keys.into_iter().map(|key| Field::new(key, DataType::Utf8View, true)).collect();
        let findings = sample.byte_order_mark.then(byte_order_mark).into_iter().collect();
        Ok(Self { path: path.to_owned(), schema: Arc::new(Schema::new(fields)), findings, block })
    }
}

/// The keys of objects.
#[derive(Default)]
struct Keys {
    names: IndexSet<String>,
    /// Objects that were looked at closely: at least the first, and those with a new key.
    objects: usize,
}

impl Keys {
    fn learn(&mut self, bytes: &[u8]) {
        let text = String::from_utf8_lossy(bytes);
        for (start, end) in lines(text.as_bytes()) {
            let mut fresh = self.objects == 0;
            if !fresh {
                // What is not an object has no keys.
                let _ = walk(&text, start, end, |key, _| fresh |= !self.names.contains(key.as_ref()));
            }
            if fresh {
                let mut keys = Vec::new();
                if members(&text, start, end, |key, _| keys.push(key.into_owned())).is_ok() {
                    self.names.extend(keys);
                    self.objects += 1;
                }
            }
        }
    }
}

fn no_object(bytes: &[u8]) -> ExtractError {
    let what = say!("no line of the file is a JSON object", "không có dòng nào của tệp là đối tượng JSON");
    let hint = if bytes.trim_ascii_start().starts_with(b"[") {
        say!(
            "it looks like one JSON array; write one object a line (`jq -c '.[]'` does)",
            "có vẻ tệp là một mảng JSON; hãy ghi mỗi đối tượng trên một dòng (lệnh `jq -c '.[]'`)"
        )
    } else {
        say!(
            "write one object a line (JSON Lines; `jq -c .` does)",
            "hãy ghi mỗi đối tượng trên một dòng (JSON Lines; lệnh `jq -c .`)"
        )
    };
    ExtractError::new(what).hint(hint)
}

impl Source for NdjsonSource {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn findings(&self) -> Vec<Finding> {
        self.findings.clone()
    }

    fn typed(&self) -> bool {
        false
    }

    fn rows(&self) -> Option<u64> {
        None
    }

    fn pieces(&self, projection: &[usize]) -> Pieces {
        self.read(projection, false)
    }

    fn verbatim(&self, projection: &[usize]) -> Option<Verbatim> {
        Some(Verbatim { header: None, pieces: self.read(projection, true) })
    }
}

impl NdjsonSource {
    fn read(&self, projection: &[usize], verbatim: bool) -> Pieces {
        let names = self.schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
        let places = names.iter().enumerate().map(|(place, name)| (name.clone(), place)).collect();
        let fields: Vec<_> =
            projection.iter().map(|&column| Arc::clone(&self.schema.fields()[column])).collect();
        let mut slots = vec![None; names.len()];
        for (slot, &column) in projection.iter().enumerate() {
            slots[column] = Some(slot);
        }
        let layout =
            Arc::new(Layout { names, places, slots, schema: Arc::new(Schema::new(fields)), verbatim });
        match Input::open(&self.path) {
            Ok(input) => Box::new(Blocks::new(input, AtLines::new(), self.block).map(move |block| {
                let piece = JsonPiece { block: block?, layout: Arc::clone(&layout) };
                Ok(Box::new(piece) as Box<dyn Piece>)
            })),
            Err(error) => Box::new(std::iter::once(Err(error))),
        }
    }
}

struct Layout {
    /// All columns of the file.
    names: Vec<String>,
    places: HashMap<String, usize>,
    /// Where each column is among the projected ones.
    slots: Vec<Option<usize>>,
    /// The projected columns.
    schema: SchemaRef,
    /// Whether lines are wanted as they are written, too.
    verbatim: bool,
}

impl Layout {
    /// Which column a key names. Objects mostly repeat the order of the first: `guess` is tried first.
    fn place(&self, key: &str, guess: usize) -> Option<usize> {
        match self.names.get(guess) {
            Some(name) if name == key => Some(guess),
            _ => self.places.get(key).copied(),
        }
    }
}

struct JsonPiece {
    block: Block,
    layout: Arc<Layout>,
}

/// Lines that are not blank, without their line ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let mut start = 0;
    std::iter::from_fn(move || {
        while start < bytes.len() {
            let from = start;
            let end = memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |distance| from + distance);
            start = end + 1;
            if !bytes[from..end].trim_ascii().is_empty() {
                return Some((from, end));
            }
        }
        None
    })
}

impl Piece for JsonPiece {
    fn rows(&self) -> Option<u64> {
        None
    }

    fn read(self: Box<Self>, sink: &mut dyn Sink) -> Result<(), ExtractError> {
        let (block, replaced) = match Utf8Block::new(self.block.bytes) {
            Ok(block) => (block, Vec::new()),
            Err(bytes) => Utf8Block::repaired(&bytes),
        };
        let layout = self.layout.as_ref();
        let text = block.as_str();
        let mut replaced = Marks::new(replaced);
        let projected = layout.schema.fields().len();
        let mut columns = TextColumns::new(&block, projected + usize::from(layout.verbatim));
        let mut cells: Vec<Option<Value>> = vec![None; projected];
        // The line in which each key was last met, so that nothing has to be cleared for keys that no rule reads.
        let mut met = vec![0u64; layout.names.len()];
        let mut damaged = Vec::new();
        let mut found = Found::default();
        let batch = batch_rows(projected);
        let (mut rows, mut before) = (0usize, 0u64);
        for (start, end) in lines(text.as_bytes()) {
            let row = before + rows as u64;
            cells.fill(None);
            let mut guess = 0;
            let (mut unseen, mut repeated) = (0, 0);
            let outcome = members(text, start, end, |key, value| match layout.place(&key, guess) {
                Some(place) => {
                    guess = place + 1;
                    repeated += u64::from(std::mem::replace(&mut met[place], row + 1) == row + 1);
                    if let Some(slot) = layout.slots[place] {
                        cells[slot] = Some(value);
                    }
                }
                None => unseen += 1,
            });
            if let Err(reason) = outcome {
                cells.fill(None);
                damaged.push(rows as u32);
                let code = if reason == Unusable::Broken { Code::BrokenJson } else { Code::NotAnObject };
                found.add(code, row, 1);
            }
            found.add(Code::UnseenKey, row, unseen);
            found.add(Code::DuplicateKey, row, repeated);
            let mut lone_surrogate = false;
            for (slot, cell) in cells.iter().enumerate() {
                match *cell {
                    None | Some(Value::Null) => columns.push_null(slot),
                    Some(Value::Other { start, end } | Value::Text { start, end, escapes: false }) => {
                        columns.push(slot, start, end);
                    }
                    Some(Value::Text { start, end, escapes: true }) => {
                        let (value, lone) = unescaped(&text[start..end]);
                        lone_surrogate |= lone;
                        columns.push_text(slot, &value);
                    }
                }
            }
            if layout.verbatim {
                columns.push(projected, start, (end + 1).min(text.len()));
            }
            found.add(Code::LoneSurrogate, row, u64::from(lone_surrogate));
            found.add(Code::InvalidUtf8, row, u64::from(replaced.meet(end)));
            rows += 1;
            if rows == batch {
                let chunk = chunk(&mut columns, layout, rows, &mut damaged)?;
                if sink.chunk(chunk).is_break() {
                    return Ok(());
                }
                before += std::mem::take(&mut rows) as u64;
            }
        }
        if rows > 0 && sink.chunk(chunk(&mut columns, layout, rows, &mut damaged)?).is_break() {
            return Ok(());
        }
        for finding in found.into_findings() {
            sink.finding(finding);
        }
        sink.consumed(self.block.consumed);
        Ok(())
    }
}

fn chunk(
    columns: &mut TextColumns<'_>,
    layout: &Layout,
    rows: usize,
    damaged: &mut Vec<u32>,
) -> Result<Chunk, ExtractError> {
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    let mut arrays = columns.finish();
    let records = if layout.verbatim { arrays.pop() } else { None };
    let batch = RecordBatch::try_new_with_options(Arc::clone(&layout.schema), arrays, &options)
        .map_err(|_| ExtractError::batch())?;
    let marks = (!damaged.is_empty()).then(|| marked(damaged, rows));
    damaged.clear();
    Ok(Chunk { batch, damaged: marks, records })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::gathered::Gathered;

    fn read(content: impl AsRef<[u8]>, block: usize) -> (Vec<String>, Gathered) {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ndjson");
        std::fs::write(&path, content).unwrap();
        let source = NdjsonSource::open_with(&path, block).unwrap();
        let names = source.schema().fields().iter().map(|field| field.name().clone()).collect();
        (names, Gathered::all(&source))
    }

    #[test]
    fn values_are_text_as_written() {
        let content = concat!(
            "{\"ma\":\"001\",\"so\":1.50,\"co\":true}\r\n\n",
            "  {\"so\":1e400,\"them\":{\"x\":[1, \"đ\"]},\"ma\":\"\"}\n",
            "{\"co\":null,\"ma\":\"Nguyễn \\\"Văn\\\" \\u0110ức\"}",
        );
        for block in [1, 20, 1000] {
            let (names, all) = read(content, block);
            assert_eq!(names, ["ma", "so", "co", "them"]);
            let expected = ["001|1.50|true|␀", "|1e400|␀|{\"x\":[1, \"đ\"]}", "Nguyễn \"Văn\" Đức|␀|␀|␀"];
            assert_eq!(all.lines(), expected, "blocks of {block}");
            assert_eq!((all.found(), all.consumed), (vec![], content.len() as u64));
        }
    }

    #[test]
    fn what_is_wrong_is_said_and_counted() {
        let content = b"{\"a\":1,\"b\":2}\n{\"a\":1,\n[1]\n{\"a\":1,\"a\":3}\n{\"b\":\"\\udead\"}\n{\"b\":\"\xff\"}\nnull\n";
        let (_, all) = read(content, BLOCK);
        assert_eq!(all.lines(), ["1|2", "␀|␀", "␀|␀", "3|␀", "␀|\u{fffd}", "␀|\u{fffd}", "␀|␀"]);
        assert_eq!(all.damaged, [1, 2, 6]);
        let expected = [
            ("json.broken", Some(1), 1),
            ("json.not_an_object", Some(2), 2),
            ("json.duplicate_key", Some(3), 1),
            ("json.lone_surrogate", Some(4), 1),
            ("text.invalid_utf8", Some(5), 1),
        ];
        assert_eq!(all.found(), expected);
    }

    #[test]
    fn a_key_that_comes_late_is_a_column_too() {
        let early = "{\"a\":1}\n".repeat(40_000);
        let late = "{\"a\":2,\"late\":3}\n{\"bad\":1,\n{\"l\\u0061te\":4}\n";
        for block in [4096, BLOCK] {
            let (names, all) = read(format!("{early}{late}"), block);
            assert_eq!(names, ["a", "late"], "the broken line names nothing");
            assert_eq!(all.lines()[40_000..], ["2|3", "␀|␀", "␀|4"]);
            assert_eq!((all.rows.len(), all.damaged.as_slice()), (40_003, &[40_001][..]));
        }
    }

    #[test]
    fn more_keys_than_a_table_has_columns_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.ndjson");
        let lines: Vec<String> = (0..=MOST_COLUMNS).map(|n| format!("{{\"khóa số {n}\":1}}\n")).collect();
        std::fs::write(&path, lines.concat()).unwrap();
        let error = NdjsonSource::open(&path).err().unwrap();
        assert!(error.what.en.contains("at most 16384"), "{error}");
    }

    #[test]
    fn what_is_not_json_lines_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.json");
        for (content, says) in
            [("[\n{\"a\":1},\n{\"a\":2}\n]", "jq -c '.[]'"), ("{\n\"a\": 1\n}", "jq -c ."), ("x", "jq")]
        {
            std::fs::write(&path, content).unwrap();
            let opened = NdjsonSource::open(&path).err();
            // One member of the array stands alone on its line.
            if let Some(error) = opened {
                assert!(error.hint.unwrap().en.contains(says));
            } else {
                assert!(content.starts_with('['));
            }
        }
    }
}
