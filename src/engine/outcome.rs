//! From the state of a table to the measures of its rules and the number of its clean records.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow::buffer::BooleanBuffer;
use rayon::prelude::*;

use super::asked::{self, OurRows};
use super::budget::Budget;
use super::changes;
use super::elsewhere::{Elsewhere, not_whole};
use super::examples::{Examples, Shown};
use super::groups;
use super::keys::{self, KeyVerdicts, Parents};
use super::ledger::Ledger;
use super::linkage;
use super::measured::{Covered, MeasuredRule, TracedTable};
use super::plan::{Identity, RulePlan, TablePlan, Work};
use super::reconcile::{self, Ours};
use super::scan::{self, RuleState, TableState};
use super::since::table::{self as table_since, SinceRule};
use super::since::{self, Earlier, Now};
use super::source::TableSource;
use super::trace::{self, RuleTrace, Scope, TracePlan};
use super::verdicts::{self, Verdicts};
use crate::base::{Status, Text, Unit};
use crate::kernel::RowVerdict;
use crate::kernel::key::{KeyJudge, TableKey};
use crate::rule::{Counterpart, Origin, Rule, Table};
use crate::say;
use crate::state::{Figure, Kept, Measure, Snapshot, Tally};

/// The keys that a rule's second table offers, or why they are not known.
pub type ParentKeys<'p> = dyn Fn(&TableKey) -> Result<Arc<Parents>, Text> + 'p;

/// What the rules of a table are judged against, beside its rows.
pub struct Others<'o> {
    pub parents: &'o ParentKeys<'o>,
    pub elsewhere: &'o Elsewhere,
    /// The table's own database.
    pub database: &'o str,
}

/// What a scan came to.
pub struct Outcome {
    pub rules: Vec<MeasuredRule>,
    /// Rows that are clean.
    pub clean: u64,
    /// Why it is not known which rows share their identity, so that none is called clean.
    pub problem: Option<Text>,
    pub traced: Option<TracedTable>,
    /// For whoever asked that they be kept.
    pub verdicts: Option<Verdicts>,
}

/// What is wanted beside measures, and how they are come by.
#[derive(Clone, Copy)]
pub struct Beside<'b> {
    /// The table's rows as they were, to be compared with.
    pub before: Option<&'b Snapshot>,
    /// The rows of an earlier run, for rules that ask what became of them.
    pub earlier: Option<&'b Earlier<'b>>,
    /// The verdicts on rows.
    pub verdicts: bool,
    /// And what became of each row against tables of reference.
    pub reconciled: bool,
    /// Values as they are.
    pub reveal: bool,
    pub budget: &'b Budget<'b>,
    /// Set from outside to stop early: what comes out then is of no use.
    pub interrupted: &'b AtomicBool,
}

/// Judges what needed all rows, then measures every rule. Also counts the clean rows.
pub fn outcome(
    table: &Table,
    plan: &TablePlan,
    source: &TableSource,
    state: &mut TableState,
    others: &Others<'_>,
    beside: Beside<'_>,
) -> Outcome {
    let Beside { reveal, budget, interrupted, .. } = beside;
    let (mut kept, mut clusters, mut missing) = (Vec::new(), Vec::new(), Vec::new());
    let mut ledger = std::mem::take(&mut state.ledger);
    ledger.settle();
    let in_part = state.cut || state.lost > 0 || source.is_incomplete();
    let mirror = |with: &Counterpart| others.elsewhere.mirror(others.database, with);
    let mut reconciled = reconcile::judge_all(Ours { ledger: &ledger, plan, in_part }, &mirror, budget);
    let whole = !in_part && state.torn.is_empty() && state.failures.is_empty();
    let sorted = table_since::sorted(plan, &ledger, beside.earlier);
    let mut kept_rows: Vec<Kept> = Vec::new();
    let known = beside.earlier.and_then(|earlier| earlier.table(others.database, &table.id.value).ok());
    let unasked: Vec<&Rule> = table_since::unasked(table, plan, known).collect();
    let mut doubts: Vec<(&Rule, Text)> =
        unasked.iter().map(|rule| (*rule, table_since::not_asked(rule))).collect();
    let mut stays = !unasked.is_empty();
    let mut order = 0;
    let mut findings = vec![KeyFindings::default(); plan.rules.len()];
    for (at, rule) in plan.rules.iter().enumerate() {
        let verdicts = match &rule.work {
            Work::Keys { key, judge: KeyJudge::Unique } => keys::unique(&ledger, *key, order, budget),
            Work::Keys { key, judge: KeyJudge::In(to) } => (others.parents)(to).and_then(|parents| {
                parents.comparable(&plan.keys[*key].types, to)?;
                keys::exists(&ledger, *key, order, &parents, budget)
            }),
            Work::Reconciled { look_up, .. } => {
                let judged = reconciled.remove(&at).unwrap_or_else(|| Err(not_whole()));
                judged.map(|judged| {
                    findings[at].tally = judged.tally;
                    missing
                        .extend(judged.missing.map(|rows| rows.of(at, look_up.with.within(others.database))));
                    judged.verdicts
                })
            }
            Work::Asked { key, at: day, asked } => {
                let types = &plan.keys[*key].types;
                let ours = OurRows { ledger: &ledger, key: *key, types, order, in_part };
                let listed = others.elsewhere.listed(others.database, &asked.listing);
                listed.and_then(|listed| asked::judge(ours, *day, asked, &listed, budget)).map(|judged| {
                    findings[at].tally = judged.tally;
                    judged.verdicts
                })
            }
            Work::Since(since) => {
                let now = sorted.as_ref().map(|(secret, rows)| Now {
                    ledger: &ledger,
                    rows,
                    secret,
                    in_part,
                    budget,
                });
                let of = SinceRule { table, at, plan: since, order };
                let said = table_since::judge(of, now, others, beside.earlier);
                kept_rows.extend(now.map(|now| since::kept(now, of, said.after)));
                doubts.extend(said.doubt.map(|why| (&table.rules[at], why)));
                stays |= said.stays;
                said.judged.map(|judged| {
                    findings[at].tally = judged.tally;
                    judged.verdicts
                })
            }
            Work::Groups { key, memories, judge } => {
                let judged = || groups::judge(&ledger, *key, memories, order, judge.as_ref(), whole);
                match catch_unwind(AssertUnwindSafe(judged)) {
                    Ok(verdicts) => Ok(verdicts),
                    Err(_) => {
                        state.rules[at].broken = true;
                        order += 1;
                        continue;
                    }
                }
            }
            Work::Linked { link } => {
                let judged = || linkage::judge(&ledger, *link, order, &plan.links[*link], interrupted);
                match catch_unwind(AssertUnwindSafe(judged)) {
                    Ok(linked) => linked.map(|linked| {
                        clusters.push((at, linked.clusters));
                        linked.verdicts
                    }),
                    Err(_) => {
                        state.rules[at].broken = true;
                        order += 1;
                        continue;
                    }
                }
            }
            Work::Scan(_) => {
                let rule = &table.rules[at];
                if rule.spec.other_side().is_some() {
                    match others.elsewhere.side(others.database, &table.id.value, &rule.id) {
                        Ok(theirs) => findings[at].theirs = Some(theirs.to_vec()),
                        Err(why) => findings[at].problem = Some(why),
                    }
                }
                continue;
            }
            Work::Not { .. } => continue,
        };
        let verdicts = verdicts.unwrap_or_else(|why| {
            findings[at].problem = Some(why);
            if rule.work.judges_rows() {
                return unknown_pages(&ledger, rule, order);
            }
            findings[at].tally = Some(Tally::new(0, 0, 0, 1));
            KeyVerdicts { pages: reconcile::no_rows(&ledger), figures: Vec::new() }
        });
        order += 1;
        findings[at].figures = verdicts.figures;
        for (page, verdict) in ledger.pages.iter_mut().zip(&verdicts.pages) {
            if let Some(traced) = &mut page.traced {
                traced.rules[at] = RuleTrace::of(verdict);
            }
            if rule.soils {
                page.dirty = &page.dirty | &verdict.dirty();
            }
            // Keys are named by their places only: a digest of a short code can be turned back by trying all codes.
            state.rules[at].note(verdict, page.start, |_| Shown::default(), reveal);
        }
        if beside.verdicts {
            kept.push((at, verdicts.pages));
        }
    }
    for (at, why) in table_since::distrusted(table, plan, &doubts) {
        findings[at].problem = Some(why);
        state.rules[at].forget();
        if plan.rules[at].soils {
            // Which rows it was about is not remembered; none of them is known to be clean.
            ledger.pages.iter_mut().for_each(|page| page.dirty = BooleanBuffer::new_set(page.rows));
        }
    }
    let clean = clean(plan, &mut ledger, state, budget);
    let none_clean = clean.is_err();
    let (clean, problem) = clean.map_or_else(|why| (0, why), |clean| (clean, None));
    let stopped: Vec<bool> = state.rules.iter().map(|rule| rule.broken).collect();
    let rules: Vec<MeasuredRule> = table
        .rules
        .iter()
        .zip(&plan.rules)
        .zip(std::mem::take(&mut state.rules))
        .zip(findings)
        .map(|(((rule, plan), rule_state), keys)| {
            let measure = measure(table, plan, rule_state, state, source, keys, reveal);
            measured_rule(table, rule, measure)
        })
        .collect();
    let rows = sorted.map(|(secret, sorted)| (secret, changes::Rows::of(&ledger, sorted)));
    let remember = beside.earlier.is_some_and(|earlier| earlier.remember);
    let mut traced = match (&plan.trace, &rows) {
        (Some(trace), _) => {
            let rows = rows.as_ref().map(|(secret, rows)| Compared { secret, rows, kept: kept_rows });
            Some(traced(table, plan, trace, &rules, rows, beside.before, &ledger))
        }
        (None, Some((_, rows))) if remember => Some(TracedTable {
            snapshot: Some(rows.snapshot(&vec![None; rules.len()], 0, kept_rows)),
            ..TracedTable::default()
        }),
        _ => None,
    };
    traced.iter_mut().for_each(|traced| traced.stays = stays);
    let of_reference =
        |at: &usize| beside.reconciled && matches!(plan.rules[*at].work, Work::Reconciled { .. });
    let told: Vec<usize> = (0..plan.rules.len()).filter(of_reference).collect();
    let verdicts = beside.verdicts.then(|| Verdicts {
        pages: verdicts::pages(ledger, kept, &told),
        clusters,
        broken: stopped,
        none_clean,
        missing,
    });
    Outcome { rules, clean, problem, traced, verdicts }
}

/// Rows that are compared with those of another run, the key of their digests, and what rules that compare runs remember.
struct Compared<'c> {
    secret: &'c [u8; 32],
    rows: &'c changes::Rows<'c>,
    kept: Vec<Kept>,
}

/// What is known of single rows: all of them where the table was read whole, against those that were.
fn traced(
    table: &Table,
    plan: &TablePlan,
    trace: &TracePlan,
    rules: &[MeasuredRule],
    rows: Option<Compared<'_>>,
    before: Option<&Snapshot>,
    ledger: &Ledger,
) -> TracedTable {
    let by_rows = |at: usize| plan.rules[at].work.judges_rows();
    let covered = trace.covered(&ledger.pages);
    let waivers = trace.waivers.iter().zip(covered).map(|(waiver, covered)| {
        let violations = match &waiver.scope {
            Scope::Unbound(why) => Err(why.clone()),
            _ if by_rows(waiver.rule) => Ok(covered),
            Scope::All => Ok(rules[waiver.rule].measure.tally.fail),
            Scope::Filter(_) => Err(say!(
                "the rule judges the table as a whole, so no filter can choose rows of it",
                "quy tắc đánh giá cả bảng nên không lọc được theo dòng"
            )),
        };
        Covered { waiver: waiver.waiver, violations }
    });
    let mut traced = TracedTable {
        waivers: waivers.collect(),
        definitions: table.rules.iter().map(|rule| rule.definition(table)).collect(),
        ..TracedTable::default()
    };
    if let Some(Compared { secret, rows, kept }) = rows {
        let judged: Vec<Option<&str>> = (0..rules.len())
            .map(|at| {
                // Where nothing applied every row was looked at all the same.
                let ran = matches!(rules[at].measure.status, Status::Measured | Status::Na | Status::Empty);
                (by_rows(at) && ran).then_some(rules[at].id.as_str())
            })
            .collect();
        let names = trace.columns.iter().map(|&column| plan.sources[column].as_str());
        let columns = trace::of_names(secret, names);
        traced.changes = before.map(|before| rows.since(before, &judged, trace, columns));
        traced.snapshot = Some(rows.snapshot(&judged, columns, kept));
    }
    traced
}

/// What judging the keys of a rule has shown beside its verdicts.
#[derive(Clone, Default)]
struct KeyFindings {
    figures: Vec<(&'static str, u64)>,
    /// Why keys could not be judged, or those of the other table are not known.
    problem: Option<Text>,
    /// Of a rule that counts something else than rows.
    tally: Option<Tally>,
    /// The state of the other table, of a rule that holds it against ours.
    theirs: Option<Vec<u8>>,
}

/// Nothing is known of any row that the rule is about.
fn unknown_pages(ledger: &Ledger, rule: &RulePlan, order: usize) -> KeyVerdicts {
    let pages = ledger.pages.iter().map(|page| {
        let has_key = match rule.work {
            Work::Keys { key, .. } | Work::Reconciled { key, .. } | Work::Asked { key, .. } => {
                page.keys[key].has_key.clone()
            }
            Work::Since(since::SincePlan { key, .. }) => page.keys[key].has_key.clone(),
            _ => BooleanBuffer::new_set(page.rows),
        };
        let (rows, _) = keys::applicable(&has_key, &page.populations[order]);
        RowVerdict::new(rows.clone(), BooleanBuffer::new_unset(page.rows)).with_unknown(Some(rows))
    });
    KeyVerdicts { pages: pages.collect(), figures: Vec::new() }
}

/// Whether no row can be called clean, whatever rules say of it.
fn none_clean(plan: &TablePlan, state: &TableState) -> bool {
    // A rule that stopped half way has not seen which rows are clean.
    let stopped = plan.rules.iter().zip(&state.rules).any(|(rule, state)| rule.soils && state.broken);
    stopped || plan.identity == Identity::Absent
}

/// Counts the rows that no rule soils and whose identity is present and unique; afterwards the pages' other rows are
/// marked as dirty.
///
/// # Errors
/// No row can be called clean; and why, unless rules say that.
fn clean(
    plan: &TablePlan,
    ledger: &mut Ledger,
    state: &TableState,
    budget: &Budget<'_>,
) -> Result<u64, Option<Text>> {
    if none_clean(plan, state) {
        return Err(None);
    }
    if ledger.pages.is_empty() {
        return Ok(state.clean);
    }
    if let Identity::Key(key) = plan.identity {
        // Uniqueness over all rows, whatever any rule's `when` says.
        for page in &mut ledger.pages {
            let unknown = page.damaged.clone();
            page.populations.push(super::ledger::KeyPopulation { rows: None, unknown });
        }
        let last = ledger.pages.first().map_or(0, |page| page.populations.len() - 1);
        // Without their keys nobody knows which rows are told apart.
        let verdicts = keys::unique(ledger, key, last, budget).map_err(Some)?;
        ledger.pages.par_iter_mut().zip(&verdicts.pages).for_each(|(page, verdict)| {
            let bad = &page.dirty | &verdict.dirty();
            page.dirty = &bad | &!&page.keys[key].has_key;
        });
    }
    Ok(ledger.pages.iter().map(|page| (page.rows - page.dirty.count_set_bits()) as u64).sum())
}

fn measure(
    table: &Table,
    plan: &RulePlan,
    mut state: RuleState,
    scanned: &TableState,
    source: &TableSource,
    keys: KeyFindings,
    reveal: bool,
) -> Measure {
    let rows = scanned.rows + scanned.lost;
    let cut = scanned.cut || source.is_incomplete();
    if let Work::Not { status, note } = &plan.work {
        // A column may be absent only because the file that has it could not be opened: unknown, not known to be bad.
        let status = if cut && *status == Status::MissingInput { &Status::Error } else { status };
        let mut measure = Measure::not_run(*status, note.clone());
        // Rows outside of `when` are not what the rule is about.
        let scope = if plan.filter.is_some() { (state.unseen + scanned.lost).min(rows) } else { rows };
        measure.tally.na = rows - scope;
        match status {
            Status::MissingInput => measure.tally.fail = scope,
            Status::Na => measure.tally.na = rows,
            _ => measure.tally.unknown = scope,
        }
        return measure;
    }
    let mut breakage = state.broken.then(scan::breakage);
    let mut tally = state.tally;
    // What was found of the keys of another table holds, however much of ours was read.
    let judges_rows = plan.work.judges_rows() || keys.tally.is_some();
    if breakage.is_some() {
        // Other threads may have gone on; what they counted depends on who was first.
        tally = Tally::new(0, 0, 0, rows);
        state.reasons.clear();
        state.examples = Examples::default();
    } else if let Some(of_keys) = keys.tally {
        tally = of_keys;
    } else if judges_rows {
        tally.unknown += scanned.lost;
    }
    let unseen = if judges_rows { 0 } else { state.unseen + scanned.lost };
    let mut measure = match (&plan.work, &state.own) {
        (Work::Scan(check), Some(own)) if breakage.is_none() => {
            let measure = || match &keys.theirs {
                Some(theirs) => check.measure_against(tally, own.as_ref(), theirs),
                None => Some(check.measure(tally, own.as_ref())),
            };
            catch_unwind(AssertUnwindSafe(measure)).ok().flatten().unwrap_or_else(|| {
                breakage = Some(scan::breakage());
                Measure::of(Tally::new(0, 0, 0, rows))
            })
        }
        _ => Measure::of(tally),
    };
    if !reveal && plan.personal {
        hide(&mut measure.figures, if plan.filter.is_some() { None } else { Some(rows) });
    }
    measure.when_unknown = state.when_unknown;
    measure.figures.extend(state.reasons.iter().map(|(name, count)| Figure::new(name, count)));
    measure.figures.extend(keys.figures.iter().map(|(name, count)| Figure::new(name, count)));
    measure.examples =
        state.examples.finish(|at| (source.files[at.file as usize].name.clone(), scanned.row_in_file(at)));
    if rows == 0 && measure.status == Status::Empty && table.allow_empty {
        measure.status = Status::Na;
    }
    if rows > 0 && measure.status == Status::Empty && plan.filter.is_some() {
        // There are rows, but `when` is true on none of them.
        measure.status = Status::Na;
        measure.tally.na = rows;
    }
    let problem = if breakage.is_some() {
        breakage
    } else if keys.problem.is_some() {
        keys.problem
    } else if cut {
        Some(say!(
            "a part of the table could not be read, and nobody knows how much",
            "một phần của bảng không đọc được và không rõ là bao nhiêu"
        ))
    } else if unseen > 0 {
        Some(say!("{unseen} rows of the table could not be read", "{unseen} dòng của bảng không đọc được"))
    } else {
        None
    };
    if let Some(problem) = problem {
        if !judges_rows {
            // What a part of the table gave is no figure of the table.
            measure.tally = Tally::new(0, 0, 0, 1);
            measure.figures.clear();
        }
        measure.status = Status::Error;
        measure.mass = None;
        measure.note = Some(problem);
    }
    measure
}

/// A mean of fewer values says what they are.
const FEW: u64 = 10;

/// Figures that are the value of one row: somebody's, however many rows there are.
const SINGLE: [&str; 7] = ["min", "max", "median", "quantile", "latest", "newest", "oldest"];
/// Figures that are made of all values, and give them away where these are few.
const MADE: [&str; 8] =
    ["sum", "mean", "range", "iqr", "variance", "variance_population", "stddev", "stddev_population"];

/// Masks what figures of a personal column give away. `rows`: how many there are, where each has a part in the figures.
fn hide(figures: &mut [Figure], rows: Option<u64>) {
    let values = figures.iter().find(|figure| figure.name == "values");
    let few = values.and_then(|figure| figure.value.parse().ok()).or(rows).is_none_or(|values| values < FEW);
    for figure in figures {
        let name = figure.name.as_str();
        if few && (SINGLE.contains(&name) || MADE.contains(&name)) {
            figure.value = "****".to_owned();
        } else if SINGLE.contains(&name) {
            figure.value = crate::kernel::text::mask(&figure.value);
        }
    }
}

/// A rule with its outcome.
pub fn measured_rule(table: &Table, rule: &Rule, measure: Measure) -> MeasuredRule {
    let about = rule.kind.about();
    let (line, _) = rule.place.line_column();
    // `row_count` against bounds is one check, not a number of records.
    let unit = if about.unit == Unit::ExpectedRecord && measure.tally.applicable() == 1 {
        Unit::Check
    } else {
        about.unit
    };
    let (pack, family) = match &rule.origin {
        Origin::Local => (None, None),
        Origin::Pack { id, family, .. } => (Some(id.clone()), Some(family.clone())),
    };
    MeasuredRule {
        id: rule.id.clone(),
        kind: about.name.to_owned(),
        dimension: rule.dimension,
        severity: rule.severity,
        core: rule.is_core(),
        strength: None,
        pack,
        family,
        weight: rule.weight,
        unit,
        scale: about.scale,
        columns: rule.spec.columns().into_iter().map(|column| column.value).collect(),
        title: rule.title.clone(),
        why: rule.why.clone(),
        tags: rule.tags.clone(),
        owner: rule.owner.clone(),
        place: Some(format!("{}:{line}", rule.place.file.name)),
        identity: rule.spec.identifies(&table.key_names()),
        measure,
    }
}
