//! How long it took from event to record, in fixed buckets: adding histograms is exact, whatever the order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::State;

/// Upper edges in seconds, inclusive. Beyond the last one there is one more bucket without an edge.
pub const EDGES: [u64; 22] = [
    0, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400, 172_800, 259_200,
    432_000, 604_800, 1_209_600, 2_592_000,
];

/// The edges that a rule counts by: the fixed ones and the deadlines it is judged by, so that a deadline always
/// falls between two buckets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LatencyEdges(Vec<u64>);

impl LatencyEdges {
    pub fn with_deadlines(deadlines: &[u64]) -> Self {
        Self::exactly(EDGES.iter().chain(deadlines).copied())
    }

    pub fn exactly(edges: impl IntoIterator<Item = u64>) -> Self {
        let mut edges: Vec<u64> = edges.into_iter().collect();
        edges.sort_unstable();
        edges.dedup();
        Self(edges)
    }

    /// The edge of the bucket a latency falls in, `None` beyond the last.
    pub fn edge(&self, seconds: u64) -> Option<u64> {
        self.0.get(self.0.partition_point(|&edge| edge < seconds)).copied()
    }
}

/// Events per bucket. Parts are merged only if they were counted by the same edges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LatencyHistogram {
    /// Upper edge in seconds → events.
    pub buckets: BTreeMap<u64, u64>,
    /// Events slower than the last edge.
    pub beyond: u64,
    /// Recorded before they happened: a defect of correctness, not of speed.
    pub negative: u64,
    /// No event time, or none that could be read.
    pub undated: u64,
}

impl LatencyHistogram {
    pub fn record(&mut self, seconds: i64, edges: &LatencyEdges) {
        match u64::try_from(seconds) {
            Ok(seconds) => self.add(edges.edge(seconds), 1),
            Err(_) => self.negative += 1,
        }
    }

    pub fn add(&mut self, edge: Option<u64>, events: u64) {
        match edge {
            Some(_) if events == 0 => {}
            Some(edge) => *self.buckets.entry(edge).or_default() += events,
            None => self.beyond += events,
        }
    }

    /// Events with a latency.
    pub fn events(&self) -> u64 {
        self.buckets.values().sum::<u64>() + self.beyond
    }

    /// Events no slower than a deadline, which must be one of the edges.
    pub fn within(&self, deadline: u64) -> u64 {
        self.buckets.range(..=deadline).map(|(_, events)| events).sum()
    }

    /// The upper edge of the bucket in which the `percent`-th percentile lies (nearest rank; an upper bound).
    /// `None` if there is no event; `Some(None)` if it lies beyond the last edge.
    pub fn percentile(&self, percent: u64) -> Option<Option<u64>> {
        let events = u128::from(self.events());
        if events == 0 {
            return None;
        }
        let rank = (u128::from(percent) * events).div_ceil(100).max(1);
        let mut seen = 0u128;
        for (&edge, &events) in &self.buckets {
            seen += u128::from(events);
            if seen >= rank {
                return Some(Some(edge));
            }
        }
        Some(None)
    }
}

impl State for LatencyHistogram {
    fn merge(&mut self, other: Self) {
        for (edge, events) in other.buckets {
            self.add(Some(edge), events);
        }
        self.beyond += other.beyond;
        self.negative += other.negative;
        self.undated += other.undated;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_latency_falls_under_the_next_edge() {
        let edges = LatencyEdges::with_deadlines(&[90, 86_400]);
        assert_eq!(edges.edge(0), Some(0));
        assert_eq!(edges.edge(61), Some(90), "the deadline splits the bucket");
        assert_eq!(edges.edge(90), Some(90));
        assert_eq!(edges.edge(91), Some(120));
        assert_eq!(edges.edge(2_592_000), Some(2_592_000));
        assert_eq!(edges.edge(2_592_001), None);
    }

    #[test]
    fn parts_add_and_percentiles_follow() {
        let edges = LatencyEdges::with_deadlines(&[]);
        let mut a = LatencyHistogram::default();
        let mut b = LatencyHistogram::default();
        (0..50).for_each(|_| a.record(3, &edges));
        (0..49).for_each(|_| b.record(4_000, &edges));
        b.record(9_999_999, &edges);
        b.record(-1, &edges);
        let mut ab = a.clone();
        ab.merge(b.clone());
        b.merge(a);
        assert_eq!(ab, b);
        assert_eq!((ab.events(), ab.negative, ab.within(5), ab.within(7_200)), (100, 1, 50, 99));
        assert_eq!(ab.percentile(50), Some(Some(5)));
        assert_eq!(ab.percentile(51), Some(Some(7_200)));
        assert_eq!(ab.percentile(100), Some(None));
        assert_eq!(LatencyHistogram::default().percentile(50), None);
    }
}
