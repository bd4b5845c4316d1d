//! Model calls of the running turn: made, made again after a failure, and given up.

use common::{chunk::Chunk, state::About, time::Timestamp};
use providers::ProviderError;
use store::Write;

use super::{
    retries::{AfterFailure, Retries as _},
    running::Running,
    work::{ModelWork, Work},
};
use crate::{
    connections::Connections,
    context::Context,
    io::{AnswerSoFar, Effect, Gap, ModelCall, ModelFailure, Purpose},
    options::ModelOptions,
};

/// What a model is asked with.
pub(crate) struct Asking<'a> {
    /// The model that the turn asks for.
    pub(crate) model: &'a str,
    /// What the conversation is about.
    pub(crate) about: &'a About,
    /// What is left of the budgets, in US dollars; `None`: anything.
    pub(crate) budget_usd: Option<f64>,
    /// How models are asked.
    pub(crate) options: &'a ModelOptions,
}

/// What follows a failed model call.
pub(crate) enum FailedCall {
    /// The turn fails.
    Fail(ModelFailure),
    /// The answer that was cut off was whole: there is no rest.
    Whole,
    /// The call could cost more than what is left, in US dollars.
    TooDear {
        /// What is left.
        left_usd: f64,
    },
    /// The call is made again at once, as the last one was.
    CallAgain(Option<Gap>),
    /// The call is made again later.
    Wait,
}

impl Running {
    /// Calls the model, or waits until the call is due. `gap`: why the answer is not whole; `None`: it begins.
    pub(crate) fn call_model(
        &mut self,
        cx: &mut Context<'_>,
        gap: Option<Gap>,
        asking: &Asking<'_>,
    ) {
        let Asking {
            model: asked,
            about,
            budget_usd,
            options,
        } = *asking;
        let call = cx.next_call();
        self.gap = gap;
        if self.setbacks.due().is_some_and(|due| cx.now < due.at) {
            self.begin(Work::Retry, cx.now);
            return cx.wake_at(self.wake_at(cx.now, options));
        }
        self.setbacks.called();
        let model = self.setbacks.model(asked, options).to_owned();
        match &mut self.compacting {
            Some(compacting) => compacting.text.clear(),
            None => self.writer.begin_call(cx.now, &model),
        }
        let work = ModelWork {
            call,
            model: model.clone(),
            speaks: false,
        };
        self.begin(Work::Model(work), cx.now);
        let (purpose, before, gap) = match &self.compacting {
            Some(compacting) => {
                let keep = compacting.keep.clone();
                let before = compacting.covered.position.next();
                (Purpose::Summary { keep }, before, None)
            }
            None if self.gives_way => (Purpose::StepUnlessCrowded, self.turn.answer_position, gap),
            None => (Purpose::Step, self.turn.answer_position, gap),
        };
        let answer = gap.map(|gap| AnswerSoFar {
            message: self.answer().clone(),
            gap,
        });
        // The alarm first: a call that is never heard of again must not leave the turn without a deadline.
        cx.wake_at(self.wake_at(cx.now, options));
        cx.push(Effect::CallModel(ModelCall {
            call,
            request_id: self.turn.request_id.clone(),
            model,
            effort: about.effort,
            purpose,
            extent: self.setbacks.extent,
            budget_usd,
            before,
            answer,
            project_context: about.project_context.clone(),
            client_tools: self.context.client_tools.clone(),
        }));
    }

    /// A model call failed. Before its first token it may be made again; what was shown is never taken back.
    pub(crate) fn model_failed(
        &mut self,
        cx: &mut Context<'_>,
        failure: ModelFailure,
        asking: &Asking<'_>,
    ) -> FailedCall {
        let options = asking.options;
        let jitter = number_of(&cx.ids.fresh());
        // Nothing of a summary was shown.
        let speaks = self.work.speaks() && !self.is_compacting();
        self.work = Work::None;
        if speaks {
            return FailedCall::Fail(failure);
        }
        let is_rest = self.gap == Some(Gap::CutOff) && !self.is_compacting();
        if failure.error == ProviderError::Empty && is_rest {
            return FailedCall::Whole;
        }
        if let ProviderError::Budget {
            worst_usd: Some(_),
            left_usd,
        } = failure.error
            && asking.budget_usd.is_some()
        {
            return FailedCall::TooDear { left_usd };
        }
        let setbacks = &mut self.setbacks;
        let after = setbacks.failed(cx.now, &failure.error, asking.model, options, jitter);
        if after == AfterFailure::Fail {
            return FailedCall::Fail(failure);
        }
        let id = &self.turn.request_id;
        let (error, code) = (&failure.error, failure.error.code());
        cx.log(format!(
            "turn {id}: a model call failed ({code}) and is made again: {error}"
        ));
        let stored = Write::turn(self.stored());
        match after {
            AfterFailure::CallAt(_) => {
                self.begin(Work::Retry, cx.now);
                // The alarm first: no call is stored as due that nothing wakes the agent for.
                cx.wake_at(self.wake_at(cx.now, options));
                cx.persist(vec![stored]);
                FailedCall::Wait
            }
            AfterFailure::CallNow | AfterFailure::Fail => {
                cx.persist(vec![stored]);
                FailedCall::CallAgain(self.gap)
            }
        }
    }

    /// Why a model call that took too long is given up.
    pub(super) fn silence(&self, now: Timestamp, options: &ModelOptions) -> ProviderError {
        if now.since(self.since) >= options.whole_call {
            ProviderError::CallTooLong {
                seconds: options.whole_call.as_secs(),
            }
        } else if self.work.speaks() {
            ProviderError::Silent {
                seconds: options.pause.as_secs(),
            }
        } else {
            ProviderError::NoFirstToken {
                seconds: options.first_token.as_secs(),
            }
        }
    }

    /// The chunks that end the turn with a question to the user. `reason`: why the turn ended, where it is the agent's own.
    pub(crate) fn finish_asking(
        &mut self,
        cx: &mut Context<'_>,
        connections: &mut Connections,
        question: serde_json::Value,
        reason: &str,
    ) {
        let mut chunks: Vec<Chunk> = self.writer.ask(cx.now, &cx.ids.fresh(), question);
        chunks.extend(self.writer.finish_as(cx.now, reason));
        self.grow(cx, connections, chunks, Vec::new());
    }
}

/// Any number, made from an id: ids are random.
fn number_of(id: &str) -> u64 {
    id.bytes().fold(0, |number: u64, byte| {
        number.wrapping_mul(31).wrapping_add(byte.into())
    })
}
