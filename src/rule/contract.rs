//! What a rule file declares of a database, under core packs: its tables, keys, tiers, cycles, columns, roles and code
//! lists. Core rules follow from it, so whoever changes it changes what is scored.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::code_list::CodeList;
use super::node::{Node, Value};
use super::{node, shipped};
use crate::base::diagnostic::SourceText;

/// The contract of a database, of one or several rule files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contract {
    /// A line for what stands at the top of a file, and for each table.
    lines: Vec<String>,
}

/// A contract beside the one that is shipped for the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// None is shipped.
    Own,
    /// It is that of this pack of `rules/vn`.
    Shipped(&'static str),
    /// It differs from it.
    Other(&'static str),
}

/// What does not decide what is scored: words for readers, local rules, where data lies and what others call columns.
const LEFT_OUT: [&str; 10] =
    ["title", "why", "rules", "files", "aliases", "pii", "agency", "weight", "thuocdo", "gate"];

impl Contract {
    /// Of one rule file and the code lists that it read from files.
    pub fn of<'l>(tree: &Node, lists: impl Iterator<Item = &'l Arc<CodeList>>) -> Self {
        let mut lines = Vec::new();
        if let Value::Map(entries) = &tree.value {
            for (key, value) in entries {
                match (key.value.as_str(), &value.value) {
                    ("tables", Value::Map(tables)) => {
                        lines.extend(
                            tables.iter().map(|(id, table)| format!("{:?} {}", id.value, canonical(table))),
                        );
                    }
                    (key, _) if !LEFT_OUT.contains(&key) => lines.push(format!("{key} {}", canonical(value))),
                    _ => {}
                }
            }
        }
        let hashed = lists.filter_map(|list| Some(format!("{} {}", list.name, list.evidence()?.1)));
        lines.extend(hashed);
        Self { lines }
    }

    /// Takes in a further file of the same database.
    pub fn merge(&mut self, other: &mut Self) {
        self.lines.append(&mut other.lines);
    }

    /// First 12 hexadecimal digits of a SHA-256; the order of files and tables does not matter.
    pub fn hash(&self) -> String {
        let mut lines = self.lines.clone();
        lines.sort();
        lines.dedup();
        let digest = Sha256::digest(lines.join("\n"));
        digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect()
    }

    /// How it stands to the rule file that is shipped for the database.
    pub fn standing(&self, database: &str) -> Standing {
        Standing::of(&self.hash(), database)
    }
}

impl Standing {
    /// How the contract of that hash stands to the rule file that is shipped for the database.
    pub fn of(hash: &str, database: &str) -> Self {
        let line = format!("database: {database}");
        let Some(pack) =
            shipped::PACKS.iter().find(|pack| pack.text.lines().any(|own| own.trim_end() == line))
        else {
            return Self::Own;
        };
        let file = Arc::new(SourceText { name: pack.name.to_owned(), text: pack.text.to_owned() });
        let shipped = node::parse(&file).map(|tree| Contract::of(&tree, std::iter::empty()));
        match shipped {
            Ok(shipped) if shipped.hash() == hash => Self::Shipped(pack.name),
            _ => Self::Other(pack.name),
        }
    }
}

/// A node as text in which the order of keys does not matter.
pub(super) fn canonical(node: &Node) -> String {
    match &node.value {
        Value::Null => "null".to_owned(),
        Value::Scalar { text, .. } => format!("{text:?}"),
        Value::Seq(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Map(entries) => {
            let kept = entries.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.value.as_str()));
            let mut parts: Vec<String> =
                kept.map(|(key, value)| format!("{:?}:{}", key.value, canonical(value))).collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
    }
}
