//! Binds the rules of a table to the columns that were found, once. Equal work is planned once: a column read in one
//! way, a filter, a key.

mod columns;
mod look;
mod since;
mod table;

use std::sync::Arc;

use super::source::TableSource;
use super::trace::{RowWaiver, Scope, TracePlan, WaiverPlan};
use crate::base::{Severity, Status, Text};
use crate::kernel::key::Absent;
use crate::kernel::likeness::Likeness;
use crate::kernel::memory::Remember;
use crate::kernel::seal::{Seal, SealedColumn};
use crate::kernel::similarity::Linkage;
use crate::kernel::{ColumnId, ColumnPlan};
use crate::rule::{At, BindError, Binder, Bound, Condition, Counterpart, Rule, Table};
use crate::say;

pub use look::{Looked, LookedFor, look_into};
pub use table::{DayColumn, Filter, Identity, KeyColumns, Lack, OurColumn, RulePlan, TablePlan, Work};

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
    let mut binder = TableBinder::new(&table.id.value, table, source, as_of);
    let rules = table.rules.iter().map(|rule| binder.rule(rule, seals)).collect();
    let identity = binder.identity();
    let referred = referred.iter().map(|columns| binder.referred(columns)).collect();
    let trace = trace.map(|request| binder.trace(&request));
    (binder.finish(rules, identity, trace), referred)
}

struct TableBinder<'t> {
    /// What messages call the table.
    name: &'t str,
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
    const fn new(name: &'t str, table: &'t Table, source: &'t TableSource, as_of: i64) -> Self {
        Self {
            name,
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
        let optional = sources.iter().map(|name| source.may_lack(table, name)).collect();
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
        self.source.may_lack(self.table, &self.sources[source])
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
}
