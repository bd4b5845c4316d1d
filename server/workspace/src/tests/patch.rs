//! A diff is correct when it turns the old text into the new one.

const NO_BREAK: &str = "\n\\ No newline at end of file\n";

/// Applies a diff to a text, and checks its context and removed lines.
pub(super) fn patched(old: &str, diff: &str) -> String {
    let marked = diff.replace(NO_BREAK, "\u{1}\n");
    let mut lines = old.split_inclusive('\n').enumerate().peekable();
    let mut new = String::new();
    for line in marked.split_inclusive('\n') {
        let line = line.strip_suffix("\u{1}\n").unwrap_or(line);
        let (mark, text) = line.split_at(1);
        if mark == "@" {
            let begin = begin_of(line);
            while let Some((_, line)) = lines.next_if(|(at, _)| *at < begin) {
                new.push_str(line);
            }
            continue;
        }
        if mark != "+" {
            assert_eq!(lines.next().map(|(_, line)| line), Some(text), "{diff}");
        }
        if mark != "-" {
            new.push_str(text);
        }
    }
    new.extend(lines.map(|(_, line)| line));
    new
}

/// The number of old lines before a hunk: `@@ -5,2 +7 @@` begins at the fifth, `@@ -5,0 +6 @@` after it.
fn begin_of(head: &str) -> usize {
    let old = head
        .strip_prefix("@@ -")
        .unwrap()
        .split(' ')
        .next()
        .unwrap();
    match old.split_once(',') {
        Some((line, "0")) => line.parse().unwrap(),
        Some((line, _)) => line.parse::<usize>().unwrap() - 1,
        None => old.parse::<usize>().unwrap() - 1,
    }
}

#[test]
fn a_patch_is_made_of_hunks() {
    let diff = "@@ -2,0 +3 @@\n+x\n@@ -4 +5 @@\n-4\n\\ No newline at end of file\n+four\n";
    assert_eq!(patched("1\n2\n3\n4", diff), "1\n2\nx\n3\nfour\n");
}
