//! OpenLineage: for each database an event that says its scoring is complete, with the rules of every table as assertions.
//!
//! Written after the specification of 2-0-2 (events), facets `DataQualityAssertionsDatasetFacet` 1-1-0,
//! `DataQualityMetricsInputDatasetFacet` 1-0-3, `DocumentationDatasetFacet` 1-1-0 and `ProcessingEngineRunFacet` 1-1-1.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{CollectionRenderer, Reported, iri};
use crate::base::{Lang, Nano, Severity, Status, Text};
use crate::report::Style;
use crate::report::export::word;
use crate::report::term::words::own;
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard, TablePresence};

const SPEC: &str = "https://openlineage.io/spec";

pub struct OpenLineage;

impl CollectionRenderer for OpenLineage {
    fn name(&self) -> &'static str {
        "openlineage"
    }

    fn about(&self) -> Text {
        say!(
            "OpenLineage events with dataQualityAssertions, one a line for each database",
            "sự kiện OpenLineage có dataQualityAssertions, mỗi CSDL một dòng"
        )
    }

    fn extension(&self) -> &'static str {
        "ndjson"
    }

    fn render(&self, cards: &[Reported], style: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let mut lines = String::new();
        for card in cards {
            for database in &card.card.databases {
                lines += &event(card, database, style.lang).to_string();
                lines.push('\n');
            }
        }
        Ok(lines.into_bytes())
    }
}

fn event(card: &Reported, database: &DatabaseCard, lang: Lang) -> Value {
    let producer = iri::of("engine", &[&card.card.engine]);
    let (engine, version) = card.card.engine.split_once(' ').unwrap_or((&card.card.engine, ""));
    let tables = database.tables.iter();
    json!({
        "eventType": "COMPLETE",
        "eventTime": card.card.as_of,
        "producer": producer,
        "schemaURL": format!("{SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent"),
        "run": {
            "runId": run_id(&card.root, &database.id),
            "facets": {
                "processing_engine": facet(&producer, "1-1-1", "ProcessingEngineRunFacet", json!({
                    "version": version, "name": engine
                })),
                "thuocdo_scorecard": scorecard(&producer, card, database),
            },
        },
        "job": { "namespace": "thuocdo", "name": format!("score.{}", database.id) },
        "inputs": tables.map(|table| input(&producer, database, table, lang)).collect::<Vec<_>>(),
        "outputs": [],
    })
}

fn facet(producer: &str, version: &str, name: &str, fields: Value) -> Value {
    let mut facet = Map::new();
    facet.insert("_producer".to_owned(), producer.into());
    facet
        .insert("_schemaURL".to_owned(), format!("{SPEC}/facets/{version}/{name}.json#/$defs/{name}").into());
    if let Value::Object(fields) = fields {
        facet.extend(fields);
    }
    Value::Object(facet)
}

/// What no facet of the specification has a place for: the score itself, and whether the card was verified.
fn scorecard(producer: &str, card: &Reported, database: &DatabaseCard) -> Value {
    let caps: Vec<&str> = database.caps.iter().map(|cap| cap.id.as_str()).collect();
    json!({
        "_producer": producer,
        "_schemaURL": iri::of("facet", &["scorecard", "1"]),
        "verified": card.proof.id(),
        "root": card.root,
        "methodology": card.card.methodology,
        "profile": card.card.profile.id(),
        "grade": database.grade.id(),
        "score": database.score.official,
        "scoreNano": database.score.official_nano,
        "caps": caps,
        "complete": card.card.complete,
    })
}

/// The same card gives the same run, so an event that is sent twice counts once (RFC 9562, version 8: by its content).
fn run_id(root: &str, database: &str) -> String {
    let mut bytes = [0; 16];
    let hash = blake3::Hasher::new_derive_key("thuocdo openlineage run")
        .update(root.as_bytes())
        .update(database.as_bytes())
        .finalize();
    bytes.copy_from_slice(&hash.as_bytes()[..16]);
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

fn input(producer: &str, database: &DatabaseCard, table: &TableCard, lang: Lang) -> Value {
    let assertions: Vec<Value> = table.rules.iter().map(|rule| assertion(rule, lang)).collect();
    let mut facets = Map::new();
    facets.insert(
        "dataQualityAssertions".to_owned(),
        facet(producer, "1-1-0", "DataQualityAssertionsDatasetFacet", json!({ "assertions": assertions })),
    );
    // Of a table that was not there nothing is known, not even that it has no rows.
    if table.presence == TablePresence::Present {
        let bytes = table.files.iter().fold(0, |sum: u64, file| sum.saturating_add(file.bytes));
        let metrics = json!({
            "rowCount": table.rows,
            "bytes": bytes,
            "fileCount": table.files.len(),
            "columnMetrics": nulls(table),
        });
        facets.insert(
            "dataQualityMetrics".to_owned(),
            facet(producer, "1-0-3", "DataQualityMetricsInputDatasetFacet", metrics),
        );
    }
    let mut dataset = json!({
        "namespace": format!("thuocdo://{}", database.agency.as_deref().unwrap_or("unknown")),
        "name": format!("{}.{}", database.id, table.id),
        "inputFacets": facets,
    });
    if let Some(title) = table.title.as_ref().map(|title| own(title, lang)).filter(|title| !title.is_empty())
    {
        let title = json!({ "description": title });
        dataset["facets"] =
            json!({ "documentation": facet(producer, "1-1-0", "DocumentationDatasetFacet", title) });
    }
    dataset
}

/// Nulls by column, where a rule looked at every row.
fn nulls(table: &TableCard) -> Map<String, Value> {
    let mut nulls = Map::new();
    for rule in table.rules.iter().filter(|rule| rule.kind == "not_null") {
        let judged = rule.pass.checked_add(rule.fail);
        if let [column] = rule.columns.as_slice()
            && judged == Some(table.rows)
            && let Some(count) = null_count(rule)
        {
            nulls.insert(column.clone(), json!({ "nullCount": count }));
        }
    }
    nulls
}

/// How many of the values that fail are null. A figure that is zero is not on the card: then others make up all failures.
fn null_count(rule: &RuleCard) -> Option<u64> {
    let figure = |name: &str| rule.figures.iter().find(|figure| figure.name == name);
    let count = |name: &str| figure(name).map_or(Some(0), |figure| figure.value.parse::<u64>().ok());
    let null = count("null")?;
    let all = null.checked_add(count("blank")?)?.checked_add(count("placeholder")?)?;
    (all == rule.fail).then_some(null)
}

fn assertion(rule: &RuleCard, lang: Lang) -> Value {
    let severity = match rule.severity {
        Severity::Critical | Severity::Major => "error",
        Severity::Minor | Severity::Info => "warn",
    };
    let mut assertion = json!({
        "assertion": rule.kind,
        "success": without_defects(rule),
        "severity": severity,
        "name": rule.id,
        "expected": "0",
        "actual": rule.fail.saturating_add(rule.unknown).to_string(),
        "params": {
            "status": word(&rule.status),
            "dimension": rule.dimension.id(),
            "severity": rule.severity.id(),
            "unit": word(&rule.unit),
            "columns": rule.columns,
            "pass": rule.pass,
            "fail": rule.fail,
            "na": rule.na,
            "unknown": rule.unknown,
            "points": rule.points,
            "pointsNano": rule.points_nano,
        },
    });
    // The field names one column; where there are several they are in the parameters.
    if let [column] = rule.columns.as_slice() {
        assertion["column"] = column.as_str().into();
    }
    if let Some(title) = rule.title.as_ref().map(|title| own(title, lang)).filter(|title| !title.is_empty()) {
        assertion["description"] = title.into();
    }
    assertion
}

/// Whether nothing was found: what is unknown was not found to be right.
fn without_defects(rule: &RuleCard) -> bool {
    matches!(rule.status, Status::Measured | Status::Na)
        && rule.fail == 0
        && rule.unknown == 0
        && rule.points_nano.is_none_or(|nano| nano == 100 * Nano::POINT)
}
