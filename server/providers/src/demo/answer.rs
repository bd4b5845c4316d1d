//! The answers of the demo model.

use super::snippets::{self, Language, Snippet};

/// How to connect a real model; included once per conversation.
pub(super) const CONNECT: &str = "### Connect a real model

1. Create a key at [openrouter.ai/keys](https://openrouter.ai/keys).
2. Put it into `.dev.vars` in the project folder (or into the environment), then restart:

```sh
echo 'OPENROUTER_API_KEY=<your key>' >> .dev.vars
npm start
```
";

/// The alternative, for answers about connecting.
const CONNECT_OTHER: &str = "
Any OpenAI-compatible server works too, and needs no key when it asks for none. For Ollama on this machine:

```sh
OPENROUTER_BASE_URL=http://localhost:11434/v1 MODEL=qwen3 npm start
```

A deployed Worker gets its key from `npx wrangler secret put OPENROUTER_API_KEY`.
";

/// Whether the conversation already explains how to connect a real model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// An earlier answer explains it.
    Known,
    /// No answer explains it yet.
    Untold,
}

impl Way {
    /// The answer, followed by the explanation if the user does not have it.
    pub(super) fn behind(self, answer: &str) -> String {
        match self {
            Self::Known => format!("{}\n", answer.trim_end()),
            Self::Untold => format!("{}\n\n{CONNECT}", answer.trim_end()),
        }
    }
}

/// The answer to `prompt`.
pub(super) fn to(prompt: &str, way: Way) -> String {
    match Topic::of(prompt) {
        Topic::Connecting => format!(
            "I am the built-in **demo model**, so this is the one thing I can help with properly.\n\n{CONNECT}{CONNECT_OTHER}"
        ),
        Topic::Identity => way.behind(
            "I am the **demo model** that ships with Coder. I am not a language model: I recognise a few phrases and answer \
             with prepared text, without any network.\n\nTry one of these:\n\n\
             - `hello world in Python` (or Rust, Go, TypeScript, ...)\n- `fizzbuzz in Rust`\n- `debounce in JavaScript`\n\
             - `create hello.js`, `list files`, `show it`, `add a TODO to it`, `find TODO`, `rename it to greet.js`, `delete it`\n\
             - `make a plan`, `ask me something`\n\n\
             Everything around me is real: the conversation is stored, survives a reload and can be open in several \
             tabs.",
        ),
        Topic::Greeting => way.behind(&format!(
            "Hello! I am the built-in **demo model** of Coder. I only know a few prepared answers, but the conversation around me \
             is real: it streams, it is stored, and it survives a reload.\n\nHere is a greeting in Rust:\n\n{}",
            fenced(&snippets::hello_world(Language::RUST))
        )),
        Topic::HelloWorld(language) => way.behind(&format!(
            "Here is *Hello, world!* in {}:\n\n{}\nThat came from the built-in **demo model**, which knows this by heart. It cannot \
             write anything new.",
            language.name,
            fenced(&snippets::hello_world(language))
        )),
        Topic::Known(snippet) => way.behind(&format!(
            "{}\n\n{}\nThat came from the built-in **demo model**, which knows this by heart. It cannot adapt it to your \
             project; a real model can.",
            snippet.explanation,
            fenced(&snippet)
        )),
        Topic::Other => way.behind(&other(prompt)),
    }
}

fn other(prompt: &str) -> String {
    let about = match quote(prompt) {
        quote if quote.is_empty() => "You sent no words I could read.".to_owned(),
        quote => format!("You wrote `{quote}`."),
    };
    let language = Language::named_in(&lower_words(prompt)).unwrap_or(Language::JAVASCRIPT);
    format!(
        "{about} I am the built-in **demo model**, so I cannot really answer that: I recognise a few phrases and reply \
         with prepared text. Once a real model is connected, this very conversation continues with it.\n\n\
         What I can do is show how code looks here, in {}:\n\n{}",
        language.name,
        fenced(&snippets::hello_world(language))
    )
}

enum Topic {
    Connecting,
    Identity,
    Greeting,
    HelloWorld(Language),
    Known(Snippet),
    Other,
}

impl Topic {
    fn of(prompt: &str) -> Self {
        let words = lower_words(prompt);
        let has = |word: &str| words.iter().any(|other| other == word);
        let line = words.join(" ");
        let has_phrase = |phrases: &[&str]| {
            phrases
                .iter()
                .any(|phrase| format!(" {line} ").contains(&format!(" {phrase} ")))
        };
        if has_phrase(&["hello world"]) {
            return Self::HelloWorld(Language::named_in(&words).unwrap_or(Language::RUST));
        }
        if has_phrase(&["api key", "real model", "connect a model", "connect ollama"])
            || has("openrouter")
            || has("ollama")
        {
            return Self::Connecting;
        }
        if let Some(snippet) = snippets::known(&words) {
            return Self::Known(snippet);
        }
        if has_phrase(&[
            "who are you",
            "what are you",
            "what can you do",
            "how do you work",
            "are you real",
        ]) || ["help", "?"].contains(&line.as_str())
        {
            return Self::Identity;
        }
        let greetings = [
            "hi",
            "hello",
            "hey",
            "hallo",
            "hola",
            "bonjour",
            "ciao",
            "moin",
            "good morning",
            "good evening",
        ];
        let is_greeting = greetings
            .iter()
            .any(|greeting| line == *greeting || line.starts_with(&format!("{greeting} ")));
        if is_greeting && words.len() <= 4 {
            Self::Greeting
        } else {
            Self::Other
        }
    }
}

fn fenced(snippet: &Snippet) -> String {
    format!("```{}\n{}\n```\n", snippet.tag, snippet.code)
}

/// The words of `prompt` in lower case. `+` and `#` are kept for C++ and C#.
fn lower_words(prompt: &str) -> Vec<String> {
    // Only the beginning decides, so that a pasted file costs nothing.
    let start: String = prompt.chars().take(2_000).collect();
    let lower = start.to_lowercase();
    let words = lower.split(|c: char| !(c.is_alphanumeric() || matches!(c, '+' | '#')));
    words
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The first words of `prompt` for inline code: on one line, without backticks and invisible characters.
fn quote(prompt: &str) -> String {
    const MAX_CHARS: usize = 60;
    let is_invisible = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let start = prompt
        .chars()
        .take(1_000)
        .map(|c| if c == '`' { '\'' } else { c });
    // A joiner inside an emoji is invisible, but belongs to it.
    let visible: String = start
        .map(|c| {
            if is_invisible(c) && c != '\u{200d}' {
                ' '
            } else {
                c
            }
        })
        .collect();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((cut, _)) = line.char_indices().nth(MAX_CHARS) else {
        return line;
    };
    let start = line.get(..cut).unwrap_or_default();
    let whole_words = start.rsplit_once(' ').map_or(start, |(words, _)| words);
    format!("{whole_words}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(prompt: &str, expected: &[&str]) {
        let answer = to(prompt, Way::Untold);
        for part in expected {
            assert!(
                answer.contains(part),
                "{prompt:?}: {part:?} is missing in {answer}"
            );
        }
    }

    #[test]
    fn prompts_find_their_topic() {
        check("hello world in rust", &["```rust\nfn main()"]);
        check("Hello, World! in C++, please", &["in C++:", "```cpp\n"]);
        check("say hello world in javascript", &["```js\nconsole.log"]);
        check("hello world", &["```rust\n"]);
        check("Hi!", &["Hello! I am", "```rust\n"]);
        check("hello there", &["Hello! I am"]);
        check(
            "What are you?",
            &["not a language model", "OPENROUTER_API_KEY"],
        );
        check("help", &["not a language model"]);
        check(
            "where do I put my API key",
            &[
                "npx wrangler secret put OPENROUTER_API_KEY",
                "OPENROUTER_BASE_URL=http://localhost:11434/v1 MODEL=",
            ],
        );
        check(
            "FizzBuzz in Rust",
            &["```rust\nfn main() {\n    for number in 1..=100"],
        );
        check("a fibonacci function", &["```js\nfunction* fibonacci"]);
        check(
            "How do I sort a list in Go?",
            &["You wrote `How do I sort a list in Go?`.", "```go\n"],
        );
        check(
            "Hi, please explain lifetimes to me",
            &["You wrote `Hi, please"],
        );
    }

    #[test]
    fn quotes_are_short_and_harmless() {
        assert_eq!(quote("a `b`\n  c\u{202e}d\u{0}e"), "a 'b' c d e");
        assert_eq!(
            quote(&"word ".repeat(40)),
            format!("{}…", ["word"; 12].join(" "))
        );
        assert_eq!(quote(&"é".repeat(80)), format!("{}…", "é".repeat(60)));
        assert_eq!(quote("👩‍👩‍👧‍👦"), "👩‍👩‍👧‍👦");
        assert_eq!(quote(" \n "), "");
    }
}
