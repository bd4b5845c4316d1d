//! What surrounds the agent: the platform of the host tests.

use std::collections::{BTreeMap, VecDeque};

use common::{message::Message, state::Choices, time::Timestamp};
use store::{ModelNote, Write};

use crate::{
    Attached, CallId, ConnectionKey, ModelCall, ModelCheck, ModelContext, ModelListing, Platform,
    PushToSend, TitleCall, ToolRun, WorkspaceCall,
    testing::{ScriptedModel, Summaries, model::ScriptedCall},
};

/// What surrounds the agent.
#[derive(Debug)]
pub(crate) struct Outside {
    pub(crate) model: ScriptedModel,
    /// All that was asked of the model's server, as JSON.
    pub(crate) asked: Vec<String>,
    /// The model calls that run.
    pub(super) calls: BTreeMap<CallId, ScriptedCall>,
    /// The tools that run.
    pub(super) tools: VecDeque<ToolRun>,
    /// The calls that the workspace has not answered.
    pub(super) asks: VecDeque<WorkspaceCall>,
    /// Whether the defaults of the owner were asked for.
    pub(super) asks_defaults: bool,
    /// These defaults; `None`: nobody answers.
    pub(crate) defaults: Option<Choices>,
    /// The notes of the last model call.
    pub(crate) notes: Vec<ModelNote>,
    /// The pushes whose time has not come.
    pub(crate) later_pushes: VecDeque<CallId>,
    /// The pushes that were not answered.
    pub(super) pushes: VecDeque<PushToSend>,
    pub(super) alarm: Option<Timestamp>,
    /// Whether the agent has asked for an alarm since it was restored. A former life may have left one that is due.
    pub(super) has_asked_for_alarm: bool,
    pub(super) flush: Option<Timestamp>,
    pub(super) attached: BTreeMap<ConnectionKey, Attached>,
    /// What each connection was sent and has not read.
    pub(super) inboxes: BTreeMap<ConnectionKey, VecDeque<String>>,
    /// The connections that the agent has closed.
    pub(crate) closed: BTreeMap<ConnectionKey, (u16, String)>,
    /// How many turns were interrupted too often.
    pub(crate) given_up: usize,
}

impl Default for Outside {
    fn default() -> Self {
        Self {
            model: ScriptedModel {
                is_strict: true,
                window: 128_000,
                summaries: Summaries::Written,
            },
            asked: Vec::new(),
            calls: BTreeMap::new(),
            tools: VecDeque::new(),
            asks: VecDeque::new(),
            asks_defaults: false,
            defaults: Some(Choices::default()),
            notes: Vec::new(),
            later_pushes: VecDeque::new(),
            pushes: VecDeque::new(),
            alarm: None,
            has_asked_for_alarm: false,
            flush: None,
            attached: BTreeMap::new(),
            inboxes: BTreeMap::new(),
            closed: BTreeMap::new(),
            given_up: 0,
        }
    }
}

impl Platform for Outside {
    fn stored(&mut self, _: &[Write], _: bool) {}

    fn send(&mut self, to: &[ConnectionKey], text: &str) {
        for key in to {
            if let Some(inbox) = self.inboxes.get_mut(key) {
                inbox.push_back(text.to_owned());
            }
        }
    }

    fn close(&mut self, key: ConnectionKey, code: u16, reason: &str) {
        self.inboxes.remove(&key);
        self.closed.insert(key, (code, reason.to_owned()));
    }

    fn attach(&mut self, attached: Attached) {
        let key = attached.key;
        let json = serde_json::to_string(&attached).expect("it can be written");
        let attached = serde_json::from_str(&json).expect("it can be read");
        let known = self.attached.insert(key, attached);
        assert!(known.is_some(), "there is such a connection");
    }

    fn call_model(&mut self, call: ModelCall, context: ModelContext) {
        let id = call.call;
        self.notes.clone_from(&context.notes);
        let scripted = self.model.call(call, context);
        self.calls.insert(id, scripted);
    }

    /// A test answers it itself.
    fn check_model(&mut self, _: ModelCheck) {}

    /// A test answers it itself.
    fn list_models(&mut self, _: ModelListing) {}

    fn run_tool(&mut self, run: ToolRun) {
        self.tools.push_back(run);
    }

    fn ask_defaults(&mut self) {
        self.asks_defaults = true;
    }

    fn ask_workspace(&mut self, call: WorkspaceCall) {
        self.asks.push_back(call);
    }

    fn push_soon(&mut self, call: CallId) {
        self.later_pushes.push_back(call);
    }

    fn push(&mut self, push: PushToSend) {
        self.pushes.push_back(push);
    }

    /// A test answers it itself.
    fn make_title(&mut self, _: TitleCall, _: Vec<Message>) {}

    fn abort(&mut self, call: CallId) {
        self.calls.remove(&call);
        self.tools.retain(|run| run.call != call);
    }

    fn wake_at(&mut self, at: Timestamp) {
        self.alarm = Some(at);
    }

    fn flush_at(&mut self, at: Timestamp) {
        self.flush = Some(at);
    }

    fn log(&mut self, line: &str) {
        self.given_up += usize::from(line.contains("is given up"));
    }
}
