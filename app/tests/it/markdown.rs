//! Markdown: what is shown, and what is never let through.

use crate::{fake_backend::FakeBackend, render::document};

/// What becomes of an answer's markdown.
async fn markdown(source: &str) -> String {
    markdown_by(FakeBackend::answering(source)).await
}

async fn markdown_by(backend: FakeBackend) -> String {
    let html = document("/chat/calm-otter", backend).await;
    let after = html
        .split_once("<div class=\"markdown\"><div class=\"block\">")
        .unwrap_or_default()
        .1;
    let content = after.split_once("</article>").unwrap_or_default().0;
    let body = content.split_once("<div class=\"message-actions\">");
    let body = body.map_or(content, |(body, _)| body);
    let body = body.rsplit_once("</div></div></div>");
    let body = body.map_or(content, |(body, _)| body);
    // Every text finds its own direction: `texts_have_directions_of_their_own`.
    body.replace(" dir=\"auto\"", "")
}

#[tokio::test]
async fn texts_have_directions_of_their_own() {
    let backend = FakeBackend::answering("# a\n\nb\n\n- c\n\n  d\n");
    let html = document("/chat/calm-otter", backend).await;
    for expected in [
        "<h2 dir=\"auto\">a</h2><p dir=\"auto\">b</p>",
        "<li dir=\"auto\"><p dir=\"auto\">c</p><p dir=\"auto\">d</p></li>",
    ] {
        assert!(html.contains(expected), "no {expected} in {html}");
    }
}

#[tokio::test]
async fn elements() {
    for (source, expected) in [
        (
            "a *b* **c** ~~d~~ `e`",
            "<p>a <em>b</em> <strong>c</strong> <del>d</del> <code>e</code></p>",
        ),
        ("# a\n### b", "<h2>a</h2><h3>b</h3>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("3. a\n4. b", "<ol start=\"3\"><li>a</li><li>b</li></ol>"),
        ("> a", "<blockquote><p>a</p></blockquote>"),
        ("a\n\n***", "<p>a</p><hr>"),
        ("a\\\nb", "<p>a<br>b</p>"),
    ] {
        assert_eq!(markdown(source).await, expected, "{source}");
    }
}

#[tokio::test]
async fn code_has_a_language_and_a_button() {
    let html = markdown("```rust\nlet a = \"<b>\";\n```").await;
    assert!(
        html.contains("<span class=\"code-language\">rust</span>"),
        "{html}"
    );
    assert!(html.contains(">Copy</button>"), "{html}");
    assert!(html.contains("tabindex=\"0\""), "{html}");
    assert!(html.contains("aria-label=\"Code, rust\""), "{html}");
    assert!(
        html.contains("<code data-language=\"rust\">let a = \"&lt;b&gt;\";</code>"),
        "{html}"
    );
}

#[tokio::test]
async fn tables_and_tasks() {
    let html = markdown("| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] c\n- [ ] d").await;
    assert!(html.contains("<thead><tr><th scope=\"col\">a</th><th scope=\"col\" class=\"right\">b</th></tr></thead>"), "{html}");
    assert!(
        html.contains("<tbody><tr><td>1</td><td class=\"right\">2</td></tr></tbody>"),
        "{html}"
    );
    assert!(
        html.contains("done: ") && html.contains("to do: "),
        "{html}"
    );
}

#[tokio::test]
async fn links_lead_only_where_they_may() {
    let link = "<p><a href=\"https://a.example\" target=\"_blank\" rel=\"noopener noreferrer nofollow\">x</a></p>";
    for (source, expected) in [
        ("[x](https://a.example)", link),
        ("[![x](https://i.example)](https://a.example)", link),
        ("[x](javascript:alert(1))", "<p>x</p>"),
        ("[x](JaVaScRiPt:alert(1))", "<p>x</p>"),
        ("[x](data:text/html,y)", "<p>x</p>"),
        ("![x](javascript:alert(1))", "<p>x</p>"),
        ("[x](/chat/other)", "<p>x</p>"),
        ("<javascript:alert(1)>", "<p>javascript:alert(1)</p>"),
    ] {
        assert_eq!(markdown(source).await, expected, "{source}");
    }
}

#[tokio::test]
async fn a_link_whose_text_names_another_host_says_where_it_leads() {
    for (source, host) in [
        (
            "[https://good.example](https://evil.example/a)",
            Some("evil.example"),
        ),
        (
            "[**good**.`example`](https://evil.example)",
            Some("evil.example"),
        ),
        (
            "[good.example](https://good.example@evil.example)",
            Some("evil.example"),
        ),
        (
            "[![good.example](https://i.example)](https://evil.example)",
            Some("evil.example"),
        ),
        ("[x](https://evil.example)", None),
        ("<https://good.example/a>", None),
        ("https://good.example/a", None),
    ] {
        let html = markdown(source).await;
        let note = host.map(|host| format!("<span class=\"link-host\"> ({host})</span></a>"));
        match note {
            Some(note) => assert!(html.contains(&note), "{html}"),
            None => assert!(!html.contains("link-host"), "{html}"),
        }
    }
}

#[tokio::test]
async fn a_picture_of_another_server_is_a_link_and_a_button() {
    let html = markdown("![pears](https://i.example/a.png)").await;
    for expected in [
        "<a href=\"https://i.example/a.png\"",
        ">pears<span class=\"link-host\"> (i.example)</span></a>",
        ">Show picture from i.example</button>",
    ] {
        assert!(html.contains(expected), "{expected} in {html}");
    }
    assert!(
        !html.contains("<img") && !html.contains("<iframe"),
        "{html}"
    );
    for source in [
        "![x](mailto:a@b.example)",
        "![x](data:image/png,a)",
        "![x](/a.png)",
    ] {
        let html = markdown(source).await;
        assert!(!html.contains("Show picture"), "{html}");
    }
}

#[tokio::test]
async fn a_picture_of_an_allowed_server_is_framed_at_once() {
    let show = async |source: &str| {
        markdown_by(FakeBackend {
            image_hosts: vec!["i.example".to_owned()],
            ..FakeBackend::answering(source)
        })
        .await
    };
    let html = show("![pears](https://I.example:8443/a.png?b=c&d)").await;
    assert!(
        html.contains(
            "src=\"/picture?from=https%3A%2F%2FI.example%3A8443%2Fa.png%3Fb%3Dc%26d\" title=\"pears\" sandbox=\"\""
        ),
        "{html}"
    );
    for source in [
        "![x](https://other.example/a)",
        "![x](https://i.example@evil.example/a)",
    ] {
        let html = show(source).await;
        assert!(!html.contains("<iframe"), "{html}");
    }
}

#[tokio::test]
async fn raw_html_is_text() {
    for source in [
        "<script>alert(1)</script>",
        "a <img src=x onerror=alert(1)> b",
        "<div onclick=\"alert(1)\">\n\n# a\n</div>",
        "</article></main><script>alert(1)</script>",
        "`<script>`",
        "```<script>\n<script>\n```",
    ] {
        let html = markdown(source).await;
        for tag in ["<script", "<img", "<div on", "</main"] {
            assert!(!html.contains(tag), "{tag} in {html}");
        }
        assert!(html.contains("&lt;"), "{html}");
    }
}
