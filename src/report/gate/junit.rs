//! A gate as JUnit XML: a suite per database, a case per rule and per condition. No case has a time and no suite a host,
//! so the same run gives the same bytes.

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::finding::{blocks, name, prose};
use super::{GateRenderer, words};
use crate::base::{Lang, Status, Text};
use crate::report::term::rule;
use crate::report::term::words::own;
use crate::report::{Style, number};
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::{Check, Condition, GateReport, Verdict};
use crate::score::scorecard::{DatabaseCard, RuleCard};

/// The root's name, and the suite of what concerns the whole run.
pub const RUN: &str = "thuocdo";

/// Places of failing rows that a case names.
const EXAMPLES: usize = 3;

pub struct Junit;

impl GateRenderer for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    fn about(&self) -> Text {
        say!(
            "JUnit XML: a test case per rule and condition",
            "JUnit XML: mỗi quy tắc, mỗi điều kiện là một ca kiểm thử"
        )
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let mut report = Report::new(RUN);
        for suite in suites(gate, card) {
            report.add_test_suite(suite.render(gate, style.lang));
        }
        xml(&report)
    }
}

/// A report as Jenkins takes it.
pub fn xml(report: &Report) -> Vec<u8> {
    // Names are strings and counts are numbers: nothing that serialisation can refuse.
    let xml = report.to_string().unwrap_or_default();
    // The schema that Jenkins holds reports to has this attribute for suites, but not for their root. The root's name is
    // ours, so the first one is the root's.
    xml.replacen(&format!(" skipped=\"{}\"", report.skipped), "", 1).into_bytes()
}

/// The cases of a database; of the run without one.
struct Suite<'a> {
    id: Option<&'a str>,
    card: Option<&'a DatabaseCard>,
    cases: Vec<Case<'a>>,
}

/// Everything that was checked of one rule, or by one condition on one subject.
struct Case<'a> {
    of: Subject<'a>,
    card: Option<&'a RuleCard>,
    checks: Vec<&'a Check>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Subject<'a> {
    Rule { table: &'a str, rule: &'a str },
    Condition { condition: Condition, dimension: Option<&'static str>, table: Option<&'a str> },
}

impl<'a> Subject<'a> {
    fn of(check: &'a Check) -> Self {
        match &check.rule {
            Some(rule) => Self::Rule { table: check.table.as_deref().unwrap_or_default(), rule },
            None => Self::Condition {
                condition: check.condition,
                dimension: check.dimension.map(|dimension| dimension.id()),
                table: check.table.as_deref(),
            },
        }
    }
}

/// Every rule of the card has a case, whether or not a condition looked at it; and every check is in a case, whether or
/// not the card knows its rule or database.
fn suites<'a>(gate: &'a GateReport, card: &'a Scorecard) -> Vec<Suite<'a>> {
    let mut suites: Vec<Suite<'a>> = card.databases.iter().map(Suite::of).collect();
    for check in &gate.checks {
        let id = check.database.as_deref();
        let at = suites.iter().position(|suite| suite.id == id).unwrap_or_else(|| {
            suites.push(Suite { id, card: None, cases: Vec::new() });
            suites.len() - 1
        });
        suites[at].add(check);
    }
    suites
}

impl<'a> Suite<'a> {
    fn of(card: &'a DatabaseCard) -> Self {
        let rules = card.tables.iter().flat_map(|table| table.rules.iter().map(move |rule| (table, rule)));
        let cases = rules.map(|(table, rule)| Case {
            of: Subject::Rule { table: &table.id, rule: &rule.id },
            card: Some(rule),
            checks: Vec::new(),
        });
        Self { id: Some(&card.id), card: Some(card), cases: cases.collect() }
    }

    fn add(&mut self, check: &'a Check) {
        let of = Subject::of(check);
        match self.cases.iter_mut().find(|case| case.of == of) {
            Some(case) => case.checks.push(check),
            None => self.cases.push(Case { of, card: None, checks: vec![check] }),
        }
    }

    fn render(&self, gate: &GateReport, lang: Lang) -> TestSuite {
        let id = self.id.map_or_else(|| RUN.to_owned(), name);
        let mut suite = TestSuite::new(id.as_str());
        let mut property = |key: &str, value: &str| {
            suite.add_property(Property::new(key, name(value)));
        };
        property("methodology", &gate.methodology);
        property("profile", gate.profile.id());
        property("as_of", &gate.as_of);
        if let Some(card) = self.card {
            property("score", &card.score.official);
            property("grade", card.grade.id());
        }
        suite.add_test_cases(self.cases.iter().map(|case| case.render(gate, &id, lang)));
        suite
    }
}

impl Case<'_> {
    fn render(&self, gate: &GateReport, database: &str, lang: Lang) -> TestCase {
        let worst = self.checks.iter().filter(|check| blocks(gate, check)).max_by_key(|check| check.outcome);
        // The first of those that are equally bad, as in all other formats.
        let worst = worst.and_then(|worst| self.checks.iter().find(|check| check.outcome == worst.outcome));
        let told = self.checks.iter().any(|check| check.outcome.is_finding());
        let status = match (worst, self.card) {
            (Some(worst), _) => {
                let kind = match worst.outcome.verdict(gate.strict) {
                    Verdict::Passed | Verdict::Failed => NonSuccessKind::Failure,
                    Verdict::Incomplete | Verdict::NotComparable | Verdict::Rejected => NonSuccessKind::Error,
                };
                let mut status = TestCaseStatus::non_success(kind);
                status.set_type(worst.condition.id());
                status.set_message(prose(&worst.text, lang));
                status.set_description(self.text(lang));
                status
            }
            (None, Some(rule)) if rule.status == Status::Na && !told => {
                let mut status = TestCaseStatus::skipped();
                status.set_message(say!("does not apply", "không áp dụng").get(lang));
                status
            }
            (None, _) => TestCaseStatus::success(),
        };
        let passes = matches!(status, TestCaseStatus::Success { .. });
        let (class, name) = self.names(database);
        let mut case = TestCase::new(name, status);
        case.set_classname(class);
        let remarkable =
            told || self.card.is_some_and(|rule| rule.fail > 0 || rule.status != Status::Measured);
        if passes && remarkable {
            case.set_system_out(self.text(lang));
        }
        case
    }

    fn names(&self, database: &str) -> (String, String) {
        match self.of {
            Subject::Rule { table, rule } => (format!("{database}.{}", name(table)), name(rule)),
            Subject::Condition { condition, dimension, table } => {
                let parts = [Some(condition.id().to_owned()), dimension.map(str::to_owned), table.map(name)];
                (database.to_owned(), parts.into_iter().flatten().collect::<Vec<_>>().join(" "))
            }
        }
    }

    /// What the conditions said, and the rule's numbers.
    fn text(&self, lang: Lang) -> String {
        let mut lines = Vec::new();
        for check in self.checks.iter().filter(|check| check.outcome.is_finding()) {
            let (outcome, condition) = (words::outcome(check.outcome), words::condition(check.condition));
            lines.push(format!(
                "{} ({}): {}",
                outcome.get(lang),
                condition.get(lang),
                prose(&check.text, lang)
            ));
            lines.extend(check.hint.as_ref().map(|hint| format!("→ {}", prose(hint, lang))));
        }
        if let Some(card) = self.card {
            lines.extend(numbers(card, lang));
        }
        lines.join("\n")
    }
}

fn numbers(card: &RuleCard, lang: Lang) -> Vec<String> {
    let count = |n| number::count(n, lang);
    let (pass, fail, unknown) = (count(card.pass), count(card.fail), count(card.unknown));
    let mut lines = Vec::new();
    if let Some((_, status)) = rule::status(card.status) {
        lines.push(status.get(lang).to_owned());
    }
    let tally =
        say!("{pass} passed, {fail} failed, {unknown} unknown", "{pass} đạt, {fail} lỗi, {unknown} chưa rõ");
    let rate = card.rate.as_ref().and_then(|rate| number::percent(rate.num, rate.den, 4, lang));
    let points = card.points.as_deref().map(|points| {
        let points = number::decimal(&name(points), 2, lang);
        say!("{points} points", "{points} điểm").get(lang).to_owned()
    });
    let parts = [Some(tally.get(lang).to_owned()), rate, points];
    lines.push(parts.into_iter().flatten().collect::<Vec<_>>().join(" · "));
    lines.push(format!("{}, {}", card.dimension.label().get(lang), card.severity.label().get(lang)));
    lines.extend(card.title.as_ref().map(|title| name(own(title, lang))));
    lines.extend(card.place.as_deref().map(name));
    let examples = card.examples.iter().take(EXAMPLES).map(|example| rule::place(example, lang));
    lines.extend(examples);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;

    fn xml(of: &(GateReport, Scorecard)) -> String {
        String::from_utf8(Junit.render(&of.0, &of.1, &Style::default())).unwrap()
    }

    fn read(of: &(GateReport, Scorecard)) -> Report {
        Report::deserialize_from_str(&xml(of)).expect("JUnit XML")
    }

    fn case<'a>(report: &'a Report, name: &str) -> &'a TestCase {
        let mut cases = report.test_suites.iter().flat_map(|suite| &suite.test_cases);
        cases.find(|case| case.name.as_str() == name).unwrap_or_else(|| panic!("no case {name}"))
    }

    fn kind(report: &Report, name: &str) -> &'static str {
        match &case(report, name).status {
            TestCaseStatus::Success { .. } => "success",
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Failure, .. } => "failure",
            TestCaseStatus::NonSuccess { kind: NonSuccessKind::Error, .. } => "error",
            TestCaseStatus::Skipped { .. } => "skipped",
        }
    }

    #[test]
    fn every_outcome_has_its_element() {
        let report = read(&sample::every_outcome());
        for (name, expected) in [
            ("not_null-ho_ten", "failure"),
            ("clean_text-ho_ten", "success"),
            ("matches-so_dinh_danh", "success"),
            ("matches-email", "skipped"),
            ("expect-ngay_cap-on-or-after-ngay_sinh-for-citizens-of-viet-nam-only-2026", "error"),
            ("gone-with-the-baseline", "failure"),
            ("unique-ma", "success"),
            ("min_score", "failure"),
            ("min_dimension correctness", "success"),
            ("measured tam_tru", "error"),
            ("comparable", "error"),
            ("evidence", "error"),
        ] {
            assert_eq!(kind(&report, name), expected, "{name}");
        }
        for told in ["clean_text-ho_ten", "matches-so_dinh_danh"] {
            let case = case(&report, told);
            assert!(case.system_out.is_some(), "{told} says why it is remarkable");
        }
        assert!(case(&report, "unique-ma").system_out.is_none());
        assert_eq!(case(&report, "not_null-ho_ten").classname.as_deref(), Some("bca_a13.cong_dan"));
    }

    #[test]
    fn strict_warnings_fail() {
        let mut sample = sample::every_outcome();
        sample.0.strict = true;
        assert_eq!(kind(&read(&sample), "clean_text-ho_ten"), "failure");
        assert_eq!(kind(&read(&sample), "matches-so_dinh_danh"), "success");
    }

    #[test]
    fn counters_count_the_cases_and_every_rule_has_one() {
        for sample in [sample::every_outcome(), sample::passed(), sample::hostile()] {
            let text = xml(&sample);
            let report = read(&sample);
            for (element, counted) in
                [("<testcase ", report.tests), ("<failure ", report.failures), ("<error ", report.errors)]
            {
                assert_eq!(text.matches(element).count(), counted, "{element}");
            }
            let skipped: usize = report.test_suites.iter().map(|suite| suite.skipped).sum();
            assert_eq!(text.matches("<skipped ").count(), skipped);
            let named: usize = report.test_suites.iter().map(|suite| suite.tests).sum();
            assert_eq!(named, report.tests);
            let rules =
                sample.1.databases.iter().flat_map(|database| &database.tables).flat_map(|t| &t.rules);
            assert!(report.tests >= rules.count());
        }
    }

    #[test]
    fn nothing_in_it_is_of_this_moment_or_machine() {
        let text = xml(&sample::every_outcome());
        for word in [" time=", "timestamp", "hostname", "uuid"] {
            assert!(!text.contains(word), "{word}");
        }
        assert_eq!(text, xml(&sample::every_outcome()));
    }

    #[test]
    fn hostile_texts_stay_texts() {
        let text = xml(&sample::hostile());
        assert!(!text.contains("<script"));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "control characters");
        assert!(!text.contains(['\u{202e}', '\u{ffff}']));
    }
}
