//! The requests that list a server's models: first the standard list; then, when it reveals the kind of server, that
//! server's own endpoints.

use std::{collections::HashSet, fmt};

use serde_json::{Value, json};
use thiserror::Error;

use super::{
    ModelList, details,
    entry::{self, Entry, text},
};
use crate::{
    ModelRequest, ProviderError,
    openai_compatible::{ProviderSettings, ResponseHead, failure::ErrorContext},
};

/// The maximum number of models for which Ollama is asked for details; others are listed by name only.
const MAX_SHOWN: usize = 50;

/// A limit several times the number of OpenRouter's models.
const MAX_MODELS: usize = 5_000;

/// A request: a POST when it has a body. `Debug` shows only the names of the headers, since one of them contains the
/// key.
#[derive(Clone, PartialEq, Eq)]
pub struct ListRequest {
    /// The URL.
    pub url: String,
    /// The headers: names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: Option<String>,
}

impl fmt::Debug for ListRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("ListRequest")
            .field("url", &self.url)
            .field("headers", &names)
            .field("body", &self.body)
            .finish()
    }
}

/// A response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why there was no response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ListFailure {
    /// The network error.
    Unreachable(String),
    /// The request timed out.
    Late {
        /// How long it waited.
        seconds: u64,
    },
}

/// Why there is no list. `Display` is for the user.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum NoList {
    /// A provider error, as for any request.
    #[error("{0}")]
    Provider(#[from] ProviderError),
    /// The server has no model list.
    #[error(
        "The server does not list its models ({status}). Name the model with MODEL, or check that OPENROUTER_BASE_URL is the \
         server's API root (it usually ends in /v1)."
    )]
    NoSuchPage {
        /// The HTTP status.
        status: u16,
    },
    /// The response is not a model list.
    #[error(
        "The server answered with something else than a list of models. Check that OPENROUTER_BASE_URL is the API root of an \
         OpenAI-compatible server (it usually ends in /v1)."
    )]
    NotAList,
    /// The request timed out.
    #[error("The server did not list its models within {seconds} seconds. Try again.")]
    Late {
        /// How long it waited.
        seconds: u64,
    },
}

/// The next step.
#[derive(Debug)]
pub enum ListingStep {
    /// Send these requests in parallel, and pass the responses to [`Listing::answered`] in the same order.
    Ask(Listing, Vec<ListRequest>),
    /// It is over.
    Done(Result<ModelList, NoList>),
}

/// The state of the requests for a list.
#[derive(Debug)]
pub struct Listing {
    settings: ProviderSettings,
    stage: Stage,
}

#[derive(Debug)]
enum Stage {
    /// Waiting for the standard list.
    List,
    /// Waiting for llama.cpp's start parameters.
    Props(ModelList),
    /// Waiting for Ollama's running models and the details of its first models.
    Shows(ModelList),
    /// Waiting for LM Studio's own list.
    OwnList(ModelList),
}

impl Listing {
    /// Starts with the standard list.
    #[must_use]
    pub fn begin(settings: &ProviderSettings) -> ListingStep {
        let listing = Self {
            settings: settings.clone(),
            stage: Stage::List,
        };
        let request = listing.get(format!("{}/models", settings.base_url));
        ListingStep::Ask(listing, vec![request])
    }

    /// Handles the responses, in the order of the requests.
    #[must_use]
    pub fn answered(self, answers: Vec<Result<ListAnswer, ListFailure>>) -> ListingStep {
        match self.stage {
            Stage::List => self.listed(answers),
            Stage::Props(mut list) => {
                if let (Some(info), Some(props)) =
                    (list.models.first_mut(), json_of(answers.first()))
                {
                    details::apply_props(info, &props);
                }
                ListingStep::Done(Ok(list))
            }
            Stage::Shows(list) => ListingStep::Done(Ok(shown(list, &answers))),
            Stage::OwnList(list) => {
                let own = json_of(answers.first()).and_then(|body| read_list(&body));
                let own = own.filter(|own| !own.models.is_empty());
                ListingStep::Done(Ok(own.unwrap_or(list)))
            }
        }
    }

    fn listed(self, answers: Vec<Result<ListAnswer, ListFailure>>) -> ListingStep {
        let answer = match answers.into_iter().next() {
            Some(Ok(answer)) => answer,
            Some(Err(ListFailure::Late { seconds })) => {
                return ListingStep::Done(Err(NoList::Late { seconds }));
            }
            Some(Err(ListFailure::Unreachable(words))) => {
                let key = self.settings.api_key.as_ref();
                return ListingStep::Done(Err(ProviderError::unreachable(&words, key).into()));
            }
            None => return ListingStep::Done(Err(NoList::NotAList)),
        };
        if !(200..300).contains(&answer.status) {
            return ListingStep::Done(Err(self.refusal(&answer)));
        }
        let body = json(&answer.body);
        let Some((body, list)) = body.and_then(|body| read_list(&body).map(|list| (body, list)))
        else {
            return ListingStep::Done(Err(NoList::NotAList));
        };
        self.ask_more(&body, list)
    }

    fn refusal(&self, answer: &ListAnswer) -> NoList {
        if matches!(answer.status, 404 | 405 | 501) {
            return NoList::NoSuchPage {
                status: answer.status,
            };
        }
        let head = ResponseHead {
            status: answer.status,
            content_type: answer.content_type.clone(),
            retry_after: None,
        };
        let request = ModelRequest::default();
        ErrorContext::new(&request, &self.settings)
            .in_response(&head, &answer.body)
            .into()
    }

    /// Asks for details if the list reveals the kind of server.
    fn ask_more(mut self, body: &Value, mut list: ModelList) -> ListingStep {
        let owned_by = |owner: &str| {
            entries(body)
                .into_iter()
                .flatten()
                .any(|entry| text(entry, &["owned_by"]).is_some_and(|by| by.starts_with(owner)))
        };
        let root = self.root().to_owned();
        if owned_by("llamacpp") {
            // A router of several models would load one to answer.
            list.takes_any_name = list.models.len() == 1;
            if !list.takes_any_name {
                return ListingStep::Done(Ok(list));
            }
            let request = self.get(format!("{root}/props"));
            self.stage = Stage::Props(list);
            return ListingStep::Ask(self, vec![request]);
        }
        if owned_by("library") {
            let mut requests = vec![self.get(format!("{root}/api/ps"))];
            requests.extend(list.models.iter().take(MAX_SHOWN).map(|info| ListRequest {
                body: Some(json!({ "model": info.id }).to_string()),
                ..self.get(format!("{root}/api/show"))
            }));
            self.stage = Stage::Shows(list);
            return ListingStep::Ask(self, requests);
        }
        if owned_by("organization") {
            let request = self.get(format!("{root}/api/v0/models"));
            self.stage = Stage::OwnList(list);
            return ListingStep::Ask(self, vec![request]);
        }
        ListingStep::Done(Ok(list))
    }

    /// The root of a server's own endpoints.
    fn root(&self) -> &str {
        let base = self.settings.base_url.as_str();
        base.strip_suffix("/v1").unwrap_or(base)
    }

    fn get(&self, url: String) -> ListRequest {
        let mut headers = vec![
            ("Accept", "application/json".to_owned()),
            ("Content-Type", "application/json".to_owned()),
        ];
        if let Some(key) = &self.settings.api_key {
            headers.push(("Authorization", format!("Bearer {}", key.expose())));
        }
        ListRequest {
            url,
            headers,
            body: None,
        }
    }
}

/// Handles the responses of `/api/ps` and of one `/api/show` per model.
fn shown(mut list: ModelList, answers: &[Result<ListAnswer, ListFailure>]) -> ModelList {
    let mut others = HashSet::new();
    for (info, answer) in list.models.iter_mut().zip(answers.iter().skip(1)) {
        if let Some(show) = json_of(Some(answer)) {
            details::apply_show(info, &show);
            if !details::is_shown_to_answer(&show) {
                others.insert(info.id.clone());
            }
        }
    }
    list.models.retain(|info| !others.contains(&info.id));
    if let Some(running) = json_of(answers.first()) {
        details::apply_running(&mut list.models, &running);
    }
    list
}

/// The body of a successful response, as JSON.
fn json_of(answer: Option<&Result<ListAnswer, ListFailure>>) -> Option<Value> {
    let answer = answer?.as_ref().ok()?;
    let is_success = (200..300).contains(&answer.status);
    is_success.then(|| json(&answer.body))?
}

/// Parses leniently: descriptions may be cut within a character, and some servers write `NaN`.
fn json(body: &[u8]) -> Option<Value> {
    common::json::parse(&String::from_utf8_lossy(body)).ok()
}

/// The entries of a list, which most servers wrap and Together does not.
fn entries(body: &Value) -> Option<&Vec<Value>> {
    body.as_array()
        .or_else(|| body.get("data")?.as_array())
        .or_else(|| body.get("models")?.as_array())
}

fn read_list(body: &Value) -> Option<ModelList> {
    let mut known = HashSet::new();
    let mut list = ModelList::default();
    for entry in entries(body)?.iter().take(MAX_MODELS) {
        match entry::read(entry) {
            Entry::Model(info) => {
                if known.insert(info.id.clone()) {
                    list.models.push(info);
                }
            }
            Entry::Other => {}
            Entry::Odd => list.skipped += 1,
        }
    }
    Some(list)
}
