//! Refusals of unsupported features, and similar texts about other problems.

use serde_json::json;

use super::*;

/// A request with every optional part.
fn everything() -> String {
    json!({
        "model": "m",
        "messages": [
            { "role": "system", "content": [{ "type": "text", "text": "Hi", "cache_control": { "type": "ephemeral" } }] },
            { "role": "user", "content": [
                { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA" } },
                { "type": "file", "file": { "filename": "a.pdf" } },
            ] },
            { "role": "assistant", "content": null, "reasoning_content": "hm", "reasoning_details": [], "tool_calls": [
                { "id": "a", "type": "function", "extra_content": {}, "function": { "name": "read", "arguments": "{}", "strict": true } },
            ] },
            { "role": "tool", "tool_call_id": "a", "content": [{ "type": "image_url", "image_url": { "url": "" } }] },
        ],
        "tools": [{}],
        "stream": true,
        "stream_options": { "include_usage": true },
        "usage": { "include": true },
        "reasoning_effort": "high",
        "parallel_tool_calls": true,
        "max_tokens": 1,
    })
    .to_string()
}

/// The same without images in tool outputs.
fn without_tool_pictures() -> String {
    let mut body: Value = serde_json::from_str(&everything()).unwrap();
    body["messages"][3]["content"] = json!("words");
    body.to_string()
}

fn found(status: u16, said: &str, body: &str) -> Option<Trait> {
    let error = VendorError::of_body(said).unwrap_or_else(|| VendorError::of_words(said));
    without(status, &error, body)
}

fn check(status: u16, said: &str, expected: Option<Trait>) {
    assert_eq!(
        found(status, said, &without_tool_pictures()),
        expected,
        "{said}"
    );
}

fn field(name: &str) -> Option<Trait> {
    Some(Trait::Field(name.to_owned()))
}

fn given_back(name: &str) -> Option<Trait> {
    Some(Trait::GivenBack(name.to_owned()))
}

#[test]
fn fields_that_are_not_known() {
    for (said, expected) in [
        // OpenAI and Azure
        (
            r#"{"error":{"message":"Unrecognized request argument supplied: stream_options","type":"invalid_request_error"}}"#,
            field("stream_options"),
        ),
        (
            r#"{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}"#,
            field("max_tokens"),
        ),
        (
            r#"{"error":{"message":"Unsupported value: 'none' is not supported.","param":"reasoning_effort","code":"unsupported_value"}}"#,
            field("reasoning_effort"),
        ),
        (
            r#"{"error":{"message":"Unsupported parameter: 'parallel_tool_calls' is not supported with this model.","code":"unsupported_parameter"}}"#,
            field("parallel_tool_calls"),
        ),
        (
            r#"{"error":{"message":"Function tools with reasoning_effort are not supported for this model."}}"#,
            field("reasoning_effort"),
        ),
        // Mistral
        (
            r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"usage":true}}]},"type":"invalid_request_error"}"#,
            field("stream_options"),
        ),
        (
            r#"{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","messages",2,"assistant","reasoning_content"],"msg":"Extra inputs are not permitted","input":"about usage"}]},"type":"invalid_request_error"}"#,
            given_back("reasoning_content"),
        ),
        // vLLM
        (
            r#"{"object":"error","message":"[{'type': 'extra_forbidden', 'loc': ('body', 'usage'), 'msg': 'Extra inputs are not permitted', 'input': {}}]","code":400}"#,
            field("usage"),
        ),
        // FastAPI
        (
            r#"{"detail":[{"type":"extra_forbidden","loc":["body","parallel_tool_calls"],"msg":"Extra inputs are not permitted"}]}"#,
            field("parallel_tool_calls"),
        ),
        // Groq
        (
            r#"{"error":{"message":"property 'messages.2.reasoning_details' is unsupported","type":"invalid_request_error"}}"#,
            given_back("reasoning_details"),
        ),
        (
            r#"{"error":{"message":"'messages.2' : for 'role:assistant' the following must be satisfied[('messages.2' : property 'reasoning_content' is unsupported)]"}}"#,
            given_back("reasoning_content"),
        ),
        // Gemini
        (
            r#"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"stream_options\": Cannot find field.","status":"INVALID_ARGUMENT"}}]"#,
            field("stream_options"),
        ),
        (
            r#"[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"extra_content\" at 'messages[2].tool_calls[0]': Cannot find field."}}]"#,
            given_back("extra_content"),
        ),
        // xAI
        (
            r#"{"error":"Model grok-4 does not support parameter reasoningEffort."}"#,
            field("reasoning_effort"),
        ),
        // Ollama
        (
            r#"{"error":{"message":"\"gemma3:1b\" does not support thinking"}}"#,
            field("reasoning_effort"),
        ),
        // serde
        (
            r#"{"error":{"message":"unknown field `stream_options`, expected one of `usage`, `max_tokens`"}}"#,
            field("stream_options"),
        ),
        // Anthropic
        (
            r#"{"error":{"message":"messages.0.content.0.text.cache_control: Extra inputs are not permitted"}}"#,
            Some(Trait::CacheControl),
        ),
        (
            r#"{"error":{"message":"tool_calls.0.function: additional properties are not allowed ('strict' was unexpected)"}}"#,
            given_back("strict"),
        ),
    ] {
        check(400, said, expected);
    }
}

#[test]
fn tools_pictures_files_and_streams() {
    for (status, said, expected) in [
        (
            400,
            r#"{"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools"}}"#,
            Trait::Tools,
        ),
        (
            404,
            r#"{"error":{"message":"No endpoints found that support tool use.","code":404}}"#,
            Trait::Tools,
        ),
        (
            400,
            r#"{"error":{"message":"Unrecognized request argument supplied: tools"}}"#,
            Trait::Tools,
        ),
        (
            422,
            r#"{"detail":[{"type":"extra_forbidden","loc":["body","tools"],"msg":"Extra inputs are not permitted"}]}"#,
            Trait::Tools,
        ),
        (
            400,
            r#"{"message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}"#,
            Trait::Tools,
        ),
        (
            500,
            r#"{"error":{"message":"tools param requires --jinja flag"}}"#,
            Trait::Tools,
        ),
        (
            404,
            r#"{"error":{"message":"No endpoints found that support image input","code":404}}"#,
            Trait::Images,
        ),
        (
            500,
            r#"{"error":{"code":500,"message":"image input is not supported - hint: if this is unexpected, you may need to provide the mmproj","type":"server_error"}}"#,
            Trait::Images,
        ),
        (
            400,
            r#"{"error":{"message":"Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text` at line 1 column 30"}}"#,
            Trait::Images,
        ),
        (
            400,
            r#"{"message":"Qwen/Qwen3-8B is not a multimodal model","code":400}"#,
            Trait::Images,
        ),
        (
            400,
            r#"{"error":{"message":"'messages.1' : for 'role:user' the following must be satisfied[('messages.1.content' : content must be a string)]"}}"#,
            Trait::Images,
        ),
        (
            404,
            r#"{"error":{"message":"No endpoints found that support file input","code":404}}"#,
            Trait::Files,
        ),
        (
            400,
            r#"{"error":{"message":"Streaming is not supported for this model"}}"#,
            Trait::Streaming,
        ),
        (
            400,
            r#"{"error":{"message":"Your organization must be verified to stream this model.","param":"stream","code":"unsupported_value"}}"#,
            Trait::Streaming,
        ),
    ] {
        check(status, said, Some(expected));
    }
    let said = r#"{"error":{"message":"Invalid 'messages[3]'. Image URLs are only allowed for messages with role 'user', but this message with role 'tool' contains an image URL."}}"#;
    assert_eq!(found(400, said, &everything()), Some(Trait::ToolPictures));
}

#[test]
fn refusals_for_another_reason() {
    for (status, said) in [
        (429, "this model does not support tools right now"),
        (
            400,
            r#"{"error":{"message":"messages[3]: no output for a tool call"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'."}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Invalid 'tools[0].function.name': string does not match pattern."}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Unexpected role 'user' after role 'tool'"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Missing `reasoning_content` field in the assistant message at message index 2"}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"Function call is missing a thought_signature in functionCall parts."}}"#,
        ),
        (
            400,
            r#"{"error":{"message":"You uploaded an unsupported image. Please make sure your image is of one of these formats: png, jpeg."}}"#,
        ),
        (400, r#"{"error":{"message":"unknown model"}}"#),
        (400, ""),
    ] {
        check(status, said, None);
    }
}

#[test]
fn features_that_were_not_sent_are_not_dropped() {
    let body = r#"{"model":"m","messages":[{"role":"user","content":"Hi"}],"stream":false}"#;
    for said in [
        "this model does not support tools",
        "Unknown parameter: 'stream_options'",
        "this model does not support images",
        "Streaming is not supported",
    ] {
        assert_eq!(found(400, said, body), None, "{said}");
    }
}
