//! The tool calls of a growing message, and how a call's state changes.

use serde_json::{Map, Value};

use crate::{
    chunk::ToolCallFields,
    id::ToolCallId,
    message::{Approval, Part, ToolDetails, ToolKind, ToolPart, ToolState, as_object},
};

use super::{Growth, MessageBuilder};

impl MessageBuilder {
    /// The call and the index of its part.
    pub(super) fn tool(&mut self, id: &ToolCallId) -> Option<(usize, &mut ToolPart)> {
        let parts = self.message.parts.iter_mut().enumerate();
        parts.rev().find_map(|(index, part)| {
            if let Part::Tool(call) = part
                && call.tool_call_id == *id
            {
                Some((index, call.as_mut()))
            } else {
                None
            }
        })
    }

    pub(super) fn push_tool(
        &mut self,
        id: &ToolCallId,
        name: &str,
        call: &ToolCallFields,
        state: ToolState,
    ) -> Option<Growth> {
        let mut details = ToolDetails::default();
        add_details(&mut details, call);
        self.push(Part::Tool(Box::new(ToolPart {
            name: name.to_owned(),
            kind: ToolKind::Declared,
            tool_call_id: id.clone(),
            state,
            details,
        })))
    }

    /// Takes the input of a call, in a state that `allows` it; makes the call when it is new.
    pub(super) fn set_input(
        &mut self,
        id: &ToolCallId,
        name: &str,
        call: &ToolCallFields,
        state: ToolState,
        allows: impl FnOnce(&ToolState) -> bool,
    ) -> Option<Growth> {
        match self.tool(id) {
            None => self.push_tool(id, name, call, state),
            Some((index, part)) if allows(&part.state) => {
                part.state = state;
                add_details(&mut part.details, call);
                Some(Growth::Part(index))
            }
            Some(_) => None,
        }
    }

    pub(super) fn change_tool(
        &mut self,
        id: &ToolCallId,
        change: impl FnOnce(&ToolState) -> Option<ToolState>,
    ) -> Option<Growth> {
        let (index, part) = self.tool(id)?;
        part.state = change(&part.state)?;
        Some(Growth::Part(index))
    }
}

/// Adds what a chunk says about the call to what is known.
pub(super) fn add_details(details: &mut ToolDetails, call: &ToolCallFields) {
    fn add<T: Clone>(slot: &mut Option<T>, new: Option<&T>) {
        if let Some(new) = new {
            *slot = Some(new.clone());
        }
    }
    add(&mut details.title, call.title.as_ref());
    add(
        &mut details.provider_executed,
        call.provider_executed.as_ref(),
    );
    add(&mut details.tool_metadata, call.tool_metadata.as_ref());
    add(
        &mut details.call_provider_metadata,
        call.provider_metadata.as_ref(),
    );
}

/// Whether the model has not finished the input.
pub(super) const fn is_being_written(state: &ToolState) -> bool {
    match state {
        ToolState::InputStreaming { .. } => true,
        ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputAvailable { .. }
        | ToolState::OutputError { .. }
        | ToolState::OutputDenied { .. } => false,
    }
}

fn input_of(state: &ToolState) -> Value {
    as_object(state.input().unwrap_or(&Value::Null))
}

pub(super) fn request_approval(state: &ToolState, approval_id: &str) -> Option<ToolState> {
    match state {
        ToolState::InputStreaming { .. } | ToolState::InputAvailable { .. } => {
            Some(ToolState::ApprovalRequested {
                input: input_of(state),
                approval: Approval {
                    id: approval_id.to_owned(),
                    approved: None,
                    reason: None,
                    other: Map::new(),
                },
            })
        }
        ToolState::ApprovalRequested { .. }
        | ToolState::ApprovalResponded { .. }
        | ToolState::OutputAvailable { .. }
        | ToolState::OutputError { .. }
        | ToolState::OutputDenied { .. } => None,
    }
}

pub(super) fn set_output(
    state: &ToolState,
    output: &Value,
    preliminary: bool,
) -> Option<ToolState> {
    (!state.is_settled()).then(|| ToolState::OutputAvailable {
        input: input_of(state),
        output: output.clone(),
        preliminary,
        approval: state.approval().cloned(),
    })
}

pub(super) fn set_error(state: &ToolState, error_text: &str) -> Option<ToolState> {
    (!state.is_settled()).then(|| ToolState::OutputError {
        input: state.input().cloned(),
        raw_input: None,
        error_text: error_text.to_owned(),
        approval: state.approval().cloned(),
    })
}

pub(super) fn deny(state: &ToolState, id: &ToolCallId) -> Option<ToolState> {
    match state {
        ToolState::InputStreaming { .. }
        | ToolState::InputAvailable { .. }
        | ToolState::ApprovalRequested { .. } => {
            let asked = state.approval().cloned();
            let blank = || Approval {
                id: id.to_string(),
                approved: None,
                reason: None,
                other: Map::new(),
            };
            let approval = Approval {
                approved: Some(false),
                ..asked.unwrap_or_else(blank)
            };
            Some(ToolState::OutputDenied {
                input: input_of(state),
                approval,
            })
        }
        ToolState::ApprovalResponded { .. }
        | ToolState::OutputAvailable { .. }
        | ToolState::OutputError { .. }
        | ToolState::OutputDenied { .. } => None,
    }
}
