//! The OpenAI-compatible provider in the suite.

use super::suite::{Case, Evidence, Recording, Subject, recording};
use crate::{
    ModelMessage, ModelRequest, ProviderItem, StreamEnd,
    openai_compatible::{
        Exchange, ExchangeNext, ExchangeStep, OPENROUTER_BASE_URL, ProviderSettings, ResponseHead,
        Traits,
    },
};

pub(super) struct Recordings;

impl Subject for Recordings {
    fn evidence(&self, case: Case) -> Evidence {
        let recordings: &'static [Recording] = match case {
            Case::Text => &[
                recording!("openai_compatible/fixtures/openai-text"),
                recording!("openai_compatible/fixtures/ollama-text"),
                recording!("openai_compatible/fixtures/llama-cpp-text"),
                recording!("openai_compatible/fixtures/vllm-no-done"),
            ],
            Case::MultiByte => &[recording!(
                "openai_compatible/fixtures/openrouter-multi-byte"
            )],
            Case::Reasoning => &[
                recording!("openai_compatible/fixtures/openrouter-reasoning"),
                recording!("openai_compatible/fixtures/openrouter-reasoning-details"),
                recording!("openai_compatible/fixtures/deepseek-reasoning"),
            ],
            Case::ToolCalls => &[
                recording!("openai_compatible/fixtures/openai-tool-calls"),
                recording!("openai_compatible/fixtures/ollama-tool-calls"),
                recording!("openai_compatible/fixtures/vllm-tool-calls"),
            ],
            Case::Usage => &[recording!("openai_compatible/fixtures/openai-text")],
            Case::Length => &[recording!("openai_compatible/fixtures/llama-cpp-length")],
            Case::ContentFilter => &[recording!(
                "openai_compatible/fixtures/openai-content-filter"
            )],
            Case::KeepAlive => &[recording!(
                "openai_compatible/fixtures/openrouter-keep-alive"
            )],
            Case::Noise => &[recording!("openai_compatible/fixtures/noise")],
            Case::Garbage => &[
                recording!("openai_compatible/fixtures/garbage"),
                recording!("openai_compatible/fixtures/html"),
            ],
            Case::Failure => &[
                recording!("openai_compatible/fixtures/openrouter-error"),
                recording!("openai_compatible/fixtures/openrouter-rate-limit"),
                recording!("openai_compatible/fixtures/vllm-error"),
                recording!("openai_compatible/fixtures/llama-cpp-error"),
                recording!("openai_compatible/fixtures/finish-reason-error"),
                recording!("openai_compatible/fixtures/named-error"),
            ],
            Case::Step => &[
                recording!("openai_compatible/fixtures/openai-step"),
                recording!("openai_compatible/fixtures/anthropic-openrouter-step"),
                recording!("openai_compatible/fixtures/gemini-openrouter-step"),
                recording!("openai_compatible/fixtures/gemini-step"),
                recording!("openai_compatible/fixtures/deepseek-step"),
                recording!("openai_compatible/fixtures/mistral-step"),
                recording!("openai_compatible/fixtures/qwen-step"),
                recording!("openai_compatible/fixtures/kimi-step"),
                recording!("openai_compatible/fixtures/ollama-step"),
                recording!("openai_compatible/fixtures/llama-cpp-step"),
                recording!("openai_compatible/fixtures/vllm-step"),
                recording!("openai_compatible/fixtures/lm-studio-step"),
                recording!("openai_compatible/fixtures/whole-step"),
            ],
            Case::Whole => &[
                recording!("openai_compatible/fixtures/whole-pretty"),
                recording!("openai_compatible/fixtures/whole-glued"),
                recording!("openai_compatible/fixtures/whole-event"),
                recording!("openai_compatible/fixtures/lines"),
                recording!("openai_compatible/fixtures/several-in-one-event"),
            ],
            Case::Think => &[
                recording!("openai_compatible/fixtures/think"),
                recording!("openai_compatible/fixtures/lm-studio-step"),
            ],
            Case::TagInText => &[recording!("openai_compatible/fixtures/think-later")],
            Case::SplitCharacter => &[
                recording!("openai_compatible/fixtures/split-character"),
                recording!("openai_compatible/fixtures/broken-utf8"),
            ],
            Case::Unreadable => &[recording!("openai_compatible/fixtures/unreadable")],
            Case::Dropped => &[recording!("openai_compatible/fixtures/openrouter-dropped")],
        };
        Evidence::Recorded(recordings)
    }

    type Decoder = Exchange;

    fn decoder(&self) -> Exchange {
        let settings = ProviderSettings {
            base_url: OPENROUTER_BASE_URL.into(),
            api_key: None,
            model: "some/model".into(),
        };
        let request = ModelRequest {
            messages: vec![ModelMessage::user("Hi")],
            ..ModelRequest::default()
        };
        let mut exchange = Exchange::new(request, settings, Traits::default());
        assert!(matches!(exchange.begin().next, ExchangeNext::Send(_)));
        let head = ResponseHead {
            status: 200,
            content_type: Some("text/event-stream".to_owned()),
            retry_after: None,
        };
        assert_eq!(exchange.head(head).next, ExchangeNext::Read);
        exchange
    }

    fn push(&self, exchange: &mut Exchange, bytes: &[u8]) -> Vec<ProviderItem> {
        items(exchange.bytes(bytes))
    }

    fn close(&self, exchange: &mut Exchange) -> Vec<ProviderItem> {
        items(exchange.end(StreamEnd::Closed))
    }
}

fn items(step: ExchangeStep) -> Vec<ProviderItem> {
    let mut items: Vec<_> = step.events.into_iter().map(Ok).collect();
    if let ExchangeNext::Failed(error) = step.next {
        items.push(Err(error));
    }
    items
}
