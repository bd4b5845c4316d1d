//! Model calls of the running turn: made, made again after a failure, and given up.

use common::{
    chunk::{Chunk, DataChunk},
    id::IdSource,
    time::Timestamp,
};
use providers::{ProviderError, ProviderEvent};
use serde_json::json;
use store::Write;

use super::allowed_models::NOT_ALLOWED;
use super::{
    Agent, AnswerSoFar, CulpritReason, Effect, Gap, ModelCall, ModelFailure, Settlement,
    setbacks::{AfterFailure, Retries as _},
    spending::Budgeted as _,
    steps::{ModelWork, Work},
};

/// The name of the data part that tells the user something beside the answer.
const NOTICE: &str = "notice";

impl<I: IdSource> Agent<I> {
    /// Calls the model, or waits until the call is due. `gap`: `None` when the answer begins.
    pub(super) fn call_model(&mut self, now: Timestamp, gap: Option<Gap>, out: &mut Vec<Effect>) {
        let left = self.spending.left(&self.options.model);
        if let Some(left) = left.filter(|left| left.left_usd <= 0.0) {
            return self.ask_to_spend(now, left, out);
        }
        let asked = self.asked_model();
        let options = &self.options.model;
        // It was named before the setting was changed.
        if !options.allows(&asked) {
            let refused = Settlement::failed(NOT_ALLOWED, options.refusal_of(&asked));
            return self.settle(now, refused, out);
        }
        let call = self.next_call();
        let options = &self.options.model;
        let Some(running) = self.running.as_mut() else {
            return;
        };
        running.gap = gap;
        if running.setbacks.due().is_some_and(|due| now < due.at) {
            running.begin(Work::Retry, now);
            let at = running.wake_at(now, options);
            return self.wake_at(now, at, out);
        }
        running.setbacks.called();
        let model = running.setbacks.model(&asked, options).to_owned();
        running.writer.begin_call(&model);
        let work = ModelWork {
            call,
            model: model.clone(),
            speaks: false,
        };
        running.begin(Work::Model(work), now);
        let at = running.wake_at(now, options);
        let turn = &running.turn;
        let answer = gap.map(|gap| AnswerSoFar {
            message: running.answer.message().clone(),
            gap,
        });
        let call = ModelCall {
            call,
            request_id: turn.request_id.clone(),
            model,
            effort: self.about.effort,
            extent: running.setbacks.extent,
            budget_usd: left.map(|left| left.left_usd),
            before: turn.answer_position,
            answer,
            project_context: self.about.project_context.clone(),
            client_tools: running.context.client_tools.clone(),
        };
        // The alarm first: a call that is never heard of again must not leave the turn without a deadline.
        self.wake_at(now, at, out);
        out.push(Effect::CallModel(call));
    }

    /// The model that the running turn asks for: that of the submission, of the conversation, or of the deployment.
    fn asked_model(&self) -> String {
        let of_turn = self
            .running
            .as_ref()
            .and_then(|running| running.context.model.as_deref());
        let named = [of_turn, self.about.model.as_deref()];
        let named = named.into_iter().flatten().map(str::trim);
        let mut named = named.filter(|model| !model.is_empty());
        named
            .next()
            .unwrap_or(&self.options.model.default)
            .to_owned()
    }

    /// A model call failed. Before its first token it may be made again; what was shown is never taken back.
    pub(super) fn model_failed(
        &mut self,
        now: Timestamp,
        failure: ModelFailure,
        out: &mut Vec<Effect>,
    ) {
        self.flush(now, out);
        let asked = self.asked_model();
        let jitter = number_of(&self.ids.fresh());
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let speaks = matches!(&running.work, Work::Model(model) if model.speaks);
        running.work = Work::None;
        if speaks {
            return self.fail(now, &failure, out);
        }
        if failure.error == ProviderError::Empty && running.gap == Some(Gap::CutOff) {
            // The answer that was cut off was whole: there is no rest.
            return self.model_ended(now, out);
        }
        if let ProviderError::Budget {
            worst_usd: Some(_),
            left_usd,
        } = failure.error
            && let Some(mut left) = self.spending.left(&self.options.model)
        {
            left.left_usd = left_usd;
            return self.ask_to_spend(now, left, out);
        }
        let options = &self.options.model;
        let setbacks = &mut running.setbacks;
        let after = setbacks.failed(now, &failure.error, &asked, options, jitter);
        if after == AfterFailure::Fail {
            return self.fail(now, &failure, out);
        }
        let request_id = &running.turn.request_id;
        out.push(Effect::Log(format!(
            "turn {request_id}: a model call failed ({}) and is made again: {}",
            failure.error.code(),
            failure.error
        )));
        let stored = Effect::Persist(vec![Write::turn(running.stored())]);
        match after {
            AfterFailure::CallAt(_) => {
                running.begin(Work::Retry, now);
                let at = running.wake_at(now, options);
                // The alarm first: no call is stored as due that nothing wakes the agent for.
                self.wake_at(now, at, out);
                out.push(stored);
            }
            AfterFailure::CallNow | AfterFailure::Fail => {
                let gap = running.gap;
                out.push(stored);
                self.call_model(now, gap, out);
            }
        }
    }

    /// A model call has taken too long. One that has not begun to answer may be made with another model.
    pub(super) fn give_up_model(&mut self, now: Timestamp, out: &mut Vec<Effect>) {
        let Some(running) = &self.running else { return };
        let options = &self.options.model;
        let speaks = matches!(&running.work, Work::Model(model) if model.speaks);
        let error = if now.since(running.since) >= options.whole_call {
            ProviderError::CallTooLong {
                seconds: options.whole_call.as_secs(),
            }
        } else if speaks {
            ProviderError::Silent {
                seconds: options.pause.as_secs(),
            }
        } else {
            ProviderError::NoFirstToken {
                seconds: options.first_token.as_secs(),
            }
        };
        self.model_failed(now, error.into(), out);
    }

    /// Tells the user something beside the answer, once a turn.
    pub(super) fn notice(&mut self, notice: String, out: &mut Vec<Effect>) {
        let Some(running) = self.running.as_mut() else {
            return;
        };
        if running.notices.contains(&notice) {
            return;
        }
        running.notices.push(notice.clone());
        let mut chunks = Vec::new();
        running.writer.start(&mut chunks);
        chunks.push(Chunk::Data(DataChunk {
            name: NOTICE.to_owned(),
            id: Some(format!("{NOTICE}-{}", running.notices.len())),
            data: json!({"text": notice}),
            transient: false,
        }));
        self.grow(chunks, Vec::new(), out);
    }
}

/// Whether an event shows that the model has begun to answer.
pub(super) const fn is_output(event: &ProviderEvent) -> bool {
    match event {
        ProviderEvent::TextDelta(_)
        | ProviderEvent::ReasoningDelta(_)
        | ProviderEvent::ToolCallStart { .. }
        | ProviderEvent::ToolCallDelta { .. } => true,
        ProviderEvent::VendorData { .. } | ProviderEvent::Usage(_) | ProviderEvent::Finished(_) => {
            false
        }
    }
}

/// Any number, made from an id: ids are random.
fn number_of(id: &str) -> u64 {
    id.bytes().fold(0, |number: u64, byte| {
        number.wrapping_mul(31).wrapping_add(byte.into())
    })
}

/// The settlement of a turn whose model call failed.
pub(super) fn settlement_of(failure: &ModelFailure) -> Settlement {
    let mut text = failure.error.to_string();
    if let Some(culprit) = &failure.culprit {
        let which = match culprit.reason {
            CulpritReason::Named => "The message is",
            CulpritReason::Longest => "The longest message is",
            CulpritReason::Last => "It may be the last message,",
        };
        text.push_str(&format!(" {which} “{}”.", culprit.excerpt));
    }
    Settlement::Failed {
        text,
        code: failure.error.code().to_owned(),
        message: failure
            .culprit
            .as_ref()
            .map(|culprit| culprit.message.clone()),
    }
}
