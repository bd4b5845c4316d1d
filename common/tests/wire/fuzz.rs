//! Random input on the wire: nothing panics, everything written can be read again, and the fold accepts every chunk.

mod frames;
mod json;
mod mutate;
mod parts;
mod run;

use common::{
    chunk::Chunk,
    frame::{ClientFrame, ServerFrame},
    id::MessageId,
    message::Message,
    transcript::MessageBuilder,
};
use fastrand::Rng;
use serde_json::Value;

use mutate::{garbled, goldens, spoilt};
use run::for_a_while;

/// Reads `text` in every possible way. Whatever can be read is unchanged after it was written and read again.
fn read(text: &str) {
    if let Ok(frame) = ClientFrame::decode(text) {
        assert_eq!(ClientFrame::decode(&frame.encode()), Ok(frame), "{text}");
    }
    if let Ok(frame) = ServerFrame::decode(text) {
        assert_eq!(ServerFrame::decode(&frame.encode()), Ok(frame), "{text}");
    }
    if let Ok(chunk) = serde_json::from_str::<Chunk>(text) {
        let written = serde_json::to_string(&chunk).unwrap();
        assert_eq!(serde_json::from_str::<Chunk>(&written).unwrap(), chunk);
    }
    if let Ok(json) = serde_json::from_str::<Value>(text) {
        let messages = Message::list_from_json(json);
        assert_eq!(read_again(&messages), messages, "{text}");
    }
}

fn read_again(messages: &[Message]) -> Vec<Message> {
    let written = serde_json::to_string(messages).unwrap();
    Message::list_from_json(serde_json::from_str(&written).unwrap())
}

#[test]
fn frames_of_both_directions_come_back() {
    for_a_while("frames", |random| {
        let frame = frames::client_frame(random);
        assert_eq!(ClientFrame::decode(&frame.encode()), Ok(frame));
        let frame = frames::server_frame(random);
        assert_eq!(ServerFrame::decode(&frame.encode()), Ok(frame));
        let messages = vec![parts::message(random)];
        assert_eq!(read_again(&messages), messages);
    });
}

#[test]
fn spoilt_frames_end_nothing() {
    let goldens = goldens();
    for_a_while("spoilt frames", |random| {
        let spoilt = spoilt(random, &goldens);
        read(&spoilt.to_string());
        read(&Value::Array(vec![spoilt]).to_string());
    });
}

#[test]
fn garbage_ends_nothing() {
    let goldens = goldens();
    for_a_while("garbage", |random| {
        let text = match random.u8(0..4) {
            0 => String::from_utf8_lossy(&bytes(random)).into_owned(),
            1 => json::value(random).to_string(),
            _ => random.choice(&goldens).unwrap().to_string(),
        };
        read(&garbled(random, &text));
    });
}

fn bytes(random: &mut Rng) -> Vec<u8> {
    (0..random.usize(0..200)).map(|_| random.u8(..)).collect()
}

#[test]
fn any_chunks_make_a_message_that_can_be_stored() {
    let goldens = goldens();
    for_a_while("the fold", |random| {
        let start = match random.u8(0..4) {
            0 => parts::message(random),
            _ => Message::empty_assistant(MessageId::from("a1")),
        };
        let chunks: Vec<Chunk> = (0..random.usize(0..40))
            .filter_map(|_| any_chunk(random, &goldens))
            .collect();
        let mut builder = match random.bool() {
            true => MessageBuilder::new(start),
            false => MessageBuilder::continuing(start),
        };
        for chunk in &chunks {
            builder.apply(chunk);
        }
        let message = std::slice::from_ref(builder.message());
        assert_eq!(read_again(message), message, "{chunks:#?}");
        builder.close();
        assert!(!builder.is_open(), "{chunks:#?}");

        builder.restart();
        for chunk in &chunks {
            builder.apply(chunk);
        }
        let once = builder.message().clone();
        builder.restart();
        for chunk in &chunks {
            builder.apply(chunk);
        }
        assert_eq!(*builder.message(), once, "a replay rebuilds: {chunks:#?}");
    });
}

/// A valid chunk in most cases, sometimes a damaged one that can still be read.
fn any_chunk(random: &mut Rng, goldens: &[Value]) -> Option<Chunk> {
    match random.u8(0..4) {
        0 => serde_json::from_str(&spoilt(random, goldens).to_string()).ok(),
        _ => Some(parts::chunk(random)),
    }
}
