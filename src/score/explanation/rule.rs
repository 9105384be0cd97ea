//! One rule: from its counts to its points, what it weighs, and what it would win back.

use super::equation::{floor, sum};
use super::{Group, Part, Step, Subject, Worked, scale};
use crate::base::{Nano, Ratio, Status, Text};
use crate::engine::measured::{MeasuredRule, MeasuredTable};
use crate::engine::vacuity::Strength;
use crate::say;
use crate::score::composite::MeanMin;
use crate::score::methodology::Profile;
use crate::score::rollup::Scored;
use crate::score::rule_points::{Counts, rule_points};
use crate::score::working::Standing;

pub fn part(worked: &Worked<'_>, table_at: usize, rule_at: usize) -> Part {
    let table = &worked.database.tables[table_at];
    let rule = &table.rules[rule_at];
    let weighed = &worked.working.weighed;
    let standing = &weighed.standings[table_at][rule_at];
    let mut groups = vec![what(table, rule), counts(rule, standing)];
    groups.extend(points(worked, rule, standing));
    groups.push(weight(worked, table, rule, standing));
    if let Some(scored) = &weighed.scored[table_at][rule_at] {
        groups.extend(share(worked, scored));
        groups.extend(gain(worked, scored));
    }
    let subject = Subject {
        database: worked.database.id.clone(),
        dimension: Some(rule.dimension),
        table: Some(table.id.clone()),
        rule: Some(rule.id.clone()),
    };
    Part::new(subject, groups, standing.points)
}

fn what(table: &MeasuredTable, rule: &MeasuredRule) -> Group {
    let (kind, id, tier) = (&rule.kind, &table.id, table.tier);
    let Text { en: severity_en, vi: severity_vi } = rule.severity.label();
    let Text { en: dimension_en, vi: dimension_vi } = rule.dimension.label();
    Group {
        title: say!("What is judged", "Đánh giá gì"),
        section: "m-rule",
        steps: vec![Step::word(say!(
            "kind {kind}, table {id} (tier {tier}); severity {severity_en}, dimension “{dimension_en}”",
            "loại {kind}, bảng {id} (bậc {tier}); mức độ {severity_vi}, chiều “{dimension_vi}”"
        ))],
    }
}

/// What was counted, or why nothing was.
fn counts(rule: &MeasuredRule, standing: &Standing) -> Group {
    let tally = &rule.measure.tally;
    let (pass, fail, na, unknown) = (tally.pass, tally.fail, tally.na, tally.unknown);
    let mut steps = Vec::new();
    match standing.status {
        Status::Measured => {
            steps.push(Step::word(say!(
                "{pass} passed, {fail} failed, {unknown} unknown; {na} that it does not apply to are left out",
                "{pass} đạt, {fail} lỗi, {unknown} chưa rõ; bỏ ra {na} trường hợp không áp dụng"
            )));
        }
        status => {
            let Text { en, vi } = status.label();
            let (en_so, vi_so) = match status {
                Status::Na => ("it leaves all weights", "không tham gia trọng số"),
                Status::MissingInput | Status::MissingTable => {
                    ("known to be absent: 0 points", "biết chắc là thiếu: 0 điểm")
                }
                _ => {
                    ("unknown: 0 points officially, 100 at best", "chưa rõ: chính thức 0 điểm, cao nhất 100")
                }
            };
            steps.push(Step::word(say!("{en}: {en_so}", "{vi}: {vi_so}")));
        }
    }
    if let Some(counts) = counted(rule, standing) {
        let Counts { bad, known, unknown: open } = counts;
        let (all_bad, of) = counts.official();
        match &rule.measure.mass {
            None => {
                steps.push(Step::equal(say!("known", "đã rõ"), sum([pass, fail]), known));
            }
            Some(mass) => {
                let (units, per_unit) = (mass.units, mass.per_unit);
                steps.push(Step::word(say!(
                    "graded: {bad} of badness, where {per_unit} is a unit that is wholly bad",
                    "chấm theo mức: tổng mức xấu {bad}, trong đó {per_unit} là một đơn vị xấu hoàn toàn"
                )));
                steps.push(Step::equal(say!("known", "đã rõ"), format!("{units} × {per_unit}"), known));
                steps.push(Step::equal(say!("unknown", "chưa rõ"), format!("{unknown} × {per_unit}"), open));
            }
        }
        steps.push(Step::equal(say!("failed or unknown", "lỗi hoặc chưa rõ"), sum([bad, open]), all_bad));
        steps.push(Step::equal(
            say!("of all that it applies to", "trên tổng số áp dụng"),
            sum([known, open]),
            of,
        ));
        let rate = Ratio::new(of - all_bad.min(of), of).map(|rate| rate.floor_times(1_000_000));
        if let Some(rate) = rate {
            let what = say!("guaranteed pass rate, in millionths", "tỷ lệ đạt bảo đảm, tính bằng phần triệu");
            steps.push(Step::equal(what, floor(format!("({of} − {all_bad}) × 1000000"), of), rate));
        }
    }
    Group { title: say!("What was counted", "Đã đếm được gì"), section: "m-unknown", steps }
}

fn counted(rule: &MeasuredRule, standing: &Standing) -> Option<Counts> {
    let measured = standing.status == Status::Measured;
    measured.then(|| Counts::of(&rule.measure.tally, rule.measure.mass.as_ref())).flatten()
}

/// From defects to points: officially; and where something is unknown, of what was measured and at best.
fn points(worked: &Worked<'_>, rule: &MeasuredRule, standing: &Standing) -> Vec<Group> {
    let mut groups = Vec::new();
    let knots = &worked.methodology.knots;
    let on = |title, rate| scale::group(title, rule.scale, knots, rate);
    if let Some(counts) = counted(rule, standing) {
        groups.push(on(say!("Official points", "Điểm chính thức"), counts.official()));
        if counts.unknown == 0 {
            groups.push(Group {
                title: say!("Measured and at best", "Phần đo được và cao nhất"),
                section: "m-unknown",
                steps: vec![Step::word(say!(
                    "nothing is unknown, so all three values are the same",
                    "không có gì chưa rõ nên ba giá trị bằng nhau"
                ))],
            });
        } else {
            if let Some(measured) = counts.measured() {
                groups.push(on(say!("Of what was measured", "Riêng phần đo được"), measured));
            }
            groups.push(on(say!("At best", "Cao nhất"), counts.ceiling()));
        }
    }
    // What a core rule that says nothing would be worth, it is not worth.
    let raw =
        rule_points(standing.status, &rule.measure.tally, rule.measure.mass.as_ref(), rule.scale, knots);
    if raw != standing.points {
        groups.push(Group {
            title: say!("But it says nothing", "Nhưng quy tắc không nói lên gì"),
            section: "m-weight",
            steps: vec![Step::word(strength(rule)), Step::word(say!(
                "a core rule that no wrong value can break is unknown: 0 points officially, 100 at best",
                "quy tắc lõi mà không giá trị sai nào vi phạm được thì coi là chưa rõ: chính thức 0 điểm, cao nhất 100"
            ))],
        });
    }
    groups
}

fn strength(rule: &MeasuredRule) -> Text {
    let Strength { killed, applicable } = rule.strength.unwrap_or(Strength { killed: 0, applicable: 0 });
    say!(
        "{killed} of {applicable} kinds of wrong values broke it",
        "{killed} trên {applicable} loại giá trị sai bị phát hiện"
    )
}

/// What it counts with, or why it does not.
fn weight(worked: &Worked<'_>, table: &MeasuredTable, rule: &MeasuredRule, standing: &Standing) -> Group {
    let methodology = worked.methodology;
    let full = methodology.weight(rule.severity, rule.weight);
    let Text { en, vi } = rule.severity.label();
    let own = rule.weight.filter(|own| methodology.profile == Profile::Local && *own == full);
    let mut steps = vec![Step::word(match own {
        Some(own) => say!("the rule file gives it {own}", "tệp quy tắc cho trọng số {own}"),
        None => say!("severity {en} weighs {full}", "mức độ {vi} có trọng số {full}"),
    })];
    if standing.weight != full {
        let vacuous = rule.strength.is_some_and(Strength::is_vacuous);
        let core = worked.database.is_core();
        steps.push(Step::word(if standing.points.is_none() {
            say!(
                "nothing is applicable: it leaves all weights",
                "không có gì để áp dụng: không tham gia trọng số"
            )
        } else if table.tier == 0 {
            say!("its table has tier 0: it does not count", "bảng ở bậc 0: không tính")
        } else if core && !rule.core {
            say!(
                "a local rule beside core packs: it counts for the internal score only",
                "quy tắc riêng bên cạnh gói lõi: chỉ tính vào điểm nội bộ"
            )
        } else if vacuous {
            let Text { en, vi } = strength(rule);
            say!("{en}: it says nothing and does not count", "{vi}: không nói lên gì nên không tính")
        } else {
            say!("it does not count", "không tính")
        }));
    }
    let weight = standing.weight;
    steps.push(Step::word(say!("so its weight is {weight}", "vậy trọng số là {weight}")));
    Group { title: say!("Weight", "Trọng số"), section: "m-weight", steps }
}

/// Its share in its dimension.
fn share(worked: &Worked<'_>, scored: &Scored) -> Option<Group> {
    let rollup = &worked.working.weighed.rollup;
    let sums = rollup.table_sums(scored.dimension, scored.table)?;
    let tiers = rollup.dimension_sums(scored.dimension).weight;
    let tier = worked.database.tables[scored.table].tier;
    let share = rollup.share(scored);
    Some(Group {
        title: say!("Share in its dimension", "Tỷ phần trong chiều"),
        section: "m-dimension",
        steps: vec![Step::equal(
            say!(
                "tier × weight, of all tiers × all weights of its table",
                "bậc × trọng số, trên tổng bậc × tổng trọng số của bảng"
            ),
            format!("({tier} × {}) / ({tiers} × {})", scored.weight, sums.weight),
            share,
        )],
    })
}

/// What the database's official points would gain if it were without defects.
fn gain(worked: &Worked<'_>, scored: &Scored) -> Option<Group> {
    let (rollup, lambda) = (&worked.working.weighed.rollup, worked.methodology.lambda);
    if scored.points.official >= Nano::FULL {
        return None;
    }
    let sums = rollup.table_sums(scored.dimension, scored.table)?;
    let whole = rollup.dimension_sums(scored.dimension);
    let at = rollup.dimensions().iter().position(|it| *it == scored.dimension)?;
    let cleaned = rollup.cleaning(lambda).cleaned([scored]);
    let before = rollup.database(lambda).points.official;
    let after = MeanMin::of(cleaned.dimensions.iter().map(|&points| (1, points)), lambda)?;
    let tier = worked.database.tables[scored.table].tier;
    let full = Nano::FULL.get();
    let lifted = sum([
        sums.official.to_string(),
        format!("{} × ({full} − {})", scored.weight, scored.points.official.get()),
    ]);
    let table = format!("{} − {}", floor(lifted, sums.weight), floor(sums.official, sums.weight));
    let Text { en, vi } = scored.dimension.label();
    let mut steps = vec![Step::points(
        say!("dimension “{en}” with this rule at 100 points", "chiều “{vi}” nếu quy tắc này đạt 100 điểm"),
        floor(format!("{} + {tier} × ({table})", whole.official), whole.weight),
        cleaned.dimensions[at],
    )];
    steps.extend(super::database::mixed(
        say!("the database's points then", "điểm của CSDL khi đó"),
        cleaned.dimensions.iter().map(|points| points.get()),
        &after,
        lambda,
    ));
    steps.push(Step::equal(
        say!("what it would win back", "lấy lại được"),
        format!("{} − {}", after.points.get(), before.get()),
        cleaned.gain,
    ));
    Some(Group { title: say!("To win back", "Điểm lấy lại được"), section: "m-gain", steps })
}
