//! JSON that strangers wrote: what is not JSON, what is nested too deep, and what names one thing twice.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A document, and whether some object in it has a name twice: readers differ in which of the values they take.
#[derive(Debug)]
pub struct Document {
    pub value: Value,
    pub repeats: bool,
}

/// Why there is no document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unusable {
    /// It is no JSON from this line on, from 1.
    Malformed(u64),
    /// It is JSON, and more than the parser takes.
    Beyond(Beyond),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// It is nested deeper than 128 levels.
    Depth,
    /// A number is greater than floating-point numbers of 64 bits are.
    Number,
    /// An escape is half of a surrogate pair (RFC 8259 §8.2).
    Character,
}

/// Reads one JSON text.
///
/// # Errors
/// It is none, or more than the parser takes.
pub fn read(text: &str) -> Result<Document, Unusable> {
    let mut repeats = false;
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Strict(&mut repeats).deserialize(&mut json).and_then(|value| json.end().map(|()| value));
    value.map(|value| Document { value, repeats }).map_err(|error| {
        // Which does not recurse and keeps no numbers.
        match serde_json::from_str::<IgnoredAny>(text) {
            Ok(_) => Unusable::Beyond(beyond(&error.to_string())),
            Err(_) => Unusable::Malformed(error.line() as u64),
        }
    })
}

/// The parser tells its reasons apart in words alone.
fn beyond(error: &str) -> Beyond {
    if error.contains("recursion") {
        Beyond::Depth
    } else if error.contains("number") {
        Beyond::Number
    } else {
        Beyond::Character
    }
}

/// Builds a value, and notes names that are written twice.
struct Strict<'r>(&'r mut bool);

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut all = Vec::new();
        while let Some(item) = items.next_element_seed(Strict(&mut *self.0))? {
            all.push(item);
        }
        Ok(Value::Array(all))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut all = Map::new();
        while let Some(name) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Strict(&mut *self.0))?;
            *self.0 |= all.insert(name, value).is_some();
        }
        Ok(Value::Object(all))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_used_is_told_apart() {
        assert_eq!(read("{\"a\":1,\n\"b\":}").unwrap_err(), Unusable::Malformed(2));
        assert_eq!(read("").unwrap_err(), Unusable::Malformed(1));
        assert_eq!(read("1 2").unwrap_err(), Unusable::Malformed(1));
        let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
        assert_eq!(read(&deep(100_000)).unwrap_err(), Unusable::Beyond(Beyond::Depth));
        assert_eq!(read("{\"a\":1e999}").unwrap_err(), Unusable::Beyond(Beyond::Number));
        for half in [r#"{"a":"\ud800"}"#, r#"["\udc00 "]"#, r#"{"\ud800\ud800":1}"#] {
            assert_eq!(read(half).unwrap_err(), Unusable::Beyond(Beyond::Character), "{half}");
        }
        assert!(read(r#"["\ud83d\ude00",1000000000000000000000000000000]"#).is_ok());
        assert!(read(&deep(100)).is_ok());
    }

    #[test]
    fn names_twice_in_one_object_are_noticed_at_any_depth() {
        let repeats = |text| read(text).unwrap().repeats;
        assert!(repeats(r#"{"a":1,"a":1}"#) && repeats(r#"[{"b":{"a":1,"\u0061":2}}]"#));
        assert!(!repeats(r#"[{"a":1},{"a":{"a":1}}]"#));
    }

    proptest! {
        #[test]
        fn values_are_those_that_serde_json_reads(text in r#"[\[\]{}:,"a1.e\-\\ tru]{0,24}|\{"a":[0-9.e\-]{1,6},"[ab]":\[[0-9]{0,3}\]\}"#) {
            match (read(&text), serde_json::from_str::<Value>(&text)) {
                (Ok(document), Ok(value)) => prop_assert_eq!(document.value, value),
                (Err(_), Err(_)) => {}
                (ours, theirs) => prop_assert!(false, "{:?} {:?}", ours, theirs),
            }
        }
    }
}
