//! `reconcile`: one item of a rule file that stands for several rules, of which each could be written by itself:
//! `reconcile_link`, a `reconcile_value` for each attribute, and `reconcile_coverage`.

use std::collections::BTreeMap;
use std::ops::Range;

use schemars::JsonSchema;

use super::kind::DeclaredColumn;
use super::look_up::{Compare, KeyWritten, OtherWritten};
use super::node::{At, Node, Value};
use super::table::TableParser;
use super::table_rule::Rule;
use crate::base::Text;
use crate::say;

/// What the item is called.
pub const NAME: &str = "reconcile";

/// The kinds that it stands for.
const LINK: &str = "reconcile_link";
const VALUE: &str = "reconcile_value";
const COVERAGE: &str = "reconcile_coverage";

/// The item as it is written, for the schema.
#[derive(Debug, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(inline)]
#[expect(dead_code, reason = "for the schema")]
pub struct Written {
    /// The table of reference: a table of this database, or `database.table`; or digests of it.
    with: OtherWritten,
    /// The columns by which a row of ours is a row of theirs; ours: theirs.
    key: KeyWritten,
    /// What is compared where keys are found; ours: theirs.
    attributes: Option<Attributes>,
    /// Which rows of the reference must be ours, as an SQL condition on its columns; all if left out.
    in_scope: Option<String>,
}

#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "for the schema")]
enum Attributes {
    /// Columns of the same names on both sides.
    Same(Vec<String>),
    Paired(BTreeMap<String, Attribute>),
}

#[derive(Debug, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
#[expect(dead_code, reason = "for the schema")]
enum Attribute {
    Same,
    Named(String),
    Compared {
        /// The column of theirs, if it has another name.
        column: Option<String>,
        /// `exact` (default), `name`, `partial_date`, `code`.
        compare: Option<Compare>,
        /// For codes: digits are filled up with zeros to so many.
        pad: Option<u32>,
    },
}

impl TableParser<'_> {
    /// The rules that one item of a table's `rules` stands for.
    pub(super) fn rules(
        &mut self,
        node: &Node,
        declared: &[DeclaredColumn],
        identity: &[String],
        update_cycle: Option<u64>,
    ) -> Vec<Rule> {
        let Some(nodes) = self.reconciled(node) else {
            return self.rule(node, declared, identity, update_cycle).into_iter().collect();
        };
        let before = self.reader.diagnostics.len();
        let rules =
            nodes.iter().filter_map(|node| self.rule(node, declared, identity, update_cycle)).collect();
        // What is wrong with what they have in common is wrong once.
        let told = self.reader.diagnostics.split_off(before);
        for diagnostic in told {
            if !self.reader.diagnostics[before..].iter().any(|known| diagnostic.repeats(known)) {
                self.reader.diagnostics.push(diagnostic);
            }
        }
        rules
    }

    /// The rules that the item is written out as; `None` if it is another one.
    fn reconciled(&mut self, node: &Node) -> Option<Vec<Node>> {
        let Value::Map(entries) = &node.value else { return None };
        let (name, arguments) = entries.iter().find(|(key, _)| key.value == NAME)?;
        let common: Vec<_> = entries.iter().filter(|(key, _)| key.value != NAME).cloned().collect();
        if let Some((key, _)) = common.iter().find(|(key, _)| key.value == "dimension") {
            self.reader
                .error(
                    &key.span,
                    say!(
                        "the rules of `{NAME}` belong to three dimensions",
                        "các quy tắc của `{NAME}` thuộc ba chiều khác nhau"
                    ),
                )
                .hint = Some(say!(
                "write `reconcile_link`, `reconcile_value` and `reconcile_coverage` by themselves",
                "viết riêng `reconcile_link`, `reconcile_value` và `reconcile_coverage`"
            ));
            return Some(Vec::new());
        }
        let kinds = self.kinds;
        let other = |key: &str| kinds.iter().any(|kind| kind.about().name == key);
        if let Some((key, _)) = common.iter().find(|(key, _)| other(&key.value)) {
            self.two_kinds(NAME, key);
            return Some(Vec::new());
        }
        let Some(mut fields) = self.reader.fields(arguments) else { return Some(Vec::new()) };
        let key = |text: &str| At { value: text.to_owned(), span: name.span.clone() };
        let mut both: Vec<(At<String>, Node)> = Vec::new();
        for part in ["with", "key"] {
            both.extend(fields.required(part, self.reader).map(|node| (key(part), node.clone())));
        }
        let attributes = fields.optional("attributes");
        let in_scope = fields.optional("in_scope");
        fields.finish(self.reader);
        if both.len() < 2 {
            return Some(Vec::new());
        }
        let item = Item { node, common: &common, both: &both };
        let mut rules = vec![item.rule(LINK, "link", &say!("link", "liên kết"), &name.span, Vec::new())];
        for (ours, theirs) in self.attributes(attributes) {
            let more = attribute(&ours, &theirs);
            rules.push(item.rule(VALUE, &ours.value, &Text::same(ours.value.clone()), &ours.span, more));
        }
        let scope = in_scope.map(|scope| (key("in_scope"), scope.clone()));
        let called = say!("coverage", "bao phủ");
        rules.push(item.rule(COVERAGE, "coverage", &called, &name.span, scope.into_iter().collect()));
        Some(rules)
    }

    /// Our columns, and what is written of each.
    fn attributes(&mut self, node: Option<&Node>) -> Vec<(At<String>, Node)> {
        match node {
            None | Some(Node { value: Value::Null, .. }) => Vec::new(),
            Some(node @ Node { value: Value::Map(_), .. }) => {
                let entries = self.reader.entries(node).unwrap_or_default();
                entries.into_iter().map(|(ours, theirs)| (ours.clone(), theirs.clone())).collect()
            }
            Some(node) => {
                let names = self.reader.texts(node);
                let null = |name: &At<String>| At { value: Value::Null, span: name.span.clone() };
                names.into_iter().map(|name| (name.clone(), null(&name))).collect()
            }
        }
    }
}

/// What the rules have in common.
struct Item<'i> {
    node: &'i Node,
    /// The attributes that every rule may have.
    common: &'i [(At<String>, Node)],
    both: &'i [(At<String>, Node)],
}

impl Item<'_> {
    /// A rule of its own. Its id ends in `part`, and its title in what that is called.
    fn rule(
        &self,
        kind: &str,
        part: &str,
        called: &Text,
        at: &Range<usize>,
        more: Vec<(At<String>, Node)>,
    ) -> Node {
        let common = self.common.iter().map(|(key, node)| match (key.value.as_str(), &node.value) {
            ("id", Value::Scalar { .. }) => (key.clone(), ended(node, &format!("-{part}"))),
            ("title", Value::Scalar { .. }) => {
                let text = |lang: &str, end: &str| {
                    (At { value: lang.to_owned(), span: key.span.clone() }, ended(node, &format!(": {end}")))
                };
                let texts = vec![text("vi", &called.vi), text("en", &called.en)];
                (key.clone(), At { value: Value::Map(texts), span: node.span.clone() })
            }
            ("title", Value::Map(texts)) => {
                let texts = texts.iter().map(|(lang, text)| {
                    let end = if lang.value == "en" { &called.en } else { &called.vi };
                    (lang.clone(), ended(text, &format!(": {end}")))
                });
                (key.clone(), At { value: Value::Map(texts.collect()), span: node.span.clone() })
            }
            _ => (key.clone(), node.clone()),
        });
        let arguments = self.both.iter().cloned().chain(more).collect();
        let name = At { value: kind.to_owned(), span: at.clone() };
        let arguments = At { value: Value::Map(arguments), span: at.clone() };
        At { value: Value::Map(common.chain([(name, arguments)]).collect()), span: self.node.span.clone() }
    }
}

/// The text with something behind it.
fn ended(node: &Node, end: &str) -> Node {
    let value = match &node.value {
        Value::Scalar { text, quoted } => Value::Scalar { text: format!("{text}{end}"), quoted: *quoted },
        other => other.clone(),
    };
    At { value, span: node.span.clone() }
}

/// The arguments of `reconcile_value` for one attribute.
fn attribute(ours: &At<String>, theirs: &Node) -> Vec<(At<String>, Node)> {
    let scalar = |at: &At<String>| At {
        value: Value::Scalar { text: at.value.clone(), quoted: false },
        span: at.span.clone(),
    };
    let key = |text: &str, at: &Range<usize>| At { value: text.to_owned(), span: at.clone() };
    let mut arguments = vec![(key("column", &ours.span), scalar(ours))];
    match &theirs.value {
        Value::Null => {}
        Value::Map(entries) => {
            let renamed = |name: &At<String>| match name.value.as_str() {
                "column" => key("to", &name.span),
                // No second name for what has one.
                "to" => key("column", &name.span),
                _ => name.clone(),
            };
            arguments.extend(entries.iter().map(|(name, node)| (renamed(name), node.clone())));
        }
        _ => arguments.push((key("to", &theirs.span), theirs.clone())),
    }
    arguments
}
