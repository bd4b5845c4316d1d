//! `getMessages()`, and `exportTranscript(format?)`, which streams.

use super::{CallError, Reply};
use crate::io::{ExportFormat, StoredReply};

/// The stored transcript.
pub(super) const fn get_messages((): ()) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::Messages))
}

/// The stored transcript as text, a chunk a message; ends with the number of messages.
pub(super) fn export_transcript((format,): (Option<ExportFormat>,)) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::Export(
        format.unwrap_or_default(),
    )))
}
