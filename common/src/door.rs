//! What a server says to clients that it does not let in, as far as clients have to recognise it.

/// The close code of a WebSocket whose client is not signed in. Another attempt needs a sign-in first.
pub const CLOSE_NOT_SIGNED_IN: u16 = 4401;

/// The close code of a WebSocket whose client may not connect. Another attempt would end the same way.
pub const CLOSE_FORBIDDEN: u16 = 4403;

/// How the words begin when a request names a host that is not the server's.
pub const HOST_NOT_ALLOWED: &str = "Host not allowed";

/// How the words begin when a page of a foreign origin sends a request.
pub const ORIGIN_NOT_ALLOWED: &str = "Origin not allowed";
