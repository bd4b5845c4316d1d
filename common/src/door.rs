//! What a server says to clients that it does not let in, as far as clients have to recognise it.

/// How the words begin when a request names a host that is not the server's.
pub const HOST_NOT_ALLOWED: &str = "Host not allowed";

/// How the words begin when a page of a foreign origin sends a request.
pub const ORIGIN_NOT_ALLOWED: &str = "Origin not allowed";
