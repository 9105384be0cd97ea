//! What rules look up in a table of reference: keys, the values of a column, the keys that must be ours.

use std::collections::BTreeMap;

use schemars::JsonSchema;

use super::kind::ParseContext;
use super::node::{At, Node, Value};
use super::reader::Fields;
use super::reference::Reference;
use crate::base::Text;
use crate::kernel::expression::Expression;
use crate::kernel::likeness::Likeness;
use crate::say;

/// What a rule looks up.
#[derive(Clone, Debug)]
pub struct LookUp {
    pub with: Counterpart,
    pub sought: Sought,
}

/// A table of reference, and the columns by which a row of it is a row of ours.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Counterpart {
    /// `None` is the database of the rule.
    pub database: Option<String>,
    pub table: String,
    pub key: Vec<KeyPart>,
}

/// A column of a key; digits are filled up with zeros to `pad`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyPart {
    pub column: String,
    pub pad: Option<u32>,
}

impl Counterpart {
    /// As people are told of it.
    pub fn name(&self) -> String {
        match &self.database {
            Some(database) => format!("{database}.{}", self.table),
            None => self.table.clone(),
        }
    }

    /// The same with the name of its database, which is that of the rule unless it says otherwise.
    #[must_use]
    pub fn within(&self, database: &str) -> Self {
        let database = self.database.clone().unwrap_or_else(|| database.to_owned());
        Self { database: Some(database), ..self.clone() }
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
    /// Theirs.
    pub to: Reference,
    pub pads: Vec<Option<u32>>,
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
        let with = with.and_then(|node| other_table(node, context));
        let key = key.and_then(|node| key_columns(node, context));
        let ((database, table), key) = (with?, key?);
        let (mut ours, mut columns, mut pads) = (Vec::new(), Vec::new(), Vec::new());
        for (own, theirs, pad) in key {
            ours.push(own);
            columns.push(theirs);
            pads.push(pad);
        }
        Some(Self { ours, to: Reference { database, table, columns }, pads })
    }

    pub fn look_up(&self, sought: Sought) -> LookUp {
        let Reference { database, table, columns } = &self.to;
        let key = columns.iter().zip(&self.pads);
        let key = key.map(|(column, pad)| KeyPart { column: column.value.clone(), pad: *pad }).collect();
        let database = database.as_ref().map(|database| database.value.clone());
        LookUp { with: Counterpart { database, table: table.value.clone(), key }, sought }
    }
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
            let width = fields.optional("pad").map(|node| pad(node, context));
            fields.finish(context.reader);
            Some((ours.clone(), column, width.map_or(Some(None), |width| width.map(Some))?))
        }
        _ => Some((ours.clone(), reader.text(theirs)?, None)),
    }
}

/// The most digits that codes are filled up to.
const MOST: u32 = 64;

/// To how many digits codes are filled up.
pub fn pad(node: &Node, context: &mut ParseContext<'_>) -> Option<u32> {
    let width = context.reader.integer::<u32>(node)?;
    if !(1..=MOST).contains(&width) {
        let what: Text = say!(
            "codes are filled up to 1 to {MOST} digits",
            "mã được thêm số 0 cho đủ từ 1 đến {MOST} chữ số"
        );
        context.reader.error(&node.span, what);
        return None;
    }
    Some(width)
}
