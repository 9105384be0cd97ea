//! The Open Data Contract Standard (Bitol, v3): for each database a contract with its tables, columns and rules as quality
//! checks. The standard has no place for results; they stand beside each check as a custom property.

use std::io;
use std::path::Path;

use serde_json::{Map, Value, json};

use super::{CollectionRenderer, Reported, iri};
use crate::base::{Dimension, Lang, Text};
use crate::report::Style;
use crate::report::export::word;
use crate::report::term::words::own;
use crate::say;
use crate::score::scorecard::{DatabaseCard, RuleCard, TableCard};

const VERSION: &str = "v3.1.0";

pub struct Odcs;

impl CollectionRenderer for Odcs {
    fn name(&self) -> &'static str {
        "odcs"
    }

    fn about(&self) -> Text {
        say!(
            "Open Data Contract Standard: a contract for each database, results beside its checks",
            "chuẩn hợp đồng dữ liệu mở ODCS: mỗi CSDL một hợp đồng, kết quả ghi cạnh từng phép kiểm tra"
        )
    }

    fn extension(&self) -> &'static str {
        "yaml"
    }

    /// Each contract is a document of a YAML stream. JSON is YAML, in which no text can be taken for anything else.
    fn render(&self, cards: &[Reported], style: &Style, _: &Path) -> io::Result<Vec<u8>> {
        let mut stream = String::new();
        for card in cards {
            for database in &card.card.databases {
                stream += &format!("---\n{:#}\n", contract(card, database, style.lang));
            }
        }
        Ok(stream.into_bytes())
    }
}

fn property(name: &str, value: Value) -> Value {
    json!({ "property": name, "value": value })
}

/// With a text of the author, if there is one.
fn described(mut fields: Value, field: &str, text: Option<&Text>, lang: Lang) -> Value {
    if let Some(text) = text.map(|text| own(text, lang).trim()).filter(|text| !text.is_empty()) {
        fields[field] = text.into();
    }
    fields
}

fn contract(card: &Reported, database: &DatabaseCard, lang: Lang) -> Value {
    let caps: Vec<&str> = database.caps.iter().map(|cap| cap.id.as_str()).collect();
    let score = json!({
        "verified": card.proof.id(),
        "root": card.root,
        "asOf": card.card.as_of,
        "engine": card.card.engine,
        "methodology": card.card.methodology,
        "profile": card.card.profile.id(),
        "grade": database.grade.id(),
        "points": database.score.official,
        "pointsNano": database.score.official_nano,
        "caps": caps,
    });
    let tables: Vec<Value> = database.tables.iter().map(|table| object(table, lang)).collect();
    let contract = json!({
        "apiVersion": VERSION,
        "kind": "DataContract",
        "id": iri::of("contract", &[&database.id]),
        "version": database.contract.as_deref().unwrap_or("0"),
        "status": "active",
        "domain": database.agency.as_deref().unwrap_or("unknown"),
        "schema": tables,
        "customProperties": [property("thuocdoScore", score)],
    });
    described(contract, "name", database.title.as_ref(), lang)
}

fn object(table: &TableCard, lang: Lang) -> Value {
    let mut columns: Vec<&str> = Vec::new();
    for name in table.key.iter().chain(table.rules.iter().flat_map(|rule| &rule.columns)) {
        if !columns.contains(&name.as_str()) {
            columns.push(name);
        }
    }
    let properties: Vec<Value> = columns
        .iter()
        .map(|name| {
            let mut column = json!({ "name": name });
            if let Some(at) = table.key.iter().position(|key| key == name) {
                column["primaryKey"] = true.into();
                column["primaryKeyPosition"] = (at + 1).into();
            }
            checks(column, table.rules.iter().filter(|rule| rule.columns == [*name]), lang)
        })
        .collect();
    let object = json!({ "name": table.id, "logicalType": "object", "properties": properties });
    let object = described(object, "description", table.title.as_ref(), lang);
    checks(object, table.rules.iter().filter(|rule| rule.columns.len() != 1), lang)
}

fn checks<'a>(mut fields: Value, rules: impl Iterator<Item = &'a RuleCard>, lang: Lang) -> Value {
    let checks: Vec<Value> = rules.map(|rule| check(rule, lang)).collect();
    if !checks.is_empty() {
        fields["quality"] = checks.into();
    }
    fields
}

fn check(rule: &RuleCard, lang: Lang) -> Value {
    let result = json!({
        "status": word(&rule.status),
        "unit": word(&rule.unit),
        "pass": rule.pass,
        "fail": rule.fail,
        "na": rule.na,
        "unknown": rule.unknown,
        "points": rule.points,
        "pointsNano": rule.points_nano,
    });
    let mut check = Map::new();
    check.insert("name".to_owned(), rule.id.as_str().into());
    check.insert("type".to_owned(), "custom".into());
    check.insert("engine".to_owned(), "thuocdo".into());
    check.insert("implementation".to_owned(), json!({ "kind": rule.kind, "columns": rule.columns }));
    if let Some(dimension) = dimension(rule.dimension) {
        check.insert("dimension".to_owned(), dimension.into());
    }
    check.insert("severity".to_owned(), rule.severity.id().into());
    let properties =
        [property("thuocdoDimension", rule.dimension.id().into()), property("thuocdoResult", result)];
    check.insert("customProperties".to_owned(), properties.to_vec().into());
    described(Value::Object(check), "description", rule.title.as_ref(), lang)
}

/// The word of the standard for a dimension, where it has one.
const fn dimension(dimension: Dimension) -> Option<&'static str> {
    match dimension {
        Dimension::Correctness => Some("accuracy"),
        Dimension::Completeness => Some("completeness"),
        Dimension::Cleanliness => Some("conformity"),
        Dimension::Freshness => Some("timeliness"),
        Dimension::Consistency => Some("consistency"),
        Dimension::Sharing => None,
    }
}
