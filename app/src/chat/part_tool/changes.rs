//! What a call changes, or will change, in the workspace.

use common::message::{CallDetails, ChangeKind, FileChange};

use crate::components::node::{Element, Node, element};

/// A diff of more lines than this is folded.
const LINES: usize = 60;

/// A stretch of a diff whose lines are of one kind.
#[derive(Debug, PartialEq, Eq)]
enum Stretch<'a> {
    /// Where in the file it goes on, by the line of the new side.
    At(&'a str),
    Same(&'a str),
    Added(&'a str),
    Removed(&'a str),
}

/// Each change with its diff; nothing for a call that changes nothing.
pub(super) fn view(details: &CallDetails) -> Vec<Node> {
    let mut nodes: Vec<Node> = details.changes.iter().map(change).collect();
    if details.more > 0 {
        let words = format!("… and {} more changes.", details.more);
        let more = element("p", vec![Node::Text(words)]);
        nodes.push(more.with("class", "tool-label").into());
    }
    nodes
}

fn change(change: &FileChange) -> Node {
    let head = head(change);
    let diff = change.diff.as_deref().filter(|diff| !diff.is_empty());
    let Some(diff) = diff else {
        return element("p", head).with("class", "change").into();
    };
    let summary = element("summary", head);
    let text = element("pre", stretches(diff).iter().map(stretch).collect())
        .with("class", "diff")
        .with("tabindex", "0")
        .with("role", "group")
        .with("aria-label", format!("What changes in {}", change.path));
    let folded = element("details", vec![summary.into(), text.into()]).with("class", "change");
    if diff.lines().count() > LINES {
        folded.into()
    } else {
        folded.with("open", "").into()
    }
}

fn head(change: &FileChange) -> Vec<Node> {
    let span = |class: &'static str, text: String| {
        let span = element("span", vec![Node::Text(text)]);
        Node::from(span.with("class", class))
    };
    let path = match &change.to {
        Some(to) => format!(" {} → {to}", change.path),
        None => format!(" {}", change.path),
    };
    let mut head = vec![
        span("change-kind", kind(change.kind).to_owned()),
        span("change-path", path),
    ];
    let counts = [
        (change.added, '+', "change-added", "added"),
        (change.removed, '−', "change-removed", "removed"),
    ];
    for (count, sign, class, word) in counts {
        if count > 0 {
            let seen = element("span", vec![Node::Text(format!(" {sign}{count}"))])
                .with("class", class)
                .with("aria-hidden", "true");
            head.push(seen.into());
            head.push(span(
                "visually-hidden",
                format!(" {count} {} {word}", plural(count, "line", "lines")),
            ));
        }
    }
    head
}

const fn plural(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

const fn kind(kind: ChangeKind) -> &'static str {
    match kind {
        ChangeKind::Made => "New",
        ChangeKind::Changed => "Changed",
        ChangeKind::Moved => "Moved",
        ChangeKind::Copied => "Copied",
        ChangeKind::Deleted => "Deleted",
    }
}

/// The lines keep their signs, so that they are told apart without their colours.
fn stretch(stretch: &Stretch<'_>) -> Node {
    let of = |tag: &'static str, class: &'static str, text: &str| -> Element {
        element(tag, vec![Node::Text(text.to_owned())]).with("class", class)
    };
    let element = match stretch {
        Stretch::At(line) => of("span", "diff-at", line),
        Stretch::Same(text) => of("span", "diff-same", text),
        Stretch::Added(text) => of("ins", "diff-added", text),
        Stretch::Removed(text) => of("del", "diff-removed", text),
    };
    element.into()
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
