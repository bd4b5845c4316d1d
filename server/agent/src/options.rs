//! How an agent is to behave where the protocol leaves a choice.

use std::time::Duration;

use limits::FrameLimits;

/// The choices of a deployment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AgentOptions {
    /// What happens to a message that is sent while a turn runs or waits.
    pub concurrency: Concurrency,
    /// The most messages that are kept; the oldest go first. `None`: all.
    pub max_messages: Option<u32>,
    /// How models are asked.
    pub model: ModelOptions,
    /// How much a conversation takes.
    pub limits: ConversationLimits,
    /// Names the build of the page, so that one of another build learns that it is old.
    pub page: Option<&'static str>,
    /// Whether the model is asked for a title after the first answer.
    pub titles: bool,
}

/// How models are asked: who else, how often, how long, and for how much.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelOptions {
    /// The model to ask when the conversation names none.
    pub default: String,
    /// Which models a client may name.
    pub allowed: AllowedModels,
    /// Models to ask in this order when the conversation's own is gone or overloaded.
    pub fallbacks: Vec<String>,
    /// How often a call that failed before its first token is made again.
    pub retries: u32,
    /// How long a model may take to begin its answer.
    pub first_token: Duration,
    /// How long a model may pause in its answer.
    pub pause: Duration,
    /// How long a model call may take altogether.
    pub whole_call: Duration,
    /// The most tokens of the answer to a call. `None`: what the model's server takes.
    pub max_tokens: Option<u32>,
    /// The most US dollars that a turn may cost. `None`: no limit.
    pub budget_turn_usd: Option<f64>,
    /// The most US dollars that a conversation may cost. `None`: no limit.
    pub budget_conversation_usd: Option<f64>,
    /// The most US dollars that a person may spend on a day (UTC). `None`: no limit.
    pub budget_day_usd: Option<f64>,
}

impl ModelOptions {
    /// For OpenRouter, which sends comments while a model is slow.
    #[must_use]
    pub fn for_openrouter() -> Self {
        Self {
            default: String::new(),
            allowed: AllowedModels::OfProvider,
            fallbacks: Vec::new(),
            retries: 4,
            first_token: Duration::from_secs(120),
            pause: Duration::from_secs(120),
            whole_call: Duration::from_secs(3600),
            max_tokens: None,
            budget_turn_usd: None,
            budget_conversation_usd: None,
            budget_day_usd: None,
        }
    }

    /// For any other server. It may be a laptop that takes minutes to read a long conversation, and says nothing
    /// meanwhile.
    #[must_use]
    pub fn for_other_servers() -> Self {
        Self {
            first_token: Duration::from_secs(600),
            pause: Duration::from_secs(300),
            ..Self::for_openrouter()
        }
    }
}

impl Default for ModelOptions {
    fn default() -> Self {
        Self::for_openrouter()
    }
}

/// The models that a client may name. The deployment's own model and its fallbacks are always among them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum AllowedModels {
    /// All that the provider has.
    #[default]
    OfProvider,
    /// Those that fit one of these patterns: a name in which each `*` stands for any text.
    Listed(Vec<String>),
}

/// How much a conversation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConversationLimits {
    /// What a connection may send.
    pub frames: FrameLimits,
    /// The most bytes of the text of a message.
    pub message_bytes: usize,
    /// The most parts of a message.
    pub message_parts: usize,
    /// The most messages of the user and of other clients that a conversation has.
    pub messages: usize,
    /// The most bytes of a conversation's messages, as they are stored.
    pub conversation_bytes: usize,
    /// The most submissions that wait.
    pub queue: usize,
    /// The most connections.
    pub connections: usize,
}

impl ConversationLimits {
    /// What no person comes near to.
    pub const DEFAULT: Self = Self {
        frames: FrameLimits::DEFAULT,
        message_bytes: 4_000_000,
        message_parts: 1_000,
        messages: 20_000,
        conversation_bytes: 64_000_000,
        queue: 100,
        connections: 100,
    };
}

impl Default for ConversationLimits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// What happens to a submission that overlaps with others. Asking once more always queues.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Concurrency {
    /// It waits for the turns before it.
    #[default]
    Queue,
    /// It replaces those that wait; their messages stay.
    Latest,
    /// As [`Self::Latest`], and the messages that wait become one.
    Merge,
    /// It is refused.
    Drop,
    /// As [`Self::Latest`], once nothing more came for this long.
    Debounce(Duration),
}

impl Concurrency {
    /// How long a debounce waits when nobody says, or says nonsense.
    pub const DEFAULT_DEBOUNCE: Duration = Duration::from_millis(750);
}
