//! `docs/agent.md` lists what clients and models may call.

const DOCUMENT: &str = include_str!("../../docs/agent.md");

/// The match that finds a method by its name.
const METHODS: &str = include_str!("../src/agent/callables/mod.rs");

#[test]
fn every_tool_is_listed() {
    for tool in server::tools::TOOLS {
        let name = format!("`{}`", tool.name());
        assert!(DOCUMENT.contains(&name), "docs/agent.md lists {name}");
    }
}

#[test]
fn every_method_is_listed() {
    let arms = METHODS.lines().filter_map(|line| {
        let (name, _) = line.trim().strip_prefix('"')?.split_once("\" =>")?;
        Some(name)
    });
    let mut count = 0;
    for name in arms {
        assert!(
            DOCUMENT.contains(&format!("`{name}(")),
            "docs/agent.md lists {name}"
        );
        count += 1;
    }
    assert!(count > 5, "the arms of the match look as they did");
}
