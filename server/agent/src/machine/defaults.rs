//! What a new conversation begins with: what was chosen for it, or else the defaults of its owner, which the directory knows.

use common::state::Choices;
use store::Write;

use super::{Defaults, Parts, next::Next};
use crate::{context::Context, io::Effect};

impl Parts {
    /// Asks for the defaults, if a turn waits for them.
    pub(super) fn ask_defaults(&mut self, cx: &mut Context<'_>) {
        if self.defaults == Defaults::Settled && self.queue.begins() {
            self.defaults = Defaults::Asked;
            cx.push(Effect::AskDefaults);
        }
    }

    /// Whether a turn has to wait for the defaults.
    pub(super) fn awaits_defaults(&self) -> bool {
        self.defaults == Defaults::Asked
    }

    /// The defaults came. What was chosen meanwhile stays.
    pub(super) fn defaults_told(&mut self, cx: &mut Context<'_>, defaults: Choices) -> Next {
        if std::mem::replace(&mut self.defaults, Defaults::Settled) == Defaults::Settled {
            return Next::Wait;
        }
        let about = self.synced.about().clone();
        if about.choices().is_empty() {
            let about = about.with_choices(self.allowed(cx, defaults));
            self.change_about(cx, about);
        }
        Next::StartTurn
    }

    /// What was chosen for a conversation that begins.
    pub(super) fn choose(&mut self, cx: &mut Context<'_>, choices: Choices) -> Option<Write> {
        let choices = self.allowed(cx, choices);
        let about = self.synced.about().clone();
        self.synced.set_about(about.with_choices(choices))
    }

    /// The choices without a model that this server does not allow any more.
    fn allowed(&self, cx: &mut Context<'_>, choices: Choices) -> Choices {
        let is_allowed = |model: &String| self.options.model.allows(model);
        let model = choices.model.clone().filter(is_allowed);
        if model != choices.model {
            cx.log(
                "a conversation begins without the model that was chosen: it is not allowed"
                    .to_owned(),
            );
        }
        Choices { model, ..choices }
    }
}
