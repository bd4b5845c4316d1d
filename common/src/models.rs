//! The facts that a provider publishes about its models, as they are stored.

mod offered;

use serde::{Deserialize, Serialize};

pub use offered::{Accepts, OfferedModel, OfferedModels, OfferedPrice};

/// The facts about a model. `None` where the provider publishes none.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelInfo {
    /// Its id in requests.
    pub id: String,
    /// Its display name; the id when it has none.
    pub name: String,
    /// The size of its context window in tokens, including the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// The maximum number of tokens of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// Its price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Whether it accepts images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<bool>,
    /// Whether it accepts files such as PDFs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<bool>,
    /// Whether it supports tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<bool>,
    /// Whether it can reason before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
}

/// The text models of a provider, in the provider's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelList {
    /// The models.
    pub models: Vec<ModelInfo>,
    /// The number of entries that could not be read.
    pub skipped: usize,
    /// Whether the server has a single model that answers under any name.
    pub takes_any_name: bool,
}

impl ModelList {
    /// The facts about the model named `model` in requests.
    #[must_use]
    pub fn find(&self, model: &str) -> Option<ModelInfo> {
        let model = model.trim();
        let named = |name: &str| {
            let mut models = self.models.iter();
            models.find(|info| info.id.eq_ignore_ascii_case(name))
        };
        let exact = named(model)
            .or_else(|| named(model.strip_prefix("models/")?))
            // Ollama's name of a model without a tag.
            .or_else(|| named(&format!("{model}:latest")));
        if let Some(info) = exact {
            return Some(info.clone());
        }
        // OpenRouter's routing suffixes: the same model at another price.
        if let Some((name, _)) = model.rsplit_once(':')
            && let Some(info) = named(name)
        {
            return Some(ModelInfo {
                prices: None,
                ..info.clone()
            });
        }
        self.models.first().filter(|_| self.takes_any_name).cloned()
    }

    /// The list with only the built-in demo model.
    #[must_use]
    pub fn of_demo(id: &str) -> Self {
        Self::of(vec![ModelInfo {
            id: id.to_owned(),
            name: "Demo model".to_owned(),
            prices: Some(Prices::default()),
            images: Some(false),
            files: Some(false),
            tools: Some(true),
            reasoning: Some(true),
            ..ModelInfo::default()
        }])
    }

    /// The list of a server with these models.
    #[must_use]
    pub const fn of(models: Vec<ModelInfo>) -> Self {
        Self {
            models,
            skipped: 0,
            takes_any_name: false,
        }
    }
}

/// The price of a model, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    /// Per input token.
    pub input: f64,
    /// Per input token read from the vendor's cache. `None`: as any input token.
    pub cached_input: Option<f64>,
    /// Per input token written to the vendor's cache. `None`: as any input token.
    pub cache_write: Option<f64>,
    /// Per output token.
    pub output: f64,
    /// Per reasoning token. `None`: as any output token.
    pub reasoning: Option<f64>,
    /// Per call, in addition to its tokens.
    pub request: f64,
    /// Per image, in addition to its tokens.
    pub image: f64,
}

impl Prices {
    /// The highest price of an input token.
    #[must_use]
    pub fn dearest_input(&self) -> f64 {
        self.input
            .max(self.cached_input.unwrap_or(0.0))
            .max(self.cache_write.unwrap_or(0.0))
    }

    /// The highest price of an output token.
    #[must_use]
    pub fn dearest_output(&self) -> f64 {
        self.output.max(self.reasoning.unwrap_or(0.0))
    }
}
