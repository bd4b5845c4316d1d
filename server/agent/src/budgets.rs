//! Tokens and money: counted for each turn and conversation, and held below the budgets.
//!
//! A budget is checked before each call with the most that the call could cost (`ModelCall::budget_usd`); a turn that reaches one
//! asks the user whether to continue.

use common::{
    message::{Message, ToolState},
    state::{ContextSize, Usage, UsageSummary},
};
use providers::dollars;
use serde_json::Value;
use store::{Spending, Write};
use tools::ask_user;

use super::options::ModelOptions;

/// The field of our own question that names the budget.
const BUDGET: &str = "budget";

/// Why a turn that asks whether to continue ended, as its metadata says it.
pub(super) const FINISH_REASON: &str = "budget";

/// What a budget is for.
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

/// What the conversation has used, and what its budgets leave.
#[derive(Debug)]
pub(super) struct Budgets {
    spending: Spending,
}

impl Budgets {
    pub(super) const fn restore(spending: Spending) -> Self {
        Self { spending }
    }

    /// Tokens and money that were used.
    pub(super) const fn usage(&self) -> &UsageSummary {
        &self.spending.usage
    }

    /// What is left; `None`: there is no budget.
    pub(super) fn left(&self, options: &ModelOptions) -> Option<Left> {
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
            self.spending.turn_extensions,
            &self.spending.usage.turn,
        );
        let conversation = left(
            Budget::Conversation,
            options.budget_conversation_usd,
            self.spending.conversation_extensions,
            &self.spending.usage.conversation,
        );
        match (turn, conversation) {
            (Some(turn), Some(conversation)) if conversation.left_usd < turn.left_usd => {
                Some(conversation)
            }
            (turn, conversation) => turn.or(conversation),
        }
    }

    /// A turn begins: an answer has a budget of its own, and so has a continuation that the user allowed to spend more.
    /// `base`: the message that it continues.
    pub(super) fn begin_turn(&mut self, base: Option<&Message>) -> Option<Write> {
        let before = self.spending.clone();
        match base.map(asked_about) {
            None => {
                self.spending.usage.turn = Usage::default();
                self.spending.turn_extensions = 0;
            }
            Some(Some((budget, ToolState::OutputAvailable { .. }))) => self.extend(budget),
            Some(_) => {}
        }
        (self.spending != before).then(|| self.stored())
    }

    /// Counts the usage of a step.
    pub(super) fn count_step(&mut self, usage: Usage) -> Write {
        self.spending.usage.count(usage);
        self.stored()
    }

    /// The next model call is so large.
    pub(super) const fn measured(&mut self, size: ContextSize) {
        self.spending.usage.context = Some(size);
    }

    /// Counts the usage of a summary, which is no step of an answer.
    pub(super) fn count_summary(&mut self, usage: &Usage) -> Option<Write> {
        if *usage == Usage::default() {
            return None;
        }
        let turn = &mut self.spending.usage.turn;
        *turn = turn.plus(usage);
        Some(self.count_beside(usage))
    }

    /// Counts the usage of a call that belongs to no turn.
    pub(super) fn count_beside(&mut self, usage: &Usage) -> Write {
        let conversation = &mut self.spending.usage.conversation;
        *conversation = conversation.plus(usage);
        self.stored()
    }

    /// The user allows the budget once more.
    fn extend(&mut self, budget: Budget) {
        let extensions = match budget {
            Budget::Turn => &mut self.spending.turn_extensions,
            Budget::Conversation => &mut self.spending.conversation_extensions,
        };
        *extensions = extensions.saturating_add(1);
    }

    fn stored(&self) -> Write {
        Write::PutSpending(self.spending.clone())
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

/// The budget that the last call of a message asks about.
pub(super) fn asked_about(message: &Message) -> Option<(Budget, &ToolState)> {
    let call = message.calls().next_back()?;
    let budget = call.state.input()?.get(BUDGET)?.as_str()?;
    let is_ours = call.name == ask_user::NAME;
    Budget::from_word(budget)
        .filter(|_| is_ours)
        .map(|budget| (budget, &call.state))
}

/// Asks the user whether to spend more than what is left.
pub(super) fn question(left: Left) -> Value {
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
    use serde_json::json;

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
        let mut budgets = Budgets::restore(Spending::default());
        budgets.count_step(Usage {
            cost_usd: Some(0.25),
            ..Usage::default()
        });
        let left = |budgets: &Budgets, turn, conversation| {
            budgets
                .left(&options(turn, conversation))
                .map(|left| (left.budget, left.left_usd))
        };
        assert_eq!(left(&budgets, None, None), None);
        assert_eq!(left(&budgets, Some(1.0), None), Some((Budget::Turn, 0.75)));
        assert_eq!(
            left(&budgets, Some(1.0), Some(0.5)),
            Some((Budget::Conversation, 0.25))
        );
        budgets.extend(Budget::Conversation);
        assert_eq!(
            left(&budgets, None, Some(0.5)),
            Some((Budget::Conversation, 0.75))
        );
        let spending = budgets.spending;
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
}
