//! The agent machine in virtual time.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a test looks for one variant"
)]

mod access;
mod allowed_models;
mod approvals;
mod branches;
mod compaction;
mod concurrency;
mod conversation;
mod defaults;
mod doctor;
mod draft;
mod eviction;
mod fetch;
mod files;
mod fuzz;
mod instructions;
mod interrupted_calls;
mod left_out;
mod legal;
mod limits;
mod loops;
mod model_calls;
mod models;
mod new_conversation;
mod offers;
mod pushes;
mod questions;
mod queued;
mod reconcile;
mod refusal;
mod resume;
mod short;
mod spending;
mod state;
mod steer;
mod titles;
mod tools;
mod turns;
mod unanswered;
mod undo;
mod wire;

use common::{
    frame::{
        ChatRequest, ChatResponse, ClientFrame, Outcome, ResponseKind, RpcResponse, ServerFrame,
        Trigger,
    },
    id::{MessageId, RequestId, RpcId},
    message::{Message, Role},
};
use serde_json::{Map, Value, json};

use crate::{ConnectionKey, testing::World};

/// A submission of one new message: request `r…`, message `m…`.
fn submit(number: u32, text: &str) -> ClientFrame {
    let message = Message::text(MessageId::new(format!("m{number}")), Role::User, text);
    request(&format!("r{number}"), Trigger::Submit, vec![message])
}

fn request(id: &str, trigger: Trigger, messages: Vec<Message>) -> ClientFrame {
    ClientFrame::ChatRequest(ChatRequest {
        id: RequestId::from(id),
        trigger,
        messages,
        after: None,
        client_tools: Vec::new(),
        body: Map::new(),
    })
}

/// A client's state with these fields and none else.
fn state(fields: &Value) -> ClientFrame {
    let mut state = json!({"title": null, "projectContext": null, "model": null});
    let fields = fields.as_object().unwrap().clone();
    state.as_object_mut().unwrap().extend(fields);
    ClientFrame::State(state)
}

/// The answer to a call.
fn call(
    world: &mut World,
    tab: ConnectionKey,
    method: &str,
    arguments: Vec<Value>,
) -> Result<Value, String> {
    world.receive(tab);
    world.send(
        tab,
        &ClientFrame::Rpc {
            id: RpcId::from("1"),
            method: method.to_owned(),
            args: arguments,
        },
    );
    let frames = world.receive(tab);
    let answer = frames.into_iter().find_map(|frame| match frame {
        ServerFrame::Rpc(RpcResponse::Success { result, .. }) => {
            Some(Ok(result.unwrap_or_default()))
        }
        ServerFrame::Rpc(RpcResponse::Failure { error, .. }) => Some(Err(error)),
        _ => None,
    });
    answer.expect("an answer")
}

/// Without what is synced beside the chat.
fn chat(mut frames: Vec<ServerFrame>) -> Vec<ServerFrame> {
    frames.retain(|frame| !matches!(frame, ServerFrame::State(_)));
    frames
}

fn responses(frames: &[ServerFrame]) -> Vec<&ChatResponse> {
    frames
        .iter()
        .filter_map(|frame| {
            if let ServerFrame::ChatResponse(response) = frame {
                Some(response)
            } else {
                None
            }
        })
        .collect()
}

/// How the turns ended of which these frames tell, in order.
fn outcomes(frames: &[ServerFrame]) -> Vec<(String, Outcome)> {
    responses(frames)
        .into_iter()
        .filter_map(|response| match &response.kind {
            ResponseKind::Done { outcome, .. } => Some((response.id.to_string(), outcome.clone())),
            _ => None,
        })
        .collect()
}

/// The `seq` of each chunk, in order.
fn seqs(frames: &[ServerFrame]) -> Vec<u64> {
    responses(frames)
        .into_iter()
        .filter_map(|response| match response.kind {
            ResponseKind::Chunk { seq, .. } => seq,
            _ => None,
        })
        .collect()
}

/// The name of each frame's variant, for the order of frames. What is synced beside the chat is left out.
fn kinds(frames: &[ServerFrame]) -> Vec<String> {
    frames
        .iter()
        .filter(|frame| !matches!(frame, ServerFrame::State(_)))
        .map(|frame| match frame {
            ServerFrame::ChatResponse(response) => match &response.kind {
                ResponseKind::Chunk { .. } => "chunk".to_owned(),
                ResponseKind::Done { .. } => "done".to_owned(),
                ResponseKind::ReplayComplete => "replay complete".to_owned(),
                ResponseKind::Refused(_) => "refused".to_owned(),
                ResponseKind::Words(_) | ResponseKind::Failing(_) => "other".to_owned(),
            },
            other => {
                let name = format!("{other:?}");
                name.split([' ', '(', '{'])
                    .next()
                    .unwrap_or_default()
                    .to_owned()
            }
        })
        .collect()
}
