//! What holds for every provider, and for every recorded stream however it is cut.

use std::{collections::HashSet, fmt::Write as _};

use crate::providers::{FinishReason, ProviderError, ProviderEvent, ProviderItem};

/// What a provider must show that it handles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Case {
    /// Plain text to its end.
    Text,
    /// Text that is not ASCII.
    MultiByte,
    /// Reasoning, then text.
    Reasoning,
    /// Two or more tool calls in one answer.
    ToolCalls,
    /// What the call used.
    Usage,
    /// The limit of the output is reached.
    Length,
    /// A filter cuts the answer off.
    ContentFilter,
    /// Signs of life between the events.
    KeepAlive,
    /// Something unreadable between good events.
    Noise,
    /// Nothing readable at all.
    Garbage,
    /// The vendor reports a failure after some text.
    Failure,
    /// The connection is lost after some text.
    Dropped,
}

impl Case {
    const ALL: [Self; 12] = [
        Self::Text,
        Self::MultiByte,
        Self::Reasoning,
        Self::ToolCalls,
        Self::Usage,
        Self::Length,
        Self::ContentFilter,
        Self::KeepAlive,
        Self::Noise,
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
            Self::Text | Self::KeepAlive | Self::Noise => has_text && finished(FinishReason::Stop),
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

/// A provider under test.
pub(super) trait Subject {
    /// What it shows for `case`.
    fn evidence(&self, case: Case) -> Evidence;

    /// Its decoder.
    type Decoder: Clone;

    /// A fresh decoder.
    fn decoder(&self) -> Self::Decoder;

    /// Gives the decoder the next bytes.
    fn push(&self, decoder: &mut Self::Decoder, bytes: &[u8]) -> Vec<ProviderItem>;

    /// Tells the decoder that the connection closed.
    fn close(&self, decoder: &mut Self::Decoder) -> Vec<ProviderItem>;
}

/// How a provider shows a case.
pub(super) enum Evidence {
    /// By streams as a vendor sent them; at least one.
    Recorded(&'static [Recording]),
    /// By items it makes itself, without any bytes.
    Made(Vec<ProviderItem>),
    /// It cannot occur, for this reason.
    Impossible(&'static str),
}

/// A vendor's stream, and what it decodes to.
pub(super) struct Recording {
    /// The file without its ending.
    pub(super) path: &'static str,
    pub(super) stream: &'static [u8],
    /// One item a line, as `Debug` prints it.
    pub(super) items: &'static str,
}

/// `recording!("folder/name")`: `folder/name.sse` with `folder/name.items`.
macro_rules! recording {
    ($path:literal) => {
        $crate::providers::tests::suite::Recording {
            path: $path,
            stream: include_bytes!(concat!("../", $path, ".sse")),
            items: include_str!(concat!("../", $path, ".items")),
        }
    };
}
pub(super) use recording;

/// The suite: every case is shown, and everything shown obeys the rules however the bytes are cut.
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
    // All of `bytes` at once, after the `before` that `decoder` made of what came earlier; then the end.
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
    // Byte by byte, and at every byte: the rest at once, or no rest at all.
    let (mut decoder, mut before) = (subject.decoder(), Vec::new());
    for cut in 0..=stream.len() {
        let (left, right) = stream.split_at(cut);
        assert_eq!(
            end(decoder.clone(), &before, right),
            whole,
            "{path} cut at {cut}"
        );
        assert_eq!(
            subject.push(&mut subject.decoder(), left),
            before,
            "{path} cut at {cut}"
        );
        let part = end(decoder.clone(), &before, &[]);
        check_rules(&part);
        assert!(
            growth(&whole).starts_with(&growth(&part)),
            "{path} ended at {cut}: {part:?}"
        );
        before.extend(subject.push(&mut decoder, right.get(..1).unwrap_or_default()));
    }
}

/// The items that make the answer grow.
fn growth(items: &[ProviderItem]) -> Vec<&ProviderEvent> {
    let is_growth = |event: &&ProviderEvent| {
        !matches!(
            event,
            ProviderEvent::VendorData { .. } | ProviderEvent::Usage(_) | ProviderEvent::Finished(_)
        )
    };
    items.iter().flatten().filter(is_growth).collect()
}

/// The rules that `ProviderEvent` and `ProviderItem` state.
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
            ProviderEvent::VendorData { .. } => {}
            ProviderEvent::Usage(_) => assert_eq!(position + 1, before.len(), "{items:?}"),
            ProviderEvent::Finished(_) => panic!("two ends: {items:?}"),
        }
    }
}

/// Compares with the file beside the stream. `UPDATE_GOLDENS=1 cargo test -p server` writes it.
fn check_golden(path: &str, items: &[ProviderItem], expected: &str) {
    let mut actual = String::new();
    for item in items {
        match item {
            Ok(event) => writeln!(actual, "{event:?}").unwrap(),
            Err(error) => writeln!(actual, "Err({error:?})").unwrap(),
        }
    }
    if std::env::var_os("UPDATE_GOLDENS").is_some() {
        let file = format!("{}/src/providers/{path}.items", env!("CARGO_MANIFEST_DIR"));
        return std::fs::write(file, actual).unwrap();
    }
    assert_eq!(actual, expected, "{path}");
}
