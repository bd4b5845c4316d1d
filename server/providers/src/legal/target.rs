//! Whom a request is for.

use crate::openai_compatible::{Trait, Traits};

/// The model that a request is for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Target<'t> {
    /// Its name.
    pub model: &'t str,
    /// What it can do.
    pub abilities: ModelAbilities,
}

/// What a model on a server can do. `None`: nobody knows; it is sent, and a refusal tells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ModelAbilities {
    /// Whether it takes pictures.
    pub images: Option<bool>,
    /// Whether it takes PDF files.
    pub files: Option<bool>,
    /// Whether it takes tools.
    pub tools: Option<bool>,
    /// Whether it takes pictures in the outputs of tools; `None`: as its family does.
    pub tool_pictures: Option<bool>,
}

/// Whose model it is, as far as its vendor contradicts others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// Ids of calls have 9 letters and digits, always.
    Mistral,
    /// Pictures stand in outputs; there are marks for its cache.
    Anthropic,
    /// Takes HEIC pictures, and no GIF.
    Google,
    /// Ids of calls have at most 40 characters.
    OpenAi,
    /// Wants reasoning beside every call.
    Reasoning,
    /// Any other.
    Other,
}

/// Words in the names of Mistral's models.
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
    /// The same, without what the server turned out not to take.
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
    fn what_a_server_refused_is_no_ability() {
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
