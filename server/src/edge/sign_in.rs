//! The caller: identified by the accounts. Callers who are not admitted get a response in the form that they can read.

use ::accounts::{
    AccountsError, Answer, Caller, Denial, Request as Asked, SignInProblem,
    http::{Asked as Seen, Form},
};
use common::{
    agent_path,
    final_close::FinalClose,
    http::{ErrorBody, ErrorCode},
};
use worker::{Context, Env, Request, Response, ResponseBuilder, Result, WebSocketPair};

use super::{access, accounts, page, policy, router, settings};
use crate::{
    config::{Modes, NotSetUp, SignIn},
    routing,
};

/// The longest reason of a close frame, in bytes (RFC 6455 §5.5).
const REASON_BYTES: usize = 123;

/// The parts of a request that the sign-in reads.
#[derive(Debug)]
pub(super) struct Facts {
    method: String,
    path: String,
    query: String,
    is_upgrade: bool,
    accept: String,
    authorization: String,
    cookie: String,
    is_secure: bool,
    port: Option<String>,
    /// The server's own origin, as the browser sees it.
    pub(super) origin: String,
    /// `User-Agent`.
    pub(super) user_agent: String,
    /// `Cf-Access-Jwt-Assertion`.
    pub(super) assertion: Option<String>,
}

impl Facts {
    pub(super) fn of(request: &Request, env: &Env) -> Result<Self> {
        let headers = request.headers();
        let header = |name: &str| headers.get(name).ok().flatten().unwrap_or_default();
        let url = request.url()?;
        let origin = header("Origin");
        // A forged value yields a cookie that the forger's own browser does not send back.
        let forwarded = header("X-Forwarded-Proto");
        let is_secure = url.scheme() == "https"
            || forwarded.split(',').next().map(str::trim) == Some("https")
            || origin.starts_with("https://");
        let scheme = if is_secure { "https" } else { "http" };
        Ok(Self {
            // The method as sent: the SDK turns an unknown one into GET.
            method: request.inner().method(),
            path: url.path().to_owned(),
            query: url.query().unwrap_or_default().to_owned(),
            is_upgrade: router::is_upgrade(request),
            accept: header("Accept"),
            authorization: header("Authorization"),
            cookie: header("Cookie"),
            is_secure,
            port: settings::own_port(env),
            origin: if origin.contains("://") {
                origin
            } else {
                format!("{scheme}://{}", header("Host"))
            },
            user_agent: header("User-Agent"),
            assertion: headers.get("Cf-Access-Jwt-Assertion")?,
        })
    }

    pub(super) fn seen(&self) -> Seen<'_> {
        Seen {
            path: &self.path,
            query: &self.query,
            is_upgrade: self.is_upgrade,
            accept: &self.accept,
            authorization: &self.authorization,
            cookie: &self.cookie,
            is_secure: self.is_secure,
            port: self.port.as_deref(),
        }
    }

    pub(super) fn method(&self) -> &str {
        &self.method
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn query(&self) -> &str {
        &self.query
    }

    pub(super) fn form(&self) -> Form {
        self.seen().form(policy::PREFIX)
    }
}

/// Whether a caller is admitted.
pub(super) enum Gate {
    Open(Admitted),
    Shut(Response),
}

/// An admitted caller.
#[derive(Debug)]
pub(super) struct Admitted {
    pub(super) caller: Caller,
    /// The session's cookie with its new expiry.
    pub(super) set_cookie: Option<String>,
}

/// Admits a request or responds to it.
pub(super) async fn check(facts: &Facts, env: &Env, context: &Context) -> Result<Gate> {
    let modes = match settings::sign_in(env) {
        SignIn::Off => {
            return Ok(Gate::Open(Admitted {
                caller: Caller::local(),
                set_cookie: None,
            }));
        }
        SignIn::NotSetUp(problem) => return set_up(facts, &problem).map(Gate::Shut),
        SignIn::On(modes) => modes,
    };
    if let Some(answer) = preflight(facts, env)? {
        return Ok(Gate::Shut(answer));
    }
    match authenticate(facts, &modes, env, context).await? {
        Ok(admitted) => Ok(Gate::Open(admitted)),
        Err(error) => refuse(facts, env, &error).map(Gate::Shut),
    }
}

/// Identifies the caller, where people sign in.
pub(super) async fn authenticate(
    facts: &Facts,
    modes: &Modes,
    env: &Env,
    context: &Context,
) -> Result<std::result::Result<Admitted, AccountsError>> {
    let seen = facts.seen();
    let presented = match (
        seen.presented(modes.tokens, modes.owner.is_some()),
        &modes.access,
    ) {
        (Some(presented), _) => presented,
        (None, None) => return Ok(Err(SignInProblem::Missing.into())),
        (None, Some(settings)) => match access::presented(facts, settings, context).await {
            Ok(presented) => presented,
            Err(problem) => return Ok(Err(problem.into())),
        },
    };
    let target = seen.target(policy::PREFIX);
    let asked = Asked::Authenticate { presented, target };
    Ok(match accounts::ask(env, &asked).await? {
        Ok(Answer::Caller { caller, is_renewed }) => Ok(Admitted {
            caller: *caller,
            set_cookie: seen
                .session()
                .filter(|_| is_renewed)
                .map(|session| seen.set_session(&session)),
        }),
        Ok(
            Answer::Spent(_)
            | Answer::Link(_)
            | Answer::SignedIn { .. }
            | Answer::Overview(_)
            | Answer::Made(_)
            | Answer::Done,
        ) => Err(SignInProblem::Unknown.into()),
        Err(error) => Err(error),
    })
}

/// Browsers send preflights without credentials; the router's response to them reveals nothing about anybody.
fn preflight(facts: &Facts, env: &Env) -> Result<Option<Response>> {
    if facts.method != "OPTIONS" || !agent_path::is_under(&facts.path, policy::PREFIX) {
        return Ok(None);
    }
    match policy::route_options(env, Some(&facts.origin))
        .cors
        .preflight()
    {
        None => Ok(None),
        Some(headers) => router::with_headers(Response::empty()?, headers).map(Some),
    }
}

/// The response to a caller who is not admitted.
pub(super) fn refuse(facts: &Facts, env: &Env, error: &AccountsError) -> Result<Response> {
    let words = error.to_string();
    match facts.form() {
        Form::Socket => close(
            if *error == SignInProblem::OtherConversation.into() {
                FinalClose::NotAllowed
            } else {
                FinalClose::NotSignedIn
            },
            &words,
        ),
        Form::Json => {
            let answer = json_error(error.status(), error.code(), &words)?;
            let cors = policy::route_options(env, Some(&facts.origin)).cors;
            router::with_headers(answer, cors.headers_on(routing::AnsweredBy::Object))
        }
        Form::Page => {
            let is_said = *error != SignInProblem::Missing.into();
            let mut said: Vec<String> = is_said.then_some(words).into_iter().collect();
            said.push(way_in(env).to_owned());
            page::notice(error.status(), "Sign in to Coder", said)
        }
    }
}

/// The configured ways to sign in.
fn way_in(env: &Env) -> &'static str {
    match settings::sign_in(env) {
        SignIn::On(Modes { owner: None, .. }) => {
            "Cloudflare Access signs people in here, and this request did not come through it. Reload the page."
        }
        SignIn::On(_) | SignIn::Off | SignIn::NotSetUp(_) => {
            "Open a sign-in link on this device. Whoever runs this server gets one with `npm run sign-in-link`; on a device \
             that is signed in, the account page makes one."
        }
    }
}

/// The response when a caller may not do something with a conversation.
pub(super) fn deny(denial: Denial, is_upgrade: bool) -> Result<Response> {
    let words = denial.sentence();
    if is_upgrade {
        let close_with = denial.ends_with().unwrap_or(FinalClose::NotAllowed);
        return close(close_with, &words);
    }
    json_error(denial.status(), denial.code(), &words)
}

/// The response when the sign-in is not set up: nobody is admitted.
fn set_up(facts: &Facts, problem: &NotSetUp) -> Result<Response> {
    let words = problem.to_string();
    match facts.form() {
        // The whole text would not fit.
        Form::Socket => close(
            FinalClose::NotSignedIn,
            "This server is not set up yet. Open its page in a browser to see what to do.",
        ),
        Form::Json => json_error(503, ErrorCode::NotSetUp, &words),
        Form::Page => page::notice(503, "Coder is not set up yet", vec![words]),
    }
}

/// An error for programs.
pub(super) fn json_error(status: u16, code: ErrorCode, words: &str) -> Result<Response> {
    let mut builder = ResponseBuilder::new()
        .with_status(status)
        .with_header("Cache-Control", "no-store")?;
    if status == 401 {
        builder = builder.with_header("WWW-Authenticate", "Bearer")?;
    }
    builder.from_json(&ErrorBody::new(words).with_code(code).to_json())
}

/// A WebSocket that opens and closes at once: browsers do not report why an upgrade failed.
pub(super) fn close(close: FinalClose, reason: &str) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    let mut end = reason.len().min(REASON_BYTES);
    while !reason.is_char_boundary(end) {
        end -= 1;
    }
    pair.server.close(Some(close.code()), reason.get(..end))?;
    Response::from_websocket(pair.client)
}
