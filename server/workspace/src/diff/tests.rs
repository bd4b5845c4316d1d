use super::*;

fn check(old: &str, new: &str, expected: &str) {
    assert_eq!(of_texts(old, new, DIFF_BYTES).text, expected);
}

#[test]
fn hunks_are_those_of_a_unified_diff() {
    check("a\n", "a\n", "");
    check("", "a\n", "@@ -0,0 +1 @@\n+a\n");
    check("a\n", "", "@@ -1 +0,0 @@\n-a\n");
    check(
        "a",
        "b",
        "@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n\\ No newline at end of file\n",
    );
    check(
        "1\n2\n3\n4\n5\n6\n7\n8\n9\n",
        "1\n2\n3\n4\nfive\n6\n7\n8\n9\n",
        "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n",
    );
}

#[test]
fn texts_without_anything_in_common_are_shown_as_replaced_and_cut() {
    let numbers = |from: usize| {
        (from..from + 20_000)
            .map(|n| format!("{n}\n"))
            .collect::<String>()
    };
    let diff = of_texts(&numbers(0), &numbers(20_000), 1000);
    assert_eq!((diff.added, diff.removed, diff.cut), (20_000, 20_000, true));
    assert!(diff.text.len() < 1100 && diff.text.ends_with("(the rest is omitted)\n"));
}

#[test]
fn applying_a_diff_leads_to_the_new_text() {
    let mut random = fastrand::Rng::with_seed(7);
    for _ in 0..300 {
        let mut text = || {
            (0..random.usize(..12))
                .map(|_| ["a\n", "b\n", "c\n"][random.usize(..3)])
                .collect::<String>()
        };
        let (old, new) = (text(), text());
        let diff = of_texts(&old, &new, DIFF_BYTES);
        assert_eq!(applied(&old, &diff.text), new, "{}", diff.text);
    }
}

#[test]
fn large_texts_are_shown_as_replaced_between_equal_ends() {
    let lines = |marks: &str, count: usize| format!("1\n2\n{}3\n4\n", marks.repeat(count));
    let diff = of_texts(&lines("a\n", 15_000), &lines("b\n", 15_000), 100);
    assert_eq!((diff.added, diff.removed, diff.cut), (15_000, 15_000, true));
    assert!(
        diff.text
            .starts_with("@@ -1,15004 +1,15004 @@\n 1\n 2\n-a\n-a\n")
    );
    // The whole diff, where it fits.
    let (old, new) = (lines("a\n", 21_000), lines("", 0));
    assert_eq!(applied(&old, &of_texts(&old, &new, 1_000_000).text), new);
    let huge = "\n".repeat(5_000_000);
    let diff = of_texts(&huge, &"x\n".repeat(3_000_000), 1_000);
    assert_eq!((diff.added, diff.removed), (3_000_000, 5_000_000));
}

#[test]
fn equal_ends_are_found_in_large_steps() {
    let mut random = fastrand::Rng::with_seed(9);
    for _ in 0..50 {
        let (head, tail) = (random.usize(..9_000), random.usize(..9_000));
        let text = |middle: &str| [&"h".repeat(head), middle, &"t".repeat(tail)].concat();
        let (one, other) = (text("<1"), text("2>"));
        assert_eq!(common_prefix(one.as_bytes(), other.as_bytes()), head);
        assert_eq!(common_suffix(one.as_bytes(), other.as_bytes()), tail);
    }
    assert_eq!(common_prefix(b"", b"a"), 0);
}

fn applied(old: &str, diff: &str) -> String {
    let old: Vec<&str> = old.split_inclusive('\n').collect();
    let (mut out, mut at) = (String::new(), 0);
    for line in diff.split_inclusive('\n') {
        let (mark, rest) = line.split_at(1);
        match mark {
            "@" => {
                let range = line.split(' ').nth(1).unwrap().trim_start_matches('-');
                let (start, len) = range.split_once(',').unwrap_or((range, "1"));
                let start: usize = start.parse().unwrap();
                let start = if len == "0" { start } else { start - 1 };
                out.push_str(&old[at..start].concat());
                at = start;
            }
            "+" => out.push_str(rest),
            _ => {
                assert_eq!(old[at], rest);
                at += 1;
                if mark == " " {
                    out.push_str(rest);
                }
            }
        }
    }
    out + &old[at..].concat()
}
