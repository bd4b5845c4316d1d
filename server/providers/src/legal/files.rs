//! Rules for images and other files.

use base64::{Engine as _, engine::general_purpose::STANDARD};
pub use common::attachments::{
    PICTURE_BYTES as MOST_PICTURE_BYTES, REQUEST_BYTES as MOST_FILES_BYTES,
};

use common::{attachments::PDF, id::MessageId};

use super::{Family, LeftOut, Target};
use crate::{Attachment, Content, ModelMessage, ModelRequest, Source, ToolMessage, UserMessage};

/// Anthropic's limit, which counts the characters of the base64.
const MOST_ANTHROPIC_BASE64: usize = 5 * 1024 * 1024;

/// The type of an image by the beginning of its base64. Anthropic refuses an image whose type differs from the stated
/// one.
const SIGNATURES: &[(&str, &str)] = &[
    ("iVBORw0KGgo", "image/png"),
    ("/9j/", "image/jpeg"),
    ("R0lGOD", "image/gif"),
    ("UklGR", "image/webp"),
];

/// Media types of text that do not begin with `text/`.
const TEXTS: &[&str] = &[
    "application/json",
    "application/javascript",
    "application/toml",
    "application/x-sh",
    "application/x-yaml",
    "application/xml",
    "application/yaml",
    "image/svg+xml",
];

/// Keeps the files that the model accepts, and replaces the others by a sentence.
pub(super) fn legal_files(
    request: &mut ModelRequest,
    target: &Target<'_>,
    left_out: &mut Vec<LeftOut>,
) {
    let mut room = MOST_FILES_BYTES;
    let mut checked = Vec::with_capacity(request.messages.len());
    // Newest first: when not all files fit, the oldest are omitted.
    for mut message in std::mem::take(&mut request.messages).into_iter().rev() {
        let mut refuse = |file: &Attachment, why: String, origin: Option<&MessageId>| {
            let what = described(file);
            left_out.push(LeftOut {
                origin: origin.cloned(),
                what: format!("The model did not get {what}: {why}."),
            });
            format!("(You do not get {what}: {why}.)")
        };
        match &mut message {
            ModelMessage::User(UserMessage { content, origin }) => {
                for content in content.iter_mut().rev() {
                    if let Content::File(file) = content {
                        *content = match taken(file, target, &mut room) {
                            Ok(content) => content,
                            Err(why) => Content::Text(refuse(file, why, origin.as_ref())),
                        };
                    }
                }
                introduce_papers(content);
            }
            ModelMessage::Tool(ToolMessage {
                output,
                files,
                origin,
                ..
            }) => {
                let mut notes = Vec::new();
                files.retain_mut(|file| match taken(file, target, &mut room) {
                    Ok(Content::File(legal)) => {
                        *file = legal;
                        true
                    }
                    Ok(Content::Text(text)) => {
                        notes.push(text);
                        false
                    }
                    Err(why) => {
                        notes.push(refuse(file, why, origin.as_ref()));
                        false
                    }
                });
                for note in notes {
                    output.push_str("\n\n");
                    output.push_str(&note);
                }
            }
            ModelMessage::System(_) | ModelMessage::Assistant(_) => {}
        }
        checked.push(message);
    }
    left_out.reverse();
    checked.reverse();
    let family_takes_them = target.family() == Family::Anthropic;
    let in_outputs = target.abilities.tool_pictures.unwrap_or(family_takes_them);
    request.messages = behind_outputs(checked, in_outputs);
}

/// Bedrock, which serves Claude among others, requires text beside a document.
fn introduce_papers(content: &mut Vec<Content>) {
    let mut papers = Vec::new();
    for piece in &*content {
        match piece {
            Content::Text(text) if text.trim().is_empty() => {}
            Content::Text(_) => return,
            Content::File(file) if file.media_type == PDF => papers.push(described(file)),
            Content::File(_) => {}
        }
    }
    if !papers.is_empty() {
        let words = format!("This is {}.", papers.join(", "));
        content.insert(0, Content::Text(words));
    }
}

/// Moves files in outputs to a user message after the outputs of the step, except images that may stay.
fn behind_outputs(messages: Vec<ModelMessage>, pictures_stay: bool) -> Vec<ModelMessage> {
    let mut out = Vec::with_capacity(messages.len());
    let mut waiting = UserMessage::default();
    let flush = |waiting: &mut UserMessage, out: &mut Vec<ModelMessage>| {
        if !waiting.content.is_empty() {
            out.push(ModelMessage::User(std::mem::take(waiting)));
        }
    };
    for mut message in messages {
        if let ModelMessage::Tool(tool) = &mut message {
            let stays = |file: &mut Attachment| pictures_stay && file.media_type != PDF;
            for file in tool.files.extract_if(.., |file| !stays(file)) {
                let words = format!("This is {}, which the tool has read.", described(&file));
                waiting.content.push(Content::Text(words));
                waiting.content.push(Content::File(file));
                waiting.origin.clone_from(&tool.origin);
            }
        } else {
            flush(&mut waiting, &mut out);
        }
        out.push(message);
    }
    flush(&mut waiting, &mut out);
    out
}

/// The content for a file; an error is the end of a sentence.
fn taken(file: &Attachment, target: &Target<'_>, room: &mut u64) -> Result<Content, String> {
    let base64 = match &file.source {
        Source::Base64(base64) => base64,
        Source::Url(_) => return by_address(file, target),
        Source::Workspace { .. } => return Err("it could not be read".to_owned()),
        Source::Missing(why) => return Err(why.clone()),
    };
    let media_type = media_type_of(file, base64);
    let size = base64.trim_end_matches('=').len() as u64 / 4 * 3;
    let is_picture = media_type.starts_with("image/") && !is_text(&media_type);
    if is_picture {
        let most = match target.family() {
            Family::Anthropic => MOST_ANTHROPIC_BASE64 as u64 / 4 * 3,
            Family::Mistral
            | Family::Google
            | Family::OpenAi
            | Family::Reasoning
            | Family::Other => MOST_PICTURE_BYTES,
        };
        if size > most {
            let (size, most) = (megabytes(size), megabytes(most));
            return Err(format!("it has {size}, and a picture may have {most}"));
        }
        takes_picture(&media_type, target)?;
    }
    let taken_up = size.min(MOST_FILES_BYTES + 1);
    *room = room.checked_sub(taken_up).ok_or_else(|| {
        let (size, most) = (megabytes(size), megabytes(MOST_FILES_BYTES));
        format!("it has {size}, and the files of a request may have {most} together")
    })?;
    if is_picture {
        Ok(Content::File(Attachment {
            media_type,
            ..file.clone()
        }))
    } else if media_type == PDF {
        if target.abilities.files == Some(false) {
            return Err("this model takes no PDF".to_owned());
        }
        let name = file
            .name
            .clone()
            .unwrap_or_else(|| "document.pdf".to_owned());
        Ok(Content::File(Attachment {
            media_type,
            name: Some(name),
            ..file.clone()
        }))
    } else {
        text_of(file, &media_type, base64)
    }
}

/// Vendors fetch images by URL, and few other files.
fn by_address(file: &Attachment, target: &Target<'_>) -> Result<Content, String> {
    let media_type = plain(&file.media_type);
    if !media_type.starts_with("image/") || is_text(&media_type) {
        return Err("models fetch pictures alone; put the file into the message".to_owned());
    }
    // A type such as `image/*` is determined when the image is fetched.
    if media_type != "image/*" {
        takes_picture(&media_type, target)?;
    } else if target.abilities.images == Some(false) {
        return Err("this model takes no pictures".to_owned());
    }
    Ok(Content::File(Attachment {
        media_type,
        ..file.clone()
    }))
}

fn takes_picture(media_type: &str, target: &Target<'_>) -> Result<(), String> {
    if target.abilities.images == Some(false) {
        return Err("this model takes no pictures".to_owned());
    }
    let is_google = target.family() == Family::Google;
    let is_taken = match media_type {
        "image/png" | "image/jpeg" | "image/webp" => true,
        "image/gif" => !is_google,
        "image/heic" | "image/heif" => is_google,
        _ => false,
    };
    if is_taken {
        Ok(())
    } else {
        Err(format!(
            "this model takes no pictures of type {media_type}; PNG and JPEG are taken"
        ))
    }
}

/// A text file as text, in a code fence that its content does not close.
fn text_of(file: &Attachment, media_type: &str, base64: &str) -> Result<Content, String> {
    let bytes = STANDARD
        .decode(base64)
        .map_err(|_| "its data cannot be read".to_owned())?;
    let text = if is_text(media_type) {
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        let text = String::from_utf8(bytes)
            .ok()
            .filter(|text| !text.contains('\0'));
        text.ok_or_else(|| {
            let kind = if media_type.is_empty() {
                "this type"
            } else {
                media_type
            };
            format!("models take no files of type {kind}")
        })?
    };
    let name = file.name.as_deref().unwrap_or("file");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    Ok(Content::Text(format!(
        "File {name}:\n\n{fence}\n{text}{end}{fence}"
    )))
}

/// The type of a file, by its first bytes where possible.
fn media_type_of(file: &Attachment, base64: &str) -> String {
    let declared = plain(&file.media_type);
    let signature = SIGNATURES
        .iter()
        .find(|(start, _)| base64.starts_with(start));
    match signature {
        Some((_, media_type)) if declared.starts_with("image/") && !is_text(&declared) => {
            (*media_type).to_owned()
        }
        Some(_) | None if base64.starts_with("JVBERi0") => PDF.to_owned(),
        Some((_, media_type)) if matches!(declared.as_str(), "" | "application/octet-stream") => {
            (*media_type).to_owned()
        }
        Some(_) | None => declared,
    }
}

/// The media type without parameters, in the spelling that vendors know.
fn plain(media_type: &str) -> String {
    let kind = media_type.split(';').next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    match kind.as_str() {
        "image/jpg" | "image/pjpeg" => "image/jpeg".to_owned(),
        "application/x-pdf" => PDF.to_owned(),
        _ => kind,
    }
}

fn is_text(media_type: &str) -> bool {
    media_type.starts_with("text/") || TEXTS.contains(&media_type)
}

/// The description of a file in a sentence.
fn described(file: &Attachment) -> String {
    let is_picture = file.media_type.to_ascii_lowercase().starts_with("image/");
    let kind = if is_picture { "picture" } else { "file" };
    match &file.name {
        Some(name) => format!("the {kind} {name}"),
        None => format!("a {kind}"),
    }
}

/// A size as text.
#[must_use]
pub fn megabytes(bytes: u64) -> String {
    format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10)
}
