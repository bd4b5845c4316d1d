//! What the agent may do without approval.

words! {
    /// What the agent may do without approval. A client that does not know modes never extends them, since the field `mode` is
    /// missing with the first.
    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
    pub enum Mode, expected "`ask`, `auto-edit` or `review`" {
        /// Read files; changes need approval.
        #[default]
        "ask" => Ask,
        /// Read and change files.
        "auto-edit" => AutoEdit,
        /// Read files, and change a draft of them. The user decides later what is kept of it.
        "review" => Review,
    }
}
