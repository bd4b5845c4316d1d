//! What the connection doctor asks: a call that comes back, a write, the model. And the doctor's own machine against
//! the agent.

use common::{
    client::Close,
    doctor::{
        Asks, CheckOutcome, Doctor, Effect as DoctorEffect, HttpAnswer, Input as DoctorInput, Page,
    },
};
use providers::ProviderError;
use serde_json::{Value, json};

use super::submit;
use crate::{ConnectionKey, Effect, Input, ModelCheck, testing::World};

fn call(world: &mut World, caller: ConnectionKey, method: &str, args: &Value) {
    while world.receive_text(caller).is_some() {}
    let frame = json!({"type": "rpc", "id": "c1", "method": method, "args": args});
    world.send_text(caller, &frame.to_string());
}

fn answer(world: &mut World, caller: ConnectionKey) -> Option<Value> {
    world
        .receive_text(caller)
        .map(|text| serde_json::from_str(&text).unwrap())
}

/// The check of the model that was asked for last.
fn model_check(world: &World) -> ModelCheck {
    let check = world.done.iter().rev().find_map(|effect| match effect {
        Effect::CheckModel(check) => Some(check.clone()),
        _ => None,
    });
    check.expect("the model is asked")
}

#[test]
fn echo_gives_back_what_it_is_given() {
    let mut world = World::new();
    let tab = world.connect();
    for value in [json!(null), json!("äß"), json!({"a": [1, "😀"]})] {
        call(&mut world, tab, "echo", &json!([value]));
        assert_eq!(
            answer(&mut world, tab),
            Some(
                json!({"type": "rpc", "id": "c1", "success": true, "done": true, "result": value})
            )
        );
    }
}

#[test]
fn a_check_of_the_storage_changes_nothing_that_anyone_sees() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    world.send(tab, &submit(1, "one"));
    world.settle();
    world.receive(other);
    let before = (world.etag(), world.lines());
    call(&mut world, tab, "checkStorage", &json!([]));
    assert_eq!(
        answer(&mut world, tab),
        Some(json!({"type": "rpc", "id": "c1", "success": true, "done": true, "result": true}))
    );
    assert_eq!((world.etag(), world.lines()), before);
    assert_eq!(world.receive(other), []);
}

#[test]
fn the_model_is_asked_outside_of_the_transcript() {
    let mut world = World::new();
    let tab = world.connect();
    let before = (world.etag(), world.lines());
    call(&mut world, tab, "checkModel", &json!([]));
    assert_eq!(answer(&mut world, tab), None, "not before the model says");
    let check = model_check(&world);
    world.input(Input::ModelChecked {
        check: check.clone(),
        result: Err(ProviderError::Dropped),
    });
    let failed = answer(&mut world, tab).unwrap();
    assert_eq!(failed["success"], false);
    assert_eq!(failed["error"], ProviderError::Dropped.to_string());

    // Also when the object has been away meanwhile.
    world.hibernate();
    world.input(Input::ModelChecked {
        check,
        result: Ok(()),
    });
    assert_eq!(answer(&mut world, tab).unwrap()["success"], true);
    assert_eq!((world.etag(), world.lines()), before);
    assert!(!world.has_alarm(), "nothing is left to wait for");
}

#[test]
fn the_doctor_finds_a_healthy_agent_well() {
    let mut world = World::new();
    let mut doctor = Doctor::new("coderagent".to_owned(), "room".to_owned());
    let mut inputs = vec![DoctorInput::Start(Asks::Model)];
    let mut tab = None;
    while let Some(input) = inputs.pop() {
        for effect in doctor.handle(world.now, input) {
            match effect {
                DoctorEffect::Fetch(page) => {
                    let body = match page {
                        Page::Any => "",
                        Page::Health => r#"{"status":"ok"}"#,
                        Page::Agent => "[]",
                    };
                    inputs.push(DoctorInput::Answered(
                        page,
                        HttpAnswer {
                            status: Some(200),
                            body: body.to_owned(),
                        },
                    ));
                }
                DoctorEffect::Open => {
                    tab = Some(world.connect());
                    inputs.push(DoctorInput::Opened);
                }
                DoctorEffect::Transmit(frame) => {
                    let tab = tab.unwrap();
                    world.send_text(tab, &frame);
                    if frame.contains("checkModel") {
                        let check = model_check(&world);
                        world.input(Input::ModelChecked {
                            check,
                            result: Ok(()),
                        });
                    }
                }
                DoctorEffect::Close => {
                    if let Some(tab) = tab.take() {
                        world.disconnect(tab);
                        inputs.push(DoctorInput::Closed(Close {
                            code: 1000,
                            reason: String::new(),
                        }));
                    }
                }
                DoctorEffect::WakeAt(_) | DoctorEffect::Show => {}
            }
        }
        if let (true, Some(tab)) = (inputs.is_empty(), tab) {
            inputs.extend(world.receive_text(tab).map(DoctorInput::Received));
        }
    }
    for outcome in doctor.outcomes() {
        assert!(
            matches!(outcome, CheckOutcome::Passed { .. }),
            "{outcome:?}"
        );
    }
}
