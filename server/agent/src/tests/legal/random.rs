//! Random transcripts: turns that failed, were stopped or wait, several models, messages of other clients. Every vendor
//! takes every request.

use fastrand::Rng;
use serde_json::{Value, json};
use store::Extent;

use super::{Case, ModelAbilities, RULES, Rule};
use crate::{AnswerSoFar, Gap};

const SEEDS: u64 = 200;

const TEXTS: &[&str] = &[
    "",
    " ",
    "\n\n",
    "Hello.",
    "Trailing \n",
    " Leading",
    "é 😀",
    "a\n\nb",
];

const IDS: &[&str] = &[
    "",
    "c1",
    "c1",
    "call_1",
    "abcDEF123",
    "functions.list:0",
    "é",
    "a b",
    "call_0123456789012345678901234567890123456789012345",
    "toolu_01A",
];

const NAMES: &[&str] = &[
    "list",
    "read",
    "write",
    "ask_user",
    "functions.list",
    " list",
    "",
    "1",
    "no such tool",
    "-x",
];

const MODELS: &[&str] = &[
    "openai/gpt-5",
    "anthropic/claude-sonnet-4.5",
    "google/gemini-3-pro",
    "mistralai/devstral-medium",
    "smollm2",
    "another/model",
];

const STATES: &[&str] = &[
    "input-streaming",
    "input-available",
    "approval-requested",
    "approval-responded",
    "output-available",
    "output-available",
    "output-available",
    "output-error",
    "output-denied",
];

struct Random(Rng);

impl Random {
    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        self.0.choice(choices).copied().unwrap()
    }

    fn chance(&mut self, one_in: u32) -> bool {
        self.0.u32(0..one_in) == 0
    }

    fn text(&mut self) -> String {
        if self.chance(20) {
            "long ".repeat(self.0.usize(..3_000))
        } else {
            self.of(TEXTS).to_owned()
        }
    }

    /// What the vendor of a random model left with a part. Mistral takes no fields of its own.
    fn metadata(&mut self) -> Value {
        let model = self.of(MODELS);
        let id = self.of(IDS);
        let fields = if model.contains("mistral") {
            json!({})
        } else {
            json!({"extra_content": {"s": "S=="}})
        };
        let mut data = json!({"model": model, "call": {"id": id, "fields": fields}});
        if !model.contains("mistral") {
            data["message"] =
                json!({"reasoning": "reasoning_content", "fields": {"reasoning_details": [1]}});
        }
        json!({"coder": data, "other": 1})
    }

    fn file(&mut self) -> Value {
        let (media_type, url) = match self.0.u32(..9) {
            0 => ("image/png", "data:image/png;base64,iVBORw0KGgo="),
            1 => ("image/gif", "data:image/gif;base64,R0lGODlh"),
            2 => ("image/heic", "data:image/heic;base64,AAAA"),
            3 => ("application/pdf", "data:application/pdf;base64,JVBERi0="),
            4 => ("text/plain", "data:text/plain,%20"),
            5 => ("image/png", "https://example.com/a.png"),
            6 => ("application/zip", "data:;base64,UEsDBAA="),
            7 => ("image/png", "/agents/coderagent/talk/files/a.png"),
            _ => ("", "nonsense"),
        };
        json!({"type": "file", "mediaType": media_type, "url": url})
    }

    fn call(&mut self) -> Value {
        let state = self.of(STATES);
        let mut call = json!({
            "type": "dynamic-tool", "toolName": self.of(NAMES), "toolCallId": self.of(IDS), "state": state,
            "input": {"path": "a"}, "output": self.text(), "errorText": self.text(),
            "approval": {"id": "q", "reason": self.of(TEXTS)},
        });
        if self.chance(4) {
            call["output"] = json!({"path": "a.png", "hash": "h", "media_type": "image/png", "size": 1, "image": true});
        }
        if state == "output-error" && self.chance(2) {
            call["input"] = Value::Null;
            call["rawInput"] = self.of(&["{\"a", "", "[1]", "null", "{\"a\":NaN}"]).into();
        }
        if self.chance(2) {
            call["callProviderMetadata"] = self.metadata();
        }
        call
    }

    fn part(&mut self, is_user: bool) -> Value {
        match self.0.u32(..if is_user { 4 } else { 9 }) {
            0 | 1 => {
                json!({"type": "text", "text": self.text(), "providerMetadata": self.metadata()})
            }
            2 => json!({"type": "data-x", "data": 1}),
            3 if is_user => self.file(),
            3 => {
                json!({"type": "reasoning", "text": self.text(), "providerMetadata": self.metadata()})
            }
            4 | 5 => json!({"type": "step-start"}),
            _ => self.call(),
        }
    }

    fn message(&mut self, number: usize) -> Value {
        let role = self.of(&[
            "user",
            "user",
            "assistant",
            "assistant",
            "assistant",
            "system",
        ]);
        let count = self.0.usize(..if role == "assistant" { 9 } else { 3 });
        let parts: Vec<Value> = (0..count).map(|_| self.part(role != "assistant")).collect();
        let mut message = json!({"id": format!("m{number}"), "role": role, "parts": parts});
        if self.chance(12) {
            message["metadata"] = json!({"coder": {"leftOut": true}});
        }
        message
    }

    fn case(&mut self) -> Case {
        let count = self.0.usize(..9);
        let messages: Vec<Value> = (0..count).map(|number| self.message(number)).collect();
        let mut case = Case::of(json!(messages));
        assert_eq!(case.transcript.len(), count);
        if self.chance(2) {
            let parts: Vec<Value> = (0..self.0.usize(..6)).map(|_| self.part(false)).collect();
            let message = json!({"id": "answer", "role": "assistant", "parts": parts});
            case.answer = Some(AnswerSoFar {
                message: serde_json::from_value(message).unwrap(),
                gap: if self.chance(2) {
                    Gap::CutOff
                } else {
                    Gap::NextStep
                },
            });
        }
        case.has_tools = !self.chance(6);
        case.window = self.0.usize(..20_000);
        if self.chance(4) {
            case.extent = Extent::Shortened {
                limit: Some(self.0.u64(..4_000)),
            };
        }
        if self.chance(3) {
            let mut known = || self.0.choice([None, Some(false), Some(true)]).flatten();
            case.abilities = ModelAbilities {
                images: known(),
                files: known(),
                tools: known(),
                tool_pictures: None,
            };
        }
        case
    }
}

#[test]
fn every_vendor_takes_every_request() {
    for seed in 0..SEEDS {
        let case = Random(Rng::with_seed(seed)).case();
        let checked = std::panic::catch_unwind(|| case.is_taken_by_all());
        assert!(checked.is_ok(), "seed {seed}");
    }
}

#[test]
fn every_rule_is_needed() {
    // Of the transcript, no tools have odd schemas; the five vendors do not ask for reasoning; an output without a call
    // and a call without an output are not written.
    let unseen = [
        "tools have legal names",
        "every call has one output",
        "calls of DeepSeek and Kimi",
    ];
    let is_unseen = |rule: &Rule| unseen.iter().any(|start| rule.name.starts_with(start));
    for rule in RULES.iter().filter(|rule| !is_unseen(rule)) {
        let is_refused = (0..SEEDS).any(|seed| {
            let mut case = Random(Rng::with_seed(seed)).case();
            case.without = Some(rule.name);
            case.refusal().is_some()
        });
        assert!(is_refused, "{}", rule.name);
    }
}
