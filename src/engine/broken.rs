//! What all rules say of a batch, rule by rule and row by row: for whoever looks at a judged table once more.

use arrow::buffer::BooleanBuffer;

use super::asked;
use super::examples::{Position, Shown};
use super::judging::Judging;
use super::plan::{TablePlan, Work};
use super::reconcile;
use super::rows::{Broken, JudgedTable};
use super::since;
use crate::base::{Lang, Text};
use crate::kernel::key::{KeyJudge, TableKey};
use crate::kernel::similarity::Linkage;
use crate::kernel::text::mask;
use crate::kernel::{Batch, ColumnId, RowVerdict};
use crate::rule::Explanation;
use crate::say;

/// What all rules say of a batch.
pub struct BatchVerdict {
    /// Rules that some row fails, in order.
    fails: Vec<(usize, RowVerdict)>,
    /// By rule, the cluster of each row.
    clusters: Vec<(usize, Vec<u32>)>,
    /// Rows that are not clean.
    pub dirty: BooleanBuffer,
}

impl BatchVerdict {
    /// `None` if this is not what was judged.
    pub fn of(judged: &JudgedTable<'_>, judging: &Judging<'_>, start: Position) -> Option<Self> {
        let later = judged.verdicts.later(start, judging.batch.rows())?;
        let mut fails = later.fails;
        let mut dirty = &judging.damaged() | &later.dirty;
        for (at, rule) in judged.plan.rules.iter().enumerate() {
            match &rule.work {
                Work::Scan(check) if check.judges_rows() && !judged.verdicts.broken[at] => {
                    let population = judging.population(rule);
                    let mut own = check.state();
                    let verdict = judging.verdict(rule, check.as_ref(), &population, own.as_mut());
                    let Some(verdict) = verdict.ok()? else { continue };
                    if rule.soils {
                        dirty = &dirty | &verdict.dirty();
                    }
                    if verdict.fail.count_set_bits() > 0 {
                        fails.push((at, verdict));
                    }
                }
                Work::Not { status, .. } if Judging::soils_unrun(rule, *status) => {
                    dirty = &dirty | &judging.scope(&judging.population(rule));
                }
                _ => {}
            }
        }
        fails.sort_by_key(|(rule, _)| *rule);
        if judged.verdicts.none_clean {
            dirty = judging.batch.all();
        }
        let clusters = judged.verdicts.clusters(start, judging.batch.rows());
        Some(Self { fails, clusters, dirty })
    }

    /// Rows that some rule fails.
    pub fn failing(&self) -> BooleanBuffer {
        let none = BooleanBuffer::new_unset(self.dirty.len());
        self.fails.iter().fold(none, |failing, (_, verdict)| &failing | &verdict.fail)
    }

    /// The rules that a row fails.
    pub fn broken(
        &self,
        plan: &TablePlan,
        batch: &Batch<'_>,
        row: usize,
        reveal: bool,
        lang: Lang,
    ) -> Vec<Broken> {
        let failed = self.fails.iter().filter(|(_, verdict)| verdict.fail.value(row));
        failed
            .map(|(rule, verdict)| {
                let rule_plan = &plan.rules[*rule];
                let mut shown = match &rule_plan.work {
                    Work::Scan(check) => Shown::of(rule_plan, check.as_ref(), batch, row),
                    Work::Linked { link } => compared(&plan.links[*link], batch, row, reveal),
                    work => Shown { value: None, why: of_keys(work) },
                };
                if !reveal && !matches!(rule_plan.work, Work::Linked { .. }) {
                    shown.hide();
                }
                let (why, repaired) = shown.why.map_or((None, None), |Explanation { reason, repaired }| {
                    (Some(own(reason, lang)), repaired)
                });
                let reasons =
                    verdict.reasons.iter().filter(|(_, rows)| rows.value(row)).map(|(name, _)| *name);
                let cluster =
                    self.clusters.iter().find(|(own, _)| own == rule).map(|(_, clusters)| clusters[row]);
                Broken {
                    rule: *rule,
                    value: shown.value,
                    why,
                    reasons: reasons.collect(),
                    repaired,
                    cluster: cluster.filter(|cluster| *cluster > 0),
                }
            })
            .collect()
    }
}

/// What was compared of a row that may be another one.
fn compared(linkage: &Linkage, batch: &Batch<'_>, row: usize, reveal: bool) -> Shown {
    let cell = |column: &ColumnId| {
        let cell = batch.cell(*column, row).unwrap_or_default();
        if reveal { cell } else { mask(&cell) }
    };
    let columns = linkage.compared.iter().flat_map(|compared| &compared.columns);
    let cells: Vec<String> = columns.map(cell).collect();
    let reason = say!("suspected to be the same as another row", "nghi ngờ trùng với dòng khác");
    Shown { value: Some(cells.join(" | ")), why: Some(Explanation { reason, repaired: None }) }
}

/// Why a row fails a rule over keys.
fn of_keys(work: &Work) -> Option<Explanation> {
    let reason = match work {
        Work::Keys { judge: KeyJudge::Unique, .. } => {
            say!("another row has the same values", "có dòng khác trùng giá trị")
        }
        Work::Keys { judge: KeyJudge::In(TableKey { table, .. }), .. } => {
            say!("table `{table}` has no such row", "bảng `{table}` không có dòng tương ứng")
        }
        Work::Reconciled { look_up, .. } => reconcile::explained(look_up)?,
        Work::Asked { asked, .. } => asked::explained(asked)?,
        Work::Since(plan) => since::explained(&plan.since)?,
        _ => return None,
    };
    Some(Explanation { reason, repaired: None })
}

/// The text in that language, or in the other if the author wrote only one.
fn own(text: Text, lang: Lang) -> String {
    let (own, other) = match lang {
        Lang::Vi => (text.vi, text.en),
        Lang::En => (text.en, text.vi),
    };
    if own.trim().is_empty() { other } else { own }
}
