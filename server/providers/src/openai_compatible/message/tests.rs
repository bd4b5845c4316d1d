//! Tests of the messages of a request as JSON.

use common::vendor_data::{CallVendorData, MessageVendorData};

use super::*;
use crate::UserMessage;

fn sent(base_url: &str, model: &str, without: &[Trait], messages_: Vec<ModelMessage>) -> Value {
    let settings = ProviderSettings {
        base_url: base_url.to_owned(),
        api_key: None,
        model: model.to_owned(),
    };
    let request = ModelRequest {
        messages: messages_,
        ..ModelRequest::default()
    };
    let traits = without.iter().cloned().collect();
    serde_json::to_value(messages(&request, &settings, &traits)).unwrap()
}

const LOCAL: &str = "http://localhost/v1";

fn file(media_type: &str, name: &str) -> Attachment {
    Attachment {
        media_type: media_type.to_owned(),
        name: Some(name.to_owned()),
        source: Source::Base64("QUJD".to_owned()),
    }
}

#[test]
fn vendor_data_is_sent_back_beside_our_fields() {
    let fields = |fields: Value| fields.as_object().unwrap().clone();
    let said = ModelMessage::Assistant(AssistantMessage {
        text: "Hm.".to_owned(),
        reasoning: "I think.".to_owned(),
        vendor: MessageVendorData {
            reasoning: Some("reasoning_content".to_owned()),
            fields: fields(json!({"reasoning_details": [1], "role": "x", "content": 1})),
        },
        tool_calls: vec![ModelToolCall {
            id: "c".to_owned(),
            name: "list".to_owned(),
            arguments: "{}".to_owned(),
            vendor: CallVendorData {
                id: None,
                fields: fields(json!({"extra_content": {"a": 1}, "id": "other"})),
                function: fields(json!({"signature": "s", "name": "other"})),
            },
        }],
        origin: None,
    });
    let function = json!({"name": "list", "arguments": "{}", "signature": "s"});
    let call =
        json!({"id": "c", "type": "function", "function": function, "extra_content": {"a": 1}});
    assert_eq!(
        sent(LOCAL, "m", &[], vec![said.clone()]),
        json!([{
            "role": "assistant", "content": "Hm.", "reasoning_content": "I think.",
            "reasoning_details": [1], "tool_calls": [call],
        }])
    );
    let without = [
        "reasoning_content",
        "reasoning_details",
        "extra_content",
        "signature",
    ]
    .map(|field| Trait::GivenBack(field.to_owned()));
    let call =
        json!({"id": "c", "type": "function", "function": {"name": "list", "arguments": "{}"}});
    assert_eq!(
        sent(LOCAL, "m", &without, vec![said]),
        json!([{"role": "assistant", "content": "Hm.", "tool_calls": [call]}])
    );
}

#[test]
fn content_is_a_string_where_there_is_only_text() {
    let user = |content| {
        ModelMessage::User(UserMessage {
            content,
            origin: None,
        })
    };
    let text = |text: &str| Content::Text(text.to_owned());
    let picture = Content::File(file("image/png", "a.png"));
    let paper = Content::File(file("application/pdf", "a.pdf"));
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}});
    let data = "data:application/pdf;base64,QUJD";
    let document = json!({"type": "file", "file": {"filename": "a.pdf", "file_data": data}});
    let check = |content: Vec<Content>, expected: Value| {
        assert_eq!(
            sent(LOCAL, "m", &[], vec![user(content)]),
            json!([{"role": "user", "content": expected}])
        );
    };
    check(vec![text("a"), text("b")], json!("a\n\nb"));
    check(
        vec![text("a"), text("b"), picture.clone(), text("c")],
        json!([text_part("a\n\nb"), image, text_part("c")]),
    );
    check(vec![paper.clone()], json!([document]));
    let mistral = |base_url| {
        sent(
            base_url,
            "mistral-large",
            &[],
            vec![user(vec![paper.clone()])],
        )
    };
    assert_eq!(
        mistral(LOCAL)[0]["content"],
        json!([{"type": "document_url", "document_url": data, "document_name": "a.pdf"}])
    );
    assert_eq!(
        mistral("https://openrouter.ai/api/v1")[0]["content"],
        json!([document])
    );
}

#[test]
fn requests_to_claude_have_marks_for_its_cache() {
    let picture = ModelMessage::Tool(ToolMessage {
        tool_call_id: "c".to_owned(),
        output: "read".to_owned(),
        files: vec![file("image/png", "a.png")],
        origin: None,
    });
    let messages = vec![
        ModelMessage::System("s".to_owned()),
        ModelMessage::user("one"),
        ModelMessage::assistant("", vec![ModelToolCall::default()]),
        ModelMessage::tool("c", "two"),
        picture,
    ];
    let marked = |text: &str| with_mark(text_part(text));
    let image = json!({"type": "image_url", "image_url": {"url": "data:image/png;base64,QUJD"}});
    let sent_to_claude = sent(LOCAL, "anthropic/claude-x", &[], messages.clone());
    let contents: Vec<&Value> = sent_to_claude
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["content"])
        .collect();
    assert_eq!(
        contents,
        [
            &json!([marked("s")]),
            &json!("one"),
            &Value::Null,
            &json!([marked("two")]),
            &json!([marked("read"), image]),
        ]
    );
    let others = sent(
        LOCAL,
        "anthropic/claude-x",
        &[Trait::CacheControl],
        messages.clone(),
    );
    assert_eq!(others, sent(LOCAL, "m", &[], messages));
    assert!(!others.to_string().contains("cache_control"));
}
