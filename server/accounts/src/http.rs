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
mod tests;
