//! A series on one line.

use crate::base::Nano;

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const PLAIN: [char; 8] = ['_', '.', '-', '~', '=', '+', '*', '#'];

/// One character a value, the last `cells` of them; blank where there is none. From the lowest to the highest of those that
/// are shown, but never less than a point: what hardly moves shall not look as if it did.
pub fn sparkline(values: &[Option<i64>], cells: usize, unicode: bool) -> String {
    let shown = &values[values.len().saturating_sub(cells)..];
    let known = || shown.iter().flatten().copied();
    let (Some(low), Some(high)) = (known().min(), known().max()) else {
        return " ".repeat(shown.len());
    };
    let span = (high - low).max(Nano::POINT);
    let base = low - (span - (high - low)) / 2;
    let levels = if unicode { BLOCKS } else { PLAIN };
    let level = |value: i64| usize::try_from((value - base) * 7 / span).unwrap_or(0).min(7);
    shown.iter().map(|value| value.map_or(' ', |value| levels[level(value)])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tenths: &[i64], cells: usize, unicode: bool) -> String {
        let values: Vec<Option<i64>> =
            tenths.iter().map(|&it| (it >= 0).then_some(it * Nano::POINT / 10)).collect();
        sparkline(&values, cells, unicode)
    }

    #[test]
    fn the_lowest_is_low_and_the_highest_high() {
        assert_eq!(of(&[0, 100, 500, 1000], 9, true), "▁▁▄█");
        assert_eq!(of(&[0, 100, 500, 1000], 2, true), "▁█");
        assert_eq!(of(&[0, 1000, -1, 1000], 9, false), "_# #");
        assert_eq!(of(&[-1, -1], 9, true), "  ");
        assert_eq!(of(&[], 9, true), "");
    }

    #[test]
    fn what_hardly_moves_stays_in_the_middle() {
        assert_eq!(of(&[900, 900, 900], 9, true), "▄▄▄");
        assert_eq!(of(&[900, 901, 900], 9, true), "▄▄▄");
        assert_eq!(of(&[900, 905, 910], 9, true), "▁▄█");
    }
}
