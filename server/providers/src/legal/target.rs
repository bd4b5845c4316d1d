//! The recipient of a request.

use common::models::ModelInfo;

use crate::openai_compatible::{Trait, Traits};

/// The model that gets a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'t> {
    /// Its name.
    pub model: &'t str,
    /// Its abilities.
    pub abilities: ModelAbilities,
}

/// The abilities of a model on a server. `None` when unknown: the content is sent, and a refusal will tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelAbilities {
    /// Whether it accepts images.
    pub images: Option<bool>,
    /// Whether it accepts PDF files.
    pub files: Option<bool>,
    /// Whether it accepts tools.
    pub tools: Option<bool>,
    /// Whether it accepts images in tool outputs; `None`: depends on its family.
    pub tool_pictures: Option<bool>,
}

/// The vendor of a model, as far as its rules contradict those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Mistral: ids of calls have exactly 9 letters and digits.
    Mistral,
    /// Anthropic: images may be in outputs, and messages may have cache marks.
    Anthropic,
    /// Google: accepts HEIC images, and no GIF.
    Google,
    /// OpenAI: ids of calls have at most 40 characters.
    OpenAi,
    /// Vendors that require reasoning beside every call.
    Reasoning,
    /// All others.
    Other,
}

/// Names of Mistral's models.
const MISTRAL: &[&str] = &[
    "mistral",
    "mixtral",
    "ministral",
    "codestral",
    "devstral",
    "magistral",
    "pixtral",
    "voxtral",
];

impl Family {
    /// The family of a model, by its name.
    #[must_use]
    pub fn of(model: &str) -> Self {
        let name = model.to_ascii_lowercase();
        let has = |word: &&str| name.contains(*word);
        let begins = |start: &str| name.starts_with(start);
        if has(&"claude") || begins("anthropic/") {
            Self::Anthropic
        } else if has(&"deepseek") || has(&"kimi") || begins("moonshot") {
            Self::Reasoning
        } else if MISTRAL.iter().any(|word| name.contains(word)) {
            Self::Mistral
        } else if has(&"gemini") || begins("google/") {
            Self::Google
        } else if begins("openai/") || begins("gpt-") {
            Self::OpenAi
        } else {
            Self::Other
        }
    }
}

impl Target<'_> {
    /// The family of the model.
    #[must_use]
    pub fn family(&self) -> Family {
        Family::of(self.model)
    }
}

impl ModelAbilities {
    /// The abilities in the provider's list.
    #[must_use]
    pub fn listed(info: &ModelInfo) -> Self {
        Self {
            images: info.images,
            files: info.files,
            tools: info.tools,
            ..Self::default()
        }
    }

    /// The target without the features that the server turned out not to support.
    #[must_use]
    pub fn without(self, traits: &Traits) -> Self {
        let known = |ability: Option<bool>, without: Trait| {
            if traits.takes(&without) {
                ability
            } else {
                Some(false)
            }
        };
        Self {
            images: known(self.images, Trait::Images),
            files: known(self.files, Trait::Files),
            tools: known(self.tools, Trait::Tools),
            tool_pictures: known(self.tool_pictures, Trait::ToolPictures),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_known_by_names() {
        for (name, family) in [
            ("anthropic/claude-sonnet-4.5", Family::Anthropic),
            ("claude-opus-4-1", Family::Anthropic),
            ("mistralai/Devstral-Small", Family::Mistral),
            ("pixtral-12b", Family::Mistral),
            ("google/gemini-3-pro-preview", Family::Google),
            ("openai/gpt-5", Family::OpenAi),
            ("gpt-4o", Family::OpenAi),
            ("openrouter/auto", Family::Other),
            ("qwen3:8b", Family::Other),
            ("deepseek/deepseek-v3.2", Family::Reasoning),
            ("moonshotai/kimi-k2.5", Family::Reasoning),
        ] {
            assert_eq!(Family::of(name), family, "{name}");
        }
    }

    #[test]
    fn refused_features_are_no_abilities() {
        let known = ModelAbilities {
            images: Some(true),
            ..ModelAbilities::default()
        };
        let traits = [Trait::Images, Trait::Tools].into_iter().collect();
        let expected = ModelAbilities {
            images: Some(false),
            tools: Some(false),
            ..ModelAbilities::default()
        };
        assert_eq!(known.without(&traits), expected);
        assert_eq!(known.without(&Traits::default()), known);
    }
}
