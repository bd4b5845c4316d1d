//! The rules for every provider, and for every recorded stream however it is cut.

use std::{
    collections::HashSet,
    fmt::{Debug, Write as _},
};

use crate::{FinishReason, ProviderError, ProviderEvent, ProviderItem};

/// The number of bytes in one push after a cut.
const AT_ONCE: usize = 160;

/// A case that a provider must handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Plain text to its end.
    Text,
    /// Non-ASCII text.
    MultiByte,
    /// Reasoning, then text.
    Reasoning,
    /// Two or more tool calls in one answer.
    ToolCalls,
    /// The usage.
    Usage,
    /// The limit of the output is reached.
    Length,
    /// A filter cuts the answer off.
    ContentFilter,
    /// Keep-alive messages between the events.
    KeepAlive,
    /// A step of an agent: reasoning if the vendor shows it, text, two calls, and vendor data.
    Step,
    /// A whole answer, or pieces that are not events.
    Whole,
    /// Reasoning between tags at the beginning.
    Think,
    /// The same tags later, as ordinary text.
    TagInText,
    /// A character split over two events, or broken.
    SplitCharacter,
    /// Meaningless data between good events.
    Noise,
    /// Unreadable data after some text.
    Unreadable,
    /// Only unreadable data.
    Garbage,
    /// A failure reported after some text.
    Failure,
    /// A lost connection after some text.
    Dropped,
}

impl Case {
    const ALL: [Self; 18] = [
        Self::Text,
        Self::MultiByte,
        Self::Reasoning,
        Self::ToolCalls,
        Self::Usage,
        Self::Length,
        Self::ContentFilter,
        Self::KeepAlive,
        Self::Step,
        Self::Whole,
        Self::Think,
        Self::TagInText,
        Self::SplitCharacter,
        Self::Noise,
        Self::Unreadable,
        Self::Garbage,
        Self::Failure,
        Self::Dropped,
    ];

    /// Whether `items` show this case.
    fn is_shown_by(self, items: &[ProviderItem]) -> bool {
        let any = |is_it: &dyn Fn(&ProviderEvent) -> bool| items.iter().flatten().any(is_it);
        let has_text = any(&|event| matches!(event, ProviderEvent::TextDelta(_)));
        let has_reasoning = any(&|event| matches!(event, ProviderEvent::ReasoningDelta(_)));
        let calls = items
            .iter()
            .flatten()
            .filter(|event| matches!(event, ProviderEvent::ToolCallStart { .. }))
            .count();
        let finished =
            |reason: FinishReason| items.last() == Some(&Ok(ProviderEvent::Finished(reason)));
        let error = items.last().and_then(|item| item.as_ref().err());
        match self {
            Self::Text | Self::KeepAlive | Self::Noise | Self::Whole => {
                has_text && finished(FinishReason::Stop)
            }
            Self::Step => is_step(items),
            Self::Think => has_reasoning && text(items).starts_with(char::is_alphabetic),
            Self::TagInText => !has_reasoning && text(items).contains("<think>"),
            Self::SplitCharacter => {
                let text = text(items);
                finished(FinishReason::Stop) && text.starts_with('a') && !text.is_ascii()
            }
            Self::Unreadable => has_text && matches!(error, Some(ProviderError::Malformed { .. })),
            Self::MultiByte => {
                finished(FinishReason::Stop)
                    && any(
                        &|event| matches!(event, ProviderEvent::TextDelta(text) if !text.is_ascii()),
                    )
            }
            Self::Reasoning => has_reasoning && has_text && finished(FinishReason::Stop),
            Self::ToolCalls => calls >= 2 && finished(FinishReason::ToolCalls),
            Self::Usage => any(
                &|event| matches!(event, ProviderEvent::Usage(usage) if usage.input_tokens.is_some() && usage.output_tokens.is_some()),
            ),
            Self::Length => finished(FinishReason::Length),
            Self::ContentFilter => finished(FinishReason::ContentFilter),
            Self::Garbage => matches!((items, error), ([_], Some(ProviderError::Malformed { .. }))),
            Self::Failure => {
                has_text && error.is_some_and(|error| *error != ProviderError::Dropped)
            }
            Self::Dropped => has_text && error == Some(&ProviderError::Dropped),
        }
    }
}

/// All the text.
fn text(items: &[ProviderItem]) -> String {
    let text = |event: &ProviderEvent| match event {
        ProviderEvent::TextDelta(text) => Some(text.clone()),
        ProviderEvent::ReasoningDelta(_)
        | ProviderEvent::ToolCallStart { .. }
        | ProviderEvent::ToolCallDelta { .. }
        | ProviderEvent::VendorData { .. }
        | ProviderEvent::Usage(_)
        | ProviderEvent::Finished(_) => None,
    };
    items.iter().flatten().filter_map(text).collect()
}

/// Text, the calls `read a.rs` and `read b.rs`, the vendor's ids, the usage, and an end that waits for outputs.
fn is_step(items: &[ProviderItem]) -> bool {
    let mut inputs = [String::new(), String::new()];
    let mut ids = Vec::new();
    let mut has_usage = false;
    let mut has_data = false;
    for event in items.iter().flatten() {
        match event {
            ProviderEvent::ToolCallStart { id, name, .. } => {
                assert_eq!(name, "read");
                ids.push(id.clone());
            }
            ProviderEvent::ToolCallDelta { index, arguments } => inputs[*index].push_str(arguments),
            ProviderEvent::VendorData { calls, .. } => {
                has_data = calls
                    .iter()
                    .any(|(index, data)| data.id.as_ref() == Some(&ids[*index]));
            }
            ProviderEvent::Usage(usage) => has_usage = usage.output_tokens.is_some(),
            ProviderEvent::TextDelta(_)
            | ProviderEvent::ReasoningDelta(_)
            | ProviderEvent::Finished(_) => {}
        }
    }
    let paths = inputs.map(|input| {
        let input: serde_json::Value = serde_json::from_str(&input).expect("it is JSON");
        input["path"].as_str().map(str::to_owned)
    });
    let is_end = items.last() == Some(&Ok(ProviderEvent::Finished(FinishReason::ToolCalls)));
    !text(items).is_empty()
        && ids.len() == 2
        && paths == [Some("a.rs".to_owned()), Some("b.rs".to_owned())]
        && has_data
        && has_usage
        && is_end
}

/// A provider under test.
pub(super) trait Subject {
    /// Its evidence for `case`.
    fn evidence(&self, case: Case) -> Evidence;

    /// Its decoder.
    type Decoder: Clone + Debug;

    /// A fresh decoder.
    fn decoder(&self) -> Self::Decoder;

    /// Gives the decoder the next bytes.
    fn push(&self, decoder: &mut Self::Decoder, bytes: &[u8]) -> Vec<ProviderItem>;

    /// Tells the decoder that the connection closed.
    fn close(&self, decoder: &mut Self::Decoder) -> Vec<ProviderItem>;
}

/// How a provider shows a case.
pub(super) enum Evidence {
    /// With recorded vendor streams; at least one.
    Recorded(&'static [Recording]),
    /// With items it generates itself, without bytes.
    Made(Vec<ProviderItem>),
    /// The case cannot occur, for this reason.
    Impossible(&'static str),
}

/// A vendor's stream and the decoded items.
pub(super) struct Recording {
    /// The file name without extension.
    pub(super) path: &'static str,
    pub(super) stream: &'static [u8],
    /// One item per line, as `Debug` prints it.
    pub(super) items: &'static str,
}

/// `recording!("folder/name")`: `folder/name.sse` with `folder/name.items`.
macro_rules! recording {
    ($path:literal) => {
        $crate::tests::suite::Recording {
            path: $path,
            stream: include_bytes!(concat!("../", $path, ".sse")),
            items: include_str!(concat!("../", $path, ".items")),
        }
    };
}
pub(super) use recording;

/// Runs the suite: every case is shown, and all evidence obeys the rules however the bytes are cut.
pub(super) fn check(subject: &impl Subject) {
    for case in Case::ALL {
        match subject.evidence(case) {
            Evidence::Recorded(recordings) => {
                assert!(!recordings.is_empty(), "{case:?} has no recording");
                for recording in recordings {
                    check_recording(subject, case, recording);
                }
            }
            Evidence::Made(items) => {
                check_rules(&items);
                assert!(case.is_shown_by(&items), "{case:?}: {items:?}");
            }
            Evidence::Impossible(reason) => assert!(!reason.is_empty()),
        }
    }
}

fn check_recording<S: Subject>(subject: &S, case: Case, recording: &Recording) {
    let Recording {
        path,
        stream,
        items: expected,
    } = recording;
    // Pushes all of `bytes` at once to a decoder that returned `before`; then ends the stream.
    let end = |mut decoder: S::Decoder, before: &[ProviderItem], bytes: &[u8]| {
        let mut items = before.to_vec();
        items.extend(subject.push(&mut decoder, bytes));
        items.extend(subject.close(&mut decoder));
        items
    };
    let whole = end(subject.decoder(), &[], stream);
    check_golden(path, &whole, expected);
    check_rules(&whole);
    assert!(
        case.is_shown_by(&whole),
        "{path} does not show {case:?}: {whole:?}"
    );
    // Byte by byte, with an end after every byte.
    let (mut decoder, mut before) = (subject.decoder(), Vec::new());
    let mut states = Vec::new();
    for cut in 0..=stream.len() {
        let part = end(decoder.clone(), &before, &[]);
        check_rules(&part);
        assert!(
            growth(&whole).starts_with(&growth(&part)),
            "{path} ended at {cut}: {part:?}"
        );
        states.push((format!("{decoder:?}"), decoder.clone(), before.len()));
        before.extend(subject.push(&mut decoder, stream.get(cut..=cut).unwrap_or_default()));
    }
    assert_eq!(end(decoder, &before, &[]), whole, "{path} byte by byte");
    // For each cut, pushing the bytes at once gives the same state as pushing them one by one.
    for (cut, (_, decoder, before_cut)) in states.iter().enumerate() {
        let to = stream.len().min(cut + AT_ONCE);
        let mut decoder = decoder.clone();
        let items = subject.push(&mut decoder, &stream[cut..to]);
        let (state, _, before_to) = &states[to];
        assert_eq!(
            items,
            before[*before_cut..*before_to],
            "{path} cut at {cut}"
        );
        assert_eq!(&format!("{decoder:?}"), state, "{path} cut at {cut}");
    }
}

/// The items that extend the answer.
fn growth(items: &[ProviderItem]) -> Vec<&ProviderEvent> {
    let is_growth = |event: &&ProviderEvent| {
        !matches!(
            event,
            ProviderEvent::VendorData { .. } | ProviderEvent::Usage(_) | ProviderEvent::Finished(_)
        )
    };
    items.iter().flatten().filter(is_growth).collect()
}

/// Checks the rules stated for `ProviderEvent` and `ProviderItem`.
fn check_rules(items: &[ProviderItem]) {
    let (last, before) = items.split_last().expect("a stream has an end");
    assert!(
        matches!(last, Ok(ProviderEvent::Finished(_)) | Err(_)),
        "{items:?}"
    );
    let mut ids = HashSet::new();
    for (position, item) in before.iter().enumerate() {
        match item.as_ref().expect("an error is the last item") {
            ProviderEvent::TextDelta(text) | ProviderEvent::ReasoningDelta(text) => {
                assert_ne!(text, "")
            }
            ProviderEvent::ToolCallStart { index, id, name } => {
                assert_eq!(*index, ids.len(), "{items:?}");
                assert!(ids.insert(id), "{items:?}");
                assert!(!id.is_empty() && !name.is_empty(), "{items:?}");
            }
            ProviderEvent::ToolCallDelta { index, arguments } => {
                assert!(*index < ids.len() && !arguments.is_empty(), "{items:?}");
            }
            ProviderEvent::VendorData { .. } => {
                let is_usage = |item: &ProviderItem| matches!(item, Ok(ProviderEvent::Usage(_)));
                assert!(before[position + 1..].iter().all(is_usage), "{items:?}");
            }
            ProviderEvent::Usage(_) => assert_eq!(position + 1, before.len(), "{items:?}"),
            ProviderEvent::Finished(_) => panic!("two ends: {items:?}"),
        }
    }
}

/// Compares with the file next to the stream. `UPDATE_GOLDENS=1 cargo test -p providers` writes it.
fn check_golden(path: &str, items: &[ProviderItem], expected: &str) {
    let mut actual = String::new();
    for item in items {
        match item {
            Ok(event) => writeln!(actual, "{event:?}").unwrap(),
            Err(error) => writeln!(actual, "Err({error:?})").unwrap(),
        }
    }
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let file = format!("{}/src/{path}.items", env!("CARGO_MANIFEST_DIR"));
        return std::fs::write(file, actual).unwrap();
    }
    assert_eq!(actual, expected, "{path}");
}
