//! Splits the body of an answer into pieces of JSON.
//!
//! Servers that are asked to stream send server-sent events, one JSON object per line, or a single JSON object,
//! possibly under another content type or followed by `data: [DONE]`. A line that begins with a bracket is JSON;
//! every other line belongs to an event.

use crate::sse::{SseDecoder, SseError, SseEvent};

/// The name of an event that reports a failure.
const ERROR: &str = "error";

/// A piece of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) kind: Kind,
    /// The text, which is JSON as a rule.
    pub(super) data: String,
}

/// The form of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A server-sent event.
    Event,
    /// A server-sent event named `error`.
    Error,
    /// JSON without an event.
    Json,
}

/// Splits a body into pieces, which do not depend on how the bytes were cut.
#[derive(Clone, Debug)]
pub(super) struct Body {
    sse: SseDecoder,
    position: Position,
    json: JsonText,
    limit: usize,
}

/// The position of the next byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Position {
    /// At the beginning of the body, after this many bytes of a byte order mark.
    Mark(usize),
    /// At the beginning of a line, or after JSON.
    LineStart,
    /// In a line of an event.
    Line,
    /// In JSON.
    Json,
    /// After an error: the rest of the body is ignored.
    Failed,
}

/// The byte order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

impl Body {
    /// Fails when a piece exceeds `limit` bytes.
    pub(super) fn new(limit: usize) -> Self {
        Self {
            sse: SseDecoder::new(limit),
            position: Position::Mark(0),
            json: JsonText::default(),
            limit,
        }
    }

    /// Whether JSON has begun and not ended.
    pub(super) fn is_in_json(&self) -> bool {
        self.position == Position::Json
    }

    /// Takes the next bytes. An error is the last item.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Result<Piece, SseError>> {
        let mut pieces = Vec::new();
        let mut rest = bytes;
        while let Some((first, after)) = rest.split_first() {
            rest = match self.position {
                Position::Failed => break,
                Position::Mark(seen) if MARK.get(seen) == Some(first) => {
                    self.position = Position::Mark(seen + 1);
                    after
                }
                Position::Mark(seen) => {
                    self.position = Position::LineStart;
                    // A partial mark is content.
                    if seen > 0 && seen < MARK.len() {
                        self.position = Position::Line;
                        self.events(MARK.get(..seen).unwrap_or_default(), &mut pieces);
                    }
                    rest
                }
                Position::LineStart => match first {
                    b' ' | b'\t' | b',' => after,
                    b'{' | b'[' => {
                        // Ends the previous event, which lacks its blank line.
                        self.events(b"\n\n", &mut pieces);
                        self.position = Position::Json;
                        rest
                    }
                    b'\n' | b'\r' => {
                        self.events(&[*first], &mut pieces);
                        after
                    }
                    _ => {
                        self.position = Position::Line;
                        rest
                    }
                },
                Position::Line => {
                    let is_end = |byte: &u8| matches!(byte, b'\n' | b'\r');
                    let end = rest.iter().position(is_end);
                    let (line, after) = rest.split_at(end.map_or(rest.len(), |end| end + 1));
                    self.events(line, &mut pieces);
                    if end.is_some() && self.position == Position::Line {
                        self.position = Position::LineStart;
                    }
                    after
                }
                Position::Json => self.json(rest, &mut pieces),
            };
        }
        pieces
    }

    /// Handles the end of the body: returns an event that lacks its final blank line.
    pub(super) fn finish(&mut self) -> Option<Piece> {
        self.sse.finish().map(piece)
    }

    fn events(&mut self, bytes: &[u8], pieces: &mut Vec<Result<Piece, SseError>>) {
        for event in self.sse.push(bytes) {
            if event.is_err() {
                self.position = Position::Failed;
            }
            pieces.push(event.map(piece));
        }
    }

    fn json<'a>(&mut self, bytes: &'a [u8], pieces: &mut Vec<Result<Piece, SseError>>) -> &'a [u8] {
        let after = self.json.push(bytes);
        if self.json.bytes.len() > self.limit {
            self.position = Position::Failed;
            pieces.push(Err(SseError::TooLarge { limit: self.limit }));
        } else if let Some(data) = self.json.take_whole() {
            self.position = Position::LineStart;
            pieces.push(Ok(Piece {
                kind: Kind::Json,
                data,
            }));
        }
        after
    }
}

fn piece(event: SseEvent) -> Piece {
    let kind = if event.name.eq_ignore_ascii_case(ERROR) {
        Kind::Error
    } else {
        Kind::Event
    };
    Piece {
        kind,
        data: event.data,
    }
}

/// A JSON object or array being read. Only brackets and strings are examined.
#[derive(Clone, Debug, Default)]
struct JsonText {
    bytes: Vec<u8>,
    depth: usize,
    in_string: bool,
    after_backslash: bool,
}

impl JsonText {
    /// Takes bytes up to the last bracket; returns the rest.
    fn push<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        for (at, byte) in bytes.iter().enumerate() {
            if self.in_string {
                self.in_string = self.after_backslash || *byte != b'"';
                self.after_backslash = !self.after_backslash && *byte == b'\\';
                continue;
            }
            match byte {
                b'"' => self.in_string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
            if self.depth == 0 {
                let (text, after) = bytes.split_at(at + 1);
                self.bytes.extend_from_slice(text);
                return after;
            }
        }
        self.bytes.extend_from_slice(bytes);
        &[]
    }

    fn take_whole(&mut self) -> Option<String> {
        if self.depth > 0 || self.bytes.is_empty() {
            return None;
        }
        let text = String::from_utf8_lossy(&self.bytes).into_owned();
        self.bytes.clear();
        Some(text)
    }
}

/// The objects and arrays in `data`, when there are several.
pub(super) fn several(data: &str) -> Option<Vec<String>> {
    let mut text = JsonText::default();
    let mut found = Vec::new();
    let mut rest = data.trim_start().as_bytes();
    while !rest.is_empty() {
        if !rest.starts_with(b"{") && !rest.starts_with(b"[") {
            return None;
        }
        rest = text.push(rest).trim_ascii_start();
        found.push(text.take_whole()?);
    }
    (found.len() > 1).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 64;

    fn cut(pieces: &[&[u8]]) -> Vec<Result<Piece, SseError>> {
        let mut body = Body::new(LIMIT);
        let mut found: Vec<_> = pieces.iter().flat_map(|piece| body.push(piece)).collect();
        found.extend(body.finish().map(Ok));
        found
    }

    fn check(text: &[u8], expected: &[&str]) {
        let whole = cut(&[text]);
        let data: Vec<_> = whole
            .iter()
            .map(|piece| piece.as_ref().map_or("too large", |piece| &piece.data))
            .collect();
        assert_eq!(data, expected, "{}", String::from_utf8_lossy(text));
        for at in 0..=text.len() {
            let (left, right) = text.split_at(at);
            assert_eq!(cut(&[left, right]), whole, "cut at {at}");
        }
        assert_eq!(cut(&text.chunks(1).collect::<Vec<_>>()), whole);
    }

    #[test]
    fn events_and_json_are_distinguished() {
        check(b"data: {}\n\ndata:[DONE]\r\n\r\n", &["{}", "[DONE]"]);
        check(b"{\"a\":1}", &["{\"a\":1}"]);
        check(b"\xef\xbb\xbf {\n \"a\": [1]\n}\n", &["{\n \"a\": [1]\n}"]);
        check(b"\xef\xbb\xbfdata: a\n\n", &["a"]);
        check(b"{\"a\":1}\n\ndata: [DONE]\n\n", &["{\"a\":1}", "[DONE]"]);
        check(b"{\"a\":1}data: [DONE]\n\n", &["{\"a\":1}", "[DONE]"]);
        check(
            b"{\"a\":1}\r\n{\"b\":2}\r\n[DONE]\r\n",
            &["{\"a\":1}", "{\"b\":2}", "[DONE]"],
        );
        check(b"data: {}\n{\"a\":1}", &["{}", "{\"a\":1}"]);
        check(b": hello\n\n<html>{\n", &[]);
        check(b"", &[]);
    }

    #[test]
    fn brackets_in_strings_are_words() {
        check(
            br#"{"a":"}\"}\\"}{"b":"["}"#,
            &[r#"{"a":"}\"}\\"}"#, r#"{"b":"["}"#],
        );
    }

    #[test]
    fn an_object_that_is_cut_short_is_no_piece() {
        check(b"{\"a\":", &[]);
        let mut body = Body::new(LIMIT);
        assert_eq!(body.push(b"{\"a\":"), []);
        assert!(body.is_in_json());
    }

    #[test]
    fn a_piece_has_a_limit() {
        let long = format!("data: a\n\n{{\"{}\"}}\n\ndata: b\n\n", "x".repeat(LIMIT));
        check(long.as_bytes(), &["a", "too large"]);
        let long = format!("data: {}\n\ndata: b\n\n", "x".repeat(LIMIT));
        check(long.as_bytes(), &["too large"]);
    }

    #[test]
    fn an_error_is_known_by_its_name() {
        let found = cut(&[b"event: error\ndata: a\n\ndata: b\n\nerror: c\n\n"]);
        let errors: Vec<_> = found
            .into_iter()
            .map(|piece| piece.unwrap())
            .map(|piece| (piece.kind == Kind::Error, piece.data))
            .collect();
        let expected = [(true, "a"), (false, "b"), (true, "c")];
        assert_eq!(errors, expected.map(|(is, data)| (is, data.to_owned())));
    }

    #[test]
    fn one_event_may_hold_several_objects() {
        let several = |data: &str| several(data).unwrap_or_default();
        assert_eq!(
            several("{\"a\":1} {}\n[DONE]"),
            ["{\"a\":1}", "{}", "[DONE]"]
        );
        for one in ["{}", "", "{} x", "{}{", "x"] {
            assert!(several(one).is_empty(), "{one}");
        }
    }
}
