//! Finds the message that a vendor complains about.

use regex_lite::Regex;

/// The notations of vendors, and whether they skip the instructions.
const WAYS: [(&str, bool); 5] = [
    // `messages[3]`, `messages.3.content`, `("body", "messages", 3, "user")`, `messages/3`
    (r#"(?i)\bmessages?['"]?\s*[\[.,/]\s*(\d+)"#, false),
    // Gemini has a separate field for the instructions.
    (r#"(?i)\bcontents['"]?\s*[\[.,/]\s*(\d+)"#, true),
    (
        r"(?i)\bmessages? (?:at |with )?(?:index|position) (\d+)",
        false,
    ),
    (r"(?i)\bmessages? (?:no\.? |number |#)?(\d+)\b", false),
    (r"(?i)\bindex (\d+) of (?:the )?messages", false),
];

/// The index of the message named in `words`; `instructions` is the number of messages before the first user message.
pub(super) fn find(words: &str, instructions: usize) -> Option<usize> {
    WAYS.iter().find_map(|(pattern, without_instructions)| {
        let found = Regex::new(pattern).ok()?.captures(words)?;
        let index: usize = found.get(1)?.as_str().parse().ok()?;
        index.checked_add(if *without_instructions {
            instructions
        } else {
            0
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_read() {
        for (words, index) in [
            ("Invalid value for 'messages[3].content'", Some(3)),
            (
                "messages.3.content.0: text content blocks must be non-empty",
                Some(3),
            ),
            (
                "all messages must have content: message at index 3",
                Some(3),
            ),
            ("The message at position 3 is empty", Some(3)),
            (r#"{"loc":["body","messages",3,"user","content"]}"#, Some(3)),
            ("'loc': ('body', 'messages', 3, 'assistant')", Some(3)),
            ("Message 3 is empty", Some(3)),
            ("messages/3/content must be a string", Some(3)),
            (
                "Unable to submit request: contents[3].parts is empty",
                Some(4),
            ),
            ("property 'messages.12.reasoning' is unsupported", Some(12)),
            ("messages must alternate", None),
            ("3 messages are too many", None),
            ("messages[99999999999999999999999]", None),
        ] {
            assert_eq!(find(words, 1), index, "{words}");
        }
    }
}
