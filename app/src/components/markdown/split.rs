//! Cuts a growing markdown text into top-level blocks, so that what has been shown need not be read again.
//!
//! A block is closed once a whole line has come that begins the next one. Whole lines only: half a line can still
//! become something else (`1` a paragraph, `1. b` the list's next item). The blocks together are the text.
//!
//! A closed block is read again only when something that it refers to is defined in another block.

use super::{
    fence::FencedCode,
    parse::outline,
    references::{Needed, References},
    render,
};

/// A top-level block with the blank lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    /// Its markdown.
    pub(super) source: String,
    /// The level of the heading last shown before it.
    pub(super) above: u8,
    pub(super) definitions: Needed,
}

impl Block {
    /// Its markdown and what that refers to.
    pub(super) fn into_markdown(mut self) -> String {
        let Needed { links, footnotes } = self.definitions;
        self.source.push_str(&footnotes);
        if links.is_empty() {
            self.source
        } else {
            links + &self.source
        }
    }
}

/// A text as far as it has come.
pub(super) struct Splitter {
    /// What is not in a closed block.
    open: Block,
    /// How much of the open block has been looked at: whole lines.
    seen: usize,
    /// The open block is code between fences.
    is_in_fence: bool,
    references: References,
}

impl Splitter {
    pub(super) fn new() -> Self {
        Self {
            open: Block {
                source: String::new(),
                above: render::PAGE_HEADING,
                definitions: Needed::default(),
            },
            seen: 0,
            is_in_fence: false,
            references: References::default(),
        }
    }

    /// What may still change.
    pub(super) const fn open(&self) -> &Block {
        &self.open
    }

    /// Whether any text is not in a closed block.
    pub(super) const fn has_open(&self) -> bool {
        !self.open.source.is_empty()
    }

    /// Whether what is open is code between fences.
    pub(super) const fn is_in_code(&self) -> bool {
        self.is_in_fence
    }

    /// Takes more text and returns the blocks that it closes. Those change only by what [`Self::take_changed`] returns.
    pub(super) fn push(&mut self, delta: &str) -> Vec<Block> {
        let mut closed = Vec::new();
        self.open.source.push_str(delta);
        let end = self.open.source.rfind('\n').map_or(0, |at| at + 1);
        if end > self.seen {
            self.take_lines(end, &mut closed);
        }
        self.references.read_open(&self.open, self.is_in_fence);
        self.open.definitions = self.references.of_open(&self.open, self.is_in_fence);
        closed
    }

    /// The closed blocks that refer to what has been defined since the last time, with their numbers.
    pub(super) fn take_changed(&mut self) -> Vec<(usize, Block)> {
        self.references.take_changed()
    }

    /// Looks at the lines that are complete now, up to `end`.
    fn take_lines(&mut self, end: usize, closed: &mut Vec<Block>) {
        let mut cuts = Vec::new();
        let start = if self.is_in_fence {
            self.take_code(end, &mut cuts)
        } else {
            0
        };
        if !self.is_in_fence {
            self.take_blocks(start, end, &mut cuts);
        }
        let mut start = 0;
        for cut in cuts {
            let source = self.open.source.get(start..cut.end).unwrap_or_default();
            let block = Block {
                source: source.to_owned(),
                above: self.open.above,
                definitions: Needed::default(),
            };
            closed.push(self.references.close(block));
            start = cut.end;
            self.open.above = cut.above;
        }
        self.open.source.drain(..start);
        self.seen = end - start;
    }

    /// Looks for the line that ends the code: what follows is no part of it, not even blank lines.
    fn take_code(&mut self, end: usize, cuts: &mut Vec<Cut>) -> usize {
        let lines = self.open.source.get(self.seen..end).unwrap_or_default();
        let fence = FencedCode::read(&self.open.source).map(|code| code.fence());
        let mut at = self.seen;
        for line in lines.split_inclusive('\n') {
            at += line.len();
            if fence.is_some_and(|fence| fence.is_closed_by(line)) {
                self.is_in_fence = false;
                cuts.push(Cut {
                    end: at,
                    above: self.open.above,
                });
                break;
            }
        }
        at
    }

    /// Finds where the blocks between `start` and `end` part. The last one stays open, unless it is code that ends.
    fn take_blocks(&mut self, start: usize, end: usize, cuts: &mut Vec<Cut>) {
        let text = self.open.source.get(start..end).unwrap_or_default();
        let mut above = self.open.above;
        let mut cut = 0;
        for block in outline(text) {
            let before = text.get(cut..block.start).unwrap_or_default();
            if block.is_certain && !before.trim().is_empty() {
                cut = block.start;
                cuts.push(Cut {
                    end: start + cut,
                    above,
                });
            }
            if let Some(level) = block.level {
                above = render::shown_level(level, above);
            }
            let code = text.get(block.start..).and_then(FencedCode::read);
            if let Some(code) = code.filter(|_| block.is_fence) {
                let Some(after) = code.after() else {
                    self.is_in_fence = true;
                    return;
                };
                cut = text.len() - after.len();
                cuts.push(Cut {
                    end: start + cut,
                    above,
                });
            }
        }
    }
}

/// Where a block ends.
struct Cut {
    end: usize,
    /// The level of the heading last shown before the next block.
    above: u8,
}

#[cfg(test)]
mod tests {
    use super::{super::parse::parse, *};

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
        let mut blocks = Vec::new();
        for piece in pieces {
            blocks.append(&mut splitter.push(piece));
            for (index, block) in splitter.take_changed() {
                blocks[index] = block;
            }
        }
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
        let read: Vec<_> = whole
            .iter()
            .flat_map(|block| parse(&block.clone().into_markdown()))
            .collect();
        assert_eq!(read, parse(text), "block by block: {text:?}");
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
    fn later_definitions_are_found() {
        let sizes = [1, 7, 1000];
        for text in [
            "See [the docs][1] and [RFC 2119].\n\nMore.\n\n[1]: https://a.example/b\n[RFC 2119]: <https://c.example/d e> \"t\"",
            "Fast.[^1] Safe.[^Note]\n\n[^1]: https://a.example/b\n\n[^note]: *So* says the book.\n\n    And more.",
            "- [a]\n- b[^1]\n\n> [a][]\n\n| [A] |\n|---|\n| c[^1] |\n\n[a]: u?b&copy;\\>c\n[^1]: d\n[a]: v\n",
            "[a]: u\n\n[a] and [b]\n\n```\n[a]: v\n[b]: w\n```\n\n[a]\n",
            "[a]\n\n[a]: u\n\n[a]\n\n[a]: v\n\n[a]",
        ] {
            for size in sizes {
                let letters: Vec<char> = text.chars().collect();
                let pieces: Vec<String> = letters.chunks(size).map(String::from_iter).collect();
                let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                let read: Vec<_> = split(&pieces)
                    .into_iter()
                    .flat_map(|block| parse(&block.into_markdown()))
                    .collect();
                assert_eq!(read, parse(text), "{size} at a time: {text:?}");
            }
        }
    }

    #[test]
    fn closed_blocks_change_only_when_what_they_refer_to_does() {
        let mut splitter = Splitter::new();
        let closed = splitter.push("[a] b\n\n[c] d\n\ne\n\n");
        assert_eq!(closed.len(), 2);
        assert_eq!(splitter.take_changed(), []);
        assert_eq!(splitter.push("[a]: u").len(), 0);
        let changed = splitter.take_changed();
        assert_eq!(changed.len(), 1);
        let (index, block) = changed.into_iter().next().unwrap();
        assert_eq!(
            (index, block.into_markdown().as_str()),
            (0, "[a]: <u>\n\n[a] b\n\n")
        );
        splitter.push("\n\nf\n\n");
        assert_eq!(splitter.take_changed(), []);
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
