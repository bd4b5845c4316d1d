//! The bytes of an answer, decoded piece by piece.

use super::{
    ProviderSettings,
    chunk::{Chunk, Delta, Reasoning, VendorError},
    failure::{ErrorContext, vendor_error},
    tool_calls::ToolCalls,
};
use crate::providers::{
    FinishReason, ModelRequest, ProviderError, ProviderEvent, ProviderItem, StreamEnd, Usage,
    VendorMessage,
    sse::{MAX_EVENT_BYTES, SseDecoder, SseEvent},
};

/// How much of a body is kept to explain it in case it turns out to be no stream of events.
const PREAMBLE_BYTES: usize = 4 * 1024;

/// The data of the event that ends every stream.
const DONE: &str = "[DONE]";

/// Decodes one answer.
///
/// The items do not depend on how the bytes were cut. The last one is `Ok(Finished)` or `Err`; after it the caller stops
/// reading, and the decoder gives nothing more. Bytes that yield no item (comments, say) still show that the
/// vendor is alive.
#[derive(Clone, Debug)]
pub struct Decoder {
    sse: SseDecoder,
    context: ErrorContext,
    /// What the answer follows; part of made-up ids, so that they differ from step to step.
    message_count: usize,
    /// The vendor's id of the answer.
    answer_id: String,
    tool_calls: ToolCalls,
    /// A plain reasoning field was seen, so the structured one only mirrors it.
    has_plain_reasoning: bool,
    usage: Option<Usage>,
    finish: Option<FinishReason>,
    /// How far the stream has got.
    progress: Progress,
    /// The first event that could not be read.
    unreadable: Option<VendorMessage>,
    /// The beginning of the body, while no event has come.
    preamble: Vec<u8>,
}

/// In order: it only ever grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    /// Not one event.
    NoEvent,
    /// Events, but none that could be read.
    NoChunk,
    /// Chunks, but nothing to show yet.
    NoOutput,
    Output,
    Ended,
}

/// How the stream came to its end.
#[derive(Clone, Copy)]
enum Ending {
    /// The vendor said `[DONE]`.
    Done,
    /// The bytes stopped.
    Bytes(StreamEnd),
}

impl Decoder {
    /// A decoder for the answer to `request`.
    #[must_use]
    pub fn new(request: &ModelRequest, settings: &ProviderSettings) -> Self {
        Self {
            sse: SseDecoder::new(MAX_EVENT_BYTES),
            context: ErrorContext::new(request, settings),
            message_count: request.messages.len(),
            answer_id: String::new(),
            tool_calls: ToolCalls::default(),
            has_plain_reasoning: false,
            usage: None,
            finish: None,
            progress: Progress::NoEvent,
            unreadable: None,
            preamble: Vec::new(),
        }
    }

    /// Takes the next bytes of the body.
    #[must_use]
    pub fn push(&mut self, bytes: &[u8]) -> Vec<ProviderItem> {
        let mut items = Vec::new();
        if self.progress == Progress::NoEvent {
            let room = PREAMBLE_BYTES.saturating_sub(self.preamble.len());
            self.preamble.extend(bytes.iter().take(room));
        }
        for event in self.sse.push(bytes) {
            match event {
                Ok(event) => self.take_event(&event, &mut items),
                Err(error) => {
                    let message = self.context.message(&error.to_string());
                    self.fail(ProviderError::Malformed { message }, &mut items);
                }
            }
        }
        items
    }

    /// Takes the end of the body, or the caller's decision not to wait for it any longer. Either is fine once the vendor has
    /// said why the model stopped.
    #[must_use]
    pub fn finish(&mut self, end: StreamEnd) -> Vec<ProviderItem> {
        let mut items = Vec::new();
        // The last event may only lack its blank line; when it makes no sense it was cut short, which is no fault of its own.
        if let Some(event) = self.sse.finish().filter(is_readable) {
            self.take_event(&event, &mut items);
        }
        self.end(Ending::Bytes(end), &mut items);
        items
    }

    fn take_event(&mut self, event: &SseEvent, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        let data = event.data.trim();
        if data == DONE {
            return self.end(Ending::Done, items);
        }
        self.advance(Progress::NoChunk);
        if data.is_empty() {
            return;
        }
        match Chunk::parse(data) {
            Some(chunk) => self.take_chunk(chunk, items),
            None => {
                let message = || self.context.message(data);
                self.unreadable.get_or_insert_with(message);
            }
        }
    }

    fn take_chunk(&mut self, mut chunk: Chunk, items: &mut Vec<ProviderItem>) {
        self.advance(Progress::NoOutput);
        if self.answer_id.is_empty() {
            self.answer_id = std::mem::take(&mut chunk.id);
        }
        self.usage = chunk.usage().or(self.usage);
        let mut finish_reason = String::new();
        if let Some(choice) = chunk
            .choices
            .as_mut()
            .and_then(|choices| choices.first_mut())
        {
            finish_reason = std::mem::take(&mut choice.finish_reason);
            let events = self.take_delta(std::mem::take(&mut choice.delta));
            if !events.is_empty() {
                self.advance(Progress::Output);
            }
            items.extend(events.into_iter().map(Ok));
        }
        if let Some(error) = chunk.error() {
            return self.fail(self.context.in_stream(&error), items);
        }
        match finish_reason.to_ascii_lowercase().as_str() {
            "" => {}
            "error" => self.fail(self.context.in_stream(&VendorError::default()), items),
            "stop" | "end_turn" | "eos" => self.finish = Some(FinishReason::Stop),
            "length" | "max_tokens" => self.finish = Some(FinishReason::Length),
            "content_filter" => self.finish = Some(FinishReason::ContentFilter),
            "tool_calls" | "function_call" => self.finish = Some(FinishReason::ToolCalls),
            _ => self.finish = Some(FinishReason::Other(finish_reason)),
        }
    }

    fn take_delta(&mut self, mut delta: Delta) -> Vec<ProviderEvent> {
        let mut events = Vec::new();
        match delta.take_reasoning() {
            Reasoning::Plain(words) => {
                self.has_plain_reasoning = true;
                events.push(ProviderEvent::ReasoningDelta(words));
            }
            Reasoning::Details(words) if !self.has_plain_reasoning => {
                events.push(ProviderEvent::ReasoningDelta(words))
            }
            Reasoning::Details(_) | Reasoning::None => {}
        }
        let text = delta.take_text();
        if !text.is_empty() {
            events.push(ProviderEvent::TextDelta(text));
        }
        if !delta.tool_calls.is_empty() {
            let answer_id = if self.answer_id.is_empty() {
                "call"
            } else {
                self.answer_id.as_str()
            };
            let made_up_id = format!("{answer_id}-{}", self.message_count);
            for tool_call in delta.tool_calls {
                self.tool_calls.push(tool_call, &made_up_id, &mut events);
            }
        }
        events
    }

    fn advance(&mut self, to: Progress) {
        self.progress = self.progress.max(to);
    }

    fn end(&mut self, ending: Ending, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        match self.outcome(ending) {
            Ok(reason) => {
                self.settle(items);
                items.push(Ok(ProviderEvent::Finished(reason)));
            }
            Err(error) => self.fail(error, items),
        }
    }

    fn fail(&mut self, error: ProviderError, items: &mut Vec<ProviderItem>) {
        if self.progress == Progress::Ended {
            return;
        }
        self.settle(items);
        items.push(Err(error));
    }

    fn settle(&mut self, items: &mut Vec<ProviderItem>) {
        self.progress = Progress::Ended;
        items.extend(self.usage.map(|usage| Ok(ProviderEvent::Usage(usage))));
    }

    fn outcome(&mut self, ending: Ending) -> Result<FinishReason, ProviderError> {
        if self.progress != Progress::Output
            && let Some(message) = self.unreadable.take()
        {
            return Err(ProviderError::Malformed { message });
        }
        if self.tool_calls.has_unnamed()
            && (self.finish.is_some() || matches!(ending, Ending::Done))
        {
            let message = self
                .context
                .message("a tool call without the name of a tool");
            return Err(ProviderError::Malformed { message });
        }
        let has_calls = !self.tool_calls.is_empty();
        match (self.finish.take(), ending) {
            // Ollama and Gemini say `stop` after tool calls.
            (Some(FinishReason::Stop), _) if has_calls => Ok(FinishReason::ToolCalls),
            // Nothing would ever answer calls that were not made.
            (Some(FinishReason::ToolCalls), _) if !has_calls => Ok(FinishReason::Stop),
            (Some(reason), _) => Ok(reason),
            (None, Ending::Done) => match self.progress {
                Progress::NoEvent | Progress::NoChunk => Err(ProviderError::Malformed {
                    message: self.context.message("[DONE] and nothing before it"),
                }),
                Progress::NoOutput | Progress::Output | Progress::Ended if has_calls => {
                    Ok(FinishReason::ToolCalls)
                }
                Progress::NoOutput | Progress::Output | Progress::Ended => Ok(FinishReason::Stop),
            },
            (None, Ending::Bytes(StreamEnd::Silent { seconds })) => {
                Err(ProviderError::Silent { seconds })
            }
            (None, Ending::Bytes(StreamEnd::Closed)) => Err(self.dropped()),
        }
    }

    /// The body ended early. When it held no event at all, perhaps it never was a stream.
    fn dropped(&self) -> ProviderError {
        let preamble = String::from_utf8_lossy(&self.preamble);
        let preamble = preamble.trim();
        if self.progress != Progress::NoEvent || may_begin_stream(preamble) {
            return ProviderError::Dropped;
        }
        match vendor_error(preamble) {
            Some(error) => self.context.in_stream(&error),
            None => ProviderError::Malformed {
                message: self.context.message(preamble),
            },
        }
    }
}

fn is_readable(event: &SseEvent) -> bool {
    let data = event.data.trim();
    data == DONE || Chunk::parse(data).is_some()
}

/// Whether `text` is the beginning of a stream of events, be it a part of the first word.
fn may_begin_stream(text: &str) -> bool {
    let field = text.split(':').next().unwrap_or_default();
    ["", "data", "event", "id", "retry"]
        .iter()
        .any(|name| name.starts_with(field))
}
