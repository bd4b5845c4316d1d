//! How a field is read and written: by its type ([`plain`]), or in another way that the declaration names.

use super::{Field, FieldError, Fields, Record};

/// Way: as the field's type is read and written.
pub(crate) mod plain {
    use super::{FieldError, Fields};
    pub(crate) use crate::fields::Field;

    pub(crate) fn take<T: Field>(fields: &mut Fields, name: &'static str) -> Result<T, FieldError> {
        T::take(fields, name)
    }

    pub(crate) fn put<T: Field>(value: &T, fields: &mut Fields, name: &str) {
        value.put(fields, name);
    }
}

/// Way: a record whose fields are beside the others.
pub(crate) mod flat {
    use super::{FieldError, Fields, Record};

    pub(crate) fn take<T: Record>(fields: &mut Fields) -> Result<T, FieldError> {
        T::take(fields)
    }

    pub(crate) fn put<T: Record>(value: &T, fields: &mut Fields) {
        value.put(fields);
    }
}

/// Way: a flag; missing is `false`, which is not written.
pub(crate) mod flag {
    use super::{FieldError, Fields};

    pub(crate) fn take(fields: &mut Fields, name: &'static str) -> Result<bool, FieldError> {
        fields.flag(name)
    }

    pub(crate) fn put(value: &bool, fields: &mut Fields, name: &str) {
        if *value {
            fields.set(name, true);
        }
    }
}

/// Way: a string; missing is the empty one, which is written.
pub(crate) mod or_empty {
    use super::{FieldError, Fields};

    pub(crate) fn take(fields: &mut Fields, name: &'static str) -> Result<String, FieldError> {
        Ok(fields.optional_text(name)?.unwrap_or_default())
    }

    pub(crate) fn put(value: &str, fields: &mut Fields, name: &str) {
        fields.set(name, value);
    }
}

/// Way: any value; missing is `null`, which is written.
pub(crate) mod or_null {
    use serde_json::Value;

    use super::{FieldError, Fields};

    pub(crate) fn take(fields: &mut Fields, name: &'static str) -> Result<Value, FieldError> {
        Ok(fields.present(name).unwrap_or(Value::Null))
    }

    pub(crate) fn put(value: &Value, fields: &mut Fields, name: &str) {
        fields.set(name, value.clone());
    }
}

/// Way: `None` is written as `null` and also read from a value of another kind.
pub(crate) mod nullable {
    use serde_json::Value;

    use super::{Field, FieldError, Fields, lenient};

    pub(crate) fn take<T: Field>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<T>, FieldError> {
        lenient::take(fields, name)
    }

    pub(crate) fn put<T: Field>(value: &Option<T>, fields: &mut Fields, name: &str) {
        match value {
            Some(value) => value.put(fields, name),
            None => fields.set(name, Value::Null),
        }
    }
}

/// Way: any value; `null` differs from missing.
pub(crate) mod even_null {
    use serde_json::Value;

    use super::{FieldError, Fields};

    pub(crate) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<Value>, FieldError> {
        Ok(fields.present(name))
    }

    pub(crate) fn put(value: &Option<Value>, fields: &mut Fields, name: &str) {
        if let Some(value) = value {
            fields.set(name, value.clone());
        }
    }
}

/// Way: a value of another kind counts as missing.
pub(crate) mod lenient {
    use super::{Field, FieldError, Fields};

    pub(crate) fn take<T: Field + Default>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<T, FieldError> {
        Ok(T::take(fields, name).unwrap_or_default())
    }

    pub(crate) fn put<T: Field>(value: &T, fields: &mut Fields, name: &str) {
        value.put(fields, name);
    }
}

/// Way: missing is the default, which is not written.
pub(crate) mod or_default {
    use super::{Field, FieldError, Fields};

    pub(crate) fn take<T: Field + Default>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<T, FieldError> {
        match fields.value(name) {
            None => Ok(T::default()),
            Some(value) => {
                fields.set(name, value);
                T::take(fields, name)
            }
        }
    }

    pub(crate) fn put<T: Field + Default + PartialEq>(value: &T, fields: &mut Fields, name: &str) {
        if *value != T::default() {
            value.put(fields, name);
        }
    }
}

/// Way: the same; a value of another kind also counts as the default.
pub(crate) mod or_default_leniently {
    use super::{Field, FieldError, Fields, lenient};
    pub(crate) use crate::fields::or_default::put;

    pub(crate) fn take<T: Field + Default>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<T, FieldError> {
        lenient::take(fields, name)
    }
}

/// Way: all other fields, kept as they are.
pub(crate) mod rest {
    use serde_json::{Map, Value};

    use super::{FieldError, Fields};

    pub(crate) fn take(fields: &mut Fields) -> Result<Map<String, Value>, FieldError> {
        Ok(std::mem::take(fields).rest())
    }

    pub(crate) fn put(value: &Map<String, Value>, fields: &mut Fields) {
        for (name, value) in value {
            if fields.get(name).is_none() {
                fields.set(name, value.clone());
            }
        }
    }
}

/// Way: a record in an object of its own. `null` and missing mean the same.
pub(crate) mod inside {
    use serde_json::Value;

    use super::{FieldError, Fields, Record};

    pub(crate) fn take<T: Record>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<T>, FieldError> {
        match fields.value(name) {
            None => Ok(None),
            Some(Value::Object(inner)) => T::take(&mut Fields::of(inner)).map(Some),
            Some(_) => Fields::unexpected(name, "an object"),
        }
    }

    pub(crate) fn put<T: Record>(value: &Option<T>, fields: &mut Fields, name: &str) {
        if let Some(value) = value {
            fields.set(name, value.to_json());
        }
    }
}

/// Way: records in an array, which is omitted when empty. Unreadable records are dropped.
pub(crate) mod readable {
    use serde_json::Value;

    use super::{FieldError, Fields, Record};

    pub(crate) fn take<T: Record>(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Vec<T>, FieldError> {
        let Some(Value::Array(entries)) = fields.value(name) else {
            return Ok(Vec::new());
        };
        Ok(entries.into_iter().filter_map(T::from_json).collect())
    }

    pub(crate) fn put<T: Record>(value: &[T], fields: &mut Fields, name: &str) {
        if !value.is_empty() {
            fields.set(name, value.iter().map(T::to_json).collect::<Value>());
        }
    }
}

/// Way: an array of texts, which is written even when empty.
pub(crate) mod texts {
    use serde_json::Value;

    use super::{FieldError, Fields};

    pub(crate) fn take(fields: &mut Fields, name: &'static str) -> Result<Vec<String>, FieldError> {
        let entries = fields.array(name)?.into_iter();
        let text = |entry| match entry {
            Value::String(text) => Ok(text),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::Array(_)
            | Value::Object(_) => Fields::unexpected(name, "an array of texts"),
        };
        entries.map(text).collect()
    }

    pub(crate) fn put(value: &[String], fields: &mut Fields, name: &str) {
        fields.set(name, value.to_vec());
    }
}

/// Way: records in an array, which is written even when empty. Unreadable records are dropped.
pub(crate) mod listed {
    use serde_json::Value;

    pub(crate) use super::readable::take;
    use super::{Fields, Record};

    pub(crate) fn put<T: Record>(records: &[T], fields: &mut Fields, name: &str) {
        fields.set(name, records.iter().map(T::to_json).collect::<Value>());
    }
}
