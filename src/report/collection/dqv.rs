//! The Data Quality Vocabulary of the W3C, as JSON-LD, for open-data portals: what a database, its dimensions and its rules
//! measure, in terms of DQV, DCAT, PROV and Dublin Core. <https://www.w3.org/TR/vocab-dqv/>

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde_json::map::Entry;
use serde_json::{Map, Value, json};

use super::{CollectionRenderer, Proof, Reported, iri};
use crate::base::{Dimension, Text};
use crate::report::Style;
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard};

pub struct Dqv;

impl CollectionRenderer for Dqv {
    fn name(&self) -> &'static str {
        "dqv"
    }

    fn about(&self) -> Text {
        say!(
            "W3C Data Quality Vocabulary as JSON-LD, for open-data portals",
            "từ vựng chất lượng dữ liệu DQV của W3C, dạng JSON-LD, cho cổng dữ liệu mở"
        )
    }

    fn extension(&self) -> &'static str {
        "jsonld"
    }

    /// Titles are in both languages, whatever the language of the run.
    fn render(&self, cards: &[Reported], _: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let mut graph = Graph::default();
        for card in cards {
            graph.card(card);
        }
        let document = json!({
            "@context": {
                "dqv": "http://www.w3.org/ns/dqv#",
                "dcat": "http://www.w3.org/ns/dcat#",
                "dcterms": "http://purl.org/dc/terms/",
                "foaf": "http://xmlns.com/foaf/0.1/",
                "oa": "http://www.w3.org/ns/oa#",
                "prov": "http://www.w3.org/ns/prov#",
                "skos": "http://www.w3.org/2004/02/skos/core#",
                "xsd": "http://www.w3.org/2001/XMLSchema#",
            },
            "@graph": graph.nodes,
        });
        Ok(format!("{document:#}\n").into_bytes())
    }
}

#[derive(Default)]
struct Graph {
    nodes: Vec<Map<String, Value>>,
    /// Where each of them is: a database of two cards has the same metrics on both.
    known: BTreeMap<String, usize>,
}

/// What a measurement is of, and when it was made.
struct Run<'a> {
    card: &'a Reported,
    id: String,
}

impl Graph {
    /// Says something of a node. What was said of it before, of another card, stays said.
    fn add(&mut self, id: &str, types: &str, fields: Value) {
        let at = *self.known.entry(id.to_owned()).or_insert_with(|| {
            let node = [("@id", id), ("@type", types)];
            self.nodes.push(node.map(|(key, value)| (key.to_owned(), value.into())).into_iter().collect());
            self.nodes.len() - 1
        });
        let Value::Object(fields) = fields else { return };
        for (field, value) in fields.into_iter().filter(|(_, value)| !value.is_null()) {
            match self.nodes[at].entry(field) {
                Entry::Vacant(place) => drop(place.insert(value)),
                Entry::Occupied(mut place) => unite(place.get_mut(), value),
            }
        }
    }

    fn card(&mut self, card: &Reported) {
        let run = Run { card, id: iri::of("run", &[&card.root]) };
        let methodology = iri::of("methodology", &[&card.card.methodology, card.card.profile.id()]);
        let engine = iri::of("engine", &[&card.card.engine]);
        let title = format!("{}, {}", card.card.methodology, card.card.profile.id());
        self.add(&methodology, "prov:Plan", json!({ "dcterms:title": title }));
        self.add(&engine, "prov:SoftwareAgent", json!({ "foaf:name": card.card.engine }));
        self.add(
            &run.id,
            "prov:Activity",
            json!({
                "prov:endedAtTime": typed(&card.card.as_of, "dateTime"),
                "prov:used": { "@id": methodology },
                "prov:wasAssociatedWith": { "@id": engine },
                "dcterms:identifier": card.root,
                "dcterms:description": texts(&card.proof.label()),
            }),
        );
        for database in &card.card.databases {
            self.database(&run, database);
        }
    }

    fn database(&mut self, run: &Run<'_>, database: &DatabaseCard) {
        let id = iri::of("database", &[&database.id]);
        let agency = database.agency.as_deref().map(|agency| (iri::of("agency", &[agency]), agency));
        let tables = database.tables.iter().map(|table| json!({ "@id": of_table(database, table) }));
        self.add(
            &id,
            "dcat:Dataset",
            json!({
                "dcterms:identifier": database.id,
                "dcterms:title": database.title.as_ref().map_or(Value::Null, texts),
                "dcterms:publisher": agency.as_ref().map(|(iri, _)| json!({ "@id": iri })),
                "dcterms:hasPart": tables.collect::<Vec<_>>(),
            }),
        );
        if let Some((iri, name)) = agency {
            self.add(&iri, "foaf:Agent", json!({ "foaf:name": name }));
        }
        if run.card.proof == Proof::No {
            let annotation = iri::of("annotation", &[&run.card.root, &database.id]);
            let body = json!({
                "oa:motivatedBy": { "@id": "dqv:qualityAssessment" },
                "oa:hasTarget": { "@id": id },
                "oa:bodyValue": texts(&run.card.proof.label()),
            });
            self.add(&annotation, "dqv:QualityAnnotation", body);
        }
        let points = say!("points of the database, 0 to 100", "điểm của CSDL, 0 đến 100");
        self.measure(run, &id, &["points"], &points, None, decimal(Some(&database.score.official)));
        let clean = say!("guaranteed share of clean records", "tỷ lệ bản ghi sạch chắc chắn");
        let share = decimal(database.clean_records.official.as_deref());
        self.measure(run, &id, &["clean-records"], &clean, None, share);
        if !database.clean_records.unknown_tables.is_empty() {
            let unknown = say!(
                "main tables without records, whose clean records are not known",
                "số bảng chính không có bản ghi, chưa rõ bao nhiêu bản ghi sạch"
            );
            let count = database.clean_records.unknown_tables.len().to_string();
            self.measure(
                run,
                &id,
                &["unknown-tables"],
                &unknown,
                None,
                Some(typed(&count, "nonNegativeInteger")),
            );
        }
        for (dimension, card) in &database.dimensions {
            if card.applicable {
                let Text { en, vi } = dimension.label();
                let what = say!("points of the dimension {en}", "điểm chiều chất lượng {vi}");
                let value = decimal(Some(&card.score.official));
                self.measure(run, &id, &["points", dimension.id()], &what, Some(*dimension), value);
            }
        }
        for table in &database.tables {
            let table_id = of_table(database, table);
            let title = table.title.as_ref().map_or(Value::Null, texts);
            let fields = json!({ "dcterms:identifier": table.id, "dcterms:title": title });
            self.add(&table_id, "dcat:Dataset", fields);
            for rule in &table.rules {
                self.rule(run, &table_id, [&database.id, &table.id, &rule.id], rule);
            }
        }
    }

    fn rule(&mut self, run: &Run<'_>, table: &str, [database, of, rule]: [&str; 3], card: &RuleCard) {
        let title = card.title.clone().unwrap_or_else(|| Text::same(rule.to_owned()));
        let dimension = Some(card.dimension);
        let name = ["points", "rule", database, of, rule];
        self.measure(run, table, &name, &title, dimension, decimal(card.points.as_deref()));
        let Text { en, vi } = title;
        let failed = say!("failing units: {en}", "số đơn vị lỗi: {vi}");
        let value = Some(typed(&card.fail.to_string(), "nonNegativeInteger"));
        self.measure(run, table, &["failed", "rule", database, of, rule], &failed, dimension, value);
    }

    /// A metric, and what it measured; nothing where there is no value.
    fn measure(
        &mut self,
        run: &Run<'_>,
        on: &str,
        name: &[&str],
        what: &Text,
        dimension: Option<Dimension>,
        value: Option<Value>,
    ) {
        let Some(value) = value else { return };
        let metric = iri::of("metric", name);
        let of = dimension.map(|dimension| iri::of("dimension", &[dimension.id()]));
        if let (Some(dimension), Some(id)) = (dimension, &of) {
            self.add(id, "dqv:Dimension", json!({ "skos:prefLabel": texts(&dimension.label()) }));
        }
        self.add(
            &metric,
            "dqv:Metric",
            json!({
                "skos:definition": texts(what),
                "dqv:expectedDataType": { "@id": value["@type"] },
                "dqv:inDimension": of.map(|id| json!({ "@id": id })),
            }),
        );
        let ids: Vec<&str> = [run.card.root.as_str(), on].into_iter().chain(name.iter().copied()).collect();
        self.add(
            &iri::of("measurement", &ids),
            "dqv:QualityMeasurement",
            json!({
                "dqv:computedOn": { "@id": on },
                "dqv:isMeasurementOf": { "@id": metric },
                "dqv:value": value,
                "prov:wasGeneratedBy": { "@id": run.id },
                "prov:generatedAtTime": typed(&run.card.card.as_of, "dateTime"),
            }),
        );
    }
}

/// Several values of a field are a set, which JSON-LD writes as an array.
fn unite(known: &mut Value, more: Value) {
    let several = |value: Value| match value {
        Value::Array(values) => values,
        one => vec![one],
    };
    if *known == more {
        return;
    }
    let mut all = several(known.take());
    for value in several(more) {
        if !all.contains(&value) {
            all.push(value);
        }
    }
    *known = all.into();
}

fn of_table(database: &DatabaseCard, table: &TableCard) -> String {
    iri::of("table", &[&database.id, &table.id])
}

fn typed(value: &str, ty: &str) -> Value {
    json!({ "@value": value, "@type": format!("xsd:{ty}") })
}

fn decimal(value: Option<&str>) -> Option<Value> {
    value.map(|value| typed(value, "decimal"))
}

/// In both languages; one that the author left out is left out.
fn texts(text: &Text) -> Value {
    let both = [(&text.vi, "vi"), (&text.en, "en")].into_iter().filter(|(text, _)| !text.trim().is_empty());
    both.map(|(text, lang)| json!({ "@value": text, "@language": lang })).collect()
}
