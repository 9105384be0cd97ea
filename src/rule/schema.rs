//! The JSON Schema of rule files, for editors; the parts of kinds come from their own types.

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

use super::code_list;
use super::pack;
use super::reconcile;
use super::role::ROLES;
use super::table::Kinds;
use crate::base::{Dimension, Severity};
use crate::kernel::ColumnType;

/// The schema of a whole rule file (JSON Schema 2020-12).
pub fn rule_file(kinds: Kinds) -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let rule = rule(kinds, &mut generator);
    let column = column(&mut generator);
    let table = json!({
        "type": "object",
        "required": ["files"],
        "additionalProperties": false,
        "properties": {
            "title": { "$ref": "#/$defs/Bilingual" },
            "files": { "$ref": "#/$defs/Texts", "description": "Files, globs or directories, relative to the data directory." },
            "text": {
                "type": "object",
                "description": "How CSV and TSV files are written; found out by itself where it is left out.",
                "additionalProperties": false,
                "properties": {
                    "delimiter": { "type": "string", "description": "One character, or `tab`." },
                    "quote": { "type": "string", "description": "One character, or `none`." },
                    "header": { "type": "boolean", "description": "Whether the first row names the columns." },
                    "null_values": { "$ref": "#/$defs/Texts", "description": "Unquoted texts that mean null, beside the empty one." }
                }
            },
            "tier": { "enum": [1, 2, 3], "description": "3 main table, 2 secondary table, 1 code list or log." },
            "key": { "$ref": "#/$defs/Texts", "description": "The columns that identify a record." },
            "required": { "type": "boolean", "description": "Whether the table must be there (default true)." },
            "allow_empty": { "type": "boolean", "description": "Whether it may have no rows (default false)." },
            "update_cycle": { "$ref": "#/$defs/Duration", "description": "How often the table is updated." },
            "sla": { "$ref": "#/$defs/Duration", "description": "In what time what happens is recorded, for core packs." },
            "control_total": { "type": "integer", "minimum": 0, "description": "Rows that the sender counted, for core packs." },
            "packs": packs("Packs that apply to this table, instead of the database's."),
            "columns": { "type": "object", "additionalProperties": column },
            "rules": { "type": ["array", "null"], "items": rule }
        }
    });
    let mut definitions = generator.take_definitions(true);
    let mut define = |name: &str, schema: Value| definitions.insert(name.to_owned(), schema);
    define(
        "Bilingual",
        json!({
            "description": "A text, or the same text in both languages.",
            "anyOf": [
                { "type": "string" },
                { "type": "object", "minProperties": 1, "additionalProperties": false,
                  "properties": { "vi": { "type": "string" }, "en": { "type": "string" } } }
            ]
        }),
    );
    define(
        "Texts",
        json!({
            "anyOf": [{ "type": "string" }, { "type": "array", "items": { "type": ["string", "number", "boolean"] } }]
        }),
    );
    define("Gate", gate());
    define("Duration", json!({ "type": "string", "pattern": "^[0-9]+ *(s|m|min|h|d|w)$" }));
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "thuocdo rule file",
        "type": "object",
        "required": ["thuocdo", "database", "tables"],
        "additionalProperties": false,
        "properties": {
            "thuocdo": { "const": 1, "description": "Version of the rule language." },
            "database": { "type": "string", "description": "The database's id." },
            "title": { "$ref": "#/$defs/Bilingual" },
            "agency": { "type": "string", "description": "The agency that is responsible." },
            "weight": { "enum": [1, 2, 3], "description": "Weight within the agency: 3 priority, 2 important, 1 other." },
            "packs": packs("Packs that apply to the tables that name none themselves."),
            "naming": { "enum": ["exact", "any"], "description": "Whether columns are found in any style of writing: ho_ten, HoTen, HO_TEN, HOTEN." },
            "code_lists": {
                "type": "object",
                "description": "Lists of values by name: written out, or `file.csv#column` relative to this file, or described.",
                "additionalProperties": { "anyOf": [{ "$ref": "#/$defs/Texts" }, list_file(), builtin_list()] }
            },
            "gate": { "$ref": "#/$defs/Gate" },
            "tables": { "type": "object", "additionalProperties": table }
        },
        "$defs": definitions
    })
}

/// A code list in a file whose rows describe codes.
fn list_file() -> Value {
    json!({
        "type": "object",
        "required": ["file"],
        "additionalProperties": false,
        "properties": {
            "file": { "type": "string", "description": "The list's file, relative to this file." },
            "code": { "type": "string", "description": "The column with the codes (default: the first)." },
            "valid_from": { "type": "string", "description": "The column with the first day of a code; empty is open." },
            "valid_to": { "type": "string", "description": "The column with its last day; empty is open." }
        }
    })
}

/// What a gate asks of the database.
fn gate() -> Value {
    let points =
        |about: &str| json!({ "type": "number", "minimum": 0, "maximum": 100, "description": about });
    let share = |about: &str| json!({ "type": ["string", "number"], "description": format!("{about} `99.9%` or `0.999`.") });
    let per_million =
        |about: &str| json!({ "type": "integer", "minimum": 0, "maximum": 1_000_000, "description": about });
    let flag = |about: &str| json!({ "type": "boolean", "description": about });
    let dimensions: Map<String, Value> = Dimension::ALL
        .into_iter()
        .map(|dimension| (dimension.id().to_owned(), points("Points that the dimension needs.")))
        .collect();
    json!({
        "type": "object",
        "description": "What `thuocdo gate` asks of the database.",
        "additionalProperties": false,
        "properties": {
            "min_score": points("Official points that the database needs."),
            "min_measured": points("Points that it needs of what could be measured."),
            "dimensions": { "type": "object", "additionalProperties": false, "properties": dimensions },
            "min_clean_records": share("Share of records that must be clean:"),
            "min_coverage": share("Share of rules, by weight, whose value must be known:"),
            "critical_dpm": per_million("Defects per million that a critical rule may have (default 1000)."),
            "caps": { "enum": ["new", "any", "none"], "description": "Which hard caps fail the gate (default: new)." },
            "regression": flag("Whether a rule that became worse than in the baseline fails the gate (default true)."),
            "new_violations": flag("Whether added and changed rows that break rules fail the gate (default true)."),
            "major_dpm": per_million("Violations per million of major rules among added and changed rows (default 1000)."),
            "error_budget": share("Share of added and changed rows of a month that critical rules must find right:"),
            "budgets": {
                "type": "array",
                "items": {
                    "type": "object",
                    "required": ["rule", "target"],
                    "additionalProperties": false,
                    "properties": {
                        "rule": { "type": "string", "description": "`table/rule`." },
                        "target": share("Share of rows that must be right:")
                    }
                }
            },
            "rows": flag("Whether baselines keep digests of rows (default true)."),
            "strict": flag("Whether warnings fail the gate (default false).")
        }
    })
}

fn packs(about: &str) -> Value {
    let core: Vec<&str> = pack::CORE.iter().map(|(id, _)| *id).collect();
    let one = json!({ "type": "string", "examples": core });
    json!({ "anyOf": [one, { "type": "array", "items": one }], "description": about })
}

fn builtin_list() -> Value {
    json!({
        "type": "object",
        "required": ["builtin"],
        "additionalProperties": false,
        "properties": {
            "builtin": { "enum": code_list::BUILTIN, "description": "A list that comes with the program." }
        }
    })
}

fn rule(kinds: Kinds, generator: &mut SchemaGenerator) -> Value {
    let mut properties = Map::new();
    let mut one_of = Vec::new();
    for kind in kinds {
        let about = kind.about();
        let mut schema = kind.schema(generator).to_value();
        if let Some(object) = schema.as_object_mut() {
            object.insert("description".to_owned(), about.what.en.into());
        }
        properties.insert(about.name.to_owned(), schema);
        one_of.push(json!({ "required": [about.name] }));
    }
    let mut several = reconcile::Written::json_schema(generator).to_value();
    if let Some(object) = several.as_object_mut() {
        let about = "Stands for several rules: `reconcile_link`, a `reconcile_value` for each attribute, `reconcile_coverage`.";
        object.insert("description".to_owned(), about.into());
    }
    properties.insert(reconcile::NAME.to_owned(), several);
    one_of.push(json!({ "required": [reconcile::NAME] }));
    let ids = |ids: &[&str]| json!({ "enum": ids });
    let common = [
        ("id", json!({ "type": "string", "description": "Unique within the table." })),
        ("dimension", ids(&Dimension::ALL.map(Dimension::id))),
        ("severity", ids(&Severity::ALL.map(Severity::id))),
        (
            "weight",
            json!({ "type": "integer", "minimum": 1, "maximum": 1000,
            "description": "Instead of the severity's weight, under the `local` profile." }),
        ),
        (
            "when",
            json!({ "type": "string", "description": "An SQL condition: the rule is about rows on which it is true." }),
        ),
        ("title", json!({ "$ref": "#/$defs/Bilingual" })),
        ("why", json!({ "$ref": "#/$defs/Bilingual" })),
        ("tags", json!({ "$ref": "#/$defs/Texts" })),
        ("owner", json!({ "type": "string" })),
    ];
    properties.extend(common.map(|(name, schema)| (name.to_owned(), schema)));
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "oneOf": one_of })
}

fn column(generator: &mut SchemaGenerator) -> Value {
    let ty: Schema = ColumnType::json_schema(generator);
    let roles: Vec<&str> = ROLES.iter().map(|role| role.name).collect();
    json!({
        "anyOf": [
            { "type": "null" },
            ty.clone(),
            {
                "type": "object",
                "additionalProperties": false,
                "properties": {
                    "title": { "$ref": "#/$defs/Bilingual" },
                    "type": ty,
                    "formats": { "$ref": "#/$defs/Texts", "description": "How dates are written, such as `%d/%m/%Y`." },
                    "role": { "enum": roles, "description": "What the column means; core packs are written in roles." },
                    "of": { "type": "string", "description": "Whose it is, where it is not about the record's subject." },
                    "aliases": { "$ref": "#/$defs/Texts", "description": "Other names that extracts give it." },
                    "references": { "type": "string", "description": "`table.column` of the database that its values come from." },
                    "required": { "type": "boolean", "description": "true: every row needs a value; false: the column may be absent." },
                    "code_list": { "type": "string", "description": "The code list that its values come from." },
                    "pii": { "enum": ["none", "basic", "sensitive"], "description": "Whether it holds personal data." },
                    "placeholders": { "$ref": "#/$defs/Texts", "description": "`default`, `none`, or the values that mean \"nothing\"." }
                }
            }
        ]
    })
}
