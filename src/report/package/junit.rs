//! What was found of a package, as JUnit: a case for the package, and one for each file of it.

use std::collections::BTreeSet;

use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use super::{by_file, level, place};
use crate::base::Lang;
use crate::engine::package::report::{Finding, Level, PackageReport};
use crate::report::gate::finding::{name, prose};
use crate::report::gate::junit::{RUN, xml};

/// What the case of the package as a whole is called.
const PACKAGE: &str = "package";

pub fn junit(report: &PackageReport, lang: Lang) -> Vec<u8> {
    let mut suite = TestSuite::new(name(&report.package));
    suite.add_property(Property::new("engine", name(&report.engine)));
    for schema in &report.schemas {
        suite.add_property(Property::new(format!("schema {}", name(&schema.name)), name(&schema.sha256)));
    }
    let of = |file: &str| by_file(&report.findings).find(|(other, _)| *other == file).map(|(_, found)| found);
    // Also files that are listed and missing.
    let named = report.findings.iter().map(|finding| finding.file.as_str());
    let files: BTreeSet<&str> =
        report.files.iter().map(|file| file.path.as_str()).chain(named).chain([""]).collect();
    let cases = files.into_iter().map(|file| case(file, of(file).unwrap_or_default(), lang));
    suite.add_test_cases(cases);
    let mut whole = Report::new(RUN);
    whole.add_test_suite(suite);
    xml(&whole)
}

fn case(file: &str, findings: &[Finding], lang: Lang) -> TestCase {
    let text = findings.iter().map(|finding| line(finding, lang)).collect::<Vec<_>>().join("\n");
    // The gravest is the first.
    let worst = findings.first().filter(|finding| finding.level != Level::Note);
    let status = match worst {
        None => TestCaseStatus::success(),
        Some(worst) => {
            let kind = match worst.level {
                Level::Wrong => NonSuccessKind::Failure,
                Level::Unknown | Level::Note => NonSuccessKind::Error,
            };
            let mut status = TestCaseStatus::non_success(kind);
            status.set_type(code(worst));
            status.set_message(prose(&worst.text, lang));
            status.set_description(text.as_str());
            status
        }
    };
    let title = if file.is_empty() { PACKAGE.to_owned() } else { name(file) };
    let mut case = TestCase::new(title, status);
    case.set_classname(PACKAGE);
    if worst.is_none() && !findings.is_empty() {
        case.set_system_out(text);
    }
    case
}

/// As in JSON.
fn code(finding: &Finding) -> String {
    let code = serde_json::to_value(finding.code).unwrap_or_default();
    code.as_str().unwrap_or_default().to_owned()
}

fn line(finding: &Finding, lang: Lang) -> String {
    let place = place(finding, lang);
    let place = if place.is_empty() { place } else { format!("{}: ", name(&place)) };
    let rule = finding.rule.as_deref().map(|rule| format!(" ({})", name(rule))).unwrap_or_default();
    format!("{}: {place}{}{rule}", level(finding.level).get(lang), prose(&finding.text, lang))
}
