//! `compact(request?)` and `getSummary()`: earlier messages are summarised, and the summary is read.

use serde::Deserialize;
use serde_json::json;

use super::{CallError, Reply};
use crate::{attached::ConnectionKey, context::Context, io::StoredReply, machine::Parts};

/// The most characters of what a summary should keep.
const MAX_KEEP_CHARS: usize = 2_000;

/// How the conversation is to be summarised.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Request {
    keep: Option<String>,
}

impl Parts {
    /// Summarises the conversation once the turns before are over. The answer comes at once.
    pub(super) fn compact(
        &mut self,
        cx: &mut Context<'_>,
        caller: ConnectionKey,
        (request,): (Option<Request>,),
    ) -> Result<Reply, CallError> {
        let refused = |words: &str| Err(CallError::Refused(words.to_owned()));
        let keep = request.unwrap_or_default().keep;
        let keep = keep.map(|keep| keep.trim().to_owned());
        let keep = keep.filter(|keep| !keep.is_empty());
        if keep
            .as_ref()
            .is_some_and(|keep| keep.chars().nth(MAX_KEEP_CHARS).is_some())
        {
            return refused("`keep` is longer than 2000 characters");
        }
        if self.is_compaction_queued() {
            return refused("The conversation is being summarised already.");
        }
        if self.waits() {
            return refused(
                "The last answer waits for you. Answer it first, then summarise the conversation.",
            );
        }
        if self.is_idle() && self.compactable().is_none() {
            return refused("There is nothing new to summarise.");
        }
        let request = self.queue_compaction(cx, caller, keep);
        self.start_queued(cx);
        Ok(Reply::Value(json!({"requestId": request.as_str()})))
    }
}

/// The newest summary.
pub(super) const fn get_summary((): ()) -> Result<Reply, CallError> {
    Ok(Reply::Stored(StoredReply::Summary))
}
