//! Code lists: the values that a column may take, written inline or kept in a CSV file.

use std::ops::ControlFlow;
use std::path::Path;

use hashbrown::HashSet;

use super::node::{At, Node, Value};
use super::reader::Reader;
use crate::base::Text;
use crate::extract::{self, Chunk, Finding, Sink, TextOptions};
use crate::kernel::TextColumn;
use crate::kernel::text::canonical;
use crate::say;

/// A set of canonical values.
#[derive(Clone, Debug, Default)]
pub struct CodeList {
    pub name: String,
    pub members: HashSet<String>,
    /// The file it was read from, as the rule file names it.
    pub source: Option<String>,
    /// Hash of that file's bytes, from which the members were read.
    pub blake3: Option<String>,
}

impl CodeList {
    pub fn of<'v>(name: &str, values: impl IntoIterator<Item = &'v str>) -> Self {
        Self {
            name: name.to_owned(),
            members: values.into_iter().map(|value| canonical(value).into_owned()).collect(),
            ..Self::default()
        }
    }

    pub fn contains(&self, canonical: &str) -> bool {
        self.members.contains(canonical)
    }

    /// `[a, b]` or `path.csv#column`, relative to the folder of the rule file.
    pub fn parse(name: &At<String>, node: &Node, folder: &Path, reader: &mut Reader) -> Option<Self> {
        match &node.value {
            Value::Scalar { text, .. } => match read_csv(name, text, folder) {
                Ok(list) => Some(list),
                Err((what, hint)) => {
                    reader.error(&node.span, what).hint = hint;
                    None
                }
            },
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
}

fn read_csv(name: &At<String>, reference: &str, folder: &Path) -> Result<CodeList, (Text, Option<Text>)> {
    let (file, column) = match reference.rsplit_once('#') {
        Some((file, column)) => (file, Some(column)),
        None => (reference, None),
    };
    let path = folder.join(file);
    let failed = |what: Text, hint: Option<Text>| {
        (
            Text {
                en: format!("code list file `{file}` cannot be read: {}", what.en),
                vi: format!("không đọc được tệp danh mục `{file}`: {}", what.vi),
            },
            hint,
        )
    };
    if matches!(path.try_exists(), Ok(false)) {
        return Err(failed(
            say!("it does not exist", "tệp không tồn tại"),
            Some(say!(
                "its path is relative to the folder of the rule file",
                "đường dẫn tính từ thư mục chứa tệp quy tắc"
            )),
        ));
    }
    let hash = || extract::fingerprint(&path).map_err(|error| failed(error.what, error.hint));
    let before = hash()?;
    let source =
        extract::open(&path, &TextOptions::default()).map_err(|error| failed(error.what, error.hint))?;
    let schema = source.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    let at = match column {
        None => 0,
        Some(column) => names.iter().position(|name| *name == column).ok_or_else(|| {
            // Where the header is missing, its names are codes.
            let count = names.len();
            (
                say!("`{file}` has no column `{column}`", "`{file}` không có cột `{column}`"),
                Some(say!(
                    "name one of its {count} columns, as its first line spells it",
                    "hãy nêu một trong {count} cột của tệp, đúng như dòng đầu của tệp"
                )),
            )
        })?,
    };
    let mut members = Members::default();
    for piece in source.pieces(&[at]) {
        piece.and_then(|piece| piece.read(&mut members)).map_err(|error| failed(error.what, error.hint))?;
    }
    if let Some(problem) = members.problem {
        return Err(failed(problem, None));
    }
    if members.values.is_empty() {
        return Err(failed(say!("it holds no value", "tệp không có giá trị nào"), None));
    }
    if hash()? != before {
        return Err(failed(
            say!("it changed while it was read", "tệp bị thay đổi trong khi đọc"),
            Some(say!("run again when nobody writes to it", "chạy lại khi không còn ai ghi vào tệp")),
        ));
    }
    Ok(CodeList {
        name: name.value.clone(),
        members: members.values,
        source: Some(file.to_owned()),
        blake3: Some(before.blake3),
    })
}

/// Collects the canonical values of one column.
#[derive(Default)]
struct Members {
    values: HashSet<String>,
    problem: Option<Text>,
}

impl Sink for Members {
    fn chunk(&mut self, chunk: Chunk) -> ControlFlow<()> {
        if let Some(column) = chunk.batch.columns().first().and_then(TextColumn::of) {
            for row in 0..column.len() {
                if let Some(value) = column.get(row).map(canonical).filter(|value| !value.is_empty()) {
                    self.values.insert(value.into_owned());
                }
            }
        }
        ControlFlow::Continue(())
    }

    fn finding(&mut self, finding: Finding) {
        // A code list with a torn row is not a code list: what is missing from it would fail good data.
        if finding.level == crate::base::Level::Error {
            self.problem.get_or_insert(finding.what);
        }
    }

    fn consumed(&mut self, _bytes: u64) {}
}
