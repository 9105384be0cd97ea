//! The messages of one JSON document or line: the records of an exchange message, the items of a list, or the document itself.

use rayon::prelude::*;
use serde_json::Value;

use super::json::Document;
use super::manifest::{FILES, RECEIVED};
use super::report::{Code, Level};
use super::structure::Structure;
use super::tally::Tally;
use crate::say;

/// What every record of an exchange message has.
const RECORD: [&str; 5] = ["IdBanGhi", "SuKien", "PhienBan", "ThoiGianCapNhat", "NgayCapNhat"];
const SOURCE: &str = "NguonDuLieu";

/// A whole document, or a line.
pub fn of_document(structure: &Structure, document: &Document, line: Option<u64>) -> Tally {
    let mut tally = Tally::default();
    let value = &document.value;
    if document.repeats {
        let what = say!(
            "an object has a name twice: readers differ in which value they take",
            "một đối tượng có hai trường cùng tên: mỗi chương trình có thể lấy một giá trị khác nhau"
        );
        tally.add(Level::Wrong, Code::RepeatedName, line, None, None, what);
    }
    let messages = if is_envelope(value) {
        for found in structure.of_document(value) {
            tally.broken(line, "", found);
        }
        let Received { records, others } = Received::of(value);
        for pointer in others {
            let what = say!(
                "what stands here is no record and no list of records, and was not looked into",
                "phần này không phải bản ghi, cũng không phải danh sách bản ghi, nên không được kiểm tra"
            );
            tally.add(Level::Unknown, Code::NotAMessage, line, Some(pointer), None, what);
        }
        records
    } else if is_list(value) {
        Vec::new()
    } else if let Some(items) = value.as_array().filter(|_| line.is_none()) {
        items.iter().enumerate().map(|(at, item)| (format!("/{at}"), item)).collect()
    } else {
        vec![(String::new(), value)]
    };
    let single = messages.len() == 1;
    let judged: Vec<Tally> = messages
        .into_par_iter()
        .map(|(pointer, message)| of_message(structure, message, line, &pointer))
        .collect();
    judged.into_iter().for_each(|judged| tally.merge(judged));
    // A message that stands alone is what its document is.
    if document.repeats && single {
        (tally.counts.wrong, tally.counts.unchecked) = (1, 0);
    }
    tally
}

fn of_message(structure: &Structure, message: &Value, line: Option<u64>, pointer: &str) -> Tally {
    let mut tally = Tally::default();
    tally.counts.messages = 1;
    let place = (!pointer.is_empty()).then(|| pointer.to_owned());
    if is_envelope(message) && !is_record(message) {
        tally.counts.unchecked = 1;
        let what = say!(
            "an exchange message within a list is not looked into; hand each over as a file or a line of its own",
            "thông điệp trao đổi nằm trong danh sách không được kiểm tra; hãy để mỗi thông điệp thành một tệp hoặc một dòng riêng"
        );
        tally.add(Level::Unknown, Code::NotAMessage, line, place, None, what);
        return tally;
    }
    if message.is_object() {
        for found in structure.of_message(message) {
            tally.broken(line, pointer, found);
        }
    } else {
        let what =
            say!("this is no message: it is no object", "đây không phải thông điệp: không phải đối tượng");
        tally.add(Level::Wrong, Code::NotAMessage, line, place, None, what);
    }
    tally.counts.wrong = u64::from(!tally.is_sound());
    tally
}

/// A document around records.
fn is_envelope(value: &Value) -> bool {
    value.get(RECEIVED).is_some() || value.get(SOURCE).is_some()
}

fn is_record(value: &Value) -> bool {
    RECORD.iter().any(|name| value.get(name).is_some())
}

/// What lists files and is no record itself.
fn is_list(item: &Value) -> bool {
    item.get(FILES).is_some() && !is_record(item)
}

/// What stands in `DuLieuTiepNhan`, each with its place. Names of lists are ones that no schema may know.
struct Received<'d> {
    records: Vec<(String, &'d Value)>,
    /// Neither records nor lists of files that are gone by.
    others: Vec<String>,
}

impl<'d> Received<'d> {
    /// A list of records, one of them, or records and lists of them by name.
    fn of(envelope: &'d Value) -> Self {
        let mut received = Self { records: Vec::new(), others: Vec::new() };
        let at = format!("/{RECEIVED}");
        match envelope.get(RECEIVED) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => {
                // What lists files here is gone by.
                let records = items.iter().enumerate().filter(|(_, item)| !is_list(item));
                received.records.extend(records.map(|(place, item)| (format!("{at}/{place}"), item)));
            }
            Some(one @ Value::Object(fields)) => {
                let named = fields.iter().filter(|(name, _)| name.as_str() != FILES);
                let holds = |value: &Value| value.is_object() || value.is_array();
                if is_record(one) || !fields.is_empty() && !fields.values().any(holds) {
                    received.records.push((at, one));
                } else {
                    named.for_each(|(_, value)| received.named(&format!("{at}/*"), value));
                }
            }
            Some(_) => received.others.push(at),
        }
        received
    }

    fn named(&mut self, at: &str, value: &'d Value) {
        match value {
            Value::Null => {}
            Value::Array(items) if items.is_empty() => {}
            Value::Array(items) if items.iter().any(Value::is_object) => {
                for (place, item) in items.iter().enumerate() {
                    self.record(format!("{at}/{place}"), item);
                }
            }
            Value::Object(_) => self.record(at.to_owned(), value),
            _ => self.others.push(at.to_owned()),
        }
    }

    /// Lists of files are not looked for under names.
    fn record(&mut self, at: String, value: &'d Value) {
        if is_list(value) {
            self.others.push(at);
        } else {
            self.records.push((at, value));
        }
    }
}
