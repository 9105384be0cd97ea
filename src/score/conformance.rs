//! The published conformance vectors, every entry of them, and random cases of the reference implementation.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use super::agency::{Member, summarize};
use super::caps::CleanRate;
use super::composite::{Lambda, mean_min};
use super::contribution::{Part, allocate, factors, weakest_shares};
use super::curve;
use super::grade::{Grade, by_points};
use super::methodology::{Methodology, Profile};
use super::rank::{Contender, RankedDatabase, rank};
use super::rollup::{Node, Rollup, Scored, combine};
use super::rule_points::{Triple, per_million, rule_points};
use super::significance::{Budget, Test, regression, two_proportions, wilson_at_least, wilson_lower};
use crate::base::SplitMix64;
use crate::base::nano::mul_div_rem;
use crate::base::{Dimension, Nano, Ratio, Scale, Status, placeholders};
use crate::kernel::date_format::{default_date, format_date};
use crate::rule::calendar::{Calendar, Year};
use crate::state::day_histogram::heartbeat_mass;
use crate::state::{DayHistogram, LatencyEdges, LatencyHistogram, Tally};

const VECTORS: &str = include_str!("../../tests/scoring_vectors.json");
const RANDOM: &str = include_str!("../../tests/scoring_random.json");

/// Collects every difference instead of stopping at the first.
struct Check {
    methodology: Methodology,
    wrong: Vec<String>,
}

impl Check {
    fn new(methodology: Methodology) -> Self {
        Self { methodology, wrong: Vec::new() }
    }

    fn same<T: PartialEq + std::fmt::Debug>(&mut self, what: &str, got: T, want: T) {
        if got != want {
            self.wrong.push(format!("{what}: got {got:?}, want {want:?}"));
        }
    }

    /// The vectors print points rounded half to even to six decimals.
    fn points(&mut self, what: &str, got: Nano, want: &Value) {
        self.same(what, rounded(got), text(want).to_owned());
    }

    fn defect(&self, bad: u64, of: u64) -> Nano {
        curve::defect(&self.methodology.knots, bad.into(), of.into())
    }

    fn rule(&self, tally: Tally, scale: Scale) -> Triple {
        rule_points(Status::Measured, &tally, None, scale, &self.methodology.knots)
            .expect("something was counted")
    }

    fn total(&self, dimensions: &[Nano]) -> Nano {
        mean_min(dimensions.iter().map(|&points| (1, points)), self.methodology.lambda).expect("not empty")
    }

    fn grade(&self, points: Nano) -> &'static str {
        by_points(&self.methodology.bands, points).id()
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}"))
}

fn int(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("no integer: {value}"))
}

fn count(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("no count: {value}"))
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("no list: {value}"))
}

fn ratio(text: &str) -> Ratio {
    let (num, den) = text.split_once('/').unwrap_or((text, "1"));
    Ratio::new(num.parse().unwrap(), den.parse().unwrap()).unwrap()
}

/// `"88.5"` in nano-points.
fn nano(value: &Value) -> Nano {
    let (whole, part) = text(value).split_once('.').unwrap();
    Nano::new(whole.parse::<i64>().unwrap() * Nano::POINT + format!("{part:0<9}").parse::<i64>().unwrap())
}

fn nanos(value: &Value) -> Vec<Nano> {
    list(value).iter().map(nano).collect()
}

fn tally(value: &Value) -> Tally {
    let counts: Vec<u64> = list(value).iter().map(count).collect();
    Tally::new(counts[0], counts[1], counts[2], counts[3])
}

fn rounded(points: Nano) -> String {
    let (mut cut, rest) = (points.get().div_euclid(1_000), points.get().rem_euclid(1_000));
    if rest > 500 || (rest == 500 && cut % 2 == 1) {
        cut += 1;
    }
    Nano::new(cut * 1_000).six()
}

/// A ratio rounded to six decimals, half up (no vector lies on a half).
fn rounded_ratio(ratio: Ratio) -> String {
    let cut = (mul_div_rem(ratio.num(), 10_000_000, ratio.den()).0 + 5) / 10;
    format!("{}.{:06}", cut / 1_000_000, cut % 1_000_000)
}

fn scored(table: usize, weight: u32, points: Triple) -> Scored {
    Scored { table, dimension: Dimension::Correctness, weight, points }
}

/// One function per group of entries; returns what differs.
fn check_vectors(methodology: &Methodology) -> Vec<String> {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let mut check = Check::new(methodology.clone());
    for (name, want) in vectors.as_object().unwrap() {
        match name.as_str() {
            "E1_curve" => curve_points(&mut check, want),
            "E2_not_null" => value_states(&mut check, want),
            "E3_bounds" => bounds(&mut check, want),
            "E4_tiers" => tiers(&mut check, want),
            "E5_composite" => composites(&mut check, want),
            "E6_nation" => nation(&mut check, want),
            "E7_unique" => unique(&mut check, want),
            "E8_reconcile" => reconcile(&mut check, want),
            "E9_record_age" => record_age(&mut check, want),
            "E10_heartbeat_hours" => heartbeat(&mut check, want),
            "E11_due_dates" => due_dates(&mut check, want),
            "E12_share" => share_requests(&mut check, want),
            "E13_wilson" => wilson(&mut check, want),
            "E14_regression" => regressions(&mut check, want),
            "E16_absence" => absence(&mut check, want),
            "E17_decomposition" => decomposition(&mut check, want),
            "E18_rank" => ranks(&mut check, want),
            "E19_lax_vs_strict" => lax_and_strict(&mut check, want),
            "E20_latency" => latency(&mut check, want),
            "E22_agency" => agencies(&mut check, want),
            "E23_budget" => budget(&mut check, want),
            "E24_display" => display(&mut check, want),
            "E25_connection" => one_tally(&mut check, want, Scale::Defect),
            "E26_schema" => one_tally(&mut check, want, Scale::Ratio),
            "E27_crr" => clean_records(&mut check, want),
            "E28_cap" => cap(&mut check, want),
            "E21_rowcount" => row_count(&mut check, want),
            name if name.starts_with("E21_rowcount_") => one_tally(&mut check, want, Scale::Defect),
            name => check.wrong.push(format!("{name}: this entry is not checked")),
        }
    }
    check.wrong
}

fn curve_points(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let (bad, of) = (count(&entry["bad"]), count(&entry["n"]));
        let got = check.defect(bad, of);
        check.same("E1", got.get(), int(&entry["nano"]));
        check.points("E1 points", got, &entry["points"]);
        check.same(
            "E1 dpm",
            per_million(bad.into(), of.into()).unwrap().to_string(),
            text(&entry["dpm"]).to_owned(),
        );
    }
}

fn value_states(check: &mut Check, want: &Value) {
    // The classification itself belongs to the floor of kernels; here the list of placeholders must agree with it.
    let values = [
        Some("Nguyễn Văn A"),
        Some(""),
        Some("   "),
        None,
        Some("N/A"),
        Some("Không rõ"),
        Some("Trần\u{a0}Thị B"),
        Some("chưa cập nhật"),
        Some("-"),
        Some("Lê C"),
        Some("\u{200b}"),
        Some("Phạm D"),
    ];
    let blank = |text: &str| text.chars().all(|c| c.is_whitespace() || c == '\u{200b}');
    let null = values.iter().filter(|value| value.is_none()).count() as u64;
    let blanks = values.iter().flatten().filter(|text| blank(text)).count() as u64;
    let held =
        values.iter().flatten().filter(|text| placeholders::is_string(&text.to_lowercase())).count() as u64;
    let all = values.len() as u64;
    check.same("E2 values", all, count(&want["values"]));
    check.same("E2 null", null, count(&want["null"]));
    check.same("E2 blank", blanks, count(&want["blank"]));
    check.same("E2 placeholder", held, count(&want["placeholder"]));
    let bad = null + blanks + held;
    let got = Tally::new(all - bad, bad, 0, 0);
    check.same("E2 tally", got, tally(&want["tally"]));
    let points = check.rule(got, Scale::Defect);
    triple(check, "E2", points, &want["nano"], &want["points"]);
}

fn triple(check: &mut Check, what: &str, got: Triple, nanos: &Value, points: &Value) {
    let got = [Some(got.official), got.measured, Some(got.ceiling)];
    for (i, got) in got.into_iter().enumerate() {
        if !nanos.is_null() {
            check.same(what, got.map(Nano::get), nanos[i].as_i64());
        }
        check.same(what, got.map(rounded), points[i].as_str().map(str::to_owned));
    }
}

fn bounds(check: &mut Check, want: &Value) {
    let mut rules = Vec::new();
    for rule in list(&want["rules"]) {
        let points = match rule.get("status") {
            Some(status) => {
                check.same("E3 status", text(status), "error");
                rule_points(Status::Error, &Tally::default(), None, Scale::Defect, &check.methodology.knots)
                    .unwrap()
            }
            None => check.rule(tally(&rule["tally"]), Scale::Defect),
        };
        triple(check, "E3 rule", points, &Value::Null, &rule["points"]);
        rules.push(scored(0, int(&rule["sev"]) as u32, points));
    }
    let node = Rollup::new(&rules, vec![3], None).dimension(Dimension::Correctness);
    let shown = Value::from(vec![want["floor"].clone(), want["measured"].clone(), want["ceil"].clone()]);
    triple(check, "E3", node.points, &want["nano"], &shown);
    check.same("E3 coverage", node.coverage.to_string(), text(&want["coverage"]).to_owned());
}

fn tiers(check: &mut Check, want: &Value) {
    let rules = [
        scored(0, 9, check.rule(Tally::new(999_500, 500, 0, 0), Scale::Defect)),
        scored(0, 1, check.rule(Tally::new(1_000_000, 0, 0, 0), Scale::Defect)),
        scored(1, 3, check.rule(Tally::new(62, 1, 0, 0), Scale::Defect)),
    ];
    check.points("E4", rules[0].points.official, &want["cong_dan"][0]);
    check.points("E4", rules[1].points.official, &want["cong_dan"][1]);
    check.points("E4", rules[2].points.official, &want["dm_tinh"]);
    let got = Rollup::new(&rules, vec![3, 1], None).dimension(Dimension::Correctness).points.official;
    check.points("E4", got, &want["dim"]);
    check.same("E4", got.get(), int(&want["nano"]));
}

fn composites(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let values = nanos(&entry["x"]);
        let got = check.total(&values);
        check.points(text(&entry["name"]), got, &entry["T"]);
        check.same("E5", got.get(), int(&entry["nano"]));
        check.same("E5 grade", check.grade(got), text(&entry["grade"]));
        // What other aggregations would give: why this one was chosen.
        let points: Vec<f64> = values.iter().map(|x| x.get() as f64 / 1e9).collect();
        let of = points.len() as f64;
        let arithmetic = points.iter().sum::<f64>() / of;
        let geometric = points.iter().product::<f64>().powf(1.0 / of);
        let harmonic =
            if points.contains(&0.0) { 0.0 } else { of / points.iter().map(|x| 1.0 / x).sum::<f64>() };
        for (key, got) in [("arith", arithmetic), ("geo", geometric), ("harm", harmonic)] {
            let want = entry[key].as_f64().unwrap();
            check.same(key, (got - want).abs() < 1e-6, true);
        }
    }
}

fn nation(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let (bad, of) = (count(&entry["bad"]), count(&entry["n"]));
        check.points("E6", check.defect(bad, of), &entry["defect"]);
        check.points("E6 linear", curve::ratio(bad.into(), of.into()), &entry["linear"]);
    }
}

fn unique(check: &mut Check, want: &Value) {
    let count_keys = |parts: &[&Value]| {
        let mut keys: BTreeMap<&str, u64> = BTreeMap::new();
        let mut na = 0;
        for value in parts.iter().flat_map(|part| list(part)) {
            match value.as_str() {
                Some(key) => *keys.entry(key).or_default() += 1,
                None => na += 1,
            }
        }
        let fail = keys.values().filter(|&&n| n > 1).sum();
        let excess: u64 = keys.values().map(|n| n - 1).sum();
        (Tally::new(keys.values().filter(|&&n| n == 1).count() as u64, fail, na, 0), excess)
    };
    let (merged, excess) = count_keys(&[&want["part1"], &want["part2"]]);
    check.same("E7", merged, tally(&want["merged"]));
    check.same("E7 excess", excess, count(&want["excess"]));
    check.points("E7", check.rule(merged, Scale::Defect).official, &want["points"]);
    let (mut wrong, second) = (count_keys(&[&want["part1"]]).0, count_keys(&[&want["part2"]]).0);
    crate::state::State::merge(&mut wrong, second);
    check.same("E7 added", wrong, tally(&want["wrong_if_tallies_added"]));
    check.points("E7 added", check.rule(wrong, Scale::Defect).official, &want["wrong_points"]);
}

fn reconcile(check: &mut Check, want: &Value) {
    let [agree, disagree, left, right] =
        ["agree", "disagree", "left_only", "right_only"].map(|key| count(&want[key]));
    let tallies = [(agree, disagree), (agree + disagree, left), (agree + disagree, right)];
    for (i, key) in ["value_agreement", "link_rate", "coverage"].into_iter().enumerate() {
        let got = check.rule(Tally::new(tallies[i].0, tallies[i].1, 0, 0), Scale::Defect);
        check.same(key, got.official.get(), int(&want["nano"][i]));
        check.points(key, got.official, &want[key]);
    }
}

fn day(date: &str) -> i32 {
    let date: Date = date.parse().unwrap();
    (date - jiff::civil::date(1970, 1, 1)).get_days()
}

fn record_age(check: &mut Check, want: &Value) {
    check.same("E9 m", check.methodology.cycles_to_zero, count(&want["m"]));
    let mut histogram = DayHistogram::default();
    for (date, rows) in want["hist"].as_object().unwrap() {
        histogram.add(day(date), count(rows));
    }
    let age = histogram.record_age(day(text(&want["as_of"])), count(&want["T"]));
    let mass = Ratio::new(age.mass.bad, u128::from(age.mass.units) * u128::from(age.mass.per_unit)).unwrap();
    check.same("E9 mass", mass.to_string(), text(&want["bad_mass"]).to_owned());
    let tally = Tally::new(age.fresh, age.mass.units - age.fresh, 0, age.unknown);
    let got = rule_points(Status::Measured, &tally, Some(&age.mass), Scale::Defect, &check.methodology.knots)
        .unwrap();
    check.points("E9", got.official, &want["points"]);
    check.same("E9", got.official.get(), int(&want["nano"]));
}

fn heartbeat(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let mass = heartbeat_mass(count(&entry[0]), count(&entry[1]));
        let tally = Tally::new(1, 0, 0, 0);
        let got = rule_points(Status::Measured, &tally, Some(&mass), Scale::Ratio, &check.methodology.knots)
            .unwrap();
        check.points("E10", got.official, &entry[2]);
    }
}

fn due_dates(check: &mut Check, want: &Value) {
    let day = |date: &str| default_date().parse_date(date).unwrap();
    let days = |days: &[&str]| days.iter().map(|date| day(&format!("2026-{date}"))).collect();
    let year = Year {
        holidays: days(&["01-01", "01-02", "02-16", "02-17", "02-18", "02-19", "02-20", "11-24"]),
        makeup: days(&["01-10"]),
    };
    let calendar = Calendar::new("vn-cal/2026-demo", BTreeMap::from([(2026, year)]));
    let working = calendar.working_days();
    for entry in list(want) {
        let due = working.due(day(text(&entry[0])), count(&entry[1]) as u32).unwrap();
        check.same("E11", format_date(due), text(&entry[2]).to_owned());
    }
}

fn share_requests(check: &mut Check, want: &Value) {
    let [on_time, late, legal, refused, open, overdue] =
        ["on_time", "late", "rejected_legal", "rejected_noreason", "open_not_due", "open_overdue"]
            .map(|key| count(&want["req"][key]));
    let got = Tally::new(on_time, late + refused + overdue, legal + open, 0);
    check.same("E12", got, tally(&want["tally"]));
    one_tally(check, want, Scale::Ratio);
    let eventual = Ratio::new((on_time + late).into(), (on_time + late + refused + overdue).into()).unwrap();
    check.same("E12 eventual", eventual.to_string(), text(&want["eventual"]).to_owned());
}

fn one_tally(check: &mut Check, want: &Value, scale: Scale) {
    let got = check.rule(tally(&want["tally"]), scale).official;
    check.points("tally", got, &want["points"]);
    check.same("tally", got.get(), int(&want["nano"]));
}

fn wilson(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let (passed, of) = (count(&entry["passed"]), count(&entry["n"]));
        let threshold = ratio(text(&entry["threshold"]));
        check.same("E13", wilson_at_least(passed, of, threshold), entry["ok"].as_bool().unwrap());
        // Shown rounded to six decimals; ours is cut off.
        let shown = (entry["lower_display"].as_f64().unwrap() * 1e6).round() as u64;
        let bound = wilson_lower(passed, of);
        check.same("E13 bound", bound == shown || bound + 1 == shown, true);
    }
}

fn regressions(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let got = regression(count(&entry["new_fail"]), count(&entry["fixed"]));
        let test = match got.test {
            Test::Sign => "sign",
            Test::McNemar => "mcnemar",
            Test::TwoProportion => "two proportions",
        };
        check.same("E14 test", test, text(&entry["test"]));
        check.same("E14", got.significant, entry["significant"].as_bool().unwrap());
        check.same("E14 statistic", rounded_ratio(got.statistic), text(&entry["stat"]).to_owned());
    }
}

fn absence(check: &mut Check, want: &Value) {
    let required = Some(&Dimension::ALL[..4]);
    let knots = check.methodology.knots.clone();
    let heartbeat = heartbeat_mass(20, 24);
    let alive =
        rule_points(Status::Measured, &Tally::new(1, 0, 0, 0), Some(&heartbeat), Scale::Ratio, &knots)
            .unwrap();
    let points = [
        check.rule(Tally::new(99_900, 100, 0, 0), Scale::Defect),
        check.rule(Tally::new(99_000, 1_000, 0, 0), Scale::Defect),
        check.rule(Tally::new(100_000, 0, 0, 0), Scale::Defect),
        alive,
    ];
    let roll = |points: [Triple; 4]| {
        let rules: Vec<Scored> = points
            .into_iter()
            .zip([9, 3, 9, 3])
            .zip(Dimension::ALL)
            .map(|((points, weight), dimension)| Scored { table: 0, dimension, weight, points })
            .collect();
        Rollup::new(&rules, vec![3], required)
    };
    let not_run = |status| rule_points(status, &Tally::default(), None, Scale::Defect, &knots).unwrap();
    let lambda = check.methodology.lambda;
    let mut same = |what: &str, rollup: &Rollup, want: &Value, total: &str| {
        let got = rollup.database(lambda).points;
        check.points(what, got.official, &want[total]);
        check.same(what, got.official.get(), int(&want["nano"]));
        check.same(what, check.grade(got.official), text(&want["grade"]));
        if let Some(dims) = want.get("dims") {
            for (i, &dimension) in rollup.dimensions().iter().enumerate() {
                check.points(what, rollup.dimension(dimension).points.official, &dims[i]);
            }
        }
        if let Some(measured) = want.get("measured") {
            check.points(what, got.measured.unwrap(), measured);
            check.points(what, got.ceiling, &want["ceil"]);
            check.same(what, rollup.database(lambda).coverage.to_string(), "3/4".to_owned());
        }
    };
    same("E16", &roll(points), &want["base"], "T");
    let mut error = points;
    error[3] = not_run(Status::Error);
    same("E16 error", &roll(error), &want["song_error"], "floor");
    let mut column = points;
    column[1] = not_run(Status::MissingInput);
    same("E16 column", &roll(column), &want["missing_column"], "T");
    let mut empty = points;
    empty[..3].fill(not_run(Status::Empty));
    same("E16 empty", &roll(empty), &want["empty_table"], "T");
}

fn decomposition(check: &mut Check, want: &Value) {
    let (before, after) = (nanos(&want["x0"]), nanos(&want["x1"]));
    check.points("E17", check.total(&before), &want["T0"]);
    check.points("E17", check.total(&after), &want["T1"]);
    for (got, want) in weakest_shares(&before, &after).iter().zip(list(&want["mu"])) {
        check.same("E17 mu", got.to_string(), text(want).to_owned());
    }
    let change = check.total(&after).get() - check.total(&before).get();
    check.same("E17 sum", change, int(&want["sum"]));
    let got = allocated(&before, &after, &[1; 4], change, check.methodology.lambda);
    for (i, nano) in got.iter().enumerate() {
        check.same("E17", *nano, int(&want["contrib_nano"][i]));
        let shown = text(&want["contrib"][i]).parse::<f64>().unwrap();
        check.same("E17", (*nano as f64 / 1e9 - shown).abs() <= 5e-7, true);
    }
}

fn allocated(before: &[Nano], after: &[Nano], weights: &[u32], change: i64, lambda: Lambda) -> Vec<i64> {
    let ids = ["a", "b", "c", "d", "e", "f"];
    let parts: Vec<Part<'_>> = factors(before, after, weights, lambda)
        .into_iter()
        .enumerate()
        .map(|(i, share)| Part { id: ids[i], delta: after[i].get() - before[i].get(), share })
        .collect();
    allocate(change, &parts).unwrap()
}

fn ranks(check: &mut Check, want: &Value) {
    let hex = |value: u64| format!("{value:#x}");
    let first = text(&want["splitmix64_seed0_first"]).to_owned();
    check.same("E18 generator", hex(SplitMix64::new(0).next()), first);
    let mut random = SplitMix64::new(count(&want["seed"]));
    for word in list(&want["splitmix64_seed_first3"]) {
        check.same("E18 generator", hex(random.next()), text(word).to_owned());
    }
    let policy = check.methodology.rank.clone();
    check.same("E18 seed", policy.seed, count(&want["seed"]));
    check.same("E18 draws", u64::from(policy.draws), count(&want["B"]));
    let contenders: Vec<Contender> = want["input"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(id, databases)| Contender {
            id: id.clone(),
            databases: list(databases)
                .iter()
                .map(|database| RankedDatabase {
                    weight: count(&database[0]) as u32,
                    rows: count(&database[1]),
                    dimensions: nanos(&database[2]),
                })
                .collect(),
        })
        .collect();
    let table = rank(&contenders, &[1; 4], &policy, check.methodology.lambda);
    for entry in &table.entries {
        let want = &want["result"][&entry.id];
        check.points("E18", entry.score, &want["score"]);
        check.same("E18", entry.score.get(), int(&want["nano"]));
        let ranks = [entry.rank, entry.low, entry.high].map(u64::from);
        check.same("E18 ranks", ranks, ["rank", "p5", "p95"].map(|key| count(&want[key])));
    }
    check.same("E18 wins", u64::from(table.wins[1][3]), count(&want["beats_B_over_D"]));
    check.same("E18 wins", u64::from(table.wins[0][2]), count(&want["beats_A_over_C"]));
    check.same("E18 order of B and D", table.distinguishable(1, 3), false);
    check.same("E18 order of A and E", table.distinguishable(0, 4), true);
    check.same("E18 wins", table.wins[0][4], 1_000);
}

fn lax_and_strict(check: &mut Check, want: &Value) {
    // Twelve core rules at 99.9 %, five lax rules at 100 % against two hundred strict ones at 97 %.
    let core = Ratio::new(12 * 999, 1_000).unwrap();
    let naive = |own: Ratio, rules: u128| {
        core.checked_add(own).unwrap().checked_mul(Ratio::new(1, rules).unwrap()).unwrap()
    };
    let lax = naive(Ratio::new(5, 1).unwrap(), 17);
    let strict = naive(Ratio::new(200 * 97, 100).unwrap(), 212);
    check.same("E19", lax.to_string(), text(&want["naive_A_frac"]).to_owned());
    check.same("E19", strict.to_string(), text(&want["naive_B_frac"]).to_owned());
    check.same("E19", rounded_ratio(lax), text(&want["naive_A"]).to_owned());
    check.same("E19", rounded_ratio(strict), text(&want["naive_B"]).to_owned());
    check.points("E19", check.total(&[check.defect(1, 1_000); 4]), &want["official_both"]);
}

fn latency(check: &mut Check, want: &Value) {
    let bounds: Vec<u64> = list(&want["bounds_s"]).iter().map(count).collect();
    let edges = LatencyEdges::exactly(bounds.iter().copied());
    let mut histogram = LatencyHistogram::default();
    for (i, events) in list(&want["counts"]).iter().enumerate() {
        let seconds = bounds.get(i).copied().unwrap_or(bounds[bounds.len() - 1] + 1);
        histogram.add(edges.edge(seconds), count(events));
    }
    for (key, percent) in [("p50", 50), ("p95", 95), ("p99", 99)] {
        check.same(key, histogram.percentile(percent), Some(Some(count(&want[key]))));
    }
    let within = histogram.within(count(&want["sla"]));
    check.same("E20", Tally::new(within, histogram.events() - within, 0, 0), tally(&want["tally"]));
    one_tally(check, want, Scale::Defect);
}

fn row_count(check: &mut Check, want: &Value) {
    let (actual, expected) = (count(&want["actual"]), count(&want["expected"]));
    let tally = Tally::new(actual.min(expected), actual.abs_diff(expected), 0, 0);
    let got = check.rule(tally, Scale::Defect).official;
    check.points("E21", got, &want["points"]);
    check.same("E21", got.get(), int(&want["nano"]));
}

fn agencies(check: &mut Check, want: &Value) {
    let members: Vec<Member<'_>> = list(&want["weights"])
        .iter()
        .zip(list(&want["scores"]))
        .map(|(weight, score)| Member {
            id: "",
            weight: count(weight) as u32,
            points: if score.is_null() { Triple::UNKNOWN } else { Triple::exactly(nano(score)) },
            dimensions: Vec::new(),
            grade: if score.is_null() { Grade::Ungraded } else { Grade::B },
        })
        .collect();
    let got = summarize(&members, &check.methodology);
    check.points("E22", got.points.official, &want["floor"]);
    check.same("E22", got.points.official.get(), int(&want["nano"]));
    check.points("E22", got.points.measured.unwrap(), &want["measured"]);
    check.points("E22", got.points.ceiling, &want["ceil"]);
}

fn budget(check: &mut Check, want: &Value) {
    let budget = Budget::new(count(&want["rows"]), ratio(text(&want["target"])), count(&want["spent"]));
    check.same("E23", budget.allowed, count(&want["allowed"]));
    check.same("E23", budget.blocked(), want["blocked"].as_bool().unwrap());
}

fn display(check: &mut Check, want: &Value) {
    for entry in list(want) {
        let points = Nano::new(int(&entry["nano"]));
        check.same("E24", points.decimal(2, ','), text(&entry["shown"]).to_owned());
        check.same("E24", check.grade(points), text(&entry["grade"]));
    }
}

fn clean_records(check: &mut Check, want: &Value) {
    let clean = count(&want["locally_clean"]) - count(&want["dup_involved_locally_clean"]);
    let rate = CleanRate { clean, rows: count(&want["rows"]), unknown_tables: Vec::new() };
    let got = rate.official().unwrap();
    check.same("E27", count(&want["dup_involved"]) >= count(&want["dup_involved_locally_clean"]), true);
    check.same("E27", got.to_string(), text(&want["crr"]).to_owned());
    check.same("E27", got.six(), text(&want["value"]).to_owned());
    check.same(
        "E27 cap",
        check.methodology.caps.clean_records.iter().any(|l| got < Ratio::percent(l.below)),
        false,
    );
}

fn cap(check: &mut Check, want: &Value) {
    let rate = ratio(text(&want["pk_dup_rate"]));
    let points = check.defect(rate.num() as u64, rate.den() as u64);
    check.points("E28", points, &want["pk_rule_points"]);
    let total = check.total(&[92, 95, 94, 90].map(Nano::points));
    check.points("E28", total, &want["T"]);
    check.same("E28", check.grade(total), text(&want["grade_by_points"]));
    let limits = &check.methodology.caps.identity;
    let capped =
        limits.iter().filter(|limit| points < Nano::points(limit.below)).map(|limit| limit.grade).max();
    let last = by_points(&check.methodology.bands, total).worst(capped.unwrap_or(Grade::A));
    check.same("E28", last.id(), text(&want["grade_final"]));
}

#[test]
fn every_vector_holds() {
    let wrong = check_vectors(&Methodology::new(Profile::Vn4));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_entry_is_there() {
    let vectors: Value = serde_json::from_str(VECTORS).unwrap();
    let names = vectors.as_object().unwrap();
    for number in (1..=28).filter(|&number| number != 15) {
        let prefix = format!("E{number}_");
        assert!(names.keys().any(|name| name.starts_with(&prefix)), "{prefix} is missing");
    }
}

#[test]
fn a_changed_policy_number_is_noticed() {
    let standard = Methodology::new(Profile::Vn4);
    for i in 0..standard.knots.len() {
        let mut changed = standard.clone();
        changed.knots[i].points = changed.knots[i].points.saturating_add_signed(if i == 0 { -1 } else { 1 });
        assert!(!check_vectors(&changed).is_empty(), "points of knot {i}");
        if i > 0 && i + 1 < standard.knots.len() {
            let mut changed = standard.clone();
            changed.knots[i].dpm += 1;
            assert!(!check_vectors(&changed).is_empty(), "rate of knot {i}");
        }
    }
    let mut changed = standard.clone();
    changed.lambda.den = 5;
    assert!(!check_vectors(&changed).is_empty());
    let mut changed = standard;
    changed.rank.seed += 1;
    assert!(!check_vectors(&changed).is_empty());
}

#[test]
fn agrees_with_the_reference_on_random_cases() {
    let random: Value = serde_json::from_str(RANDOM).unwrap();
    let methodology = Methodology::new(Profile::Vn4);
    let mut check = Check::new(methodology.clone());
    let ids = ["dung", "du", "sach", "song"];
    let same = |check: &mut Check, what: &str, got: &Node, want: &Value| {
        check.same(what, got.points.official.get(), int(&want[0]));
        check.same(what, got.points.measured.map(Nano::get), want[1].as_i64());
        check.same(what, got.points.ceiling.get(), int(&want[2]));
        check.same(what, got.coverage.to_string(), text(&want[3]).to_owned());
    };
    for case in list(&random["cases"]) {
        let tables: Vec<(&String, u32)> =
            case["tables"].as_object().unwrap().iter().map(|(id, tier)| (id, count(tier) as u32)).collect();
        let mut rules = Vec::new();
        for rule in list(&case["rules"]) {
            let scale = if text(&rule[3]) == "ratio" { Scale::Ratio } else { Scale::Defect };
            let status: Status = serde_json::from_value(rule[4].clone()).unwrap();
            let [pass, fail, na, unknown] = [5, 6, 7, 8].map(|i| count(&rule[i]));
            let tally = Tally::new(pass, fail, na, unknown);
            let got = rule_points(status, &tally, None, scale, &methodology.knots);
            let shown = got.map(|got| {
                vec![Some(got.official.get()), got.measured.map(Nano::get), Some(got.ceiling.get())]
            });
            let want: Option<Vec<Option<i64>>> = serde_json::from_value(rule[9].clone()).unwrap();
            check.same("rule", shown, want);
            if let Some(points) = got {
                let table = tables.iter().position(|(id, _)| *id == text(&rule[0])).unwrap();
                let dimension = Dimension::ALL[ids.iter().position(|id| *id == text(&rule[1])).unwrap()];
                rules.push(Scored { table, dimension, weight: count(&rule[2]) as u32, points });
            }
        }
        let tiers = tables.iter().map(|(_, tier)| *tier).collect();
        let rollup = Rollup::new(&rules, tiers, Some(&Dimension::ALL[..4]));
        let nodes: Vec<Node> =
            Dimension::ALL[..4].iter().map(|&dimension| rollup.dimension(dimension)).collect();
        for (node, id) in nodes.iter().zip(ids) {
            same(&mut check, id, node, &case["dims"][id]);
        }
        same(&mut check, "total", &combine(&nodes, methodology.lambda), &case["total"]);
        check.same("database", rollup.database(methodology.lambda), combine(&nodes, methodology.lambda));
    }
    for change in list(&random["changes"]) {
        let values = |i: usize| list(&change[i]).iter().map(|x| Nano::new(int(x))).collect::<Vec<_>>();
        let (before, after) = (values(0), values(1));
        let weights: Vec<u32> = list(&change[2]).iter().map(|w| count(w) as u32).collect();
        for (got, want) in weakest_shares(&before, &after).iter().zip(list(&change[3])) {
            check.same("weakest", got.to_string(), text(want).to_owned());
        }
        let total = |values: &[Nano]| {
            let weights = weights.iter().map(|&weight| u64::from(weight));
            mean_min(weights.zip(values.iter().copied()), methodology.lambda).unwrap().get()
        };
        let got = allocated(&before, &after, &weights, total(&after) - total(&before), methodology.lambda);
        check.same("contributions", got, list(&change[4]).iter().map(int).collect());
    }
    for test in list(&random["tests"]) {
        let n = |i: usize| count(&test[i]);
        let truth = |i: usize| test[i].as_bool().unwrap();
        check.same("Wilson", wilson_at_least(n(0), n(1), ratio(text(&test[2]))), truth(3));
        check.same("regression", regression(n(4), n(5)).significant, truth(6));
        check.same("two proportions", two_proportions(n(7), n(8), n(9), n(10)).significant, truth(11));
    }
    assert!(check.wrong.is_empty(), "{} differ, first: {}", check.wrong.len(), check.wrong[0]);
}
