//! The list of conversations as the server renders it.

use app::api::{ListRead, Listed};
use serde_json::json;

use crate::{fake_backend::FakeBackend, render::document};

/// 2026-11-27 at 12:00 UTC.
const NOW: u64 = 1_795_780_800_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

fn with(list: ListRead) -> FakeBackend {
    FakeBackend {
        conversations: Listed { at: NOW, list },
        ..FakeBackend::empty()
    }
}

#[tokio::test]
async fn the_list_is_in_the_html_as_links_under_dates() {
    let row = |name: &str, title: &str, age: u64, more: serde_json::Value| {
        let mut row = json!({ "name": name, "title": title, "active": NOW - age, "state": "idle" });
        if let (Some(row), Some(more)) = (row.as_object_mut(), more.as_object()) {
            row.extend(more.clone());
        }
        row
    };
    let state = json!({
        "revision": 3, "total": 4, "archived": 1,
        "conversations": [
            row("p", "Pinned one", 90 * DAY, json!({ "pinned": true })),
            row("calm-otter", "Lists <b>\u{202e}", 0, json!({ "state": "waiting" })),
            row("a%20b", "", DAY, json!({ "unread": true })),
            row("old", &"x".repeat(10_000), 100 * DAY, json!({ "state": "failed" })),
        ],
    });
    let html = document("/chat/calm-otter", with(ListRead::State(state))).await;
    for expected in [
        "<title>(2) Lists &lt;b> · Coder</title>",
        "aria-label=\"Conversations\"",
        "<h2>Pinned</h2>",
        "<h2>Today</h2>",
        "<h2>Yesterday</h2>",
        "<h2>August 2026</h2>",
        "href=\"/chat/calm-otter\" title=\"Lists &lt;b&gt;\" aria-current=\"page\"",
        "<bdi class=\"row-title\">Lists &lt;b&gt;</bdi>",
        ", needs you",
        ", unread",
        ", failed",
        // A conversation without a title goes by its name.
        "<bdi class=\"row-title\">a b</bdi>",
        "Archived (1)",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    assert_eq!(html.matches("aria-current=\"page\"").count(), 1, "{html}");
}

#[tokio::test]
async fn a_list_that_cannot_be_read_holds_up_no_page() {
    let html = document("/", with(ListRead::Failed)).await;
    assert!(html.contains("The list is not up to date."), "{html}");
    assert!(html.contains("What shall we build?"), "{html}");
    let html = document("/", with(ListRead::Absent)).await;
    assert!(!html.contains("aria-label=\"Conversations\""), "{html}");
    assert!(html.contains("aria-label=\"Coder, home\""), "{html}");
}

#[tokio::test]
async fn the_settings_have_a_page() {
    let html = document("/settings", FakeBackend::empty()).await;
    for expected in [
        "<title>Settings · Coder</title>",
        "<h1>Settings</h1>",
        "type=\"radio\"",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
    assert!(!html.contains("Open the account"), "{html}");
}

#[tokio::test]
async fn no_title_gets_out_of_its_element() {
    let hostile = "</title><img src=x>";
    let row = json!({ "name": "calm-otter", "title": hostile });
    let state = json!({ "revision": 1, "conversations": [row] });
    let html = document("/chat/calm-otter", with(ListRead::State(state))).await;
    assert!(
        html.contains("<title>&lt;/title>&lt;img src=x> · Coder</title>"),
        "{html}"
    );
    for path in [
        "/chat/%3C%2Ftitle%3E%3Cimg%3E",
        "/chat/%3C%2Ftitle%3E%3Cimg%3E?before=m",
    ] {
        let html = document(path, FakeBackend::empty()).await;
        assert!(html.contains("<title>&lt;/title>&lt;img>"), "{html}");
        assert!(!html.contains("</title><img"), "{html}");
    }
}
