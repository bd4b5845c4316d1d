//! Headers that only a router may set. Objects trust them, so they are removed from clients' requests.

use accounts::CALLER_HEADER;

/// The properties that an object starts with.
const LIFECYCLE_PROPS: &str = "x-agents-lifecycle-props";

/// The headers of PartyServer's router: name, namespace, jurisdiction and properties.
const PARTYKIT_PREFIX: &str = "x-partykit-";

/// Whether a header is reserved for routers, in any case.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name == LIFECYCLE_PROPS || name == CALLER_HEADER || name.starts_with(PARTYKIT_PREFIX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rt_26_a_client_sets_no_header_of_the_router() {
        for (name, expected) in [
            ("x-agents-lifecycle-props", true),
            ("X-Agents-Lifecycle-Props", true),
            ("x-coder-caller", true),
            ("X-Coder-Caller", true),
            ("x-partykit-room", true),
            ("x-partykit-namespace", true),
            ("X-PartyKit-Of-A-Later-Version", true),
            ("x-agents-lifecycle-properties", false),
            ("x-agents", false),
            ("x-partykit", false),
            ("my-x-partykit-room", false),
            ("upgrade", false),
        ] {
            assert_eq!(is_reserved(name), expected, "{name}");
        }
    }
}
