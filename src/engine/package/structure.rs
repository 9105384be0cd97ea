//! The schemas that messages are held to, and what is said of a message that breaks one: the place and the rule, never the
//! value.

use std::collections::BTreeSet;

use jsonschema::Validator;
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::checksum::hex;
use super::report::SchemaCard;
use crate::base::Text;
use crate::rule::json_schema::{SchemaError, compile};
use crate::say;

/// The schema of exchange messages that ships, and what it is called.
pub const ENVELOPE: &str = include_str!("../../../rules/exchange/envelope.schema.json");
pub const SHIPPED: &str = "envelope";

/// Where a schema of exchange messages says what every record carries.
const RECORD: &str = "record";

/// A schema.
pub struct Shape {
    name: String,
    document: Value,
    validator: Validator,
    /// Names of fields that it knows: these may be told.
    known: BTreeSet<String>,
}

/// What is wrong with a part of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// JSON Pointer of the part, with names that the schema does not know as `*`.
    pub pointer: String,
    /// The schema's name and a JSON Pointer into it.
    pub rule: String,
    pub what: Text,
}

/// What messages are held to.
#[derive(Default)]
pub struct Structure {
    envelope: Option<Shape>,
    record: Option<Shape>,
    own: Vec<Shape>,
    cards: Vec<SchemaCard>,
}

impl Structure {
    /// Adds a schema of exchange messages: the whole document, and in `$defs/record` what every record carries.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn envelope(&mut self, name: &str, text: &str) -> Result<(), SchemaError> {
        let document = parsed(text)?;
        if let Some(defs) = document.get("$defs").filter(|defs| defs.get(RECORD).is_some()) {
            let reference = format!("#/$defs/{RECORD}");
            let record = json!({ "$schema": document.get("$schema"), "$defs": defs, "$ref": reference });
            self.record = Some(Shape::new(name, without_nulls(record))?);
        }
        self.envelope = Some(Shape::new(name, document)?);
        self.cards.push(card(name, text));
        Ok(())
    }

    /// Adds a schema of single messages.
    ///
    /// # Errors
    /// It cannot be used.
    pub fn message(&mut self, name: &str, text: &str) -> Result<(), SchemaError> {
        self.own.push(Shape::new(name, parsed(text)?)?);
        self.cards.push(card(name, text));
        Ok(())
    }

    pub fn cards(&self) -> Vec<SchemaCard> {
        self.cards.clone()
    }

    /// What is wrong with a whole document that holds records.
    pub fn of_document(&self, document: &Value) -> Vec<Break> {
        self.envelope.iter().flat_map(|shape| shape.breaks(document)).collect()
    }

    /// What is wrong with one message.
    pub fn of_message(&self, message: &Value) -> Vec<Break> {
        self.record.iter().chain(&self.own).flat_map(|shape| shape.breaks(message)).collect()
    }
}

fn card(name: &str, text: &str) -> SchemaCard {
    SchemaCard { name: name.to_owned(), sha256: hex(&Sha256::digest(text)) }
}

fn parsed(text: &str) -> Result<Value, SchemaError> {
    serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| SchemaError {
        what: say!("it is not JSON: {error}", "không phải JSON: {error}"),
        hint: None,
    })
}

fn without_nulls(mut schema: Value) -> Value {
    if let Some(entries) = schema.as_object_mut() {
        entries.retain(|_, value| !value.is_null());
    }
    schema
}

impl Shape {
    fn new(name: &str, document: Value) -> Result<Self, SchemaError> {
        let validator = compile(&document)?;
        let mut known = BTreeSet::new();
        names(&document, &mut known);
        Ok(Self { name: name.to_owned(), document, validator, known })
    }

    fn breaks(&self, document: &Value) -> Vec<Break> {
        // Nearly all messages are right, and saying what is wrong takes longer.
        if self.validator.is_valid(document) {
            return Vec::new();
        }
        self.validator.iter_errors(document).map(|error| self.broken(document, &error)).collect()
    }

    fn broken(&self, document: &Value, error: &ValidationError<'_>) -> Break {
        let rule = error.schema_path().to_string();
        let what = self.said(error, self.document.pointer(&rule));
        Break {
            pointer: self.pointer(document, &error.instance_path().to_string()),
            rule: format!("{}#{rule}", self.name),
            what,
        }
    }

    /// Names of fields may be values where a schema allows any.
    fn pointer(&self, document: &Value, pointer: &str) -> String {
        let mut told = String::new();
        let mut at = Some(document);
        for part in pointer.split('/').skip(1) {
            let name = part.replace("~1", "/").replace("~0", "~");
            let is_index = at.is_some_and(Value::is_array);
            at = at.and_then(|value| match value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?),
                other => other.get(&name),
            });
            told.push('/');
            told.push_str(if is_index || self.known.contains(&name) { part } else { "*" });
        }
        told
    }

    fn said(&self, error: &ValidationError<'_>, rule: Option<&Value>) -> Text {
        let limit = rule.filter(|rule| rule.is_number() || rule.is_string()).map(Value::to_string);
        let limit =
            limit.filter(|limit| limit.len() < 80).map(|limit| format!(" ({limit})")).unwrap_or_default();
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                // It is in the schema, so it may be told.
                let name = property.as_str().unwrap_or_default();
                say!("`{name}` is missing", "thiếu `{name}`")
            }
            ValidationErrorKind::Type { .. } => {
                say!("is of another type than it must be{limit}", "không đúng kiểu dữ liệu{limit}")
            }
            ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. } => {
                say!("is none of the values that are allowed", "không thuộc các giá trị cho phép")
            }
            ValidationErrorKind::Pattern { .. } | ValidationErrorKind::Format { .. } => {
                say!("is not written as it must be{limit}", "không đúng khuôn dạng{limit}")
            }
            ValidationErrorKind::MinLength { .. } => say!("is too short{limit}", "ngắn hơn quy định{limit}"),
            ValidationErrorKind::MaxLength { .. } => say!("is too long{limit}", "dài quá quy định{limit}"),
            ValidationErrorKind::Minimum { .. }
            | ValidationErrorKind::Maximum { .. }
            | ValidationErrorKind::ExclusiveMinimum { .. }
            | ValidationErrorKind::ExclusiveMaximum { .. }
            | ValidationErrorKind::MultipleOf { .. } => {
                say!("is outside of its bounds{limit}", "ngoài khoảng cho phép{limit}")
            }
            ValidationErrorKind::AdditionalProperties { .. }
            | ValidationErrorKind::UnevaluatedProperties { .. } => {
                say!("has a field that the schema does not know", "có trường không nằm trong lược đồ")
            }
            ValidationErrorKind::AnyOf { .. }
            | ValidationErrorKind::OneOfNotValid { .. }
            | ValidationErrorKind::OneOfMultipleValid { .. } => say!(
                "has not exactly one of the shapes that are allowed",
                "không khớp dạng nào được phép, hoặc khớp nhiều dạng cùng lúc"
            ),
            ValidationErrorKind::Not { .. } | ValidationErrorKind::FalseSchema => {
                say!("has what must not be", "có giá trị không được phép")
            }
            _ => say!("breaks the schema{limit}", "trái lược đồ{limit}"),
        }
    }
}

/// Names of fields in a schema: the keys of `properties`, and what is `required`.
fn names(schema: &Value, known: &mut BTreeSet<String>) {
    match schema {
        Value::Array(items) => items.iter().for_each(|item| names(item, known)),
        Value::Object(entries) => {
            for (key, value) in entries {
                match (key.as_str(), value) {
                    ("properties", Value::Object(properties)) => known.extend(properties.keys().cloned()),
                    ("required", Value::Array(required)) => {
                        known.extend(required.iter().filter_map(Value::as_str).map(str::to_owned));
                    }
                    _ => {}
                }
                names(value, known);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shipped() -> Structure {
        let mut structure = Structure::default();
        structure.envelope(SHIPPED, ENVELOPE).unwrap();
        structure
    }

    fn record() -> Value {
        json!({ "IdBanGhi": "HT-1", "SuKien": "NEW", "PhienBan": 1, "ThoiGianCapNhat": "2026-11-20T08:00:00",
            "NgayCapNhat": "2026-11-20T08:00:01", "HoVaTen": "Nguyễn Bí Mật" })
    }

    #[test]
    fn every_field_of_the_envelope_is_looked_at() {
        let structure = shipped();
        assert_eq!(structure.of_message(&record()), []);
        for (field, value, rule) in [
            ("IdBanGhi", json!(""), "minLength"),
            ("IdBanGhi", json!("x".repeat(151)), "maxLength"),
            ("IdBanGhi", json!(7), "type"),
            ("SuKien", json!("MOVE"), "enum"),
            ("PhienBan", json!(0), "not"),
            ("PhienBan", json!("1"), "type"),
            ("PhienBan", json!(1.5), "type"),
            ("ThoiGianCapNhat", json!("2026-11-20 08:00:00"), "pattern"),
            ("ThoiGianCapNhat", json!("2026-13-20T08:00:00"), "pattern"),
            ("NgayCapNhat", json!("hôm nay"), "pattern"),
        ] {
            let mut message = record();
            message[field] = value;
            let breaks = structure.of_message(&message);
            assert_eq!(breaks.len(), 1, "{field} {rule}: {breaks:?}");
            assert_eq!(breaks[0].pointer, format!("/{field}"));
            assert_eq!(breaks[0].rule, format!("envelope#/$defs/record/properties/{field}/{rule}"));
        }
        for field in ["IdBanGhi", "SuKien", "PhienBan", "ThoiGianCapNhat", "NgayCapNhat"] {
            let mut message = record();
            message.as_object_mut().unwrap().shift_remove(field);
            let breaks = structure.of_message(&message);
            assert_eq!(breaks.len(), 1);
            assert!(breaks[0].what.vi == format!("thiếu `{field}`") && breaks[0].pointer.is_empty());
        }
        for event in ["NEW", "UPDATE", "UPdate", "CANCEL"] {
            let mut message = record();
            message["SuKien"] = json!(event);
            assert_eq!(structure.of_message(&message), [], "{event}");
        }
    }

    #[test]
    fn neither_values_nor_unknown_names_are_told() {
        let schema = json!({ "properties": { "ho_ten": { "type": "string", "pattern": "^[A-Z]+$" } },
            "additionalProperties": { "type": "object", "additionalProperties": false } });
        let mut structure = Structure::default();
        structure.message("cua-toi.json", &schema.to_string()).unwrap();
        let message = json!({ "ho_ten": "Nguyễn Bí Mật", "0010990": 1, "Bí Mật/~": { "Bí": 1 } });
        let breaks = structure.of_message(&message);
        assert_eq!(breaks.len(), 3, "{breaks:?}");
        for Break { pointer, rule, what } in &breaks {
            let all = format!("{pointer} {rule} {} {}", what.en, what.vi);
            assert!(!all.contains("Mật") && !all.contains("0010990"), "{all}");
        }
        assert!(
            breaks.iter().any(|it| it.pointer == "/ho_ten") && breaks.iter().any(|it| it.pointer == "/*")
        );
    }

    #[test]
    fn schemas_that_reach_outside_are_refused() {
        let mut structure = Structure::default();
        for (schema, said) in [
            (r#"{"$ref":"https://example.org/s.json"}"#, "outside of itself"),
            (r#"{"$ref":"file:///etc/passwd"}"#, "outside of itself"),
            (r#"{"$schema":"http://json-schema.org/draft-07/schema#"}"#, "draft 2020-12"),
            (r#"{"type":"text"}"#, "not a JSON Schema"),
            ("{", "not JSON"),
        ] {
            let error = structure.message("s", schema).unwrap_err();
            assert!(error.what.en.contains(said), "{}", error.what.en);
        }
    }
}
