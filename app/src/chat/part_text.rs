//! Text.

use common::message::{Part, PartState, Role};
use leptos::prelude::*;

use super::PartHandle;
use crate::{
    browser::dom,
    components::{Button, ButtonKind, GrowingText, Markdown, MarkdownSource},
};

/// The model's text is markdown; what a person typed is shown as typed.
#[component]
pub(super) fn TextView(
    /// Who wrote it.
    role: Role,
    /// The part.
    part: PartHandle,
) -> impl IntoView {
    let source = PartText::new(part);
    let text = source.clone();
    let shown = match role {
        Role::Assistant => view! { <Markdown source /> }.into_any(),
        Role::User | Role::System => view! { <TypedText source /> }.into_any(),
    };
    view! { <WithRest text>{shown}</WithRest> }
}

/// What a person typed, or pasted: the beginning of what is long.
#[component]
fn TypedText(source: PartText) -> impl IntoView {
    let lines = source.with_untracked(|text| text.lines().count());
    let is_long = lines > LONG_LINES || source.with_untracked(|text| text.len() > LONG_BYTES);
    let words = if lines > LONG_LINES {
        format!("Show all {lines} lines")
    } else {
        "Show all".to_owned()
    };
    view! {
        <div class="fold" class:foldable=is_long>
            <p class="typed" dir="auto" tabindex=is_long.then_some("-1")>
                {move || source.with(|text| GrowingText(text.to_owned()))}
            </p>
            {is_long
                .then(|| {
                    view! {
                        <button
                            type="button"
                            class="show-all"
                            on:click=|event| dom::unfold(&event, ".fold")
                        >
                            {words}
                        </button>
                    }
                })}
        </div>
    }
}

/// A text, and below it the way to the rest of one that is cut.
#[component]
pub(super) fn WithRest(
    /// The text.
    text: PartText,
    /// The text as a view.
    children: Children,
) -> impl IntoView {
    let PartText { part, extent } = text;
    match extent {
        Extent::Whole => children(),
        Extent::Beginning(is_whole) => {
            let bytes = part.with_untracked(|part| text_of(part).len());
            let kilobytes = bytes.unwrap_or_default() / 1000;
            let (is_cut, show) = (is_whole.clone(), is_whole);
            let show = Callback::new(move |()| show.set(true));
            view! {
                <div>
                    {children()}
                    <Show when=move || !is_cut.get()>
                        <Button kind=ButtonKind::Plain on_press=show>
                            {format!("Show all ({kilobytes} kB)")}
                        </Button>
                    </Show>
                </div>
            }
            .into_any()
        }
    }
}

/// What a person sent is folded when it has more lines.
const LONG_LINES: usize = 30;

/// Or more bytes.
const LONG_BYTES: usize = 4_000;

/// The most bytes of a text that are shown unasked: more of it would hold up the page. It is below the 65,536 characters
/// after which Chromium's HTML parser begins another text node, which no hydration expects.
const SHOWN_BYTES: usize = 60_000;

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
