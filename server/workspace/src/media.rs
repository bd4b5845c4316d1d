//! Recognises files that a model can view, by their first bytes.

/// The media type of an image that models accept; `None` for other bytes.
#[must_use]
pub fn image_type(bytes: &[u8]) -> Option<&'static str> {
    let riff = bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP");
    [
        (bytes.starts_with(b"\x89PNG\r\n\x1a\n"), "image/png"),
        (bytes.starts_with(b"\xff\xd8\xff"), "image/jpeg"),
        (
            bytes.starts_with(b"GIF87a") || bytes.starts_with(b"GIF89a"),
            "image/gif",
        ),
        (riff, "image/webp"),
    ]
    .into_iter()
    .find_map(|(is, media_type)| is.then_some(media_type))
}

/// The media type of a document that models accept; `None` for other bytes.
#[must_use]
pub fn document_type(bytes: &[u8]) -> Option<&'static str> {
    bytes.starts_with(b"%PDF-").then_some("application/pdf")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_and_documents_are_known_by_how_they_begin() {
        for (bytes, media_type) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("image/jpeg")),
            (b"GIF87a\x01", Some("image/gif")),
            (b"GIF89a\x01", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"RIFF", None),
            (b"\x89PNG", None),
            (b"%PDF-1.7", None),
            (b"<svg/>", None),
            (b"", None),
        ] {
            assert_eq!(image_type(bytes), media_type, "{bytes:?}");
            let is_document = bytes.starts_with(b"%PDF");
            assert_eq!(document_type(bytes).is_some(), is_document, "{bytes:?}");
        }
    }
}
