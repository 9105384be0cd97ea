//! A gate as a Code Quality report of GitLab: docs.gitlab.com, "Code Quality report format".

use serde::Serialize;

use super::GateRenderer;
use super::finding::{self, Finding};
use crate::base::{Severity, Text};
use crate::report::Style;
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::{GateReport, Outcome};

/// Where a finding is shown if no rule of the run knows where it stands; a report needs a path.
const NOWHERE: &str = "rules.yaml";

pub struct Gitlab;

impl GateRenderer for Gitlab {
    fn name(&self) -> &'static str {
        "gitlab"
    }

    fn about(&self) -> Text {
        say!("a Code Quality report of GitLab", "báo cáo Code Quality của GitLab")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let findings = finding::all(gate, card);
        let issues: Vec<Issue> = findings
            .into_iter()
            .map(|finding| Issue {
                description: format!("{}: {}", finding.subject(), finding.message(style.lang)),
                check_name: finding.check.condition.id(),
                severity: severity(&finding),
                location: location(&finding),
                fingerprint: finding.fingerprint,
            })
            .collect();
        // Only strings and integers: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(&issues).unwrap_or_default();
        json.push('\n');
        json.into_bytes()
    }
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

fn severity(finding: &Finding<'_>) -> &'static str {
    match finding.check.outcome {
        Outcome::Passed | Outcome::Waived => "info",
        Outcome::Warning if !finding.blocks => "minor",
        Outcome::Warning | Outcome::Failed => match finding.severity() {
            Severity::Info | Severity::Minor => "minor",
            Severity::Major => "major",
            Severity::Critical => "critical",
        },
        Outcome::Incomplete | Outcome::NotComparable | Outcome::Rejected => "blocker",
    }
}

fn location(finding: &Finding<'_>) -> Location {
    let place = finding.place.as_ref();
    let path = place.map_or(NOWHERE, |place| &place.path).to_owned();
    Location { path, lines: Lines { begin: place.map_or(1, |place| place.line) } }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;
    use serde_json::{Value, json};

    fn issues(of: &(GateReport, Scorecard)) -> Vec<Value> {
        let text = Gitlab.render(&of.0, &of.1, &Style::default());
        serde_json::from_slice(&text).expect("a JSON array")
    }

    #[test]
    fn every_issue_has_what_gitlab_asks_for() {
        // Of the fields that the documentation lists, these are required.
        let schema = json!({
            "type": "object",
            "required": ["description", "check_name", "fingerprint", "severity", "location"],
            "properties": {
                "description": { "type": "string", "minLength": 1, "maxLength": 3000 },
                "check_name": { "type": "string", "pattern": "^[a-z_]+$" },
                "fingerprint": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
                "severity": { "enum": ["info", "minor", "major", "critical", "blocker"] },
                "location": {
                    "type": "object",
                    "required": ["path", "lines"],
                    "properties": {
                        "path": { "type": "string", "pattern": "^[^./]" },
                        "lines": {
                            "type": "object",
                            "required": ["begin"],
                            "properties": { "begin": { "type": "integer", "minimum": 1 } }
                        }
                    }
                }
            }
        });
        let schema = jsonschema::validator_for(&schema).unwrap();
        for sample in [sample::every_outcome(), sample::hostile()] {
            let issues = issues(&sample);
            assert!(!issues.is_empty());
            for issue in issues {
                let wrong: Vec<String> = schema.iter_errors(&issue).map(|error| error.to_string()).collect();
                assert!(wrong.is_empty(), "{wrong:?} {issue:#}");
            }
        }
        assert_eq!(issues(&sample::passed()), Vec::<Value>::new());
    }

    #[test]
    fn severities_follow_outcome_and_rule() {
        let issues = issues(&sample::every_outcome());
        let severity = |what: &str| {
            let issue = issues.iter().find(|issue| issue["description"].as_str().unwrap().contains(what));
            issue.unwrap_or_else(|| panic!("{what}"))["severity"].as_str().unwrap().to_owned()
        };
        assert_eq!(severity("not_null-ho_ten"), "critical");
        assert_eq!(severity("min_score"), "major");
        assert_eq!(severity("tam_tru"), "blocker");
        assert_eq!(severity("clean_text"), "minor");
        assert_eq!(severity("matches-so_dinh_danh"), "info");
    }
}
