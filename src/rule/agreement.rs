//! What two agencies agree on before they compare without showing each other their data: by which columns, and how.
//! A file that both have and that holds no secret.

use std::sync::Arc;

use super::file::is_id;
use super::look_up::{KeyPart, likeness, pad};
use super::node::{self, At, Node, Value};
use super::reader::{Fields, Reader};
use crate::base::Diagnostic;
use crate::base::diagnostic::SourceText;
use crate::kernel::likeness::Likeness;
use crate::say;

/// The version of agreements that this engine speaks.
const VERSION: u32 = 1;
/// The fewest digits of a salt.
const SALT: usize = 32;

/// An agreement. Names in it are of nobody's columns; each side says which of its own they are.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Agreement {
    /// What the exchange is called.
    pub exchange: String,
    salt: String,
    pub key: Vec<KeyPart>,
    pub attributes: Vec<Attribute>,
}

/// What is compared where keys are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Attribute {
    pub name: String,
    pub likeness: Likeness,
}

impl Agreement {
    /// Reads an agreement.
    ///
    /// # Errors
    /// Everything that is wrong with the file.
    pub fn read(file: &Arc<SourceText>) -> Result<Self, Vec<Diagnostic>> {
        let tree = node::parse(file).map_err(|diagnostic| vec![diagnostic])?;
        let mut reader = Reader::new(Arc::clone(file));
        let agreement = read(&tree, &mut reader);
        agreement.filter(|_| reader.diagnostics.is_empty()).ok_or(reader.diagnostics)
    }

    /// Tells agreements apart: all that decides how values are compared, however the file is written.
    pub fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("thuocdo agreement on digests 1");
        let mut add = |part: &str| {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        };
        add(&self.exchange);
        add(&self.salt);
        for KeyPart { column, pad } in &self.key {
            add(&format!("key {} {column}", pad.unwrap_or_default()));
        }
        for Attribute { name, likeness } in &self.attributes {
            let how = match likeness {
                Likeness::Exact => "exact".to_owned(),
                Likeness::Name => "name".to_owned(),
                Likeness::PartialDate => "partial_date".to_owned(),
                Likeness::Code { pad } => format!("code {}", pad.unwrap_or_default()),
                Likeness::Phone => "phone".to_owned(),
            };
            add(&format!("attribute {how} {name}"));
        }
        *hasher.finalize().as_bytes()
    }

    /// Every name that is agreed on.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let attributes = self.attributes.iter().map(|attribute| attribute.name.as_str());
        self.key.iter().map(|part| part.column.as_str()).chain(attributes)
    }
}

fn read(tree: &Node, reader: &mut Reader) -> Option<Agreement> {
    let mut fields = reader.fields(tree)?;
    version(&mut fields, reader);
    let exchange = fields.required("exchange", reader).and_then(|node| exchange(node, reader));
    let salt = fields.required("salt", reader).and_then(|node| salt(node, reader));
    let key = fields.required("key", reader).map(|node| key(node, reader));
    let attributes = fields.optional("attributes").map(|node| attributes(node, reader));
    fields.finish(reader);
    let agreement =
        Agreement { exchange: exchange?, salt: salt?, key: key?, attributes: attributes.unwrap_or_default() };
    Some(agreement)
}

fn version(fields: &mut Fields<'_>, reader: &mut Reader) {
    let Some(node) = fields.required("thuocdo-agreement", reader) else { return };
    if let Some(version) = reader.integer::<u32>(node).filter(|&version| version != VERSION) {
        let what = say!(
            "version {version} of agreements is not known to this engine",
            "công cụ này không biết phiên bản thỏa thuận {version}"
        );
        reader.error(&node.span, what).hint = Some(say!(
            "write `thuocdo-agreement: {VERSION}`, or update thuocdo",
            "viết `thuocdo-agreement: {VERSION}`, hoặc cập nhật thuocdo"
        ));
    }
}

fn exchange(node: &Node, reader: &mut Reader) -> Option<String> {
    let name = reader.text(node)?;
    if !is_id(&name.value) {
        let value = &name.value;
        let what = say!("`{value}` cannot be a name", "`{value}` không thể làm tên");
        reader.error(&name.span, what).hint = Some(say!(
            "use letters, digits, `_`, `-` and `.`; start with a letter or digit",
            "dùng chữ, số, `_`, `-` và `.`; bắt đầu bằng chữ hoặc số"
        ));
        return None;
    }
    Some(name.value)
}

fn salt(node: &Node, reader: &mut Reader) -> Option<String> {
    let salt = reader.text(node)?;
    let digits = salt.value.len() >= SALT && salt.value.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !digits {
        let what = say!(
            "a salt is {SALT} hexadecimal digits or more",
            "muối (salt) gồm từ {SALT} chữ số thập lục phân trở lên"
        );
        reader.error(&salt.span, what).hint = Some(say!(
            "make a new one for every exchange, with `openssl rand -hex 16`; it is no secret",
            "mỗi đợt đối chiếu tạo một giá trị mới bằng `openssl rand -hex 16`; đây không phải bí mật"
        ));
        return None;
    }
    Some(salt.value.to_ascii_lowercase())
}

fn key(node: &Node, reader: &mut Reader) -> Vec<KeyPart> {
    let before = reader.diagnostics.len();
    let parts: Vec<KeyPart> = named(node, reader)
        .into_iter()
        .filter_map(|(name, how)| {
            let mut fields = how.map(|how| reader.fields(how)).map_or(Some(None), |how| how.map(Some))?;
            let width = fields.as_mut().and_then(|fields| fields.optional("pad"));
            let width = width.map(|node| pad(node, reader)).map_or(Some(None), |width| width.map(Some));
            fields.map(|fields| fields.finish(reader));
            Some(KeyPart { column: name.value, pad: width? })
        })
        .collect();
    if parts.is_empty() && reader.diagnostics.len() == before {
        reader.error(&node.span, say!("a key has at least one column", "khóa phải có ít nhất một cột"));
    }
    parts
}

fn attributes(node: &Node, reader: &mut Reader) -> Vec<Attribute> {
    let attributes = named(node, reader).into_iter().filter_map(|(name, how)| {
        let Some(how) = how else {
            return Some(Attribute { name: name.value, likeness: Likeness::Exact });
        };
        let mut fields = reader.fields(how)?;
        let (compare, width) = (fields.optional("compare"), fields.optional("pad"));
        fields.finish(reader);
        Some(Attribute { name: name.value, likeness: likeness(compare, width, reader)? })
    });
    attributes.collect()
}

/// Names, and what is said of each: a list of names says nothing of them.
fn named<'n>(node: &'n Node, reader: &mut Reader) -> Vec<(At<String>, Option<&'n Node>)> {
    if let Value::Map(_) = node.value {
        let entries = reader.entries(node).unwrap_or_default();
        let said = |how: &'n Node| (how.value != Value::Null).then_some(how);
        return entries.into_iter().map(|(name, how)| (name.clone(), said(how))).collect();
    }
    let mut names: Vec<At<String>> = Vec::new();
    for name in reader.texts(node) {
        if names.iter().any(|known| known.value == name.value) {
            let value = &name.value;
            reader.error(&name.span, say!("`{value}` is there twice", "`{value}` bị nêu hai lần"));
        } else {
            names.push(name);
        }
    }
    names.into_iter().map(|name| (name, None)).collect()
}
