//! The server's own hosts and origins, and the foreign ones that it admits.

use thiserror::Error;

use super::{Host, Origin};

/// The setting with the server's host names.
pub const ALLOWED_HOSTS: &str = "ALLOWED_HOSTS";

/// The setting with the origins whose pages may use the server.
pub const ALLOWED_ORIGINS: &str = "ALLOWED_ORIGINS";

/// The former name of [`ALLOWED_ORIGINS`], before it covered WebSockets too.
const FORMER_ALLOWED_ORIGINS: &str = "CORS_ORIGIN";

/// Set by the start scripts: who can reach the server, `loopback` or `network`. Missing on Cloudflare.
const LISTENS_ON: &str = "LISTENS_ON";

/// Set by the start scripts: the port that the server listens on.
const OWN_PORT: &str = "OWN_PORT";

/// Ports that URLs need not contain.
const DEFAULT_PORTS: [u16; 2] = [80, 443];

/// The rules of admission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Where the server listens.
    pub listening: Listening,
    /// The names from the settings.
    pub names: Names,
}

/// Where the server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// On the owner's machine, at this port.
    Machine {
        /// The port.
        port: u16,
    },
    /// At an address that only the settings contain, as on Cloudflare.
    Elsewhere,
}

/// The names from the settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// The server's own hosts, besides the loopback names. One without a port stands for the default ports and for
    /// the port that the server listens on.
    pub hosts: Vec<Host>,
    /// Foreign origins whose pages may do what the server's own pages may.
    pub origins: Vec<Origin>,
}

impl Policy {
    /// Reads the settings and the place that `lookup` returns by name.
    ///
    /// # Errors
    ///
    /// When a setting is invalid. [`Policy::without_names`] applies until it is fixed.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        Ok(Self {
            names: Names::parse(&lookup)?,
            ..Self::without_names(lookup)
        })
    }

    /// The policy without names from the settings.
    pub fn without_names(lookup: impl Fn(&str) -> Option<String>) -> Self {
        let listens = matches!(lookup(LISTENS_ON).as_deref(), Some("loopback" | "network"));
        let port = lookup(OWN_PORT).and_then(|port| port.parse().ok());
        Self {
            listening: match port {
                Some(port) if listens => Listening::Machine { port },
                Some(_) | None => Listening::Elsewhere,
            },
            names: Names::default(),
        }
    }

    /// Whether a host is the server's own.
    #[must_use]
    pub fn is_own_host(&self, host: &Host) -> bool {
        let is_at_home = match self.listening {
            Listening::Machine { port } => host.is_loopback() && host.port().unwrap_or(80) == port,
            Listening::Elsewhere => false,
        };
        is_at_home || self.is_listed(host)
    }

    /// Whether a page of this origin, which sends a request to `host`, is the server's own.
    ///
    /// All loopback names mean the same machine, but not the same server: another one can listen on the same port of
    /// another loopback address. So such a page is our own only if it sends the request to the host that it came
    /// from. That alone proves nothing: the page of any name that resolves to this machine does so too.
    #[must_use]
    pub fn is_own_origin(&self, origin: &Origin, host: &Host) -> bool {
        if !origin.is_of_the_web() {
            return false;
        }
        let is_at_home = match self.listening {
            Listening::Machine { port } => {
                origin.host().is_loopback()
                    && origin.host().is_same_name(host)
                    && origin.port() == Some(port)
            }
            Listening::Elsewhere => false,
        };
        is_at_home || self.is_listed(origin.host())
    }

    /// Whether the owner admits pages of this foreign origin.
    #[must_use]
    pub fn is_allowed_origin(&self, origin: &Origin) -> bool {
        self.names.origins.contains(origin)
    }

    fn is_listed(&self, host: &Host) -> bool {
        let fits = |listed: &Host| match (listed.port(), host.port()) {
            (Some(listed), Some(port)) => listed == port,
            (Some(listed), None) => DEFAULT_PORTS.contains(&listed),
            (None, None) => true,
            (None, Some(port)) => {
                DEFAULT_PORTS.contains(&port) || self.listening == Listening::Machine { port }
            }
        };
        let mut listed = self.names.hosts.iter();
        listed.any(|listed| listed.is_same_name(host) && fits(listed))
    }
}

impl Names {
    /// Reads the settings that `lookup` returns by name; a blank one counts as missing.
    ///
    /// # Errors
    ///
    /// When an entry is not a host or origin, or stands for every origin.
    pub fn parse(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, PolicyError> {
        let list = |name| entries(lookup(name).unwrap_or_default());
        if list(FORMER_ALLOWED_ORIGINS).next().is_some() {
            return Err(PolicyError::FormerName);
        }
        Ok(Self {
            hosts: list(ALLOWED_HOSTS).map(host).collect::<Result<_, _>>()?,
            origins: list(ALLOWED_ORIGINS)
                .map(origin)
                .collect::<Result<_, _>>()?,
        })
    }
}

/// The entries of a comma-separated list.
fn entries(list: String) -> impl Iterator<Item = String> {
    let entries: Vec<String> = list
        .split(',')
        .map(|entry| entry.trim().to_owned())
        .collect();
    entries.into_iter().filter(|entry| !entry.is_empty())
}

fn host(entry: String) -> Result<Host, PolicyError> {
    Host::parse(&entry).ok_or(PolicyError::NoHost { entry })
}

/// People write origins with a final `/`.
fn origin(entry: String) -> Result<Origin, PolicyError> {
    if entry == "*" {
        return Err(PolicyError::EveryOrigin);
    }
    let written = entry.strip_suffix('/').unwrap_or(&entry);
    Origin::parse(written).ok_or(PolicyError::NoOrigin { entry })
}

/// An invalid setting of the admission check. `Display` names the setting, the cause and the fix.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PolicyError {
    /// An entry of `ALLOWED_HOSTS` is not a host.
    #[error(
        "ALLOWED_HOSTS contains `{entry}`, which is not a host. Write names or addresses only, separated by commas, such as \
         coder.example.com or 192.168.1.5."
    )]
    NoHost {
        /// The entry.
        entry: String,
    },
    /// An entry of `ALLOWED_ORIGINS` is not an origin.
    #[error(
        "ALLOWED_ORIGINS contains `{entry}`, which is not an origin. Write origins separated by commas, such as \
         https://app.example.com, without a path."
    )]
    NoOrigin {
        /// The entry.
        entry: String,
    },
    /// `ALLOWED_ORIGINS` holds `*`.
    #[error(
        "ALLOWED_ORIGINS contains `*`, but it must name each origin: every page that a user opens could read and change all \
         conversations."
    )]
    EveryOrigin,
    /// The setting is set under its former name.
    #[error(
        "CORS_ORIGIN is now called ALLOWED_ORIGINS: write the origin there, and remove CORS_ORIGIN."
    )]
    FormerName,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(settings: &[(&str, &str)]) -> Result<Policy, PolicyError> {
        Policy::parse(|name| {
            let found = settings.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }

    fn names(hosts: &str, origins: &str) -> Result<Names, PolicyError> {
        let policy = parse(&[("ALLOWED_HOSTS", hosts), ("ALLOWED_ORIGINS", origins)]);
        policy.map(|policy| policy.names)
    }

    #[test]
    fn the_place_is_known_only_where_the_start_scripts_name_it() {
        let place = |listens: &str, port: &str| {
            let policy = parse(&[("LISTENS_ON", listens), ("OWN_PORT", port)]);
            policy.unwrap().listening
        };
        assert_eq!(place("loopback", "8787"), Listening::Machine { port: 8787 });
        assert_eq!(place("network", "80"), Listening::Machine { port: 80 });
        for (listens, port) in [
            ("", "8787"),
            ("loopback", ""),
            ("loopback", "x"),
            ("all", "80"),
        ] {
            assert_eq!(
                place(listens, port),
                Listening::Elsewhere,
                "{listens} {port}"
            );
        }
        assert_eq!(parse(&[]).unwrap().listening, Listening::Elsewhere);
    }

    #[test]
    fn lists_are_read_as_people_write_them() {
        let host = |text| Host::parse(text).unwrap();
        let origin = |text| Origin::parse(text).unwrap();
        assert_eq!(
            names(
                " Coder.Example, 192.168.1.5:9000 ,,[::1]:1,",
                "https://App.Example/, http://b:8080"
            ),
            Ok(Names {
                hosts: vec![
                    host("coder.example"),
                    host("192.168.1.5:9000"),
                    host("[::1]:1")
                ],
                origins: vec![origin("https://app.example"), origin("http://b:8080")],
            })
        );
        assert_eq!(names(" ", ","), Ok(Names::default()));
    }

    #[test]
    fn invalid_entries_are_errors_with_a_reason() {
        for (hosts, origins, expected) in [
            (
                "https://a.example",
                "",
                "ALLOWED_HOSTS contains `https://a.example`, which is not a host. Write",
            ),
            ("a.example/x", "", "ALLOWED_HOSTS contains `a.example/x`"),
            ("*", "", "ALLOWED_HOSTS contains `*`"),
            (
                "",
                "a.example",
                "ALLOWED_ORIGINS contains `a.example`, which is not an origin. Write",
            ),
            ("", "null", "ALLOWED_ORIGINS contains `null`"),
            (
                "",
                "https://a.example,*",
                "ALLOWED_ORIGINS contains `*`, but it must name each origin",
            ),
        ] {
            let words = names(hosts, origins).unwrap_err().to_string();
            assert!(words.starts_with(expected), "{words}");
        }
        let former = parse(&[("CORS_ORIGIN", "https://a.example")]).unwrap_err();
        assert!(
            former
                .to_string()
                .starts_with("CORS_ORIGIN is now called ALLOWED_ORIGINS")
        );
    }
}
