//! Messages of AI SDK 4 (protocol §7.1), which clients of 2025 still send: converted to the present form.

use serde_json::Value;

use super::{Message, Role, tool::as_object};
use crate::fields::Fields;

/// The messages of a JSON array, of any version. An old one without an id is named after its position. When an entry
/// is not a message, the error says which entry and why.
pub(crate) fn list_from_any_version(list: Vec<Value>) -> Result<Vec<Message>, String> {
    let entries = (0_usize..).zip(list).map(|(index, entry)| {
        let entry = if is_old(&entry) {
            today(index, entry)
        } else {
            entry
        };
        Message::from_json(entry).map_err(|error| {
            format!(
                "entry {} of `messages` is not a message: {error}",
                index + 1
            )
        })
    });
    entries.collect()
}

/// Present messages have parts and no content.
fn is_old(entry: &Value) -> bool {
    entry
        .as_object()
        .is_some_and(|entry| entry.contains_key("content") || entry.contains_key("toolInvocations"))
}

fn today(index: usize, entry: Value) -> Value {
    let Value::Object(entry) = entry else {
        return entry;
    };
    let mut old = Fields::of(entry);
    let id = match old.optional_text("id") {
        Ok(Some(id)) if !id.is_empty() => id,
        Ok(_) | Err(_) => format!("msg-{index}"),
    };
    let role = match old.peek("role") {
        // Data that the application added for the model.
        Some("data") => Role::System.as_str().to_owned(),
        Some(role) => role.to_owned(),
        None => String::new(),
    };
    let parts = match old.array("parts") {
        Ok(parts) if !parts.is_empty() => parts.into_iter().map(part).collect(),
        Ok(_) | Err(_) => parts(&mut old),
    };
    Fields::default()
        .put("id", id)
        .put("role", role)
        .put("parts", parts)
        .put_some("metadata", old.value("metadata"))
        .into_value()
}

/// The parts from the fields that preceded `parts`, in the order a reader saw them.
fn parts(old: &mut Fields) -> Vec<Value> {
    let mut parts = Vec::new();
    if let Ok(Some(reasoning)) = old.optional_text("reasoning")
        && !reasoning.is_empty()
    {
        parts.push(text_of("reasoning", &reasoning));
    }
    for call in old.array("toolInvocations").unwrap_or_default() {
        parts.extend(tool_part(call));
    }
    match old.value("content") {
        Some(Value::String(text)) if !text.is_empty() => parts.push(text_of("text", &text)),
        Some(Value::Array(pieces)) => parts.extend(pieces.into_iter().map(part)),
        Some(_) | None => {}
    }
    parts.extend(
        old.array("experimental_attachments")
            .unwrap_or_default()
            .into_iter()
            .filter_map(attachment),
    );
    parts
}

fn text_of(kind: &str, text: &str) -> Value {
    Fields::tagged(kind).put("text", text).into_value()
}

/// An entry of old `parts`, or of a `content` that is an array.
fn part(entry: Value) -> Value {
    let Value::Object(entry) = entry else {
        return match entry.as_str() {
            Some(text) => text_of("text", text),
            None => entry,
        };
    };
    let mut old = Fields::of(entry);
    match old.peek("type") {
        Some("tool-invocation") => old
            .present("toolInvocation")
            .and_then(tool_part)
            .unwrap_or(Value::Null),
        Some("reasoning") if old.peek("text").is_none() => {
            text_of("reasoning", old.peek("reasoning").unwrap_or_default())
        }
        Some("file") if old.peek("url").is_none() => file(&old),
        Some(_) | None => old.into_value(),
    }
}

/// A file whose content is in the part.
fn file(old: &Fields) -> Value {
    let media_type = old
        .peek("mimeType")
        .or_else(|| old.peek("mediaType"))
        .unwrap_or("application/octet-stream");
    let data = old.peek("data").unwrap_or_default();
    let url = if data.starts_with("data:") || data.starts_with("http") {
        data.to_owned()
    } else {
        format!("data:{media_type};base64,{data}")
    };
    Fields::tagged("file")
        .put("mediaType", media_type)
        .put("url", url)
        .into_value()
}

fn attachment(entry: Value) -> Option<Value> {
    let Value::Object(entry) = entry else {
        return None;
    };
    let old = Fields::of(entry);
    let file = Fields::tagged("file")
        .put(
            "mediaType",
            old.peek("contentType")
                .unwrap_or("application/octet-stream"),
        )
        .put("url", old.peek("url")?)
        .put_some("filename", old.peek("name"));
    Some(file.into_value())
}

fn tool_part(call: Value) -> Option<Value> {
    let Value::Object(call) = call else {
        return None;
    };
    let mut old = Fields::of(call);
    let state = match old.peek("state")? {
        "partial-call" => "input-streaming",
        "call" => "input-available",
        "result" => "output-available",
        "error" => "output-error",
        _ => return None,
    };
    let part = Fields::tagged(&format!("tool-{}", old.peek("toolName")?))
        .put("toolCallId", old.peek("toolCallId")?)
        .put("state", state)
        .put(
            "input",
            as_object(&old.value("args").unwrap_or(Value::Null)),
        );
    let part = match state {
        "output-available" => part.put("output", old.present("result").unwrap_or(Value::Null)),
        "output-error" => {
            let text = old.peek("error").or_else(|| old.peek("errorText"));
            part.put("errorText", text.unwrap_or("The tool failed."))
        }
        _ => part,
    };
    Some(part.into_value())
}
