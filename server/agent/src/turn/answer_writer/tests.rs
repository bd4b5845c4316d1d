use common::id::MessageId;

use super::*;

const NOW: Timestamp = Timestamp::from_millis(1_000);

fn kinds(chunks: &[Chunk]) -> Vec<String> {
    let kind = |chunk| {
        serde_json::to_value(chunk).unwrap()["type"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    chunks.iter().map(kind).collect()
}

#[test]
fn parts_are_opened_before_they_grow_in_a_continuation_too() {
    let mut writer = AnswerWriter::new(Beginning::Continuation, HashSet::new(), Before::default());
    let mut chunks = writer.write(
        NOW,
        vec![
            ProviderEvent::ReasoningDelta("so".to_owned()),
            ProviderEvent::ReasoningDelta(" then".to_owned()),
            ProviderEvent::TextDelta("Yes.".to_owned()),
        ],
    );
    chunks.extend(writer.end_stream(NOW).0);
    chunks.extend(writer.finish(NOW));
    let expected = [
        "start",
        "start-step",
        "reasoning-start",
        "reasoning-delta",
        "reasoning-end",
        "text-start",
        "text-delta",
        "text-end",
        "finish-step",
        "finish",
    ];
    assert_eq!(kinds(&chunks), expected);
}

#[test]
fn calls_with_one_id_get_two() {
    let ids_of = |chunks: &[Chunk]| -> Vec<String> {
        let id = |chunk: &Chunk| {
            if let Chunk::ToolInputStart { tool_call_id, .. } = chunk {
                Some(tool_call_id.to_string())
            } else {
                None
            }
        };
        chunks.iter().filter_map(id).collect()
    };
    let call = |index| ProviderEvent::ToolCallStart {
        index,
        id: "call".to_owned(),
        name: "list".to_owned(),
    };
    let known = HashSet::from([ToolCallId::from("call")]);
    let mut writer = AnswerWriter::new(Beginning::Continuation, known.clone(), Before::default());
    let mut chunks = writer.write(NOW, vec![call(0), call(1)]);
    chunks.extend(writer.end_stream(NOW).0);
    chunks.extend(writer.end_step(NOW));
    chunks.extend(writer.write(NOW, vec![call(0)]));
    assert_eq!(ids_of(&chunks), ["call-2", "call-3", "call-4"]);
    let mut restored = AnswerWriter::new(Beginning::Continuation, known, Before::default());
    for chunk in &chunks {
        restored.observe(chunk);
    }
    assert_eq!(ids_of(&restored.write(NOW, vec![call(0)])), ["call-5"]);
}

#[test]
fn usage_is_that_of_all_steps() {
    let used = |input_tokens, cost_usd| {
        ProviderEvent::Usage(Usage {
            input_tokens: Some(input_tokens),
            cost_usd,
            ..Usage::default()
        })
    };
    let mut writer = AnswerWriter::new(Beginning::Continuation, HashSet::new(), Before::default());
    writer.begin_call(NOW, "some/model");
    writer.write(NOW, vec![used(10, Some(0.5))]);
    let step = writer.take_usage(NOW).unwrap();
    assert_eq!(
        (step.model.as_str(), step.usage.input_tokens),
        ("some/model", Some(10))
    );
    assert!(writer.take_usage(NOW).is_none(), "once");
    writer.write(NOW, vec![used(5, None)]);
    writer.take_usage(NOW);
    let finish = writer.finish(NOW);
    let json = serde_json::to_value(finish.last().unwrap()).unwrap();
    let usage = &json["messageMetadata"]["usage"];
    assert_eq!(
        *usage,
        serde_json::json!({"inputTokens": 15, "costUsd": 0.5})
    );
}

#[test]
fn a_part_that_is_open_is_closed_before_its_step_ends() {
    let beginning = Beginning::Message(MessageId::from("a"));
    let mut writer = AnswerWriter::new(beginning, HashSet::new(), Before::default());
    let mut chunks = writer.write(NOW, vec![ProviderEvent::TextDelta("so".to_owned())]);
    chunks.extend(writer.finish(NOW));
    let expected = [
        "start",
        "start-step",
        "text-start",
        "text-delta",
        "text-end",
        "finish-step",
        "finish",
    ];
    assert_eq!(kinds(&chunks), expected);
    assert!(writer.is_finished());
}

/// Whatever was written, a writer that has observed it writes what follows as the first one does.
#[test]
fn a_restored_writer_continues_like_the_first() {
    let call = || ProviderEvent::ToolCallStart {
        index: 0,
        id: "call".to_owned(),
        name: "list".to_owned(),
    };
    let steps: [fn(&mut AnswerWriter) -> Vec<Chunk>; 6] = [
        |writer| {
            let mut chunks = Vec::new();
            writer.start(&mut chunks);
            chunks
        },
        |writer| writer.write(NOW, vec![ProviderEvent::ReasoningDelta("so".to_owned())]),
        |writer| writer.write(NOW, vec![ProviderEvent::TextDelta("Yes.".to_owned())]),
        |writer| writer.end_stream(NOW).0,
        |writer| writer.end_step(NOW),
        |writer| writer.finish(NOW),
    ];
    let new = || {
        let beginning = Beginning::Message(MessageId::from("a"));
        AnswerWriter::new(beginning, HashSet::new(), Before::default())
    };
    for written in 0..steps.len() {
        let (mut first, mut restored) = (new(), new());
        for step in &steps[..written] {
            for chunk in step(&mut first) {
                restored.observe(&chunk);
            }
        }
        assert_eq!(first.is_finished(), restored.is_finished(), "{written}");
        let text = || vec![ProviderEvent::TextDelta(" More.".to_owned()), call()];
        assert_eq!(
            first.write(NOW, text()),
            restored.write(NOW, text()),
            "{written}"
        );
    }
}

#[test]
fn reasoning_and_steps_say_how_long_they_took() {
    let later = |millis| NOW + Duration::from_millis(millis);
    let beginning = Beginning::Message(MessageId::from("a"));
    let mut writer = AnswerWriter::new(beginning, HashSet::new(), Before::default());
    writer.begin_call(NOW, "some/model");
    let thought = ProviderEvent::ReasoningDelta("so".to_owned());
    let mut chunks = writer.write(later(500), vec![thought]);
    // A restart does not change what is said of the part that was open.
    let mut restored =
        AnswerWriter::new(Beginning::Continuation, HashSet::new(), Before::default());
    chunks.iter().for_each(|chunk| restored.observe(chunk));
    let text = || vec![ProviderEvent::TextDelta("Yes.".to_owned())];
    let rest = writer.write(later(4_700), text());
    assert_eq!(restored.write(later(4_700), text()), rest);
    chunks.extend(rest);
    let used = Usage {
        output_tokens: Some(1),
        ..Usage::default()
    };
    writer.write(later(6_000), vec![ProviderEvent::Usage(used)]);
    let step = writer.take_usage(later(6_000)).unwrap();
    assert_eq!(step.took, Some(Duration::from_secs(6)));
    let mut message = common::transcript::MessageBuilder::new(
        common::message::Message::empty_assistant(MessageId::from("a")),
    );
    for chunk in &chunks {
        message.apply(chunk);
    }
    let took = message.message().parts.iter().find_map(|part| {
        if let common::message::Part::Reasoning(part) = part {
            part.took()
        } else {
            None
        }
    });
    assert_eq!(took, Some(Duration::from_millis(4_200)));
}
