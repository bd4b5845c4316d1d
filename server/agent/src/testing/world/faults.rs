//! What goes wrong in a world: stops, failures, and stores of other versions.

use super::*;

impl World {
    /// Stops the agent after this many more effects.
    pub(crate) fn stop_after(&mut self, effects: usize) {
        self.effects_left = Some(effects);
    }

    /// Whether the agent was stopped since this was asked last.
    pub(crate) fn take_stopped(&mut self) -> bool {
        std::mem::take(&mut self.stopped)
    }

    /// Stops the agent: its memory, its model calls and its connections are gone.
    pub(crate) fn stop(&mut self) {
        self.hibernate();
        self.outside.inboxes.clear();
    }

    /// Evicts the agent: its memory and its model calls are gone; the connections stay.
    pub(crate) fn hibernate(&mut self) {
        self.agent = None;
        self.outside.calls.clear();
        self.outside.tools.clear();
        self.outside.asks.clear();
        self.outside.later_pushes.clear();
        self.outside.pushes.clear();
        self.outside.flush = None;
        self.effects_left = None;
        self.stopped = true;
    }

    /// Puts a file into the workspace, as somebody else would.
    pub(crate) fn put_file(&self, path: &str, text: &str) {
        let path = FilePath::parse(path).expect("a path");
        self.workspace()
            .write(&path, text.as_bytes(), &Expect::Anything)
            .expect("the workspace is writable");
    }

    /// Writes nonsense where the synced state is stored.
    pub(crate) fn break_stored_state(&self) {
        self.store_state_text("{broken");
    }

    /// Replaces what the conversation is about, as another version of the server would.
    pub(crate) fn store_state(&self, state: &Value) {
        self.store_state_text(&state.to_string());
    }

    fn store_state_text(&self, text: &str) {
        let about = Write::PutAbout(About::default());
        self.store.write(&[about]).expect("the store is writable");
        let statement = "UPDATE facts SET value = ? WHERE name = 'state'";
        let written = self.sql.run(statement, &[text.into()]);
        written.expect("the store is writable");
    }

    /// As it was before there were directories.
    pub(crate) fn forget_pushes(&mut self) {
        let delete = "DELETE FROM facts WHERE name = 'told'";
        self.sql.run(delete, &[]).expect("the store is writable");
        self.directory = owners_directory();
    }

    /// Makes instructions wait for the user, as those of an archive do.
    pub(crate) fn mark_unconfirmed(&self, hash: &Hash) {
        let statement = "UPDATE contents SET unconfirmed = 1 WHERE hash = ?";
        let written = self.sql.run(statement, &[hash.as_str().into()]);
        written.expect("the store is writable");
    }

    /// From now on the transcript cannot be read.
    pub(crate) fn drop_messages_table(&self) {
        self.sql
            .run("DROP TABLE messages", &[])
            .expect("the store is writable");
    }

    /// From now on files can be neither read nor written.
    pub(crate) fn drop_files_table(&self) {
        self.sql
            .run("DROP TABLE entries", &[])
            .expect("the store is writable");
    }

    /// The tools that are running never come back.
    pub(crate) fn lose_tools(&mut self) {
        self.outside.tools.clear();
    }

    /// The oldest model call fails for good.
    pub(crate) fn fail_model(&mut self) {
        self.fail_model_with(ProviderError::Malformed {
            message: VendorMessage::default(),
        });
    }

    /// The oldest model call fails.
    pub(crate) fn fail_model_with(&mut self, error: ProviderError) {
        self.model_says(ModelProgress::Failed(error.into()));
    }

    /// The oldest model call continues like this.
    pub(crate) fn model_says(&mut self, progress: ModelProgress) {
        if let Some(call) = self.model_call() {
            self.input(Input::Provider { call, progress });
        }
    }
}
