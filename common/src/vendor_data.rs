//! Opaque vendor data: unknown fields that the vendor expects back unchanged.
//!
//! The transcript carries it in the SDK's own fields, `providerMetadata` of a text or reasoning part and
//! `callProviderMetadata` of a tool call, under the key [`KEY`]:
//!
//! ```json
//! {"coder": {"model": "google/gemini-3-pro",
//!            "call": {"id": "the vendor's id of the call", "fields": {"extra_content": {}}},
//!            "message": {"reasoning": "reasoning_content", "fields": {"reasoning_details": []}}}}
//! ```
//!
//! `message` belongs to the whole step. The first call of the step carries it, or else its last part. Data is sent
//! back only to the model that it came from.

use crate::message::{Message, Part};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The key of our data, beside that of vendors.
const KEY: &str = "coder";

/// Vendor data, as a part or call of the transcript carries it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct VendorData {
    /// The model that it came from, as named in the request.
    pub model: String,
    /// The data of the call that carries it.
    #[serde(default, skip_serializing_if = "CallVendorData::is_empty")]
    pub call: CallVendorData,
    /// The data of the step's message.
    #[serde(default, skip_serializing_if = "MessageVendorData::is_empty")]
    pub message: MessageVendorData,
}

/// Vendor data of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MessageVendorData {
    /// The field that the plain reasoning came in, such as `reasoning_content`; `None` when there was none or
    /// `fields` repeats it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<String>,
    /// Fields to send back unchanged.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
}

/// Vendor data of a tool call.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CallVendorData {
    /// The vendor's own id of the call; `None` when it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Fields to send back unchanged, beside `id`, `type` and `function`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub fields: Map<String, Value>,
    /// Fields to send back unchanged, inside `function`.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub function: Map<String, Value>,
}

impl VendorData {
    /// Reads the data from a part's `providerMetadata` or a call's `callProviderMetadata`.
    #[must_use]
    pub fn from_metadata(metadata: Option<&Value>) -> Option<Self> {
        Self::deserialize(metadata?.get(KEY)?).ok()
    }

    /// The JSON form, as a part or call carries it; `None` when it is empty.
    #[must_use]
    pub fn to_metadata(&self) -> Option<Value> {
        if self.call.is_empty() && self.message.is_empty() {
            return None;
        }
        let data = serde_json::to_value(self).ok()?;
        Some(Value::Object(Map::from_iter([(KEY.to_owned(), data)])))
    }
}

impl MessageVendorData {
    /// Whether there is nothing to send back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.reasoning.is_none() && self.fields.is_empty()
    }
}

impl CallVendorData {
    /// Whether there is nothing to send back.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.id.is_none() && self.fields.is_empty() && self.function.is_empty()
    }
}

/// The size of a message's vendor data, in bytes of JSON.
#[must_use]
pub fn vendor_bytes(message: &Message) -> usize {
    let carried = message.parts.iter().filter_map(metadata_of);
    carried
        .filter_map(|metadata| metadata.get(KEY))
        .map(|data| data.to_string().len())
        .sum()
}

/// Removes all vendor data from a message.
pub fn take_vendor_data(message: &mut Message) {
    for part in &mut message.parts {
        let slot = match part {
            Part::Text(part) => &mut part.provider_metadata,
            Part::Reasoning(part) => &mut part.provider_metadata,
            Part::Tool(part) => &mut part.details.call_provider_metadata,
            Part::File(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Data(_)
            | Part::Other(_) => continue,
        };
        if let Some(Value::Object(vendors)) = slot {
            vendors.remove(KEY);
            if vendors.is_empty() {
                *slot = None;
            }
        }
    }
}

fn metadata_of(part: &Part) -> Option<&Value> {
    match part {
        Part::Text(part) => part.provider_metadata.as_ref(),
        Part::Reasoning(part) => part.provider_metadata.as_ref(),
        Part::Tool(part) => part.details.call_provider_metadata.as_ref(),
        Part::File(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::StepStart
        | Part::Data(_)
        | Part::Other(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn it_is_carried_beside_the_data_of_others() {
        let data = VendorData {
            model: "google/gemini".to_owned(),
            call: CallVendorData {
                id: Some("fc1".to_owned()),
                fields: Map::from_iter([("extra_content".to_owned(), json!({"a": 1}))]),
                function: Map::new(),
            },
            message: MessageVendorData::default(),
        };
        let mut metadata = data.to_metadata().unwrap();
        assert_eq!(
            metadata,
            json!({"coder": {"model": "google/gemini", "call": {"id": "fc1", "fields": {"extra_content": {"a": 1}}}}})
        );
        metadata["openai"] = json!({"other": true});
        assert_eq!(VendorData::from_metadata(Some(&metadata)), Some(data));
        assert_eq!(
            VendorData::from_metadata(Some(&json!({"openai": {}}))),
            None
        );
        assert_eq!(VendorData::from_metadata(Some(&json!({"coder": 1}))), None);
        assert_eq!(VendorData::default().to_metadata(), None);
    }
}
