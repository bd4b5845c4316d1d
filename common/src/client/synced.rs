//! The synced state, and the agent's identity (protocol §§2-3).

use serde_json::Value;

use super::{
    context::Context,
    io::{ChatError, Effect, Identity},
};
use crate::frame::ClientFrame;

/// The state as the application sees it: a change by the application shows at once.
#[derive(Debug, Default)]
pub(super) struct Synced {
    shown: Option<Value>,
    /// The state last received from the agent, to undo a refused change.
    reported: Option<Value>,
    /// A state that is set and not sent.
    unsent: Option<Value>,
    /// The last known identity of the agent, of any connection.
    known: Option<Identity>,
    /// The build of the page that the server serves.
    served: Option<String>,
    ready: Ready,
    greeting: Greeting,
}

/// Whether frames of the greeting may still arrive on this connection. A state among them would undo a newer local
/// one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
enum Greeting {
    #[default]
    Expected,
    Over,
}

/// The progress of the greeting.
#[derive(Debug, Default)]
enum Ready {
    /// The identity has not arrived.
    #[default]
    Unknown,
    /// The identity has arrived, and a state frame follows.
    StateFollows(Identity),
    /// The greeting is complete.
    Yes,
}

impl Synced {
    /// The application replaces the state.
    pub(super) fn set(&mut self, cx: &mut Context<'_>, state: Value) {
        self.unsent = Some(state.clone());
        self.show(cx, state);
        self.send(cx);
    }

    /// A frame after the greeting arrived: sends the state that was set.
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

    /// The connection was lost, perhaps with a state that was sent; the next greeting has the truth.
    pub(super) fn down(&mut self, cx: &mut Context<'_>) {
        self.greeting = Greeting::Expected;
        if let Ready::Yes = std::mem::take(&mut self.ready) {
            cx.effects.push(Effect::ShowIdentity(None));
        }
    }

    /// Handles the identity of the agent.
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

    /// Handles the build of the page that the server serves.
    pub(super) fn serves(&mut self, cx: &mut Context<'_>, page: String) {
        if self.served.as_ref() != Some(&page) {
            self.served = Some(page.clone());
            cx.effects.push(Effect::ShowServedPage(page));
        }
    }

    /// Handles a state of the agent.
    pub(super) fn reported(&mut self, cx: &mut Context<'_>, state: Value) {
        self.reported = Some(state.clone());
        if self.unsent.is_none() {
            self.show(cx, state);
        }
        self.greeted(cx);
    }

    /// Handles the agent's refusal of the state that was set.
    pub(super) fn refused(&mut self, cx: &mut Context<'_>, words: String) {
        if let Some(reported) = self.reported.clone() {
            self.show(cx, reported);
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
