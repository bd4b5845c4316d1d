//! Extracts reasoning that a model writes into its answer, between tags at the very beginning.
//!
//! Some servers pass on a model's `<think>...</think>` before the answer. Only a tag at the very beginning counts:
//! elsewhere it is ordinary text. Chat templates that open the tag in the prompt leave a lone `</think>` in the
//! middle: the text before it has already been shown, so it stays text, with its tag.

/// The opening and closing tags.
const TAGS: [(&str, &str); 6] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
];

/// A piece of the model's text. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Part of the answer.
    Text(String),
    /// Part of the reasoning.
    Reasoning(String),
}

/// Separates the reasoning from an answer's text.
#[derive(Clone, Debug, Default)]
pub(super) struct Think {
    position: Position,
    /// Text that may be part of a tag.
    held: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Position {
    /// Only white space so far.
    #[default]
    Beginning,
    /// Inside the tags; `end` is the closing tag. `begun`: reasoning text has come.
    Inside { end: &'static str, begun: bool },
    /// After the closing tag, with only white space since.
    Behind,
    /// In the answer.
    Answer,
}

impl Think {
    /// Takes more text.
    pub(super) fn push(&mut self, text: String) -> Vec<Words> {
        if self.position == Position::Answer {
            return words(Words::Text, text);
        }
        self.held.push_str(&text);
        let mut found = Vec::new();
        while self.step(&mut found) {}
        found
    }

    /// Releases the held text: no tag can follow.
    pub(super) fn settle(&mut self) -> Vec<Words> {
        let held = std::mem::take(&mut self.held);
        match self.position {
            Position::Inside { .. } => words(Words::Reasoning, held),
            Position::Behind => Vec::new(),
            Position::Beginning | Position::Answer => {
                self.position = Position::Answer;
                words(Words::Text, held)
            }
        }
    }

    /// Processes a part of the held text; returns whether more can be processed.
    fn step(&mut self, found: &mut Vec<Words>) -> bool {
        match self.position {
            Position::Beginning => self.begin(found),
            Position::Inside { end, begun } => self.reason(end, begun, found),
            Position::Behind => {
                let text = self.held.trim_start();
                if !text.is_empty() {
                    found.extend(words(Words::Text, text.to_owned()));
                    self.position = Position::Answer;
                }
                self.held.clear();
                false
            }
            Position::Answer => false,
        }
    }

    fn begin(&mut self, found: &mut Vec<Words>) -> bool {
        let text = self.held.trim_start();
        for (begin, end) in TAGS {
            if let Some(after) = text.strip_prefix(begin) {
                self.position = Position::Inside { end, begun: false };
                self.held = after.to_owned();
                return true;
            }
            // The server has removed the reasoning but left the closing tag.
            if let Some(after) = text.strip_prefix(end) {
                self.position = Position::Behind;
                self.held = after.to_owned();
                return true;
            }
        }
        let may_become = |tag: &str| tag.starts_with(text);
        if !TAGS
            .iter()
            .any(|(begin, end)| may_become(begin) || may_become(end))
        {
            found.extend(words(Words::Text, std::mem::take(&mut self.held)));
            self.position = Position::Answer;
        }
        false
    }

    fn reason(&mut self, end: &'static str, begun: bool, found: &mut Vec<Words>) -> bool {
        if !begun {
            self.held = self.held.trim_start().to_owned();
        }
        let ended = self.held.find(end);
        // The closing tag may have begun: its part waits for the rest.
        let length = ended.unwrap_or_else(|| self.held.len() - length_of_begun(&self.held, end));
        let (reasoning, rest) = self
            .held
            .split_at_checked(length)
            .unwrap_or((&self.held, ""));
        found.extend(words(Words::Reasoning, reasoning.to_owned()));
        let begun = begun || !reasoning.is_empty();
        self.held = rest.strip_prefix(end).unwrap_or(rest).to_owned();
        self.position = if ended.is_some() {
            Position::Behind
        } else {
            Position::Inside { end, begun }
        };
        ended.is_some()
    }
}

/// The number of bytes at the end of `text` that may begin `tag`.
fn length_of_begun(text: &str, tag: &str) -> usize {
    tag.char_indices()
        .rev()
        .map(|(at, _)| at)
        .find(|at| tag.get(..*at).is_some_and(|begun| text.ends_with(begun)))
        .unwrap_or_default()
}

fn words(kind: impl Fn(String) -> Words, text: String) -> Vec<Words> {
    if text.is_empty() {
        Vec::new()
    } else {
        vec![kind(text)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The reasoning and text of `answer`, checked for every cut.
    fn split(answer: &str) -> (String, String) {
        let read = |pieces: &[&str]| {
            let mut think = Think::default();
            let mut found: Vec<_> = pieces
                .iter()
                .flat_map(|piece| think.push((*piece).to_owned()))
                .collect();
            found.extend(think.settle());
            let (mut reasoning, mut text) = (String::new(), String::new());
            for words in found {
                match words {
                    Words::Text(words) => text.push_str(&words),
                    Words::Reasoning(words) => {
                        assert_eq!(text, "", "reasoning comes first");
                        reasoning.push_str(&words);
                    }
                }
            }
            (reasoning, text)
        };
        let whole = read(&[answer]);
        let ends: Vec<_> = answer.char_indices().map(|(at, _)| at).collect();
        for at in &ends {
            let (left, right) = answer.split_at(*at);
            assert_eq!(read(&[left, right]), whole, "{answer} cut at {at}");
        }
        let chars: Vec<String> = answer.chars().map(String::from).collect();
        let chars: Vec<_> = chars.iter().map(String::as_str).collect();
        assert_eq!(read(&chars), whole, "{answer}");
        whole
    }

    fn check(answer: &str, reasoning: &str, text: &str) {
        assert_eq!(split(answer), (reasoning.to_owned(), text.to_owned()));
    }

    #[test]
    fn tags_at_the_beginning_hold_reasoning() {
        check("<think>\nhm</think>\n\nForty-two.", "hm", "Forty-two.");
        check(" \n<thinking>a < b</thinking>c", "a < b", "c");
        check(
            "<thought>a</thin</thought>b </thought>",
            "a</thin",
            "b </thought>",
        );
        check("[THINK]a[/THINK]b", "a", "b");
        check("◁think▷a◁/think▷b", "a", "b");
        check("<think>\n\n</think>\n\nYes.", "", "Yes.");
        check("<think>a<</think>b", "a<", "b");
    }

    #[test]
    fn elsewhere_they_are_words() {
        check("Use the tag <think> here.", "", "Use the tag <think> here.");
        check("<thin ice>", "", "<thin ice>");
        check("\n<b>", "", "\n<b>");
        check("<th", "", "<th");
        check("a</think>b", "", "a</think>b");
        check("<think>a</think><think>b</think>", "a", "<think>b</think>");
        check("  ", "", "  ");
    }

    #[test]
    fn a_lone_end_tag_at_the_beginning_is_none() {
        check("\n</think>\n\nYes.", "", "Yes.");
    }

    #[test]
    fn reasoning_may_never_end() {
        check("<think>\nhm </thi", "hm </thi", "");
    }
}
