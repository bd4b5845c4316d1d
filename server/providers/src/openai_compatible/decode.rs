//! Decodes the bytes of an answer incrementally.

use common::json::{parse_keeping_halves, without_halves};
use serde_json::Value;

use super::{
    ProviderSettings,
    body::{Body, Kind, Piece, several},
    chunk::{Chunk, Read},
    failure::{ErrorContext, ResponseHead},
    growing::Growing,
    vendor_error::VendorError,
};
use crate::{
    FinishReason, ModelRequest, ProviderError, ProviderEvent, ProviderItem, StreamEnd, Usage,
    VendorMessage, sse::MAX_EVENT_BYTES,
};

/// The number of bytes of a body that are kept to explain an invalid answer.
const PREAMBLE_BYTES: usize = 4 * 1024;

/// The data of the event that ends a stream.
const DONE: &str = "[DONE]";

/// Decodes an answer, streamed or whole.
///
/// The items do not depend on how the bytes were cut. The last one is `Ok(Finished)` or `Err`; the caller then stops
/// reading, and the decoder returns nothing more. Bytes without an item, such as comments, still show that the vendor
/// is alive.
#[derive(Clone, Debug)]
pub(super) struct AnswerDecoder {
    body: Body,
    context: ErrorContext,
    head: ResponseHead,
    growing: Growing,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    /// The progress of the stream.
    progress: Progress,
    /// The first piece that was no chunk.
    other: Option<VendorMessage>,
    /// The vendor's error that ended the answer.
    failure: Option<VendorError>,
    /// The beginning of the body, until the first piece.
    preamble: Vec<u8>,
}

/// The progress of a stream, in rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// No piece so far.
    NoPiece,
    /// Pieces, but no chunk.
    NoChunk,
    /// Chunks, but no output.
    NoOutput,
    Output,
    Ended,
}

/// How the stream ended.
#[derive(Clone, Copy)]
enum Ending {
    /// The vendor sent `[DONE]`.
    Done,
    /// The bytes ended.
    Bytes(StreamEnd),
}

impl AnswerDecoder {
    /// A decoder for the response to `request` that began with `head`.
    pub(super) fn new(
        head: ResponseHead,
        request: &ModelRequest,
        settings: &ProviderSettings,
    ) -> Self {
        Self {
            body: Body::new(MAX_EVENT_BYTES),
            context: ErrorContext::new(request, settings),
            head,
            growing: Growing::new(request.messages.len()),
            usage: None,
            finish: None,
            progress: Progress::NoPiece,
            other: None,
            failure: None,
            preamble: Vec::new(),
        }
    }

    /// Takes the next bytes of the body.
    #[must_use]
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<ProviderItem> {
        let mut items = Vec::new();
        if self.progress == Progress::NoPiece {
            let room = PREAMBLE_BYTES.saturating_sub(self.preamble.len());
            self.preamble.extend(bytes.iter().take(room));
        }
        for piece in self.body.push(bytes) {
            match piece {
                Ok(piece) => self.take_piece(&piece, &mut items),
                Err(error) => self.fail_unreadable(&error.to_string(), &mut items),
            }
        }
        if self.progress > Progress::NoPiece {
            self.preamble = Vec::new();
        }
        items
    }

    /// Handles the end of the body, or the caller's decision to stop waiting. Either is a normal end after the vendor
    /// gave a finish reason.
    #[must_use]
    pub(super) fn finish(&mut self, end: StreamEnd) -> Vec<ProviderItem> {
        let mut items = Vec::new();
        // The last event may lack its blank line. If it is unreadable it was cut off, which is not an error of its
        // own.
        if let Some(piece) = self.body.finish().filter(is_readable) {
            self.take_piece(&piece, &mut items);
        }
        self.end(Ending::Bytes(end), &mut items);
        items
    }

    /// The vendor's error, if it came before any output.
    pub(super) fn refusal(&self) -> Option<&VendorError> {
        self.failure.as_ref()
    }

    /// Whether vendor data was dropped because there is too much.
    pub(super) fn has_dropped_data(&self) -> bool {
        self.growing.has_dropped_data()
    }

    fn take_piece(&mut self, piece: &Piece, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        let data = piece.data.trim();
        if piece.kind == Kind::Error {
            let error = VendorError::of_body(data).unwrap_or_else(|| VendorError::of_words(data));
            return self.fail_as_vendor_says(error, items);
        }
        self.advance(Progress::NoChunk);
        if data.is_empty() {
            return;
        }
        if data == DONE {
            return self.end(Ending::Done, items);
        }
        match parse_keeping_halves(data) {
            Ok(value) => self.take_value(value, piece.kind, data, items),
            Err(_) => match several(data) {
                Some(pieces) => {
                    for data in pieces {
                        let kind = piece.kind;
                        self.take_piece(&Piece { kind, data }, items);
                    }
                }
                None => self.fail_unreadable(data, items),
            },
        }
    }

    fn take_value(&mut self, value: Value, kind: Kind, data: &str, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        if let Value::Array(values) = value {
            for value in values {
                self.take_value(value, kind, data, items);
            }
            return;
        }
        match Read::of(value) {
            Read::Chunk(chunk) => self.take_chunk(*chunk, kind, items),
            Read::Other => {
                let message = || self.context.message(data);
                self.other.get_or_insert_with(message);
            }
            Read::Unreadable => self.fail_unreadable(data, items),
        }
    }

    fn take_chunk(&mut self, mut chunk: Chunk, kind: Kind, items: &mut Vec<ProviderItem>) {
        self.advance(Progress::NoOutput);
        self.growing.take_id(std::mem::take(&mut chunk.id));
        self.usage = chunk.usage.or(self.usage);
        let mut finish_reason = String::new();
        let is_completion = chunk.is_completion || kind == Kind::Json;
        for choice in chunk.choices {
            if !choice.finish_reason.is_empty() {
                finish_reason = choice.finish_reason;
            } else if choice.is_whole && is_completion && finish_reason.is_empty() {
                // Nothing follows a whole answer.
                finish_reason = "stop".to_owned();
            }
            let events = self.growing.take_delta(choice.delta, choice.is_whole);
            if !events.is_empty() {
                self.advance(Progress::Output);
            }
            items.extend(events.into_iter().map(Ok));
        }
        if let Some(error) = chunk.error {
            return self.fail_as_vendor_says(error, items);
        }
        match finish_reason.to_ascii_lowercase().as_str() {
            "" => {}
            "error" => self.fail_as_vendor_says(VendorError::default(), items),
            "insufficient_system_resource" | "network_error" | "abort" => {
                let error = VendorError {
                    code: finish_reason,
                    ..VendorError::default()
                };
                self.fail_as_vendor_says(error, items);
            }
            _ => self.finish = Some(reason(finish_reason)),
        }
    }

    fn advance(&mut self, to: Progress) {
        self.progress = self.progress.max(to);
    }

    fn end(&mut self, ending: Ending, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        let mut held = Vec::new();
        match self.outcome(ending, &mut held) {
            Ok(reason) => {
                items.extend(held.into_iter().map(Ok));
                self.settle(items);
                items.push(Ok(ProviderEvent::Finished(reason)));
            }
            Err(error) => self.fail(error, items),
        }
    }

    fn fail_unreadable(&mut self, text: &str, items: &mut Vec<ProviderItem>) {
        let message = self.context.message(text);
        self.fail(ProviderError::Malformed { message }, items);
    }

    fn fail_as_vendor_says(&mut self, error: VendorError, items: &mut Vec<ProviderItem>) {
        let error = self.context.redacted(error);
        if self.progress < Progress::Output {
            self.failure = Some(error.clone());
        }
        self.fail(self.context.in_stream(&error), items);
    }

    fn fail(&mut self, error: ProviderError, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        self.settle(items);
        items.push(Err(error));
    }

    /// Releases the held items before the end.
    fn settle(&mut self, items: &mut Vec<ProviderItem>) {
        self.progress = Progress::Ended;
        items.extend(self.growing.take_vendor_data().map(Ok));
        items.extend(self.usage.map(|usage| Ok(ProviderEvent::Usage(usage))));
    }

    /// The result of the answer. Adds the held items to `held` if it is a success.
    fn outcome(
        &mut self,
        ending: Ending,
        held: &mut Vec<ProviderEvent>,
    ) -> Result<FinishReason, ProviderError> {
        let is_over = match ending {
            Ending::Done => self.progress > Progress::NoChunk,
            Ending::Bytes(_) => self.finish.is_some(),
        };
        if !is_over {
            return Err(self.cut_short(ending));
        }
        if self.growing.has_unnamed_call() {
            let message = self
                .context
                .message("a tool call without the name of a tool");
            return Err(ProviderError::Malformed { message });
        }
        self.growing.flush(held);
        let has_calls = self.growing.has_calls();
        let is_empty = !has_calls && !self.growing.has_words();
        match self.finish.take() {
            // Ollama and Gemini give `stop` after tool calls.
            Some(FinishReason::Stop) | None if has_calls => Ok(FinishReason::ToolCalls),
            Some(FinishReason::Other(reason)) if is_empty => Err(ProviderError::InStream {
                message: self.context.message("it stopped without an answer"),
                code: Some(self.context.message(&reason).as_str().to_owned()),
            }),
            Some(FinishReason::Stop | FinishReason::ToolCalls) | None if is_empty => {
                Err(ProviderError::Empty)
            }
            // Without calls, there is no output to wait for.
            Some(FinishReason::ToolCalls) if !has_calls => Ok(FinishReason::Stop),
            Some(reason) => Ok(reason),
            None => Ok(FinishReason::Stop),
        }
    }

    /// The error for an answer that ended early. Without any chunk, it may not have been an answer at all.
    fn cut_short(&mut self, ending: Ending) -> ProviderError {
        if self.progress <= Progress::NoChunk
            && let Some(message) = self.other.take()
        {
            return ProviderError::Malformed { message };
        }
        match ending {
            Ending::Done => ProviderError::Malformed {
                message: self.context.message("[DONE] and nothing before it"),
            },
            Ending::Bytes(StreamEnd::Silent { seconds }) => ProviderError::Silent { seconds },
            Ending::Bytes(StreamEnd::Closed) => self.dropped(),
        }
    }

    fn dropped(&self) -> ProviderError {
        let preamble = String::from_utf8_lossy(&self.preamble);
        let preamble = preamble.trim();
        if self.progress != Progress::NoPiece
            || self.body.is_in_json()
            || may_begin_stream(preamble)
        {
            return ProviderError::Dropped;
        }
        if self.head.may_stream() {
            let message = self.context.message(preamble);
            return ProviderError::Malformed { message };
        }
        self.context.no_answer(&self.head, preamble)
    }
}

/// The finish reason in any vendor's spelling.
fn reason(said: String) -> FinishReason {
    let word = said.to_ascii_lowercase();
    match word.as_str() {
        "stop" | "end_turn" | "eos" | "eos_token" | "stop_sequence" | "completed" => {
            FinishReason::Stop
        }
        "length" | "max_tokens" | "max_output_tokens" | "model_context_window_exceeded" => {
            FinishReason::Length
        }
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        "safety" | "recitation" | "prohibited_content" | "blocklist" | "spii" | "sensitive"
        | "refusal" => FinishReason::ContentFilter,
        _ if word.starts_with("content_filter") => FinishReason::ContentFilter,
        _ => FinishReason::Other(without_halves(said)),
    }
}

fn is_readable(piece: &Piece) -> bool {
    let data = piece.data.trim();
    piece.kind == Kind::Error
        || data == DONE
        || parse_keeping_halves(data).is_ok_and(|value| value.is_object() || value.is_array())
        || several(data).is_some()
}

/// Whether `text` is the beginning of an event stream, possibly cut within its first word.
fn may_begin_stream(text: &str) -> bool {
    let field = text.split(':').next().unwrap_or_default();
    ["", "data", "event", "id", "retry"]
        .iter()
        .any(|name| name.starts_with(field))
}
