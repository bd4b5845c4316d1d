//! The short call that asks the model for a title. It is capped and counted like every other one, and nobody waits for it.

use std::{cell::Cell, pin::pin, rc::Rc, time::Duration};

use agent::{Input, ModelCall, TitleCall, TitleMade, title_request, titled_by_demo};
use common::{id::RequestId, message::Message, state::Usage};
use futures::future::{Either, select};
use providers::{Provider, ProviderEvent, openai_compatible::Next};
use store::{Extent, Position};
use worker::{AbortSignal, Delay};

use super::{Report, abilities_of, ask_for_today, exchange_of, fit_budget, info_of_call};
use crate::{
    config::{Config, ConfigError},
    edge::{calls, instance::Instance, random::now, wire::Wire},
};

/// How long the model may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Asks the model for a title and reports what it said.
pub(in crate::edge) async fn make_title(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: TitleCall,
    transcript: Vec<Message>,
    signal: AbortSignal,
) {
    let made = Cell::new(TitleMade::default());
    let asked = pin!(ask(
        &instance,
        config,
        life,
        &call,
        &transcript,
        (signal, &made)
    ));
    let deadline = pin!(Delay::from(PATIENCE));
    match select(asked, deadline).await {
        Either::Left(((), _)) | Either::Right(((), _)) => {}
    }
    if instance.wants(life, call.call) {
        // Ends what is left of a call that took too long.
        instance.abort_call(call.call);
        let (call, made) = (call.call, made.take());
        instance.input(Input::TitleMade { call, made });
    }
}

async fn ask(
    instance: &Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: &TitleCall,
    transcript: &[Message],
    (signal, made): (AbortSignal, &Cell<TitleMade>),
) {
    let Ok(config) = config else { return };
    let mut request = title_request(&call.model, transcript);
    let settings = match &config.provider {
        Provider::Demo => {
            let text = titled_by_demo(transcript);
            return made.set(TitleMade {
                text,
                usage: Usage::default(),
            });
        }
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => return,
        Provider::OpenAiCompatible(settings) => settings,
    };
    let Ok(_running) = calls::begin(instance, &config) else {
        return;
    };
    let mut report = report_of(instance, life, call);
    if ask_for_today(&mut report, &config).await.is_err() {
        return;
    }
    let info = info_of_call(&mut report, &config.provider).await;
    if fit_budget(&report, &mut request, settings, info.as_ref()).is_err() {
        return;
    }
    let abilities = info.as_ref().map(abilities_of).unwrap_or_default();
    let (asked, mut exchange) = exchange_of(request, settings, abilities);
    let mut wire = Wire::new(signal);
    let mut step = exchange.begin();
    loop {
        asked.note(&mut step);
        for event in report.priced(std::mem::take(&mut step.events)) {
            let mut so_far = made.take();
            match event {
                ProviderEvent::TextDelta(text) => so_far.text.push_str(&text),
                ProviderEvent::Usage(usage) => so_far.usage = so_far.usage.plus(&usage),
                ProviderEvent::ReasoningDelta(_)
                | ProviderEvent::ToolCallStart { .. }
                | ProviderEvent::ToolCallDelta { .. }
                | ProviderEvent::VendorData { .. }
                | ProviderEvent::Finished(_) => {}
            }
            made.set(so_far);
        }
        step = match step.next {
            Next::Send(request) => wire.send(&mut exchange, &request).await,
            Next::Read => wire.read(&mut exchange).await,
            Next::Done | Next::Failed(_) => return report.spend().await,
        };
    }
}

/// A title is capped and counted as a call of the conversation.
fn report_of(instance: &Rc<Instance>, life: u64, call: &TitleCall) -> Report {
    Report {
        instance: Rc::clone(instance),
        life,
        call: ModelCall {
            call: call.call,
            request_id: RequestId::from("title"),
            model: call.model.clone(),
            effort: None,
            extent: Extent::Whole,
            budget_usd: call.budget_usd,
            before: Position::END,
            answer: None,
            project_context: None,
            client_tools: Vec::new(),
        },
        asked: None,
        notice: Cell::new(None),
        began: now(),
        spoke: Cell::new(None),
        today: None,
        cost_usd: Cell::new(0.0),
    }
}
