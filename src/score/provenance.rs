//! Digests of a scorecard, part by part, up to one root that everything on the card hangs on. Whoever knows the root knows
//! the card; where a card was changed, the part that differs is named.
//!
//! A leaf is the BLAKE3 hash of the canonical JSON (keys sorted, no spaces) of a part, so the layout of the file does not
//! matter, and a field that a later version adds is covered by itself. A node is the hash of the names and digests of its
//! parts, in order. Leaves and nodes are hashed under different keys: no leaf can pass for a node.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::methodology::write_canonical;
use super::scorecard::Scorecard;
use super::stated::DATABASES;

/// The version of this scheme.
pub const SCHEME: &str = "thuocdo.provenance/1";
const LEAF: &str = "thuocdo.provenance/1 leaf";
const NODE: &str = "thuocdo.provenance/1 node";

/// The field of the scorecard that holds all this, which the digests leave out.
pub const FIELD: &str = "provenance";

/// Fields of a database that say what it was scored from; tables have `files`.
const INPUTS: [&str; 4] = ["rule_files", "packs", "contract", "code_lists"];

/// Digests of a scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Provenance {
    /// Always `thuocdo.provenance/1`.
    pub scheme: String,
    /// Of the whole card but this field: 64 hexadecimal digits.
    pub root: String,
    /// What the root is computed from.
    pub parts: Vec<Part>,
}

/// A part of the scorecard.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is, within the part that it belongs to: a field, `databases[ID]`, `tables[ID]`, `rules[ID]`, `agencies[ID]`,
    /// `inputs` or `result`.
    pub part: String,
    /// 64 hexadecimal digits.
    pub digest: String,
    /// What a database or a table consists of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
}

impl Provenance {
    /// Of a scorecard as JSON.
    pub fn of(card: &Value) -> Self {
        let mut digests = Digests::default();
        for (field, value) in card.as_object().into_iter().flatten() {
            match (field.as_str(), value) {
                (DATABASES, Value::Array(databases)) => databases.iter().for_each(|it| digests.database(it)),
                _ => digests.field(field, value),
            }
        }
        digests.finish()
    }
}

/// Digests of a scorecard as its parts come.
#[derive(Default)]
pub struct Digests(Vec<Part>);

impl Digests {
    /// A field other than the list of databases.
    pub fn field(&mut self, field: &str, value: &Value) {
        match (field, value) {
            (FIELD, _) => {}
            ("agencies", Value::Array(agencies)) => {
                self.0.extend(agencies.iter().map(|it| leaf(named("agencies", it), it)));
            }
            _ => self.0.push(leaf(field.to_owned(), value)),
        }
    }

    pub fn database(&mut self, database: &Value) {
        self.0.push(whole(DATABASES, database, &INPUTS, "tables", table));
    }

    pub fn finish(self) -> Provenance {
        let Self(mut parts) = self;
        // The order of fields is layout, too. It keeps the order of databases, which are an array.
        parts.sort_by(|a, b| place(&a.part).cmp(place(&b.part)));
        Provenance { scheme: SCHEME.to_owned(), root: node(&parts), parts }
    }
}

impl Scorecard {
    /// Computes the digests. To be called again whenever the card was changed.
    pub fn seal(&mut self) {
        self.provenance = None;
        let mut digests = Digests::default();
        let databases = std::mem::take(&mut self.databases);
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let rest = serde_json::to_value(&*self).unwrap_or_default();
        for (field, value) in rest.as_object().into_iter().flatten().filter(|(field, _)| *field != DATABASES)
        {
            digests.field(field, value);
        }
        for database in &databases {
            digests.database(&serde_json::to_value(database).unwrap_or_default());
        }
        self.databases = databases;
        self.provenance = Some(digests.finish());
    }
}

fn table(value: &Value) -> Part {
    whole("tables", value, &["files"], "rules", |rule| leaf(named("rules", rule), rule))
}

/// A database or a table: what it was scored from, what came of it, and its own parts.
fn whole(list: &str, value: &Value, inputs: &[&str], inner: &str, part: impl Fn(&Value) -> Part) -> Part {
    let name = named(list, value);
    let (Some(fields), Some(Value::Array(items))) = (value.as_object(), value.get(inner)) else {
        return leaf(name, value);
    };
    let only = |keep: &dyn Fn(&str) -> bool| -> Value {
        let kept = fields.iter().filter(|(field, _)| keep(field));
        Value::Object(kept.map(|(field, value)| (field.clone(), value.clone())).collect::<Map<_, _>>())
    };
    let mut parts = vec![
        leaf("inputs".to_owned(), &only(&|field| inputs.contains(&field))),
        leaf("result".to_owned(), &only(&|field| field != inner && !inputs.contains(&field))),
    ];
    parts.extend(items.iter().map(part));
    Part { part: name, digest: node(&parts), parts }
}

fn named(list: &str, value: &Value) -> String {
    format!("{list}[{}]", value.get("id").and_then(Value::as_str).unwrap_or_default())
}

/// `databases` of `databases[x]`.
fn place(part: &str) -> &str {
    part.split('[').next().unwrap_or_default()
}

fn leaf(part: String, value: &Value) -> Part {
    let mut canonical = String::new();
    write_canonical(value, &mut canonical);
    let mut hasher = blake3::Hasher::new_derive_key(LEAF);
    hasher.update(canonical.as_bytes());
    Part { part, digest: hasher.finalize().to_hex().to_string(), parts: Vec::new() }
}

/// Length of the name as 8 bytes, little-endian, name, digest: part by part.
fn node(parts: &[Part]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key(NODE);
    for Part { part, digest, .. } in parts {
        hasher.update(&(part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
        hasher.update(digest.as_bytes());
    }
    hasher.finalize().to_hex().to_string()
}

/// How a part is not what the card's provenance says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Its content differs.
    Changed,
    /// It is on the card and not in the provenance.
    Added,
    /// It is in the provenance and not on the card.
    Removed,
    /// The digests themselves do not fit together.
    Digests,
}

/// The smallest parts by which a card differs from its provenance, as `databases[x].tables[y].rules[z]`.
pub fn changes(stated: &Provenance, found: &Provenance) -> Vec<(String, Change)> {
    let mut changes = Vec::new();
    compare("", &stated.parts, &found.parts, &mut changes);
    if changes.is_empty() && stated != found {
        changes.push((FIELD.to_owned(), Change::Digests));
    }
    changes
}

fn compare(path: &str, stated: &[Part], found: &[Part], changes: &mut Vec<(String, Change)>) {
    let at = |part: &Part| if path.is_empty() { part.part.clone() } else { format!("{path}.{}", part.part) };
    // Names repeat only on a card that somebody made up; then the last of them stands for all, and the root decides.
    let known: BTreeMap<&str, &Part> = stated.iter().map(|part| (part.part.as_str(), part)).collect();
    for part in found {
        match known.get(part.part.as_str()) {
            None => changes.push((at(part), Change::Added)),
            Some(known) if known.digest == part.digest => {}
            Some(known) if known.parts.is_empty() || part.parts.is_empty() => {
                changes.push((at(part), Change::Changed));
            }
            Some(known) => {
                let before = changes.len();
                compare(&at(part), &known.parts, &part.parts, changes);
                if changes.len() == before {
                    // Its parts are as they were, in another order or under another digest.
                    changes.push((at(part), Change::Changed));
                }
            }
        }
    }
    let names: BTreeSet<&str> = found.iter().map(|part| part.part.as_str()).collect();
    let gone = stated.iter().filter(|part| !names.contains(part.part.as_str()));
    changes.extend(gone.map(|part| (at(part), Change::Removed)));
}
