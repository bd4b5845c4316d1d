//! Cuts a growing markdown text into top-level blocks, so that what has been shown need not be read again.
//!
//! A block is closed once a whole line has come that begins the next one. Whole lines only: half a line can still
//! become something else (`1` a paragraph, `1. b` the list's next item). The blocks together are the text.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, OffsetIter, Parser, Tag};

use super::{
    fence::{Fence, FencedCode},
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
#[derive(Debug)]
pub(super) struct Splitter {
    /// What is not in a closed block.
    open: Block,
    /// How much of the open block has been looked at: whole lines.
    seen: usize,
    /// The open block is code between fences.
    fence: Option<Fence>,
}

impl Splitter {
    pub(super) const fn new() -> Self {
        Self {
            open: Block {
                source: String::new(),
                above: render::PAGE_HEADING,
            },
            seen: 0,
            fence: None,
        }
    }

    /// What may still change.
    pub(super) const fn open(&self) -> &Block {
        &self.open
    }

    /// Takes more text; the blocks that it closes do not change any more.
    pub(super) fn push(&mut self, delta: &str) -> Vec<Block> {
        self.open.source.push_str(delta);
        let mut closed = Vec::new();
        let Some(mut lines) = self.open.source.rfind('\n').map(|last| last + 1) else {
            return closed;
        };
        if let Some(fence) = self.fence {
            if let Some(end) = fence.end(self.text(lines), self.seen) {
                closed.push(self.cut(end, None));
                lines -= end;
            } else {
                self.seen = lines;
                return closed;
            }
        }
        if lines <= self.seen {
            return closed;
        }
        let Cuts { cuts, fence } = find_cuts(self.text(lines));
        let mut taken = 0;
        for Cut { end, heading } in cuts {
            closed.push(self.cut(end - taken, heading));
            taken = end;
        }
        self.fence = fence;
        self.seen = lines - taken;
        closed
    }

    fn text(&self, end: usize) -> &str {
        self.open.source.get(..end).unwrap_or_default()
    }

    fn cut(&mut self, end: usize, heading: Option<HeadingLevel>) -> Block {
        let rest = self.open.source.split_off(end);
        let above = heading.map_or(self.open.above, |level| {
            render::shown_level(level, self.open.above)
        });
        self.seen = 0;
        self.fence = None;
        std::mem::replace(
            &mut self.open,
            Block {
                source: rest,
                above,
            },
        )
    }
}

/// Where blocks end, and the fence that the rest of the text is behind.
struct Cuts {
    cuts: Vec<Cut>,
    fence: Option<Fence>,
}

struct Cut {
    end: usize,
    heading: Option<HeadingLevel>,
}

fn find_cuts(text: &str) -> Cuts {
    let mut cuts = Vec::new();
    let mut blocks = top_level(text).into_iter().peekable();
    while let Some(block) = blocks.next() {
        if block.kind == Kind::Fence
            && let Some(source) = text.get(block.start..)
            && let Some(code) = FencedCode::read(source)
        {
            let (fence, from) = code.open_fence(source);
            match fence.end(source, from) {
                Some(end) => cuts.push(Cut {
                    end: block.start + end,
                    heading: None,
                }),
                None => {
                    return Cuts {
                        cuts,
                        fence: Some(fence),
                    };
                }
            }
            continue;
        }
        let heading = if let Kind::Heading(level) = block.kind {
            Some(level)
        } else {
            None
        };
        match blocks.peek() {
            None => break,
            Some(next) => {
                let end = next.start;
                let is_sure = next.kind != Kind::MayDissolve;
                if is_sure || blocks.clone().nth(1).is_some() {
                    cuts.push(Cut { end, heading });
                }
            }
        }
    }
    Cuts { cuts, fence: None }
}

#[derive(Clone, Debug)]
struct TopLevel {
    /// Where its first line begins.
    start: usize,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Heading(HeadingLevel),
    Fence,
    /// A paragraph that the next line may turn into the definition of a link, which is no block.
    MayDissolve,
    Other,
}

fn top_level(text: &str) -> Vec<TopLevel> {
    let mut blocks = Vec::new();
    let mut depth = 0_usize;
    let events: OffsetIter<'_> = Parser::new_ext(text, render::OPTIONS).into_offset_iter();
    for (event, range) in events {
        if matches!(event, Event::End(_)) {
            depth = depth.saturating_sub(1);
            continue;
        }
        if depth == 0 {
            let before = text.get(..range.start).unwrap_or_default();
            let source = text.get(range).unwrap_or_default();
            blocks.push(TopLevel {
                start: before.rfind('\n').map_or(0, |last| last + 1),
                kind: kind(&event, source),
            });
        }
        if matches!(event, Event::Start(_)) {
            depth += 1;
        }
    }
    blocks
}

fn kind(event: &Event<'_>, source: &str) -> Kind {
    if let Event::Start(Tag::Heading { level, .. }) = event {
        Kind::Heading(*level)
    } else if let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) = event {
        Kind::Fence
    } else if matches!(event, Event::Start(Tag::Paragraph)) && source.starts_with('[') {
        Kind::MayDissolve
    } else {
        Kind::Other
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
