//! Code between fences (CommonMark 4.5), read line by line: it may be long, and it grows by the word.

/// The line that opened a block of code, as far as its closing line and its content depend on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fence {
    marker: char,
    length: usize,
    indent: usize,
}

/// A block that is one piece of fenced code, possibly not closed yet.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FencedCode<'a> {
    /// The first word after the fence; often empty.
    pub(super) language: &'a str,
    fence: Fence,
    /// All lines after the opening one.
    rest: &'a str,
}

impl Fence {
    /// The fence that a line opens, from its text and how far that is indented; and the language.
    fn opened_by(text: &str, indent: usize) -> Option<(Self, &str)> {
        let marker = text
            .chars()
            .next()
            .filter(|first| matches!(first, '`' | '~'))?;
        let info = text.trim_start_matches(marker);
        let length = text.len() - info.len();
        let is_inline = marker == '`' && info.contains('`');
        (length >= 3 && !is_inline).then(|| {
            (
                Self {
                    marker,
                    length,
                    indent,
                },
                info.split_whitespace().next().unwrap_or_default(),
            )
        })
    }

    /// Whether a line closes it.
    pub(super) fn is_closed_by(self, line: &str) -> bool {
        indentation(line).is_some_and(|(_, text)| {
            let after = text.trim_start_matches(self.marker);
            text.len() - after.len() >= self.length && after.trim().is_empty()
        })
    }

    /// The content of a line of code: without the indentation of the opening line.
    fn content(self, line: &str) -> &str {
        let spaces = line.len() - line.trim_start_matches(' ').len();
        line.get(spaces.min(self.indent)..).unwrap_or_default()
    }

    /// Whether an unfinished last line may yet become the closing one.
    fn may_be_closed_by(self, line: &str) -> bool {
        let marks = line.trim_start_matches(' ');
        !line.ends_with('\n') && !marks.is_empty() && marks.chars().all(|mark| mark == self.marker)
    }
}

impl<'a> FencedCode<'a> {
    /// Reads a block; blank lines before the fence do not count.
    pub(super) fn read(block: &'a str) -> Option<Self> {
        let mut rest = block;
        loop {
            let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
            if line.trim().is_empty() && !after.is_empty() {
                rest = after;
                continue;
            }
            let (indent, text) = indentation(line)?;
            let (fence, language) = Fence::opened_by(text, indent)?;
            return Some(Self {
                language,
                fence,
                rest: after,
            });
        }
    }

    /// The line that opened it.
    pub(super) const fn fence(&self) -> Fence {
        self.fence
    }

    /// What follows the closing line, once that is complete.
    pub(super) fn after(&self) -> Option<&'a str> {
        let mut end = 0;
        for line in self.rest.split_inclusive('\n') {
            end += line.len();
            if line.ends_with('\n') && self.fence.is_closed_by(line) {
                return self.rest.get(end..);
            }
        }
        None
    }

    /// The code, without the closing line and the last line break.
    pub(super) fn code(&self) -> String {
        let mut code = String::with_capacity(self.rest.len());
        for line in self.rest.split_inclusive('\n') {
            if self.fence.is_closed_by(line) || self.fence.may_be_closed_by(line) {
                break;
            }
            code.push_str(self.fence.content(line));
        }
        if code.ends_with('\n') {
            code.pop();
        }
        code
    }
}

/// Reads the code of a block that grows, in pieces. Together they are [`FencedCode::code`], but for blanks at its end.
#[derive(Debug, Default)]
pub(super) struct CodeReader {
    fence: Option<Fence>,
    /// Where in the block the first line begins that was not complete.
    line: usize,
    /// How much of its content has been read.
    read: usize,
    /// A line break is due before any more code: the last one is no part of it.
    owes_break: bool,
    is_closed: bool,
}

impl CodeReader {
    /// The code that has come since the last time.
    pub(super) fn read(&mut self, block: &str) -> String {
        let mut added = String::new();
        let Some(fence) = self.open(block) else {
            return added;
        };
        let lines = block.get(self.line..).unwrap_or_default();
        for line in lines.split_inclusive('\n') {
            let is_complete = line.ends_with('\n');
            // A blank may be what stands before the closing line.
            let may_be_closed = !is_complete && line.trim().is_empty();
            if self.is_closed || may_be_closed || fence.may_be_closed_by(line) {
                break;
            }
            if fence.is_closed_by(line) {
                self.is_closed = is_complete;
                break;
            }
            let content = fence.content(line);
            let content = content.strip_suffix('\n').unwrap_or(content);
            let new = content.get(self.read..).unwrap_or_default();
            if (is_complete || !new.is_empty()) && std::mem::take(&mut self.owes_break) {
                added.push('\n');
            }
            added.push_str(new);
            if is_complete {
                self.line += line.len();
                self.read = 0;
                self.owes_break = true;
            } else {
                self.read = content.len();
            }
        }
        added
    }

    /// The fence, once its line is complete.
    fn open(&mut self, block: &str) -> Option<Fence> {
        if self.fence.is_none() {
            let code = FencedCode::read(block)?;
            let start = block.len() - code.rest.len();
            if block.get(..start)?.ends_with('\n') {
                (self.fence, self.line) = (Some(code.fence), start);
            }
        }
        self.fence
    }
}

/// How far a line is indented and what follows; `None` when it is indented as code.
fn indentation(line: &str) -> Option<(usize, &str)> {
    let text = line.trim_start_matches(' ');
    let indent = line.len() - text.len();
    (indent < 4).then_some((indent, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_language() {
        for (block, expected) in [
            ("```rust\nfn a() {}\n```\n", Some(("rust", "fn a() {}"))),
            (
                "```rust,ignore x\na\n\nb\n```",
                Some(("rust,ignore", "a\n\nb")),
            ),
            ("\n\n~~~\n```\n~~~~\n", Some(("", "```"))),
            ("  ```\n  a\n    b\n c\n  ```\n", Some(("", "a\n  b\nc"))),
            ("```ru", Some(("ru", ""))),
            ("```\na\n``", Some(("", "a"))),
            ("```\na\n `x", Some(("", "a\n `x"))),
            ("````\n```\n````", Some(("", "```"))),
            ("```a`b```\n", None),
            ("``\n", None),
            ("    ```\n", None),
            ("text\n```\n", None),
            ("", None),
        ] {
            let read = FencedCode::read(block).map(|code| (code.language, code.code()));
            assert_eq!(
                read,
                expected.map(|(language, code)| (language, code.to_owned())),
                "{block:?}"
            );
        }
    }

    #[test]
    fn code_that_grows_is_read_in_pieces() {
        for block in [
            "```rust\nfn a() {}\n\n\n  b\n```\n",
            "\n\n  ```\n  a\n    b\n\n c\n  ```\nafter",
            "~~~~\n\n```\n~~~\n~~~ x\n~~~~",
            "```\na\n `x\n``` no\nb",
            "```\n\n\n",
            "```js\nä\r\nb",
        ] {
            let mut reader = CodeReader::default();
            let mut read = String::new();
            for end in (0..=block.len()).filter(|end| block.is_char_boundary(*end)) {
                let block = &block[..end];
                read.push_str(&reader.read(block));
                let whole = FencedCode::read(block).map(|code| code.code());
                if block.trim_start().contains('\n') {
                    let whole = whole.unwrap_or_default();
                    let rest = whole.strip_prefix(&read);
                    let is_blank = |rest: &str| rest.trim().is_empty();
                    assert!(rest.is_some_and(is_blank), "{block:?}: {read:?}, {whole:?}");
                    assert!(!block.ends_with("x\n") || read == whole, "{block:?}");
                }
            }
            let at_once = CodeReader::default().read(block);
            assert_eq!(at_once, read, "{block:?}");
        }
    }
}
