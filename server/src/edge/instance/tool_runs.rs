//! Runs of tools.

use std::rc::Rc;

use wasm_bindgen_futures::spawn_local;
use worker::AbortController;

use super::Instance;
use crate::{
    agent::{Input, ToolRun},
    edge::{fetch, random::now},
    tools::{self, Attempt, Begun, ToolContext, fetch_url::Hosts},
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
            if instance.wants(life, run.call) {
                // What is left of a page is of no interest.
                instance.abort_call(run.call);
                let result = result.map(|attempt| attempt.that_took(now().since(started)));
                let call = run.call;
                instance.input(Input::ToolSettled { call, result });
                instance.look_for_instructions();
            }
        });
    }

    fn hosts(&self) -> Hosts {
        let config = self.config.as_ref();
        config.map_or_else(|_| Hosts::default(), |config| config.hosts)
    }
}
