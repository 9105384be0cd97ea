//! When did a score change for good? Page's cumulative sums over a series, in integers: a step is found at once, a slow
//! slide once it has added up, and the noise from run to run is not.
//!
//! Nothing here enters a score, so its numbers are no part of the methodology's name.

use std::collections::VecDeque;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::base::Nano;

/// The reference is the median of up to this many previous runs.
pub const WINDOW: usize = 12;
/// What a run may lie beside the reference without being counted.
pub const SLACK: i64 = Nano::POINT / 2;
/// What has added up to more than this is a change.
pub const THRESHOLD: i64 = 3 * Nano::POINT;

/// Which way a score went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    Up,
    Down,
}

/// A run at which a change shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChangePoint {
    /// Its place in the series.
    pub at: usize,
    pub direction: Direction,
    /// What it was measured against.
    pub reference: Nano,
}

/// The change points of a series of comparable runs, in order. A run that shows one begins the series anew, or a single
/// step would show until the median has followed it.
pub fn change_points(values: &[Nano]) -> Vec<ChangePoint> {
    let mut found = Vec::new();
    let mut window: VecDeque<i64> = VecDeque::with_capacity(WINDOW + 1);
    let (mut down, mut up) = (0_i64, 0_i64);
    for (at, value) in values.iter().enumerate() {
        let value = value.get();
        if let Some(reference) = median(&window) {
            down = (down + reference - value - SLACK).max(0);
            up = (up + value - reference - SLACK).max(0);
            let direction = match (down > THRESHOLD, up > THRESHOLD) {
                (true, _) => Some(Direction::Down),
                (false, true) => Some(Direction::Up),
                (false, false) => None,
            };
            if let Some(direction) = direction {
                found.push(ChangePoint { at, direction, reference: Nano::new(reference) });
                (down, up) = (0, 0);
                window.clear();
            }
        }
        window.push_back(value);
        if window.len() > WINDOW {
            window.pop_front();
        }
    }
    found
}

/// The middle value, or half of the sum of the two in the middle, rounded down; `None` of nothing.
fn median(values: &VecDeque<i64>) -> Option<i64> {
    let mut sorted: Vec<i64> = values.iter().copied().collect();
    sorted.sort_unstable();
    let low = *sorted.get(sorted.len().checked_sub(1)? / 2)?;
    let high = *sorted.get(sorted.len() / 2)?;
    Some((low + high).div_euclid(2))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(points: &[i64]) -> Vec<(usize, Direction)> {
        let values: Vec<Nano> = points.iter().map(|&tenths| Nano::new(tenths * Nano::POINT / 10)).collect();
        change_points(&values).iter().map(|point| (point.at, point.direction)).collect()
    }

    /// By the definition alone: sums are taken anew at every run, from the last change on.
    fn slowly(values: &[i64]) -> Vec<(usize, Direction)> {
        let mut found: Vec<(usize, Direction)> = Vec::new();
        for at in 0..values.len() {
            let begin = found.last().map_or(0, |(last, _)| *last);
            let (mut sum_down, mut sum_up) = (0_i128, 0_i128);
            for run in begin + 1..=at {
                let mut before: Vec<i64> = values[begin.max(run.saturating_sub(12))..run].to_vec();
                before.sort_by(|a, b| b.cmp(a));
                let n = before.len();
                let twice = i128::from(before[n / 2]) + i128::from(before[(n - 1) / 2]);
                let reference = (twice - twice.rem_euclid(2)) / 2;
                let value = i128::from(values[run]);
                sum_down = i128::max(0, sum_down + reference - value - 500_000_000);
                sum_up = i128::max(0, sum_up + value - reference - 500_000_000);
            }
            if sum_down > 3_000_000_000 {
                found.push((at, Direction::Down));
            } else if sum_up > 3_000_000_000 {
                found.push((at, Direction::Up));
            }
        }
        found
    }

    #[test]
    fn a_step_shows_once_and_noise_does_not() {
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[900, 903, 898, 902, 900, 897, 904, 900]), []);
        assert_eq!(of(&[900, 900, 900, 800, 800, 800, 800]), [(3, Direction::Down)]);
        assert_eq!(of(&[800, 801, 900, 900, 800]), [(2, Direction::Up), (4, Direction::Down)]);
        // Exactly slack and threshold is not more than they allow.
        assert_eq!(of(&[900, 935]), []);
        assert_eq!(of(&[900, 936]), [(1, Direction::Up)]);
    }

    #[test]
    fn a_slow_slide_adds_up() {
        let slide: Vec<i64> = (0..20).map(|run| 900 - 3 * run).collect();
        let found = of(&slide);
        assert!(!found.is_empty() && found.iter().all(|(_, direction)| *direction == Direction::Down));
    }

    proptest! {
        #[test]
        fn as_by_the_definition(
            values in prop::collection::vec(prop_oneof![
                0_i64..=100_000_000_000, 89_000_000_000_i64..=91_000_000_000, 85_000_000_000_i64..=95_000_000_000
            ], 0..60),
        ) {
            let nanos: Vec<Nano> = values.iter().map(|&value| Nano::new(value)).collect();
            let found: Vec<_> = change_points(&nanos).iter().map(|point| (point.at, point.direction)).collect();
            prop_assert_eq!(found, slowly(&values));
        }

        #[test]
        fn turned_over_it_shows_the_same_runs(
            values in prop::collection::vec(0_i64..=50, 0..40),
        ) {
            // Whole points, of which medians are half points at most: nothing is rounded on either side.
            let up: Vec<i64> = values.iter().map(|value| value * 10).collect();
            let down: Vec<i64> = values.iter().map(|value| 1_000 - value * 10).collect();
            let (found, turned) = (of(&up), of(&down));
            prop_assert_eq!(found.len(), turned.len());
            for (a, b) in found.iter().zip(&turned) {
                prop_assert!(a.0 == b.0 && a.1 != b.1);
            }
        }
    }
}
