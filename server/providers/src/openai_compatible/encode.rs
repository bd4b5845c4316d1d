//! Encodes a model request as an HTTP request.

use std::fmt;

use common::{state::Effort, tool::ToolSchema};
use serde::Serialize;

use super::{
    ProviderSettings, Trait, Traits,
    message::{Message, messages},
};
use crate::{MaxPrice, ModelRequest};

/// OpenRouter groups its statistics by app: the title is shown, and the address only has to be present. This is
/// Coder's default address.
const ATTRIBUTION: [(&str, &str); 2] = [
    ("HTTP-Referer", "http://localhost:8787"),
    ("X-Title", "Coder"),
];

/// A POST request for the edge to send. `Debug` shows only the names of the headers, since one of them contains the
/// key.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// The URL.
    pub url: String,
    /// The headers: names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The JSON body.
    pub body: String,
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| *name).collect();
        f.debug_struct("HttpRequest")
            .field("url", &self.url)
            .field("headers", &names)
            .field("body", &self.body)
            .finish()
    }
}

/// The HTTP request to the server of `settings` for an answer to `request`, streamed if possible, without unsupported
/// features.
#[must_use]
pub fn encode(request: &ModelRequest, settings: &ProviderSettings, traits: &Traits) -> HttpRequest {
    let is_openrouter = settings.is_openrouter();
    let streams = traits.takes(&Trait::Streaming);
    let accepts = if streams {
        "text/event-stream"
    } else {
        "application/json"
    };
    let mut headers = vec![
        ("Content-Type", "application/json".to_owned()),
        ("Accept", accepts.to_owned()),
    ];
    if let Some(key) = &settings.api_key {
        headers.push(("Authorization", format!("Bearer {}", key.expose())));
    }
    if is_openrouter {
        headers.extend(ATTRIBUTION.map(|(name, value)| (name, value.to_owned())));
    }
    let tools = Some(&request.tools).filter(|_| traits.takes(&Trait::Tools));
    let field = |name: &str, is_wanted: bool| is_wanted && traits.takes_field(name);
    // OpenAI's newer models accept only the second name, most other servers only the first.
    let max_tokens = field("max_tokens", request.max_tokens.is_some());
    let max_completion_tokens = field("max_completion_tokens", !max_tokens);
    let effort = request.effort.map(Effort::as_str);
    let body = Body {
        model: settings.model_for(request),
        messages: messages(request, settings, traits),
        tools: tools
            .into_iter()
            .flatten()
            .map(|tool| Tool::of(tool))
            .collect(),
        max_tokens: request.max_tokens.filter(|_| max_tokens),
        max_completion_tokens: request.max_tokens.filter(|_| max_completion_tokens),
        reasoning: effort
            .filter(|_| field("reasoning", is_openrouter))
            .map(|effort| Reasoning { effort }),
        reasoning_effort: effort.filter(|_| field("reasoning_effort", !is_openrouter)),
        usage: field("usage", is_openrouter).then_some(IncludeUsage { include: true }),
        provider: request
            .max_price
            .filter(|_| field("provider", is_openrouter))
            .map(Routing::below),
        stream: streams,
        stream_options: field("stream_options", streams).then_some(StreamOptions {
            include_usage: true,
        }),
    };
    HttpRequest {
        url: format!("{}/chat/completions", settings.base_url),
        headers,
        // The body consists of values that always serialise.
        body: serde_json::to_string(&body).unwrap_or_default(),
    }
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_effort: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<IncludeUsage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<Routing>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

/// OpenRouter's field for the reasoning effort.
#[derive(Serialize)]
struct Reasoning {
    effort: &'static str,
}

/// OpenRouter's field for the choice of a provider. Its model list has the lowest price; some providers charge more.
#[derive(Serialize)]
struct Routing {
    max_price: RoutingPrice,
}

/// In US dollars per million tokens.
#[derive(Serialize)]
struct RoutingPrice {
    prompt: f64,
    completion: f64,
}

impl Routing {
    fn below(price: MaxPrice) -> Self {
        // Slightly more, so that rounding does not exclude the cheapest provider.
        const MILLION: f64 = 1_000_000.1;
        Self {
            max_price: RoutingPrice {
                prompt: price.input * MILLION,
                completion: price.output * MILLION,
            },
        }
    }
}

/// OpenRouter's field that requests the cost of the call.
#[derive(Serialize)]
struct IncludeUsage {
    include: bool,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct Tool<'a> {
    r#type: &'static str,
    function: Schema<'a>,
}

#[derive(Serialize)]
struct Schema<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    description: &'a str,
    parameters: &'a serde_json::Value,
}

impl<'a> Tool<'a> {
    fn of(tool: &'a ToolSchema) -> Self {
        Self {
            r#type: "function",
            function: Schema {
                name: &tool.name,
                description: &tool.description,
                parameters: &tool.parameters,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use common::secret::Secret;
    use serde_json::{Value, json};

    use super::*;
    use crate::{ModelMessage, ModelToolCall, openai_compatible::OPENROUTER_BASE_URL};

    fn settings(base_url: &str, key: &str) -> ProviderSettings {
        ProviderSettings {
            base_url: base_url.into(),
            api_key: Secret::new(key),
            model: "default/model".into(),
        }
    }

    fn body(request: &ModelRequest) -> Value {
        serde_json::from_str(
            &encode(
                request,
                &settings("http://localhost:11434/v1", ""),
                &Traits::default(),
            )
            .body,
        )
        .unwrap()
    }

    #[test]
    fn openrouter_gets_key_and_attribution() {
        let request = encode(
            &ModelRequest::default(),
            &settings(OPENROUTER_BASE_URL, "sk-1"),
            &Traits::default(),
        );
        assert_eq!(request.url, "https://openrouter.ai/api/v1/chat/completions");
        let headers: Vec<_> = request
            .headers
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        assert_eq!(
            headers,
            [
                ("Content-Type", "application/json"),
                ("Accept", "text/event-stream"),
                ("Authorization", "Bearer sk-1"),
                ("HTTP-Referer", "http://localhost:8787"),
                ("X-Title", "Coder"),
            ]
        );
        assert!(!format!("{request:?}").contains("sk-1"));
    }

    #[test]
    fn others_get_no_attribution_and_no_key_when_there_is_none() {
        for base_url in [
            "http://localhost:11434/v1",
            "https://openrouter.ai.example.com/v1",
            "https://notopenrouter.ai/v1",
        ] {
            let request = encode(
                &ModelRequest::default(),
                &settings(base_url, ""),
                &Traits::default(),
            );
            assert_eq!(request.url, format!("{base_url}/chat/completions"));
            assert_eq!(request.headers.len(), 2, "{request:?}");
        }
    }

    #[test]
    fn the_body_streams_with_usage() {
        assert_eq!(
            body(&ModelRequest::default()),
            json!({ "model": "default/model", "messages": [], "stream": true, "stream_options": { "include_usage": true } })
        );
    }

    #[test]
    fn a_request_may_name_its_model() {
        let model = |name: &str| {
            body(&ModelRequest {
                model: Some(name.into()),
                ..ModelRequest::default()
            })["model"]
                .clone()
        };
        assert_eq!(model(" some/model "), "some/model");
        assert_eq!(model("  "), "default/model");
    }

    #[test]
    fn a_budget_keeps_dearer_providers_out() {
        let request = ModelRequest {
            max_price: Some(MaxPrice {
                input: 2.8e-7,
                output: 1e-5,
            }),
            ..ModelRequest::default()
        };
        let body = |base_url: &str| -> Value {
            let request = encode(&request, &settings(base_url, "k"), &Traits::default());
            serde_json::from_str(&request.body).unwrap()
        };
        let limit = &body(OPENROUTER_BASE_URL)["provider"]["max_price"];
        let price = |name: &str| limit[name].as_f64().unwrap();
        assert!(
            (0.28..0.281).contains(&price("prompt"))
                && (10.0..10.01).contains(&price("completion"))
        );
        assert_eq!(body("http://localhost:11434/v1").get("provider"), None);
    }

    #[test]
    fn an_answer_may_be_limited() {
        let limited = ModelRequest {
            max_tokens: Some(1),
            ..ModelRequest::default()
        };
        assert_eq!(body(&limited)["max_tokens"], 1);
    }

    #[test]
    fn unsupported_features_are_left_out() {
        let request = ModelRequest {
            max_tokens: Some(1),
            effort: Some(Effort::High),
            ..ModelRequest::default()
        };
        let check = |base_url: &str, without: &[Trait], expected: Value| {
            let traits = without.iter().cloned().collect();
            let sent = encode(&request, &settings(base_url, ""), &traits);
            let mut body: Value = serde_json::from_str(&sent.body).unwrap();
            body.as_object_mut()
                .unwrap()
                .retain(|name, _| name != "model" && name != "messages");
            assert_eq!(body, expected);
        };
        let field = |name: &str| Trait::Field(name.to_owned());
        let usage = json!({ "include_usage": true });
        check(
            OPENROUTER_BASE_URL,
            &[],
            json!({ "max_tokens": 1, "reasoning": { "effort": "high" }, "usage": { "include": true }, "stream": true, "stream_options": usage }),
        );
        check(
            OPENROUTER_BASE_URL,
            &[field("reasoning"), field("usage"), field("stream_options")],
            json!({ "max_tokens": 1, "stream": true }),
        );
        check(
            "http://localhost/v1",
            &[field("max_tokens")],
            json!({ "max_completion_tokens": 1, "reasoning_effort": "high", "stream": true, "stream_options": usage }),
        );
        check(
            "http://localhost/v1",
            &[
                field("max_tokens"),
                field("max_completion_tokens"),
                field("reasoning_effort"),
                Trait::Streaming,
            ],
            json!({ "stream": false }),
        );
    }

    #[test]
    fn every_kind_of_message() {
        let call = |id: &str, arguments: &str| ModelToolCall {
            id: id.into(),
            name: "getWeather".into(),
            arguments: arguments.into(),
            ..ModelToolCall::default()
        };
        let assistant =
            |text: &str, tool_calls: Vec<ModelToolCall>| ModelMessage::assistant(text, tool_calls);
        let messages = vec![
            ModelMessage::System("Be brief.".into()),
            ModelMessage::user("Weather?"),
            assistant("", vec![call("a", "{\"city\":\"Paris\"}"), call("b", "{}")]),
            ModelMessage::tool("a", "sunny"),
            ModelMessage::tool("b", "no city"),
            assistant("", vec![]),
            assistant("Sunny.", vec![]),
        ];
        let sent = |id: &str, arguments: &str| json!({ "id": id, "type": "function", "function": { "name": "getWeather", "arguments": arguments } });
        assert_eq!(
            body(&ModelRequest {
                messages,
                ..ModelRequest::default()
            })["messages"],
            json!([
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "Weather?" },
                { "role": "assistant", "content": null, "tool_calls": [sent("a", "{\"city\":\"Paris\"}"), sent("b", "{}")] },
                { "role": "tool", "tool_call_id": "a", "content": "sunny" },
                { "role": "tool", "tool_call_id": "b", "content": "no city" },
                { "role": "assistant", "content": "Sunny." },
            ])
        );
    }
}
