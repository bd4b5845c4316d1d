//! The demo model's summary of a conversation: what the user has said, in short.

use super::{CONTINUE_PREFIX, NOTE_PREFIX, SUMMARISE_PREFIX};
use crate::{ModelMessage, ModelRequest};

/// The most messages that are listed, the newest ones.
const LISTED: usize = 20;

/// The most characters of each.
const SHOWN_CHARS: usize = 200;

/// The summary of what a request has before it asks for one.
pub(super) fn of(request: &ModelRequest) -> String {
    let own = [CONTINUE_PREFIX, NOTE_PREFIX, SUMMARISE_PREFIX];
    let texts = request.messages.iter().filter_map(|message| match message {
        ModelMessage::User(user) => user.texts().last(),
        ModelMessage::System(_) | ModelMessage::Assistant(_) | ModelMessage::Tool(_) => None,
    });
    let said: Vec<&str> = texts
        .filter(|text| !own.iter().any(|own| text.starts_with(own)))
        .collect();
    let newest = said.iter().skip(said.len().saturating_sub(LISTED));
    let lines = newest.map(|text| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let shown: String = line.chars().take(SHOWN_CHARS).collect();
        format!("- {shown}\n")
    });
    format!(
        "The demo model lists what you wrote; a real model would summarise it.\n\n## Goals\n\n{}",
        lines.collect::<String>()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lists_what_the_user_said() {
        let request = ModelRequest {
            messages: vec![
                ModelMessage::user(format!("{NOTE_PREFIX}: a note]")),
                ModelMessage::user("Use  tabs.\nAlways."),
                ModelMessage::assistant("Yes.", vec![]),
                ModelMessage::user(format!("{SUMMARISE_PREFIX}.")),
            ],
            ..ModelRequest::default()
        };
        let summary = of(&request);
        assert!(
            summary.ends_with("## Goals\n\n- Use tabs. Always.\n"),
            "{summary}"
        );
    }
}
