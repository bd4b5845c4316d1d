//! Model calls: reads the budget and the facts about the model, and moves the bytes. [`agent::prepare`] builds the request,
//! and [`agent::LiveCall`] decides what is sent and reported.

use std::{cell::Cell, ops::ControlFlow, rc::Rc};

use agent::{
    CallFacts, Input, ListRefresh, ModelCall, ModelContext, ModelFailure, ModelProgress, Prepared,
    prepare,
};
use common::{models::ModelInfo, time::Timestamp};
use futures::future::join;
use providers::{ProviderError, openai_compatible::ServerModel};
use worker::AbortSignal;

use super::{
    calls,
    instance::Instance,
    known,
    ledger::{self, Today},
    models,
    random::now,
    reads::HasFiles as _,
    wire,
};
use crate::{
    config::{Config, ConfigError},
    events::{Event, Outcome},
};

pub(super) mod personal;
mod title;

use self::personal::Personal;
pub(super) use self::{personal::defaults_of_owner, title::make_title};

/// A call that is made for the agent.
struct Making {
    instance: Rc<Instance>,
    life: u64,
    call: ModelCall,
    began: Timestamp,
    first_token: Cell<Option<Timestamp>>,
}

/// Makes a model call and reports its progress until it ends or is no longer wanted.
pub(super) async fn call(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: ModelCall,
    context: ModelContext,
    signal: AbortSignal,
) {
    let mut making = Making {
        instance,
        life,
        call,
        began: now(),
        first_token: Cell::new(None),
    };
    match making.run(config, &context, signal).await {
        Ok(Some(end)) => making.ended(end),
        Ok(None) => making.record(Outcome::Aborted),
        Err(error) => making.ended(Err(error.into())),
    }
}

impl Making {
    /// The end of the call; `None`: it is no longer wanted.
    async fn run(
        &mut self,
        config: Result<Config, ConfigError>,
        context: &ModelContext,
        signal: AbortSignal,
    ) -> Result<Option<Result<(), ModelFailure>>, ProviderError> {
        let config = config?;
        let instance = Rc::clone(&self.instance);
        let _running = calls::begin(&instance, &config)?;
        let today = cap(&instance, &config, &mut self.call.budget_usd).await?;
        let called = models::called(&config.provider, Some(&self.call.model));
        let budget_usd = self.call.budget_usd;
        let info = models::of_call(&instance, called.as_ref(), budget_usd);
        let (info, personal) = join(info, personal::of_owner(&instance)).await;
        if !self.is_wanted() {
            return Ok(None);
        }
        let model = called.as_ref().map(|(_, model)| model);
        let prepared = self.prepare(
            &config,
            context,
            today.as_ref(),
            model,
            info.as_ref(),
            &personal,
        );
        // When the store is closed, nobody waits for the answer.
        let Some(prepared) = prepared else {
            return Ok(None);
        };
        let Prepared { mut call, refresh } = prepared?;
        let refresh = |when| match &called {
            Some(called) if refresh == Some(when) => models::refresh_later(when, &instance, called),
            Some(_) | None => {}
        };
        refresh(ListRefresh::Soon);
        let end = wire::run(&mut call, signal, |first_token, reports| {
            self.first_token.set(first_token);
            self.report(reports)
        })
        .await;
        spend(&instance, today.as_ref(), call.take_cost()).await;
        refresh(ListRefresh::Afterwards);
        Ok(end)
    }

    /// Prepares the call; `None`: the store is closed.
    fn prepare(
        &self,
        config: &Config,
        context: &ModelContext,
        today: Option<&Today>,
        model: Option<&ServerModel>,
        info: Option<&ModelInfo>,
        personal: &Personal,
    ) -> Option<Result<Prepared, ProviderError>> {
        let prepared = self.instance.with_workspace(|workspace| {
            Ok(known::with(|known| {
                let window = model.and_then(|model| known.window(model, info));
                let facts = CallFacts {
                    name: &self.instance.name(),
                    provider: &config.provider,
                    deployment: config.system_prompt_extra.as_deref(),
                    max_tokens: config.agent.model.max_tokens,
                    window: config.window(window),
                    info,
                    personal: personal.instructions.as_deref(),
                    notice: personal.notice,
                    day: today.map(|today| &today.budget),
                };
                prepare(now(), &self.call, context, &facts, workspace, known)
            }))
        });
        prepared.ok()
    }

    fn is_wanted(&self) -> bool {
        self.instance.wants(self.life, self.call.call)
    }

    /// Reports progress while the call is wanted.
    fn report(&self, reports: Vec<ModelProgress>) -> ControlFlow<()> {
        for progress in reports {
            if self.is_wanted() {
                let call = self.call.call;
                self.instance.input(Input::Provider { call, progress });
            }
        }
        if self.is_wanted() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    }

    fn ended(&self, end: Result<(), ModelFailure>) {
        self.record(match &end {
            Ok(()) => Outcome::Completed,
            Err(failure) => Outcome::Failed(failure.error.code()),
        });
        let _ = self.report(vec![match end {
            Ok(()) => ModelProgress::Ended,
            Err(failure) => ModelProgress::Failed(failure),
        }]);
        self.instance.forget_call(self.call.call);
    }

    fn record(&self, outcome: Outcome<'_>) {
        let first_token = self.first_token.get();
        self.instance.record(&Event::ModelCall {
            model: &self.call.model,
            outcome,
            first_token: first_token.map(|at| at.since(self.began)),
            took: now().since(self.began),
        });
    }
}

/// Caps the budget of a call by the rest of the day's budget, when there is one.
async fn cap(
    instance: &Instance,
    config: &Config,
    budget_usd: &mut Option<f64>,
) -> Result<Option<Today>, ProviderError> {
    let Some(limit_usd) = ledger::limit(config) else {
        return Ok(None);
    };
    let today = ledger::today(instance, limit_usd).await?;
    *budget_usd = Some(today.budget.cap(*budget_usd)?);
    Ok(Some(today))
}

/// Adds the cost of a call to the day's. Called before the end is reported, since the next call reads the sum.
async fn spend(instance: &Instance, today: Option<&Today>, cost_usd: f64) {
    if let Some(today) = today {
        ledger::add(instance, today, cost_usd).await;
    }
}
