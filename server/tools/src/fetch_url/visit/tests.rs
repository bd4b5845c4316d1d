use serde_json::Value;

use super::*;
use crate::OUTPUT_BYTES;

fn visit(url: &str) -> Visit {
    Visit::new(url, 0, Hosts::Public).unwrap()
}

fn head(status: u16, content_type: &str) -> AnswerHead {
    AnswerHead {
        status,
        content_type: Some(content_type.to_owned()),
        ..AnswerHead::default()
    }
}

fn redirect(location: &str) -> AnswerHead {
    AnswerHead {
        location: Some(location.to_owned()),
        ..head(302, "text/html")
    }
}

fn reported(offset: u64, content_type: &str, bytes: &[u8], more: bool) -> Value {
    let visit = Visit::new("https://example.com/a", offset, Hosts::Public).unwrap();
    let VisitStep::Read(visit) = visit.answered(&head(200, content_type)).unwrap() else {
        panic!("{content_type} is text")
    };
    let bytes = bytes.to_vec();
    let output = visit.read(&Fetched { bytes, more }).output;
    assert!(output.to_string().len() <= OUTPUT_BYTES);
    output
}

#[test]
fn a_page_becomes_text() {
    let html = b"<title>T</title><h1>A</h1><p>b <a href=c>d</a>";
    let expected = json!({
        "url": "https://example.com/a", "content_type": "text/html; charset=utf-8", "title": "T",
        "text": "# A\n\nb [d](https://example.com/c)",
    });
    assert_eq!(
        reported(0, "Text/HTML; charset=UTF-8", html, false),
        expected
    );
    for kind in [
        "text/plain",
        "application/json",
        "application/ld+json",
        "image/svg+xml;x",
        "application/xml",
        "text/javascript",
    ] {
        if kind.starts_with("image") {
            continue;
        }
        assert_eq!(
            reported(0, kind, b"<a>{}", false)["text"],
            "<a>{}",
            "{kind}"
        );
    }
}

#[test]
fn bytes_that_are_no_text_of_the_kind_they_say_are_read_as_well_as_can_be() {
    assert_eq!(
        reported(0, "text/plain; charset=ISO-8859-1", b"caf\xe9", false)["text"],
        "café"
    );
    assert_eq!(
        reported(0, "text/plain; charset=latin1", "é".as_bytes(), false)["text"],
        "é"
    );
    assert_eq!(
        reported(0, "text/plain", b"a\xff\0b", false)["text"],
        "a\u{fffd}\0b"
    );
    assert_eq!(
        reported(0, "text/plain", b"\xef\xbb\xbfa", false)["text"],
        "a"
    );
    assert_eq!(reported(0, "text/html", b"", false)["text"], "");
}

#[test]
fn other_content_is_described_by_type_and_size() {
    for kind in [
        "image/png",
        "application/pdf",
        "application/octet-stream",
        "image/svg",
        "",
    ] {
        let head = AnswerHead {
            content_length: Some(7),
            ..head(200, kind)
        };
        let VisitStep::Done(done) = visit("https://example.com/").answered(&head).unwrap() else {
            panic!("{kind} is read")
        };
        assert_eq!(
            (&done.output["content_type"], &done.output["size"]),
            (&json!(kind), &json!(7))
        );
    }
}

#[test]
fn a_long_page_is_read_on_to_its_end() {
    let whole: String = (0..9_000).map(|n| format!("line é {n}\n")).collect();
    let (mut text, mut offset) = (String::new(), 0);
    loop {
        let output = reported(offset, "text/plain", whole.as_bytes(), false);
        let piece = output["text"].as_str().unwrap();
        text.push_str(piece);
        offset += piece.chars().count() as u64;
        let Some(more) = output["more"].as_str() else {
            break;
        };
        assert!(more.contains(&format!("offset {offset}.")), "{more}");
    }
    assert_eq!(text, whole);
    assert_eq!(reported(u64::MAX, "text/plain", b"abc", false)["text"], "");
    let cut = reported(0, "text/plain", b"abc", true);
    assert!(
        cut["more"]
            .as_str()
            .unwrap()
            .contains("more than 2000000 bytes")
    );
}

#[test]
fn redirects_are_checked_one_by_one_and_counted() {
    let mut next = visit("https://example.com/0");
    for number in 1..=5 {
        let step = next.answered(&redirect(&format!("/{number}"))).unwrap();
        let VisitStep::Ask(visit) = step else {
            panic!("{step:?}")
        };
        assert_eq!(visit.url(), format!("https://example.com/{number}"));
        next = visit;
    }
    let failure = next.answered(&redirect("/6")).unwrap_err().to_string();
    assert!(failure.contains("more than 5 times"), "{failure}");
    for location in [
        "http://127.0.0.1/",
        "//metadata.google.internal/",
        "file:///etc/passwd",
        "http://a@b.com/",
    ] {
        let refused = visit("https://example.com/").answered(&redirect(location));
        assert!(
            refused.unwrap_err().to_string().contains("not fetched"),
            "{location}"
        );
    }
}

#[test]
fn a_redirect_to_another_host_is_a_question_of_its_own() {
    let follow = |from: &str, to: &str| visit(from).answered(&redirect(to)).unwrap();
    for (from, to) in [
        ("http://example.com/", "https://example.com/"),
        ("https://example.com/", "https://EXAMPLE.com:443/a"),
        ("https://example.com:8443/", "/b"),
    ] {
        assert!(matches!(follow(from, to), VisitStep::Ask(_)), "{to}");
    }
    for (from, to) in [
        ("https://example.com/", "https://www.example.com/"),
        ("https://example.com/", "https://example.org/?q=secret"),
        ("https://example.com/", "//8.8.8.8/"),
        ("https://example.com/", "http://example.com/"),
        ("https://example.com/", "https://example.com:8443/"),
        ("http://example.com:8080/", "https://example.com/"),
    ] {
        let VisitStep::Done(done) = follow(from, to) else {
            panic!("{to} is asked")
        };
        let named = visit(from).url.join(to).unwrap();
        assert_eq!(done.output["leads_to"], named.as_str());
        assert!(
            done.output["note"]
                .as_str()
                .unwrap()
                .contains("asked again")
        );
    }
}

#[test]
fn missing_pages_are_reported() {
    for status in [304, 404, 500] {
        let failure = visit("https://example.com/").answered(&head(status, "text/html"));
        let failure = failure.unwrap_err().to_string();
        assert_eq!(
            failure,
            format!("https://example.com/ answers with the status {status}.")
        );
    }
    let failure = visit("https://example.com/")
        .failed("no route.")
        .to_string();
    assert_eq!(failure, "https://example.com/ cannot be reached: no route.");
}
