//! A gate in one line: for logs, commit statuses and messages.

use super::finding::name;
use super::{GateRenderer, words};
use crate::base::{Lang, Text};
use crate::report::term::safe::middle;
use crate::report::{Style, number};
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::GateReport;

/// Databases that are named; of more, only their roll-up is.
const NAMED: usize = 3;

pub struct Line;

impl GateRenderer for Line {
    fn name(&self) -> &'static str {
        "line"
    }

    fn about(&self) -> Text {
        say!("the verdict in one line", "kết quả trong một dòng")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        let mut parts = vec![words::headline(gate.verdict, gate.exit_code).get(style.lang).to_owned()];
        parts.extend(scores(card, style.lang));
        parts.push(words::findings(gate.findings().len(), style.lang));
        let dot = if style.unicode { " · " } else { " | " };
        format!("thuocdo: {}\n", parts.join(dot)).into_bytes()
    }
}

/// `bca_a13 83.12 B`
fn scores(card: &Scorecard, lang: Lang) -> Vec<String> {
    let score = |who: &str, points: &str, grade: &str| {
        format!("{} {} {grade}", middle(who, 40), number::decimal(&middle(points, 12), 2, lang))
    };
    if card.databases.len() <= NAMED {
        let each = card.databases.iter();
        return each.map(|one| score(&one.id, &one.score.official, one.grade.id())).collect();
    }
    let all = number::count(card.databases.len() as u64, lang);
    let who = say!("{all} databases", "{all} CSDL");
    vec![score(&name(who.get(lang)), &card.overall.score.official, card.overall.grade.id())]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;

    fn line((gate, card): &(GateReport, Scorecard), lang: Lang) -> String {
        String::from_utf8(Line.render(gate, card, &Style { lang, ..Style::default() })).unwrap()
    }

    #[test]
    fn verdict_scores_and_how_many_findings() {
        let sample = sample::every_outcome();
        insta::assert_snapshot!(line(&sample, Lang::En), @r"thuocdo: REJECTED (exit 5) · bca_a13 40.91 D · byt_a02 35.92 — · 12 findings");
        insta::assert_snapshot!(line(&sample::passed(), Lang::Vi), @"thuocdo: ĐẠT (mã thoát 0) · bca_a13 40,91 D · byt_a02 35,92 — · 0 phát hiện");
    }

    #[test]
    fn many_databases_are_summed_up() {
        let (gate, mut card) = sample::every_outcome();
        card.databases = vec![card.databases[0].clone(); 12];
        assert!(line(&(gate, card), Lang::En).contains("· 12 databases "));
    }

    #[test]
    fn it_is_one_line_whatever_the_ids() {
        let line = line(&sample::hostile(), Lang::En);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(line.chars().count() < 300 && !line.contains(['\u{1b}', '\u{202e}']), "{line}");
    }
}
