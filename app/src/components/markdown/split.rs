//! Cuts a growing markdown text into top-level blocks, so that what has been shown need not be read again.
//!
//! A block is closed once a whole line has come that begins the next one. Whole lines only: half a line can still
//! become something else (`1` a paragraph, `1. b` the list's next item). The blocks together are the text.

use super::{
    parse::{self, Scanner},
    render,
};

/// A top-level block with the blank lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its markdown.
    pub(super) source: String,
    /// The level of the heading last shown before it.
    pub(super) above: u8,
}

/// A text as far as it has come.
pub(super) struct Splitter {
    /// What is not in a closed block.
    open: Block,
    /// There is more in it than blank lines, among those that have been looked at.
    has_begun: bool,
    /// How much of the open block has been looked at: whole lines.
    seen: usize,
    scanner: Scanner,
    /// The length of the closed blocks.
    closed: usize,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            open: Block {
                source: String::new(),
                above: render::PAGE_HEADING,
            },
            has_begun: false,
            seen: 0,
            scanner: Scanner::new(),
            closed: 0,
        }
    }

    /// What may still change.
    pub(super) const fn open(&self) -> &Block {
        &self.open
    }

    /// Takes more text; the blocks that it closes do not change any more.
    pub(super) fn push(&mut self, delta: &str) -> Vec<Block> {
        let mut closed = Vec::new();
        for piece in delta.split_inclusive('\n') {
            self.open.source.push_str(piece);
            if piece.ends_with('\n') {
                self.take_line(&mut closed);
            }
        }
        closed
    }

    /// Looks at the line that is complete now.
    fn take_line(&mut self, closed: &mut Vec<Block>) {
        let was_in_fence = self.scanner.is_in_top_level_fence();
        self.scanner
            .line(self.open.source.get(self.seen..).unwrap_or_default());
        self.seen = self.open.source.len();
        if let Some((start, before)) = self.scanner.take_begun() {
            let above = before
                .iter()
                .fold(self.open.above, |above, block| match block {
                    parse::Block::Heading { level, .. } => render::shown_level(*level, above),
                    parse::Block::Paragraph(_)
                    | parse::Block::Code { .. }
                    | parse::Block::Quote(_)
                    | parse::Block::List { .. }
                    | parse::Block::Table { .. }
                    | parse::Block::Rule => above,
                });
            if self.has_begun {
                closed.push(self.cut(start - self.closed, above));
            }
            self.has_begun = true;
        }
        // Code ends with its fence: what follows is no part of it, not even blank lines.
        if was_in_fence && !self.scanner.is_in_top_level_fence() {
            closed.push(self.cut(self.seen, self.open.above));
            self.has_begun = false;
        }
    }

    fn cut(&mut self, end: usize, above: u8) -> Block {
        let rest = self.open.source.split_off(end);
        self.seen -= end;
        self.closed += end;
        std::mem::replace(
            &mut self.open,
            Block {
                source: rest,
                above,
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SAMPLES: &[&str] = &[
        "# Title\n\nText with *stars*.\nMore.\n\n- a\n- b\n\n  still b\n\n1. x\n\n2. y\n\nend",
        "Before\n```rust\nfn main() {}\n\n// more\n```\n\n\nAfter\n~~~\nopen",
        "| a | b |\n|---|---|\n| 1 | 2 |\n\nSetext\n===\n\n> quote\nlazy\n\n> other\n\n***\n\n    indented\n\n<div>\nhtml\n\n</div>\n",
        "para\n\n[x]:\nhttp://a.example\n\n[x] and [y]\nmore\n\n[z]: u\ntext\n\nlast\n",
        "- ```\n  code\n\n  more\n  ```\n- b\n\n```\nunclosed\n\n# no heading\n",
        "1. a\n\n2. b\n10) c\n\n* d\n+ e\n\n- [ ] f\n- [x] g\n## H\ntext\n### I\n# J\n",
        "a\r\n\r\nb\r\n```\r\nc\r\n```\r\nd\r\n",
        "<!-- open\n\ncomment -->\n\ntext\n\n\n\n  ~~~~ js\n  a\n  ~~~\n  ~~~~\nend\n***\n- - -\n",
    ];

    fn split(pieces: &[&str]) -> Vec<Block> {
        let mut splitter = Splitter::new();
        let mut blocks: Vec<Block> = pieces
            .iter()
            .flat_map(|piece| splitter.push(piece))
            .collect();
        blocks.push(splitter.open().clone());
        blocks
    }

    fn check_every_cut(text: &str) {
        let whole = split(&[text]);
        let joined: String = whole.iter().map(|block| block.source.as_str()).collect();
        assert_eq!(joined, text, "nothing is lost");
        let ends = || text.char_indices().map(|(at, _)| at);
        for at in ends() {
            assert_eq!(
                split(&[&text[..at], &text[at..]]),
                whole,
                "{:?} | {:?}",
                &text[..at],
                &text[at..]
            );
        }
        // References need the whole text.
        if !text.contains("]:") {
            let read: Vec<_> = whole
                .iter()
                .flat_map(|block| parse::parse(&block.source))
                .collect();
            assert_eq!(read, parse::parse(text), "block by block: {text:?}");
        }
        let letters: Vec<&str> = text.split_inclusive(|_| true).collect();
        assert_eq!(split(&letters), whole, "letter by letter: {text:?}");
    }

    #[test]
    fn splitting_at_any_place_changes_nothing() {
        SAMPLES.iter().for_each(|text| check_every_cut(text));
    }

    #[test]
    fn splitting_random_texts_at_any_place_changes_nothing() {
        const LINES: &[&str] = &[
            "",
            "",
            "text",
            "# h",
            "### h",
            "- a",
            "  - b",
            "  b",
            "1. a",
            "2. b",
            "10) c",
            "* d",
            "```",
            "```js",
            "~~~",
            "  ```",
            "    code",
            "> q",
            "***",
            "---",
            "===",
            "| a | b |",
            "|---|---|",
            "<div>",
            "</div>",
            "<!--",
            "-->",
            "[x]:",
            "[x]: u",
            "[x",
            "](y)",
            "\"t\"",
            "*a",
            "b*",
            "\t- t",
            "`a",
            "- ```",
            "> ```",
            "\\",
            "- [ ] t",
            "http://a",
            "+",
            "-",
            "1.",
        ];
        let mut random = fastrand::Rng::with_seed(7);
        for _ in 0..3000 {
            let lines: Vec<&str> = (0..random.usize(1..9))
                .map(|_| LINES[random.usize(..LINES.len())])
                .collect();
            check_every_cut(&lines.join("\n"));
        }
    }

    #[test]
    fn blocks() {
        let sources = |text| {
            split(&[text])
                .into_iter()
                .map(|block| block.source)
                .collect::<Vec<_>>()
        };
        assert_eq!(sources("a\n\nb\n\nc"), ["a\n\n", "b\n\nc"]);
        assert_eq!(
            sources("a\n```\nb\n\nc\n```\n\nd\n"),
            ["a\n", "```\nb\n\nc\n```\n", "\nd\n"]
        );
        assert_eq!(sources("- a\n\n- b\n\nc\n"), ["- a\n\n- b\n\n", "c\n"]);
    }

    #[test]
    fn headings_do_not_skip_levels() {
        let above: Vec<u8> = split(&["### a\n\n# b\n\n#### c\n\nd\n\ne\n"])
            .iter()
            .map(|block| block.above)
            .collect();
        assert_eq!(above, [1, 2, 2, 3, 3]);
    }
}
