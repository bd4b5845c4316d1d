//! Random messages, parts and chunks.

use common::{
    chunk::{Chunk, DataChunk, PartBoundary, PartDelta, ToolCallFields},
    id::{MessageId, PartId, ToolCallId},
    message::{
        Approval, DataPart, FilePart, Message, Part, PartState, ReasoningPart, Role,
        SourceDocumentPart, SourceUrlPart, TextPart, ToolDetails, ToolKind, ToolPart, ToolState,
    },
};
use fastrand::Rng;

use super::json::{list, maybe, name, object_without, some_value, text, value};
use crate::wire::{chunks, parts};

pub(super) fn message(random: &mut Rng) -> Message {
    let cases = parts::parts();
    Message {
        id: MessageId::new(name(random)),
        role: *random
            .choice(&[Role::User, Role::Assistant, Role::System])
            .unwrap(),
        parts: list(random, |random| {
            part_like(random.choice(&cases).unwrap(), random)
        }),
        metadata: maybe(random, some_value),
    }
}

/// Another part of the same kind.
fn part_like(part: &Part, random: &mut Rng) -> Part {
    match part {
        Part::Text(_) => Part::Text(TextPart {
            text: text(random),
            state: maybe(random, part_state),
            provider_metadata: maybe(random, some_value),
        }),
        Part::Reasoning(_) => Part::Reasoning(ReasoningPart {
            text: text(random),
            state: maybe(random, part_state),
            id: maybe(random, text),
            provider_metadata: maybe(random, some_value),
        }),
        Part::File(_) => Part::File(file(random)),
        Part::SourceUrl(_) => Part::SourceUrl(source_url(random)),
        Part::SourceDocument(_) => Part::SourceDocument(source_document(random)),
        Part::StepStart => Part::StepStart,
        Part::Tool(part) => Part::Tool(Box::new(ToolPart {
            name: text(random),
            kind: *random
                .choice(&[ToolKind::Declared, ToolKind::Dynamic])
                .unwrap(),
            tool_call_id: call(random),
            state: tool_state_like(&part.state, random),
            details: ToolDetails {
                provider_executed: maybe(random, Rng::bool),
                title: maybe(random, text),
                tool_metadata: maybe(random, some_value),
                call_provider_metadata: maybe(random, some_value),
                result_provider_metadata: maybe(random, some_value),
                input_encoding: maybe(random, text),
            },
        })),
        Part::Data(_) => Part::Data(DataPart {
            name: text(random),
            id: maybe(random, text),
            data: value(random),
        }),
        Part::Other(_) => {
            let mut fields = object_without(random, &["type"]);
            fields.insert("type".to_owned(), format!("other-{}", text(random)).into());
            Part::Other(fields)
        }
    }
}

fn tool_state_like(state: &ToolState, random: &mut Rng) -> ToolState {
    match state {
        ToolState::InputStreaming { .. } => ToolState::InputStreaming {
            input: maybe(random, value),
        },
        ToolState::InputAvailable { .. } => ToolState::InputAvailable {
            input: object_without(random, &[]).into(),
        },
        ToolState::ApprovalRequested { .. } => ToolState::ApprovalRequested {
            input: object_without(random, &[]).into(),
            approval: approval(random),
        },
        ToolState::ApprovalResponded { .. } => ToolState::ApprovalResponded {
            input: object_without(random, &[]).into(),
            approval: approval(random),
        },
        ToolState::OutputAvailable { .. } => ToolState::OutputAvailable {
            input: object_without(random, &[]).into(),
            output: value(random),
            preliminary: random.bool(),
            approval: maybe(random, approval),
        },
        ToolState::OutputError { .. } => ToolState::OutputError {
            input: maybe(random, value),
            raw_input: maybe(random, value),
            error_text: text(random),
            approval: maybe(random, approval),
        },
        ToolState::OutputDenied { .. } => ToolState::OutputDenied {
            input: object_without(random, &[]).into(),
            approval: approval(random),
        },
    }
}

/// A chunk of the kind of any golden.
pub(super) fn chunk(random: &mut Rng) -> Chunk {
    let cases = chunks::full();
    chunk_like(random.choice(&cases).unwrap(), random)
}

/// Another chunk of the same kind.
fn chunk_like(chunk: &Chunk, random: &mut Rng) -> Chunk {
    match chunk {
        Chunk::Start { .. } => Chunk::Start {
            message_id: maybe(random, |random| MessageId::new(name(random))),
            message_metadata: maybe(random, some_value),
        },
        Chunk::TextStart(_) => Chunk::TextStart(boundary(random)),
        Chunk::TextDelta(_) => Chunk::TextDelta(delta(random)),
        Chunk::TextEnd(_) => Chunk::TextEnd(boundary(random)),
        Chunk::ReasoningStart(_) => Chunk::ReasoningStart(boundary(random)),
        Chunk::ReasoningDelta(_) => Chunk::ReasoningDelta(delta(random)),
        Chunk::ReasoningEnd(_) => Chunk::ReasoningEnd(boundary(random)),
        Chunk::File(_) => Chunk::File(file(random)),
        Chunk::SourceUrl(_) => Chunk::SourceUrl(source_url(random)),
        Chunk::SourceDocument(_) => Chunk::SourceDocument(source_document(random)),
        Chunk::ToolInputStart { .. } => Chunk::ToolInputStart {
            tool_call_id: call(random),
            tool_name: text(random),
            call: call_fields(random),
        },
        Chunk::ToolInputDelta { .. } => Chunk::ToolInputDelta {
            tool_call_id: call(random),
            input_text_delta: text(random),
        },
        Chunk::ToolInputAvailable { .. } => Chunk::ToolInputAvailable {
            tool_call_id: call(random),
            tool_name: text(random),
            input: value(random),
            call: call_fields(random),
        },
        Chunk::ToolInputError { .. } => Chunk::ToolInputError {
            tool_call_id: call(random),
            tool_name: text(random),
            input: maybe(random, some_value),
            error_text: text(random),
            call: call_fields(random),
        },
        Chunk::ToolApprovalRequest { .. } => Chunk::ToolApprovalRequest {
            approval_id: text(random),
            tool_call_id: call(random),
        },
        Chunk::ToolOutputAvailable { .. } => Chunk::ToolOutputAvailable {
            tool_call_id: call(random),
            output: value(random),
            preliminary: maybe(random, Rng::bool),
        },
        Chunk::ToolOutputError { .. } => Chunk::ToolOutputError {
            tool_call_id: call(random),
            error_text: text(random),
        },
        Chunk::ToolOutputDenied { .. } => Chunk::ToolOutputDenied {
            tool_call_id: call(random),
        },
        Chunk::StartStep => Chunk::StartStep,
        Chunk::FinishStep => Chunk::FinishStep,
        Chunk::MessageMetadata { .. } => Chunk::MessageMetadata {
            message_metadata: some_value(random),
        },
        Chunk::Finish { .. } => Chunk::Finish {
            finish_reason: maybe(random, text),
            message_metadata: maybe(random, some_value),
        },
        Chunk::Abort { .. } => Chunk::Abort {
            reason: maybe(random, text),
        },
        Chunk::Error { .. } => Chunk::Error {
            error_text: text(random),
        },
        Chunk::Data(_) => Chunk::Data(DataChunk {
            name: text(random),
            id: maybe(random, text),
            data: value(random),
            transient: random.bool(),
        }),
        Chunk::Other(_) => {
            let mut fields = object_without(random, &["type"]);
            fields.insert("type".to_owned(), format!("other-{}", text(random)).into());
            Chunk::Other(fields)
        }
    }
}

/// One of a few ids, so that chunks concern the same part.
fn part_id(random: &mut Rng) -> PartId {
    PartId::new(format!("p{}", random.u8(0..3)))
}

fn call(random: &mut Rng) -> ToolCallId {
    ToolCallId::new(format!("c{}", random.u8(0..3)))
}

fn part_state(random: &mut Rng) -> PartState {
    *random
        .choice(&[PartState::Streaming, PartState::Done])
        .unwrap()
}

fn boundary(random: &mut Rng) -> PartBoundary {
    PartBoundary {
        id: part_id(random),
        provider_metadata: maybe(random, some_value),
    }
}

fn delta(random: &mut Rng) -> PartDelta {
    PartDelta {
        id: part_id(random),
        delta: text(random),
        provider_metadata: maybe(random, some_value),
    }
}

fn call_fields(random: &mut Rng) -> ToolCallFields {
    ToolCallFields {
        dynamic: maybe(random, Rng::bool),
        title: maybe(random, text),
        provider_executed: maybe(random, Rng::bool),
        provider_metadata: maybe(random, some_value),
        tool_metadata: maybe(random, some_value),
    }
}

fn approval(random: &mut Rng) -> Approval {
    Approval {
        id: text(random),
        approved: maybe(random, Rng::bool),
        reason: maybe(random, text),
        other: object_without(random, &["id", "approved", "reason"]),
    }
}

fn file(random: &mut Rng) -> FilePart {
    FilePart {
        media_type: text(random),
        url: text(random),
        filename: maybe(random, text),
        provider_metadata: maybe(random, some_value),
    }
}

fn source_url(random: &mut Rng) -> SourceUrlPart {
    SourceUrlPart {
        source_id: text(random),
        url: text(random),
        title: maybe(random, text),
        provider_metadata: maybe(random, some_value),
    }
}

fn source_document(random: &mut Rng) -> SourceDocumentPart {
    SourceDocumentPart {
        source_id: text(random),
        media_type: text(random),
        title: text(random),
        filename: maybe(random, text),
        provider_metadata: maybe(random, some_value),
    }
}
