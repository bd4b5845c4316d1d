//! The machine, driven by hand; the diagnoses, from `cases.json`.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant"
)]

use serde_json::{Value, json};

use super::*;
use crate::{
    client::Close,
    doctor::diagnosis::{self, Call, Health},
    time::Timestamp,
};

const CASES: &str = include_str!("cases.json");
const TROUBLESHOOTING: &str = include_str!("../../../docs/troubleshooting.md");

const CAUSES: [Cause; 24] = [
    Cause::Unreachable,
    Cause::UnknownHost,
    Cause::Silent,
    Cause::Refused,
    Cause::RefusedHost,
    Cause::RefusedOrigin,
    Cause::WrongPath,
    Cause::NotCoder,
    Cause::ServerFailed,
    Cause::NotSetUp,
    Cause::WrongAgent,
    Cause::NoAgents,
    Cause::NoUpgrade,
    Cause::AgentFailed,
    Cause::Closed,
    Cause::Swallowed,
    Cause::NoIdentity,
    Cause::OtherName,
    Cause::OtherAgent,
    Cause::NoReply,
    Cause::Garbled,
    Cause::NoMethod,
    Cause::Storage,
    Cause::Model,
];

/// A doctor, its clock and its last request.
struct Visit {
    doctor: Doctor,
    now: u64,
    asked: Vec<Effect>,
}

impl Visit {
    fn begin(asks: Asks) -> Self {
        let doctor = Doctor::new("coderagent".to_owned(), "a%20b".to_owned());
        let mut visit = Self {
            doctor,
            now: 1000,
            asked: Vec::new(),
        };
        visit.give(Input::Start(asks));
        visit
    }

    /// Each input comes 10 ms after the previous one.
    fn give(&mut self, input: Input) -> &mut Self {
        self.now += 10;
        self.asked = self.doctor.handle(Timestamp::from_millis(self.now), input);
        self
    }

    fn answer(&mut self, page: Page, status: u16, body: &str) -> &mut Self {
        let body = body.to_owned();
        let status = Some(status);
        self.give(Input::Answered(page, HttpAnswer { status, body }))
    }

    fn healthy(&mut self) -> &mut Self {
        self.answer(Page::Any, 200, "")
            .answer(Page::Health, 200, r#"{"status":"ok"}"#)
    }

    fn close(&mut self, code: u16, reason: &str) -> &mut Self {
        let reason = reason.to_owned();
        self.give(Input::Closed(Close { code, reason }))
    }

    fn frame(&mut self, frame: Value) -> &mut Self {
        self.give(Input::Received(frame.to_string()))
    }

    fn identified(&mut self) -> &mut Self {
        self.healthy().give(Input::Opened).frame(identity("a%20b"))
    }

    /// The call that was last requested.
    fn call(&self) -> Value {
        let call = self.asked.iter().find_map(|effect| match effect {
            Effect::Transmit(text) => Some(serde_json::from_str(text).unwrap()),
            _ => None,
        });
        call.expect("a call was asked for")
    }

    /// Answers the call with its first argument.
    fn reply(&mut self) -> &mut Self {
        let call = self.call();
        let result = call["args"].get(0).cloned().unwrap_or(json!(true));
        self.frame(json!({"type": "rpc", "id": call["id"], "success": true, "done": true, "result": result}))
    }

    fn refuse(&mut self, error: &str) -> &mut Self {
        let id = self.call()["id"].clone();
        self.frame(json!({"type": "rpc", "id": id, "success": false, "error": error}))
    }

    /// Lets the requested deadline pass.
    fn wait(&mut self) -> &mut Self {
        let at = self.asked.iter().find_map(|effect| match effect {
            Effect::WakeAt(at) => Some(at.as_millis()),
            _ => None,
        });
        self.now = at.expect("a deadline was asked for");
        self.give(Input::DeadlinePassed)
    }

    fn words(&self) -> String {
        let words = self.doctor.outcomes().iter().map(CheckOutcome::word);
        words.collect::<Vec<_>>().join(", ")
    }

    fn cause(&self) -> Option<Cause> {
        self.doctor
            .outcomes()
            .iter()
            .find_map(|outcome| match outcome {
                CheckOutcome::Failed { finding, .. } => Some(finding.cause),
                _ => None,
            })
    }

    /// Asserts that the run ended with this cause at this check, that the connection is closed and later checks are
    /// skipped.
    fn expect_end(&self, at: Check, cause: Cause) {
        assert_eq!(self.asked, [Effect::Close, Effect::Show]);
        assert_eq!(self.cause(), Some(cause));
        for (check, outcome) in Check::ALL.into_iter().zip(self.doctor.outcomes()) {
            let expected = match check as usize {
                place if place < at as usize => "passed",
                place if place == at as usize => "failed",
                place if place == Check::Model as usize => "not asked",
                _ => "skipped",
            };
            assert_eq!(outcome.word(), expected, "{check:?}");
        }
    }
}

fn identity(name: &str) -> Value {
    json!({"type": "cf_agent_identity", "name": name, "agent": "coder-agent"})
}

#[test]
fn a_healthy_agent_passes_every_check() {
    let mut visit = Visit::begin(Asks::NoModel);
    assert_eq!(
        visit.asked,
        [
            Effect::Close,
            Effect::Fetch(Page::Any),
            Effect::WakeAt(Timestamp::from_millis(7010)),
            Effect::Show,
        ]
    );
    visit.identified().reply().reply();
    assert_eq!(
        visit.words(),
        "passed, passed, passed, passed, passed, passed, passed, not asked"
    );
    assert_eq!(
        visit.doctor.outcomes()[0],
        CheckOutcome::Passed { millis: 10 }
    );
    assert_eq!(visit.asked, [Effect::Close, Effect::Show]);
}

#[test]
fn the_model_is_asked_on_request_alone() {
    let mut visit = Visit::begin(Asks::Model);
    visit.identified().reply().reply();
    assert_eq!(visit.call()["method"], "checkModel");
    visit.refuse("The model provider rejected the API key (401).");
    visit.expect_end(Check::Model, Cause::Model);

    let mut visit = Visit::begin(Asks::Model);
    visit.identified().reply().reply().reply();
    assert_eq!(visit.cause(), None);
    assert!(!visit.words().contains("not asked"));
}

#[test]
fn a_missing_key_keeps_nothing_but_the_model_from_being_checked() {
    let mut visit = Visit::begin(Asks::Model);
    visit
        .answer(Page::Any, 200, "")
        .answer(Page::Health, 500, r#"{"status":"error","error":"no key"}"#)
        .give(Input::Opened)
        .frame(identity("a%20b"))
        .reply()
        .reply();
    assert_eq!(
        visit.words(),
        "passed, passed, failed, passed, passed, passed, passed, skipped"
    );
    assert_eq!(visit.cause(), Some(Cause::NotSetUp));
}

#[test]
fn a_server_that_is_down_ends_the_check() {
    let mut visit = Visit::begin(Asks::NoModel);
    let (status, body) = (None, "Failed to fetch".to_owned());
    visit.give(Input::Answered(Page::Any, HttpAnswer { status, body }));
    visit.expect_end(Check::Address, Cause::Unreachable);
}

#[test]
fn every_wait_has_an_end() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.wait().expect_end(Check::Address, Cause::Silent);

    visit = Visit::begin(Asks::NoModel);
    visit.answer(Page::Any, 200, "").wait();
    visit.expect_end(Check::Http, Cause::Silent);

    visit = Visit::begin(Asks::NoModel);
    visit.healthy().wait();
    visit.expect_end(Check::Upgrade, Cause::NoUpgrade);

    visit = Visit::begin(Asks::NoModel);
    visit.healthy().give(Input::Opened).wait();
    visit.expect_end(Check::Identity, Cause::Swallowed);

    visit = Visit::begin(Asks::NoModel);
    visit.healthy().give(Input::Opened);
    let deadline = visit.asked.clone();
    visit.frame(json!({"type": "cf_agent_mcp_servers", "mcp": {}}));
    visit.asked = deadline;
    visit.wait().expect_end(Check::Identity, Cause::NoIdentity);

    visit = Visit::begin(Asks::NoModel);
    visit.identified().wait();
    visit.expect_end(Check::Echo, Cause::NoReply);

    visit = Visit::begin(Asks::Model);
    visit.identified().reply().reply().wait();
    visit.expect_end(Check::Model, Cause::Model);
}

#[test]
fn an_early_wake_up_waits_on() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.give(Input::DeadlinePassed);
    assert_eq!(visit.asked, [Effect::WakeAt(Timestamp::from_millis(7010))]);
    visit
        .identified()
        .reply()
        .reply()
        .give(Input::DeadlinePassed);
    assert_eq!(visit.asked, []);
}

#[test]
fn a_connection_that_does_not_open_is_asked_about_over_http() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.healthy().close(1006, "");
    assert_eq!(visit.asked, [Effect::Fetch(Page::Agent)]);
    visit.answer(Page::Agent, 400, "Invalid request");
    visit.expect_end(Check::Upgrade, Cause::WrongAgent);

    visit = Visit::begin(Asks::NoModel);
    visit
        .healthy()
        .close(1006, "")
        .answer(Page::Agent, 200, "[]");
    visit.expect_end(Check::Upgrade, Cause::NoUpgrade);
}

#[test]
fn an_agent_that_fails_is_quoted() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit
        .healthy()
        .give(Input::Opened)
        .frame(json!({"error": "Missing namespace or room headers"}))
        .close(1011, "Uncaught exception during session setup");
    visit.expect_end(Check::Identity, Cause::AgentFailed);
    let text = report("here", visit.doctor.outcomes());
    assert!(text.contains("Seen: Missing namespace"), "{text}");
}

#[test]
fn a_connection_may_end_in_the_middle() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.identified().close(1006, "");
    visit.expect_end(Check::Echo, Cause::Closed);
    visit = Visit::begin(Asks::NoModel);
    visit.healthy().give(Input::Opened).close(1008, "");
    visit.expect_end(Check::Identity, Cause::Refused);
}

#[test]
fn another_instance_is_noticed() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.healthy().give(Input::Opened).frame(identity("A%20b"));
    visit.expect_end(Check::Identity, Cause::OtherName);
}

#[test]
fn each_call_fails_with_its_own_cause() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.identified().refuse("Method echo does not exist");
    visit.expect_end(Check::Echo, Cause::NoMethod);

    visit = Visit::begin(Asks::NoModel);
    visit.identified();
    let id = visit.call()["id"].clone();
    visit.frame(json!({"type": "rpc", "id": id, "success": true, "done": true, "result": "?"}));
    visit.expect_end(Check::Echo, Cause::Garbled);

    visit = Visit::begin(Asks::NoModel);
    visit.identified().reply().refuse("the store failed: full");
    visit.expect_end(Check::Storage, Cause::Storage);
}

#[test]
fn inputs_of_an_earlier_run_are_dropped() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit.identified();
    let stale = visit.call()["id"].clone();
    visit.give(Input::Start(Asks::NoModel));
    visit.frame(json!({"type": "rpc", "id": stale, "success": false, "error": "no"}));
    visit.answer(Page::Health, 500, "").close(1006, "");
    assert!(
        visit.words().starts_with("running, waiting"),
        "{}",
        visit.words()
    );
    visit.identified();
    visit.frame(json!({"type": "rpc", "id": stale, "success": false, "error": "no"}));
    assert_eq!(visit.cause(), None);
    assert!(visit.reply_to_new_call(), "{}", visit.words());
}

impl Visit {
    /// Frames of other kinds leave the call open.
    fn reply_to_new_call(&self) -> bool {
        self.doctor.outcomes().get(Check::Echo as usize) == Some(&CheckOutcome::Running)
    }
}

/// The cause's key and evidence, as in `cases.json`.
fn reported(finding: Option<Finding>) -> (Option<&'static str>, String) {
    match finding {
        None => (None, String::new()),
        Some(Finding { cause, seen }) => (Some(cause.key()), seen),
    }
}

#[test]
fn diagnoses_are_those_of_the_list() {
    let cases: Value = serde_json::from_str(CASES).unwrap();
    let text = |case: &Value, key: &str| case[key].as_str().unwrap_or_default().to_owned();
    let answer = |case: &Value| HttpAnswer {
        status: case["status"]
            .as_u64()
            .map(|status| u16::try_from(status).unwrap()),
        body: text(case, "body"),
    };
    let diagnose = |kind: &str, case: &Value| match kind {
        "address" => Some(diagnosis::no_answer(text(case, "body"))),
        "health" => match diagnosis::health(&answer(case)) {
            Health::Ready => None,
            Health::NotSetUp(finding) | Health::Strange(finding) => Some(finding),
        },
        "upgrade" => Some(diagnosis::upgrade(&answer(case))),
        "close" => {
            let code = u16::try_from(case["code"].as_u64().unwrap()).unwrap();
            let reason = text(case, "reason");
            Some(diagnosis::close(
                &Close { code, reason },
                case["error"].as_str(),
            ))
        }
        "identity" => {
            let wanted = ("coderagent", "a%20b");
            diagnosis::identity(wanted, &text(case, "agent"), &text(case, "name")).err()
        }
        "refusal" => {
            let calls = [Call::Echo, Call::Storage, Call::Model];
            let call = calls
                .into_iter()
                .find(|call| call.check().key() == case["check"]);
            Some(diagnosis::refusal(call.unwrap(), &text(case, "error")))
        }
        other => panic!("no such kind of case: {other}"),
    };
    for (kind, list) in cases.as_object().unwrap() {
        for case in list.as_array().unwrap() {
            let (cause, seen) = reported(diagnose(kind, case));
            assert_eq!(cause, case["cause"].as_str(), "{kind} {case}");
            if let Some(expected) = case["seen"].as_str() {
                assert_eq!(seen, expected, "{kind} {case}");
            }
        }
    }
}

#[test]
fn everything_has_words_and_the_guide_has_the_same() {
    let file: Value = serde_json::from_str(words::FILE).unwrap();
    let words = Words::read();
    for check in Check::ALL {
        assert_ne!(words.title(check), "", "{check:?}");
        assert_eq!(Check::ALL[check as usize], check, "each at its own place");
        assert!(TROUBLESHOOTING.contains(words.title(check)), "{check:?}");
    }
    for cause in CAUSES {
        let (what, fix) = words.cause_and_fix(cause);
        assert!(!what.is_empty() && !fix.is_empty(), "{cause:?}");
        assert!(TROUBLESHOOTING.contains(what), "{what}");
        assert!(TROUBLESHOOTING.contains(fix), "{fix}");
    }
    assert_eq!(file["causes"].as_object().unwrap().len(), CAUSES.len());
    assert_eq!(file["checks"].as_object().unwrap().len(), Check::ALL.len());
}

#[test]
fn close_codes_have_words() {
    for (code, text, expected) in [
        (1008, "", "the server refused it"),
        (1008, "no such agent", "no such agent"),
        (4321, "", "the server closed it with code 4321"),
    ] {
        let reason = text.to_owned();
        assert_eq!(Close { code, reason }.meaning_or_reason(), expected);
    }
}

#[test]
fn close_codes_are_explained() {
    let closes: Value = serde_json::from_str(include_str!("../client/closes.json")).unwrap();
    // Causes without a text of their own on the page, and one that the page does not have.
    let others = ["1000", "1001", "1005", "4321"];
    for code in closes
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .chain(others)
    {
        let explained = TROUBLESHOOTING.lines().any(|line| {
            let codes = line
                .strip_prefix("| ")
                .and_then(|line| line.split_once(" |"));
            codes.is_some_and(|(codes, _)| is_among(code, codes))
        });
        assert!(explained, "docs/troubleshooting.md does not explain {code}");
    }
}

/// Whether a list such as `1000, 1001` or a range such as `4000 to 4999` contains the code.
fn is_among(code: &str, codes: &str) -> bool {
    match codes.split_once(" to ") {
        Some((first, last)) => first <= code && code <= last,
        None => codes.split(", ").any(|listed| listed == code),
    }
}

#[test]
fn a_report_names_each_check_with_cause_and_fix() {
    let mut visit = Visit::begin(Asks::NoModel);
    visit
        .healthy()
        .close(1006, "")
        .answer(Page::Agent, 400, "Invalid request");
    let text = report("http://here/agents/x/y", visit.doctor.outcomes());
    for expected in [
        "Connection check of http://here/agents/x/y\n[passed] The server can be reached (10 ms)\n",
        "\n[failed] A WebSocket opens (20 ms)\n    Seen: HTTP 400\n    Cause: The server has no agent",
        "\n    Fix: Write `coderagent`",
        "\n[skipped] A test call returns\n",
        "\n[not asked] The model answers\n",
    ] {
        assert!(text.contains(expected), "{expected} in {text}");
    }
}
