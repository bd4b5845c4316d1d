//! The models that a client may choose, as `listModels` answers.

use serde_json::Value;

use super::{ModelInfo, Prices};
use crate::{
    fields::{Record, lenient, listed, nullable},
    time::Timestamp,
};

record! {
    /// The models that a client may choose.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct OfferedModels {
        /// The models, in the provider's order.
        pub models: Vec<OfferedModel> = listed "models",
        /// When the provider listed them.
        pub fetched_at: Timestamp = lenient "fetchedAt",
        /// Whether a newer list could not be fetched.
        pub stale: bool = lenient "stale",
        /// The model of conversations that have chosen none.
        pub default: String = lenient "default",
        /// Why a newer list could not be fetched.
        pub error: Option<String> = lenient "error",
    }
}

record! {
    /// A model that a client may choose. `None`, written as `null`: the provider does not say.
    #[derive(Clone, Debug, Default, PartialEq)]
    pub struct OfferedModel {
        /// Its id in requests.
        pub id: String = "id",
        /// Its display name.
        pub name: String = lenient "name",
        /// The size of its context window in tokens.
        pub context: Option<u64> = nullable "contextLength",
        /// The maximum number of tokens of an answer.
        pub max_output: Option<u64> = nullable "maxOutputTokens",
        /// Its price.
        pub price: Option<OfferedPrice> = price "pricing",
        /// What it accepts beside text.
        pub accepts: Accepts = accepts "modalities",
        /// Whether it supports tools.
        pub tools: Option<bool> = nullable "tools",
        /// Whether it can reason before it answers.
        pub reasoning: Option<bool> = nullable "reasoning",
    }
}

record! {
    /// What a model accepts beside text.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub struct Accepts {
        /// Images.
        pub images: Option<bool> = nullable "images",
        /// Files such as PDFs.
        pub files: Option<bool> = nullable "files",
    }
}

record! {
    /// The price of a model, in US dollars per million tokens.
    #[derive(Clone, Copy, Debug, Default, PartialEq)]
    pub struct OfferedPrice {
        /// Of input.
        pub input: f64 = "input",
        /// Of input read from the vendor's cache. `None`: as any input.
        pub cached_input: Option<f64> = nullable "cachedInput",
        /// Of input written to the vendor's cache. `None`: as any input.
        pub cache_write: Option<f64> = nullable "cacheWrite",
        /// Of output.
        pub output: f64 = "output",
        /// In dollars per call, in addition to its tokens.
        pub request: f64 = lenient "request",
    }
}

/// `None` is written as `null`.
mod price {
    use serde_json::Value;

    use super::OfferedPrice;
    use crate::fields::{FieldError, Fields, Record as _};

    pub(super) fn take(
        fields: &mut Fields,
        name: &'static str,
    ) -> Result<Option<OfferedPrice>, FieldError> {
        Ok(fields.value(name).and_then(OfferedPrice::from_json))
    }

    pub(super) fn put(price: &Option<OfferedPrice>, fields: &mut Fields, name: &str) {
        fields.set(name, price.map_or(Value::Null, |price| price.to_json()));
    }
}

/// An unreadable value counts as unknown.
mod accepts {
    use super::Accepts;
    use crate::fields::{FieldError, Fields, Record as _};

    pub(super) fn take(fields: &mut Fields, name: &'static str) -> Result<Accepts, FieldError> {
        let accepts = fields.value(name).and_then(Accepts::from_json);
        Ok(accepts.unwrap_or_default())
    }

    pub(super) fn put(accepts: &Accepts, fields: &mut Fields, name: &str) {
        fields.set(name, accepts.to_json());
    }
}

impl OfferedModels {
    /// Reads an answer; `None` when it is no list.
    #[must_use]
    pub fn from_json(answer: Value) -> Option<Self> {
        Record::from_json(answer)
    }

    /// The answer.
    #[must_use]
    pub fn to_json(&self) -> Value {
        Record::to_json(self)
    }

    /// The model with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&OfferedModel> {
        self.models.iter().find(|model| model.id == id)
    }
}

impl From<&ModelInfo> for OfferedModel {
    fn from(info: &ModelInfo) -> Self {
        Self {
            id: info.id.clone(),
            name: info.name.clone(),
            context: info.context,
            max_output: info.max_output,
            price: info.prices.as_ref().map(OfferedPrice::from),
            accepts: Accepts {
                images: info.images,
                files: info.files,
            },
            tools: info.tools,
            reasoning: info.reasoning,
        }
    }
}

impl From<&Prices> for OfferedPrice {
    fn from(prices: &Prices) -> Self {
        Self {
            input: of_million(prices.input),
            cached_input: prices.cached_input.map(of_million),
            cache_write: prices.cache_write.map(of_million),
            output: of_million(prices.output),
            request: prices.request,
        }
    }
}

/// Without the noise of a binary fraction: a millionth of a dollar for a million tokens is fine enough.
fn of_million(price: f64) -> f64 {
    (price * 1e12).round() / 1e6
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let info = ModelInfo {
            id: "a/b".to_owned(),
            name: "A: B".to_owned(),
            context: Some(400_000),
            prices: Some(Prices {
                input: 0.25 / 1e6,
                output: 2.0 / 1e6,
                ..Prices::default()
            }),
            images: Some(true),
            ..ModelInfo::default()
        };
        let offered = OfferedModels {
            models: vec![OfferedModel::from(&info)],
            fetched_at: Timestamp::from_millis(7),
            default: "a/b".to_owned(),
            ..OfferedModels::default()
        };
        let json = offered.to_json();
        assert_eq!(
            json,
            json!({
                "models": [{
                    "id": "a/b", "name": "A: B", "contextLength": 400_000, "maxOutputTokens": null,
                    "pricing": {"input": 0.25, "cachedInput": null, "cacheWrite": null, "output": 2.0, "request": 0.0},
                    "modalities": {"images": true, "files": null}, "tools": null, "reasoning": null,
                }],
                "fetchedAt": 7, "stale": false, "default": "a/b",
            })
        );
        assert_eq!(OfferedModels::from_json(json), Some(offered));
    }

    #[test]
    fn what_cannot_be_read_is_left_out() {
        let json = json!({"models": [{"name": "no id"}, {"id": "x", "pricing": {"input": "free"}, "modalities": 3}], "more": 1});
        let read = OfferedModels::from_json(json).unwrap();
        let x = OfferedModel {
            id: "x".to_owned(),
            ..OfferedModel::default()
        };
        assert_eq!(read.models, [x]);
        assert_eq!(OfferedModels::from_json(json!([])), None);
    }
}
