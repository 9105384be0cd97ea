//! A gate as logging commands of Azure Pipelines.
//!
//! Syntax: learn.microsoft.com, "Logging commands"; escapes as in azure-pipelines-task-lib (`taskcommand.ts`).

use super::finding::{self, name};
use super::{GateRenderer, words};
use crate::base::Text;
use crate::report::Style;
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::{GateReport, Verdict};

pub struct Azure;

impl GateRenderer for Azure {
    fn name(&self) -> &'static str {
        "azure"
    }

    fn about(&self) -> Text {
        say!("issues of Azure Pipelines", "thông báo lỗi của Azure Pipelines")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let findings = finding::all(gate, card);
        let mut out = String::new();
        for finding in &findings {
            let level = if finding.blocks { "error" } else { "warning" };
            let mut properties = format!("type={level};");
            if let Some(place) = &finding.place {
                properties += &format!("sourcepath={};linenumber={};", property(&place.path), place.line);
            }
            properties += &format!("code={};", property(finding.check.condition.id()));
            let text = format!("{}: {}", finding.subject(), finding.message(style.lang));
            out += &format!("##vso[task.logissue {properties}]{}\n", data(&text));
        }
        let result = match gate.verdict {
            Verdict::Passed if findings.is_empty() => "Succeeded",
            Verdict::Passed => "SucceededWithIssues",
            Verdict::Failed | Verdict::Incomplete | Verdict::NotComparable | Verdict::Rejected => "Failed",
        };
        let headline = words::headline(gate.verdict, gate.exit_code);
        out += &format!("##vso[task.complete result={result};]{}\n", data(headline.get(style.lang)));
        out.into_bytes()
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%AZP25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&name(text)).replace(']', "%5D").replace(';', "%3B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;
    use crate::score::gate::Outcome;
    use regex::Regex;

    fn text(of: &(GateReport, Scorecard)) -> String {
        String::from_utf8(Azure.render(&of.0, &of.1, &Style::default())).unwrap()
    }

    #[test]
    fn every_line_is_a_command_whatever_the_texts() {
        let value = "(?:[^%;\\]]|%AZP25|%0D|%0A|%5D|%3B)+";
        let issue = format!(
            "^##vso\\[task\\.logissue type=(error|warning);(sourcepath={value};linenumber=[0-9]+;)?code=[a-z_]+;\\]\
             (?:[^%]|%AZP25|%0D|%0A)+$"
        );
        let issue = Regex::new(&issue).unwrap();
        for (sample, result) in [
            (sample::every_outcome(), "Failed"),
            (sample::passed(), "Succeeded"),
            (sample::hostile(), "Failed"),
        ] {
            let text = text(&sample);
            let (issues, end) = text.trim_end().rsplit_once('\n').unwrap_or(("", text.trim_end()));
            assert!(issues.lines().all(|line| issue.is_match(line)), "{issues}");
            assert!(end.starts_with(&format!("##vso[task.complete result={result};]")), "{end}");
        }
    }

    #[test]
    fn a_waiver_alone_is_success_with_issues() {
        let (mut gate, card) = sample::every_outcome();
        gate.checks.retain(|check| check.outcome == Outcome::Waived);
        gate.verdict = Verdict::Passed;
        assert!(text(&(gate, card)).contains("result=SucceededWithIssues;"));
    }
}
