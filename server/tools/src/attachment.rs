//! Images and documents that an output refers to, so that a model call can include their bytes.

use common::attachments;
use serde_json::{Value, json};
use workspace::{FilePath, Hash, Workspace, WorkspaceError, document_type, image_type};

use super::ToolFailure;

/// The maximum size of an image or document in bytes: vendors accept no more.
pub const ATTACHMENT_BYTES: u64 = attachments::PICTURE_BYTES;

/// The number of bytes that identify the type of a file.
const HEAD_BYTES: u64 = 16;

/// An image or document of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// The path at the time of the call.
    pub path: FilePath,
    /// The hash of its content. [`Workspace::read_version`] returns that content even after the file has changed.
    pub hash: Hash,
    /// Its kind.
    pub kind: AttachmentKind,
    /// Its media type, such as `image/png`.
    pub media_type: &'static str,
    /// Its size in bytes.
    pub size: u64,
}

/// The kind of an attachment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttachmentKind {
    /// An image: PNG, JPEG, GIF or WebP.
    Image,
    /// A document: PDF.
    File,
}

impl AttachmentKind {
    /// The field of an output with the media type.
    const fn field(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::File => "file",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Image => "picture",
            Self::File => "PDF",
        }
    }
}

/// The attachment that an output of `read` refers to.
#[must_use]
pub fn attachment_of(output: &Value) -> Option<Attachment> {
    let text = |field| output.get(field)?.as_str();
    let says = |kind: AttachmentKind| output.get(kind.field()) == Some(&Value::Bool(true));
    let kind = [AttachmentKind::Image, AttachmentKind::File]
        .into_iter()
        .find(|kind| says(*kind))?;
    let reported = text("media_type")?;
    let media_types: &[&'static str] = match kind {
        AttachmentKind::Image => &["image/png", "image/jpeg", "image/gif", "image/webp"],
        AttachmentKind::File => &["application/pdf"],
    };
    Some(Attachment {
        path: FilePath::parse(text("path")?).ok()?,
        hash: Hash::stated(text("hash")?),
        kind,
        media_type: media_types
            .iter()
            .copied()
            .find(|known| *known == reported)?,
        size: output.get("size")?.as_u64()?,
    })
}

/// The image or document at a path; `None` for other files.
pub(super) fn attachment_at(
    workspace: &Workspace<'_>,
    path: &FilePath,
    hash: Hash,
    size: u64,
) -> Result<Option<Attachment>, WorkspaceError> {
    let head = workspace.read_bytes(path, 0..HEAD_BYTES)?;
    let image = image_type(&head).map(|media_type| (AttachmentKind::Image, media_type));
    let known =
        image.or_else(|| document_type(&head).map(|media_type| (AttachmentKind::File, media_type)));
    Ok(known.map(|(kind, media_type)| Attachment {
        path: path.clone(),
        hash,
        kind,
        media_type,
        size,
    }))
}

impl Attachment {
    /// The output that refers to it.
    pub(super) fn output(&self) -> Result<Value, ToolFailure> {
        let Self {
            path,
            hash,
            kind,
            media_type,
            size,
        } = self;
        let words = kind.words();
        if *size > ATTACHMENT_BYTES {
            return Err(ToolFailure::Explained(format!(
                "{path} is a {words} of {size} bytes. The limit is {ATTACHMENT_BYTES}: ask the user for a \
                 smaller one."
            )));
        }
        Ok(json!({
            "path": path.as_str(),
            "hash": hash.as_str(),
            "media_type": media_type,
            "size": size,
            kind.field(): true,
            "note": format!(
                "This is a {words}. If you do not see it beside this output, you cannot view it: say so, and do not \
                 guess what it shows."
            ),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_output_is_read_back_and_nothing_else_is() {
        let attachment = |kind, media_type| Attachment {
            path: FilePath::parse("a/b.png").unwrap(),
            hash: Hash::of(b"x"),
            kind,
            media_type,
            size: ATTACHMENT_BYTES,
        };
        for attachment in [
            attachment(AttachmentKind::Image, "image/webp"),
            attachment(AttachmentKind::File, "application/pdf"),
        ] {
            let output = attachment.output().unwrap();
            assert_eq!(attachment_of(&output), Some(attachment.clone()));
            for field in [
                "path",
                "hash",
                "media_type",
                "size",
                attachment.kind.field(),
            ] {
                for wrong in [Value::Null, json!("../x"), json!([])] {
                    let mut output = output.clone();
                    output[field] = wrong.clone();
                    let is_hash = field == "hash" && wrong.is_string();
                    assert_eq!(attachment_of(&output).is_some(), is_hash, "{field} {wrong}");
                }
            }
        }
        for other in [
            Value::Null,
            json!("a"),
            json!({"path": "a", "text": "image"}),
        ] {
            assert_eq!(attachment_of(&other), None);
        }
        let mismatch = attachment(AttachmentKind::Image, "application/pdf");
        assert_eq!(attachment_of(&mismatch.output().unwrap()), None);
    }
}
