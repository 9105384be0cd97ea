//! One database: from its dimensions to its points, and from there to its grade.

use super::equation::{floor, sum};
use super::{Group, Part, Step, Subject, Worked, dimension};
use crate::base::{Dimension, Nano, Text};
use crate::say;
use crate::score::comparable::{self, Reason};
use crate::score::composite::{Lambda, MeanMin};
use crate::score::evidence::Confidence;
use crate::score::grade::{self, Grade};
use crate::score::rollup::Node;
use crate::score::working::Weighed;

pub fn part(worked: &Worked<'_>) -> Part {
    let working = &worked.working;
    let mut groups = points(worked);
    groups.extend(dimension::not_delivered(worked));
    groups.extend(coverage(worked));
    groups.push(clean(worked));
    groups.push(graded(worked));
    groups.push(standing(worked));
    groups.extend(internal(worked));
    let subject = Subject { database: worked.database.id.clone(), ..Subject::default() };
    Part::new(subject, groups, Some(working.node.points))
}

/// The mean of dimensions with the weakest mixed in, once for each of the three values.
fn points(worked: &Worked<'_>) -> Vec<Group> {
    type Value = (Text, fn(&Node) -> Option<Nano>);
    let lambda = worked.methodology.lambda;
    let nodes: Vec<_> = {
        let rollup = &worked.working.weighed.rollup;
        rollup.dimensions().iter().map(|&it| (it, rollup.dimension(it))).collect()
    };
    let all: [Value; 3] = [
        (say!("Official points", "Điểm chính thức"), |node| Some(node.points.official)),
        (say!("Of what was measured", "Riêng phần đo được"), |node| node.points.measured),
        (say!("At best", "Cao nhất"), |node| Some(node.points.ceiling)),
    ];
    let mut groups = Vec::new();
    let mut first: Option<Vec<(Dimension, Nano)>> = None;
    for (title, value) in all {
        let named: Vec<_> = nodes.iter().filter_map(|(id, node)| Some((*id, value(node)?))).collect();
        // Without anything unknown the three are one.
        if first.as_ref() == Some(&named) {
            groups.push(Group { title, section: "m-unknown", steps: vec![dimension::the_same()] });
            continue;
        }
        first.get_or_insert_with(|| named.clone());
        let Some(mixed_in) = MeanMin::of(named.iter().map(|(_, points)| (1, *points)), lambda) else {
            continue;
        };
        let mut steps: Vec<Step> = named
            .iter()
            .map(|(id, points)| {
                let (Text { en, vi }, points) = (id.label(), points.get());
                Step::word(say!("{en}: {points}", "{vi}: {points}"))
            })
            .collect();
        let what = say!("points of the database", "điểm của CSDL");
        steps.extend(mixed(what, named.iter().map(|(_, points)| points.get()), &mixed_in, lambda));
        groups.push(Group { title, section: "m-database", steps });
    }
    if groups.is_empty() {
        let what = say!(
            "no rule counts: unknown, 0 points officially, 100 at best",
            "không có quy tắc nào được tính: chưa rõ, chính thức 0 điểm, cao nhất 100"
        );
        let title = say!("Official points", "Điểm chính thức");
        groups.push(Group { title, section: "m-database", steps: vec![Step::word(what)] });
    }
    groups
}

/// Sum, minimum, and both together.
pub fn mixed(
    what: Text,
    values: impl Iterator<Item = i64> + Clone,
    it: &MeanMin,
    Lambda { num, den }: Lambda,
) -> Vec<Step> {
    let MeanMin { weights, sum: total, minimum, points } = it;
    let listed: Vec<String> = values.clone().map(|value| value.to_string()).collect();
    vec![
        Step::equal(say!("sum", "tổng"), sum(values), total),
        Step::equal(say!("the weakest", "thấp nhất"), format!("min({})", listed.join(", ")), minimum),
        Step::points(
            what,
            floor(
                format!("({den} − {num}) × {total} + {num} × {minimum} × {weights}"),
                format!("{den} × {weights}"),
            ),
            *points,
        ),
    ]
}

fn coverage(worked: &Worked<'_>) -> Option<Group> {
    let rollup = &worked.working.weighed.rollup;
    let dimensions = rollup.dimensions();
    if dimensions.is_empty() || !worked.working.delivered {
        return None;
    }
    let terms = dimensions.iter().map(|it| {
        let coverage = rollup.dimension(*it).coverage;
        format!("{} / ({} × {})", coverage.num(), dimensions.len(), coverage.den())
    });
    let step = dimension::ratio(
        say!("the mean of the dimensions' coverage", "trung bình độ phủ các chiều"),
        sum(terms),
        worked.working.node.coverage,
    );
    Some(Group { title: say!("Coverage", "Độ phủ"), section: "m-coverage", steps: vec![step] })
}

fn clean(worked: &Worked<'_>) -> Group {
    let rate = &worked.working.inputs.clean;
    let (clean, rows) = (rate.clean.min(rate.rows), rate.rows);
    let step = match (rate.official(), rate.unknown_tables.is_empty()) {
        (None, _) => Step::word(say!("there is no main table", "không có bảng chính")),
        (Some(_), false) => {
            let tables = rate.unknown_tables.join(", ");
            Step::word(say!(
                "main tables without records ({tables}): the guaranteed share is 0",
                "bảng chính không có bản ghi ({tables}): tỷ lệ bảo đảm là 0"
            ))
        }
        (Some(share), true) => Step::equal(
            say!(
                "clean records of main tables, in millionths",
                "bản ghi sạch của các bảng chính, tính bằng phần triệu"
            ),
            floor(format!("{clean} × 1000000"), rows),
            share.floor_times(1_000_000),
        ),
    };
    Group { title: say!("Clean records", "Bản ghi sạch"), section: "m-clean", steps: vec![step] }
}

/// The grade that the points give, the caps that hold it down, and the worst of them.
fn graded(worked: &Worked<'_>) -> Group {
    let working = &worked.working;
    let official = working.node.points.official;
    let band = worked.methodology.bands.iter().find(|band| official >= Nano::points(band.points));
    let (from, by_points) = (band.map_or(0, |band| band.points), working.grade_by_points.id());
    let nano = official.get();
    let edge = Nano::points(from).get();
    let mut steps = vec![Step::word(say!(
        "by points: {nano} is {edge} or more ({from} points), which is {by_points}",
        "theo điểm: {nano} từ {edge} trở lên ({from} điểm), xếp {by_points}"
    ))];
    if grade::near_edge(&worked.methodology.bands, worked.methodology.near_edge, official) {
        let margin = worked.methodology.near_edge;
        steps.push(Step::word(say!(
            "close to an edge: less than {margin} billionths away",
            "sát ngưỡng: cách chưa đến {margin} phần tỷ"
        )));
    }
    for cap in &working.caps {
        let (id, Text { en, vi }, grade) = (cap.id, &cap.evidence, cap.max_grade.id());
        steps.push(Step::word(say!("{id}: {en}; at best {grade}", "{id}: {vi}; cao nhất {grade}")));
    }
    let grade = working.grade();
    let (id, Text { en, vi }) = (grade.id(), grade.label());
    steps.push(Step::word(match grade {
        Grade::Ungraded => say!("so there is no grade: {en}", "vậy chưa xếp hạng: {vi}"),
        _ => say!("the worst of these is the grade: {id}, {en}", "thấp nhất trong số đó là hạng: {id}, {vi}"),
    }));
    Group { title: say!("Grade", "Xếp hạng"), section: "m-grade", steps }
}

/// How far it can be relied on, and what speaks against comparing it.
fn standing(worked: &Worked<'_>) -> Group {
    let working = &worked.working;
    let coverage = working.node.coverage;
    let Text { en, vi } = Confidence::of(&working.inputs.evidence, coverage).label();
    let mut steps = vec![Step::word(say!("confidence: {en}", "độ tin cậy: {vi}"))];
    let contract = worked.contract();
    let reasons = comparable::own(worked.methodology.profile, worked.database.is_core(), coverage, contract);
    if reasons.is_empty() {
        steps.push(Step::word(say!("it may be compared", "so sánh được")));
    }
    for Text { en, vi } in reasons.iter().map(Reason::text) {
        steps.push(Step::word(say!("not comparable: {en}", "không so sánh được: {vi}")));
    }
    Group {
        title: say!("Confidence and comparison", "Độ tin cậy và so sánh"),
        section: "m-comparable",
        steps,
    }
}

/// The score of all rules, beside that of core packs.
fn internal(worked: &Worked<'_>) -> Option<Group> {
    if !worked.database.is_core() {
        return None;
    }
    let lambda = worked.methodology.lambda;
    let rollup = Weighed::of(&worked.database.tables, false, worked.methodology, None).rollup;
    let points: Vec<Nano> =
        rollup.dimensions().iter().map(|it| rollup.dimension(*it).points.official).collect();
    let it = MeanMin::of(points.iter().map(|points| (1, *points)), lambda)?;
    let what = say!("points of all rules, local ones included", "điểm của mọi quy tắc, kể cả quy tắc riêng");
    Some(Group {
        title: say!("Internal score", "Điểm nội bộ"),
        section: "m-database",
        steps: mixed(what, points.iter().map(|points| points.get()), &it, lambda),
    })
}
