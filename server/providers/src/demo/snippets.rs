//! The code samples of the demo model.

/// A programming language and its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Language {
    /// The name for people.
    pub(super) name: &'static str,
    /// The name in a code fence.
    tag: &'static str,
    /// The names that are recognised in a prompt.
    words: &'static [&'static str],
    hello_world: &'static str,
}

impl Language {
    pub(super) const RUST: Self = Self {
        name: "Rust",
        tag: "rust",
        words: &["rust", "cargo", "leptos"],
        hello_world: "fn main() {\n    println!(\"Hello, world!\");\n}",
    };

    pub(super) const JAVASCRIPT: Self = Self {
        name: "JavaScript",
        tag: "js",
        words: &["javascript", "js", "node", "react"],
        hello_world: "console.log(\"Hello, world!\");",
    };

    const ALL: &[Self] = &[
        Self::RUST,
        Self::JAVASCRIPT,
        Self {
            name: "TypeScript",
            tag: "ts",
            words: &["typescript", "ts"],
            hello_world: "const greet = (name: string): string => `Hello, ${name}!`;\n\nconsole.log(greet(\"world\"));",
        },
        Self {
            name: "Python",
            tag: "python",
            words: &["python", "py"],
            hello_world: "print(\"Hello, world!\")",
        },
        Self {
            name: "Go",
            tag: "go",
            words: &["go", "golang"],
            hello_world: "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(\"Hello, world!\")\n}",
        },
        Self {
            name: "C++",
            tag: "cpp",
            words: &["c++", "cpp"],
            hello_world: "#include <iostream>\n\nint main() {\n    std::cout << \"Hello, world!\\n\";\n}",
        },
        Self {
            name: "C#",
            tag: "csharp",
            words: &["c#", "csharp"],
            hello_world: "Console.WriteLine(\"Hello, world!\");",
        },
        Self {
            name: "C",
            tag: "c",
            words: &["c"],
            hello_world: "#include <stdio.h>\n\nint main(void) {\n    puts(\"Hello, world!\");\n}",
        },
        Self {
            name: "Java",
            tag: "java",
            words: &["java"],
            hello_world: "void main() {\n    IO.println(\"Hello, world!\");\n}",
        },
        Self {
            name: "Kotlin",
            tag: "kotlin",
            words: &["kotlin"],
            hello_world: "fun main() {\n    println(\"Hello, world!\")\n}",
        },
        Self {
            name: "Swift",
            tag: "swift",
            words: &["swift"],
            hello_world: "print(\"Hello, world!\")",
        },
        Self {
            name: "Ruby",
            tag: "ruby",
            words: &["ruby"],
            hello_world: "puts \"Hello, world!\"",
        },
        Self {
            name: "PHP",
            tag: "php",
            words: &["php"],
            hello_world: "<?php\n\necho \"Hello, world!\\n\";",
        },
        Self {
            name: "Haskell",
            tag: "haskell",
            words: &["haskell"],
            hello_world: "main :: IO ()\nmain = putStrLn \"Hello, world!\"",
        },
        Self {
            name: "Bash",
            tag: "sh",
            words: &["bash", "shell", "sh"],
            hello_world: "echo 'Hello, world!'",
        },
        Self {
            name: "HTML",
            tag: "html",
            words: &["html", "web"],
            hello_world: "<!doctype html>\n<title>Hello</title>\n<h1>Hello, world!</h1>",
        },
        Self {
            name: "SQL",
            tag: "sql",
            words: &["sql", "sqlite"],
            hello_world: "SELECT 'Hello, world!';",
        },
    ];

    /// The language for a file extension.
    pub(super) fn of_extension(extension: &str) -> Option<Self> {
        let word = match extension {
            "rs" => "rust",
            "rb" => "ruby",
            "kt" => "kotlin",
            "hs" => "haskell",
            "cs" => "c#",
            other => other,
        };
        Self::named_in(&[word.to_owned()])
    }

    pub(super) const fn hello_world(&self) -> &'static str {
        self.hello_world
    }

    /// The first language that `words` mention.
    pub(super) fn named_in(words: &[String]) -> Option<Self> {
        words.iter().find_map(|word| {
            Self::ALL
                .iter()
                .copied()
                .find(|language| language.words.contains(&word.as_str()))
        })
    }
}

/// A code sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Snippet {
    pub(super) explanation: &'static str,
    pub(super) tag: &'static str,
    pub(super) code: &'static str,
}

pub(super) const fn hello_world(language: Language) -> Snippet {
    Snippet {
        explanation: "",
        tag: language.tag,
        code: language.hello_world,
    }
}

struct Known {
    words: &'static [&'static str],
    explanation: &'static str,
    rust: &'static str,
    js: &'static str,
}

const KNOWN: &[Known] = &[
    Known {
        words: &["fizzbuzz"],
        explanation: "**FizzBuzz** prints `Fizz` for multiples of 3, `Buzz` for multiples of 5 and both words for both:",
        rust: "fn main() {
    for number in 1..=100 {
        match (number % 3, number % 5) {
            (0, 0) => println!(\"FizzBuzz\"),
            (0, _) => println!(\"Fizz\"),
            (_, 0) => println!(\"Buzz\"),
            _ => println!(\"{number}\"),
        }
    }
}",
        js: "for (let number = 1; number <= 100; number++) {
  const fizz = number % 3 === 0 ? \"Fizz\" : \"\";
  const buzz = number % 5 === 0 ? \"Buzz\" : \"\";
  console.log(fizz + buzz || number);
}",
    },
    Known {
        words: &["fibonacci", "fib"],
        explanation: "The **Fibonacci** numbers, as an iterator that never ends; take as many as you need:",
        rust: "fn fibonacci() -> impl Iterator<Item = u128> {
    let mut pair = (0, 1);
    std::iter::from_fn(move || {
        let (current, next) = pair;
        pair = (next, current.checked_add(next)?);
        Some(current)
    })
}

fn main() {
    for number in fibonacci().take(10) {
        println!(\"{number}\");
    }
}",
        js: "function* fibonacci() {
  let [current, next] = [0n, 1n];
  while (true) {
    yield current;
    [current, next] = [next, current + next];
  }
}

console.log(fibonacci().take(10).toArray());",
    },
    Known {
        words: &["debounce"],
        explanation: "**Debounce** waits until calls have paused before it makes the last one:",
        rust: "use std::time::{Duration, Instant};

/// Says when the last of a series of calls is due.
struct Debounce {
    wait: Duration,
    due: Option<Instant>,
}

impl Debounce {
    fn call(&mut self, now: Instant) {
        self.due = Some(now + self.wait);
    }

    fn is_due(&mut self, now: Instant) -> bool {
        self.due.take_if(|due| *due <= now).is_some()
    }
}",
        js: "function debounce(callback, wait) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => callback(...args), wait);
  };
}",
    },
    Known {
        words: &["palindrome", "palindromes"],
        explanation: "A **palindrome** reads the same from both ends; letter case and punctuation do not count:",
        rust: "fn is_palindrome(text: &str) -> bool {
    let letters: Vec<char> = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    letters.iter().eq(letters.iter().rev())
}

fn main() {
    assert!(is_palindrome(\"A man, a plan, a canal: Panama\"));
}",
        js: "function isPalindrome(text) {
  const letters = [...text.toLowerCase()].filter((c) => /[\\p{L}\\p{N}]/u.test(c));
  return letters.join(\"\") === letters.toReversed().join(\"\");
}

console.log(isPalindrome(\"A man, a plan, a canal: Panama\"));",
    },
];

/// The sample that `words` ask for: in Rust when they mention it, else in JavaScript.
pub(super) fn known(words: &[String]) -> Option<Snippet> {
    let known = KNOWN.iter().find(|known| {
        words
            .iter()
            .any(|word| known.words.contains(&word.as_str()))
    })?;
    let (tag, code) = match Language::named_in(words) {
        Some(Language::RUST) => ("rust", known.rust),
        _ => ("js", known.js),
    };
    Some(Snippet {
        explanation: known.explanation,
        tag,
        code,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_name_one_language_each() {
        let mut words: Vec<_> = Language::ALL
            .iter()
            .flat_map(|language| language.words)
            .collect();
        let count = words.len();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), count);
    }
}
