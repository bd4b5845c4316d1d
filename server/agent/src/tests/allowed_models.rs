//! Models that a client may not name.

use common::frame::{ClientFrame, ResponseKind, ServerFrame};
use serde_json::json;

use super::{outcomes, responses, state, submit};
use crate::{AgentOptions, AllowedModels, ConnectionKey, ModelOptions, testing::World};

fn world() -> (World, ConnectionKey) {
    let mut world = World::with(AgentOptions {
        model: ModelOptions {
            default: "own".to_owned(),
            fallbacks: vec!["second".to_owned()],
            allowed: AllowedModels::Listed(vec!["good/*".to_owned()]),
            ..ModelOptions::default()
        },
        ..AgentOptions::default()
    });
    let tab = world.connect();
    world.receive(tab);
    (world, tab)
}

fn naming(number: u32, model: &str) -> ClientFrame {
    let ClientFrame::ChatRequest(mut request) = submit(number, "one") else {
        panic!("a submission is a request")
    };
    request.body.insert("model".to_owned(), json!(model));
    ClientFrame::ChatRequest(request)
}

#[test]
fn a_submission_that_names_another_model_is_refused_in_words() {
    let (mut world, tab) = world();
    world.send(tab, &naming(1, "dear/one"));
    let frames = world.receive(tab);
    let responses = responses(&frames);
    let [response] = &responses[..] else {
        panic!("{frames:?}")
    };
    let ResponseKind::Refused(words) = &response.kind else {
        panic!("{response:?}")
    };
    assert_eq!(
        words,
        "The model `dear/one` may not be asked here. Choose one of: `own`, `second`, `good/*`."
    );
    assert!(world.lines().is_empty() && !world.has_model_call());
    assert_eq!(world.sql().writes(), 0);
}

#[test]
fn allowed_models_are_asked() {
    for model in ["own", "second", "good/one", " "] {
        let (mut world, tab) = world();
        world.send(tab, &naming(1, model));
        let asked = world.last_model_call().model;
        let expected = if model == " " { "own" } else { model };
        assert_eq!(asked, expected);
    }
}

#[test]
fn a_state_that_names_another_model_is_refused_in_words() {
    let (mut world, tab) = world();
    world.send(tab, &state(&json!({"model": "dear/one"})));
    let frames = world.receive(tab);
    let [ServerFrame::StateError(words)] = &frames[..] else {
        panic!("{frames:?}")
    };
    assert!(words.starts_with("The model `dear/one` may not be asked here."));
    assert_eq!(world.sql().writes(), 0);
    world.send(tab, &state(&json!({"model": "good/one"})));
    world.send(tab, &submit(1, "one"));
    assert_eq!(world.last_model_call().model, "good/one");
}

/// The setting was changed since the conversation chose its model.
#[test]
fn a_stored_model_that_is_no_longer_allowed_is_not_asked() {
    let (mut world, tab) = world();
    world.store_state(&json!({"title": null, "projectContext": null, "model": "dear/one"}));
    world.hibernate();
    world.send(tab, &submit(1, "one"));
    assert!(!world.has_model_call());
    let frames = world.receive(tab);
    let (_, outcome) = &outcomes(&frames)[0];
    assert!(
        format!("{outcome:?}").contains("may not be asked here"),
        "{outcome:?}"
    );
    // The rest of the state may still be changed.
    world.send(tab, &state(&json!({"title": "New", "model": "dear/one"})));
    assert!(
        !world
            .receive(tab)
            .iter()
            .any(|frame| matches!(frame, ServerFrame::StateError(_)))
    );
    world.send(tab, &state(&json!({"model": null})));
    world.send(tab, &submit(2, "two"));
    assert_eq!(world.last_model_call().model, "own");
}
