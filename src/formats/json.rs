//! What is common to the readers of JSON: values are counted before they are parsed whole, and of
//! members that are read by the way only what is plain is kept.

use std::fmt;

use serde::Deserializer;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use super::sheet::Unreadable;

/// Members of an object that are kept where objects are.
const MEMBERS: usize = 64;

/// Refuses a text with more values or objects than these: parsed, each takes some hundred bytes
/// however short it is written.
pub fn weigh(text: &str, most_values: usize, most_objects: usize) -> Result<(), Unreadable> {
    let (mut values, mut objects) = (0usize, 0usize);
    let mut is_text = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\\' if is_text => drop(bytes.next()),
            b'"' => is_text = !is_text,
            _ if is_text => {}
            b',' | b'[' => values += 1,
            b'{' => (values, objects) = (values + 1, objects + 1),
            _ => {}
        }
    }
    if values > most_values || objects > most_objects {
        return Err(Unreadable(format!(
            "The JSON has more than {most_values} values or {most_objects} objects, which are the most that can be read: send its parts one by one, or a table as CSV."
        )));
    }
    Ok(())
}

/// Reads any value; of it the plain ones are kept, and objects to this depth. Lists become null.
#[derive(Clone, Copy)]
pub struct Shallow {
    pub depth: u8,
}

/// Reads a value of which only a text, a number or a flag is kept.
pub fn plain<'de, D: Deserializer<'de>>(json: D) -> Result<Value, D::Error> {
    Shallow { depth: 0 }.deserialize(json)
}

/// Reads a value of which a few levels of objects are kept.
pub fn shallow<'de, D: Deserializer<'de>>(json: D) -> Result<Option<Value>, D::Error> {
    Shallow { depth: 3 }.deserialize(json).map(Some)
}

impl<'de> DeserializeSeed<'de> for Shallow {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Shallow {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Value, E> {
        Ok(flag.into())
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(number.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Null)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let Some(depth) = self.depth.checked_sub(1) else {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return Ok(Value::Null);
        };
        let mut members = serde_json::Map::new();
        while let Some(name) = map.next_key::<String>()? {
            let value = map.next_value_seed(Shallow { depth })?;
            if members.len() < MEMBERS {
                members.insert(name, value);
            }
        }
        Ok(Value::Object(members))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests fail by panicking")]
mod tests {
    use super::*;

    #[test]
    fn values_are_counted_outside_of_texts() {
        let text = r#"{"a,[{":[1,2,{"b\"\\":",,,"}]}"#;
        assert_eq!(weigh(text, 5, 2), Ok(()));
        assert!(weigh(text, 4, 2).is_err());
        assert!(weigh(text, 5, 1).unwrap_err().0.contains("more than 5 values or 1 objects"));
    }

    #[test]
    fn only_what_is_plain_is_kept() {
        let read = |text: &str| shallow(&mut serde_json::Deserializer::from_str(text)).unwrap();
        let kept = read(r#"{"a":{"b":{"c":{"d":1}}},"e":[1,2],"f":1.5,"g":"x"}"#).unwrap();
        assert_eq!(kept.to_string(), r#"{"a":{"b":{"c":null}},"e":null,"f":1.5,"g":"x"}"#);
        let many: Vec<String> = (0..1000).map(|at| format!("\"{at}\":{at}")).collect();
        let kept = read(&format!("{{{}}}", many.join(","))).unwrap();
        assert_eq!(kept.as_object().unwrap().len(), MEMBERS);
    }
}
