//! The short model call for a title. It is limited and counted like every other call, and nothing waits for it.

use std::{cell::Cell, ops::ControlFlow, pin::pin, rc::Rc, time::Duration};

use agent::{Input, LiveCall, TitleCall, TitleMade, title_request, titled_by_demo};
use common::message::Message;
use futures::future::{Either, select};
use providers::{Provider, ProviderError, openai_compatible::fit_budget};
use worker::{AbortSignal, Delay};

use super::{cap, spend};
use crate::{
    config::{Config, ConfigError},
    edge::{calls, instance::Instance, known, models, wire},
};

/// The longest time of the call.
const PATIENCE: Duration = Duration::from_secs(60);

/// Makes the call and reports the title.
pub(in crate::edge) async fn make_title(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    life: u64,
    call: TitleCall,
    transcript: Vec<Message>,
    signal: AbortSignal,
) {
    let made = Cell::new(TitleMade::default());
    let asked = pin!(ask(&instance, config, &call, &transcript, (signal, &made)));
    let deadline = pin!(Delay::from(PATIENCE));
    // A title is optional: the reason of a failure is not reported.
    let _ = match select(asked, deadline).await {
        Either::Left((asked, _)) => asked,
        Either::Right(((), _)) => Ok(()),
    };
    if instance.wants(life, call.call) {
        // Ends the rest of a call that took too long.
        instance.abort_call(call.call);
        let (call, made) = (call.call, made.take());
        instance.input(Input::TitleMade { call, made });
    }
}

async fn ask(
    instance: &Rc<Instance>,
    config: Result<Config, ConfigError>,
    call: &TitleCall,
    transcript: &[Message],
    (signal, made): (AbortSignal, &Cell<TitleMade>),
) -> Result<(), ProviderError> {
    let config = config?;
    if config.provider == Provider::Demo {
        made.set(titled_by_demo(transcript));
    }
    let Some(called) = models::called(&config.provider, Some(&call.model)) else {
        return Ok(());
    };
    let _running = calls::begin(instance, &config)?;
    let mut budget_usd = call.budget_usd;
    let today = cap(instance, &config, &mut budget_usd).await?;
    let info = models::of_call(instance, Some(&called), budget_usd).await;
    let (settings, _) = called;
    let mut request = title_request(&call.model, transcript);
    if let Some(left_usd) = budget_usd {
        let day = today.as_ref().map(|today| &today.budget);
        fit_budget(&mut request, settings, info.as_ref(), left_usd, day)?;
    }
    let mut live =
        known::with(|known| LiveCall::of_server(request, settings, info.as_ref(), known));
    wire::run(&mut live, signal, |_, reports| {
        made.set(made.take().with(reports));
        ControlFlow::Continue(())
    })
    .await;
    spend(instance, today.as_ref(), live.take_cost()).await;
    Ok(())
}
