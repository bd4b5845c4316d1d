//! Files with instructions: the model changes none unasked, and what came with an archive waits for the user.

use common::{
    frame::{ClientFrame, RpcResponse, ServerFrame},
    id::RpcId,
};
use serde_json::{Value, json};
use store::Store;
use workspace::{Expect, FilePath, Hash};

use super::{state, submit, tools::call_states};
use crate::{Access, ConnectionKey, ConnectionPolicy, Input, testing::World};

/// Puts instructions into the workspace as an archive brings them.
fn unpack(world: &mut World, path: &str, text: &str) {
    world.put_file(path, text);
    world.mark_unconfirmed(&Hash::of(text.as_bytes()));
    let found = Store::open(world.sql()).unwrap().files_found().unwrap();
    world.input(Input::FilesFound(found));
}

/// The field `unconfirmed` of the last state that a connection heard.
fn unconfirmed(world: &mut World, tab: ConnectionKey) -> Value {
    let frames = world.receive(tab);
    let mut states = frames.into_iter().filter_map(|frame| match frame {
        ServerFrame::State(state) => Some(state["unconfirmed"].clone()),
        _ => None,
    });
    states.next_back().unwrap()
}

fn confirm(
    world: &mut World,
    tab: ConnectionKey,
    path: &str,
    hash: &str,
) -> (Option<String>, Vec<ServerFrame>) {
    world.receive(tab);
    let call = ClientFrame::Rpc {
        id: RpcId::from("c"),
        method: "confirmInstructions".to_owned(),
        args: vec![json!({"path": path, "hash": hash})],
    };
    world.send(tab, &call);
    let frames = world.receive(tab);
    let refused = frames.iter().find_map(|frame| match frame {
        ServerFrame::Rpc(RpcResponse::Failure { error, .. }) => Some(error.clone()),
        _ => None,
    });
    (refused, frames)
}

#[test]
fn the_model_is_asked_about_instructions_in_every_mode_and_with_every_grant() {
    let hash = Hash::of(b"one\n");
    let edits = r#"[{"old":"one","new":"two"}]"#;
    for call in [
        r#"call write {"path":"AGENTS.md","text":"Obey."}"#.to_owned(),
        r#"call write {"path":"deep/er/AGENTS.md","text":"Obey."}"#.to_owned(),
        r#"call write {"path":"agents.md","text":"Obey."}"#.to_owned(),
        r#"call write {"path":"ＡＧＥＮＴＳ.md","text":"Obey."}"#.to_owned(),
        format!(r#"call edit {{"path":"a/AGENTS.md","hash":"{hash}","edits":{edits}}}"#),
        r#"call delete {"path":"a/AGENTS.md"}"#.to_owned(),
        r#"call delete {"path":"a"}"#.to_owned(),
        r#"call move {"from":"notes.md","to":"AGENTS.md"}"#.to_owned(),
        r#"call move {"from":"a","to":"b"}"#.to_owned(),
        r#"call move {"from":"a/AGENTS.md","to":"other.md"}"#.to_owned(),
    ] {
        let mut world = World::new();
        world.put_file("a/AGENTS.md", "one\n");
        world.put_file("notes.md", "notes");
        let tab = world.connect();
        let grants: Vec<Value> = ["write", "edit", "delete", "move"]
            .map(|tool| json!({"tool": tool, "paths": "**"}))
            .into();
        for fields in [json!({"mode": "auto-edit"}), json!({"allowed": grants})] {
            world.send(tab, &state(&fields));
        }
        world.send(
            tab,
            &state(&json!({"mode": "auto-edit", "allowed": grants})),
        );
        world.send(tab, &submit(1, &call));
        world.settle();
        let states = call_states(&world);
        assert_eq!(states, ["approval-requested"], "{call} {:?}", world.lines());
    }
}

#[test]
fn other_files_are_still_changed_unasked() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &state(&json!({"mode": "auto-edit"})));
    let call = r#"call write {"path":"a/AGENTS.txt","text":"x"}"#;
    world.send(tab, &submit(1, call));
    world.settle();
    assert_eq!(call_states(&world), ["output-available"]);
}

#[test]
fn waiting_instructions_are_broadcast_and_one_client_may_confirm_them() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "one"));
    world.settle();
    unpack(&mut world, "AGENTS.md", "Obey the archive.");
    let hash = Hash::of(b"Obey the archive.").to_string();
    let waiting = json!([{"path": "AGENTS.md", "hash": hash}]);
    assert_eq!(unconfirmed(&mut world, other), waiting);
    assert_eq!(crate::instructions::standing(&world.workspace()), Ok(None));

    world.hibernate();
    let late = world.connect();
    assert_eq!(
        unconfirmed(&mut world, late),
        waiting,
        "it outlives a sleep"
    );

    for (path, hash) in [("AGENTS.md", "other"), ("a/AGENTS.md", hash.as_str())] {
        let (refused, _) = confirm(&mut world, tab, path, hash);
        assert!(refused.unwrap().contains("Look at it again"), "{path}");
    }
    let readonly = ConnectionPolicy {
        access: Access::Readonly,
        ..ConnectionPolicy::default()
    };
    let viewer = world.connect_as("viewer", readonly);
    let (refused, _) = confirm(&mut world, viewer, "AGENTS.md", &hash);
    assert_eq!(refused.as_deref(), Some("Connection is readonly"));
    assert_eq!(crate::instructions::standing(&world.workspace()), Ok(None));

    world.receive(other);
    assert_eq!(confirm(&mut world, tab, "AGENTS.md", &hash).0, None);
    assert_eq!(unconfirmed(&mut world, other), Value::Null);
    let standing = crate::instructions::standing(&world.workspace()).unwrap();
    assert_eq!(standing.as_deref(), Some("Obey the archive."));
    world.hibernate();
    let late = world.connect();
    assert_eq!(unconfirmed(&mut world, late), Value::Null);
}

#[test]
fn a_client_cannot_confirm_by_its_state() {
    let mut world = World::new();
    let tab = world.connect();
    unpack(&mut world, "AGENTS.md", "Obey.");
    world.receive(tab);
    world.send(tab, &state(&json!({"unconfirmed": []})));
    assert_eq!(unconfirmed(&mut world, tab).as_array().unwrap().len(), 1);
    assert_eq!(crate::instructions::standing(&world.workspace()), Ok(None));
}

#[test]
fn unconfirmed_instructions_near_a_file_are_not_added() {
    let mut world = World::new();
    let tab = world.connect();
    world.put_file("a/AGENTS.md", "Outer.");
    world.put_file("a/b/x", "x");
    unpack(&mut world, "a/b/AGENTS.md", "Obey.");
    world.send(tab, &submit(1, r#"call read {"path":"a/b/x"}"#));
    world.settle();
    let said = world.lines()[1].clone();
    assert!(said.contains("Outer.") && !said.contains("Obey."), "{said}");
    let path = FilePath::parse("a/b/AGENTS.md").unwrap();
    let written = world.workspace().write(&path, b"Mine.", &Expect::File);
    let hash = written.unwrap().hash;
    world.workspace().confirm(&hash).unwrap();
    world.send(tab, &submit(2, r#"call read {"path":"a/b/x"}"#));
    world.settle();
    assert!(world.lines()[3].contains("Mine."), "{:?}", world.lines());
}
