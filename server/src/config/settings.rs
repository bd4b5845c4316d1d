//! Every setting: its name, what it does, and its default. `docs/configuration.md` and `scripts/settings.json` are written
//! from this table (`reference.rs`).

use crate::door::policy;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// What it does, in one or two sentences of Markdown.
    pub about: &'static str,
    /// What holds when it is not set, in Markdown.
    pub default: &'static str,
    /// Who reads it.
    pub reader: Reader,
}

/// Who reads a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The Worker: a variable, also of a deployment.
    Worker,
    /// The Worker, as a secret: it never stands in a file of the project or of a deployment.
    WorkerSecret,
    /// The scripts that run a server of one's own.
    Scripts,
}

/// Settings that belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// The settings, in the order in which a reader wants them.
    pub settings: &'static [Setting],
}

pub(super) const PROVIDER: &str = "PROVIDER";
pub(super) const OPENROUTER_API_KEY: &str = "OPENROUTER_API_KEY";
pub(super) const OPENROUTER_BASE_URL: &str = "OPENROUTER_BASE_URL";
pub(super) const MODEL: &str = "MODEL";
pub(super) const MODELS: &str = "MODELS";
pub(super) const MODEL_WINDOW: &str = "MODEL_WINDOW";
pub(super) const MODEL_FALLBACKS: &str = "MODEL_FALLBACKS";
pub(super) const MODEL_RETRIES: &str = "MODEL_RETRIES";
pub(super) const FIRST_TOKEN_TIMEOUT: &str = "FIRST_TOKEN_TIMEOUT";
pub(super) const STREAM_PAUSE_TIMEOUT: &str = "STREAM_PAUSE_TIMEOUT";
pub(super) const MODEL_CALL_TIMEOUT: &str = "MODEL_CALL_TIMEOUT";
pub(super) const MODEL_MAX_TOKENS: &str = "MODEL_MAX_TOKENS";
pub(super) const BUDGET_TURN: &str = "BUDGET_TURN";
pub(super) const BUDGET_CONVERSATION: &str = "BUDGET_CONVERSATION";
pub(super) const BUDGET_DAY: &str = "BUDGET_DAY";
pub(super) const SYSTEM_PROMPT_EXTRA: &str = "SYSTEM_PROMPT_EXTRA";
pub(super) const CONCURRENCY: &str = "CONCURRENCY";
pub(super) const MAX_MESSAGES: &str = "MAX_MESSAGES";
pub(super) const TITLES: &str = "TITLES";
pub(super) const LIMIT_REQUESTS: &str = "LIMIT_REQUESTS";
pub(super) const LIMIT_MESSAGE_BYTES: &str = "LIMIT_MESSAGE_BYTES";
pub(super) const LIMIT_CONVERSATION_BYTES: &str = "LIMIT_CONVERSATION_BYTES";
pub(super) const LIMIT_CONNECTIONS: &str = "LIMIT_CONNECTIONS";
pub(super) const LIMIT_QUEUE: &str = "LIMIT_QUEUE";
pub(super) const LIMIT_NEW_CONVERSATIONS: &str = "LIMIT_NEW_CONVERSATIONS";
pub(super) const LIMIT_CALLS: &str = "LIMIT_CALLS";
pub(super) const FETCH_HOSTS: &str = "FETCH_HOSTS";
pub(super) const PROXY_SECRET: &str = "PROXY_SECRET";
pub(super) const LOG_LEVEL: &str = "LOG_LEVEL";
pub(super) const IMAGE_HOSTS: &str = "IMAGE_HOSTS";
pub(super) const AUTH: &str = "AUTH";
pub(super) const OWNER_SECRET: &str = "OWNER_SECRET";
pub(super) const ACCESS_TEAM_DOMAIN: &str = "ACCESS_TEAM_DOMAIN";
pub(super) const ACCESS_AUD: &str = "ACCESS_AUD";
pub(super) const ACCESS_OWNER: &str = "ACCESS_OWNER";

/// All settings.
pub const GROUPS: &[Group] = &[
    Group {
        title: "The model",
        settings: &[
            secret(
                OPENROUTER_API_KEY,
                "The key. OpenRouter needs one; other servers only when they ask for one.",
                "none",
            ),
            worker(
                OPENROUTER_BASE_URL,
                "The API root of an OpenAI-compatible server.",
                "`https://openrouter.ai/api/v1`",
            ),
            worker(
                MODEL,
                "The model that answers when a conversation or a request names none, in the provider's own spelling.",
                "`openrouter/auto`",
            ),
            worker(
                MODELS,
                "The models that a conversation or a request may name, separated by commas; `*` stands for any text, as in \
                 `anthropic/*`. `MODEL` and `MODEL_FALLBACKS` are always allowed.",
                "all that the provider has; where strangers may write, none besides",
            ),
            worker(
                PROVIDER,
                "`openrouter` (OpenRouter or any OpenAI-compatible server) or `demo`, the built-in model that needs no key.",
                "`openrouter`; `npm start` takes `demo` when there is neither a key nor an address",
            ),
            worker(
                MODEL_WINDOW,
                "How many tokens the model takes at once. Older outputs of tools are left out of requests of more than half \
                 of it.",
                "what the provider's list of models says, else `128000`",
            ),
            worker(
                MODEL_FALLBACKS,
                "Models to ask, separated by commas, when the conversation's own model does not exist any more or is overloaded.",
                "none",
            ),
            worker(
                MODEL_RETRIES,
                "How often a model call that failed before its first token is made again, from 0 to 10.",
                "`4`",
            ),
            worker(
                FIRST_TOKEN_TIMEOUT,
                "How many seconds a model may take to begin its answer.",
                "`120`; `600` for other servers than OpenRouter, which may read a long conversation for minutes",
            ),
            worker(
                STREAM_PAUSE_TIMEOUT,
                "How many seconds a model may pause in its answer.",
                "`120`; `300` for other servers than OpenRouter",
            ),
            worker(
                MODEL_CALL_TIMEOUT,
                "How many seconds a model call may take altogether.",
                "`3600`",
            ),
            worker(
                MODEL_MAX_TOKENS,
                "The most tokens that a model may write at once (`max_tokens`). A longer answer ends there.",
                "none: what the model's server takes",
            ),
            worker(
                BUDGET_TURN,
                "The most US dollars that a turn may cost. It is checked before each model call with the worst case of that call.",
                "no limit",
            ),
            worker(
                BUDGET_CONVERSATION,
                "The most US dollars that a conversation may cost.",
                "no limit",
            ),
            worker(
                BUDGET_DAY,
                "The most US dollars that each person may spend on a day, which begins at 00:00 UTC, in all of their \
                 conversations.",
                "no limit",
            ),
        ],
    },
    Group {
        title: "Conversations",
        settings: &[
            worker(
                SYSTEM_PROMPT_EXTRA,
                "Instructions added to the system prompt of every conversation.",
                "none",
            ),
            worker(
                CONCURRENCY,
                "What happens to a message that is sent while a turn runs: `queue`, `latest`, `merge`, `drop`, `debounce` or \
                 `debounce:MILLISECONDS`.",
                "`queue`",
            ),
            worker(
                MAX_MESSAGES,
                "The most messages a conversation keeps; the oldest go first.",
                "all",
            ),
            worker(
                TITLES,
                "Whether the model is asked for a title after the first answer of a conversation, in a short call of its own: `on` \
                 or `off`. Without it a title is the beginning of the first message.",
                "`off`; `on` for the demo model, which asks nobody",
            ),
        ],
    },
    Group {
        title: "Sign-in",
        settings: &[
            worker(
                AUTH,
                "Who may use the server: `none` (whoever reaches it; only for a server that listens on its own machine), or one \
                 or several of `owner` (people sign in by links), `access` (Cloudflare Access) and `tokens` (programs), \
                 separated by commas.",
                "`none` on its own machine; elsewhere nobody: the server says how to choose, and nothing else",
            ),
            secret(
                OWNER_SECRET,
                "For `owner`: signs the owner's sign-in links; a random text of 32 characters or more.",
                "`npm start` makes one and keeps it in the data folder",
            ),
            worker(
                ACCESS_TEAM_DOMAIN,
                "For `access`: the team's domain, such as `team.cloudflareaccess.com`.",
                "none; needed",
            ),
            worker(
                ACCESS_AUD,
                "For `access`: the audience tag of the application.",
                "none; needed",
            ),
            worker(
                ACCESS_OWNER,
                "For `access`: the owner's e-mail address. Everybody else whom Access lets in is a member.",
                "none; needed",
            ),
        ],
    },
    Group {
        title: "Access",
        settings: &[
            worker(
                policy::ALLOWED_HOSTS,
                "The names and addresses that the server answers to, separated by commas, such as `coder.example.com` or \
                 `192.168.1.5`. A server of your own answers to `localhost` and other loopback names besides. A name stands \
                 for the usual ports and for the port that the server listens on; others are named with it.",
                "none",
            ),
            worker(
                policy::ALLOWED_ORIGINS,
                "Other origins whose pages may read and change conversations, separated by commas, such as \
                 `https://app.example.com`.",
                "none but our own",
            ),
            worker(
                IMAGE_HOSTS,
                "Servers whose pictures are shown in answers at once, separated by commas. All others are shown on a click.",
                "none",
            ),
            worker(
                FETCH_HOSTS,
                "Which hosts the tool `fetch_url` may ask: `public`, or `any`, which includes the network that the server is in.",
                "`public`",
            ),
            secret(
                PROXY_SECRET,
                "What a reverse proxy in front of a server of your own sends in the header `X-Proxy-Secret`. Only then are its \
                 `X-Forwarded-For` and `X-Forwarded-Proto` believed. At least 16 characters.",
                "none: such headers are ignored",
            ),
        ],
    },
    Group {
        title: "Limits",
        settings: &[
            worker(
                LIMIT_REQUESTS,
                "How many requests a minute one address may make (of IPv6, one /64), and one signed-in person from all addresses; \
                 a WebSocket for every eight of them. More are answered with 429 and `Retry-After`; `/health` always answers. \
                 `off`: any number.",
                "`6000`; on a machine of one's own without `PROXY_SECRET` `60000`",
            ),
            worker(
                LIMIT_MESSAGE_BYTES,
                "The most bytes of the text of a message. Longer texts belong into a file of the workspace.",
                "`4000000`",
            ),
            worker(
                LIMIT_CONVERSATION_BYTES,
                "The most bytes of the messages of a conversation, as JSON; its files do not count. A full conversation takes no \
                 more messages and can be read as before.",
                "`64000000`",
            ),
            worker(
                LIMIT_CONNECTIONS,
                "The most connections of a conversation: tabs and other clients.",
                "`100`",
            ),
            worker(
                LIMIT_QUEUE,
                "The most messages of a conversation that wait for an answer.",
                "`100`",
            ),
            worker(
                LIMIT_NEW_CONVERSATIONS,
                "The most conversations that one signed-in person may begin within an hour. The refusal says when the next one may \
                 begin; requests get 429 and `Retry-After`. `off`: any number.",
                "`500`",
            ),
            worker(
                LIMIT_CALLS,
                "The most model calls of one person at the same time, in all conversations. One more waits and is tried again.",
                "`1000`",
            ),
        ],
    },
    Group {
        title: "Operations",
        settings: &[worker(
            LOG_LEVEL,
            "How much is logged: `error`, `warn` (what was refused or failed, too), `info` (turns, model calls and tools, too) or \
             `debug` (every request). [What the lines say](operations.md).",
            "`info`",
        )],
    },
    Group {
        title: "A server of your own",
        settings: &[
            scripts(
                "HOST",
                "The address that `npm start` and `npm run dev` listen on.",
                "`127.0.0.1`: this machine alone",
            ),
            scripts("PORT", "The port they listen on.", "`8787`"),
            scripts(
                "DATA_DIR",
                "The folder that keeps the conversations. Each server needs one of its own.",
                "`.data`",
            ),
            scripts(
                "LOG_FORMAT",
                "`text`, or `json` for one object a line.",
                "`text`",
            ),
            scripts(
                "LOG_FILE",
                "A file that also gets what `npm start` prints. At 10 MiB it becomes `LOG_FILE.1`; two such files are kept.",
                "none",
            ),
            scripts(
                "HEALTH_DEADLINE",
                "How many seconds `npm start` waits for an answer of its server before it starts it again.",
                "`20`",
            ),
            scripts(
                "DRAIN_SECONDS",
                "How many seconds running requests have to end when `npm start` is told to end. A second signal ends it at once.",
                "`5`",
            ),
        ],
    },
];

/// All settings that the Worker reads.
#[must_use]
pub fn is_read_by_worker(name: &str) -> bool {
    let mut settings = GROUPS.iter().flat_map(|group| group.settings);
    settings.any(|setting| setting.name == name && setting.reader != Reader::Scripts)
}

const fn worker(name: &'static str, about: &'static str, default: &'static str) -> Setting {
    Setting {
        name,
        about,
        default,
        reader: Reader::Worker,
    }
}

const fn secret(name: &'static str, about: &'static str, default: &'static str) -> Setting {
    Setting {
        name,
        about,
        default,
        reader: Reader::WorkerSecret,
    }
}

const fn scripts(name: &'static str, about: &'static str, default: &'static str) -> Setting {
    Setting {
        name,
        about,
        default,
        reader: Reader::Scripts,
    }
}
