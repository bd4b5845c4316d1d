//! Carries out the effects of the machine, in order.

use std::{rc::Rc, result::Result as StdResult};

use agent::{
    Attached, ConnectionKey, Effect, Input, ModelCall, Replay, TitleCall, instructions,
    replay_frames, reply_frames,
};
use common::time::Timestamp;
use sql::SqlError;
use store::Store;
use wasm_bindgen_futures::spawn_local;
use worker::{AbortController, Delay};
use workspace::WorkspaceError;

use super::Instance;
use crate::edge::{
    model::{self, ModelContext},
    model_check, models, observe,
    random::now,
    reads::HasFiles as _,
};

impl Instance {
    /// Carries out all of them, unless one fails: then the instance is restored from what it has stored.
    pub(super) fn run(self: &Rc<Self>, effects: Vec<Effect>) {
        for effect in effects {
            if let Err(error) = self.run_one(effect) {
                worker::console_error!("{error}; the agent is restored from what it has");
                observe::metrics(|metrics| metrics.stored(false));
                self.fall_asleep();
                return;
            }
        }
    }

    fn run_one(self: &Rc<Self>, effect: Effect) -> StdResult<(), SqlError> {
        match effect {
            Effect::Persist(writes) => {
                if let Some(live) = self.live.borrow_mut().as_mut() {
                    live.persist(&self.config, &writes)?;
                }
                let over = self.turns.borrow_mut().stored(now(), &writes);
                over.iter().for_each(|event| self.tell(event));
            }
            Effect::Send { to, text } => self.send(&to, &text),
            Effect::Close { key, code, reason } => self.close(key, code, &reason),
            Effect::SendTranscript {
                to,
                breadth,
                growing,
            } => {
                let growing = growing
                    .as_ref()
                    .map(|(position, message)| (*position, message));
                let frame = self.with_store(|store| store.transcript_frame(breadth, growing))?;
                self.send(&to, &frame);
            }
            Effect::SendMessage { to, position } => {
                if let Some(frame) = self.with_store(|store| store.message_frame(position))? {
                    self.send(&to, &frame);
                }
            }
            Effect::Reply { to, id, reply } => self.with_store(|store| {
                reply_frames(store, &id, reply, |frame| self.send(&[to], &frame));
                Ok(())
            })?,
            Effect::PushSummary(push) => self.push_summary(push)?,
            Effect::MakeTitle(call) => self.make_title(call)?,
            Effect::RunTool(run) => self.run_tool(run),
            Effect::Replay(replay) => self.replay(&replay)?,
            Effect::Attach(attached) => self.attach(&attached),
            Effect::CallModel(call) => self.call_model(call)?,
            Effect::CheckModel(check) => {
                let (instance, config) = (Rc::clone(self), self.config.as_ref().clone());
                spawn_local(model_check::check(instance, config, check));
            }
            Effect::ListModels(listing) => {
                let (instance, config) = (Rc::clone(self), self.config.as_ref().clone());
                spawn_local(models::list(instance, config, listing));
            }
            Effect::Abort(call) => self.abort_call(call),
            Effect::WakeAt(at) => self.wake_at(at),
            Effect::FlushAt(at) => self.flush_at(at),
            Effect::Log(line) => worker::console_log!("{line}"),
        }
        Ok(())
    }

    /// Sends a frame to each of these connections.
    pub(super) fn send(&self, to: &[ConnectionKey], text: &str) {
        let live = self.live.borrow();
        let Some(live) = live.as_ref() else { return };
        for socket in to.iter().filter_map(|key| live.connections.get(key)) {
            // It fails when the connection has just ended, and then its end is on the way.
            let _ = socket.send_with_str(text);
        }
    }

    /// Ends a connection; the machine has forgotten it already.
    fn close(&self, key: ConnectionKey, code: u16, reason: &str) {
        let mut live = self.live.borrow_mut();
        let socket = live.as_mut().and_then(|live| live.connections.remove(&key));
        if let Some(socket) = socket {
            // It fails when the connection has just ended.
            let _ = socket.close(Some(code), Some(reason));
        }
    }

    fn replay(&self, replay: &Replay) -> StdResult<(), SqlError> {
        let chunks = self.with_store(|store| store.chunks(&replay.request_id))?;
        for frame in replay_frames(replay, &chunks) {
            self.send(&[replay.to], &frame);
        }
        Ok(())
    }

    /// What is too long to be attached is forgotten when the instance is evicted: the client hears everything then.
    fn attach(&self, attached: &Attached) {
        let live = self.live.borrow();
        let connections = live.as_ref().map(|live| &live.connections);
        if let Some(socket) = connections.and_then(|all| all.get(&attached.key))
            && let Err(error) = socket.serialize_attachment(attached)
        {
            worker::console_error!("what a connection may hear could not be attached: {error}");
        }
    }

    fn call_model(self: &Rc<Self>, call: ModelCall) -> StdResult<(), SqlError> {
        let context = ModelContext {
            name: self.state.id().name().unwrap_or_default(),
            transcript: self.with_store(|store| store.messages_before(call.before))?,
            standing: self.standing()?,
        };
        let controller = AbortController::default();
        let signal = controller.signal();
        self.calls.borrow_mut().insert(call.call, controller);
        let work = model::call(
            Rc::clone(self),
            self.config.as_ref().clone(),
            self.life.get(),
            call,
            context,
            signal,
        );
        spawn_local(work);
        Ok(())
    }

    fn make_title(self: &Rc<Self>, call: TitleCall) -> StdResult<(), SqlError> {
        let transcript = self.with_store(Store::first_messages)?;
        let controller = AbortController::default();
        let signal = controller.signal();
        self.calls.borrow_mut().insert(call.call, controller);
        let config = self.config.as_ref().clone();
        let (instance, life) = (Rc::clone(self), self.life.get());
        spawn_local(model::make_title(
            instance, config, life, call, transcript, signal,
        ));
        Ok(())
    }

    fn standing(&self) -> StdResult<Option<String>, SqlError> {
        match self.with_workspace(instructions::standing) {
            Ok(standing) => Ok(standing),
            Err(WorkspaceError::Store(error)) => Err(error),
            Err(refusal) => {
                worker::console_error!("AGENTS.md cannot be read: {refusal}");
                Ok(None)
            }
        }
    }

    fn flush_at(self: &Rc<Self>, at: Timestamp) {
        let (instance, life) = (Rc::clone(self), self.life.get());
        spawn_local(async move {
            Delay::from(at.since(now())).await;
            if instance.life.get() == life {
                instance.input(Input::FlushDue);
            }
        });
    }

    /// Sets the alarm.
    pub(super) fn wake_at(&self, at: Timestamp) {
        let storage = self.state.storage();
        spawn_local(async move {
            if let Err(error) = storage.set_alarm(at.since(now())).await {
                worker::console_error!("the alarm could not be set: {error}");
            }
        });
    }
}
