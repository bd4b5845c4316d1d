//! What a deployer's own code may do with a request before its object is woken.

/// The two moments: one for requests that open a connection, one for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Before a WebSocket is opened.
    BeforeConnect,
    /// Before any other request.
    BeforeRequest,
}

/// What a hook decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer<Request, Response> {
    /// The request goes on as it is.
    Continue,
    /// This request goes on in its place, to the same object.
    Replace(Request),
    /// This is the answer; the object is not woken.
    Answer(Response),
}
