//! The wire: every variant with its exact JSON, checked in both directions, and malformed variants of it.
//!
//! The JSON is in `goldens/`, one file per family, so that a change of the wire is a visible diff. A case without a
//! golden fails, as does a golden without a case. `UPDATE_GOLDENS=1 cargo test -p common --test wire` writes them.

#[cfg(test)]
mod wire {
    mod chunks;
    mod client_frames;
    mod fuzz;
    mod golden;
    mod legacy;
    mod lenient;
    mod malformed;
    mod parts;
    mod server_frames;
}
