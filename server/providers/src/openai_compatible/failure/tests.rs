//! Failures of the vendors, and the resulting errors.

use super::*;
use crate::Retry;

const KEY: &str = "sk-or-v1-0123456789";

fn error(status: u16, retry_after: Option<&str>, body: &str) -> ProviderError {
    let header = |name: &str| match name {
        "content-type" => Some("application/json; charset=utf-8".to_owned()),
        "retry-after" => retry_after.map(str::to_owned),
        _ => None,
    };
    let head = ResponseHead::read(status, header, Timestamp::from_millis(0));
    let settings = ProviderSettings {
        base_url: "http://localhost/v1".into(),
        api_key: Secret::new(KEY),
        model: "some/model".into(),
    };
    let request = ModelRequest {
        messages: vec![ModelMessage::System("Be brief.".into())],
        ..ModelRequest::default()
    };
    ErrorContext::new(&request, &settings).in_response(&head, body.as_bytes())
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
    assert_eq!(after.trim_end_matches('.'), said.trim_end_matches('.'));
    assert!(!error.to_string().contains(KEY) && !format!("{error:?}").contains(KEY));
}

#[test]
fn each_status_is_a_distinct_error() {
    let body = r#"{"error":{"message":"No.","code":0}}"#;
    check(400, body, "invalid-request", "No.");
    check(401, body, "unauthorized", "No.");
    check(402, body, "payment-required", "No.");
    check(403, body, "rejected", "No.");
    check(404, body, "model-not-found", "No.");
    check(408, body, "upstream", "No.");
    check(409, body, "upstream", "No.");
    check(413, body, "context-too-long", "No.");
    check(418, body, "rejected", "No.");
    check(422, body, "invalid-request", "No.");
    check(425, body, "upstream", "No.");
    check(429, body, "rate-limited", "No.");
    check(500, body, "upstream", "No.");
    check(501, body, "rejected", "No.");
    check(503, body, "upstream", "No.");
    check(529, body, "upstream", "No.");
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
        r#"{"object":"error","message":"odd","code":400}"#,
        "invalid-request",
        "odd",
    );
    check(
        422,
        r#"{"detail":"Field required"}"#,
        "invalid-request",
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
        400,
        "data: {\"error\":{\"message\":\"No.\"}}\n\ndata: [DONE]\n\n",
        "invalid-request",
        "No.",
    );
    check(
        422,
        r#"{"detail":[{"loc":["body","x"],"msg":"No.","input":"a long text of ours"}]}"#,
        "invalid-request",
        r#"[{"loc":["body","x"],"msg":"No."}]"#,
    );
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
fn limits_that_no_wait_lifts() {
    let check = |status, body: &str, code: &str| {
        let error = error(status, None, body);
        assert_eq!(error.code(), code, "{error}");
        assert_eq!(error.retry(), Retry::Never, "{error}");
    };
    // Allowances used up.
    check(
        429,
        r#"{"error":{"message":"Rate limit exceeded: free-models-per-day","code":429}}"#,
        "quota-used-up",
    );
    check(
        429,
        r#"{"error":{"message":"Rate limit reached for model `llama` on tokens per day (TPD): Limit 100000, Used 99000, Requested 2000. Please try again in 14m24s.","code":"rate_limit_exceeded"}}"#,
        "quota-used-up",
    );
    check(
        429,
        r#"[{"error":{"code":429,"message":"You exceeded your current quota","status":"RESOURCE_EXHAUSTED","details":[{"quotaId":"GenerateRequestsPerDayPerProjectPerModel-FreeTier"},{"retryDelay":"34s"}]}}]"#,
        "quota-used-up",
    );
    // No credit.
    check(
        429,
        r#"{"error":{"message":"Your account is suspended","type":"exceeded_current_quota_error"}}"#,
        "payment-required",
    );
    check(
        400,
        r#"{"error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}"#,
        "payment-required",
    );
    check(
        402,
        r#"{"error":{"message":"Insufficient Balance","type":"unknown_error","code":"invalid_request_error"}}"#,
        "payment-required",
    );
    // No valid key.
    check(
        400,
        r#"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#,
        "unauthorized",
    );
    // Unknown models.
    check(
        400,
        r#"{"error":{"message":"x/y is not a valid model ID","code":400}}"#,
        "model-not-found",
    );
    // Content filters.
    check(
        400,
        r#"{"error":{"code":"content_filter","message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy."}}"#,
        "rejected",
    );
    check(
        400,
        r#"{"error":{"code":"data_inspection_failed","message":"Input data may contain inappropriate content."}}"#,
        "rejected",
    );
    // Internal failures of local servers.
    check(
        500,
        r#"{"error":{"code":500,"message":"Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...","type":"server_error"}}"#,
        "invalid-request",
    );
    check(
        500,
        r#"{"error":{"code":500,"message":"the request exceeds the available context size. try increasing the context size or enable context shift","type":"server_error"}}"#,
        "context-too-long",
    );
    check(
        500,
        r#"{"error":{"message":"messages[0] is odd","type":"invalid_request_error"}}"#,
        "invalid-request",
    );
}

#[test]
fn temporary_failures_are_retried_after_the_vendors_wait() {
    let check = |status, retry_after, body: &str, millis: Option<u64>| {
        let error = error(status, retry_after, body);
        let wait = millis.map(Duration::from_millis);
        assert_eq!(error.retry(), Retry::After(wait), "{error}");
    };
    check(
        503,
        Some("1"),
        r#"{"error":{"message":"overloaded","code":503}}"#,
        Some(1000),
    );
    check(529, Some("1"), "overloaded", Some(1000));
    check(408, None, "", None);
    check(
        500,
        None,
        r#"{"error":{"type":"api_error","message":"Internal server error"}}"#,
        None,
    );
    check(
        429,
        None,
        r#"{"error":{"message":"Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 6.5s.","code":"rate_limit_exceeded"}}"#,
        Some(6500),
    );
    check(
        429,
        None,
        r#"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details.","status":"RESOURCE_EXHAUSTED","details":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"},{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34s"}]}}]"#,
        Some(34_000),
    );
    check(
        429,
        None,
        r#"{"error":{"message":"Provider returned error","code":429,"metadata":{"raw":"x/y is temporarily rate-limited upstream. Please retry shortly","provider_name":"Z"}}}"#,
        None,
    );
}

#[test]
fn a_refused_request_says_which_message_it_was() {
    let index = |body: &str| {
        let error = error(400, None, body);
        let ProviderError::InvalidRequest { index, .. } = error else {
            panic!("{error:?}")
        };
        index
    };
    assert_eq!(
        index(
            r#"{"error":{"message":"Invalid value.","param":"messages[3].content","code":"invalid_value"}}"#
        ),
        Some(3)
    );
    assert_eq!(
        index(
            r#"{"error":{"message":"messages.2: all messages must have non-empty content","type":"invalid_request_error"}}"#
        ),
        Some(2)
    );
    // Google does not count the instructions.
    assert_eq!(
        index(
            r#"[{"error":{"code":400,"message":"Please ensure that contents[2] is valid","status":"INVALID_ARGUMENT"}}]"#
        ),
        Some(3)
    );
    assert_eq!(index(r#"{"error":{"message":"No."}}"#), None);
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
}

#[test]
fn responses_that_may_be_answers() {
    let may_answer = |status, content_type: Option<&str>| {
        ResponseHead {
            status,
            content_type: content_type.map(str::to_owned),
            retry_after: None,
        }
        .may_answer()
    };
    assert!(may_answer(200, Some("text/event-stream; charset=utf-8")));
    assert!(may_answer(200, Some("Text/Event-Stream")));
    assert!(may_answer(200, None));
    assert!(may_answer(200, Some("application/json")));
    assert!(!may_answer(200, Some("text/html")));
    assert!(!may_answer(500, Some("text/event-stream")));
}

#[test]
fn a_huge_body_is_cut() {
    check(
        500,
        &"é".repeat(64 * 1024),
        "upstream",
        &format!("{}…", "é".repeat(400)),
    );
}
