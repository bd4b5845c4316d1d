//! The routes.

use app::api::{BackendError, OwnModel, Reader};
use serde_json::{Value, json};

use crate::{fake_backend::FakeBackend, render::document};

#[tokio::test]
async fn transcript_is_in_the_html() {
    let backend = FakeBackend::with(json!([
        { "id": "u1", "role": "user", "parts": [{ "type": "text", "text": "What is <b>?" }] },
        { "id": "a1", "role": "assistant", "parts": [
            { "type": "reasoning", "text": "Thinking hard." },
            { "type": "step-start" },
            { "type": "text", "text": "An **element**." },
        ] },
    ]));
    let html = document("/chat/calm-otter", backend).await;
    for expected in [
        "<title>calm-otter · Coder</title>",
        "role=\"log\"",
        "aria-label=\"Conversation\"",
        "aria-label=\"You\"",
        "What is &lt;b&gt;?",
        "aria-label=\"Coder\"",
        "<summary>Reasoning</summary>",
        "An <strong>element</strong>.",
        "aria-label=\"Message\"",
        ">Send</button>",
        "aria-label=\"Connection\"",
        "<h1 class=\"visually-hidden\">calm-otter</h1>",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    for unexpected in [
        "What shall we build?",
        "Queued",
        ">Stop",
        "role=\"alert\"",
        "aria-label=\"Setup\"",
    ] {
        assert!(!html.contains(unexpected), "{unexpected} in {html}");
    }
}

/// The page of a conversation whose answer calls a tool, with this state of the call, and continues with `rest`.
async fn page_with_call(call: Value, rest: &[Value]) -> String {
    let mut part = json!({
        "type": "tool-write_notes", "toolCallId": "c1",
        "input": { "notes": "One.\nTwo.", "count": 2 },
    });
    if let (Value::Object(part), Value::Object(call)) = (&mut part, call) {
        part.extend(call);
    }
    let mut messages = vec![json!({ "id": "a1", "role": "assistant", "parts": [part] })];
    messages.extend_from_slice(rest);
    document("/chat/calm-otter", FakeBackend::with(Value::from(messages))).await
}

#[tokio::test]
async fn a_call_that_waits_is_asked_about() {
    let call = json!({ "state": "approval-requested", "approval": { "id": "q" } });
    let html = page_with_call(call.clone(), &[]).await;
    for expected in [
        "data-state=\"waiting\"",
        "<details open>",
        "needs your approval",
        "notes:\nOne.\nTwo.",
        "count: 2",
        "role=\"group\" aria-label=\"Approval of write_notes\"",
        "Coder waits for your answer before it calls this tool.",
        "aria-label=\"Allow write_notes\"",
        "aria-label=\"Refuse write_notes\"",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    let behind = [
        json!({ "id": "u2", "role": "user", "parts": [{ "type": "text", "text": "Never mind." }] }),
        json!({ "id": "a2", "role": "assistant", "parts": [{ "type": "text", "text": "Fine." }] }),
    ];
    let html = page_with_call(call, &behind).await;
    assert!(html.contains("not answered"), "{html}");
    assert!(!html.contains("Allow"), "{html}");
}

#[tokio::test]
async fn calls_say_how_far_they_are() {
    let approval = |approved: bool| json!({ "id": "q", "approved": approved });
    for (call, words) in [
        (json!({ "state": "input-streaming" }), "preparing"),
        (json!({ "state": "input-available" }), "running"),
        (
            json!({ "state": "approval-responded", "approval": approval(true) }),
            "allowed",
        ),
        (
            json!({ "state": "output-denied", "approval": approval(false) }),
            "refused",
        ),
        (json!({ "state": "output-available", "output": 1 }), "done"),
        (
            json!({ "state": "output-error", "errorText": "No disk." }),
            "failed",
        ),
    ] {
        let html = page_with_call(call, &[]).await;
        let expected = format!("class=\"tool-state\"> {words}<");
        assert!(html.contains(&expected), "no {expected} in {html}");
        assert!(
            !html.contains("Allow") && !html.contains("<details open"),
            "{html}"
        );
    }
}

#[tokio::test]
async fn a_call_shows_what_it_changes_and_how_long_it_took() {
    let change = json!({
        "kind": "moved", "path": "a<b>", "to": "c", "added": 1, "removed": 2,
        "diff": "@@ -1,3 +1,2 @@\n same\n-<old>\n-older\n+new\n",
    });
    let details = json!({
        "type": "data-call", "id": "c1", "data": { "changes": [change], "more": 2, "took": 1234 },
    });
    let parts = json!([
        { "type": "tool-move", "toolCallId": "c1", "state": "output-available",
          "input": { "from": "a<b>", "to": "c" }, "output": {} },
        details,
    ]);
    let messages = json!([{ "id": "a1", "role": "assistant", "parts": parts }]);
    let html = document("/chat/calm-otter", FakeBackend::with(messages)).await;
    for expected in [
        "class=\"tool-about\"> <bdi>a&lt;b&gt; → c",
        "class=\"tool-state\"> 1.2 s<",
        "class=\"change-kind\">Moved<",
        " 1 line added<",
        " 2 lines removed<",
        "aria-label=\"What changes in a&lt;b&gt;\"",
        "<del class=\"diff-removed\"><bdi>-&lt;old&gt;\n-older\n</bdi></del><ins class=\"diff-added\"><bdi>+new\n</bdi></ins>",
        "… and 2 more changes.",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
}

#[tokio::test]
async fn a_question_of_the_model_has_its_options_and_a_field() {
    let page = |call: Value, rest: &'static [&'static str]| async move {
        let mut part = json!({
            "type": "tool-ask_user", "toolCallId": "c1",
            "input": { "question": "Which **one**?", "options": ["This", "That"] },
        });
        if let (Value::Object(part), Value::Object(call)) = (&mut part, call) {
            part.extend(call);
        }
        let mut messages = vec![json!({ "id": "a1", "role": "assistant", "parts": [part] })];
        for text in rest {
            let part = json!({ "type": "text", "text": text });
            messages.push(json!({ "id": *text, "role": "assistant", "parts": [part] }));
        }
        document("/chat/calm-otter", FakeBackend::with(Value::from(messages))).await
    };
    let open = json!({ "state": "input-available" });
    let html = page(open.clone(), &[]).await;
    for expected in [
        "data-state=\"waiting\"",
        "waits for your answer",
        "aria-label=\"Coder asks you\"",
        "Which <strong>one</strong>?",
        "aria-label=\"This\"",
        "aria-label=\"That\"",
        "Or in your own words",
        "aria-label=\"Answer the question\"",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    let many: Vec<String> = (0..8).map(|option| format!("Option {option}")).collect();
    let input = json!({ "question": "Which?", "options": many });
    let html = page(json!({ "state": "input-available", "input": input }), &[]).await;
    let buttons = html.matches("aria-label=\"Option ").count();
    assert_eq!(buttons, common::ask_user::MAX_OPTIONS, "{html}");
    let answered = json!({ "state": "output-available", "output": { "answer": "This" } });
    for html in [page(open, &["Later."]).await, page(answered, &[]).await] {
        assert!(!html.contains("Coder asks you"), "{html}");
        assert!(!html.contains("waits for your answer"), "{html}");
    }
}

/// A conversation of so many messages: `number 1.`, `number 2.` and so on.
fn long(messages: usize) -> FakeBackend {
    let message = |number: usize| {
        let role = if number % 2 == 1 { "user" } else { "assistant" };
        let text = json!({ "type": "text", "text": format!("number {number}.") });
        json!({ "id": format!("m {number}"), "role": role, "parts": [text] })
    };
    FakeBackend::with((1..=messages).map(message).collect())
}

/// The numbers of the messages on a page, as they stand in the markup; what travels for the script is left out.
fn numbers(html: &str) -> Vec<usize> {
    let markup = html.split("<main").nth(1).unwrap_or_default();
    let markup = markup.split("</main>").next().unwrap_or_default();
    let texts = markup.split("number ").skip(1);
    texts
        .filter_map(|text| text.split('.').next()?.parse().ok())
        .collect()
}

#[tokio::test]
async fn a_page_has_the_end_of_the_transcript_and_a_way_to_the_rest() {
    let html = document("/chat/calm-otter", long(120)).await;
    assert_eq!(numbers(&html), (71..=120).collect::<Vec<_>>());
    let link = "<a href=\"?before=m%2071\" class=\"button button-quiet\">Show earlier messages</a>";
    assert!(html.contains(link), "{html}");
    // What the script takes over is no more than that.
    assert!(!html.contains("number 70."), "{html}");

    let html = document("/chat/calm-otter?before=m%2071", long(120)).await;
    assert_eq!(numbers(&html), (21..=70).collect::<Vec<_>>());
    for expected in [
        "href=\"?before=m%2021\"",
        "<a href=\"/chat/calm-otter\" class=\"button\">Back to the newest messages</a>",
        "<title>calm-otter, earlier messages · Coder</title>",
        "role=\"log\"",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    // It is a page to read.
    assert!(!html.contains("aria-label=\"Message\""), "{html}");

    let html = document("/chat/calm-otter?before=m%2021", long(120)).await;
    assert_eq!(numbers(&html), (1..=20).collect::<Vec<_>>());
    assert!(!html.contains("Show earlier messages"), "{html}");
}

#[tokio::test]
async fn a_short_conversation_has_nothing_before() {
    let html = document("/chat/calm-otter", long(50)).await;
    assert_eq!(numbers(&html).len(), 50);
    assert!(!html.contains("?before="), "{html}");
}

#[tokio::test]
async fn earlier_calls_are_not_asked_about() {
    let call = json!({
        "type": "tool-write_notes", "toolCallId": "c1", "input": {},
        "state": "approval-requested", "approval": { "id": "q" },
    });
    let messages = json!([
        { "id": "a1", "role": "assistant", "parts": [call] },
        { "id": "u2", "role": "user", "parts": [{ "type": "text", "text": "Never mind." }] },
    ]);
    let html = document("/chat/calm-otter?before=u2", FakeBackend::with(messages)).await;
    assert!(html.contains("not answered"), "{html}");
    assert!(!html.contains("Allow"), "{html}");
}

#[tokio::test]
async fn the_beginning_of_a_very_long_text_is_shown() {
    let line = "A line of a long text.\n\n";
    let text = line.repeat(100_000);
    for (role, element) in [("assistant", "<p dir=\"auto\">A line"), ("user", "A line")] {
        let part = json!({ "type": "text", "text": text });
        let message = json!({ "id": "m1", "role": role, "parts": [part] });
        let html = document("/chat/calm-otter", FakeBackend::with(json!([message]))).await;
        let markup = html.split("</main>").next().unwrap_or_default();
        let shown = markup.matches(element).count();
        assert!((1000..4000).contains(&shown), "{role}: {shown}");
        assert!(markup.len() < 200_000, "{role}: {}", markup.len());
        assert!(markup.contains("Show all (2400 kB)"), "{role}");
    }
    let html = document("/chat/calm-otter", FakeBackend::answering("Short.")).await;
    assert!(!html.contains("Show all"), "{html}");
}

#[tokio::test]
async fn empty_conversation_makes_suggestions() {
    for path in ["/", "/chat/calm-otter"] {
        let html = document(path, FakeBackend::empty()).await;
        assert!(html.contains("What shall we build?"), "{html}");
        assert!(html.contains("aria-label=\"Suggestions\""), "{html}");
        assert_eq!(html.matches("class=\"suggestion\"").count(), 3, "{html}");
        assert_eq!(html.matches("<h1").count(), 1, "{html}");
    }
}

#[tokio::test]
async fn names_are_encoded_for_the_backend() {
    let html = document("/chat/a%20b%2F%C3%A9", FakeBackend::answering("Found.")).await;
    assert!(html.contains("Found."), "{html}");
    assert!(html.contains("<title>a b/é · Coder</title>"), "{html}");
}

#[tokio::test]
async fn unreadable_transcript_is_said() {
    let text = "The transcript could not be read.".to_owned();
    let backend = FakeBackend {
        transcript: Err(BackendError { text: text.clone() }),
        ..FakeBackend::empty()
    };
    let html = document("/chat/calm-otter", backend).await;
    assert!(html.contains(&text), "{html}");
    assert!(html.contains("aria-label=\"Message\""), "{html}");
}

#[tokio::test]
async fn the_start_page_says_that_the_demo_model_answers() {
    let page = async |own_model| {
        let backend = FakeBackend {
            own_model,
            ..FakeBackend::empty()
        };
        document("/", backend).await
    };
    assert!(page(OwnModel::Demo).await.contains("built-in demo model"));
    let other = page(OwnModel::Id("some/model".to_owned())).await;
    assert!(!other.contains("demo model"));
}

#[tokio::test]
async fn setup_problem_shows_its_command() {
    let problem =
        "OPENROUTER_API_KEY is not set. Run `npx wrangler secret put OPENROUTER_API_KEY`.";
    let backend = FakeBackend {
        setup_problem: Some(problem.to_owned()),
        ..FakeBackend::empty()
    };
    let html = document("/", backend).await;
    assert!(
        html.contains("role=\"region\"") || html.contains("<section"),
        "{html}"
    );
    assert!(html.contains("aria-label=\"Setup\""), "{html}");
    assert!(
        html.contains("<code>npx wrangler secret put OPENROUTER_API_KEY</code>"),
        "{html}"
    );
}

#[tokio::test]
async fn unknown_path_says_so() {
    let html = document("/nowhere", FakeBackend::empty()).await;
    assert!(html.contains("There is no such page"), "{html}");
}

#[tokio::test]
async fn script_starts_after_the_page() {
    let html = document("/", FakeBackend::empty()).await;
    for expected in [
        "<link rel=\"stylesheet\" href=\"/pkg/app.3.css\"",
        "<link rel=\"modulepreload\" href=\"/pkg/app.1.js\"",
        "href=\"/pkg/app.2.wasm\"",
        "<script type=\"module\">import init, { hydrate } from '/pkg/app.1.js'",
        "<noscript>",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
}

#[tokio::test]
async fn a_piece_comes_at_once_for_its_own_page_and_later_for_the_others() {
    for (path, rel) in [
        ("/doctor?name=x", "preload"),
        ("/doctors", "prefetch"),
        ("/", "prefetch"),
        ("/chat/calm-otter", "prefetch"),
    ] {
        let html = document(path, FakeBackend::empty()).await;
        let link = format!("<link rel=\"{rel}\" href=\"/pkg/doctor.4.wasm\"");
        assert!(html.contains(&link), "no {link} in {html}");
        assert!(html.contains("<link rel=\"prefetch\" href=\"/pkg/doc.5.wasm\""));
    }
}

#[tokio::test]
async fn a_conversation_that_is_shared_for_reading_has_nothing_to_send_with() {
    let reader = |read_only: Option<&str>| Reader {
        is_signed_in: true,
        read_only: read_only.map(str::to_owned),
    };
    let backend = |read_only| FakeBackend {
        reader: reader(read_only),
        ..FakeBackend::answering("Yes.")
    };
    let html = document("/chat/calm-otter", backend(Some("calm-otter"))).await;
    for expected in ["shared with you for reading", "Yes.", "href=\"/account\""] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    for unexpected in [">Send</button>", "Clear this conversation?"] {
        assert!(!html.contains(unexpected), "{unexpected} in {html}");
    }
    for other in [backend(None), backend(Some("other"))] {
        let html = document("/chat/calm-otter", other).await;
        assert!(html.contains(">Send</button>") && !html.contains("for reading"));
    }
    let html = document("/", FakeBackend::empty()).await;
    assert!(!html.contains("href=\"/account\""), "nobody signs in there");
}
