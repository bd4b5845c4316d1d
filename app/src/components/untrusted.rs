//! Text that a model, a file or a page wrote, where a person decides by it: paths, diffs, inputs of tools, addresses.
//!
//! Such text can hide characters, reorder what stands around it, or imitate a name. Here its order is its own
//! (`<bdi>`), and each character that cannot be seen, that reorders, or that imitates a Latin letter among Latin letters
//! is followed by its name. The name comes from the style sheet: whoever copies the text gets what was written.
//!
//! The characters are those of "Trojan Source" (CVE-2021-42574) and those that Unicode calls default-ignorable
//! (`DerivedCoreProperties.txt`), with the controls and the spaces that look like others.

use leptos::prelude::*;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run<'a> {
    /// What can be read as it stands.
    Plain(&'a str),
    /// A character that needs its name beside it.
    Marked(&'a str, Mark),
}

/// Why a character is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    /// It cannot be seen, or it changes the order of others.
    Hidden,
    /// It looks like this letter of the Latin alphabet, and stands among such letters.
    LooksLike(char),
}

/// A text whose hidden and imitating characters are made visible.
#[component]
pub(crate) fn Untrusted(
    /// As it was written.
    #[prop(into)]
    text: String,
) -> impl IntoView {
    let runs = runs(&text).into_iter().map(|run| match run {
        Run::Plain(text) => text.to_owned().into_any(),
        Run::Marked(text, mark) => marked(text, mark).into_any(),
    });
    view! { <bdi>{runs.collect_view()}</bdi> }
}

fn marked(text: &str, mark: Mark) -> impl IntoView {
    let code = text.chars().next().map_or(0, u32::from);
    let name = format!("U+{code:04X}");
    let label = match mark {
        Mark::Hidden => format!("hidden character {name}"),
        Mark::LooksLike(letter) => format!("character {name}, which looks like {letter}"),
    };
    // A screen reader says the name, which stands in no text.
    view! {
        <span class="marked-character" role="img" aria-label=label data-name=name>
            {text.to_owned()}
        </span>
    }
}

/// The most bytes of a piece. After 65,536 characters Chromium's HTML parser begins another text node, which no hydration
/// expects.
const RUN_BYTES: usize = 32_000;

/// The pieces of a text, in order; none for an empty one.
fn runs(text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    let mut done = 0;
    for (at, char, mark) in marks(text) {
        let end = at + char.len_utf8();
        runs.extend(plain(text.get(done..at).unwrap_or_default()));
        runs.extend(text.get(at..end).map(|text| Run::Marked(text, mark)));
        done = end;
    }
    runs.extend(plain(text.get(done..).unwrap_or_default()));
    runs
}

fn plain(mut text: &str) -> Vec<Run<'_>> {
    let mut runs = Vec::new();
    while !text.is_empty() {
        let (piece, rest) = text.split_at(text.floor_char_boundary(RUN_BYTES));
        runs.push(Run::Plain(piece));
        text = rest;
    }
    runs
}

/// The characters to mark, each with its place in bytes.
fn marks(text: &str) -> Vec<(usize, char, Mark)> {
    let mut marks = Vec::new();
    let mut word = Word::default();
    let mut before = None;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        let after = chars.peek().map(|(_, after)| *after);
        if is_hidden(char) && !joins(char, before, after) {
            marks.push((at, char, Mark::Hidden));
        }
        if char == '/' && before == Some('/') {
            word.end(&mut marks);
            word.is_host = true;
        } else if char.is_alphanumeric() || word.is_host && matches!(char, '-' | '.') {
            word.has_latin |= char.is_ascii_alphabetic();
            word.imitating
                .extend(looks_like(char).map(|letter| (at, char, letter)));
        } else {
            word.end(&mut marks);
        }
        before = Some(char);
    }
    word.end(&mut marks);
    // Those of a word are found at its end.
    marks.sort_unstable_by_key(|(at, ..)| *at);
    marks
}

/// The word that is being read: letters and digits without anything between, or the host of an address.
#[derive(Default)]
struct Word {
    is_host: bool,
    has_latin: bool,
    /// Letters that imitate Latin ones.
    imitating: Vec<(usize, char, char)>,
}

impl Word {
    /// A word of another script alone imitates nothing; the letters of a host always stand among Latin ones.
    fn end(&mut self, marks: &mut Vec<(usize, char, Mark)>) {
        let word = std::mem::take(self);
        if word.has_latin {
            let letters = word.imitating.into_iter();
            marks.extend(letters.map(|(at, char, letter)| (at, char, Mark::LooksLike(letter))));
        }
    }
}

/// The Latin letter that a letter of another script cannot be told from, as Unicode's `confusables.txt` has them (UTS 39).
const fn looks_like(char: char) -> Option<char> {
    Some(match char {
        'а' | 'α' => 'a',
        'с' | 'ϲ' => 'c',
        'ԁ' => 'd',
        'е' => 'e',
        'ɡ' | 'ց' => 'g',
        'һ' | 'հ' => 'h',
        'і' | 'ι' => 'i',
        'ј' => 'j',
        'ӏ' | 'ا' => 'l',
        'ո' => 'n',
        'о' | 'ο' | 'օ' => 'o',
        'р' | 'ρ' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'υ' | 'ս' => 'u',
        'ν' | 'ѵ' => 'v',
        'ԝ' => 'w',
        'х' => 'x',
        'у' | 'γ' => 'y',
        'А' | 'Α' => 'A',
        'В' | 'Β' => 'B',
        'С' => 'C',
        'Е' | 'Ε' => 'E',
        'Ԍ' => 'G',
        'Н' | 'Η' => 'H',
        'І' | 'Ι' => 'I',
        'Ј' => 'J',
        'К' | 'Κ' => 'K',
        'М' | 'Μ' => 'M',
        'Ν' => 'N',
        'О' | 'Ο' | 'Օ' => 'O',
        'Р' | 'Ρ' => 'P',
        'Ѕ' | 'Տ' => 'S',
        'Т' | 'Τ' => 'T',
        'Ս' => 'U',
        'Х' | 'Χ' => 'X',
        'Ү' | 'Υ' => 'Y',
        'Ζ' => 'Z',
        // Wide letters, and those for mathematics, are looked up by their distance from the first one.
        'ａ'..='ｚ' => letter('a', char as u32 - 'ａ' as u32),
        'Ａ'..='Ｚ' => letter('A', char as u32 - 'Ａ' as u32),
        '𝐀'..='𝚣' => {
            let place = (char as u32 - '𝐀' as u32) % 52;
            if place < 26 {
                letter('A', place)
            } else {
                letter('a', place - 26)
            }
        }
        _ => return None,
    })
}

/// A letter behind the first one of its alphabet.
const fn letter(first: char, place: u32) -> char {
    match char::from_u32(first as u32 + place) {
        Some(letter) => letter,
        None => first,
    }
}

/// Whether a character cannot be seen, or changes the order of others.
pub(crate) const fn is_hidden(char: char) -> bool {
    match char {
        // Line ends and tabs are seen by what they do.
        '\n' | '\t' | '\r' => false,
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => true,
        // Spaces that are none of the keyboard's.
        '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
            true
        }
        // Marks and controls of the order.
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {
            true
        }
        // Nothing to see, or nothing but a line end of its own.
        '\u{ad}'
        | '\u{34f}'
        | '\u{115f}'
        | '\u{1160}'
        | '\u{17b4}'
        | '\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200d}'
        | '\u{2028}'
        | '\u{2029}'
        | '\u{2060}'..='\u{2065}'
        | '\u{206a}'..='\u{206f}'
        | '\u{2800}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        _ => false,
    }
}

/// Whether a character that cannot be seen belongs between its neighbours: joiners within the scripts and emoji that need
/// them, the space of Chinese and Japanese text, and the selector that makes a sign an emoji.
const fn joins(char: char, before: Option<char>, after: Option<char>) -> bool {
    const fn is_foreign(char: Option<char>) -> bool {
        matches!(
            char,
            Some(
                '\u{600}'..='\u{10ff}'
                | '\u{1780}'..='\u{18af}'
                | '\u{2190}'..='\u{2bff}'
                | '\u{1f000}'..='\u{1faff}'
                | '\u{fe0f}',
            )
        )
    }
    match char {
        '\u{200c}' | '\u{200d}' => is_foreign(before) && is_foreign(after),
        '\u{fe0e}' | '\u{fe0f}' => {
            is_foreign(before) || matches!(before, Some('#' | '*' | '0'..='9' | '©' | '®'))
        }
        '\u{3000}' => matches!(
            before,
            Some('\u{3001}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{ff00}'..='\u{ffef}')
        ),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[Run<'_>]) {
        assert_eq!(runs(text), expected, "{text:?}");
        let together: String = runs(text)
            .iter()
            .map(|run| match run {
                Run::Plain(text) | Run::Marked(text, _) => *text,
            })
            .collect();
        assert_eq!(together, text, "nothing is lost");
    }

    #[test]
    fn visible_text_stays_unchanged() {
        for text in [
            "src/main.rs",
            "fn main() {\n\tprintln!(\"ü, ß, 中文, עברית, हिन्दी\");\r\n}",
            "👩‍💻 ❤️ 1️⃣ 🇩🇪",
            "می‌خواهم",
            "日本語　テキスト",
        ] {
            check(text, &[Run::Plain(text)]);
        }
        check("", &[]);
    }

    #[test]
    fn characters_that_hide_or_reorder_are_taken_out() {
        let hidden = |text| Run::Marked(text, Mark::Hidden);
        check(
            "photo\u{202e}gnp.js",
            &[
                Run::Plain("photo"),
                hidden("\u{202e}"),
                Run::Plain("gnp.js"),
            ],
        );
        check(
            "a\u{200b}b",
            &[Run::Plain("a"), hidden("\u{200b}"), Run::Plain("b")],
        );
        check(
            "\u{feff}\u{2066}",
            &[hidden("\u{feff}"), hidden("\u{2066}")],
        );
        check(
            "x\u{200d}y",
            &[Run::Plain("x"), hidden("\u{200d}"), Run::Plain("y")],
        );
        check(
            "a\u{a0}b",
            &[Run::Plain("a"), hidden("\u{a0}"), Run::Plain("b")],
        );
        check(
            "a\u{1b}[31m",
            &[Run::Plain("a"), hidden("\u{1b}"), Run::Plain("[31m")],
        );
        check("\u{e0041}", &[hidden("\u{e0041}")]);
        check(
            "a\u{3000}b",
            &[Run::Plain("a"), hidden("\u{3000}"), Run::Plain("b")],
        );
    }

    #[test]
    fn letters_that_imitate_are_marked_among_the_ones_they_imitate() {
        let looks_like = |text, letter| Run::Marked(text, Mark::LooksLike(letter));
        check("аpple", &[looks_like("а", 'a'), Run::Plain("pple")]);
        check(
            "https://аррӏе.com/о",
            &[
                Run::Plain("https://"),
                looks_like("а", 'a'),
                looks_like("р", 'p'),
                looks_like("р", 'p'),
                looks_like("ӏ", 'l'),
                looks_like("е", 'e'),
                Run::Plain(".com/о"),
            ],
        );
        check(
            "ｇit𝐡ub",
            &[
                looks_like("ｇ", 'g'),
                Run::Plain("it"),
                looks_like("𝐡", 'h'),
                Run::Plain("ub"),
            ],
        );
        // Words of their own script imitate nothing.
        for text in [
            "Привет, world",
            "файл.rs",
            "Αθήνα",
            "日本語abc",
            "Δt = λx",
            "наш-plan",
        ] {
            check(text, &[Run::Plain(text)]);
        }
    }

    #[test]
    fn a_long_text_is_several_nodes() {
        let text = "é".repeat(RUN_BYTES);
        let runs = runs(&text);
        assert_eq!(runs.len(), 2);
        assert!(
            runs.iter()
                .all(|run| *run == Run::Plain(&"é".repeat(RUN_BYTES / 2)))
        );
    }

    #[test]
    fn a_hidden_character_says_its_name_and_is_copied_as_it_was() {
        let html = view! { <Untrusted text="a\u{202e}b" /> }.to_html();
        assert!(html.starts_with("<bdi>"), "{html}");
        for part in [
            "data-name=\"U+202E\"",
            "aria-label=\"hidden character U+202E\"",
            "\u{202e}",
        ] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }
}
