//! From rules to tables to dimensions to a database: severity weights within a table, tiers between tables.
//!
//! Two levels, so that a table with sixty columns does not own the score merely by having more rules, and a log of a
//! billion rows does not drown a code list of 63.

use std::collections::BTreeMap;

use super::composite::{Lambda, mean_min};
use super::rule_points::Triple;
use crate::base::{Dimension, Nano, Ratio};

/// A rule that counts: in which table, for which dimension, with which weight, worth what.
#[derive(Clone, Copy, Debug)]
pub struct Scored {
    /// Index into the tiers that [`Rollup::new`] is given.
    pub table: usize,
    pub dimension: Dimension,
    pub weight: u32,
    pub points: Triple,
}

/// A node with its coverage: the share of weight whose value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node {
    pub points: Triple,
    pub coverage: Ratio,
}

impl Node {
    /// Nothing is known, nothing is covered.
    pub const UNKNOWN: Self = Self { points: Triple::UNKNOWN, coverage: Ratio::ZERO };
}

/// Weighted sums: of the rules of one table in one dimension by their weights, or of the tables of a dimension by their
/// tiers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub weight: u128,
    /// The weight of what has a measured value.
    pub known: u128,
    /// Points by weight, in billionths.
    pub official: u128,
    pub measured: u128,
    pub ceiling: u128,
}

impl Sums {
    fn add(&mut self, weight: u32, points: &Triple) {
        let weight = u128::from(weight);
        self.weight += weight;
        self.official += weight * unsigned(points.official);
        self.ceiling += weight * unsigned(points.ceiling);
        if let Some(measured) = points.measured {
            self.known += weight;
            self.measured += weight * unsigned(measured);
        }
    }

    /// The means, floored; `None` if nothing has weight.
    pub fn points(&self) -> Option<Triple> {
        (self.weight > 0).then(|| Triple {
            official: floor(self.official, self.weight),
            measured: (self.known > 0).then(|| floor(self.measured, self.known)),
            ceiling: floor(self.ceiling, self.weight),
        })
    }

    fn node(&self) -> Node {
        let coverage = Ratio::new(self.known, self.weight).unwrap_or(Ratio::ZERO);
        self.points().map_or(Node::UNKNOWN, |points| Node { points, coverage })
    }
}

fn unsigned(points: Nano) -> u128 {
    // Points are never negative.
    u128::from(points.get().unsigned_abs())
}

fn floor(sum: u128, weight: u128) -> Nano {
    // A weighted mean of values up to 100 × 10⁹ fits.
    Nano::new((sum / weight) as i64)
}

/// One database's rules, summed up.
#[derive(Clone, Debug)]
pub struct Rollup {
    /// Only cells with weight.
    cells: BTreeMap<(Dimension, usize), Sums>,
    tiers: Vec<u32>,
    /// The dimensions that count, in order.
    dimensions: Vec<Dimension>,
}

impl Rollup {
    /// `required` are dimensions that count even without any rule (official 0, coverage 0); `None` means that just
    /// those count that have a scored rule.
    pub fn new(rules: &[Scored], tiers: Vec<u32>, required: Option<&[Dimension]>) -> Self {
        let mut cells: BTreeMap<(Dimension, usize), Sums> = BTreeMap::new();
        for rule in rules {
            let counts = rule.weight > 0 && tiers.get(rule.table).is_some_and(|&tier| tier > 0);
            if counts && required.is_none_or(|dimensions| dimensions.contains(&rule.dimension)) {
                cells.entry((rule.dimension, rule.table)).or_default().add(rule.weight, &rule.points);
            }
        }
        let dimensions = match required {
            Some(dimensions) => dimensions.to_vec(),
            None => Dimension::ALL
                .into_iter()
                .filter(|&dimension| cells.keys().any(|&(of, _)| of == dimension))
                .collect(),
        };
        Self { cells, tiers, dimensions }
    }

    pub fn dimensions(&self) -> &[Dimension] {
        &self.dimensions
    }

    /// One table's part of a dimension; `None` if it has no scored rule there.
    pub fn table(&self, dimension: Dimension, table: usize) -> Option<Node> {
        self.cells.get(&(dimension, table)).map(Sums::node)
    }

    /// The sums behind [`Rollup::table`].
    pub fn table_sums(&self, dimension: Dimension, table: usize) -> Option<&Sums> {
        self.cells.get(&(dimension, table))
    }

    /// The sums behind [`Rollup::dimension`]: of its tables, by tier.
    pub fn dimension_sums(&self, dimension: Dimension) -> Sums {
        let mut sums = Sums::default();
        for (table, cell) in self.of(dimension) {
            sums.add(self.tiers[table], &cell.node().points);
        }
        sums
    }

    pub fn dimension(&self, dimension: Dimension) -> Node {
        let sums = self.dimension_sums(dimension);
        let Some(points) = sums.points() else { return Node::UNKNOWN };
        let terms: Vec<Ratio> = self
            .of(dimension)
            .map(|(table, cell)| {
                // Small weights over small sums of weights.
                let (tier, coverage) = (u128::from(self.tiers[table]), cell.node().coverage);
                Ratio::new(tier * coverage.num(), sums.weight * coverage.den()).unwrap_or(Ratio::ZERO)
            })
            .collect();
        Node { points, coverage: Ratio::sum(&terms) }
    }

    /// The tables that have rules in a dimension.
    pub fn of(&self, dimension: Dimension) -> impl Iterator<Item = (usize, &Sums)> {
        self.cells.range((dimension, 0)..=(dimension, usize::MAX)).map(|(&(_, table), cell)| (table, cell))
    }

    /// The database: mean and minimum of its dimensions, which weigh the same.
    pub fn database(&self, lambda: Lambda) -> Node {
        let nodes: Vec<Node> = self.dimensions.iter().map(|&dimension| self.dimension(dimension)).collect();
        combine(&nodes, lambda)
    }

    /// The share of a rule in its dimension: `tier · weight / (Σ tiers · Σ weights of its table)`.
    pub fn share(&self, rule: &Scored) -> Ratio {
        let Some(cell) = self.cells.get(&(rule.dimension, rule.table)) else {
            return Ratio::ZERO;
        };
        let tiers: u128 = self.of(rule.dimension).map(|(table, _)| u128::from(self.tiers[table])).sum();
        let part = u128::from(self.tiers[rule.table]) * u128::from(rule.weight);
        Ratio::new(part, tiers * cell.weight).unwrap_or(Ratio::ZERO)
    }

    /// The coverage of the database once these rules are known.
    pub fn coverage_with<'s>(&self, rules: impl IntoIterator<Item = &'s Scored>, lambda: Lambda) -> Ratio {
        let mut after = self.clone();
        for rule in rules.into_iter().filter(|rule| rule.points.measured.is_none()) {
            if let Some(cell) = after.cells.get_mut(&(rule.dimension, rule.table)) {
                cell.known += u128::from(rule.weight);
            }
        }
        after.database(lambda).coverage
    }

    /// To ask what cleaning some of the rules would do to the official points.
    pub fn cleaning(&self, lambda: Lambda) -> Cleaning<'_> {
        let sum = |&dimension: &Dimension| {
            let (mut weight, mut official) = (0u128, 0u128);
            for (table, cell) in self.of(dimension) {
                let tier = u128::from(self.tiers[table]);
                weight += tier;
                official += tier * unsigned(floor(cell.official, cell.weight));
            }
            (weight, official)
        };
        let sums: Vec<(u128, u128)> = self.dimensions.iter().map(sum).collect();
        let before = official(&dimension_points(&sums), lambda);
        Cleaning { rollup: self, lambda, sums, before }
    }
}

/// What cleaning would do, each question at the cost of the rules that it is about.
pub struct Cleaning<'r> {
    rollup: &'r Rollup,
    lambda: Lambda,
    /// Of every dimension the tiers and the official points by tier.
    sums: Vec<(u128, u128)>,
    before: Nano,
}

/// The official points after cleaning.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cleaned {
    /// Of the dimensions that count, in order.
    pub dimensions: Vec<Nano>,
    /// By how much the database's would rise.
    pub gain: i64,
}

impl Cleaning<'_> {
    /// If these rules, each named once, were without defects, and nothing else changed.
    pub fn cleaned<'s>(&self, rules: impl IntoIterator<Item = &'s Scored>) -> Cleaned {
        let mut lifts: BTreeMap<(Dimension, usize), u128> = BTreeMap::new();
        for rule in rules {
            let lift = unsigned(Nano::FULL) - unsigned(rule.points.official);
            *lifts.entry((rule.dimension, rule.table)).or_default() += u128::from(rule.weight) * lift;
        }
        let mut sums = self.sums.clone();
        for (key, lift) in lifts {
            let at = self.rollup.dimensions.iter().position(|&dimension| dimension == key.0);
            if let (Some(cell), Some(at)) = (self.rollup.cells.get(&key), at) {
                let points = |official| unsigned(floor(official, cell.weight));
                let more = points(cell.official + lift) - points(cell.official);
                sums[at].1 += u128::from(self.rollup.tiers[key.1]) * more;
            }
        }
        let dimensions = dimension_points(&sums);
        let gain = official(&dimensions, self.lambda).get() - self.before.get();
        Cleaned { dimensions, gain }
    }
}

/// A dimension that no rule counts in has no points.
fn dimension_points(sums: &[(u128, u128)]) -> Vec<Nano> {
    sums.iter().map(|&(weight, sum)| if weight == 0 { Nano::ZERO } else { floor(sum, weight) }).collect()
}

fn official(dimensions: &[Nano], lambda: Lambda) -> Nano {
    mean_min(dimensions.iter().map(|&points| (1, points)), lambda).unwrap_or(Nano::ZERO)
}

/// Mean and minimum of equally weighing nodes; what is not measured leaves the measured value only.
pub fn combine(nodes: &[Node], lambda: Lambda) -> Node {
    let of = |pick: &dyn Fn(&Node) -> Option<Nano>| {
        mean_min(nodes.iter().filter_map(pick).map(|points| (1, points)), lambda)
    };
    let Some(official) = of(&|node| Some(node.points.official)) else {
        return Node::UNKNOWN;
    };
    let ceiling = of(&|node| Some(node.points.ceiling)).unwrap_or(Nano::FULL);
    let measured = of(&|node| node.points.measured);
    let count = nodes.len() as u128;
    let terms: Vec<Ratio> = nodes
        .iter()
        .map(|node| {
            let share = Ratio::new(1, count).and_then(|share| share.checked_mul(node.coverage));
            // Too long for 128 bits: cut off, which is a lower bound.
            share.unwrap_or_else(|| {
                Ratio::new(
                    node.coverage.floor_times(1_000_000_000_000_000_000),
                    1_000_000_000_000_000_000 * count,
                )
                .unwrap_or(Ratio::ZERO)
            })
        })
        .collect();
    Node { points: Triple { official, measured, ceiling }, coverage: Ratio::sum(&terms) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scored(table: usize, dimension: Dimension, weight: u32, points: u32) -> Scored {
        Scored { table, dimension, weight, points: Triple::exactly(Nano::points(points)) }
    }

    #[test]
    fn a_required_dimension_without_rules_counts_nothing() {
        let rules = [scored(0, Dimension::Correctness, 3, 100)];
        let local = Rollup::new(&rules, vec![3], None);
        assert_eq!(local.dimensions(), [Dimension::Correctness]);
        assert_eq!(local.database(Lambda::QUARTER).points.official, Nano::FULL);
        let national = Rollup::new(&rules, vec![3], Some(&Dimension::ALL[..4]));
        let node = national.database(Lambda::QUARTER);
        assert_eq!(node.points.official.six(), "18.750000");
        assert_eq!(node.points.measured, Some(Nano::FULL));
        assert_eq!(node.coverage.to_string(), "1/4");
    }

    #[test]
    fn no_rule_at_all_is_unknown_and_zero_weights_leave() {
        assert_eq!(Rollup::new(&[], vec![], None).database(Lambda::QUARTER), Node::UNKNOWN);
        let rules = [scored(0, Dimension::Freshness, 0, 0), scored(1, Dimension::Freshness, 1, 0)];
        assert!(Rollup::new(&rules, vec![3, 0], None).dimensions().is_empty());
    }

    #[test]
    fn gain_is_the_difference_of_two_rollups() {
        let dimensions = [Dimension::Correctness, Dimension::Completeness, Dimension::Cleanliness];
        let mut rules = Vec::new();
        for i in 0..12u32 {
            rules.push(scored(
                (i % 3) as usize,
                dimensions[(i % 2) as usize],
                [1, 3, 9][(i % 3) as usize],
                97 - 7 * i,
            ));
        }
        rules.push(scored(2, dimensions[2], 3, 41));
        let tiers = vec![3, 2, 1];
        let before = Rollup::new(&rules, tiers.clone(), None);
        let official = |rollup: &Rollup| rollup.database(Lambda::QUARTER).points.official.get();
        for i in 0..rules.len() {
            let mut cleaned = rules.clone();
            cleaned[i].points = Triple::exactly(Nano::FULL);
            let after = Rollup::new(&cleaned, tiers.clone(), None);
            let gain = before.cleaning(Lambda::QUARTER).cleaned([&rules[i]]).gain;
            assert_eq!(gain, official(&after) - official(&before), "rule {i}");
            assert!(gain > 0);
        }
    }

    #[test]
    fn coverage_of_many_awkward_tables_stays_a_lower_bound() {
        let mut rules = Vec::new();
        for (table, weight) in (2..120u32).enumerate() {
            rules.push(scored(table, Dimension::Correctness, 1, 50));
            rules
                .push(Scored { points: Triple::UNKNOWN, ..scored(table, Dimension::Correctness, weight, 0) });
        }
        let rollup = Rollup::new(&rules, vec![1; 118], None);
        let coverage = rollup.dimension(Dimension::Correctness).coverage;
        let exact: f64 = (2..120).map(|weight| 1.0 / f64::from(weight + 1)).sum::<f64>() / 118.0;
        let got = coverage.num() as f64 / coverage.den() as f64;
        assert!((got - exact).abs() < 1e-12 && got <= exact + 1e-15);
    }
}
