use super::*;

const AT: Timestamp = Timestamp::from_millis(1_795_771_842_007);

fn who() -> Who {
    Who {
        request: Some("r1".to_owned()),
        conversation: Some(Hashed::conversation("secret plans")),
        user: None,
    }
}

fn check(event: &Event<'_>, expected: &Value) {
    let line = event.line(AT, &who());
    assert!(!line.contains('\n'));
    let mut found: Value = serde_json::from_str(&line).unwrap();
    let fields = found.as_object_mut().unwrap();
    assert_eq!(
        fields.remove("time"),
        Some(json!("2026-11-27T09:30:42.007Z"))
    );
    assert_eq!(fields.remove("requestId"), Some(json!("r1")));
    assert_eq!(
        fields.remove("conversation"),
        Some(json!(Hashed::conversation("secret plans").as_str()))
    );
    assert_eq!(found, *expected);
}

#[test]
fn an_event_is_a_line_of_json() {
    let took = Duration::from_millis(1234);
    check(
        &Event::Request {
            route: Route::Agent,
            method: "GET",
            status: 101,
            took,
        },
        &json!({"event": "request", "level": "debug", "route": "agent", "method": "GET", "status": 101, "ms": 1234}),
    );
    check(
        &Event::Refused { by: Guard::SignIn },
        &json!({"event": "refused", "level": "warn", "by": "sign-in"}),
    );
    check(
        &Event::Turn {
            turn: Hashed::turn("t"),
            outcome: Outcome::Completed,
            took,
        },
        &json!({"event": "turn", "level": "info", "turn": Hashed::turn("t").as_str(), "outcome": "completed", "ms": 1234}),
    );
    check(
        &Event::ModelCall {
            model: "m",
            outcome: Outcome::Failed("rate-limited"),
            first_token: None,
            took,
        },
        &json!({"event": "model_call", "level": "warn", "model": "m", "outcome": "failed", "cause": "rate-limited", "ms": 1234}),
    );
    check(
        &Event::ModelCall {
            model: "m",
            outcome: Outcome::Aborted,
            first_token: Some(Duration::from_millis(7)),
            took,
        },
        &json!({"event": "model_call", "level": "info", "model": "m", "outcome": "aborted", "firstTokenMs": 7, "ms": 1234}),
    );
    check(
        &Event::ToolCall {
            tool: "write",
            outcome: Outcome::Asked,
            took,
        },
        &json!({"event": "tool_call", "level": "info", "tool": "write", "outcome": "asked", "ms": 1234}),
    );
}

#[test]
fn a_request_matters_by_its_status() {
    for (status, level) in [
        (101, Level::Debug),
        (200, Level::Debug),
        (304, Level::Debug),
        (404, Level::Debug),
        (401, Level::Warn),
        (403, Level::Warn),
        (429, Level::Warn),
        (500, Level::Error),
        (507, Level::Error),
    ] {
        let event = Event::Request {
            route: Route::Page,
            method: "GET",
            status,
            took: Duration::ZERO,
        };
        assert_eq!(event.level(), level, "{status}");
    }
}

#[test]
fn a_line_contains_no_names() {
    let event = Event::Turn {
        turn: Hashed::turn("what I asked"),
        outcome: Outcome::Skipped,
        took: Duration::ZERO,
    };
    let line = event.line(AT, &who());
    assert!(
        !line.contains("secret plans") && !line.contains("what I asked"),
        "{line}"
    );
}
