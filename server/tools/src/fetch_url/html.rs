//! Converts a page to Markdown: headings, lists, links and code. Scripts, styles and tags are dropped.
//!
//! It prepares pages, which may be malformed, for a model: it never fails, takes time proportional to the size of the
//! page, and builds no tree. Own code, since the crates for this build one: for half a megabyte of nested elements
//! `html2text` takes half a minute, and `htmd` overflows the stack.

use url::Url;

use super::{
    entity::decode,
    tag::{Tag, behind},
};

/// Elements whose contents are not shown.
const DROPPED: &[&str] = &[
    "script", "style", "noscript", "template", "svg", "iframe", "object", "canvas", "select",
    "textarea",
];

/// Elements that begin and end a paragraph.
const BLOCKS: &[&str] = &[
    "p",
    "div",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "aside",
    "nav",
    "form",
    "fieldset",
    "figure",
    "figcaption",
    "blockquote",
    "table",
    "dl",
    "address",
    "details",
    "summary",
    "hr",
    "body",
    "ul",
    "ol",
];

/// Elements that begin a line.
const LINES: &[&str] = &["br", "tr", "dt", "dd", "option"];

/// A page as text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) title: Option<String>,
    pub(super) text: String,
}

/// Converts the page at `base`.
pub(super) fn read(html: &str, base: &Url) -> Page {
    let mut reader = Reader {
        base,
        out: Out::default(),
        title: None,
        link: None,
        lists: Vec::new(),
        in_pre: false,
    };
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        reader.text(text);
        rest = reader.markup(tail);
    }
    reader.text(rest);
    reader.end()
}

struct Reader<'b> {
    base: &'b Url,
    out: Out,
    title: Option<String>,
    /// The address of the open link, and where its text begins. Links are not nested.
    link: Option<(String, usize)>,
    /// The open lists: for a numbered one, its next number.
    lists: Vec<Option<u32>>,
    in_pre: bool,
}

impl Reader<'_> {
    fn text(&mut self, text: &str) {
        if self.in_pre {
            self.out.verbatim(&decode(text));
        } else {
            self.out.words(&decode(text));
        }
    }

    /// Reads markup that begins with `<`; returns the rest.
    fn markup<'t>(&mut self, tail: &'t str) -> &'t str {
        if let Some(comment) = tail.strip_prefix("<!--") {
            return comment.split_once("-->").map_or("", |(_, rest)| rest);
        }
        if tail.starts_with("<!") || tail.starts_with("<?") {
            return tail.split_once('>').map_or("", |(_, rest)| rest);
        }
        let Some((tag, rest)) = Tag::read(tail) else {
            self.text("<");
            return tail.get(1..).unwrap_or_default();
        };
        let name = tag.name.as_str();
        if !tag.closes && DROPPED.contains(&name) {
            return behind(rest, name).1;
        }
        if !tag.closes && name == "title" {
            let (title, rest) = behind(rest, name);
            let title = decode(title)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            if self.title.is_none() && !title.is_empty() {
                self.title = Some(title);
            }
            return rest;
        }
        self.element(&tag);
        rest
    }

    fn element(&mut self, tag: &Tag<'_>) {
        match (tag.name.as_str(), tag.closes) {
            ("h1" | "h2" | "h3" | "h4" | "h5" | "h6", closes) => {
                self.out.paragraph();
                if !closes {
                    let level = tag.name.get(1..).and_then(|level| level.parse().ok());
                    self.out
                        .mark(&format!("{} ", "#".repeat(level.unwrap_or(1))));
                }
            }
            ("pre", false) => {
                self.out.paragraph();
                self.out.mark("```\n");
                self.in_pre = true;
            }
            ("pre", true) if self.in_pre => {
                self.in_pre = false;
                self.out.line();
                self.out.mark("```");
                self.out.paragraph();
            }
            ("code" | "kbd" | "samp", _) if !self.in_pre => self.out.mark("`"),
            ("a", false) => {
                self.close_link();
                let address = tag.attribute("href").and_then(|href| self.address(&href));
                self.link = address.map(|address| (address, self.out.begin()));
            }
            ("a", true) => self.close_link(),
            ("img", false) => {
                let alt = tag.attribute("alt").unwrap_or_default();
                self.out.words(&alt);
            }
            ("ul", closes) => self.list(closes, None),
            ("ol", closes) => self.list(closes, Some(1)),
            ("li", false) => self.item(),
            ("td" | "th", false) => self.out.mark("| "),
            ("td" | "th", true) => self.out.words(" "),
            (name, _) if BLOCKS.contains(&name) => self.out.paragraph(),
            (name, _) if LINES.contains(&name) => self.out.line(),
            _ => {}
        }
    }

    fn address(&self, href: &str) -> Option<String> {
        let url = self.base.join(href.trim()).ok()?;
        let is_page = matches!(url.scheme(), "http" | "https") && !href.trim().starts_with('#');
        is_page.then(|| url.to_string())
    }

    fn close_link(&mut self) {
        if let Some((address, begin)) = self.link.take() {
            self.out.link(begin, &address);
        }
    }

    fn list(&mut self, closes: bool, first: Option<u32>) {
        if closes {
            self.lists.pop();
        }
        if self.lists.is_empty() {
            self.out.paragraph();
        }
        if !closes {
            self.lists.push(first);
        }
    }

    fn item(&mut self) {
        self.out.line();
        let indent = "  ".repeat(self.lists.len().saturating_sub(1).min(8));
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number = number.saturating_add(1);
                format!("{indent}{}. ", number.saturating_sub(1))
            }
            Some(None) | None => format!("{indent}- "),
        };
        self.out.mark(&mark);
    }

    fn end(mut self) -> Page {
        if self.in_pre {
            self.out.line();
            self.out.mark("```");
        }
        Page {
            title: self.title,
            text: self.out.text.trim().to_owned(),
        }
    }
}

/// The text being written, with white space as readers see it.
#[derive(Default)]
struct Out {
    text: String,
    /// Whether a space is due before the next word.
    blank: bool,
}

impl Out {
    fn at_line_start(&self) -> bool {
        self.text.is_empty() || self.text.ends_with('\n')
    }

    /// Adds text with insignificant white space.
    fn words(&mut self, text: &str) {
        for (count, word) in text.split(char::is_whitespace).enumerate() {
            self.blank |= count > 0;
            if word.is_empty() {
                continue;
            }
            self.due();
            self.text.push_str(word);
        }
    }

    fn due(&mut self) {
        let wanted = std::mem::take(&mut self.blank);
        if wanted && !self.at_line_start() && !self.text.ends_with(' ') {
            self.text.push(' ');
        }
    }

    fn verbatim(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Adds Markdown characters.
    fn mark(&mut self, mark: &str) {
        self.due();
        self.text.push_str(mark);
    }

    fn line(&mut self) {
        self.blank = false;
        if !self.at_line_start() {
            self.text.push('\n');
        }
    }

    fn paragraph(&mut self) {
        self.line();
        if !self.text.is_empty() && !self.text.ends_with("\n\n") {
            self.text.push('\n');
        }
    }

    /// Starts a span; returns where its first word will be.
    fn begin(&mut self) -> usize {
        self.due();
        self.text.len()
    }

    /// Turns the text since `begin` into a link.
    fn link(&mut self, begin: usize, address: &str) {
        let text = self.text.get(begin..).unwrap_or_default();
        if !text.trim().is_empty() && !text.contains('\n') && text != address {
            self.text.insert(begin, '[');
            self.text.push_str("](");
            self.text.push_str(address);
            self.text.push(')');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        read(html, &Url::parse("https://example.com/a/b").unwrap())
    }

    #[track_caller]
    fn check(html: &str, expected: &str) {
        assert_eq!(page(html).text, expected, "{html}");
    }

    #[test]
    fn a_page_becomes_markdown() {
        let html = "<!doctype html><html><head><title> The\n &amp; title </title><style>p{}</style></head><body>
            <h1>Lists <em>and</em> more</h1><p>One\n   two.<br>Three</p>
            <ul><li>a<li>b<ul><li>c</ul></ul><ol><li>x</li><li>y</li></ol>
            <pre><code>if a &lt; b {\n    c\n}</code></pre><p>Use <code>x</code>.</p></body></html>";
        let read = page(html);
        assert_eq!(read.title.as_deref(), Some("The & title"));
        let expected = "# Lists and more\n\nOne two.\nThree\n\n- a\n- b\n  - c\n\n1. x\n2. y\n\n\
            ```\nif a < b {\n    c\n}\n```\n\nUse `x`.";
        assert_eq!(read.text, expected);
    }

    #[test]
    fn links_have_whole_addresses() {
        check(
            "see <a href='../c?d=1&amp;e'>this <b>page</b></a>.",
            "see [this page](https://example.com/c?d=1&e).",
        );
        check("<a href=/x>y</a>", "[y](https://example.com/x)");
        check(
            "<a href='#top'>up</a> <a href='javascript:x()'>z</a> <a>w</a>",
            "up z w",
        );
        check("<a href='https://example.com/'><img src=a></a>", "");
        check(
            "<a href='/p'><img alt='A cat'></a>",
            "[A cat](https://example.com/p)",
        );
    }

    #[test]
    fn content_that_is_not_text_is_dropped() {
        check("a<script>if (a < b) alert('</p>')</script>b", "ab");
        check(
            "a<SCRIPT src=x>1</SCRIPT >b<style>x</style><!-- > -->c",
            "abc",
        );
        check("a<svg><path d='M0'/></svg>b", "ab");
        check("<p title='a > b' x=\"<p>\">c</p>", "c");
    }

    #[test]
    fn tables_keep_their_rows() {
        check(
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1<td>2</tr></table>",
            "| a | b\n| 1| 2",
        );
    }

    #[test]
    fn broken_pages_are_read_as_well_as_can_be() {
        check(
            "a < b & c &bogus; <3 &#x41;&#66;&#0;&#xD800;",
            "a < b & c &bogus; <3 AB\u{fffd}\u{fffd}",
        );
        check("<p>a<p>b<div>c", "a\n\nb\n\nc");
        check("</a></ul></pre>a<a href", "a");
        check("a<script>never ended", "a");
        check("a<!-- never ended", "a");
        check("<pre>\nx  y", "```\n\nx  y\n```");
        check("<", "<");
        check("é<é>\u{0}", "é<é>\u{0}");
    }

    #[test]
    fn a_large_page_takes_time_in_proportion() {
        for piece in [
            "<",
            "<a href=x>",
            "<script>",
            "&",
            "</",
            "<!--",
            "<a b='",
            "<li><ul>",
            "<td>a b",
            "<a href=x>y",
        ] {
            let read = page(&format!("{}{}", piece.repeat(8_000), "</a>".repeat(8_000)));
            assert!(read.text.len() <= 2_000_000, "{piece}");
        }
    }
}
