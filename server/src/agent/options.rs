//! How an agent is to behave where the protocol leaves a choice.

use std::time::Duration;

/// The choices of a deployment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AgentOptions {
    /// What becomes of a message that is sent while a turn runs or waits.
    pub concurrency: Concurrency,
    /// The most messages that are kept; the oldest go first. `None`: all.
    pub max_messages: Option<u32>,
}

/// What becomes of a submission that overlaps with others (protocol §5.5). Asking once more always queues.
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
