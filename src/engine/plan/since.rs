//! Binds rules that compare runs.

use super::{TableBinder, Work};
use crate::engine::since::SincePlan;
use crate::kernel::key::Absent;
use crate::kernel::memory::Remember;
use crate::kernel::{ColumnId, ColumnPlan};
use crate::rule::{BindError, Binder as _, Rule, SinceSpec};
use crate::say;

impl TableBinder<'_> {
    /// A rule that compares runs by the table's key.
    pub(super) fn since(&mut self, rule: &Rule, SinceSpec { remember, since }: SinceSpec) -> Work {
        let key = self.table.key.iter().map(|name| self.column(name)).collect::<Result<Vec<_>, _>>();
        let columns = match key {
            Ok(columns) => columns,
            Err(error) => return self.unbound(error),
        };
        if let Some(listing) = since.listing().filter(|listing| listing.columns.len() != columns.len()) {
            let (ours, theirs, table) = (columns.len(), listing.columns.len(), listing.table_name());
            return self.unbound(BindError::Unreadable(say!(
                "the key has {ours} columns, and {theirs} of `{table}` are named",
                "khóa có {ours} cột, nhưng lại nêu {theirs} cột của `{table}`"
            )));
        }
        // The key tells rows apart, and says nothing else.
        let own = |what| match what {
            Remember::Identity(rest) => {
                Remember::Identity(rest.into_iter().filter(|column| !columns.contains(column)).collect())
            }
            what => what,
        };
        let remember: Vec<Remember> = remember.into_iter().map(own).collect();
        if remember.iter().any(|what| what.columns().is_empty()) {
            return self.unbound(BindError::Unreadable(say!(
                "beside its key the table has no column that could be compared",
                "ngoài khóa, bảng không còn cột nào để so sánh"
            )));
        }
        let spelt = |columns: &[ColumnId]| -> Vec<String> {
            let spelt = |&column: &ColumnId| {
                let ColumnPlan { name, ty, .. } = &self.columns[column];
                format!("{name:?} {}", ty.id())
            };
            columns.iter().map(spelt).collect()
        };
        let remembered: Vec<Vec<String>> = remember.iter().map(|what| spelt(what.columns())).collect();
        let when = rule.when.as_ref().map(|when| when.value.text());
        let compares = format!("{} {:?} {remembered:?} {when:?}", rule.kind.about().name, spelt(&columns));
        let types = columns.iter().map(|&column| self.columns[column].ty).collect();
        let key = self.key(columns, Absent::Skip);
        let memories = remember.into_iter().map(|what| self.memory(what)).collect();
        Work::Since(SincePlan { key, types, memories, since, filtered: rule.when.is_some(), compares })
    }
}
