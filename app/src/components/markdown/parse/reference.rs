//! Labels in brackets, by which links and footnotes are defined in one place and meant in others.

use pulldown_cmark::{Event, Tag};

use super::{
    marks::{mark, unmarked},
    parser,
};

/// The longest label, as CommonMark has it.
const MAX_LABEL: usize = 999;

/// What a label stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Definition {
    /// In the form in which labels are compared; a footnote's begins with `^`.
    pub(in super::super) label: String,
    /// Markdown that defines it and shows nothing: the address of a link, and of a footnote that there is one.
    pub(in super::super) markdown: String,
}

/// What is defined in a text, in the order of the labels.
pub(in super::super) fn definitions(text: &str) -> Vec<Definition> {
    if !text.contains("]:") {
        return Vec::new();
    }
    let marked = mark(text);
    let parser = parser(&marked);
    let links = parser.reference_definitions().iter();
    let mut definitions: Vec<_> = links
        .filter_map(|(label, link)| {
            let label = unmarked(label);
            Some(Definition {
                label: comparable(&label)?,
                markdown: format!("[{label}]: <{}>\n\n", escaped(&unmarked(&link.dest))),
            })
        })
        .collect();
    if text.contains("[^") {
        definitions.extend(parser.filter_map(footnote));
    }
    definitions.sort_by(|one, other| one.label.cmp(&other.label));
    definitions.dedup_by(|one, other| one.label == other.label);
    definitions
}

fn footnote(event: Event<'_>) -> Option<Definition> {
    let Event::Start(Tag::FootnoteDefinition(label)) = event else {
        return None;
    };
    let label = unmarked(&label);
    Some(Definition {
        label: comparable(&format!("^{label}"))?,
        markdown: format!("\n\n[^{label}]:\n"),
    })
}

/// What is in brackets, and thereby may be a label.
pub(in super::super) fn labels(text: &str) -> Vec<String> {
    let mut labels = Vec::new();
    let mut start = None;
    let mut is_escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'[' => start = Some(at + 1),
            b']' => {
                let label = start.take().and_then(|start| text.get(start..at));
                labels.extend(label.and_then(comparable));
            }
            _ => {}
        }
    }
    labels.sort();
    labels.dedup();
    labels
}

/// The form in which labels are compared; `None` when there is nothing to compare.
fn comparable(label: &str) -> Option<String> {
    if label.len() > MAX_LABEL {
        return None;
    }
    let words: Vec<_> = label.split_whitespace().map(str::to_lowercase).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// An address as it is written between angle brackets.
fn escaped(address: &str) -> String {
    let mut written = String::with_capacity(address.len());
    for character in address.chars() {
        if "\\<>&".contains(character) {
            written.push('\\');
        }
        written.push(character);
    }
    written
}
