//! What rules write of a dictionary.

use std::borrow::Cow;
use std::sync::Arc;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::kernel::text::bare;
use crate::rule::arguments::Field;
use crate::rule::code_list::CodeList;
use crate::rule::dictionary::Dictionary;
use crate::rule::{At, DeclaredColumn, Fields, Node, ParseContext};
use crate::say;

/// A dictionary that was read from its file.
#[derive(Debug)]
pub struct DictionaryFile(pub Arc<Dictionary>);

impl Field for DictionaryFile {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let file = context.reader.text(node)?;
        Dictionary::read(&file, context.folder, context.reader).map(|read| Self(Arc::new(read)))
    }
}

impl JsonSchema for DictionaryFile {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "DictionaryFile".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string" })
    }
}

/// Our columns with the names of their entries.
#[derive(Debug)]
pub struct Mapping(pub Vec<(At<String>, At<String>)>);

impl Field for Mapping {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let entries = context.reader.entries(node)?;
        let pairs = entries.into_iter().map(|(ours, name)| Some((ours.clone(), context.reader.text(name)?)));
        pairs.collect::<Option<_>>().map(Self)
    }

    fn columns(&self, all: &mut Vec<At<String>>) {
        all.extend(self.0.iter().map(|(ours, _)| ours.clone()));
    }
}

impl JsonSchema for Mapping {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Mapping".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "additionalProperties": { "type": "string" } })
    }
}

/// Names that the dictionary has for code lists, and the lists.
#[derive(Debug)]
pub struct Lists(pub Vec<(String, Arc<CodeList>)>);

impl Lists {
    pub fn find(&self, name: &str) -> Option<Arc<CodeList>> {
        let found = self.0.iter().find(|(known, _)| bare(known) == bare(name));
        found.map(|(_, list)| Arc::clone(list))
    }
}

impl Field for Lists {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let entries = context.reader.entries(node)?;
        let lists = entries.into_iter().map(|(theirs, ours)| {
            let ours = context.reader.text(ours)?;
            let name = &ours.value;
            let list = context.code_lists.get(name).map(Arc::clone);
            if list.is_none() {
                let what = say!("no code list `{name}` in this file", "tệp này không có danh mục `{name}`");
                context.reader.unknown(
                    &ours,
                    what,
                    context.code_lists.keys().map(String::as_str).collect::<Vec<_>>(),
                );
            }
            Some((theirs.value.clone(), list?))
        });
        // Everything that is wrong is said, not the first of it.
        lists.collect::<Vec<_>>().into_iter().collect::<Option<_>>().map(Self)
    }
}

impl JsonSchema for Lists {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Lists".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        Mapping::json_schema(generator)
    }
}

/// The columns that the table declares, with their code lists. Nobody writes it.
#[derive(Debug)]
pub struct Declared(pub Vec<(DeclaredColumn, Option<Arc<CodeList>>)>);

impl Field for Declared {
    fn of(_: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let with_list = |column: &DeclaredColumn| {
            let list = column.code_list.as_ref().and_then(|name| context.code_lists.get(name));
            (column.clone(), list.filter(|list| !list.is_broken()).map(Arc::clone))
        };
        Some(Self(context.columns.iter().map(with_list).collect()))
    }

    fn read(_: &'static str, _: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        let nothing = Node { value: crate::rule::Value::Null, span: 0..0 };
        Self::of(&nothing, context)
    }
}
