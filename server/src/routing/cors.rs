//! CORS: what pages of other origins may read. Their admission is decided before (`crate::door`); WebSockets do not
//! use CORS.

use super::{Header, Hook};

/// The status of a WebSocket response.
const SWITCHING_PROTOCOLS: u16 = 101;

/// The methods for an admitted page of another origin.
const METHODS: &str = "GET, POST, PUT, DELETE, HEAD, OPTIONS";

/// All headers; the one for credentials must be named (Fetch, "CORS non-wildcard request-header name").
const HEADERS: &str = "*, Authorization";

/// The CORS headers of agent responses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cors {
    /// None; an `OPTIONS` request goes to the object.
    #[default]
    Off,
    /// Pages of this origin may read responses and send any header, but no cookies.
    Origin(String),
    /// Exactly these headers.
    Own(Vec<Header>),
}

/// The origin of the response that the router is about to return.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnsweredBy {
    /// A hook; the object was not woken.
    Hook(Hook),
    /// The object; the response is readable.
    Object,
    /// The object; the response is a WebSocket.
    OpenedSocket,
}

impl AnsweredBy {
    /// Classifies an object's response by its status.
    #[must_use]
    pub fn object(status: u16) -> Self {
        if status == SWITCHING_PROTOCOLS {
            Self::OpenedSocket
        } else {
            Self::Object
        }
    }
}

impl Cors {
    /// The response to a preflight request; `None` when the object answers it.
    #[must_use]
    pub fn preflight(&self) -> Option<Vec<Header>> {
        match self {
            Self::Off => None,
            Self::Origin(origin) => Some(vec![
                Header::new("Access-Control-Allow-Origin", origin),
                // A cache must not return this response to another page.
                Header::new("Vary", "Origin"),
                Header::new("Access-Control-Allow-Methods", METHODS),
                Header::new("Access-Control-Allow-Headers", HEADERS),
                Header::new("Access-Control-Max-Age", "86400"),
            ]),
            Self::Own(headers) => Some(headers.clone()),
        }
    }

    /// The headers to set on a response.
    #[must_use]
    pub fn headers_on(&self, answer: AnsweredBy) -> Vec<Header> {
        match answer {
            AnsweredBy::Hook(Hook::BeforeConnect) | AnsweredBy::OpenedSocket => Vec::new(),
            AnsweredBy::Hook(Hook::BeforeRequest) | AnsweredBy::Object => {
                self.preflight().unwrap_or_default()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_origin() -> Cors {
        Cors::Origin("https://a.example".into())
    }

    fn own() -> Vec<Header> {
        vec![Header::new(
            "Access-Control-Allow-Origin",
            "https://a.example",
        )]
    }

    #[test]
    fn rt_10_the_headers_of_an_origin() {
        let headers = one_origin().preflight().unwrap();
        let lines: Vec<String> = headers
            .iter()
            .map(|Header { name, value }| format!("{name}: {value}"))
            .collect();
        assert_eq!(
            lines,
            [
                "Access-Control-Allow-Origin: https://a.example",
                "Vary: Origin",
                "Access-Control-Allow-Methods: GET, POST, PUT, DELETE, HEAD, OPTIONS",
                "Access-Control-Allow-Headers: *, Authorization",
                "Access-Control-Max-Age: 86400",
            ]
        );
    }

    #[test]
    fn rt_12_without_cors_nothing_is_added() {
        assert_eq!(Cors::Off.preflight(), None);
        for answer in [
            AnsweredBy::Object,
            AnsweredBy::OpenedSocket,
            AnsweredBy::Hook(Hook::BeforeRequest),
            AnsweredBy::Hook(Hook::BeforeConnect),
        ] {
            assert_eq!(Cors::Off.headers_on(answer), []);
        }
    }

    #[test]
    fn rt_13_answers_have_the_headers_and_sockets_do_not() {
        let cors = one_origin();
        for status in [200, 304, 400, 404, 500] {
            let headers = cors.headers_on(AnsweredBy::object(status));
            assert_eq!(Some(headers), cors.preflight(), "{status}");
        }
        assert_eq!(cors.headers_on(AnsweredBy::object(101)), []);
    }

    #[test]
    fn rt_14_own_headers_are_the_only_ones() {
        let cors = Cors::Own(own());
        assert_eq!(cors.preflight(), Some(own()));
        assert_eq!(cors.headers_on(AnsweredBy::Object), own());
    }

    #[test]
    fn rt_15_rt_16_a_hooks_answer_has_the_headers_unless_it_refuses_a_socket() {
        let cors = Cors::Own(own());
        let headers_on = |hook| cors.headers_on(AnsweredBy::Hook(hook));
        assert_eq!(headers_on(Hook::BeforeRequest), own());
        assert_eq!(headers_on(Hook::BeforeConnect), []);
    }
}
