//! `/sign-in`, `/sign-out`, `/account` and `/tickets`: passes forms to the accounts, and sends their answers as pages.

mod shown;

use ::accounts::{
    AccountsError, Answer, Bearer, Caller, Change, CredentialId, Invited, Outcome, PersonId,
    Request as Asked, Scope, TICKET_LIFE, conversation_name,
    http::{
        ACCOUNT_PATH, Form, SIGN_IN_PATH, SIGN_OUT_PATH, TICKETS_PATH, device, form_field,
        form_fields,
    },
};
use common::http::ErrorCode;
use serde_json::json;
use worker::{Env, Method, Request, Response, ResponseBuilder, Result};

use super::{
    accounts,
    object::{ACCESS_PATH, ConversationAccess},
    page, policy, router, settings,
    sign_in::{self, Admitted, Facts},
};
use crate::config::SignIn;

/// The limit for the body of a form.
const FORM_BYTES: usize = 16 * 1024;

/// `/sign-in`, which is open to everybody where people sign in by links. `by`: the caller, if one is signed in already.
pub(super) async fn sign_in(
    request: Request,
    facts: &Facts,
    env: &Env,
    by: Option<Caller>,
) -> Result<Response> {
    let is_post = facts.method() == "POST";
    let form = if is_post {
        match body(request).await? {
            Some(form) => form,
            None => return too_large(),
        }
    } else {
        facts.query().to_owned()
    };
    let Some(link) = form_field(&form, "link").map(Bearer::new) else {
        let missing = ::accounts::SignInProblem::Missing.into();
        return match by {
            Some(_) => see_other("/"),
            None => sign_in::refuse(facts, env, &missing),
        };
    };
    if !is_post {
        return match accounts::ask(env, &Asked::Look(link.clone())).await? {
            Ok(Answer::Link(purpose)) => page::sign_in(&purpose, link.expose()),
            Ok(_) => {
                sign_in::json_error(500, ErrorCode::StoreFailed, "The accounts did not answer.")
            }
            Err(error) => sign_in::refuse(facts, env, &error),
        };
    }
    let asked = Asked::Redeem {
        link,
        device: device(&facts.user_agent),
        by,
    };
    match accounts::ask(env, &asked).await? {
        Ok(Answer::SignedIn { session, to }) => {
            let response = see_other(&to)?;
            if let Some(session) = session {
                let cookie = facts.seen().set_session(&session);
                response.headers().append("Set-Cookie", &cookie)?;
            }
            Ok(response)
        }
        Ok(_) => sign_in::json_error(500, ErrorCode::StoreFailed, "The accounts did not answer."),
        Err(error) => sign_in::refuse(facts, env, &error),
    }
}

/// The pages of a signed-in caller; `None` for any other path.
pub(super) async fn respond(
    request: Request,
    facts: &Facts,
    env: &Env,
    admitted: &Admitted,
) -> Result<std::result::Result<Response, Request>> {
    let path = facts.path();
    let action = path.strip_prefix(ACCOUNT_PATH);
    let action = action.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let answer = match (facts.method(), path, action) {
        ("POST", TICKETS_PATH, _) => ticket(env, &admitted.caller).await,
        ("POST", SIGN_OUT_PATH, _) => sign_out(facts, env, &admitted.caller).await,
        ("GET" | "HEAD", _, Some("")) => show(facts, env, &admitted.caller, None).await,
        ("POST", _, Some(action)) => {
            let action = action.to_owned();
            match body(request).await? {
                Some(form) => act(facts, env, &admitted.caller, &action, &form).await,
                None => too_large(),
            }
        }
        (_, TICKETS_PATH | SIGN_OUT_PATH, _) | (_, _, Some("")) => sign_in::json_error(
            405,
            ErrorCode::MethodNotAllowed,
            "This address accepts only POST.",
        ),
        _ => return Ok(Err(request)),
    };
    answer.map(Ok)
}

async fn ticket(env: &Env, caller: &Caller) -> Result<Response> {
    match by(env, caller, Change::MakeTicket).await? {
        Ok(Answer::Made(ticket)) => ResponseBuilder::new()
            .with_header("Cache-Control", "no-store")?
            .from_json(&json!({
                "ticket": ticket.expose(),
                "expiresIn": TICKET_LIFE.as_secs(),
            })),
        Ok(_) => sign_in::json_error(500, ErrorCode::StoreFailed, "The accounts did not answer."),
        Err(error) => sign_in::json_error(error.status(), error.code(), &error.to_string()),
    }
}

async fn sign_out(facts: &Facts, env: &Env, caller: &Caller) -> Result<Response> {
    let revoked = by(env, caller, Change::Revoke(caller.credential.clone())).await?;
    if let Err(error) = revoked {
        return sign_in::refuse(facts, env, &error);
    }
    let response = see_other(SIGN_IN_PATH)?;
    let cookie = facts.seen().forget_session();
    response.headers().append("Set-Cookie", &cookie)?;
    Ok(response)
}

/// Carries out a form of the account page.
async fn act(
    facts: &Facts,
    env: &Env,
    caller: &Caller,
    action: &str,
    form: &str,
) -> Result<Response> {
    let field = |name| form_field(form, name).unwrap_or_default();
    let change = match action {
        "/revoke" => Change::Revoke(CredentialId::stored(field("id"))),
        "/revoke-others" => Change::RevokeOtherSessions,
        "/link" => Change::MakeLink,
        "/token" => match token(form) {
            Ok(change) => change,
            Err(error) => return answer(facts, env, caller, action, Err(error)).await,
        },
        "/invite" => Change::Invite {
            name: field("name"),
            to: Invited::Member,
        },
        "/share" => match share(env, caller, &field("conversation")).await? {
            Ok(to) => Change::Invite {
                name: field("name"),
                to,
            },
            Err(error) => return answer(facts, env, caller, action, Err(error)).await,
        },
        "/remove" => Change::Remove(PersonId::stored(field("person"))),
        _ => {
            let missing = AccountsError::NoSuch("page".to_owned());
            return answer(facts, env, caller, action, Err(missing)).await;
        }
    };
    let outcome = by(env, caller, change).await?;
    answer(facts, env, caller, action, outcome).await
}

async fn answer(
    facts: &Facts,
    env: &Env,
    caller: &Caller,
    action: &str,
    outcome: Outcome,
) -> Result<Response> {
    match (outcome, facts.form()) {
        (Ok(Answer::Made(secret)), Form::Page) => {
            page::made(shown::made(action, &facts.origin, &secret))
        }
        (Ok(Answer::Made(secret)), Form::Json | Form::Socket) => {
            let made = shown::made(action, &facts.origin, &secret);
            ResponseBuilder::new()
                .with_header("Cache-Control", "no-store")?
                .from_json(&json!({ "secret": made.secret }))
        }
        (Ok(_), Form::Page) => see_other(ACCOUNT_PATH),
        (Ok(_), Form::Json | Form::Socket) => Ok(ResponseBuilder::new().with_status(204).empty()),
        (Err(error), Form::Page) => show(facts, env, caller, Some(&error)).await,
        (Err(error), Form::Json | Form::Socket) => {
            sign_in::json_error(error.status(), error.code(), &error.to_string())
        }
    }
}

/// The account page, with the error of the last form.
async fn show(
    facts: &Facts,
    env: &Env,
    caller: &Caller,
    refused: Option<&AccountsError>,
) -> Result<Response> {
    let SignIn::On(modes) = settings::sign_in(env) else {
        return page::notice(200, "Account", vec![
            "This server has no sign-in: it listens on its own machine only, and whoever uses that machine is its owner."
                .to_owned(),
        ]);
    };
    match by(env, caller, Change::Show).await? {
        Ok(Answer::Overview(overview)) => {
            let status = refused.map_or(200, AccountsError::status);
            let notice = refused.map(AccountsError::to_string);
            match facts.form() {
                Form::Page => page::account(status, shown::account(*overview, &modes, notice)),
                Form::Json | Form::Socket => Response::from_json(&overview),
            }
        }
        Ok(_) => sign_in::json_error(500, ErrorCode::StoreFailed, "The accounts did not answer."),
        Err(error) => sign_in::refuse(facts, env, &error),
    }
}

fn token(form: &str) -> std::result::Result<Change, AccountsError> {
    let scopes: Option<Vec<Scope>> = form_fields(form, "scope")
        .map(|name| Scope::named(&name))
        .collect();
    let scopes = scopes.ok_or_else(|| AccountsError::Unusable {
        field: "A scope".to_owned(),
        rule: "is `read`, `chat`, `files` or `admin`".to_owned(),
    })?;
    let days = form_field(form, "days").map(|days| days.trim().parse());
    let days = days.transpose().map_err(|_| AccountsError::Unusable {
        field: "The number of days".to_owned(),
        rule: "must be a whole number".to_owned(),
    })?;
    Ok(Change::MakeToken {
        name: form_field(form, "name").unwrap_or_default(),
        scopes: scopes.into(),
        conversation: form_field(form, "conversation").map(|name| conversation_name(name.trim())),
        days,
    })
}

/// Checks that a caller owns a conversation and may share it. The epoch ties the share to the present conversation.
async fn share(
    env: &Env,
    caller: &Caller,
    written: &str,
) -> Result<std::result::Result<Invited, AccountsError>> {
    let conversation = conversation_name(written.trim());
    let missing = || AccountsError::NoSuch("conversation".to_owned());
    if conversation.is_empty() {
        return Ok(Err(missing()));
    }
    Ok(
        match conversation_access(env, caller, &conversation).await? {
            Some(access) if access.may_change && !access.epoch.is_empty() => Ok(Invited::Viewer {
                conversation,
                epoch: access.epoch,
            }),
            Some(_) | None => Err(missing()),
        },
    )
}

/// A caller's access to a conversation. `None`: it does not exist or belongs to another person.
pub(super) async fn conversation_access(
    env: &Env,
    caller: &Caller,
    conversation: &str,
) -> Result<Option<ConversationAccess>> {
    let request = Request::new(&format!("https://agent{ACCESS_PATH}"), Method::Get)?;
    let (agent, placement) = (common::naming::CODER_AGENT, policy::PLACEMENT);
    let asked = router::ask_agent(request, env, caller, agent, conversation, placement);
    let mut response = asked.await?;
    match response.status_code() {
        200 => Ok(Some(response.json().await?)),
        401 | 403 | 404 => Ok(None),
        // The store of the conversation cannot be opened: the page shows the reason.
        500 | 507 => Ok(Some(ConversationAccess {
            may_change: true,
            epoch: String::new(),
        })),
        status => Err(format!("a conversation answered {status}").into()),
    }
}

async fn by(env: &Env, caller: &Caller, change: Change) -> Result<Outcome> {
    accounts::ask(env, &Asked::By(Box::new(caller.clone()), change)).await
}

/// The body of a form; `None` when it is too large.
async fn body(mut request: Request) -> Result<Option<String>> {
    let length = request.headers().get("Content-Length")?;
    let length = length.and_then(|length| length.parse::<usize>().ok());
    if length.is_none_or(|length| length > FORM_BYTES) {
        return Ok(None);
    }
    request.text().await.map(Some)
}

fn too_large() -> Result<Response> {
    sign_in::json_error(
        413,
        ErrorCode::TooLarge,
        "A form has at most 16 KiB, and its length is announced.",
    )
}

/// Redirects the browser to another page.
pub(super) fn see_other(to: &str) -> Result<Response> {
    Ok(ResponseBuilder::new()
        .with_status(303)
        .with_header("Location", to)?
        .with_header("Cache-Control", "no-store")?
        .empty())
}
