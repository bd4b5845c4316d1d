//! Text.

use common::message::{Part, PartState, Role};
use leptos::prelude::*;

use super::PartHandle;
use crate::components::{
    ButtonKind, MarkdownSource, button,
    dynamic::{text, when},
    markdown,
    node::element,
};

/// The model's text is markdown; what a person typed is shown as typed.
pub(crate) fn text_view(role: Role, part: PartHandle) -> AnyView {
    let source = PartText::new(part);
    let rest = source.rest();
    let shown = match role {
        Role::Assistant => markdown(source),
        Role::User | Role::System => {
            let words = text(move || source.with(str::to_owned));
            element("p", vec![words]).with("class", "typed").erase()
        }
    };
    with_rest(shown, rest)
}

/// A text, and below it the way to the rest of one that is cut.
pub(super) fn with_rest(shown: AnyView, rest: Option<AnyView>) -> AnyView {
    match rest {
        None => shown,
        Some(rest) => element("div", vec![shown.into(), rest.into()]).erase(),
    }
}

/// The most bytes of a text that are shown unasked: more of it would hold up the page.
const SHOWN_BYTES: usize = 64 * 1024;

/// The text of a text or reasoning part.
#[derive(Clone, Debug)]
pub(super) struct PartText {
    part: PartHandle,
    extent: Extent,
}

/// How much of a text is shown.
#[derive(Clone, Debug)]
enum Extent {
    /// All of it.
    Whole,
    /// Its beginning, until the reader wants all.
    Beginning(ArcRwSignal<bool>),
}

impl PartText {
    /// A text that was long before it came to this page is shown in part; one that the reader sees growing is not cut.
    pub(super) fn new(part: PartHandle) -> Self {
        let is_cut = part
            .with_untracked(|part| text_of(part).len() > SHOWN_BYTES && !Self::is_streaming(part));
        let extent = match is_cut {
            Some(true) => Extent::Beginning(ArcRwSignal::new(false)),
            Some(false) | None => Extent::Whole,
        };
        Self { part, extent }
    }

    /// The button that shows all of a text that is cut.
    pub(super) fn rest(&self) -> Option<AnyView> {
        let Extent::Beginning(all) = &self.extent else {
            return None;
        };
        let (all, part) = (all.clone(), self.part.clone());
        let is_cut = {
            let all = all.clone();
            move || !all.get()
        };
        Some(when(is_cut, move || {
            let all = all.clone();
            let bytes = part.with_untracked(|part| text_of(part).len());
            let words = format!("Show all ({} kB)", bytes.unwrap_or_default() / 1000);
            let show = Callback::new(move |()| all.set(true));
            button(ButtonKind::Plain, words, show).erase()
        }))
    }

    /// The text as far as it is shown.
    fn shown<'text>(&self, text: &'text str, read: fn(&ArcRwSignal<bool>) -> bool) -> &'text str {
        match &self.extent {
            Extent::Beginning(all) if !read(all) => {
                let end = text.floor_char_boundary(SHOWN_BYTES);
                let (beginning, _) = text.split_at(end);
                // Whole lines, where they are not too long.
                let line = beginning.rfind('\n').filter(|end| *end > SHOWN_BYTES / 2);
                line.map_or(beginning, |end| beginning.split_at(end).0)
            }
            Extent::Beginning(_) | Extent::Whole => text,
        }
    }

    /// Whether the part may still grow.
    pub(super) fn is_streaming(part: &Part) -> bool {
        part.state() == Some(PartState::Streaming)
    }
}

impl MarkdownSource for PartText {
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        let read = |part: &Part| read(self.shown(text_of(part), ArcRwSignal::get));
        self.part.with(read).unwrap_or_default()
    }

    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        let read = |part: &Part| read(self.shown(text_of(part), ArcRwSignal::get_untracked));
        self.part.with_untracked(read).unwrap_or_default()
    }

    fn is_growing(&self) -> bool {
        self.part
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
