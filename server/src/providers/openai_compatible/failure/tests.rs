//! What the vendors say of a failure, and what is made of it.

use super::*;

const KEY: &str = "sk-or-v1-0123456789";

fn error(status: u16, retry_after: Option<&str>, body: &str) -> ProviderError {
    let head = ResponseHead {
        status,
        content_type: Some("application/json; charset=utf-8"),
        retry_after,
    };
    let settings = ProviderSettings {
        base_url: "http://localhost/v1".into(),
        api_key: Secret::new(KEY),
        model: "some/model".into(),
    };
    error_from_response(
        &head,
        body.as_bytes(),
        &ModelRequest::default(),
        &settings,
        Timestamp::from_millis(0),
    )
}

fn check(status: u16, body: &str, code: &str, said: &str) {
    let error = error(status, None, body);
    assert_eq!(error.code(), code, "{error}");
    let (_, after) = error
        .to_string()
        .split_once(" It said: ")
        .map_or((String::new(), String::new()), |(a, b)| {
            (a.into(), b.into())
        });
    assert_eq!(after, said);
    assert!(!error.to_string().contains(KEY) && !format!("{error:?}").contains(KEY));
}

#[test]
fn a_model_without_tools_is_known_by_what_servers_say() {
    for (status, body) in [
        (
            400,
            r#"{"error":{"message":"registry.ollama.ai/library/gemma:2b does not support tools"}}"#,
        ),
        (
            404,
            r#"{"error":{"message":"No endpoints found that support tool use.","code":404}}"#,
        ),
        (
            400,
            r#"{"message":"\"auto\" tool choice requires --enable-auto-tool-choice and --tool-call-parser to be set"}"#,
        ),
        (
            500,
            r#"{"error":{"message":"tools param requires --jinja flag"}}"#,
        ),
    ] {
        assert!(refuses_tools(status, body.as_bytes()), "{body}");
    }
    assert!(!refuses_tools(
        429,
        b"this model does not support tools right now"
    ));
    assert!(!refuses_tools(
        400,
        br#"{"error":{"message":"messages[3]: no output for a tool call"}}"#
    ));
}

#[test]
fn each_status_is_a_distinct_error() {
    let body = r#"{"error":{"message":"No.","code":0}}"#;
    check(400, body, "rejected", "No.");
    check(401, body, "unauthorized", "No.");
    check(402, body, "payment-required", "No.");
    check(403, body, "rejected", "No.");
    check(404, body, "model-not-found", "No.");
    check(408, body, "upstream", "No.");
    check(413, body, "rejected", "No.");
    check(429, body, "rate-limited", "No.");
    check(500, body, "upstream", "No.");
    check(503, body, "upstream", "No.");
    check(302, body, "rejected", "No.");
}

#[test]
fn every_shape_of_body() {
    check(
        500,
        r#"{"error":"model runner has stopped"}"#,
        "upstream",
        "model runner has stopped",
    );
    check(
        400,
        r#"{"object":"error","message":"too long","code":400}"#,
        "rejected",
        "too long",
    );
    check(
        422,
        r#"{"detail":"Field required"}"#,
        "rejected",
        "Field required",
    );
    check(
        500,
        r#"[{"error":{"code":500,"message":"Internal","status":"INTERNAL"}}]"#,
        "upstream",
        "Internal",
    );
    check(
        502,
        "<html><body><h1>502 Bad Gateway</h1></body></html>",
        "upstream",
        "",
    );
    check(
        404,
        "404 page not found\n",
        "model-not-found",
        "404 page not found",
    );
    check(500, "", "upstream", "");
    check(
        502,
        r#"{"error":{"message":"Provider returned error","code":502,"metadata":{"provider_name":"Azure","raw":"{\"oops\":1}"}}}"#,
        "upstream",
        r#"Provider returned error: Azure: {"oops":1}"#,
    );
}

#[test]
fn causes_hidden_behind_another_status() {
    check(
        429,
        r#"{"error":{"message":"Quota.","code":"insufficient_quota"}}"#,
        "payment-required",
        "Quota.",
    );
    check(
        400,
        r#"{"error":{"message":"What?","code":"model_not_found"}}"#,
        "model-not-found",
        "What?",
    );
    check(
        401,
        r#"{"error":{"message":"Who?","type":"invalid_request_error","code":null}}"#,
        "unauthorized",
        "Who?",
    );
}

#[test]
fn the_key_is_never_repeated() {
    check(
        401,
        &format!(r#"{{"error":{{"message":"Bad key {KEY}."}}}}"#),
        "unauthorized",
        "Bad key ***.",
    );
    check(
        200,
        &format!(r#"{{"error":{{"message":"x","code":"{KEY}"}}}}"#),
        "in-stream",
        "x",
    );
    check(
        500,
        &format!("{}{KEY}", "x".repeat(390)),
        "upstream",
        &format!("{}***", "x".repeat(390)),
    );
}

#[test]
fn a_rate_limit_says_how_long() {
    let wait = |header| {
        let error = error(429, Some(header), "");
        let ProviderError::RateLimited { retry_after, .. } = error else {
            panic!("{error:?}")
        };
        retry_after.map(|wait| wait.as_secs())
    };
    assert_eq!(wait("7"), Some(7));
    assert_eq!(wait("Thu, 01 Jan 1970 00:00:09 GMT"), Some(9));
    assert_eq!(wait("later"), None);
}

#[test]
fn success_without_a_stream() {
    check(
        200,
        r#"{"error":{"code":429,"message":"Slow down"}}"#,
        "rate-limited",
        "Slow down",
    );
    check(200, "<html>login page</html>", "not-a-stream", "");
    check(
        200,
        r#"{"id":"x","choices":[]}"#,
        "not-a-stream",
        r#"{"id":"x","choices":[]}"#,
    );
}

#[test]
fn what_counts_as_a_stream() {
    let is_stream = |status, content_type| {
        ResponseHead {
            status,
            content_type,
            retry_after: None,
        }
        .is_stream()
    };
    assert!(is_stream(200, Some("text/event-stream; charset=utf-8")));
    assert!(is_stream(200, Some("Text/Event-Stream")));
    assert!(is_stream(200, None));
    assert!(!is_stream(200, Some("text/html")));
    assert!(!is_stream(200, Some("application/json")));
    assert!(!is_stream(500, Some("text/event-stream")));
}

#[test]
fn a_huge_body_is_cut() {
    check(
        500,
        &"é".repeat(MAX_ERROR_BODY_BYTES),
        "upstream",
        &format!("{}…", "é".repeat(400)),
    );
}
