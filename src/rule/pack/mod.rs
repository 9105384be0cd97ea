//! Packs: rules written in roles instead of columns, which a table takes over by giving roles to its columns.
//!
//! Core packs are shipped with the program, and their rules alone count for the official score. A pack of the user's
//! own is named by its file; its rules are local.

mod apply;
mod expand;
mod shipped;

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::kind::CodeLists;
use super::node::{self, At, Node, Value};
use super::reader::Reader;
use super::role::{ROLES, Role};
use crate::base::diagnostic::SourceText;
use crate::base::{Diagnostic, Severity, Text};
use crate::say;

pub(super) use apply::of_database;
pub use expand::Scope;
pub use shipped::CORE;

/// What all core packs include.
const COMMON: &str = "core/common";

/// The packs that a list in a rule file names.
pub fn named(node: &Node, folder: &Path, reader: &mut Reader) -> Vec<Arc<Pack>> {
    let mut packs: Vec<Arc<Pack>> = Vec::new();
    for name in reader.texts(node) {
        // It is a part of the others and asks for no role of its own.
        if name.value.split('@').next() == Some(COMMON) {
            reader
                .error(
                    &name.span,
                    say!("`{COMMON}` is no archetype", "`{COMMON}` không phải là một kiểu mẫu"),
                )
                .hint = Some(say!(
                "name the pack that fits the table: `core/document`, `core/case-file` …",
                "nêu gói phù hợp với bảng: `core/document`, `core/case-file` …"
            ));
            continue;
        }
        let Some(pack) = load(&name, folder, reader) else { continue };
        match packs.iter().find(|known| known.id == pack.id) {
            Some(known) if known.hash != pack.hash => {
                reader.error(&name.span, two_packs(&pack.id));
            }
            Some(_) => {}
            None => packs.push(pack),
        }
    }
    packs
}

/// Of two packs with one id nobody could say which one a rule came with.
pub fn two_packs(id: &str) -> Text {
    say!("two different packs call themselves `{id}`", "hai gói khác nhau cùng tự gọi là `{id}`")
}

/// A pack with everything that it includes.
#[derive(Debug)]
pub struct Pack {
    pub id: String,
    pub version: String,
    pub title: Text,
    /// Shipped with the program: its rules count for the official score.
    pub core: bool,
    /// First 12 hexadecimal digits of the SHA-256 of its text, of what it includes and of the lists that it reads.
    pub hash: String,
    requires: Vec<Requirement>,
    templates: Vec<Template>,
}

/// Roles of which a table that the pack is about must carry one.
#[derive(Clone, Debug)]
struct Requirement {
    any_of: Vec<&'static Role>,
    severity: Severity,
    file: Arc<SourceText>,
    span: std::ops::Range<usize>,
}

/// A rule in which `$role` stands for a column.
#[derive(Clone, Debug)]
struct Template {
    file: Arc<SourceText>,
    node: Node,
    /// P1 to P12: what the rule is there for.
    family: String,
    variables: Vec<Variable>,
    code_lists: Arc<CodeLists>,
}

/// What a `$word` of a template stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Variable {
    /// A column that carries the role.
    Role(&'static Role),
    /// All columns of the table's identity key.
    Key,
    /// One of them.
    KeyColumn,
    /// What the table declares under these names.
    UpdateCycle,
    Sla,
    ControlTotal,
}

impl PartialEq for Role {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Role {}

impl Variable {
    fn find(word: &str) -> Option<Self> {
        match word {
            "key" => Some(Self::Key),
            "key_column" => Some(Self::KeyColumn),
            "update_cycle" => Some(Self::UpdateCycle),
            "sla" => Some(Self::Sla),
            "control_total" => Some(Self::ControlTotal),
            role => Role::find(role).map(Self::Role),
        }
    }
}

/// The pack that a rule file names: a shipped one (`core/person-register`, with `@1.0.0` or `@1.0.0+<hash>` only that
/// one), or a file of its own. Reports why there is none.
pub fn load(name: &At<String>, folder: &Path, reader: &mut Reader) -> Option<Arc<Pack>> {
    let (id, pin) = match name.value.split_once('@') {
        Some((id, pin)) => (id, Some(pin)),
        None => (name.value.as_str(), None),
    };
    let mut loading =
        Loading { digest: Sha256::new(), open: Vec::new(), seen: Vec::new(), diagnostics: Vec::new() };
    let wanted = At { value: id.to_owned(), span: name.span.clone() };
    let pack = loading.pack(&wanted, folder, reader);
    let failed = !loading.diagnostics.is_empty();
    reader.diagnostics.append(&mut loading.diagnostics);
    let mut pack = pack.filter(|_| !failed)?;
    pack.hash = loading.digest.finalize().iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    match pin {
        Some(pin) if !pack.is(pin) => {
            let (id, version, hash) = (&pack.id, &pack.version, &pack.hash);
            reader
                .error(
                    &name.span,
                    say!(
                        "pack `{id}` is not `{pin}`: this is version {version}, hash {hash}",
                        "gói `{id}` không phải `{pin}`: đây là phiên bản {version}, mã băm {hash}"
                    ),
                )
                .hint = Some(say!(
                "the pack, one that it includes or a list that it reads has changed; scores under both are not \
                 comparable. To go by this one, write `{id}@{version}+{hash}`",
                "gói này, gói mà nó bao gồm hoặc danh mục mà nó đọc đã thay đổi; điểm theo hai bản không so sánh được. \
                 Nếu dùng bản này, viết `{id}@{version}+{hash}`"
            ));
            None
        }
        _ => Some(Arc::new(pack)),
    }
}

impl Pack {
    fn is(&self, pin: &str) -> bool {
        match pin.split_once('+') {
            Some((version, hash)) => version == self.version && hash == self.hash,
            None => pin == self.version,
        }
    }
}

struct Loading {
    digest: Sha256,
    /// Packs that include one another, outermost first.
    open: Vec<String>,
    /// Packs that are there already: two may include the same third.
    seen: Vec<String>,
    diagnostics: Vec<Diagnostic>,
}

impl Loading {
    /// `from` is the file that names the pack.
    fn pack(&mut self, name: &At<String>, folder: &Path, from: &mut Reader) -> Option<Pack> {
        let id = name.value.clone();
        if self.open.contains(&id) {
            let circle = self.open.iter().chain([&id]).map(String::as_str).collect::<Vec<_>>().join(" → ");
            from.error(
                &name.span,
                say!("packs include one another: {circle}", "các gói bao gồm lẫn nhau: {circle}"),
            )
            .hint = Some(say!("take one of these `includes` out", "bỏ bớt một `includes` trong số này"));
            return None;
        }
        let (source, core) = if let Some(text) = shipped::find(&id) {
            (SourceText { name: format!("{id}.yaml"), text: text.to_owned() }, true)
        } else if is_file(&id) {
            let path = folder.join(&id);
            match std::fs::read_to_string(&path) {
                Ok(text) => (SourceText { name: path.display().to_string(), text }, false),
                Err(error) => {
                    let Text { en, vi } = crate::extract::system(&error);
                    from.error(
                        &name.span,
                        say!("pack `{id}` cannot be read: {en}", "không đọc được gói `{id}`: {vi}"),
                    );
                    return None;
                }
            }
        } else {
            from.unknown(
                name,
                say!("no pack `{id}` is shipped", "không có gói `{id}` đi kèm"),
                CORE.iter().map(|(id, _)| *id).filter(|id| *id != COMMON),
            );
            return None;
        };
        let folder = folder.join(&id).parent().unwrap_or(folder).to_owned();
        self.open.push(id.clone());
        let pack = self.parse(&Arc::new(source), core, &folder);
        self.open.pop();
        pack
    }

    fn parse(&mut self, file: &Arc<SourceText>, core: bool, folder: &Path) -> Option<Pack> {
        self.digest.update(file.text.len().to_le_bytes());
        self.digest.update(file.text.as_bytes());
        let tree = match node::parse(file) {
            Ok(tree) => tree,
            Err(diagnostic) => {
                self.diagnostics.push(diagnostic);
                return None;
            }
        };
        let mut reader = Reader::new(Arc::clone(file));
        let pack = self.content(&tree, core, folder, &mut reader);
        self.diagnostics.append(&mut reader.diagnostics);
        pack
    }

    fn content(&mut self, tree: &Node, core: bool, folder: &Path, reader: &mut Reader) -> Option<Pack> {
        let mut fields = reader.fields(tree)?;
        super::file::version(&mut fields, reader);
        let id = fields.required("pack", reader).and_then(|node| reader.text(node));
        if let Some(id) = id.as_ref().filter(|id| !core && id.value.starts_with("core/")) {
            reader.error(
                &id.span,
                say!(
                    "a pack of one's own does not begin with `core/`",
                    "gói riêng không được bắt đầu bằng `core/`"
                ),
            );
        }
        let version = fields.required("version", reader).and_then(|node| reader.text(node));
        let title = fields.optional("title").and_then(|node| reader.bilingual(node)).unwrap_or_default();
        let includes = fields.optional("includes").map(|node| reader.texts(node)).unwrap_or_default();
        let requires = fields.optional("requires").map(|node| requires(node, reader)).unwrap_or_default();
        let code_lists = fields
            .optional("code_lists")
            .map(|node| super::file::lists(node, folder, reader))
            .unwrap_or_default();
        let rules = fields.optional("rules").map(|node| reader.items(node)).unwrap_or_default();
        fields.finish(reader);
        for list in code_lists.values() {
            if let Some((_, hash)) = list.evidence() {
                self.digest.update(hash.as_bytes());
            }
        }
        let code_lists = Arc::new(code_lists);
        let templates = rules.into_iter().filter_map(|node| template(node, &code_lists, reader)).collect();
        let mut pack = Pack {
            id: id?.value,
            version: version?.value,
            title,
            core,
            hash: String::new(),
            requires,
            templates,
        };
        for include in includes {
            if self.seen.contains(&include.value) {
                continue;
            }
            let included = self.pack(&include, folder, reader)?;
            self.seen.push(include.value);
            pack.requires.extend(included.requires);
            pack.templates.extend(included.templates);
        }
        Some(pack)
    }
}

fn is_file(id: &str) -> bool {
    Path::new(id).extension().is_some_and(|end| end == "yaml" || end == "yml")
}

/// `role: severity`, or `role or role: severity`.
fn requires(node: &Node, reader: &mut Reader) -> Vec<Requirement> {
    let severities = Severity::ALL.map(|severity| (severity.id(), severity));
    let entries = reader.entries(node).unwrap_or_default();
    let mut requirements = Vec::new();
    for (names, node) in entries {
        let severity = reader.choice(node, &say!("severity", "mức độ"), &severities);
        let any_of = names.value.split(" or ").filter_map(|name| {
            let found = Role::find(name.trim());
            if found.is_none() {
                unknown_role(&At { value: name.trim().to_owned(), span: names.span.clone() }, reader);
            }
            found
        });
        let any_of: Vec<_> = any_of.collect();
        if let (Some(severity), false) = (severity, any_of.is_empty()) {
            let (file, span) = (Arc::clone(&reader.file), names.span.clone());
            requirements.push(Requirement { any_of, severity, file, span });
        }
    }
    requirements
}

pub fn unknown_role(name: &At<String>, reader: &mut Reader) {
    let role = &name.value;
    reader.unknown(
        name,
        say!("unknown role `{role}`", "không có vai trò `{role}`"),
        ROLES.iter().map(|role| role.name),
    );
}

/// One rule of a pack, with its family taken off.
fn template(node: &Node, code_lists: &Arc<CodeLists>, reader: &mut Reader) -> Option<Template> {
    let entries = reader.entries(node)?;
    let mut family = String::new();
    let mut kept = Vec::new();
    for (key, value) in entries {
        match key.value.as_str() {
            "family" => {
                let families: Vec<(&'static str, &'static str)> =
                    FAMILIES.iter().map(|&id| (id, id)).collect();
                family = reader.choice(value, &say!("family", "nhóm"), &families)?.to_owned();
            }
            "id" => {
                reader.error(
                    &key.span,
                    say!("rules of packs get their ids by themselves", "quy tắc của gói tự có mã"),
                );
                return None;
            }
            _ => kept.push((key.clone(), value.clone())),
        }
    }
    let node = Node { value: Value::Map(kept), span: node.span.clone() };
    let mut variables = Vec::new();
    collect(&node, &mut variables, reader);
    Some(Template {
        file: Arc::clone(&reader.file),
        node,
        family,
        variables,
        code_lists: Arc::clone(code_lists),
    })
}

/// What the rules of a pack are there for: identity, required cells, dates, code lists, encoding, control total,
/// heartbeat, latency, reconciliation, schema, connection, share requests.
const FAMILIES: [&str; 12] = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P9", "P10", "P11", "P12"];

fn collect(node: &Node, variables: &mut Vec<Variable>, reader: &mut Reader) {
    match &node.value {
        Value::Scalar { text, .. } => {
            for word in words(text) {
                match Variable::find(word) {
                    Some(variable) if !variables.contains(&variable) => variables.push(variable),
                    Some(_) => {}
                    None => unknown_role(&At { value: word.to_owned(), span: node.span.clone() }, reader),
                }
            }
        }
        Value::Seq(items) => items.iter().for_each(|item| collect(item, variables, reader)),
        Value::Map(entries) => {
            for (key, node) in entries {
                // Titles and reasons are prose.
                if !matches!(key.value.as_str(), "title" | "why") {
                    collect(node, variables, reader);
                }
            }
        }
        Value::Null => {}
    }
}

/// The words behind `$` in a text.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split('$').skip(1).filter_map(|rest| {
        let end = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(rest.len());
        (end > 0).then(|| &rest[..end])
    })
}
