//! Every frame and every call, from everybody.

use accounts::{Caller, CredentialId, Denial, Intent, PersonId, Role, Scope};
use common::{
    callable::Callable,
    final_close::FinalClose,
    frame::{ClientFrame, RpcResponse, ServerFrame, ToolApproval, ToolResult, Trigger},
    id::{MessageId, ProbeId, RequestId, RpcId, ToolCallId},
    message::{Message, Role as MessageRole, ToolOutcome},
    time::Timestamp,
};
use serde_json::{Value, json};
use store::Write;

use super::{request, state, submit};
use crate::{Access, ConnectionKey, ConnectionPolicy, Effect, Input, testing::World};

fn person(name: &str, role: Role) -> Caller {
    Caller {
        person: PersonId::stored(name),
        credential: CredentialId::stored(format!("session-of-{name}")),
        role,
        ..Caller::local()
    }
}

fn ann() -> Caller {
    person("ann", Role::Member)
}

fn connect(world: &mut World, id: &str, caller: Option<Caller>) -> ConnectionKey {
    world.connect_of(id, ConnectionPolicy::default(), caller)
}

/// A conversation of Ann's with a message, an answer and a question that waits.
fn anns_conversation() -> (World, ConnectionKey) {
    let mut world = World::new();
    let tab = connect(&mut world, "ann", Some(ann()));
    world.send(
        tab,
        &submit(1, r#"/call write {"path":"a.js","content":"1"}"#),
    );
    world.settle();
    (world, tab)
}

fn call(method: &str) -> ClientFrame {
    ClientFrame::Rpc {
        id: RpcId::from("c1"),
        method: method.to_owned(),
        args: Vec::new(),
    }
}

/// One frame of each kind, and one call of each method. The compiler wants every kind of frame here.
fn every_frame() -> Vec<ClientFrame> {
    let message = Message::text(MessageId::from("m9"), MessageRole::User, "more");
    let call_id = ToolCallId::from("r1-0");
    let mut frames = vec![
        request("r9", Trigger::Submit, vec![message.clone()]),
        request("r8", Trigger::Regenerate, Vec::new()),
        ClientFrame::ChatMessages(vec![message]),
        ClientFrame::ChatClear,
        ClientFrame::ChatCancel(RequestId::from("r1")),
        ClientFrame::ResumeRequest(Some(ProbeId::from("p1"))),
        ClientFrame::ResumeAck(RequestId::from("r1")),
        ClientFrame::ToolResult(ToolResult {
            tool_call_id: call_id.clone(),
            tool_name: "write".to_owned(),
            outcome: ToolOutcome::Output(json!("done")),
            auto_continue: true,
            client_tools: Vec::new(),
        }),
        ClientFrame::ToolApproval(ToolApproval {
            tool_call_id: call_id,
            approved: true,
            auto_continue: true,
        }),
        state(&json!({"title": "Changed"})),
        call("unheardOf"),
    ];
    for frame in &frames {
        match frame {
            ClientFrame::ChatRequest(_)
            | ClientFrame::ChatMessages(_)
            | ClientFrame::ChatClear
            | ClientFrame::ChatCancel(_)
            | ClientFrame::ResumeRequest(_)
            | ClientFrame::ResumeAck(_)
            | ClientFrame::ToolResult(_)
            | ClientFrame::ToolApproval(_)
            | ClientFrame::State(_)
            | ClientFrame::Rpc { .. } => {}
        }
    }
    frames.extend(Callable::ALL.map(|callable| call(callable.as_str())));
    frames
}

/// What each frame is meant to do, by another rule than the machine's.
fn reads(frame: &ClientFrame) -> bool {
    match frame {
        ClientFrame::ResumeRequest(_) | ClientFrame::ResumeAck(_) => true,
        ClientFrame::Rpc { method, .. } => [
            "unheardOf",
            "echo",
            "listModels",
            "getMessages",
            "exportTranscript",
            "getProjectContext",
            "compare",
            "draft",
            "getSummary",
            "getContext",
        ]
        .contains(&method.as_str()),
        _ => false,
    }
}

/// Whether effects change anything, or cost money.
fn changes(done: &[Effect]) -> bool {
    done.iter().any(|effect| {
        matches!(
            effect,
            Effect::Persist(_)
                | Effect::CallModel(_)
                | Effect::RunTool(_)
                | Effect::Abort(_)
                | Effect::CheckModel(_)
        )
    })
}

/// The answer says that a frame was not taken, in the way of its kind.
fn is_refusal(frame: &ClientFrame, answer: &ServerFrame) -> bool {
    match (frame, answer) {
        (ClientFrame::ChatRequest(request), ServerFrame::ChatResponse(response)) => {
            response.id == request.id && format!("{:?}", response.kind).starts_with("Refused")
        }
        (ClientFrame::State(_), ServerFrame::StateError(_)) => true,
        (ClientFrame::Rpc { id, .. }, ServerFrame::Rpc(RpcResponse::Failure { id: of, .. })) => {
            id == of
        }
        (
            ClientFrame::ChatMessages(_)
            | ClientFrame::ChatClear
            | ClientFrame::ChatCancel(_)
            | ClientFrame::ToolResult(_)
            | ClientFrame::ToolApproval(_),
            ServerFrame::FrameError {
                frame: Some(kind), ..
            },
        ) => frame.encode().contains(kind),
        _ => false,
    }
}

/// Who can connect and may not change anything.
fn readers(epoch: &str) -> Vec<(&'static str, Caller, ConnectionPolicy)> {
    let shared = |caller: Caller| Caller {
        shared: Some(epoch.to_owned()),
        ..caller
    };
    let readonly = ConnectionPolicy {
        access: Access::Readonly,
        ..ConnectionPolicy::default()
    };
    let token = |scopes: &[Scope]| Caller {
        scopes: scopes.to_vec().into(),
        ..ann()
    };
    let usual = ConnectionPolicy::default();
    vec![
        ("her own read-only tab", ann(), readonly),
        ("a viewer", shared(person("guest", Role::Viewer)), usual),
        (
            "a member it is shared with",
            shared(person("bob", Role::Member)),
            usual,
        ),
        (
            "the owner it is shared with",
            shared(Caller::local()),
            usual,
        ),
        ("her token for reading", token(&[Scope::Read]), usual),
        (
            "her token for files",
            token(&[Scope::Files, Scope::Admin]),
            usual,
        ),
    ]
}

#[test]
fn a_read_only_client_is_refused_every_change_in_the_form_of_the_frame() {
    let count = readers("").len();
    for at in 0..count {
        for frame in every_frame() {
            let (mut world, _) = anns_conversation();
            let epoch = world.epoch();
            let (who, caller, policy) = readers(&epoch).swap_remove(at);
            let reader = world.connect_of("reader", policy, Some(caller));
            world.receive(reader);
            let before = (world.done.len(), world.transcript());
            world.send(reader, &frame);
            let done = world.done.split_off(before.0);
            let answers = world.receive(reader);
            let refused = answers.iter().any(|answer| is_refusal(&frame, answer));
            let context = format!("{who}: {frame:?} {answers:?}");
            if reads(&frame) {
                // Arguments that do not fit are refused, too.
                let is_call = matches!(frame, ClientFrame::Rpc { .. });
                assert!(is_call || !refused, "{context}");
                let said = format!("{answers:?}");
                assert!(
                    !said.contains("readonly") && !said.contains("scope"),
                    "{context}"
                );
            } else {
                assert!(refused, "{context}");
                assert_eq!(answers.len(), 1, "{context}");
                assert!(!changes(&done), "{context} {done:?}");
            }
            assert_eq!(world.transcript(), before.1, "{context}");
            assert!(world.is_connected(reader), "{context}");
        }
    }
}

#[test]
fn the_owner_and_her_token_are_refused_nothing() {
    for caller in [
        ann(),
        Caller {
            scopes: vec![Scope::Chat, Scope::Files].into(),
            ..ann()
        },
    ] {
        for frame in every_frame() {
            let (mut world, _) = anns_conversation();
            let tab = connect(&mut world, "tab", Some(caller.clone()));
            world.receive(tab);
            world.send(tab, &frame);
            let is_result = |frame: &ServerFrame| {
                matches!(frame, ServerFrame::Rpc(RpcResponse::Success { .. }))
            };
            let mut frames = world.receive(tab);
            frames.retain(|frame| !is_result(frame));
            let said = format!("{frames:?}");
            for word in ["readonly", "scope", "not yours", "reading", "sign"] {
                assert!(!said.contains(word), "{frame:?} {said}");
            }
            assert!(world.is_connected(tab));
        }
    }
}

#[test]
fn strangers_are_closed_with_code_and_reason_and_get_nothing() {
    let (mut world, _) = anns_conversation();
    let now = world.now;
    let ended = Caller {
        until: Some(now),
        ..ann()
    };
    let old_share = Caller {
        shared: Some("0000".to_owned()),
        ..person("bob", Role::Member)
    };
    let (no, out) = (FinalClose::NotAllowed, FinalClose::NotSignedIn);
    for (who, caller, close, denial) in [
        ("nobody", None, out, Denial::NotSignedIn),
        ("an expired sign-in", Some(ended), out, Denial::Expired),
        (
            "another member",
            Some(person("bob", Role::Member)),
            no,
            Denial::NotYours,
        ),
        (
            "the server's owner",
            Some(Caller::local()),
            no,
            Denial::NotYours,
        ),
        (
            "a viewer of others",
            Some(person("guest", Role::Viewer)),
            no,
            Denial::NotYours,
        ),
        (
            "a share of an earlier one",
            Some(old_share),
            no,
            Denial::NotYours,
        ),
    ] {
        let before = world.done.len();
        let key = connect(&mut world, "stranger", caller);
        let effects = &world.done[before..];
        assert_eq!(
            world.outside.closed.get(&key),
            Some(&(close.code(), denial.sentence())),
            "{who}"
        );
        assert!(!world.is_connected(key), "{who}");
        let is_close = |effect: &Effect| matches!(effect, Effect::Close { .. });
        assert!(effects.iter().all(is_close), "{who}: {effects:?}");
    }
}

#[test]
fn a_new_conversation_belongs_to_the_first_writer_and_others_are_closed_before_they_get_it() {
    for frame in [
        submit(1, "hello"),
        state(&json!({"title": "Mine"})),
        ClientFrame::ChatMessages(vec![Message::text(
            MessageId::from("m1"),
            MessageRole::User,
            "hello",
        )]),
    ] {
        let mut world = World::new();
        let tab = connect(&mut world, "ann", Some(ann()));
        let other = connect(&mut world, "ann-2", Some(ann()));
        let bob = connect(&mut world, "bob", Some(person("bob", Role::Member)));
        let viewer = connect(&mut world, "guest", Some(person("guest", Role::Viewer)));
        assert!(!world.is_connected(viewer), "viewers make no conversations");
        let before = world.done.len();
        world.send(tab, &frame);
        let effects = &world.done[before..];
        assert!(
            matches!(&effects[0], Effect::Close { key, .. } if *key == bob),
            "{effects:?}"
        );
        let first = effects.iter().find_map(|effect| match effect {
            Effect::Persist(writes) => writes.first(),
            _ => None,
        });
        let owner = PersonId::stored("ann");
        assert_eq!(first, Some(&Write::PutOwner(owner)), "with the first write");
        assert!(world.is_connected(tab) && world.is_connected(other));
        world.stop();
        let bob = connect(&mut world, "bob", Some(person("bob", Role::Member)));
        assert!(!world.is_connected(bob), "after a restart, too");
        let tab = connect(&mut world, "ann", Some(ann()));
        assert!(world.is_connected(tab));
    }
}

#[test]
fn reading_and_checking_make_a_conversation_nobodys_own() {
    let mut world = World::new();
    let bob = connect(&mut world, "bob", Some(person("bob", Role::Member)));
    for frame in [
        ClientFrame::ResumeRequest(None),
        ClientFrame::ChatCancel(RequestId::from("r1")),
        call("getMessages"),
        call("checkStorage"),
        call("echo"),
    ] {
        world.send(bob, &frame);
    }
    let tab = connect(&mut world, "ann", Some(ann()));
    assert!(world.is_connected(tab));
    world.send(tab, &submit(1, "hello"));
    assert!(!world.is_connected(bob));
}

#[test]
fn the_writer_of_the_first_file_owns_the_conversation() {
    let mut world = World::new();
    let bob = connect(&mut world, "bob", Some(person("bob", Role::Member)));
    world.input(Input::Claimed(PersonId::stored("ann")));
    assert!(!world.is_connected(bob));
    world.input(Input::Claimed(PersonId::stored("bob")));
    world.stop();
    let tab = connect(&mut world, "ann", Some(ann()));
    assert!(world.is_connected(tab), "it is taken once");
}

#[test]
fn a_revoked_sign_in_closes_its_connections_and_refuses_those_on_their_way() {
    let (mut world, tab) = anns_conversation();
    let phone = Caller {
        credential: CredentialId::stored("phone"),
        ..ann()
    };
    let other = connect(&mut world, "phone", Some(phone.clone()));
    world.input(Input::Revoked(phone.credential.clone()));
    let (close, reason) = world.outside.closed.get(&other).unwrap().clone();
    assert_eq!(close, FinalClose::NotSignedIn.code());
    assert!(reason.contains("revoked"), "{reason}");
    assert!(world.is_connected(tab));
    let late = connect(&mut world, "phone", Some(phone));
    assert!(!world.is_connected(late));
}

#[test]
fn a_connection_ends_with_its_sign_in_before_it_gets_more() {
    let (mut world, tab) = anns_conversation();
    let until = Timestamp::from_millis(world.now.as_millis() + 60_000);
    let ending = Caller {
        until: Some(until),
        ..ann()
    };
    let other = connect(&mut world, "phone", Some(ending));
    world.hibernate();
    world.pass(std::time::Duration::from_secs(59));
    world.send(tab, &state(&json!({"title": "One"})));
    assert!(world.is_connected(other));
    world.receive(other);
    world.pass(std::time::Duration::from_secs(1));
    let before = world.done.len();
    world.send(tab, &state(&json!({"title": "Two"})));
    assert_eq!(
        world.outside.closed[&other],
        (FinalClose::NotSignedIn.code(), Denial::Expired.sentence())
    );
    let sent = world.done[before..].iter().any(|effect| match effect {
        Effect::Send { to, .. } => to.contains(&other),
        _ => false,
    });
    assert!(!sent);
    assert!(world.is_connected(tab), "the other sign-in has no end");
}

#[test]
fn connections_from_before_the_sign_in_are_closed() {
    let attached: Value =
        json!({"key": 7, "id": "old", "policy": {"access": "full", "protocol": "sent"}});
    let attached: crate::Attached = serde_json::from_value(attached).unwrap();
    assert_eq!(attached.caller, None);
    let world = World::new();
    let denied = world.admit(attached.caller.as_ref(), Intent::Reads);
    assert_eq!(denied, Err(Denial::NotSignedIn));
}
