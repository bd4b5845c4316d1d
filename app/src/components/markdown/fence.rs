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
}
