//! What the model reads, in tokens, part by part.

use common::{
    directory::settings::MAX_INSTRUCTIONS_CHARS,
    state::{ContextPart, ContextSize, MAX_AGENTS_FILE_CHARS, MAX_PROJECT_CONTEXT_CHARS},
};

use super::tokens_in_short;

/// About so many characters are a token.
const TOKEN_CHARS: usize = 4;

/// A part of what the model reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PartSize {
    /// What it is called.
    pub(crate) name: &'static str,
    /// Its size in tokens.
    tokens: u64,
    /// The most characters that it may have.
    most_chars: Option<usize>,
    /// Where it can be read.
    pub(crate) text: PartText,
}

/// Where a part of what the model reads can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PartText {
    /// The agent returns it.
    Of(ContextPart),
    /// It is on the page of settings.
    Settings,
    /// It is on the page of the conversation, as this says.
    Here(&'static str),
}

impl PartSize {
    /// Its size, such as `250 of at most 4k`.
    pub(crate) fn words(&self) -> String {
        let limit = self.most_chars.map_or_else(String::new, |chars| {
            let most = (chars / TOKEN_CHARS) as u64;
            format!(" of at most {}", tokens_in_short(most))
        });
        format!("{}{limit}", tokens_in_short(self.tokens))
    }
}

/// The parts that there are, in the order in which the model reads them.
pub(crate) fn context_parts(context: &ContextSize) -> Vec<PartSize> {
    let ContextSize {
        window: _,
        system,
        tools,
        personal,
        agents_file,
        project,
        summary,
        history,
        files,
    } = *context;
    let messages = "The messages on this page, from the summary on if there is one. Old outputs of tools are left out \
                    when they take too much.";
    let pictures = "Pictures and documents that are attached to messages.";
    let part = |name, tokens, most_chars, text| PartSize {
        name,
        tokens,
        most_chars,
        text,
    };
    let of = PartText::Of;
    let parts = [
        part("how Coder works", system, None, of(ContextPart::System)),
        part("tools", tools, None, of(ContextPart::Tools)),
        part(
            "your instructions",
            personal,
            Some(MAX_INSTRUCTIONS_CHARS),
            PartText::Settings,
        ),
        part(
            "AGENTS.md",
            agents_file,
            Some(MAX_AGENTS_FILE_CHARS),
            of(ContextPart::AgentsFile),
        ),
        part(
            "project notes",
            project,
            Some(MAX_PROJECT_CONTEXT_CHARS),
            of(ContextPart::Project),
        ),
        part("summary and pins", summary, None, of(ContextPart::Summary)),
        part("messages", history, None, PartText::Here(messages)),
        part("files", files, None, PartText::Here(pictures)),
    ];
    parts.into_iter().filter(|part| part.tokens > 0).collect()
}

/// The parts that there are, such as `tools 3k · AGENTS.md 250 of at most 4k`; `None`: nothing is known.
pub(crate) fn context_words(context: &ContextSize) -> Option<String> {
    let parts = context_parts(context).into_iter();
    let words: Vec<String> = parts
        .map(|part| format!("{} {}", part.name, part.words()))
        .collect();
    (!words.is_empty()).then(|| words.join(" · "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_named_with_its_limit() {
        let context = ContextSize {
            window: 200_000,
            system: 400,
            tools: 3_000,
            agents_file: 250,
            history: 5_600,
            ..ContextSize::default()
        };
        assert_eq!(
            context_words(&context).as_deref(),
            Some("how Coder works 400 · tools 3k · AGENTS.md 250 of at most 4k · messages 5.6k")
        );
        assert_eq!(context_words(&ContextSize::default()), None);
        let texts: Vec<PartText> = context_parts(&context)
            .iter()
            .map(|part| part.text)
            .collect();
        let of = PartText::Of;
        assert_eq!(
            texts[..3],
            [
                of(ContextPart::System),
                of(ContextPart::Tools),
                of(ContextPart::AgentsFile)
            ]
        );
        assert!(matches!(texts[3], PartText::Here(_)));
    }
}
