//! The demo model in the suite: it has no wire format, so it presents its own events.

use super::suite::{Case, Evidence, Subject};
use crate::{ModelMessage, ModelRequest, ProviderItem, demo};

pub(super) struct BuiltIn;

impl Subject for BuiltIn {
    fn evidence(&self, case: Case) -> Evidence {
        let play = |prompt: &str| {
            let request = ModelRequest {
                messages: vec![ModelMessage::user(prompt)],
                ..ModelRequest::default()
            };
            Evidence::Made(
                demo::reply(&request)
                    .into_iter()
                    .map(|step| Ok(step.event))
                    .collect(),
            )
        };
        match case {
            Case::Text => play("hi"),
            Case::MultiByte => play("日本語 👩‍👩‍👧‍👦"),
            Case::Reasoning => Evidence::Impossible("it does not think"),
            Case::ToolCalls => Evidence::Impossible("it calls one tool at a time"),
            Case::Usage => Evidence::Impossible("it has no tokens to count"),
            Case::Length => Evidence::Impossible("its answers are short"),
            Case::ContentFilter => Evidence::Impossible("its answers are prepared"),
            Case::Step => Evidence::Impossible("it calls one tool at a time"),
            Case::Think | Case::TagInText => Evidence::Impossible("it does not think"),
            Case::KeepAlive
            | Case::Noise
            | Case::Garbage
            | Case::Failure
            | Case::Dropped
            | Case::Whole
            | Case::SplitCharacter
            | Case::Unreadable => Evidence::Impossible("it has no connection"),
        }
    }

    type Decoder = ();

    fn decoder(&self) {}

    fn push(&self, (): &mut (), _bytes: &[u8]) -> Vec<ProviderItem> {
        unreachable!("it has no recordings")
    }

    fn close(&self, (): &mut ()) -> Vec<ProviderItem> {
        unreachable!("it has no recordings")
    }
}
