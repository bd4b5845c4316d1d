//! Files that come with a message. They are in the workspace, and the message refers to them.

use crate::{
    id::MessageId,
    message::{FilePart, Message, Part, Role},
};

/// The directory of the workspace for attached files.
pub const DIRECTORY: &str = "attachments";

/// The maximum number of files attached to one message.
pub const FILES: usize = 20;

/// The maximum size of a picture that a model gets, in bytes. Vendors accept no more.
pub const PICTURE_BYTES: u64 = 5_000_000;

/// The maximum size of all files that a model gets with one request, in bytes.
pub const REQUEST_BYTES: u64 = 20_000_000;

/// Pasted text with more UTF-16 units than this becomes an attachment.
pub const PASTED_UNITS: u32 = 8_000;

/// Pasted text with more lines than this becomes an attachment.
pub const PASTED_LINES: usize = 200;

/// The media types of pictures that models take and browsers show.
pub const PICTURES: [&str; 4] = ["image/png", "image/jpeg", "image/gif", "image/webp"];

/// The media type of a PDF.
pub const PDF: &str = "application/pdf";

/// Whether a file of the workspace goes to the model with its bytes. Of any other, the model gets the path, and reads it
/// with its tools as far as it needs to.
#[must_use]
pub fn is_shown_to_model(media_type: &str) -> bool {
    let media_type = media_type.split(';').next().unwrap_or_default().trim();
    media_type.eq_ignore_ascii_case(PDF)
        || media_type
            .get(..6)
            .is_some_and(|start| start.eq_ignore_ascii_case("image/"))
            && !media_type.to_ascii_lowercase().contains("svg")
}

/// A message that is not sent yet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Draft {
    /// The text.
    pub text: String,
    /// The attached files.
    pub files: Vec<FilePart>,
}

impl Draft {
    /// Whether there is nothing to send.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.files.is_empty() && self.text.trim().is_empty()
    }

    /// The message: files first, so that the text can refer to them.
    #[must_use]
    pub fn into_message(self, id: MessageId) -> Message {
        let text = Some(self.text).filter(|text| !text.trim().is_empty());
        let files = self.files.into_iter().map(Part::File);
        Message {
            id,
            role: Role::User,
            parts: files.chain(text.map(Part::text)).collect(),
            metadata: None,
        }
    }
}

impl From<String> for Draft {
    fn from(text: String) -> Self {
        let files = Vec::new();
        Self { text, files }
    }
}

impl From<&str> for Draft {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Message {
    /// The files in the message.
    pub fn files(&self) -> impl Iterator<Item = &FilePart> {
        self.parts.iter().filter_map(|part| match part {
            Part::File(file) => Some(file),
            Part::Text(_)
            | Part::Reasoning(_)
            | Part::SourceUrl(_)
            | Part::SourceDocument(_)
            | Part::StepStart
            | Part::Tool(_)
            | Part::Data(_)
            | Part::Other(_) => None,
        })
    }

    /// The text of the message; of a message without text, the names of its files.
    #[must_use]
    pub fn text_or_names(&self) -> String {
        let text = self.plain_text();
        if !text.trim().is_empty() {
            return text;
        }
        let names = self.files().filter_map(|file| file.filename.as_deref());
        names.collect::<Vec<_>>().join(", ")
    }

    /// The message as it was written.
    #[must_use]
    pub fn draft(&self) -> Draft {
        Draft {
            text: self.plain_text(),
            files: self.files().cloned().collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace::limits::{ARCHIVE_BYTES, FILE_BYTES};

    #[test]
    fn the_guide_says_the_same() {
        const GUIDE: &str = include_str!("../../docs/page.md");
        let words = GUIDE.split_whitespace().collect::<Vec<_>>().join(" ");
        let mega = |bytes: u64| format!("{} MB", bytes / 1_000_000);
        for expected in [
            format!("into the directory `{DIRECTORY}` of"),
            format!("up to {} each", mega(PICTURE_BYTES)),
            format!("{} of them together", mega(REQUEST_BYTES)),
            format!(
                "A file may have {}, and a message {FILES} files.",
                mega(FILE_BYTES)
            ),
            format!("it may have {} then", mega(ARCHIVE_BYTES)),
            format!(
                "{},000 characters or {PASTED_LINES} lines",
                PASTED_UNITS / 1_000
            ),
        ] {
            assert!(words.contains(&expected), "{expected}");
        }
    }

    #[test]
    fn pictures_and_papers_are_shown_to_the_model() {
        for (media_type, expected) in [
            ("image/png", true),
            ("IMAGE/JPEG", true),
            ("image/svg+xml", false),
            ("application/pdf", true),
            ("Application/PDF; x=y", true),
            ("application/zip", false),
            ("text/plain", false),
            ("é", false),
            ("", false),
        ] {
            assert_eq!(is_shown_to_model(media_type), expected, "{media_type}");
        }
    }

    #[test]
    fn a_draft_becomes_a_message_and_a_message_a_draft() {
        let file = FilePart {
            media_type: "image/png".to_owned(),
            url: "/a.png".to_owned(),
            filename: None,
            provider_metadata: None,
        };
        let both = Draft {
            text: "See.".to_owned(),
            files: vec![file.clone()],
        };
        let alone = Draft {
            text: " ".to_owned(),
            files: vec![file],
        };
        assert!(Draft::from(" \n").is_blank());
        for (draft, parts) in [(both.clone(), 2), (alone, 1), ("Hi".into(), 1)] {
            assert!(!draft.is_blank());
            let message = draft.clone().into_message(MessageId::from("m"));
            assert_eq!(message.parts.len(), parts);
            assert_eq!(message.draft().files, draft.files);
        }
        let message = both.clone().into_message(MessageId::from("m"));
        assert_eq!(message.draft(), both);
        assert_eq!(message.text_or_names(), "See.");
    }

    #[test]
    fn without_text_a_message_is_known_by_its_files() {
        let file = |name: Option<&str>| FilePart {
            media_type: String::new(),
            url: String::new(),
            filename: name.map(str::to_owned),
            provider_metadata: None,
        };
        let draft = Draft {
            text: String::new(),
            files: vec![file(Some("a.png")), file(None), file(Some("b.zip"))],
        };
        let message = draft.into_message(MessageId::from("m"));
        assert_eq!(message.text_or_names(), "a.png, b.zip");
    }
}
