//! One rule: the attributes that every rule may have, its kind's arguments, the id that it gets without one.

use arrow::datatypes::DataType;

use super::contract;
use super::kind::{DeclaredColumn, Kind, ParseContext, Spec};
use super::node::{At, Node, Value};
use super::pack::Pack;
use super::reader::{Fields, Reader};
use super::reconcile;
use super::role::Role;
use super::table::{Column, Table, TableParser};
use crate::base::{Dimension, Place, Severity, Text, suggest};
use crate::kernel::expression::Expression;
use crate::kernel::{ColumnType, typed};
use crate::say;

/// One rule of a table: common attributes and the kind's own arguments.
#[derive(Debug)]
pub struct Rule {
    pub id: String,
    pub place: Place,
    pub kind: &'static dyn Kind,
    pub spec: Box<dyn Spec>,
    pub dimension: Dimension,
    pub severity: Severity,
    pub weight: Option<u32>,
    pub when: Option<At<Expression>>,
    pub title: Option<Text>,
    pub why: Option<Text>,
    pub tags: Vec<String>,
    pub owner: Option<String>,
    /// Follows from a column's declaration instead of being written as a rule.
    pub implied: bool,
    pub origin: Origin,
    /// A role that the rule is about and that no column carries.
    pub lacking: Option<&'static Role>,
    /// The rule as it is written, whatever its layout; empty for implied ones.
    pub(super) written: String,
}

/// Where a rule comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The rule file itself.
    Local,
    Pack {
        /// The pack's id.
        id: String,
        /// P1 to P12.
        family: String,
        /// Shipped: it counts for the official score.
        core: bool,
    },
}

impl Rule {
    /// Whether it came with a core pack.
    pub fn is_core(&self) -> bool {
        matches!(self.origin, Origin::Pack { core: true, .. })
    }

    /// Digest of what the rule asks, with its code lists and how its columns are read: first 12 hexadecimal digits of a
    /// BLAKE3 hash.
    pub fn definition(&self, table: &Table) -> String {
        let mut hasher = blake3::Hasher::new();
        hasher.update(self.kind.about().name.as_bytes());
        hasher.update(self.severity.id().as_bytes());
        hasher.update(self.written.as_bytes());
        for list in self.spec.code_lists() {
            hasher.update(format!("{:?}", list.entries()).as_bytes());
        }
        hasher.update(format!("{:?}", table.text_options).as_bytes());
        let conditions = self.when.iter().flat_map(|when| when.value.columns().iter().cloned());
        let named = self.spec.columns().into_iter().map(|column| column.value).chain(conditions);
        for column in named.filter_map(|name| table.column(&name)) {
            let Column { ty, formats, placeholders, aliases, .. } = column;
            hasher.update(format!("{ty:?} {formats:?} {placeholders:?} {aliases:?}").as_bytes());
        }
        hasher.finalize().to_hex()[..12].to_owned()
    }
}

impl TableParser<'_> {
    pub(super) fn rule(
        &mut self,
        node: &Node,
        declared: &[DeclaredColumn],
        identity: &[String],
        update_cycle: Option<u64>,
    ) -> Option<Rule> {
        let mut fields = self.reader.fields(node)?;
        let common = self.common(&mut fields, declared);
        let kinds = self.kinds;
        let Some((key, arguments, kind)) =
            fields.take(|name| kinds.iter().copied().find(|kind| kind.about().name == name))
        else {
            self.unknown_kind(fields);
            return None;
        };
        if let Some((other, _, _)) =
            fields.take(|name| kinds.iter().copied().find(|kind| kind.about().name == name))
        {
            self.two_kinds(&key.value, other);
        }
        fields.finish(self.reader);
        let mut context = ParseContext {
            reader: self.reader,
            code_lists: self.code_lists,
            columns: declared,
            update_cycle,
            folder: self.folder,
        };
        let spec = kind.parse(arguments, &mut context);
        // A rule that is wrong in one way may still name its columns wrongly in another.
        let named = spec.as_ref().map_or_else(|| named_columns(arguments), |spec| spec.columns());
        for column in named {
            self.declared(&column, declared);
        }
        if let Some(when) = &common.when {
            self.expression_columns(when, declared);
        }
        let place = self.reader.place(&key.span);
        Some(Rule { written: contract::canonical(node), ..common.rule(kind, spec?, identity, place) })
    }

    pub(super) fn two_kinds(&mut self, one: &str, other: &At<String>) {
        let two = &other.value;
        self.reader
            .error(
                &other.span,
                say!(
                    "a rule has one kind; this one has `{one}` and `{two}`",
                    "mỗi quy tắc chỉ có một loại; ở đây có cả `{one}` và `{two}`"
                ),
            )
            .hint = Some(say!("write two rules", "tách thành hai quy tắc"));
    }

    fn unknown_kind(&mut self, fields: Fields<'_>) {
        let names: Vec<&'static str> = self.kinds.iter().map(|kind| kind.about().name).collect();
        let mut any = false;
        for key in fields.remaining() {
            any = true;
            let name = &key.value;
            self.reader.unknown(
                key,
                say!(
                    "unknown rule kind or attribute `{name}`",
                    "không có loại quy tắc hay thuộc tính `{name}`"
                ),
                names.iter().copied().chain(COMMON).chain([reconcile::NAME]),
            );
        }
        if !any {
            self.reader
                .error(&fields.span, say!("this rule names no kind", "quy tắc này không nêu loại"))
                .hint =
                Some(say!("for example `not_null: {{ column: … }}`", "ví dụ `not_null: {{ column: … }}`"));
        }
    }

    fn common(&mut self, fields: &mut Fields<'_>, declared: &[DeclaredColumn]) -> Common {
        let reader = &mut *self.reader;
        let dimensions = Dimension::ALL.map(|dimension| (dimension.id(), dimension));
        let severities = Severity::ALL.map(|severity| (severity.id(), severity));
        Common {
            id: fields.optional("id").and_then(|node| reader.text(node)),
            dimension: fields
                .optional("dimension")
                .and_then(|node| reader.choice(node, &say!("dimension", "chiều chất lượng"), &dimensions)),
            severity: fields
                .optional("severity")
                .and_then(|node| reader.choice(node, &say!("severity", "mức độ"), &severities)),
            weight: fields.optional("weight").and_then(|node| {
                let weight = reader.integer::<u32>(node)?;
                if !(1..=1_000).contains(&weight) {
                    reader.error(
                        &node.span,
                        say!("a weight is between 1 and 1000", "trọng số nằm trong khoảng 1 đến 1000"),
                    );
                    return None;
                }
                Some(weight)
            }),
            when: fields.optional("when").and_then(|node| expression(reader, node, declared)),
            title: fields.optional("title").and_then(|node| reader.bilingual(node)),
            why: fields.optional("why").and_then(|node| reader.bilingual(node)),
            tags: fields
                .optional("tags")
                .map(|node| reader.texts(node).into_iter().map(|at| at.value).collect())
                .unwrap_or_default(),
            owner: fields.optional("owner").and_then(|node| reader.text(node)).map(|at| at.value),
        }
    }

    /// Reports a column that looks like a misspelling of a declared one. Columns that are not declared at all are
    /// looked up in the data.
    pub(super) fn declared(&mut self, column: &At<String>, declared: &[DeclaredColumn]) {
        let names = || declared.iter().map(|column| column.name.value.as_str());
        if names().any(|name| name == column.value) {
            return;
        }
        if let Some(near) = suggest::closest(&column.value, names()) {
            let name = &column.value;
            self.reader
                .error(
                    &column.span,
                    say!("the table declares no column `{name}`", "bảng không khai báo cột `{name}`"),
                )
                .hint = Some(say!("did you mean `{near}`?", "có phải ý bạn là `{near}`?"));
        }
    }

    fn expression_columns(&mut self, expression: &At<Expression>, declared: &[DeclaredColumn]) {
        for column in expression.value.columns() {
            self.declared(&At { value: column.clone(), span: expression.span.clone() }, declared);
        }
    }

    /// The rules that follow from declarations: `required`, `type`, `code_list`, `references`. A rule among `written`
    /// of the same kind on the same column takes their place. Those that follow under a core pack are its own: only its
    /// rules take their place, never a laxer one of the file.
    pub(super) fn implied<'c>(
        &mut self,
        columns: impl Iterator<Item = &'c Column>,
        written: &[Rule],
        declared: &[DeclaredColumn],
        identity: &[String],
        core: Option<&Pack>,
    ) -> Vec<Rule> {
        let mut implied = Vec::new();
        for column in columns {
            let name = &column.name;
            let list = column.code_list.as_ref();
            let parent = column.references.as_ref();
            let dated = matches!(column.ty, Some(ColumnType::Date | ColumnType::Timestamp));
            let wanted = [
                ("not_null", "P2", column.required == Some(true), ("column", None)),
                (
                    "type",
                    if dated { "P3" } else { "P10" },
                    column.ty.is_some_and(|ty| ty != ColumnType::Text),
                    ("column", None),
                ),
                ("in_set", "P4", list.is_some(), ("column", list.map(|list| ("code_list", list)))),
                ("references", "P10", parent.is_some(), ("columns", parent.map(|parent| ("to", parent)))),
            ];
            for (kind_name, family, follows, (subject, more)) in wanted {
                let already = || {
                    written.iter().any(|rule| {
                        rule.is_core() == core.is_some()
                            && rule.kind.about().name == kind_name
                            && rule.spec.columns().first().is_some_and(|first| first.value == name.value)
                    })
                };
                if !follows || already() {
                    continue;
                }
                let Some(kind) = self.kinds.iter().copied().find(|kind| kind.about().name == kind_name)
                else {
                    continue;
                };
                let scalar = |at: &At<String>| Node {
                    value: Value::Scalar { text: at.value.clone(), quoted: false },
                    span: at.span.clone(),
                };
                let key = |text: &str| At { value: text.to_owned(), span: name.span.clone() };
                let mut arguments = vec![(key(subject), scalar(name))];
                arguments.extend(more.map(|(argument, value)| (key(argument), scalar(value))));
                let node = Node { value: Value::Map(arguments), span: name.span.clone() };
                let mut context = ParseContext {
                    reader: self.reader,
                    code_lists: self.code_lists,
                    columns: declared,
                    update_cycle: None,
                    folder: self.folder,
                };
                if let Some(spec) = kind.parse(&node, &mut context) {
                    let place = self.reader.place(&name.span);
                    let origin = core.map_or(Origin::Local, |pack| pack.origin(family));
                    let rule = Common::default().rule(kind, spec, identity, place);
                    let written = contract::canonical(&node);
                    implied.push(Rule { implied: true, origin, written, ..rule });
                }
            }
        }
        implied
    }

    /// Gives ids to the rules without one, and reports ids that are used twice.
    pub(super) fn with_ids(&mut self, mut table: Table) -> Table {
        let mut taken = hashbrown::HashSet::new();
        let core = table.is_core();
        for rule in &table.rules {
            if core && rule.id.starts_with("core.") {
                self.reader.error(
                    &rule.place.span,
                    say!(
                        "ids that begin with `core.` are those of core packs",
                        "mã bắt đầu bằng `core.` dành cho gói quy tắc lõi"
                    ),
                );
            }
            if rule.id.contains(|c: char| c == ';' || c.is_control()) {
                self.reader.error(
                    &rule.place.span,
                    say!(
                        "a rule's id has no `;` and no control characters: lists of ids are separated by them",
                        "mã quy tắc không được chứa `;` hay ký tự điều khiển vì dùng để ngăn cách danh sách"
                    ),
                );
            }
            if !rule.id.is_empty() && !taken.insert(rule.id.clone()) {
                let id = &rule.id;
                self.reader
                    .error(
                        &rule.place.span,
                        say!("rule id `{id}` is used twice", "mã quy tắc `{id}` bị dùng hai lần"),
                    )
                    .hint = Some(say!("ids are unique within a table", "mã phải duy nhất trong một bảng"));
            }
        }
        // What the file adds must not change the ids of a pack's rules.
        let sort = |rule: &Rule| (rule.is_core(), rule.kind.about().name, column_names(rule));
        let mut alike = hashbrown::HashMap::new();
        for rule in &table.rules {
            *alike.entry(sort(rule)).or_insert(0_u32) += 1;
        }
        let mut numbered = hashbrown::HashMap::new();
        let table_id = table.id.value.clone();
        for rule in table.rules.iter_mut().filter(|rule| rule.id.is_empty()) {
            let sort = sort(rule);
            let mut parts: Vec<String> = if sort.0 { vec!["core".to_owned()] } else { Vec::new() };
            parts.extend([table_id.clone(), sort.1.to_owned()]);
            parts.extend((!sort.2.is_empty()).then(|| sort.2.clone()));
            let distinction = rule.spec.distinction();
            if !distinction.is_empty() && alike[&sort] > 1 {
                parts.push(distinction);
            }
            let base = parts.join(".");
            // Rules that nothing tells apart are numbered in the order of the file.
            let count = numbered.entry(base.clone()).or_insert(0_u32);
            rule.id = loop {
                *count += 1;
                let id = if *count == 1 { base.clone() } else { format!("{base}#{count}") };
                if taken.insert(id.clone()) {
                    break id;
                }
            };
        }
        table
    }
}

/// The texts under the keys by which kinds name columns.
fn named_columns(arguments: &Node) -> Vec<At<String>> {
    let Value::Map(entries) = &arguments.value else { return Vec::new() };
    let scalar = |node: &Node| match &node.value {
        Value::Scalar { text, .. } => Some(At { value: text.clone(), span: node.span.clone() }),
        _ => None,
    };
    entries
        .iter()
        .filter(|(key, _)| {
            matches!(key.value.as_str(), "column" | "columns" | "event" | "recorded" | "except")
        })
        .flat_map(|(_, node)| match &node.value {
            Value::Seq(items) => items.iter().filter_map(scalar).collect(),
            _ => scalar(node).into_iter().collect::<Vec<_>>(),
        })
        .collect()
}

fn column_names(rule: &Rule) -> String {
    rule.spec.columns().iter().map(|column| column.value.as_str()).collect::<Vec<_>>().join("+")
}

const COMMON: [&str; 9] = ["id", "dimension", "severity", "weight", "when", "title", "why", "tags", "owner"];

/// The attributes that every rule may have.
#[derive(Default)]
struct Common {
    id: Option<At<String>>,
    dimension: Option<Dimension>,
    severity: Option<Severity>,
    weight: Option<u32>,
    when: Option<At<Expression>>,
    title: Option<Text>,
    why: Option<Text>,
    tags: Vec<String>,
    owner: Option<String>,
}

impl Common {
    fn rule(self, kind: &'static dyn Kind, spec: Box<dyn Spec>, identity: &[String], place: Place) -> Rule {
        let about = kind.about();
        Rule {
            id: self.id.map(|at| at.value).unwrap_or_default(),
            place,
            kind,
            dimension: self.dimension.or_else(|| spec.dimension()).unwrap_or(about.dimension),
            // Without its identity a record cannot be found: nothing about it can be right.
            severity: self.severity.unwrap_or(if spec.identifies(identity) {
                Severity::Critical
            } else {
                about.severity
            }),
            spec,
            weight: self.weight,
            when: self.when,
            title: self.title,
            why: self.why,
            tags: self.tags,
            owner: self.owner,
            implied: false,
            origin: Origin::Local,
            lacking: None,
            written: String::new(),
        }
    }
}

/// Reads an SQL expression, pointing into it where it is wrong. Its types are checked as far as the columns that it
/// reads have declared ones.
pub fn expression(reader: &mut Reader, node: &Node, declared: &[DeclaredColumn]) -> Option<At<Expression>> {
    let text = reader.text(node)?;
    let checked = Expression::parse(&text.value).and_then(|expression| {
        let ty = |name: &String| declared.iter().find(|column| column.name.value == *name)?.ty;
        let types: Option<Vec<_>> = expression
            .columns()
            .iter()
            .map(|name| Some((name.clone(), typed::array_type(ty(name)?, &DataType::Utf8View))))
            .collect();
        if let Some(types) = types {
            expression.bind(&types, 0)?;
        }
        Ok(expression)
    });
    match checked {
        Ok(expression) => Some(At { value: expression, span: text.span }),
        Err(error) => {
            let span = inner_span(reader, &text, error.at);
            reader.error(&span, error.what).hint = error.hint;
            None
        }
    }
}

/// The place of a range of an expression's text, when it stands in the file as it is.
fn inner_span(
    reader: &Reader,
    text: &At<String>,
    at: Option<std::ops::Range<usize>>,
) -> std::ops::Range<usize> {
    let Some(at) = at else { return text.span.clone() };
    let written = &reader.file.text[text.span.clone()];
    match written.find(&text.value) {
        Some(offset) => text.span.start + offset + at.start..text.span.start + offset + at.end,
        None => text.span.clone(),
    }
}
