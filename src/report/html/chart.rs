//! Charts, drawn as SVG in whole numbers. They are ornament: what they show stands beside them as text, so readers of
//! screens skip them.

use std::fmt::Write as _;

use super::markup::Markup;
use crate::base::Nano;
use crate::score::Grade;
use crate::score::grade::{BANDS, by_points};

/// Units of a drawing that is 100 points wide.
const FULL: i64 = 1_000;

const HIDDEN: (&str, &str) = ("aria-hidden", "true");

/// The class that colours a grade.
pub const fn grade_class(grade: Grade) -> &'static str {
    match grade {
        Grade::A => "gA",
        Grade::B => "gB",
        Grade::C => "gC",
        Grade::D => "gD",
        Grade::Ungraded => "g0",
    }
}

pub fn points_grade(nano: i64) -> Grade {
    by_points(&BANDS, Nano::new(nano))
}

/// Billionths of a point, 0 to 100 points, on a line of [`FULL`] units.
fn place(nano: i64) -> i64 {
    nano.clamp(0, Nano::FULL.get()) / (Nano::FULL.get() / FULL)
}

/// A drawing that stretches to the room that it is given.
fn drawing(page: &mut Markup, class: &'static str, (width, height): (i64, i64)) {
    let size = format!("0 0 {width} {height}");
    page.open("svg", &[("class", class), ("viewBox", &size), ("preserveAspectRatio", "none"), HIDDEN]);
}

/// From the left and from the top.
fn rectangle(page: &mut Markup, class: &str, (x, width): (i64, i64), (y, height): (i64, i64)) {
    if width > 0 {
        let shape = format!("M{x} {y}h{width}v{height}h-{width}z");
        page.shape("path", &[("class", class), ("d", &shape)]);
    }
}

/// The official points, what is not known behind them, and the edges of the grades.
pub fn interval(page: &mut Markup, floor: i64, ceiling: i64) {
    drawing(page, "bar", (FULL, 20));
    let (floor_at, ceiling_at) = (place(floor), place(ceiling));
    rectangle(page, "track", (0, FULL), (0, 20));
    rectangle(page, "unknown", (floor_at, ceiling_at - floor_at), (0, 20));
    rectangle(page, grade_class(points_grade(floor)), (0, floor_at), (0, 20));
    for band in BANDS.iter().filter(|band| band.points > 0) {
        rectangle(page, "edge", (i64::from(band.points) * FULL / 100, 2), (0, 20));
    }
    page.raw("</svg>");
}

/// Parts of a whole, each with its class. What is there is never drawn as nothing.
pub fn parts(page: &mut Markup, parts: &[(&'static str, u64)]) {
    let all: u128 = parts.iter().map(|(_, n)| u128::from(*n)).sum();
    drawing(page, "bar parts", (FULL, 20));
    let mut from = 0;
    for (class, n) in parts {
        let share = (u128::from(*n) * FULL as u128).checked_div(all).unwrap_or_default();
        let width = if *n > 0 { i64::try_from(share).unwrap_or(FULL).max(6) } else { 0 };
        rectangle(page, class, (from.min(FULL - width), width), (0, 20));
        from += width;
    }
    page.raw("</svg>");
}

/// Ranks from the first to the last: where an entry stands, and where it may stand as well.
pub fn ranks(page: &mut Markup, rank: u32, [low, high]: [u32; 2], last: u32) {
    let last = i64::from(last.max(1));
    // Each rank has a field of its own, wide enough to be seen.
    let left = |rank: u32| (i64::from(rank).clamp(1, last) - 1) * FULL / last;
    let right = |rank: u32| (i64::from(rank).clamp(1, last) * FULL / last).max(left(rank) + 12);
    drawing(page, "bar line", (FULL, 28));
    rectangle(page, "track", (0, FULL), (12, 4));
    rectangle(page, "range", (left(low), right(high) - left(low)), (8, 12));
    rectangle(page, "here", (left(rank), right(rank) - left(rank)), (2, 24));
    page.raw("</svg>");
}

/// A step of a waterfall, between two heights of a scale.
pub fn step(page: &mut Markup, class: &'static str, (from, to): (i64, i64), (low, high): (i64, i64)) {
    let span = i128::from((high - low).max(1));
    let at = |nano: i64| {
        let share = i128::from(nano.clamp(low, high) - low) * i128::from(FULL) / span;
        i64::try_from(share).unwrap_or(FULL)
    };
    let (left, right) = (at(from.min(to)), at(from.max(to)));
    drawing(page, "bar", (FULL, 20));
    rectangle(page, "track", (0, FULL), (0, 20));
    // What is there is never drawn as nothing.
    rectangle(page, class, (left.min(FULL - 4), (right - left).max(4)), (0, 20));
    page.raw("</svg>");
}

/// How long ago the last update was, in cycles: the line ends today, on the right, and goes back to where an age is worth
/// nothing any more.
pub fn timeline(page: &mut Markup, age: u64, cycle: u64, cycles: u64) {
    let reach = u128::from(cycle) * u128::from(cycles);
    let back = |age: u128| {
        let share = (age.min(reach) * FULL as u128).checked_div(reach).unwrap_or_default();
        FULL - i64::try_from(share).unwrap_or(FULL)
    };
    let at = back(age.into());
    let fresh = back(cycle.into());
    let class = match age {
        _ if age <= cycle => "gA",
        _ if u128::from(age) < reach => "gC",
        _ => "gD",
    };
    drawing(page, "bar line", (FULL, 28));
    rectangle(page, "track", (0, FULL), (10, 8));
    rectangle(page, "fresh", (fresh, FULL - fresh), (10, 8));
    rectangle(page, class, (at, FULL - at), (12, 4));
    rectangle(page, class, (at.min(FULL - 10), 10), (2, 24));
    page.raw("</svg>");
}

/// A value of a series.
#[derive(Clone, Copy)]
pub struct Dot {
    pub nano: Option<i64>,
    /// It may not be compared with the one before.
    pub breaks: bool,
    /// Here the series changed for good: up or down.
    pub change: Option<bool>,
}

/// A series. From the lowest to the highest that is shown, but never less than a point.
pub fn spark(page: &mut Markup, class: &'static str, dots: &[Dot]) {
    const STEP: i64 = 12;
    const HEIGHT: i64 = 40;
    let known = || dots.iter().filter_map(|dot| dot.nano);
    let (Some(low), Some(high)) = (known().min(), known().max()) else { return };
    let span = (high - low).max(Nano::POINT);
    let base = low - (span - (high - low)) / 2;
    let width = STEP * i64::try_from(dots.len().max(2)).unwrap_or(2);
    let spot = |at: usize, nano: i64| {
        let x = STEP / 2 + STEP * i64::try_from(at).unwrap_or_default();
        (x, HEIGHT - 6 - (nano - base) * (HEIGHT - 12) / span)
    };
    let size = format!("0 0 {width} {HEIGHT}");
    page.open("svg", &[("class", class), ("viewBox", &size), HIDDEN]);
    let mut path = String::new();
    let mut drawn = false;
    for (at, dot) in dots.iter().enumerate() {
        let Some(nano) = dot.nano else {
            drawn = false;
            continue;
        };
        let (x, y) = spot(at, nano);
        let command = if drawn && !dot.breaks { 'L' } else { 'M' };
        // Writing to a string cannot fail.
        let _ = write!(path, "{command}{x} {y}");
        drawn = true;
    }
    page.shape("path", &[("class", "series"), ("d", &path)]);
    let last = dots.len().saturating_sub(1);
    for (at, dot) in dots.iter().enumerate() {
        let Some((x, y)) = dot.nano.map(|nano| spot(at, nano)) else { continue };
        let lone = dot.breaks && dots.get(at + 1).is_none_or(|next| next.breaks || next.nano.is_none());
        if let Some(up) = dot.change {
            let shape = match up {
                true => format!("M{x} {}l5 8h-10z", y - 6),
                false => format!("M{x} {}l5 -8h-10z", y + 6),
            };
            page.shape("path", &[("class", if up { "gA" } else { "gD" }), ("d", &shape)]);
        } else if at == last || lone {
            let (x, y) = (x.to_string(), y.to_string());
            page.shape("circle", &[("class", "dot"), ("cx", &x), ("cy", &y), ("r", "3")]);
        }
    }
    page.raw("</svg>");
}
