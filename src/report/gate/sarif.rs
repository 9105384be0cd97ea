//! A gate as SARIF 2.1.0: what code scanning reads. Results point at rule files, and name the table and columns as
//! logical locations.

use indexmap::IndexMap;
use serde::Serialize;
use serde_json::{Value, json};

use super::finding::{self, Finding, Place, name, prose};
use super::{GateRenderer, words};
use crate::base::{Lang, Text};
use crate::report::Style;
use crate::say;
use crate::score::Scorecard;
use crate::score::gate::{GateReport, Outcome};

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";

pub struct Sarif;

impl GateRenderer for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    fn about(&self) -> Text {
        say!("SARIF 2.1.0, for code scanning", "SARIF 2.1.0, cho công cụ quét mã nguồn")
    }

    fn render(&self, gate: &GateReport, card: &Scorecard, style: &Style) -> Vec<u8> {
        // Only strings, integers, arrays and maps with string keys: nothing that serialisation can refuse.
        let mut json = serde_json::to_string_pretty(&log(gate, card, style.lang)).unwrap_or_default();
        json.push('\n');
        json.into_bytes()
    }
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Value,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
    properties: Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    /// Whether the gate came to a verdict on the data, good or bad.
    execution_successful: bool,
    exit_code: u8,
    exit_code_description: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Descriptor {
    id: String,
    short_description: Message,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    properties: Value,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: String,
    rule_index: usize,
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location>,
    partial_fingerprints: IndexMap<&'static str, String>,
    /// Where one result has suppressions, all others say that they have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
    properties: Value,
}

#[derive(Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
    justification: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    #[serde(skip_serializing_if = "Option::is_none")]
    physical_location: Option<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    logical_locations: Vec<LogicalLocation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LogicalLocation {
    name: String,
    fully_qualified_name: String,
    kind: &'static str,
}

fn log(gate: &GateReport, card: &Scorecard, lang: Lang) -> Log {
    let findings = finding::all(gate, card);
    let waived = findings.iter().any(|finding| finding.check.outcome == Outcome::Waived);
    let mut rules: IndexMap<String, Descriptor> = IndexMap::new();
    let mut results = Vec::new();
    for finding in &findings {
        let id = rule_id(finding);
        let entry = rules.entry(id.clone());
        let rule_index = entry.index();
        entry.or_insert_with(|| descriptor(finding, &id, lang));
        let fingerprints = IndexMap::from([
            // The name under which GitHub looks for one; else it would hash the line, which moves.
            ("primaryLocationLineHash", format!("{}:1", &finding.fingerprint[..16])),
            ("thuocdo/v1", finding.fingerprint.clone()),
        ]);
        results.push(SarifResult {
            rule_id: id,
            rule_index,
            level: if finding.blocks { "error" } else { "warning" },
            message: Message { text: finding.message(lang) },
            locations: locations(finding),
            partial_fingerprints: fingerprints,
            suppressions: waived.then(|| suppressions(finding)),
            properties: json!({
                "condition": finding.check.condition.id(),
                "outcome": finding.check.outcome,
                "severity": finding.severity().id(),
            }),
        });
    }
    // `thuocdo 0.1.0`
    let engine = name(&gate.engine);
    let version = engine.split_whitespace().nth(1).unwrap_or(&engine).to_owned();
    let rules: Vec<Descriptor> = rules.into_values().collect();
    let Text { en, vi } = words::meaning(gate.verdict);
    let invocation = Invocation {
        execution_successful: gate.exit_code <= 1,
        exit_code: gate.exit_code,
        exit_code_description: Text { en, vi }.get(lang).to_owned(),
    };
    let run = Run {
        tool: json!({ "driver": { "name": "thuocdo", "version": version, "rules": rules } }),
        invocations: [invocation],
        column_kind: "unicodeCodePoints",
        results,
        properties: json!({
            "asOf": name(&gate.as_of),
            "methodology": name(&gate.methodology),
            "profile": gate.profile.id(),
            "verdict": gate.verdict,
            "baseline": gate.baseline.as_ref().map(|baseline| name(&baseline.hash)),
        }),
    };
    Log { schema: SCHEMA, version: "2.1.0", runs: [run] }
}

/// `database/table/rule`, as it is in the rule file; of other conditions their id.
fn rule_id(finding: &Finding<'_>) -> String {
    match finding.check.rule {
        Some(_) => finding.subject(),
        None => finding.check.condition.id().to_owned(),
    }
}

fn descriptor(finding: &Finding<'_>, id: &str, lang: Lang) -> Descriptor {
    let condition = words::condition(finding.check.condition);
    let Some(rule) = finding.rule else {
        return Descriptor {
            id: id.to_owned(),
            short_description: Message { text: condition.get(lang).to_owned() },
            full_description: None,
            properties: json!({ "title": condition, "tags": ["gate"] }),
        };
    };
    let both = |text: &Text| Text { vi: prose(text, Lang::Vi), en: prose(text, Lang::En) };
    let title = rule.title.as_ref().map_or_else(|| Text::same(name(&rule.id)), both);
    let why = rule.why.as_ref().map(both);
    Descriptor {
        id: id.to_owned(),
        short_description: Message { text: prose(&title, lang) },
        full_description: why.as_ref().map(|why| Message { text: prose(why, lang) }),
        properties: json!({
            "title": title,
            "why": why,
            "kind": rule.kind,
            "tags": [rule.dimension.id(), rule.severity.id()],
        }),
    }
}

fn locations(finding: &Finding<'_>) -> Vec<Location> {
    let physical_location = finding.place.as_ref().map(|place| {
        json!({
            "artifactLocation": { "uri": uri(place) },
            "region": { "startLine": place.line },
        })
    });
    let logical_locations = logical(finding);
    if physical_location.is_none() && logical_locations.is_empty() {
        return Vec::new();
    }
    vec![Location { physical_location, logical_locations }]
}

/// The table's columns; else the table, or the database.
fn logical(finding: &Finding<'_>) -> Vec<LogicalLocation> {
    let check = finding.check;
    let Some(database) = check.database.as_deref().map(name) else { return Vec::new() };
    let at = |name: &str, full: String, kind| LogicalLocation {
        name: name.to_owned(),
        fully_qualified_name: full,
        kind,
    };
    let Some(table) = check.table.as_deref().map(name) else {
        return vec![at(&database, database.clone(), "database")];
    };
    let full = format!("{database}/{table}");
    let columns = finding.rule.map_or_else(Vec::new, |rule| rule.columns.iter().map(|c| name(c)).collect());
    if columns.is_empty() {
        return vec![at(&table, full, "table")];
    }
    columns.iter().map(|column| at(column, format!("{full}/{column}"), "column")).collect()
}

fn suppressions(finding: &Finding<'_>) -> Vec<Suppression> {
    if finding.check.outcome != Outcome::Waived {
        return Vec::new();
    }
    let justification = finding.waiver.map_or_else(String::new, |waiver| {
        let [id, reason, expires] = [&waiver.id, &waiver.reason, &waiver.expires].map(|text| name(text));
        format!("{id} ({expires}): {reason}")
    });
    vec![Suppression { kind: "external", status: "accepted", justification }]
}

/// Percent-encoded but for `/` and what RFC 3986 reserves nothing for; absolute paths get a scheme.
fn uri(place: &Place) -> String {
    let (mut uri, path) = match place.path.split_once(":/") {
        _ if place.path.starts_with('/') => ("file://".to_owned(), place.path.as_str()),
        // A drive of Windows.
        Some((drive, _)) if drive.len() == 1 => (format!("file:///{drive}:"), &place.path[2..]),
        _ => (String::new(), place.path.as_str()),
    };
    for byte in path.bytes() {
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' | b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' => {
                uri.push(byte.into())
            }
            _ => uri += &format!("%{byte:02X}"),
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::gate::sample;

    fn run(of: &(GateReport, Scorecard)) -> Value {
        let text = Sarif.render(&of.0, &of.1, &Style::default());
        let mut log: Value = serde_json::from_slice(&text).expect("JSON");
        log["runs"][0].take()
    }

    #[test]
    fn levels_and_suppressions_follow_the_outcome() {
        let run = run(&sample::every_outcome());
        let results = run["results"].as_array().unwrap();
        for result in results {
            let outcome = result["properties"]["outcome"].as_str().unwrap();
            let level = if matches!(outcome, "warning" | "waived") { "warning" } else { "error" };
            assert_eq!(result["level"], level, "{outcome}");
            let suppressions = result["suppressions"].as_array().unwrap();
            assert_eq!(suppressions.len(), usize::from(outcome == "waived"));
        }
        let waived = results.iter().find(|result| result["properties"]["outcome"] == "waived").unwrap();
        assert_eq!(waived["suppressions"][0]["status"], "accepted");
        assert_eq!(
            waived["suppressions"][0]["justification"],
            "W-2026-017 (2027-01-30): hồ sơ giấy chưa số hóa"
        );
        assert_eq!(run["invocations"][0]["exitCode"], 5);
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }

    #[test]
    fn results_name_their_descriptor_their_line_and_their_table() {
        let run = run(&sample::every_outcome());
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(run["tool"]["driver"]["version"], "0.1.0");
        for result in run["results"].as_array().unwrap() {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(rules[index]["id"], result["ruleId"]);
            let physical = &result["locations"][0]["physicalLocation"];
            assert_eq!(physical["artifactLocation"]["uri"], "rules/d%C3%A2n%20c%C6%B0%2C%20100%25.yaml");
        }
        let nulls = run["results"].as_array().unwrap().iter();
        let mut nulls = nulls.filter(|result| result["ruleId"] == "bca_a13/cong_dan/not_null-ho_ten");
        let logical = &nulls.next().unwrap()["locations"][0]["logicalLocations"][0];
        assert_eq!(logical["fullyQualifiedName"], "bca_a13/cong_dan");
    }

    #[test]
    fn a_gate_that_passed_has_no_results_and_no_suppressions() {
        let run = run(&sample::passed());
        assert_eq!(run["results"], json!([]));
        assert_eq!(run["invocations"][0]["executionSuccessful"], true);
    }

    #[test]
    fn absolute_paths_have_a_scheme() {
        let uri = |path: &str| uri(&Place { path: path.to_owned(), line: 1, exact: true });
        assert_eq!(uri("/a b/c:d.yaml"), "file:///a%20b/c%3Ad.yaml");
        assert_eq!(uri("C:/a.yaml"), "file:///C:/a.yaml");
        assert_eq!(uri("../a?#.yaml"), "../a%3F%23.yaml");
    }

    #[test]
    fn hostile_texts_are_cut_and_harmless() {
        let sample = sample::hostile();
        let text = String::from_utf8(Sarif.render(&sample.0, &sample.1, &Style::default())).unwrap();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        assert!(!text.contains(['\u{202e}', '\u{ffff}']) && !text.contains("\\u0000"));
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest < 4_500, "{longest}");
    }
}
