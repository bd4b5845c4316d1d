//! Decodes server-sent events incrementally.
//!
//! Follows the WHATWG grammar: lines end in LF, CRLF or CR, a blank line ends an event, `:` begins a comment, several `data` lines join with LF.
//! Two deviations, both seen in practice: an event that is cut off by the end of the stream is still returned, since
//! some servers omit the last blank line; and the field `error`, which older llama.cpp servers write instead of
//! `data` for failures, counts as `data` of an event named `error`.

use thiserror::Error;

/// The default maximum size of an event: far above any model's delta, far below a Worker's memory.
pub const MAX_EVENT_BYTES: usize = 4 * 1024 * 1024;

/// A server-sent event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SseEvent {
    /// The `event` field; empty when there was none.
    pub name: String,
    /// The `data` lines, joined with LF. Invalid UTF-8 is replaced.
    pub data: String,
}

/// Why decoding stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SseError {
    /// An event exceeded the maximum size.
    #[error("an event of the stream is larger than {limit} bytes")]
    TooLarge {
        /// The maximum size in bytes.
        limit: usize,
    },
}

/// An incremental decoder. Its output does not depend on how the bytes were cut.
#[derive(Clone, Debug)]
pub struct SseDecoder {
    limit: usize,
    /// The present line, without its end.
    line: Vec<u8>,
    /// The present event.
    event: SseEvent,
    has_data: bool,
    /// Whether the last byte was CR: a following LF belongs to the same line end.
    after_cr: bool,
    /// Whether no line is complete yet, so that a byte order mark may come first.
    at_start: bool,
    failed: bool,
}

impl SseDecoder {
    /// A decoder that fails when an event exceeds `limit` bytes.
    #[must_use]
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            line: Vec::new(),
            event: SseEvent::default(),
            has_data: false,
            after_cr: false,
            at_start: true,
            failed: false,
        }
    }

    /// Takes the next bytes. An error is the last item.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Result<SseEvent, SseError>> {
        let mut items = Vec::new();
        let mut rest = bytes;
        while !rest.is_empty() && !self.failed {
            if std::mem::take(&mut self.after_cr)
                && let Some(after_lf) = rest.strip_prefix(b"\n")
            {
                rest = after_lf;
                continue;
            }
            let length = rest
                .iter()
                .position(|byte| matches!(byte, b'\n' | b'\r'))
                .unwrap_or(rest.len());
            let (text, after_text) = rest.split_at(length);
            if self.line.len() + self.event.data.len() + text.len() > self.limit {
                self.failed = true;
                items.push(Err(SseError::TooLarge { limit: self.limit }));
                break;
            }
            self.line.extend_from_slice(text);
            rest = match after_text.split_first() {
                None => after_text,
                Some((end, after_end)) => {
                    self.after_cr = *end == b'\r';
                    items.extend(self.end_line().map(Ok));
                    after_end
                }
            };
        }
        items
    }

    /// Handles the end of the stream: returns an event that lacks its final blank line.
    #[must_use]
    pub fn finish(&mut self) -> Option<SseEvent> {
        if std::mem::replace(&mut self.failed, true) {
            return None;
        }
        self.end_line().or_else(|| self.end_event())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let line = std::mem::take(&mut self.line);
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(after_mark) if self.at_start => after_mark,
            _ => line.as_slice(),
        };
        self.at_start = false;
        if line.is_empty() {
            return self.end_event();
        }
        let mut halves = line.splitn(2, |byte| *byte == b':');
        let field = halves.next().unwrap_or_default();
        let value = halves.next().unwrap_or_default();
        let value = String::from_utf8_lossy(value.strip_prefix(b" ").unwrap_or(value));
        match field {
            b"data" | b"error" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(&value);
                self.has_data = true;
                if field == b"error" {
                    self.event.name = "error".to_owned();
                }
            }
            b"event" => self.event.name = value.into_owned(),
            // Comments have an empty field name; `id`, `retry` and unknown fields are irrelevant here.
            _ => {}
        }
        None
    }

    fn end_event(&mut self) -> Option<SseEvent> {
        let event = std::mem::take(&mut self.event);
        std::mem::take(&mut self.has_data).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(limit: usize, pieces: &[&[u8]]) -> Vec<Result<SseEvent, SseError>> {
        let mut decoder = SseDecoder::new(limit);
        let mut items: Vec<_> = pieces
            .iter()
            .flat_map(|piece| decoder.push(piece))
            .collect();
        items.extend(decoder.finish().map(Ok));
        items
    }

    /// Decodes `stream` at once, cut in two at every byte, and byte by byte; the data must always be `expected`.
    fn check(stream: &[u8], expected: &[&str]) {
        let whole = decode(MAX_EVENT_BYTES, &[stream]);
        let data: Vec<_> = whole
            .iter()
            .map(|item| item.as_ref().unwrap().data.as_str())
            .collect();
        assert_eq!(data, expected, "{}", String::from_utf8_lossy(stream));
        check_cuts(MAX_EVENT_BYTES, stream);
    }

    fn check_cuts(limit: usize, stream: &[u8]) {
        let whole = decode(limit, &[stream]);
        for cut in 0..=stream.len() {
            let (left, right) = stream.split_at(cut);
            assert_eq!(decode(limit, &[left, right]), whole, "cut at {cut}");
        }
        let bytes: Vec<_> = stream.chunks(1).collect();
        assert_eq!(decode(limit, &bytes), whole, "byte by byte");
    }

    #[test]
    fn every_line_end() {
        check(b"data: a\n\ndata: b\n\n", &["a", "b"]);
        check(b"data: a\r\n\r\ndata: b\r\n\r\n", &["a", "b"]);
        check(b"data: a\r\rdata: b\r\r", &["a", "b"]);
        check(b"data: a\r\n\ndata: b\n\r\n", &["a", "b"]);
    }

    #[test]
    fn the_space_is_optional_and_only_one_goes() {
        check(
            b"data:a\n\ndata:  b\n\ndata\n\ndata:\n\n",
            &["a", " b", "", ""],
        );
    }

    #[test]
    fn data_lines_join() {
        check(b"data: {\ndata: }\n\n", &["{\n}"]);
        check(b"data\ndata\n\n", &["\n"]);
    }

    #[test]
    fn comments_other_fields_and_blank_lines_are_nothing() {
        check(b": OPENROUTER PROCESSING\n\n\n\nid: 7\nretry: 10\n\nno colon\n\ndata: a\n: in between\nid: 8\n\n", &["a"]);
        check(b"event: banana\n\n", &[]);
        check(b"", &[]);
    }

    #[test]
    fn the_name_is_kept_and_does_not_leak_into_the_next_event() {
        let events = decode(MAX_EVENT_BYTES, &[b"event: error\ndata: a\n\ndata: b\n\n"]);
        let event = |name: &str, data: &str| {
            Ok(SseEvent {
                name: name.into(),
                data: data.into(),
            })
        };
        assert_eq!(events, [event("error", "a"), event("", "b")]);
    }

    #[test]
    fn an_old_llama_cpp_error_is_data() {
        check(
            b"error: {\"code\":500}\n\ndata: [DONE]\n\n",
            &["{\"code\":500}", "[DONE]"],
        );
    }

    #[test]
    fn the_end_of_the_stream_ends_an_event() {
        check(b"data: a\n\ndata: [DONE]", &["a", "[DONE]"]);
        check(b"data: a\n\ndata: [DONE]\n", &["a", "[DONE]"]);
        check(b"data: a\n\ndata: [DONE]\r", &["a", "[DONE]"]);
    }

    #[test]
    fn split_and_broken_utf8() {
        check(
            "data: héllo 日本語 👩‍👩‍👧‍👦 \u{2028}\n\n".as_bytes(),
            &["héllo 日本語 👩‍👩‍👧‍👦 \u{2028}"],
        );
        check(b"data: a\xff\xc3\n\n", &["a\u{fffd}\u{fffd}"]);
        check(b"\xef\xbb\xbfdata: a\n\n\xef\xbb\xbfdata: b\n\n", &["a"]);
    }

    #[test]
    fn an_oversized_event_is_an_error_wherever_the_cuts_are() {
        let too_large = Err(SseError::TooLarge { limit: 16 });
        let first = Ok(SseEvent {
            name: String::new(),
            data: "a".into(),
        });
        for stream in [
            b"data: a\n\ndata: 12345678901\n\ndata: b\n\n".as_slice(),
            b"data: a\n\ndata: 1\ndata: 2\ndata: 34567\ndata: 89\n\n",
            b"data: a\n\n: a comment without an end",
        ] {
            assert_eq!(decode(16, &[stream]), [first.clone(), too_large.clone()]);
            check_cuts(16, stream);
        }
        assert_eq!(decode(16, &[b"data: 1234567890\n\n"]).len(), 1);
        assert!(decode(16, &[b"data: 1234567890\n\n"])[0].is_ok());
    }

    #[test]
    fn random_bytes_never_depend_on_cuts() {
        let mut random = fastrand::Rng::with_seed(7);
        let alphabet = b"dat: \r\n\xef\xbb\xbf\xc3\xa9{}e";
        for _ in 0..2_000 {
            let stream: Vec<u8> = (0..random.usize(..40))
                .map(|_| alphabet[random.usize(..alphabet.len())])
                .collect();
            check_cuts(12, &stream);
        }
    }
}
