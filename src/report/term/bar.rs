//! Points as bars: what is guaranteed, what is not known, what is lost.

use super::page::{DIM, Line};
use anstyle::Style as Ink;

const FULL: i64 = 100_000_000_000;

/// Blocks of one to seven eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// A bar of exactly `cells` columns: up to `official` solid, up to `ceiling` shaded, the rest faint. Values are
/// billionths of a point. It never looks longer than it is: a full bar is 100 points.
pub fn bar(official: i64, ceiling: i64, cells: usize, ink: Ink, unicode: bool) -> Line {
    let parts = if unicode { 8 } else { 1 };
    let official = filled(official, cells * parts);
    let ceiling = filled(ceiling, cells);
    let (solid, eighths) = (official / parts, official % parts);
    let mut drawn = solid;
    let (block, shade, track) = if unicode { ("█", "▒", "░") } else { ("#", "~", ".") };
    let mut line = Line::of(ink, &block.repeat(solid));
    if eighths > 0 {
        line = line.ink(ink, EIGHTHS[eighths]);
        drawn += 1;
    }
    let unknown = ceiling.saturating_sub(drawn);
    line.ink(ink, &shade.repeat(unknown)).ink(DIM, &track.repeat(cells - drawn - unknown))
}

/// How many of `parts` are reached.
fn filled(nano: i64, parts: usize) -> usize {
    let reached = i128::from(nano.clamp(0, FULL)) * parts as i128 / i128::from(FULL);
    usize::try_from(reached).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Style;
    use crate::report::term::page::{PLAIN, Page};
    use proptest::prelude::*;

    fn drawn(official: i64, ceiling: i64, cells: usize, unicode: bool) -> String {
        let mut page = Page::new(&Style { unicode, ..Style::default() });
        page.line(bar(official, ceiling, cells, PLAIN, unicode));
        String::from_utf8(page.into_bytes()).unwrap().trim_end().to_owned()
    }

    #[test]
    fn bars_show_known_unknown_and_lost() {
        assert_eq!(drawn(FULL, FULL, 4, true), "████");
        assert_eq!(drawn(FULL - 1, FULL, 4, true), "███▉");
        assert_eq!(drawn(FULL / 2, FULL * 3 / 4, 4, true), "██▒░");
        assert_eq!(drawn(0, 0, 4, true), "░░░░");
        assert_eq!(drawn(FULL - 1, FULL - 1, 4, false), "###.");
        assert_eq!(drawn(FULL / 2, FULL, 4, false), "##~~");
    }

    proptest! {
        #[test]
        fn bars_are_exactly_as_wide_as_asked(official in any::<i64>(), ceiling in any::<i64>(), cells in 0usize..60, unicode: bool) {
            prop_assert_eq!(bar(official, ceiling, cells, PLAIN, unicode).columns(), cells);
        }
    }
}
