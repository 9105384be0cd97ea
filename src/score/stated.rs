//! A scorecard as it was written, with fields that this program does not know, part by part: as a tree, a card of many
//! databases takes ten times the room of its text.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

/// The list whose items are parts of their own.
pub const DATABASES: &str = "databases";

/// A part of a card.
pub enum Part {
    /// A field other than `databases`.
    Field(String, Value),
    /// One of the databases; they come in their order.
    Database(Value),
}

/// Hands over the parts of a card, in the order of its text.
///
/// # Errors
/// The text is no JSON object with a list of databases.
pub fn parts(text: &str, each: &mut dyn FnMut(Part)) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(text);
    Fields(each).deserialize(&mut json)?;
    json.end()
}

struct Fields<'f>(&'f mut dyn FnMut(Part));

impl<'de> DeserializeSeed<'de> for Fields<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Fields<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a scorecard")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(field) = map.next_key::<String>()? {
            if field == DATABASES {
                map.next_value_seed(Databases(&mut *self.0))?;
            } else {
                let value = map.next_value()?;
                (self.0)(Part::Field(field, value));
            }
        }
        Ok(())
    }
}

struct Databases<'f>(&'f mut dyn FnMut(Part));

impl<'de> DeserializeSeed<'de> for Databases<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Databases<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of databases")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while let Some(value) = items.next_element()? {
            (self.0)(Part::Database(value));
        }
        Ok(())
    }
}
