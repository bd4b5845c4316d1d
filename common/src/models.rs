//! What a server tells about its models, as it is stored.

use serde::{Deserialize, Serialize};

/// What a server tells about a model. `None`: it does not say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelInfo {
    /// How a request names it.
    pub id: String,
    /// Its name for people; the id when it has none.
    pub name: String,
    /// How many tokens it takes at once, the answer included.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub context: Option<u64>,
    /// The most tokens of an answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_output: Option<u64>,
    /// What it costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prices: Option<Prices>,
    /// Whether it sees images.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<bool>,
    /// Whether it reads files such as PDFs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<bool>,
    /// Whether it calls tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tools: Option<bool>,
    /// Whether it can think before it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<bool>,
}

/// The models of a server that answer with text, in the server's order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelList {
    /// The models.
    pub models: Vec<ModelInfo>,
    /// How many entries could not be read.
    pub skipped: usize,
    /// The server has one model, and answers with it whatever name is asked for.
    pub takes_any_name: bool,
}

impl ModelList {
    /// What is known of the model that a request calls `model`.
    #[must_use]
    pub fn find(&self, model: &str) -> Option<ModelInfo> {
        let model = model.trim();
        let named = |name: &str| {
            let mut models = self.models.iter();
            models.find(|info| info.id.eq_ignore_ascii_case(name))
        };
        let exact = named(model)
            .or_else(|| named(model.strip_prefix("models/")?))
            // Ollama's name for a model without a tag.
            .or_else(|| named(&format!("{model}:latest")));
        if let Some(info) = exact {
            return Some(info.clone());
        }
        // OpenRouter's wishes on how a model is to be served: the same model, at another price.
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

    /// The list with the built-in demo model alone.
    #[must_use]
    pub fn of_demo(id: &str) -> Self {
        Self::of(vec![ModelInfo {
            id: id.to_owned(),
            name: "Demo".to_owned(),
            prices: Some(Prices::default()),
            images: Some(false),
            files: Some(false),
            tools: Some(true),
            reasoning: Some(true),
            ..ModelInfo::default()
        }])
    }

    /// The list of a server that has these models.
    #[must_use]
    pub const fn of(models: Vec<ModelInfo>) -> Self {
        Self {
            models,
            skipped: 0,
            takes_any_name: false,
        }
    }
}

/// What a model costs, in US dollars.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Prices {
    /// A token read.
    pub input: f64,
    /// A token read from the vendor's cache. `None`: as any token read.
    pub cached_input: Option<f64>,
    /// A token read and put into the vendor's cache. `None`: as any token read.
    pub cache_write: Option<f64>,
    /// A token written.
    pub output: f64,
    /// A token of reasoning. `None`: as any token written.
    pub reasoning: Option<f64>,
    /// A call, beside its tokens.
    pub request: f64,
    /// An image, beside its tokens.
    pub image: f64,
}

impl Prices {
    /// The dearest that a token read can be.
    #[must_use]
    pub fn dearest_input(&self) -> f64 {
        self.input
            .max(self.cached_input.unwrap_or(0.0))
            .max(self.cache_write.unwrap_or(0.0))
    }

    /// The dearest that a token written can be.
    #[must_use]
    pub fn dearest_output(&self) -> f64 {
        self.output.max(self.reasoning.unwrap_or(0.0))
    }
}
