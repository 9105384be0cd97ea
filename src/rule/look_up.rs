//! What rules look up in a table of reference: keys, the values of a column, the keys that must be ours.

use std::collections::BTreeMap;
use std::path::{Component, Path};
use std::sync::Arc;

use schemars::JsonSchema;

use super::agreement::Agreement;
use super::arguments::Choice;
use super::kind::ParseContext;
use super::node::{At, Node, Value};
use super::notify::{self, Kept};
use super::reader::{Fields, Reader};
use super::reference::Reference;
use crate::base::Text;
use crate::base::diagnostic::SourceText;
use crate::kernel::expression::Expression;
use crate::kernel::likeness::Likeness;
use crate::say;

/// What a rule looks up.
#[derive(Clone, Debug)]
pub struct LookUp {
    pub with: Counterpart,
    pub sought: Sought,
}

/// What ours is compared with, and the columns by which a row of it is a row of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Counterpart {
    /// `None` is the database of the rule.
    pub database: Option<String>,
    pub side: Side,
    pub key: Vec<KeyPart>,
}

/// The form in which the other side is there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    /// A table of reference.
    Table(String),
    /// A file that its owner made of it.
    Digests(Arc<Digests>),
}

/// A file of digests among the extracts of a database, and all that is needed to compare with it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Digests {
    /// As the rule file names it, relative to the extracts.
    pub file: String,
    pub agreement: Agreement,
    /// Where the key is kept.
    pub secret: Kept,
}

/// A column of a key; digits are filled up with zeros to `pad`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPart {
    pub column: String,
    pub pad: Option<u32>,
}

impl Counterpart {
    /// The same with the name of its database, which is that of the rule unless it says otherwise.
    #[must_use]
    pub fn within(&self, database: &str) -> Self {
        let database = self.database.clone().unwrap_or_else(|| database.to_owned());
        Self { database: Some(database), ..self.clone() }
    }

    /// As people are told of it.
    pub fn name(&self) -> String {
        match (&self.side, &self.database) {
            (Side::Table(table), Some(database)) => format!("{database}.{table}"),
            (Side::Table(table), None) => table.clone(),
            (Side::Digests(digests), _) => digests.file.clone(),
        }
    }
}

impl LookUp {
    /// The place of the column that is compared among the attributes of the agreement, if there is one.
    pub fn attribute(&self) -> u32 {
        let (Side::Digests(digests), Sought::Values { column, .. }) = (&self.with.side, &self.sought) else {
            return 0;
        };
        let mut attributes = digests.agreement.attributes.iter().zip(0..);
        attributes.find(|(attribute, _)| attribute.name == *column).map_or(0, |(_, at)| at)
    }
}

#[derive(Clone, Debug)]
pub enum Sought {
    /// Whether they have our keys.
    Keys,
    /// What they say of a column.
    Values { column: String, likeness: Likeness },
    /// Which of their keys we must have; all of them where no condition chooses.
    Covered { in_scope: Option<At<Expression>> },
}

/// A counterpart as it is written: `with` and `key`.
#[derive(Debug)]
pub struct Paired {
    /// Our columns of the key.
    pub ours: Vec<At<String>>,
    pub pads: Vec<Option<u32>>,
    with: With,
}

#[derive(Debug)]
enum With {
    /// Theirs.
    Table(Reference),
    /// By its agreement the key has those names.
    Digests(Arc<Digests>),
}

/// The table of reference as it may be written.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum WithWritten {
    /// A table of this database, or `database.table`.
    Short(String),
    /// For names with dots.
    Long {
        /// The database, if it is another one.
        database: Option<String>,
        /// The table.
        table: String,
    },
}

/// The other side as it may be written.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum OtherWritten {
    Table(WithWritten),
    /// A file of digests that the other side made with `thuocdo digest`.
    Digests(DigestsWritten),
}

#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
#[expect(dead_code, reason = "for the schema")]
pub struct DigestsWritten {
    /// The file, among the extracts of this database.
    digests: String,
    /// The agreement that both sides have, relative to the rule file.
    agreement: String,
    /// Where the shared key is: in the environment, or in a file relative to the rule file.
    secret: KeptWritten,
}

#[derive(Debug, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
#[expect(dead_code, reason = "for the schema")]
enum KeptWritten {
    Env(String),
    File(String),
}

/// A key as it may be written.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum KeyWritten {
    /// One column, of the same name on both sides.
    One(String),
    /// Columns of the same names on both sides.
    Same(Vec<String>),
    /// Ours: theirs.
    Paired(BTreeMap<String, PartWritten>),
}

/// A column of theirs.
#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum PartWritten {
    /// It has the same name.
    Same,
    /// Its name.
    Named(String),
    Padded {
        /// Its name, if it is another one.
        column: Option<String>,
        /// Digits are filled up with zeros to so many, on both sides.
        pad: Option<u32>,
    },
}

impl Paired {
    /// Reads `with` and `key`.
    pub fn read(fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let with = fields.required("with", context.reader);
        let key = fields.required("key", context.reader);
        if let Some(node) = with.filter(|node| names_digests(node)) {
            let digests = digests(node, context);
            let key = key.and_then(|node| key_columns(node, context));
            return Self::by_agreement(digests?, key?, context);
        }
        let with = with.and_then(|node| other_table(node, context));
        let key = key.and_then(|node| key_columns(node, context));
        let ((database, table), key) = (with?, key?);
        let (mut ours, mut columns, mut pads) = (Vec::new(), Vec::new(), Vec::new());
        for (own, theirs, pad) in key {
            ours.push(own);
            columns.push(theirs);
            pads.push(pad);
        }
        Some(Self { ours, pads, with: With::Table(Reference { database, table, columns }) })
    }

    /// Our columns in the order of the agreement, each filled up as far as it says.
    fn by_agreement(digests: Digests, pairs: Vec<Pair>, context: &mut ParseContext<'_>) -> Option<Self> {
        let before = context.reader.diagnostics.len();
        let names: Vec<&str> = digests.agreement.key.iter().map(|part| part.column.as_str()).collect();
        for (_, theirs, pad) in &pairs {
            let name = &theirs.value;
            if !names.contains(&name.as_str()) {
                let what = say!("the agreement has no key `{name}`", "thỏa thuận không có khóa `{name}`");
                context.reader.unknown(theirs, what, names.iter().copied());
            } else if pad.is_some() {
                settled(&theirs.span, context.reader);
            }
        }
        let mut ours = Vec::new();
        for name in &names {
            let mut of = pairs.iter().filter(|(_, theirs, _)| theirs.value == *name);
            match (of.next(), of.next()) {
                (Some((own, ..)), None) => ours.push(own.clone()),
                (_, second) => {
                    let at = second.or(pairs.first()).map(|(own, ..)| own.span.clone()).unwrap_or_default();
                    let what = say!(
                        "the agreement's key `{name}` is one column of ours",
                        "khóa `{name}` trong thỏa thuận ứng với đúng một cột của ta"
                    );
                    context.reader.error(&at, what);
                }
            }
        }
        let pads = digests.agreement.key.iter().map(|part| part.pad).collect();
        let sound = context.reader.diagnostics.len() == before;
        sound.then(|| Self { ours, pads, with: With::Digests(Arc::new(digests)) })
    }

    /// The table of theirs, if it is one.
    pub fn reference(&self) -> Option<&Reference> {
        match &self.with {
            With::Table(to) => Some(to),
            With::Digests(_) => None,
        }
    }

    /// What both sides agreed on, if they show each other nothing.
    pub fn agreement(&self) -> Option<&Agreement> {
        match &self.with {
            With::Table(_) => None,
            With::Digests(digests) => Some(&digests.agreement),
        }
    }

    /// The other side as people are told of it.
    pub fn name(&self) -> String {
        match &self.with {
            With::Table(to) => to.table_name(),
            With::Digests(digests) => digests.file.clone(),
        }
    }

    pub fn look_up(&self, sought: Sought) -> LookUp {
        let with = match &self.with {
            With::Table(Reference { database, table, columns }) => Counterpart {
                database: database.as_ref().map(|database| database.value.clone()),
                side: Side::Table(table.value.clone()),
                key: columns
                    .iter()
                    .zip(&self.pads)
                    .map(|(column, pad)| KeyPart { column: column.value.clone(), pad: *pad })
                    .collect(),
            },
            With::Digests(digests) => Counterpart {
                database: None,
                side: Side::Digests(Arc::clone(digests)),
                key: digests.agreement.key.clone(),
            },
        };
        LookUp { with, sought }
    }
}

/// Whether the other side is a file of digests.
fn names_digests(with: &Node) -> bool {
    matches!(&with.value, Value::Map(entries) if entries.iter().any(|(key, _)| key.value == "digests"))
}

fn digests(node: &Node, context: &mut ParseContext<'_>) -> Option<Digests> {
    let mut fields = context.reader.fields(node)?;
    let file = fields.required("digests", context.reader).and_then(|node| extract(node, context.reader));
    let agreement = fields.required("agreement", context.reader);
    let secret = fields.required("secret", context.reader);
    let secret = secret.and_then(|node| notify::secret(node, context.reader));
    fields.finish(context.reader);
    let name = agreement.and_then(|node| context.reader.text(node));
    let agreement = name.and_then(|name| {
        let text = context.file(&name)?;
        let read = Agreement::read(&Arc::new(SourceText { name: name.value, text }));
        read.map_err(|found| context.reader.diagnostics.extend(found)).ok()
    });
    let secret = match secret?.kept {
        Kept::File(path) => Kept::File(context.folder.join(path).display().to_string()),
        kept @ Kept::Env(_) => kept,
    };
    Some(Digests { file: file?.value, agreement: agreement?, secret })
}

/// A file among the extracts.
fn extract(node: &Node, reader: &mut Reader) -> Option<At<String>> {
    let file = notify::filled(node, reader)?;
    if !Path::new(&file.value).components().all(|part| matches!(part, Component::Normal(_))) {
        let what = say!("this leads out of the data directory", "đường dẫn này ra ngoài thư mục dữ liệu");
        reader.error(&file.span, what).hint = Some(say!(
            "put the file among the extracts of this database, and name it without `..`",
            "đặt tệp cùng dữ liệu của CSDL này và ghi tên không có `..`"
        ));
        return None;
    }
    Some(file)
}

/// Reports what the agreement has settled.
pub fn settled(span: &std::ops::Range<usize>, reader: &mut Reader) {
    let what = say!("the agreement says how this is compared", "cách so sánh đã được nêu trong thỏa thuận");
    reader.error(span, what).hint = Some(say!(
        "leave it out here; both sides must compare alike",
        "bỏ phần này đi; hai bên phải so sánh giống nhau"
    ));
}

/// How a column is compared, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[schemars(inline)]
pub enum Compare {
    Exact,
    Name,
    PartialDate,
    Code,
}

impl Choice for Compare {
    const WORDS: &'static [(&'static str, Self)] = &[
        ("exact", Self::Exact),
        ("name", Self::Name),
        ("partial_date", Self::PartialDate),
        ("code", Self::Code),
    ];

    fn what() -> Text {
        say!("way to compare", "cách so sánh")
    }
}

/// Reads `compare` and `pad`.
pub fn likeness(compare: Option<&Node>, width: Option<&Node>, reader: &mut Reader) -> Option<Likeness> {
    let compare = compare
        .map(|node| reader.choice(node, &Compare::what(), Compare::WORDS))
        .map_or(Some(Compare::Exact), |word| word);
    let pad_at = width.map(|node| node.span.clone());
    let width = width.map(|node| pad(node, reader)).map_or(Some(None), |width| width.map(Some));
    let (compare, width) = (compare?, width?);
    if let (Some(at), false) = (&pad_at, compare == Compare::Code) {
        reader.error(at, say!("only codes are filled up", "chỉ mã mới thêm số 0")).hint =
            Some(say!("write `compare: code`", "viết `compare: code`"));
        return None;
    }
    Some(match compare {
        Compare::Exact => Likeness::Exact,
        Compare::Name => Likeness::Name,
        Compare::PartialDate => Likeness::PartialDate,
        Compare::Code => Likeness::Code { pad: width },
    })
}

pub type TableName = (Option<At<String>>, At<String>);

/// The name of a table, perhaps of another database.
pub fn other_table(node: &Node, context: &mut ParseContext<'_>) -> Option<TableName> {
    let reader = &mut *context.reader;
    if let Value::Map(_) = node.value {
        let mut fields = reader.fields(node)?;
        let database = fields.optional("database").map(|node| reader.text(node));
        let table = fields.required("table", reader).and_then(|node| reader.text(node));
        fields.finish(reader);
        return Some((database.map_or(Some(None), |database| database.map(Some))?, table?));
    }
    let text = reader.text(node)?;
    let at = |part: &str| At { value: part.to_owned(), span: text.span.clone() };
    match text.value.split('.').collect::<Vec<_>>().as_slice() {
        [table] if !table.is_empty() => return Some((None, at(table))),
        [database, table] if !database.is_empty() && !table.is_empty() => {
            return Some((Some(at(database)), at(table)));
        }
        _ => {}
    }
    let value = &text.value;
    reader
        .error(
            &text.span,
            say!(
                "`{value}` is not `table` or `database.table`",
                "`{value}` không có dạng `bảng` hoặc `csdl.bảng`"
            ),
        )
        .hint = Some(say!(
        "names with dots are written `{{ database: …, table: … }}`",
        "tên có dấu chấm thì viết `{{ database: …, table: … }}`"
    ));
    None
}

/// Ours, theirs, and how far digits are filled up.
pub type Pair = (At<String>, At<String>, Option<u32>);

/// Columns of ours, each with theirs.
pub fn key_columns(node: &Node, context: &mut ParseContext<'_>) -> Option<Vec<Pair>> {
    let reader = &mut *context.reader;
    let before = reader.diagnostics.len();
    let mut pairs = Vec::new();
    if let Value::Map(_) = node.value {
        for (ours, theirs) in reader.entries(node)? {
            pairs.extend(pair(ours, theirs, context));
        }
    } else {
        pairs.extend(reader.texts(node).into_iter().map(|name| (name.clone(), name, None)));
    }
    let reader = &mut *context.reader;
    let sound = reader.diagnostics.len() == before;
    if pairs.is_empty() && sound {
        reader.error(&node.span, say!("a key has at least one column", "khóa phải có ít nhất một cột"));
    }
    (sound && !pairs.is_empty()).then_some(pairs)
}

fn pair(ours: &At<String>, theirs: &Node, context: &mut ParseContext<'_>) -> Option<Pair> {
    let reader = &mut *context.reader;
    match theirs.value {
        Value::Null => Some((ours.clone(), ours.clone(), None)),
        Value::Map(_) => {
            let mut fields = reader.fields(theirs)?;
            let column = match fields.optional("column") {
                Some(node) => reader.text(node)?,
                None => At { value: ours.value.clone(), span: theirs.span.clone() },
            };
            let width = fields.optional("pad").map(|node| pad(node, context.reader));
            fields.finish(context.reader);
            Some((ours.clone(), column, width.map_or(Some(None), |width| width.map(Some))?))
        }
        _ => Some((ours.clone(), reader.text(theirs)?, None)),
    }
}

/// The most digits that codes are filled up to.
const MOST: u32 = 64;

/// To how many digits codes are filled up.
pub fn pad(node: &Node, reader: &mut Reader) -> Option<u32> {
    let width = reader.integer::<u32>(node)?;
    if !(1..=MOST).contains(&width) {
        let what: Text = say!(
            "codes are filled up to 1 to {MOST} digits",
            "mã được thêm số 0 cho đủ từ 1 đến {MOST} chữ số"
        );
        reader.error(&node.span, what);
        return None;
    }
    Some(width)
}
