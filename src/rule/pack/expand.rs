//! From templates to rules of a table: `$role` becomes the column that carries the role.

use std::ops::Range;
use std::sync::Arc;

use super::{Pack, Requirement, Template, Variable};
use crate::base::Text;
use crate::base::diagnostic::SourceText;
use crate::rule::kind::CodeLists;
use crate::rule::node::{At, Node, Value};
use crate::rule::role::Role;
use crate::rule::table::Column;
use crate::say;

/// What a pack may ask of a table.
pub struct Scope<'t> {
    pub columns: &'t [Column],
    pub key: &'t [At<String>],
    /// Whether the table is what the pack is about: a main table, or one that names the pack itself.
    pub subject: bool,
    pub main: bool,
    /// Whether the table may be absent or empty.
    pub may_lack: bool,
    /// Texts that the file declares to be null.
    pub null_values: &'t [String],
    pub update_cycle: Option<&'t str>,
    pub sla: Option<&'t str>,
    pub control_total: Option<&'t str>,
}

/// A template with columns in place of its roles, not read yet.
pub struct Expanded<'p> {
    pub family: &'p str,
    /// Where the template stands.
    pub file: &'p Arc<SourceText>,
    pub code_lists: Option<&'p CodeLists>,
    pub node: Node,
    /// A role that the table must carry, and no column does: the rule cannot run.
    pub lacking: Option<&'static Role>,
}

/// Which column stands for what.
type Assignment<'t> = Vec<(Variable, &'t str)>;

impl Pack {
    /// The rules that the pack gives a table, in the order of the pack.
    pub fn expand<'p>(&'p self, scope: &Scope<'_>) -> Vec<Expanded<'p>> {
        let demanded: Vec<&'static Role> = if scope.subject { self.lacking(scope) } else { Vec::new() };
        let mut expanded = Vec::new();
        if scope.subject {
            for requirement in &self.requires {
                for (columns, lacking) in requirement.carriers(scope) {
                    let node = presence(&columns, requirement.severity.id(), &requirement.span);
                    let file = &requirement.file;
                    expanded.push(Expanded { family: "P2", file, code_lists: None, node, lacking });
                }
            }
        }
        for template in &self.templates {
            for (assignment, lacking) in assignments(template, scope, &demanded) {
                if let Some(node) = substitute(&template.node, &assignment, scope, Place::Argument) {
                    let Template { family, file, code_lists, .. } = template;
                    expanded.push(Expanded { family, file, code_lists: Some(code_lists), node, lacking });
                }
            }
        }
        expanded
    }

    /// The first roles of the requirements that no column of the record's subject meets.
    pub fn lacking(&self, scope: &Scope<'_>) -> Vec<&'static Role> {
        self.requires
            .iter()
            .flat_map(|requirement| requirement.carriers(scope))
            .filter_map(|(_, lacking)| lacking)
            .collect()
    }
}

impl Requirement {
    /// The columns of which each row must fill one, list by list; and the role that no column carries. Columns of one
    /// role are all wanted, those of different roles stand for one another: a birth date, or what is known of it.
    fn carriers<'t>(&self, scope: &Scope<'t>) -> Vec<(Vec<&'t str>, Option<&'static Role>)> {
        let of = |role: &&'static Role| -> Vec<&'t str> {
            let carries = |column: &&Column| {
                column.of.is_none()
                    && column.required != Some(false)
                    && column.role.is_some_and(|own| own == *role)
            };
            scope.columns.iter().filter(carries).map(|column| column.name.value.as_str()).collect()
        };
        let carried: Vec<Vec<&'t str>> =
            self.any_of.iter().map(of).filter(|columns| !columns.is_empty()).collect();
        match carried.as_slice() {
            [] => self.any_of.first().map(|role| (vec![role.name], Some(*role))).into_iter().collect(),
            [columns] => columns.iter().map(|&column| (vec![column], None)).collect(),
            several => vec![(several.concat(), None)],
        }
    }
}

/// All ways to fill the roles of a template with columns of one person or thing. A demanded role that no column of the
/// subject carries is filled with its own name.
fn assignments<'t>(
    template: &Template,
    scope: &Scope<'t>,
    demanded: &[&'static Role],
) -> Vec<(Assignment<'t>, Option<&'static Role>)> {
    let columns = |variable: &&Variable| matches!(variable, Variable::Role(_) | Variable::KeyColumn);
    let variables: Vec<Variable> = template.variables.iter().filter(columns).copied().collect();
    if variables.is_empty() {
        return vec![(Vec::new(), None)];
    }
    let mut groups: Vec<Option<&str>> = vec![None];
    for column in scope.columns {
        let of = column.of.as_deref();
        if !groups.contains(&of) {
            groups.push(of);
        }
    }
    let mut found = Vec::new();
    for group in groups {
        let mut ways: Vec<(Assignment<'t>, Option<&'static Role>)> = vec![(Vec::new(), None)];
        for &variable in &variables {
            let names = candidates(variable, group, scope, demanded);
            ways = ways
                .into_iter()
                .flat_map(|(assignment, lacking)| {
                    names.iter().map(move |&(name, missing)| {
                        let mut longer = assignment.clone();
                        longer.push((variable, name));
                        (longer, lacking.or(missing))
                    })
                })
                .collect();
        }
        found.extend(ways);
    }
    found
}

/// The columns that a variable may stand for, and what is lacking where it stands for nothing.
fn candidates<'t>(
    variable: Variable,
    group: Option<&str>,
    scope: &Scope<'t>,
    demanded: &[&'static Role],
) -> Vec<(&'t str, Option<&'static Role>)> {
    match variable {
        Variable::Role(role) => {
            let carries = |column: &&Column| {
                column.of.as_deref() == group && column.role.is_some_and(|carried| *carried == *role)
            };
            let carried = scope.columns.iter().filter(carries);
            let mut names: Vec<_> = carried.map(|column| (column.name.value.as_str(), None)).collect();
            if names.is_empty() && group.is_none() && demanded.contains(&role) {
                names.push((role.name, Some(role)));
            }
            names
        }
        // The key is the record's own.
        Variable::KeyColumn if group.is_none() => {
            scope.key.iter().map(|column| (column.value.as_str(), None)).collect()
        }
        _ => Vec::new(),
    }
}

/// `not_null` of a column, or `filled` of several, as a rule would be written.
fn presence(columns: &[&str], severity: &str, span: &Range<usize>) -> Node {
    let at = |text: &str| At { value: text.to_owned(), span: span.clone() };
    let scalar = |text: &str| Node {
        value: Value::Scalar { text: text.to_owned(), quoted: true },
        span: span.clone(),
    };
    let (kind, argument) = match columns {
        [only] => ("not_null", (at("column"), scalar(only))),
        several => {
            let several = Value::Seq(several.iter().map(|column| scalar(column)).collect());
            ("filled", (at("columns"), Node { value: several, span: span.clone() }))
        }
    };
    let rule = vec![
        (at(kind), Node { value: Value::Map(vec![argument]), span: span.clone() }),
        (at("severity"), scalar(severity)),
    ];
    Node { value: Value::Map(rule), span: span.clone() }
}

/// What a scalar is part of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Argument,
    /// SQL: names of columns are quoted.
    Expression,
}

/// The node with its variables replaced; `None` if the table declares nothing for one of them.
fn substitute(node: &Node, assignment: &Assignment<'_>, scope: &Scope<'_>, place: Place) -> Option<Node> {
    let value = match &node.value {
        Value::Scalar { text, quoted } => match (text.as_str(), place) {
            ("$key", Place::Argument) => {
                if scope.key.is_empty() {
                    return None;
                }
                let column = |name: &At<String>| Node {
                    value: Value::Scalar { text: name.value.clone(), quoted: true },
                    span: node.span.clone(),
                };
                Value::Seq(scope.key.iter().map(column).collect())
            }
            _ => Value::Scalar { text: replaced(text, assignment, scope, place)?, quoted: *quoted },
        },
        Value::Seq(items) => Value::Seq(
            items.iter().map(|item| substitute(item, assignment, scope, place)).collect::<Option<_>>()?,
        ),
        Value::Map(entries) => Value::Map(
            entries
                .iter()
                .map(|(key, node)| {
                    let prose = matches!(key.value.as_str(), "title" | "why");
                    let inner = match key.value.as_str() {
                        "expect" | "when" => Place::Expression,
                        _ => place,
                    };
                    let node =
                        if prose { Some(node.clone()) } else { substitute(node, assignment, scope, inner) };
                    Some((key.clone(), node?))
                })
                .collect::<Option<_>>()?,
        ),
        Value::Null => Value::Null,
    };
    Some(Node { value, span: node.span.clone() })
}

fn replaced(text: &str, assignment: &Assignment<'_>, scope: &Scope<'_>, place: Place) -> Option<String> {
    let mut parts = text.split('$');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        let end = rest
            .find(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'))
            .unwrap_or(rest.len());
        match Variable::find(&rest[..end]) {
            Some(variable @ (Variable::Role(_) | Variable::KeyColumn)) => {
                let (_, column) = assignment.iter().find(|(known, _)| *known == variable)?;
                if place == Place::Expression {
                    out.push('"');
                    out += &column.replace('"', "\"\"");
                    out.push('"');
                } else {
                    out += column;
                }
            }
            Some(Variable::UpdateCycle) => out += scope.update_cycle?,
            Some(Variable::Sla) => out += scope.sla?,
            Some(Variable::ControlTotal) => out += scope.control_total?,
            Some(Variable::Key) | None => {
                out.push('$');
                out += &rest[..end];
            }
        }
        out += &rest[end..];
    }
    Some(out)
}

/// What to tell of a required role that no column carries.
pub fn lacking_role(role: &Role, pack: &str) -> Text {
    let name = role.name;
    say!(
        "no column carries the role `{name}`, which `{pack}` requires",
        "không có cột nào mang vai trò `{name}` mà gói `{pack}` yêu cầu"
    )
}
