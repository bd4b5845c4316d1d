//! Runs of tools.

use std::rc::Rc;

use agent::{Input, ToolRun};
use common::time::Timestamp;
use tools::{Attempt, Begun, ToolContext, ToolFailure, fetch_url::Hosts};
use wasm_bindgen_futures::spawn_local;
use workspace::Author;

use super::Instance;
use crate::{
    edge::{fetch, random::now, turns::others_first},
    events::{Event, Outcome},
};

impl Instance {
    /// Runs a tool once the effects that follow are done, unless it is not wanted any more by then. There is no `await`
    /// between what it changes and the writing of its output: the platform stores both or neither. What has to be fetched
    /// first, or is done in slices, is dropped when the run is not wanted any more.
    pub(super) fn run_tool(self: &Rc<Self>, run: ToolRun) {
        let (instance, life) = (Rc::clone(self), self.life.get());
        let signal = self.begin_call(run.call);
        spawn_local(async move {
            if !instance.wants(life, run.call) {
                return;
            }
            let started = now();
            let mut begun = instance.with_tools(started, |context| {
                tools::attempt(&run.name, &run.input, run.allowed.as_ref(), context)
            });
            let result = loop {
                begun = match begun {
                    None => return,
                    Some(Ok(Begun::Slices(rest))) => {
                        others_first().await;
                        if !instance.wants(life, run.call) {
                            return;
                        }
                        instance.with_tools(started, |context| rest.next(context))
                    }
                    Some(Ok(Begun::Over(attempt))) => break Ok(attempt),
                    Some(Ok(Begun::Visit(visit))) => {
                        let done = fetch::visit(visit, &instance.env, signal).await;
                        break done.map(Attempt::done);
                    }
                    Some(Err(failure)) => break Err(failure),
                };
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

    /// Does something with all that a tool may touch; `None`: the instance sleeps.
    fn with_tools<T>(&self, at: Timestamp, work: impl FnOnce(&ToolContext<'_>) -> T) -> Option<T> {
        let live = self.live.borrow();
        let live = live.as_ref()?;
        let answer = live.agent.growing().map(|(_, message)| message);
        let author = answer.map_or(Author::User, |answer| Author::Agent {
            answer: answer.id.as_str(),
        });
        Some(work(&ToolContext {
            workspace: live.store.workspace(at).by(author),
            now: at,
            about: live.agent.about(),
            answer,
            hosts: self.hosts(),
        }))
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
        Ok(Attempt::NeedsApproval(_)) => Outcome::Asked,
        Err(ToolFailure::Told(_)) => Outcome::Failed("told"),
        Err(ToolFailure::Broken(_)) => Outcome::Failed("broken"),
    }
}
