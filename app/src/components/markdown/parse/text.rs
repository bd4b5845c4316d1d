//! Texts of the crate's events without marks.

use super::{
    Inline,
    address::href_of,
    marks::{ADDRESS, ADDRESS_END, LESS, may_have_marks, unmarked},
};

/// The text that is meant.
pub(super) fn plain(marked: &str) -> String {
    unmarked(marked).into_owned()
}

/// Text with its addresses as links and its `<br>` as line breaks.
pub(super) fn push_text(mut marked: String, inlines: &mut Vec<Inline>) {
    if !may_have_marks(&marked) {
        return push_plain(&mut marked, inlines);
    }
    let mut rest = marked.as_str();
    let mut text = String::new();
    while let Some(at) = rest.find([ADDRESS, LESS]) {
        let (before, mark) = rest.split_at(at);
        text.push_str(&unmarked(before));
        let found = address(mark).or_else(|| line_break(mark));
        if let Some((inline, after)) = found {
            push_plain(&mut text, inlines);
            inlines.push(inline);
            rest = after;
        } else {
            let end = mark.chars().next().map_or(0, char::len_utf8);
            text.push_str(&unmarked(mark.get(..end).unwrap_or_default()));
            rest = mark.get(end..).unwrap_or_default();
        }
    }
    text.push_str(&unmarked(rest));
    push_plain(&mut text, inlines);
}

fn push_plain(text: &mut String, inlines: &mut Vec<Inline>) {
    if !text.is_empty() {
        inlines.push(Inline::Text(std::mem::take(text)));
    }
}

fn address(text: &str) -> Option<(Inline, &str)> {
    let (address, rest) = text.strip_prefix(ADDRESS)?.split_once(ADDRESS_END)?;
    let shown = plain(address);
    let link = Inline::Link {
        href: href_of(&shown),
        children: vec![Inline::Text(shown)],
    };
    Some((link, rest))
}

/// `<br>`, which is the way to begin a line in a cell.
fn line_break(text: &str) -> Option<(Inline, &str)> {
    let rest = text.strip_prefix(LESS)?;
    let name = rest
        .get(..2)
        .filter(|name| name.eq_ignore_ascii_case("br"))?;
    let rest = rest.get(name.len()..)?.trim_start_matches(' ');
    let rest = rest.strip_prefix('/').unwrap_or(rest).strip_prefix('>')?;
    Some((Inline::HardBreak, rest))
}

/// What a reader sees of inlines, without marks of emphasis.
pub(super) fn append_plain(inlines: &[Inline], plain: &mut String) {
    for inline in inlines {
        match inline {
            Inline::Text(text) | Inline::Code(text) | Inline::Image { alt: text, .. } => {
                plain.push_str(text);
            }
            Inline::Emphasis(children)
            | Inline::Strong(children)
            | Inline::Strikethrough(children)
            | Inline::Link { children, .. } => append_plain(children, plain),
            Inline::FootnoteReference(label) => {
                plain.push_str("[^");
                plain.push_str(label);
                plain.push(']');
            }
            Inline::SoftBreak | Inline::HardBreak => plain.push(' '),
        }
    }
}
