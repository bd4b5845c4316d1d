//! A conversation that is only looked at: nothing is stored before somebody says something.

use common::{frame::ClientFrame, id::RpcId};
use serde_json::{Value, json};

use super::{state, submit};
use crate::testing::World;

fn rpc(method: &str, args: Vec<Value>) -> ClientFrame {
    ClientFrame::Rpc {
        id: RpcId::from("c"),
        method: method.to_owned(),
        args,
    }
}

/// Everything that a page and other clients ask before they change anything.
fn look(world: &mut World) {
    let tab = world.connect();
    let other = world.connect();
    world.send(tab, &ClientFrame::ResumeRequest(None));
    for method in [
        "getMessages",
        "exportTranscript",
        "listModels",
        "getProjectContext",
        "echo",
    ] {
        let args = if method == "echo" {
            vec![json!(1)]
        } else {
            Vec::new()
        };
        world.send(tab, &rpc(method, args));
    }
    world.send_text(tab, "no frame");
    world.send(tab, &ClientFrame::ChatCancel("r9".into()));
    world.etag();
    world.transcript();
    world.disconnect(other);
    world.hibernate();
    world.send(tab, &rpc("getMessages", Vec::new()));
    world.settle();
}

#[test]
fn looking_at_a_conversation_writes_nothing_and_sets_no_alarm() {
    let mut world = World::new();
    look(&mut world);
    assert_eq!(world.sql().writes(), 0);
    assert!(!world.has_alarm());
}

#[test]
fn the_first_change_is_stored() {
    for change in [
        submit(1, "one"),
        state(&json!({"title": "Lists"})),
        rpc("setProjectContext", vec![json!("Rust")]),
    ] {
        let mut world = World::new();
        look(&mut world);
        let tab = world.connect();
        world.send(tab, &change);
        world.settle();
        assert!(world.sql().writes() > 0, "{change:?}");
        let lines = world.lines();
        world.hibernate();
        assert_eq!(world.lines(), lines);
    }
}
