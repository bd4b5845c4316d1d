//! The agent and instance in a URL path: `/{prefix}/{agent}/{name}[/…]`. Empty segments are skipped, and nothing is
//! percent-decoded.

/// The two names in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AgentPath<'a> {
    /// The agent segment, as written.
    pub agent: &'a str,
    /// The instance name, still percent-encoded.
    pub instance: &'a str,
}

impl<'a> AgentPath<'a> {
    /// Reads a path; `None` when it is under another prefix or names no instance.
    #[must_use]
    pub fn parse(path: &'a str, prefix: &str) -> Option<Self> {
        let mut after = segments_after(path, prefix)?;
        Some(Self {
            agent: after.next()?,
            instance: after.next()?,
        })
    }
}

/// Whether a path starts with the router's prefix. Such a path may still name no agent.
#[must_use]
pub fn is_under(path: &str, prefix: &str) -> bool {
    segments_after(path, prefix).is_some()
}

/// The rest of the path after the instance name, as written, without its leading `/`; empty when nothing follows.
#[must_use]
pub fn after_instance<'a>(path: &'a str, prefix: &str) -> Option<&'a str> {
    AgentPath::parse(path, prefix)?;
    let skipped = segments(prefix).count() + 2;
    let mut rest = path.trim_start_matches('/');
    for _ in 0..skipped {
        rest = rest.split_once('/').map_or("", |(_, after)| after);
        rest = rest.trim_start_matches('/');
    }
    Some(rest)
}

fn segments_after<'a>(path: &'a str, prefix: &str) -> Option<impl Iterator<Item = &'a str>> {
    let mut found = segments(path);
    segments(prefix)
        .all(|wanted| found.next() == Some(wanted))
        .then_some(found)
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, prefix: &str, expected: Option<(&str, &str)>) {
        let expected = expected.map(|(agent, instance)| AgentPath { agent, instance });
        assert_eq!(
            AgentPath::parse(path, prefix),
            expected,
            "{path} under {prefix}"
        );
    }

    #[test]
    fn rt_03_rt_04_only_a_prefix_an_agent_and_a_name_make_an_agent_path() {
        check("/agents/x/y", "agents", Some(("x", "y")));
        check("/agents/x/y/files/1", "agents", Some(("x", "y")));
        check("//agents//x//y//", "agents", Some(("x", "y")));
        for other in [
            "/",
            "/agents",
            "/agents/",
            "/agents/x",
            "/agents/x/",
            "/Agents/x/y",
            "/agentsx/x/y",
            "/api/something",
        ] {
            check(other, "agents", None);
        }
    }

    #[test]
    fn rt_09_a_prefix_may_have_several_segments() {
        for prefix in ["api/agents", "/api/agents/"] {
            check("/api/agents/x/y", prefix, Some(("x", "y")));
            check("/agents/x/y", prefix, None);
            check("/api/x/y", prefix, None);
            check("/api/agents/x", prefix, None);
        }
    }

    #[test]
    fn rt_25_names_stay_as_they_stand_in_the_path() {
        check("/agents/x/a%20b", "agents", Some(("x", "a%20b")));
        check("/agents/x/Room%2F1", "agents", Some(("x", "Room%2F1")));
    }

    #[test]
    fn the_rest_behind_the_instance_is_unchanged() {
        for (path, expected) in [
            ("/agents/x/y", Some("")),
            ("/agents/x/y/", Some("")),
            ("/agents/x/y/files/a%20b//c/", Some("files/a%20b//c/")),
            ("//agents//x//y//files", Some("files")),
            ("/agents/x", None),
            ("/other/x/y/files", None),
        ] {
            assert_eq!(after_instance(path, "agents"), expected, "{path}");
        }
        assert_eq!(after_instance("/api/agents/x/y/z", "api/agents"), Some("z"));
    }

    #[test]
    fn paths_under_a_prefix() {
        for (path, prefix, expected) in [
            ("/agents", "agents", true),
            ("/agents/x", "agents", true),
            ("/agentsx", "agents", false),
            ("/api", "api/agents", false),
            ("/api/agents/", "api/agents", true),
            ("/", "agents", false),
        ] {
            assert_eq!(is_under(path, prefix), expected, "{path} under {prefix}");
        }
    }
}
