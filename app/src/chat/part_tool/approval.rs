//! The user's yes or no to a call.

use std::time::Duration;

use common::{
    id::ToolCallId,
    message::{CallDetails, FileChange, ToolPart},
    time::Timestamp,
};
use leptos::prelude::*;

use super::{UseChat, driver};
use crate::components::{
    ButtonKind, answer_field, button,
    dynamic::text,
    effect,
    node::{Node, element},
};

/// All paths.
const EVERYWHERE: &str = "**";

/// How often the time that is left is told anew.
const MINUTE: Duration = Duration::from_secs(60);

/// Asks, and takes the answer. The call is named by its `title`.
pub(super) fn question(call: &ToolPart, details: &CallDetails, title: &str, chat: UseChat) -> Node {
    let id = &call.tool_call_id;
    let words = "Coder waits for your answer before it calls this tool.";
    let mut words = vec![Node::Text(words.to_owned())];
    words.extend(details.expires_at.map(expiry));
    let answering = |label: &str, answer: fn(&UseChat, ToolCallId)| {
        answer_button(label, format!("{label} {title}"), id, move |call| {
            answer(&chat, call);
        })
    };
    let mut parts = vec![
        element("p", words).into(),
        answering("Allow", UseChat::approve),
        answering("Refuse", UseChat::deny),
    ];
    let scopes = scopes(details);
    if !scopes.is_empty() {
        let always = |(label, pattern): (&str, String)| {
            let name = format!("{label}: {pattern}");
            answer_button(&name.clone(), name, id, move |call| {
                chat.approve_always(call, pattern.clone());
            })
        };
        let mut always: Vec<Node> = scopes.into_iter().map(always).collect();
        let words = format!("From now on {title} needs no approval for:");
        let words = element("p", vec![Node::Text(words)]);
        always.insert(0, words.into());
        parts.push(more("Allow always…", always));
    }
    parts.push(more("Refuse with a reason…", vec![reason(id, title, chat)]));
    element("div", parts)
        .with("class", "tool-question")
        .with("role", "group")
        .with("aria-label", format!("Approval of {title}"))
        .into()
}

/// A button whose answer is the last thing that it does.
pub(super) fn answer_button(
    label: &str,
    name: String,
    call: &ToolCallId,
    answer: impl Fn(ToolCallId) + Send + Sync + 'static,
) -> Node {
    let (call, label) = (call.clone(), label.to_owned());
    let press = Callback::new(move |()| {
        // The button goes; the focus stays with the call, where its new state is read out.
        driver::focus_tool();
        answer(call.clone());
    });
    button(ButtonKind::Plain, label, press)
        .with("aria-label", name)
        .into()
}

/// What is asked for seldom.
fn more(label: &str, content: Vec<Node>) -> Node {
    let mut parts = vec![element("summary", vec![Node::Text(label.to_owned())]).into()];
    parts.extend(content);
    let more = element("details", parts).with("class", "tool-more");
    // One is open at a time.
    more.with("name", "tool-more").into()
}

fn reason(call: &ToolCallId, title: &str, chat: UseChat) -> Node {
    let call = call.clone();
    let send = Callback::new(move |reason: String| {
        driver::focus_tool();
        chat.deny_with(call.clone(), reason);
    });
    let name = format!("Refuse and say why: {title}");
    let label = "What should Coder do instead?";
    answer_field(label, "Refuse and say why", name, send)
}

/// For what a call that changes the workspace can be allowed for good: words and pattern, the narrowest first.
fn scopes(details: &CallDetails) -> Vec<(&'static str, String)> {
    if details.changes.is_empty() {
        return Vec::new();
    }
    let paths = |change: &'_ FileChange| -> Vec<String> {
        let to = change.to.clone();
        std::iter::once(change.path.clone()).chain(to).collect()
    };
    let mut paths: Vec<String> = details.changes.iter().flat_map(paths).collect();
    paths.dedup();
    let mut scopes = Vec::new();
    if let ([path], 0) = (paths.as_slice(), details.more) {
        scopes.push(("This file", escaped(path)));
    }
    if details.more == 0
        && let Some(directory) = common_directory(&paths)
    {
        scopes.push(("This directory", format!("{}/**", escaped(&directory))));
    }
    scopes.push(("Everywhere", EVERYWHERE.to_owned()));
    scopes
}

/// The deepest directory that all of the paths are in; `None`: the root.
fn common_directory(paths: &[String]) -> Option<String> {
    let mut directories = paths
        .iter()
        .map(|path| path.split('/').rev().skip(1).collect::<Vec<_>>());
    let mut common: Vec<&str> = directories.next()?;
    common.reverse();
    for mut other in directories {
        other.reverse();
        let same = common.iter().zip(&other).take_while(|(a, b)| a == b);
        let same = same.count();
        common.truncate(same);
    }
    (!common.is_empty()).then(|| common.join("/"))
}

/// A path as the glob that takes it alone.
fn escaped(path: &str) -> String {
    let mut glob = String::new();
    for char in path.chars() {
        if matches!(char, '*' | '?' | '[' | ']' | '{' | '}' | '!' | '\\') {
            glob.push('\\');
        }
        glob.push(char);
    }
    glob
}

/// How long there is to answer, once the page is taken over: the server cannot know when it is read.
fn expiry(at: Timestamp) -> Node {
    let words = RwSignal::new(String::new());
    effect(move || {
        let tell = move || {
            let left = at.since(driver::now());
            words.set(format!(" It is refused by itself {}.", within(left)));
        };
        tell();
        if let Ok(timer) = set_interval_with_handle(tell, MINUTE) {
            on_cleanup(move || timer.clear());
        }
    });
    text(move || words.get())
}

fn within(left: Duration) -> String {
    let minutes = left.as_secs().div_ceil(60);
    match (minutes, minutes / 60) {
        (0 | 1, _) => "within a minute".to_owned(),
        (minutes, 0 | 1) => format!("in {minutes} minutes"),
        (_, hours @ 2..48) => format!("in {hours} hours"),
        (_, hours) => format!("in {} days", hours / 24),
    }
}

#[cfg(test)]
mod tests {
    use common::message::ChangeKind;

    use super::*;

    #[test]
    fn what_can_be_allowed_for_good_is_as_narrow_as_the_call() {
        let check = |paths: &[(&str, Option<&str>)], more: u64, expected: &[(&str, &str)]| {
            let change = |(path, to): &(&str, Option<&str>)| FileChange {
                kind: ChangeKind::Changed,
                path: (*path).to_owned(),
                to: to.map(str::to_owned),
                added: 0,
                removed: 0,
                diff: None,
            };
            let details = CallDetails {
                changes: paths.iter().map(change).collect(),
                more,
                ..CallDetails::default()
            };
            let scopes = scopes(&details);
            let scopes: Vec<(&str, &str)> = scopes
                .iter()
                .map(|(words, pattern)| (*words, pattern.as_str()))
                .collect();
            assert_eq!(scopes, expected, "{paths:?}");
        };
        let everywhere = ("Everywhere", "**");
        check(&[], 0, &[]);
        check(&[("a.rs", None)], 0, &[("This file", "a.rs"), everywhere]);
        check(
            &[("src/[id]/a.rs", None)],
            0,
            &[
                ("This file", r"src/\[id\]/a.rs"),
                ("This directory", r"src/\[id\]/**"),
                everywhere,
            ],
        );
        check(
            &[("src/a/x", Some("src/b/x"))],
            0,
            &[("This directory", "src/**"), everywhere],
        );
        check(&[("src/a", None), ("lib/a", None)], 0, &[everywhere]);
        check(&[("src/a", None)], 3, &[everywhere]);
    }

    #[test]
    fn the_time_that_is_left_is_told_roughly() {
        for (seconds, expected) in [
            (0, "within a minute"),
            (61, "in 2 minutes"),
            (7_199, "in 2 hours"),
            (86_400, "in 24 hours"),
            (200_000, "in 2 days"),
        ] {
            assert_eq!(within(Duration::from_secs(seconds)), expected);
        }
    }
}
