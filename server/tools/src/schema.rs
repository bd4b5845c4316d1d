//! Input types of tools: the type and its JSON schema come from one declaration, so that they agree.

use serde_json::{Map, Value, json};

/// A type with a schema for the model.
pub(super) trait Described {
    /// Whether a field of this type may be omitted.
    const OPTIONAL: bool = false;

    /// Its JSON schema.
    fn schema() -> Value;
}

impl Described for String {
    fn schema() -> Value {
        json!({"type": "string"})
    }
}

impl Described for bool {
    fn schema() -> Value {
        json!({"type": "boolean"})
    }
}

impl Described for u64 {
    fn schema() -> Value {
        json!({"type": "integer", "minimum": 0})
    }
}

impl<T: Described> Described for Option<T> {
    const OPTIONAL: bool = true;

    fn schema() -> Value {
        T::schema()
    }
}

impl<T: Described> Described for Vec<T> {
    fn schema() -> Value {
        json!({"type": "array", "items": T::schema()})
    }
}

/// Builds the schema of an object, field by field.
#[derive(Debug, Default)]
pub(super) struct ObjectSchema {
    properties: Map<String, Value>,
    required: Vec<Value>,
}

impl ObjectSchema {
    pub(super) fn field<T: Described>(mut self, name: &str, description: &str) -> Self {
        let mut schema = T::schema();
        if let Some(schema) = schema.as_object_mut() {
            schema.insert("description".to_owned(), description.trim().into());
        }
        self.properties.insert(name.to_owned(), schema);
        if !T::OPTIONAL {
            self.required.push(name.into());
        }
        self
    }

    pub(super) fn end(self) -> Value {
        json!({
            "type": "object",
            "properties": self.properties,
            "required": self.required,
            "additionalProperties": false,
        })
    }
}

/// Declares the input of a tool: a struct whose doc comments describe its fields to the model. A field of type
/// `Option` may be omitted; unknown fields are refused.
macro_rules! input {
    ($(struct $name:ident { $($(#[doc = $doc:literal])+ $field:ident: $kind:ty,)* })+) => {
        $(
            #[derive(Debug, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub(crate) struct $name {
                $($(#[doc = $doc])+ $field: $kind,)*
            }

            impl $crate::schema::Described for $name {
                fn schema() -> serde_json::Value {
                    $crate::schema::ObjectSchema::default()
                        $(.field::<$kind>(stringify!($field), concat!($($doc),+)))*
                        .end()
                }
            }
        )+
    };
}
pub(super) use input;

#[cfg(test)]
mod tests {
    use serde::Deserialize as _;

    use super::*;

    input! {
        struct Outer {
            /// The first line
            /// goes on.
            text: String,
            /// May be left out.
            count: Option<u64>,
            /// Each.
            inner: Vec<Inner>,
        }
        struct Inner {
            /// Whether.
            all: Option<bool>,
        }
    }

    #[test]
    fn the_schema_is_that_of_the_type() {
        let expected = json!({
            "type": "object",
            "properties": {
                "text": {"type": "string", "description": "The first line goes on."},
                "count": {"type": "integer", "minimum": 0, "description": "May be left out."},
                "inner": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "properties": {"all": {"type": "boolean", "description": "Whether."}},
                        "required": [],
                        "additionalProperties": false,
                    },
                    "description": "Each.",
                },
            },
            "required": ["text", "inner"],
            "additionalProperties": false,
        });
        assert_eq!(Outer::schema(), expected);
        let outer = Outer::deserialize(json!({"text": "a", "inner": [{"all": true}, {}]})).unwrap();
        let inner: Vec<_> = outer.inner.iter().map(|inner| inner.all).collect();
        assert_eq!((outer.text.as_str(), outer.count), ("a", None));
        assert_eq!(inner, [Some(true), None]);
        assert!(Outer::deserialize(json!({"text": "a", "inner": [], "more": 1})).is_err());
    }
}
