//! Every setting: its name, its effect, and its default. `docs/configuration.md` and `scripts/settings.json` are
//! generated from this table (`reference.rs`).

use crate::door::policy;

/// One setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The variable's name.
    pub name: &'static str,
    /// Its effect, in one or two sentences of Markdown.
    pub about: &'static str,
    /// The default, in Markdown.
    pub default: &'static str,
    /// The program that reads it.
    pub reader: Reader,
}

/// The program that reads a setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The Worker: a variable, also in deployments.
    Worker,
    /// The Worker, as a secret: it is never in a file of the project or of a deployment.
    WorkerSecret,
    /// The scripts of a self-hosted server.
    Scripts,
}

/// Related settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group {
    /// The heading.
    pub title: &'static str,
    /// The settings, in a useful order.
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
pub(super) const GITHUB_TOKEN: &str = "GITHUB_TOKEN";
pub(super) const GITHUB_API_URL: &str = "GITHUB_API_URL";
pub(super) const GITHUB_AUTHOR: &str = "GITHUB_AUTHOR";
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
                "The default model, in the provider's own spelling. A conversation or a request may name another one.",
                "`openrouter/auto`",
            ),
            worker(
                MODELS,
                "The models that a conversation or request may name, separated by commas; `*` matches any text, as in \
                 `anthropic/*`. `MODEL` and `MODEL_FALLBACKS` are always allowed.",
                "all models of the provider; no others on a server that strangers can use",
            ),
            worker(
                PROVIDER,
                "`openrouter` (OpenRouter or any OpenAI-compatible server) or `demo`, the built-in model that needs no key.",
                "`openrouter`; `npm start` uses `demo` when neither a key nor an address is set",
            ),
            worker(
                MODEL_WINDOW,
                "The model's context window in tokens. Older tool outputs are left out of requests that exceed half \
                 of it.",
                "the value in the provider's list of models, else `128000`",
            ),
            worker(
                MODEL_FALLBACKS,
                "Models to use, separated by commas, when the conversation's own model no longer exists or is overloaded.",
                "none",
            ),
            worker(
                MODEL_RETRIES,
                "How often a model call that failed before its first token is repeated, from 0 to 10.",
                "`4`",
            ),
            worker(
                FIRST_TOKEN_TIMEOUT,
                "How many seconds a model may take to begin its answer.",
                "`120`; `600` for servers other than OpenRouter, which may need minutes to read a long conversation",
            ),
            worker(
                STREAM_PAUSE_TIMEOUT,
                "How many seconds a model may pause within its answer.",
                "`120`; `300` for servers other than OpenRouter",
            ),
            worker(
                MODEL_CALL_TIMEOUT,
                "How many seconds a whole model call may take.",
                "`3600`",
            ),
            worker(
                MODEL_MAX_TOKENS,
                "The maximum number of tokens in an answer (`max_tokens`). A longer answer ends there.",
                "none: the limit of the model's server",
            ),
            worker(
                BUDGET_TURN,
                "The budget for a turn in US dollars. Before each model call it is checked against the worst-case cost of that call.",
                "no limit",
            ),
            worker(
                BUDGET_CONVERSATION,
                "The budget for a conversation in US dollars.",
                "no limit",
            ),
            worker(
                BUDGET_DAY,
                "The daily budget for each person in US dollars, which begins at 00:00 UTC, for all of their \
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
                "The maximum number of messages in a conversation; the oldest are deleted first.",
                "all",
            ),
            worker(
                TITLES,
                "Whether the model is asked for a title after the first answer of a conversation, in a separate short call: `on` \
                 or `off`. With `off`, the title is the beginning of the first message.",
                "`off`; `on` for the demo model, which is free",
            ),
        ],
    },
    Group {
        title: "GitHub",
        settings: &[
            secret(
                GITHUB_TOKEN,
                "The token for GitHub: private repositories, pull requests, code search and a higher limit of requests. Everyone \
                 who may use the server can use it. See [GitHub](github.md).",
                "none: only public repositories can be read",
            ),
            worker(
                GITHUB_API_URL,
                "The address of the API of a GitHub Enterprise server, such as `https://git.example.com/api/v3`.",
                "`https://api.github.com`",
            ),
            worker(
                GITHUB_AUTHOR,
                "The author of commits, as `Name <address>`.",
                "the account of the token",
            ),
        ],
    },
    Group {
        title: "Sign-in",
        settings: &[
            worker(
                AUTH,
                "Who may use the server: `none` (everyone who can reach it; only for a server that listens on its own machine), or one \
                 or more of `owner` (people sign in with links), `access` (Cloudflare Access) and `tokens` (programs), \
                 separated by commas.",
                "`none` on its own machine; elsewhere, the server only shows how to set it",
            ),
            secret(
                OWNER_SECRET,
                "For `owner`: the key that signs the owner's sign-in links, a random text of at least 32 characters.",
                "`npm start` creates one and keeps it in the data folder",
            ),
            worker(
                ACCESS_TEAM_DOMAIN,
                "For `access`: the team's domain, such as `team.cloudflareaccess.com`.",
                "none; required",
            ),
            worker(
                ACCESS_AUD,
                "For `access`: the audience tag of the application.",
                "none; required",
            ),
            worker(
                ACCESS_OWNER,
                "For `access`: the owner's e-mail address. Everyone else whom Access admits is a member.",
                "none; required",
            ),
        ],
    },
    Group {
        title: "Access",
        settings: &[
            worker(
                policy::ALLOWED_HOSTS,
                "The server's host names and addresses, separated by commas, such as `coder.example.com` or \
                 `192.168.1.5`. A self-hosted server also answers to `localhost` and other loopback names. A name without a port \
                 covers the default ports and the port that the server listens on; add other ports to the name.",
                "none",
            ),
            worker(
                policy::ALLOWED_ORIGINS,
                "Other origins whose pages may read and change conversations, separated by commas, such as \
                 `https://app.example.com`.",
                "none but the server's own",
            ),
            worker(
                IMAGE_HOSTS,
                "Servers whose pictures in answers are shown at once, separated by commas. Pictures of others are shown on a click.",
                "none",
            ),
            worker(
                FETCH_HOSTS,
                "The hosts that the tool `fetch_url` may reach: `public`, or `any`, which includes the server's own network.",
                "`public`",
            ),
            secret(
                PROXY_SECRET,
                "The secret that a reverse proxy in front of a self-hosted server sends in the header `X-Proxy-Secret`. Only then are its \
                 `X-Forwarded-For` and `X-Forwarded-Proto` trusted. At least 16 characters.",
                "none: such headers are ignored",
            ),
        ],
    },
    Group {
        title: "Limits",
        settings: &[
            worker(
                LIMIT_REQUESTS,
                "The maximum number of requests per minute from one address (for IPv6, one /64), and from one signed-in person at all addresses; \
                 one WebSocket per eight of them. Further requests get 429 and `Retry-After`; `/health` always answers. \
                 `off` means unlimited.",
                "`6000`; `60000` on a private machine without `PROXY_SECRET`",
            ),
            worker(
                LIMIT_MESSAGE_BYTES,
                "The maximum size of a message's text in bytes. Put longer texts in a file of the workspace.",
                "`4000000`",
            ),
            worker(
                LIMIT_CONVERSATION_BYTES,
                "The maximum size of a conversation's messages in bytes of JSON, without its files. A full conversation accepts no \
                 further messages but can still be read.",
                "`64000000`",
            ),
            worker(
                LIMIT_CONNECTIONS,
                "The maximum number of connections to a conversation: tabs and other clients.",
                "`100`",
            ),
            worker(
                LIMIT_QUEUE,
                "The maximum number of queued messages in a conversation.",
                "`100`",
            ),
            worker(
                LIMIT_NEW_CONVERSATIONS,
                "The maximum number of conversations that a signed-in person may begin per hour. The refusal says when the next one may \
                 begin; requests get 429 and `Retry-After`. `off` means unlimited.",
                "`500`",
            ),
            worker(
                LIMIT_CALLS,
                "The maximum number of simultaneous model calls of one person, in all conversations. Further calls wait and are tried again.",
                "`1000`",
            ),
        ],
    },
    Group {
        title: "Operations",
        settings: &[worker(
            LOG_LEVEL,
            "The log level: `error`, `warn` (adds refusals and failures), `info` (adds turns, model calls and tools) or \
             `debug` (adds every request). See [the log lines](operations.md).",
            "`info`",
        )],
    },
    Group {
        title: "Self-hosted servers",
        settings: &[
            scripts(
                "HOST",
                "The address that `npm start` and `npm run dev` listen on.",
                "`127.0.0.1`: only this machine",
            ),
            scripts("PORT", "The port they listen on.", "`8787`"),
            scripts(
                "DATA_DIR",
                "The folder with the conversations. Each server needs its own.",
                "`.data`",
            ),
            scripts(
                "LOG_FORMAT",
                "`text`, or `json` for one object per line.",
                "`text`",
            ),
            scripts(
                "LOG_FILE",
                "A file that also gets the output of `npm start`. At 10 MiB it is renamed to `LOG_FILE.1`; two such files are kept.",
                "none",
            ),
            scripts(
                "HEALTH_DEADLINE",
                "How many seconds `npm start` waits for an answer of its server before it restarts it.",
                "`20`",
            ),
            scripts(
                "DRAIN_SECONDS",
                "How many seconds running requests have to finish when `npm start` is stopped. A second signal stops it at once.",
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
