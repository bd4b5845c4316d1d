//! The forms in which servers write an answer.

use common::vendor_data::MessageVendorData;

use super::{DONE, STOP, TEXT, closed, error, finished, shown, text};
use crate::{FinishReason, ProviderError, ProviderEvent};

#[test]
fn unreadable_chunks_end_the_answer() {
    for unreadable in [
        "data: {not json\n\n",
        "data: 5\n\n",
        "data: {\"choices\":\"odd\"}\n\n",
        "data: {\"choices\":[{}\n\n",
    ] {
        for before in ["", TEXT] {
            let items = closed(&format!("{before}{unreadable}{STOP}{DONE}"));
            let (last, before) = items.split_last().unwrap();
            assert_eq!(
                last.as_ref().unwrap_err().code(),
                "malformed",
                "{unreadable}"
            );
            assert!(before.len() <= 1);
        }
    }
    // Chunks without content cost nothing.
    for nothing in [
        ": comment\n\n",
        "data:\n\n",
        "data: null\n\n",
        "data: []\n\n",
        "data: {}\n\n",
        "event: ping\ndata: {\"type\":\"ping\"}\n\n",
    ] {
        assert_eq!(
            closed(&format!("{nothing}{TEXT}{nothing}{STOP}{nothing}")),
            [text(), finished(FinishReason::Stop)],
            "{nothing}"
        );
    }
    assert_eq!(
        error("data: {\"type\":\"ping\"}\n\ndata: [DONE]\n\n").code(),
        "malformed"
    );
}

#[test]
fn an_event_that_is_called_an_error_is_one() {
    for (data, code) in [
        ("{\"message\":\"No.\"}", "in-stream"),
        ("No.", "in-stream"),
        ("", "in-stream"),
        (
            "{\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
            "upstream",
        ),
        ("{\"choices\":[]}", "in-stream"),
    ] {
        let items = closed(&format!("{TEXT}event: error\ndata: {data}\n\n{STOP}{DONE}"));
        assert_eq!(items.len(), 2, "{data}");
        assert_eq!(items[1].as_ref().unwrap_err().code(), code, "{data}");
    }
}

#[test]
fn a_whole_answer_is_an_answer() {
    let whole = |message: &str, more: &str| {
        format!("{{\"choices\":[{{\"index\":0,\"message\":{message}{more}}}]}}")
    };
    let stop = ",\"finish_reason\":\"stop\"";
    let said = "{\"role\":\"assistant\",\"content\":\"a\"}";
    for body in [
        whole(said, stop),
        whole(said, ""),
        format!("\u{feff}\n{}\n", whole(said, stop)),
        format!("{}\n\n{DONE}", whole(said, stop)),
        format!("{}{DONE}", whole(said, stop)),
        format!("data:{}\r\n\r\n{DONE}", whole(said, stop)),
        format!("data:{}\n\n{DONE}", whole(said, "")),
        // One object per line, or several in one event.
        format!(
            "{}\n{}\n",
            TEXT.trim().trim_start_matches("data: "),
            STOP.trim().trim_start_matches("data: ")
        ),
        format!(
            "{} {} [DONE]\n\n",
            TEXT.trim(),
            STOP.trim().trim_start_matches("data: ")
        ),
        format!("{}\n{}\n{DONE}", TEXT.trim(), STOP.trim()),
        // The whole message after its deltas.
        format!("{TEXT}data: {}\n\n", whole(said, stop)),
    ] {
        assert_eq!(
            closed(&body),
            [text(), finished(FinishReason::Stop)],
            "{body}"
        );
    }
    // Deltas under the name of the whole message.
    let pieces = format!("{0}{0}{STOP}", TEXT.replace("delta", "message"));
    assert_eq!(
        closed(&pieces),
        [text(), text(), finished(FinishReason::Stop)]
    );
    let calls = "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"function\":{\"name\":\"list\",\"arguments\":{\"a\":1}}},{\"id\":\"c2\",\"function\":{\"name\":\"list\",\"arguments\":\"\"}}]}";
    let events = closed(&whole(calls, ""));
    let starts = events
        .iter()
        .filter(|item| matches!(item, Ok(ProviderEvent::ToolCallStart { .. })));
    assert_eq!(starts.count(), 2);
    assert_eq!(events.last(), Some(&finished(FinishReason::ToolCalls)));
    let legacy = "{\"function_call\":{\"name\":\"list\",\"arguments\":\"{}\"}}";
    assert_eq!(
        closed(&whole(legacy, "")).last(),
        Some(&finished(FinishReason::ToolCalls))
    );
    // An answer that is cut off.
    let cut = whole(said, stop);
    assert_eq!(closed(&cut[..cut.len() - 1]), [Err(ProviderError::Dropped)]);
    let error = error("Internal failure");
    assert_eq!(error.code(), "malformed");
}

#[test]
fn reasoning_between_tags_and_in_fields() {
    let content = |text: &str| TEXT.replace("\"a\"", &format!("\"{text}\""));
    let reasoning = |words: &str| Ok(ProviderEvent::ReasoningDelta(words.into()));
    let stream = format!(
        "{}{}{}{STOP}",
        content("<th"),
        content("ink>hm</thi"),
        content("nk>a")
    );
    assert_eq!(
        closed(&stream),
        [reasoning("hm"), text(), finished(FinishReason::Stop)]
    );
    // With a field for reasoning, tags are ordinary text.
    let field = TEXT.replace("content", "reasoning_content");
    let items = closed(&format!("{field}{}{STOP}", content("<think>")));
    assert_eq!(
        items[..2],
        [
            reasoning("a"),
            Ok(ProviderEvent::TextDelta("<think>".into()))
        ]
    );
    let data = Ok(ProviderEvent::VendorData {
        message: MessageVendorData {
            reasoning: Some("reasoning_content".into()),
            ..MessageVendorData::default()
        },
        calls: vec![],
    });
    assert_eq!(items[2..], [data, finished(FinishReason::Stop)]);
}

#[test]
fn a_character_cut_over_two_chunks_is_whole() {
    let content = |text: &str| TEXT.replace("\"a\"", &format!("\"{text}\""));
    let shown = |pieces: &[&str]| -> String {
        let stream: String = pieces.iter().map(|piece| content(piece)).collect();
        shown(&closed(&(stream + STOP)))
    };
    assert_eq!(shown(&["a\\ud83d", "\\ude00b"]), "a😀b");
    assert_eq!(shown(&["a\\ud83d", "b"]), "a\u{fffd}b");
    assert_eq!(shown(&["a", "\\ud83d"]), "a\u{fffd}");
    assert_eq!(shown(&["\\ude00 a"]), "\u{fffd} a");
}

#[test]
fn json_that_is_not_strict_loses_no_word() {
    let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"},\"logprobs\":NaN,}],\"usage\":{\"cost\":Infinity}}\n\n";
    let items = closed(&format!("{stream}{STOP}"));
    assert_eq!(items[0], text());
    assert_eq!(items.last(), Some(&finished(FinishReason::Stop)));
}

#[test]
fn one_answer_may_come_in_several_choices() {
    let stream = "data: {\"choices\":[{\"message\":{\"content\":\"a\"},\"finish_reason\":\"tool_calls\"},{\"message\":{\"tool_calls\":[{\"id\":\"c\",\"function\":{\"name\":\"list\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";
    let items = closed(stream);
    assert_eq!(items[0], text());
    assert!(matches!(items[1], Ok(ProviderEvent::ToolCallStart { .. })));
    // A second answer is ignored.
    let two = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}},{\"index\":1,\"delta\":{\"content\":\"b\"}}]}\n\n";
    assert_eq!(shown(&closed(&format!("{two}{STOP}"))), "a");
}

#[test]
fn the_whole_again_is_not_shown_again() {
    let whole = "data: {\"choices\":[{\"message\":{\"reasoning\":\"hm\",\"content\":\"ab\"},\"finish_reason\":\"stop\"}]}\n\n";
    let reasoning = TEXT
        .replace("content", "reasoning")
        .replace("\"a\"", "\"hm\"");
    let items = closed(&format!("{reasoning}{TEXT}{whole}"));
    assert_eq!(shown(&items), "ab");
    let reasonings = items
        .iter()
        .filter(|item| matches!(item, Ok(ProviderEvent::ReasoningDelta(_))));
    assert_eq!(reasonings.count(), 1);
}

#[test]
fn too_much_to_give_back_is_not_given_back() {
    let piece = "x".repeat(1024 * 1024);
    let more = TEXT.replace("\"content\":\"a\"", &format!("\"odd\":\"{piece}\""));
    let items = closed(&format!("{TEXT}{more}{STOP}"));
    assert_eq!(items.len(), 3, "one is kept");
    let items = closed(&format!("{TEXT}{more}{more}{STOP}"));
    assert_eq!(items, [text(), finished(FinishReason::Stop)]);
}

#[test]
fn a_refusal_is_text() {
    let stream = TEXT.replace("content", "refusal") + STOP;
    assert_eq!(closed(&stream), [text(), finished(FinishReason::Stop)]);
}

#[test]
fn a_call_that_never_says_its_tool_is_malformed() {
    let stream = "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{}\"}}]},\"finish_reason\":\"tool_calls\"}]}\n\n";
    assert_eq!(error(stream).code(), "malformed");
}
