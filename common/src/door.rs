//! The beginnings of the texts with which a server refuses admission, so that clients can recognise the reason.

/// Begins a refusal of a request whose host is not the server's.
pub const HOST_NOT_ALLOWED: &str = "Host not allowed";

/// Begins a refusal of a request from a page of a foreign origin.
pub const ORIGIN_NOT_ALLOWED: &str = "Origin not allowed";
