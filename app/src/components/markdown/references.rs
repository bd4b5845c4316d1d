//! What the blocks of a growing text define, and which of them refer to it.

use std::collections::BTreeMap;

use super::{
    fence::FencedCode,
    parse::{Definition, definitions, labels},
    split::Block,
};

/// What a block refers to that is defined in other blocks, as markdown that shows nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Needed {
    /// The first definition of a link counts, so that these come before the block.
    pub(super) links: String,
    /// These come behind it: what is indented at its beginning would be a part of the note.
    pub(super) footnotes: String,
}

/// What is defined where, and who refers to it.
#[derive(Default)]
pub(super) struct References {
    /// By their labels, what closed blocks define, and in which of them.
    closed: BTreeMap<String, (usize, String)>,
    /// What the open block defines so far: the last line may not be whole.
    open: BTreeMap<String, String>,
    /// The closed blocks that refer to anything, or may.
    blocks: BTreeMap<usize, (Block, Vec<String>)>,
    /// Which of them have a label in brackets.
    by_label: BTreeMap<String, Vec<usize>>,
    /// How many blocks are closed.
    count: usize,
    changed: Vec<usize>,
}

impl References {
    /// Keeps a closed block in mind; returns it with what it refers to.
    pub(super) fn close(&mut self, mut block: Block) -> Block {
        let index = self.count;
        self.count += 1;
        if FencedCode::read(&block.source).is_some() {
            return block;
        }
        for definition in definitions(&block.source) {
            let Definition { label, markdown } = definition;
            self.note_change(&label);
            self.closed.entry(label).or_insert((index, markdown));
        }
        let labels = labels(&block.source);
        block.definitions = self.needed(&labels, index);
        if !labels.is_empty() {
            for label in &labels {
                self.by_label.entry(label.clone()).or_default().push(index);
            }
            self.blocks.insert(index, (block.clone(), labels));
        }
        block
    }

    /// Reads what the open block defines.
    pub(super) fn read_open(&mut self, open: &Block, is_code: bool) {
        let now: BTreeMap<_, _> = if is_code {
            BTreeMap::new()
        } else {
            let definitions = definitions(&open.source).into_iter();
            definitions
                .map(|Definition { label, markdown }| (label, markdown))
                .collect()
        };
        let before = std::mem::replace(&mut self.open, now);
        let is_changed = |label: &&String| before.get(*label) != self.open.get(*label);
        let labels = before.keys().chain(self.open.keys());
        for label in labels.filter(is_changed) {
            if let Some(blocks) = self.by_label.get(label) {
                self.changed.extend(blocks);
            }
        }
    }

    /// What the open block refers to.
    pub(super) fn of_open(&self, open: &Block, is_code: bool) -> Needed {
        if is_code {
            Needed::default()
        } else {
            self.needed(&labels(&open.source), self.count)
        }
    }

    fn note_change(&mut self, label: &str) {
        if let Some(blocks) = self.by_label.get(label) {
            self.changed.extend(blocks);
        }
    }

    /// The definitions of labels that are in other blocks than the one with the number `index`.
    fn needed(&self, labels: &[String], index: usize) -> Needed {
        let mut needed = Needed::default();
        for label in labels {
            let open = || Some((self.count, self.open.get(label)?));
            let closed = self.closed.get(label);
            let closed = closed.map(|(place, markdown)| (*place, markdown));
            if let Some((place, markdown)) = closed.or_else(open)
                && place != index
            {
                let is_footnote = label.starts_with('^');
                let Needed { links, footnotes } = &mut needed;
                let place = if is_footnote { footnotes } else { links };
                place.push_str(markdown);
            }
        }
        needed
    }

    /// The closed blocks that refer to what has changed since the last time, with their numbers.
    pub(super) fn take_changed(&mut self) -> Vec<(usize, Block)> {
        let mut numbers = std::mem::take(&mut self.changed);
        numbers.sort_unstable();
        numbers.dedup();
        let mut changed = Vec::new();
        for index in numbers {
            let Some((_, labels)) = self.blocks.get(&index) else {
                continue;
            };
            let definitions = self.needed(labels, index);
            if let Some((block, _)) = self.blocks.get_mut(&index)
                && block.definitions != definitions
            {
                block.definitions = definitions;
                changed.push((index, block.clone()));
            }
        }
        changed
    }
}
