//! Reads a spanned tree into typed values, collecting every error instead of stopping at the first.

use std::ops::Range;
use std::sync::Arc;

use super::node::{At, Node, Value};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Place, Text, duration, suggest};
use crate::say;

/// Collects what is wrong with one file.
pub struct Reader {
    pub file: Arc<SourceText>,
    pub diagnostics: Vec<Diagnostic>,
    /// Files that what was read so far has read itself, beside code lists that have a name.
    pub inputs: Vec<InputFile>,
}

/// A file that a rule goes by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputFile {
    /// As it is written.
    pub name: String,
    /// Hash of its content, hexadecimal.
    pub blake3: String,
}

impl Reader {
    pub fn new(file: Arc<SourceText>) -> Self {
        Self { file, diagnostics: Vec::new(), inputs: Vec::new() }
    }

    pub fn place(&self, span: &Range<usize>) -> Place {
        Place { file: Arc::clone(&self.file), span: span.clone() }
    }

    pub fn error(&mut self, span: &Range<usize>, what: Text) -> &mut Diagnostic {
        let place = self.place(span);
        self.diagnostics.push(Diagnostic::error(what).at(place));
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// `hint` is attached when there is a name close to the one that was written.
    pub fn unknown<'c>(
        &mut self,
        name: &At<String>,
        what: Text,
        known: impl IntoIterator<Item = &'c str> + Clone,
    ) {
        let hint = suggest::closest(&name.value, known.clone()).map_or_else(
            || {
                let mut all: Vec<&str> = known.into_iter().collect();
                all.sort_unstable();
                all.truncate(24);
                let all = all.join(", ");
                if all.is_empty() { None } else { Some(say!("known: {all}", "có sẵn: {all}")) }
            },
            |near| Some(say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?")),
        );
        self.error(&name.span, what).hint = hint;
    }

    fn expected(&mut self, node: &Node, wanted: &Text) {
        let found = node.value.what();
        self.error(
            &node.span,
            Text {
                en: format!("expected {}, found {}", wanted.en, found.en),
                vi: format!("cần {}, nhưng gặp {}", wanted.vi, found.vi),
            },
        );
        let written = self.file.text.get(node.span.clone()).unwrap_or_default().trim();
        if node.value == Value::Null && written.chars().next().is_some_and(char::is_alphabetic) {
            let hint = say!(
                "in YAML the bare word `{written}` means nothing; if the word itself is meant, write \"{written}\"",
                "trong YAML, chữ `{written}` để trần nghĩa là không có gì; nếu muốn chính chữ đó, hãy viết \"{written}\""
            );
            if let Some(last) = self.diagnostics.last_mut() {
                last.hint = Some(hint);
            }
        }
    }

    /// Any scalar, as written.
    pub fn text(&mut self, node: &Node) -> Option<At<String>> {
        match &node.value {
            Value::Scalar { text, .. } => Some(At { value: text.clone(), span: node.span.clone() }),
            _ => {
                self.expected(node, &say!("a text", "một chuỗi"));
                None
            }
        }
    }

    pub fn integer<T: std::str::FromStr>(&mut self, node: &Node) -> Option<T> {
        let wanted = say!("a whole number", "một số nguyên");
        match &node.value {
            Value::Scalar { text, quoted: false } => match text.parse() {
                Ok(number) => Some(number),
                Err(_) => {
                    self.error(
                        &node.span,
                        say!(
                            "`{text}` is not a whole number in range",
                            "`{text}` không phải số nguyên trong phạm vi cho phép"
                        ),
                    );
                    None
                }
            },
            _ => {
                self.expected(node, &wanted);
                None
            }
        }
    }

    pub fn flag(&mut self, node: &Node) -> Option<bool> {
        match &node.value {
            Value::Scalar { text, quoted: false } if text == "true" => Some(true),
            Value::Scalar { text, quoted: false } if text == "false" => Some(false),
            _ => {
                self.expected(node, &say!("`true` or `false`", "`true` hoặc `false`"));
                None
            }
        }
    }

    /// A length of time in seconds.
    pub fn duration(&mut self, node: &Node) -> Option<u64> {
        let text = self.text(node)?;
        let seconds = duration::seconds(&text.value);
        if seconds.is_none() {
            let value = &text.value;
            self.error(
                &node.span,
                say!("`{value}` is not a length of time", "`{value}` không phải một khoảng thời gian"),
            )
            .hint = Some(say!(
                "write a number and s, m, h, d or w: 15m, 24h, 30d",
                "viết số kèm s, m, h, d hoặc w: 15m, 24h, 30d"
            ));
        }
        seconds
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&mut self, node: &Node, what: &Text, words: &[(&'static str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let value = &text.value;
            let (en, vi) = (&what.en, &what.vi);
            self.unknown(
                &text,
                say!("`{value}` is not a {en}", "`{value}` không phải {vi}"),
                words.iter().map(|(word, _)| *word).collect::<Vec<_>>(),
            );
        }
        found
    }

    /// A list, or a single item standing for a list of one.
    pub fn items<'n>(&mut self, node: &'n Node) -> Vec<&'n Node> {
        match &node.value {
            Value::Seq(items) => items.iter().collect(),
            Value::Scalar { .. } => vec![node],
            _ => {
                self.expected(node, &say!("a list", "một danh sách"));
                Vec::new()
            }
        }
    }

    /// A list of texts; one text stands for a list of one.
    pub fn texts(&mut self, node: &Node) -> Vec<At<String>> {
        let items = self.items(node);
        items.into_iter().filter_map(|item| self.text(item)).collect()
    }

    /// `title: "…"` in both languages, or `title: { vi: …, en: … }` with at least one of the two.
    pub fn bilingual(&mut self, node: &Node) -> Option<Text> {
        if let Value::Scalar { text, .. } = &node.value {
            return Some(Text::same(text.clone()));
        }
        let mut fields = self.fields(node)?;
        let vi = fields.optional("vi").and_then(|node| self.text(node));
        let en = fields.optional("en").and_then(|node| self.text(node));
        fields.finish(self);
        let any = vi.as_ref().or(en.as_ref())?.value.clone();
        Some(Text {
            vi: vi.map_or_else(|| any.clone(), |at| at.value),
            en: en.map_or_else(|| any.clone(), |at| at.value),
        })
    }

    /// The entries of a map, with duplicates reported and dropped.
    pub fn entries<'n>(&mut self, node: &'n Node) -> Option<Vec<(&'n At<String>, &'n Node)>> {
        let Value::Map(all) = &node.value else {
            self.expected(node, &say!("a map", "một bảng khóa–giá trị"));
            return None;
        };
        let mut seen = hashbrown::HashSet::new();
        let mut entries = Vec::with_capacity(all.len());
        for (key, value) in all {
            if seen.insert(key.value.as_str()) {
                entries.push((key, value));
            } else {
                let name = &key.value;
                self.error(
                    &key.span,
                    say!(
                        "key `{name}` appears twice in one map",
                        "khóa `{name}` xuất hiện hai lần trong cùng một bảng"
                    ),
                )
                .hint = Some(say!("keep one of the two", "chỉ giữ lại một trong hai"));
            }
        }
        Some(entries)
    }

    /// A map that is read key by key; what nobody asked for is an error.
    pub fn fields<'n>(&mut self, node: &'n Node) -> Option<Fields<'n>> {
        let entries = self.entries(node)?;
        Some(Fields { span: node.span.clone(), entries, asked: Vec::new() })
    }
}

/// The keys of one map, taken one after the other.
pub struct Fields<'n> {
    pub span: Range<usize>,
    entries: Vec<(&'n At<String>, &'n Node)>,
    asked: Vec<&'static str>,
}

impl<'n> Fields<'n> {
    pub fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.asked.push(key);
        let at = self.entries.iter().position(|(name, _)| name.value == key)?;
        Some(self.entries.remove(at).1)
    }

    pub fn required(&mut self, key: &'static str, reader: &mut Reader) -> Option<&'n Node> {
        let found = self.optional(key);
        // A misspelt key is reported once, as unknown; saying "missing" as well would be noise.
        let misspelt = self.entries.iter().any(|(name, _)| suggest::closest(&name.value, [key]).is_some());
        if found.is_none() && !misspelt {
            reader.error(&self.span, say!("`{key}` is missing", "thiếu `{key}`"));
        }
        found
    }

    /// Takes the first key that `known` recognises.
    pub fn take<T>(&mut self, known: impl Fn(&str) -> Option<T>) -> Option<(&'n At<String>, &'n Node, T)> {
        let (at, found) =
            self.entries.iter().enumerate().find_map(|(at, (name, _))| Some((at, known(&name.value)?)))?;
        let (key, node) = self.entries.remove(at);
        Some((key, node, found))
    }

    pub fn remaining(&self) -> impl Iterator<Item = &'n At<String>> + '_ {
        self.entries.iter().map(|(name, _)| *name)
    }

    /// Reports every key that nobody asked for; gives the keys that would have been understood.
    pub fn finish(self, reader: &mut Reader) -> Vec<&'static str> {
        for (name, _) in &self.entries {
            let key = &name.value;
            reader.unknown(
                name,
                say!("unknown key `{key}`", "khóa không hiểu được: `{key}`"),
                self.asked.iter().copied(),
            );
        }
        self.asked
    }
}
