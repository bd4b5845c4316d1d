//! The agent under random inputs, valid and invalid, with stops at random effects. It never panics, never shows what is
//! not stored, never leaves a turn that runs without an alarm, and in the end it is still there to answer, with every version of
//! every file.
//!
//! A bounded run by default; `FUZZ_SECONDS` sets how long, `FUZZ_SEED` where to begin.

mod files;

use std::time::{Duration, Instant};

use common::{
    frame::{ChatRequest, ClientFrame, ClientTool, Outcome, ToolApproval, ToolResult, Trigger},
    id::{MessageId, ProbeId, RequestId, RpcId, ToolCallId},
    message::{CallDetails, Message, Role, ToolOutcome},
};
use fastrand::Rng;
use providers::{FinishReason, ProviderError, ProviderEvent, Usage};
use serde_json::{Map, Value, json};
use store::Fingerprint;
use tools::{Attempt, Preview, ToolDone, ToolFailure};

use super::{outcomes, submit};
use crate::{
    AgentOptions, CallId, Concurrency, ConnectionKey, ConnectionPolicy, Input, ModelProgress,
    testing::World,
};

const SEEDS: u64 = 250;
const STEPS: usize = 80;

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "this test runs on the host alone"
)]
fn fuzz_the_agent() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse().ok());
    let first: u64 = number("FUZZ_SEED").unwrap_or(0);
    let seconds: Option<u64> = number("FUZZ_SECONDS");
    let began = Instant::now();
    for seed in first.. {
        match seconds {
            Some(seconds) if began.elapsed().as_secs() >= seconds => break,
            None if seed >= first + SEEDS => break,
            Some(_) | None => {}
        }
        let run = std::panic::catch_unwind(|| Fuzz::new(seed).run());
        assert!(run.is_ok(), "FUZZ_SEED={seed}");
    }
}

struct Fuzz {
    rng: Rng,
    world: World,
    connections: Vec<ConnectionKey>,
    versions: files::Versions,
}

impl Fuzz {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let concurrency = [
            Concurrency::Queue,
            Concurrency::Queue,
            Concurrency::Latest,
            Concurrency::Merge,
            Concurrency::Drop,
            Concurrency::Debounce(Duration::from_millis(100)),
        ];
        let mut world = World::with(AgentOptions {
            concurrency: rng.choice(concurrency).unwrap(),
            max_messages: rng.bool().then(|| rng.u32(2..6)),
            ..AgentOptions::default()
        });
        world.check_what_is_sent();
        world.outside.model.is_strict = false;
        Self {
            rng,
            world,
            connections: Vec::new(),
            versions: files::Versions::new(),
        }
    }

    fn run(mut self) {
        for _ in 0..STEPS {
            self.step();
            self.note_versions();
            let works = self.world.has_model_call() || self.world.running_tools() > 0;
            assert!(
                !works || self.world.has_alarm(),
                "a turn runs without an alarm"
            );
            for key in &self.connections {
                if self.rng.bool() {
                    self.world.receive(*key);
                }
            }
        }
        self.end();
    }

    /// Whatever happened, the agent comes to rest and answers.
    fn end(mut self) {
        self.world.stop_after(usize::MAX);
        self.check_versions();
        self.world.is_directory_down = false;
        self.world.holds_pushes = false;
        for _ in 0..200 {
            while self.world.step_model() {}
            self.world.pass(Duration::from_secs(130));
        }
        assert!(!self.world.has_model_call() && self.world.running_tools() == 0);
        if self.world.has_owner() {
            self.world.assert_listed();
        }
        let tab = self.world.connect();
        self.world.receive(tab);
        self.world.send(tab, &submit(4_000, "the last one"));
        self.world.pass(Duration::from_secs(1));
        while self.world.step_model() {}
        let ended = outcomes(&self.world.receive(tab));
        let last = ended.into_iter().find(|(id, _)| id == "r4000");
        assert_eq!(last, Some(("r4000".to_owned(), Outcome::Completed)));
        for key in std::mem::take(&mut self.connections)
            .into_iter()
            .chain([tab])
        {
            self.world.disconnect(key);
        }
        let streams = self.world.stored_streams();
        assert!(streams <= 1, "{streams} streams are kept for nobody");
        let transcript = self.world.transcript();
        let mut ids: Vec<&MessageId> = transcript.iter().map(|message| &message.id).collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), transcript.len(), "no message stands twice");
    }

    fn step(&mut self) {
        match self.rng.u32(0..52) {
            44 | 45 => self.write_file(),
            46 | 47 => {
                let frame = self.mode();
                self.send(&frame.encode());
            }
            48..52 => {
                let frame = self.call_about_files();
                self.send(&frame.encode());
            }
            // The platform is busy: alarms come late.
            41 | 42 => {
                self.world.now = self.world.now + Duration::from_millis(self.rng.u64(0..5_000))
            }
            43 => self.world.holds_pushes = self.rng.bool(),
            40 => self.world.is_directory_down = self.rng.bool(),
            0..3 => self.connect(),
            3 => self.disconnect(),
            4 => self.world.hibernate(),
            5 => {
                self.world.stop();
                self.connections.clear();
            }
            6 => {
                let effects = self.rng.usize(0..12);
                self.world.stop_after(effects);
            }
            7 => {
                // Questions expire after a day.
                let is_long = self.rng.u8(0..4) == 0;
                let most = if is_long { 90_000_000 } else { 100_000 };
                let millis = self.rng.u64(0..most);
                self.world.pass(Duration::from_millis(millis));
            }
            8 => self.world.alarm_comes(),
            9 => self.world.input(Input::FlushDue),
            10 => {
                let input = self.stray_provider();
                self.world.input(input);
            }
            11 => {
                let input = self.stray_tool();
                self.world.input(input);
            }
            12..22 => {
                self.world.step_model();
            }
            22..25 => {
                let text = self.garbage();
                self.send(&text);
            }
            _ => {
                let frame = self.frame();
                self.send(&frame.encode());
            }
        }
        let world = &self.world;
        self.connections.retain(|key| world.is_connected(*key));
    }

    fn connect(&mut self) {
        let id = format!("client{}", self.rng.u32(0..4));
        let pairs = [
            ("readonly", self.rng.u8(0..6) == 0),
            ("protocol", self.rng.bool()),
        ];
        let policy =
            ConnectionPolicy::from_query(pairs.iter().map(|(name, yes)| (*name, yes.to_string())));
        let key = self.world.connect_as(&id, policy);
        self.connections.push(key);
    }

    fn disconnect(&mut self) {
        if let Some(key) = self.rng.choice(self.connections.clone()) {
            self.world.disconnect(key);
        }
    }

    fn send(&mut self, text: &str) {
        if self.connections.is_empty() {
            self.connect();
        }
        if let Some(key) = self.rng.choice(self.connections.clone()) {
            self.world.send_text(key, text);
        }
    }

    fn small(&mut self, prefix: &str) -> String {
        format!("{prefix}{}", self.rng.u32(0..8))
    }

    fn frame(&mut self) -> ClientFrame {
        let request = RequestId::new(self.small("r"));
        match self.rng.u32(0..20) {
            0..8 => ClientFrame::ChatRequest(self.request(request)),
            8 => ClientFrame::ChatMessages(self.messages()),
            9 => ClientFrame::ChatClear,
            10 => ClientFrame::ChatCancel(request),
            11 => ClientFrame::ResumeRequest(self.rng.bool().then(|| ProbeId::from("p"))),
            12 | 13 => ClientFrame::ResumeAck(request),
            14 | 15 => ClientFrame::ToolResult(ToolResult {
                tool_call_id: self.call_id(),
                tool_name: "getTime".to_owned(),
                outcome: if self.rng.bool() {
                    ToolOutcome::Output(self.json())
                } else {
                    ToolOutcome::Error(None)
                },
                auto_continue: self.rng.bool(),
                client_tools: Vec::new(),
            }),
            16 | 17 => ClientFrame::ToolApproval(ToolApproval {
                tool_call_id: self.call_id(),
                approved: self.rng.bool(),
                auto_continue: self.rng.bool(),
            }),
            18 => ClientFrame::State(self.json()),
            _ => {
                let methods = [
                    "getMessages",
                    "exportTranscript",
                    "setProjectContext",
                    "echo",
                    "checkStorage",
                    "nope",
                ];
                if self.rng.u8(0..3) == 0 {
                    let mut note = json!({"toolCallId": self.call_id()});
                    let fields = [("always", "src/**"), ("always", "a[b"), ("reason", "no")];
                    let (field, text) = self.rng.choice(fields).unwrap();
                    note[field] = text.into();
                    return ClientFrame::Rpc {
                        id: RpcId::from("note"),
                        method: "annotateApproval".to_owned(),
                        args: vec![note],
                    };
                }
                ClientFrame::Rpc {
                    id: RpcId::from("c"),
                    method: self.rng.choice(methods).unwrap().to_owned(),
                    args: (0..self.rng.usize(0..3)).map(|_| self.json()).collect(),
                }
            }
        }
    }

    fn request(&mut self, id: RequestId) -> ChatRequest {
        let client_tools = self.rng.bool().then(|| ClientTool {
            name: "getTime".to_owned(),
            description: None,
            parameters: None,
        });
        ChatRequest {
            id,
            trigger: if self.rng.u32(0..4) == 0 {
                Trigger::Regenerate
            } else {
                Trigger::Submit
            },
            messages: self.messages(),
            after: self.after(),
            client_tools: client_tools.into_iter().collect(),
            body: Map::new(),
        }
    }

    /// Mostly nothing; else a message of the transcript, or one that is gone.
    fn after(&mut self) -> Option<MessageId> {
        if self.rng.u32(0..4) > 0 {
            return None;
        }
        let transcript = self.world.transcript();
        let known = self
            .rng
            .choice(&transcript)
            .map(|message| message.id.clone());
        Some(known.unwrap_or_else(|| MessageId::from("gone")))
    }

    /// The beginning of the transcript as a client has it, with what grows, and something new; or anything.
    fn messages(&mut self) -> Vec<Message> {
        let mut messages = self.world.transcript();
        if self.rng.bool() {
            messages.truncate(self.rng.usize(0..8));
        }
        if let Some(growing) = self.world.growing().filter(|_| self.rng.bool()) {
            messages.push(growing);
        }
        if self.rng.u32(0..6) == 0 {
            self.rng.shuffle(&mut messages);
        }
        if self.rng.u32(0..6) == 0
            && let Some(copy) = self.rng.choice(messages.clone())
        {
            let id = MessageId::new(self.small("copy"));
            messages.push(Message { id, ..copy });
        }
        if self.rng.u32(0..4) > 0 {
            let questions = [
                "hello",
                "fail",
                "drop",
                "hang",
                r#"call rename_conversation {"title":"A"}"#,
                r#"call nope {} then rename_conversation {"title":""}"#,
                r#"call set_project_context {"context":"B"} & rename_conversation {"title":"C"}"#,
                r#"call write {"path":"src/a","text":""} & delete {"path":"src/a"}"#,
                r#"call write {"path":"src/b","text":""} then move {"from":"src/b","to":"c"}"#,
                r#"call write {"path":"c","text":"its\n"} & write {"path":"d/e","text":"new\n"}"#,
                r#"call delete {"path":"src"}"#,
                "call getTime & getTime {broken",
            ];
            let text = self.rng.choice(questions).unwrap();
            let role = if self.rng.u32(0..8) == 0 {
                Role::Assistant
            } else {
                Role::User
            };
            messages.push(Message::text(MessageId::new(self.small("m")), role, text));
        }
        messages
    }

    /// Of a call that is there, or of none.
    fn call_id(&mut self) -> ToolCallId {
        let transcript = self.world.transcript();
        let calls: Vec<ToolCallId> = transcript
            .iter()
            .chain(self.world.growing().as_ref())
            .flat_map(Message::calls)
            .map(|call| call.tool_call_id.clone())
            .collect();
        self.rng
            .choice(calls)
            .unwrap_or_else(|| ToolCallId::from("unheard-of"))
    }

    fn json(&mut self) -> Value {
        let values = [
            json!(null),
            json!(7),
            json!("text"),
            json!("markdown"),
            json!([1, {"deep": [null]}]),
            json!({"title": "T", "projectContext": null, "model": null, "run": 7}),
            json!({"title": 7}),
            json!({"type": "text"}),
        ];
        self.rng.choice(values).unwrap()
    }

    fn stray_provider(&mut self) -> Input {
        let event = match self.rng.u32(0..6) {
            0 => ProviderEvent::TextDelta("stray".to_owned()),
            1 => ProviderEvent::ReasoningDelta("stray".to_owned()),
            2 => ProviderEvent::ToolCallStart {
                index: self.rng.usize(0..3),
                id: "stray".to_owned(),
                name: "rename_conversation".to_owned(),
            },
            3 => ProviderEvent::ToolCallDelta {
                index: self.rng.usize(0..3),
                arguments: "{".to_owned(),
            },
            4 => ProviderEvent::Usage(Usage::default()),
            _ => ProviderEvent::Finished(FinishReason::Length),
        };
        let progress = match self.rng.u32(0..8) {
            0 => ModelProgress::Ended,
            1 => ModelProgress::Failed(ProviderError::Dropped.into()),
            _ => ModelProgress::Events(vec![event]),
        };
        // A call that was given up, or the one that runs: a model may say anything at any time.
        let call = if self.rng.u32(0..6) == 0 {
            self.world.model_call()
        } else {
            None
        };
        let call = call.unwrap_or_else(|| CallId(self.rng.u64(0..3) + 1_000_000));
        Input::Provider { call, progress }
    }

    fn stray_tool(&mut self) -> Input {
        Input::ToolSettled {
            call: CallId(self.rng.u64(0..12)),
            result: if self.rng.u8(..) < 40 {
                Ok(Attempt::NeedsApproval(Preview {
                    changes: Vec::new(),
                    more: self.rng.u64(0..2),
                    paths: Vec::new(),
                    shown: Fingerprint {
                        hash: String::new(),
                        change: 0,
                    },
                }))
            } else if self.rng.bool() {
                Ok(Attempt::Done {
                    done: ToolDone {
                        output: self.json(),
                        about: None,
                    },
                    details: CallDetails::default(),
                })
            } else {
                Err(ToolFailure::Explained("stray".to_owned()))
            },
        }
    }

    fn garbage(&mut self) -> String {
        let mut text = self.frame().encode();
        match self.rng.u32(0..3) {
            0 => {
                let cut = self.rng.usize(0..=text.len());
                while !text.is_char_boundary(text.len().min(cut)) {
                    text.pop();
                }
                text.truncate(cut);
            }
            1 => {
                let keys = ["id", "messages", "init", "type", "toolCallId", "state"];
                let key = self.rng.choice(keys).unwrap();
                text = text.replace(&format!("\"{key}\":"), &format!("\"{key}\":[],\"x\":"));
            }
            _ => {
                text = (0..self.rng.usize(0..20))
                    .map(|_| self.rng.char(..))
                    .collect()
            }
        }
        text
    }
}
