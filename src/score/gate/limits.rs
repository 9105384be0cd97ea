//! Conditions on a database as a whole: points, clean records, coverage, hard caps, a grade.

use super::baseline::DatabaseBaseline;
use super::{Checks, Condition, Outcome, held};
use crate::base::{Nano, Ratio, Text};
use crate::rule::gate::{Caps, Policy};
use crate::say;
use crate::score::scorecard::{DatabaseCard, Fraction};
use crate::score::{Grade, Scorecard};

pub fn check(
    card: &Scorecard,
    database: &DatabaseCard,
    policy: &Policy,
    before: Option<&DatabaseBaseline>,
    checks: &mut Checks,
) {
    for gap in card.incomplete.iter().filter(|gap| gap.database == database.id && gap.table.is_none()) {
        checks.push(Condition::Measured, Outcome::Incomplete, gap.text.clone());
    }
    coverage(database, policy, before, checks);
    points(database, policy, checks);
    clean_records(database, policy, checks);
    caps(database, policy, before, checks);
    let graded = database.grade != Grade::Ungraded;
    let ungraded_before = before.is_some_and(|before| !before.graded);
    checks.push(
        Condition::Graded,
        if graded {
            Outcome::Passed
        } else if ungraded_before {
            Outcome::Warning
        } else {
            Outcome::Failed
        },
        if graded {
            let grade = database.grade.id();
            say!("grade {grade}", "hạng {grade}")
        } else {
            say!("there is not enough evidence for a grade", "chưa đủ căn cứ để xếp hạng")
        },
    );
}

fn coverage(
    database: &DatabaseCard,
    policy: &Policy,
    before: Option<&DatabaseBaseline>,
    checks: &mut Checks,
) {
    let known = ratio(database.coverage);
    let shown = known.six();
    if let Some(least) = policy.min_coverage {
        let limit = least.six();
        checks.push(
            Condition::MinCoverage,
            if known >= least { Outcome::Passed } else { Outcome::Incomplete },
            say!(
                "the value of {shown} of the rules is known, {limit} is asked for",
                "biết được kết quả của {shown} số quy tắc, yêu cầu {limit}"
            ),
        );
    }
    if let Some(before) = before {
        let was = ratio(before.coverage);
        let then = was.six();
        checks.push(
            Condition::Coverage,
            held(known >= was),
            say!(
                "the value of {shown} of the rules is known, {then} was",
                "biết được kết quả của {shown} số quy tắc, trước đó là {then}"
            ),
        );
    }
}

fn points(database: &DatabaseCard, policy: &Policy, checks: &mut Checks) {
    if let Some(least) = policy.min_score {
        let official = Nano::new(database.score.official_nano);
        let text = at_least(&say!("official score", "điểm chính thức"), official, least);
        checks.push(Condition::MinScore, held(official >= least), text);
    }
    if let Some(least) = policy.min_measured {
        let what = say!("measured score", "điểm đo được");
        match database.score.measured_nano.map(Nano::new) {
            Some(measured) => {
                let text = at_least(&what, measured, least);
                checks.push(Condition::MinScore, held(measured >= least), text);
            }
            None => checks.push(
                Condition::MinScore,
                Outcome::Failed,
                say!("nothing was measured", "không đo được gì"),
            ),
        }
    }
    for (dimension, least) in &policy.dimensions {
        let label = dimension.label();
        match database.dimensions.get(dimension).filter(|card| card.applicable) {
            Some(card) => {
                let official = Nano::new(card.score.official_nano);
                let text = at_least(&label, official, *least);
                checks.push(Condition::MinDimension, held(official >= *least), text);
            }
            // A limit on what nobody looks at is no limit that was kept.
            None => {
                let Text { en, vi } = label;
                checks.push(
                    Condition::MinDimension,
                    Outcome::Failed,
                    say!("{en}: no rule looks at it", "{vi}: không có quy tắc nào xét tiêu chí này"),
                );
            }
        }
        checks.dimension(*dimension);
    }
}

fn at_least(what: &Text, points: Nano, least: Nano) -> Text {
    let (Text { en, vi }, points, least) = (what, points.six(), least.six());
    say!("{en} {points}, at least {least} is asked for", "{vi} {points}, yêu cầu từ {least}")
}

fn clean_records(database: &DatabaseCard, policy: &Policy, checks: &mut Checks) {
    let Some(least) = policy.min_clean_records else { return };
    let clean = &database.clean_records;
    let limit = least.six();
    let Some(official) = &clean.official else {
        checks.push(
            Condition::MinCleanRecords,
            Outcome::Failed,
            say!("no main table says what a clean record is", "không có bảng chính để xét bản ghi sạch"),
        );
        return;
    };
    let share = Ratio::new(u128::from(clean.clean), u128::from(clean.rows));
    let share = share.filter(|_| clean.unknown_tables.is_empty()).unwrap_or(Ratio::ZERO);
    checks.push(
        Condition::MinCleanRecords,
        held(share >= least),
        say!(
            "{official} of the records are clean, {limit} is asked for",
            "{official} số bản ghi sạch, yêu cầu {limit}"
        ),
    );
}

fn caps(database: &DatabaseCard, policy: &Policy, before: Option<&DatabaseBaseline>, checks: &mut Checks) {
    let which = policy.caps.unwrap_or(Caps::New);
    for cap in &database.caps {
        let known = before.is_some_and(|before| before.caps.contains(&cap.id));
        let outcome = match which {
            Caps::Any => Outcome::Failed,
            Caps::New if !known => Outcome::Failed,
            Caps::New | Caps::None => Outcome::Warning,
        };
        let (id, grade, Text { en, vi }) = (&cap.id, cap.max_grade.id(), &cap.evidence);
        checks.push(
            Condition::NewCap,
            outcome,
            say!("{id}, no grade above {grade}: {en}", "{id}, hạng cao nhất còn {grade}: {vi}"),
        );
    }
    if database.caps.is_empty() {
        checks.push(
            Condition::NewCap,
            Outcome::Passed,
            say!("no hard cap applies", "không vướng điểm liệt nào"),
        );
    }
}

fn ratio(fraction: Fraction) -> Ratio {
    Ratio::new(u128::from(fraction.num), u128::from(fraction.den)).unwrap_or(Ratio::ZERO)
}
