//! What texts come to, written as markup.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use super::{Alignment, Block, Inline, MAX_DEPTH, parse};
use crate::components::markdown::split::Splitter;

/// The markup, without any escapes: it is only compared.
pub(super) fn markup(blocks: &[Block]) -> String {
    let mut markup = String::new();
    write_blocks(&mut markup, blocks, false);
    markup
}

fn write_blocks(out: &mut String, blocks: &[Block], is_bare: bool) {
    for block in blocks {
        match block {
            Block::Paragraph(content) if is_bare => write_inlines(out, content),
            Block::Paragraph(content) => within(out, "p", |out| write_inlines(out, content)),
            Block::Heading { level, content } => {
                within(out, &format!("h{level}"), |out| write_inlines(out, content));
            }
            Block::Code { language, text } => {
                let _ = write!(out, "<pre {language}>{text}</pre>");
            }
            Block::Quote(blocks) => within(out, "quote", |out| write_blocks(out, blocks, false)),
            Block::List {
                start,
                is_tight,
                items,
            } => {
                let tag = start.map_or("ul".to_owned(), |start| format!("ol{start}"));
                within(out, &tag, |out| {
                    for item in items {
                        within(out, "li", |out| {
                            let start = out.len();
                            write_blocks(out, &item.blocks, *is_tight);
                            if let Some(is_done) = item.task {
                                let is_boxed = out[start..].starts_with("<p>");
                                let text = start + if is_boxed { 3 } else { 0 };
                                out.insert_str(text, if is_done { "[x]" } else { "[ ]" });
                            }
                        });
                    }
                });
            }
            Block::Table {
                alignments,
                head,
                rows,
            } => {
                let signs = alignments.iter().map(|alignment| match alignment {
                    Alignment::None => '-',
                    Alignment::Left => 'l',
                    Alignment::Center => 'c',
                    Alignment::Right => 'r',
                });
                let _ = write!(out, "<table {}>", signs.collect::<String>());
                for row in std::iter::once(head).chain(rows) {
                    within(out, "tr", |out| {
                        for cell in row {
                            within(out, "td", |out| write_inlines(out, cell));
                        }
                    });
                }
                out.push_str("</table>");
            }
            Block::Footnote { label, blocks } => {
                let _ = write!(out, "<note {label}>");
                write_blocks(out, blocks, false);
                out.push_str("</note>");
            }
            Block::Rule => out.push_str("<hr>"),
        }
    }
}

fn write_inlines(out: &mut String, inlines: &[Inline]) {
    for inline in inlines {
        match inline {
            Inline::Text(text) => out.push_str(text),
            Inline::Code(code) => within(out, "code", |out| out.push_str(code)),
            Inline::Emphasis(children) => within(out, "em", |out| write_inlines(out, children)),
            Inline::Strong(children) => within(out, "strong", |out| write_inlines(out, children)),
            Inline::Strikethrough(children) => {
                within(out, "del", |out| write_inlines(out, children));
            }
            Inline::Link { href, children } => {
                let _ = write!(out, "<a {href}>");
                write_inlines(out, children);
                out.push_str("</a>");
            }
            Inline::Image { href, alt } => {
                let _ = write!(out, "<img {href}>{alt}</img>");
            }
            Inline::FootnoteReference(label) => {
                within(out, "sup", |out| out.push_str(label));
            }
            Inline::SoftBreak => out.push('\n'),
            Inline::HardBreak => out.push_str("<br>"),
        }
    }
}

fn within(out: &mut String, tag: &str, content: impl FnOnce(&mut String)) {
    let _ = write!(out, "<{tag}>");
    content(out);
    let _ = write!(out, "</{tag}>");
}

fn check(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(markup(&parse(text)), *expected, "{text:?}");
    }
}

#[test]
fn blocks() {
    check(&[
        ("", ""),
        ("a\nb\n\nc", "<p>a\nb</p><p>c</p>"),
        ("# a #\n####### b\n#c", "<h1>a</h1><p>####### b\n#c</p>"),
        ("## \n#", "<h2></h2><h1></h1>"),
        ("a\nb\n===\nc\n--\n--", "<h1>a\nb</h1><h2>c</h2><p>--</p>"),
        ("a\n***\n- - -", "<p>a</p><hr><hr>"),
        ("```rust ignore\na\n\n  b\n```", "<pre rust>a\n\n  b</pre>"),
        ("~~~\n```\n~~\n~~~~\nb", "<pre >```\n~~</pre><p>b</p>"),
        ("``` a`b", "<p>``` a`b</p>"),
        ("```\nopen\n", "<pre >open</pre>"),
        ("    a\n\n\tb\n\n\nc", "<pre >a\n\nb</pre><p>c</p>"),
        ("a\n    b", "<p>a\nb</p>"),
        ("> a\nb\n> c\n\nd", "<quote><p>a\nb\nc</p></quote><p>d</p>"),
        (
            "> > a\n> b\n\n>c",
            "<quote><quote><p>a\nb</p></quote></quote><quote><p>c</p></quote>",
        ),
        ("> ```\n> a\nb", "<quote><pre >a</pre></quote><p>b</p>"),
        ("<div>\n# a\n</div>", "<p><div></p><h1>a</h1><p></div></p>"),
    ]);
}

#[test]
fn lists() {
    check(&[
        (
            "- a\n- b\n* c",
            "<ul><li>a</li><li>b</li></ul><ul><li>c</li></ul>",
        ),
        ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
        ("3) a\n4) b\n", "<ol3><li>a</li><li>b</li></ol3>"),
        ("a\n1. b", "<p>a</p><ol1><li>b</li></ol1>"),
        ("a\n2. b\n-", "<h2>a\n2. b</h2>"),
        (
            "- a\n  - b\n\n    c\n- d",
            "<ul><li>a<ul><li><p>b</p><p>c</p></li></ul></li><li>d</li></ul>",
        ),
        ("- a\n  b\nc\n\nd", "<ul><li>a\nb\nc</li></ul><p>d</p>"),
        ("-\n  a\n-\n\n  b", "<ul><li>a</li><li></li></ul><p>b</p>"),
        (
            "- ```\n  a\n\n  b\n  ```\n- c",
            "<ul><li><pre >a\n\nb</pre></li><li>c</li></ul>",
        ),
        (
            "-     a\n\n-\tb",
            "<ul><li><pre >a</pre></li><li><p>b</p></li></ul>",
        ),
        (
            "- [ ] a\n- [x] b\n- [X]c",
            "<ul><li>[ ]a</li><li>[x]b</li><li>[X]c</li></ul>",
        ),
        (
            "1. a\n   - b\n2. c",
            "<ol1><li>a<ul><li>b</li></ul></li><li>c</li></ol1>",
        ),
        ("1234567890. a", "<p>1234567890. a</p>"),
    ]);
}

#[test]
fn tables() {
    check(&[
        (
            "| a | b |\n|:-:|--:|\n| 1 | `x\\|y` | 3 |\n2\n\nend",
            "<table cr><tr><td>a</td><td>b</td></tr><tr><td>1</td><td><code>x|y</code></td></tr><tr><td>2</td><td></td></tr></table><p>end</p>",
        ),
        (
            "a | b\n- | :-\n> c",
            "<table -l><tr><td>a</td><td>b</td></tr></table><quote><p>c</p></quote>",
        ),
        (
            "a\n| b |\n|---|",
            "<p>a</p><table -><tr><td>b</td></tr></table>",
        ),
        ("| a | b |\n|---|", "<p>| a | b |\n|---|</p>"),
    ]);
}

#[test]
fn inlines() {
    check(&[
        (
            "*a* _b_ **c** __d__ ***e***",
            "<p><em>a</em> <em>b</em> <strong>c</strong> <strong>d</strong> <em><strong>e</strong></em></p>",
        ),
        (
            "a_b_c a*b*c 2 * 3 * 4",
            "<p>a_b_c a<em>b</em>c 2 * 3 * 4</p>",
        ),
        ("*a **b* c**", "<p><em>a <em><em>b</em> c</em></em></p>"),
        ("**a*b**c*", "<p><strong>a*b</strong>c*</p>"),
        (
            "~~a~~ ~b~ ~~~c~~~ ~~d~",
            "<p><del>a</del> <del>b</del> ~~~c~~~ ~~d~</p>",
        ),
        (
            "`a` ``b`c`` `d",
            "<p><code>a</code> <code>b`c</code> `d</p>",
        ),
        (
            "`` ` `` ` `  `a\nb`",
            "<p><code>`</code> <code> </code>  <code>a b</code></p>",
        ),
        ("a  \nb\\\nc\nd", "<p>a<br>b<br>c\nd</p>"),
        (
            "\\*a\\* \\a &lt;&#65;&#x42;&nope; &",
            "<p>*a* \\a <AB&nope; &</p>",
        ),
        (
            "[a *b*](c \"t\") [d](<e f> 'g') [h](i(j)k) [l]()",
            "<p><a c>a <em>b</em></a> <a e f>d</a> <a i(j)k>h</a> <a >l</a></p>",
        ),
        ("[a](b c) [d] [e][f]", "<p>[a](b c) [d] [e][f]</p>"),
        (
            "[A][] [x][a] [a] ![a]\n\n[a]: /u 'title'",
            "<p><a /u>A</a> <a /u>x</a> <a /u>a</a> <img /u>a</img></p>",
        ),
        ("[a]: u\n[b]:\n<v>\n'x'\nc [a][b]", "<p>c <a v>a</a></p>"),
        ("[a [b](c) d](e)", "<p>[a <a c>b</a> d](e)</p>"),
        ("[![a *b*](c)](d)", "<p><a d><img c>a b</img></a></p>"),
        ("*[a*](b)", "<p>*<a b>a*</a></p>"),
        (
            "<http://a.b> <m@a.b> <a b>",
            "<p><a http://a.b>http://a.b</a> <a mailto:m@a.b>m@a.b</a> <a b></p>",
        ),
        (
            "see https://a.b/c_d?e=(f). (http://a.b) xhttp://a",
            "<p>see <a https://a.b/c_d?e=(f)>https://a.b/c_d?e=(f)</a>. (<a http://a.b>http://a.b</a>) xhttp://a</p>",
        ),
        (
            "**https://a.b** [https://a.b](https://c.d) http://",
            "<p><strong><a https://a.b>https://a.b</a></strong> <a https://c.d><a https://a.b>https://a.b</a></a> http://</p>",
        ),
    ]);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "how long it takes is the point, and tests run on the host"
)]
fn hostile_texts_are_read_fast_and_not_deep() {
    let repeated = [
        "[",
        "![",
        "]",
        "*",
        "_",
        "~",
        "`",
        "<",
        "&",
        "\\",
        "a*",
        "*a ",
        "_a ",
        "**a ",
        "~~a ",
        "*a_ ",
        "a**b",
        "*a _b ~c ",
        "[a](",
        "[a](b",
        "[a](<",
        "![a](b ",
        "[a](b \"",
        "[a](b '(",
        "[a][",
        "[a]: b\n",
        "[a]: b\n===\n",
        "<http:",
        "http://",
        "http://a",
        "(http://a)",
        "https://a?b](",
        "`a ``b ",
        "&#1;",
        "&amp",
        "> ",
        ">",
        "- ",
        "1. ",
        "- a\n",
        "> a\n",
        "-\n\n",
        "\n",
        "|",
        "| a\n|-\n",
        "a|b\n-|-\n",
        "a\n-|-\n",
        "# ",
        "#\n",
        "```\n",
        "    a\n",
        "\t",
        " ",
        "a\n",
        "a  \n",
        "a\\\n",
        "=\n",
        "-\n",
        "*\t",
        "é",
        "\u{a0}",
        "\r\n",
        "[]: <",
        "[a]: b 'c\n",
    ];
    let mut texts: Vec<String> = repeated.iter().map(|text| text.repeat(20_000)).collect();
    texts.push("[a]: b\n".to_owned() + &"[a] [b] ".repeat(20_000));
    texts.push("[".repeat(20_000) + "a" + &"](b)".repeat(20_000));
    texts.push("![".repeat(20_000) + "*a*" + &"](b)".repeat(20_000));
    texts.push("*a ".repeat(20_000) + &"b* ".repeat(20_000));
    texts.push("**a ".repeat(20_000) + &"b_ ".repeat(20_000));
    texts.push((1..400).map(|count| "`".repeat(count) + " ").collect());
    texts.push((0..400).map(|at| "  ".repeat(at) + "- a\n").collect());
    texts.push("|a".repeat(64) + "\n" + &"|-".repeat(64) + "\n" + &"a\n".repeat(20_000));
    texts.push(
        (0..20_000)
            .map(|at| format!("[l{at}]: u\n"))
            .collect::<String>()
            + &"[z]".repeat(20_000),
    );
    for text in texts {
        let shown: String = text.chars().take(20).collect();
        let start = Instant::now();
        let blocks = parse(&text);
        let mut splitter = Splitter::new();
        splitter.push(&text);
        let time = start.elapsed();
        assert!(time < Duration::from_secs(10), "{shown:?} took {time:?}");
        let depth = depth(&blocks);
        assert!(depth <= 2 * MAX_DEPTH + 2, "{shown:?} is {depth} deep");
    }
}

fn depth(blocks: &[Block]) -> usize {
    let of_block = |block: &Block| match block {
        Block::Paragraph(content) | Block::Heading { content, .. } => inline_depth(content),
        Block::Quote(blocks) => depth(blocks),
        Block::List { items, .. } => items
            .iter()
            .map(|item| depth(&item.blocks))
            .max()
            .unwrap_or_default(),
        Block::Footnote { blocks, .. } => depth(blocks),
        Block::Table { .. } | Block::Code { .. } | Block::Rule => 0,
    };
    1 + blocks.iter().map(of_block).max().unwrap_or_default()
}

fn inline_depth(inlines: &[Inline]) -> usize {
    let of_inline = |inline: &Inline| match inline {
        Inline::Emphasis(children)
        | Inline::Strong(children)
        | Inline::Strikethrough(children)
        | Inline::Link { children, .. } => inline_depth(children),
        Inline::Text(_)
        | Inline::Code(_)
        | Inline::Image { .. }
        | Inline::FootnoteReference(_)
        | Inline::SoftBreak
        | Inline::HardBreak => 0,
    };
    1 + inlines.iter().map(of_inline).max().unwrap_or_default()
}
