//! The methods of an agent that clients may call (protocol §4).

words! {
    /// A method of an agent.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Callable, expected "a method" {
        /// Gives its argument back.
        "echo" => Echo,
        /// Writes to the storage and reads it back.
        "checkStorage" => CheckStorage,
        /// Asks the model for one token.
        "checkModel" => CheckModel,
        /// The models that may be asked.
        "listModels" => ListModels,
        /// The transcript.
        "getMessages" => GetMessages,
        /// The transcript as a document.
        "exportTranscript" => ExportTranscript,
        /// What an answer to an approval says beside yes or no.
        "annotateApproval" => AnnotateApproval,
        /// Takes a message out of the conversation, or back in.
        "setLeftOut" => SetLeftOut,
        /// Lets the agent follow instructions that came with an archive.
        "confirmInstructions" => ConfirmInstructions,
        /// Gives the notes on the project that go into every prompt.
        "getProjectContext" => GetProjectContext,
        /// Replaces them.
        "setProjectContext" => SetProjectContext,
        /// Gives the conversation a title.
        "renameConversation" => RenameConversation,
    }
}

impl Callable {
    /// All of them.
    pub const ALL: [Self; 12] = [
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
    ];
}
