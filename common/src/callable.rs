//! The methods of an agent that clients may call (protocol §4).

words! {
    /// A method that clients can call.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Callable, expected "a method" {
        /// Returns its argument.
        "echo" => Echo,
        /// Writes to the storage and reads the value back.
        "checkStorage" => CheckStorage,
        /// Asks the model for one token, to check that it answers.
        "checkModel" => CheckModel,
        /// Returns the models that can be chosen.
        "listModels" => ListModels,
        /// Returns the transcript.
        "getMessages" => GetMessages,
        /// Returns the transcript as a document.
        "exportTranscript" => ExportTranscript,
        /// Adds a reason or a grant to the next approval response.
        "annotateApproval" => AnnotateApproval,
        /// Excludes a message from what the model gets, or includes it again.
        "setLeftOut" => SetLeftOut,
        /// Lets the agent follow instructions that came with an archive.
        "confirmInstructions" => ConfirmInstructions,
        /// Returns the project notes that go into every prompt.
        "getProjectContext" => GetProjectContext,
        /// Replaces the project notes.
        "setProjectContext" => SetProjectContext,
        /// Sets the title of the conversation.
        "renameConversation" => RenameConversation,
        /// Gives a message that waits for its turn another content.
        "editQueued" => EditQueued,
        /// Takes a message that waits for its turn out of the conversation.
        "removeQueued" => RemoveQueued,
        /// Has a message that waits answered before the others that wait.
        "moveQueuedFirst" => MoveQueuedFirst,
        /// Stops the running turn and has a message that waits answered.
        "sendQueuedNow" => SendQueuedNow,
        /// Undoes what answers changed in the files.
        "undo" => Undo,
        /// Redoes what was undone of an answer.
        "redo" => Redo,
        /// Puts a file back as it was.
        "restoreFile" => RestoreFile,
        /// Returns what an answer changed, or what differs between two points.
        "compare" => Compare,
        /// Returns what waits in the draft of the agent.
        "draft" => Draft,
        /// Keeps changes of the draft: they are made in the files.
        "keepDraft" => KeepDraft,
        /// Drops changes of the draft.
        "dropDraft" => DropDraft,
        /// Ends the shown branch after a message; what followed it is kept as another branch.
        "branch" => Branch,
        /// Shows another branch after a message.
        "switchBranch" => SwitchBranch,
        /// Has the model summarise the conversation, and gives it the summary from then on.
        "compact" => Compact,
        /// Returns the summary that the model gets in the place of earlier messages.
        "getSummary" => GetSummary,
        /// Returns what the model reads beside the messages.
        "getContext" => GetContext,
        /// Pins a message, so that the model gets it word for word beside a summary, or unpins it.
        "pinMessage" => PinMessage,
    }
}

impl Callable {
    /// Every method.
    pub const ALL: [Self; 29] = [
        Self::Echo,
        Self::CheckStorage,
        Self::CheckModel,
        Self::ListModels,
        Self::GetMessages,
        Self::ExportTranscript,
        Self::AnnotateApproval,
        Self::SetLeftOut,
        Self::ConfirmInstructions,
        Self::GetProjectContext,
        Self::SetProjectContext,
        Self::RenameConversation,
        Self::EditQueued,
        Self::RemoveQueued,
        Self::MoveQueuedFirst,
        Self::SendQueuedNow,
        Self::Undo,
        Self::Redo,
        Self::RestoreFile,
        Self::Compare,
        Self::Draft,
        Self::KeepDraft,
        Self::DropDraft,
        Self::Branch,
        Self::SwitchBranch,
        Self::Compact,
        Self::GetSummary,
        Self::GetContext,
        Self::PinMessage,
    ];
}
