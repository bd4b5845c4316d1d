//! The names of agents and instances.
//!
//! The agent segment of a URL is *forgiving*: it matches a Durable Object binding when both are equal after
//! lower-casing and dropping `-` and `_`. The instance name is used as written in the URL, still percent-encoded, as
//! in the Agents SDK.

/// The instance name when a client gives none.
pub const DEFAULT_NAME: &str = "default";

/// The binding of the agent class, and its segment in our client's URLs.
pub const CODER_AGENT: &str = "coderagent";

/// The name of the agent class, as in `wrangler.jsonc`.
pub const CODER_AGENT_CLASS: &str = "CoderAgent";

/// The binding of the directory class, and its segment in URLs.
pub const DIRECTORY: &str = "directory";

/// The name of the directory class, as in `wrangler.jsonc`.
pub const DIRECTORY_CLASS: &str = "Directory";

/// The only name of a directory in URLs: it stands for the caller's own directory.
pub const OWN_DIRECTORY: &str = "me";

/// The maximum length of the name of a new conversation, in characters. Lists repeat it, and each row of a list is sent often.
pub const MAX_NAME_CHARS: usize = 200;

/// An object of the platform does not learn its name when that has more bytes, as in the URL.
pub const MAX_OBJECT_NAME_BYTES: usize = 1024;

/// The first path segment of all agent URLs.
pub const AGENTS_PREFIX: &str = "agents";

/// The normal form of an agent name: lower case without `-` and `_`.
#[must_use]
pub fn fold_agent(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// The SDK's kebab rule for class names, binding names and the client's `agent` option: an all-upper-case name is
/// lower-cased with `_` as `-`; else each `A-Z` becomes `-` and its lower case, one leading `-` is dropped, `_`
/// becomes `-`, one trailing `-` is dropped.
#[must_use]
pub fn kebab(name: &str) -> String {
    if name == name.to_uppercase() && name != name.to_lowercase() {
        return name.to_lowercase().replace('_', "-");
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        match c {
            'A'..='Z' => {
                out.push('-');
                out.push(c.to_ascii_lowercase());
            }
            '_' => out.push('-'),
            _ => out.push(c),
        }
    }
    let out = out.strip_prefix('-').unwrap_or(&out);
    out.strip_suffix('-').unwrap_or(out).to_owned()
}

/// An agent name, prepared for URLs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSegment {
    /// The segment for the URL, in lower case.
    pub segment: String,
    /// A warning for the developer when the name had to be changed.
    pub warning: Option<String>,
}

/// Lower-cases the agent name that a developer wrote.
#[must_use]
pub fn agent_segment(written: &str) -> AgentSegment {
    let segment = written.to_lowercase();
    let warning = (segment != written).then(|| {
        format!(
            "The agent name `{written}` was sent as `{segment}`: agent names in URLs are lower case. \
             Write `{segment}` to silence this."
        )
    });
    AgentSegment { segment, warning }
}

/// Percent-encodes the characters not allowed in a path segment, like `encodeURIComponent`.
#[must_use]
pub fn encode_segment(text: &str) -> String {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push('%');
            for nibble in [byte >> 4, byte & 15] {
                out.push(
                    HEX.get(usize::from(nibble))
                        .copied()
                        .map_or('0', char::from),
                );
            }
        }
    }
    out
}

/// Decodes a path segment for people. A segment that is not well encoded stays as it is.
#[must_use]
pub fn decode_segment(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut rest = segment.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let encoded = after.get(..2).filter(|_| *first == b'%');
        let digits = encoded.and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = match byte {
            Some(_) => after.get(2..).unwrap_or_default(),
            None => after,
        };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| segment.to_owned())
}

/// Whether a name is short enough for a new conversation. `segment`: the name as in the URL.
#[must_use]
pub fn is_short_enough(segment: &str) -> bool {
    // Each encoded character has at most four bytes of three characters each.
    segment.len() <= MAX_NAME_CHARS * 12
        && decode_segment(segment).chars().count() <= MAX_NAME_CHARS
}

/// The log line for an agent segment that matches no binding: the URL, the reason, and the existing bindings.
#[must_use]
pub fn unknown_agent(url: &str, agent: &str, known: &[String]) -> String {
    format!(
        "The URL {url} names the agent `{agent}`, which does not match any server namespace. \
         Known agents: {}. Case, `-` and `_` do not matter.",
        known.join(", ")
    )
}

/// The answer of an object that was reached without its name.
#[must_use]
pub fn missing_name(class: &str) -> String {
    format!(
        "Missing namespace or room headers when connecting to {class}. Reach it through the router \
         (/agents/{{agent}}/{{name}}) or with get_agent_by_name, which name the object; an id alone does not."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_are_decoded() {
        for text in ["calm-otter", "a b/é", "100%", ""] {
            assert_eq!(decode_segment(&encode_segment(text)), text);
        }
        for text in ["%", "%zz", "%e9", "a%2"] {
            assert_eq!(decode_segment(text), text);
        }
    }

    #[test]
    fn the_length_of_a_name_counts_characters_as_people_see_them() {
        for (character, count, is_short) in [
            ("x", MAX_NAME_CHARS, true),
            ("x", MAX_NAME_CHARS + 1, false),
            ("é", MAX_NAME_CHARS, true),
            ("🦀", MAX_NAME_CHARS, true),
            ("🦀", MAX_NAME_CHARS + 1, false),
            ("\u{7}", 10_000, false),
        ] {
            let segment = encode_segment(&character.repeat(count));
            assert_eq!(is_short_enough(&segment), is_short, "{count} {character:?}");
        }
        assert!(is_short_enough(&encode_segment("<b>\u{202e}&")));
    }

    #[test]
    fn rt_05_kebab_rule() {
        for (name, expected) in [
            ("TestStateAgent", "test-state-agent"),
            ("chat", "chat"),
            ("AIChat", "a-i-chat"),
            ("MY_AGENT", "my-agent"),
            ("My_Agent", "my--agent"),
            ("Sub_", "sub"),
            ("SUB", "sub"),
            ("CoderAgent", "coder-agent"),
        ] {
            assert_eq!(kebab(name), expected, "{name}");
        }
    }

    #[test]
    fn every_spelling_folds_to_the_binding() {
        for spelling in [
            "coderagent",
            "coder-agent",
            "CoderAgent",
            "CODER_AGENT",
            "Coder_Agent",
        ] {
            assert_eq!(fold_agent(spelling), CODER_AGENT);
        }
        assert_ne!(fold_agent("coderagents"), CODER_AGENT);
    }

    #[test]
    fn changed_spellings_warn() {
        assert_eq!(agent_segment("coderagent").warning, None);
        let changed = agent_segment("CoderAgent");
        assert_eq!(changed.segment, "coderagent");
        assert!(changed.warning.unwrap().contains("CoderAgent"));
    }

    #[test]
    fn segments_are_encoded() {
        assert_eq!(encode_segment("a b/é"), "a%20b%2F%C3%A9");
        assert_eq!(encode_segment("calm-otter_7.x"), "calm-otter_7.x");
    }
}
