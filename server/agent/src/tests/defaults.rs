//! What a new conversation begins with.

use common::{
    frame::{ClientFrame, SubmissionOptions},
    state::{Choices, Effort, Mode},
};
use serde_json::json;

use super::{state, submit};
use crate::{AgentOptions, AllowedModels, testing::World};

fn wanted(model: &str) -> Choices {
    Choices {
        model: Some(model.to_owned()),
        effort: Some(Effort::High),
        mode: Mode::AutoEdit,
    }
}

fn begin(number: u32, choices: Choices) -> ClientFrame {
    let mut frame = submit(number, "one");
    if let ClientFrame::ChatRequest(request) = &mut frame {
        let options = SubmissionOptions {
            choices: Some(choices),
            ..SubmissionOptions::default()
        };
        request.body = options.to_body();
    }
    frame
}

fn chosen(world: &World) -> Choices {
    world.about().choices()
}

#[test]
fn a_new_conversation_begins_with_the_defaults_of_its_owner() {
    let mut world = World::new();
    world.outside.defaults = Some(wanted("a/b"));
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    assert_eq!(chosen(&world), wanted("a/b"));
    let reported = format!("{:?}", world.receive(tab));
    assert!(reported.contains("a/b"), "{reported}");
    // They are for new ones.
    world.outside.defaults = Some(wanted("c/d"));
    world.send(tab, &submit(2, "two"));
    world.stop();
    world.connect();
    world.settle();
    assert_eq!(chosen(&world), wanted("a/b"));
}

#[test]
fn the_first_turn_waits_for_the_defaults_also_after_an_eviction() {
    let mut world = World::new();
    world.outside.defaults = None;
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    assert!(!world.has_model_call());
    assert!(world.has_alarm());
    world.stop();
    world.outside.defaults = Some(wanted("a/b"));
    world.connect();
    world.settle();
    assert_eq!(chosen(&world), wanted("a/b"));
    assert_eq!(world.lines().len(), 2);
}

#[test]
fn what_was_chosen_for_the_conversation_comes_first() {
    let mut world = World::new();
    world.outside.defaults = Some(wanted("a/b"));
    let tab = world.connect();
    let choices = Choices {
        effort: Some(Effort::Low),
        ..Choices::default()
    };
    world.send(tab, &begin(1, choices.clone()));
    assert!(world.has_model_call(), "nobody is asked");
    world.settle();
    assert_eq!(chosen(&world), choices);
    // It counts where it begins a conversation only.
    world.send(tab, &begin(2, wanted("c/d")));
    world.settle();
    assert_eq!(chosen(&world), choices);
}

#[test]
fn what_was_set_before_the_first_message_stays() {
    let mut world = World::new();
    world.outside.defaults = Some(wanted("a/b"));
    let tab = world.connect();
    world.send(tab, &state(&json!({"reasoning": "low"})));
    world.send(tab, &submit(1, "one"));
    world.settle();
    let Choices { model, effort, .. } = chosen(&world);
    assert_eq!((model, effort), (None, Some(Effort::Low)));
}

#[test]
fn a_model_that_is_not_allowed_is_no_default() {
    let mut options = AgentOptions::default();
    options.model.allowed = AllowedModels::Listed(vec!["x/*".to_owned()]);
    let mut world = World::with(options);
    world.outside.defaults = Some(wanted("a/b"));
    let tab = world.connect();
    world.send(tab, &submit(1, "one"));
    world.settle();
    let expected = Choices {
        model: None,
        ..wanted("a/b")
    };
    assert_eq!(chosen(&world), expected);
}
