//! What five vendors refuse, as strictly as they do. A request is looked at as it is sent.

use std::collections::HashSet;

use serde_json::{Map, Value};

/// A vendor, or a server with a chat template.
#[derive(Clone, Copy, Debug)]
pub(super) enum Dialect {
    OpenAi,
    Anthropic,
    Gemini,
    Mistral,
    LlamaCpp,
}

pub(super) const DIALECTS: [(Dialect, &str); 5] = [
    (Dialect::OpenAi, "openai/gpt-5"),
    (Dialect::Anthropic, "anthropic/claude-sonnet-4.5"),
    (Dialect::Gemini, "google/gemini-3-pro"),
    (Dialect::Mistral, "mistralai/devstral-medium"),
    (Dialect::LlamaCpp, "smollm2"),
];

/// Refuses with words when something does not hold.
macro_rules! hold {
    ($condition:expr, $($words:tt)+) => {
        if !$condition {
            return Err(format!($($words)+));
        }
    };
}

type Checked = Result<(), String>;

/// What the vendor finds wrong with a request.
pub(super) fn check(dialect: Dialect, body: &Value) -> Checked {
    let request = Request::of(body)?;
    everyone(&request)?;
    match dialect {
        Dialect::OpenAi => openai(&request),
        Dialect::Anthropic => anthropic(&request),
        Dialect::Gemini => gemini(&request),
        Dialect::Mistral => mistral(&request),
        Dialect::LlamaCpp => llama_cpp(&request),
    }
}

struct Request<'b> {
    messages: Vec<Sent<'b>>,
    tools: &'b [Value],
}

struct Sent<'b> {
    role: &'b str,
    fields: &'b Map<String, Value>,
    /// The texts and, when the content is a list, its other parts.
    texts: Vec<&'b str>,
    parts: &'b [Value],
    calls: Vec<Called<'b>>,
}

struct Called<'b> {
    id: &'b str,
    name: &'b str,
    arguments: &'b str,
    fields: &'b Map<String, Value>,
}

fn list(value: Option<&Value>) -> &[Value] {
    value.and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn text<'b>(value: &'b Value, field: &str) -> Result<&'b str, String> {
    let text = value.get(field).and_then(Value::as_str);
    text.ok_or_else(|| format!("{field} is no text in {value}"))
}

impl<'b> Request<'b> {
    fn of(body: &'b Value) -> Result<Self, String> {
        hold!(
            body.get("tools")
                .is_none_or(|tools| tools.as_array().is_some_and(|tools| !tools.is_empty())),
            "empty tools"
        );
        let messages = list(body.get("messages"));
        hold!(!messages.is_empty(), "no messages");
        Ok(Self {
            messages: messages.iter().map(Sent::of).collect::<Result<_, _>>()?,
            tools: list(body.get("tools")),
        })
    }

    fn conversation(&self) -> impl Iterator<Item = &Sent<'b>> {
        self.messages
            .iter()
            .filter(|message| message.role != "system")
    }

    fn last(&self) -> &str {
        self.messages.last().map_or("none", |message| message.role)
    }
}

impl<'b> Sent<'b> {
    fn of(message: &'b Value) -> Result<Self, String> {
        let parts = list(message.get("content"));
        let texts = match message.get("content") {
            Some(Value::String(text)) => vec![text.as_str()],
            Some(Value::Null) | None => Vec::new(),
            Some(Value::Array(_)) => parts
                .iter()
                .filter_map(|part| part.get("text")?.as_str())
                .collect(),
            Some(other) => return Err(format!("content is {other}")),
        };
        let called = |call: &'b Value| {
            hold!(
                call.get("type").is_some_and(|kind| kind == "function"),
                "no function: {call}"
            );
            let function = call.get("function").unwrap_or(&Value::Null);
            Ok(Called {
                id: text(call, "id")?,
                name: text(function, "name")?,
                arguments: text(function, "arguments")?,
                fields: call.as_object().ok_or("no call")?,
            })
        };
        let calls = message.get("tool_calls");
        hold!(
            calls.is_none_or(|calls| calls.as_array().is_some_and(|calls| !calls.is_empty())),
            "empty tool_calls"
        );
        Ok(Self {
            role: text(message, "role")?,
            fields: message.as_object().ok_or("no message")?,
            texts,
            parts,
            calls: list(calls).iter().map(called).collect::<Result<_, _>>()?,
        })
    }

    fn id(&self) -> &str {
        self.fields
            .get("tool_call_id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    fn pictures(&self) -> impl Iterator<Item = &str> {
        self.parts
            .iter()
            .filter_map(|part| part.get("image_url")?.get("url")?.as_str())
    }

    /// The media types of its pictures that come with their data.
    fn picture_types(&self) -> impl Iterator<Item = &str> {
        self.pictures()
            .filter_map(|url| url.strip_prefix("data:")?.split_once(';'))
            .map(|(kind, _)| kind)
    }

    /// Whether it says nothing; a document says nothing by itself.
    fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.pictures().count() == 0 && self.calls.is_empty()
    }
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// What no server takes.
fn everyone(request: &Request<'_>) -> Checked {
    let mut open: Vec<&str> = Vec::new();
    for message in &request.messages {
        hold!(
            !message.is_empty(),
            "a message without content: {:?}",
            message.fields
        );
        for text in &message.texts {
            hold!(
                !text.trim().is_empty(),
                "a blank text in {:?}",
                message.fields
            );
        }
        if message.role == "tool" {
            hold!(
                open.first() == Some(&message.id()),
                "an output for {} where {open:?} are open",
                message.id()
            );
            open.remove(0);
        } else {
            hold!(open.is_empty(), "no output for {open:?}");
        }
        let mut seen = HashSet::new();
        for call in &message.calls {
            hold!(is_name(call.name), "the name {:?}", call.name);
            hold!(seen.insert(call.id), "two calls {}", call.id);
            let arguments: Result<Map<String, Value>, _> = serde_json::from_str(call.arguments);
            hold!(arguments.is_ok(), "the arguments {}", call.arguments);
            hold!(message.role == "assistant", "calls of {}", message.role);
            open.push(call.id);
        }
    }
    hold!(open.is_empty(), "no output for {open:?}");
    hold!(request.last() != "assistant", "the model has the last word");
    let mut seen = HashSet::new();
    for tool in request.tools {
        let function = tool.get("function").unwrap_or(&Value::Null);
        let name = text(function, "name")?;
        hold!(is_name(name) && seen.insert(name), "the tool {name:?}");
        let parameters = function.get("parameters").unwrap_or(&Value::Null);
        hold!(
            parameters.get("type").is_some_and(|kind| kind == "object"),
            "{name} takes {parameters}"
        );
        hold!(
            has_items(parameters),
            "a list without items in {parameters}"
        );
    }
    Ok(())
}

fn has_items(schema: &Value) -> bool {
    let is_list = schema.get("type").is_some_and(|kind| kind == "array");
    let properties = schema.get("properties").and_then(Value::as_object);
    (!is_list || schema.get("items").is_some())
        && properties
            .into_iter()
            .flatten()
            .all(|(_, property)| has_items(property))
        && schema.get("items").is_none_or(has_items)
}

fn openai(request: &Request<'_>) -> Checked {
    hold!(request.tools.len() <= 128, "{} tools", request.tools.len());
    for message in &request.messages {
        for call in &message.calls {
            hold!(call.id.len() <= 40, "the id {}", call.id);
        }
        hold!(
            message.role == "user" || message.pictures().count() == 0,
            "a picture of {}",
            message.role
        );
        for part in message.parts {
            let kind = text(part, "type")?;
            hold!(
                ["text", "image_url", "input_audio", "file"].contains(&kind),
                "a part {kind}"
            );
        }
    }
    Ok(())
}

/// What Anthropic makes of messages: neighbours of one side become one turn.
fn anthropic(request: &Request<'_>) -> Checked {
    let mut turns: Vec<(bool, Vec<&Sent<'_>>)> = Vec::new();
    for message in request.conversation() {
        let is_model = message.role == "assistant";
        match turns.last_mut() {
            Some((last, messages)) if *last == is_model => messages.push(message),
            Some(_) | None => turns.push((is_model, vec![message])),
        }
        for kind in message.picture_types() {
            hold!(
                ["image/jpeg", "image/png", "image/gif", "image/webp"].contains(&kind),
                "a picture {kind}"
            );
        }
    }
    hold!(
        turns.first().is_some_and(|(is_model, _)| !is_model),
        "the first message is not the user's"
    );
    let mut ids = HashSet::new();
    let mut asked: Vec<&str> = Vec::new();
    for (_, messages) in &turns {
        let answered: Vec<&str> = messages
            .iter()
            .take_while(|message| message.role == "tool")
            .map(|message| message.id())
            .collect();
        hold!(
            asked == answered,
            "calls {asked:?} and outputs {answered:?}"
        );
        let outputs = messages
            .iter()
            .filter(|message| message.role == "tool")
            .count();
        hold!(outputs == answered.len(), "an output behind words");
        asked = Vec::new();
        for call in messages.iter().flat_map(|message| &message.calls) {
            let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
            hold!(
                !call.id.is_empty() && call.id.bytes().all(is_legal),
                "the id {}",
                call.id
            );
            hold!(ids.insert(call.id), "two calls {}", call.id);
            asked.push(call.id);
        }
        hold!(
            asked.is_empty() || !request.tools.is_empty(),
            "calls without tools"
        );
    }
    // Only the last message is held to it, which is to be continued.
    let last = request
        .messages
        .last()
        .filter(|last| last.role == "assistant");
    if let Some(text) = last.and_then(|last| last.texts.last()) {
        hold!(
            text.trim_end() == *text,
            "white space at the end of {text:?}"
        );
    }
    let parts = request.messages.iter().flat_map(|message| message.parts);
    let marks = parts
        .filter(|part| part.get("cache_control").is_some())
        .count();
    hold!(marks <= 4, "{marks} marks");
    Ok(())
}

fn gemini(request: &Request<'_>) -> Checked {
    let is_legal =
        |name: &str| name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    for tool in request.tools {
        let name = tool
            .pointer("/function/name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        hold!(is_legal(name), "the tool {name}");
    }
    let mut before = "none";
    let mut count = 0;
    for message in request.conversation() {
        for kind in message.picture_types() {
            let known = [
                "image/png",
                "image/jpeg",
                "image/webp",
                "image/heic",
                "image/heif",
            ];
            hold!(known.contains(&kind), "a picture {kind}");
        }
        hold!(
            message.calls.iter().all(|call| is_legal(call.name)),
            "a name of a call"
        );
        hold!(
            message.calls.is_empty() || ["user", "tool"].contains(&before),
            "calls behind {before}"
        );
        before = message.role;
        count += 1;
    }
    hold!(count > 0, "no contents");
    Ok(())
}

fn mistral(request: &Request<'_>) -> Checked {
    let mut before = "none";
    for message in &request.messages {
        let (role, fields): (&[&str], &[&str]) = match before {
            "none" => (&["system", "user", "assistant"], &[]),
            "system" => (&["user", "assistant", "system"], &[]),
            "user" => (&["assistant", "system", "user"], &[]),
            "assistant" => (&["assistant", "user", "tool"], &[]),
            _ => (&["assistant", "tool"], &[]),
        };
        hold!(
            role.contains(&message.role),
            "Unexpected role '{}' after role '{before}'",
            message.role
        );
        let known: &[&str] = match message.role {
            "assistant" => &["role", "content", "tool_calls", "prefix"],
            "tool" => &["role", "content", "tool_call_id", "name"],
            _ => &["role", "content"],
        };
        let extra = message
            .fields
            .keys()
            .find(|field| !known.contains(&field.as_str()) && !fields.contains(&field.as_str()));
        hold!(extra.is_none(), "the field {extra:?}");
        for part in message.parts {
            let known = ["type", "text", "image_url", "document_url", "document_name"];
            let extra = part
                .as_object()
                .into_iter()
                .flat_map(Map::keys)
                .find(|field| !known.contains(&field.as_str()));
            hold!(extra.is_none(), "the field {extra:?} of a part");
        }
        for call in &message.calls {
            hold!(
                call.id.len() == 9 && call.id.bytes().all(|byte| byte.is_ascii_alphanumeric()),
                "the id {}",
                call.id
            );
            let extra = call
                .fields
                .keys()
                .find(|field| !["id", "type", "function", "index"].contains(&field.as_str()));
            hold!(extra.is_none(), "the field {extra:?} of a call");
        }
        before = message.role;
    }
    hold!(
        ["user", "tool"].contains(&before),
        "Expected last role User or Tool but got {before}"
    );
    Ok(())
}

/// A server without eyes, whose template wants an answer for each question.
fn llama_cpp(request: &Request<'_>) -> Checked {
    for (at, message) in request.messages.iter().enumerate() {
        hold!(message.parts.is_empty(), "content is a list");
        hold!(
            message.role != "system" || at == 0,
            "a system message in the middle"
        );
    }
    let counted = request
        .conversation()
        .filter(|message| message.role != "tool" && message.calls.is_empty());
    for (at, message) in counted.enumerate() {
        hold!(
            (message.role == "user") == (at % 2 == 0),
            "Conversation roles must alternate: {} is {at}.",
            message.role
        );
    }
    Ok(())
}
