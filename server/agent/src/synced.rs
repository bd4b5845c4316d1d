//! The synced state: what the conversation is about, which clients may change, and what was last broadcast of its turns.

use common::{
    frame::ServerFrame,
    state::{
        About, Compacted, Fork, Grant, MAX_GRANTS, RunSummary, SyncedState, Unconfirmed,
        UsageSummary,
    },
    workspace::NearLimit,
};
use serde_json::Value;
use store::{FilesFound, Write};

use super::{connections::Connections, context::Context};

/// The synced state.
#[derive(Debug)]
pub(super) struct Synced {
    about: About,
    /// Whether anything of that was ever stored.
    is_stored: bool,
    /// What of the files waits for the user.
    found: FilesFound,
    /// The messages that several branches follow, as they were last broadcast.
    forks: Vec<Fork>,
    /// Where the newest summary of earlier messages stands.
    compaction: Compacted,
    /// The run summary that was last broadcast.
    run: RunSummary,
    /// The usage that was last broadcast.
    usage: UsageSummary,
}

impl Synced {
    pub(super) fn restore(
        (about, is_stored): (About, bool),
        found: FilesFound,
        compaction: Compacted,
        usage: UsageSummary,
    ) -> Self {
        Self {
            about,
            is_stored,
            found,
            forks: Vec::new(),
            compaction,
            run: RunSummary::default(),
            usage,
        }
    }

    /// What the conversation is about.
    pub(super) const fn about(&self) -> &About {
        &self.about
    }

    /// Whether anything of that was ever stored. If not, the conversation is new.
    pub(super) const fn is_stored(&self) -> bool {
        self.is_stored
    }

    /// The model that the conversation names; empty: none.
    pub(super) fn named_model(&self) -> &str {
        self.about.model.as_deref().unwrap_or_default()
    }

    /// The instructions that wait for the user.
    pub(super) fn unconfirmed(&self) -> &[Unconfirmed] {
        &self.found.unconfirmed
    }

    /// What of the files waits for the user.
    pub(super) const fn found(&self) -> &FilesFound {
        &self.found
    }

    /// What was last broadcast of the turns.
    pub(super) const fn run(&self) -> &RunSummary {
        &self.run
    }

    /// What was last broadcast of the usage.
    pub(super) const fn usage(&self) -> &UsageSummary {
        &self.usage
    }

    /// The whole state.
    pub(super) fn to_json(&self) -> Value {
        let state = SyncedState {
            about: self.about.clone(),
            run: self.run.clone(),
            usage: self.usage,
            unconfirmed: self.found.unconfirmed.clone(),
            drafted: self.found.drafted,
            forks: self.forks.clone(),
            compaction: self.compaction.clone(),
            near_full: self.found.near_full,
        };
        state.to_json()
    }

    pub(super) fn frame(&self) -> String {
        ServerFrame::State(self.to_json()).encode()
    }

    /// Sends the state to every client that is sent it.
    pub(super) fn broadcast(&self, cx: &mut Context<'_>, connections: &Connections) {
        cx.send(connections.of_protocol(), self.frame());
    }

    /// Replaces what the conversation is about. Returns what stores that, unless nothing changed.
    pub(super) fn set_about(&mut self, about: About) -> Option<Write> {
        if self.about == about {
            return None;
        }
        self.about = about;
        self.is_stored = true;
        Some(Write::PutAbout(self.about.clone()))
    }

    /// From now on such calls need no approval.
    pub(super) fn grant(&mut self, grant: Grant) -> Option<Write> {
        let allowed = &mut self.about.allowed;
        if allowed.contains(&grant) || allowed.len() >= MAX_GRANTS {
            return None;
        }
        allowed.push(grant);
        self.is_stored = true;
        Some(Write::PutAbout(self.about.clone()))
    }

    /// Replaces what of the files waits for the user. Whether it changed.
    pub(super) fn set_found(&mut self, found: FilesFound) -> bool {
        let changes = self.found != found;
        self.found = found;
        changes
    }

    /// Replaces the limit that is nearly reached. It goes along with the next broadcast.
    pub(super) const fn set_near_full(&mut self, near: Option<NearLimit>) {
        self.found.near_full = near;
    }

    /// Replaces the messages that several branches follow. Whether they changed.
    pub(super) fn set_forks(&mut self, forks: Vec<Fork>) -> bool {
        let changes = self.forks != forks;
        self.forks = forks;
        changes
    }

    /// Replaces where the newest summary stands. Whether it changed.
    pub(super) fn set_compaction(&mut self, compaction: Compacted) -> bool {
        let changes = self.compaction != compaction;
        self.compaction = compaction;
        changes
    }

    /// The user wants the instructions with this content followed.
    pub(super) fn confirm(&mut self, hash: &str) {
        self.found
            .unconfirmed
            .retain(|waiting| waiting.hash != hash);
    }

    /// Replaces what was last broadcast.
    pub(super) fn set_run(&mut self, run: RunSummary, usage: UsageSummary) {
        self.run = run;
        self.usage = usage;
    }
}
