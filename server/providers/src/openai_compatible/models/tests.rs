//! The lists of each server, as documented, and unusual ones.

use std::{rc::Rc, time::Duration};

use common::{models::Prices, secret::Secret, time::Timestamp};
use serde_json::{Value, json};

use super::*;
use crate::{ProviderError, openai_compatible::ProviderSettings};

macro_rules! fixture {
    ($name:literal) => {
        include_str!(concat!("fixtures/", $name, ".json"))
    };
}

const NOW: Timestamp = Timestamp::from_millis(1_000_000);

fn settings(base_url: &str) -> ProviderSettings {
    ProviderSettings {
        base_url: base_url.to_owned(),
        api_key: Secret::new("sk-1"),
        model: "some/model".to_owned(),
    }
}

fn ok(body: &str) -> Result<ListAnswer, ListFailure> {
    answer(200, body)
}

fn answer(status: u16, body: &str) -> Result<ListAnswer, ListFailure> {
    Ok(ListAnswer {
        status,
        content_type: Some("application/json".to_owned()),
        body: body.as_bytes().to_vec(),
    })
}

/// Runs a listing of the server at `base_url`, which answers with `server`. Also returns the requested paths.
fn walk(
    base_url: &str,
    mut server: impl FnMut(&ListRequest) -> Result<ListAnswer, ListFailure>,
) -> (Result<ModelList, NoList>, Vec<String>) {
    let mut asked = Vec::new();
    let mut step = Listing::begin(&settings(base_url));
    loop {
        match step {
            ListingStep::Ask(listing, requests) => {
                let answers = requests.iter().map(|request| {
                    let method = request.body.as_ref().map_or("GET", |_| "POST");
                    asked.push(format!("{method} {}", request.url));
                    server(request)
                });
                let answers = answers.collect();
                step = listing.answered(answers);
            }
            ListingStep::Done(result) => return (result, asked),
        }
    }
}

/// The list of a server with one page.
fn list(body: &str) -> ModelList {
    let (result, asked) = walk("https://example.com/v1", |_| ok(body));
    assert_eq!(asked, ["GET https://example.com/v1/models"]);
    result.unwrap()
}

fn ids(list: &ModelList) -> Vec<&str> {
    list.models.iter().map(|info| info.id.as_str()).collect()
}

fn named(id: &str) -> ModelInfo {
    ModelInfo {
        id: id.to_owned(),
        name: id.to_owned(),
        ..ModelInfo::default()
    }
}

fn assert_prices(info: &ModelInfo, million: [f64; 2], cached: Option<f64>, write: Option<f64>) {
    let prices = info.prices.unwrap();
    let near = |price: f64, expected: f64| (price * 1e6 - expected).abs() < 1e-6;
    let near_some = |price: Option<f64>, expected: Option<f64>| match (price, expected) {
        (Some(price), Some(expected)) => near(price, expected),
        (price, expected) => price == expected,
    };
    assert!(near(prices.input, million[0]), "{prices:?}");
    assert!(near(prices.output, million[1]), "{prices:?}");
    assert!(near_some(prices.cached_input, cached), "{prices:?}");
    assert!(near_some(prices.cache_write, write), "{prices:?}");
}

#[test]
fn openrouter_tells_everything() {
    let list = list(fixture!("openrouter"));
    assert_eq!(
        ids(&list),
        [
            "anthropic/claude-sonnet-4.5",
            "deepseek/deepseek-chat-v3.1:free",
            "openrouter/auto",
            "google/gemini-2.5-flash-image",
        ]
    );
    let claude = list.find("anthropic/claude-sonnet-4.5").unwrap();
    assert_eq!(claude.name, "Anthropic: Claude Sonnet 4.5");
    assert_eq!(
        (claude.context, claude.max_output),
        (Some(1_000_000), Some(64_000))
    );
    assert_eq!((claude.images, claude.files), (Some(true), Some(true)));
    assert_eq!((claude.tools, claude.reasoning), (Some(true), Some(true)));
    assert_prices(&claude, [3.0, 15.0], Some(0.3), Some(3.75));
    let prices = claude.prices.unwrap();
    assert_eq!(
        (prices.reasoning, prices.request, prices.image),
        (None, 0.0, 0.0048)
    );

    let free = list.find("deepseek/deepseek-chat-v3.1:free").unwrap();
    assert_eq!(free.prices, Some(Prices::default()));
    assert_eq!(free.context, Some(65_536), "what its provider takes");
    assert_eq!((free.tools, free.images), (Some(false), Some(false)));

    let auto = list.find("openrouter/auto").unwrap();
    assert_eq!(auto.prices, None, "the price depends on its choice");
}

#[test]
fn a_wish_of_how_to_be_served_is_the_same_model_at_an_unknown_price() {
    let list = list(fixture!("openrouter"));
    let quick = list.find("anthropic/claude-sonnet-4.5:nitro").unwrap();
    assert_eq!((quick.context, quick.prices), (Some(1_000_000), None));
    assert_eq!(list.find("anthropic/claude"), None);
}

#[test]
fn openai_tells_ids_alone() {
    let list = list(fixture!("openai"));
    assert_eq!(
        ids(&list),
        ["gpt-4o", "gpt-5.1", "o4-mini", "ft:gpt-4o-mini:acme::Ab1"]
    );
    assert_eq!(list.find("gpt-4o"), Some(named("gpt-4o")));
    assert_eq!(
        ids(&self::list(fixture!("deepseek"))),
        ["deepseek-chat", "deepseek-reasoner"]
    );
}

#[test]
fn llama_cpp_is_asked_how_it_was_started() {
    for (base, props) in [
        (
            "http://127.0.0.1:8080/v1",
            "GET http://127.0.0.1:8080/props",
        ),
        ("http://127.0.0.1:8080", "GET http://127.0.0.1:8080/props"),
    ] {
        let (result, asked) = walk(base, |request| {
            if request.url.ends_with("/props") {
                ok(fixture!("llama-cpp-props"))
            } else {
                ok(fixture!("llama-cpp"))
            }
        });
        assert_eq!(asked, [format!("GET {base}/models"), props.to_owned()]);
        let list = result.unwrap();
        let expected = ModelInfo {
            context: Some(4_096),
            images: Some(false),
            tools: Some(true),
            ..named("SmolLM2-360M-Instruct-Q8_0.gguf")
        };
        let found = list.find("whatever");
        assert_eq!(found.as_ref(), Some(&expected), "it answers to any name");
        assert_eq!(list.models, [expected]);
    }
}

#[test]
fn llama_cpp_without_its_second_page_is_listed_all_the_same() {
    for refusal in [
        answer(404, "{}"),
        ok("nonsense"),
        Err(ListFailure::Late { seconds: 8 }),
    ] {
        let (result, _) = walk("http://127.0.0.1:8080/v1", |request| {
            if request.url.ends_with("/props") {
                refusal.clone()
            } else {
                ok(fixture!("llama-cpp"))
            }
        });
        assert_eq!(result.unwrap().models[0].context, Some(8_192));
    }
}

#[test]
fn a_router_of_llama_cpp_is_not_made_to_load_a_model() {
    let (result, asked) = walk("http://127.0.0.1:8080/v1", |_| {
        ok(fixture!("llama-cpp-router"))
    });
    assert_eq!(asked.len(), 1);
    let list = result.unwrap();
    assert_eq!(list.models.len(), 2);
    assert_eq!(list.find("whatever"), None);
}

#[test]
fn vllm_tells_its_window() {
    let list = list(fixture!("vllm"));
    assert_eq!(list.find("Qwen/Qwen3-8B").unwrap().context, Some(40_960));
}

#[test]
fn ollama_is_asked_about_each_model() {
    let (result, asked) = walk("http://localhost:11434/v1", |request| {
        let model = request.body.as_deref().unwrap_or_default();
        match request.url.as_str() {
            "http://localhost:11434/v1/models" => ok(fixture!("ollama")),
            "http://localhost:11434/api/ps" => ok(fixture!("ollama-ps")),
            _ if model.contains("qwen3") => ok(fixture!("ollama-show-qwen3")),
            _ if model.contains("gemma3") => ok(fixture!("ollama-show-gemma3")),
            _ if model.contains("minilm") => ok(fixture!("ollama-show-all-minilm")),
            _ => answer(404, "{}"),
        }
    });
    assert_eq!(asked.len(), 6, "{asked:?}");
    assert_eq!(asked[2], "POST http://localhost:11434/api/show");
    let list = result.unwrap();
    let qwen = ModelInfo {
        context: Some(4_096),
        images: Some(false),
        tools: Some(true),
        reasoning: Some(true),
        ..named("qwen3:8b")
    };
    let gemma = ModelInfo {
        context: Some(8_192),
        images: Some(true),
        tools: Some(false),
        reasoning: Some(false),
        ..named("gemma3:4b")
    };
    assert_eq!(list.models, [qwen, gemma, named("llama3.2:latest")]);
    assert_eq!(list.find("llama3.2"), Some(named("llama3.2:latest")));
}

#[test]
fn many_models_of_ollama_are_bounded() {
    let entries: Vec<Value> = (0..500)
        .map(|number| json!({"id": format!("m{number}"), "owned_by": "library"}))
        .collect();
    let body = json!({ "data": entries }).to_string();
    let (result, asked) = walk("http://localhost:11434/v1", |request| {
        if request.url.ends_with("/v1/models") {
            ok(&body)
        } else {
            Err(ListFailure::Unreachable("reset".to_owned()))
        }
    });
    assert_eq!(result.unwrap().models.len(), 500);
    assert_eq!(asked.len(), 52);
}

#[test]
fn lm_studio_has_a_list_of_its_own() {
    let (result, asked) = walk("http://localhost:1234/v1", |request| {
        if request.url.ends_with("/api/v0/models") {
            ok(fixture!("lm-studio-v0"))
        } else {
            ok(fixture!("lm-studio"))
        }
    });
    assert_eq!(asked[1], "GET http://localhost:1234/api/v0/models");
    let seeing = ModelInfo {
        context: Some(32_768),
        images: Some(true),
        ..named("qwen2-vl-7b-instruct")
    };
    let loaded = ModelInfo {
        context: Some(8_192),
        tools: Some(true),
        ..named("meta-llama-3.1-8b-instruct")
    };
    assert_eq!(result.unwrap().models, [seeing, loaded]);

    let (older, _) = walk("http://localhost:1234/v1", |request| {
        if request.url.ends_with("/api/v0/models") {
            answer(200, r#"{"error":"Unexpected endpoint"}"#)
        } else {
            ok(fixture!("lm-studio"))
        }
    });
    assert_eq!(
        ids(&older.unwrap()),
        ["qwen2-vl-7b-instruct", "meta-llama-3.1-8b-instruct"]
    );
}

#[test]
fn mistral_groq_and_gemini() {
    let mistral = ModelInfo {
        context: Some(131_072),
        images: Some(true),
        tools: Some(true),
        ..named("mistral-medium-2508")
    };
    assert_eq!(list(fixture!("mistral")).models, [mistral]);
    let groq = ModelInfo {
        context: Some(131_072),
        max_output: Some(65_536),
        ..named("openai/gpt-oss-120b")
    };
    assert_eq!(list(fixture!("groq")).models, [groq]);
    let gemini = list(fixture!("gemini"));
    let pro = ModelInfo {
        name: "Gemini 2.5 Pro".to_owned(),
        ..named("gemini-2.5-pro")
    };
    let preview = ModelInfo {
        context: Some(1_048_576),
        max_output: Some(65_536),
        ..named("gemini-3-pro-preview")
    };
    assert_eq!(gemini.models, [pro.clone(), preview]);
    assert_eq!(gemini.find("models/gemini-2.5-pro"), Some(pro));
}

#[test]
fn together_writes_prices_of_a_million() {
    let list = list(fixture!("together"));
    assert_eq!(
        ids(&list),
        ["deepseek-ai/DeepSeek-V3.1", "meta-llama/Llama-Dedicated"]
    );
    let deepseek = &list.models[0];
    assert_eq!(
        (deepseek.name.as_str(), deepseek.context),
        ("DeepSeek V3.1", Some(131_072))
    );
    assert_prices(deepseek, [0.6, 1.7], None, None);
    assert_eq!(list.models[1].prices, None, "it is paid by the hour");
}

#[test]
fn prices_in_every_spelling() {
    let price = |pricing: Value| {
        let list = list(&json!([{"id": "m", "pricing": pricing}]).to_string());
        list.models[0]
            .prices
            .map(|prices| (prices.input * 1e6, prices.output * 1e6))
    };
    let near =
        |price: Option<(f64, f64)>| price.map(|(i, o)| ((i * 1e3).round(), (o * 1e3).round()));
    assert_eq!(
        near(price(
            json!({"prompt": "0.000003", "completion": "0.000015"})
        )),
        Some((3e3, 15e3))
    );
    assert_eq!(
        near(price(json!({"prompt": 3e-6, "completion": 15e-6}))),
        Some((3e3, 15e3))
    );
    assert_eq!(
        near(price(json!({"input": "0.000003", "output": "0.000015"}))),
        Some((3e3, 15e3))
    );
    assert_eq!(
        near(price(json!({"input": 3, "output": 15}))),
        Some((3e3, 15e3))
    );
    assert_eq!(
        near(price(json!({"input": 0.005, "output": 0.009}))),
        Some((5.0, 9.0))
    );
    assert_eq!(
        near(price(json!({"input_tokens": 3.0, "output_tokens": 15}))),
        Some((3e3, 15e3))
    );
    for odd in [
        json!(null),
        json!({}),
        json!({"prompt": "0.1"}),
        json!({"prompt": "free", "completion": "free"}),
        json!({"prompt": "-1", "completion": "-1"}),
        json!({"prompt": "NaN", "completion": "inf"}),
        json!({"prompt": [], "completion": {}}),
        json!("0.1"),
    ] {
        assert_eq!(price(odd.clone()), None, "{odd}");
    }
}

#[test]
fn odd_entries_cost_no_others() {
    let body = json!({"data": [
        null, 1, "model", [], {}, {"id": ""}, {"id": 7}, {"id": "x".repeat(301)}, {"id": "a\nb"},
        {"id": "good", "context_length": "32768", "top_provider": 3, "pricing": [], "architecture": null,
         "supported_parameters": "tools", "capabilities": 1, "meta": [], "name": {}, "type": 4},
        {"id": "good", "context_length": 1},
        {"id": "zero", "context_length": 0, "max_completion_tokens": -5, "meta": {"n_ctx_train": 2048.0}},
    ]});
    let list = list(&body.to_string());
    assert_eq!(ids(&list), ["good", "zero"]);
    assert_eq!(list.skipped, 9);
    let good = ModelInfo {
        context: Some(32_768),
        ..named("good")
    };
    assert_eq!(list.models[0], good);
    assert_eq!(
        (list.models[1].context, list.models[1].max_output),
        (Some(2_048), None)
    );
}

#[test]
fn json_that_is_not_strict_costs_no_list() {
    let body = r#"{"data":[{"id":"a","description":"half \ud83d","score":NaN},{"id":"b"}]}"#;
    assert_eq!(ids(&list(body)), ["a", "b"]);
    let bytes = Ok(ListAnswer {
        status: 200,
        content_type: None,
        body: b"{\"data\":[{\"id\":\"a\",\"description\":\"\xff\"}]}".to_vec(),
    });
    let (result, _) = walk("https://example.com/v1", |_| bytes.clone());
    assert_eq!(ids(&result.unwrap()), ["a"]);
}

#[test]
fn every_beginning_of_a_list_is_read_or_refused() {
    for body in [
        fixture!("openrouter"),
        fixture!("together"),
        fixture!("llama-cpp"),
    ] {
        for at in (0..body.len()).filter(|at| body.is_char_boundary(*at)) {
            let (result, _) = walk("https://example.com/v1", |_| ok(&body[..at]));
            if let Ok(list) = result {
                assert_eq!(body[..at].trim(), body.trim(), "{list:?}");
            }
        }
    }
}

#[test]
fn a_response_without_a_list_is_explained() {
    let error = |answer: Result<ListAnswer, ListFailure>| {
        walk("https://example.com/v1", |_| answer.clone())
            .0
            .unwrap_err()
    };
    assert_eq!(
        error(answer(404, "nope")),
        NoList::NoSuchPage { status: 404 }
    );
    assert_eq!(error(ok("<html></html>")), NoList::NotAList);
    assert_eq!(error(ok(r#"{"data": {}}"#)), NoList::NotAList);
    assert_eq!(
        error(Err(ListFailure::Late { seconds: 8 })),
        NoList::Late { seconds: 8 }
    );
    let unauthorized = error(answer(401, r#"{"error":{"message":"bad key sk-1"}}"#));
    assert!(matches!(
        unauthorized,
        NoList::Provider(ProviderError::Unauthorized { .. })
    ));
    assert!(!unauthorized.to_string().contains("sk-1"));
    let down = error(Err(ListFailure::Unreachable(
        "connect: sk-1 refused".to_owned(),
    )));
    assert!(matches!(
        down,
        NoList::Provider(ProviderError::Unreachable { .. })
    ));
    assert!(!down.to_string().contains("sk-1"));
    assert_eq!(
        walk("https://example.com/v1", |_| ok("[]")).0,
        Ok(ModelList::default())
    );
}

#[test]
fn the_key_is_sent_and_not_shown() {
    let ListingStep::Ask(_, requests) = Listing::begin(&settings("https://example.com/v1")) else {
        panic!("a request");
    };
    let authorization = ("Authorization", "Bearer sk-1".to_owned());
    assert!(requests[0].headers.contains(&authorization));
    assert!(!format!("{requests:?}").contains("sk-1"));
}

#[test]
fn a_stored_list_is_read_again() {
    let list = list(fixture!("openrouter"));
    let json = serde_json::to_string(&list).unwrap();
    assert_eq!(serde_json::from_str::<ModelList>(&json).unwrap(), list);
    let short = serde_json::to_string(&named("m")).unwrap();
    assert_eq!(short, r#"{"id":"m","name":"m"}"#);
}

fn after(seconds: u64) -> Timestamp {
    NOW + Duration::from_secs(seconds)
}

#[test]
fn a_list_is_good_for_an_hour_and_kept_while_the_server_is_down() {
    let mut kept = Kept::default();
    assert!(kept.is_due(NOW, Refresh::WhenDue));
    assert_eq!(kept.lookup(NOW), Lookup::default());
    kept.fetched(NOW, Ok(ModelList::of(vec![named("m")])));
    assert!(!kept.is_due(after(3_599), Refresh::WhenDue));
    assert!(!kept.lookup(after(3_599)).stale);
    assert!(kept.is_due(after(3_600), Refresh::WhenDue));
    assert!(kept.lookup(after(3_600)).stale);

    kept.fetched(after(4_000), Err(NoList::NotAList));
    let lookup = kept.lookup(after(4_001));
    assert_eq!(lookup.list.unwrap().0, NOW, "its age is reported");
    assert_eq!((lookup.stale, lookup.error), (true, Some(NoList::NotAList)));
    assert!(
        !kept.is_due(after(4_059), Refresh::WhenDue),
        "a server that is down is left alone"
    );
    assert!(kept.is_due(after(4_060), Refresh::WhenDue));

    kept.fetched(after(4_100), Ok(ModelList::default()));
    let lookup = kept.lookup(after(4_100));
    assert_eq!((lookup.stale, lookup.error), (false, None));
}

#[test]
fn a_demanded_list_is_fetched_again_but_not_too_often() {
    let mut kept = Kept::default();
    kept.fetched(NOW, Ok(ModelList::default()));
    assert!(!kept.is_due(after(4), Refresh::Now));
    assert!(kept.is_due(after(5), Refresh::Now));
    kept.fetched(after(5), Err(NoList::NotAList));
    assert!(!kept.is_due(after(9), Refresh::Now));
    assert!(kept.is_due(after(10), Refresh::Now));
}

#[test]
fn a_stored_list_never_replaces_a_later_one() {
    let mut kept = Kept::default();
    let list = |id| ModelList::of(vec![named(id)]);
    kept.recall(after(10), list("stored"));
    kept.recall(after(5), list("older"));
    assert_eq!(
        kept.lookup(NOW).list,
        Some((after(10), Rc::new(list("stored"))))
    );
    kept.fetched(after(20), Ok(list("fetched")));
    kept.recall(after(15), list("stored"));
    assert_eq!(
        kept.lookup(NOW).list,
        Some((after(20), Rc::new(list("fetched"))))
    );
}

#[test]
fn callers_at_the_same_time_share_a_fetch() {
    let mut sharing = Sharing::default();
    assert_eq!(sharing.join(1), Joined::First);
    assert_eq!(sharing.join(2), Joined::Later);
    assert_eq!(sharing.join(3), Joined::Later);
    assert_eq!(sharing.end(), [1, 2, 3]);
    assert_eq!(sharing.join(4), Joined::First);
}

#[test]
fn an_unpublished_price_is_zero_on_a_private_server() {
    let price = |base_url: &str, info: Option<&ModelInfo>| pricing(&settings(base_url), info);
    for base_url in [
        "http://localhost:11434/v1",
        "http://127.0.0.1:8080/v1",
        "http://192.168.1.5:8000/v1",
        "http://[::1]:8080/v1",
        "http://ollama:11434/v1",
        "https://models.internal/v1",
    ] {
        assert_eq!(
            price(base_url, Some(&named("m"))),
            Pricing::Free,
            "{base_url}"
        );
        assert_eq!(price(base_url, None), Pricing::Free, "{base_url}");
    }
    for base_url in ["https://openrouter.ai/api/v1", "https://api.openai.com/v1"] {
        assert_eq!(
            price(base_url, Some(&named("m"))),
            Pricing::Unknown,
            "{base_url}"
        );
    }
    let priced = ModelInfo {
        prices: Some(Prices::default()),
        ..named("m")
    };
    let known = Pricing::Known(Prices::default());
    assert_eq!(price("https://openrouter.ai/api/v1", Some(&priced)), known);
    assert_eq!(price("http://localhost:4000/v1", Some(&priced)), known);
}
