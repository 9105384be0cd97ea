//! The working behind one database's score: what each rule counts for, and what follows from that. The card is made of
//! it, and it is what is explained.

use super::caps::{self, CapInputs, CapRule, CleanRate, Found};
use super::evidence::Evidence;
use super::grade::{self, Grade};
use super::methodology::Methodology;
use super::rollup::{Node, Rollup, Scored};
use super::rule_points::{Triple, rule_points};
use crate::base::{Dimension, Status};
use crate::engine::measured::{MeasuredRule, MeasuredTable, Presence};
use crate::engine::vacuity::Strength;

/// A rule's standing before anything is rolled up.
pub struct Standing {
    pub status: Status,
    pub points: Option<Triple>,
    pub weight: u32,
}

/// `core`: only rules of core packs count.
fn standing(table: &MeasuredTable, rule: &MeasuredRule, methodology: &Methodology, core: bool) -> Standing {
    let status = table.status_of(rule);
    let measure = &rule.measure;
    let points = rule_points(status, &measure.tally, measure.mass.as_ref(), rule.scale, &methodology.knots);
    let weight = if points.is_some() { methodology.weight(rule.severity, rule.weight) } else { 0 };
    // A rule without weight in a table without weight stays visible, with its points, and counts nowhere.
    let vacuous = rule.strength.is_some_and(Strength::is_vacuous);
    let counts = rule.core || !core && !vacuous;
    let weight = if table.tier > 0 && counts { weight } else { 0 };
    // What says nothing is not known. Local rules that say nothing are left out; those of a core pack can come to that
    // only by what a file declares, and must not leave the score by it.
    let points = points.map(|points| if vacuous && rule.core { Triple::UNKNOWN } else { points });
    Standing { status, points, weight }
}

/// The rules with what they count for, and what they add up to. `core`: only rules of core packs count.
pub struct Weighed {
    /// By table and rule.
    pub standings: Vec<Vec<Standing>>,
    /// The same; `None` of what does not count.
    pub scored: Vec<Vec<Option<Scored>>>,
    pub rollup: Rollup,
}

impl Weighed {
    /// `required` as in [`Rollup::new`].
    pub fn of(
        tables: &[MeasuredTable],
        core: bool,
        methodology: &Methodology,
        required: Option<&[Dimension]>,
    ) -> Self {
        let of_table = |table: &MeasuredTable| -> Vec<Standing> {
            table.rules.iter().map(|rule| standing(table, rule, methodology, core)).collect()
        };
        let standings: Vec<Vec<Standing>> = tables.iter().map(of_table).collect();
        let counted = |(at, (table, standings)): (usize, (&MeasuredTable, &Vec<Standing>))| {
            table.rules.iter().zip(standings).map(|(rule, standing)| entry(at, rule, standing)).collect()
        };
        let scored: Vec<Vec<Option<Scored>>> =
            tables.iter().zip(&standings).enumerate().map(counted).collect();
        let all: Vec<Scored> = scored.iter().flatten().flatten().copied().collect();
        let rollup = Rollup::new(&all, tables.iter().map(|table| table.tier).collect(), required);
        Self { standings, scored, rollup }
    }
}

/// Everything between the measures of a database and its grade.
pub struct Working<'a> {
    pub weighed: Weighed,
    /// Whether any table that must be there was there. Without any, nothing is known: unknown, not known to be bad.
    pub delivered: bool,
    pub node: Node,
    /// Those that count, in order.
    pub dimensions: Vec<(Dimension, Node)>,
    /// What the caps were found by.
    pub inputs: CapInputs<'a>,
    pub caps: Vec<Found>,
    pub grade_by_points: Grade,
}

impl<'a> Working<'a> {
    pub fn of(tables: &'a [MeasuredTable], core: bool, methodology: &Methodology) -> Self {
        let weighed = Weighed::of(tables, core, methodology, methodology.profile.required());
        let rollup = &weighed.rollup;
        let delivered = tables.iter().all(|table| table.presence != Presence::Missing)
            || tables.iter().any(|table| table.presence == Presence::Present);
        let known = |node: Node| {
            if delivered { node } else { Node { points: unknown(node.points), ..Node::UNKNOWN } }
        };
        let node = known(rollup.database(methodology.lambda));
        let dimensions: Vec<(Dimension, Node)> = rollup
            .dimensions()
            .iter()
            .map(|&dimension| (dimension, known(rollup.dimension(dimension))))
            .collect();
        let inputs = CapInputs {
            rules: cap_rules(tables, &weighed.standings),
            dimensions: dimensions
                .iter()
                .map(|(dimension, node)| (*dimension, node.points.official))
                .collect(),
            coverage: node.coverage,
            clean: clean_rate(tables),
            missing_tables: missing(tables),
            evidence: Evidence::default(),
        };
        let caps = caps::database(&methodology.caps, &inputs);
        let grade_by_points = grade::by_points(&methodology.bands, node.points.official);
        Self { delivered, node, dimensions, inputs, caps, grade_by_points, weighed }
    }

    /// The worst of the grade by points and of all caps.
    pub fn grade(&self) -> Grade {
        self.caps.iter().fold(self.grade_by_points, |grade, cap| grade.worst(cap.max_grade))
    }
}

fn unknown(points: Triple) -> Triple {
    Triple { official: points.official, ..Triple::UNKNOWN }
}

fn entry(table: usize, rule: &MeasuredRule, standing: &Standing) -> Option<Scored> {
    let points = standing.points.filter(|_| standing.weight > 0)?;
    Some(Scored { table, dimension: rule.dimension, weight: standing.weight, points })
}

fn missing(tables: &[MeasuredTable]) -> Vec<&str> {
    tables.iter().filter(|table| table.presence == Presence::Missing).map(|table| table.id.as_str()).collect()
}

fn cap_rules<'a>(tables: &'a [MeasuredTable], standings: &[Vec<Standing>]) -> Vec<CapRule<'a>> {
    let mut rules = Vec::new();
    for (table, standings) in tables.iter().zip(standings) {
        for (rule, standing) in table.rules.iter().zip(standings) {
            if let Some(points) = standing.points.filter(|_| standing.weight > 0) {
                rules.push(CapRule {
                    table: &table.id,
                    id: &rule.id,
                    kind: &rule.kind,
                    tier: table.tier,
                    severity: rule.severity,
                    identity: rule.identity,
                    status: standing.status,
                    official: points.official,
                });
            }
        }
    }
    rules
}

fn clean_rate(tables: &[MeasuredTable]) -> CleanRate {
    let mut rate = CleanRate::default();
    for table in tables.iter().filter(|table| table.tier >= Methodology::MAIN) {
        match table.presence {
            Presence::Absent => {}
            Presence::Missing => rate.unknown_tables.push(table.id.clone()),
            Presence::Present if table.rows == 0 && !table.allow_empty => {
                rate.unknown_tables.push(table.id.clone());
            }
            Presence::Present => {
                rate.rows = rate.rows.saturating_add(table.rows);
                // Not established is not guaranteed.
                rate.clean = rate.clean.saturating_add(table.clean.unwrap_or(0).min(table.rows));
            }
        }
    }
    rate
}
