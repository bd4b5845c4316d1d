//! The usage of a step stands in the answer as a data part, so that the sums can be made again after a restart.

use std::time::Duration;

use common::{
    chunk::{Chunk, DataChunk},
    message::{DataPart, Message, Part},
    state::Usage,
};
use serde_json::{Map, Value};

/// The name of the data part of a step.
const STEP: &str = "step";

/// The chunk that puts the usage of a step into the answer, and how long its model call took.
pub(super) fn step_chunk(step: u32, model: &str, usage: &Usage, took: Option<Duration>) -> Chunk {
    let mut data = Map::from_iter([
        ("step".to_owned(), step.into()),
        ("model".to_owned(), model.into()),
        ("usage".to_owned(), usage.to_json()),
    ]);
    if let Some(took) = took {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        data.insert("took".to_owned(), millis.into());
    }
    Chunk::Data(DataChunk {
        name: STEP.to_owned(),
        id: Some(format!("{STEP}-{step}")),
        data: Value::Object(data),
        transient: false,
    })
}

/// The usage of the step that a data part or chunk is about.
pub(super) fn usage_of_step(name: &str, data: &Value) -> Option<Usage> {
    (name == STEP).then(|| data.get("usage").map(Usage::from_json).unwrap_or_default())
}

/// The usage of all steps of a message.
pub(super) fn usage_of(message: &Message) -> Usage {
    let mut used = Usage::default();
    for part in &message.parts {
        if let Part::Data(DataPart { name, data, .. }) = part
            && let Some(step) = usage_of_step(name, data)
        {
            used = used.plus(&step);
        }
    }
    used
}

/// Whether a message ends with the usage of a step: its model call has ended.
pub(super) fn ends_with_step(message: &Message) -> bool {
    matches!(message.parts.last(), Some(Part::Data(part)) if part.name == STEP)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usage_of_a_message_is_that_of_its_steps() {
        let usage = Usage {
            input_tokens: Some(3),
            ..Usage::default()
        };
        let mut builder =
            common::transcript::MessageBuilder::new(Message::empty_assistant("a".into()));
        for step in [1, 2, 2] {
            builder.apply(&step_chunk(step, "m", &usage, None));
        }
        assert_eq!(
            usage_of(builder.message()).input_tokens,
            Some(6),
            "a step counts once"
        );
    }
}
