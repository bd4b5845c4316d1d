//! Writing text: in the encoding and with the line ends that its file has.

use super::{
    Encoding, Expect, FilePath, Kind, LineEnds, Workspace, WorkspaceError, Written, line_ends,
};

/// How a text is to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Manner {
    /// `None`: in the encoding of the file that is replaced; UTF-8 when there is none.
    pub encoding: Option<Encoding>,
    /// `None`: with the line ends of the file that is replaced, unless all of its own are CR LF.
    pub line_ends: Option<LineEnds>,
}

/// A text was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextWritten {
    /// As for any file.
    pub written: Written,
    /// How the file was written down before, when it was a text.
    pub before: Option<(Encoding, LineEnds)>,
    /// How it is written down now.
    pub now: (Encoding, LineEnds),
}

impl Workspace<'_> {
    /// Writes a text, with the directories it needs.
    ///
    /// # Errors
    /// When something else is there than is expected, when the encoding lacks a character, when it is too large, or when a
    /// statement fails.
    pub fn write_text(
        &self,
        path: &FilePath,
        text: &str,
        manner: Manner,
        expect: &Expect,
    ) -> Result<TextWritten, WorkspaceError> {
        let old = match self.expected(path, expect)? {
            Some(content) => match content.kind {
                Kind::Text { encoding, .. } => self.text_of(&content)?.map(|text| (encoding, text)),
                Kind::Binary => None,
            },
            None => None,
        };
        let before = old
            .as_ref()
            .map(|(encoding, old)| (*encoding, LineEnds::of(old)));
        let encoding = manner
            .encoding
            .or(before.map(|(encoding, _)| encoding))
            .unwrap_or(Encoding::UTF_8);
        let text = match (manner.line_ends, &old) {
            (Some(LineEnds::CrLf), _) => line_ends::kept("\r\n", text, "\r\n"),
            (Some(LineEnds::Lf), _) => line_ends::kept("\n", text, "\n"),
            // Who writes CR LF alone means it.
            (_, Some((_, old))) if LineEnds::of(text) != LineEnds::CrLf => {
                line_ends::kept(old, text, "\n")
            }
            (_, Some(_) | None) => text.to_owned(),
        };
        Ok(TextWritten {
            written: self.write_encoded(path, &text, encoding, expect)?,
            before,
            now: (encoding, LineEnds::of(&text)),
        })
    }

    /// Writes a text in an encoding.
    pub(super) fn write_encoded(
        &self,
        path: &FilePath,
        text: &str,
        encoding: Encoding,
        expect: &Expect,
    ) -> Result<Written, WorkspaceError> {
        let bytes = encoding
            .encode(text)
            .map_err(|char| WorkspaceError::NotInEncoding {
                path: path.clone(),
                encoding: encoding.name(),
                char,
            })?;
        let written = self.write(path, &bytes, expect)?;
        // Bytes by themselves may look like another encoding than the one that they were made in.
        if !encoding.is_utf8() && !text.is_ascii() {
            let lines = text.split_inclusive('\n').count() as u64;
            self.tell_kind(&written.hash, Kind::Text { lines, encoding })?;
        }
        Ok(written)
    }
}
