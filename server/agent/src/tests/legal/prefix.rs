//! Requests begin with the bytes of those before them.

use common::{
    id::MessageId,
    message::{Message, Part},
};
use serde_json::{Value, json};

use super::Case;
use crate::{AnswerSoFar, Gap};

/// A model and a window, and the messages of its last request.
struct Talk {
    case: Case,
    before: String,
    /// Bytes of all requests but the first, and how many of them the request before began with.
    sent: usize,
    known: usize,
    jumps: usize,
}

impl Talk {
    fn new(window: usize) -> Self {
        let mut case = Case::of(json!([]));
        case.window = window;
        Self {
            case,
            before: String::new(),
            sent: 0,
            known: 0,
            jumps: 0,
        }
    }

    fn ask(&mut self) {
        let (body, _) = self.case.sent_to("some/model");
        let messages = body["messages"].to_string();
        // Without the end of the list: more messages may follow.
        let begin = self.before.trim_end_matches(']');
        let common = messages
            .bytes()
            .zip(begin.bytes())
            .take_while(|(a, b)| a == b)
            .count();
        if !self.before.is_empty() {
            self.sent += messages.len();
            self.known += common;
            self.jumps += usize::from(common < begin.len());
        }
        self.before = messages;
    }

    /// A turn of so many steps, each with an output of so many bytes. Each third step calls what the one before called.
    fn turn(&mut self, turn: usize, steps: usize, bytes: usize) {
        let user = json!({"id": format!("u{turn}"), "role": "user", "parts": [{"type": "text", "text": "Do it."}]});
        self.case
            .transcript
            .push(serde_json::from_value(user).unwrap());
        self.ask();
        let mut parts: Vec<Value> = Vec::new();
        let mut answer = Message::empty_assistant(MessageId::from("a"));
        for step in 0..steps {
            let path = format!("src/{turn}/{}.rs", step / 5);
            parts.push(json!({"type": "step-start"}));
            parts.push(json!({"type": "text", "text": format!("Step {step}.\n")}));
            parts.push(json!({
                "type": "tool-read", "toolCallId": format!("call-{step}"), "state": "output-available",
                "input": {"path": path}, "output": {"path": path, "text": "x".repeat(bytes)},
            }));
            let message = json!({"id": format!("a{turn}"), "role": "assistant", "parts": parts});
            answer = serde_json::from_value(message).unwrap();
            self.case.answer = Some(AnswerSoFar {
                message: answer.clone(),
                gap: Gap::NextStep,
            });
            self.ask();
        }
        answer.parts.push(Part::StepStart);
        answer.parts.push(Part::text("Done.\n"));
        self.case.answer = None;
        self.case.transcript.push(answer);
    }

    /// The bytes that the request before began with, in per cent.
    fn share(&self) -> usize {
        self.known * 100 / self.sent
    }
}

#[test]
fn a_conversation_that_fits_only_grows() {
    let mut talk = Talk::new(1_000_000);
    for turn in 0..5 {
        talk.turn(turn, 20, 4_000);
    }
    assert_eq!(talk.jumps, 0);
    assert!(talk.share() >= 95, "{}", talk.share());
}

#[test]
fn one_turn_of_twenty_steps_is_mostly_known() {
    let mut talk = Talk::new(128_000);
    talk.turn(0, 20, 4_000);
    println!(
        "a 20-step turn: {} % of the bytes are the beginning of the request before",
        talk.share()
    );
    assert_eq!(talk.jumps, 0);
    assert!(talk.share() >= 88, "{}", talk.share());
}

#[test]
fn the_omitted_part_grows_in_jumps() {
    // Half of the window are 64,000 bytes: 15 of these outputs. Five turns have a hundred.
    let mut talk = Talk::new(32_000);
    for turn in 0..5 {
        talk.turn(turn, 20, 4_000);
    }
    println!("with jumps: {} % in {} jumps", talk.share(), talk.jumps);
    assert!((10..=50).contains(&talk.jumps), "{} jumps", talk.jumps);
    assert!(talk.share() >= 60, "{}", talk.share());
}
