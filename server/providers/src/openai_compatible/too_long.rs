//! Recognises errors about a request that exceeds the context window, and the size of the window.

use regex_lite::Regex;

use super::vendor_error::VendorError;

/// Codes for this error.
const CODES: [&str; 7] = [
    "context_length_exceeded",
    "exceed_context_size_error",
    "context_exceeded",
    "context_window_exceeded",
    "model_context_window_exceeded",
    "request_too_large",
    "string_above_max_length",
];

/// Phrases for this error, with the vendors that use them.
const WORDS: [&str; 37] = [
    // OpenAI, vLLM, DeepSeek, OpenRouter, SGLang, Mistral
    "maximum context length",
    "context_length_exceeded",
    "context length exceeded",
    "exceeds the context window",
    "exceed context window",
    "exceed the context window",
    "request too large for",
    "reduce the length of the messages",
    // Anthropic
    "prompt is too long",
    "exceed context limit",
    "request_too_large",
    "extra usage is required for long context",
    // Gemini
    "exceeds the maximum number of tokens allowed",
    "input token count exceeds",
    // Mistral
    "too large for model with",
    // Qwen
    "range of input length should be",
    // xAI
    "maximum prompt length",
    // Kimi
    "exceeded model token limit",
    // MiniMax, Zhipu
    "context window exceeds limit",
    "context window limit",
    // Copilot
    "prompt token count of",
    // Bedrock, Replicate
    "input is too long",
    // Perplexity
    "length of all messages is too long",
    // Together
    "longer than the model's context length",
    // Ollama
    "prompt too long",
    "exceeds the context length",
    "exceeded context length",
    "exceeded max context length",
    // llama.cpp
    "exceeds the available context size",
    "context size has been exceeded",
    "exceeds context size",
    // LM Studio
    "context the overflows",
    "context overflow",
    "greater than the context length",
    // vLLM
    "longer than the maximum model length",
    "maximum allowed input length",
    // TGI
    "`inputs` must have less than",
];

/// Phrases for this error, unless the vendor means a rate limit.
const UNSURE_WORDS: [&str; 3] = [
    "too many tokens",
    "token limit exceeded",
    "too many input tokens",
];

/// Phrases about rate limits.
const RATES: [&str; 5] = [
    "rate limit",
    "rate_limit",
    "too many requests",
    "throttl",
    "please wait",
];

/// Patterns for the size of the window in tokens.
const LIMITS: [&str; 14] = [
    r"maximum context length (?:is |of )?\(?(\d+)",
    r" > (\d+)",
    r"tokens allowed \(?(\d+)",
    r"model with (\d+) maximum",
    r"should be \[\s*\d+\s*,\s*(\d+)",
    r"context length of only (\d+)",
    r"context length \(?(\d+)",
    r"context (?:window|size|limit) (?:of |is |limit )?\(?(\d+)",
    r"maximum prompt length is (\d+)",
    r"(?:token )?limit(?: of|:)? (\d+)",
    r"maximum model length of (\d+)",
    r"maximum allowed input length of (\d+)",
    r"less than (\d+) tokens",
    r"must be <= ?(\d+)",
];

/// `Some` when the request is too long, with the size of the window in tokens if the vendor gives it.
pub(super) fn limit(status: Option<u16>, error: &VendorError) -> Option<Option<u64>> {
    let words = error.all_words();
    let says = |any: &[&str]| any.iter().any(|known| words.contains(known));
    let is_too_long = status == Some(413)
        || error.is_any(&CODES)
        || says(&WORDS)
        || (says(&UNSURE_WORDS) && !says(&RATES) && status != Some(429));
    is_too_long.then(|| error.limit.or_else(|| number(&words)))
}

fn number(words: &str) -> Option<u64> {
    // 200,000 and 200_000
    let grouped = Regex::new(r"(\d)[,_](\d{3})").ok()?;
    let mut words = words.to_owned();
    while grouped.is_match(&words) {
        words = grouped.replace_all(&words, "$1$2").into_owned();
    }
    LIMITS.iter().find_map(|pattern| {
        let found = Regex::new(pattern).ok()?.captures(&words)?;
        found
            .get(1)?
            .as_str()
            .parse()
            .ok()
            .filter(|limit| *limit > 0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(status: u16, body: &str, expected: Option<Option<u64>>) {
        let error = VendorError::of_body(body).unwrap_or_else(|| VendorError::of_words(body));
        assert_eq!(limit(Some(status), &error), expected, "{body}");
    }

    #[test]
    fn in_the_words_of_every_vendor() {
        let error =
            |message: &str| serde_json::json!({ "error": { "message": message } }).to_string();
        for (message, limit) in [
            // OpenAI
            (
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 8545 tokens. Please reduce the length of the messages.",
                Some(8192),
            ),
            (
                "Your input exceeds the context window of this model. Please adjust your input and try again.",
                None,
            ),
            (
                "Request too large for gpt-4o in organization org-x on tokens per min (TPM): Limit 30,000, Requested 40,123.",
                Some(30_000),
            ),
            // Anthropic
            (
                "prompt is too long: 210000 tokens > 200000 maximum",
                Some(200_000),
            ),
            (
                "input length and `max_tokens` exceed context limit: 195000 + 8192 > 200000, decrease input length",
                Some(200_000),
            ),
            // Gemini
            (
                "The input token count (1196265) exceeds the maximum number of tokens allowed (1048576).",
                Some(1_048_576),
            ),
            // Mistral
            (
                "Prompt contains 40050 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
                Some(32_768),
            ),
            // DeepSeek, OpenRouter
            (
                "This model's maximum context length is 131072 tokens. However, you requested 140000 tokens (140000 in the messages, 0 in the completion).",
                Some(131_072),
            ),
            (
                "This endpoint's maximum context length is 1048576 tokens. However, you requested about 1293741 tokens",
                Some(1_048_576),
            ),
            // Qwen
            (
                "<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]",
                Some(98_304),
            ),
            // Kimi
            (
                "Invalid request: Your request exceeded model token limit: 131072",
                Some(131_072),
            ),
            // xAI
            (
                "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
                Some(131_072),
            ),
            // Groq
            (
                "Please reduce the length of the messages or completion.",
                None,
            ),
            // Ollama
            ("the input length exceeds the context length", None),
            (
                "prompt too long; exceeded max context length by 4 tokens",
                None,
            ),
            // LM Studio
            (
                "Trying to keep the first 111490 tokens when context the overflows. However, the model is loaded with context length of only 32768 tokens, which is not enough.",
                Some(32_768),
            ),
            // llama.cpp
            (
                "request (14429 tokens) exceeds the available context size (8192 tokens), try increasing it",
                Some(8192),
            ),
            // vLLM
            (
                "The decoder prompt (length 5009) is longer than the maximum model length of 4096.",
                Some(4096),
            ),
            (
                "Input length (265330) exceeds model's maximum context length (262144).",
                Some(262_144),
            ),
            // Bedrock
            ("Input is too long for requested model.", None),
            // Together
            (
                "The input (70000 tokens) is longer than the model's context length (65536 tokens).",
                Some(65_536),
            ),
            // Copilot
            (
                "prompt token count of 130000 exceeds the limit of 128000",
                Some(128_000),
            ),
            // GLM
            (
                "Input length 877338 exceeds the maximum allowed input length of 639968 tokens",
                Some(639_968),
            ),
            // TGI
            (
                "Input validation error: `inputs` must have less than 4095 tokens. Given: 5000",
                Some(4095),
            ),
        ] {
            check(400, &error(message), Some(limit));
        }
    }

    #[test]
    fn by_codes_and_fields() {
        check(
            400,
            r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":14429,"n_ctx":8192}}"#,
            Some(Some(8192)),
        );
        check(
            400,
            r#"{"error":{"message":"No.","code":"context_length_exceeded"}}"#,
            Some(None),
        );
        check(413, "<html>", Some(None));
        check(
            400,
            r#"{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"prompt is too long: 5 tokens > 4 maximum\"}}","provider_name":"Anthropic"}}}"#,
            Some(Some(4)),
        );
    }

    #[test]
    fn rates_and_other_refusals_are_something_else() {
        for (status, words) in [
            (429, "Too many tokens, please wait before trying again."),
            (400, "rate limit: too many tokens"),
            (
                429,
                "Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.",
            ),
            (400, "messages[3]: no output for a tool call"),
            (400, "max_tokens is too large: 99999"),
        ] {
            check(status, words, None);
        }
        check(400, "too many tokens in the prompt", Some(None));
    }
}
