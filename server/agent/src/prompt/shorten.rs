//! What is left out of a request that the model has refused as too long: far more than usual, since nobody knows how it
//! counts.

use providers::{Attachment, Content, ModelMessage, ToolMessage};

use super::{
    prune::{kept_from, leave_out},
    size::{self, TOKEN_BYTES},
    summary,
};

/// How many characters are kept of the beginning and of the end of what is cut.
const ENDS: usize = 1_000;

/// Earlier turns go until a multiple of this part of the request's room is gone: the next requests leave out the same ones,
/// so that they begin with the bytes of this one.
const JUMP: usize = 4;

/// The note for the model when earlier turns are left out.
const TURNS_LEFT_OUT: &str = "The beginning of this conversation is left out here, since the whole is longer than what you \
                              take at once. Say so when you are asked about it.";

/// How many bytes a shortened request may take. `limit`: the most tokens that the model takes, when it said so.
pub(super) fn target(window: usize, limit: Option<u64>) -> usize {
    let tokens = match limit.and_then(|limit| usize::try_from(limit).ok()) {
        Some(limit) if limit > 0 => limit / 2,
        Some(_) | None => window / 4,
    };
    tokens.saturating_mul(TOKEN_BYTES)
}

/// Leaves out all older outputs and the files of earlier messages. Then, as long as the request takes more than `most`
/// bytes, it cuts outputs of the last steps, then what earlier messages say, the oldest first. When that is not enough, the
/// oldest turns go as a whole: a conversation may be too long without a single long message.
/// Whether anything is missing of what was said before.
pub(super) fn shorten(messages: &mut Vec<ModelMessage>, answer_begins: usize, most: usize) -> bool {
    let last_steps = kept_from(messages, answer_begins);
    let question = answer_begins.saturating_sub(1);
    for (at, message) in messages.iter_mut().enumerate() {
        if at < last_steps {
            leave_out(message);
        }
        if at < question {
            leave_out_files(message);
        }
    }
    let mut size = size::of_all(messages);
    let (older, kept) = messages
        .split_at_mut_checked(last_steps)
        .unwrap_or_default();
    let mut cut = |messages: &mut [ModelMessage], shorten: fn(&mut ModelMessage)| {
        for message in messages {
            if size <= most {
                break;
            }
            let before = size::of(message);
            shorten(message);
            size = size.saturating_sub(before.saturating_sub(size::of(message)));
        }
        size
    };
    let before = cut(kept, cut_output);
    let earlier = question.min(older.len());
    let (earlier, _) = older.split_at_mut_checked(earlier).unwrap_or_default();
    let words_are_cut = cut(earlier, cut_words) < before;
    let size = cut(older, cut_calls);
    leave_out_turns(messages, question, size, most) || words_are_cut
}

/// Leaves out the oldest turns before the `question`, and notes that for the model. Whether there were any.
fn leave_out_turns(
    messages: &mut Vec<ModelMessage>,
    question: usize,
    size: usize,
    most: usize,
) -> bool {
    let excess = size.saturating_sub(most);
    if excess == 0 {
        return false;
    }
    let wanted = excess.next_multiple_of((most / JUMP).max(1));
    let stays = |message: &ModelMessage| match message {
        ModelMessage::System(_) => true,
        ModelMessage::User(user) => summary::is_summary(user),
        ModelMessage::Assistant(_) | ModelMessage::Tool(_) => false,
    };
    let begins_turn = |message: &ModelMessage| matches!(message, ModelMessage::User(_));
    let first = messages.iter().take_while(|message| stays(message)).count();
    let (mut gone, mut end) = (0, first);
    for (at, message) in messages.iter().enumerate().take(question + 1).skip(first) {
        if begins_turn(message) {
            end = at;
            if gone >= wanted {
                break;
            }
        }
        gone += size::of(message);
    }
    if end == first {
        return false;
    }
    messages.drain(first..end);
    let last_system = first.checked_sub(1).and_then(|at| messages.get_mut(at));
    if let Some(ModelMessage::System(text)) = last_system {
        text.push_str("\n\n");
        text.push_str(TURNS_LEFT_OUT);
    } else {
        messages.insert(0, ModelMessage::System(TURNS_LEFT_OUT.to_owned()));
    }
    true
}

fn leave_out_files(message: &mut ModelMessage) {
    if let ModelMessage::User(user) = message {
        for content in &mut user.content {
            if let Content::File(Attachment { name, .. }) = content {
                let name = name.as_deref().unwrap_or("a file");
                *content = Content::Text(format!("({name} was here and is left out.)"));
            }
        }
    }
}

fn cut_output(message: &mut ModelMessage) {
    if let ModelMessage::Tool(ToolMessage { output, .. }) = message {
        cut_text(output);
    }
}

fn cut_words(message: &mut ModelMessage) {
    match message {
        // A summary is short for what it stands for.
        ModelMessage::User(user) if summary::is_summary(user) => {}
        ModelMessage::User(user) => {
            for content in &mut user.content {
                if let Content::Text(text) = content {
                    cut_text(text);
                }
            }
        }
        ModelMessage::Assistant(said) => {
            cut_text(&mut said.text);
            said.reasoning.clear();
        }
        // The system prompt says what the agent is; outputs have been left out.
        ModelMessage::System(_) | ModelMessage::Tool(_) => {}
    }
}

fn cut_calls(message: &mut ModelMessage) {
    if let ModelMessage::Assistant(said) = message {
        for call in &mut said.tool_calls {
            let count = call.arguments.chars().count();
            if count > 2 * ENDS {
                call.arguments =
                    serde_json::json!({"left_out": format!("{count} characters")}).to_string();
            }
        }
    }
}

/// Leaves the beginning and the end of a long text.
fn cut_text(text: &mut String) {
    let begin = text.char_indices().nth(ENDS).map(|(at, _)| at);
    let end = text.char_indices().nth_back(ENDS - 1).map(|(at, _)| at);
    if let (Some(begin), Some(end)) = (begin, end)
        && let Some((first, middle, last)) = text
            .get(begin..end)
            .and_then(|middle| Some((text.get(..begin)?, middle.chars().count(), text.get(end..)?)))
        && middle > ENDS / 2
    {
        *text = format!("{first}\n\n({middle} characters are left out here.)\n\n{last}");
    }
}

#[cfg(test)]
mod tests {
    use common::id::MessageId;
    use providers::{ModelToolCall, Source, UserMessage};

    use super::*;

    fn said(message: &ModelMessage) -> String {
        match message {
            ModelMessage::System(text) => text.clone(),
            ModelMessage::User(user) => user.text(),
            ModelMessage::Assistant(said) => {
                let calls = said.tool_calls.iter().map(|call| call.arguments.as_str());
                [said.text.as_str()].into_iter().chain(calls).collect()
            }
            ModelMessage::Tool(tool) => tool.output.clone(),
        }
    }

    fn long(letter: &str) -> String {
        letter.repeat(10_000)
    }

    /// A picture and a long message, a turn with a long call, then a question and a turn of three steps.
    fn talk() -> Vec<ModelMessage> {
        let picture = Attachment {
            media_type: "image/png".to_owned(),
            name: Some("a.png".to_owned()),
            source: Source::Base64("AAAA".to_owned()),
        };
        let call = |arguments: String| {
            let call = ModelToolCall {
                arguments,
                ..ModelToolCall::default()
            };
            ModelMessage::assistant("", vec![call])
        };
        let output = || ModelMessage::tool("c", long("o"));
        vec![
            ModelMessage::System(long("s")),
            ModelMessage::User(UserMessage {
                content: vec![Content::Text(long("u")), Content::File(picture)],
                origin: Some(MessageId::from("u")),
            }),
            call(format!("{{\"text\":\"{}\"}}", long("a"))),
            output(),
            ModelMessage::user(long("q")),
            call("{}".to_owned()),
            output(),
            call("{}".to_owned()),
            output(),
            call("{}".to_owned()),
            output(),
        ]
    }

    /// The lengths of all messages.
    fn shortened(most: usize) -> Vec<usize> {
        let mut messages = talk();
        let was_said = messages.len();
        let is_missing = shorten(&mut messages, 5, most);
        assert_eq!(is_missing, most < 40_000, "{most}");
        if messages.len() == was_said {
            let once = messages.clone();
            shorten(&mut messages, 5, most);
            assert_eq!(messages, once, "it changes nothing twice");
        }
        messages.iter().map(|message| said(message).len()).collect()
    }

    #[test]
    fn older_outputs_and_files_go_then_more_as_long_as_it_must() {
        let (whole, note, cut) = (10_000, 72, 2_040);
        let file = "\n\n(a.png was here and is left out.)".len();
        assert_eq!(
            shortened(usize::MAX),
            [
                whole,
                whole + file,
                whole + 11,
                note,
                whole,
                2,
                note,
                2,
                whole,
                2,
                whole
            ]
        );
        assert_eq!(
            shortened(52_500),
            [
                whole,
                whole + file,
                whole + 11,
                note,
                whole,
                2,
                note,
                2,
                cut,
                2,
                whole
            ]
        );
        assert_eq!(
            shortened(36_400),
            [
                whole,
                cut + file,
                whole + 11,
                note,
                whole,
                2,
                note,
                2,
                cut,
                2,
                cut
            ]
        );
        let arguments = r#"{"left_out":"10011 characters"}"#.len();
        assert_eq!(
            shortened(26_400),
            [
                whole,
                cut + file,
                arguments,
                note,
                whole,
                2,
                note,
                2,
                cut,
                2,
                cut
            ]
        );
        assert_eq!(
            shortened(0),
            [
                whole + 2 + TURNS_LEFT_OUT.len(),
                whole,
                2,
                note,
                2,
                cut,
                2,
                cut
            ]
        );
    }

    #[test]
    fn the_target_is_half_of_the_limit_or_a_quarter_of_the_window() {
        assert_eq!(target(1_000, None), 1_000);
        assert_eq!(target(1_000, Some(0)), 1_000);
        assert_eq!(target(1_000, Some(4_096)), 8_192);
    }

    #[test]
    fn a_text_is_cut_between_characters() {
        let mut text = "é".repeat(5_000);
        cut_text(&mut text);
        assert!(
            text.contains("é\n\n(3000 characters are left out here.)\n\né"),
            "{text}"
        );
        let mut short = "é".repeat(2_100);
        cut_text(&mut short);
        assert_eq!(short.chars().count(), 2_100);
    }

    /// Instructions, then so many turns of 1,000 bytes, then a question.
    fn many_turns(turns: usize) -> Vec<ModelMessage> {
        let mut messages = vec![ModelMessage::System("s".repeat(100))];
        for turn in 0..turns {
            messages.push(ModelMessage::user(format!("{turn:0>500}")));
            messages.push(ModelMessage::assistant("a".repeat(500), Vec::new()));
        }
        messages.push(ModelMessage::user("q"));
        messages
    }

    #[test]
    fn the_oldest_turns_go_when_no_message_is_long() {
        let check = |turns: usize, most: usize, first: usize| {
            let mut messages = many_turns(turns);
            let question = messages.len();
            let are_gone = shorten(&mut messages, question, most);
            assert_eq!(are_gone, first > 0, "{turns} turns");
            let texts: Vec<_> = messages.iter().map(said).collect();
            assert_eq!(texts[0].ends_with(TURNS_LEFT_OUT), are_gone);
            let mut expected = many_turns(turns);
            expected.drain(..1 + 2 * first);
            let expected: Vec<_> = expected.iter().map(said).collect();
            assert_eq!(texts[1..], expected[..], "{turns} turns");
        };
        check(8, 8_101, 0);
        check(9, 8_101, 3);
        // The next turns leave out the same ones.
        check(10, 8_101, 3);
        check(11, 8_101, 5);
        // The question stays.
        check(3, 0, 3);
        check(0, 0, 0);
    }

    #[test]
    fn a_model_without_instructions_gets_the_note_too() {
        let mut messages = many_turns(2);
        messages.remove(0);
        assert!(shorten(&mut messages, 5, 1_000));
        let texts: Vec<_> = messages.iter().map(said).collect();
        assert_eq!(texts, [TURNS_LEFT_OUT, "q"]);
    }
}
