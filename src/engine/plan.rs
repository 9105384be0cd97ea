//! Binds the rules of a table to the columns that were found, once. Equal work is planned once: a column read in one
//! way, a filter, a key.

mod look;
mod since;

use std::sync::Arc;

use arrow::datatypes::DataType;

use super::ledger::Leaving;
use super::reconcile;
use super::since::SincePlan;
use super::source::TableSource;
use super::trace::{RowWaiver, Scope, TracePlan, WaiverPlan};
use crate::base::{Severity, Status, Text};
use crate::kernel::column::standard_placeholders;
use crate::kernel::key::{self, Absent, KeyJudge, Keys};
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Remember;
use crate::kernel::seal::{Seal, SealedColumn};
use crate::kernel::similarity::Linkage;
use crate::kernel::text::Placeholders as PlaceholderSet;
use crate::kernel::{Batch, ColumnId, ColumnPlan, ColumnType, typed};
use crate::rule::role::Role;
use crate::rule::table::Placeholders;
use crate::rule::{
    AnyCheck, Asked, At, BindError, Binder, Bound, Column, Condition, ContractColumn, Counterpart,
    GroupJudge, LookUp, Rule, Table,
};
use crate::say;

pub use look::{Looked, look_into};

/// Everything a scan needs to know about a table.
pub struct TablePlan {
    pub columns: Vec<ColumnPlan>,
    /// Names of the extract's columns that are read; [`ColumnPlan::source`] points in here.
    pub sources: Vec<String>,
    /// Whether each of them may be absent.
    pub optional: Vec<bool>,
    pub filters: Vec<Filter>,
    pub keys: Vec<KeyColumns>,
    /// What rules over groups, and those that compare with other tables, remember of each row.
    pub memories: Vec<Remember>,
    /// For every key, the memories that are compared where the key is found in another table.
    pub carried: Vec<Vec<usize>>,
    /// What is compared of records that may be one and the same.
    pub links: Vec<Linkage>,
    pub rules: Vec<RulePlan>,
    /// The identity key, as position in `keys`; `None` if the table declares none or its columns are absent.
    pub identity: Identity,
    /// What is remembered of rows, if it was asked for.
    pub trace: Option<TracePlan>,
}

/// Which of the columns that something reads a file does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lack {
    Nothing,
    /// Only columns that may be absent.
    Optional,
    Required,
}

impl TablePlan {
    /// What is lacking of `sources` in a file without the `absent` ones.
    pub fn lack(&self, sources: &[usize], absent: &[usize]) -> Lack {
        let one = |source: &usize| if self.optional[*source] { Lack::Optional } else { Lack::Required };
        sources.iter().filter(|source| absent.contains(source)).map(one).max().unwrap_or(Lack::Nothing)
    }

    /// Keys, and the cells that go with them, of which whatever judges them can do without their being in memory. Rules over
    /// groups and the comparison with another run cannot: they look at rows in the order of their keys.
    pub fn leaving(&self) -> Leaving {
        let mut keys = vec![true; self.keys.len()];
        let mut stays = vec![false; self.memories.len()];
        for rule in &self.rules {
            if let Work::Groups { key, memories, .. } = &rule.work {
                if let Some(key) = key {
                    keys[*key] = false;
                }
                memories.iter().for_each(|&memory| stays[memory] = true);
            }
            if let Work::Since(plan) = &rule.work {
                keys[plan.key] = false;
                plan.memories.iter().for_each(|&memory| stays[memory] = true);
            }
        }
        if let (Some(_), Identity::Key(key)) = (&self.trace, self.identity) {
            keys[key] = false;
        }
        let mut goes = vec![false; self.memories.len()];
        for (leaves, carried) in keys.iter().zip(&self.carried) {
            let which = if *leaves { &mut goes } else { &mut stays };
            carried.iter().for_each(|&memory| which[memory] = true);
        }
        let memories = (0..goes.len()).filter(|&memory| goes[memory] && !stays[memory]).collect();
        Leaving { keys, carried: self.carried.clone(), memories }
    }

    /// Whether rows must be remembered until all of them were seen.
    pub fn keeps_pages(&self) -> bool {
        !self.keys.is_empty()
            || self.identity != Identity::Undeclared
            || self.trace.is_some()
            || self.rules.iter().any(|rule| rule.work.is_later())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    Undeclared,
    /// Declared, but a column of it is absent: no row has an identity.
    Absent,
    Key(usize),
}

/// A bound `when`.
pub struct Filter {
    text: String,
    pub condition: Condition,
    pub sources: Vec<usize>,
    /// Whether it looks at the moment of the run.
    pub timed: bool,
}

/// Columns whose values form a key.
#[derive(Debug, PartialEq, Eq)]
pub struct KeyColumns {
    pub columns: Vec<ColumnId>,
    pub types: Vec<ColumnType>,
    pub absent: Absent,
    pub sources: Vec<usize>,
    /// Its values are sealed, as those of the other side are.
    pub seal: Option<Arc<Seal>>,
}

impl KeyColumns {
    /// The keys of a batch.
    pub fn of(&self, batch: &Batch<'_>) -> Keys {
        let keys = key::keys(batch, &self.columns, &self.types, self.absent);
        match &self.seal {
            Some(seal) => seal.keys(keys),
            None => keys,
        }
    }
}

/// One rule, ready to run, or the reason why it cannot.
pub struct RulePlan {
    pub work: Work,
    /// Position in the table's filters.
    pub filter: Option<usize>,
    /// Positions in the table's sources that the rule reads, its filter included.
    pub sources: Vec<usize>,
    /// Whether it judges rows by the moment of the run.
    pub timed: bool,
    /// Whether a row on which it fails or is unknown is not clean.
    pub soils: bool,
    /// Whether it reads a column with data about persons.
    pub personal: bool,
    /// The single column whose value is shown in examples.
    pub shown: Option<ColumnId>,
}

pub enum Work {
    Scan(Box<dyn AnyCheck>),
    Keys {
        key: usize,
        judge: KeyJudge,
    },
    Groups {
        /// Position in the table's keys; `None` is one group for the whole table.
        key: Option<usize>,
        /// Positions in the table's memories.
        memories: Vec<usize>,
        judge: Box<dyn GroupJudge>,
    },
    Reconciled {
        key: usize,
        /// What is compared, for a rule that does.
        column: Option<OurColumn>,
        look_up: LookUp,
    },
    Linked {
        /// Position in the table's links.
        link: usize,
    },
    Asked {
        key: usize,
        /// The day on which a row of theirs must hold, for a rule that goes by it.
        at: Option<DayColumn>,
        asked: Asked,
    },
    Since(SincePlan),
    /// It does not run; `fails` counts every row as failed (a required column is absent).
    Not {
        status: Status,
        note: Text,
    },
}

/// A column of ours that is compared with one of theirs.
#[derive(Clone, Copy)]
pub struct OurColumn {
    /// Position among the cells that go with the key.
    pub cell: usize,
    pub ty: ColumnType,
}

/// A column that says a day.
#[derive(Clone, Copy)]
pub struct DayColumn {
    /// Position in the table's memories.
    pub memory: usize,
    pub ty: ColumnType,
}

impl Work {
    /// Whether it judges once all rows were seen.
    pub const fn is_later(&self) -> bool {
        matches!(
            self,
            Self::Keys { .. }
                | Self::Groups { .. }
                | Self::Reconciled { .. }
                | Self::Linked { .. }
                | Self::Asked { .. }
                | Self::Since(_)
        )
    }

    /// Whether it judges rows of the table.
    pub fn judges_rows(&self) -> bool {
        match self {
            Self::Scan(check) => check.judges_rows(),
            Self::Keys { .. } | Self::Groups { .. } | Self::Linked { .. } => true,
            Self::Reconciled { look_up, .. } => !reconcile::is_of_theirs(look_up),
            Self::Asked { asked, .. } => asked.question.is_of_ours(),
            Self::Since(plan) => plan.since.is_of_ours(),
            Self::Not { .. } => false,
        }
    }
}

/// What is to be remembered of a table's rows.
pub struct TraceRequest<'r> {
    pub secret: Option<[u8; 32]>,
    /// Those of the table.
    pub waivers: Vec<&'r RowWaiver>,
}

/// With what keys and values are sealed that are compared with another side, where that is a file of digests.
pub type Seals<'s> = &'s dyn Fn(&Counterpart) -> Option<Arc<Seal>>;

/// Binds all rules of a table. `referred` are column lists of this table that rules of other tables refer to.
pub fn plan(
    table: &Table,
    source: &TableSource,
    as_of: i64,
    referred: &[Vec<String>],
    trace: Option<TraceRequest<'_>>,
    seals: Seals<'_>,
) -> (TablePlan, Vec<Option<usize>>) {
    let mut binder = TableBinder::new(table, source, as_of);
    let rules = table.rules.iter().map(|rule| binder.rule(rule, seals)).collect();
    let identity = binder.identity();
    let referred = referred.iter().map(|columns| binder.referred(columns)).collect();
    let trace = trace.map(|request| binder.trace(&request));
    (binder.finish(rules, identity, trace), referred)
}

/// Whether files may lack a column. A name that stands twice is not absent: nobody knows which column it is.
fn may_be_absent(table: &Table, source: &TableSource, name: &str) -> bool {
    table.column(name).is_some_and(|column| column.required == Some(false)) && !source.is_repeated(name)
}

struct TableBinder<'t> {
    table: &'t Table,
    source: &'t TableSource,
    as_of: i64,
    columns: Vec<ColumnPlan>,
    sources: Vec<String>,
    /// Sources that the rule being bound has asked for.
    used: Vec<usize>,
    /// Whether what is being bound judges rows by the moment of the run.
    timed: bool,
    filters: Vec<Filter>,
    keys: Vec<KeyColumns>,
    memories: Vec<Remember>,
    carried: Vec<Vec<usize>>,
    links: Vec<Linkage>,
}

impl<'t> TableBinder<'t> {
    const fn new(table: &'t Table, source: &'t TableSource, as_of: i64) -> Self {
        Self {
            table,
            source,
            as_of,
            columns: Vec::new(),
            sources: Vec::new(),
            used: Vec::new(),
            timed: false,
            filters: Vec::new(),
            keys: Vec::new(),
            memories: Vec::new(),
            carried: Vec::new(),
            links: Vec::new(),
        }
    }

    fn finish(self, rules: Vec<RulePlan>, identity: Identity, trace: Option<TracePlan>) -> TablePlan {
        let Self { table, source, columns, sources, filters, keys, memories, carried, links, .. } = self;
        let optional = sources.iter().map(|name| may_be_absent(table, source, name)).collect();
        TablePlan {
            columns,
            sources,
            optional,
            filters,
            keys,
            memories,
            carried,
            links,
            rules,
            identity,
            trace,
        }
    }

    fn rule(&mut self, rule: &Rule, seals: Seals<'_>) -> RulePlan {
        self.used.clear();
        self.timed = false;
        let bound = match rule.lacking {
            Some(role) => Err(BindError::MissingRole(role.name)),
            None => rule.spec.bind(self),
        };
        let timed = self.timed;
        let bound = bound.and_then(|bound| {
            let filter = rule.when.as_ref().map(|when| self.filter(when)).transpose()?;
            Ok((bound, filter))
        });
        let mut plan = RulePlan {
            work: Work::Not { status: Status::Error, note: Text::default() },
            filter: None,
            sources: Vec::new(),
            timed,
            soils: rule.severity >= Severity::Major && (rule.is_core() || !self.table.is_core()),
            personal: rule
                .spec
                .columns()
                .iter()
                .any(|name| self.table.column(&name.value).is_some_and(|column| column.personal)),
            shown: None,
        };
        match bound {
            Ok((Bound::Scan(check), filter)) => {
                plan.filter = filter;
                plan.shown = match rule.spec.columns().as_slice() {
                    [only] => self.column(only).ok(),
                    _ => None,
                };
                plan.work = Work::Scan(check);
            }
            Ok((Bound::Keys(spec), filter)) => {
                plan.filter = filter;
                let key = self.key(spec.columns, spec.absent);
                plan.work = Work::Keys { key, judge: spec.judge };
            }
            Ok((Bound::Groups(spec), filter)) => {
                plan.filter = filter;
                let key = (!spec.key.is_empty()).then(|| self.key(spec.key, Absent::Skip));
                let memories = spec.remember.into_iter().map(|what| self.memory(what)).collect();
                plan.work = Work::Groups { key, memories, judge: spec.judge };
            }
            Ok((Bound::Reconciled(spec), filter)) => {
                plan.filter = filter;
                let seal = seals(&spec.look_up.with);
                let attribute = spec.look_up.attribute();
                let key = self.sealed_key(spec.key, Absent::Skip, seal);
                let column =
                    spec.ours.map(|(column, likeness)| self.compared(key, column, likeness, attribute));
                plan.work = Work::Reconciled { key, column, look_up: spec.look_up };
            }
            Ok((Bound::Linked(linkage), filter)) => {
                plan.filter = filter;
                plan.work = Work::Linked { link: self.link(linkage) };
            }
            Ok((Bound::Asked(spec), filter)) => {
                plan.filter = filter;
                let at = spec.at.map(|column| self.day(column));
                let key = self.key(spec.key, spec.absent);
                plan.work = Work::Asked { key, at, asked: spec.asked };
            }
            Ok((Bound::Since(spec), filter)) => {
                plan.filter = filter;
                plan.work = self.since(rule, spec);
            }
            Err(error) => {
                // Which rows it would have been about may still be known.
                plan.filter = rule.when.as_ref().and_then(|when| self.filter(when).ok());
                plan.work = self.unbound(error);
            }
        }
        plan.sources = self.used();
        if let Work::Keys { key, .. } = plan.work
            && self.keys[key].absent == Absent::Equal
        {
            // Rows of a file without an optional column are as rows without a value in it.
            let of_filter = plan.filter.map_or(&[][..], |filter| &self.filters[filter].sources);
            let sources = plan.sources.iter().copied();
            plan.sources = sources.filter(|at| of_filter.contains(at) || !self.may_be_absent(*at)).collect();
        }
        plan
    }

    /// Whether a file may lack a source.
    fn may_be_absent(&self, source: usize) -> bool {
        may_be_absent(self.table, self.source, &self.sources[source])
    }

    /// The sources that were asked for since they were cleared.
    fn used(&mut self) -> Vec<usize> {
        self.used.sort_unstable();
        self.used.dedup();
        std::mem::take(&mut self.used)
    }

    fn unbound(&self, error: BindError) -> Work {
        match error {
            BindError::Unreadable(note) => Work::Not { status: Status::Error, note },
            BindError::MissingRole(role) => Work::Not {
                status: Status::MissingInput,
                note: say!("no column carries the role `{role}`", "không có cột nào mang vai trò `{role}`"),
            },
            BindError::MissingColumn(name) => {
                let column = &name.value;
                let near = self.source.like(column);
                let optional =
                    self.table.column(column).is_some_and(|declared| declared.required == Some(false));
                let note = match (optional, near) {
                    (true, _) => {
                        say!("the optional column `{column}` is absent", "không có cột tùy chọn `{column}`")
                    }
                    (false, Some(near)) => say!(
                        "the extract has no column `{column}`; did you mean its column {near}?",
                        "dữ liệu không có cột `{column}`; có phải ý bạn là cột thứ {near}?"
                    ),
                    (false, None) => {
                        say!("the extract has no column `{column}`", "dữ liệu không có cột `{column}`")
                    }
                };
                Work::Not { status: if optional { Status::Na } else { Status::MissingInput }, note }
            }
        }
    }

    fn filter(&mut self, when: &At<crate::kernel::expression::Expression>) -> Result<usize, BindError> {
        let text = when.value.text().to_owned();
        let before = std::mem::take(&mut self.used);
        self.timed = false;
        let condition = Condition::bind(when, self);
        let sources = std::mem::replace(&mut self.used, before);
        self.used.extend_from_slice(&sources);
        let condition = condition?;
        if let Some(at) = self.filters.iter().position(|filter| filter.text == text) {
            return Ok(at);
        }
        self.filters.push(Filter { text, condition, sources, timed: self.timed });
        Ok(self.filters.len() - 1)
    }

    fn key(&mut self, columns: Vec<ColumnId>, absent: Absent) -> usize {
        self.sealed_key(columns, absent, None)
    }

    fn sealed_key(&mut self, columns: Vec<ColumnId>, absent: Absent, seal: Option<Arc<Seal>>) -> usize {
        let types = columns.iter().map(|&column| self.columns[column].ty).collect();
        let sources = columns.iter().map(|&column| self.columns[column].source).collect();
        let key = KeyColumns { columns, types, absent, sources, seal };
        self.keys.iter().position(|known| *known == key).unwrap_or_else(|| {
            self.keys.push(key);
            self.carried.push(Vec::new());
            self.keys.len() - 1
        })
    }

    /// A column that is compared, sealed if its key is: as that attribute of the agreement.
    fn compared(&mut self, key: usize, column: ColumnId, likeness: Likeness, attribute: u32) -> OurColumn {
        let KeyColumns { columns, types, seal, .. } = &self.keys[key];
        let what = match seal {
            None => Remember::Compared(column, likeness),
            Some(seal) => Remember::Sealed(SealedColumn {
                column,
                likeness,
                attribute,
                key: columns.clone(),
                types: types.clone(),
                seal: Arc::clone(seal),
            }),
        };
        OurColumn { cell: self.carry(key, what), ty: self.columns[column].ty }
    }

    /// The position of what is remembered among the cells that go with a key.
    fn carry(&mut self, key: usize, what: Remember) -> usize {
        let memory = self.memory(what);
        let carried = &mut self.carried[key];
        carried.iter().position(|known| *known == memory).unwrap_or_else(|| {
            carried.push(memory);
            carried.len() - 1
        })
    }

    fn memory(&mut self, what: Remember) -> usize {
        self.memories.iter().position(|known| *known == what).unwrap_or_else(|| {
            self.memories.push(what);
            self.memories.len() - 1
        })
    }

    fn link(&mut self, linkage: Linkage) -> usize {
        self.links.iter().position(|known| *known == linkage).unwrap_or_else(|| {
            self.links.push(linkage);
            self.links.len() - 1
        })
    }

    /// A column that says a day.
    fn day(&mut self, column: ColumnId) -> DayColumn {
        DayColumn { memory: self.memory(Remember::Ticks(column)), ty: self.columns[column].ty }
    }

    fn identity(&mut self) -> Identity {
        if self.table.key.is_empty() {
            return Identity::Undeclared;
        }
        match self.table.key.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>() {
            Ok(columns) => Identity::Key(self.key(columns, Absent::Skip)),
            Err(_) => Identity::Absent,
        }
    }

    fn referred(&mut self, names: &[String]) -> Option<usize> {
        let columns = names
            .iter()
            .map(|name| self.column(&At { value: name.clone(), span: 0..0 }))
            .collect::<Result<Vec<_>, _>>()
            .ok()?;
        Some(self.key(columns, Absent::Skip))
    }

    fn trace(&mut self, request: &TraceRequest<'_>) -> TracePlan {
        let mut names: Vec<String> =
            if request.secret.is_some() { self.source.columns.keys().cloned().collect() } else { Vec::new() };
        names.sort();
        let columns = names.iter().map(|name| self.source_of(name)).collect();
        let waivers = request.waivers.iter().filter_map(|wanted| {
            let rule = self.table.rules.iter().position(|rule| rule.id == wanted.rule)?;
            let scope = match &wanted.filter {
                None => Scope::All,
                Some(filter) => match self.filter(filter) {
                    Ok(at) => Scope::Filter(at),
                    Err(error) => Scope::Unbound(match self.unbound(error) {
                        Work::Not { note, .. } => note,
                        _ => Text::default(),
                    }),
                },
            };
            Some(WaiverPlan { waiver: wanted.at, rule, scope })
        });
        TracePlan {
            secret: request.secret,
            columns,
            waivers: waivers.collect(),
            rules: self.table.rules.len(),
        }
    }

    /// The position of a column of the extract among the sources.
    fn source_of(&mut self, name: &str) -> usize {
        self.sources.iter().position(|known| known == name).unwrap_or_else(|| {
            self.sources.push(name.to_owned());
            self.sources.len() - 1
        })
    }

    fn found(&self, name: &At<String>) -> Result<&DataType, BindError> {
        self.source.columns.get(&name.value).ok_or_else(|| BindError::MissingColumn(name.clone()))
    }

    fn add(
        &mut self,
        name: &At<String>,
        ty: ColumnType,
        formats: Option<&[String]>,
        pad: Option<u32>,
    ) -> Result<ColumnId, BindError> {
        let found = self.found(name)?;
        if ColumnType::found(found).is_none() {
            let (name, found) = (self.source.shown(&name.value), found.to_string());
            return Err(BindError::Unreadable(say!(
                "column `{name}` is stored as {found}, which rules cannot read",
                "cột `{name}` lưu ở kiểu {found}, quy tắc không đọc được"
            )));
        }
        let source = self.source_of(&name.value);
        self.used.push(source);
        let formats = Column::date_formats(formats, ty);
        let same = |plan: &ColumnPlan| {
            plan.source == source && plan.ty == ty && plan.formats == formats && plan.pad == pad
        };
        if let Some(known) = self.columns.iter().position(same) {
            return Ok(known);
        }
        let placeholders = self.placeholders(&name.value, ty);
        self.columns.push(ColumnPlan { name: name.value.clone(), source, ty, formats, placeholders, pad });
        Ok(self.columns.len() - 1)
    }

    /// Words for every column; repeated digits only where codes are kept; stand-in dates only where dates are.
    fn placeholders(&self, name: &str, ty: ColumnType) -> Arc<PlaceholderSet> {
        let column = self.table.column(name);
        let role = column.and_then(|column| column.role);
        let standard = |more: &[String]| {
            let code =
                self.table.key.iter().any(|key| key.value == name) || role.is_some_and(Role::holds_codes);
            let dates = matches!(ty, ColumnType::Date | ColumnType::Timestamp);
            standard_placeholders(code && ty == ColumnType::Text, dates, more)
        };
        match column.map_or(&Placeholders::Default, |column| &column.placeholders) {
            Placeholders::Default => standard(&[]),
            // Under a core pack the methodology's own stay, whatever a file adds.
            Placeholders::Only(words) if role.is_some() && self.table.is_core() => standard(words),
            Placeholders::Only(words) => Arc::new(PlaceholderSet::only(words.iter().map(String::as_str))),
            Placeholders::None => Arc::new(PlaceholderSet::none()),
        }
    }

    fn declared_formats(&self, name: &str) -> Option<&[String]> {
        self.table.column(name)?.formats.as_deref()
    }
}

impl Binder for TableBinder<'_> {
    fn column(&mut self, name: &At<String>) -> Result<ColumnId, BindError> {
        let declared = self.table.column(&name.value).and_then(|column| column.ty);
        let ty = match declared {
            Some(ty) => ty,
            None => ColumnType::found(self.found(name)?).unwrap_or(ColumnType::Text),
        };
        let formats = self.declared_formats(&name.value).map(<[String]>::to_vec);
        self.add(name, ty, formats.as_deref(), None)
    }

    fn column_as(
        &mut self,
        name: &At<String>,
        ty: ColumnType,
        formats: Option<&[String]>,
    ) -> Result<ColumnId, BindError> {
        let declared = self.declared_formats(&name.value).map(<[String]>::to_vec);
        self.add(name, ty, formats.or(declared.as_deref()), None)
    }

    fn column_padded(&mut self, name: &At<String>, width: u32) -> Result<ColumnId, BindError> {
        self.add(name, ColumnType::Text, None, Some(width))
    }

    fn all_columns(&mut self, except: &[At<String>]) -> Result<Vec<ColumnId>, BindError> {
        let names: Vec<String> = self.source.columns.keys().cloned().collect();
        names
            .into_iter()
            .filter(|name| !except.iter().any(|column| column.value == *name))
            .map(|name| self.column(&At { value: name, span: 0..0 }))
            .collect()
    }

    fn column_type(&self, column: ColumnId) -> ColumnType {
        self.columns[column].ty
    }

    fn array_type(&self, column: ColumnId) -> DataType {
        let plan = &self.columns[column];
        typed::array_type(plan.ty, &self.source.columns[&plan.name])
    }

    fn column_name(&self, column: ColumnId) -> &str {
        &self.columns[column].name
    }

    fn is_personal(&self, column: ColumnId) -> bool {
        self.table.column(&self.columns[column].name).is_some_and(|column| column.personal)
    }

    fn tells_whose(&self, column: ColumnId) -> bool {
        let name = &self.columns[column].name;
        let public = self.table.column(name).is_some_and(|column| column.public);
        self.is_personal(column) || (!public && self.table.key.iter().any(|key| key.value == *name))
    }

    fn as_of(&mut self) -> i64 {
        self.timed = true;
        self.as_of
    }

    fn as_of_at_end(&self) -> i64 {
        self.as_of
    }

    fn contract(&self) -> Vec<ContractColumn> {
        self.table.columns.iter().map(Column::contract).collect()
    }

    fn found_columns(&self) -> Vec<String> {
        self.source.columns.keys().cloned().collect()
    }
}
