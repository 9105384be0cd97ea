//! Ranks as intervals: what remains of an order when weights, the share of the weakest and the weighting of databases
//! are varied. Every draw has its own generator, so draws may be made in any order.

use super::composite::{Lambda, mean_min, weighted_mean};
use super::methodology::RankPolicy;
use crate::base::{Nano, SplitMix64};

/// One database of a ranked node.
#[derive(Clone, Debug)]
pub struct RankedDatabase {
    /// Its weight in the registry.
    pub weight: u32,
    pub rows: u64,
    /// Official points of the profile's dimensions, in order.
    pub dimensions: Vec<Nano>,
}

/// Something that gets a rank: an agency, or a database alone.
#[derive(Clone, Debug)]
pub struct Contender {
    pub id: String,
    pub databases: Vec<RankedDatabase>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranked {
    pub id: String,
    pub score: Nano,
    /// 1 for the best; equal scores share a rank (1, 2, 2, 4).
    pub rank: u32,
    /// The interval that holds the middle 90 % of the draws.
    pub low: u32,
    pub high: u32,
    /// Best and worst rank when any one of its databases is left out; the nominal rank if it has only one.
    pub without_one: (u32, u32),
}

/// Ranks, in the order of ids, and who beat whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RankTable {
    pub entries: Vec<Ranked>,
    /// `wins[a][b]`: in how many draws entry `a` was strictly above entry `b`.
    pub wins: Vec<Vec<u32>>,
    pub draws: u32,
}

impl RankTable {
    /// Percent of the draws in which an order must hold to be one.
    pub const CERTAIN: u64 = 95;

    /// Whether the order of two entries holds in at least [`Self::CERTAIN`] % of the draws.
    pub fn distinguishable(&self, a: usize, b: usize) -> bool {
        self.above(a, b) || self.above(b, a)
    }

    /// Whether the first is above the second in at least [`Self::CERTAIN`] % of the draws.
    pub fn above(&self, a: usize, b: usize) -> bool {
        u64::from(self.wins[a][b]) * 100 >= Self::CERTAIN * u64::from(self.draws)
    }
}

#[derive(Clone, Copy)]
enum Weighing {
    Registry,
    Equal,
    /// One more than the binary logarithm of the rows.
    Rows,
}

/// Ranks contenders, who all have `dimension_weights.len()` dimensions.
pub fn rank(
    contenders: &[Contender],
    dimension_weights: &[u32],
    policy: &RankPolicy,
    lambda: Lambda,
) -> RankTable {
    let mut sorted: Vec<&Contender> = contenders.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let plain: Vec<u64> = dimension_weights.iter().map(|&weight| u64::from(weight)).collect();
    let scores = |weights: &[u64], lambda, weighing| -> Vec<Nano> {
        sorted.iter().map(|contender| score(&contender.databases, weights, lambda, weighing)).collect()
    };
    let nominal = scores(&plain, lambda, Weighing::Registry);
    let nominal_centi: Vec<i64> = nominal.iter().map(|&score| centi(score)).collect();

    let mut drawn: Vec<Vec<u32>> = vec![Vec::new(); sorted.len()];
    let mut wins = vec![vec![0u32; sorted.len()]; sorted.len()];
    for draw in 0..policy.draws {
        let stream = u64::from(draw).wrapping_mul(0xD1B5_4A32_D192_ED03);
        let mut random = SplitMix64::new(policy.seed.wrapping_add(stream));
        let weights: Vec<u64> = plain
            .iter()
            .map(|weight| weight * (policy.noise_from + random.next() % policy.noise_steps.max(1)))
            .collect();
        let lambda = policy.lambdas[(random.next() % policy.lambdas.len() as u64) as usize];
        let weighing = [Weighing::Registry, Weighing::Equal, Weighing::Rows][(random.next() % 3) as usize];
        // Nobody is ranked by a difference that is not shown.
        let centis: Vec<i64> = scores(&weights, lambda, weighing).into_iter().map(centi).collect();
        for (drawn, place) in drawn.iter_mut().zip(places(&centis)) {
            drawn.push(place);
        }
        for (wins, &mine) in wins.iter_mut().zip(&centis) {
            for (win, &theirs) in wins.iter_mut().zip(&centis) {
                *win += u32::from(mine > theirs);
            }
        }
    }

    let entries = sorted
        .iter()
        .enumerate()
        .map(|(a, contender)| {
            let mut ranks = std::mem::take(&mut drawn[a]);
            ranks.sort_unstable();
            let nominal_rank = place(nominal_centi[a], &nominal_centi);
            let tail = ranks.len() * policy.tail_percent as usize;
            let low = ranks.get(tail / 100).copied().unwrap_or(nominal_rank);
            let end = (ranks.len() * 100 - tail).div_ceil(100);
            let high = end.checked_sub(1).and_then(|last| ranks.get(last)).copied().unwrap_or(nominal_rank);
            Ranked {
                id: contender.id.clone(),
                score: nominal[a],
                rank: nominal_rank,
                low,
                high,
                without_one: without_one(contender, a, &plain, lambda, &nominal_centi),
            }
        })
        .collect();
    RankTable { entries, wins, draws: policy.draws }
}

fn score(databases: &[RankedDatabase], weights: &[u64], lambda: Lambda, weighing: Weighing) -> Nano {
    let values = databases.iter().map(|database| {
        let weight = match weighing {
            Weighing::Registry => u64::from(database.weight),
            Weighing::Equal => 1,
            Weighing::Rows => 1 + u64::from((u128::from(database.rows) + 1).ilog2()),
        };
        let dimensions = weights.iter().copied().zip(database.dimensions.iter().copied());
        (weight, mean_min(dimensions, lambda).unwrap_or(Nano::ZERO))
    });
    weighted_mean(values).unwrap_or(Nano::ZERO)
}

const fn centi(score: Nano) -> i64 {
    score.get() / 10_000_000
}

fn place(mine: i64, all: &[i64]) -> u32 {
    1 + all.iter().filter(|&&theirs| theirs > mine).count() as u32
}

/// The place of each among all.
fn places(all: &[i64]) -> Vec<u32> {
    let mut sorted = all.to_vec();
    sorted.sort_unstable();
    all.iter().map(|mine| 1 + (all.len() - sorted.partition_point(|theirs| theirs <= mine)) as u32).collect()
}

fn without_one(
    contender: &Contender,
    at: usize,
    weights: &[u64],
    lambda: Lambda,
    nominal: &[i64],
) -> (u32, u32) {
    let nominal_rank = place(nominal[at], nominal);
    if contender.databases.len() < 2 {
        return (nominal_rank, nominal_rank);
    }
    let mut range = (u32::MAX, 0);
    for left_out in 0..contender.databases.len() {
        let mut rest = contender.databases.clone();
        rest.remove(left_out);
        let mut all = nominal.to_vec();
        all[at] = centi(score(&rest, weights, lambda, Weighing::Registry));
        let rank = place(all[at], &all);
        range = (range.0.min(rank), range.1.max(rank));
    }
    range
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::methodology::{Methodology, Profile};

    fn contender(id: &str, databases: &[(u32, u32)]) -> Contender {
        let databases = databases
            .iter()
            .map(|&(weight, points)| RankedDatabase {
                weight,
                rows: 10,
                dimensions: vec![Nano::points(points); 4],
            })
            .collect();
        Contender { id: id.to_owned(), databases }
    }

    #[test]
    fn ties_share_a_rank_and_order_of_input_does_not_matter() {
        let policy = Methodology::new(Profile::Vn4).rank;
        let all = [
            contender("d", &[(1, 40)]),
            contender("b", &[(1, 80)]),
            contender("a", &[(3, 90), (1, 90)]),
            contender("c", &[(2, 80)]),
        ];
        let table = rank(&all, &[1; 4], &policy, Lambda::QUARTER);
        let ranks: Vec<_> = table.entries.iter().map(|e| (e.id.as_str(), e.rank, e.low, e.high)).collect();
        assert_eq!(ranks, [("a", 1, 1, 1), ("b", 2, 2, 2), ("c", 2, 2, 2), ("d", 4, 4, 4)]);
        assert!(table.distinguishable(0, 1) && !table.distinguishable(1, 2));
        let mut reversed = all.to_vec();
        reversed.reverse();
        assert_eq!(rank(&reversed, &[1; 4], &policy, Lambda::QUARTER), table);
    }

    #[test]
    fn leaving_out_one_database_shows_what_hangs_on_it() {
        let policy = Methodology::new(Profile::Vn4).rank;
        let all = [contender("a", &[(3, 95), (3, 30)]), contender("b", &[(1, 60)])];
        let table = rank(&all, &[1; 4], &policy, Lambda::QUARTER);
        assert_eq!(table.entries[0].without_one, (1, 2));
        assert_eq!(table.entries[1].without_one, (2, 2));
    }

    #[test]
    fn nobody_is_ranked_by_an_invisible_difference() {
        let policy = Methodology::new(Profile::Vn4).rank;
        let mut all = [contender("a", &[(1, 80)]), contender("b", &[(1, 80)])];
        for value in &mut all[0].databases[0].dimensions {
            *value = Nano::new(value.get() + 9_999_999);
        }
        let table = rank(&all, &[1; 4], &policy, Lambda::QUARTER);
        assert_eq!((table.entries[0].rank, table.entries[1].rank), (1, 1));
    }
}
