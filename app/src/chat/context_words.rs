//! What the model reads, in tokens, part by part.

use common::{
    directory::settings::MAX_INSTRUCTIONS_CHARS,
    state::{ContextSize, MAX_AGENTS_FILE_CHARS, MAX_PROJECT_CONTEXT_CHARS},
};

use super::tokens_in_short;

/// About so many characters are a token.
const TOKEN_CHARS: usize = 4;

/// The parts that there are, such as `tools 3k · AGENTS.md 250 of at most 4k`; `None`: nothing is known.
pub(crate) fn context_words(context: &ContextSize) -> Option<String> {
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
    let parts = [
        ("how Coder works", system, None),
        ("tools", tools, None),
        ("your instructions", personal, Some(MAX_INSTRUCTIONS_CHARS)),
        ("AGENTS.md", agents_file, Some(MAX_AGENTS_FILE_CHARS)),
        ("project notes", project, Some(MAX_PROJECT_CONTEXT_CHARS)),
        ("summary and pins", summary, None),
        ("messages", history, None),
        ("files", files, None),
    ];
    let parts = parts.into_iter().filter(|(_, tokens, _)| *tokens > 0);
    let words: Vec<String> = parts
        .map(|(name, tokens, limit)| {
            let limit = limit.map_or_else(String::new, |chars| {
                let most = (chars / TOKEN_CHARS) as u64;
                format!(" of at most {}", tokens_in_short(most))
            });
            format!("{name} {}{limit}", tokens_in_short(tokens))
        })
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
    }
}
