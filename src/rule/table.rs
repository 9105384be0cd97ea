//! Tables and columns as a rule file declares them.

use std::path::Path;
use std::sync::Arc;

use super::file::is_id;
use super::kind::{CodeLists, DeclaredColumn, Kind};
use super::node::{At, Node, Value};
use super::pack::{self, Pack};
use super::reader::Reader;
use super::role::Role;
use super::table_rule::Rule;
use crate::base::Text;
use crate::extract::TextOptions;
use crate::kernel::ColumnType;
use crate::kernel::date_format::{DateFormat, default_date, default_timestamps};
use crate::say;

/// One table of a database.
#[derive(Debug)]
pub struct Table {
    pub id: At<String>,
    pub title: Option<Text>,
    /// Files, globs or directories, relative to the database's data.
    pub files: At<Vec<String>>,
    pub text_options: TextOptions,
    /// 3 main, 2 secondary, 1 code list or log.
    pub tier: u32,
    pub key: Vec<At<String>>,
    pub required: bool,
    pub allow_empty: bool,
    /// Seconds.
    pub update_cycle: Option<u64>,
    /// The packs that it goes by. With a core pack among them only rules of core packs count officially.
    pub packs: Vec<Arc<Pack>>,
    /// Whether columns are found in any style of writing.
    pub any_naming: bool,
    pub columns: Vec<Column>,
    pub rules: Vec<Rule>,
}

#[derive(Clone, Debug)]
pub struct Column {
    pub name: At<String>,
    pub title: Option<Text>,
    pub ty: Option<ColumnType>,
    pub formats: Option<Vec<String>>,
    pub role: Option<&'static Role>,
    /// Whose it is, where it is not about the record's subject: `me`, `nguoi_dai_dien` …
    pub of: Option<String>,
    /// Other names that extracts give it.
    pub aliases: Vec<String>,
    /// `true`: every row needs a value. `false`: the column may be absent. Unsaid: it must be there.
    pub required: Option<bool>,
    pub code_list: Option<At<String>>,
    /// `table.column` of the same database that its values come from.
    pub references: Option<At<String>>,
    /// Holds data about a person, so values are masked in every output.
    pub personal: bool,
    /// The file says that it holds nothing personal: `pii: none`.
    pub public: bool,
    pub placeholders: Placeholders,
}

/// What counts as a placeholder in a column.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub enum Placeholders {
    #[default]
    Default,
    None,
    Only(Vec<String>),
}

/// The tier of main tables.
pub(super) const MAIN: u32 = 3;

/// The kinds that a rule file may use, in the order of the reference.
pub type Kinds = &'static [&'static dyn Kind];

pub(super) struct TableParser<'p> {
    pub reader: &'p mut Reader,
    pub code_lists: &'p CodeLists,
    pub kinds: Kinds,
    pub folder: &'p Path,
    /// Those of the database, for tables that name none themselves.
    pub packs: &'p [Arc<Pack>],
    pub any_naming: bool,
}

impl TableParser<'_> {
    pub fn table(&mut self, id: &At<String>, node: &Node) -> Option<Table> {
        if !is_id(&id.value) {
            // It becomes part of file names.
            let value = &id.value;
            self.reader
                .error(
                    &id.span,
                    say!("`{value}` cannot be the name of a table", "`{value}` không thể làm tên bảng"),
                )
                .hint = Some(say!(
                "use letters, digits, `_`, `-` and `.`; start with a letter or digit",
                "dùng chữ, số, `_`, `-` và `.`; bắt đầu bằng chữ hoặc số"
            ));
        }
        let mut fields = self.reader.fields(node)?;
        let title = fields.optional("title").and_then(|node| self.reader.bilingual(node));
        let files = fields.required("files", self.reader).and_then(|node| {
            let patterns: Vec<String> = self.reader.texts(node).into_iter().map(|at| at.value).collect();
            (!patterns.is_empty()).then(|| At { value: patterns, span: node.span.clone() })
        });
        let text_options = fields.optional("text").map(|node| self.text_options(node)).unwrap_or_default();
        let tier = fields.optional("tier").and_then(|node| self.tier(node)).unwrap_or(2);
        let key = fields.optional("key").map(|node| self.reader.texts(node)).unwrap_or_default();
        let required = fields.optional("required").and_then(|node| self.reader.flag(node)).unwrap_or(true);
        let allow_empty =
            fields.optional("allow_empty").and_then(|node| self.reader.flag(node)).unwrap_or(false);
        let cycle = fields.optional("update_cycle");
        let update_cycle = cycle.and_then(|node| self.reader.duration(node));
        let cycle = cycle.filter(|_| update_cycle.is_some()).and_then(|node| self.reader.text(node));
        let sla = fields.optional("sla").and_then(|node| {
            self.reader.duration(node)?;
            self.reader.text(node)
        });
        let control_total = fields.optional("control_total").and_then(|node| {
            self.reader.integer::<u64>(node)?;
            self.reader.text(node)
        });
        let own_packs = fields.optional("packs").map(|node| pack::named(node, self.folder, self.reader));
        let columns = fields.optional("columns").map(|node| self.columns(node)).unwrap_or_default();
        let rule_nodes = match fields.optional("rules") {
            Some(Node { value: Value::Null, .. }) | None => Vec::new(),
            Some(node) => self.reader.items(node),
        };
        fields.finish(self.reader);

        let declared: Vec<DeclaredColumn> = columns
            .iter()
            .map(|column| DeclaredColumn {
                name: column.name.clone(),
                ty: column.ty,
                role: column.role,
                required: if key.iter().any(|key| key.value == column.name.value) {
                    Some(true)
                } else {
                    column.required
                },
                code_list: column.code_list.as_ref().map(|list| list.value.clone()),
            })
            .collect();
        let identity: Vec<String> = key.iter().map(|column| column.value.clone()).collect();
        let mut rules: Vec<Rule> = rule_nodes
            .into_iter()
            .flat_map(|node| self.rules(node, &declared, &identity, update_cycle))
            .collect();
        for column in &key {
            self.declared(column, &declared);
        }
        let packs = own_packs.clone().unwrap_or_else(|| self.packs.to_vec());
        let scope = pack::Scope {
            columns: &columns,
            key: &key,
            subject: own_packs.is_some() || tier == MAIN,
            main: tier == MAIN,
            may_lack: !required || allow_empty,
            null_values: &text_options.null_values,
            update_cycle: cycle.as_ref().map(|cycle| cycle.value.as_str()),
            sla: sla.as_ref().map(|sla| sla.value.as_str()),
            control_total: control_total.as_ref().map(|total| total.value.as_str()),
        };
        self.demand(id, &packs, &scope);
        let mut core = self.expanded(&packs, &scope, &declared, &identity, update_cycle);
        let core_pack = packs.iter().find(|pack| pack.core);
        if let Some(pack) = core_pack {
            let contract = columns.iter().filter(|column| column.role.is_some());
            let mut implied = self.implied(contract, &core, &declared, &identity, Some(pack));
            core.append(&mut implied);
        }
        let others = columns.iter().filter(|column| core_pack.is_none() || column.role.is_none());
        let mut implied = self.implied(others, &rules, &declared, &identity, None);
        rules.append(&mut implied);
        core.append(&mut rules);
        let rules = core;
        if identity.is_empty() {
            self.refuse_without_key(&rules);
        }
        let table = Table {
            id: id.clone(),
            title,
            files: files?,
            text_options,
            tier,
            key,
            required,
            allow_empty,
            update_cycle,
            packs,
            any_naming: self.any_naming,
            columns,
            rules,
        };
        Some(self.with_ids(table))
    }

    fn tier(&mut self, node: &Node) -> Option<u32> {
        let tier = self.reader.integer(node)?;
        if !(1..=3).contains(&tier) {
            self.reader
                .error(&node.span, say!("tier {tier} is not 1, 2 or 3", "bậc {tier} không phải 1, 2 hay 3"))
                .hint = Some(say!(
                "3 main table, 2 secondary table, 1 code list or log",
                "3 bảng chính, 2 bảng phụ, 1 danh mục hoặc nhật ký"
            ));
            return None;
        }
        Some(tier)
    }

    fn text_options(&mut self, node: &Node) -> TextOptions {
        let mut options = TextOptions::default();
        let Some(mut fields) = self.reader.fields(node) else { return options };
        if let Some(node) = fields.optional("delimiter") {
            options.delimiter = self.single_byte(node).or(options.delimiter);
        }
        if let Some(node) = fields.optional("quote") {
            options.quote = match &node.value {
                Value::Scalar { text, quoted: false } if text == "none" => None,
                _ => self.single_byte(node).or(options.quote),
            };
        }
        if let Some(header) = fields.optional("header").and_then(|node| self.reader.flag(node)) {
            options.header = header;
        }
        if let Some(node) = fields.optional("null_values") {
            options.null_values = self.reader.texts(node).into_iter().map(|at| at.value).collect();
        }
        fields.finish(self.reader);
        options
    }

    fn single_byte(&mut self, node: &Node) -> Option<u8> {
        let text = self.reader.text(node)?;
        match text.value.as_bytes() {
            [byte] => Some(*byte),
            b"\\t" | b"tab" => Some(b'\t'),
            _ => {
                self.reader
                    .error(&node.span, say!("expected one ASCII character", "cần đúng một ký tự ASCII"));
                None
            }
        }
    }

    fn columns(&mut self, node: &Node) -> Vec<Column> {
        let entries = self.reader.entries(node).unwrap_or_default();
        entries.into_iter().filter_map(|(name, node)| self.column(name, node)).collect()
    }

    fn column(&mut self, name: &At<String>, node: &Node) -> Option<Column> {
        let mut column = Column {
            name: name.clone(),
            title: None,
            ty: None,
            formats: None,
            role: None,
            of: None,
            aliases: Vec::new(),
            required: None,
            code_list: None,
            references: None,
            personal: false,
            public: false,
            placeholders: Placeholders::default(),
        };
        match &node.value {
            Value::Null => return Some(column),
            // `ngay_sinh: date` is short for `ngay_sinh: { type: date }`.
            Value::Scalar { .. } => {
                column.ty = self.column_type(node);
                return Some(column);
            }
            _ => {}
        }
        let mut fields = self.reader.fields(node)?;
        column.title = fields.optional("title").and_then(|node| self.reader.bilingual(node));
        column.ty = fields.optional("type").and_then(|node| self.column_type(node));
        column.formats = fields.optional("formats").map(|node| self.formats(node));
        let role = fields.optional("role").and_then(|node| self.reader.text(node));
        column.role = role.as_ref().and_then(|role| self.role(role, &mut column.ty));
        column.of = fields.optional("of").and_then(|node| self.reader.text(node)).map(|at| at.value);
        let aliases = fields.optional("aliases").map(|node| self.reader.texts(node)).unwrap_or_default();
        column.aliases = aliases.into_iter().map(|at| at.value).collect();
        column.required = fields.optional("required").and_then(|node| self.reader.flag(node));
        column.code_list = fields.optional("code_list").and_then(|node| self.reader.text(node));
        column.references = fields.optional("references").and_then(|node| self.reader.text(node));
        let pii = fields.optional("pii").and_then(|node| {
            let what = say!("kind of personal data", "loại dữ liệu cá nhân");
            self.reader.choice(node, &what, &[("none", false), ("basic", true), ("sensitive", true)])
        });
        column.placeholders =
            fields.optional("placeholders").map(|node| self.placeholders(node)).unwrap_or_default();
        fields.finish(self.reader);
        // A role about a person makes a column personal unless the file says otherwise.
        column.public = pii == Some(false);
        column.personal = pii.unwrap_or_else(|| column.role.is_some_and(Role::personal));
        if let (Some(formats), Some(ty)) = (&column.formats, column.ty)
            && !formats.is_empty()
            && !matches!(ty, ColumnType::Date | ColumnType::Timestamp)
        {
            let ty = ty.id();
            self.reader.error(
                &name.span,
                say!(
                    "`formats` fits dates and timestamps, not `{ty}`",
                    "`formats` chỉ dùng cho ngày và thời điểm, không dùng cho `{ty}`"
                ),
            );
        }
        Some(column)
    }

    /// Rows of two runs are paired by the table's key.
    fn refuse_without_key(&mut self, rules: &[Rule]) {
        for rule in rules.iter().filter(|rule| rule.spec.compares_runs()) {
            let kind = rule.kind.about().name;
            self.reader
                .error(
                    &rule.place.span,
                    say!(
                        "`{kind}` pairs the rows of two runs by the table's `key`, and it has none",
                        "`{kind}` ghép dòng của hai lần chạy theo `key` của bảng, mà bảng chưa khai báo"
                    ),
                )
                .hint = Some(say!("declare the table's `key`", "khai báo `key` của bảng"));
        }
    }

    /// The role, if it fits the declared type; without one the role decides.
    fn role(&mut self, name: &At<String>, ty: &mut Option<ColumnType>) -> Option<&'static Role> {
        let Some(role) = Role::find(&name.value) else {
            pack::unknown_role(name, self.reader);
            return None;
        };
        match *ty {
            None => *ty = role.types.first().copied(),
            Some(declared) if !role.types.contains(&declared) => {
                let (role, declared) = (role.name, declared.id());
                let fitting: Vec<&str> = Role::find(role)?.types.iter().map(|ty| ty.id()).collect();
                let fitting = fitting.join(", ");
                self.reader
                    .error(
                        &name.span,
                        say!(
                            "a column of role `{role}` is not `{declared}`",
                            "cột có vai trò `{role}` không thể có kiểu `{declared}`"
                        ),
                    )
                    .hint = Some(say!("fitting types: {fitting}", "các kiểu phù hợp: {fitting}"));
                return None;
            }
            Some(_) => {}
        }
        Some(role)
    }

    fn column_type(&mut self, node: &Node) -> Option<ColumnType> {
        self.reader.choice(node, &say!("column type", "kiểu cột"), &ColumnType::WORDS)
    }

    fn formats(&mut self, node: &Node) -> Vec<String> {
        let formats = self.reader.texts(node);
        for format in &formats {
            if let Err(what) = DateFormat::new(&format.value) {
                self.reader.error(&format.span, what);
            }
        }
        formats.into_iter().map(|at| at.value).collect()
    }

    fn placeholders(&mut self, node: &Node) -> Placeholders {
        match &node.value {
            Value::Scalar { text, .. } if text == "none" => Placeholders::None,
            Value::Scalar { text, .. } if text == "default" => Placeholders::Default,
            _ => Placeholders::Only(self.reader.texts(node).into_iter().map(|at| at.value).collect()),
        }
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name.value == name)
    }

    /// Whether only rules of core packs count officially.
    pub fn is_core(&self) -> bool {
        self.packs.iter().any(|pack| pack.core)
    }

    pub fn key_names(&self) -> Vec<String> {
        self.key.iter().map(|at| at.value.clone()).collect()
    }

    /// Columns that have a role, and the role.
    pub fn roles(&self) -> Vec<(String, String)> {
        let with_role = |column: &Column| Some((column.name.value.clone(), column.role?.name.to_owned()));
        self.columns.iter().filter_map(with_role).collect()
    }
}

impl Column {
    pub fn contract(&self) -> super::kind::ContractColumn {
        super::kind::ContractColumn {
            name: self.name.value.clone(),
            ty: self.ty,
            optional: self.required == Some(false),
        }
    }

    /// Compiled date formats: the declared ones, or the usual ones of its type.
    pub fn date_formats(declared: Option<&[String]>, ty: ColumnType) -> Arc<[DateFormat]> {
        match (declared, ty) {
            (Some(formats), _) => formats.iter().filter_map(|format| DateFormat::new(format).ok()).collect(),
            (None, ColumnType::Date) => [default_date().clone()].into(),
            (None, ColumnType::Timestamp) => default_timestamps().into(),
            (None, _) => [].into(),
        }
    }
}
