//! The list of the provider's models, as clients get it.

use std::rc::Rc;

use common::{
    models::{ModelInfo, ModelList, Prices},
    time::Timestamp,
};
use providers::openai_compatible::models::{Lookup, NoList, Refresh};
use serde_json::{Value, json};

use crate::{ConnectionKey, Effect, Input, ListedModels, ModelListing, testing::World};

fn call(world: &mut World, caller: ConnectionKey, args: &Value) {
    while world.receive_text(caller).is_some() {}
    let frame = json!({"type": "rpc", "id": "c1", "method": "listModels", "args": args});
    world.send_text(caller, &frame.to_string());
}

fn answer(world: &mut World, caller: ConnectionKey) -> Option<Value> {
    world
        .receive_text(caller)
        .map(|text| serde_json::from_str(&text).unwrap())
}

/// The lists that were asked for, oldest first.
fn listings(world: &World) -> Vec<ModelListing> {
    let listing = |effect: &Effect| match effect {
        Effect::ListModels(listing) => Some(listing.clone()),
        _ => None,
    };
    world.done.iter().filter_map(listing).collect()
}

fn listed(found: Lookup) -> ListedModels {
    ListedModels {
        default: "some/model".to_owned(),
        found,
    }
}

fn found(models: Vec<ModelInfo>) -> Lookup {
    Lookup {
        list: Some((Timestamp::from_millis(5), Rc::new(ModelList::of(models)))),
        ..Lookup::default()
    }
}

fn claude() -> ModelInfo {
    ModelInfo {
        id: "claude".to_owned(),
        name: "Claude".to_owned(),
        context: Some(200_000),
        max_output: Some(64_000),
        prices: Some(Prices {
            input: 0.000_003,
            cached_input: Some(0.000_000_3),
            cache_write: Some(0.000_003_75),
            output: 0.000_015,
            ..Prices::default()
        }),
        images: Some(true),
        files: None,
        tools: Some(true),
        reasoning: Some(false),
    }
}

#[test]
fn a_list_is_answered_with_prices_of_a_million_tokens() {
    let mut world = World::new();
    let (tab, other) = (world.connect(), world.connect());
    let before = (world.etag(), world.lines());
    call(&mut world, tab, &json!([]));
    while world.receive_text(other).is_some() {}
    assert_eq!(
        answer(&mut world, tab),
        None,
        "not before the list is there"
    );
    let listing = listings(&world).pop().unwrap();
    assert_eq!((listing.to, listing.refresh), (tab, Refresh::WhenDue));
    let bare = ModelInfo {
        id: "bare".to_owned(),
        name: "bare".to_owned(),
        ..ModelInfo::default()
    };
    world.input(Input::ModelsListed {
        listing,
        answer: listed(found(vec![claude(), bare])),
    });
    assert_eq!(
        answer(&mut world, tab),
        Some(json!({
            "type": "rpc", "id": "c1", "success": true, "done": true,
            "result": {
                "models": [
                    {
                        "id": "claude", "name": "Claude", "contextLength": 200_000, "maxOutputTokens": 64_000,
                        "pricing": {"input": 3.0, "cachedInput": 0.3, "cacheWrite": 3.75, "output": 15.0, "request": 0.0},
                        "modalities": {"images": true, "files": null}, "tools": true, "reasoning": false,
                    },
                    {
                        "id": "bare", "name": "bare", "contextLength": null, "maxOutputTokens": null, "pricing": null,
                        "modalities": {"images": null, "files": null}, "tools": null, "reasoning": null,
                    },
                ],
                "fetchedAt": 5, "stale": false, "default": "some/model",
            },
        }))
    );
    assert_eq!(
        answer(&mut world, other),
        None,
        "nobody else gets an answer"
    );
    assert_eq!((world.etag(), world.lines()), before);
    assert!(!world.has_alarm(), "nothing is left to wait for");
}

#[test]
fn a_kept_list_is_given_with_its_age_and_what_is_wrong() {
    let mut world = World::new();
    let tab = world.connect();
    call(&mut world, tab, &json!([{"refresh": true}]));
    let listing = listings(&world).pop().unwrap();
    assert_eq!(listing.refresh, Refresh::Now);
    let found = Lookup {
        stale: true,
        error: Some(NoList::NotAList),
        ..found(vec![claude()])
    };
    // Also when the object has been away meanwhile.
    world.hibernate();
    world.input(Input::ModelsListed {
        listing,
        answer: listed(found),
    });
    let result = &answer(&mut world, tab).unwrap()["result"];
    assert_eq!(
        (&result["stale"], &result["fetchedAt"]),
        (&json!(true), &json!(5))
    );
    assert_eq!(result["error"], NoList::NotAList.to_string());
}

#[test]
fn without_any_list_the_call_fails_in_words() {
    let mut world = World::new();
    let tab = world.connect();
    call(&mut world, tab, &json!([null]));
    let found = Lookup {
        error: Some(NoList::Late { seconds: 8 }),
        ..Lookup::default()
    };
    let listing = listings(&world).pop().unwrap();
    world.input(Input::ModelsListed {
        listing,
        answer: listed(found),
    });
    let failed = answer(&mut world, tab).unwrap();
    assert_eq!(failed["success"], false);
    assert_eq!(
        failed["error"],
        "The server did not list its models within 8 seconds. Try again."
    );
}

#[test]
fn options_are_read_as_they_are_meant() {
    let mut world = World::new();
    let tab = world.connect();
    for (args, refresh) in [
        (json!([{}]), Refresh::WhenDue),
        (json!([{"refresh": null, "other": 1}]), Refresh::WhenDue),
        (json!([{"refresh": false}]), Refresh::WhenDue),
        (json!([{"refresh": true}]), Refresh::Now),
    ] {
        call(&mut world, tab, &args);
        assert_eq!(listings(&world).pop().unwrap().refresh, refresh, "{args}");
    }
    let asked = listings(&world).len();
    for args in [json!([1]), json!([{"refresh": "soon"}]), json!([{}, {}])] {
        call(&mut world, tab, &args);
        assert_eq!(answer(&mut world, tab).unwrap()["success"], false, "{args}");
    }
    assert_eq!(listings(&world).len(), asked);
}
