//! The pieces of a text to a tree.

use super::{Inline, MAX_DEPTH, delimiter::Run};

/// What has been read of a text, not nested yet.
pub(super) enum Piece<'a> {
    Text(&'a str),
    Whole(Inline),
    /// The index of a run.
    Run(usize),
    Open(Target),
    Close,
}

/// Where a link leads, or what an image is.
pub(super) struct Target {
    pub(super) href: String,
    pub(super) is_image: bool,
}

/// An element that is open while the tree is built.
enum Frame {
    Marks { mark: u8, width: usize },
    Target(Target),
}

/// The tree; frames below `MAX_DEPTH` are left out.
struct Tree {
    frames: Vec<(Frame, Vec<Inline>)>,
    content: Vec<Inline>,
    left_out: usize,
}

/// Nests the pieces.
pub(super) fn build(pieces: Vec<Piece<'_>>, runs: &[Run]) -> Vec<Inline> {
    let mut tree = Tree {
        frames: Vec::new(),
        content: Vec::new(),
        left_out: 0,
    };
    for piece in pieces {
        match piece {
            Piece::Text(text) => tree.text(text),
            Piece::Whole(Inline::Text(text)) => tree.text(&text),
            Piece::Whole(inline) => tree.content.push(inline),
            Piece::Run(run) => {
                if let Some(run) = runs.get(run) {
                    tree.run(run);
                }
            }
            Piece::Open(target) => tree.open(Frame::Target(target)),
            Piece::Close => tree.close(),
        }
    }
    tree.content
}

impl Tree {
    fn text(&mut self, text: &str) {
        if let Some(Inline::Text(last)) = self.content.last_mut() {
            last.push_str(text);
        } else {
            self.content.push(Inline::Text(text.to_owned()));
        }
    }

    fn run(&mut self, run: &Run) {
        for _ in &run.closes {
            self.close();
        }
        let mark = match run.mark {
            b'*' => "*",
            b'_' => "_",
            _ => "~",
        };
        for _ in 0..run.left {
            self.text(mark);
        }
        for width in run.opens.iter().rev() {
            self.open(Frame::Marks {
                mark: run.mark,
                width: *width,
            });
        }
    }

    fn open(&mut self, frame: Frame) {
        if self.frames.len() < MAX_DEPTH {
            self.frames.push((frame, std::mem::take(&mut self.content)));
        } else {
            self.left_out += 1;
        }
    }

    fn close(&mut self) {
        if self.left_out > 0 {
            self.left_out -= 1;
            return;
        }
        let Some((frame, outer)) = self.frames.pop() else {
            return;
        };
        let children = std::mem::replace(&mut self.content, outer);
        self.content.push(match frame {
            Frame::Marks { mark: b'~', .. } => Inline::Strikethrough(children),
            Frame::Marks { width: 1, .. } => Inline::Emphasis(children),
            Frame::Marks { .. } => Inline::Strong(children),
            Frame::Target(Target {
                href,
                is_image: false,
            }) => Inline::Link { href, children },
            Frame::Target(Target { href, .. }) => {
                let mut alt = String::new();
                append_plain(&children, &mut alt);
                Inline::Image { href, alt }
            }
        });
    }
}

fn append_plain(inlines: &[Inline], plain: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Image { alt: text, .. } => {
                plain.push_str(text);
            }
            Inline::Emphasis(children)
            | Inline::Strong(children)
            | Inline::Strikethrough(children)
            | Inline::Link { children, .. } => append_plain(children, plain),
            Inline::SoftBreak | Inline::HardBreak => plain.push(' '),
        }
    }
}
