use common::id::MessageId;

use super::*;

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
    let mut chunks = writer.write(vec![
        ProviderEvent::ReasoningDelta("so".to_owned()),
        ProviderEvent::ReasoningDelta(" then".to_owned()),
        ProviderEvent::TextDelta("Yes.".to_owned()),
    ]);
    chunks.extend(writer.end_stream().0);
    chunks.extend(writer.finish());
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
    let mut chunks = writer.write(vec![call(0), call(1)]);
    chunks.extend(writer.end_stream().0);
    chunks.extend(writer.end_step());
    chunks.extend(writer.write(vec![call(0)]));
    assert_eq!(ids_of(&chunks), ["call-2", "call-3", "call-4"]);
    let mut restored = AnswerWriter::new(Beginning::Continuation, known, Before::default());
    for chunk in &chunks {
        restored.observe(chunk);
    }
    assert_eq!(ids_of(&restored.write(vec![call(0)])), ["call-5"]);
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
    writer.begin_call("some/model");
    writer.write(vec![used(10, Some(0.5))]);
    let step = writer.take_usage().unwrap();
    assert_eq!(
        (step.model.as_str(), step.usage.input_tokens),
        ("some/model", Some(10))
    );
    assert!(writer.take_usage().is_none(), "once");
    writer.write(vec![used(5, None)]);
    writer.take_usage();
    let finish = writer.finish();
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
    let mut chunks = writer.write(vec![ProviderEvent::TextDelta("so".to_owned())]);
    chunks.extend(writer.finish());
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
        |writer| writer.write(vec![ProviderEvent::ReasoningDelta("so".to_owned())]),
        |writer| writer.write(vec![ProviderEvent::TextDelta("Yes.".to_owned())]),
        |writer| writer.end_stream().0,
        AnswerWriter::end_step,
        AnswerWriter::finish,
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
        assert_eq!(first.write(text()), restored.write(text()), "{written}");
    }
}
