//! Pushes to the directory of the owner, and the title that the model gives a conversation after its first answer. The model
//! is asked once; where it gives none, the beginning of the first message stays. A title of the user's is never replaced.

use common::{
    directory::{ConversationState, TitleBy, title},
    state::{RunStatus, Usage},
};

use super::Parts;
use crate::{
    context::Context,
    io::{CallId, Effect, TitleCall, TitleMade},
    pushes::{Facts, TitleWish},
};

impl Parts {
    /// Pushes what has changed of the conversation.
    pub(super) fn push_summary(&mut self, cx: &mut Context<'_>) {
        if self.guard.owner().is_none() {
            return;
        }
        let facts = Facts {
            state: self.directory_state(),
            about: self.synced.about(),
            cost_usd: self.budgets.usage().conversation.cost_usd,
            transcript: &self.transcript,
        };
        let left = self.budgets.left(&self.options.model);
        let may_title = self.options.titles && left.is_none_or(|left| left.left_usd > 0.0);
        match self.pushes.update(cx, &facts, may_title) {
            TitleWish::None => {}
            TitleWish::Asked => self.ask_for_title(cx),
        }
    }

    fn directory_state(&self) -> ConversationState {
        if self.running.is_some() || self.queue.answers() > 0 {
            return ConversationState::Running;
        }
        let run = self.synced.run();
        match (&run.status, &run.failure) {
            (RunStatus::Running { .. }, _) => ConversationState::Running,
            (RunStatus::Waiting(_), _) => ConversationState::Waiting,
            (RunStatus::Idle, Some(_)) => ConversationState::Failed,
            (RunStatus::Idle, None) => ConversationState::Idle,
        }
    }

    /// Asks the model for a title. That it was asked is stored already.
    fn ask_for_title(&mut self, cx: &mut Context<'_>) {
        let call = cx.next_call();
        self.title_call = Some(call);
        let named = self.context.model.clone();
        let model = named.or_else(|| self.synced.about().model.clone());
        let left = self.budgets.left(&self.options.model);
        cx.push(Effect::MakeTitle(TitleCall {
            call,
            model: model.unwrap_or_default(),
            budget_usd: left.map(|left| left.left_usd),
        }));
    }

    /// The model has given a title, or none.
    pub(super) fn title_made(&mut self, cx: &mut Context<'_>, call: CallId, made: &TitleMade) {
        if self.title_call.take_if(|asked| *asked == call).is_none() {
            return;
        }
        if made.usage != Usage::default() {
            cx.persist(vec![self.budgets.count_beside(&made.usage)]);
        }
        let Some(title) = title::of_model(&made.text) else {
            return;
        };
        // The user may have given one meanwhile, or have emptied it.
        let about = self.synced.about();
        if about.title.is_none() || self.pushes.title_by() != TitleBy::Start {
            return;
        }
        if let Ok(changed) = about.clone().with_title(Some(title))
            && changed != *about
        {
            self.pushes.title_is_by(TitleBy::Model);
            self.change_about(cx, changed);
        }
    }
}
