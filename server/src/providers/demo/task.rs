//! What the demo model does with tools: a few plain requests become a call each.

use serde_json::{Value, json};

use super::{answer::Way, snippets::Language};
use crate::tools::ask_user;

/// What `plan` is told when nobody says more: the demo model cannot think of steps of its own.
const STEPS: [&str; 4] = [
    "Look at the files",
    "Decide what to change",
    "Change it",
    "Look at what changed",
];

/// What the user may answer; an answer of another kind does as well.
const LANGUAGES: [&str; 3] = ["Rust", "JavaScript", "Python"];

/// Words that change nothing about a request.
const FILLERS: [&str; 12] = [
    "please", "can", "could", "you", "the", "a", "an", "my", "me", "file", "named", "called",
];

/// A request that a tool can fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Task {
    List,
    Show(String),
    Create(String),
    Rename { from: String, to: String },
    Find(String),
    Plan,
    Ask,
}

impl Task {
    /// What a prompt asks for; `None`: something else.
    pub(super) fn of(prompt: &str) -> Option<Self> {
        if prompt.chars().count() > 200 {
            return None;
        }
        let words: Vec<&str> = prompt
            .split_whitespace()
            .map(|word| word.trim_end_matches(['.', '?', '!', ',']))
            .map(|word| word.trim_matches(['`', '"', '\'']))
            .filter(|word| !FILLERS.contains(&word.to_lowercase().as_str()))
            .collect();
        let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
        let lower: Vec<&str> = lower.iter().map(String::as_str).collect();
        match (lower.as_slice(), words.as_slice()) {
            (["list" | "ls"] | ["list" | "show", "files"] | ["list", "all", "files"], _) => {
                Some(Self::List)
            }
            (["create" | "make" | "write" | "show", "plan"], _) => Some(Self::Plan),
            (["ask", "something" | "question"], _) => Some(Self::Ask),
            (["create" | "make" | "write" | "add", _], [_, path]) => {
                path_of(path).map(Self::Create)
            }
            (["show" | "read" | "open" | "print" | "cat", _], [_, path]) => {
                path_of(path).map(Self::Show)
            }
            (["rename" | "move", _, "to", _], [_, from, _, to]) => Some(Self::Rename {
                from: path_of(from)?,
                to: path_of(to)?,
            }),
            (["find" | "search" | "grep", _] | ["search" | "look", "for", _], [.., text]) => {
                Some(Self::Find((*text).to_owned()))
            }
            _ => None,
        }
    }

    /// The tool it takes.
    pub(super) const fn tool(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Show(_) => "read",
            Self::Create(_) => "write",
            Self::Rename { .. } => "move",
            Self::Find(_) => "grep",
            Self::Plan => "plan",
            Self::Ask => ask_user::NAME,
        }
    }

    /// What the tool is asked.
    pub(super) fn input(&self) -> Value {
        match self {
            Self::List => json!({}),
            Self::Show(path) => json!({"path": path}),
            Self::Create(path) => json!({"path": path, "text": beginning_of(path)}),
            Self::Rename { from, to } => json!({"from": from, "to": to}),
            Self::Find(text) => json!({"pattern": text, "literal": true}),
            Self::Plan => {
                let steps = STEPS.map(|title| json!({"title": title, "status": "open"}));
                json!({"steps": steps})
            }
            Self::Ask => {
                json!({"question": "Which language shall I greet you in?", "options": LANGUAGES})
            }
        }
    }

    /// What to say to what the tool said.
    pub(super) fn answer(&self, output: &str, way: Way) -> String {
        let said = match serde_json::from_str::<Value>(output) {
            Ok(Value::String(answer)) if *self == Self::Ask => {
                self.told(&json!({"answer": answer}))
            }
            Ok(output) if output.is_object() => self.told(&output),
            Ok(_) | Err(_) => format!(
                "That was not done. This is what came back:\n\n{}",
                fenced("", output)
            ),
        };
        way.behind(&format!(
            "{said}\n\nThe tool and the files are real; I am only the built-in **demo model**, which knows this request by its \
             words. A real model works out by itself which tools it needs."
        ))
    }

    fn told(&self, output: &Value) -> String {
        let text = |field: &str| output[field].as_str().unwrap_or_default();
        let more = |field: &str| {
            let there_is_more = output[field].is_string();
            if there_is_more {
                "\n\nThere is more than I show here."
            } else {
                ""
            }
        };
        match self {
            Self::List => match lines(&output["entries"], |entry| code(&entry["name"])) {
                none if none.is_empty() => {
                    "Your workspace is empty. Try `create hello.js`.".to_owned()
                }
                entries => format!("This is in your workspace:\n\n{entries}{}", more("next")),
            },
            Self::Show(path) => {
                let tag = extension_of(path);
                let (shown, more) = (fenced(tag, text("text")), more("more"));
                format!("This is {}:\n\n{shown}{more}", code(&output["path"]))
            }
            Self::Create(_) => {
                format!(
                    "I made {} ({} bytes).",
                    code(&output["path"]),
                    output["size"]
                )
            }
            Self::Rename { .. } => {
                format!("{} is {} now.", code(&output["from"]), code(&output["to"]))
            }
            Self::Find(text) => {
                let of_file = |file: &Value| {
                    let path = code(&file["path"]);
                    lines(&file["lines"], |line| format!("{path} {}", code(line)))
                };
                let files = output["files"]
                    .as_array()
                    .map(Vec::as_slice)
                    .unwrap_or_default();
                match files.iter().map(of_file).collect::<String>() {
                    none if none.is_empty() => {
                        format!(
                            "No file of your workspace has {} in it.",
                            code(&json!(text))
                        )
                    }
                    found => format!("This is what I found:\n\n{found}{}", more("next")),
                }
            }
            Self::Plan => {
                let steps: String = STEPS.map(|title| format!("- {title}\n")).concat();
                format!(
                    "This is a plan for any change, since I cannot think of one for yours:\n\n{steps}"
                )
            }
            Self::Ask => {
                let language = Language::named_in(&[text("answer").to_lowercase()]);
                let answer = code(&output["answer"]);
                match language {
                    Some(language) => format!(
                        "You said {answer}, so:\n\n{}",
                        fenced(&language.name.to_lowercase(), language.hello_world())
                    ),
                    None => format!("You said {answer}. I know no greeting in that."),
                }
            }
        }
    }
}

/// The word, when it can be a path.
fn path_of(word: &str) -> Option<String> {
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '.' | '/' | '_' | '-');
    let is_path = word.contains(['.', '/']) && word.chars().all(is_part);
    is_path.then(|| word.to_owned())
}

fn extension_of(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// What a new file begins with.
fn beginning_of(path: &str) -> String {
    let code = Language::of_extension(extension_of(path)).map(|language| language.hello_world());
    format!("{}\n", code.unwrap_or("Hello, world!"))
}

/// A list, an item a line.
fn lines(items: &Value, text: impl Fn(&Value) -> String) -> String {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| format!("- {}\n", text(item)))
        .collect()
}

/// A text as inline code, on one line.
fn code(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default().replace('`', "'");
    format!(
        "`{}`",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// A text in a fence that it does not end.
fn fenced(tag: &str, text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{tag}\n{text}{end}{fence}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        providers::{ModelMessage, ModelRequest, ModelToolCall, ProviderEvent, demo},
        tools::{self, bench::Bench},
    };

    #[test]
    fn plain_requests_are_tasks_and_nothing_else_is() {
        let check =
            |prompt: &str, task: Option<Task>| assert_eq!(Task::of(prompt), task, "{prompt}");
        let path = |path: &str| path.to_owned();
        check("create hello.js", Some(Task::Create(path("hello.js"))));
        check(
            "Please create a file called `src/A.rs`.",
            Some(Task::Create(path("src/A.rs"))),
        );
        check("list files", Some(Task::List));
        check("List my files, please!", Some(Task::List));
        check("Show hello.js", Some(Task::Show(path("hello.js"))));
        let rename = Task::Rename {
            from: path("hello.js"),
            to: path("greet.js"),
        };
        check("rename hello.js to greet.js", Some(rename));
        check("find TODO", Some(Task::Find(path("TODO"))));
        check("search for 'TODO'", Some(Task::Find(path("TODO"))));
        check("make a plan", Some(Task::Plan));
        check("ask me something", Some(Task::Ask));
        for other in [
            "",
            "hi",
            "create something nice",
            "write fizzbuzz",
            "show me how to sort a list",
            "find the bug in this code",
            "rename it to greet.js",
            "list files in the order they were made",
            "make a plan for my holidays",
        ] {
            check(other, None);
        }
    }

    /// The demo model with the real tools, until it has nothing left to do.
    fn talk(bench: &Bench, prompt: &str, is_refused: bool) -> String {
        let mut messages = vec![ModelMessage::User(prompt.to_owned())];
        for _ in 0..3 {
            let request = ModelRequest {
                messages: messages.clone(),
                tools: tools::schemas(&[]),
                ..ModelRequest::default()
            };
            let (mut said, mut called) = (String::new(), None);
            for step in demo::reply(&request) {
                match step.event {
                    ProviderEvent::TextDelta(text) => said.push_str(&text),
                    ProviderEvent::ToolCallStart { id, name, .. } => {
                        called = Some(ModelToolCall {
                            id,
                            name,
                            arguments: String::new(),
                        });
                    }
                    ProviderEvent::ToolCallDelta { arguments, .. } => {
                        called.as_mut().unwrap().arguments.push_str(&arguments);
                    }
                    ProviderEvent::Finished(_)
                    | ProviderEvent::ReasoningDelta(_)
                    | ProviderEvent::Usage(_) => {}
                }
            }
            let Some(call) = called else { return said };
            let input = serde_json::from_str(&call.arguments).unwrap();
            let output = match bench.run(&call.name, &input) {
                _ if is_refused => "The user refused this call.".to_owned(),
                Ok(done) => done.output.to_string(),
                Err(failure) => format!("The tool failed: {failure}"),
            };
            let tool_call_id = call.id.clone();
            messages.push(ModelMessage::Assistant {
                text: said,
                tool_calls: vec![call],
            });
            messages.push(ModelMessage::Tool {
                tool_call_id,
                output,
            });
        }
        panic!("{prompt}: it calls tools without an end")
    }

    #[test]
    fn tasks_are_done_and_what_came_of_them_is_told() {
        let bench = Bench::new();
        let check = |prompt: &str, expected: &str| {
            let said = talk(&bench, prompt, false);
            assert!(said.contains(expected), "{prompt}: {said}");
            assert!(
                said.contains("demo model") && said.contains("OPENROUTER_API_KEY"),
                "{said}"
            );
        };
        check("list files", "Your workspace is empty");
        check("create hello.js", "I made `hello.js` (30 bytes)");
        check("create hello.js", "hello.js exists: read it");
        check("list files", "- `hello.js`");
        check(
            "show hello.js",
            "```js\nconsole.log(\"Hello, world!\");\n```",
        );
        check(
            "rename hello.js to greet.js",
            "`hello.js` is `greet.js` now",
        );
        check("show hello.js", "there is no hello.js");
        check(
            "find world",
            "- `greet.js` `1: console.log(\"Hello, world!\");`",
        );
        check("find TODO", "No file of your workspace has `TODO`");
        check("make a plan", "- Look at the files");
        assert_eq!(
            bench.text("greet.js").as_deref(),
            Some("console.log(\"Hello, world!\");\n")
        );
        bench.put("notes.md", "````\ncode\n````");
        check("show notes.md", "`````md\n````\ncode\n````\n`````\n");
    }

    #[test]
    fn a_question_is_asked_and_the_answer_heard() {
        assert_eq!(ask_user::check(&Task::Ask.input()), Ok(()));
        let said = |output: &str| Task::Ask.answer(output, Way::Known);
        assert!(said(r#"{"answer":"Rust"}"#).contains("You said `Rust`, so:\n\n```rust\nfn main"));
        assert!(said(r#""Latin""#).contains("You said `Latin`. I know no greeting"));
        assert!(said("The user has not answered this.").contains("That was not done"));
    }

    #[test]
    fn a_refused_call_is_not_told_as_done() {
        let said = talk(&Bench::new(), "create hello.js", true);
        assert!(
            said.contains("That was not done") && said.contains("The user refused"),
            "{said}"
        );
    }

    #[test]
    fn without_tools_it_says_that_it_cannot() {
        let messages = vec![ModelMessage::User("create hello.js".to_owned())];
        let request = ModelRequest {
            messages,
            ..ModelRequest::default()
        };
        let is_text = |step: &demo::DemoStep| matches!(step.event, ProviderEvent::TextDelta(_));
        assert!(demo::reply(&request).iter().any(is_text));
    }
}
