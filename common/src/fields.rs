//! JSON objects, field by field. [`record!`], [`tagged!`] and [`words!`] declare a type with its names on the wire
//! and generate both directions. They call the few shared functions in this module; derived readers are separate code
//! for every type, which for tagged objects alone made up a quarter of the browser's wasm.
//!
//! - [`declare`]: the macros. [`field`]: the types of fields. [`ways`]: the ways to read and write them.

#[macro_use]
mod declare;
mod field;
mod ways;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use thiserror::Error;

pub(crate) use field::{Field, Record, Tagged, Text, Untagged};
pub(crate) use ways::{
    even_null, flag, flat, inside, lenient, listed, nullable, or_default, or_default_leniently,
    or_empty, or_null, plain, readable, rest, texts,
};

/// Why an object cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum FieldError {
    /// A field is missing or of the wrong kind.
    #[error("`{field}` is missing or not {expected}")]
    Field {
        field: &'static str,
        expected: &'static str,
    },
    /// Another reason.
    #[error("{0}")]
    Other(String),
}

impl From<FieldError> for String {
    fn from(error: FieldError) -> Self {
        error.to_string()
    }
}

/// The fields of a JSON object, read or written one by one.
#[derive(Debug, Default)]
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    pub(crate) const fn of(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// The fields of an object whose kind is in one of them.
    pub(crate) fn tagged(kind: &str) -> Self {
        Self::default().put("type", kind)
    }

    /// The fields that were not taken.
    pub(crate) fn rest(self) -> Map<String, Value> {
        self.0
    }

    /// A field, which is not taken.
    pub(crate) fn get(&self, field: &str) -> Option<&Value> {
        self.0.get(field)
    }

    /// The text of a field, which is not taken.
    pub(crate) fn peek(&self, field: &str) -> Option<&str> {
        self.0.get(field).and_then(Value::as_str)
    }

    /// Takes the raw value of a field; `null` counts as present.
    pub(crate) fn present(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field)
    }

    /// Takes the raw value of a field; `null` counts as missing.
    pub(crate) fn value(&mut self, field: &str) -> Option<Value> {
        self.0.remove(field).filter(|value| !value.is_null())
    }

    pub(crate) fn optional_text(
        &mut self,
        field: &'static str,
    ) -> Result<Option<String>, FieldError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(FieldError::Field {
                field,
                expected: "a string",
            }),
        }
    }

    pub(crate) fn text(&mut self, field: &'static str) -> Result<String, FieldError> {
        self.optional_text(field)?.ok_or(FieldError::Field {
            field,
            expected: "a string",
        })
    }

    pub(crate) fn optional_bool(
        &mut self,
        field: &'static str,
    ) -> Result<Option<bool>, FieldError> {
        match self.value(field) {
            None => Ok(None),
            Some(Value::Bool(yes)) => Ok(Some(yes)),
            Some(_) => Err(FieldError::Field {
                field,
                expected: "true or false",
            }),
        }
    }

    /// A flag; missing is `false`.
    pub(crate) fn flag(&mut self, field: &'static str) -> Result<bool, FieldError> {
        Ok(self.optional_bool(field)?.unwrap_or(false))
    }

    pub(crate) fn optional_number(
        &mut self,
        field: &'static str,
    ) -> Result<Option<u64>, FieldError> {
        const EXPECTED: &str = "a whole number";
        self.value(field)
            .map(|value| {
                value.as_u64().ok_or(FieldError::Field {
                    field,
                    expected: EXPECTED,
                })
            })
            .transpose()
    }

    pub(crate) fn array(&mut self, field: &'static str) -> Result<Vec<Value>, FieldError> {
        match self.0.remove(field) {
            Some(Value::Array(entries)) => Ok(entries),
            Some(_) | None => Err(FieldError::Field {
                field,
                expected: "an array",
            }),
        }
    }

    /// The strings of an array; missing is an empty array.
    pub(crate) fn texts(&mut self, field: &'static str) -> Result<Vec<String>, FieldError> {
        const EXPECTED: &str = "an array of strings";
        let Some(value) = self.value(field) else {
            return Ok(Vec::new());
        };
        let error = || FieldError::Field {
            field,
            expected: EXPECTED,
        };
        let entries = value.as_array().ok_or_else(error)?.iter();
        entries
            .map(|entry| entry.as_str().map(str::to_owned).ok_or_else(error))
            .collect()
    }

    pub(crate) fn object(&mut self, field: &'static str) -> Result<Self, FieldError> {
        match self.0.remove(field) {
            Some(Value::Object(fields)) => Ok(Self(fields)),
            Some(_) | None => Err(FieldError::Field {
                field,
                expected: "an object",
            }),
        }
    }

    /// Puts a field.
    pub(crate) fn set(&mut self, field: &str, value: impl Into<Value>) {
        self.0.insert(field.to_owned(), value.into());
    }

    /// Puts all fields of another object.
    pub(crate) fn add(&mut self, others: Self) {
        self.0.extend(others.0);
    }

    /// An error about a field that was read and has an impossible value.
    pub(crate) const fn unexpected<T>(
        field: &'static str,
        expected: &'static str,
    ) -> Result<T, FieldError> {
        Err(FieldError::Field { field, expected })
    }

    pub(crate) fn put(mut self, field: &str, value: impl Into<Value>) -> Self {
        self.set(field, value);
        self
    }

    /// Omitted when `None`.
    pub(crate) fn put_some(self, field: &str, value: Option<impl Into<Value>>) -> Self {
        match value {
            Some(value) => self.put(field, value),
            None => self,
        }
    }

    /// Omitted when `false`.
    pub(crate) fn put_flag(self, field: &str, flag: bool) -> Self {
        if flag { self.put(field, true) } else { self }
    }

    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }
}

/// A type that can be read from the fields of an object.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    read: fn(Fields) -> Result<T, FieldError>,
) -> Result<T, D::Error> {
    read(Fields(Map::deserialize(deserializer)?)).map_err(serde::de::Error::custom)
}

/// A type that can be written as the fields of an object.
pub(crate) fn serialize<S: Serializer>(fields: &Fields, serializer: S) -> Result<S::Ok, S::Error> {
    fields.0.serialize(serializer)
}
