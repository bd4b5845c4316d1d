//! The text of a block to inlines (CommonMark 6).

use super::{
    Inline,
    autolink::{bare, in_angles},
    definition::Definitions,
    delimiter::{Run, pair},
    target::{in_parentheses, label},
    text::entity,
    tree::{Piece, Target, build},
};

/// Longer runs of backticks are text, so that the lengths that close nothing can be remembered.
const MAX_TICKS: usize = 63;

/// Reads the text of a block.
pub(super) fn inlines(text: &str, definitions: &Definitions) -> Vec<Inline> {
    let mut reader = Reader {
        text,
        definitions,
        plain: 0,
        pieces: Vec::new(),
        runs: Vec::new(),
        unpaired: Vec::new(),
        brackets: Vec::new(),
        inactive: 0,
        unclosed_ticks: 0,
    };
    reader.read();
    build(reader.pieces, &reader.runs)
}

struct Bracket {
    piece: usize,
    /// How many of the unpaired runs come before it.
    outer: usize,
    /// Where the text after it begins.
    inside: usize,
    is_image: bool,
    /// With others in it, it is no label.
    has_inner: bool,
}

struct Reader<'a> {
    text: &'a str,
    definitions: &'a Definitions,
    /// Where text begins that is not in a piece yet.
    plain: usize,
    pieces: Vec<Piece<'a>>,
    runs: Vec<Run>,
    /// The runs that may still find others.
    unpaired: Vec<usize>,
    brackets: Vec<Bracket>,
    /// How many of the brackets have a link in them: they cannot become one.
    inactive: usize,
    /// A bit for each length of a run of backticks that does not come again.
    unclosed_ticks: u64,
}

impl<'a> Reader<'a> {
    fn read(&mut self) {
        let mut at = 0;
        while let Some(byte) = self.text.as_bytes().get(at) {
            at = match byte {
                b'\\' => self.escape(at),
                b'`' => self.code(at),
                b'*' | b'_' | b'~' => self.run(at, *byte),
                b'[' => self.open_bracket(at, 1),
                b'!' if self.rest(at + 1).starts_with('[') => self.open_bracket(at, 2),
                b']' => self.close_bracket(at),
                b'<' => self.angle(at),
                b'&' => self.entity(at),
                b'\n' => self.line_break(at),
                b'h' | b'H' => self.address(at),
                _ => at + 1,
            };
        }
        self.flush(at);
        self.pair(0);
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }

    /// What was plain text up to `end` becomes a piece.
    fn flush(&mut self, end: usize) {
        if let Some(text) = self.text.get(self.plain..end)
            && !text.is_empty()
        {
            self.pieces.push(Piece::Text(text));
        }
    }

    /// A piece instead of the text between; returns where to go on.
    fn piece(&mut self, start: usize, end: usize, piece: Piece<'a>) -> usize {
        self.flush(start);
        self.pieces.push(piece);
        self.plain = end;
        end
    }

    fn escape(&mut self, at: usize) -> usize {
        match self.text.as_bytes().get(at + 1) {
            Some(b'\n') => self.piece(at, at + 2, Piece::Whole(Inline::HardBreak)),
            Some(next) if next.is_ascii_punctuation() => {
                self.flush(at);
                self.plain = at + 1;
                at + 2
            }
            _ => at + 1,
        }
    }

    fn code(&mut self, at: usize) -> usize {
        let ticks = run_length(self.rest(at), b'`');
        let start = at + ticks;
        if ticks > MAX_TICKS || self.unclosed_ticks & (1 << ticks) != 0 {
            return start;
        }
        let mut end = start;
        while let Some(found) = self.rest(end).find('`') {
            end += found;
            let length = run_length(self.rest(end), b'`');
            if length == ticks {
                let code = code_text(self.text.get(start..end).unwrap_or_default());
                return self.piece(at, end + length, Piece::Whole(Inline::Code(code)));
            }
            end += length;
        }
        self.unclosed_ticks |= 1 << ticks;
        start
    }

    fn run(&mut self, at: usize, mark: u8) -> usize {
        let length = run_length(self.rest(at), mark);
        let end = at + length;
        let before = self
            .text
            .get(..at)
            .and_then(|text| text.chars().next_back());
        let run = Run::new(mark, length, before, self.rest(end).chars().next());
        if run.is_mark_only() {
            return end;
        }
        let index = self.runs.len();
        self.runs.push(run);
        self.unpaired.push(index);
        self.piece(at, end, Piece::Run(index))
    }

    /// Pairs the runs but for the first `outer` of those that are not.
    fn pair(&mut self, outer: usize) {
        let inner = self.unpaired.split_off(outer);
        pair(&mut self.runs, &inner);
    }

    fn open_bracket(&mut self, at: usize, width: usize) -> usize {
        let inside = at + width;
        if let Some(outer) = self.brackets.last_mut() {
            outer.has_inner = true;
        }
        let mark = self.text.get(at..inside).unwrap_or_default();
        self.piece(at, inside, Piece::Text(mark));
        self.brackets.push(Bracket {
            piece: self.pieces.len() - 1,
            outer: self.unpaired.len(),
            inside,
            is_image: width == 2,
            has_inner: false,
        });
        inside
    }

    fn close_bracket(&mut self, at: usize) -> usize {
        let Some(bracket) = self.brackets.pop() else {
            return at + 1;
        };
        let is_inactive = !bracket.is_image && self.brackets.len() < self.inactive;
        self.inactive = self.inactive.min(self.brackets.len());
        if is_inactive {
            return at + 1;
        }
        let Some((href, end)) = self.target(&bracket, at) else {
            return at + 1;
        };
        self.piece(at, end, Piece::Close);
        self.pair(bracket.outer);
        if let Some(piece) = self.pieces.get_mut(bracket.piece) {
            *piece = Piece::Open(Target {
                href,
                is_image: bracket.is_image,
            });
        }
        if !bracket.is_image {
            self.inactive = self.brackets.len();
        }
        end
    }

    /// Where the brackets that close at `at` lead, and where that is said to its end.
    fn target(&self, bracket: &Bracket, at: usize) -> Option<(String, usize)> {
        let after = self.rest(at + 1);
        if let Some((href, length)) = in_parentheses(after) {
            return Some((href, at + 1 + length));
        }
        let (name, end) = match label(after) {
            Some((name, rest)) if name.is_empty() || !name.trim().is_empty() => {
                (name, self.text.len() - rest.len())
            }
            Some(_) | None => ("", at + 1),
        };
        let name = if !name.is_empty() {
            name
        } else if bracket.has_inner {
            return None;
        } else {
            self.text.get(bracket.inside..at)?
        };
        Some((self.definitions.find(name)?.to_owned(), end))
    }

    fn angle(&mut self, at: usize) -> usize {
        match in_angles(self.rest(at)) {
            Some((address, href)) => self.link(at, at + address.len() + 2, address, href),
            None => at + 1,
        }
    }

    fn address(&mut self, at: usize) -> usize {
        let is_in_word = at
            .checked_sub(1)
            .and_then(|before| self.text.as_bytes().get(before))
            .is_some_and(u8::is_ascii_alphanumeric);
        if is_in_word {
            return at + 1;
        }
        match bare(self.rest(at), !self.brackets.is_empty()) {
            Some(address) => self.link(at, at + address.len(), address, address.to_owned()),
            None => at + 1,
        }
    }

    fn link(&mut self, start: usize, end: usize, shown: &str, href: String) -> usize {
        let children = vec![Inline::Text(shown.to_owned())];
        self.piece(start, end, Piece::Whole(Inline::Link { href, children }))
    }

    fn entity(&mut self, at: usize) -> usize {
        let Some((entity, length)) = entity(self.rest(at)) else {
            return at + 1;
        };
        let mut text = String::new();
        entity.append_to(&mut text);
        self.piece(at, at + length, Piece::Whole(Inline::Text(text)))
    }

    fn line_break(&mut self, at: usize) -> usize {
        let line = self.text.get(self.plain..at).unwrap_or_default();
        let text = line.trim_end_matches(' ');
        let kind = if line.len() - text.len() >= 2 {
            Inline::HardBreak
        } else {
            Inline::SoftBreak
        };
        let end = self.plain + text.trim_end_matches('\t').len();
        self.piece(end, at + 1, Piece::Whole(kind))
    }
}

fn run_length(text: &str, mark: u8) -> usize {
    text.bytes().take_while(|byte| *byte == mark).count()
}

/// What is meant by the text between backticks (CommonMark 6.1).
fn code_text(text: &str) -> String {
    let text = text.replace('\n', " ");
    let inside = text
        .strip_prefix(' ')
        .and_then(|text| text.strip_suffix(' '))
        .filter(|inside| inside.bytes().any(|byte| byte != b' '));
    match inside {
        Some(inside) => inside.to_owned(),
        None => text,
    }
}
