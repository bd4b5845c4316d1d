//! The summary that the model writes for the running turn. Nothing of it is shown before it is whole.

use common::state::Usage;
use providers::ProviderEvent;

use super::{running::Running, work::Work};
use crate::{compactions::Covered, context::Context, io::Gap};

/// A summary that is being written.
#[derive(Debug)]
pub(crate) struct Compacting {
    /// What it covers.
    pub(crate) covered: Covered,
    /// What it should keep, in the user's words.
    pub(crate) keep: Option<String>,
    /// What there is of it.
    pub(crate) text: String,
    /// What its calls have used.
    pub(crate) usage: Usage,
}

impl Compacting {
    pub(super) fn hear(&mut self, events: Vec<ProviderEvent>) {
        for event in events {
            match event {
                ProviderEvent::TextDelta(text) => self.text.push_str(&text),
                ProviderEvent::Usage(usage) => self.usage = self.usage.plus(&usage),
                ProviderEvent::ReasoningDelta(_)
                | ProviderEvent::ToolCallStart { .. }
                | ProviderEvent::ToolCallDelta { .. }
                | ProviderEvent::VendorData { .. }
                | ProviderEvent::Finished(_) => {}
            }
        }
    }
}

impl Running {
    /// The next model call writes a summary.
    pub(crate) fn begin_compacting(&mut self, covered: Covered, keep: Option<String>) {
        self.compacting = Some(Compacting {
            covered,
            keep,
            text: String::new(),
            usage: Usage::default(),
        });
    }

    /// Whether the model writes a summary, or is to.
    pub(crate) const fn is_compacting(&self) -> bool {
        self.compacting.is_some()
    }

    /// The model call was not made, since the conversation is crowded. Why the answer is not whole; `None`: it begins.
    pub(crate) fn gave_way(&mut self, cx: &mut Context<'_>) -> Option<Gap> {
        cx.effects.extend(self.work.abort());
        self.work = Work::None;
        self.gives_way = false;
        self.gap
    }

    /// The summary, once it is whole.
    pub(crate) fn summary_text(&self) -> Option<String> {
        let compacting = self.compacting.as_ref()?;
        Some(compacting.text.trim().to_owned())
    }

    /// Ends the summary: what there is of it, and why the answer is not whole. The failed calls of the summary are no matter of
    /// the answer.
    pub(crate) fn take_compacting(&mut self) -> Option<(Compacting, Option<Gap>)> {
        let compacting = self.compacting.take()?;
        self.work = Work::None;
        self.gives_way = false;
        if !self.setbacks.is_none() {
            self.setbacks = Default::default();
            self.is_stored_stale = true;
        }
        Some((compacting, self.gap))
    }
}
