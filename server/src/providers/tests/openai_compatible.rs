//! The OpenAI-compatible provider before the suite.

use super::suite::{Case, Evidence, Recording, Subject, recording};
use crate::providers::{
    ModelMessage, ModelRequest, ProviderItem, StreamEnd,
    openai_compatible::{Decoder, OPENROUTER_BASE_URL, ProviderSettings},
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
            ],
            Case::Dropped => &[recording!("openai_compatible/fixtures/openrouter-dropped")],
        };
        Evidence::Recorded(recordings)
    }

    type Decoder = Decoder;

    fn decoder(&self) -> Decoder {
        let settings = ProviderSettings {
            base_url: OPENROUTER_BASE_URL.into(),
            api_key: None,
            model: "some/model".into(),
        };
        let request = ModelRequest {
            messages: vec![ModelMessage::user("Hi")],
            ..ModelRequest::default()
        };
        Decoder::new(&request, &settings)
    }

    fn push(&self, decoder: &mut Decoder, bytes: &[u8]) -> Vec<ProviderItem> {
        decoder.push(bytes)
    }

    fn close(&self, decoder: &mut Decoder) -> Vec<ProviderItem> {
        decoder.finish(StreamEnd::Closed)
    }
}
