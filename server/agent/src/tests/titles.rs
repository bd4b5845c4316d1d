//! The title that the model gives after the first answer.

use common::{directory::TitleBy, frame::ClientFrame, id::RpcId, state::Usage};
use serde_json::json;

use super::submit;
use crate::{AgentOptions, Effect, Input, TitleCall, TitleMade, testing::World, title_request};

fn world() -> World {
    World::with(AgentOptions {
        titles: true,
        ..AgentOptions::default()
    })
}

fn asked(world: &World) -> Vec<TitleCall> {
    let call = |effect: &Effect| match effect {
        Effect::MakeTitle(call) => Some(call.clone()),
        _ => None,
    };
    world.done.iter().filter_map(call).collect()
}

fn says(world: &mut World, text: &str) {
    let call = asked(world).pop().unwrap().call;
    let usage = Usage {
        cost_usd: Some(0.25),
        ..Usage::default()
    };
    let text = text.to_owned();
    let made = TitleMade { text, usage };
    world.input(Input::TitleMade { call, made });
}

#[test]
fn the_model_is_asked_once_after_the_first_answer() {
    let mut world = world();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    assert_eq!(asked(&world), []);
    world.settle();
    assert_eq!(asked(&world).len(), 1);
    assert_eq!(world.listed().unwrap().title.as_deref(), Some("hello"));
    says(&mut world, "\"A greeting.\"\n");
    let listed = world.listed().unwrap();
    assert_eq!(listed.title.as_deref(), Some("A greeting"));
    assert_eq!(listed.title_by, TitleBy::Model);
    assert_eq!(listed.cost_usd, Some(0.25), "it is paid for");
    world.assert_listed();
    world.send(tab, &submit(2, "more"));
    world.settle();
    assert_eq!(asked(&world).len(), 1);
    // What is said twice is not counted twice.
    says(&mut world, "Another");
    assert_eq!(world.listed().unwrap().title.as_deref(), Some("A greeting"));
}

#[test]
fn without_a_title_the_beginning_stays_and_nobody_asks_again() {
    for said in ["", " \n", "\"\"", "\u{202e}"] {
        let mut world = world();
        let tab = world.connect();
        world.send(tab, &submit(1, "hello"));
        world.settle();
        says(&mut world, said);
        world.hibernate();
        world.send(tab, &submit(2, "more"));
        world.settle();
        assert_eq!(asked(&world).len(), 1, "{said:?}");
        assert_eq!(world.listed().unwrap().title.as_deref(), Some("hello"));
    }
}

#[test]
fn a_title_of_the_users_is_never_replaced() {
    let rename = ClientFrame::Rpc {
        id: RpcId::from("r"),
        method: "renameConversation".to_owned(),
        args: vec![json!("Mine")],
    };
    let mut world = world();
    let tab = world.connect();
    world.send(tab, &rename);
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(asked(&world), [], "there is one already");
    let mut world = self::world();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    world.send(tab, &rename);
    says(&mut world, "Another");
    let listed = world.listed().unwrap();
    assert_eq!(listed.title.as_deref(), Some("Mine"));
    assert_eq!(listed.title_by, TitleBy::User);
}

#[test]
fn no_title_is_requested_when_it_is_off_without_money_or_without_an_answer() {
    let mut world = World::new();
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(asked(&world), []);
    let mut options = AgentOptions {
        titles: true,
        ..AgentOptions::default()
    };
    options.model.budget_conversation_usd = Some(0.0);
    let mut world = World::with(options);
    let tab = world.connect();
    world.send(tab, &submit(1, "hello"));
    world.settle();
    assert_eq!(asked(&world), []);
    let mut world = self::world();
    let tab = world.connect();
    world.send(tab, &submit(1, "hang"));
    world.fail_model();
    assert_eq!(asked(&world), []);
    world.send(tab, &submit(2, "hello"));
    world.settle();
    assert_eq!(asked(&world).len(), 1, "the first one that did");
}

#[test]
fn the_request_is_small() {
    let mut world = world();
    let tab = world.connect();
    world.send(tab, &submit(1, &"long ".repeat(10_000)));
    world.settle();
    let request = title_request("", &world.transcript());
    assert_eq!(request.model, None);
    assert!(request.max_tokens.is_some());
    let size = format!("{:?}", request.messages).len();
    assert!(size < 6_000, "{size}");
}
