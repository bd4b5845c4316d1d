//! What tests look at in a world.

use common::state::About;

use super::*;

impl World {
    /// What the directory shows of the conversation; `None`: it does not know it.
    pub(crate) fn listed(&self) -> Option<Summary> {
        let state = self.directory.state().expect("the directory is readable");
        let state = ListState::from_json(state).expect("it is a list");
        state.conversations.into_iter().next()
    }

    /// What is stored of what the conversation is about.
    pub(crate) fn about(&self) -> About {
        let stored = self.store.load().expect("the store is readable");
        stored.about.expect("a state")
    }

    /// Whether the conversation is somebody's.
    pub(crate) fn has_owner(&self) -> bool {
        let owner = self.store.guarded().expect("the store is readable").owner;
        owner != Ownership::Nobody
    }

    /// The directory shows the conversation as it is.
    pub(crate) fn assert_listed(&self) {
        let listed = self.listed().expect("the conversation is listed");
        let stored = self.store.load().expect("the store is readable");
        assert_eq!(listed.title, stored.about.expect("a state").title);
        assert_eq!(listed.messages, self.transcript().len() as u64);
        let last = self.store.last_push().expect("the store is readable");
        assert!(last.is_some_and(|last| last.is_known), "{listed:?}");
    }

    /// The epoch of the store.
    pub(crate) fn epoch(&self) -> String {
        self.store.guarded().expect("the store is readable").epoch
    }

    /// Whether a caller may do something outside of a connection.
    pub(crate) fn admit(&self, caller: Option<&Caller>, intent: Intent) -> Result<(), Denial> {
        let agent = self.agent.as_ref().expect("it is awake");
        agent.admit(self.now, caller, intent)
    }

    /// Whether the connection is still there.
    pub(crate) fn is_connected(&self, key: ConnectionKey) -> bool {
        self.outside.inboxes.contains_key(&key)
    }

    /// Whether another connection may come.
    pub(crate) fn has_room_for_connection(&self) -> Result<(), String> {
        let agent = self.agent.as_ref();
        agent.map_or(Ok(()), Agent::has_room_for_connection)
    }

    pub(crate) fn workspace(&self) -> Workspace<'_> {
        self.store.workspace(self.now)
    }

    /// The ids of all approvals that are stored.
    pub(crate) fn approvals(&self) -> Vec<String> {
        let rows = self.sql.run("SELECT id FROM approvals", &[]);
        let rows = rows.expect("the store is readable").into_iter().flatten();
        rows.map(SqlValue::into_text).collect()
    }

    /// Whether something will wake the agent by itself.
    pub(crate) fn has_alarm(&self) -> bool {
        self.outside.alarm.is_some()
    }

    pub(crate) fn has_model_call(&self) -> bool {
        !self.outside.calls.is_empty()
    }

    pub(crate) fn transcript(&self) -> Vec<Message> {
        self.store
            .messages_before(Position::END)
            .expect("the store is readable")
    }

    /// The part of the transcript that is wanted, and how many messages come before it; `None`: it is to end before a
    /// message that is gone.
    pub(crate) fn excerpt(&self, wanted: &Wanted) -> Option<Excerpt> {
        let span = self.store.span(wanted).expect("the store is readable")?;
        let messages = self.store.transcript_json(Audience::Client, span, None);
        let earlier = self.store.count_before(span.start);
        let text = Excerpt::encode(
            &messages.expect("the store is readable"),
            earlier.expect("the store is readable"),
        );
        let json = serde_json::from_str(&text).expect("it is JSON");
        Some(Excerpt::from_json(json))
    }

    /// How many streams of turns that are over are stored.
    pub(crate) fn stored_streams(&self) -> usize {
        let stored = self.store.load().expect("the store is readable");
        stored.kept.len()
    }

    /// The entity tag of the transcript.
    pub(crate) fn etag(&self) -> String {
        self.store.etag().expect("the store is readable")
    }

    /// Ids that nobody else has.
    pub(crate) fn ids(&self) -> SharedIds {
        self.ids.clone()
    }

    /// The transcript as `role: text` lines.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.transcript()
            .iter()
            .map(|message| format!("{}: {}", message.role.as_str(), message.plain_text()))
            .collect()
    }

    /// What the model was asked last.
    pub(crate) fn last_model_call(&self) -> ModelCall {
        let call = |effect: &Effect| {
            if let Effect::CallModel(call) = effect {
                Some(call.clone())
            } else {
                None
            }
        };
        self.done
            .iter()
            .rev()
            .find_map(call)
            .expect("the model was called")
    }

    /// The SQLite of the agent.
    pub(crate) fn sql(&self) -> MemorySql {
        self.sql.clone()
    }

    /// How many tools are running.
    pub(crate) fn running_tools(&self) -> usize {
        self.outside.tools.len()
    }

    /// From now on every frame is checked: what it shows is stored.
    pub(crate) fn check_what_is_sent(&mut self) {
        self.checks_what_is_sent = true;
    }

    pub(super) fn assert_stored(&self, text: &str) {
        match ServerFrame::decode(text) {
            Ok(ServerFrame::ChatResponse(response)) => match response.kind {
                ResponseKind::Chunk { chunk, seq } => {
                    let chunks = self
                        .store
                        .chunks(&response.id)
                        .expect("the store is readable");
                    let at =
                        usize::try_from(seq.expect("chunks are counted")).expect("a small number");
                    let stored = chunks
                        .get(at)
                        .map(|json| serde_json::from_str(json).expect("a chunk"));
                    assert_eq!(stored, Some(chunk), "a chunk is sent before it is stored");
                }
                ResponseKind::Done { .. } => {
                    let turns = self.store.load().expect("the store is readable").turns;
                    let queued = turns.queued.iter().map(|queued| &queued.turn);
                    let running = turns.running.iter().map(|running| &running.turn);
                    let mut unsettled = queued.chain(running);
                    let settled = unsettled.all(|turn| turn.request_id != response.id);
                    assert!(settled, "an end is sent before it is stored: {text}");
                }
                ResponseKind::Words(_)
                | ResponseKind::ReplayComplete
                | ResponseKind::Failing(_)
                | ResponseKind::Refused(_) => {}
            },
            Ok(ServerFrame::MessageUpdated(message)) => {
                let stored = self.transcript().contains(&message);
                let grows = self
                    .growing()
                    .is_some_and(|growing| growing.id == message.id);
                assert!(
                    stored || grows,
                    "a message is sent before it is stored: {text}"
                );
            }
            Ok(_) => {}
            Err(error) => panic!("{error}: {text}"),
        }
    }

    /// The answer that is being written.
    pub(crate) fn growing(&self) -> Option<Message> {
        let (_, message) = self.agent.as_ref()?.growing()?;
        Some(message.clone())
    }

    /// The answer that is being written, as a page gets it.
    pub(crate) fn growing_anew(&self) -> Option<Message> {
        let (_, message) = self.agent.as_ref()?.growing_anew()?;
        Some(message.clone())
    }

    /// The turn that runs, as it is stored.
    pub(crate) fn growing_turn(&self) -> Option<RequestId> {
        let turns = self.store.load().expect("the store is readable").turns;
        turns.running.map(|running| running.turn.request_id)
    }

    /// The model call that runs.
    pub(crate) fn model_call(&self) -> Option<CallId> {
        self.outside.calls.keys().next().copied()
    }
}
