//! The synced state, and who the agent says it is (protocol §§2-3).

use serde_json::Value;

use super::{
    context::Context,
    io::{ChatError, Effect, Identity},
};
use crate::frame::ClientFrame;

/// The state as the application sees it: what it sets shows at once.
#[derive(Debug, Default)]
pub(super) struct Synced {
    shown: Option<Value>,
    /// What the agent told last, to go back to.
    told: Option<Value>,
    /// Set and not sent.
    unsent: Option<Value>,
    /// Who the agent is, on any connection so far.
    known: Option<Identity>,
    /// The build of the page that the server serves.
    served: Option<String>,
    ready: Ready,
    greeting: Greeting,
}

/// Whether frames of the greeting may still come on this connection. A state among them would undo one set meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Greeting {
    #[default]
    Expected,
    Over,
}

/// How far the greeting of this connection is.
#[derive(Debug, Default)]
enum Ready {
    /// The agent has not said who it is.
    #[default]
    Unknown,
    /// It has, and its state comes next.
    StateFollows(Identity),
    /// It has said all.
    Yes,
}

impl Synced {
    /// The application replaces the state.
    pub(super) fn set(&mut self, cx: &mut Context<'_>, state: Value) {
        self.unsent = Some(state.clone());
        self.show(cx, state);
        self.send(cx);
    }

    /// A frame came that is none of the greeting: sends what was set.
    pub(super) fn greeting_over(&mut self, cx: &mut Context<'_>) {
        self.greeting = Greeting::Over;
        self.send(cx);
    }

    fn send(&mut self, cx: &mut Context<'_>) {
        if self.greeting == Greeting::Over
            && let Some(state) = self.unsent.take()
        {
            cx.transmit(&ClientFrame::State(state));
        }
    }

    /// The connection is lost. A state that was sent may be lost with it; the greeting of the next one will tell.
    pub(super) fn down(&mut self, cx: &mut Context<'_>) {
        self.greeting = Greeting::Expected;
        if let Ready::Yes = std::mem::take(&mut self.ready) {
            cx.effects.push(Effect::ShowIdentity(None));
        }
    }

    /// The agent says who it is, and whether its state comes next.
    pub(super) fn identified(
        &mut self,
        cx: &mut Context<'_>,
        identity: Identity,
        state_follows: bool,
    ) {
        let before = self.known.replace(identity.clone());
        if let Some(from) = before.filter(|before| *before != identity) {
            let to = identity.clone();
            cx.effects.push(Effect::IdentityChanged { from, to });
        }
        self.ready = Ready::StateFollows(identity);
        if !state_follows {
            self.greeted(cx);
        }
    }

    /// The server tells which build of the page it serves.
    pub(super) fn serves(&mut self, cx: &mut Context<'_>, page: String) {
        if self.served.as_ref() != Some(&page) {
            self.served = Some(page.clone());
            cx.effects.push(Effect::ShowServedPage(page));
        }
    }

    /// The agent tells its state.
    pub(super) fn told(&mut self, cx: &mut Context<'_>, state: Value) {
        self.told = Some(state.clone());
        if self.unsent.is_none() {
            self.show(cx, state);
        }
        self.greeted(cx);
    }

    /// The agent does not take the state that was set.
    pub(super) fn refused(&mut self, cx: &mut Context<'_>, words: String) {
        if let Some(told) = self.told.clone() {
            self.show(cx, told);
        }
        let error = ChatError::StateRefused(words);
        cx.effects.push(Effect::Report(error));
    }

    fn greeted(&mut self, cx: &mut Context<'_>) {
        self.ready = match std::mem::take(&mut self.ready) {
            Ready::StateFollows(identity) => {
                cx.effects.push(Effect::ShowIdentity(Some(identity)));
                Ready::Yes
            }
            ready @ (Ready::Unknown | Ready::Yes) => ready,
        };
    }

    fn show(&mut self, cx: &mut Context<'_>, state: Value) {
        if self.shown.as_ref() != Some(&state) {
            self.shown = Some(state.clone());
            cx.effects.push(Effect::ShowState(state));
        }
    }
}
