//! Recognised requests, and their results with the real tools.

use tools::{ask_user, bench::Bench};

use super::*;
use crate::{ModelMessage, ModelRequest, ModelToolCall, ProviderEvent, demo};

#[test]
fn plain_requests_are_tasks_and_nothing_else_is() {
    let check =
        |prompt: &str, task: Option<Task>| assert_eq!(Task::of(prompt, None), task, "{prompt}");
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
    check("remove hello.js", Some(Task::Delete(path("hello.js"))));
    let add = Task::Add {
        line: path("TODO: greet"),
        path: path("hello.js"),
    };
    check("add 'TODO: greet' to hello.js", Some(add));
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
        "add some to taste",
        "list files in the order they were made",
        "make a plan for my holidays",
    ] {
        check(other, None);
    }
}

#[test]
fn it_means_the_file_mentioned_last() {
    let of = |prompt| Task::of(prompt, Some("src/a.js"));
    let path = || "src/a.js".to_owned();
    assert_eq!(of("show it"), Some(Task::Show(path())));
    assert_eq!(of("Delete it, please"), Some(Task::Delete(path())));
    let rename = |to: &str| Task::Rename {
        from: path(),
        to: to.to_owned(),
    };
    assert_eq!(of("rename it to b.js"), Some(rename("b.js")));
    assert_eq!(of("rename it"), Some(rename("src/renamed-a.js")));
    assert_eq!(of("explain it"), None);
}

fn talk(bench: &Bench, prompt: &str, is_refused: bool) -> String {
    talk_on(bench, &mut Vec::new(), prompt, is_refused)
}

/// A conversation of the demo model with the real tools, until it makes no more calls.
fn talk_on(
    bench: &Bench,
    messages: &mut Vec<ModelMessage>,
    prompt: &str,
    is_refused: bool,
) -> String {
    messages.push(ModelMessage::user(prompt));
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
                        ..ModelToolCall::default()
                    });
                }
                ProviderEvent::ToolCallDelta { arguments, .. } => {
                    called.as_mut().unwrap().arguments.push_str(&arguments);
                }
                ProviderEvent::Finished(_)
                | ProviderEvent::ReasoningDelta(_)
                | ProviderEvent::VendorData { .. }
                | ProviderEvent::Usage(_) => {}
            }
        }
        let Some(call) = called else {
            messages.push(ModelMessage::assistant(said.clone(), Vec::new()));
            return said;
        };
        let input = serde_json::from_str(&call.arguments).unwrap();
        let output = match bench.run(&call.name, &input) {
            _ if is_refused => "The user refused this call.".to_owned(),
            Ok(done) => done.output.to_string(),
            Err(failure) => format!("The tool failed: {failure}"),
        };
        let tool_call_id = call.id.clone();
        messages.push(ModelMessage::assistant(said, vec![call]));
        messages.push(ModelMessage::tool(tool_call_id, output));
    }
    panic!("{prompt}: it calls tools without an end")
}

#[test]
fn tasks_are_done_and_their_results_reported() {
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
fn a_conversation_about_a_file_continues_with_it() {
    let (bench, mut messages) = (Bench::new(), Vec::new());
    for (prompt, expected) in [
        ("show it", "You wrote `show it`"),
        ("create hello.js", "I made `hello.js`"),
        ("list files", "- `hello.js`"),
        ("show it", "This is `hello.js`"),
        ("add a TODO to it", "```diff\n@@ -1 +1,2 @@\n"),
        ("find TODO", "`2: // TODO`"),
        ("rename it", "`hello.js` is `renamed-hello.js` now"),
        ("rename it to src/greet.js", "is `src/greet.js` now"),
        ("delete it", "I deleted `src/greet.js`"),
        ("show it", "You wrote `show it`"),
    ] {
        let said = talk_on(&bench, &mut messages, prompt, false);
        assert!(said.contains(expected), "{prompt}: {said}");
    }
    bench.put("empty.js", "");
    let said = talk(&bench, "add a line to empty.js", false);
    assert!(said.contains("did not change it"), "{said}");
    let said = talk(&bench, "add a line to none.js", false);
    assert!(said.contains("there is no none.js"), "{said}");
}

#[test]
fn a_question_is_asked_and_its_answer_used() {
    assert_eq!(ask_user::check(&Task::Ask.input()), Ok(()));
    let said = |output: &str| Task::Ask.answer(output, Way::Known);
    assert!(said(r#"{"answer":"Rust"}"#).contains("You said `Rust`, so:\n\n```rust\nfn main"));
    assert!(said(r#""Latin""#).contains("You said `Latin`. I know no greeting"));
    assert!(said("The user has not answered this.").contains("That was not done"));
}

#[test]
fn a_refused_call_is_not_reported_as_done() {
    let said = talk(&Bench::new(), "create hello.js", true);
    assert!(
        said.contains("That was not done") && said.contains("The user refused"),
        "{said}"
    );
}

#[test]
fn without_tools_it_says_that_it_cannot() {
    let messages = vec![ModelMessage::user("create hello.js")];
    let request = ModelRequest {
        messages,
        ..ModelRequest::default()
    };
    let is_text = |step: &demo::DemoStep| matches!(step.event, ProviderEvent::TextDelta(_));
    assert!(demo::reply(&request).iter().any(is_text));
}
