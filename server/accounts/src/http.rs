//! Sign-ins over HTTP: cookies, headers, URLs. Pure code; the Worker moves the bytes.

use std::time::Duration;

use common::{agent_path::AgentPath, naming};
use url::form_urlencoded;

use super::{Bearer, Presented, SESSION_LIFE, Target, conversation_name};

/// The path of the sign-in page.
pub const SIGN_IN_PATH: &str = "/sign-in";
/// The path of the page with sessions, tokens and people. Its forms post to paths below it.
pub const ACCOUNT_PATH: &str = "/account";
/// The path that ends a session.
pub const SIGN_OUT_PATH: &str = "/sign-out";
/// The path that issues tickets for WebSockets.
pub const TICKETS_PATH: &str = "/tickets";
/// The query parameter of a WebSocket URL with a ticket.
const TICKET: &str = "ticket";
/// The name of the session cookie over HTTPS. Browsers accept this prefix only with `Secure`, `Path=/` and without
/// `Domain`, so that no other host can set it.
const SECURE_COOKIE: &str = "__Host-coder";
/// The beginning of the cookie's name over plain HTTP. All ports of a host share their cookies, so that the port
/// follows.
const PLAIN_COOKIE: &str = "coder-session";

/// The fields of a request that matter to the sign-in. Header values are unchanged.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// The path, unchanged.
    pub path: &'a str,
    /// The query, without its question mark.
    pub query: &'a str,
    /// Whether it requests a WebSocket.
    pub is_upgrade: bool,
    /// `Accept`.
    pub accept: &'a str,
    /// `Authorization`.
    pub authorization: &'a str,
    /// `Cookie`; several headers are joined by `; `.
    pub cookie: &'a str,
    /// Whether the client uses TLS, with the server or with the proxy in front of it.
    pub is_secure: bool,
    /// The port that the server listens on, if known.
    pub port: Option<&'a str>,
}

/// The form of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A page.
    Page,
    /// JSON.
    Json,
    /// A WebSocket that opens and closes with a code and a reason: browsers hide from pages why a WebSocket did not
    /// open.
    Socket,
}

impl Asked<'_> {
    /// The form in which the client needs a refusal. `prefix` is that of agent URLs.
    #[must_use]
    pub fn form(&self, prefix: &str) -> Form {
        if self.is_upgrade {
            Form::Socket
        } else if AgentPath::parse(self.path, prefix).is_none() && self.accept.contains("text/html")
        {
            Form::Page
        } else {
            Form::Json
        }
    }

    /// The target of the request. `prefix` is that of agent URLs.
    #[must_use]
    pub fn target(&self, prefix: &str) -> Target {
        if let Some(AgentPath { agent, instance }) = AgentPath::parse(self.path, prefix) {
            if naming::fold_agent(agent) == naming::DIRECTORY {
                return if self.is_upgrade {
                    Target::DirectoryConnection
                } else {
                    Target::Directory
                };
            }
            // Unchanged: every spelling names another object.
            let name = instance.to_owned();
            return if self.is_upgrade {
                Target::Connection(name)
            } else {
                Target::Conversation(name)
            };
        }
        match chat_segment(self.path) {
            Some(segment) => Target::Conversation(conversation_name(segment)),
            None => Target::None,
        }
    }

    /// The credential in the request; the most explicit one counts. `None` when there is none.
    #[must_use]
    pub fn presented(&self, takes_tokens: bool, takes_sessions: bool) -> Option<Presented> {
        if takes_tokens && let Some(token) = self.bearer() {
            return Some(Presented::Token(token));
        }
        if self.is_upgrade
            && let Some(ticket) = self.ticket()
        {
            return Some(Presented::Ticket(ticket));
        }
        self.session()
            .filter(|_| takes_sessions)
            .map(Presented::Session)
    }

    fn bearer(&self) -> Option<Bearer> {
        let (scheme, token) = self.authorization.trim().split_once(' ')?;
        let is_bearer = scheme.eq_ignore_ascii_case("bearer") && !token.trim().is_empty();
        is_bearer.then(|| Bearer::new(token.trim()))
    }

    fn ticket(&self) -> Option<Bearer> {
        form_field(self.query, TICKET).map(Bearer::new)
    }

    /// The secret in the session cookie.
    #[must_use]
    pub fn session(&self) -> Option<Bearer> {
        let plain = self.plain_cookie();
        [SECURE_COOKIE, &plain].into_iter().find_map(|wanted| {
            let mut pairs = self
                .cookie
                .split(';')
                .filter_map(|pair| pair.split_once('='));
            let (_, value) = pairs.find(|(name, _)| name.trim() == wanted)?;
            Some(Bearer::new(value.trim()))
        })
    }

    /// The value of `Set-Cookie` for a session.
    #[must_use]
    pub fn set_session(&self, session: &Bearer) -> String {
        self.set_cookie(session.expose(), SESSION_LIFE)
    }

    /// The value of `Set-Cookie` that deletes the session cookie.
    #[must_use]
    pub fn forget_session(&self) -> String {
        self.set_cookie("", Duration::ZERO)
    }

    /// The cookie is `Lax`, so that a link from elsewhere opens a conversation: browsers send it with navigations,
    /// but not with requests of foreign pages.
    fn set_cookie(&self, value: &str, life: Duration) -> String {
        let (name, secure) = if self.is_secure {
            (SECURE_COOKIE.to_owned(), "; Secure")
        } else {
            (self.plain_cookie(), "")
        };
        let seconds = life.as_secs();
        format!("{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }

    fn plain_cookie(&self) -> String {
        match self.port {
            None => PLAIN_COOKIE.to_owned(),
            Some(port) => format!("{PLAIN_COOKIE}-{port}"),
        }
    }
}

/// The conversation's segment in the path of its page.
#[must_use]
pub fn chat_segment(path: &str) -> Option<&str> {
    let segment = path.strip_prefix("/chat/")?.trim_end_matches('/');
    (!segment.is_empty() && !segment.contains('/')).then_some(segment)
}

/// The query without its ticket, for the object; `None` when there was no ticket.
#[must_use]
pub fn without_ticket(query: &str) -> Option<String> {
    let is_ticket = |pair: &&str| {
        let (name, _) = pair.split_once('=').unwrap_or((pair, ""));
        form_urlencoded::parse(name.as_bytes()).any(|(name, _)| name == TICKET)
    };
    let has_one = query.split('&').any(|pair| is_ticket(&pair));
    has_one.then(|| {
        let others: Vec<&str> = query.split('&').filter(|pair| !is_ticket(pair)).collect();
        others.join("&")
    })
}

/// A field of a query or of a form body; `None` when it is missing or empty.
#[must_use]
pub fn form_field(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes())
        .find(|(field, value)| field == name && !value.is_empty())
        .map(|(_, value)| value.into_owned())
}

/// All values of a field, such as those of checkboxes.
pub fn form_fields<'a>(form: &'a str, name: &'a str) -> impl Iterator<Item = String> + 'a {
    form_urlencoded::parse(form.as_bytes())
        .filter(move |(field, _)| field == name)
        .map(|(_, value)| value.into_owned())
}

/// A short name of the browser, from its `User-Agent`.
#[must_use]
pub fn device(user_agent: &str) -> String {
    let first = |names: &[(&'static str, &'static str)]| {
        let found = names.iter().find(|(mark, _)| user_agent.contains(mark));
        found.map(|(_, name)| *name)
    };
    // In this order, since each browser also claims to be those below it.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => "Another client".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "agents";

    fn page(path: &str) -> Asked<'_> {
        Asked {
            path,
            accept: "text/html,*/*;q=0.8",
            ..Asked::default()
        }
    }

    #[test]
    fn the_form_of_a_refusal_is_what_the_client_can_read() {
        let agent = "/agents/coderagent/a/get-messages";
        for (asked, expected) in [
            (page("/"), Form::Page),
            (page("/chat/a"), Form::Page),
            (page(agent), Form::Json),
            (
                Asked {
                    accept: "*/*",
                    ..page("/")
                },
                Form::Json,
            ),
            (
                Asked {
                    accept: "",
                    ..page("/tickets")
                },
                Form::Json,
            ),
            (
                Asked {
                    is_upgrade: true,
                    ..page("/agents/coderagent/a")
                },
                Form::Socket,
            ),
        ] {
            assert_eq!(asked.form(PREFIX), expected, "{asked:?}");
        }
    }

    #[test]
    fn a_page_is_of_the_conversation_that_its_client_connects_to_and_an_agent_address_of_the_one_it_names()
     {
        let conversation = |name: &str| Target::Conversation(name.to_owned());
        for (path, expected) in [
            ("/", Target::None),
            ("/chat", Target::None),
            ("/chat/", Target::None),
            ("/chat/a/b", Target::None),
            ("/chat/a", conversation("a")),
            ("/chat/a/", conversation("a")),
            ("/chat/%61%20b", conversation("a%20b")),
            (
                "/agents/coderagent/a%20b/get-messages",
                conversation("a%20b"),
            ),
            ("/agents/coderagent/a", conversation("a")),
            ("/agents/coderagent/%61", conversation("%61")),
        ] {
            assert_eq!(page(path).target(PREFIX), expected, "{path}");
        }
        let socket = Asked {
            is_upgrade: true,
            ..page("/agents/x/a")
        };
        assert_eq!(socket.target(PREFIX), Target::Connection("a".to_owned()));
    }

    #[test]
    fn a_token_comes_before_a_ticket_and_a_ticket_before_a_session() {
        let secret = |text: &str| Bearer::new(text);
        let all = Asked {
            is_upgrade: true,
            query: "_pk=1&ticket=k",
            authorization: "bearer  t ",
            cookie: "other=1; coder-session=s",
            ..page("/agents/x/a")
        };
        let token = Some(Presented::Token(secret("t")));
        assert_eq!(all.presented(true, true), token);
        let ticket = Some(Presented::Ticket(secret("k")));
        assert_eq!(all.presented(false, true), ticket);
        let http = Asked {
            is_upgrade: false,
            ..all
        };
        let session = Some(Presented::Session(secret("s")));
        assert_eq!(
            http.presented(false, true),
            session,
            "a ticket is for sockets"
        );
        assert_eq!(http.presented(false, false), None);
        for authorization in ["", "Basic dXNlcg==", "Bearer", "Bearer  ", "t"] {
            let asked = Asked {
                authorization,
                ..page("/")
            };
            assert_eq!(asked.presented(true, true), None, "{authorization}");
        }
    }

    #[test]
    fn cookies_are_for_this_server_alone_and_come_back() {
        let session = Bearer::new("coder_s_abc");
        for (is_secure, port, expected) in [
            (
                false,
                Some("8787"),
                "coder-session-8787=coder_s_abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax",
            ),
            (
                true,
                Some("8787"),
                "__Host-coder=coder_s_abc; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax; Secure",
            ),
        ] {
            let asked = Asked {
                is_secure,
                port,
                ..page("/")
            };
            let set = asked.set_session(&session);
            assert_eq!(set, expected);
            let (cookie, _) = set.split_once(';').unwrap();
            // The next request may not look secure, for instance behind a proxy.
            let next = Asked {
                cookie,
                port,
                ..page("/")
            };
            assert_eq!(next.session(), Some(session.clone()));
            assert!(asked.forget_session().contains("=; Max-Age=0; "));
        }
        let other = Asked {
            cookie: "coder-session-8788=x; coder-session=y",
            port: Some("8787"),
            ..page("/")
        };
        assert_eq!(other.session(), None, "another server on this host");
    }

    #[test]
    fn a_ticket_is_taken_out_of_the_address() {
        for (query, expected) in [
            ("", None),
            ("_pk=1", None),
            ("tickets=1&aticket=2", None),
            ("ticket=k", Some("")),
            (
                "_pk=a%20b&ticket=k&readonly=true",
                Some("_pk=a%20b&readonly=true"),
            ),
            ("ticket=k&_pk=1&ticket=l", Some("_pk=1")),
            ("%74icket=k&_pk=1", Some("_pk=1")),
            ("ticket", Some("")),
        ] {
            assert_eq!(without_ticket(query).as_deref(), expected, "{query}");
        }
    }

    #[test]
    fn devices_are_called_by_browser_and_system() {
        for (user_agent, expected) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 (KHTML, like Gecko) Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0",
                "Edge on Windows",
            ),
            ("curl/8.9", "Another client"),
            ("", "Another client"),
        ] {
            assert_eq!(device(user_agent), expected);
        }
    }
}
