//! What the model is asked: as much of the conversation as fits its window, with the files that belong to it, and an answer that
//! fits the budget.

use common::{models::ModelInfo, time::Timestamp};
use providers::{
    DayBudget, ModelMessage, ModelRequest, Provider, ProviderError,
    openai_compatible::{KnownModels, fit_budget},
};
use workspace::Workspace;

use super::LiveCall;
use crate::{
    instructions::{Instructions, project},
    io::{ModelCall, ModelProgress, Purpose},
    prompt::{self, Conversation, Fitted, summary::SUMMARY_TOKENS},
    runtime::ModelContext,
};

/// From so many bytes of messages on, about 8,000 tokens, the window of a small model matters.
const WINDOW_MATTERS_BYTES: usize = 32_000;

/// A summary always gets so many tokens.
const LEAST_SUMMARY_TOKENS: u32 = 1_024;

/// What a call is prepared from, besides the conversation.
#[derive(Clone, Copy, Debug)]
pub struct CallFacts<'f> {
    /// The name of the conversation.
    pub name: &'f str,
    /// The provider and its settings.
    pub provider: &'f Provider,
    /// The instructions of the deployment.
    pub deployment: Option<&'f str>,
    /// The configured limit for the answer in tokens.
    pub max_tokens: Option<u32>,
    /// The context window of the model in tokens.
    pub window: usize,
    /// The listed facts about the model.
    pub info: Option<&'f ModelInfo>,
    /// The person's instructions for all conversations.
    pub personal: Option<&'f str>,
    /// A notice for the user about the call.
    pub notice: Option<&'static str>,
    /// The daily budget, when it caps [`ModelCall::budget_usd`].
    pub day: Option<&'f DayBudget>,
}

/// A prepared call.
#[derive(Debug)]
pub struct Prepared {
    /// The call.
    pub call: LiveCall,
    /// When the list of models is fetched for the calls to come.
    pub refresh: Option<ListRefresh>,
}

/// When the list of models is fetched for the calls to come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListRefresh {
    /// Once the call is on its way.
    Soon,
    /// After the call: a private server may handle one request at a time.
    Afterwards,
}

/// Prepares a call.
///
/// # Errors
/// When the key is missing, or when the call may cost more than its budget.
pub fn prepare(
    now: Timestamp,
    call: &ModelCall,
    context: &ModelContext,
    facts: &CallFacts<'_>,
    workspace: &Workspace<'_>,
    known: &KnownModels,
) -> Result<Prepared, ProviderError> {
    let mut request = ModelRequest {
        model: Some(call.model.clone()),
        messages: Vec::new(),
        tools: tools::schemas(&call.client_tools),
        max_tokens: max_tokens(call, facts),
        effort: call.effort,
        max_price: None,
    };
    let project = project(call.project_context.as_deref(), workspace);
    let conversation = Conversation {
        name: facts.name,
        instructions: Instructions {
            now,
            deployment: facts.deployment,
            personal: facts.personal,
            standing: context.standing.as_deref(),
            project_context: project.as_deref(),
        },
        summary: context.summary.as_ref(),
        transcript: &context.transcript,
        answer: call.answer.as_ref(),
        purpose: &call.purpose,
        notes: &context.notes,
        model: facts.provider.model(&request),
    };
    let Fitted {
        mut messages,
        notice,
        is_crowded,
    } = conversation.fitting(facts.window, call.extent);
    let gives_way = is_crowded && call.purpose == Purpose::StepUnlessCrowded;
    if gives_way {
        // What would be left out is what there is to summarise.
        messages = conversation.messages();
    }
    let size = conversation.size(&messages, &request.tools, facts.window);
    if gives_way {
        return Ok(Prepared {
            call: LiveCall::crowded(size),
            refresh: None,
        });
    }
    prompt::attach(&mut messages, workspace);
    request.messages = messages;
    let (live, refresh) = match facts.provider {
        Provider::Demo => (LiveCall::of_demo(&request), None),
        Provider::OpenAiCompatible(settings) if settings.lacks_key() => {
            return Err(ProviderError::MissingKey);
        }
        Provider::OpenAiCompatible(settings) => {
            if let Some(left_usd) = call.budget_usd {
                fit_budget(&mut request, settings, facts.info, left_usd, facts.day)?;
            }
            let refresh = if settings.is_ones_own() {
                list_matters(&request.messages).then_some(ListRefresh::Afterwards)
            } else {
                Some(ListRefresh::Soon)
            };
            let live = LiveCall::of_server(request, settings, facts.info, known);
            (live, refresh)
        }
    };
    Ok(Prepared {
        call: LiveCall {
            notice: notice.or(facts.notice),
            opening: Some(ModelProgress::Measured(size)),
            ..live
        },
        refresh,
    })
}

/// The limit for the answer in tokens. A summary is short, and takes no more than a quarter of a small window.
fn max_tokens(call: &ModelCall, facts: &CallFacts<'_>) -> Option<u32> {
    match call.purpose {
        Purpose::Step | Purpose::StepUnlessCrowded => facts.max_tokens,
        Purpose::Summary { .. } => {
            let quarter = u32::try_from(facts.window / 4).unwrap_or(u32::MAX);
            let most = SUMMARY_TOKENS.min(quarter.max(LEAST_SUMMARY_TOKENS));
            Some(facts.max_tokens.map_or(most, |limit| limit.min(most)))
        }
    }
}

/// Whether the list of a private server is of use. It has no prices, so that only the window and the abilities matter.
fn list_matters(messages: &[ModelMessage]) -> bool {
    prompt::size::of_all(messages) >= WINDOW_MATTERS_BYTES
        || messages.iter().any(ModelMessage::has_files)
}
