//! The door: reads the relevant parts of a request, and sends the decision of [`crate::door`].

use common::{final_close::FinalClose, http::Header};
use worker::{Env, Request, Response, ResponseBuilder, Result, WebSocketPair};

use super::settings;
use crate::{
    door::{self, Facts, Refusal, refusal::RefusalResponse},
    routing::RequestKind,
};

/// The response to a refused request.
pub(super) fn refused(request: &Request, env: &Env) -> Result<Option<Response>> {
    let header = |name: &str| request.headers().get(name).ok().flatten();
    // The method as sent: the SDK turns an unknown one into GET.
    let facts = Facts::read(&request.inner().method(), &request.path(), header);
    settings::with_door(env, |policy, mistake| {
        let Err(refusal) = door::admit(&facts, policy) else {
            return Ok(None);
        };
        worker::console_warn!("{refusal}");
        let response = match facts.kind {
            RequestKind::Connect => close(&refusal),
            RequestKind::Options | RequestKind::Plain => {
                send(refusal.answer(header("Accept").as_deref(), mistake))
            }
        };
        response.map(Some)
    })
}

/// Opens the WebSocket and closes it, since browsers do not report why an upgrade failed.
fn close(refusal: &Refusal) -> Result<Response> {
    let pair = WebSocketPair::new()?;
    pair.server.accept()?;
    pair.server.close(
        Some(FinalClose::NotAllowed.code()),
        Some(refusal.close_reason()),
    )?;
    Response::from_websocket(pair.client)
}

fn send(answer: RefusalResponse) -> Result<Response> {
    let mut builder = ResponseBuilder::new().with_status(answer.status);
    for Header { name, value } in answer.headers {
        builder = builder.with_header(&name, &value)?;
    }
    Ok(builder.fixed(answer.body.into_bytes()))
}
