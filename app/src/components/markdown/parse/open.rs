//! What is open around the next line: containers, and at most one leaf in the innermost.

use super::{Alignment, Block, Inline, Item, definition::Definitions, inline::inlines};
use crate::components::markdown::fence::Fence;

/// Blocks while they are read. Texts are in them unread, each as one [`Inline::Text`].
pub(super) struct Open {
    /// The innermost comes last; the first is the document.
    pub(super) containers: Vec<Container>,
    pub(super) leaf: Leaf,
    pub(super) definitions: Definitions,
    /// After a blank line: the index of the innermost quote around it, or of the document.
    pub(super) blank: Option<usize>,
    begun: Option<Begun>,
}

/// A top-level block that has begun.
struct Begun {
    start: usize,
    /// How many blocks came before it.
    before: usize,
}

pub(super) struct Container {
    pub(super) kind: Kind,
    pub(super) blocks: Vec<Block>,
}

pub(super) enum Kind {
    Document,
    Quote,
    List {
        sign: u8,
        start: Option<u64>,
        is_tight: bool,
        items: Vec<Item>,
    },
    Item {
        /// How far its lines are indented.
        indent: usize,
        task: Option<bool>,
    },
}

pub(super) enum Leaf {
    None,
    Paragraph {
        text: String,
        /// Where its last line begins, in `text` and among all lines.
        last: usize,
        last_start: usize,
    },
    Fenced {
        fence: Fence,
        language: String,
        text: String,
    },
    Indented(String),
    Table {
        alignments: Vec<Alignment>,
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
}

impl Open {
    pub(super) fn new() -> Self {
        let mut open = Self {
            containers: Vec::new(),
            leaf: Leaf::None,
            definitions: Definitions::new(),
            blank: None,
            begun: None,
        };
        open.push(Kind::Document);
        open
    }

    pub(super) fn take_begun(&mut self) -> Option<(usize, Vec<Block>)> {
        let Begun { start, before } = self.begun.take()?;
        let blocks = &mut self.containers.first_mut()?.blocks;
        let after = blocks.split_off(before.min(blocks.len()));
        Some((start, std::mem::replace(blocks, after)))
    }

    pub(super) fn finish(mut self) -> Vec<Block> {
        self.close_to(1);
        let mut blocks = self
            .containers
            .pop()
            .map_or(Vec::new(), |document| document.blocks);
        read_texts(&mut blocks, &self.definitions);
        blocks
    }

    /// The index of the container that a blank line is in.
    pub(super) fn innermost_quote(&self) -> Option<usize> {
        self.containers
            .iter()
            .rposition(|container| matches!(container.kind, Kind::Quote | Kind::Document))
    }

    /// Prepares for a block within the first `depth` containers.
    pub(super) fn begin(&mut self, depth: usize, start: usize) {
        self.close_to(depth);
        if let Some(Kind::List { .. }) = self.containers.last().map(|last| &last.kind) {
            self.close_container();
        }
        self.note_looseness();
        self.note_begun(start);
    }

    pub(super) fn note_begun(&mut self, start: usize) {
        if let [document] = self.containers.as_slice() {
            self.begun = Some(Begun {
                start,
                before: document.blocks.len(),
            });
        }
    }

    /// A blank line before what begins now may part the items of a list.
    pub(super) fn note_looseness(&mut self) {
        let Some(quote) = self.blank.take() else {
            return;
        };
        let last = self.containers.len().saturating_sub(1);
        if last < quote {
            return;
        }
        let list = match self.containers.get(last) {
            Some(Container {
                kind: Kind::List { .. },
                ..
            }) => last,
            Some(Container {
                kind: Kind::Item { .. },
                blocks,
            }) if !blocks.is_empty() => last.saturating_sub(1),
            Some(_) | None => return,
        };
        if let Some(Container {
            kind: Kind::List { is_tight, .. },
            ..
        }) = self.containers.get_mut(list)
        {
            *is_tight = false;
        }
    }

    pub(super) fn push(&mut self, kind: Kind) {
        self.containers.push(Container {
            kind,
            blocks: Vec::new(),
        });
    }

    pub(super) fn add(&mut self, block: Block) {
        if let Some(container) = self.containers.last_mut() {
            container.blocks.push(block);
        }
    }

    /// Closes the leaf, and all containers but the first `depth`.
    pub(super) fn close_to(&mut self, depth: usize) {
        self.close_leaf();
        while self.containers.len() > depth.max(1) {
            self.close_container();
        }
    }

    fn close_container(&mut self) {
        let Some(Container { kind, blocks }) = self.containers.pop() else {
            return;
        };
        match kind {
            Kind::Document => {}
            Kind::Quote => self.add(Block::Quote(blocks)),
            Kind::List {
                start,
                is_tight,
                items,
                ..
            } => self.add(Block::List {
                start,
                is_tight,
                items,
            }),
            Kind::Item { task, .. } => {
                if let Some(Container {
                    kind: Kind::List { items, .. },
                    ..
                }) = self.containers.last_mut()
                {
                    items.push(Item { task, blocks });
                }
            }
        }
    }

    pub(super) fn close_leaf(&mut self) {
        match std::mem::replace(&mut self.leaf, Leaf::None) {
            Leaf::None => {}
            Leaf::Paragraph { text, .. } => {
                let text = self.definitions.take_from(&text).trim_end();
                if !text.is_empty() {
                    self.add(Block::Paragraph(unread(text)));
                }
            }
            Leaf::Fenced {
                language, mut text, ..
            } => {
                text.pop();
                self.add(Block::Code { language, text });
            }
            Leaf::Indented(mut text) => {
                while let Some((code, last)) = text.trim_end_matches('\n').rsplit_once('\n')
                    && last.trim_matches([' ', '\t']).is_empty()
                {
                    text.truncate(code.len());
                }
                text.truncate(text.trim_end_matches('\n').len());
                self.add(Block::Code {
                    language: String::new(),
                    text,
                });
            }
            Leaf::Table {
                alignments,
                head,
                rows,
            } => self.add(Block::Table {
                alignments,
                head,
                rows,
            }),
        }
    }
}

pub(super) fn unread(text: &str) -> Vec<Inline> {
    vec![Inline::Text(text.to_owned())]
}

fn read_texts(blocks: &mut [Block], definitions: &Definitions) {
    let read = |content: &mut Vec<Inline>| {
        if let Some(Inline::Text(text)) = content.pop() {
            *content = inlines(&text, definitions);
        }
    };
    for block in blocks {
        match block {
            Block::Paragraph(content) | Block::Heading { content, .. } => read(content),
            Block::Quote(blocks) => read_texts(blocks, definitions),
            Block::List { items, .. } => {
                for item in items {
                    read_texts(&mut item.blocks, definitions);
                }
            }
            Block::Table { head, rows, .. } => {
                head.iter_mut().for_each(read);
                rows.iter_mut().flatten().for_each(read);
            }
            Block::Code { .. } | Block::Rule => {}
        }
    }
}
