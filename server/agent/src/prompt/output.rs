//! Outputs of tools as the model gets them.

use common::message::{ToolPart, ToolState};
use providers::{Attachment, Source};
use tools::{ask_user, attachment_of};

/// The tool whose outputs may name a file to look at.
const READ: &str = "read";

/// The output of a call, in every state: vendors refuse a call without one.
pub(super) fn text_of(call: &ToolPart) -> String {
    match &call.state {
        ToolState::OutputAvailable { output, .. } => match output.as_str() {
            Some(text) => text.to_owned(),
            None => output.to_string(),
        },
        ToolState::OutputError { error_text, .. } => format!("The tool failed: {error_text}"),
        ToolState::OutputDenied { approval, .. } => match &approval.reason {
            Some(reason) if approval.is_expired() => {
                format!("This call was not made, as the user had to agree. {reason}")
            }
            Some(reason) => format!("The user refused this call: {reason}"),
            None => "The user refused this call.".to_owned(),
        },
        ToolState::ApprovalRequested { .. } => "The user has not agreed to this call.".to_owned(),
        ToolState::ApprovalResponded { .. } => {
            "The user agreed, but the call was not made. Make it again if it is still wanted."
                .to_owned()
        }
        ToolState::InputAvailable { .. } if call.name == ask_user::NAME => {
            "The user has not answered this.".to_owned()
        }
        ToolState::InputStreaming { .. } | ToolState::InputAvailable { .. } => {
            "There is no result.".to_owned()
        }
    }
}

/// The picture or PDF that `read` has read: its output names it by path and hash.
pub(super) fn file_of(call: &ToolPart) -> Option<Attachment> {
    let ToolState::OutputAvailable { output, .. } = &call.state else {
        return None;
    };
    let named = attachment_of(output).filter(|_| call.name == READ)?;
    Some(Attachment {
        media_type: named.media_type.to_owned(),
        name: Some(named.path.as_str().to_owned()),
        source: Source::Workspace {
            path: named.path.as_str().to_owned(),
            hash: Some(named.hash.as_str().to_owned()),
        },
    })
}
