//! What a server does not know, so that it is left out of what we send.

use std::collections::BTreeSet;

/// Something optional that a server, or one model on it, does not take.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    /// No such field of the request, such as `stream_options` or `reasoning_effort`.
    Field(String),
    /// No such field of the model's own messages and calls when they are given back, such as `reasoning_content`.
    GivenBack(String),
    /// No `cache_control`, wherever it is.
    CacheControl,
    /// No tools.
    Tools,
    /// No pictures.
    Images,
    /// No other files, such as PDF.
    Files,
    /// No pictures in the outputs of tools; elsewhere it may take them.
    ToolPictures,
    /// No streaming: the answer is one JSON object.
    Streaming,
}

/// What a server does not take, as far as is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits(BTreeSet<Trait>);

impl Traits {
    /// Whether the server takes what `without` is about.
    #[must_use]
    pub fn takes(&self, without: &Trait) -> bool {
        !self.0.contains(without)
    }

    /// Whether the request may have the top-level field `name`.
    #[must_use]
    pub fn takes_field(&self, name: &str) -> bool {
        self.takes(&Trait::Field(name.to_owned()))
    }

    /// Whether the field `name` of a message, a call or a call's function may be given back.
    #[must_use]
    pub fn takes_back(&self, name: &str) -> bool {
        self.takes(&Trait::GivenBack(name.to_owned()))
    }

    /// Adds what the server turned out not to take; whether that is news.
    pub fn insert(&mut self, without: Trait) -> bool {
        self.0.insert(without)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Trait> {
        self.0.iter()
    }
}

impl Extend<Trait> for Traits {
    fn extend<I: IntoIterator<Item = Trait>>(&mut self, traits: I) {
        self.0.extend(traits);
    }
}

impl FromIterator<Trait> for Traits {
    fn from_iter<I: IntoIterator<Item = Trait>>(traits: I) -> Self {
        Self(traits.into_iter().collect())
    }
}
