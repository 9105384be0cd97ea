//! Findings of a gate beside the rules that they are about: where to point, how loudly, and what tells them apart from
//! one run to the next.

use std::collections::BTreeMap;

use crate::base::{Lang, Severity, Text};
use crate::report::term::safe::{clean, ending, middle};
use crate::report::term::words::own;
use crate::score::Scorecard;
use crate::score::gate::report::WaiverCard;
use crate::score::gate::{Check, GateReport, Outcome, Verdict};
use crate::score::scorecard::{DatabaseCard, RuleCard};

/// Columns that an id and a sentence keep at most. Whoever wrote them may have written ten thousand letters.
const NAME: usize = 200;
const PROSE: usize = 1_000;

/// A check that did not simply pass, and what is known of its subject.
pub struct Finding<'a> {
    pub check: &'a Check,
    pub rule: Option<&'a RuleCard>,
    /// It alone makes the gate fail.
    pub blocks: bool,
    /// Where its rule stands; otherwise the first line of the database's rule file, or of the run's first one.
    pub place: Option<Place>,
    /// The same for the same condition on the same subject in every run, whatever its numbers: 32 hexadecimal digits.
    pub fingerprint: String,
    /// The waiver that covers it.
    pub waiver: Option<&'a WaiverCard>,
}

/// A line of a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// As the user named the file, with `/`.
    pub path: String,
    /// From 1.
    pub line: usize,
    /// It is the rule's own, and not just the file's beginning.
    pub exact: bool,
}

/// All findings, the most severe first.
pub fn all<'a>(gate: &'a GateReport, card: &'a Scorecard) -> Vec<Finding<'a>> {
    let mut seen: BTreeMap<[Option<&str>; 5], u32> = BTreeMap::new();
    let mut findings = Vec::new();
    for check in gate.findings() {
        let database = database(card, check);
        let rule = database.and_then(|database| rule(database, check));
        let subject = [
            Some(check.condition.id()),
            check.database.as_deref(),
            check.dimension.map(|dimension| dimension.id()),
            check.table.as_deref(),
            check.rule.as_deref(),
        ];
        // A condition may have two findings on one subject, such as two caps.
        let before = seen.entry(subject).or_default();
        let fingerprint = fingerprint(&subject, *before);
        *before += 1;
        findings.push(Finding {
            check,
            rule,
            blocks: blocks(gate, check),
            place: place(card, database, rule),
            fingerprint,
            waiver: waiver(gate, check),
        });
    }
    // Where the gate is strict, warnings are worse than what is waived.
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.blocks));
    findings
}

/// Whether this check alone makes the gate fail. Warnings do where the gate is strict.
pub fn blocks(gate: &GateReport, check: &Check) -> bool {
    check.outcome.verdict(gate.strict) != Verdict::Passed
}

impl Finding<'_> {
    /// `database/table/rule`, `database · condition`.
    pub fn subject(&self) -> String {
        let check = self.check;
        let parts = [&check.database, &check.table, &check.rule];
        let mut subject: Vec<String> = parts.into_iter().flatten().map(|part| name(part)).collect();
        if check.rule.is_none() {
            subject.extend(check.dimension.map(|dimension| dimension.id().to_owned()));
            subject.push(check.condition.id().to_owned());
        }
        subject.join("/")
    }

    /// What was found and what to do, on one line.
    pub fn message(&self, lang: Lang) -> String {
        let mut message = prose(&self.check.text, lang);
        if let Some(hint) = &self.check.hint {
            message += " → ";
            message += &prose(hint, lang);
        }
        message
    }

    pub fn severity(&self) -> Severity {
        self.rule.map_or(Severity::Major, |rule| rule.severity)
    }
}

/// An id or a title, harmless and not too long.
pub fn name(text: &str) -> String {
    middle(text, NAME)
}

/// A sentence, harmless and not too long.
pub fn prose(text: &Text, lang: Lang) -> String {
    ending(own(text, lang), PROSE)
}

fn database<'a>(card: &'a Scorecard, check: &Check) -> Option<&'a DatabaseCard> {
    let id = check.database.as_ref()?;
    card.databases.iter().find(|database| database.id == *id)
}

fn rule<'a>(database: &'a DatabaseCard, check: &Check) -> Option<&'a RuleCard> {
    let (table, rule) = (check.table.as_ref()?, check.rule.as_ref()?);
    let table = database.tables.iter().find(|card| card.id == *table)?;
    table.rules.iter().find(|card| card.id == *rule)
}

fn place(card: &Scorecard, database: Option<&DatabaseCard>, rule: Option<&RuleCard>) -> Option<Place> {
    if let Some(place) = rule.and_then(|rule| Place::parse(rule.place.as_deref()?)) {
        return Some(place);
    }
    let first = |database: &DatabaseCard| {
        let rules = database.tables.iter().flat_map(|table| &table.rules);
        let mut places = rules.filter_map(|rule| Place::parse(rule.place.as_deref()?));
        places.next().map(|place| Place { line: 1, exact: false, ..place })
    };
    database.and_then(first).or_else(|| card.databases.iter().find_map(first))
}

fn waiver<'a>(gate: &'a GateReport, check: &Check) -> Option<&'a WaiverCard> {
    let covers = |waiver: &&WaiverCard| {
        waiver.void_because.is_empty()
            && check.database.as_ref() == Some(&waiver.database)
            && check.table.as_ref() == Some(&waiver.table)
            && check.rule.as_ref() == Some(&waiver.rule)
    };
    gate.waivers.iter().find(covers).filter(|_| check.outcome == Outcome::Waived)
}

fn fingerprint(subject: &[Option<&str>], ordinal: u32) -> String {
    let mut hash = blake3::Hasher::new();
    for part in subject {
        // With the length before it no two subjects are written alike; an absent part differs from an empty one.
        let length = part.map_or(0, |part| part.len() as u64 + 1);
        hash.update(&length.to_le_bytes());
        hash.update(part.unwrap_or_default().as_bytes());
    }
    hash.update(&ordinal.to_le_bytes());
    hash.finalize().to_hex()[..32].to_owned()
}

impl Place {
    /// Of `path:line`.
    fn parse(text: &str) -> Option<Self> {
        let (path, line) = text.rsplit_once(':')?;
        let line = line.parse().ok().filter(|line| *line > 0)?;
        let path = clean(path).replace('\\', "/");
        let mut path = path.as_str();
        while let Some(rest) = path.strip_prefix("./") {
            path = rest;
        }
        (!path.is_empty()).then(|| Self { path: middle(path, 4 * NAME), line, exact: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;

    #[test]
    fn places_are_relative_and_have_a_line() {
        let parse = |text| Place::parse(text).map(|place| (place.path, place.line));
        assert_eq!(parse("./rules/a.yaml:12"), Some(("rules/a.yaml".to_owned(), 12)));
        assert_eq!(parse("rules\\a b.yaml:1"), Some(("rules/a b.yaml".to_owned(), 1)));
        assert_eq!(parse("C:\\a.yaml:7"), Some(("C:/a.yaml".to_owned(), 7)));
        for nothing in ["", "a.yaml", "a.yaml:", "a.yaml:0", ":3", "a.yaml:-1"] {
            assert_eq!(parse(nothing), None, "{nothing}");
        }
    }

    #[test]
    fn fingerprints_are_unique_in_a_report_and_do_not_hang_on_numbers() {
        let (mut gate, card) = sample::every_outcome();
        let prints = |gate: &GateReport| -> Vec<String> {
            all(gate, &card).into_iter().map(|finding| finding.fingerprint).collect()
        };
        let before = prints(&gate);
        let different: std::collections::BTreeSet<&String> = before.iter().collect();
        assert_eq!(different.len(), before.len());
        for check in &mut gate.checks {
            check.text = Text::same("another number");
        }
        assert_eq!(prints(&gate), before);
    }

    #[test]
    fn a_finding_points_at_its_rule_or_at_the_rule_file() {
        let (gate, card) = sample::every_outcome();
        for finding in all(&gate, &card) {
            let place = finding.place.expect("a place");
            assert_eq!(place.exact, finding.rule.is_some(), "{:?}", finding.check);
            assert_eq!(place.line == 1, !place.exact);
        }
    }

    #[test]
    fn what_blocks_is_what_makes_the_verdict() {
        let (mut gate, card) = sample::every_outcome();
        let blocking = |gate: &GateReport| -> Vec<Outcome> {
            all(gate, &card)
                .iter()
                .filter(|finding| finding.blocks)
                .map(|finding| finding.check.outcome)
                .collect()
        };
        assert!(!blocking(&gate).contains(&Outcome::Warning));
        gate.strict = true;
        assert!(blocking(&gate).contains(&Outcome::Warning));
        assert!(!blocking(&gate).contains(&Outcome::Waived));
    }
}
