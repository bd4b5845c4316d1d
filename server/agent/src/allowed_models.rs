//! Which models a client may name.

use std::fmt::Write as _;

use super::options::{AllowedModels, ModelOptions};

/// So many of the allowed models are listed to a client that named another one.
const LISTED: usize = 8;

/// The code of a turn that asks for a model it may not ask for.
pub(super) const NOT_ALLOWED: &str = "model_not_allowed";

impl ModelOptions {
    /// Whether a client may name a model. A blank name is that of the deployment.
    #[must_use]
    pub fn allows(&self, model: &str) -> bool {
        let model = model.trim();
        match &self.allowed {
            AllowedModels::OfProvider => true,
            AllowedModels::Listed(patterns) => {
                model.is_empty()
                    || self.own().any(|own| own == model)
                    || patterns.iter().any(|pattern| fits(pattern, model))
            }
        }
    }

    /// Says why a model is not taken, and which are.
    pub(super) fn refusal_of(&self, model: &str) -> String {
        let name: String = model.trim().chars().take(100).collect();
        let mut words = format!("The model `{name}` may not be asked here. Choose one of: ");
        let listed: &[String] = match &self.allowed {
            AllowedModels::OfProvider => &[],
            AllowedModels::Listed(patterns) => patterns,
        };
        let mut allowed = self.own().chain(listed.iter().map(String::as_str));
        for (index, model) in allowed.by_ref().take(LISTED).enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            // Writing to a text does not fail.
            let _ = write!(words, "{comma}`{model}`");
        }
        words.push_str(if allowed.next().is_some() {
            ", …"
        } else {
            "."
        });
        words
    }

    fn own(&self) -> impl Iterator<Item = &str> {
        let own = std::iter::once(&self.default).chain(&self.fallbacks);
        own.map(String::as_str)
    }
}

/// Whether a text fits a pattern.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let Some(last) = pieces.next_back() else {
        return rest.is_empty();
    };
    for piece in pieces {
        match rest.split_once(piece) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_matches_any_text() {
        for (pattern, text, expected) in [
            ("a/b", "a/b", true),
            ("a/b", "a/b:free", false),
            ("a/*", "a/b:free", true),
            ("a/*", "a/", true),
            ("a/*", "b/a/", false),
            ("*:free", "a/b:free", true),
            ("*:free", "a/b:paid", false),
            ("a*b*c", "a1b2c", true),
            ("a*b*c", "a1c2b", false),
            ("ab*ba", "aba", false),
            ("*", "anything", true),
            ("A/*", "a/b", false),
        ] {
            assert_eq!(fits(pattern, text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn the_own_models_are_always_allowed() {
        let options = ModelOptions {
            default: "own".to_owned(),
            fallbacks: vec!["second".to_owned()],
            allowed: AllowedModels::Listed(vec!["a/*".to_owned()]),
            ..ModelOptions::default()
        };
        for model in ["own", "second", "a/b", " ", ""] {
            assert!(options.allows(model), "{model}");
        }
        assert!(!options.allows("b/c"));
        assert_eq!(
            options.refusal_of("b/c"),
            "The model `b/c` may not be asked here. Choose one of: `own`, `second`, `a/*`."
        );
        let many = (0..20).map(|n| n.to_string()).collect();
        let many = ModelOptions {
            allowed: AllowedModels::Listed(many),
            ..options
        };
        assert!(many.refusal_of("b").ends_with("`5`, …"));
        assert!(ModelOptions::default().allows("b/c"));
    }
}
