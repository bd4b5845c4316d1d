//! Tests of the messages that the model gets.

use common::id::MessageId;
use providers::{ToolMessage, demo};
use serde_json::{Value, json};

use super::*;

const MODEL: &str = "google/gemini-3-pro";

fn message(value: Value) -> Message {
    serde_json::from_value(value).unwrap()
}

fn text(role: Role, text: &str) -> Message {
    Message::text(MessageId::from(text), role, text)
}

fn messages(
    instructions: Instructions<'_>,
    transcript: &[Message],
    answer: Option<&AnswerSoFar>,
) -> Vec<ModelMessage> {
    let conversation = Conversation {
        name: "talk",
        instructions,
        summary: None,
        transcript,
        answer,
        purpose: &Purpose::Step,
        notes: &[],
        model: MODEL,
    };
    conversation.messages()
}

/// The messages of a transcript of one message, without the instructions.
fn of(value: Value) -> Vec<ModelMessage> {
    messages(Instructions::default(), &[message(value)], None).split_off(1)
}

fn outputs(messages: &[ModelMessage]) -> Vec<&ToolMessage> {
    let outputs = messages.iter().filter_map(|message| match message {
        ModelMessage::Tool(tool) => Some(tool),
        ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Assistant(_) => None,
    });
    outputs.collect()
}

fn answers(messages: &[ModelMessage]) -> Vec<&AssistantMessage> {
    let answers = messages.iter().filter_map(|message| match message {
        ModelMessage::Assistant(said) => Some(said),
        ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Tool(_) => None,
    });
    answers.collect()
}

#[test]
fn instructions_then_the_transcript() {
    let asked = messages(
        Instructions {
            now: common::time::Timestamp::from_millis(86_400_000),
            deployment: Some("Speak French."),
            personal: None,
            standing: None,
            project_context: Some("Rust 1.95."),
        },
        &[text(Role::User, "hello"), text(Role::Assistant, "hi")],
        None,
    );
    let [ModelMessage::System(system), user, assistant] = &asked[..] else {
        panic!("{asked:?}")
    };
    assert!(
        system.starts_with("You are Coder")
            && system.ends_with(
                "# Today\n\nIt is 1970-01-02 (UTC).\n\nSpeak French.\n\n# The project\n\nRust 1.95."
            )
    );
    assert!(matches!(user, ModelMessage::User(user) if user.text() == "hello"));
    assert!(
        matches!(assistant, ModelMessage::Assistant(said) if said.text == "hi" && said.tool_calls.is_empty())
    );
}

#[test]
fn an_answer_without_words_keeps_its_place_unless_it_is_being_written() {
    let empty = Message::empty_assistant(MessageId::from("a"));
    let asked = messages(Instructions::default(), std::slice::from_ref(&empty), None);
    assert_eq!(answers(&asked).len(), 1);
    let so_far = AnswerSoFar {
        message: empty,
        gap: Gap::NextStep,
    };
    assert_eq!(
        messages(Instructions::default(), &[], Some(&so_far)).len(),
        1
    );
}

#[test]
fn a_cut_off_answer_comes_with_the_wish_to_continue_it() {
    let so_far = AnswerSoFar {
        message: text(Role::Assistant, "The answer is"),
        gap: Gap::CutOff,
    };
    let asked = messages(
        Instructions::default(),
        &[text(Role::User, "what?")],
        Some(&so_far),
    );
    assert_eq!(asked.last(), Some(&ModelMessage::user(CONTINUE)));
    assert!(
        CONTINUE.starts_with(demo::CONTINUE_PREFIX),
        "the demo model knows it by these words"
    );
}

#[test]
fn every_call_has_an_output() {
    let states = [
        json!({"state": "output-available", "input": {"n": 1}, "output": {"sum": 2}}),
        json!({"state": "output-error", "input": {}, "errorText": "broken"}),
        json!({"state": "output-denied", "input": {}}),
        json!({"state": "input-available", "input": {}}),
        json!({"state": "approval-requested", "input": {}}),
    ];
    let parts: Vec<_> = (0..)
        .zip(states)
        .map(|(number, mut part): (u32, _)| {
            part["type"] = "tool-add".into();
            part["toolCallId"] = format!("c{number}").into();
            part
        })
        .collect();
    let asked = messages(
        Instructions::default(),
        &[message(
            json!({"id": "a", "role": "assistant", "parts": parts}),
        )],
        None,
    );
    let outputs: Vec<_> = asked
        .iter()
        .filter_map(|message| {
            if let ModelMessage::Tool(tool) = message {
                Some(tool.output.as_str())
            } else {
                None
            }
        })
        .collect();
    let expected = [
        r#"{"sum":2}"#,
        "The tool failed: broken",
        "The user refused this call.",
        "There is no result.",
        "The user has not agreed to this call.",
    ];
    assert_eq!(outputs, expected);
}

#[test]
fn each_step_is_a_message_with_its_outputs_behind_it() {
    let call = |id: &str| {
        json!({
            "type": "tool-add", "toolCallId": id, "state": "output-available", "input": {}, "output": id,
        })
    };
    let step = json!({"type": "step-start"});
    let words = |words: &str| json!({"type": "text", "text": words});
    let parts = json!([
        step,
        words("one"),
        call("c1"),
        step,
        call("c2"),
        step,
        words("done")
    ]);
    let answer = message(json!({"id": "a", "role": "assistant", "parts": parts}));
    let kinds: Vec<String> = messages(Instructions::default(), &[answer], None)
        .iter()
        .skip(1)
        .map(|message| match message {
            ModelMessage::Assistant(said) => {
                format!("{}/{}", said.text, said.tool_calls.len())
            }
            ModelMessage::Tool(tool) => tool.output.clone(),
            ModelMessage::System(_) | ModelMessage::User(_) => "other".to_owned(),
        })
        .collect();
    assert_eq!(kinds, ["one/1", "c1", "/1", "c2", "done/0"]);
}

#[test]
fn a_vendor_gets_its_own_data_back_and_no_other_does() {
    let data = |model: &str, data: Value| {
        let mut coder = data;
        coder["model"] = model.into();
        json!({"coder": coder})
    };
    let step = |model: &str, has_call: bool| {
        let mut parts = vec![
            json!({"type": "reasoning", "text": "I think.", "providerMetadata": data(model, json!({"message": {"fields": {"a": 1}}}))}),
            json!({"type": "text", "text": "Hm.", "providerMetadata": data(model, json!({"message": {"reasoning": "reasoning_content", "fields": {"b": 2}}}))}),
        ];
        if has_call {
            parts.push(json!({
                "type": "tool-list", "toolCallId": "c", "state": "output-available", "input": {}, "output": 1,
                "callProviderMetadata": data(model, json!({"call": {"id": "fc1", "fields": {"extra_content": 3}}})),
            }));
        }
        of(json!({"id": "a", "role": "assistant", "parts": parts}))
    };
    let asked = step(MODEL, true);
    let said = answers(&asked)[0];
    assert_eq!(
        json!(said.vendor),
        json!({"reasoning": "reasoning_content", "fields": {"a": 1, "b": 2}})
    );
    assert_eq!(said.reasoning, "I think.");
    assert_eq!(
        json!(said.tool_calls[0].vendor),
        json!({"id": "fc1", "fields": {"extra_content": 3}})
    );
    assert_eq!(said.origin, Some(MessageId::from("a")));
    // Plain reasoning goes back with calls alone.
    let asked = step(MODEL, false);
    assert_eq!(
        json!(answers(&asked)[0].vendor),
        json!({"fields": {"a": 1, "b": 2}})
    );
    assert_eq!(answers(&asked)[0].reasoning, "");
    let asked = step("another/model", true);
    let said = answers(&asked)[0];
    assert!(said.vendor.is_empty() && said.reasoning.is_empty());
    assert!(said.tool_calls[0].vendor.is_empty());
}

#[test]
fn a_message_that_is_left_out_is_a_note_without_its_content() {
    for (role, part) in [
        ("user", json!({"type": "text", "text": "secret"})),
        (
            "assistant",
            json!({"type": "tool-list", "toolCallId": "c", "state": "output-available", "input": {}, "output": "secret"}),
        ),
    ] {
        let asked = of(json!({
            "id": "m", "role": role, "parts": [part], "metadata": {"coder": {"leftOut": true}},
        }));
        assert_eq!(asked.len(), 1);
        assert!(!format!("{asked:?}").contains("secret"));
        assert!(format!("{asked:?}").contains(LEFT_OUT));
    }
}

#[test]
fn files_of_a_user_come_with_the_words() {
    let url = "data:image/png;base64,QUJD";
    let asked = of(json!({"id": "u", "role": "user", "parts": [
        {"type": "text", "text": "See:"},
        {"type": "file", "mediaType": "image/png", "url": url, "filename": "a.png"},
        {"type": "text", "text": " "},
        {"type": "data-x", "data": 1},
    ]}));
    let [ModelMessage::User(user)] = &asked[..] else {
        panic!("{asked:?}")
    };
    let [Content::Text(words), Content::File(file)] = &user.content[..] else {
        panic!("{user:?}")
    };
    assert_eq!(words, "See:");
    assert_eq!(file.source, providers::Source::Base64("QUJD".to_owned()));
    assert_eq!(file.name.as_deref(), Some("a.png"));
}

/// A step that reads a picture or, without one, a text of so many bytes.
fn read(id: &str, output: &Value) -> [Value; 2] {
    [
        json!({"type": "step-start"}),
        json!({
            "type": "tool-read", "toolCallId": id, "state": "output-available", "input": {"path": id}, "output": output,
        }),
    ]
}

#[test]
fn a_picture_that_was_read_comes_with_its_output_until_that_is_left_out() {
    let picture =
        json!({"path": "a.png", "hash": "h", "media_type": "image/png", "size": 3, "image": true});
    let text = json!("x".repeat(10_000));
    let parts = [read("a", &picture), read("b", &text), read("c", &text)].concat();
    let transcript = [
        text_of_user(),
        message(json!({"id": "a", "role": "assistant", "parts": parts})),
    ];
    let conversation = Conversation {
        name: "talk",
        instructions: Instructions::default(),
        summary: None,
        transcript: &transcript,
        answer: None,
        purpose: &Purpose::Step,
        notes: &[],
        model: MODEL,
    };
    let whole = conversation.fitting(128_000, Extent::Whole).messages;
    assert_eq!(outputs(&whole)[0].files.len(), 1);
    let pruned = conversation.fitting(9_000, Extent::Whole).messages;
    assert!(outputs(&pruned)[0].files.is_empty());
    assert!(outputs(&pruned)[0].output.starts_with("(output left out"));
}

fn text_of_user() -> Message {
    text(Role::User, "?")
}

#[test]
fn warnings_about_repeated_calls_stay_in_their_place() {
    let same = |count: usize| {
        let parts = (0..count)
            .flat_map(|_| read("a", &json!(1)))
            .collect::<Vec<_>>();
        of(json!({"id": "a", "role": "assistant", "parts": parts}))
    };
    let (three, four) = (same(3), same(4));
    assert_eq!(four[..three.len()], three[..]);
    assert!(outputs(&three)[2].output.contains("3 times in a row"));
    assert!(!outputs(&three)[1].output.contains("in a row"));
    assert!(outputs(&four)[3].output.contains("4 times in a row"));
}

#[test]
fn a_note_stands_where_it_was_told_however_the_answer_grows() {
    let note = |message: &str, steps| ModelNote {
        message: MessageId::from(message),
        steps,
        until: 1,
        text: format!("note of {message}"),
    };
    let notes = [note("?", None), note("a", Some(2))];
    let asked = |steps: usize| {
        let parts = (0..steps)
            .flat_map(|step| read(&step.to_string(), &json!(step)))
            .collect::<Vec<_>>();
        let transcript = [
            text_of_user(),
            message(json!({"id": "a", "role": "assistant", "parts": parts})),
        ];
        let conversation = Conversation {
            name: "talk",
            instructions: Instructions::default(),
            summary: None,
            transcript: &transcript,
            answer: None,
            purpose: &Purpose::Step,
            notes: &notes,
            model: MODEL,
        };
        conversation.messages()
    };
    let reported = |message: &ModelMessage| format!("{message:?}").contains("note of");
    let (two, four) = (asked(2), asked(4));
    assert_eq!(four[..two.len()], two[..]);
    let places = |messages: &[ModelMessage]| -> Vec<usize> {
        let reported = messages
            .iter()
            .enumerate()
            .filter(|(_, message)| reported(message));
        reported.map(|(at, _)| at).collect()
    };
    assert_eq!(
        places(&two),
        [1, 6],
        "behind the question, and behind the second output"
    );
    assert_eq!(places(&four), [1, 6]);
}
