//! What other programs read of scorecards, held to the specifications of their formats: DQV, OpenLineage, ODCS.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::report::{changed, plain, report, rules, scored, stage, value};
use crate::stage::root;

/// A schema of `tests/schemas`, with its formats.
fn schema(name: &str) -> jsonschema::Validator {
    let text = fs::read_to_string(root().join("tests/schemas").join(name)).expect("the schema");
    let schema: Value = serde_json::from_str(&text).expect("JSON");
    jsonschema::options().should_validate_formats(true).build(&schema).expect("a schema")
}

fn wrong(schema: &jsonschema::Validator, document: &Value) -> Vec<String> {
    schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

/// Two cards, the second of which nobody can vouch for.
fn cards() -> (crate::stage::Stage, [PathBuf; 2]) {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let edited = stage.path().join("edited.json");
    changed(&card, &edited, false, |card| card["databases"][0]["grade"] = "A".into());
    (stage, [card, edited])
}

fn written(cards: &[PathBuf; 2], format: &str) -> String {
    let paths: Vec<&Path> = cards.iter().map(PathBuf::as_path).collect();
    let run = report(&paths, &["--format", format, "--accept-unverified", "--quiet"]);
    assert_eq!(run.code, Some(0), "{}", run.err);
    run.out
}

#[test]
fn openlineage_events_say_what_the_card_says() {
    let (_stage, cards) = cards();
    let schema = schema("openlineage-run-event.json");
    let text = written(&cards, "openlineage");
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(events.len(), 2);
    for event in &events {
        assert_eq!(wrong(&schema, event), [""; 0]);
        let mut broken = event.clone();
        broken["inputs"][0]["inputFacets"]["dataQualityAssertions"]["assertions"][0]["colour"] =
            "blue".into();
        assert!(!schema.is_valid(&broken), "the schema refuses what it does not know");
        broken = event.clone();
        broken["eventTime"] = "yesterday".into();
        assert!(!schema.is_valid(&broken), "formats are looked at");
    }
    assert_ne!(events[0]["run"]["runId"], events[1]["run"]["runId"], "another card is another run");
    let verified = |event: &Value| plain(&event["run"]["facets"]["thuocdo_scorecard"]["verified"]);
    assert_eq!((verified(&events[0]).as_str(), verified(&events[1]).as_str()), ("yes", "no"));

    let card = value(&cards[0]);
    let mut assertions = Vec::new();
    for input in events[0]["inputs"].as_array().expect("inputs") {
        let facets = &input["inputFacets"];
        let of = plain(&input["name"]);
        let known = facets["dataQualityMetrics"]["rowCount"].as_u64();
        assert_eq!(known.is_some(), !of.ends_with(".thieu"), "of a missing table nothing is known: {of}");
        assertions
            .extend(facets["dataQualityAssertions"]["assertions"].as_array().expect("assertions").clone());
    }
    let all = rules(&card);
    assert_eq!(assertions.len(), all.len());
    for (assertion, (_, _, rule)) in assertions.iter().zip(all) {
        let clean = rule["fail"] == 0 && rule["unknown"] == 0;
        let ran = rule["status"] == "measured" || rule["status"] == "na";
        assert_eq!(assertion["success"], clean && ran, "{rule:#}");
        assert_eq!(assertion["name"], rule["id"]);
        assert_eq!(assertion["params"]["fail"], rule["fail"]);
        let columns = rule["columns"].as_array().expect("columns");
        assert_eq!(assertion.get("column"), columns.first().filter(|_| columns.len() == 1));
    }
    let metrics = &events[0]["inputs"][0]["inputFacets"]["dataQualityMetrics"];
    assert_eq!(metrics["rowCount"], 4);
    assert_eq!(metrics["columnMetrics"]["ten"]["nullCount"], 1, "{metrics:#}");
    assert_eq!(metrics["columnMetrics"]["so"]["nullCount"], 0, "none is a number as well");
}

#[test]
fn contracts_are_what_odcs_accepts() {
    let (_stage, cards) = cards();
    let schema = schema("odcs-3.1.0.json");
    let text = written(&cards, "odcs");
    let documents: Vec<Value> = text
        .split("---\n")
        .filter(|document| !document.is_empty())
        .map(|document| serde_json::from_str(document).expect("JSON"))
        .collect();
    assert_eq!(documents.len(), 2);
    for document in &documents {
        assert_eq!(wrong(&schema, document), [""; 0]);
    }
    let mut broken = documents[0].clone();
    broken["schema"][0]["properties"][0]["quality"][0]["dimension"] = "beauty".into();
    assert!(!schema.is_valid(&broken), "the schema refuses what it does not know");
    // Every rule is in its contract once, with its result.
    let mut results = BTreeMap::new();
    for table in documents[0]["schema"].as_array().expect("tables") {
        let columns = table["properties"].as_array().expect("columns");
        for check in columns.iter().chain([table]).filter_map(|it| it["quality"].as_array()).flatten() {
            let result = check["customProperties"][1]["value"].clone();
            assert!(results.insert((plain(&table["name"]), plain(&check["name"])), result).is_none());
        }
    }
    let card = value(&cards[0]);
    assert_eq!(results.len(), rules(&card).len());
    for (_, table, rule) in rules(&card) {
        let result = &results[&(plain(&table["id"]), plain(&rule["id"]))];
        for field in ["pass", "fail", "na", "unknown", "points"] {
            assert_eq!(result[field], rule[field]);
        }
    }
    let verified = |document: &Value| plain(&document["customProperties"][0]["value"]["verified"]);
    assert_eq!((verified(&documents[0]).as_str(), verified(&documents[1]).as_str()), ("yes", "no"));
}

/// What two cards say of one database stays said, of whichever it comes first.
#[test]
fn descriptions_of_two_cards_are_united() {
    let stage = stage();
    let card = scored(&stage, "a", &[]);
    let later = stage.path().join("later.json");
    changed(&card, &later, true, |card| {
        card["as_of"] = "2026-11-22T00:00:00+07:00".into();
        card["databases"][0]["title"] = serde_json::json!({ "en": "Another", "vi": "Tên khác" });
        card["databases"][0]["tables"].as_array_mut().expect("tables").pop();
    });
    let said = |cards: &[&Path]| {
        let run = report(cards, &["--format", "dqv", "--accept-unverified", "--quiet"]);
        let document: Value =
            serde_json::from_str(&run.out).unwrap_or_else(|error| panic!("{error}: {}", run.err));
        let nodes = document["@graph"].as_array().expect("nodes").clone();
        let of = |node: &&Value| node["@id"] == "urn:thuocdo:database:so_ho_tich";
        let [node] = nodes.iter().filter(of).collect::<Vec<_>>()[..] else { panic!("one node: {}", run.out) };
        let set = |field: &str| {
            let values = node[field].as_array().cloned().unwrap_or_else(|| vec![node[field].clone()]);
            values.iter().map(ToString::to_string).collect::<BTreeSet<_>>()
        };
        [set("dcterms:title"), set("dcterms:hasPart"), set("dcterms:identifier")]
    };
    let [titles, parts, names] = said(&[&card, &later]);
    assert_eq!(said(&[&later, &card]), [titles.clone(), parts.clone(), names.clone()]);
    assert!(titles.iter().any(|title| title.contains("Tên khác")), "{titles:?}");
    assert!(titles.iter().any(|title| title.contains("HYPERLINK")), "{titles:?}");
    assert_eq!((parts.len(), names.len()), (3, 1));
}

const DQV: &str = "http://www.w3.org/ns/dqv#";

/// The terms of the vocabulary (<https://www.w3.org/TR/vocab-dqv/>, W3C Working Group Note of 15/12/2016).
const TERMS: [&str; 20] = [
    "Category",
    "Dimension",
    "Metric",
    "QualityAnnotation",
    "QualityCertificate",
    "QualityMeasurement",
    "QualityMeasurementDataset",
    "QualityMetadata",
    "QualityPolicy",
    "UserQualityFeedback",
    "computedOn",
    "expectedDataType",
    "hasQualityAnnotation",
    "hasQualityMeasurement",
    "hasQualityMetadata",
    "inCategory",
    "inDimension",
    "isMeasurementOf",
    "precision",
    "qualityAssessment",
];

/// Reads JSON-LD with rdflib, and says all of it as N-Triples.
const TO_TRIPLES: &str = "import sys, rdflib\nrdflib.NORMALIZE_LITERALS = False\ngraph = rdflib.Graph()\n\
                          graph.parse(sys.argv[1], format='json-ld')\nsys.stdout.write(graph.serialize(format='nt'))\n";

/// Subject, predicate, object.
fn triples(document: &str, folder: &Path) -> Vec<[String; 3]> {
    let path = folder.join("card.jsonld");
    fs::write(&path, document).expect("the document");
    // That of the system: scripts/setup installs rdflib beside it.
    let output = Command::new("/usr/bin/python3")
        .args(["-c", TO_TRIPLES])
        .arg(&path)
        .output()
        .expect("python3 starts; scripts/setup installs it");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let triple = |line: &str| {
        let mut parts = line.trim_end_matches(" .").splitn(3, ' ');
        [(); 3].map(|()| parts.next().expect("a part").trim_matches(['<', '>']).to_owned())
    };
    text.lines().filter(|line| !line.is_empty()).map(triple).collect()
}

#[test]
fn measurements_are_in_terms_of_dqv() {
    let (stage, cards) = cards();
    let all = triples(&written(&cards, "dqv"), stage.path());
    let mut types: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for [subject, predicate, object] in &all {
        for iri in [subject, predicate, object] {
            if let Some(term) = iri.strip_prefix(DQV) {
                assert!(TERMS.contains(&term) || term == "value", "`{term}` is no term of DQV");
            }
        }
        if predicate.ends_with("22-rdf-syntax-ns#type") {
            types.entry(subject).or_default().insert(object);
        }
    }
    let is = |iri: &str, class: &str| types.get(iri).is_some_and(|types| types.contains(class));
    let of = |subject: &str, predicate: &str| -> Vec<&str> {
        let found = all.iter().filter(|triple| triple[0] == subject && triple[1] == predicate);
        found.map(|triple| triple[2].as_str()).collect()
    };
    let dqv = |term: &str| format!("{DQV}{term}");
    let measurements: Vec<&str> =
        types.keys().copied().filter(|iri| is(iri, &dqv("QualityMeasurement"))).collect();
    let mut values = BTreeSet::new();
    for measurement in &measurements {
        let [on] = of(measurement, &dqv("computedOn"))[..] else { panic!("{measurement}: of one thing") };
        assert!(is(on, "http://www.w3.org/ns/dcat#Dataset"), "{on}");
        let [metric] = of(measurement, &dqv("isMeasurementOf"))[..] else {
            panic!("{measurement}: one metric")
        };
        assert!(is(metric, &dqv("Metric")), "{metric}");
        for dimension in of(metric, &dqv("inDimension")) {
            assert!(is(dimension, &dqv("Dimension")), "{dimension}");
        }
        let [ty] = of(metric, &dqv("expectedDataType"))[..] else { panic!("{metric}: one type") };
        let [value] = of(measurement, &dqv("value"))[..] else { panic!("{measurement}: one value") };
        let (value, typed) = value.split_once("^^<").expect("a typed value");
        assert_eq!(typed, ty);
        let [run] = of(measurement, "http://www.w3.org/ns/prov#wasGeneratedBy")[..] else {
            panic!("one run")
        };
        assert!(is(run, "http://www.w3.org/ns/prov#Activity"), "{run}");
        values.insert((metric, value.trim_matches('"'), run));
    }
    let card = value(&cards[0]);
    let run = format!("urn:thuocdo:run:{}", plain(&card["provenance"]["root"]));
    let database = &card["databases"][0];
    let official = plain(&database["score"]["official"]);
    assert!(values.contains(&("urn:thuocdo:metric:points", official.as_str(), run.as_str())), "{values:#?}");
    let mut expected = if database["clean_records"]["official"].is_null() { 1 } else { 2 };
    expected += usize::from(database["clean_records"]["unknown_tables"] != serde_json::json!([]));
    expected += database["dimensions"]
        .as_object()
        .expect("dimensions")
        .values()
        .filter(|it| it["applicable"] == true)
        .count();
    for (_, table, rule) in rules(&card) {
        expected += if rule["points"].is_null() { 1 } else { 2 };
        let fail = plain(&rule["fail"]);
        let of = format!(":so_ho_tich:{}:", plain(&table["id"]));
        assert!(values.iter().any(|(metric, value, of_run)| {
            metric.starts_with("urn:thuocdo:metric:failed:rule")
                && metric.contains(&of)
                && *value == fail
                && *of_run == run
        }));
    }
    assert_eq!(measurements.len(), 2 * expected, "all of both cards");
    let annotated = types.keys().filter(|iri| is(iri, &dqv("QualityAnnotation"))).count();
    assert_eq!(annotated, 1, "the card that nobody can vouch for is marked");
}
