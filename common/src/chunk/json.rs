//! The parts of the JSON form of chunks that their declaration cannot express.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

use super::{Chunk, DataChunk};
use crate::fields::{self, FieldError, Fields, Untagged, flag, or_null};

impl DataChunk {
    fn take(fields: &mut Fields, name: &str) -> Result<Self, FieldError> {
        Ok(Self {
            name: name.to_owned(),
            id: fields.optional_text("id")?,
            data: or_null::take(fields, "data")?,
            transient: flag::take(fields, "transient")?,
        })
    }
}

impl Untagged for DataChunk {
    fn fields(&self) -> Fields {
        Fields::tagged(&format!("data-{}", self.name))
            .put_some("id", self.id.as_deref())
            .put("data", self.data.clone())
            .put_flag("transient", self.transient)
    }
}

/// An optional id that must not be empty: a message without an id cannot be stored.
pub(super) mod named {
    use crate::{
        fields::{Field as _, FieldError, Fields},
        id::MessageId,
    };

    pub(in crate::chunk) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<MessageId>, FieldError> {
        let id = fields.optional_text(name)?.filter(|id| !id.is_empty());
        Ok(id.map(MessageId::new))
    }

    pub(in crate::chunk) fn put(id: &Option<MessageId>, fields: &mut Fields, name: &str) {
        id.put(fields, name);
    }
}

/// Any value except `null`.
pub(super) mod not_null {
    use serde_json::Value;

    use crate::fields::{Field as _, FieldError, Fields};

    pub(in crate::chunk) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Value, FieldError> {
        match fields.value(name) {
            Some(value) => Ok(value),
            None => Fields::unexpected(name, "there"),
        }
    }

    pub(in crate::chunk) fn put(value: &Value, fields: &mut Fields, name: &str) {
        value.put(fields, name);
    }
}

impl Chunk {
    /// Reads a chunk; `None` when the value is no chunk.
    pub(crate) fn from_json(chunk: Value) -> Option<Self> {
        match chunk {
            Value::Object(fields) => Self::from_fields(Fields::of(fields)).ok(),
            Value::Null
            | Value::Bool(_)
            | Value::Number(_)
            | Value::String(_)
            | Value::Array(_) => None,
        }
    }

    fn from_fields(mut fields: Fields) -> Result<Self, FieldError> {
        let Some(kind) = fields.peek("type").map(str::to_owned) else {
            return Fields::unexpected("type", "a string");
        };
        if let Some(chunk) = Self::take_tagged(&kind, &mut fields)? {
            return Ok(chunk);
        }
        match kind.strip_prefix("data-") {
            Some(name) => DataChunk::take(&mut fields, name).map(Self::Data),
            None => Ok(Self::Other(fields.rest())),
        }
    }
}

impl Serialize for Chunk {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        fields::serialize(&self.fields(), serializer)
    }
}

impl<'de> Deserialize<'de> for Chunk {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fields::deserialize(deserializer, Self::from_fields)
    }
}
