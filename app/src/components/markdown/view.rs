//! A markdown text on screen, still or growing.

use leptos::prelude::*;

use super::{
    code_block::{Code, CodeBlock},
    fence::FencedCode,
    open_marks,
    render::{self, render},
    split::{Block, Splitter},
};

/// Where the text comes from.
pub(crate) trait MarkdownSource: Clone + Send + Sync + 'static {
    /// Reads the text as it stands and follows it.
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T;

    /// Reads the text as it stands.
    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T;

    /// Whether more text is expected. Text that comes unexpected is shown too, at the price of reading all anew.
    fn is_growing(&self) -> bool;
}

/// A text that does not change.
impl MarkdownSource for String {
    fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(self)
    }

    fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
        read(self)
    }

    fn is_growing(&self) -> bool {
        false
    }
}

/// The text as views. Text only ever comes in at its end.
#[component]
pub(crate) fn Markdown<S: MarkdownSource>(
    /// Where the text comes from.
    source: S,
) -> impl IntoView {
    let content = if source.is_growing() {
        growing(source)
    } else {
        still(source)
    };
    view! { <div class="markdown">{content}</div> }
}

fn still<S: MarkdownSource>(source: S) -> AnyView {
    let content = still_content(source);
    view! { {move || block(content())} }.into_any()
}

/// The views of the whole text, made anew when its length changes.
fn still_content<S: MarkdownSource>(source: S) -> impl Fn() -> Vec<AnyView> {
    let length = {
        let source = source.clone();
        ArcMemo::new(move |_| source.with(str::len))
    };
    move || {
        // Read, since a memo that nobody has read follows nothing.
        length.get();
        source.with_untracked(|text| render(text, render::PAGE_HEADING))
    }
}

/// A block has no box of its own; it only keeps its views together.
fn block(content: Vec<AnyView>) -> AnyView {
    view! { <div class="block">{content}</div> }.into_any()
}

/// Blocks that are closed stay as they are; a delta changes the last one.
fn growing<S: MarkdownSource>(source: S) -> AnyView {
    let blocks = RwSignal::new(Vec::new());
    let mut splitter = Splitter::new();
    let mut taken = 0;
    let mut take = move |text: &str, is_growing: bool| {
        let delta = text.get(taken..).unwrap_or_default();
        // At the end of the text, marks without their other half are characters.
        if !delta.is_empty() || !is_growing {
            taken = text.len();
            let has_open = splitter.has_open();
            let was_in_code = splitter.is_in_code();
            let closed = splitter.push(delta);
            if was_in_code && closed.is_empty() {
                // Code may be long: it grows by what is new.
                grow_last(blocks, delta);
                return;
            }
            let open = splitter
                .has_open()
                .then(|| open_block(splitter.open(), is_growing));
            show(blocks, has_open, closed.into_iter().chain(open));
            for (index, block) in splitter.take_changed() {
                let shown = blocks.with_untracked(|blocks| blocks.get(index).cloned());
                if let Some(shown) = shown {
                    shown.source.set(block.into_markdown());
                }
            }
        }
    };
    let is_growing = source.is_growing();
    source.with_untracked(|text| take(text, is_growing));
    Effect::new(move || {
        let is_growing = source.is_growing();
        source.with(|text| take(text, is_growing));
    });
    view! {
        <For
            each=move || blocks.get().into_iter().enumerate()
            key=|(index, _)| *index
            let((_, shown))
        >
            <GrowingBlock shown />
        </For>
    }
    .into_any()
}

/// The block at the end, as it is shown.
fn open_block(open: &Block, is_growing: bool) -> Block {
    let mut open = open.clone();
    if is_growing && FencedCode::read(&open.source).is_none() {
        open.source = open_marks::closed(&open.source).into_owned();
    }
    open
}

/// A block on screen.
#[derive(Clone, Debug)]
struct ShownBlock {
    source: ArcRwSignal<String>,
    above: u8,
}

/// Brings the blocks up to date; with `has_open` the last of them is the one that was open.
fn show(blocks: RwSignal<Vec<ShownBlock>>, has_open: bool, new: impl Iterator<Item = Block>) {
    let mut shown = if has_open {
        blocks.with_untracked(|blocks| blocks.last().cloned())
    } else {
        None
    };
    let mut added = Vec::new();
    for block in new {
        match shown.take() {
            Some(shown) => shown.source.set(block.into_markdown()),
            None => added.push(ShownBlock {
                above: block.above,
                source: ArcRwSignal::new(block.into_markdown()),
            }),
        }
    }
    if !added.is_empty() {
        blocks.update(|blocks| blocks.append(&mut added));
    }
}

/// Appends to the block that is open.
fn grow_last(blocks: RwSignal<Vec<ShownBlock>>, delta: &str) {
    let last = blocks.with_untracked(|blocks| blocks.last().cloned());
    if let Some(last) = last {
        last.source.update(|source| source.push_str(delta));
    }
}

/// A block that may still grow.
#[component]
fn GrowingBlock(
    /// The block.
    shown: ShownBlock,
) -> impl IntoView {
    let ShownBlock { source, above } = shown;
    let is_code = {
        let source = source.clone();
        ArcMemo::new(move |_| source.with(|source| FencedCode::read(source).is_some()))
    };
    view! {
        {move || {
            let source = source.clone();
            if is_code.get() {
                view! { <GrowingCode source /> }.into_any()
            } else {
                view! { {move || source.with(|source| block(render(source, above)))} }.into_any()
            }
        }}
    }
}

/// Code that may still grow. It is not read again as markdown: it may be long.
#[component]
fn GrowingCode(
    /// The block, with its fences.
    source: ArcRwSignal<String>,
) -> impl IntoView {
    let block = source.clone();
    let language = Memo::new(move |_| {
        block.with(|block| {
            let code = FencedCode::read(block);
            code.map_or_else(String::new, |code| code.language.to_owned())
        })
    });
    view! {
        <div class="block">
            <CodeBlock language code=Code::Growing(source) />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone)]
    struct Text(ArcRwSignal<&'static str>);

    impl MarkdownSource for Text {
        fn with<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
            self.0.with(|text| read(text))
        }

        fn with_untracked<T: Default>(&self, read: impl FnOnce(&str) -> T) -> T {
            self.0.with_untracked(|text| read(text))
        }

        fn is_growing(&self) -> bool {
            false
        }
    }

    /// The end of an answer may arrive after the answer was over: when a replay was lost, the stored one is fetched.
    #[test]
    fn a_text_that_was_over_follows_what_still_arrives() {
        Owner::new().with(|| {
            let text = ArcRwSignal::new("Hello");
            let runs = RwSignal::new(0);
            let content = still_content(Text(text.clone()));
            let follower = Memo::new(move |_| {
                content();
                runs.update_untracked(|runs| *runs += 1);
                runs.get_untracked()
            });
            assert_eq!(follower.get_untracked(), 1);
            text.set("Hello from the model.");
            assert_eq!(follower.get_untracked(), 2);
            text.set("Hello from the model.");
            assert_eq!(
                follower.get_untracked(),
                2,
                "the same text is not rendered again"
            );
        });
    }
}
