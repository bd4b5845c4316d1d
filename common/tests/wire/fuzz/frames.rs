//! Random frames, each of the kind of a golden. A new variant does not compile without an arm here.

use common::{
    frame::{
        Before, ChatRequest, ChatResponse, ClientFrame, ClientTool, Delivered, NoResume, Outcome,
        ResponseKind, RpcResponse, ServerFrame, ToolApproval, ToolResult, Trigger,
    },
    id::{MessageId, ProbeId, RequestId, RpcId, ToolCallId},
    message::ToolOutcome,
};
use fastrand::Rng;

use super::{
    json::{list, maybe, name, object_without, some_value, text, value},
    parts::{chunk, message},
};
use crate::wire::{client_frames, server_frames};

/// A frame of the kind of any golden.
pub(super) fn client_frame(random: &mut Rng) -> ClientFrame {
    let cases = client_frames::cases();
    let (_, case) = random.choice(&cases).unwrap();
    match case {
        ClientFrame::ChatRequest(_) => ClientFrame::ChatRequest(ChatRequest {
            id: request(random),
            trigger: *random
                .choice(&[Trigger::Submit, Trigger::Regenerate])
                .unwrap(),
            messages: list(random, message),
            after: maybe(random, |random| MessageId::new(text(random))),
            client_tools: list(random, client_tool),
            body: object_without(
                random,
                &["messages", "trigger", "clientTools", "afterMessage"],
            ),
        }),
        ClientFrame::ChatMessages(_) => ClientFrame::ChatMessages(list(random, message)),
        ClientFrame::ChatClear => ClientFrame::ChatClear,
        ClientFrame::ChatCancel(_) => ClientFrame::ChatCancel(request(random)),
        ClientFrame::ResumeRequest(_) => ClientFrame::ResumeRequest(maybe(random, probe)),
        ClientFrame::ResumeAck(_) => ClientFrame::ResumeAck(request(random)),
        ClientFrame::ToolResult(_) => ClientFrame::ToolResult(ToolResult {
            tool_call_id: call(random),
            tool_name: text(random),
            outcome: if random.bool() {
                ToolOutcome::Output(value(random))
            } else {
                ToolOutcome::Error(maybe(random, text))
            },
            auto_continue: random.bool(),
            client_tools: list(random, client_tool),
        }),
        ClientFrame::ToolApproval(_) => ClientFrame::ToolApproval(ToolApproval {
            tool_call_id: call(random),
            approved: random.bool(),
            auto_continue: random.bool(),
        }),
        ClientFrame::State(_) => ClientFrame::State(value(random)),
        ClientFrame::Rpc { .. } => ClientFrame::Rpc {
            id: rpc(random),
            method: text(random),
            args: list(random, value),
        },
    }
}

fn client_tool(random: &mut Rng) -> ClientTool {
    ClientTool {
        name: name(random),
        description: maybe(random, text),
        parameters: maybe(random, some_value),
    }
}

fn call(random: &mut Rng) -> ToolCallId {
    ToolCallId::new(text(random))
}

/// A frame of the kind of any golden.
pub(super) fn server_frame(random: &mut Rng) -> ServerFrame {
    let cases = server_frames::cases();
    let (_, case) = random.choice(&cases).unwrap();
    match case {
        ServerFrame::Identity { .. } => ServerFrame::Identity {
            name: text(random),
            agent: text(random),
            state_follows: random.bool(),
            page: random.bool().then(|| text(random)),
        },
        ServerFrame::State(_) => ServerFrame::State(value(random)),
        ServerFrame::StateError(_) => ServerFrame::StateError(text(random)),
        ServerFrame::McpServers(_) => ServerFrame::McpServers(value(random)),
        ServerFrame::Rpc(response) => ServerFrame::Rpc(rpc_response_like(response, random)),
        ServerFrame::ChatResponse(response) => ServerFrame::ChatResponse(ChatResponse {
            id: request(random),
            continuation: random.bool(),
            delivered: *random
                .choice(&[Delivered::Live, Delivered::Replay])
                .unwrap(),
            kind: response_kind_like(&response.kind, random),
        }),
        ServerFrame::ChatMessages { .. } => ServerFrame::ChatMessages {
            messages: list(random, message),
            before: maybe(random, |random| Before {
                count: random.u64(1..3),
                last: MessageId::new(text(random)),
            }),
            connect: random.bool(),
        },
        ServerFrame::ChatClear => ServerFrame::ChatClear,
        ServerFrame::MessageUpdated(_) => ServerFrame::MessageUpdated(message(random)),
        ServerFrame::StreamResuming { .. } => ServerFrame::StreamResuming {
            id: request(random),
            probe_id: maybe(random, probe),
        },
        ServerFrame::StreamResumeNone { .. } => ServerFrame::StreamResumeNone {
            reason: maybe(random, no_resume),
            probe_id: maybe(random, probe),
        },
        ServerFrame::StreamPending { .. } => ServerFrame::StreamPending {
            id: maybe(random, request),
            probe_id: maybe(random, probe),
        },
        ServerFrame::ChatRecovering { .. } => ServerFrame::ChatRecovering {
            recovering: random.bool(),
            id: maybe(random, request),
        },
        ServerFrame::FrameError { .. } => ServerFrame::FrameError {
            frame: maybe(random, text),
            id: maybe(random, text),
            error: text(random),
        },
    }
}

fn rpc_response_like(response: &RpcResponse, random: &mut Rng) -> RpcResponse {
    let id = rpc(random);
    match response {
        RpcResponse::Success { .. } => RpcResponse::Success {
            id,
            result: maybe(random, value),
        },
        RpcResponse::Partial { .. } => RpcResponse::Partial {
            id,
            result: value(random),
        },
        RpcResponse::Failure { .. } => RpcResponse::Failure {
            id,
            error: text(random),
        },
    }
}

fn response_kind_like(kind: &ResponseKind, random: &mut Rng) -> ResponseKind {
    match kind {
        ResponseKind::Chunk { .. } => ResponseKind::Chunk {
            chunk: chunk(random),
            seq: maybe(random, |random| random.u64(..)),
        },
        // Never a chunk, whatever the random text.
        ResponseKind::Words(_) => ResponseKind::Words(format!("No {}", text(random))),
        ResponseKind::ReplayComplete => ResponseKind::ReplayComplete,
        ResponseKind::Failing(_) => ResponseKind::Failing(text(random)),
        ResponseKind::Refused(_) => ResponseKind::Refused(text(random)),
        ResponseKind::Done { outcome, .. } => ResponseKind::Done {
            outcome: outcome_like(outcome, random),
            message_ids: list(random, |random| MessageId::new(text(random))),
        },
    }
}

fn outcome_like(outcome: &Outcome, random: &mut Rng) -> Outcome {
    match outcome {
        Outcome::Completed => Outcome::Completed,
        Outcome::Error(_) => Outcome::Error(maybe(random, text)),
        Outcome::Aborted => Outcome::Aborted,
        Outcome::Skipped => Outcome::Skipped,
        Outcome::Recovering => Outcome::Recovering,
        Outcome::Other(_) => Outcome::Other(name(random)),
    }
}

fn no_resume(random: &mut Rng) -> NoResume {
    match random.u8(0..3) {
        0 => NoResume::Idle,
        1 => NoResume::ContinuationOwned,
        _ => NoResume::Other(name(random)),
    }
}

fn request(random: &mut Rng) -> RequestId {
    RequestId::new(text(random))
}

fn probe(random: &mut Rng) -> ProbeId {
    ProbeId::new(text(random))
}

fn rpc(random: &mut Rng) -> RpcId {
    RpcId::new(text(random))
}
