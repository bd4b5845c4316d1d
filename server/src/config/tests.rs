//! Settings: their parsing, and the errors for invalid values.

use ::limits::{Rate, RequestRates};
use agent::{AllowedModels, ConversationLimits, ModelOptions};
use common::secret::Secret;
use providers::openai_compatible::ProviderSettings;

use super::{settings::*, sign_in::LISTENS_ON, *};
use crate::door::{Host, Origin};

/// Former names, looked up to point to the present ones.
const FORMER: &[&str] = &["CORS_ORIGIN"];

fn parse(settings: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::parse(|name| {
        let is_no_setting = name == LISTENS_ON || FORMER.contains(&name);
        assert!(
            is_no_setting || is_read_by_worker(name),
            "{name} is not documented"
        );
        settings
            .iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    })
}

fn server(settings: &[(&str, &str)]) -> ProviderSettings {
    match parse(settings).unwrap().provider {
        Provider::OpenAiCompatible(settings) => settings,
        Provider::Demo => panic!("demo"),
    }
}

fn error(settings: &[(&str, &str)]) -> String {
    parse(settings).unwrap_err().to_string()
}

#[test]
fn nothing_set_is_openrouter_without_a_key() {
    let config = parse(&[]).unwrap();
    let expected = ProviderSettings {
        base_url: "https://openrouter.ai/api/v1".into(),
        api_key: None,
        model: "openrouter/auto".into(),
    };
    assert_eq!(
        config,
        Config {
            provider: Provider::OpenAiCompatible(expected),
            system_prompt_extra: None,
            names: Names::default(),
            image_hosts: Vec::new(),
            model_window: None,
            hosts: Hosts::Public,
            github: GithubSettings::default(),
            log: Level::Info,
            proxy_secret: None,
            agent: AgentOptions {
                model: ModelOptions {
                    default: "openrouter/auto".into(),
                    allowed: AllowedModels::Listed(Vec::new()),
                    ..ModelOptions::default()
                },
                titles: false,
                ..AgentOptions::default()
            },
            new_conversations: Some(Rate::per_hour(500)),
            calls_at_once: 1_000,
            requests: Some(RequestRates::per_minute(6_000)),
        }
    );
    assert_eq!(config.readiness(), Err(SetupProblem::MissingKey));
    assert!(
        SetupProblem::MissingKey
            .to_string()
            .starts_with("OPENROUTER_API_KEY is not set")
    );
}

#[test]
fn the_models_that_clients_may_name_are_the_owners_where_strangers_ask() {
    let allowed = |settings: &[(&str, &str)]| parse(settings).unwrap().agent.model.allowed;
    let own = AllowedModels::Listed(Vec::new());
    let secret = (OWNER_SECRET, "a secret of at least thirty-two characters");
    for (settings, expected) in [
        (vec![], own.clone()),
        (vec![(LISTENS_ON, "network")], own.clone()),
        (vec![(AUTH, "none")], own.clone()),
        (vec![(AUTH, "owner, none"), secret], own.clone()),
        (vec![(LISTENS_ON, "loopback")], AllowedModels::OfProvider),
        (vec![(AUTH, "owner,tokens")], own.clone()),
        (
            vec![(AUTH, "owner,tokens"), secret],
            AllowedModels::OfProvider,
        ),
        (vec![(PROVIDER, "demo")], AllowedModels::OfProvider),
    ] {
        assert_eq!(allowed(&settings), expected, "{settings:?}");
    }
    let listed = [(MODELS, " a/* ,b,, b"), (LISTENS_ON, "loopback")];
    let expected = AllowedModels::Listed(vec!["a/*".to_owned(), "b".to_owned()]);
    assert_eq!(allowed(&listed), expected);
}

#[test]
fn everything_set() {
    let config = parse(&[
        (PROVIDER, " OpenRouter "),
        (OPENROUTER_API_KEY, " sk-1\n"),
        (OPENROUTER_BASE_URL, "https://openrouter.ai/api/v1/"),
        (MODEL, "some/model"),
        (SYSTEM_PROMPT_EXTRA, " Be brief.\n"),
        ("ALLOWED_HOSTS", "coder.example.com"),
        ("ALLOWED_ORIGINS", "https://app.example.com/"),
        ("IMAGE_HOSTS", "Images.example.com, i.example:8080"),
        (CONCURRENCY, "Latest"),
        (MAX_MESSAGES, "100"),
        (MODEL_WINDOW, "1000000"),
        (FETCH_HOSTS, "Any"),
        (LOG_LEVEL, "Debug"),
        (PROXY_SECRET, "0123456789abcdef"),
        ("MODELS", "some/*"),
        ("MODEL_FALLBACKS", " some/other , ,third,some/other"),
        ("MODEL_RETRIES", "0"),
        ("FIRST_TOKEN_TIMEOUT", "30"),
        ("STREAM_PAUSE_TIMEOUT", "20"),
        ("MODEL_CALL_TIMEOUT", "900"),
        ("MODEL_MAX_TOKENS", "4000"),
        ("BUDGET_TURN", "0.5"),
        ("BUDGET_CONVERSATION", "10"),
        ("BUDGET_DAY", "25"),
        ("LIMIT_REQUESTS", "OFF"),
        ("LIMIT_MESSAGE_BYTES", "2000"),
        ("LIMIT_CONVERSATION_BYTES", "5000000"),
        ("LIMIT_QUEUE", "3"),
        ("LIMIT_NEW_CONVERSATIONS", "20"),
        ("LIMIT_CALLS", "7"),
        ("TITLES", "On"),
        ("LIMIT_CONNECTIONS", "4"),
    ])
    .unwrap();
    let expected = ProviderSettings {
        base_url: "https://openrouter.ai/api/v1".into(),
        api_key: Secret::new("sk-1"),
        model: "some/model".into(),
    };
    assert_eq!(
        config,
        Config {
            provider: Provider::OpenAiCompatible(expected),
            system_prompt_extra: Some("Be brief.".into()),
            names: Names {
                hosts: vec![Host::parse("coder.example.com").unwrap()],
                origins: vec![Origin::parse("https://app.example.com").unwrap()],
            },
            image_hosts: vec!["images.example.com".into(), "i.example".into()],
            model_window: Some(1_000_000),
            hosts: Hosts::Any,
            github: GithubSettings::default(),
            log: Level::Debug,
            proxy_secret: Secret::new("0123456789abcdef"),
            agent: AgentOptions {
                concurrency: Concurrency::Latest,
                max_messages: Some(100),
                model: ModelOptions {
                    default: "some/model".into(),
                    allowed: AllowedModels::Listed(vec!["some/*".into()]),
                    fallbacks: vec!["some/other".into(), "third".into()],
                    retries: 0,
                    first_token: Duration::from_secs(30),
                    pause: Duration::from_secs(20),
                    whole_call: Duration::from_secs(900),
                    max_tokens: Some(4_000),
                    budget_turn_usd: Some(0.5),
                    budget_conversation_usd: Some(10.0),
                    budget_day_usd: Some(25.0),
                },
                limits: ConversationLimits {
                    message_bytes: 2_000,
                    conversation_bytes: 5_000_000,
                    queue: 3,
                    connections: 4,
                    ..ConversationLimits::DEFAULT
                },
                titles: true,
                ..AgentOptions::default()
            },
            new_conversations: Some(Rate::per_hour(20)),
            calls_at_once: 7,
            requests: None,
        }
    );
    assert_eq!(config.readiness(), Ok(()));
    assert!(!format!("{config:?}").contains("sk-1"));
}

#[test]
fn blank_is_missing() {
    let blank = [
        (PROVIDER, ""),
        (OPENROUTER_API_KEY, "  "),
        (OPENROUTER_BASE_URL, " "),
        (MODEL, "\t"),
        (SYSTEM_PROMPT_EXTRA, "\n"),
        ("ALLOWED_HOSTS", " "),
        ("ALLOWED_ORIGINS", " , "),
        ("IMAGE_HOSTS", ","),
        (CONCURRENCY, " "),
        (MAX_MESSAGES, ""),
        (MODEL_WINDOW, ""),
        (FETCH_HOSTS, " "),
        ("MODEL_FALLBACKS", " , "),
        ("MODEL_RETRIES", " "),
        ("FIRST_TOKEN_TIMEOUT", ""),
        ("STREAM_PAUSE_TIMEOUT", ""),
        ("MODEL_CALL_TIMEOUT", ""),
        ("MODEL_MAX_TOKENS", " "),
        ("BUDGET_TURN", " "),
        ("BUDGET_CONVERSATION", ""),
        ("LIMIT_REQUESTS", ""),
        ("LIMIT_MESSAGE_BYTES", ""),
        ("LIMIT_QUEUE", " "),
        ("LIMIT_CALLS", " "),
        ("LIMIT_CONNECTIONS", " "),
    ];
    assert_eq!(parse(&blank), parse(&[]));
}

#[test]
fn only_openrouter_insists_on_a_key() {
    let readiness = |base_url| {
        parse(&[(OPENROUTER_BASE_URL, base_url)])
            .unwrap()
            .readiness()
    };
    assert_eq!(readiness("http://localhost:11434/v1"), Ok(()));
    assert_eq!(readiness("https://openrouter.ai.example.com/v1"), Ok(()));
    assert_eq!(
        readiness("HTTPS://OpenRouter.ai:443/api/v1"),
        Err(SetupProblem::MissingKey)
    );
    assert_eq!(
        readiness("https://eu.openrouter.ai/api/v1"),
        Err(SetupProblem::MissingKey)
    );
}

#[test]
fn demo_needs_nothing_and_ignores_the_rest() {
    let config = parse(&[(PROVIDER, "demo"), (OPENROUTER_BASE_URL, "nonsense")]).unwrap();
    assert_eq!(
        (&config.provider, config.readiness()),
        (&Provider::Demo, Ok(()))
    );
}

#[test]
fn every_name_parses_to_the_provider_of_that_name() {
    for name in Provider::NAMES {
        assert_eq!(parse(&[(PROVIDER, name)]).unwrap().provider.name(), *name);
    }
}

#[test]
fn an_unknown_provider_is_refused_with_the_known_ones() {
    assert_eq!(
        error(&[(PROVIDER, "openai")]),
        "PROVIDER is `openai`, but only `openrouter` and `demo` exist. For any OpenAI-compatible server keep `openrouter` and \
         set OPENROUTER_BASE_URL."
    );
}

#[test]
fn base_urls() {
    let check = |value, expected: &str| {
        assert_eq!(server(&[(OPENROUTER_BASE_URL, value)]).base_url, expected)
    };
    check("http://127.0.0.1:8080/v1//", "http://127.0.0.1:8080/v1");
    check("HTTP://[::1]:8080", "http://[::1]:8080");
    check(
        "https://api.example.com/v1/chat/completions/",
        "https://api.example.com/v1",
    );
    for value in [
        "localhost:11434/v1",
        "ftp://example.com",
        "https://",
        "https:///v1",
        "http://:80/v1",
    ] {
        assert!(
            error(&[(OPENROUTER_BASE_URL, value)])
                .starts_with("OPENROUTER_BASE_URL is not a usable address"),
            "{value}"
        );
    }
    for value in [
        "https://a b/v1",
        "https://example.com/v1?key=1",
        "https://example.com/#x",
    ] {
        assert!(
            error(&[(OPENROUTER_BASE_URL, value)]).contains("contains"),
            "{value}"
        );
    }
    let password = error(&[(OPENROUTER_BASE_URL, "https://me:hunter2@example.com/v1")]);
    assert!(
        password.contains("user name") && !password.contains("hunter2"),
        "{password}"
    );
}

#[test]
fn a_setting_of_the_door_that_cannot_be_read_is_an_error() {
    assert!(error(&[("ALLOWED_ORIGINS", "true")]).starts_with("ALLOWED_ORIGINS contains `true`"));
    assert!(
        error(&[("CORS_ORIGIN", "*")]).starts_with("CORS_ORIGIN is now called ALLOWED_ORIGINS")
    );
}

#[test]
fn a_key_with_a_space_inside_is_refused_without_being_shown() {
    for key in ["Bearer sk-1", "sk-1\r\nX-Evil: 1", "sk–1"] {
        let error = error(&[(OPENROUTER_API_KEY, key)]);
        assert!(
            error.starts_with("OPENROUTER_API_KEY contains") && !error.contains("1"),
            "{error}"
        );
    }
}

#[test]
fn concurrency_has_modes() {
    let mode = |mode| parse(&[(CONCURRENCY, mode)]).map(|config| config.agent.concurrency);
    let debounce = |ms| Ok(Concurrency::Debounce(Duration::from_millis(ms)));
    assert_eq!(mode("merge"), Ok(Concurrency::Merge));
    assert_eq!(mode("drop"), Ok(Concurrency::Drop));
    assert_eq!(mode("debounce: 200"), debounce(200));
    for default in ["debounce", "debounce:", "debounce:0", "debounce:soon"] {
        assert_eq!(mode(default), debounce(750), "{default}");
    }
    assert!(
        mode("all")
            .unwrap_err()
            .to_string()
            .starts_with("CONCURRENCY is `all`")
    );
}

#[test]
fn titles_are_on_or_off() {
    let titles = |value| parse(&[(TITLES, value)]).map(|config| config.agent.titles);
    assert_eq!((titles("ON"), titles("off")), (Ok(true), Ok(false)));
    let demo = |rest: &[(&str, &str)]| {
        let settings = [&[(PROVIDER, "demo")], rest].concat();
        parse(&settings).unwrap().agent.titles
    };
    assert_eq!((demo(&[]), demo(&[(TITLES, "off")])), (true, false));
    let error = titles("no").unwrap_err().to_string();
    assert_eq!(error, "TITLES is `no`, but only `on` and `off` exist.");
}

#[test]
fn a_window_has_room_and_hosts_are_known_ones() {
    for value in ["0", "15999", "128k", "-1"] {
        assert!(
            error(&[(MODEL_WINDOW, value)]).starts_with("MODEL_WINDOW is"),
            "{value}"
        );
    }
    assert_eq!(
        error(&[(PROXY_SECRET, "0123456789abcde")]),
        "PROXY_SECRET is too short: it must have 16 characters or more."
    );
    assert!(error(&[(LOG_LEVEL, "loud")]).starts_with("LOG_LEVEL is `loud`"));
    assert!(error(&[(FETCH_HOSTS, "private")]).starts_with("FETCH_HOSTS is `private`"));
}

#[test]
fn the_limit_of_messages_leaves_room_for_a_question_and_its_answer() {
    for value in ["0", "1", "-3", "many"] {
        assert!(
            error(&[(MAX_MESSAGES, value)]).starts_with("MAX_MESSAGES is"),
            "{value}"
        );
    }
}

#[test]
fn a_private_server_may_take_longer() {
    let waits = |settings: &[(&str, &str)]| {
        let model = parse(settings).unwrap().agent.model;
        [model.first_token, model.pause, model.whole_call].map(|wait| wait.as_secs())
    };
    assert_eq!(waits(&[]), [120, 120, 3600]);
    assert_eq!(waits(&[(PROVIDER, "demo")]), [120, 120, 3600]);
    let own = (OPENROUTER_BASE_URL, "http://localhost:11434/v1");
    assert_eq!(waits(&[own]), [600, 300, 3600]);
    assert_eq!(
        waits(&[own, ("FIRST_TOKEN_TIMEOUT", "5")]),
        [5, 300, 3600],
        "what is set wins"
    );
}

#[test]
fn numbers_keep_to_their_bounds() {
    for (name, values) in [
        ("MODEL_RETRIES", ["11", "-1", "2.5", "many"]),
        ("FIRST_TOKEN_TIMEOUT", ["0", "86401", "2m", "1.5"]),
        ("STREAM_PAUSE_TIMEOUT", ["0", "86401", "2m", "1.5"]),
        ("MODEL_CALL_TIMEOUT", ["0", "86401", "2m", "1.5"]),
        ("MODEL_MAX_TOKENS", ["0", "-1", "many", "1e3"]),
        ("BUDGET_TURN", ["0", "-1", "inf", "$5"]),
        ("BUDGET_CONVERSATION", ["0", "-1", "NaN", "1,50"]),
        ("BUDGET_DAY", ["0", "-1", "-inf", "5 USD"]),
    ] {
        for value in values {
            let error = error(&[(name, value)]);
            let beginning = format!("{name} is `{value}`, but it must be ");
            assert!(error.starts_with(&beginning), "{error}");
        }
    }
}

#[test]
fn the_window_is_the_configured_or_the_listed_one() {
    let window = |settings, listed| parse(settings).unwrap().window(listed);
    assert_eq!(window(&[], None), 128_000);
    assert_eq!(window(&[], Some(4_096)), 4_096);
    assert_eq!(window(&[(MODEL_WINDOW, "64000")], Some(4_096)), 64_000);
}
