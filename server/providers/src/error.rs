//! The errors of model calls, with texts that users can act on.

use std::{fmt, time::Duration};

use thiserror::Error;

use super::Secret;

/// The text for a missing key: the cause, then the ways to set it.
pub const MISSING_KEY: &str = "OPENROUTER_API_KEY is not set. Create a key at https://openrouter.ai/keys, then run \
     `npx wrangler secret put OPENROUTER_API_KEY` for a deployment, or add the line OPENROUTER_API_KEY=<your key> to .dev.vars \
     and restart for local use. To try the app without a key, set PROVIDER=demo.";

/// Why a model call failed.
///
/// `Display` gives the cause and the next step. No variant can contain the API key: the vendor's text is a
/// [`VendorMessage`], which is redacted when it is created.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProviderError {
    /// No key is configured and the provider needs one.
    #[error("{MISSING_KEY}")]
    MissingKey,
    /// A setting is invalid.
    #[error("The server is not set up: {message}")]
    Misconfigured {
        /// The setting and the reason, without its value.
        message: String,
    },
    /// 401: the key is invalid.
    #[error(
        "The model provider rejected the API key (401). Check OPENROUTER_API_KEY: \
         `npx wrangler secret put OPENROUTER_API_KEY`, or .dev.vars locally.{message}"
    )]
    Unauthorized {
        /// The provider's message.
        message: VendorMessage,
    },
    /// 402: the account has no credits left.
    #[error(
        "The model provider wants payment (402). Add credits to your account (OpenRouter: https://openrouter.ai/credits) \
         or choose a cheaper model with MODEL.{message}"
    )]
    PaymentRequired {
        /// The provider's message.
        message: VendorMessage,
    },
    /// 404: the model does not exist.
    #[error(
        "The model provider does not know the model `{model}` (404). Check MODEL, and that OPENROUTER_BASE_URL is the \
         server's API root (it usually ends in /v1).{message}"
    )]
    ModelNotFound {
        /// The model in the request.
        model: String,
        /// The provider's message.
        message: VendorMessage,
    },
    /// 429: too many requests.
    #[error("The model provider limits the rate of requests (429). {}{message}", try_again(*.retry_after))]
    RateLimited {
        /// The wait that the provider requests; `None` when it gives none.
        retry_after: Option<Duration>,
        /// The provider's message.
        message: VendorMessage,
    },
    /// 429: the provider's allowance for the day, or for longer, is used up.
    #[error(
        "What the model provider allows for a day is used up (429). Try again tomorrow, or choose another model with MODEL.{message}"
    )]
    QuotaUsedUp {
        /// The provider's message.
        message: VendorMessage,
    },
    /// 5xx, a timeout (408) or a conflict (409, 425) at the provider.
    #[error(
        "The model provider has a problem of its own ({status}). Try again, or choose another model with MODEL.{message}"
    )]
    Upstream {
        /// The HTTP status.
        status: u16,
        /// The wait that the provider requests; `None` when it gives none.
        retry_after: Option<Duration>,
        /// The provider's message.
        message: VendorMessage,
    },
    /// The request exceeds the context window of the model.
    #[error(
        "The conversation is too long for the model{}. Leave the longest message out, or choose a model that takes more with MODEL.{message}",
        of_tokens(*.limit)
    )]
    ContextTooLong {
        /// The size of the window in tokens, if the provider gave it.
        limit: Option<u64>,
        /// The provider's message.
        message: VendorMessage,
    },
    /// 400 or 422: the provider rejects the form of the request.
    #[error(
        "The model provider does not take the request as it is written ({status}). Leave the message out that it names, or \
         choose another model with MODEL.{message}"
    )]
    InvalidRequest {
        /// The HTTP status.
        status: u16,
        /// The index of the message in the request that caused it, if the provider gave it.
        index: Option<usize>,
        /// The provider's message.
        message: VendorMessage,
    },
    /// Another status: repeating the request will not help.
    #[error(
        "The model provider refused the request ({status}). {}{message}", refusal_advice(*.status)
    )]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// The provider's message.
        message: VendorMessage,
    },
    /// There was no HTTP response.
    #[error(
        "The model provider cannot be reached. Check OPENROUTER_BASE_URL and the network, then try again.{message}"
    )]
    Unreachable {
        /// The network error.
        message: VendorMessage,
    },
    /// The status is a success, but the body is not a model's answer.
    #[error(
        "The address in OPENROUTER_BASE_URL answered with {content_type} instead of a model's answer. Check that it is the \
         API root of an OpenAI-compatible server (it usually ends in /v1).{message}"
    )]
    NotAStream {
        /// The content type of the response, or a text for a missing one.
        content_type: String,
        /// The text of the body.
        message: VendorMessage,
    },
    /// The stream is malformed.
    #[error(
        "The model provider sent an answer that cannot be read. Try again, or choose another model with MODEL.{message}"
    )]
    Malformed {
        /// What is wrong with it.
        message: VendorMessage,
    },
    /// The stream ended before the answer did.
    #[error(
        "The connection to the model provider was lost in the middle of the answer. Try again."
    )]
    Dropped,
    /// The answer has neither text nor a tool call; reasoning alone does not count.
    #[error("The model ended without an answer. Try again, or choose another model with MODEL.")]
    Empty,
    /// The first token did not come in time.
    #[error(
        "The model did not begin to answer within {seconds} seconds. Try again, choose another model with MODEL, or allow more \
         time with FIRST_TOKEN_TIMEOUT."
    )]
    NoFirstToken {
        /// How long the call waited.
        seconds: u64,
    },
    /// The whole call took too long.
    #[error(
        "The model was still answering after {seconds} seconds. Ask for less at once, or allow more time with MODEL_CALL_TIMEOUT."
    )]
    CallTooLong {
        /// How long the call waited.
        seconds: u64,
    },
    /// The stream was open, but no byte came.
    #[error(
        "The model provider sent nothing for {seconds} seconds. Try again, or choose another model with MODEL."
    )]
    Silent {
        /// How long it was silent.
        seconds: u64,
    },
    /// The call was not made: its worst-case cost exceeds the rest of a budget.
    #[error("{}", budget_words(*.worst_usd, *.left_usd))]
    Budget {
        /// The worst-case cost of a short answer, in US dollars. `None` when the price is unknown.
        worst_usd: Option<f64>,
        /// The rest of the budget, in US dollars.
        left_usd: f64,
    },
    /// The call was not made: its worst-case cost exceeds the rest of the daily budget.
    #[error("{}", day_words(*.limit_usd, *.spent_usd, *.worst_usd))]
    DayBudget {
        /// The daily budget, in US dollars.
        limit_usd: f64,
        /// The amount spent today, in US dollars.
        spent_usd: f64,
        /// The worst-case cost of a short answer, in US dollars. `None` when nothing is left.
        worst_usd: Option<f64>,
    },
    /// The call was not made: too many other calls of the same person are running.
    #[error(
        "{most} answers of yours are being written already, and the server lets no more run at once (LIMIT_CALLS). Try again \
         when one of them is done."
    )]
    TooManyCalls {
        /// The maximum number of running calls.
        most: usize,
    },
    /// The call was not made: the amount spent today could not be read.
    #[error(
        "What was spent today could not be read, so BUDGET_DAY does not let the model be asked. Try again; the log of the \
         server has the cause."
    )]
    NoLedger,
    /// The provider failed during the answer, for another reason.
    #[error(
        "The model provider failed in the middle of the answer. Try again, or choose another model with MODEL.{message}"
    )]
    InStream {
        /// The provider's message.
        message: VendorMessage,
        /// The provider's code, if it gave one.
        code: Option<String>,
    },
}

impl ProviderError {
    /// The error of a call without HTTP response; `cause` is the network error.
    #[must_use]
    pub fn unreachable(cause: &str, secret: Option<&Secret>) -> Self {
        // The platform's errors begin with the name of their class.
        let cause = ["TypeError: ", "Error: "]
            .iter()
            .fold(cause, |cause, name| {
                cause.strip_prefix(name).unwrap_or(cause)
            });
        Self::Unreachable {
            message: VendorMessage::new(cause, secret),
        }
    }

    /// A stable name for logs, metrics and tests.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::MissingKey => "missing-key",
            Self::Misconfigured { .. } => "misconfigured",
            Self::Unauthorized { .. } => "unauthorized",
            Self::PaymentRequired { .. } => "payment-required",
            Self::ModelNotFound { .. } => "model-not-found",
            Self::RateLimited { .. } => "rate-limited",
            Self::QuotaUsedUp { .. } => "quota-used-up",
            Self::Upstream { .. } => "upstream",
            Self::ContextTooLong { .. } => "context-too-long",
            Self::InvalidRequest { .. } => "invalid-request",
            Self::Rejected { .. } => "rejected",
            Self::Unreachable { .. } => "unreachable",
            Self::NotAStream { .. } => "not-a-stream",
            Self::Malformed { .. } => "malformed",
            Self::Dropped => "dropped",
            Self::Empty => "empty",
            Self::NoFirstToken { .. } => "no-first-token",
            Self::CallTooLong { .. } => "call-too-long",
            Self::Silent { .. } => "silent",
            Self::Budget { .. } => "budget",
            Self::DayBudget { .. } => "day-budget",
            Self::NoLedger => "no-ledger",
            Self::TooManyCalls { .. } => "too-many-calls",
            Self::InStream { .. } => "in-stream",
        }
    }
}

/// A vendor's message: on one line, shortened, and without the key. Prints as ` It said: ...`, or as nothing when
/// empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VendorMessage(String);

impl VendorMessage {
    /// Enough for a sentence or two of a vendor; a page of HTML would bury our own text.
    const MAX_CHARS: usize = 400;

    /// `text` without `secret`, as one line of at most a few hundred characters.
    #[must_use]
    pub fn new(text: &str, secret: Option<&Secret>) -> Self {
        // Redact first: a cut could leave half of the key.
        let text = secret.map_or_else(|| text.to_owned(), |secret| secret.redact(text));
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(Self::MAX_CHARS) {
            Some((cut, _)) => Self(format!("{}…", line.get(..cut).unwrap_or_default())),
            None => Self(line),
        }
    }

    /// The text alone.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for VendorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        // A text of ours may follow.
        let is_open = self.0.ends_with(|last: char| {
            last.is_alphanumeric() || matches!(last, ')' | '\'' | '"' | '`')
        });
        write!(f, " It said: {}{}", self.0, if is_open { "." } else { "" })
    }
}

impl fmt::Debug for VendorMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

const fn refusal_advice(status: u16) -> &'static str {
    match status {
        403 => {
            "The key may not be allowed to use this model: check OPENROUTER_API_KEY and MODEL, or word the message differently."
        }
        _ => "Check MODEL, or word the message differently.",
    }
}

fn of_tokens(limit: Option<u64>) -> String {
    limit.map_or_else(String::new, |limit| format!(", which takes {limit} tokens"))
}

fn budget_words(worst_usd: Option<f64>, left_usd: f64) -> String {
    match worst_usd {
        Some(worst) => format!(
            "The next call of the model may cost {}, and {} of the budget is left. Raise BUDGET_TURN or \
             BUDGET_CONVERSATION, or choose a cheaper model with MODEL.",
            dollars(worst),
            dollars(left_usd.max(0.0))
        ),
        None => "The price of the model is not known, so a call cannot be kept within the budget. Choose a model whose price \
                 the provider lists, or remove BUDGET_TURN, BUDGET_CONVERSATION and BUDGET_DAY."
            .to_owned(),
    }
}

fn day_words(limit_usd: f64, spent_usd: f64, worst_usd: Option<f64>) -> String {
    let (limit, spent) = (dollars(limit_usd), dollars(spent_usd));
    match worst_usd {
        None => format!(
            "This server's budget for today ({limit}, BUDGET_DAY) is spent: {spent} so far. It begins anew at 00:00 UTC."
        ),
        Some(worst_usd) => format!(
            "The next call of the model may cost {}, and {} is left of this server's budget for today ({limit}, BUDGET_DAY; \
             {spent} so far). It begins anew at 00:00 UTC. Choose a cheaper model with MODEL, or wait.",
            dollars(worst_usd),
            dollars((limit_usd - spent_usd).max(0.0))
        ),
    }
}

/// Rounds to two significant digits for small amounts.
pub fn dollars(usd: f64) -> String {
    let decimals = match usd {
        usd if usd >= 0.1 || usd == 0.0 => 2,
        usd if usd >= 0.001 => 4,
        _ => 6,
    };
    format!("${usd:.decimals$}")
}

fn try_again(retry_after: Option<Duration>) -> String {
    let Some(seconds) = retry_after.map(|wait| wait.as_secs().max(1)) else {
        return "Try again in a moment, or choose another model with MODEL.".to_owned();
    };
    match seconds {
        1 => "Try again in 1 second.".to_owned(),
        2..120 => format!("Try again in {seconds} seconds."),
        _ => format!("Try again in {} minutes.", seconds.div_ceil(60)),
    }
}

#[cfg(test)]
mod tests;
