//! Features that a server does not support, which are left out of requests.

use std::collections::BTreeSet;

/// An optional feature that a server, or a model on it, does not support.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Trait {
    /// A field of the request, such as `stream_options` or `reasoning_effort`.
    Field(String),
    /// A field of the model's own messages and calls that is sent back, such as `reasoning_content`.
    GivenBack(String),
    /// `cache_control`, in any place.
    CacheControl,
    /// Tools.
    Tools,
    /// Images.
    Images,
    /// Other files, such as PDF.
    Files,
    /// Images in tool outputs; they may be accepted elsewhere.
    ToolPictures,
    /// Streaming: the answer is a single JSON object.
    Streaming,
}

/// The known unsupported features of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traits(BTreeSet<Trait>);

impl Traits {
    /// Whether the server may support a feature.
    #[must_use]
    pub fn takes(&self, without: &Trait) -> bool {
        !self.0.contains(without)
    }

    /// Whether the request may have the top-level field `name`.
    #[must_use]
    pub fn takes_field(&self, name: &str) -> bool {
        self.takes(&Trait::Field(name.to_owned()))
    }

    /// Whether the field `name` of a message, a call or a call's function may be sent back.
    #[must_use]
    pub fn takes_back(&self, name: &str) -> bool {
        self.takes(&Trait::GivenBack(name.to_owned()))
    }

    /// Adds an unsupported feature; returns whether it is new.
    pub fn insert(&mut self, without: Trait) -> bool {
        self.0.insert(without)
    }

    /// All features, in order.
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
