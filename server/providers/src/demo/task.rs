//! The requests that the demo model handles with tools: each becomes a call.

use serde_json::{Value, json};

use super::{answer::Way, snippets::Language};
use common::ask_user::NAME as ASK_USER;

/// The steps of a plan: the demo model cannot invent its own.
const STEPS: [&str; 4] = [
    "Look at the files",
    "Decide what to change",
    "Change it",
    "Look at what changed",
];

/// Suggested answers; the user may give another one.
const LANGUAGES: [&str; 3] = ["Rust", "JavaScript", "Python"];

/// Words without influence on a request.
const FILLERS: [&str; 12] = [
    "please", "can", "could", "you", "the", "a", "an", "my", "me", "file", "named", "called",
];

/// A request that a tool can fulfil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Task {
    List,
    Show(String),
    Create(String),
    /// Append a line to a file.
    Add {
        line: String,
        path: String,
    },
    Rename {
        from: String,
        to: String,
    },
    Delete(String),
    Find(String),
    Plan,
    Ask,
}

/// The next action of a task.
#[derive(Debug, PartialEq)]
pub(super) enum Next {
    Call { tool: &'static str, input: Value },
    Say(String),
}

impl Task {
    /// Recognises a request; `None` for other prompts. `it`: the file that was last mentioned.
    pub(super) fn of(prompt: &str, it: Option<&str>) -> Option<Self> {
        if prompt.chars().count() > 200 {
            return None;
        }
        let words: Vec<&str> = prompt
            .split_whitespace()
            .map(|word| word.trim_end_matches(['.', '?', '!', ',']))
            .map(|word| word.trim_matches(['`', '"', '\'']))
            .filter(|word| !FILLERS.contains(&word.to_lowercase().as_str()))
            .map(|word| {
                it.filter(|_| word.eq_ignore_ascii_case("it"))
                    .unwrap_or(word)
            })
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
            (["rename", _], [_, from]) => {
                let from = path_of(from)?;
                let to = beside(&from);
                Some(Self::Rename { from, to })
            }
            (["delete" | "remove" | "rm", _], [_, path]) => path_of(path).map(Self::Delete),
            (["add", .., "to", _], [_, line @ .., _, path]) => Some(Self::Add {
                line: line.join(" "),
                path: path_of(path)?,
            }),
            (["find" | "search" | "grep", _] | ["search" | "look", "for", _], [.., text]) => {
                Some(Self::Find((*text).to_owned()))
            }
            _ => None,
        }
    }

    /// The tool for the task.
    pub(super) const fn tool(&self) -> &'static str {
        match self {
            Self::List => "list",
            Self::Show(_) => "read",
            Self::Create(_) => "write",
            Self::Add { .. } => "edit",
            Self::Rename { .. } => "move",
            Self::Delete(_) => "delete",
            Self::Find(_) => "grep",
            Self::Plan => "plan",
            Self::Ask => ASK_USER,
        }
    }

    /// The next action after the calls with these outputs. A file is read before a line is appended.
    pub(super) fn next(&self, outputs: &[String], way: Way) -> Next {
        match (self, outputs) {
            (Self::Add { path, .. }, []) => Next::Call {
                tool: "read",
                input: json!({"path": path}),
            },
            (Self::Add { line, path }, [read]) => match edit_of(path, line, read) {
                Some(input) => Next::Call {
                    tool: self.tool(),
                    input,
                },
                None => Next::Say(self.answer(read, way)),
            },
            (_, []) => Next::Call {
                tool: self.tool(),
                input: self.input(),
            },
            (_, [.., output]) => Next::Say(self.answer(output, way)),
        }
    }

    /// The input of the tool call.
    pub(super) fn input(&self) -> Value {
        match self {
            Self::List => json!({}),
            Self::Show(path) | Self::Delete(path) | Self::Add { path, .. } => json!({"path": path}),
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

    /// The answer that presents the output of the tool.
    pub(super) fn answer(&self, output: &str, way: Way) -> String {
        let said = match serde_json::from_str::<Value>(output) {
            Ok(Value::String(answer)) if *self == Self::Ask => {
                self.reported(&json!({"answer": answer}))
            }
            Ok(output) if output.is_object() => self.reported(&output),
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

    fn reported(&self, output: &Value) -> String {
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
            Self::Add { .. } => {
                let diff = text("diff");
                if diff.is_empty() {
                    "That file is empty or no text, so I did not change it.".to_owned()
                } else {
                    format!(
                        "I changed {}:\n\n{}",
                        code(&output["path"]),
                        fenced("diff", diff)
                    )
                }
            }
            Self::Rename { .. } => {
                format!("{} is {} now.", code(&output["from"]), code(&output["to"]))
            }
            Self::Delete(_) => format!("I deleted {}.", code(&output["path"])),
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

/// The word, if it can be a path.
fn path_of(word: &str) -> Option<String> {
    let is_part = |char: char| char.is_alphanumeric() || matches!(char, '.' | '/' | '_' | '-');
    let is_path = word.contains(['.', '/']) && word.chars().all(is_part);
    is_path.then(|| word.to_owned())
}

/// Another name in the same directory, when the user gives none.
fn beside(path: &str) -> String {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let (directory, name) = path.split_at(name);
    format!("{directory}renamed-{name}")
}

/// The input of `edit` that appends a line to the text that `read` returned; `None` when there is no text to append
/// to.
fn edit_of(path: &str, line: &str, read: &str) -> Option<Value> {
    let read: Value = serde_json::from_str(read).ok()?;
    let old = read.get("text")?.as_str().filter(|text| !text.is_empty())?;
    let gap = if old.ends_with('\n') { "" } else { "\n" };
    let edit = json!({"old": old, "new": format!("{old}{gap}{}\n", comment(path, line))});
    Some(json!({"path": path, "hash": read.get("hash")?, "edits": [edit]}))
}

/// A line as a comment in the language of the file.
fn comment(path: &str, line: &str) -> String {
    match extension_of(path) {
        "c" | "cpp" | "cs" | "go" | "java" | "js" | "kt" | "rs" | "swift" | "ts" => {
            format!("// {line}")
        }
        "py" | "rb" | "sh" | "toml" | "yaml" | "yml" => format!("# {line}"),
        _ => line.to_owned(),
    }
}

fn extension_of(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

/// The content of a new file.
fn beginning_of(path: &str) -> String {
    let code = Language::of_extension(extension_of(path)).map(|language| language.hello_world());
    format!("{}\n", code.unwrap_or("Hello, world!"))
}

/// A list with one item per line.
fn lines(items: &Value, text: impl Fn(&Value) -> String) -> String {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items
        .iter()
        .map(|item| format!("- {}\n", text(item)))
        .collect()
}

/// A text as inline code on one line.
fn code(text: &Value) -> String {
    let text = text.as_str().unwrap_or_default().replace('`', "'");
    format!(
        "`{}`",
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    )
}

/// A text in a code fence that the text does not close.
fn fenced(tag: &str, text: &str) -> String {
    let longest = text.split(|char| char != '`').map(str::len).max();
    let fence = "`".repeat(longest.unwrap_or_default().max(2) + 1);
    let end = if text.ends_with('\n') { "" } else { "\n" };
    format!("{fence}{tag}\n{text}{end}{fence}\n")
}

#[cfg(test)]
mod tests;
