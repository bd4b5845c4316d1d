//! Types that a field can have.

use serde_json::{Map, Value};

use super::{FieldError, Fields};
use crate::time::Timestamp;

/// A type that a field can have. A field must be present unless its type is an `Option`.
pub(crate) trait Field: Sized {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError>;
    fn put(&self, fields: &mut Fields, name: &str);
}

/// A type written as a string.
pub(crate) trait Text {
    fn of(text: String) -> Self;
    fn text(&self) -> &str;
}

/// A type written as the fields of an object, perhaps beside other fields.
pub(crate) trait Record: Sized {
    fn take(fields: &mut Fields) -> Result<Self, FieldError>;
    fn put(&self, fields: &mut Fields);

    /// Reads the type from an object of its own; `None` when the value is none.
    fn from_json(value: Value) -> Option<Self> {
        match value {
            Value::Object(fields) => Self::take(&mut Fields::of(fields)).ok(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    /// Writes the type as an object of its own.
    fn to_json(&self) -> Value {
        let mut fields = Fields::default();
        self.put(&mut fields);
        fields.into_value()
    }
}

/// A type whose variants are named by a field.
pub(crate) trait Tagged {
    /// The value of that field; `None` for a variant without a fixed name.
    fn tag(&self) -> Option<&'static str>;
}

/// A type that is the content of a variant without a fixed name.
pub(crate) trait Untagged {
    fn fields(&self) -> Fields;
}

impl<T: Untagged> Untagged for Box<T> {
    fn fields(&self) -> Fields {
        (**self).fields()
    }
}

/// An object that is kept as it is.
impl Untagged for Map<String, Value> {
    fn fields(&self) -> Fields {
        Fields::of(self.clone())
    }
}

impl Text for String {
    fn of(text: String) -> Self {
        text
    }

    fn text(&self) -> &str {
        self
    }
}

impl<T: Text> Field for T {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        fields.text(name).map(T::of)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.text());
    }
}

/// `null` and missing mean the same.
impl<T: Field> Field for Option<T> {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        if fields.get(name).is_none_or(Value::is_null) {
            fields.present(name);
            return Ok(None);
        }
        T::take(fields, name).map(Some)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        if let Some(value) = self {
            value.put(fields, name);
        }
    }
}

impl Field for bool {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.optional_bool(name)? {
            Some(yes) => Ok(yes),
            None => Fields::unexpected(name, "true or false"),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, *self);
    }
}

impl Field for u64 {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.optional_number(name)? {
            Some(number) => Ok(number),
            None => Fields::unexpected(name, "a whole number"),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, *self);
    }
}

/// Milliseconds since the Unix epoch.
impl Field for Timestamp {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        u64::take(fields, name).map(Self::from_millis)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.as_millis());
    }
}

impl Field for u32 {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        let number = u64::take(fields, name)?;
        Self::try_from(number).or_else(|_| Fields::unexpected(name, "a smaller number"))
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, *self);
    }
}

impl Field for f64 {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.value(name).and_then(|value| value.as_f64()) {
            Some(number) => Ok(number),
            None => Fields::unexpected(name, "a number"),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, *self);
    }
}

/// Any value, including `null`.
impl Field for Value {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        match fields.present(name) {
            Some(value) => Ok(value),
            None => Fields::unexpected(name, "there"),
        }
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.clone());
    }
}

/// An array of any values.
impl Field for Vec<Value> {
    fn take(fields: &mut Fields, name: &'static str) -> Result<Self, FieldError> {
        fields.array(name)
    }

    fn put(&self, fields: &mut Fields, name: &str) {
        fields.set(name, self.clone());
    }
}
