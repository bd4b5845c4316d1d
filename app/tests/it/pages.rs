//! The routes.

use app::api::BackendError;
use serde_json::json;

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
        setup_problem: None,
    };
    let html = document("/chat/calm-otter", backend).await;
    assert!(html.contains(&text), "{html}");
    assert!(html.contains("aria-label=\"Message\""), "{html}");
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
