//! An entry of a model list. Servers agree on `id` only: each field is read under all its known names, and a field of
//! an unexpected type counts as missing.

use common::models::Prices;
use serde_json::Value;

use super::ModelInfo;

/// A longer id is not plausible.
const MAX_ID_CHARS: usize = 300;

/// No model costs this much per token: such a price is per million tokens.
const LEAST_PRICE_OF_A_MILLION: f64 = 0.01;

/// The kind of an entry.
#[derive(Debug, PartialEq)]
pub(super) enum Entry {
    /// A text model.
    Model(ModelInfo),
    /// Another model: for embeddings, speech or images, or out of service.
    Other,
    /// Unreadable.
    Odd,
}

/// Reads an entry.
pub(super) fn read(entry: &Value) -> Entry {
    let Some(id) = id(entry) else {
        return Entry::Odd;
    };
    if !answers_in_words(entry).unwrap_or_else(|| sounds_like_words(id)) {
        return Entry::Other;
    }
    Entry::Model(ModelInfo {
        id: id.to_owned(),
        name: text(entry, &["display_name", "displayName", "name"])
            .map_or(id, |name| name.strip_prefix("models/").unwrap_or(name))
            .to_owned(),
        context: context(entry),
        max_output: count(
            entry,
            &[
                "/top_provider/max_completion_tokens",
                "/max_completion_tokens",
                "/max_output_tokens",
                "/max_output_length",
                "/outputTokenLimit",
                "/output_token_limit",
                "/metadata/max_tokens",
                "/max_tokens",
            ],
        ),
        prices: prices(entry),
        images: images(entry),
        files: input_modalities(entry).map(|kinds| has(kinds, &["file"])),
        tools: tools(entry),
        reasoning: reasoning(entry),
    })
}

/// The id. Gemini lists ids with the prefix `models/` and accepts them without it.
fn id(entry: &Value) -> Option<&str> {
    let id = text(entry, &["id", "model", "key", "name"])?;
    let id = id.strip_prefix("models/").unwrap_or(id).trim();
    let is_usable = !id.is_empty()
        && id.chars().nth(MAX_ID_CHARS).is_none()
        && !id.chars().any(char::is_control);
    is_usable.then_some(id)
}

/// The context window; where several are given, that of the loaded model.
fn context(entry: &Value) -> Option<u64> {
    let context = count(
        entry,
        &[
            "/loaded_context_length",
            "/meta/n_ctx",
            "/max_model_len",
            "/context_length",
            "/context_window",
            "/max_context_length",
            "/inputTokenLimit",
            "/input_token_limit",
            "/max_input_tokens",
            "/metadata/context_length",
            "/meta/n_ctx_train",
        ],
    );
    let of_provider = count(entry, &["/top_provider/context_length"]);
    match (context, of_provider) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}

fn images(entry: &Value) -> Option<bool> {
    if let Some(kinds) = input_modalities(entry) {
        return Some(has(kinds, &["image"]));
    }
    let written = entry
        .pointer("/architecture/modality")
        .and_then(Value::as_str);
    if let Some((input, _)) = written.and_then(|written| written.split_once("->")) {
        return Some(input.contains("image"));
    }
    flag(entry, &["/capabilities/vision", "/supports_image_input"])
        .or_else(|| {
            list(entry, "/capabilities")
                .and_then(|can| has(can, &["vision", "multimodal"]).then_some(true))
        })
        .or_else(|| (text(entry, &["type"])? == "vlm").then_some(true))
}

fn tools(entry: &Value) -> Option<bool> {
    supported(entry)
        .map(|can| has(can, &["tools", "tool_choice"]))
        .or_else(|| {
            flag(
                entry,
                &[
                    "/capabilities/function_calling",
                    "/capabilities/trained_for_tool_use",
                    "/supports_tools",
                ],
            )
        })
        .or_else(|| {
            let can = list(entry, "/capabilities")?;
            has(can, &["tools", "tool_use", "tool-use", "function_calling"]).then_some(true)
        })
}

fn reasoning(entry: &Value) -> Option<bool> {
    supported(entry)
        .map(|can| has(can, &["reasoning", "include_reasoning"]))
        .or_else(|| flag(entry, &["/capabilities/reasoning", "/supports_reasoning"]))
        .or_else(|| {
            let can = list(entry, "/capabilities")?;
            has(can, &["thinking", "reasoning"]).then_some(true)
        })
}

fn supported(entry: &Value) -> Option<&[Value]> {
    list(entry, "/supported_parameters").or_else(|| list(entry, "/supported_features"))
}

fn input_modalities(entry: &Value) -> Option<&[Value]> {
    list(entry, "/architecture/input_modalities").or_else(|| list(entry, "/input_modalities"))
}

/// Whether the server states that the model answers with text.
fn answers_in_words(entry: &Value) -> Option<bool> {
    if flag(entry, &["/active"]) == Some(false) {
        return Some(false);
    }
    let output = list(entry, "/architecture/output_modalities")
        .or_else(|| list(entry, "/output_modalities"));
    if let Some(kinds) = output {
        return Some(has(kinds, &["text"]));
    }
    if let Some(chats) = flag(entry, &["/capabilities/completion_chat", "/supports_chat"]) {
        return Some(chats);
    }
    if let Some(methods) = list(entry, "/supportedGenerationMethods") {
        return Some(has(methods, &["generateContent"]));
    }
    match text(entry, &["type"])?.to_ascii_lowercase().as_str() {
        "chat" | "language" | "llm" | "vlm" | "code" => Some(true),
        "embedding" | "embeddings" | "moderation" | "rerank" | "image" | "video" | "audio"
        | "speech" | "tts" | "transcribe" => Some(false),
        _ => None,
    }
}

/// Guesses by the name, since most servers do not state the kind.
fn sounds_like_words(id: &str) -> bool {
    const OTHERS: &[&str] = &[
        "embed",
        "embedding",
        "embeddings",
        "bge",
        "rerank",
        "reranker",
        "whisper",
        "tts",
        "transcribe",
        "realtime",
        "audio",
        "moderation",
        "dall",
        "imagen",
        "veo",
        "sora",
        "aqa",
        "babbage",
        "davinci",
    ];
    let id = id.to_ascii_lowercase();
    let mut words = id.split(|letter: char| !letter.is_ascii_alphanumeric());
    !words.any(|word| OTHERS.contains(&word)) && !id.starts_with("gpt-image")
}

/// The price of the model, in either notation: OpenRouter's `prompt` and `completion` per token, or others' `input`
/// and `output` per million tokens. `None` for a price determined later, which OpenRouter writes as -1.
fn prices(entry: &Value) -> Option<Prices> {
    let pricing = entry
        .get("pricing")
        .or_else(|| entry.pointer("/metadata/pricing"))?;
    let read = |names: &[&str], unit: f64| {
        let price = names.iter().find_map(|name| amount(pricing.get(*name)?))?;
        let unit = if price >= LEAST_PRICE_OF_A_MILLION {
            1e-6
        } else {
            unit
        };
        Some(price * unit)
    };
    let (input, unit) = match read(&["prompt"], 1.0) {
        Some(price) => (price, 1.0),
        None => {
            let written = pricing
                .get("input")
                .or_else(|| pricing.get("input_tokens"))?;
            // A number is per million tokens; a text is in OpenRouter's notation.
            let unit = if written.is_string() { 1.0 } else { 1e-6 };
            (read(&["input", "input_tokens"], unit)?, unit)
        }
    };
    let output = read(&["completion", "output", "output_tokens"], unit)?;
    let hourly = pricing.get("hourly").and_then(amount);
    let is_dedicated = input == 0.0 && output == 0.0 && hourly.is_some_and(|price| price > 0.0);
    if input < 0.0 || output < 0.0 || is_dedicated {
        return None;
    }
    // Zero beside a real price means that the field is unused.
    let part = |names: &[&str]| read(names, unit).filter(|price| *price > 0.0 || input == 0.0);
    let each = |name: &str| {
        pricing
            .get(name)
            .and_then(amount)
            .map_or(0.0, |price| price.max(0.0))
    };
    Some(Prices {
        input,
        output,
        cached_input: part(&[
            "input_cache_read",
            "input_cache_reads",
            "cached_input",
            "cache_read_tokens",
        ]),
        cache_write: part(&[
            "input_cache_write",
            "input_cache_writes",
            "cache_write_tokens",
        ]),
        reasoning: part(&["internal_reasoning"]).filter(|price| *price > 0.0),
        request: each("request"),
        image: each("image"),
    })
}

/// A price as a number or a text.
fn amount(value: &Value) -> Option<f64> {
    let amount = match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().trim_start_matches('$').parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    amount.filter(|amount| amount.is_finite())
}

/// The first count under these names.
fn count(entry: &Value, places: &[&str]) -> Option<u64> {
    places
        .iter()
        .find_map(|place| whole_number(entry.pointer(place)?))
}

/// A positive count as a number or a text.
pub(super) fn whole_number(value: &Value) -> Option<u64> {
    let number = match value {
        Value::String(text) => text.trim().parse().ok(),
        Value::Number(number) => number.as_u64().or_else(|| {
            let number = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number in this range is exact"
            )]
            let whole =
                (number.fract() == 0.0 && (0.0..1e15).contains(&number)).then_some(number as u64);
            whole
        }),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    number.filter(|number| *number > 0)
}

/// The first text under these names.
pub(super) fn text<'a>(entry: &'a Value, names: &[&str]) -> Option<&'a str> {
    let mut texts = names.iter().filter_map(|name| entry.get(*name)?.as_str());
    texts.find(|text| !text.trim().is_empty())
}

fn flag(entry: &Value, places: &[&str]) -> Option<bool> {
    places
        .iter()
        .find_map(|place| entry.pointer(place)?.as_bool())
}

fn list<'a>(entry: &'a Value, place: &str) -> Option<&'a [Value]> {
    entry.pointer(place)?.as_array().map(Vec::as_slice)
}

fn has(list: &[Value], any: &[&str]) -> bool {
    let mut words = list.iter().filter_map(Value::as_str);
    words.any(|word| any.iter().any(|one| word.eq_ignore_ascii_case(one)))
}
