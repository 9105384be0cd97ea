//! JSON Schemas that users write (draft 2020-12): compiled without the network, without other files, and with patterns
//! whose time is linear in the value.

use jsonschema::error::ValidationErrorKind;
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::Value;

use crate::base::Text;
use crate::say;

const DRAFT: &str = "https://json-schema.org/draft/2020-12/schema";

/// Why a document is no schema that can be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    pub what: Text,
    pub hint: Option<Text>,
}

/// Compiles a schema. It says nothing of its draft, or that it is 2020-12.
///
/// # Errors
/// It is of another draft, refers to something outside of itself, or is no schema.
pub fn compile(schema: &Value) -> Result<Validator, SchemaError> {
    let draft = schema.get("$schema").and_then(Value::as_str).unwrap_or(DRAFT);
    if draft.trim_end_matches('#') != DRAFT {
        return Err(SchemaError {
            what: say!("`{draft}` is not draft 2020-12", "`{draft}` không phải bản 2020-12"),
            hint: Some(say!("write the schema for {DRAFT}", "viết lược đồ theo {DRAFT}")),
        });
    }
    let options = jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .offline();
    options.build(schema).map_err(|error| match error.kind() {
        ValidationErrorKind::Referencing(_) => SchemaError {
            what: say!(
                "the schema refers to something outside of itself: {error}",
                "lược đồ tham chiếu ra ngoài: {error}"
            ),
            hint: Some(say!(
                "nothing is fetched from the network or from other files; copy it into `$defs`",
                "không lấy gì từ mạng hay tệp khác; hãy chép phần đó vào `$defs`"
            )),
        },
        _ => {
            let path = error.instance_path();
            SchemaError {
                what: say!(
                    "not a JSON Schema, at `{path}`: {error}",
                    "không phải JSON Schema, tại `{path}`: {error}"
                ),
                hint: None,
            }
        }
    })
}
