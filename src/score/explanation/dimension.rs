//! One dimension: rules by weight within tables, tables by tier.

use std::collections::BTreeMap;

use super::equation::{floor, sum};
use super::{Group, Part, Step, Subject, Worked};
use crate::base::{Dimension, Nano, Ratio, Text};
use crate::say;
use crate::score::rollup::Sums;
use crate::score::rule_points::Triple;

pub fn part(worked: &Worked<'_>, dimension: Dimension) -> Part {
    let node = worked.working.dimensions.iter().find(|(id, _)| *id == dimension).map(|(_, node)| node);
    let subject =
        Subject { database: worked.database.id.clone(), dimension: Some(dimension), ..Subject::default() };
    let rollup = &worked.working.weighed.rollup;
    let mut groups: Vec<Group> =
        rollup.of(dimension).map(|(at, sums)| table(worked, dimension, at, sums)).collect();
    groups.push(whole(worked, dimension));
    groups.extend(not_delivered(worked));
    groups.extend(coverage(worked, dimension));
    Part::new(subject, groups, node.map(|node| node.points))
}

/// The three values, what each is called, and which of a [`Triple`] and of [`Sums`] it is; the latter two only where
/// they differ from the first.
fn values(differ: bool) -> impl Iterator<Item = (Text, Pick)> {
    let all = [
        (say!("official", "chính thức"), OFFICIAL),
        (say!("measured", "phần đo được"), MEASURED),
        (say!("at best", "cao nhất"), CEILING),
    ];
    all.into_iter().take(if differ { 3 } else { 1 })
}

type Pick = (fn(&Triple) -> Option<Nano>, fn(&Sums) -> (u128, u128));
const OFFICIAL: Pick = (|it| Some(it.official), |it| (it.official, it.weight));
const MEASURED: Pick = (|it| it.measured, |it| (it.measured, it.known));
const CEILING: Pick = (|it| Some(it.ceiling), |it| (it.ceiling, it.weight));

fn differ(sums: &Sums) -> bool {
    sums.points().is_some_and(|points| points != Triple::exactly(points.official))
}

fn table(worked: &Worked<'_>, dimension: Dimension, at: usize, sums: &Sums) -> Group {
    let table = &worked.database.tables[at];
    let scored = &worked.working.weighed.scored[at];
    let mut steps = Vec::new();
    for (Text { en, vi }, (value, summed)) in values(differ(sums)) {
        let mut terms: Vec<u128> = Vec::new();
        // Rules that are worth the same are told together if that is everything.
        let mut full: BTreeMap<u32, u64> = BTreeMap::new();
        for (rule, scored) in table.rules.iter().zip(scored) {
            let Some(scored) = scored.filter(|scored| scored.dimension == dimension) else { continue };
            let Some(points) = value(&scored.points) else { continue };
            if points == Nano::FULL {
                *full.entry(scored.weight).or_default() += 1;
                continue;
            }
            let (id, weight, points) = (&rule.id, scored.weight, points.get());
            let term = u128::from(weight) * u128::from(points.unsigned_abs());
            terms.push(term);
            let what = say!("{en}: rule {id}, weight × points", "{vi}: quy tắc {id}, trọng số × điểm");
            steps.push(Step::equal(what, format!("{weight} × {points}"), term));
        }
        for (weight, rules) in full {
            let points = Nano::FULL.get();
            let term = u128::from(rules) * u128::from(weight) * u128::from(points.unsigned_abs());
            terms.push(term);
            let what = say!(
                "{en}: {rules} with 100 points and weight {weight}",
                "{vi}: {rules} quy tắc 100 điểm, trọng số {weight}"
            );
            steps.push(Step::equal(what, format!("{rules} × {weight} × {points}"), term));
        }
        let (total, weight) = summed(sums);
        steps.push(Step::equal(say!("{en}: sum", "{vi}: tổng"), sum(terms), total));
        if let Some(points) = sums.points().and_then(|points| value(&points)) {
            let what = say!("{en}: points of the table", "{vi}: điểm của bảng");
            steps.push(Step::points(what, floor(total, weight), points));
        }
    }
    let (id, tier) = (&table.id, table.tier);
    Group {
        title: say!("Table {id}, tier {tier}", "Bảng {id}, bậc {tier}"), section: "m-dimension", steps
    }
}

fn whole(worked: &Worked<'_>, dimension: Dimension) -> Group {
    let rollup = &worked.working.weighed.rollup;
    let sums = rollup.dimension_sums(dimension);
    let mut steps = Vec::new();
    for (Text { en, vi }, (value, summed)) in values(differ(&sums)) {
        let Some(points) = sums.points().and_then(|points| value(&points)) else { continue };
        let term = |(at, cell): (usize, &Sums)| {
            let points = cell.points().and_then(|points| value(&points))?;
            Some(format!("{} × {}", worked.database.tables[at].tier, points.get()))
        };
        let (total, weight) = summed(&sums);
        steps.push(Step::equal(
            say!("{en}: tiers × points", "{vi}: bậc × điểm"),
            sum(rollup.of(dimension).filter_map(term)),
            total,
        ));
        let what = say!("{en}: points of the dimension", "{vi}: điểm của chiều");
        steps.push(Step::points(what, floor(total, weight), points));
    }
    if sums.weight == 0 {
        steps.push(Step::word(say!(
            "no rule counts in it: unknown, 0 points officially, 100 at best",
            "không có quy tắc nào được tính: chưa rõ, chính thức 0 điểm, cao nhất 100"
        )));
    }
    Group { title: say!("The dimension", "Cả chiều"), section: "m-dimension", steps }
}

pub fn the_same() -> Step {
    Step::word(say!("the same as the official value", "bằng giá trị chính thức"))
}

/// Without any of its tables, a database is unknown.
pub fn not_delivered(worked: &Worked<'_>) -> Option<Group> {
    (!worked.working.delivered).then(|| Group {
        title: say!("Nothing was delivered", "Chưa giao dữ liệu"),
        section: "m-unknown",
        steps: vec![Step::word(say!(
            "none of the required tables is there: nothing is measured, and 100 points are possible",
            "không có bảng bắt buộc nào: chưa đo được gì, và vẫn có thể đạt 100 điểm"
        ))],
    })
}

/// Known weight of all weight, table by table.
fn coverage(worked: &Worked<'_>, dimension: Dimension) -> Option<Group> {
    let rollup = &worked.working.weighed.rollup;
    let sums = rollup.dimension_sums(dimension);
    if sums.weight == 0 || !worked.working.delivered {
        return None;
    }
    let coverage = rollup.dimension(dimension).coverage;
    let terms = rollup.of(dimension).map(|(at, cell)| {
        let tier = u128::from(worked.database.tables[at].tier);
        format!("({tier} × {}) / ({} × {})", cell.known, sums.weight, cell.weight)
    });
    let step = ratio(
        say!("known weight, of all weight", "trọng số đã rõ, trên tổng trọng số"),
        sum(terms),
        coverage,
    );
    Some(Group { title: say!("Coverage", "Độ phủ"), section: "m-coverage", steps: vec![step] })
}

/// A fraction; where it was too long for 128 bits and cut off, that is said instead of an equation.
pub fn ratio(what: Text, expression: String, value: Ratio) -> Step {
    const CUT: u128 = 1_000_000_000_000_000_000;
    if CUT.is_multiple_of(value.den()) && value.den() > 1_000_000 {
        let Text { en, vi } = what;
        return Step::word(say!(
            "{en}: {value}, cut off at the 18th decimal",
            "{vi}: {value}, cắt ở chữ số thập phân thứ 18"
        ));
    }
    Step::equal(what, expression, value)
}
