//! Text.

use common::message::{Part, PartState, Role};
use leptos::prelude::*;

use super::PartHandle;
use crate::components::{MarkdownSource, dynamic::text, markdown, node::element};

/// The model's text is markdown; what a person typed is shown as typed.
pub(crate) fn text_view(role: Role, part: PartHandle) -> AnyView {
    let source = PartText(part);
    match role {
        Role::Assistant => markdown(source),
        Role::User | Role::System => {
            let words = text(move || source.with(str::to_owned));
            element("p", vec![words]).with("class", "typed").erase()
        }
    }
}

/// The text of a text or reasoning part.
#[derive(Clone, Debug)]
pub(super) struct PartText(pub(super) PartHandle);

impl PartText {
    /// Whether the part may still grow.
    pub(super) fn is_streaming(part: &Part) -> bool {
        part.state() == Some(PartState::Streaming)
    }
}

impl MarkdownSource for PartText {
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        self.0.with(|part| read(text_of(part))).unwrap_or_default()
    }

    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        self.0
            .with_untracked(|part| read(text_of(part)))
            .unwrap_or_default()
    }

    fn is_growing(&self) -> bool {
        self.0
            .with_untracked(Self::is_streaming)
            .unwrap_or_default()
    }
}

fn text_of(part: &Part) -> &str {
    match part {
        Part::Text(part) => &part.text,
        Part::Reasoning(part) => &part.text,
        Part::File(_)
        | Part::SourceUrl(_)
        | Part::SourceDocument(_)
        | Part::StepStart
        | Part::Tool(_)
        | Part::Data(_)
        | Part::Other(_) => "",
    }
}
