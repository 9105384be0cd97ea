//! The arguments of a kind, said once: `arguments!` makes the reading, the JSON Schema and the list of named columns
//! out of one struct.

use std::marker::PhantomData;
use std::ops::Deref;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::kind::{About, Kind, ParseContext, Spec};
use super::node::{At, Node, Value};
use super::reader::Fields;
use crate::base::{Ratio, Text};
use crate::kernel::ColumnType;
use crate::say;

/// Something that stands under a key of a rule's arguments. Reports what is wrong with it.
pub trait Field: Sized {
    /// Reads what stands under the key.
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self>;

    /// Reads the key; `None` if it is missing or wrong.
    fn read(key: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        Self::of(fields.required(key, context.reader)?, context)
    }

    /// Adds the columns of the rule's table that it names.
    fn columns(&self, _all: &mut Vec<At<String>>) {}
}

/// May be left out.
impl<F: Field> Field for Option<F> {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        F::of(node, context).map(Some)
    }

    fn read(key: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        match fields.optional(key) {
            None => Some(None),
            Some(node) => Self::of(node, context),
        }
    }

    fn columns(&self, all: &mut Vec<At<String>>) {
        self.iter().for_each(|field| field.columns(all));
    }
}

/// `true` or `false`; `false` if it is left out.
impl Field for bool {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        context.reader.flag(node)
    }

    fn read(key: &'static str, fields: &mut Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self> {
        fields.optional(key).map_or(Some(false), |node| Self::of(node, context))
    }
}

/// A text.
impl Field for At<String> {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        context.reader.text(node)
    }
}

/// Texts; one stands for a list of one.
impl Field for Vec<At<String>> {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let texts = context.reader.texts(node);
        (!texts.is_empty()).then_some(texts)
    }
}

macro_rules! whole_numbers {
    ($($ty:ty),*) => {$(
        impl Field for $ty {
            fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
                context.reader.integer(node)
            }
        }
    )*};
}
whole_numbers!(u64, i64, u32);

/// The name of a column of the rule's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column(pub At<String>);

impl Deref for Column {
    type Target = At<String>;

    fn deref(&self) -> &At<String> {
        &self.0
    }
}

impl Field for Column {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        context.reader.text(node).map(Self)
    }

    fn columns(&self, all: &mut Vec<At<String>>) {
        all.push(self.0.clone());
    }
}

/// Names of columns, at least one; one name stands for a list of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Columns(pub Vec<At<String>>);

impl Deref for Columns {
    type Target = [At<String>];

    fn deref(&self) -> &[At<String>] {
        &self.0
    }
}

impl Field for Columns {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        Field::of(node, context).map(Self)
    }

    fn columns(&self, all: &mut Vec<At<String>>) {
        all.extend(self.0.iter().cloned());
    }
}

/// Texts, at least one; one stands for a list of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts(pub Vec<At<String>>);

impl Deref for Texts {
    type Target = [At<String>];

    fn deref(&self) -> &[At<String>] {
        &self.0
    }
}

impl Field for Texts {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        Field::of(node, context).map(Self)
    }
}

/// A length of time in seconds: `15m`, `24h`, `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seconds(pub u64);

impl Field for Seconds {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        context.reader.duration(node).map(Self)
    }
}

/// A share from 0 to 1: `99.9%` or `0.999`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share(pub Ratio);

impl Field for Share {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        super::gate::share(node, context.reader).map(Self)
    }
}

impl JsonSchema for Share {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Share".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": ["number", "string"] })
    }
}

/// One of a few words: an enum whose words are listed.
pub trait Choice: Copy + 'static {
    const WORDS: &'static [(&'static str, Self)];

    /// What a word is called in messages: `order`, `case`.
    fn what() -> Text;

    fn word(self) -> &'static str
    where
        Self: PartialEq,
    {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("", |(word, _)| word)
    }
}

impl<C: Choice> Field for C {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        context.reader.choice(node, &C::what(), C::WORDS)
    }
}

impl Choice for ColumnType {
    const WORDS: &'static [(&'static str, Self)] = &Self::WORDS;

    fn what() -> Text {
        say!("column type", "kiểu cột")
    }
}

/// Some of those words; one stands for a list of one.
impl<C: Choice> Field for Vec<C> {
    fn of(node: &Node, context: &mut ParseContext<'_>) -> Option<Self> {
        let items = context.reader.items(node);
        let words: Vec<C> = items.iter().filter_map(|item| C::of(item, context)).collect();
        (!words.is_empty() && words.len() == items.len()).then_some(words)
    }
}

macro_rules! shapes {
    ($($ty:ty: $name:literal = $schema:tt;)*) => {$(
        impl JsonSchema for $ty {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        }
    )*};
}
shapes! {
    Column: "Column" = { "type": "string" };
    Columns: "Columns" = { "anyOf": [
        { "type": "string" },
        { "type": "array", "items": { "type": "string" }, "minItems": 1 }
    ] };
    Texts: "Texts" = { "anyOf": [
        { "type": ["string", "number", "boolean"] },
        { "type": "array", "items": { "type": ["string", "number", "boolean"] }, "minItems": 1 }
    ] };
    Seconds: "Seconds" = { "type": "string", "pattern": "^[0-9]+ ?[smhdw]$" };
}

/// Arguments made by [`arguments!`](crate::arguments), which are also the rule's spec.
pub trait Arguments: Spec + JsonSchema + Sized + 'static {
    const ABOUT: &'static About;

    /// The key that a text or a list by itself stands for: `clean_text: ho_ten`.
    const SHORT: Option<&'static str> = None;

    /// Whether the kind may be named without any arguments: `schema:`.
    const ALONE: bool = false;

    /// Reads all keys and reports the unknown ones.
    fn read(fields: Fields<'_>, context: &mut ParseContext<'_>) -> Option<Self>;

    /// Whether the arguments fit together; reports why not.
    fn agree(&self, _at: &Node, _context: &mut ParseContext<'_>) -> bool {
        true
    }
}

/// The kind whose arguments are `T`.
pub struct Of<T>(PhantomData<fn() -> T>);

impl<T> Of<T> {
    pub const KIND: Self = Self(PhantomData);
}

impl<T> std::fmt::Debug for Of<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(std::any::type_name::<T>())
    }
}

impl<T: Arguments> Kind for Of<T> {
    fn about(&self) -> &'static About {
        T::ABOUT
    }

    fn parse(&self, node: &Node, context: &mut ParseContext<'_>) -> Option<Box<dyn Spec>> {
        let long = match (&node.value, T::SHORT) {
            (Value::Scalar { .. } | Value::Seq(_), Some(key)) => {
                let key = At { value: key.to_owned(), span: node.span.clone() };
                &At { value: Value::Map(vec![(key, node.clone())]), span: node.span.clone() }
            }
            (Value::Null, _) => &At { value: Value::Map(Vec::new()), span: node.span.clone() },
            _ => node,
        };
        let fields = context.reader.fields(long)?;
        let read = T::read(fields, context)?;
        read.agree(node, context).then(|| Box::new(read) as Box<dyn Spec>)
    }

    fn schema(&self, generator: &mut SchemaGenerator) -> Schema {
        let long = generator.subschema_for::<T>();
        match T::SHORT {
            None if T::ALONE => json_schema!({ "anyOf": [{ "type": "null" }, long] }),
            None => long,
            Some(_) => json_schema!({ "anyOf": [
                { "type": "string" },
                { "type": "array", "items": { "type": "string" } },
                long
            ] }),
        }
    }
}

/// Makes a struct into the arguments of a kind. Its comments become the JSON Schema's descriptions, its types say what
/// may be left out. What is made: the derives, `read_arguments` for [`Arguments::read`], `named_columns` for
/// [`Spec::columns`](crate::rule::Spec::columns).
#[macro_export]
macro_rules! arguments {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $($(#[$about:meta])* $field:ident: $ty:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, schemars::JsonSchema)]
        $vis struct $name {
            $($(#[$about])* $field: $ty,)*
        }

        impl $name {
            fn read_arguments(
                mut fields: $crate::rule::Fields<'_>,
                context: &mut $crate::rule::ParseContext<'_>,
            ) -> Option<Self> {
                $(let $field = <$ty as $crate::rule::arguments::Field>::read(
                    // A key that is a word of Rust is written as `r#final`.
                    stringify!($field).trim_start_matches("r#"),
                    &mut fields,
                    context,
                );)*
                fields.finish(context.reader);
                Some(Self { $($field: $field?,)* })
            }

            fn named_columns(&self) -> Vec<$crate::rule::At<String>> {
                let mut all = Vec::new();
                $($crate::rule::arguments::Field::columns(&self.$field, &mut all);)*
                all
            }
        }
    };
}
