//! A gate as workflow commands of GitHub Actions, which the runner shows as annotations.
//!
//! Syntax and limits: docs.github.com, "Workflow commands for GitHub Actions"; escapes as in the toolkit that GitHub
//! publishes (`@actions/core`, `command.ts`).

use super::finding::{self, Finding, name};
use super::{GateRenderer, words};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::GateReport;

/// Annotations of a level that GitHub shows of a step.
const SHOWN: usize = 10;

pub struct Github;

impl GateRenderer for Github {
    fn name(&self) -> &'static str {
        "github"
    }

    fn about(&self) -> Text {
        say!("annotations of GitHub Actions", "chú thích của GitHub Actions")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let findings = finding::all(gate, card);
        let mut out = String::new();
        for (command, blocking) in [("error", true), ("warning", false)] {
            let level: Vec<&Finding<'_>> =
                findings.iter().filter(|finding| finding.blocks == blocking).collect();
            write(&mut out, command, &level, style.lang);
        }
        let headline = words::headline(gate.verdict, gate.exit_code);
        let count = words::findings(findings.len(), style.lang);
        out += &format!("::notice title=thuocdo::{} · {count}\n", headline.get(style.lang));
        out.into_bytes()
    }
}

/// All of a level, or one fewer than are shown and how many there are besides.
fn write(out: &mut String, command: &str, level: &[&Finding<'_>], lang: Lang) {
    let shown = if level.len() > SHOWN { SHOWN - 1 } else { level.len() };
    for finding in &level[..shown] {
        let mut properties = Vec::new();
        if let Some(place) = &finding.place {
            properties.push(format!("file={},line={}", property(&place.path), place.line));
        }
        properties.push(format!("title={}", property(&finding.subject())));
        out.push_str(&format!("::{command} {}::{}\n", properties.join(","), data(&finding.message(lang))));
    }
    if shown < level.len() {
        let more = words::more(level.len() - shown, lang);
        let text = say!(
            "{more} of this level; all of them are in the report",
            "còn {more} cùng mức; xem đầy đủ trong báo cáo"
        );
        out.push_str(&format!("::{command} title=thuocdo::{}\n", data(text.get(lang))));
    }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(&name(text)).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;
    use regex::Regex;

    fn lines(of: &(GateReport, Scorecard)) -> Vec<String> {
        let text = String::from_utf8(Github.render(&of.0, &of.1, &Style::default())).unwrap();
        text.lines().map(str::to_owned).collect()
    }

    /// What the runner takes for a command: properties up to the first `::` behind the command's name.
    fn command() -> Regex {
        let value = "(?:[^%:,]|%25|%0D|%0A|%3A|%2C)+";
        Regex::new(&format!(
            "^::(error|warning|notice) (?:file={value},line=[0-9]+,)?title={value}::(?:[^%]|%25|%0D|%0A)+$"
        ))
        .unwrap()
    }

    #[test]
    fn every_line_is_a_command_whatever_the_texts() {
        for sample in [sample::every_outcome(), sample::passed(), sample::hostile()] {
            for line in lines(&sample) {
                assert!(command().is_match(&line), "{line}");
            }
        }
    }

    #[test]
    fn the_most_severe_come_first_and_point_at_the_rule() {
        let lines = lines(&sample::every_outcome());
        assert!(lines[0].contains("title=evidence::"), "{}", lines[0]);
        let nulls =
            "::error file=rules/dân cư%2C 100%25.yaml,line=10,title=bca_a13/cong_dan/not_null-ho_ten::";
        assert!(lines.iter().any(|line| line.starts_with(nulls)), "{lines:#?}");
        assert_eq!(lines.last().unwrap(), "::notice title=thuocdo::REJECTED (exit 5) · 12 findings");
    }

    #[test]
    fn no_level_has_more_than_are_shown() {
        let lines = lines(&sample::hostile());
        for level in ["::error ", "::warning "] {
            let all: Vec<&String> = lines.iter().filter(|line| line.starts_with(level)).collect();
            assert_eq!(all.len(), SHOWN);
            assert!(all[SHOWN - 1].contains(" more findings of this level"), "{}", all[SHOWN - 1]);
        }
    }
}
