//! Files of messages, judged as their bytes come: JSON Lines block by block, however long they are; a JSON document when it
//! is whole.

use memchr::{memchr, memrchr};
use rayon::prelude::*;

use super::document::of_document;
use super::json::{self, Unusable};
use super::manifest;
use super::report::{Code, Level};
use super::structure::Structure;
use super::tally::{Judged, Tally};
use crate::say;

/// Bytes of a line, and of a document, that is looked into: a document is held as a tree, which takes ten times its room.
const LONGEST_LINE: usize = 16 << 20;
const LARGEST_DOCUMENT: usize = 64 << 20;
/// Bytes that are gathered before lines are judged, on all threads.
const BLOCK: usize = 4 << 20;

/// The sign of UTF-8 that some editors write first. JSON has none (RFC 8259 §8.1).
const MARK: &[u8] = b"\xef\xbb\xbf";

/// How messages stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One a line.
    Lines,
    /// One document: an array of messages, an exchange message with its records, or a single message.
    Document,
}

impl Layout {
    /// What the extension says.
    pub fn of(path: &str) -> Option<Self> {
        let (_, extension) = path.rsplit_once('.')?;
        match extension.to_ascii_lowercase().as_str() {
            "ndjson" | "jsonl" => Some(Self::Lines),
            "json" => Some(Self::Document),
            _ => None,
        }
    }
}

/// A file of messages that is being read.
pub struct Messages<'s> {
    structure: &'s Structure,
    layout: Layout,
    bytes: Vec<u8>,
    /// Whether nothing was judged yet.
    fresh: bool,
    /// Lines before `bytes`.
    lines: u64,
    /// The rest of a line that is too long, or of a document that is too large, is passed over.
    passing: bool,
    /// Whether it is a document for the sake of the files that it lists.
    lists_files: bool,
    tally: Tally,
}

impl<'s> Messages<'s> {
    pub fn new(structure: &'s Structure, layout: Layout) -> Self {
        Self {
            structure,
            layout,
            bytes: Vec::new(),
            fresh: true,
            lines: 0,
            passing: false,
            lists_files: false,
            tally: Tally::default(),
        }
    }

    pub fn feed(&mut self, mut block: &[u8]) {
        match self.layout {
            Layout::Document => {
                if self.passing || self.bytes.len() + block.len() > LARGEST_DOCUMENT {
                    self.passing = true;
                    self.bytes = Vec::new();
                } else {
                    self.bytes.extend_from_slice(block);
                }
            }
            Layout::Lines => {
                if self.passing {
                    let Some(end) = memchr(b'\n', block) else { return };
                    self.passing = false;
                    self.lines += 1;
                    block = &block[end + 1..];
                }
                self.bytes.extend_from_slice(block);
                if self.bytes.len() >= BLOCK {
                    self.whole_lines();
                }
            }
        }
    }

    /// Judges the lines that are whole.
    fn whole_lines(&mut self) {
        if let Some(end) = memrchr(b'\n', &self.bytes) {
            let rest = self.bytes.split_off(end + 1);
            let whole = std::mem::replace(&mut self.bytes, rest);
            self.judge_lines(&whole);
        } else if self.bytes.len() > LONGEST_LINE {
            self.bytes = Vec::new();
            self.passing = true;
            let most = LONGEST_LINE >> 20;
            let what = say!(
                "the line is longer than {most} MiB and was not looked into",
                "dòng dài hơn {most} MiB nên không được kiểm tra"
            );
            self.tally.too_large(Some(self.lines + 1), what);
        }
    }

    fn judge_lines(&mut self, block: &[u8]) {
        let block = self.without_mark(block);
        let lines: Vec<(u64, &[u8])> = (self.lines + 1..).zip(block.split(|byte| *byte == b'\n')).collect();
        self.lines += memchr::memchr_iter(b'\n', block).count() as u64;
        let structure = self.structure;
        let judged: Vec<Tally> = lines
            .into_par_iter()
            .filter(|(_, line)| !line.trim_ascii().is_empty())
            .map(|(number, line)| of_line(structure, line, number))
            .collect();
        judged.into_iter().for_each(|judged| self.tally.merge(judged));
    }

    fn without_mark<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let fresh = std::mem::replace(&mut self.fresh, false);
        match bytes.strip_prefix(MARK).filter(|_| fresh) {
            Some(rest) => {
                let what = say!(
                    "the file begins with a byte-order mark, which JSON has not",
                    "tệp bắt đầu bằng dấu thứ tự byte (BOM), JSON không có dấu này"
                );
                self.tally.add(Level::Note, Code::NotJson, None, None, None, what);
                rest
            }
            None => bytes,
        }
    }

    pub fn finish(mut self) -> Judged {
        let bytes = std::mem::take(&mut self.bytes);
        match self.layout {
            Layout::Lines => self.judge_lines(&bytes),
            Layout::Document if self.passing => {
                let most = LARGEST_DOCUMENT >> 20;
                let what = say!(
                    "the document is larger than {most} MiB and was not looked into; JSON Lines may be of any length",
                    "tài liệu lớn hơn {most} MiB nên không được kiểm tra; dạng JSON Lines thì dài bao nhiêu cũng được"
                );
                self.tally.too_large(None, what);
            }
            Layout::Document => self.document(&bytes),
        }
        let nothing = self.tally.counts.messages == 0 && self.tally.is_sound();
        if nothing && !self.lists_files {
            let what = say!("there is no message in it", "không có thông điệp nào trong tệp");
            self.tally.add(Level::Note, Code::NoMessages, None, None, None, what);
        }
        self.tally.judged()
    }

    fn document(&mut self, bytes: &[u8]) {
        let rest = self.without_mark(bytes);
        let outcome = std::str::from_utf8(rest).map(json::read);
        match outcome {
            Ok(Ok(document)) => {
                self.lists_files = manifest::lists_files(&document.value);
                self.tally.merge(of_document(self.structure, &document, None));
            }
            // Many programs call JSON Lines `.json`.
            Ok(Err(Unusable::Malformed(line))) if line > 1 && begins_with_an_object(rest) => {
                self.judge_lines(rest);
            }
            Ok(Err(unusable)) => self.tally.unusable(unusable, None),
            Err(_) => self.tally.not_utf8(None),
        }
    }
}

fn begins_with_an_object(bytes: &[u8]) -> bool {
    let first = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).find(|line| !line.is_empty());
    let first = first.and_then(|line| std::str::from_utf8(line).ok());
    first.is_some_and(|line| line.starts_with('{') && json::read(line).is_ok())
}

fn of_line(structure: &Structure, line: &[u8], number: u64) -> Tally {
    let mut tally = Tally::default();
    match std::str::from_utf8(line).map(json::read) {
        Ok(Ok(document)) => return of_document(structure, &document, Some(number)),
        Ok(Err(Unusable::Malformed(_))) => tally.unusable(Unusable::Malformed(number), Some(number)),
        Ok(Err(unusable)) => tally.unusable(unusable, Some(number)),
        Err(_) => tally.not_utf8(Some(number)),
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::package::report::{Finding, MessageCounts};
    use crate::engine::package::structure::{ENVELOPE, SHIPPED};

    const GOOD: &str = r#"{"IdBanGhi":"1","SuKien":"NEW","PhienBan":1,"ThoiGianCapNhat":"2026-11-20T08:00:00","NgayCapNhat":"2026-11-20"}"#;

    fn judged(layout: Layout, bytes: &[u8], block: usize) -> (MessageCounts, Vec<Finding>) {
        let mut structure = Structure::default();
        structure.envelope(SHIPPED, ENVELOPE).unwrap();
        let mut messages = Messages::new(&structure, layout);
        bytes.chunks(block).for_each(|block| messages.feed(block));
        let Judged { counts, findings } = messages.finish();
        (counts, findings)
    }

    fn counts(messages: u64, wrong: u64, unchecked: u64) -> MessageCounts {
        MessageCounts { messages, wrong, unchecked }
    }

    #[test]
    fn lines_are_judged_one_by_one_however_they_come() {
        let bad = GOOD.replace("\"PhienBan\":1", "\"PhienBan\":0");
        let deep = "[".repeat(200) + &"]".repeat(200);
        let deep = GOOD.replace("\"1\"", &deep);
        let twice = GOOD.replace("{\"IdBanGhi\"", "{\"IdBanGhi\":\"2\",\"IdBanGhi\"");
        let lines = [GOOD, "", &bad, "{\"a\":", GOOD, "[]", &bad, &deep, &twice, "\u{fffd}"];
        let mut text = lines.join("\n").into_bytes();
        let end = text.len();
        text.splice(end - 3.., [0xff, 0xfe]);
        for block in [1, 7, 1_000_000] {
            let (found, findings) = judged(Layout::Lines, &text, block);
            assert_eq!(found, counts(9, 6, 1), "{findings:?}");
            let places: Vec<_> = findings.iter().map(|it| (it.code, it.line, it.count)).collect();
            let expected = [
                (Code::Structure, Some(3), 2),
                (Code::NotJson, Some(4), 1),
                (Code::NotAMessage, Some(6), 1),
                (Code::TooLarge, Some(8), 1),
                (Code::RepeatedName, Some(9), 1),
                (Code::NotJson, Some(10), 1),
            ];
            assert_eq!(places, expected);
            assert_eq!(findings[0].pointer.as_deref(), Some("/PhienBan"));
        }
    }

    #[test]
    fn many_blocks_are_counted_as_one() {
        let line = format!("{GOOD}\n");
        let many = 3 * BLOCK / line.len();
        let text = line.repeat(many) + "x\n" + &GOOD.replace("NEW", "?");
        let (found, findings) = judged(Layout::Lines, text.as_bytes(), 100_003);
        assert_eq!(found, counts(many as u64 + 2, 2, 0));
        let lines: Vec<_> = findings.iter().map(|it| it.line).collect();
        assert_eq!(lines, [Some(many as u64 + 1), Some(many as u64 + 2)]);
    }

    #[test]
    fn a_line_without_end_is_passed_over_and_said() {
        let text = format!("{GOOD}\n{{\"a\":\"{}\"}}\n?\n{GOOD}", "x".repeat(LONGEST_LINE + BLOCK));
        let (found, findings) = judged(Layout::Lines, text.as_bytes(), 65_536);
        assert_eq!(found, counts(4, 1, 1));
        let lines: Vec<_> = findings.iter().map(|it| (it.level, it.line)).collect();
        assert_eq!(lines, [(Level::Unknown, Some(2)), (Level::Wrong, Some(3))]);
    }

    #[test]
    fn documents_are_lists_exchange_messages_or_one_message() {
        let bad = GOOD.replace("NEW", "?");
        let envelope = |received: &str| {
            format!(r#"{{"NguonDuLieu":{{"MaLoaiDuLieu":"HT"}},"DuLieuTiepNhan":{received}}}"#)
        };
        for (text, expected, pointer) in [
            (GOOD.to_owned(), counts(1, 0, 0), None),
            (format!("[{GOOD},{bad},{GOOD},3]"), counts(4, 2, 0), Some("/1/SuKien")),
            (envelope(&format!("[{GOOD},{bad}]")), counts(2, 1, 0), Some("/DuLieuTiepNhan/1/SuKien")),
            (envelope(&bad), counts(1, 1, 0), Some("/DuLieuTiepNhan/SuKien")),
            (
                envelope(&format!(r#"{{"HoTich":[{GOOD},{bad}],"ghi":[1]}}"#)),
                counts(2, 1, 0),
                Some("/DuLieuTiepNhan/*/1/SuKien"),
            ),
            // One record lacks what all others have, and a name holds one record.
            (envelope(r#"{"SuKien":"?"}"#), counts(1, 1, 0), Some("/DuLieuTiepNhan")),
            (envelope(r#"{"a":1,"b":"2"}"#), counts(1, 1, 0), Some("/DuLieuTiepNhan")),
            (
                envelope(&format!(r#"{{"HoTich":[{GOOD}],"KetHon":{bad}}}"#)),
                counts(2, 1, 0),
                Some("/DuLieuTiepNhan/*/SuKien"),
            ),
            (envelope(&format!(r#"{{"HoTich":{GOOD}}}"#)), counts(1, 0, 0), None),
            (envelope(&format!(r#"{{"K":{{"x":[{bad}]}}}}"#)), counts(1, 1, 0), Some("/DuLieuTiepNhan/*")),
            (envelope("[1,[2]]"), counts(2, 2, 0), Some("/DuLieuTiepNhan/0")),
            (envelope(r#"[{"PhanPhoi":[]}]"#), counts(0, 0, 0), None),
            (format!("{GOOD}\n{bad}\n"), counts(2, 1, 0), Some("/SuKien")),
            ("{\"a\":1}".to_owned(), counts(1, 1, 0), None),
            ("\n{".to_owned(), counts(1, 1, 0), None),
            ("[]".to_owned(), counts(0, 0, 0), None),
        ] {
            let (found, findings) = judged(Layout::Document, text.as_bytes(), 10);
            assert_eq!(found, expected, "{text} {findings:?}");
            let first = findings.iter().find(|it| it.level == Level::Wrong);
            let found = first.and_then(|it| it.pointer.as_deref());
            assert!(pointer.is_none() || found == pointer, "{findings:?}");
        }
        // What stands where records stand, and is none, is told.
        for (received, pointer) in [
            (r#"{"HoTich":[1,2]}"#.to_owned(), "/DuLieuTiepNhan/*"),
            (format!(r#"{{"HoTich":[{GOOD}],"ghi":"x"}}"#), "/DuLieuTiepNhan/*"),
            (format!(r#"{{"HoTich":[{GOOD},{{"PhanPhoi":[]}}]}}"#), "/DuLieuTiepNhan/*/1"),
        ] {
            let (_, findings) = judged(Layout::Document, envelope(&received).as_bytes(), 10);
            let found: Vec<_> =
                findings.iter().map(|it| (it.level, it.code, it.pointer.as_deref())).collect();
            assert_eq!(found, [(Level::Unknown, Code::NotAMessage, Some(pointer))], "{received}");
        }
        let many = format!("[{},{}]", envelope(&format!("[{GOOD}]")), envelope("[]"));
        let (found, findings) = judged(Layout::Document, many.as_bytes(), 10);
        assert_eq!((found, findings.len()), (counts(2, 0, 2), 1), "{findings:?}");
        assert_eq!((findings[0].level, findings[0].count), (Level::Unknown, 2));
        let (_, findings) = judged(Layout::Document, envelope("3").as_bytes(), 10);
        assert_eq!(findings[0].rule.as_deref(), Some("envelope#/properties/DuLieuTiepNhan/type"));
        let (_, findings) = judged(Layout::Lines, b"", 10);
        assert_eq!((findings[0].code, findings[0].level), (Code::NoMessages, Level::Note));
    }
}
