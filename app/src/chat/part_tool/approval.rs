//! The user's yes or no to a call.

use std::time::Duration;

use common::{
    message::{CallDetails, FileChange},
    time::Timestamp,
};
use leptos::prelude::*;

use super::{
    answer_button::AnswerButton,
    call::{DetailedCall, title},
    words::hands_on,
};
use crate::{
    browser::{clock, dom},
    chat::UseChat,
    components::{AnswerField, ButtonKind},
};

/// All paths.
const EVERYWHERE: &str = "**";

/// How often the time that is left is updated.
const MINUTE: Duration = Duration::from_secs(60);

/// Asks for a yes or a no, and takes it.
#[component]
pub(super) fn ApprovalQuestion(
    /// The call.
    shown: DetailedCall,
    /// The conversation.
    chat: UseChat,
) -> impl IntoView {
    let DetailedCall { call, details } = shown;
    let title = title(&call);
    let hands_on = hands_on(&call);
    let id = call.tool_call_id;
    let approve = Callback::new(move |call| chat.approve(call));
    let deny = Callback::new(move |call| chat.deny(call));
    let deny_with = {
        let id = id.clone();
        Callback::new(move |reason: String| {
            dom::focus_tool();
            chat.deny_with(id.clone(), reason);
        })
    };
    // What is handed on is asked about each time.
    let scopes = if hands_on {
        Vec::new()
    } else {
        scopes(&details)
    };
    let always = (!scopes.is_empty()).then(|| {
        let scope = |(label, paths): (&'static str, String)| {
            let name = format!("{label}: {paths}");
            let approve = Callback::new(move |call| chat.approve_always(call, paths.clone()));
            view! { <AnswerButton label=name.clone() name call=id.clone() on_answer=approve /> }
        };
        view! {
            // One is open at a time.
            <details class="tool-more" name="tool-more">
                <summary>"Allow always…"</summary>
                <p>{format!("From now on {title} needs no approval for:")}</p>
                {scopes.into_iter().map(scope).collect_view()}
            </details>
        }
    });
    view! {
        <div class="tool-question" role="group" aria-label=format!("Approval of {title}")>
            <p>
                "Coder waits for your answer before it calls this tool."
                {details.expires_at.map(|at| view! { <Expiry at /> })}
            </p>
            <AnswerButton
                kind=ButtonKind::Main
                label="Allow"
                name=format!("Allow {title}")
                call=id.clone()
                on_answer=approve
            />
            <AnswerButton
                label="Refuse"
                name=format!("Refuse {title}")
                call=id.clone()
                on_answer=deny
            />
            {always}
            <details class="tool-more" name="tool-more">
                <summary>"Refuse with a reason…"</summary>
                <AnswerField
                    label="What should Coder do instead?"
                    button_label="Refuse and say why"
                    name=format!("Refuse and say why: {title}")
                    on_send=deny_with
                />
            </details>
        </div>
    }
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

/// How long there is to answer, once the page is hydrated: the server cannot know when it is read.
#[component]
fn Expiry(
    /// When the question expires.
    at: Timestamp,
) -> impl IntoView {
    let words = RwSignal::new(String::new());
    Effect::new(move || {
        let update = move || {
            let left = at.since(clock::now());
            words.set(format!(" It is refused by itself {}.", within(left)));
        };
        update();
        if let Ok(timer) = set_interval_with_handle(update, MINUTE) {
            on_cleanup(move || timer.clear());
        }
    });
    view! { {move || words.get()} }
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
