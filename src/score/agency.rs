//! Above the database: agencies and the whole, by registry weight over all their databases. One that was not measured
//! counts 0 officially.

use super::caps::{self, Found};
use super::composite::weighted_mean;
use super::grade::{self, Grade};
use super::methodology::Methodology;
use super::rollup::Node;
use super::rule_points::Triple;
use crate::base::{Dimension, Nano};

/// A database as roll-ups see it.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    pub id: &'a str,
    pub weight: u32,
    pub points: Triple,
    /// The dimensions that apply to it.
    pub dimensions: Vec<(Dimension, Node)>,
    pub grade: Grade,
}

#[derive(Clone, Debug)]
pub struct Summary {
    pub points: Triple,
    /// For display: an agency's points are the mean of its databases' points, so that one database's strength does
    /// not repair another's weakness.
    pub dimensions: Vec<(Dimension, Triple)>,
    pub measured: u64,
    pub minimum: Option<Nano>,
    /// Of an even number the floored mean of the middle two.
    pub median: Option<Nano>,
    pub grade_by_points: Grade,
    pub grade: Grade,
    pub caps: Vec<Found>,
}

/// Sums up databases.
pub fn summarize(members: &[Member<'_>], methodology: &Methodology) -> Summary {
    let points = mean(&members.iter().map(|member| (member.weight, &member.points)));
    let dimensions = Dimension::ALL
        .into_iter()
        .filter_map(|dimension| {
            let mut of = members
                .iter()
                .flat_map(|member| member.dimensions.iter().map(move |entry| (member.weight, entry)))
                .filter(|(_, (id, _))| *id == dimension)
                .map(|(weight, (_, node))| (weight, &node.points))
                .peekable();
            of.peek()?;
            Some((dimension, mean(&of)))
        })
        .collect();
    let mut officials: Vec<Nano> = members.iter().map(|member| member.points.official).collect();
    officials.sort_unstable();
    let failing = |member: &&Member<'_>| member.grade >= Grade::D;
    let priority: Vec<&str> = members
        .iter()
        .filter(failing)
        .filter(|member| member.weight >= Methodology::MAIN)
        .map(|member| member.id)
        .collect();
    let failing = members.iter().filter(failing).count() as u64;
    let caps = caps::agency(&methodology.caps, &priority, failing, members.len() as u64);
    let measured = members.iter().filter(|member| member.points.measured.is_some()).count() as u64;
    // With nothing measured at all there is nothing to grade.
    let grade_by_points =
        if measured == 0 { Grade::Ungraded } else { grade::by_points(&methodology.bands, points.official) };
    let grade = caps.iter().fold(grade_by_points, |grade, cap| grade.worst(cap.max_grade));
    Summary {
        points,
        dimensions,
        measured,
        minimum: officials.first().copied(),
        median: median(&officials),
        grade_by_points,
        grade,
        caps,
    }
}

fn mean<'a>(points: &(impl Iterator<Item = (u32, &'a Triple)> + Clone)) -> Triple {
    let of = |pick: &dyn Fn(&Triple) -> Option<Nano>| {
        weighted_mean(points.clone().filter_map(|(weight, points)| Some((u64::from(weight), pick(points)?))))
    };
    let Some(official) = of(&|points| Some(points.official)) else {
        return Triple::UNKNOWN;
    };
    Triple {
        official,
        measured: of(&|points| points.measured),
        ceiling: of(&|points| Some(points.ceiling)).unwrap_or(Nano::FULL),
    }
}

fn median(sorted: &[Nano]) -> Option<Nano> {
    let middle = sorted.len() / 2;
    let upper = sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(*upper);
    }
    Some(Nano::new(sorted[middle - 1].get().midpoint(upper.get())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::Ratio;
    use crate::score::methodology::Profile;

    fn member(id: &str, weight: u32, points: u32, grade: Grade) -> Member<'_> {
        let points = Triple::exactly(Nano::points(points));
        let dimensions = vec![(Dimension::Freshness, Node { points, coverage: Ratio::ONE })];
        Member { id, weight, points, dimensions, grade }
    }

    #[test]
    fn a_failing_priority_database_caps_its_agency() {
        let methodology = Methodology::new(Profile::Vn4);
        let mut members = vec![member("p", 3, 40, Grade::D)];
        let names: Vec<String> = (0..9).map(|i| format!("d{i}")).collect();
        members.extend(names.iter().map(|name| member(name, 3, 100, Grade::A)));
        let summary = summarize(&members, &methodology);
        assert_eq!(summary.points.official.six(), "94.000000");
        assert_eq!((summary.grade_by_points, summary.grade), (Grade::A, Grade::B));
        assert_eq!(summary.caps[0].subjects, ["p"]);
        assert_eq!(
            (summary.minimum.unwrap().six(), summary.median.unwrap().six()),
            ("40.000000".into(), "100.000000".into())
        );
        assert_eq!(summary.dimensions, [(Dimension::Freshness, summary.points)]);
    }

    #[test]
    fn nobody_measured_is_ungraded() {
        let methodology = Methodology::new(Profile::Vn4);
        let mut only = member("x", 1, 0, Grade::Ungraded);
        only.points = Triple::UNKNOWN;
        let summary = summarize(&[only], &methodology);
        assert_eq!((summary.grade, summary.measured, summary.points), (Grade::Ungraded, 0, Triple::UNKNOWN));
        assert_eq!(summarize(&[], &methodology).median, None);
        let weightless = summarize(&[member("w", 0, 90, Grade::A)], &methodology);
        assert_eq!(weightless.points, Triple::UNKNOWN);
    }
}
