//! Runs of tools.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use worker::AbortController;

use super::Instance;
use crate::{
    agent::{Input, ToolRun},
    edge::{fetch, random::now},
    events::{Event, Outcome},
    tools::{self, Attempt, Begun, ToolContext, ToolFailure, fetch_url::Hosts},
};

impl Instance {
    /// Runs a tool once the effects that follow are done, unless it is not wanted any more by then. There is no `await`
    /// between what it changes and the writing of its output: the platform stores both or neither. What has to be fetched
    /// first is dropped when the run is not wanted any more.
    pub(super) fn run_tool(self: &Rc<Self>, run: ToolRun) {
        let (instance, life) = (Rc::clone(self), self.life.get());
        let controller = AbortController::default();
        let signal = controller.signal();
        self.calls.borrow_mut().insert(run.call, controller);
        spawn_local(async move {
            if !instance.wants(life, run.call) {
                return;
            }
            let started = now();
            let begun = match instance.live.borrow().as_ref() {
                None => return,
                Some(live) => {
                    let context = ToolContext {
                        workspace: live.store.workspace(started),
                        now: started,
                        about: live.agent.about(),
                        answer: live.agent.growing().map(|(_, message)| message),
                        hosts: instance.hosts(),
                    };
                    tools::attempt(&run.name, &run.input, run.shown.as_ref(), &context)
                }
            };
            let result = match begun {
                Ok(Begun::Over(attempt)) => Ok(attempt),
                Ok(Begun::Visit(visit)) => {
                    let done = fetch::visit(visit, &instance.env, signal).await;
                    done.map(Attempt::done)
                }
                Err(failure) => Err(failure),
            };
            let took = now().since(started);
            let is_wanted = instance.wants(life, run.call);
            instance.tell(&Event::ToolCall {
                tool: known(&run.name),
                outcome: if is_wanted {
                    outcome_of(&result)
                } else {
                    Outcome::Aborted
                },
                took,
            });
            if is_wanted {
                // What is left of a page is of no interest.
                instance.abort_call(run.call);
                let result = result.map(|attempt| attempt.that_took(took));
                let call = run.call;
                instance.input(Input::ToolSettled { call, result });
                instance.look_for_instructions();
            }
        });
    }

    fn hosts(&self) -> Hosts {
        let config = self.config.as_ref().as_ref();
        config.map_or_else(|_| Hosts::default(), |config| config.hosts)
    }
}

/// The name of a tool of ours. What a model calls by another name may be any text.
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
        Ok(Attempt::Ask(_)) => Outcome::Asked,
        Err(ToolFailure::Told(_)) => Outcome::Failed("told"),
        Err(ToolFailure::Broken(_)) => Outcome::Failed("broken"),
    }
}
