//! Files, as models take them.

use common::id::MessageId;
use providers::{
    Attachment, Content, ModelMessage, ModelRequest, ModelToolCall, Source, ToolMessage,
    UserMessage,
    legal::{ModelAbilities, Target, make_legal},
};
use serde_json::{Value, json};

use super::Case;

const PNG: &str = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

fn file(media_type: &str, name: &str, url: &str) -> Value {
    json!({"type": "file", "mediaType": media_type, "filename": name, "url": url})
}

/// What a model gets of a message of one file, and what the user hears.
fn sent(model: &str, images: Option<bool>, part: &Value) -> (Value, Vec<String>) {
    let mut case = Case::of(json!([{"id": "u", "role": "user", "parts": [part]}]));
    case.is_taken_by_all();
    case.abilities.images = images;
    case.abilities.files = images;
    let (body, left_out) = case.sent_to(model);
    let words = left_out.into_iter().map(|left_out| {
        assert_eq!(left_out.origin.unwrap().as_str(), "u");
        left_out.what
    });
    (body["messages"][1]["content"].clone(), words.collect())
}

#[test]
fn pictures_go_as_they_are_taken() {
    let png = file("image/png", "a.png", PNG);
    let (content, left_out) = sent("some/model", None, &png);
    assert_eq!(
        content,
        json!([{"type": "image_url", "image_url": {"url": PNG}}])
    );
    assert!(left_out.is_empty());
    let (content, left_out) = sent("some/model", Some(false), &png);
    assert_eq!(
        content,
        "(You do not get the picture a.png: this model takes no pictures.)"
    );
    assert_eq!(
        left_out,
        ["The model did not get the picture a.png: this model takes no pictures."]
    );
    // What it is shows in its bytes.
    let (content, _) = sent("some/model", None, &file("image/jpeg", "a.jpg", PNG));
    assert_eq!(content[0]["image_url"]["url"], PNG);
    let gif = file("image/gif", "a.gif", "data:image/gif;base64,R0lGODlh");
    assert!(sent("some/model", None, &gif).0.is_array());
    assert!(sent("google/gemini-3", None, &gif).1[0].contains("image/gif"));
    let address = "https://example.com/a.png";
    let (content, _) = sent("some/model", None, &file("image/png", "a.png", address));
    assert_eq!(content[0]["image_url"]["url"], address);
}

#[test]
fn files_that_are_not_taken_are_said() {
    for (part, why) in [
        (
            file("image/png", "a.png", "blob:x"),
            "its address cannot be read",
        ),
        (
            file("image/png", "a.png", "data:image/png;base64,*"),
            "its data URL cannot be read",
        ),
        (
            file("application/zip", "a.zip", "data:;base64,UEsDBAA="),
            "no files of type application/zip",
        ),
        (
            file("image/tiff", "a.tiff", "data:;base64,SUkqAA=="),
            "no pictures of type image/tiff",
        ),
        (
            file("application/pdf", "a.pdf", "https://example.com/a.pdf"),
            "models fetch pictures alone",
        ),
    ] {
        let (content, left_out) = sent("some/model", None, &part);
        assert!(content.as_str().unwrap().contains(why), "{content}");
        assert!(left_out[0].contains(why), "{left_out:?}");
    }
}

#[test]
fn texts_and_papers() {
    let text = file("text/plain", "a.md", "data:,```%0Ax%0A```");
    let (content, left_out) = sent("some/model", None, &text);
    assert_eq!(content, "File a.md:\n\n````\n```\nx\n```\n````");
    assert!(left_out.is_empty());
    let (content, _) = sent(
        "some/model",
        None,
        &file("", "a.rs", "data:application/octet-stream,fn%20a"),
    );
    assert_eq!(content, "File a.rs:\n\n```\nfn a\n```");
    let url = "data:application/pdf;base64,JVBERi0=";
    let pdf = file("application/pdf", "a.pdf", url);
    let (content, _) = sent("some/model", None, &pdf);
    assert_eq!(
        content,
        json!([{"type": "text", "text": "This is the file a.pdf."}, {"type": "file", "file": {"filename": "a.pdf", "file_data": url}}])
    );
    assert!(sent("some/model", Some(false), &pdf).1[0].contains("takes no PDF"));
}

#[test]
fn files_of_too_many_bytes() {
    // Without JSON, which takes long in tests.
    let picture = |name: &str, bytes: usize| {
        ModelMessage::User(UserMessage {
            content: vec![Content::File(Attachment {
                media_type: "image/png".to_owned(),
                name: Some(name.to_owned()),
                source: Source::Base64("A".repeat(bytes / 3 * 4)),
            })],
            origin: Some(MessageId::from(name)),
        })
    };
    let left_out = |model: &str, messages: Vec<ModelMessage>| {
        let request = ModelRequest {
            messages,
            ..ModelRequest::default()
        };
        let target = Target {
            model,
            ..Target::default()
        };
        let left_out = make_legal(request, &target).1.into_iter();
        left_out.map(|left_out| left_out.what).collect::<Vec<_>>()
    };
    assert_eq!(
        left_out("some/model", vec![picture("a.png", 5_100_000)]),
        ["The model did not get the picture a.png: it has 5.1 MB, and a picture may have 5.0 MB."]
    );
    // Anthropic counts the characters of the base64.
    let four = vec![picture("a.png", 4_500_000)];
    assert!(left_out("some/model", four.clone()).is_empty());
    assert!(left_out("claude-x", four)[0].contains("a picture may have 3.9 MB"));
    let five = ["1", "2", "3", "4", "5"].map(|name| picture(name, 4_500_000));
    assert_eq!(
        left_out("some/model", five.to_vec()),
        [
            "The model did not get the picture 1: it has 4.5 MB, and the files of a request may have 20.0 MB together."
        ]
    );
}

#[test]
fn pictures_of_tools_stand_where_the_model_takes_them() {
    let attachment = |media_type: &str, name: &str, base64: &str| Attachment {
        media_type: media_type.to_owned(),
        name: Some(name.to_owned()),
        source: Source::Base64(base64.to_owned()),
    };
    let picture = attachment("image/png", "a.png", "iVBORw0KGgo=");
    let sent_with = |picture: &Attachment, model: &str, images: Option<bool>| {
        let call = ModelToolCall {
            id: "c".to_owned(),
            name: "read".to_owned(),
            ..ModelToolCall::default()
        };
        let request = ModelRequest {
            messages: vec![
                ModelMessage::user("x"),
                ModelMessage::assistant("", vec![call]),
                ModelMessage::Tool(ToolMessage {
                    tool_call_id: "c".to_owned(),
                    output: "read".to_owned(),
                    files: vec![picture.clone()],
                    origin: None,
                }),
            ],
            tools: tools::schemas(&[]),
            ..ModelRequest::default()
        };
        let abilities = ModelAbilities {
            images,
            ..ModelAbilities::default()
        };
        make_legal(request, &Target { model, abilities }).0.messages
    };
    let sent = |model: &str, images: Option<bool>| sent_with(&picture, model, images);
    let claude = sent("anthropic/claude-x", None);
    assert!(matches!(&claude[2], ModelMessage::Tool(tool) if tool.files.len() == 1));
    assert_eq!(claude.len(), 3);
    let other = sent("openai/gpt-5", None);
    assert!(matches!(&other[2], ModelMessage::Tool(tool) if tool.files.is_empty()));
    assert!(matches!(&other[3], ModelMessage::Assistant(_)));
    let ModelMessage::User(user) = &other[4] else {
        panic!("{other:?}")
    };
    let [Content::Text(words), Content::File(_)] = &user.content[..] else {
        panic!("{other:?}")
    };
    assert_eq!(words, "This is the picture a.png, which the tool has read.");
    let blind = sent("openai/gpt-5", Some(false));
    assert_eq!(blind.len(), 3);
    assert!(
        matches!(&blind[2], ModelMessage::Tool(tool) if tool.output.contains("takes no pictures"))
    );
    // A document stands in no output.
    let pdf = attachment("application/pdf", "a.pdf", "JVBERi0=");
    let claude = sent_with(&pdf, "anthropic/claude-x", None);
    assert!(matches!(&claude[2], ModelMessage::Tool(tool) if tool.files.is_empty()));
    assert!(matches!(&claude[4], ModelMessage::User(user) if user.content.len() == 2));
}
