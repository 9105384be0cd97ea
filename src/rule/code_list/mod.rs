//! Code lists: the values that a column may take, and what a list says of each: when it was in force, what it is
//! called, what it belongs to. Written inline, kept in a file, or built in.

mod builtin;
mod file;

pub use builtin::NAMES as BUILTIN;

use std::path::{Path, PathBuf};

use hashbrown::HashMap;

use super::node::{At, Node, Value};
use super::reader::Reader;
use crate::extract;
use crate::kernel::text::canonical;
use crate::say;

/// Stands between the parts of a code; canonical texts do not hold it.
const BETWEEN: char = '\u{1f}';

/// Codes with their entries. A code may have several entries, each for its own time.
#[derive(Clone, Debug, Default)]
pub struct CodeList {
    pub name: String,
    /// Names of what the list says of a code, in the order of [`Entry::attributes`].
    pub attributes: Vec<String>,
    /// Whether entries have a first or last day.
    pub dated: bool,
    /// By code, then by first day.
    entries: Vec<Entry>,
    index: HashMap<String, Slot>,
    file: Option<ListFile>,
}

/// What a list says of one code for some time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Canonical.
    pub code: String,
    /// First and last day in force, as days since 1970-01-01; the least and the greatest number are open ends.
    pub from: i32,
    pub to: i32,
    /// Canonical; an empty text says nothing.
    pub attributes: Vec<String>,
}

impl Entry {
    pub fn in_force(&self, day: i32) -> bool {
        (self.from..=self.to).contains(&day)
    }
}

/// The entries of one code: a stretch of [`CodeList::entries`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    start: u32,
    end: u32,
}

impl Slot {
    pub fn positions(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// The file that a list was read from.
#[derive(Clone, Debug)]
struct ListFile {
    /// As the rule file names it.
    name: String,
    path: PathBuf,
    /// Hash of its bytes before it was read.
    blake3: String,
}

impl CodeList {
    /// A list of values of which nothing else is known.
    pub fn of<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        let mut entries: Vec<Entry> =
            values.into_iter().map(|value| Entry::always(canonical(value))).collect();
        entries.sort_by(|a, b| a.code.cmp(&b.code));
        entries.dedup();
        Self::new(name, Vec::new(), entries)
    }

    fn new(name: &str, attributes: Vec<String>, mut entries: Vec<Entry>) -> Self {
        entries.sort_by(|a, b| (&a.code, a.from).cmp(&(&b.code, b.from)));
        let mut index: HashMap<String, Slot> = HashMap::with_capacity(entries.len());
        for (at, entry) in entries.iter().enumerate() {
            let at = at as u32;
            match index.get_mut(&entry.code) {
                Some(slot) => slot.end = at + 1,
                None => drop(index.insert(entry.code.clone(), Slot { start: at, end: at + 1 })),
            }
        }
        let dated = entries.iter().any(|entry| (entry.from, entry.to) != (i32::MIN, i32::MAX));
        Self { name: name.to_owned(), attributes, dated, entries, index, file: None }
    }

    /// The list of that name that comes with the program.
    pub fn builtin(name: &str) -> Option<Self> {
        builtin::find(name, name)
    }

    /// The same list for codes in lower case.
    #[must_use]
    pub fn in_lower_case(&self) -> Self {
        let lower = |entry: &Entry| {
            let mut code = String::new();
            lower_case(&entry.code, &mut code);
            Entry { code, ..entry.clone() }
        };
        let entries = self.entries.iter().map(lower).collect();
        Self { file: self.file.clone(), ..Self::new(&self.name, self.attributes.clone(), entries) }
    }

    /// The entries of a canonical code.
    #[inline]
    pub fn find(&self, code: &str) -> Option<Slot> {
        self.index.get(code).copied()
    }

    pub fn contains(&self, code: &str) -> bool {
        self.index.contains_key(code)
    }

    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// It could not be read; the error was reported where it is declared.
    pub fn is_broken(&self) -> bool {
        self.entries.is_empty()
    }

    /// Where the file is that it was read from.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// The file that it was read from, as the rule file names it, and the hash of its bytes.
    pub fn evidence(&self) -> Option<(&str, &str)> {
        self.file.as_ref().map(|file| (file.name.as_str(), file.blake3.as_str()))
    }

    /// Whether its file is no longer the one that was read. Reads the file.
    pub fn has_changed(&self) -> bool {
        self.file.as_ref().is_some_and(|file| {
            extract::fingerprint(&file.path).map_or(true, |now| now.blake3 != file.blake3)
        })
    }

    /// `[a, b]`; `path.csv#column`; `{ file, code, valid_from, valid_to }`; `{ builtin }`. Paths are relative to the
    /// folder of the rule file.
    pub fn parse(name: &At<String>, node: &Node, folder: &Path, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Scalar { text, .. } => file::values(name, text, node, folder, reader),
            Value::Map(_) => Self::described(name, node, folder, reader, false),
            _ => {
                let values = reader.texts(node);
                if values.is_empty() {
                    let name = &name.value;
                    reader.error(
                        &node.span,
                        say!("code list `{name}` is empty", "danh mục `{name}` không có giá trị nào"),
                    );
                    return None;
                }
                Some(Self::of(&name.value, values.iter().map(|value| value.value.as_str())))
            }
        }
    }

    /// `{ file, code, valid_from, valid_to }`, in which `code` may name several columns: see [`CodeList::parts`].
    pub fn composite(name: &At<String>, node: &Node, folder: &Path, reader: &mut Reader) -> Option<Self> {
        Self::described(name, node, folder, reader, true)
    }

    /// The values that a code is made of, where several columns of its file were named.
    pub fn parts(code: &str) -> impl Iterator<Item = &str> + Clone {
        code.split(BETWEEN)
    }

    fn described(
        name: &At<String>,
        node: &Node,
        folder: &Path,
        reader: &mut Reader,
        several: bool,
    ) -> Option<Self> {
        let mut fields = reader.fields(node)?;
        if let Some(builtin) = fields.optional("builtin") {
            fields.finish(reader);
            let builtin = reader.text(builtin)?;
            let found = builtin::find(&name.value, &builtin.value);
            if found.is_none() {
                let value = &builtin.value;
                reader.unknown(
                    &builtin,
                    say!("no built-in code list `{value}`", "không có danh mục dựng sẵn `{value}`"),
                    builtin::NAMES,
                );
            }
            return found;
        }
        let mut text = |key, reader: &mut Reader| {
            let node: Option<&Node> = fields.optional(key);
            node.and_then(|node| reader.text(node))
        };
        let [file, from, to] = ["file", "valid_from", "valid_to"].map(|key| text(key, reader));
        let code = fields.optional("code");
        let code = match several {
            true => code.map(|node| reader.texts(node)),
            false => code.map(|node| reader.text(node).into_iter().collect()),
        };
        let code = code.unwrap_or_default();
        let (span, misspelt) = (fields.span.clone(), fields.remaining().next().is_some());
        fields.finish(reader);
        let Some(file) = file else {
            if !misspelt {
                reader.error(&span, say!("`file` or `builtin` is missing", "thiếu `file` hoặc `builtin`"));
            }
            return None;
        };
        file::entries(name, &file::Columns { file, code, from, to }, folder, reader)
    }
}

impl Entry {
    fn always(code: impl Into<String>) -> Self {
        Self { code: code.into(), from: i32::MIN, to: i32::MAX, attributes: Vec::new() }
    }
}

/// A text letter by letter in lower case, into a buffer that may be used again.
pub fn lower_case(text: &str, lower: &mut String) {
    lower.clear();
    if text.is_ascii() {
        lower.push_str(text);
        lower.make_ascii_lowercase();
    } else {
        lower.extend(text.chars().flat_map(char::to_lowercase));
    }
}

#[cfg(test)]
mod tests;
