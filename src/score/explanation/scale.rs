//! From defects to points, on either scale.

use super::equation::{ceiling, floor};
use super::{Group, Step};
use crate::base::{Nano, Scale, Text};
use crate::say;
use crate::score::curve::{self, Descent, Knot, descent};

/// The steps from `bad` of `of` to points.
pub fn group(title: Text, scale: Scale, knots: &[Knot], (bad, of): (u128, u128)) -> Group {
    match scale {
        Scale::Ratio => Group { title, section: "m-ratio", steps: vec![ratio(bad, of)] },
        Scale::Defect => {
            let steps = descent(knots, bad, of).map_or_else(Vec::new, |descent| down(&descent));
            Group { title, section: "m-curve", steps }
        }
    }
}

fn ratio(bad: u128, of: u128) -> Step {
    let (bad, full) = (bad.min(of), Nano::FULL.get());
    Step::points(
        say!("the share without defects, of {full} billionths", "tỷ lệ không lỗi, trên {full} phần tỷ điểm"),
        floor(format!("({of} − {bad}) × {full}"), of),
        curve::ratio(bad, of),
    )
}

fn down(it: &Descent) -> Vec<Step> {
    let Descent { bad, of, whole, rest, from, to, span, fall, carried, part, steps, fallen, points } = it;
    let million = 1_000_000;
    let mut all = vec![Step::equal(
        say!("defects per million, whole", "số lỗi trên một triệu, phần nguyên"),
        floor(format!("{bad} × {million}"), of),
        whole,
    )];
    // Without a rest there is nothing to carry.
    if *rest > 0 {
        all.push(Step::equal(
            say!("and what is left, of {of}", "và phần dư, trên {of}"),
            format!("({bad} × {million}) mod {of}"),
            rest,
        ));
    }
    let (a, b) = (from.dpm, to.dpm);
    let (high, low) = (from.points, to.points);
    all.push(Step::equal(
        say!(
            "they lie on the line from {a} per million ({high} points) to {b} ({low} points), which falls by",
            "nằm trên đoạn từ {a} lỗi trên triệu ({high} điểm) đến {b} ({low} điểm), đoạn này giảm"
        ),
        format!("({high} − {low}) × {}", Nano::POINT),
        fall,
    ));
    if *rest > 0 {
        all.push(Step::equal(
            say!("the fall of what is left", "mức giảm ứng với phần dư"),
            floor(format!("{rest} × {fall}"), of),
            carried,
        ));
        all.push(Step::equal(
            say!("and its own rest, of {of}", "và phần dư của nó, trên {of}"),
            format!("({rest} × {fall}) mod {of}"),
            part,
        ));
    }
    all.push(Step::equal(
        say!("the fall so far, times {span}", "mức giảm đến đây, nhân {span}"),
        format!("{fall} × ({whole} − {a}) + {carried}"),
        steps,
    ));
    let (what, expression) = match part {
        0 => (say!("divided by {span}, rounded up", "chia {span}, làm tròn lên"), ceiling(steps, span)),
        _ => (
            say!("divided by {span}; the rest counts as a whole", "chia {span}; phần dư tính trọn"),
            format!("{} + 1", floor(steps, span)),
        ),
    };
    all.push(Step::equal(what, expression, fallen));
    all.push(Step::points(
        say!("points, in billionths", "điểm, tính bằng phần tỷ"),
        format!("{high} × {} − {fallen}", Nano::POINT),
        *points,
    ));
    all
}
