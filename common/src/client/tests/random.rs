//! A seeded storm of inputs without a panic, a wrong view or a wait without a deadline (all checked by `World`).
//! After the storm, everything settles.

use serde_json::{Value, json};

use super::{
    World,
    world::{assistant, seconds, user},
};
use crate::{
    client::{Connection, Delivery, Earlier, Fetched, Input, Status},
    frame::Before,
    message::Message,
};

const STEPS: usize = 2000;

#[test]
fn a_storm_of_inputs_is_survived() {
    for seed in 0..8 {
        storm(seed);
    }
}

fn storm(seed: u64) {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut world = World::new(vec![user("m0", "hi"), assistant("m1", "ho")], Some("tag"));
    let mut seqs = std::collections::BTreeMap::<String, u64>::new();
    let mut requests: Vec<String> = (0..4).map(|n| format!("r{n}")).collect();
    for _ in 0..STEPS {
        for request in world.requests() {
            if random.bool() {
                requests.push(request.id.to_string());
            }
        }
        let probe = world.probe();
        if random.u8(..) < 250 {
            world.asked();
        }
        if requests.len() > 12 {
            requests.drain(..6);
        }
        let id = random.choice(&requests).cloned().unwrap();
        match random.u8(0..42) {
            0 => world.close(*random.choice(&[1000_u16, 1006, 1011]).unwrap()),
            1 if random.u8(..) < 20 => world.close(4401),
            2..=4 => world.give(Input::Opened),
            5 => world.give(Input::Shown),
            6 if random.u8(..) < 40 => world.give(Input::NetworkOffline),
            7 => world.give(Input::NetworkOnline),
            8 | 9 => world.send("text"),
            10 => world.give(Input::Stop),
            11 if random.u8(..) < 80 => world.give(Input::Clear),
            12 => world.give(Input::Retry),
            13 => world.give(Input::DeadlinePassed),
            14 => world.pass(seconds(random.u64(0..20))),
            15 if random.u8(..) < 30 => world.freeze(seconds(random.u64(0..200))),
            16 => world.give(Input::Received("pong".to_owned())),
            17 => {
                let fetched = match random.u8(0..4) {
                    0 => Fetched::Failed("no".to_owned()),
                    1 => Fetched::Unchanged,
                    _ => Fetched::Transcript(crate::client::Snapshot {
                        messages: transcript(&mut random, &world),
                        earlier: earlier(&mut random),
                        etag: random.bool().then(|| "tag2".to_owned()),
                    }),
                };
                world.give(Input::TranscriptFetched(fetched));
            }
            18 => {
                let messages = transcript(&mut random, &world);
                let ids = world.ids();
                let before = Before {
                    count: earlier(&mut random),
                    last: random.choice(&ids).cloned().unwrap_or_else(|| "m7".into()),
                };
                world.part(messages, Some(before).filter(|before| before.count > 0));
            }
            38 => world.give(Input::LoadEarlier),
            39 => {
                let before = match world.client.earlier() {
                    Earlier::Stored { before, .. } if random.u8(..) < 200 => before.clone(),
                    Earlier::Stored { .. } | Earlier::None => "m3".into(),
                };
                let page = crate::client::Snapshot {
                    messages: transcript(&mut random, &world),
                    earlier: earlier(&mut random),
                    etag: None,
                };
                let result = match random.bool() {
                    true => Ok(page),
                    false => Err("no".to_owned()),
                };
                world.give(Input::EarlierFetched { before, result });
            }
            19 if random.u8(..) < 60 => world.text(json!({"type": "cf_agent_chat_clear"})),
            20 => {
                if let Some(message) = random.choice(transcript(&mut random.clone(), &world)) {
                    world.text(json!({"type": "cf_agent_message_updated", "message": message}));
                }
            }
            36 | 37 => {
                let call = format!("c{}", random.u8(0..3)).as_str().into();
                world.give(if random.bool() {
                    Input::Approve {
                        call,
                        always: random.bool().then(|| "**".to_owned()),
                    }
                } else {
                    Input::Deny {
                        call,
                        reason: random.bool().then(|| "no".to_owned()),
                    }
                });
            }
            21 | 22 => world.resuming(&id),
            23 => {
                let id = random.bool().then_some(id);
                world.text(json!({"type": "cf_agent_stream_pending", "id": id}));
            }
            24 | 25 => {
                let reason = random
                    .choice([Some("idle"), Some("continuation-owned"), None])
                    .unwrap();
                let mut frame = json!({"type": "cf_agent_stream_resume_none"});
                if let Some(reason) = reason {
                    frame["reason"] = reason.into();
                }
                if let Some(probe) = probe.filter(|_| random.bool()) {
                    frame["probeId"] = probe.as_str().into();
                }
                world.text(frame);
            }
            26 => {
                world.text(json!({"type": "cf_agent_chat_recovering", "recovering": random.bool()}))
            }
            _ => {
                let seq = seqs.entry(id.clone()).or_default();
                let mut frame = answer(&mut random, *seq);
                match random.u8(0..20) {
                    0 => *seq = 0,
                    1 => *seq += 2,
                    _ => *seq += 1,
                }
                if random.u8(..) < 40 {
                    frame["replay"] = true.into();
                }
                if random.u8(..) < 20 {
                    frame["continuation"] = true.into();
                }
                world.response(&id, &frame);
            }
        }
    }
    settle(&mut world);
}

/// After the storm the server works as it should: all work must settle.
fn settle(world: &mut World) {
    if let Connection::Refused(_) = world.connection() {
        world.give(Input::Retry);
    }
    world.give(Input::NetworkOnline);
    for _ in 0..400 {
        world.reopen();
        if let Some(probe) = world.probe() {
            world.asked();
            world.text(
                json!({"type": "cf_agent_stream_resume_none", "reason": "idle", "probeId": probe}),
            );
        }
        for request in world.requests() {
            world.response(
                request.id.as_str(),
                &json!({"done": true, "outcome": "aborted"}),
            );
        }
        world.asked();
        let stored = world.messages();
        world.fetched(stored);
        world.hush(seconds(1));
    }
    assert!(
        matches!(world.status(), Status::Ready | Status::Error),
        "{:?}",
        world.status()
    );
    assert_eq!(world.connection(), &Connection::Connected);
    let waiting = world
        .client
        .rows()
        .into_iter()
        .find(|row| !matches!(row.delivery, Delivery::Answered | Delivery::Failed));
    assert_eq!(waiting, None);
}

/// The number of earlier messages: zero in most cases.
fn earlier(random: &mut fastrand::Rng) -> u64 {
    match random.u8(0..4) {
        0 => random.u64(1..5),
        _ => 0,
    }
}

/// Some of the loaded messages and some others, in random order.
fn transcript(random: &mut fastrand::Rng, world: &World) -> Vec<Message> {
    let mut messages = world.messages();
    for _ in 0..random.usize(0..3) {
        let at = random.usize(0..=messages.len());
        messages.insert(at, assistant(&format!("m{}", random.u8(0..9)), "other"));
    }
    if random.u8(..) < 40 {
        random.shuffle(&mut messages);
    }
    messages.truncate(random.usize(0..80));
    messages.retain(|_| random.u8(..) < 240);
    messages
}

fn answer(random: &mut fastrand::Rng, seq: u64) -> Value {
    let part = format!("t{}", random.u8(0..3));
    let call = format!("c{}", random.u8(0..3));
    let chunk = match random.u8(0..16) {
        0 => json!({"type": "start", "messageId": format!("m{}", random.u8(0..9))}),
        1 => json!({"type": "start"}),
        2 => json!({"type": "text-start", "id": part}),
        3 => json!({"type": "text-end", "id": part}),
        4 => json!({"type": "reasoning-delta", "id": part, "delta": "r"}),
        5 => {
            json!({"type": "tool-input-available", "toolCallId": call, "toolName": "n", "input": {}})
        }
        6 => json!({"type": "tool-output-available", "toolCallId": call, "output": 1}),
        14 => {
            json!({"type": "tool-approval-request", "toolCallId": call, "approvalId": "q"})
        }
        7 => json!({"type": "finish", "finishReason": "stop"}),
        8 => return json!({"done": true}),
        9 => {
            let outcome = *random
                .choice(&["error", "aborted", "skipped", "recovering", "strange"])
                .unwrap();
            return json!({"done": true, "outcome": outcome});
        }
        10 => return json!({"replay": true, "replayComplete": true}),
        11 => return json!({"error": true, "body": "broken"}),
        _ => json!({"type": "text-delta", "id": part, "delta": "x"}),
    };
    let mut frame = json!({"body": chunk.to_string()});
    if random.u8(..) < 230 {
        frame["seq"] = seq.into();
    }
    frame
}
