//! How large messages are, measured in bytes of text: four of them are about one token.

use providers::{Attachment, Content, ModelMessage, Source};
use serde_json::{Map, Value};

/// How many bytes a token is taken for. It is a rough guess for English and code, and an overestimate of the tokens of
/// nothing but long runs of blanks.
pub(crate) const TOKEN_BYTES: usize = 4;

/// What a picture takes, in tokens: vendors scale it down to about so many.
const PICTURE_TOKENS: usize = 1_500;

/// A page of a PDF has some 50 kB of base64 and takes some 2,000 tokens.
const PDF_SHARE: usize = 6;

/// How large a message is.
pub fn of(message: &ModelMessage) -> usize {
    match message {
        ModelMessage::System(text) => text.len(),
        ModelMessage::User(user) => user.content.iter().map(of_content).sum(),
        ModelMessage::Assistant(said) => {
            let calls = said.tool_calls.iter().map(|call| {
                call.name.len()
                    + call.arguments.len()
                    + of_fields(&call.vendor.fields)
                    + of_fields(&call.vendor.function)
            });
            said.text.len()
                + said.reasoning.len()
                + of_fields(&said.vendor.fields)
                + calls.sum::<usize>()
        }
        ModelMessage::Tool(tool) => {
            tool.output.len() + tool.files.iter().map(of_file).sum::<usize>()
        }
    }
}

/// How large all of them are.
pub fn of_all(messages: &[ModelMessage]) -> usize {
    messages.iter().map(of).sum()
}

fn of_content(content: &Content) -> usize {
    match content {
        Content::Text(text) => text.len(),
        Content::File(file) => of_file(file),
    }
}

/// How large a file is.
pub(super) fn of_file(file: &Attachment) -> usize {
    let picture = PICTURE_TOKENS * TOKEN_BYTES;
    match &file.source {
        Source::Base64(_) | Source::Url(_) if file.media_type.starts_with("image/") => picture,
        Source::Base64(base64) if file.media_type == "application/pdf" => base64.len() / PDF_SHARE,
        Source::Base64(base64) => base64.len() / 4 * 3,
        // Read later: most are pictures.
        Source::Workspace { .. } | Source::Url(_) => picture,
        Source::Missing(why) => why.len(),
    }
}

fn of_fields(fields: &Map<String, Value>) -> usize {
    let sizes = fields
        .iter()
        .map(|(name, value)| name.len() + of_value(value));
    sizes.sum()
}

pub(super) fn of_value(value: &Value) -> usize {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => TOKEN_BYTES,
        Value::String(text) => text.len(),
        Value::Array(items) => items.iter().map(of_value).sum(),
        Value::Object(fields) => of_fields(fields),
    }
}
