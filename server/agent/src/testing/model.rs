//! A model server whose answers are known: they depend on the last question alone, and a cut-off answer is continued where it
//! ends.

use std::collections::VecDeque;

use common::{
    message::{Message, Role, ToolPart, ToolState},
    time::Timestamp,
};
use providers::{
    Provider,
    openai_compatible::{KnownModels, ProviderSettings, ResponseHead},
};
use serde_json::{Value, json};
use workspace::Workspace;

use crate::{
    CallFacts, CallInput, CallNext, LiveCall, ModelCall, ModelContext, ModelProgress, Purpose,
    prepare,
};

/// A model call, with the rest of the server's response.
#[derive(Debug)]
pub(crate) struct ScriptedCall {
    call: ModelCall,
    context: ModelContext,
    response: VecDeque<Served>,
    /// The call, once it has started.
    live: Option<LiveCall>,
    /// Progress that was not reported yet.
    reports: VecDeque<ModelProgress>,
    window: usize,
    /// The bodies of its requests that nobody has taken.
    sent: Vec<String>,
}

/// What a server sends.
#[derive(Clone, Debug)]
enum Served {
    Head(u16),
    Body(String),
    End,
}

impl ScriptedCall {
    /// The next progress of the call; `None`: the server sends nothing more.
    pub(super) fn next(
        &mut self,
        now: Timestamp,
        workspace: &Workspace<'_>,
        known: &mut KnownModels,
    ) -> Option<ModelProgress> {
        while self.reports.is_empty() {
            let step = match &mut self.live {
                None => {
                    let live = self.live.insert(start(
                        now,
                        &self.call,
                        &self.context,
                        self.window,
                        workspace,
                        known,
                    ));
                    live.handle(now, CallInput::Due, known)
                }
                Some(live) => {
                    let served = self.response.pop_front()?;
                    live.handle(now, input(&served), known)
                }
            };
            self.reports.extend(step.reports);
            match step.next {
                CallNext::End(Ok(())) => self.reports.push_back(ModelProgress::Ended),
                CallNext::End(Err(failure)) => {
                    self.reports.push_back(ModelProgress::Failed(failure));
                }
                CallNext::Send(request) => self.sent.push(request.body),
                CallNext::Read | CallNext::Wait(_) => {}
            }
        }
        self.reports.pop_front()
    }

    /// What was asked of the server, as JSON.
    pub(super) fn take_sent(&mut self) -> Vec<String> {
        std::mem::take(&mut self.sent)
    }
}

fn start(
    now: Timestamp,
    call: &ModelCall,
    context: &ModelContext,
    window: usize,
    workspace: &Workspace<'_>,
    known: &KnownModels,
) -> LiveCall {
    let provider = Provider::OpenAiCompatible(ProviderSettings {
        base_url: "http://localhost/v1".to_owned(),
        api_key: None,
        model: "scripted".to_owned(),
    });
    let facts = CallFacts {
        name: "room",
        provider: &provider,
        personal: None,
        notice: None,
        deployment: None,
        max_tokens: None,
        window,
        info: None,
        day: None,
    };
    let prepared = prepare(now, call, context, &facts, workspace, known);
    prepared.expect("a server of one's own costs nothing").call
}

fn input(served: &Served) -> CallInput<'_> {
    match served {
        Served::Head(status) => CallInput::Head(ResponseHead {
            status: *status,
            ..ResponseHead::default()
        }),
        Served::Body(text) => CallInput::Bytes(text.as_bytes()),
        Served::End => CallInput::BodyEnded,
    }
}

/// The scripted model. The question determines what it does: `fail…` fails at once, `drop…` in the middle, `hang…` says a
/// few words and falls silent, `call NAME JSON & NAME JSON then NAME JSON` calls tools in as many steps and then repeats
/// their outputs, anything else is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ScriptedModel {
    /// Whether the beginning of an answer that it would not give is a mistake.
    pub(crate) is_strict: bool,
    /// Its context window, in tokens.
    pub(crate) window: usize,
    /// What it does when a summary is asked for.
    pub(crate) summaries: Summaries,
}

/// What the model does when a summary is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Summaries {
    /// Writes one that keeps the user's rules, which begin with `Rule:`.
    Written,
    /// Refuses.
    Refused,
    /// Calls a tool instead.
    Avoided,
    /// Begins one and falls silent.
    Unfinished,
}

impl ScriptedModel {
    /// The whole answer to a question.
    pub(crate) fn answer_to(question: &str) -> String {
        let words: Vec<String> = (1..=6)
            .map(|n| format!("word{n} of the answer to {question}."))
            .collect();
        words.join(" ")
    }

    pub(crate) fn call(self, call: ModelCall, context: ModelContext) -> ScriptedCall {
        let mut messages = context.transcript.iter().rev();
        let last = messages.find(|message| message.role == Role::User);
        let question = last.map(Message::plain_text).unwrap_or_default();
        let response = if let Purpose::Summary { keep } = &call.purpose {
            self.summary(&context, keep.as_deref())
        } else if question.starts_with("fail") {
            let body = json!({"error": {"message": "slow down"}}).to_string();
            VecDeque::from([Served::Head(403), Served::Body(body), Served::End])
        } else {
            let mut response = match question.strip_prefix("call ") {
                Some(steps) => Self::tool_step(&call, steps),
                None => self.answer(&call, &question),
            };
            response.push_front(Served::Head(200));
            response
        };
        ScriptedCall {
            call,
            context,
            response,
            live: None,
            reports: VecDeque::new(),
            window: self.window,
            sent: Vec::new(),
        }
    }

    fn summary(self, context: &ModelContext, keep: Option<&str>) -> VecDeque<Served> {
        let known = context.summary.iter().map(|summary| summary.text.clone());
        let said = context.transcript.iter().map(Message::plain_text);
        let texts: Vec<String> = known.chain(said).collect();
        let rules = texts.iter().flat_map(|text| text.lines());
        let rules: Vec<&str> = rules.filter(|line| line.starts_with("Rule:")).collect();
        let text = format!(
            "## Rules\n{}\n{}",
            rules.join("\n"),
            keep.unwrap_or_default()
        );
        let refused = json!({"error": {"message": "slow down"}}).to_string();
        match self.summaries {
            Summaries::Written => VecDeque::from([
                Served::Head(200),
                Served::text(text.split_inclusive(' ')),
                Served::finish("stop"),
            ]),
            Summaries::Refused => {
                VecDeque::from([Served::Head(403), Served::Body(refused), Served::End])
            }
            Summaries::Avoided => {
                let function = json!({"name": "list", "arguments": "{}"});
                let call = json!({"index": 0, "id": "c", "function": function});
                VecDeque::from([
                    Served::Head(200),
                    Served::delta(&json!({"tool_calls": [call]})),
                    Served::finish("tool_calls"),
                ])
            }
            Summaries::Unfinished => VecDeque::from([Served::Head(200), Served::text(["It "])]),
        }
    }

    /// The calls of the first step that was not made; after the last one, the outputs of the tools.
    fn tool_step(call: &ModelCall, steps: &str) -> VecDeque<Served> {
        let done: Vec<&ToolPart> = call
            .answer
            .iter()
            .flat_map(|answer| answer.message.calls())
            .collect();
        let mut made = 0;
        for step in steps.split(" then ") {
            let calls: Vec<&str> = step.split(" & ").collect();
            if made == done.len() {
                let mut response = VecDeque::new();
                for (index, written) in calls.iter().enumerate() {
                    let (name, arguments) = written.split_once(' ').unwrap_or((written, ""));
                    let id = format!("{}-{}", call.request_id, made + index);
                    let start = json!({"index": index, "id": id, "function": {"name": name}});
                    response.push_back(Served::delta(&json!({"tool_calls": [start]})));
                    if !arguments.is_empty() {
                        let more = json!({"index": index, "function": {"arguments": arguments}});
                        response.push_back(Served::delta(&json!({"tool_calls": [more]})));
                    }
                }
                response.push_back(Served::finish("tool_calls"));
                return response;
            }
            made += calls.len();
        }
        let outputs: Vec<String> = done.iter().map(|call| output_of(call)).collect();
        let said = format!("They said: {}.", outputs.join(", "));
        VecDeque::from([Served::text([said.as_str()]), Served::finish("stop")])
    }

    fn answer(self, call: &ModelCall, question: &str) -> VecDeque<Served> {
        let answer = Self::answer_to(question);
        let said = call
            .answer
            .as_ref()
            .map(|answer| answer.message.plain_text())
            .unwrap_or_default();
        let rest = match answer.strip_prefix(&said) {
            Some(rest) => rest,
            None if self.is_strict => panic!("what was said is not the answer's beginning: {said}"),
            None => &answer,
        };
        let deltas: Vec<&str> = rest.split_inclusive(' ').collect();
        let texts = deltas.chunks(3);
        let mut response: VecDeque<Served> = texts
            .map(|deltas| Served::text(deltas.iter().copied()))
            .collect();
        if question.starts_with("drop") {
            response.truncate(2);
            response.push_back(Served::End);
        } else if question.starts_with("hang") {
            response.truncate(1);
        } else {
            response.push_back(Served::finish("stop"));
        }
        response
    }
}

impl Served {
    /// A piece of text for each delta.
    fn text<'d>(deltas: impl IntoIterator<Item = &'d str>) -> Self {
        let deltas = deltas.into_iter().map(|text| json!({"content": text}));
        Self::Body(
            deltas
                .map(|delta| event(&json!({"delta": delta})))
                .collect(),
        )
    }

    fn delta(delta: &Value) -> Self {
        Self::Body(event(&json!({"delta": delta})))
    }

    fn finish(reason: &str) -> Self {
        let choice = json!({"delta": {}, "finish_reason": reason});
        Self::Body(format!("{}data: [DONE]\n\n", event(&choice)))
    }
}

/// A server-sent event with this choice.
fn event(choice: &Value) -> String {
    format!("data: {}\n\n", json!({"choices": [choice]}))
}

fn output_of(call: &ToolPart) -> String {
    match &call.state {
        ToolState::OutputAvailable { output, .. } => output.to_string(),
        ToolState::OutputError { error_text, .. } => error_text.clone(),
        ToolState::OutputDenied { .. } => "refused".to_owned(),
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. } => panic!("a call without an output: {call:?}"),
    }
}
