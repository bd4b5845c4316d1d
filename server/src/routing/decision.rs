//! Decides what happens to a request.

use common::naming;

use common::agent_path::AgentPath;

use super::{Header, Hook, RouteOptions};

/// The relevant part of a request's method and headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestKind {
    /// A request for a WebSocket.
    Connect,
    /// A preflight request of a browser.
    Options,
    /// Any other request.
    Plain,
}

impl RequestKind {
    /// The kind of a request with this method and `Upgrade` header.
    #[must_use]
    pub fn of(method: &str, upgrade: Option<&str>) -> Self {
        let asks_for_socket = upgrade.is_some_and(|to| to.eq_ignore_ascii_case("websocket"));
        match method {
            "GET" if asks_for_socket => Self::Connect,
            "OPTIONS" => Self::Options,
            _ => Self::Plain,
        }
    }

    fn hook(self) -> Hook {
        match self {
            Self::Connect => Hook::BeforeConnect,
            Self::Options | Self::Plain => Hook::BeforeRequest,
        }
    }
}

/// The decision on a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision<'a> {
    /// The request is not for an agent.
    Declined,
    /// No binding matches the agent's name.
    UnknownAgent {
        /// The name as written.
        agent: &'a str,
    },
    /// The router answers the preflight request with these headers.
    Preflight(Vec<Header>),
    /// The request goes to an object.
    Forward(Route<'a>),
}

/// The route of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// The object.
    pub target: Target<'a>,
    /// The hook to run first.
    pub hook: Hook,
}

/// An object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target<'a> {
    /// The Durable Object binding, as in `wrangler.jsonc`.
    pub binding: &'a str,
    /// The instance name as in the URL: case-sensitive and still percent-encoded.
    pub instance: &'a str,
}

/// Decides on a request by its path and kind.
#[must_use]
pub fn decide<'a, Hooks>(
    path: &'a str,
    kind: RequestKind,
    bindings: &'a [String],
    options: &RouteOptions<Hooks>,
) -> Decision<'a> {
    let Some(AgentPath { agent, instance }) = AgentPath::parse(path, options.prefix) else {
        return Decision::Declined;
    };
    let Some(binding) = find_binding(bindings, agent) else {
        return Decision::UnknownAgent { agent };
    };
    if kind == RequestKind::Options
        && let Some(headers) = options.cors.preflight()
    {
        return Decision::Preflight(headers);
    }
    Decision::Forward(Route {
        target: Target { binding, instance },
        hook: kind.hook(),
    })
}

/// The binding that an agent's name means, in any spelling.
#[must_use]
pub fn find_binding<'a>(bindings: &'a [String], agent: &str) -> Option<&'a str> {
    let wanted = naming::fold_agent(agent);
    bindings
        .iter()
        .map(String::as_str)
        .find(|binding| naming::fold_agent(binding) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routing::{Cors, Placement, Retry};

    fn options(prefix: &'static str, cors: Cors) -> RouteOptions<()> {
        RouteOptions {
            prefix,
            cors,
            retry: Retry::DEFAULT,
            placement: Placement::default(),
            hooks: (),
        }
    }

    fn with_cors() -> RouteOptions<()> {
        options("agents", Cors::Origin("https://a.example".into()))
    }

    fn check(options: &RouteOptions<()>, kind: RequestKind, path: &str, expected: &Decision<'_>) {
        let bindings = ["TestStateAgent", "coderagent", "MY_AGENT"].map(str::to_owned);
        let decision = decide(path, kind, &bindings, options);
        assert_eq!(decision, *expected, "{kind:?} {path}");
    }

    fn check_plain(path: &str, expected: &Decision<'_>) {
        check(
            &options("agents", Cors::Off),
            RequestKind::Plain,
            path,
            expected,
        );
    }

    fn forward<'a>(binding: &'a str, instance: &'a str, hook: Hook) -> Decision<'a> {
        let target = Target { binding, instance };
        Decision::Forward(Route { target, hook })
    }

    #[test]
    fn rt_01_rt_17_an_upgrade_is_asked_of_before_connect_with_binding_and_instance() {
        check(
            &options("agents", Cors::Off),
            RequestKind::Connect,
            "/agents/test-state-agent/my-room",
            &forward("TestStateAgent", "my-room", Hook::BeforeConnect),
        );
    }

    #[test]
    fn rt_02_an_unknown_agent_differs_from_a_wrong_path_and_gets_no_preflight() {
        let path = "/agents/non-existent-agent/room";
        let unknown = Decision::UnknownAgent {
            agent: "non-existent-agent",
        };
        for kind in [
            RequestKind::Plain,
            RequestKind::Connect,
            RequestKind::Options,
        ] {
            check(&with_cors(), kind, path, &unknown);
        }
    }

    #[test]
    fn rt_03_rt_04_other_paths_are_declined() {
        for path in [
            "/agents",
            "/agents/",
            "/agents/coderagent",
            "/api/something",
            "/",
        ] {
            check_plain(path, &Decision::Declined);
        }
    }

    #[test]
    fn rt_05_every_spelling_of_a_binding_reaches_it() {
        for (spelling, binding) in [
            ("test-state-agent", "TestStateAgent"),
            ("my-agent", "MY_AGENT"),
            ("coderagent", "coderagent"),
            ("coder-agent", "coderagent"),
            ("CoderAgent", "coderagent"),
            ("CODER_AGENT", "coderagent"),
        ] {
            let path = format!("/agents/{spelling}/room");
            check_plain(&path, &forward(binding, "room", Hook::BeforeRequest));
        }
    }

    #[test]
    fn rt_06_what_follows_the_instance_does_not_matter_to_the_router() {
        check_plain(
            "/agents/coderagent/room/callback",
            &forward("coderagent", "room", Hook::BeforeRequest),
        );
    }

    #[test]
    fn rt_09_another_prefix_takes_the_place_of_agents() {
        let options = options("api/agents", Cors::Off);
        let routed = forward("coderagent", "y", Hook::BeforeRequest);
        check(
            &options,
            RequestKind::Plain,
            "/api/agents/coderagent/y",
            &routed,
        );
        check(
            &options,
            RequestKind::Plain,
            "/agents/coderagent/y",
            &Decision::Declined,
        );
    }

    #[test]
    fn rt_10_rt_14_a_preflight_is_answered_without_the_object() {
        let own = Cors::Own(vec![Header::new("Access-Control-Max-Age", "5")]);
        for options in [with_cors(), options("agents", own)] {
            let expected = Decision::Preflight(options.cors.preflight().unwrap());
            check(
                &options,
                RequestKind::Options,
                "/agents/coderagent/room",
                &expected,
            );
        }
    }

    #[test]
    fn rt_11_a_preflight_of_another_path_is_declined() {
        for path in ["/agents/coderagent", "/api/something"] {
            check(
                &with_cors(),
                RequestKind::Options,
                path,
                &Decision::Declined,
            );
        }
    }

    #[test]
    fn rt_12_without_cors_options_is_a_request_like_any_other() {
        check(
            &options("agents", Cors::Off),
            RequestKind::Options,
            "/agents/coderagent/room",
            &forward("coderagent", "room", Hook::BeforeRequest),
        );
    }

    #[test]
    fn rt_13_with_cors_all_but_options_is_forwarded() {
        for (kind, hook) in [
            (RequestKind::Plain, Hook::BeforeRequest),
            (RequestKind::Connect, Hook::BeforeConnect),
        ] {
            let routed = forward("coderagent", "room", hook);
            check(&with_cors(), kind, "/agents/coderagent/room", &routed);
        }
    }

    #[test]
    fn rt_25_the_instance_is_raw_and_its_case_counts() {
        for name in ["a%20b", "Room", "ROOM", "a+b"] {
            let path = format!("/agents/coderagent/{name}/get-messages");
            check_plain(&path, &forward("coderagent", name, Hook::BeforeRequest));
        }
    }

    #[test]
    fn kinds_of_requests() {
        for (method, upgrade, expected) in [
            ("GET", Some("websocket"), RequestKind::Connect),
            ("GET", Some("WebSocket"), RequestKind::Connect),
            ("GET", Some("h2c"), RequestKind::Plain),
            ("GET", None, RequestKind::Plain),
            // A WebSocket never begins with a POST (RFC 6455 §4.1).
            ("POST", Some("websocket"), RequestKind::Plain),
            ("OPTIONS", Some("websocket"), RequestKind::Options),
            ("OPTIONS", None, RequestKind::Options),
        ] {
            let kind = RequestKind::of(method, upgrade);
            assert_eq!(kind, expected, "{method} {upgrade:?}");
        }
    }
}
