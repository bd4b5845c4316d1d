//! Model calls: what goes into a request, and what is reported of its answer.

use std::{cell::Cell, rc::Rc, time::Duration};

use agent::{
    Input, ModelCall, ModelContext, ModelFailure, ModelProgress, culprit, instructions, prompt,
};
use common::{models::ModelInfo, time::Timestamp};
use providers::{
    MaxPrice, ModelMessage, ModelRequest, Provider, ProviderError, ProviderEvent, demo,
    legal::ModelAbilities,
    openai_compatible::{Exchange, Next, ProviderSettings, Traits, encode, models::pricing},
    price::{self, Plan},
    too_dear,
};
use worker::{AbortSignal, Delay};

use super::{
    calls,
    instance::Instance,
    ledger::{self, Today},
    models,
    random::now,
    reads::HasFiles as _,
    wire::{Asked, Wire},
};
use crate::{
    config::{Config, ConfigError},
    events::{Event, Outcome},
};

mod personal;
mod title;

pub(super) use title::make_title;

/// Where a call's progress goes.
struct Report {
    instance: Rc<Instance>,
    life: u64,
    call: ModelCall,
    /// The server's API root and the model that it is asked for, once they are known.
    asked: Option<(String, String)>,
    /// What the user should know once the model answers.
    notice: Cell<Option<&'static str>>,
    began: Timestamp,
    /// When the model first said something.
    spoke: Cell<Option<Timestamp>>,
    /// Whose money it costs, when there is a budget for the day.
    today: Option<Today>,
    /// What it has cost, as far as that is known and not yet counted.
    cost_usd: Cell<f64>,
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
    let mut report = Report {
        instance,
        life,
        call,
        asked: None,
        notice: Cell::new(None),
        began: now(),
        spoke: Cell::new(None),
        today: None,
        cost_usd: Cell::new(0.0),
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            return report.failed(ProviderError::Misconfigured {
                message: error.to_string(),
            });
        }
    };
    let _running = match calls::begin(&report.instance, &config) {
        Ok(running) => running,
        Err(error) => return report.failed(error),
    };
    if let Err(error) = ask_for_today(&mut report, &config).await {
        return report.failed(error);
    }
    let info = info_of_call(&mut report, &config.provider).await;
    if !report.wanted() {
        return;
    }
    let personal = personal::of_owner(&report).await;
    if !report.wanted() {
        return;
    }
    let personal = personal.as_deref();
    let mut request = request_of(&report, &config, &context, personal, info.as_ref());
    let list_matters = prompt::size::of_all(&request.messages) >= models::WINDOW_MATTERS_BYTES
        || request.messages.iter().any(ModelMessage::has_files);
    let asked = report.asked.clone();
    match &config.provider {
        Provider::Demo => play_demo(&report, &request).await,
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
            report.failed(ProviderError::MissingKey)
        }
        Provider::OpenAiCompatible(settings) => {
            if let Err(error) = fit_budget(&report, &mut request, settings, info.as_ref()) {
                return report.failed(error);
            }
            let abilities = info.as_ref().map(abilities_of).unwrap_or_default();
            let exchange = exchange_of(request, settings, abilities);
            let instance = Rc::clone(&report.instance);
            if let Some((_, model)) = &asked {
                models::refresh_soon(&instance, settings, model);
            }
            ask(&report, exchange, signal).await;
            if let Some((_, model)) = asked.as_ref().filter(|_| list_matters) {
                models::refresh_behind(&instance, settings, model);
            }
        }
    }
}

/// The request of a call: as much of the conversation as fits, with the files that belong to it.
fn request_of(
    report: &Report,
    config: &Config,
    context: &ModelContext,
    personal: Option<&str>,
    info: Option<&ModelInfo>,
) -> ModelRequest {
    let mut request = ModelRequest {
        model: Some(report.call.model.clone()),
        messages: Vec::new(),
        tools: tools::schemas(&report.call.client_tools),
        max_tokens: config.agent.model.max_tokens,
        effort: report.call.effort,
        max_price: None,
    };
    let conversation = prompt::Conversation {
        name: &report.instance.name(),
        instructions: instructions::Instructions {
            now: now(),
            deployment: config.system_prompt_extra.as_deref(),
            personal,
            standing: context.standing.as_deref(),
            project_context: report.call.project_context.as_deref(),
        },
        transcript: &context.transcript,
        answer: report.call.answer.as_ref(),
        notes: &context.notes,
        model: config.provider.model(&request),
    };
    let window = report
        .asked
        .as_ref()
        .and_then(|(base_url, model)| models::window(base_url, model, info));
    let window = config.window(window);
    let prompt::Fitted {
        mut messages,
        notice,
    } = conversation.fitting(window, report.call.extent);
    if notice.is_some() {
        report.notice.set(notice);
    }
    // When the store is closed, nobody waits for the answer any more.
    let _ = report.instance.with_workspace(|workspace| {
        prompt::attach(&mut messages, workspace);
        Ok(())
    });
    request.messages = messages;
    request
}

impl Report {
    fn wanted(&self) -> bool {
        self.instance.wants(self.life, self.call.call)
    }

    fn progress(&self, progress: ModelProgress) {
        if self.wanted() {
            self.instance.input(Input::Provider {
                call: self.call.call,
                progress,
            });
        }
    }

    /// Adds what the call cost by the list, when the provider does not say it. The list may have come during the call.
    fn priced(&self, events: Vec<ProviderEvent>) -> Vec<ProviderEvent> {
        let is_usage = |event: &ProviderEvent| matches!(event, ProviderEvent::Usage(_));
        match &self.asked {
            Some((base_url, model)) if events.iter().any(is_usage) => {
                let info = models::in_isolate(base_url, model);
                let prices = info.and_then(|info| info.prices);
                let events = events.into_iter();
                let events = events.map(|event| price::with_cost(event, prices.as_ref()));
                events.inspect(|event| self.costs(event)).collect()
            }
            Some(_) | None => events,
        }
    }

    fn costs(&self, event: &ProviderEvent) {
        if let ProviderEvent::Usage(usage) = event {
            let more = usage.cost_usd.unwrap_or(0.0);
            self.cost_usd.set(self.cost_usd.get() + more);
        }
    }

    /// Adds the cost to what was spent today. Before the machine hears of the end, since the next call asks what was spent.
    async fn spend(&self) {
        if let Some(today) = &self.today {
            ledger::add(&self.instance, today, self.cost_usd.take()).await;
        }
    }

    /// The model says something.
    fn speaks(&self) {
        if self.spoke.get().is_none() {
            self.spoke.set(Some(now()));
        }
    }

    /// Tells those who run the server how the call ended.
    fn tell(&self, outcome: Outcome<'_>) {
        let spoke = self.spoke.get();
        self.instance.tell(&Event::ModelCall {
            model: &self.call.model,
            outcome,
            first_token: spoke.map(|at| at.since(self.began)),
            took: now().since(self.began),
        });
    }

    fn ended(&self) {
        self.tell(Outcome::Completed);
        self.progress(ModelProgress::Ended);
        self.instance.forget_call(self.call.call);
    }

    fn failed(&self, failure: impl Into<ModelFailure>) {
        let failure = failure.into();
        self.tell(Outcome::Failed(failure.error.code()));
        self.progress(ModelProgress::Failed(failure));
        self.instance.forget_call(self.call.call);
    }
}

/// Asks what is left of the day's budget, when there is one. It caps the call.
async fn ask_for_today(report: &mut Report, config: &Config) -> Result<(), ProviderError> {
    let Some(limit_usd) = ledger::limit(config) else {
        return Ok(());
    };
    let today = ledger::today(&report.instance, limit_usd).await?;
    let cap = today.budget.cap(report.call.budget_usd)?;
    report.call.budget_usd = Some(cap);
    report.today = Some(today);
    Ok(())
}

/// What is known of the model that a call asks.
async fn info_of_call(report: &mut Report, provider: &Provider) -> Option<ModelInfo> {
    let settings = match provider {
        Provider::OpenAiCompatible(settings) if !settings.lacks_key() => settings,
        Provider::OpenAiCompatible(_) | Provider::Demo => return None,
    };
    let asks = ModelRequest {
        model: Some(report.call.model.clone()),
        ..ModelRequest::default()
    };
    let model = settings.model_for(&asks);
    report.asked = Some((settings.base_url.clone(), model.to_owned()));
    models::of_call(&report.instance, settings, model, report.call.budget_usd).await
}

/// Limits the answer to what is left of the budget, when there is one.
fn fit_budget(
    report: &Report,
    request: &mut ModelRequest,
    settings: &ProviderSettings,
    info: Option<&ModelInfo>,
) -> Result<(), ProviderError> {
    let Some(left_usd) = report.call.budget_usd else {
        return Ok(());
    };
    // Who answers must not ask for more than what the plan counts on.
    request.max_price = info.and_then(|info| info.prices).map(|prices| MaxPrice {
        input: prices.input,
        output: prices.output,
    });
    let load = price::load(request, &encode(request, settings, &Traits::default()).body);
    let known = info.and_then(|info| info.max_output.or(info.context));
    let asked = request.max_tokens.map(u64::from);
    let longest = known.into_iter().chain(asked).min();
    match price::plan(left_usd, &pricing(settings, info), load, longest) {
        Plan::Go { max_tokens: None } => Ok(()),
        Plan::Go { max_tokens } => {
            request.max_tokens = request.max_tokens.into_iter().chain(max_tokens).min();
            Ok(())
        }
        Plan::TooDear { worst_usd } => {
            let day = report.today.as_ref().map(|today| &today.budget);
            Err(too_dear(worst_usd, left_usd, day))
        }
    }
}

async fn play_demo(report: &Report, request: &ModelRequest) {
    for step in demo::reply(request) {
        Delay::from(step.after).await;
        if !report.wanted() {
            return report.tell(Outcome::Aborted);
        }
        report.speaks();
        report.progress(ModelProgress::Events(vec![step.event]));
    }
    report.ended();
}

/// What the provider's list says that a model can do.
fn abilities_of(info: &ModelInfo) -> ModelAbilities {
    ModelAbilities {
        images: info.images,
        files: info.files,
        tools: info.tools,
        ..ModelAbilities::default()
    }
}

/// An exchange, and whom it asks.
fn exchange_of(
    request: ModelRequest,
    settings: &ProviderSettings,
    abilities: ModelAbilities,
) -> (Asked, Exchange) {
    let asked = Asked::new(&request, settings);
    let exchange = Exchange::new(request, settings.clone(), asked.traits());
    (asked, exchange.with_abilities(abilities))
}

/// Makes a call of a model on a server, and reports what it says.
async fn ask(report: &Report, (asked, mut exchange): (Asked, Exchange), signal: AbortSignal) {
    let mut wire = Wire::new(signal);
    let mut life = SignsOfLife::default();
    let mut step = exchange.begin();
    loop {
        asked.note(&mut step);
        let events = report.priced(std::mem::take(&mut step.events));
        if !report.wanted() {
            report.spend().await;
            return report.tell(Outcome::Aborted);
        }
        if !events.is_empty() || (step.next == Next::Read && life.is_due(now())) {
            if !events.is_empty() {
                report.speaks();
                if let Some(notice) = report.notice.take() {
                    report.progress(ModelProgress::Notice(notice.to_owned()));
                }
            }
            report.progress(ModelProgress::Events(events));
        }
        step = match step.next {
            Next::Send(request) => {
                for left_out in exchange.left_out() {
                    report.progress(ModelProgress::Notice(left_out.what.clone()));
                }
                wire.send(&mut exchange, &request).await
            }
            Next::Read => wire.read(&mut exchange).await,
            Next::Done => {
                report.spend().await;
                return report.ended();
            }
            Next::Failed(error) => {
                report.spend().await;
                if let (
                    ProviderError::ContextTooLong {
                        limit: Some(limit), ..
                    },
                    Some((base_url, model)),
                ) = (&error, &report.asked)
                {
                    models::learn_window(base_url, model, *limit);
                }
                let origin = |index| exchange.origin(index).cloned();
                let culprit = culprit(&error, exchange.messages(), origin);
                return report.failed(ModelFailure { error, culprit });
            }
        };
    }
}

/// Comments, empty deltas and the head of a response show that the provider is alive; one sign a second is enough.
#[derive(Default)]
struct SignsOfLife {
    last: Option<Timestamp>,
}

impl SignsOfLife {
    const PAUSE: Duration = Duration::from_secs(1);

    fn is_due(&mut self, now: Timestamp) -> bool {
        let is_due = self.last.is_none_or(|last| now.since(last) >= Self::PAUSE);
        if is_due {
            self.last = Some(now);
        }
        is_due
    }
}
