//! Why a model call failed, in words a user can act on.

use std::{fmt, time::Duration};

use thiserror::Error;

use super::Secret;

/// What to say when the key is missing: cause first, then the ways to set it.
pub const MISSING_KEY: &str = "OPENROUTER_API_KEY is not set. Create a key at https://openrouter.ai/keys, then run \
     `npx wrangler secret put OPENROUTER_API_KEY` for a deployment, or add the line OPENROUTER_API_KEY=<your key> to .dev.vars \
     and restart for local use. To try the app without a key, set PROVIDER=demo.";

/// Why a model call failed.
///
/// `Display` gives the cause and the next step. No variant can hold the API key: what the vendor said is a
/// [`VendorMessage`], which is redacted when it is made.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ProviderError {
    /// No key is configured and the provider needs one.
    #[error("{MISSING_KEY}")]
    MissingKey,
    /// A setting cannot work.
    #[error("The server is not set up: {message}")]
    Misconfigured {
        /// Which one and why, without its value.
        message: String,
    },
    /// 401.
    #[error(
        "The model provider rejected the API key (401). Check OPENROUTER_API_KEY: \
         `npx wrangler secret put OPENROUTER_API_KEY`, or .dev.vars locally.{message}"
    )]
    Unauthorized {
        /// What the provider said.
        message: VendorMessage,
    },
    /// 402: the account has no credits left.
    #[error(
        "The model provider wants payment (402). Add credits to your account (OpenRouter: https://openrouter.ai/credits) \
         or choose a cheaper model with MODEL.{message}"
    )]
    PaymentRequired {
        /// What the provider said.
        message: VendorMessage,
    },
    /// 404.
    #[error(
        "The model provider does not know the model `{model}` (404). Check MODEL, and that OPENROUTER_BASE_URL is the \
         server's API root (it usually ends in /v1).{message}"
    )]
    ModelNotFound {
        /// The model that was asked.
        model: String,
        /// What the provider said.
        message: VendorMessage,
    },
    /// 429.
    #[error("The model provider limits the rate of requests (429). {}{message}", try_again(*.retry_after))]
    RateLimited {
        /// How long the provider asks to wait; `None` means that it did not say.
        retry_after: Option<Duration>,
        /// What the provider said.
        message: VendorMessage,
    },
    /// 429: what the provider allows for a day, or for longer, is used up.
    #[error(
        "What the model provider allows for a day is used up (429). Try again tomorrow, or choose another model with MODEL.{message}"
    )]
    QuotaUsedUp {
        /// What the provider said.
        message: VendorMessage,
    },
    /// 5xx, a time-out (408), or a conflict (409, 425) at the provider.
    #[error(
        "The model provider has a problem of its own ({status}). Try again, or choose another model with MODEL.{message}"
    )]
    Upstream {
        /// The HTTP status.
        status: u16,
        /// How long the provider asks to wait; `None` means that it did not say.
        retry_after: Option<Duration>,
        /// What the provider said.
        message: VendorMessage,
    },
    /// The request is longer than what the model takes at once.
    #[error(
        "The conversation is too long for the model{}. Leave the longest message out, or choose a model that takes more with MODEL.{message}",
        of_tokens(*.limit)
    )]
    ContextTooLong {
        /// The most tokens that the model takes, when the provider said so.
        limit: Option<u64>,
        /// What the provider said.
        message: VendorMessage,
    },
    /// 400 or 422: the provider does not take the request as it is written.
    #[error(
        "The model provider does not take the request as it is written ({status}). Leave the message out that it names, or \
         choose another model with MODEL.{message}"
    )]
    InvalidRequest {
        /// The HTTP status.
        status: u16,
        /// The index of the message at fault in the request, when the provider said so.
        index: Option<usize>,
        /// What the provider said.
        message: VendorMessage,
    },
    /// Any other status: repeating the same request will not help.
    #[error(
        "The model provider refused the request ({status}). {}{message}", refusal_advice(*.status)
    )]
    Rejected {
        /// The HTTP status.
        status: u16,
        /// What the provider said.
        message: VendorMessage,
    },
    /// No HTTP answer at all.
    #[error(
        "The model provider cannot be reached. Check OPENROUTER_BASE_URL and the network, then try again.{message}"
    )]
    Unreachable {
        /// What the network said.
        message: VendorMessage,
    },
    /// Success, but the body is no answer of a model.
    #[error(
        "The address in OPENROUTER_BASE_URL answered with {content_type} instead of a model's answer. Check that it is the \
         API root of an OpenAI-compatible server (it usually ends in /v1).{message}"
    )]
    NotAStream {
        /// The content type of the answer, or words for a missing one.
        content_type: String,
        /// What the body said.
        message: VendorMessage,
    },
    /// A stream that cannot be understood.
    #[error(
        "The model provider sent an answer that cannot be read. Try again, or choose another model with MODEL.{message}"
    )]
    Malformed {
        /// What is wrong with it.
        message: VendorMessage,
    },
    /// The stream ended in the middle of the answer.
    #[error(
        "The connection to the model provider was lost in the middle of the answer. Try again."
    )]
    Dropped,
    /// The answer ended without a word and without a call; reasoning alone is no answer.
    #[error("The model ended without an answer. Try again, or choose another model with MODEL.")]
    Empty,
    /// No first token came in time.
    #[error(
        "The model did not begin to answer within {seconds} seconds. Try again, choose another model with MODEL, or allow more \
         time with FIRST_TOKEN_TIMEOUT."
    )]
    NoFirstToken {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The whole call took too long.
    #[error(
        "The model was still answering after {seconds} seconds. Ask for less at once, or allow more time with MODEL_CALL_TIMEOUT."
    )]
    CallTooLong {
        /// How long it was waited for.
        seconds: u64,
    },
    /// The stream stayed open without a byte.
    #[error(
        "The model provider sent nothing for {seconds} seconds. Try again, or choose another model with MODEL."
    )]
    Silent {
        /// For how long.
        seconds: u64,
    },
    /// The call was not made: its worst case is more than what is left of a budget.
    #[error("{}", budget_words(*.worst_usd, *.left_usd))]
    Budget {
        /// What even a short answer may cost, in US dollars. `None`: the price is not known.
        worst_usd: Option<f64>,
        /// What is left, in US dollars.
        left_usd: f64,
    },
    /// The call was not made: too little is left of what may be spent on a day.
    #[error("{}", day_words(*.limit_usd, *.spent_usd, *.worst_usd))]
    DayBudget {
        /// The most of a day, in US dollars.
        limit_usd: f64,
        /// Spent so far, in US dollars.
        spent_usd: f64,
        /// What even a short answer may cost, in US dollars. `None`: nothing is left.
        worst_usd: Option<f64>,
    },
    /// The call was not made: too many others of the same person run.
    #[error(
        "{most} answers of yours are being written already, and the server lets no more run at once (LIMIT_CALLS). Try again \
         when one of them is done."
    )]
    TooManyCalls {
        /// How many may run.
        most: usize,
    },
    /// The call was not made: nobody knows what was spent today.
    #[error(
        "What was spent today could not be read, so BUDGET_DAY does not let the model be asked. Try again; the log of the \
         server has the cause."
    )]
    NoLedger,
    /// The provider gave up in the middle of the answer, for a reason that is none of the above.
    #[error(
        "The model provider failed in the middle of the answer. Try again, or choose another model with MODEL.{message}"
    )]
    InStream {
        /// What the provider said.
        message: VendorMessage,
        /// The provider's own code, when it gave one.
        code: Option<String>,
    },
}

impl ProviderError {
    /// The call got no HTTP answer; `cause` is what the network said.
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

/// What a vendor said: on one line, capped, and without the key. Prints as ` It said: ...`, or as nothing when empty.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct VendorMessage(String);

impl VendorMessage {
    /// Enough for a vendor's sentence or two; a page of HTML would only bury our own words.
    const MAX_CHARS: usize = 400;

    /// `text` without `secret`, as one line of at most a few hundred characters.
    #[must_use]
    pub fn new(text: &str, secret: Option<&Secret>) -> Self {
        // Redact before cutting, or the cut could leave half a key behind.
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

    /// The words alone.
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
        // Words of ours may follow.
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

/// With two figures that say something, also of small amounts.
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
