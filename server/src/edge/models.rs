//! The provider's models: fetched with a deadline, and shared by all conversations of an isolate. A conversation stores
//! them for when the provider is down.

use std::{pin::pin, rc::Rc, time::Duration};

use agent::{Input, ListRefresh, ListedModels, ModelListing};
use common::models::{ModelInfo, ModelList};
use futures::{
    StreamExt as _,
    channel::oneshot,
    future::{Either, join_all, select},
};
use providers::{
    Provider, demo,
    openai_compatible::{
        ProviderSettings, ServerModel,
        models::{
            Joined, ListAnswer, ListFailure, ListRequest, Listing, ListingStep, Lookup, NoList,
            Refresh, Sharing,
        },
    },
};
use sql::SqlError;
use store::{StoredModel, StoredModels};
use wasm_bindgen_futures::spawn_local;
use worker::{
    AbortController, AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit, Response,
};

use super::{instance::Instance, known, random::now};
use crate::config::{Config, ConfigError};

/// The longest time of a request. A server that takes longer is busy.
const PATIENCE: Duration = Duration::from_secs(8);

/// A model call with a budget waits this long for its price.
const PRICE_PATIENCE: Duration = Duration::from_secs(3);

/// A running call does not need the list: its first token goes first.
const AFTER_THE_CALL: Duration = Duration::from_secs(1);

/// A private server may handle one request at a time: it is asked when nobody waits for it.
const WHEN_QUIET: Duration = Duration::from_secs(20);

/// OpenRouter's list is below 1 MB.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// The tasks that wait for a list, of one object only: the platform does not let an object wait for another object's fetch.
pub(super) type Waiters = Sharing<oneshot::Sender<()>>;

/// Fetches the provider's models and reports them to the machine.
pub(super) async fn list(
    instance: Rc<Instance>,
    config: Result<Config, ConfigError>,
    listing: ModelListing,
) {
    let answer = match config.map(|config| config.provider) {
        Ok(Provider::Demo) => ListedModels {
            default: demo::MODEL.to_owned(),
            found: Lookup {
                list: Some((now(), Rc::new(ModelList::of_demo(demo::MODEL)))),
                ..Lookup::default()
            },
        },
        Ok(Provider::OpenAiCompatible(settings)) => {
            let found = refreshed(&instance, &settings, listing.refresh).await;
            store_list(&instance, &settings, &found);
            ListedModels {
                default: settings.model,
                found,
            }
        }
        Err(error) => ListedModels {
            default: String::new(),
            found: Lookup {
                error: Some(NoList::Provider(error.into())),
                ..Lookup::default()
            },
        },
    };
    instance.input(Input::ModelsListed { listing, answer });
}

/// A server and its model.
pub(super) type Called<'s> = (&'s ProviderSettings, ServerModel);

/// The server and the model of a call; `None`: no server is called. `model`: the requested one; `None`: the configured one.
pub(super) fn called<'p>(provider: &'p Provider, model: Option<&str>) -> Option<Called<'p>> {
    match provider {
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => None,
        Provider::OpenAiCompatible(settings) => Some((settings, settings.named(model))),
        Provider::Demo => None,
    }
}

/// The facts about the model of a call. Only a call with a budget waits for them, since it needs the price.
pub(super) async fn of_call(
    instance: &Rc<Instance>,
    called: Option<&Called<'_>>,
    budget_usd: Option<f64>,
) -> Option<ModelInfo> {
    let (settings, model) = called?;
    let known = known_info(instance, settings, model);
    if known.is_none() && budget_usd.is_some() {
        let fetched = pin!(refreshed(instance, settings, Refresh::WhenDue));
        // The fetch continues when nobody waits any more.
        select(fetched, pin!(Delay::from(PRICE_PATIENCE))).await;
        return known_info(instance, settings, model);
    }
    known
}

/// Fetches the list of a server for the calls to come.
pub(super) fn refresh_later(when: ListRefresh, instance: &Rc<Instance>, called: &Called<'_>) {
    let (settings, model) = called;
    if !is_due(settings, Refresh::WhenDue) {
        return;
    }
    let wait = match when {
        ListRefresh::Soon => AFTER_THE_CALL,
        ListRefresh::Afterwards => WHEN_QUIET,
    };
    let (instance, settings, model) = (Rc::clone(instance), (*settings).clone(), model.clone());
    spawn_local(async move {
        Delay::from(wait).await;
        if instance.has_connections() {
            refreshed(&instance, &settings, Refresh::WhenDue).await;
            known_info(&instance, &settings, &model);
        }
    });
}

/// The facts about a model without a request. They are stored for a restart while the provider is down.
fn known_info(
    instance: &Instance,
    settings: &ProviderSettings,
    model: &ServerModel,
) -> Option<ModelInfo> {
    recall(instance, settings);
    let ServerModel {
        base_url,
        model: name,
    } = model;
    if let Some(info) = known::with(|known| known.info(model)) {
        let stored = StoredModel {
            base_url: base_url.clone(),
            model: name.clone(),
            info,
        };
        log_failure(instance.with_store(|store| store.put_model_in_use(&stored)));
        return Some(stored.info);
    }
    let stored = instance.with_store(|store| store.model_in_use(base_url, name));
    log_failure(stored).flatten()
}

/// The known models, after a fetch if one is due.
async fn refreshed(
    instance: &Rc<Instance>,
    settings: &ProviderSettings,
    refresh: Refresh,
) -> Lookup {
    recall(instance, settings);
    if is_due(settings, refresh) {
        let (sender, receiver) = oneshot::channel();
        let joined = instance.model_waiters.borrow_mut().join(sender);
        match joined {
            Joined::First => {
                let (instance, settings) = (Rc::clone(instance), settings.clone());
                // A task of its own, so that it does not end with an impatient caller.
                spawn_local(async move {
                    let result = fetch(&settings).await;
                    keep(&settings, result);
                    let waiters = instance.model_waiters.borrow_mut().end();
                    for waiter in waiters {
                        // It fails when that caller is gone.
                        let _ = waiter.send(());
                    }
                });
            }
            Joined::Later => {}
        }
        let _ = receiver.await;
    }
    known::with(|known| known.lookup(now(), &settings.base_url))
}

fn is_due(settings: &ProviderSettings, refresh: Refresh) -> bool {
    known::with(|known| known.is_due(now(), &settings.base_url, refresh))
}

fn keep(settings: &ProviderSettings, result: Result<ModelList, NoList>) {
    match &result {
        Ok(list) if list.skipped > 0 => worker::console_log!(
            "{} entries of the provider's list of models cannot be read",
            list.skipped
        ),
        Ok(_) => {}
        Err(error) => worker::console_log!("the provider's models are not known: {error}"),
    }
    known::with(|known| known.fetched(now(), &settings.base_url, result));
}

/// Restores the stored list if the isolate has none.
fn recall(instance: &Instance, settings: &ProviderSettings) {
    let base_url = &settings.base_url;
    if known::with(|known| known.has_list(base_url)) {
        return;
    }
    let stored = log_failure(instance.with_store(|store| store.models(base_url)));
    if let Some(stored) = stored.flatten() {
        known::with(|known| known.recall(base_url, stored.at, stored.list));
    }
}

/// Stores a list unless it has expired: an expired one is stored already, or came from the store.
fn store_list(instance: &Instance, settings: &ProviderSettings, found: &Lookup) {
    if let (Some((at, list)), false) = (&found.list, found.stale) {
        let stored = StoredModels {
            base_url: settings.base_url.clone(),
            at: *at,
            list: ModelList::clone(list),
        };
        log_failure(instance.with_store(|store| store.put_models(&stored)));
    }
}

/// A conversation works without the stored models.
fn log_failure<T>(result: Result<T, SqlError>) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            worker::console_error!("the provider's models: {error}");
            None
        }
    }
}

async fn fetch(settings: &ProviderSettings) -> Result<ModelList, NoList> {
    let mut step = Listing::begin(settings);
    loop {
        match step {
            ListingStep::Done(result) => return result,
            ListingStep::Ask(listing, requests) => {
                let answers = join_all(requests.iter().map(ask)).await;
                step = listing.answered(answers);
            }
        }
    }
}

async fn ask(request: &ListRequest) -> Result<ListAnswer, ListFailure> {
    let controller = AbortController::default();
    let answer = pin!(exchange(request, controller.signal()));
    let deadline = pin!(Delay::from(PATIENCE));
    match select(answer, deadline).await {
        Either::Left((answer, _)) => {
            answer.map_err(|error| ListFailure::Unreachable(error.to_string()))
        }
        Either::Right(_) => {
            controller.abort();
            Err(ListFailure::Late {
                seconds: PATIENCE.as_secs(),
            })
        }
    }
}

async fn exchange(request: &ListRequest, signal: AbortSignal) -> worker::Result<ListAnswer> {
    let headers = Headers::new();
    for (name, value) in &request.headers {
        headers.set(name, value)?;
    }
    let mut init = RequestInit::new();
    init.with_method(request.body.as_ref().map_or(Method::Get, |_| Method::Post))
        .with_headers(headers)
        .with_body(request.body.as_deref().map(Into::into));
    let request = Request::new_with_init(&request.url, &init)?;
    let mut response = Fetch::Request(request).send_with_signal(&signal).await?;
    Ok(ListAnswer {
        status: response.status_code(),
        content_type: response.headers().get("Content-Type").ok().flatten(),
        body: body_of(&mut response).await?,
    })
}

async fn body_of(response: &mut Response) -> worker::Result<Vec<u8>> {
    let mut body = Vec::new();
    let mut bytes = response.stream()?;
    while let Some(read) = bytes.next().await {
        body.extend_from_slice(&read?);
        if body.len() > MAX_BODY_BYTES {
            break;
        }
    }
    Ok(body)
}
