//! `docs/agent.md` must list the tools that models may call. A test of the callables checks its methods.

const DOCUMENT: &str = include_str!("../../../docs/agent.md");

#[test]
fn every_tool_is_listed() {
    for tool in tools::TOOLS {
        let name = format!("`{}`", tool.name());
        assert!(DOCUMENT.contains(&name), "docs/agent.md lists {name}");
    }
}
