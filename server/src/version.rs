//! The build of the server: `GET /version`.

use common::frame::WIRE;
use serde_json::{Map, Value, json};

/// Identifies all files of the page. A page with other files is outdated.
pub const PAGE: &str = env!("PAGE_BUILD");

/// The facts that the build pipeline wrote into the Worker.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The hash of everything that the build ships.
    pub build: Option<String>,
    /// The commit of the build, with a `+` when the checkout had changes; `None`: unknown.
    pub commit: Option<String>,
}

/// The body of `GET /version`. `wire` lists the releases of the Agents SDK whose wire this server uses.
#[must_use]
pub fn report(built: &Built) -> Value {
    let wire: Map<String, Value> = WIRE
        .iter()
        .map(|(package, version)| ((*package).to_owned(), json!(version)))
        .collect();
    json!({
        "version": env!("CARGO_PKG_VERSION"),
        "build": built.build,
        "commit": built.commit,
        "page": PAGE,
        "schema": sql::SCHEMA,
        "wire": wire,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_names_build_page_schema_and_wire() {
        let built = Built {
            build: Some("0123456789ab".to_owned()),
            commit: None,
        };
        let report = report(&built);
        assert_eq!(report.get("build"), Some(&json!("0123456789ab")));
        assert_eq!(report.get("commit"), Some(&Value::Null));
        assert_eq!(report.get("page"), Some(&json!(PAGE)));
        assert_eq!(report.get("schema"), Some(&json!(sql::SCHEMA)));
        let agents = report.pointer("/wire/agents").and_then(Value::as_str);
        assert!(agents.is_some_and(|version| version.starts_with("0.")));
    }
}
