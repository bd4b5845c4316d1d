//! Pictures of other servers: sends the decision of [`crate::picture`].

use common::http::Header;
use worker::{Request, Response, ResponseBuilder, Result};

use crate::picture;

/// The response to a request for a picture.
pub(super) fn respond(request: &Request) -> Result<Response> {
    let picture = picture::respond(request.url()?.query());
    let mut builder = ResponseBuilder::new().with_status(picture.status);
    for Header { name, value } in picture.headers {
        builder = builder.with_header(&name, &value)?;
    }
    Ok(builder.fixed(picture.body.into_bytes()))
}
