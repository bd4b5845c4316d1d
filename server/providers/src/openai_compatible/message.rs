//! The messages of a request as JSON. Messages of the vendor's own models keep their vendor data.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value, json};

use super::{ProviderSettings, Trait, Traits};
use crate::{
    AssistantMessage, Attachment, Content, ModelMessage, ModelRequest, ModelToolCall, Source,
    ToolMessage, legal::Family,
};

/// The number of last messages that get a mark for Anthropic's cache, in addition to the system message. Four marks
/// are allowed; the one before the last message matches what the previous request cached.
const MARKS: usize = 2;

/// The messages of a request. An empty message of the model is dropped, since vendors refuse it.
pub(super) fn messages<'a>(
    request: &'a ModelRequest,
    settings: &ProviderSettings,
    traits: &'a Traits,
) -> Vec<Message<'a>> {
    let family = Family::of(settings.model_for(request));
    let marks = family == Family::Anthropic && traits.takes(&Trait::CacheControl);
    let from = if marks {
        marked_from(&request.messages)
    } else {
        usize::MAX
    };
    let pdf = if family == Family::Mistral && !settings.is_openrouter() {
        Pdf::DocumentUrl
    } else {
        Pdf::File
    };
    let says = |message: &ModelMessage| match message {
        ModelMessage::Assistant(said) => !said.text.is_empty() || !said.tool_calls.is_empty(),
        ModelMessage::System(_) | ModelMessage::User(_) | ModelMessage::Tool(_) => true,
    };
    let kept = request
        .messages
        .iter()
        .enumerate()
        .filter(|(_, message)| says(message));
    kept.map(|(at, message)| {
        let is_marked = match message {
            ModelMessage::System(_) => marks && at == 0,
            ModelMessage::User(_) | ModelMessage::Tool(_) => at >= from,
            ModelMessage::Assistant(_) => false,
        };
        Message {
            message,
            is_marked,
            pdf,
            traits,
        }
    })
    .collect()
}

/// The index of the first marked message.
fn marked_from(messages: &[ModelMessage]) -> usize {
    let is_input =
        |message: &ModelMessage| matches!(message, ModelMessage::User(_) | ModelMessage::Tool(_));
    let inputs = messages.iter().enumerate().rev();
    let mut inputs = inputs.filter(|(_, message)| is_input(message)).take(MARKS);
    inputs.by_ref().last().map_or(usize::MAX, |(at, _)| at)
}

/// How a PDF is sent.
#[derive(Clone, Copy)]
enum Pdf {
    /// In the form of OpenAI, OpenRouter and most others.
    File,
    /// In the form of Mistral's own servers.
    DocumentUrl,
}

/// A message and its encoding options.
pub(super) struct Message<'a> {
    message: &'a ModelMessage,
    /// Whether it has a mark for the vendor's cache.
    is_marked: bool,
    pdf: Pdf,
    traits: &'a Traits,
}

impl Serialize for Message<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        match self.message {
            ModelMessage::System(text) => {
                map.serialize_entry("role", "system")?;
                self.text(&mut map, text)?;
            }
            ModelMessage::User(user) => {
                map.serialize_entry("role", "user")?;
                let has_files = user
                    .content
                    .iter()
                    .any(|content| matches!(content, Content::File(_)));
                if has_files {
                    map.serialize_entry("content", &self.parts(user.content.iter()))?;
                } else {
                    self.text(&mut map, &user.text())?;
                }
            }
            ModelMessage::Assistant(said) => self.assistant(&mut map, said)?,
            ModelMessage::Tool(tool) => self.tool(&mut map, tool)?,
        }
        map.end()
    }
}

impl Message<'_> {
    /// A text alone is a plain string: many chat templates accept nothing else.
    fn text<M: SerializeMap>(&self, map: &mut M, text: &str) -> Result<(), M::Error> {
        if self.is_marked {
            map.serialize_entry("content", &[with_mark(text_part(text))])
        } else {
            map.serialize_entry("content", text)
        }
    }

    fn assistant<M: SerializeMap>(
        &self,
        map: &mut M,
        said: &AssistantMessage,
    ) -> Result<(), M::Error> {
        map.serialize_entry("role", "assistant")?;
        // Null instead of an empty text beside tool calls: some vendors refuse the latter.
        map.serialize_entry("content", &Some(&said.text).filter(|text| !text.is_empty()))?;
        let known = ["role", "content", "tool_calls"];
        let reasoning = said.vendor.reasoning.as_deref().filter(|field| {
            !said.reasoning.is_empty()
                && !known.contains(field)
                && !said.vendor.fields.contains_key(*field)
                && self.traits.takes_back(field)
        });
        if let Some(field) = reasoning {
            map.serialize_entry(field, &said.reasoning)?;
        }
        give_back(map, &said.vendor.fields, &known, self.traits)?;
        if !said.tool_calls.is_empty() {
            let calls = said.tool_calls.iter().map(|call| Call(call, self.traits));
            map.serialize_entry("tool_calls", &calls.collect::<Vec<_>>())?;
        }
        Ok(())
    }

    fn tool<M: SerializeMap>(&self, map: &mut M, tool: &ToolMessage) -> Result<(), M::Error> {
        map.serialize_entry("role", "tool")?;
        map.serialize_entry("tool_call_id", &tool.tool_call_id)?;
        if tool.files.is_empty() {
            return self.text(map, &tool.output);
        }
        let output = Content::Text(tool.output.clone());
        let files: Vec<Content> = tool.files.iter().cloned().map(Content::File).collect();
        map.serialize_entry(
            "content",
            &self.parts(std::iter::once(&output).chain(&files)),
        )
    }

    /// The pieces of a message as parts; adjacent texts are joined. The mark is on the last text: OpenRouter accepts
    /// it nowhere else.
    fn parts<'c>(&self, content: impl Iterator<Item = &'c Content>) -> Vec<Value> {
        let mut parts: Vec<Value> = Vec::new();
        let mut text = String::new();
        for content in content {
            match content {
                Content::Text(words) => {
                    if !text.is_empty() {
                        text.push_str("\n\n");
                    }
                    text.push_str(words);
                }
                Content::File(file) => {
                    if !text.is_empty() {
                        parts.push(text_part(&std::mem::take(&mut text)));
                    }
                    parts.push(file_part(file, self.pdf));
                }
            }
        }
        if !text.is_empty() {
            parts.push(text_part(&text));
        }
        let is_text = |part: &&mut Value| part.get("text").is_some();
        if self.is_marked
            && let Some(part) = parts.iter_mut().rev().find(is_text)
        {
            *part = with_mark(part.take());
        }
        parts
    }
}

fn text_part(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

fn with_mark(mut part: Value) -> Value {
    if let Some(fields) = part.as_object_mut() {
        fields.insert("cache_control".to_owned(), json!({"type": "ephemeral"}));
    }
    part
}

fn file_part(file: &Attachment, pdf: Pdf) -> Value {
    let name = file.name.as_deref().unwrap_or("file");
    let url = match &file.source {
        Source::Base64(base64) => format!("data:{};base64,{base64}", file.media_type),
        Source::Url(url) => url.clone(),
        Source::Workspace { .. } | Source::Missing(_) => return text_part(&format!("({name})")),
    };
    if file.media_type.starts_with("image/") {
        return json!({"type": "image_url", "image_url": {"url": url}});
    }
    match pdf {
        Pdf::File => json!({"type": "file", "file": {"filename": name, "file_data": url}}),
        Pdf::DocumentUrl => {
            json!({"type": "document_url", "document_url": url, "document_name": name})
        }
    }
}

/// A call with the vendor data that its server accepts.
struct Call<'a>(&'a ModelToolCall, &'a Traits);

impl Serialize for Call<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(call, traits) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("id", &call.id)?;
        map.serialize_entry("type", "function")?;
        map.serialize_entry("function", &Function(call, traits))?;
        give_back(
            &mut map,
            &call.vendor.fields,
            &["id", "type", "function"],
            traits,
        )?;
        map.end()
    }
}

/// The function of a call.
struct Function<'a>(&'a ModelToolCall, &'a Traits);

impl Serialize for Function<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(call, traits) = self;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &call.name)?;
        map.serialize_entry("arguments", &call.arguments)?;
        give_back(
            &mut map,
            &call.vendor.function,
            &["name", "arguments"],
            traits,
        )?;
        map.end()
    }
}

fn give_back<M: SerializeMap>(
    map: &mut M,
    fields: &Map<String, Value>,
    known: &[&str],
    traits: &Traits,
) -> Result<(), M::Error> {
    for (name, value) in fields {
        if !known.contains(&name.as_str()) && traits.takes_back(name) {
            map.serialize_entry(name, value)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
