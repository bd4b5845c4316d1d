//! The agent's platform in the Worker: runs the effects of the machine, in order.

use std::{rc::Rc, result::Result as StdResult};

use agent::{
    Attached, Awake, CallId, ConnectionKey, Effect, Input, ModelCall, ModelCheck, ModelContext,
    ModelListing, Platform, PushToSend, TitleCall, ToolRun, WorkspaceCall,
};
use common::{message::Message, time::Timestamp};
use sql::SqlError;
use store::Write;
use wasm_bindgen_futures::spawn_local;
use worker::{AbortController, AbortSignal, Delay};

use super::{Instance, Live};
use crate::edge::{
    disk, limits, model, model_check, models, observe,
    random::now,
    sockets::{self, Connections},
};

impl Instance {
    /// Runs all effects. When one fails, the instance is restored from its store.
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
        let mut live = self.live.borrow_mut();
        let Some(live) = live.as_mut() else {
            return Err(SqlError::new("the store is closed"));
        };
        let Live {
            name,
            agent,
            store,
            connections,
        } = live;
        let mut awake = Awake {
            now: now(),
            name,
            agent,
            store,
        };
        let mut outside = Outside {
            instance: self,
            name,
            connections,
        };
        awake.perform(effect, &mut outside)
    }

    /// Sends a frame to each of these connections.
    pub(super) fn send(&self, to: &[ConnectionKey], text: &str) {
        if let Some(live) = self.live.borrow().as_ref() {
            live.connections.send(to, text);
        }
    }

    /// The signal that aborts a call or a run that starts now.
    pub(super) fn begin_call(&self, call: CallId) -> AbortSignal {
        let controller = AbortController::default();
        let signal = controller.signal();
        self.calls.borrow_mut().insert(call, controller);
        signal
    }
}

/// What surrounds the agent. The instance is borrowed while an effect runs, so that anything slow is only started here.
struct Outside<'a> {
    instance: &'a Rc<Instance>,
    name: &'a str,
    connections: &'a mut Connections,
}

impl Platform for Outside<'_> {
    fn stored(&mut self, writes: &[Write], is_first: bool) {
        disk::wrote(self.name);
        if let (true, Ok(config), Some(owner)) = (
            is_first,
            self.instance.config.as_ref(),
            writes.iter().find_map(Write::owner),
        ) {
            limits::begun(config, owner);
        }
        let over = self.instance.turns.borrow_mut().stored(now(), writes);
        over.iter().for_each(|event| self.instance.record(event));
    }

    fn send(&mut self, to: &[ConnectionKey], text: &str) {
        self.connections.send(to, text);
    }

    fn close(&mut self, key: ConnectionKey, code: u16, reason: &str) {
        self.connections.close(key, code, reason);
    }

    /// A value that is too long is lost when the instance is evicted: the client is then sent everything.
    fn attach(&mut self, attached: Attached) {
        if let Err(error) = self.connections.attach(attached.key, &attached) {
            worker::console_error!("the state of a connection could not be attached: {error}");
        }
    }

    fn call_model(&mut self, call: ModelCall, context: ModelContext) {
        let signal = self.instance.begin_call(call.call);
        let (instance, config) = (Rc::clone(self.instance), self.instance.config());
        let life = instance.life.get();
        spawn_local(model::call(instance, config, life, call, context, signal));
    }

    fn check_model(&mut self, check: ModelCheck) {
        let (instance, config) = (Rc::clone(self.instance), self.instance.config());
        spawn_local(model_check::check(instance, config, check));
    }

    fn list_models(&mut self, listing: ModelListing) {
        let (instance, config) = (Rc::clone(self.instance), self.instance.config());
        spawn_local(models::list(instance, config, listing));
    }

    fn run_tool(&mut self, run: ToolRun) {
        self.instance.run_tool(run);
    }

    fn ask_defaults(&mut self) {
        let (instance, life) = (Rc::clone(self.instance), self.instance.life.get());
        spawn_local(async move {
            let defaults = model::defaults_of_owner(&instance).await;
            if instance.life.get() == life {
                instance.input(Input::DefaultsTold(defaults));
            }
        });
    }

    fn ask_workspace(&mut self, call: WorkspaceCall) {
        let (instance, life) = (Rc::clone(self.instance), self.instance.life.get());
        spawn_local(async move {
            if instance.life.get() == life {
                instance.ask_workspace(call);
            }
        });
    }

    fn push_soon(&mut self, call: CallId) {
        self.instance.push_soon(call);
    }

    fn push(&mut self, push: PushToSend) {
        self.instance.push_summary(push);
    }

    fn make_title(&mut self, call: TitleCall, beginning: Vec<Message>) {
        let signal = self.instance.begin_call(call.call);
        let (instance, config) = (Rc::clone(self.instance), self.instance.config());
        let life = instance.life.get();
        spawn_local(model::make_title(
            instance, config, life, call, beginning, signal,
        ));
    }

    fn abort(&mut self, call: CallId) {
        self.instance.abort_call(call);
    }

    fn wake_at(&mut self, at: Timestamp) {
        sockets::wake_at(&self.instance.state, at);
    }

    fn flush_at(&mut self, at: Timestamp) {
        let (instance, life) = (Rc::clone(self.instance), self.instance.life.get());
        spawn_local(async move {
            Delay::from(at.since(now())).await;
            if instance.life.get() == life {
                instance.input(Input::FlushDue);
            }
        });
    }

    fn log(&mut self, line: &str) {
        worker::console_log!("{line}");
    }
}
