//! What a call changes, or will change, in the workspace.

use common::message::{ChangeKind, FileChange};
use leptos::{html, prelude::*};

use crate::{browser::dom, components::Untrusted};

/// A diff of more lines than this is folded.
const LINES: usize = 60;

/// A stretch of a diff whose lines are of one kind.
#[derive(Debug, PartialEq, Eq)]
enum Stretch<'a> {
    /// Where in the file it continues, by the line of the new side.
    At(&'a str),
    Same(&'a str),
    Added(&'a str),
    Removed(&'a str),
}

/// Each change with its diff; nothing for a call that changes nothing.
#[component]
pub(crate) fn Changes(
    /// The changes, and how many there are besides.
    changes: Memo<(Vec<FileChange>, u64)>,
) -> impl IntoView {
    view! {
        {move || {
            let (changes, more) = changes.get();
            let more = (more > 0).then(|| {
                view! { <p class="tool-label">{format!("… and {more} more changes.")}</p> }
            });
            let changes = changes
                .into_iter()
                .map(|change| view! { <Change change /> })
                .collect_view();
            view! {
                {changes}
                {more}
            }
        }}
    }
}

/// A change in a line, which opens where there is a diff.
#[component]
fn Change(change: FileChange) -> impl IntoView {
    let head = view! {
        <span class="change-kind">{kind(change.kind)}</span>
        <span class="change-path">
            " " <Untrusted text=change.path.clone() />
            {change.to.map(|to| view! { " → " <Untrusted text=to /> })}
        </span>
        <LineCount count=change.added sign='+' class="change-added" word="added" />
        <LineCount count=change.removed sign='−' class="change-removed" word="removed" />
    };
    Effect::new(dom::colour_code);
    let diff = change.diff.filter(|diff| !diff.is_empty());
    let Some(diff) = diff else {
        return view! { <p class="change">{head}</p> }.into_any();
    };
    let is_short = diff.lines().count() <= LINES;
    let name = format!("What changes in {}", change.path);
    view! {
        <details class="change" open=is_short>
            <summary>{head}</summary>
            <Diff path=change.path diff name />
        </details>
    }
    .into_any()
}

/// The hunks of a unified diff.
#[component]
pub(crate) fn Diff(
    /// The file, which says in what language it is.
    path: String,
    /// The hunks.
    diff: String,
    /// What they are called.
    name: String,
) -> impl IntoView {
    view! {
        <pre class="diff" data-language=language_of(&path) tabindex="0" role="group" aria-label=name>
            {stretches(&diff).iter().map(stretch).collect_view()}
        </pre>
    }
}

/// How the name of a file ends, which says in what language it is.
fn language_of(path: &str) -> Option<String> {
    let name = path.rsplit('/').next().unwrap_or_default();
    let ending = name.rsplit_once('.').map_or(name, |(_, ending)| ending);
    Some(ending.to_ascii_lowercase()).filter(|ending| !ending.is_empty())
}

/// A number of lines, as it is seen and as it is heard; nothing for none.
#[component]
pub(crate) fn LineCount(
    count: u64,
    sign: char,
    class: &'static str,
    word: &'static str,
) -> impl IntoView {
    let heard = format!(" {count} {} {word}", plural(count, "line", "lines"));
    (count > 0).then(|| {
        view! {
            <span class=class aria-hidden="true">{format!(" {sign}{count}")}</span>
            <span class="visually-hidden">{heard}</span>
        }
    })
}

const fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

pub(crate) const fn kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Made => "New",
        ChangeKind::Changed => "Changed",
        ChangeKind::Moved => "Moved",
        ChangeKind::Copied => "Copied",
        ChangeKind::Deleted => "Deleted",
    }
}

/// The lines keep their signs, so that readers can distinguish them without colours.
fn stretch(stretch: &Stretch<'_>) -> AnyView {
    match stretch {
        Stretch::At(line) => html::span()
            .class("diff-at")
            .child(untrusted(line))
            .into_any(),
        Stretch::Same(text) => html::span()
            .class("diff-same")
            .child(untrusted(text))
            .into_any(),
        Stretch::Added(text) => html::ins()
            .class("diff-added")
            .child(untrusted(text))
            .into_any(),
        Stretch::Removed(text) => html::del()
            .class("diff-removed")
            .child(untrusted(text))
            .into_any(),
    }
}

fn untrusted(text: &str) -> AnyView {
    view! { <Untrusted text /> }.into_any()
}

/// Takes the hunks of a unified diff apart.
fn stretches(diff: &str) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    let (mut start, mut end, mut current) = (0, 0, ' ');
    for line in diff.split_inclusive('\n') {
        let sign = match line.chars().next() {
            Some(sign @ ('@' | '+' | '-')) => sign,
            // What a hunk says of its last line belongs to that line.
            Some('\\') => current,
            Some(_) | None => ' ',
        };
        if sign != current {
            stretches.extend(of_sign(current, diff.get(start..end)));
            (start, current) = (end, sign);
        }
        end += line.len();
    }
    stretches.extend(of_sign(current, diff.get(start..end)));
    stretches
}

fn of_sign(sign: char, text: Option<&str>) -> Option<Stretch<'_>> {
    let text = text.filter(|text| !text.is_empty())?;
    Some(match sign {
        '@' => Stretch::At(text),
        '+' => Stretch::Added(text),
        '-' => Stretch::Removed(text),
        _ => Stretch::Same(text),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diff_falls_into_stretches() {
        use Stretch::{Added, At, Removed, Same};
        let check = |diff: &str, expected: &[Stretch<'_>]| {
            assert_eq!(stretches(diff), expected, "{diff}");
        };
        check("", &[]);
        check(
            "@@ -1,3 +1,4 @@\n a\n-b\n-c\n+d\n e\n",
            &[
                At("@@ -1,3 +1,4 @@\n"),
                Same(" a\n"),
                Removed("-b\n-c\n"),
                Added("+d\n"),
                Same(" e\n"),
            ],
        );
        check(
            "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n",
            &[
                At("@@ -1 +1 @@\n"),
                Removed("-a\n\\ No newline at end of file\n"),
                Added("+b\n"),
            ],
        );
        // What was cut, and what is no diff at all, ends as well.
        check("+a\n+b", &[Added("+a\n+b")]);
        check("…\n", &[Same("…\n")]);
        check("\\", &[Same("\\")]);
    }
}
