//! The provider's models: fetched with a deadline, kept in the isolate for every conversation, and in a conversation's
//! store for when the provider is down.

use std::{cell::RefCell, collections::HashMap, pin::pin, rc::Rc, time::Duration};

use agent::{Input, ListedModels, ModelListing};
use common::models::{ModelInfo, ModelList};
use futures::{
    StreamExt as _,
    channel::oneshot,
    future::{Either, join_all, select},
};
use providers::{
    Provider, ProviderError, demo,
    openai_compatible::{
        ProviderSettings,
        models::{
            Joined, Kept, ListAnswer, ListFailure, ListRequest, Listing, Lookup, NoList, Refresh,
            Sharing, Step,
        },
    },
};
use sql::SqlError;
use store::{StoredModel, StoredModels};
use wasm_bindgen_futures::spawn_local;
use worker::{
    AbortController, AbortSignal, Delay, Fetch, Headers, Method, Request, RequestInit, Response,
};

use super::{instance::Instance, random::now};
use crate::config::{Config, ConfigError};

/// How long one request may take. A server that cannot list its models by then has something else to do.
const PATIENCE: Duration = Duration::from_secs(8);

/// A model call with a budget waits this long for its price.
const PRICE_PATIENCE: Duration = Duration::from_secs(3);

/// The list is not needed for a call that has begun: its first token goes first.
const AFTER_THE_CALL: Duration = Duration::from_secs(1);

/// A server of one's own may answer one request at a time: it is asked when nobody waits for it.
const WHEN_QUIET: Duration = Duration::from_secs(20);

/// From so many bytes of messages on, about 8,000 tokens, the window of a small model matters.
pub(super) const WINDOW_MATTERS_BYTES: usize = 32_000;

/// OpenRouter's list is below 1 MB.
const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

thread_local! {
    /// Windows that refusals told, in tokens, by API root and model.
    static WINDOWS: RefCell<HashMap<(String, String), u64>> = RefCell::new(HashMap::new());
    /// What this isolate knows, by API root.
    static KEPT: RefCell<HashMap<String, Kept>> = RefCell::new(HashMap::new());
}

/// Who waits for a list. It is shared in one object alone: the platform lets no object wait for another one's fetch.
pub(super) type Waiters = Sharing<oneshot::Sender<()>>;

/// Finds out the provider's models and tells the machine.
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
                error: Some(NoList::Provider(ProviderError::Misconfigured {
                    message: error.to_string(),
                })),
                ..Lookup::default()
            },
        },
    };
    instance.input(Input::ModelsListed { listing, answer });
}

/// What is known of the model that a call asks. Only a call with a budget waits for it, since it must know the price.
pub(super) async fn of_call(
    instance: &Rc<Instance>,
    settings: &ProviderSettings,
    model: &str,
    budget_usd: Option<f64>,
) -> Option<ModelInfo> {
    let known = known(instance, settings, model);
    if known.is_none() && budget_usd.is_some() {
        let fetched = pin!(refreshed(instance, settings, Refresh::WhenDue));
        // The fetch goes on when nobody waits any more.
        select(fetched, pin!(Delay::from(PRICE_PATIENCE))).await;
        return self::known(instance, settings, model);
    }
    known
}

/// Fetches the list of a public provider for the calls to come, once this call is on its way.
pub(super) fn refresh_soon(instance: &Rc<Instance>, settings: &ProviderSettings, model: &str) {
    if !settings.is_ones_own() {
        refresh_after(AFTER_THE_CALL, instance, settings, model);
    }
}

/// Fetches the list of a server of one's own behind a call. It charges nothing, so that the list is of use only to a conversation
/// that has files or nears the window, and that goes on.
pub(super) fn refresh_behind(instance: &Rc<Instance>, settings: &ProviderSettings, model: &str) {
    if settings.is_ones_own() {
        refresh_after(WHEN_QUIET, instance, settings, model);
    }
}

fn refresh_after(
    wait: Duration,
    instance: &Rc<Instance>,
    settings: &ProviderSettings,
    model: &str,
) {
    if !is_due(settings, Refresh::WhenDue) {
        return;
    }
    let (instance, settings) = (Rc::clone(instance), settings.clone());
    let model = model.to_owned();
    spawn_local(async move {
        Delay::from(wait).await;
        if instance.has_connections() {
            refreshed(&instance, &settings, Refresh::WhenDue).await;
            known(&instance, &settings, &model);
        }
    });
}

/// Keeps the window that a server told when it refused a request as too long.
pub(super) fn learn_window(base_url: &str, model: &str, tokens: u64) {
    WINDOWS.with_borrow_mut(|windows| {
        windows.insert((base_url.to_owned(), model.to_owned()), tokens);
    });
}

/// The window of a model: the list's, or what a refusal told, whichever is smaller.
pub(super) fn window(base_url: &str, model: &str, info: Option<&ModelInfo>) -> Option<u64> {
    let learned = WINDOWS.with_borrow(|windows| {
        windows
            .get(&(base_url.to_owned(), model.to_owned()))
            .copied()
    });
    let listed = info.and_then(|info| info.context);
    listed.into_iter().chain(learned).min()
}

/// What the isolate knows of a model by now.
pub(super) fn in_isolate(base_url: &str, model: &str) -> Option<ModelInfo> {
    let (_, list) = lookup(base_url).list?;
    list.find(model)
}

/// What is known of a model without asking anyone. What is known is stored: it is of use after a restart, when the provider
/// is down.
fn known(instance: &Instance, settings: &ProviderSettings, model: &str) -> Option<ModelInfo> {
    recall(instance, settings);
    let base_url = &settings.base_url;
    if let Some(info) = in_isolate(base_url, model) {
        let stored = StoredModel {
            base_url: base_url.clone(),
            model: model.to_owned(),
            info,
        };
        log_failure(instance.with_store(|store| store.put_model_in_use(&stored)));
        return Some(stored.info);
    }
    let stored = instance.with_store(|store| store.model_in_use(base_url, model));
    log_failure(stored).flatten()
}

/// What is known, once the server was asked when that was due.
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
                // By itself, so that it does not end with a caller who has no more patience.
                spawn_local(async move {
                    let result = fetch(&settings).await;
                    keep(&settings, result);
                    let waiters = instance.model_waiters.borrow_mut().end();
                    for waiter in waiters {
                        // It fails when that caller has left.
                        let _ = waiter.send(());
                    }
                });
            }
            Joined::Later => {}
        }
        let _ = receiver.await;
    }
    lookup(&settings.base_url)
}

fn is_due(settings: &ProviderSettings, refresh: Refresh) -> bool {
    KEPT.with_borrow(|kept| {
        let kept = kept.get(&settings.base_url);
        kept.is_none_or(|kept| kept.is_due(now(), refresh))
    })
}

fn lookup(base_url: &str) -> Lookup {
    KEPT.with_borrow(|kept| {
        let kept = kept.get(base_url);
        kept.map(|kept| kept.lookup(now())).unwrap_or_default()
    })
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
    KEPT.with_borrow_mut(|kept| {
        let kept = kept.entry(settings.base_url.clone()).or_default();
        kept.fetched(now(), result);
    });
}

/// Takes the stored list over where the isolate has none.
fn recall(instance: &Instance, settings: &ProviderSettings) {
    let base_url = &settings.base_url;
    if KEPT.with_borrow(|kept| kept.get(base_url).is_some_and(Kept::has_list)) {
        return;
    }
    let stored = log_failure(instance.with_store(|store| store.models(base_url)));
    if let Some(stored) = stored.flatten() {
        KEPT.with_borrow_mut(|kept| {
            let kept = kept.entry(base_url.clone()).or_default();
            kept.recall(stored.at, stored.list);
        });
    }
}

/// A list that is past its time came from the store, or is there already.
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

/// A conversation goes on without what was to be kept for later.
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
            Step::Done(result) => return result,
            Step::Ask(listing, requests) => {
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
