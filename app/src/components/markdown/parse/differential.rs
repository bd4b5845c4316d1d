//! The same texts read by the crate alone: where nothing is to be marked, the marks change nothing.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "of the crate's events only those count that it is asked for"
)]

use std::fmt::Write;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::{parse, tests::markup};

const ANSWERS: &[&str] = &[
    "# Sorting in Rust\n\nRust has **two** kinds of sort:\n\n1. `sort()`: *stable*, allocates\n2. `sort_unstable()`: in place\n\n```rust\nlet mut v = vec![3, 1, 2];\nv.sort();\n```\n\n> Note: floats need `total_cmp`.\n\n| Method | Stable | Cost |\n|:-------|:------:|-----:|\n| `sort` | yes | O(n log n) |\n| `sort_unstable` | no | O(n \\| n) |\n\n---\n\nSee [the book](https://doc.rust-lang.org/book \"The Book\").\n",
    "Sure! Here is a plan:\n\n- [x] Read the file\n- [ ] Change it\n  - first the head\n  - then the rest\n\n    with a note\n- [ ] Test\n\n**Step 1:** run\n\n    cargo test\n\nand *wait*.\n\nThen:\n1. open `a_b_c.rs`\n2. look at __init__ and snake_case_names\n   ```py\n   def f():\n\n       return 1\n   ```\n3. done\\!\n\n~~old~~ new\n",
    "Title\n=====\n\nSub *title*\n---\n\nA line  \nbroken, and\\\nagain.\n\n* one\n\n* two\n  more\n\n+ other\n\n10) ten\n11) eleven\n\n***both*** **a *b* c** *a **b** c* 2*3*4 * x\n\n<https://a.example> ![alt *text*](i.png) [ref][r] [r] [R][]\n\n[r]: <https://r.example> 'Title'\n",
    "> quoted\ncontinued\n>\n> - list\n>   in quote\n>\n> ```\n> code\n> ```\n\nafter &lt;b&gt; &amp; &quot;x&quot; &#8212; &#x1F600; 5 &mdash; 6\n\nText\n| a | b |\n| - | - |\n| 1 |\n| 1 | 2 | 3 |\nnot a row but one\n\n``code with ` tick`` and `a  b`\n",
];

/// Pieces of lines; links lead nowhere known, as the crate knows no bare addresses.
const WORDS: &[&str] = &[
    "a",
    "b c",
    " ",
    " ",
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    " ~b~ ",
    "`",
    "``",
    "[",
    "]",
    "](u)",
    "](<v w> \"t\")",
    "[r]",
    "![",
    "(",
    ")",
    "\\",
    "\\*",
    "&amp;",
    "&#65;",
    "<s:t>",
    "é",
    "“",
    "”",
    ".",
    "!",
    ":",
    "  ",
    "1",
    "-",
    "#",
    "|",
    "\\|",
    "[r][]",
    "[x][r]",
    "](",
    "\"",
    "'",
];

const LINES: &[&str] = &[
    "",
    "",
    "",
    "a",
    "text *with* `marks`",
    "# h",
    "## h ##",
    "### ",
    "- a",
    "- b",
    "* c",
    "+",
    "1. a",
    "2. b",
    "3) c",
    "  - b",
    "     - c",
    "  b",
    "    b",
    "      b",
    "   1. x",
    "\tt",
    "-\tt",
    "> q",
    "> - q",
    "> > r",
    ">",
    "  > q",
    "- > q",
    "```",
    "```rust",
    "~~~",
    "  ```",
    "   ~~~",
    "- ```",
    "***",
    "---",
    "- - -",
    "===",
    "--",
    "| a | b |",
    "|---|:-:|",
    "| 1 |",
    "| c | d |",
    "- [ ] t",
    "- [x] u",
    "  - [ ] v",
    "[r]: u",
    "end  ",
    "end\\",
    "    code",
    "10. ten",
    "1.",
    "- # h",
    "- - a",
    "1. - a",
];

fn check(text: &str) {
    assert_eq!(markup(&parse(text)), theirs(text), "\n{text}\n{text:?}");
}

#[test]
fn answers() {
    for text in ANSWERS {
        check(text);
        for (end, _) in text.match_indices('\n') {
            check(&text[..end]);
        }
    }
}

#[test]
fn random_lines() {
    let mut random = fastrand::Rng::with_seed(3);
    for _ in 0..10_000 {
        let lines: Vec<&str> = (0..random.usize(1..9))
            .map(|_| LINES[random.usize(..LINES.len())])
            .collect();
        check(&lines.join("\n"));
    }
}

#[test]
fn random_words() {
    let mut random = fastrand::Rng::with_seed(5);
    for _ in 0..10_000 {
        let words: Vec<&str> = (0..random.usize(1..12))
            .map(|_| WORDS[random.usize(..WORDS.len())])
            .collect();
        check(&format!("x{}\n\n[r]: w", words.concat()));
    }
}

/// What the crate alone makes of a text, written in the same way.
fn theirs(text: &str) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut out = String::new();
    let mut lists = Vec::new();
    let mut image = None;
    let mut images = 0;
    for event in Parser::new_ext(text, options) {
        if images > 0 {
            match event {
                Event::Start(Tag::Image { .. }) => images += 1,
                Event::End(TagEnd::Image) => {
                    images -= 1;
                    if images == 0 {
                        let _ = write!(out, "{}</img>", image.take().unwrap_or_default());
                    }
                }
                Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                    image.get_or_insert_with(String::new).push_str(&text);
                }
                Event::SoftBreak | Event::HardBreak => {
                    image.get_or_insert_with(String::new).push(' ');
                }
                _ => {}
            }
            continue;
        }
        let _ = match event {
            Event::Text(text)
            | Event::Html(text)
            | Event::InlineHtml(text)
            | Event::InlineMath(text)
            | Event::DisplayMath(text)
            | Event::FootnoteReference(text) => write!(out, "{text}"),
            Event::Code(text) => write!(out, "<code>{text}</code>"),
            Event::SoftBreak => writeln!(out),
            Event::HardBreak => write!(out, "<br>"),
            Event::Rule => write!(out, "<hr>"),
            Event::TaskListMarker(is_done) => {
                write!(out, "{}", if is_done { "[x]" } else { "[ ]" })
            }
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match &kind {
                    CodeBlockKind::Indented => "",
                    CodeBlockKind::Fenced(info) => {
                        info.split_whitespace().next().unwrap_or_default()
                    }
                };
                write!(out, "<pre {language}>")
            }
            Event::End(TagEnd::CodeBlock) => {
                if out.ends_with('\n') {
                    out.pop();
                }
                write!(out, "</pre>")
            }
            Event::Start(Tag::List(start)) => {
                let tag = start.map_or("ul".to_owned(), |start| format!("ol{start}"));
                let written = write!(out, "<{tag}>");
                lists.push(tag);
                written
            }
            Event::End(TagEnd::List(_)) => {
                write!(out, "</{}>", lists.pop().unwrap_or_default())
            }
            Event::Start(Tag::Link { dest_url, .. }) => write!(out, "<a {dest_url}>"),
            Event::Start(Tag::Image { dest_url, .. }) => {
                images = 1;
                write!(out, "<img {dest_url}>")
            }
            Event::Start(Tag::Table(alignments)) => {
                let signs = alignments.iter().map(|alignment| match alignment {
                    Alignment::None => '-',
                    Alignment::Left => 'l',
                    Alignment::Center => 'c',
                    Alignment::Right => 'r',
                });
                write!(out, "<table {}>", signs.collect::<String>())
            }
            Event::Start(tag) => write!(out, "<{}>", name(&tag.to_end())),
            Event::End(tag) => write!(out, "</{}>", name(&tag)),
        };
    }
    out
}

fn name(tag: &TagEnd) -> String {
    match tag {
        TagEnd::Heading(level) => return level.to_string(),
        TagEnd::BlockQuote(_) => "quote",
        TagEnd::Item => "li",
        TagEnd::Table => "table",
        TagEnd::TableHead | TagEnd::TableRow => "tr",
        TagEnd::TableCell => "td",
        TagEnd::Emphasis => "em",
        TagEnd::Strong => "strong",
        TagEnd::Strikethrough => "del",
        TagEnd::Link => "a",
        _ => "p",
    }
    .to_owned()
}
