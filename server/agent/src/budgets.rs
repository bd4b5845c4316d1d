//! Tokens and money: counted for each step, turn and conversation, and held below the budgets.
//!
//! A step is a model call. Its usage stands in the answer as a data part, so that the sums can be made again after a restart. A
//! budget is checked before each call with the most that the call could cost (`ModelCall::budget_usd`); a turn that reaches one
//! asks the user whether to go on.

use common::{
    chunk::{Chunk, DataChunk},
    id::IdSource,
    message::{DataPart, Message, Part, ToolState},
    state::Usage,
    time::Timestamp,
};
use providers::dollars;
use serde_json::{Value, json};
use store::Write;
use tools::ask_user;

use super::{Agent, Effect, ModelOptions, Settlement, Spending};

/// The name of the data part of a step.
const STEP: &str = "step";

/// The field of our own question that names the budget.
const BUDGET: &str = "budget";

/// Why a turn that asks whether to go on ended, as its metadata says it.
const FINISH_REASON: &str = "budget";

/// A budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Budget {
    Turn,
    Conversation,
}

/// What is left of the budget that is nearest to its end.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Left {
    pub(super) budget: Budget,
    pub(super) limit_usd: f64,
    pub(super) left_usd: f64,
}

/// What is left of the budgets.
pub(super) trait Budgeted {
    /// What is left; `None`: there is no budget.
    fn left(&self, options: &ModelOptions) -> Option<Left>;

    /// The user allows the budget once more.
    fn extend(&mut self, budget: Budget);
}

impl Budgeted for Spending {
    fn left(&self, options: &ModelOptions) -> Option<Left> {
        let left = |budget, base: Option<f64>, extensions: u32, used: &Usage| {
            let limit_usd = base? * f64::from(extensions.saturating_add(1));
            let left_usd = limit_usd - used.cost_usd.unwrap_or(0.0);
            Some(Left {
                budget,
                limit_usd,
                left_usd,
            })
        };
        let turn = left(
            Budget::Turn,
            options.budget_turn_usd,
            self.turn_extensions,
            &self.usage.turn,
        );
        let conversation = left(
            Budget::Conversation,
            options.budget_conversation_usd,
            self.conversation_extensions,
            &self.usage.conversation,
        );
        match (turn, conversation) {
            (Some(turn), Some(conversation)) if conversation.left_usd < turn.left_usd => {
                Some(conversation)
            }
            (turn, conversation) => turn.or(conversation),
        }
    }

    fn extend(&mut self, budget: Budget) {
        let extensions = match budget {
            Budget::Turn => &mut self.turn_extensions,
            Budget::Conversation => &mut self.conversation_extensions,
        };
        *extensions = extensions.saturating_add(1);
    }
}

impl Budget {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Conversation => "conversation",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Turn, Self::Conversation]
            .into_iter()
            .find(|budget| budget.as_str() == word)
    }
}

/// The chunk that puts the usage of a step into the answer.
pub(super) fn step_chunk(step: u32, model: &str, usage: &Usage) -> Chunk {
    Chunk::Data(DataChunk {
        name: STEP.to_owned(),
        id: Some(format!("{STEP}-{step}")),
        data: json!({"step": step, "model": model, "usage": usage.to_json()}),
        transient: false,
    })
}

/// The usage of the step that a data part or chunk is about.
pub(super) fn usage_of_step(name: &str, data: &Value) -> Option<Usage> {
    (name == STEP).then(|| data.get("usage").map(Usage::from_json).unwrap_or_default())
}

/// The usage of all steps of a message.
pub(super) fn usage_of(message: &Message) -> Usage {
    let mut used = Usage::default();
    for part in &message.parts {
        if let Part::Data(DataPart { name, data, .. }) = part
            && let Some(step) = usage_of_step(name, data)
        {
            used = used.plus(&step);
        }
    }
    used
}

/// Whether the last thing in a message is the usage of a step: its model call has ended.
pub(super) fn ends_with_step(message: &Message) -> bool {
    matches!(message.parts.last(), Some(Part::Data(part)) if part.name == STEP)
}

/// The budget that the last call of a message asks about.
pub(super) fn asked_about(message: &Message) -> Option<(Budget, &ToolState)> {
    let call = message.calls().next_back()?;
    let budget = call.state.input()?.get(BUDGET)?.as_str()?;
    let is_ours = call.name == ask_user::NAME;
    Budget::from_word(budget)
        .filter(|_| is_ours)
        .map(|budget| (budget, &call.state))
}

impl<I: IdSource> Agent<I> {
    /// A turn begins: an answer has a budget of its own, and so has a continuation that the user allowed to spend more.
    pub(super) fn begin_spending(&mut self, base: Option<&Message>) -> Option<Write> {
        let before = self.spending.clone();
        match base.map(asked_about) {
            None => {
                self.spending.usage.turn = Usage::default();
                self.spending.turn_extensions = 0;
            }
            Some(Some((budget, ToolState::OutputAvailable { .. }))) => self.spending.extend(budget),
            Some(_) => {}
        }
        (self.spending != before).then(|| Write::PutSpending(self.spending.clone()))
    }

    /// Counts the usage of the running turn's last model call. Returns the chunk and the write that keep it.
    pub(super) fn count_step(&mut self) -> (Vec<Chunk>, Vec<Write>) {
        let Some(step) = self
            .running
            .as_mut()
            .and_then(|running| running.writer.take_usage())
        else {
            return (Vec::new(), Vec::new());
        };
        self.spending.usage.count(step.usage);
        let chunk = step_chunk(step.number, &step.model, &step.usage);
        (vec![chunk], vec![Write::PutSpending(self.spending.clone())])
    }

    /// Ends the running turn with the question whether to spend more.
    pub(super) fn ask_to_spend(&mut self, now: Timestamp, left: Left, out: &mut Vec<Effect>) {
        let question = question(left);
        let id = self.ids.fresh();
        let Some(running) = self.running.as_mut() else {
            return;
        };
        let mut chunks = running.writer.ask(&id, question);
        chunks.extend(running.writer.finish_as(FINISH_REASON));
        self.grow(chunks, Vec::new(), out);
        self.settle(now, Settlement::Completed, out);
    }
}

fn question(left: Left) -> Value {
    let Left {
        budget,
        limit_usd,
        left_usd,
    } = left;
    let of = match budget {
        Budget::Turn => "this turn",
        Budget::Conversation => "this conversation",
    };
    let mut question = ask_user::whether_to_go_on(&format!(
        "The budget of {} for {of} has {} left, and the next call could cost more.",
        dollars(limit_usd),
        dollars(left_usd.max(0.0))
    ));
    if let Some(fields) = question.as_object_mut() {
        fields.insert(BUDGET.to_owned(), budget.as_str().into());
    }
    question
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(turn: Option<f64>, conversation: Option<f64>) -> ModelOptions {
        ModelOptions {
            budget_turn_usd: turn,
            budget_conversation_usd: conversation,
            ..ModelOptions::default()
        }
    }

    #[test]
    fn the_budget_that_is_nearest_to_its_end_counts() {
        let mut spending = Spending::default();
        spending.usage.count(Usage {
            cost_usd: Some(0.25),
            ..Usage::default()
        });
        let left = |spending: &Spending, turn, conversation| {
            spending
                .left(&options(turn, conversation))
                .map(|left| (left.budget, left.left_usd))
        };
        assert_eq!(left(&spending, None, None), None);
        assert_eq!(left(&spending, Some(1.0), None), Some((Budget::Turn, 0.75)));
        assert_eq!(
            left(&spending, Some(1.0), Some(0.5)),
            Some((Budget::Conversation, 0.25))
        );
        spending.extend(Budget::Conversation);
        assert_eq!(
            left(&spending, None, Some(0.5)),
            Some((Budget::Conversation, 0.75))
        );
        assert_eq!(Spending::from_json(&spending.to_json()), spending);
        assert_eq!(Spending::from_json(&json!(null)), Spending::default());
    }

    #[test]
    fn the_question_names_its_budget() {
        let question = question(Left {
            budget: Budget::Conversation,
            limit_usd: 2.0,
            left_usd: 0.14,
        });
        assert_eq!(
            question["question"],
            "The budget of $2.00 for this conversation has $0.14 left, and the next call could cost more. Continue?"
        );
        let message = json!({"id": "a", "role": "assistant", "parts": [
            {"type": "tool-ask_user", "toolCallId": "c", "state": "input-available", "input": question},
        ]});
        let message: Message = serde_json::from_value(message).unwrap();
        assert!(matches!(
            asked_about(&message),
            Some((Budget::Conversation, ToolState::InputAvailable { .. }))
        ));
    }

    #[test]
    fn the_usage_of_a_message_is_that_of_its_steps() {
        let usage = Usage {
            input_tokens: Some(3),
            ..Usage::default()
        };
        let mut builder =
            common::transcript::MessageBuilder::new(Message::empty_assistant("a".into()));
        for step in [1, 2, 2] {
            builder.apply(&step_chunk(step, "m", &usage));
        }
        assert_eq!(
            usage_of(builder.message()).input_tokens,
            Some(6),
            "a step counts once"
        );
    }
}
