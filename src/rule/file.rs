//! One rule file: a database, its code lists and its tables.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use super::code_list::CodeList;
use super::contract::Contract;
use super::gate::{self, Policy};
use super::kind::CodeLists;
use super::node::{At, Node};
use super::pack::{self, Pack};
use super::reader::{InputFile, Reader};
use super::table::{Kinds, Table, TableParser};
use super::{Value, node};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Text};
use crate::say;

/// A database as one or several rule files declare it.
#[derive(Debug)]
pub struct Database {
    pub id: At<String>,
    pub file: Arc<SourceText>,
    /// All files that declare it, the first of them `file`.
    pub files: Vec<Arc<SourceText>>,
    pub title: Option<Text>,
    pub agency: Option<String>,
    /// Weight within its agency: 3 priority, 2 important, 1 other.
    pub weight: u32,
    /// All packs of its tables.
    pub packs: Vec<Arc<Pack>>,
    pub contract: Contract,
    /// Files that its rules read, beside code lists.
    pub inputs: Vec<InputFile>,
    /// Those that were read from files.
    pub code_lists: Vec<Arc<CodeList>>,
    /// What a gate asks of it.
    pub gate: Policy,
    pub tables: Vec<Table>,
}

impl Database {
    /// The other databases that its rules refer to.
    pub fn refers_to(&self) -> BTreeSet<&str> {
        let rules = self.tables.iter().flat_map(|table| &table.rules);
        let named = rules.filter_map(|rule| rule.spec.refers_to()?.database.as_ref());
        named.map(|database| database.value.as_str()).collect()
    }
}

/// The language version that this engine reads.
const VERSION: u32 = 1;

/// Reads a rule file. All that is wrong with it is reported at once; nothing is returned unless it is right.
pub fn parse(file: &Arc<SourceText>, folder: &Path, kinds: Kinds) -> (Option<Database>, Vec<Diagnostic>) {
    let tree = match node::parse(file) {
        Ok(tree) => tree,
        Err(diagnostic) => return (None, vec![diagnostic]),
    };
    let mut reader = Reader::new(Arc::clone(file));
    let database = database(&tree, folder, kinds, &mut reader);
    let sound = reader.diagnostics.iter().all(|d| d.level < crate::base::Level::Error);
    (database.filter(|_| sound), reader.diagnostics)
}

fn database(tree: &Node, folder: &Path, kinds: Kinds, reader: &mut Reader) -> Option<Database> {
    if tree.value == Value::Null {
        reader.error(&(0..0), say!("the file is empty", "tệp trống")).hint = Some(say!(
            "a rule file starts with `thuocdo: 1`, `database: …` and `tables:`",
            "tệp quy tắc bắt đầu bằng `thuocdo: 1`, `database: …` và `tables:`"
        ));
        return None;
    }
    let mut fields = reader.fields(tree)?;
    version(&mut fields, reader);
    let id = fields.required("database", reader).and_then(|node| identifier(node, reader));
    let title = fields.optional("title").and_then(|node| reader.bilingual(node));
    let agency = fields.optional("agency").and_then(|node| reader.text(node)).map(|at| at.value);
    let weight = fields.optional("weight").and_then(|node| weight(node, reader)).unwrap_or(1);
    let packs = fields.optional("packs").map(|node| pack::named(node, folder, reader)).unwrap_or_default();
    let any_naming = fields.optional("naming").and_then(|node| {
        let what = say!("way of naming columns", "cách đặt tên cột");
        reader.choice(node, &what, &[("exact", false), ("any", true)])
    });
    let code_lists =
        fields.optional("code_lists").map(|node| lists(node, folder, reader)).unwrap_or_default();
    let gate = fields.optional("gate").map(|node| gate::read(node, reader)).unwrap_or_default();
    let tables = fields.required("tables", reader);
    fields.finish(reader);

    let entries = tables.and_then(|node| reader.entries(node)).unwrap_or_default();
    let any_naming = any_naming.unwrap_or(false);
    let mut parser =
        TableParser { reader, code_lists: &code_lists, kinds, folder, packs: &packs, any_naming };
    let tables: Vec<Option<Table>> =
        entries.into_iter().map(|(name, node)| parser.table(name, node)).collect();
    let tables = tables.into_iter().collect::<Option<Vec<_>>>()?;
    let id = id?;
    let packs = pack::of_database(&id, &tables, reader);
    let mut inputs = std::mem::take(&mut reader.inputs);
    inputs.sort();
    inputs.dedup();
    Some(Database {
        inputs,
        contract: Contract::of(tree, code_lists.values()),
        id,
        file: Arc::clone(&reader.file),
        files: vec![Arc::clone(&reader.file)],
        title,
        agency,
        weight,
        packs,
        gate,
        code_lists: code_lists.values().filter(|list| list.evidence().is_some()).cloned().collect(),
        tables,
    })
}

pub(super) fn version(fields: &mut super::Fields<'_>, reader: &mut Reader) {
    let Some(node) = fields.required("thuocdo", reader) else { return };
    let Some(version) = reader.integer::<u32>(node) else { return };
    if version != VERSION {
        reader
            .error(
                &node.span,
                say!(
                    "language version {version} is not known to this engine",
                    "công cụ này không biết phiên bản ngôn ngữ {version}"
                ),
            )
            .hint = Some(say!(
            "write `thuocdo: {VERSION}`, or update thuocdo",
            "viết `thuocdo: {VERSION}`, hoặc cập nhật thuocdo"
        ));
    }
}

fn weight(node: &Node, reader: &mut Reader) -> Option<u32> {
    let weight = reader.integer(node)?;
    if !(1..=3).contains(&weight) {
        reader
            .error(&node.span, say!("a database's weight is 1, 2 or 3", "trọng số của CSDL là 1, 2 hoặc 3"));
        return None;
    }
    Some(weight)
}

/// The id that a rule file claims, whatever else is wrong with it.
pub fn claimed_id(file: &Arc<SourceText>) -> Option<String> {
    let Value::Map(entries) = node::parse(file).ok()?.value else { return None };
    let (_, id) = entries.into_iter().find(|(key, _)| key.value == "database")?;
    match id.value {
        Value::Scalar { text, .. } if is_id(&text) => Some(text),
        _ => None,
    }
}

/// Whether a text may be a database's id: it becomes part of file names and links.
pub fn is_id(text: &str) -> bool {
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    !text.is_empty() && text.chars().all(fits) && !text.starts_with(['.', '-'])
}

fn identifier(node: &Node, reader: &mut Reader) -> Option<At<String>> {
    let id = reader.text(node)?;
    if !is_id(&id.value) {
        let value = &id.value;
        reader.error(&id.span, say!("`{value}` cannot be an id", "`{value}` không thể làm mã")).hint =
            Some(say!(
                "use letters, digits, `_`, `-` and `.`; start with a letter or digit",
                "dùng chữ, số, `_`, `-` và `.`; bắt đầu bằng chữ hoặc số"
            ));
        return None;
    }
    Some(id)
}

pub(super) fn lists(node: &Node, folder: &Path, reader: &mut Reader) -> CodeLists {
    let entries = reader.entries(node).unwrap_or_default();
    entries
        .into_iter()
        .map(|(name, node)| {
            // A list that could not be read still has its name, so that rules naming it are not errors too.
            let list = CodeList::parse(name, node, folder, reader).unwrap_or_default();
            (name.value.clone(), Arc::new(list))
        })
        .collect()
}
