//! Reasoning that a model writes into its answer, between tags at the very beginning.
//!
//! Models that think and servers that do not know it send `<think>...</think>` before the answer. Only a tag that opens the answer
//! counts: everywhere else it is a word that the model says. Chat templates that open the tag in the prompt leave a
//! lone `</think>` in the middle. What came before it has been shown as text by then, so it stays text, with its tag.

/// How reasoning begins, and how it ends.
const TAGS: [(&str, &str); 6] = [
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<seed:think>", "</seed:think>"),
    ("[THINK]", "[/THINK]"),
    ("◁think▷", "◁/think▷"),
];

/// A piece of what the model wrote. Never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Words {
    /// Of the answer.
    Text(String),
    /// Of the reasoning.
    Reasoning(String),
}

/// Takes the reasoning out of an answer's text.
#[derive(Clone, Debug, Default)]
pub(super) struct Think {
    place: Place,
    /// What may turn out to be a part of a tag.
    held: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Nothing but white space so far.
    #[default]
    Beginning,
    /// Inside the tags; the end tag is this. `begun`: words of the reasoning have come.
    Inside { end: &'static str, begun: bool },
    /// Behind the end tag, and nothing but white space since.
    Behind,
    /// The answer.
    Answer,
}

impl Think {
    /// Takes more text.
    pub(super) fn push(&mut self, text: String) -> Vec<Words> {
        if self.place == Place::Answer {
            return words(Words::Text, text);
        }
        self.held.push_str(&text);
        let mut found = Vec::new();
        while self.step(&mut found) {}
        found
    }

    /// No tag can follow: gives out what was held.
    pub(super) fn settle(&mut self) -> Vec<Words> {
        let held = std::mem::take(&mut self.held);
        match self.place {
            Place::Inside { .. } => words(Words::Reasoning, held),
            Place::Behind => Vec::new(),
            Place::Beginning | Place::Answer => {
                self.place = Place::Answer;
                words(Words::Text, held)
            }
        }
    }

    /// Takes one step in what is held; whether another can follow.
    fn step(&mut self, found: &mut Vec<Words>) -> bool {
        match self.place {
            Place::Beginning => self.begin(found),
            Place::Inside { end, begun } => self.reason(end, begun, found),
            Place::Behind => {
                let text = self.held.trim_start();
                if !text.is_empty() {
                    found.extend(words(Words::Text, text.to_owned()));
                    self.place = Place::Answer;
                }
                self.held.clear();
                false
            }
            Place::Answer => false,
        }
    }

    fn begin(&mut self, found: &mut Vec<Words>) -> bool {
        let text = self.held.trim_start();
        for (begin, end) in TAGS {
            if let Some(after) = text.strip_prefix(begin) {
                self.place = Place::Inside { end, begun: false };
                self.held = after.to_owned();
                return true;
            }
            // The server has taken the reasoning out and forgot the end tag.
            if let Some(after) = text.strip_prefix(end) {
                self.place = Place::Behind;
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
            self.place = Place::Answer;
        }
        false
    }

    fn reason(&mut self, end: &'static str, begun: bool, found: &mut Vec<Words>) -> bool {
        if !begun {
            self.held = self.held.trim_start().to_owned();
        }
        let ended = self.held.find(end);
        // The end tag may have begun: its part waits for the rest.
        let length = ended.unwrap_or_else(|| self.held.len() - length_of_begun(&self.held, end));
        let (reasoning, rest) = self
            .held
            .split_at_checked(length)
            .unwrap_or((&self.held, ""));
        found.extend(words(Words::Reasoning, reasoning.to_owned()));
        let begun = begun || !reasoning.is_empty();
        self.held = rest.strip_prefix(end).unwrap_or(rest).to_owned();
        self.place = if ended.is_some() {
            Place::Behind
        } else {
            Place::Inside { end, begun }
        };
        ended.is_some()
    }
}

/// How many bytes at the end of `text` may begin `tag`.
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

    /// Reasoning and text of `answer`, which do not depend on the cuts.
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
