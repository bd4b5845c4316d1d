//! Hooks: custom code that runs before an object is woken.

/// The two hooks: for requests that open a connection, and for all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hook {
    /// Runs before a WebSocket is opened.
    BeforeConnect,
    /// Runs before any other request.
    BeforeRequest,
}

/// The decision of a hook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HookAnswer<Request, Response> {
    /// Continue with the request.
    Continue,
    /// Continue with this request instead, to the same object.
    Replace(Request),
    /// Return this response; the object is not woken.
    Answer(Response),
}
