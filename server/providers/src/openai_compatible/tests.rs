//! Cases that the recorded streams do not cover: endings, keys, sizes, and invalid bytes.

mod shapes;

use common::secret::Secret;

use super::{ProviderSettings, ResponseHead, decode::AnswerDecoder};
use crate::{
    FinishReason, ModelRequest, ProviderError, ProviderEvent, ProviderItem, Retry, StreamEnd,
};

const KEY: &str = "sk-or-v1-0123456789";

fn decoder() -> AnswerDecoder {
    let settings = ProviderSettings {
        base_url: "http://localhost/v1".into(),
        api_key: Secret::new(KEY),
        model: "some/model".into(),
    };
    AnswerDecoder::new(ResponseHead::default(), &ModelRequest::default(), &settings)
}

fn decode(pieces: &[&[u8]], end: StreamEnd) -> Vec<ProviderItem> {
    let mut decoder = decoder();
    let mut items: Vec<_> = pieces
        .iter()
        .flat_map(|piece| decoder.push(piece))
        .collect();
    items.extend(decoder.finish(end));
    assert_eq!(
        decoder.push(b"data: {\"choices\":[{\"delta\":{\"content\":\"late\"}}]}\n\n"),
        [],
        "nothing follows the end"
    );
    assert_eq!(
        decoder.finish(StreamEnd::Closed),
        [],
        "nothing follows the end"
    );
    items
}

fn closed(stream: &str) -> Vec<ProviderItem> {
    decode(&[stream.as_bytes()], StreamEnd::Closed)
}

fn error(stream: &str) -> ProviderError {
    closed(stream).pop().unwrap().unwrap_err()
}

fn finished(reason: FinishReason) -> ProviderItem {
    Ok(ProviderEvent::Finished(reason))
}

/// All the text.
fn shown(items: &[ProviderItem]) -> String {
    let mut shown = String::new();
    for item in items {
        if let Ok(ProviderEvent::TextDelta(text)) = item {
            shown.push_str(text);
        }
    }
    shown
}

const TEXT: &str = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
const STOP: &str = "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
const DONE: &str = "data: [DONE]\n\n";

fn text() -> ProviderItem {
    Ok(ProviderEvent::TextDelta("a".into()))
}

#[test]
fn a_finish_reason_makes_every_ending_a_good_one() {
    let stream = format!("{TEXT}{STOP}");
    for end in [StreamEnd::Closed, StreamEnd::Silent { seconds: 60 }] {
        assert_eq!(
            decode(&[stream.as_bytes()], end),
            [text(), finished(FinishReason::Stop)]
        );
    }
}

#[test]
fn done_without_a_finish_reason_is_a_good_ending() {
    assert_eq!(
        closed(&format!("{TEXT}{DONE}")),
        [text(), finished(FinishReason::Stop)]
    );
}

#[test]
fn neither_is_a_dropped_or_silent_stream() {
    assert_eq!(closed(TEXT), [text(), Err(ProviderError::Dropped)]);
    let silent = ProviderError::Silent { seconds: 60 };
    assert_eq!(
        decode(&[TEXT.as_bytes()], StreamEnd::Silent { seconds: 60 }),
        [text(), Err(silent.clone())]
    );
    assert_eq!(
        decode(&[], StreamEnd::Silent { seconds: 60 }),
        [Err(silent)]
    );
    assert_eq!(closed(""), [Err(ProviderError::Dropped)]);
    assert_eq!(
        closed(": OPENROUTER PROCESSING\n\n"),
        [Err(ProviderError::Dropped)]
    );
}

#[test]
fn the_end_comes_with_done_and_not_only_with_the_last_byte() {
    let stream = format!("{TEXT}{STOP}{DONE}{TEXT}");
    assert_eq!(
        decoder().push(stream.as_bytes()),
        [text(), finished(FinishReason::Stop)]
    );
}

#[test]
fn an_answer_without_words_and_calls_is_an_error() {
    let reasoning = TEXT.replace("content", "reasoning");
    let stopped = |before: &str, reason: &str| {
        closed(&format!("{before}{}{DONE}", STOP.replace("stop", reason)))
    };
    assert_eq!(stopped("", "stop"), [Err(ProviderError::Empty)]);
    // White space is an answer, but not after reasoning.
    let blank = TEXT.replace("\"a\"", "\"\\n\"");
    assert_eq!(
        stopped(&blank, "stop").pop(),
        Some(finished(FinishReason::Stop))
    );
    assert_eq!(
        stopped(&format!("{reasoning}{blank}"), "stop").pop(),
        Some(Err(ProviderError::Empty))
    );
    // No call was made, so there is none to wait for.
    assert_eq!(stopped("", "tool_calls"), [Err(ProviderError::Empty)]);
    // Reasoning alone is not an answer.
    assert_eq!(
        stopped(&reasoning, "stop").pop(),
        Some(Err(ProviderError::Empty))
    );
    let unended = TEXT.replace("\"a\"", "\"<think>hm\"");
    assert_eq!(
        stopped(&unended, "stop"),
        [
            Ok(ProviderEvent::ReasoningDelta("hm".into())),
            Err(ProviderError::Empty)
        ]
    );
    // The reason explains the empty answer.
    assert_eq!(stopped("", "length"), [finished(FinishReason::Length)]);
    assert_eq!(
        stopped("", "content_filter"),
        [finished(FinishReason::ContentFilter)]
    );
    assert_eq!(
        stopped(&unended, "length").pop(),
        Some(finished(FinishReason::Length))
    );
    let error = stopped("", "malformed_function_call")
        .pop()
        .unwrap()
        .unwrap_err();
    assert!(
        matches!(&error, ProviderError::InStream { code: Some(code), .. } if code == "malformed_function_call"),
        "{error:?}"
    );
}

#[test]
fn done_alone_is_malformed() {
    assert_eq!(error(DONE).code(), "malformed");
}

#[test]
fn finish_reasons() {
    let check = |said: &str, reason: FinishReason| {
        let stream = format!("{TEXT}{}", STOP.replace("stop", said));
        assert_eq!(closed(&stream), [text(), finished(reason)]);
    };
    check("STOP", FinishReason::Stop);
    check("length", FinishReason::Length);
    check("content_filter", FinishReason::ContentFilter);
    check(
        "content_filter: PROHIBITED_CONTENT",
        FinishReason::ContentFilter,
    );
    check("recitation", FinishReason::ContentFilter);
    check("odd", FinishReason::Other("odd".into()));
    check("tool_calls", FinishReason::Stop);
    assert_eq!(
        closed(&STOP.replace("stop", "")),
        [Err(ProviderError::Dropped)]
    );
    let busy = STOP.replace("stop", "insufficient_system_resource");
    assert_eq!(error(&busy).retry(), Retry::After(None));
}

#[test]
fn errors_as_the_only_event() {
    let check = |stream: &str, code: &str| {
        let error = error(stream);
        assert_eq!(error.code(), code, "{error}");
    };
    check(
        "data: {\"error\":{\"code\":401,\"message\":\"No.\"}}\n\n",
        "unauthorized",
    );
    check(
        "data: {\"error\":{\"code\":402,\"message\":\"No.\"}}\n\n",
        "payment-required",
    );
    check(
        "data: {\"error\":{\"code\":\"404\",\"message\":\"No.\"}}\n\n",
        "model-not-found",
    );
    check(
        "data: {\"error\":{\"code\":\"rate_limit_exceeded\",\"message\":\"No.\"}}\n\n",
        "rate-limited",
    );
    check(
        "data: {\"error\":{\"type\":\"server_error\",\"message\":\"No.\"}}\n\n",
        "in-stream",
    );
    check("data: {\"error\":\"No.\"}\n\n", "in-stream");
    check(
        "data: {\"choices\":[{\"delta\":{},\"error\":{\"code\":503,\"message\":\"No.\"}}]}\n\n",
        "upstream",
    );
    check(
        "event: error\ndata: {\"error\":{\"code\":503,\"message\":\"No.\"}}\n\n",
        "upstream",
    );
    // A body that is not a stream, despite its content type.
    check(
        "{\"error\":{\"code\":503,\"message\":\"No.\"}}\n",
        "upstream",
    );
    check(
        "{\n  \"error\": {\"code\": 503,\n \"message\": \"No.\"}\n}\n",
        "upstream",
    );
}

#[test]
fn the_key_is_never_repeated() {
    for stream in [
        format!("data: {{\"error\":{{\"code\":\"{KEY}\",\"message\":\"Bad {KEY}\"}}}}\n\n"),
        format!("data: {{\"error\":{{\"code\":401,\"message\":\"Bad {KEY}\"}}}}\n\n"),
        format!("data: not JSON {KEY}\n\n"),
        format!("<html>{KEY}"),
    ] {
        let mut decoder = decoder();
        let _ = decoder.push(stream.as_bytes());
        // Fields read from the body do not count.
        if let Some(refusal) = decoder.refusal() {
            assert!(!format!("{refusal:?}").contains(KEY), "{refusal:?}");
        }
        let error = error(&stream);
        assert!(!format!("{error} {error:?}").contains(KEY), "{error:?}");
        assert!(error.to_string().contains("***"), "{error}");
    }
}

#[test]
fn an_endless_event_is_malformed_and_what_came_before_is_kept() {
    let stream = format!("{TEXT}data: {}", "x".repeat(5 * 1024 * 1024));
    let items = decode(&[stream.as_bytes()], StreamEnd::Closed);
    assert_eq!(items.len(), 2);
    assert_eq!(items[0], text());
    assert_eq!(items[1].as_ref().unwrap_err().code(), "malformed");
}

#[test]
fn a_long_delta_is_fine() {
    let long = "x".repeat(1024 * 1024);
    let stream = TEXT.replace("\"a\"", &format!("\"{long}\"")) + STOP;
    assert_eq!(
        closed(&stream),
        [
            Ok(ProviderEvent::TextDelta(long)),
            finished(FinishReason::Stop)
        ]
    );
}

/// Randomly changed recordings never cause a panic, a second end, or a dependence on the cuts.
#[test]
fn damaged_streams_do_not_depend_on_cuts() {
    let mut random = fastrand::Rng::with_seed(11);
    let sources: [&[u8]; 8] = [
        include_bytes!("fixtures/noise.sse"),
        include_bytes!("fixtures/openai-tool-calls.sse"),
        include_bytes!("fixtures/openrouter-reasoning.sse"),
        include_bytes!("fixtures/vllm-error.sse"),
        include_bytes!("fixtures/lm-studio-step.sse"),
        include_bytes!("fixtures/whole-pretty.sse"),
        include_bytes!("fixtures/several-in-one-event.sse"),
        include_bytes!("fixtures/split-character.sse"),
    ];
    for round in 0..2_000 {
        let mut stream = sources[round % sources.len()].to_vec();
        for _ in 0..random.usize(1..8) {
            let place = random.usize(..stream.len());
            match random.u8(..3) {
                0 => stream[place] = random.u8(..),
                1 => drop(stream.drain(place..stream.len().min(place + random.usize(1..20)))),
                _ => stream.insert(place, b"\n\r{}[]\":,"[random.usize(..9)]),
            }
            if stream.is_empty() {
                stream.push(b'\n');
            }
        }
        let whole = decode(&[&stream], StreamEnd::Closed);
        let ends = whole
            .iter()
            .filter(|item| matches!(item, Err(_) | Ok(ProviderEvent::Finished(_))))
            .count();
        assert_eq!(ends, 1);
        let (left, right) = stream.split_at(random.usize(..=stream.len()));
        assert_eq!(decode(&[left, right], StreamEnd::Closed), whole);
    }
}
