//! Conditions on single rules: that they were measured, and are no worse than in the baseline.

use super::baseline::{DatabaseBaseline, RuleBaseline, TableBaseline};
use super::report::{BudgetCard, Changes, GateReport, RuleChange};
use super::waivers::Judged;
use super::{Checks, Condition, GateInputs, Outcome, held};
use crate::base::{Severity, Status, Text, Unit};
use crate::engine::TracedTable;
use crate::rule::gate::Policy;
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard, TablePresence};
use crate::score::significance::{self, Budget};
use crate::state::{RowChanges, RuleRowChanges, Waived};

/// Defects per million that a critical rule may have unless a policy says otherwise.
const CRITICAL_DPM: u64 = 1_000;
/// Violations per million of a major rule among added and changed rows.
const MAJOR_DPM: u64 = 1_000;
/// Rates of fewer rows than this say nothing: they are put together with those of later runs.
pub const FEW_ROWS: u64 = 20;

const MILLION: u128 = 1_000_000;

/// A table before the gate.
pub struct TableGate<'g> {
    inputs: &'g GateInputs<'g>,
    policy: &'g Policy,
    database: &'g DatabaseCard,
    table: &'g TableCard,
    traced: Option<&'g TracedTable>,
    /// There is a baseline of the database.
    compares: bool,
    before: Option<&'g TableBaseline>,
    waivers: &'g [Judged],
}

impl<'g> TableGate<'g> {
    pub fn new(
        inputs: &'g GateInputs<'g>,
        policy: &'g Policy,
        database: &'g DatabaseCard,
        table: &'g TableCard,
        before: Option<&'g DatabaseBaseline>,
        waivers: &'g [Judged],
    ) -> Self {
        Self {
            inputs,
            policy,
            database,
            table,
            traced: inputs.traced.get(&(database.id.clone(), table.id.clone())),
            compares: before.is_some(),
            before: before.and_then(|before| before.table(&table.id)),
            waivers,
        }
    }

    pub fn check(&self, checks: &mut Checks, report: &mut GateReport) {
        let start = checks.list.len();
        let gaps = || {
            let ours = self.inputs.card.incomplete.iter();
            ours.filter(|gap| gap.database == self.database.id && gap.table.as_ref() == Some(&self.table.id))
        };
        for gap in gaps().filter(|gap| gap.rule.is_none()) {
            checks.push(Condition::Measured, Outcome::Incomplete, gap.text.clone());
        }
        let changes = self.before.and(self.traced).and_then(|traced| traced.changes.as_ref());
        let read = self.table.presence == TablePresence::Present;
        if self.before.is_some() && changes.is_none() && read {
            self.rows_unknown(checks);
        }
        if changes.is_some_and(|changes| changes.columns_differ) {
            checks.push(
                Condition::NewViolations,
                Outcome::Warning,
                say!(
                    "the table has other columns than in the baseline, so every row counts as changed",
                    "bảng có bộ cột khác với mốc so sánh nên mọi dòng được coi là đã thay đổi"
                ),
            );
        }
        let mut moved = Vec::new();
        for (at, rule) in self.table.rules.iter().enumerate() {
            let from = checks.list.len();
            let mut measured = true;
            for gap in gaps().filter(|gap| gap.rule.as_ref() == Some(&rule.id)) {
                measured = false;
                checks.push(Condition::Measured, Outcome::Incomplete, gap.text.clone());
            }
            if measured {
                checks.push(Condition::Measured, Outcome::Passed, say!("measured", "đã đo"));
            }
            self.critical_defects(rule, checks);
            if self.compares {
                let change = changes.map(|changes| (changes, &changes.rules[at]));
                moved.extend(self.against_baseline(rule, at, change, checks, report));
            }
            for check in &mut checks.list[from..] {
                check.rule = Some(rule.id.clone());
            }
        }
        for check in &mut checks.list[start..] {
            check.table = Some(self.table.id.clone());
        }
        if let Some(changes) = changes {
            report.changes.push(Changes {
                database: self.database.id.clone(),
                table: self.table.id.clone(),
                added: changes.added,
                changed: changes.changed,
                removed: changes.removed,
                unchanged: changes.unchanged,
                unpaired: changes.shared,
                rules: moved,
            });
        }
    }

    /// Rows cannot be paired: only counts are compared.
    fn rows_unknown(&self, checks: &mut Checks) {
        if self.before.is_some_and(|before| before.snapshot.is_some()) && self.policy.rows != Some(false) {
            checks.push(
                Condition::StillMeasured,
                Outcome::Failed,
                say!(
                    "rows could be told apart by their key in the baseline, and now cannot",
                    "trước phân biệt được các dòng theo khóa, nay không phân biệt được"
                ),
            );
        }
        if self.policy.new_violations == Some(false) || self.policy.rows == Some(false) {
            return;
        }
        let why = if self.table.key.is_empty() {
            say!("the table declares no key", "bảng không khai báo khóa")
        } else if self.traced.is_some_and(|traced| traced.snapshot.is_none()) {
            say!(
                "a column of the key is absent, or the table could not be read whole",
                "thiếu cột khóa hoặc không đọc được trọn vẹn bảng"
            )
        } else {
            say!("the baseline holds no rows of it", "mốc so sánh không giữ dòng nào của bảng")
        };
        let (en, vi) = (why.en, why.vi);
        checks.push(
            Condition::NewViolations,
            Outcome::Warning,
            say!(
                "{en}, so nobody knows which rows are new or changed; rules are compared by their counts alone",
                "{vi} nên không biết dòng nào mới hay thay đổi; chỉ so sánh được theo số đếm của quy tắc"
            ),
        );
        if self.table.key.is_empty() {
            checks.hint(say!("declare the table's `key`", "khai báo `key` của bảng"));
        }
    }

    /// Violations of a rule that valid waivers cover, and the ids of these waivers.
    fn covered(&self, rule: &RuleCard) -> (u64, String) {
        let valid = self.waivers.iter().filter(|waiver| {
            let card = &waiver.card;
            waiver.is_valid()
                && card.database == self.database.id
                && card.table == self.table.id
                && card.rule == rule.id
        });
        let mut covered = 0;
        let mut ids = Vec::new();
        for waiver in valid {
            covered += waiver.card.covers;
            ids.push(waiver.card.id.as_str());
        }
        (covered, ids.join(", "))
    }

    /// A2.
    fn critical_defects(&self, rule: &RuleCard, checks: &mut Checks) {
        if rule.severity != Severity::Critical || rule.status != Status::Measured || rule.vacuous {
            return;
        }
        let Some(rate) = &rule.rate else { return };
        let limit = self.policy.critical_dpm.unwrap_or(CRITICAL_DPM);
        let within = |bad: u64, of: u64| u128::from(bad) * MILLION <= u128::from(limit) * u128::from(of);
        let (covered, ids) = self.covered(rule);
        let of = rule.pass + rule.fail + rule.unknown;
        let outcome = if within(rate.den - rate.num, rate.den) {
            Outcome::Passed
        } else if covered > 0 && within((rule.fail + rule.unknown).saturating_sub(covered), of) {
            Outcome::Waived
        } else {
            Outcome::Failed
        };
        let dpm = (u128::from(rate.den - rate.num) * MILLION).div_ceil(u128::from(rate.den).max(1));
        let (bad, unit) = (rule.fail + rule.unknown, of);
        checks.push(
            Condition::CriticalDefects,
            outcome,
            say!(
                "{dpm} defects per million ({bad} of {unit}), at most {limit} are allowed",
                "{dpm} lỗi trên một triệu ({bad} trên {unit}), cho phép tối đa {limit}"
            ),
        );
        if outcome == Outcome::Waived {
            checks.hint(say!("covered by waiver {ids}", "được miễn trừ theo {ids}"));
        }
    }

    fn against_baseline(
        &self,
        rule: &RuleCard,
        at: usize,
        change: Option<(&RowChanges, &RuleRowChanges)>,
        checks: &mut Checks,
        report: &mut GateReport,
    ) -> Option<RuleChange> {
        let Some(before) = self.before.and_then(|before| before.rule(&rule.id)) else {
            checks.push(
                Condition::Regression,
                Outcome::Warning,
                say!(
                    "the baseline does not have this rule, so it was not compared",
                    "mốc so sánh không có quy tắc này nên chưa so sánh"
                ),
            );
            return None;
        };
        if before.status == Status::Measured {
            checks.push(Condition::StillMeasured, still_measured(rule.status), status_text(rule.status));
        }
        if !ran(rule.status) {
            return None;
        }
        if !ran(before.status) {
            checks.push(
                Condition::Regression,
                Outcome::Warning,
                say!(
                    "the rule could not run for the baseline, so it was not compared",
                    "quy tắc không chạy được khi tạo mốc nên chưa so sánh"
                ),
            );
            return None;
        }
        let definition = self.traced.and_then(|traced| traced.definitions.get(at));
        if definition.is_some_and(|definition| *definition != before.definition) {
            checks.push(
                Condition::Regression,
                Outcome::Warning,
                say!(
                    "the rule, or how its columns are read, is not what it was for the baseline",
                    "nội dung quy tắc hoặc cách đọc cột của nó khác với lúc tạo mốc"
                ),
            );
        }
        let paired = change.filter(|(_, change)| change.paired);
        if self.policy.regression != Some(false) {
            match paired {
                Some((changes, change)) => {
                    self.paired(rule, change, checks);
                    // Where most keys are new, pairs say little.
                    if (changes.unchanged + changes.changed) * 2 < changes.added + changes.removed {
                        self.unpaired(rule, before, checks);
                    }
                }
                None => self.unpaired(rule, before, checks),
            }
        }
        let (changes, change) = paired?;
        self.new_violations(rule, before, changes, change, checks);
        self.budget(rule, before, changes, change, checks, report);
        let quiet = change.newly_failing == 0 && change.newly_passing == 0 && change.new_violations == 0;
        (!quiet).then(|| RuleChange {
            rule: rule.id.clone(),
            newly_failing: change.newly_failing,
            newly_passing: change.newly_passing,
            touched: change.touched,
            new_violations: change.new_violations,
            waived: self.waived(change).new_violations,
        })
    }

    /// What valid waivers cover of a change.
    fn waived(&self, change: &RuleRowChanges) -> Waived {
        let mut sum = Waived::default();
        for waived in &change.waived {
            if self.waivers.get(waived.waiver).is_some_and(Judged::is_valid) {
                sum.newly_failing += waived.newly_failing;
                sum.new_violations += waived.new_violations;
            }
        }
        sum
    }

    /// B1, row against row.
    fn paired(&self, rule: &RuleCard, change: &RuleRowChanges, checks: &mut Checks) {
        let rows = rule.pass + rule.fail + rule.unknown;
        let blocks = |failing: u64, passing: u64| {
            significance::material(failing, passing, rows)
                && significance::regression(failing, passing).significant
        };
        let (failing, passing) = (change.newly_failing, change.newly_passing);
        let covered = self.waived(change).newly_failing;
        let outcome = match (blocks(failing, passing), blocks(failing - covered, passing)) {
            (false, _) => Outcome::Passed,
            (true, false) => Outcome::Waived,
            (true, true) => Outcome::Failed,
        };
        checks.push(
            Condition::Regression,
            outcome,
            say!(
                "{failing} rows fail that passed, {passing} pass that failed, of {rows}",
                "{failing} dòng trước đạt nay không đạt, {passing} dòng ngược lại, trên {rows}"
            ),
        );
    }

    /// B1', count against count.
    fn unpaired(&self, rule: &RuleCard, before: &RuleBaseline, checks: &mut Checks) {
        let now = rule.pass + rule.fail + rule.unknown;
        let then = before.pass + before.fail + before.unknown;
        let (covered, _) = self.covered(rule);
        let blocks = |fail: u64| {
            if rule.unit == Unit::Check {
                // A single check has no rate: it held and does so no more.
                before.fail == 0 && fail > 0
            } else {
                significance::material(fail, before.fail, now)
                    && significance::two_proportions(before.fail, then, fail, now).significant
            }
        };
        let outcome = match (blocks(rule.fail), blocks(rule.fail.saturating_sub(covered))) {
            (false, _) => Outcome::Passed,
            (true, false) => Outcome::Waived,
            (true, true) => Outcome::Failed,
        };
        let (fail, was) = (rule.fail, before.fail);
        checks.push(
            Condition::Regression,
            outcome,
            say!(
                "{fail} of {now} fail, {was} of {then} did",
                "{fail} trên {now} không đạt, trước là {was} trên {then}"
            ),
        );
    }

    /// C1.
    fn new_violations(
        &self,
        rule: &RuleCard,
        before: &RuleBaseline,
        changes: &RowChanges,
        change: &RuleRowChanges,
        checks: &mut Checks,
    ) {
        if self.policy.new_violations == Some(false) {
            return;
        }
        let covered = self.waived(change).new_violations;
        let (new, rows) = (change.new_violations, changes.added + changes.changed);
        let touched = change.touched;
        let found = say!(
            "{new} new violations among {touched} added and changed rows",
            "{new} lỗi mới trong {touched} dòng thêm mới và thay đổi"
        );
        match rule.severity {
            Severity::Critical => {
                let outcome = match (new, new - covered) {
                    (0, _) => Outcome::Passed,
                    (_, 0) => Outcome::Waived,
                    _ => Outcome::Failed,
                };
                checks.push(Condition::NewViolations, outcome, found);
            }
            Severity::Major => {
                let limit = self.policy.major_dpm.unwrap_or(MAJOR_DPM);
                let pending = self.before.map_or(0, |table| table.pending_rows);
                let (all_rows, of) = (rows + pending, touched + before.pending_touched);
                let bad = new + before.pending_violations;
                let within = |bad: u64| u128::from(bad) * MILLION <= u128::from(limit) * u128::from(of);
                let outcome = if within(bad) {
                    Outcome::Passed
                } else if all_rows < FEW_ROWS {
                    Outcome::Warning
                } else if within(bad.saturating_sub(covered)) {
                    Outcome::Waived
                } else {
                    Outcome::Failed
                };
                let (en, vi) = (found.en, found.vi);
                let text = if outcome == Outcome::Warning {
                    say!(
                        "{en}; with {all_rows} rows since rates were judged last, fewer than {FEW_ROWS}, they wait for more",
                        "{vi}; mới có {all_rows} dòng kể từ lần xét tỷ lệ trước, chưa đủ {FEW_ROWS} nên được cộng dồn"
                    )
                } else if pending > 0 {
                    say!(
                        "{en}; {bad} of {of} with small changes before, at most {limit} per million are allowed",
                        "{vi}; cộng các thay đổi nhỏ trước đó là {bad} trên {of}, cho phép tối đa {limit} trên một triệu"
                    )
                } else {
                    say!(
                        "{en}, at most {limit} per million are allowed",
                        "{vi}, cho phép tối đa {limit} trên một triệu"
                    )
                };
                checks.push(Condition::NewViolations, outcome, text);
            }
            Severity::Minor | Severity::Info => {}
        }
    }

    /// D1.
    fn budget(
        &self,
        rule: &RuleCard,
        before: &RuleBaseline,
        changes: &RowChanges,
        change: &RuleRowChanges,
        checks: &mut Checks,
        report: &mut GateReport,
    ) {
        let name = format!("{}/{}", self.table.id, rule.id);
        let own = self.policy.budgets.iter().find(|budget| budget.rule.value == name);
        let general = self.policy.error_budget.filter(|_| rule.severity == Severity::Critical);
        let Some(target) = own.map(|budget| budget.target).or(general) else { return };
        let month = self.before.and_then(|table| table.month.as_ref());
        let this_month = month.filter(|month| month.month == self.inputs.month);
        let earlier = if this_month.is_some() { before.month_violations } else { 0 };
        let rows = this_month.map_or(0, |month| month.rows) + changes.added + changes.changed;
        let covered = self.waived(change).new_violations;
        let budget = Budget::new(rows, target, earlier + change.new_violations);
        let (allowed, spent) = (budget.allowed, budget.spent);
        let outcome = if !budget.blocked() {
            Outcome::Passed
        } else if spent.saturating_sub(covered) <= allowed {
            Outcome::Waived
        } else if self.inputs.emergency {
            Outcome::Warning
        } else {
            Outcome::Failed
        };
        let month = &self.inputs.month;
        checks.push(
            Condition::ErrorBudget,
            outcome,
            say!(
                "{spent} violations in {rows} rows synced in {month}, {allowed} are allowed",
                "{spent} lỗi trong {rows} dòng đồng bộ tháng {month}, cho phép {allowed}"
            ),
        );
        report.budgets.push(BudgetCard {
            database: self.database.id.clone(),
            table: self.table.id.clone(),
            rule: rule.id.clone(),
            month: month.clone(),
            target: target.six(),
            rows,
            allowed,
            spent,
        });
    }
}

/// Whether a rule looked at all rows that there were, if there were any.
fn ran(status: Status) -> bool {
    matches!(status, Status::Measured | Status::Na | Status::Empty)
}

/// B2.
fn still_measured(status: Status) -> Outcome {
    match status {
        Status::Measured => Outcome::Passed,
        // Nothing applies any more, which may be right.
        Status::Na => Outcome::Warning,
        Status::Empty | Status::Error | Status::Skipped | Status::MissingInput | Status::MissingTable => {
            held(false)
        }
    }
}

fn status_text(status: Status) -> Text {
    if status == Status::Measured {
        return say!("still measured", "vẫn đo được");
    }
    let Text { en, vi } = status.label();
    say!("it was measured, and now: {en}", "trước đo được, nay: {vi}")
}

/// B2, for tables and rules that are gone.
pub fn gone(card: &DatabaseCard, before: &DatabaseBaseline, checks: &mut Checks) {
    for table in &before.tables {
        let now = card.tables.iter().find(|now| now.id == table.id);
        if now.is_none() {
            let text = say!("the table is no longer checked", "bảng không còn được kiểm tra");
            checks.push(Condition::StillMeasured, Outcome::Failed, text);
            checks.of(|check| check.table = Some(table.id.clone()));
        }
        let Some(now) = now else { continue };
        let measured = table.rules.iter().filter(|rule| rule.status == Status::Measured);
        for rule in measured.filter(|rule| now.rules.iter().all(|now| now.id != rule.id)) {
            let text = say!("the rule was removed", "quy tắc đã bị bỏ");
            checks.push(Condition::StillMeasured, Outcome::Failed, text);
            checks.of(|check| {
                check.table = Some(table.id.clone());
                check.rule = Some(rule.id.clone());
            });
        }
    }
}
