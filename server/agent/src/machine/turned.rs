//! Changes of answers are undone and redone: their messages say so.

use common::{
    frame::{RpcResponse, ServerFrame},
    id::MessageId,
};
use store::{Breadth, Write};
use workspace::{AskError, Asked, Turned, WorkspaceError};

use super::Parts;
use crate::{
    context::Context,
    io::{Effect, WorkspaceCall},
};

const STORE_BROKE: &str = "The files of this conversation could not be read or written just now. Nothing was changed. \
                           Please try again.";

impl Parts {
    /// Marks the answers whose changes were undone or redone, and shows that to everyone.
    pub(super) fn turned(&mut self, cx: &mut Context<'_>, turned: &[Turned]) {
        let mut positions = Vec::with_capacity(turned.len());
        for Turned { answer, is_undone } in turned {
            let id = MessageId::from(answer.as_str());
            if let Some(running) = &mut self.running
                && running.answer().id == id
            {
                running.set_undone(*is_undone);
            }
            if let Some(position) = self.transcript.find(&id).map(|entry| entry.position) {
                self.transcript.set_undone(position, *is_undone);
                positions.push(position);
            }
        }
        if positions.is_empty() {
            return;
        }
        let marks = positions.iter().copied().map(Write::MarkUndone);
        cx.persist(marks.collect());
        let hearing = self.connections.hearing();
        let whole = self.connections.of_breadth(&hearing, Breadth::Whole);
        self.connections.send_transcript(cx, &whole);
        // They may stand before the end of the transcript.
        let to = self.connections.of_breadth(&hearing, Breadth::End);
        if to.is_empty() {
            return;
        }
        for position in positions {
            let to = to.clone();
            cx.push(Effect::SendMessage { to, position });
        }
    }

    /// The workspace has answered a call.
    pub(super) fn workspace_asked(
        &mut self,
        cx: &mut Context<'_>,
        call: WorkspaceCall,
        result: Result<Asked, AskError>,
    ) {
        let WorkspaceCall { to, id, switch, .. } = call;
        let result = match result {
            Ok(Asked { body, turned }) => {
                match &switch {
                    Some(switch) => self.switch_branch(cx, switch, &turned),
                    None => self.turned(cx, &turned),
                }
                Ok(body)
            }
            // The caller has to choose.
            Err(AskError::Conflict(undone)) => Ok(undone.to_json()),
            Err(AskError::DraftConflict(decided)) => Ok(decided.to_json()),
            Err(AskError::Workspace(WorkspaceError::Store(error))) => {
                cx.log(format!("a call could not use the files: {error}"));
                Err(error.fault.words().unwrap_or(STORE_BROKE).to_owned())
            }
            Err(error) => Err(error.to_string()),
        };
        let response = match result {
            Ok(result) => RpcResponse::Success {
                id,
                result: Some(result),
            },
            Err(error) => RpcResponse::Failure { id, error },
        };
        cx.send(vec![to], ServerFrame::Rpc(response).encode());
    }
}
