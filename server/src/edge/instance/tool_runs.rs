//! Runs of tools.

use std::{ops::ControlFlow, rc::Rc};

use ::github::{Api, Head, Hop, Wire};
use agent::{CallId, Input, ToolPlatform, ToolRun, run_tool};
use common::time::Timestamp;
use tools::{
    Attempt, Errands, Surroundings, ToolContext, ToolDone, ToolFailure,
    fetch_url::{Hosts, Visit},
};
use wasm_bindgen_futures::spawn_local;
use worker::AbortSignal;

use super::Instance;
use crate::{
    config::GithubSettings,
    edge::{fetch, github, random::now, turns::others_first},
    events::{Event, Outcome},
};

impl Instance {
    /// Runs a tool after the effects that follow, if the run is still wanted then.
    pub(super) fn run_tool(self: &Rc<Self>, run: ToolRun) {
        let (instance, life) = (Rc::clone(self), self.life.get());
        let signal = self.begin_call(run.call);
        spawn_local(async move {
            let host = ToolHost {
                instance,
                life,
                call: run.call,
                signal,
                started: now(),
            };
            if let Some(result) = run_tool(&run, &host).await {
                host.settled(&run, result);
            }
        });
    }

    fn github(&self) -> GithubSettings {
        let config = self.config.as_ref().as_ref();
        config.map_or_else(
            |_| GithubSettings::default(),
            |config| config.github.clone(),
        )
    }

    fn hosts(&self) -> Hosts {
        let config = self.config.as_ref().as_ref();
        config.map_or_else(|_| Hosts::default(), |config| config.hosts)
    }
}

/// What surrounds a run. A run that is no longer wanted is dropped where it waits.
struct ToolHost {
    instance: Rc<Instance>,
    life: u64,
    call: CallId,
    signal: AbortSignal,
    started: Timestamp,
}

impl Surroundings for ToolHost {
    fn with_context<T>(&self, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T> {
        if !self.is_wanted() {
            return None;
        }
        let live = self.instance.live.borrow();
        let live = live.as_ref()?;
        let workspace = live.store.workspace(self.started);
        let hosts = self.instance.hosts();
        let context = live.agent.tool_context(self.started, workspace, hosts);
        Some(work(&context))
    }

    async fn pause(&self) {
        others_first().await;
    }
}

impl Errands for ToolHost {
    fn github(&self) -> Api {
        self.instance.github().api
    }
}

impl Wire for ToolHost {
    async fn send(
        &self,
        hop: &Hop,
        take: &mut dyn FnMut(&Head, &[u8]) -> ControlFlow<()>,
    ) -> Result<Head, String> {
        let token = self.instance.github().token;
        github::send(hop, token.as_ref(), &self.signal, take).await
    }
}

impl ToolPlatform for ToolHost {
    async fn visit(&self, visit: Visit) -> Result<ToolDone, ToolFailure> {
        fetch::visit(visit, &self.instance.env, self.signal.clone()).await
    }
}

impl ToolHost {
    fn is_wanted(&self) -> bool {
        self.instance.wants(self.life, self.call)
    }

    /// Reports the result of the run.
    fn settled(&self, run: &ToolRun, result: Result<Attempt, ToolFailure>) {
        let took = now().since(self.started);
        let is_wanted = self.is_wanted();
        self.instance.record(&Event::ToolCall {
            tool: known(&run.name),
            outcome: if is_wanted {
                outcome_of(&result)
            } else {
                Outcome::Aborted
            },
            took,
        });
        if is_wanted {
            // The rest of a page is not needed.
            self.instance.abort_call(self.call);
            let result = result.map(|attempt| attempt.that_took(took));
            let call = self.call;
            self.instance.input(Input::ToolSettled { call, result });
            self.instance.look_at_files();
        }
    }
}

/// The name of a known tool. A model may call any name.
fn known(name: &str) -> &str {
    if tools::find(name).is_some() {
        name
    } else {
        "unknown"
    }
}

const fn outcome_of(result: &Result<Attempt, ToolFailure>) -> Outcome<'static> {
    match result {
        Ok(Attempt::Done { .. }) => Outcome::Completed,
        Ok(Attempt::NeedsApproval(_)) => Outcome::Asked,
        Err(ToolFailure::Explained(_) | ToolFailure::Requested { .. }) => {
            Outcome::Failed("explained")
        }
        Err(ToolFailure::Broken(_)) => Outcome::Failed("broken"),
    }
}
