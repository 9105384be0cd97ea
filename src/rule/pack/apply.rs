//! Packs meet tables: their rules are read as if they had been written there, and what they demand is checked.

use std::sync::Arc;

use super::expand::{Expanded, lacking_role};
use super::{Pack, Scope, two_packs};
use crate::base::Diagnostic;
use crate::rule::kind::DeclaredColumn;
use crate::rule::node::At;
use crate::rule::reader::Reader;
use crate::rule::role::ROLES;
use crate::rule::table::{Placeholders, Table, TableParser};
use crate::rule::table_rule::{Origin, Rule};
use crate::say;

impl Pack {
    pub(in crate::rule) fn origin(&self, family: &str) -> Origin {
        Origin::Pack { id: self.id.clone(), family: family.to_owned(), core: self.core }
    }
}

impl TableParser<'_> {
    /// The rules that packs give a table.
    pub(in crate::rule) fn expanded(
        &mut self,
        packs: &[Arc<Pack>],
        scope: &Scope<'_>,
        declared: &[DeclaredColumn],
        identity: &[String],
        update_cycle: Option<u64>,
    ) -> Vec<Rule> {
        let mut rules: Vec<Rule> = Vec::new();
        for pack in packs {
            for expanded in pack.expand(scope) {
                let Some(rule) = self.expanded_rule(pack, &expanded, declared, identity, update_cycle) else {
                    continue;
                };
                let alike =
                    |known: &&mut Rule| known.is_core() == rule.is_core() && says_of(known) == says_of(&rule);
                match rules.iter_mut().find(alike) {
                    Some(known) if agree(known, &rule) => {}
                    // A column may be required as the key and for its role: one pack means the stricter.
                    Some(known) if pack_of(known) == pack_of(&rule) => {
                        known.severity = known.severity.max(rule.severity);
                    }
                    Some(known) => self.disagreement(known, &rule),
                    None => rules.push(rule),
                }
            }
        }
        rules
    }

    fn expanded_rule(
        &mut self,
        pack: &Pack,
        expanded: &Expanded<'_>,
        declared: &[DeclaredColumn],
        identity: &[String],
        update_cycle: Option<u64>,
    ) -> Option<Rule> {
        let mut declared = declared.to_vec();
        // A rule may lack several roles; each stands under its own name.
        let stand_ins = ROLES.iter().filter(|_| expanded.lacking.is_some()).map(|role| DeclaredColumn {
            name: At { value: role.name.to_owned(), span: 0..0 },
            ty: role.types.first().copied(),
            role: None,
            required: None,
            code_list: None,
        });
        let known: Vec<String> = declared.iter().map(|column| column.name.value.clone()).collect();
        declared.extend(stand_ins.filter(|column| !known.contains(&column.name.value)));
        // Errors point into the pack: the rule stands there.
        let mut reader = Reader::new(Arc::clone(expanded.file));
        let mut parser = TableParser {
            reader: &mut reader,
            code_lists: expanded.code_lists.unwrap_or(self.code_lists),
            kinds: self.kinds,
            folder: self.folder,
            packs: &[],
            any_naming: false,
        };
        let rule = parser.rule(&expanded.node, &declared, identity, update_cycle);
        for column in rule.iter().flat_map(|rule| rule.spec.columns()) {
            if !declared.iter().any(|known| known.name.value == column.value) {
                let (pack, name) = (&pack.id, &column.value);
                reader
                    .error(
                        &column.span,
                        say!(
                            "pack `{pack}` names the column `{name}`, which the table does not declare",
                            "gói `{pack}` nêu cột `{name}` mà bảng không khai báo"
                        ),
                    )
                    .hint = Some(say!(
                    "packs are written in roles: `$person_id` instead of a column's name",
                    "gói được viết theo vai trò: `$person_id` thay cho tên cột"
                ));
            }
        }
        self.reader.inputs.append(&mut reader.inputs);
        for diagnostic in reader.diagnostics {
            if !self.reader.diagnostics.contains(&diagnostic) {
                self.reader.diagnostics.push(diagnostic);
            }
        }
        Some(Rule { origin: pack.origin(expanded.family), lacking: expanded.lacking, ..rule? })
    }

    fn disagreement(&mut self, one: &Rule, two: &Rule) {
        let (first, second) = (pack_of(one), pack_of(two));
        let kind = one.kind.about().name;
        let columns =
            one.spec.columns().into_iter().map(|column| column.value).collect::<Vec<_>>().join(", ");
        let diagnostic = Diagnostic::error(say!(
            "packs `{first}` and `{second}` disagree about `{kind}` of `{columns}`",
            "gói `{first}` và `{second}` không thống nhất về `{kind}` của `{columns}`"
        ))
        .at(two.place.clone())
        .hint(say!(
            "name only one of them at this table, with `packs:`",
            "chỉ nêu một gói ở bảng này, bằng `packs:`"
        ));
        self.reader.diagnostics.push(diagnostic);
    }

    /// What core packs demand of a table beside roles; warns of roles that are lacking.
    pub(in crate::rule) fn demand(&mut self, id: &At<String>, packs: &[Arc<Pack>], scope: &Scope<'_>) {
        self.warn_of_lacking(id, packs, scope);
        if !packs.iter().any(|pack| pack.core) {
            return;
        }
        let table = &id.value;
        if let Some(word) = scope.null_values.iter().find(|word| !NULL_WORDS.contains(&word.as_str())) {
            self.reader
                .error(
                    &id.span,
                    say!(
                        "under a core pack `{word}` cannot be a null value",
                        "theo gói quy tắc lõi, `{word}` không thể là giá trị rỗng"
                    ),
                )
                .hint = Some(say!(
                "only what programs write for nothing can: {}",
                "chỉ những ký hiệu rỗng do phần mềm ghi ra: {}",
                NULL_WORDS.join(", ")
            ));
        }
        if scope.main && scope.may_lack {
            self.reader
                .error(
                    &id.span,
                    say!(
                        "main table `{table}` may not be absent or empty under a core pack",
                        "theo gói quy tắc lõi, bảng chính `{table}` không được vắng hoặc trống"
                    ),
                )
                .hint = Some(say!(
                "take `required: false` or `allow_empty: true` away, or say `tier: 2`",
                "bỏ `required: false` hoặc `allow_empty: true`, hoặc ghi `tier: 2`"
            ));
        }
        if scope.main && scope.key.is_empty() {
            self.reader
                .error(&id.span, say!("table `{table}` has no `key`", "bảng `{table}` chưa khai báo `key`"))
                .hint = Some(say!(
                "a core pack judges the identity of records: name the columns that tell them apart",
                "gói quy tắc lõi xét định danh của bản ghi: nêu các cột phân biệt bản ghi"
            ));
        }
        if scope.main && scope.update_cycle.is_none() {
            self.reader
                .error(
                    &id.span,
                    say!(
                        "table `{table}` has no `update_cycle`",
                        "bảng `{table}` chưa khai báo `update_cycle`"
                    ),
                )
                .hint = Some(say!(
                "a core pack judges whether the table lives: write how often it is updated, such as `update_cycle: 1d`",
                "gói quy tắc lõi xét bảng có “sống” không: ghi nhịp cập nhật, ví dụ `update_cycle: 1d`"
            ));
        }
        for column in scope.columns {
            let listed = matches!(column.placeholders, Placeholders::Only(_)) && column.code_list.is_some();
            if column.role.is_some() && column.placeholders != Placeholders::Default && !listed {
                let name = &column.name.value;
                self.reader
                    .error(
                        &column.name.span,
                        say!(
                            "`{name}` has a role, so its placeholders are those of the methodology",
                            "`{name}` có vai trò nên giá trị giữ chỗ theo phương pháp luận"
                        ),
                    )
                    .hint = Some(say!(
                    "take `placeholders` away; only a column with a `code_list` may name codes that mean nothing",
                    "bỏ `placeholders`; chỉ cột có `code_list` mới được nêu mã nghĩa là chưa có"
                ));
            }
        }
    }

    fn warn_of_lacking(&mut self, id: &At<String>, packs: &[Arc<Pack>], scope: &Scope<'_>) {
        let table = &id.value;
        for pack in packs.iter().filter(|_| scope.subject) {
            for role in pack.lacking(scope) {
                let warning = Diagnostic::warning(lacking_role(role, &pack.id)).hint(say!(
                    "its rules count 0 until a column of `{table}` that may not be absent has `role: {}`",
                    "các quy tắc này được 0 điểm cho đến khi một cột không được vắng của `{table}` có `role: {}`",
                    role.name
                ));
                self.reader.diagnostics.push(warning.at(self.reader.place(&id.span)));
            }
        }
    }
}

/// What programs write for nothing. A file must not declare its wrong values to be nothing.
const NULL_WORDS: [&str; 5] = ["\\N", "NULL", "null", "(null)", "<null>"];

/// What two rules must share to be about the same thing.
fn says_of(rule: &Rule) -> (&'static str, Vec<String>, String, Option<&str>) {
    let columns = rule.spec.columns().into_iter().map(|column| column.value).collect();
    let when = rule.when.as_ref().map(|when| when.value.text());
    (rule.kind.about().name, columns, rule.spec.distinction(), when)
}

fn pack_of(rule: &Rule) -> &str {
    match &rule.origin {
        Origin::Pack { id, .. } => id,
        Origin::Local => "",
    }
}

fn agree(one: &Rule, two: &Rule) -> bool {
    (one.severity, one.dimension, one.weight) == (two.severity, two.dimension, two.weight)
}

/// All packs of a database's tables. Where one table goes by a core pack, every other must, and one must be a main
/// table: a database cannot choose which of its tables count.
pub(in crate::rule) fn of_database(id: &At<String>, tables: &[Table], reader: &mut Reader) -> Vec<Arc<Pack>> {
    let mut packs: Vec<Arc<Pack>> = Vec::new();
    for pack in tables.iter().flat_map(|table| &table.packs) {
        match packs.iter().find(|known| known.id == pack.id) {
            Some(known) if known.hash != pack.hash => {
                reader.error(&id.span, two_packs(&pack.id));
            }
            Some(_) => {}
            None => packs.push(Arc::clone(pack)),
        }
    }
    packs.sort_by(|a, b| a.id.cmp(&b.id));
    if packs.iter().any(|pack| pack.core) {
        for table in tables.iter().filter(|table| !table.is_core()) {
            let name = &table.id.value;
            reader
                .error(
                    &table.id.span,
                    say!(
                        "table `{name}` goes by no core pack, and others of the database do",
                        "bảng `{name}` không theo gói quy tắc lõi nào, trong khi bảng khác của CSDL có"
                    ),
                )
                .hint = Some(say!(
                "name the pack that fits it: `packs: [core/code-list]` …",
                "nêu gói phù hợp: `packs: [core/code-list]` …"
            ));
        }
        if !tables.iter().any(|table| table.tier >= crate::rule::table::MAIN) {
            let name = &id.value;
            reader
                .error(
                    &id.span,
                    say!("database `{name}` has no main table", "CSDL `{name}` không có bảng chính nào"),
                )
                .hint = Some(say!(
                "write `tier: 3` at the tables that it is there for",
                "ghi `tier: 3` ở những bảng chính của CSDL"
            ));
        }
    }
    packs
}
