//! Calendars of working days, in files that rules name.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::base::diagnostic::SourceText;
use crate::rule::arguments::Field;
use crate::rule::calendar::Calendar;
use crate::rule::{Node, ParseContext};

/// A calendar that was read from its file.
#[derive(Debug)]
pub struct CalendarFile(pub Arc<Calendar>);

impl Field for CalendarFile {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let name = context.reader.text(node)?;
        let text = context.file(&name)?;
        let file = Arc::new(SourceText { name: name.value, text });
        match Calendar::read(&file) {
            Ok(calendar) => Some(Self(Arc::new(calendar))),
            Err(found) => {
                context.reader.diagnostics.extend(found);
                None
            }
        }
    }
}

impl JsonSchema for CalendarFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "CalendarFile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}
